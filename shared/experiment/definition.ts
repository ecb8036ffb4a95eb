/** What an experiment is: from a lab as it is now to what would be done there. */
import type { Ground } from './ground.ts';
import type { NodeCommand } from './experiment.ts';

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** What is looked at before and after beside who reaches whom: the output of a command of the lab's own, in one line. */
export interface Measure extends NodeCommand {
  readonly title: Words;
  /** What it will print afterwards, where daemons have a part in it and a twin cannot know. */
  readonly expected?: string;
}

export interface DraftPlan {
  readonly title: Words;
  readonly explanation: Words;
  readonly commands: readonly NodeCommand[];
  readonly undo: readonly NodeCommand[];
  readonly measures?: readonly Measure[];
  readonly notNow?: Words;
  /** Daemons do what it is about, which a twin has none of: what is said of the measures is all that is predicted, and that every pair answers in the end. */
  readonly needsDaemons?: true;
  /** How long they take, of virtual time. */
  readonly settleUs?: number;
  /** Chance decides packet by packet: pairs are not asked. */
  readonly isRandom?: true;
}

export interface Experiment {
  readonly id: string;
  /** Undefined where the lab has nothing of the kind. */
  readonly plan: (ground: Ground) => DraftPlan | undefined;
}

export const at = (node: string, command: string): NodeCommand => ({ node, command });
