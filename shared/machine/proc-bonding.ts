/** /proc/net/bonding (drivers/net/bonding/bond_procfs.c): a file for each bond of the reader's namespace. */
import type { Bytes } from '../base/index.ts';
import { Bond, BOND_MODES, type BondSlave, type Netns } from '../kernel/index.ts';
import { fileOf, type DynamicDir } from '../shell/index.ts';
import { formatIpv4, formatMac } from '../wire/index.ts';
import { netnsOf } from './net-namespace.ts';
import { KERNEL_RELEASE } from './release.ts';

const DESCRIPTIONS: Readonly<Record<(typeof BOND_MODES)[number], string>> = {
  'balance-rr': 'load balancing (round-robin)',
  'active-backup': 'fault-tolerance (active-backup)',
  'balance-xor': 'load balancing (xor)',
  broadcast: 'fault-tolerance (broadcast)',
  '802.3ad': 'IEEE 802.3ad Dynamic link aggregation',
  'balance-tlb': 'transmit load balancing',
  'balance-alb': 'adaptive load balancing',
};
const HASH_POLICIES = ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'];
const RESELECT = ['always', 'better', 'failure'];
const FAIL_OVER_MAC = ['none', 'active', 'follow'];
const AD_SELECT = ['stable', 'bandwidth', 'count'];
const LINKS = { up: 'up', 'going-down': 'going down', down: 'down', 'going-back': 'going back' } as const;

export const bondsOf = (netns: Netns): Bond[] => [...netns.devices.values()].filter((device) => device instanceof Bond);

export const BONDING_DIR: DynamicDir = {
  kind: 'dir',
  list: (caller) => bondsOf(netnsOf(caller)).map(({ name }) => name),
  lookup: (name, caller) => {
    const bond = bondsOf(netnsOf(caller)).find((device) => device.name === name);
    return bond && fileOf(() => describe(bond));
  },
};

/** bond_info_show_master. */
function describe(bond: Bond): Bytes {
  const s = bond.settings;
  const mode = BOND_MODES[s.mode] ?? 'balance-rr';
  const usesActive = ['active-backup', 'balance-tlb', 'balance-alb'].includes(mode);
  const hashes = ['balance-xor', '802.3ad', 'balance-tlb'].includes(mode);
  const nameOf = (index: number): string | undefined => (index === 0 ? undefined : bond.netns.devices.get(index)?.name);
  const primary = nameOf(s.primary);
  const follows = mode === 'active-backup' && s.failOverMac !== 0 ? ` (fail_over_mac ${FAIL_OVER_MAC[s.failOverMac] ?? ''})` : '';
  const rows = [
    `Ethernet Channel Bonding Driver: v${KERNEL_RELEASE}`,
    '',
    `Bonding Mode: ${DESCRIPTIONS[mode]}${follows}`,
    ...(hashes ? [`Transmit Hash Policy: ${HASH_POLICIES[s.xmitHashPolicy] ?? ''} (${s.xmitHashPolicy})`] : []),
    ...(usesActive ? [`Primary Slave: ${primary === undefined ? 'None' : `${primary} (primary_reselect ${RESELECT[s.primaryReselect] ?? ''})`}`] : []),
    ...(usesActive ? [`Currently Active Slave: ${bond.activeSlave?.device.name ?? 'None'}`] : []),
    `MII Status: ${bond.carrier ? 'up' : 'down'}`,
    `MII Polling Interval (ms): ${s.miimon}`,
    `Up Delay (ms): ${s.updelay}`,
    `Down Delay (ms): ${s.downdelay}`,
    `Peer Notification Delay (ms): ${s.peerNotifyDelay}`,
    ...(s.arpInterval > 0 ? arpRows(bond) : []),
    ...(mode === '802.3ad' ? lacpRows(bond) : []),
    ...bond.slaves.flatMap(slaveRows),
  ];
  return rows.map((row) => `${row}\n`).join('');
}
function arpRows({ settings }: Bond): string[] {
  return [
    `ARP Polling Interval (ms): ${settings.arpInterval}`,
    `ARP Missed Max: ${settings.arpMissedMax}`,
    `ARP IP target/s (n.n.n.n form):${settings.arpTargets.map((target) => ` ${formatIpv4(target)}`).join(',')}`,
    'NS IPv6 target/s (xx::xx form):',
  ];
}
function lacpRows({ settings }: Bond): string[] {
  return [
    '',
    '802.3ad info',
    `LACP active: ${settings.lacpActive === 1 ? 'on' : 'off'}`,
    `LACP rate: ${settings.lacpRate === 1 ? 'fast' : 'slow'}`,
    `Min links: ${settings.minLinks}`,
    `Aggregator selection policy (ad_select): ${AD_SELECT[settings.adSelect] ?? ''}`,
  ];
}
/** bond_info_show_slave. */
function slaveRows(slave: BondSlave): string[] {
  const { speedMbps, name } = slave.device;
  return [
    '',
    `Slave Interface: ${name}`,
    `MII Status: ${LINKS[slave.link]}`,
    `Speed: ${speedMbps === 0 ? 'Unknown' : `${speedMbps} Mbps`}`,
    `Duplex: ${speedMbps === 0 ? 'Unknown' : 'full'}`,
    `Link Failure Count: ${slave.failures}`,
    `Permanent HW addr: ${formatMac(slave.ownAddress)}`,
    `Slave queue ID: ${slave.queueId}`,
  ];
}
