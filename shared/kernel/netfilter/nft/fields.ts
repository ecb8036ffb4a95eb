/** What nft's expressions read from a packet: the fields by the names that nft gives them (nft_payload.c, nft_meta.c, nft_ct.c, nft_fib.c). */
import { isIpv4Multicast, isIpv6Multicast } from '../../../wire/index.ts';
import { addressType, addressTypeOn } from '../../ipv4/fib.ts';
import { outputRequest, routeOutput } from '../../ipv4/route.ts';
import { PacketType } from '../../numbers.ts';
import { CtInfo, directionOf, ORIGINAL, REPLY, type Connection } from '../conntrack/connection.ts';
import { makeZone, zoneId, zoneParts } from '../conntrack/zone.ts';
import type { HookContext } from '../context.ts';
import type { NftValue } from './model.ts';

/** Undefined: the packet has none, so the rule does not match. */
export type Read = (c: HookContext) => NftValue | undefined;

export const CT_STATE_BITS = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 } as const;
const INFO_BITS: readonly number[] = [2, 4, 8, 2, 4];

const address = (value: NftValue): NftValue => (typeof value === 'number' ? value >>> 0 : value);
const connection = (c: HookContext): Connection | null => c.skb.ct as Connection | null;
const tcp =
  (read: (header: NonNullable<HookContext['skb']['tcp']>) => number): Read =>
  (c) =>
    c.skb.tcp === null ? undefined : read(c.skb.tcp);
const udp =
  (read: (header: NonNullable<HookContext['skb']['udp']>, c: HookContext) => number): Read =>
  (c) =>
    c.skb.udp === null ? undefined : read(c.skb.udp, c);
const ip =
  (read: (header: NonNullable<HookContext['skb']['ip']>, c: HookContext) => number): Read =>
  (c) =>
    c.skb.ip === null ? undefined : read(c.skb.ip, c);
const ip6 =
  (read: (header: NonNullable<HookContext['skb']['ip6']>, c: HookContext) => NftValue): Read =>
  (c) =>
    c.skb.ip6 === null ? undefined : read(c.skb.ip6, c);
const icmp =
  (isV4: boolean, read: (header: NonNullable<HookContext['skb']['icmp']>) => number): Read =>
  (c) =>
    c.skb.icmp === null || (c.skb.ip !== null) !== isV4 ? undefined : read(c.skb.icmp);
const ct =
  (read: (connection: Connection, c: HookContext) => NftValue | undefined): Read =>
  (c) => {
    const found = connection(c);
    return found === null ? undefined : read(found, c);
  };

function ctState(c: HookContext): number {
  if (connection(c) !== null) return INFO_BITS[c.skb.ctInfo] ?? 0;
  return c.skb.ctInfo === CtInfo.UNTRACKED ? CT_STATE_BITS.untracked : CT_STATE_BITS.invalid;
}
const PACKET_TYPES: Readonly<Record<number, number>> = {
  [PacketType.HOST]: 0,
  [PacketType.BROADCAST]: 1,
  [PacketType.MULTICAST]: 2,
  [PacketType.OTHERHOST]: 3,
};
function packetType(c: HookContext): number {
  if (c.skb.packetType !== PacketType.LOOPBACK) return PACKET_TYPES[c.skb.packetType] ?? 0;
  return (typeof c.dst === 'number' ? isIpv4Multicast(c.dst) : isIpv6Multicast(c.dst)) ? 2 : 1;
}
/** Types of addresses as `fib … type` numbers them (RTN_*). */
export const FIB_TYPES = ['unspec', 'unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole', 'unreachable', 'prohibit'] as const;
function fibType(which: 'src' | 'dst', by: 'any' | 'in' | 'out'): Read {
  return (c) => {
    const value = c[which];
    if (typeof value !== 'number') return undefined;
    const device = by === 'in' ? c.inDevice : by === 'out' ? c.outDevice : null;
    const type = device === null ? addressType(c.netns, value) : addressTypeOn(c.netns, value, device.index);
    return Math.max(0, FIB_TYPES.indexOf(type as 'unicast'));
  };
}
/** The device that packets to the source would leave by, if it is the one that this came in by; 0: none. */
const fibOut: Read = (c) => {
  if (typeof c.src !== 'number' || c.inDevice === null) return undefined;
  if (c.inDevice.isLoopback) return c.inDevice.index;
  const way = routeOutput(c.netns, { ...outputRequest(c.src, 0), anySource: true }, null);
  return typeof way !== 'string' && way.device === c.inDevice ? c.inDevice.index : 0;
};
const counted = (what: 'packets' | 'bytes'): Read => ct((each) => (each.counters === null ? 0 : each.counters[what][0] + each.counters[what][1]));
const tuple = (side: 'original' | 'reply', field: 'src' | 'dst' | 'srcPort' | 'dstPort' | 'protocol'): Read => ct((each) => address(each[side][field]));

export const FIELDS: Readonly<Record<string, Read>> = {
  'ip saddr': ip((_, c) => (c.src as number) >>> 0),
  'ip daddr': ip((_, c) => (c.dst as number) >>> 0),
  'ip protocol': ip((header) => header.protocol),
  'ip ttl': ip((header) => header.ttl),
  'ip dscp': ip((header) => header.tos >> 2),
  'ip ecn': ip((header) => header.tos & 3),
  'ip id': ip((header) => header.id),
  'ip version': ip(() => 4),
  'ip hdrlength': ip((header) => 5 + (header.options.length >> 2)),
  'ip length': ip((_, c) => c.length),
  'ip frag-off': ip((header) => (header.fragmentOffset >> 3) | (header.moreFragments ? 0x2000 : 0) | (header.dontFragment ? 0x4000 : 0)),
  'ip6 saddr': ip6((_, c) => c.src),
  'ip6 daddr': ip6((_, c) => c.dst),
  'ip6 nexthdr': ip6((header) => header.nextHeader),
  'ip6 hoplimit': ip6((header) => header.hopLimit),
  'ip6 dscp': ip6((header) => header.trafficClass >> 2),
  'ip6 flowlabel': ip6((header) => header.flowLabel),
  'ip6 length': ip6((_, c) => c.length - 40),
  'tcp sport': tcp((header) => header.srcPort),
  'tcp dport': tcp((header) => header.dstPort),
  'tcp flags': tcp((header) => header.flags & 255),
  'tcp window': tcp((header) => header.window),
  'tcp sequence': tcp((header) => header.seq),
  'tcp ackseq': tcp((header) => header.ack),
  'udp sport': udp((header) => header.srcPort),
  'udp dport': udp((header) => header.dstPort),
  'udp length': udp((_, c) => 8 + c.skb.payload.length),
  'th sport': (c) => c.skb.tcp?.srcPort ?? c.skb.udp?.srcPort,
  'th dport': (c) => c.skb.tcp?.dstPort ?? c.skb.udp?.dstPort,
  'icmp type': icmp(true, (header) => header.type),
  'icmp code': icmp(true, (header) => header.code),
  'icmp id': icmp(true, (header) => header.id),
  'icmp sequence': icmp(true, (header) => header.seq),
  'icmpv6 type': icmp(false, (header) => header.type),
  'icmpv6 code': icmp(false, (header) => header.code),
  'icmpv6 id': icmp(false, (header) => header.id),
  'ether saddr': (c) => (c.inDevice?.isEthernet ? c.skb.ethSrc : undefined),
  'ether daddr': (c) => (c.inDevice?.isEthernet ? c.skb.ethDst : undefined),
  'ether type': (c) => c.skb.etherType,
  'meta mark': (c) => c.skb.mark,
  'meta priority': (c) => c.skb.priority,
  'meta iifname': (c) => c.inName,
  'meta oifname': (c) => c.outName,
  'meta iif': (c) => c.inDevice?.index,
  'meta oif': (c) => c.outDevice?.index,
  'meta iifgroup': (c) => c.inDevice?.group,
  'meta oifgroup': (c) => c.outDevice?.group,
  'meta length': (c) => c.length,
  'meta l4proto': (c) => c.protocol,
  'meta nfproto': (c) => (c.skb.ip !== null ? 2 : 10),
  'meta protocol': (c) => (c.skb.ip !== null ? 0x800 : 0x86dd),
  'meta pkttype': packetType,
  'meta skuid': (c) => c.skb.socket?.owner?.uid ?? (c.skb.socket === null ? undefined : 0),
  'meta skgid': (c) => c.skb.socket?.owner?.uid ?? (c.skb.socket === null ? undefined : 0),
  'meta cpu': () => 0,
  'meta random': (c) => c.netns.rng.uint32(),
  'ct state': ctState,
  'ct mark': ct((each) => each.mark),
  'ct zone': ct((each) => zoneParts(each.zone).id),
  'ct original zone': ct((each) => zoneId(each.zone, ORIGINAL)),
  'ct reply zone': ct((each) => zoneId(each.zone, REPLY)),
  'ct status': ct((each) => each.status),
  'ct direction': ct((_, c) => (directionOf(c.skb.ctInfo) === ORIGINAL ? 0 : 1)),
  'ct protocol': tuple('original', 'protocol'),
  'ct expiration': ct((each, c) => Math.max(0, Math.floor((each.expiresUs - c.netns.simulation.nowUs) / 1e6))),
  'ct original saddr': tuple('original', 'src'),
  'ct original daddr': tuple('original', 'dst'),
  'ct reply saddr': tuple('reply', 'src'),
  'ct reply daddr': tuple('reply', 'dst'),
  'ct original proto-src': tuple('original', 'srcPort'),
  'ct original proto-dst': tuple('original', 'dstPort'),
  'ct reply proto-src': tuple('reply', 'srcPort'),
  'ct reply proto-dst': tuple('reply', 'dstPort'),
  'ct packets': counted('packets'),
  'ct bytes': counted('bytes'),
  'fib saddr type': fibType('src', 'any'),
  'fib daddr type': fibType('dst', 'any'),
  'fib saddr . iif type': fibType('src', 'in'),
  'fib daddr . iif type': fibType('dst', 'in'),
  'fib daddr . oif type': fibType('dst', 'out'),
  'fib saddr . iif oif': fibOut,
};
function zoneSetter(direction: 'both' | 'orig' | 'reply'): (c: HookContext, value: number) => void {
  return ({ skb }, value) => {
    if (skb.ct !== null || skb.ctInfo === CtInfo.UNTRACKED) return;
    const zone = makeZone(value, direction);
    skb.ctTemplate = { zone: () => zone };
  };
}
/** What may be written, too. */
export const WRITERS: Readonly<Record<string, (c: HookContext, value: number) => void>> = {
  'meta mark': (c, value) => void (c.skb.mark = value),
  'meta priority': (c, value) => void (c.skb.priority = value),
  'ct mark': (c, value) => {
    const found = connection(c);
    if (found !== null) found.mark = value;
  },
  'ct zone': zoneSetter('both'),
  'ct original zone': zoneSetter('orig'),
  'ct reply zone': zoneSetter('reply'),
  'ip ttl': (c, value) => void (c.skb.ip !== null && (c.skb.ip.ttl = value)),
  'ip dscp': (c, value) => void (c.skb.ip !== null && (c.skb.ip.tos = (value << 2) | (c.skb.ip.tos & 3))),
  'ip6 hoplimit': (c, value) => void (c.skb.ip6 !== null && (c.skb.ip6.hopLimit = value)),
  'tcp dport': (c, value) => void (c.skb.tcp !== null && (c.skb.tcp.dstPort = value)),
  'tcp sport': (c, value) => void (c.skb.tcp !== null && (c.skb.tcp.srcPort = value)),
};
