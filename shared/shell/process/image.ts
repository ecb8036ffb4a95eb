/**
 * What execve(2) finds behind a path: a program of ours, or a script and its interpreter. A program file's content begins as an ELF file and
 * names the registered program, so that copying, linking or removing it does what it does on a real machine.
 */
import { err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Image, Program } from './host.ts';
import type { Os } from './os.ts';
import type { Process } from './process.ts';
import { isAllowed } from '../files/walk.ts';

const MAGIC = '\x7fELF\x02\x01\x01\0';
const MARK = '\0podwalk-program\0';

/** Content of an executable file that runs the program registered under `name`. */
export const programImage = (name: string): Bytes => `${MAGIC}${MARK}${name}\0`;

/** The name that a file's content gives, if it is an image. */
export function programOf(content: Bytes): string | undefined {
  if (!content.startsWith(MAGIC)) return undefined;
  const at = content.indexOf(MARK);
  return at < 0 ? undefined : content.slice(at + MARK.length, content.indexOf('\0', at + MARK.length));
}

const PATH_DEFAULT = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** BINPRM_BUF_SIZE: how much of a script's first line counts. */
const SHEBANG_BYTES = 256;
const MAX_INTERPRETERS = 4;

/** execvp(3)'s search: the first that can be executed; EACCES when one was there but may not be. */
export function searchPath(process: Process, name: Bytes, path: Bytes = process.getenv('PATH') ?? PATH_DEFAULT): Result<Bytes, Errno> {
  if (name.includes('/')) return ok(name);
  if (name === '') return err('ENOENT');
  let failure: Errno = 'ENOENT';
  for (const dir of path.split(':')) {
    const candidate = `${dir === '' ? '.' : dir}/${name}`;
    const inode = process.fs.stat(candidate);
    if (!inode.ok || inode.value.kind === 'dir') continue;
    if (inode.value.kind === 'file' && isAllowed(inode.value, process, 'search')) return ok(candidate);
    failure = 'EACCES';
  }
  return err(failure);
}

/** ARG_MAX for a stack of 8 MiB: arguments and environment together; one string alone MAX_ARG_STRLEN. */
const ARGUMENT_BYTES = 2097152;
const STRING_BYTES = 131072;

function isTooLong(process: Process, argv: readonly Bytes[]): boolean {
  let total = 0;
  for (const arg of argv) {
    if (arg.length >= STRING_BYTES) return true;
    total += arg.length + 9;
  }
  for (const [name, value] of process.env) total += name.length + value.length + 10;
  return total > ARGUMENT_BYTES;
}

export function loadImage(process: Process, programs: ReadonlyMap<string, Program>, path: Bytes | undefined, argv: readonly Bytes[]): Result<Image, Errno> {
  const found = path === undefined ? searchPath(process, argv[0] ?? '') : ok(path);
  if (!found.ok) return found;
  return isTooLong(process, argv) ? err('E2BIG') : load(process, programs, found.value, argv, 0);
}

/** The program that would run under this name; a script's is its interpreter. */
export function imageOf(process: Process, name: Bytes): Program | undefined {
  const loaded = loadImage(process, (process.os as Os).programs, undefined, [name]);
  return loaded.ok ? loaded.value.program : undefined;
}

function load(process: Process, programs: ReadonlyMap<string, Program>, path: Bytes, argv: readonly Bytes[], depth: number): Result<Image, Errno> {
  if (depth > MAX_INTERPRETERS) return err('ELOOP');
  const place = process.fs.lookup(path);
  if (!place.ok) return place;
  const { inode, mount } = place.value;
  if (inode.kind !== 'file' || !isAllowed(inode, process, 'search') || mount.options.flags.includes('noexec')) return err('EACCES');
  const content = headOf(process, path);
  if (!content.ok) return content;
  const name = programOf(content.value);
  if (name !== undefined) {
    const program = programs.get(name);
    const comm = path.slice(path.lastIndexOf('/') + 1).slice(0, 15);
    return program ? ok({ program, argv, exe: place.value.path(process.fs.root), comm }) : err('ENOEXEC');
  }
  if (!content.value.startsWith('#!')) return err('ENOEXEC');
  const line = content.value.slice(2, SHEBANG_BYTES).split('\n', 1)[0] ?? '';
  const [, interpreter = '', argument] = /^[ \t]*([^ \t]*)(?:[ \t]+(.*?))?[ \t]*$/.exec(line) ?? [];
  if (interpreter === '') return err('ENOEXEC');
  const loaded = load(process, programs, interpreter, [interpreter, ...(argument ? [argument] : []), path, ...argv.slice(1)], depth + 1);
  if (!loaded.ok) return loaded;
  return ok({ ...loaded.value, comm: depth === 0 ? path.slice(path.lastIndexOf('/') + 1).slice(0, 15) : loaded.value.comm });
}

/** The first bytes, which the kernel may read though the process may not. */
function headOf(process: Process, path: Bytes): Result<Bytes, Errno> {
  const inode = process.fs.stat(path);
  if (!inode.ok) return inode;
  const file = inode.value.open({ read: true }, process);
  if (!file.ok) return file;
  const head = file.value.read(512, process);
  file.value.released();
  return head;
}
