/**
 * The one loop that everything simulated runs in: packets on their way (backlog), processes that can go on (ready),
 * and timers. It is synchronous, knows neither packets nor processes, and has no clock of its own: virtual time moves
 * when work is charged for or when all wait for a timer. Whoever drives it decides how far (`runUntil`, `runFree`).
 *
 * Invariant: the same calls in the same order give the same run. Work at one moment runs in the order it was posted.
 * Invariant: `nowUs` never goes back.
 */
import { assert } from './assert.ts';

/** A piece of work that runs to its end without waiting. */
export interface Work {
  run(): void;
}

/** A timer that has been set. Cancelling one that has fired does nothing. */
export class Timer {
  cancelled = false;
  /** Its place in the heap; kept by Simulation alone. */
  place = -1;
  constructor(
    readonly atUs: number,
    readonly order: number,
    readonly fire: () => void,
    /** Housekeeping (ageing, garbage collection) alone does not keep a free run going. */
    readonly kind: 'event' | 'housekeeping',
    private readonly owner: Simulation,
  ) {}
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.owner.forget(this);
  }
}

/** Why a run ended. */
export type RunEnd =
  | 'reached' // virtual time is where it was asked to be
  | 'stopped' // `goOn` said no: out of its slice of real time, or what was waited for has happened
  | 'held' // a process waits for a computation outside (`hold`); time stands still until it is there
  | 'idle'; // nothing is left to do but housekeeping: only the outside can wake it

/** First in, first out, without allocation while it does not grow. */
class Queue {
  private items: (Work | undefined)[] = new Array<Work | undefined>(256);
  private head = 0;
  length = 0;

  push(work: Work): void {
    if (this.length === this.items.length) this.grow();
    this.items[(this.head + this.length) & (this.items.length - 1)] = work;
    this.length++;
  }
  shift(): Work {
    const work = this.items[this.head];
    assert(work, 'queue is not empty');
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & (this.items.length - 1);
    this.length--;
    return work;
  }
  private grow(): void {
    const bigger = new Array<Work | undefined>(this.items.length * 2);
    for (let i = 0; i < this.length; i++) bigger[i] = this.items[(this.head + i) & (this.items.length - 1)];
    this.items = bigger;
    this.head = 0;
  }
}

export class Simulation {
  /** Virtual microseconds since the lab began. */
  nowUs = 0;
  /** Pieces of work done since the lab began: with `nowUs`, the exact moment of the run at which something came from outside. */
  steps = 0;
  private readonly backlog = new Queue();
  private readonly tasks = new Queue();
  private readonly heap: Timer[] = [];
  private order = 0;
  private events = 0;
  private holds = 0;
  /** Called when the last hold is released: the driver runs on. */
  onRelease: () => void = () => undefined;

  /** `epochMs`: what the lab's calendar said at `nowUs` 0, in Unix milliseconds. Set forward, it is as if all machines had been suspended. */
  constructor(public epochMs: number) {}

  /** Unix time of the lab's calendar, in microseconds. */
  get unixUs(): number {
    return this.epochMs * 1000 + this.nowUs;
  }
  /** Packets that wait to be received: the kernel's softirq backlog. Runs before processes. */
  post(work: Work): void {
    this.backlog.push(work);
  }
  /** A process that can go on. */
  ready(work: Work): void {
    this.tasks.push(work);
  }
  get backlogLength(): number {
    return this.backlog.length;
  }
  /** Work took this long: virtual time goes on. Without it a loop of packets or of a script would stand still in time. */
  charge(us: number): void {
    this.nowUs += us;
  }
  /**
   * Stops the whole simulation until `release`, for a computation that answers by a promise. All stands still, so that the run
   * does not depend on how long it takes.
   */
  hold(): void {
    this.holds++;
  }
  release(): void {
    assert(this.holds > 0, 'release follows hold');
    if (--this.holds === 0) this.onRelease();
  }
  after(delayUs: number, fire: () => void): Timer {
    return this.set(delayUs, fire, 'event');
  }
  housekeeping(delayUs: number, fire: () => void): Timer {
    return this.set(delayUs, fire, 'housekeeping');
  }

  /** Runs until virtual time is `targetUs`. `goOn` is asked every 256 pieces of work. */
  runUntil(targetUs: number, goOn: () => boolean = () => true): RunEnd {
    for (let count = 1; ; count++) {
      if ((count & 255) === 0 && !goOn()) return 'stopped';
      if (this.holds > 0) return 'held';
      if (this.nowUs >= targetUs && !this.due()) return 'reached';
      if (this.work()) continue;
      const next = this.heap[0];
      if (!next || next.atUs > targetUs) {
        this.nowUs = Math.max(this.nowUs, targetUs);
        return 'reached';
      }
      this.nowUs = Math.max(this.nowUs, next.atUs);
    }
  }

  /** Runs as fast as it can while `goOn` (asked before each piece of work), or until nothing but housekeeping is left. */
  runFree(goOn: () => boolean): RunEnd {
    while (goOn()) {
      if (this.holds > 0) return 'held';
      if (this.work()) continue;
      const next = this.heap[0];
      if (!next || this.events === 0) return 'idle';
      this.nowUs = Math.max(this.nowUs, next.atUs);
    }
    return 'stopped';
  }

  /**
   * Runs until exactly so many pieces of work are done and it is that moment: where an earlier run of the same lab stood. 'idle': this run
   * comes to an end before, so it is not the same. `goOn` is asked every 256 pieces of work.
   */
  runTo(steps: number, atUs: number, goOn: () => boolean = () => true): RunEnd {
    while (this.steps < steps) {
      if ((this.steps & 255) === 0 && !goOn()) return 'stopped';
      if (this.holds > 0) return 'held';
      if (this.work()) continue;
      const next = this.heap[0];
      if (!next) return 'idle';
      this.nowUs = Math.max(this.nowUs, next.atUs);
    }
    this.nowUs = Math.max(this.nowUs, atUs);
    return 'reached';
  }

  /** Whether anything could run now, or a timer that is not housekeeping is set. */
  get isIdle(): boolean {
    return this.backlog.length === 0 && this.tasks.length === 0 && this.events === 0;
  }
  /** When the next timer fires, if any: how long a driver may sleep. */
  get nextTimerUs(): number | undefined {
    return this.backlog.length > 0 || this.tasks.length > 0 ? this.nowUs : this.heap[0]?.atUs;
  }

  /** One piece of work that can run now. False when there is none. */
  private work(): boolean {
    if (this.due()) {
      this.steps++;
      this.pop().fire();
    } else if (this.backlog.length > 0) {
      this.steps++;
      this.backlog.shift().run();
    } else if (this.tasks.length > 0) {
      this.steps++;
      this.tasks.shift().run();
    } else return false;
    return true;
  }
  private due(): boolean {
    const next = this.heap[0];
    return next !== undefined && next.atUs <= this.nowUs;
  }

  private set(delayUs: number, fire: () => void, kind: Timer['kind']): Timer {
    const timer = new Timer(this.nowUs + Math.max(0, delayUs), this.order++, fire, kind, this);
    if (kind === 'event') this.events++;
    this.heap.push(timer);
    this.siftUp(this.heap.length - 1);
    return timer;
  }
  /** Only for Timer.cancel. Cancelled timers leave the heap at once, so that a million set and cancelled cost nothing. */
  forget(timer: Timer): void {
    const index = timer.place;
    if (index < 0) return;
    if (timer.kind === 'event') this.events--;
    this.removeAt(index);
  }
  private pop(): Timer {
    const first = this.heap[0];
    assert(first, 'a timer is due');
    if (first.kind === 'event') this.events--;
    this.removeAt(0);
    first.cancelled = true;
    return first;
  }
  private removeAt(index: number): void {
    const removed = this.heap[index];
    if (removed) removed.place = -1;
    const last = this.heap.pop();
    if (!last || index === this.heap.length) return;
    this.put(last, index);
    this.siftDown(index);
    this.siftUp(index);
  }
  private put(timer: Timer, index: number): void {
    this.heap[index] = timer;
    timer.place = index;
  }
  private isBefore(a: Timer, b: Timer): boolean {
    return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
  }
  private siftUp(index: number): void {
    const { heap } = this;
    const timer = heap[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(timer, heap[parent]!)) break;
      this.put(heap[parent]!, index);
      index = parent;
    }
    this.put(timer, index);
  }
  private siftDown(index: number): void {
    const { heap } = this;
    const timer = heap[index]!;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.isBefore(heap[child]!, timer)) break;
      this.put(heap[child]!, index);
      index = child;
    }
    this.put(timer, index);
  }
}
