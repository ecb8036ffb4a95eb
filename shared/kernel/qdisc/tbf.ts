/** Token bucket filter (sch_tbf.c): bytes leave at a rate, a bucketful of them at once; what does not fit into the queue is dropped. */
import type { Timer } from '../../base/index.ts';
import { countedLength } from '../../wire/index.ts';
import type { Device, Skb } from '../model.ts';
import { Discipline } from './discipline.ts';

/** Rates in bytes a second, sizes in bytes. */
export interface TbfOptions {
  readonly kind: 'tbf';
  readonly rate: number;
  readonly burst: number;
  readonly limit: number;
  readonly peakRate: number;
  /** Bucket of the peak rate. */
  readonly mtu: number;
}

export class Tbf extends Discipline {
  readonly name = 'tbf';
  private readonly queue: Skb[] = [];
  /** Microseconds of sending that are saved up: at the rate, at the peak rate. */
  private tokensUs: number;
  private peakTokensUs: number;
  private filledUs = 0;
  private timer: Timer | null = null;
  constructor(
    handle: number,
    public options: TbfOptions,
    private readonly device: Device,
  ) {
    super(handle);
    this.tokensUs = this.time(options.burst);
    this.peakTokensUs = this.peakTime(options.mtu);
    this.filledUs = device.netns.simulation.nowUs;
  }
  private time(bytes: number): number {
    return (bytes / this.options.rate) * 1e6;
  }
  private peakTime(bytes: number): number {
    return this.options.peakRate === 0 ? 0 : (bytes / this.options.peakRate) * 1e6;
  }
  change(options: TbfOptions): void {
    this.options = options;
    this.tokensUs = Math.min(this.tokensUs, this.time(options.burst));
    this.peakTokensUs = this.peakTime(options.mtu);
  }

  enqueue(skb: Skb, device: Device): void {
    const length = countedLength(skb);
    const { burst, limit, peakRate, mtu } = this.options;
    if (length > burst || (peakRate > 0 && length > mtu)) return this.refuse(skb, device, `tbf: ${length} bytes are more than a bucket holds`);
    if (this.stats.backlog + length > limit) return this.refuse(skb, device, `tbf: the queue of ${limit} bytes is full`);
    this.wait(skb);
    this.queue.push(skb);
    if (this.timer === null) this.dequeue();
  }
  /** tbf_dequeue: as many as there are tokens for; then it waits for more. */
  private dequeue(): void {
    const { simulation } = this.device.netns;
    for (let skb = this.queue[0]; skb !== undefined; skb = this.queue[0]) {
      const { nowUs } = simulation;
      const length = countedLength(skb);
      const earned = Math.min(nowUs - this.filledUs, this.time(this.options.burst));
      const peak = this.options.peakRate === 0 ? 0 : Math.min(this.peakTokensUs + earned, this.peakTime(this.options.mtu)) - this.peakTime(length);
      const tokens = Math.min(this.tokensUs + earned, this.time(this.options.burst)) - this.time(length);
      if (tokens < 0 || peak < 0) {
        this.stats.overlimits++;
        this.timer = simulation.after(Math.max(1, Math.ceil(-Math.min(tokens, peak))), () => {
          this.timer = null;
          this.dequeue();
        });
        return;
      }
      this.queue.shift();
      this.leave(skb);
      this.filledUs = nowUs;
      this.tokensUs = tokens;
      this.peakTokensUs = peak;
      this.send(skb, this.device);
    }
  }
  reset(): void {
    this.timer?.cancel();
    this.timer = null;
    for (const skb of this.queue.splice(0)) this.leave(skb);
  }
}
