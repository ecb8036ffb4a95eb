/**
 * The life of a device (net/core/dev.c): registering under a name and an index, up and down, addresses, MTU, moving to another namespace,
 * leaving. What `ip` shows of its flags.
 */
import { done, ok } from '../base/index.ts';
import { isValidUnicastMac } from '../wire/index.ts';
import type { Mac } from '../wire/index.ts';
import { deviceEvent } from './device-events.ts';
import { fail } from './error.ts';
import type { KernelResult } from './error.ts';
import { applyOperationalPolicy } from './linkwatch.ts';
import type { Device, Netns } from './model.ts';
import { flushNeighbours } from './neighbour.ts';
import { emit, netnsIdOf } from './notify.ts';
import { Iff } from './numbers.ts';

/** IFNAMSIZ is 16, with the final zero. */
export const isValidDeviceName = (name: string): boolean => name.length > 0 && name.length < 16 && name !== '.' && name !== '..' && !/[/:\s]/.test(name);

/** dev_alloc_name: `veth%d` becomes the first free one. */
function allocateName(netns: Netns, pattern: string): KernelResult<string> {
  const at = pattern.indexOf('%');
  if (at < 0) return ok(pattern);
  if (pattern[at + 1] !== 'd' || pattern.includes('%', at + 1)) return fail('EINVAL');
  for (let i = 0; ; i++) {
    const name = pattern.replace('%d', String(i));
    if (!netns.deviceNames.has(name)) return ok(name);
  }
}

/** A locally administered address out of the world's chance (eth_hw_addr_random). */
export function randomMac(netns: Netns): Mac {
  const high = netns.rng.uint32();
  const first = ((high >>> 8) & 0xfe) | 0x02;
  return first * 2 ** 40 + (high & 0xff) * 2 ** 32 + netns.rng.uint32();
}

/** dev_index_reserve: the wanted index, or the next free one (0). */
function takeIndex(netns: Netns, wanted: number): KernelResult<number> {
  if (wanted > 0) return netns.devices.has(wanted) ? fail('EBUSY') : ok(wanted);
  while (netns.devices.has(netns.nextIndex)) netns.nextIndex++;
  return ok(netns.nextIndex++);
}

/** Devices as a dump lists them: by index. */
export function devicesInOrder(netns: Netns): Device[] {
  return [...netns.devices.values()].sort((a, b) => a.index - b.index);
}

/** register_netdevice. `name` may be a pattern. The device's `netns` is where it goes. Who makes a link by request tells of it later, when it is whole. */
export function registerDevice(device: Device, name: string, index = 0, news: 'now' | 'later' = 'now'): KernelResult {
  const { netns } = device;
  if (!isValidDeviceName(name)) return fail('EINVAL');
  const named = allocateName(netns, name);
  if (!named.ok) return named;
  if (netns.deviceNames.has(named.value)) return fail('EEXIST');
  const numbered = takeIndex(netns, index);
  if (!numbered.ok) return numbered;
  device.name = named.value;
  device.index = numbered.value;
  netns.devices.set(device.index, device);
  netns.deviceNames.set(device.name, device);
  if (!device.carrier || device.dormant) applyOperationalPolicy(device);
  deviceEvent(device, 'register');
  if (news === 'now') tellOf(device);
  return done;
}
/** rtmsg_ifinfo. */
export const tellOf = (device: Device): void => emit(device.netns, { kind: 'link', change: 'new', device });

/** Flags as `ip link` and SIOCGIFFLAGS tell them (dev_get_flags). */
export function shownFlags(device: Device): number {
  let flags = device.flags;
  if (device.isUp) {
    if (isOperUp(device)) flags |= Iff.RUNNING;
    if (device.carrier) flags |= Iff.LOWER_UP;
    if (device.dormant) flags |= Iff.DORMANT;
  }
  return flags;
}
/** netif_oper_up. */
export const isOperUp = (device: Device): boolean => device.operState === 'UP' || device.operState === 'UNKNOWN';

/** __dev_change_flags: the bits of `mask` become those of `flags`. */
export function changeFlags(device: Device, flags: number, mask: number): KernelResult {
  const settable = Iff.DEBUG | Iff.NOTRAILERS | Iff.NOARP | Iff.DYNAMIC | Iff.MULTICAST | Iff.PROMISC | Iff.ALLMULTI;
  const before = device.flags;
  const wanted = (before & ~mask) | (flags & mask);
  device.flags = (before & ~settable) | (wanted & settable);
  if (((before ^ wanted) & Iff.PROMISC) !== 0) device.promiscuity += (wanted & Iff.PROMISC) !== 0 ? 1 : -1;
  if (((before ^ wanted) & Iff.ALLMULTI) !== 0) device.allmulti += (wanted & Iff.ALLMULTI) !== 0 ? 1 : -1;
  if (((wanted ^ before) & Iff.UP) !== 0) {
    const changed = (wanted & Iff.UP) !== 0 ? openDevice(device) : closeDevice(device);
    if (!changed.ok) return changed;
  }
  if (((before ^ device.flags) & ~Iff.UP & (settable & ~(Iff.PROMISC | Iff.ALLMULTI))) !== 0 && device.isUp) {
    if (((before ^ device.flags) & Iff.NOARP) !== 0) flushNeighbours(device, 'all');
    deviceEvent(device, 'change');
  }
  // Going up or down is told where it is done.
  if (((wanted ^ before) & Iff.UP) === 0 && device.flags !== before) tellOf(device);
  return done;
}

/** __dev_open. */
export function openDevice(device: Device): KernelResult {
  if (device.isUp) return done;
  const refused = device.open();
  if (refused !== null) return fail(refused);
  device.flags |= Iff.UP;
  if (device.qdisc === 'noop') device.qdisc = device.defaultQdisc;
  if (device.carrier) device.qdiscWaits = false;
  tellOf(device);
  deviceEvent(device, 'up');
  return done;
}
/** __dev_close. */
export function closeDevice(device: Device): KernelResult {
  if (!device.isUp) return done;
  deviceEvent(device, 'going-down');
  device.qdiscWaits = true;
  device.stop();
  device.flags &= ~Iff.UP;
  device.egress?.reset();
  tellOf(device);
  deviceEvent(device, 'down');
  return done;
}

/** dev_set_mac_address. */
export function setMac(device: Device, mac: Mac): KernelResult {
  if ((!device.isEthernet && !device.isLoopback) || device.hasFixedAddress) return fail('EOPNOTSUPP');
  if (!isValidUnicastMac(mac)) return fail('EADDRNOTAVAIL');
  const refused = device.checkMac(mac);
  if (refused !== null) return refused;
  device.addressAssignType = 3;
  if (device.address === mac) tellOf(device);
  else changeMac(device, mac);
  return done;
}
/** The address changes, by a user or by a bridge that took a port's. */
export function changeMac(device: Device, mac: Mac): void {
  if (device.address === mac) return;
  device.address = mac;
  device.addressChanged();
  tellOf(device);
  deviceEvent(device, 'change-address');
}

/** dev_set_mtu_ext. */
export function setMtu(device: Device, mtu: number): KernelResult {
  if (mtu === device.mtu) return done;
  if (mtu < 0 || mtu < device.minMtu) return fail('EINVAL', 'mtu less than device minimum');
  if (device.maxMtu > 0 && mtu > device.maxMtu) return fail('EINVAL', 'mtu greater than device maximum');
  const refused = device.checkMtu(mtu);
  if (refused !== null) return refused;
  device.mtu = mtu;
  tellOf(device);
  deviceEvent(device, 'change-mtu');
  return done;
}

/** dev_change_name: also while it is up. */
export function renameDevice(device: Device, pattern: string): KernelResult {
  const { netns } = device;
  if (!isValidDeviceName(pattern)) return fail('EINVAL');
  if (pattern === device.name) return done;
  const named = allocateName(netns, pattern);
  if (!named.ok) return named;
  if (netns.deviceNames.has(named.value)) return fail('EEXIST');
  netns.deviceNames.delete(device.name);
  device.name = named.value;
  netns.deviceNames.set(device.name, device);
  netns.fibGeneration++;
  tellOf(device);
  deviceEvent(device, 'change-name');
  return done;
}

export function addAltName(device: Device, name: string): KernelResult {
  if (name.length === 0 || name.length > 127) return fail('EINVAL');
  if (device.netns.deviceNames.has(name)) return fail('EEXIST');
  device.altNames.push(name);
  device.netns.deviceNames.set(name, device);
  return done;
}
export function removeAltName(device: Device, name: string): KernelResult {
  if (!device.altNames.includes(name)) return fail(device.netns.deviceNames.has(name) ? 'EINVAL' : 'ENOENT');
  device.altNames = device.altNames.filter((other) => other !== name);
  device.netns.deviceNames.delete(name);
  return done;
}

function withdraw(device: Device): void {
  const { netns } = device;
  netns.devices.delete(device.index);
  netns.deviceNames.delete(device.name);
  for (const name of device.altNames) netns.deviceNames.delete(name);
}

/** unregister_netdevice: down, out of its master, gone; with everything that cannot live without it. */
export function unregisterDevice(device: Device): void {
  if (device.unregistered) return;
  device.unregistered = true;
  const pair = device.dissolves ? device.unregistering() : null;
  closeDevice(device);
  for (const other of pair ?? []) closeDevice(other);
  const { netns } = device;
  deviceEvent(device, 'unregister');
  device.master?.slaveLeaves(device);
  const companions = pair ?? device.unregistering();
  withdraw(device);
  for (const tap of device.taps) tap.deviceGone?.();
  device.taps = [];
  // dev_shutdown.
  device.qdisc = 'noop';
  emit(netns, { kind: 'link', change: 'del', device });
  for (const other of companions) unregisterDevice(other);
}

/** dev_change_net_namespace. */
export function moveDevice(device: Device, to: Netns, name: string | null, newIndex: number): KernelResult {
  const from = device.netns;
  if (from === to) return done;
  if (device.isNetnsLocal) return fail('EINVAL', 'The interface netns is immutable');
  let target = device.name;
  if (to.deviceNames.has(device.name)) {
    if (name === null) return fail('EEXIST', 'An interface with the same name exists in the target netns');
    const named = allocateName(to, name);
    if (!named.ok || to.deviceNames.has(named.value)) return fail('EEXIST', `Unable to use '${name}' for the new interface name in the target netns`);
    target = named.value;
  }
  for (const alt of device.altNames) {
    if (to.deviceNames.has(alt)) return fail('EEXIST', `An interface with the altname ${alt} exists in the target netns`);
  }
  if (newIndex > 0 && to.devices.has(newIndex)) return fail('EBUSY', `The ifindex ${newIndex} is already in use in the target netns`);
  closeDevice(device);
  // dev_shutdown: it gets its queueing discipline anew when it comes up.
  device.qdisc = 'noop';
  deviceEvent(device, 'unregister');
  device.master?.slaveLeaves(device);
  withdraw(device);
  const index = newIndex > 0 ? newIndex : to.devices.has(device.index) ? 0 : device.index;
  const numbered = takeIndex(to, index);
  if (!numbered.ok) return numbered;
  netnsIdOf(from, to);
  emit(from, { kind: 'link', change: 'del', device, movedTo: { netns: to, index: numbered.value } });
  device.netns = to;
  device.name = target;
  device.index = numbered.value;
  device.group = 0;
  device.qdiscWaits = true;
  device.egress?.reset();
  device.egress = null;
  device.ingress = null;
  to.devices.set(device.index, device);
  to.deviceNames.set(device.name, device);
  for (const alt of device.altNames) to.deviceNames.set(alt, device);
  deviceEvent(device, 'register');
  emit(to, { kind: 'link', change: 'new', device });
  return done;
}
