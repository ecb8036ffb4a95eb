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
} from '../../shell/index.ts';
import { owners, statusOf } from '../coreutils/index.ts';

const KIND_OF: Readonly<Record<string, NamespaceKind>> = { n: 'net', m: 'mnt', u: 'uts', i: 'ipc', p: 'pid', U: 'user', C: 'cgroup', T: 'time' };
const LONG: Readonly<Record<string, string>> = {
  net: 'n',
  mount: 'm',
  uts: 'u',
  ipc: 'i',
  pid: 'p',
  user: 'U',
  cgroup: 'C',
  time: 'T',
  fork: 'f',
  'map-root-user': 'r',
  'mount-proc': 'P',
  target: 't',
  all: 'a',
  'kill-child': 'k',
};

interface Asked {
  readonly kinds: ReadonlyMap<NamespaceKind, Bytes | undefined>;
  readonly flags: ReadonlySet<string>;
  readonly target: number | undefined;
  readonly command: readonly Bytes[];
}
function asked(argv: readonly Bytes[]): Asked | string {
  const kinds = new Map<NamespaceKind, Bytes | undefined>();
  const flags = new Set<string>();
  let target: number | undefined;
  const rest = argv.slice(1);
  while (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    const [long = '', value] = word.startsWith('--') ? word.slice(2).split(/=(.*)/s) : [];
    const letters = word.startsWith('--') ? [LONG[long]] : [...word.slice(1)];
    for (const [i, letter] of letters.entries()) {
      if (letter === undefined) return `unrecognized option '${word}'`;
      const kind = KIND_OF[letter];
      if (kind) kinds.set(kind, value);
      else if (letter === 't') {
        const attached = value ?? (word.startsWith('--') ? undefined : word.slice(i + 2));
        target = Number(attached === undefined || attached === '' ? rest.shift() : attached);
        break;
      } else if ('frPak'.includes(letter)) flags.add(letter);
      else return `invalid option -- '${letter}'`;
    }
  }
  return { kinds, flags, target, command: rest };
}

const unshare: Program = function* (p) {
  const wanted = asked(p.argv);
  if (typeof wanted === 'string') return yield* p.fail(`${wanted}\nTry 'unshare --help' for more information.`);
  for (const kind of wanted.kinds.keys()) makeOwn(p, kind);
  const command = wanted.command.length > 0 ? wanted.command : [p.getenv('SHELL') ?? '/bin/bash'];
  if (!wanted.flags.has('f')) {
    const failure = p.exec(command);
    return yield* p.failErrno(`failed to execute ${command[0] ?? ''}`, failure, failure === 'ENOENT' ? 127 : 126);
  }
  const child = p.spawn(command);
  if (!child.ok) return yield* p.failErrno(`failed to execute ${command[0] ?? ''}`, child.error, 127);
  return statusOf(yield* p.waitExit(child.value));
};
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

const nsenter: Program = function* (p) {
  const wanted = asked(p.argv);
  if (typeof wanted === 'string') return yield* p.fail(`${wanted}\nTry 'nsenter --help' for more information.`);
  const kinds = wanted.flags.has('a') ? new Map(NAMESPACE_KINDS.map((kind) => [kind, undefined])) : wanted.kinds;
  if (kinds.size === 0 && wanted.target === undefined) return yield* p.fail("no target PID specified for --all\nTry 'nsenter --help' for more information.");
  for (const [kind, file] of kinds) {
    const path = file ?? `/proc/${wanted.target ?? 0}/ns/${kind}`;
    const namespace = namespaceAt(p, path);
    if (!namespace.ok)
      return yield* p.failErrno(namespace.error === 'EINVAL' ? "reassociate to namespace 'ns/" + kind + "' failed" : `cannot open ${path}`, namespace.error);
    if (kind === 'mnt') {
      const top = (namespace.value as MountNamespace).top;
      p.enter(namespace.value);
      if (top) p.fs.move(() => top);
    } else p.enter(namespace.value);
  }
  const command = wanted.command.length > 0 ? wanted.command : ['/bin/bash'];
  const isFork = kinds.has('pid');
  if (!isFork) {
    const failure = p.exec(command);
    return yield* p.failErrno(`failed to execute ${command[0] ?? ''}`, failure, failure === 'ENOENT' ? 127 : 126);
  }
  const child = p.spawn(command);
  return child.ok ? statusOf(yield* p.waitExit(child.value)) : yield* p.failErrno(`failed to execute ${command[0] ?? ''}`, child.error, 127);
};

const lsns: Program = function* (p) {
  const at = p.argv.findIndex((word) => word === '-t' || word === '--type');
  const only = at >= 0 ? p.argv[at + 1] : p.argv.find((word) => word.startsWith('--type='))?.slice(7);
  const headless = p.argv.some((word) => word === '-n' || word === '--noheadings');
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
};

const mount: Program = function* (p) {
  const words = p.argv.slice(1);
  const option = (letter: string, long: string): Bytes | undefined => {
    const at = words.findIndex((word) => word === letter || word === long);
    return at < 0 ? undefined : words.splice(at, 2)[1];
  };
  const type = option('-t', '--types');
  const options = option('-o', '--options');
  const flags = words.filter((word) => word.startsWith('-'));
  const operands = words.filter((word) => !word.startsWith('-'));
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
  const isBind = flags.includes('--bind') || flags.includes('-B') || list.includes('bind') || flags.includes('--rbind');
  if (list.includes('remount') || flags.some((flag) => flag.startsWith('--make-'))) return 0;
  const how = { source, flags: list.filter((each) => !['bind', 'ro', 'rw'].includes(each)), readonly: list.includes('ro') };
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
};
const umount: Program = function* (p) {
  let status = 0;
  for (const target of p.argv.slice(1).filter((word) => !word.startsWith('-'))) {
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
};

export const NAMESPACE_TOOLS: Readonly<Record<string, Program>> = { unshare, nsenter, lsns, mount, umount };
