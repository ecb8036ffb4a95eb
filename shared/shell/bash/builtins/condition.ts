/** test, [ and let. `test` decides by the number of its arguments, as POSIX has it, then by precedence. */
import type { Bytes } from '../../../base/index.ts';
import { BINARY, UNARY, compareNumbers, testBinary, testUnary } from '../execute/test.ts';
import { arithmeticStatus } from '../execute/compound.ts';
import type { Builtin, Shell } from '../shell.ts';

class TestError extends Error {}

class TestParser {
  private at = 0;
  constructor(
    private readonly shell: Shell,
    private readonly args: readonly Bytes[],
  ) {}

  evaluate(): boolean {
    const { args } = this;
    switch (args.length) {
      case 0:
        return false;
      case 1:
        return args[0] !== '';
      case 2:
        return this.two(args[0] ?? '', args[1] ?? '');
      case 3:
        return this.three(args[0] ?? '', args[1] ?? '', args[2] ?? '');
      case 4:
        if (args[0] === '!') return !this.three(args[1] ?? '', args[2] ?? '', args[3] ?? '');
        if (args[0] === '(' && args[3] === ')') return this.two(args[1] ?? '', args[2] ?? '');
        return this.expression();
      default:
        return this.expression();
    }
  }
  private two(first: Bytes, second: Bytes): boolean {
    if (first === '!') return second === '';
    if (UNARY.has(first)) return testUnary(this.shell, first, second);
    throw new TestError(`${first}: unary operator expected`);
  }
  private three(first: Bytes, second: Bytes, third: Bytes): boolean {
    if (BINARY.has(second) && second !== '=~') return this.binary(first, second, third);
    if (second === '-a') return first !== '' && third !== '';
    if (second === '-o') return first !== '' || third !== '';
    if (first === '!') return !this.two(second, third);
    if (first === '(' && third === ')') return second !== '';
    throw new TestError(`${second}: binary operator expected`);
  }
  private binary(left: Bytes, operator: Bytes, right: Bytes): boolean {
    if (!/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) return testBinary(this.shell, operator, left, right);
    return compareNumbers(operator, integer(left), integer(right));
  }

  private expression(): boolean {
    const value = this.or();
    if (this.at < this.args.length) {
      const word = this.args[this.at]!;
      throw new TestError(word.startsWith('-') && !BINARY.has(word) ? `syntax error: \`${word}' unexpected` : 'too many arguments');
    }
    return value;
  }
  private or(): boolean {
    let value = this.and();
    while (this.args[this.at] === '-o') {
      this.at++;
      value = this.and() || value;
    }
    return value;
  }
  private and(): boolean {
    let value = this.term();
    while (this.args[this.at] === '-a') {
      this.at++;
      value = this.term() && value;
    }
    return value;
  }
  private term(): boolean {
    const { args } = this;
    const first = args[this.at];
    if (first === undefined) throw new TestError('argument expected');
    if (first === '!') {
      this.at++;
      return !this.term();
    }
    const operator = args[this.at + 1];
    if (operator !== undefined && BINARY.has(operator) && operator !== '=~' && this.at + 2 < args.length) {
      this.at += 3;
      return this.binary(first, operator, args[this.at - 1] ?? '');
    }
    if (first === '(') {
      this.at++;
      const value = this.or();
      if (args[this.at] !== ')') throw new TestError(args[this.at] === undefined ? "`)' expected" : `\`)' expected, found ${args[this.at] ?? ''}`);
      this.at++;
      return value;
    }
    if (UNARY.has(first) && this.at + 1 < args.length) {
      this.at += 2;
      return testUnary(this.shell, first, args[this.at - 1] ?? '');
    }
    this.at++;
    return first !== '';
  }
}

function integer(text: Bytes): bigint {
  const match = /^[ \t\n]*([+-]?\d+)[ \t\n]*$/.exec(text);
  if (!match) throw new TestError(`${text}: integer expression expected`);
  return BigInt(match[1]?.replace(/^\+/, '') ?? '0');
}

function run(shell: Shell, args: readonly Bytes[]): number {
  try {
    return new TestParser(shell, args).evaluate() ? 0 : 1;
  } catch (error) {
    if (error instanceof TestError) return shell.fail(error.message, 2);
    throw error;
  }
}

const test: Builtin = (shell, args) => run(shell, args.slice(1));
const bracket: Builtin = (shell, args) => {
  if (args.at(-1) !== ']') return shell.fail("missing `]'", 2);
  return run(shell, args.slice(1, -1));
};

const letBuiltin: Builtin = (shell, args) => {
  if (args.length < 2) return shell.fail('expression expected');
  let status = 1;
  for (const expression of args.slice(1)) status = arithmeticStatus(shell, expression, 'let');
  return status;
};

export const CONDITIONS: readonly (readonly [string, Builtin])[] = [
  ['test', test],
  ['[', bracket],
  ['let', letBuiltin],
];
