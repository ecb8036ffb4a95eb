/**
 * Tables of /proc/net that look at devices, sockets and packet types as a whole (net/core/net-procfs.c, net/ipv4/proc.c, net/core/sock.c), and those
 * that a kernel has though the model keeps nothing for them.
 */
import type { Bytes } from '../base/index.ts';
import {
  PacketSocket,
  PingSocket,
  RawSocket,
  TcpSocket,
  TcpState,
  tcpTablesOf,
  TimeWait,
  UdpSocket,
  type Device,
  type Netns,
  type Tap,
} from '../kernel/index.ts';
import { dirOf, fileOf, type DynamicNode } from '../shell/index.ts';
import { fibTrie, fibTrieStatistics } from './fib-trie.ts';
import { PROTOCOLS, X_TABLES, XFRM_COUNTERS } from './kernel-tables.ts';
import { table } from './proc-net-format.ts';

/** Processors of a machine. */
const PROCESSORS = 2;
const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const zeros = (count: number): string[] => new Array<string>(count).fill(hex8(0));
const devices = (netns: Netns): Device[] => [...netns.devices.values()].sort((a, b) => a.index - b.index);

function devMcast(netns: Netns): Bytes {
  const rows: string[] = [];
  for (const device of devices(netns)) {
    for (const [mac, users] of device.multicastMacs) {
      const address = mac.toString(16).padStart(12, '0');
      rows.push(`${String(device.index).padEnd(4)} ${device.name.padEnd(15)} ${String(users).padEnd(5)} ${'0'.padEnd(5)} ${address}\n`);
    }
  }
  return rows.join('');
}

/** Who wants which packets: programs that listen, then the protocols. */
function ptype(netns: Netns): Bytes {
  const row = (tap: Tap): string => {
    const type = tap.protocol === 3 ? 'ALL ' : tap.protocol.toString(16).padStart(4, '0');
    return `${type.padEnd(5)}${(tap.device?.name ?? '').padEnd(9)}${tap instanceof PacketSocket && tap.type === 'dgram' ? 'packet_rcv' : 'tpacket_rcv'}\n`;
  };
  const taps = [...devices(netns).flatMap((device) => device.taps), ...netns.taps];
  return `Type Device      Function\n${taps.map(row).join('')}0800          ip_rcv\n0004          llc_rcv\n0806          arp_rcv\n86dd          ipv6_rcv\n`;
}

/** softnet_seq_show. Deviation: what processors do is not modelled, they have handled no packet. */
function softnet(): Bytes {
  return Array.from({ length: PROCESSORS }, (_, cpu) => `${[...zeros(12), hex8(cpu), ...zeros(2)].join(' ')}\n`).join('');
}

interface Sockets {
  readonly all: number;
  readonly tcp: readonly TcpSocket[];
  readonly timeWait: number;
  readonly udp: number;
  readonly raw: number;
  readonly packet: number;
  readonly ping: number;
}
function socketsOf(netns: Netns): Sockets {
  const all = [...netns.sockets];
  const count = (kind: abstract new (...args: never) => unknown): number => all.filter((socket) => socket instanceof kind).length;
  return {
    all: all.filter((socket) => !(socket instanceof TcpSocket && socket.isOrphan)).length,
    tcp: all.filter((socket) => socket instanceof TcpSocket),
    timeWait: [...tcpTablesOf(netns).all()].filter((each) => each instanceof TimeWait).length,
    udp: all.filter((socket) => socket instanceof UdpSocket && socket.localPort !== 0).length,
    raw: count(RawSocket),
    packet: count(PacketSocket),
    ping: count(PingSocket),
  };
}
/** sockstat_seq_show. Deviation: memory of buffers is not counted in pages. */
function sockstat(netns: Netns): Bytes {
  const { all, tcp, timeWait, udp, raw } = socketsOf(netns);
  const inUse = tcp.filter(({ state }) => state !== TcpState.CLOSE).length;
  const orphans = tcp.filter((socket) => socket.isOrphan && socket.state !== TcpState.CLOSE).length;
  const fragments = [...netns.fragments.values()];
  const bytes = fragments.flatMap(({ pieces }) => pieces).reduce((sum, { payload }) => sum + payload.length + FRAGMENT_COST, 0);
  return (
    `sockets: used ${all}\nTCP: inuse ${inUse} orphan ${orphans} tw ${timeWait} alloc ${tcp.length} mem 0\nUDP: inuse ${udp} mem 0\nUDPLITE: inuse 0\n` +
    `RAW: inuse ${raw}\nFRAG: inuse ${fragments.length} memory ${bytes}\n`
  );
}
/** What a waiting fragment costs beside its bytes. */
const FRAGMENT_COST = 576;

function protocols(netns: Netns): Bytes {
  const sockets = socketsOf(netns);
  const counts: Readonly<Record<string, number>> = { PACKET: sockets.packet, PING: sockets.ping, RAW: sockets.raw, UDP: sockets.udp, TCP: sockets.tcp.length };
  const head = 'protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em\n';
  const rows = PROTOCOLS.map(([name, size, memory, header, slab, calls]) => {
    const numbers = `${String(size).padStart(4)} ${String(counts[name] ?? 0).padStart(6)}  ${(memory === 'none' ? '-1' : '0').padStart(6)}`;
    const press = memory === 'pressure' ? 'no' : 'NI';
    return `${name.padEnd(9)} ${numbers}   ${press.padEnd(3)} ${String(header).padStart(6)}   ${slab.padEnd(3)}  ${'kernel'.padEnd(10)} ${[...calls].map((call) => ` ${call}`).join(' ')}\n`;
  });
  return head + rows.join('');
}

/** The kernel's own sockets of rtnetlink and its kin; programs of the model have none. */
const NETLINK_FAMILIES = [0, 4, 6, 9, 10, 12, 15, 16];
function netlink(netns: Netns): Bytes {
  const head = 'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n';
  const cell = (value: number, width: number): string => String(value).padEnd(width);
  return (
    head +
    NETLINK_FAMILIES.map(
      (family, i) =>
        `${'0'.repeat(16)} ${cell(family, 3)} ${cell(0, 10)} ${hex8(0)} ${cell(0, 8)} ${cell(0, 8)} ${cell(0, 5)} ${cell(2, 8)} ${cell(0, 8)} ${cell(10_000 + 100 * netns.id + i, 8)}\n`,
    ).join('')
  );
}

/** fib6 nodes, nodes with routes, routes made and there, cache entries, destinations, discarded ones. */
function rt6Stats(netns: Netns): Bytes {
  const count = netns.routes6.length;
  const nodes = new Set(netns.routes6.map(({ prefix, length }) => `${prefix}/${length}`)).size;
  return `${[nodes, nodes, count, count, 0, 0, 0].map((value) => value.toString(16).padStart(4, '0')).join(' ')}\n`;
}

const NF_LOG = ['NONE', 'NONE', 'nf_log_ipv4', 'nf_log_arp', 'NONE', 'nf_log_netdev', 'NONE', 'nf_log_bridge', 'NONE', 'NONE', 'nf_log_ipv6'];
const nfLog = NF_LOG.map((name, family) => `${String(family).padStart(2)} ${name} (${name === 'NONE' ? '' : `${name},`}nfnetlink_log)\n`).join('');

const perProcessor = (row: string): string => row.repeat(PROCESSORS);
const RT_CACHE_HEAD =
  'entries  in_hit   in_slow_tot in_slow_mc in_no_route in_brd   in_martian_dst in_martian_src out_hit  out_slow_tot out_slow_mc gc_total gc_ignored gc_goal_miss gc_dst_overflow in_hlist_search out_hlist_search\n';
const RT_CACHE_GAPS = [1, 1, 4, 3, 4, 1, 7, 7, 1, 5, 4, 1, 3, 5, 8, 8];
const rtCacheRow = `${RT_CACHE_GAPS.map((gap) => hex8(0) + ' '.repeat(gap)).join('')}${hex8(0)}\n`;
const SYNPROXY_HEAD = 'entries\t\tsyn_received\tcookie_invalid\tcookie_valid\tcookie_retrans\tconn_reopened\n';

const SOCKET_HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';
const SOCKET_HEAD6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';
const text = (content: Bytes): DynamicNode => fileOf(() => content);

export const PROC_NET_TABLES: Readonly<Record<string, DynamicNode>> = {
  ...Object.fromEntries(Object.entries(X_TABLES).map(([name, content]) => [name, fileOf(() => content, 0o440)])),
  anycast6: text(''),
  dev_mcast: table(devMcast),
  fib_trie: table(fibTrie),
  fib_triestat: table(fibTrieStatistics),
  icmp: text(`${SOCKET_HEAD.padEnd(127)}\n`),
  icmp6: text(`${SOCKET_HEAD6}\n`),
  ip6_flowlabel: text('Label S Owner  Users  Linger Expires  Dst                              Opt\n'),
  ip6_mr_cache: text('Group                            Origin                           Iif      Pkts  Bytes     Wrong  Oifs\n'),
  ip6_mr_vif: text('Interface      BytesIn  PktsIn  BytesOut PktsOut Flags\n'),
  ip6t_hashlimit: dirOf({}),
  ip_mr_cache: text('Group    Origin   Iif     Pkts    Bytes    Wrong Oifs\n'),
  ip_mr_vif: text('Interface      BytesIn  PktsIn  BytesOut PktsOut Flags Local    Remote\n'),
  ipt_hashlimit: dirOf({}),
  mcfilter: text('Idx Device        MCA        SRC    INC    EXC\n'),
  mcfilter6: text('Idx Device                Multicast Address                   Source Address    INC    EXC\n'),
  netfilter: dirOf({ nf_log: text(nfLog), nfnetlink_log: text(''), nfnetlink_queue: text('') }),
  netlink: table(netlink),
  protocols: table(protocols),
  psched: text('000003e8 00000040 000f4240 3b9aca00\n'),
  ptype: table(ptype),
  rt6_stats: table(rt6Stats),
  // Four numbers for each of 256 realms.
  rt_acct: text('\0'.repeat(4096)),
  rt_cache: text(`${'Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\tTOS\tHHRef\tHHUptod\tSpecDst'.padEnd(127)}\n`),
  sockstat: table(sockstat),
  sockstat6: text('TCP6: inuse 0\nUDP6: inuse 0\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n'),
  softnet_stat: text(softnet()),
  xfrm_stat: text(XFRM_COUNTERS.map((name) => `${name.padEnd(24)}\t0\n`).join('')),
};

/** /proc/net/stat, without connection tracking. */
export const PROC_NET_STAT: Readonly<Record<string, DynamicNode>> = {
  rt_cache: text(RT_CACHE_HEAD + perProcessor(rtCacheRow)),
  synproxy: text(SYNPROXY_HEAD + perProcessor(`${zeros(6).join('\t')}\n`)),
};
