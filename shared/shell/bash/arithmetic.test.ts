/** Goal: 64-bit arithmetic that wraps as C's does on Linux. Method: laws against BigInt; the corpus holds bash's own answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArithmeticError, evaluate, type Names } from './arithmetic.ts';

const NONE: Names = { read: () => undefined, write: () => undefined };
const value = (text: string): bigint => BigInt(evaluate(text, NONE));
const int64 = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
const wrap = (n: bigint): bigint => BigInt.asIntN(64, n);

const OPERATORS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => (a < b ? 1n : 0n),
  '>=': (a, b) => (a >= b ? 1n : 0n),
  '==': (a, b) => (a === b ? 1n : 0n),
};

describe('operators wrap at 64 bits', () => {
  for (const [operator, expected] of Object.entries(OPERATORS)) {
    it(operator, () => fc.assert(fc.property(int64, int64, (a, b) => value(`(${a}) ${operator} (${b})`) === wrap(expected(a, b)))));
  }
  it('/ and %', () =>
    fc.assert(fc.property(int64, int64, (a, b) => b === 0n || (value(`(${a}) / (${b})`) === wrap(a / b) && value(`(${a}) % (${b})`) === wrap(a % b)))));
  it('shifts take the count modulo 64', () =>
    fc.assert(
      fc.property(
        int64,
        fc.integer({ min: 0, max: 63 }),
        (a, n) => value(`(${a}) << ${n}`) === wrap(a << BigInt(n)) && value(`(${a}) >> ${n}`) === a >> BigInt(n),
      ),
    ));
});

describe('any text', () => {
  it('has a value or an error with its token', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', '0', 'x', 'a', '+', '-', '*', '/', '(', ')', '[', ']', '=', '<', '?', ':', ',', '#', '!', ' '), maxLength: 14 }),
        (text) => {
          try {
            evaluate(text, NONE);
          } catch (error) {
            expect(error).toBeInstanceOf(ArithmeticError);
          }
        },
      ),
      { numRuns: 2000 },
    ));
  it('nested too deep is an error too', () => expect(() => evaluate(`${'('.repeat(5000)}1`, NONE)).toThrow(ArithmeticError));
});
