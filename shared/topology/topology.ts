/**
 * What the topology view draws: boxes inside boxes and lines between them, made from a snapshot. Plain data.
 *
 * Invariant: an id names the same thing as long as it exists (`node-1`, `node-1/cni0`, `node-1/ns:4026532201/eth0`), whatever else
 * comes and goes; ids never depend on positions in a list.
 * Invariant: positions are ours. A box that has a position keeps it; a new one is placed beside its siblings and nothing else moves.
 */

import type { Origin } from './origin.ts';

/** What a box stands for. */
export type BoxKind =
  | 'node' // a machine
  | 'netns' // a network namespace of a node that belongs to no pod
  | 'pod' // a pod's network namespace
  | 'interface' // a network device
  | 'bridge' // a bridge device, with its ports linked to it
  | 'segment' // what joins nodes: a host-only network, a switch
  | 'outside'; // the world behind NAT

/** How a box or line looks: what its state is, in the words of `ip link`. */
export type LinkState =
  | 'up' // administratively up, with carrier
  | 'no-carrier' // up, but the other side is down or absent
  | 'down' // administratively down
  | 'none'; // not a thing that can be up or down

/** A line of the inspector: a Linux word and its value, as the programs print it. */
export interface Fact {
  readonly key: string;
  readonly value: string;
  /** Who made it. */
  readonly origin?: Origin;
}

export interface Box {
  readonly id: string;
  readonly kind: BoxKind;
  /** Linux's or Kubernetes' own name: `cni0`, `httpd`. */
  readonly label: string;
  /** A second, smaller line, such as the address: `10.244.1.1/24`. */
  readonly sublabel?: string;
  /** The box it is drawn in. */
  readonly parent?: string;
  readonly state: LinkState;
  /** Where its texts stand: a strip of LABEL_STRIP at the top of a node, at the bottom of a namespace (its interfaces stand on its upper edge), else the middle. */
  readonly labelAt: 'top' | 'middle' | 'bottom';
  /** Top left corner and size in scene units (CSS pixels at zoom 1), absolute. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly facts: readonly Fact[];
}

/** What a line stands for. */
export type LineKind =
  | 'veth' // the two ends of a veth pair
  | 'port' // an interface and the bridge that is its master
  | 'wire' // an interface and the segment it is plugged into
  | 'tunnel' // a tunnel device and the far end it encapsulates to
  | 'nat'; // an interface and the outside

export interface Line {
  readonly id: string;
  readonly kind: LineKind;
  /** Ids of boxes. */
  readonly from: string;
  readonly to: string;
  readonly state: LinkState;
  /** The corners of its way, from the edge of `from` to the edge of `to`, at least two; pieces are horizontal or vertical where boxes stand as they were placed. */
  readonly points: readonly Point[];
}

/** In scene units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Height kept free for the label of a box that holds others. */
export const LABEL_STRIP = 26;

export interface Topology {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}
