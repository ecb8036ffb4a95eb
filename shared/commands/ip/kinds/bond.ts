/** `type bond` of `ip link`, and what `ip -d link` says of bonds and of what is in them. Authority: ip/iplink_bond.c, iplink_bond_slave.c. */
import { Bond, BOND_MODES, bondSlaveOf, type BondOptions, type Device } from '../../../kernel/index.ts';
import { formatIpv4, formatMac } from '../../../wire/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import { giveUp, invalidArgument } from '../../iproute2/exit.ts';
import { parseU32, parseU8 } from '../../iproute2/numbers.ts';
import { Family, takeAddress } from '../../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../../iproute2/session.ts';
import { bondUsage } from '../usage-bond.ts';
import { usageLines, type Kind } from './kind.ts';

const ARP_VALIDATE = ['none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'] as const;
const ARP_ALL_TARGETS = ['any', 'all'] as const;
const PRIMARY_RESELECT = ['always', 'better', 'failure'] as const;
const FAIL_OVER_MAC = ['none', 'active', 'follow'] as const;
const HASH_POLICIES = ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'] as const;
const LACP_ACTIVE = ['off', 'on'] as const;
const LACP_RATE = ['slow', 'fast'] as const;
const AD_SELECT = ['stable', 'bandwidth', 'count'] as const;

type NumberKey = Exclude<keyof BondOptions, 'arpTargets'>;
interface Option {
  readonly word: string;
  readonly key: NumberKey;
  /** Names of the values, or how large a number is. */
  readonly values: readonly string[] | 'u32' | 'u8' | 'device';
  /** Whole words only. */
  readonly exact?: true;
}
/** In the order in which abbreviations are tried; `arp_ip_target` and the like stand by themselves. */
const OPTIONS: readonly Option[] = [
  { word: 'mode', key: 'mode', values: BOND_MODES },
  { word: 'active_slave', key: 'activeSlave', values: 'device' },
  { word: 'miimon', key: 'miimon', values: 'u32' },
  { word: 'updelay', key: 'updelay', values: 'u32' },
  { word: 'downdelay', key: 'downdelay', values: 'u32' },
  { word: 'peer_notify_delay', key: 'peerNotifyDelay', values: 'u32' },
  { word: 'use_carrier', key: 'useCarrier', values: 'u8' },
  { word: 'arp_interval', key: 'arpInterval', values: 'u32' },
  { word: 'arp_validate', key: 'arpValidate', values: ARP_VALIDATE },
  { word: 'arp_all_targets', key: 'arpAllTargets', values: ARP_ALL_TARGETS },
  { word: 'arp_missed_max', key: 'arpMissedMax', values: 'u8', exact: true },
  { word: 'primary', key: 'primary', values: 'device' },
  { word: 'primary_reselect', key: 'primaryReselect', values: PRIMARY_RESELECT },
  { word: 'fail_over_mac', key: 'failOverMac', values: FAIL_OVER_MAC },
  { word: 'xmit_hash_policy', key: 'xmitHashPolicy', values: HASH_POLICIES },
  { word: 'resend_igmp', key: 'resendIgmp', values: 'u32' },
  { word: 'num_grat_arp', key: 'peerNotifications', values: 'u8' },
  { word: 'num_unsol_na', key: 'peerNotifications', values: 'u8' },
  { word: 'all_slaves_active', key: 'allSlavesActive', values: 'u8' },
  { word: 'min_links', key: 'minLinks', values: 'u32' },
  { word: 'lp_interval', key: 'lpInterval', values: 'u32' },
  { word: 'packets_per_slave', key: 'packetsPerSlave', values: 'u32' },
  { word: 'lacp_rate', key: 'lacpRate', values: LACP_RATE },
  { word: 'lacp_active', key: 'lacpActive', values: LACP_ACTIVE, exact: true },
  { word: 'ad_select', key: 'adSelect', values: AD_SELECT },
  { word: 'tlb_dynamic_lb', key: 'tlbDynamicLb', values: 'u8' },
];
const BEYOND = ['ns_ip6_target', 'ad_user_port_key', 'ad_actor_sys_prio', 'ad_actor_system'];

function readValue(session: Session, args: Arguments, { word, values }: Option): number {
  const value = args.next();
  const refused = (): never => invalidArgument(`invalid ${word.startsWith('num_') ? 'num_grat_arp|num_unsol_na' : word}`, value);
  if (values === 'device') return session.indexOf(value) || giveUp(USAGE_ERROR, `Cannot find device "${value}"\n`);
  if (values === 'u32') return parseU32(value) ?? refused();
  if (values === 'u8') return parseU8(value) ?? refused();
  const index = values.indexOf(value);
  return index < 0 ? refused() : index;
}
function parseBond(session: Session, args: Arguments): BondOptions {
  const options: BondOptions = {};
  for (; !args.isAtEnd; args.advance()) {
    const option = OPTIONS.find(({ word, exact }) => (exact ? args.is(word) : args.begins(word)));
    if (option) options[option.key] = readValue(session, args, option);
    else if (args.begins('clear_active_slave')) options.activeSlave = 0;
    else if (args.begins('arp_ip_target')) {
      options.arpTargets = args
        .next()
        .split(',')
        .map((address) => takeAddress(address, Family.INET).v4);
    } else if (BEYOND.some((word) => args.is(word))) giveUp(KERNEL_ERROR, `not modelled: ${args.word} of bonds\n`);
    else giveUp(USAGE_ERROR, args.begins('help') ? bondUsage() : `bond: unknown command "${args.word}"?\n${bondUsage()}`);
  }
  return options;
}

function printBond(session: Session, device: Device): void {
  if (!(device instanceof Bond)) return;
  const { printer, netns } = session;
  const s = device.settings;
  const word = (key: string, values: readonly string[], value: number, shown = key): void =>
    printer.any(key, `${shown} ${values[value] ?? 'UNKNOWN'} `, values[value] ?? 'UNKNOWN');
  const number = (key: string, value: number, shown = key): void => printer.any(key, `${shown} ${value} `, value);
  const slave = (key: string, index: number): void => {
    const name = netns.devices.get(index)?.name;
    if (name !== undefined && index !== 0) printer.any(key, `${key} ${name} `, name);
  };
  word('mode', BOND_MODES, s.mode);
  slave('active_slave', device.activeSlave?.device.index ?? 0);
  number('miimon', s.miimon);
  number('updelay', s.updelay);
  number('downdelay', s.downdelay);
  number('peer_notify_delay', s.peerNotifyDelay);
  number('use_carrier', s.useCarrier);
  number('arp_interval', s.arpInterval);
  number('arp_missed_max', s.arpMissedMax);
  if (s.arpTargets.length > 0) {
    printer.openArray('arp_ip_target');
    printer.text(`arp_ip_target ${s.arpTargets.map(formatIpv4).join(',')} `);
    for (const target of s.arpTargets) printer.member(null, formatIpv4(target));
    printer.closeArray();
  }
  if (s.arpValidate === 0 && printer.isJson) printer.member('arp_validate', null);
  else word('arp_validate', ARP_VALIDATE, s.arpValidate);
  word('arp_all_targets', ARP_ALL_TARGETS, s.arpAllTargets);
  slave('primary', s.primary);
  word('primary_reselect', PRIMARY_RESELECT, s.primaryReselect);
  word('fail_over_mac', FAIL_OVER_MAC, s.failOverMac);
  word('xmit_hash_policy', HASH_POLICIES, s.xmitHashPolicy);
  number('resend_igmp', s.resendIgmp);
  number('num_peer_notif', s.peerNotifications, 'num_grat_arp');
  number('all_slaves_active', s.allSlavesActive);
  number('min_links', s.minLinks);
  number('lp_interval', s.lpInterval);
  number('packets_per_slave', s.packetsPerSlave);
  word('ad_lacp_active', LACP_ACTIVE, s.lacpActive, 'lacp_active');
  word('ad_lacp_rate', LACP_RATE, s.lacpRate, 'lacp_rate');
  word('ad_select', AD_SELECT, s.adSelect);
  number('tlb_dynamic_lb', s.tlbDynamicLb);
}

const LINKS = { up: 'UP', 'going-down': 'GOING_DOWN', down: 'DOWN', 'going-back': 'GOING_BACK' } as const;
function printSlave({ printer }: Session, device: Device): void {
  const slave = bondSlaveOf(device);
  if (slave === null) return;
  const state = slave.active ? 'ACTIVE' : 'BACKUP';
  printer.any('state', `state ${state} `, state);
  printer.any('mii_status', `mii_status ${LINKS[slave.link]} `, LINKS[slave.link]);
  printer.any('link_failure_count', `link_failure_count ${slave.failures} `, slave.failures);
  printer.any('perm_hwaddr', `perm_hwaddr ${formatMac(slave.ownAddress)} `, formatMac(slave.ownAddress));
  printer.any('queue_id', `queue_id ${slave.queueId} `, slave.queueId);
  printer.any('prio', 'prio 0 ', 0);
}

export const BOND_KINDS: readonly Kind[] = [
  {
    names: ['bond'],
    plain: () => ({ kind: 'bond', options: {} }),
    parse: (session, args) => ({ kind: 'bond', options: parseBond(session, args) }),
    print: printBond,
    usage: bondUsage,
  },
  { names: ['bond_slave'], plain: () => undefined, parse: parseSlave, print: printSlave, usage: () => slaveUsage() },
  { names: ['team'], plain: () => ({ kind: 'team' }) },
  { names: ['team_slave'], plain: () => undefined },
];
const slaveUsage = (): string => usageLines('Usage: ... bond_slave [ queue_id ID ] [ prio PRIORITY ]');
/** The kernel is asked as for a kind that the device is not; queues of slaves are not modelled. */
function parseSlave(_session: Session, args: Arguments): { readonly kind: 'other'; readonly name: string } {
  for (; !args.isAtEnd; args.advance()) {
    if (!args.begins('queue_id') && !args.begins('prio')) giveUp(USAGE_ERROR, slaveUsage());
    if (parseU32(args.next()) === undefined) invalidArgument('queue_id is invalid', args.word);
  }
  return { kind: 'other', name: 'bond_slave' };
}
