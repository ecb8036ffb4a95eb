/** Tables below /proc/net that depend on how the kernel was built, as a Linux 6.18 with its modules built in shows them. */

/** Matches and targets of x_tables, the one that was registered last first; `name*3` stands for three revisions. */
const IP_MATCHES = `
u32 time string statistic state rateest quota pkttype cgroup*3 nfacct*2 limit helper devgroup cpu conntrack*3 connlabel connbytes comment bpf*2
connmark mark rpfilter ah tcpmss socket*4 sctp recent*2 realm policy physdev owner osf multiport mac length l2tp iprange ipcomp ttl hashlimit*3 esp
ecn tos dscp dccp connlimit cluster addrtype*2 set*5 icmp udplite udp tcp`;
const IP_TARGETS = `
NFQUEUE*4 AUDIT DNAT SNAT DNAT SNAT SYNPROXY REJECT ECN ERROR IDLETIMER*2 TRACE TEE TCPOPTSTRIP TCPMSS TPROXY*2 SECMARK*2 MASQUERADE REDIRECT RATEEST
NFLOG NETMAP LOG HMARK TTL TOS DSCP CT*3 NOTRACK CONNSECMARK CLASSIFY CHECKSUM DNAT SNAT SET*4 CONNMARK*2 MARK`;
const IP6_MATCHES = `
u32 time string statistic state rateest quota pkttype cgroup*3 nfacct*2 limit helper devgroup cpu conntrack*3 connlabel connbytes comment bpf*2
connmark mark srh*2 rt rpfilter dst hbh mh ipv6header frag eui64 ah tcpmss socket*3 sctp recent*2 policy physdev owner multiport mac length l2tp
iprange ipcomp hl hashlimit*3 esp ecn tos dscp dccp connlimit cluster addrtype set*4 icmp6 udplite udp tcp`;
const IP6_TARGETS = `
NFQUEUE*4 AUDIT DNAT SNAT DNAT SNAT SYNPROXY REJECT DNPT SNPT ERROR IDLETIMER*2 TRACE TEE TCPOPTSTRIP TCPMSS TPROXY SECMARK*2 MASQUERADE REDIRECT
RATEEST NFLOG NETMAP LOG HMARK HL TOS DSCP CT*3 NOTRACK CONNSECMARK CLASSIFY CHECKSUM SET*3 CONNMARK*2 MARK`;
const ARP_MATCHES = `
u32 time string statistic state rateest quota pkttype cgroup*3 nfacct*2 limit helper devgroup cpu conntrack*3 connlabel connbytes comment bpf*2
connmark mark`;
const ARP_TARGETS = `
NFQUEUE*4 AUDIT DNAT SNAT DNAT SNAT mangle ERROR CLASSIFY MARK`;
const lines = (text: string): string =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [name = '', times = '1'] = word.split('*');
      return `${name}\n`.repeat(Number(times));
    })
    .join('');

/** By the name of the file. */
export const X_TABLES: Readonly<Record<string, string>> = {
  arp_tables_matches: lines(ARP_MATCHES),
  arp_tables_names: '',
  arp_tables_targets: lines(ARP_TARGETS),
  ip6_tables_matches: lines(IP6_MATCHES),
  ip6_tables_names: '',
  ip6_tables_targets: lines(IP6_TARGETS),
  ip_tables_matches: lines(IP_MATCHES),
  ip_tables_names: '',
  ip_tables_targets: lines(IP_TARGETS),
};

/** Counters of IPsec, which the model lacks. */
export const XFRM_COUNTERS = `
XfrmInError XfrmInBufferError XfrmInHdrError XfrmInNoStates XfrmInStateProtoError XfrmInStateModeError XfrmInStateSeqError XfrmInStateExpired
XfrmInStateMismatch XfrmInStateInvalid XfrmInTmplMismatch XfrmInNoPols XfrmInPolBlock XfrmInPolError XfrmOutError XfrmOutBundleGenError
XfrmOutBundleCheckError XfrmOutNoStates XfrmOutStateProtoError XfrmOutStateModeError XfrmOutStateSeqError XfrmOutStateExpired XfrmOutPolBlock
XfrmOutPolDead XfrmOutPolError XfrmFwdHdrError XfrmOutStateInvalid XfrmAcquireError XfrmOutStateDirError XfrmInStateDirError XfrmInIptfsError
XfrmOutNoQueueSpace`
  .trim()
  .split(/\s+/);

/** /proc/net/protocols: name, size of a socket, limit of headers, whether it has a slab, and which calls it answers. */
export const PROTOCOLS: readonly (readonly [
  name: string,
  size: number,
  memory: 'none' | 'free' | 'pressure',
  header: number,
  slab: 'yes' | 'no',
  calls: string,
])[] = [
  ['AF_VSOCK', 1240, 'none', 0, 'yes', 'ynnnnnnnnnnnnnnnnn'],
  ['PACKET', 1600, 'none', 0, 'no', 'nnnnnnnnnnnnnnnnnn'],
  ['MPTCPv6', 2064, 'pressure', 0, 'yes', 'yyynyyyyyyyynnyyyn'],
  ['PINGv6', 1344, 'none', 0, 'yes', 'yyynnynnyyyyyynyyn'],
  ['RAWv6', 1344, 'none', 0, 'yes', 'yyynyyynyyyyyyyynn'],
  ['UDPLITEv6', 1472, 'free', 0, 'yes', 'yyynyyynyyyynnyyyn'],
  ['UDPv6', 1472, 'free', 0, 'yes', 'yyynyyynyyyynnyyyn'],
  ['TCPv6', 2432, 'pressure', 192, 'yes', 'yyyyyyyyyyyynyyyyy'],
  ['XDP', 1088, 'none', 0, 'no', 'nnnnnnnnnnnnnnnnnn'],
  ['UNIX-STREAM', 1152, 'none', 0, 'yes', 'ynnnnnnnnnnnnnnnnn'],
  ['UNIX', 1152, 'none', 0, 'yes', 'ynnnnnnnnnnnnnnnnn'],
  ['UDP-Lite', 1344, 'free', 0, 'yes', 'yyynyyynyyyynnyyyn'],
  ['MPTCP', 1936, 'pressure', 0, 'yes', 'yyynyyyyyyyynnyyyn'],
  ['PING', 1016, 'none', 0, 'yes', 'yyynnynnyyyyyynyyn'],
  ['RAW', 1152, 'none', 0, 'yes', 'yyynyyynyyyyyyyynn'],
  ['UDP', 1344, 'free', 0, 'yes', 'yyynyyynyyyynnyyyn'],
  ['TCP', 2304, 'pressure', 192, 'yes', 'yyyyyyyyyyyynyyyyy'],
  ['NETLINK', 1096, 'none', 0, 'no', 'nnnnnnnnnnnnnnnnnn'],
];
