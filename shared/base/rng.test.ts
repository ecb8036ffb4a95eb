// Goal: chance repeats, and looks like chance. Method: equal seeds compared, and a χ² over the buckets of `below`.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from './index.ts';

const take = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => rng.uint32());

test('equal seeds give equal sequences, others do not', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
      expect(take(new Rng(a), 8)).toEqual(take(new Rng(a), 8));
      if (a !== b) expect(take(new Rng(a), 8)).not.toEqual(take(new Rng(b), 8));
    }),
  );
});

test('seeds that differ only above 32 bits are different', () => {
  expect(take(new Rng(1), 4)).not.toEqual(take(new Rng(1 + 2 ** 32), 4));
});

test('numbers stay in their range', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, limit) => {
      const rng = new Rng(seed);
      const [word, below, unit] = [rng.uint32(), rng.below(limit), rng.unit()];
      expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true);
      expect(Number.isInteger(below) && below >= 0 && below < limit).toBe(true);
      expect(unit >= 0 && unit < 1).toBe(true);
    }),
  );
});

test('buckets fill evenly', () => {
  const rng = new Rng(2026);
  const buckets = new Array<number>(16).fill(0);
  const draws = 160_000;
  for (let i = 0; i < draws; i++) buckets[rng.below(16)]! += 1;
  const expected = draws / 16;
  const chiSquare = buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, one in a thousand
});
