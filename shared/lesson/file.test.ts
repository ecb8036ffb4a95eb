/** Goal: an author's mistakes in a lesson are answered with file, line and what would be right. */
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

function check(change: { readonly definition?: (text: string) => string; readonly en?: (text: string) => string }, expected: readonly string[]): void {
  const { problems } = parseLesson('x', { definition: change.definition?.(DEFINITION) ?? DEFINITION, en: change.en?.(TEXT) ?? TEXT, zh: TEXT });
  expect(problems).toEqual(expected);
}

test('a lesson that is right', () => {
  const { value, problems } = parseLesson('x', { definition: DEFINITION, en: TEXT, zh: TEXT });
  expect(problems).toEqual([]);
  expect(value?.texts.en.steps.get('look')).toEqual({
    title: 'Look',
    body: '```bash run node-1\nip route\n# no heading\n```',
    hints: ['Type it.'],
    quiz: undefined,
  });
  expect(value?.texts.en.steps.get('asked')).toEqual({
    title: 'Asked',
    body: 'Body.',
    hints: [],
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
  ['no head', { en: (text) => text.replace('---\n', '') }, ['x/en.md:1:1: the text begins with a head: "---", then title, summary and outcome, then "---"']],
])('%s', (_, change, expected) => check(change, expected));
