/** The ARP table as `arp -s` and `arp -d` change it, by ioctl(2). Authority: net/ipv4/arp.c (arp_ioctl, arp_req_set, arp_req_delete). */
import type { Errno } from '../../base/index.ts';
import { addNeighbour, deleteNeighbour, getRoute, Nud, type Device, type Netns } from '../../kernel/index.ts';
import type { Ipv4, Mac } from '../../wire/index.ts';

/** struct arpreq. */
export interface ArpRequest {
  readonly address: Ipv4;
  readonly mac: Mac | undefined;
  readonly isPermanent: boolean;
  readonly isPublished: boolean;
  readonly isAutomatic: boolean;
  readonly netmask: Ipv4 | undefined;
  /** '' for the one that the routing table names. */
  readonly device: string;
}

const HOST_MASK = -1;
/** What both calls check first; an errno when it is refused. */
function deviceOf(netns: Netns, { isPublished, netmask, device }: ArpRequest): Device | null | Errno {
  if (!isPublished && netmask !== undefined) return 'EINVAL';
  if (device === '') return null;
  return netns.device(device) ?? 'ENODEV';
}
/** The device towards an address. */
function wayTo(netns: Netns, address: Ipv4): Device | Errno {
  const route = getRoute(netns, { destination: address });
  return route.ok ? route.value.device : route.error.errno;
}
const proxyArp = (netns: Netns, device: Device | null, value: 0 | 1): null => {
  const conf = device === null ? netns.ipv4All : device.ipv4?.conf;
  if (conf) conf.proxy_arp = value;
  return null;
};

/** SIOCSARP. */
export function setArp(netns: Netns, request: ArpRequest): Errno | null {
  const found = deviceOf(netns, request);
  if (typeof found === 'string') return found;
  const { address, mac, isPermanent } = request;
  if (request.isPublished) {
    const mask = request.netmask ?? HOST_MASK;
    if (mask !== HOST_MASK && mask !== 0) return 'EINVAL';
    const device = found ?? [...netns.devices.values()].find((each) => each.address === mac && each.isEthernet) ?? null;
    if (device === null) return 'ENODEV';
    if (mask === 0) return proxyArp(netns, device, 1);
    const done = addNeighbour(netns, { family: 4, address, device: device.index, proxy: true, create: true });
    return done.ok ? null : done.error.errno;
  }
  const device = found ?? wayTo(netns, address);
  if (typeof device === 'string') return device;
  const state = isPermanent ? Nud.PERMANENT : Nud.STALE;
  const done = addNeighbour(netns, { family: 4, address, device: device.index, ...(mac !== undefined && { mac }), state, create: true, replace: true });
  return done.ok ? null : done.error.errno;
}

/** SIOCDARP: ENXIO when there is none. */
export function deleteArp(netns: Netns, request: ArpRequest): Errno | null {
  const found = deviceOf(netns, request);
  if (typeof found === 'string') return found;
  const { address } = request;
  if (request.isPublished) {
    const mask = request.netmask ?? HOST_MASK;
    if (mask !== HOST_MASK && mask !== 0) return 'EINVAL';
    if (mask === 0) return proxyArp(netns, found, 0);
    const done = deleteNeighbour(netns, { family: 4, address, ...(found && { device: found.index }), proxy: true });
    return done.ok ? null : done.error.errno;
  }
  const device = found ?? wayTo(netns, address);
  if (typeof device === 'string') return device;
  const done = deleteNeighbour(netns, { family: 4, address, device: device.index });
  return done.ok ? null : done.error.errno === 'ENOENT' ? 'ENXIO' : done.error.errno;
}
