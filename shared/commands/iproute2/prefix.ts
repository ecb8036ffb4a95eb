/**
 * Addresses and prefixes on iproute2's command lines (inet_prefix): `default`, `any`, short IPv4 forms like `10.8` (10.8.0.0), masks as numbers
 * or dotted. Authority: lib/utils.c (get_addr_1, get_prefix_1).
 */
import {
  formatIpv4,
  formatIpv6,
  IPV6_ANY,
  ipv4Mask,
  ipv4MaskLength,
  isIpv4Multicast,
  isIpv6Multicast,
  parseIpv6,
  type Ipv4,
  type Ipv6,
} from '../../wire/index.ts';
import { leave } from './exit.ts';
import { parseU32, scanInteger } from './numbers.ts';

/** Address families, as Linux numbers them. 0 is "any". */
export const Family = { UNSPEC: 0, INET: 2, BRIDGE: 7, INET6: 10, PACKET: 17, MPLS: 28 } as const;
export type Family = (typeof Family)[keyof typeof Family];

export interface Prefix {
  readonly family: Family;
  readonly v4: Ipv4;
  readonly v6: Ipv6;
  /** 0 for `any` and, without a family, `default`; else 4 or 16. */
  readonly bytes: number;
  /** Prefix length; -1 for an address without one, -2 for `default` and `any` before they get one. */
  readonly bits: number;
  /** A length was written, or it is `default`. */
  readonly hasLength: boolean;
}
export const NO_PREFIX: Prefix = { family: Family.UNSPEC, v4: 0, v6: IPV6_ANY, bytes: 0, bits: 0, hasLength: false };

export const familyBits = (family: Family): number => (family === Family.INET ? 32 : family === Family.INET6 ? 128 : 0);
export const familyName = (family: Family): string =>
  ({ [Family.INET]: 'inet', [Family.INET6]: 'inet6', [Family.PACKET]: 'link', [Family.MPLS]: 'mpls', [Family.BRIDGE]: 'bridge' })[family as number] ?? '???';
const familyVerbose = (family: Family): string => (family === Family.UNSPEC ? 'any valid' : familyName(family));
export const parseFamily = (word: string): Family =>
  ({ inet: Family.INET, inet6: Family.INET6, link: Family.PACKET, mpls: Family.MPLS, bridge: Family.BRIDGE })[word] ?? Family.UNSPEC;

/** `10`, `10.8`, `0x0a.1`: missing bytes are 0. */
function parseShortIpv4(text: string): Ipv4 | undefined {
  let address = 0;
  let rest = text;
  for (let i = 0; i < 4; i++) {
    const { value, taken } = scanInteger(rest);
    if (taken === 0 || value < 0n || value > 255n) return undefined;
    address |= Number(value) << (24 - 8 * i);
    if (taken === rest.length) return address;
    if (i === 3 || rest[taken] !== '.') return undefined;
    rest = rest.slice(taken + 1);
  }
  return undefined;
}

export function parseAddress(text: string, family: Family): Prefix | undefined {
  if (text === 'default' && family !== Family.MPLS) return { ...NO_PREFIX, family, bytes: familyBits(family) / 8, bits: -2, hasLength: true };
  if ((text === 'all' || text === 'any') && family !== Family.MPLS) return { ...NO_PREFIX, family, bits: -2 };
  if (text.includes(':')) {
    const v6 = family === Family.UNSPEC || family === Family.INET6 ? parseIpv6(text) : undefined;
    return v6 === undefined ? undefined : { ...NO_PREFIX, family: Family.INET6, v6, bytes: 16, bits: -1 };
  }
  const v4 = family === Family.UNSPEC || family === Family.INET ? parseShortIpv4(text) : undefined;
  return v4 === undefined ? undefined : { ...NO_PREFIX, family: Family.INET, v4, bytes: 4, bits: -1 };
}

function parseLength(text: string): number | undefined {
  const length = parseU32(text);
  if (length !== undefined) return length;
  const mask = parseShortIpv4(text);
  return mask === undefined ? undefined : ipv4MaskLength(mask);
}

export function parsePrefix(text: string, family: Family): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash), family);
  if (!address) return undefined;
  const most = familyBits(address.family);
  if (slash < 0) return { ...address, bits: address.bits === -2 ? 0 : most };
  const length = address.bits === -2 ? undefined : parseLength(text.slice(slash + 1));
  return length === undefined || length > most ? undefined : { ...address, bits: length, hasLength: true };
}

/** As the program reads an operand: anything else ends it. */
export function takeAddress(text: string, family: Family): Prefix {
  return parseAddress(text, family) ?? leave(1, `Error: ${familyVerbose(family)} address is expected rather than "${text}".\n`);
}
export function takePrefix(text: string, family: Family): Prefix {
  if (family === Family.PACKET) leave(1, `Error: "${text}" may be inet prefix, but it is not allowed in this context.\n`);
  return parsePrefix(text, family) ?? leave(1, `Error: ${familyVerbose(family)} prefix is expected rather than "${text}".\n`);
}

export const isAddress = (prefix: Prefix): boolean => prefix.family === Family.INET || prefix.family === Family.INET6;
export const isMulticast = (prefix: Prefix): boolean =>
  prefix.family === Family.INET ? isIpv4Multicast(prefix.v4) : prefix.family === Family.INET6 && isIpv6Multicast(prefix.v6);

export const formatAddress = (family: Family, address: Ipv4 | Ipv6): string =>
  family === Family.INET ? formatIpv4(address as Ipv4) : formatIpv6(address as Ipv6);

/** Whether the first `bits` of both agree. */
export function sameBits(family: Family, a: Ipv4 | Ipv6, b: Ipv4 | Ipv6, bits: number): boolean {
  if (bits <= 0) return true;
  if (family === Family.INET) return (((a as number) ^ (b as number)) & ipv4Mask(Math.min(bits, 32))) === 0;
  const digits = bits >> 2;
  if ((a as string).slice(0, digits) !== (b as string).slice(0, digits)) return false;
  const left = bits & 3;
  return left === 0 || (parseInt((a as string)[digits] ?? '0', 16) ^ parseInt((b as string)[digits] ?? '0', 16)) >> (4 - left) === 0;
}
