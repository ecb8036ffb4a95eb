/** Matches of what is around a packet as tests (xt_connbytes.c, xt_connlabel.c, xt_cluster.c, xt_socket.c, xt_time.c, xt_devgroup.c, …). */
import { isIpv4Multicast, isIpv6Multicast } from '../../wire/index.ts';
import type { Device } from '../model.ts';
import { PacketType } from '../numbers.ts';
import { Flow, FibResult, fibLookup } from '../ipv4/fib.ts';
import { udpOf } from '../sockets/udp.ts';
import { tablesOf } from '../tcp/tables.ts';
import type { Connection } from './conntrack/connection.ts';
import type { HookContext } from './context.ts';
import { jenkins } from './jenkins.ts';
import type { CircumstanceInfo, ClusterInfo, ConnbytesInfo, DevgroupInfo, SocketInfo, TimeInfo } from './match-circumstance.ts';
import type { Address } from './match.ts';

type Test = (context: HookContext) => boolean;

export function compileCircumstance(info: CircumstanceInfo): Test {
  switch (info.kind) {
    case 'connbytes':
      return testConnbytes(info);
    case 'connlabel':
      return (c) => {
        const ct = c.skb.ct as Connection | null;
        if (ct === null) return info.invert;
        if (ct.labels?.has(info.bit)) return !info.invert;
        if (!info.set) return info.invert;
        (ct.labels ??= new Set()).add(info.bit);
        return !info.invert;
      };
    case 'helper':
      // No connection here has a master with a helper.
      return () => info.invert;
    case 'cluster':
      return testCluster(info);
    case 'cgroup':
      // Every socket is in the first class and the root group.
      return (c) => c.skb.socket !== null && (info.classId !== null ? (info.classId.value === 0) !== info.classId.invert : !info.path!.invert);
    case 'realm':
      return (c) => ((realmsOf(c) & info.realm.value.mask) >>> 0 === info.realm.value.value >>> 0) !== info.realm.invert;
    case 'devgroup':
      return testDevgroup(info);
    case 'socket':
      return testSocket(info);
    case 'time':
      return testTime(info);
    case 'policy':
      return () => info.policy === 'none';
    case 'ipvs':
      return () => info.property?.invert ?? false;
    case 'osf':
    case 'nfacct':
    case 'rateest':
      return () => false;
  }
}

function testConnbytes({ amount, invert, what, direction }: ConnbytesInfo): Test {
  const both = direction === 'both';
  const sum = ([original, reply]: readonly [number, number]): number => (both ? original + reply : direction === 'original' ? original : reply);
  return (c) => {
    const counters = (c.skb.ct as Connection | null)?.counters;
    if (!counters) return false;
    const packets = sum(counters.packets);
    const bytes = sum(counters.bytes);
    const value = what === 'packets' ? packets : what === 'bytes' ? bytes : packets === 0 ? 0 : Math.floor(bytes / packets);
    return (value >= amount.min && value <= amount.max) !== invert;
  };
}

const flow = new Flow();
const found = new FibResult();
/** The realms of the route that the packet takes (dst.tclassid), looked up anew. Deviation: those of rules, and of where it came from, are not joined. */
function realmsOf({ skb, netns, inDevice }: HookContext): number {
  const { ip } = skb;
  if (ip === null) return 0;
  flow.src = ip.src;
  flow.dst = ip.dst;
  flow.tos = ip.tos & 0x1c;
  flow.mark = skb.mark;
  flow.inIndex = inDevice?.index ?? 1;
  return fibLookup(netns, flow, found) === null ? (found.nexthop?.realms ?? 0) : 0;
}

const swapped = (word: number): number => ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
const wordsOf = (address: Address): number[] =>
  typeof address === 'number' ? [swapped(address)] : [0, 8, 16, 24].map((at) => swapped(parseInt(address.slice(at, at + 8), 16)));

function testCluster({ total, nodes, seed, invert }: ClusterInfo): Test {
  return (c) => {
    const isGroup = typeof c.dst === 'number' ? isIpv4Multicast(c.dst) : isIpv6Multicast(c.dst);
    // A frame to the cluster's multicast address counts as one for this machine.
    if (!isGroup && c.skb.packetType === PacketType.MULTICAST) c.skb.packetType = PacketType.HOST;
    const ct = c.skb.ct as Connection | null;
    if (ct === null) return false;
    const hash = jenkins(wordsOf(ct.original.src), seed);
    const node = Number((BigInt(hash) * BigInt(total)) >> 32n);
    return (((nodes >>> node) & 1) === 1) !== invert;
  };
}

function testDevgroup({ source, destination }: DevgroupInfo): Test {
  const agrees = (asked: DevgroupInfo['source'], device: Device | null): boolean =>
    asked === null || ((((device?.group ?? 0) & asked.value.mask) ^ asked.value.value) === 0) !== asked.invert;
  return (c) => agrees(source, c.inDevice) && agrees(destination, c.outDevice);
}

/** Deviation: of IPv4 alone; no socket is transparent. */
function testSocket({ transparent, noWildcard, restoreMark }: SocketInfo): Test {
  return (c) => {
    const { tcp, udp, ip } = c.skb;
    if (ip === null || transparent) return false;
    if (tcp !== null) {
      const tables = tablesOf(c.netns);
      const connected = tables.find(ip.dst, tcp.dstPort, ip.src, tcp.srcPort);
      const found = connected ?? tables.listener(ip.dst, tcp.dstPort, c.inDevice, 0);
      if (found === undefined || (connected === undefined && !noWildcard && found.localAddress === 0)) return false;
      if (restoreMark && 'mark' in found && typeof found.mark === 'number') c.skb.mark = found.mark;
      return true;
    }
    if (udp === null) return false;
    for (const socket of udpOf(c.netns).ports.get(udp.dstPort) ?? []) {
      if (socket.localAddress !== 0 && socket.localAddress !== ip.dst) continue;
      if (socket.localAddress === 0 && !noWildcard) continue;
      if (restoreMark) c.skb.mark = socket.mark;
      return true;
    }
    return false;
  };
}

const DAY_S = 86_400;
function testTime(info: TimeInfo): Test {
  return (c) => {
    // Deviation: the kernel's own time zone is UTC.
    const now = Math.floor(c.netns.simulation.unixUs / 1e6);
    if (now < info.dateStart || now > info.dateStop) return false;
    let day = Math.floor(now / DAY_S);
    const second = now % DAY_S;
    if (info.start < info.stop) {
      if (second < info.start || second > info.stop) return false;
    } else {
      if (second < info.start && second > info.stop) return false;
      // After midnight it is still the window of the day before.
      if (info.contiguous && second < info.start && info.start !== info.stop) day--;
    }
    const weekday = ((day + 3) % 7) + 1;
    if (((info.weekDays >>> weekday) & 1) === 0) return false;
    return ((info.monthDays >>> dayOfMonth(day)) & 1) === 1;
  };
}
/** Day of the month of a day since 1970, as civil calendars count. */
function dayOfMonth(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  return ofYear - Math.floor((153 * Math.floor((5 * ofYear + 2) / 153) + 2) / 5) + 1;
}
