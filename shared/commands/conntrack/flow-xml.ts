/** One connection as conntrack(8) writes it with `-o xml` (libnetfilter_conntrack: snprintf_xml.c). */
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import { ORIGINAL, REPLY, Status, TCP_STATES, zoneParts, type Address, type Connection, type Direction } from '../../kernel/index.ts';
import { idOf, timeLeftS, TRANSPORT_NAMES } from '../../machine/index.ts';

const address = (value: Address): string => (typeof value === 'number' ? formatIpv4(value) : formatIpv6(value));

export function flowXml(connection: Connection, nowUs: number): string {
  const zone = zoneParts(connection.zone);
  const zoneIn = (direction: typeof zone.direction): string => (zone.id !== 0 && zone.direction === direction ? `<zone>${zone.id}</zone>` : '');
  const meta = (direction: Direction): string => {
    const tuple = connection.tuple(direction);
    const is4 = connection.family === 'ip';
    const network = `<layer3 protonum="${is4 ? 2 : 10}" protoname="${is4 ? 'ipv4' : 'ipv6'}"><src>${address(tuple.src)}</src><dst>${address(tuple.dst)}</dst></layer3>`;
    const isGre = tuple.protocol === 47;
    const keys = `<srckey>0x${tuple.srcPort.toString(16)}</srckey><dstkey>0x${tuple.dstPort.toString(16)}</dstkey>`;
    const ports = tuple.protocol === 1 || tuple.protocol === 58 ? '' : isGre ? keys : `<sport>${tuple.srcPort}</sport><dport>${tuple.dstPort}</dport>`;
    const transport = `<layer4 protonum="${tuple.protocol}" protoname="${TRANSPORT_NAMES[tuple.protocol] ?? 'unknown'}">${ports}</layer4>`;
    const { counters } = connection;
    const counted =
      counters === null ? '' : `<counters><packets>${counters.packets[direction]}</packets><bytes>${counters.bytes[direction]}</bytes></counters>`;
    return `<meta direction="${direction === ORIGINAL ? 'original' : 'reply'}">${network}${transport}${zoneIn(direction === ORIGINAL ? 'orig' : 'reply')}${counted}</meta>`;
  };
  let text = `<flow>${meta(ORIGINAL)}${meta(REPLY)}<meta direction="independent">`;
  if (connection.tcp !== null) text += `<state>${TCP_STATES[connection.tcp.state]}</state>`;
  text += `<timeout>${timeLeftS(connection, nowUs)}</timeout><mark>${connection.mark}</mark>${zoneIn('both')}<use>1</use><id>${idOf(connection)}</id>`;
  if ((connection.status & Status.ASSURED) !== 0) text += '<assured/>';
  if ((connection.status & Status.SEEN_REPLY) === 0) text += '<unreplied/>';
  return `${text}</meta></flow>`;
}
