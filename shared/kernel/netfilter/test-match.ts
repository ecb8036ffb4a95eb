/**
 * Matches as tests of packets: the kernel's half of each extension (net/netfilter/xt_*.c). A test with a memory of its own (statistic, limit)
 * has it from its rule; lists that have names (recent, sets) belong to the namespace.
 */
import { assert } from '../../base/index.ts';
import { addressType, addressTypeOn } from '../ipv4/fib.ts';
import { PacketType } from '../numbers.ts';
import { isIpv4Multicast, isIpv6Multicast, type Ipv4, type Ipv6 } from '../../wire/index.ts';
import { CtInfo, directionOf, ORIGINAL, Status, type Connection, type Tuple } from './conntrack/connection.ts';
import type { HookContext } from './context.ts';
import type {
  Address,
  AddressType,
  AddrtypeInfo,
  Asked,
  ConntrackInfo,
  CtState,
  LimitInfo,
  MaskedAddress,
  MatchInfo,
  OwnerInfo,
  PhysdevInfo,
  Range,
  StatisticInfo,
  TcpInfo,
  UdpInfo,
} from './match.ts';

import { compileCircumstance } from './test-circumstance.ts';
import { compileHeader } from './test-headers.ts';
import { testConnlimit, testHashlimit, testQuota, testRpfilter, testString } from './test-counting.ts';

export type Test = (context: HookContext) => boolean;

export function compileMatch(info: MatchInfo): Test | null {
  switch (info.kind) {
    case 'tcp':
      return testTcp(info);
    case 'udp':
      return (c) => c.skb.udp !== null && testPorts(info, c.skb.udp);
    case 'icmp':
    case 'icmp6': {
      const { type, code, invert } = info;
      const isAny = info.kind === 'icmp' && type === 255;
      return (c) => {
        const { icmp } = c.skb;
        if (icmp === null) return false;
        return (isAny || (icmp.type === type && icmp.code >= code.min && icmp.code <= code.max)) !== invert;
      };
    }
    case 'comment':
      return null;
    case 'mark': {
      const { mark, mask, invert } = info;
      return (c) => ((c.skb.mark & mask) >>> 0 === mark) !== invert;
    }
    case 'connmark': {
      const { mark, mask, invert } = info;
      return (c) => c.skb.ct !== null && (((c.skb.ct as Connection).mark & mask) >>> 0 === mark) !== invert;
    }
    case 'multiport':
      return (c) => {
        const ports = c.skb.tcp ?? c.skb.udp;
        if (ports === null) return false;
        const has = info.ports.some(
          (range) => (info.side !== 'destination' && within(range, ports.srcPort)) || (info.side !== 'source' && within(range, ports.dstPort)),
        );
        return has !== info.invert;
      };
    case 'conntrack':
      return testConntrack(info);
    case 'statistic':
      return testStatistic(info);
    case 'addrtype':
      return testAddrtype(info);
    case 'physdev':
      return testPhysdev(info);
    case 'set':
      return (c) => {
        const found = c.netfilter.sets.test(info, c);
        return found !== info.invert;
      };
    case 'recent':
      return (c) => c.netfilter.recent.test(info, c) !== info.invert;
    case 'limit':
      return testLimit(info);
    case 'mac':
      return (c) => c.inDevice !== null && c.inDevice.isEthernet && (c.skb.ethSrc === info.source) !== info.invert;
    case 'iprange':
      return (c) => testRange(info.source, c.src) && testRange(info.destination, c.dst);
    case 'length':
      return (c) => within(info.length, c.length) !== info.invert;
    case 'ttl':
    case 'hl':
      return (c) => {
        const ttl = c.skb.ip?.ttl ?? c.skb.ip6?.hopLimit ?? 0;
        if (info.compare === 'eq') return ttl === info.value;
        if (info.compare === 'ne') return ttl !== info.value;
        return info.compare === 'lt' ? ttl < info.value : ttl > info.value;
      };
    case 'tos':
      return (c) => ((tosOf(c) & info.mask) === info.value) !== info.invert;
    case 'dscp':
      return (c) => (tosOf(c) >> 2 === info.dscp) !== info.invert;
    case 'pkttype':
      return (c) => (packetTypeOf(c) === info.type) !== info.invert;
    case 'owner':
      return testOwner(info);
    case 'hashlimit':
      return testHashlimit(info);
    case 'connlimit':
      return testConnlimit(info);
    case 'quota':
      return testQuota(info);
    case 'cpu':
      // Every packet is worked on by the first processor here.
      return () => (info.cpu === 0) !== info.invert;
    case 'string':
      return testString(info);
    case 'rpfilter':
      return testRpfilter(info);
    case 'tcpmss':
      return (c) => {
        const mss = c.skb.tcp === null ? undefined : mssOf(c.skb.tcp.options);
        return mss !== undefined && within(info.mss, mss) !== info.invert;
      };
    case 'ah':
    case 'esp':
    case 'ipcomp':
    case 'sctp':
    case 'dccp':
    case 'ecn':
    case 'u32':
    case 'bpf':
    case 'ipv6header':
    case 'hbh':
    case 'dst':
    case 'frag':
    case 'rt':
    case 'eui64':
    case 'mh':
      return compileHeader(info);
    default:
      return compileCircumstance(info);
  }
}

const within = (range: Range, value: number): boolean => value >= range.min && value <= range.max;
const tosOf = (c: HookContext): number => c.skb.ip?.tos ?? c.skb.ip6?.trafficClass ?? 0;

function testPorts(info: TcpInfo | UdpInfo, ports: { readonly srcPort: number; readonly dstPort: number }): boolean {
  const { source, destination } = info;
  // nf_tables compares two single inverted ports as one word: it matches unless both are as told.
  if (info.invertSource && info.invertDestination && source.min === source.max && destination.min === destination.max) {
    return ports.srcPort !== source.min || ports.dstPort !== destination.min;
  }
  return within(source, ports.srcPort) !== info.invertSource && within(destination, ports.dstPort) !== info.invertDestination;
}
function testTcp(info: TcpInfo): Test {
  return (c) => {
    const { tcp } = c.skb;
    if (tcp === null || !testPorts(info, tcp)) return false;
    if ((info.flagMask !== 0 || info.invertFlags) && ((tcp.flags & info.flagMask) === info.flags) === info.invertFlags) return false;
    return info.option === 0 || hasOption(tcp.options, info.option) !== info.invertOption;
  };
}

/** Walks TCP options: kind and where its data is. */
function* tcpOptions(options: string): Generator<{ readonly kind: number; readonly at: number; readonly length: number }, void, void> {
  for (let i = 0; i < options.length;) {
    const kind = options.charCodeAt(i);
    if (kind === 0) return;
    const length = kind === 1 ? 1 : options.charCodeAt(i + 1);
    if (!(length >= 1) || (kind !== 1 && length < 2)) return;
    yield { kind, at: i + 2, length };
    i += length;
  }
}
function hasOption(options: string, wanted: number): boolean {
  for (const { kind } of tcpOptions(options)) if (kind === wanted) return true;
  return false;
}
/** The MSS option's value, or undefined. */
export function mssOf(options: string): number | undefined {
  for (const { kind, at, length } of tcpOptions(options)) if (kind === 2 && length === 4) return (options.charCodeAt(at) << 8) | options.charCodeAt(at + 1);
  return undefined;
}
/** Options with another MSS in its place. */
export function withMss(options: string, mss: number): string {
  for (const { kind, at, length } of tcpOptions(options)) {
    if (kind === 2 && length === 4) return options.slice(0, at) + String.fromCharCode(mss >> 8, mss & 255) + options.slice(at + 2);
  }
  return String.fromCharCode(2, 4, mss >> 8, mss & 255) + options;
}

const STATE_BITS: Readonly<Record<CtState, number>> = { INVALID: 1, ESTABLISHED: 2, RELATED: 4, NEW: 8, SNAT: 16, DNAT: 32, UNTRACKED: 64 };
const INFO_BITS: readonly number[] = [STATE_BITS.ESTABLISHED, STATE_BITS.RELATED, STATE_BITS.NEW, STATE_BITS.ESTABLISHED, STATE_BITS.RELATED];
const STATUS_BITS = { EXPECTED: Status.EXPECTED, SEEN_REPLY: Status.SEEN_REPLY, ASSURED: Status.ASSURED, CONFIRMED: Status.CONFIRMED } as const;

function testConntrack(info: ConntrackInfo): Test {
  const mask = (info.states?.value ?? []).reduce((bits, state) => bits | STATE_BITS[state], 0);
  const invertState = info.states?.invert ?? false;
  const onlyState = Object.keys(info).every((key) => key === 'kind' || key === 'isStateAlias' || key === 'states');
  const statusMask = (info.statuses?.value ?? []).reduce((bits, status) => bits | STATUS_BITS[status], 0);
  return (c) => {
    const ct = c.skb.ct as Connection | null;
    if (info.states !== undefined) {
      let bit = ct !== null ? INFO_BITS[c.skb.ctInfo]! : c.skb.ctInfo === CtInfo.UNTRACKED ? STATE_BITS.UNTRACKED : STATE_BITS.INVALID;
      if (ct !== null) bit |= ((ct.status & Status.SRC_NAT) !== 0 ? STATE_BITS.SNAT : 0) | ((ct.status & Status.DST_NAT) !== 0 ? STATE_BITS.DNAT : 0);
      if (((bit & mask) !== 0) === invertState) return false;
      if (onlyState) return true;
    }
    if (ct === null) return info.states !== undefined;
    if (info.direction !== undefined && (info.direction === 'ORIGINAL') !== (directionOf(c.skb.ctInfo) === ORIGINAL)) return false;
    return testTuples(info, ct) && testLife(info, ct, statusMask, c);
  };
}
function testTuples(info: ConntrackInfo, ct: Connection): boolean {
  const port = (asked: Asked<Range> | undefined, value: number): boolean => asked === undefined || within(asked.value, value) !== asked.invert;
  const address = (asked: Asked<MaskedAddress> | undefined, value: Address): boolean => asked === undefined || isMasked(asked.value, value) !== asked.invert;
  const { original, reply }: { original: Tuple; reply: Tuple } = ct;
  return (
    (info.protocol === undefined || (original.protocol === info.protocol.value) !== info.protocol.invert) &&
    address(info.originalSource, original.src) &&
    address(info.originalDestination, original.dst) &&
    address(info.replySource, reply.src) &&
    address(info.replyDestination, reply.dst) &&
    port(info.originalSourcePort, original.srcPort) &&
    port(info.originalDestinationPort, original.dstPort) &&
    port(info.replySourcePort, reply.srcPort) &&
    port(info.replyDestinationPort, reply.dstPort)
  );
}
function testLife(info: ConntrackInfo, ct: Connection, statusMask: number, c: HookContext): boolean {
  if (info.statuses !== undefined && ((ct.status & statusMask) !== 0 || (statusMask === 0 && ct.status === 0)) === info.statuses.invert) return false;
  if (info.expiresS === undefined) return true;
  const left = Math.max(0, Math.floor((ct.expiresUs - c.netns.simulation.nowUs) / 1e6));
  return within(info.expiresS.value, left) !== info.expiresS.invert;
}

/** Whether an address is in a masked one, of either family. */
export function isMasked(wanted: MaskedAddress, value: Address): boolean {
  if (typeof value === 'number') return (value & (wanted.mask as Ipv4)) === wanted.address;
  const mask = wanted.mask as Ipv6;
  const address = wanted.address as Ipv6;
  for (let i = 0; i < 32; i += 8) {
    const bits = parseInt(mask.slice(i, i + 8), 16);
    if (bits === 0) continue;
    if ((parseInt(value.slice(i, i + 8), 16) & bits) >>> 0 !== parseInt(address.slice(i, i + 8), 16)) return false;
  }
  return true;
}

function testStatistic(info: StatisticInfo): Test {
  const { every, invert, probability } = info;
  if (info.mode === 'random') return (c) => (c.netns.rng.uint32() & 0x7fffffff) < probability !== invert;
  let count = every - 1 - info.packet;
  return () => {
    count = count === every - 1 ? 0 : count + 1;
    return (count === 0) !== invert;
  };
}

function testAddrtype(info: AddrtypeInfo): Test {
  const has = (types: readonly AddressType[], type: string): boolean => (types as readonly string[]).includes(type.toUpperCase());
  return (c) => {
    const device = info.limitInterface === 'in' ? c.inDevice : info.limitInterface === 'out' ? c.outDevice : null;
    const typeOf = (address: Address): string => {
      if (typeof address !== 'number') return type6(address, c);
      return device === null ? addressType(c.netns, address) : addressTypeOn(c.netns, address, device.index);
    };
    if (info.source.length > 0 && has(info.source, typeOf(c.src)) === info.invertSource) return false;
    return info.destination.length === 0 || has(info.destination, typeOf(c.dst)) !== info.invertDestination;
  };
}
function type6(address: Ipv6, c: HookContext): string {
  if (isIpv6Multicast(address)) return 'multicast';
  for (const device of c.netns.devices.values()) if (device.ipv6?.addresses.some((each) => each.address === address)) return 'local';
  return 'unicast';
}

/** `eth+` or a whole name. */
export const isInterface = (pattern: string, name: string): boolean => (pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern);

function testPhysdev(info: PhysdevInfo): Test {
  return (c) => {
    const { physIn, physOut } = c.skb;
    if (physIn === null && physOut === null)
      return [info.isBridged, info.isIn, info.isOut, info.in, info.out].every((asked) => asked === undefined || asked.invert);
    if (info.isBridged !== undefined && (physOut !== null) === info.isBridged.invert) return false;
    if (info.isIn !== undefined && (physIn !== null) === info.isIn.invert) return false;
    if (info.isOut !== undefined && (physOut !== null) === info.isOut.invert) return false;
    if (info.in !== undefined && isInterface(info.in.value, physIn?.name ?? '') === info.in.invert) return false;
    return info.out === undefined || isInterface(info.out.value, physOut?.name ?? '') !== info.out.invert;
  };
}

/** A bucket of tokens that fills with time, full at first (nft_limit). */
function testLimit(info: LimitInfo): Test {
  const costUs = info.average * 100;
  const full = costUs * Math.max(1, info.burst);
  let tokens = full;
  let lastUs = 0;
  return (c) => {
    const { nowUs } = c.netns.simulation;
    tokens = Math.min(full, tokens + nowUs - lastUs);
    lastUs = nowUs;
    if (tokens < costUs) return false;
    tokens -= costUs;
    return true;
  };
}

function testRange(asked: Asked<{ min: Address; max: Address }> | undefined, address: Address): boolean {
  if (asked === undefined) return true;
  const { min, max } = asked.value;
  const isIn =
    typeof address === 'number'
      ? address >>> 0 >= (min as Ipv4) >>> 0 && address >>> 0 <= (max as Ipv4) >>> 0
      : address >= (min as Ipv6) && address <= (max as Ipv6);
  return isIn !== asked.invert;
}

function packetTypeOf(c: HookContext): string {
  switch (c.skb.packetType) {
    case PacketType.HOST:
      return 'unicast';
    case PacketType.BROADCAST:
      return 'broadcast';
    case PacketType.MULTICAST:
      return 'multicast';
    case PacketType.OTHERHOST:
      return 'otherhost';
    case PacketType.LOOPBACK: {
      const isGroup = typeof c.dst === 'number' ? isIpv4Multicast(c.dst) : isIpv6Multicast(c.dst);
      return isGroup ? 'multicast' : 'broadcast';
    }
    default:
      return '';
  }
}

function testOwner(info: OwnerInfo): Test {
  const ids = (asked: Asked<Range> | undefined, value: number): boolean => asked === undefined || within(asked.value, value) !== asked.invert;
  return (c) => {
    const owner = c.skb.socket?.owner ?? null;
    if (c.skb.socket === null) return [info.socketExists, info.uid, info.gid].every((asked) => asked === undefined || asked.invert);
    if (info.socketExists?.invert) return false;
    const uid = owner?.uid ?? 0;
    return ids(info.uid, uid) && ids(info.gid, uid);
  };
}

assert(INFO_BITS.length === 5, 'one bit for each kind of packet');
