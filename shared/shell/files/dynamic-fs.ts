/**
 * File systems whose content is computed when it is looked at: /proc, /sys, /dev/pts, the handles of namespaces. A provider describes a tree of
 * nodes; every method is told who asks, so that /proc/self and /proc/net answer for the process that reads.
 *
 *     const proc = new DynamicFs('proc', 21, dirOf({
 *       uptime: fileOf((caller) => `${caller.nowUs / 1e6} 0.00\n`),
 *       sys: dirOf({ kernel: dirOf({ hostname: { kind: 'file', mode: 0o644, read: …, write: … } }) }),
 *       self: { kind: 'symlink', target: (caller) => String(caller.pid) },
 *     }), nowUs);
 *
 * Invariant: as long as a path is in use it keeps its inode, so that it can be a mount point.
 */
import { done, err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Caller } from '../process/caller.ts';
import type { Namespace } from '../process/namespace.ts';
import type { DeviceTable } from './devices.ts';
import { Inode, OpenFile, type DirEntry, type FileSystem, type OpenFlags, type Place, type Whence } from './inode.ts';

interface Attributes {
  /** Permission bits; by default what the methods make of it: 0444, 0644, 0200, 0555. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface DynamicDir extends Attributes {
  readonly kind: 'dir';
  /** Names in the order readdir(3) gives. */
  list(caller: Caller): readonly Bytes[];
  /** Undefined for ENOENT. A name may be found though it is not listed. */
  lookup(name: Bytes, caller: Caller): DynamicNode | undefined;
  /** What making a file or directory in it does, where that means something. */
  create?(name: Bytes, kind: 'file' | 'dir', caller: Caller): Result<void, Errno>;
  remove?(name: Bytes, caller: Caller): Result<void, Errno>;
}

export interface DynamicFile extends Attributes {
  readonly kind: 'file';
  /** The whole content at this moment. */
  read?(caller: Caller): Result<Bytes, Errno>;
  /** One write(2). */
  write?(data: Bytes, caller: Caller): Result<void, Errno>;
}

export interface DynamicLink extends Attributes {
  readonly kind: 'symlink';
  target(caller: Caller): Bytes;
  /** Where it really leads, whatever its text says. */
  jump?(caller: Caller): Result<Place | OpenFile, Errno>;
}

/** A file that stands for a namespace: /proc/PID/ns/net, and what it is mounted on. */
export interface NamespaceHandle extends Attributes {
  readonly kind: 'namespace';
  readonly namespace: Namespace;
}

export interface DynamicDevice extends Attributes {
  readonly kind: 'char';
  readonly rdev: number;
}

export type DynamicNode = DynamicDir | DynamicFile | DynamicLink | NamespaceHandle | DynamicDevice;

/** A directory of a fixed set of names; a function is asked each time and may answer undefined. */
export function dirOf(entries: Readonly<Record<string, DynamicNode | ((caller: Caller) => DynamicNode | undefined)>>): DynamicDir {
  const names = Object.keys(entries);
  const lookup = (name: Bytes, caller: Caller): DynamicNode | undefined => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    return typeof entry === 'function' ? entry(caller) : entry;
  };
  return { kind: 'dir', list: (caller) => names.filter((name) => lookup(name, caller)), lookup };
}

/** A file that can only be read. */
export const fileOf = (read: (caller: Caller) => Bytes, mode = 0o444): DynamicFile => ({ kind: 'file', mode, read: (caller) => ok(read(caller)) });

const defaultMode = (node: DynamicNode): number => {
  switch (node.kind) {
    case 'dir':
      return 0o555;
    case 'symlink':
      return 0o777;
    case 'namespace':
      return 0o444;
    case 'char':
      return 0o620;
    case 'file':
      return (node.read ? 0o444 : 0) | (node.write ? 0o200 : 0);
  }
};

/** Inodes that are kept at most before those not in use are forgotten. */
const MAX_KEPT = 8192;

export class DynamicFs implements FileSystem {
  readonly root: Inode;
  private readonly kept = new Map<Bytes, DynamicInode>();

  constructor(
    readonly type: string,
    readonly device: number,
    top: DynamicDir,
    private readonly bornUs: number,
    /** What device nodes in it open. */
    readonly devices?: DeviceTable,
    /** What stat(2) says of every file's size: 0 in /proc, 4096 in /sys. */
    readonly fileSize = 0,
  ) {
    this.root = this.inodeFor('', top);
  }
  inodeFor(path: Bytes, node: DynamicNode): Inode {
    const kept = this.kept.get(path);
    if (
      kept &&
      kept.kind === (node.kind === 'namespace' ? 'file' : node.kind) &&
      !(node.kind === 'namespace' && kept.node.kind === 'namespace' && kept.node.namespace !== node.namespace)
    ) {
      kept.node = node;
      return kept;
    }
    if (this.kept.size >= MAX_KEPT) for (const [key, inode] of this.kept) if (inode.mounts === 0 && key !== '') this.kept.delete(key);
    const inode = new DynamicInode(this, path, node, this.bornUs);
    this.kept.set(path, inode);
    return inode;
  }
}

/** FNV-1a: a number that belongs to the path. */
const inoOf = (path: Bytes): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
};

export class DynamicInode extends Inode {
  mounts = 0;
  constructor(
    private readonly tree: DynamicFs,
    private readonly path: Bytes,
    public node: DynamicNode,
    bornUs: number,
  ) {
    super(
      tree,
      node.kind === 'namespace' ? node.namespace.ino : inoOf(path),
      node.kind === 'namespace' ? 'file' : node.kind,
      node.mode ?? defaultMode(node),
      bornUs,
    );
    this.uid = node.uid ?? 0;
    this.gid = node.gid ?? 0;
    if (node.kind === 'dir') this.nlink = 2;
    if (node.kind === 'char') this.rdev = node.rdev;
  }
  /** The namespace that this file stands for. */
  get namespace(): Namespace | undefined {
    return this.node.kind === 'namespace' ? this.node.namespace : undefined;
  }
  override get size(): number {
    return this.kind === 'file' && !this.namespace ? this.tree.fileSize : 0;
  }
  override mounted(): void {
    this.mounts++;
    this.namespace?.acquire();
  }
  override unmounted(): void {
    this.mounts--;
    this.namespace?.release();
  }
  override lookup(name: Bytes, caller: Caller): Result<Inode, Errno> {
    if (this.node.kind !== 'dir') return err('ENOTDIR');
    const node = this.node.lookup(name, caller);
    return node ? ok(this.tree.inodeFor(`${this.path}/${name}`, node)) : err('ENOENT');
  }
  override list(caller: Caller): Result<readonly DirEntry[], Errno> {
    if (this.node.kind !== 'dir') return err('ENOTDIR');
    const dir = this.node;
    return ok(
      dir.list(caller).flatMap((name) => {
        const node = dir.lookup(name, caller);
        return node ? [{ name, inode: this.tree.inodeFor(`${this.path}/${name}`, node) }] : [];
      }),
    );
  }
  override readlink(caller: Caller): Result<Bytes, Errno> {
    return this.node.kind === 'symlink' ? ok(this.node.target(caller)) : err('EINVAL');
  }
  override jump(caller: Caller): Result<Place | OpenFile, Errno> | undefined {
    return this.node.kind === 'symlink' ? this.node.jump?.(caller) : undefined;
  }
  override make(kind: Inode['kind'], _mode: number, _target: Bytes, caller: Caller): Result<Inode, Errno> {
    // A name that /proc does not know cannot even be looked up to be made.
    if (this.node.kind === 'dir' && !this.node.create) return err(this.tree.type === 'proc' ? 'ENOENT' : kind === 'file' ? 'EACCES' : 'EPERM');
    if (this.node.kind !== 'dir' || (kind !== 'file' && kind !== 'dir')) return err('EPERM');
    return ok(new DynamicInode(this.tree, '', kind === 'dir' ? dirOf({}) : fileOf(() => ''), caller.unixUs));
  }
  override link(name: Bytes, inode: Inode, caller: Caller): Result<void, Errno> {
    return this.node.kind === 'dir' && this.node.create && (inode.kind === 'file' || inode.kind === 'dir')
      ? this.node.create(name, inode.kind, caller)
      : err('EPERM');
  }
  override unlink(name: Bytes, caller: Caller): Result<void, Errno> {
    return this.node.kind === 'dir' && this.node.remove ? this.node.remove(name, caller) : err('EPERM');
  }
  override truncate(): Result<void, Errno> {
    return done;
  }
  override open(flags: OpenFlags, caller: Caller): Result<OpenFile, Errno> {
    switch (this.node.kind) {
      case 'dir':
        return flags.write ? err('EISDIR') : ok(new OpenDynamic(this));
      case 'file':
        if (flags.write && !this.node.write) return err('EACCES');
        if (flags.read && !this.node.read) return err('EACCES');
        return ok(new OpenDynamic(this));
      case 'namespace':
        return flags.write ? err('EPERM') : ok(new OpenNamespace(this.node.namespace));
      case 'char':
        return this.tree.devices?.open(this.node.rdev, flags, caller) ?? err('ENXIO');
      case 'symlink':
        return err('ELOOP');
    }
  }
}

class OpenDynamic extends OpenFile {
  private content: Bytes | undefined = undefined;
  private offset = 0;
  constructor(private readonly dynamic: DynamicInode) {
    super();
  }
  override read(max: number, caller: Caller): Result<Bytes, Errno> {
    const { node } = this.dynamic;
    if (node.kind === 'dir') return err('EISDIR');
    if (node.kind !== 'file' || !node.read) return err('EBADF');
    if (this.content === undefined) {
      const content = node.read(caller);
      if (!content.ok) return content;
      this.content = content.value;
    }
    const data = this.content.slice(this.offset, this.offset + max);
    this.offset += data.length;
    return ok(data);
  }
  override write(data: Bytes, caller: Caller): Result<number, Errno> {
    const { node } = this.dynamic;
    if (node.kind !== 'file' || !node.write) return err('EBADF');
    const written = node.write(data, caller);
    return written.ok ? ok(data.length) : written;
  }
  override seek(offset: number, whence: Whence): Result<number, Errno> {
    if (whence === 'end') return err('EINVAL');
    this.offset = whence === 'start' ? offset : this.offset + offset;
    this.content = undefined;
    return ok(this.offset);
  }
  override reopen(flags: OpenFlags, caller: Caller): Result<OpenFile, Errno> {
    const file = this.dynamic.open(flags, caller);
    if (file.ok) file.value.place = this.place;
    return file;
  }
}

/** A descriptor of a namespace, for setns(2). */
export class OpenNamespace extends OpenFile {
  constructor(readonly namespace: Namespace) {
    super();
    namespace.acquire();
  }
  override read(): Result<Bytes, Errno> {
    return err('EINVAL');
  }
  override describe(): Bytes {
    return `${this.namespace.kind}:[${this.namespace.ino}]`;
  }
  override released(): void {
    this.namespace.release();
  }
}
