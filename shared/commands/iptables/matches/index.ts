/** The match extensions that are modelled, by the name that `-m` takes. */
import type { MatchExtension } from '../extension.ts';
import { addrtype } from './addrtype.ts';
import { comment } from './comment.ts';
import { conntrack, state } from './conntrack.ts';
import { connlimit, cpu, quota } from './counting.ts';
import { hashlimit } from './hashlimit.ts';
import { dscp, hl, length, mac, pkttype, tcpmss, tos, ttl } from './header.ts';
import { icmp, icmp6 } from './icmp.ts';
import { iprange } from './iprange.ts';
import { limit } from './limit.ts';
import { connmark, mark } from './mark.ts';
import { multiport } from './multiport.ts';
import { owner } from './owner.ts';
import { physdev } from './physdev.ts';
import { tcp, udp } from './ports.ts';
import { recent } from './recent.ts';
import { rpfilter } from './rpfilter.ts';
import { set } from './set.ts';
import { statistic } from './statistic.ts';
import { string } from './string.ts';

export const MATCHES: readonly MatchExtension[] = [
  addrtype,
  comment,
  connlimit,
  connmark,
  conntrack,
  cpu,
  dscp,
  hashlimit,
  hl,
  icmp,
  icmp6,
  iprange,
  length,
  limit,
  mac,
  mark,
  multiport,
  owner,
  physdev,
  pkttype,
  quota,
  recent,
  rpfilter,
  set,
  state,
  statistic,
  string,
  tcp,
  tcpmss,
  tos,
  ttl,
  udp,
];

/** What Debian's iptables has besides: naming one of these says `not modelled`. */
export const UNMODELLED_MATCHES: readonly string[] = [
  'ah',
  'bpf',
  'cgroup',
  'cluster',
  'connbytes',
  'connlabel',
  'dccp',
  'devgroup',
  'dst',
  'ecn',
  'esp',
  'eui64',
  'frag',
  'hbh',
  'helper',
  'ipcomp',
  'ipv6header',
  'ipvs',
  'mh',
  'nfacct',
  'osf',
  'policy',
  'rateest',
  'realm',
  'rt',
  'sctp',
  'socket',
  'srh',
  'time',
  'u32',
];
