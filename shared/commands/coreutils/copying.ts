/** cp, mv and install (GNU coreutils 9.1): where each source goes, and what is said of it. */
import { strerror, type Bytes } from '../../base/index.ts';
import { LineReader, type Inode, type Process, type Sys } from '../../shell/index.ts';
import { idOf, parseMode } from './modes.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { baseName, isDir, join, program, quoted, said } from './program.ts';
import { makeParents } from './removing.ts';

const COPY: GnuUsage['options'] = [
  { short: 'a', long: 'archive', help: 'same as -dR --preserve=all' },
  { long: 'attributes-only', help: "don't copy the file data, just the attributes" },
  { short: 'b', help: 'make a backup of each existing destination file' },
  { long: 'backup', argument: 'optional', help: 'as -b, but accepts an argument', isMissing: true },
  { short: 'd', help: 'same as --no-dereference --preserve=links' },
  { short: 'f', long: 'force', help: 'if an existing destination file cannot be opened, remove it and try again' },
  { short: 'H', help: 'follow command-line symbolic links in SOURCE' },
  { short: 'i', long: 'interactive', help: 'prompt before overwrite' },
  { short: 'l', long: 'link', help: 'hard link files instead of copying' },
  { short: 'L', long: 'dereference', help: 'always follow symbolic links in SOURCE' },
  { short: 'n', long: 'no-clobber', help: 'do not overwrite an existing file' },
  { short: 'P', long: 'no-dereference', help: 'never follow symbolic links in SOURCE' },
  { short: 'p', help: 'same as --preserve=mode,ownership,timestamps' },
  { long: 'preserve', argument: 'optional', help: 'preserve the specified attributes' },
  { long: 'no-preserve', argument: 'required', help: "don't preserve the specified attributes" },
  { long: 'parents', help: 'use full source file name under DIRECTORY' },
  { short: 'R', help: 'as -r' },
  { short: 'r', long: 'recursive', help: 'copy directories recursively' },
  { long: 'remove-destination', help: 'remove each existing destination file before attempting to open it' },
  { long: 'reflink', argument: 'optional', help: 'control clone/CoW copies' },
  { long: 'sparse', argument: 'required', help: 'control creation of sparse files' },
  { short: 's', long: 'symbolic-link', help: 'make symbolic links instead of copying' },
  { short: 'S', long: 'suffix', argument: 'required', help: 'override the usual backup suffix' },
  { short: 't', long: 'target-directory', argument: 'required', help: 'copy all SOURCE arguments into DIRECTORY' },
  { short: 'T', long: 'no-target-directory', help: 'treat DEST as a normal file' },
  { short: 'u', long: 'update', help: 'copy only when the SOURCE file is newer than the destination file or when the destination file is missing' },
  { short: 'v', long: 'verbose', help: 'explain what is being done' },
  { short: 'x', long: 'one-file-system', help: 'stay on this file system' },
  { short: 'Z', help: 'set SELinux security context of destination file' },
];

/** How a file is copied. */
interface Manner {
  readonly parsed: Parsed;
  readonly isRecursive: boolean;
  readonly keepsLinks: boolean;
  readonly keeps: { readonly mode: boolean; readonly owner: boolean; readonly times: boolean };
}
const PLAIN_MODE = 0o777;

/** Mode, owner and times of a copy; without being asked for, the mode is what the umask leaves. */
function attributes(p: Process, source: Inode, to: Bytes, { keeps }: Manner, isNew: boolean): void {
  if (keeps.mode) p.fs.chmod(to, source.mode & 0o7777);
  else if (isNew) p.fs.chmod(to, source.mode & PLAIN_MODE & ~p.umask);
  if (keeps.owner) p.fs.chown(to, source.uid, source.gid);
  if (keeps.times) p.fs.utimes(to, source.atimeUs, source.mtimeUs);
}

const same = (p: Process, a: Bytes, b: Bytes): boolean => {
  const [x, y] = [p.fs.stat(a), p.fs.stat(b)];
  return x.ok && y.ok && x.value === y.value;
};

function* overwriteAgreed(p: Process, to: Bytes): Sys<boolean> {
  yield* p.error(`${p.name}: overwrite ${quoted(to)}? `);
  return /^[yY]/.test((yield* new LineReader(p, 0).next()) ?? '');
}

/** What stands in the way of a copy is kept, asked for or left; undefined goes on. */
function* clearTheWay(p: Process, from: Bytes, to: Bytes, parsed: Parsed): Sys<{ readonly backup: Bytes | undefined } | undefined> {
  const there = p.fs.lstat(to);
  if (!there.ok || there.value.kind === 'dir') return { backup: undefined };
  if (parsed.has('no-clobber')) return undefined;
  const source = p.fs.stat(from);
  if (parsed.has('update') && source.ok && there.value.mtimeUs >= source.value.mtimeUs) return undefined;
  if (parsed.has('interactive') && !parsed.has('force') && !(yield* overwriteAgreed(p, to))) return undefined;
  if (!parsed.has('b')) return { backup: undefined };
  const backup = `${to}${parsed.options.get('suffix') ?? '~'}`;
  p.fs.rename(to, backup);
  return { backup };
}

function* copy(p: Process, from: Bytes, to: Bytes, manner: Manner): Sys<number> {
  const { parsed, isRecursive, keepsLinks } = manner;
  const found = keepsLinks ? p.fs.lstat(from) : p.fs.stat(from);
  if (!found.ok) return yield* p.failErrno(`cannot stat ${quoted(from)}`, found.error);
  const source = found.value;
  const announce = function* (): Sys {
    if (parsed.has('verbose')) yield* p.print(`${quoted(from)} -> ${quoted(to)}\n`);
  };
  yield* p.tick();
  if (source.kind === 'dir') {
    if (!isRecursive) return yield* p.fail(`-r not specified; omitting directory ${quoted(from)}`);
    const there = p.fs.stat(to);
    if (there.ok && there.value.kind !== 'dir') return yield* p.fail(`cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`);
    const [inside, outside] = [p.fs.realpath(to.replace(/\/*[^/]*\/*$/, '') || '.'), p.fs.realpath(from)];
    if (inside.ok && outside.ok && (inside.value === outside.value || inside.value.startsWith(`${outside.value}/`))) {
      p.fs.mkdir(to, source.mode);
      return yield* p.fail(`cannot copy a directory, ${quoted(from)}, into itself, ${quoted(to)}`);
    }
    const isNew = !there.ok;
    if (isNew) {
      const made = p.fs.mkdir(to, source.mode);
      if (!made.ok) return yield* p.failErrno(`cannot create directory ${quoted(to)}`, made.error);
      yield* announce();
    }
    let status = 0;
    const entries = p.fs.readdir(from);
    if (!entries.ok) status = yield* p.failErrno(`cannot access ${quoted(from)}`, entries.error);
    // In the order of their inodes, as it reads fastest.
    const sorted = entries.ok ? entries.value.toSorted((a, b) => a.inode.ino - b.inode.ino) : [];
    for (const { name } of sorted) status |= yield* copy(p, join(from, name), join(to, name), manner);
    attributes(p, source, to, manner, isNew);
    return status;
  }
  if (isDir(p, to)) return yield* p.fail(`cannot overwrite directory ${quoted(to)} with non-directory`);
  if (same(p, from, to) && !(keepsLinks && source.kind === 'symlink')) return yield* p.fail(`${quoted(from)} and ${quoted(to)} are the same file`);
  const way = yield* clearTheWay(p, from, to, parsed);
  if (!way) return 0;
  if (parsed.has('remove-destination')) p.fs.unlink(to);
  const isNew = !p.fs.exists(to);
  const made = yield* makeCopy(p, from, to, source, parsed);
  if (made !== 0) return made;
  if (parsed.has('verbose')) yield* p.print(`${quoted(from)} -> ${quoted(to)}${way.backup === undefined ? '' : ` (backup: ${quoted(way.backup)})`}\n`);
  if (source.kind !== 'symlink' && !parsed.has('link') && !parsed.has('symbolic-link')) attributes(p, source, to, manner, isNew);
  return 0;
}
function* makeCopy(p: Process, from: Bytes, to: Bytes, source: Inode, parsed: Parsed): Sys<number> {
  if (parsed.has('link')) return yield* said(p, p.fs.link(from, to), `cannot create hard link ${quoted(to)} to ${quoted(from)}`);
  if (parsed.has('symbolic-link')) return yield* said(p, p.fs.symlink(from, to), `cannot create symbolic link ${quoted(to)} to ${quoted(from)}`);
  if (source.kind === 'symlink') {
    const target = p.fs.readlink(from);
    if (p.fs.lstat(to).ok) p.fs.unlink(to);
    return target.ok ? yield* said(p, p.fs.symlink(target.value, to), `cannot create symbolic link ${quoted(to)}`) : 1;
  }
  const isNode = source.kind !== 'file' && (parsed.has('recursive') || parsed.has('R') || parsed.has('archive'));
  if (isNode && (source.kind === 'fifo' || source.kind === 'char' || source.kind === 'block'))
    return yield* said(p, p.fs.mknod(to, source.kind, source.mode), `cannot create special file ${quoted(to)}`);
  const input = yield* p.open(from, { read: true });
  if (!input.ok) return yield* p.failErrno(`cannot open ${quoted(from)} for reading`, input.error);
  const isSlashed = to.endsWith('/') && !isDir(p, to);
  const output = isSlashed ? ({ ok: false, error: 'ENOTDIR' } as const) : yield* p.open(to, { write: true, create: true, truncate: true });
  if (!output.ok) {
    p.close(input.value);
    if (parsed.has('force') && p.fs.unlink(to).ok) return yield* makeCopy(p, from, to, source, parsed);
    return yield* p.failErrno(`cannot create regular file ${quoted(to)}`, output.error);
  }
  let status = 0;
  if (!parsed.has('attributes-only')) {
    for (;;) {
      const piece = yield* p.read(input.value);
      if (!piece.ok) status = yield* p.failErrno(`error reading ${quoted(from)}`, piece.error);
      if (!piece.ok || piece.value === '') break;
      const written = yield* p.write(output.value, piece.value);
      if (!written.ok) {
        status = yield* p.failErrno(`error writing ${quoted(to)}`, written.error);
        break;
      }
    }
  }
  p.close(input.value);
  p.close(output.value);
  return status;
}

/** Where each source goes. */
function* eachTarget(p: Process, parsed: Parsed, usage: GnuUsage, body: (from: Bytes, to: Bytes) => Sys<number>): Sys<number> {
  const given = parsed.options.get('target-directory');
  const sources = given === undefined ? parsed.operands.slice(0, -1) : parsed.operands;
  const target = given ?? parsed.operands.at(-1);
  if (target === undefined || (given !== undefined && sources.length === 0)) return yield* usageError(p, 'missing file operand', usage);
  if (sources.length === 0) return yield* usageError(p, `missing destination file operand after ${quoted(target)}`, usage);
  const isPlain = parsed.has('no-target-directory');
  if (isPlain && sources.length > 1) return yield* usageError(p, `extra operand ${quoted(parsed.operands[2] ?? '')}`, usage);
  const into = !isPlain && isDir(p, target);
  if (!into && (given !== undefined || sources.length > 1)) {
    const what = given === undefined ? 'target' : 'target directory';
    return yield* p.fail(`${what} ${quoted(target)}: ${strerror(p.fs.exists(target) ? 'ENOTDIR' : 'ENOENT')}`);
  }
  let status = 0;
  for (const from of sources) {
    if (parsed.has('parents')) {
      const dir = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : '';
      if (dir !== '') status |= yield* makeParents(p, join(target, dir), undefined);
      status |= yield* body(from, join(target, from));
    } else status |= yield* body(from, into ? join(target, /(^|\/)\.\.?\/*$/.test(from) ? '' : baseName(from)).replace(/(.)\/$/, '$1') : target);
  }
  return status;
}

export const cp = program(
  { usage: '[OPTION]... SOURCE... DEST', summary: 'Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.', options: COPY },
  function* (p, parsed, usage) {
    const isArchive = parsed.has('archive');
    const isRecursive = parsed.has('recursive') || parsed.has('R') || isArchive;
    const kept = parsed.options.get('preserve');
    const words = kept === undefined ? [] : kept === '' ? ['mode', 'ownership', 'timestamps'] : kept.split(',');
    const keepsAll = isArchive || parsed.has('p') || words.includes('all');
    const manner: Manner = {
      ...{ parsed, isRecursive },
      keepsLinks: parsed.has('no-dereference') || parsed.has('d') || (isRecursive && !parsed.has('dereference')) || words.includes('links'),
      keeps: { mode: keepsAll || words.includes('mode'), owner: keepsAll || words.includes('ownership'), times: keepsAll || words.includes('timestamps') },
    };
    return yield* eachTarget(p, parsed, usage, function* (from, to) {
      const followed = parsed.has('H') ? { ...manner, keepsLinks: false } : manner;
      return yield* copy(p, from, to, followed);
    });
  },
);

export const mv = program(
  {
    usage: '[OPTION]... SOURCE... DEST',
    summary: 'Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.',
    options: COPY.filter((option) => 'bfinStTuvZ'.includes(option.short ?? '#') || option.long === 'backup'),
  },
  function* (p, parsed, usage) {
    return yield* eachTarget(p, parsed, usage, function* (from, to) {
      const source = p.fs.lstat(from.replace(/(.)\/+$/, '$1'));
      if (!source.ok) return yield* p.failErrno(`cannot stat ${quoted(from)}`, source.error);
      const there = p.fs.lstat(to);
      if (there.ok && there.value === source.value) return yield* p.fail(`${quoted(from)} and ${quoted(to)} are the same file`);
      if (there.ok && there.value.kind === 'dir' && source.value.kind !== 'dir')
        return yield* p.fail(`cannot overwrite directory ${quoted(to)} with non-directory`);
      if (there.ok && there.value.kind !== 'dir' && source.value.kind === 'dir')
        return yield* p.fail(`cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`);
      const way = yield* clearTheWay(p, from, to, parsed);
      if (!way) return 0;
      if (source.value.kind !== 'dir' && to.endsWith('/') && !isDir(p, to))
        return yield* p.failErrno(`cannot move ${quoted(from)} to ${quoted(to)}`, 'ENOTDIR');
      const moved = p.fs.rename(from.replace(/(.)\/+$/, '$1'), to.replace(/(.)\/+$/, '$1'));
      const backup = way.backup === undefined ? '' : ` (backup: ${quoted(way.backup)})`;
      if (moved.ok) {
        if (parsed.has('verbose')) yield* p.print(`renamed ${quoted(from)} -> ${quoted(to)}${backup}\n`);
        return 0;
      }
      if (moved.error === 'EINVAL') return yield* p.fail(`cannot move ${quoted(from)} to a subdirectory of itself, ${quoted(to)}`);
      if (moved.error !== 'EXDEV') return yield* p.failErrno(`cannot move ${quoted(from)} to ${quoted(to)}`, moved.error);
      // To another file system it is copied and removed.
      const quiet: Parsed = { ...parsed, has: (name) => name !== 'verbose' && name !== 'interactive' && parsed.has(name) };
      const status = yield* copy(p, from, to, { parsed: quiet, isRecursive: true, keepsLinks: true, keeps: { mode: true, owner: true, times: true } });
      if (status !== 0) return status;
      if (parsed.has('verbose')) yield* p.print(`copied ${quoted(from)} -> ${quoted(to)}${backup}\n`);
      return yield* discard(p, from, parsed.has('verbose'));
    });
  },
);
function* discard(p: Process, path: Bytes, isLoud: boolean): Sys<number> {
  const inode = p.fs.lstat(path);
  const entries = inode.ok && inode.value.kind === 'dir' ? p.fs.readdir(path) : undefined;
  let status = 0;
  for (const { name } of entries?.ok ? entries.value : []) status |= yield* discard(p, join(path, name), isLoud);
  status |= yield* said(p, entries ? p.fs.rmdir(path) : p.fs.unlink(path), `cannot remove ${quoted(path)}`);
  if (isLoud) yield* p.print(`removed ${entries ? 'directory ' : ''}${quoted(path)}\n`);
  return status;
}

const INSTALL: GnuUsage = {
  usage: '[OPTION]... [-T] SOURCE DEST',
  summary: 'Copy files and set attributes.',
  options: [
    { short: 'b', help: 'make a backup of each existing destination file' },
    { short: 'c', help: '(ignored)' },
    { short: 'C', long: 'compare', help: 'compare content of source and destination files, and if no change, do not modify the destination at all' },
    { short: 'd', long: 'directory', help: 'treat all arguments as directory names; create all components of the specified directories' },
    { short: 'D', help: 'create all leading components of DEST except the last, or all components of --target-directory' },
    { short: 'g', long: 'group', argument: 'required', help: "set group ownership, instead of process' current group" },
    { short: 'm', long: 'mode', argument: 'required', help: 'set permission mode (as in chmod), instead of rwxr-xr-x' },
    { short: 'o', long: 'owner', argument: 'required', help: 'set ownership (super-user only)' },
    { short: 'p', long: 'preserve-timestamps', help: 'apply access/modification times of SOURCE files to corresponding destination files' },
    { short: 's', long: 'strip', help: 'strip symbol tables' },
    { short: 'S', long: 'suffix', argument: 'required', help: 'override the usual backup suffix' },
    { short: 't', long: 'target-directory', argument: 'required', help: 'copy all SOURCE arguments into DIRECTORY' },
    { short: 'T', long: 'no-target-directory', help: 'treat DEST as a normal file' },
    { short: 'v', long: 'verbose', help: 'print the name of each created file or directory' },
  ],
};
export const install = program(INSTALL, function* (p, parsed, usage) {
  const text = parsed.options.get('mode');
  const mode = parseMode(text ?? '755', 0)?.(0, parsed.has('directory') ? 'dir' : 'file');
  if (mode === undefined) return yield* p.fail(`invalid mode ${quoted(text ?? '')}`);
  const [owner, group] = [parsed.options.get('owner') ?? '', parsed.options.get('group') ?? ''];
  const [uid, gid] = [idOf(p, owner, '/etc/passwd'), idOf(p, group, '/etc/group')];
  const announce = parsed.has('verbose') ? (made: Bytes) => p.print(`${p.name}: creating directory ${quoted(made)}\n`) : undefined;
  if (parsed.operands.length === 0) return yield* usageError(p, 'missing file operand', usage);
  if (uid === undefined) return yield* p.fail(`invalid user ${quoted(owner)}`);
  if (gid === undefined) return yield* p.fail(`invalid group ${quoted(group)}`);
  const finish = (to: Bytes): void => {
    p.fs.chmod(to, mode);
    p.fs.chown(to, uid, gid);
  };
  if (parsed.has('directory')) {
    let status = 0;
    for (const path of parsed.operands) {
      const made = yield* makeParents(p, path, announce);
      if (made === 0) finish(path);
      status |= made;
    }
    return status;
  }
  const target = parsed.options.get('target-directory');
  if (parsed.has('D')) {
    const last = parsed.operands.at(-1) ?? '';
    const dir = target ?? (last.includes('/') ? last.slice(0, last.lastIndexOf('/')) : '');
    if (dir !== '' && (yield* makeParents(p, dir, announce)) !== 0) return 1;
  }
  return yield* eachTarget(p, parsed, usage, function* (from, to) {
    const source = p.fs.stat(from);
    if (!source.ok) return yield* p.failErrno(`cannot stat ${quoted(from)}`, source.error);
    if (source.value.kind === 'dir') return yield* p.fail(`omitting directory ${quoted(from)}`);
    if (isDir(p, to)) return yield* p.fail(`cannot overwrite directory ${quoted(to)} with non-directory`);
    if (same(p, from, to)) return yield* p.fail(`${quoted(from)} and ${quoted(to)} are the same file`);
    const [old, fresh] = parsed.has('compare') ? [p.fs.readFile(to), p.fs.readFile(from)] : [];
    const there = p.fs.stat(to);
    if (old?.ok && fresh?.ok && old.value === fresh.value && there.ok && (there.value.mode & 0o7777) === mode) return 0;
    if (p.fs.lstat(to).ok) {
      p.fs.unlink(to);
      if (parsed.has('verbose')) yield* p.print(`removed ${quoted(to)}\n`);
    }
    const made = yield* makeCopy(p, from, to, source.value, { ...parsed, has: () => false });
    if (made !== 0) return made;
    finish(to);
    if (parsed.has('preserve-timestamps')) p.fs.utimes(to, source.value.atimeUs, source.value.mtimeUs);
    if (parsed.has('verbose')) yield* p.print(`${quoted(from)} -> ${quoted(to)}\n`);
    return 0;
  });
});
