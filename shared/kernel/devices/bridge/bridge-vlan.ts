/**
 * VLANs of bridges (net/bridge/br_vlan.c): which VLANs a port and the bridge itself are in, what untagged frames belong to, what may come in
 * and go out. On Linux every bridge starts with VLAN 1 on all its ports, even while it filters nothing.
 *
 * Deviation: until a host uses VLANs of a bridge for the first time (vlan_filtering, `bridge vlan add` …), its bridges have none and look as on
 * a kernel built without CONFIG_BRIDGE_VLAN_FILTERING: `bridge vlan` and `bridge fdb` show no VLAN 1.
 */
import { done } from '../../../base/index.ts';
import { countedLength } from '../../../wire/index.ts';
import { fail } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import type { Host, Skb } from '../../model.ts';
import { drop } from '../../transmit.ts';
import { addLocalFdb, deleteLocalFdb, flushVlan } from './bridge-fdb.ts';
import { BridgeBase, PortState } from './bridge-state.ts';
import type { BridgePort } from './bridge-state.ts';
import { BridgeVlan, VlanGroup, VlanStatistics } from './vlan-group.ts';

export interface VlanFlags {
  readonly pvid: boolean;
  readonly untagged: boolean;
}
const DEFAULT_FLAGS: VlanFlags = { pvid: true, untagged: true };

/** Bridges of this host have VLANs from now on. */
export function useBridgeVlans(host: Host): void {
  if (host.bridgeVlans) return;
  host.bridgeVlans = true;
  for (const netns of host.netnses) {
    for (const device of netns.devices.values()) {
      if (!(device instanceof BridgeBase)) continue;
      initBridgeVlans(device);
      for (const port of device.ports) initPortVlans(port);
    }
  }
}

/** br_vlan_init. */
export function initBridgeVlans(bridge: BridgeBase): void {
  if (!bridge.netns.host.bridgeVlans) return;
  bridge.vlans = new VlanGroup();
  const { vlanDefaultPvid } = bridge.settings;
  if (vlanDefaultPvid !== 0) addBridgeVlan(bridge, vlanDefaultPvid, DEFAULT_FLAGS);
}
/** nbp_vlan_init. */
export function initPortVlans(port: BridgePort): void {
  if (port.bridge.vlans === null) return;
  port.vlans = new VlanGroup();
  const { vlanDefaultPvid } = port.bridge.settings;
  if (vlanDefaultPvid !== 0) addPortVlan(port, vlanDefaultPvid, DEFAULT_FLAGS);
}
/** nbp_vlan_flush. */
export function flushPortVlans(port: BridgePort): void {
  for (const vlan of port.vlans?.list() ?? []) removePortVlan(port, vlan);
  port.vlans = null;
}

/** __vlan_flags_update. */
function applyFlags(group: VlanGroup, vlan: BridgeVlan, flags: VlanFlags): void {
  if (flags.pvid) group.pvid = vlan.id;
  else if (group.pvid === vlan.id) group.pvid = 0;
  vlan.untagged = flags.untagged;
}

/** br_vlan_add with BRENTRY. */
export function addBridgeVlan(bridge: BridgeBase, id: number, flags: VlanFlags): void {
  const group = bridge.vlans!;
  const vlan = ensureMaster(bridge, id);
  if (!vlan.isOfBridge) {
    vlan.isOfBridge = true;
    addLocalFdb(bridge, null, bridge.address, id);
  }
  applyFlags(group, vlan, flags);
}
/** br_vlan_get_master: what the ports of a VLAN share. The bridge itself is not in it by that. */
function ensureMaster(bridge: BridgeBase, id: number): BridgeVlan {
  const group = bridge.vlans!;
  const known = group.find(id);
  if (known !== undefined) return known;
  const made = new BridgeVlan(id, new VlanStatistics());
  made.isOfBridge = false;
  group.set(made);
  return made;
}
/** br_vlan_delete. */
export function deleteBridgeVlan(bridge: BridgeBase, id: number): KernelResult {
  const group = bridge.vlans;
  const vlan = group?.usable(id);
  if (group === null || vlan === undefined) return fail('ENOENT');
  deleteLocalFdb(bridge, null, bridge.address, id);
  vlan.isOfBridge = false;
  vlan.untagged = false;
  if (group.pvid === id) group.pvid = 0;
  if (vlan.users === 0) group.remove(id);
  return done;
}

/** nbp_vlan_add. */
export function addPortVlan(port: BridgePort, id: number, flags: VlanFlags): void {
  const group = port.vlans!;
  let vlan = group.find(id);
  if (vlan === undefined) {
    const master = ensureMaster(port.bridge, id);
    master.users++;
    vlan = new BridgeVlan(id, port.bridge.settings.vlanStatsPerPort !== 0 ? new VlanStatistics() : master.stats);
    addLocalFdb(port.bridge, port, port.device.address, id);
    group.set(vlan);
  }
  applyFlags(group, vlan, flags);
}
/** nbp_vlan_delete. */
export function deletePortVlan(port: BridgePort, id: number): KernelResult {
  const vlan = port.vlans?.find(id);
  if (vlan === undefined) return fail('ENOENT');
  deleteLocalFdb(port.bridge, port, port.device.address, id);
  flushVlan(port, id);
  removePortVlan(port, vlan);
  return done;
}
function removePortVlan(port: BridgePort, vlan: BridgeVlan): void {
  const group = port.vlans!;
  group.remove(vlan.id);
  if (group.pvid === vlan.id) group.pvid = 0;
  const masters = port.bridge.vlans!;
  const master = masters.find(vlan.id);
  if (master === undefined) return;
  master.users--;
  if (master.users === 0 && !master.isOfBridge) masters.remove(vlan.id);
}

/** __br_vlan_set_default_pvid: also where it was changed by hand it stays as it is. */
export function setDefaultPvid(bridge: BridgeBase, pvid: number): KernelResult {
  if (pvid >= 4095) return fail('EINVAL');
  const { settings } = bridge;
  const before = settings.vlanDefaultPvid;
  if (pvid === before) return done;
  const group = bridge.vlans!;
  if (pvid === 0) {
    if (group.hasDefault(before)) deleteBridgeVlan(bridge, before);
    for (const port of newestFirst(bridge)) if (port.vlans?.hasDefault(before) === true) deletePortVlan(port, before);
  } else {
    if ((before === 0 || group.hasDefault(before)) && group.usable(pvid) === undefined) {
      addBridgeVlan(bridge, pvid, DEFAULT_FLAGS);
      if (before !== 0) deleteBridgeVlan(bridge, before);
    }
    for (const port of newestFirst(bridge)) {
      const own = port.vlans!;
      if ((before !== 0 && !own.hasDefault(before)) || own.find(pvid) !== undefined) continue;
      addPortVlan(port, pvid, DEFAULT_FLAGS);
      if (before !== 0) deletePortVlan(port, before);
    }
  }
  settings.vlanDefaultPvid = pvid;
  return done;
}
const newestFirst = (bridge: BridgeBase): readonly BridgePort[] => [...bridge.ports].reverse();

/** The VLAN of a frame that came in, 0 while nothing is filtered, or -1: not allowed (__allowed_ingress). Untagged ones get their tag here. */
export function admit(bridge: BridgeBase, port: BridgePort | null, skb: Skb): number {
  const { settings } = bridge;
  const group = port === null ? bridge.vlans! : port.vlans!;
  if (skb.vlan >= 0 && skb.vlanProtocol !== settings.vlanProtocol) skb.pushTag(settings.vlanProtocol, group.pvid);
  else if (skb.vlan < 0) skb.pushTag(settings.vlanProtocol, group.pvid);
  else if ((skb.vlan & 0xfff) === 0) skb.vlan |= group.pvid;
  const id = skb.vlan & 0xfff;
  const vlan = group.usable(id);
  if (id === 0 || vlan === undefined || !(vlan.state === PortState.FORWARDING || vlan.state === PortState.LEARNING)) {
    const where = port?.device.name ?? bridge.name;
    const detail = id === 0 ? `${where} has no PVID` : vlan === undefined ? `${where} is not in VLAN ${id}` : `VLAN ${id} is not forwarding on ${where}`;
    drop(skb, bridge.netns, 'VLAN_FILTERED', detail);
    return -1;
  }
  if (settings.vlanStatsEnabled !== 0) {
    vlan.stats.rxPackets++;
    vlan.stats.rxBytes += countedLength(skb) - 14;
  }
  return id;
}
/** br_should_learn: the VLAN in which the sender of a frame for the link itself may be learnt, or -1. */
export function learningVlan(port: BridgePort, skb: Skb): number {
  const { settings } = port.bridge;
  if (settings.vlanFiltering === 0) return 0;
  const group = port.vlans!;
  const tagged = skb.vlan >= 0 && skb.vlanProtocol === settings.vlanProtocol ? skb.vlan & 0xfff : 0;
  const vlan = group.usable(tagged === 0 ? group.pvid : tagged);
  return vlan !== undefined && (vlan.state === PortState.FORWARDING || vlan.state === PortState.LEARNING) ? vlan.id : -1;
}

/** br_allowed_egress. */
export const mayLeave = (group: VlanGroup, skb: Skb): boolean => group.usable(skb.vlan & 0xfff)?.state === PortState.FORWARDING;

/** br_handle_vlan: the tag stays or goes. False: it must not leave here at all. */
export function prepareToLeave(bridge: BridgeBase, group: VlanGroup, skb: Skb): boolean {
  const vlan = group.usable(skb.vlan & 0xfff);
  if (vlan === undefined) {
    if (bridge.promiscuity > 0 && group === bridge.vlans) return true;
    drop(skb, bridge.netns, 'VLAN_FILTERED', `not in VLAN ${skb.vlan & 0xfff}`);
    return false;
  }
  if (bridge.settings.vlanStatsEnabled !== 0) {
    vlan.stats.txPackets++;
    vlan.stats.txBytes += countedLength(skb) - 14;
  }
  if (vlan.untagged) skb.popTag();
  return true;
}
