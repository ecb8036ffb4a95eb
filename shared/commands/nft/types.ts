/** Types of nft's values: how each is written, kept and printed (nftables' datatype.c, proto.c). */
import type { NftRange, NftValue } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6, formatMac, ipv4Mask, parseIpv4, parseIpv6, parseMac } from '../../wire/index.ts';
import { protocolName, protocolNumber } from '../names/protocols.ts';
import { portOfService } from '../names/services.ts';
import { mistakeAt, type Token } from './lexer.ts';

type Symbols = readonly (readonly [string, number])[];
const ICMP: Symbols = [
  ['echo-reply', 0],
  ['destination-unreachable', 3],
  ['source-quench', 4],
  ['redirect', 5],
  ['echo-request', 8],
  ['router-advertisement', 9],
  ['router-solicitation', 10],
  ['time-exceeded', 11],
  ['parameter-problem', 12],
  ['timestamp-request', 13],
  ['timestamp-reply', 14],
  ['info-request', 15],
  ['info-reply', 16],
  ['address-mask-request', 17],
  ['address-mask-reply', 18],
];
const ICMP6: Symbols = [
  ['destination-unreachable', 1],
  ['packet-too-big', 2],
  ['time-exceeded', 3],
  ['parameter-problem', 4],
  ['echo-request', 128],
  ['echo-reply', 129],
  ['mld-listener-query', 130],
  ['mld-listener-report', 131],
  ['mld-listener-done', 132],
  ['nd-router-solicit', 133],
  ['nd-router-advert', 134],
  ['nd-neighbor-solicit', 135],
  ['nd-neighbor-advert', 136],
  ['nd-redirect', 137],
  ['router-renumbering', 138],
  ['mld2-listener-report', 143],
];
const DSCP: Symbols = [
  ...Array.from({ length: 8 }, (_, i) => [`cs${i}`, i * 8] as const),
  ...[1, 2, 3, 4].flatMap((group) => [1, 2, 3].map((drop) => [`af${group}${drop}`, group * 8 + drop * 2] as const)),
  ['ef', 46],
];
/** Symbols of each type that has some; bits where several may be told at once. */
const SYMBOLS: Readonly<Record<string, Symbols>> = {
  icmp_type: ICMP,
  icmpv6_type: ICMP6,
  dscp: DSCP,
  nf_proto: [
    ['ipv4', 2],
    ['ipv6', 10],
  ],
  ether_type: [
    ['ip', 0x800],
    ['arp', 0x806],
    ['ip6', 0x86dd],
    ['8021q', 0x8100],
    ['vlan', 0x8100],
  ],
  pkt_type: [
    ['host', 0],
    ['unicast', 0],
    ['broadcast', 1],
    ['multicast', 2],
    ['other', 3],
  ],
  fib_addrtype: [
    ['unspec', 0],
    ['unicast', 1],
    ['local', 2],
    ['broadcast', 3],
    ['anycast', 4],
    ['multicast', 5],
    ['blackhole', 6],
    ['unreachable', 7],
    ['prohibit', 8],
  ],
  ct_dir: [
    ['original', 0],
    ['reply', 1],
  ],
  boolean: [
    ['exists', 1],
    ['missing', 0],
  ],
  ct_state: [
    ['invalid', 1],
    ['established', 2],
    ['related', 4],
    ['new', 8],
    ['untracked', 64],
  ],
  ct_status: [
    ['expected', 1],
    ['seen-reply', 2],
    ['assured', 4],
    ['confirmed', 8],
    ['snat', 16],
    ['dnat', 32],
    ['dying', 512],
  ],
  tcp_flag: [
    ['fin', 1],
    ['syn', 2],
    ['rst', 4],
    ['psh', 8],
    ['ack', 16],
    ['urg', 32],
    ['ecn', 64],
    ['cwr', 128],
  ],
};
export const BIT_TYPES = ['ct_state', 'ct_status', 'tcp_flag'];
const UNKNOWN: Readonly<Record<string, string>> = {
  ct_state: 'Could not parse conntrack state',
  ct_status: 'Could not parse conntrack status',
  tcp_flag: 'Could not parse TCP flag',
  icmp_type: 'Could not parse ICMP type',
  icmpv6_type: 'Could not parse ICMPv6 type',
  dscp: 'Could not parse Differentiated Services Code Point expression',
};
const LIMITS: Readonly<Record<string, number>> = {
  inet_proto: 255,
  icmp_type: 255,
  icmpv6_type: 255,
  dscp: 63,
  u8: 255,
  u16: 65_535,
  mark: 0xffffffff,
  integer: 0xffffffff,
};

/** What looks names of devices up. */
export interface Names {
  deviceIndex(name: string): number | undefined;
  deviceName(index: number): string | undefined;
}

const number = (text: string): number | undefined => (/^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : undefined);

export function parseValue(type: string, token: Token, text: string, names: Names): NftValue {
  const bad = (message: string): never => {
    throw mistakeAt(message, token);
  };
  switch (type) {
    case 'ipv4_addr':
      return (parseIpv4(text) ?? bad('Could not resolve hostname: Name or service not known')) >>> 0;
    case 'ipv6_addr':
      return parseIpv6(text) ?? bad('Could not resolve hostname: Name or service not known');
    case 'ether_addr':
      return parseMac(text) ?? bad('Could not parse Ethernet address');
    case 'inet_service': {
      const port = number(text) ?? portOfService(text) ?? bad('Could not resolve service: Servname not found in nss_services file');
      return port > 65_535 ? bad('Service out of range') : port;
    }
    case 'ifname':
      return text;
    case 'iface_index':
      return names.deviceIndex(text) ?? bad('Interface does not exist');
    case 'inet_proto':
      return number(text) ?? (text === 'icmpv6' ? 58 : protocolNumber(text)) ?? bad('Could not resolve protocol name');
    case 'uid':
    case 'gid':
      return number(text) ?? (text === 'root' ? 0 : bad(`${type === 'uid' ? 'User' : 'Group'} does not exist`));
  }
  const symbol = SYMBOLS[type]?.find(([name]) => name === text)?.[1];
  const value = symbol ?? number(text) ?? bad(UNKNOWN[type] ?? `Could not parse ${type}`);
  const limit = LIMITS[type];
  return limit !== undefined && value > limit ? bad(`Value ${value} exceeds valid range 0-${limit}`) : value;
}

/** How `-n` and the usual listing print it. */
export function formatValue(type: string, value: NftValue, isNumeric: boolean, names: Names): string {
  if (typeof value === 'string') return type === 'ipv6_addr' ? formatIpv6(value) : `"${value}"`;
  switch (type) {
    case 'ipv4_addr':
      return formatIpv4(value | 0);
    case 'ether_addr':
      return formatMac(value);
    case 'mark':
      return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
    case 'iface_index':
      return isNumeric ? `${value}` : `"${names.deviceName(value) ?? value}"`;
    case 'inet_proto':
      return isNumeric ? `${value}` : (protocolName(value) ?? `${value}`);
  }
  if (BIT_TYPES.includes(type)) {
    const bits = SYMBOLS[type]!.filter(([, bit]) => (value & bit) !== 0);
    const shown = bits.map(([name, bit]) => (isNumeric ? `0x${bit.toString(16)}` : name)).join(',');
    return shown === '' ? '0x0' : shown;
  }
  if (isNumeric && type === 'ether_type') return `0x${value.toString(16).padStart(4, '0')}`;
  if (isNumeric && type === 'dscp') return `0x${value.toString(16).padStart(2, '0')}`;
  return (isNumeric && type !== 'boolean' ? undefined : SYMBOLS[type]?.find(([, each]) => each === value)?.[0]) ?? `${value}`;
}

/** `A`, `A-B`, `A/LENGTH` of a type. */
export function parseRange(type: string, token: Token, names: Names): NftRange {
  const { text } = token;
  const slash = text.lastIndexOf('/');
  if (slash > 0 && (type === 'ipv4_addr' || type === 'ipv6_addr'))
    return prefixRange(parseValue(type, token, text.slice(0, slash), names), Number(text.slice(slash + 1)));
  const dash = token.kind === 'quoted' ? -1 : splitAt(type, text);
  if (dash > 0) {
    const min = parseValue(type, token, text.slice(0, dash), names);
    const max = parseValue(type, token, text.slice(dash + 1), names);
    if (min > max) throw mistakeAt('Range has zero or negative size', token);
    return { min, max };
  }
  const value = parseValue(type, token, text, names);
  return { min: value, max: value };
}
/** Where a range is divided: names have dashes of their own. */
function splitAt(type: string, text: string): number {
  if (['ipv4_addr', 'ipv6_addr', 'inet_service', 'integer', 'u8', 'u16', 'mark', 'uid', 'gid'].includes(type)) return text.indexOf('-');
  return /^\d+-\d+$/.test(text) ? text.indexOf('-') : -1;
}
function prefixRange(value: NftValue, length: number): NftRange {
  if (typeof value === 'number') {
    const mask = ipv4Mask(length) >>> 0;
    const min = (value & mask) >>> 0;
    return { min, max: (min | ~mask) >>> 0 };
  }
  const bits = [...value]
    .map((digit) => parseInt(digit, 16).toString(2).padStart(4, '0'))
    .join('')
    .slice(0, length);
  const fill = (digit: string): string => bits.padEnd(128, digit).replace(/.{4}/g, (four) => parseInt(four, 2).toString(16));

  return { min: fill('0'), max: fill('1') };
}
/** Ranges that are prefixes are printed as such. */
export function formatRange(type: string, { min, max }: NftRange, isNumeric: boolean, names: Names): string {
  const shown = (value: NftValue): string => formatValue(type, value, isNumeric, names);
  if (min === max) return shown(min);
  const length = type === 'ipv4_addr' || type === 'ipv6_addr' ? prefixLength(min, max) : undefined;
  return length === undefined ? `${shown(min)}-${shown(max)}` : `${shown(min)}/${length}`;
}
function prefixLength(min: NftValue, max: NftValue): number | undefined {
  const bitsOf = (value: NftValue): string =>
    typeof value === 'number' ? value.toString(2).padStart(32, '0') : [...value].map((digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  const low = bitsOf(min);
  const high = bitsOf(max);
  let length = 0;
  while (length < low.length && low[length] === high[length]) length++;
  return /^0*$/.test(low.slice(length)) && /^1*$/.test(high.slice(length)) ? length : undefined;
}
