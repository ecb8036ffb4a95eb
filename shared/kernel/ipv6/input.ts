/**
 * IPv6 on its way in: for us, or forwarded where net.ipv6 forwarding is on.
 * Absent: extension headers other than hop-by-hop and fragment.
 */
import { IPV6_ANY, IpProtocol, ipv6InPrefix, isIpv6LinkLocal, isIpv6Multicast, networkLength } from '../../wire/index.ts';
import { describe } from '../describe.ts';
import { count6, countIcmp6 } from '../mib.ts';
import type { Device, Ipv6Device, Netns, Skb } from '../model.ts';
import { passes6 } from '../ipv4/hooks.ts';
import { Hook, PacketType, RouteTable } from '../numbers.ts';
import { drop } from '../transmit.ts';
import { reassemble6 } from './fragments.ts';
import { isProxied6, receiveIcmp6, sendIcmp6ParameterProblem, sendIcmp6TimeExceeded, sendIcmp6TooBig, sendIcmp6Unreachable } from './icmp.ts';
import { output6 } from './output.ts';
import { deviceOf6, lookup6, type Lookup6 } from './routes.ts';
import { rawDeliver6 } from '../sockets/raw6.ts';
import { LEAST_MTU6 } from './way.ts';

/** Codes of destination unreachable. */
const NO_ROUTE = 0;
const ADMIN_PROHIBITED = 1;
const NOT_NEIGHBOUR = 2;
/** IPPROTO_NONE; a code of parameter problem, and where in the header the unknown protocol stands. */
const NO_NEXT_HEADER = 59;
const UNKNOWN_NEXT_HEADER = 1;
const NEXT_HEADER_OFFSET = 6;

export function receiveIpv6(skb: Skb, device: Device): void {
  const { netns, ipv6 } = device;
  const ip6 = skb.ip6;
  if (skb.packetType === PacketType.OTHERHOST) return drop(skb, netns, 'OTHERHOST', 'the frame is for another MAC address');
  const length = networkLength(skb);
  netns.mib.ip6.InReceives++;
  netns.mib.ip6.InOctets += length;
  if (ipv6 !== null) {
    ipv6.mib.InReceives++;
    ipv6.mib.InOctets += length;
  }
  if (ip6 === null || ipv6 === null || ipv6.conf.disable_ipv6 !== 0) {
    count6(netns, device, 'InDiscards');
    return drop(skb, netns, 'UNHANDLED_PROTO', 'IPv6 is disabled here');
  }
  countEcn(netns, device, ip6.trafficClass);
  if (isIpv6Multicast(ip6.src)) {
    count6(netns, device, 'InHdrErrors');
    return drop(skb, netns, 'IP_INVALID_SOURCE', '');
  }
  if (netns.hooks6[Hook.PREROUTING] !== null && !passes6(netns, Hook.PREROUTING, skb, device, null)) return;
  route(skb, device, ipv6);
}
function countEcn(netns: Netns, device: Device, trafficClass: number): void {
  count6(netns, device, ECN_COUNTERS[trafficClass & 3]!);
}
const ECN_COUNTERS = ['InNoECTPkts', 'InECT1Pkts', 'InECT0Pkts', 'InCEPkts'] as const;

/** ip6_rcv_finish: after PREROUTING, which may have changed where it goes. */
function route(skb: Skb, device: Device, ipv6: Ipv6Device): void {
  const { netns } = device;
  const ip6 = skb.ip6!;
  if (isIpv6Multicast(ip6.dst)) {
    const length = networkLength(skb);
    netns.mib.ip6.receivedByGroup(length);
    ipv6.mib.receivedByGroup(length);
  }
  const local = isIpv6Multicast(ip6.dst)
    ? ipv6.groups.has(ip6.dst)
    : ipv6.addresses.some((ifa) => ifa.address === ip6.dst) ||
      netns.routes6.some((route) => route.table === RouteTable.LOCAL && route.type === 'local' && ipv6InPrefix(ip6.dst, route.prefix, route.length));
  if (local) return deliver(skb, device);
  if (isIpv6Multicast(ip6.dst)) return drop(skb, netns, 'IP_INVALID_DEST', 'not a member of the group');
  if (ipv6.conf.forwarding === 0 || netns.ipv6All.forwarding === 0) {
    count6(netns, device, typeof lookup6(netns, ip6.dst, null) === 'string' ? 'InNoRoutes' : 'InAddrErrors');
    return drop(skb, netns, 'FORWARDING_DISABLED', 'IPv6 forwarding is off');
  }
  if (skb.packetType !== PacketType.HOST) return drop(skb, netns, 'OTHERHOST', '');
  if (isIpv6LinkLocal(ip6.dst) || ip6.src === IPV6_ANY) return drop(skb, netns, 'IP_INVALID_DEST', 'link-local packets stay on their link');
  const ports = skb.tcp ?? skb.udp;
  const way = lookup6(netns, ip6.dst, null, {
    source: ip6.src,
    mark: skb.mark,
    inDevice: skb.inDevice,
    protocol: ip6.nextHeader,
    tos: ip6.trafficClass,
    ...(ports === null ? {} : { srcPort: ports.srcPort, dstPort: ports.dstPort }),
  });
  if (typeof way === 'string') {
    count6(netns, device, 'InNoRoutes');
    if (way !== 'EINVAL') sendIcmp6Unreachable(skb, netns, way === 'EACCES' ? ADMIN_PROHIBITED : NO_ROUTE);
    return drop(skb, netns, way === 'EINVAL' ? 'BLACKHOLE' : 'IP_INNOROUTES', way);
  }
  forward(skb, device, way);
}

/** ip6_forward. */
function forward(skb: Skb, device: Device, way: Lookup6): void {
  const { netns } = device;
  const ip6 = skb.ip6!;
  if (ip6.hopLimit <= 1) {
    sendIcmp6TimeExceeded(skb, netns);
    count6(netns, device, 'InHdrErrors');
    return drop(skb, netns, 'TTL_EXPIRED', `hop limit was ${ip6.hopLimit}`);
  }
  if (isProxied6(device, ip6.dst)) {
    // The question that came before has been answered for somebody else; what else is for them goes on.
    if (ip6.nextHeader === IpProtocol.ICMPV6 && isNdisc(skb.icmp?.type ?? 0)) return deliver(skb, device);
  }
  if (isIpv6LinkLocal(ip6.src)) {
    sendIcmp6Unreachable(skb, netns, NOT_NEIGHBOUR);
    return drop(skb, netns, 'IP_INVALID_SOURCE', 'link-local packets stay on their link');
  }
  const { metrics } = way.route;
  const mtu = Math.max(metrics?.mtuLock === true ? (metrics.mtu ?? way.device.mtu) : way.device.mtu, LEAST_MTU6);
  if (networkLength(skb) > mtu) {
    sendIcmp6TooBig(skb, netns, mtu);
    count6(netns, device, 'InTooBigErrors');
    count6(netns, way.device, 'FragFails');
    return drop(skb, netns, 'PKT_TOO_BIG', `${networkLength(skb)} bytes do not fit ${way.device.name}'s mtu of ${mtu}`);
  }
  count6(netns, way.device, 'OutForwDatagrams');
  ip6.hopLimit--;
  skb.forwarded = true;
  if (skb.recorder !== null) skb.step({ kind: 'forward', from: device.name, to: way.device.name, ttl: ip6.hopLimit, summary: describe(skb) }, netns);
  if (netns.hooks6[Hook.FORWARD] !== null && !passes6(netns, Hook.FORWARD, skb, device, way.device)) return;
  output6(skb, netns, way);
}
const isNdisc = (type: number): boolean => type >= 133 && type <= 137;

/** ip6_input: INPUT hook, raw sockets, then the protocol. */
function deliver(skb: Skb, device: Device): void {
  const { netns } = device;
  if (skb.ip6!.isFragment && !reassemble6(skb, netns)) return;
  const { nextHeader } = skb.ip6!;
  if (netns.hooks6[Hook.INPUT] !== null && !passes6(netns, Hook.INPUT, skb, device, null)) return;
  const counting = device.isLoopback ? deviceOf6(netns, skb.ip6!.dst) : device;
  const heard = netns.hasSockets && rawDeliver6(skb, netns);
  if (nextHeader === IpProtocol.ICMPV6) {
    count6(netns, counting, 'InDelivers');
    if (skb.icmp !== null) countIcmp6(netns, counting, skb.icmp.type, 'received');
    receiveIcmp6(skb, netns, device);
    return;
  }
  const handler = nextHeader === IpProtocol.TCP || nextHeader === IpProtocol.UDP ? netns.protocols.get(nextHeader) : undefined;
  if (handler !== undefined) {
    count6(netns, counting, 'InDelivers');
    handler.receive(skb, netns);
  } else if (heard) count6(netns, counting, 'InDelivers');
  else {
    count6(netns, counting, 'InUnknownProtos');
    if (nextHeader !== NO_NEXT_HEADER) sendIcmp6ParameterProblem(skb, netns, UNKNOWN_NEXT_HEADER, NEXT_HEADER_OFFSET);
    drop(skb, netns, 'IP_NOPROTO', `nobody handles protocol ${nextHeader} over IPv6`);
  }
}
