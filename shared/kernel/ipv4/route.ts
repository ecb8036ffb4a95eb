/**
 * Where an IPv4 packet goes: route lookup for packets that came in and for those made here (net/ipv4/route.c), with the checks of source
 * addresses and of martians, multipath, learnt path MTUs.
 */
import type { Errno } from '../../base/index.ts';
import type { DropReason, RouteFact } from '../../trace/index.ts';
import { EtherType, formatIpv4, isIpv4Loopback, isIpv4Multicast, isIpv4Zeronet } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { isLocalAddress, onLink, selectSource } from './addresses.ts';
import { vrfOf, vrfTableOf } from '../l3mdev.ts';
import { InputCache } from './input-cache.ts';
import { fibLookup, FibResult, Flow, prefixText, tableName } from './fib.ts';
import { Dst } from '../model.ts';
import type { Device, Ipv4Device, Netns, Nexthop, Route, RouteException, Skb } from '../model.ts';
import { Iff, RouteTable, Scope } from '../numbers.ts';
import type { RouteType } from '../numbers.ts';
import { protocolName, ruleFact, scopeName } from './route-text.ts';

/** Why a packet that came in has no route: the errno of ip_route_input, and the reason a drop is counted under. */
export interface RouteRefusal {
  readonly errno: Errno;
  readonly reason: DropReason;
  readonly detail: string;
}

const MARTIAN_SOURCE = (detail: string): RouteRefusal => ({ errno: 'EINVAL', reason: 'IP_INVALID_SOURCE', detail });
const MARTIAN_DESTINATION = (detail: string): RouteRefusal => ({ errno: 'EINVAL', reason: 'IP_INVALID_DEST', detail });

/** 224.0.0.1 */
const ALL_HOSTS: Ipv4 = 0xe0000001 | 0;

const flow = new Flow();
const result = new FibResult();

/** Routes a packet that came in by `device`: sets `skb.dst` (of kind 'error' where it must be refused with an ICMP error), or refuses it. */
export function routeInput(skb: Skb, src: Ipv4, dst: Ipv4, tos: number, device: Device): RouteRefusal | null {
  const { ipv4, netns } = device;
  if (ipv4 === null) return { errno: 'EINVAL', reason: 'IP_INVALID_DEST', detail: 'IPv4 is disabled on the device' };
  const isKept = skb.recorder === null && skb.etherType === EtherType.IPV4;
  const kept = isKept && ipv4.ways !== null ? ipv4.ways.find(src, dst, tos, skb.mark, netns) : null;
  if (kept !== null) {
    skb.dst = kept;
    return null;
  }
  const refused = findInput(skb, src, dst, tos, device, ipv4);
  if (isKept && refused === null && dependsOnAddresses(netns, skb.dst!)) (ipv4.ways ??= new InputCache()).keep(src, dst, tos, skb.mark, skb.dst!);
  return refused;
}
/** The next packet of these addresses goes the same way: nothing else was asked, and nothing that was learnt for a while. */
function dependsOnAddresses(netns: Netns, way: Dst): boolean {
  if (netns.hasCustomRules || netns.hasVrfs || way.route === null || way.redirect || way.pathMtu !== 0) return false;
  return (way.kind === 'local' || way.kind === 'forward') && way.route.nexthops.length === 1 && way.route.nexthops[0]!.exceptions === null;
}

function findInput(skb: Skb, src: Ipv4, dst: Ipv4, tos: number, device: Device, ipv4: Ipv4Device): RouteRefusal | null {
  const { netns } = device;
  if (isIpv4Multicast(dst)) return routeInputMulticast(skb, src, dst, tos, device, ipv4);
  if (isIpv4Multicast(src) || src === -1) return MARTIAN_SOURCE(`source ${formatIpv4(src)}`);
  if (dst === -1 || (src === 0 && dst === 0)) return broadcastInput(skb, src, tos, device, ipv4, null);
  if (isIpv4Zeronet(src)) return MARTIAN_SOURCE(`source ${formatIpv4(src)}`);
  if (isIpv4Zeronet(dst)) return MARTIAN_DESTINATION(`destination ${formatIpv4(dst)}`);
  if (isIpv4Loopback(dst) || isIpv4Loopback(src)) {
    if (!device.isLoopback && ipv4.conf.route_localnet === 0 && netns.ipv4All.route_localnet === 0) {
      return isIpv4Loopback(dst) ? MARTIAN_DESTINATION('a loopback address from outside') : MARTIAN_SOURCE('a loopback address from outside');
    }
  }
  fillFlow(src, dst, tos, skb.mark, device.index, 0);
  if (netns.hasVrfs) flow.vrfTable = vrfTableOf(device);
  flow.protocol = skb.ip?.protocol ?? 0;
  fillPorts(skb);
  const errno = fibLookup(netns, flow, result);
  const forwarding = ipv4.conf.forwarding !== 0;
  if (errno !== null) {
    recordFailure(skb, netns, errno, 'input', dst);
    skb.dst = errorDst(netns, forwarding ? errno : 'EHOSTUNREACH');
    return null;
  }
  const route = result.route!;
  const nexthop = result.nexthop!;
  if (result.type === 'broadcast') {
    recordRoute(skb, netns, 'input', dst);
    return broadcastInput(skb, src, tos, device, ipv4, route);
  }
  if (result.type === 'local') {
    recordRoute(skb, netns, 'input', dst);
    const refused = validateSource(skb, src, dst, tos, 0, device, ipv4);
    if (typeof refused !== 'number') return refused;
    skb.dst = localDst(netns, route, nexthop, netns.loopback);
    return null;
  }
  if (!forwarding) {
    if (skb.recorder !== null) recordRoute(skb, netns, 'input', dst);
    skb.dst = errorDst(netns, 'EHOSTUNREACH');
    return null;
  }
  if (result.type !== 'unicast') return MARTIAN_DESTINATION(`route of type ${result.type}`);
  return makeForward(skb, src, dst, tos, device, ipv4, route, nexthop);
}

function fillFlow(src: Ipv4, dst: Ipv4, tos: number, mark: number, inIndex: number, outIndex: number): void {
  flow.src = src;
  flow.dst = dst;
  flow.tos = tos & 0x1c;
  flow.mark = mark;
  flow.inIndex = inIndex;
  flow.outIndex = outIndex;
  flow.scope = 0;
  flow.vrfTable = 0;
  flow.protocol = 0;
  flow.srcPort = 0;
  flow.dstPort = 0;
  flow.uid = 0;
  flow.ignoreLinkState = false;
}
function fillPorts(skb: Skb): void {
  const ports = skb.udp ?? skb.tcp;
  if (ports === null) return;
  flow.srcPort = ports.srcPort;
  flow.dstPort = ports.dstPort;
}

function makeForward(skb: Skb, src: Ipv4, dst: Ipv4, tos: number, device: Device, inDevice: Ipv4Device, route: Route, first: Nexthop): RouteRefusal | null {
  const { netns } = device;
  const nexthop = route.nexthops.length > 1 ? selectPath(route, src, dst, skb) : first;
  if (skb.recorder !== null) {
    result.nexthop = nexthop;
    recordRoute(skb, netns, 'input', dst);
  }
  const out = nexthop.device!;
  const validated = validateSource(skb, src, dst, tos, out.index, device, inDevice);
  if (typeof validated !== 'number') return validated;
  const isIp = skb.etherType === EtherType.IPV4;
  if (!isIp && out === device && inDevice.conf.proxy_arp_pvlan === 0 && netns.ipv4All.proxy_arp_pvlan === 0) {
    return { errno: 'EINVAL', reason: 'IP_INVALID_DEST', detail: 'the way leads back' };
  }
  const redirect =
    out === device && validated === 1 && isIp && sendsRedirects(netns, inDevice) && (sharesMedia(netns, inDevice) || onLink(inDevice, src, gatewayOf(nexthop)));
  const learnt = nexthop.exceptions === null ? undefined : exceptionFor(netns, nexthop, dst);
  if (!redirect && learnt === undefined) {
    const kept = nexthop.forwardDst;
    if (kept !== null && kept.generation === netns.fibGeneration) {
      skb.dst = kept;
      return null;
    }
  }
  const made = new Dst('forward', 'unicast', out, learnt?.gateway || gatewayOf(nexthop), route, netns.fibGeneration);
  setMetrics(made, route, learnt);
  made.redirect = redirect;
  if (!redirect && learnt === undefined) nexthop.forwardDst = made;
  skb.dst = made;
  return null;
}
/** A gateway counts only where it is directly reachable (scope link). */
const gatewayOf = (nexthop: Nexthop): Ipv4 => (nexthop.scope === Scope.LINK ? nexthop.gateway : 0);
const sendsRedirects = (netns: Netns, dev: Ipv4Device): boolean => dev.conf.send_redirects !== 0 || netns.ipv4All.send_redirects !== 0;
const sharesMedia = (netns: Netns, dev: Ipv4Device): boolean => dev.conf.shared_media !== 0 || netns.ipv4All.shared_media !== 0;

function setMetrics(made: Dst, route: Route | null, learnt: RouteException | undefined): void {
  made.mtu = route?.metrics?.mtu ?? 0;
  made.mtuLocked = route?.metrics?.mtuLock ?? false;
  if (learnt === undefined) return;
  made.expiresUs = learnt.expiresUs;
  made.redirected = learnt.gateway !== 0;
  if (learnt.mtu === 0) return;
  made.pathMtu = learnt.mtu;
  made.mtuLocked = made.mtuLocked || learnt.locked;
}
export function exceptionFor(netns: Netns, nexthop: Nexthop, dst: Ipv4): RouteException | undefined {
  const learnt = nexthop.exceptions?.get(dst);
  if (learnt === undefined) return undefined;
  if (learnt.expiresUs !== 0 && learnt.expiresUs <= netns.simulation.nowUs) {
    nexthop.exceptions!.delete(dst);
    return undefined;
  }
  return learnt;
}

function localDst(netns: Netns, route: Route | null, nexthop: Nexthop | null, device: Device): Dst {
  const kept = nexthop?.forwardDst ?? null;
  if (kept !== null && kept.generation === netns.fibGeneration) return kept;
  const made = new Dst('local', 'local', device, 0, route, netns.fibGeneration);
  if (nexthop !== null) nexthop.forwardDst = made;
  return made;
}
function errorDst(netns: Netns, errno: Errno): Dst {
  const made = new Dst('error', 'unreachable', netns.loopback, 0, null, netns.fibGeneration);
  made.errno = errno;
  return made;
}

function broadcastInput(skb: Skb, src: Ipv4, tos: number, device: Device, inDevice: Ipv4Device, route: Route | null): RouteRefusal | null {
  if (skb.etherType !== EtherType.IPV4) return { errno: 'EINVAL', reason: 'IP_INVALID_DEST', detail: 'broadcast' };
  if (!isIpv4Zeronet(src)) {
    const refused = validateSource(skb, src, 0, tos, 0, device, inDevice);
    if (typeof refused !== 'number') return refused;
  }
  skb.dst = new Dst('broadcast', 'broadcast', device.netns.loopback, 0, route, device.netns.fibGeneration);
  return null;
}

function routeInputMulticast(skb: Skb, src: Ipv4, dst: Ipv4, tos: number, device: Device, inDevice: Ipv4Device): RouteRefusal | null {
  const ours = dst === ALL_HOSTS || inDevice.groups.has(dst);
  if (!ours) return { errno: 'EINVAL', reason: 'IP_INVALID_DEST', detail: `not a member of ${formatIpv4(dst)}` };
  if (isIpv4Multicast(src) || src === -1 || (isIpv4Loopback(src) && !device.isLoopback)) return MARTIAN_SOURCE(`source ${formatIpv4(src)}`);
  if (!isIpv4Zeronet(src)) {
    const refused = validateSource(skb, src, 0, tos, 0, device, inDevice);
    if (typeof refused !== 'number') return refused;
  }
  skb.dst = new Dst('multicast', 'multicast', device.netns.loopback, 0, null, device.netns.fibGeneration);
  return null;
}

const reverseFlow = new Flow();
const reverse = new FibResult();
/** fib_validate_source: 1 when the source is directly connected here, 0 when it is fine otherwise, or the refusal. */
function validateSource(skb: Skb, src: Ipv4, dst: Ipv4, tos: number, outIndex: number, device: Device, inDevice: Ipv4Device): RouteRefusal | 0 | 1 {
  const { netns } = device;
  const mode = Math.max(inDevice.conf.rp_filter, netns.ipv4All.rp_filter);
  const acceptLocal = inDevice.conf.accept_local !== 0 || netns.ipv4All.accept_local !== 0;
  if (mode === 0 && (device.index !== outIndex || !sendsRedirects(netns, inDevice))) {
    if (acceptLocal) return 0;
    if (!netns.hasCustomRules && !netns.hasCustomLocalRoutes) {
      return netns.localAddresses.has(src) ? MARTIAN_SOURCE(`${formatIpv4(src)} is an address of this host itself`) : 0;
    }
  }
  reverseFlow.src = dst;
  reverseFlow.dst = src;
  reverseFlow.tos = tos & 0x1c;
  reverseFlow.mark = inDevice.conf.src_valid_mark !== 0 || netns.ipv4All.src_valid_mark !== 0 ? skb.mark : 0;
  reverseFlow.inIndex = outIndex === 0 ? 1 : outIndex;
  reverseFlow.outIndex = 0;
  reverseFlow.ignoreLinkState = false;
  reverseFlow.vrfTable = netns.hasVrfs ? vrfTableOf(device) : 0;
  const errno = fibLookup(netns, reverseFlow, reverse);
  const noAddress = inDevice.addresses.length === 0;
  const refused = (): RouteRefusal => ({
    errno: 'EINVAL',
    reason: 'IP_RPFILTER',
    detail: `answers to ${formatIpv4(src)} would not leave by ${device.name} (rp_filter=${mode})`,
  });
  if (errno === null) {
    if (reverse.type !== 'unicast' && (reverse.type !== 'local' || !acceptLocal)) return MARTIAN_SOURCE(`source ${formatIpv4(src)} is ${reverse.type} here`);
    const uses = reverse.route!.nexthops.find((hop) => hop.device === device || (netns.hasVrfs && hop.device !== null && vrfOf(hop.device) === device));
    if (skb.recorder !== null && mode > 0) recordReverse(skb, netns, src);
    if (uses !== undefined || (reverse.type === 'local' && device.isLoopback)) return reverse.nexthop!.scope >= Scope.HOST ? 1 : 0;
    if (!noAddress) {
      if (mode === 1) return refused();
      reverseFlow.outIndex = device.index;
      reverseFlow.ignoreLinkState = true;
      if (fibLookup(netns, reverseFlow, reverse) === null && reverse.type === 'unicast') return reverse.nexthop!.scope >= Scope.HOST ? 1 : 0;
      return 0;
    }
  }
  return mode > 0 ? refused() : 0;
}

/** Which next hop of a multipath route: a hash of the flow, weighted (fib_multipath_hash, policy 0 and 1). */
function selectPath(route: Route, src: Ipv4, dst: Ipv4, skb: Skb | null): Nexthop {
  const alive = route.nexthops.filter((hop) => !hop.dead && !hop.linkdown);
  const among = alive.length > 0 ? alive : route.nexthops.filter((hop) => !hop.dead);
  let total = 0;
  for (const hop of among) total += hop.weight;
  const netns = among[0]?.device?.netns;
  let hash = mix(src, dst);
  if (netns !== undefined && netns.ipv4.fib_multipath_hash_policy === 1 && skb !== null) {
    const ports = skb.udp ?? skb.tcp;
    hash = mix(hash ^ (skb.ip?.protocol ?? 0), ports === null ? 0 : (ports.srcPort << 16) | ports.dstPort);
  }
  let place = (hash >>> 1) % Math.max(1, total);
  for (const hop of among) {
    if (place < hop.weight) return hop;
    place -= hop.weight;
  }
  return among[0] ?? route.nexthops[0]!;
}
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ b, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** What an output lookup is asked for, and what it fills in. */
export interface OutputRequest {
  destination: Ipv4;
  /** 0: choose. */
  source: Ipv4;
  tos: number;
  mark: number;
  /** Index of the device that is bound, or 0. */
  outIndex: number;
  protocol: number;
  srcPort: number;
  dstPort: number;
  uid: number;
  /** RT_SCOPE_LINK for SO_DONTROUTE, else 0. */
  scope: number;
  /** Sources that are no address of ours are allowed (FLOWI_FLAG_ANYSRC). */
  anySource: boolean;
}
export const outputRequest = (destination: Ipv4, source: Ipv4 = 0): OutputRequest => ({
  destination,
  source,
  tos: 0,
  mark: 0,
  outIndex: 0,
  protocol: 0,
  srcPort: 0,
  dstPort: 0,
  uid: 0,
  scope: 0,
  anySource: false,
});

/** The last lookup's rule, table and route: for `ip route get` and traces. Valid until the next lookup. */
export const lastLookup = (): FibResult => result;

/** ip_route_output_key: the Dst (its `source` set), or an errno. `skb` only for its recorder and ports. */
export function routeOutput(netns: Netns, request: OutputRequest, skb: Skb | null): Dst | Errno {
  const { destination } = request;
  let { source, outIndex } = request;
  let out: Device | undefined;
  let forced = false;
  result.route = null;
  result.nexthop = null;
  result.type = 'unicast';
  if (source !== 0) {
    if (isIpv4Multicast(source) || source === -1 || isIpv4Zeronet(source)) return 'EINVAL';
    if (outIndex === 0 && (isIpv4Multicast(destination) || destination === -1)) {
      out = netns.localAddresses.get(source)?.[0]?.device;
      if (out === undefined) return 'ENETUNREACH';
      outIndex = out.index;
      forced = true;
    } else if (!request.anySource && !isLocalAddress(netns, source) && !isLocalBySubnet(netns, source)) return 'ENETUNREACH';
  }
  if (outIndex !== 0 && !forced) {
    out = netns.devices.get(outIndex);
    if (out === undefined) return 'ENODEV';
    if (!out.isUp || out.ipv4 === null) return 'ENETUNREACH';
    if (destination >>> 8 === 0xe00000 || destination === -1 || request.protocol === 2) {
      if (source === 0) source = selectSource(out, 0, Scope.LINK);
      forced = true;
    } else if (source === 0) {
      if (isIpv4Multicast(destination)) source = selectSource(out, 0, request.scope);
      else if (destination === 0) source = selectSource(out, 0, Scope.HOST);
    }
  }
  if (!forced && destination === 0) return toSelf(netns, source === 0 ? 0x7f000001 : source);
  if (!forced) {
    fillFlow(source, destination, request.tos, request.mark, 1, outIndex);
    flow.protocol = request.protocol;
    flow.srcPort = request.srcPort;
    flow.dstPort = request.dstPort;
    flow.uid = request.uid;
    flow.scope = request.scope;
    if (netns.hasVrfs && out !== undefined) {
      flow.vrfTable = vrfTableOf(out);
      // The VRF itself stands for its table, not for a way out.
      if (out.vrfTable !== 0) flow.outIndex = 0;
    }
    const errno = fibLookup(netns, flow, result);
    if (errno !== null) {
      if (outIndex === 0 || flow.vrfTable !== 0) {
        if (skb !== null) recordFailure(skb, netns, errno, 'output', destination);
        return errno;
      }
      result.route = null;
      result.nexthop = null;
      result.type = 'unicast';
      if (source === 0) source = selectSource(out!, 0, Scope.LINK);
    } else if ((result.type as RouteType) === 'local') {
      if (source === 0) source = result.route!.preferredSource || destination;
      if (skb !== null && skb.recorder !== null) recordRoute(skb, netns, 'output', destination);
      const self = (result.nexthop as Nexthop | null)?.device ?? null;
      const made = new Dst('local', 'local', (netns.hasVrfs && self !== null ? vrfOf(self) : null) ?? netns.loopback, 0, result.route, netns.fibGeneration);
      made.source = source;
      return made;
    } else {
      if (result.route!.nexthops.length > 1 && flow.outIndex === 0) result.nexthop = selectPath(result.route!, source, destination, skb);
      else if (result.route!.length === 0) chooseDefault(netns);
      if (source === 0) source = preferredSource(result.route!, result.nexthop!);
      out = result.nexthop!.device!;
      if (skb !== null && skb.recorder !== null) recordRoute(skb, netns, 'output', destination);
    }
  }
  return makeOutput(netns, source, destination, out!, forced ? null : result.route, forced ? null : result.nexthop);
}
/** 127.0.0.2 and the like: covered by a local route of a whole prefix. */
function isLocalBySubnet(netns: Netns, address: Ipv4): boolean {
  const routes = netns.tables.get(RouteTable.LOCAL)?.prefixes;
  if (routes === undefined) return false;
  for (let i = 0; i < routes.lengthCount; i++) {
    const found = routes.probe(i, address);
    if (found !== undefined) return found[0]!.type === 'local';
  }
  return false;
}
function toSelf(netns: Netns, address: Ipv4): Dst {
  const made = new Dst('local', 'local', netns.loopback, 0, null, netns.fibGeneration);
  made.source = address;
  return made;
}
export function preferredSource(route: Route, nexthop: Nexthop): Ipv4 {
  if (route.preferredSource !== 0) return route.preferredSource;
  return nexthop.device === null ? 0 : selectSource(nexthop.device, nexthop.gateway, route.scope);
}

/** Among default routes of the same metric the first whose gateway is not known to be dead (fib_select_default). */
function chooseDefault(netns: Netns): void {
  const chosen = result.route!;
  const routes = netns.tables.get(result.table)?.prefixes.get(chosen.prefix, chosen.length);
  if (routes === undefined || routes.length < 2) return;
  for (const route of routes) {
    if (route.priority !== chosen.priority || route.type !== 'unicast' || route.scope !== chosen.scope) continue;
    const hop = route.nexthops[0]!;
    if (hop.dead || hop.device === null) continue;
    const neighbour = hop.device.ipv4?.neighbours.get(hop.gateway);
    if (neighbour !== undefined && neighbour.state === 0x20) continue;
    result.route = route;
    result.nexthop = hop;
    return;
  }
}

function makeOutput(netns: Netns, source: Ipv4, destination: Ipv4, out: Device, foundRoute: Route | null, nexthop: Nexthop | null): Dst | Errno {
  const { ipv4 } = out;
  if (ipv4 === null) return 'EINVAL';
  const routesLocalnet = ipv4.conf.route_localnet !== 0 || netns.ipv4All.route_localnet !== 0;
  if (!routesLocalnet && isIpv4Loopback(source) && (out.flags & Iff.LOOPBACK) === 0) return 'EINVAL';
  let route = foundRoute;
  let type = foundRoute === null ? 'unicast' : result.type;
  if (destination === -1) type = 'broadcast';
  else if (isIpv4Multicast(destination)) type = 'multicast';
  else if (isIpv4Zeronet(destination)) return 'EINVAL';
  if (type === 'broadcast' || (type === 'multicast' && (route === null || route.length < 4))) route = null;
  const plain = type === 'unicast' && route !== null && nexthop !== null;
  const learnt = plain && nexthop.exceptions !== null ? exceptionFor(netns, nexthop, destination) : undefined;
  if (plain && learnt === undefined) {
    const kept = nexthop.outputDst;
    if (kept !== null && kept.generation === netns.fibGeneration && kept.source === source) return kept;
  }
  const kind = type === 'broadcast' ? 'broadcast' : type === 'multicast' ? 'multicast' : out.isLoopback ? 'local' : 'output';
  const gateway = route !== null && nexthop !== null ? learnt?.gateway || gatewayOf(nexthop) : 0;
  const made = new Dst(kind, type, out, gateway, route, netns.fibGeneration);
  setMetrics(made, route, learnt);
  made.source = source;
  if (plain && learnt === undefined) nexthop.outputDst = made;
  return made;
}

export function routeFact(route: Route, nexthop: Nexthop | null): RouteFact {
  return {
    table: tableName(route.table),
    type: route.type,
    prefix: prefixText(route.prefix, route.length),
    via: nexthop === null || nexthop.gateway === 0 ? null : formatIpv4(nexthop.gateway),
    device: nexthop?.device?.name ?? null,
    source: route.preferredSource === 0 ? null : formatIpv4(route.preferredSource),
    metric: route.priority,
    scope: scopeName(route.scope),
    protocol: protocolName(route.protocol),
  };
}
function recordRoute(skb: Skb, netns: Netns, purpose: 'input' | 'output', destination: Ipv4): void {
  if (skb.recorder === null || result.route === null) return;
  if (result.rule !== null) skb.step({ kind: 'rule', rule: ruleFact(result.rule) }, netns);
  const { nexthop } = result;
  const nextHop = result.type !== 'unicast' ? null : formatIpv4(nexthop === null || nexthop.gateway === 0 ? destination : nexthop.gateway);
  skb.step({ kind: 'route', purpose, destination: formatIpv4(destination), route: routeFact(result.route, nexthop), nextHop }, netns);
}
function recordReverse(skb: Skb, netns: Netns, source: Ipv4): void {
  const route = routeFact(reverse.route!, reverse.nexthop);
  skb.step({ kind: 'route', purpose: 'reverse-path', destination: formatIpv4(source), route, nextHop: route.via }, netns);
}
function recordFailure(skb: Skb, netns: Netns, errno: Errno, purpose: 'input' | 'output', destination: Ipv4): void {
  if (skb.recorder === null) return;
  if (result.rule !== null) skb.step({ kind: 'rule', rule: ruleFact(result.rule) }, netns);
  if (errno !== 'ENETUNREACH' && result.route !== null) {
    skb.step({ kind: 'route', purpose, destination: formatIpv4(destination), route: routeFact(result.route, null), nextHop: null }, netns);
    return;
  }
  const tables = [...new Set(netns.rules.filter((rule) => rule.action === 'lookup').map((rule) => tableName(rule.table)))];
  skb.step({ kind: 'no-route', purpose, destination: formatIpv4(destination), tables }, netns);
}
