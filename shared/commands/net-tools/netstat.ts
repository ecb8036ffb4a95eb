/**
 * netstat(8) of net-tools 2.10. Authority: netstat.c.
 * Deviation: `-C` has nothing to show, as Linux has no cache of routes; the families AX.25, IPX, NET/ROM, ROSE, X.25 are not there, as on most machines.
 */
import type { Bytes } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { familiesOf, FAMILY_OPTIONS, familyOption, showRoutes } from './address-family.ts';
import { familyList, features, VERSION } from './families.ts';
import { allInterfaces, isShown, longText, NETSTAT_HEAD, shortText } from './interfaces.ts';
import { datagramText, groupsText, programColumn, PROGRAM_TITLE, programsOf, tcpText, unixText, type SocketView } from './netstat-sockets.ts';
import { showStatistics, showStatistics6, type Asked } from './statistics.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

const none = (short: string, long?: string, help?: string): OptionSpec => ({
  id: short,
  short,
  argument: 'none',
  ...(long !== undefined && { long }),
  ...(help !== undefined && { help }),
});
const long = (id: string, name: string, help: string): OptionSpec => ({ id, short: '', long: name, argument: 'none', help });
const FIRST: readonly OptionSpec[] = [
  none('r', 'route', 'display routing table'),
  none('i', 'interfaces', 'display interface table'),
  none('g', 'groups', 'display multicast group memberships'),
  none('s', 'statistics', 'display networking statistics (like SNMP)'),
  none('M', 'masquerade', 'display masqueraded connections'),
];
const SECOND: readonly OptionSpec[] = [
  none('v', 'verbose', 'be verbose'),
  none('W', 'wide', "don't truncate IP addresses"),
  none('n', 'numeric', "don't resolve names"),
  long('hosts', 'numeric-hosts', "don't resolve host names"),
  long('ports', 'numeric-ports', "don't resolve port names"),
  long('users', 'numeric-users', "don't resolve user names"),
  none('N', 'symbolic', 'resolve hardware names'),
  none('e', 'extend', 'display other/more information'),
  none('p', 'programs', 'display PID/Program name for sockets'),
  none('o', 'timers', 'display timers'),
  none('c', 'continuous', 'continuous listing'),
];
const THIRD: readonly OptionSpec[] = [
  none('l', 'listening', 'display listening server sockets'),
  none('a', 'all', 'display all sockets (default: connected)'),
  none('F', 'fib', 'display Forwarding Information Base (default)'),
  none('C', 'cache', 'display routing cache instead of FIB'),
  none('Z', 'context', 'display SELinux security context for sockets'),
];
const OPTIONS: readonly OptionSpec[] = [
  ...FIRST,
  ...SECOND,
  ...THIRD,
  ...[none('V', 'version'), none('h', 'help'), none('?'), none('t', 'tcp'), none('S', 'sctp'), none('u', 'udp'), none('U', 'udplite'), none('w', 'raw')],
  ...[
    none('x'),
    none('2', 'l2cap'),
    none('f', 'rfcomm'),
    none('d'),
    none('4'),
    none('6'),
    { id: 'A', short: 'A', long: 'protocol', argument: 'required' } as const,
  ],
  ...FAMILY_OPTIONS,
];
const optionLines = (specs: readonly OptionSpec[]): string =>
  specs
    .map(({ short, long: name, help }) => `        ${(short === '' ? `--${name}` : `-${short}, --${name}`).padEnd(short === '' ? 24 : 24)} ${help}\n`)
    .join('');
const HELP = [
  'usage: netstat [-vWeenNcCF] [<Af>] -r         netstat {-V|--version|-h|--help}\n',
  '       netstat [-vWnNcaeol] [<Socket> ...]\n',
  '       netstat { [-vWeenNac] -i | [-cnNe] -M | -s [-6tuw] }\n\n',
  `${optionLines(FIRST)}\n${optionLines(SECOND)}\n${optionLines(THIRD)}\n`,
  '  <Socket>={-t|--tcp} {-u|--udp} {-U|--udplite} {-S|--sctp} {-w|--raw}\n',
  '           {-x|--unix} --ax25 --ipx --netrom\n',
  "  <AF>=Use '-6|-4' or '-A <af>' or '--<af>'; default: inet\n",
  '  List of possible address families (which support routing):\n',
].join('');
const AUTHORS = 'Fred Baumgarten, Alan Cox, Bernd Eckenfels, Phil Blundell, Tuan Hoang, Brian Micek and others\n';
const FEATURES = '+NEW_ADDRT +RTF_IRTT +RTF_REJECT +FW_MASQUERADE +I18N +SELINUX';
const OPTION_ERROR = 3;
const SECOND_US = 1_000_000;

type Has = (id: string) => boolean;
const PROTOCOLS = ['t', 'S', 'u', 'U', 'w'] as const;

const main: Program = function* (p) {
  const { options, error } = parseOptions(p.argv, OPTIONS);
  const families: string[] = [];
  for (const option of options) {
    if (option.id === 'V') return (yield* p.print(VERSION + AUTHORS + features(FEATURES)), 0);
    if (option.id === 'h') {
      yield* p.error(familyList('routed'));
      yield* p.print(HELP);
      return 0;
    }
    if (option.id === '?') return (yield* p.error(HELP + familyList('routed')), OPTION_ERROR);
    if (option.id === 'Z') return (yield* p.error('SELinux is not enabled on this machine.\n'), 1);
    const name = option.id === 'x' ? 'unix' : familyOption(option);
    if (name === undefined) continue;
    const found = familiesOf(name);
    if (typeof found === 'string') return (yield* p.error(found), 1);
    families.push(...found);
  }
  if (error !== undefined) return (yield* p.error(error + HELP + familyList('routed')), OPTION_ERROR);
  const has: Has = (id) => options.some((each) => each.id === id);
  const count = (id: string): number => options.filter((each) => each.id === id).length;
  if (count('i') + count('r') + count('M') + count('s') > 1) return (yield* p.error(HELP + familyList('routed')), OPTION_ERROR);
  if (has('M')) return (yield* p.error("netstat: no support for `ip_masquerade' on this system.\n"), 1);
  if (has('s')) return yield* statistics(p, families, has);
  for (let round = 0; ; round++) {
    const status = has('r') ? yield* routes(p, families, has, count('e')) : has('i') ? yield* interfaces(p, has, round) : yield* sockets(p, families, has);
    if (status !== 0 || !has('c')) return status;
    yield* p.flush();
    yield* p.sleep(SECOND_US);
  }
};

function* statistics(p: Process, families: readonly string[], has: Has): Sys<number> {
  const everything = !PROTOCOLS.some(has);
  const asked: Asked = new Set([
    ...(everything || has('w') ? (['raw'] as const) : []),
    ...(everything || has('t') ? (['tcp'] as const) : []),
    ...(everything || has('u') ? (['udp'] as const) : []),
    ...(everything || has('S') ? (['sctp'] as const) : []),
  ]);
  const family = families.join(',') || 'inet';
  if (family === 'inet') return yield* showStatistics(p, asked);
  if (family === 'inet6') return yield* showStatistics6(p, asked);
  yield* p.print(`netstat: No statistics support for specified address family: ${family}\n`);
  return 1;
}

function* routes(p: Process, families: readonly string[], has: Has, extended: number): Sys<number> {
  const extent = extended === 0 ? 2 : extended === 1 ? 1 : 3;
  const caches = has('C') ? (has('F') ? 'both' : 'cache') : 'fib';
  const how = has('n') || has('hosts') || has('ports') || has('users') || has('N') ? 'numeric' : 'names';
  return yield* showRoutes(p, families.length > 0 ? families : ['inet'], { extent, how, caches });
}

function* interfaces(p: Process, has: Has, round: number): Sys<number> {
  const netns = netnsOf(p);
  if (round === 0) yield* p.print('Kernel Interface table\n');
  if (!has('e')) yield* p.print(NETSTAT_HEAD);
  const shown = allInterfaces(netns).filter((each) => isShown(each, has('a')));
  yield* p.print(shown.map(has('e') ? longText : shortText).join(''));
  return 0;
}

/** Families of sockets that no kernel has any more, in the order in which they are looked for. */
const ABSENT: readonly (readonly [family: string, title: string])[] = [
  ['ipx', 'AF IPX'],
  ['ax25', 'AF AX25'],
  ['x25', 'AF X25'],
  ['netrom', 'AF NETROM'],
  ['rose', 'AF ROSE'],
];
const WHICH = { all: '(servers and established)', listening: '(only servers)', connected: '(w/o servers)' } as const;

function* sockets(p: Process, families: readonly string[], given: Has): Sys<number> {
  const wantsInet = families.includes('inet');
  const wantsInet6 = families.includes('inet6');
  const noneNamed = !PROTOCOLS.some(given);
  const isImplied = (wantsInet || wantsInet6) && noneNamed;
  const has: Has = (id) => given(id) || (isImplied && (PROTOCOLS as readonly string[]).includes(id));
  const named =
    PROTOCOLS.some(has) || given('g') || given('2') || given('f') || families.some((each) => each === 'unix' || ABSENT.some(([name]) => name === each));
  const both = !wantsInet && !wantsInet6;
  const [inet, inet6] = [!named || wantsInet || both, !named || wantsInet6 || both];
  const isNumeric = (id: string): 'numeric' | 'names' => (given('n') || given(id) ? 'numeric' : 'names');
  const view: SocketView = {
    which: given('a') ? 'all' : given('l') ? 'listening' : 'connected',
    ...{ hosts: isNumeric('hosts'), ports: isNumeric('ports'), users: isNumeric('users') },
    ...{ isWide: given('W'), isExtended: given('e'), hasTimers: given('o'), programs: given('p') ? programsOf(p) : undefined },
  };
  if (!named || PROTOCOLS.some(has)) yield* p.print(inetHead(view));
  const wants: Has = (id) => !named || has(id);
  const files: readonly (readonly [id: string, text4: () => Bytes | undefined, text6: () => Bytes | undefined])[] = [
    ['t', () => tcpText(p, view, '/proc/net/tcp', 'tcp'), () => tcpText(p, view, '/proc/net/tcp6', 'tcp6')],
    ['S', () => undefined, () => undefined],
    ['u', () => datagramText(p, view, '/proc/net/udp', 'udp', 'udp'), () => datagramText(p, view, '/proc/net/udp6', 'udp6', 'udp')],
    ['U', () => datagramText(p, view, '/proc/net/udplite', 'udpl', 'udp'), () => datagramText(p, view, '/proc/net/udplite6', 'udpl6', 'udp')],
    ['w', () => datagramText(p, view, '/proc/net/raw', 'raw', 'raw'), () => datagramText(p, view, '/proc/net/raw6', 'raw6', 'raw')],
  ];
  for (const [id, text4, text6] of files) {
    if (!wants(id)) continue;
    const ipv4 = inet ? text4() : '';
    yield* p.print((ipv4 ?? '') + ((inet6 ? text6() : '') ?? ''));
    if (ipv4 !== undefined || isImplied) continue;
    if (named || given('v')) yield* p.error("netstat: no support for `AF INET (sctp)' on this system.\n");
    if (named) return 1;
  }
  if (given('g')) {
    yield* p.print('IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n--------------- ------ ---------------------\n');
    yield* p.print(groupsText(p, { inet, inet6 }));
  }
  if (!named || families.includes('unix')) yield* p.print(unixHead(view) + unixText(p, view));
  for (const [family, title] of ABSENT) {
    if (named && !families.includes(family)) continue;
    if (named || given('v')) yield* p.error(`netstat: no support for \`${title}' on this system.\n`);
    if (named) return 1;
  }
  if (given('2') || given('f')) {
    yield* p.error("netstat: feature `AF BLUETOOTH' not supported.\nPlease recompile `net-tools' with newer kernel source or full configuration.\n");
    return 1;
  }
  return 0;
}
function inetHead(view: SocketView): Bytes {
  const columns = 'Proto Recv-Q Send-Q Local Address           Foreign Address         State      ';
  const extended = view.isExtended ? ' User       Inode     ' : '';
  return `Active Internet connections ${WHICH[view.which]}\n${columns}${extended}${programColumn(view, PROGRAM_TITLE)}${view.hasTimers ? ' Timer' : ''}\n`;
}
const unixHead = (view: SocketView): Bytes =>
  `Active UNIX domain sockets ${WHICH[view.which]}\nProto RefCnt Flags       Type       State         I-Node  ${programColumn(view, PROGRAM_TITLE)} Path\n`;

const DECLARATION: Declaration = { synopsis: '[options]', options: declaredOptions(OPTIONS) };
export const NETSTAT: InstalledProgram = { path: '/usr/bin/netstat', main: declared(DECLARATION, main), origin: 'net-tools 2.10' };
