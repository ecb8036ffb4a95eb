/**
 * The tapes of the data folder: one file each, `<name>.tape`. Lists, reads, renames, removes and takes in; knows which are being written.
 *
 * Invariant: a tape's name is a file's name and nothing else: no path leads out of the folder.
 */
import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '../../shared/ipc/index.ts';
import {
  formatEvent,
  formatHeader,
  parseAsciicast,
  parseTape,
  type Tape,
  type TapeHeader,
  type TapeInfo,
  type TapeProblem,
} from '../../shared/recording/index.ts';
import { replaceFile } from '../file.ts';
import type { Log } from '../log.ts';
import { Recorder } from './recorder.ts';

const EXTENSION = '.tape';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/;
/** A tape is read as one text. */
const MAX_IMPORT_BYTES = 48 << 20;

export class Tapes {
  private readonly live = new Map<string, Recorder>();
  /** By name; true for one size and time of change. */
  private readonly known = new Map<string, { readonly key: string; readonly info: TapeInfo }>();

  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  /** Begins a tape of a lab. */
  async record(lab: string, title: string, now: () => number): Promise<Recorder> {
    const startedMs = Date.now();
    const tape = await this.freeName(`${stamp(startedMs)}-${lab}`);
    const recorder = await Recorder.start({ path: this.path(tape), tape, header: { podwalk: 1, title, lab, startedMs }, now, log: this.log });
    this.live.set(tape, recorder);
    return recorder;
  }
  async end(recorder: Recorder): Promise<void> {
    await recorder.end();
    this.live.delete(recorder.tape);
  }

  /** The newest first. */
  async list(): Promise<readonly TapeInfo[]> {
    const files = await readdir(this.folder).catch(() => []);
    const names = files.filter((file) => file.endsWith(EXTENSION)).map((file) => file.slice(0, -EXTENSION.length));
    const infos = await Promise.all(names.filter((name) => NAME.test(name)).map((name) => this.info(name).catch(() => undefined)));
    return infos.filter((info) => info !== undefined).sort((a, b) => b.startedMs - a.startedMs);
  }
  async info(tape: string): Promise<TapeInfo> {
    const live = this.live.get(tape);
    if (live) return live.info;
    const path = this.path(tape);
    const file = await stat(path).catch(() => refuse('not-found', `There is no tape ${tape}.`, { tape }));
    const key = `${file.size} ${file.mtimeMs}`;
    const known = this.known.get(tape);
    if (known?.key === key) return known.info;
    const info = summarise(tape, await readFile(path, 'utf8'), file.size, file.mtimeMs);
    this.known.set(tape, { key, info });
    return info;
  }
  async *read(tape: string): AsyncGenerator<Uint8Array> {
    await this.info(tape);
    await this.live.get(tape)?.flushed();
    for await (const chunk of createReadStream(this.path(tape), { highWaterMark: 1 << 16 })) yield chunk as Uint8Array;
  }
  /** The tape, what is damaged left out. */
  async load(tape: string): Promise<{ readonly tape: Tape; readonly problems: readonly TapeProblem[] }> {
    await this.info(tape);
    await this.live.get(tape)?.flushed();
    return readable(await readFile(this.path(tape), 'utf8'), tape);
  }
  async rename(tape: string, title: string): Promise<TapeInfo> {
    if (this.live.has(tape)) return refuse('not-possible', 'A tape can be renamed once its lab is down: it is still being written.', { tape });
    await this.info(tape);
    const text = await readFile(this.path(tape), 'utf8');
    const end = text.indexOf('\n') + 1;
    const { value } = parseTape(text.slice(0, end));
    if (!value) return refuse('damaged', `The first line of the tape ${tape} cannot be read.`, { tape });
    await replaceFile(this.path(tape), formatHeader({ ...value.header, title }) + text.slice(end));
    return this.info(tape);
  }
  async remove(tape: string): Promise<void> {
    if (this.live.has(tape)) return refuse('not-possible', 'A tape can be removed once its lab is down: it is still being written.', { tape });
    await this.info(tape);
    await rm(this.path(tape));
    this.known.delete(tape);
  }
  /** A tape or an asciicast from elsewhere. What is damaged in it is named and left out; what is none of both is refused. */
  async import(name: string, content: Uint8Array): Promise<TapeInfo & { readonly problems: readonly TapeProblem[] }> {
    if (content.length > MAX_IMPORT_BYTES)
      return refuse('too-many', `A tape of more than ${MAX_IMPORT_BYTES >> 20} MiB is not taken in.`, { limit: 'tapeBytes' });
    const { tape: value, problems } = readable(new TextDecoder().decode(content), name);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const tape = await this.freeName(name.replace(/^.*[/\\]/, '').replace(/\.(tape|cast|json)$/i, ''));
    await writeFile(this.path(tape), formatTape(value), { mode: 0o600, flag: 'wx' });
    return { ...(await this.info(tape)), problems };
  }
  async close(): Promise<void> {
    await Promise.all([...this.live.values()].map((recorder) => this.end(recorder)));
  }

  private path(tape: string): string {
    if (!NAME.test(tape)) refuse('not-found', `There is no tape ${JSON.stringify(tape.slice(0, 80))}.`);
    return join(this.folder, `${tape}${EXTENSION}`);
  }
  private async freeName(wanted: string): Promise<string> {
    const base =
      wanted
        .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 100) || 'tape';
    const taken = new Set(await readdir(this.folder).catch(() => [] as string[]));
    for (let count = 1; ; count++) {
      const name = count === 1 ? base : `${base}-${count}`;
      if (!taken.has(`${name}${EXTENSION}`) && !this.live.has(name)) return name;
    }
  }
}

const formatTape = ({ header, events }: Tape): string => formatHeader(header) + events.map(formatEvent).join('');

/** A tape or an asciicast; refused when it is neither, saying where it breaks. */
export function readable(text: string, name: string): { readonly tape: Tape; readonly problems: readonly TapeProblem[] } {
  const asTape = parseTape(text);
  if (asTape.value) return { tape: asTape.value, problems: asTape.problems };
  const asCast = /^\s*\{[^\n]*"version"/.test(text) ? parseAsciicast(text, name) : undefined;
  if (asCast?.value) return { tape: asCast.value, problems: asCast.problems };
  const [problem] = asCast?.problems ?? asTape.problems;
  return refuse('damaged', `${name} cannot be read: line ${problem?.line ?? 1}: ${problem?.message ?? 'it is empty'}.`, { line: problem?.line ?? 1 });
}

/** Without reading every event: the first line, the last whole one, and how many lines there are. */
function summarise(tape: string, text: string, bytes: number, changedMs: number): TapeInfo {
  const header: TapeHeader | undefined = parseTape(text.slice(0, text.indexOf('\n') + 1)).value?.header;
  let end = text.lastIndexOf('\n');
  let durationSeconds = 0;
  for (let tries = 0; tries < 50 && end > 0; tries++) {
    const start = text.lastIndexOf('\n', end - 1);
    const seconds = Number(/^\[([\d.]+),/.exec(text.slice(start + 1, start + 40))?.[1]);
    if (Number.isFinite(seconds)) {
      durationSeconds = seconds;
      break;
    }
    end = start;
  }
  let events = -1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) events++;
  return {
    tape,
    title: header?.title ?? tape,
    lab: header?.lab ?? '',
    startedMs: header?.startedMs ?? changedMs,
    durationSeconds,
    events: Math.max(events, 0),
    bytes,
    isLive: false,
  };
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
