/**
 * A frame in flight: link header, optional VLAN tag, one network header, one transport header, payload, and a whole frame inside it when it
 * is encapsulated. Structured and mutable, because a router changes a TTL and a bridge floods clones; bytes are made only for captures,
 * quoted headers and raw sockets (encode.ts, decode.ts).
 *
 * Invariant: at most one of `arp`, `ip`, `ip6` is set; a transport header only together with `ip` or `ip6`.
 * Invariant: checksums and lengths of -1 mean "what they should be"; decode keeps another value only when the bytes had one.
 * Invariant: `payload` and `inner` exclude each other. All packets have one shape (V8 hidden class): set fields, never add them.
 */
import type { Bytes } from '../base/index.ts';
import type { Ipv4, Ipv6, Mac } from './address.ts';

/** Ether types (linux/if_ether.h). */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  PROVIDER_VLAN: 0x88a8,
  IPV6: 0x86dd,
  SLOW: 0x8809,
  LLDP: 0x88cc,
  LOOP: 0x0060,
  STP: 0x0004,
} as const;
/** IP protocol numbers. */
export const IpProtocol = {
  HOPOPTS: 0,
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  FRAGMENT: 44,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  OSPF: 89,
  SCTP: 132,
} as const;
export const ArpOp = { REQUEST: 1, REPLY: 2 } as const;
/** ICMP types and codes (RFC 792, 1812). */
export const IcmpType = { ECHO_REPLY: 0, UNREACHABLE: 3, REDIRECT: 5, ECHO_REQUEST: 8, TIME_EXCEEDED: 11, PARAMETER_PROBLEM: 12 } as const;
export const IcmpUnreachable = {
  NET: 0,
  HOST: 1,
  PROTOCOL: 2,
  PORT: 3,
  FRAG_NEEDED: 4,
  SOURCE_ROUTE: 5,
  NET_PROHIBITED: 9,
  HOST_PROHIBITED: 10,
  ADMIN_PROHIBITED: 13,
} as const;
/** ICMPv6 types (RFC 4443, 4861). */
export const Icmp6Type = {
  UNREACHABLE: 1,
  TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
  ROUTER_SOLICIT: 133,
  ROUTER_ADVERT: 134,
  NEIGHBOUR_SOLICIT: 135,
  NEIGHBOUR_ADVERT: 136,
  MLD2_REPORT: 143,
} as const;
/** TCP flag bits, as in the header's 14th byte. */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/** ARP for IPv4 over Ethernet (RFC 826). */
export class Arp {
  constructor(
    public op: number,
    public senderMac: Mac,
    public senderIp: Ipv4,
    public targetMac: Mac,
    public targetIp: Ipv4,
  ) {}
  clone(): Arp {
    return new Arp(this.op, this.senderMac, this.senderIp, this.targetMac, this.targetIp);
  }
}

export class Ipv4Header {
  tos = 0;
  id = 0;
  dontFragment = false;
  moreFragments = false;
  /** In bytes, a multiple of 8. */
  fragmentOffset = 0;
  /** Options as bytes, padded to a multiple of 4. */
  options: Bytes = '';
  /** -1: header, transport header and payload together. Another value only in damaged or quoted packets. */
  totalLength = -1;
  /** -1: correct. */
  checksum = -1;
  constructor(
    public src: Ipv4,
    public dst: Ipv4,
    public protocol: number,
    public ttl: number,
  ) {}
  clone(): Ipv4Header {
    const copy = new Ipv4Header(this.src, this.dst, this.protocol, this.ttl);
    copy.tos = this.tos;
    copy.id = this.id;
    copy.dontFragment = this.dontFragment;
    copy.moreFragments = this.moreFragments;
    copy.fragmentOffset = this.fragmentOffset;
    copy.options = this.options;
    copy.totalLength = this.totalLength;
    copy.checksum = this.checksum;
    return copy;
  }
  get isFragment(): boolean {
    return this.moreFragments || this.fragmentOffset !== 0;
  }
}

export class Ipv6Header {
  trafficClass = 0;
  flowLabel = 0;
  /** Hop-by-hop options as the bytes of the whole extension header, its next-header byte excluded; '' for none. */
  hopByHop: Bytes = '';
  /** A fragment header's identification; -1: there is none. */
  fragmentId = -1;
  /** In bytes, a multiple of 8. */
  fragmentOffset = 0;
  moreFragments = false;
  /** -1: everything after the fixed header. */
  payloadLength = -1;
  constructor(
    public src: Ipv6,
    public dst: Ipv6,
    /** The transport protocol, after extension headers. */
    public nextHeader: number,
    public hopLimit: number,
  ) {}
  clone(): Ipv6Header {
    const copy = new Ipv6Header(this.src, this.dst, this.nextHeader, this.hopLimit);
    copy.trafficClass = this.trafficClass;
    copy.flowLabel = this.flowLabel;
    copy.hopByHop = this.hopByHop;
    copy.fragmentId = this.fragmentId;
    copy.fragmentOffset = this.fragmentOffset;
    copy.moreFragments = this.moreFragments;
    copy.payloadLength = this.payloadLength;
    return copy;
  }
  /** Bytes of extension headers. */
  get extensionLength(): number {
    return (this.hopByHop === '' ? 0 : this.hopByHop.length + 1) + (this.fragmentId >= 0 ? 8 : 0);
  }
  get isFragment(): boolean {
    return this.fragmentId >= 0 && (this.moreFragments || this.fragmentOffset !== 0);
  }
}

/**
 * ICMP (and ICMPv6): four bytes of header, then `rest` (its second word) as two halves: for echo the identifier and sequence, for
 * "fragmentation needed" 0 and the MTU, for redirects the gateway's halves. The quoted packet of an error is the packet's `payload`.
 */
export class Icmp {
  checksum = -1;
  constructor(
    public type: number,
    public code: number,
    /** Upper half of the second word: echo identifier. */
    public id: number,
    /** Lower half: echo sequence number, or next-hop MTU. */
    public seq: number,
  ) {}
  clone(): Icmp {
    const copy = new Icmp(this.type, this.code, this.id, this.seq);
    copy.checksum = this.checksum;
    return copy;
  }
}

/** A checksum that the card will make: until then the field holds the sum of the pseudo header alone (CHECKSUM_PARTIAL). */
export const PARTIAL_CHECKSUM = -2;

export class Udp {
  /** -1: 8 and the payload. */
  length = -1;
  /** -1: correct. 0: none was computed (VXLAN). PARTIAL_CHECKSUM: not yet made. */
  checksum = -1;
  constructor(
    public srcPort: number,
    public dstPort: number,
  ) {}
  clone(): Udp {
    const copy = new Udp(this.srcPort, this.dstPort);
    copy.length = this.length;
    copy.checksum = this.checksum;
    return copy;
  }
}

export class Tcp {
  /** -1: correct. PARTIAL_CHECKSUM: not yet made. */
  checksum = -1;
  urgent = 0;
  constructor(
    public srcPort: number,
    public dstPort: number,
    /** Unsigned 32-bit. */
    public seq: number,
    public ack: number,
    /** Bits of TcpFlag. */
    public flags: number,
    public window: number,
    /** Option bytes, padded to a multiple of 4. */
    public options: Bytes,
  ) {}
  clone(): Tcp {
    const copy = new Tcp(this.srcPort, this.dstPort, this.seq, this.ack, this.flags, this.window, this.options);
    copy.checksum = this.checksum;
    copy.urgent = this.urgent;
    return copy;
  }
}

/** GRE, version 0 (RFC 2784, 2890): its checksum, key and sequence number are there or not. What it carries is the packet's `inner`, or its payload. */
export class Gre {
  hasChecksum = false;
  /** -1: correct. */
  checksum = -1;
  /** Unsigned 32-bit; -1: none. */
  key = -1;
  seq = -1;
  constructor(
    /** An ether type; TRANSPARENT_BRIDGING for whole frames. */
    public protocol: number,
  ) {}
  get length(): number {
    return 4 + (this.hasChecksum ? 4 : 0) + (this.key >= 0 ? 4 : 0) + (this.seq >= 0 ? 4 : 0);
  }
  clone(): Gre {
    const copy = new Gre(this.protocol);
    copy.hasChecksum = this.hasChecksum;
    copy.checksum = this.checksum;
    copy.key = this.key;
    copy.seq = this.seq;
    return copy;
  }
}
/** ETH_P_TEB. */
export const TRANSPARENT_BRIDGING = 0x6558;

export class Packet {
  ethDst: Mac = 0;
  ethSrc: Mac = 0;
  /** The network protocol; behind a VLAN tag the inner one. Below 0x600 it is an 802.3 length and the payload starts with LLC. */
  etherType = 0;
  /** 802.1Q tag control (priority, DEI, id) of the outermost tag, or -1. */
  vlan = -1;
  /** Its protocol: 0x8100 (802.1Q) or 0x88a8 (802.1ad). */
  vlanProtocol: number = EtherType.VLAN;
  /** Tags behind it, outermost first: protocol in the upper 16 bits, control below. */
  innerTags: readonly number[] | null = null;
  arp: Arp | null = null;
  ip: Ipv4Header | null = null;
  ip6: Ipv6Header | null = null;
  /** ICMP, or ICMPv6 when `ip6` is set. */
  icmp: Icmp | null = null;
  udp: Udp | null = null;
  tcp: Tcp | null = null;
  gre: Gre | null = null;
  payload: Bytes = '';
  /** What is encapsulated: an IP packet (IPIP, GRE), or a frame (VXLAN, GRE TAP). */
  inner: Packet | null = null;
  /** The VXLAN network identifier when `inner` is carried by VXLAN over `udp`, else -1. */
  vni = -1;

  /** Copies all content of `from`; what is inside it is cloned too. */
  copyContent(from: Packet): void {
    this.ethDst = from.ethDst;
    this.ethSrc = from.ethSrc;
    this.etherType = from.etherType;
    this.vlan = from.vlan;
    this.vlanProtocol = from.vlanProtocol;
    this.innerTags = from.innerTags;
    this.arp = from.arp === null ? null : from.arp.clone();
    this.ip = from.ip === null ? null : from.ip.clone();
    this.ip6 = from.ip6 === null ? null : from.ip6.clone();
    this.icmp = from.icmp === null ? null : from.icmp.clone();
    this.udp = from.udp === null ? null : from.udp.clone();
    this.tcp = from.tcp === null ? null : from.tcp.clone();
    this.gre = from.gre === null ? null : from.gre.clone();
    this.payload = from.payload;
    this.inner = from.inner === null ? null : from.inner.clone();
    this.vni = from.vni;
  }
  clone(): Packet {
    const copy = new Packet();
    copy.copyContent(this);
    return copy;
  }
  /** Puts a tag in front of those that are there. */
  pushTag(protocol: number, control: number): void {
    if (this.vlan >= 0) this.innerTags = [this.vlanProtocol * 0x10000 + this.vlan, ...(this.innerTags ?? [])];
    this.vlan = control;
    this.vlanProtocol = protocol;
  }
  /** Takes the outermost tag off. */
  popTag(): void {
    const { innerTags } = this;
    this.vlanProtocol = EtherType.VLAN;
    this.vlan = -1;
    if (innerTags === null) return;
    const next = innerTags[0]!;
    this.vlan = next & 0xffff;
    this.vlanProtocol = next >>> 16;
    this.innerTags = innerTags.length > 1 ? innerTags.slice(1) : null;
  }
  /** The VLAN id, or 0 when untagged. */
  get vlanId(): number {
    return this.vlan < 0 ? 0 : this.vlan & 0xfff;
  }
}

/** Makes the checksums that were left to the card, those of encapsulated packets too. */
export function completeChecksum({ udp, tcp, inner }: Packet): void {
  if (inner !== null) completeChecksum(inner);
  if (udp?.checksum === PARTIAL_CHECKSUM) udp.checksum = -1;
  if (tcp?.checksum === PARTIAL_CHECKSUM) tcp.checksum = -1;
}

/** Bytes after the network header: transport header and payload. */
export function transportLength(packet: Packet): number {
  let length = packet.inner === null ? packet.payload.length : innerLength(packet, packet.inner);
  if (packet.icmp !== null) length += 8;
  else if (packet.udp !== null) length += 8;
  else if (packet.tcp !== null) length += 20 + packet.tcp.options.length;
  else if (packet.gre !== null) length += packet.gre.length;
  return length;
}
function innerLength(outer: Packet, inner: Packet): number {
  if (outer.vni >= 0) return 8 + frameLength(inner);
  return outer.gre?.protocol === TRANSPARENT_BRIDGING ? frameLength(inner) : networkLength(inner);
}
/** Bytes from the network header on: what an MTU limits. */
export function networkLength(packet: Packet): number {
  if (packet.ip !== null) return packet.ip.totalLength >= 0 ? packet.ip.totalLength : 20 + packet.ip.options.length + transportLength(packet);
  if (packet.arp !== null) return 28;
  if (packet.ip6 !== null) return packet.ip6.payloadLength >= 0 ? 40 + packet.ip6.payloadLength : 40 + packet.ip6.extensionLength + transportLength(packet);
  return packet.payload.length;
}
/** Bytes of the whole Ethernet frame, without padding and FCS. */
export function frameLength(packet: Packet): number {
  return (packet.vlan >= 0 ? 4 : 0) + countedLength(packet);
}
/** The same without the outermost tag, which Linux keeps beside the frame: what devices count (skb->len). */
export function countedLength(packet: Packet): number {
  return 14 + (packet.innerTags === null ? 0 : 4 * packet.innerTags.length) + networkLength(packet);
}
