/** The routing tables as route(8) and `netstat -r` print them. Authority: lib/inet_gr.c, lib/inet6_gr.c, net/ipv4/fib_trie.c (fib_route_seq_show). */
import type { Bytes } from '../../base/index.ts';
import { RouteTable, routes6InOrder, routesInOrder, type Netns, type Route, type Route6 } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6, ipv4Mask } from '../../wire/index.ts';
import type { Process } from '../../shell/index.ts';
import { showHost, showNetwork, type Shown } from './names.ts';

/** 1: metrics and use; 2: MSS, window, round-trip time; 3: all of it. */
export type Extent = 1 | 2 | 3;
const HEADS: Readonly<Record<Extent, string>> = {
  1: 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n',
  2: 'Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n',
  3: 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt\n',
};
const COLUMN = 15;
const column = (text: string): string => text.slice(0, COLUMN).padEnd(COLUMN);

function line(p: Process, route: Route, extent: Extent, how: Shown): Bytes {
  if (route.type === 'broadcast' || route.type === 'multicast') return '';
  const isReject = route.type === 'unreachable' || route.type === 'prohibit';
  const [nexthop] = route.nexthops;
  const isHost = route.length === 32;
  const mask = ipv4Mask(route.length);
  const gateway = nexthop?.gateway ?? 0;
  const name = nexthop?.device?.name ?? '*';
  const start = `${column(showNetwork(p, route.prefix, mask, how, isHost))} ${isReject ? '-'.padEnd(COLUMN) : column(showHost(p, gateway, how))} ${column(formatIpv4(mask))} `;
  const flags = `${isReject ? '!' : gateway === 0 ? 'U' : 'UG'}${isHost ? 'H' : ''}`.padEnd(5);
  const metric = String(route.priority).padEnd(6);
  const mss = route.metrics?.advmss === undefined ? 0 : route.metrics.advmss + 40;
  const window = route.metrics?.window ?? 0;
  const rtt = Math.floor((route.metrics?.rtt ?? 0) / 8);
  const use = '0';
  if (isReject) {
    if (extent === 1) return `${start}${flags} ${metric} -  ${use.padStart(7)} -\n`;
    return extent === 2 ? `${start}${flags}     - -          - -\n` : `${start}${flags} ${metric} -  ${use.padStart(7)} -        -     -      -\n`;
  }
  if (extent === 1) return `${start}${flags} ${metric} 0  ${use.padStart(7)} ${name}\n`;
  if (extent === 2) return `${start}${flags} ${String(mss).padStart(5)} ${String(window).padEnd(5)} ${String(rtt).padStart(6)} ${name}\n`;
  return `${start}${flags} ${metric} 0   ${use.padStart(6)} ${name.slice(0, 6).padEnd(6)}   ${String(mss).padEnd(5)} ${String(window).padEnd(6)} ${rtt}\n`;
}
export function routes4Text(p: Process, netns: Netns, extent: Extent, how: Shown): Bytes {
  const main = netns.tables.get(RouteTable.MAIN);
  const rows = main ? routesInOrder(main).map((route) => line(p, route, extent, how)) : [];
  return `Kernel IP routing table\n${HEADS[extent]}${rows.join('')}`;
}

function line6(route: Route6, how: Shown): Bytes {
  const isLocal = route.type === 'local' || route.type === 'anycast';
  const any = how === 'numeric' ? '::' : '[::]';
  const address = (text: string): string => (text === '::' ? any : text);
  const flags = isLocal ? 'Un' : route.type !== 'unicast' && route.type !== 'multicast' ? '!' : `U${route.gateway === null ? '' : 'G'}${route.length === 128 ? 'H' : ''}`;
  const destination = `${address(formatIpv6(route.prefix))}/${route.length}`;
  const next = route.gateway === null ? any : formatIpv6(route.gateway);
  return `${destination.padEnd(30)} ${next.padEnd(26)} ${flags.padEnd(4)} ${String(route.priority).padEnd(3)} 1      0 ${route.device?.name ?? 'lo'}\n`;
}
/** Deviation: the columns Ref and Use count what the model does not. */
export function routes6Text(netns: Netns, how: Shown): Bytes {
  const any = how === 'numeric' ? '::' : '[::]';
  const none = `${`${any}/0`.padEnd(30)} ${any.padEnd(26)} !n   -1  1      0 lo\n`;
  const all = routes6InOrder(netns);
  const rows = (of: (route: Route6) => boolean): string => all.filter(of).map((route) => line6(route, how)).join('');
  return `Kernel IPv6 routing table\nDestination                    Next Hop                   Flag Met Ref  Use If\n${rows((route) => route.table === RouteTable.MAIN)}${none}${rows((route) => route.table === RouteTable.LOCAL)}${none}`;
}
