// Goal: one deterministic order for packets, processes and timers; time moves only by charges and timers. Method: a log of what
// ran when, written as `name@time`; the timer heap against a sorted list.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionError, Rng, Simulation, type Timer } from './index.ts';

function logged(): { simulation: Simulation; log: string[]; note: (name: string) => () => void; work: (name: string) => { run: () => void } } {
  const simulation = new Simulation(0);
  const log: string[] = [];
  const note = (name: string) => () => void log.push(`${name}@${simulation.nowUs}`);
  return { simulation, log, note, work: (name) => ({ run: note(name) }) };
}

describe('order', () => {
  test('packets run before processes, each in the order posted, timers when due', () => {
    const { simulation, log, note, work } = logged();
    simulation.ready(work('process-1'));
    simulation.post(work('packet-1'));
    simulation.after(10, note('late'));
    simulation.after(0, note('now'));
    simulation.post(work('packet-2'));
    simulation.ready(work('process-2'));
    expect(simulation.runUntil(10)).toBe('reached');
    expect(log).toEqual(['now@0', 'packet-1@0', 'packet-2@0', 'process-1@0', 'process-2@0', 'late@10']);
  });

  test('timers of one moment fire in the order they were set', () => {
    const { simulation, log, note } = logged();
    for (const name of ['a', 'b', 'c', 'd']) simulation.after(5, note(name));
    simulation.runUntil(5);
    expect(log).toEqual(['a@5', 'b@5', 'c@5', 'd@5']);
  });

  test('a timer in the past fires now', () => {
    const { simulation, log, note } = logged();
    simulation.after(-100, note('past'));
    simulation.runUntil(0);
    expect(log).toEqual(['past@0']);
  });

  test('a timer that came due while work was charged goes before the next piece of work', () => {
    const { simulation, log, note, work } = logged();
    simulation.post({ run: () => simulation.charge(7) });
    simulation.post(work('packet'));
    simulation.after(3, note('timer'));
    simulation.runUntil(8);
    expect(log).toEqual(['timer@7', 'packet@7']);
  });

  test('the heap is a sorted list from which things may be taken', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ delay: fc.nat(50), cancelled: fc.boolean() }), { maxLength: 80 }), fc.nat(), (timers, seed) => {
        const { simulation, log, note } = logged();
        const set = timers.map(({ delay, cancelled }, i) => ({ delay, cancelled, i, timer: simulation.after(delay, note(String(i))) }));
        const rng = new Rng(seed);
        const doomed = set.filter((each) => each.cancelled).sort(() => rng.unit() - 0.5);
        for (const { timer } of doomed) timer.cancel();
        simulation.runUntil(100);
        const expected = set.filter((each) => !each.cancelled).sort((a, b) => a.delay - b.delay || a.i - b.i);
        expect(log).toEqual(expected.map(({ i, delay }) => `${i}@${delay}`));
        expect(simulation.isIdle).toBe(true);
      }),
    );
  });

  test('queues keep their order while they grow', () => {
    const { simulation, log, work } = logged();
    for (let i = 0; i < 200; i++) simulation.post(work(String(i)));
    simulation.runFree(() => log.length < 150);
    for (let i = 200; i < 1000; i++) simulation.post(work(String(i)));
    simulation.runFree(() => true);
    expect(log).toEqual(Array.from({ length: 1000 }, (_, i) => `${i}@0`));
  });
});

describe('cancel', () => {
  test('a cancelled timer does not fire; cancelling twice, or one that fired, does nothing', () => {
    const { simulation, log, note } = logged();
    const cancelled = simulation.after(1, note('cancelled'));
    const fired = simulation.after(2, note('fired'));
    cancelled.cancel();
    cancelled.cancel();
    simulation.runUntil(2);
    fired.cancel();
    expect(log).toEqual(['fired@2']);
    expect(simulation.isIdle).toBe(true);
  });

  test('a timer may cancel another that is due at the same moment', () => {
    const { simulation, log, note } = logged();
    const second: { timer?: Timer } = {};
    simulation.after(5, () => second.timer?.cancel());
    second.timer = simulation.after(5, note('second'));
    simulation.runUntil(10);
    expect(log).toEqual([]);
  });
});

describe('runUntil', () => {
  test('goes to the target even when there is nothing to do, and never back', () => {
    const { simulation } = logged();
    expect(simulation.runUntil(1000)).toBe('reached');
    expect(simulation.nowUs).toBe(1000);
    expect(simulation.runUntil(10)).toBe('reached');
    expect(simulation.nowUs).toBe(1000);
  });

  test('stops within 256 pieces of work when told to', () => {
    const { simulation } = logged();
    let ran = 0;
    const again = {
      run: () => {
        ran++;
        simulation.ready(again);
      },
    };
    simulation.ready(again);
    expect(simulation.runUntil(10, () => false)).toBe('stopped');
    expect(ran).toBeLessThanOrEqual(256);
  });

  test('a loop that is charged for reaches the target', () => {
    const { simulation } = logged();
    const again = {
      run: () => {
        simulation.charge(20);
        simulation.ready(again);
      },
    };
    simulation.ready(again);
    expect(simulation.runUntil(1000)).toBe('reached');
    expect(simulation.nowUs).toBe(1000);
  });
});

describe('runFree', () => {
  test('ends when nothing but housekeeping is left, without moving time to it', () => {
    const { simulation, log, note } = logged();
    simulation.housekeeping(1_000_000, note('ageing'));
    simulation.after(300, note('event'));
    expect(simulation.runFree(() => true)).toBe('idle');
    expect(log).toEqual(['event@300']);
    expect(simulation.isIdle).toBe(true);
    expect(simulation.nextTimerUs).toBe(1_000_000);
  });

  test('does housekeeping on its way to an event', () => {
    const { simulation, log, note } = logged();
    simulation.housekeeping(100, note('ageing'));
    simulation.after(300, note('event'));
    simulation.runFree(() => true);
    expect(log).toEqual(['ageing@100', 'event@300']);
  });

  test('a cancelled event keeps nothing going', () => {
    const { simulation, note } = logged();
    simulation.housekeeping(100, note('ageing'));
    simulation.after(300, note('event')).cancel();
    expect(simulation.runFree(() => true)).toBe('idle');
    expect(simulation.nowUs).toBe(0);
  });

  test('asks before each piece of work', () => {
    const { simulation, log, work } = logged();
    for (const name of ['a', 'b', 'c']) simulation.ready(work(name));
    expect(simulation.runFree(() => log.length < 2)).toBe('stopped');
    expect(log).toEqual(['a@0', 'b@0']);
  });
});

describe('hold', () => {
  test('nothing runs and time stands still until the last release', () => {
    const { simulation, log, note } = logged();
    let released = 0;
    simulation.onRelease = () => {
      released++;
    };
    simulation.after(5, note('timer'));
    simulation.hold();
    simulation.hold();
    expect(simulation.runUntil(10)).toBe('held');
    expect(simulation.runFree(() => true)).toBe('held');
    simulation.release();
    expect(simulation.runUntil(10)).toBe('held');
    expect([released, simulation.nowUs, log.length]).toEqual([0, 0, 0]);
    simulation.release();
    expect(released).toBe(1);
    expect(simulation.runUntil(10)).toBe('reached');
    expect(log).toEqual(['timer@5']);
  });

  test('a release without a hold is a bug', () => {
    expect(() => new Simulation(0).release()).toThrow(AssertionError);
  });
});

test('the calendar goes with virtual time', () => {
  const simulation = new Simulation(1_700_000_000_000);
  simulation.charge(250);
  expect(simulation.unixUs).toBe(1_700_000_000_000_250);
});

test('the next timer tells a driver how long it may sleep', () => {
  const { simulation, work } = logged();
  expect(simulation.nextTimerUs).toBeUndefined();
  simulation.after(40, () => undefined);
  expect(simulation.nextTimerUs).toBe(40);
  simulation.ready(work('process'));
  expect(simulation.nextTimerUs).toBe(0);
  expect(simulation.backlogLength).toBe(0);
});
