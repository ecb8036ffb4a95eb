/** One connection as /proc/net/nf_conntrack shows it; libnetfilter_conntrack's default format has the same words for listings and events. */
import { formatIpv4, formatIpv6 } from '../wire/index.ts';
import { ORIGINAL, REPLY, Status, TCP_STATES, zoneParts, type Address, type Connection, type Direction } from '../kernel/index.ts';

export const TRANSPORT_NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};
const address = (value: Address): string => (typeof value === 'number' ? formatIpv4(value) : formatIpv6(value));

export const timeLeftS = (connection: Connection, nowUs: number): number => Math.max(0, Math.floor((connection.expiresUs - nowUs) / 1e6));

function side(connection: Connection, direction: Direction, hasCounters: boolean): string {
  const tuple = connection.tuple(direction);
  let text = `src=${address(tuple.src)} dst=${address(tuple.dst)} `;
  const { protocol } = tuple;
  if (protocol === 1 || protocol === 58) text += `type=${tuple.dstPort >> 8} code=${tuple.dstPort & 255} id=${tuple.srcPort} `;
  else if (protocol === 6 || protocol === 17 || protocol === 132 || protocol === 33 || protocol === 136)
    text += `sport=${tuple.srcPort} dport=${tuple.dstPort} `;
  else if (protocol === 47) text += `srckey=0x${tuple.srcPort.toString(16)} dstkey=0x${tuple.dstPort.toString(16)} `;
  const { counters } = connection;
  return counters === null || !hasCounters ? text : `${text}packets=${counters.packets[direction]} bytes=${counters.bytes[direction]} `;
}

export interface FlowFormat {
  /** With the network protocol in front. */
  readonly extended: boolean;
  readonly id: boolean;
  /** Listings have mark and use; events have neither. */
  readonly what: 'listing' | 'event' | 'proc';
  readonly use: number;
  /** Events tell what was counted only at the end, and a mark that is 0 only where a program set it. */
  readonly counters?: boolean;
  readonly mark?: boolean;
}

export function flowText(connection: Connection, nowUs: number, format: FlowFormat): string {
  const { protocol } = connection.original;
  let text = format.extended ? (connection.family === 'ip' ? 'ipv4     2 ' : 'ipv6     10 ') : '';
  text += `${(TRANSPORT_NAMES[protocol] ?? 'unknown').padEnd(8)} ${protocol} ${timeLeftS(connection, nowUs)} `;
  if (connection.tcp !== null) text += `${TCP_STATES[connection.tcp.state]} `;
  const hasCounters = format.counters ?? true;
  const zone = zoneParts(connection.zone);
  text += side(connection, ORIGINAL, hasCounters);
  if (zone.direction === 'orig') text += `zone-orig=${zone.id} `;
  if ((connection.status & Status.SEEN_REPLY) === 0) text += '[UNREPLIED] ';
  text += side(connection, REPLY, hasCounters);
  if (zone.direction === 'reply') text += `zone-reply=${zone.id} `;
  if ((connection.status & Status.ASSURED) !== 0) text += '[ASSURED] ';
  if (format.what !== 'event' || connection.mark !== 0 || format.mark === true) text += `mark=${connection.mark} `;
  if (zone.direction === 'both' && (zone.id !== 0 || format.what === 'proc')) text += `zone=${zone.id} `;
  if (format.what !== 'event') text += `use=${format.use} `;
  if (format.id) text += `id=${idOf(connection)} `;
  return text.trimEnd();
}
/** The kernel shows a hash instead of a number that could be guessed; so does the model. */
export const idOf = (connection: Connection): number => Math.imul(connection.id, 0x9e3779b1) >>> 0;
