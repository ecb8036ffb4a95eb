/**
 * Bytes to a packet. Never throws: what is cut short or unknown stays in `payload`, so that no byte is lost.
 * Fragments other than whole packets keep everything after the IP header as payload. VXLAN is not guessed from a port: who knows that a
 * UDP payload is VXLAN calls `decodeVxlan`.
 */
import type { Bytes } from '../base/index.ts';
import { fromUint8Array, toUint8Array } from '../base/index.ts';
import type { Ipv6, Mac } from './address.ts';
import { foldChecksum, pseudoHeaderSum4, pseudoHeaderSum6, sumWords } from './checksum.ts';
import { Arp, EtherType, Gre, Icmp, IpProtocol, Ipv4Header, Ipv6Header, Packet, Tcp, TRANSPARENT_BRIDGING, Udp } from './packet.ts';

/** Decodes an Ethernet frame into `into` (a fresh packet unless given). */
export function decodeFrame(bytes: Uint8Array, into: Packet = new Packet()): Packet {
  if (bytes.length < 14) {
    into.payload = fromUint8Array(bytes);
    return into;
  }
  into.ethDst = mac(bytes, 0);
  into.ethSrc = mac(bytes, 6);
  let at = 12;
  const tags: number[] = [];
  for (; isTag(get16(bytes, at)) && bytes.length >= at + 6; at += 4) tags.push(get32(bytes, at) >>> 0);
  const [outer, ...inner] = tags;
  if (outer !== undefined) {
    into.vlan = outer & 0xffff;
    into.vlanProtocol = outer >>> 16;
    if (inner.length > 0) into.innerTags = inner;
  }
  return decodeNetwork(bytes.subarray(at + 2), get16(bytes, at), into);
}

const isTag = (etherType: number): boolean => etherType === EtherType.VLAN || etherType === EtherType.PROVIDER_VLAN;

/** Decodes from the network header on. */
export function decodeNetwork(bytes: Uint8Array, etherType: number, into: Packet = new Packet()): Packet {
  into.etherType = etherType;
  const whole =
    (etherType === EtherType.IPV4 && decodeIpv4(bytes, into)) ||
    (etherType === EtherType.ARP && decodeArp(bytes, into)) ||
    (etherType === EtherType.IPV6 && decodeIpv6(bytes, into));
  if (!whole) into.payload = fromUint8Array(bytes);
  return into;
}
/** Decodes an IP packet held as a byte string: what an ICMP error quotes. */
export const decodeQuoted = (bytes: Bytes, into: Packet = new Packet()): Packet =>
  decodeNetwork(toUint8Array(bytes), bytes.charCodeAt(0) >> 4 === 6 ? EtherType.IPV6 : EtherType.IPV4, into);

/** The frame inside a VXLAN datagram's payload (RFC 7348), or undefined when it is none. Sets nothing. */
export function decodeVxlan(payload: Bytes, into: Packet = new Packet()): { vni: number; frame: Packet } | undefined {
  const bytes = toUint8Array(payload);
  if (bytes.length < 8 + 14 || (bytes[0]! & 0x08) === 0) return undefined;
  return { vni: get32(bytes, 4) >>> 8, frame: decodeFrame(bytes.subarray(8), into) };
}

/** Splits transport bytes into header and payload, as `packet.ip`'s protocol says. For raw sockets and reassembled fragments. */
export function decodeTransport(bytes: Uint8Array, packet: Packet): void {
  const { ip, ip6 } = packet;
  const protocol = ip !== null ? ip.protocol : ip6 !== null ? ip6.nextHeader : -1;
  const pseudo =
    ip !== null ? pseudoHeaderSum4(ip.src, ip.dst, protocol, bytes.length) : ip6 !== null ? pseudoHeaderSum6(ip6.src, ip6.dst, protocol, bytes.length) : 0;
  let header = 0;
  if ((protocol === IpProtocol.ICMP && ip !== null) || (protocol === IpProtocol.ICMPV6 && ip6 !== null))
    header = decodeIcmp(bytes, packet, ip6 === null ? 0 : pseudo);
  else if (protocol === IpProtocol.UDP) header = decodeUdp(bytes, packet, pseudo);
  else if (protocol === IpProtocol.TCP) header = decodeTcp(bytes, packet, pseudo);
  else if (protocol === IpProtocol.IPIP && bytes.length >= 20 && ip !== null) {
    packet.inner = decodeNetwork(bytes, EtherType.IPV4);
    return;
  } else if (protocol === IpProtocol.IPV6 && bytes.length >= 40 && ip !== null) {
    packet.inner = decodeNetwork(bytes, EtherType.IPV6);
    return;
  } else if (protocol === IpProtocol.GRE && ip !== null && decodeGre(bytes, packet)) return;
  packet.payload = fromUint8Array(bytes.subarray(header));
}

const get16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const get32 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
const mac = (bytes: Uint8Array, at: number): Mac => get16(bytes, at) * 0x1_0000_0000 + (get32(bytes, at + 2) >>> 0);
const text = (bytes: Uint8Array, from: number, to: number): Bytes => fromUint8Array(bytes.subarray(from, to));
function ipv6(bytes: Uint8Array, at: number): Ipv6 {
  let out = '';
  for (let i = 0; i < 16; i++) out += bytes[at + i]!.toString(16).padStart(2, '0');
  return out;
}

function decodeArp(bytes: Uint8Array, into: Packet): boolean {
  if (bytes.length < 28 || get16(bytes, 0) !== 1 || get16(bytes, 2) !== EtherType.IPV4 || get16(bytes, 4) !== 0x0604) return false;
  into.arp = new Arp(get16(bytes, 6), mac(bytes, 8), get32(bytes, 14), mac(bytes, 18), get32(bytes, 24));
  return true;
}

function decodeIpv4(bytes: Uint8Array, into: Packet): boolean {
  const headerLength = (bytes[0]! & 15) * 4;
  if (bytes.length < 20 || bytes[0]! >> 4 !== 4 || headerLength < 20 || bytes.length < headerLength) return false;
  const ip = new Ipv4Header(get32(bytes, 12), get32(bytes, 16), bytes[9]!, bytes[8]!);
  const totalLength = get16(bytes, 2);
  const end = totalLength >= headerLength && totalLength <= bytes.length ? totalLength : bytes.length;
  const flags = get16(bytes, 6);
  ip.tos = bytes[1]!;
  ip.id = get16(bytes, 4);
  ip.dontFragment = (flags & 0x4000) !== 0;
  ip.moreFragments = (flags & 0x2000) !== 0;
  ip.fragmentOffset = (flags & 0x1fff) << 3;
  ip.options = text(bytes, 20, headerLength);
  if (totalLength !== end) ip.totalLength = totalLength;
  if (foldChecksum(sumWords(bytes, 0, headerLength)) !== 0) ip.checksum = get16(bytes, 10);
  into.ip = ip;
  const rest = bytes.subarray(headerLength, end);
  if (ip.isFragment) into.payload = fromUint8Array(rest);
  else decodeTransport(rest, into);
  return true;
}

function decodeIpv6(bytes: Uint8Array, into: Packet): boolean {
  if (bytes.length < 40 || bytes[0]! >> 4 !== 6) return false;
  const length = get16(bytes, 4);
  const ip6 = new Ipv6Header(ipv6(bytes, 8), ipv6(bytes, 24), bytes[6]!, bytes[7]!);
  const word = get32(bytes, 0);
  ip6.trafficClass = (word >>> 20) & 255;
  ip6.flowLabel = word & 0xfffff;
  const end = 40 + length <= bytes.length ? 40 + length : bytes.length;
  if (40 + length !== end) ip6.payloadLength = length;
  let at = 40;
  if (ip6.nextHeader === IpProtocol.HOPOPTS && end >= 48 && 40 + (bytes[41]! + 1) * 8 <= end) {
    at = 40 + (bytes[41]! + 1) * 8;
    ip6.nextHeader = bytes[40]!;
    ip6.hopByHop = text(bytes, 41, at);
  }
  if (ip6.nextHeader === IpProtocol.FRAGMENT && end >= at + 8) {
    ip6.nextHeader = bytes[at]!;
    ip6.fragmentOffset = get16(bytes, at + 2) & 0xfff8;
    ip6.moreFragments = (bytes[at + 3]! & 1) === 1;
    ip6.fragmentId = get32(bytes, at + 4) >>> 0;
    at += 8;
  }
  into.ip6 = ip6;
  const rest = bytes.subarray(at, end);
  if (ip6.isFragment) into.payload = fromUint8Array(rest);
  else decodeTransport(rest, into);
  return true;
}

function decodeIcmp(bytes: Uint8Array, into: Packet, pseudo: number): number {
  if (bytes.length < 8) return 0;
  const icmp = new Icmp(bytes[0]!, bytes[1]!, get16(bytes, 4), get16(bytes, 6));
  if (foldChecksum(sumWords(bytes, 0, bytes.length, pseudo)) !== 0) icmp.checksum = get16(bytes, 2);
  into.icmp = icmp;
  return 8;
}
function decodeUdp(bytes: Uint8Array, into: Packet, pseudo: number): number {
  if (bytes.length < 8) return 0;
  const udp = new Udp(get16(bytes, 0), get16(bytes, 2));
  if (get16(bytes, 4) !== bytes.length) udp.length = get16(bytes, 4);
  const checksum = get16(bytes, 6);
  if (checksum === 0 || foldChecksum(sumWords(bytes, 0, bytes.length, pseudo)) !== 0) udp.checksum = checksum;
  into.udp = udp;
  return 8;
}
function decodeTcp(bytes: Uint8Array, into: Packet, pseudo: number): number {
  const header = bytes.length >= 20 ? (bytes[12]! >> 4) * 4 : 0;
  if (header < 20 || header > bytes.length) return 0;
  const options = text(bytes, 20, header);
  const tcp = new Tcp(get16(bytes, 0), get16(bytes, 2), get32(bytes, 4) >>> 0, get32(bytes, 8) >>> 0, bytes[13]!, get16(bytes, 14), options);
  tcp.urgent = get16(bytes, 18);
  if (foldChecksum(sumWords(bytes, 0, bytes.length, pseudo)) !== 0) tcp.checksum = get16(bytes, 16);
  into.tcp = tcp;
  return header;
}
/** Of version 0 without source routes; what it carries becomes the packet's `inner` where it can be read. */
function decodeGre(bytes: Uint8Array, into: Packet): boolean {
  if (bytes.length < 4) return false;
  const flags = get16(bytes, 0);
  if ((flags & 0x4fff) !== 0) return false;
  const gre = new Gre(get16(bytes, 2));
  gre.hasChecksum = (flags & 0x8000) !== 0;
  if ((flags & 0x2000) !== 0) gre.key = 0;
  if ((flags & 0x1000) !== 0) gre.seq = 0;
  if (bytes.length < gre.length) return false;
  let at = 4;
  if (gre.hasChecksum) {
    if (foldChecksum(sumWords(bytes, 0, bytes.length)) !== 0) gre.checksum = get16(bytes, at);
    at += 4;
  }
  if (gre.key >= 0) {
    gre.key = get32(bytes, at) >>> 0;
    at += 4;
  }
  if (gre.seq >= 0) {
    gre.seq = get32(bytes, at) >>> 0;
    at += 4;
  }
  into.gre = gre;
  const rest = bytes.subarray(at);
  if (gre.protocol === TRANSPARENT_BRIDGING && rest.length >= 14) into.inner = decodeFrame(rest);
  else if ((gre.protocol === EtherType.IPV4 && rest.length >= 20) || (gre.protocol === EtherType.IPV6 && rest.length >= 40))
    into.inner = decodeNetwork(rest, gre.protocol);
  else into.payload = fromUint8Array(rest);
  return true;
}
