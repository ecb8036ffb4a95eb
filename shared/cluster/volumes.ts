/** Volumes of a pod as a container sees them: directories of the host, empty ones, files made of config maps, secrets and the pod itself. */
import type { Container, Pod } from '../commands/index.ts';
import type { Machine } from '../machine/index.ts';
import { MemoryFs, type Process } from '../shell/index.ts';
import { volumeFiles, type Files, type PodFacts } from './pod-sources.ts';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/** Empty directories live as long as their pod. */
export type EmptyDirs = Map<string, MemoryFs>;

const EMPTY_DIR_BYTES = 64 * 1024 * 1024;

/** Mounts what the container asks for into the root that `child` sees. */
export function mountVolumes(child: Process, machine: Machine, facts: PodFacts, container: Container, empty: EmptyDirs): void {
  const { pod } = facts;
  for (const mount of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
    if (!volume) continue;
    const path = mount.mountPath.replace(/\/+$/, '');
    const files = volumeFiles(facts, volume);
    if (files?.ok) writeFiles(child, path, files.value, (mount as { readonly subPath?: string }).subPath);
    else if ('hostPath' in volume) bindHostPath(child, machine, volume, path);
    else if ('emptyDir' in volume) {
      let fs = empty.get(volume.name);
      if (!fs) empty.set(volume.name, (fs = new MemoryFs(50 + empty.size, EMPTY_DIR_BYTES, machine.os.sim.unixUs, undefined, 'ext4')));
      child.fs.mkdirs(path, 0o755);
      const place = child.fs.lookup(path);
      if (place.ok) child.namespaces.mnt.add(place.value, fs, fs.root, { source: '/dev/sda1', flags: ['relatime'], readonly: mount.readOnly ?? false });
    }
  }
}

function bindHostPath(child: Process, machine: Machine, volume: Volume, path: string): void {
  const source = volume['hostPath'] as { readonly path?: string; readonly type?: string };
  const host = machine.init.fs;
  const from = source.path ?? '/';
  const isFile = source.type?.startsWith('File') ?? false;
  if (isFile && !host.exists(from)) host.writeFile(from, '');
  else if (!host.exists(from)) host.mkdirs(from, 0o755);
  const there = host.lookup(from);
  if (!there.ok) return;
  if (there.value.inode.kind === 'dir') child.fs.mkdirs(path, 0o755);
  else child.fs.writeFile(path, '');
  const here = child.fs.lookup(path);
  if (here.ok) child.namespaces.mnt.add(here.value, there.value.mount.fs, there.value.inode, { ...there.value.mount.options, flags: ['relatime'] });
}

/** A file alone, where the mount says which (`subPath`). */
function writeFiles(child: Process, path: string, files: Files, subPath: string | undefined): void {
  if (subPath !== undefined && files[subPath] !== undefined) {
    child.fs.mkdirs(path.slice(0, path.lastIndexOf('/')) || '/', 0o755);
    child.fs.writeFile(path, files[subPath]);
    return;
  }
  child.fs.mkdirs(path, 0o755);
  for (const [name, text] of Object.entries(files)) {
    const file = `${path}/${name}`;
    child.fs.mkdirs(file.slice(0, file.lastIndexOf('/')), 0o755);
    child.fs.writeFile(file, text);
  }
}
