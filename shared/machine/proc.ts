/**
 * /proc of a simulated machine (proc(5)): its processes as the reader's pid namespace numbers them, and what the kernel tells of itself.
 * /proc/net and /proc/sys/net answer for the reader's network namespace.
 */
import { err, ok, type Bytes } from '../base/index.ts';
import { dirOf, fileOf, NAMESPACE_KINDS, Process, type Caller, type DynamicDir, type DynamicNode, type Place } from '../shell/index.ts';

/** A machine with 2 GB. Deviation: it never fills. */
const MEMINFO: readonly (readonly [string, number])[] = [
  ...([
    ['MemTotal', 2_014_444],
    ['MemFree', 1_362_100],
    ['MemAvailable', 1_702_312],
    ['Buffers', 21_064],
    ['Cached', 412_092],
  ] as const),
  ...([
    ['SwapCached', 0],
    ['Active', 301_204],
    ['Inactive', 218_012],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['Dirty', 0],
    ['Shmem', 1_264],
  ] as const),
  ...([
    ['Slab', 61_448],
    ['SReclaimable', 33_016],
    ['SUnreclaim', 28_432],
    ['CommitLimit', 1_007_220],
    ['Committed_AS', 310_604],
  ] as const),
];

/** What /proc shows besides processes: given by the machine. */
export interface ProcExtras {
  readonly net: Readonly<Record<string, DynamicNode | ((caller: Caller) => DynamicNode | undefined)>>;
  readonly sys: DynamicNode;
  readonly version: Bytes;
}

export function procDir(extras: ProcExtras): DynamicDir {
  const general = dirOf({
    cmdline: fileOf(() => 'BOOT_IMAGE=/boot/vmlinuz-6.1.0 root=/dev/sda1 ro quiet\n'),
    cpuinfo: fileOf(() => 'processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\ncache size\t: 16384 KB\n\n'),
    filesystems: fileOf(() => ['sysfs', 'tmpfs', 'proc', 'devtmpfs', 'devpts', 'cgroup2'].map((name) => `nodev\t${name}\n`).join('') + '\text4\n'),
    loadavg: fileOf((caller) => `0.00 0.01 0.00 1/${processes(caller).length} ${Math.max(...processes(caller).map(([pid]) => pid), 1)}\n`),
    meminfo: fileOf(() => MEMINFO.map(([name, kib]) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB\n`).join('')),
    modules: fileOf(() =>
      ['xt_MASQUERADE', 'nf_nat', 'nf_conntrack', 'br_netfilter', 'bridge', 'veth', 'vxlan', 'ipip', 'overlay']
        .map((name) => `${name} 16384 0 - Live 0x0000000000000000\n`)
        .join(''),
    ),
    mounts: { kind: 'symlink', target: () => 'self/mounts' },
    net: { kind: 'symlink', target: () => 'self/net' },
    self: { kind: 'symlink', target: (caller) => String(caller.pid) },
    stat: fileOf(
      (caller) =>
        `cpu  0 0 0 ${Math.floor(caller.nowUs / 10_000)} 0 0 0 0 0 0\nbtime ${Math.floor((caller.unixUs - caller.nowUs) / 1e6)}\nprocesses ${processes(caller).length}\n`,
    ),
    sys: extras.sys,
    'thread-self': { kind: 'symlink', target: (caller) => `${caller.pid}/task/${caller.pid}` },
    uptime: fileOf((caller) => `${(caller.nowUs / 1e6).toFixed(2)} ${(caller.nowUs / 1e6).toFixed(2)}\n`),
    version: fileOf(() => extras.version),
  });
  const net = dirOf(extras.net);
  return {
    kind: 'dir',
    list: (caller) => [...processes(caller).map(([pid]) => String(pid)), ...general.list(caller)],
    lookup: (name, caller) => {
      if (!/^[1-9]\d*$/.test(name)) return general.lookup(name, caller);
      const process = pidNamespace(caller)?.lookup(Number(name));
      return process && processDir(process, Number(name), net);
    },
  };
}

const pidNamespace = (caller: Caller): Process['namespaces']['pid'] | undefined => (caller instanceof Process ? caller.namespaces.pid : undefined);
const processes = (caller: Caller): readonly (readonly [number, Process])[] =>
  pidNamespace(caller)
    ?.list()
    .map(({ pid, process }) => [pid, process] as const) ?? [];

/** `who` is the process that /proc/PID is of; what it shows of the network is that process's own. */
function processDir(who: Process, pid: number, net: DynamicDir): DynamicNode {
  const nul = (items: readonly Bytes[]): Bytes => items.map((item) => `${item}\0`).join('');
  const link = (place: () => Place): DynamicNode => ({
    kind: 'symlink',
    target: (caller) => place().path(caller instanceof Process ? caller.fs.root : who.fs.root),
    jump: () => ok(place()),
  });
  const asWho = (dir: DynamicDir): DynamicDir => ({
    kind: 'dir',
    list: () => dir.list(who),
    lookup: (name) => {
      const node = dir.lookup(name, who);
      if (node?.kind !== 'file') return node;
      return {
        ...node,
        ...(node.read && { read: () => node.read?.(who) ?? err('EBADF') }),
        ...(node.write && { write: (data: Bytes) => node.write?.(data, who) ?? err('EBADF') }),
      };
    },
  });
  return dirOf({
    cmdline: fileOf(() => nul(who.argv)),
    comm: fileOf(() => `${who.comm}\n`, 0o644),
    cwd: link(() => who.fs.cwd),
    environ: fileOf(() => nul([...who.env].map(([name, value]) => `${name}=${value}`)), 0o400),
    exe: { kind: 'symlink', target: () => who.exe, jump: () => who.fs.lookup(who.exe) },
    fd: descriptors(who),
    mountinfo: fileOf(() => mountinfo(who)),
    mounts: fileOf(() => mounts(who)),
    net: asWho(net),
    ns: namespaces(who),
    root: link(() => who.fs.root),
    stat: fileOf(() => statLine(who, pid)),
    statm: fileOf(() => '1024 512 256 128 0 128 0\n'),
    status: fileOf(() => status(who, pid)),
    task: dirOf({ [String(pid)]: dirOf({ comm: fileOf(() => `${who.comm}\n`), ns: namespaces(who), net: asWho(net) }) }),
  });
}

function namespaces(who: Process): DynamicNode {
  const names = NAMESPACE_KINDS.flatMap((kind) => (kind === 'pid' ? ['pid', 'pid_for_children'] : kind === 'time' ? ['time', 'time_for_children'] : [kind]));
  return {
    kind: 'dir',
    mode: 0o511,
    list: () => names,
    lookup: (name) => {
      if (!names.includes(name)) return undefined;
      const namespace =
        name === 'pid_for_children' ? who.pidForChildren : who.namespace((name === 'time_for_children' ? 'time' : name) as Parameters<Process['namespace']>[0]);
      return { kind: 'namespace', namespace };
    },
  };
}

function descriptors(who: Process): DynamicNode {
  return {
    kind: 'dir',
    mode: 0o500,
    list: () => who.fds.numbers().map(String),
    lookup: (name, _caller) => {
      const file = /^\d+$/.test(name) ? who.fds.get(Number(name)) : undefined;
      if (!file) return undefined;
      return {
        kind: 'symlink',
        mode: 0o700,
        target: (caller) => file.place?.path(caller instanceof Process ? caller.fs.root : who.fs.root) ?? file.describe(),
        jump: () => ok(file),
      };
    },
  };
}

const STATE_LETTER = { running: 'R', sleeping: 'S', stopped: 'T', zombie: 'Z' } as const;
const STATE_WORD = { running: 'R (running)', sleeping: 'S (sleeping)', stopped: 'T (stopped)', zombie: 'Z (zombie)' } as const;

function statLine(who: Process, pid: number): Bytes {
  const start = Math.floor(who.startedUs / 10_000);
  const cpu = Math.floor(who.cpuUs / 10_000);
  return `${pid} (${who.comm}) ${STATE_LETTER[who.state]} ${who.ppid} ${who.pgid} ${who.sid} 0 -1 4194304 100 0 0 0 ${cpu} 0 0 0 20 0 1 0 ${start} 4194304 512 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
}

function status(who: Process, pid: number): Bytes {
  const { uid, euid, gid, egid, groups } = who.credentials;
  const rows: readonly (readonly [string, string])[] = [
    ['Name', who.comm],
    ['Umask', `0${who.umask.toString(8).padStart(3, '0')}`],
    ['State', STATE_WORD[who.state]],
    ['Tgid', String(pid)],
    ['Ngid', '0'],
    ['Pid', String(pid)],
    ['PPid', String(who.ppid)],
    ['TracerPid', '0'],
    ['Uid', [uid, euid, euid, euid].join('\t')],
    ['Gid', [gid, egid, egid, egid].join('\t')],
    ['FDSize', '256'],
    ['Groups', `${groups.join(' ')} `],
    ['NStgid', String(pid)],
    ['NSpid', String(pid)],
    ['NSpgid', String(who.pgid)],
    ['NSsid', String(who.sid)],
    ['Threads', '1'],
  ];
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

function mounts(who: Process): Bytes {
  return who.namespaces.mnt.list
    .map(
      ({ options, fs, top, at }) =>
        `${options.source} ${(at ?? top).path(who.fs.root)} ${fs.type} ${[options.readonly ? 'ro' : 'rw', ...options.flags].join(',')} 0 0\n`,
    )
    .join('');
}

function mountinfo(who: Process): Bytes {
  return who.namespaces.mnt.list
    .map(({ id, options, fs, top, at }) => {
      const flags = [options.readonly ? 'ro' : 'rw', ...options.flags].join(',');
      return `${id} ${at?.mount.id ?? 1} 0:${fs.device} / ${(at ?? top).path(who.fs.root)} ${flags} - ${fs.type} ${options.source} ${flags}\n`;
    })
    .join('');
}
