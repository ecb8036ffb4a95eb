/** readlink, realpath, basename, dirname, mktemp and stat: names of files, and what is known of them (GNU coreutils 9.1). */
import { type Bytes, type Errno, type Result } from '../../base/index.ts';
import { statMode, type Inode, type Process } from '../../shell/index.ts';
import { owners } from './ls.ts';
import { usageError } from './options.ts';
import { calendarOf, modeText } from './stat-text.ts';
import { baseName, join, missing, program } from './program.ts';

export const readlink = program(
  {
    usage: '[OPTION]... FILE...',
    summary: 'Print value of a symbolic link or canonical file name.',
    options: [
      { short: 'f', long: 'canonicalize' },
      { short: 'e', long: 'canonicalize-existing' },
      { short: 'm', long: 'canonicalize-missing' },
      { short: 'n', long: 'no-newline' },
      { short: 'q', long: 'quiet' },
      { short: 's', long: 'silent' },
      { short: 'v', long: 'verbose' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    let status = 0;
    for (const path of parsed.operands) {
      const canonical = parsed.has('canonicalize') || parsed.has('canonicalize-existing') || parsed.has('canonicalize-missing');
      const found = canonical ? resolve(p, path, parsed.has('canonicalize-existing')) : p.fs.readlink(path);
      if (found.ok) yield* p.print(`${found.value}${parsed.has('no-newline') ? '' : '\n'}`);
      else status = parsed.has('verbose') ? yield* p.failErrno(path, found.error) : 1;
    }
    return status;
  },
);
/** Without `strict` the last name need not exist. */
function resolve(p: Process, path: Bytes, strict: boolean): Result<Bytes, Errno> {
  const whole = p.fs.realpath(path);
  if (whole.ok || strict) return whole;
  const dir = p.fs.realpath(dirName(path));
  return dir.ok && whole.error === 'ENOENT' ? { ok: true, value: join(dir.value, baseName(path)) } : whole;
}
export const realpath = program(
  {
    usage: '[OPTION]... FILE...',
    summary: 'Print the resolved absolute file name.',
    options: [
      { short: 'e', long: 'canonicalize-existing' },
      { short: 'm', long: 'canonicalize-missing' },
      { short: 's', long: 'strip' },
      { short: 'q', long: 'quiet' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    let status = 0;
    for (const path of parsed.operands) {
      const found = resolve(p, path, parsed.has('canonicalize-existing'));
      if (found.ok) yield* p.print(`${found.value}\n`);
      else status = parsed.has('quiet') ? 1 : yield* p.failErrno(path, found.error);
    }
    return status;
  },
);
const dirName = (path: Bytes): Bytes => {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path.startsWith('/') ? '/' : '.';
  const at = trimmed.lastIndexOf('/');
  return at < 0 ? '.' : trimmed.slice(0, at).replace(/\/+$/, '') || '/';
};
export const basename = program(
  {
    usage: 'NAME [SUFFIX]',
    summary: 'Print NAME with any leading directory components removed.',
    options: [
      { short: 'a', long: 'multiple' },
      { short: 's', long: 'suffix', argument: 'required' },
      { short: 'z', long: 'zero' },
    ],
    stopAtOperand: true,
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    const many = parsed.has('multiple') || parsed.has('suffix');
    if (!many && parsed.operands.length > 2) return yield* usageError(p, `extra operand '${parsed.operands[2] ?? ''}'`, usage);
    const suffix = parsed.options.get('suffix') ?? (many ? '' : (parsed.operands[1] ?? ''));
    for (const name of many ? parsed.operands : parsed.operands.slice(0, 1)) {
      const base = baseName(name);
      yield* p.print(`${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`);
    }
    return 0;
  },
);
export const dirname = program(
  {
    usage: '[OPTION] NAME...',
    summary: 'Output each NAME with its last non-slash component and trailing slashes removed.',
    options: [{ short: 'z', long: 'zero' }],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    for (const name of parsed.operands) yield* p.print(`${dirName(name)}\n`);
    return 0;
  },
);
export const mktemp = program(
  {
    usage: '[OPTION]... [TEMPLATE]',
    summary: 'Create a temporary file or directory, safely, and print its name.',
    options: [
      { short: 'd', long: 'directory' },
      { short: 'u', long: 'dry-run' },
      { short: 'q', long: 'quiet' },
      { short: 't' },
      { short: 'p', argument: 'required' },
      { long: 'tmpdir', argument: 'optional' },
      { long: 'suffix', argument: 'required' },
    ],
  },
  function* (p, parsed) {
    const template = parsed.operands[0] ?? 'tmp.XXXXXXXXXX';
    const inTmp = parsed.operands[0] === undefined || parsed.has('tmpdir') || parsed.has('p') || parsed.has('t');
    const run = /X{3,}(?=[^X/]*$)/.exec(template)?.[0];
    if (run === undefined) return yield* p.fail(`too few X's in template '${template}'`);
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    const filled = template.replace(/X{3,}(?=[^X/]*$)/, Array.from(run, () => letters[p.os.rng.below(letters.length)] ?? 'x').join(''));
    const path = inTmp ? join(parsed.options.get('p') || parsed.options.get('tmpdir') || (p.getenv('TMPDIR') ?? '/tmp'), filled) : filled;
    const made = parsed.has('directory') ? p.fs.mkdir(path, 0o700) : p.fs.writeFile(path, '', { mode: 0o600 });
    if (!made.ok)
      return yield* p.failErrno(
        `failed to create ${parsed.has('directory') ? 'directory' : 'file'} via template '${path.slice(0, path.length - filled.length)}${template}'`,
        made.error,
      );
    yield* p.print(`${path}\n`);
    return 0;
  },
);

const KIND_WORDS: Readonly<Record<Inode['kind'], string>> = {
  file: 'regular file',
  dir: 'directory',
  symlink: 'symbolic link',
  char: 'character special file',
  block: 'block special file',
  fifo: 'fifo',
  socket: 'socket',
};
export const stat = program(
  {
    usage: '[OPTION]... FILE...',
    summary: 'Display file or file system status.',
    options: [
      { short: 'L', long: 'dereference' },
      { short: 'c', long: 'format', argument: 'required' },
      { short: 't', long: 'terse' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    const names = owners(p);
    let status = 0;
    for (const path of parsed.operands) {
      const found = parsed.has('dereference') ? p.fs.stat(path) : p.fs.lstat(path);
      if (!found.ok) {
        status = yield* p.failErrno(`cannot statx '${path}'`, found.error);
        continue;
      }
      const inode = found.value;
      const time = (us: number): string => {
        const c = calendarOf(Math.floor(us / 1e6));
        const two = (n: number): string => String(n).padStart(2, '0');
        return `${c.year}-${two(c.month)}-${two(c.day)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)}.${String(Math.floor(us % 1e6)).padStart(6, '0')}000 +0000`;
      };
      const kind = inode.kind === 'file' && inode.size === 0 ? 'regular empty file' : KIND_WORDS[inode.kind];
      const link = inode.kind === 'symlink' ? p.fs.readlink(path) : undefined;
      const values: Readonly<Record<string, string>> = {
        a: inode.mode.toString(8),
        A: modeText(statMode(inode)),
        b: String(inode.kind === 'file' ? Math.ceil(inode.size / 4096) * 8 : 0),
        B: '512',
        d: String(inode.fs.device),
        F: kind,
        f: statMode(inode).toString(16),
        g: String(inode.gid),
        G: names.group(inode.gid),
        h: String(inode.nlink),
        i: String(inode.ino),
        n: path,
        N: link?.ok ? `'${path}' -> '${link.value}'` : `'${path}'`,
        s: String(inode.size),
        u: String(inode.uid),
        U: names.user(inode.uid),
        x: time(inode.atimeUs),
        y: time(inode.mtimeUs),
        z: time(inode.ctimeUs),
        X: String(Math.floor(inode.atimeUs / 1e6)),
        Y: String(Math.floor(inode.mtimeUs / 1e6)),
        Z: String(Math.floor(inode.ctimeUs / 1e6)),
        o: '4096',
        '%': '%',
      };
      const format = parsed.options.get('format');
      if (format !== undefined) yield* p.print(`${format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => values[letter] ?? whole)}\n`);
      else {
        yield* p.print(
          `  File: ${link?.ok ? `${path} -> ${link.value}` : path}\n  Size: ${values['s']?.padEnd(10) ?? ''}\tBlocks: ${values['b']?.padEnd(10) ?? ''} IO Block: 4096   ${kind}\nDevice: 0,${inode.fs.device}\tInode: ${values['i']?.padEnd(11) ?? ''} Links: ${inode.nlink}\n` +
            `Access: (${inode.mode.toString(8).padStart(4, '0')}/${modeText(statMode(inode))})  Uid: (${String(inode.uid).padStart(5)}/${names.user(inode.uid).padStart(8)})   Gid: (${String(inode.gid).padStart(5)}/${names.group(inode.gid).padStart(8)})\n` +
            `Access: ${time(inode.atimeUs)}\nModify: ${time(inode.mtimeUs)}\nChange: ${time(inode.ctimeUs)}\n Birth: -\n`,
        );
      }
    }
    return status;
  },
);
