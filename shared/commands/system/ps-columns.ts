/**
 * The columns that ps of procps-ng 4.0.2 can show (its src/ps/output.c): title, width and value of each format specifier.
 * Deviation: memory is not modelled; a process shows what its program takes on a Debian machine when it begins. It waits in no kernel function (WCHAN `-`).
 */
import type { NamespaceKind, Process } from '../../shell/index.ts';
import { owners, formatDate, shortClock } from '../coreutils/index.ts';

export interface Row {
  readonly pid: number;
  readonly process: Process;
  /** What stands in front of its command in a forest. */
  readonly branch: string;
}

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly isLeft: boolean;
  readonly show: (row: Row, p: Process) => string;
  /** Orders by number where there is one. */
  readonly key?: (row: Row, p: Process) => number;
}

const LETTER = { running: 'R', sleeping: 'S', stopped: 'T', zombie: 'Z' } as const;
const two = (n: number): string => String(Math.trunc(n)).padStart(2, '0');
const isZombie = ({ process }: Row): boolean => process.state === 'zombie';
const defunct = (row: Row): string => (isZombie(row) ? ' <defunct>' : '');

const wordsOf = (row: Row): string =>
  row.process.argv.length > 0 && !isZombie(row) ? row.process.argv.join(' ').replaceAll('\n', ' ') : `[${row.process.comm}]${defunct(row)}`;
const commandOf = (row: Row): string => row.branch + wordsOf(row);
const commOf = (row: Row): string => `${row.branch}${row.process.comm}${defunct(row)}`;

/** Without its `/dev/`; `?` of a session without one. */
export function ttyOf({ process }: Pick<Row, 'process'>): string {
  const { terminal } = process.group.session;
  return terminal !== undefined && 'name' in terminal ? String(terminal.name).replace('/dev/', '') : '?';
}
const foregroundOf = ({ process }: Row): number => {
  const { terminal } = process.group.session;
  if (terminal === undefined || !('foreground' in terminal)) return -1;
  return (terminal.foreground as Process['group'] | undefined)?.pgid ?? -1;
};
/** The state, `s` of a session's leader, `+` of what is in the foreground. */
const statOf = (row: Row): string => LETTER[row.process.state] + (row.process.sid === row.pid ? 's' : '') + (foregroundOf(row) === row.process.pgid ? '+' : '');

const cpuSeconds = ({ process }: Row): number => Math.floor(process.cpuUs / 1e6);
const elapsed = ({ process }: Row, p: Process): number => Math.floor((p.nowUs - process.startedUs) / 1e6);
const startedUs = ({ process }: Row, p: Process): number => p.unixUs - (p.nowUs - process.startedUs);
const clock = (row: Row, p: Process): string => {
  const us = startedUs(row, p);
  return p.unixUs - us < 86_400e6 ? shortClock(us) : formatDate('%b%d', us);
};
const hours = (seconds: number): string => `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
const elapsedText = (seconds: number): string => {
  const days = Math.floor(seconds / 86_400);
  if (days > 0) return `${days}-${hours(seconds % 86_400)}`;
  return seconds >= 3600 ? hours(seconds) : `${two(seconds / 60)}:${two(seconds % 60)}`;
};
/** Of whole seconds, as the real one counts. */
const share = (row: Row, p: Process): string => (elapsed(row, p) === 0 ? 0 : Math.min(99.9, row.process.cpuUs / elapsed(row, p) / 1e4)).toFixed(1);

/** KiB of address space and of memory. */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  ...{ bash: [3940, 3016], sh: [2576, 924], ps: [8116, 4288], sleep: [2500, 1404], sshd: [15432, 9012], kubelet: [1872508, 98340] },
  ...{ ping: [5856, 2496], tcpdump: [13548, 8872], nc: [3284, 1924], socat: [9176, 3792], ip: [5348, 3104], top: [8740, 4876], curl: [17320, 9564] },
};
const sizeOf = ({ process, ...row }: Row): readonly [number, number] => (isZombie({ process, ...row }) ? [0, 0] : (SIZES[process.comm] ?? [2508, 1444]));

type Show = Column['show'];
const right = (title: string, width: number, show: Show, key?: Column['key']): Column => ({ title, width, isLeft: false, show, ...(key && { key }) });
const left = (title: string, width: number, show: Show): Column => ({ title, width, isLeft: true, show });
const number = (title: string, width: number, of: (row: Row, p: Process) => number): Column => right(title, width, (row, p) => String(of(row, p)), of);
const always = (title: string, width: number, text: string): Column => right(title, width, () => text);
const same = (names: string, column: Column): Readonly<Record<string, Column>> => Object.fromEntries(names.split(' ').map((name) => [name, column]));

const userColumn = (title: string, of: (row: Row) => number): Column => left(title, 8, (row, p) => owners(p).user(of(row)));
const groupColumn = (title: string, of: (row: Row) => number): Column => left(title, 8, (row, p) => owners(p).group(of(row)));
const namespaceColumn = (kind: NamespaceKind): Column => number(`${kind.toUpperCase()}NS`, 10, (row) => row.process.namespace(kind).ino);
const euid = (row: Row): number => row.process.credentials.euid;
const ruid = (row: Row): number => row.process.credentials.uid;
const egid = (row: Row): number => row.process.credentials.egid;
const rgid = (row: Row): number => row.process.credentials.gid;

export const COLUMNS: Readonly<Record<string, Column>> = {
  pid: number('PID', 7, (row) => row.pid),
  tgid: number('TGID', 7, (row) => row.pid),
  ppid: number('PPID', 7, (row) => row.process.ppid),
  pgid: number('PGID', 7, (row) => row.process.pgid),
  pgrp: number('PGRP', 7, (row) => row.process.pgid),
  sid: number('SID', 7, (row) => row.process.sid),
  ...same(
    'sess session',
    number('SESS', 7, (row) => row.process.sid),
  ),
  tpgid: number('TPGID', 7, foregroundOf),
  lwp: number('LWP', 7, (row) => row.pid),
  tid: number('TID', 7, (row) => row.pid),
  spid: number('SPID', 7, (row) => row.pid),
  nlwp: always('NLWP', 4, '1'),
  thcount: always('THCNT', 5, '1'),
  ...same('user euser uname', userColumn('USER', euid)),
  euser: userColumn('EUSER', euid),
  ruser: userColumn('RUSER', ruid),
  suser: userColumn('SUSER', euid),
  uid: number('UID', 5, euid),
  euid: number('EUID', 5, euid),
  ruid: number('RUID', 5, ruid),
  suid: number('SUID', 5, euid),
  group: groupColumn('GROUP', egid),
  egroup: groupColumn('EGROUP', egid),
  rgroup: groupColumn('RGROUP', rgid),
  gid: number('GID', 5, egid),
  egid: number('EGID', 5, egid),
  rgid: number('RGID', 5, rgid),
  supgid: left('SUPGID', 20, (row) => row.process.credentials.groups.join(',')),
  ...same('tty tt tname', left('TT', 8, ttyOf)),
  ...same('tty', left('TT', 8, ttyOf)),
  tname: left('TTY', 8, ttyOf),
  ...same(
    'time cputime atime',
    right(
      'TIME',
      8,
      (row) => hours(cpuSeconds(row)),
      ({ process }) => process.cpuUs,
    ),
  ),
  bsdtime: right(
    'TIME',
    6,
    (row) => `${Math.floor(cpuSeconds(row) / 60)}:${two(cpuSeconds(row) % 60)}`,
    ({ process }) => process.cpuUs,
  ),
  ...same('cputimes times', number('TIME', 8, cpuSeconds)),
  etime: right('ELAPSED', 11, (row, p) => elapsedText(elapsed(row, p)), elapsed),
  etimes: number('ELAPSED', 7, elapsed),
  lstart: right('STARTED', 24, (row, p) => formatDate('%a %b %e %H:%M:%S %Y', startedUs(row, p)), startedUs),
  start: right('STARTED', 8, (row, p) => formatDate('%H:%M:%S', startedUs(row, p)), startedUs),
  ...same('start_time', right('START', 5, clock, startedUs)),
  stime: right('STIME', 5, clock, startedUs),
  bsdstart: right('START', 6, (row, p) => clock(row, p).padStart(6), startedUs),
  ...same(
    '%cpu pcpu',
    right('%CPU', 4, share, (row) => row.process.cpuUs),
  ),
  ...same(
    '%mem pmem',
    right(
      '%MEM',
      4,
      (row) => ((sizeOf(row)[1] / 2_014_444) * 100).toFixed(1),
      (row) => sizeOf(row)[1],
    ),
  ),
  c: right('C', 2, (row, p) => String(Math.trunc(Number(share(row, p))))),
  ...same(
    'vsz vsize',
    number('VSZ', 6, (row) => sizeOf(row)[0]),
  ),
  ...same(
    'rss rssize rsz',
    number('RSS', 5, (row) => sizeOf(row)[1]),
  ),
  sz: number('SZ', 5, (row) => Math.trunc(sizeOf(row)[0] / 4)),
  size: number('SIZE', 5, (row) => Math.trunc(sizeOf(row)[0] / 10)),
  ...same(
    's state',
    left('S', 1, (row) => LETTER[row.process.state]),
  ),
  stat: left('STAT', 4, statOf),
  ...same(
    'f flag flags',
    right('F', 1, (row) => (row.process.ppid === 0 ? '4' : '0')),
  ),
  ...same('ni nice', always('NI', 3, '0')),
  pri: always('PRI', 3, '19'),
  ...same('opri priority', always('PRI', 3, '80')),
  ...same(
    'cls class',
    left('CLS', 3, () => 'TS'),
  ),
  policy: left('POL', 3, () => 'TS'),
  rtprio: always('RTPRIO', 6, '-'),
  psr: always('PSR', 3, '0'),
  addr: left('ADDR', 4, () => '-'),
  wchan: left('WCHAN', 6, () => '-'),
  ...same('comm ucmd ucomm', left('COMMAND', 15, commOf)),
  ucmd: left('CMD', 15, commOf),
  fname: left('COMMAND', 8, ({ process }) => process.comm.slice(0, 8)),
  ...same('args command', left('COMMAND', 27, commandOf)),
  cmd: left('CMD', 27, commandOf),
  exe: left('EXE', 27, ({ process }) => process.exe || '-'),
  ...same(
    'label context',
    left('LABEL', 31, () => '-'),
  ),
  ...same(
    'cgroup',
    left('CGROUP', 27, () => '0::/'),
  ),
  ...Object.fromEntries((['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const).map((kind) => [`${kind}ns`, namespaceColumn(kind)])),
  ...same('pending sig', always('PENDING', 16, '0000000000000000')),
  ...same('maj_flt majflt', always('MAJFL', 6, '0')),
  ...same('min_flt minflt', always('MINFL', 6, '100')),
};

/** Codes of AIX: `%p`. */
export const CODES: Readonly<Record<string, string>> = {
  ...{ C: 'pcpu', G: 'group', P: 'ppid', U: 'user', a: 'args', c: 'comm', g: 'rgroup', n: 'nice', p: 'pid', r: 'pgid', t: 'etime', u: 'ruser' },
  ...{ x: 'time', y: 'tty', z: 'vsz' },
};

const named = (name: string, change: Partial<Column> = {}): Column => ({ ...COLUMNS[name]!, ...change });
const TTY = named('tty', { title: 'TTY' });
const UID_NAME = named('user', { title: 'UID' });
const LAST = named('ucmd', { title: 'CMD' });
const PLAIN_TIME = named('time');
const listed = (...columns: readonly Column[]): readonly Column[] => columns;
const PRIORITY = named('opri');

/** What each of ps's own formats shows. */
export const FORMATS = {
  plain: listed(named('pid'), TTY, PLAIN_TIME, LAST),
  f: listed(UID_NAME, named('pid'), named('ppid'), named('c'), named('stime'), TTY, PLAIN_TIME, named('cmd')),
  F: listed(
    ...[UID_NAME, named('pid'), named('ppid'), named('c'), named('sz'), named('rss'), named('psr')],
    ...[named('stime'), TTY, PLAIN_TIME, named('cmd')],
  ),
  l: listed(
    ...[named('f'), named('s'), named('uid'), named('pid'), named('ppid'), named('c'), PRIORITY, named('ni'), named('addr', { title: 'ADDR', width: 1 })],
    ...[named('sz', { width: 5, title: 'SZ' }), named('wchan'), TTY, PLAIN_TIME, LAST],
  ),
  y: listed(
    ...[named('s'), named('uid'), named('pid'), named('ppid'), named('c'), PRIORITY, named('ni'), named('rss')],
    ...[named('sz'), named('wchan'), TTY, PLAIN_TIME, LAST],
  ),
  j: listed(named('pid'), named('pgid'), named('sid'), TTY, PLAIN_TIME, LAST),
  bsd: listed(named('pid'), TTY, named('stat'), named('bsdtime'), named('command')),
  u: listed(
    ...[named('user'), named('pid'), named('%cpu'), named('%mem'), named('vsz'), named('rss'), TTY, named('stat')],
    ...[named('bsdstart', { width: 5, show: clock }), named('bsdtime', { width: 6 }), named('command')],
  ),
  bsdJ: listed(
    ...[named('ppid'), named('pid'), named('pgid'), named('sid'), TTY, named('tpgid', { width: 7 }), named('stat'), named('uid')],
    ...[named('bsdtime'), named('command')],
  ),
  bsdL: listed(
    ...[named('f'), named('uid'), named('pid'), named('ppid'), named('pri', { show: () => '20' }), named('ni'), named('vsz'), named('rss'), named('wchan')],
    ...[named('stat'), TTY, named('bsdtime'), named('command')],
  ),
} as const;
