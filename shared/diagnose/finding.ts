/** What a diagnosis is, and what it finds. Data only: the words are templates of the diagnosis, filled at the edge. */
import type { NodeCommand } from '../twin/index.ts';
import type { Situation } from './situation.ts';

/** A fact, quoted as a program prints it. */
export interface Evidence {
  /** The command that shows it: `sysctl net.ipv4.ip_forward`; or `trace` for what a packet in the twin met. */
  readonly source: string;
  readonly text: string;
}

export interface Where {
  readonly node: string;
  /** The pod or named namespace, as an endpoint's id. */
  readonly place?: string;
  readonly device?: string;
}

/** A cause that seems to hold, before its fix was tried. */
export interface Draft {
  readonly where: Where;
  readonly evidence: readonly Evidence[];
  /** What shows it on the node. */
  readonly see: NodeCommand;
  /** What the words speak of, beside `node`, `place` and `device`. */
  readonly values: Readonly<Record<string, string>>;
  /** Cells that fail by it, by their key; none where what is wrong stops nothing yet. */
  readonly pairs: readonly string[];
  /** What might mend it, the smallest first; each is a list of commands. */
  readonly fixes: readonly (readonly NodeCommand[])[];
  /** Why it cannot be mended by commands on nodes, where that is so. */
  readonly noFix?: 'needs-kubernetes' | 'unknown-intent';
}

export interface Fix {
  readonly commands: readonly NodeCommand[];
  /** Cells that it turns green, as `from → to (protocol)`. No cell turns red. */
  readonly mends: readonly string[];
  /** Cells that are wrong by this cause and stay so: something else is wrong too. */
  readonly leaves: readonly string[];
}

export interface Finding {
  readonly code: string;
  readonly where: Where;
  readonly evidence: readonly Evidence[];
  readonly see: NodeCommand;
  readonly values: Readonly<Record<string, string>>;
  /** Pairs that fail by it, as `from → to (protocol)`. */
  readonly pairs: readonly string[];
  readonly fix?: Fix;
  readonly noFix?: Draft['noFix'] | 'none-found';
}

export interface Words {
  readonly title: string;
  readonly cause: string;
}

export interface Diagnosis {
  readonly code: string;
  /** With `{node}`, `{device}` and the draft's values in them. */
  readonly words: { readonly en: Words; readonly zh: Words };
  readonly find: (situation: Situation) => readonly Draft[];
}
