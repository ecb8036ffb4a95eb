// Goal: results are told apart by `ok`, assertions throw our own error. Method: each constructor once.
import { expect, test } from 'vitest';
import { AssertionError, assert, done, err, ok, unreachable } from './index.ts';

test('a result is its value or its error', () => {
  expect(ok(7)).toEqual({ ok: true, value: 7 });
  expect(err('ENOENT')).toEqual({ ok: false, error: 'ENOENT' });
  expect(done).toEqual({ ok: true, value: undefined });
});

test('what must be true is, or it is a bug', () => {
  expect(() => assert(true, 'holds')).not.toThrow();
  expect(() => assert(0, 'the table is full')).toThrow(new AssertionError('the table is full'));
  expect(() => unreachable('maybe' as never)).toThrow(new AssertionError('unexpected case: "maybe"'));
});
