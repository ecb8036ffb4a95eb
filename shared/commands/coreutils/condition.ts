/** test(1) and [ of GNU coreutils 9.1 as programs: what `env`, `find -exec` and `xargs` start. The shell has its own, with other words for mistakes. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Bytes } from '../../base/index.ts';
import type { Inode, Process, Program } from '../../shell/index.ts';
import { declared } from '../declaration.ts';

class Mistake extends Error {}

const UNARY = new Set(Array.from('bcdefgGhkLnNOprsStuwxz', (letter) => `-${letter}`));
const NUMERIC: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  ...{ '-eq': (a, b) => a === b, '-ne': (a, b) => a !== b, '-lt': (a, b) => a < b, '-le': (a, b) => a <= b, '-gt': (a, b) => a > b, '-ge': (a, b) => a >= b },
};
const BINARY = new Set(['=', '==', '!=', '-nt', '-ot', '-ef', ...Object.keys(NUMERIC)]);

function integer(text: Bytes): bigint {
  const [, digits] = /^[ \t\n]*([-+]?\d+)[ \t]*$/.exec(text) ?? [];
  if (digits === undefined) throw new Mistake(`invalid integer '${text}'`);
  return BigInt(digits.replace(/^\+/, ''));
}

class Evaluation {
  private at = 0;
  constructor(
    private readonly p: Process,
    private readonly words: readonly Bytes[],
  ) {}

  all(): boolean {
    if (this.words.length === 0) return false;
    const value = this.few(this.words.length);
    if (this.at < this.words.length) throw new Mistake(`extra argument '${this.words[this.at]!}'`);
    return value;
  }
  /** POSIX decides by how many there are, up to four. */
  private few(count: number): boolean {
    const word = this.words[this.at]!;
    switch (count) {
      case 1:
        this.at++;
        return word !== '';
      case 2:
        if (word === '!') {
          this.at++;
          return !this.few(1);
        }
        if (/^-.$/s.test(word)) {
          if (!UNARY.has(word)) throw new Mistake(`'${word}': unary operator expected`);
          return this.unary();
        }
        throw new Mistake(`missing argument after '${this.words[this.at + 1]!}'`);
      case 3: {
        const middle = this.words[this.at + 1]!;
        if (BINARY.has(middle)) return this.binary();
        if (word === '!') {
          this.at++;
          return !this.few(2);
        }
        if (word === '(' && this.words[this.at + 2] === ')') {
          this.at += 3;
          return middle !== '';
        }
        if (middle === '-a' || middle === '-o') return this.or();
        throw new Mistake(`'${middle}': binary operator expected`);
      }
      case 4:
        if (word === '!') {
          this.at++;
          return !this.few(3);
        }
        if (word === '(' && this.words[this.at + 3] === ')') {
          this.at++;
          const value = this.few(2);
          this.at++;
          return value;
        }
        return this.or();
      default:
        return this.or();
    }
  }
  private or(): boolean {
    let value = this.and();
    for (; this.words[this.at] === '-o'; value = this.and() || value) this.at++;
    return value;
  }
  private and(): boolean {
    let value = this.term();
    for (; this.words[this.at] === '-a'; value = this.term() && value) this.at++;
    return value;
  }
  private term(): boolean {
    let isNegated = false;
    for (; this.words[this.at] === '!'; isNegated = !isNegated) this.at++;
    const word = this.words[this.at];
    if (word === undefined) throw new Mistake(`missing argument after '${this.words.at(-1) ?? ''}'`);
    let value: boolean;
    const left = this.words.length - this.at;
    if (word === '(') {
      this.at++;
      if (this.at >= this.words.length) throw new Mistake(`missing argument after '('`);
      value = this.or();
      const closing = this.words[this.at];
      if (closing === undefined) throw new Mistake(`missing argument after '${this.words.at(-1) ?? ''}'`);
      if (closing !== ')') throw new Mistake(`')' expected, found ${closing}`);
      this.at++;
    } else if ((left >= 4 && word === '-l' && BINARY.has(this.words[this.at + 2]!)) || (left >= 3 && BINARY.has(this.words[this.at + 1]!)))
      value = this.binary();
    else if (/^-.$/s.test(word)) {
      if (!UNARY.has(word)) throw new Mistake(`'${word}': unary operator expected`);
      value = this.unary();
    } else {
      this.at++;
      value = word !== '';
    }
    return value !== isNegated;
  }
  private unary(): boolean {
    const [operator = '', operand] = this.words.slice(this.at, this.at + 2);
    if (operand === undefined) throw new Mistake(`missing argument after '${operator}'`);
    this.at += 2;
    return this.holds(operator, operand);
  }
  private holds(operator: string, operand: Bytes): boolean {
    const { fs, credentials } = this.p;
    if (operator === '-n') return operand !== '';
    if (operator === '-z') return operand === '';
    if (operator === '-t') return this.p.isTerminal(Number(integer(operand)));
    const found = operator === '-h' || operator === '-L' ? fs.lstat(operand) : fs.stat(operand);
    if (!found.ok) return false;
    const inode: Inode = found.value;
    const kinds: Readonly<Record<string, Inode['kind']>> = {
      ...{ '-b': 'block', '-c': 'char', '-d': 'dir', '-f': 'file', '-p': 'fifo', '-S': 'socket', '-h': 'symlink', '-L': 'symlink' },
    };
    const modes: Readonly<Record<string, number>> = { '-u': 0o4000, '-g': 0o2000, '-k': 0o1000 };
    const accesses: Readonly<Record<string, 'read' | 'write' | 'execute'>> = { '-r': 'read', '-w': 'write', '-x': 'execute' };
    if (kinds[operator] !== undefined) return inode.kind === kinds[operator];
    if (modes[operator] !== undefined) return (inode.mode & modes[operator]) !== 0;
    if (accesses[operator] !== undefined) return fs.access(operand, accesses[operator]).ok;
    if (operator === '-s') return inode.size > 0;
    if (operator === '-O') return inode.uid === credentials.euid;
    if (operator === '-G') return inode.gid === credentials.egid;
    if (operator === '-N') return inode.mtimeUs > inode.atimeUs;
    return true;
  }
  /** `-l STRING` in the place of a number is its length. */
  private number(): bigint {
    const word = this.words[this.at++]!;
    return word === '-l' && this.at < this.words.length && !BINARY.has(this.words[this.at]!) ? BigInt(this.words[this.at++]!.length) : integer(word);
  }
  private binary(): boolean {
    const isLength = this.words[this.at] === '-l' && BINARY.has(this.words[this.at + 2] ?? '');
    const operator = this.words[this.at + (isLength ? 2 : 1)]!;
    const compare = NUMERIC[operator];
    if (compare) {
      const first = this.number();
      this.at++;
      return compare(first, this.number());
    }
    const [a = '', , b = ''] = this.words.slice(this.at, this.at + 3);
    this.at += 3;
    if (operator === '=' || operator === '==') return a === b;
    if (operator === '!=') return a !== b;
    const [one, other] = [a, b].map((path) => this.p.fs.stat(path));
    if (operator === '-ef') return one!.ok && other!.ok && one!.value === other!.value;
    const [first, second] = operator === '-nt' ? [one!, other!] : [other!, one!];
    return first.ok && (!second.ok || first.value.mtimeUs > second.value.mtimeUs);
  }
}

const conditionAs = (name: 'test' | '['): Program =>
  declared(
    { synopsis: name === 'test' ? 'EXPRESSION' : 'EXPRESSION ]', summary: 'Exit with the status determined by EXPRESSION.', options: [] },
    function* (p) {
      let words = p.argv.slice(1);
      const own = p.argv[0] ?? name;
      if (name === '[') {
        if (words.length === 1 && words[0] === '--version') return (yield* p.print('[ (GNU coreutils) 9.1\n'), 0);
        if (words.length === 1 && words[0] === '--help')
          return (yield* p.print('Usage: test EXPRESSION\n  or:  test\n  or:  [ EXPRESSION ]\n  or:  [ ]\n  or:  [ OPTION\n'), 0);
        if (words.at(-1) !== ']') return (yield* p.error(`${own}: missing ']'\n`), 2);
        words = words.slice(0, -1);
      }
      try {
        return new Evaluation(p, words).all() ? 0 : 1;
      } catch (mistake) {
        if (!(mistake instanceof Mistake)) throw mistake;
        return (yield* p.error(`${own}: ${mistake.message}\n`), 2);
      }
    },
  );

export const CONDITION_PROGRAMS: readonly InstalledProgram[] = (['test', '['] as const).map((name) => ({
  ...{ path: `/usr/bin/${name}`, main: conditionAs(name), origin: 'coreutils 9.1' },
}));
