/** Goal: patterns match what bash says they match, in bounded time. Method: a table; a law against a plain backtracking matcher. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, escapePattern } from './pattern.ts';

/** Pattern, text, whether it matches. */
const TABLE: readonly (readonly [string, string, boolean])[] = [
  ['*', '', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbbcd', false],
  ['?', '', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[]]', ']', true],
  ['[]-a]', '^', true],
  ['[[:digit:]]*', '7up', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['@(a|b*)c', 'bxxc', true],
  ['?(a)b', 'b', true],
  ['+(ab)', 'ababab', true],
  ['+(ab)', '', false],
  ['*(ab)c', 'c', true],
  ['!(*.txt)', 'a.log', true],
  ['!(*.txt)', 'a.txt', false],
  ['a!(b)c', 'axc', true],
  ['a!(b)c', 'abc', false],
];

/** By definition: `*` is nothing or one character and `*` again. */
function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  return text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && matches(pattern.slice(1), text.slice(1));
}
const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 7 });
const plain = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 });

describe('patterns', () => {
  for (const [pattern, text, answer] of TABLE) it(`${pattern} and '${text}'`, () => expect(compilePattern(pattern).matches(text)).toBe(answer));
  it('match as defined', () => fc.assert(fc.property(word, plain, (pattern, text) => compilePattern(pattern).matches(text) === matches(pattern, text))));
  it('find the ends that the definition finds', () =>
    fc.assert(
      fc.property(word, plain, (pattern, text) => {
        const ends = Array.from({ length: text.length + 1 }, (_unused, i) => i).filter((i) => matches(pattern, text.slice(0, i)));
        const starts = Array.from({ length: text.length + 1 }, (_unused, i) => i).filter((i) => matches(pattern, text.slice(i)));
        const compiled = compilePattern(pattern);
        expect([compiled.prefixEnd(text, true), compiled.prefixEnd(text, false)]).toEqual([ends.at(-1), ends[0]]);
        expect([compiled.suffixStart(text, true), compiled.suffixStart(text, false)]).toEqual([starts[0], starts.at(-1)]);
      }),
    ));
  it('escape to themselves', () => fc.assert(fc.property(fc.string(), (text) => compilePattern(escapePattern(text)).matches(text))));
  it('stay linear where backtracking would not end', () => expect(compilePattern('*a*a*a*a*a*a*a*a*b').matches('a'.repeat(2000))).toBe(false));
});
