/** A packet while a filter judges it, and what a test of a filter is. */
import { encodeFrame, encodeNetwork, EtherType, frameLength, IpProtocol, Packet } from '../../../wire/index.ts';

/** Bytes of a file. */
export interface Captured {
  readonly bytes: Uint8Array;
  readonly linkBytes: number;
  /** On the wire. */
  readonly length: number;
}

/** One packet while it is judged: its bytes are made when an index asks for them, once. */
export class Subject {
  /** A byte was asked for that is not there: libpcap then rejects the packet. */
  outOfRange = false;
  private frameBytes: Uint8Array | undefined;
  private networkBytes: Uint8Array | undefined;
  constructor(
    readonly packet: Packet,
    readonly packetType: number,
    /** As it was read, where it came from a file. */
    readonly source?: Captured,
  ) {}
  get frame(): Uint8Array {
    return (this.frameBytes ??= this.source?.bytes ?? encodeFrame(this.packet));
  }
  get network(): Uint8Array {
    return (this.networkBytes ??= this.source?.bytes.subarray(this.source.linkBytes) ?? encodeNetwork(this.packet));
  }
  /** Of the whole frame. */
  get length(): number {
    return this.source?.length ?? frameLength(this.packet);
  }
  /** Bytes from the transport header on; undefined in fragments other than the first. */
  get transport(): Uint8Array | undefined {
    const { ip, ip6 } = this.packet;
    if (ip !== null) return ip.fragmentOffset !== 0 ? undefined : this.network.subarray(20 + ip.options.length);
    return ip6 === null ? undefined : this.network.subarray(40 + (ip6.hopByHop === '' ? 0 : ip6.hopByHop.length + 1));
  }
  /** What the IP header names: extension headers of IPv6 are not followed, but for the one of fragments. */
  get protocol(): number {
    const { ip, ip6, etherType } = this.packet;
    if (ip !== null) return ip.protocol;
    if (ip6 === null) return etherType === EtherType.IPV4 ? (this.network[9] ?? -1) : -1;
    if (ip6.hopByHop !== '') return IpProtocol.HOPOPTS;
    return ip6.nextHeader === IpProtocol.FRAGMENT ? (this.network[40] ?? -1) : ip6.nextHeader;
  }
  /** Source and destination port; undefined when it has none. */
  get ports(): readonly [number, number] | undefined {
    const { udp, tcp } = this.packet;
    const header = tcp ?? udp;
    if (header !== null) return [header.srcPort, header.dstPort];
    if (![IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP].some((each) => each === this.protocol)) return undefined;
    const bytes = this.transport;
    return bytes === undefined || bytes.length < 4 ? undefined : [(bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!];
  }
}

/** The frame as it looks where its VLAN tag is taken for its type: nothing of what is behind the tag is seen. */
export function behindTag(packet: Packet): Packet {
  const outside = new Packet();
  outside.ethDst = packet.ethDst;
  outside.ethSrc = packet.ethSrc;
  outside.etherType = EtherType.VLAN;
  return outside;
}

/** What kind of packet: the least that tells protocols apart. */
export interface Kind {
  readonly network: 'ip' | 'ip6' | 'arp' | 'rarp' | 'other';
  /** Undefined where there is no IP. */
  readonly protocol: number | undefined;
}
/** Over all packets of a kind. */
export type Verdict = 'never' | 'maybe' | 'always';
export interface Test {
  readonly passes: (subject: Subject) => boolean;
  readonly on: (kind: Kind) => Verdict;
}

export const test = (passes: Test['passes'], on: Test['on'] = () => 'maybe'): Test => ({ passes, on });
export const both = (a: Test, b: Test): Test => ({
  passes: (subject) => a.passes(subject) && b.passes(subject),
  on(kind) {
    const [x, y] = [a.on(kind), b.on(kind)];
    return x === 'never' || y === 'never' ? 'never' : x === 'always' && y === 'always' ? 'always' : 'maybe';
  },
});
export const negated = (a: Test): Test => ({
  passes: (subject) => !a.passes(subject),
  on(kind) {
    const x = a.on(kind);
    return x === 'never' ? 'always' : x === 'always' ? 'never' : 'maybe';
  },
});
export const oneOf = (a: Test, b: Test): Test => ({ ...negated(both(negated(a), negated(b))), passes: (subject) => a.passes(subject) || b.passes(subject) });

/** Whether no packet of any kind can pass: libpcap's optimizer finds such expressions. */
export function rejectsAll(a: Test): boolean {
  const protocols = [IpProtocol.ICMP, IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMPV6, IpProtocol.IGMP, IpProtocol.SCTP, IpProtocol.ESP, IpProtocol.AH, 255];
  const kinds: Kind[] = (['arp', 'rarp', 'other'] as const).map((network) => ({ network, protocol: undefined }));
  for (const network of ['ip', 'ip6'] as const) for (const protocol of protocols) kinds.push({ network, protocol });
  return kinds.every((kind) => a.on(kind) === 'never');
}
