/** RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH of ARP and ND (net/core/neighbour.c: neigh_add, neigh_delete, neigh_get). */
import { done } from '../../base/index.ts';
import { ipv6SolicitedNode, type Ipv6 } from '../../wire/index.ts';
import { fail } from '../error.ts';
import { joinGroup, leaveGroup } from '../ipv6/addrconf.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Neighbour, Netns } from '../model.ts';
import { ensureNeighbour, lookupNeighbour, removeNeighbour, sendEvent, updateNeighbour } from '../neighbour.ts';
import { touch } from '../notify.ts';
import { ArpHardware, Nud } from '../numbers.ts';
import type { NeighbourRequest } from '../requests.ts';

/** dev->addr_len. */
const linkAddressBytes = (device: Device): number => (device.isEthernet || device.isLoopback ? 6 : device.hardwareType === ArpHardware.NONE ? 0 : 4);

export function addNeighbour(netns: Netns, request: NeighbourRequest): KernelResult {
  const { family, address } = request;
  const device = request.device === undefined || request.device === 0 ? null : netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV');
  if (request.proxy === true) {
    if (!netns.proxyNeighbours.some((entry) => entry.family === family && entry.address === address && entry.device === device)) {
      netns.proxyNeighbours.push({ family, address, device });
      if (family === 6 && device !== null && device.isEthernet) joinGroup(device, ipv6SolicitedNode(address as Ipv6), 'report');
      touch(netns.host);
    }
    return done;
  }
  if (device === null) return fail('EINVAL', 'Device not specified');
  if (request.macLength !== undefined && request.macLength < linkAddressBytes(device)) return fail('EINVAL', 'Invalid link address');
  const inDevice = family === 4 ? device.ipv4 : device.ipv6;
  if (inDevice === null) return fail('EINVAL');
  const state = request.state ?? Nud.PERMANENT;
  let neighbour = lookupNeighbour(device, address, family);
  if (neighbour === undefined) {
    if (request.create !== true) return fail('ENOENT');
    const made = ensureNeighbour(device, address, family);
    if (made === null) return fail('ENOBUFS');
    neighbour = made;
  } else {
    if (request.exclusive === true) return fail('EEXIST');
  }
  if (request.protocol !== undefined) neighbour.protocol = request.protocol;
  if (request.use === true) {
    sendEvent(neighbour, null);
    return done;
  }
  if (request.externLearn !== undefined) neighbour.externLearn = request.externLearn;
  if (request.managed !== undefined) neighbour.managed = request.managed;
  const override = request.replace === true || (neighbour.state & 0xde) === 0;
  const errno = updateNeighbour(neighbour, request.mac ?? null, state, { admin: true, override, router: request.router });
  return errno === null ? done : fail(errno, errno === 'EINVAL' ? 'No link layer address given' : undefined);
}

export function deleteNeighbour(netns: Netns, request: NeighbourRequest): KernelResult {
  const { family, address } = request;
  const device = request.device === undefined || request.device === 0 ? null : netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV');
  if (request.proxy === true) {
    const at = netns.proxyNeighbours.findIndex((entry) => entry.family === family && entry.address === address && entry.device === device);
    if (at < 0) return fail('ENOENT');
    netns.proxyNeighbours.splice(at, 1);
    if (family === 6 && device !== null && device.isEthernet) leaveGroup(device, ipv6SolicitedNode(address as Ipv6));
    touch(netns.host);
    return done;
  }
  if (device === null) return fail('EINVAL');
  const neighbour = lookupNeighbour(device, address, family);
  if (neighbour === undefined) return fail('ENOENT');
  updateNeighbour(neighbour, null, Nud.FAILED, { override: true, admin: true });
  removeNeighbour(neighbour);
  return done;
}

/** Entries as a dump lists them: by device, then in order of making. (Linux's order is that of a salted hash.) */
export function neighboursInOrder(netns: Netns, family: 4 | 6): Neighbour[] {
  const devices = [...netns.devices.values()].sort((a, b) => a.index - b.index);
  return devices.flatMap((device) => [...((family === 4 ? device.ipv4 : device.ipv6)?.neighbours.values() ?? [])]);
}
