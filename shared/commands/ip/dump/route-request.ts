/** A route that was read from a dump, asked for as it stands there. Authority: net/ipv4/fib_frontend.c (rtm_to_fib_config), ip/iproute.c (restore_handler). */
import {
  addRoute,
  insertRoute6,
  ROUTE_TYPES,
  type KernelResult,
  type Netns,
  type NexthopRequest,
  type Route6Request,
  type RouteRequest,
} from '../../../kernel/index.ts';
import type { Ipv4, Ipv6 } from '../../../wire/index.ts';
import { Family } from '../../iproute2/prefix.ts';
import { RouteFlag, type ShownNexthop, type ShownRoute } from '../route-model.ts';

const requestOf = ({ gateway, via6, device, weight, flags, realms = 0 }: ShownNexthop): NexthopRequest => ({
  ...(typeof gateway === 'number' && { gateway }),
  ...(typeof gateway === 'string' && { gateway6: gateway }),
  ...(via6 !== undefined && { gateway6: via6 }),
  ...(device && { device: device.index }),
  ...(realms !== 0 && { realms }),
  ...(weight !== 1 && { weight }),
  ...((flags & RouteFlag.ONLINK) !== 0 && { onlink: true }),
});

/** In which of its three rounds a restore takes a route: addresses of this host, its networks, the others. */
export function roundOf({ nexthop, multipath, preferredSource, dst }: ShownRoute): 0 | 1 | 2 {
  if (multipath.length === 0 && nexthop?.gateway !== undefined) return 2;
  return preferredSource === undefined || preferredSource === dst ? 0 : 1;
}

export function addShownRoute(netns: Netns, shown: ShownRoute): KernelResult<unknown> {
  const ways = shown.nexthop === undefined ? shown.multipath : [shown.nexthop];
  if (ways.some(({ flags }) => (flags & (RouteFlag.DEAD | RouteFlag.LINKDOWN)) !== 0)) {
    const where = shown.nexthop === undefined ? 'flags for nexthop' : 'rtm_flags';
    return { ok: false, error: { errno: 'EINVAL', extack: `Invalid ${where} - can not contain DEAD or LINKDOWN` } };
  }
  const shared = {
    ...{ create: true, length: shown.dstLength, table: shown.table, protocol: shown.protocol, type: ROUTE_TYPES[shown.type] ?? 'unspec' },
    ...(shown.priority !== undefined && { priority: shown.priority }),
    ...(shown.metrics !== undefined && { metrics: shown.metrics }),
    ...(shown.nexthopId !== 0 && { nexthopId: shown.nexthopId }),
  };
  if (shown.family === Family.INET6) return addWays6(netns, shown, { ...shared, destination: shown.dst as Ipv6 }, ways);
  const request: RouteRequest = {
    ...{ ...shared, destination: shown.dst as Ipv4, tos: shown.tos, scope: shown.scope },
    ...(shown.preferredSource !== undefined && { preferredSource: shown.preferredSource as Ipv4 }),
    ...(shown.nexthopId !== 0 ? {} : shown.nexthop ? requestOf(shown.nexthop) : { nexthops: ways.map(requestOf) }),
  };
  return addRoute(netns, request);
}
/** One route for each way; the later ones join the first. */
function addWays6(netns: Netns, shown: ShownRoute, shared: Route6Request, ways: readonly ShownNexthop[]): KernelResult<unknown> {
  for (const [i, way] of ways.entries()) {
    const { gateway6, device, onlink } = requestOf(way);
    const done = insertRoute6(netns, {
      ...shared,
      ...(i > 0 && { append: true }),
      ...(shown.preferredSource !== undefined && { preferredSource: shown.preferredSource as Ipv6 }),
      ...(gateway6 !== undefined && { gateway: gateway6 }),
      ...(device !== undefined && { device }),
      ...(onlink && { onlink }),
      ...(shown.expires > 0 && { expires: shown.expires }),
      ...(shown.pref !== undefined && { preference: shown.pref }),
      weight: way.weight,
    });
    if (!done.ok) return done;
  }
  return { ok: true, value: undefined };
}
