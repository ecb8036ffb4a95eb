/** RTM_NEWNEIGH and RTM_DELNEIGH of bridges and VXLAN devices: `bridge fdb` (net/core/rtnetlink.c: rtnl_fdb_add, rtnl_fdb_del). */
import { done } from '../../base/index.ts';
import { addFdbByUser, deleteFdbByUser } from '../devices/bridge/bridge-fdb.ts';
import { BridgeBase, bridgePortOf } from '../devices/bridge/bridge-state.ts';
import { joinMac, leaveMac } from '../devices/multicast-macs.ts';
import { Vxlan } from '../devices/vxlan.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import { emit } from '../notify.ts';
import { Nud } from '../numbers.ts';
import type { FdbRequest } from '../requests.ts';

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
  if (request.state !== 0 && (request.state & Nud.PERMANENT) === 0) return fail('EINVAL', 'FDB only supports static addresses');
  if (request.vlan !== undefined) return fail('EINVAL', "vlans aren't supported yet for dev_uc|mc_add()");
  if (device.multicastMacs.has(request.mac)) return request.exclusive === true ? fail('EEXIST') : done;
  joinMac(device, request.mac);
  emit(device.netns, { kind: 'fdb', change: 'new', device, mac: request.mac, vlan: 0 });
  return done;
}
function deleteFromDevice(device: Device, request: FdbRequest): KernelResult {
  if ((request.state & Nud.PERMANENT) === 0 && request.state !== 0) return fail('EINVAL', 'FDB only supports static addresses');
  if (!device.multicastMacs.has(request.mac)) return fail('ENOENT');
  leaveMac(device, request.mac);
  emit(device.netns, { kind: 'fdb', change: 'del', device, mac: request.mac, vlan: 0 });
  return done;
}
