/** Conditions on what is around a packet: its connection's history, sockets, devices, time, and subsystems of the kernel that a machine may lack. */
import type { Address, Asked, MaskedAddress } from './match.ts';

export interface ConnbytesInfo {
  readonly kind: 'connbytes';
  /** `max` 2^64-1, here Infinity: no upper limit. */
  amount: { min: number; max: number };
  invert: boolean;
  what: 'packets' | 'bytes' | 'avgpkt';
  direction: 'original' | 'reply' | 'both';
}
export interface ConnlabelInfo {
  readonly kind: 'connlabel';
  bit: number;
  set: boolean;
  invert: boolean;
}
export interface HelperInfo {
  readonly kind: 'helper';
  name: string;
  invert: boolean;
}
export interface ClusterInfo {
  readonly kind: 'cluster';
  total: number;
  nodes: number;
  seed: number;
  invert: boolean;
}
export interface CgroupInfo {
  readonly kind: 'cgroup';
  classId: Asked<number> | null;
  path: Asked<string> | null;
}
/** Numbers of `value[/mask]`: a route's realm, a device's group. */
export interface MaskedNumber {
  value: number;
  mask: number;
}
export interface RealmInfo {
  readonly kind: 'realm';
  realm: Asked<MaskedNumber>;
}
export interface DevgroupInfo {
  readonly kind: 'devgroup';
  source: Asked<MaskedNumber> | null;
  destination: Asked<MaskedNumber> | null;
}
export interface SocketInfo {
  readonly kind: 'socket';
  transparent: boolean;
  noWildcard: boolean;
  restoreMark: boolean;
}
export interface TimeInfo {
  readonly kind: 'time';
  /** Seconds since 1970. */
  dateStart: number;
  dateStop: number;
  /** Seconds of the day. */
  start: number;
  stop: number;
  /** Bit n: day n of the month. */
  monthDays: number;
  /** Bit n: 1 Monday … 7 Sunday. */
  weekDays: number;
  localTime: boolean;
  contiguous: boolean;
}
/** IPsec's transformations. Deviation: there are none, so every packet is without policy. */
export interface PolicyElement {
  reqid: Asked<number> | null;
  spi: Asked<number> | null;
  protocol: Asked<number> | null;
  mode: Asked<'transport' | 'tunnel'> | null;
  tunnelSource: Asked<MaskedAddress> | null;
  tunnelDestination: Asked<MaskedAddress> | null;
}
export interface PolicyInfo {
  readonly kind: 'policy';
  direction: 'in' | 'out' | null;
  policy: 'ipsec' | 'none' | null;
  strict: boolean;
  elements: PolicyElement[];
}
/** Deviation: there is no virtual server, so no packet belongs to one. */
export interface IpvsInfo {
  readonly kind: 'ipvs';
  property: Asked<true> | null;
  protocol: Asked<number> | null;
  address: Asked<{ address: Address; mask: Address }> | null;
  port: Asked<number> | null;
  direction: 'ORIGINAL' | 'REPLY' | null;
  method: Asked<'GATE' | 'IPIP' | 'MASQ'> | null;
  controlPort: Asked<number> | null;
}
/** Objects of other programs, by name: none is ever there, so no rule with them can be made. */
export interface NamedObjectInfo {
  readonly kind: 'nfacct' | 'rateest';
  name: string;
}
/** Passive fingerprints of operating systems. Deviation: none are loaded, so none is recognised. */
export interface OsfInfo {
  readonly kind: 'osf';
  genre: string;
  ttl: number | null;
  log: number | null;
  invert: boolean;
}

export type CircumstanceInfo =
  | ConnbytesInfo
  | ConnlabelInfo
  | HelperInfo
  | ClusterInfo
  | CgroupInfo
  | RealmInfo
  | DevgroupInfo
  | SocketInfo
  | TimeInfo
  | PolicyInfo
  | IpvsInfo
  | NamedObjectInfo
  | OsfInfo;
