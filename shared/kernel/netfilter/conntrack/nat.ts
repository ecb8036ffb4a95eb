/**
 * Network address translation (nf_nat_core.c): the first packet of a connection decides, every other one is translated as its connection says.
 * Which new tuple a rule gives is chosen as Linux chooses: the old one when it may stay, else the first free one from a random place on.
 *
 * Invariant: no two connections have the same reply tuple, so that every answer finds its way back.
 */
import type { Rng } from '../../../base/index.ts';
import { describe } from '../../describe.ts';
import type { Netns, Skb } from '../../model.ts';
import { Hook } from '../../numbers.ts';
import type { Address } from '../match.ts';
import type { NatRange } from '../target.ts';
import { directionOf, invertTuple, NAT_MASK, ORIGINAL, REPLY, Status, Tuple, type Connection } from './connection.ts';
import type { ConntrackTable } from './table.ts';
import { tupleText } from './track.ts';

/** Which side is changed. */
export type Manip = 'SNAT' | 'DNAT';
export const manipOf = (hook: Hook): Manip => (hook === Hook.PREROUTING || hook === Hook.OUTPUT ? 'DNAT' : 'SNAT');
const doneBit = (manip: Manip): number => (manip === 'SNAT' ? Status.SRC_NAT_DONE : Status.DST_NAT_DONE);
export const isDecided = (connection: Connection, manip: Manip): boolean => (connection.status & doneBit(manip)) !== 0;

const ICMP = 1;
const ICMP6 = 58;
const WITH_PORTS = new Set([6, 17, 33, 132, 136]);
const ATTEMPTS = 128;

/** Sets up a translation, or with `range` null that the connection stays as it is (as far as it can). False: no tuple is free. */
export function setUpNat(connection: Connection, range: NatRange | null, manip: Manip, table: ConntrackTable, rng: Rng): boolean {
  if (connection.isConfirmed || isDecided(connection, manip)) return true;
  const current = invertTuple(connection.reply)!;
  const chosen = range === null && manip === 'DNAT' ? current : uniqueTuple(current, range ?? keep(current, manip), connection, manip, table, rng);
  if (!chosen.equals(current)) {
    const reply = invertTuple(chosen);
    if (reply === undefined) return false;
    connection.reply.set(reply);
    connection.status |= manip === 'SNAT' ? Status.SRC_NAT : Status.DST_NAT;
  }
  connection.status |= doneBit(manip);
  return true;
}
/** nf_nat_alloc_null_binding: the address as it is; the port may have to change. */
const keep = (tuple: Tuple, manip: Manip): NatRange => {
  const address = manip === 'SNAT' ? tuple.src : tuple.dst;
  return { addresses: { min: address, max: address }, ports: null, basePort: null, random: false, randomFully: false, persistent: false };
};

/** Whether another connection expects its answers there. */
function isTaken(tuple: Tuple, connection: Connection, table: ConntrackTable): boolean {
  const reply = invertTuple(tuple);
  if (reply === undefined) return false;
  const node = table.find(reply, connection.zone);
  return node !== null && node.connection !== connection;
}

function uniqueTuple(original: Tuple, range: NatRange, connection: Connection, manip: Manip, table: ConntrackTable, rng: Rng): Tuple {
  const isRandom = range.random || range.randomFully;
  if (manip === 'SNAT' && !isRandom && isInRange(original, range) && !isTaken(original, connection, table)) return original;
  const tuple = original.copy();
  chooseAddress(tuple, range, manip);
  if (!isRandom) {
    if (range.ports === null) {
      if (!isTaken(tuple, connection, table)) return tuple;
    } else if (range.basePort === null && isPortInRange(tuple, range, manip) && (range.ports.min === range.ports.max || !isTaken(tuple, connection, table)))
      return tuple;
  }
  choosePort(tuple, range, manip, connection, table, rng);
  return tuple;
}

function isInRange(tuple: Tuple, range: NatRange): boolean {
  return (range.addresses === null || isBetween(tuple.src, range.addresses.min, range.addresses.max)) && isPortInRange(tuple, range, 'SNAT');
}
function isBetween(address: Address, min: Address, max: Address): boolean {
  if (typeof address === 'number') return address >>> 0 >= (min as number) >>> 0 && address >>> 0 <= (max as number) >>> 0;
  return address >= (min as string) && address <= (max as string);
}
function isPortInRange(tuple: Tuple, range: NatRange, manip: Manip): boolean {
  if (range.ports === null) return true;
  const isIcmp = tuple.protocol === ICMP || tuple.protocol === ICMP6;
  if (!isIcmp && !WITH_PORTS.has(tuple.protocol)) return true;
  const port = manip === 'SNAT' || isIcmp ? tuple.srcPort : tuple.dstPort;
  return port >= range.ports.min && port <= range.ports.max;
}

/** One address of the range, by a hash of who talks to whom, so that a client keeps it (find_best_ips_proto). */
function chooseAddress(tuple: Tuple, range: NatRange, manip: Manip): void {
  if (range.addresses === null) return;
  const { min, max } = range.addresses;
  let chosen = min;
  if (typeof min === 'number' && typeof max === 'number' && min !== max) {
    const size = (max >>> 0) - (min >>> 0) + 1;
    const hash = mix(tuple.src as number, range.persistent ? 0 : (tuple.dst as number));
    chosen = ((min >>> 0) + Math.floor((hash / 0x1_0000_0000) * size)) | 0;
  }
  if (manip === 'SNAT') tuple.src = chosen;
  else tuple.dst = chosen;
}
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ b, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** nf_nat_l4proto_unique_tuple. */
function choosePort(tuple: Tuple, range: NatRange, manip: Manip, connection: Connection, table: ConntrackTable, rng: Rng): void {
  const isIcmp = tuple.protocol === ICMP || tuple.protocol === ICMP6;
  if (!isIcmp && !WITH_PORTS.has(tuple.protocol)) return;
  const key = isIcmp || manip === 'SNAT' ? 'srcPort' : 'dstPort';
  let min: number;
  let size: number;
  if (range.ports !== null) {
    min = range.ports.min;
    size = range.ports.max - min + 1;
  } else if (isIcmp) {
    min = 0;
    size = 65536;
  } else {
    if (manip === 'DNAT') return;
    const port = tuple[key];
    if (port >= 1024) [min, size] = [1024, 64512];
    else if (port < 512) [min, size] = [1, 511];
    else [min, size] = [600, 424];
  }
  let offset = range.basePort !== null ? tuple[key] - range.basePort : range.random || range.randomFully || manip !== 'DNAT' ? rng.uint32() & 0xffff : 0;
  for (let attempts = Math.min(size, ATTEMPTS); ; attempts >>= 1) {
    for (let i = 0; i < attempts; i++, offset++) {
      tuple[key] = min + ((((offset % size) + size) % size) & 0xffff);
      if (!isTaken(tuple, connection, table)) return;
    }
    if (attempts >= size || attempts < 16) return;
    offset = rng.uint32() & 0xffff;
  }
}

/** Translates a packet of a connection where the hook's side of it is translated (nf_nat_packet). */
export function translate(skb: Skb, connection: Connection, manip: Manip, netns: Netns): void {
  const direction = directionOf(skb.ctInfo);
  let bit: number = manip === 'SNAT' ? Status.SRC_NAT : Status.DST_NAT;
  if (direction === REPLY) bit ^= NAT_MASK;
  if ((connection.status & bit) === 0) return;
  const opposite = connection.tuple(direction === ORIGINAL ? REPLY : ORIGINAL);
  const before = skb.recorder === null ? '' : packetText(skb);
  if (manip === 'SNAT') setSource(skb, opposite.dst, opposite.dstPort, opposite.srcPort);
  else setDestination(skb, opposite.src, opposite.srcPort);
  if (skb.recorder !== null) {
    const why = direction === REPLY ? 'reply' : connection.isConfirmed ? 'flow' : 'rule';
    skb.step({ kind: 'nat', manip, before, after: packetText(skb), summary: describe(skb), why }, netns);
  }
}
function setSource(skb: Skb, address: Address, port: number, icmpId: number): void {
  if (skb.ip !== null) skb.ip.src = address as number;
  else if (skb.ip6 !== null) skb.ip6.src = address as string;
  if (skb.tcp !== null) skb.tcp.srcPort = port;
  else if (skb.udp !== null) skb.udp.srcPort = port;
  else if (skb.icmp !== null) skb.icmp.id = icmpId;
}
function setDestination(skb: Skb, address: Address, port: number): void {
  if (skb.ip !== null) skb.ip.dst = address as number;
  else if (skb.ip6 !== null) skb.ip6.dst = address as string;
  if (skb.tcp !== null) skb.tcp.dstPort = port;
  else if (skb.udp !== null) skb.udp.dstPort = port;
  else if (skb.icmp !== null) skb.icmp.id = port;
}
function packetText(skb: Skb): string {
  const src = skb.ip?.src ?? skb.ip6?.src ?? 0;
  const dst = skb.ip?.dst ?? skb.ip6?.dst ?? 0;
  const ports = skb.tcp ?? skb.udp;
  return tupleText(new Tuple(src, dst, skb.ip?.protocol ?? skb.ip6?.nextHeader ?? 0, ports?.srcPort ?? skb.icmp?.id ?? 0, ports?.dstPort ?? 0));
}

/** An ICMP error about a translated packet: what it quotes is translated back, and so is where it goes (nf_nat_icmp_reply_translation). */
export function translateError(skb: Skb, connection: Connection, manip: Manip, netns: Netns): void {
  const direction = directionOf(skb.ctInfo);
  let bit: number = manip === 'SNAT' ? Status.SRC_NAT : Status.DST_NAT;
  if (direction === REPLY) bit ^= NAT_MASK;
  if ((connection.status & bit) === 0) return;
  const opposite = connection.tuple(direction === ORIGINAL ? REPLY : ORIGINAL);
  const before = skb.recorder === null ? '' : packetText(skb);
  const quoted = manip === 'SNAT' ? 'DNAT' : 'SNAT';
  skb.payload = skb.ip6 === null ? translateQuote(skb.payload, opposite, quoted) : translateQuote6(skb.payload, opposite, quoted);
  if (skb.ip6 === null && skb.ip !== null) {
    if (manip === 'SNAT') skb.ip.src = opposite.dst as number;
    else skb.ip.dst = opposite.src as number;
  } else if (skb.ip6 !== null) {
    if (manip === 'SNAT') skb.ip6.src = opposite.dst as string;
    else skb.ip6.dst = opposite.src as string;
  }
  if (skb.recorder !== null) skb.step({ kind: 'nat', manip, before, after: packetText(skb), summary: describe(skb), why: 'reply' }, netns);
}

/** The quoted packet with one side of it changed, checksums included as far as they are quoted. */
function translateQuote(payload: string, tuple: Tuple, manip: Manip): string {
  if (payload.length < 20) return payload;
  const bytes = Array.from(payload, (char) => char.charCodeAt(0));
  const header = (bytes[0]! & 15) * 4;
  const isSource = manip === 'SNAT';
  const address = (isSource ? tuple.src : tuple.dst) as number;
  const at = isSource ? 12 : 16;
  const word = (offset: number): number => (bytes[offset]! << 8) | bytes[offset + 1]!;
  const changes: [number, number][] = [
    [word(at), address >>> 16],
    [word(at + 2), address & 0xffff],
  ];
  put16(bytes, at, address >>> 16);
  put16(bytes, at + 2, address & 0xffff);
  fixChecksum(bytes, 10, changes);
  const protocol = bytes[9]!;
  const port = isSource ? tuple.srcPort : tuple.dstPort;
  const portAt = protocol === ICMP ? header + 4 : header + (isSource ? 0 : 2);
  if (!WITH_PORTS.has(protocol) && protocol !== ICMP) return fromBytes(bytes);
  if (bytes.length < portAt + 2) return fromBytes(bytes);
  const value = protocol === ICMP ? tuple.srcPort : port;
  const portChange: [number, number] = [word(portAt), value];
  put16(bytes, portAt, value);
  const sumAt = header + (protocol === 6 ? 16 : protocol === 17 ? 6 : 2);
  if (bytes.length >= sumAt + 2 && !(protocol === 17 && word(sumAt) === 0))
    fixChecksum(bytes, sumAt, protocol === ICMP ? [portChange] : [...changes, portChange]);
  return fromBytes(bytes);
}
/** The same of an IPv6 packet. Extension headers are not looked behind. */
function translateQuote6(payload: string, tuple: Tuple, manip: Manip): string {
  if (payload.length < 40) return payload;
  const bytes = Array.from(payload, (char) => char.charCodeAt(0));
  const isSource = manip === 'SNAT';
  const at = isSource ? 8 : 24;
  const word = (offset: number): number => (bytes[offset]! << 8) | bytes[offset + 1]!;
  const change = (offset: number, value: number): [number, number] => {
    const old = word(offset);
    put16(bytes, offset, value);
    return [old, value];
  };
  const address = (isSource ? tuple.src : tuple.dst) as string;
  const changes = Array.from({ length: 8 }, (_, i) => change(at + 2 * i, parseInt(address.slice(4 * i, 4 * i + 4), 16)));
  const protocol = bytes[6]!;
  const isEcho = protocol === ICMP6;
  const portAt = isEcho ? 44 : 40 + (isSource ? 0 : 2);
  if ((!WITH_PORTS.has(protocol) && !isEcho) || bytes.length < portAt + 2) return fromBytes(bytes);
  changes.push(change(portAt, isEcho || isSource ? tuple.srcPort : tuple.dstPort));
  const sumAt = 40 + (protocol === 6 ? 16 : protocol === 17 ? 6 : 2);
  if (bytes.length >= sumAt + 2) fixChecksum(bytes, sumAt, changes);
  return fromBytes(bytes);
}
const fromBytes = (bytes: readonly number[]): string => String.fromCharCode(...bytes);
function put16(bytes: number[], at: number, value: number): void {
  bytes[at] = (value >>> 8) & 255;
  bytes[at + 1] = value & 255;
}
/** RFC 1624. */
function fixChecksum(bytes: number[], at: number, changes: readonly (readonly [number, number])[]): void {
  let sum = ~((bytes[at]! << 8) | bytes[at + 1]!) & 0xffff;
  for (const [old, fresh] of changes) {
    sum += (~old & 0xffff) + fresh;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  }
  put16(bytes, at, ~sum & 0xffff);
}
