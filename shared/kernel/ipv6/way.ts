/**
 * A route for one destination with the source that goes with it: what sockets keep while routing does not change (struct rt6_info as
 * ip6_route_output and ip6_dst_lookup_flow give it), and how big packets may be on it.
 */
import type { Errno } from '../../base/index.ts';
import { isIpv6Multicast } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import type { Device, Netns, Route6, Route6Exception } from '../model.ts';
import { lookup6, sourceBy, type Flow6, type Lookup6 } from './routes.ts';

/** IP6_MAX_MTU. */
const LARGEST_MTU = 65_575;
export const LEAST_MTU6 = 1280;
/** net.ipv6.route.mtu_expires. */
const MTU_LASTS_US = 600e6;

export class Way6 implements Lookup6 {
  constructor(
    /** multicast: to a group of this link. */
    readonly kind: 'local' | 'output' | 'multicast',
    readonly route: Route6,
    readonly device: Device,
    readonly nextHop: Ipv6,
    readonly source: Ipv6,
    readonly destination: Ipv6,
    /** Equal to the namespace's `fibGeneration` while it holds. */
    readonly generation: number,
  ) {}
}

/** `source` null: the best one. */
export function routeTo6(netns: Netns, destination: Ipv6, source: Ipv6 | null, outDevice: Device | null, flow: Flow6): Way6 | Errno {
  const way = lookup6(netns, destination, outDevice, flow);
  // The source is chosen first: a host without any address has none.
  if (typeof way === 'string') return source === null && !hasAddresses(netns) ? 'EADDRNOTAVAIL' : way;
  const from = source ?? sourceBy(netns, way, destination);
  if (from === null) return 'EADDRNOTAVAIL';
  const kind = way.route.type === 'local' ? 'local' : isIpv6Multicast(destination) ? 'multicast' : 'output';
  return new Way6(kind, way.route, way.device, way.nextHop, from, destination, netns.fibGeneration);
}

function hasAddresses(netns: Netns): boolean {
  for (const { ipv6 } of netns.devices.values()) if (ipv6 !== null && ipv6.addresses.length > 0) return true;
  return false;
}

/** ip6_mtu: what was learnt of the path, else what the route or the device says. */
export function mtuBy(way: Lookup6, destination: Ipv6, netns: Netns): number {
  const { route, device } = way;
  const own = Math.min(route.metrics?.mtu ?? device.mtu, LARGEST_MTU);
  const learnt = exceptionOf(route, destination, netns);
  return learnt !== null ? Math.min(learnt.mtu, own) : own;
}
/** What was learnt of one destination, while it holds. */
export function exceptionOf(route: Route6, destination: Ipv6, netns: Netns): Route6Exception | null {
  const learnt = route.exceptions?.get(destination);
  return learnt !== undefined && learnt.expiresUs > netns.simulation.nowUs ? learnt : null;
}
export const mtuOf6 = (way: Way6, netns: Netns): number => mtuBy(way, way.destination, netns);

/** A router said that packets to there are too big (rt6_update_pmtu). */
export function learnMtu6(netns: Netns, destination: Ipv6, outDevice: Device | null, mtu: number): void {
  const way = lookup6(netns, destination, outDevice);
  if (typeof way === 'string' || way.route.type === 'local' || (way.route.metrics?.mtuLock === true && way.route.metrics.mtu !== undefined)) return;
  const least = Math.max(mtu, LEAST_MTU6);
  if (least >= mtuBy(way, destination, netns)) return;
  const exceptions = (way.route.exceptions ??= new Map());
  exceptions.set(destination, { mtu: least, gateway: null, expiresUs: netns.simulation.nowUs + MTU_LASTS_US });
}
