/**
 * The shells that stand at /bin/sh: dash on Debian, busybox's ash in small images. Both are this interpreter with less syntax, fewer builtins and
 * words of their own (dash 0.5.12, busybox 1.36; their messages were taken from the programs).
 *
 * Deviation: what bash says and neither of them was asked about keeps bash's words behind their prefix.
 */
import type { Bytes } from '../../base/index.ts';

export type Dialect = 'bash' | 'dash' | 'ash';

const DASH_BUILTINS = [
  ...['.', ':', '[', 'alias', 'bg', 'break', 'cd', 'command', 'continue', 'echo', 'eval', 'exec', 'exit', 'export', 'false', 'fg', 'getopts', 'hash'],
  ...['jobs', 'kill', 'local', 'printf', 'pwd', 'read', 'readonly', 'return', 'set', 'shift', 'test', 'times', 'trap', 'true', 'type', 'ulimit'],
  ...['umask', 'unalias', 'unset', 'wait'],
];
/** Names of the builtins that a shell has; undefined for all. */
export const builtinsOf = (dialect: Dialect): ReadonlySet<Bytes> | undefined =>
  dialect === 'bash' ? undefined : new Set(dialect === 'dash' ? DASH_BUILTINS : [...DASH_BUILTINS, 'help', 'history', 'let', 'source']);

/** Whose failure ends a script. */
export const SPECIAL_BUILTINS: ReadonlySet<Bytes> = new Set([
  ...['.', ':', 'break', 'continue', 'eval', 'exec', 'exit', 'export', 'local', 'readonly', 'return', 'set', 'shift', 'source', 'times', 'trap', 'unset'],
]);
/** They warn where others fail: status 1, and a script goes on. */
const WARNING = new Set(['alias', 'hash', 'trap', 'type', 'command', 'unalias', 'printf', 'wait']);

/** What a builtin that said something ends with. */
export const failureOf = (name: Bytes, words: Bytes, status: number): number =>
  status !== 1 || WARNING.has(name) || words.endsWith('No such process') ? status : 2;

type Rules = readonly (readonly [RegExp, string])[];

const COMMON: Rules = [
  [/^((?:\w+: )?)(.*): command not found$/s, '$1$2: not found'],
  [/^(exit|return|shift|break|continue): (.*): numeric argument required$/s, '$1: Illegal number: $2'],
  [/^unset: (.*): cannot unset: readonly variable$/s, 'unset: $1: is read only'],
  [/^(.*): readonly variable$/s, '$1: is read only'],
  [/^(.*): unbound variable$/s, '$1: parameter not set'],
  [/^(.*): parameter (?:null or )?not set$/s, '$1: parameter not set'],
  [/^(export|readonly|local|unset|read|getopts): `([^=]*).*': not a valid identifier$/s, '$1: $2: bad variable name'],
  [/^local: can only be used in a function$/, 'local: not in a function'],
  [/^fg: (?:current: no such job|no job control)$/, 'fg: No current job'],
  [/^bg: (?:current: no such job|no job control)$/, 'bg: No current job'],
];
const DASH: Rules = [
  ...COMMON,
  [/^cd: (.*): (?:No such file or directory|Not a directory|Permission denied|File name too long)$/s, "cd: can't cd to $1"],
  [/^shift: .*: shift count out of range$/s, "shift: can't shift that many"],
  [/^(\S+): ([-+].): invalid option$/s, '$1: Illegal option $2'],
  [/^kill: \(.*\) - (.*)$/s, 'kill: $1\n'],
  [/^kill: (.*): arguments must be process or job IDs$/s, 'kill: Illegal number: $1'],
  [/^trap: (.*): invalid signal specification$/s, '\0trap: $1: bad trap'],
  [/^alias: (.*): not found$/s, '\0alias: $1 not found'],
  [/^unalias: (.*): not found$/s, '\0unalias: $1 not found'],
  [/^umask: (.*): octal number out of range$/s, 'umask: Illegal number: $1'],
  [/^set: (.*): invalid option name$/s, 'set: Illegal option -o $1'],
  [/^(\w+): (%?.*): no such job$/s, '$1: No such job: $2'],
  [/^(test|\[): (.*): (?:unary|binary) operator expected$/s, '$1: $2: unexpected operator'],
  [/^\[: missing `\]'$/, '[: missing ]'],
  [/^(test|\[): (.*): integer expression expected$/s, '$1: Illegal number: $2'],
  [/^printf: `(.)': invalid format character$/s, 'printf: %$1: invalid directive'],
  [/^printf: (.*): invalid (?:octal )?number$/s, 'printf: $1: expected numeric value'],
  [/^(.*): division by 0 \(error token is .*\)$/s, 'arithmetic expression: division by zero: "$1"'],
  [/^(.*?)\s*: syntax error: operand expected \(error token is .*\)$/s, 'arithmetic expression: expecting primary: "$1"'],
  [/^(.*?)\s*: (?:syntax error in expression|missing `\)') \(error token is .*\)$/s, 'arithmetic expression: expecting EOF: "$1"'],
  [/^(.*): value too great for base \(error token is .*\)$/s, 'Illegal number: $1'],
  [/^.*: bad substitution$/s, 'Bad substitution'],
];
const ASH: Rules = [
  ...COMMON,
  [/^cd: (.*): (No such file or directory|Not a directory|Permission denied)$/s, "cd: can't cd to $1: $2"],
  [/^(\S+): ([-+].): invalid option$/s, '$1: illegal option $2'],
  [/^kill: \((.*)\) - (.*)$/s, "\x01can't kill pid $1: $2"],
  [/^kill: (.*): arguments must be process or job IDs$/s, "\x01invalid number '$1'"],
  [/^alias: (.*): not found$/s, '\0alias: $1 not found'],
  [/^umask: (.*): octal number out of range$/s, 'umask: illegal mode: $1'],
  [/^set: (.*): invalid option name$/s, 'set: illegal option -o $1'],
  [/^(test|\[): (.*): (?:unary|binary) operator expected$/s, '\x01$2: unknown operand'],
  [/^\[: missing `\]'$/, '\x01missing ]'],
  [/^(test|\[): (.*): integer expression expected$/s, '\x01$2: bad number'],
  [/^printf: `(.)': invalid format character$/s, '\x01%$1: invalid format'],
  [/^printf: (.*): invalid (?:octal )?number$/s, "\x01invalid number '$1'"],
  [/^.*: division by 0 \(error token is .*\)$/s, 'divide by zero'],
  [/^.*: (?:syntax error.*|missing `\)') \(error token is .*\)$/s, 'arithmetic syntax error'],
  [/^.*: bad substitution$/s, 'syntax error: bad substitution'],
];

/** `\0` before the words: no prefix at all; `\x01`: only the shell's name. */
function wordsOf(dialect: Dialect, words: Bytes): Bytes {
  for (const [pattern, replacement] of dialect === 'dash' ? DASH : ASH) if (pattern.test(words)) return words.replace(pattern, replacement);
  return words;
}

/** Who speaks, and about which line. */
interface Speaking {
  readonly dialect: Dialect;
  readonly name: Bytes;
  readonly line: number;
  readonly frames: readonly { readonly kind: string }[];
  readonly builtin: Bytes | undefined;
  readonly speaker: Bytes | undefined;
}
/** dash counts lines always, ash where it reads a script or names a command. */
export function plainPrefix({ dialect, name, line, frames }: Speaking, speaker: Bytes | undefined): Bytes {
  const who = speaker === undefined ? '' : `${speaker}: `;
  if (dialect === 'dash') return `${name}: ${line}: ${who}`;
  const isScript = frames.some(({ kind }) => kind !== 'function');
  return `${name}: ${who}${isScript ? `line ${line}: ` : who === '' ? '' : 'line 0: '}`;
}
/** A whole message. */
export function plainWords(shell: Speaking, words: Bytes): Bytes {
  const said = wordsOf(shell.dialect, words);
  if (said.startsWith('\0')) return said.slice(1);
  if (said.startsWith('\x01')) return `${shell.name}: ${said.slice(1)}`;
  const { builtin } = shell;
  if (builtin !== undefined && said.startsWith(`${builtin}: `)) return plainPrefix(shell, builtin) + said.slice(builtin.length + 2);
  return plainPrefix(shell, shell.speaker) + said;
}

/** Bash's syntax error in the words of the others. `expected` is what the parser missed, where it knows. */
export function syntaxWords(dialect: Dialect, message: string, expected: string | undefined): string {
  const end = `end of file unexpected${expected === undefined ? '' : ` (expecting "${expected}")`}`;
  const words = ((): string => {
    const closer = /^unexpected EOF while looking for matching `(.)'$/.exec(message)?.[1];
    if (closer === '"' || closer === "'") return 'Unterminated quoted string';
    if (closer === '`') return 'EOF in backquote substitution';
    if (closer === '}') return "Missing '}'";
    if (closer === ')') return 'end of file unexpected (expecting ")")';
    if (/unexpected end of file|unexpected EOF/.test(message)) return end;
    const token = /near unexpected token `(.*)'$/s.exec(message)?.[1];
    if (token === undefined) return message;
    if (token === 'newline') return `newline unexpected${expected === undefined ? '' : ` (expecting "${expected}")`}`;
    if (OPERATOR.test(token) || RESERVED.has(token))
      return `"${token}" unexpected${expected === undefined || RESERVED.has(token) ? '' : ` (expecting "${expected}")`}`;
    return `word unexpected${expected === undefined ? '' : ` (expecting "${expected}")`}`;
  })();
  if (dialect === 'dash') return `Syntax error: ${words}`;
  const turned = /^(?:(".*")|(end of file|word|newline|redirection)) unexpected(.*)$/s.exec(words);
  if (turned) return `syntax error: unexpected ${turned[1] ?? turned[2] ?? ''}${turned[3] ?? ''}`;
  return `syntax error: ${/^EOF/.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1)}`;
}
const OPERATOR = /^[;&|()<>]+$/;
const RESERVED: ReadonlySet<string> = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'while', 'until', 'for', 'case', 'esac', 'in', '{', '}', '!']);
