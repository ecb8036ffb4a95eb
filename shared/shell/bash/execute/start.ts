/** Starting processes of a shell: children that go on as subshells, and programs. */
import { strerror, type Bytes, type Errno } from '../../../base/index.ts';
import { programOf, searchPath } from '../../process/image.ts';
import { Departure, type Program } from '../../process/host.ts';
import type { Process } from '../../process/process.ts';
import type { ProcessGroup } from '../../process/session.ts';
import { NEXT_TURN, type Sys } from '../../process/wait.ts';
import { ansiQuote, needsAnsi } from '../expand/quote.ts';
import { describeJob, type Job, type Member } from '../jobs.ts';
import type { Shell, ShellFunction } from '../shell.ts';
import { printFunction } from '../syntax/print.ts';
import { perform, type Action } from './redirect.ts';
import { installSignals } from './signals.ts';
import { giveTerminal, waitForeground } from './wait.ts';

export interface StartOptions {
  /** Under job control: its process group; `new` leads one. */
  readonly group?: 'new' | ProcessGroup;
  readonly isBackground?: boolean;
  /** Runs in the child's process table before it first runs: its descriptors. */
  readonly prepare?: (child: Process) => void;
}

/** Signals that an interactive shell ignores and its children do not. */
const SHELL_SIGNALS = ['INT', 'QUIT', 'TERM', 'TSTP', 'TTIN', 'TTOU', 'WINCH', 'CHLD', 'HUP'] as const;

/** What a child of a shell hears of signals: what the shell ignored on the user's behalf stays ignored, handlers are gone. */
export function resetSignals(shell: Shell, child: Process, isBackground: boolean): void {
  for (const signal of [...child.dispositions.keys()]) child.on(signal, 'default');
  for (const signal of SHELL_SIGNALS) if (shell.traps.get(signal) === '' || shell.traps.ignoredAtStart.has(signal)) child.on(signal, 'ignore');
  for (const { name, command } of shell.traps.list()) {
    if (command === '' && name !== 'EXIT' && name !== 'ERR' && name !== 'DEBUG' && name !== 'RETURN') child.on(name, 'ignore');
  }
  if (isBackground && !shell.options.monitor) {
    child.on('INT', 'ignore');
    child.on('QUIT', 'ignore');
  }
}

/** Forks; the failure's words have been said when it answers undefined. */
export function startProcess(shell: Shell, body: Program, options: StartOptions = {}): Member | undefined {
  shell.jobs.refresh();
  const child = shell.process.fork(body, {
    ...(options.group && shell.options.monitor && { group: options.group }),
    prepare: (process) => {
      resetSignals(shell, process, options.isBackground ?? false);
      options.prepare?.(process);
    },
  });
  if (!child.ok) {
    shell.complain(`fork: ${strerror(child.error)}`);
    return undefined;
  }
  return { process: child.value, pid: shell.process.namespaces.pid.pidOf(child.value) ?? child.value.pid, status: undefined };
}

/** Forks a subshell: a copy of the state as it is now, that runs `body` in its own process. */
export function startSubshell(shell: Shell, body: (sub: Shell) => Sys<number>, options: StartOptions = {}): Member | undefined {
  const sub = shell.copy();
  sub.isInteractive = false;
  sub.options.invocation = sub.options.invocation.replace('i', '');
  return startProcess(
    shell,
    function* (process) {
      sub.process = process;
      return yield* subshellMain(sub, body);
    },
    options,
  );
}

/** The life of a subshell: its commands, its EXIT trap. */
function* subshellMain(sub: Shell, body: (sub: Shell) => Sys<number>): Sys<number> {
  if (sub.options.errtrace) sub.traps.keep('ERR');
  if (sub.options.functrace) {
    sub.traps.keep('DEBUG');
    sub.traps.keep('RETURN');
  }
  sub.options.set('monitor', false);
  if (sub.process.disposition('INT') === 'default') installSignals(sub);
  let status = yield* body(sub);
  // What returned from more than the subshell holds ends it.
  sub.leaving = undefined;
  status = yield* sub.runner.finish(sub, status);
  yield* sub.settle();
  return status;
}

/** Where a command is; remembers it as `hash` does. */
export function findCommand(shell: Shell, name: Bytes, path?: Bytes): Bytes | undefined {
  if (name.includes('/')) return name;
  const known = path === undefined ? shell.hashed.get(name) : undefined;
  if (known) {
    known.hits++;
    return known.path;
  }
  const found = searchPath(shell.process, name, path ?? shell.getVariable('PATH') ?? '');
  if (!found.ok) {
    // A file that may not be executed is found too, so that its error can be told.
    return found.error === 'EACCES' ? firstFile(shell, name, path ?? shell.getVariable('PATH') ?? '') : undefined;
  }
  if (path === undefined && shell.options.isSet('hashall')) shell.hashed.set(name, { path: found.value, hits: 1 });
  return found.value;
}
function firstFile(shell: Shell, name: Bytes, path: Bytes): Bytes | undefined {
  return path
    .split(':')
    .map((dir) => `${dir === '' ? '.' : dir}/${name}`)
    .find((candidate) => {
      const inode = shell.process.fs.stat(candidate);
      return inode.ok && inode.value.kind === 'file';
    });
}

export interface Command {
  readonly words: readonly Bytes[];
  readonly actions: readonly Action[];
  /** Of the assignments before the command. */
  readonly environment: ReadonlyMap<Bytes, Bytes>;
  /** `command -p`. */
  readonly path?: Bytes | undefined;
  /** `exec -c`: an empty environment. */
  readonly isClean?: boolean;
  /** `exec -a`. */
  readonly zero?: Bytes | undefined;
}

/** The child's side: redirects, then becomes the program. Returns the status when it could not. */
export function* becomeProgram(shell: Shell, process: Process, command: Command): Sys<number> {
  const [name = ''] = command.words;
  const redirected = yield* perform(shell, process, command.actions);
  if (!redirected) return shell.dialect === 'dash' ? 2 : 1;
  redirected.keep();
  const path = findCommand(shell, name, command.path ?? command.environment.get('PATH'));
  if (path === undefined) {
    const handler = shell.functions.get('command_not_found_handle');
    if (handler) {
      shell.process = process;
      return yield* shell.runner.callFunction(shell, handler, command.words);
    }
    shell.complain(`${needsAnsi(name, shell.isUtf8) ? ansiQuote(name, shell.isUtf8) : name}: command not found`, process);
    yield* shell.settle();
    return 127;
  }
  const env = command.isClean ? new Map<Bytes, Bytes>() : shell.variables.environment();
  if (!command.isClean) for (const [key, value] of command.environment) env.set(key, value);
  for (const definition of shell.functions.values()) if (definition.isExported) env.set(`BASH_FUNC_${definition.name}%%`, printFunctionBody(definition));
  if (!command.isClean) env.set('_', path);
  const errno = process.exec(command.zero === undefined ? command.words : [command.zero, ...command.words.slice(1)], { path, env });
  const status = yield* execFailed(shell, process, path, command, env, errno);
  yield* shell.settle();
  return status;
}

/** As an exported function stands in the environment: `() { … }`. */
const printFunctionBody = (definition: ShellFunction): Bytes => printFunction('', definition.body).replace(/^ ?\(\) \n/, '() ');

function* execFailed(shell: Shell, process: Process, path: Bytes, command: Command, env: Map<Bytes, Bytes>, errno: Errno): Sys<number> {
  const inode = process.fs.stat(path);
  if (shell.dialect !== 'bash' && errno !== 'ENOEXEC') {
    const isMissing = errno === 'ENOENT';
    shell.complain(`${path}: ${isMissing ? 'not found' : strerror(inode.ok && inode.value.kind === 'dir' ? 'EACCES' : errno)}`, process);
    yield* shell.settle();
    return isMissing ? 127 : 126;
  }
  if (inode.ok && inode.value.kind === 'dir') {
    shell.complain(`${path}: Is a directory`, process);
    return 126;
  }
  const head = process.fs.readFile(path);
  if (errno === 'ENOEXEC' && head.ok && programOf(head.value) === undefined) {
    if (/[\0]/.test(head.value.slice(0, 80).split('\n', 1)[0] ?? '')) {
      shell.complain(`${path}: cannot execute binary file: Exec format error`, process);
      return 126;
    }
    // A script without its interpreter's name is bash's own.
    process.env = env;
    throw new Departure({
      kind: 'exec',
      image: { program: shell.runner.program, argv: [shell.name, path, ...command.words.slice(1)], exe: process.exe, comm: process.comm },
    });
  }
  const interpreter = head.ok && head.value.startsWith('#!') ? (/^#![ \t]*(\S+)/.exec(head.value)?.[1] ?? '') : undefined;
  if (interpreter !== undefined && errno === 'ENOENT') {
    shell.complain(`${path}: cannot execute: required file not found`, process);
    return 127;
  }
  if (interpreter !== undefined && (errno === 'EACCES' || errno === 'ELOOP') && process.fs.access(path, 'execute').ok) {
    shell.complain(`${path}: ${interpreter}: bad interpreter: ${strerror(errno)}`, process);
    return 126;
  }
  shell.complain(`${path}: ${strerror(errno)}`, process);
  yield* shell.settle();
  return errno === 'ENOENT' ? 127 : 126;
}

/** Runs a program in the foreground, or in this process when nothing comes after it. */
export function* runProgram(shell: Shell, command: Command, text: () => Bytes): Sys<number> {
  if (shell.mayBecome && shell.traps.get('EXIT') === undefined && shell.traps.pending.length === 0) {
    shell.mayBecome = false;
    resetSignals(shell, shell.process, false);
    return yield* becomeProgram(shell, shell.process, command);
  }
  const member = startProcess(shell, (process) => becomeProgram(shell, process, command), { group: 'new' });
  if (!member) return 254;
  return yield* inForeground(shell, [member], text);
}

/** Waits for what was started, with the terminal in its hands meanwhile. */
export function* inForeground(shell: Shell, members: readonly Member[], text: () => Bytes): Sys<number> {
  const group = shell.options.monitor ? members[0]?.process.group : undefined;
  const job = shell.jobs.add(members, text, group, true);
  giveTerminal(shell, group);
  const status = yield* waitForeground(shell, job);
  if (group) {
    giveTerminal(shell, shell.process.group);
    yield* afterForeground(shell, job);
  }
  return status;
}

/** A stopped job is announced, and its terminal settings put aside. */
export function* afterForeground(shell: Shell, job: Job): Sys {
  if (job.state !== 'stopped') return;
  shell.say(`\n${describeJob(job, shell.jobs.mark(job), 'plain')}`);
  job.isNotified = true;
  yield NEXT_TURN;
}
