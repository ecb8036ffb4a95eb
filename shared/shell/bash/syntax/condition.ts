/**
 * What is wrong with a `[[ … ]]`, in bash's words (bash 5.2, parse.y: cond_expr, cond_term, cond_error). Only asked when the parser found something.
 */
import type { Bytes } from '../../../base/index.ts';
import { BINARY, UNARY } from '../execute/test.ts';

export interface ConditionProblem {
  /** '' says nothing. */
  readonly message: string;
  /** Where the term is that is wrong. */
  readonly pos: number;
  /** A parenthesis of a pattern that is never closed has words of its own before; what is missed then is missed at the end of the text. */
  readonly openParenthesis?: number;
  readonly isAtEnd?: boolean;
}

type Token = { readonly kind: 'word' | 'end' | 'eof' | '(' | ')' | '&&' | '||' | '<' | '>' | 'newline' | 'other'; readonly text: Bytes; readonly pos: number };

class Wrong extends Error {
  constructor(readonly problem: ConditionProblem) {
    super(problem.message);
  }
}

/** The problem of the condition that opens at `open`; undefined when there is none. */
export function conditionProblem(text: Bytes, open: number): ConditionProblem | undefined {
  const reader = new ConditionReader(text, open + 2);
  try {
    const token = reader.expression();
    if (token.kind === 'end') return undefined;
    if (token.kind === 'eof') return { message: "unexpected EOF while looking for `]]'", pos: open, isAtEnd: true };
    const named = nameOf(token);
    return { message: `syntax error in conditional expression${named === undefined ? '' : `: unexpected token \`${named}'`}`, pos: open };
  } catch (error) {
    if (error instanceof Wrong) return error.problem;
    throw error;
  }
}

/** How messages name what is no word. */
const nameOf = (token: Token): string | undefined =>
  token.kind === 'word' || token.kind === 'eof' ? undefined : token.kind === 'end' ? ']]' : token.kind === 'newline' ? 'newline' : token.text;

class ConditionReader {
  constructor(
    private readonly text: Bytes,
    private at: number,
  ) {}

  /** Reads terms and what joins them; the token behind. */
  expression(): Token {
    for (;;) {
      const after = this.term();
      if (after.kind !== '&&' && after.kind !== '||') return after;
    }
  }
  private term(): Token {
    const token = this.next(true);
    const { pos } = token;
    const wrong = (message: string, more: Partial<ConditionProblem> = {}): Wrong => new Wrong({ message, pos, ...more });
    if (token.kind === 'end') throw wrong('');
    if (token.kind === '(') {
      const close = this.expression();
      if (close.kind === ')') return this.next(true);
      const named = nameOf(close);
      throw wrong(named === undefined ? "expected `)'" : `unexpected token \`${named}', expected \`)'`);
    }
    if (token.kind === 'word' && token.text === '!') return this.term();
    if (token.kind !== 'word') throw wrong(`unexpected token ${nameOf(token) === undefined ? '284' : `\`${nameOf(token) ?? ''}'`} in conditional command`);
    if (UNARY.has(token.text)) {
      const operand = this.next(false);
      if (operand.kind === 'word') return this.next(true);
      throw wrong(`unexpected argument ${named(operand)}to conditional unary operator`);
    }
    const operator = this.next(false);
    if (['end', '&&', '||', ')'].includes(operator.kind)) return operator;
    const isBinary = operator.kind === '<' || operator.kind === '>' || (operator.kind === 'word' && BINARY.has(operator.text));
    if (!isBinary) {
      const name = nameOf(operator);
      throw wrong(name === undefined ? 'conditional binary operator expected' : `unexpected token \`${name}', conditional binary operator expected`);
    }
    const right = operator.text === '=~' ? this.regex() : this.next(false);
    if (typeof right === 'number') throw wrong('unexpected argument to conditional binary operator', { openParenthesis: right, isAtEnd: true });
    if (right.kind === 'word') return this.next(true);
    throw wrong(`unexpected argument ${named(right)}to conditional binary operator`);
  }
  /** A pattern may have parentheses; where one opens that is never closed. */
  private regex(): Token | number {
    this.skip(false);
    const pos = this.at;
    let depth = 0;
    let open = pos;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text.charAt(this.at);
      if (char === '\\') this.at++;
      else if (char === "'" || char === '"') this.at = this.quoteEnd(this.at);
      else if (char === '(') {
        if (depth++ === 0) open = this.at;
      } else if (char === ')' && depth > 0) depth--;
      else if (depth === 0 && /[\s;&)]/.test(char)) break;
    }
    if (depth > 0) return open;
    return this.at > pos ? { kind: 'word', text: this.text.slice(pos, this.at), pos } : this.next(false);
  }
  private skip(newlines: boolean): void {
    while (/[ \t]/.test(this.text.charAt(this.at)) || (newlines && this.text.charAt(this.at) === '\n')) this.at++;
  }
  private next(newlines: boolean): Token {
    this.skip(newlines);
    const pos = this.at;
    const rest = this.text.slice(pos, pos + 2);
    const token = (kind: Token['kind'], length: number): Token => {
      this.at += length;
      return { kind, text: this.text.slice(pos, this.at), pos };
    };
    if (rest === '') return token('eof', 0);
    if (rest.startsWith('\n')) return token('newline', 1);
    if (rest === '&&' || rest === '||') return token(rest, 2);
    const [char = ''] = rest;
    if ('()<>'.includes(char) && rest !== '<(' && rest !== '>(') return token(char as '(', 1);
    if (';&|'.includes(char)) return token('other', rest === ';;' || rest === '|&' ? 2 : 1);
    while (this.at < this.text.length && !/[\s;&|()<>]/.test(this.text.charAt(this.at))) {
      const inner = this.text.charAt(this.at);
      if (inner === '\\') this.at++;
      else if (inner === "'" || inner === '"') this.at = this.quoteEnd(this.at);
      else if (inner === '$' && /[{(]/.test(this.text.charAt(this.at + 1))) this.at = this.groupEnd(this.at + 1);
      else if ('?*+@!'.includes(inner) && this.text.charAt(this.at + 1) === '(') this.at = this.groupEnd(this.at + 1);
      this.at++;
    }
    const text = this.text.slice(pos, this.at);
    return { kind: text === ']]' ? 'end' : 'word', text, pos };
  }
  private quoteEnd(at: number): number {
    const quote = this.text.charAt(at);
    for (let i = at + 1; i < this.text.length; i++) {
      if (this.text.charAt(i) === quote) return i;
      if (quote === '"' && this.text.charAt(i) === '\\') i++;
    }
    return this.text.length;
  }
  private groupEnd(at: number): number {
    let depth = 0;
    for (let i = at; i < this.text.length; i++) {
      const char = this.text.charAt(i);
      if (char === '(' || char === '{') depth++;
      else if ((char === ')' || char === '}') && --depth === 0) return i;
      else if (char === "'" || char === '"') i = this.quoteEnd(i);
      else if (char === '\\') i++;
    }
    return this.text.length;
  }
}
const named = (token: Token): string => {
  const name = nameOf(token);
  return name === undefined ? '' : `\`${name}' `;
};
