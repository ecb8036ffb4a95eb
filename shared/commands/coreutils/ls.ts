/** ls(1) of GNU coreutils 9.1: long and short listings, columns on a terminal, sorting by name in the C locale. */
import { strerror, type Bytes } from '../../base/index.ts';
import { majorOf, minorOf, statMode, type Inode, type Process, type Sys } from '../../shell/index.ts';
import { type GnuUsage, type Parsed } from './options.ts';
import { modeText, shortDate } from './stat-text.ts';
import { program } from './program.ts';

const LS: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'List information about the FILEs (the current directory by default).',
  options: [
    { short: '1', help: 'list one file per line' },
    { short: 'a', long: 'all', help: 'do not ignore entries starting with .' },
    { short: 'A', long: 'almost-all', help: 'do not list implied . and ..' },
    { short: 'C', help: 'list entries by columns' },
    { long: 'color', argument: 'optional', help: 'colorize the output' },
    { short: 'd', long: 'directory', help: 'list directories themselves, not their contents' },
    { short: 'F', long: 'classify', help: 'append indicator (one of */=>@|) to entries' },
    { short: 'h', long: 'human-readable', help: 'with -l, print sizes like 1K 234M 2G etc.' },
    { short: 'i', long: 'inode', help: 'print the index number of each file' },
    { short: 'l', help: 'use a long listing format' },
    { short: 'L', long: 'dereference', help: 'show information for the file the link references' },
    { short: 'n', long: 'numeric-uid-gid', help: 'like -l, but list numeric user and group IDs' },
    { short: 'p', help: 'append / indicator to directories' },
    { short: 'r', long: 'reverse', help: 'reverse order while sorting' },
    { short: 'R', long: 'recursive', help: 'list subdirectories recursively' },
    { short: 'S', help: 'sort by file size, largest first' },
    { short: 't', help: 'sort by time, newest first' },
    { short: 'U', help: 'do not sort' },
    { short: 'v', help: 'natural sort of (version) numbers within text' },
    { short: 'w', long: 'width', argument: 'required', help: 'set output width to COLS' },
  ],
  failure: 2,
};

interface Entry {
  readonly name: Bytes;
  readonly path: Bytes;
  readonly inode: Inode;
}

export const ls = program(LS, function* (p, parsed) {
  let status = 0;
  const files: Entry[] = [];
  const dirs: Entry[] = [];
  const isLong = parsed.has('l') || parsed.has('numeric-uid-gid');
  for (const operand of parsed.operands.length > 0 ? parsed.operands : ['.']) {
    const followed = p.fs.stat(operand);
    const own = isLong && !parsed.has('dereference') && !operand.endsWith('/') ? p.fs.lstat(operand) : followed.ok ? followed : p.fs.lstat(operand);
    if (!own.ok) {
      status = 2;
      yield* p.error(`${p.name}: cannot access '${operand}': ${strerror(own.error)}\n`);
      continue;
    }
    const entry = { name: operand, path: operand, inode: own.value };
    (own.value.kind === 'dir' && !parsed.has('directory') ? dirs : files).push(entry);
  }
  if (files.length > 0) yield* show(p, parsed, sorted(files, parsed), false);
  let isFirst = files.length === 0;
  const headers = parsed.operands.length > 1 || parsed.has('recursive');
  const queue = sorted(dirs, parsed);
  for (let dir = queue.shift(); dir; dir = queue.shift()) {
    const listed = p.fs.readdir(dir.path);
    if (!listed.ok) {
      status = Math.max(status, parsed.operands.includes(dir.path) ? 2 : 1);
      yield* p.error(`${p.name}: cannot open directory '${dir.path}': ${strerror(listed.error)}\n`);
      continue;
    }
    if (headers) yield* p.print(`${isFirst ? '' : '\n'}${dir.path}:\n`);
    isFirst = false;
    const join = (name: Bytes): Bytes => (dir.path.endsWith('/') ? dir.path + name : `${dir.path}/${name}`);
    const entries: Entry[] = listed.value
      .filter(({ name }) => parsed.has('all') || parsed.has('almost-all') || !name.startsWith('.'))
      .map(({ name, inode }) => ({ name, path: join(name), inode }));
    if (parsed.has('all')) {
      for (const name of ['.', '..']) {
        const inode = p.fs.stat(join(name));
        if (inode.ok) entries.push({ name, path: join(name), inode: inode.value });
      }
    }
    const shown = sorted(parsed.has('dereference') ? entries.map((entry) => resolved(p, entry)) : entries, parsed);
    yield* show(p, parsed, shown, true);
    if (parsed.has('recursive')) queue.unshift(...shown.filter((entry) => entry.inode.kind === 'dir' && entry.name !== '.' && entry.name !== '..'));
    yield* p.tick(shown.length);
  }
  return status;
});

function resolved(p: Process, entry: Entry): Entry {
  const inode = p.fs.stat(entry.path);
  return inode.ok ? { ...entry, inode: inode.value } : entry;
}

function sorted(entries: readonly Entry[], parsed: Parsed): Entry[] {
  const list = [...entries];
  if (!parsed.has('U')) list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (parsed.has('S')) list.sort((a, b) => b.inode.size - a.inode.size);
  if (parsed.has('t')) list.sort((a, b) => b.inode.mtimeUs - a.inode.mtimeUs);
  return parsed.has('reverse') ? list.reverse() : list;
}

const INDICATOR: Partial<Record<Inode['kind'], string>> = { dir: '/', symlink: '@', fifo: '|', socket: '=' };
function mark(entry: Entry, parsed: Parsed): string {
  if (parsed.has('classify')) return INDICATOR[entry.inode.kind] ?? ((entry.inode.mode & 0o111) !== 0 ? '*' : '');
  return parsed.has('p') && entry.inode.kind === 'dir' ? '/' : '';
}

const COLOURS: Partial<Record<Inode['kind'], string>> = { dir: '01;34', symlink: '01;36', fifo: '40;33', socket: '01;35', char: '40;33;01', block: '40;33;01' };
function coloured(p: Process, entry: Entry, parsed: Parsed): string {
  const when = parsed.options.get('color');
  const on = when !== undefined && (when === 'always' || when === '' || (when === 'auto' && p.isTerminal(1)));
  const colour = COLOURS[entry.inode.kind] ?? (entry.inode.kind === 'file' && (entry.inode.mode & 0o111) !== 0 ? '01;32' : undefined);
  return on && colour !== undefined ? `\x1b[${colour}m${entry.name}\x1b[0m` : entry.name;
}

function* show(p: Process, parsed: Parsed, entries: readonly Entry[], isDirectory: boolean): Sys {
  if (parsed.has('l') || parsed.has('numeric-uid-gid')) {
    yield* long(p, parsed, entries, isDirectory);
    return;
  }
  const inodes = parsed.has('inode') ? Math.max(0, ...entries.map((entry) => String(entry.inode.ino).length)) : 0;
  const text = (entry: Entry): string => (inodes > 0 ? `${String(entry.inode.ino).padStart(inodes)} ` : '') + coloured(p, entry, parsed) + mark(entry, parsed);
  const length = (entry: Entry): number => (inodes > 0 ? inodes + 1 : 0) + entry.name.length + mark(entry, parsed).length;
  if (parsed.has('1') || !(parsed.has('C') || p.isTerminal(1))) {
    for (const entry of entries) yield* p.print(`${text(entry)}\n`);
    return;
  }
  yield* p.print(
    columns(
      entries.map((entry) => ({ text: text(entry), length: length(entry) })),
      Number(parsed.options.get('width') ?? p.getenv('COLUMNS') ?? terminalWidth(p)),
    ),
  );
}

function terminalWidth(p: Process): number {
  const size = p.fds.get(1)?.control({ kind: 'tty.get-size' }, p);
  const columnsOf = size?.ok ? (size.value as { readonly columns?: number }).columns : undefined;
  return columnsOf ?? 80;
}

/** As many columns as fit, filled downwards, two spaces between. */
export function columns(cells: readonly { readonly text: string; readonly length: number }[], width: number): string {
  if (cells.length === 0) return '';
  for (let count = Math.min(cells.length, Math.max(1, Math.floor(width / 3))); ; count--) {
    const rows = Math.ceil(cells.length / count);
    const widths = Array.from({ length: Math.ceil(cells.length / rows) }, (_, c) =>
      Math.max(...cells.slice(c * rows, (c + 1) * rows).map((cell) => cell.length)),
    );
    const total = widths.reduce((sum, w) => sum + w + 2, -2);
    if (total >= width && count > 1) continue;
    let out = '';
    for (let r = 0; r < rows; r++) {
      const row = widths.flatMap((w, c) => {
        const cell = cells[c * rows + r];
        return cell ? [{ cell, w }] : [];
      });
      out += row.map(({ cell, w }, i) => cell.text + (i < row.length - 1 ? ' '.repeat(w + 2 - cell.length) : '')).join('') + '\n';
    }
    return out;
  }
}

function* long(p: Process, parsed: Parsed, entries: readonly Entry[], isDirectory: boolean): Sys {
  const names = parsed.has('numeric-uid-gid') ? { user: String, group: String } : owners(p);
  const size = (inode: Inode): string =>
    inode.kind === 'char' || inode.kind === 'block'
      ? `${majorOf(inode.rdev)}, ${minorOf(inode.rdev)}`
      : parsed.has('human-readable')
        ? human(inode.size)
        : String(inode.size);
  const rows = entries.map(({ inode }) => ({ links: String(inode.nlink), user: names.user(inode.uid), group: names.group(inode.gid), size: size(inode) }));
  const width = (key: keyof (typeof rows)[number]): number => Math.max(0, ...rows.map((row) => row[key].length));
  const [links, user, group, sizes] = [width('links'), width('user'), width('group'), width('size')];
  if (isDirectory)
    yield* p.print(
      `total ${entries.reduce((sum, { inode }) => sum + (inode.fs.type === 'proc' || inode.fs.type === 'sysfs' ? 0 : Math.ceil(inode.kind === 'file' ? inode.size / 4096 : 0) * 4), 0)}\n`,
    );
  for (const [i, entry] of entries.entries()) {
    const row = rows[i];
    if (!row) continue;
    const target = entry.inode.kind === 'symlink' ? p.fs.readlink(entry.path) : undefined;
    const arrow = target?.ok ? ` -> ${target.value}` : '';
    yield* p.print(
      `${parsed.has('inode') ? `${entry.inode.ino} ` : ''}${modeText(statMode(entry.inode))} ${row.links.padStart(links)} ${row.user.padEnd(user)} ${row.group.padEnd(group)} ${row.size.padStart(sizes)} ${shortDate(entry.inode.mtimeUs, p.unixUs)} ${coloured(p, entry, parsed)}${mark(entry, parsed)}${arrow}\n`,
    );
  }
}

const human = (bytes: number): string => {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit++;
  }
  return value < 10 ? `${(Math.ceil(value * 10) / 10).toFixed(1)}${' KMGTP'[unit] ?? ''}` : `${Math.ceil(value)}${' KMGTP'[unit] ?? ''}`;
};

/** Names of ids from /etc/passwd and /etc/group. */
export function owners(p: Process): { readonly user: (id: number) => string; readonly group: (id: number) => string } {
  const read = (path: string): Map<number, string> => {
    const file = p.fs.readFile(path);
    return new Map(
      (file.ok ? file.value : '').split('\n').flatMap((row) => {
        const [name, , id] = row.split(':');
        return name !== undefined && id !== undefined ? [[Number(id), name] as const] : [];
      }),
    );
  };
  const users = read('/etc/passwd');
  const groups = read('/etc/group');
  return { user: (id) => users.get(id) ?? String(id), group: (id) => groups.get(id) ?? String(id) };
}
