/**
 * /proc/net: tables of the reader's network namespace in the kernel's own columns (net/ipv4/fib_trie.c, arp.c, net/core/net-procfs.c).
 * Tables of sockets are in proc-net-sockets.ts.
 */
import type { Bytes } from '../base/index.ts';
import { Bridge, Nud, NUD_VALID, RouteTable, routes6InOrder, type Device, type Netns, type Route, type Route6 } from '../kernel/index.ts';
import { fileOf, type Caller, type DynamicNode } from '../shell/index.ts';
import { formatIpv4, formatMac, type Mac } from '../wire/index.ts';
import { BONDING_DIR } from './proc-bonding.ts';
import { hexAddress, table } from './proc-net-format.ts';
import { PROC_NET_NETFILTER } from './proc-net-netfilter.ts';
import { RECENT_DIR } from './proc-net-recent.ts';
import { PROC_NET_SNMP } from './proc-net-snmp.ts';
import { PROC_NET_SOCKETS } from './proc-net-sockets.ts';
import { PROC_NET_TABLES } from './proc-net-tables.ts';
import { procNetVlan } from './proc-net-vlan.ts';

function dev(netns: Netns): Bytes {
  const head =
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
  return head + devices(netns).map(devLine).join('');
}
const devices = (netns: Netns): Device[] => [...netns.devices.values()].sort((a, b) => a.index - b.index);

/** Widths of dev_seq_printf_stats(). */
function devLine(device: Device): string {
  const s = device.stats;
  const row = (...cells: readonly (readonly [number, number])[]): string => cells.map(([value, width]) => String(value).padStart(width)).join(' ');
  const received = row([s.rxBytes, 7], [s.rxPackets, 7], [s.rxErrors, 4], [s.rxDropped, 4], [0, 4], [0, 5], [0, 10], [s.multicast, 9]);
  const sent = row([s.txBytes, 8], [s.txPackets, 7], [s.txErrors, 4], [s.txDropped, 4], [0, 4], [s.collisions, 5], [s.txCarrierErrors, 7], [0, 10]);
  return `${device.name.padStart(6)}: ${received} ${sent}\n`;
}

const RTF = { UP: 1, GATEWAY: 2, HOST: 4, REJECT: 0x200, NONEXTHOP: 0x200000, EXPIRES: 0x400000, ADDRCONF: 0x40000, LOCAL: 0x80000000 } as const;

function routeLine(route: Route): string {
  const [nexthop] = route.nexthops;
  const isError = route.type === 'unreachable' || route.type === 'prohibit';
  if (route.type === 'broadcast' || route.type === 'multicast') return '';
  const gateway = nexthop?.gateway ?? 0;
  const flags = RTF.UP | (isError ? RTF.REJECT : 0) | (gateway !== 0 ? RTF.GATEWAY : 0) | (route.length === 32 ? RTF.HOST : 0);
  const mask = route.length === 0 ? 0 : -1 << (32 - route.length);
  const name = nexthop?.device?.name ?? '*';
  const metrics = route.metrics;
  const mss = metrics?.advmss !== undefined ? metrics.advmss + 40 : 0;
  const row = `${name}\t${hexAddress(route.prefix)}\t${hexAddress(gateway)}\t${flags.toString(16).toUpperCase().padStart(4, '0')}\t0\t0\t${route.priority}\t${hexAddress(mask)}\t${mss}\t${metrics?.window ?? 0}\t${Math.floor((metrics?.rtt ?? 0) / 8)}`;
  return `${row.padEnd(127)}\n`;
}

function route(netns: Netns): Bytes {
  // fib_get_table: before the first address there are no tables, and no heading.
  if (netns.tables.size === 0) return '';
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127);
  const rows = [...(netns.tables.get(254)?.prefixes.values() ?? [])].flat();
  // fib_route_seq walks the trie's leaves: by prefix, the longest of equal prefixes first
  rows.sort((a, b) => (a.prefix >>> 0) - (b.prefix >>> 0) || b.length - a.length);
  return `${head}\n${rows.map(routeLine).join('')}`;
}

const ANY6 = '0'.repeat(32);
const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
/** What a table answers for what it does not have. */
const NULL_ENTRY = `${ANY6} 00 ${ANY6} 00 ${ANY6} ffffffff 00000001 00000000 00200200       lo\n`;

/** rt6_seq_show. Deviation: who refers to a route, and how often it was used, is not counted. */
function route6Line(route: Route6): string {
  const isReject = route.type === 'blackhole' || route.type === 'unreachable' || route.type === 'prohibit' || route.type === 'throw';
  let flags = isReject ? RTF.REJECT | RTF.NONEXTHOP | RTF.UP : RTF.UP;
  if (route.type === 'local') flags |= RTF.NONEXTHOP | RTF.LOCAL;
  if (route.gateway !== null) flags |= RTF.GATEWAY;
  if (route.length === 128 && route.type === 'unicast') flags |= RTF.HOST;
  if (route.expiresUs !== null) flags |= RTF.EXPIRES;
  const references = isReject || route.gateway !== null ? 1 : route.type === 'multicast' ? 4 : 2;
  const numbers = [route.priority, references, 0, flags].map(hex8).join(' ');
  return `${route.prefix} ${route.length.toString(16).padStart(2, '0')} ${ANY6} 00 ${route.gateway ?? ANY6} ${numbers} ${(route.device?.name ?? 'lo').padStart(8)}\n`;
}
/** The main table, then the local one, as in the kernel's hash of tables. */
function ipv6Route(netns: Netns): Bytes {
  const all = routes6InOrder(netns);
  const of = (id: number): string =>
    all
      .filter((route) => route.table === id)
      .map(route6Line)
      .join('') + NULL_ENTRY;
  return of(RouteTable.MAIN) + of(RouteTable.LOCAL);
}

/** igmp_mc_seq_show: the newest group first; that of all hosts is as old as the device is up, those of a bridge are older. */
function igmp(netns: Netns): Bytes {
  let text = 'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n';
  for (const device of devices(netns)) {
    if (device.ipv4 === null) continue;
    const joined = [...device.ipv4.groups].reverse();
    const all: (readonly [number, number])[] = device.isUp ? [[ALL_HOSTS, 1]] : [];
    const groups = device instanceof Bridge ? [...all, ...joined] : [...joined, ...all];
    if (groups.length === 0) continue;
    text += `${device.index}\t${device.name.padEnd(10)}: ${String(groups.length).padStart(5)} ${'V3'.padStart(7)}\n`;
    for (const [group, users] of groups) text += `\t\t\t\t${hexAddress(group)} ${String(users).padStart(5)} 0:00000000\t\t0\n`;
  }
  return text;
}
/** dev_mc_seq_show: link-layer groups with their users. */
function devMcast(netns: Netns): Bytes {
  const row = (device: Device, mac: Mac, users: number): string =>
    `${String(device.index).padEnd(4)} ${device.name.padEnd(15)} ${String(users).padEnd(5)} ${'0'.padEnd(5)} ${formatMac(mac).replaceAll(':', '')}\n`;
  return devices(netns)
    .flatMap((device) => [...device.multicastMacs].map(([mac, users]) => row(device, mac, users)))
    .join('');
}
/** 224.0.0.1. */
const ALL_HOSTS = 0xe0000001 | 0;

/** igmp6_mc_seq_show: what is reported to routers is 4 (MAF_LAST_REPORTER), all nodes' own groups are not (8: MAF_NOREPORT). */
function igmp6(netns: Netns): Bytes {
  const rows: string[] = [];
  for (const device of devices(netns)) {
    for (const [group, users] of [...(device.ipv6?.groups ?? [])].reverse()) {
      const flags = group === 'ff010000000000000000000000000001' ? 8 : group === 'ff020000000000000000000000000001' ? 0xc : 4;
      rows.push(`${String(device.index).padEnd(4)} ${device.name.padEnd(15)} ${group} ${String(users).padStart(5)} ${hex8(flags).toUpperCase()} 0\n`);
    }
  }
  return rows.join('');
}

const ATF = { COMPLETE: 2, PERMANENT: 4, PUBLISHED: 8 } as const;

function arp(netns: Netns): Bytes {
  const head = 'IP address       HW type     Flags       HW address            Mask     Device\n';
  const rows: string[] = [];
  const row = (address: number, type: number, flags: number, mac: string, name: string): string =>
    `${formatIpv4(address).padEnd(16)} 0x${type.toString(16).padEnd(10)}0x${flags.toString(16).padEnd(10)}${mac.padEnd(17)}     *        ${name}\n`;
  for (const device of devices(netns)) {
    for (const neighbour of device.ipv4?.neighbours.values() ?? []) {
      if ((neighbour.state & Nud.NOARP) !== 0 || neighbour.state === Nud.NONE) continue;
      const flags = (neighbour.state & Nud.PERMANENT) !== 0 ? ATF.COMPLETE | ATF.PERMANENT : (neighbour.state & NUD_VALID) !== 0 ? ATF.COMPLETE : 0;
      rows.push(row(neighbour.address as number, device.hardwareType, flags, formatMac(neighbour.mac), device.name));
    }
  }
  for (const proxy of netns.proxyNeighbours) {
    if (proxy.family === 4)
      rows.push(row(proxy.address as number, proxy.device?.hardwareType ?? 0, ATF.PERMANENT | ATF.PUBLISHED, '00:00:00:00:00:00', proxy.device?.name ?? '*'));
  }
  return head + rows.join('');
}

function ifInet6(netns: Netns): Bytes {
  const rows: string[] = [];
  for (const device of devices(netns)) {
    for (const address of device.ipv6?.addresses ?? []) {
      const flags = (address.permanent ? 0x80 : 0) | (address.tentative ? 0x40 : 0) | (address.dadFailed ? 0x08 : 0) | (address.noDad ? 0x02 : 0);
      const hex = (value: number): string => value.toString(16).padStart(2, '0');
      const scope = address.scope === 254 ? 0x10 : address.scope === 253 ? 0x20 : 0;
      rows.push(`${String(address.address)} ${hex(device.index)} ${hex(address.prefixLength)} ${hex(scope)} ${hex(flags)} ${device.name.padStart(8)}\n`);
    }
  }
  return rows.join('');
}

/** The entries of /proc/net. */
export const PROC_NET: Readonly<Record<string, DynamicNode | ((caller: Caller) => DynamicNode | undefined)>> = {
  arp: table(arp),
  bonding: BONDING_DIR,
  dev: table(dev),
  dev_mcast: table(devMcast),
  if_inet6: table(ifInet6),
  igmp: table(igmp),
  igmp6: table(igmp6),
  ipv6_route: table(ipv6Route),
  route: table(route),
  ...PROC_NET_NETFILTER,
  ...PROC_NET_SNMP,
  ...PROC_NET_TABLES,
  ...PROC_NET_SOCKETS,
  xt_recent: RECENT_DIR,
  vlan: procNetVlan,
  wireless: fileOf(
    () =>
      'Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n',
  ),
};
