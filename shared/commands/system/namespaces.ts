/** unshare, nsenter, lsns, mount, umount of util-linux 2.38. */
import { strerror, type Bytes } from '../../base/index.ts';
import { makeNetns } from '../../kernel/index.ts';
import { mountSys, namespaceAt, NetNamespace, netnsOf } from '../../machine/index.ts';
import type { Os } from '../../shell/index.ts';
import {
  MemoryFs,
  NAMESPACE_KINDS,
  PidNamespace,
  PlainNamespace,
  UtsNamespace,
  type MountNamespace,
  type NamespaceKind,
  type Process,
  type Program,
  type Sys,
} from '../../shell/index.ts';
import { owners, statusOf } from '../coreutils/index.ts';
import { option, tool, type ToolUsage } from './usage.ts';

const UTIL_LINUX = 'util-linux 2.38.1';
type KindId = NamespaceKind;
/** Namespaces by the letters and names of their options. */
const KINDS: readonly (readonly [KindId, string, string])[] = [
  ['mnt', '-m --mount', 'mount'],
  ['uts', '-u --uts', 'UTS'],
  ['ipc', '-i --ipc', 'System V IPC'],
  ['net', '-n --net', 'network'],
  ['pid', '-p --pid', 'pid'],
  ['user', '-U --user', 'user'],
  ['cgroup', '-C --cgroup', 'cgroup'],
  ['time', '-T --time', 'time'],
];
const isKind = (id: string): id is KindId => KINDS.some(([kind]) => kind === id);

function* become(p: Process, command: readonly Bytes[], how: 'exec' | 'fork'): Sys<number> {
  const name = command[0] ?? '';
  if (how === 'exec') {
    const failure = p.exec(command);
    return yield* p.failErrno(`failed to execute ${name}`, failure, failure === 'ENOENT' ? 127 : 126);
  }
  const child = p.spawn(command);
  return child.ok
    ? statusOf(yield* p.waitExit(child.value))
    : yield* p.failErrno(`failed to execute ${name}`, child.error, child.error === 'ENOENT' ? 127 : 126);
}

const unshare = tool(
  {
    synopsis: ['[options] [<program> [<argument>...]]'],
    summary: 'Run a program with some namespaces unshared from the parent.',
    options: [
      ...KINDS.map(([id, names, what]) =>
        option(id, `${names}[=<file>]`, `unshare ${id === 'mnt' ? 'mounts' : id === 'ipc' ? what : what} namespace${id === 'uts' ? ' (hostname etc)' : ''}`),
      ),
      option('fork', '-f --fork', 'fork before launching <program>'),
      option('map-root', '-r --map-root-user', 'map current user to root (implies --user)'),
      option('map-current', '-c --map-current-user', 'map current user to itself (implies --user)'),
      option('kill-child', '--kill-child[=<signame>]', 'when dying, kill the forked child (implies --fork)'),
      option('mount-proc', '--mount-proc[=<dir>]', 'mount proc filesystem first (implies --mount)'),
      option('propagation', '--propagation slave|shared|private|unchanged', 'modify mount propagation in mount namespace'),
      ...(['map-user', 'map-group', 'map-users', 'map-groups', 'setuid', 'setgid', 'root', 'wd'] as const).map((id) =>
        option(id, `!--${id} <value>`, 'of the new namespace'),
      ),
    ],
    ...{ column: 27, order: 'posix', from: UTIL_LINUX, missing: ['namespaces that stay as files (--net=FILE): `ip netns` makes them'] },
  },
  function* (p, line) {
    for (const { id, argument } of line.options) {
      if (!isKind(id)) continue;
      if (argument !== undefined) return yield* p.fail('not modelled: namespaces that stay as files');
      makeOwn(p, id);
    }
    if ((line.has('map-root') || line.has('map-current')) && !line.has('user')) makeOwn(p, 'user');
    if (line.has('mount-proc') && !line.has('mnt')) makeOwn(p, 'mnt');
    const command = line.operands.length > 0 ? line.operands : [p.getenv('SHELL') ?? '/bin/bash'];
    return yield* become(p, command, line.has('fork') || line.has('kill-child') ? 'fork' : 'exec');
  },
);
function makeOwn(p: Process, kind: NamespaceKind): void {
  const os = p.os as Os;
  const ino = os.takeNamespaceInode();
  if (kind === 'net') p.enter(NetNamespace.of(makeNetns(netnsOf(p).host)));
  else if (kind === 'uts') p.enter(new UtsNamespace(ino, p.namespaces.uts.hostname));
  else if (kind === 'pid') p.enter(new PidNamespace(ino, p.namespaces.pid));
  else if (kind === 'mnt') {
    const { namespace, move } = p.namespaces.mnt.clone(ino);
    p.enter(namespace);
    p.fs.move(move);
  } else p.enter(new PlainNamespace(kind, ino));
}

const nsenter = tool(
  {
    synopsis: ['[options] [<program> [<argument>...]]'],
    summary: 'Run a program with namespaces of other processes.',
    options: [
      option('all', '-a --all', 'enter all namespaces'),
      option('target', '-t --target <pid>', 'target process to get namespaces from'),
      ...KINDS.map(([id, names, what]) => option(id, `${names}[=<file>]`, `enter ${what} namespace${id === 'uts' ? ' (hostname etc)' : ''}`)),
      option('preserve-credentials', '--preserve-credentials', 'do not touch uids or gids'),
      option('no-fork', '-F --no-fork', "do not fork before exec'ing <program>"),
      ...(['setuid', 'setgid'] as const).map((id) => option(id, `!-${id === 'setuid' ? 'S' : 'G'} --${id} <id>`, `set ${id.slice(3)} in entered namespace`)),
      option('root', '!-r --root[=<dir>]', 'set the root directory'),
      option('wd', '!-w --wd[=<dir>]', 'set the working directory'),
    ],
    ...{ column: 24, order: 'posix', from: UTIL_LINUX },
  },
  function* (p, line) {
    const target = line.value('target');
    if (target !== undefined && !/^\d+$/.test(target)) return yield* p.fail(`failed to parse pid: '${target}'`);
    const given = new Map(line.options.flatMap(({ id, argument }) => (isKind(id) ? [[id, argument] as const] : [])));
    const kinds = line.has('all') ? new Map(NAMESPACE_KINDS.map((kind) => [kind, given.get(kind)] as const)) : given;
    if (line.has('all') && target === undefined) return yield* p.fail('no target PID specified for --all');
    for (const [kind, file] of kinds) {
      if (file === undefined && target === undefined) return yield* p.fail('neither filename nor target pid supplied for ns/' + kind);
      const path = file ?? `/proc/${target ?? ''}/ns/${kind}`;
      const namespace = namespaceAt(p, path);
      if (!namespace.ok)
        return yield* p.failErrno(namespace.error === 'EINVAL' ? `reassociate to namespace 'ns/${kind}' failed` : `cannot open ${path}`, namespace.error);
      p.enter(namespace.value);
      const top = kind === 'mnt' ? (namespace.value as MountNamespace).top : undefined;
      if (top) p.fs.move(() => top);
    }
    const command = line.operands.length > 0 ? line.operands : [p.getenv('SHELL') ?? '/bin/sh'];
    return yield* become(p, command, kinds.has('pid') && !line.has('no-fork') ? 'fork' : 'exec');
  },
);

const LSNS: ToolUsage<'json' | 'list' | 'noheadings' | 'output' | 'output-all' | 'task' | 'raw' | 'notruncate' | 'nowrap' | 'type' | 'tree'> = {
  synopsis: ['[options] [<namespace>]'],
  summary: 'List system namespaces.',
  options: [
    option('json', '!-J --json', 'use JSON output format'),
    option('list', '-l --list', 'use list format output'),
    option('noheadings', '-n --noheadings', "don't print headings"),
    option('output', '!-o --output <list>', 'define which output columns to use'),
    option('output-all', '!--output-all', 'output all columns'),
    option('task', '!-p --task <pid>', 'print process namespaces'),
    option('raw', '!-r --raw', 'use the raw output format'),
    option('notruncate', '-u --notruncate', "don't truncate text in columns"),
    option('nowrap', '-W --nowrap', "don't use multi-line representation"),
    option('type', '-t --type <name>', 'namespace type (mnt, net, ipc, user, pid, uts, cgroup, time)'),
    option('tree', '!-T --tree <rel>', 'use tree format (parent, owner, or process)'),
  ],
  ...{ column: 24, from: UTIL_LINUX, section: 8, missing: ['one namespace by its number'] },
};
const lsns = tool(LSNS, function* (p, line) {
  const only = line.value('type');
  if (only !== undefined && !isKind(only)) return yield* p.fail(`unknown namespace type: ${only}`);
  const headless = line.has('noheadings');
  const names = owners(p);
  const found = new Map<number, { kind: NamespaceKind; processes: { pid: number; process: Process }[] }>();
  for (const row of p.namespaces.pid.list()) {
    for (const kind of NAMESPACE_KINDS) {
      if (only !== undefined && only !== kind) continue;
      const { ino } = row.process.namespace(kind);
      const entry = found.get(ino) ?? { kind, processes: [] };
      entry.processes.push(row);
      found.set(ino, entry);
    }
  }
  const isNet = only === 'net';
  const mine = netnsOf(p);
  const rows = [...found]
    .sort(([a], [b]) => a - b)
    .map(([ino, { kind, processes }]) => {
      const [first] = processes;
      const command = first ? (first.process.argv.join(' ') || first.process.comm).replaceAll('\n', '\\x0a') : '';
      const netns = first ? netnsOf(first.process) : mine;
      const nsid = mine.peerIds.get(netns);
      const mounts = p.namespaces.mnt.list.flatMap((mount) =>
        mount.fs.type === 'nsfs' && mount.root.ino === ino && mount.at ? [mount.at.path(p.fs.root)] : [],
      );
      return {
        ns: String(ino),
        type: kind,
        count: String(processes.length),
        pid: String(first?.pid ?? ''),
        user: names.user(first?.process.uid ?? 0),
        nsid: nsid === undefined ? 'unassigned' : String(nsid),
        nsfs: mounts[0] ?? '',
        command,
      };
    });
  const width = (key: keyof (typeof rows)[number], title: string): number => Math.max(title.length, ...rows.map((row) => row[key].length));
  const [ns, type, count, pid, user, nsid, nsfs] = [
    width('ns', 'NS'),
    width('type', 'TYPE'),
    width('count', 'NPROCS'),
    width('pid', 'PID'),
    width('user', 'USER'),
    width('nsid', 'NETNSID'),
    width('nsfs', 'NSFS'),
  ];
  const show = (row: (typeof rows)[number]): string =>
    `${row.ns.padStart(ns)} ${row.type.padEnd(type)} ${row.count.padStart(count)} ${row.pid.padStart(pid)} ${row.user.padEnd(user)} ${isNet ? `${row.nsid.padStart(nsid)} ${row.nsfs.padEnd(nsfs)} ` : ''}${row.command}\n`;
  if (!headless)
    yield* p.print(
      show({ ns: 'NS', type: 'TYPE' as NamespaceKind, count: 'NPROCS', pid: 'PID', user: 'USER', nsid: 'NETNSID', nsfs: 'NSFS', command: 'COMMAND' }),
    );
  for (const row of rows) yield* p.print(show(row));
  return 0;
});

const PROPAGATION = ['shared', 'slave', 'private', 'unbindable'].flatMap((how) => [`make-${how}` as const, `make-r${how}` as const]);
const MOUNT: ToolUsage = {
  synopsis: ['[-lhV]', '-a [options]', '[options] <source> <directory>'],
  summary: 'Mount a filesystem.',
  options: [
    option('all', '!-a --all', 'mount all filesystems mentioned in fstab'),
    option('labels', '-l --show-labels', 'show also filesystem labels'),
    option('no-mtab', '-n --no-mtab', "don't write to /etc/mtab"),
    option('options', '-o --options <list>', 'comma-separated list of mount options'),
    option('read-only', '-r --read-only', 'mount the filesystem read-only (same as -o ro)'),
    option('types', '-t --types <list>', 'limit the set of filesystem types'),
    option('verbose', '-v --verbose', 'say what is being done'),
    option('read-write', '-w --read-write', 'mount the filesystem read-write (default)'),
    option('bind', '-B --bind', 'mount a subtree somewhere else (same as -o bind)'),
    option('move', '!-M --move', 'move a subtree to some other place'),
    option('rbind', '-R --rbind', 'mount a subtree and all submounts somewhere else'),
    ...PROPAGATION.map((how) => option(how, `--${how}`, `mark a subtree as ${how.slice(5)}`)),
  ],
  ...{ column: 25, from: UTIL_LINUX, section: 8, missing: ['file systems but tmpfs, proc, sysfs, bpf, cgroup2 and binds'] },
};
const mount = tool(MOUNT, function* (p, line) {
  const type = line.value('types');
  const options = line.value('options');
  const { operands } = line;
  if (operands.length === 0) {
    for (const { options: how, fs, top, at } of p.namespaces.mnt.list) {
      if (type === undefined || type === fs.type)
        yield* p.print(`${how.source} on ${(at ?? top).path(p.fs.root)} type ${fs.type} (${[how.readonly ? 'ro' : 'rw', ...how.flags].join(',')})\n`);
    }
    return 0;
  }
  const [source = '', target = source] = operands;
  const place = p.fs.lookup(target);
  if (!place.ok) return (yield* p.error(`mount: ${target}: mount point does not exist.\n`), 32);
  const list = options?.split(',') ?? [];
  const isBind = line.has('bind') || line.has('rbind') || list.includes('bind');
  if (list.includes('remount') || PROPAGATION.some((how) => line.has(how))) return 0;
  const how = { source, flags: list.filter((each) => !['bind', 'ro', 'rw'].includes(each)), readonly: list.includes('ro') || line.has('read-only') };
  if (isBind) {
    const from = p.fs.lookup(source);
    if (!from.ok) return (yield* p.error(`mount: ${target}: special device ${source} does not exist.\n`), 32);
    p.namespaces.mnt.add(place.value, from.value.mount.fs, from.value.inode, how);
    return 0;
  }
  if (type === 'sysfs') mountSys(p, p.os as Os);
  else if (type === 'tmpfs' || type === 'bpf' || type === 'cgroup2') {
    const fs = new MemoryFs(p.os.takeInode(), p.os.limits.memoryBytes, p.unixUs);
    p.namespaces.mnt.add(place.value, fs, fs.root, { ...how, flags: ['relatime', ...how.flags] });
  } else if (type === 'proc') {
    const proc = p.fs.lookup('/proc');
    if (proc.ok) p.namespaces.mnt.add(place.value, proc.value.mount.fs, proc.value.inode, { source: 'proc', flags: ['relatime'], readonly: false });
  } else
    return (
      yield* p.error(type === undefined ? `mount: ${target}: can't find in /etc/fstab.\n` : `mount: ${target}: unknown filesystem type '${type}'.\n`),
      32
    );
  return 0;
});
const UMOUNT: ToolUsage = {
  synopsis: ['[-hV]', '-a [options]', '[options] <source> | <directory>'],
  summary: 'Unmount filesystems.',
  options: [
    option('all', '!-a --all', 'unmount all filesystems'),
    option('force', '-f --force', 'force unmount (in case of an unreachable NFS system)'),
    option('no-mtab', '-n --no-mtab', "don't write to /etc/mtab"),
    option('lazy', '-l --lazy', 'detach the filesystem now, clean up things later'),
    option('recursive', '!-R --recursive', 'recursively unmount a target with all its children'),
    option('verbose', '-v --verbose', 'say what is being done'),
    option('quiet', '-q --quiet', "suppress 'not mounted' error messages"),
  ],
  ...{ column: 25, from: UTIL_LINUX, section: 8 },
};
const umount = tool(UMOUNT, function* (p, line) {
  let status = 0;
  if (line.operands.length === 0) return yield* p.fail("bad usage\nTry 'umount --help' for more information.");
  for (const target of line.operands) {
    const place = p.fs.lookup(target);
    const isMount = place.ok && place.value.mount.root === place.value.inode && place.value.mount.at !== undefined;
    if (isMount) p.namespaces.mnt.remove(place.value.mount);
    else {
      status = 32;
      yield* p.error(
        `umount: ${target}: ${place.ok ? 'not mounted.' : place.error === 'ENOENT' ? 'no mount point specified.' : `${strerror(place.error)}.`}\n`,
      );
    }
  }
  return status;
});

export const NAMESPACE_TOOLS: Readonly<Record<string, Program>> = { unshare, nsenter, lsns, mount, umount };
