/** Goal: a manifest that is no YAML is refused in the words of the real kubectl. Method: each text beside what kubectl said of it. */
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { yamlTrouble } from './yaml-trouble.ts';

it.each([
  ['a: b: c\n', 'mapping values are not allowed in this context'],
  ['x: 1\na: b: c\n', 'line 2: mapping values are not allowed in this context'],
  ['spec: a\n  b: c\n', 'line 2: mapping values are not allowed in this context'],
  ['x: 1\nspec: a\n  b: c\n', 'line 3: mapping values are not allowed in this context'],
  ['x: 1\nspec:\n  - a: b\n    c: d: e\n', 'line 4: mapping values are not allowed in this context'],
  ['x: 1\n a: 2\n', 'line 2: mapping values are not allowed in this context'],
  ['a: [b\n', "line 1: did not find expected ',' or ']'"],
  ['x: 1\ny: [b\nz: 1\n', "line 2: did not find expected ',' or ']'"],
  ['a: {b: c\n', "line 1: did not find expected ',' or '}'"],
  ['a: b\n- c\n', 'line 1: did not find expected key'],
  ['a: b\nc\n', "line 3: could not find expected ':'"],
  ['a: "b\n', 'line 2: found unexpected end of stream'],
  ['a: b\n\tc: d\n', 'line 2: found a tab character that violates indentation'],
])('%j', (text, said) => {
  const problem = parseAllDocuments(text, { version: '1.1', prettyErrors: true }).flatMap((document) => document.errors)[0]!;
  expect(yamlTrouble(problem, text)).toBe(said);
});
