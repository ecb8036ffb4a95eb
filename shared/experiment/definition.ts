/** What an experiment is, and what it knows of a lab. */
import type { Snapshot } from '../snapshot/index.ts';
import type { NodeCommand } from './experiment.ts';

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** A node that runs pods. */
export interface WorkerFacts {
  readonly name: string;
  /** `10.244.1.0/24`. */
  readonly podCIDR: string;
  readonly address: string;
}
/** What experiments know of a lab. */
export interface ExperimentFacts {
  readonly snapshot: Snapshot;
  /** Without the control plane; in the order of the lab file. */
  readonly workers: readonly WorkerFacts[];
  /** Over which nodes reach each other. */
  readonly interface: string;
  /** flanneld runs there and repairs routes. */
  readonly hasFlannel: boolean;
}

export interface DraftPlan {
  readonly title: Words;
  readonly explanation: Words;
  readonly commands: readonly NodeCommand[];
  readonly undo: readonly NodeCommand[];
  readonly notNow?: Words;
}

export interface Experiment {
  readonly id: string;
  /** Undefined where the lab has nothing of the kind. */
  readonly plan: (facts: ExperimentFacts) => DraftPlan | undefined;
}

export const rootOf = (facts: ExperimentFacts, node: string) =>
  facts.snapshot.nodes.find((one) => one.name === node)?.namespaces.find((netns) => netns.id === 0);
