/**
 * A lab in a file, and a lab forked: what it was made of, and its journal. One JSON value a line: the head, then an entry a line, so that a
 * file that was cut short says so.
 *
 * Invariant: a saved lab is opened as it was, or not at all: what it stands for is compared with what stood there when it was saved.
 * Deliberately absent: what is outside of the lab. Connections of API clients and programs that somebody ran through pipes end; `open` names them.
 */
import { z } from 'zod';
import { sha256, utf8Encode } from '../base/index.ts';
import type { Definitions } from '../cluster/index.ts';
import type { Entry } from './journal.ts';
import { JournaledLab, type LabOrigin } from './journaled-lab.ts';
import type { JournaledAttempt, JournaledSession } from './journaled-parts.ts';
import { parseLabFile } from './lab-file.ts';
import type { LabError, LabOptions, LabResult } from './lab.ts';
import { Replay, type Moment } from './replay.ts';

export const SAVED_VERSION = 1;

export interface SavedLab {
  /** What the user calls it. */
  readonly title: string;
  /** The version of the program that saved it. */
  readonly version: string;
  /** Unix milliseconds. */
  readonly savedMs: number;
  readonly origin: LabOrigin;
  readonly options: LabOptions;
  readonly end: Moment;
  /** Of its state. */
  readonly digest: string;
  readonly entries: readonly Entry[];
}
export type SavedLabel = Pick<SavedLab, 'title' | 'version' | 'savedMs'>;

/** A lab as it stands. It goes on; this does not. */
export function saveLab(lab: JournaledLab, label: SavedLabel): LabResult<SavedLab> {
  const { journal, origin, options, simulation } = lab;
  if (journal.gap !== undefined) return refuse('not-possible', `The lab cannot be saved: ${journal.gap}. Start it afresh to save it later.`);
  const end = { steps: simulation.steps, nowUs: simulation.nowUs };
  return { ok: true, value: { ...label, origin, options, end, digest: digestOf(lab), entries: [...journal.entries] } };
}

/** Its state in a word: everything in its kernels, and its processes. */
export const digestOf = (lab: JournaledLab): string =>
  sha256(utf8Encode(JSON.stringify([lab.simulation.nowUs, lab.snapshot(), lab.processes()])))
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');

/** Opens a saved lab, in slices: `run` until it is `done`. */
export class Opening {
  private readonly replay: Replay;
  constructor(
    private readonly saved: SavedLab,
    definitions: () => Definitions,
  ) {
    this.replay = new Replay(new JournaledLab(saved.origin, saved.options), saved.entries, saved.end, definitions);
  }
  /** 0 … 1. */
  get progress(): number {
    return this.replay.progress;
  }
  /** Undefined: not yet. `goOn` as for `Simulation.runUntil`. */
  run(goOn: () => boolean): LabResult<OpenedLab> | undefined {
    const { lab } = this.replay;
    const end = this.replay.run(goOn);
    if (end === 'stopped' || end === 'held') return undefined;
    if (end === 'done' && digestOf(lab) === this.saved.digest) return { ok: true, value: adopt(lab) };
    lab.close();
    return refuse(
      'damaged',
      `“${this.saved.title}” was saved by Podwalk ${this.saved.version}. In this version the same steps end elsewhere, so it is not opened.`,
    );
  }
}

/** A lab that was opened or forked: what goes on in it. */
export interface OpenedLab {
  readonly lab: JournaledLab;
  /** Terminals whose programs go on, with what they have shown. */
  readonly terminals: readonly JournaledSession[];
  readonly attempts: readonly JournaledAttempt[];
  /** Programs that talked with somebody outside, who is not there any more: they were told so. */
  readonly ended: readonly string[];
}

function adopt(lab: JournaledLab): OpenedLab {
  const live = lab.sessions.filter((session) => session.exitStatus === undefined);
  const ended: string[] = [];
  for (const session of live) {
    if (session.what?.terminal) continue;
    ended.push(session.what ? `a program on ${session.what.target} that somebody outside had started` : 'a connection of a client of the Kubernetes API');
    session.closeInput();
    session.signal('HUP');
  }
  return {
    lab,
    terminals: live.filter((session) => session.what?.terminal),
    attempts: lab.attempts.filter((attempt) => !attempt.isOver),
    ended,
  };
}

// --- as text ---

const head = z.object({
  podwalkLab: z.literal(SAVED_VERSION),
  title: z.string(),
  version: z.string(),
  savedMs: z.number(),
  origin: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('file'), file: z.object({ id: z.string() }).loose() }),
    z.object({ kind: z.literal('blank'), hostname: z.string(), hasPlugins: z.boolean() }),
  ]),
  options: z.object({ seed: z.number(), epochMs: z.number() }),
  end: z.object({ steps: z.number().int().min(0), nowUs: z.number().min(0) }),
  digest: z.string(),
  entries: z.number().int().min(0),
});
const entry = z.tuple([z.number().int(), z.number(), z.number().int(), z.tuple([z.string()]).rest(z.unknown())]);

export function formatSavedLab({ entries, ...rest }: SavedLab): string {
  const lines = [JSON.stringify({ podwalkLab: SAVED_VERSION, ...rest, entries: entries.length }), ...entries.map((one) => JSON.stringify(one, tagMaps))];
  return `${lines.join('\n')}\n`;
}

/** Whether a file may be a saved lab: cheap, by how it begins. */
export const looksSaved = (text: string): boolean => text.startsWith('{"podwalkLab":');

export function parseSavedLab(text: string): LabResult<SavedLab> {
  const damaged = (line: number, why: string): LabResult<never> => refuse('damaged', `This saved lab cannot be read in line ${line}: ${why}.`, { line });
  const lines = text.split('\n');
  const read = head.safeParse(readJson(lines[0] ?? ''));
  if (!read.success) return damaged(1, 'it is not the head of a saved lab of a version that this program knows');
  const { origin: made, entries: count, podwalkLab: _version, ...rest } = read.data;
  const origin = originOf(made);
  if (!origin) return damaged(1, 'its lab file has mistakes');
  const entries: Entry[] = [];
  for (let line = 2; line <= count + 1; line++) {
    const text = lines[line - 1];
    if (text === undefined || text === '') return damaged(line, `it ends here, after ${entries.length} of ${count} entries`);
    const one = entry.safeParse(readJson(text));
    if (!one.success) return damaged(line, 'it is not an entry');
    entries.push(one.data as unknown as Entry);
  }
  return { ok: true, value: { ...rest, origin, entries } };
}

/** A lab file from elsewhere is checked as any is. */
function originOf(made: z.infer<typeof head>['origin']): LabOrigin | undefined {
  if (made.kind === 'blank') return made;
  const { id, ...file } = made.file;
  const { value } = parseLabFile(id, JSON.stringify(file));
  return value && { kind: 'file', file: value };
}

const refuse = (code: LabError['code'], message: string, details?: LabError['details']): { readonly ok: false; readonly error: LabError } => ({
  ok: false,
  error: { code, message, ...(details && { details }) },
});

/** Maps, which JSON does not know. */
const tagMaps = (_: string, value: unknown): unknown => (value instanceof Map ? { '\0map': [...value] } : value);
function readJson(line: string): unknown {
  try {
    return JSON.parse(line, (_, value: unknown): unknown => {
      const pairs = typeof value === 'object' && value !== null ? (value as { readonly '\0map'?: unknown })['\0map'] : undefined;
      return Array.isArray(pairs) ? new Map(pairs as [unknown, unknown][]) : value;
    });
  } catch {
    return undefined;
  }
}
