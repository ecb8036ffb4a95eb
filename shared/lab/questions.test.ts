/**
 * Goal: what a lesson asks is answered by the lab. Method: a small lesson with a fault, a question, a prediction and a hint by state, on a lab
 * of two machines; every stage is come back to.
 */
import { expect, test } from 'vitest';
import { parseLesson } from '../lesson/index.ts';
import { createLab } from './create.ts';
import { checkLesson } from './check-lesson.ts';
import { parseLabFile } from './lab-file.ts';

const LAB = parseLabFile(
  'pair',
  `lab: 1
title: { en: A, zh: B }
summary: { en: A, zh: B }
networks:
  lan: { kind: segment, title: wire, subnet: 10.1.0.0/24 }
nodes:
  one: { interfaces: { eth0: { network: lan, address: 10.1.0.1/24 } } }
  two: { interfaces: { eth0: { network: lan, address: 10.1.0.2/24 } } }
`,
).value!;
const DEFINITION = `lesson: 1
lab: pair
minutes: 5
level: beginner
variables: { n: { from: 40, to: 90 } }
chapters:
  - id: all
    steps:
      - id: mend
        setup:
          - one: ip route add 10.1.0.2/32 dev lo
        check:
          - no-route: { on: one, destination: 10.1.0.2 }
          - reaches: { from: one, to: two }
        hints:
          astray: { when: [{ route: { on: one, destination: 10.1.0.2 } }] }
        solution:
          - one: ip route del 10.1.0.2/32 dev lo
        revert:
          - one: ip route add 10.1.0.2/32 dev lo
      - id: mtu
        setup:
          - two: ip link set eth0 mtu 14\${n}
        answer: { on: two, command: cat /sys/class/net/eth0/mtu }
      - id: way
        predict: { from: one, to: two }
`;
const words = (zh: boolean): string => `---
title: ${zh ? '题' : 'T'}
summary: ${zh ? '题' : 'T'}
outcome: ${zh ? '题' : 'T'}
---

# A {#all}

## M {#mend}

${zh ? '修。' : 'Mend.'}

### Hint

${zh ? '看。' : 'Look.'}

### Hint {#astray}

${zh ? '路由。' : 'A route is in the way.'}

## M {#mtu}

### Question

${zh ? '多少？' : 'How much?'}

## W {#way}
`;
const lesson = parseLesson('x', { definition: DEFINITION, en: words(false), zh: words(true) }, new Map([['pair', ['one', 'two']]])).value!;
const make = () => createLab(LAB, { seed: 1, epochMs: 0 });

test('it is proved', () => {
  expect(checkLesson(lesson, make)).toEqual([]);
});

test('every stage can be come back to, with the variables of the attempt', () => {
  const lab = make();
  const attempt = lab.startAttempt(lesson, 7, 'way');
  if (!attempt.ok) throw new Error(attempt.error.message);
  const state = attempt.value.progress('en').steps['way'];
  expect(state).toMatchObject({
    kind: 'active',
    hops: [{ place: 'one' }, { place: 'two' }],
  });
  const right = attempt.value.rightReply('way');
  if (!right.ok || !right.value?.choices) throw new Error('no reply');
  const [first = 0] = right.value.choices;
  expect(attempt.value.confirm('way', { choices: [first, -1] }, 'en')).toMatchObject({
    ok: false,
    error: { message: expect.stringMatching(/^Not so at two\./) as unknown },
  });
  expect(attempt.value.confirm('way', right.value, 'en')).toMatchObject({ ok: true });
  lab.close();
});

test('a hint is offered while its state is there', () => {
  const lab = make();
  const attempt = lab.startAttempt(lesson, 7);
  if (!attempt.ok) throw new Error(attempt.error.message);
  lab.simulation.runUntil(lab.simulation.nowUs + 2_000_000);
  expect(attempt.value.progress('en').steps['mend']).toMatchObject({ hints: ['A route is in the way.', 'Look.'] });
  expect(attempt.value.progress('zh').steps['mend']).toMatchObject({ hints: ['路由。', '看。'] });
  lab.close();
});
