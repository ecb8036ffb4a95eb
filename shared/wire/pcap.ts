/** Capture files: classic pcap with microseconds (what `tcpdump -w` writes) and pcapng (one section, interfaces, enhanced packets). */
import type { Bytes } from '../base/index.ts';
import { utf8Encode } from '../base/index.ts';

/** Link types (tcpdump.org/linktypes.html). */
export const LinkType = { ETHERNET: 1, RAW: 101, LINUX_SLL: 113, LINUX_SLL2: 276 } as const;

export interface CapturedBytes {
  readonly unixUs: number;
  readonly bytes: Bytes;
  /** Length on the wire when the capture is cut short. */
  readonly originalLength?: number;
  /** Index into the interfaces of a pcapng file. */
  readonly interfaceIndex?: number;
}

const le16 = (value: number): Bytes => String.fromCharCode(value & 255, (value >>> 8) & 255);
const le32 = (value: number): Bytes => String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
const pad = (bytes: Bytes): Bytes => bytes + '\0'.repeat((4 - (bytes.length & 3)) & 3);

export function pcapHeader(linkType: number, snapshotLength = 262144): Bytes {
  return le32(0xa1b2c3d4) + le16(2) + le16(4) + le32(0) + le32(0) + le32(snapshotLength) + le32(linkType);
}
export function pcapRecord(packet: CapturedBytes): Bytes {
  const seconds = Math.floor(packet.unixUs / 1e6);
  return le32(seconds) + le32(packet.unixUs - seconds * 1e6) + le32(packet.bytes.length) + le32(packet.originalLength ?? packet.bytes.length) + packet.bytes;
}

/** A block of pcapng: type, total length, body, total length. */
const block = (type: number, body: Bytes): Bytes => le32(type) + le32(body.length + 12) + body + le32(body.length + 12);
const option = (code: number, value: Bytes): Bytes => le16(code) + le16(value.length) + pad(value);

export function pcapngHeader(application: string): Bytes {
  return block(0x0a0d0d0a, le32(0x1a2b3c4d) + le16(1) + le16(0) + le32(0xffffffff) + le32(0xffffffff) + option(4, utf8Encode(application)) + le32(0));
}
export function pcapngInterface(name: string, linkType: number): Bytes {
  return block(1, le16(linkType) + le16(0) + le32(262144) + option(2, utf8Encode(name)) + le32(0));
}
export function pcapngPacket(packet: CapturedBytes): Bytes {
  const high = Math.floor(packet.unixUs / 0x1_0000_0000);
  const low = packet.unixUs - high * 0x1_0000_0000;
  const lengths = le32(packet.bytes.length) + le32(packet.originalLength ?? packet.bytes.length);
  return block(6, le32(packet.interfaceIndex ?? 0) + le32(high) + le32(low) + lengths + pad(packet.bytes));
}
