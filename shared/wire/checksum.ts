/** The Internet checksum (RFC 1071) over parts of a byte array. */
import type { Ipv4, Ipv6 } from './address.ts';

/** Adds the big-endian 16-bit words of bytes[from, to) to a running sum. */
export function sumWords(bytes: Uint8Array, from: number, to: number, start = 0): number {
  let sum = start;
  let i = from;
  for (; i + 1 < to; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  if (i < to) sum += bytes[i]! << 8;
  return sum;
}
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
export function pseudoHeaderSum4(src: Ipv4, dst: Ipv4, protocol: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
}
export function pseudoHeaderSum6(src: Ipv6, dst: Ipv6, protocol: number, length: number): number {
  let sum = protocol + (length & 0xffff) + (length >>> 16);
  for (let i = 0; i < 32; i += 4) sum += parseInt(src.slice(i, i + 4), 16) + parseInt(dst.slice(i, i + 4), 16);
  return sum;
}
