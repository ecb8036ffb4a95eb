/**
 * What came into a lab from outside, each with the moment of the run at which it came. The lab's file, its seed and this are the whole lab:
 * the same again, in the same moments, gives the same bytes (`Replay`). Processes are generators and cannot be copied; this can.
 *
 * Invariant: a moment is exact: pieces of work done (`Simulation.steps`), virtual time, and for what was done from within a callback, which one.
 * Invariant: nothing that changed the lab is missing. What could not be placed, or is too much, makes the lab one that cannot be saved, and says why.
 */
import type { Bytes } from '../base/index.ts';
import type { RestRequest, RestStreams } from '../cluster/index.ts';
import type { LessonFile, Reply } from '../lesson/index.ts';
import type { Attempt, ExecOptions, ProbeProtocol, TerminalSize } from './lab.ts';

/** Inputs, beyond which a lab cannot be saved: playing them again would take longer than anybody waits. */
const MOST_INPUTS = 1_000_000;
const MOST_BYTES = 64 << 20;

/** Sessions, attempts and what is pending are named by their numbers: the first is 0. */
export type Input =
  | readonly ['exec', ExecOptions]
  | readonly ['shell', target: string, TerminalSize]
  | readonly ['join', Exclude<RestStreams, { readonly verb: 'portforward' }>]
  | readonly ['forward', namespace: string, pod: string, port: number]
  /** Bytes that a session took, and how many of its output and its errors were taken from it. */
  | readonly ['w', session: number, Bytes]
  | readonly ['r', session: number, bytes: number]
  | readonly ['e', session: number, bytes: number]
  | readonly ['resize', session: number, TerminalSize]
  | readonly ['eof', session: number]
  | readonly ['signal', session: number, string]
  | readonly ['file', node: string, path: string, Bytes, mode: number]
  | readonly ['trace', from: string, to: string, ProbeProtocol]
  | readonly ['probe', pairs: readonly { readonly from: string; readonly to: string }[] | null]
  | readonly ['apply', experiment: string, 'en' | 'zh']
  | readonly ['undo', run: string, 'en' | 'zh']
  | readonly ['cancel', pending: number]
  | readonly ['attempt', LessonFile, seed: number, at: string | null]
  | readonly ['confirm', attempt: number, step: string, reply: Reply]
  | readonly ['note', attempt: number, Parameters<Attempt['note']>[0]]
  | readonly ['leave', attempt: number]
  | readonly ['rest', RestRequest];

/** `inside`: the number of the callback that it was done from, 0 for none. */
export type Entry = readonly [steps: number, atUs: number, inside: number, input: Input];

export class Journal {
  private readonly kept: Entry[] = [];
  private bytes = 0;
  private callbacks = 0;
  private inside = 0;
  /** Why the lab can no longer be saved. */
  gap: string | undefined;
  /** Told of each callback, before whoever is outside: a replay does here what was done from within. */
  onCallback: (ordinal: number) => void = () => undefined;

  constructor(private readonly moment: () => { readonly steps: number; readonly nowUs: number }) {}

  get entries(): readonly Entry[] {
    return this.kept;
  }
  add(input: Input): void {
    if (this.gap !== undefined) return;
    if (this.inside < 0) return this.lose('something was done to it at a moment that cannot be found again');
    const { steps, nowUs } = this.moment();
    this.kept.push([steps, nowUs, this.inside, input]);
    this.bytes += typeof input[2] === 'string' ? input[2].length + 32 : 32;
    if (this.kept.length > MOST_INPUTS || this.bytes > MOST_BYTES) this.lose('too much has come into it from outside since it came up');
  }
  /** What was added there was not what was done after all; undefined: nothing was. */
  amend(at: number, input: Input | undefined): void {
    const entry = this.kept[at];
    if (!entry) return;
    if (input) this.kept[at] = [entry[0], entry[1], entry[2], input];
    else this.kept.splice(at, 1);
  }
  /** Runs what somebody outside wants to be told. */
  callback(tell: () => void): void {
    const before = this.inside;
    this.inside = ++this.callbacks;
    try {
      this.onCallback(this.inside);
      tell();
    } finally {
      this.inside = before;
    }
  }
  /** As `callback`, for one whose moments are not the same in each run. */
  uncounted(tell: () => void): void {
    const before = this.inside;
    this.inside = -1;
    try {
      tell();
    } finally {
      this.inside = before;
    }
  }

  private lose(why: string): void {
    this.gap = why;
    this.kept.length = 0;
  }
}
