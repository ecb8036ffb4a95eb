/**
 * IPv4 addresses of devices (net/ipv4/devinet.c) and the routes that come and go with them (fib_frontend.c: fib_add_ifaddr,
 * fib_del_ifaddr). Also what IPv4 does when something happens to a device.
 */
import { done } from '../../base/index.ts';
import { ArpOp, IPV4_LOOPBACK, ipv4Mask, isIpv4Zeronet, MAC_BROADCAST } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { sendArp } from '../arp-packet.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { Ipv4Device } from '../model.ts';
import type { Device, DeviceEvent, Ipv4Address, Netns } from '../model.ts';
import { drawReachableTime, flushNeighbours, removeNeighbour } from '../neighbour.ts';
import { emit } from '../notify.ts';
import { Iff, RouteProtocol, RouteTable, Scope } from '../numbers.ts';
import type { RouteType } from '../numbers.ts';
import type { AddressRequest } from '../requests.ts';
import { addressMatches } from './addresses.ts';
import { vrfTableOf } from '../l3mdev.ts';
import { addressType } from './fib.ts';
import { deviceRoutesDown, deviceRoutesUp, flushRouteCache, insertRoute, removeRoute, sourceGone } from './fib-edit.ts';
import { allHostsDown, allHostsUp } from './groups.ts';

const MINIMUM_MTU = 68;
/** IFNAMSIZ without the final zero. */
const LABEL_LENGTH = 15;

/** What was asked to be added or changed; a label is the device's name unless given. */
export function addAddress(netns: Netns, request: AddressRequest): KernelResult {
  if (request.label !== undefined && request.label.length > LABEL_LENGTH) return fail('EINVAL', 'Attribute failed policy validation');
  if (request.prefixLength > 32) return fail('EINVAL', 'ipv4: Invalid prefix length');
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV', 'ipv4: Device not found');
  if (device.ipv4 === null) return fail('ENOBUFS');
  // inet_insert_ifa forgets it without a word.
  if (request.local === 0) return done;
  if (request.validS === 0) return fail('EINVAL', 'ipv4: valid_lft is zero');
  if (request.validS !== undefined && request.preferredS !== undefined && request.preferredS > request.validS) {
    return fail('EINVAL', 'ipv4: preferred_lft is greater than valid_lft');
  }
  const mask = ipv4Mask(request.prefixLength);
  const peer = request.peer ?? request.local;
  const existing = device.ipv4.addresses.find((ifa) => ifa.prefixLength === request.prefixLength && addressMatches(ifa, peer) && ifa.local === request.local);
  const now = netns.simulation.nowUs;
  const until = (seconds: number | undefined): number | null => (seconds === undefined || seconds >= 0xffffffff ? null : now + seconds * 1e6);
  if (existing !== undefined) {
    if (request.exclusive === true || request.replace !== true) return fail('EEXIST', 'ipv4: Address already assigned');
    existing.validUntilUs = until(request.validS);
    existing.preferredUntilUs = until(request.preferredS);
    if (request.metric !== undefined && request.metric !== existing.metric) changeMetric(netns, existing, request.metric);
    watchLifetime(existing);
    emit(netns, { kind: 'address', change: 'new', address: existing });
    return done;
  }
  const refused = device.checkAddress(request.local);
  if (refused !== null) return refused;
  const ifa: Ipv4Address = {
    device,
    local: request.local,
    address: peer,
    prefixLength: request.prefixLength,
    broadcast: request.broadcast ?? 0,
    label: request.label ?? device.name,
    scope: request.scope ?? Scope.UNIVERSE,
    secondary: false,
    validUntilUs: until(request.validS),
    preferredUntilUs: until(request.preferredS),
    noPrefixRoute: request.noPrefixRoute === true,
    metric: request.metric ?? 0,
    protocol: request.protocol ?? 0,
  };
  return insertAddress(device, device.ipv4, ifa, mask);
}

/** inet_insert_ifa. */
function insertAddress(device: Device, inDevice: Ipv4Device, ifa: Ipv4Address, mask: Ipv4): KernelResult {
  inDevice.settled = true;
  const list = inDevice.addresses;
  let place = 0;
  for (let i = 0; i < list.length; i++) {
    const other = list[i]!;
    if (!other.secondary && ifa.scope <= other.scope) place = i + 1;
    if (other.prefixLength !== ifa.prefixLength || ((other.address ^ ifa.address) & mask) !== 0) continue;
    if (other.local === ifa.local) return fail('EEXIST', 'ipv4: Address already assigned');
    if (other.scope !== ifa.scope) return fail('EINVAL', 'ipv4: Invalid scope value');
    ifa.secondary = true;
  }
  list.splice(ifa.secondary ? list.length : place, 0, ifa);
  const { netns } = device;
  const same = netns.localAddresses.get(ifa.local);
  if (same === undefined) netns.localAddresses.set(ifa.local, [ifa]);
  else same.push(ifa);
  watchLifetime(ifa);
  emit(netns, { kind: 'address', change: 'new', address: ifa });
  addRoutesOf(ifa);
  deviceRoutesUp(device, 'dead');
  flushRouteCache(netns);
  return done;
}

/** fib_magic. */
function magic(operation: 'add' | 'remove', type: RouteType, prefix: Ipv4, length: number, ifa: Ipv4Address, priority: number): void {
  const request = {
    destination: prefix,
    length,
    type,
    table: vrfTableOf(ifa.device) || (type === 'unicast' ? RouteTable.MAIN : RouteTable.LOCAL),
    protocol: RouteProtocol.KERNEL,
    scope: type === 'local' ? Scope.HOST : Scope.LINK,
    priority,
    preferredSource: ifa.local,
    device: ifa.device.index,
  };
  if (operation === 'add') insertRoute(ifa.device.netns, { ...request, create: true, append: true });
  else removeRoute(ifa.device.netns, request);
}
const prefixOf = (ifa: Ipv4Address): Ipv4 => ifa.address & ipv4Mask(ifa.prefixLength);
const broadcastOf = (ifa: Ipv4Address): Ipv4 => prefixOf(ifa) | ~ipv4Mask(ifa.prefixLength);

/** fib_add_ifaddr. */
function addRoutesOf(ifa: Ipv4Address): void {
  const { device } = ifa;
  const prefix = prefixOf(ifa);
  let primary = ifa;
  if (ifa.secondary) {
    const found = device.ipv4?.addresses.find((other) => !other.secondary && other.prefixLength === ifa.prefixLength && prefixOf(other) === prefix);
    if (found === undefined) return;
    primary = found;
  }
  magic('add', 'local', ifa.local, 32, primary, 0);
  if (!device.isUp) return;
  if (ifa.broadcast !== 0 && ifa.broadcast !== -1) {
    magic('add', 'broadcast', ifa.broadcast, 32, primary, 0);
    forgetNeighbour(device, ifa.broadcast);
  }
  if (isIpv4Zeronet(prefix) || ifa.secondary || (prefix === ifa.local && ifa.prefixLength === 32)) return;
  if (!ifa.noPrefixRoute) magic('add', device.isLoopback ? 'local' : 'unicast', prefix, ifa.prefixLength, primary, ifa.metric);
  if (ifa.prefixLength < 31) {
    magic('add', 'broadcast', broadcastOf(ifa), 32, primary, 0);
    forgetNeighbour(device, broadcastOf(ifa));
  }
}
/** arp_invalidate. */
function forgetNeighbour(device: Device, address: Ipv4): void {
  const neighbour = device.ipv4?.neighbours.get(address);
  if (neighbour !== undefined) removeNeighbour(neighbour);
}

/** fib_del_ifaddr: what no other address of the device needs any more. */
function removeRoutesOf(ifa: Ipv4Address): void {
  const { device } = ifa;
  const rest = (device.ipv4?.addresses ?? []).filter((other) => other !== ifa);
  const prefix = prefixOf(ifa);
  let primary = ifa;
  if (!ifa.secondary) {
    if (!isIpv4Zeronet(prefix) && (prefix !== ifa.local || ifa.prefixLength < 32) && !ifa.noPrefixRoute) {
      magic('remove', device.isLoopback ? 'local' : 'unicast', prefix, ifa.prefixLength, ifa, ifa.metric);
    }
  } else {
    primary = rest.find((other) => !other.secondary && other.prefixLength === ifa.prefixLength && prefixOf(other) === prefix) ?? ifa;
  }
  const stillBroadcast = (address: Ipv4): boolean =>
    rest.some((other) => other.broadcast === address || (other.prefixLength < 31 && broadcastOf(other) === address));
  if (ifa.broadcast !== 0 && !stillBroadcast(ifa.broadcast)) magic('remove', 'broadcast', ifa.broadcast, 32, primary, 0);
  if (!ifa.secondary && ifa.prefixLength < 31 && !stillBroadcast(broadcastOf(ifa))) magic('remove', 'broadcast', broadcastOf(ifa), 32, primary, 0);
  if (!rest.some((other) => other.local === ifa.local)) {
    magic('remove', 'local', ifa.local, 32, primary, 0);
    if (addressType(device.netns, ifa.local) !== 'local') sourceGone(device.netns, ifa.local);
  }
}

function changeMetric(netns: Netns, ifa: Ipv4Address, metric: number): void {
  if (!ifa.secondary && !ifa.noPrefixRoute && ifa.device.isUp) {
    magic('add', 'unicast', prefixOf(ifa), ifa.prefixLength, ifa, metric);
    magic('remove', 'unicast', prefixOf(ifa), ifa.prefixLength, ifa, ifa.metric);
  }
  ifa.metric = metric;
  flushRouteCache(netns);
}

/** RTM_DELADDR: the first address that agrees with what is given. */
export function removeAddress(netns: Netns, request: AddressRequest): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined || device.ipv4 === null) return fail('ENODEV', 'ipv4: Device not found');
  const ifa = device.ipv4.addresses.find(
    (other) =>
      other.local === request.local &&
      (request.label === undefined || other.label === request.label) &&
      (request.prefixLength < 0 || (request.prefixLength === other.prefixLength && addressMatches(other, request.peer ?? request.local))),
  );
  if (ifa === undefined) return fail('EADDRNOTAVAIL', 'ipv4: Address not found');
  deleteAddress(device, device.ipv4, ifa);
  return done;
}

/** inet_del_ifa: a primary takes its secondaries along, or one of them is promoted. */
export function deleteAddress(device: Device, inDevice: Ipv4Device, ifa: Ipv4Address): void {
  const { netns } = device;
  const list = inDevice.addresses;
  let promoted: Ipv4Address | undefined;
  if (!ifa.secondary) {
    const promotes = inDevice.conf.promote_secondaries !== 0 || netns.ipv4All.promote_secondaries !== 0;
    const siblings = list.filter((other) => other.secondary && other.prefixLength === ifa.prefixLength && addressMatches(ifa, other.address));
    if (promotes) promoted = siblings[0];
    else for (const other of siblings) unlinkAddress(device, inDevice, other);
    if (promotes) for (const other of siblings) magic('remove', 'local', other.local, 32, ifa, 0);
  }
  unlinkAddress(device, inDevice, ifa);
  if (promoted === undefined) return;
  list.splice(list.indexOf(promoted), 1);
  promoted.secondary = false;
  let place = 0;
  list.forEach((other, i) => {
    if (!other.secondary && promoted.scope <= other.scope) place = i + 1;
  });
  list.splice(place, 0, promoted);
  addRoutesOf(promoted);
  emit(netns, { kind: 'address', change: 'new', address: promoted });
  for (const other of list) if (other.secondary && other.prefixLength === promoted.prefixLength && addressMatches(promoted, other.address)) addRoutesOf(other);
  flushRouteCache(netns);
}
function unlinkAddress(device: Device, inDevice: Ipv4Device, ifa: Ipv4Address): void {
  const { netns } = device;
  inDevice.addresses.splice(inDevice.addresses.indexOf(ifa), 1);
  const rest = (netns.localAddresses.get(ifa.local) ?? []).filter((other) => other !== ifa);
  if (rest.length > 0) netns.localAddresses.set(ifa.local, rest);
  else netns.localAddresses.delete(ifa.local);
  emit(netns, { kind: 'address', change: 'del', address: ifa });
  removeRoutesOf(ifa);
  if (inDevice.addresses.length === 0) disableIp(device, 'down', 'force');
  flushRouteCache(netns);
}
/** fib_disable_ip. */
export function disableIp(device: Device, event: DeviceEvent, force: 'force' | 'keep-local'): void {
  deviceRoutesDown(device, event, force);
  if (device.ipv4 !== null) for (const neighbour of [...device.ipv4.neighbours.values()]) removeNeighbour(neighbour);
}

/** check_lifetime: deprecated, then gone. */
function watchLifetime(ifa: Ipv4Address): void {
  const { simulation } = ifa.device.netns;
  if (ifa.validUntilUs === null) return;
  const delay = ifa.validUntilUs - simulation.nowUs;
  simulation.housekeeping(delay, () => {
    const inDevice = ifa.device.ipv4;
    if (inDevice === null || !inDevice.addresses.includes(ifa) || ifa.validUntilUs === null) return;
    if (ifa.validUntilUs <= simulation.nowUs) deleteAddress(ifa.device, inDevice, ifa);
  });
}

/** inetdev_event, fib_netdev_event and arp_netdev_event. */
export function ipv4DeviceEvent(device: Device, event: DeviceEvent): void {
  const { netns } = device;
  switch (event) {
    case 'register':
      if (device.mtu >= MINIMUM_MTU) attachIpv4(device);
      return;
    case 'up':
      if (device.ipv4 === null) attachIpv4(device);
      allHostsUp(device);
      if (device.isLoopback) addLoopbackAddress(device);
      for (const ifa of device.ipv4?.addresses ?? []) addRoutesOf(ifa);
      deviceRoutesUp(device, 'dead');
      announce(device);
      return;
    case 'down':
      allHostsDown(device);
      disableIp(device, 'down', 'keep-local');
      return;
    case 'change':
      if (device.carrier) deviceRoutesUp(device, 'linkdown');
      else {
        deviceRoutesDown(device, 'change', 'keep-local');
        const evicts = device.ipv4?.conf.arp_evict_nocarrier !== 0 && netns.ipv4All.arp_evict_nocarrier !== 0;
        if (evicts) flushNeighbours(device, 'keep-permanent');
      }
      return;
    case 'change-address':
      flushNeighbours(device, 'all');
      flushRouteCache(netns);
      announce(device);
      return;
    case 'change-mtu':
      if (device.mtu < MINIMUM_MTU) detachIpv4(device);
      flushRouteCache(netns);
      return;
    case 'change-name':
      relabel(device);
      // its settings in /proc move to its new name
      for (const change of ['del', 'new'] as const) if (device.ipv4 !== null) emit(device.netns, { kind: 'netconf', change, device, family: 4 });
      return;
    case 'unregister':
      detachIpv4(device);
      return;
    case 'going-down':
      return;
  }
}
/** inetdev_changename: the first address is called as the device; others keep what follows their colon, or get a number. */
function relabel(device: Device): void {
  const addresses = device.ipv4?.addresses ?? [];
  addresses.forEach((ifa, i) => {
    const colon = ifa.label.indexOf(':');
    const suffix = i === 0 ? '' : colon < 0 ? `:${i + 1}` : ifa.label.slice(colon);
    ifa.label = device.name.slice(0, LABEL_LENGTH - suffix.length) + suffix;
    emit(device.netns, { kind: 'address', change: 'new', address: ifa });
  });
}
function attachIpv4(device: Device): void {
  const { netns } = device;
  if (device.ipv4 !== null) return;
  const parms = netns.arpDefault.clone();
  drawReachableTime(parms, netns);
  device.ipv4 = new Ipv4Device(netns.ipv4Default.clone(), parms);
  if (device.isLoopback) device.ipv4.conf.disable_xfrm = device.ipv4.conf.disable_policy = 1;
  emit(netns, { kind: 'netconf', change: 'new', device, family: 4 });
}
function detachIpv4(device: Device): void {
  const inDevice = device.ipv4;
  if (inDevice === null) return;
  while (inDevice.addresses.length > 0) deleteAddress(device, inDevice, inDevice.addresses[0]!);
  disableIp(device, 'unregister', 'force');
  emit(device.netns, { kind: 'netconf', change: 'del', device, family: 4 });
  device.ipv4 = null;
}
function addLoopbackAddress(device: Device): void {
  if (device.ipv4 === null || device.ipv4.addresses.length > 0) return;
  addAddress(device.netns, { device: device.index, local: IPV4_LOOPBACK, prefixLength: 8, scope: Scope.HOST, create: true });
}
/** arp_notify: gratuitous ARP for each address when a device comes up or changes its MAC. */
function announce(device: Device): void {
  const { ipv4, netns } = device;
  if (ipv4 === null || Math.max(ipv4.conf.arp_notify, netns.ipv4All.arp_notify) === 0 || (device.flags & (Iff.NOARP | Iff.LOOPBACK)) !== 0) return;
  for (const ifa of ipv4.addresses) sendArp(device, ArpOp.REQUEST, ifa.local, ifa.local, MAC_BROADCAST, 0, null);
}
