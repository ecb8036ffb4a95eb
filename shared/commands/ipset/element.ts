/** Elements of IP sets as text: `10.0.0.0/24,tcp:80`, ranges, what each dimension takes. Authority: lib/parse.c, lib/print.c of ipset 7.17. */
import type { Bytes } from '../../base/index.ts';
import { network, type Address, type Dimension, type IpSet, type SetValue } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../../wire/index.ts';
import { protocolName, protocolNumber } from '../names/protocols.ts';
import { portOfService } from '../names/services.ts';

/** Why a text is no element; the program says it. */
export class BadElement extends Error {}
const bad = (why: string): never => {
  throw new BadElement(`Syntax error: ${why}`);
};
/** Elements that one word may stand for. */
const MAX_ELEMENTS = 1 << 17;

const TCP = 6;
const UDP = 17;
const PORTED = new Set([TCP, UDP, 132, 136]);
const ICMP = 1;
const ICMP6 = 58;

/** All elements that a word names, in the order in which the kernel adds them. */
export function parseElements(set: IpSet, text: Bytes): readonly (readonly SetValue[])[] {
  const { dimensions, type } = set;
  const parts = text.split(',');
  if (parts.length > dimensions.length) {
    if (dimensions.length === 1) bad(`Elem separator in ${text}, but settype ${type} supports none.`);
    bad(
      dimensions.length === 2
        ? `Two elem separators in ${text}, but settype ${type} supports one.`
        : `Three elem separators in ${text}, but settype ${type} supports two.`,
    );
  }
  if (parts.length === 1 && dimensions.length > 1 && type !== 'bitmap:ip,mac') bad(`Second element is missing from ${text}.`);
  if (parts.length === 2 && dimensions.length > 2) bad(`Third element is missing from ${text}.`);
  let elements: SetValue[][] = [[]];
  parts.forEach((part, i) => {
    const values = parsePart(set, dimensions[i]!, part, dimensions.includes('net'));
    if (elements.length * values.length > MAX_ELEMENTS) bad(`${text} stands for too many elements`);
    elements = elements.flatMap((element) => values.map((value) => [...element, value]));
  });
  return elements;
}

function parsePart(set: IpSet, dimension: Dimension, text: Bytes, hasNets: boolean): readonly SetValue[] {
  switch (dimension) {
    case 'ip':
      return parseAddresses(set, text, 'addresses');
    case 'net':
      return parseAddresses(set, text, hasNets ? 'networks' : 'addresses');
    case 'port':
      return parsePorts(set, text);
    case 'iface':
      return [{ kind: 'text', text }];
    case 'mac': {
      const mac = /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(text) ? parseMac(text) : undefined;
      return [{ kind: 'mac', mac: mac ?? bad(`cannot parse '${text}' as ethernet address`) }];
    }
    case 'mark':
      return [{ kind: 'text', text: String(/^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : bad(`'${text}' is invalid as number`)) }];
    case 'set':
      return [{ kind: 'text', text }];
  }
}

function parseAddress(set: IpSet, text: Bytes): Address {
  const isIpv4 = set.options.family === 'ip';
  return (isIpv4 ? parseIpv4(text) : parseIpv6(text)) ?? bad(`cannot parse ${text}: resolving to ${isIpv4 ? 'IPv4' : 'IPv6'} address failed`);
}
function parseAddresses(set: IpSet, text: Bytes, what: 'addresses' | 'networks'): readonly SetValue[] {
  const whole = set.options.family === 'ip' ? 32 : 128;
  const { netmask } = set.options;
  const slash = text.indexOf('/');
  const dash = text.indexOf('-');
  if (slash >= 0) {
    const address = parseAddress(set, text.slice(0, slash));
    const length = numberWithin(text.slice(slash + 1), 0, whole);
    if (what === 'networks') {
      if (length === 0 && set.type !== 'hash:net,iface') throw new BadElement('The value of the CIDR parameter of the IP address is invalid');
      return [{ kind: 'net', address: network(address, length), length }];
    }
    if (typeof address !== 'number') return length === whole ? [{ kind: 'net', address, length }] : bad(`IPv6 address ranges are not supported`);
    const first = Number(network(address, length)) >>> 0;
    return each(first, first + 2 ** (32 - length) - 1, netmask);
  }
  if (dash >= 0 && whole === 32) {
    const [a, b] = [parseAddress(set, text.slice(0, dash)), parseAddress(set, text.slice(dash + 1))].map((address) => Number(address) >>> 0) as [
      number,
      number,
    ];
    const [from, to] = a <= b ? [a, b] : [b, a];
    return what === 'networks' ? blocks(from, to) : each(from, to, netmask);
  }
  const address = parseAddress(set, text);
  return [{ kind: 'net', address: netmask === null ? address : network(address, netmask), length: whole }];
}
export function numberWithin(text: Bytes, low: number, high: number): number {
  if (!/^(0x[\da-f]+|\d+)$/i.test(text)) return bad(`'${text}' is invalid as number`);
  const value = Number(text);
  return value < low || value > high ? bad(`'${text}' is out of range ${low}-${high}`) : value;
}
function each(from: number, to: number, netmask: number | null): readonly SetValue[] {
  const step = 2 ** (32 - (netmask ?? 32));
  if ((to - from) / step > MAX_ELEMENTS) throw new BadElement('The range you specified exceeds the size limit of the set type');
  const values: SetValue[] = [];
  for (let address = Math.floor(from / step) * step; address <= to; address += step) values.push({ kind: 'net', address: address | 0, length: 32 });
  return values;
}
/** The fewest networks that make up a range (ip_set_range_to_cidr). */
function blocks(from: number, to: number): readonly SetValue[] {
  const values: SetValue[] = [];
  for (let at = from; at <= to;) {
    let length = 32;
    while (length > 1 && at % 2 ** (33 - length) === 0 && at + 2 ** (33 - length) - 1 <= to) length--;
    values.push({ kind: 'net', address: at | 0, length });
    at += 2 ** (32 - length);
  }
  return values;
}

/** Names of ICMP's kinds, with type and code. */
const ICMP_NAMES: readonly (readonly [string, number, number])[] = [
  ...([['echo-reply', 0, 0], ['network-unreachable', 3, 0], ['host-unreachable', 3, 1], ['protocol-unreachable', 3, 2], ['port-unreachable', 3, 3]] as const),
  ...([['fragmentation-needed', 3, 4], ['source-route-failed', 3, 5], ['network-unknown', 3, 6], ['host-unknown', 3, 7], ['echo-request', 8, 0]] as const),
  ...([['ttl-zero-during-transit', 11, 0], ['ttl-zero-during-reassembly', 11, 1], ['timestamp-request', 13, 0], ['timestamp-reply', 14, 0]] as const),
]; // prettier-ignore
const ALIASES: Readonly<Record<string, string>> = { ping: 'echo-request', pong: 'echo-reply' };

function parsePorts(set: IpSet, text: Bytes): readonly SetValue[] {
  const colon = text.indexOf(':');
  const name = colon < 0 ? 'tcp' : text.slice(0, colon);
  const rest = colon < 0 ? text : text.slice(colon + 1);
  const protocol =
    protocolNumber(name.toLowerCase()) ?? (name === 'icmpv6' ? ICMP6 : /^\d+$/.test(name) ? Number(name) : bad(`cannot parse '${name}' as a protocol`));
  const stored = set.type === 'bitmap:port' ? 0 : protocol;
  if (protocol === ICMP || protocol === ICMP6) {
    const [, type, code] = /^(\d+)\/(\d+)$/.exec(rest) ?? [];
    if (type !== undefined && code !== undefined) return [{ kind: 'port', protocol: stored, port: Number(type) * 256 + Number(code) }];
    const known = ICMP_NAMES.find(([each]) => each === (ALIASES[rest] ?? rest)) ?? bad(`cannot parse ${rest} as an ICMP type`);
    return [{ kind: 'port', protocol: stored, port: known[1] * 256 + known[2] }];
  }
  if (!PORTED.has(protocol)) return [{ kind: 'port', protocol: stored, port: 0 }];
  const service = protocol === UDP ? 'udp' : 'tcp';
  const port = (word: Bytes): number =>
    /^\d+$/.test(word) ? numberWithin(word, 0, 65535) : (portOfService(word, service) ?? bad(`cannot parse '${word}' as a ${service.toUpperCase()} port`));
  const dash = /^\d+-\d+$/.test(rest) ? rest.indexOf('-') : -1;
  const [a, b] = dash < 0 ? [port(rest), port(rest)] : [port(rest.slice(0, dash)), port(rest.slice(dash + 1))];
  const values: SetValue[] = [];
  for (let at = Math.min(a, b); at <= Math.max(a, b); at++) values.push({ kind: 'port', protocol: stored, port: at });
  return values;
}

export function formatValues(set: IpSet, values: readonly SetValue[]): Bytes {
  return values.map((value, i) => formatValue(set, value, set.dimensions[i] ?? 'ip')).join(',');
}
export const formatAddress = (address: Address): Bytes => (typeof address === 'number' ? formatIpv4(address) : formatIpv6(address));
function formatValue(set: IpSet, value: SetValue, dimension: Dimension): Bytes {
  switch (value.kind) {
    case 'net': {
      const whole = typeof value.address === 'number' ? 32 : 128;
      return `${formatAddress(value.address)}${dimension === 'net' && value.length < whole ? `/${value.length}` : ''}`;
    }
    case 'port':
      return formatPort(set, value.protocol, value.port);
    case 'mac':
      return formatMac(value.mac).toUpperCase();
    case 'text':
      return dimension === 'mark' ? `0x${Number(value.text).toString(16).padStart(8, '0')}` : value.text;
  }
}
function formatPort(set: IpSet, protocol: number, port: number): Bytes {
  if (set.type === 'bitmap:port') return String(port);
  const name = protocolName(protocol) ?? String(protocol);
  if (protocol === ICMP || protocol === ICMP6) {
    const known = protocol === ICMP ? ICMP_NAMES.find(([, type, code]) => type * 256 + code === port) : undefined;
    return `${protocol === ICMP6 ? 'icmpv6' : name}:${known?.[0] ?? `${port >> 8}/${port & 255}`}`;
  }
  return `${name}:${port}`;
}

/** By value, for `-s` and for bitmaps. */
export function compareValues(a: readonly SetValue[], b: readonly SetValue[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValue(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
function compareValue(a: SetValue, b: SetValue): number {
  if (a.kind === 'net' && b.kind === 'net') {
    if (typeof a.address === 'number' && typeof b.address === 'number') return (a.address >>> 0) - (b.address >>> 0) || a.length - b.length;
    return String(a.address) < String(b.address) ? -1 : String(a.address) > String(b.address) ? 1 : a.length - b.length;
  }
  if (a.kind === 'port' && b.kind === 'port') return a.protocol - b.protocol || a.port - b.port;
  if (a.kind === 'mac' && b.kind === 'mac') return a.mac - b.mac;
  return a.kind === 'text' && b.kind === 'text' ? (a.text < b.text ? -1 : a.text > b.text ? 1 : 0) : 0;
}
