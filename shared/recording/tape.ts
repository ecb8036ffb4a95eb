/**
 * A tape: what happened in a lab on one clock: terminals, topology, traces, checks. One JSON value a line: a header, then
 * `[time in seconds, code, data]` as asciicast has it, so that a tape cut short by a crash is readable up to its last whole line.
 *
 * Invariant: times never go back. Invariant: what a terminal shows at a moment follows from its last keyframe and the output after it;
 * what the topology is, from the last whole one and the deltas after it.
 */
import type { ExperimentRecord } from '../experiment/index.ts';
import type { Progress } from '../lesson/index.ts';
import type { Topology } from '../topology/index.ts';
import type { Trace } from '../trace/index.ts';
import type { TopologyDelta } from './delta.ts';

/** An entry of the list of tapes. */
export interface TapeInfo {
  readonly tape: string;
  readonly title: string;
  readonly lab: string;
  /** Unix time in milliseconds. */
  readonly startedMs: number;
  readonly durationSeconds: number;
  readonly events: number;
  readonly bytes: number;
  /** Still being written. */
  readonly isLive: boolean;
}

export const TAPE_VERSION = 1;

export interface TapeHeader {
  /** The version of the format: what makes the file a tape of ours. */
  readonly podwalk: typeof TAPE_VERSION;
  readonly title: string;
  readonly lab: string;
  /** Unix time in milliseconds. */
  readonly startedMs: number;
}

/** A terminal as it was opened. */
export interface TapeTerminal {
  readonly terminal: string;
  readonly title: string;
  readonly node: string;
  readonly pod?: string;
  readonly columns: number;
  readonly rows: number;
}

/** What a terminal shows at a moment: written to an empty terminal of this size it gives the same screen and latest scrollback. */
export interface TapeScreen {
  readonly terminal: string;
  readonly columns: number;
  readonly rows: number;
  readonly content: string;
  /** Bytes of output before it that are not on the tape, because they came faster than anybody reads. */
  readonly skipped?: number;
}

export type TapeEvent =
  | readonly [seconds: number, code: 'open', data: TapeTerminal]
  /** Output of a terminal, as text. */
  | readonly [seconds: number, code: 'o', data: readonly [terminal: string, text: string]]
  /** What was typed. */
  | readonly [seconds: number, code: 'i', data: readonly [terminal: string, text: string]]
  | readonly [seconds: number, code: 'r', data: readonly [terminal: string, columns: number, rows: number]]
  | readonly [seconds: number, code: 'k', data: TapeScreen]
  /** Its program ended. */
  | readonly [seconds: number, code: 'x', data: readonly [terminal: string, status: number]]
  | readonly [seconds: number, code: 'close', data: string]
  /** The whole topology. */
  | readonly [seconds: number, code: 'g', data: Topology]
  /** What changed in it. */
  | readonly [seconds: number, code: 'd', data: TopologyDelta]
  | readonly [seconds: number, code: 't', data: Trace]
  | readonly [seconds: number, code: 'e', data: ExperimentRecord]
  | readonly [seconds: number, code: 'p', data: Progress]
  /** A label somebody, or the recorder itself, put there. */
  | readonly [seconds: number, code: 'm', data: string];

export type TapeCode = TapeEvent[1];

export interface Tape {
  readonly header: TapeHeader;
  readonly events: readonly TapeEvent[];
}

export const durationOf = ({ events }: Tape): number => events.at(-1)?.[0] ?? 0;
