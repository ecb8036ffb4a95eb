/** bash as a program: what it is started with decides what it runs: a string, a script, its standard input, or a conversation at a terminal. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Program } from '../process/host.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';
import { BUILTINS } from './builtins/index.ts';
import { sourceFile } from './builtins/control.ts';
import { createRunner } from './execute/executor.ts';
import { complainOf, refusedPattern, runUnit, warnOfDocuments } from './execute/call.ts';
import { becomePlain, plainBuiltins } from './builtins/plain.ts';
import type { Dialect } from './dialect.ts';
import { installSignals } from './execute/signals.ts';
import type { Hooks } from './hooks.ts';
import { interact } from './interactive.ts';
import { parseInvocation, usageText, VERSION_TEXT, type Invocation } from './invocation.ts';
import { hostnameOf } from './prompt.ts';
import { readLine } from './read-line.ts';
import { Shell } from './shell.ts';
import { isUnfinished, parseScript } from './syntax/parse.ts';

const DEFAULT_PATH = '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:.';

/** bash, with what the machine adds to it, or one of the shells that stand at /bin/sh. */
export function createBash(hooks: Hooks = {}, dialect: Dialect = 'bash'): Program {
  const program: Program = function* (process) {
    return yield* dialect === 'bash' ? main(process, hooks, program) : plainMain(process, hooks, program, dialect);
  };
  return program;
}

function* main(process: Process, hooks: Hooks, program: Program): Sys<number> {
  const zero = process.argv[0] ?? 'bash';
  const invocation = parseInvocation(process.argv);
  switch (invocation.kind) {
    case 'version':
      yield* process.print(VERSION_TEXT);
      return 0;
    case 'help':
      yield* process.print(`GNU bash, version 5.2.15(1)-release-(x86_64-pc-linux-gnu)\n${usageText(zero)}`);
      return 0;
    case 'wrong':
      yield* process.error(`${zero}: ${invocation.words}\n${usageText(zero)}`);
      return 2;
    case 'incomplete':
      yield* process.error(`${zero}: ${invocation.words}\n`);
      return 2;
    case 'run':
      return yield* run(process, hooks, program, invocation, zero);
  }
}

/** dash and ash have letters only, and complain about them as about everything. */
function* plainMain(process: Process, hooks: Hooks, program: Program, dialect: Dialect): Sys<number> {
  const zero = process.argv[0] ?? 'sh';
  const where = dialect === 'dash' ? `${zero}: 0: ` : `${zero}: `;
  const invocation = parseInvocation(process.argv);
  if (invocation.kind === 'run') return yield* run(process, hooks, program, invocation, zero, dialect);
  const wrong = /^(.*?): invalid option/.exec(invocation.kind === 'wrong' ? invocation.words : '');
  const option = invocation.kind === 'version' || invocation.kind === 'help' ? '--' : (wrong?.[1] ?? '');
  const letter = option.startsWith('--') ? '--' : option;
  const words =
    invocation.kind === 'incomplete'
      ? '-c requires an argument'
      : `${dialect === 'dash' ? 'I' : 'i'}llegal option ${letter.startsWith('-') ? letter : `-o ${letter}`}`;
  yield* process.error(`${where}${words}\n`);
  return 2;
}

function* run(process: Process, hooks: Hooks, program: Program, invocation: Invocation, zero: Bytes, dialect: Dialect = 'bash'): Sys<number> {
  const { command, operands } = invocation;
  const readsInput = command === undefined && (invocation.readsInput || operands.length === 0);
  const isInteractive = invocation.isInteractive || (readsInput && process.isTerminal(0) && process.isTerminal(2));
  const shell = new Shell(process, createRunner(dialect === 'bash' ? BUILTINS : plainBuiltins(dialect), program), hooks, zero, dialect);
  shell.isInteractive = isInteractive;
  shell.isCommandString = command !== undefined;
  const isScript = command === undefined && !readsInput;
  importEnvironment(shell);
  if (command !== undefined && operands[0] !== undefined) shell.name = operands[0];
  else if (isScript) shell.name = operands[0] ?? zero;
  shell.positional = readsInput ? operands : operands.slice(1);
  shell.initial = shell.positional;
  const isSh = zero.replace(/^-/, '').replace(/^.*\//, '') === 'sh';
  if (invocation.isPosix || isSh) shell.options.set('posix', true);
  shell.options.invocation = `${isInteractive ? 'i' : ''}${command !== undefined ? 'c' : readsInput ? 's' : ''}`;
  if (isInteractive) {
    shell.options.setShopt('expand_aliases', true);
    for (const option of ['histexpand', 'history', 'emacs'] as const) shell.options.set(option, true);
  }
  if (invocation.isLogin) shell.options.setShopt('login_shell', true);
  for (const [name, isOn] of invocation.options) shell.options.set(name, isOn);
  for (const [name, isOn] of invocation.shopts) shell.options.setShopt(name, isOn);
  if (command !== undefined && dialect === 'bash') shell.variables.put('BASH_EXECUTION_STRING', command);
  if (dialect !== 'bash') becomePlain(shell);
  installSignals(shell);
  yield* startFiles(shell, invocation, isSh);
  if (shell.leaving?.kind === 'exit') return yield* shell.runner.finish(shell, shell.status);
  shell.leaving = undefined;
  let status: number;
  if (command !== undefined) status = yield* runString(shell, command);
  else if (isScript) status = yield* runScript(shell, operands[0] ?? '');
  else if (isInteractive) status = yield* interact(shell, invocation.isPlain || dialect === 'dash');
  else status = yield* runInput(shell);
  shell.leaving = undefined;
  return yield* shell.runner.finish(shell, status);
}

function importEnvironment(shell: Shell): void {
  const { variables, process } = shell;
  for (const [name, value] of process.env) {
    const exported = /^BASH_FUNC_(.+)%%$/.exec(name)?.[1];
    if (exported !== undefined && value.startsWith('() {')) importFunction(shell, exported, value);
    else if (/^[A-Za-z_]\w*$/.test(name) && !variables.find(name)?.readonly && name !== '_') {
      const variable = variables.ensure(name);
      if (variable.assigned) variable.assigned(value);
      else variable.value = value;
      variable.exported = true;
    }
  }
  variables.put('IFS', ' \t\n');
  for (const name of ['LC_ALL', 'LC_CTYPE', 'LANG']) variables.changed(name);
  const level = Number(process.getenv('SHLVL') ?? 0);
  variables.put('SHLVL', String(Number.isInteger(level) ? level + 1 : 1), { exported: true });
  const cwd = process.fs.getcwd();
  const pwd = process.getenv('PWD');
  const isSame = pwd?.startsWith('/') && process.fs.stat(pwd).ok && process.fs.realpath(pwd).ok && samePlace(process, pwd);
  shell.workingDirectory = isSame && pwd !== undefined ? pwd : cwd;
  variables.put('PWD', shell.workingDirectory, { exported: true });
  if (!variables.find('OLDPWD')) variables.declareGlobal('OLDPWD').exported = true;
  const defaults: readonly (readonly [Bytes, Bytes])[] = [
    ['PATH', DEFAULT_PATH],
    ['TERM', 'dumb'],
    ['SHELL', '/bin/bash'],
    ['HOSTNAME', hostnameOf(shell)],
    ['OPTIND', '1'],
  ];
  for (const [name, value] of defaults) if (variables.get(name) === undefined) variables.put(name, value);
  variables.put('BASH', process.exe === '' ? '/bin/bash' : process.exe);
}
function samePlace(process: Process, path: Bytes): boolean {
  const place = process.fs.lookup(path);
  return place.ok && place.value.isSame(process.fs.cwd);
}

function importFunction(shell: Shell, name: Bytes, text: Bytes): void {
  const parsed = parseScript(`${name} ${text}`);
  const command = parsed.units[0]?.list[0]?.command;
  if (parsed.problem || command?.kind !== 'function') {
    shell.complain(`error importing function definition for \`${name}'`);
    return;
  }
  shell.functions.set(name, { name, body: command.body, source: 'environment', line: 0, isExported: true, isReadonly: false });
}

/** The files a shell reads before anything else (bash(1), INVOCATION). */
function* startFiles(shell: Shell, invocation: Invocation, isSh: boolean): Sys {
  const home = shell.getVariable('HOME') ?? '';
  if (invocation.isLogin && invocation.readsProfile) {
    yield* readIfThere(shell, '/etc/profile');
    const names = isSh ? ['.profile'] : ['.bash_profile', '.bash_login', '.profile'];
    const own = names.map((name) => `${home}/${name}`).find((path) => shell.process.fs.access(path, 'read').ok);
    if (own !== undefined) yield* readIfThere(shell, own);
    return;
  }
  if (shell.isInteractive && !isSh && invocation.readsRc) {
    if (invocation.rcFile === undefined) yield* readIfThere(shell, '/etc/bash.bashrc');
    yield* readIfThere(shell, invocation.rcFile ?? `${home}/.bashrc`);
    return;
  }
  const file = shell.isInteractive ? undefined : shell.getVariable('BASH_ENV');
  if (file !== undefined && file !== '' && !isSh) yield* readIfThere(shell, yield* shell.runner.expandText(shell, file));
}
function* readIfThere(shell: Shell, path: Bytes): Sys {
  if (!shell.process.fs.access(path, 'read').ok || shell.leaving) return;
  yield* sourceFile(shell, path, []);
  shell.status = 0;
}

function* runString(shell: Shell, text: Bytes): Sys<number> {
  return yield* shell.runner.evaluate(shell, text, { name: '-c', isTopLevel: true, isLast: true });
}

function* runScript(shell: Shell, path: Bytes): Sys<number> {
  const { process } = shell;
  const fail = function* (words: Bytes, status: number): Sys<number> {
    if (shell.dialect !== 'bash') {
      const isDash = shell.dialect === 'dash';
      yield* process.error(
        `${process.argv[0] ?? 'sh'}: ${isDash ? `0: cannot open ${path}: ${words.replace(' or directory', '')}` : `can't open '${path}': ${words}`}\n`,
      );
      return 2;
    }
    yield* process.error(`${process.argv[0] ?? 'bash'}: ${path}: ${words}\n`);
    return status;
  };
  let file = path;
  if (!path.includes('/') && !process.fs.exists(path)) {
    const found = (shell.getVariable('PATH') ?? '')
      .split(':')
      .map((dir) => `${dir || '.'}/${path}`)
      .find((candidate) => process.fs.exists(candidate));
    if (found !== undefined) file = found;
  }
  const inode = process.fs.stat(file);
  if (inode.ok && inode.value.kind === 'dir') {
    yield* process.error(`${path}: ${path}: Is a directory\n`);
    return 126;
  }
  const fd = yield* process.open(file, { read: true, cloexec: true });
  if (!fd.ok) return yield* fail(strerror(fd.error), fd.error === 'ENOENT' ? 127 : 126);
  // bash keeps the script out of the way of what it starts.
  const text = yield* process.readAll(fd.value);
  process.close(fd.value);
  if (!text.ok) return yield* fail(strerror(text.error), 126);
  const [firstLine = ''] = text.value.slice(0, 80).split('\n', 1);
  if (firstLine.includes('\0')) {
    yield* process.error(`${path}: ${path}: cannot execute binary file\n`);
    return 126;
  }
  shell.frames.push({ name: 'main', source: path, line: 0, kind: 'main' });
  return yield* shell.runner.evaluate(shell, text.value, { isTopLevel: true });
}

/** Commands from standard input, line by line: what they read themselves comes from the same place. */
function* runInput(shell: Shell): Sys<number> {
  let text = '';
  let line = 1;
  let first = 1;
  for (;;) {
    const next = yield* readLine(shell.process, 0);
    if (next !== undefined) {
      text += next;
      line++;
    }
    const parsed = parseScript(text, { firstLine: first, dialect: shell.dialect });
    if (next !== undefined && isUnfinished(text, parsed)) continue;
    let { problem } = parsed;
    for (const unit of parsed.units) {
      if (shell.options.verbose) shell.say(`${unit.text}\n`);
      if (unit.openDocuments.length > 0) warnOfDocuments(shell, unit.openDocuments, line - 1);
      const refused = refusedPattern(shell, unit);
      if (refused) {
        problem = refused;
        break;
      }
      if (!shell.options.noexec) yield* runUnit(shell, unit);
      if (shell.leaving?.kind === 'discard') shell.leaving = undefined;
      if (shell.leaving) return shell.status;
    }
    if (problem) {
      if (problem.openDocuments?.length) warnOfDocuments(shell, problem.openDocuments, line - 1);
      complainOf(shell, problem, {});
      return (shell.status = 2);
    }
    if (next === undefined) return shell.status;
    text = '';
    first = line;
  }
}
