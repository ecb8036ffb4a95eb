/** Conditions on headers that are asked for seldom: IPsec, SCTP, DCCP, ECN, IPv6's extension headers, and programs over a packet's bytes (u32, bpf). */
import type { Asked, PortsInfo, Range } from './match.ts';

/** `ah`, `esp`: security parameter index; `ipcomp`: compression parameter index. */
export interface SpiInfo {
  readonly kind: 'ah' | 'esp' | 'ipcomp';
  spi: Range;
  invert: boolean;
  /** The reserved field must be zero. */
  reserved: boolean;
  /** Of IPv6's `ah`: the header's length; 0: any. */
  length: Asked<number> | null;
}
export interface ChunkFlags {
  readonly type: number;
  readonly mask: number;
  readonly flags: number;
}
export interface SctpInfo extends PortsInfo {
  readonly kind: 'sctp';
  chunks: { mode: 'any' | 'all' | 'only'; types: readonly number[]; flags: readonly ChunkFlags[]; invert: boolean } | null;
  /** Whether the option was there: a whole range is a condition too. */
  hasSource: boolean;
  hasDestination: boolean;
}
export interface DccpInfo extends PortsInfo {
  readonly kind: 'dccp';
  hasSource: boolean;
  hasDestination: boolean;
  types: Asked<readonly number[]> | null;
  option: Asked<number> | null;
}
export interface EcnInfo {
  readonly kind: 'ecn';
  ece: Asked<true> | null;
  cwr: Asked<true> | null;
  ect: Asked<number> | null;
}
/** One step to a 32-bit word: the number at the place so far is masked, shifted, or added to the place. */
export interface U32Step {
  readonly operation: 'and' | 'left' | 'right' | 'at';
  readonly number: number;
}
export interface U32Test {
  readonly start: number;
  readonly steps: readonly U32Step[];
  readonly values: readonly Range[];
}
export interface U32Info {
  readonly kind: 'u32';
  tests: readonly U32Test[];
  invert: boolean;
}
/** struct sock_filter. */
export interface BpfInstruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly k: number;
}
export interface BpfInfo {
  readonly kind: 'bpf';
  program: readonly BpfInstruction[];
}

/** What IPv6 packets carry between header and content. Deviation: packets here have no such headers but fragments', so most of these never match. */
export interface Ipv6HeaderInfo {
  readonly kind: 'ipv6header';
  /** Bits as the kernel's: hop 128, dst 64, route 32, frag 16, auth 8, esp 4, none 2, prot 1. */
  headers: number;
  soft: boolean;
  invert: boolean;
}
export interface Ipv6OptionsInfo {
  readonly kind: 'hbh' | 'dst';
  length: Asked<number> | null;
  options: readonly { readonly type: number; readonly length: number | null }[];
}
export interface FragInfo {
  readonly kind: 'frag';
  id: Asked<Range> | null;
  length: Asked<number> | null;
  reserved: boolean;
  first: boolean;
  more: boolean;
  last: boolean;
}
export interface RtInfo {
  readonly kind: 'rt';
  type: Asked<number> | null;
  segments: Asked<Range> | null;
  length: Asked<number> | null;
  reserved: boolean;
  addresses: readonly string[];
  strict: boolean;
}
export interface Eui64Info {
  readonly kind: 'eui64';
}
export interface MhInfo {
  readonly kind: 'mh';
  type: Range;
  invert: boolean;
}

export type HeaderInfo =
  SpiInfo | SctpInfo | DccpInfo | EcnInfo | U32Info | BpfInfo | Ipv6HeaderInfo | Ipv6OptionsInfo | FragInfo | RtInfo | Eui64Info | MhInfo;
