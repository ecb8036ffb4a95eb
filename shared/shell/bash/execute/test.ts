/** Conditions: what `[[ … ]]`, `[` and `test` ask of strings, numbers and files (bash(1), CONDITIONAL EXPRESSIONS). */
import type { Bytes } from '../../../base/index.ts';
import type { Inode } from '../../files/inode.ts';
import type { Shell } from '../shell.ts';
import { lookup } from '../expand/lookup.ts';

export const UNARY = new Set(Array.from('abcdefghknoprstuvwxzGLNORS', (letter) => `-${letter}`));
export const BINARY = new Set(['=', '==', '!=', '<', '>', '=~', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

export function testUnary(shell: Shell, operator: string, operand: Bytes): boolean {
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-o':
      return shell.options.isSet(operand as 'errexit');
    case '-v':
      return isSetVariable(shell, operand);
    case '-R':
      return shell.variables.find(operand)?.reference ?? false;
    case '-t':
      return /^\d+$/.test(operand) && shell.process.isTerminal(Number(operand));
    default:
      return testFile(shell, operator, operand);
  }
}

function isSetVariable(shell: Shell, name: Bytes): boolean {
  const match = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(name);
  if (match) {
    const [, array = '', index = ''] = match;
    if (index === '@' || index === '*') return (lookup(shell, array, undefined, index).values?.length ?? 0) > 0;
    return lookup(shell, array, index, undefined).value !== undefined;
  }
  if (/^\d+$/.test(name)) return lookup(shell, name, undefined, undefined).value !== undefined;
  return shell.getVariable(name) !== undefined;
}

const STANDARD = new Map<Bytes, string>([
  ['/dev/stdin', '0'],
  ['/dev/stdout', '1'],
  ['/dev/stderr', '2'],
]);

function fileOf(shell: Shell, path: Bytes, follow: boolean): Inode | undefined {
  const fd = /^\/dev\/fd\/(\d+)$/.exec(path)?.[1] ?? STANDARD.get(path);
  if (fd !== undefined && follow) {
    const inode = shell.process.fds.get(Number(fd))?.inode;
    if (inode) return inode;
  }
  if (path === '') return undefined;
  const inode = follow ? shell.process.fs.stat(path) : shell.process.fs.lstat(path);
  return inode.ok ? inode.value : undefined;
}

function testFile(shell: Shell, operator: string, path: Bytes): boolean {
  if (operator === '-h' || operator === '-L') return fileOf(shell, path, false)?.kind === 'symlink';
  const inode = fileOf(shell, path, true);
  if (!inode) return false;
  const { credentials, fs } = shell.process;
  switch (operator) {
    case '-f':
      return inode.kind === 'file';
    case '-d':
      return inode.kind === 'dir';
    case '-b':
      return inode.kind === 'block';
    case '-c':
      return inode.kind === 'char';
    case '-p':
      return inode.kind === 'fifo';
    case '-S':
      return inode.kind === 'socket';
    case '-s':
      return inode.size > 0;
    case '-r':
      return fs.access(path, 'read').ok;
    case '-w':
      return fs.access(path, 'write').ok;
    case '-x':
      return fs.access(path, 'execute').ok;
    case '-u':
      return (inode.mode & 0o4000) !== 0;
    case '-g':
      return (inode.mode & 0o2000) !== 0;
    case '-k':
      return (inode.mode & 0o1000) !== 0;
    case '-O':
      return inode.uid === credentials.euid;
    case '-G':
      return inode.gid === credentials.egid;
    case '-N':
      return inode.mtimeUs > inode.atimeUs;
    default:
      return true;
  }
}

/** Comparisons of files and of texts; numbers and patterns are the caller's. */
export function testBinary(shell: Shell, operator: string, left: Bytes, right: Bytes): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-ef': {
      const inode = fileOf(shell, left, true);
      return inode !== undefined && inode === fileOf(shell, right, true);
    }
    default: {
      const a = fileOf(shell, left, true)?.mtimeUs;
      const b = fileOf(shell, right, true)?.mtimeUs;
      if (operator === '-nt') return a !== undefined && (b === undefined || a > b);
      return b !== undefined && (a === undefined || a < b);
    }
  }
}

export function compareNumbers(operator: string, left: number | bigint, right: number | bigint): boolean {
  const isNarrow = typeof left === 'number' && typeof right === 'number';
  const [a, b] = isNarrow ? [left, right] : [BigInt(left), BigInt(right)];
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}
