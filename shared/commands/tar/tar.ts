/** tar (GNU tar 1.34): archives made, listed and unpacked, uncompressed. Deliberately absent: compression, updates, sparse files. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { civilOf, twoDigits } from '../names/civil.ts';
import { join, program } from '../coreutils/program.ts';
import type { Parsed } from '../coreutils/options.ts';
import { archiveEnd, readArchive, writeEntry, type Entry } from './archive.ts';

const tar = program(
  {
    usage: '[OPTION...] [FILE]...',
    summary: 'Save many files together into a single tape or disk archive, and restore individual files from the archive.',
    version: 'GNU tar) 1.34',
    failure: 2,
    // `tar xf archive`: the first word may stand without its dash
    rewrite: ([first, ...rest]) => (first === undefined || first.startsWith('-') ? [...(first === undefined ? [] : [first]), ...rest] : oldStyle(first, rest)),
    options: [
      { short: 'c', long: 'create', help: 'create a new archive' },
      { short: 'x', long: 'extract', help: 'extract files from an archive' },
      { short: 't', long: 'list', help: 'list the contents of an archive' },
      { short: 'f', long: 'file', argument: 'required', help: 'use archive file or device ARCHIVE' },
      { short: 'C', long: 'directory', argument: 'required', help: 'change to directory DIR' },
      { short: 'v', long: 'verbose', help: 'verbosely list files processed' },
      { short: 'm', long: 'touch', help: "don't extract file modified time" },
      { short: 'p', long: 'preserve-permissions', help: 'extract information about file permissions' },
      { short: 'P', long: 'absolute-names', help: "don't strip leading '/'s from file names" },
      { short: 'O', long: 'to-stdout', help: 'extract files to standard output' },
      { short: 'h', long: 'dereference', help: 'follow symlinks; archive and dump the files they point to' },
      { long: 'no-same-owner', help: 'extract files as yourself' },
      { long: 'same-owner', help: 'try extracting files with the same ownership as exists in the archive' },
      { long: 'no-same-permissions', help: "apply the user's umask when extracting permissions from the archive" },
      { long: 'strip-components', argument: 'required', help: 'strip NUMBER leading components from file names on extraction' },
      { short: 'z', long: 'gzip', isMissing: true },
      { short: 'j', long: 'bzip2', isMissing: true },
      { short: 'J', long: 'xz', isMissing: true },
    ],
  },
  function* (p, parsed) {
    const modes = ['create', 'extract', 'list'].filter((mode) => parsed.has(mode));
    if (modes.length !== 1) {
      const text =
        modes.length === 0
          ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
          : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option";
      yield* p.error(`tar: ${text}\nTry 'tar --help' or 'tar --usage' for more information.\n`);
      return 2;
    }
    return modes[0] === 'create' ? yield* create(p, parsed) : yield* unpack(p, parsed, modes[0] === 'list');
  },
);
export const TAR_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/tar', main: tar, origin: 'GNU tar 1.34' }];

/** The values of bundled letters follow in their order. */
function oldStyle(letters: Bytes, rest: readonly Bytes[]): readonly Bytes[] {
  const values = [...rest];
  return [
    ...[...letters].flatMap((letter) => (['f', 'C'].includes(letter) && values.length > 0 ? [`-${letter}`, values.shift()!] : [`-${letter}`])),
    ...values,
  ];
}
const FATAL = 'tar: Error is not recoverable: exiting now\n';

function* create(p: Process, parsed: Parsed): Sys<number> {
  if (parsed.operands.length === 0) {
    yield* p.error("tar: Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.\n");
    return 2;
  }
  const file = parsed.options.get('file') ?? '-';
  if (file === '-' && p.isTerminal(1)) {
    yield* p.error(`tar: Refusing to write archive contents to terminal (missing -f option?)\n${FATAL}`);
    return 2;
  }
  const start = p.fs.getcwd();
  const folder = parsed.options.get('directory');
  const moved = folder === undefined ? undefined : p.fs.chdir(folder);
  if (moved?.ok === false) {
    yield* p.error(`tar: ${folder}: Cannot open: ${strerror(moved.error)}\n${FATAL}`);
    return 2;
  }
  const work: Work = { out: [], length: 0, status: 0, hasStripped: false };
  for (const operand of parsed.operands) yield* add(p, parsed, operand, work, file === '-');
  const archive = work.out.join('') + archiveEnd(work.length);
  p.fs.chdir(start);
  if (file === '-') yield* p.write(1, archive);
  else {
    const written = p.fs.writeFile(file, archive);
    if (!written.ok) {
      yield* p.error(`tar: ${file}: Cannot open: ${strerror(written.error)}\n${FATAL}`);
      return 2;
    }
  }
  if (work.status !== 0) yield* p.error('tar: Exiting with failure status due to previous errors\n');
  return work.status;
}
interface Work {
  readonly out: Bytes[];
  length: number;
  status: number;
  hasStripped: boolean;
}

function* add(p: Process, parsed: Parsed, path: Bytes, work: Work, isPiped: boolean): Sys {
  const inode = parsed.has('dereference') ? p.fs.stat(path) : p.fs.lstat(path);
  if (!inode.ok) {
    yield* p.error(`tar: ${path}: Cannot stat: ${strerror(inode.error)}\n`);
    work.status = 2;
    return;
  }
  const { kind } = inode.value;
  let name = path;
  if (!parsed.has('absolute-names') && name.startsWith('/')) {
    if (!work.hasStripped) yield* p.error("tar: Removing leading `/' from member names\n");
    work.hasStripped = true;
    name = name.replace(/^\/+/, '');
  }
  const isDir = kind === 'dir';
  if (name === '') name = '.';
  if (isDir && !name.endsWith('/')) name += '/';
  const read = kind === 'file' ? p.fs.readFile(path) : undefined;
  if (read?.ok === false) {
    yield* p.error(`tar: ${path}: Cannot open: ${strerror(read.error)}\n`);
    work.status = 2;
    return;
  }
  const link = kind === 'symlink' ? p.fs.readlink(path) : undefined;
  const bytes = writeEntry({
    ...{ name, kind: isDir ? 'dir' : kind === 'symlink' ? 'symlink' : kind === 'file' ? 'file' : 'other' },
    ...{ mode: inode.value.mode & 0o7777, uid: inode.value.uid, gid: inode.value.gid, mtime: Math.floor(inode.value.mtimeUs / 1e6) },
    ...{ target: link?.ok ? link.value : '', data: read?.ok ? read.value : '' },
  });
  work.out.push(bytes);
  work.length += bytes.length;
  if (parsed.has('verbose')) yield* isPiped ? p.error(`${name}\n`) : p.print(`${name}\n`);
  if (!isDir) return;
  const entries = p.fs.readdir(path);
  for (const entry of entries.ok ? entries.value : [])
    if (entry.name !== '.' && entry.name !== '..') yield* add(p, parsed, join(path, entry.name), work, isPiped);
}

function* unpack(p: Process, parsed: Parsed, isListing: boolean): Sys<number> {
  const file = parsed.options.get('file') ?? '-';
  if (file === '-' && p.isTerminal(0)) {
    yield* p.error(`tar: Refusing to read archive contents from terminal (missing -f option?)\n${FATAL}`);
    return 2;
  }
  const read = file === '-' ? yield* p.readAll(0) : p.fs.readFile(file);
  if (!read.ok) {
    yield* p.error(`tar: ${file}: Cannot open: ${strerror(read.error)}\n${FATAL}`);
    return 2;
  }
  const entries = readArchive(read.value);
  if (!entries) {
    yield* p.error('tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n');
    return 2;
  }
  const folder = parsed.options.get('directory');
  const moved = folder === undefined ? undefined : p.fs.chdir(folder);
  if (moved?.ok === false) {
    yield* p.error(`tar: ${folder}: Cannot open: ${strerror(moved.error)}\n${FATAL}`);
    return 2;
  }
  const bare = (name: Bytes): Bytes => name.replace(/\/+$/, '');
  const isWanted = ({ name }: Entry): boolean =>
    parsed.operands.length === 0 || parsed.operands.some((one) => bare(name) === bare(one) || name.startsWith(`${bare(one)}/`));
  let status = 0;
  for (const entry of entries.filter(isWanted)) {
    if (isListing) yield* p.print(parsed.has('verbose') ? longLine(entry) : `${entry.name}\n`);
    else status = (yield* extract(p, parsed, entry)) || status;
  }
  for (const operand of parsed.operands) {
    if (entries.some(({ name }) => bare(name) === bare(operand) || name.startsWith(`${bare(operand)}/`))) continue;
    yield* p.error(`tar: ${operand}: Not found in archive\n`);
    status = 2;
  }
  if (status !== 0) yield* p.error('tar: Exiting with failure status due to previous errors\n');
  return status;
}

function* extract(p: Process, parsed: Parsed, entry: Entry): Sys<number> {
  const strip = Number(parsed.options.get('strip-components') ?? 0);
  let name = entry.name.split('/').slice(strip).join('/');
  if (!parsed.has('absolute-names')) name = name.replace(/^\/+/, '');
  if (name === '' || name === './') return 0;
  if (parsed.has('verbose')) yield* p.print(`${name}\n`);
  if (parsed.has('to-stdout')) {
    if (entry.kind === 'file') yield* p.write(1, entry.data);
    return 0;
  }
  const path = name.replace(/\/+$/, '');
  const above = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  if (above !== '') p.fs.mkdirs(above, 0o755);
  if (entry.kind === 'other') return 0;
  if (entry.kind === 'dir') {
    const made = p.fs.exists(path) ? undefined : p.fs.mkdir(path, entry.mode);
    return made?.ok === false ? yield* failed(p, `${name}: Cannot mkdir: ${strerror(made.error)}`) : 0;
  }
  if (entry.kind !== 'file' && p.fs.lstat(path).ok) p.fs.unlink(path);
  const made =
    entry.kind === 'symlink'
      ? p.fs.symlink(entry.target, path)
      : entry.kind === 'link'
        ? p.fs.link(entry.target, path)
        : p.fs.writeFile(path, entry.data, { mode: entry.mode });
  if (!made.ok) return yield* failed(p, `${name}: Cannot open: ${strerror(made.error)}`);
  if (entry.kind === 'file') {
    p.fs.chmod(path, entry.mode);
    if (!parsed.has('touch')) p.fs.utimes(path, p.unixUs, entry.mtime * 1e6);
  }
  return 0;
}
function* failed(p: Process, text: Bytes): Sys<number> {
  yield* p.error(`tar: ${text}\n`);
  return 2;
}

function longLine(entry: Entry): Bytes {
  const letters = [8, 5, 2].flatMap((from) => ['r', 'w', 'x'].map((letter, index) => (entry.mode & (1 << (from - index)) ? letter : '-')));
  const type = entry.kind === 'dir' ? 'd' : entry.kind === 'symlink' ? 'l' : '-';
  const { year, month, day, hour, minute } = civilOf(entry.mtime * 1e6);
  const size = String(entry.kind === 'file' ? entry.data.length : 0).padStart(9);
  const when = `${year}-${twoDigits(month)}-${twoDigits(day)} ${twoDigits(hour)}:${twoDigits(minute)}`;
  return `${type}${letters.join('')} root/root ${size} ${when} ${entry.name}${entry.kind === 'symlink' ? ` -> ${entry.target}` : ''}\n`;
}
