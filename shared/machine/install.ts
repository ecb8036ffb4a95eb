/** What a root file system holds when a machine or a container first starts, and the virtual file systems mounted into it. */
import type { Bytes } from '../base/index.ts';
import { sysctlDir } from './proc-sys.ts';
import {
  DEVICES,
  dirOf,
  DynamicFs,
  makeLayer,
  MemoryFs,
  programImage,
  type DynamicDir,
  type DynamicNode,
  type FileView,
  type MountOptions,
  type Os,
  type Process,
} from '../shell/index.ts';
import { DIRECTORIES, etcFiles, LINKS } from './etc.ts';
import { netnsOf } from './net-namespace.ts';
import { procDir } from './proc.ts';
import { PROC_NET } from './proc-net.ts';
import type { InstalledProgram } from './program.ts';
import { sysDir } from './sys.ts';
import { KERNEL_RELEASE } from './release.ts';

const layers = new WeakMap<readonly InstalledProgram[], MemoryFs>();

/** What the roots of machines with these programs begin as. */
export function systemLayer(programs: readonly InstalledProgram[]): MemoryFs {
  let layer = layers.get(programs);
  if (!layer) layers.set(programs, (layer = makeLayer((fs) => installSystem(fs, programs))));
  return layer;
}

function installSystem(fs: FileView, programs: readonly InstalledProgram[]): void {
  for (const path of DIRECTORIES) fs.mkdirs(path, 0o755);
  fs.chmod('/tmp', 0o1777);
  fs.chmod('/var/tmp', 0o1777);
  fs.chmod('/root', 0o700);
  for (const [path, target] of Object.entries(LINKS)) fs.symlink(target, path);
  for (const [path, text] of etcFiles()) fs.writeFile(path, text);
  for (const program of programs) {
    fs.mkdirs(program.path.slice(0, program.path.lastIndexOf('/')), 0o755);
    fs.writeFile(program.path, programImage(program.path), { mode: 0o755 });
  }
}

const RELEASE = `Linux version ${KERNEL_RELEASE} (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1`;
const SECURE: readonly string[] = ['nosuid', 'nodev', 'noexec', 'relatime'];
const mount = (source: string, flags: readonly string[]): MountOptions => ({ source, flags, readonly: false });
const PROC_MOUNT = mount('proc', SECURE);
const SYS_MOUNT = mount('sysfs', SECURE);
const DEV_MOUNT = mount('udev', ['nosuid', 'relatime']);
const RUN_MOUNT = mount('tmpfs', ['nosuid', 'nodev', 'mode=755']);
const SHM_MOUNT = mount('tmpfs', ['nosuid', 'nodev']);
const TMPFS_BYTES = 64 * 1024 * 1024;
const RUN = makeLayer((fs) => fs.mkdirs('/lock', 0o1777));

/** Mounts /proc, /sys, /dev and /run as `process` sees them; /sys shows the network it is in now. */
export function mountVirtual(process: Process, os: Os): void {
  const now = os.sim.unixUs;
  const put = (path: Bytes, fs: DynamicFs | MemoryFs, options: MountOptions): void => {
    const place = process.fs.lookup(path);
    if (place.ok) process.namespaces.mnt.add(place.value, fs, fs.root, options);
  };
  put('/proc', new DynamicFs('proc', 21, PROC, now), PROC_MOUNT);
  mountSys(process, os);
  put('/dev', new DynamicFs('devtmpfs', 5, devicesOf(os), now, os.devices), DEV_MOUNT);
  put('/run', new MemoryFs(24, TMPFS_BYTES, now, undefined, 'tmpfs', RUN), RUN_MOUNT);
  put('/dev/shm', new MemoryFs(25, TMPFS_BYTES, now), SHM_MOUNT);
}

/** A /sys of the network that `process` is in (`ip netns exec` mounts a new one). */
export function mountSys(process: Process, os: Os): void {
  const netns = netnsOf(process);
  let dir: DynamicDir | undefined = undefined;
  // few look into it
  const tree = (): DynamicDir => (dir ??= sysDir(() => netns));
  const top: DynamicDir = { kind: 'dir', list: (caller) => tree().list(caller), lookup: (name, caller) => tree().lookup(name, caller) };
  const fs = new DynamicFs('sysfs', 22, top, os.sim.unixUs, undefined, 4096);
  const place = process.fs.lookup('/sys');
  if (place.ok) process.namespaces.mnt.add(place.value, fs, fs.root, SYS_MOUNT);
}

const deviceDirs = new WeakMap<Os, DynamicDir>();
function devicesOf(os: Os): DynamicDir {
  let dir = deviceDirs.get(os);
  if (!dir) deviceDirs.set(os, (dir = makeDevices(os)));
  return dir;
}
function makeDevices(os: Os): DynamicDir {
  const node = (rdev: number, mode = 0o666): DynamicNode => ({ kind: 'char', rdev, mode });
  const fd: DynamicNode = { kind: 'symlink', target: () => '/proc/self/fd' };
  const link = (target: string): DynamicNode => ({ kind: 'symlink', target: () => target });
  const pts: DynamicNode = {
    kind: 'dir',
    list: () => [...os.terminals.keys()].map(String),
    lookup: (name) => {
      const pty = /^\d+$/.test(name) ? os.terminals.get(Number(name)) : undefined;
      return pty && { kind: 'char', rdev: pty.tty.rdev, mode: 0o620 };
    },
  };
  return dirOf({
    console: node(DEVICES.console, 0o600),
    fd,
    full: node(DEVICES.full),
    null: node(DEVICES.null),
    ptmx: node(DEVICES.ptmx),
    pts,
    random: node(DEVICES.random),
    shm: dirOf({}),
    stderr: link('/proc/self/fd/2'),
    stdin: link('/proc/self/fd/0'),
    stdout: link('/proc/self/fd/1'),
    tty: node(DEVICES.tty),
    urandom: node(DEVICES.urandom),
    zero: node(DEVICES.zero),
  });
}

const KERNEL = dirOf({
  hostname: {
    kind: 'file',
    mode: 0o644,
    read: (caller) => ({ ok: true, value: `${(caller.namespace('uts') as unknown as { hostname: string }).hostname}\n` }),
  },
  ostype: { kind: 'file', read: () => ({ ok: true, value: 'Linux\n' }) },
  osrelease: { kind: 'file', read: () => ({ ok: true, value: `${KERNEL_RELEASE}\n` }) },
  version: { kind: 'file', read: () => ({ ok: true, value: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1\n' }) },
  pid_max: { kind: 'file', read: () => ({ ok: true, value: '4194304\n' }) },
});

const PROC = procDir({ net: PROC_NET, sys: dirOf({ kernel: KERNEL, net: sysctlDir, vm: dirOf({}), fs: dirOf({}) }), version: `${RELEASE}\n` });
