/**
 * An experiment: a change of a lab that shows its commands before it runs, says what it will do, and can be undone.
 * One file per experiment under changes/.
 */

import type { NodeCommand } from '../twin/index.ts';

export type { NodeCommand } from '../twin/index.ts';

/** A pair whose reachability the experiment is about. */
export interface Pair {
  readonly from: string;
  /** A place, or `outside`. */
  readonly to: string;
  /** `tcp/80`; absent: an echo request. */
  readonly over?: string;
}
export interface PairChange {
  readonly breaks: readonly Pair[];
  readonly mends: readonly Pair[];
}

/** What is known of an experiment before it runs, on a lab as it is now. */
export interface ExperimentPlan {
  readonly id: string;
  /** Plain words, in the reader's language. */
  readonly title: string;
  readonly explanation: string;
  readonly commands: readonly NodeCommand[];
  readonly undo: readonly NodeCommand[];
  /** Pairs whose answer will change, and what will be measured, found by trying the commands on a twin; absent where that is not possible. */
  readonly prediction?: PairChange & { readonly measures: readonly { readonly title: string; readonly expected: string }[] };
  /** Why it cannot run now (the route is already gone …). */
  readonly notNow?: string;
}

/** What a run of a command printed. */
export interface CommandOutcome extends NodeCommand {
  readonly status: number;
  readonly output: string;
}

/** Something that was measured in the lab before and after. */
export interface Measured extends NodeCommand {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  /** Absent: nobody could tell. */
  readonly expected?: string;
  /** After it was undone. */
  readonly undone?: string;
}
type MeasuredRecord = Omit<Measured, 'title'> & { readonly titles: Readonly<Record<'en' | 'zh', string>> };

/** A run as it is kept: its titles in each language, for whoever reads it later. */
export type ExperimentRecord = Omit<ExperimentRun, 'title' | 'measures'> & {
  readonly titles: Readonly<Record<'en' | 'zh', string>>;
  readonly measures?: readonly MeasuredRecord[];
};

/** An experiment that ran. */
export interface ExperimentRun {
  readonly run: string;
  readonly experiment: string;
  readonly title: string;
  readonly outcomes: readonly CommandOutcome[];
  /** Pairs that answered before and do not now, and the other way round, by real packets. */
  readonly broke: readonly Pair[];
  readonly mended: readonly Pair[];
  readonly measures?: readonly Measured[];
  /** As it was said before it ran. */
  readonly prediction?: PairChange;
  /** Whether what happened is what was said; absent where nothing was. */
  readonly verdict?: 'as-predicted' | 'otherwise';
  /** `kept`: on machines that really are there, its way back was given up. */
  readonly state: 'applied' | 'undone' | 'failed' | 'kept';
}
