/** Goal: a lesson that could mislead a learner cannot ship. Method: a small lesson that is right, and defects planted in it one by one. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseLesson } from '../lesson/index.ts';
import { checkLesson } from './check-lesson.ts';
import { createLab } from './create.ts';
import { parseLabFile } from './lab-file.ts';

const read = (path: string): string => readFileSync(new URL(`../../resources/${path}`, import.meta.url), 'utf8');
const LAB = parseLabFile('flannel-host-gw', read('labs/flannel-host-gw.yaml')).value!;
const LABS = new Map([[LAB.id, Object.keys(LAB.nodes)]]);

const DEFINITION = `lesson: 1
lab: flannel-host-gw
minutes: 5
level: beginner
chapters:
  - id: one
    steps:
      - id: routes
        check:
          - ran: { command: '^ip route', shows: ip route, on: node-2 }
        solution:
          - node-2: ip route
      - id: cut
        check:
          - experiment: { id: remove-route, state: applied }
          - no-route: { on: node-2, destination: 10.244.1.0/24 }
        actions:
          - apply: remove-route
        revert:
          - undo: remove-route
      - id: mend
        check:
          - route: { on: node-2, destination: 10.244.1.0/24, via: 192.168.56.11 }
          - reaches: { from: node-2/hello-2, to: node-1/hello-1 }
        solution:
          - node-2: ip route add 10.244.1.0/24 via 192.168.56.11 dev eth1
        revert:
          - node-2: ip route del 10.244.1.0/24
`;
const EN = `---
title: Routes
summary: Look at routes.
outcome: You know them.
---

Hello.

# One {#one}

## Routes {#routes}

\`\`\`bash run node-2
ip route
\`\`\`

\`\`\`text output
default via 10.0.2.2 dev eth0 …
…
10.244.1.0/24 via 192.168.56.11 dev eth1
…
192.168.56.0/24 dev eth1 proto kernel scope link src 192.168.56.12
\`\`\`

## Cut {#cut}

Cut it.

## Mend {#mend}

Mend it.
`;
const ZH = EN.replace('title: Routes', 'title: 路由')
  .replace('Look at routes.', '看路由。')
  .replace('You know them.', '你知道了。')
  .replace('```bash', '看：\n\n```bash')
  .replace('Cut it.', '切断。')
  .replace('Mend it.', '修好。');

function problemsOf(change: { readonly definition?: (text: string) => string; readonly en?: (text: string) => string }): readonly string[] {
  const { value, problems } = parseLesson('x', { definition: change.definition?.(DEFINITION) ?? DEFINITION, en: change.en?.(EN) ?? EN, zh: ZH }, LABS);
  return value ? checkLesson(value, () => createLab(LAB, { seed: 1, epochMs: 1_700_000_000_000 })) : problems;
}

test.each<readonly [string, Parameters<typeof problemsOf>[0], readonly (string | RegExp)[]]>([
  ['nothing', {}, []],
  [
    'a step that is solved at its start',
    {
      definition: (text) =>
        text
          .replace("- ran: { command: '^ip route', shows: ip route, on: node-2 }", '- route: { on: node-2, destination: 10.244.1.0/24 }')
          .replace('- node-2: ip route\n', '- node-2: ip route\n        revert:\n          - node-2: ip route\n'),
    },
    ['x/lesson.yaml:8:9: step "routes" is solved before anything is done: ask for something that is not there when it begins.'],
  ],
  [
    'a pattern that matches nearly whatever is typed',
    { definition: (text) => text.replace("'^ip route'", "'.*'").replace(', on: node-2 }', ' }') },
    ['x/lesson.yaml:8:9: step "routes" is solved by any command: make the pattern of its check match what it asks for, and nothing else.'],
  ],
  [
    'a solution that does not solve',
    { definition: (text) => text.replace('- node-2: ip route\n', '- node-1: ip route\n') },
    ['x/lesson.yaml:8:9: step "routes" is not solved by its solution: `ip route` ran on node-1; run it on node-2. Mend the solution or the check.'],
  ],
  [
    'a solution that ends with an error',
    { definition: (text) => text.replace('- node-2: ip route\n', '- node-2: ip rute\n') },
    ['x/lesson.yaml:8:9: step "routes" cannot be solved by its solution: "ip rute" on node-2 ends with 1: Object "rute" is unknown, try "ip help".'],
  ],
  [
    'a check that cannot fail, beside one that can',
    { definition: (text) => text.replace('- no-route: { on: node-2, destination: 10.244.1.0/24 }', '- no-route: { on: node-2, destination: 10.244.9.0/24 }') },
    ['x/lesson.yaml:13:9: step "cut" has a check that cannot fail: number 2, "no-route", holds when the step is reverted. Mend the check or "revert".'],
  ],
  [
    'a revert that takes nothing away',
    { definition: (text) => text.replace('- node-2: ip route del 10.244.1.0/24', '- node-2: ip route') },
    [
      'x/lesson.yaml:21:9: step "mend" has a check that cannot fail: number 1, "route", holds when the step is reverted. Mend the check or "revert".',
      'x/lesson.yaml:21:9: step "mend" has a check that cannot fail: number 2, "reaches", holds when the step is reverted. Mend the check or "revert".',
    ],
  ],
  [
    'a revert that cannot be run',
    { definition: (text) => text.replace('- node-2: ip route del 10.244.1.0/24', '- node-2: ip route del 10.244.7.0/24') },
    ['x/lesson.yaml:21:9: step "mend" cannot be reverted: "ip route del 10.244.7.0/24" on node-2 ends with 2: RTNETLINK answers: No such process'],
  ],
  [
    'a step without revert',
    { definition: (text) => text.slice(0, text.lastIndexOf('        revert:')) },
    ['x/lesson.yaml:21:9: step "mend" has a check "route" and no "revert": write what takes its effect away again, so that the check can be seen to fail'],
  ],
  [
    'the same check twice',
    { definition: (text) => text.replace(/( *- reaches.*\n)/, '$1$1') },
    ['x/lesson.yaml:21:9: step "mend" has two checks that fail with the same words, number 2 and 3: leave one out.'],
  ],
  [
    'an output that is not what the command prints',
    { en: (text) => text.replace('via 192.168.56.11 dev eth1', 'via 192.168.56.13 dev eth1') },
    [
      /^x\/en\.md:17:1: step "routes" shows the output "10\.244\.1\.0\/24 via 192\.168\.56\.13 dev eth1" of "ip route" on node-2, which prints:\n {4}default via 10\.0\.2\.2 /,
    ],
  ],
])('%s', (_, change, expected) => {
  const problems = problemsOf(change);
  expect(problems).toEqual(expected.map((one) => (typeof one === 'string' ? one : (expect.stringMatching(one) as unknown))));
});
