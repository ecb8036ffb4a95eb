/**
 * Which file system shows at which place, for the processes of one mount namespace (mount_namespaces(7)).
 * Deviation: propagation is private, except to namespaces that were cloned as slaves of this one (mount_namespaces(7), MS_SLAVE).
 */
import type { Namespace } from '../process/namespace.ts';
import { Mount, Place, type FileSystem, type Inode, type MountOptions } from './inode.ts';

/** A namespace that mounts what this one mounts; `twins` are its copies of our mounts. */
interface Slave {
  readonly namespace: MountNamespace;
  readonly twins: Map<Mount, Mount>;
}

export class MountNamespace implements Namespace {
  readonly kind = 'mnt';
  private references = 0;
  /** In the order they were made: the last one at a place covers the others. */
  private mounts: Mount[] = [];
  private nextId = 21;
  /** How many mounts cover an inode: the fast answer to "is anything mounted here". */
  private readonly covered = new Map<Inode, number>();
  private readonly slaves = new Set<Slave>();
  private leaveMaster: (() => void) | undefined;

  constructor(readonly ino: number) {}

  acquire(): void {
    this.references++;
  }
  release(): void {
    if (--this.references > 0) return;
    this.leaveMaster?.();
    for (const mount of this.mounts) mount.root.unmounted();
    this.mounts = [];
    this.covered.clear();
  }
  get list(): readonly Mount[] {
    return this.mounts;
  }
  /** The root of everything. */
  get top(): Place | undefined {
    return this.mounts[0] && this.cover(this.mounts[0].top);
  }

  /** Mounts over a place, or as the root when that is undefined. */
  add(at: Place | undefined, fs: FileSystem, root: Inode, options: MountOptions): Mount {
    const mount = new Mount(this.nextId++, fs, root, options, at);
    this.mounts.push(mount);
    if (at) this.covered.set(at.inode, (this.covered.get(at.inode) ?? 0) + 1);
    root.mounted();
    for (const slave of this.slaves) slave.twins.set(mount, slave.namespace.add(at && moved(at, slave.twins), fs, root, options));
    return mount;
  }
  remove(mount: Mount): void {
    if (!this.mounts.includes(mount)) return;
    for (const { namespace, twins } of this.slaves) {
      const twin = twins.get(mount);
      if (twin) namespace.remove(twin);
      twins.delete(mount);
    }
    this.mounts = this.mounts.filter((other) => other !== mount);
    if (mount.at) {
      const left = (this.covered.get(mount.at.inode) ?? 1) - 1;
      if (left > 0) this.covered.set(mount.at.inode, left);
      else this.covered.delete(mount.at.inode);
    }
    mount.root.unmounted();
  }
  hasChildren(mount: Mount): boolean {
    return this.mounts.some((other) => other.at?.mount === mount);
  }
  /** What shows at a place: itself, or the top of what is mounted over it. */
  cover(place: Place): Place {
    for (;;) {
      const { mount, inode } = place;
      if (!this.covered.has(inode)) return place;
      const over = this.mounts.findLast((other) => other.at?.inode === inode && other.at.mount === mount);
      if (!over) return place;
      place = new Place(over, over.root, place.parent, place.name);
    }
  }
  /** A copy, as unshare(CLONE_NEWNS) makes one, and the way from places here to places there. A slave mounts what this one mounts from now on. */
  clone(ino: number, propagation: 'private' | 'slave' = 'private'): { namespace: MountNamespace; move: (place: Place) => Place } {
    const namespace = new MountNamespace(ino);
    const twins = new Map<Mount, Mount>();
    for (const mount of this.mounts) twins.set(mount, namespace.add(mount.at && moved(mount.at, twins), mount.fs, mount.root, mount.options));
    if (propagation === 'slave') {
      const slave = { namespace, twins };
      this.slaves.add(slave);
      namespace.leaveMaster = () => this.slaves.delete(slave);
    }
    return { namespace, move: (place) => moved(place, twins) };
  }
}

const moved = (place: Place, twins: ReadonlyMap<Mount, Mount>): Place =>
  new Place(twins.get(place.mount) ?? place.mount, place.inode, place.parent && moved(place.parent, twins), place.name);
