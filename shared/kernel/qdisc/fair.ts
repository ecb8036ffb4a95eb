/**
 * Fair queueing: fq_codel (sch_fq_codel.c) and sfq (sch_sfq.c). They share a busy link among flows; no driver of ours is ever busy, so that
 * every packet finds an empty queue and passes (TCQ_F_CAN_BYPASS). What they are set to is kept and shown.
 */
import { done } from '../../base/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Skb } from '../model.ts';
import { Discipline } from './discipline.ts';

/** Times in microseconds; absent: as it is. */
export interface FqCodelOptions {
  readonly kind: 'fq_codel';
  readonly limit?: number;
  readonly flows?: number;
  readonly quantum?: number;
  readonly targetUs?: number;
  readonly intervalUs?: number;
  readonly ceThresholdUs?: number;
  readonly memoryLimit?: number;
  readonly ecn?: boolean;
  readonly dropBatch?: number;
}
export interface SfqOptions {
  readonly kind: 'sfq';
  readonly limit?: number;
  readonly quantum?: number;
  readonly depth?: number;
  readonly flows?: number;
  readonly divisor?: number;
  /** Seconds; negative, as the program takes it, is kept. */
  readonly perturb?: number;
  readonly headDrop?: boolean;
}

/** codel_time_t: units of 1024 ns. */
const throughCodel = (us: number): number => Math.floor((Math.floor((us * 1000) / 1024) * 1024) / 1000);
const MOST_MEMORY = 2 ** 31;
const MOST_FLOWS = 65536;
const linkBytes = (device: Device): number => device.mtu + 14;

export class FqCodel extends Discipline {
  readonly name = 'fq_codel';
  limit = 10240;
  flows = 1024;
  quantum: number;
  targetUs = throughCodel(5000);
  intervalUs = throughCodel(100_000);
  ceThresholdUs: number | null = null;
  memoryLimit = 32 * 1024 * 1024;
  ecn = true;
  dropBatch = 64;
  constructor(handle: number, device: Device) {
    super(handle);
    this.quantum = linkBytes(device);
  }
  /** fq_codel_change. How many flows there are is settled with the first. */
  change(options: FqCodelOptions, isNew: boolean): KernelResult {
    const { flows } = options;
    if (flows !== undefined) {
      if (!isNew || flows > MOST_FLOWS) return fail('EINVAL');
      this.flows = flows;
    }
    if (options.targetUs !== undefined) this.targetUs = throughCodel(options.targetUs);
    if (options.ceThresholdUs !== undefined) this.ceThresholdUs = throughCodel(options.ceThresholdUs);
    if (options.intervalUs !== undefined) this.intervalUs = throughCodel(options.intervalUs);
    this.limit = options.limit ?? this.limit;
    this.ecn = options.ecn ?? this.ecn;
    if (options.quantum !== undefined) this.quantum = Math.max(256, options.quantum);
    this.dropBatch = options.dropBatch ?? this.dropBatch;
    if (options.memoryLimit !== undefined) this.memoryLimit = Math.min(MOST_MEMORY, options.memoryLimit);
    return done;
  }
  enqueue(skb: Skb, device: Device): void {
    this.send(skb, device);
  }
  reset(): void {
    // Nothing waits.
  }
}

const MOST_DEPTH = 127;
export class Sfq extends Discipline {
  readonly name = 'sfq';
  limit = MOST_DEPTH;
  quantum: number;
  depth = MOST_DEPTH;
  flows = 128;
  divisor = 1024;
  perturb = 0;
  headDrop = false;
  constructor(handle: number, device: Device) {
    super(handle);
    this.quantum = linkBytes(device);
  }
  /** sfq_change, which only its making calls. */
  set(options: SfqOptions): KernelResult {
    const { divisor, flows, depth, limit } = options;
    if (divisor !== undefined && ((divisor & (divisor - 1)) !== 0 || divisor > MOST_FLOWS)) return fail('EINVAL');
    this.quantum = options.quantum ?? this.quantum;
    this.perturb = options.perturb ?? 0;
    if (flows !== undefined) this.flows = Math.min(flows, MOST_FLOWS - MOST_DEPTH - 1);
    if (divisor !== undefined) {
      this.divisor = divisor;
      this.flows = Math.min(this.flows, divisor);
    }
    if (depth !== undefined) this.depth = Math.min(depth, MOST_DEPTH);
    this.headDrop = options.headDrop ?? false;
    if (limit !== undefined) {
      this.limit = Math.min(limit, this.depth * this.flows);
      this.flows = Math.min(this.flows, this.limit);
    }
    return done;
  }
  enqueue(skb: Skb, device: Device): void {
    this.send(skb, device);
  }
  reset(): void {
    // Nothing waits.
  }
}
