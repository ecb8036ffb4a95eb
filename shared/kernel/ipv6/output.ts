/** IPv6 on its way out: route, source, neighbour. Made here, or forwarded. */
import { EtherType, Ipv6Header, isIpv6Multicast, networkLength } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import type { Errno } from '../../base/index.ts';
import { ensureNeighbour, neighbourOutput } from '../neighbour.ts';
import { count6, countIcmp6, countOut6 } from '../mib.ts';
import type { Device, Netns, Skb } from '../model.ts';
import { drop, transmit } from '../transmit.ts';
import { passes6 } from '../ipv4/hooks.ts';
import { Hook, PacketType } from '../numbers.ts';
import { deviceOf6, lookup6, selectSource6, type Lookup6 } from './routes.ts';

/** Fills in `ip6` and sends. `source` null: the best one. Null when it went, else why not. */
export function send6(skb: Skb, netns: Netns, source: Ipv6 | null, destination: Ipv6, protocol: number, outDevice: Device | null, hopLimit = 64): Errno | null {
  const way = lookup6(netns, destination, outDevice);
  if (typeof way === 'string') return way;
  const outgoing = way.device.isLoopback ? deviceOf6(netns, destination) : way.device;
  const from = source ?? selectSource6(netns, way.route.device ?? way.device, destination);
  if (from === null) return 'EADDRNOTAVAIL';
  skb.etherType = EtherType.IPV6;
  skb.ip6 = new Ipv6Header(from, destination, protocol, hopLimit);
  count6(netns, outgoing, 'OutRequests');
  if (skb.icmp !== null) countIcmp6(netns, outgoing, skb.icmp.type, 'sent');
  if (netns.hooks6[Hook.OUTPUT] === null) output6(skb, netns, way.device, way.nextHop);
  else return filterAndSend(skb, netns, way, outDevice);
  return null;
}

/** What rules of OUTPUT leave of it: a packet with another destination is routed anew (ip6_route_me_harder). */
function filterAndSend(skb: Skb, netns: Netns, way: Lookup6, outDevice: Device | null): Errno | null {
  const { dst } = skb.ip6!;
  if (!passes6(netns, Hook.OUTPUT, skb, null, way.device)) return null;
  const again = skb.ip6!.dst === dst ? way : lookup6(netns, skb.ip6!.dst, outDevice);
  if (typeof again === 'string') return again;
  output6(skb, netns, again.device, again.nextHop);
  return null;
}

export function output6(skb: Skb, netns: Netns, device: Device, nextHop: Ipv6): void {
  skb.device = device;
  if (skb.socket !== null && !device.isLoopback && device.ipv6?.groups.has(skb.ip6!.dst) === true) loopBack(skb, netns, device);
  if (netns.hooks6[Hook.POSTROUTING] !== null && !passes6(netns, Hook.POSTROUTING, skb, skb.inDevice, device)) return;
  const length = networkLength(skb);
  if (length > device.mtu) {
    count6(netns, device, 'FragFails');
    drop(skb, netns, 'PKT_TOO_BIG', `mtu ${device.mtu}`);
    return;
  }
  countOut6(netns, device.isLoopback ? deviceOf6(netns, skb.ip6!.dst) : device, length, isIpv6Multicast(skb.ip6!.dst) ? 'group' : 'one');
  if (device.isLoopback) {
    transmit(skb, device);
    return;
  }
  const neighbour = ensureNeighbour(device, isIpv6Multicast(nextHop) ? skb.ip6!.dst : nextHop, 6);
  if (neighbour === null) drop(skb, netns, 'NEIGH_CREATEFAIL', device.name);
  else neighbourOutput(skb, neighbour);
}

/** ip6_finish_output2: members of this host hear it too. */
function loopBack(skb: Skb, netns: Netns, device: Device): void {
  const copy = skb.clone();
  copy.recorder = null;
  copy.device = device;
  copy.packetType = PacketType.LOOPBACK;
  netns.simulation.post(copy);
}
