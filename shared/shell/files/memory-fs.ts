/**
 * Files in memory: tmpfs, and every root file system of ours. Directories list what was made last first, as tmpfs does. One may begin as another,
 * its layer (overlayfs): what is looked up is copied then, what is not costs nothing.
 * Invariant: a file system that is the layer of others changes no more.
 */
import { done, err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Caller } from '../process/caller.ts';
import type { WaitQueue } from '../process/wait.ts';
import type { DeviceTable } from './devices.ts';
import { Fifo } from './fifo.ts';
import { Inode, OpenFile, type DirEntry, type FileSystem, type InodeKind, type OpenFlags, type Whence } from './inode.ts';

export class MemoryFs implements FileSystem {
  /** Bytes in all its files: what reaches `maxBytes` fails with ENOSPC. */
  usedBytes = 0;
  private nextIno = 2;
  readonly root: Inode;
  /** Copies of what its layer has under several names. */
  private linked: Map<Inode, Inode> | undefined = undefined;

  constructor(
    readonly device: number,
    readonly maxBytes: number,
    readonly bornUs: number,
    /** What device nodes in it open. */
    readonly devices?: DeviceTable,
    readonly type = 'tmpfs',
    layer?: MemoryFs,
  ) {
    const below = layer?.root as MemoryDir | undefined;
    this.root = new MemoryDir(this, 1, below?.mode ?? 0o755, bornUs, below);
    if (!layer) return;
    this.usedBytes = layer.usedBytes;
    this.nextIno = layer.nextIno;
  }
  /** This file system's own of an inode of its layer, born with it. */
  copyOf(inode: Inode): Inode {
    const isLinked = inode.kind !== 'dir' && inode.nlink > 1;
    const known = isLinked ? this.linked?.get(inode) : undefined;
    if (known) return known;
    const copy = copied(this, inode);
    copy.uid = inode.uid;
    copy.gid = inode.gid;
    copy.rdev = inode.rdev;
    copy.nlink = inode.nlink;
    if (isLinked) (this.linked ??= new Map()).set(inode, copy);
    return copy;
  }
  takeIno(): number {
    return this.nextIno++;
  }
  space(): { readonly sizeBytes: number; readonly usedBytes: number; readonly inodes: number } {
    return { sizeBytes: this.maxBytes, usedBytes: this.usedBytes, inodes: this.nextIno };
  }
}

class MemoryDir extends Inode {
  /** Names that were made, or looked up in the layer. */
  private entries: Map<Bytes, Inode> | undefined = undefined;
  /** Names of the layer that were taken out; what was made under one since stands among the new. */
  private gone: Set<Bytes> | undefined = undefined;

  constructor(
    private readonly memory: MemoryFs,
    ino: number,
    mode: number,
    bornUs: number,
    private readonly below?: MemoryDir,
  ) {
    super(memory, ino, 'dir', mode, bornUs);
    this.nlink = 2;
  }
  override get size(): number {
    return 40 + 20 * this.names().length;
  }
  private isBelow(name: Bytes): boolean {
    return this.below !== undefined && !this.gone?.has(name) && this.below.has(name);
  }
  private has(name: Bytes): boolean {
    return this.entries?.has(name) === true || this.isBelow(name);
  }
  /** In the order they were made. */
  private names(): readonly Bytes[] {
    const made = this.entries ? [...this.entries.keys()] : [];
    if (!this.below) return made;
    return [...this.below.names().filter((name) => !this.gone?.has(name)), ...made.filter((name) => !this.isBelow(name))];
  }
  private get(name: Bytes): Inode | undefined {
    const inode = this.entries?.get(name);
    if (inode || !this.isBelow(name)) return inode;
    const copy = this.memory.copyOf(this.below!.get(name)!);
    (this.entries ??= new Map()).set(name, copy);
    return copy;
  }
  override open(flags: OpenFlags): Result<OpenFile, Errno> {
    return flags.write ? err('EISDIR') : ok(new OpenDir());
  }
  override lookup(name: Bytes): Result<Inode, Errno> {
    const inode = this.get(name);
    return inode ? ok(inode) : err('ENOENT');
  }
  override list(): Result<readonly DirEntry[], Errno> {
    return ok(Array.from(this.names(), (name) => ({ name, inode: this.get(name)! })).reverse());
  }
  override make(kind: InodeKind, mode: number, target: Bytes, caller: Caller): Result<Inode, Errno> {
    const fs = this.memory;
    const ino = fs.takeIno();
    const now = caller.unixUs;
    switch (kind) {
      case 'dir':
        return ok(new MemoryDir(fs, ino, mode, now));
      case 'file':
        return ok(new MemoryFile(fs, ino, mode, now));
      case 'symlink':
        return ok(new MemoryLink(fs, ino, target, now));
      case 'fifo':
        return ok(new MemoryFifo(fs, ino, mode, now));
      default:
        return ok(new MemoryNode(fs, ino, kind, mode, now));
    }
  }
  override link(name: Bytes, inode: Inode, caller: Caller): Result<void, Errno> {
    this.take(name);
    (this.entries ??= new Map()).set(name, inode);
    this.touch(inode, 1, caller);
    return done;
  }
  override unlink(name: Bytes, caller: Caller): Result<void, Errno> {
    const inode = this.get(name);
    if (!inode) return err('ENOENT');
    this.take(name);
    this.touch(inode, -1, caller);
    return done;
  }
  private take(name: Bytes): void {
    if (this.isBelow(name)) (this.gone ??= new Set()).add(name);
    this.entries?.delete(name);
  }
  private touch(inode: Inode, links: number, caller: Caller): void {
    this.mtimeUs = this.ctimeUs = inode.ctimeUs = caller.unixUs;
    if (inode.kind === 'dir') this.nlink += links;
  }
}

export class OpenDir extends OpenFile {
  override read(): Result<Bytes, Errno> {
    return err('EISDIR');
  }
}

class MemoryLink extends Inode {
  constructor(
    fs: MemoryFs,
    ino: number,
    readonly target: Bytes,
    bornUs: number,
  ) {
    super(fs, ino, 'symlink', 0o777, bornUs);
  }
  override get size(): number {
    return this.target.length;
  }
  override readlink(): Result<Bytes, Errno> {
    return ok(this.target);
  }
}

/** A device node or a socket's name. */
class MemoryNode extends Inode {
  constructor(
    private readonly memory: MemoryFs,
    ino: number,
    kind: InodeKind,
    mode: number,
    bornUs: number,
  ) {
    super(memory, ino, kind, mode, bornUs);
  }
  override open(flags: OpenFlags, caller: Caller): Result<OpenFile, Errno> {
    return this.kind === 'char' ? (this.memory.devices?.open(this.rdev, flags, caller) ?? err('ENXIO')) : err('ENXIO');
  }
}

class MemoryFifo extends Inode {
  private readonly fifo: Fifo;
  constructor(fs: MemoryFs, ino: number, mode: number, bornUs: number) {
    super(fs, ino, 'fifo', mode, bornUs);
    this.fifo = new Fifo(ino);
  }
  override open(flags: OpenFlags): Result<OpenFile, Errno> {
    return this.fifo.open(flags);
  }
  override get opening(): WaitQueue {
    return this.fifo.opening;
  }
}

class MemoryFile extends Inode {
  constructor(
    private readonly memory: MemoryFs,
    ino: number,
    mode: number,
    bornUs: number,
    private data: Bytes = '',
  ) {
    super(memory, ino, 'file', mode, bornUs);
  }
  override get size(): number {
    return this.data.length;
  }
  override open(flags: OpenFlags): Result<OpenFile, Errno> {
    return ok(new OpenMemoryFile(this, flags));
  }
  get content(): Bytes {
    return this.data;
  }
  /** How many bytes there was room for. */
  write(offset: number, data: Bytes, nowUs: number): Result<number, Errno> {
    const { length } = this.data;
    const growth = Math.max(0, offset + data.length - length);
    const over = this.memory.usedBytes + growth - this.memory.maxBytes;
    if (over > 0 && over >= data.length) return err('ENOSPC');
    const piece = over > 0 ? data.slice(0, data.length - over) : data;
    if (offset === length) this.data += piece;
    else {
      const before = offset > length ? this.data + '\0'.repeat(offset - length) : this.data.slice(0, offset);
      this.data = before + piece + this.data.slice(offset + piece.length);
    }
    this.memory.usedBytes += this.data.length - length;
    this.mtimeUs = this.ctimeUs = nowUs;
    return ok(piece.length);
  }
  override truncate(size: number, caller: Caller): Result<void, Errno> {
    const { length } = this.data;
    if (this.memory.usedBytes + size - length > this.memory.maxBytes) return err('ENOSPC');
    this.data = size <= length ? this.data.slice(0, size) : this.data + '\0'.repeat(size - length);
    this.memory.usedBytes += size - length;
    this.mtimeUs = this.ctimeUs = caller.unixUs;
    return done;
  }
}

/** The same as another file system has it, with the same number. Contents are shared, as strings are. */
function copied(fs: MemoryFs, inode: Inode): Inode {
  const { ino, kind, mode } = inode;
  if (inode instanceof MemoryDir) return new MemoryDir(fs, ino, mode, fs.bornUs, inode);
  if (inode instanceof MemoryFile) return new MemoryFile(fs, ino, mode, fs.bornUs, inode.content);
  if (inode instanceof MemoryLink) return new MemoryLink(fs, ino, inode.target, fs.bornUs);
  return kind === 'fifo' ? new MemoryFifo(fs, ino, mode, fs.bornUs) : new MemoryNode(fs, ino, kind, mode, fs.bornUs);
}

class OpenMemoryFile extends OpenFile {
  private offset = 0;
  constructor(
    private readonly file: MemoryFile,
    private readonly opened: OpenFlags,
  ) {
    super();
  }
  override read(max: number): Result<Bytes, Errno> {
    if (!this.opened.read) return err('EBADF');
    const { content } = this.file;
    const data = this.offset === 0 && content.length <= max ? content : content.slice(this.offset, this.offset + max);
    this.offset += data.length;
    return ok(data);
  }
  override write(data: Bytes, caller: Caller): Result<number, Errno> {
    if (!this.opened.write && !this.opened.append) return err('EBADF');
    if (this.opened.append) this.offset = this.file.size;
    const written = this.file.write(this.offset, data, caller.unixUs);
    if (written.ok) this.offset += written.value;
    return written;
  }
  override seek(offset: number, whence: Whence): Result<number, Errno> {
    const base = whence === 'start' ? 0 : whence === 'current' ? this.offset : this.file.size;
    if (base + offset < 0) return err('EINVAL');
    this.offset = base + offset;
    return ok(this.offset);
  }
  override truncate(size: number, caller: Caller): Result<void, Errno> {
    return this.opened.write || this.opened.append ? this.file.truncate(size, caller) : err('EINVAL');
  }
  override reopen(flags: OpenFlags, caller: Caller): Result<OpenFile, Errno> {
    if (flags.truncate) this.file.truncate(0, caller);
    const file = new OpenMemoryFile(this.file, flags);
    file.place = this.place;
    file.flags = flags;
    return ok(file);
  }
}
