/** The builtins of dash and ash: bash's, where they answer alike, and those that do not. */
import type { Bytes } from '../../../base/index.ts';
import { signalOfNumber, signalWords } from '../../process/signals.ts';
import type { Sys } from '../../process/wait.ts';
import { builtinsOf, failureOf, SPECIAL_BUILTINS, type Dialect } from '../dialect.ts';
import { decodeEscapes } from '../expand/escapes.ts';
import { singleQuote } from '../expand/quote.ts';
import type { Builtin, MaybeSys, Shell } from '../shell.ts';
import { BINARY } from '../execute/test.ts';
import { BUILTINS } from './index.ts';
import { readOptions } from './usage.ts';

const kept = new Map<Dialect, ReadonlyMap<Bytes, Builtin>>();

export function plainBuiltins(dialect: Dialect): ReadonlyMap<Bytes, Builtin> {
  const known = kept.get(dialect);
  if (known) return known;
  const names = builtinsOf(dialect);
  const own = dialect === 'dash' ? OF_DASH : OF_BOTH;
  const made = new Map(
    [...BUILTINS].flatMap(([name, builtin]) => (names && !names.has(name) ? [] : [[name, failing(name, own.get(name) ?? builtin)] as const])),
  );
  kept.set(dialect, made);
  return made;
}

/** An error of a builtin is 2, and the end of a script where the builtin is a special one. */
const failing =
  (name: Bytes, builtin: Builtin): Builtin =>
  (shell, args) => {
    shell.complaint = undefined;
    const status = builtin(shell, args);
    return typeof status === 'number' ? concluded(shell, name, status) : later(shell, name, status);
  };
function* later(shell: Shell, name: Bytes, status: Sys<number>): Sys<number> {
  const isReader = name === 'eval' || name === '.' || name === 'source' || name === 'command';
  const result = yield* status;
  return isReader ? result : concluded(shell, name, result);
}
function concluded(shell: Shell, name: Bytes, status: number): number {
  if (status === 0 || shell.complaint === undefined) return status;
  const failure = failureOf(name, shell.complaint, status);
  if (failure > 1 && SPECIAL_BUILTINS.has(name) && !shell.isInteractive && !shell.leaving) shell.leaving = { kind: 'exit' };
  return (shell.status = failure);
}

/** Without `%q`. */
const printf: Builtin = (shell, args) => {
  const wrong = /^(?:[^%]|%[^q(])*%([q(])/s.exec(args[1] ?? '')?.[1];
  return wrong === undefined ? (BUILTINS.get('printf')?.(shell, args) ?? 0) : shell.fail(`%${wrong}: invalid directive`, 2);
};

/** Escapes always mean something, and `-n` is the only option. */
const echo: Builtin = (shell, args) => {
  const isQuiet = args[1] === '-n';
  const decoded = decodeEscapes(args.slice(isQuiet ? 2 : 1).join(' '), 'echo', shell.isUtf8);
  shell.put(decoded.text + (isQuiet || decoded.isEnded ? '' : '\n'));
  return 0;
};

const shift: Builtin = (shell, args) => {
  const count = Number(args[1] ?? 1);
  if (Number.isInteger(count) && count > shell.positional.length) return shell.fail("can't shift that many", 2);
  return BUILTINS.get('shift')?.(shell, args) ?? 0;
};

const read: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'rp:');
  if (typeof parsed === 'number') return parsed;
  if (parsed.rest.length === 0) return shell.fail('arg count', 2);
  return BUILTINS.get('read')?.(shell, args) ?? 0;
};

/** Without `==` and some questions about files; what is no operator is told by the word before. */
const test: Builtin = (shell, args) => {
  const words = args[0] === '[' ? args.slice(1, -1) : args.slice(1);
  const [first = '', second = ''] = words;
  const wrong =
    words.length === 3 && first !== '!' && first !== '(' && !OPERATORS.has(second) ? first : words.length === 2 && /^-[vRNa]$/.test(first) ? first : undefined;
  const tooMany = words.length === 4 && first !== '!' && first !== '(' && OPERATORS.has(second) && !/^-[ao]$/.test(second) ? words[2] : undefined;
  const at = words.indexOf('==');
  const operator = wrong ?? tooMany ?? (at > 0 && at < words.length - 1 ? words[at - 1] : undefined);
  if (operator !== undefined && (args[0] !== '[' || args.at(-1) === ']')) return shell.fail(`${operator}: unexpected operator`, 2);
  return BUILTINS.get(args[0] ?? '')?.(shell, args) ?? 0;
};

const OPERATORS: ReadonlySet<Bytes> = new Set([...BINARY, '-a', '-o'].filter((operator) => operator !== '==' && operator !== '=~'));

const trap: Builtin = (shell, args) => {
  const wrong = args.slice(2).find((name) => /^(?:SIG)?(?:ERR|DEBUG|RETURN)$/.test(name));
  if (args.length === 1) {
    for (const { name, command: words } of shell.traps.list()) shell.put(`trap -- ${singleQuote(words)} ${name}\n`);
    return 0;
  }
  if (wrong === undefined) return BUILTINS.get('trap')?.(shell, args) ?? 0;
  shell.say(`trap: ${wrong}: bad trap\n`);
  return 1;
};

/** Outside of functions it ends the script. */
const returned: Builtin = (shell, args) => {
  if (shell.frames.some(({ kind }) => kind !== 'main')) return BUILTINS.get('return')?.(shell, args) ?? 0;
  return BUILTINS.get('exit')?.(shell, args) ?? 0;
};

const leaveLoop =
  (name: 'break' | 'continue'): Builtin =>
  (shell, args) =>
    shell.loops === 0 ? 0 : (BUILTINS.get(name)?.(shell, args) ?? 0);

const wait: Builtin = (shell, args) => {
  const pid = args.length === 2 && /^\d+$/.test(args[1] ?? '') ? Number(args[1]) : undefined;
  const isUnknown = pid !== undefined && shell.jobs.ofPid(pid) === undefined && shell.jobs.recall(pid) === undefined;
  if (isUnknown) return 127;
  const waiting = BUILTINS.get('wait')?.(shell, args) ?? 0;
  return typeof waiting === 'number' || args.length < 2 ? waiting : toldOfDeath(shell, waiting);
};
/** What a signal ended is told. */
function* toldOfDeath(shell: Shell, waiting: Sys<number>): Sys<number> {
  const status = yield* waiting;
  const signal = status > 128 ? signalOfNumber(status - 128) : undefined;
  if (signal !== undefined && signal !== 'INT' && signal !== 'PIPE') shell.say(`${signalWords(signal)}\n`);
  return status;
}

const resume =
  (name: 'fg' | 'bg'): Builtin =>
  (shell, args) =>
    shell.options.monitor || args.length < 2 ? (BUILTINS.get(name)?.(shell, args) ?? 0) : shell.fail(`No such job: ${args[1] ?? ''}`, 2);

const type: Builtin = (shell, args) => {
  let status = 0;
  for (const name of args.slice(1)) {
    const words = meaning(shell, name);
    if (words === undefined) status = 127;
    shell.put(`${words ?? `${name}: not found`}\n`);
  }
  return status;
};
function meaning(shell: Shell, name: Bytes): Bytes | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return `${name} is an alias for ${alias}`;
  if (KEYWORDS.has(name)) return `${name} is a shell keyword`;
  if (shell.functions.has(name)) return `${name} is a shell function`;
  if (shell.runner.builtins.has(name)) return `${name} is a ${SPECIAL_BUILTINS.has(name) ? 'special ' : ''}shell builtin`;
  const hashed = shell.hashed.get(name);
  if (hashed) return `${name} is a tracked alias for ${hashed.path}`;
  const path = (shell.getVariable('PATH') ?? '')
    .split(':')
    .map((dir) => `${dir}/${name}`)
    .find((file) => shell.process.fs.access(file, 'execute').ok);
  return path === undefined ? undefined : `${name} is ${path}`;
}
const KEYWORDS = new Set(['!', '{', '}', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'until', 'while']);

const command: Builtin = (shell, args) => (args[1] === '-V' ? type(shell, args.slice(1)) : failedLookup(shell, args));
function failedLookup(shell: Shell, args: readonly Bytes[]): MaybeSys<number> {
  const status = BUILTINS.get('command')?.(shell, args[1] === '-v' ? args.slice(0, 3) : args) ?? 0;
  return status === 1 && args[1] === '-v' ? 127 : status;
}

const alias: Builtin = (shell, args) => {
  if (args.length > 1) return BUILTINS.get('alias')?.(shell, args) ?? 0;
  for (const [name, value] of [...shell.aliases].sort(([a], [b]) => (a < b ? -1 : 1))) shell.put(`${name}=${singleQuote(value)}\n`);
  return 0;
};

const listing =
  (name: 'export' | 'readonly', attribute: 'exported' | 'readonly'): Builtin =>
  (shell, args) => {
    if (args[1] === '-n' || args[1] === '-f') return shell.fail(`${args[1]}: invalid option`, 2);
    if (args.length > 1 && args[1] !== '-p') return BUILTINS.get(name)?.(shell, args) ?? 0;
    for (const variable of shell.variables.listed())
      if (variable[attribute]) shell.put(`${name} ${variable.name}${variable.scalar === undefined ? '' : `=${singleQuote(variable.scalar)}`}\n`);
    return 0;
  };

const set: Builtin = (shell, args) => {
  if (args.length > 1) {
    const word = args.find((each, i) => i > 0 && /^[-+]o$/.test(each));
    const name = word === undefined ? undefined : args[args.indexOf(word) + 1];
    if (name === 'pipefail' && shell.dialect === 'dash') return shell.fail(`Illegal option ${word ?? ''} ${name}`, 2);
    return BUILTINS.get('set')?.(shell, args) ?? 0;
  }
  for (const variable of shell.variables.listed()) if (variable.scalar !== undefined) shell.put(`${variable.name}=${singleQuote(variable.scalar)}\n`);
  return 0;
};

const OF_BOTH: ReadonlyMap<Bytes, Builtin> = new Map([
  ['type', type],
  ['command', command],
  ['alias', alias],
  ['export', listing('export', 'exported')],
  ['readonly', listing('readonly', 'readonly')],
  ['set', set],
  ['trap', trap],
  ['return', returned],
  ['break', leaveLoop('break')],
  ['continue', leaveLoop('continue')],
  ['wait', wait],
  ['fg', resume('fg')],
  ['bg', resume('bg')],
]);
const OF_DASH: ReadonlyMap<Bytes, Builtin> = new Map([
  ...OF_BOTH,
  ['echo', echo],
  ['printf', printf],
  ['shift', shift],
  ['read', read],
  ['test', test],
  ['[', test],
]);

/** Variables of bash's own. */
const OF_BASH = [
  ...['BASH', 'BASHOPTS', 'BASHPID', 'BASH_ALIASES', 'BASH_ARGC', 'BASH_ARGV', 'BASH_ARGV0', 'BASH_CMDS', 'BASH_COMMAND', 'BASH_LINENO', 'BASH_LOADABLES_PATH'],
  ...['BASH_EXECUTION_STRING', 'BASH_SOURCE', 'BASH_SUBSHELL', 'BASH_VERSINFO', 'BASH_VERSION', 'COMP_WORDBREAKS', 'DIRSTACK', 'EPOCHREALTIME', 'EPOCHSECONDS'],
  ...['EUID', 'FUNCNAME', 'GROUPS', 'HISTCMD', 'HOSTTYPE', 'MACHTYPE', 'OPTERR', 'OSTYPE', 'PIPESTATUS', 'SHELLOPTS', 'SRANDOM', 'UID'],
];
const BEYOND_DASH = ['LINENO', 'RANDOM', 'SECONDS', 'HOSTNAME'];

/** Takes away what bash alone has. */
export function becomePlain(shell: Shell): void {
  const gone = shell.dialect === 'dash' ? [...OF_BASH, ...BEYOND_DASH] : OF_BASH;
  for (const name of gone) if (!shell.process.env.has(name)) shell.variables.unset(name);
  shell.options.set('braceexpand', false);
  shell.options.setShopt('expand_aliases', true);
  if (shell.dialect === 'dash') {
    shell.options.invocation = shell.options.invocation.replace('c', '');
    const level = shell.process.getenv('SHLVL');
    if (!shell.process.env.has('PATH')) shell.variables.put('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
    if (level === undefined) shell.variables.unset('SHLVL');
    else shell.variables.put('SHLVL', level, { exported: true });
    for (const name of ['SHELL', 'TERM']) if (!shell.process.env.has(name)) shell.variables.unset(name);
  }
  for (const [name, value] of [
    ['PS1', shell.process.credentials.euid === 0 ? '# ' : '$ '],
    ['PS2', '> '],
  ] as const)
    if (shell.variables.get(name) === undefined) shell.variables.put(name, value);
  if (shell.variables.get('PS4') === undefined) shell.variables.put('PS4', '+ ');
}
