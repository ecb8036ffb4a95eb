/**
 * Hierarchical token bucket (sch_htb.c): classes with a rate of their own and a ceiling up to which they borrow from their parents. Leaves are served
 * by level of who lends, then by priority, then in turns of a quantum.
 *
 * Invariant: what waits in a class is counted as waiting in its leaf's discipline, whose limit holds.
 */
import { done, ok, type Timer } from '../../base/index.ts';
import { countedLength } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Skb } from '../model.ts';
import { FilterBlock } from '../tc/filter.ts';
import { ClassHash } from './class-hash.ts';
import { Discipline, QdiscStatistics } from './discipline.ts';
import { Fifo } from './fifo.ts';

export interface HtbOptions {
  readonly kind: 'htb';
  /** Number of the class of what no filter sends elsewhere. */
  readonly defaultClass: number;
  readonly rateToQuantum: number;
  readonly directLimit?: number;
}
/** Rates in bytes a second, sizes in bytes. */
export interface HtbClassOptions {
  readonly rate: number;
  readonly ceil: number;
  readonly burst: number;
  readonly ceilBurst: number;
  readonly overhead: number;
  readonly mpu: number;
  readonly priority: number;
  /** 0: by the rate. */
  readonly quantum: number;
}
const DEPTH = 8;
const MOST_PRIORITY = 7;

export class HtbClass {
  readonly stats = new QdiscStatistics();
  readonly filters = new FilterBlock('egress');
  readonly children = new Set<HtbClass>();
  readonly queue: Skb[] = [];
  lends = 0;
  borrows = 0;
  level = 0;
  /** Nanoseconds of sending that are saved up. */
  tokens: number;
  ceilTokens: number;
  filledUs: number;
  quantum = 0;
  /** Of its turn. */
  deficit = 0;
  leaf: Discipline | null = null;
  constructor(
    readonly id: number,
    readonly parent: HtbClass | null,
    public options: HtbClassOptions,
    nowUs: number,
  ) {
    this.filledUs = nowUs;
    this.tokens = this.buffer;
    this.ceilTokens = this.ceilBuffer;
  }
  get buffer(): number {
    return time(this.options.burst, this.options.rate);
  }
  get ceilBuffer(): number {
    return time(this.options.ceilBurst, this.options.ceil);
  }
}
/** What bytes take, in nanoseconds, through the ticks of 64 that requests carry. */
const time = (bytes: number, rate: number): number => Math.floor((Math.floor((1e6 * bytes) / rate) * 125) / 8) * 64;

export class Htb extends Discipline {
  readonly name = 'htb';
  readonly classes = new ClassHash<HtbClass>();
  readonly filters = new FilterBlock('egress');
  readonly directLimit: number;
  directPackets = 0;
  private timer: Timer | null = null;
  private isBusy = false;
  constructor(
    handle: number,
    readonly options: HtbOptions,
    readonly device: Device,
  ) {
    super(handle);
    this.directLimit = options.directLimit ?? Math.max(2, device.txQueueLength);
  }
  find(id: number): HtbClass | undefined {
    return this.classes.get(id);
  }

  // --- classes ---

  addClass(id: number, parentId: number, options: HtbClassOptions): KernelResult<string | undefined> {
    const parent = this.find(parentId) ?? null;
    if (parent !== null && depthOf(parent) >= DEPTH - 1) return fail('EINVAL');
    const made = new HtbClass(id, parent, options, this.device.netns.simulation.nowUs);
    const remark = this.setOptions(made, options);
    made.leaf = this.adopt(new Fifo(0, { kind: 'pfifo' }, this.device));
    if (parent !== null) {
      if (parent.level === 0) this.becomeInner(parent);
      parent.children.add(made);
    }
    this.classes.add(id, made);
    return ok(remark);
  }
  changeClass(present: HtbClass, options: HtbClassOptions): string | undefined {
    const remark = this.setOptions(present, options);
    present.tokens = Math.min(present.tokens, present.buffer);
    present.ceilTokens = Math.min(present.ceilTokens, present.ceilBuffer);
    return remark;
  }
  private setOptions(one: HtbClass, options: HtbClassOptions): string | undefined {
    one.options = { ...options, priority: Math.min(options.priority, MOST_PRIORITY) };
    const own = Math.floor(options.rate / this.options.rateToQuantum);
    one.quantum = options.quantum > 0 ? options.quantum : Math.min(200_000, Math.max(1000, own));
    const size = options.quantum > 0 ? undefined : own < 1000 ? 'small' : own > 200_000 ? 'big' : undefined;
    return size && `sch_htb: quantum of class ${one.id.toString(16).toUpperCase()} is ${size}. Consider r2q change.`;
  }
  private becomeInner(one: HtbClass): void {
    this.flush(one);
    one.leaf = null;
    one.level = (one.parent === null ? DEPTH : one.parent.level) - 1;
  }
  removeClass(one: HtbClass): KernelResult {
    if (one.children.size > 0) return fail('EBUSY', 'HTB class in use');
    this.flush(one);
    one.filters.clear(this.device.netns);
    this.classes.remove(one.id);
    const { parent } = one;
    parent?.children.delete(one);
    if (parent?.children.size === 0) {
      // htb_parent_to_leaf
      parent.level = 0;
      parent.leaf = this.adopt(new Fifo(0, { kind: 'pfifo' }, this.device));
      parent.tokens = parent.buffer;
      parent.ceilTokens = parent.ceilBuffer;
      parent.filledUs = this.device.netns.simulation.nowUs;
    }
    return done;
  }
  /** htb_graft: null puts the plain one back. */
  setLeaf(one: HtbClass, leaf: Discipline | null): void {
    this.flush(one);
    one.leaf = this.adopt(leaf ?? new Fifo(0, { kind: 'pfifo' }, this.device));
  }
  private adopt(leaf: Discipline): Discipline {
    leaf.parent = this;
    return leaf;
  }
  private flush(one: HtbClass): void {
    for (const skb of one.queue.splice(0)) one.leaf?.leave(skb);
    one.leaf?.reset();
  }

  // --- packets ---

  enqueue(skb: Skb, device: Device): void {
    const chosen = this.classify(skb, device);
    if (chosen === 'gone') return;
    if (chosen === 'dropped') return this.refuse(skb, device, 'htb: a filter drops it');
    if (chosen === 'direct') {
      this.directPackets++;
      return this.send(skb, device);
    }
    this.current = chosen;
    chosen.leaf?.enqueue(skb, device);
  }
  /** The class whose leaf was given a packet last: what a leaf lets out at once is its. */
  private current: HtbClass | null = null;

  protected override holds(skb: Skb, device: Device, child: Discipline): boolean {
    const one = this.current?.leaf === child ? this.current : [...this.classes].find(({ leaf }) => leaf === child);
    if (one === undefined) return false;
    const limit = 'limit' in child && typeof child.limit === 'number' ? child.limit : Infinity;
    const isFull = child.name === 'bfifo' ? child.stats.backlog + countedLength(skb) > limit : child.stats.queueLength >= limit;
    if (isFull) {
      one.stats.drops++;
      child.refuse(skb, device, `${child.name}: ${child.stats.queueLength} packets wait already`);
      return true;
    }
    child.wait(skb);
    one.queue.push(skb);
    this.run();
    return true;
  }

  /** htb_classify. */
  private classify(skb: Skb, device: Device): HtbClass | 'direct' | 'dropped' | 'gone' {
    if (skb.priority === this.handle) return 'direct';
    const named = this.find(skb.priority >>> 0);
    if (named?.level === 0) return named;
    let block = named?.filters ?? this.filters;
    while (!block.isEmpty) {
      const found = block.classify(skb, device);
      if (found === null) break;
      if (found.control === 'stolen') return 'gone';
      if (found.control === 'drop') return 'dropped';
      if (found.classId === this.handle) return 'direct';
      const next = this.find(found.classId);
      if (next === undefined) break;
      if (next.level === 0) return next;
      block = next.filters;
    }
    const fallback = this.find(((this.handle & 0xffff0000) | this.options.defaultClass) >>> 0);
    return fallback?.level === 0 ? fallback : 'direct';
  }

  /** htb_dequeue: as many as there are tokens for, then it waits for more. */
  private run(): void {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (let next = this.next(); next !== null; next = this.next()) this.release(next.one, next.lender);
    } finally {
      this.isBusy = false;
    }
  }
  /** Who sends now, and at whose expense; null: nobody can, and a timer is set for the first that will. */
  private next(): { readonly one: HtbClass; readonly lender: HtbClass } | null {
    this.timer?.cancel();
    this.timer = null;
    const { simulation } = this.device.netns;
    let best: { one: HtbClass; lender: HtbClass } | null = null;
    let soonest = Infinity;
    for (const one of this.classes) {
      if (one.queue.length === 0) continue;
      const lender = lenderOf(one, simulation.nowUs);
      if (typeof lender === 'number') {
        soonest = Math.min(soonest, lender);
        continue;
      }
      if (best === null || isBefore(one, lender, best)) best = { one, lender };
    }
    if (best === null && soonest < Infinity) {
      this.stats.overlimits++;
      this.timer = simulation.after(Math.max(1, Math.ceil(soonest / 1000)), () => {
        this.timer = null;
        this.run();
      });
    }
    return best;
  }
  private release(one: HtbClass, lender: HtbClass): void {
    const skb = one.queue.shift()!;
    const length = countedLength(skb);
    one.leaf?.leave(skb);
    one.leaf?.count(skb);
    one.deficit -= length;
    if (one.deficit < 0) one.deficit += one.quantum;
    this.charge(one, lender.level, length);
    one.stats.packets++;
    one.stats.bytes += length;
    this.send(skb, this.device);
  }
  /** htb_charge_class. */
  private charge(leaf: HtbClass, level: number, length: number): void {
    const { nowUs } = this.device.netns.simulation;
    for (let one: HtbClass | null = leaf; one !== null; one = one.parent) {
      const { rate, ceil, overhead, mpu } = one.options;
      const bytes = Math.max(length + overhead, mpu);
      const earned = Math.min((nowUs - one.filledUs) * 1000, 60e9);
      if (one.level >= level) {
        if (one.level === level) one.lends++;
        one.tokens = Math.max(Math.min(one.tokens + earned, one.buffer) - Math.floor((bytes * 1e9) / rate), -60e9);
      } else {
        one.borrows++;
        one.tokens += earned;
      }
      one.ceilTokens = Math.max(Math.min(one.ceilTokens + earned, one.ceilBuffer) - Math.floor((bytes * 1e9) / ceil), -60e9);
      one.filledUs = nowUs;
      if (one !== leaf) {
        one.stats.packets++;
        one.stats.bytes += length;
      }
    }
  }
  reset(): void {
    this.timer?.cancel();
    this.timer = null;
    for (const one of this.classes) this.flush(one);
  }
}

const depthOf = (one: HtbClass): number => (one.parent === null ? 1 : depthOf(one.parent) + 1);
const isBefore = (one: HtbClass, lender: HtbClass, best: { one: HtbClass; lender: HtbClass }): boolean =>
  lender.level !== best.lender.level
    ? lender.level < best.lender.level
    : one.options.priority !== best.one.options.priority
      ? one.options.priority < best.one.options.priority
      : one.deficit > best.one.deficit;

/** htb_class_mode, up the tree: who can lend; else in how many nanoseconds somebody will. */
function lenderOf(leaf: HtbClass, nowUs: number): HtbClass | number {
  let wait = 0;
  let soonest = Infinity;
  for (let one: HtbClass | null = leaf; one !== null; one = one.parent) {
    const earned = Math.min((nowUs - one.filledUs) * 1000, 60e9);
    wait = Math.max(wait, -(one.ceilTokens + earned));
    const own = Math.max(wait, -(one.tokens + earned));
    if (own <= 0) return one;
    soonest = Math.min(soonest, own);
  }
  return soonest;
}
