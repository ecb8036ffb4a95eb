/** awk programs (POSIX awk, as mawk 1.3.4 reads them): from text to a tree. */
import { err, ok, type Bytes, type Result } from '../../base/index.ts';
import { BUILTINS, Lexer, SyntaxProblem, type Token } from './lexer.ts';
import type { AwkProgram, Expr, Fn, Pattern, Rule, Statement } from './tree.ts';

class Parser {
  private readonly tokens: Token[] = [];
  private at = 0;
  private readonly rules: Rule[] = [];
  private readonly functions = new Map<Bytes, Fn>();
  /** `>` is a redirection, `in` a loop's: depth of parentheses resets it. */
  private noGreater = false;
  private noIn = false;

  constructor(text: Bytes) {
    const lexer = new Lexer(text);
    for (;;) {
      const token = lexer.next();
      this.tokens.push(token);
      if (token.kind === 'end') break;
    }
  }
  private get token(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '', line: 0 };
  }
  private is(text: string): boolean {
    return (this.token.kind === 'op' || this.token.kind === 'keyword') && this.token.text === text;
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
    throw new SyntaxProblem(`syntax error at or near ${kind === 'end' ? 'end of file' : kind === 'newline' ? 'end of line' : text}`);
  }
  private newlines(): void {
    while (this.token.kind === 'newline') this.at++;
  }
  private terminators(): void {
    while (this.token.kind === 'newline' || this.is(';')) this.at++;
  }

  run(): AwkProgram {
    for (this.terminators(); this.token.kind !== 'end'; this.terminators()) this.item();
    return { rules: this.rules, functions: this.functions };
  }
  get line(): number {
    return this.token.line;
  }
  private item(): void {
    if (this.take('function')) {
      const name = this.token.text;
      this.at++;
      this.need('(');
      const params: Bytes[] = [];
      while (!this.take(')')) {
        params.push(this.token.text);
        this.at++;
        this.take(',');
        this.newlines();
      }
      this.newlines();
      this.functions.set(name, { params, body: this.block() });
      return;
    }
    let pattern: Pattern = { kind: 'always' };
    if (this.take('BEGIN')) pattern = { kind: 'begin' };
    else if (this.take('END')) pattern = { kind: 'end' };
    else if (!this.is('{')) {
      const from = this.expr();
      if (this.take(',')) {
        this.newlines();
        pattern = { kind: 'range', from, to: this.expr() };
      } else pattern = { kind: 'test', test: from };
    }
    const body = this.is('{') ? this.block() : undefined;
    if (!body && (pattern.kind === 'begin' || pattern.kind === 'end')) this.fail();
    this.rules.push({ pattern, body, active: false });
  }
  private block(): Statement {
    this.need('{');
    const body: Statement[] = [];
    for (this.terminators(); !this.is('}'); this.terminators()) body.push(this.statement());
    this.need('}');
    return { kind: 'block', body };
  }
  private endSimple(): void {
    if (this.take(';')) {
      this.newlines();
      return;
    }
    if (this.token.kind === 'newline') this.newlines();
    else if (!this.is('}') && this.token.kind !== 'end') this.fail();
  }
  /** The body of an if or a loop: on the same line or the next. */
  private body(): Statement {
    this.newlines();
    if (this.take(';')) return { kind: 'block', body: [] };
    return this.statement();
  }
  private statement(): Statement {
    if (this.is('{')) return this.block();
    if (this.take('if')) {
      this.need('(');
      const test = this.expr();
      this.need(')');
      const yes = this.body();
      const back = this.at;
      this.terminators();
      if (this.take('else')) return { kind: 'if', test, yes, no: this.body() };
      this.at = back;
      return { kind: 'if', test, yes, no: undefined };
    }
    if (this.take('while')) {
      this.need('(');
      const test = this.expr();
      this.need(')');
      return { kind: 'while', test, body: this.body() };
    }
    if (this.take('do')) {
      const body = this.body();
      this.terminators();
      this.need('while');
      this.need('(');
      const test = this.expr();
      this.need(')');
      this.endSimple();
      return { kind: 'do', test, body };
    }
    if (this.take('for')) return this.loop();
    const simple = this.simple();
    this.endSimple();
    return simple;
  }
  private loop(): Statement {
    this.need('(');
    const back = this.at;
    const variable = this.token;
    this.at++;
    if ((variable.kind === 'name' || variable.kind === 'funcname') && this.take('in')) {
      const array = this.token.text;
      this.at++;
      if (this.take(')')) return { kind: 'forin', variable: { kind: 'name', name: variable.text }, array, body: this.body() };
    }
    this.at = back;
    const first = this.is(';') ? undefined : this.simple();
    this.need(';');
    this.newlines();
    const test = this.is(';') ? undefined : this.expr();
    this.need(';');
    this.newlines();
    const next = this.is(')') ? undefined : this.simple();
    this.need(')');
    return { kind: 'for', first, test, next, body: this.body() };
  }
  private simple(): Statement {
    for (const word of ['break', 'continue', 'next', 'nextfile'] as const) if (this.take(word)) return { kind: word };
    for (const word of ['exit', 'return'] as const) if (this.take(word)) return { kind: word, value: this.isEnd ? undefined : this.expr() };
    if (this.take('delete')) {
      const name = this.token.text;
      this.at++;
      if (!this.take('[')) return { kind: 'delete', name, keys: undefined };
      const keys = this.list(']');
      return { kind: 'delete', name, keys };
    }
    for (const word of ['print', 'printf'] as const) if (this.take(word)) return this.output(word);
    return { kind: 'expression', expr: this.expr() };
  }
  private get isEnd(): boolean {
    return this.token.kind === 'newline' || this.token.kind === 'end' || this.is(';') || this.is('}');
  }
  private output(kind: 'print' | 'printf'): Statement {
    const before = this.noGreater;
    this.noGreater = true;
    let args: readonly Expr[] = [];
    if (!this.isEnd && !this.is('>') && !this.is('>>') && !this.is('|')) {
      const items = [this.expr()];
      while (this.take(',')) {
        this.newlines();
        items.push(this.expr());
      }
      const [only] = items;
      args = items.length === 1 && only?.kind === 'group' ? only.items : items;
    }
    this.noGreater = before;
    for (const how of ['>>', '>', '|'] as const) if (this.take(how)) return { kind, args, to: { how, target: this.concatenation(true) } };
    return { kind, args, to: undefined };
  }
  private list(close: string): Expr[] {
    const items: Expr[] = [];
    this.newlines();
    if (this.take(close)) return items;
    const [greater, inside] = [this.noGreater, this.noIn];
    this.noGreater = this.noIn = false;
    do {
      this.newlines();
      items.push(this.expr());
      this.newlines();
    } while (this.take(','));
    [this.noGreater, this.noIn] = [greater, inside];
    this.need(close);
    return items;
  }

  // --- expressions, loosest first ---

  private expr(): Expr {
    const left = this.ternary();
    const { text, kind } = this.token;
    if (kind === 'op' && ['=', '+=', '-=', '*=', '/=', '%=', '^='].includes(text) && ['name', 'index', 'field'].includes(left.kind)) {
      this.at++;
      this.newlines();
      return { kind: 'assign', op: text.slice(0, -1), to: left, value: this.expr() };
    }
    return left;
  }
  private ternary(): Expr {
    const test = this.or();
    if (!this.take('?')) return test;
    this.newlines();
    const yes = this.expr();
    this.newlines();
    this.need(':');
    this.newlines();
    return { kind: 'choose', test, yes, no: this.expr() };
  }
  private or(): Expr {
    let left = this.and();
    while (this.take('||')) {
      this.newlines();
      left = { kind: 'or', left, right: this.and() };
    }
    return left;
  }
  private and(): Expr {
    let left = this.member();
    while (this.take('&&')) {
      this.newlines();
      left = { kind: 'and', left, right: this.member() };
    }
    return left;
  }
  private member(): Expr {
    let left = this.matching();
    while (!this.noIn && this.is('in')) {
      this.at++;
      const name = this.token.text;
      this.at++;
      left = { kind: 'in', keys: left.kind === 'group' ? left.items : [left], name };
    }
    return left;
  }
  private matching(): Expr {
    let left = this.comparison();
    while (this.is('~') || this.is('!~')) {
      const isNegated = this.token.text === '!~';
      this.at++;
      left = { kind: 'match', isNegated, left, right: this.comparison() };
    }
    return left;
  }
  private comparison(): Expr {
    const left = this.concatenation(false);
    const { text, kind } = this.token;
    // What is printed goes somewhere behind `>`, whatever follows.
    if (kind === 'op' && text === '>=' && this.noGreater) throw new SyntaxProblem('syntax error at or near =');
    if (kind === 'op' && (['<', '<=', '==', '!=', '>='].includes(text) || (text === '>' && !this.noGreater))) {
      this.at++;
      return { kind: 'binary', op: text, left, right: this.concatenation(false) };
    }
    if (this.is('|') && this.tokens[this.at + 1]?.text === 'getline') return this.pipeGetline(left);
    return left;
  }
  private pipeGetline(command: Expr): Expr {
    let left = command;
    while (this.is('|') && this.tokens[this.at + 1]?.text === 'getline') {
      this.at += 2;
      left = { kind: 'getline', into: this.lvalue(), from: left, how: 'command' };
    }
    return left;
  }
  private lvalue(): Expr | undefined {
    if (this.is('$')) return this.primary();
    return this.token.kind === 'name' ? this.primary() : undefined;
  }
  private get startsOperand(): boolean {
    const { kind, text } = this.token;
    if (['number', 'string', 'regex', 'name', 'funcname'].includes(kind)) return true;
    return (kind === 'op' && ['$', '!', '(', '-', '+', '++', '--'].includes(text)) || (kind === 'keyword' && text === 'getline');
  }
  private concatenation(isTarget: boolean): Expr {
    let left = this.additive();
    while (this.startsOperand && !this.is('-') && !this.is('+') && !this.is('in') && !(isTarget && this.is('!')))
      left = { kind: 'binary', op: ' ', left, right: this.additive() };
    return left;
  }
  private additive(): Expr {
    let left = this.multiplicative();
    while (this.is('+') || this.is('-')) {
      const op = this.token.text;
      this.at++;
      left = { kind: 'binary', op, left, right: this.multiplicative() };
    }
    return left;
  }
  private multiplicative(): Expr {
    let left = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const op = this.token.text;
      this.at++;
      left = { kind: 'binary', op, left, right: this.unary() };
    }
    return left;
  }
  private unary(): Expr {
    for (const op of ['!', '-', '+'] as const) if (this.take(op)) return { kind: 'unary', op, of: this.unary() };
    return this.power();
  }
  private power(): Expr {
    const left = this.postfix();
    if (!this.take('^')) return left;
    const right: Expr = this.is('-') || this.is('+') || this.is('!') ? this.unary() : this.power();
    return { kind: 'binary', op: '^', left, right };
  }
  private postfix(): Expr {
    const of = this.primary();
    if (!['name', 'index', 'field'].includes(of.kind)) return of;
    for (const op of ['++', '--'] as const) if (this.take(op)) return { kind: 'step', op, isPrefix: false, of };
    return of;
  }
  private primary(): Expr {
    const { token } = this;
    this.at++;
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'regex':
        return { kind: 'regex', source: token.text };
      case 'name':
        return this.take('[') ? { kind: 'index', name: token.text, keys: this.list(']') } : { kind: 'name', name: token.text };
      case 'funcname': {
        const isBuiltin = BUILTINS.has(token.text);
        const args = this.take('(') ? this.list(')') : [];
        return { kind: 'call', name: token.text, args, isBuiltin };
      }
      default:
        break;
    }
    if (token.text === '$') return { kind: 'field', of: this.primary() };
    for (const op of ['++', '--'] as const) if (token.text === op) return { kind: 'step', op, isPrefix: true, of: this.primary() };
    if (token.text === '(') {
      const items = this.list(')');
      const [only] = items;
      if (items.length === 1 && only) return only.kind === 'group' ? only : { kind: 'group', items };
      return { kind: 'group', items };
    }
    for (const op of ['-', '+', '!'] as const) if (token.text === op) return { kind: 'unary', op, of: this.unary() };
    if (token.kind === 'keyword' && token.text === 'getline') {
      const into = this.lvalue();
      if (!this.take('<')) return { kind: 'getline', into, from: undefined, how: 'input' };
      return { kind: 'getline', into, from: this.primary(), how: 'file' };
    }
    this.at--;
    return this.fail();
  }
}

/** The tree of a program, or mawk's message: `line 1: syntax error at or near }`. */
export function parseAwk(text: Bytes): Result<AwkProgram, string> {
  let parser: Parser | undefined;
  try {
    parser = new Parser(text);
    return ok(parser.run());
  } catch (error) {
    if (error instanceof SyntaxProblem) return err(`line ${parser?.line ?? 1}: ${error.message}`);
    if (error instanceof RangeError) return err('line 1: program is nested too deeply');
    throw error;
  }
}
