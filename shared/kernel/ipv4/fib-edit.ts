/**
 * Changing the forwarding information base (net/ipv4/fib_semantics.c, fib_trie.c): what may be a route, in the kernel's order of checks
 * and with its words; inserting, replacing, deleting; what devices and addresses that go away take with them.
 *
 * Invariant: every change raises `fibGeneration`, so that no Dst outlives the routes it came from.
 */
import { done, ok } from '../../base/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { ipv4Mask } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { FibTable, Nexthop, Route } from '../model.ts';
import type { Device, DeviceEvent, Netns, RouteMetrics } from '../model.ts';
import { emit, touch } from '../notify.ts';
import { RouteTable, Scope } from '../numbers.ts';
import type { RouteType } from '../numbers.ts';
import type { NexthopRequest, RouteRequest } from '../requests.ts';
import { putToSleep, wakeRoutesOf } from './sleeping-routes.ts';
import { addressType, fibLookup, FibResult, Flow, lookupInTable, ROUTE_ERRORS } from './fib.ts';

/** fib_props: the narrowest scope a type may have. */
const LEAST_SCOPE: Record<RouteType, number> = {
  unspec: Scope.NOWHERE,
  unicast: Scope.UNIVERSE,
  local: Scope.HOST,
  broadcast: Scope.LINK,
  anycast: Scope.LINK,
  multicast: Scope.UNIVERSE,
  blackhole: Scope.UNIVERSE,
  unreachable: Scope.UNIVERSE,
  prohibit: Scope.UNIVERSE,
  throw: Scope.UNIVERSE,
  nat: Scope.NOWHERE,
};

export function flushRouteCache(netns: Netns): void {
  netns.fibGeneration++;
}

/** net.ipv4.route.flush: learnt path MTUs and redirects are forgotten too (fnhe_genid_bump). */
export function flushRouteExceptions(netns: Netns): void {
  for (const table of netns.tables.values()) {
    for (const list of table.prefixes.values()) for (const route of list) for (const hop of route.nexthops) hop.exceptions = null;
  }
  flushRouteCache(netns);
}

/** fib_new_table: the local table brings the main one along. */
export function ensureTable(netns: Netns, id: number): FibTable {
  let table = netns.tables.get(id);
  if (table !== undefined) return table;
  if (id === RouteTable.LOCAL && !netns.hasCustomRules) ensureTable(netns, RouteTable.MAIN);
  table = new FibTable(id);
  netns.tables.set(id, table);
  return table;
}

/** Routes as a dump lists them: by prefix, longer ones first, then in the order of the table. */
export function routesInOrder(table: FibTable): Route[] {
  const lists = [...table.prefixes.values()];
  lists.sort((a, b) => (a[0]!.prefix >>> 0) - (b[0]!.prefix >>> 0) || b[0]!.length - a[0]!.length);
  return lists.flat();
}
/** Tables as a dump of all walks them: 256 buckets by id. */
export function tablesInOrder(netns: Netns): FibTable[] {
  return [...netns.tables.values()].sort((a, b) => (a.id & 255) - (b.id & 255));
}

function invalidPrefix(prefix: Ipv4, length: number): KernelResult | null {
  if (length > 32) return fail('EINVAL', 'Invalid prefix length');
  return (prefix & ~ipv4Mask(length)) !== 0 ? fail('EINVAL', 'Invalid prefix for given prefix length') : null;
}

/** fib_create_info: a route with its next hops checked and resolved. */
export function makeRoute(netns: Netns, request: RouteRequest): KernelResult<Route> {
  const type = request.type ?? 'unicast';
  const scope = request.scope ?? Scope.UNIVERSE;
  const tableId = request.table ?? RouteTable.MAIN;
  if (LEAST_SCOPE[type] > scope) return fail('EINVAL', 'Invalid scope');
  const route = new Route(tableId, request.destination, request.length, request.tos ?? 0, type, scope, request.protocol ?? 3, request.priority ?? 0);
  route.preferredSource = request.preferredSource ?? 0;
  route.metrics = request.metrics === undefined ? null : clipMetrics(request.metrics);
  if (request.nexthopId !== undefined) return byObject(netns, route, request, request.nexthopId);
  const wanted: readonly NexthopRequest[] = request.nexthops ?? [nexthopOf(request)];
  if (ROUTE_ERRORS[type] !== undefined) {
    if (request.gateway !== undefined || request.gateway6 !== undefined || request.device !== undefined || request.nexthops !== undefined) {
      return fail('EINVAL', 'Gateway, device and multipath can not be specified for this route type');
    }
    return ok(route);
  }
  if (type === 'unspec' || type === 'nat') return fail('EINVAL', 'Invalid route type');
  if (scope > Scope.HOST) return fail('EINVAL', 'Invalid scope');
  if (scope === Scope.HOST) {
    if (wanted.length !== 1) return fail('EINVAL', 'Route with host scope can not have multiple nexthops');
    if (wanted[0]!.gateway !== undefined) return fail('EINVAL', 'Route with host scope can not have a gateway');
    const device = netns.devices.get(wanted[0]!.device ?? 0);
    if (device === undefined) return fail('ENODEV');
    const nexthop = new Nexthop(device, 0);
    nexthop.scope = Scope.NOWHERE;
    route.nexthops = [nexthop];
  } else {
    for (const hop of wanted) {
      const made = makeNexthop(netns, hop, tableId, scope);
      if (!made.ok) return made;
      route.nexthops = [...route.nexthops, made.value];
    }
  }
  route.linkdown = route.nexthops.length > 0 && route.nexthops.every((hop) => hop.linkdown);
  if (route.preferredSource !== 0 && !isValidSource(netns, route)) return fail('EINVAL', 'Invalid prefsrc address');
  return ok(route);
}
/** The way is that of a next hop with an id. */
function byObject(netns: Netns, route: Route, request: RouteRequest, id: number): KernelResult<Route> {
  if (request.gateway !== undefined || request.gateway6 !== undefined || request.device !== undefined || request.nexthops !== undefined) {
    return fail('EINVAL', 'Nexthop specification and nexthop id are mutually exclusive');
  }
  const object = netns.nexthops.get(id);
  if (object === undefined) return fail('EINVAL', 'Nexthop id does not exist');
  if (object.fdb) return fail('EINVAL', 'Route cannot point to a fdb nexthop');
  route.nexthopId = id;
  takeWays(netns, route);
  if (route.preferredSource !== 0 && !isValidSource(netns, route)) return fail('EINVAL', 'Invalid prefsrc address');
  return ok(route);
}
/** The route's next hops as its object has them now. */
function takeWays(netns: Netns, route: Route): void {
  const object = netns.nexthops.get(route.nexthopId);
  if (object === undefined) return;
  const members = object.members ?? [{ id: object.id, weight: 1 }];
  route.type = 'unicast';
  route.nexthops = members.flatMap(({ id, weight }) => {
    const member = netns.nexthops.get(id);
    if (member === undefined) return [];
    if (member.blackhole) route.type = 'blackhole';
    const hop = new Nexthop(member.blackhole ? netns.loopback : member.device, member.gateway);
    hop.gateway6 = member.gateway6;
    hop.scope = member.scope;
    hop.onlink = member.onlink;
    hop.weight = weight;
    if (hop.device?.carrier === false) hop.linkdown = true;
    return [hop];
  });
}
/** The object of a route has changed. */
export function applyNexthop(netns: Netns, route: Route): void {
  unlinkNexthops(route);
  takeWays(netns, route);
  for (const hop of route.nexthops) hop.device?.addRoute(route);
  flushRouteCache(netns);
}
/** The object of a route is gone, and the route with it: nobody is told (fib_flush). */
export function dropRoute(netns: Netns, route: Route): void {
  flushOut(netns, route);
  flushRouteCache(netns);
}
/** fib_check_nh for a next hop with an id. */
export const resolveNexthop = (netns: Netns, hop: NexthopRequest): KernelResult<Nexthop> => makeNexthop(netns, hop, RouteTable.MAIN, Scope.UNIVERSE);

/** ip_metrics_convert: what no packet could be. */
function clipMetrics(metrics: RouteMetrics): RouteMetrics {
  const clipped = { ...metrics };
  if (clipped.mtu !== undefined) clipped.mtu = Math.min(clipped.mtu, 65535 - 15);
  if (clipped.advmss !== undefined) clipped.advmss = Math.min(clipped.advmss, 65535 - 40);
  return clipped;
}
function nexthopOf(request: RouteRequest): NexthopRequest {
  return {
    ...(request.gateway === undefined ? {} : { gateway: request.gateway }),
    ...(request.gateway6 === undefined ? {} : { gateway6: request.gateway6 }),
    ...(request.device === undefined ? {} : { device: request.device }),
    ...(request.onlink === undefined ? {} : { onlink: request.onlink }),
    ...(request.realms === undefined ? {} : { realms: request.realms }),
  };
}

/** fib_check_nh. */
function makeNexthop(netns: Netns, hop: NexthopRequest, tableId: number, scope: number): KernelResult<Nexthop> {
  const made =
    hop.gateway6 !== undefined
      ? gateway6Nexthop(netns, hop, scope)
      : hop.gateway === undefined || hop.gateway === 0
        ? directNexthop(netns, hop)
        : hop.onlink === true
          ? onlinkNexthop(netns, hop, hop.gateway, scope)
          : gatewayNexthop(netns, hop, hop.gateway, tableId, scope);
  if (!made.ok) return made;
  made.value.weight = hop.weight ?? 1;
  made.value.realms = hop.realms ?? 0;
  if (made.value.device?.carrier === false) made.value.linkdown = true;
  return made;
}
function directNexthop(netns: Netns, hop: NexthopRequest): KernelResult<Nexthop> {
  if (hop.onlink === true) return fail('EINVAL', 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set');
  const device = netns.devices.get(hop.device ?? 0);
  if (device === undefined || device.ipv4 === null) return fail('ENODEV');
  if (!device.isUp) return fail('ENETDOWN', 'Device for nexthop is not up');
  const nexthop = new Nexthop(device, 0);
  nexthop.scope = Scope.HOST;
  return ok(nexthop);
}
function onlinkNexthop(netns: Netns, hop: NexthopRequest, gateway: Ipv4, scope: number): KernelResult<Nexthop> {
  if (scope >= Scope.LINK) return fail('EINVAL', 'Nexthop has invalid scope');
  const device = netns.devices.get(hop.device ?? 0);
  if (device === undefined) return fail('ENODEV', 'Nexthop device required for onlink');
  if (!device.isUp) return fail('ENETDOWN', 'Nexthop device is not up');
  if (addressType(netns, gateway) !== 'unicast') return fail('EINVAL', 'Nexthop has invalid gateway');
  const nexthop = new Nexthop(device, gateway);
  nexthop.onlink = true;
  nexthop.scope = Scope.LINK;
  return ok(nexthop);
}
function gateway6Nexthop(netns: Netns, hop: NexthopRequest, scope: number): KernelResult<Nexthop> {
  if (scope >= Scope.LINK) return fail('EINVAL', 'Nexthop has invalid scope');
  const device = netns.devices.get(hop.device ?? 0);
  if (device === undefined) return hop.device ? fail('ENODEV') : fail('EINVAL', 'Device is required for this gateway');
  if (!device.isUp) return fail('ENETDOWN', 'Nexthop device is not up');
  const nexthop = new Nexthop(device, 0);
  nexthop.gateway6 = hop.gateway6 ?? null;
  nexthop.onlink = hop.onlink === true;
  nexthop.scope = Scope.LINK;
  return ok(nexthop);
}

const flow = new Flow();
const found = new FibResult();
function gatewayNexthop(netns: Netns, hop: NexthopRequest, gateway: Ipv4, tableId: number, scope: number): KernelResult<Nexthop> {
  flow.dst = gateway;
  flow.outIndex = hop.device ?? 0;
  flow.scope = Math.max(scope + 1, Scope.LINK);
  flow.ignoreLinkState = true;
  const own = tableId === RouteTable.MAIN ? undefined : netns.tables.get(tableId);
  let errno = own === undefined ? 'ENETUNREACH' : lookupInTable(netns, own, flow, found, -1);
  if (errno !== null) errno = fibLookup(netns, flow, found);
  if (errno !== null) return fail(errno === 'EAGAIN' ? 'ENETUNREACH' : errno, 'Nexthop has invalid gateway');
  if (found.type !== 'unicast' && found.type !== 'local') return fail('EINVAL', 'Nexthop has invalid gateway');
  const device = found.nexthop?.device ?? null;
  if (device === null) return fail('EINVAL', 'No egress device for nexthop');
  if (!device.isUp) return fail('ENETDOWN');
  const nexthop = new Nexthop(device, gateway);
  nexthop.scope = found.route!.scope;
  return ok(nexthop);
}

/** fib_valid_prefsrc. */
function isValidSource(netns: Netns, route: Route): boolean {
  if (route.type === 'local' && route.prefix !== 0 && route.preferredSource === route.prefix) return true;
  if (addressType(netns, route.preferredSource) === 'local') return true;
  const own = netns.tables.get(route.table);
  flow.dst = route.preferredSource;
  flow.outIndex = 0;
  flow.scope = 0;
  return own !== undefined && lookupInTable(netns, own, flow, found, -1) === null && found.type === 'local';
}

const sameNexthop = (a: Nexthop, b: Nexthop): boolean =>
  a.device === b.device &&
  a.gateway === b.gateway &&
  a.gateway6 === b.gateway6 &&
  a.scope === b.scope &&
  a.weight === b.weight &&
  a.realms === b.realms &&
  a.onlink === b.onlink;
/** fib_find_info: the same in everything but prefix and tos. */
function sameInfo(a: Route, b: Route): boolean {
  return (
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.preferredSource === b.preferredSource &&
    a.priority === b.priority &&
    a.type === b.type &&
    a.nexthopId === b.nexthopId &&
    JSON.stringify(a.metrics) === JSON.stringify(b.metrics) &&
    a.nexthops.length === b.nexthops.length &&
    a.nexthops.every((hop, i) => sameNexthop(hop, b.nexthops[i]!))
  );
}

/** fib_table_insert. */
export function insertRoute(netns: Netns, request: RouteRequest): KernelResult {
  const table = ensureTable(netns, request.table ?? RouteTable.MAIN);
  const bad = invalidPrefix(request.destination, request.length);
  if (bad !== null) return bad;
  const made = makeRoute(netns, request);
  if (!made.ok) return made;
  const route = made.value;
  const list = [...(table.prefixes.get(route.prefix, route.length) ?? [])];
  const first = list.findIndex((other) => other.tos === route.tos && other.priority === route.priority);
  if (first >= 0) {
    if (request.exclusive === true) return fail('EEXIST');
    let last = first;
    while (last < list.length && list[last]!.tos === route.tos && list[last]!.priority === route.priority) last++;
    const match = list.findIndex((other, i) => i >= first && i < last && other.type === route.type && sameInfo(other, route));
    if (request.replace === true) {
      if (match >= 0) return match === first ? done : fail('EEXIST');
      const replaced = list[first]!;
      list[first] = route;
      table.losses++;
      unlinkNexthops(replaced);
      return commit(netns, table, list, route, 'replace');
    }
    if (match >= 0) return fail('EEXIST');
    if (request.create !== true) return fail('ENOENT');
    list.splice(request.append === true ? last : first, 0, route);
    return commit(netns, table, list, route, 'new');
  }
  if (request.create !== true) return fail('ENOENT');
  const before = list.findIndex((other) => other.tos < route.tos || (other.tos === route.tos && other.priority > route.priority));
  list.splice(before < 0 ? list.length : before, 0, route);
  return commit(netns, table, list, route, 'new');
}
function commit(netns: Netns, table: FibTable, list: Route[], route: Route, change: 'new' | 'replace'): KernelResult {
  if (change === 'replace' || list.length > 1 || !putToSleep(table, route)) {
    // A copy has room for what is in it, not for what splice thought might come.
    table.prefixes.set(route.prefix, route.length, list.slice());
    for (const hop of route.nexthops) hop.device?.addRoute(route);
  }
  flushRouteCache(netns);
  emit(netns, { kind: 'route', change, route });
  return done;
}
function unlinkNexthops(route: Route): void {
  for (const hop of route.nexthops) hop.device?.removeRoute(route);
}

/** fib_table_delete: the first route of the prefix that agrees with everything given. */
export function removeRoute(netns: Netns, request: RouteRequest): KernelResult {
  const table = netns.tables.get(request.table ?? RouteTable.MAIN);
  if (table === undefined) return fail('ESRCH', 'FIB table does not exist');
  const bad = invalidPrefix(request.destination, request.length);
  if (bad !== null) return bad;
  const list = table.prefixes.get(request.destination, request.length) ?? [];
  const route = list.find((other) => agrees(netns, other, request));
  if (route === undefined) return fail('ESRCH');
  takeOut(netns, table, route);
  return done;
}
function agrees(netns: Netns, route: Route, request: RouteRequest): boolean {
  if (route.tos !== (request.tos ?? 0)) return false;
  if (request.type !== undefined && request.type !== 'unspec' && route.type !== request.type) return false;
  if (request.scope !== undefined && request.scope !== Scope.NOWHERE && route.scope !== request.scope) return false;
  if (request.preferredSource !== undefined && request.preferredSource !== 0 && route.preferredSource !== request.preferredSource) return false;
  if (request.protocol !== undefined && request.protocol !== 0 && route.protocol !== request.protocol) return false;
  if (request.priority !== undefined && request.priority !== 0 && route.priority !== request.priority) return false;
  const { device, gateway } = request;
  if (request.nexthopId !== undefined) return route.nexthopId === request.nexthopId;
  if (route.nexthopId !== 0 && (device !== undefined || gateway !== undefined || request.nexthops !== undefined)) return false;
  if (device !== undefined || gateway !== undefined) {
    const hop = route.nexthops[0];
    if (hop === undefined) return false;
    return (device === undefined || hop.device === netns.devices.get(device)) && (gateway === undefined || hop.gateway === gateway);
  }
  if (request.nexthops === undefined) return true;
  return (
    request.nexthops.length === route.nexthops.length &&
    request.nexthops.every((wanted, i) => {
      const hop = route.nexthops[i]!;
      return (
        (wanted.gateway === undefined || wanted.gateway === hop.gateway) && (wanted.device === undefined || netns.devices.get(wanted.device) === hop.device)
      );
    })
  );
}
function takeOut(netns: Netns, table: FibTable, route: Route): void {
  const list = (table.prefixes.get(route.prefix, route.length) ?? []).filter((other) => other !== route);
  if (list.length > 0) table.prefixes.set(route.prefix, route.length, list);
  else table.prefixes.delete(route.prefix, route.length);
  table.losses++;
  unlinkNexthops(route);
  flushRouteCache(netns);
  emit(netns, { kind: 'route', change: 'del', route });
}
/** Silently, without telling listeners: the kernel does so when a device goes down (fib_table_flush). */
function flushOut(netns: Netns, route: Route): void {
  const table = netns.tables.get(route.table);
  unlinkNexthops(route);
  if (table === undefined) return;
  const list = (table.prefixes.get(route.prefix, route.length) ?? []).filter((other) => other !== route);
  if (list.length > 0) table.prefixes.set(route.prefix, route.length, list);
  else table.prefixes.delete(route.prefix, route.length);
  table.losses++;
}

/** fib_sync_down_dev and fib_flush. `force`: local routes go too. */
export function deviceRoutesDown(device: Device, event: DeviceEvent, force: 'force' | 'keep-local'): void {
  const { netns } = device;
  wakeRoutesOf(device);
  for (const route of [...device.routes]) {
    if (route.nexthopId !== 0) continue;
    let dead = 0;
    for (const hop of route.nexthops) {
      if (hop.dead) dead++;
      else if (hop.device === device && (force === 'force' || hop.scope !== Scope.NOWHERE)) {
        if (event !== 'change') hop.dead = true;
        hop.linkdown = true;
        dead++;
      }
      if (event === 'unregister' && hop.device === device) {
        dead = route.nexthops.length;
        break;
      }
    }
    if (dead < route.nexthops.length) continue;
    route.linkdown = true;
    if (event !== 'change') flushOut(netns, route);
  }
  flushRouteCache(netns);
  touch(netns.host);
}

/** fib_sync_up: next hops come back to life. */
export function deviceRoutesUp(device: Device, what: 'dead' | 'linkdown'): void {
  if (!device.isUp) return;
  wakeRoutesOf(device);
  for (const route of device.routes) {
    for (const hop of route.nexthops) {
      if (hop.device !== device) continue;
      if (what === 'dead') hop.dead = false;
      if (what === 'linkdown' || device.carrier) hop.linkdown = false;
    }
    if (route.nexthops.some((hop) => !hop.linkdown)) route.linkdown = false;
  }
  flushRouteCache(device.netns);
}

/** fib_sync_down_addr: routes that prefer a source address that is gone. */
export function sourceGone(netns: Netns, address: Ipv4): void {
  for (const table of netns.tables.values()) {
    for (const list of [...table.prefixes.values()]) {
      for (const route of list) if (route.preferredSource === address) flushOut(netns, route);
    }
  }
  flushRouteCache(netns);
}
