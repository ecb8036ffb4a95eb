/**
 * Goal: a POSIX expression matches what grep(1) matches. Method: expected values were taken from `grep -o` and `grep -oE` (GNU grep 3.8,
 * LC_ALL=C) for each pattern and text; the error texts from the same program and, for the lone parenthesis, from sed -E.
 */
import { expect, test } from 'vitest';
import { compilePosixRegex } from './posix-regex.ts';

test.each([
  ['basic', 'a\\(b*\\)c\\1', 'abbcbb', 'abbcbb'],
  ['basic', 'a+b', 'a+b aab', 'a+b'],
  ['basic', 'a\\+b', 'a+b aab', 'aab'],
  ['basic', '*a', 'x*a', '*a'],
  ['basic', 'a^b$c', 'a^b$c', 'a^b$c'],
  ['basic', '[]a]*', ']a]', ']a]'],
  ['basic', '[^[:space:]]*x', 'a bcx', 'bcx'],
  ['basic', 'x\\{2,3\\}', 'axxxxb', 'xxx'],
  ['extended', '([0-9]+)\\.([0-9]+)', 'v10.20', '10.20'],
  ['extended', 'a{2}', 'aaa', 'aa'],
  ['extended', 'a{,2}b', 'aaab', 'aab'],
  ['extended', '^(ab|c)+$', 'abcab', 'abcab'],
  ['extended', 'a|b', 'xb', 'b'],
  ['extended', '\\<foo\\>', 'foobar foo', 'foo'],
  ['extended', '[a-c.-]+', 'xa.-c!', 'a.-c'],
  ['extended', 'a**', 'aaa', 'aaa'],
  ['extended', '[\\.]+', '\\.x', '\\.'],
] as const)('%s %s in %s', (syntax, pattern, text, expected) => {
  const regex = compilePosixRegex(pattern, { syntax });
  expect(regex.ok && regex.value.exec(text)?.[0]).toBe(expected);
});

test.each([
  ['extended', '(a', 'Unmatched ( or \\('],
  ['extended', 'a)', 'Unmatched ) or \\)'],
  ['basic', '[a', 'Unmatched [, [^, [:, [., or [='],
  ['basic', 'a\\', 'Trailing backslash'],
  ['basic', '\\(a\\)\\2', 'Invalid back reference'],
  ['basic', '[b-a]', 'Invalid range end'],
  ['basic', '[[:foo:]]', 'Invalid character class name'],
] as const)('%s %s is refused', (syntax, pattern, message) => {
  expect(compilePosixRegex(pattern, { syntax })).toEqual({ ok: false, error: message });
});
