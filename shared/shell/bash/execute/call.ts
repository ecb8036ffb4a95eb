/** Calling functions, running traps, reading and running texts. */
import type { Bytes } from '../../../base/index.ts';
import { signalNumber } from '../../process/signals.ts';
import { NEXT_TURN, type Sys } from '../../process/wait.ts';
import { joinHistory } from '../history-lines.ts';
import { History } from '../history.ts';
import { MAX_CALLS, type Evaluation, type Shell, type ShellFunction } from '../shell.ts';
import { expandAliases } from '../syntax/alias.ts';
import { parseScript, type OpenDocument, type SyntaxProblem, type Unit } from '../syntax/parse.ts';
import type { TrapName } from '../traps.ts';
import { dieOf, reportDeadJobs } from './wait.ts';

export function* callFunction(shell: Shell, definition: ShellFunction, args: readonly Bytes[]): Sys<number> {
  const limit = Number(shell.getVariable('FUNCNEST') ?? 0) || MAX_CALLS;
  if (shell.calls >= Math.min(limit, MAX_CALLS)) {
    shell.complain(`${definition.name}: maximum function nesting level exceeded (${Math.min(limit, MAX_CALLS)})`);
    shell.leaving = { kind: shell.isSubshell ? 'exit' : 'discard' };
    return 1;
  }
  const { positional, loops, line } = shell;
  const getopts = shell.getoptsOffset;
  shell.calls++;
  shell.positional = args.slice(1);
  shell.loops = 0;
  shell.frames.push({
    name: definition.name,
    source: definition.source,
    line: shell.trapLine ?? line,
    kind: 'function',
    args: shell.options.has('extdebug') ? shell.positional : undefined,
  });
  shell.variables.enter();
  const mayBecome = shell.mayBecome;
  shell.mayBecome = false;
  // Traps of these events are not those of a function, unless it sets its own or the shell traces.
  const outer = (['DEBUG', 'RETURN', 'ERR'] as const).flatMap((name) => {
    const command = shell.traps.get(name);
    if (command === undefined || (name === 'ERR' ? shell.options.errtrace : shell.options.functrace)) return [];
    shell.traps.set(name, undefined);
    return [[name, command] as const];
  });
  const leave = (): void => {
    shell.variables.leave();
    for (const [name, isOn] of shell.frames.pop()?.options ?? []) if (shell.options.isSet(name) !== isOn) shell.options.set(name, isOn);
    shell.positional = positional;
    shell.loops = loops;
    shell.calls--;
    shell.getoptsOffset = getopts;
    shell.mayBecome = mayBecome;
    shell.line = line;
    for (const [name, command] of outer) if (shell.traps.get(name) === undefined) shell.traps.set(name, command);
  };
  let status: number;
  try {
    if (shell.options.functrace && shell.traps.get('DEBUG') !== undefined) {
      shell.line = definition.line;
      yield* runTrap(shell, 'DEBUG');
    }
    const maybe = shell.runner.runCommand(shell, definition.body);
    status = typeof maybe === 'number' ? maybe : yield* maybe;
    if (shell.leaving?.kind === 'return') {
      shell.leaving = undefined;
      status = shell.status;
    }
    if (shell.traps.get('RETURN') !== undefined) yield* runTrap(shell, 'RETURN');
  } finally {
    if (!isLeavingInside(shell)) leave();
  }
  return status;
}

/** `exit` was said: the EXIT trap finds the functions that run as they are. */
export const isLeavingInside = (shell: Shell): boolean => shell.leaving?.kind === 'exit' && shell.leaving.isInside === true;

/** Runs the command of a trap with `$?` as it is, and leaves it so. */
export function* runTrap(shell: Shell, name: TrapName): Sys {
  const command = shell.traps.get(name);
  if (command === undefined || command === '' || shell.traps.running.has(name)) return;
  const { status, leaving, lastArgument } = shell;
  shell.leaving = undefined;
  shell.traps.running.add(name);
  const { loops } = shell;
  if (name !== 'DEBUG' && name !== 'ERR') shell.loops = 0;
  const { trapLine } = shell;
  if (name === 'ERR') shell.trapLine ??= shell.line;
  const isOfCommands = name === 'DEBUG' || name === 'ERR' || name === 'RETURN';
  yield* evaluate(shell, command, { line: isOfCommands ? shell.line : 1, isFlat: isOfCommands, name: `${name === 'EXIT' ? 'exit' : name.toLowerCase()} trap` });
  shell.trapLine = trapLine;
  shell.loops = loops;
  shell.traps.running.delete(name);
  shell.lastArgument = lastArgument;
  const after = shell.leaving as Shell['leaving'];
  if (after?.kind === 'exit' || after?.kind === 'return') return;
  shell.leaving = leaving ?? after;
  shell.status = status;
}

/** Between two commands: the traps of signals that came, and SIGINT itself. */
export function* handleSignals(shell: Shell): Sys {
  while (shell.traps.pending.length > 0) {
    const name = shell.traps.pending.shift();
    if (name) yield* runTrap(shell, name);
  }
  const { dying } = shell;
  if (dying) {
    yield* finish(shell, 128 + signalNumber(dying));
    yield* dieOf(shell, dying);
  }
  if (!shell.isInterrupted) return;
  shell.isInterrupted = false;
  if (shell.isInteractive) {
    if (!shell.hasBrokenLine) shell.say('\n');
    shell.hasBrokenLine = false;
    shell.leaving = { kind: 'discard', isInterrupt: true };
    shell.status = 128 + signalNumber('INT');
    return;
  }
  yield* finish(shell, 128 + signalNumber('INT'));
  yield* dieOf(shell, 'INT');
}

/** The EXIT trap, once; the status that the shell ends with. */
export function* finish(shell: Shell, status: number): Sys<number> {
  shell.status = status;
  if (shell.traps.get('EXIT') !== undefined && !shell.traps.hasExited) {
    shell.traps.hasExited = true;
    shell.leaving = undefined;
    yield* runTrap(shell, 'EXIT');
  }
  if (shell.hasUnsaid) yield* shell.settle();
  return shell.status;
}

/** Reads and runs a text, one complete command after the other, up to its first mistake. What a command discards ends with the command here (parse_and_execute). */
export function* evaluate(shell: Shell, text: Bytes, how: Evaluation): Sys<number> {
  if (shell.calls >= MAX_CALLS) {
    shell.complain(`maximum evaluation nesting level exceeded (${MAX_CALLS})`);
    shell.leaving = { kind: 'discard' };
    return 1;
  }
  shell.calls++;
  const { loops, conditions } = shell;
  const parsed = parseScript(text, { firstLine: how.line ?? 1, isFlat: how.isFlat ?? false, dialect: shell.dialect });
  if (parsed.units.length === 0) shell.status = 0;
  const last = how.isLast && !parsed.problem ? parsed.units.at(-1) : undefined;
  let problem: SyntaxProblem | undefined;
  for (const unit of parsed.units) {
    if (shell.options.verbose) shell.say(`${unit.text}\n`);
    if (unit.openDocuments.length > 0) warnOfDocuments(shell, unit.openDocuments, lastLine(text, how.line ?? 1));
    problem = refusedPattern(shell, unit);
    if (problem) break;
    if (how.isTopLevel && !shell.isInteractive && shell.options.isSet('history')) remember(shell, unit.text);
    if (!shell.options.noexec) yield* runUnit(shell, unit, unit === last);
    if (shell.leaving && !(shell.leaving.kind === 'discard' && (how.isTopLevel || !shell.leaving.isInterrupt))) break;
    if (shell.leaving) {
      shell.leaving = undefined;
      shell.loops = loops;
      shell.conditions = conditions;
    }
  }
  shell.calls--;
  problem ??= parsed.problem;
  if (problem && !shell.leaving) {
    if (problem.openDocuments?.length) warnOfDocuments(shell, problem.openDocuments, lastLine(text, how.line ?? 1));
    complainOf(shell, problem, how);
    if (shell.dialect !== 'bash') return (shell.status = 2);
    // What breaks off inside quotes leaves a failure of the command before it.
    if (!problem.message.startsWith('unexpected EOF') || shell.status === 0) shell.status = problem.status ?? shell.status;
  }
  return shell.status;
}

/** `set -o history` in a script. */
function remember(shell: Shell, text: Bytes): void {
  let entry = '';
  let typed = '';
  for (const line of text.split('\n')) {
    entry = joinHistory(entry, typed, line);
    typed += `${line}\n`;
  }
  (shell.history ??= new History()).add(entry, shell.getVariable('HISTCONTROL') ?? '', Math.floor(shell.process.unixUs / 1e6));
}

/** Extended patterns that `shopt -s extglob` did not come before are a mistake. */
export const refusedPattern = (shell: Shell, unit: Unit): SyntaxProblem | undefined =>
  unit.withoutExtglob && !shell.options.has('extglob') ? unit.withoutExtglob : undefined;

/** One complete command, with its aliases replaced. */
export function* runUnit(shell: Shell, unit: Unit, isLast = false): Sys<number> {
  const { options, aliases } = shell;
  let { list } = unit;
  if (aliases.size > 0 && options.has('expand_aliases')) {
    const replaced = expandAliases(unit.text, aliases);
    if (replaced !== unit.text) {
      const again = parseScript(replaced, { firstLine: unit.line, dialect: shell.dialect });
      if (again.problem) {
        complainOf(shell, again.problem, {});
        return (shell.status = 2);
      }
      list = again.units.flatMap((each) => each.list);
    }
  }
  const status = yield* isLast ? shell.runner.runLastList(shell, list) : shell.runner.runList(shell, list);
  if (shell.process.spend(2)) yield NEXT_TURN;
  if (!shell.isInteractive && shell.jobs.list.length > 0) reportDeadJobs(shell);
  return status;
}

export function complainOf(shell: Shell, problem: SyntaxProblem, how: Evaluation): void {
  if (shell.dialect !== 'bash') {
    shell.line = problem.line;
    shell.complain(problem.message);
    if (!shell.isInteractive) shell.leaving = { kind: 'exit' };
    return;
  }
  const name = shell.isInteractive && how.name === undefined ? shell.name : (shell.frames.at(-1)?.source ?? shell.name);
  const isPlain = shell.isInteractive && how.name === undefined;
  const place = (line: number): string => (isPlain ? `${name}: ` : `${name}: ${how.name === undefined ? '' : `${how.name}: `}line ${line}: `);
  const where = place(problem.line);
  if (problem.before) shell.say(`${place(problem.before.line)}${problem.before.message}\n`);
  if (problem.message !== '') shell.say(`${where}${problem.message}\n`);
  if (problem.shown !== undefined) shell.say(`${where}\`${problem.shown}'\n`);
}

/** A text ended where here-documents did not. `last` is the line that was read last. */
export function warnOfDocuments(shell: Shell, documents: readonly OpenDocument[], last: number): void {
  if (shell.dialect !== 'bash') return;
  const name = shell.frames.at(-1)?.source ?? shell.name;
  for (const { end, line } of documents)
    shell.say(`${name}: ${shell.isInteractive ? '' : `line ${last}: `}warning: here-document at line ${line} delimited by end-of-file (wanted \`${end}')\n`);
}
const lastLine = (text: Bytes, first: number): number => first - 1 + text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
