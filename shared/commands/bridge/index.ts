/** The program `bridge` of iproute2 6.1. Authority: bridge/bridge.c, bridge(8). */
import { strerror } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { enterNetns, switchRefusal } from '../ip/enter-netns.ts';
import { abbreviates } from '../iproute2/arguments.ts';
import { runBatch } from '../iproute2/batch.ts';
import { Exit, incompleteCommand, invalidArgument, leave } from '../iproute2/exit.ts';
import { Family } from '../iproute2/prefix.ts';
import { Session } from '../iproute2/session.ts';
import { fdbCommand } from './fdb.ts';
import { FAILURE, linkCommand } from './link.ts';
import { mdbCommand } from './mdb.ts';
import { monitorCommand } from './monitor.ts';
import { bridgeUsage } from './usage.ts';
import { vlanCommand, vniCommand } from './vlan.ts';

type Command = (session: Session, words: readonly string[]) => number | Sys<number>;

/** In the order in which abbreviations are tried. */
export const OBJECTS: readonly (readonly [string, Command])[] = [
  ['link', linkCommand],
  ['fdb', fdbCommand],
  ['mdb', mdbCommand],
  ['vlan', vlanCommand],
  ['vni', vniCommand],
  ['monitor', monitorCommand],
  ['help', () => leave(FAILURE, bridgeUsage())],
];

function* runObject(session: Session, words: readonly string[]): Sys<number> {
  const [object = '', ...rest] = words;
  const command = OBJECTS.find(([name]) => abbreviates(object, name))?.[1];
  if (!command) {
    session.printer.error(`Object "${object}" is unknown, try "bridge help".\n`);
    return FAILURE;
  }
  const done = command(session, rest);
  return typeof done === 'number' ? done : yield* done;
}

interface CommandLine {
  readonly words: readonly string[];
  readonly batch: string | undefined;
}

function readOptions(session: Session, argv: readonly string[]): CommandLine {
  const { options, printer, process } = session;
  let batch: string | undefined;
  let color: 'never' | 'auto' | 'always' = 'never';
  let at = 1;
  for (; at < argv.length; at++) {
    let option = argv[at]!;
    if (option === '--') {
      at++;
      break;
    }
    if (!option.startsWith('-')) break;
    if (option[1] === '-') option = option.slice(1);
    const is = (name: string): boolean => abbreviates(option, name);
    const next = (): string => argv[++at] ?? leave(FAILURE, bridgeUsage());
    if (is('-help')) leave(FAILURE, bridgeUsage());
    else if (is('-Version')) {
      printer.out('bridge utility, 6.1.0\n');
      leave(0);
    } else if (is('-stats') || is('-statistics')) options.stats++;
    else if (is('-details')) options.details++;
    else if (is('-oneline')) options.oneline = true;
    else if (is('-timestamp')) options.timestamp = 'long';
    else if (is('-family')) options.family = familyOf(next());
    else if (option === '-4') options.family = Family.INET;
    else if (option === '-6') options.family = Family.INET6;
    else if (is('-netns')) {
      const name = argv[++at] ?? incompleteCommand();
      const entered = enterNetns(process, name);
      if (!entered.ok) leave(FAILURE, switchRefusal(name, entered.error, strerror(entered.error)));
      session.netns = netnsOf(process);
    } else if (abbreviates(option.split('=', 1)[0] ?? '', '-color') && /^[^=]*(=(always|auto|never)?)?$/.test(option)) {
      const word = option.split('=')[1];
      color = word === 'auto' || word === 'never' ? word : 'always';
    } else if (is('-compressvlans')) options.compressVlans = true;
    else if (is('-force')) options.force = true;
    else if (is('-json')) options.json = true;
    else if (is('-pretty')) options.pretty = true;
    else if (is('-batch')) batch = next();
    else leave(FAILURE, `Option "${option}" is unknown, try "bridge help".\n`);
  }
  printer.lineEnd = options.oneline ? '\\' : '\n';
  printer.colors = !options.json && (color === 'always' || (color === 'auto' && process.isTerminal(1)));
  printer.darkBackground = /;([0-6]|8)$/.test(process.getenv('COLORFGBG') ?? '');
  return { words: argv.slice(at), batch };
}
function familyOf(word: string): Family {
  if (word === 'help') leave(FAILURE, bridgeUsage());
  if (word === 'inet') return Family.INET;
  return word === 'inet6' ? Family.INET6 : invalidArgument('invalid protocol family', word);
}

export function* bridge(process: Process): Sys<number> {
  const session = new Session(process);
  const { printer } = session;
  let status: number;
  try {
    const { words, batch } = readOptions(session, process.argv);
    if (batch !== undefined) status = yield* runBatch(session, batch, (line) => runObject(session, line));
    else if (words.length === 0) leave(FAILURE, bridgeUsage());
    else status = yield* runObject(session, words);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    printer.error(error.text);
    ({ status } = error);
  }
  yield* printer.drain(process);
  return status;
}

export const BRIDGE_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/bridge', main: bridge, origin: 'iproute2 6.1.0' }];
