/**
 * IPv4 on its way in (net/ipv4/ip_input.c, ip_forward.c): checks, PREROUTING, routing, then delivery or forwarding.
 */
import type { Errno } from '../../base/index.ts';
import { formatIpv4, IcmpType, IcmpUnreachable, IpProtocol, networkLength } from '../../wire/index.ts';
import { describe } from '../describe.ts';
import type { Device, Netns, Skb } from '../model.ts';
import { Hook, PacketType, Scope } from '../numbers.ts';
import { drop } from '../transmit.ts';
import { selectSource } from './addresses.ts';
import { passes } from './hooks.ts';
import { receiveIcmp, routeErrorAllows, sendIcmpError, sendRedirect } from './icmp.ts';
import { mtuFor, output } from './output.ts';
import { recordOptions } from './options.ts';
import { reassemble } from './reassembly.ts';
import { routeInput } from './route.ts';

/** ip_rcv: an IPv4 packet arrived at a device. */
export function receiveIpv4(skb: Skb, device: Device): void {
  const { netns } = device;
  const ip = skb.ip;
  if (skb.packetType === PacketType.OTHERHOST) {
    drop(skb, netns, 'OTHERHOST', `the frame is for another MAC address`);
    return;
  }
  const { ip: mib } = netns.mib;
  mib.received(networkLength(skb), ip === null ? 0 : ip.tos);
  if (ip === null || ip.checksum >= 0) {
    mib.InHdrErrors++;
    if (ip !== null) mib.InCsumErrors++;
    drop(skb, netns, ip === null ? 'IP_INHDR' : 'IP_CSUM', '');
    return;
  }
  const isDone = skb.bridgeState !== null && skipsPrerouting(skb.bridgeState);
  if (!isDone && netns.hooks[Hook.PREROUTING] !== null && !passes(netns, Hook.PREROUTING, skb, device, null)) return;
  if (device.rxHandler?.takesPacket?.(skb) === true) return;
  continueInput(skb, device);
}

/** ip_sabotage_in: a packet that a bridge has taken through PREROUTING is not taken through it again. */
function skipsPrerouting(state: { skipped: boolean }): boolean {
  if (state.skipped) return false;
  state.skipped = true;
  return true;
}

/** ip_rcv_finish: after PREROUTING. The bridge comes in here too, when a packet must be routed after DNAT. */
export function continueInput(skb: Skb, arrivedBy: Device): void {
  const { netns } = arrivedBy;
  const device = arrivedBy.master !== null && arrivedBy.master.vrfTable !== 0 ? arrivedBy.master : arrivedBy;
  if (device !== arrivedBy && !enterVrf(skb, arrivedBy, device)) return;
  const ip = skb.ip!;
  if (skb.dst === null || skb.dst.generation !== netns.fibGeneration) {
    const refused = routeInput(skb, ip.src, ip.dst, ip.tos, device);
    if (refused !== null) {
      if (refused.reason === 'IP_RPFILTER') netns.mib.tcp.IPReversePathFilter++;
      drop(skb, netns, refused.reason, refused.detail);
      return;
    }
  }
  const dst = skb.dst!;
  if (dst.kind === 'multicast') netns.mib.ip.receivedByGroup(networkLength(skb));
  else if (dst.kind === 'broadcast') netns.mib.ip.receivedByAll(networkLength(skb));
  if (skb.packetType !== PacketType.HOST && isUnicastInMulticast(skb, device)) {
    drop(skb, netns, 'UNICAST_IN_L2_MULTICAST', 'a unicast packet in a broadcast frame');
    return;
  }
  if (ip.options !== '' && dst.kind !== 'error' && !fillOptions(skb, device)) return;
  if (dst.kind === 'forward') forward(skb, device);
  else if (dst.kind === 'error') refuse(skb, device);
  else deliver(skb, device);
}

/** vrf_ip_rcv: from here it came in by the VRF, whose PREROUTING it passes as well. */
function enterVrf(skb: Skb, slave: Device, vrf: Device): boolean {
  const { netns } = vrf;
  skb.slave = slave;
  skb.inDevice = skb.device = vrf;
  vrf.stats.rxPackets++;
  vrf.stats.rxBytes += networkLength(skb);
  return netns.hooks[Hook.PREROUTING] === null || passes(netns, Hook.PREROUTING, skb, vrf, null);
}

/** ip_rcv_options, ip_forward_options. */
function fillOptions(skb: Skb, device: Device): boolean {
  const { netns } = device;
  const ip = skb.ip!;
  const dst = skb.dst!;
  const isThrough = dst.kind === 'forward';
  const ahead = isThrough ? selectSource(dst.device!, dst.gateway !== 0 ? dst.gateway : ip.dst, Scope.UNIVERSE) : ip.dst;
  const back = isThrough || dst.kind !== 'local' ? selectSource(device, ip.src, Scope.UNIVERSE) : ip.dst;
  const options = recordOptions(ip.options, { ahead: dst.kind === 'local' || isThrough ? ahead : back, back }, netns);
  if (options === undefined) {
    netns.mib.ip.InHdrErrors++;
    drop(skb, netns, 'IP_INHDR', 'its options are wrong, or ask for a way of their own');
    return false;
  }
  ip.options = options;
  return true;
}

/** RFC 1122, 3.3.6, as far as the sysctl drop_unicast_in_l2_multicast asks for it; such packets are never forwarded (see `forward`). */
function isUnicastInMulticast(skb: Skb, device: Device): boolean {
  const { kind } = skb.dst!;
  if (kind === 'broadcast' || kind === 'multicast' || skb.packetType === PacketType.LOOPBACK) return false;
  return device.ipv4?.conf.drop_unicast_in_l2_multicast !== 0 || device.netns.ipv4All.drop_unicast_in_l2_multicast !== 0;
}

/** The code of destination unreachable that tells of a route's error. */
const REFUSALS: Partial<Record<Errno, number>> = {
  EHOSTUNREACH: IcmpUnreachable.HOST,
  ENETUNREACH: IcmpUnreachable.NET,
  EACCES: IcmpUnreachable.ADMIN_PROHIBITED,
};

/** ip_error: no way for it; the sender is told when this host is a router. */
function refuse(skb: Skb, device: Device): void {
  const { netns } = device;
  const { errno } = skb.dst!;
  const forwarding = device.ipv4?.conf.forwarding !== 0;
  if (errno === 'ENETUNREACH') netns.mib.ip.InNoRoutes++;
  else if (!forwarding && errno === 'EHOSTUNREACH') netns.mib.ip.InAddrErrors++;
  if (!forwarding) {
    drop(skb, netns, 'FORWARDING_DISABLED', `${formatIpv4(skb.ip!.dst)} is not an address of this host, and forwarding is off on ${device.name}`);
    return;
  }
  const code = errno === null ? undefined : REFUSALS[errno];
  if (code !== undefined && routeErrorAllows(netns, skb.ip!.src)) sendIcmpError(skb, netns, IcmpType.UNREACHABLE, code, 0);
  const reason = errno === 'EHOSTUNREACH' ? 'UNREACHABLE_ROUTE' : errno === 'EACCES' ? 'PROHIBIT_ROUTE' : errno === 'EINVAL' ? 'BLACKHOLE' : 'IP_INNOROUTES';
  drop(skb, netns, reason, `no way to ${formatIpv4(skb.ip!.dst)}`);
}

/** ip_forward. */
function forward(skb: Skb, device: Device): void {
  const { netns } = device;
  const ip = skb.ip!;
  const dst = skb.dst!;
  if (skb.packetType !== PacketType.HOST) {
    drop(skb, netns, 'OTHERHOST', '');
    return;
  }
  if (ip.ttl <= 1) {
    netns.mib.ip.InHdrErrors++;
    sendIcmpError(skb, netns, IcmpType.TIME_EXCEEDED, 0, 0);
    drop(skb, netns, 'TTL_EXPIRED', `ttl was ${ip.ttl}`);
    return;
  }
  skb.forwarded = true;
  netns.mib.ip.OutForwDatagrams++;
  const out = dst.device!;
  if (ip.dontFragment) {
    const mtu = mtuFor(dst, netns, true);
    if (networkLength(skb) > mtu) {
      netns.mib.ip.FragFails++;
      sendIcmpError(skb, netns, IcmpType.UNREACHABLE, IcmpUnreachable.FRAG_NEEDED, mtu);
      drop(skb, netns, 'FRAG_NEEDED_DF', `${networkLength(skb)} bytes do not fit ${out.name}'s mtu of ${mtu}`);
      return;
    }
  }
  ip.ttl--;
  if (dst.redirect) sendRedirect(skb, device);
  if (skb.recorder !== null) skb.step({ kind: 'forward', from: device.name, to: out.name, ttl: ip.ttl, summary: describe(skb) }, netns);
  if (netns.hooks[Hook.FORWARD] !== null && !passes(netns, Hook.FORWARD, skb, device, out)) return;
  output(skb, netns);
}

/** ip_local_deliver. */
function deliver(skb: Skb, device: Device): void {
  const { netns } = device;
  if (skb.ip!.isFragment && !reassemble(skb, netns, 'local')) return;
  if (netns.hooks[Hook.INPUT] !== null && !passes(netns, Hook.INPUT, skb, device, null)) return;
  deliverToProtocol(skb, netns);
}

/** ip_protocol_deliver_rcu: raw sockets take copies, then the protocol has it. */
export function deliverToProtocol(skb: Skb, netns: Netns): void {
  const { protocol } = skb.ip!;
  let heard = false;
  if (netns.rawListeners.size > 0) {
    for (const listener of netns.rawListeners) if (listener.protocol === protocol && listener.rawDeliver(skb)) heard = true;
  }
  if (protocol === IpProtocol.ICMP) {
    netns.mib.ip.InDelivers++;
    receiveIcmp(skb, netns);
    return;
  }
  const handler = netns.protocols.get(protocol);
  if (handler !== undefined) {
    netns.mib.ip.InDelivers++;
    handler.receive(skb, netns);
    return;
  }
  if (heard) {
    netns.mib.ip.InDelivers++;
    if (skb.recorder !== null) skb.end({ kind: 'delivered', to: 'raw socket' });
    return;
  }
  netns.mib.ip.InUnknownProtos++;
  sendIcmpError(skb, netns, IcmpType.UNREACHABLE, IcmpUnreachable.PROTOCOL, 0);
  drop(skb, netns, 'IP_NOPROTO', `nothing here handles protocol ${protocol}`);
}
