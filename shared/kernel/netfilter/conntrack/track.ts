/**
 * Connection tracking of packets (nf_conntrack_in, nf_conntrack_confirm): finds or makes the connection that a packet belongs to, moves its
 * state on, and puts new connections into the table when their first packet has passed all hooks.
 */
import { decodeQuoted, formatIpv4, formatIpv6, networkLength, type Packet } from '../../../wire/index.ts';
import type { Netns, Skb } from '../../model.ts';
import { Verdict } from '../../numbers.ts';
import type { Family } from '../match.ts';
import { CtInfo, directionOf, invertTuple, ORIGINAL, REPLY, Status, Tuple, type Connection } from './connection.ts';
import type { ConntrackTable } from './table.ts';
import { trackTcp, type TrackResult } from './tcp.ts';
import type { Zone } from './zone.ts';

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const GRE = 47;
const ICMP6 = 58;
const ICMP_ERRORS = new Set<number>([3, 4, 5, 11, 12]);
const STREAM_AFTER_US = 2_000_000;
/** One tuple for all lookups: they do not nest. */
const wanted = new Tuple(0, 0, 0, 0, 0);

/** Fills in the tuple of a packet; false when it has none (a fragment, a damaged header). */
function readTuple(packet: Packet, tuple: Tuple): boolean {
  const { ip, ip6, icmp } = packet;
  if (ip !== null) {
    if (ip.fragmentOffset !== 0) return false;
    tuple.src = ip.src;
    tuple.dst = ip.dst;
    tuple.protocol = ip.protocol;
  } else if (ip6 !== null) {
    tuple.src = ip6.src;
    tuple.dst = ip6.dst;
    tuple.protocol = ip6.nextHeader;
  } else return false;
  tuple.srcPort = tuple.dstPort = 0;
  const ports = packet.tcp ?? packet.udp;
  if (ports !== null) {
    tuple.srcPort = ports.srcPort;
    tuple.dstPort = ports.dstPort;
  } else if (icmp !== null) {
    tuple.srcPort = icmp.id;
    tuple.dstPort = (icmp.type << 8) | icmp.code;
  } else if (tuple.protocol === TCP || tuple.protocol === UDP || tuple.protocol === ICMP || tuple.protocol === ICMP6) return false;
  return true;
}

/** Hook of PREROUTING and OUTPUT. */
export function trackIn(skb: Skb, netns: Netns, table: ConntrackTable, family: Family): Verdict {
  if (skb.ct !== null || skb.ctInfo === CtInfo.UNTRACKED) return Verdict.ACCEPT;
  const verdict = track(skb, netns, table, family);
  skb.ctTemplate = null;
  if (skb.recorder !== null) record(skb, netns);
  return verdict;
}

function track(skb: Skb, netns: Netns, table: ConntrackTable, family: Family): Verdict {
  const { icmp, ctTemplate } = skb;
  const zone = ctTemplate === null ? 0 : ctTemplate.zone(skb.mark);
  if (icmp !== null) {
    if (skb.ip !== null ? ICMP_ERRORS.has(icmp.type) : icmp.type < 128) {
      if (!trackError(skb, table, zone)) table.invalid++;
      return Verdict.ACCEPT;
    }
    // Neighbour discovery and multicast listening are nobody's connection (nf_conntrack_icmpv6_error).
    if (skb.ip6 !== null && icmp.type >= 130 && icmp.type !== 139 && icmp.type !== 140) {
      skb.ctInfo = CtInfo.UNTRACKED;
      return Verdict.ACCEPT;
    }
  }
  for (;;) {
    if (!readTuple(skb, wanted)) {
      table.invalid++;
      return Verdict.ACCEPT;
    }
    const node = table.find(wanted, zone);
    let connection: Connection;
    if (node !== null) {
      connection = node.connection;
      if (node.direction === REPLY) skb.ctInfo = CtInfo.ESTABLISHED_REPLY;
      else if ((connection.status & Status.SEEN_REPLY) !== 0) skb.ctInfo = CtInfo.ESTABLISHED;
      else skb.ctInfo = (connection.status & Status.EXPECTED) !== 0 ? CtInfo.RELATED : CtInfo.NEW;
    } else {
      const reply = invertTuple(wanted);
      if (reply === undefined || (icmp !== null && isAnswer(skb))) {
        skb.ctInfo = 0;
        table.invalid++;
        return Verdict.ACCEPT;
      }
      if (!table.hasRoom()) {
        skb.ctInfo = 0;
        return Verdict.DROP;
      }
      connection = table.create(family, wanted.copy(), reply);
      connection.zone = zone;
      skb.ctInfo = CtInfo.NEW;
    }
    const result = advance(connection, skb, table, netns.simulation.nowUs);
    if (result === 'again') continue;
    if (result === 'invalid') {
      skb.ctInfo = 0;
      table.invalid++;
      return Verdict.ACCEPT;
    }
    skb.ct = connection;
    if (skb.ctInfo === CtInfo.ESTABLISHED_REPLY && (connection.status & Status.SEEN_REPLY) === 0) {
      connection.status |= Status.SEEN_REPLY;
      table.updated(connection);
    }
    if (table.settings.nf_conntrack_acct !== 0) account(connection, skb);
    return Verdict.ACCEPT;
  }
}

/** An echo reply (and its like) begins no connection. */
function isAnswer(skb: Skb): boolean {
  const { type } = skb.icmp!;
  return skb.ip !== null ? type !== 8 && type !== 13 && type !== 15 && type !== 17 : type !== 128 && type !== 139;
}

function advance(connection: Connection, skb: Skb, table: ConntrackTable, nowUs: number): TrackResult {
  const { settings } = table;
  const { tcp } = skb;
  if (tcp !== null) return trackTcp(connection, tcp, skb.payload.length, directionOf(skb.ctInfo), table, nowUs);
  let seconds: number;
  switch (connection.original.protocol) {
    case UDP:
      seconds = settings.nf_conntrack_udp_timeout;
      if (!connection.isConfirmed) connection.streamUs = nowUs + STREAM_AFTER_US;
      if ((connection.status & Status.SEEN_REPLY) !== 0 && nowUs > connection.streamUs) {
        seconds = settings.nf_conntrack_udp_timeout_stream;
        if ((connection.status & Status.ASSURED) === 0) table.updated(connection);
        connection.status |= Status.ASSURED;
      }
      break;
    case ICMP:
      seconds = settings.nf_conntrack_icmp_timeout;
      break;
    case ICMP6:
      seconds = settings.nf_conntrack_icmpv6_timeout;
      break;
    case GRE: {
      const isAnswered = (connection.status & Status.SEEN_REPLY) !== 0;
      if (isAnswered) connection.status |= Status.ASSURED;
      seconds = isAnswered ? settings.nf_conntrack_gre_timeout_stream : settings.nf_conntrack_gre_timeout;
      break;
    }
    default:
      seconds = settings.nf_conntrack_generic_timeout;
  }
  if ((connection.status & Status.FIXED_TIMEOUT) === 0) connection.expiresUs = nowUs + seconds * 1e6;
  return 'accept';
}

/** An ICMP error belongs to the connection of the packet that it quotes (nf_conntrack_inet_error). False: to none. */
function trackError(skb: Skb, table: ConntrackTable, zone: Zone): boolean {
  const quoted = decodeQuoted(skb.payload);
  if (!readTuple(quoted, wanted)) return false;
  const inverse = invertTuple(wanted);
  const node = inverse === undefined ? null : table.find(inverse, zone);
  if (node === null || node.dst !== (skb.ip?.dst ?? skb.ip6?.dst)) return false;
  skb.ct = node.connection;
  skb.ctInfo = node.direction === REPLY ? CtInfo.RELATED_REPLY : CtInfo.RELATED;
  return true;
}

function account(connection: Connection, skb: Skb): void {
  const counters = (connection.counters ??= { packets: [0, 0], bytes: [0, 0] });
  const direction = directionOf(skb.ctInfo);
  counters.packets[direction]++;
  counters.bytes[direction] += networkLength(skb);
}

/** Hook of INPUT and POSTROUTING, last of all. */
export function confirm(skb: Skb, table: ConntrackTable): Verdict {
  const connection = skb.ct as Connection | null;
  if (connection === null) return Verdict.ACCEPT;
  if (connection.isConfirmed) {
    if (connection.hasNews) table.tellNews(connection);
    return Verdict.ACCEPT;
  }
  if (directionOf(skb.ctInfo) !== ORIGINAL) return Verdict.ACCEPT;
  if (connection.dead) return Verdict.DROP;
  connection.hasNews = false;
  if (table.insert(connection)) return Verdict.ACCEPT;
  return clash(connection, skb, table);
}
/** Another packet of the same flow was faster: this one joins its connection (nf_ct_resolve_clash). */
function clash(connection: Connection, skb: Skb, table: ConntrackTable): Verdict {
  const other = table.find(connection.original, connection.zone);
  if (other !== null && other.direction === ORIGINAL && other.connection.reply.equals(connection.reply)) {
    skb.ct = other.connection;
    table.clashResolve++;
    return Verdict.ACCEPT;
  }
  table.dropped++;
  return Verdict.DROP;
}

const STATE_NAMES = ['ESTABLISHED', 'RELATED', 'NEW', 'ESTABLISHED', 'RELATED'] as const;
const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 47: 'gre', 58: 'icmpv6' };
/** A tuple in words: `tcp 10.0.0.1:4711 → 10.0.0.2:80`. */
export function tupleText(tuple: Tuple): string {
  const address = (value: Tuple['src']): string => (typeof value === 'number' ? formatIpv4(value) : formatIpv6(value));
  const name = PROTOCOL_NAMES[tuple.protocol] ?? `protocol ${tuple.protocol}`;
  if (tuple.protocol === ICMP || tuple.protocol === ICMP6) return `${name} ${address(tuple.src)} → ${address(tuple.dst)} id ${tuple.srcPort}`;
  if (tuple.srcPort === 0 && tuple.dstPort === 0) return `${name} ${address(tuple.src)} → ${address(tuple.dst)}`;
  return `${name} ${address(tuple.src)}:${tuple.srcPort} → ${address(tuple.dst)}:${tuple.dstPort}`;
}
function record(skb: Skb, netns: Netns): void {
  const connection = skb.ct as Connection | null;
  if (connection !== null) skb.step({ kind: 'conntrack', state: STATE_NAMES[skb.ctInfo] ?? 'NEW', flow: tupleText(connection.original) }, netns);
  else if (skb.ctInfo === CtInfo.UNTRACKED) skb.step({ kind: 'conntrack', state: 'UNTRACKED', flow: '' }, netns);
  else skb.step({ kind: 'conntrack', state: 'INVALID', flow: readTuple(skb, wanted) ? tupleText(wanted) : '' }, netns);
}
