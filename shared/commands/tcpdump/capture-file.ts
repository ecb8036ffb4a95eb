/** Classic capture files as tcpdump reads them (libpcap's savefile.c, sf-pcap.c): the header, then a record a packet. */
import { toUint8Array, type Bytes } from '../../base/index.ts';
import type { Packet } from '../../wire/index.ts';
import { decodeFrame, decodeNetwork, decodeVxlan, EtherType, frameLength, LinkType, networkLength } from '../../wire/index.ts';

export interface Captured {
  readonly bytes: Uint8Array;
  /** What it had on the wire. */
  readonly length: number;
  readonly unixUs: number;
}
export interface CaptureFile {
  readonly linkType: number;
  readonly snapshotLength: number;
  readonly packets: readonly Captured[];
  /** After the last whole packet: why there is no more. */
  readonly problem: string | undefined;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** The file, or why it is none. */
export function readCaptureFile(text: Bytes): CaptureFile | string {
  const bytes = toUint8Array(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) return `truncated dump file; tried to read 4 file header bytes, only got ${bytes.length}`;
  const isMagic = (little: boolean): boolean => [MICROSECONDS, NANOSECONDS].includes(view.getUint32(0, little));
  const isLittle = isMagic(true);
  if (!isLittle && !isMagic(false)) return 'unknown file format';
  // The magic number has been read before the rest of the header.
  if (bytes.length < FILE_HEADER) return `truncated dump file; tried to read ${FILE_HEADER} file header bytes, only got ${bytes.length - 4}`;
  const fraction = view.getUint32(0, isLittle) === NANOSECONDS ? 1000 : 1;
  const packets: Captured[] = [];
  const end = (problem: string | undefined): CaptureFile => ({
    linkType: view.getUint32(20, isLittle),
    snapshotLength: view.getUint32(16, isLittle),
    packets,
    problem,
  });
  for (let at = FILE_HEADER; at < bytes.length;) {
    const left = bytes.length - at;
    if (left < RECORD_HEADER) return end(`truncated dump file; tried to read ${RECORD_HEADER} header bytes, only got ${left}`);
    const length = view.getUint32(at + 8, isLittle);
    if (left < RECORD_HEADER + length) return end(`truncated dump file; tried to read ${length} captured bytes, only got ${left - RECORD_HEADER}`);
    packets.push({
      bytes: bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length),
      length: view.getUint32(at + 12, isLittle),
      unixUs: view.getUint32(at, isLittle) * 1e6 + Math.floor(view.getUint32(at + 4, isLittle) / fraction),
    });
    at += RECORD_HEADER + length;
  }
  return end(undefined);
}

/** How long the header in front of a network packet is, where it is not a frame's. */
export const HEAD_BYTES: Readonly<Record<number, number>> = { [LinkType.RAW]: 0, [LinkType.LINUX_SLL]: 16, [LinkType.LINUX_SLL2]: 20 };
/** UDP ports whose payload is a frame: VXLAN's, and the one Linux took before. */
const VXLAN_PORTS = [4789, 8472];

/** For filters: the packet, and which way it went (of PacketType). */
export function packetOf(linkType: number, bytes: Uint8Array): { readonly packet: Packet; readonly packetType: number; readonly linkBytes: number } {
  const head = HEAD_BYTES[linkType];
  const isCooked = head !== undefined && head > 0 && bytes.length >= head;
  const at = linkType === LinkType.LINUX_SLL ? 14 : 0;
  const packet = isCooked
    ? decodeNetwork(bytes.subarray(head), (bytes[at]! << 8) | bytes[at + 1]!)
    : head === 0
      ? decodeNetwork(bytes, (bytes[0] ?? 0) >> 4 === 6 ? EtherType.IPV6 : EtherType.IPV4)
      : decodeFrame(bytes);
  if (packet.udp !== null && packet.etherType !== EtherType.ARP && VXLAN_PORTS.includes(packet.udp.dstPort)) {
    const inside = decodeVxlan(packet.payload);
    if (inside !== undefined) {
      packet.inner = inside.frame;
      packet.vni = inside.vni;
      packet.payload = '';
    }
  }
  return {
    packet,
    packetType: isCooked ? bytes[linkType === LinkType.LINUX_SLL ? 1 : 10]! : 0,
    linkBytes: head ?? frameLength(packet) - networkLength(packet),
  };
}
