/** who, users, groups, logname, arch and hostid (GNU coreutils 9.1). Nobody is logged in: a machine of a lab keeps no utmp. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Program } from '../../shell/index.ts';
import { idOf } from './modes.ts';
import { owners } from './ls.ts';
import { usageError, type GnuUsage } from './options.ts';
import { program, quoted } from './program.ts';

const flag = (short: string, long: string, help: string): GnuUsage['options'][number] => ({ short, long, help });
const WHO: GnuUsage = {
  usage: '[OPTION]... [ FILE | ARG1 ARG2 ]',
  summary: 'Print information about users who are currently logged in.',
  options: [
    flag('a', 'all', 'same as -b -d --login -p -r -t -T -u'),
    flag('b', 'boot', 'time of last system boot'),
    flag('d', 'dead', 'print dead processes'),
    flag('H', 'heading', 'print line of column headings'),
    flag('l', 'login', 'print system login processes'),
    flag('m', 'm', 'only hostname and user associated with stdin'),
    flag('p', 'process', 'print active processes spawned by init'),
    flag('q', 'count', 'all login names and number of users logged on'),
    flag('r', 'runlevel', 'print current runlevel'),
    flag('s', 'short', 'print only name, line, and time (default)'),
    flag('t', 'time', 'print last system clock change'),
    flag('T', 'mesg', "add user's message status as +, - or ?"),
    flag('u', 'users', 'list users logged in'),
  ],
};
const who = program(WHO, function* (p, parsed, usage) {
  const extra = parsed.operands[2];
  if (extra !== undefined) return yield* usageError(p, `extra operand ${quoted(extra)}`, usage);
  if (parsed.has('count')) yield* p.print('\n# users=0\n');
  else if (parsed.has('heading')) yield* p.print('NAME     LINE         TIME             COMMENT\n');
  return 0;
});

const plain = (summary: string, body: Program): Program =>
  program({ usage: '[OPTION]...', summary, options: [] }, function* (p, parsed, usage) {
    const [extra] = parsed.operands;
    return extra === undefined ? yield* body(p) : yield* usageError(p, `extra operand ${quoted(extra)}`, usage);
  });
const printing = (text: string): Program =>
  function* (p) {
    yield* p.print(text);
    return 0;
  };
const users = plain('Output who is currently logged in.', printing(''));
const arch = plain('Print machine architecture.', printing('x86_64\n'));
const hostid = plain('Print the numeric identifier (in hexadecimal) for the current host.', printing('007f0101\n'));
const logname = plain("Print the user's login name.", function* (p) {
  return yield* p.fail('no login name');
});

const groups = program({ usage: '[OPTION]... [USERNAME]...', summary: 'Print group memberships for each USERNAME.', options: [] }, function* (p, parsed) {
  const names = owners(p);
  const { egid, groups: own } = p.credentials;
  if (parsed.operands.length === 0) return (yield* p.print(`${[...new Set([egid, ...own])].map((gid) => names.group(gid)).join(' ')}\n`), 0);
  let status = 0;
  for (const name of parsed.operands) {
    const file = p.fs.readFile('/etc/passwd');
    const row = (file.ok ? file.value : '').split('\n').find((line) => line.startsWith(`${name}:`));
    if (row === undefined || idOf(p, name, '/etc/passwd') === undefined) {
      status = yield* p.fail(`${quoted(name)}: no such user`);
      continue;
    }
    const table = p.fs.readFile('/etc/group');
    const more = (table.ok ? table.value : '').split('\n').filter((line) => line.split(':')[3]?.split(',').includes(name));
    yield* p.print(`${name} : ${[names.group(Number(row.split(':')[3])), ...more.map((line) => line.split(':')[0] ?? '')].join(' ')}\n`);
  }
  return status;
});

const MAINS = { who, users, groups, logname, arch, hostid };
export const PEOPLE_PROGRAMS: readonly InstalledProgram[] = Object.entries(MAINS).map(([name, main]) => ({
  path: `/usr/bin/${name}`,
  main,
  origin: 'coreutils 9.1',
}));
