/** /proc/net/snmp, netstat, snmp6, dev_snmp6/: what the reader's network namespace has counted, in the kernel's own tables. */
import type { Bytes } from '../base/index.ts';
import { TcpSocket, TcpState, type TypeCounts, type IcmpMib, type Netns } from '../kernel/index.ts';
import { fileOf, type DynamicNode } from '../shell/index.ts';
import { ICMP6_TYPES, ICMP_TYPES, IP, IP6, IP_EXT, MPTCP_EXT, TCP, TCP_EXT, UDP, UDP6, UDP_LITE6 } from './mib-tables.ts';
import { netnsOf } from './net-namespace.ts';
import { table } from './proc-net-format.ts';

/** A counter that nothing here moves is zero. */
const valueOf = (counters: object, name: string): number => {
  const value = (counters as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'number' ? value : 0;
};
const NONE = {};

type Cell = readonly [name: string, value: number];
const cells = (names: readonly string[], counters: object): readonly Cell[] => names.map((name) => [name, valueOf(counters, name)]);
const pair = (title: string, row: readonly Cell[]): Bytes =>
  `${title}: ${row.map(([name]) => name).join(' ')}\n${title}: ${row.map(([, value]) => value).join(' ')}\n`;

const isEstablished = (socket: TcpSocket): boolean => socket.state === TcpState.ESTABLISHED || socket.state === TcpState.CLOSE_WAIT;
const established = (netns: Netns): number => [...netns.sockets].filter((socket) => socket instanceof TcpSocket && isEstablished(socket)).length;

/** RTO algorithm (other), bounds in milliseconds, no limit of connections. */
const TCP_CONSTANTS: readonly Cell[] = [
  ['RtoAlgorithm', 1],
  ['RtoMin', 200],
  ['RtoMax', 120_000],
  ['MaxConn', -1],
];

function icmpCells(icmp: IcmpMib): readonly Cell[] {
  const named = (direction: 'In' | 'Out', counts: TypeCounts): readonly Cell[] => ICMP_TYPES.map(([name, type]) => [`${direction}${name}`, counts.of(type)]);
  return [
    ...cells(['InMsgs', 'InErrors', 'InCsumErrors'], icmp),
    ...named('In', icmp.inTypes),
    ...cells(['OutMsgs', 'OutErrors', 'OutRateLimitGlobal', 'OutRateLimitHost'], icmp),
    ...named('Out', icmp.outTypes),
  ];
}
/** icmpmsg_put: what came or went at all, sixteen in a line. */
function icmpTypes({ inTypes, outTypes }: IcmpMib): Bytes {
  const list = (direction: string, counts: TypeCounts): Cell[] => counts.inOrder().map(([type, count]) => [`${direction}${type}`, count]);
  const all = [...list('InType', inTypes), ...list('OutType', outTypes)];
  let text = '';
  for (let at = 0; at < all.length; at += ICMP_TYPES_IN_A_LINE) text += pair('IcmpMsg', all.slice(at, at + ICMP_TYPES_IN_A_LINE));
  return text;
}
const ICMP_TYPES_IN_A_LINE = 16;

function snmp(netns: Netns): Bytes {
  const { ip, icmp, tcp, udp } = netns.mib;
  const general: readonly Cell[] = [
    ['Forwarding', netns.ipv4All.forwarding !== 0 ? 1 : 2],
    ['DefaultTTL', netns.ipv4.ip_default_ttl],
  ];
  return (
    pair('Ip', [...general, ...IP.map((name): Cell => [name, name === 'ForwDatagrams' ? ip.OutForwDatagrams : valueOf(ip, name)])]) +
    pair('Icmp', icmpCells(icmp)) +
    icmpTypes(icmp) +
    pair('Tcp', [...TCP_CONSTANTS, ...TCP.map((name): Cell => [name, name === 'CurrEstab' ? established(netns) : valueOf(tcp, name)])]) +
    pair('Udp', cells(UDP, udp)) +
    pair('UdpLite', cells(UDP, NONE))
  );
}

function netstat(netns: Netns): Bytes {
  const { ip, tcp } = netns.mib;
  return pair('TcpExt', cells(TCP_EXT, tcp)) + pair('IpExt', cells(IP_EXT, ip)) + pair('MPTcpExt', cells(MPTCP_EXT, NONE));
}

const lines = (prefix: string, row: readonly Cell[]): Bytes => row.map(([name, value]) => `${`${prefix}${name}`.padEnd(32)}\t${value}\n`).join('');

/** Devices do not limit rates: their table lacks that counter. */
function icmp6Lines(icmp: IcmpMib, of: 'namespace' | 'device'): Bytes {
  const head = ['InMsgs', 'InErrors', 'OutMsgs', 'OutErrors', 'InCsumErrors', ...(of === 'namespace' ? ['OutRateLimitHost'] : [])];
  const named = (direction: 'In' | 'Out', counts: TypeCounts): readonly Cell[] => ICMP6_TYPES.map(([name, type]) => [`${direction}${name}`, counts.of(type)]);
  const numbered = (direction: 'In' | 'Out', counts: TypeCounts): readonly Cell[] =>
    counts.inOrder().map(([type, count]) => [`${direction}Type${type}`, count]);
  const { inTypes, outTypes } = icmp;
  return lines('Icmp6', [...cells(head, icmp), ...named('In', inTypes), ...named('Out', outTypes), ...numbered('In', inTypes), ...numbered('Out', outTypes)]);
}
function snmp6(netns: Netns): Bytes {
  const { ip6, icmp6, udp6 } = netns.mib;
  return lines('Ip6', cells(IP6, ip6)) + icmp6Lines(icmp6, 'namespace') + lines('Udp6', cells(UDP6, udp6)) + lines('UdpLite6', cells(UDP_LITE6, NONE));
}

/** Each device with IPv6 has a file. */
const devSnmp6: DynamicNode = {
  kind: 'dir',
  list: (caller) => [...netnsOf(caller).devices.values()].filter(({ ipv6 }) => ipv6 !== null).map(({ name }) => name),
  lookup: (name, caller) => {
    const device = netnsOf(caller).device(name);
    const own = device?.ipv6;
    if (!own || device.name !== name) return undefined;
    return fileOf(() => lines('', [['ifIndex', device.index]]) + lines('Ip6', cells(IP6, own.mib)) + icmp6Lines(own.icmpMib, 'device'));
  },
};

export const PROC_NET_SNMP: Readonly<Record<string, DynamicNode>> = {
  dev_snmp6: devSnmp6,
  netstat: table(netstat),
  snmp: table(snmp),
  snmp6: table(snmp6),
};
