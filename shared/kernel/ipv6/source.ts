/**
 * Which address a host speaks from (RFC 6724, section 5; net/ipv6/addrconf.c: ipv6_dev_get_saddr): rules in their order, the first that tells
 * two candidates apart decides.
 */
import { ipv6InPrefix, IPV6_LOOPBACK, isIpv6LinkLocal, isIpv6Multicast } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import type { AddressLabel, Device, Ipv6Address, Netns } from '../model.ts';

const LINK_LOCAL_SCOPE = 2;
const SITE_LOCAL_SCOPE = 5;
const GLOBAL_SCOPE = 14;

/** Of a destination or an address: 1 (node) to 14 (global). */
export function scopeOf6(address: Ipv6): number {
  if (isIpv6Multicast(address)) return parseInt(address[3]!, 16);
  if (isIpv6LinkLocal(address) || address === IPV6_LOOPBACK) return LINK_LOCAL_SCOPE;
  return ipv6InPrefix(address, 'fec00000000000000000000000000000', 10) ? SITE_LOCAL_SCOPE : GLOBAL_SCOPE;
}

function labelOf(netns: Netns, address: Ipv6, device: Device | null): number {
  let best: AddressLabel | null = null;
  for (const entry of netns.addressLabels) {
    if (entry.device !== 0 && entry.device !== device?.index) continue;
    if (ipv6InPrefix(address, entry.prefix, entry.length) && (best === null || entry.length > best.length)) best = entry;
  }
  return best?.label ?? -1;
}
function commonBits(a: Ipv6, b: Ipv6): number {
  let digits = 0;
  while (digits < 32 && a[digits] === b[digits]) digits++;
  return digits === 32 ? 128 : digits * 4 + Math.clz32(parseInt(a[digits]!, 16) ^ parseInt(b[digits]!, 16)) - 28;
}

const isUsable = (ifa: Ipv6Address): boolean => (!ifa.tentative || ifa.optimistic) && !ifa.dadFailed;
const isDeprecated = (ifa: Ipv6Address, nowUs: number): boolean => ifa.preferredUntilUs !== null && ifa.preferredUntilUs <= nowUs;

/** The best address for a destination that is reached by `device`; null when there is none. */
export function selectSource6(netns: Netns, device: Device, destination: Ipv6): Ipv6 | null {
  const scope = scopeOf6(destination);
  // Groups and neighbours are spoken to with an address of that very link.
  const isBound = isIpv6Multicast(destination) || scope <= LINK_LOCAL_SCOPE;
  const nowUs = netns.simulation.nowUs;
  const label = labelOf(netns, destination, device);
  let best: Ipv6Address | null = null;
  const consider = (ifa: Ipv6Address): void => {
    if (isUsable(ifa) && !isIpv6Multicast(ifa.address) && (best === null || isBetter(ifa, best))) best = ifa;
  };
  const isBetter = (a: Ipv6Address, b: Ipv6Address): boolean => {
    if (a.address === destination || b.address === destination) return a.address === destination && b.address !== destination;
    const [scopeA, scopeB] = [scopeOf6(a.address), scopeOf6(b.address)];
    if (scopeA !== scopeB) return scopeA < scopeB ? scopeA >= scope : scopeB < scope;
    const [oldA, oldB] = [isDeprecated(a, nowUs), isDeprecated(b, nowUs)];
    if (oldA !== oldB) return oldB;
    if (a.home !== b.home) return a.home;
    const [hereA, hereB] = [a.device === device, b.device === device];
    if (hereA !== hereB) return hereA;
    const [fitsA, fitsB] = [labelOf(netns, a.address, a.device) === label, labelOf(netns, b.address, b.device) === label];
    if (fitsA !== fitsB) return fitsA;
    return Math.min(commonBits(a.address, destination), a.prefixLength) > Math.min(commonBits(b.address, destination), b.prefixLength);
  };
  // Those of the device come first: among equals the first stays.
  for (const ifa of device.ipv6?.addresses ?? []) consider(ifa);
  if (!isBound || device.isLoopback)
    for (const other of netns.devices.values()) if (other !== device) for (const ifa of other.ipv6?.addresses ?? []) consider(ifa);
  return (best as Ipv6Address | null)?.address ?? null;
}
