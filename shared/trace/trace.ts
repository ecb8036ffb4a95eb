/**
 * A trace: the story of one packet and of what answered it, as a tree of hops. A hop is the stay of one copy of the packet in one network
 * namespace; a flooded frame has several following hops. Plain data, ordered by time.
 * Invariant: hops[i].id === i, and a hop's parent has a smaller id.
 */
import type { Disposition, Step } from './step.ts';

export interface Place {
  /** The node's name. */
  readonly node: string;
  /** The namespace's name, or '' for the node's own. */
  readonly netns: string;
  /** Stable id of the namespace within its node. */
  readonly netnsId: number;
  /** Its inode, by which figures name it. */
  readonly netnsInode: number;
}
export interface TimedStep {
  readonly atUs: number;
  readonly step: Step;
}
export interface Hop {
  readonly id: number;
  /** The hop it came from, or -1 for where the trace begins. */
  readonly parent: number;
  readonly place: Place;
  /** The device it came in by; null where it was made. */
  readonly device: string | null;
  /** Request and replies: 'reply' after something answered. 'helper' for ARP and errors on its behalf. */
  readonly direction: 'request' | 'reply' | 'helper';
  readonly atUs: number;
  readonly steps: readonly TimedStep[];
  readonly disposition: Disposition;
}
export interface Trace {
  readonly id: number;
  readonly startedUs: number;
  readonly hops: readonly Hop[];
  /** Of machines that really are there: the packet was sent for real as well. */
  readonly sent?: SentPacket;
}
/** A packet sent for real beside the one that was followed in a twin. */
export interface SentPacket {
  /** As it was run where the trace begins. */
  readonly command: string;
  readonly answered: boolean;
  readonly expected: boolean;
  /** The routers on the way by the trace, and who said that the packet's time was over there; nobody: it was silent. */
  readonly routers: readonly { readonly place: string; readonly addresses: readonly string[]; readonly seen?: string }[];
  readonly agrees: boolean;
}
/** The places at which the request is passed on as a router does, in its order. */
export function routersOf(trace: Trace): readonly Place[] {
  const found: Place[] = [];
  for (const { direction, place, steps } of trace.hops) {
    const isNew = !found.some((one) => one.node === place.node && one.netnsId === place.netnsId);
    if (direction === 'request' && isNew && steps.some(({ step }) => step.kind === 'forward')) found.push(place);
  }
  return found;
}

/** The disposition of the deepest, latest request hop: whether the packet arrived. */
export function requestOutcome(trace: Trace): Disposition {
  return lastOutcome(trace, 'request');
}
/** Whether an answer came back to where the trace began; pending when there was none. */
export function replyOutcome(trace: Trace): Disposition {
  return lastOutcome(trace, 'reply');
}
function lastOutcome(trace: Trace, direction: Hop['direction']): Disposition {
  const hops = trace.hops.filter((hop) => hop.direction === direction);
  const delivered = hops.find((hop) => hop.disposition.kind === 'delivered' || hop.disposition.kind === 'left');
  const last = hops.filter((hop) => hop.disposition.kind !== 'passed').at(-1);
  return (delivered ?? last)?.disposition ?? { kind: 'pending' };
}
