/**
 * Options of a TCP header as Linux orders them on the wire (tcp_options_write): MSS, SACK permitted and timestamps, window scale, SACK blocks.
 *     SYN  mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7          later  nop,nop,TS val 2 ecr 1
 */
import type { Bytes } from '../../base/index.ts';

export class TcpOptions {
  /** 0: absent. */
  mss = 0;
  /** -1: absent. */
  windowScale = -1;
  sackPermitted = false;
  hasTimestamp = false;
  tsValue = 0;
  tsEcho = 0;
  /** Pairs of left and right edges. */
  sack: readonly number[] = NO_BLOCKS;
}
const NO_BLOCKS: readonly number[] = [];

const word = (bytes: Bytes, at: number): number =>
  ((bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
const word32 = (value: number): Bytes => String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

const TIMESTAMP_ONLY = '\x01\x01\x08\x0a';

/** Fills in `into`; unknown and damaged options are passed over, as Linux does. */
export function parseTcpOptions(bytes: Bytes, into: TcpOptions): TcpOptions {
  into.mss = 0;
  into.windowScale = -1;
  into.sackPermitted = into.hasTimestamp = false;
  into.sack = NO_BLOCKS;
  if (bytes.length === 12 && bytes.startsWith(TIMESTAMP_ONLY)) {
    into.hasTimestamp = true;
    into.tsValue = word(bytes, 4);
    into.tsEcho = word(bytes, 8);
    return into;
  }
  for (let at = 0; at < bytes.length;) {
    const kind = bytes.charCodeAt(at);
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = bytes.charCodeAt(at + 1);
    if (!(length >= 2) || at + length > bytes.length) break;
    if (kind === 2 && length === 4) into.mss = word(bytes, at) & 0xffff;
    else if (kind === 3 && length === 3) into.windowScale = Math.min(bytes.charCodeAt(at + 2), 14);
    else if (kind === 4 && length === 2) into.sackPermitted = true;
    else if (kind === 5 && (length - 2) % 8 === 0) into.sack = Array.from({ length: (length - 2) / 4 }, (_, i) => word(bytes, at + 2 + i * 4));
    else if (kind === 8 && length === 10) {
      into.hasTimestamp = true;
      into.tsValue = word(bytes, at + 2);
      into.tsEcho = word(bytes, at + 6);
    }
    at += length;
  }
  return into;
}

/** Options of a SYN or SYN-ACK. `timestamp` null and `windowScale` -1: not offered. */
export function synOptions(mss: number, sack: boolean, timestamp: readonly [number, number] | null, windowScale: number): Bytes {
  let bytes = `\x02\x04${word32(mss).slice(2)}`;
  if (timestamp !== null) bytes += `${sack ? '\x04\x02' : '\x01\x01'}\x08\x0a${word32(timestamp[0])}${word32(timestamp[1])}`;
  else if (sack) bytes += '\x01\x01\x04\x02';
  if (windowScale >= 0) bytes += `\x01\x03\x03${String.fromCharCode(windowScale)}`;
  return bytes;
}

export const timestampOption = (value: number, echo: number): Bytes => TIMESTAMP_ONLY + word32(value) + word32(echo);
/** Blocks that arrived out of order, the newest first; at most four, three beside timestamps. */
export function sackOption(edges: readonly number[]): Bytes {
  return `\x01\x01\x05${String.fromCharCode(2 + edges.length * 4)}${edges.map(word32).join('')}`;
}
