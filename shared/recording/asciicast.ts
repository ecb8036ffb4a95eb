/**
 * asciicast, the recording format of asciinema: one terminal. Both ways: a terminal of a tape as a cast that asciinema plays, and a cast as a
 * tape with one terminal. Version 2 has absolute times, version 3 the time since the event before.
 * Authority: docs.asciinema.org/manual/asciicast/v2, .../v3.
 */
import type { Tape, TapeEvent, TapeTerminal } from './tape.ts';
import { TAPE_VERSION } from './tape.ts';
import type { TapeProblem, TapeReading } from './read.ts';

export type AsciicastVersion = 2 | 3;

/** Undefined: the tape has no such terminal. A keyframe in it (output that came too fast to keep) becomes a cleared screen and its content. */
export function formatAsciicast({ header, events }: Tape, terminal: string, version: AsciicastVersion): string | undefined {
  const opened = events.find(
    (event): event is Extract<TapeEvent, readonly [number, 'open', TapeTerminal]> => event[1] === 'open' && event[2].terminal === terminal,
  );
  if (!opened) return undefined;
  const [start, , { columns, rows, title }] = opened;
  const timestamp = Math.floor(header.startedMs / 1000 + start);
  const lines: unknown[] = [
    version === 3
      ? { version, term: { cols: columns, rows, type: 'xterm-256color' }, timestamp, title: `${header.title}: ${title}` }
      : { version, width: columns, height: rows, timestamp, title: `${header.title}: ${title}`, env: { TERM: 'xterm-256color' } },
  ];
  let last = start;
  for (const event of events) {
    if (event[0] < start) continue;
    const cast = castEvent(event, terminal, version);
    if (!cast) continue;
    const seconds = Math.round((event[0] - (version === 3 ? last : start)) * 1e6) / 1e6;
    last = event[0];
    lines.push([seconds, ...cast]);
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function castEvent([, code, data]: TapeEvent, terminal: string, version: AsciicastVersion): readonly [string, string] | undefined {
  if (code === 'm') return ['m', data];
  if (code === 'o' || code === 'i') return data[0] === terminal ? [code, data[1]] : undefined;
  if (code === 'r') return data[0] === terminal ? ['r', `${data[1]}x${data[2]}`] : undefined;
  if (code === 'x') return data[0] === terminal && version === 3 ? ['x', String(data[1])] : undefined;
  // Only a keyframe that replaces lost output says something new; the others repeat what was there.
  return code === 'k' && data.terminal === terminal && data.skipped !== undefined ? ['o', `\x1bc${data.content}`] : undefined;
}

/** A cast as a tape of one terminal, `cast`; damaged lines are left out and named. */
export function parseAsciicast(text: string, name: string): TapeReading {
  const lines = text.split('\n');
  const header = readHeader(lines[0] ?? '');
  if (typeof header === 'string') return { value: undefined, problems: [{ line: 1, message: header }] };
  const problems: TapeProblem[] = [];
  const { columns, rows } = header;
  const title = header.title ?? name;
  const events: TapeEvent[] = [[0, 'open', { terminal: 'cast', title, node: 'cast', columns, rows }]];
  let last = 0;
  for (let index = 1; index < lines.length; index++) {
    const line = (lines[index] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const read = readEvent(line, header.version === 3 ? last : 0, last);
    if (typeof read === 'string') {
      if (problems.length < 20) problems.push({ line: index + 1, message: index === lines.length - 1 ? 'the cast was cut off in this line' : read });
      continue;
    }
    last = read[0];
    if (read[1]) events.push(read[1]);
  }
  return { value: { header: { podwalk: TAPE_VERSION, title, lab: '', startedMs: header.startedMs }, events }, problems };
}

interface CastHeader {
  readonly version: AsciicastVersion;
  readonly columns: number;
  readonly rows: number;
  readonly startedMs: number;
  readonly title?: string;
}

function readHeader(line: string): CastHeader | string {
  const value = readJson(line);
  if (typeof value !== 'object' || value === null) return 'this is not an asciicast: its first line is no JSON object';
  const { version, width, height, term, timestamp, title } = value as Readonly<Record<string, unknown>>;
  if (version !== 2 && version !== 3)
    return `asciicast version ${version === undefined ? 'unknown' : JSON.stringify(version)} is not read; versions 2 and 3 are`;
  const size = version === 2 ? { cols: width, rows: height } : ((term ?? {}) as Readonly<Record<string, unknown>>);
  const [columns, rows] = [size['cols' as keyof typeof size], size['rows' as keyof typeof size]];
  if (!isCells(columns) || !isCells(rows))
    return `the first line says no size of the terminal (${version === 2 ? '"width" and "height"' : '"term": "cols" and "rows"'})`;
  return { version, columns, rows, startedMs: typeof timestamp === 'number' ? timestamp * 1000 : 0, ...(typeof title === 'string' && { title }) };
}

/** Its time and, unless its code says nothing to us, its event. */
function readEvent(line: string, base: number, notBefore: number): readonly [seconds: number, event: TapeEvent | undefined] | string {
  const value = readJson(line);
  if (!Array.isArray(value) || value.length < 3) return 'not of the form [time, code, data]';
  const [time, code, data] = value as unknown[];
  if (typeof time !== 'number' || !Number.isFinite(time) || time < 0 || typeof data !== 'string') return 'not of the form [time, code, data]';
  const seconds = Math.round((base + time) * 1e6) / 1e6;
  if (seconds < notBefore) return `its time, ${time}, is before the line above`;
  if (code === 'o' || code === 'i') return [seconds, [seconds, code, ['cast', data]]];
  if (code === 'm') return [seconds, [seconds, 'm', data]];
  if (code === 'x') return [seconds, [seconds, 'x', ['cast', Number(data) || 0]]];
  if (code !== 'r') return [seconds, undefined];
  const [columns, rows] = data.split('x').map(Number);
  return isCells(columns) && isCells(rows) ? [seconds, [seconds, 'r', ['cast', columns, rows]]] : `its size, ${JSON.stringify(data)}, is not like "80x24"`;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
const isCells = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000;
