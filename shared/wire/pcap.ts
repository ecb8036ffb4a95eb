/** Capture files: classic pcap with microseconds (what `tcpdump -w` writes) and pcapng (one section, interfaces, enhanced packets). */
import type { Bytes } from '../base/index.ts';

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

export function pcapHeader(linkType: number, snapshotLength = 262144): Bytes {
  return le32(0xa1b2c3d4) + le16(2) + le16(4) + le32(0) + le32(0) + le32(snapshotLength) + le32(linkType);
}
export function pcapRecord(packet: CapturedBytes): Bytes {
  const seconds = Math.floor(packet.unixUs / 1e6);
  return le32(seconds) + le32(packet.unixUs - seconds * 1e6) + le32(packet.bytes.length) + le32(packet.originalLength ?? packet.bytes.length) + packet.bytes;
}
