/**
 * An experiment: a change of a lab that shows its commands before it runs, says what it will do, and can be undone.
 * One file per experiment beside this one.
 */

import type { NodeCommand } from '../twin/index.ts';

export type { NodeCommand } from '../twin/index.ts';

/** A pair whose reachability the experiment is about. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

/** What is known of an experiment before it runs, on a lab as it is now. */
export interface ExperimentPlan {
  readonly id: string;
  /** Plain words, in the reader's language. */
  readonly title: string;
  readonly explanation: string;
  readonly commands: readonly NodeCommand[];
  readonly undo: readonly NodeCommand[];
  /** Pairs whose answer will change, found by trying the commands on a twin; absent where that is not possible. */
  readonly prediction?: { readonly breaks: readonly Pair[]; readonly mends: readonly Pair[] };
  /** Why it cannot run now (the route is already gone …). */
  readonly notNow?: string;
}

/** What a run of a command printed. */
export interface CommandOutcome extends NodeCommand {
  readonly status: number;
  readonly output: string;
}

/** A run as it is kept: its title in each language, for whoever reads it later. */
export type ExperimentRecord = Omit<ExperimentRun, 'title'> & { readonly titles: Readonly<Record<'en' | 'zh', string>> };

/** An experiment that ran. */
export interface ExperimentRun {
  readonly run: string;
  readonly experiment: string;
  readonly title: string;
  readonly outcomes: readonly CommandOutcome[];
  /** Pairs that answered before and do not now, and the other way round, by real packets. */
  readonly broke: readonly Pair[];
  readonly mended: readonly Pair[];
  readonly state: 'applied' | 'undone' | 'failed';
}
