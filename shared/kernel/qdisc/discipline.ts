/**
 * Queueing disciplines (net/sched): what a device does with packets between the stack and the driver. One stands at the root of a device's way
 * out; what has passed it goes to the driver.
 *
 * Invariant: a packet is counted as sent when it leaves the discipline (qdisc_bstats_update), as dropped when it ends there.
 */
import { countedLength } from '../../wire/index.ts';
import type { Device, EgressQueue, Skb } from '../model.ts';
import { PacketType } from '../numbers.ts';
import { drop, tap } from '../transmit.ts';

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

  wait(skb: Skb): void {
    this.stats.backlog += countedLength(skb);
    this.stats.queueLength++;
    this.parent?.wait(skb);
  }
  leave(skb: Skb): void {
    this.stats.backlog -= countedLength(skb);
    this.stats.queueLength--;
    this.parent?.leave(skb);
  }
  /** It leaves: to the one above, which may hold it back, or to the driver. */
  protected send(skb: Skb, device: Device): void {
    if (this.parent?.holds(skb, device, this)) return;
    this.count(skb);
    if (this.parent !== null) this.parent.send(skb, device);
    else if (device.isUp) {
      if (device.taps.length > 0 || device.netns.taps.length > 0) tap(skb, device, PacketType.OUTGOING);
      device.transmit(skb);
    }
  }
  count(skb: Skb): void {
    this.stats.packets++;
    this.stats.bytes += countedLength(skb);
  }
  /** Whether what leaves `child` is kept for a while; then it counts as waiting there, and is counted when it goes on. */
  protected holds(_skb: Skb, _device: Device, _child: Discipline): boolean {
    return this.parent?.holds(_skb, _device, _child) ?? false;
  }
  refuse(skb: Skb, device: Device, detail: string): void {
    for (let at: Discipline | null = this; at !== null; at = at.parent) at.stats.drops++;
    drop(skb, device.netns, 'QDISC_DROP', detail);
  }
}
