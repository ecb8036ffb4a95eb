/**
 * The program `ip` of iproute2 6.1: options in front of an object, then a command of that object. Authority: ip/ip.c, ip(8).
 * Objects that Linux has and the model lacks say so; words that are neither are unknown, as the real program says.
 */
import { strerror } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { abbreviates } from '../iproute2/arguments.ts';
import { COLOR, declaredGlobals, GlobalOptions, type GlobalOption, type GlobalStyle } from '../iproute2/global-options.ts';
import { Exit, invalidArgument, leave } from '../iproute2/exit.ts';
import { runBatch } from '../iproute2/batch.ts';
import { atoi, parseU32 } from '../iproute2/numbers.ts';
import { Family, parseFamily } from '../iproute2/prefix.ts';
import { Session } from '../iproute2/session.ts';
import { addressCommand } from './address.ts';
import { addrlabelCommand } from './addrlabel.ts';
import { mptcpCommand, mrouteCommand, mruleCommand, tokenCommand, xfrmCommand } from './empty.ts';
import { enterNetns, switchRefusal } from './enter-netns.ts';
import { fouCommand, ilaCommand, ioamCommand, l2tpCommand, macsecCommand, srCommand, tcpMetricsCommand } from './lesser.ts';
import { linkCommand } from './link.ts';
import { maddrCommand } from './maddr.ts';
import { monitorCommand } from './monitor.ts';
import { neighCommand } from './neigh.ts';
import { netconfCommand } from './netconf.ts';
import { netnsCommand } from './netns.ts';
import { nexthopCommand } from './nexthop.ts';
import { ntableCommand } from './ntable.ts';
import { routeCommand } from './route.ts';
import { ruleCommand } from './rule.ts';
import { statsCommand } from './stats.ts';
import { tunnelCommand } from './tunnel.ts';
import { tuntapCommand } from './tuntap.ts';
import { ipUsage } from './usage.ts';
import { IP_VERBS } from './verbs.ts';
import { vrfCommand } from './vrf.ts';

type Command = (session: Session, words: readonly string[]) => number | Sys<number>;
/** Lists what is not there; making one is not modelled. */
const lacking = (command: Command, what: string): Command & { readonly lacks: string } => Object.assign(command, { lacks: what });
const help: Command = () => leave(255, ipUsage());

/** In the order in which abbreviations are tried: `ip a`, `ip r`, `ip n`, `ip l`. */
export const OBJECTS: readonly (readonly [string, Command])[] = [
  ['address', addressCommand],
  ['addrlabel', addrlabelCommand],
  ['maddress', maddrCommand],
  ['route', routeCommand],
  ['rule', ruleCommand],
  ['neighbor', neighCommand],
  ['neighbour', neighCommand],
  ['ntable', ntableCommand],
  ['ntbl', ntableCommand],
  ['link', linkCommand],
  ['l2tp', lacking(l2tpCommand, 'L2TP')],
  ['fou', lacking(fouCommand, 'foo-over-UDP')],
  ['ila', lacking(ilaCommand, 'ILA')],
  ['macsec', lacking(macsecCommand, 'MACsec')],
  ['tunnel', tunnelCommand],
  ['tunl', tunnelCommand],
  ['tuntap', tuntapCommand],
  ['tap', tuntapCommand],
  ['token', tokenCommand],
  ['tcpmetrics', tcpMetricsCommand],
  ['tcp_metrics', tcpMetricsCommand],
  ['monitor', monitorCommand],
  ['xfrm', xfrmCommand],
  ['mroute', mrouteCommand],
  ['mrule', mruleCommand],
  ['netns', netnsCommand],
  ['netconf', netconfCommand],
  ['vrf', vrfCommand],
  ['sr', lacking(srCommand, 'segment routing')],
  ['nexthop', nexthopCommand],
  ['mptcp', mptcpCommand],
  ['ioam', lacking(ioamCommand, 'IOAM')],
  ['help', help],
  ['stats', statsCommand],
];

function* runObject(session: Session, words: readonly string[]): Sys<number> {
  const [object = '', ...rest] = words;
  const command = OBJECTS.find(([name]) => abbreviates(object, name))?.[1];
  if (!command) {
    session.printer.error(`Object "${object}" is unknown, try "ip help".\n`);
    return 1;
  }
  const done = command(session, rest);
  return typeof done === 'number' ? done : yield* done;
}

const FAMILY_OF = { 4: Family.INET, 6: Family.INET6, 0: Family.PACKET, M: Family.MPLS, B: Family.BRIDGE } as const;
/** In the order in which abbreviations are tried. */
const OPTIONS = [
  { id: 'loops', names: ['-loops'], value: 'COUNT', help: 'rounds of a flush before it gives up' },
  { id: 'family', names: ['-family'], value: 'FAMILY', help: 'inet, inet6, mpls, bridge or link' },
  { id: '4', names: ['-4'], isExact: true, help: '-family inet' },
  { id: '6', names: ['-6'], isExact: true, help: '-family inet6' },
  { id: '0', names: ['-0'], isExact: true, help: '-family link' },
  { id: 'M', names: ['-M'], isExact: true, help: '-family mpls' },
  { id: 'B', names: ['-B'], isExact: true, help: '-family bridge' },
  { id: 'human', names: ['-human', '-human-readable'], help: 'statistics with suffixes' },
  { id: 'iec', names: ['-iec'], help: 'suffixes by 1024' },
  { id: 'stats', names: ['-stats', '-statistics'], help: 'statistics; twice for more' },
  { id: 'details', names: ['-details'], help: 'details' },
  { id: 'resolve', names: ['-resolve'], help: 'names of addresses' },
  { id: 'oneline', names: ['-oneline'], help: 'a record a line' },
  { id: 'timestamp', names: ['-timestamp'], help: 'when news came, with monitor' },
  { id: 'tshort', names: ['-tshort'], help: 'the same, shorter' },
  { id: 'version', names: ['-Version'], help: 'the version' },
  { id: 'force', names: ['-force'], help: 'a batch goes on after an error' },
  { id: 'batch', names: ['-batch'], value: 'FILENAME', help: 'commands from a file or, with -, standard input' },
  { id: 'brief', names: ['-brief'], help: 'a short line each' },
  { id: 'json', names: ['-json'], help: 'JSON' },
  { id: 'pretty', names: ['-pretty'], help: 'JSON in lines' },
  { id: 'rcvbuf', names: ['-rcvbuf'], value: 'SIZE', help: "the socket's buffer, taken and not used" },
  COLOR,
  { id: 'help', names: ['-help'], help: 'help' },
  { id: 'netns', names: ['-netns'], value: 'NAME', help: 'in the named network namespace' },
  { id: 'numeric', names: ['-Numeric'], help: 'numbers instead of names' },
  { id: 'all', names: ['-all'], help: 'every namespace, with netns' },
  { id: 'echo', names: ['-echo'], isExact: true, help: 'print what the kernel made' },
] as const satisfies readonly GlobalOption[];
type OptionId = (typeof OPTIONS)[number]['id'];
const STYLE: GlobalStyle<OptionId> = {
  dashes: 'one or two',
  missing: (id) => leave(255, id === 'netns' ? 'Cannot open network namespace "(null)": No such file or directory\n' : ipUsage()),
  unknown: (option) => leave(255, `Option "${option}" is unknown, try "ip -help".\n`),
};

/** Options in front of the object; what is left, and the file of -batch. */
function readOptions(session: Session, argv: readonly string[]): { words: readonly string[]; batch: string | undefined } {
  const { options, printer, names, process } = session;
  let batch: string | undefined;
  let color: 'never' | 'auto' | 'always' = 'never';
  const given = new GlobalOptions<OptionId>(argv, OPTIONS, STYLE);
  for (const { id, argument } of given) {
    switch (id) {
      case 'loops':
        options.maxFlushRounds = atoi(argument);
        break;
      case 'family':
        if (argument === 'help') leave(255, ipUsage());
        options.family = parseFamily(argument);
        if (options.family === Family.UNSPEC) invalidArgument('invalid protocol family', argument);
        break;
      case 'stats':
      case 'details':
        options[id]++;
        break;
      case 'timestamp':
        options.timestamp = 'long';
        break;
      case 'tshort':
        options.timestamp = 'short';
        break;
      case 'version':
        printer.out('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
        leave(0);
        break;
      case 'batch':
        batch = argument;
        break;
      case 'rcvbuf':
        if (parseU32(argument) === undefined) leave(255, `Invalid rcvbuf size '${argument}'\n`);
        break;
      case 'color':
        color = argument === 'auto' || argument === 'never' ? argument : 'always';
        break;
      case 'help':
        leave(255, ipUsage());
        break;
      case 'netns': {
        const entered = enterNetns(process, argument);
        if (!entered.ok) leave(255, switchRefusal(argument, entered.error, strerror(entered.error)));
        session.netns = netnsOf(process);
        break;
      }
      case 'numeric':
        names.numeric = true;
        break;
      case '4':
      case '6':
      case '0':
      case 'M':
      case 'B':
        options.family = FAMILY_OF[id];
        break;
      default:
        options[id] = true;
    }
  }
  printer.lineEnd = options.oneline ? '\\' : '\n';
  printer.colors = !options.json && (color === 'always' || (color === 'auto' && process.isTerminal(1)));
  printer.darkBackground = /;([0-6]|8)$/.test(process.getenv('COLORFGBG') ?? '');
  return { words: given.rest, batch };
}

export function* ip(process: Process): Sys<number> {
  const session = new Session(process);
  const { printer } = session;
  let status: number;
  try {
    const { words, batch } = readOptions(session, process.argv);
    if (batch !== undefined) status = yield* runBatch(session, batch, (line) => runObject(session, line));
    else if (words.length === 0) leave(255, ipUsage());
    else status = yield* runObject(session, words);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    printer.error(error.text);
    ({ status } = error);
  }
  yield* printer.drain(process);
  return status;
}

const DECLARATION: Declaration = {
  synopsis: '[ OPTIONS ] OBJECT { COMMAND | help }',
  options: declaredGlobals(OPTIONS),
  commands: OBJECTS.map(([name, command]) => ({
    ...{ name, verbs: IP_VERBS[name] ?? [], isMissing: 'lacks' in command, help: 'lacks' in command ? String(command.lacks) : undefined },
  })),
  missing: ['IPv6 tunnels by `ip -6 tunnel`; `ip link add type` has them'],
};
export const IP_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/ip', main: declared(DECLARATION, ip), origin: 'iproute2 6.1.0' }];
