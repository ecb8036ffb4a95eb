/**
 * The topology before anything has a position: what boxes there are, which stands in which, and what role each plays in the
 * figure. `build.ts` makes it from a snapshot, `layout.ts` gives it positions.
 */
import type { BoxKind, Fact, LineKind, LinkState } from './topology.ts';

/** Where a box belongs in the figure. */
export type Role =
  | 'node'
  | 'segment' // a bar above the nodes it joins
  | 'outside' // above the uplink it belongs to, or above all when a segment leads there
  | 'uplink' // a node's interface with a wire: on the node's upper edge
  | 'bridge' // a bar across the node
  | 'device' // another interface of a node: tunnel, dummy, vlan
  | 'port' // a veth end in the node; stands above the namespace its peer is in
  | 'namespace' // a pod or another namespace
  | 'inner'; // an interface in a namespace

export interface GraphBox {
  readonly id: string;
  readonly kind: BoxKind;
  readonly role: Role;
  readonly label: string;
  readonly sublabel?: string;
  readonly parent?: string;
  readonly state: LinkState;
  readonly facts: readonly Fact[];
  /** For a port: the namespace below it. For an `outside`: the uplink below it. */
  readonly above?: string;
}

export interface GraphLine {
  readonly id: string;
  readonly kind: LineKind;
  readonly from: string;
  readonly to: string;
  readonly state: LinkState;
}

/** Boxes in the order in which new ones are placed; parents before their children. */
export interface Graph {
  readonly boxes: readonly GraphBox[];
  readonly lines: readonly GraphLine[];
}
