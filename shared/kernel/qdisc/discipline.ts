/**
 * Queueing disciplines (net/sched): what a device does with packets between the stack and the driver. One stands at the root of a device's way
 * out; what has passed it goes to the driver.
 *
 * Invariant: a packet is counted as sent when it leaves the discipline (qdisc_bstats_update), as dropped when it ends there.
 */
import { countedLength } from '../../wire/index.ts';
import type { Device, EgressQueue, Skb } from '../model.ts';
import { drop } from '../transmit.ts';

export class QdiscStatistics {
  bytes = 0;
  packets = 0;
  drops = 0;
  overlimits = 0;
  requeues = 0;
  /** What waits in it. */
  backlog = 0;
  queueLength = 0;
}

export abstract class Discipline implements EgressQueue {
  readonly stats = new QdiscStatistics();
  /** The one with classes that it stands in: what leaves here has left there. */
  parent: Discipline | null = null;
  /** `tc` shows its upper half: `8001:`. */
  abstract readonly name: string;
  constructor(readonly handle: number) {}
  abstract enqueue(skb: Skb, device: Device): void;
  /** Forgets what waits. */
  abstract reset(): void;

  protected wait(skb: Skb): void {
    this.stats.backlog += countedLength(skb);
    this.stats.queueLength++;
    this.parent?.wait(skb);
  }
  protected leave(skb: Skb): void {
    this.stats.backlog -= countedLength(skb);
    this.stats.queueLength--;
    this.parent?.leave(skb);
  }
  /** To the driver. */
  protected send(skb: Skb, device: Device): void {
    this.stats.packets++;
    this.stats.bytes += countedLength(skb);
    if (this.parent !== null) this.parent.send(skb, device);
    else if (device.isUp) device.transmit(skb);
  }
  protected refuse(skb: Skb, device: Device, detail: string): void {
    for (let at: Discipline | null = this; at !== null; at = at.parent) at.stats.drops++;
    drop(skb, device.netns, 'QDISC_DROP', detail);
  }
}

/** `ingress` and `clsact`: places for filters, which are not modelled; packets pass. */
export class IngressQdisc {
  readonly stats = new QdiscStatistics();
  constructor(readonly name: 'ingress' | 'clsact') {}
}
