/**
 * IPv6 addresses of devices (net/ipv6/addrconf.c): the link-local one a device gives itself, duplicate address detection, the routes that
 * come with addresses, groups.
 *
 * Absent: router advertisements are not received, privacy addresses not made.
 */
import { done } from '../../base/index.ts';
import {
  Icmp6Type,
  IPV6_ALL_NODES,
  IPV6_ALL_ROUTERS,
  IPV6_ANY,
  IPV6_LOOPBACK,
  ipv6MulticastMac,
  ipv6Network,
  ipv6SolicitedNode,
  isIpv6LinkLocal,
  isIpv6Multicast,
} from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import { ipv6Bytes, ndPacket, sendControl6 } from '../arp-packet.ts';
import { joinMac, leaveMac } from '../devices/multicast-macs.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { Ipv6Device, Route6 } from '../model.ts';
import type { Device, DeviceEvent, Ipv6Address, Netns } from '../model.ts';
import { drawReachableTime, removeNeighbour } from '../neighbour.ts';
import { emit } from '../notify.ts';
import { ArpHardware, Iff, RouteProtocol, RouteTable, Scope } from '../numbers.ts';
import type { Address6Request } from '../requests.ts';
import { vrfTableOf } from '../l3mdev.ts';
import { isTunnelWithEnd, linkAddressBytes, linkLocalOf } from './link-local.ts';
import { addRoute6, METRIC_KERNEL, removeRoutes6 } from './routes.ts';

const MINIMUM_MTU = 1280;
const SECOND_US = 1_000_000;
const MULTICAST_PREFIX: Ipv6 = 'ff000000000000000000000000000000';
const ALL_MLD2_ROUTERS: Ipv6 = 'ff020000000000000000000000000016';
/** Router alert in a hop-by-hop header (RFC 2711), padded. */
const ROUTER_ALERT = '\0\x05\x02\0\0\x01\0';
const ROUTER_SOLICITATIONS_SHOWN = 3;

const isDisabled = (device: Device): boolean => device.ipv6 === null || device.ipv6.conf.disable_ipv6 !== 0;
/** addrconf_link_ready: operational, and its queues run. */
const isReady = (device: Device): boolean =>
  device.isUp && device.carrier && !device.qdiscWaits && (device.operState === 'UP' || device.operState === 'UNKNOWN');

export function ipv6DeviceEvent(device: Device, event: DeviceEvent): void {
  switch (event) {
    case 'register':
      attach(device);
      return;
    case 'up':
      if (device.ipv6 === null) attach(device);
      if (!isDisabled(device)) {
        restorePermanent(device);
        if (isReady(device)) becomeReady(device);
      }
      return;
    case 'change':
      if (isDisabled(device) || !device.isUp) return;
      if (isReady(device)) {
        for (const route of device.netns.routes6) if (route.device === device) route.linkdown = false;
        if (device.ipv6?.ready === false) becomeReady(device);
      } else for (const route of device.netns.routes6) if (route.device === device) route.linkdown = true;
      return;
    case 'down':
      takeDown(device);
      return;
    case 'unregister':
      takeDown(device);
      if (device.ipv6 !== null) emit(device.netns, { kind: 'netconf', change: 'del', device, family: 6 });
      device.ipv6 = null;
      return;
    case 'change-mtu':
      if (device.ipv6 !== null) device.ipv6.conf.mtu = device.mtu;
      if (device.mtu < MINIMUM_MTU && device.ipv6 !== null && !device.isLoopback) {
        takeDown(device);
        device.ipv6 = null;
      } else if (device.mtu >= MINIMUM_MTU && device.ipv6 === null) {
        attach(device);
        if (isReady(device) && !isDisabled(device)) becomeReady(device);
      }
      return;
    case 'change-address':
      if (device.ipv6 !== null) for (const neighbour of [...device.ipv6.neighbours.values()]) removeNeighbour(neighbour);
      return;
    case 'change-name':
      for (const change of ['del', 'new'] as const) if (device.ipv6 !== null) emit(device.netns, { kind: 'netconf', change, device, family: 6 });
      return;
    case 'going-down':
      return;
  }
}

/** ipv6_add_dev: groups all nodes belong to are joined at once. */
function attach(device: Device): void {
  if (device.ipv6 !== null || device.mtu < MINIMUM_MTU) return;
  const { netns } = device;
  const parms = netns.ndDefault.clone();
  drawReachableTime(parms, netns);
  device.ipv6 = new Ipv6Device(netns.ipv6Default.clone(), parms);
  device.ipv6.conf.mtu = device.mtu;
  if (device.isLoopback || device.hardwareType === ArpHardware.TUNNEL) device.ipv6.conf.use_tempaddr = -1;
  emit(netns, { kind: 'netconf', change: 'new', device, family: 6 });
  if ((device.flags & (Iff.NOARP | Iff.LOOPBACK)) !== 0 || device.hardwareType === ArpHardware.TUNNEL) device.ipv6.conf.accept_dad = -1;
  joinAllNodes(device);
}
function joinAllNodes(device: Device): void {
  const { ipv6 } = device;
  if (ipv6 === null) return;
  joinGroup(device, 'ff010000000000000000000000000001', 'quietly');
  joinGroup(device, IPV6_ALL_NODES, 'quietly');
  if (ipv6.conf.forwarding !== 0) joinGroup(device, IPV6_ALL_ROUTERS, 'quietly');
}
export function joinGroup(device: Device, group: Ipv6, how: 'quietly' | 'report'): void {
  const { ipv6 } = device;
  if (ipv6 === null) return;
  const users = ipv6.groups.get(group) ?? 0;
  ipv6.groups.set(group, users + 1);
  if (users > 0) return;
  loadGroup(device, group);
  if (how === 'report' && device.isEthernet) reportGroups(device);
}
export function leaveGroup(device: Device, group: Ipv6): void {
  const { ipv6 } = device;
  const users = ipv6?.groups.get(group) ?? 0;
  if (ipv6 === null || users === 0) return;
  if (users > 1) ipv6.groups.set(group, users - 1);
  else {
    ipv6.groups.delete(group);
    if (ipv6.groupsUnloaded?.delete(group) !== true) unloadGroup(device, group);
  }
}
/** igmp6_group_added: the device itself listens; not for groups that do not leave the host (ff01). */
function loadGroup(device: Device, group: Ipv6): void {
  if (group[3] !== '1' && device.isEthernet) joinMac(device, ipv6MulticastMac(group));
}
function unloadGroup(device: Device, group: Ipv6): void {
  if (group[3] !== '1' && device.isEthernet) leaveMac(device, ipv6MulticastMac(group));
}

/** A state-change report of MLDv2 (RFC 3810), within a second. */
function reportGroups(device: Device): void {
  const { netns, ipv6 } = device;
  if (ipv6 === null || ipv6.reportTimer !== null) return;
  const later = netns.rng.below(SECOND_US);
  ipv6.reportTimer = netns.simulation.housekeeping(later, () => {
    ipv6.reportTimer = null;
    if (device.unregistered || !device.isUp || device.ipv6 !== ipv6 || isDisabled(device)) return;
    const groups = [...ipv6.groups.keys()].filter((group) => group !== IPV6_ALL_NODES && group[3] !== '1');
    if (groups.length === 0) return;
    const source = ipv6.addresses.find((ifa) => isIpv6LinkLocal(ifa.address) && !ifa.tentative)?.address ?? IPV6_ANY;
    const records = groups.map((group) => `\x04\0\0\0${ipv6Bytes(group)}`).join('');
    const skb = ndPacket(device, Icmp6Type.MLD2_REPORT, source, ALL_MLD2_ROUTERS, ipv6MulticastMac(ALL_MLD2_ROUTERS), 0, records);
    skb.ip6!.hopLimit = 1;
    skb.ip6!.hopByHop = ROUTER_ALERT;
    skb.icmp!.seq = groups.length;
    sendControl6(skb, device);
  });
}

function becomeReady(device: Device): void {
  const { netns, ipv6 } = device;
  // What is in a bond has no addresses of its own.
  if (ipv6 === null || (device.flags & Iff.SLAVE) !== 0) return;
  ipv6.ready = true;
  if (ipv6.groupsUnloaded !== null) {
    // The newest first, as its list is.
    for (const group of [...ipv6.groups.keys()].reverse()) if (ipv6.groupsUnloaded.has(group)) loadGroup(device, group);
    ipv6.groupsUnloaded = null;
  }
  if (device.isLoopback) {
    if (!ipv6.addresses.some((ifa) => ifa.address === IPV6_LOOPBACK)) insert(device, makeAddress(device, IPV6_LOOPBACK, 128, Scope.HOST));
    return;
  }
  if (
    ((device.flags & Iff.MULTICAST) !== 0 || isTunnelWithEnd(device)) &&
    !netns.routes6.some((route) => route.device === device && route.prefix === MULTICAST_PREFIX)
  ) {
    addRoute6(netns, new Route6(vrfTableOf(device) || RouteTable.LOCAL, MULTICAST_PREFIX, 8, 'multicast', device, null, METRIC_KERNEL, RouteProtocol.KERNEL));
  }
  const own = ipv6.conf.addr_gen_mode === 0 ? linkLocalOf(device) : null;
  if (own !== null && !ipv6.addresses.some((ifa) => isIpv6LinkLocal(ifa.address))) insert(device, makeAddress(device, own, 64, Scope.LINK));
  for (const ifa of ipv6.addresses) if (ifa.tentative && ifa.dadTimer === null) startDad(ifa);
}
function makeAddress(device: Device, address: Ipv6, prefixLength: number, scope: number): Ipv6Address {
  return {
    device,
    address,
    prefixLength,
    peer: null,
    scope,
    tentative: true,
    dadFailed: false,
    optimistic: false,
    noDad: false,
    permanent: true,
    home: false,
    manageTemp: false,
    validUntilUs: null,
    preferredUntilUs: null,
    noPrefixRoute: false,
    metric: 0,
    protocol: 0,
    dadTimer: null,
  };
}

/** ipv6_add_addr: by scope, wider first. */
function insert(device: Device, ifa: Ipv6Address): void {
  const ipv6 = device.ipv6!;
  const rank = (other: Ipv6Address): number => (other.scope === Scope.HOST ? 1 : other.scope === Scope.LINK ? 2 : 3);
  const place = ipv6.addresses.findIndex((other) => rank(ifa) >= rank(other));
  if (place < 0) ipv6.addresses.push(ifa);
  else ipv6.addresses.splice(place, 0, ifa);
  // no route by a device that is down
  if (!ifa.noPrefixRoute && ifa.address !== IPV6_LOOPBACK && device.isUp) addPrefixRoute(ifa);
  if (isReady(device) || device.isLoopback) startDad(ifa);
}
function addPrefixRoute(ifa: Ipv6Address): void {
  const { netns } = ifa.device;
  const prefix = ipv6Network(ifa.address, ifa.prefixLength);
  const priority = ifa.metric === 0 ? METRIC_KERNEL : ifa.metric;
  if (netns.routes6.some((route) => route.device === ifa.device && route.prefix === prefix && route.length === ifa.prefixLength && route.priority === priority))
    return;
  addRoute6(
    netns,
    new Route6(vrfTableOf(ifa.device) || RouteTable.MAIN, prefix, ifa.prefixLength, 'unicast', ifa.device, null, priority, RouteProtocol.KERNEL),
  );
}

/** addrconf_dad_start: asks whether anybody has the address, unless that makes no sense here. */
function startDad(ifa: Ipv6Address): void {
  const { device } = ifa;
  const { netns, ipv6 } = device;
  if (ipv6 === null) return;
  if (device.isEthernet) joinGroup(device, ipv6SolicitedNode(ifa.address), 'report');
  const acceptDad = Math.max(ipv6.conf.accept_dad, netns.ipv6All.accept_dad);
  if ((device.flags & (Iff.NOARP | Iff.LOOPBACK)) !== 0 || acceptDad < 1 || ifa.noDad || ipv6.conf.dad_transmits < 1) {
    completeDad(ifa);
    return;
  }
  let probes = ipv6.conf.dad_transmits;
  const kick = (): void => {
    ifa.dadTimer = null;
    if (!isReady(device)) return;
    if (probes-- === 0) {
      completeDad(ifa);
      return;
    }
    sendDadProbe(ifa);
    ifa.dadTimer = netns.simulation.housekeeping(ipv6.parms.retransTimeMs * 1000, kick);
  };
  ifa.dadTimer = netns.simulation.housekeeping(netns.rng.below(Math.max(1, ipv6.conf.router_solicitation_delay) * SECOND_US), kick);
}
function sendDadProbe(ifa: Ipv6Address): void {
  const to = ipv6SolicitedNode(ifa.address);
  const nonce = `\x0e\x01${String.fromCharCode(...Array.from({ length: 6 }, () => ifa.device.netns.rng.below(256)))}`;
  sendControl6(ndPacket(ifa.device, Icmp6Type.NEIGHBOUR_SOLICIT, IPV6_ANY, to, ipv6MulticastMac(to), 0, ipv6Bytes(ifa.address) + nonce), ifa.device);
}
function completeDad(ifa: Ipv6Address): void {
  const { device } = ifa;
  const { netns } = device;
  ifa.tentative = false;
  emit(netns, { kind: 'address6', change: 'new', address: ifa });
  // __ipv6_ifa_notify: the other end has a route of its own.
  if (ifa.peer !== null && !netns.routes6.some((route) => route.prefix === ifa.peer && route.length === 128 && route.device === device)) {
    addRoute6(netns, new Route6(vrfTableOf(device) || RouteTable.MAIN, ifa.peer, 128, 'unicast', device, null, METRIC_KERNEL, RouteProtocol.KERNEL));
  }
  if (!netns.routes6.some((route) => route.type === 'local' && route.prefix === ifa.address && route.device === device)) {
    addRoute6(netns, new Route6(vrfTableOf(device) || RouteTable.LOCAL, ifa.address, 128, 'local', device, null, 0, RouteProtocol.KERNEL));
  }
  if (isIpv6LinkLocal(ifa.address) && device.hardwareType !== ArpHardware.SIT && device.ipv6!.conf.forwarding === 0 && device.ipv6!.conf.accept_ra !== 0)
    solicitRouters(ifa, ROUTER_SOLICITATIONS_SHOWN, 4 * SECOND_US);
}
/** Router solicitations, further and further apart; nobody answers here. */
function solicitRouters(ifa: Ipv6Address, left: number, intervalUs: number): void {
  const { device } = ifa;
  if (left === 0 || device.unregistered || device.ipv6 === null || !device.ipv6.addresses.includes(ifa) || !isReady(device)) return;
  const body = `\x01\x01${linkAddressBytes(device)}`;
  sendControl6(ndPacket(device, Icmp6Type.ROUTER_SOLICIT, ifa.address, IPV6_ALL_ROUTERS, ipv6MulticastMac(IPV6_ALL_ROUTERS), 0, body), device);
  device.netns.simulation.housekeeping(intervalUs, () => solicitRouters(ifa, left - 1, intervalUs * 2));
}
/** Somebody else has it. */
export function dadFailed(ifa: Ipv6Address): void {
  ifa.dadTimer?.cancel();
  ifa.dadTimer = null;
  ifa.dadFailed = true;
  ifa.tentative = true;
  emit(ifa.device.netns, { kind: 'address6', change: 'new', address: ifa });
}

/** addrconf_ifdown: all addresses go (keep_addr_on_down excepted), and the routes of the device. */
function takeDown(device: Device): void {
  const { ipv6, netns } = device;
  if (ipv6 === null) return;
  const wasReady = ipv6.ready;
  ipv6.ready = false;
  // rt6_disable_ip comes first, table by table.
  for (const table of [RouteTable.MAIN, RouteTable.LOCAL]) removeRoutes6(netns, (route) => route.device === device && route.table === table);
  const keep = ipv6.conf.keep_addr_on_down > 0 || netns.ipv6All.keep_addr_on_down > 0;
  for (const ifa of [...ipv6.addresses]) {
    ifa.dadTimer?.cancel();
    ifa.dadTimer = null;
    if (device.isEthernet) leaveGroup(device, ipv6SolicitedNode(ifa.address));
    if (keep && ifa.permanent && !isIpv6LinkLocal(ifa.address)) {
      ifa.tentative = true;
      continue;
    }
    ipv6.addresses.splice(ipv6.addresses.indexOf(ifa), 1);
    emit(netns, { kind: 'address6', change: 'del', address: ifa });
  }
  removeRoutes6(netns, (route) => route.device === device);
  if (wasReady) {
    ipv6.groupsUnloaded = new Set(ipv6.groups.keys());
    for (const group of ipv6.groupsUnloaded) unloadGroup(device, group);
  }
  for (const neighbour of [...ipv6.neighbours.values()]) removeNeighbour(neighbour);
}
function restorePermanent(device: Device): void {
  for (const ifa of device.ipv6?.addresses ?? []) if (!ifa.noPrefixRoute && ifa.address !== IPV6_LOOPBACK) addPrefixRoute(ifa);
}

/** RTM_NEWADDR. */
export function addAddress6(netns: Netns, request: Address6Request): KernelResult {
  const device = netns.devices.get(request.device);
  if (request.prefixLength > 128) return fail('EINVAL', 'ipv6: Invalid prefix length');
  if (device === undefined) return fail('ENODEV', 'ipv6: Unable to find the interface');
  if (device.ipv6 === null) return fail('ENOBUFS', 'ipv6: IPv6 is disabled on this device');
  if (device.ipv6.conf.disable_ipv6 !== 0) return fail('EACCES', 'ipv6: IPv6 is disabled on this device');
  if (request.local === IPV6_ANY) return fail('EINVAL', 'ipv6: Invalid address');
  if (isIpv6Multicast(request.local)) return fail('EINVAL', 'ipv6: Cannot assign multicast address without "IFA_F_MCAUTOJOIN" flag');
  const now = netns.simulation.nowUs;
  const until = (seconds: number | undefined): number | null => (seconds === undefined || seconds >= 0xffffffff ? null : now + seconds * 1e6);
  const known = device.ipv6.addresses.find((ifa) => ifa.address === request.local);
  if (known !== undefined) {
    if (request.exclusive === true || request.replace !== true) return fail('EEXIST', 'ipv6: address already assigned');
    known.validUntilUs = until(request.validS);
    known.preferredUntilUs = until(request.preferredS);
    known.permanent = known.validUntilUs === null;
    known.noDad = request.noDad === true;
    known.home = request.home === true;
    known.manageTemp = request.manageTemp === true;
    watchLifetime(known);
    emit(netns, { kind: 'address6', change: 'new', address: known });
    return done;
  }
  const scope = request.local === IPV6_LOOPBACK ? Scope.HOST : isIpv6LinkLocal(request.local) ? Scope.LINK : Scope.UNIVERSE;
  const ifa: Ipv6Address = {
    ...makeAddress(device, request.local, request.prefixLength, scope),
    peer: request.peer ?? null,
    noDad: request.noDad === true,
    // Asked for, but granted only where hosts may do so.
    optimistic: request.optimistic === true && (device.ipv6.conf.optimistic_dad !== 0 || netns.ipv6All.optimistic_dad !== 0),
    validUntilUs: until(request.validS),
    preferredUntilUs: until(request.preferredS),
    permanent: until(request.validS) === null,
    home: request.home === true,
    manageTemp: request.manageTemp === true,
    noPrefixRoute: request.noPrefixRoute === true,
    metric: request.metric ?? 0,
    protocol: request.protocol ?? 0,
  };
  insert(device, ifa);
  watchLifetime(ifa);
  emit(netns, { kind: 'address6', change: 'new', address: ifa });
  return done;
}
/** addrconf_verify_rtnl: what is no longer valid goes. */
function watchLifetime(ifa: Ipv6Address): void {
  if (ifa.validUntilUs === null) return;
  const { netns } = ifa.device;
  const { simulation } = netns;
  simulation.housekeeping(ifa.validUntilUs - simulation.nowUs, () => {
    if (ifa.validUntilUs === null || ifa.validUntilUs > simulation.nowUs || ifa.device.ipv6?.addresses.includes(ifa) !== true) return;
    removeAddress6(netns, { device: ifa.device.index, local: ifa.address, prefixLength: ifa.prefixLength });
  });
}

/** RTM_DELADDR. */
export function removeAddress6(netns: Netns, request: Address6Request): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV', 'ipv6: Unable to find the interface');
  const list = device.ipv6?.addresses ?? [];
  const ifa = list.find((other) => other.address === request.local && (request.prefixLength < 0 || other.prefixLength === request.prefixLength));
  if (ifa === undefined) return fail('EADDRNOTAVAIL', 'ipv6: address not found');
  ifa.dadTimer?.cancel();
  list.splice(list.indexOf(ifa), 1);
  if (device.isEthernet) leaveGroup(device, ipv6SolicitedNode(ifa.address));
  const prefix = ipv6Network(ifa.address, ifa.prefixLength);
  const needed = list.some((other) => ipv6Network(other.address, other.prefixLength) === prefix && other.prefixLength === ifa.prefixLength);
  removeRoutes6(netns, (route) => {
    if (route.device !== device || route.protocol !== RouteProtocol.KERNEL) return false;
    if (route.table === RouteTable.LOCAL) return route.prefix === ifa.address && route.length === 128;
    if (ifa.peer !== null && route.prefix === ifa.peer && route.length === 128) return true;
    return !needed && route.prefix === prefix && route.length === ifa.prefixLength;
  });
  emit(netns, { kind: 'address6', change: 'del', address: ifa });
  return done;
}
