/**
 * A run of ping, whatever the family: when to send, how long to wait, what answers count (iputils ping_common.c: pinger, main_loop,
 * schedule_exit). What a packet is and how an answer is worded is the matter of ping4.ts and ping6.ts.
 */
import type { Bytes } from '../../base/index.ts';
import type { Netns, Socket } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import { anyOf, type Process, type Sys } from '../../shell/index.ts';
import { watching } from '../net/index.ts';
import type { PingOptions } from './options.ts';
import { PingStatistics, tripText } from './statistics.ts';

/** Without answers a flood goes on at 100 a second. */
const FLOOD_WAIT_US = 10_000;
/** sizeof(struct timeval): with fewer data bytes there is no time. */
const TIMEVAL_BYTES = 16;

/** An answer that was counted: how long it took (µs) where the request had a time in it, and whether it is the second one. */
interface Answer {
  readonly seq: number;
  readonly trip: number | undefined;
  readonly isDuplicate: boolean;
}

export abstract class PingSession<S extends Socket> {
  abstract readonly family: 'AF_INET' | 'AF_INET6';
  protected readonly stats = new PingStatistics();
  protected socket: S | undefined;
  protected id = 0;
  protected exiting = false;
  protected nextUs = 0;
  private exitUs = Infinity;
  /** How often in a row the device had no room. */
  private crowded = 0;
  protected lastSentUs = 0;
  /** When each sequence number was last used. */
  private readonly sentUs: number[] = [];
  protected readonly netns: Netns;
  private readonly data: Bytes;
  protected readonly isQuiet: boolean;
  protected readonly isFlood: boolean;
  protected readonly intervalUs: number;
  private readonly tellsOverdue: boolean;
  /** Said before the first line. */
  protected warning: string | undefined;

  constructor(
    protected readonly p: Process,
    protected readonly options: PingOptions,
    protected readonly target: Bytes,
  ) {
    this.netns = netnsOf(p);
    this.isQuiet = this.has('q');
    this.isFlood = this.has('f');
    this.tellsOverdue = this.has('O') && !this.isQuiet;
    this.intervalUs = options.intervalUs ?? (this.isFlood ? 0 : 1_000_000);
    const fill = options.pattern;
    let data = '';
    // A pattern is repeated only where there is room for it and eight bytes more (ping.c, fill).
    const isOnce = options.size < fill.length + 8;
    for (let i = 0; i < options.size; i++)
      data += fill === '' ? String.fromCharCode(i & 255) : isOnce && i >= fill.length ? '\0' : (fill[i % fill.length] ?? '');
    this.data = data.slice(this.options.size < TIMEVAL_BYTES ? 0 : TIMEVAL_BYTES);
  }
  /** When it was sent, if there is room for that, then the filling. */
  protected stamped(): Bytes {
    if (this.options.size < TIMEVAL_BYTES) return this.data;
    const { unixUs } = this.p;
    const seconds = Math.floor(unixUs / 1e6);
    return word64(seconds) + word64(Math.floor(unixUs - seconds * 1e6)) + this.data;
  }
  /** Opens the socket; says why it cannot. */
  protected abstract prepare(): string | undefined;
  protected abstract header(): Bytes;
  protected abstract send(): Sys;
  protected abstract receiveAll(socket: S): Sys;

  protected has(letter: string): boolean {
    return this.options.flags.has(letter);
  }

  *run(): Sys<number> {
    const { p } = this;
    p.stdout.lineBuffered();
    const failure = this.prepare();
    if (failure !== undefined) return yield* p.fail(failure, 2);
    const { socket } = this;
    if (!socket) return 2;
    p.on('INT', () => void (this.exiting = true));
    p.on('ALRM', () => void (this.exiting = true));
    let wantsStatus = false as boolean;
    p.on('QUIT', () => void (wantsStatus = true));
    try {
      if (this.warning !== undefined) yield* p.error(this.warning);
      if (this.options.pattern !== '' && !this.isQuiet) yield* p.print(`PATTERN: 0x${hexOf(this.options.pattern)}\n`);
      yield* p.print(this.header());
      this.stats.startedUs = this.nextUs = this.lastSentUs = p.nowUs;
      const deadline = this.options.deadlineUs > 0 ? p.nowUs + this.options.deadlineUs : Infinity;
      const news = watching(socket);
      for (let preload = 1; preload < this.options.preload; preload++) yield* this.send();
      while (!this.isOver(deadline)) {
        if (wantsStatus) {
          wantsStatus = false;
          yield* p.error(this.status());
        }
        if (p.nowUs >= this.nextUs && !this.isAllSent) yield* this.send();
        if (this.isAllSent && this.exitUs === Infinity) this.exitUs = p.nowUs + this.lingerUs();
        yield* this.receiveAll(socket);
        if (this.isOver(deadline)) break;
        const untilUs = Math.min(this.isAllSent ? this.exitUs : this.nextUs, deadline);
        if (untilUs > p.nowUs) yield* p.block(untilUs === Infinity ? news : anyOf([news, p.timer(untilUs - p.nowUs)]));
      }
      yield* p.print(this.stats.summary(this.target, this.intervalUs === 0 || this.isFlood || this.has('A')));
    } finally {
      socket.close();
    }
    return this.stats.received === 0 || (this.options.deadlineUs > 0 && this.options.count > 0 && this.stats.received < this.options.count) ? 1 : 0;
  }
  protected get isAllSent(): boolean {
    return this.options.count > 0 && this.options.deadlineUs === 0 && this.stats.transmitted >= this.options.count;
  }
  protected isOver(deadlineUs: number): boolean {
    const { stats, options } = this;
    if (this.exiting || this.p.nowUs >= Math.min(this.exitUs, deadlineUs)) return true;
    if (options.count > 0 && stats.received + stats.errors >= options.count) return true;
    return options.deadlineUs > 0 && stats.errors > 0;
  }
  /** How long to wait for what is still under way (schedule_exit). */
  protected lingerUs(): number {
    const { stats } = this;
    return stats.received > 0 ? Math.max(2 * stats.maxUs, this.intervalUs) : this.options.lingerUs;
  }

  private pace(): void {
    const { stats, lastSentUs } = this;
    if (this.has('A') && stats.timed > 0) this.nextUs = lastSentUs + Math.max(200_000 * (this.p.credentials.euid === 0 ? 0 : 1), Math.trunc(stats.ewma / 8), 1);
    else this.nextUs = this.intervalUs === 0 ? lastSentUs + FLOOD_WAIT_US : Math.max(this.nextUs + this.intervalUs, lastSentUs);
  }

  /** Several answers are what one expects. */
  protected get isToMany(): boolean {
    return false;
  }
  /** An answer to a request of ours is counted. Undefined when there was no such request. */
  protected count(seq: number, atUs: number): Answer | undefined {
    const { stats } = this;
    const sentUs = this.sentUs[seq];
    if (sentUs === undefined) return undefined;
    stats.acknowledge(seq);
    const trip = this.options.size >= TIMEVAL_BYTES ? Math.max(0, atUs - sentUs) : undefined;
    const isDuplicate = stats.gather(seq, trip);
    stats.lastUs = this.p.nowUs;
    return { seq, trip, isDuplicate };
  }
  /** It is told, unless -q was given. */
  protected *tell({ seq, trip, isDuplicate }: Answer, length: number, ttl: number, from: Bytes, more: Bytes = ''): Sys {
    const { p } = this;
    if (this.isFlood) {
      p.stdout.put('\b \b');
      yield* p.flush();
      return;
    }
    const bell = this.has('a') ? '\x07' : '';
    const identifier = this.has('v') ? ` ident=${this.id}` : '';
    const time = trip === undefined ? '' : ` time=${tripText(trip)} ms`;
    yield* p.print(
      `${this.stamp()}${length} bytes from ${from}: icmp_seq=${seq}${identifier} ttl=${ttl}${time}${isDuplicate && !this.isToMany ? ' (DUP!)' : ''}${bell}${more}\n`,
    );
  }
  /** A packet that could not be delivered. */
  protected *undelivered(seq: number, from: Bytes, why: Bytes): Sys {
    const { p, stats } = this;
    stats.errors++;
    if (this.isQuiet) return;
    if (this.isFlood) yield* p.print('\bE');
    else yield* p.print(`${this.stamp()}From ${from} icmp_seq=${seq} ${why}\n`);
  }
  /** Before a request leaves: its number. */
  protected begin(): number {
    const { stats } = this;
    const seq = (stats.transmitted + 1) & 0xffff;
    stats.forget(seq);
    this.sentUs[seq] = this.p.nowUs;
    return seq;
  }
  /** What -O says before the next request leaves; '' when nothing is late. */
  protected get overdue(): Bytes {
    const { stats } = this;
    if (!this.tellsOverdue || stats.transmitted === 0 || stats.inFlight === 0) return '';
    return `${this.stamp()}no answer yet for icmp_seq=${stats.transmitted & 0xffff}\n`;
  }
  /**
   * The device had no room: tried again while that has not taken as long as an answer may, half an interval counted for each try, though the
   * rate of sending makes it a whole one.
   */
  protected triesAgain(): boolean {
    this.crowded++;
    if (this.crowded * Math.min(500_000, this.intervalUs / 2) >= this.options.lingerUs) return false;
    this.nextUs = this.p.nowUs + this.intervalUs;
    return true;
  }
  /** After it has left, or not. True when a flood shows it. */
  protected sent(isGone: boolean): boolean {
    if (isGone) this.crowded = 0;
    this.pace();
    return isGone && this.isFlood && !this.isQuiet;
  }
  protected *dot(): Sys {
    this.p.stdout.put('.');
    yield* this.p.flush();
  }
  protected stamp(): Bytes {
    return this.has('D') ? `[${(this.p.unixUs / 1e6).toFixed(6)}] ` : '';
  }
  /** What SIGQUIT prints. */
  private status(): Bytes {
    const { stats } = this;
    const loss = stats.transmitted === 0 ? 0 : Math.trunc(((stats.transmitted - stats.received) * 100) / stats.transmitted);
    const ms = (us: number): string => `${Math.trunc(us / 1000)}.${String(Math.trunc(us) % 1000).padStart(3, '0')}`;
    const times =
      stats.timed > 0 ? `, min/avg/ewma/max = ${ms(stats.minUs)}/${ms(stats.sumUs / stats.received)}/${ms(stats.ewma / 8)}/${ms(stats.maxUs)} ms` : '';
    return `\r${stats.received}/${stats.transmitted} packets, ${loss}% loss${times}\n`;
  }
}
const hexOf = (bytes: Bytes): string => [...bytes].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
/** Little end first. */
const word64 = (value: number): Bytes => String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255, 0, 0, 0, 0);
export const wordAt = (bytes: Bytes, offset: number): number => bytes.charCodeAt(offset) * 256 + bytes.charCodeAt(offset + 1);
