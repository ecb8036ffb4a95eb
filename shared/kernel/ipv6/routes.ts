/** IPv6 routes (net/ipv6/route.c, ip6_fib.c), as far as hosts use them by default: small tables, looked up by longest prefix and metric. */
import { done } from '../../base/index.ts';
import type { Errno } from '../../base/index.ts';
import { ipv6InPrefix, ipv6Network, isIpv6LinkLocal } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { vrfTableOf } from '../l3mdev.ts';
import { Route6 } from '../model.ts';
import type { Device, Netns, Rule } from '../model.ts';
import { emit } from '../notify.ts';
import { RouteProtocol, RouteTable } from '../numbers.ts';
import { ROUTE_ERRORS } from '../ipv4/fib.ts';
import type { Route6Request } from '../requests.ts';
import { selectSource6 } from './source.ts';

export const METRIC_KERNEL = 256;
export const METRIC_USER = 1024;

/** In the order of a dump: table, then address, longer prefixes first, then metric. */
export function routes6InOrder(netns: Netns): Route6[] {
  return [...netns.routes6].sort(
    (a, b) =>
      (a.table & 255) - (b.table & 255) ||
      defaultLast(a) - defaultLast(b) ||
      (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0) ||
      b.length - a.length ||
      a.priority - b.priority,
  );
}
const defaultLast = (route: Route6): number => (route.length === 0 ? 1 : 0);

export function addRoute6(netns: Netns, route: Route6): void {
  netns.routes6.push(route);
  netns.fibGeneration++;
  emit(netns, { kind: 'route6', change: 'new', route });
}
export function removeRoutes6(netns: Netns, which: (route: Route6) => boolean): number {
  const gone = netns.routes6.filter(which);
  for (const route of gone) {
    netns.routes6.splice(netns.routes6.indexOf(route), 1);
    emit(netns, { kind: 'route6', change: 'del', route });
  }
  if (gone.length > 0) netns.fibGeneration++;
  return gone.length;
}

export interface Lookup6 {
  readonly route: Route6;
  readonly device: Device;
  /** The neighbour to send to. */
  readonly nextHop: Ipv6;
}
/** What rules may ask of a packet. */
export interface Flow6 {
  readonly source?: Ipv6;
  readonly mark?: number;
  readonly inDevice?: Device | null;
  readonly protocol?: number;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly uid?: number;
  readonly tos?: number;
}
const NO_FLOW: Flow6 = {};
/** The rules that every namespace begins with: local, then main. */
const DEFAULT_RULE_COUNT = 2;

/** `outDevice` restricts: link-local destinations need one. */
export function lookup6(netns: Netns, destination: Ipv6, outDevice: Device | null, flow: Flow6 = NO_FLOW): Lookup6 | Errno {
  if (netns.rules6.length !== DEFAULT_RULE_COUNT) return lookupByRules(netns, destination, outDevice, flow);
  for (const table of [RouteTable.LOCAL, RouteTable.MAIN]) {
    const found = lookupInTable6(netns, table, destination, outDevice, flow);
    if (found !== null) return found === 'EAGAIN' ? 'ENETUNREACH' : found;
  }
  return 'ENETUNREACH';
}
/** Null: the table knows no way. EAGAIN: it says to go on with the next rule. */
function lookupInTable6(netns: Netns, table: number, destination: Ipv6, outDevice: Device | null, flow: Flow6): Lookup6 | Errno | null {
  let best: Route6 | null = null;
  for (const route of netns.routes6) {
    if (route.table !== table || route.dead || !ipv6InPrefix(destination, route.prefix, route.length)) continue;
    if (outDevice !== null && route.device !== outDevice && route.type !== 'local') continue;
    if (best === null || route.length > best.length || (route.length === best.length && route.priority < best.priority)) best = route;
  }
  if (best === null) return null;
  if (best.gateway !== null) best = oneOfSiblings(netns, best, destination, outDevice, flow);
  const errno = ROUTE_ERRORS[best.type];
  if (errno !== undefined) return errno;
  const device = best.type === 'local' ? netns.loopback : best.device;
  return device === null ? null : { route: best, device, nextHop: best.gateway ?? destination };
}
/** fib6_select_path: flows are shared out over the ways of one route, by weight. */
function oneOfSiblings(netns: Netns, best: Route6, destination: Ipv6, outDevice: Device | null, flow: Flow6): Route6 {
  const ways = netns.routes6.filter((route) => route === best || (areSiblings(route, best) && !route.dead && !route.linkdown));
  if (ways.length < 2 || outDevice !== null) return best;
  let left = flowHash(flow.source ?? '', destination, flow) % ways.reduce((sum, { weight }) => sum + weight, 0);
  for (const way of ways) {
    left -= way.weight;
    if (left < 0) return way;
  }
  return best;
}
function flowHash(source: string, destination: string, { protocol = 0 }: Flow6): number {
  let hash = protocol ^ 0x811c9dc5;
  const text = source + destination;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
const RULE_ERRORS = { blackhole: 'EINVAL', unreachable: 'ENETUNREACH', prohibit: 'EACCES' } as const;
/** fib_rules_lookup with fib6_rule_action. */
function lookupByRules(netns: Netns, destination: Ipv6, outDevice: Device | null, flow: Flow6): Lookup6 | Errno {
  let from = 0;
  for (const rule of netns.rules6) {
    if (rule.priority < from || fits(rule, destination, outDevice, flow) === rule.invert) continue;
    if (rule.action === 'goto') from = rule.target;
    else if (rule.action === 'lookup') {
      const about = outDevice ?? flow.inDevice ?? null;
      const table = rule.l3mdev ? (about === null ? 0 : vrfTableOf(about)) : rule.table;
      const found = lookupInTable6(netns, table, destination, outDevice !== null && outDevice.vrfTable !== 0 ? null : outDevice, flow);
      if (found === null || found === 'EAGAIN') continue;
      if (typeof found !== 'string' && rule.suppressPrefixLength >= 0 && found.route.length <= rule.suppressPrefixLength) continue;
      return found;
    } else if (rule.action !== 'nop') return RULE_ERRORS[rule.action];
  }
  return 'ENETUNREACH';
}
function fits(rule: Rule, destination: Ipv6, outDevice: Device | null, flow: Flow6): boolean {
  if (rule.inName !== '' && rule.inName !== (flow.inDevice?.name ?? 'lo')) return false;
  if (rule.outName !== '' && rule.outName !== outDevice?.name) return false;
  if (rule.dstLength > 0 && !ipv6InPrefix(destination, rule.dst as Ipv6, rule.dstLength)) return false;
  if (rule.srcLength > 0 && (flow.source === undefined || !ipv6InPrefix(flow.source, rule.src as Ipv6, rule.srcLength))) return false;
  if (rule.tos !== 0 && rule.tos !== ((flow.tos ?? 0) & 0xfc)) return false;
  if (rule.ipProtocol !== 0 && rule.ipProtocol !== flow.protocol) return false;
  if (!isPortIn(flow.srcPort, rule.srcPorts) || !isPortIn(flow.dstPort, rule.dstPorts)) return false;
  if (rule.uidRange !== null && ((flow.uid ?? 0) < rule.uidRange[0] || (flow.uid ?? 0) > rule.uidRange[1])) return false;
  return (((flow.mark ?? 0) ^ rule.fwmark) & rule.fwmask) === 0;
}

const isPortIn = (port: number | undefined, range: readonly [number, number] | null): boolean =>
  range === null || (port !== undefined && port >= range[0] && port <= range[1]);

/** ip6_route_get_saddr: the route's own source, else the best one. */
export function sourceBy(netns: Netns, way: Lookup6, destination: Ipv6): Ipv6 | null {
  return way.route.preferredSource ?? selectSource6(netns, way.route.type === 'local' ? (way.route.device ?? way.device) : way.device, destination);
}

/** RTM_NEWROUTE. */
export function insertRoute6(netns: Netns, request: Route6Request): KernelResult {
  const type = request.type ?? 'unicast';
  const priority = request.priority ?? METRIC_USER;
  const table = request.table ?? RouteTable.MAIN;
  if (request.length > 128) return fail('EINVAL', 'Invalid prefix length');
  let device = request.device === undefined ? null : (netns.devices.get(request.device) ?? null);
  if (request.device !== undefined && device === null) return fail('ENODEV');
  if (ROUTE_ERRORS[type] === undefined) {
    if (request.gateway !== undefined) {
      if (isIpv6LinkLocal(request.gateway) && device === null) return fail('EINVAL', 'Egress device not specified');
      if (request.onlink !== true && !isIpv6LinkLocal(request.gateway)) {
        const way = lookup6(netns, request.gateway, device);
        if (typeof way === 'string' || way.route.gateway !== null) return fail('EHOSTUNREACH');
        if (way.route.type === 'local') return fail('EINVAL', 'Gateway can not be a local address');
        device ??= way.device;
      }
    }
    if (device === null) return fail(request.nexthopId === undefined ? 'ENODEV' : 'EINVAL');
    if (device.ipv6 === null || device.ipv6.conf.disable_ipv6 !== 0) return fail(device.isUp ? 'EACCES' : 'ENETDOWN', 'IPv6 is disabled on nexthop device');
    if (!device.isUp) return fail('ENETDOWN', 'Nexthop device is not up');
  } else device = netns.loopback;
  if (request.preferredSource !== undefined && !isLocalAddress6(netns, request.preferredSource)) return fail('EINVAL', 'Invalid source address');
  const route = new Route6(
    table,
    ipv6Network(request.destination, request.length),
    request.length,
    type,
    device,
    request.gateway ?? null,
    priority,
    request.protocol ?? RouteProtocol.BOOT,
  );
  route.metrics = request.metrics ?? null;
  route.preferredSource = request.preferredSource ?? null;
  route.onlink = request.onlink === true;
  route.preference = request.preference ?? 'medium';
  route.weight = request.weight ?? 1;
  route.nexthopId = request.nexthopId ?? 0;
  if (request.expires !== undefined) expire(netns, route, request.expires);
  const same = netns.routes6.filter(
    (other) => other.table === table && other.prefix === route.prefix && other.length === route.length && other.priority === priority,
  );
  if (same.length > 0) {
    if (request.exclusive === true) return fail('EEXIST');
    if (request.replace === true) removeRoutes6(netns, (other) => replacedBy(route, same).includes(other));
    else if (request.append !== true && same.some((other) => other.device === route.device && other.gateway === route.gateway)) return fail('EEXIST');
  } else if (request.create !== true) return fail('ENOENT');
  addRoute6(netns, route);
  return done;
}
/** fib6_add_rt2node: one of the same sort (by a gateway, or not) makes room; by gateways all of its ways. */
function replacedBy(route: Route6, same: readonly Route6[]): readonly Route6[] {
  const alike = same.filter((other) => (other.gateway !== null) === (route.gateway !== null));
  if (alike.length === 0) return same.slice(0, 1);
  return route.gateway !== null ? alike : alike.slice(0, 1);
}
/** fib6_age, which looks when the time has come. */
function expire(netns: Netns, route: Route6, seconds: number): void {
  const { simulation } = netns;
  route.expiresUs = simulation.nowUs + seconds * 1_000_000;
  simulation.housekeeping(seconds * 1_000_000, () => removeRoutes6(netns, (other) => other === route));
}
/** ipv6_chk_addr: an address of this host, of whatever device. */
export function isLocalAddress6(netns: Netns, address: Ipv6): boolean {
  for (const { ipv6 } of netns.devices.values())
    if (ipv6 !== null) for (const ifa of ipv6.addresses) if (ifa.address === address && (!ifa.tentative || ifa.optimistic)) return true;
  return false;
}
/** Routes of one prefix and metric by gateways are one route of several ways (rt6_qualify_for_ecmp). */
export const areSiblings = (a: Route6, b: Route6): boolean =>
  a.table === b.table && a.prefix === b.prefix && a.length === b.length && a.priority === b.priority && a.gateway !== null && b.gateway !== null;

/** RTM_DELROUTE. */
export function removeRoute6(netns: Netns, request: Route6Request): KernelResult {
  const prefix = ipv6Network(request.destination, request.length);
  const route = netns.routes6.find(
    (other) =>
      other.table === (request.table ?? RouteTable.MAIN) &&
      other.prefix === prefix &&
      other.length === request.length &&
      (request.device === undefined || other.device?.index === request.device) &&
      (request.gateway === undefined || other.gateway === request.gateway) &&
      (request.priority === undefined || request.priority === 0 || other.priority === request.priority) &&
      (request.protocol === undefined || request.protocol === 0 || other.protocol === request.protocol),
  );
  if (route === undefined) return fail('ESRCH');
  // Without a gateway given all ways of it go.
  removeRoutes6(netns, (other) => other === route || (request.gateway === undefined && areSiblings(other, route)));
  return done;
}

/** The device that counts what a host sends to itself: the one with the address. */
export function deviceOf6(netns: Netns, address: Ipv6): Device {
  for (const device of netns.devices.values()) if (device.ipv6?.addresses.some((own) => own.address === address) === true) return device;
  return netns.loopback;
}
