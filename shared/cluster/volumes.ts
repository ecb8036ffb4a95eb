/** Volumes of a pod as a container sees them: directories of the host, empty ones, files made of config maps and of the service account. */
import { utf8Encode } from '../base/index.ts';
import type { ConfigMap, Container, Pod } from '../commands/index.ts';
import type { Machine } from '../machine/index.ts';
import { MemoryFs, type Process } from '../shell/index.ts';
import { CONFIGMAPS } from './resources.ts';
import type { ObjectStore } from './store.ts';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/** Empty directories live as long as their pod. */
export type EmptyDirs = Map<string, MemoryFs>;

const EMPTY_DIR_BYTES = 64 * 1024 * 1024;

/** Mounts what the container asks for into the root that `child` sees. */
export function mountVolumes(child: Process, machine: Machine, store: ObjectStore, pod: Pod, container: Container, empty: EmptyDirs): void {
  for (const mount of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
    if (!volume) continue;
    const path = mount.mountPath.replace(/\/+$/, '');
    if ('hostPath' in volume) bindHostPath(child, machine, volume, path);
    else if ('configMap' in volume) writeFiles(child, path, configFiles(store, pod, volume));
    else if ('projected' in volume) writeFiles(child, path, tokenFiles(pod));
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

function configFiles(store: ObjectStore, pod: Pod, volume: Volume): Readonly<Record<string, string>> {
  const name = (volume['configMap'] as { readonly name?: string }).name ?? '';
  return (store.get(CONFIGMAPS, pod.metadata.namespace, name) as ConfigMap | undefined)?.data ?? {};
}
const tokenFiles = (pod: Pod): Readonly<Record<string, string>> => ({
  namespace: pod.metadata.namespace ?? 'default',
  'ca.crt': '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
  token: pod.metadata.uid,
});

function writeFiles(child: Process, path: string, files: Readonly<Record<string, string>>): void {
  child.fs.mkdirs(path, 0o755);
  for (const [name, text] of Object.entries(files)) child.fs.writeFile(`${path}/${name}`, utf8Encode(text));
}
