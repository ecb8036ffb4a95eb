/** First in, first out (sch_fifo.c, sch_generic.c): by packets, by bytes, in three bands, or not queued at all. A driver of ours is never busy, so that nothing ever waits. */
import type { Device, Skb } from '../model.ts';
import { Discipline } from './discipline.ts';

export interface FifoOptions {
  readonly kind: 'pfifo' | 'bfifo' | 'pfifo_head_drop' | 'pfifo_fast' | 'noqueue';
  /** Packets, bytes of bfifo; undefined: by the device's queue length. */
  readonly limit?: number;
}

export class Fifo extends Discipline {
  readonly name: FifoOptions['kind'];
  limit: number;
  constructor(handle: number, { kind, limit }: FifoOptions, device: Device) {
    super(handle);
    this.name = kind;
    this.limit = limit ?? defaultLimit(kind, device);
  }
  change({ kind, limit }: FifoOptions, device: Device): void {
    this.limit = limit ?? defaultLimit(kind, device);
  }
  enqueue(skb: Skb, device: Device): void {
    if (this.limit === 0) this.refuse(skb, device, `${this.name} has no room`);
    else this.send(skb, device);
  }
  reset(): void {
    // Nothing waits.
  }
}
function defaultLimit(kind: FifoOptions['kind'], device: Device): number {
  const packets = device.txQueueLength > 0 ? device.txQueueLength : 1;
  return kind === 'bfifo' ? packets * (device.mtu + 14) : packets;
}
