/**
 * A route as a message, back as what is shown, and as the request that makes it again. Authority: net/ipv4/fib_semantics.c (fib_dump_info),
 * net/ipv6/route.c (rt6_fill_node).
 */
import type { Bytes } from '../../../base/index.ts';
import type { RouteMetrics } from '../../../kernel/index.ts';
import type { Ipv6 } from '../../../wire/index.ts';
import { Family } from '../../iproute2/prefix.ts';
import { isLocked, lockMetric, METRICS } from '../route-metrics.ts';
import { PLAIN_ROUTE, type ShownNexthop, type ShownRoute } from '../route-model.ts';
import {
  addressBytes,
  addressIn,
  attribute,
  nameBytes,
  numberIn,
  readAddress,
  readAttributes,
  readName,
  readU16,
  readU32,
  readU8,
  u16,
  u32,
  u8,
} from './message.ts';
import type { Attributes } from './message.ts';
import { TABLE_COMPAT } from './rule-message.ts';

const RTA = {
  ...{ DST: 1, SRC: 2, OIF: 4, GATEWAY: 5, PRIORITY: 6, PREFSRC: 7, METRICS: 8, MULTIPATH: 9, FLOW: 11, CACHEINFO: 12, TABLE: 15 },
  ...{ VIA: 18, PREF: 20, NH_ID: 30 },
} as const;
const RTAX_LOCK = 1;
const PREFERENCES = ['medium', 'high', undefined, 'low'] as const;
const TICKS = 100;

function metricsBytes(metrics: RouteMetrics): Bytes {
  let lock = 0;
  let bytes = '';
  for (const { key, number } of METRICS) {
    if (isLocked(metrics, key)) lock |= 1 << number;
    const value = metrics[key];
    if (value !== undefined) bytes += attribute(number, typeof value === 'string' ? nameBytes(value) : u32(value));
  }
  if (lock !== 0) bytes = attribute(RTAX_LOCK, u32(lock)) + bytes;
  return bytes === '' ? '' : attribute(RTA.METRICS, bytes);
}
function readMetrics(bytes: Bytes): RouteMetrics {
  const found = readAttributes(bytes);
  const metrics: RouteMetrics = {};
  const lock = numberIn(found, RTAX_LOCK) ?? 0;
  for (const { key, number } of METRICS) {
    const value = found.get(number);
    if (value === undefined) continue;
    if (key === 'congestion') metrics.congestion = readName(value);
    else metrics[key] = readU32(value);
    if ((lock & (1 << number)) !== 0) lockMetric(metrics, key);
  }
  return metrics;
}

const gatewayBytes = ({ gateway, via6 }: ShownNexthop): Bytes => {
  if (via6 !== undefined) return attribute(RTA.VIA, u16(Family.INET6) + addressBytes(via6));
  return gateway === undefined ? '' : attribute(RTA.GATEWAY, addressBytes(gateway));
};
const realmsBytes = ({ realms = 0 }: ShownNexthop): Bytes => (realms === 0 ? '' : attribute(RTA.FLOW, u32(realms)));
const oneOfMany = (nexthop: ShownNexthop): Bytes => {
  const rest = gatewayBytes(nexthop) + realmsBytes(nexthop);
  return u16(8 + rest.length) + u8(nexthop.flags) + u8(nexthop.weight - 1) + u32(nexthop.device?.index ?? 0) + rest;
};
function waysBytes({ nexthop, multipath }: ShownRoute): Bytes {
  if (multipath.length > 0) return attribute(RTA.MULTIPATH, multipath.map(oneOfMany).join(''));
  if (nexthop === undefined) return '';
  return gatewayBytes(nexthop) + (nexthop.device ? attribute(RTA.OIF, u32(nexthop.device.index)) : '') + realmsBytes(nexthop);
}

export function routeBody(route: ShownRoute): Bytes {
  const is6 = route.family === Family.INET6;
  const table = route.table < 256 ? route.table : TABLE_COMPAT;
  const priority = route.priority === undefined ? '' : attribute(RTA.PRIORITY, u32(route.priority));
  const metrics = route.metrics === undefined ? '' : metricsBytes(route.metrics);
  const source = route.preferredSource === undefined ? '' : attribute(RTA.PREFSRC, addressBytes(route.preferredSource));
  return (
    u8(route.family) +
    u8(route.dstLength) +
    u8(route.srcLength) +
    u8(route.tos) +
    u8(table) +
    u8(route.protocol) +
    u8(route.scope) +
    u8(route.type) +
    u32(route.flags) +
    attribute(RTA.TABLE, u32(route.table)) +
    (route.dstLength === 0 ? '' : attribute(RTA.DST, addressBytes(route.dst))) +
    (is6 ? source + metrics + priority : priority + metrics + source) +
    (route.nexthopId === 0 ? '' : attribute(RTA.NH_ID, u32(route.nexthopId))) +
    waysBytes(route) +
    (is6 ? attribute(RTA.CACHEINFO, u32(0) + u32(0) + u32(route.expires * TICKS) + u32(0).repeat(5)) : '') +
    (is6 ? attribute(RTA.PREF, u8(Math.max(0, PREFERENCES.indexOf(route.pref)))) : '')
  );
}

function readGateway(attributes: Attributes): Pick<ShownNexthop, 'gateway' | 'via6' | 'realms'> {
  const via = attributes.get(RTA.VIA);
  return {
    gateway: addressIn(attributes, RTA.GATEWAY),
    via6: via === undefined ? undefined : (readAddress(via.slice(2)) as Ipv6),
    realms: numberIn(attributes, RTA.FLOW) ?? 0,
  };
}
export function readRouteBody(body: Bytes, nameOf: (index: number) => string): ShownRoute {
  const attributes = readAttributes(body.slice(12));
  const device = (index: number | undefined): ShownNexthop['device'] => (index ? { index, name: nameOf(index) } : undefined);
  const flags = readU32(body, 8);
  const family: Family = readU8(body) === Family.INET6 ? Family.INET6 : Family.INET;
  const several = attributes.get(RTA.MULTIPATH) ?? '';
  const multipath: ShownNexthop[] = [];
  for (let at = 0; at + 8 <= several.length; at += Math.max(8, readU16(several, at))) {
    const inner = readAttributes(several.slice(at + 8, at + readU16(several, at)));
    multipath.push({ ...readGateway(inner), device: device(readU32(several, at + 4)), weight: readU8(several, at + 3) + 1, flags: readU8(several, at + 2) });
  }
  const only: ShownNexthop = { ...readGateway(attributes), device: device(numberIn(attributes, RTA.OIF)), weight: 1, flags };
  const metrics = attributes.get(RTA.METRICS);
  const cache = attributes.get(RTA.CACHEINFO);
  return {
    ...PLAIN_ROUTE,
    family,
    table: numberIn(attributes, RTA.TABLE) ?? readU8(body, 4),
    type: readU8(body, 7),
    dst: addressIn(attributes, RTA.DST) ?? (family === Family.INET6 ? '0'.repeat(32) : 0),
    dstLength: readU8(body, 1),
    nexthopId: numberIn(attributes, RTA.NH_ID) ?? 0,
    tos: readU8(body, 3),
    protocol: readU8(body, 5),
    scope: readU8(body, 6),
    flags,
    nexthop: multipath.length > 0 ? undefined : only,
    multipath,
    preferredSource: addressIn(attributes, RTA.PREFSRC),
    priority: numberIn(attributes, RTA.PRIORITY),
    metrics: metrics === undefined ? undefined : readMetrics(metrics),
    expires: cache === undefined ? 0 : Math.floor(readU32(cache, 8) / TICKS),
    pref: family === Family.INET6 ? PREFERENCES[numberIn(attributes, RTA.PREF) ?? 0] : undefined,
  };
}
