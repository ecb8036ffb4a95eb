/** YAML and JSON as kubectl prints them; expected texts are those of sigs.k8s.io/yaml for the same data. */
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { toJson, toYaml, type Data } from './yaml-text.ts';

test.each<readonly [string, Data, string]>([
  ['keys are sorted, lists are not indented', { b: 1, a: [{ y: 2, x: [1, 2] }, 'z'] }, 'a:\n- x:\n  - 1\n  - 2\n  "y": 2\n- z\nb: 1\n'],
  [
    'what would be read as something else is quoted',
    ['true', '1', '1.5', 'null', '', 'no', '2026-03-01T12:00:00Z', '0x1f', '1e3'],
    '- "true"\n- "1"\n- "1.5"\n- "null"\n- ""\n- "no"\n- "2026-03-01T12:00:00Z"\n- "0x1f"\n- "1e3"\n',
  ],
  [
    'what is no plain scalar is in single quotes',
    ['a: b', '- x', '*a', '[x', "it's: x", 'x #y', '{}'],
    "- 'a: b'\n- '- x'\n- '*a'\n- '[x'\n- 'it''s: x'\n- 'x #y'\n- '{}'\n",
  ],
  [
    'plain ones',
    ['a:b', 'v1.32.4', '10.244.1.3', '/var/run', '-x', 'kubernetes.io/hostname', '10.244.0.0/16'],
    '- a:b\n- v1.32.4\n- 10.244.1.3\n- /var/run\n- -x\n- kubernetes.io/hostname\n- 10.244.0.0/16\n',
  ],
  ['empty ones', { a: {}, b: [], c: null }, 'a: {}\nb: []\nc: null\n'],
  ['several lines', { a: 'x\ny\n', b: 'x\ny' }, 'a: |\n  x\n  y\nb: |-\n  x\n  y\n'],
])('%s', (_, data, expected) => {
  expect(toYaml(data)).toBe(expected);
  expect(parse(expected, { version: '1.1' })).toEqual(data);
});

test('JSON has four spaces and sorted keys', () => {
  expect(toJson({ b: [1, { d: 1, c: undefined }], a: 'x' })).toBe(
    '{\n    "a": "x",\n    "b": [\n        1,\n        {\n            "d": 1\n        }\n    ]\n}\n',
  );
});
