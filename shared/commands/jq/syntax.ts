/** jq filters (jq 1.6): from text to a tree. */
import { err, ok, type Result } from '../../base/index.ts';
import type { Json } from './json.ts';
import { KEYWORDS, Problem, type Token, tokenize } from './tokens.ts';

export type Filter =
  | { readonly kind: 'identity' | 'recurse' | 'empty-break' }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'format'; readonly name: string }
  | { readonly kind: 'string'; readonly parts: readonly (string | Filter)[]; readonly format: string | undefined }
  | { readonly kind: 'index'; readonly of: Filter; readonly key: Filter }
  | { readonly kind: 'slice'; readonly of: Filter; readonly from: Filter | undefined; readonly to: Filter | undefined }
  | { readonly kind: 'iterate'; readonly of: Filter }
  | { readonly kind: 'try'; readonly body: Filter; readonly otherwise: Filter | undefined }
  | { readonly kind: 'pipe' | 'comma'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'negate'; readonly of: Filter }
  | { readonly kind: 'update'; readonly op: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'if'; readonly test: Filter; readonly yes: Filter; readonly no: Filter }
  | { readonly kind: 'array'; readonly body: Filter | undefined }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [Filter, Filter])[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'as'; readonly source: Filter; readonly patterns: readonly Pattern[]; readonly body: Filter }
  | { readonly kind: 'reduce'; readonly source: Filter; readonly pattern: Pattern; readonly start: Filter; readonly update: Filter }
  | {
      readonly kind: 'foreach';
      readonly source: Filter;
      readonly pattern: Pattern;
      readonly start: Filter;
      readonly update: Filter;
      readonly extract: Filter | undefined;
    }
  | { readonly kind: 'def'; readonly name: string; readonly params: readonly string[]; readonly body: Filter; readonly rest: Filter }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Filter[] }
  | { readonly kind: 'label'; readonly name: string; readonly body: Filter }
  | { readonly kind: 'break'; readonly name: string };

export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Pattern[] }
  | {
      readonly kind: 'object';
      readonly entries: readonly { readonly key: Filter; readonly variable: string | undefined; readonly pattern: Pattern | undefined }[];
    };

const PRECEDENCE: Readonly<Record<string, readonly [number, 'left' | 'right' | 'none']>> = {
  '|': [0, 'right'],
  ',': [1, 'left'],
  '//': [2, 'right'],
  '=': [3, 'none'],
  '|=': [3, 'none'],
  '+=': [3, 'none'],
  '-=': [3, 'none'],
  '*=': [3, 'none'],
  '/=': [3, 'none'],
  '%=': [3, 'none'],
  '//=': [3, 'none'],
  or: [4, 'left'],
  and: [5, 'left'],
  '==': [6, 'none'],
  '!=': [6, 'none'],
  '<': [6, 'none'],
  '<=': [6, 'none'],
  '>': [6, 'none'],
  '>=': [6, 'none'],
  '+': [7, 'left'],
  '-': [7, 'left'],
  '*': [8, 'left'],
  '/': [8, 'left'],
  '%': [8, 'left'],
};

class Parser {
  private at = 0;
  constructor(private readonly tokens: readonly Token[]) {}
  private get token(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }
  private is(text: string): boolean {
    return this.token.kind === 'op' && this.token.text === text;
  }
  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }
  private need(text: string): void {
    if (!this.take(text)) this.fail();
  }
  private fail(): never {
    const { kind, text } = this.token;
    throw new Problem(
      `syntax error, unexpected ${kind === 'end' ? '$end' : kind === 'name' ? 'IDENT' : kind === 'field' ? 'FIELD' : kind === 'number' ? 'LITERAL' : kind === 'string' ? 'QQSTRING_START' : kind === 'format' ? 'FORMAT' : kind === 'variable' ? "'$'" : /^\w+$/.test(text) ? text : `'${text}'`} (Unix shell quoting issues?)`,
    );
  }
  whole(): Filter {
    const filter = this.token.kind === 'end' ? ({ kind: 'identity' } as const) : this.pipe();
    if (this.token.kind !== 'end') this.fail();
    return filter;
  }
  private pipe(): Filter {
    if (this.is('def')) {
      const { name, params, body } = this.definition();
      return { kind: 'def', name, params, body, rest: this.token.kind === 'end' ? { kind: 'identity' } : this.pipe() };
    }
    if (this.take('label')) {
      const name = this.token.text;
      this.at++;
      this.need('|');
      return { kind: 'label', name, body: this.pipe() };
    }
    return this.binary(0);
  }
  private definition(): { readonly name: string; readonly params: readonly string[]; readonly body: Filter } {
    this.need('def');
    const name = this.token.text;
    this.at++;
    const params: string[] = [];
    if (this.take('(')) {
      do {
        params.push(this.token.kind === 'variable' ? `$${this.token.text}` : this.token.text);
        this.at++;
      } while (this.take(';'));
      this.need(')');
    }
    this.need(':');
    const body = this.pipe();
    this.need(';');
    return { name, params, body };
  }
  private binary(lowest: number): Filter {
    let left = this.postfixAs();
    for (;;) {
      const { token } = this;
      const [precedence, side] = (token.kind === 'op' ? PRECEDENCE[token.text] : undefined) ?? [-1, 'left'];
      if (precedence < lowest) return left;
      this.at++;
      const op = token.text;
      const right = op === '|' ? this.pipe() : this.binary(side === 'right' ? precedence : precedence + 1);
      if (op === '|') left = { kind: 'pipe', left, right };
      else if (op === ',') left = { kind: 'comma', left, right };
      else if (precedence === 3) left = { kind: 'update', op, left, right };
      else left = { kind: 'binary', op, left, right };
    }
  }
  private postfixAs(): Filter {
    if (this.take('-')) return { kind: 'negate', of: this.postfixAs() };
    const term = this.term();
    if (!this.take('as')) return term;
    const patterns = [this.pattern()];
    while (this.take('?//')) patterns.push(this.pattern());
    this.need('|');
    return { kind: 'as', source: term, patterns, body: this.pipe() };
  }
  private pattern(): Pattern {
    const { token } = this;
    this.at++;
    if (token.kind === 'variable') return { kind: 'variable', name: token.text };
    if (token.text === '[') {
      const items = [this.pattern()];
      while (this.take(',')) items.push(this.pattern());
      this.need(']');
      return { kind: 'array', items };
    }
    if (token.text !== '{') this.fail();
    const entries: { key: Filter; variable: string | undefined; pattern: Pattern | undefined }[] = [];
    do {
      const each = this.token;
      let key: Filter;
      let variable: string | undefined;
      if (each.kind === 'variable') {
        variable = each.text;
        key = { kind: 'literal', value: each.text };
        this.at++;
      } else if (this.take('(')) {
        key = this.pipe();
        this.need(')');
      } else {
        key = each.kind === 'string' ? this.string(undefined) : { kind: 'literal', value: each.text };
        if (each.kind !== 'string') this.at++;
      }
      entries.push({ key, variable, pattern: this.take(':') ? this.pattern() : undefined });
    } while (this.take(','));
    this.need('}');
    return { kind: 'object', entries };
  }
  private string(format: string | undefined): Filter {
    const { parts } = this.token;
    this.at++;
    const [only] = parts ?? [''];
    if (parts?.length === 1 && typeof only === 'string') return { kind: 'literal', value: only };
    return { kind: 'string', parts: parts ?? [], format };
  }
  private term(): Filter {
    let left = this.atom();
    for (;;) {
      if (this.token.kind === 'field') {
        left = { kind: 'index', of: left, key: { kind: 'literal', value: this.token.text } };
        this.at++;
      } else if (this.is('.') && this.tokens[this.at + 1]?.kind === 'string') {
        this.at++;
        left = { kind: 'index', of: left, key: this.string(undefined) };
      } else if (this.is('.') && this.tokens[this.at + 1]?.text === '[') {
        this.at++;
      } else if (this.take('[')) left = this.bracket(left);
      else if (this.take('?')) left = { kind: 'try', body: left, otherwise: undefined };
      else return left;
    }
  }
  private bracket(of: Filter): Filter {
    if (this.take(']')) return { kind: 'iterate', of };
    if (this.take(':')) {
      const to = this.pipe();
      this.need(']');
      return { kind: 'slice', of, from: undefined, to };
    }
    const key = this.pipe();
    if (!this.take(':')) {
      this.need(']');
      return { kind: 'index', of, key };
    }
    const to = this.is(']') ? undefined : this.pipe();
    this.need(']');
    return { kind: 'slice', of, from: key, to };
  }
  private atom(): Filter {
    const { token } = this;
    switch (token.kind) {
      case 'number':
        this.at++;
        return { kind: 'literal', value: Number(token.text) };
      case 'string':
        return this.string(undefined);
      case 'format':
        this.at++;
        return this.token.kind === 'string' ? this.string(token.text) : { kind: 'format', name: token.text };
      case 'field':
        this.at++;
        return { kind: 'index', of: { kind: 'identity' }, key: { kind: 'literal', value: token.text } };
      case 'variable':
        this.at++;
        return token.text === '__loc__' ? { kind: 'literal', value: { file: '<top-level>', line: 1 } } : { kind: 'variable', name: token.text };
      case 'name': {
        this.at++;
        const args: Filter[] = [];
        if (this.take('(')) {
          do args.push(this.pipe());
          while (this.take(';'));
          this.need(')');
        }
        return constant(token.text, args) ?? { kind: 'call', name: token.text, args };
      }
      default:
        break;
    }
    this.at++;
    switch (token.text) {
      case '.':
        if (this.token.kind === 'string') return { kind: 'index', of: { kind: 'identity' }, key: this.string(undefined) };
        return { kind: 'identity' };
      case '..':
        return { kind: 'recurse' };
      case '(': {
        const body = this.pipe();
        this.need(')');
        return body;
      }
      case '[': {
        const body = this.is(']') ? undefined : this.pipe();
        this.need(']');
        return { kind: 'array', body };
      }
      case '{':
        return this.object();
      case 'if':
        return this.conditional();
      case 'try': {
        const body = this.term();
        return { kind: 'try', body, otherwise: this.take('catch') ? this.term() : { kind: 'call', name: 'empty', args: [] } };
      }
      case 'reduce':
      case 'foreach': {
        const source = this.term();
        this.need('as');
        const pattern = this.pattern();
        this.need('(');
        const start = this.pipe();
        this.need(';');
        const update = this.pipe();
        const extract = token.text === 'foreach' && this.take(';') ? this.pipe() : undefined;
        this.need(')');
        return token.text === 'reduce' ? { kind: 'reduce', source, pattern, start, update } : { kind: 'foreach', source, pattern, start, update, extract };
      }
      case 'break': {
        const name = this.token.text;
        this.at++;
        return { kind: 'break', name };
      }
      case 'def':
        this.at--;
        return this.pipe();
      default:
        this.at--;
        return this.fail();
    }
  }
  private conditional(): Filter {
    const test = this.pipe();
    this.need('then');
    const yes = this.pipe();
    if (this.take('elif')) return { kind: 'if', test, yes, no: this.conditional() };
    const no: Filter = this.take('else') ? this.pipe() : { kind: 'identity' };
    this.need('end');
    return { kind: 'if', test, yes, no };
  }
  private object(): Filter {
    const entries: (readonly [Filter, Filter])[] = [];
    if (this.take('}')) return { kind: 'object', entries };
    do {
      const { token } = this;
      let key: Filter;
      let value: Filter | undefined;
      if (token.kind === 'variable') {
        this.at++;
        key = { kind: 'literal', value: token.text };
        value = { kind: 'variable', name: token.text };
      } else if (this.take('(')) {
        key = this.pipe();
        this.need(')');
      } else if (token.kind === 'string') key = this.string(undefined);
      else if (token.kind === 'format') {
        this.at++;
        key = this.token.kind === 'string' ? this.string(token.text) : { kind: 'format', name: token.text };
      } else if (token.kind === 'name' || token.kind === 'number' || (token.kind === 'op' && KEYWORDS.has(token.text))) {
        this.at++;
        key = { kind: 'literal', value: token.text };
      } else return this.fail();
      if (this.take(':')) value = this.objectValue();
      entries.push([key, value ?? { kind: 'index', of: { kind: 'identity' }, key }]);
    } while (this.take(','));
    this.need('}');
    return { kind: 'object', entries };
  }
  private objectValue(): Filter {
    let left: Filter = this.take('-') ? { kind: 'negate', of: this.term() } : this.term();
    while (this.take('|')) left = { kind: 'pipe', left, right: this.term() };
    return left;
  }
}
function constant(name: string, args: readonly Filter[]): Filter | undefined {
  if (args.length > 0) return undefined;
  const value = { true: true, false: false, null: null }[name];
  return value === undefined ? undefined : { kind: 'literal', value };
}

const parseTokens = (tokens: readonly Token[]): Filter => new Parser(tokens).whole();

/** The tree of a filter, or what is wrong as jq says it after `jq: error: `. */
export function parseJq(text: string): Result<Filter, string> {
  try {
    return ok(parseTokens(tokenize(text, parseTokens)));
  } catch (error) {
    if (error instanceof Problem) return err(error.message);
    if (error instanceof RangeError) return err('the program is nested too deeply');
    throw error;
  }
}
