/**
 * A network namespace as processes, files and mounts hold it: the kernel's `Netns` in the shell's slot, and the files by which it is named
 * (namespaces(7), ip-netns(8)).
 * Invariant: one `NetNamespace` per `Netns`; the kernel's holds are the references that processes, mounts and open files have.
 */
import { err, ok, type Bytes, type Errno, type Result } from '../base/index.ts';
import { holdNetns, nameNetns, releaseNetns, unnameNetns, type Netns } from '../kernel/index.ts';
import { dirOf, DynamicFs, DynamicInode, type Caller, type Namespace, type Process } from '../shell/index.ts';

export class NetNamespace implements Namespace {
  readonly kind = 'net';
  readonly ino: number;
  private constructor(readonly netns: Netns) {
    this.ino = netns.inode;
  }
  acquire(): void {
    holdNetns(this.netns);
  }
  release(): void {
    releaseNetns(this.netns);
  }
  private static readonly known = new WeakMap<Netns, NetNamespace>();
  static of(netns: Netns): NetNamespace {
    let namespace = NetNamespace.known.get(netns);
    if (!namespace) NetNamespace.known.set(netns, (namespace = new NetNamespace(netns)));
    return namespace;
  }
}

/** The network that a process is in. */
export function netnsOf(caller: Caller): Netns {
  const namespace = caller.namespace('net');
  if (!(namespace instanceof NetNamespace)) throw new Error('a process of a machine is in a network namespace');
  return namespace.netns;
}

/** The namespace that a path names; EINVAL when it leads to something else, as setns(2) says. */
export function namespaceAt(process: Process, path: Bytes): Result<Namespace, Errno> {
  const inode = process.fs.stat(path);
  if (!inode.ok) return inode;
  const namespace = inode.value instanceof DynamicInode ? inode.value.namespace : undefined;
  return namespace ? ok(namespace) : err('EINVAL');
}

/** The network namespace that a path names. */
export function netnsAt(process: Process, path: Bytes): Result<Netns, Errno> {
  const namespace = namespaceAt(process, path);
  if (!namespace.ok) return namespace;
  return namespace.value instanceof NetNamespace ? ok(namespace.value.netns) : err('EINVAL');
}

/** Where `ip netns` keeps its names. */
export const NETNS_DIR = '/run/netns';

/** The file system of namespace handles (`nsfs` in /proc/mounts). */
const NSFS = new DynamicFs('nsfs', 4, dirOf({}), 0);

/** Mounts a namespace's handle over an existing file, as `mount --bind /proc/self/ns/net PATH` does; under /run/netns that names it. */
export function mountNetns(process: Process, path: Bytes, netns: Netns): Result<void, Errno> {
  const place = process.fs.lookup(path);
  if (!place.ok) return place;
  const namespace = NetNamespace.of(netns);
  const inode = NSFS.inodeFor(`net:[${namespace.ino}]`, { kind: 'namespace', namespace });
  process.namespaces.mnt.add(place.value, NSFS, inode, { source: 'nsfs', flags: [], readonly: false });
  const name = nameIn(path);
  if (name !== undefined) nameNetns(netns, name);
  return ok(undefined);
}

/** Takes the topmost handle off a path (umount2 with MNT_DETACH); EINVAL when nothing is mounted there. */
export function unmountNetns(process: Process, path: Bytes): Result<void, Errno> {
  const place = process.fs.lookup(path, { follow: false });
  if (!place.ok) return place;
  const { mount } = place.value;
  if (mount.fs !== NSFS || mount.root !== place.value.inode) return err('EINVAL');
  const namespace = (mount.root as DynamicInode).namespace;
  const name = nameIn(path);
  if (name !== undefined && namespace instanceof NetNamespace) unnameNetns(namespace.netns.host, name);
  process.namespaces.mnt.remove(mount);
  return ok(undefined);
}

function nameIn(path: Bytes): string | undefined {
  const match = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path);
  return match?.[1];
}
