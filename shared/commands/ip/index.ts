/**
 * The program `ip` of iproute2 6.1: options in front of an object, then a command of that object. Authority: ip/ip.c, ip(8).
 * Objects that Linux has and the model lacks say so; words that are neither are unknown, as the real program says.
 */
import { strerror } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { abbreviates } from '../iproute2/arguments.ts';
import { Exit, invalidArgument, leave } from '../iproute2/exit.ts';
import { runBatch } from '../iproute2/batch.ts';
import { atoi, parseU32 } from '../iproute2/numbers.ts';
import { Family, parseFamily } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, Session } from '../iproute2/session.ts';
import { addressCommand } from './address.ts';
import { addrlabelCommand } from './addrlabel.ts';
import { mptcpCommand, mrouteCommand, mruleCommand, tokenCommand, vrfCommand, xfrmCommand } from './empty.ts';
import { enterNetns, switchRefusal } from './enter-netns.ts';
import { linkCommand } from './link.ts';
import { maddrCommand } from './maddr.ts';
import { monitorCommand } from './monitor.ts';
import { neighCommand } from './neigh.ts';
import { netconfCommand } from './netconf.ts';
import { netnsCommand } from './netns.ts';
import { ntableCommand } from './ntable.ts';
import { routeCommand } from './route.ts';
import { ruleCommand } from './rule.ts';
import { tunnelCommand } from './tunnel.ts';
import { tuntapCommand } from './tuntap.ts';
import { ipUsage } from './usage.ts';

type Command = (session: Session, words: readonly string[]) => number | Sys<number>;
const unmodelled =
  (what: string): Command =>
  () =>
    leave(KERNEL_ERROR, `not modelled: ${what}\n`);
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
  ['l2tp', unmodelled('L2TP')],
  ['fou', unmodelled('foo-over-UDP')],
  ['ila', unmodelled('ILA')],
  ['macsec', unmodelled('MACsec')],
  ['tunnel', tunnelCommand],
  ['tunl', tunnelCommand],
  ['tuntap', tuntapCommand],
  ['tap', tuntapCommand],
  ['token', tokenCommand],
  ['tcpmetrics', unmodelled('TCP metrics')],
  ['tcp_metrics', unmodelled('TCP metrics')],
  ['monitor', monitorCommand],
  ['xfrm', xfrmCommand],
  ['mroute', mrouteCommand],
  ['mrule', mruleCommand],
  ['netns', netnsCommand],
  ['netconf', netconfCommand],
  ['vrf', vrfCommand],
  ['sr', unmodelled('segment routing')],
  ['nexthop', unmodelled('nexthop objects')],
  ['mptcp', mptcpCommand],
  ['ioam', unmodelled('IOAM')],
  ['help', help],
  ['stats', unmodelled('link statistics by group (see ip -s link)')],
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

/** Options in front of the object; what is left, and the file of -batch. */
function readOptions(session: Session, argv: readonly string[]): { words: readonly string[]; batch: string | undefined } {
  const { options, printer, names, process } = session;
  let batch: string | undefined;
  let color: 'never' | 'auto' | 'always' = 'never';
  let at = 1;
  const next = (): string => {
    at++;
    return argv[at] ?? leave(255, ipUsage());
  };
  for (; at < argv.length; at++) {
    let option = argv[at]!;
    if (option === '--') {
      at++;
      break;
    }
    if (!option.startsWith('-')) break;
    if (option[1] === '-') option = option.slice(1);
    const is = (name: string): boolean => abbreviates(option, name);
    if (is('-loops')) options.maxFlushRounds = atoi(next());
    else if (is('-family')) {
      const word = next();
      if (word === 'help') leave(255, ipUsage());
      options.family = parseFamily(word);
      if (options.family === Family.UNSPEC) invalidArgument('invalid protocol family', word);
    } else if (option === '-4') options.family = Family.INET;
    else if (option === '-6') options.family = Family.INET6;
    else if (option === '-0') options.family = Family.PACKET;
    else if (option === '-M') options.family = Family.MPLS;
    else if (option === '-B') options.family = Family.BRIDGE;
    else if (is('-human') || is('-human-readable')) options.human = true;
    else if (is('-iec')) options.iec = true;
    else if (is('-stats') || is('-statistics')) options.stats++;
    else if (is('-details')) options.details++;
    else if (is('-resolve')) options.resolve = true;
    else if (is('-oneline')) options.oneline = true;
    else if (is('-timestamp')) options.timestamp = 'long';
    else if (is('-tshort')) options.timestamp = 'short';
    else if (is('-Version')) {
      printer.out('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
      leave(0);
    } else if (is('-force')) options.force = true;
    else if (is('-batch')) batch = next();
    else if (is('-brief')) options.brief = true;
    else if (is('-json')) options.json = true;
    else if (is('-pretty')) options.pretty = true;
    else if (is('-rcvbuf')) {
      const word = next();
      if (parseU32(word) === undefined) leave(255, `Invalid rcvbuf size '${word}'\n`);
    } else if (abbreviates(option.split('=', 1)[0] ?? '', '-color') && /^[^=]*(=(always|auto|never)?)?$/.test(option)) {
      const word = option.split('=')[1];
      color = word === 'auto' || word === 'never' ? word : 'always';
    } else if (is('-help')) leave(255, ipUsage());
    else if (is('-netns')) {
      at++;
      const name = argv[at] ?? leave(255, 'Command line is not complete. Try option "help"\n');
      const entered = enterNetns(process, name);
      if (!entered.ok) leave(255, switchRefusal(name, entered.error, strerror(entered.error)));
      session.netns = netnsOf(process);
    } else if (is('-Numeric')) names.numeric = true;
    else if (is('-all')) options.all = true;
    else if (option === '-echo') options.echo = true;
    else leave(255, `Option "${option}" is unknown, try "ip -help".\n`);
  }
  printer.lineEnd = options.oneline ? '\\' : '\n';
  printer.colors = !options.json && (color === 'always' || (color === 'auto' && process.isTerminal(1)));
  printer.darkBackground = /;([0-6]|8)$/.test(process.getenv('COLORFGBG') ?? '');
  return { words: argv.slice(at), batch };
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

export const IP_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/ip', main: ip, origin: 'iproute2 6.1.0' }];
