/** The experiments there are. Each looks at a lab as it is and says what it would do there, or that it does not apply. */
import type { Snapshot } from '../snapshot/index.ts';
import type { NodeCommand } from './experiment.ts';
import { BRIDGE_DOWN } from './bridge-down.ts';
import { FORWARD_DROP } from './forward-drop.ts';
import { IP_FORWARD_OFF } from './ip-forward-off.ts';
import { PORT_OUT } from './port-out.ts';
import { REMOVE_ROUTE } from './remove-route.ts';

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

export const EXPERIMENTS: readonly Experiment[] = [REMOVE_ROUTE, IP_FORWARD_OFF, FORWARD_DROP, BRIDGE_DOWN, PORT_OUT];

export const rootOf = (facts: ExperimentFacts, node: string) =>
  facts.snapshot.nodes.find((one) => one.name === node)?.namespaces.find((netns) => netns.id === 0);
