/**
 * Network emulator (sch_netem.c): delay with jitter, loss, duplication, corruption, reordering, a rate. Chance is the world's.
 * Deviation: a normal distribution is computed, not read from a table; a corrupted packet is one whose checksum is wrong.
 */
import type { Rng, Timer } from '../../base/index.ts';
import { countedLength } from '../../wire/index.ts';
import type { Device, Skb } from '../model.ts';
import { Discipline } from './discipline.ts';

/** A chance between 0 and 1, and how much the next one depends on the last. */
export interface Chance {
  readonly probability: number;
  readonly correlation: number;
}
export interface NetemOptions {
  readonly kind: 'netem';
  /** What a change was told: of the rest, correlations, reordering, corruption and rate stay as they were. */
  readonly given?: ReadonlySet<'correlation' | 'reorder' | 'corrupt' | 'rate' | 'distribution'>;
  /** Packets that may wait. */
  readonly limit: number;
  readonly delayUs: number;
  readonly jitterUs: number;
  readonly delayCorrelation: number;
  readonly distribution: 'uniform' | 'normal';
  readonly loss: Chance;
  readonly duplicate: Chance;
  readonly corrupt: Chance;
  readonly reorder: Chance;
  readonly gap: number;
  /** Bytes a second; 0: no limit. */
  readonly rate: number;
  readonly packetOverhead: number;
  readonly cellSize: number;
  readonly cellOverhead: number;
}

/** get_crandom: numbers from 0 to 1, each partly the last one. */
class CorrelatedRandom {
  private last = 0;
  constructor(private readonly rng: Rng) {}
  next(correlation: number): number {
    const value = this.rng.uint32() / 2 ** 32;
    if (correlation === 0) return value;
    this.last = value * (1 - correlation) + this.last * correlation;
    return this.last;
  }
}

interface Waiting {
  readonly skb: Skb;
  readonly atUs: number;
  readonly timer: Timer;
}

export class Netem extends Discipline {
  readonly name = 'netem';
  private readonly waiting = new Set<Waiting>();
  /** When the packet that was queued last leaves: a rate sends one after the other. */
  private lastUs = 0;
  private counter = 0;
  private readonly randoms: Readonly<Record<'delay' | 'loss' | 'duplicate' | 'corrupt' | 'reorder', CorrelatedRandom>>;
  constructor(
    handle: number,
    public options: NetemOptions,
    device: Device,
  ) {
    super(handle);
    const random = (): CorrelatedRandom => new CorrelatedRandom(device.netns.rng);
    this.randoms = { delay: random(), loss: random(), duplicate: random(), corrupt: random(), reorder: random() };
  }
  /** netem_change: an attribute that is not there changes nothing. */
  change(options: NetemOptions): void {
    const { options: before } = this;
    const { given } = options;
    this.counter = 0;
    if (given === undefined) {
      this.options = options;
      return;
    }
    const keep = (chance: Chance, old: Chance): Chance => (given.has('correlation') ? chance : { ...chance, correlation: old.correlation });
    this.options = {
      ...options,
      delayCorrelation: given.has('correlation') ? options.delayCorrelation : before.delayCorrelation,
      loss: keep(options.loss, before.loss),
      duplicate: keep(options.duplicate, before.duplicate),
      ...(!given.has('reorder') && { reorder: options.gap > 0 ? { probability: 1, correlation: 0 } : before.reorder }),
      ...(!given.has('corrupt') && { corrupt: before.corrupt }),
      ...(!given.has('distribution') && { distribution: before.distribution }),
      ...(!given.has('rate') && { rate: before.rate, packetOverhead: before.packetOverhead, cellSize: before.cellSize, cellOverhead: before.cellOverhead }),
    };
  }
  private happens(what: 'loss' | 'duplicate' | 'corrupt' | 'reorder'): boolean {
    const { probability, correlation } = this.options[what];
    return probability > 0 && probability >= this.randoms[what].next(correlation);
  }

  enqueue(skb: Skb, device: Device): void {
    const isDoubled = this.happens('duplicate');
    const isLost = this.happens('loss');
    if (isLost && !isDoubled) return this.refuse(skb, device, 'netem loses it');
    if (isDoubled && !isLost) this.queue(skb.clone(), device);
    this.queue(skb, device);
  }
  private queue(skb: Skb, device: Device): void {
    if (this.happens('corrupt')) corrupt(skb);
    if (this.stats.queueLength >= this.options.limit) return this.refuse(skb, device, `netem: ${this.options.limit} packets wait already`);
    const { nowUs } = device.netns.simulation;
    const { gap, reorder } = this.options;
    const goesAhead = gap !== 0 && this.counter >= gap - 1 && reorder.probability >= this.randoms.reorder.next(reorder.correlation);
    if (goesAhead) {
      this.counter = 0;
      this.stats.requeues++;
      return this.hold(skb, device, nowUs);
    }
    this.counter++;
    this.hold(skb, device, this.departure(countedLength(skb), nowUs));
  }
  private departure(length: number, nowUs: number): number {
    const delayUs = this.delay();
    if (this.options.rate === 0) return nowUs + delayUs;
    // What waits before it has to leave first; the delay counts from then on, less what has passed already.
    const isQueued = this.stats.queueLength > 0;
    const startUs = isQueued ? this.lastUs : nowUs;
    const restUs = isQueued ? Math.max(0, delayUs - (this.lastUs - nowUs)) : delayUs;
    this.lastUs = startUs + restUs + this.sendingTime(length);
    return this.lastUs;
  }
  /** tabledist. */
  private delay(): number {
    const { delayUs, jitterUs, delayCorrelation, distribution } = this.options;
    if (jitterUs === 0) return delayUs;
    const random = this.randoms.delay.next(delayCorrelation);
    if (distribution === 'uniform') return Math.max(0, delayUs + (2 * random - 1) * jitterUs);
    const angle = 2 * Math.PI * this.randoms.delay.next(delayCorrelation);
    return Math.max(0, delayUs + jitterUs * Math.sqrt(-2 * Math.log(Math.max(random, 1e-12))) * Math.cos(angle));
  }
  /** packet_time_ns. */
  private sendingTime(length: number): number {
    const { rate, packetOverhead, cellSize, cellOverhead } = this.options;
    let bytes = length + packetOverhead;
    if (cellSize > 0) {
      const cells = Math.max(1, Math.ceil(bytes / cellSize));
      bytes = cells * (cellSize + cellOverhead);
    }
    return (bytes / rate) * 1e6;
  }

  private hold(skb: Skb, device: Device, atUs: number): void {
    const { simulation } = device.netns;
    if (atUs <= simulation.nowUs) return this.send(skb, device);
    this.wait(skb);
    const timer = simulation.after(Math.ceil(atUs - simulation.nowUs), () => {
      this.waiting.delete(held);
      this.leave(skb);
      this.send(skb, device);
    });
    const held: Waiting = { skb, atUs, timer };
    this.waiting.add(held);
  }
  reset(): void {
    for (const { skb, timer } of this.waiting) {
      timer.cancel();
      this.leave(skb);
    }
    this.waiting.clear();
  }
}

/** One bit is another one: no checksum holds any more. */
function corrupt(skb: Skb): void {
  const wrong = 0xdead;
  const header = skb.icmp ?? skb.tcp ?? skb.udp ?? skb.ip;
  if (header !== null) header.checksum = wrong;
}
