/**
 * Exercises without end: from a healthy lab, a level and a number, one fault or two out of the catalogue, told as their user would tell it. What comes out
 * is a lesson like any other, so whatever knows lessons knows exercises: `exercise-LEVEL-SEED`.
 *
 * Invariant: the same level and number make the same exercise, for everybody.
 */
import { Rng } from '../../base/index.ts';
import type { Words } from '../definition.ts';
import { planFault, possibleFaults, type FaultPlan } from '../faults.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { Twin, type Ask, type Cell, type Matrix, type NodeCommand } from '../../twin/index.ts';
import { CAUSES } from './causes.ts';
import { symptomOf } from './symptom.ts';

export const LEVELS = [1, 2, 3, 4] as const;
export type ExerciseLevel = (typeof LEVELS)[number];
export interface ExerciseName {
  readonly level: ExerciseLevel;
  readonly seed: number;
}
const NAME = /^exercise-([1-4])-(\d{1,9})$/;
export function parseExerciseName(id: string): ExerciseName | undefined {
  const [, level, seed] = NAME.exec(id) ?? [];
  return level === undefined ? undefined : { level: Number(level) as ExerciseLevel, seed: Number(seed) };
}
export const formatExerciseName = ({ level, seed }: ExerciseName): string => `exercise-${level}-${seed}`;

interface LevelRules {
  readonly labs: readonly string[];
  readonly minutes: number;
  readonly called: 'beginner' | 'intermediate' | 'advanced';
  readonly faults: 1 | 2;
  /** Absent: all there are. */
  readonly only?: readonly string[];
  readonly isVague: boolean;
}
const FIRST = [
  'bridge-down',
  'ip-forward-off',
  'port-not-in-bridge',
  'pod-link-down',
  'pod-default-route-missing',
  'route-missing',
  'forward-drop',
  'masquerade-missing',
  'underlay-down',
];
const RULES: Readonly<Record<ExerciseLevel, LevelRules>> = {
  1: { labs: ['flannel-host-gw', 'bash-cni'], minutes: 10, called: 'beginner', faults: 1, only: FIRST, isVague: false },
  2: { labs: ['flannel-host-gw', 'bash-cni', 'route-table'], minutes: 15, called: 'intermediate', faults: 1, isVague: false },
  3: { labs: ['flannel-host-gw', 'bash-cni', 'route-table', 'flannel-vxlan'], minutes: 20, called: 'advanced', faults: 1, isVague: true },
  4: { labs: ['flannel-host-gw', 'bash-cni', 'route-table', 'flannel-vxlan'], minutes: 30, called: 'advanced', faults: 2, isVague: true },
};

/** Which lab it is in; the rest is made from a snapshot of that. */
export const exerciseLab = ({ level, seed }: ExerciseName): string => RULES[level].labs[seedOf({ level, seed }).below(RULES[level].labs.length)]!;
const seedOf = ({ level, seed }: ExerciseName): Rng => new Rng(seed * 8 + level);

interface Exercise {
  readonly codes: readonly string[];
  readonly commands: readonly NodeCommand[];
  readonly undo: readonly NodeCommand[];
  readonly symptom: Words;
  /** The packet that the symptom is about. */
  readonly told: Ask;
  /** Of each cause. */
  readonly repairs: readonly (readonly NodeCommand[])[];
  /** Where each cause is. */
  readonly places: readonly string[];
}

/** Undefined: nothing in that lab can be broken so that somebody notices. */
export function makeExercise(name: ExerciseName, healthy: Snapshot): Exercise | undefined {
  const rules = RULES[name.level];
  const rng = seedOf(name);
  rng.below(rules.labs.length);
  const twin = new Twin(healthy);
  const codes: string[] = [];
  const plans: FaultPlan[] = [];
  let failing = 0;
  let matrix: Matrix | undefined;
  const open = possibleFaults(healthy).filter((code) => CAUSES[code] && (rules.only?.includes(code) ?? true));
  while (codes.length < rules.faults && open.length > 0) {
    const [code] = open.splice(rng.below(open.length), 1);
    const before = twin.snapshot();
    const plan = code === undefined ? undefined : planFault(code, before);
    if (code === undefined || !plan) continue;
    // tried apart, so that what nobody notices leaves no trace
    const trial = new Twin(before);
    if (plan.commands.some(({ node, command }) => trial.run(node, command).status !== 0)) continue;
    const seen = trial.matrix();
    const broken = seen.cells.filter(({ outcome }) => outcome === 'failed').length;
    if (broken <= failing) continue;
    for (const { node, command } of plan.commands) twin.run(node, command);
    failing = broken;
    matrix = seen;
    codes.push(code);
    plans.push(plan);
  }
  const symptom = matrix && symptomOf(matrix, rng, rules.isVague);
  if (!matrix || !symptom || codes.length < rules.faults) return undefined;
  const isMeant = ({ command }: NodeCommand): boolean => !command.startsWith('pkill ');
  return {
    codes,
    commands: plans.flatMap(({ commands }) => commands),
    undo: [...plans].reverse().flatMap(({ undo }) => undo),
    symptom: symptom.words,
    told: toldOf(symptom.cell),
    repairs: plans.map(({ undo }) => undo),
    places: plans.map(({ commands }) => commands.find(isMeant)?.node ?? ''),
  };
}

const toldOf = ({ from, to, address, protocol }: Cell): Ask => ({ from, to, address, protocol });

/** As a lesson's folder would have it. */
export function exerciseSources(
  name: ExerciseName,
  exercise: Exercise,
  healthy: Snapshot,
): { readonly definition: string; readonly en: string; readonly zh: string } {
  const rules = RULES[name.level];
  const rng = new Rng(name.seed * 8 + name.level + 5);
  const machines = healthy.nodes.map((node) => node.name);
  const others = Object.keys(CAUSES).filter((code) => possibleFaults(healthy).includes(code) && !exercise.codes.includes(code));
  const questions = exercise.codes.map((code, index) => {
    const choices = [code];
    while (choices.length < 5 && others.length > 0) choices.push(...others.splice(rng.below(others.length), 1));
    const shuffled = shuffle(choices, rng);
    return {
      id: exercise.codes.length === 1 ? 'cause' : `cause-${index + 1}`,
      place: exercise.codes.length === 1 ? 'place' : `place-${index + 1}`,
      codes: shuffled,
      answer: shuffled.indexOf(code),
      where: machines.indexOf(exercise.places[index]!),
    };
  });
  const list = (commands: readonly NodeCommand[], indent: string): string =>
    commands.map(({ node, command }) => `${indent}- ${JSON.stringify(node)}: ${JSON.stringify(command)}\n`).join('');
  const asked = machines.length > 1;
  const definition = `lesson: 1
lab: ${exerciseLab(name)}
minutes: ${rules.minutes}
level: ${rules.called}
setup:
${list(exercise.commands, '  ')}chapters:
  - id: case
    steps:
${questions.map(({ id, place, codes, answer, where }) => `      - id: ${id}\n        quiz: { answer: ${answer}, choices: ${codes.length} }\n${asked ? `      - id: ${place}\n        quiz: { answer: ${where}, choices: ${machines.length} }\n` : ''}`).join('')}      - id: repair
        check:
          - sound: {}
        solution:
${list(exercise.undo, '          ')}        revert:
${list(exercise.commands, '          ')}`;
  const text = (locale: 'en' | 'zh'): string => {
    const words = WORDS[locale];
    const body = questions
      .map(({ id, place, codes }, index) => {
        const cause = `## ${words.cause(index, questions.length)} {#${id}}\n\n${index === 0 ? words.look : words.again}\n\n### ${words.question}\n\n${words.which(questions.length)}\n\n${codes.map((code) => `- ${CAUSES[code]![locale]}\n`).join('')}\n`;
        const where = `## ${words.where} {#${place}}\n\n${words.whereText}\n\n### ${words.question}\n\n${words.whereAsked}\n\n${machines.map((machine) => `- ${machine}\n`).join('')}\n`;
        return asked ? cause + where : cause;
      })
      .join('');
    return `---
title: ${words.title(name)}
summary: ${words.summary(questions.length)}
outcome: ${words.outcome}
---

${exercise.symptom[locale]}

${words.free}

# ${words.chapter} {#case}

${body}## ${words.repair} {#repair}

${words.repairText}
`;
  };
  return { definition, en: text('en'), zh: text('zh') };
}

function shuffle<T>(items: readonly T[], rng: Rng): readonly T[] {
  const left = [...items];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(rng.below(left.length), 1));
  return mixed;
}

const WORDS = {
  en: {
    title: ({ level, seed }: ExerciseName) => `Exercise ${seed}, level ${level}`,
    summary: (count: number) => (count === 1 ? 'Something is broken. Find it and repair it.' : 'Two things are broken. Find them and repair them.'),
    outcome: 'Find a fault by what its users tell, and repair it.',
    free: 'Look wherever you like, with whatever you like. Commands and time are counted; nobody hurries you.',
    chapter: 'The case',
    cause: (index: number, count: number) => (count === 1 ? 'Find the cause' : index === 0 ? 'Find one cause' : 'Find the other cause'),
    look: 'Go along the way of the packet: where is it seen last? Then look there at links, addresses, routes, neighbours and rules.',
    again: 'There is another one. What one fault hides, another may show.',
    question: 'Question',
    which: (count: number) => (count === 1 ? 'What is the cause?' : 'One of the two causes is among these. Which?'),
    where: 'Say where it is',
    whereText: 'What is done to a pod counts for the machine that the pod is on.',
    whereAsked: 'On which machine is it?',
    repair: 'Repair it',
    repairText: 'It is repaired once every pair answers again, and nothing is found any more that is set wrong. Your way need not be ours.',
  },
  zh: {
    title: ({ level, seed }: ExerciseName) => `练习 ${seed}，第 ${level} 级`,
    summary: (count: number) => (count === 1 ? '有个地方坏了。找出来，修好它。' : '有两个地方坏了。找出来，修好它们。'),
    outcome: '能根据用户的描述找到故障，并把它修好。',
    free: '想看哪里就看哪里，想用什么就用什么。命令数和时间会被记下来，但没有人催你。',
    chapter: '案情',
    cause: (index: number, count: number) => (count === 1 ? '找出原因' : index === 0 ? '找出一个原因' : '找出另一个原因'),
    look: '顺着包走的路看：最后一次见到它是在哪里？再看那里的链路、地址、路由、邻居和规则。',
    again: '还有一个。一个故障挡住的，另一个可能会露出来。',
    question: '问题',
    which: (count: number) => (count === 1 ? '原因是什么？' : '下面有一个是两个原因之一。是哪个？'),
    where: '说出它在哪里',
    whereText: '动的是 Pod，就算在 Pod 所在的那台机器上。',
    whereAsked: '它在哪台机器上？',
    repair: '修好它',
    repairText: '每一对都恢复应答，也再查不出哪里设错，就算修好了。办法不必和我们的一样。',
  },
} as const;
