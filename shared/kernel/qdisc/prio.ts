/**
 * Bands by priority (sch_prio.c): each band has a discipline of its own, of packets in order until a user puts another there. A packet's band is
 * that which a filter says, else that of its priority. As no driver of ours is ever busy, no band ever waits for another.
 */
import { done } from '../../base/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Skb } from '../model.ts';
import { FilterBlock } from '../tc/filter.ts';
import { Discipline } from './discipline.ts';
import { Fifo } from './fifo.ts';

export interface PrioOptions {
  readonly kind: 'prio';
  readonly bands: number;
  /** Sixteen bands, by priority. */
  readonly map: readonly number[];
}
const MOST_BANDS = 16;

export class Prio extends Discipline {
  readonly name = 'prio';
  bands = 0;
  map: readonly number[] = [];
  /** By number of the class, less one. */
  readonly leaves: Discipline[] = [];
  readonly filters = new FilterBlock('egress');
  constructor(
    handle: number,
    private readonly device: Device,
  ) {
    super(handle);
  }
  /** prio_tune. */
  change({ bands, map }: PrioOptions): KernelResult {
    if (bands > MOST_BANDS || bands < 2 || map.some((band) => band >= bands)) return fail('EINVAL');
    for (const gone of this.leaves.splice(bands)) gone.reset();
    while (this.leaves.length < bands) this.leaves.push(this.adopt(new Fifo(0, { kind: 'pfifo' }, this.device)));
    this.bands = bands;
    this.map = map;
    return done;
  }
  /** prio_graft: null puts the plain one back. */
  setLeaf(minor: number, leaf: Discipline | null): void {
    this.leaves[minor - 1]?.reset();
    this.leaves[minor - 1] = this.adopt(leaf ?? new Fifo(0, { kind: 'pfifo' }, this.device));
  }
  private adopt(leaf: Discipline): Discipline {
    leaf.parent = this;
    return leaf;
  }
  enqueue(skb: Skb, device: Device): void {
    if (this.filters.isEmpty) {
      const named = ((skb.priority ^ this.handle) & ~0xffff) === 0 ? this.leaves[(skb.priority & 0xffff) - 1] : undefined;
      (named ?? this.leaves[this.map[skb.priority & 15] ?? 0]!).enqueue(skb, device);
      return;
    }
    const band = this.bandOf(skb, device);
    if (band === 'dropped') this.refuse(skb, device, 'prio: a filter drops it');
    else if (band !== 'gone') band.enqueue(skb, device);
  }
  private bandOf(skb: Skb, device: Device): Discipline | 'gone' | 'dropped' {
    const found = this.filters.classify(skb, device);
    if (found?.control === 'stolen') return 'gone';
    if (found?.control === 'drop') return 'dropped';
    // prio_classify: a class that is named, by a filter or by the packet itself, else the priority's
    const id = found === null ? skb.priority >>> 0 : found.classId;
    const minor = found !== null || (id & 0xffff0000) >>> 0 === this.handle >>> 0 ? id & 0xffff : 0;
    return this.leaves[minor - 1] ?? this.leaves[this.map[skb.priority & 15] ?? 0]!;
  }
  reset(): void {
    for (const leaf of this.leaves) leaf.reset();
  }
}
