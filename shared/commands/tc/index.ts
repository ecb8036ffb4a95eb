/**
 * The program `tc` of iproute2 6.1. Authority: tc/tc.c, tc(8).
 * Deviation: of disciplines with classes there are prio and htb, of classifiers u32, matchall, flower and fw, of actions gact, mirred, police, skbedit.
 */
import { strerror } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { enterNetns, switchRefusal } from '../ip/enter-netns.ts';
import { declared, type Declaration } from '../declaration.ts';
import { abbreviates } from '../iproute2/arguments.ts';
import { COLOR, declaredGlobals, GlobalOptions, type GlobalOption, type GlobalStyle } from '../iproute2/global-options.ts';
import { runBatch } from '../iproute2/batch.ts';
import { Exit, giveUp, incompleteCommand, leave } from '../iproute2/exit.ts';
import { Session } from '../iproute2/session.ts';
import { actionsCommand } from './action.ts';
import { classCommand } from './class.ts';
import { chainCommand, filterCommand } from './filter.ts';
import { qdiscCommand } from './qdisc.ts';
import { TC_USAGE } from './usage.ts';

const FAILURE = 255;
type Command = (session: Session, words: readonly string[]) => number;

/** In the order in which abbreviations are tried. */
export const OBJECTS: readonly (readonly [string, Command])[] = [
  ['qdisc', qdiscCommand],
  ['class', classCommand],
  ['filter', filterCommand],
  ['chain', chainCommand],
  ['actions', actionsCommand],
  ['monitor', () => giveUp(1, 'not modelled: tc monitor\n')],
  ['exec', () => giveUp(1, 'not modelled: tc exec\n')],
  ['help', (session) => (session.printer.error(TC_USAGE), 0)],
];

function* runObject(session: Session, [object = '', ...rest]: readonly string[]): Sys<number> {
  yield* session.process.tick();
  const command = OBJECTS.find(([name]) => abbreviates(object, name))?.[1];
  return command ? command(session, rest) : giveUp(FAILURE, `Object "${object}" is unknown, try "tc help".\n`);
}

/** In the order in which abbreviations are tried. */
const OPTIONS = [
  { id: 'stats', names: ['-stats', '-statistics'], help: 'statistics' },
  { id: 'details', names: ['-details'], help: 'details' },
  { id: 'raw', names: ['-raw'], help: 'handles as numbers' },
  { id: 'pretty', names: ['-pretty'], help: 'JSON in lines' },
  { id: 'graph', names: ['-graph'], help: 'classes as a tree' },
  { id: 'help', names: ['-help'], help: 'help' },
  { id: 'version', names: ['-Version'], help: 'the version' },
  { id: 'iec', names: ['-iec'], help: 'rates by 1024' },
  { id: 'force', names: ['-force'], help: 'a batch goes on after an error' },
  { id: 'batch', names: ['-batch'], value: 'FILENAME', help: 'commands from a file or, with -, standard input' },
  { id: 'netns', names: ['-netns'], value: 'NAME', help: 'in the named network namespace' },
  { id: 'numeric', names: ['-Numeric'], help: 'numbers instead of names' },
  { id: 'names', names: ['-names', '-nm'], help: 'names of classes' },
  { id: 'oneline', names: ['-oneline'], help: 'a record a line' },
  COLOR,
  { id: 'json', names: ['-json'], help: 'JSON' },
  { id: 'brief', names: ['-brief'], help: 'a short line each' },
] as const satisfies readonly GlobalOption[];
type OptionId = (typeof OPTIONS)[number]['id'];
const STYLE: GlobalStyle<OptionId> = {
  dashes: 'one',
  missing: (id) => (id === 'netns' ? incompleteCommand() : leave(FAILURE, TC_USAGE)),
  unknown: (option) => leave(FAILURE, `Option "${option}" is unknown, try "tc -help".\n`),
};

function readOptions(session: Session, argv: readonly string[]): { readonly words: readonly string[]; readonly batch: string | undefined } {
  const { options, printer, process } = session;
  let batch: string | undefined;
  const given = new GlobalOptions<OptionId>(argv, OPTIONS, STYLE);
  for (const { id, argument } of given) {
    switch (id) {
      case 'stats':
      case 'details':
        options[id]++;
        break;
      case 'raw':
      case 'graph':
      case 'names':
      case 'color':
        break;
      case 'help':
        leave(0, TC_USAGE);
        break;
      case 'version':
        printer.out('tc utility, iproute2-6.1.0, libbpf 1.1.2\n');
        leave(0);
        break;
      case 'batch':
        batch = argument;
        break;
      case 'netns': {
        const entered = enterNetns(process, argument);
        if (!entered.ok) leave(FAILURE, switchRefusal(argument, entered.error, strerror(entered.error)));
        session.netns = netnsOf(process);
        break;
      }
      case 'numeric':
        session.names.numeric = true;
        break;
      default:
        options[id] = true;
    }
  }
  printer.lineEnd = options.oneline ? '\\' : '\n';
  return { words: given.rest, batch };
}

function* tc(process: Process): Sys<number> {
  const session = new Session(process);
  const { printer } = session;
  let status: number;
  try {
    const { words, batch } = readOptions(session, process.argv);
    if (batch !== undefined) status = yield* runBatch(session, batch, (line) => runObject(session, line));
    else if (words.length === 0) {
      printer.error(TC_USAGE);
      status = 0;
    } else status = yield* runObject(session, words);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    printer.error(error.text);
    ({ status } = error);
  }
  yield* printer.drain(process);
  return status;
}

/** What may follow each object. */
const TC_VERBS: Readonly<Record<string, readonly string[]>> = {
  qdisc: ['add', 'change', 'delete', 'link', 'replace', 'show'],
  class: ['add', 'change', 'delete', 'replace', 'show'],
  filter: ['add', 'change', 'delete', 'replace', 'show'],
  chain: ['show'],
  actions: ['list'],
};
const DECLARATION: Declaration = {
  synopsis: '[ OPTIONS ] OBJECT { COMMAND | help }',
  options: declaredGlobals(OPTIONS),
  commands: OBJECTS.map(([name]) => ({ name, verbs: TC_VERBS[name] ?? [] })),
};
export const TC_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/tc', main: declared(DECLARATION, tc), origin: 'iproute2 6.1.0' }];
