/**
 * From a path to a place (path_resolution(7)): symbolic links, mounts, `..`, search permission.
 * Invariant: at most 40 links are followed, 4095 bytes of path and 255 of a name are read: ELOOP, ENAMETOOLONG.
 */
import { err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Caller } from '../process/caller.ts';
import { Place, type Inode, type OpenFile } from './inode.ts';
import type { MountNamespace } from './mount-namespace.ts';

const MAX_LINKS = 40;
const MAX_PATH = 4095;
const MAX_NAME = 255;

export interface Walk {
  readonly caller: Caller;
  readonly mounts: MountNamespace;
  readonly root: Place;
  readonly cwd: Place;
}

/** What a path leads to; a magic link of /proc may lead to an open file that has no place. */
export type Found = { readonly kind: 'place'; readonly place: Place } | { readonly kind: 'file'; readonly file: OpenFile };

/** The directory that a path's last name is in. */
export interface Parent {
  readonly dir: Place;
  /** '' for a path that ends in nothing to name: `/`, `.`, `..`. */
  readonly name: Bytes;
  readonly trailingSlash: boolean;
  /** The whole of a nameless path. */
  readonly self: Place | undefined;
}

export type Access = 'read' | 'write' | 'search';

/** Whether the caller may; root may all but execute what nobody may. */
export function isAllowed(inode: Inode, caller: Caller, access: Access): boolean {
  const { euid, egid, groups } = caller.credentials;
  const bit = access === 'read' ? 4 : access === 'write' ? 2 : 1;
  if (euid === 0) return bit !== 1 || inode.kind === 'dir' || (inode.mode & 0o111) !== 0;
  const shift = inode.uid === euid ? 6 : inode.gid === egid || groups.includes(inode.gid) ? 3 : 0;
  return ((inode.mode >> shift) & bit) !== 0;
}

const split = (path: Bytes): Bytes[] => path.split('/').reverse();

export function walkTo(walk: Walk, path: Bytes, followLast: boolean): Result<Found, Errno> {
  const steps = advance(walk, path, followLast, false);
  return steps.ok ? ok(steps.value.found) : steps;
}

/** Everything but the last name, which need not exist. */
export function walkToParent(walk: Walk, path: Bytes): Result<Parent, Errno> {
  const steps = advance(walk, path, false, true);
  if (!steps.ok) return steps;
  const { found, name, trailingSlash } = steps.value;
  if (found.kind === 'file') return err('ENOTDIR');
  if (name !== '' && found.place.inode.kind !== 'dir') return err('ENOTDIR');
  if (name !== '' && !isAllowed(found.place.inode, walk.caller, 'search')) return err('EACCES');
  return ok({ dir: found.place, name, trailingSlash, self: name === '' ? found.place : undefined });
}

function advance(walk: Walk, path: Bytes, followLast: boolean, stopAtParent: boolean): Result<{ found: Found; name: Bytes; trailingSlash: boolean }, Errno> {
  if (path === '') return err('ENOENT');
  if (path.length > MAX_PATH) return err('ENAMETOOLONG');
  const trailingSlash = path.endsWith('/') || path.endsWith('/.');
  let names = split(path);
  let at = path.startsWith('/') ? walk.root : walk.cwd;
  let links = 0;
  for (;;) {
    const name = names.pop();
    if (name === undefined) return ok({ found: { kind: 'place', place: at }, name: '', trailingSlash });
    if (name === '' || name === '.') {
      if (names.length > 0 || path !== name) if (at.inode.kind !== 'dir') return err('ENOTDIR');
      continue;
    }
    if (name.length > MAX_NAME) return err('ENAMETOOLONG');
    if (at.inode.kind !== 'dir') return err('ENOTDIR');
    const isLast = names.every((other) => other === '');
    if (name === '..') {
      if (!at.isSame(walk.root) && at.parent) at = at.parent;
      continue;
    }
    if (isLast && stopAtParent) return ok({ found: { kind: 'place', place: at }, name, trailingSlash: names.length > 0 });
    if (!isAllowed(at.inode, walk.caller, 'search')) return err('EACCES');
    const inode = at.inode.lookup(name, walk.caller);
    if (!inode.ok) return inode;
    const next = walk.mounts.cover(new Place(at.mount, inode.value, at, name));
    if (next.inode.kind !== 'symlink' || (isLast && !followLast && names.length === 0)) {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS) return err('ELOOP');
    const jump = next.inode.jump(walk.caller);
    if (jump) {
      if (!jump.ok) return jump;
      if (jump.value instanceof Place) {
        at = jump.value;
        continue;
      }
      return isLast ? ok({ found: { kind: 'file', file: jump.value }, name: '', trailingSlash }) : err('ENOTDIR');
    }
    const target = next.inode.readlink(walk.caller);
    if (!target.ok) return target;
    if (target.value === '') return err('ENOENT');
    if (target.value.startsWith('/')) at = walk.root;
    names = [...names, ...split(target.value)];
    if (names.length > MAX_PATH) return err('ENAMETOOLONG');
  }
}
