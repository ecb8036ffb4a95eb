/**
 * File systems that others begin as: a freshly installed system, a container image. Made once, by root of no machine, and never changed again.
 */
import { ProcessGroup, Session } from '../process/session.ts';
import type { Caller } from '../process/caller.ts';
import { FileView } from './file-view.ts';
import { MemoryFs } from './memory-fs.ts';
import { MountNamespace } from './mount-namespace.ts';

const LAYER_BYTES = 256 * 1024 * 1024;

/** What `fill` makes of an empty root. */
export function makeLayer(fill: (fs: FileView) => void): MemoryFs {
  const layer = new MemoryFs(0, LAYER_BYTES, 0);
  const mounts = new MountNamespace(0);
  mounts.add(undefined, layer, layer.root, { source: 'none', flags: [], readonly: false });
  fill(new FileView(ROOT, () => mounts, undefined));
  return layer;
}

const ROOT: Caller = {
  pid: 1,
  group: new ProcessGroup(1, new Session(1)),
  umask: 0o022,
  credentials: { uid: 0, gid: 0, euid: 0, egid: 0, groups: [] },
  nowUs: 0,
  unixUs: 0,
  namespace: (kind) => {
    throw new Error(`nobody is in a ${kind} namespace while a layer is made`);
  },
  isDeafTo: () => false,
  getenv: () => undefined,
};
