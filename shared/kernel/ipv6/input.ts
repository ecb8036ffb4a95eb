/**
 * IPv6 on its way in: for us, or forwarded where net.ipv6 forwarding is on.
 * Absent: extension headers other than hop-by-hop, UDP and TCP over IPv6.
 */
import { IPV6_ANY, IpProtocol, isIpv6LinkLocal, isIpv6Multicast, networkLength } from '../../wire/index.ts';
import { describe } from '../describe.ts';
import { count6, countIcmp6 } from '../mib.ts';
import type { Device, Ipv6Device, Netns, Skb } from '../model.ts';
import { passes6 } from '../ipv4/hooks.ts';
import { Hook, PacketType, RouteTable } from '../numbers.ts';
import { drop } from '../transmit.ts';
import { receiveIcmp6, sendIcmp6TimeExceeded, sendIcmp6Unreachable } from './icmp.ts';
import { output6 } from './output.ts';
import { deviceOf6, lookup6 } from './routes.ts';

/** Codes of destination unreachable. */
const NO_ROUTE = 0;
const ADMIN_PROHIBITED = 1;

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
      netns.routes6.some((route) => route.table === RouteTable.LOCAL && route.type === 'local' && route.prefix === ip6.dst);
  if (local) return deliver(skb, device);
  if (isIpv6Multicast(ip6.dst)) return drop(skb, netns, 'IP_INVALID_DEST', 'not a member of the group');
  if (ipv6.conf.forwarding === 0) {
    count6(netns, device, typeof lookup6(netns, ip6.dst, null) === 'string' ? 'InNoRoutes' : 'InAddrErrors');
    return drop(skb, netns, 'FORWARDING_DISABLED', 'IPv6 forwarding is off');
  }
  if (isIpv6LinkLocal(ip6.dst) || isIpv6LinkLocal(ip6.src) || ip6.src === IPV6_ANY)
    return drop(skb, netns, 'IP_INVALID_DEST', 'link-local packets stay on their link');
  const way = lookup6(netns, ip6.dst, null, { source: ip6.src, mark: skb.mark, inDevice: skb.inDevice });
  if (typeof way === 'string') {
    count6(netns, device, 'InNoRoutes');
    if (way !== 'EINVAL') sendIcmp6Unreachable(skb, netns, way === 'EACCES' ? ADMIN_PROHIBITED : NO_ROUTE);
    return drop(skb, netns, way === 'EINVAL' ? 'BLACKHOLE' : 'IP_INNOROUTES', way);
  }
  if (ip6.hopLimit <= 1) {
    sendIcmp6TimeExceeded(skb, netns);
    count6(netns, device, 'InHdrErrors');
    return drop(skb, netns, 'TTL_EXPIRED', `hop limit was ${ip6.hopLimit}`);
  }
  count6(netns, way.device, 'OutForwDatagrams');
  ip6.hopLimit--;
  if (skb.recorder !== null) skb.step({ kind: 'forward', from: device.name, to: way.device.name, ttl: ip6.hopLimit, summary: describe(skb) }, netns);
  if (netns.hooks6[Hook.FORWARD] !== null && !passes6(netns, Hook.FORWARD, skb, device, way.device)) return;
  output6(skb, netns, way.device, way.nextHop);
}

function deliver(skb: Skb, device: Device): void {
  const { netns } = device;
  const { nextHeader } = skb.ip6!;
  if (netns.hooks6[Hook.INPUT] !== null && !passes6(netns, Hook.INPUT, skb, device, null)) return;
  const counting = device.isLoopback ? deviceOf6(netns, skb.ip6!.dst) : device;
  if (nextHeader === IpProtocol.ICMPV6) {
    count6(netns, counting, 'InDelivers');
    if (skb.icmp !== null) countIcmp6(netns, counting, skb.icmp.type, 'received');
    receiveIcmp6(skb, netns, device);
  } else {
    count6(netns, counting, 'InUnknownProtos');
    const multicast = isIpv6Multicast(skb.ip6!.dst);
    if (!multicast) sendIcmp6Unreachable(skb, netns, 4);
    drop(skb, netns, 'NO_SOCKET', `nobody handles protocol ${nextHeader} over IPv6`);
  }
}
