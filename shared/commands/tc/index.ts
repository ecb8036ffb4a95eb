/**
 * The program `tc` of iproute2 6.1. Authority: tc/tc.c, tc(8).
 * Deviation: classes, filters and actions are not modelled, nor are disciplines with classes.
 */
import { strerror } from '../../base/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { enterNetns, switchRefusal } from '../ip/enter-netns.ts';
import { abbreviates } from '../iproute2/arguments.ts';
import { runBatch } from '../iproute2/batch.ts';
import { Exit, giveUp, incompleteCommand, leave } from '../iproute2/exit.ts';
import { Session } from '../iproute2/session.ts';
import { qdiscCommand } from './qdisc.ts';
import { TC_USAGE } from './usage.ts';

const FAILURE = 255;
type Command = (session: Session, words: readonly string[]) => number;

/** There are none: shown they are nothing, made they cannot be. */
const nothing =
  (what: string): Command =>
  (_session, [verb]) =>
    verb === undefined || ['list', 'show', 'lst'].some((each) => each.startsWith(verb)) ? 0 : giveUp(1, `not modelled: ${what}\n`);
/** In the order in which abbreviations are tried. */
export const OBJECTS: readonly (readonly [string, Command])[] = [
  ['qdisc', qdiscCommand],
  ['class', nothing('classes of queueing disciplines')],
  ['filter', nothing('filters of traffic control')],
  ['chain', nothing('filters of traffic control')],
  ['actions', nothing('actions of traffic control')],
  ['monitor', () => giveUp(1, 'not modelled: tc monitor\n')],
  ['exec', () => giveUp(1, 'not modelled: tc exec\n')],
  ['help', (session) => (session.printer.error(TC_USAGE), 0)],
];

function* runObject(session: Session, [object = '', ...rest]: readonly string[]): Sys<number> {
  yield* session.process.tick();
  const command = OBJECTS.find(([name]) => abbreviates(object, name))?.[1];
  return command ? command(session, rest) : giveUp(FAILURE, `Object "${object}" is unknown, try "tc help".\n`);
}

function readOptions(session: Session, argv: readonly string[]): { readonly words: readonly string[]; readonly batch: string | undefined } {
  const { options, printer, process } = session;
  let batch: string | undefined;
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith('-') || word === '-') break;
    const is = (name: string): boolean => abbreviates(word, name);
    if (is('-stats') || is('-statistics')) options.stats++;
    else if (is('-details')) options.details++;
    else if (is('-raw') || is('-pretty')) options.pretty ||= is('-pretty');
    else if (is('-graph')) continue;
    else if (is('-help')) leave(0, TC_USAGE);
    else if (is('-Version')) {
      printer.out('tc utility, iproute2-6.1.0, libbpf 1.1.2\n');
      leave(0);
    } else if (is('-iec')) options.iec = true;
    else if (is('-force')) options.force = true;
    else if (is('-batch')) batch = argv[++at] ?? leave(FAILURE, TC_USAGE);
    else if (is('-netns')) {
      const name = argv[++at] ?? incompleteCommand();
      const entered = enterNetns(process, name);
      if (!entered.ok) leave(FAILURE, switchRefusal(name, entered.error, strerror(entered.error)));
      session.netns = netnsOf(process);
    } else if (is('-Numeric')) session.names.numeric = true;
    else if (is('-names') || is('-nm')) continue;
    else if (is('-oneline')) options.oneline = true;
    else if (abbreviates(word.split('=', 1)[0] ?? '', '-color')) continue;
    else if (is('-json')) options.json = true;
    else if (is('-brief')) options.brief = true;
    else leave(FAILURE, `Option "${word}" is unknown, try "tc -help".\n`);
  }
  printer.lineEnd = options.oneline ? '\\' : '\n';
  return { words: argv.slice(at), batch };
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

export const TC_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/sbin/tc', main: tc, origin: 'iproute2 6.1.0' }];
