/** `tc filter` and `tc chain`. Authority: tc/tc_filter.c, f_u32.c, f_matchall.c, f_flower.c, f_fw.c of iproute2 6.1. */
import {
  changeFilter,
  deleteFilter,
  ETH_P_ALL,
  filterBlock,
  type ActionOptions,
  type Classifier,
  type Filter,
  type FilterRequest,
  type Matching,
} from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { etherProtocolName, parseEtherProtocol } from '../iproute2/link-layer.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { KERNEL_ERROR, type Session } from '../iproute2/session.ts';
import { printActions, printPolice } from './action.ts';
import { parseFilterKind, printFlower } from './filter-kinds.ts';
import { classIdText, parseClassId } from './quantities.ts';
import { keyText } from './u32.ts';
import { FILTER_USAGE } from './usage-filter.ts';

const FAILURE = 255;
const [INGRESS, EGRESS] = [0xfffffff2, 0xfffffff3];
const NOT_MODELLED = new Set('basic bpf cgroup flow route rsvp rsvp6 tcindex'.split(' '));

type Change = Pick<FilterRequest, 'create' | 'exclusive'> | 'delete';
const VERBS: readonly (readonly [string, Change])[] = [
  ['add', { create: true, exclusive: true }],
  ['change', {}],
  ['replace', { create: true }],
  ['delete', 'delete'],
];
export function filterCommand(session: Session, words: readonly string[]): number {
  const [verb, ...rest] = words;
  if (verb === undefined) return list(session, new Arguments([]));
  const change = VERBS.find(([name]) => name.startsWith(verb))?.[1];
  if (change) return modify(session, new Arguments(rest), change);
  if ('get'.startsWith(verb)) return giveUp(1, 'not modelled: tc filter get\n');
  if (['list', 'show', 'lst'].some((each) => each.startsWith(verb))) return list(session, new Arguments(rest));
  if ('help'.startsWith(verb)) return (session.printer.error(FILTER_USAGE), 0);
  return giveUp(FAILURE, `Command "${verb}" is unknown, try "tc filter help".\n`);
}

interface Heading {
  device: string;
  parent: FilterRequest['parent'] | undefined;
  priority: number;
  protocol: number | undefined;
  handle: string;
}
/** The words in front of a kind, which are those of `show` too; false at one that is none of them. */
function readHeading(args: Arguments, into: Heading): boolean {
  const place = (parent: FilterRequest['parent']): void => {
    if (into.parent !== undefined) giveUp(FAILURE, `Error: "${args.word}" is duplicate parent ID\n`);
    into.parent = parent;
  };
  if (args.is('dev')) {
    const name = args.next();
    if (into.device !== '') duplicateArgument('dev', name);
    into.device = name;
  } else if (args.is('root')) place('root');
  else if (args.is('ingress')) place(INGRESS);
  else if (args.is('egress')) place(EGRESS);
  else if (args.is('parent')) {
    const word = args.next();
    if (into.parent !== undefined) duplicateArgument('parent', word);
    into.parent = parseClassId(word) ?? invalidArgument('Invalid parent ID', word);
  } else if (args.is('handle')) {
    const word = args.next();
    if (into.handle !== '') duplicateArgument('handle', word);
    into.handle = word;
  } else if (args.begins('preference', 'priority')) {
    const word = args.next();
    if (into.priority !== 0) duplicateArgument('priority', word);
    into.priority = parseU32(word) ?? invalidArgument('invalid priority value', word);
  } else if (args.begins('protocol')) {
    const word = args.next();
    if (into.protocol !== undefined) duplicateArgument('protocol', word);
    into.protocol = parseEtherProtocol(word) ?? invalidArgument('invalid protocol', word);
  } else if (args.is('chain')) {
    if (parseU32(args.next()) !== 0) giveUp(1, 'not modelled: chains of filters\n');
  } else if (args.is('block') || args.begins('estimator')) giveUp(1, `not modelled: tc filter ${args.word}\n`);
  else if (args.begins('help')) leave(FAILURE, FILTER_USAGE);
  else return false;
  return true;
}
const heading = (): Heading => ({ device: '', parent: undefined, priority: 0, protocol: undefined, handle: '' });

function modify(session: Session, args: Arguments, change: Change): number {
  const head = heading();
  for (; !args.isAtEnd; args.advance()) if (!readHeading(args, head)) break;
  const kind = args.isAtEnd ? undefined : args.word;
  args.advance();
  let parsed: { readonly matching?: Matching; readonly classId?: number; readonly actions?: readonly ActionOptions[] } = {};
  if (kind !== undefined && NOT_MODELLED.has(kind)) giveUp(1, `not modelled: the classifier ${kind}\n`);
  const protocol = head.protocol ?? (change === 'delete' ? 0 : ETH_P_ALL);
  if (kind !== undefined && ['u32', 'matchall', 'flower', 'fw'].includes(kind)) parsed = parseFilterKind(session, kind, args, protocol);
  else if (kind !== undefined && !args.isAtEnd) giveUp(FAILURE, `Unknown filter "${kind}", hence option "${args.word}" is unparsable\n`);
  const device = head.device === '' ? 0 : session.requireIndex(head.device);
  const request: FilterRequest = {
    device,
    parent: head.parent ?? 'root',
    priority: head.priority,
    protocol,
    handle: handleOf(head.handle),
    ...(kind !== undefined && { kind }),
    ...parsed,
  };
  const done = change === 'delete' ? deleteFilter(session.netns, request) : changeFilter(session.netns, { ...request, ...change });
  if (session.accept(done)) return 0;
  session.printer.error('We have an error talking to the kernel\n');
  return KERNEL_ERROR;
}
/** `800::801`, or a number. */
function handleOf(text: string): number {
  if (text === '') return 0;
  const parts = /^([\da-f]*):([\da-f]*)(?::([\da-f]*))?$/i.exec(text);
  if (parts) {
    const [table, bucket, node] = parts.slice(1).map((part) => (part ? parseInt(part, 16) : 0)) as [number, number, number];
    return table * 2 ** 20 + bucket * 2 ** 12 + node;
  }
  return parseU32(text) ?? giveUp(1, `Illegal "handle"\n`);
}

function list(session: Session, args: Arguments): number {
  const head = heading();
  for (; !args.isAtEnd; args.advance()) if (!readHeading(args, head)) giveUp(FAILURE, ` What is "${args.word}"? Try "tc filter help"\n`);
  const device = head.device === '' ? undefined : session.netns.devices.get(session.requireIndex(head.device));
  const { printer, options } = session;
  if (options.pretty && !options.json) giveUp(1, 'not modelled: tc -pretty filter\n');
  printer.startJson(options.json, options.pretty);
  const found = device && filterBlock(device, head.parent ?? 'root');
  if (found?.ok) {
    const { parent } = found.value;
    const shown = head.parent === parent ? '' : `parent ${classIdText(parent)} `;
    for (const classifier of found.value.classifiers) {
      if (head.priority !== 0 && head.priority !== classifier.priority) continue;
      if (head.protocol !== undefined && head.protocol !== classifier.protocol) continue;
      printClassifier(session, classifier, head, shown);
    }
  }
  printer.endJson();
  return 0;
}
function printClassifier(session: Session, classifier: Classifier, head: Heading, parent: string): void {
  const { printer } = session;
  const { priority, protocol, kind, table, filters } = classifier;
  const begin = (): void => {
    printer.openObject();
    printer.text('filter ');
    if (parent !== '') printer.any('parent', parent, parent.slice(7, -1));
    if (head.protocol === undefined) printer.any('protocol', `protocol ${etherProtocolName(protocol)} `, etherProtocolName(protocol));
    if (head.priority === 0) printer.any('pref', `pref ${priority} `, priority);
    printer.any('kind', `${kind} `, kind);
    printer.any('chain', 'chain 0 ', 0);
  };
  const end = (): void => {
    printer.text('\n');
    printer.closeObject();
  };
  begin();
  end();
  if (kind === 'u32') {
    begin();
    printer.openObject('options');
    printer.any('fh', `fh ${table.toString(16)}: `, `${table.toString(16)}:`);
    printer.any('ht_divisor', 'ht divisor 1 ', 1);
    printer.closeObject();
    end();
  }
  for (const filter of filters) {
    begin();
    printer.openObject('options');
    printFilter(session, filter, table);
    printer.closeObject();
    end();
    printer.flush();
  }
}
function printFilter(session: Session, filter: Filter, table: number): void {
  const { printer, options } = session;
  const { matching, handle, classId, actions } = filter;
  const hasStats = options.stats > 0;
  switch (matching.kind) {
    case 'u32': {
      printU32(session, filter, table);
      break;
    }
    case 'matchall':
      printer.any('handle', `handle 0x${handle.toString(16)} `, handle);
      if (classId !== 0) printer.any('flowid', `flowid ${classIdText(classId)} `, classIdText(classId));
      printer.text('\n  ');
      printer.any('not_in_hw', 'not_in_hw', true);
      if (hasStats) printer.any('rule_hit', ` (rule hit ${filter.matched})`, filter.matched);
      break;
    case 'flower':
      printer.any('handle', `handle 0x${handle.toString(16)} `, handle);
      if (classId !== 0) printer.any('classid', `classid ${classIdText(classId)} `, classIdText(classId));
      printFlower(printer, matching.keys);
      printer.text('\n  ');
      printer.any('not_in_hw', 'not_in_hw', true);
      break;
    case 'fw':
      printer.any('handle', `handle 0x${handle.toString(16)} `, `0x${handle.toString(16)}`);
      if (classId !== 0) printer.any('classid', `classid ${classIdText(classId)} `, classIdText(classId));
      break;
  }
  const [only] = actions;
  if (only?.options.kind === 'police' && matching.kind === 'u32') {
    printer.text('\n');
    printPolice(session, only);
  } else printActions(session, actions);
}
function printU32(session: Session, { matching, handle, classId, actions, asked, matched, u32 }: Filter, table: number): void {
  const { printer, options } = session;
  if (matching.kind !== 'u32') return;
  const [ht, node] = [table.toString(16), (handle % 2 ** 12).toString(16)];
  printer.any('fh', `fh ${ht}::${node} `, `${ht}::${node}`);
  printer.any('order', `order ${handle % 2 ** 12} `, handle % 2 ** 12);
  printer.any('key_ht', `key ht ${ht} `, ht);
  printer.any('bkt', 'bkt 0 ', '0');
  if (classId !== 0) {
    printer.text('*');
    printer.any('flowid', `flowid ${classIdText(classId)} `, classIdText(classId));
  } else if (actions.length > 0) printer.text('terminal flowid ');
  printer.any('not_in_hw', 'not_in_hw ', true);
  if (options.stats > 0) printer.text(`(rule hit ${asked} success ${matched})`);
  matching.keys.forEach((key, i) => {
    printer.text(`\n  ${keyText(key)}${options.stats > 0 ? ` (success ${u32?.hits[i] ?? 0} ) ` : ''}`);
    printer.openObject('match');
    printer.member('value', (key.value >>> 0).toString(16));
    printer.member('mask', (key.mask >>> 0).toString(16));
    printer.member('offmask', key.fromNextHeader ? 'nexthdr+' : '');
    printer.member('off', key.offset);
    printer.closeObject();
  });
}

/** There is one chain, where there are filters at all. */
export function chainCommand(session: Session, words: readonly string[]): number {
  const [verb = 'show', ...rest] = words;
  if (!['list', 'show', 'lst'].some((each) => each.startsWith(verb))) return giveUp(1, 'not modelled: chains of filters\n');
  const args = new Arguments(rest);
  const head = heading();
  for (; !args.isAtEnd; args.advance()) readHeading(args, head);
  const device = head.device === '' ? undefined : session.netns.devices.get(session.requireIndex(head.device));
  const found = device && filterBlock(device, head.parent ?? 'root');
  if (found?.ok && !found.value.isEmpty)
    session.printer.text(`chain parent ${head.parent === INGRESS || head.parent === EGRESS ? 'ffff:' : classIdText(0)} chain 0 \n`);
  return 0;
}
