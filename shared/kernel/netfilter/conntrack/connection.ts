/**
 * A tracked connection (struct nf_conn): the tuples that its packets have in both directions, its state, its translation.
 * Invariant: the reply tuple is what an answer has *before* it is translated back; without NAT it is the inverse of the original one.
 * Invariant: a connection is in its table exactly while it is CONFIRMED and not `dead`.
 */
import type { ConntrackRef, Skb } from '../../model.ts';
import type { Address, Family } from '../match.ts';
import type { Zone } from './zone.ts';

export const ORIGINAL = 0;
export const REPLY = 1;
export type Direction = 0 | 1;

/** enum ip_conntrack_info: how a packet belongs to its connection; kept in `Skb.ctInfo`. */
export const CtInfo = { ESTABLISHED: 0, RELATED: 1, NEW: 2, ESTABLISHED_REPLY: 3, RELATED_REPLY: 4, UNTRACKED: 7 } as const;
export const directionOf = (ctInfo: number): Direction => (ctInfo >= 3 ? REPLY : ORIGINAL);

/** What the kernel answers to a packet belongs to that packet's connection, the other way (nf_ct_attach). */
export function attachConnection(answer: Skb, cause: Skb): void {
  if (cause.ct === null) return;
  answer.ct = cause.ct;
  answer.ctInfo = directionOf(cause.ctInfo) === ORIGINAL ? CtInfo.RELATED_REPLY : CtInfo.RELATED;
}

/** enum ip_conntrack_status, as far as it is used. */
export const Status = {
  EXPECTED: 1,
  SEEN_REPLY: 2,
  ASSURED: 4,
  CONFIRMED: 8,
  SRC_NAT: 16,
  DST_NAT: 32,
  SRC_NAT_DONE: 128,
  DST_NAT_DONE: 256,
  DYING: 512,
  FIXED_TIMEOUT: 1024,
} as const;
export const NAT_MASK = Status.SRC_NAT | Status.DST_NAT;

/** What identifies packets of one direction. For ICMP the identifier stands in `srcPort`, type and code in `dstPort`. */
export class Tuple {
  constructor(
    public src: Address,
    public dst: Address,
    public protocol: number,
    public srcPort: number,
    public dstPort: number,
  ) {}
  equals(other: Tuple): boolean {
    return (
      this.src === other.src && this.dst === other.dst && this.srcPort === other.srcPort && this.dstPort === other.dstPort && this.protocol === other.protocol
    );
  }
  copy(): Tuple {
    return new Tuple(this.src, this.dst, this.protocol, this.srcPort, this.dstPort);
  }
}

/** A tuple in the table's chains. */
export class TupleNode extends Tuple {
  next: TupleNode | null = null;
  hash = 0;
  constructor(
    tuple: Tuple,
    readonly connection: Connection,
    readonly direction: Direction,
  ) {
    super(tuple.src, tuple.dst, tuple.protocol, tuple.srcPort, tuple.dstPort);
  }
  set(tuple: Tuple): void {
    this.src = tuple.src;
    this.dst = tuple.dst;
    this.protocol = tuple.protocol;
    this.srcPort = tuple.srcPort;
    this.dstPort = tuple.dstPort;
  }
}

const ICMP_ANSWERS = new Map<number, number>([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
]);
const ICMP6_ANSWERS = new Map<number, number>([
  [128, 129],
  [129, 128],
  [139, 140],
  [140, 139],
]);
/** The tuple of an answer (nf_ct_invert_tuple); undefined where nothing answers: ICMP that is no request and no reply. */
export function invertTuple(tuple: Tuple): Tuple | undefined {
  const { protocol } = tuple;
  if (protocol !== 1 && protocol !== 58) return new Tuple(tuple.dst, tuple.src, protocol, tuple.dstPort, tuple.srcPort);
  const type = (protocol === 1 ? ICMP_ANSWERS : ICMP6_ANSWERS).get(tuple.dstPort >> 8);
  return type === undefined ? undefined : new Tuple(tuple.dst, tuple.src, protocol, tuple.srcPort, (type << 8) | (tuple.dstPort & 255));
}

/** What the TCP tracker keeps (struct ip_ct_tcp). Deviation: windows are not checked; a packet out of window counts as in it. */
export class TcpTrack {
  state = 0;
  lastIndex = 5;
  lastDirection: Direction = ORIGINAL;
  lastEnd = 0;
  /** Highest end of data per direction, and whether it waits for its acknowledgement. */
  end: [number, number] = [0, 0];
  unacknowledged: [boolean, boolean] = [false, false];
  /** Who began to close. */
  closing = false;
}

export class Connection implements ConntrackRef {
  readonly original: TupleNode;
  readonly reply: TupleNode;
  /** Bits of Status. */
  status = 0;
  expiresUs = 0;
  mark = 0;
  tcp: TcpTrack | null = null;
  /** UDP: from when on it counts as a stream. */
  streamUs = 0;
  /** Device that MASQUERADE took its address from. */
  masqueradeIndex = 0;
  /** Counted while net.netfilter.nf_conntrack_acct is set: packets and bytes per direction. */
  counters: { readonly packets: [number, number]; readonly bytes: [number, number] } | null = null;
  /** See zone.ts. */
  zone: Zone = 0;
  /** Bits that `-m connlabel --set` has set. */
  labels: Set<number> | null = null;
  dead = false;
  /** Something changed that is told when the packet has passed all hooks (nf_ct_deliver_cached_events). */
  hasNews = false;
  /** `conntrack -I` made it, not a packet. */
  isByProgram = false;
  constructor(
    readonly id: number,
    readonly family: Family,
    original: Tuple,
    reply: Tuple,
    readonly startedUs: number,
  ) {
    this.original = new TupleNode(original, this, ORIGINAL);
    this.reply = new TupleNode(reply, this, REPLY);
  }
  tuple(direction: Direction): TupleNode {
    return direction === ORIGINAL ? this.original : this.reply;
  }
  get isConfirmed(): boolean {
    return (this.status & Status.CONFIRMED) !== 0;
  }
}

export const TCP_STATES = ['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'SYN_SENT2'] as const;
