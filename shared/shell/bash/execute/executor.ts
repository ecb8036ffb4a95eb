/** Runs commands: the one place that knows all kinds of them and puts the parts of the interpreter together. */
import { formatInt } from '../arithmetic.ts';
import { NEXT_TURN, type Sys } from '../../process/wait.ts';
import type { Bytes } from '../../../base/index.ts';
import type { Program } from '../../process/host.ts';
import { expandText } from '../expand/expand.ts';
import { assignElement, evaluateText } from '../expand/lookup.ts';
import { ShellFailure } from '../failure.ts';
import type { Builtin, MaybeSys, Runner, Shell } from '../shell.ts';
import { parseText } from '../syntax/parse.ts';
import type { Command, Item, List, Subshell } from '../syntax/tree.ts';
import { callFunction, evaluate, finish, handleSignals, runTrap } from './call.ts';
import { runArithmeticFor, runArithmeticNow, runCase, runFor, runIf, runSelect, runTest, runWhile } from './compound.ts';
import { runCoproc } from './coproc.ts';
import { checkStatus, fail } from './failing.ts';
import { runBackground, runPipeline } from './pipeline.ts';
import { expandRedirects, perform } from './redirect.ts';
import { callBuiltin, runSimple } from './simple.ts';
import { inForeground, runProgram, startSubshell } from './start.ts';
import { substitute, substituteProcess } from './substitute.ts';
import { printCommand } from '../syntax/print.ts';

/** Virtual time of one command of the shell's own, in ticks. */
const COMMAND_TICKS = 2;

export function createRunner(builtins: ReadonlyMap<Bytes, Builtin>, program: Program): Runner {
  return {
    builtins,
    program,
    runList,
    runLastList,
    runCommand,
    runChecked,
    runInside,
    callBuiltin,
    substitute,
    substituteProcess,
    callFunction,
    evaluate,
    finish,
    trap: runTrap,
    handleSignals,
    invoke,
    evaluateInteger: (shell, text) => formatInt(evaluateText(shell, text)),
    assignElement: (shell, name, subscript, value) => assignElement(shell, name, subscript, value),
    *expandText(shell, text) {
      const expanded = expandText(shell, parseText(text, shell.line));
      return typeof expanded === 'string' ? expanded : yield* expanded;
    },
  };
}

function* runList(shell: Shell, list: List): Sys<number> {
  let status = list.length === 0 ? 0 : shell.status;
  const { mayBecome } = shell;
  shell.mayBecome = false;
  if (list.length > 1) shell.lists++;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (!item || (shell.options.noexec && !shell.isInteractive)) break;
    if (shell.process.spend(COMMAND_TICKS)) yield NEXT_TURN;
    if (mayBecome && i === list.length - 1) shell.mayBecome = true;
    const result = runItem(shell, item);
    status = typeof result === 'number' ? result : yield* result;
    shell.status = status;
    if (shell.hasUnsaid) yield* shell.settle();
    if (shell.hasSignals) yield* handleSignals(shell);
    if (shell.leaving) {
      status = shell.status;
      break;
    }
  }
  if (list.length > 1) shell.lists--;
  return status;
}
function* runLastList(shell: Shell, list: List): Sys<number> {
  const last = list.at(-1);
  shell.mayBecome = last !== undefined && !last.isBackground && (last.command.kind === 'simple' || last.command.kind === 'and-or');
  return yield* runList(shell, list);
}

function runItem(shell: Shell, item: Item): MaybeSys<number> {
  return item.isBackground ? runBackground(shell, item) : runChecked(shell, item.command);
}

/** Kinds whose failure ends a shell under `set -e`; those made of others leave it to them. */
const isChecked = (command: Command): boolean => {
  switch (command.kind) {
    case 'simple':
    case 'subshell':
    case 'test':
    case 'arithmetic':
      return true;
    case 'pipeline':
      // One that is timed has looked at its status before it tells the time.
      return !command.isNegated && command.time === 'no';
    default:
      return false;
  }
};

function runChecked(shell: Shell, command: Command): MaybeSys<number> {
  const status = runCommand(shell, command);
  if (typeof status !== 'number') return checkLater(shell, command, status);
  return status === 0 || !isChecked(command) ? status : checkStatus(shell, status, command);
}
function* checkLater(shell: Shell, command: Command, waiting: Sys<number>): Sys<number> {
  const status = yield* waiting;
  if (status === 0 || !isChecked(command)) return status;
  const checked = checkStatus(shell, status, command);
  return typeof checked === 'number' ? checked : yield* checked;
}

function runCommand(shell: Shell, command: Command): MaybeSys<number> {
  if (command.kind === 'simple') return runSimple(shell, command);
  if (command.kind === 'arithmetic' && command.redirects.length === 0) {
    try {
      return runArithmeticNow(shell, command);
    } catch (error) {
      if (error instanceof ShellFailure) return fail(shell, error);
      throw error;
    }
  }
  if (command.kind === 'and-or') return runAndOr(shell, command);
  return guarded(shell, command);
}

function* guarded(shell: Shell, command: Command): Sys<number> {
  const { loops, conditions, line } = shell;
  const substitutions = shell.substitutionFds.length;
  if (command.kind !== 'group' && command.kind !== 'pipeline') shell.mayBecome = false;
  try {
    if (command.redirects.length === 0 || command.kind === 'subshell' || command.kind === 'function') return yield* runBare(shell, command);
    const actions = yield* expandRedirects(shell, command.redirects);
    const redirected = yield* perform(shell, shell.process, actions);
    if (!redirected) {
      shell.line = line;
      const status = checkStatus(shell, shell.dialect === 'dash' ? 2 : 1);
      return typeof status === 'number' ? status : yield* status;
    }
    shell.mayBecome = false;
    try {
      return yield* runBare(shell, command);
    } finally {
      redirected.undo();
    }
  } catch (error) {
    if (!(error instanceof ShellFailure)) throw error;
    shell.loops = loops;
    shell.conditions = conditions;
    return fail(shell, error);
  } finally {
    while (shell.substitutionFds.length > substitutions) shell.process.fds.close(shell.substitutionFds.pop() ?? -1);
  }
}

function* runBare(shell: Shell, command: Command): Sys<number> {
  switch (command.kind) {
    case 'pipeline':
      return yield* runPipeline(shell, command);
    case 'if':
      return yield* runIf(shell, command);
    case 'while':
      return yield* runWhile(shell, command);
    case 'for':
      return yield* runFor(shell, command);
    case 'select':
      return yield* runSelect(shell, command);
    case 'arithmetic-for':
      return yield* runArithmeticFor(shell, command);
    case 'case':
      return yield* runCase(shell, command);
    case 'group':
      return yield* runList(shell, command.body);
    case 'subshell':
      return yield* runSubshell(shell, command);
    case 'test':
      return yield* runTest(shell, command);
    case 'coproc':
      return runCoproc(shell, command);
    case 'function':
      return define(shell, command);
    default: {
      const status = runCommand(shell, command);
      return typeof status === 'number' ? status : yield* status;
    }
  }
}

function define(shell: Shell, command: Command & { kind: 'function' }): number {
  const known = shell.functions.get(command.name);
  if (known?.isReadonly) {
    shell.complain(`${command.name}: readonly function`);
    return 1;
  }
  if (/[$`]/.test(command.name)) {
    shell.line = command.line;
    shell.complain(`\`${command.name}': not a valid identifier`);
    return 1;
  }
  const source = shell.frames.at(-1)?.source ?? (shell.isInteractive ? 'main' : 'environment');
  shell.functions.set(command.name, {
    name: command.name,
    body: command.body,
    source,
    line: command.line,
    isExported: known?.isExported ?? false,
    isReadonly: false,
  });
  return 0;
}

function* runAndOr(shell: Shell, command: Command & { kind: 'and-or' }): Sys<number> {
  const { mayBecome } = shell;
  shell.mayBecome = false;
  let status = 0;
  shell.lists++;
  for (const [i, each] of command.commands.entries()) {
    const operator = command.operators[i - 1];
    if ((operator === '&&' && status !== 0) || (operator === '||' && status === 0)) continue;
    const isLast = i === command.commands.length - 1;
    if (isLast) {
      shell.mayBecome = mayBecome && each.kind === 'simple';
      const last = runChecked(shell, each);
      status = typeof last === 'number' ? last : yield* last;
      break;
    }
    shell.conditions++;
    const result = runCommand(shell, each);
    status = typeof result === 'number' ? result : yield* result;
    shell.conditions--;
    shell.status = status;
    if (shell.hasSignals) yield* handleSignals(shell);
    if (shell.leaving) {
      status = shell.status;
      break;
    }
  }
  shell.lists--;
  return status;
}

function* runSubshell(shell: Shell, command: Subshell): Sys<number> {
  const member = startSubshell(shell, (sub) => asSys(runInside(sub, command)), { group: 'new' });
  if (!member) return 254;
  const status = yield* inForeground(shell, [member], () => printCommand(command));
  shell.pipeStatus = status;
  return status;
}
function* asSys(value: MaybeSys<number>): Sys<number> {
  return typeof value === 'number' ? value : yield* value;
}

function runInside(sub: Shell, command: Command): MaybeSys<number> {
  if (command.kind !== 'subshell') return runCommand(sub, command);
  return inside(sub, command);
}
function* inside(sub: Shell, command: Subshell): Sys<number> {
  try {
    const actions = command.redirects.length > 0 ? yield* expandRedirects(sub, command.redirects) : [];
    const redirected = yield* perform(sub, sub.process, actions);
    if (!redirected) return 1;
    redirected.keep();
    return yield* runLastList(sub, command.body);
  } catch (error) {
    if (!(error instanceof ShellFailure)) throw error;
    return fail(sub, error);
  }
}

/** A command by its words: `command`, `xargs`-like builtins, completion. */
function* invoke(shell: Shell, words: readonly Bytes[], how: { readonly functions: boolean; readonly path?: Bytes }): Sys<number> {
  const [name = ''] = words;
  const definition = how.functions ? shell.functions.get(name) : undefined;
  if (definition) return yield* callFunction(shell, definition, words);
  if (shell.runner.builtins.has(name) && !shell.disabled.has(name)) return yield* asSys(callBuiltin(shell, name, words));
  return yield* runProgram(shell, { words, actions: [], environment: new Map(), path: how.path }, () => words.join(' '));
}
