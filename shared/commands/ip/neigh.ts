/** `ip neighbour`. Authority: ip/ipneigh.c, net/core/neighbour.c (neigh_fill_info). */
import {
  addNeighbour,
  deleteNeighbour,
  FdbEntry,
  neighboursInOrder,
  Nud,
  type CreateFlags,
  type Device,
  type Neighbour,
  type NeighbourRequest,
  type ProxyNeighbour,
  VxlanFdbEntry,
  type RtnlEvent,
} from '../../kernel/index.ts';
import { formatIpv4, formatMac, type Ipv4, type Ipv6 } from '../../wire/index.ts';
import { abbreviates, Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { formatLinkAddress, macOfBytes, parseLinkAddress } from '../iproute2/link-layer.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { Family, formatAddress, NO_PREFIX, sameBits, takeAddress, takePrefix, type Prefix } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { neighUsage } from './usage.ts';
import { takeVrf } from './vrf.ts';

const CHANGES: readonly { readonly word: string; readonly exact?: true; readonly flags: CreateFlags }[] = [
  { word: 'add', flags: { create: true, exclusive: true } },
  { word: 'change', flags: { replace: true } },
  { word: 'chg', exact: true, flags: { replace: true } },
  { word: 'replace', flags: { create: true, replace: true } },
];

export function neighCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return show(session, args, 'show');
  const rest = new Arguments(words.slice(1));
  const change = CHANGES.find(({ word, exact }) => (exact ? args.is(word) : args.begins(word)));
  if (change) return modify(session, 'new', change.flags, rest);
  if (args.begins('delete')) return modify(session, 'delete', {}, rest);
  if (args.begins('get')) return get(session, rest);
  if (args.begins('show', 'lst', 'list')) return show(session, rest, 'show');
  if (args.begins('flush')) return show(session, rest, 'flush');
  if (args.begins('help')) leave(255, neighUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip neigh help".\n`);
}

/** NUD_*, some of which may be shortened. */
function parseState(word: string): number | undefined {
  if (abbreviates(word, 'permanent')) return Nud.PERMANENT;
  if (abbreviates(word, 'reachable')) return Nud.REACHABLE;
  const exact: Readonly<Record<string, number>> = {
    noarp: Nud.NOARP,
    none: Nud.NONE,
    stale: Nud.STALE,
    incomplete: Nud.INCOMPLETE,
    delay: Nud.DELAY,
    probe: Nud.PROBE,
  };
  if (Object.hasOwn(exact, word)) return exact[word];
  if (abbreviates(word, 'failed')) return Nud.FAILED;
  const value = parseU32(word);
  return value === undefined || value >= 0x100 || (value & (value - 1)) !== 0 ? undefined : value;
}

export interface NeighFilter {
  family: Family;
  ifindex: number;
  /** Bits of Nud; 0x100: none of them. */
  states: number;
  prefix: Prefix;
  /** 0: any; -1: devices without one. */
  master: number;
  unusedOnly: boolean;
  protocol: number;
}
export const neighFilter = (ifindex = 0): NeighFilter => ({
  family: Family.UNSPEC,
  ifindex,
  states: -1,
  prefix: NO_PREFIX,
  master: 0,
  unusedOnly: false,
  protocol: 0,
});

/** An entry or a proxy entry, as a message tells it. */
export interface ShownNeighbour {
  readonly family: Family;
  readonly address: Ipv4 | Ipv6;
  readonly device: Device | undefined;
  readonly entry: Neighbour | undefined;
}
export const shownNeighbour = (entry: Neighbour): ShownNeighbour => ({
  family: entry.family === 4 ? Family.INET : Family.INET6,
  address: entry.address,
  device: entry.device,
  entry,
});
const shownProxy = (proxy: ProxyNeighbour): ShownNeighbour => ({
  family: proxy.family === 4 ? Family.INET : Family.INET6,
  address: proxy.address,
  device: proxy.device ?? undefined,
  entry: undefined,
});

function passes(neighbour: ShownNeighbour, filter: NeighFilter): boolean {
  const { entry } = neighbour;
  if (filter.family !== Family.UNSPEC && filter.family !== neighbour.family) return false;
  if (filter.ifindex !== 0 && filter.ifindex !== neighbour.device?.index) return false;
  if (entry && (filter.states & entry.state) === 0 && !entry.externLearn && (entry.state !== 0 || (filter.states & 0x100) === 0)) return false;
  if (filter.master > 0 && neighbour.device?.master?.index !== filter.master) return false;
  if (filter.master < 0 && neighbour.device?.master) return false;
  if (filter.protocol !== 0 && filter.protocol !== (entry?.protocol ?? 0)) return false;
  const { prefix } = filter;
  if (prefix.family === Family.UNSPEC || prefix.bits <= 0) return true;
  return prefix.family === neighbour.family && sameBits(prefix.family, neighbour.address, prefix.family === Family.INET ? prefix.v4 : prefix.v6, prefix.bits);
}

/** All entries: IPv4's table, then IPv6's. */
const entries = (session: Session): Neighbour[] => [...neighboursInOrder(session.netns, 4), ...neighboursInOrder(session.netns, 6)];

const STATE_WORDS = ['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT'] as const;
/** States in which an entry has an address of the link layer. */
const VALID = Nud.PERMANENT | Nud.NOARP | Nud.REACHABLE | Nud.PROBE | Nud.STALE | Nud.DELAY;

export function printNeighbour(session: Session, neighbour: ShownNeighbour, filter: NeighFilter, change: 'new' | 'del' = 'new'): void {
  if (!passes(neighbour, filter)) return;
  const { printer, options, names } = session;
  const { entry, device } = neighbour;
  const address = formatAddress(neighbour.family, neighbour.address);
  const color = neighbour.family === Family.INET ? 'inet' : 'inet6';
  const mac = entry && device && (entry.state & VALID) !== 0 ? formatLinkAddress(entry.mac, device.hardwareType) : undefined;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  if (options.brief) {
    printer.any('dst', `${address.padEnd(39)} `, address, color);
    if (filter.ifindex === 0 && device) printer.any('dev', `${device.name.padEnd(16)} `, device.name, 'ifname');
    if (mac !== undefined) printer.any('lladdr', mac, mac, 'mac');
    printer.text('\n');
    printer.closeObject();
    printer.flush();
    return;
  }
  printer.any('dst', `${address} `, address, color);
  if (filter.ifindex === 0 && device) {
    printer.text('dev ');
    const name = session.callOf(device);
    printer.any('dev', `${name} `, name, 'ifname');
  }
  if (mac !== undefined) {
    printer.text('lladdr ');
    printer.any('lladdr', `${mac} `, mac, 'mac');
  }
  if (entry?.isRouter) printer.any('router', 'router ', null);
  if (!entry) printer.any('proxy', 'proxy ', null);
  if (entry?.managed) printer.any('managed', 'managed ', null);
  if (entry?.externLearn) printer.any('extern_learn', 'extern_learn ', null);
  if (options.stats > 0 && entry) printAges(session, entry);
  if (entry && entry.state !== 0) {
    printer.openArray('state');
    STATE_WORDS.forEach((word, bit) => (entry.state & (1 << bit)) !== 0 && printer.any(null, `${word} `, word));
    printer.closeArray();
  }
  if (entry && entry.protocol !== 0) printer.any('protocol', `proto ${names.protocol(entry.protocol)} `, names.protocol(entry.protocol));
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}
/** An entry of a bridge's or a VXLAN's forwarding database, which is a neighbour of the family of bridges. */
export function printBridgeNeighbour(session: Session, event: Extract<RtnlEvent, { kind: 'fdb' }>): void {
  const { printer } = session;
  const { entry, device, mac, change, remote } = event;
  const state =
    entry instanceof VxlanFdbEntry ? entry.state : !(entry instanceof FdbEntry) || entry.isLocal ? Nud.PERMANENT : entry.isStatic ? Nud.NOARP : Nud.REACHABLE;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  if (remote !== undefined && remote !== 0) printer.any('dst', `${formatIpv4(remote)} `, formatIpv4(remote));
  printer.text('dev ');
  printer.any('dev', `${session.callOf(device)} `, session.callOf(device), 'ifname');
  printer.text('lladdr ');
  printer.any('lladdr', `${formatMac(mac)} `, formatMac(mac), 'mac');
  if ((entry instanceof FdbEntry || entry instanceof VxlanFdbEntry) && entry.externLearn) printer.any('extern_learn', 'extern_learn ', null);
  printer.openArray('state');
  STATE_WORDS.forEach((word, bit) => (state & (1 << bit)) !== 0 && printer.any(null, `${word} `, word));
  printer.closeArray();
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}
function printAges(session: Session, entry: Neighbour): void {
  const { printer, process } = session;
  const age = (us: number): number => Math.max(0, Math.floor((process.nowUs - us) / 1e6));
  const references = neighbourReferences(entry);
  if (references > 0) printer.any('refcnt', ` ref ${references}`, references);
  printer.any('used', ` used ${age(entry.usedUs)}`, age(entry.usedUs));
  printer.any('confirmed', `/${age(entry.confirmedUs)}`, age(entry.confirmedUs));
  printer.any('updated', `/${age(entry.updatedUs)}`, age(entry.updatedUs));
  printer.any('probes', `probes ${entry.probes} `, entry.probes);
}
/** Who holds it besides the table: a timer that runs. */
const neighbourReferences = (entry: Neighbour): number => (entry.timer !== null && !entry.timer.cancelled ? 1 : 0);

function show(session: Session, args: Arguments, action: 'show' | 'flush'): number {
  const { names, options, printer, netns } = session;
  const filter = neighFilter();
  filter.family = options.family;
  if (action === 'flush' && args.isAtEnd) giveUp(USAGE_ERROR, 'Flush requires arguments.\n');
  filter.states = action === 'flush' ? ~(Nud.PERMANENT | Nud.NOARP) : 0xff & ~Nud.NOARP;
  let device: string | undefined;
  let stateGiven = false;
  let proxies = false;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      const word = args.next();
      if (device !== undefined) duplicateArgument('dev', word);
      device = word;
    } else if (args.is('master')) filter.master = session.indexOf(args.next()) || invalidArgument('Device does not exist\n', args.word);
    else if (args.is('vrf')) filter.master = takeVrf(session, args.next(), 'Not a valid VRF name\n').index;
    else if (args.is('nomaster')) filter.master = -1;
    else if (args.is('unused')) filter.unusedOnly = true;
    else if (args.is('nud')) {
      const word = args.next();
      if (!stateGiven) filter.states = 0;
      stateGiven = true;
      let state = parseState(word);
      if (state === undefined) {
        if (word !== 'all') invalidArgument('nud state is bad', word);
        state = action === 'flush' ? ~Nud.NOARP : -1;
      }
      filter.states |= state === 0 ? 0x100 : state;
    } else if (args.is('proxy')) proxies = true;
    else if (args.begins('protocol')) {
      const word = args.next();
      const protocol = names.parseProtocol(word);
      if (protocol === undefined && word !== 'all') invalidArgument('invalid "protocol"\n', word);
      filter.protocol = protocol ?? 0;
    } else {
      if (args.is('to')) args.next();
      if (args.begins('help')) leave(255, neighUsage());
      filter.prefix = takePrefix(args.word, filter.family);
      if (filter.family === Family.UNSPEC) filter.family = filter.prefix.family;
    }
  }
  if (device !== undefined) filter.ifindex = session.requireIndex(device);
  const all = (): ShownNeighbour[] =>
    (proxies ? netns.proxyNeighbours.map(shownProxy) : entries(session).map(shownNeighbour)).filter((each) => passes(each, filter));
  if (action === 'flush') return flush(session, filter, all);
  printer.startJson(options.json, options.pretty);
  for (const neighbour of all()) printNeighbour(session, neighbour, filter);
  printer.endJson();
  return 0;
}

const MAX_ROUNDS = 10;
function flush(session: Session, filter: NeighFilter, all: () => ShownNeighbour[]): number {
  const { options, printer, netns } = session;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const chosen = all();
    if (options.stats > 1) for (const neighbour of chosen) printNeighbour(session, neighbour, filter);
    if (chosen.length === 0) {
      if (options.stats > 0) printer.out(round === 0 ? 'Nothing to flush.\n' : `*** Flush is complete after ${round} round${round > 1 ? 's' : ''} ***\n`);
      return 0;
    }
    for (const { address, device, entry, family } of chosen) {
      deleteNeighbour(netns, { family: family === Family.INET ? 4 : 6, address, ...(device && { device: device.index }), ...(!entry && { proxy: true }) });
    }
    if (options.stats > 0) printer.out(`\n*** Round ${round + 1}, deleting ${chosen.length} entries ***\n`);
    filter.states &= ~Nud.FAILED;
  }
  printer.out(`*** Flush not complete bailing out after ${MAX_ROUNDS} rounds\n`);
  return 1;
}

function modify(session: Session, command: 'new' | 'delete', flags: CreateFlags, args: Arguments): number {
  const { names, options, netns } = session;
  const request: { -readonly [K in keyof NeighbourRequest]?: NeighbourRequest[K] } = { ...flags, state: Nud.PERMANENT };
  let dst: Prefix | undefined;
  let device: string | undefined;
  let lladdr: string | undefined;
  let deviceOk = false;
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('lladdr')) {
      const word = args.next();
      if (lladdr !== undefined) duplicateArgument('lladdr', word);
      lladdr = word;
    } else if (args.is('nud')) request.state = parseState(args.next()) ?? invalidArgument('nud state is bad', args.word);
    else if (args.begins('proxy')) {
      args.next();
      if (args.begins('help')) leave(255, neighUsage());
      if (dst) duplicateArgument('address', args.word);
      dst = takeAddress(args.word, options.family);
      deviceOk = true;
      request.proxy = true;
    } else if (args.is('router')) request.router = true;
    else if (args.is('use')) request.use = true;
    else if (args.is('managed')) {
      request.managed = true;
      request.state = Nud.NONE;
    } else if (args.begins('extern_learn')) request.externLearn = true;
    else if (args.is('dev')) {
      device = args.next();
      deviceOk = true;
    } else if (args.begins('protocol')) request.protocol = names.parseProtocol(args.next()) ?? invalidArgument('"protocol" value is invalid\n', args.word);
    else {
      if (args.is('to')) args.next();
      if (args.begins('help')) args.next();
      if (dst) duplicateOrGarbage('to', args.word);
      dst = takeAddress(args.word, options.family);
    }
  }
  if (!deviceOk || !dst || dst.family === Family.UNSPEC) return leave(255, 'Device and destination are required arguments.\n');
  if (lladdr !== undefined && lladdr !== 'null') {
    const parsed = parseLinkAddress(lladdr, 20);
    if ('error' in parsed) giveUp(USAGE_ERROR, parsed.error);
    else Object.assign(request, { mac: macOfBytes(parsed.bytes), macLength: parsed.bytes.length });
  }
  if (device !== undefined) request.device = session.requireIndex(device);
  const is6 = dst.family === Family.INET6;
  const whole: NeighbourRequest = { ...request, family: is6 ? 6 : 4, address: is6 ? dst.v6 : dst.v4 };
  const done = command === 'new' ? addNeighbour(netns, whole) : deleteNeighbour(netns, whole);
  if (!session.accept(done)) leave(2);
  return 0;
}

function get(session: Session, args: Arguments): number {
  const { options, netns } = session;
  let dst: Prefix | undefined;
  let device: string | undefined;
  let proxy = false;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      device = args.next();
      continue;
    }
    if (args.begins('proxy')) {
      args.next();
      proxy = true;
    } else if (args.is('to')) args.next();
    if (args.begins('help')) leave(255, neighUsage());
    if (dst) {
      if (proxy) duplicateArgument('address', args.word);
      duplicateOrGarbage('to', args.word);
    }
    dst = takeAddress(args.word, options.family);
  }
  if (!dst || dst.family === Family.UNSPEC || (device === undefined && !proxy)) return giveUp(USAGE_ERROR, 'Device and address are required arguments.\n');
  const index = device === undefined ? 0 : session.requireIndex(device);
  const { family } = dst;
  const address = family === Family.INET6 ? dst.v6 : dst.v4;
  const matches = (candidate: ShownNeighbour): boolean =>
    candidate.family === family && candidate.address === address && (index === 0 || candidate.device?.index === index);
  const found = (proxy ? netns.proxyNeighbours.map(shownProxy) : entries(session).map(shownNeighbour)).find(matches);
  if (!found) return giveUp(KERNEL_ERROR, `Error: ${proxy ? 'Proxy neighbour entry not found' : 'Neighbour entry not found'}.\n`);
  printNeighbour(session, found, neighFilter());
  return 0;
}
