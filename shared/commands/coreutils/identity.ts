/** uname, id, whoami, nproc, which, clear: small programs that say where one is, and as whom. */
import type { Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program } from '../../shell/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { owners } from './ls.ts';
import { usageError, type GnuUsage } from './options.ts';
import { program } from './program.ts';

const UNAME_FIELDS = [
  ['s', 'kernel-name'],
  ['n', 'nodename'],
  ['r', 'kernel-release'],
  ['v', 'kernel-version'],
  ['m', 'machine'],
  ['p', 'processor'],
  ['i', 'hardware-platform'],
  ['o', 'operating-system'],
] as const;
const UNAME: GnuUsage = {
  usage: '[OPTION]...',
  summary: 'Print certain system information.',
  options: [{ short: 'a', long: 'all' }, ...UNAME_FIELDS.map(([short, long]) => ({ short, long }))],
};
const uname = program(UNAME, function* (p, parsed, usage) {
  const [extra] = parsed.operands;
  if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, usage);
  const read = (path: string): string => {
    const file = p.fs.readFile(path);
    return file.ok ? file.value.trim() : '';
  };
  const values: Readonly<Record<string, string>> = {
    'kernel-name': 'Linux',
    nodename: p.namespaces.uts.hostname,
    'kernel-release': read('/proc/sys/kernel/osrelease'),
    'kernel-version': read('/proc/sys/kernel/version'),
    machine: 'x86_64',
    processor: 'unknown',
    'hardware-platform': 'unknown',
    'operating-system': 'GNU/Linux',
  };
  const all = parsed.has('all');
  const shown = UNAME_FIELDS.filter(([, long]) =>
    all ? values[long] !== 'unknown' : parsed.has(long) || (parsed.options.size === 0 && long === 'kernel-name'),
  );
  yield* p.print(`${shown.map(([, long]) => values[long] ?? '').join(' ')}\n`);
  return 0;
});

const ID: GnuUsage = {
  usage: '[OPTION]... [USER]...',
  summary: 'Print user and group information for each specified USER, or (when USER omitted) for the current process.',
  options: [
    { short: 'a', help: 'ignore, for compatibility with other versions' },
    { short: 'g', long: 'group', help: 'print only the effective group ID' },
    { short: 'G', long: 'groups', help: 'print all group IDs' },
    { short: 'n', long: 'name', help: 'print a name instead of a number, for -ugG' },
    { short: 'r', long: 'real', help: 'print the real ID instead of the effective ID, with -ugG' },
    { short: 'u', long: 'user', help: 'print only the effective user ID' },
    { short: 'z', long: 'zero', help: 'delimit entries with NUL characters, not whitespace' },
  ],
};
interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}
/** A user of /etc/passwd, by name or number, with the groups that name it. */
function accountOf(p: Process, who: Bytes): Identity | undefined {
  const rows = (path: string): string[][] => {
    const file = p.fs.readFile(path);
    return (file.ok ? file.value : '').split('\n').map((row) => row.split(':'));
  };
  const row = rows('/etc/passwd').find(([name, , uid]) => name === who || (uid !== undefined && uid === who));
  if (!row) return undefined;
  const gid = Number(row[3]);
  const others = rows('/etc/group').flatMap(([, , id, members]) => (members?.split(',').includes(row[0] ?? '') ? [Number(id)] : []));
  return { uid: Number(row[2]), gid, groups: [...new Set([gid, ...others])] };
}
const id = program(ID, function* (p, parsed) {
  const kinds = ['user', 'group', 'groups'].filter((kind) => parsed.has(kind));
  if (kinds.length > 1) return yield* p.fail('cannot print "only" of more than one choice');
  if (kinds.length === 0 && (parsed.has('name') || parsed.has('real'))) return yield* p.fail('cannot print only names or real IDs in default format');
  if (kinds.length === 0 && parsed.has('zero')) return yield* p.fail('option --zero not permitted in default format');
  const names = owners(p);
  const { euid, egid, groups } = p.credentials;
  const byName = parsed.has('name');
  const [separator, ending] = parsed.has('zero') ? ['\0', '\0'] : [' ', '\n'];
  let status = 0;
  for (const who of parsed.operands.length > 0 ? parsed.operands : [undefined]) {
    const found = who === undefined ? { uid: euid, gid: egid, groups: [...new Set([egid, ...groups])] } : accountOf(p, who);
    if (!found) {
      status = yield* p.fail(`'${who ?? ''}': no such user`);
      continue;
    }
    const user = byName ? names.user(found.uid) : found.uid;
    const group = (gid: number): string | number => (byName ? names.group(gid) : gid);
    if (kinds[0] === 'user') yield* p.print(`${user}${ending}`);
    else if (kinds[0] === 'group') yield* p.print(`${group(found.gid)}${ending}`);
    else if (kinds[0] === 'groups') yield* p.print(`${found.groups.map(group).join(separator)}${ending}`);
    else {
      const all = found.groups.map((gid) => `${gid}(${names.group(gid)})`).join(',');
      yield* p.print(`uid=${found.uid}(${names.user(found.uid)}) gid=${found.gid}(${names.group(found.gid)}) groups=${all}\n`);
    }
  }
  return status;
});
const whoami = program(
  { usage: '[OPTION]...', summary: 'Print the user name associated with the current effective user ID.', options: [] },
  function* (p, parsed, usage) {
    const [extra] = parsed.operands;
    if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, usage);
    yield* p.print(`${owners(p).user(p.credentials.euid)}\n`);
    return 0;
  },
);
const PROCESSORS = 2;
const NPROC: GnuUsage = {
  usage: '[OPTION]...',
  summary: 'Print the number of processing units available to the current process.',
  options: [
    { long: 'all', help: 'print the number of installed processors' },
    { long: 'ignore', argument: 'required', help: 'if possible, exclude N processing units' },
  ],
};
const nproc = program(NPROC, function* (p, parsed, usage) {
  const [extra] = parsed.operands;
  const ignored = parsed.options.get('ignore') ?? '0';
  if (!/^\d+$/.test(ignored)) return yield* p.fail(`invalid number: '${ignored}'`);
  if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, usage);
  yield* p.print(`${Math.max(1, PROCESSORS - Number(ignored))}\n`);
  return 0;
});
const WHICH: readonly OptionSpec<'all'>[] = [{ id: 'all', short: 'a', argument: 'none', help: 'print all matching pathnames of each argument' }];
const which = declared({ synopsis: '[-a] args', summary: 'Locate a command.', options: declaredOptions(WHICH) }, function* (p) {
  const { options, operands, error, wrong = '-' } = parseOptions(p.argv, WHICH, 'posix');
  if (error !== undefined) {
    yield* p.print(`Illegal option -${wrong}\nUsage: ${p.argv[0] ?? ''} [-a] args\n`);
    return 2;
  }
  let status = operands.length > 0 ? 0 : 1;
  for (const name of operands) {
    const found = searchPaths(p, name);
    if (found.length === 0) status = 1;
    for (const path of options.length > 0 ? found : found.slice(0, 1)) yield* p.print(`${path}\n`);
  }
  return status;
});
/** Wherever it can be executed from. */
function searchPaths(p: Process, name: Bytes): readonly Bytes[] {
  const dirs = name.includes('/') ? [''] : (p.getenv('PATH') ?? '').split(':').map((dir) => `${dir === '' ? '.' : dir}/`);
  return dirs
    .map((dir) => dir + name)
    .filter((path) => {
      const inode = p.fs.stat(path);
      return inode.ok && inode.value.kind === 'file' && p.fs.access(path, 'execute').ok;
    });
}
const CLEAR: readonly OptionSpec<'T' | 'V' | 'x'>[] = [
  { id: 'T', short: 'T', argument: 'required', value: 'TERM', help: 'use this instead of $TERM' },
  { id: 'V', short: 'V', argument: 'none', help: 'print curses-version' },
  { id: 'x', short: 'x', argument: 'none', help: 'do not try to clear scrollback' },
];
const clear = declared({ synopsis: '[options]', summary: 'Clear the terminal screen.', options: declaredOptions(CLEAR) }, function* (p) {
  const { options, error } = parseOptions(p.argv, CLEAR);
  if (error !== undefined) {
    const rows = CLEAR.map(({ short, value, help }) => `  -${short}${value === undefined ? '     ' : ` ${value}`}     ${help}\n`);
    return (yield* p.error(`${error}Usage: clear [options]\n\nOptions:\n${rows.join('')}`), 1);
  }
  const has = (id: string): boolean => options.some((option) => option.id === id);
  yield* p.print(has('V') ? 'ncurses 6.4.20221231\n' : `\x1b[H\x1b[2J${has('x') ? '' : '\x1b[3J'}`);
  return 0;
});

const at = (name: string, main: Program, origin = 'coreutils 9.1'): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin });
export const IDENTITY_PROGRAMS: readonly InstalledProgram[] = [
  ...[at('uname', uname), at('id', id), at('whoami', whoami), at('nproc', nproc)],
  ...[at('which', which, 'debianutils 5.7'), at('clear', clear, 'ncurses 6.4')],
];
