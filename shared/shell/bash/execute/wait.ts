/** Waiting for what was started in the foreground, and what is said when a signal ended it. */
import { exitStatusOf, signalNumber, signalWords, type SignalName } from '../../process/signals.ts';
import { NEXT_TURN, type Sys } from '../../process/wait.ts';
import { describeJob, type Job, type Member } from '../jobs.ts';
import type { Shell } from '../shell.ts';
import type { TerminalRequest, Termios } from '../../terminal/termios.ts';

/** Until all its processes are over, or one was stopped under job control; `$?` of it. */
export function* waitForeground(shell: Shell, job: Job): Sys<number> {
  const { process } = shell;
  const wasWaiting = shell.isWaiting;
  shell.isWaiting = true;
  for (;;) {
    shell.jobs.refresh();
    const { state } = job;
    if (state === 'done' || (state === 'stopped' && shell.options.monitor)) break;
    yield* process.block(process.childChanged);
    if (shell.dying) yield* shell.runner.handleSignals(shell);
  }
  shell.isWaiting = wasWaiting;
  if (job.state === 'stopped') {
    job.isForeground = false;
    job.isNotified = false;
    shell.jobs.touch(job);
  } else {
    report(shell, job);
    shell.jobs.remove(job);
    // A child that died of SIGINT passes it on; one that lived on has taken care of it.
    const diedOfInterrupt = job.members.some(({ status }) => status?.kind === 'killed' && status.signal === 'INT');
    if (!diedOfInterrupt) shell.isInterrupted = false;
    else if (shell.options.monitor) {
      // it was in a group of its own: the shell heard nothing, and ends its loop or list as if it had
      if (!shell.isInteractive || shell.loops > 0 || (shell.traps.get('INT') === undefined && shell.lists > 0)) shell.isInterrupted = true;
      if (shell.isInteractive) shell.say('\n');
      shell.hasBrokenLine = shell.isInterrupted;
    }
  }
  if (shell.options.has('checkwinsize')) updateWindowSize(shell);
  return statusOf(shell, job.members);
}

/** Of the last process, or under pipefail of the last that failed. */
export function statusOf(shell: Shell, members: readonly Member[]): number {
  const codes = members.map(({ status }) => (status ? exitStatusOf(status) : 0));
  const last = codes.at(-1) ?? 0;
  return shell.options.pipefail ? (codes.findLast((code) => code !== 0) ?? 0) : last;
}

/** Scripts say which of their commands a signal killed; SIGINT and SIGPIPE are nothing to talk about. */
function report(shell: Shell, job: Job): void {
  const { status } = job;
  if (status?.kind !== 'killed' || status.signal === 'INT' || status.signal === 'PIPE' || shell.isSubstitution) return;
  if (shell.isInteractive || status.signal === 'TERM') {
    shell.say(`${signalWords(status.signal)}\n`);
    return;
  }
  shell.complain(`${String(job.members[0]?.pid ?? 0).padStart(5)} ${signalWords(status.signal).padEnd(23)} ${job.command}`);
}

/** What scripts say of background jobs that signals killed, once they notice. */
export function reportDeadJobs(shell: Shell): void {
  shell.jobs.refresh();
  for (const job of [...shell.jobs.list]) {
    if (job.state !== 'done' || job.isForeground) continue;
    const { status } = job;
    const isSilent =
      status?.kind !== 'killed' || ['INT', 'TERM', 'PIPE'].includes(status.signal) || shell.isSubstitution || shell.traps.get(status.signal) !== undefined;
    if (status?.kind === 'killed' && isSilent && shell.options.monitor && !shell.isInteractive && !job.isNotified) {
      shell.say(describeJob(job, shell.jobs.mark(job), 'plain'));
      shell.jobs.remove(job);
      continue;
    }
    if (!isSilent && !job.isNotified) shell.complain(`${String(job.members[0]?.pid ?? 0).padStart(5)} ${signalWords(status.signal).padEnd(23)} ${job.command}`);
    job.isNotified = true;
    if (!shell.isInteractive && status?.kind === 'killed') shell.jobs.remove(job);
  }
}

/** What an interactive shell tells of jobs that ended or stopped since. */
export function reportJobs(shell: Shell): void {
  const { jobs } = shell;
  jobs.refresh();
  const news = jobs.list.filter((job) => !job.isNotified && !job.isForeground && job.state !== 'running');
  for (const [job, mark] of news.map((job) => [job, jobs.mark(job)] as const)) {
    job.isNotified = true;
    shell.say(`[${job.id}]${mark}  ${job.words.padEnd(23)} ${job.command}\n`);
    if (job.state === 'done') jobs.remove(job);
  }
}

/** LINES and COLUMNS, where there is a terminal (shopt checkwinsize). */
export function updateWindowSize(shell: Shell): void {
  const answer = shell.process.fds.get(2)?.control({ kind: 'tty.get-size' }, shell.process);
  if (!answer?.ok) return;
  const { columns, rows } = answer.value as { readonly columns: number; readonly rows: number };
  if (rows > 0 && shell.getVariable('LINES') !== String(rows)) shell.variables.put('LINES', String(rows));
  if (columns > 0 && shell.getVariable('COLUMNS') !== String(columns)) shell.variables.put('COLUMNS', String(columns));
}

/** Ends the shell's own process by a signal, as it would have ended without a handler. */
export function* dieOf(shell: Shell, signal: SignalName): Sys<number> {
  const { process } = shell;
  process.on(signal, 'default');
  process.raise(signal);
  yield NEXT_TURN;
  return 128 + signalNumber(signal);
}

// --- the terminal under job control ---

/** The descriptor of the terminal: an interactive shell keeps it on 255, ours uses its standard error or input. */
const terminalOf = (shell: Shell) =>
  [2, 0, 1].map((fd) => shell.process.fds.get(fd)).find((file) => file?.control({ kind: 'tty.get-foreground' }, shell.process).ok);

const control = (shell: Shell, request: TerminalRequest) => terminalOf(shell)?.control(request, shell.process);

export function giveTerminal(shell: Shell, group: Job['group']): void {
  if (group) control(shell, { kind: 'tty.set-foreground', group });
}
export function readTermios(shell: Shell): Termios | undefined {
  const answer = control(shell, { kind: 'tty.get-attributes' });
  return answer?.ok ? (answer.value as Termios) : undefined;
}
export function writeTermios(shell: Shell, termios: Termios | undefined): void {
  if (termios) control(shell, { kind: 'tty.set-attributes', termios });
}
