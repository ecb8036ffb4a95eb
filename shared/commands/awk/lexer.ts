/** awk programs as tokens (POSIX awk, as mawk 1.3.4 reads them). */
import type { Bytes } from '../../base/index.ts';

export const BUILTINS = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'tolower',
  'toupper',
  'system',
  'close',
  'fflush',
  'systime',
  'strftime',
  'mktime',
]);
const KEYWORDS = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
]);

export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'funcname' | 'keyword' | 'op' | 'newline' | 'end';
  readonly text: Bytes;
  readonly line: number;
}

const OPERATORS = [
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '++',
  '--',
  '>>',
  '!~',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ';',
];
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** What a string literal's text means. */
export const unescape = (text: Bytes): Bytes =>
  text.replace(/\\([0-7]{1,3}|[^])/g, (whole, rest: string) => (/^[0-7]/.test(rest) ? String.fromCharCode(parseInt(rest, 8) & 255) : (ESCAPES[rest] ?? whole)));

export class SyntaxProblem extends Error {}

export class Lexer {
  private at = 0;
  private line = 1;
  private last: Token | undefined;
  constructor(private readonly text: Bytes) {}

  next(): Token {
    const token = this.read();
    this.last = token;
    return token;
  }
  private token(kind: Token['kind'], text: Bytes): Token {
    return { kind, text, line: this.line };
  }
  /** A `/` here would start a regular expression, not divide. */
  private get expectsOperand(): boolean {
    const { last } = this;
    if (!last) return true;
    if (last.kind === 'number' || last.kind === 'string' || last.kind === 'name' || last.kind === 'regex') return false;
    return !(last.kind === 'op' && [')', ']', '$', '++', '--'].includes(last.text)) && !(last.kind === 'funcname' && BUILTINS.has(last.text));
  }
  private read(): Token {
    for (;;) {
      const skipped = /^(?:[ \t\r]|\\\r?\n|#[^\n]*)+/.exec(this.text.slice(this.at))?.[0];
      if (skipped === undefined) break;
      this.line += skipped.split('\n').length - 1;
      this.at += skipped.length;
    }
    const rest = this.text.slice(this.at);
    const char = rest[0];
    if (char === undefined) return this.token('end', '');
    if (char === '\n') {
      this.at++;
      const token = this.token('newline', '\n');
      this.line++;
      return token;
    }
    const number = /^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return this.token('number', number);
    }
    const word = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    if (word !== undefined) {
      this.at += word.length;
      if (KEYWORDS.has(word)) return this.token('keyword', word === 'func' ? 'function' : word);
      return this.token(BUILTINS.has(word) || this.text[this.at] === '(' ? 'funcname' : 'name', word);
    }
    if (char === '"') {
      const string = /^"((?:[^"\\\n]|\\[^])*)"/.exec(rest);
      if (!string) throw new SyntaxProblem(`runaway string constant ${rest.slice(0, 11)} ...`);
      this.at += string[0].length;
      return this.token('string', unescape((string[1] ?? '').replace(/\\\n/g, '')));
    }
    if (char === '/' && this.expectsOperand) {
      const regex = /^\/((?:[^/\\\n[]|\\[^\n]|\[\^?\]?(?:\[:\w+:\]|[^\]\n])*\])*)\//.exec(rest);
      if (!regex) throw new SyntaxProblem(`runaway regular expression ${rest.slice(0, 20)} ...`);
      this.at += regex[0].length;
      return this.token('regex', (regex[1] ?? '').replace(/\\\//g, '/'));
    }
    const operator = OPERATORS.find((each) => rest.startsWith(each));
    if (operator === undefined) throw new SyntaxProblem(`unexpected character '${char}'`);
    this.at += operator.length;
    return this.token('op', operator);
  }
}
