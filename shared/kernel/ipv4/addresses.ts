/**
 * Questions about IPv4 addresses of devices (net/ipv4/devinet.c): which is ours, which to send from, which is on the same network.
 */
import { ipv4InPrefix } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Device, Ipv4Address, Ipv4Device, Netns } from '../model.ts';
import { Scope } from '../numbers.ts';

/** An address of this namespace (inet_lookup_ifaddr_rcu). */
export const isLocalAddress = (netns: Netns, address: Ipv4): boolean => netns.localAddresses.has(address);

export const addressMatches = (ifa: Ipv4Address, other: Ipv4): boolean => ipv4InPrefix(other, ifa.address, ifa.prefixLength);

/** inet_addr_onlink: `a` (and `b`, unless 0) are in a network of this device. */
export function onLink(inDevice: Ipv4Device, a: Ipv4, b: Ipv4): boolean {
  for (const ifa of inDevice.addresses) if (addressMatches(ifa, a) && (b === 0 || addressMatches(ifa, b))) return true;
  return false;
}

/** inet_select_addr: the source address for `destination` (0: any) by `device`, of at most `scope`; 0 when there is none. */
export function selectSource(device: Device, destination: Ipv4, scope: number): Ipv4 {
  const { ipv4, netns } = device;
  let address = 0;
  if (ipv4 !== null) {
    const limit = ipv4.conf.route_localnet !== 0 || netns.ipv4All.route_localnet !== 0 ? Scope.LINK : Scope.NOWHERE;
    for (const ifa of ipv4.addresses) {
      if (ifa.secondary || Math.min(ifa.scope, limit) > scope) continue;
      if (destination === 0 || addressMatches(ifa, destination)) return ifa.local;
      if (address === 0) address = ifa.local;
    }
  }
  if (address !== 0) return address;
  for (const other of netns.devices.values()) {
    if (other.ipv4 === null) continue;
    for (const ifa of other.ipv4.addresses) if (!ifa.secondary && ifa.scope !== Scope.LINK && ifa.scope <= scope) return ifa.local;
  }
  return 0;
}
