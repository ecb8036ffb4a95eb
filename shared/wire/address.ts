/**
 * Addresses as the simulated kernel holds them: IPv4 as a signed 32-bit integer, MAC as an integer below 2^48, IPv6 as 32 lower-case
 * hexadecimal digits. `parseX` returns undefined for what is not an X; `formatX(parseX(text))` is the canonical text.
 * Authority: RFC 4291 and 5952 for IPv6 text, RFC 4632 for prefixes.
 */
declare const ipv4Brand: unique symbol;
declare const ipv6Brand: unique symbol;
declare const macBrand: unique symbol;
/** An IPv4 address, a signed 32-bit integer. */
export type Ipv4 = number & { readonly [ipv4Brand]?: never };
/** An IPv6 address: 32 hexadecimal digits, lower case. */
export type Ipv6 = string & { readonly [ipv6Brand]?: never };
/** An Ethernet address below 2^48; the first byte on the wire is the most significant. */
export type Mac = number & { readonly [macBrand]?: never };

/** Of either family: numbers are IPv4, texts IPv6. */
export type IpAddress = Ipv4 | Ipv6;

/** An IPv4 prefix as a user means it: host bits may be set (an interface address). */
export interface Ipv4Prefix {
  readonly address: Ipv4;
  readonly length: number;
}

export const IPV4_LOOPBACK: Ipv4 = 0x7f000001;
export const IPV6_ANY: Ipv6 = '00000000000000000000000000000000';
export const IPV6_LOOPBACK: Ipv6 = '00000000000000000000000000000001';
export const IPV6_ALL_NODES: Ipv6 = 'ff020000000000000000000000000001';
export const IPV6_ALL_ROUTERS: Ipv6 = 'ff020000000000000000000000000002';
export const MAC_BROADCAST: Mac = 0xffff_ffff_ffff;

/** Dotted quad only, as inet_pton(3): no octal, no short forms. */
export function parseIpv4(text: string): Ipv4 | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return undefined;
      address = (address << 8) | octet;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined;
      octet = (octet < 0 ? 0 : octet) * 10 + code - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? (address << 8) | octet : undefined;
}

export const formatIpv4 = (address: Ipv4): string => `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** The netmask of a prefix length 0..32. */
export const ipv4Mask = (length: number): Ipv4 => (length === 0 ? 0 : -1 << (32 - length));

/** The length of a contiguous netmask, or undefined. */
export function ipv4MaskLength(mask: Ipv4): number | undefined {
  const length = Math.clz32(~mask);
  return ipv4Mask(length) === mask ? length : undefined;
}

export const ipv4InPrefix = (address: Ipv4, prefix: Ipv4, length: number): boolean => ((address ^ prefix) & ipv4Mask(length)) === 0;
export const isIpv4Multicast = (address: Ipv4): boolean => (address & 0xf0000000) === (0xe0000000 | 0);
export const isIpv4Loopback = (address: Ipv4): boolean => address >>> 24 === 127;
export const isIpv4Zeronet = (address: Ipv4): boolean => address >>> 24 === 0;

/** `A.B.C.D` or `A.B.C.D/LEN`. */
export function parseIpv4Prefix(text: string): Ipv4Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseIpv4(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { address, length: 32 };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,2}$/.test(digits) || Number(digits) > 32) return undefined;
  return { address, length: Number(digits) };
}
export const formatIpv4Prefix = (prefix: Ipv4Prefix): string => `${formatIpv4(prefix.address)}/${prefix.length}`;

const HEX_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Six bytes of one or two hexadecimal digits separated by `:` or `-`. */
export function parseMac(text: string): Mac | undefined {
  const match = /^([\da-f]{1,2})[:-]([\da-f]{1,2})[:-]([\da-f]{1,2})[:-]([\da-f]{1,2})[:-]([\da-f]{1,2})[:-]([\da-f]{1,2})$/i.exec(text);
  if (!match) return undefined;
  let mac = 0;
  for (let i = 1; i <= 6; i++) mac = mac * 256 + parseInt(match[i]!, 16);
  return mac;
}
export const macByte = (mac: Mac, index: number): number =>
  index < 2 ? Math.floor(mac / 2 ** (40 - 8 * index)) & 255 : ((mac % 0x1_0000_0000) >>> (40 - 8 * index)) & 255;
export function formatMac(mac: Mac): string {
  let text = HEX_BYTE[macByte(mac, 0)]!;
  for (let i = 1; i < 6; i++) text += ':' + HEX_BYTE[macByte(mac, i)]!;
  return text;
}
/** The group bit: broadcast and multicast frames. */
export const isMulticastMac = (mac: Mac): boolean => (Math.floor(mac / 0x100_0000_0000) & 1) === 1;
export const isValidUnicastMac = (mac: Mac): boolean => mac !== 0 && !isMulticastMac(mac);
/** RFC 1112: 01:00:5e and the low 23 bits. */
export const ipv4MulticastMac = (group: Ipv4): Mac => 0x01005e000000 + (group & 0x7fffff);
/** RFC 2464: 33:33 and the low 32 bits. */
export const ipv6MulticastMac = (group: Ipv6): Mac => 0x333300000000 + parseInt(group.slice(24), 16);

export function parseIpv6(text: string): Ipv6 | undefined {
  const lower = text.toLowerCase();
  if (!/^[\da-f:.]+$/.test(lower) || !lower.includes(':')) return undefined;
  let rest = lower;
  const lastColon = rest.lastIndexOf(':');
  if (rest.includes('.')) {
    const tail = parseIpv4(rest.slice(lastColon + 1));
    if (tail === undefined) return undefined;
    rest = `${rest.slice(0, lastColon + 1)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const groupsOf = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  if (groups.some((group) => !/^[\da-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => group.padStart(4, '0')).join('');
}

/** As inet_ntop(3): the longest run of zero groups becomes `::`; IPv4-mapped and -compatible tails are dotted. */
export function formatIpv6(address: Ipv6): string {
  const groups: number[] = [];
  for (let i = 0; i < 32; i += 4) groups.push(parseInt(address.slice(i, i + 4), 16));
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
  }
  if (best === 0 && (bestLength === 6 || (bestLength === 5 && groups[5] === 0xffff) || (bestLength === 7 && groups[7] !== 1))) {
    const dotted = formatIpv4((groups[6]! << 16) | groups[7]!);
    return bestLength === 5 ? `::ffff:${dotted}` : `::${dotted}`;
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return best < 0 ? text(0, 8) : `${text(0, best)}::${text(best + bestLength, 8)}`;
}

/** The address with its host bits cleared. */
export function ipv6Network(address: Ipv6, length: number): Ipv6 {
  const whole = length >> 2;
  if (length >= 128) return address;
  const digit = parseInt(address[whole]!, 16) & (0xf0 >> (length & 3)) & 15;
  return address.slice(0, whole) + digit.toString(16) + '0'.repeat(31 - whole);
}
export const ipv6InPrefix = (address: Ipv6, prefix: Ipv6, length: number): boolean => ipv6Network(address, length) === ipv6Network(prefix, length);
export const isIpv6Multicast = (address: Ipv6): boolean => address.startsWith('ff');
export const isIpv6LinkLocal = (address: Ipv6): boolean => ipv6InPrefix(address, 'fe800000000000000000000000000000', 10);
/** RFC 4291, appendix A: the interface identifier made from a MAC, in fe80::/64; of devices that share a MAC each with its own (addrconf_ifid_eui48). */
export function ipv6LinkLocalFromMac(mac: Mac, devId = 0): Ipv6 {
  const hex = mac.toString(16).padStart(12, '0');
  if (devId !== 0) return `fe80000000000000${hex.slice(0, 6)}${devId.toString(16).padStart(4, '0')}${hex.slice(6)}`;
  const first = parseInt(hex.slice(0, 2), 16) ^ 2;
  return `fe80000000000000${HEX_BYTE[first]!}${hex.slice(2, 6)}fffe${hex.slice(6)}`;
}
/** RFC 4291, 2.7.1. */
export const ipv6SolicitedNode = (address: Ipv6): Ipv6 => `ff0200000000000000000001ff${address.slice(26)}`;

const MAPPED_PREFIX = '00000000000000000000ffff';
/** `::ffff:a.b.c.d`: an IPv4 address as a socket of IPv6 has it; undefined for others. */
export const mappedIpv4 = (address: Ipv6): Ipv4 | undefined => (address.startsWith(MAPPED_PREFIX) ? parseInt(address.slice(24), 16) | 0 : undefined);
export const ipv6Mapped = (address: Ipv4): Ipv6 => MAPPED_PREFIX + (address >>> 0).toString(16).padStart(8, '0');
export const formatIp = (address: IpAddress): string => (typeof address === 'number' ? formatIpv4(address) : formatIpv6(address));
export const isUnspecified = (address: IpAddress): boolean => address === 0 || address === IPV6_ANY;
