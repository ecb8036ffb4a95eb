/** The tests and actions of find(1) of GNU findutils 4.9, each made from its arguments. */
import { compilePosixRegex, strerror, type Bytes } from '../../base/index.ts';
import { compilePattern, type Inode, type Process, type Sys } from '../../shell/index.ts';
import { formatDate, modeText, owners, parseDate, parseMode, shortDate } from '../coreutils/index.ts';
import { statMode } from '../../shell/index.ts';

export interface Found {
  readonly path: Bytes;
  readonly name: Bytes;
  readonly inode: Inode;
  readonly depth: number;
  /** The operand that it was found below. */
  readonly start: Bytes;
}
export type Test = (found: Found) => Sys<boolean>;
/** Told as `find: …`. */
export class FindError extends Error {}

/** What a predicate is made from. */
export interface Context {
  readonly p: Process;
  readonly nowUs: number;
  syntax: 'basic' | 'extended';
  startOfDay: boolean;
  readonly argument: () => Bytes;
  /** Complains, and goes on. */
  readonly warnings: Bytes[];
}
type Make = (context: Context, name: Bytes) => (found: Found) => boolean;

export const KINDS: Readonly<Record<string, Inode['kind']>> = { b: 'block', c: 'char', d: 'dir', p: 'fifo', f: 'file', l: 'symlink', s: 'socket' };
const letterOf = (inode: Inode): string => Object.entries(KINDS).find(([, kind]) => kind === inode.kind)?.[0] ?? '?';

/** `+N`, `-N`, `N`. */
function compared(text: Bytes, name: Bytes): (value: number) => boolean {
  const [, sign, digits] = /^([-+]?)(\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw new FindError(`invalid argument \`${text}' to \`${name}'`);
  const wanted = Number(digits);
  return (value) => (sign === '+' ? value > wanted : sign === '-' ? value < wanted : value === wanted);
}
type Field = 'atimeUs' | 'mtimeUs' | 'ctimeUs';
const byAge =
  (field: Field, unitUs: number): Make =>
  (context, name) => {
    const text = context.argument();
    const [, sign = '', digits] = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(text) ?? [];
    if (digits === undefined) throw new FindError(`invalid argument \`${text}' to \`${name}'`);
    const base = context.startOfDay ? Math.ceil(context.nowUs / 86_400e6) * 86_400e6 : context.nowUs;
    const wanted = Number(digits);
    return ({ inode }) => {
      const age = (base - inode[field]) / unitUs;
      if (sign === '+') return unitUs === 60e6 ? age > wanted : Math.floor(age) > wanted;
      if (sign === '-') return age < wanted;
      return unitUs === 60e6 ? age > wanted - 1 && age <= wanted : Math.floor(age) === wanted;
    };
  };
const newer =
  (field: Field, other: Field | 'text'): Make =>
  ({ p, argument, nowUs }, name) => {
    const operand = argument();
    if (other === 'text') {
      const us = parseDate(operand, nowUs);
      if (us === undefined) throw new FindError(`I cannot figure out how to interpret '${operand}' as a date or time`);
      return ({ inode }) => inode[field] > us;
    }
    const model = p.fs.stat(operand);
    if (!model.ok) throw new FindError(`'${operand}': ${strerror(model.error)}`);
    void name;
    return ({ inode }) => inode[field] > model.value[other];
  };
const globbed =
  (of: (found: Found, p: Process) => Bytes | undefined): Make =>
  ({ argument, p }, name) => {
    const isFolded = /^-i/.test(name);
    const pattern = argument();
    const regex = compilePattern(isFolded ? pattern.toLowerCase() : pattern, { isPlain: true });
    return (found) => {
      const text = of(found, p);
      return text !== undefined && regex.matches(isFolded ? text.toLowerCase() : text);
    };
  };
const idOf = (p: Process, text: Bytes, path: string): number | undefined => {
  const file = p.fs.readFile(path);
  const row = (file.ok ? file.value : '').split('\n').find((line) => line.startsWith(`${text}:`));
  return row !== undefined ? Number(row.split(':')[2]) : /^\d+$/.test(text) ? Number(text) : undefined;
};
const accessible =
  (access: 'read' | 'write' | 'execute'): Make =>
  ({ p }) =>
  ({ path }) =>
    p.fs.access(path, access).ok;

const SIZES: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 1 << 20, G: 1 << 30 };

/** Each with what its argument is called. */
export const TESTS: Readonly<Record<string, readonly [string | undefined, Make]>> = {
  '-true': [undefined, () => () => true],
  '-false': [undefined, () => () => false],
  '-name': ['PATTERN', globbed(({ name }) => name)],
  '-iname': ['PATTERN', globbed(({ name }) => name)],
  '-path': ['PATTERN', globbed(({ path }) => path)],
  '-ipath': ['PATTERN', globbed(({ path }) => path)],
  '-wholename': ['PATTERN', globbed(({ path }) => path)],
  '-iwholename': ['PATTERN', globbed(({ path }) => path)],
  ...Object.fromEntries(
    ['-lname', '-ilname'].map((name) => [
      name,
      [
        'PATTERN',
        globbed(({ path }, p) => {
          const target = p.fs.readlink(path);
          return target.ok ? target.value : undefined;
        }),
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['-regex', '-iregex'].map((word): [string, [string, Make]] => [
      word,
      [
        'PATTERN',
        ({ argument, syntax }, name) => {
          const compiled = compilePosixRegex(argument(), { syntax, ignoreCase: name === '-iregex' });
          if (!compiled.ok) throw new FindError(compiled.error);
          return ({ path }) => {
            const match = compiled.value.exec(path);
            return match !== null && match[0].length === path.length;
          };
        },
      ],
    ]),
  ),
  '-type': ['[bcdpfls]', ofKind],
  '-xtype': ['[bcdpfls]', ofKind],
  '-empty': [
    undefined,
    ({ p }) =>
      ({ inode }) => {
        const entries = inode.kind === 'dir' ? inode.list(p) : undefined;
        return entries ? entries.ok && entries.value.length === 0 : inode.kind === 'file' && inode.size === 0;
      },
  ],
  '-perm': [
    'MODE',
    ({ argument }) => {
      const text = argument();
      const change = parseMode(text.replace(/^[-/]/, ''), 0);
      if (!change) throw new FindError(`invalid mode '${text}'`);
      return ({ inode }) => {
        const bits = change(0, inode.kind);
        const mode = inode.mode & 0o7777;
        return text.startsWith('-') ? (mode & bits) === bits : text.startsWith('/') ? bits === 0 || (mode & bits) !== 0 : mode === bits;
      };
    },
  ],
  '-size': [
    'N[bcwkMG]',
    ({ argument }) => {
      const text = argument();
      const [, count, unit = 'b'] = /^([-+]?\d+)([bcwkMG]?)$/.exec(text) ?? [];
      if (count === undefined)
        throw new FindError(
          /^[-+]?\d+.$/.test(text) || /^[a-zA-Z]$/.test(text) ? `invalid -size type \`${text.slice(-1)}'` : `invalid argument \`${text}' to \`-size'`,
        );
      const holds = compared(count, '-size');
      const scale = SIZES[unit || 'b'] ?? 512;
      return ({ inode }) => holds(Math.ceil(inode.size / scale));
    },
  ],
  '-links': ['N', ({ argument }, name) => withNumber(compared(argument(), name), (inode) => inode.nlink)],
  '-inum': ['N', ({ argument }, name) => withNumber(compared(argument(), name), (inode) => inode.ino)],
  '-uid': ['N', ({ argument }, name) => withNumber(compared(argument(), name), (inode) => inode.uid)],
  '-gid': ['N', ({ argument }, name) => withNumber(compared(argument(), name), (inode) => inode.gid)],
  '-user': [
    'NAME',
    ({ argument, p }) => {
      const text = argument();
      const id = idOf(p, text, '/etc/passwd');
      if (id === undefined) throw new FindError(`'${text}' is not the name of a known user`);
      return ({ inode }) => inode.uid === id;
    },
  ],
  '-group': [
    'NAME',
    ({ argument, p }) => {
      const text = argument();
      const id = idOf(p, text, '/etc/group');
      if (id === undefined) throw new FindError(`'${text}' is not the name of an existing group`);
      return ({ inode }) => inode.gid === id;
    },
  ],
  '-nouser': [
    undefined,
    ({ p }) =>
      ({ inode }) =>
        /^\d+$/.test(owners(p).user(inode.uid)),
  ],
  '-nogroup': [
    undefined,
    ({ p }) =>
      ({ inode }) =>
        /^\d+$/.test(owners(p).group(inode.gid)),
  ],
  '-readable': [undefined, accessible('read')],
  '-writable': [undefined, accessible('write')],
  '-executable': [undefined, accessible('execute')],
  '-samefile': [
    'FILE',
    ({ argument, p }) => {
      const operand = argument();
      const model = p.fs.stat(operand);
      if (!model.ok) throw new FindError(`'${operand}': ${strerror(model.error)}`);
      return ({ inode }) => inode === model.value;
    },
  ],
  '-amin': ['N', byAge('atimeUs', 60e6)],
  '-mmin': ['N', byAge('mtimeUs', 60e6)],
  '-cmin': ['N', byAge('ctimeUs', 60e6)],
  '-atime': ['N', byAge('atimeUs', 86_400e6)],
  '-mtime': ['N', byAge('mtimeUs', 86_400e6)],
  '-ctime': ['N', byAge('ctimeUs', 86_400e6)],
  '-newer': ['FILE', newer('mtimeUs', 'mtimeUs')],
  '-anewer': ['FILE', newer('atimeUs', 'mtimeUs')],
  '-cnewer': ['FILE', newer('ctimeUs', 'mtimeUs')],
  '-newermt': ['TIME', newer('mtimeUs', 'text')],
  '-newerat': ['TIME', newer('atimeUs', 'text')],
  '-newerct': ['TIME', newer('ctimeUs', 'text')],
};
function ofKind({ argument, p }: Context, name: Bytes): (found: Found) => boolean {
  const kinds = argument()
    .split(',')
    .map((letter) => {
      if (!/^[bcdpfls]$/.test(letter)) throw new FindError(`Unknown argument to ${name}: ${letter}`);
      return KINDS[letter];
    });
  return ({ inode, path }) => {
    if (name === '-type' || inode.kind !== 'symlink') return kinds.includes(inode.kind);
    const target = p.fs.stat(path);
    return kinds.includes(target.ok ? target.value.kind : 'symlink');
  };
}
const withNumber =
  (holds: (value: number) => boolean, of: (inode: Inode) => number) =>
  ({ inode }: Found): boolean =>
    holds(of(inode));

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '0': '\0' };
const seconds = (us: number): string => `${Math.floor(us / 1e6)}.${String(Math.floor(us % 1e6)).padStart(6, '0')}0000`;
const ctime = (us: number): string =>
  `${formatDate('%a %b %e %H:%M:', us)}${formatDate('%S', us)}.${String(Math.floor(us % 1e6)).padStart(6, '0')}0000 ${formatDate('%Y', us)}`;

/** `-printf`: the format with its directives filled in; told apart from what it does not know. */
export function formatted(p: Process, format: Bytes, { path, name, inode, depth, start }: Found): Bytes {
  const names = owners(p);
  const dir = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const values: Readonly<Record<string, () => string>> = {
    ...{ p: () => path, f: () => name, s: () => String(inode.size), m: () => (inode.mode & 0o7777).toString(8), M: () => modeText(statMode(inode)) },
    ...{ y: () => letterOf(inode), h: () => (path.includes('/') ? dir : '.'), H: () => start, P: () => path.slice(start.length).replace(/^\//, '') },
    ...{ u: () => names.user(inode.uid), g: () => names.group(inode.gid), U: () => String(inode.uid), G: () => String(inode.gid), d: () => String(depth) },
    ...{
      n: () => String(inode.nlink),
      i: () => String(inode.ino),
      k: () => String(Math.ceil(inode.size / 1024)),
      b: () => String(Math.ceil(inode.size / 4096) * 8),
    },
    ...{ a: () => ctime(inode.atimeUs), c: () => ctime(inode.ctimeUs), t: () => ctime(inode.mtimeUs) },
    l: () => {
      const target = inode.kind === 'symlink' ? p.fs.readlink(path) : undefined;
      return target?.ok ? target.value : '';
    },
  };
  const time = (kind: string, letter: string): string => {
    const us = inode[({ A: 'atimeUs', C: 'ctimeUs', T: 'mtimeUs' } as const)[kind as 'T']];
    if (letter === '@') return seconds(us);
    if (letter === '+') return `${formatDate('%Y-%m-%d+%H:%M:', us)}${formatDate('%S', us)}.${seconds(us).split('.')[1] ?? ''}`;
    const text = formatDate(`%${letter}`, us);
    return letter === 'S' || letter === 'T' || letter === 'X' ? `${text}.${seconds(us).split('.')[1] ?? ''}` : text;
  };
  return format.replace(
    /\\([0-7]{1,3}|.)|%([-#+ 0]*)(\d*)(?:\.(\d+))?([ACT].|.)/gs,
    (whole, escape: string | undefined, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (escape !== undefined) return /^[0-7]{2,3}$/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : (ESCAPES[escape] ?? whole);
      if (letter === '%') return '%';
      const text = letter.length === 2 ? time(letter[0]!, letter[1]!) : values[letter]?.();
      if (text === undefined) return whole;
      const cut = precision === undefined ? text : text.slice(0, Number(precision));
      return flags.includes('-') ? cut.padEnd(Number(width)) : cut.padStart(Number(width));
    },
  );
}
/** Directives that nobody knows. */
export const unknownDirectives = (format: Bytes): readonly Bytes[] =>
  [...format.matchAll(/%[-#+ 0]*\d*(?:\.\d+)?([ACT].|.)/gs)]
    .map(([, letter = '']) => letter)
    .filter((letter) => !/^([ACT].|[pfsmMyhHPugUGdnikbactlDFSYZ%])$/.test(letter));

export function listing(p: Process, { path, inode }: Found): Bytes {
  const names = owners(p);
  const target = inode.kind === 'symlink' ? p.fs.readlink(path) : undefined;
  const blocks = Math.ceil(inode.size / 4096) * 4;
  const owner = `${names.user(inode.uid).padEnd(8)} ${names.group(inode.gid).padEnd(8)}`;
  return `${String(inode.ino).padStart(9)} ${String(blocks).padStart(6)} ${modeText(statMode(inode))} ${String(inode.nlink).padStart(3)} ${owner} ${String(inode.size).padStart(8)} ${shortDate(inode.mtimeUs, p.unixUs)} ${path}${target?.ok ? ` -> ${target.value}` : ''}\n`;
}
