/** /sys/class/net/BRIDGE/bridge, brif, and PORT/brport (net/bridge/br_sysfs_br.c, br_sysfs_if.c). */
import { err, ok, type Errno, type Result } from '../base/index.ts';
import {
  Bridge,
  bridgePortOf,
  setBridgeOptions,
  setPortOptions,
  type BridgeId,
  type BridgeOptions,
  type BridgePortOptions,
  type Device,
} from '../kernel/index.ts';
import { dirOf, type DynamicNode } from '../shell/index.ts';
import { formatMac, parseMac } from '../wire/index.ts';
import { line, numberFile } from './sys-file.ts';

const settled = (result: { readonly ok: true } | { readonly ok: false; readonly error: { readonly errno: Errno } }): Result<void, Errno> =>
  result.ok ? ok(undefined) : err(result.error.errno);
const idText = (id: BridgeId): string => `${id.priority.toString(16).padStart(4, '0')}.${formatMac(id.mac).replaceAll(':', '')}`;

/** `bridge` and `brif` of a bridge; nothing for another device. */
export function bridgeDirs(device: Device): Record<string, DynamicNode> {
  if (!(device instanceof Bridge)) return {};
  const set = (options: BridgeOptions): Result<void, Errno> => settled(setBridgeOptions(device, options));
  const s = device.settings;
  const number = (read: () => number, option: keyof BridgeOptions): DynamicNode => numberFile(read, (value) => set({ [option]: value }));
  return {
    bridge: dirOf({
      ageing_time: number(() => device.ageingTime, 'ageingTime'),
      bridge_id: line(() => idText(device.id)),
      flush: { kind: 'file', mode: 0o200, write: () => set({ fdbFlush: true }) },
      forward_delay: number(() => device.forwardDelay, 'forwardDelay'),
      gc_timer: line(() => 0),
      group_addr: {
        kind: 'file',
        read: () => ok(`${formatMac(s.groupAddress)}\n`),
        write: (data) => {
          const groupAddress = parseMac(data.trim());
          return groupAddress === undefined ? err('EINVAL') : set({ groupAddress });
        },
      },
      group_fwd_mask: line(() => `0x${s.groupForwardMask.toString(16)}`),
      hash_elasticity: line(() => s.multicastHashElasticity),
      hash_max: number(() => s.multicastHashMax, 'multicastHashMax'),
      hello_time: number(() => device.helloTime, 'helloTime'),
      hello_timer: line(() => 0),
      max_age: number(() => device.maxAge, 'maxAge'),
      multicast_igmp_version: number(() => s.multicastIgmpVersion, 'multicastIgmpVersion'),
      multicast_last_member_count: number(() => s.multicastLastMemberCount, 'multicastLastMemberCount'),
      multicast_last_member_interval: number(() => s.multicastLastMemberInterval, 'multicastLastMemberInterval'),
      multicast_membership_interval: number(() => s.multicastMembershipInterval, 'multicastMembershipInterval'),
      multicast_mld_version: number(() => s.multicastMldVersion, 'multicastMldVersion'),
      multicast_querier: number(() => s.multicastQuerier, 'multicastQuerier'),
      multicast_querier_interval: number(() => s.multicastQuerierInterval, 'multicastQuerierInterval'),
      multicast_query_interval: number(() => s.multicastQueryInterval, 'multicastQueryInterval'),
      multicast_query_response_interval: number(() => s.multicastQueryResponseInterval, 'multicastQueryResponseInterval'),
      multicast_query_use_ifaddr: number(() => s.multicastQueryUseIfaddr, 'multicastQueryUseIfaddr'),
      multicast_router: number(() => s.multicastRouter, 'multicastRouter'),
      multicast_snooping: number(() => s.multicastSnooping, 'multicastSnooping'),
      multicast_startup_query_count: number(() => s.multicastStartupQueryCount, 'multicastStartupQueryCount'),
      multicast_startup_query_interval: number(() => s.multicastStartupQueryInterval, 'multicastStartupQueryInterval'),
      multicast_stats_enabled: number(() => s.multicastStatsEnabled, 'multicastStatsEnabled'),
      nf_call_arptables: number(() => s.nfCallArptables, 'nfCallArptables'),
      nf_call_ip6tables: number(() => s.nfCallIp6tables, 'nfCallIp6tables'),
      nf_call_iptables: number(() => s.nfCallIptables, 'nfCallIptables'),
      no_linklocal_learn: number(() => s.noLinklocalLearn, 'noLinklocalLearn'),
      priority: number(() => device.bridgePriority, 'priority'),
      root_id: line(() => idText(device.designatedRoot)),
      root_path_cost: line(() => device.rootPathCost),
      root_port: line(() => device.rootPort),
      stp_state: number(() => s.stpState, 'stpState'),
      tcn_timer: line(() => 0),
      topology_change: line(() => Number(device.topologyChange)),
      topology_change_detected: line(() => Number(device.topologyChangeDetected)),
      topology_change_timer: line(() => 0),
      ...(device.netns.host.bridgeVlans && {
        default_pvid: numberFile(
          () => s.vlanDefaultPvid,
          // Only while nothing is filtered.
          (vlanDefaultPvid) => (s.vlanFiltering !== 0 ? err('EPERM') : set({ vlanDefaultPvid })),
        ),
        vlan_protocol: numberFile(
          () => s.vlanProtocol,
          (vlanProtocol) => set({ vlanProtocol }),
          (value) => `0x${value.toString(16).padStart(4, '0')}`,
        ),
        vlan_stats_enabled: number(() => s.vlanStatsEnabled, 'vlanStatsEnabled'),
        vlan_stats_per_port: number(() => s.vlanStatsPerPort, 'vlanStatsPerPort'),
      }),
      vlan_filtering: number(() => s.vlanFiltering, 'vlanFiltering'),
    }),
    brif: {
      kind: 'dir',
      list: () => device.ports.map((port) => port.device.name).sort(),
      lookup: (name) => (device.ports.some((port) => port.device.name === name) ? { kind: 'symlink', target: () => `../../${name}/brport` } : undefined),
    },
  };
}

/** `brport` of a bridge's port; nothing for another device. */
export function portDirs(device: Device): Record<string, DynamicNode> {
  const port = bridgePortOf(device);
  if (port === null) return {};
  const set = (options: BridgePortOptions): Result<void, Errno> => settled(setPortOptions(port, options));
  const number = (read: () => number, option: keyof BridgePortOptions): DynamicNode => numberFile(read, (value) => set({ [option]: value }));
  const flag = (read: () => boolean, option: keyof BridgePortOptions): DynamicNode =>
    numberFile(
      () => Number(read()),
      (value) => set({ [option]: value !== 0 }),
    );
  return {
    brport: dirOf({
      backup_port: line(() => port.backupPort?.name ?? ''),
      bpdu_guard: flag(() => port.guard, 'guard'),
      bridge: { kind: 'symlink', target: () => `../../${port.bridge.name}` },
      broadcast_flood: flag(() => port.broadcastFlood, 'broadcastFlood'),
      change_ack: line(() => Number(port.topologyChangeAck)),
      config_pending: line(() => Number(port.configPending)),
      designated_bridge: line(() => idText(port.designatedBridge)),
      designated_cost: line(() => port.designatedCost),
      designated_port: line(() => port.designatedPort),
      designated_root: line(() => idText(port.designatedRoot)),
      flush: { kind: 'file', mode: 0o200, write: () => set({ flush: true }) },
      forward_delay_timer: line(() => 0),
      group_fwd_mask: line(() => `0x${port.groupForwardMask.toString(16)}`),
      hairpin_mode: flag(() => port.hairpin, 'hairpin'),
      hold_timer: line(() => 0),
      isolated: flag(() => port.isolated, 'isolated'),
      learning: flag(() => port.learning, 'learning'),
      message_age_timer: line(() => 0),
      multicast_fast_leave: flag(() => port.fastLeave, 'fastLeave'),
      multicast_flood: flag(() => port.multicastFlood, 'multicastFlood'),
      multicast_router: number(() => port.multicastRouter, 'multicastRouter'),
      multicast_to_unicast: flag(() => port.multicastToUnicast, 'multicastToUnicast'),
      neigh_suppress: flag(() => port.neighSuppress, 'neighSuppress'),
      path_cost: number(() => port.pathCost, 'cost'),
      port_id: line(() => `0x${port.portId.toString(16)}`),
      port_no: line(() => `0x${port.number.toString(16)}`),
      priority: number(() => port.priority, 'priority'),
      proxyarp: flag(() => port.proxyArp, 'proxyArp'),
      proxyarp_wifi: flag(() => port.proxyArpWifi, 'proxyArpWifi'),
      root_block: flag(() => port.rootBlock, 'rootBlock'),
      state: number(() => port.state, 'state'),
      unicast_flood: flag(() => port.flood, 'flood'),
    }),
  };
}
