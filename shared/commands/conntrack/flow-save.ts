/** One connection as options that would make it again: `conntrack -o save` (ct_save_snprintf). */
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import { Status, TCP_STATES, zoneParts, type Address, type Connection } from '../../kernel/index.ts';
import { timeLeftS, TRANSPORT_NAMES } from '../../machine/index.ts';

const text = (value: Address): string => (typeof value === 'number' ? formatIpv4(value) : formatIpv6(value));
const STATUSES: readonly (readonly [string, number])[] = [
  ['SEEN_REPLY', Status.SEEN_REPLY],
  ['ASSURED', Status.ASSURED],
  ['FIXED_TIMEOUT', Status.FIXED_TIMEOUT],
  ['EXPECTED', Status.EXPECTED],
];

export function flowSave(connection: Connection, nowUs: number): string {
  const { original, reply, status } = connection;
  const statuses = STATUSES.filter(([, bit]) => (status & bit) !== 0).map(([name]) => name);
  const words = ['-A', '-t', timeLeftS(connection, nowUs), '-u', statuses.length === 0 ? 'UNSET' : statuses.join(',')];
  if (connection.zone !== 0) {
    const { id, direction } = zoneParts(connection.zone);
    words.push({ both: '-w', orig: '--orig-zone', reply: '--reply-zone' }[direction], id);
  }
  words.push('-s', text(original.src), '-d', text(original.dst));
  words.push((status & Status.DST_NAT) !== 0 && original.dst !== reply.src ? '-g' : '-r', text(reply.src));
  words.push((status & Status.SRC_NAT) !== 0 && original.src !== reply.dst ? '-n' : '-q', text(reply.dst));
  words.push('-p', TRANSPORT_NAMES[original.protocol] ?? original.protocol);
  switch (original.protocol) {
    case 1:
    case 58: {
      const prefix = original.protocol === 1 ? '--icmp' : '--icmpv6';
      words.push(`${prefix}-type`, original.dstPort >> 8, `${prefix}-code`, original.dstPort & 255, `${prefix}-id`, original.srcPort);
      break;
    }
    case 47:
      words.push('--srckey', original.srcPort, '--dstkey', original.dstPort, '--reply-key-src', reply.srcPort, '--reply-key-dst', reply.dstPort);
      break;
    case 6:
    case 17:
    case 33:
    case 132:
    case 136:
      words.push('--sport', original.srcPort, '--dport', original.dstPort, '--reply-port-src', reply.srcPort, '--reply-port-dst', reply.dstPort);
  }
  if (connection.tcp !== null) words.push('--state', TCP_STATES[connection.tcp.state] ?? 'NONE');
  return words.join(' ');
}
