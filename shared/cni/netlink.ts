/**
 * What plugins ask of the kernel, as vishvananda/netlink asks it: links, addresses and routes of a namespace. Errors are texts as Go prints an
 * errno (`file exists`).
 */
import { err, strerror, type Result } from '../base/index.ts';
import {
  addAddress,
  addAddress6,
  addLink,
  addRoute,
  insertRoute6,
  Bridge,
  deleteLink,
  deleteRoute,
  Iff,
  removeAddress,
  removeRoute6,
  routesInOrder,
  readSysctl,
  RouteTable,
  setLink,
  Veth,
  writeSysctl,
  type Device,
  type KernelError,
  type LinkRequest,
  type Netns,
} from '../kernel/index.ts';
import { netnsAt, netnsOf } from '../machine/index.ts';
import type { Process } from '../shell/index.ts';
import { formatIpv4, formatIpv6, formatMac, ipv4Mask, parseIpv4, parseIpv6 } from '../wire/index.ts';
import { formatPrefix, networkOf, type Prefix } from './address.ts';

/** `file exists`, `no such device`: Go lower-cases strerror. */
export const goErrno = (error: KernelError): string => {
  const text = strerror(error.errno);
  return error.notModelled === undefined ? text[0]!.toLowerCase() + text.slice(1) : `not modelled: ${error.notModelled}`;
};

export const hostNetns = (p: Process): Netns => netnsOf(p);

/** The namespace at a path, or why there is none, in the words of ns.GetNS. */
export function openNetns(p: Process, path: string): Result<Netns, string> {
  const netns = netnsAt(p, path);
  if (netns.ok) return netns;
  if (netns.error === 'EINVAL') return err(`unknown FS magic on "${path}": ef53`);
  return err(`failed to Statfs "${path}": no such file or directory`);
}

export const linkByName = (netns: Netns, name: string): Device | undefined => netns.device(name);
export const macOf = (device: Device): string => formatMac(device.address);

export function newLink(netns: Netns, request: LinkRequest): Result<Device, string> {
  const made = addLink(netns, request);
  return made.ok ? made : err(goErrno(made.error));
}
export function changeLink(device: Device, request: LinkRequest): Result<void, string> {
  const changed = setLink(device.netns, device.index, request);
  return changed.ok ? changed : err(goErrno(changed.error));
}
export const linkUp = (device: Device): Result<void, string> => changeLink(device, { flags: Iff.UP, flagsMask: Iff.UP });
export const linkDown = (device: Device): Result<void, string> => changeLink(device, { flags: 0, flagsMask: Iff.UP });
export function removeLink(device: Device): Result<void, string> {
  const gone = deleteLink(device.netns, device.index);
  return gone.ok ? gone : err(goErrno(gone.error));
}
export const isBridge = (device: Device): device is Bridge => device instanceof Bridge;
export const isVeth = (device: Device): device is Veth => device instanceof Veth;
export const peerOf = (device: Device): Device | null => (device instanceof Veth ? device.link : null);

/** `10.244.1.3/24` of each family, as `ip addr` lists them. */
export const addressesOf = (device: Device): readonly string[] => [
  ...(device.ipv4?.addresses ?? []).map((one) => formatPrefix({ family: 4, value: BigInt(one.local >>> 0), length: one.prefixLength })),
  ...(device.ipv6?.addresses ?? []).map((one) => formatPrefix({ family: 6, value: BigInt(`0x${one.address}`), length: one.prefixLength })),
];

export const ipv4Of = (prefix: { readonly value: bigint }): number => Number(BigInt.asIntN(32, prefix.value));
export const ipv6Of = (prefix: { readonly value: bigint }): string => prefix.value.toString(16).padStart(32, '0');

/** Broadcast addresses are filled in, as netlink.AddrAdd does. */
export function setAddress(device: Device, prefix: Prefix): Result<void, string> {
  const { netns } = device;
  const how = { device: device.index, prefixLength: prefix.length, create: true, exclusive: true };
  const local = ipv4Of(prefix);
  const broadcast = prefix.length < 31 ? { broadcast: local | ~ipv4Mask(prefix.length) } : {};
  const added = prefix.family === 4 ? addAddress(netns, { ...how, local, ...broadcast }) : addAddress6(netns, { ...how, local: ipv6Of(prefix) });
  return added.ok ? added : err(goErrno(added.error));
}
export function unsetAddress(device: Device, prefix: Prefix): Result<void, string> {
  const gone = removeAddress(device.netns, { device: device.index, local: ipv4Of(prefix), prefixLength: prefix.length });
  return gone.ok ? gone : err(goErrno(gone.error));
}

export interface RouteOptions {
  readonly gateway?: string | undefined;
  readonly scope?: number;
  readonly source?: Prefix;
  readonly table?: number;
}
/** A route as netlink.RouteAdd makes one: proto boot. */
export function newRoute(device: Device, destination: Prefix, { gateway, scope, source, table }: RouteOptions = {}): Result<void, string> {
  const { netns } = device;
  const network = networkOf(destination);
  const request = {
    ...{ create: true, append: true, device: device.index, length: network.length, protocol: 3 },
    ...(table === undefined ? {} : { table }),
  };
  if (network.family === 4) {
    const via = gateway === undefined ? undefined : parseIpv4(gateway);
    const added = addRoute(netns, {
      ...request,
      destination: ipv4Of(network),
      ...(via === undefined ? {} : { gateway: via }),
      ...(scope === undefined ? {} : { scope }),
      ...(source === undefined ? {} : { preferredSource: ipv4Of(source) }),
    });
    return added.ok ? added : err(goErrno(added.error));
  }
  const via = gateway === undefined ? undefined : parseIpv6(gateway);
  const added = insertRoute6(netns, {
    ...request,
    destination: ipv6Of(network),
    ...(via === undefined ? {} : { gateway: via }),
    ...(source === undefined ? {} : { preferredSource: ipv6Of(source) }),
  });
  return added.ok ? added : err(goErrno(added.error));
}
/** The route to a prefix through a device. */
export function dropRoute(device: Device, destination: Prefix): Result<void, string> {
  const network = networkOf(destination);
  const request = { device: device.index, length: network.length };
  const gone =
    network.family === 4
      ? deleteRoute(device.netns, { ...request, destination: ipv4Of(network), scope: SCOPE_NOWHERE })
      : removeRoute6(device.netns, { ...request, destination: ipv6Of(network) });
  return gone.ok ? gone : err(goErrno(gone.error));
}
/** The routes to exactly this prefix in table main: their gateway ('' without) and device. */
export function routesTo(netns: Netns, prefix: Prefix): readonly { readonly gateway: string; readonly device: string }[] {
  const network = networkOf(prefix);
  if (network.family === 6) {
    const to = netns.routes6.filter((route) => route.table === RouteTable.MAIN && route.prefix === ipv6Of(network) && route.length === network.length);
    return to.map((route) => ({ gateway: route.gateway === null ? '' : formatIpv6(route.gateway), device: route.device?.name ?? '' }));
  }
  const main = netns.tables.get(RouteTable.MAIN);
  const to = main ? routesInOrder(main).filter((route) => route.prefix === ipv4Of(network) && route.length === network.length) : [];
  return to.map(({ nexthops: [first] }) => ({ gateway: first && first.gateway !== 0 ? formatIpv4(first.gateway) : '', device: first?.device?.name ?? '' }));
}

/** In a deletion: whatever the scope. */
const SCOPE_NOWHERE = 255;

/** A setting under /proc/sys; plugins go on when there is none. */
export const setSysctl = (netns: Netns, path: string, value: string): Result<void, string> => {
  const written = writeSysctl(netns, path.replace(/^net\//, ''), value);
  return written.ok ? written : err(strerror(written.error).toLowerCase());
};
/** What such a file holds, without the line's end; undefined when there is none. */
export const sysctl = (netns: Netns, path: string): string | undefined => {
  const value = readSysctl(netns, path.replace(/^net\//, ''));
  return value.ok ? value.value.replace(/\n$/, '') : undefined;
};
