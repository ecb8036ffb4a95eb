/** find(1) of GNU findutils 4.9: its expression, and the walk that asks it of each file. */
import { strerror, type Bytes } from '../../base/index.ts';
import { LineReader, type Process, type Sys } from '../../shell/index.ts';
import { statusOf } from '../coreutils/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { FindError, formatted, listing, TESTS, unknownDirectives, type Context, type Found, type Test } from './find-tests.ts';

const ACTIONS: readonly (readonly [name: string, value?: string])[] = [
  ...([['-delete'], ['-exec', 'COMMAND'], ['-execdir', 'COMMAND'], ['-ok', 'COMMAND'], ['-okdir', 'COMMAND'], ['-ls'], ['-print'], ['-print0']] as const),
  ...([['-printf', 'FORMAT'], ['-fprint', 'FILE'], ['-fprint0', 'FILE'], ['-prune'], ['-quit']] as const),
];
const OPTIONS: readonly (readonly [name: string, value?: string])[] = [
  ...([
    ['-H'],
    ['-L'],
    ['-P'],
    ['-depth'],
    ['-d'],
    ['-maxdepth', 'LEVELS'],
    ['-mindepth', 'LEVELS'],
    ['-mount'],
    ['-xdev'],
    ['-daystart'],
    ['-noleaf'],
  ] as const),
  ...([['-follow'], ['-ignore_readdir_race'], ['-noignore_readdir_race'], ['-regextype', 'TYPE'], ['-warn'], ['-nowarn']] as const),
];
const FIND: Declaration = {
  synopsis: '[-H] [-L] [-P] [path...] [expression]',
  options: [...OPTIONS, ...Object.entries(TESTS).map(([name, [value]]): [string, string | undefined] => [name, value]), ...ACTIONS].map(([name, value]) => ({
    names: [name],
    value,
  })),
  commands: ['(', ')', '!', '-not', '-a', '-and', '-o', '-or', ','].map((name) => ({ name })),
  missing: ['-fls, -fprintf, -files0-from, -context, -fstype, -used', 'regular expressions of Emacs but the basic ones'],
};

class Expression implements Context {
  acts = false;
  maxDepth = Infinity;
  minDepth = 0;
  depthFirst = false;
  follows = false;
  staysOnDevice = false;
  pruned = false;
  quit = false;
  status = 0;
  syntax: 'basic' | 'extended' = 'basic';
  startOfDay = false;
  readonly warnings: Bytes[] = [];
  readonly nowUs: number;
  readonly batches: { readonly argv: readonly Bytes[]; readonly paths: Bytes[] }[] = [];
  private at = 0;
  private name = '';

  constructor(
    readonly p: Process,
    private readonly words: readonly Bytes[],
  ) {
    this.nowUs = p.unixUs;
  }
  readonly argument = (): Bytes => {
    const value = this.words[this.at++];
    if (value === undefined) throw new FindError(`missing argument to \`${this.name}'`);
    return value;
  };
  private get next(): Bytes | undefined {
    return this.words[this.at];
  }
  parse(): Test {
    if (this.words.length === 0) return always(true);
    const test = this.list();
    if (this.next === ')') throw new FindError("you have too many ')'");
    return test;
  }
  private list(): Test {
    let left = this.or();
    while (this.next === ',') {
      this.at++;
      const [a, b] = [left, this.or()];
      left = function* (found) {
        yield* a(found);
        return yield* b(found);
      };
    }
    return left;
  }
  private or(): Test {
    let left = this.and();
    while (this.next === '-o' || this.next === '-or') {
      this.at++;
      const [a, b] = [left, this.and()];
      left = function* (found) {
        return (yield* a(found)) || (yield* b(found));
      };
    }
    return left;
  }
  private and(): Test {
    let left: Test = this.not();
    while (this.next !== undefined && !['-o', '-or', ')', ','].includes(this.next)) {
      if (['-a', '-and'].includes(this.next)) this.at++;
      const [a, b] = [left, this.not()];
      left = function* (found) {
        return (yield* a(found)) && (yield* b(found));
      };
    }
    return left;
  }
  private not(): Test {
    if (this.next !== '!' && this.next !== '-not') return this.primary();
    this.at++;
    const test = this.not();
    return function* (found) {
      return !(yield* test(found));
    };
  }
  private primary(): Test {
    const word = this.words[this.at++];
    if (word === undefined) {
      const before = this.words.at(-1) ?? '';
      throw new FindError(`expected an expression after '${before}'`);
    }
    this.name = word;
    const made = Object.hasOwn(TESTS, word) ? TESTS[word]?.[1](this, word) : undefined;
    if (made)
      return function* (found) {
        return made(found);
      };
    if (word === '(') {
      if (this.next === ')') throw new FindError('invalid expression; empty parentheses are not allowed.');
      const test = this.list();
      if (this.next !== ')') throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      this.at++;
      return test;
    }
    if (/^(-o|-or|-a|-and|,)$/.test(word)) throw new FindError(`invalid expression; you have used a binary operator '${word}' with nothing before it.`);
    if (word === ')') throw new FindError("invalid expression; you have too many ')'");
    return this.option(word) ?? this.action(word);
  }
  private levels(word: Bytes): number {
    const text = this.argument();
    if (!/^\d+$/.test(text)) throw new FindError(`Expected a positive decimal integer argument to ${word}, but got '${text}'`);
    return Number(text);
  }
  private option(word: Bytes): Test | undefined {
    switch (word) {
      case '-maxdepth':
        this.maxDepth = this.levels(word);
        break;
      case '-mindepth':
        this.minDepth = this.levels(word);
        break;
      case '-depth':
      case '-d':
        this.depthFirst = true;
        break;
      case '-xdev':
      case '-mount':
        this.staysOnDevice = true;
        break;
      case '-follow':
        this.follows = true;
        break;
      case '-daystart':
        this.startOfDay = true;
        break;
      case '-regextype': {
        const type = this.argument();
        this.syntax = /extended|egrep|awk/.test(type) ? 'extended' : 'basic';
        break;
      }
      case '-noleaf':
      case '-warn':
      case '-nowarn':
      case '-ignore_readdir_race':
      case '-noignore_readdir_race':
        break;
      default:
        return undefined;
    }
    return always(true);
  }
  private action(word: Bytes): Test {
    const { p } = this;
    const acting = (act: (found: Found) => Sys<boolean>): Test => {
      this.acts = true;
      return act;
    };
    switch (word) {
      case '-prune':
        return this.setting(() => (this.pruned = true));
      case '-quit':
        return acting(this.quitting());
      case '-print':
      case '-print0':
        return acting(function* ({ path }) {
          yield* p.print(path + (word === '-print0' ? '\0' : '\n'));
          return true;
        });
      case '-fprint':
      case '-fprint0': {
        const file = this.argument();
        const made = p.fs.writeFile(file, '');
        if (!made.ok) throw new FindError(`'${file}': ${strerror(made.error)}`);
        return acting(function* ({ path }) {
          yield* p.tick();
          return p.fs.writeFile(file, path + (word === '-fprint0' ? '\0' : '\n'), { append: true }).ok;
        });
      }
      case '-ls':
        return acting(function* (found) {
          yield* p.print(listing(p, found));
          return true;
        });
      case '-printf': {
        const format = this.argument();
        for (const letter of unknownDirectives(format)) this.warnings.push(`warning: unrecognized format directive \`%${letter}'`);
        return acting(function* (found) {
          yield* p.print(formatted(p, format, found));
          return true;
        });
      }
      case '-delete':
        this.depthFirst = true;
        return acting(this.deleting());
      case '-exec':
      case '-execdir':
      case '-ok':
      case '-okdir':
        return acting(this.exec(word));
      default:
        throw new FindError(word.startsWith('-') ? `unknown predicate \`${word}'` : `paths must precede expression: \`${word}'`);
    }
  }
  private setting(change: () => void): Test {
    return function* () {
      change();
      return true;
    };
  }
  private quitting(): Test {
    const quit = (): void => void (this.quit = true);
    return function* () {
      quit();
      return false;
    };
  }
  private deleting(): Test {
    const { p } = this;
    const fail = (): void => void (this.status = 1);
    return function* ({ path, inode }) {
      if (path === '.') return true;
      const removed = inode.kind === 'dir' ? p.fs.rmdir(path) : p.fs.unlink(path);
      if (!removed.ok) {
        fail();
        yield* p.error(`find: cannot delete '${path}': ${strerror(removed.error)}\n`);
      }
      return removed.ok;
    };
  }
  private exec(kind: Bytes): Test {
    const argv: Bytes[] = [];
    const inDir = kind.endsWith('dir');
    const asks = kind.startsWith('-ok');
    for (let word = this.words[this.at++]; word !== ';'; word = this.words[this.at++]) {
      if (word === undefined) throw new FindError(`missing argument to \`${kind}'`);
      if (word === '+' && argv.at(-1) === '{}' && !asks) {
        const batch = { argv: argv.slice(0, -1), paths: [] as Bytes[] };
        this.batches.push(batch);
        return function* ({ path, name }) {
          batch.paths.push(inDir ? `./${name}` : path);
          return true;
        };
      }
      argv.push(word);
    }
    if (argv.length === 0) throw new FindError(`invalid argument \`;' to \`${kind}'`);
    const { p } = this;
    const answers = new LineReader(p, 0);
    return function* ({ path, name }) {
      if (asks) {
        yield* p.flush();
        yield* p.error(`< ${argv[0] ?? ''} ... ${path} > ? `);
        if (!/^[yY]/.test((yield* answers.next()) ?? '')) return false;
      }
      const shown = inDir ? `./${name}` : path;
      const dir = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.';
      const words = argv.map((word) => word.split('{}').join(shown));
      return (yield* runCommand(p, words, inDir ? dir : undefined, asks)) === 0;
    };
  }
}
const always = (value: boolean): Test =>
  function* () {
    return value;
  };
function* runCommand(p: Process, argv: readonly Bytes[], cwd: Bytes | undefined, isAlone = false): Sys<number> {
  yield* p.flush();
  const none = isAlone ? yield* p.open('/dev/null', { read: true }) : undefined;
  const child = p.spawn(argv, {
    ...(cwd !== undefined && { cwd }),
    ...(none?.ok && {
      fds: new Map([
        [0, none.value],
        [1, 1],
        [2, 2],
      ]),
    }),
  });
  if (none?.ok) p.close(none.value);
  if (child.ok) return statusOf(yield* p.waitExit(child.value));
  yield* p.error(`find: '${argv[0] ?? ''}': ${strerror(child.error)}\n`);
  return 1;
}

export const find = declared(FIND, function* (p) {
  p.stdout.leavesBeforeErrors = true;
  const words = p.argv.slice(1);
  let follows: 'never' | 'operands' | 'always' = 'never';
  for (; /^-[HLP]$/.test(words[0] ?? ''); words.shift()) follows = words[0] === '-L' ? 'always' : words[0] === '-H' ? 'operands' : 'never';
  const start = words.findIndex(
    (word, i) => (word.startsWith('-') && word.length > 1) || word === '(' || word === '!' || (i === 0 && (word === ',' || word === ')')),
  );
  const paths = start < 0 ? words : words.slice(0, start);
  const expression = new Expression(p, start < 0 ? [] : words.slice(start));
  let test: Test;
  try {
    test = expression.parse();
  } catch (mistake) {
    if (!(mistake instanceof FindError)) throw mistake;
    return yield* p.fail(mistake.message);
  }
  for (const warning of expression.warnings) yield* p.fail(warning);
  if (expression.follows) follows = 'always';
  const look = (path: Bytes, depth: number): ReturnType<typeof p.fs.lstat> => {
    const target = follows === 'always' || (follows === 'operands' && depth === 0) ? p.fs.stat(path) : undefined;
    return target?.ok ? target : p.fs.lstat(path);
  };
  const walk = function* (path: Bytes, name: Bytes, depth: number, origin: Bytes, above: readonly unknown[]): Sys {
    if (expression.quit) return;
    const inode = look(path, depth);
    if (!inode.ok) {
      expression.status = 1;
      yield* p.error(`find: '${path}': ${strerror(inode.error)}\n`);
      return;
    }
    if (above.includes(inode.value)) {
      expression.status = 1;
      yield* p.error(`find: File system loop detected; '${path}' is part of the same file system loop as '${origin}'.\n`);
      return;
    }
    const found: Found = { path, name, inode: inode.value, depth, start: origin };
    const visit = function* (): Sys {
      if (depth < expression.minDepth) return;
      if ((yield* test(found)) && !expression.acts) yield* p.print(`${path}\n`);
    };
    expression.pruned = false;
    if (!expression.depthFirst) yield* visit();
    const isPruned = expression.pruned as boolean;
    if (inode.value.kind === 'dir' && depth < expression.maxDepth && !isPruned && !(expression.quit as boolean)) {
      const entries = p.fs.readdir(path);
      if (!entries.ok) {
        expression.status = 1;
        yield* p.error(`find: '${path}': ${strerror(entries.error)}\n`);
      }
      for (const entry of entries.ok ? entries.value : []) {
        yield* p.tick();
        yield* walk(path.endsWith('/') ? path + entry.name : `${path}/${entry.name}`, entry.name, depth + 1, origin, [...above, inode.value]);
      }
    }
    if (expression.depthFirst && !(expression.quit as boolean)) yield* visit();
  };
  for (const path of paths.length > 0 ? paths : ['.']) yield* walk(path, path.replace(/\/+$/, '').replace(/^.*\//, '') || path, 0, path, []);
  for (const { argv, paths: all } of expression.batches)
    if (all.length > 0 && (yield* runCommand(p, [...argv, ...all], undefined)) !== 0) expression.status = 1;
  return expression.status;
});
