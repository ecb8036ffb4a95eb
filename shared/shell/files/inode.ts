/**
 * Names and things: an inode is what a name stands for (inode(7)), a place is an inode with the way to it, a mount is a file system shown
 * at a place, an open file is what a descriptor refers to (open(2)). Kinds of file systems, pipes, terminals and sockets extend them.
 *
 * Invariant: nothing here waits. `read`, `write` and `open` answer `EAGAIN` when they would have to, and `changed` is woken whenever
 * that may have become different; `Process` makes blocking calls of that.
 * Invariant: inodes answer for themselves alone: links, mounts and permissions are the matter of `FileView`.
 */
import { done, err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Caller } from '../process/caller.ts';
import { WaitQueue } from '../process/wait.ts';

/** How open(2) is asked; absent means no. */
export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  /** Fails with ENOTDIR for anything else. */
  readonly directory?: boolean;
  readonly nofollow?: boolean;
  readonly nonblock?: boolean;
  readonly cloexec?: boolean;
}

/** What poll(2) reports. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
  /** The other side is gone. */
  readonly hangup: boolean;
}

export type Whence = 'start' | 'current' | 'end';

/** What ioctl(2), getsockopt(2) and the like carry, told apart by `kind`. */
export interface Request {
  readonly kind: string;
}

export abstract class OpenFile {
  /** How many descriptors refer to it; the last one to go calls `released`. Kept by FdTable. */
  references = 0;
  nonblock = false;
  /** Woken when `poll` may answer differently. */
  readonly changed: WaitQueue = new WaitQueue();
  /** Where it was opened; undefined for what was not opened by path: pipes, sockets. */
  place: Place | undefined = undefined;
  flags: OpenFlags = {};

  /** Up to `max` bytes; '' at the end. `EAGAIN` when there is nothing yet. */
  read(_max: number, _caller: Caller): Result<Bytes, Errno> {
    return err('EBADF');
  }
  /** How many bytes it took, at least one; `EAGAIN` when it can take none now. */
  write(_data: Bytes, _caller: Caller): Result<number, Errno> {
    return err('EBADF');
  }
  poll(): Readiness {
    return { readable: true, writable: true, hangup: false };
  }
  seek(_offset: number, _whence: Whence): Result<number, Errno> {
    return err('ESPIPE');
  }
  truncate(_size: number, _caller: Caller): Result<void, Errno> {
    return err('EINVAL');
  }
  /** ioctl(2); the answer's form belongs to the request's kind. ENOTTY for what the file does not know. */
  control(_request: Request, _caller: Caller): Result<unknown, Errno> {
    return err('ENOTTY');
  }
  /** For fstat(2). */
  get inode(): Inode | undefined {
    return this.place?.inode;
  }
  /** What its link in /proc/PID/fd says where it has no place: `pipe:[123]`, `socket:[77]`. */
  describe(): Bytes {
    return 'anon_inode:[unknown]';
  }
  /** What opening /proc/PID/fd/N gives; most things share the description there is. */
  reopen(_flags: OpenFlags, _caller: Caller): Result<OpenFile, Errno> {
    return ok(this);
  }
  /** The last descriptor is closed. */
  released(): void {
    this.changed.wakeAll();
  }
}

export type InodeKind = 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo' | 'socket';

export interface DirEntry {
  readonly name: Bytes;
  readonly inode: Inode;
}

/** What can be mounted. */
export interface FileSystem {
  /** As /proc/mounts names it: `tmpfs`, `proc`, `sysfs`, `nsfs`. */
  readonly type: string;
  /** st_dev. */
  readonly device: number;
  /** Bytes: how many it may hold, and holds. Undefined of file systems that hold none. */
  space?(): { readonly sizeBytes: number; readonly usedBytes: number; readonly inodes: number };
}

export abstract class Inode {
  uid = 0;
  gid = 0;
  nlink = 1;
  /** Of a character or block device, as makedev(3) packs it. */
  rdev = 0;
  atimeUs: number;
  mtimeUs: number;
  ctimeUs: number;

  constructor(
    readonly fs: FileSystem,
    readonly ino: number,
    readonly kind: InodeKind,
    /** Permission bits, with setuid, setgid and sticky. */
    public mode: number,
    bornUs: number,
  ) {
    this.atimeUs = this.mtimeUs = this.ctimeUs = bornUs;
  }

  get size(): number {
    return 0;
  }
  /** `EAGAIN` for a FIFO whose other side is not there yet: `opening` is woken when it is. */
  open(_flags: OpenFlags, _caller: Caller): Result<OpenFile, Errno> {
    return err('ENXIO');
  }
  get opening(): WaitQueue | undefined {
    return undefined;
  }
  /** The target of a symbolic link. */
  readlink(_caller: Caller): Result<Bytes, Errno> {
    return err('EINVAL');
  }
  /** Where a magic link of /proc leads, whatever its text says (proc(5)); undefined for every other inode. */
  jump(_caller: Caller): Result<Place | OpenFile, Errno> | undefined {
    return undefined;
  }
  lookup(_name: Bytes, _caller: Caller): Result<Inode, Errno> {
    return err('ENOTDIR');
  }
  /** Without `.` and `..`, in the order readdir(3) gives. */
  list(_caller: Caller): Result<readonly DirEntry[], Errno> {
    return err('ENOTDIR');
  }
  /** A fresh inode of the same file system, in no directory yet. */
  make(_kind: InodeKind, _mode: number, _target: Bytes, _caller: Caller): Result<Inode, Errno> {
    return err('EPERM');
  }
  /** Puts an inode into a directory that has no such name. */
  link(_name: Bytes, _inode: Inode, _caller: Caller): Result<void, Errno> {
    return err('EPERM');
  }
  /** Takes a name out; emptiness and kinds have been checked. */
  unlink(_name: Bytes, _caller: Caller): Result<void, Errno> {
    return err('EPERM');
  }
  truncate(_size: number, _caller: Caller): Result<void, Errno> {
    return err('EINVAL');
  }
  setMode(mode: number, caller: Caller): Result<void, Errno> {
    this.mode = mode & 0o7777;
    this.ctimeUs = caller.unixUs;
    return done;
  }
  /** -1 leaves one as it is. */
  setOwner(uid: number, gid: number, caller: Caller): Result<void, Errno> {
    if (uid >= 0) this.uid = uid;
    if (gid >= 0) this.gid = gid;
    this.ctimeUs = caller.unixUs;
    return done;
  }
  setTimes(atimeUs: number, mtimeUs: number, caller: Caller): Result<void, Errno> {
    this.atimeUs = atimeUs;
    this.mtimeUs = mtimeUs;
    this.ctimeUs = caller.unixUs;
    return done;
  }
  /** Told when a mount shows this inode as its root, and when it no longer does. */
  mounted(): void {}
  unmounted(): void {}
}

export interface MountOptions {
  readonly source: Bytes;
  /** As /proc/mounts shows them after `rw` or `ro`: `nosuid`, `mode=755`. */
  readonly flags: readonly string[];
  readonly readonly: boolean;
}

export class Mount {
  constructor(
    readonly id: number,
    readonly fs: FileSystem,
    /** What shows at the mount point: the file system's root, or for a bind mount any inode of it. */
    readonly root: Inode,
    public options: MountOptions,
    /** The place it covers; undefined for the root mount. */
    readonly at: Place | undefined,
  ) {}

  get top(): Place {
    return new Place(this, this.root, this.at?.parent, this.at?.name ?? '');
  }
}

/** An inode as reached through mounts, with the way back up: what a working directory or a root refers to. */
export class Place {
  constructor(
    readonly mount: Mount,
    readonly inode: Inode,
    /** The directory above, across mounts; undefined at the top. */
    readonly parent: Place | undefined,
    readonly name: Bytes,
  ) {}

  isSame(other: Place): boolean {
    return this.inode === other.inode && this.mount === other.mount;
  }
  /** Absolute path as seen from `root`; from outside of it the kernel says `(unreachable)`. */
  path(root: Place): Bytes {
    let path = '';
    for (let at: Place = this; !at.isSame(root); at = at.parent) {
      if (!at.parent) return path === '' && at.name === '' ? '/' : `(unreachable)${path || '/'}`;
      path = `/${at.name}${path}`;
    }
    return path || '/';
  }
}

const TYPE_BITS: Record<InodeKind, number> = {
  fifo: 0o010000,
  char: 0o020000,
  dir: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};

/** st_mode: type and permission bits together. */
export const statMode = (inode: Inode): number => TYPE_BITS[inode.kind] | inode.mode;

export const makeDevice = (major: number, minor: number): number => major * 256 + minor;
export const majorOf = (rdev: number): number => Math.floor(rdev / 256);
export const minorOf = (rdev: number): number => rdev % 256;
