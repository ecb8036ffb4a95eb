/**
 * What the conditions of a rule say, as data: one member of `MatchInfo` a match extension (linux/netfilter/xt_*.h). Whoever adds a rule makes
 * them; `compileMatch` turns each into a test. Deviation: what is not here cannot be put into a rule; programs say so.
 */
import type { Ipv4, Ipv6, Mac } from '../../wire/index.ts';
import type { CircumstanceInfo } from './match-circumstance.ts';
import type { HeaderInfo } from './match-headers.ts';

/** `ip`: IPv4, `ip6`: IPv6, as nf_tables names the families. */
export type Family = 'ip' | 'ip6';
/** Of the rule's family. */
export type Address = Ipv4 | Ipv6;

/** Inclusive. */
export interface Range {
  min: number;
  max: number;
}

/** Both ports of TCP or UDP; 0–65535 is any. */
export interface PortsInfo {
  source: Range;
  invertSource: boolean;
  destination: Range;
  invertDestination: boolean;
}
export interface TcpInfo extends PortsInfo {
  readonly kind: 'tcp';
  /** Kind of a TCP option that must be there; 0: none. */
  option: number;
  invertOption: boolean;
  /** Of the flags in `flagMask` exactly `flags` are set. */
  flagMask: number;
  flags: number;
  invertFlags: boolean;
}
export interface UdpInfo extends PortsInfo {
  readonly kind: 'udp';
}
/** `icmp` of IPv4, `icmp6` of IPv6. Type 255 of ICMP is any. */
export interface IcmpInfo {
  readonly kind: 'icmp' | 'icmp6';
  type: number;
  code: Range;
  invert: boolean;
}
export interface CommentInfo {
  readonly kind: 'comment';
  text: string;
}
export interface MarkInfo {
  readonly kind: 'mark' | 'connmark';
  /** Unsigned 32-bit. */
  mark: number;
  mask: number;
  invert: boolean;
}
export interface MultiportInfo {
  readonly kind: 'multiport';
  side: 'source' | 'destination' | 'either';
  ports: Range[];
  invert: boolean;
}

export type CtState = 'INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED' | 'SNAT' | 'DNAT';
export type CtStatus = 'EXPECTED' | 'SEEN_REPLY' | 'ASSURED' | 'CONFIRMED';
export interface MaskedAddress {
  address: Address;
  mask: Address;
}
/** A condition that may be inverted; undefined where it is not asked. */
export interface Asked<T> {
  value: T;
  invert: boolean;
}
/** `-m conntrack`, and `-m state` when `isStateAlias`. */
export interface ConntrackInfo {
  readonly kind: 'conntrack';
  isStateAlias: boolean;
  states?: Asked<readonly CtState[]>;
  protocol?: Asked<number>;
  originalSource?: Asked<MaskedAddress>;
  originalDestination?: Asked<MaskedAddress>;
  replySource?: Asked<MaskedAddress>;
  replyDestination?: Asked<MaskedAddress>;
  originalSourcePort?: Asked<Range>;
  originalDestinationPort?: Asked<Range>;
  replySourcePort?: Asked<Range>;
  replyDestinationPort?: Asked<Range>;
  /** Empty: NONE. */
  statuses?: Asked<readonly CtStatus[]>;
  /** Remaining lifetime in seconds. */
  expiresS?: Asked<Range>;
  direction?: 'ORIGINAL' | 'REPLY';
}
export interface StatisticInfo {
  readonly kind: 'statistic';
  mode: 'random' | 'nth';
  /** Of 2^31. */
  probability: number;
  every: number;
  packet: number;
  invert: boolean;
}
/** Types of addresses as the routing tables know them (RTN_*). */
export const ADDRESS_TYPES = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const;
export type AddressType = (typeof ADDRESS_TYPES)[number];
export interface AddrtypeInfo {
  readonly kind: 'addrtype';
  source: readonly AddressType[];
  invertSource: boolean;
  destination: readonly AddressType[];
  invertDestination: boolean;
  limitInterface: 'in' | 'out' | null;
}
/** A name, or the beginning of one followed by `+`. */
export type InterfacePattern = string;
export interface PhysdevInfo {
  readonly kind: 'physdev';
  in?: Asked<InterfacePattern>;
  out?: Asked<InterfacePattern>;
  isIn?: Asked<true>;
  isOut?: Asked<true>;
  isBridged?: Asked<true>;
}
export interface CounterCondition {
  compare: 'eq' | 'ne' | 'lt' | 'gt';
  value: number;
}
export interface SetReference {
  name: string;
  /** What of the packet is looked up, dimension by dimension. */
  directions: readonly ('src' | 'dst')[];
}
export interface SetInfo {
  readonly kind: 'set';
  set: SetReference;
  invert: boolean;
  returnNomatch: boolean;
  skipCounterUpdate: boolean;
  skipSubcounterUpdate: boolean;
  packets?: CounterCondition;
  bytes?: CounterCondition;
}
export interface RecentInfo {
  readonly kind: 'recent';
  operation: 'set' | 'rcheck' | 'update' | 'remove';
  seconds: number;
  reap: boolean;
  hitCount: number;
  matchTtl: boolean;
  name: string;
  side: 'source' | 'destination';
  mask: Address;
  invert: boolean;
}
export interface LimitInfo {
  readonly kind: 'limit';
  /** Ten-thousandths of a second a packet (XT_LIMIT_SCALE). */
  average: number;
  burst: number;
}
export interface MacInfo {
  readonly kind: 'mac';
  source: Mac;
  invert: boolean;
}
export interface IprangeInfo {
  readonly kind: 'iprange';
  source?: Asked<{ min: Address; max: Address }>;
  destination?: Asked<{ min: Address; max: Address }>;
}
export interface LengthInfo {
  readonly kind: 'length';
  length: Range;
  invert: boolean;
}
/** `ttl` of IPv4, `hl` of IPv6. */
export interface TtlInfo {
  readonly kind: 'ttl' | 'hl';
  compare: 'eq' | 'ne' | 'lt' | 'gt';
  value: number;
}
export interface TosInfo {
  readonly kind: 'tos';
  value: number;
  mask: number;
  invert: boolean;
}
export interface DscpInfo {
  readonly kind: 'dscp';
  dscp: number;
  invert: boolean;
}
export type PacketKind = 'unicast' | 'broadcast' | 'multicast' | 'otherhost';
export interface PkttypeInfo {
  readonly kind: 'pkttype';
  type: PacketKind;
  invert: boolean;
}
export interface OwnerInfo {
  readonly kind: 'owner';
  socketExists?: Asked<true>;
  uid?: Asked<Range>;
  gid?: Asked<Range>;
  supplementaryGroups: boolean;
}
export interface TcpmssInfo {
  readonly kind: 'tcpmss';
  mss: Range;
  invert: boolean;
}

export type HashlimitMode = 'srcip' | 'srcport' | 'dstip' | 'dstport';
export interface HashlimitInfo {
  readonly kind: 'hashlimit';
  /** Microseconds a packet; where bytes are counted, what sixteen of them cost of a second's 2^32. */
  averageUs: number;
  /** Packets; where bytes are counted, how many seconds' worth more. */
  burst: number;
  bytes: boolean;
  /** Seconds of the window that the rate is measured over, instead of saving up; null: saving up. */
  rateWindowS: number | null;
  above: boolean;
  /** What tells flows apart; none: all are one. */
  modes: readonly HashlimitMode[];
  name: string;
  sourceLength: number;
  destinationLength: number;
  /** Of its table, 0 where not said: buckets, entries, milliseconds. */
  tableSize: number;
  tableMax: number;
  collectMs: number;
  expireMs: number;
}
export interface ConnlimitInfo {
  readonly kind: 'connlimit';
  limit: number;
  /** Matches up to the limit, not above it. */
  upto: boolean;
  /** Leading bits that tell networks apart. */
  length: number;
  side: 'source' | 'destination';
}
export interface QuotaInfo {
  readonly kind: 'quota';
  quota: number;
  invert: boolean;
}
export interface CpuInfo {
  readonly kind: 'cpu';
  cpu: number;
  invert: boolean;
}
export interface StringInfo {
  readonly kind: 'string';
  /** Bytes. */
  text: string;
  algorithm: string;
  /** Offsets from the network header, where it may begin. */
  from: number;
  to: number;
  ignoreCase: boolean;
  invert: boolean;
}
export interface RpfilterInfo {
  readonly kind: 'rpfilter';
  loose: boolean;
  validMark: boolean;
  acceptLocal: boolean;
  invert: boolean;
}

export type MatchInfo =
  | TcpInfo
  | UdpInfo
  | IcmpInfo
  | CommentInfo
  | MarkInfo
  | MultiportInfo
  | ConntrackInfo
  | StatisticInfo
  | AddrtypeInfo
  | PhysdevInfo
  | SetInfo
  | RecentInfo
  | LimitInfo
  | MacInfo
  | IprangeInfo
  | LengthInfo
  | TtlInfo
  | TosInfo
  | DscpInfo
  | PkttypeInfo
  | OwnerInfo
  | TcpmssInfo
  | HashlimitInfo
  | ConnlimitInfo
  | QuotaInfo
  | CpuInfo
  | StringInfo
  | RpfilterInfo
  | HeaderInfo
  | CircumstanceInfo;

export type MatchKind = MatchInfo['kind'];

/** The part of a rule that is not an extension: struct ipt_ip. */
export interface Selector {
  source: MaskedAddress;
  invertSource: boolean;
  destination: MaskedAddress;
  invertDestination: boolean;
  /** '' is any. */
  inInterface: InterfacePattern;
  invertInInterface: boolean;
  outInterface: InterfacePattern;
  invertOutInterface: boolean;
  /** 0 is any. */
  protocol: number;
  invertProtocol: boolean;
  /** Second and further fragments only, or with `invert` all others. */
  fragment: Asked<true> | null;
}
