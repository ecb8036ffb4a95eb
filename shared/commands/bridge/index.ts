/** The program `bridge` of iproute2 6.1. Authority: bridge/bridge.c, bridge(8). */
import { strerror } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { enterNetns, switchRefusal } from '../ip/enter-netns.ts';
import { declared, type Declaration } from '../declaration.ts';
import { abbreviates } from '../iproute2/arguments.ts';
import { COLOR, declaredGlobals, GlobalOptions, type GlobalOption, type GlobalStyle } from '../iproute2/global-options.ts';
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

/** In the order in which abbreviations are tried. */
const OPTIONS = [
  { id: 'help', names: ['-help'], help: 'help' },
  { id: 'version', names: ['-Version'], help: 'the version' },
  { id: 'stats', names: ['-stats', '-statistics'], help: 'statistics' },
  { id: 'details', names: ['-details'], help: 'details' },
  { id: 'oneline', names: ['-oneline'], help: 'a record a line' },
  { id: 'timestamp', names: ['-timestamp'], help: 'when news came, with monitor' },
  { id: 'family', names: ['-family'], value: 'FAMILY', help: 'inet or inet6' },
  { id: '4', names: ['-4'], isExact: true, help: '-family inet' },
  { id: '6', names: ['-6'], isExact: true, help: '-family inet6' },
  { id: 'netns', names: ['-netns'], value: 'NAME', help: 'in the named network namespace' },
  COLOR,
  { id: 'compressVlans', names: ['-compressvlans'], help: 'VLANs as ranges' },
  { id: 'force', names: ['-force'], help: 'a batch goes on after an error' },
  { id: 'json', names: ['-json'], help: 'JSON' },
  { id: 'pretty', names: ['-pretty'], help: 'JSON in lines' },
  { id: 'batch', names: ['-batch'], value: 'FILENAME', help: 'commands from a file or, with -, standard input' },
] as const satisfies readonly GlobalOption[];
type OptionId = (typeof OPTIONS)[number]['id'];
const STYLE: GlobalStyle<OptionId> = {
  dashes: 'one or two',
  missing: (id) => (id === 'netns' ? incompleteCommand() : leave(FAILURE, bridgeUsage())),
  unknown: (option) => leave(FAILURE, `Option "${option}" is unknown, try "bridge help".\n`),
};

function readOptions(session: Session, argv: readonly string[]): CommandLine {
  const { options, printer, process } = session;
  let batch: string | undefined;
  let color: 'never' | 'auto' | 'always' = 'never';
  const given = new GlobalOptions<OptionId>(argv, OPTIONS, STYLE);
  for (const { id, argument } of given) {
    switch (id) {
      case 'help':
        leave(FAILURE, bridgeUsage());
        break;
      case 'version':
        printer.out('bridge utility, 6.1.0\n');
        leave(0);
        break;
      case 'stats':
      case 'details':
        options[id]++;
        break;
      case 'timestamp':
        options.timestamp = 'long';
        break;
      case 'family':
        options.family = familyOf(argument);
        break;
      case '4':
      case '6':
        options.family = id === '4' ? Family.INET : Family.INET6;
        break;
      case 'netns': {
        const entered = enterNetns(process, argument);
        if (!entered.ok) leave(FAILURE, switchRefusal(argument, entered.error, strerror(entered.error)));
        session.netns = netnsOf(process);
        break;
      }
      case 'color':
        color = argument === 'auto' || argument === 'never' ? argument : 'always';
        break;
      case 'batch':
        batch = argument;
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

/** What may follow each object. */
export const BRIDGE_VERBS: Readonly<Record<string, readonly string[]>> = {
  link: ['set', 'show'],
  fdb: ['add', 'append', 'delete', 'flush', 'get', 'replace', 'show'],
  mdb: ['add', 'delete', 'show'],
  vlan: ['add', 'delete', 'global', 'set', 'show', 'tunnelshow'],
  vni: ['show'],
  monitor: ['all', 'fdb', 'link', 'mdb', 'vlan'],
};
const DECLARATION: Declaration = {
  synopsis: '[ OPTIONS ] OBJECT { COMMAND | help }',
  options: declaredGlobals(OPTIONS),
  commands: OBJECTS.map(([name]) => ({ name, verbs: BRIDGE_VERBS[name] ?? [] })),
  missing: ['filters of VNIs (`bridge vni add`)'],
};
export const BRIDGE_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/bridge', main: declared(DECLARATION, bridge), origin: 'iproute2 6.1.0' }];
