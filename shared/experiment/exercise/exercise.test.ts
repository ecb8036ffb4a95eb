/**
 * Goal: an exercise begins broken as its symptom tells, is solved by the catalogue's own repair and by nothing less, and its number makes it the same
 * for everybody. Method: many numbers of each level, in twins of the labs.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { createLab, parseLabFile } from '../../lab/index.ts';
import { soundnessOf } from '../../diagnose/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { Twin } from '../../twin/index.ts';
import { CAUSES } from './causes.ts';
import { exerciseLab, exerciseSources, formatExerciseName, LEVELS, makeExercise, parseExerciseName } from './exercise.ts';
import { parseLesson } from '../../lesson/index.ts';

const SETTLE_US = 8_000_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 4711];
const healthy = new Map<string, Snapshot>();
const nodes = new Map<string, readonly string[]>();

beforeAll(() => {
  for (const name of new Set(LEVELS.flatMap((level) => SEEDS.map((seed) => exerciseLab({ level, seed }))))) {
    const lab = createLab(parseLabFile(name, readFileSync(`resources/labs/${name}.yaml`, 'utf8')).value!, { seed: 1, epochMs: 0 });
    lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
    healthy.set(name, lab.snapshot());
    nodes.set(name, lab.nodes);
    lab.close();
  }
});

const names = LEVELS.flatMap((level) => SEEDS.map((seed) => ({ level, seed })));

test.each(names.map((name) => [formatExerciseName(name), name] as const))('%s is broken, and mended by its repair alone', (id, name) => {
  const snapshot = healthy.get(exerciseLab(name))!;
  const exercise = makeExercise(name, snapshot)!;
  expect(exercise.codes.length).toBe(name.level === 4 ? 2 : 1);
  expect(makeExercise(name, snapshot)).toEqual(exercise);
  const { value, problems } = parseLesson(id, exerciseSources(name, exercise, snapshot), nodes);
  expect(problems).toEqual([]);
  const quizzes = value!.definition.chapters.flatMap(({ steps }) => steps).filter(({ quiz, id: step }) => quiz && step.startsWith('cause'));
  const right = quizzes.map(({ id: step, quiz }) => (['en', 'zh'] as const).map((locale) => value!.texts[locale].steps.get(step)!.quiz!.choices[quiz!.answer]));
  expect(right).toEqual(exercise.codes.map((code) => [CAUSES[code]!.en, CAUSES[code]!.zh]));

  const twin = new Twin(snapshot);
  for (const { node, command } of exercise.commands) expect(twin.run(node, command), command).toMatchObject({ status: 0 });
  const broken = soundnessOf(twin.snapshot());
  expect(broken.failing).toBeGreaterThan(0);
  // what is told is so: that very packet does not arrive, and did before
  const ask = exercise.told;
  expect(new Twin(snapshot).matrix([ask]).cells[0]?.outcome).toBe('ok');
  expect(twin.matrix([ask]).cells[0]?.outcome).toBe('failed');

  for (const { node, command } of exercise.undo) expect(twin.run(node, command), command).toMatchObject({ status: 0 });
  expect(soundnessOf(twin.snapshot())).toEqual({ ...broken, failing: 0, isSetWrong: false });
});

test('two faults need two repairs', () => {
  const name = names.find(({ level }) => level === 4)!;
  const snapshot = healthy.get(exerciseLab(name))!;
  const { commands, repairs } = makeExercise(name, snapshot)!;
  for (const one of repairs) {
    const twin = new Twin(snapshot);
    for (const { node, command } of commands) twin.run(node, command);
    for (const { node, command } of one) twin.run(node, command);
    const { failing, isSetWrong } = soundnessOf(twin.snapshot());
    expect(failing > 0 || isSetWrong).toBe(true);
  }
});

test('another number is another exercise', () => {
  const told = names.filter(({ level }) => level === 2).map((name) => makeExercise(name, healthy.get(exerciseLab(name))!)!.symptom.en);
  expect(new Set(told).size).toBeGreaterThan(told.length / 2);
});

test.each([
  ['exercise-2-4711', { level: 2, seed: 4711 }],
  ['exercise-5-1', undefined],
  ['exercise-1-x', undefined],
  ['namespaces', undefined],
])('%s', (id, name) => expect(parseExerciseName(id)).toEqual(name));
