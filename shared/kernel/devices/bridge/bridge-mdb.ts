/**
 * Multicast groups behind the ports of a bridge (net/bridge/br_mdb.c, br_multicast.c): entered by users, or learnt from reports of MLD and IGMP.
 *
 * Absent: without a querier a bridge floods groups whatever it knows of them, and nothing here asks; so what stands here is shown, and
 * changes nothing of where frames go.
 */
import { done } from '../../../base/index.ts';
import type { Timer } from '../../../base/index.ts';
import { Icmp6Type, isIpv4Multicast, isIpv6Multicast, isMulticastMac, IPV6_ALL_NODES } from '../../../wire/index.ts';
import type { Ipv4, Ipv6, Mac } from '../../../wire/index.ts';
import { fail } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import type { Netns, Skb } from '../../model.ts';
import type { MdbRequest } from '../../requests.ts';
import { bridgePortOf, BridgeBase, CENTISECOND_US, PortState } from './bridge-state.ts';
import type { BridgePort } from './bridge-state.ts';

export type MulticastGroup =
  | { readonly kind: 'ipv4'; readonly address: Ipv4; readonly source: Ipv4 | null }
  | { readonly kind: 'ipv6'; readonly address: Ipv6; readonly source: Ipv6 | null }
  | { readonly kind: 'mac'; readonly address: Mac; readonly source: null };

export class MdbEntry {
  /** Null: never. */
  expiresUs: number | null = null;
  timer: Timer | null = null;
  constructor(
    readonly group: MulticastGroup,
    readonly vlan: number,
    /** Null: the bridge's own host has joined. */
    readonly port: BridgePort | null,
    readonly permanent: boolean,
    readonly origin: 'static' | 'kernel',
  ) {}
}
const sameGroup = (a: MulticastGroup, b: MulticastGroup): boolean => a.kind === b.kind && a.address === b.address && a.source === b.source;
const find = (bridge: BridgeBase, group: MulticastGroup, vlan: number, port: BridgePort | null): MdbEntry | undefined =>
  bridge.mdb.find((entry) => entry.port === port && entry.vlan === vlan && sameGroup(entry.group, group));

/** As a dump lists them: the newest group first, in it the host, then the newest port. */
export function mdbInOrder(bridge: BridgeBase): MdbEntry[] {
  const groups: MdbEntry[][] = [];
  for (const entry of bridge.mdb) {
    const group = groups.find(([first]) => first!.vlan === entry.vlan && sameGroup(first!.group, entry.group));
    if (group === undefined) groups.unshift([entry]);
    else if (entry.port === null) group.unshift(entry);
    else group.splice(group[0]!.port === null ? 1 : 0, 0, entry);
  }
  return groups.flat();
}

/** rtnl_validate_mdb_entry. */
function validateGroup(group: MulticastGroup, vlan: number): KernelResult {
  if (vlan >= 4095) return fail('EINVAL', 'Invalid entry VLAN id');
  if (group.kind === 'ipv4') {
    if (!isIpv4Multicast(group.address) && group.address !== 0) return fail('EINVAL', 'IPv4 entry group address is not multicast or 0.0.0.0');
    if (group.address >>> 8 === 0xe00000) return fail('EINVAL', 'IPv4 entry group address is local multicast');
  } else if (group.kind === 'ipv6') {
    if (group.address === IPV6_ALL_NODES) return fail('EINVAL', 'IPv6 entry group address is link-local all nodes');
  } else if (!isMulticastMac(group.address)) return fail('EINVAL', 'L2 entry group is not multicast');
  return done;
}

/** RTM_NEWMDB and RTM_DELMDB. */
export function changeMdb(netns: Netns, request: MdbRequest, operation: 'add' | 'delete'): KernelResult {
  const { group, vlan } = request;
  const bridge = netns.devices.get(request.device);
  if (bridge === undefined) return fail('ENODEV', "Device doesn't exist");
  const valid = validateGroup(group, vlan);
  if (!valid.ok) return valid;
  if (!(bridge instanceof BridgeBase)) return fail('EOPNOTSUPP', 'Device does not support MDB operations');
  if (!bridge.isUp) return fail('EINVAL', 'bridge: Bridge device is not running');
  if (bridge.settings.multicastSnooping === 0) return fail('EINVAL', "bridge: Bridge's multicast processing is disabled");
  let port: BridgePort | null = null;
  if (request.port !== request.device) {
    const device = netns.devices.get(request.port);
    if (device === undefined) return fail('ENODEV', "bridge: Port net device doesn't exist");
    port = bridgePortOf(device);
    if (port === null) return fail('EINVAL', 'bridge: Net device is not a bridge port');
    if (port.bridge !== bridge) return fail('EINVAL', 'bridge: Port belongs to a different bridge device');
  }
  const known = find(bridge, group, vlan, port);
  if (operation === 'delete') {
    if (known === undefined) return fail('EINVAL');
    forget(bridge, known);
    return done;
  }
  if (port === null && group.kind !== 'mac') {
    if (request.permanent) return fail('EINVAL', 'bridge: Flags are not allowed for host groups');
    if (group.source !== null) return fail('EINVAL', 'bridge: Groups with sources cannot be manually host joined');
  }
  if (group.kind === 'mac' && !request.permanent) return fail('EINVAL', 'bridge: Only permanent L2 entries allowed');
  if (port !== null && port.state === PortState.DISABLED && !request.permanent)
    return fail('EINVAL', 'bridge: Port is in disabled state and entry is not permanent');
  if (known !== undefined) {
    if (port === null) return fail('EEXIST', 'bridge: Group is already joined by host');
    return fail('EEXIST', `bridge: (${group.source === null ? '*' : 'S'}, G) group is already joined by port`);
  }
  const entry = new MdbEntry(group, vlan, port, request.permanent, port === null ? 'kernel' : 'static');
  bridge.mdb.push(entry);
  if (!request.permanent && port !== null) keepAlive(bridge, entry);
  return done;
}
function forget(bridge: BridgeBase, entry: MdbEntry): void {
  entry.timer?.cancel();
  bridge.mdb = bridge.mdb.filter((other) => other !== entry);
}
/** The membership interval begins anew. */
function keepAlive(bridge: BridgeBase, entry: MdbEntry): void {
  const { simulation } = bridge.netns;
  entry.timer?.cancel();
  const interval = bridge.settings.multicastMembershipInterval * CENTISECOND_US;
  entry.expiresUs = simulation.nowUs + interval;
  entry.timer = simulation.housekeeping(interval, () => forget(bridge, entry));
}

/** br_multicast_disable_port: what was learnt behind it goes; all, when it leaves. */
export function flushMdb(bridge: BridgeBase, port: BridgePort, what: 'temporary' | 'all'): void {
  for (const entry of bridge.mdb) if (entry.port === port && (what === 'all' || !entry.permanent)) forget(bridge, entry);
}

const RECORD_BYTES = 20;
const CHANGE_TO_EXCLUDE = 4;
const MODE_IS_EXCLUDE = 2;
/** br_multicast_ipv4_rcv, br_multicast_ipv6_rcv. */
export function snoopReport(bridge: BridgeBase, port: BridgePort | null, skb: Skb, vlan: number): void {
  if (skb.ip6 !== null) snoopReport6(bridge, port, skb, vlan);
  else if (bridge.settings.multicastSnooping !== 0) snoopReport4(bridge, port, skb.payload, vlan);
}
const IGMPV3_REPORT = 0x22;
/** br_ip4_multicast_igmp3_report: groups of the wire itself (224.0.0.0/24) are nobody's. */
function snoopReport4(bridge: BridgeBase, port: BridgePort | null, payload: string, vlan: number): void {
  if (payload.charCodeAt(0) !== IGMPV3_REPORT) return;
  for (let at = 8; at + 8 <= payload.length; at += 8) {
    const type = payload.charCodeAt(at);
    if (type !== CHANGE_TO_EXCLUDE && type !== MODE_IS_EXCLUDE) continue;
    let address = 0;
    for (let i = 4; i < 8; i++) address = (address << 8) | payload.charCodeAt(at + i);
    if (isIpv4Multicast(address) && address >>> 8 !== 0xe00000) join(bridge, port, { kind: 'ipv4', address, source: null }, vlan);
  }
}
/** br_ip6_multicast_mld2_report: who sends one listens to the groups in it. */
function snoopReport6(bridge: BridgeBase, port: BridgePort | null, skb: Skb, vlan: number): void {
  if (skb.icmp?.type !== Icmp6Type.MLD2_REPORT || skb.ip6 === null || bridge.settings.multicastSnooping === 0) return;
  const { payload } = skb;
  for (let at = 0; at + RECORD_BYTES <= payload.length; at += RECORD_BYTES) {
    const type = payload.charCodeAt(at);
    // Only records without sources are made here.
    if (type !== CHANGE_TO_EXCLUDE && type !== MODE_IS_EXCLUDE) return;
    let address = '';
    for (let i = 4; i < RECORD_BYTES; i++)
      address += payload
        .charCodeAt(at + i)
        .toString(16)
        .padStart(2, '0');
    if (isIpv6Multicast(address) && address !== IPV6_ALL_NODES) join(bridge, port, { kind: 'ipv6', address, source: null }, vlan);
  }
}
function join(bridge: BridgeBase, port: BridgePort | null, group: MulticastGroup, vlan: number): void {
  let entry = find(bridge, group, vlan, port);
  if (entry === undefined) {
    entry = new MdbEntry(group, vlan, port, false, 'kernel');
    bridge.mdb.push(entry);
  }
  if (!entry.permanent) keepAlive(bridge, entry);
}
