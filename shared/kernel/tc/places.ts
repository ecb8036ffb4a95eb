/** Where filters stand on a device: `ingress` and `clsact`, on what comes in and, before any discipline, on what goes out (sch_ingress.c). */
import type { Device, EgressQueue, Skb } from '../model.ts';
import { PacketType } from '../numbers.ts';
import type { Discipline } from '../qdisc/discipline.ts';
import { drop, tap } from '../transmit.ts';
import { FilterBlock } from './filter.ts';

export class IngressPlace {
  readonly incoming = new FilterBlock('ingress');
  readonly outgoing = new FilterBlock('egress');
  constructor(readonly name: 'ingress' | 'clsact') {}

  /** sch_handle_ingress: false when the packet is not carried on. */
  pass(skb: Skb, device: Device): boolean {
    const found = this.incoming.classify(skb, device);
    if (found === null) return true;
    if (found.control === 'drop') {
      device.stats.rxDropped++;
      drop(skb, device.netns, 'TC_INGRESS', `a filter at ${device.name}`);
    }
    return found.control !== 'drop' && found.control !== 'stolen';
  }
}

/** Stands before the device's discipline while there are filters on the way out. */
export class EgressPlace implements EgressQueue {
  constructor(
    private readonly block: FilterBlock,
    readonly inner: Discipline | null,
  ) {}
  get name(): string {
    return this.inner?.name ?? 'noqueue';
  }
  enqueue(skb: Skb, device: Device): void {
    const found = this.block.classify(skb, device);
    if (found?.control === 'drop') {
      device.stats.txDropped++;
      drop(skb, device.netns, 'TC_EGRESS', `a filter at ${device.name}`);
      return;
    }
    if (found?.control === 'stolen') return;
    if (this.inner !== null) return this.inner.enqueue(skb, device);
    if (device.taps.length > 0 || device.netns.taps.length > 0) tap(skb, device, PacketType.OUTGOING);
    device.transmit(skb);
  }
  reset(): void {
    this.inner?.reset();
  }
}
