/**
 * The file system as one process sees it: its root, its working directory, its mounts, its permissions. The file system calls of Linux by
 * path, with their error numbers. Nothing here waits; opening a FIFO that has no other side answers EAGAIN (`Process.open` waits).
 */
import { done, err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Caller } from '../process/caller.ts';
import type { WaitQueue } from '../process/wait.ts';
import { type OpenFile, Place, type DirEntry, type Inode, type InodeKind, type OpenFlags } from './inode.ts';
import type { MountNamespace } from './mount-namespace.ts';
import { isAllowed, walkTo, walkToParent, type Access, type Found, type Parent, type Walk } from './walk.ts';

/** How much `readFile` reads at most: what is larger is read through a descriptor. */
const READ_BYTES = 1 << 26;

export class FileView {
  private rootPlace: Place | undefined;
  private cwdPlace: Place | undefined;
  /** What an open that answered EAGAIN waits for. */
  blockedOn: WaitQueue | undefined = undefined;

  constructor(
    private readonly caller: Caller,
    private readonly mounts: () => MountNamespace,
    from: FileView | undefined,
  ) {
    this.rootPlace = from?.rootPlace;
    this.cwdPlace = from?.cwdPlace;
  }

  /** The top of its mount namespace, or what chroot made of it. */
  get root(): Place {
    const root = this.rootPlace ?? this.mounts().top;
    if (!root) throw new Error('a process looks for a file before the root is mounted');
    return root;
  }
  get cwd(): Place {
    return this.cwdPlace ?? this.root;
  }
  /** After unshare or setns of the mount namespace: where the same places are now. */
  move(to: (place: Place) => Place): void {
    this.rootPlace = this.rootPlace && to(this.rootPlace);
    this.cwdPlace = this.cwdPlace && to(this.cwdPlace);
  }
  private get walk(): Walk {
    return { caller: this.caller, mounts: this.mounts(), root: this.root, cwd: this.cwd };
  }

  // --- looking ---

  /** Place or open file that a path leads to. */
  find(path: Bytes, how: { readonly follow: boolean } = { follow: true }): Result<Found, Errno> {
    return walkTo(this.walk, path, how.follow);
  }
  lookup(path: Bytes, how: { readonly follow: boolean } = { follow: true }): Result<Place, Errno> {
    const found = this.find(path, how);
    if (!found.ok) return found;
    if (found.value.kind === 'place') return ok(found.value.place);
    return found.value.file.place ? ok(found.value.file.place) : err('ENOENT');
  }
  /** The inode, links followed. It is the live thing: its fields change with the file. */
  stat(path: Bytes): Result<Inode, Errno> {
    return this.inodeOf(this.find(path));
  }
  lstat(path: Bytes): Result<Inode, Errno> {
    return this.inodeOf(this.find(path, { follow: false }));
  }
  private inodeOf(found: Result<Found, Errno>): Result<Inode, Errno> {
    if (!found.ok) return found;
    const inode = found.value.kind === 'place' ? found.value.place.inode : found.value.file.inode;
    return inode ? ok(inode) : err('ENOENT');
  }
  exists(path: Bytes): boolean {
    return this.stat(path).ok;
  }
  /** access(2), with the effective ids. `execute` of a directory is search. */
  access(path: Bytes, access: 'read' | 'write' | 'execute'): Result<void, Errno> {
    const inode = this.stat(path);
    if (!inode.ok) return inode;
    return isAllowed(inode.value, this.caller, access === 'execute' ? 'search' : access) ? done : err('EACCES');
  }
  readlink(path: Bytes): Result<Bytes, Errno> {
    const place = this.lookupLink(path);
    return place.ok ? place.value.inode.readlink(this.caller) : place;
  }
  private lookupLink(path: Bytes): Result<Place, Errno> {
    const found = this.find(path, { follow: false });
    if (!found.ok) return found;
    return found.value.kind === 'place' ? ok(found.value.place) : err('EINVAL');
  }
  /** Absolute path without links, `.` and `..`; everything must exist. */
  realpath(path: Bytes): Result<Bytes, Errno> {
    const place = this.lookup(path);
    return place.ok ? ok(place.value.path(this.root)) : place;
  }
  readdir(path: Bytes): Result<readonly DirEntry[], Errno> {
    const place = this.lookup(path);
    if (!place.ok) return place;
    if (place.value.inode.kind !== 'dir') return err('ENOTDIR');
    if (!isAllowed(place.value.inode, this.caller, 'read')) return err('EACCES');
    return place.value.inode.list(this.caller);
  }
  getcwd(): Bytes {
    return this.cwd.path(this.root);
  }
  chdir(path: Bytes): Result<void, Errno> {
    const place = this.directory(path);
    if (!place.ok) return place;
    this.cwdPlace = place.value;
    return done;
  }
  chroot(path: Bytes): Result<void, Errno> {
    const place = this.directory(path);
    if (!place.ok) return place;
    this.rootPlace = place.value;
    return done;
  }
  private directory(path: Bytes): Result<Place, Errno> {
    const place = this.lookup(path);
    if (!place.ok) return place;
    if (place.value.inode.kind !== 'dir') return err('ENOTDIR');
    return isAllowed(place.value.inode, this.caller, 'search') ? place : err('EACCES');
  }

  // --- opening ---

  open(path: Bytes, flags: OpenFlags, mode = 0o666): Result<OpenFile, Errno> {
    this.blockedOn = undefined;
    const found = flags.create ? this.findOrCreate(path, flags, mode) : this.find(path, { follow: !flags.nofollow });
    if (!found.ok) return found;
    if (found.value.kind === 'file') return found.value.file.reopen(flags, this.caller);
    const { place, created } = found.value as { place: Place; created?: boolean };
    return this.openPlace(place, flags, created ?? false);
  }
  openPlace(place: Place, flags: OpenFlags, created = false): Result<OpenFile, Errno> {
    const { inode } = place;
    if (inode.kind === 'symlink') return err('ELOOP');
    if (flags.directory && inode.kind !== 'dir') return err('ENOTDIR');
    const writes = flags.write === true || flags.append === true || flags.truncate === true;
    if (inode.kind === 'dir' && (writes || flags.create)) return err('EISDIR');
    if (writes && place.mount.options.readonly && inode.kind === 'file') return err('EROFS');
    const wanted: Access[] = [...(flags.read ? (['read'] as const) : []), ...(writes ? (['write'] as const) : [])];
    if (!created && !wanted.every((access) => isAllowed(inode, this.caller, access))) return err('EACCES');
    if (flags.truncate && inode.kind === 'file') {
      const cut = inode.truncate(0, this.caller);
      if (!cut.ok) return cut;
    }
    const file = inode.open(flags, this.caller);
    if (!file.ok) {
      this.blockedOn = inode.opening;
      return file;
    }
    file.value.place ??= place;
    file.value.flags = flags;
    file.value.nonblock = flags.nonblock ?? false;
    return file;
  }
  private findOrCreate(path: Bytes, flags: OpenFlags, mode: number): Result<Found & { created?: boolean }, Errno> {
    const found = this.find(path, { follow: !flags.exclusive });
    if (found.ok) return flags.exclusive ? err('EEXIST') : found;
    if (found.error !== 'ENOENT') return found;
    const target = this.creationTarget(path);
    if (!target.ok) return target;
    const inode = this.create(target.value, 'file', mode & ~this.caller.umask, '');
    return inode.ok ? ok({ kind: 'place', place: new Place(target.value.dir.mount, inode.value, target.value.dir, target.value.name), created: true }) : inode;
  }
  /** Where a file would be made: a dangling link is followed. */
  private creationTarget(path: Bytes, depth = 0): Result<Parent, Errno> {
    const parent = walkToParent(this.walk, path);
    if (!parent.ok) return parent;
    if (parent.value.name === '' || parent.value.trailingSlash) return err('EISDIR');
    const existing = parent.value.dir.inode.lookup(parent.value.name, this.caller);
    if (!existing.ok || existing.value.kind !== 'symlink') return parent;
    const target = existing.value.readlink(this.caller);
    if (!target.ok || depth > 39) return target.ok ? err('ELOOP') : target;
    const above = parent.value.dir.path(this.root);
    return this.creationTarget(target.value.startsWith('/') ? target.value : `${above}/${target.value}`, depth + 1);
  }

  /** The whole content of a regular or dynamic file. */
  readFile(path: Bytes): Result<Bytes, Errno> {
    const file = this.open(path, { read: true });
    if (!file.ok) return file;
    if (file.value.inode?.kind === 'dir') return err('EISDIR');
    file.value.references++;
    let all = '';
    for (;;) {
      const piece = file.value.read(READ_BYTES, this.caller);
      if (piece.ok && piece.value !== '' && all.length < READ_BYTES) {
        all += piece.value;
        continue;
      }
      if (--file.value.references === 0) file.value.released();
      return piece.ok ? ok(all) : piece;
    }
  }
  /** Creates or replaces (or with `append` extends) a file. */
  writeFile(path: Bytes, data: Bytes, how: { readonly append?: boolean; readonly mode?: number } = {}): Result<void, Errno> {
    const file = this.open(path, { write: true, create: true, ...(how.append ? { append: true } : { truncate: true }) }, how.mode);
    if (!file.ok) return file;
    file.value.references++;
    const written = data === '' ? ok(0) : file.value.write(data, this.caller);
    if (--file.value.references === 0) file.value.released();
    return written.ok ? done : written;
  }

  // --- changing the tree ---

  private parentFor(path: Bytes): Result<Parent, Errno> {
    const parent = walkToParent(this.walk, path);
    if (!parent.ok) return parent;
    return parent.value.dir.mount.options.readonly && !(parent.value.self || parent.value.dir.inode.lookup(parent.value.name, this.caller).ok)
      ? err('EROFS')
      : parent;
  }
  private create(parent: Parent, kind: InodeKind, mode: number, target: Bytes, rdev = 0): Result<Inode, Errno> {
    const { dir, name } = parent;
    if (name === '' || dir.inode.lookup(name, this.caller).ok) return err('EEXIST');
    if (dir.mount.options.readonly) return err('EROFS');
    if (!isAllowed(dir.inode, this.caller, 'write')) return err('EACCES');
    const made = dir.inode.make(kind, mode, target, this.caller);
    if (!made.ok) return made;
    const inode = made.value;
    inode.uid = this.caller.credentials.euid;
    inode.gid = (dir.inode.mode & 0o2000) !== 0 ? dir.inode.gid : this.caller.credentials.egid;
    if ((dir.inode.mode & 0o2000) !== 0 && kind === 'dir') inode.mode |= 0o2000;
    inode.rdev = rdev;
    const linked = dir.inode.link(name, inode, this.caller);
    return linked.ok ? ok(inode) : linked;
  }
  private make(path: Bytes, kind: InodeKind, mode: number, target = '', rdev = 0): Result<Inode, Errno> {
    const parent = this.parentFor(path);
    if (!parent.ok) return parent;
    if (parent.value.trailingSlash && kind !== 'dir') return err('ENOENT');
    return this.create(parent.value, kind, mode, target, rdev);
  }
  mkdir(path: Bytes, mode = 0o777): Result<Inode, Errno> {
    return this.make(path, 'dir', mode & ~this.caller.umask);
  }
  /** mkdir -p. */
  mkdirs(path: Bytes, mode = 0o777): Result<void, Errno> {
    let at = path.startsWith('/') ? '/' : '';
    for (const name of path.split('/')) {
      if (name === '') continue;
      at += at === '' || at.endsWith('/') ? name : `/${name}`;
      const made = this.mkdir(at, mode);
      if (!made.ok && !(this.stat(at).ok && made.error === 'EEXIST')) return made;
    }
    return done;
  }
  mknod(path: Bytes, kind: 'fifo' | 'char' | 'block' | 'file' | 'socket', mode: number, rdev = 0): Result<Inode, Errno> {
    return this.make(path, kind, mode & ~this.caller.umask, '', rdev);
  }
  symlink(target: Bytes, path: Bytes): Result<Inode, Errno> {
    if (target === '') return err('ENOENT');
    return this.make(path, 'symlink', 0o777, target);
  }
  link(existing: Bytes, path: Bytes): Result<void, Errno> {
    const from = this.lookup(existing, { follow: false });
    if (!from.ok) return from;
    if (from.value.inode.kind === 'dir') return err('EPERM');
    const parent = this.parentFor(path);
    if (!parent.ok) return parent;
    const { dir, name } = parent.value;
    if (name === '' || dir.inode.lookup(name, this.caller).ok) return err('EEXIST');
    if (dir.inode.fs !== from.value.inode.fs) return err('EXDEV');
    if (!isAllowed(dir.inode, this.caller, 'write')) return err('EACCES');
    const linked = dir.inode.link(name, from.value.inode, this.caller);
    if (linked.ok) from.value.inode.nlink++;
    return linked;
  }
  /** A name that may be taken out: its directory is writable, nothing is mounted on it. */
  private removable(path: Bytes): Result<{ readonly parent: Parent; readonly inode: Inode }, Errno> {
    const parent = this.parentFor(path);
    if (!parent.ok) return parent;
    const { dir, name } = parent.value;
    if (name === '') return err(parent.value.self?.isSame(this.root) ? 'EBUSY' : 'EINVAL');
    const inode = dir.inode.lookup(name, this.caller);
    if (!inode.ok) return inode;
    if (dir.mount.options.readonly) return err('EROFS');
    const { euid } = this.caller.credentials;
    if (!isAllowed(dir.inode, this.caller, 'write')) return err('EACCES');
    if ((dir.inode.mode & 0o1000) !== 0 && euid !== 0 && euid !== inode.value.uid && euid !== dir.inode.uid) return err('EPERM');
    const place = new Place(dir.mount, inode.value, dir, name);
    if (this.mounts().cover(place) !== place) return err('EBUSY');
    return ok({ parent: parent.value, inode: inode.value });
  }
  unlink(path: Bytes): Result<void, Errno> {
    const found = this.removable(path);
    if (!found.ok) return found.error === 'EINVAL' || (found.error === 'EBUSY' && path === '/') ? err('EISDIR') : found;
    const { parent, inode } = found.value;
    if (inode.kind === 'dir') return err('EISDIR');
    if (parent.trailingSlash) return err('ENOTDIR');
    const removed = parent.dir.inode.unlink(parent.name, this.caller);
    if (removed.ok) inode.nlink--;
    return removed;
  }
  rmdir(path: Bytes): Result<void, Errno> {
    const found = this.removable(path);
    if (!found.ok) return found;
    const { parent, inode } = found.value;
    if (inode.kind !== 'dir') return err('ENOTDIR');
    const entries = inode.list(this.caller);
    if (entries.ok && entries.value.length > 0) return err('ENOTEMPTY');
    return parent.dir.inode.unlink(parent.name, this.caller);
  }
  rename(from: Bytes, to: Bytes): Result<void, Errno> {
    const source = this.removable(from);
    if (!source.ok) return source.error === 'EINVAL' ? err('EBUSY') : source;
    const parent = this.parentFor(to);
    if (!parent.ok) return parent;
    const { dir, name, trailingSlash } = parent.value;
    const { inode } = source.value;
    if (name === '') return err('EBUSY');
    if (trailingSlash && inode.kind !== 'dir') return err('ENOTDIR');
    if (dir.inode.fs !== source.value.parent.dir.inode.fs) return err('EXDEV');
    if (!isAllowed(dir.inode, this.caller, 'write')) return err('EACCES');
    for (let at: Place | undefined = dir; at; at = at.parent) if (at.inode === inode) return err('EINVAL');
    const existing = dir.inode.lookup(name, this.caller);
    if (existing.ok) {
      if (existing.value === inode) return done;
      if (existing.value.kind === 'dir' && inode.kind !== 'dir') return err('EISDIR');
      if (existing.value.kind !== 'dir' && inode.kind === 'dir') return err('ENOTDIR');
      const removed = existing.value.kind === 'dir' ? this.rmdir(to) : this.unlink(to);
      if (!removed.ok) return removed;
    }
    const taken = source.value.parent.dir.inode.unlink(source.value.parent.name, this.caller);
    return taken.ok ? dir.inode.link(name, inode, this.caller) : taken;
  }

  // --- changing a file ---

  private owned(path: Bytes, follow: boolean): Result<Inode, Errno> {
    const place = this.find(path, { follow });
    const inode = this.inodeOf(place);
    if (!inode.ok || !place.ok) return inode;
    if (place.value.kind === 'place' && place.value.place.mount.options.readonly) return err('EROFS');
    const { euid } = this.caller.credentials;
    return euid === 0 || euid === inode.value.uid ? inode : err('EPERM');
  }
  chmod(path: Bytes, mode: number): Result<void, Errno> {
    const inode = this.owned(path, true);
    return inode.ok ? inode.value.setMode(mode, this.caller) : inode;
  }
  /** -1 leaves an id as it is. */
  chown(path: Bytes, uid: number, gid: number, how: { readonly follow: boolean } = { follow: true }): Result<void, Errno> {
    const inode = this.owned(path, how.follow);
    if (!inode.ok) return inode;
    const { euid, egid, groups } = this.caller.credentials;
    if (euid !== 0 && ((uid >= 0 && uid !== inode.value.uid) || (gid >= 0 && gid !== egid && !groups.includes(gid)))) return err('EPERM');
    return inode.value.setOwner(uid, gid, this.caller);
  }
  utimes(path: Bytes, atimeUs: number, mtimeUs: number, how: { readonly follow: boolean } = { follow: true }): Result<void, Errno> {
    const inode = this.owned(path, how.follow);
    return inode.ok ? inode.value.setTimes(atimeUs, mtimeUs, this.caller) : inode;
  }
  truncate(path: Bytes, size: number): Result<void, Errno> {
    const inode = this.stat(path);
    if (!inode.ok) return inode;
    if (inode.value.kind === 'dir') return err('EISDIR');
    return isAllowed(inode.value, this.caller, 'write') ? inode.value.truncate(size, this.caller) : err('EACCES');
  }
}
