/** `ip nexthop`: next hops with ids, and groups of them. Authority: ip/ipnexthop.c. */
import { addNexthop, deleteNexthop, nexthopsInOrder, type CreateFlags, type NexthopObject, type NexthopObjectRequest } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, incompleteCommand, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU16, parseU32 } from '../iproute2/numbers.ts';
import { Family, parseFamily, takeAddress } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, type Session } from '../iproute2/session.ts';
import { printNexthopObject } from './nexthop-show.ts';
import { nexthopUsage } from './usage-objects.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function nexthopCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.isAtEnd) return list(session, rest, 'list');
  if (args.begins('add')) return modify(session, rest, { create: true, exclusive: true });
  if (args.begins('replace')) return modify(session, rest, { create: true, replace: true });
  if (args.begins('delete')) return modify(session, rest, 'delete');
  if (args.begins('list', 'show', 'lst')) return list(session, rest, 'list');
  if (args.begins('get')) return get(session, rest);
  if (args.begins('flush')) return list(session, rest, 'flush');
  if (args.begins('bucket')) return bucket(session, rest);
  if (args.begins('help')) leave(255, nexthopUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip nexthop help".\n`);
}
const parseId = (word: string): number => parseU32(word) ?? invalidArgument('invalid id value', word);

function modify(session: Session, args: Arguments, flags: CreateFlags | 'delete'): number {
  const { netns, options, names } = session;
  const request: Mutable<NexthopObjectRequest> = {
    ...(flags === 'delete' ? {} : flags),
    family: options.family === Family.INET6 ? 6 : options.family === Family.INET ? 4 : 0,
  };
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('id')) request.id = parseId(args.next());
    else if (args.is('dev')) {
      request.device = session.indexOf(args.next()) || invalidArgument('Device does not exist\n', args.word);
      request.family = request.family || 4;
    } else if (args.is('via')) readGateway(request, args);
    else if (args.is('encap')) return encap(args);
    else if (args.is('blackhole')) {
      request.blackhole = true;
      request.family = request.family || 4;
    } else if (args.is('fdb')) request.fdb = true;
    else if (args.is('onlink')) request.onlink = true;
    else if (args.is('group')) request.group = readGroup(args.next());
    else if (args.is('type')) readType(request, args);
    else if (args.begins('protocol')) request.protocol = names.parseProtocol(args.next()) ?? invalidArgument('"protocol" value is invalid\n', args.word);
    else if (args.is('help')) leave(255, nexthopUsage());
    else invalidArgument('', args.word);
  }
  const done = flags === 'delete' ? deleteNexthop(netns, request.id) : addNexthop(netns, request);
  return session.accept(done) ? 0 : KERNEL_ERROR;
}
function readGateway(request: Mutable<NexthopObjectRequest>, args: Arguments): void {
  let family = parseFamily(args.next());
  if (family === Family.UNSPEC) family = request.family === 6 ? Family.INET6 : request.family === 4 ? Family.INET : Family.UNSPEC;
  else args.next();
  const address = takeAddress(args.word, family);
  const own = address.family === Family.INET6 ? 6 : 4;
  if (request.family !== 0 && request.family !== own) invalidArgument('address family mismatch\n', args.word);
  request.family = own;
  if (own === 6) request.gateway6 = address.v6;
  else request.gateway = address.v4;
}
/** What may be in front of a packet is not modelled; where nothing follows the real program stops first. */
function encap(args: Arguments): number {
  const type = args.next();
  if (!['mpls', 'ip', 'ip6', 'seg6', 'seg6local', 'bpf', 'rpl', 'ioam6', 'xfrm'].includes(type)) invalidArgument('"encap type" value is invalid\n', type);
  if (!args.advance()) leave(255, 'Error: unexpected end of line after "encap"\n');
  return giveUp(KERNEL_ERROR, 'not modelled: lightweight tunnels (encap)\n');
}
function readGroup(word: string): NonNullable<NexthopObjectRequest['group']> {
  if (word === '') invalidArgument('"group" value is invalid\n', word);
  return word.split('/').map((part) => {
    const [number = '', weight] = part.split(',', 2);
    const id = parseU32(number);
    if (id === undefined) return invalidArgument('"group" value is invalid\n', number);
    if (weight === undefined) return { id, weight: 1 };
    const value = parseU32(weight);
    return { id, weight: value === undefined || value === 0 || value > 256 ? invalidArgument('"weight" is invalid\n', weight) : value };
  });
}
function readType(request: Mutable<NexthopObjectRequest>, args: Arguments): void {
  const word = args.next();
  if (word === 'mpath') return;
  if (word !== 'resilient') invalidArgument('"type" value is invalid\n', word);
  const args2 = { buckets: 0, idleS: 120, unbalancedS: 0 };
  while (args.hasNext) {
    const option = args.words[args.at + 1];
    if (option !== 'buckets' && option !== 'idle_timer' && option !== 'unbalanced_timer') break;
    args.advance();
    const value = args.next();
    if (option === 'buckets') args2.buckets = parseU16(value) ?? invalidArgument('invalid buckets value', value);
    else if (option === 'idle_timer') args2.idleS = parseU32(value) ?? invalidArgument('invalid idle timer value', value);
    else args2.unbalancedS = parseU32(value) ?? invalidArgument('invalid unbalanced timer value', value);
  }
  request.resilient = args2;
}

interface NexthopFilter {
  device: number;
  groups: boolean;
  master: number;
  protocol: number;
}
function list(session: Session, args: Arguments, action: 'list' | 'flush'): number {
  const { netns, printer, options } = session;
  const filter: NexthopFilter = { device: 0, groups: false, master: 0, protocol: 0 };
  const all = args.isAtEnd;
  const index = (): number => session.indexOf(args.next()) || invalidArgument('Device does not exist\n', args.word);
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('dev')) filter.device = index();
    else if (args.begins('groups')) filter.groups = true;
    else if (args.begins('master')) filter.master = index();
    else if (args.begins('vrf')) {
      const master = netns.device(args.next());
      if (master?.kind !== 'vrf') invalidArgument('Invalid VRF\n', args.word);
      else filter.master = master.index;
    } else if (args.is('id')) {
      const id = parseId(args.next());
      if (action === 'list') return show(session, id);
      return session.accept(deleteNexthop(netns, id)) ? 0 : KERNEL_ERROR;
    } else if (args.begins('protocol')) filter.protocol = parseU32(args.next()) ?? invalidArgument('invalid protocol value', args.word);
    else if (args.begins('fdb')) continue;
    else if (args.begins('help')) leave(255, nexthopUsage());
    else invalidArgument('', args.word);
  }
  if (action === 'flush') return flush(session, filter, all);
  printer.startJson(options.json, options.pretty);
  for (const nexthop of dump(session, filter)) printNexthopObject(session, nexthop);
  printer.endJson();
  return 0;
}
/** nh_dump_filtered; which protocol is the program's own question. */
function dump(session: Session, filter: NexthopFilter): NexthopObject[] {
  const family = session.options.family === Family.INET6 ? 6 : session.options.family === Family.INET ? 4 : 0;
  return nexthopsInOrder(session.netns).filter(
    (nexthop) =>
      (!filter.groups || nexthop.members !== null) &&
      (filter.device === 0 || nexthop.device?.index === filter.device) &&
      (filter.master === 0 || nexthop.device?.master?.index === filter.master) &&
      (family === 0 || nexthop.family === family) &&
      (filter.protocol === 0 || nexthop.protocol === filter.protocol),
  );
}
function flush(session: Session, filter: NexthopFilter, all: boolean): number {
  let flushed = 0;
  // When all are to go the groups go first.
  for (const groups of all ? [true, false] : [filter.groups]) {
    for (const nexthop of dump(session, { ...filter, groups })) if (deleteNexthop(session.netns, nexthop.id).ok) flushed++;
  }
  session.printer.out(flushed === 0 ? 'Nothing to flush\n' : `Flushed ${flushed} nexthops\n`);
  return 0;
}

function get(session: Session, args: Arguments): number {
  let id = 0;
  for (; !args.isAtEnd; args.advance()) {
    if (!args.is('id')) leave(255, nexthopUsage());
    id = parseId(args.next());
  }
  if (id === 0) leave(255, nexthopUsage());
  return show(session, id);
}
function show(session: Session, id: number): number {
  const { printer, options, netns } = session;
  const nexthop = netns.nexthops.get(id);
  if (nexthop === undefined) return session.accept({ ok: false, error: { errno: 'ENOENT' } }) ? 0 : KERNEL_ERROR;
  printer.startJson(options.json, options.pretty);
  printNexthopObject(session, nexthop);
  printer.endJson();
  return 0;
}
function bucket(session: Session, args: Arguments): number {
  const { netns, printer, options } = session;
  if (args.begins('help')) leave(255, nexthopUsage());
  if (!args.isAtEnd && !args.begins('list', 'show', 'lst', 'get')) leave(255, `Command "${args.word}" is unknown, try "ip nexthop help".\n`);
  if (args.begins('get') && !args.hasNext) incompleteCommand();
  if ([...netns.nexthops.values()].some(({ resilient }) => resilient !== null)) giveUp(KERNEL_ERROR, 'not modelled: buckets of resilient groups\n');
  printer.startJson(options.json, options.pretty);
  printer.endJson();
  return 0;
}
