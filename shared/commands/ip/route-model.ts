/**
 * A route as a netlink message tells it: what listing, `route get` and `ip monitor` print alike.
 * Authority: net/ipv4/fib_semantics.c (fib_dump_info), net/ipv6/route.c (rt6_fill_node).
 */
import {
  areSiblings,
  ROUTE_TYPES,
  routesInOrder,
  RouteTable,
  type Device,
  type Netns,
  type Nexthop,
  type Route,
  type Route6,
  type RouteException,
  type RouteMetrics,
} from '../../kernel/index.ts';
import type { Ipv4, Ipv6 } from '../../wire/index.ts';
import { Family, sameBits } from '../iproute2/prefix.ts';

/** RTNH_F_* and RTM_F_*, and RTCF_* of what a lookup answers. */
export const RouteFlag = {
  DEAD: 0x1,
  PERVASIVE: 0x2,
  ONLINK: 0x4,
  OFFLOAD: 0x8,
  LINKDOWN: 0x10,
  UNRESOLVED: 0x20,
  TRAP: 0x40,
  NOTIFY: 0x100,
  CLONED: 0x200,
  RT_OFFLOAD: 0x4000,
  RT_TRAP: 0x8000,
  RT_OFFLOAD_FAILED: 0x2000_0000,
} as const;
export const CacheFlag = { REDIRECTED: 0x0004_0000, DOREDIRECT: 0x0100_0000, BROADCAST: 0x1000_0000, MULTICAST: 0x2000_0000, LOCAL: 0x8000_0000 } as const;

export interface ShownNexthop {
  readonly gateway: Ipv4 | Ipv6 | undefined;
  /** A gateway of the other family. */
  readonly via6: Ipv6 | undefined;
  readonly device: { readonly index: number; readonly name: string } | undefined;
  readonly weight: number;
  readonly flags: number;
  /** 0: none. */
  readonly realms?: number;
}
export interface ShownRoute {
  readonly family: Family;
  readonly table: number;
  /** RTN_*. */
  readonly type: number;
  readonly dst: Ipv4 | Ipv6;
  readonly dstLength: number;
  readonly src: Ipv4 | Ipv6 | undefined;
  readonly srcLength: number;
  /** 0: none. */
  readonly nexthopId: number;
  readonly tos: number;
  readonly protocol: number;
  readonly scope: number;
  /** Unsigned. */
  readonly flags: number;
  /** The only nexthop; undefined for none and for several. */
  readonly nexthop: ShownNexthop | undefined;
  readonly multipath: readonly ShownNexthop[];
  readonly preferredSource: Ipv4 | Ipv6 | undefined;
  readonly priority: number | undefined;
  readonly metrics: RouteMetrics | undefined;
  /** Seconds; 0: none. */
  readonly expires: number;
  /** Router preference of IPv6: `medium`. */
  readonly pref: 'low' | 'medium' | 'high' | undefined;
  readonly mark: number;
  readonly uid: number | undefined;
  readonly inDevice: number | undefined;
  /** What to delete when it is flushed. */
  readonly origin: Route | Route6 | undefined;
}
export const PLAIN_ROUTE: ShownRoute = {
  ...{
    family: Family.INET,
    table: 0,
    type: 1,
    dst: 0,
    dstLength: 0,
    src: undefined,
    srcLength: 0,
    nexthopId: 0,
    tos: 0,
    protocol: 0,
    scope: 0,
    flags: 0,
    nexthop: undefined,
  },
  ...{
    multipath: [],
    preferredSource: undefined,
    priority: undefined,
    metrics: undefined,
    expires: 0,
    pref: undefined,
    mark: 0,
    uid: undefined,
    inDevice: undefined,
  },
  origin: undefined,
};

export const typeNumber = (type: (typeof ROUTE_TYPES)[number]): number => ROUTE_TYPES.indexOf(type);

const ignoresLinkdown = (device: Device | null): boolean =>
  device?.ipv4 !== null &&
  device?.ipv4 !== undefined &&
  (device.netns.ipv4All.ignore_routes_with_linkdown !== 0 || device.ipv4.conf.ignore_routes_with_linkdown !== 0);

function shownNexthop(nexthop: Nexthop): ShownNexthop {
  const dead = nexthop.dead || (nexthop.linkdown && ignoresLinkdown(nexthop.device));
  return {
    gateway: nexthop.gateway === 0 ? undefined : nexthop.gateway,
    via6: nexthop.gateway6 ?? undefined,
    device: nexthop.device ?? undefined,
    weight: nexthop.weight,
    realms: nexthop.realms,
    flags: (dead ? RouteFlag.DEAD : 0) | (nexthop.linkdown ? RouteFlag.LINKDOWN : 0) | (nexthop.onlink ? RouteFlag.ONLINK : 0),
  };
}

export function shownRoute(route: Route): ShownRoute {
  const nexthops = route.nexthops.map(shownNexthop);
  const [first] = nexthops;
  const single = nexthops.length === 1 ? first : undefined;
  return {
    ...PLAIN_ROUTE,
    table: route.table,
    type: typeNumber(route.type),
    dst: route.prefix,
    dstLength: route.length,
    nexthopId: route.nexthopId,
    tos: route.tos,
    protocol: route.protocol,
    scope: route.scope,
    flags: single?.flags ?? (route.linkdown ? RouteFlag.LINKDOWN : 0),
    nexthop: single,
    multipath: nexthops.length > 1 ? nexthops : [],
    preferredSource: route.preferredSource === 0 ? undefined : route.preferredSource,
    priority: route.priority === 0 ? undefined : route.priority,
    metrics: route.metrics ?? undefined,
    origin: route,
  };
}

export function shownRoute6(route: Route6, nowUs: number): ShownRoute {
  const device = route.device ?? undefined;
  const dead = route.dead || (route.linkdown && device?.ipv6?.conf.ignore_routes_with_linkdown === 1);
  const flags = (dead ? RouteFlag.DEAD : 0) | (route.linkdown ? RouteFlag.LINKDOWN : 0) | (route.onlink ? RouteFlag.ONLINK : 0);
  return {
    ...PLAIN_ROUTE,
    family: Family.INET6,
    table: route.table,
    type: typeNumber(route.type),
    dst: route.prefix,
    dstLength: route.length,
    nexthopId: route.nexthopId,
    protocol: route.protocol,
    flags,
    nexthop: { gateway: route.gateway ?? undefined, via6: undefined, device, weight: route.weight, flags },
    preferredSource: route.preferredSource ?? undefined,
    priority: route.priority,
    metrics: route.metrics ?? undefined,
    expires: route.expiresUs === null ? 0 : Math.max(1, Math.floor((route.expiresUs - nowUs) / 1e6)),
    pref: route.preference,
    origin: route,
  };
}

export function dumpTable(netns: Netns, id: number): ShownRoute[] {
  const table = netns.tables.get(id);
  return table ? routesInOrder(table).map(shownRoute) : [];
}

/** fnhe_dump_buckets: what was learnt of single destinations: path MTUs and redirects. */
export function dumpCache(netns: Netns, id: number, nowUs: number): ShownRoute[] {
  const shown: ShownRoute[] = [];
  for (const table of netns.tables.values()) {
    if (id !== 0 && table.id !== id) continue;
    for (const route of routesInOrder(table)) {
      for (const nexthop of route.nexthops) {
        for (const [destination, learnt] of nexthop.exceptions ?? []) {
          if (learnt.expiresUs > nowUs || learnt.mtu === 0) shown.push(shownException(route, nexthop, destination, learnt, nowUs));
        }
      }
    }
  }
  return shown;
}
function shownException(route: Route, nexthop: Nexthop, destination: Ipv4, learnt: RouteException, nowUs: number): ShownRoute {
  const gateway = learnt.gateway === 0 ? nexthop.gateway : learnt.gateway;
  const redirected = learnt.gateway !== 0 && learnt.gateway !== nexthop.gateway ? CacheFlag.REDIRECTED : 0;
  const metrics = { ...route.metrics, ...(learnt.mtu > 0 && { mtu: learnt.mtu, mtuLock: learnt.locked }) };
  return {
    ...PLAIN_ROUTE,
    table: route.table,
    dst: destination,
    dstLength: 32,
    flags: RouteFlag.CLONED | redirected,
    nexthop: { gateway: gateway === 0 ? undefined : gateway, via6: undefined, device: nexthop.device ?? undefined, weight: 1, flags: 0 },
    ...(Object.keys(metrics).length > 0 && { metrics }),
    expires: Math.max(0, Math.ceil((learnt.expiresUs - nowUs) / 1e6)),
  };
}

/** IPv6's tables exist once they have been used; main and local always. */
export const hasTable6 = (netns: Netns, id: number): boolean =>
  id === RouteTable.MAIN ||
  id === RouteTable.LOCAL ||
  netns.routes6.some((route) => route.table === id) ||
  // A VRF makes its table.
  (netns.hasVrfs && [...netns.devices.values()].some((device) => device.vrfTable === id));

/** The tree is walked from its leaves: a prefix comes after those within it. */
export function dumpTable6(netns: Netns, id: number, nowUs: number): ShownRoute[] {
  const within = (a: Route6, b: Route6): boolean => a.length > b.length && sameBits(Family.INET6, a.prefix, b.prefix, b.length);
  const ordered = netns.routes6
    .filter((route) => route.table === id)
    .sort((a, b) => (within(a, b) ? -1 : within(b, a) ? 1 : a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : a.priority - b.priority))
    .map((route) => shownRoute6(route, nowUs));
  // Siblings stand side by side.
  const groups: ShownRoute[][] = [];
  for (const shown of ordered) {
    const last = groups.at(-1);
    if (last && areSiblings(last[0]!.origin as Route6, shown.origin as Route6)) last.push(shown);
    else groups.push([shown]);
  }
  return groups.map((group) => (group.length === 1 ? group[0]! : inOne(group)));
}
/** Routes by several gateways, shown as the one route that they are. */
function inOne(siblings: readonly ShownRoute[]): ShownRoute {
  const [first] = siblings;
  return { ...first!, nexthop: undefined, flags: 0, multipath: siblings.flatMap(({ nexthop }) => (nexthop ? [nexthop] : [])) };
}
export function tableIds6(netns: Netns): number[] {
  return [...new Set([RouteTable.MAIN, RouteTable.LOCAL, ...netns.routes6.map((route) => route.table)])].sort((a, b) => (a & 255) - (b & 255));
}
