/** Goal: a mistake in a class pack is named with its place and what would be right. */
import { expect, test } from 'vitest';
import { parsePack } from './pack.ts';

const HEAD = 'pack: 1\ntitle: { en: Pods, zh: 网络 }\ntasks:\n';
const LESSONS = ['namespaces', 'veth-pair'];

test('a pack says what is to be done, in order', () => {
  const source = `${HEAD}  - lesson: namespaces\n  - exercise: { level: 2, seed: 4711 }\n    points: 30\n  - lesson: veth-pair\n`;
  expect(parsePack('pack.yaml', source, LESSONS)).toEqual({
    value: {
      title: { en: 'Pods', zh: '网络' },
      tasks: [
        { id: 'namespaces', points: 10 },
        { id: 'exercise-2-4711', points: 30 },
        { id: 'veth-pair', points: 10 },
      ],
    },
    problems: [],
  });
});

test.each<readonly [string, readonly string[]]>([
  ['  - lesson: nothing\n', ['pack.yaml:4:13: there is no lesson "nothing"']],
  ['  - lesson: namespaces\n  - lesson: namespaces\n', ['pack.yaml:5:5: "namespaces" stands here a second time']],
  ['  - points: 3\n', ['pack.yaml:4:5: a task is a "lesson" or an "exercise", one of them']],
  ['  - { lesson: namespaces, exercise: { level: 1, seed: 2 } }\n', ['pack.yaml:4:5: a task is a "lesson" or an "exercise", one of them']],
])('%j', (tasks, problems) => {
  expect(parsePack('pack.yaml', HEAD + tasks, LESSONS)).toEqual({ value: undefined, problems });
});

test.each(['  - exercise: { level: 5, seed: 1 }\n', '  - lesson: namespaces\n    pints: 3\n', '  - exercise: { level: 1 }\n'])(
  '%j is refused with its place',
  (tasks) => {
    const { value, problems } = parsePack('pack.yaml', HEAD + tasks, LESSONS);
    expect(value).toBeUndefined();
    expect(problems.join('\n')).toMatch(/^pack\.yaml:[45]:\d+: ./);
  },
);
