/** jobs, fg, bg, wait, kill, disown, suspend. */
import { strerror, type Bytes } from '../../../base/index.ts';
import { exitStatusOf, parseSignal, signalNumber, signalOfNumber, type SignalName } from '../../process/signals.ts';
import { NEXT_TURN, type Sys } from '../../process/wait.ts';
import { afterForeground } from '../execute/start.ts';
import { giveTerminal, readTermios, reportDeadJobs, reportJobs, waitForeground, writeTermios } from '../execute/wait.ts';
import { describeJob, type Job } from '../jobs.ts';
import type { Builtin, Shell } from '../shell.ts';
import { signalTable } from './control.ts';
import { isName, readOptions, usage } from './usage.ts';

/** The job that a word means; says so when there is none. */
function find(shell: Shell, spec: Bytes): Job | undefined {
  shell.jobs.refresh();
  const job = /^\d+$/.test(spec) ? shell.jobs.ofPid(Number(spec)) : shell.jobs.find(spec);
  if (job === 'ambiguous') shell.fail(`${spec.replace(/^%/, '')}: ambiguous job spec`);
  if (typeof job !== 'object') shell.fail(`${spec}: no such job`);
  return typeof job === 'object' ? job : undefined;
}

const jobs: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'lpnrsx');
  if (typeof parsed === 'number') return parsed;
  shell.jobs.refresh();
  if (parsed.has('x')) {
    if (parsed.rest.length === 0) return 0;
    const words = parsed.rest.map((word) => (word.startsWith('%') ? String((shell.jobs.find(word) as Job | undefined)?.members[0]?.pid ?? word) : word));
    return shell.runner.invoke(shell, words, { functions: true });
  }
  let status = 0;
  const wanted = parsed.rest.map((spec) => find(shell, spec));
  if (wanted.includes(undefined)) status = 1;
  const list = parsed.rest.length > 0 ? wanted.filter((job) => job !== undefined) : shell.jobs.shown.filter((job) => !job.isForeground);
  const marks = new Map(list.map((job) => [job, shell.jobs.mark(job)]));
  for (const job of list) {
    if ((parsed.has('r') && job.state !== 'running') || (parsed.has('s') && job.state !== 'stopped') || (parsed.has('n') && job.isNotified)) continue;
    if (parsed.has('p')) shell.put(`${job.members[0]?.pid ?? 0}\n`);
    else shell.put(describeJob(job, marks.get(job) ?? ' ', parsed.has('l') ? 'long' : 'plain'));
    job.isNotified = true;
    if (job.state === 'done') shell.jobs.remove(job);
  }
  return status;
};

const fg: Builtin = (shell, args) => {
  if (!shell.options.monitor) return shell.fail('no job control');
  const parsed = readOptions(shell, args, '');
  if (typeof parsed === 'number') return parsed;
  shell.jobs.refresh();
  const job = parsed.rest[0] === undefined ? shell.jobs.current : find(shell, parsed.rest[0]);
  if (!job) return parsed.rest[0] === undefined ? shell.fail('current: no such job') : 1;
  return toForeground(shell, job);
};
function* toForeground(shell: Shell, job: Job): Sys<number> {
  yield* shell.process.write(1, `${job.command}\n`);
  const own = readTermios(shell);
  job.isForeground = true;
  giveTerminal(shell, job.group);
  writeTermios(shell, job.termios);
  resume(job);
  const status = yield* waitForeground(shell, job);
  if (job.state === 'stopped') job.termios = readTermios(shell);
  giveTerminal(shell, shell.process.group);
  writeTermios(shell, own);
  yield* afterForeground(shell, job);
  return status;
}
function resume(job: Job): void {
  for (const member of job.members) if (member.status?.kind === 'stopped') member.status = undefined;
  if (job.group) job.group.raise('CONT');
  else for (const member of job.members) member.process.raise('CONT');
}

const bg: Builtin = (shell, args) => {
  if (!shell.options.monitor) return shell.fail('no job control');
  const parsed = readOptions(shell, args, '');
  if (typeof parsed === 'number') return parsed;
  shell.jobs.refresh();
  let status = 0;
  for (const spec of parsed.rest.length > 0 ? parsed.rest : [undefined]) {
    const job = spec === undefined ? shell.jobs.current : find(shell, spec);
    if (!job) {
      status = spec === undefined ? shell.fail('current: no such job') : 1;
      continue;
    }
    if (job.state === 'running') {
      shell.fail(`job ${job.id} already in background`);
      continue;
    }
    shell.put(`[${job.id}]${shell.jobs.mark(job)} ${job.command} &\n`);
    resume(job);
    shell.jobs.touch(job);
  }
  return status;
};

const wait: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'fnp:');
  if (typeof parsed === 'number') return parsed;
  const variable = parsed.value('p');
  if (variable !== undefined && !isName(variable)) return shell.fail(`\`${variable}': not a valid identifier`);
  if (variable !== undefined) shell.variables.unset(variable);
  if (parsed.has('n')) return told(shell, waitNext(shell, parsed.rest, variable));
  return told(shell, parsed.rest.length === 0 ? waitAll(shell) : waitFor(shell, parsed.rest, variable));
};

/** Until `condition`, or a trapped signal or SIGINT: then 128 and its number. */
function* until(shell: Shell, condition: () => boolean): Sys<number | undefined> {
  const { process } = shell;
  for (;;) {
    shell.jobs.refresh();
    if (condition()) return undefined;
    const [pending] = shell.traps.pending;
    if (pending) return 128 + signalNumber(pending);
    if (shell.isInterrupted) return 130;
    yield* process.block(process.childChanged);
  }
}

/** A conversation is told at once what became of the jobs that were waited for. */
function* told(shell: Shell, waiting: Sys<number>): Sys<number> {
  const status = yield* waiting;
  if (shell.isInteractive) reportJobs(shell);
  return status;
}

function* waitAll(shell: Shell): Sys<number> {
  const early = yield* until(shell, () => shell.jobs.list.every((job) => job.state !== 'running' || job.isForeground));
  if (early !== undefined) return early;
  if (shell.isInteractive) return 0;
  reportDeadJobs(shell);
  for (const job of [...shell.jobs.list]) if (job.state === 'done' && !job.isForeground) shell.jobs.remove(job);
  return 0;
}

function* waitFor(shell: Shell, specs: readonly Bytes[], variable: Bytes | undefined): Sys<number> {
  let status = 0;
  for (const spec of specs) {
    shell.jobs.refresh();
    if (spec.startsWith('%')) {
      const job = shell.jobs.find(spec);
      if (typeof job !== 'object') {
        shell.fail(`${spec}: no such job`);
        status = 127;
        continue;
      }
      const early = yield* until(shell, () => job.state === 'done' || (job.state === 'stopped' && shell.options.monitor));
      if (early !== undefined) return early;
      status = conclude(shell, job, job.exitStatus);
      if (variable !== undefined) shell.assign(variable, String(job.members.at(-1)?.pid ?? 0));
      continue;
    }
    if (!/^\d+$/.test(spec)) {
      shell.fail(`\`${spec}': not a pid or valid job spec`);
      status = 1;
      continue;
    }
    const pid = Number(spec);
    const job = shell.jobs.ofPid(pid);
    const member = job?.members.find((each) => each.pid === pid) ?? shell.jobs.substitutionOf(pid);
    if (!member) {
      const known = shell.jobs.recall(pid);
      if (known === undefined) {
        shell.fail(`pid ${pid} is not a child of this shell`);
        status = 127;
      } else status = known;
      continue;
    }
    const early = yield* until(shell, () => member.status !== undefined && (member.status.kind === 'exited' || member.status.kind === 'killed'));
    if (early !== undefined) return early;
    status = member.status ? exitStatusOf(member.status) : 0;
    if (variable !== undefined) shell.assign(variable, String(pid));
    if (job?.state === 'done') conclude(shell, job, status);
  }
  return status;
}
/** A job that was waited for is forgotten; scripts say first which signal killed it. */
function conclude(shell: Shell, job: Job, status: number): number {
  if (!shell.isInteractive) {
    reportDeadJobs(shell);
    shell.jobs.remove(job);
  }
  return status;
}

function* waitNext(shell: Shell, specs: readonly Bytes[], variable: Bytes | undefined): Sys<number> {
  const candidates = (): Job[] =>
    specs.length === 0
      ? shell.jobs.list.filter((job) => !job.isForeground)
      : specs.flatMap((spec) => {
          const job = /^\d+$/.test(spec) ? shell.jobs.ofPid(Number(spec)) : shell.jobs.find(spec);
          return typeof job === 'object' ? [job] : [];
        });
  for (const spec of specs) find(shell, spec);
  shell.jobs.refresh();
  if (candidates().length === 0) return 127;
  let done: Job | undefined;
  const early = yield* until(shell, () => (done = candidates().find((job) => job.state === 'done')) !== undefined);
  if (early !== undefined || !done) return early ?? 127;
  if (variable !== undefined) shell.assign(variable, String(done.members.at(-1)?.pid ?? 0));
  const status = done.exitStatus;
  shell.jobs.remove(done);
  return status;
}

const kill: Builtin = (shell, args) => {
  const [, first, ...more] = args;
  if (first === undefined) return usage(shell);
  if (first === '-l' || first === '-L') return listSignals(shell, more);
  /** 'none' only asks. */
  let signal: SignalName | 'none' = 'TERM';
  let targets = args.slice(1);
  const choose = (name: Bytes): boolean => {
    const chosen = name === '0' || name === 'EXIT' ? 'none' : parseSignal(name);
    if (chosen) {
      signal = chosen;
      return true;
    }
    shell.fail(`${name}: invalid signal specification`);
    return false;
  };
  if (first === '-s' || first === '-n') {
    const [name, ...rest] = more;
    if (name === undefined) return shell.fail(`${first}: option requires an argument`);
    if (!choose(name)) return 1;
    targets = rest;
  } else if (first === '--') targets = more;
  else if (/^-./.test(first)) {
    if (first === '-?' || first === '--help') return usage(shell);
    // `-n9` and `-sTERM` have their argument attached; `-nosuch` is a signal's name.
    if (!choose(first.slice(/^-n\d/.test(first) || (first.startsWith('-s') && !parseSignal(first.slice(1))) ? 2 : 1))) return 1;
    targets = more;
  }
  if (targets[0] === '--') targets = targets.slice(1);
  if (targets.length === 0) return usage(shell);
  return killAll(shell, targets, signal);
};

function* killAll(shell: Shell, targets: readonly Bytes[], chosen: SignalName | 'none'): Sys<number> {
  const signal = chosen === 'none' ? undefined : chosen;
  let failures = 0;
  for (const target of targets) {
    if (target.startsWith('%')) {
      const job = find(shell, target);
      if (!job) failures++;
      else killJob(shell, job, signal);
      continue;
    }
    if (!/^-?\d+$/.test(target)) {
      shell.fail(`${target}: arguments must be process or job IDs`);
      failures++;
      continue;
    }
    const sent = shell.process.kill(Number(target), signal);
    if (sent.ok) continue;
    shell.fail(`(${target}) - ${strerror(sent.error)}`);
    failures++;
  }
  // A signal to oneself acts before kill returns.
  yield NEXT_TURN;
  return failures === targets.length ? 1 : 0;
}
function killJob(shell: Shell, job: Job, signal: SignalName | undefined): void {
  if (!signal) return;
  if (job.group && shell.options.monitor) job.group.raise(signal);
  else for (const member of job.members) if (!member.process.ending) member.process.raise(signal);
  // A stopped job would not hear it.
  if (job.state === 'stopped' && (signal === 'TERM' || signal === 'HUP')) resume(job);
}

function listSignals(shell: Shell, specs: readonly Bytes[]): number {
  if (specs.length === 0) {
    shell.put(signalTable());
    return 0;
  }
  let status = 0;
  for (const spec of specs) {
    if (/^\d+$/.test(spec)) {
      const number = Number(spec) > 128 ? Number(spec) - 128 : Number(spec);
      const name = number === 0 ? 'EXIT' : (signalOfNumber(number) ?? realtime(number));
      if (name === undefined) status = shell.fail(`${spec}: invalid signal specification`);
      else shell.put(`${name}\n`);
      continue;
    }
    const name = parseSignal(spec);
    if (name) shell.put(`${signalNumber(name)}\n`);
    else status = shell.fail(`${spec}: invalid signal specification`);
  }
  return status;
}
const realtime = (number: number): Bytes | undefined =>
  number < 34 || number > 64 ? undefined : number === 34 ? 'RTMIN' : number <= 49 ? `RTMIN+${number - 34}` : number === 64 ? 'RTMAX' : `RTMAX-${64 - number}`;

const disown: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'ahr');
  if (typeof parsed === 'number') return parsed;
  shell.jobs.refresh();
  const all = parsed.has('a') || (parsed.rest.length === 0 && parsed.has('r'));
  const current = shell.jobs.current;
  const list = all ? [...shell.jobs.list] : parsed.rest.length > 0 ? parsed.rest.map((spec) => find(shell, spec)) : [current];
  if (!all && parsed.rest.length === 0 && !current) return shell.fail('current: no such job');
  let status = 0;
  for (const job of list) {
    if (!job) status = 1;
    else if (parsed.has('h')) job.noHangup = true;
    else if (!parsed.has('r') || job.state === 'running') shell.jobs.remove(job);
  }
  return status;
};

const suspend: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'f');
  if (typeof parsed === 'number') return parsed;
  if (!shell.options.monitor && !parsed.has('f')) return shell.fail('cannot suspend: no job control');
  if (shell.options.has('login_shell') && !parsed.has('f')) return shell.fail('cannot suspend a login shell');
  shell.process.raise('STOP');
  return (function* (): Sys<number> {
    yield NEXT_TURN;
    return 0;
  })();
};

export const JOB_CONTROL: readonly (readonly [string, Builtin])[] = [
  ['jobs', jobs],
  ['fg', fg],
  ['bg', bg],
  ['wait', wait],
  ['kill', kill],
  ['disown', disown],
  ['suspend', suspend],
];
