/** Goal: an author's mistakes in a lesson are answered with file, line and what would be right. */
import { EXPERIMENTS } from '../experiment/index.ts';
import { expect, test } from 'vitest';
import { parseLesson } from './file.ts';

const DEFINITION = `lesson: 1
lab: flannel-host-gw
minutes: 5
level: beginner
chapters:
  - id: one
    steps:
      - id: look
        check:
          - ran: { command: '^ip route', shows: ip route }
        solution:
          - node-1: ip route
      - id: asked
        quiz: { answer: 1, choices: 2 }
`;
const TEXT = `---
title: A lesson
summary: Short.
outcome: You can.
---

Hello.

# One {#one}

## Look {#look}

\`\`\`bash run node-1
ip route
# no heading
\`\`\`

### Hint

Type it.

## Asked {#asked}

Body.

### Question

What is it?

- This
- That
`;

const CHINESE = TEXT.replace('A lesson', '一课')
  .replace('Short.', '很短。')
  .replace('You can.', '你会。')
  .replace('ip route\n#', 'ip route\n```\n\n看。\n\n```bash\n#')
  .replace('Body.', '正文。');
const LABS = new Map([['flannel-host-gw', ['controlplane', 'node-1', 'node-2']]]);

type Change = (text: string) => string | undefined;
function check(change: { readonly definition?: (text: string) => string; readonly en?: Change; readonly zh?: Change }, expected: readonly string[]): void {
  const { problems } = parseLesson(
    'x',
    {
      definition: change.definition ? change.definition(DEFINITION) : DEFINITION,
      en: change.en ? change.en(TEXT) : TEXT,
      zh: change.zh ? change.zh(CHINESE) : CHINESE,
    },
    LABS,
  );
  expect(problems).toEqual(expected);
}

test('a lesson that is right', () => {
  const { value, problems } = parseLesson('x', { definition: DEFINITION, en: TEXT, zh: CHINESE }, LABS);
  expect(problems).toEqual([]);
  expect(value?.texts.en.steps.get('look')).toEqual({
    title: 'Look',
    body: '```bash run node-1\nip route\n# no heading\n```',
    hints: ['Type it.'],
    hintsByState: new Map(),
    runs: [{ node: 'node-1', command: 'ip route\n# no heading', line: 13, output: undefined }],
    quiz: undefined,
  });
  expect(value?.texts.en.steps.get('asked')).toEqual({
    title: 'Asked',
    body: 'Body.',
    hints: [],
    hintsByState: new Map(),
    runs: [],
    quiz: { question: 'What is it?', choices: ['This', 'That'] },
  });
});

test.each<readonly [string, Parameters<typeof check>[0], readonly string[]]>([
  [
    'two things in a check',
    { definition: (text) => text.replace('shows: ip route }', 'shows: ip route }\n            pod: { name: x }') },
    ['x/lesson.yaml:10:13: a check asks one thing: one key, such as "pod" or "ran"'],
  ],
  [
    'an unknown check',
    { definition: (text) => text.replace('- ran:', '- run:') },
    ['x/lesson.yaml:10:13: "run" means nothing here', 'x/lesson.yaml:10:13: a check asks one thing: one key, such as "pod" or "ran"'],
  ],
  [
    'no solution',
    { definition: (text) => text.replace('        solution:\n          - node-1: ip route\n', '') },
    ['x/lesson.yaml:8:9: step "look" is checked and has no "solution": write what solves it'],
  ],
  [
    'an id twice',
    { definition: (text) => text.replace('- id: asked', '- id: look') },
    ['x/lesson.yaml:13:13: there is another step "look": ids are used once'],
  ],
  ['an answer that is not there', { definition: (text) => text.replace('answer: 1', 'answer: 2') }, ['x/lesson.yaml:14:25: the answer is one of 0 to 1']],
  ['a bad pattern', { definition: (text) => text.replace("'^ip route'", "'^ip ('") }, ['x/lesson.yaml:10:29: this is not a regular expression']],
  [
    'a step without text',
    { en: (text) => text.replace('{#look}', '{#looks}') },
    [
      'x/en.md:11:1: no step "looks" is defined: write its id after the title, such as {#look}',
      'x/en.md:32:1: step "look" has no text here: write "## … {#look}"',
    ],
  ],
  ['a choice too few', { en: (text) => text.replace('- That\n', '') }, ['x/en.md:26:1: 2 choices are defined and 1 are written: one list item for each']],
  [
    'no question',
    { en: (text) => text.slice(0, text.indexOf('### Question')) },
    ['x/en.md:26:1: step "asked" has no question here: write "### Question" below it'],
  ],
  ['no outcome', { en: (text) => text.replace('outcome: You can.\n', '') }, ['x/en.md:4:1: "outcome" is missing']],
  [
    'a check that could not be seen to fail',
    { definition: (text) => text.replace("ran: { command: '^ip route', shows: ip route }", 'no-pod: { name: x }') },
    ['x/lesson.yaml:8:9: step "look" has a check "no-pod" and no "revert": write what takes its effect away again, so that the check can be seen to fail'],
  ],
  [
    'a lab that is not there',
    { definition: (text) => text.replace('lab: flannel-host-gw', 'lab: flannel') },
    ['x/lesson.yaml:2:6: there is no lab "flannel": one of "flannel-host-gw" is needed'],
  ],
  [
    'nodes that are not there',
    {
      definition: (text) => text.replace('shows: ip route }', 'shows: ip route, on: node-4 }').replace('- node-1:', '- node-5:'),
      en: (text) => text.replace('run node-1', 'run node-6'),
    },
    [
      'x/lesson.yaml:10:63: there is no node "node-4": one of "controlplane", "node-1", "node-2" is needed',
      'x/lesson.yaml:12:13: there is no node "node-5": one of "controlplane", "node-1", "node-2" is needed',
      'x/en.md:13:1: there is no node "node-6": one of "controlplane", "node-1", "node-2" is needed',
    ],
  ],
  [
    'an experiment that is not there',
    { definition: (text) => text.replace('        solution:\n          - node-1: ip route\n', '        actions:\n          - apply: remove-rout\n') },
    [`x/lesson.yaml:12:20: there is no experiment "remove-rout": one of ${EXPERIMENTS.map(({ id }) => `"${id}"`).join(', ')} is needed`],
  ],
  [
    'a name that stands for nothing',
    { definition: (text) => text.replace("'^ip route'", "'^ip route ${dst}'") },
    ['x/lesson.yaml:10:29: "${dst}" stands for nothing: one of "pod.NAME.ip" is needed'],
  ],
  ['a language that is missing', { zh: () => undefined }, ['x/zh.md: this file is missing: a lesson is written in English (en.md) and Chinese (zh.md)']],
  ['a language that is not that language', { zh: () => TEXT }, ['x/zh.md: "title" is not written in Chinese: translate it']],
  ['a step that was not translated', { zh: (text) => text.replace('正文。', 'Body.') }, ['x/zh.md: step "asked" is not written in Chinese: translate it']],
  [
    'not YAML',
    { definition: (text) => text.replace('minutes: 5', 'minutes: [5') },
    [
      'x/lesson.yaml:4:1: this is not YAML: the indentation does not fit: keys of one map, and items of one list, begin in the same column, and what is in brackets is indented',
    ],
  ],
  [
    'an indent that is wrong',
    { definition: (text) => text.replace('    steps:', '   steps:') },
    [
      'x/lesson.yaml:7:1: this is not YAML: something is missing here or just before: a "-", a closing quote or bracket, a comma, or ":" behind a key; or the indentation is wrong',
    ],
  ],
  [
    'a key twice',
    { definition: (text) => text.replace('minutes: 5', 'minutes: 5\nminutes: 6') },
    ['x/lesson.yaml:4:1: this is not YAML: this key stands here a second time: leave one out'],
  ],
  ['a number that is none', { definition: (text) => text.replace('minutes: 5', 'minutes: soon') }, ['x/lesson.yaml:3:10: "minutes" must be a number']],
  ['no head', { en: (text) => text.replace('---\n', '') }, ['x/en.md:1:1: the text begins with a head: "---", then title, summary and outcome, then "---"']],
])('%s', (_, change, expected) => check(change, expected));
