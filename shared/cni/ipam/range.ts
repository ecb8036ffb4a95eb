/** Ranges of addresses of host-local (plugins/ipam/host-local/backend/allocator, range.go and range_set.go). */
import { err, ok, type Result } from '../../base/index.ts';
import { bits, contains, formatAddress, formatPrefix, lastOf, networkOf, next, parseAddress, parsePrefix, type Address, type Prefix } from '../address.ts';
import type { Json, JsonObject } from '../spec.ts';

export interface Range {
  readonly subnet: Prefix;
  readonly gateway: Address;
  readonly start: Address;
  readonly end: Address;
}
export type RangeSet = readonly [Range, ...Range[]];

export const inRange = (range: Range, address: Address): boolean =>
  contains(range.subnet, address) && address.value >= range.start.value && address.value <= range.end.value;
const formatRange = (range: Range): string => `${formatAddress(range.start)}-${formatAddress(range.end)}`;
export const formatRangeSet = (set: RangeSet): string => set.map(formatRange).join(',');
const overlaps = (a: Range, b: Range): boolean =>
  a.subnet.family === b.subnet.family && (inRange(a, b.start) || inRange(a, b.end) || inRange(b, a.start) || inRange(b, a.end));
export const setsOverlap = (a: RangeSet, b: RangeSet): boolean => a.some((one) => b.some((other) => overlaps(one, other)));

/** A set with what is missing filled in: the first address as gateway, all addresses but network and broadcast. */
export function readRangeSet(data: Json): Result<RangeSet, string> {
  if (!Array.isArray(data) || data.length === 0) return err('empty range set');
  const ranges: Range[] = [];
  for (const one of data as readonly JsonObject[]) {
    const range = readRange(one);
    if (!range.ok) return range;
    if (ranges[0] && ranges[0].subnet.family !== range.value.subnet.family) return err('mixed address families');
    ranges.push(range.value);
  }
  for (const [i, a] of ranges.entries())
    for (const b of ranges.slice(i + 1)) if (overlaps(a, b)) return err(`subnets ${formatRange(a)} and ${formatRange(b)} overlap`);
  return ok(ranges as unknown as RangeSet);
}

function readRange(data: JsonObject): Result<Range, string> {
  const text = typeof data['subnet'] === 'string' ? data['subnet'] : '';
  const subnet = parsePrefix(text);
  if (!subnet) return err(`IP  not v4 nor v6`);
  if (subnet.length > bits(subnet) - 2) return err(`Network ${text} too small to allocate from`);
  const network = networkOf(subnet);
  if (network.value !== subnet.value)
    return err(`Network has host bits set. For a subnet mask of length ${subnet.length} the network address is ${formatAddress(network)}`);
  const address = (key: string, otherwise: Address): Address | undefined => {
    const given = data[key] ?? otherwise;
    return given === otherwise ? otherwise : typeof given === 'string' ? parseAddress(given) : undefined;
  };
  const gateway = address('gateway', next(subnet));
  const start = address('rangeStart', next(subnet));
  const last = lastOf(subnet);
  const end = address('rangeEnd', subnet.family === 4 ? next(last, -1n) : last);
  if (!gateway || !start || !end) return err('invalid IP address');
  if (!contains(subnet, start)) return err(`RangeStart ${formatAddress(start)} not in network ${formatPrefix(subnet)}`);
  if (!contains(subnet, end) || end.value < start.value) return err(`RangeEnd ${formatAddress(end)} not in network ${formatPrefix(subnet)}`);
  return ok({ subnet, gateway, start, end });
}

/** Addresses in turn, once around, beginning behind the one reserved last; gateways are passed over. */
export function* addressesFrom(set: RangeSet, last: Address | undefined): Generator<{ readonly address: Address; readonly range: Range }, void, void> {
  const begin = last === undefined ? -1 : set.findIndex((range) => inRange(range, last));
  let index = Math.max(0, begin);
  let current = begin < 0 ? undefined : last;
  let first: Address | undefined;
  for (;;) {
    let range = set[index]!;
    if (current === undefined) current = range.start;
    else if (current.value === range.end.value) {
      index = (index + 1) % set.length;
      range = set[index]!;
      current = range.start;
    } else current = next(current);
    if (first === undefined) first = current;
    else if (current.value === first.value) return;
    if (current.value !== range.gateway.value) yield { address: current, range };
  }
}
