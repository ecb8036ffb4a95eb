/** Targets that labs use seldom, as data: copies, queues, transparent proxies, prefixes, TCP's options, and notes to subsystems nobody listens to. */
import type { Address } from './match.ts';

export interface AuditTarget {
  readonly kind: 'AUDIT';
  type: 'accept' | 'drop' | 'reject';
}
/** Deviation: there are no security marks to copy. */
export interface ConnsecmarkTarget {
  readonly kind: 'CONNSECMARK';
  mode: 'save' | 'restore';
}
/** Deviation: no security module is there, so the kernel refuses every context. */
export interface SecmarkTarget {
  readonly kind: 'SECMARK';
  context: string;
}
/** Clears TCP's bits of congestion notification. */
export interface EcnTarget {
  readonly kind: 'ECN';
}
export interface HmarkTarget {
  readonly kind: 'HMARK';
  modulus: number;
  offset: number;
  random: number;
  sourceMask: Address;
  destinationMask: Address;
  sourcePortMask: number;
  destinationPortMask: number;
  sourcePortSet: number;
  destinationPortSet: number;
  spiMask: number;
  spiSet: number;
  protocolMask: number;
  /** By the connection's tuple instead of the packet's. */
  conntrack: boolean;
}
/** Deviation: the timers are not in sysfs. */
export interface IdletimerTarget {
  readonly kind: 'IDLETIMER';
  timeoutS: number;
  label: string;
  alarm: boolean;
}
export interface LedTarget {
  readonly kind: 'LED';
  trigger: string;
  /** Milliseconds; null: for ever. */
  delayMs: number | null;
  alwaysBlink: boolean;
}
/** Deviation: no program reads queues, so a queued packet is gone, or goes on with `bypass`. */
export interface NfqueueTarget {
  readonly kind: 'NFQUEUE';
  queue: number;
  count: number;
  bypass: boolean;
  cpuFanout: boolean;
}
export interface TcpoptstripTarget {
  readonly kind: 'TCPOPTSTRIP';
  /** Kinds of options, ascending. */
  options: readonly number[];
}
export interface TeeTarget {
  readonly kind: 'TEE';
  gateway: Address;
  device: string;
}
/** Deviation: no socket is transparent, so what should be redirected is dropped. */
export interface TproxyTarget {
  readonly kind: 'TPROXY';
  port: number;
  address: Address | null;
  mark: number;
  mask: number;
}
/** `SNPT`, `DNPT`: network prefix translation (RFC 6296). */
export interface NptTarget {
  readonly kind: 'SNPT' | 'DNPT';
  source: { address: Address; length: number };
  destination: { address: Address; length: number };
}

export type SeldomTarget =
  | AuditTarget
  | ConnsecmarkTarget
  | SecmarkTarget
  | EcnTarget
  | HmarkTarget
  | IdletimerTarget
  | LedTarget
  | NfqueueTarget
  | TcpoptstripTarget
  | TeeTarget
  | TproxyTarget
  | NptTarget;
