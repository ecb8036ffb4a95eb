/** Places and their addresses are inverses. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPlace, parsePlace, type Place } from './place.ts';

const name = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' });
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.constant<Place>({ kind: 'welcome' }),
  name.map((lab): Place => ({ kind: 'lab', lab })),
  fc.tuple(name, name).map(([lab, attempt]): Place => ({ kind: 'lab', lab, attempt })),
  name.map((tape): Place => ({ kind: 'tape', tape })),
);
test('parse ∘ format is the identity', () => {
  fc.assert(
    fc.property(place, (one) => {
      expect(parsePlace(formatPlace(one))).toEqual(one);
    }),
  );
});
test.each(['', '#', '#/', '#/lab', '#/lab/', '#/tape/', '#/elsewhere/x', '#token=abc', '#/lab/%E0%A4%A'])('%j is the welcome screen', (hash) => {
  expect(parsePlace(hash)).toEqual({ kind: 'welcome' });
});
