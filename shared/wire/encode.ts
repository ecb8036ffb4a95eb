/**
 * A packet to its exact bytes: the Ethernet frame, or from the network or the transport header on.
 * Invariant: decode ∘ encode is the identity on packets, encode ∘ decode on bytes (padding of short frames excepted).
 */
import { fromUint8Array } from '../base/index.ts';
import type { Bytes } from '../base/index.ts';
import { macByte } from './address.ts';
import type { Ipv6, Mac } from './address.ts';
import { foldChecksum, pseudoHeaderSum4, pseudoHeaderSum6, sumWords } from './checksum.ts';
import { EtherType, IpProtocol, PARTIAL_CHECKSUM, frameLength, networkLength, transportLength, TRANSPARENT_BRIDGING } from './packet.ts';
import type { Gre, Packet } from './packet.ts';

/** The Ethernet frame, without padding and FCS. */
export function encodeFrame(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(frameLengthOnWire(packet));
  writeFrame(packet, bytes, 0);
  return bytes;
}
/** From the IP or ARP header on. */
export function encodeNetwork(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(presentNetworkLength(packet));
  writeNetwork(packet, bytes, 0);
  return bytes;
}
/** From the transport header on: what an IP header is followed by. */
export function encodeTransport(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(transportLength(packet));
  writeTransport(packet, bytes, 0, bytes.length);
  return bytes;
}
export const encodeNetworkBytes = (packet: Packet): Bytes => fromUint8Array(encodeNetwork(packet));
export const encodeTransportBytes = (packet: Packet): Bytes => fromUint8Array(encodeTransport(packet));

/** A quoted packet says a total length that it does not have any more: what is there counts. */
function presentNetworkLength(packet: Packet): number {
  if (packet.ip !== null) return 20 + packet.ip.options.length + transportLength(packet);
  return packet.ip6 === null ? networkLength(packet) : 40 + packet.ip6.extensionLength + transportLength(packet);
}
function frameLengthOnWire(packet: Packet): number {
  return frameLength(packet) - networkLength(packet) + presentNetworkLength(packet);
}

const put16 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
};
const put32 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
};
const putMac = (bytes: Uint8Array, at: number, mac: Mac): void => {
  for (let i = 0; i < 6; i++) bytes[at + i] = macByte(mac, i);
};
const putIpv6 = (bytes: Uint8Array, at: number, address: Ipv6): void => {
  for (let i = 0; i < 16; i++) bytes[at + i] = parseInt(address.slice(2 * i, 2 * i + 2), 16);
};
const putBytes = (bytes: Uint8Array, at: number, text: Bytes): void => {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
};

function writeFrame(packet: Packet, bytes: Uint8Array, start: number): void {
  putMac(bytes, start, packet.ethDst);
  putMac(bytes, start + 6, packet.ethSrc);
  let at = start + 12;
  if (packet.vlan >= 0) {
    put16(bytes, at, packet.vlanProtocol);
    put16(bytes, at + 2, packet.vlan);
    at += 4;
    for (const tag of packet.innerTags ?? []) {
      put32(bytes, at, tag);
      at += 4;
    }
  }
  put16(bytes, at, packet.etherType);
  writeNetwork(packet, bytes, at + 2);
}

function writeNetwork(packet: Packet, bytes: Uint8Array, at: number): void {
  const { arp, ip, ip6 } = packet;
  if (ip !== null) {
    const headerLength = 20 + ip.options.length;
    const present = transportLength(packet);
    bytes[at] = 0x40 | (headerLength >> 2);
    bytes[at + 1] = ip.tos;
    put16(bytes, at + 2, ip.totalLength >= 0 ? ip.totalLength : headerLength + present);
    put16(bytes, at + 4, ip.id);
    put16(bytes, at + 6, (ip.dontFragment ? 0x4000 : 0) | (ip.moreFragments ? 0x2000 : 0) | (ip.fragmentOffset >> 3));
    bytes[at + 8] = ip.ttl;
    bytes[at + 9] = ip.protocol;
    put32(bytes, at + 12, ip.src);
    put32(bytes, at + 16, ip.dst);
    putBytes(bytes, at + 20, ip.options);
    put16(bytes, at + 10, ip.checksum >= 0 ? ip.checksum : foldChecksum(sumWords(bytes, at, at + headerLength)));
    writeTransport(packet, bytes, at + headerLength, present);
  } else if (arp !== null) {
    put16(bytes, at, 1);
    put16(bytes, at + 2, EtherType.IPV4);
    bytes[at + 4] = 6;
    bytes[at + 5] = 4;
    put16(bytes, at + 6, arp.op);
    putMac(bytes, at + 8, arp.senderMac);
    put32(bytes, at + 14, arp.senderIp);
    putMac(bytes, at + 18, arp.targetMac);
    put32(bytes, at + 24, arp.targetIp);
  } else if (ip6 !== null) {
    const present = transportLength(packet);
    const options = ip6.hopByHop === '' ? 0 : ip6.hopByHop.length + 1;
    const extension = ip6.extensionLength;
    const afterOptions = ip6.fragmentId >= 0 ? IpProtocol.FRAGMENT : ip6.nextHeader;
    put32(bytes, at, (6 << 28) | (ip6.trafficClass << 20) | ip6.flowLabel);
    put16(bytes, at + 4, ip6.payloadLength >= 0 ? ip6.payloadLength : extension + present);
    bytes[at + 6] = options > 0 ? IpProtocol.HOPOPTS : afterOptions;
    bytes[at + 7] = ip6.hopLimit;
    putIpv6(bytes, at + 8, ip6.src);
    putIpv6(bytes, at + 24, ip6.dst);
    if (options > 0) {
      bytes[at + 40] = afterOptions;
      putBytes(bytes, at + 41, ip6.hopByHop);
    }
    if (ip6.fragmentId >= 0) {
      bytes[at + 40 + options] = ip6.nextHeader;
      put16(bytes, at + 42 + options, ip6.fragmentOffset | (ip6.moreFragments ? 1 : 0));
      put32(bytes, at + 44 + options, ip6.fragmentId);
    }
    writeTransport(packet, bytes, at + 40 + extension, present);
  } else putBytes(bytes, at, packet.payload);
}

function writeTransport(packet: Packet, bytes: Uint8Array, at: number, length: number): void {
  const { icmp, udp, tcp, gre, inner } = packet;
  const header = icmp !== null || udp !== null ? 8 : tcp !== null ? 20 + tcp.options.length : gre !== null ? gre.length : 0;
  if (inner === null) putBytes(bytes, at + header, packet.payload);
  else if (packet.vni >= 0) {
    bytes[at + header] = 0x08;
    put32(bytes, at + header + 4, packet.vni << 8);
    writeFrame(inner, bytes, at + header + 8);
  } else if (gre?.protocol === TRANSPARENT_BRIDGING) writeFrame(inner, bytes, at + header);
  else writeNetwork(inner, bytes, at + header);
  if (icmp !== null) {
    bytes[at] = icmp.type;
    bytes[at + 1] = icmp.code;
    put16(bytes, at + 4, icmp.id);
    put16(bytes, at + 6, icmp.seq);
    const pseudo = packet.ip6 === null ? 0 : pseudoHeader(packet, length);
    put16(bytes, at + 2, icmp.checksum >= 0 ? icmp.checksum : foldChecksum(sumWords(bytes, at, at + length, pseudo)));
  } else if (udp !== null) {
    put16(bytes, at, udp.srcPort);
    put16(bytes, at + 2, udp.dstPort);
    put16(bytes, at + 4, udp.length >= 0 ? udp.length : length);
    put16(bytes, at + 6, udp.checksum >= 0 ? udp.checksum : transportChecksum(packet, udp.checksum, bytes, at, length) || 0xffff);
  } else if (tcp !== null) {
    put16(bytes, at, tcp.srcPort);
    put16(bytes, at + 2, tcp.dstPort);
    put32(bytes, at + 4, tcp.seq);
    put32(bytes, at + 8, tcp.ack);
    bytes[at + 12] = (header >> 2) << 4;
    bytes[at + 13] = tcp.flags;
    put16(bytes, at + 14, tcp.window);
    put16(bytes, at + 18, tcp.urgent);
    putBytes(bytes, at + 20, tcp.options);
    put16(bytes, at + 16, tcp.checksum >= 0 ? tcp.checksum : transportChecksum(packet, tcp.checksum, bytes, at, length));
  } else if (gre !== null) writeGre(gre, bytes, at, length);
}
function writeGre(gre: Gre, bytes: Uint8Array, start: number, length: number): void {
  put16(bytes, start, (gre.hasChecksum ? 0x8000 : 0) | (gre.key >= 0 ? 0x2000 : 0) | (gre.seq >= 0 ? 0x1000 : 0));
  put16(bytes, start + 2, gre.protocol);
  let at = start + 4 + (gre.hasChecksum ? 4 : 0);
  if (gre.key >= 0) {
    put32(bytes, at, gre.key);
    at += 4;
  }
  if (gre.seq >= 0) put32(bytes, at, gre.seq);
  if (gre.hasChecksum) put16(bytes, start + 4, gre.checksum >= 0 ? gre.checksum : foldChecksum(sumWords(bytes, start, start + length)));
}

function transportChecksum(packet: Packet, kind: number, bytes: Uint8Array, at: number, length: number): number {
  const pseudo = pseudoHeader(packet, length);
  return kind === PARTIAL_CHECKSUM ? foldChecksum(pseudo) ^ 0xffff : foldChecksum(sumWords(bytes, at, at + length, pseudo));
}
function pseudoHeader(packet: Packet, length: number): number {
  if (packet.ip !== null) return pseudoHeaderSum4(packet.ip.src, packet.ip.dst, packet.ip.protocol, length);
  return packet.ip6 === null ? 0 : pseudoHeaderSum6(packet.ip6.src, packet.ip6.dst, packet.ip6.nextHeader, length);
}
