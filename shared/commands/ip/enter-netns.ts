/**
 * What `ip -n` and `ip netns exec` do before they go on in another network namespace: setns, a mount namespace of one's own, a /sys that shows
 * the devices of that network, and files of /etc/netns/NAME in place of those of /etc. Authority: lib/namespace.c (netns_switch).
 */
import { err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import { mountSys, namespaceAt, NetNamespace, NETNS_DIR } from '../../machine/index.ts';
import { Os, type Process } from '../../shell/index.ts';

export function enterNetns(process: Process, name: Bytes): Result<void, Errno> {
  const namespace = namespaceAt(process, `${NETNS_DIR}/${name}`);
  if (!namespace.ok) return namespace;
  if (!(namespace.value instanceof NetNamespace)) return err('EINVAL');
  process.enter(namespace.value);
  const { os } = process;
  if (!(os instanceof Os)) return ok(undefined);
  const { namespace: mounts, move } = process.namespaces.mnt.clone(os.takeNamespaceInode(), 'slave');
  process.fs.move(move);
  process.enter(mounts);
  const sys = process.fs.lookup('/sys');
  if (sys.ok && sys.value.mount.at !== undefined && sys.value.inode === sys.value.mount.root) process.namespaces.mnt.remove(sys.value.mount);
  mountSys(process, os);
  bindEtc(process, name);
  return ok(undefined);
}

function bindEtc(process: Process, name: Bytes): void {
  const entries = process.fs.readdir(`/etc/netns/${name}`);
  for (const entry of entries.ok ? entries.value : []) {
    const from = process.fs.lookup(`/etc/netns/${name}/${entry.name}`);
    const over = process.fs.lookup(`/etc/${entry.name}`);
    if (from.ok && over.ok) process.namespaces.mnt.add(over.value, from.value.mount.fs, from.value.inode, from.value.mount.options);
  }
}

/** Why it did not work, in iproute2's words. */
export const switchRefusal = (name: Bytes, errno: Errno, words: string): string =>
  errno === 'EINVAL' ? `setting the network namespace "${name}" failed: ${words}\n` : `Cannot open network namespace "${name}": ${words}\n`;
