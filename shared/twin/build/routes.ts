/**
 * Routes and rules of a snapshot. Addresses have brought their own routes along: what is there and was not seen goes, what was seen and is not there
 * comes. A route that the kernel would refuse today (its gateway has become unreachable) stayed when it was made earlier, so it is put in all the same.
 */
import {
  addRoute,
  addRule,
  deleteRoute,
  deleteRule,
  flushRouteExceptions,
  insertRoute6,
  protocolName,
  removeRoute6,
  routesInOrder,
  routes6InOrder,
  ruleFact,
  RouteTable,
  ROUTE_TYPES,
  tablesInOrder,
  type Netns,
  type Route,
  type Route6,
  type RouteRequest,
  type Rule,
  type RuleRequest,
} from '../../kernel/index.ts';
import type { NetnsSnapshot, RouteEntry, RuleEntry } from '../../snapshot/index.ts';
import { parseIpv4, parseIpv4Prefix, parseIpv6, type Ipv6 } from '../../wire/index.ts';
import { route6Entry, routeEntry } from '../read/route-entry.ts';
import { scopeNumber } from './addresses.ts';
import type { Report } from './problem.ts';

const TABLES: Readonly<Record<string, number>> = { default: RouteTable.DEFAULT, main: RouteTable.MAIN, local: RouteTable.LOCAL };
const tableNumber = (name: string): number => TABLES[name] ?? Number(name);
const PROTOCOLS = new Map(Array.from({ length: 256 }, (_, number) => [protocolName(number), number] as const).reverse());

/** What tells one route from another: all but what became of it. */
const keyOf = ({ text: _text, flags, nexthops, ...entry }: RouteEntry): string =>
  JSON.stringify({ ...entry, onlink: flags.includes('onlink'), nexthops: nexthops?.map(({ via, device, weight }) => [via, device, weight]) }, sorted);
const sorted = (_key: string, value: unknown): unknown =>
  value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

export function makeRoutes(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  const wanted = new Map(seen.routes.map((entry) => [keyOf(entry), entry]));
  for (const table of tablesInOrder(netns))
    for (const route of routesInOrder(table)) {
      const entry = routeEntry(route);
      if (!wanted.delete(keyOf(entry))) deleteRoute(netns, requestOf(netns, entry));
    }
  for (const route of routes6InOrder(netns)) {
    const entry = route6Entry(route);
    if (wanted.delete(keyOf(entry)) || !route.device) continue;
    removeRoute6(netns, {
      ...{ destination: route.prefix, length: route.length, table: route.table, priority: route.priority, device: route.device.index },
      ...(route.gateway !== null && { gateway: route.gateway }),
    });
  }
  // those that lead to gateways come after those by which gateways are reached
  const rest = [...wanted.values()].sort((a, b) => Number(isByGateway(a)) - Number(isByGateway(b)));
  for (const entry of rest) if (!insert(netns, entry)) report(entry.text, 'the route could not be made');
  // ways of one prefix and metric stand in the order of their making
  const place = new Map(seen.routes.map((entry, at) => [keyOf(entry), at]));
  const placeOf = (route: Route6): number => place.get(keyOf(route6Entry(route))) ?? seen.routes.length;
  netns.routes6.sort((a, b) => placeOf(a) - placeOf(b));
  flushRouteExceptions(netns);
}
const isByGateway = (entry: RouteEntry): boolean => entry.via !== undefined || entry.nexthops !== undefined;

function insert(netns: Netns, entry: RouteEntry): boolean {
  if (entry.family === 'inet6') return insert6(netns, entry);
  const request = requestOf(netns, entry);
  if (addRoute(netns, { ...request, create: true, append: true }).ok) return true;
  const hops = request.nexthops?.map((hop) => ({ ...hop, onlink: true }));
  const bold = hops ? { nexthops: hops } : { onlink: true };
  if (!addRoute(netns, { ...request, ...bold, create: true, append: true }).ok) return false;
  const made = lastOf(netns, entry);
  for (const hop of made?.nexthops ?? []) hop.onlink = entry.flags.includes('onlink');
  return true;
}
const lastOf = (netns: Netns, entry: RouteEntry): Route | undefined =>
  tablesInOrder(netns)
    .flatMap((table) => routesInOrder(table))
    .findLast((route) => {
      const one = routeEntry(route);
      return one.destination === entry.destination && one.table === entry.table && one.metric === entry.metric;
    });

function requestOf(netns: Netns, entry: RouteEntry): RouteRequest {
  const prefix = entry.destination === 'default' ? { address: 0, length: 0 } : (parseIpv4Prefix(entry.destination) ?? { address: 0, length: 32 });
  const address = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseIpv4(text));
  const device = (name: string | undefined): number | undefined => (name === undefined ? undefined : netns.device(name)?.index);
  const gateway = address(entry.via);
  const out = device(entry.device);
  const preferredSource = address(entry.source);
  return {
    destination: prefix.address,
    length: prefix.length,
    type: ROUTE_TYPES.find((type) => type === entry.type) ?? 'unicast',
    table: tableNumber(entry.table),
    protocol: PROTOCOLS.get(entry.protocol) ?? 0,
    scope: scopeNumber(entry.scope),
    onlink: entry.flags.includes('onlink'),
    ...(entry.metric !== undefined && { priority: entry.metric }),
    ...(preferredSource !== undefined && { preferredSource }),
    ...(entry.mtu !== undefined && { metrics: { mtu: entry.mtu } }),
    ...(entry.nexthops
      ? {
          nexthops: entry.nexthops.map((hop) => {
            const via = address(hop.via);
            const by = device(hop.device);
            return { weight: hop.weight, ...(via !== undefined && { gateway: via }), ...(by !== undefined && { device: by }) };
          }),
        }
      : { ...(gateway !== undefined && { gateway }), ...(out !== undefined && { device: out }) }),
  };
}

const prefix6 = (text: string): { readonly address: Ipv6; readonly length: number } | undefined => {
  const [head = '', length = '128'] = text === 'default' ? ['::', '0'] : text.split('/');
  const address = parseIpv6(head);
  return address === undefined ? undefined : { address, length: Number(length) };
};
function insert6(netns: Netns, entry: RouteEntry): boolean {
  const prefix = prefix6(entry.destination);
  if (!prefix) return false;
  const gateway = entry.via === undefined ? undefined : parseIpv6(entry.via);
  const device = entry.device === undefined ? undefined : netns.device(entry.device)?.index;
  return insertRoute6(netns, {
    ...{ destination: prefix.address, length: prefix.length, table: tableNumber(entry.table), protocol: PROTOCOLS.get(entry.protocol) ?? 0, create: true },
    ...{ type: ROUTE_TYPES.find((type) => type === entry.type) ?? 'unicast', onlink: true, append: true },
    ...(entry.metric !== undefined && { priority: entry.metric }),
    ...(gateway !== undefined && { gateway }),
    ...(device !== undefined && { device }),
  }).ok;
}

// --- rules ---

const isSame = (rule: Rule, { family, priority, text }: RuleEntry): boolean => {
  const fact = ruleFact(rule);
  return (rule.family === 4 ? 'inet' : 'inet6') === family && fact.priority === priority && `${fact.selector} ${fact.action}` === text;
};

export function makeRules(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  for (const rule of [...netns.rules, ...netns.rules6]) {
    if (seen.rules.some((entry) => isSame(rule, entry))) continue;
    if (!seen.rules.some((entry) => (entry.family === 'inet6' ? 6 : 4) === rule.family)) continue; // nobody read them
    deleteRule(netns, { family: rule.family, priority: rule.priority, table: rule.table, action: rule.action });
  }
  for (const entry of seen.rules) {
    if ([...netns.rules, ...netns.rules6].some((rule) => isSame(rule, entry))) continue;
    const request = ruleRequest(entry);
    if (!request || !addRule(netns, request).ok) report(`${entry.priority}: ${entry.text}`, 'the rule could not be made');
  }
}

/** Undefined where a word of it is not known. */
function ruleRequest({ family, priority, text }: RuleEntry): RuleRequest | undefined {
  const is4 = family === 'inet';
  const request: { -readonly [K in keyof RuleRequest]: RuleRequest[K] } = { family: is4 ? 4 : 6, priority, create: true };
  const words = text.split(' ').filter((word) => word !== '');
  const prefix = (word: string) => (is4 ? parseIpv4Prefix(word) : prefix6(word));
  const range = (word: string): readonly [number, number] => [Number(word.split('-')[0]), Number(word.split('-').at(-1))];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'not') request.invert = true;
    else if (word === '[detached]') continue;
    else if (word === 'l3mdev') request.l3mdev = true;
    else if (word === 'blackhole' || word === 'unreachable' || word === 'prohibit' || word === 'nop') request.action = word;
    else {
      const value = words.shift() ?? '';
      const found = prefix(value);
      if (word === 'from' && found) Object.assign(request, { src: found.address, srcLength: found.length });
      else if (word === 'from' && value === 'all') continue;
      else if (word === 'to' && found) Object.assign(request, { dst: found.address, dstLength: found.length });
      else if (word === 'iif' || word === 'dev') request.inName = value;
      else if (word === 'oif') request.outName = value;
      else if (word === 'tos') request.tos = Number(value);
      else if (word === 'fwmark') {
        request.fwmark = Number(value.split('/')[0]) >>> 0;
        if (value.includes('/')) request.fwmask = Number(value.split('/')[1]) >>> 0;
      } else if (word === 'lookup' && !Number.isNaN(tableNumber(value))) request.table = tableNumber(value);
      else if (word === 'goto') Object.assign(request, { action: 'goto', target: Number(value) });
      else if (word === 'sport') request.srcPorts = range(value);
      else if (word === 'dport') request.dstPorts = range(value);
      else if (word === 'uidrange') request.uidRange = range(value);
      else if (word === 'suppress_prefixlength') request.suppressPrefixLength = Number(value);
      else if (word === 'proto' || word === 'protocol') request.protocol = PROTOCOLS.get(value) ?? 0;
      else return undefined;
    }
  }
  return request;
}
