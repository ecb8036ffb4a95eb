/**
 * What all dissectors share: the captured bytes, how far they go, what was asked for, and the text so far. As tcpdump's netdissect: a dissector
 * reads at an offset and prints; reading past what was captured ends the packet's text with `[|protocol]`.
 * Invariant: no dissector reads `bytes` but through `u8`, `u16`, `u32` and `slice`.
 */
import type { Bytes } from '../../../base/index.ts';
import { fromUint8Array } from '../../../base/index.ts';
import { formatIpv4, formatIpv6, type Ipv4 } from '../../../wire/index.ts';
import { protocolName } from '../../names/protocols.ts';
import { serviceOfPort } from '../../names/services.ts';

export interface PrintOptions {
  /** -e */
  readonly link: boolean;
  /** -q */
  readonly quiet: boolean;
  /** -v: how often. */
  readonly verbose: number;
  /** -S */
  readonly absolute: boolean;
  /** Unknown contents are not shown as bytes, because -x, -X or -A shows them anyway. */
  readonly withoutDumps: boolean;
  /** -K */
  readonly unchecked: boolean;
  /** -n: at least once. */
  readonly numeric: boolean;
  readonly hostName: (address: Ipv4) => Bytes | undefined;
}

/** The first sequence numbers of a TCP connection, from which those of later segments are told. */
export interface Conversation {
  seq: number;
  ack: number;
}

/** Dissects what starts at an offset and had a length on the wire. */
export type Dissect = (d: Dissection, at: number, length: number) => void;
/** Those that others carry. */
export interface Dissectors {
  readonly ethernet: Dissect;
  readonly ip4: Dissect;
  readonly ip6: Dissect;
}

/** The capture ends before the packet does. */
export class Truncated extends Error {}

export const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, '0');

/** tcpdump's own short list (oui.c), as far as virtual machines meet it. */
const VENDORS: Readonly<Record<string, string>> = { '00:00:00': 'Ethernet' };

export class Dissection {
  text = '';
  /** Named where the packet is cut short. */
  protocol = 'ether';
  private bytes: Uint8Array = new Uint8Array(0);
  /** Where the captured bytes, or those of the innermost packet, end. */
  end = 0;
  /** Bytes of the link header: what -x leaves out. */
  linkBytes = 0;
  readonly conversations = new Map<string, Conversation>();
  constructor(
    readonly options: PrintOptions,
    readonly dissectors: Dissectors,
  ) {}

  /** A packet's text; `length` is what it had on the wire. */
  packet(bytes: Uint8Array, length: number, dissect: Dissect): string {
    this.text = '';
    this.linkBytes = 0;
    this.bytes = bytes;
    this.end = bytes.length;
    try {
      dissect(this, 0, length);
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
      this.print(` [|${this.protocol}]`);
      this.linkBytes = 0;
    }
    return this.text;
  }
  print(text: string): void {
    this.text += text;
  }
  /** What nothing here understands, as bytes (ND_DEFAULTPRINT). */
  dump(at: number): void {
    if (!this.options.withoutDumps) this.print(hexDump(this.slice(at, Math.max(0, this.end - at)), '\n\t', true));
  }
  /** Dissects with an end that is not past `end`. */
  within(end: number, dissect: () => void): void {
    const outer = this.end;
    this.end = Math.min(outer, end);
    dissect();
    this.end = outer;
  }

  has(at: number, count: number): boolean {
    return at + count <= this.end;
  }
  need(at: number, count: number): void {
    if (!this.has(at, count)) throw new Truncated();
  }
  u8(at: number): number {
    this.need(at, 1);
    return this.bytes[at]!;
  }
  u16(at: number): number {
    this.need(at, 2);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }
  u32(at: number): number {
    return this.u16(at) * 0x1_0000 + this.u16(at + 2);
  }
  slice(at: number, count: number): Uint8Array {
    this.need(at, count);
    return this.bytes.subarray(at, at + count);
  }
  string(at: number, count: number): Bytes {
    return fromUint8Array(this.slice(at, count));
  }

  // --- names ---

  plainMac(at: number, count = 6): string {
    return [...this.slice(at, count)].map((byte) => hex(byte, 2)).join(':');
  }
  /** With its vendor, unless numbers are wanted. */
  mac(at: number): string {
    const text = this.plainMac(at);
    if (this.options.numeric) return text;
    return text === 'ff:ff:ff:ff:ff:ff' ? 'Broadcast' : `${text} (oui ${VENDORS[text.slice(0, 8)] ?? 'Unknown'})`;
  }
  host4(at: number): string {
    const address = this.u32(at) | 0;
    return (this.options.numeric ? undefined : this.options.hostName(address)) ?? formatIpv4(address);
  }
  host6(at: number): string {
    return formatIpv6([...this.slice(at, 16)].map((byte) => hex(byte, 2)).join(''));
  }
  port(port: number, protocol: 'tcp' | 'udp'): string {
    return (this.options.numeric ? undefined : serviceOfPort(port, protocol)) ?? String(port);
  }
  protocolName(protocol: number): string {
    return (this.options.numeric ? undefined : protocolName(protocol)) ?? `ip-proto-${protocol}`;
  }

  // --- sums ---

  /** Adds up words of 16 bits; 0xffff for bytes that carry their right checksum. */
  sum(at: number, count: number, start = 0): number {
    const bytes = this.slice(at, count);
    let sum = start;
    for (let i = 0; i < count; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
    return sum;
  }
}

/** What a checksum field of `given` should be, when all words add up to `sum` (in_cksum_shouldbe). */
export function rightChecksum(given: number, sum: number): number {
  let rest = (~sum & 0xffff) + given;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return rest;
}
/** Names of the bits that are set (bittok2str). */
export function bitNames(names: readonly (readonly [number, string])[], bits: number, separator = ', ', none = 'none'): string {
  const set = names.flatMap(([bit, name]) => ((bits & bit) === bit ? [name] : []));
  return set.length === 0 ? none : set.join(separator);
}
/** A character as `-A` shows it. */
export const visible = (byte: number): string => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.');

/** Text with other bytes as `M-^A` (fn_print_char). */
export const printable = (text: Bytes): string =>
  [...text]
    .map((char) => {
      const code = char.charCodeAt(0);
      const low = code & 127;
      return `${code > 127 ? 'M-' : ''}${low < 32 || low === 127 ? `^${String.fromCharCode(low ^ 64)}` : String.fromCharCode(low)}`;
    })
    .join('');

/** Bytes in rows, as `-x` and `-X` print them. */
export function hexDump(bytes: Uint8Array, prefix: string, withText: boolean): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    let words = '';
    for (let i = 0; i < row.length; i += 2) words += ` ${hex(row[i]!, 2)}${row[i + 1] === undefined ? '' : hex(row[i + 1]!, 2)}`;
    text += `${prefix}0x${hex(at, 4)}: ${withText ? `${words.padEnd(40)}  ${row.map(visible).join('')}` : words}`;
  }
  return text;
}
/** -A: bytes as text, white space kept, line ends as one. */
export const textDump = (bytes: Uint8Array): string =>
  `\n${[...bytes].map((byte, i) => (byte === 13 && bytes[i + 1] === 10 ? '' : byte === 10 || byte === 9 || byte === 32 ? String.fromCharCode(byte) : visible(byte))).join('')}`;
