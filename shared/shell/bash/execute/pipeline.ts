/** Pipelines and background commands: processes side by side, joined by pipes that stream. */
import type { OpenFile } from '../../files/inode.ts';
import { makePipe } from '../../files/pipe.ts';
import type { ProcessGroup } from '../../process/session.ts';
import type { Sys } from '../../process/wait.ts';
import type { Member } from '../jobs.ts';
import type { Shell } from '../shell.ts';
import { printCommand } from '../syntax/print.ts';
import type { Command, Item, Pipeline } from '../syntax/tree.ts';
import { checkStatus } from './failing.ts';
import { afterForeground, findCommand, startSubshell } from './start.ts';
import { giveTerminal, waitForeground } from './wait.ts';
import { exitStatusOf } from '../../process/signals.ts';

/** Runs a command as all that a child process does. */
export function* runAlone(sub: Shell, command: Command): Sys<number> {
  sub.mayBecome = command.kind === 'simple';
  if (command.kind === 'subshell') {
    // Its parentheses ask for a process of its own, and it has one.
    const status = sub.runner.runInside(sub, command);
    return typeof status === 'number' ? status : yield* status;
  }
  // What fails as a whole is the error of whoever waits for it.
  const status = command.kind === 'simple' ? sub.runner.runCommand(sub, command) : sub.runner.runChecked(sub, command);
  return typeof status === 'number' ? status : yield* status;
}

export function* runPipeline(shell: Shell, pipeline: Pipeline): Sys<number> {
  if (pipeline.time !== 'no') return yield* timed(shell, pipeline);
  const [only] = pipeline.commands;
  if (pipeline.isNegated) shell.inversions++;
  try {
    if (!only) return pipeline.isNegated ? 1 : 0;
    let status: number;
    if (pipeline.commands.length === 1) {
      const maybe = shell.runner.runCommand(shell, only);
      status = typeof maybe === 'number' ? maybe : yield* maybe;
    } else status = yield* runPipes(shell, pipeline);
    return pipeline.isNegated && !shell.leaving ? (status === 0 ? 1 : 0) : status;
  } finally {
    if (pipeline.isNegated) shell.inversions--;
  }
}

interface Started {
  readonly members: Member[];
  /** Under `lastpipe`: what the last command reads. */
  readonly last: OpenFile | undefined;
}

/** Starts all commands, or all but the last one; undefined when the machine would not. */
function startPipes(shell: Shell, pipeline: Pipeline, keepsLast: boolean, isBackground: boolean, firstInput?: OpenFile): Started | undefined {
  const members: Member[] = [];
  let group: ProcessGroup | undefined;
  let input: OpenFile | undefined = firstInput;
  const count = pipeline.commands.length;
  for (const [i, command] of pipeline.commands.entries()) {
    const isLast = i === count - 1;
    if (isLast && keepsLast) break;
    const pipe = isLast ? undefined : makePipe(shell.process.os.takeInode());
    const source = input;
    const member = startSubshell(shell, (sub) => runAlone(sub, command), {
      group: group ?? 'new',
      isBackground,
      prepare: (child) => {
        if (source) child.fds.put(0, source);
        if (pipe) child.fds.put(1, pipe.writer);
        if (pipe && pipeline.withErrors[i]) child.fds.put(2, pipe.writer);
      },
    });
    input = pipe?.reader;
    if (!member) {
      if (pipe) {
        pipe.writer.released();
        pipe.reader.released();
      }
      return members.length > 0 ? { members, last: undefined } : undefined;
    }
    members.push(member);
    if (shell.options.monitor) group ??= member.process.group;
  }
  return { members, last: input };
}

function* runPipes(shell: Shell, pipeline: Pipeline): Sys<number> {
  const keepsLast = shell.options.has('lastpipe') && !shell.options.monitor;
  if (shell.traps.get('DEBUG') !== undefined)
    for (const command of pipeline.commands) {
      if (command.kind !== 'simple') continue;
      shell.line = command.line;
      if (shell.traps.running.size === 0) shell.current = command;
      yield* shell.runner.trap(shell, 'DEBUG');
    }
  if (shell.dialect === 'dash') findAhead(shell, pipeline);
  const started = startPipes(shell, pipeline, keepsLast, false);
  if (!started) return 254;
  const { members, last } = started;
  const group = shell.options.monitor ? members[0]?.process.group : undefined;
  const job = shell.jobs.add(members, () => printCommand({ ...pipeline, isNegated: false }), group, true);
  giveTerminal(shell, group);
  let own: number | undefined;
  if (keepsLast && last) own = yield* runLast(shell, pipeline, last);
  const conditions = shell.leaving;
  let status = yield* waitForeground(shell, job);
  shell.leaving = conditions;
  if (group) {
    giveTerminal(shell, shell.process.group);
    yield* afterForeground(shell, job);
  }
  const codes = members.map((member) => (member.status ? exitStatusOf(member.status) : 0));
  if (own !== undefined) {
    codes.push(own);
    status = shell.options.pipefail ? (codes.findLast((code) => code !== 0) ?? 0) : own;
  }
  shell.pipeStatus = codes;
  return status;
}

/** dash looks for the programs of a pipeline before it forks, and so knows them afterwards. */
function findAhead(shell: Shell, pipeline: Pipeline): void {
  for (const command of pipeline.commands) {
    const first = command.kind === 'simple' ? command.words[0] : undefined;
    const name = first && 'pieces' in first ? first.literal : undefined;
    if (name !== undefined && !shell.functions.has(name) && !shell.runner.builtins.has(name)) findCommand(shell, name);
  }
}

/** `shopt -s lastpipe`: the last command runs in the shell itself. */
function* runLast(shell: Shell, pipeline: Pipeline, input: OpenFile): Sys<number> {
  const { fds } = shell.process;
  const saved = fds.get(0);
  if (saved) saved.references++;
  fds.put(0, input);
  const command = pipeline.commands.at(-1);
  const maybe = command ? shell.runner.runCommand(shell, command) : 0;
  const status = typeof maybe === 'number' ? maybe : yield* maybe;
  if (saved) {
    fds.put(0, saved);
    saved.references--;
  } else fds.close(0);
  return status;
}

/** `command &`. */
export function runBackground(shell: Shell, item: Item): number {
  const { command } = item;
  const nothing = shell.options.monitor ? undefined : nullInput(shell);
  const members =
    command.kind === 'pipeline' && command.commands.length > 1 && !command.isNegated && command.time === 'no'
      ? startPipes(shell, command, false, true, nothing)?.members
      : [
          startSubshell(shell, (sub) => runAlone(sub, command), {
            group: 'new',
            isBackground: true,
            prepare: (child) => {
              if (nothing) child.fds.put(0, nothing);
            },
          }),
        ].filter((member) => member !== undefined);
  const last = members?.at(-1);
  if (!members || !last) return 254;
  const job = shell.jobs.add(members, () => printCommand(command), shell.options.monitor ? members[0]?.process.group : undefined, false);
  shell.jobs.touch(job);
  shell.lastBackground = last.pid;
  if (shell.isInteractive) shell.say(`[${job.id}] ${last.pid}\n`);
  return 0;
}
/** Without job control a background command does not read what the shell reads. */
function nullInput(shell: Shell): OpenFile | undefined {
  const file = shell.process.fs.open('/dev/null', { read: true });
  return file.ok ? file.value : undefined;
}

/** `time`: the format is TIMEFORMAT's, or that of POSIX. */
function* timed(shell: Shell, pipeline: Pipeline): Sys<number> {
  const { process } = shell;
  const startUs = process.nowUs;
  const startCpuUs = process.cpuUs;
  const status = yield* runPipeline(shell, { ...pipeline, time: 'no' });
  const checked = pipeline.isNegated ? status : checkStatus(shell, status, pipeline);
  if (typeof checked !== 'number') yield* checked;
  const real = process.nowUs - startUs;
  const user = Math.min(real, process.cpuUs - startCpuUs);
  const format = pipeline.time === 'posix' ? 'real %2R\nuser %2U\nsys %2S' : (shell.getVariable('TIMEFORMAT') ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS');
  if (format === '') return status;
  const text = format.replace(/%(%|P|([0-3]?)(l?)([RUS]))/g, (_whole, what: string, digits: string, long: string, letter: string) => {
    if (what === '%') return '%';
    if (what === 'P') return real === 0 ? '0.00' : ((user * 100) / real).toFixed(2);
    return formatTime(letter === 'R' ? real : letter === 'U' ? user : 0, digits === '' ? 3 : Number(digits), long !== '');
  });
  shell.say(`${text}\n`);
  return status;
}
function formatTime(us: number, digits: number, isLong: boolean): string {
  const seconds = us / 1e6;
  if (!isLong) return seconds.toFixed(digits);
  return `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(digits)}s`;
}
