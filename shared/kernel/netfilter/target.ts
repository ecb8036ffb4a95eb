/**
 * What a rule does with a packet that it matches, as data: one member of `TargetInfo` a target extension, the verdicts, and jumps.
 */
import type { Address, SetReference } from './match.ts';
import type { SeldomTarget } from './target-more.ts';

export type VerdictName = 'ACCEPT' | 'DROP' | 'RETURN';

/** Types of REJECT, IPv4's and IPv6's, by the names that `--reject-with` takes. */
export type RejectType =
  | 'icmp-net-unreachable'
  | 'icmp-host-unreachable'
  | 'icmp-proto-unreachable'
  | 'icmp-port-unreachable'
  | 'icmp-net-prohibited'
  | 'icmp-host-prohibited'
  | 'icmp-admin-prohibited'
  | 'tcp-reset'
  | 'icmp6-no-route'
  | 'icmp6-adm-prohibited'
  | 'icmp6-addr-unreachable'
  | 'icmp6-port-unreachable'
  | 'icmp6-policy-fail'
  | 'icmp6-reject-route';

/** Where addresses and ports may be mapped to (struct nf_nat_range2). */
export interface NatRange {
  addresses: { min: Address; max: Address } | null;
  ports: { min: number; max: number } | null;
  /** First port of a shifted range. */
  basePort: number | null;
  random: boolean;
  randomFully: boolean;
  persistent: boolean;
}
export const emptyNatRange = (): NatRange => ({ addresses: null, ports: null, basePort: null, random: false, randomFully: false, persistent: false });

export interface VerdictTarget {
  readonly kind: 'verdict';
  verdict: VerdictName;
}
/** To a chain of the same table: `-j` comes back, `-g` does not. */
export interface JumpTarget {
  readonly kind: 'jump' | 'goto';
  chain: string;
}
export interface RejectTarget {
  readonly kind: 'REJECT';
  with: RejectType;
}
export interface LogTarget {
  readonly kind: 'LOG';
  level: number;
  prefix: string;
  tcpSequence: boolean;
  tcpOptions: boolean;
  ipOptions: boolean;
  uid: boolean;
  macDecode: boolean;
}
export interface NflogTarget {
  readonly kind: 'NFLOG';
  group: number;
  prefix: string;
  size: number | null;
  threshold: number;
}
/** mark = (mark & ~mask) ^ value. */
export interface MarkTarget {
  readonly kind: 'MARK';
  mark: number;
  mask: number;
}
export interface ConnmarkTarget {
  readonly kind: 'CONNMARK';
  mode: 'set' | 'save' | 'restore';
  ctMark: number;
  ctMask: number;
  nfMask: number;
  /** Bits to shift by; to the right when negative. */
  shift: number;
}
export interface NatTarget {
  readonly kind: 'SNAT' | 'DNAT' | 'MASQUERADE' | 'REDIRECT' | 'NETMAP';
  range: NatRange;
}
export interface CtTarget {
  readonly kind: 'CT';
  /** Given as `-j NOTRACK`. */
  isNotrackAlias: boolean;
  notrack: boolean;
  helper: string;
  timeout: string;
  ctEvents: readonly string[];
  expEvents: readonly string[];
  zone: { direction: 'both' | 'orig' | 'reply'; id: number | 'mark' } | null;
}
export interface TcpmssTarget {
  readonly kind: 'TCPMSS';
  mss: number | 'clamp';
}
/** `TTL` of IPv4, `HL` of IPv6. */
export interface TtlTarget {
  readonly kind: 'TTL' | 'HL';
  mode: 'set' | 'dec' | 'inc';
  value: number;
}
export interface ChecksumTarget {
  readonly kind: 'CHECKSUM';
}
export interface TraceTarget {
  readonly kind: 'TRACE';
}
export interface DscpTarget {
  readonly kind: 'DSCP';
  dscp: number;
}
export interface TosTarget {
  readonly kind: 'TOS';
  value: number;
  mask: number;
}
export interface ClassifyTarget {
  readonly kind: 'CLASSIFY';
  major: number;
  minor: number;
}
export interface SetTarget {
  readonly kind: 'SET';
  add: SetReference | null;
  delete: SetReference | null;
  exist: boolean;
  timeoutS: number | null;
  /** What of an element's skbinfo a packet is given. */
  map: SetReference | null;
  mapped: readonly ('mark' | 'prio' | 'queue')[];
}

/** What extensions offer; verdicts and jumps are not extensions. */
export type ExtensionTarget =
  | RejectTarget
  | LogTarget
  | NflogTarget
  | MarkTarget
  | ConnmarkTarget
  | NatTarget
  | CtTarget
  | TcpmssTarget
  | TtlTarget
  | ChecksumTarget
  | TraceTarget
  | DscpTarget
  | TosTarget
  | ClassifyTarget
  | SetTarget
  | SeldomTarget;
export type TargetInfo = VerdictTarget | JumpTarget | ExtensionTarget;

/** Whether it is an extension: neither a verdict nor a jump. */
export const isExtensionTarget = (target: TargetInfo): target is ExtensionTarget =>
  target.kind !== 'verdict' && target.kind !== 'jump' && target.kind !== 'goto';
