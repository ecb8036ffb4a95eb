/** `podwalk machines`: the virtual machines of a Vagrantfile, ours or any other, and what can be done with them. */
import { createInterface } from 'node:readline/promises';
import { checkWords, phaseWords, adviceWords } from '../labs/vagrant/words.ts';
import { isObstacle } from '../labs/vagrant/checks.ts';
import { judgeHost } from '../labs/vagrant/judge.ts';
import type { Action, Outcome, VagrantProject } from '../labs/vagrant/project.ts';
import { vagrantProjects } from '../labs/vagrant/projects.ts';
import { virtualBoxView } from '../labs/vagrant/virtualbox-view.ts';
import { findPlaces } from '../places.ts';
import { isTerminal } from './sh.ts';
import { untilSignalled } from './signals.ts';
import { formatTable, localeOption, printJson } from './table.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

const VERBS = ['status', 'check', 'up', 'suspend', 'resume', 'halt', 'provision', 'snapshots', 'snapshot', 'restore', 'delete-snapshot', 'destroy'] as const;
type Verb = (typeof VERBS)[number];
type Locale = 'en' | 'zh';

export async function machines({ options, operands }: Arguments): Promise<number> {
  const [name = '', verbText = 'status', ...rest] = operands;
  const verb = VERBS.find((one) => one === verbText);
  if (!verb) throw new UsageError(`there is no action ${JSON.stringify(verbText)}: ${VERBS.join(', ')}`);
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError('--locale is en or zh');
  const project = await vagrantProjects(findPlaces()).get(name);
  const isJson = options['json'] === true;
  switch (verb) {
    case 'status':
      return printStatus(project, rest, isJson);
    case 'check':
      return printChecks(project, locale, isJson);
    case 'snapshots':
      return printSnapshots(project, isJson);
    case 'destroy':
      return report(await perform(project, await confirmed(project, rest, options['confirm']), locale), locale, isJson);
    default:
      return report(await perform(project, actionOf(verb, rest), locale), locale, isJson);
  }
}

function actionOf(verb: Exclude<Verb, 'status' | 'check' | 'snapshots' | 'destroy'>, rest: readonly string[]): Action {
  if (verb !== 'snapshot' && verb !== 'restore' && verb !== 'delete-snapshot') return { kind: verb, machines: rest };
  const [name, ...named] = rest;
  if (name === undefined) throw new UsageError(`the name of a snapshot is missing: podwalk machines LAB ${verb} NAME`);
  return { kind: verb, name, machines: named };
}

/** The question names what would be lost; without a terminal the answer has to name it. */
async function confirmed(project: VagrantProject, wanted: readonly string[], answer: string | boolean | undefined): Promise<Action> {
  const { confirmation, machines: named } = await project.askDestroy(wanted);
  const names = named.join(', ');
  if (typeof answer === 'string') {
    const given = answer.split(',').map((one) => one.trim());
    if ([...given].sort().join() !== [...named].sort().join())
      throw new Failure(`--confirm names ${given.join(', ')}, and ${names} would be destroyed: nothing was done`);
  } else if (!isTerminal()) throw new Failure(`this would destroy ${names} and everything on them; confirm it with --confirm ${named.join(',')}`);
  else {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    const said = await lines.question(`Destroy ${names} and everything on them? Type yes: `);
    lines.close();
    if (said.trim() !== 'yes') throw new Failure('nothing was destroyed');
  }
  return { kind: 'destroy', confirmation };
}

/** Progress on standard error, a line for each phase of each machine; with Ctrl-C it is cancelled as Vagrant cancels. */
async function perform(project: VagrantProject, action: Action, locale: Locale): Promise<Outcome> {
  if (action.kind === 'up') {
    await project.status();
    const obstacles = (await judgeHost(project)).filter(isObstacle);
    if (obstacles.length > 0) throw new Failure(obstacles.map((check) => checkWords(check, locale)).join('\n'));
  }
  const shown = new Map<string, string>();
  const stopShowing = project.onChange(() => {
    for (const { machine, phase, step } of project.work?.progress.machines() ?? []) {
      const line = `${machine}: ${phaseWords(phase, locale)}${step === '' ? '' : `: ${step}`}`;
      if (shown.get(machine) !== line) process.stderr.write(`${line}\n`);
      shown.set(machine, line);
    }
  });
  const stopper = new AbortController();
  void untilSignalled().then(() => stopper.abort());
  try {
    return await project.perform(action, stopper.signal);
  } finally {
    stopShowing();
  }
}

function report(outcome: Outcome, locale: Locale, isJson: boolean): number {
  const { failure, machines: after } = outcome;
  if (isJson) printJson(outcome);
  else process.stdout.write(statusTable(after));
  if (!failure) return 0;
  const where = failure.machines.length === 0 ? '' : `${failure.machines.join(', ')}: `;
  const step = `${phaseWords(failure.phase, locale)}${failure.step === '' ? '' : `: ${failure.step}`}`;
  const said = failure.lastLines.length > 0 ? failure.lastLines : failure.message.split('\n');
  process.stderr.write(
    `\n${where}${step}\n${said
      .slice(-12)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  );
  throw new Failure(adviceWords(failure.trouble, locale));
}

async function printStatus(project: VagrantProject, rest: readonly string[], isJson: boolean): Promise<number> {
  if (rest.length > 0) throw new UsageError(`nothing is expected at ${JSON.stringify(rest[0])}`);
  const status = await project.status();
  if (isJson) {
    const views = await virtualBoxView(project);
    printJson(status.map((machine) => ({ ...machine, ...(views.has(machine.name) && { virtualBox: views.get(machine.name) }) })));
  } else process.stdout.write(statusTable(status));
  return 0;
}
const statusTable = (status: Outcome['machines']): string =>
  formatTable(
    ['MACHINE', 'STATE', 'PROVIDER'],
    status.map(({ name, words, provider }) => [name, words, provider]),
  );

async function printChecks(project: VagrantProject, locale: Locale, isJson: boolean): Promise<number> {
  const checks = await judgeHost(project);
  if (isJson) printJson(checks.map((check) => ({ ...check, text: checkWords(check, locale) })));
  else for (const check of checks) process.stdout.write(`${check.verdict === 'fine' ? '✓' : isObstacle(check) ? '✗' : '!'} ${checkWords(check, locale)}\n`);
  return checks.some(isObstacle) ? 1 : 0;
}

async function printSnapshots(project: VagrantProject, isJson: boolean): Promise<number> {
  await project.status();
  const snapshots = [...(await project.listSnapshots())].flatMap(([machine, names]) => names.map((name) => ({ machine, name })));
  if (isJson) printJson(snapshots);
  else
    process.stdout.write(
      formatTable(
        ['MACHINE', 'SNAPSHOT'],
        snapshots.map(({ machine, name }) => [machine, name]),
      ),
    );
  return 0;
}
