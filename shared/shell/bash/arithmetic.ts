/**
 * Arithmetic (bash(1), ARITHMETIC EVALUATION; bash's expr.c): 64-bit signed integers that wrap. An expression is read once into a tree, which is kept;
 * numbers are plain as long as they are exact and become 64-bit ones beyond.
 */
import type { Bytes } from '../../base/index.ts';
import { ArithmeticError, Parser, normal, type Int, type Node } from './arithmetic-syntax.ts';

export { ArithmeticError, type Int };

/** Where names get and keep their values. `index` is the text between the brackets. */
export interface Names {
  read(name: Bytes, index: Bytes | undefined): Bytes | undefined;
  write(name: Bytes, index: Bytes | undefined, value: Bytes): void;
}

const CACHE_SIZE = 1024;
const cache = new Map<Bytes, Node>();

/** How deep values that are expressions may lead: EXPR_NEST_MAX. */
const MAX_DEPTH = 1024;

/** The value of an expression. Throws ArithmeticError. */
export function evaluate(text: Bytes, names: Names): Int {
  return new Evaluation(text, names, 0).run();
}

export const formatInt = (value: Int): Bytes => String(value);
export const isTrue = (value: Int): boolean => (typeof value === 'bigint' ? value !== 0n : value !== 0);

const safe = (value: number, wide: () => bigint): Int => (Number.isSafeInteger(value) ? value : normal(wide()));
const same = (value: number): Int => (value === 0 ? 0 : value);

class Evaluation {
  constructor(
    private readonly text: Bytes,
    private readonly names: Names,
    private readonly depth: number,
  ) {}

  run(): Int {
    return this.value(this.parse());
  }
  private parse(): Node {
    const kept = cache.get(this.text);
    if (kept) return kept;
    const node = new Parser(this.text).parse();
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(this.text, node);
    return node;
  }
  private value(node: Node): Int {
    switch (node.kind) {
      case 'number':
        return node.value;
      case 'name':
        return this.read(node);
      case 'unary':
        return this.unary(node.operator, this.value(node.operand));
      case 'step': {
        const before = this.read(node.target);
        const after = this.binary('+', before, node.by, 0);
        this.names.write(node.target.name, node.target.index, formatInt(after));
        return node.isPrefix ? after : before;
      }
      case 'binary':
        return this.binary(node.operator, this.value(node.left), this.value(node.right), node.rightAt);
      case 'logical': {
        const left = isTrue(this.value(node.left));
        if (node.operator === '&&' ? !left : left) return left ? 1 : 0;
        return isTrue(this.value(node.right)) ? 1 : 0;
      }
      case 'choice':
        return this.value(isTrue(this.value(node.test)) ? node.yes : node.no);
      case 'assign': {
        const value = this.value(node.value);
        const result = node.operator === '=' ? value : this.binary(node.operator.slice(0, -1), this.read(node.target), value, node.valueAt);
        this.names.write(node.target.name, node.target.index, formatInt(result));
        return result;
      }
      case 'comma':
        this.value(node.left);
        return this.value(node.right);
    }
  }
  private read(node: Node & { kind: 'name' }): Int {
    const text = this.names.read(node.name, node.index);
    if (text === undefined || text === '') return 0;
    if (text.length < 16 && /^(0|[1-9]\d*)$/.test(text)) return Number(text);
    if (this.depth >= MAX_DEPTH) throw new ArithmeticError(this.text, 'expression recursion level exceeded', this.text.slice(node.at));
    return new Evaluation(text, this.names, this.depth + 1).run();
  }
  private unary(operator: '+' | '-' | '!' | '~', value: Int): Int {
    switch (operator) {
      case '+':
        return value;
      case '-':
        return typeof value === 'number' ? same(-value) : normal(-value);
      case '!':
        return isTrue(value) ? 0 : 1;
      case '~':
        return typeof value === 'number' ? -1 - value : normal(~value);
    }
  }
  private binary(operator: string, a: Int, b: Int, rightAt: number): Int {
    const wide = typeof a === 'bigint' || typeof b === 'bigint';
    if (!wide) {
      const [x, y] = [a, b];
      switch (operator) {
        case '+':
          return safe(x + y, () => BigInt(x) + BigInt(y));
        case '-':
          return safe(x - y, () => BigInt(x) - BigInt(y));
        case '*':
          return safe(same(x * y) as number, () => BigInt(x) * BigInt(y));
        case '<':
          return x < y ? 1 : 0;
        case '<=':
          return x <= y ? 1 : 0;
        case '>':
          return x > y ? 1 : 0;
        case '>=':
          return x >= y ? 1 : 0;
        case '==':
          return x === y ? 1 : 0;
        case '!=':
          return x !== y ? 1 : 0;
        case '/':
          if (y !== 0) return same(Math.trunc(x / y));
          break;
        case '%':
          if (y !== 0) return same(x % y);
          break;
        case '&':
        case '|':
        case '^':
          if (x === (x | 0) && y === (y | 0)) return operator === '&' ? x & y : operator === '|' ? x | y : x ^ y;
          break;
        case '<<':
          if (x >= 0 && y >= 0 && y < 21 && x < 0x7fffffff) return x * 2 ** y;
          break;
        case '>>':
          if (x === (x | 0) && y >= 0 && y < 32) return x >> y;
          break;
      }
    }
    return this.wide(operator, BigInt(a), BigInt(b), rightAt);
  }
  private wide(operator: string, a: bigint, b: bigint, rightAt: number): Int {
    switch (operator) {
      case '+':
        return normal(a + b);
      case '-':
        return normal(a - b);
      case '*':
        return normal(a * b);
      case '/':
      case '%':
        if (b === 0n) throw new ArithmeticError(this.text, 'division by 0', this.text.slice(rightAt).replace(/^[ \t\n]+/, ''));
        return normal(operator === '/' ? a / b : a % b);
      case '**':
        if (b < 0n) throw new ArithmeticError(this.text, 'exponent less than 0', this.text.slice(rightAt).replace(/^[ \t\n]+/, ''));
        return power(a, b);
      case '<<':
        return normal(a << (b & 63n));
      case '>>':
        return normal(a >> (b & 63n));
      case '&':
        return normal(a & b);
      case '|':
        return normal(a | b);
      case '^':
        return normal(a ^ b);
      case '<':
        return a < b ? 1 : 0;
      case '<=':
        return a <= b ? 1 : 0;
      case '>':
        return a > b ? 1 : 0;
      case '>=':
        return a >= b ? 1 : 0;
      case '==':
        return a === b ? 1 : 0;
      default:
        return a !== b ? 1 : 0;
    }
  }
}

function power(base: bigint, exponent: bigint): Int {
  let result = 1n;
  for (let e = exponent, b = base; e > 0n; e >>= 1n, b = BigInt.asIntN(64, b * b)) if ((e & 1n) === 1n) result = BigInt.asIntN(64, result * b);
  return normal(result);
}

// --- reading ---
