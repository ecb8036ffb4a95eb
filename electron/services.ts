/** The contract, served: each procedure handed to the one that does it. No logic here. */
import { type AppInfo, type Contract, type Services } from '../shared/ipc/index.ts';
import type { Diagnoses } from './labs/diagnoses.ts';
import type { Labs } from './labs/labs.ts';
import type { Machines } from './labs/vagrant/machines.ts';
import type { SavedLabs } from './labs/saved.ts';
import type { Questions } from './questions.ts';
import type { Lessons } from './lessons/lessons.ts';
import type { Tapes } from './recording/tapes.ts';
import type { SettingsStore } from './settings.ts';
import { localTerminal } from './terminals/pty.ts';
import type { Terminals } from './terminals/terminals.ts';

export interface Parts {
  readonly version: string;
  readonly host: AppInfo['host'];
  readonly settings: SettingsStore;
  readonly labs: Labs;
  readonly diagnoses: Diagnoses;
  readonly machines: Machines;
  readonly saved: SavedLabs;
  readonly terminals: Terminals;
  readonly lessons: Lessons;
  readonly tapes: Tapes;
  readonly questions: Questions;
}

export function createServices({ version, host, settings, labs, diagnoses, machines, saved, terminals, lessons, tapes, questions }: Parts): Services<Contract> {
  const running = (lab: string) => labs.get(lab).running;
  return {
    'app.info': async () => ({ version, host, platform: process.platform, localTerminal: await localTerminal() }),
    'settings.get': () => settings.get(),
    'settings.set': (change) => settings.set(change),

    'labs.list': ({ locale }) => labs.list(locale),
    'labs.start': async ({ lab, provider }) => (await labs.start(lab, provider)).present(),
    'labs.stop': async ({ lab }) => nothing(await labs.stop(lab)),
    'labs.restart': async ({ lab, provider }) => (await labs.restart(lab, provider)).present(),
    'labs.pause': ({ lab, isPaused }) => nothing(labs.get(lab).setPaused(isPaused)),
    'labs.save': async ({ lab, title }) => saved.keep(lab, await running(lab).save(title)),
    'labs.fork': async ({ lab, title }) => saved.hold(lab, await running(lab).save(title)),
    'labs.remove': async ({ lab }) => {
      saved.check(lab);
      await labs.stop(lab);
      return nothing(await saved.remove(lab));
    },
    'labs.watch': ({ lab }) => labs.get(lab).watch(),

    'machines.list': () => machines.list(),
    'machines.open': ({ path }) => machines.open(path),
    'machines.close': async ({ project }) => nothing(await machines.close(project)),
    'machines.watch': ({ project, locale }) => machines.watch(project, locale),
    'machines.refresh': async ({ project }) => nothing(await machines.refresh(project)),
    'machines.perform': async ({ project, action }) => nothing(await machines.begin(project, action)),
    'machines.cancel': async ({ project }) => nothing(await machines.cancel(project)),
    'machines.askDestroy': ({ project, machines: wanted }) => machines.askDestroy(project, wanted),

    'terminals.open': async (input) => {
      const info = await terminals.open(input);
      lessons.note({ kind: 'terminal-opened', node: info.node }, input.lab);
      return info;
    },
    'terminals.openLocal': (size) => terminals.openLocal(size),
    'terminals.list': ({ lab }) => terminals.list(lab),
    'terminals.output': ({ terminal }) => terminals.get(terminal).watch(),
    'terminals.input': ({ terminal, data }) => nothing(terminals.type(terminal, data)),
    'terminals.resize': ({ terminal, columns, rows }) => nothing(terminals.get(terminal).resize({ columns, rows })),
    'terminals.close': ({ terminal }) => nothing(terminals.close(terminal)),

    'questions.watch': () => questions.watch(),
    'questions.answer': ({ question, answer }) => nothing(questions.answer(question, answer)),

    'trace.run': ({ lab, from, to, protocol }) => running(lab).trace(from, to, protocol),

    'diagnose.run': ({ lab, locale }) => diagnoses.run(running(lab), locale),
    'diagnose.latest': ({ lab, locale }) => diagnoses.latest(lab, locale),
    'diagnose.fix': ({ lab, finding, locale }) => diagnoses.fix(running(lab), finding, locale),

    'experiments.list': ({ lab, locale }) => running(lab).experiments(locale),
    'experiments.runs': ({ lab, locale }) => running(lab).experimentRuns(locale),
    'experiments.apply': ({ lab, experiment, locale }) => running(lab).applyExperiment(experiment, locale),
    'experiments.undo': ({ lab, run, locale }) => running(lab).undoExperiment(run, locale),
    'experiments.keep': ({ lab, run, locale }) => running(lab).keepExperiment(run, locale),

    'exercises.next': () => lessons.nextExercise(),
    'lessons.list': ({ locale }) => lessons.list(locale),
    'lessons.start': ({ lesson, at }) => lessons.start(lesson, at),
    'lessons.text': ({ attempt, locale }) => lessons.text(attempt, locale),
    'lessons.watch': ({ attempt, locale }) => lessons.watch(attempt, locale),
    'lessons.confirm': ({ attempt, step, locale, ...reply }) => lessons.confirm(attempt, step, reply, locale),
    'lessons.showMe': ({ attempt, step }) => lessons.showMe(attempt, step),

    'tapes.list': () => tapes.list(),
    'tapes.read': ({ tape }) => {
      lessons.note({ kind: 'tape-opened' });
      return tapes.read(tape);
    },
    'tapes.rename': ({ tape, title }) => tapes.rename(tape, title),
    'tapes.remove': async ({ tape }) => nothing(await tapes.remove(tape)),
    'tapes.import': ({ name, base64 }) => tapes.import(name, Buffer.from(base64, 'base64')),
  };
}

const nothing = (_done: void): null => null;
