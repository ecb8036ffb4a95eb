/** Arithmetic expressions as trees (bash's expr.c). */
import type { Bytes } from '../../base/index.ts';

export type Int = number | bigint;

/** Why an expression has no value: bash prints `EXPRESSION: MESSAGE (error token is "TOKEN")`. */
export class ArithmeticError extends Error {
  constructor(
    readonly expression: Bytes,
    message: string,
    readonly token: Bytes,
  ) {
    super(message);
  }
  get words(): Bytes {
    return `${this.expression.replace(/^[ \t\n]+/, '')}: ${this.message} (error token is "${this.token}")`;
  }
}

/** 64 bits of it; a plain number where that is exact. */
export const normal = (value: bigint): Int => {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped >= -9007199254740991n && wrapped <= 9007199254740991n ? Number(wrapped) : wrapped;
};

export type Node =
  | { readonly kind: 'number'; readonly value: Int }
  | { readonly kind: 'name'; readonly name: Bytes; readonly index: Bytes | undefined; readonly at: number }
  | { readonly kind: 'unary'; readonly operator: '+' | '-' | '!' | '~'; readonly operand: Node }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly isPrefix: boolean; readonly target: Node & { kind: 'name' } }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node; readonly rightAt: number }
  | { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'choice'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'assign'; readonly operator: string; readonly target: Node & { kind: 'name' }; readonly value: Node; readonly valueAt: number }
  | { readonly kind: 'comma'; readonly left: Node; readonly right: Node };

const LEVELS: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['==', '!='], ['<=', '>=', '<', '>'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];
const OPERATORS = ['<<=', '>>=', '**', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|='];
const ASSIGNING = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=']);
const MAX_NESTING = 1024;

export class Parser {
  /** Where the current token begins, and the one before it. */
  private at = 0;
  private before = 0;
  private end = 0;
  /** '' at the end; `#` for a number, `a` for a name, else the operator. */
  private token = '';
  private number: Int = 0;
  private name = '';
  private index: Bytes | undefined = undefined;
  private nesting = 0;

  constructor(private readonly text: Bytes) {}

  parse(): Node {
    this.next();
    if (this.token === '') return { kind: 'number', value: 0 };
    const node = this.comma();
    if (this.token !== '') this.fail('syntax error in expression');
    return node;
  }
  private fail(message: string, at = this.at): never {
    throw new ArithmeticError(this.text, message, this.text.slice(at));
  }
  private next(): void {
    const { text } = this;
    const previous = this.token;
    if (previous !== '') this.before = this.at;
    let at = this.end;
    while (at < text.length && ' \t\n"'.includes(text.charAt(at))) at++;
    this.at = at;
    if (at >= text.length) {
      this.token = '';
      this.end = at;
      return;
    }
    const rest = text.slice(at);
    const word = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest)?.[0];
    if (word !== undefined) {
      this.token = 'a';
      this.name = word;
      this.end = at + word.length;
      this.index = this.subscript();
      return;
    }
    if (/^\d/.test(rest)) {
      this.token = '#';
      const digits = /^[0-9A-Za-z_@#]+/.exec(rest)?.[0] ?? '';
      this.end = at + digits.length;
      this.number = this.parseNumber(digits);
      return;
    }
    this.token = OPERATORS.find((operator) => rest.startsWith(operator)) ?? rest.charAt(0);
    // `1 ++2` and `x+++y`: two signs are one operator only beside a name.
    if ((this.token === '++' || this.token === '--') && !this.stepsName(at, previous)) this.token = rest.charAt(0);
    this.end = at + this.token.length;
  }
  /** Whether `++` here has a name before or behind it. */
  private stepsName(at: number, previous: string): boolean {
    return previous === 'a' || /^(?:\+\+|--)\s*[A-Za-z_]/.test(this.text.slice(at));
  }
  private subscript(): Bytes | undefined {
    if (this.text.charAt(this.end) !== '[') return undefined;
    let depth = 0;
    for (let i = this.end; i < this.text.length; i++) {
      const char = this.text.charAt(i);
      if (char === '[') depth++;
      if (char !== ']' || --depth > 0) continue;
      const index = this.text.slice(this.end + 1, i);
      this.end = i + 1;
      return index;
    }
    return this.fail('bad array subscript', this.end);
  }
  /** bash looks at a number as if the expression ended behind it. */
  private failNumber(message: string): never {
    throw new ArithmeticError(this.text.slice(0, this.end), message, this.text.slice(this.at, this.end));
  }
  private parseNumber(text: Bytes): Int {
    const hash = text.indexOf('#');
    let base = 10;
    let digits = text;
    if (hash >= 0) {
      base = Number(text.slice(0, hash));
      digits = text.slice(hash + 1);
      if (!/^[1-9]\d*$/.test(text.slice(0, hash)) || base < 2 || base > 64) this.failNumber('invalid arithmetic base');
      if (digits === '') this.failNumber('invalid integer constant');
    } else if (/^0[xX]/.test(text)) {
      base = 16;
      digits = text.slice(2);
    } else if (text.startsWith('0') && text.length > 1) {
      base = 8;
      digits = text.slice(1);
    }
    let value: Int = 0;
    for (const digit of digits) {
      const weight = digitOf(digit, base);
      if (weight < 0) this.failNumber('invalid number');
      if (weight >= base) this.failNumber('value too great for base');
      value = typeof value === 'number' && value < 1e14 ? value * base + weight : normal(BigInt(value) * BigInt(base) + BigInt(weight));
    }
    return value;
  }

  private comma(): Node {
    if (++this.nesting > MAX_NESTING) this.fail('expression recursion level exceeded');
    let left = this.assignment();
    while (this.token === ',') {
      this.next();
      left = { kind: 'comma', left, right: this.assignment() };
    }
    this.nesting--;
    return left;
  }
  private assignment(): Node {
    const left = this.choice();
    if (!ASSIGNING.has(this.token)) return left;
    if (left.kind !== 'name') this.fail('attempted assignment to non-variable');
    const operator = this.token;
    this.next();
    const valueAt = this.at;
    return { kind: 'assign', operator, target: left, value: this.assignment(), valueAt };
  }
  private choice(): Node {
    const test = this.or();
    if (this.token !== '?') return test;
    this.next();
    if (this.isAt('') || this.isAt(':')) this.fail('expression expected');
    const yes = this.comma();
    if (!this.isAt(':')) this.fail("`:' expected for conditional expression");
    this.next();
    if (this.isAt('')) this.fail('expression expected');
    return { kind: 'choice', test, yes, no: this.choice() };
  }
  private isAt(token: string): boolean {
    return this.token === token;
  }
  private or(): Node {
    let left = this.and();
    while (this.token === '||') {
      this.next();
      left = { kind: 'logical', operator: '||', left, right: this.and() };
    }
    return left;
  }
  private and(): Node {
    let left = this.level(0);
    while (this.token === '&&') {
      this.next();
      left = { kind: 'logical', operator: '&&', left, right: this.level(0) };
    }
    return left;
  }
  private level(level: number): Node {
    const operators = LEVELS[level];
    if (!operators) return this.power();
    let left = this.level(level + 1);
    while (operators.includes(this.token)) {
      const operator = this.token;
      this.next();
      const rightAt = this.at;
      left = { kind: 'binary', operator, left, right: this.level(level + 1), rightAt };
    }
    return left;
  }
  private power(): Node {
    const left = this.unary();
    if (this.token !== '**') return left;
    this.next();
    const right = this.power();
    return { kind: 'binary', operator: '**', left, right, rightAt: this.isAt('') ? this.before : this.at };
  }
  private unary(): Node {
    const { token } = this;
    if (token === '!' || token === '~' || token === '-' || token === '+') {
      if (++this.nesting > MAX_NESTING) this.fail('expression recursion level exceeded');
      this.next();
      const operand = this.unary();
      this.nesting--;
      return { kind: 'unary', operator: token, operand };
    }
    return this.primary();
  }
  private primary(): Node {
    const { token } = this;
    if (token === '++' || token === '--') {
      this.next();
      if (!this.isAt('a')) this.fail('identifier expected after pre-increment or pre-decrement');
      const target = this.nameNode();
      return { kind: 'step', by: token === '++' ? 1 : -1, isPrefix: true, target };
    }
    if (token === '(') {
      this.next();
      const inner = this.comma();
      if (!this.isAt(')')) this.fail("missing `)'", this.isAt('') ? this.before : this.at);
      this.next();
      return inner;
    }
    if (token === '#') {
      const node: Node = { kind: 'number', value: this.number };
      this.next();
      return node;
    }
    if (token === 'a') {
      const target = this.nameNode();
      if (!this.isAt('++') && !this.isAt('--')) return target;
      const by = this.isAt('++') ? 1 : -1;
      this.next();
      return { kind: 'step', by, isPrefix: false, target };
    }
    return this.fail('syntax error: operand expected', token === '' ? this.before : this.at);
  }
  private nameNode(): Node & { kind: 'name' } {
    const node = { kind: 'name', name: this.name, index: this.index, at: this.at } as const;
    this.next();
    return node;
  }
}

function digitOf(digit: string, base: number): number {
  if (digit >= '0' && digit <= '9') return Number(digit);
  const code = digit.charCodeAt(0);
  if (digit >= 'a' && digit <= 'z') return code - 97 + 10;
  if (digit >= 'A' && digit <= 'Z') return code - 65 + (base <= 36 ? 10 : 36);
  if (digit === '@') return 62;
  return digit === '_' ? 63 : -1;
}
