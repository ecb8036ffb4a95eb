/** One line about a packet for traces: `ICMP echo request 10.0.0.1 → 10.0.0.2, ttl 64`. Not what any program prints. */
import { ArpOp, formatIpv4, formatIpv6, formatMac, IcmpType, TcpFlag } from '../wire/index.ts';
import type { Packet } from '../wire/index.ts';

export function describe(packet: Packet): string {
  const { arp, ip, ip6 } = packet;
  if (arp !== null) {
    if (arp.op === ArpOp.REQUEST) return `ARP who has ${formatIpv4(arp.targetIp)}? tell ${formatIpv4(arp.senderIp)}`;
    return `ARP ${formatIpv4(arp.senderIp)} is at ${formatMac(arp.senderMac)}`;
  }
  if (ip !== null) return `${transport(packet, ip.protocol)} ${flow(packet, formatIpv4(ip.src), formatIpv4(ip.dst))}, ttl ${ip.ttl}`;
  if (ip6 !== null) return `${transport(packet, ip6.nextHeader)} ${flow(packet, formatIpv6(ip6.src), formatIpv6(ip6.dst))}, hop limit ${ip6.hopLimit}`;
  return `ether type 0x${packet.etherType.toString(16).padStart(4, '0')} to ${formatMac(packet.ethDst)}`;
}

function flow(packet: Packet, src: string, dst: string): string {
  const ports = packet.udp ?? packet.tcp;
  return ports === null ? `${src} → ${dst}` : `${src}:${ports.srcPort} → ${dst}:${ports.dstPort}`;
}
function transport(packet: Packet, protocol: number): string {
  const { icmp, tcp } = packet;
  if (packet.inner !== null) return packet.vni >= 0 ? `VXLAN ${packet.vni} [${describe(packet.inner)}]` : `IPIP [${describe(packet.inner)}]`;
  if (icmp !== null) {
    if (packet.ip6 !== null) return `ICMPv6 type ${icmp.type}`;
    if (icmp.type === IcmpType.ECHO_REQUEST) return 'ICMP echo request';
    if (icmp.type === IcmpType.ECHO_REPLY) return 'ICMP echo reply';
    if (icmp.type === IcmpType.UNREACHABLE) return `ICMP unreachable (code ${icmp.code})`;
    if (icmp.type === IcmpType.TIME_EXCEEDED) return 'ICMP time exceeded';
    return `ICMP type ${icmp.type}`;
  }
  if (tcp !== null) {
    const names = Object.entries(TcpFlag).filter(([, bit]) => (tcp.flags & bit) !== 0);
    return `TCP [${names.map(([name]) => name).join(',')}]`;
  }
  return packet.udp !== null ? 'UDP' : `protocol ${protocol}`;
}
