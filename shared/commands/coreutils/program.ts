/** What programs over files begin with: their options, and what is wrong with their operands. */
import { type Bytes, type Errno, type Result } from '../../base/index.ts';
import { type Process, type Program, type Sys } from '../../shell/index.ts';
import { declared } from '../declaration.ts';
import { gnuDeclaration, gnuOptions, usageError, type GnuUsage, type Parsed } from './options.ts';

type Body = (p: Process, parsed: Parsed, usage: GnuUsage) => Sys<number>;
export const program = (usage: GnuUsage, body: Body): Program =>
  declared(gnuDeclaration(usage), function* (p) {
    p.stdout.leavesBeforeErrors = true;
    const parsed = yield* gnuOptions(p, usage);
    return typeof parsed === 'number' ? parsed : yield* body(p, parsed, usage);
  });
export const baseName = (path: Bytes): Bytes => path.replace(/\/+$/, '').replace(/^.*\//s, '') || (path.startsWith('/') ? '/' : '');
export const isDir = (p: Process, path: Bytes): boolean => {
  const inode = p.fs.stat(path);
  return inode.ok && inode.value.kind === 'dir';
};
export const join = (dir: Bytes, name: Bytes): Bytes => (dir.endsWith('/') ? dir + name : `${dir}/${name}`);
export const missing = (p: Process, usage: GnuUsage): Sys<number> => usageError(p, 'missing operand', usage);

/** Says a failed call; 0 or 1. */
export function* said(p: Process, result: Result<unknown, Errno>, wording: Bytes): Sys<number> {
  return result.ok ? 0 : yield* p.failErrno(wording, result.error);
}

/** A name between quotes, as gnulib's quoteaf() writes it. */
export const quoted = (name: Bytes): Bytes => {
  if (!name.includes("'")) return `'${name}'`;
  return /["$`\\!]/.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : `"${name}"`;
};

/** The way from a directory to a file, by their real names. */
export function relativeTo(p: Process, path: Bytes, dir: Bytes): Bytes {
  const real = (name: Bytes): Bytes => {
    const found = p.fs.realpath(name);
    if (found.ok) return found.value;
    const parent = p.fs.realpath(name.includes('/') ? name.replace(/\/+[^/]*$/, '') || '/' : '.');
    return parent.ok ? join(parent.value, baseName(name)) : name;
  };
  const [to, from] = [real(path), real(dir)].map((name) => name.split('/').filter((part) => part !== ''));
  let common = 0;
  while (common < to!.length && common < from!.length && to![common] === from![common]) common++;
  return [...from!.slice(common).map(() => '..'), ...to!.slice(common)].join('/') || '.';
}
