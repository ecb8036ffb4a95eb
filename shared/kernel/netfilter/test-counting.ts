/**
 * Matches that count: hashlimit (xt_hashlimit.c), connlimit (nf_conncount.c), quota (xt_quota.c), string (xt_string.c), rpfilter (ipt_rpfilter.c).
 * Each keeps its memory with its rule. Deviation: hashlimit tables of one name are not shared between rules, and their entries do not age.
 */
import { encodeNetwork, ipv4Mask, type Ipv4 } from '../../wire/index.ts';
import { fromUint8Array } from '../../base/index.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { lookup6 } from '../ipv6/routes.ts';
import { TCP_STATES, type Connection } from './conntrack/connection.ts';
import type { HookContext } from './context.ts';
import type { Address, ConnlimitInfo, HashlimitInfo, QuotaInfo, RpfilterInfo, StringInfo } from './match.ts';

type Test = (context: HookContext) => boolean;

/** The leading bits of an address, as a key. */
function keyOf(address: Address, length: number): string {
  if (typeof address === 'number') return String(address & ipv4Mask(Math.min(length, 32)));
  const digits = Math.floor(length / 4);
  const rest = length % 4 === 0 ? '' : (parseInt(address[digits] ?? '0', 16) & (0xf0 >> (length % 4))).toString(16);
  return address.slice(0, digits) + rest;
}

/** More entries than the table was made for: the packet is taken for one over the limit. */
const DEFAULT_ENTRIES = 65_536;

interface Bucket {
  tokens: number;
  lastUs: number;
  /** How often a whole second's worth may still be had at once. */
  refills: number;
  /** Of the present window, when rates are measured; whether the one before was too fast. */
  measured: number;
  wasFast: boolean;
}
const SECOND_US = 1e6;
const CHUNK_SHIFT = 4;

export function testHashlimit(info: HashlimitInfo): Test {
  // Where bytes are counted a second fills the bucket, and sixteen bytes take their share of it.
  const costUs = info.bytes ? (info.averageUs / 2 ** 32) * SECOND_US : info.averageUs;
  const full = info.bytes ? SECOND_US : costUs * info.burst;
  const buckets = new Map<string, Bucket>();
  return (c) => {
    const ports = c.skb.tcp ?? c.skb.udp;
    const key = info.modes
      .map((mode) => {
        if (mode === 'srcip') return keyOf(c.src, info.sourceLength);
        if (mode === 'dstip') return keyOf(c.dst, info.destinationLength);
        return String((mode === 'srcport' ? ports?.srcPort : ports?.dstPort) ?? 0);
      })
      .join(' ');
    const { nowUs } = c.netns.simulation;
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      if (buckets.size >= (info.tableMax || DEFAULT_ENTRIES)) return false;
      buckets.set(key, (bucket = { tokens: full, lastUs: nowUs, refills: info.burst, measured: 0, wasFast: false }));
    }
    const isUnder = info.rateWindowS === null ? spend(bucket, info, full, costUs, nowUs, c.length) : isSlow(bucket, info, nowUs, c.length);
    return isUnder !== info.above;
  };
}
function spend(bucket: Bucket, info: HashlimitInfo, full: number, costUs: number, nowUs: number, length: number): boolean {
  bucket.tokens = Math.min(full, bucket.tokens + nowUs - bucket.lastUs);
  bucket.lastUs = nowUs;
  const cost = info.bytes ? ((length >> CHUNK_SHIFT) + 1) * costUs : costUs;
  if (info.bytes && bucket.tokens < cost && bucket.refills > 0) {
    bucket.refills--;
    bucket.tokens = full;
  }
  if (bucket.tokens < cost) return false;
  bucket.tokens -= cost;
  return true;
}
/** `--hashlimit-rate-match`: counts in windows; one that was too fast forbids the whole next one. */
function isSlow(bucket: Bucket, info: HashlimitInfo, nowUs: number, length: number): boolean {
  const rate = info.bytes ? (2 ** 32 / info.averageUs) * 2 ** CHUNK_SHIFT : SECOND_US / info.averageUs;
  const passed = nowUs - bucket.lastUs;
  const window = (info.rateWindowS ?? 1) * SECOND_US;
  if (passed >= window) {
    bucket.lastUs = nowUs;
    bucket.wasFast = bucket.measured * window > (passed * rate * window) / SECOND_US;
    bucket.measured = 0;
  }
  bucket.measured += info.bytes ? length : 1;
  return !bucket.wasFast && bucket.measured <= (info.bytes ? Math.max(1, info.burst) * rate : info.burst);
}

/** Connections that are over but still remembered do not count (already_closed). */
const isOver = (connection: Connection): boolean =>
  connection.dead || (connection.tcp !== null && ['TIME_WAIT', 'CLOSE'].includes(TCP_STATES[connection.tcp.state] ?? ''));

export function testConnlimit(info: ConnlimitInfo): Test {
  const seen = new Map<string, Set<Connection>>();
  return (c) => {
    const connection = c.skb.ct as Connection | null;
    if (connection === null) return false;
    const tuple = connection.original;
    const key = keyOf(info.side === 'source' ? tuple.src : tuple.dst, info.length);
    const { nowUs } = c.netns.simulation;
    const connections = seen.get(key) ?? new Set<Connection>();
    seen.set(key, connections);
    for (const each of connections) if (isOver(each) || (each.isConfirmed && each.expiresUs <= nowUs)) connections.delete(each);
    connections.add(connection);
    return connections.size > info.limit !== info.upto;
  };
}

export function testQuota(info: QuotaInfo): Test {
  let left = info.quota;
  return (c) => {
    if (left >= c.length) {
      left -= c.length;
      return !info.invert;
    }
    // From now on not even a small packet.
    left = 0;
    return info.invert;
  };
}

export function testString({ text, from, to, ignoreCase, invert }: StringInfo): Test {
  const fold = (bytes: string): string => (ignoreCase ? bytes.toLowerCase() : bytes);
  const wanted = fold(text);
  return (c) => {
    const at = fold(fromUint8Array(encodeNetwork(c.skb))).indexOf(wanted, from);
    return (at >= 0 && at <= to) !== invert;
  };
}

/** Whether the answer would leave where this came in. */
export function testRpfilter(info: RpfilterInfo): Test {
  return (c) => {
    const { inDevice } = c;
    if (inDevice === null || inDevice.isLoopback) return !info.invert;
    const goesBack = typeof c.src === 'number' ? answers4(c, c.src, info) : answers6(c, c.src, info);
    return goesBack !== info.invert;
  };
}
function answers4(c: HookContext, src: Ipv4, info: RpfilterInfo): boolean {
  if (src === 0) return true;
  const request = outputRequest(src, 0);
  request.mark = info.validMark ? c.skb.mark : 0;
  request.anySource = true;
  const way = routeOutput(c.netns, request, null);
  if (typeof way === 'string') return false;
  if (way.type === 'local') return info.acceptLocal;
  return info.loose || way.device === c.inDevice;
}
function answers6(c: HookContext, src: Exclude<Address, Ipv4>, info: RpfilterInfo): boolean {
  const way = lookup6(c.netns, src, null);
  if (typeof way === 'string') return false;
  if (way.device.isLoopback) return info.acceptLocal;
  return info.loose || way.device === c.inDevice;
}
