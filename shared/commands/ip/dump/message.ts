/**
 * Netlink messages as `ip address|route|rule save` writes them to a file: a magic number, then the kernel's own answers, one after the other.
 * Authority: struct nlmsghdr and rtattr (rtnetlink(7)), lib/libnetlink.c (rtnl_from_file).
 * Invariant: numbers are little-endian, addresses as in packets; every attribute is padded to four bytes.
 */
import type { Bytes } from '../../../base/index.ts';
import { formatIpv6, parseIpv6, type Ipv4, type Ipv6 } from '../../../wire/index.ts';

export const u8 = (value: number): Bytes => String.fromCharCode(value & 255);
export const u16 = (value: number): Bytes => u8(value) + u8(value >>> 8);
export const u32 = (value: number): Bytes => u16(value) + u16(value >>> 16);
const align = (bytes: Bytes): Bytes => bytes + '\0'.repeat(-bytes.length & 3);
export const attribute = (type: number, data: Bytes): Bytes => align(u16(4 + data.length) + u16(type) + data);

export const readU8 = (bytes: Bytes, at = 0): number => bytes.charCodeAt(at) || 0;
export const readU16 = (bytes: Bytes, at = 0): number => readU8(bytes, at) | (readU8(bytes, at + 1) << 8);
export const readU32 = (bytes: Bytes, at = 0): number => (readU16(bytes, at) | (readU16(bytes, at + 2) << 16)) >>> 0;

/** An address of either family, as a packet has it. */
export function addressBytes(address: Ipv4 | Ipv6): Bytes {
  if (typeof address === 'number') return u8(address >>> 24) + u8(address >>> 16) + u8(address >>> 8) + u8(address);
  return Array.from({ length: 16 }, (_, i) => u8(parseInt(address.slice(i * 2, i * 2 + 2), 16))).join('');
}
export function readAddress(bytes: Bytes): Ipv4 | Ipv6 {
  if (bytes.length === 4) return (readU8(bytes) << 24) | (readU8(bytes, 1) << 16) | (readU8(bytes, 2) << 8) | readU8(bytes, 3);
  const hex = Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return parseIpv6(formatIpv6(hex)) ?? hex;
}
/** A name that ends with a zero byte. */
export const nameBytes = (name: string): Bytes => `${name}\0`;
export const readName = (bytes: Bytes): string => bytes.replace(/\0[^]*$/, '');

export type Attributes = ReadonlyMap<number, Bytes>;
export function readAttributes(bytes: Bytes): Attributes {
  const found = new Map<number, Bytes>();
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = readU16(bytes, at);
    if (length < 4 || at + length > bytes.length) break;
    found.set(readU16(bytes, at + 2) & 0x3fff, bytes.slice(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}
export const numberIn = (attributes: Attributes, type: number): number | undefined => {
  const bytes = attributes.get(type);
  return bytes === undefined ? undefined : bytes.length === 1 ? readU8(bytes) : readU32(bytes);
};
export const addressIn = (attributes: Attributes, type: number): Ipv4 | Ipv6 | undefined => {
  const bytes = attributes.get(type);
  return bytes === undefined ? undefined : readAddress(bytes);
};

const HEADER = 16;
const MULTI = 0x2;
const FILTERED = 0x20;
/** What every message of one answer has. */
export interface Envelope {
  readonly type: number;
  /** The kernel left something out, as it was asked to. */
  readonly filtered: boolean;
  readonly sequence: number;
  readonly port: number;
}
export const message = ({ type, filtered, sequence, port }: Envelope, body: Bytes): Bytes =>
  u32(HEADER + body.length) + u16(type) + u16(MULTI | (filtered ? FILTERED : 0)) + u32(sequence) + u32(port) + body;

export const Magic = { ADDRESS: 0x47361222, ROUTE: 0x45311224, RULE: 0x71706986 } as const;

/** The bodies of the messages in a file behind its magic number; `error`: what the program says where they end too early. */
export function readMessages(file: Bytes): { readonly bodies: readonly Bytes[]; readonly error: string | undefined } {
  const bodies: Bytes[] = [];
  for (let at = 0; at < file.length;) {
    if (at + HEADER > file.length) return { bodies, error: 'rtnl-from_file: truncated message\n' };
    const length = readU32(file, at);
    if (length < HEADER || length > 16_384) return { bodies, error: `!!!malformed message: len=${length | 0} @${at + HEADER + 4}\n` };
    const end = at + ((length + 3) & ~3);
    if (end > file.length) return { bodies, error: 'rtnl-from_file: truncated message\n' };
    bodies.push(file.slice(at + HEADER, at + length));
    at = end;
  }
  return { bodies, error: undefined };
}
