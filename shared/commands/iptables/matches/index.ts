/** The match extensions that are modelled, by the name that `-m` takes. */
import type { MatchExtension } from '../extension.ts';
import { addrtype } from './addrtype.ts';
import { bpf, u32 } from './bytes.ts';
import { cgroup, devgroup, ecn, ipvs, nfacct, osf, rateest, realm, socket } from './circumstance.ts';
import { comment } from './comment.ts';
import { cluster, connbytes, connlabel, helper } from './connection.ts';
import { conntrack, state } from './conntrack.ts';
import { connlimit, cpu, quota } from './counting.ts';
import { hashlimit } from './hashlimit.ts';
import { dscp, hl, length, mac, pkttype, tcpmss, tos, ttl } from './header.ts';
import { dst, eui64, frag, hbh, ipv6header, rt } from './headers6.ts';
import { icmp, icmp6 } from './icmp.ts';
import { iprange } from './iprange.ts';
import { limit } from './limit.ts';
import { connmark, mark } from './mark.ts';
import { multiport } from './multiport.ts';
import { owner } from './owner.ts';
import { physdev } from './physdev.ts';
import { policy } from './policy.ts';
import { tcp, udp } from './ports.ts';
import { recent } from './recent.ts';
import { rpfilter } from './rpfilter.ts';
import { dccp, sctp } from './sctp.ts';
import { set } from './set.ts';
import { ah, ah6, esp, ipcomp } from './spi.ts';
import { statistic } from './statistic.ts';
import { string } from './string.ts';
import { time } from './time.ts';

export const MATCHES: readonly MatchExtension[] = [
  addrtype,
  ah,
  ah6,
  bpf,
  cgroup,
  cluster,
  comment,
  connbytes,
  connlabel,
  connlimit,
  connmark,
  conntrack,
  cpu,
  dccp,
  devgroup,
  dscp,
  dst,
  ecn,
  esp,
  eui64,
  frag,
  hashlimit,
  hbh,
  helper,
  hl,
  icmp,
  icmp6,
  ipcomp,
  iprange,
  ipv6header,
  ipvs,
  length,
  limit,
  mac,
  mark,
  multiport,
  nfacct,
  osf,
  owner,
  physdev,
  pkttype,
  policy,
  quota,
  rateest,
  realm,
  recent,
  rpfilter,
  rt,
  sctp,
  set,
  socket,
  state,
  statistic,
  string,
  tcp,
  tcpmss,
  time,
  tos,
  ttl,
  u32,
  udp,
];

/** What Debian's iptables has besides: naming one of these says `not modelled`. */
export const UNMODELLED_MATCHES: readonly string[] = ['mh', 'srh'];
