/**
 * Options of IPv4 headers (net/ipv4/ip_options.c): record route and timestamps, filled in by who sends, forwards and receives; echoed by who
 * answers a ping. Source routes are not followed (accept_source_route is 0).
 *
 * Pointers of options count from one, as RFC 791 has them: 4 is the first place of a record.
 */
import type { Bytes } from '../../base/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Netns } from '../model.ts';
import { addressType } from './fib.ts';

const END = 0;
const NOOP = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;
/** Kinds of timestamps. */
const TIME_ONLY = 0;
const PRESPECIFIED = 3;
const OVERFLOW_MOST = 15;
const DAY_MS = 86_400_000;

/** What an option asks of this host, and where it stands. */
interface Found {
  readonly at: number;
  readonly kind: 'route' | 'time';
  readonly length: number;
}
const byteAt = (options: Bytes, at: number): number => options.charCodeAt(at);
const put = (options: Bytes, at: number, bytes: Bytes): Bytes => options.slice(0, at) + bytes + options.slice(at + bytes.length);
const word = (value: number): Bytes => String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
const addressAt = (options: Bytes, at: number): Ipv4 =>
  (byteAt(options, at) << 24) | (byteAt(options, at + 1) << 16) | (byteAt(options, at + 2) << 8) | byteAt(options, at + 3);
const timeOf = (netns: Netns): Bytes => word(Math.floor(netns.simulation.unixUs / 1000) % DAY_MS);

/** undefined: the options are wrong, or ask for a way of their own. */
function parse(options: Bytes): readonly Found[] | undefined {
  const found: Found[] = [];
  for (let at = 0; at < options.length;) {
    const kind = byteAt(options, at);
    if (kind === END) break;
    if (kind === NOOP) {
      at++;
      continue;
    }
    const length = byteAt(options, at + 1);
    if (!(length >= 2) || at + length > options.length || kind === LOOSE_ROUTE || kind === STRICT_ROUTE) return undefined;
    if (kind === RECORD_ROUTE) found.push({ at, kind: 'route', length });
    else if (kind === TIMESTAMP) found.push({ at, kind: 'time', length });
    at += length;
  }
  return found;
}

function record(options: Bytes, { at, kind, length }: Found, own: OwnAddresses, netns: Netns): Bytes {
  const pointer = byteAt(options, at + 2);
  const place = at + pointer - 1;
  if (kind === 'route') {
    if (pointer > length || pointer + 3 > length) return options;
    return put(put(options, place, word(own.ahead)), at + 2, String.fromCharCode(pointer + 4));
  }
  const flags = byteAt(options, at + 3);
  const type = flags & 15;
  if (pointer > length) {
    const overflow = flags >> 4;
    return type === PRESPECIFIED || overflow === OVERFLOW_MOST ? options : put(options, at + 3, String.fromCharCode(type | ((overflow + 1) << 4)));
  }
  if (type === TIME_ONLY) return put(put(options, place, timeOf(netns)), at + 2, String.fromCharCode(pointer + 4));
  if (pointer + 7 > length) return options;
  if (type === PRESPECIFIED && addressType(netns, addressAt(options, place)) === 'unicast') return options;
  const named = type === PRESPECIFIED ? options : put(options, place, word(own.back));
  return put(put(named, place + 4, timeOf(netns)), at + 2, String.fromCharCode(pointer + 8));
}

/** One station on the way: what it calls itself to whom comes next, and to the sender. */
export interface OwnAddresses {
  readonly ahead: Ipv4;
  readonly back: Ipv4;
}
/** Everything that asks for it is filled in; undefined when such a packet is not to be handled. */
export function recordOptions(options: Bytes, own: OwnAddresses, netns: Netns): Bytes | undefined {
  const found = parse(options);
  return found?.reduce((filled, each) => record(filled, each, own, netns), options);
}
