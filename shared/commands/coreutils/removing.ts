/** mkdir, rmdir and rm (GNU coreutils 9.1). */
import { type Bytes } from '../../base/index.ts';
import { LineReader, type Process, type Sys } from '../../shell/index.ts';
import { parseMode } from './modes.ts';
import { isDir, join, missing, program, quoted, said } from './program.ts';

export const mkdir = program(
  {
    usage: '[OPTION]... DIRECTORY...',
    summary: 'Create the DIRECTORY(ies), if they do not already exist.',
    options: [
      { short: 'm', long: 'mode', argument: 'required', help: 'set file mode (as in chmod), not a=rwx - umask' },
      { short: 'p', long: 'parents', help: 'no error if existing, make parent directories as needed' },
      { short: 'v', long: 'verbose', help: 'print a message for each created directory' },
      { short: 'Z', help: 'set SELinux security context of each created directory' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    const given = parsed.options.get('mode');
    const change = given === undefined ? undefined : parseMode(given, p.umask);
    if (given !== undefined && !change) return yield* p.fail(`invalid mode ${quoted(given)}`);
    let status = 0;
    for (const path of parsed.operands) {
      const announce = parsed.has('verbose') ? (made: Bytes) => p.print(`${p.name}: created directory ${quoted(made)}\n`) : undefined;
      const before = p.fs.exists(path);
      const one = parsed.has('parents') ? yield* makeParents(p, path, announce) : yield* makeOne(p, path, announce);
      status |= one;
      if (one === 0 && change && !(before && parsed.has('parents'))) p.fs.chmod(path, change(0o777, 'dir'));
    }
    return status;
  },
);
type Announce = ((made: Bytes) => Sys<unknown>) | undefined;
function* makeOne(p: Process, path: Bytes, announce: Announce): Sys<number> {
  const made = p.fs.mkdir(path);
  if (made.ok && announce) yield* announce(path);
  return yield* said(p, made, `cannot create directory ${quoted(path)}`);
}
/** Each directory that is not there; what stands in the way is told by its own name. */
export function* makeParents(p: Process, path: Bytes, announce: Announce): Sys<number> {
  if (path === '') return yield* p.failErrno("cannot create directory ''", 'ENOENT');
  const parts = path.split('/');
  for (let i = 1; i <= parts.length; i++) {
    const part = parts.slice(0, i).join('/');
    if (part === '' || parts[i - 1] === '' || isDir(p, part)) continue;
    const made = p.fs.mkdir(part);
    if (made.ok) {
      if (announce) yield* announce(part);
      continue;
    }
    const isParent = parts.slice(i).some((rest) => rest !== '');
    return yield* p.failErrno(`cannot create directory ${quoted(part)}`, made.error === 'EEXIST' && isParent ? 'ENOTDIR' : made.error);
  }
  return 0;
}

export const rmdir = program(
  {
    usage: '[OPTION]... DIRECTORY...',
    summary: 'Remove the DIRECTORY(ies), if they are empty.',
    options: [
      { long: 'ignore-fail-on-non-empty', help: 'ignore each failure that is solely because a directory is non-empty' },
      { short: 'p', long: 'parents', help: 'remove DIRECTORY and its ancestors' },
      { short: 'v', long: 'verbose', help: 'output a diagnostic for every directory processed' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    let status = 0;
    for (const operand of parsed.operands) {
      for (let path = operand; path !== '' && path !== '/'; path = path.includes('/') ? path.replace(/\/+[^/]*$/, '') : '') {
        if (parsed.has('verbose')) yield* p.print(`${p.name}: removing directory, ${quoted(path)}\n`);
        const removed = /(^|\/)\.\/*$/.test(path) ? ({ ok: false, error: 'EINVAL' } as const) : p.fs.rmdir(path);
        if (!removed.ok && parsed.has('ignore-fail-on-non-empty') && removed.error === 'ENOTEMPTY') break;
        status |= yield* said(p, removed, `failed to remove ${path === operand ? '' : 'directory '}${quoted(path)}`);
        if (!removed.ok || !parsed.has('parents')) break;
      }
    }
    return status;
  },
);

const KINDS = {
  file: 'regular file',
  dir: 'directory',
  symlink: 'symbolic link',
  fifo: 'fifo',
  char: 'character special file',
  block: 'block special file',
  socket: 'socket',
};
export const rm = program(
  {
    usage: '[OPTION]... [FILE]...',
    summary: 'Remove (unlink) the FILE(s).',
    options: [
      { short: 'f', long: 'force', help: 'ignore nonexistent files and arguments, never prompt' },
      { short: 'i', help: 'prompt before every removal' },
      { short: 'I', help: 'prompt once before removing more than three files, or when removing recursively' },
      { long: 'interactive', argument: 'optional', help: 'prompt according to WHEN: never, once (-I), or always (-i)' },
      { long: 'one-file-system', help: 'skip any directory that is on another file system' },
      { long: 'no-preserve-root', help: "do not treat '/' specially" },
      { long: 'preserve-root', argument: 'optional', help: "do not remove '/' (default)" },
      { short: 'r', long: 'recursive', help: 'remove directories and their contents recursively' },
      { short: 'R', help: 'as -r' },
      { short: 'd', long: 'dir', help: 'remove empty directories' },
      { short: 'v', long: 'verbose', help: 'explain what is being done' },
    ],
    advice: (p, wrong) => {
      const named = p.argv.find((word) => word.startsWith('-') && word.includes(wrong) && p.fs.lstat(word).ok);
      return named === undefined ? '' : `Try '${p.name} ./${named}' to remove the file ${quoted(named)}.\n`;
    },
  },
  function* (p, parsed, usage) {
    let [force, asks, once] = [false, false, false];
    for (const [name, value] of parsed.given) {
      if (name === 'force') [force, asks, once] = [true, false, false];
      if (name === 'i' || (name === 'interactive' && (value === '' || value === 'always' || value === 'yes'))) [force, asks, once] = [false, true, false];
      if (name === 'I' || (name === 'interactive' && value === 'once')) [force, asks, once] = [false, false, true];
    }
    const isRecursive = parsed.has('recursive') || parsed.has('R');
    const { operands } = parsed;
    if (operands.length === 0) return force ? 0 : yield* missing(p, usage);
    const answers = new LineReader(p, 0);
    const agreed = function* (question: Bytes): Sys<boolean> {
      yield* p.error(`${p.name}: ${question}? `);
      return /^[yY]/.test((yield* answers.next()) ?? '');
    };
    if (once && (operands.length > 3 || isRecursive)) {
      const count = `${operands.length} argument${operands.length === 1 ? '' : 's'}`;
      if (!(yield* agreed(`remove ${count}${isRecursive ? ' recursively' : ''}`))) return 0;
    }
    const announce = function* (path: Bytes, what = ''): Sys {
      if (parsed.has('verbose')) yield* p.print(`removed ${what}${quoted(path)}\n`);
    };
    const remove = function* (path: Bytes): Sys<number> {
      const inode = p.fs.lstat(path);
      if (!inode.ok)
        return force && (inode.error === 'ENOENT' || inode.error === 'ENOTDIR') ? 0 : yield* p.failErrno(`cannot remove ${quoted(path)}`, inode.error);
      const { kind, size } = inode.value;
      if (kind !== 'dir') {
        const what = kind === 'file' && size === 0 ? 'regular empty file' : KINDS[kind];
        if (asks && !(yield* agreed(`remove ${what} ${quoted(path)}`))) return 0;
        const removed = p.fs.unlink(path);
        if (removed.ok) yield* announce(path);
        return yield* said(p, removed, `cannot remove ${quoted(path)}`);
      }
      if (!isRecursive && !parsed.has('dir')) return yield* p.failErrno(`cannot remove ${quoted(path)}`, 'EISDIR');
      const listed = p.fs.readdir(path);
      const entries = listed.ok && isRecursive ? listed.value : [];
      if (asks && entries.length > 0 && !(yield* agreed(`descend into directory ${quoted(path)}`))) return 0;
      let status = 0;
      for (const { name } of entries) status |= yield* remove(join(path, name));
      if (asks && !(yield* agreed(`remove directory ${quoted(path)}`))) return status;
      yield* p.tick();
      const removed = p.fs.rmdir(path);
      if (removed.ok) yield* announce(path, 'directory ');
      // Asked to spare something inside, it stays silently.
      return asks && !removed.ok && removed.error === 'ENOTEMPTY' ? status : status | (yield* said(p, removed, `cannot remove ${quoted(path)}`));
    };
    let status = 0;
    for (const path of operands) {
      const isRoot = /^\/+$/.test(path);
      if (isRoot && isRecursive && !parsed.has('no-preserve-root')) {
        yield* p.fail("it is dangerous to operate recursively on '/'");
        status = yield* p.fail('use --no-preserve-root to override this failsafe');
      } else if (/(^|\/)\.\.?\/*$/.test(path) && isRecursive) {
        status = yield* p.fail(`refusing to remove '.' or '..' directory: skipping ${quoted(path)}`);
      } else status |= yield* remove(path);
    }
    return status;
  },
);
