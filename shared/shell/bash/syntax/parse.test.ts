/** Goal: whatever is wrong with a text, reading it ends. Method: texts that break off inside of conditions, and random ones of the same pieces. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScript } from './parse.ts';

const DIALECTS = ['bash', 'dash', 'ash'] as const;
const TEXTS = ['[[', '[[[[ a', '[[a && [[', '[[ a =~ (', '[[ "', '[[ $(', '[[ a == ${', '[[ \\', '[[ ! ( a', '[[ -f', '[[ a || [[', '[[ ]] [[ '];
test.each(TEXTS.flatMap((text) => DIALECTS.map((dialect) => [text, dialect] as const)))('%s in %s', (text, dialect) =>
  expect(parseScript(text, { dialect }).units.length + (parseScript(text, { dialect }).problem ? 1 : 0)).toBeGreaterThan(0),
);

const PIECES = [
  '[[',
  ']]',
  ' ',
  '\n',
  '(',
  ')',
  '((',
  '))',
  '"',
  "'",
  '$(',
  '${x',
  '}',
  '&&',
  '||',
  '!',
  '-f',
  '=~',
  '==',
  'a',
  'for ',
  'if ',
  'function ',
  '<<E',
  '|&',
  '&>',
  '@(',
  '\\',
  '`',
  'time ',
  '+=',
  "$'",
];
test('random texts end', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }),
      fc.constantFrom(...DIALECTS),
      (pieces, dialect) => parseScript(pieces.join(''), { dialect }).units.length >= 0,
    ),
  ));
