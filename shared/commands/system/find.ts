/** find(1) of GNU findutils 4.9: the tests and actions that scripts use. */
import { strerror, type Bytes } from '../../base/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { modeText } from '../coreutils/index.ts';
import { statMode, type Inode, type Process, type Sys } from '../../shell/index.ts';
import { statusOf } from '../coreutils/index.ts';

interface Found {
  readonly path: Bytes;
  readonly name: Bytes;
  readonly inode: Inode;
  readonly depth: number;
}
type Test = (found: Found) => Sys<boolean>;

const globRegex = (glob: Bytes, flags = ''): RegExp =>
  new RegExp(
    `^${glob.replace(/\\(.)|\[!?[^\]]*\]|[*?]|[.+^${}()|\\/]/g, (part, escaped?: string) => (escaped !== undefined ? `\\${escaped}` : part === '*' ? '[^]*' : part === '?' ? '[^]' : part.startsWith('[') ? part.replace('[!', '[^') : `\\${part}`))}$`,
    flags,
  );
const TYPE: Readonly<Record<string, Inode['kind']>> = { f: 'file', d: 'dir', l: 'symlink', c: 'char', b: 'block', p: 'fifo', s: 'socket' };

class Expression {
  acts = false;
  maxDepth = Infinity;
  minDepth = 0;
  depthFirst = false;
  pruned = false;
  quit = false;
  status = 0;
  error: string | undefined;
  private at = 0;
  readonly batches: { readonly argv: readonly Bytes[]; readonly paths: Bytes[] }[] = [];
  constructor(
    private readonly p: Process,
    private readonly words: readonly Bytes[],
  ) {}
  parse(): Test {
    const test = this.or();
    if (this.at < this.words.length) this.error ??= `paths must precede expression: \`${this.words[this.at] ?? ''}'`;
    return test;
  }
  private or(): Test {
    let left = this.and();
    while (this.words[this.at] === '-o' || this.words[this.at] === '-or') {
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
    while (this.at < this.words.length && !['-o', '-or', ')'].includes(this.words[this.at] ?? '')) {
      if (['-a', '-and'].includes(this.words[this.at] ?? '')) this.at++;
      const [a, b] = [left, this.not()];
      left = function* (found) {
        return (yield* a(found)) && (yield* b(found));
      };
    }
    return left;
  }
  private not(): Test {
    if (this.words[this.at] !== '!' && this.words[this.at] !== '-not') return this.primary();
    this.at++;
    const test = this.not();
    return function* (found) {
      return !(yield* test(found));
    };
  }
  private argument(name: Bytes): Bytes {
    const value = this.words[this.at++];
    if (value === undefined) this.error ??= `missing argument to \`${name}'`;
    return value ?? '';
  }
  private primary(): Test {
    const word = this.words[this.at++];

    const pure = (test: (found: Found) => boolean): Test =>
      function* (found) {
        return test(found);
      };
    const { p } = this;
    switch (word) {
      case undefined:
        return pure(() => true);
      case '(': {
        const test = this.or();
        this.at++;
        return test;
      }
      case '-name':
      case '-iname': {
        const regex = globRegex(this.argument(word), word === '-iname' ? 'i' : '');
        return pure(({ name }) => regex.test(name));
      }
      case '-path':
      case '-wholename': {
        const regex = globRegex(this.argument(word));
        return pure(({ path }) => regex.test(path));
      }
      case '-type': {
        const kinds = this.argument(word)
          .split(',')
          .map((letter) => TYPE[letter]);
        return pure(({ inode }) => kinds.includes(inode.kind));
      }
      case '-empty':
        return pure(({ inode }) => {
          const entries = inode.kind === 'dir' ? inode.list(p) : undefined;
          return entries ? entries.ok && entries.value.length === 0 : inode.kind === 'file' && inode.size === 0;
        });
      case '-maxdepth':
        this.maxDepth = Number(this.argument(word));
        return pure(() => true);
      case '-mindepth':
        this.minDepth = Number(this.argument(word));
        return pure(() => true);
      case '-depth':
        this.depthFirst = true;
        return pure(() => true);
      case '-perm': {
        const mode = this.argument(word);
        const bits = parseInt(mode.replace(/^[-/]/, ''), 8);
        return pure(({ inode }) =>
          mode.startsWith('-') ? (inode.mode & bits) === bits : mode.startsWith('/') ? (inode.mode & bits) !== 0 : inode.mode === bits,
        );
      }
      case '-size': {
        const [, sign = '', count = '0', unit = 'b'] = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(this.argument(word)) ?? [];
        const scale = { c: 1, w: 2, b: 512, k: 1024, M: 1 << 20, G: 1 << 30 }[unit || 'b'] ?? 512;
        return pure(({ inode }) => {
          const size = Math.ceil(inode.size / scale);
          return sign === '+' ? size > Number(count) : sign === '-' ? size < Number(count) : size === Number(count);
        });
      }
      case '-newer': {
        const other = p.fs.stat(this.argument(word));
        return pure(({ inode }) => other.ok && inode.mtimeUs > other.value.mtimeUs);
      }
      case '-prune':
        return pure(() => (this.pruned = true));
      case '-true':
        return pure(() => true);
      case '-false':
        return pure(() => false);
      case '-print':
      case '-print0':
        this.acts = true;
        return function* ({ path }) {
          yield* p.print(path + (word === '-print0' ? '\0' : '\n'));
          return true;
        };
      case '-ls':
        this.acts = true;
        return function* ({ path, inode }) {
          yield* p.print(
            `${String(inode.ino).padStart(9)} ${String(Math.ceil(inode.size / 1024)).padStart(6)} ${modeText(statMode(inode))} ${inode.nlink} root root ${inode.size} ${path}\n`,
          );
          return true;
        };
      case '-printf': {
        this.acts = true;
        const format = this.argument(word);
        return function* ({ path, name, inode }) {
          const values: Readonly<Record<string, string>> = {
            p: path,
            f: name,
            s: String(inode.size),
            m: inode.mode.toString(8),
            y: Object.entries(TYPE).find(([, kind]) => kind === inode.kind)?.[0] ?? '?',
            '%': '%',
            h: path.slice(0, Math.max(0, path.lastIndexOf('/'))),
          };
          yield* p.print(
            format
              .replace(/\\n/g, '\n')
              .replace(/\\t/g, '\t')
              .replace(/%([a-z%])/g, (whole, letter: string) => values[letter] ?? whole),
          );
          return true;
        };
      }
      case '-delete':
        this.acts = true;
        this.depthFirst = true;
        return function* ({ path, inode }) {
          const removed = inode.kind === 'dir' ? p.fs.rmdir(path) : p.fs.unlink(path);
          if (!removed.ok) yield* p.error(`find: cannot delete '${path}': ${strerror(removed.error)}\n`);
          return removed.ok;
        };
      case '-exec':
      case '-ok':
        return this.exec();
      case '-quit':
        return pure(() => (this.quit = true));
      default:
        this.error ??= word.startsWith('-') ? `unknown predicate \`${word}'` : `paths must precede expression: \`${word}'`;
        return pure(() => true);
    }
  }
  private exec(): Test {
    this.acts = true;
    const argv: Bytes[] = [];
    for (let word = this.words[this.at++]; word !== ';'; word = this.words[this.at++]) {
      if (word === undefined) {
        this.error ??= "missing argument to `-exec'";
        break;
      }
      if (word === '+' && argv.at(-1) === '{}') {
        const batch = { argv: argv.slice(0, -1), paths: [] as Bytes[] };
        this.batches.push(batch);

        return function* ({ path }) {
          batch.paths.push(path);
          return true;
        };
      }
      argv.push(word);
    }
    const { p } = this;
    return function* ({ path }) {
      return (
        (yield* runCommand(
          p,
          argv.map((word) => word.split('{}').join(path)),
        )) === 0
      );
    };
  }
}
function* runCommand(p: Process, argv: readonly Bytes[]): Sys<number> {
  yield* p.flush();
  const child = p.spawn(argv);
  if (child.ok) return statusOf(yield* p.waitExit(child.value));
  yield* p.error(`find: '${argv[0] ?? ''}': ${strerror(child.error)}\n`);
  return 1;
}

/** Global options, tests and actions, with what their arguments are called. */
const PREDICATES: readonly (readonly [name: string, value?: string])[] = [
  ...[['-depth'], ['-maxdepth', 'LEVELS'], ['-mindepth', 'LEVELS']],
  ...[['-empty'], ['-false'], ['-iname', 'PATTERN'], ['-name', 'PATTERN'], ['-newer', 'FILE'], ['-path', 'PATTERN'], ['-perm', 'MODE'], ['-size', 'N[bcwkMG]']],
  ...[['-true'], ['-type', '[bcdpfls]'], ['-wholename', 'PATTERN']],
  ...[['-delete'], ['-exec', 'COMMAND'], ['-ls'], ['-ok', 'COMMAND'], ['-print'], ['-print0'], ['-printf', 'FORMAT'], ['-prune'], ['-quit']],
] as [string, string?][];
export const FIND: Declaration = {
  synopsis: '[path...] [expression]',
  options: PREDICATES.map(([name, value]) => ({ names: [name], value })),
  commands: ['(', ')', '!', '-not', '-a', '-and', '-o', '-or'].map((name) => ({ name })),
  missing: ['tests by owner, times, links and inode', '-regex', 'the options -H, -L, -P', 'the comma operator'],
};
export const find = declared(FIND, function* (p) {
  p.stdout.leavesBeforeErrors = true;
  const words = p.argv.slice(1);
  const start = words.findIndex((word) => word.startsWith('-') || word === '(' || word === '!');
  const paths = start < 0 ? words : words.slice(0, start);
  const expression = new Expression(p, start < 0 ? [] : words.slice(start));
  const test = expression.parse();
  if (expression.error !== undefined) return yield* p.fail(expression.error);
  const walk = function* (path: Bytes, name: Bytes, depth: number): Sys {
    if (expression.quit) return;
    const inode = p.fs.lstat(path);
    if (!inode.ok) {
      expression.status = 1;
      yield* p.error(`find: '${path}': ${strerror(inode.error)}\n`);
      return;
    }
    const found: Found = { path, name, inode: inode.value, depth };
    const visit = function* (): Sys {
      if (depth < expression.minDepth) return;
      if ((yield* test(found)) && !expression.acts) yield* p.print(`${path}\n`);
    };
    expression.pruned = false;
    if (!expression.depthFirst) yield* visit();
    const isPruned = expression.pruned as boolean;
    if (inode.value.kind === 'dir' && depth < expression.maxDepth && !isPruned) {
      const entries = p.fs.readdir(path);
      if (!entries.ok) yield* p.error(`find: '${path}': ${strerror(entries.error)}\n`);
      for (const entry of entries.ok ? entries.value : []) {
        yield* p.tick();
        yield* walk(path.endsWith('/') ? path + entry.name : `${path}/${entry.name}`, entry.name, depth + 1);
      }
    }
    if (expression.depthFirst) yield* visit();
  };
  for (const path of paths.length > 0 ? paths : ['.']) yield* walk(path, path.replace(/\/+$/, '').replace(/^.*\//, '') || path, 0);
  for (const { argv, paths: all } of expression.batches) if (all.length > 0 && (yield* runCommand(p, [...argv, ...all])) !== 0) expression.status = 1;
  return expression.status;
});
