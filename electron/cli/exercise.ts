/** `podwalk exercise`: something is broken in a lab. It is told as a user tells it, a shell is given to find and repair it, and the model grades both. */
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { Attempt, Lab } from '../../shared/lab/index.ts';
import { createLab, formatExerciseName, parseExerciseName } from '../../shared/lab/index.ts';
import { TapeWriter } from '../../shared/recording/index.ts';
import { LAB_SEED } from '../lab-seed.ts';
import type { LessonFile } from '../labs/provider.ts';
import { Input, Output, runFree } from './free-run.ts';
import { runInteractive } from './interactive.ts';
import { content } from './own-content.ts';
import { openNewTape } from './record.ts';
import { isTerminal, nodeOf, readScript, valueOf } from './sh.ts';
import { localeOption, printJson } from './table.ts';
import { UsageError, type Arguments } from './usage.ts';

type Locale = 'en' | 'zh';
/** A check looks again after so long, and ARP may have to find out first. */
const LOOK_US = 12_000_000;
const READY_US = 60_000_000;

interface Grade {
  readonly exercise: string;
  readonly lab: string;
  readonly repaired: boolean;
  /** What is still missing of the repair. */
  readonly missing: readonly string[];
  readonly answers: readonly { readonly question: string; readonly said: string | undefined; readonly right: boolean; readonly answer: string }[];
  readonly commands: number | undefined;
  readonly seconds: number;
}

export async function exercise({ options, operands }: Arguments): Promise<number> {
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError(`--locale is en or zh, not ${JSON.stringify(options['locale'])}`);
  const level = options['level'] ?? '1';
  const seed = options['seed'] ?? String(randomInt(10_000));
  const name = parseExerciseName(`exercise-${String(level)}-${String(seed)}`);
  if (!name) throw new UsageError(`--level is 1 to 4, and --seed a number; not ${String(level)} and ${String(seed)}`);
  const id = formatExerciseName(name);
  const library = content();
  const file = await library.load(id);
  const labFile = await library.lab(file.definition.lab);
  const lab = createLab(labFile, { seed: LAB_SEED, epochMs: Date.now(), types: library.types });
  const tape = typeof options['tape'] === 'string' ? keepTape(options['tape'], lab, file) : undefined;
  try {
    const attempt = valueOf(lab.startAttempt(file, name.seed));
    lab.simulation.runUntil(lab.simulation.nowUs + LOOK_US);
    for (let left = READY_US / LOOK_US; left > 0 && isPreparing(attempt); left--) lab.simulation.runUntil(lab.simulation.nowUs + LOOK_US);
    const questions = questionsOf(file, locale);
    const isJson = options['json'] === true;
    if (!isJson || options['show'] === true) process.stderr.write(told(file, id, locale, questions));
    if (options['show'] === true) return 0;
    const given = typeof options['answers'] === 'string' ? options['answers'].split(',').map(Number) : [];
    const bad = given.find((one, index) => !(one >= 1 && one <= (questions[index]?.choices.length ?? 0)));
    if (bad !== undefined)
      throw new UsageError(`--answers are numbers of choices, one for each of the ${questions.length} questions: ${String(options['answers'])}`);
    const startUs = lab.simulation.nowUs;
    await work(lab, { options, operands }, tape);
    const said = given.length > 0 || !isTerminal() ? given : await asked(questions, locale);
    const grade = gradeOf(lab, attempt, file, questions, said, startUs, locale);
    if (isJson) printJson(grade);
    else process.stdout.write(gradeText(grade, locale));
    return grade.repaired && grade.answers.every(({ right }) => right) ? 0 : 1;
  } finally {
    tape?.close();
    lab.close();
  }
}

const isPreparing = (attempt: Attempt): boolean =>
  Object.values(attempt.progress('en').steps).some((step) => step.kind === 'active' && step.isPreparing === true);

interface Question {
  readonly step: string;
  readonly text: string;
  readonly choices: readonly string[];
  readonly answer: number;
}
const stepsOf = (file: LessonFile) => file.definition.chapters.flatMap((chapter) => chapter.steps);
const questionsOf = (file: LessonFile, locale: Locale): readonly Question[] =>
  stepsOf(file).flatMap((step) => {
    const quiz = file.texts[locale].steps.get(step.id)?.quiz;
    return step.quiz && quiz ? [{ step: step.id, text: quiz.question, choices: quiz.choices, answer: step.quiz.answer }] : [];
  });

function told(file: LessonFile, id: string, locale: Locale, questions: readonly Question[]): string {
  const { title, introduction } = file.texts[locale];
  const asks = questions
    .map(({ text, choices }, index) => `${index + 1}. ${text}\n${choices.map((choice, at) => `   ${at + 1}) ${choice}\n`).join('')}`)
    .join('');
  return `${title} (${id}, ${file.definition.lab})\n\n${introduction}\n\n${asks}\n`;
}

/** The learner's shell, or the script that takes their place. */
async function work(lab: Lab, { options, operands }: Arguments, tape: Kept | undefined): Promise<void> {
  const target = nodeOf(lab, options['node']);
  const command = typeof options['c'] === 'string' ? options['c'] : undefined;
  const [file, ...args] = operands;
  if (command === undefined && file === undefined && isTerminal()) {
    await runInteractive(lab, (size) => valueOf(lab.openShell(target, size)), tape?.terminal(target));
    return;
  }
  if (file !== undefined) valueOf(lab.writeFile(target, '/root/.exercise.sh', readScript(file), 0o755));
  const argv: [string, ...string[]] =
    command !== undefined ? ['bash', '-c', command] : file !== undefined ? ['bash', '/root/.exercise.sh', ...args] : ['bash', '-s'];
  const session = valueOf(lab.exec({ target, argv, cwd: '/root' }));
  const input = new Input(process.stdin);
  try {
    await runFree(lab, session, input, new Output());
  } finally {
    input.stop();
  }
}

async function asked(questions: readonly Question[], locale: Locale): Promise<readonly number[]> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said: number[] = [];
    for (const { text, choices } of questions) {
      process.stderr.write(`\n${text}\n${choices.map((choice, at) => `   ${at + 1}) ${choice}\n`).join('')}`);
      said.push(Number(await lines.question(locale === 'zh' ? '答案的编号：' : 'Number of your answer: ')));
    }
    return said;
  } finally {
    lines.close();
  }
}

function gradeOf(
  lab: Lab,
  attempt: Attempt,
  file: LessonFile,
  questions: readonly Question[],
  said: readonly number[],
  startUs: number,
  locale: Locale,
): Grade {
  const seconds = Math.round((lab.simulation.nowUs - startUs) / 1e6);
  for (const [index, { step, answer, choices }] of questions.entries()) {
    const choice = (said[index] ?? 0) - 1;
    if (choice !== answer && choice >= 0 && choice < choices.length) attempt.confirm(step, { choice }, locale); // counted as a mistake
    attempt.confirm(step, { choice: answer }, locale);
  }
  lab.simulation.runUntil(lab.simulation.nowUs + LOOK_US);
  const progress = attempt.progress(locale);
  const last = progress.current === undefined ? undefined : progress.steps[progress.current];
  return {
    exercise: file.id,
    lab: file.definition.lab,
    repaired: progress.current === undefined,
    missing: last?.kind === 'active' ? last.missing : [],
    answers: questions.map(({ text, choices, answer }, index) => ({
      question: text,
      said: choices[(said[index] ?? 0) - 1],
      right: (said[index] ?? 0) - 1 === answer,
      answer: choices[answer]!,
    })),
    commands: progress.effort?.commands,
    seconds,
  };
}

const WORDS = {
  en: {
    repaired: 'Repaired.',
    not: 'Not repaired:',
    right: 'right',
    wrong: 'wrong, it is',
    none: 'no answer; it is',
    effort: (commands: number | undefined, seconds: number) => `${commands === undefined ? '' : `${commands} commands, `}${seconds} s\n`,
  },
  zh: {
    repaired: '修好了。',
    not: '没有修好：',
    right: '对',
    wrong: '不对，应该是',
    none: '没有回答；应该是',
    effort: (commands: number | undefined, seconds: number) => `${commands === undefined ? '' : `${commands} 条命令，`}${seconds} 秒\n`,
  },
} as const;
function gradeText({ repaired, missing, answers, commands, seconds }: Grade, locale: Locale): string {
  const words = WORDS[locale];
  const lines = answers.map(
    ({ question, said, right, answer }) =>
      `${question} ${said ?? ''}${said === undefined ? '' : ': '}${right ? words.right : `${said === undefined ? words.none : words.wrong}: ${answer}`}\n`,
  );
  return `${repaired ? words.repaired : `${words.not} ${missing.join(' ')}`}\n${lines.join('')}${words.effort(commands, seconds)}`;
}

interface Kept {
  readonly close: () => void;
  readonly terminal: (node: string) => Parameters<typeof runInteractive>[2];
}
/** The attempt on a tape: how far it came, and what the terminal showed. */
function keepTape(path: string, lab: Lab, file: LessonFile): Kept {
  const { keep, close } = openNewTape(path);
  const startUs = lab.simulation.nowUs;
  const seconds = (nowUs: number): number => (nowUs - startUs) / 1e6;
  const writer = new TapeWriter({ podwalk: 1, title: file.texts.en.title, lab: lab.id, startedMs: Date.now() });
  const decoder = new TextDecoder();
  const terminal = 't1';
  keep(writer.begin());
  keep(writer.topologyLine(0, lab.topology()));
  const stop = lab.onEvent((event) => {
    if (event.kind === 'progress') keep(writer.line(seconds(event.atUs), 'p', event.progress));
  });
  return {
    close: () => {
      stop();
      close();
    },
    terminal: (node) => ({
      opened: (size, nowUs) => keep(writer.line(seconds(nowUs), 'open', { terminal, title: node, node, ...size })),
      shown: (data, nowUs) => keep(writer.line(seconds(nowUs), 'o', [terminal, decoder.decode(data, { stream: true })])),
      resized: ({ columns, rows }, nowUs) => keep(writer.line(seconds(nowUs), 'r', [terminal, columns, rows])),
      ended: (status, nowUs) => keep(writer.line(seconds(nowUs), 'x', [terminal, status])),
    }),
  };
}
