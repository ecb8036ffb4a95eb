/** What directs the flow of commands: break, return, exit, eval, source, exec, trap. */
import { strerror, type Bytes, type Errno } from '../../../base/index.ts';
import { searchPath } from '../../process/image.ts';
import { SIGNAL_NAMES, signalNumber } from '../../process/signals.ts';
import type { Sys } from '../../process/wait.ts';
import { ShellFailure } from '../failure.ts';
import { singleQuote } from '../expand/quote.ts';
import type { Builtin, Shell } from '../shell.ts';
import { isLeavingInside } from '../execute/call.ts';
import { becomeProgram, resetSignals } from '../execute/start.ts';

import { restoreSignal, watchFatalSignals } from '../execute/signals.ts';
import { isSignal, parseTrapName, trapLabel, type TrapName } from '../traps.ts';
import { readOptions, usage } from './usage.ts';

const success: Builtin = () => 0;
const failure: Builtin = () => 1;

const leaveLoop =
  (kind: 'break' | 'continue'): Builtin =>
  (shell, args) => {
    if (shell.loops === 0) {
      shell.fail("only meaningful in a `for', `while', or `until' loop");
      return 0;
    }
    const [, text = '1'] = args;
    if (!/^[+-]?\d+$/.test(text)) {
      shell.fail(`${text}: numeric argument required`);
      shell.leaving = { kind: 'exit' };
      return (shell.status = 128);
    }
    if (args.length > 2) {
      throw new ShellFailure(`${kind}: too many arguments`, 'discard');
    }
    const levels = Number(text);
    if (levels < 1) {
      shell.fail(`${text}: loop count out of range`);
      shell.leaving = { kind: 'break', levels: shell.loops };
      return 1;
    }
    shell.leaving = { kind, levels: Math.min(levels, shell.loops) };
    return 0;
  };

/** The number of exit and return; undefined when it is none, which has been said then. */
function statusArgument(shell: Shell, args: readonly Bytes[]): number | undefined {
  const [, text] = args[1] === '--' ? args.slice(1) : args;
  if (text === undefined) return shell.status;
  if (/^[ \t]*[+-]?\d+[ \t]*$/.test(text)) return Number(BigInt.asUintN(8, BigInt(text.trim().replace('+', ''))));
  shell.fail(`${text}: numeric argument required`);
  return undefined;
}

const returnBuiltin: Builtin = (shell, args) => {
  const status = statusArgument(shell, args);
  if (!shell.frames.some((frame) => frame.kind !== 'main')) {
    shell.fail("can only `return' from a function or sourced script");
    return 2;
  }
  if (args.length > 2 && status !== undefined) throw new ShellFailure('return: too many arguments', 'discard');
  shell.status = status ?? 2;
  shell.leaving = { kind: 'return' };
  return shell.status;
};

const exit: Builtin = (shell, args) => {
  if (shell.isInteractive && !shell.isSubshell) {
    if (!/(?:^-?|\/)sh$/.test(shell.name)) shell.say(shell.options.has('login_shell') ? 'logout\n' : 'exit\n');
    shell.jobs.refresh();
    if (shell.jobs.list.some((job) => job.state === 'stopped') && !shell.warnedOfJobs) {
      shell.say('There are stopped jobs.\n');
      shell.warnedOfJobs = true;
      return 1;
    }
  }
  const status = statusArgument(shell, args);
  if (status !== undefined && args.length > 2) throw new ShellFailure('exit: too many arguments', 'discard');
  shell.status = status ?? 2;
  shell.leaving = { kind: 'exit', isInside: true };
  return shell.status;
};

const logout: Builtin = (shell, args) => {
  if (!shell.options.has('login_shell')) {
    shell.fail("not login shell: use `exit'");
    return 1;
  }
  return exit(shell, args);
};

const evalBuiltin: Builtin = (shell, args) => {
  const words = args[1] === '--' ? args.slice(2) : args.slice(1);
  if (words.length === 0) return 0;
  return deeper(shell, shell.runner.evaluate(shell, words.join(' '), { name: 'eval', line: shell.dialect === 'dash' ? 1 : shell.line }), 'eval');
};
/** PS4 shows that it is inside of another text. */
function* deeper(shell: Shell, work: Sys<number>, speaker: Bytes): Sys<number> {
  const before = shell.speaker;
  shell.substitutions++;
  shell.speaker = speaker;
  try {
    return yield* work;
  } finally {
    shell.speaker = before;
    shell.substitutions--;
  }
}

const source: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, '');
  if (typeof parsed === 'number') return parsed;
  const [name, ...positional] = parsed.rest;
  if (name === undefined) {
    shell.fail('filename argument required');
    return usage(shell);
  }
  return sourceFile(shell, name, positional);
};

/** Runs a file in this shell; searched in PATH when it has no slash, then here. */
export function* sourceFile(shell: Shell, name: Bytes, positional: readonly Bytes[]): Sys<number> {
  const found = name.includes('/') ? undefined : searchSource(shell, name);
  const path = found ?? name;
  const inode = shell.process.fs.stat(path);
  if (inode.ok && inode.value.kind === 'dir') return shell.fail(`${path}: is a directory`);
  const fd = yield* shell.process.open(path, { read: true, cloexec: true });
  if (!fd.ok) {
    if (shell.dialect !== 'bash') return unread(shell, name, fd.error);
    shell.complain(`${name}: ${strerror(fd.error)}`);
    return 1;
  }
  const text = yield* shell.process.readAll(fd.value);
  shell.process.close(fd.value);
  if (!text.ok) return shell.failErrno(name, text.error);
  const saved = { positional: shell.positional, line: shell.line, loops: shell.loops };
  if (positional.length > 0) shell.positional = positional;
  shell.frames.push({ name: 'source', source: path, line: shell.line, kind: 'source' });
  let status = yield* deeper(shell, shell.runner.evaluate(shell, text.value, { line: 1 }), path);
  if (isLeavingInside(shell)) return status;
  shell.frames.pop();
  if (shell.leaving?.kind === 'return') {
    shell.leaving = undefined;
    status = shell.status;
  }
  shell.line = saved.line;
  shell.loops = saved.loops;
  if (positional.length > 0) shell.positional = saved.positional;
  if (shell.traps.get('RETURN') !== undefined) yield* shell.runner.trap(shell, 'RETURN');
  return status;
}
/** A file that dash and ash cannot read ends them. */
function unread(shell: Shell, name: Bytes, errno: Errno): number {
  const reason = strerror(errno);
  const words = shell.dialect === 'dash' ? `cannot open ${name}: ${reason.replace(' or directory', '')}` : `can't open '${name}': ${reason}`;
  shell.builtin = '.';
  if (!shell.isInteractive) shell.leaving = { kind: 'exit' };
  return (shell.status = shell.fail(name.includes('/') ? words : `${name}: not found`, 2));
}
function searchSource(shell: Shell, name: Bytes): Bytes | undefined {
  if (!shell.options.has('sourcepath')) return undefined;
  for (const dir of (shell.getVariable('PATH') ?? '').split(':')) {
    const candidate = `${dir === '' ? '.' : dir}/${name}`;
    const inode = shell.process.fs.stat(candidate);
    if (inode.ok && inode.value.kind === 'file') return candidate;
  }
  return undefined;
}

const exec: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'cla:');
  if (typeof parsed === 'number') return parsed;
  if (parsed.rest.length === 0) return 0;
  return becomeNow(shell, parsed.rest, parsed.has('c'), (parsed.has('l') ? '-' : '') + (parsed.value('a') ?? (parsed.has('l') ? (parsed.rest[0] ?? '') : '')));
};
function* becomeNow(shell: Shell, words: readonly Bytes[], isClean: boolean, zero: Bytes): Sys<number> {
  const [name = ''] = words;
  const dispositions = new Map(shell.process.dispositions);
  resetSignals(shell, shell.process, false);
  const path = name.includes('/') ? name : searchPath(shell.process, name, shell.getVariable('PATH') ?? '');
  let status: number;
  if (typeof path !== 'string' && !path.ok && path.error === 'ENOENT') {
    shell.fail(`${name}: not found`);
    status = 127;
  } else {
    const inode = shell.process.fs.stat(typeof path === 'string' ? path : path.ok ? path.value : name);
    if (!inode.ok) {
      if (shell.dialect === 'bash' || inode.error !== 'ENOENT') shell.complain(`${name}: ${strerror(inode.error)}`);
      else shell.fail(`${name}: not found`);
      status = inode.error === 'ENOENT' ? 127 : 126;
    } else {
      status = yield* becomeProgram(shell, shell.process, {
        words,
        actions: [],
        environment: new Map([['SHLVL', String(Number(shell.getVariable('SHLVL') ?? 1) - 1)]]),
        isClean,
        zero: zero === '' ? undefined : zero,
      });
    }
  }
  const place = shell.process.fs.stat(name);
  if (name.includes('/') && place.ok && place.value.kind === 'dir') shell.fail(`${name}: cannot execute: ${strerror('EISDIR')}`);
  for (const [signal, disposition] of dispositions) shell.process.on(signal, disposition);
  if (shell.isSubshell || (!shell.isInteractive && !shell.options.has('execfail'))) shell.leaving = { kind: 'exit' };
  return (shell.status = status);
}

/** Signals and events by number, four or five to a row, as `trap -l` and `kill -l` list them. */
export function signalTable(): Bytes {
  const names: [number, string][] = SIGNAL_NAMES.map((name) => [signalNumber(name), `SIG${name}`]);
  for (let number = 34; number <= 64; number++) {
    names.push([number, number === 34 ? 'SIGRTMIN' : number <= 49 ? `SIGRTMIN+${number - 34}` : number === 64 ? 'SIGRTMAX' : `SIGRTMAX-${64 - number}`]);
  }
  return names
    .map(([number, name], i) => `${String(number).padStart(2)}) ${name}${(i + 1) % 5 === 0 ? '\n' : i === names.length - 1 ? '\t\n' : '\t'}`)
    .join('');
}

const trap: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'lp');
  if (typeof parsed === 'number') return parsed;
  if (parsed.has('l')) {
    shell.put(signalTable());
    return 0;
  }
  const { rest } = parsed;
  if (rest.length === 0 || parsed.has('p')) return printTraps(shell, rest);
  const [first = '', ...others] = rest;
  const isReset = first === '-' || (rest.length === 1 && parseTrapName(first) !== undefined) || (/^\d+$/.test(first) && parseTrapName(first) !== undefined);
  if (rest.length === 1 && !isReset) {
    return usage(shell);
  }
  let status = 0;
  for (const name of first === '-' || !isReset ? others : rest) {
    const signal = parseTrapName(name);
    if (!signal) status = shell.fail(`${name}: invalid signal specification`);
    else setTrap(shell, signal, isReset ? undefined : first);
  }
  return status;
};

function printTraps(shell: Shell, names: readonly Bytes[]): number {
  const wanted = names.map((name) => parseTrapName(name));
  let status = 0;
  names.forEach((name, i) => {
    if (!wanted[i]) status = shell.fail(`${name}: invalid signal specification`);
  });
  for (const { name, command } of shell.traps.list()) {
    if (names.length === 0 || wanted.includes(name)) shell.put(`trap -- ${singleQuote(command)} ${trapLabel(name)}\n`);
  }
  return status;
}

function setTrap(shell: Shell, name: TrapName, command: Bytes | undefined): void {
  if (isSignal(name) && shell.traps.ignoredAtStart.has(name)) return;
  shell.traps.set(name, command);
  if (name === 'EXIT' && command) watchFatalSignals(shell);
  if (!isSignal(name)) return;
  const { process } = shell;
  if (command === '') process.on(name, 'ignore');
  else if (command !== undefined) process.on(name, (signal) => void shell.traps.pending.push(signal));
  else restoreSignal(shell, name);
}

export const CONTROL: readonly (readonly [string, Builtin])[] = [
  [':', success],
  ['true', success],
  ['false', failure],
  ['break', leaveLoop('break')],
  ['continue', leaveLoop('continue')],
  ['return', returnBuiltin],
  ['exit', exit],
  ['logout', logout],
  ['eval', evalBuiltin],
  ['source', source],
  ['.', source],
  ['exec', exec],
  ['trap', trap],
];
