/** expr(1): GNU coreutils 9.1. Arithmetic is exact, in numbers of any size; a regular expression is basic and anchored. */
import { compilePosixRegex, type Bytes } from '../../base/index.ts';
import { declared } from '../declaration.ts';

/** What ends the evaluation: status 2 for what was written wrong, 3 for what cannot be computed. */
class ExprError extends Error {
  constructor(
    readonly words: Bytes,
    readonly status: 2 | 3 = 2,
  ) {
    super(words);
  }
}

const LEVELS: readonly (readonly string[])[] = [['|'], ['&'], ['<', '<=', '=', '==', '!=', '>=', '>'], ['+', '-'], ['*', '/', '%'], [':']];

class Expression {
  private at = 0;
  constructor(private readonly words: readonly Bytes[]) {}

  run(): Bytes {
    const value = this.level(0, true);
    const extra = this.words[this.at];
    if (extra !== undefined) throw new ExprError(`syntax error: unexpected argument '${extra}'`);
    return value;
  }

  /** `isLive`: what is not needed is read but not computed. */
  private level(depth: number, isLive: boolean): Bytes {
    const operators = LEVELS[depth];
    if (!operators) return this.primary(isLive);
    let left = this.level(depth + 1, isLive);
    for (;;) {
      const operator = this.words[this.at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.at++;
      const needsRight = isLive && (operator === '|' ? isNull(left) : operator === '&' ? !isNull(left) : true);
      const right = this.level(depth + 1, needsRight);
      if (isLive) left = apply(operator, left, right);
    }
  }
  private next(): Bytes {
    const word = this.words[this.at];
    if (word === undefined) throw new ExprError(`syntax error: missing argument after '${this.words[this.at - 1] ?? ''}'`);
    this.at++;
    return word;
  }
  private primary(isLive: boolean): Bytes {
    const word = this.next();
    switch (word) {
      case '+':
        return this.next();
      case '(': {
        const value = this.level(0, isLive);
        const close = this.words[this.at];
        if (close === undefined) throw new ExprError(`syntax error: expecting ')' after '${this.words[this.at - 1] ?? ''}'`);
        if (close !== ')') throw new ExprError(`syntax error: expecting ')' instead of '${close}'`);
        this.at++;
        return value;
      }
      case ')':
        throw new ExprError("syntax error: unexpected ')'");
      case 'length':
        return String(this.level(LEVELS.length, isLive).length);
      case 'match':
        return match(this.level(LEVELS.length, isLive), this.level(LEVELS.length, isLive));
      case 'index': {
        const [text, chars] = [this.level(LEVELS.length, isLive), this.level(LEVELS.length, isLive)];
        return String([...text].findIndex((char) => chars.includes(char)) + 1);
      }
      case 'substr': {
        const text = this.level(LEVELS.length, isLive);
        const [from, length] = [Number(this.level(LEVELS.length, isLive)), Number(this.level(LEVELS.length, isLive))];
        return from >= 1 && length >= 1 ? text.slice(from - 1, from - 1 + length) : '';
      }
      default:
        return word;
    }
  }
}

const isInteger = (text: Bytes): boolean => /^-?\d+$/.test(text);
const isNull = (text: Bytes): boolean => text === '' || /^-?0+$/.test(text);

function apply(operator: string, left: Bytes, right: Bytes): Bytes {
  switch (operator) {
    case '|':
      return !isNull(left) ? left : isNull(right) ? '0' : right;
    case '&':
      return isNull(left) || isNull(right) ? '0' : left;
    case ':':
      return match(left, right);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return compute(operator, left, right);
    default:
      return compare(operator, left, right) ? '1' : '0';
  }
}
function compute(operator: string, left: Bytes, right: Bytes): Bytes {
  if (!isInteger(left) || !isInteger(right)) throw new ExprError('non-integer argument');
  const [a, b] = [BigInt(left), BigInt(right)];
  if ((operator === '/' || operator === '%') && b === 0n) throw new ExprError('division by zero');
  return String(operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b);
}
function compare(operator: string, left: Bytes, right: Bytes): boolean {
  const [a, b] = isInteger(left) && isInteger(right) ? [BigInt(left), BigInt(right)] : [left, right];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '!=':
      return a !== b;
    default:
      return a === b;
  }
}
function match(text: Bytes, pattern: Bytes): Bytes {
  const regex = compilePosixRegex(pattern.replace(/^\^/, ''), { syntax: 'basic', flags: 'y' });
  if (!regex.ok) throw new ExprError(regex.error);
  const found = regex.value.exec(text);
  if (pattern.includes('\\(')) return found?.[1] ?? '';
  return String(found?.[0].length ?? 0);
}

export const expr = declared({ synopsis: 'EXPRESSION', summary: 'Print the value of EXPRESSION to standard output.', options: [] }, function* (p) {
  const words = p.argv.slice(p.argv[1] === '--' ? 2 : 1);
  if (words.length === 0) return yield* p.fail("missing operand\nTry 'expr --help' for more information.", 2);
  try {
    const value = new Expression(words).run();
    yield* p.print(`${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    return yield* p.fail(error.words, error.status);
  }
});
