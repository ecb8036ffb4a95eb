/**
 * A tape: what happened in a lab on one clock: terminals, topology, traces, checks. One JSON value a line: a header, then
 * `[time in seconds, code, data]` as asciicast has it, so that a tape cut short by a crash is readable up to its last whole line.
 */

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
