/** `tc qdisc`. Authority: tc/tc_qdisc.c of iproute2 6.1. */
import {
  changeQdisc,
  deleteQdisc,
  devicesInOrder,
  FqCodel,
  lacksQdisc,
  leafQdiscs,
  rootQdisc,
  type Device,
  type Discipline,
  type QdiscRequest,
  type QdiscStatistics,
} from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { printFair, printFairStatistics } from './fair.ts';
import { parseKind, printBands, printKind } from './kinds.ts';
import { classIdText, formatSize, handleText, parseClassId, parseHandle } from './quantities.ts';
import { QDISC_USAGE } from './usage.ts';

const FAILURE = 255;
const INGRESS_HANDLE = 0xffff0000;

type Change = Pick<QdiscRequest, 'create' | 'replace' | 'exclusive'> | 'delete';
const VERBS: readonly (readonly [verb: string, change: Change])[] = [
  ['add', { create: true, exclusive: true }],
  ['change', {}],
  ['replace', { create: true, replace: true }],
  ['link', { replace: true }],
  ['delete', 'delete'],
];
export function qdiscCommand(session: Session, words: readonly string[]): number {
  const [verb, ...rest] = words;
  if (verb === undefined || ['list', 'show', 'lst'].some((each) => each.startsWith(verb))) return list(session, new Arguments(rest));
  if ('help'.startsWith(verb)) return (session.printer.error(QDISC_USAGE), 0);
  const change = VERBS.find(([name]) => name.startsWith(verb))?.[1];
  if (change === undefined) return giveUp(FAILURE, `Command "${verb}" is unknown, try "tc qdisc help".\n`);
  return modify(session, new Arguments(rest), change);
}

function modify(session: Session, args: Arguments, change: Change): number {
  let deviceName = '';
  let handle = 0;
  let parent = 'none' as QdiscRequest['parent'];
  let parentId = 0;
  let kind: string | undefined;
  const takeParent = (wanted: QdiscRequest['parent'], what: string): void => {
    if (parent !== 'none') giveUp(FAILURE, `Error: "${args.word}" is ${what}\n`);
    parent = wanted;
  };
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      const name = args.next();
      if (deviceName !== '') duplicateArgument('dev', name);
      deviceName = name;
    } else if (args.is('handle')) {
      if (handle !== 0) duplicateArgument('handle', args.word);
      handle = parseHandle(args.next()) ?? invalidArgument('invalid qdisc ID', args.word);
    } else if (args.is('root')) takeParent('root', 'duplicate parent ID');
    else if (args.is('clsact') || args.is('ingress')) {
      takeParent('ingress', 'a duplicate parent ID');
      kind = args.word;
      args.advance();
      break;
    } else if (args.is('parent')) {
      const word = args.next();
      const id = parseClassId(word) ?? invalidArgument('invalid parent ID', word);
      parent = id === 'root' ? 'root' : 'class';
      if (id !== 'root') parentId = id;
    } else if (args.begins('estimator', 'stab', 'ingress_block', 'egress_block')) leave(FAILURE, `not modelled: tc qdisc ${args.word}\n`);
    else if (args.begins('help')) leave(FAILURE, QDISC_USAGE);
    else {
      kind = args.word;
      args.advance();
      break;
    }
  }
  const options = kind === undefined || parent === 'ingress' ? undefined : parseKind(kind, args);
  if (kind !== undefined && options === undefined && !args.isAtEnd) {
    if (parent === 'ingress') giveUp(USAGE_ERROR, `What is "${args.word}"?\nUsage: ... ${kind}\n`);
    if (lacksQdisc(kind)) giveUp(KERNEL_ERROR, `not modelled: the queueing discipline ${kind}\n`);
    giveUp(USAGE_ERROR, `Unknown qdisc "${kind}", hence option "${args.word}" is unparsable\n`);
  }
  const device = deviceName === '' ? 0 : session.requireIndex(deviceName);
  const request = { device, parent, parentId, handle, ...(kind !== undefined && { kind }), ...(options && { options }) };
  const done = change === 'delete' ? deleteQdisc(session.netns, request) : changeQdisc(session.netns, { ...request, ...change });
  return session.accept(done) ? 0 : KERNEL_ERROR;
}

interface Filter {
  readonly device: Device | undefined;
  /** An id: a class. */
  readonly parent: 'root' | 'ingress' | number | undefined;
  readonly handle: number | undefined;
}
function readFilter(session: Session, args: Arguments): Filter {
  let name: string | undefined;
  let parent: Filter['parent'];
  let handle: number | undefined;
  const free = (): void => {
    if (parent !== undefined) invalidArgument('parent is already specified', args.word);
    if (handle !== undefined) invalidArgument('handle is already specified', args.word);
  };
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.is('root')) {
      free();
      parent = 'root';
    } else if (args.is('ingress') || args.is('clsact')) {
      free();
      parent = 'ingress';
    } else if (args.begins('parent')) {
      free();
      const id = parseClassId(args.next()) ?? invalidArgument('invalid parent ID', args.word);
      parent = id;
    } else if (args.begins('handle')) {
      free();
      handle = parseHandle(args.next()) ?? invalidArgument('invalid handle ID', args.word);
    } else if (args.begins('help')) leave(FAILURE, QDISC_USAGE);
    else if (!args.is('invisible')) giveUp(FAILURE, `What is "${args.word}"? Try "tc qdisc help".\n`);
  }
  const index = name === undefined ? 0 : session.requireIndex(name);
  return { device: session.netns.devices.get(index), parent, handle };
}
function list(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  const { device: only, parent, handle } = readFilter(session, args);
  printer.startJson(options.json, options.pretty);
  for (const device of only ? [only] : devicesInOrder(netns)) {
    const ownHandle = rootQdisc(device)?.handle ?? 0;
    const hasRoot = device.qdisc !== 'noop' || rootQdisc(device) !== null;
    if (hasRoot && (parent ?? 'root') === 'root' && (handle ?? ownHandle) === ownHandle) printRoot(session, device, only !== undefined);
    for (const { leaf, parentId } of leafQdiscs(device)) {
      if ((parent ?? parentId) === parentId && (handle ?? leaf.handle) === leaf.handle) printLeaf(session, device, leaf, parentId, only !== undefined);
    }
    if (device.ingress && (parent ?? 'ingress') === 'ingress' && (handle ?? INGRESS_HANDLE) === INGRESS_HANDLE)
      printIngress(session, device, only !== undefined);
  }
  printer.endJson();
  return 0;
}

function begin(session: Session, device: Device, kind: string, handle: number, isAlone: boolean): void {
  const { printer } = session;
  printer.openObject();
  printer.any('kind', `qdisc ${kind}`, kind);
  printer.any('handle', ` ${handleText(handle)}`, handleText(handle));
  printer.text(' ');
  if (isAlone) return;
  printer.text('dev ');
  printer.any('dev', `${device.name} `, device.name, 'ifname');
}
function printRoot(session: Session, device: Device, isAlone: boolean): void {
  const { printer, options } = session;
  const own = rootQdisc(device);
  begin(session, device, device.qdisc, own?.handle ?? 0, isAlone);
  printer.any('root', 'root ', true);
  const references = device.qdisc === 'noqueue' ? 2 : 1 + device.numTxQueues;
  printer.any('refcnt', `refcnt ${references} `, references);
  printer.openObject('options');
  if (own) printKind(printer, own, options.details > 0);
  else if (device.qdisc === 'pfifo_fast') printBands(printer);
  else if (device.qdisc === 'fq_codel') printFair(printer, new FqCodel(0, device), false);
  printer.closeObject();
  printer.newLine();
  if (options.stats > 0) {
    printStatistics(session, own?.stats ?? defaultStatistics(device));
    if (own) printFairStatistics(printer, own);
  }
  printer.closeObject();
  printer.flush();
}
function printLeaf(session: Session, device: Device, leaf: Discipline, parentId: number, isAlone: boolean): void {
  const { printer, options } = session;
  begin(session, device, leaf.name, leaf.handle, isAlone);
  printer.any('parent', `parent ${classIdText(parentId)} `, classIdText(parentId));
  printer.openObject('options');
  printKind(printer, leaf, options.details > 0);
  printer.closeObject();
  printer.newLine();
  if (options.stats > 0) {
    printStatistics(session, leaf.stats);
    printFairStatistics(printer, leaf);
  }
  printer.closeObject();
  printer.flush();
}
function printIngress(session: Session, device: Device, isAlone: boolean): void {
  const { printer, options } = session;
  const { name } = device.ingress!;
  begin(session, device, name, INGRESS_HANDLE, isAlone);
  printer.any('parent', 'parent ffff:fff1 ', 'ffff:fff1');
  printer.openObject('options');
  if (name === 'ingress') printer.text('---------------- ');
  printer.closeObject();
  printer.newLine();
  if (options.stats > 0) printStatistics(session, NOTHING);
  printer.closeObject();
  printer.flush();
}

type Counters = Readonly<QdiscStatistics>;
const NOTHING: Counters = { bytes: 0, packets: 0, drops: 0, overlimits: 0, requeues: 0, backlog: 0, queueLength: 0 };
/** What has a queue has passed what the device sent; without one nothing is counted. */
const defaultStatistics = ({ qdisc, stats }: Device): Counters =>
  qdisc === 'noqueue' ? NOTHING : { ...NOTHING, bytes: stats.txBytes, packets: stats.txPackets };
export function printStatistics({ printer }: Session, { bytes, packets, drops, overlimits, requeues, backlog, queueLength }: Counters): void {
  printer.any('bytes', ` Sent ${bytes} bytes`, bytes);
  printer.any('packets', ` ${packets} pkt`, packets);
  printer.any('drops', ` (dropped ${drops}`, drops);
  printer.any('overlimits', `, overlimits ${overlimits}`, overlimits);
  printer.any('requeues', ` requeues ${requeues}) `, requeues);
  printer.newLine();
  printer.any('backlog', ` backlog ${formatSize(backlog)}`, backlog);
  printer.any('qlen', ` ${queueLength}p`, queueLength);
  printer.text(` requeues ${requeues}`);
  printer.newLine();
}
