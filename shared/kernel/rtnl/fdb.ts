/** RTM_NEWNEIGH and RTM_DELNEIGH of bridges and VXLAN devices: `bridge fdb` (net/core/rtnetlink.c: rtnl_fdb_add, rtnl_fdb_del). */
import { done } from '../../base/index.ts';
import { addFdbByUser, deleteFdbByUser, flushMatching } from '../devices/bridge/bridge-fdb.ts';
import { BridgeBase, bridgePortOf, type FdbEntry } from '../devices/bridge/bridge-state.ts';
import { joinMac, leaveMac } from '../devices/multicast-macs.ts';
import { Vxlan, type VxlanFdbEntry } from '../devices/vxlan.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import { emit } from '../notify.ts';
import { Nud } from '../numbers.ts';
import type { FdbFlushRequest, FdbRequest } from '../requests.ts';

export const addFdb = (netns: Netns, request: FdbRequest): KernelResult => change(netns, request, 'add');
export const deleteFdb = (netns: Netns, request: FdbRequest): KernelResult => change(netns, request, 'delete');

function change(netns: Netns, request: FdbRequest, operation: 'add' | 'delete'): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV', 'unknown ifindex');
  if (request.vlan !== undefined && (request.vlan <= 0 || request.vlan >= 4095)) return fail('EINVAL', 'invalid vlan id');
  if (operation === 'add' && device.hardwareType !== 1) return fail('EINVAL', 'FDB add only supported for Ethernet devices');
  if (request.master === true) {
    const port = bridgePortOf(device);
    if (port === null) return fail('EOPNOTSUPP');
    const result = operation === 'add' ? addFdbByUser(port.bridge, port, request) : deleteFdbByUser(port.bridge, port, request);
    if (!result.ok || request.self !== true) return result;
  }
  if (device instanceof BridgeBase) return operation === 'add' ? addFdbByUser(device, null, request) : deleteFdbByUser(device, null, request);
  if (device instanceof Vxlan) return operation === 'add' ? device.addFdb(request) : device.deleteFdb(request);
  return operation === 'add' ? addToDevice(device, request) : deleteFromDevice(device, request);
}

/** ndo_dflt_fdb_add: an address filter of the device itself. */
function addToDevice(device: Device, request: FdbRequest): KernelResult {
  if (request.state !== 0 && (request.state & Nud.PERMANENT) === 0) return fail('EINVAL');
  if (request.vlan !== undefined) return fail('EINVAL', "vlans aren't supported yet for dev_uc|mc_add()");
  if (device.multicastMacs.has(request.mac)) return request.exclusive === true ? fail('EEXIST') : done;
  joinMac(device, request.mac);
  emit(device.netns, { kind: 'fdb', change: 'new', device, mac: request.mac, vlan: 0 });
  return done;
}
function deleteFromDevice(device: Device, request: FdbRequest): KernelResult {
  if ((request.state & Nud.PERMANENT) === 0 && request.state !== 0) return fail('EINVAL');
  if (!device.multicastMacs.has(request.mac)) return fail('ENOENT');
  leaveMac(device, request.mac);
  emit(device.netns, { kind: 'fdb', change: 'del', device, mac: request.mac, vlan: 0 });
  return done;
}

/** RTM_DELNEIGH with NLM_F_BULK: `bridge fdb flush`. */
export function flushFdb(netns: Netns, request: FdbFlushRequest): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV', 'unknown ifindex');
  const port = bridgePortOf(device);
  if (request.master === true) {
    if (port === null) return fail('EOPNOTSUPP');
    flushMatching(port.bridge, (entry) => entry.port === port && fitsBridge(entry, request));
    if (request.self !== true) return done;
  }
  if (device instanceof BridgeBase)
    flushMatching(device, (entry) => (request.port === undefined || (entry.port?.device ?? device).index === request.port) && fitsBridge(entry, request));
  else if (device instanceof Vxlan) device.flushFdb((entry) => fitsVxlan(entry, request));
  else return fail('EOPNOTSUPP');
  return done;
}
function fitsBridge(entry: FdbEntry, { state, stateMask, flags, vlan }: FdbFlushRequest): boolean {
  const has = (entry.isLocal ? Nud.PERMANENT : 0) | (entry.isStatic ? Nud.NOARP : 0);
  // A local entry is static too, and asked for as permanent.
  const cared = stateMask & (Nud.PERMANENT | Nud.NOARP);
  if (((has ^ state) & cared) !== 0) return false;
  if (flags?.addedByUser !== undefined && entry.addedByUser !== flags.addedByUser) return false;
  if (flags?.externLearn !== undefined && entry.externLearn !== flags.externLearn) return false;
  if (flags?.sticky !== undefined && entry.sticky !== flags.sticky) return false;
  return vlan === undefined || entry.vlan === vlan;
}
const fitsVxlan = (entry: VxlanFdbEntry, { state, stateMask, flags }: FdbFlushRequest): boolean =>
  ((entry.state ^ state) & stateMask) === 0 && (flags?.externLearn === undefined || entry.externLearn === flags.externLearn);
