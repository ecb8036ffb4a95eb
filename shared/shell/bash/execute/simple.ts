/**
 * Simple commands (bash(1), SIMPLE COMMAND EXPANSION): expand, assign, redirect, then a function, a builtin or a program. What needs to wait for nothing,
 * as most builtins, is done at once without a generator; that is what makes loops fast.
 */
import type { Bytes } from '../../../base/index.ts';
import type { Sys } from '../../process/wait.ts';
import { expandWords } from '../expand/expand.ts';
import { singleQuote, traceQuote } from '../expand/quote.ts';
import { SPECIAL_BUILTINS } from '../dialect.ts';
import { ShellFailure } from '../failure.ts';
import type { MaybeSys, Resolved, Shell } from '../shell.ts';
import { printCommand } from '../syntax/print.ts';
import type { Assignment, Simple, Word } from '../syntax/tree.ts';
import { assign, resolve, traceAssignment } from './assign.ts';
import { isLeavingInside } from './call.ts';
import { fail } from './failing.ts';
import { expandRedirects, perform, type Action, type Redirected } from './redirect.ts';
import { runProgram } from './start.ts';

export function runSimple(shell: Shell, command: Simple): MaybeSys<number> {
  shell.line = command.line;
  if (shell.traps.running.size === 0) shell.current = command;
  if (command.waits || isTraced(shell) || shell.traps.get('DEBUG') !== undefined) return runWaiting(shell, command);
  try {
    const resolved: readonly MaybeSys<Resolved>[] =
      command.assignments.length === 0 ? NONE : command.assignments.map((assignment) => resolve(shell, assignment));
    if (resolved.some(isGenerator)) return runWaiting(shell, command);
    const words = expandArguments(shell, command.words);
    if (!words) return runWaiting(shell, command);
    if (words.args.length === 0) {
      for (const one of resolved as Resolved[]) assign(shell, one);
      return concluded(shell, 0);
    }
    const status = dispatch(shell, command, words, resolved as Resolved[]);
    return typeof status === 'number' ? concluded(shell, status) : concludeLater(shell, status);
  } catch (error) {
    if (error instanceof ShellFailure) return concluded(shell, fail(shell, error));
    throw error;
  }
}
const NONE: readonly Resolved[] = [];
const NONE_DECLARED: ReadonlyMap<number, Resolved> = new Map();
const isGenerator = (value: MaybeSys<Resolved>): value is Sys<Resolved> => 'next' in value;

interface Arguments {
  readonly args: Bytes[];
  /** Assignments among them, by place. */
  readonly declared: Map<number, Resolved> | undefined;
}

/** Undefined when an array assignment has to wait after all. */
function expandArguments(shell: Shell, words: readonly (Word | Assignment)[]): Arguments | undefined {
  let declared: Map<number, Resolved> | undefined;
  const args: Bytes[] = [];
  for (const word of words) {
    if ('pieces' in word) {
      if (word.literal !== undefined) args.push(word.literal);
      else for (const field of expandWords(shell, [word]) as Bytes[]) args.push(field);
      continue;
    }
    const resolved = resolve(shell, word);
    if (isGenerator(resolved)) return undefined;
    (declared ??= new Map()).set(args.length, resolved);
    args.push(showAssignment(word, resolved));
  }
  return { args, declared };
}
const showAssignment = (word: Assignment, { name, isAppend, value }: Resolved): Bytes =>
  typeof value === 'string' && !word.index ? `${name}${isAppend ? '+=' : '='}${value}` : word.text;

function concluded(shell: Shell, status: number): number {
  shell.pipeStatus = status;
  return status;
}
function* concludeLater(shell: Shell, status: Sys<number>): Sys<number> {
  try {
    return concluded(shell, yield* status);
  } catch (error) {
    if (error instanceof ShellFailure) return concluded(shell, fail(shell, error));
    throw error;
  }
}

/** The whole of it, where something may have to wait. */
function* runWaiting(shell: Shell, command: Simple): Sys<number> {
  const substitutions = shell.substitutionFds.length;
  let status: number;
  try {
    if (shell.traps.get('DEBUG') !== undefined) yield* shell.runner.trap(shell, 'DEBUG');
    status = yield* expandAndRun(shell, command);
  } catch (error) {
    if (!(error instanceof ShellFailure)) throw error;
    status = fail(shell, error);
  }
  while (shell.substitutionFds.length > substitutions) shell.process.fds.close(shell.substitutionFds.pop() ?? -1);
  return concluded(shell, status);
}

function* expandAndRun(shell: Shell, command: Simple): Sys<number> {
  shell.forgetSubstitution();
  const words = yield* expandArgumentsWaiting(shell, command.words);
  const isEmpty = words.args.length === 0;
  const resolved: Resolved[] = [];
  for (const assignment of command.assignments) {
    const maybe = resolve(shell, assignment);
    const one = isGenerator(maybe) ? yield* maybe : maybe;
    resolved.push(one);
    if (isTraced(shell) && shell.dialect !== 'dash') yield* trace(shell, traceAssignment(one, assignment.text, shell.isUtf8));
    if (isEmpty) assign(shell, one);
  }
  const actions = command.redirects.length > 0 ? yield* expandRedirects(shell, command.redirects) : [];
  shell.line = command.line;
  if (shell.dialect === 'dash' && isTraced(shell)) {
    const assigned = resolved.map(({ name, value }) => `${name}=${typeof value === 'string' ? value : ''}`);
    yield* trace(shell, [...assigned, ...words.args].join(' '));
  }
  if (isEmpty) {
    if (actions.length > 0) {
      const redirected = yield* perform(shell, shell.process, actions);
      if (!redirected) return refused(shell, '');
      redirected.undo();
    }
    return shell.substitutionStatus ?? 0;
  }
  if (isTraced(shell) && shell.dialect !== 'dash') yield* traceCommand(shell, words);
  return yield* run(shell, command, words, resolved, actions);
}

/** Arrays among the arguments are shown first, and stand in the command as their names. */
function* traceCommand(shell: Shell, { args, declared }: Arguments): Sys {
  const shown = args.map((arg) => traceQuote(arg, shell.isUtf8));
  for (const [place, { name, value, isAppend }] of declared ?? []) {
    if (typeof value === 'string') continue;
    const elements = value.map((element) => `${element.index === undefined ? '' : `[${singleQuote(element.index)}]=`}${singleQuote(element.value)}`);
    yield* trace(shell, `${name}${isAppend ? '+=' : '='}(${elements.join(' ')})`);
    shown[place] = name;
  }
  yield* trace(shell, shown.join(' '));
}

function* expandArgumentsWaiting(shell: Shell, words: readonly (Word | Assignment)[]): Sys<Arguments> {
  const args: Bytes[] = [];
  let declared: Map<number, Resolved> | undefined;
  for (const word of words) {
    if ('pieces' in word) {
      const expanded = expandWords(shell, [word]);
      for (const field of Array.isArray(expanded) ? expanded : yield* expanded) args.push(field);
      continue;
    }
    const maybe = resolve(shell, word);
    const resolved = isGenerator(maybe) ? yield* maybe : maybe;
    (declared ??= new Map()).set(args.length, resolved);
    args.push(showAssignment(word, resolved));
  }
  return { args, declared };
}

/** `set -x`, or somebody who watches what the machine's shells run. */
export const isTraced = (shell: Shell): boolean => shell.options.xtrace || shell.process.os.commandRuns !== undefined;

/** A line of `set -x`, for whoever wants it. */
export function* trace(shell: Shell, text: Bytes): Sys {
  shell.process.os.commandRuns?.(shell.process, { line: shell.line, text, depth: shell.substitutions });
  if (!shell.options.xtrace) return;
  const { status, line } = shell;
  const prompt = yield* shell.runner.expandText(shell, shell.getVariable('PS4') ?? '');
  shell.status = status;
  shell.line = line;
  // The first character of PS4 tells the depth by being repeated.
  const depth = shell.dialect === 'bash' ? shell.substitutions : 0;
  const said = `${prompt.charAt(0).repeat(depth)}${prompt}${text}\n`;
  const file = shell.traceFd === undefined ? undefined : shell.process.fds.get(shell.traceFd);
  if (file) file.write(said, shell.process);
  else shell.say(said);
  if (shell.hasUnsaid) yield* shell.settle();
}

/** With redirections, which functions and builtins undo and programs take with them. */
function* run(shell: Shell, command: Simple, words: Arguments, resolved: readonly Resolved[], actions: readonly Action[]): Sys<number> {
  const [name = ''] = words.args;
  const isOwn = shell.functions.has(name) || (shell.runner.builtins.has(name) && !shell.disabled.has(name));
  if (!isOwn || actions.length === 0) {
    const status = dispatch(shell, command, words, resolved, actions);
    return typeof status === 'number' ? status : yield* status;
  }
  const redirected: Redirected | undefined = yield* perform(shell, shell.process, actions);
  if (!redirected) return refused(shell, shell.functions.has(name) ? '' : name);
  const isExec = name === 'exec' && !shell.functions.has('exec');
  try {
    const status = dispatch(shell, command, words, resolved);
    return typeof status === 'number' ? status : yield* status;
  } finally {
    if (isExec) redirected.keep();
    else redirected.undo();
  }
}

/** A redirection failed; of a special builtin that ends dash and ash. */
function refused(shell: Shell, name: Bytes): number {
  if (shell.dialect === 'bash') return 1;
  const status = shell.dialect === 'dash' ? 2 : 1;
  if (SPECIAL_BUILTINS.has(name) && !shell.isInteractive) shell.leaving = { kind: 'exit' };
  return (shell.status = status);
}

/** A function, a builtin or a program, in that order. */
function dispatch(
  shell: Shell,
  command: Simple,
  { args, declared }: Arguments,
  resolved: readonly Resolved[],
  actions: readonly Action[] = [],
): MaybeSys<number> {
  const [name = ''] = args;
  shell.lastArgument = args.at(-1) ?? '';
  const definition = shell.functions.get(name);
  if (definition) return withAssignments(shell, resolved, () => shell.runner.callFunction(shell, definition, args));
  if (name.startsWith('%') && shell.options.monitor) return callBuiltin(shell, 'fg', ['fg', ...args]);
  const builtin = shell.runner.builtins.get(name);
  if (builtin && !shell.disabled.has(name)) {
    shell.declared = declared ?? NONE_DECLARED;
    const work = (): MaybeSys<number> => callBuiltin(shell, name, args);
    return resolved.length === 0 ? work() : withAssignments(shell, resolved, work);
  }
  const environment = new Map<Bytes, Bytes>();
  for (const one of resolved) {
    if (typeof one.value !== 'string') continue;
    const known = shell.variables.resolve(one.name).variable;
    if (known?.readonly) shell.complain(`${one.name}: readonly variable`);
    else environment.set(one.name, one.isAppend ? (environment.get(one.name) ?? known?.scalar ?? '') + one.value : one.value);
  }
  return runProgram(shell, { words: args, actions, environment }, () => printCommand(command));
}

/** Runs a builtin and writes what it printed. */
export function callBuiltin(shell: Shell, name: Bytes, args: readonly Bytes[]): MaybeSys<number> {
  const builtin = shell.runner.builtins.get(name);
  if (!builtin) return 127;
  const outer = shell.builtin;
  shell.builtin = name;
  try {
    const status = builtin(shell, args);
    if (typeof status !== 'number') return finishBuiltin(shell, name, status, outer);
    const output = shell.takeOutput();
    if (output === '' && !shell.hasUnsaid) return status;
    return writeOutput(shell, name, output, status);
  } finally {
    shell.builtin = outer;
  }
}
function* finishBuiltin(shell: Shell, name: Bytes, waiting: Sys<number>, outer: Bytes | undefined): Sys<number> {
  shell.builtin = name;
  const { current } = shell;
  try {
    const status = yield* waiting;
    shell.current = current;
    const output = shell.takeOutput();
    const written = writeOutput(shell, name, output, status);
    return typeof written === 'number' ? written : yield* written;
  } finally {
    shell.builtin = outer;
  }
}
/** What is tried again by waiting, or ends the shell with a signal. */
const AGAIN: ReadonlySet<string> = new Set(['EAGAIN', 'EINTR', 'EPIPE']);
function writeOutput(shell: Shell, name: Bytes, output: Bytes, status: number): MaybeSys<number> {
  if (output === '') return shell.hasUnsaid ? writeWaiting(shell, name, '', status) : status;
  const file = shell.process.fds.get(1);
  const written = file?.write(output, shell.process);
  if (written?.ok && written.value === output.length && !shell.hasUnsaid) return status;
  if (written?.ok === false && !AGAIN.has(written.error)) {
    shell.builtin = name;
    return shell.failErrno('write error', written.error);
  }
  return writeWaiting(shell, name, written?.ok ? output.slice(written.value) : output, status);
}
function* writeWaiting(shell: Shell, name: Bytes, output: Bytes, status: number): Sys<number> {
  yield* shell.settle();
  if (output === '') return status;
  for (let rest = output; ;) {
    const written = yield* shell.process.write(1, rest);
    if (written.ok && written.value === rest.length) return status;
    if (!written.ok && written.error !== 'EINTR') {
      shell.builtin = name;
      return shell.failErrno('write error', written.error);
    }
    rest = rest.slice(written.ok ? written.value : 0);
    if (shell.isInterrupted || shell.traps.pending.length > 0) return status;
  }
}

/** Assignments before a function or builtin: exported variables for as long as it runs. */
function* withAssignments(shell: Shell, resolved: readonly Resolved[], work: () => MaybeSys<number>): Sys<number> {
  if (resolved.length > 0) {
    const scope = shell.variables.enterTemporary();
    for (const one of resolved) {
      const known = shell.variables.resolve(one.name).variable;
      if (known?.readonly) {
        shell.complain(`${one.name}: readonly variable`);
        continue;
      }
      const variable = shell.variables.declareTemporary(scope, one.name);
      if (one.isAppend && typeof one.value === 'string') variable.value = known?.scalar;
      variable.exported = true;
      assign(shell, one, variable);
    }
  }
  try {
    const status = work();
    return typeof status === 'number' ? status : yield* status;
  } finally {
    if (resolved.length > 0 && !isLeavingInside(shell)) shell.variables.leave();
  }
}
