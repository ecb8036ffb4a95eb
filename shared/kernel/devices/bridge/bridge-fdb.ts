/** The forwarding database of a bridge (net/bridge/br_fdb.c): learning, ageing, local and static entries. */
import { done } from '../../../base/index.ts';
import { formatMac, isMulticastMac, isValidUnicastMac } from '../../../wire/index.ts';
import type { Mac } from '../../../wire/index.ts';
import { fail } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import type { Skb } from '../../model.ts';
import { emit } from '../../notify.ts';
import { Nud } from '../../numbers.ts';
import type { FdbRequest } from '../../requests.ts';
import { CENTISECOND_US, FdbEntry, PortState } from './bridge-state.ts';
import type { BridgeBase, BridgePort } from './bridge-state.ts';

/** hold_time: shorter while the topology changes. */
const holdTimeUs = (bridge: BridgeBase): number => (bridge.topologyChange ? bridge.forwardDelay : bridge.ageingTime) * CENTISECOND_US;

export function isExpired(bridge: BridgeBase, entry: FdbEntry): boolean {
  return !entry.isStatic && !entry.externLearn && entry.updatedUs + holdTimeUs(bridge) <= bridge.netns.simulation.nowUs;
}

/** br_fdb_find_rcu: what is too old stays until the collector comes. */
export const findFdb = (bridge: BridgeBase, mac: Mac, vlan: number): FdbEntry | null => bridge.fdb.get(mac, vlan) ?? null;

/** br_fdb_update: a frame shows behind which port a MAC is. */
export function learnFdb(bridge: BridgeBase, port: BridgePort, mac: Mac, vlan: number, skb: Skb): void {
  if (bridge.settings.ageingTime === 0) return;
  const entry = bridge.fdb.get(mac, vlan);
  const now = bridge.netns.simulation.nowUs;
  if (entry !== undefined) {
    if (entry.isLocal) return;
    entry.updatedUs = now;
    if (entry.port !== port && !entry.sticky) {
      entry.port = port;
      changed(bridge, 'new', entry);
      recordLearn(bridge, port, mac, skb, true);
    }
    return;
  }
  const made = new FdbEntry(mac, vlan, port);
  made.updatedUs = made.usedUs = now;
  bridge.fdb.add(made);
  changed(bridge, 'new', made);
  recordLearn(bridge, port, mac, skb, false);
}
function recordLearn(bridge: BridgeBase, port: BridgePort, mac: Mac, skb: Skb, moved: boolean): void {
  if (skb.recorder !== null) skb.step({ kind: 'learn', bridge: bridge.name, port: port.device.name, mac: formatMac(mac), moved }, bridge.netns);
}
function changed(bridge: BridgeBase, change: 'new' | 'del', entry: FdbEntry): void {
  emit(bridge.netns, { kind: 'fdb', change, device: entry.port?.device ?? bridge, mac: entry.mac, vlan: entry.vlan, entry });
}

const SHORTEST_GC_US = 10_000;
/** gc_work: begins a tenth of a second after the bridge comes up. */
export function startGc(bridge: BridgeBase): void {
  bridge.gcTimer?.cancel();
  bridge.gcTimer = bridge.netns.simulation.housekeeping(100_000, () => collect(bridge));
}
/** br_set_ageing_time: the collector looks at once. */
export function ageingChanged(bridge: BridgeBase): void {
  bridge.gcTimer?.cancel();
  if (bridge.isUp) collect(bridge);
}
/** br_fdb_cleanup: takes out what is too old, and comes back when the next one may be. */
function collect(bridge: BridgeBase): void {
  const now = bridge.netns.simulation.nowUs;
  const hold = holdTimeUs(bridge);
  let next = hold;
  for (const entry of bridge.fdb.values()) {
    if (entry.isStatic || entry.externLearn) continue;
    if (entry.updatedUs + hold > now) next = Math.min(next, entry.updatedUs + hold - now);
    else deleteEntry(bridge, entry);
  }
  // Where nothing is learnt nothing has to be collected.
  if (hold === 0) return;
  bridge.gcTimer = bridge.netns.simulation.housekeeping(Math.max(next, SHORTEST_GC_US), () => collect(bridge));
}
export function deleteEntry(bridge: BridgeBase, entry: FdbEntry): void {
  if (!bridge.fdb.delete(entry)) return;
  changed(bridge, 'del', entry);
}

/** fdb_add_local: an address of the bridge or of a port. */
export function addLocalFdb(bridge: BridgeBase, port: BridgePort | null, mac: Mac, vlan: number): KernelResult {
  if (!isValidUnicastMac(mac)) return fail('EINVAL');
  const known = bridge.fdb.get(mac, vlan);
  if (known !== undefined) {
    if (known.isLocal) return done;
    deleteEntry(bridge, known);
  }
  const entry = new FdbEntry(mac, vlan, port);
  entry.isLocal = entry.isStatic = true;
  entry.updatedUs = entry.usedUs = bridge.netns.simulation.nowUs;
  bridge.fdb.add(entry);
  changed(bridge, 'new', entry);
  return done;
}
/** fdb_delete_local: another port, or the bridge, may have the same address. */
function deleteLocal(bridge: BridgeBase, port: BridgePort | null, entry: FdbEntry): void {
  const { vlan } = entry;
  const other = bridge.ports.find(
    (candidate) => candidate !== port && candidate.device.address === entry.mac && (vlan === 0 || candidate.vlans?.find(vlan) !== undefined),
  );
  if (other !== undefined) {
    entry.port = other;
    entry.addedByUser = false;
    return;
  }
  if (port !== null && bridge.address === entry.mac && (vlan === 0 || bridge.vlans?.usable(vlan) !== undefined)) {
    entry.port = null;
    entry.addedByUser = false;
    return;
  }
  deleteEntry(bridge, entry);
}
/** br_fdb_find_delete_local: the address of who leaves a VLAN. */
export function deleteLocalFdb(bridge: BridgeBase, port: BridgePort | null, mac: Mac, vlan: number): void {
  const entry = bridge.fdb.get(mac, vlan);
  if (entry !== undefined && entry.isLocal && !entry.addedByUser && entry.port === port) deleteLocal(bridge, port, entry);
}
/** The numbers of the VLANs that a port or the bridge is in, and 0 for none. */
function vlansOf(bridge: BridgeBase, port: BridgePort | null): readonly number[] {
  const group = port === null ? bridge.vlans : port.vlans;
  return group === null ? [0] : [0, ...group.used().map((vlan) => vlan.id)];
}
/** br_fdb_changeaddr: a port has a new MAC. */
export function portMacChanged(bridge: BridgeBase, port: BridgePort, mac: Mac): void {
  for (const entry of bridge.fdb.values()) {
    if (entry.port === port && entry.isLocal && !entry.addedByUser) deleteLocal(bridge, port, entry);
  }
  for (const vlan of vlansOf(bridge, port)) addLocalFdb(bridge, port, mac, vlan);
}
/** br_fdb_change_mac_address: the bridge itself has one. */
export function bridgeMacChanged(bridge: BridgeBase, mac: Mac): void {
  const before = bridge.ownMac;
  bridge.ownMac = mac;
  for (const vlan of vlansOf(bridge, null)) {
    const old = bridge.fdb.get(before, vlan);
    if (old !== undefined && old.isLocal && old.port === null && !old.addedByUser) deleteLocal(bridge, null, old);
    if (bridge.fdb.get(mac, vlan)?.isLocal !== true) addLocalFdb(bridge, null, mac, vlan);
  }
}
/** What a bridge knows of itself goes with it. */
export function forgetOwn(bridge: BridgeBase): void {
  for (const entry of [...bridge.fdb.values()]) if (entry.port === null) deleteEntry(bridge, entry);
}
/** br_fdb_delete_by_port of one VLAN: what was learnt behind a port that leaves it. */
export function flushVlan(port: BridgePort, vlan: number): void {
  for (const entry of port.bridge.fdb.values()) {
    if (entry.port === port && entry.vlan === vlan && !entry.isStatic && !entry.externLearn) deleteEntry(port.bridge, entry);
  }
}
/** br_fdb_delete_by_port: `all` takes static and local entries too. */
export function flushPort(bridge: BridgeBase, port: BridgePort | null, what: 'all' | 'dynamic'): void {
  for (const entry of bridge.fdb.values()) {
    if (port !== null && entry.port !== port) continue;
    if (what === 'dynamic' && (entry.isStatic || (entry.externLearn && !entry.addedByUser))) continue;
    if (entry.isLocal && port !== null) deleteLocal(bridge, port, entry);
    else if (!entry.isLocal || what === 'all') deleteEntry(bridge, entry);
  }
}

/** Entries as a dump lists them: the newest first. */
export const fdbInOrder = (bridge: BridgeBase): FdbEntry[] => bridge.fdb.values().reverse();

/** The VLAN that was named must be one of the port's. */
const isForeign = (bridge: BridgeBase, port: BridgePort | null, vlan: number): boolean =>
  (port === null ? bridge.vlans : port.vlans)?.usable(vlan) === undefined;

/** br_fdb_add: `bridge fdb add`. Without a VLAN: in none, and in each that the port is in. */
export function addFdbByUser(bridge: BridgeBase, port: BridgePort | null, request: FdbRequest): KernelResult {
  const { mac, state, vlan } = request;
  if ((state & (Nud.PERMANENT | Nud.NOARP | Nud.REACHABLE)) === 0) return fail('EINVAL');
  if (mac === 0 || (!isValidUnicastMac(mac) && !isMulticastMac(mac))) return fail('EINVAL');
  if (vlan !== undefined) return isForeign(bridge, port, vlan) ? fail('EINVAL') : addIn(bridge, port, request, vlan);
  for (const each of vlansOf(bridge, port)) {
    const added = addIn(bridge, port, request, each);
    if (!added.ok) return added;
  }
  return done;
}
/** __br_fdb_add. */
function addIn(bridge: BridgeBase, port: BridgePort | null, request: FdbRequest, vlan: number): KernelResult {
  const { mac, state } = request;
  if (
    port !== null &&
    request.use !== true &&
    port.state !== PortState.LEARNING &&
    port.state !== PortState.FORWARDING &&
    (state & (Nud.PERMANENT | Nud.NOARP)) === 0
  ) {
    return fail('EPERM');
  }
  if (port === null && (state & Nud.PERMANENT) === 0) return fail('EINVAL');
  if (request.sticky === true && (state & Nud.PERMANENT) !== 0) return fail('EINVAL');
  if (request.use === true) return useFdb(bridge, port, mac, vlan);
  let entry = bridge.fdb.get(mac, vlan);
  if (entry === undefined) {
    if (request.create !== true) return fail('ENOENT');
    entry = new FdbEntry(mac, vlan, port);
    bridge.fdb.add(entry);
  } else {
    if (request.exclusive === true) return fail('EEXIST');
    entry.port = port;
  }
  const now = bridge.netns.simulation.nowUs;
  // br_fdb_external_learn_add: what a control plane knows is neither local nor static, whatever is said.
  const isLearnt = request.externLearn === true;
  entry.isLocal = !isLearnt && (state & Nud.PERMANENT) !== 0;
  entry.isStatic = !isLearnt && (entry.isLocal || (state & Nud.NOARP) !== 0);
  entry.addedByUser = true;
  entry.sticky = request.sticky === true;
  entry.externLearn ||= request.externLearn === true;
  entry.usedUs = entry.updatedUs = now;
  changed(bridge, 'new', entry);
  return done;
}
/** NTF_USE: as if a frame had come in from it. */
function useFdb(bridge: BridgeBase, port: BridgePort | null, mac: Mac, vlan: number): KernelResult {
  if (port === null) return fail('EINVAL');
  if (port.state !== PortState.LEARNING && port.state !== PortState.FORWARDING) return fail('EAGAIN');
  const known = bridge.fdb.get(mac, vlan);
  const entry = known ?? new FdbEntry(mac, vlan, port);
  entry.port = port;
  entry.updatedUs = entry.usedUs = bridge.netns.simulation.nowUs;
  if (known === undefined) bridge.fdb.add(entry);
  changed(bridge, 'new', entry);
  return done;
}
/** br_fdb_delete: without a VLAN in all; one that is there is enough. */
export function deleteFdbByUser(bridge: BridgeBase, port: BridgePort | null, { mac, vlan }: FdbRequest): KernelResult {
  if (vlan !== undefined && isForeign(bridge, port, vlan)) return fail('EINVAL');
  let found = false;
  for (const each of vlan === undefined ? vlansOf(bridge, port) : [vlan]) {
    const entry = bridge.fdb.get(mac, each);
    if (entry === undefined || (entry.port !== port && port !== null)) continue;
    deleteEntry(bridge, entry);
    found = true;
  }
  return found ? done : fail('ENOENT');
}

/** br_fdb_flush: every entry that fits, local ones too. */
export function flushMatching(bridge: BridgeBase, fits: (entry: FdbEntry) => boolean): void {
  for (const entry of bridge.fdb.values()) if (fits(entry)) deleteEntry(bridge, entry);
}
