/**
 * Goal: virtual time goes as the wall clock, in short slices, asleep when there is nothing to do.
 * Method: a wall clock of the test's own, which costs what the test says.
 */
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../shared/base/index.ts';
import { Pace, type WallClock } from './pace.ts';

class TestClock implements WallClock {
  ms = 0;
  private readonly ready: (() => void)[] = [];
  private sleeping: { readonly at: number; readonly run: () => void }[] = [];
  readonly sleeps: number[] = [];
  slices = 0;

  nowMs(): number {
    return this.ms;
  }
  soon(run: () => void): void {
    this.ready.push(run);
  }
  later(ms: number, run: () => void): () => void {
    const entry = { at: this.ms + ms, run };
    this.sleeps.push(ms);
    this.sleeping.push(entry);
    return () => (this.sleeping = this.sleeping.filter((one) => one !== entry));
  }
  /** Everything that happens until then. */
  runTo(ms: number): void {
    for (;;) {
      const run = this.ready.shift();
      if (run) {
        this.slices++;
        run();
        continue;
      }
      const next = this.sleeping.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > ms) break;
      this.ms = Math.max(this.ms, next.at);
      this.sleeping = this.sleeping.filter((one) => one !== next);
      next.run();
    }
    this.ms = ms;
  }
  runOne(): void {
    this.ready.shift()?.();
  }
  get isAsleep(): boolean {
    return this.ready.length === 0;
  }
}

function setup() {
  const clock = new TestClock();
  const simulation = new Simulation(0);
  const bugs: unknown[] = [];
  const pace = new Pace(simulation, clock, (error) => bugs.push(error));
  return { clock, simulation, pace, bugs };
}

describe('pace', () => {
  it('fires a timer when its time has come, and sleeps until then', () => {
    const { clock, simulation } = setup();
    const fired: number[] = [];
    simulation.after(1_500_000, () => fired.push(simulation.nowUs));
    clock.runTo(1499);
    expect([fired, clock.slices]).toEqual([[], 1]);
    clock.runTo(1600);
    expect(fired).toEqual([1_500_000]);
    expect(clock.sleeps).toEqual([1500]);
  });
  it('brings the simulation to the present before something enters', () => {
    const { clock, simulation, pace } = setup();
    clock.runTo(700);
    expect(pace.enter(() => simulation.nowUs)).toBe(700_000);
  });
  it('knows the time where nothing happens, and does not run ahead of what does', () => {
    const { clock, simulation, pace } = setup();
    clock.runTo(700);
    expect([pace.nowUs(), simulation.nowUs]).toEqual([700_000, 0]);
    simulation.after(0, () => undefined);
    expect(pace.nowUs()).toBe(0);
    pace.wake();
    clock.runTo(701);
    pace.setPaused(true);
    clock.runTo(900);
    expect(pace.nowUs()).toBe(701_000);
  });
  it('gives back the thread after a slice, whatever there is to do', () => {
    const { clock, simulation } = setup();
    let steps = 0;
    // Each step takes longer than it says, so that the simulation can never keep up.
    const busy = { run: () => void (steps++, (clock.ms += 0.01), simulation.charge(1), simulation.ready(busy)) };
    simulation.ready(busy);
    const longest: number[] = [];
    for (let i = 0; i < 50; i++) {
      clock.ms += 0.1;
      const before = clock.ms;
      clock.runOne();
      longest.push(clock.ms - before);
    }
    expect(Math.max(...longest)).toBeLessThan(11);
    expect(clock.isAsleep).toBe(false);
    expect(steps).toBeGreaterThan(1000);
  });
  it('does not hurry after it fell behind', () => {
    const { clock, simulation, pace } = setup();
    clock.runTo(1);
    let work = 5000;
    const busy = {
      run: () => {
        clock.ms += 1;
        simulation.charge(10);
        if (work-- > 0) simulation.ready(busy);
      },
    };
    simulation.ready(busy);
    const fired: number[] = [];
    simulation.after(1_000_000, () => fired.push(clock.ms));
    pace.wake();
    for (let i = 0; work > 0 && i < 10_000; i++) {
      clock.ms += 0.1;
      clock.runOne();
    }
    expect(work).toBeLessThanOrEqual(0);
    const freeAt = clock.ms;
    clock.runTo(freeAt + 2000);
    expect(fired[0]).toBeGreaterThan(freeAt + 500);
  });
  it('stands still while paused, and goes on where it stood', () => {
    const { clock, simulation, pace } = setup();
    const fired: number[] = [];
    simulation.after(1_000_000, () => fired.push(clock.ms));
    clock.runTo(400);
    pace.setPaused(true);
    clock.runTo(5000);
    expect([simulation.nowUs, fired]).toEqual([400_000, []]);
    pace.setPaused(false);
    clock.runTo(6000);
    expect(fired).toEqual([5600]);
  });
  it('waits while the simulation is held, and lets that time go', () => {
    const { clock, simulation, pace } = setup();
    const fired: number[] = [];
    simulation.after(500_000, () => fired.push(clock.ms));
    clock.runTo(100);
    pace.enter(() => simulation.hold());
    clock.runTo(3000);
    simulation.release();
    clock.runTo(3399);
    expect(fired).toEqual([]);
    clock.runTo(3500);
    expect(fired.length).toBe(1);
  });
  it('stops for good', () => {
    const { clock, simulation, pace } = setup();
    simulation.after(100_000, () => expect.fail('it runs'));
    pace.stop();
    pace.wake();
    clock.runTo(1000);
    expect(simulation.nowUs).toBe(0);
  });
  it('reports a bug once and lives on', () => {
    const { clock, simulation, bugs, pace } = setup();
    simulation.after(1000, () => {
      throw new Error('a bug');
    });
    clock.runTo(100);
    expect(bugs).toEqual([new Error('a bug')]);
    expect(pace.enter(() => 'still here')).toBe('still here');
  });
});
