/** Keys of the u32 classifier: read, and shown as words of the packet. Authority: tc/f_u32.c of iproute2 6.1. */
import type { U32Key } from '../../kernel/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import { parseU16, parseU32, parseU8 } from '../iproute2/numbers.ts';
import { Family, parsePrefix } from '../iproute2/prefix.ts';

const FAILED = 1;
const illegal = (what: string): never => giveUp(FAILED, `Illegal "${what}"\n`);
const bad = (): never => illegal('match');

/** pack_key: what begins in the same word is one key. */
function pack(keys: U32Key[], value: number, mask: number, offset: number, fromNextHeader: boolean): void {
  const [v, m] = [(value & mask) >>> 0, mask >>> 0];
  const at = keys.findIndex((one) => one.offset === offset && one.fromNextHeader === fromNextHeader);
  const present = keys[at];
  if (!present) return void keys.push({ value: v, mask: m, offset, fromNextHeader });
  if (((present.value ^ v) & present.mask & m) !== 0) bad();
  keys[at] = { value: (present.value | v) >>> 0, mask: (present.mask | m) >>> 0, offset, fromNextHeader };
}
type Size = 8 | 16 | 32;
function packSized(keys: U32Key[], size: Size, value: number, mask: number, offset: number, fromNextHeader: boolean): void {
  const shift = size === 32 ? 0 : size === 16 ? ((offset & 3) === 0 ? 16 : (offset & 3) === 2 ? 0 : bad()) : 24 - 8 * (offset & 3);
  if (size === 32 && (offset & 3) !== 0) bad();
  pack(keys, (value << shift) >>> 0, (mask << shift) >>> 0, offset & ~3, fromNextHeader);
}
const READ: Readonly<Record<Size, (text: string) => number | undefined>> = { 8: parseU8, 16: parseU16, 32: parseU32 };
/** Value and mask of what is at a place that its name says. */
function sized(args: Arguments, keys: U32Key[], size: Size, place: number | undefined): void {
  const number = (): number => READ[size](args.word) ?? (/^[\da-f]+$/i.test(args.word) && args.word.startsWith('0x') ? parseInt(args.word, 16) : bad());
  args.next();
  const value = number();
  args.next();
  // masks are hexadecimal, values are not
  const mask = /^(0x)?[\da-f]+$/i.test(args.word) ? parseInt(args.word, 16) : bad();
  let offset = place ?? 0;
  let fromNextHeader = false;
  if (place === undefined && args.words[args.at + 1] === 'at') {
    args.next();
    const word = args.next();
    const [, next, text = ''] = /^(nexthdr\+)?(.*)$/.exec(word) ?? [];
    fromNextHeader = next !== undefined;
    offset = /^-?(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : bad();
  }
  packSized(keys, size, value, mask, offset, fromNextHeader);
}
function prefix(args: Arguments, keys: U32Key[], offset: number): void {
  const parsed = parsePrefix(args.next(), Family.INET) ?? bad();
  const mask = parsed.bits === 0 ? 0 : (-1 << (32 - parsed.bits)) >>> 0;
  let at = offset;
  if (args.words[args.at + 1] === 'at') {
    args.next();
    at = parseU32(args.next()) ?? bad();
  }
  pack(keys, parsed.v4 >>> 0, mask, at, false);
}
function prefix6(args: Arguments, keys: U32Key[], offset: number): void {
  const parsed = parsePrefix(args.next(), Family.INET6) ?? bad();
  const hex = parsed.v6 as unknown as string;
  for (let word = 0; word < 4; word++) {
    const bits = Math.max(0, Math.min(32, parsed.bits - 32 * word));
    if (bits === 0) break;
    pack(keys, parseInt(hex.slice(8 * word, 8 * word + 8), 16), bits === 32 ? 0xffffffff : (-1 << (32 - bits)) >>> 0, offset + 4 * word, false);
  }
}
function flag(keys: U32Key[], offset: number, value: number, mask: number): void {
  packSized(keys, 16, value, mask, offset, false);
}

type Place = readonly [size: Size, offset: number];
const IP: Readonly<Record<string, Place>> = {
  ...{ tos: [8, 1], dsfield: [8, 1], protocol: [8, 9], sport: [16, 20], dport: [16, 22], icmp_type: [8, 20], icmp_code: [8, 21] },
};
const IP6: Readonly<Record<string, Place>> = { protocol: [8, 6], sport: [16, 40], dport: [16, 42], icmp_type: [8, 40], icmp_code: [8, 41] };
const PORTS: Readonly<Record<string, Place>> = { src: [16, 0], dst: [16, 2] };

/** One `match`, from the word behind it on. */
export function parseMatch(args: Arguments, keys: U32Key[]): void {
  const { word } = args;
  if (word === 'u32' || word === 'u16' || word === 'u8') return sized(args, keys, Number(word.slice(1)) as Size, undefined);
  const field = ['ip', 'ip6', 'tcp', 'udp', 'icmp'].includes(word) ? args.next() : bad();
  const place = (word === 'ip' ? IP : word === 'ip6' ? IP6 : word === 'icmp' ? { type: [8, 0] as Place, code: [8, 1] as Place } : PORTS)[field];
  if ((word === 'tcp' || word === 'udp' || word === 'icmp') && place) {
    args.next();
    const value = READ[place[0]](args.word) ?? bad();
    const mask = parseInt(args.next(), 16);
    return packSized(keys, place[0], value, Number.isNaN(mask) ? bad() : mask, place[1], true);
  }
  if (place) return sized(args, keys, place[0], place[1]);
  if (word === 'ip') {
    if (field === 'src') return prefix(args, keys, 12);
    if (field === 'dst') return prefix(args, keys, 16);
    if (field === 'nofrag') return flag(keys, 6, 0, 0x3fff);
    if (field === 'firstfrag') return flag(keys, 6, 0x2000, 0x3fff);
    if (field === 'df') return flag(keys, 6, 0x4000, 0x4000);
    if (field === 'mf') return flag(keys, 6, 0x2000, 0x2000);
    if (field === 'ihl') return sized(args, keys, 8, 0);
  }
  if (word === 'ip6') {
    if (field === 'src') return prefix6(args, keys, 8);
    if (field === 'dst') return prefix6(args, keys, 24);
  }
  bad();
}

const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
export const keyText = ({ value, mask, offset, fromNextHeader }: U32Key): string =>
  `match ${hex8(value)}/${hex8(mask)} at ${fromNextHeader ? 'nexthdr+' : ''}${offset}`;
