/**
 * Which file system shows at which place, for the processes of one mount namespace (mount_namespaces(7)).
 * Deviation: propagation between mount namespaces is always private.
 */
import type { Namespace } from '../process/namespace.ts';
import { Mount, Place, type FileSystem, type Inode, type MountOptions } from './inode.ts';

export class MountNamespace implements Namespace {
  readonly kind = 'mnt';
  private references = 0;
  /** In the order they were made: the last one at a place covers the others. */
  private mounts: Mount[] = [];
  private nextId = 21;
  /** How many mounts cover an inode: the fast answer to "is anything mounted here". */
  private readonly covered = new Map<Inode, number>();

  constructor(readonly ino: number) {}

  acquire(): void {
    this.references++;
  }
  release(): void {
    if (--this.references > 0) return;
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
    return mount;
  }
  remove(mount: Mount): void {
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
  /** A copy, as unshare(CLONE_NEWNS) makes one, and the way from places here to places there. */
  clone(ino: number): { namespace: MountNamespace; move: (place: Place) => Place } {
    const namespace = new MountNamespace(ino);
    const twins = new Map<Mount, Mount>();
    const move = (place: Place): Place => new Place(twins.get(place.mount) ?? place.mount, place.inode, place.parent && move(place.parent), place.name);
    for (const mount of this.mounts) twins.set(mount, namespace.add(mount.at && move(mount.at), mount.fs, mount.root, mount.options));
    return { namespace, move };
  }
}
