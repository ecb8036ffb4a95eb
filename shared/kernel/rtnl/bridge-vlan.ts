/**
 * `bridge vlan` as the kernel takes it: RTM_SETLINK and RTM_DELLINK with IFLA_AF_SPEC (net/core/rtnetlink.c: rtnl_bridge_setlink), and
 * RTM_NEWVLAN (net/bridge/br_vlan.c: br_vlan_rtm_process, br_vlan_options.c).
 */
import { done } from '../../base/index.ts';
import { BridgeBase, bridgePortOf } from '../devices/bridge/bridge-state.ts';
import { addBridgeVlan, addPortVlan, deleteBridgeVlan, deletePortVlan, useBridgeVlans } from '../devices/bridge/bridge-vlan.ts';
import { VlanGlobals, type VlanGroup } from '../devices/bridge/vlan-group.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Device, Netns } from '../model.ts';
import { emit, touch } from '../notify.ts';
import type { BridgeVlanOptionsRequest, BridgeVlanRequest } from '../requests.ts';

/** `bridge vlan add` and `delete`. */
export function changeBridgeVlans(netns: Netns, request: BridgeVlanRequest, operation: 'add' | 'delete'): KernelResult {
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('ENODEV');
  if (request.self !== true || request.master === true) {
    if (bridgePortOf(device) === null) return fail('EOPNOTSUPP');
    const changed = changeRange(device, request, operation);
    if (!changed.ok) return changed;
  }
  if (request.self !== true) return done;
  return device instanceof BridgeBase ? changeRange(device, request, operation) : fail('EOPNOTSUPP');
}

/** br_process_vlan_info: what is not there is deleted without a word. */
function changeRange(device: Device, request: BridgeVlanRequest, operation: 'add' | 'delete'): KernelResult {
  const { from, to, pvid, untagged, tunnel } = request;
  if (tunnel !== undefined) return changeTunnels(device, from, to, tunnel, operation);
  if (!isValidId(from) || !isValidId(to)) return fail('EINVAL', 'bridge: Vlan id is invalid');
  if (from !== to && pvid) return fail('EINVAL', "bridge: Pvid isn't allowed in a range");
  useBridgeVlans(device.netns.host);
  const port = bridgePortOf(device);
  const flags = { pvid, untagged };
  for (let id = from; id <= to; id++) {
    if (port !== null) {
      if (operation === 'add') addPortVlan(port, id, flags);
      else deletePortVlan(port, id);
    } else if (device instanceof BridgeBase) {
      if (operation === 'add') addBridgeVlan(device, id, flags);
      else deleteBridgeVlan(device, id);
    }
  }
  if (port !== null) emit(device.netns, { kind: 'port', change: 'new', device });
  else touch(device.netns.host);
  return done;
}
/** br_process_vlan_tunnel_info. */
function changeTunnels(device: Device, from: number, to: number, tunnel: { from: number; to: number }, operation: 'add' | 'delete'): KernelResult {
  const port = bridgePortOf(device);
  if (port === null || !port.vlanTunnel || (from !== to && to - from !== tunnel.to - tunnel.from)) return fail('EINVAL');
  for (let id = from; id <= to; id++) {
    const vlan = port.vlans?.find(id);
    if (operation === 'delete') {
      if (vlan === undefined) return fail('ENOENT');
      vlan.tunnelId = null;
    } else if (vlan === undefined) return fail('EINVAL');
    else if (vlan.tunnelId !== null) return fail('EEXIST');
    else vlan.tunnelId = tunnel.from + id - from;
  }
  touch(device.netns.host);
  return done;
}
const isValidId = (id: number): boolean => id > 0 && id < 4095;

/** `bridge vlan set`, `bridge vlan global set`. */
export function setBridgeVlanOptions(netns: Netns, { device: index, from, to, state, multicastRouter, global }: BridgeVlanOptionsRequest): KernelResult {
  const device = netns.devices.get(index);
  if (device === undefined) return fail('ENODEV', "bridge: Device doesn't exist");
  const port = bridgePortOf(device);
  if (port === null && !(device instanceof BridgeBase)) return fail('EINVAL', 'bridge: The device is not a valid bridge or bridge port');
  if (!isValidId(from) || !isValidId(to)) return fail('EINVAL', 'bridge: Vlan id is invalid');
  useBridgeVlans(netns.host);
  const group = (port ?? (device as BridgeBase)).vlans!;
  if (global !== undefined) {
    if (port !== null) return fail('EINVAL', 'bridge: Global vlan options can only be set on bridge device');
    return setGlobals(group, from, to, global);
  }
  if (group.usable(from) === undefined) return fail('ENOENT', "bridge: Vlan range start doesn't exist, can't process options");
  if (group.usable(to) === undefined) return fail('ENOENT', "bridge: Vlan range end doesn't exist, can't process options");
  for (let id = from; id <= to; id++) {
    const vlan = group.usable(id);
    if (vlan === undefined) return fail('ENOENT', "bridge: Vlan in range doesn't exist, can't process options");
    if (state !== undefined) {
      if (state < 0 || state > 4) return fail('EINVAL', 'bridge: Invalid vlan state');
      const bridge = port?.bridge ?? (device as BridgeBase);
      if (bridge.settings.stpState === 1) return fail('EBUSY', "bridge: Can't modify vlan state when using kernel STP");
      vlan.state = state;
    }
    if (multicastRouter !== undefined) {
      if (multicastRouter > (port === null ? 2 : 3)) return fail('EINVAL');
      vlan.multicastRouter = multicastRouter;
    }
  }
  touch(netns.host);
  return done;
}
/** br_vlan_rtm_process_global_options. */
function setGlobals(group: VlanGroup, from: number, to: number, options: Partial<VlanGlobals>): KernelResult {
  for (let id = from; id <= to; id++) {
    const vlan = group.find(id);
    if (vlan === undefined) return fail('ENOENT', "bridge: Vlan in range doesn't exist, can't process global options");
    vlan.global = Object.assign(vlan.global ?? new VlanGlobals(), options);
  }
  return done;
}
