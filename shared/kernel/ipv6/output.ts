/**
 * IPv6 on its way out (net/ipv6/ip6_output.c): OUTPUT and POSTROUTING hooks, path MTU and fragments, the neighbour. Made here, or forwarded.
 */
import type { Errno } from '../../base/index.ts';
import { EtherType, Ipv6Header, isIpv6Multicast, networkLength } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import { passes6 } from '../ipv4/hooks.ts';
import { count6, countIcmp6, countOut6 } from '../mib.ts';
import type { Device, Netns, Skb } from '../model.ts';
import { ensureNeighbour, neighbourOutput } from '../neighbour.ts';
import { Hook, PacketType } from '../numbers.ts';
import { drop, transmit } from '../transmit.ts';
import { fragments6 } from './fragments.ts';
import { deviceOf6, lookup6, type Lookup6 } from './routes.ts';
import { mtuBy, routeTo6, type Way6 } from './way.ts';

/** Fills in `ip6` and sends. `source` null: the best one. Null when it went, else why not. */
export function send6(skb: Skb, netns: Netns, source: Ipv6 | null, destination: Ipv6, protocol: number, outDevice: Device | null, hopLimit = 0): Errno | null {
  const way = routeTo6(netns, destination, source, outDevice, { protocol, mark: skb.mark, ...(source === null ? {} : { source }) });
  if (typeof way === 'string') return way;
  skb.etherType = EtherType.IPV6;
  skb.ip6 = new Ipv6Header(way.source, destination, protocol, hopLimit > 0 ? hopLimit : hopLimitOf(way));
  skb.ignoreDf = true;
  if (skb.icmp !== null) countIcmp6(netns, countingOf(netns, way, destination), skb.icmp.type, 'sent');
  localOutput6(skb, netns, way);
  return null;
}
/** The device that counts it: what a host sends to itself is its own address's. */
export const countingOf = (netns: Netns, { device }: Lookup6, destination: Ipv6): Device => (device.isLoopback ? deviceOf6(netns, destination) : device);
/** ip6_dst_hoplimit. */
export const hopLimitOf = ({ route, device, kind }: Way6): number =>
  kind === 'multicast' ? 1 : (route.metrics?.hoplimit ?? device.ipv6?.conf.hop_limit ?? 64);

/** ip6_make_flowlabel: packets of a flow share one (auto_flowlabels). */
export function flowLabelOf(netns: Netns, source: Ipv6, destination: Ipv6, protocol: number, srcPort: number, dstPort: number): number {
  if (netns.ipv6.ipv6_auto_flowlabels === 0) return 0;
  let hash = Math.imul(((srcPort << 16) | dstPort) ^ protocol, 0x9e3779b1);
  const text = source + destination;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0xfffff;
}

/** Sends a packet made here, `ip6` filled in. */
export function localOutput6(skb: Skb, netns: Netns, way: Way6): void {
  skb.device = way.device;
  count6(netns, countingOf(netns, way, skb.ip6!.dst), 'OutRequests');
  if (netns.hooks6[Hook.OUTPUT] !== null) {
    const { dst } = skb.ip6!;
    if (!passes6(netns, Hook.OUTPUT, skb, null, way.device)) return;
    // A packet with another destination is routed anew (ip6_route_me_harder).
    if (skb.ip6!.dst !== dst) {
      const again = lookup6(netns, skb.ip6!.dst, skb.socket?.boundDevice ?? null, { source: skb.ip6!.src, mark: skb.mark, protocol: skb.ip6!.nextHeader });
      if (typeof again === 'string') drop(skb, netns, 'IP_OUTNOROUTES', again);
      else output6(skb, netns, again);
      return;
    }
  }
  output6(skb, netns, way);
}

/** dst_output: after FORWARD or OUTPUT. */
export function output6(skb: Skb, netns: Netns, way: Lookup6): void {
  const { device } = way;
  skb.device = device;
  if (!skb.forwarded && !device.isLoopback && device.ipv6?.groups.has(skb.ip6!.dst) === true && loopsBack(skb)) loopBack(skb, netns, device);
  if (netns.hooks6[Hook.POSTROUTING] !== null && !passes6(netns, Hook.POSTROUTING, skb, skb.forwarded ? skb.inDevice : null, device)) return;
  const mtu = skb.forwarded || skb.socket?.ignoresPathMtu === true ? device.mtu : mtuBy(way, skb.ip6!.dst, netns);
  if (networkLength(skb) <= mtu) sendToNeighbour6(skb, netns, way);
  else if (skb.forwarded || !skb.ignoreDf) {
    netns.stack.tooBig6(skb, netns, mtu);
    count6(netns, device, 'FragFails');
    drop(skb, netns, 'PKT_TOO_BIG', `mtu ${mtu}`);
  } else {
    count6(netns, device, 'FragOKs');
    for (const piece of fragments6(skb, mtu, netns)) {
      count6(netns, device, 'FragCreates');
      sendToNeighbour6(piece, netns, way);
    }
  }
}
function sendToNeighbour6(skb: Skb, netns: Netns, way: Lookup6): void {
  const { device, nextHop } = way;
  const { dst } = skb.ip6!;
  countOut6(netns, countingOf(netns, way, dst), networkLength(skb), isIpv6Multicast(dst) ? 'group' : 'one');
  if (device.isLoopback) {
    transmit(skb, device);
    return;
  }
  const neighbour = ensureNeighbour(device, isIpv6Multicast(nextHop) ? skb.ip6!.dst : nextHop, 6);
  if (neighbour === null) drop(skb, netns, 'NEIGH_CREATEFAIL', device.name);
  else neighbourOutput(skb, neighbour);
}

const loopsBack = (skb: Skb): boolean => skb.socket?.hearsOwnGroups === true;
/** ip6_finish_output2: members of this host hear it too. */
function loopBack(skb: Skb, netns: Netns, device: Device): void {
  const copy = skb.clone();
  copy.recorder = null;
  copy.device = device;
  copy.packetType = PacketType.LOOPBACK;
  netns.simulation.post(copy);
}
