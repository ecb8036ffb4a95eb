/** `type bridge …` and `type bridge_slave …`. Authority: ip/iplink_bridge.c, ip/iplink_bridge_slave.c. Times are hundredths of a second. */
import {
  Bridge,
  bridgePortOf,
  CENTISECOND_US,
  PORT_STATE_NAMES,
  type BridgeOptions,
  type BridgePort,
  type BridgePortOptions,
  type Device,
} from '../../../kernel/index.ts';
import type { Timer } from '../../../base/index.ts';
import { formatMac, macByte, type Mac } from '../../../wire/index.ts';
import { abbreviates, type Arguments } from '../../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../../iproute2/exit.ts';
import { etherProtocolName, macOfBytes, parseEtherProtocol, parseLinkAddress } from '../../iproute2/link-layer.ts';
import { parseU16, parseU32, parseU64, parseU8 } from '../../iproute2/numbers.ts';
import { USAGE_ERROR, type Session } from '../../iproute2/session.ts';
import { oneOf } from '../link-parse.ts';
import { usageLines, type Kind } from './kind.ts';

type Read = (word: string) => number | undefined;
/** One option: its word, its field, how its value is read; whole words only where the real program compares them whole. */
interface Option<T> {
  readonly word: string;
  readonly field: keyof T;
  readonly read: Read;
  readonly exact?: true;
  /** Name in the usage text. */
  readonly value: string;
}
const option = (word: string, field: keyof BridgeOptions, read: Read, value: string, exact?: true): Option<BridgeOptions> => ({
  word,
  field,
  read,
  value,
  ...(exact && { exact }),
});

/** In the order in which abbreviations are tried; the usage text has its own. */
const BRIDGE_OPTIONS: readonly Option<BridgeOptions>[] = [
  option('forward_delay', 'forwardDelay', parseU32, 'FORWARD_DELAY'),
  option('hello_time', 'helloTime', parseU32, 'HELLO_TIME'),
  option('max_age', 'maxAge', parseU32, 'MAX_AGE'),
  option('ageing_time', 'ageingTime', parseU32, 'AGEING_TIME'),
  option('stp_state', 'stpState', parseU32, 'STP_STATE'),
  option('priority', 'priority', parseU16, 'PRIORITY'),
  option('vlan_filtering', 'vlanFiltering', parseU8, 'VLAN_FILTERING'),
  option('vlan_protocol', 'vlanProtocol', parseEtherProtocol, 'VLAN_PROTOCOL'),
  option('group_fwd_mask', 'groupForwardMask', parseU16, 'MASK'),
  option('group_address', 'groupAddress', () => undefined, 'ADDRESS'),
  option('no_linklocal_learn', 'noLinklocalLearn', parseU8, 'NO_LINKLOCAL_LEARN', true),
  option('fdb_flush', 'fdbFlush', () => undefined, ''),
  option('vlan_default_pvid', 'vlanDefaultPvid', parseU16, 'VLAN_DEFAULT_PVID'),
  option('vlan_stats_enabled', 'vlanStatsEnabled', parseU8, 'VLAN_STATS_ENABLED'),
  option('vlan_stats_per_port', 'vlanStatsPerPort', parseU8, 'VLAN_STATS_PER_PORT'),
  option('mcast_router', 'multicastRouter', parseU8, 'MULTICAST_ROUTER'),
  option('mcast_snooping', 'multicastSnooping', parseU8, 'MULTICAST_SNOOPING'),
  option('mcast_vlan_snooping', 'multicastVlanSnooping', parseU8, 'MULTICAST_VLAN_SNOOPING', true),
  option('mcast_query_use_ifaddr', 'multicastQueryUseIfaddr', parseU8, 'MCAST_QUERY_USE_IFADDR'),
  option('mcast_querier', 'multicastQuerier', parseU8, 'MULTICAST_QUERIER'),
  option('mcast_hash_elasticity', 'multicastHashElasticity', parseU32, 'HASH_ELASTICITY'),
  option('mcast_hash_max', 'multicastHashMax', parseU32, 'HASH_MAX'),
  option('mcast_last_member_count', 'multicastLastMemberCount', parseU32, 'LAST_MEMBER_COUNT'),
  option('mcast_startup_query_count', 'multicastStartupQueryCount', parseU32, 'STARTUP_QUERY_COUNT'),
  option('mcast_last_member_interval', 'multicastLastMemberInterval', parseU64, 'LAST_MEMBER_INTERVAL'),
  option('mcast_membership_interval', 'multicastMembershipInterval', parseU64, 'MEMBERSHIP_INTERVAL'),
  option('mcast_querier_interval', 'multicastQuerierInterval', parseU64, 'QUERIER_INTERVAL'),
  option('mcast_query_interval', 'multicastQueryInterval', parseU64, 'QUERY_INTERVAL'),
  option('mcast_query_response_interval', 'multicastQueryResponseInterval', parseU64, 'QUERY_RESPONSE_INTERVAL'),
  option('mcast_startup_query_interval', 'multicastStartupQueryInterval', parseU64, 'STARTUP_QUERY_INTERVAL'),
  option('mcast_stats_enabled', 'multicastStatsEnabled', parseU8, 'MCAST_STATS_ENABLED'),
  option('mcast_igmp_version', 'multicastIgmpVersion', parseU8, 'IGMP_VERSION'),
  option('mcast_mld_version', 'multicastMldVersion', parseU8, 'MLD_VERSION'),
  option('nf_call_iptables', 'nfCallIptables', parseU8, 'NF_CALL_IPTABLES'),
  option('nf_call_ip6tables', 'nfCallIp6tables', parseU8, 'NF_CALL_IP6TABLES'),
  option('nf_call_arptables', 'nfCallArptables', parseU8, 'NF_CALL_ARPTABLES'),
];
const USAGE_ORDER = [
  'forward_delay',
  'hello_time',
  'max_age',
  'ageing_time',
  'stp_state',
  'priority',
  'group_fwd_mask',
  'group_address',
  'no_linklocal_learn',
  'vlan_filtering',
  'vlan_protocol',
  'vlan_default_pvid',
  'vlan_stats_enabled',
  'vlan_stats_per_port',
  'mcast_snooping',
  'mcast_vlan_snooping',
  'mcast_router',
];

const bridgeUsage = (): string => {
  const rest = BRIDGE_OPTIONS.map(({ word }) => word).filter((word) => !USAGE_ORDER.includes(word) && word !== 'fdb_flush');
  const rows = [...USAGE_ORDER, ...rest].map((word) => `\t\t  [ ${word} ${BRIDGE_OPTIONS.find((each) => each.word === word)?.value ?? ''} ]`);
  return usageLines('Usage: ... bridge [ fdb_flush ]', ...rows, '', 'Where: VLAN_PROTOCOL := { 802.1Q | 802.1ad }');
};

function parseBridge(args: Arguments): BridgeOptions {
  const options: BridgeOptions = {};
  for (; !args.isAtEnd; args.advance()) {
    const found = BRIDGE_OPTIONS.find(({ word, exact }) => (exact ? args.word === word : abbreviates(args.word, word)));
    if (!found) {
      if (args.begins('help')) giveUp(USAGE_ERROR, bridgeUsage());
      giveUp(USAGE_ERROR, `bridge: unknown command "${args.word}"?\n${bridgeUsage()}`);
    } else if (found.field === 'fdbFlush') options.fdbFlush = true;
    else if (found.field === 'groupAddress') {
      const parsed = parseLinkAddress(args.next(), 32);
      if ('error' in parsed) giveUp(USAGE_ERROR, parsed.error);
      else options.groupAddress = macOfBytes(parsed.bytes);
    } else Object.assign(options, { [found.field]: found.read(args.next()) ?? invalidArgument(`invalid ${found.word}`, args.word) });
  }
  return options;
}

/** ether_ntoa: bytes without leading zeros. */
const shortMac = (mac: Mac): string => [0, 1, 2, 3, 4, 5].map((i) => macByte(mac, i).toString(16)).join(':');
export const formatBridgeId = (priority: number, mac: Mac): string => `${priority.toString(16).padStart(4, '0')}.${shortMac(mac)}`;

/** What is left of a timer, in hundredths of a second. */
export function centisecondsLeft(timer: Timer | null, nowUs: number): number {
  return timer === null || timer.cancelled ? 0 : Math.max(0, Math.floor((timer.atUs - nowUs) / CENTISECOND_US));
}
const seconds = (centiseconds: number): { whole: number; rest: string } => ({
  whole: Math.floor(centiseconds / 100),
  rest: String(centiseconds % 100).padStart(2, '0'),
});
function printTimer(session: Session, name: string, timer: Timer | null): void {
  const { whole, rest } = seconds(centisecondsLeft(timer, session.process.nowUs));
  session.printer.rawMember(name, `${whole}.${rest}`);
  session.printer.text(`${name} ${String(whole).padStart(4)}.${rest} `);
}

function printBridge(session: Session, device: Device): void {
  if (!(device instanceof Bridge)) return;
  const { printer } = session;
  const { settings: s } = device;
  const number = (word: string, value: number, key = word): void => printer.any(key, `${word} ${value} `, value);
  number('forward_delay', device.forwardDelay);
  number('hello_time', device.helloTime);
  number('max_age', device.maxAge);
  number('ageing_time', device.ageingTime);
  number('stp_state', s.stpState);
  number('priority', device.bridgePriority);
  number('vlan_filtering', s.vlanFiltering);
  const hasVlans = device.netns.host.bridgeVlans;
  const protocol = etherProtocolName(s.vlanProtocol);
  if (hasVlans) printer.any('vlan_protocol', `vlan_protocol ${protocol} `, protocol);
  const id = formatBridgeId(device.bridgePriority, device.idMac);
  printer.any('bridge_id', `bridge_id ${id} `, id);
  // the real program prints the bridge's own id as the root's
  printer.any('root_id', `designated_root ${id} `, id);
  number('root_port', device.rootPort);
  number('root_path_cost', device.rootPathCost);
  number('topology_change', device.topologyChange ? 1 : 0);
  number('topology_change_detected', device.topologyChangeDetected ? 1 : 0);
  printTimer(session, 'hello_timer', device.helloTimer);
  printTimer(session, 'tcn_timer', device.tcnTimer);
  printTimer(session, 'topology_change_timer', device.topologyChangeTimer);
  printTimer(session, 'gc_timer', device.gcTimer);
  if (hasVlans) {
    number('vlan_default_pvid', s.vlanDefaultPvid);
    number('vlan_stats_enabled', s.vlanStatsEnabled);
    number('vlan_stats_per_port', s.vlanStatsPerPort);
  }
  const mask = s.groupForwardMask;
  printer.hex('group_fwd_mask', `group_fwd_mask ${mask === 0 ? '0' : `0x${mask.toString(16)}`} `, mask);
  printer.any('group_addr', `group_address ${formatMac(s.groupAddress)} `, formatMac(s.groupAddress));
  number('mcast_snooping', s.multicastSnooping);
  number('no_linklocal_learn', s.noLinklocalLearn);
  number('mcast_vlan_snooping', s.multicastVlanSnooping);
  number('mcast_router', s.multicastRouter);
  number('mcast_query_use_ifaddr', s.multicastQueryUseIfaddr);
  number('mcast_querier', s.multicastQuerier);
  number('mcast_hash_elasticity', s.multicastHashElasticity);
  number('mcast_hash_max', s.multicastHashMax);
  number('mcast_last_member_count', s.multicastLastMemberCount, 'mcast_last_member_cnt');
  number('mcast_startup_query_count', s.multicastStartupQueryCount, 'mcast_startup_query_cnt');
  number('mcast_last_member_interval', s.multicastLastMemberInterval, 'mcast_last_member_intvl');
  number('mcast_membership_interval', s.multicastMembershipInterval, 'mcast_membership_intvl');
  number('mcast_querier_interval', s.multicastQuerierInterval, 'mcast_querier_intvl');
  number('mcast_query_interval', s.multicastQueryInterval, 'mcast_query_intvl');
  number('mcast_query_response_interval', s.multicastQueryResponseInterval, 'mcast_query_response_intvl');
  number('mcast_startup_query_interval', s.multicastStartupQueryInterval, 'mcast_startup_query_intvl');
  number('mcast_stats_enabled', s.multicastStatsEnabled);
  number('mcast_igmp_version', s.multicastIgmpVersion);
  number('mcast_mld_version', s.multicastMldVersion);
  number('nf_call_iptables', s.nfCallIptables);
  number('nf_call_ip6tables', s.nfCallIp6tables);
  number('nf_call_arptables', s.nfCallArptables);
}

export const BRIDGE_KIND: Kind = {
  names: ['bridge'],
  plain: () => ({ kind: 'bridge' }),
  parse: (_session, args) => ({ kind: 'bridge', options: parseBridge(args) }),
  print: printBridge,
  usage: bridgeUsage,
};

// --- ports ---

interface PortOption {
  readonly word: string;
  readonly field: keyof BridgePortOptions;
  readonly read: 'on-off' | Read;
  readonly message?: string;
}
const onOff = (word: string, field: keyof BridgePortOptions): PortOption => ({ word, field, read: 'on-off' });

/** In the order in which abbreviations are tried. */
const PORT_OPTIONS: readonly PortOption[] = [
  { word: 'state', field: 'state', read: parseU8, message: 'state is invalid' },
  { word: 'priority', field: 'priority', read: parseU16, message: 'priority is invalid' },
  { word: 'cost', field: 'cost', read: parseU32, message: 'cost is invalid' },
  onOff('hairpin', 'hairpin'),
  onOff('guard', 'guard'),
  onOff('root_block', 'rootBlock'),
  onOff('fastleave', 'fastLeave'),
  onOff('learning', 'learning'),
  onOff('flood', 'flood'),
  onOff('mcast_flood', 'multicastFlood'),
  onOff('bcast_flood', 'broadcastFlood'),
  onOff('mcast_to_unicast', 'multicastToUnicast'),
  onOff('proxy_arp', 'proxyArp'),
  onOff('proxy_arp_wifi', 'proxyArpWifi'),
  { word: 'mcast_router', field: 'multicastRouter', read: parseU8, message: 'invalid mcast_router' },
  onOff('mcast_fast_leave', 'fastLeave'),
  onOff('neigh_suppress', 'neighSuppress'),
  { word: 'group_fwd_mask', field: 'groupForwardMask', read: parseU16, message: 'invalid group_fwd_mask' },
  onOff('vlan_tunnel', 'vlanTunnel'),
  onOff('isolated', 'isolated'),
  onOff('locked', 'locked'),
];
const portUsage = (): string =>
  usageLines(
    'Usage: ... bridge_slave [ fdb_flush ]',
    ...[
      'state STATE',
      'priority PRIO',
      'cost COST',
      'guard {on | off}',
      'hairpin {on | off}',
      'fastleave {on | off}',
      'root_block {on | off}',
      'learning {on | off}',
    ].map(portUsageRow),
    ...[
      'flood {on | off}',
      'proxy_arp {on | off}',
      'proxy_arp_wifi {on | off}',
      'mcast_router MULTICAST_ROUTER',
      'mcast_fast_leave {on | off}',
      'mcast_flood {on | off}',
    ].map(portUsageRow),
    ...[
      'bcast_flood {on | off}',
      'mcast_to_unicast {on | off}',
      'group_fwd_mask MASK',
      'neigh_suppress {on | off}',
      'vlan_tunnel {on | off}',
      'isolated {on | off}',
      'locked {on | off}',
    ].map(portUsageRow),
    '\t\t\t[ backup_port DEVICE ] [ nobackup_port ]',
  );
const portUsageRow = (text: string): string => `\t\t\t[ ${text} ]`;

function parsePort(session: Session, args: Arguments): BridgePortOptions {
  const options: BridgePortOptions = {};
  for (; !args.isAtEnd; args.advance()) {
    const found = PORT_OPTIONS.find(({ word }) => args.begins(word));
    if (args.begins('fdb_flush')) options.flush = true;
    else if (found) {
      const word = args.next();
      const value =
        found.read === 'on-off'
          ? oneOf(found.word, word, ['off', 'on'], (text) => leave(1, text)) === 1
          : (found.read(word) ?? invalidArgument(found.message ?? '', word));
      Object.assign(options, { [found.field]: value });
    } else if (args.begins('backup_port')) options.backupPort = session.indexOf(args.next()) || invalidArgument('Device does not exist\n', args.word);
    else if (args.begins('nobackup_port')) options.backupPort = 0;
    else if (args.begins('help')) giveUp(USAGE_ERROR, portUsage());
    else giveUp(USAGE_ERROR, `bridge_slave: unknown option "${args.word}"?\n${portUsage()}`);
  }
  return options;
}

const FORWARD_MASK_NAMES: Readonly<Record<number, string>> = { 0: 'stp', 2: 'lacp', 14: 'lldp' };
function maskWords(mask: number): string {
  const words: string[] = [];
  for (let bit = 0; bit < 16; bit++) if ((mask & (1 << bit)) !== 0) words.push(FORWARD_MASK_NAMES[bit] ?? `0x${(1 << bit).toString(16)}`);
  return words.length > 0 ? words.join(',') : '0x0';
}

export function printPortDetails(session: Session, port: BridgePort): void {
  const { printer } = session;
  const number = (word: string, value: number, key = word): void => printer.any(key, `${word} ${value} `, value);
  const hex = (word: string, value: number, key: string): void => printer.hex(key, `${word} ${value === 0 ? '0' : `0x${value.toString(16)}`} `, value);
  const flag = (word: string, value: boolean): void => printer.onOff(word, (state) => `${word} ${state} `, value);
  const state = PORT_STATE_NAMES[port.state] ?? String(port.state);
  printer.any('state', `state ${state} `, state);
  number('priority', port.priority);
  number('cost', port.pathCost);
  flag('hairpin', port.hairpin);
  flag('guard', port.guard);
  flag('root_block', port.rootBlock);
  flag('fastleave', port.fastLeave);
  flag('learning', port.learning);
  flag('flood', port.flood);
  hex('port_id', port.portId, 'id');
  hex('port_no', port.number, 'no');
  number('designated_port', port.designatedPort);
  number('designated_cost', port.designatedCost);
  const bridge = formatBridgeId(port.designatedBridge.priority, port.designatedBridge.mac);
  printer.any('bridge_id', `designated_bridge ${bridge} `, bridge);
  const root = formatBridgeId(port.designatedRoot.priority, port.designatedRoot.mac);
  printer.any('root_id', `designated_root ${root} `, root);
  printTimer(session, 'hold_timer', port.holdTimer);
  printTimer(session, 'message_age_timer', port.messageAgeTimer);
  printTimer(session, 'forward_delay_timer', port.forwardDelayTimer);
  number('topology_change_ack', port.topologyChangeAck ? 1 : 0);
  number('config_pending', port.configPending ? 1 : 0);
  flag('proxy_arp', port.proxyArp);
  flag('proxy_arp_wifi', port.proxyArpWifi);
  number('mcast_router', port.multicastRouter, 'multicast_router');
  printer.text(`mcast_fast_leave ${port.fastLeave ? 'on' : 'off'} `);
  flag('mcast_flood', port.multicastFlood);
  flag('bcast_flood', port.broadcastFlood);
  flag('mcast_to_unicast', port.multicastToUnicast);
  flag('neigh_suppress', port.neighSuppress);
  hex('group_fwd_mask', port.groupForwardMask, 'group_fwd_mask');
  const words = maskWords(port.groupForwardMask);
  printer.any('group_fwd_mask_str', `group_fwd_mask_str ${words} `, words);
  flag('vlan_tunnel', port.vlanTunnel);
  flag('isolated', port.isolated);
  flag('locked', port.locked);
  if (port.backupPort) printer.any('backup_port', `backup_port ${port.backupPort.name} `, port.backupPort.name);
}

export const BRIDGE_PORT_KIND: Kind = {
  names: ['bridge_slave'],
  plain: () => undefined,
  parse: (session, args, command) => {
    command.request.port = parsePort(session, args);
    return undefined;
  },
  print: (session, device) => {
    const port = bridgePortOf(device);
    if (port) printPortDetails(session, port);
  },
  usage: portUsage,
};
