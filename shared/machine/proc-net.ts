/**
 * /proc/net: tables of the reader's network namespace in the kernel's own columns (net/ipv4/fib_trie.c, arp.c, net/core/net-procfs.c).
 * Tables of sockets are in proc-net-sockets.ts.
 */
import type { Bytes } from '../base/index.ts';
import { Nud, NUD_VALID, type Device, type Netns, type Route } from '../kernel/index.ts';
import { formatIpv4, formatMac } from '../wire/index.ts';

import { netnsOf } from './net-namespace.ts';
import { fileOf, type Caller, type DynamicNode } from '../shell/index.ts';

const table = (make: (netns: Netns) => Bytes): DynamicNode => fileOf((caller: Caller) => make(netnsOf(caller)));

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

/** An address as the little-endian machine's 32-bit number. */
const hexAddress = (address: number): string => {
  const n = address >>> 0;
  return [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
};

const RTF = { UP: 1, GATEWAY: 2, HOST: 4, REJECT: 0x200 } as const;

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
  const row = `${name}\t${hexAddress(route.prefix)}\t${hexAddress(gateway)}\t${flags.toString(16).toUpperCase().padStart(4, '0')}\t0\t0\t${route.priority}\t${hexAddress(mask)}\t${mss}\t${metrics?.window ?? 0}\t${metrics?.rtt ?? 0}`;
  return `${row.padEnd(127)}\n`;
}

function route(netns: Netns): Bytes {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127);
  const rows = [...(netns.tables.get(254)?.prefixes.values() ?? [])].flat();
  // fib_route_seq walks the trie's leaves: by prefix, the longest of equal prefixes first
  rows.sort((a, b) => (a.prefix >>> 0) - (b.prefix >>> 0) || b.length - a.length);
  return `${head}\n${rows.map(routeLine).join('')}`;
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

/** The entries of /proc/net that are no tables of sockets. */
export const PROC_NET: Readonly<Record<string, DynamicNode>> = {
  arp: table(arp),
  dev: table(dev),
  if_inet6: table(ifInet6),
  route: table(route),
  wireless: fileOf(
    () =>
      'Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n',
  ),
};
