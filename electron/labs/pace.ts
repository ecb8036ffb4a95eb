/**
 * Drives a simulation so that its time goes as the wall clock's: in slices of at most SLICE_MS, so that the process stays able to answer,
 * and asleep until the next timer when there is nothing to do. A simulation that cannot keep up falls behind and is not hurried later.
 *
 * Invariant: what comes from outside enters through `enter`, after the simulation was brought to the present, so that the virtual clock
 * never runs after what it is told.
 */
import type { Lab } from '../../shared/lab/index.ts';

type Simulation = Lab['simulation'];

const SLICE_MS = 8;
/** Behind by more than this, the lost time is let go. */
const MAX_LAG_MS = 200;
/** Timers of Node are no finer. */
const SHORTEST_SLEEP_MS = 1;
const LONGEST_SLEEP_MS = 60_000;

/** What it needs of the real world; a test gives another. */
export interface WallClock {
  nowMs(): number;
  soon(run: () => void): void;
  /** Returns how to cancel it. */
  later(ms: number, run: () => void): () => void;
}

export const realClock: WallClock = {
  nowMs: () => performance.now(),
  soon: (run) => setImmediate(run),
  later: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

type State = 'running' | 'paused' | 'stopped';

export class Pace {
  private state: State = 'running';
  private isInside = false;
  private isSoon = false;
  /** At the end of the last slice it waited for a computation outside. */
  private wasHeld = false;
  private cancelSleep: (() => void) | undefined;
  /** At this moment of the wall clock virtual time was that. */
  private anchorMs: number;
  private anchorUs: number;

  constructor(
    private readonly simulation: Simulation,
    private readonly clock: WallClock = realClock,
    /** A bug of ours in the simulated world: it ends, the app lives. */
    private readonly onBug: (error: unknown) => void = (error) => {
      throw error;
    },
  ) {
    this.anchorMs = clock.nowMs();
    this.anchorUs = simulation.nowUs;
    simulation.onRelease = () => this.wake();
    this.wake();
  }

  /** Does something to the simulated world from outside. */
  enter<T>(use: () => T): T {
    if (this.isInside) return use();
    if (this.state === 'running') this.slice(); // to the present first
    this.isInside = true;
    try {
      return use();
    } finally {
      this.isInside = false;
      this.wake();
    }
  }
  /** Like `enter`, for what drives the simulation itself ahead of the wall clock: from then on it goes on from there. */
  leap<T>(use: () => T): T {
    try {
      return this.enter(use);
    } finally {
      this.anchor(this.clock.nowMs());
      this.wake();
    }
  }
  /** There may be something to do now. */
  wake(): void {
    if (this.state !== 'running' || this.isSoon || this.isInside) return;
    this.cancelSleep?.();
    this.cancelSleep = undefined;
    this.isSoon = true;
    this.clock.soon(() => {
      this.isSoon = false;
      if (this.state === 'running') this.run();
    });
  }
  /** The virtual clock as it stands now, also where nothing has happened since a while. */
  nowUs(): number {
    const { simulation } = this;
    const isCaughtUp = this.state === 'running' && !this.isInside && !this.wasHeld && (simulation.nextTimerUs ?? Infinity) > this.targetUs();
    return isCaughtUp ? Math.max(simulation.nowUs, this.targetUs()) : simulation.nowUs;
  }
  get isPaused(): boolean {
    return this.state === 'paused';
  }
  setPaused(isPaused: boolean): void {
    if (this.state === 'stopped' || isPaused === this.isPaused) return;
    if (isPaused) {
      this.slice();
      this.state = 'paused';
      this.cancelSleep?.();
      this.cancelSleep = undefined;
    } else {
      this.anchor(this.clock.nowMs());
      this.state = 'running';
      this.wake();
    }
  }
  stop(): void {
    this.state = 'stopped';
    this.cancelSleep?.();
    this.cancelSleep = undefined;
  }

  private run(): void {
    const end = this.slice();
    if (end === 'held' || end === 'failed') return; // onRelease wakes; what failed stays as it is
    const next = this.simulation.nextTimerUs;
    if (end === 'reached' && next === undefined) return; // only `enter` brings something new
    const sleepMs = end === 'stopped' ? 0 : Math.min(((next ?? 0) - this.targetUs()) / 1000, LONGEST_SLEEP_MS);
    if (sleepMs < SHORTEST_SLEEP_MS) return this.wake();
    this.cancelSleep = this.clock.later(sleepMs, () => {
      this.cancelSleep = undefined;
      this.wake();
    });
  }
  /** Runs up to the present, or for as long as a slice may take. */
  private slice(): 'reached' | 'stopped' | 'held' | 'idle' | 'failed' {
    const { simulation, clock } = this;
    const startMs = clock.nowMs();
    if (this.wasHeld) this.anchor(startMs); // what stood still is not caught up with
    this.isInside = true;
    try {
      const end = simulation.runUntil(this.targetUs(), () => clock.nowMs() - startMs < SLICE_MS);
      this.wasHeld = end === 'held';
      const lagMs = (this.targetUs() - simulation.nowUs) / 1000;
      if (lagMs > MAX_LAG_MS) this.anchor(clock.nowMs());
      return end;
    } catch (error) {
      this.stop();
      this.onBug(error);
      return 'failed';
    } finally {
      this.isInside = false;
    }
  }
  private targetUs(): number {
    return this.anchorUs + (this.clock.nowMs() - this.anchorMs) * 1000;
  }
  private anchor(nowMs: number): void {
    this.anchorMs = nowMs;
    this.anchorUs = this.simulation.nowUs;
  }
}
