/**
 * The old way to configure: ioctl(2) on a socket, an interface by name or by alias `eth0:1`. Authority: net/ipv4/devinet.c (devinet_ioctl),
 * net/core/dev_ioctl.c. An alias is the label of an address.
 */
import type { Errno } from '../../base/index.ts';
import { addAddress, Iff, removeAddress, Scope, setLink, type Device, type Ipv4Address, type KernelResult, type Netns } from '../../kernel/index.ts';
import { ipv4Mask, ipv4MaskLength, isIpv4Loopback, type Ipv4 } from '../../wire/index.ts';

type Answer = Errno | null;
const errnoOf = (result: KernelResult): Answer => (result.ok ? null : result.error.errno);

const baseName = (name: string): string => name.split(':', 1)[0] ?? name;
export const deviceOf = (netns: Netns, name: string): Device | undefined => netns.device(baseName(name));
/** The first address with that label. */
export const addressOf = (device: Device, name: string): Ipv4Address | undefined => device.ipv4?.addresses.find((ifa) => ifa.label === name);

/** inet_abc_len: the prefix length of an address's class; -1 for groups. */
function classLength(address: Ipv4): number {
  const high = address >>> 24;
  if (address === 0) return 0;
  return high < 128 ? 8 : high < 192 ? 16 : high < 224 ? 24 : -1;
}

interface Wanted {
  readonly local: Ipv4;
  readonly peer: Ipv4;
  readonly length: number;
  readonly broadcast: Ipv4;
}
function insert(device: Device, label: string, { local, peer, length, broadcast }: Wanted): Answer {
  if (local === 0) return null;
  const scope = isIpv4Loopback(local) ? Scope.HOST : Scope.UNIVERSE;
  return errnoOf(addAddress(device.netns, { device: device.index, local, peer, prefixLength: length, broadcast, label, scope, create: true, exclusive: true }));
}
function remove(device: Device, ifa: Ipv4Address): void {
  removeAddress(device.netns, { device: device.index, local: ifa.local, peer: ifa.address, prefixLength: ifa.prefixLength, label: ifa.label });
}
/** Changes an address in place, as the kernel does: it goes and comes again. */
function change(device: Device, ifa: Ipv4Address, to: Partial<Wanted>): Answer {
  remove(device, ifa);
  return insert(device, ifa.label, { local: ifa.local, peer: ifa.address, length: ifa.prefixLength, broadcast: ifa.broadcast, ...to });
}
const broadcastOf = (address: Ipv4, length: number): Ipv4 => address | ~ipv4Mask(length);

/** SIOCSIFADDR. */
export function setAddress(netns: Netns, name: string, address: Ipv4): Answer {
  const device = deviceOf(netns, name);
  if (!device) return 'ENODEV';
  const length = classLength(address);
  if (length < 0) return 'EINVAL';
  const before = addressOf(device, name);
  if (before?.local === address) return null;
  if (before) remove(device, before);
  if ((device.flags & Iff.POINTOPOINT) !== 0) return insert(device, name, { local: address, peer: address, length: 32, broadcast: 0 });
  const broadcast = (device.flags & Iff.BROADCAST) !== 0 && length < 31 ? broadcastOf(address, length) : 0;
  return insert(device, name, { local: address, peer: address, length, broadcast });
}
/** SIOCSIFNETMASK. */
export function setNetmask(netns: Netns, name: string, mask: Ipv4): Answer {
  const device = deviceOf(netns, name);
  if (!device) return 'ENODEV';
  const ifa = addressOf(device, name);
  if (!ifa) return 'EADDRNOTAVAIL';
  const length = ipv4MaskLength(mask);
  if (length === undefined) return 'EINVAL';
  if (length === ifa.prefixLength) return null;
  const follows = (device.flags & Iff.BROADCAST) !== 0 && ifa.prefixLength < 31 && ifa.broadcast === broadcastOf(ifa.local, ifa.prefixLength);
  return change(device, ifa, { length, ...(follows && { broadcast: broadcastOf(ifa.local, length) }) });
}
/** SIOCSIFBRDADDR. */
export function setBroadcast(netns: Netns, name: string, broadcast: Ipv4): Answer {
  const device = deviceOf(netns, name);
  if (!device) return 'ENODEV';
  const ifa = addressOf(device, name);
  if (!ifa) return 'EADDRNOTAVAIL';
  return ifa.broadcast === broadcast ? null : change(device, ifa, { broadcast });
}
/** SIOCSIFDSTADDR. */
export function setDestination(netns: Netns, name: string, peer: Ipv4): Answer {
  const device = deviceOf(netns, name);
  if (!device) return 'ENODEV';
  const ifa = addressOf(device, name);
  if (!ifa) return 'EADDRNOTAVAIL';
  if (classLength(peer) < 0) return 'EINVAL';
  return ifa.address === peer ? null : change(device, ifa, { peer });
}
/** SIOCSIFFLAGS: taking an alias down deletes its address. */
export function setFlags(netns: Netns, name: string, flags: number, mask: number): Answer {
  const device = deviceOf(netns, name);
  if (!device) return 'ENODEV';
  if (name.includes(':')) {
    const ifa = addressOf(device, name);
    if (!ifa) return 'EADDRNOTAVAIL';
    if ((mask & Iff.UP) !== 0 && (flags & Iff.UP) === 0) {
      remove(device, ifa);
      return null;
    }
  }
  return errnoOf(setLink(netns, device.index, { flags, flagsMask: mask }));
}
/** What a request about a link answers; aliases have none of their own. */
export const setLinkOption = (netns: Netns, name: string, request: Parameters<typeof setLink>[2]): Answer => {
  const device = deviceOf(netns, name);
  return device ? errnoOf(setLink(netns, device.index, request)) : 'ENODEV';
};
