/**
 * Goal: an exercise is graded by what was done and said, and a class by its tapes. Method: whole command lines; tapes made by working in labs: one by
 * `exercise --tape`, one by a lesson that is followed to its end.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLab } from '../../shared/lab/index.ts';
import { TapeWriter } from '../../shared/recording/index.ts';
import { LAB_SEED } from '../lab-seed.ts';
import { content } from './own-content.ts';
import { runCommandLine } from './main.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podwalk-class-'));
  vi.stubEnv('PODWALK_HOME', folder);
  vi.stubEnv('LANG', 'C');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const texts = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((name) =>
    vi.spyOn(process[`std${name}`], 'write').mockImplementation((text) => {
      texts[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      return true;
    }),
  );
  try {
    return { status: await runCommandLine(args), ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const ID = 'exercise-1-2';
/** What solves it, as one command line on the machine that it is about; and the right answers. */
async function solution() {
  const { definition } = await content().load(ID);
  const steps = definition.chapters.flatMap((chapter) => chapter.steps);
  const commands = steps.flatMap((step) => step.solution.map((one) => Object.entries(one)[0]!));
  return {
    node: commands[0]![0],
    script: commands.map(([, command]) => command).join('; '),
    answers: steps.flatMap(({ quiz }) => (quiz ? [quiz.answer + 1] : [])),
  };
}

describe('exercise', () => {
  it('is told without being begun', async () => {
    const { status, out, err } = await run('exercise', '--level', '1', '--seed', '2', '--show', '--locale', 'zh');
    expect({ status, out }).toEqual({ status: 0, out: '' });
    expect(err).toMatch(/^练习 2，第 1 级 \(exercise-1-2, [-a-z]+\)\n\n“/);
    expect(err).toMatch(/\n1\. 原因是什么？\n {3}1\) /);
  });

  it('is graded: repaired and rightly answered', async () => {
    const { node, script, answers } = await solution();
    const { status, out } = await run('exercise', '--level=1', '--seed=2', `--node=${node}`, `--answers=${answers.join(',')}`, '--json', '-c', script);
    const grade = JSON.parse(out) as { readonly answers: readonly { readonly right: boolean }[]; readonly commands: number };
    expect(grade).toMatchObject({ exercise: ID, repaired: true, missing: [] });
    expect(grade.answers.map(({ right }) => right)).toEqual([true, true]);
    expect(grade.commands).toBeGreaterThan(0);
    expect(status).toBe(0);
  });

  it('is graded: nothing done, wrongly answered', async () => {
    const { answers } = await solution();
    const wrong = answers.map((one) => (one === 1 ? 2 : 1));
    const { status, out } = await run('exercise', '--level=1', '--seed=2', `--answers=${wrong.join(',')}`, '-c', 'true');
    expect(status).toBe(1);
    expect(out).toMatch(
      /^Not repaired: \d+ of \d+ pairs do not answer yet\.\nWhat is the cause\? .*: wrong, it is: .*\nOn which machine is it\? .*: wrong, it is: .*\n\d+ s\n$/,
    );
  });

  it.each([
    [['--level', '7'], '--level is 1 to 4'],
    [['--seed', '1', '--answers', '9', '-c', 'true'], '--answers are numbers of choices'],
  ])('%j is refused', async (args, message) => {
    const { status, err } = await run('exercise', ...args);
    expect(status).toBe(2);
    expect(err).toContain(message);
  });
});

describe('lesson grade', () => {
  const path = (name: string): string => join(folder, name);
  beforeAll(async () => {
    writeFileSync(
      path('pack.yaml'),
      'pack: 1\ntitle: { en: Networks, zh: 网络 }\ntasks:\n  - lesson: namespaces\n    points: 20\n  - exercise: { level: 1, seed: 2 }\n  - lesson: veth-pair\n',
    );
    const { node, script, answers } = await solution();
    await run(
      'exercise',
      '--level=1',
      '--seed=2',
      `--node=${node}`,
      `--answers=${answers.map((one) => (one === 1 ? 2 : 1)).join(',')}`,
      `--tape=${path('ana.tape')}`,
      '-c',
      script,
    );
    const library = content();
    const file = await library.load('namespaces');
    const lab = createLab(await library.lab(file.definition.lab), { seed: LAB_SEED, epochMs: 1_700_000_000_000, types: library.types });
    const writer = new TapeWriter({ podwalk: 1, title: 'T', lab: lab.id, startedMs: 1_700_000_000_000 });
    let tape = writer.begin();
    lab.onEvent((event) => {
      if (event.kind === 'progress') tape += writer.line(event.atUs / 1e6, 'p', event.progress);
    });
    const steps = file.definition.chapters.flatMap((chapter) => chapter.steps);
    const attempt = lab.startAttempt(file, 3, steps.at(-1)!.id);
    expect(attempt.ok).toBe(true);
    lab.close();
    writeFileSync(path('ben.tape'), tape);
  });

  it('says what each learner did', async () => {
    const { status, out, err } = await run('lesson', 'grade', `ana=${path('ana.tape')}`, path('ben.tape'), '--pack', path('pack.yaml'), '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { learners } = JSON.parse(out) as {
      readonly learners: readonly { readonly learner: string; readonly points: number; readonly tasks: readonly Record<string, unknown>[] }[];
    };
    const [ana, ben] = learners;
    expect(ana).toMatchObject({ learner: 'ana', points: 10, of: 40 });
    expect(ana!.tasks.map(({ id, points, isFinished, attempts }) => ({ id, points, isFinished, attempts }))).toEqual([
      { id: 'namespaces', points: 0, isFinished: false, attempts: 0 },
      { id: ID, points: 10, isFinished: true, attempts: 1 },
      { id: 'veth-pair', points: 0, isFinished: false, attempts: 0 },
    ]);
    expect(ana!.tasks[1]!['mistakes']).toBe(2);
    const [begun] = ben!.tasks;
    expect(begun).toMatchObject({ id: 'namespaces', isFinished: false, attempts: 1 });
    expect(begun!['done']).toBe(Number(begun!['steps']) - 1);
    expect(ben!.points).toBe(begun!['points']);
  });

  it('makes a page to print, in the language asked for', async () => {
    const { status } = await run('lesson', 'grade', path('ana.tape'), '--pack', path('pack.yaml'), '--html', path('report.html'), '--locale', 'zh');
    expect(status).toBe(0);
    const page = readFileSync(path('report.html'), 'utf8');
    expect(page).toContain('<html lang="zh">');
    expect(page).toContain('<h2>学员: ana</h2>');
    expect(page).toContain('<tr><td>练习 2，第 1 级</td><td>3/3</td><td>10/10</td>');
    expect(page).not.toMatch(/src=|href=/);
  });

  it('says where a pack is wrong', async () => {
    writeFileSync(path('bad.yaml'), 'pack: 1\ntitle: { en: N, zh: 网 }\ntasks:\n  - lesson: nothing\n');
    expect(await run('lesson', 'grade', path('ana.tape'), '--pack', path('bad.yaml'))).toEqual({
      status: 1,
      out: '',
      err: 'podwalk: bad.yaml:4:13: there is no lesson "nothing"\n',
    });
    expect((await run('lesson', 'grade', path('ana.tape'))).status).toBe(2);
    expect(existsSync(path('ben.tape'))).toBe(true);
  });
});
