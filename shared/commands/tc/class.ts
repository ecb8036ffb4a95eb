/**
 * `tc class`: the bands of prio, the classes of htb. This version prints them as text, whatever was asked for. Authority: tc/tc_class.c of
 * iproute2 6.1.
 */
import {
  changeClass,
  classful,
  deleteClass,
  devicesInOrder,
  Htb,
  lacksQdisc,
  Prio,
  Tbf,
  type ClassRequest,
  type Device,
  type Discipline,
  type HtbClass,
  type HtbClassOptions,
} from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { parseHtbClass, printHtbClass, printHtbCounters } from './htb.ts';
import { printStatistics } from './qdisc.ts';
import { classIdText, parseClassId } from './quantities.ts';
import { CLASS_USAGE } from './usage.ts';

const FAILURE = 255;

type Change = Pick<ClassRequest, 'create' | 'exclusive'> | 'delete';
const VERBS: readonly (readonly [string, Change])[] = [
  ['add', { create: true, exclusive: true }],
  ['change', {}],
  ['replace', { create: true }],
  ['delete', 'delete'],
];
export function classCommand(session: Session, words: readonly string[]): number {
  const [verb, ...rest] = words;
  if (verb === undefined) return 0;
  const change = VERBS.find(([name]) => name.startsWith(verb))?.[1];
  if (change) return modify(session, new Arguments(rest), change);
  if (['list', 'show', 'lst'].some((each) => each.startsWith(verb))) return list(session, new Arguments(rest));
  if ('help'.startsWith(verb)) return (session.printer.error(CLASS_USAGE), 0);
  return giveUp(FAILURE, `Command "${verb}" is unknown, try "tc class help".\n`);
}

function modify(session: Session, args: Arguments, change: Change): number {
  let deviceName = '';
  let id = 0;
  let parent: ClassRequest['parent'] = 0;
  let options: HtbClassOptions | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      const name = args.next();
      if (deviceName !== '') duplicateArgument('dev', name);
      deviceName = name;
    } else if (args.is('classid')) {
      const word = args.next();
      if (id !== 0) duplicateArgument('classid', word);
      const given = parseClassId(word) ?? invalidArgument('invalid class ID', word);
      id = given === 'root' ? 0xffffffff : given;
    } else if (args.is('handle')) giveUp(FAILURE, 'Error: try "classid" instead of "handle"\n');
    else if (args.is('root')) {
      if (parent !== 0) giveUp(FAILURE, 'Error: "root" is duplicate parent ID.\n');
      parent = 'root';
    } else if (args.is('parent')) {
      const word = args.next();
      if (parent !== 0) duplicateArgument('parent', word);
      parent = parseClassId(word) ?? invalidArgument('invalid parent ID', word);
    } else if (args.begins('estimator')) leave(FAILURE, 'not modelled: tc class estimator\n');
    else if (args.begins('help')) leave(FAILURE, CLASS_USAGE);
    else {
      options = kindOptions(args);
      break;
    }
  }
  const device = deviceName === '' ? 0 : session.requireIndex(deviceName);
  const request: ClassRequest = { device, parent, id, ...(options && { options }) };
  const done = change === 'delete' ? deleteClass(session.netns, request) : changeClass(session.netns, { ...request, ...change });
  if (!session.accept(done)) return KERNEL_ERROR;
  if (done.value !== undefined) session.printer.error(`Warning: ${done.value}\n`);
  return 0;
}
function kindOptions(args: Arguments): HtbClassOptions {
  const kind = args.word;
  args.advance();
  if (kind === 'htb') return parseHtbClass(args);
  if (lacksQdisc(kind) && !['fq', 'codel', 'red', 'gred', 'choke', 'pie', 'sfb'].includes(kind)) return giveUp(1, `not modelled: classes of ${kind}\n`);
  return giveUp(USAGE_ERROR, `Error: Qdisc "${kind}" is classless.\n`);
}

interface Wanted {
  readonly id: number | undefined;
  readonly parent: number | 'root' | undefined;
}
function list(session: Session, args: Arguments): number {
  let name: string | undefined;
  let id: number | undefined;
  let parent: Wanted['parent'];
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.begins('classid')) {
      const given = parseClassId(args.next());
      id = given === undefined || given === 'root' ? invalidArgument('invalid class ID', args.word) : given;
    } else if (args.begins('parent')) parent = parseClassId(args.next()) ?? invalidArgument('invalid parent ID', args.word);
    else if (args.begins('help')) leave(FAILURE, CLASS_USAGE);
    else if (args.is('root')) parent = 'root';
    else giveUp(FAILURE, `What is "${args.word}"? Try "tc class help".\n`);
  }
  if (name === undefined) return 0; // the kernel asks for a device
  const device = session.netns.devices.get(session.requireIndex(name));
  if (session.process.argv.some((word) => word !== '-' && '-graph'.startsWith(word) && word.startsWith('-g'))) giveUp(1, 'not modelled: tc -graph class\n');
  for (const one of devicesInOrder(session.netns)) if (one === device) printDevice(session, one, { id, parent });
  return 0;
}
function printDevice(session: Session, device: Device, wanted: Wanted): void {
  for (const qdisc of classful(device)) {
    // tc_dump_tclass: of one discipline, or, with `root`, of those of the device itself, which have none below them
    if (wanted.parent === 'root' || (typeof wanted.parent === 'number' && ((wanted.parent ^ qdisc.handle) & ~0xffff) !== 0)) continue;
    for (const one of classesOf(qdisc)) if (wanted.id === undefined || wanted.id >>> 0 === one.id >>> 0) printClass(session, qdisc, one);
  }
}

interface Shown {
  readonly id: number;
  readonly parent: number | 'root';
  readonly leaf: Discipline | null;
  readonly htb?: HtbClass;
}
function classesOf(qdisc: Discipline): readonly Shown[] {
  if (qdisc instanceof Prio) return qdisc.leaves.map((leaf, i) => ({ id: qdisc.handle + i + 1, parent: qdisc.handle, leaf }));
  if (qdisc instanceof Htb) return [...qdisc.classes].map((htb) => ({ id: htb.id, parent: htb.parent?.id ?? 'root', leaf: htb.leaf, htb }));
  return qdisc instanceof Tbf ? [{ id: qdisc.handle + 1, parent: qdisc.handle, leaf: null }] : [];
}
function printClass(session: Session, qdisc: Discipline, { id, parent, leaf, htb }: Shown): void {
  const { printer, options } = session;
  printer.text(`class ${qdisc.name} ${classIdText(id)} ${parent === 'root' ? 'root ' : `parent ${classIdText(parent)} `}`);
  if (leaf && leaf.handle !== 0) printer.text(`leaf ${classIdText(leaf.handle)} `);
  if (htb) printHtbClass(printer, htb, options.details > 0);
  printer.text(printer.lineEnd);
  if (options.stats > 0) {
    if (htb) {
      const { queueLength = 0, backlog = 0 } = htb.leaf?.stats ?? {};
      const { bytes, packets, drops, overlimits, requeues } = htb.stats;
      printStatistics(session, { bytes, packets, drops, overlimits, requeues, queueLength, backlog });
      printHtbCounters(printer, htb);
      printer.text('\n');
    } else if (leaf) printStatistics(session, leaf.stats);
    else printer.text('\n');
  }
  printer.flush();
}
