/**
 * Addresses, masks and interface names on iptables' command line, and how they are printed. IPv4 masks may have holes; IPv6 ones too.
 * Authority: libxtables/xtables.c. Deviation: host names are looked up nowhere; only `localhost` is known.
 */
import { formatIpv4, formatIpv6, ipv4Mask, ipv4MaskLength, parseIpv4, parseIpv6, type Ipv4, type Ipv6 } from '../../wire/index.ts';
import type { Address, Family, MaskedAddress } from '../../kernel/index.ts';
import { usage } from './exit.ts';
import { parseWithin } from './numbers.ts';

const ONES6: Ipv6 = 'f'.repeat(32);
const ZERO6: Ipv6 = '0'.repeat(32);

export const anyAddress = (family: Family): Address => (family === 'ip' ? 0 : ZERO6);
export const fullMask = (family: Family): Address => (family === 'ip' ? -1 : ONES6);
export const anything = (family: Family): MaskedAddress => ({ address: anyAddress(family), mask: anyAddress(family) });
export const isAny = (address: Address): boolean => address === 0 || address === ZERO6;

export const formatAddress = (address: Address): string => (typeof address === 'number' ? formatIpv4(address) : formatIpv6(address));

/** Dotted numbers, where missing ones at the end are 0 (`10.1`), as only addresses may have; a mask needs all four. */
function parseDotted(text: string, kind: 'address' | 'mask'): Ipv4 | undefined {
  const parts = text.slice(0, 19).split('.');
  const bytes: number[] = [];
  for (let i = 0; i < 4; i++) {
    const isLast = i === parts.length - 1;
    if (i >= parts.length) {
      if (kind === 'mask') return undefined;
      bytes.push(0);
      continue;
    }
    const part = i === 3 ? parts.slice(3).join('.') : (parts[i] ?? '');
    const byte = parseWithin(part, 0, 255);
    if (byte === undefined) return undefined;
    bytes.push(byte);
    if (isLast && kind === 'mask' && i < 3) return undefined;
  }
  return (bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]! | 0;
}

export function parseHostAddress(text: string, family: Family): Address | undefined {
  if (text === 'localhost') return family === 'ip' ? 0x7f000001 : '00000000000000000000000000000001';
  return family === 'ip' ? parseDotted(text, 'address') : parseIpv6(text);
}
/** inet_pton(3). */
export const parseStrictAddress = (text: string, family: Family): Address | undefined => (family === 'ip' ? parseIpv4(text) : parseIpv6(text));

export function mask6(length: number): Ipv6 {
  let mask = '';
  for (let digit = 0; digit < 32; digit++) {
    const bits = Math.max(0, Math.min(4, length - digit * 4));
    mask += ((0xf0 >> bits) & 15).toString(16);
  }
  return mask;
}
/** The length of a mask without holes, or undefined. */
export function maskLength(mask: Address): number | undefined {
  if (typeof mask === 'number') return ipv4MaskLength(mask);
  for (let length = 0; length <= 128; length++) if (mask6(length) === mask) return length;
  return undefined;
}
export function parseMask(text: string, family: Family): Address {
  if (family === 'ip') {
    const bits = parseDotted(text, 'mask');
    if (bits !== undefined) return bits;
    const length = parseWithin(text, 0, 32);
    if (length === undefined) return usage(`invalid mask \`${text}' specified`);
    return ipv4Mask(length);
  }
  const address = parseIpv6(text);
  if (address !== undefined) return address;
  const length = parseWithin(text, 0, 128);
  if (length === undefined) return usage(`invalid mask \`${text}' specified`);
  return mask6(length);
}
export function applyMask(address: Address, mask: Address): Address {
  if (typeof address === 'number') return address & (mask as Ipv4);
  let masked = '';
  for (let i = 0; i < 32; i++) masked += (parseInt(address[i]!, 16) & parseInt((mask as Ipv6)[i]!, 16)).toString(16);
  return masked;
}
export function invertMask(mask: Address): Address {
  if (typeof mask === 'number') return ~mask;
  return [...mask].map((digit) => (15 ^ parseInt(digit, 16)).toString(16)).join('');
}

/** One address with an optional mask. */
export function parseMasked(text: string, family: Family): MaskedAddress {
  const slash = text.lastIndexOf('/');
  const mask = slash < 0 ? fullMask(family) : parseMask(text.slice(slash + 1), family);
  const host = slash < 0 ? text : text.slice(0, slash);
  if (isAny(mask)) return anything(family);
  const address = parseHostAddress(host, family) ?? usage(`host/network \`${host}' not found`);
  return { address: applyMask(address, mask), mask };
}
/** `-s A/M[,B/M…]`. */
export const parseMaskedList = (text: string, family: Family): MaskedAddress[] => text.split(',').map((each) => parseMasked(each.trimStart(), family));

/** The end of an address in listings: nothing for a single one. */
export function maskSuffix(mask: Address): string {
  const length = maskLength(mask);
  if (length === undefined) return `/${formatAddress(mask)}`;
  return length === (typeof mask === 'number' ? 32 : 128) ? '' : `/${length}`;
}
/** The end of an address in saved rules: always there. */
export const savedMask = (mask: Address): string => `/${maskLength(mask) ?? formatAddress(mask)}`;

export function listAddress(value: MaskedAddress, numeric: boolean): string {
  const isEmpty = typeof value.mask === 'number' ? value.mask === 0 : isAny(value.address);
  if (isEmpty && !numeric) return 'anywhere';
  return (numeric ? formatAddress(value.address) : addressName(value.address)) + maskSuffix(value.mask);
}
/** Without -n the name of an address is looked up: /etc/hosts has one for IPv4's loopback. */
export function addressName(address: Address): string {
  if (address === 0x7f000001) return 'localhost';
  return formatAddress(address);
}

/** Checks an interface name or pattern; what is odd about it goes to `warn`. */
export function parseInterface(text: string, warn: (line: string) => void): string {
  if (text.length + 1 > 16) usage(`interface name \`${text}' must be shorter than IFNAMSIZ (15)`);
  if (/[/ ]/.test(text)) warn(`Warning: weird character in interface \`${text}' ('/' and ' ' are not allowed by the kernel).\n`);
  return text;
}
