/**
 * Lookup in the forwarding information base: rules, tables, longest prefix, then tos, metric and living next hops (net/ipv4/fib_trie.c,
 * fib_rules.c). Without rules of a user the tables local and main are one trie in Linux: the longer prefix of both wins.
 */
import type { Errno } from '../../base/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { formatIpv4, ipv4Mask, isIpv4Multicast, isIpv4Zeronet } from '../../wire/index.ts';
import type { FibTable, Netns, Nexthop, Route, Rule } from '../model.ts';
import { RouteTable } from '../numbers.ts';
import type { RouteType } from '../numbers.ts';

/** What is looked up (flowi4). Indexes are 0 when not given. */
export class Flow {
  src: Ipv4 = 0;
  dst: Ipv4 = 0;
  tos = 0;
  mark = 0;
  /** Where it came in; 1 (lo) for packets made here. */
  inIndex = 1;
  outIndex = 0;
  /** Only routes of at least this scope (narrower: a larger number). */
  scope = 0;
  protocol = 0;
  srcPort = 0;
  dstPort = 0;
  uid = 0;
  /** The VRF's table that the packet belongs to; 0: none. */
  vrfTable = 0;
  /** Do not skip routes whose device lost its carrier (FIB_LOOKUP_IGNORE_LINKSTATE). */
  ignoreLinkState = false;
}

/** What was found; of a failed lookup `errno`. */
export class FibResult {
  type: RouteType = 'unicast';
  route: Route | null = null;
  nexthop: Nexthop | null = null;
  nexthopIndex = 0;
  rule: Rule | null = null;
  table = 0;
}

/** Routes that answer with an error (fib_props). */
export const ROUTE_ERRORS: Partial<Record<RouteType, Errno>> = { blackhole: 'EINVAL', unreachable: 'EHOSTUNREACH', prohibit: 'EACCES', throw: 'EAGAIN' };

const NO_RULE: Rule | null = null;

/** Null when found (`result` is filled), else why not. */
export function fibLookup(netns: Netns, flow: Flow, result: FibResult): Errno | null {
  result.rule = NO_RULE;
  if (netns.hasCustomRules) return lookupByRules(netns, flow, result);
  const local = netns.tables.get(RouteTable.LOCAL);
  const main = netns.tables.get(RouteTable.MAIN);
  let errno: Errno = 'ENETUNREACH';
  let longest = -1;
  if (local !== undefined) {
    const answer = lookupInTable(netns, local, flow, result, -1);
    if (answer !== 'EAGAIN') {
      if (answer !== null) return answer;
      longest = result.route!.length;
    }
  }
  if (main !== undefined) {
    const answer = lookupInTable(netns, main, flow, result, longest);
    if (answer === null) return null;
    if (answer !== 'EAGAIN') return answer;
  }
  if (longest >= 0) return null;
  const fallback = netns.tables.get(RouteTable.DEFAULT);
  if (fallback !== undefined) {
    const answer = lookupInTable(netns, fallback, flow, result, -1);
    if (answer !== 'EAGAIN') errno = answer ?? errno;
    if (answer === null) return null;
  }
  return errno;
}

function lookupByRules(netns: Netns, flow: Flow, result: FibResult): Errno | null {
  for (let i = 0; i < netns.rules.length; i++) {
    const rule = netns.rules[i]!;
    if (!ruleMatches(netns, rule, flow)) continue;
    if (rule.action === 'nop') continue;
    if (rule.action === 'goto') {
      const to = netns.rules.findIndex((other) => other.priority === rule.target);
      if (to > i) i = to - 1;
      continue;
    }
    result.rule = rule;
    if (rule.action === 'unreachable') return 'ENETUNREACH';
    if (rule.action === 'prohibit') return 'EACCES';
    if (rule.action === 'blackhole') return 'EINVAL';
    const table = netns.tables.get(rule.l3mdev ? flow.vrfTable : rule.table);
    if (table === undefined) continue;
    const answer = lookupInTable(netns, table, flow, result, -1);
    if (answer === null && isSuppressed(rule, result)) continue;
    if (answer !== 'EAGAIN') return answer;
  }
  return 'ENETUNREACH';
}

function ruleMatches(netns: Netns, rule: Rule, flow: Flow): boolean {
  return rule.invert !== matchesPlainly(netns, rule, flow);
}
function matchesPlainly(netns: Netns, rule: Rule, flow: Flow): boolean {
  if (rule.inName !== '' && netns.deviceNames.get(rule.inName)?.index !== flow.inIndex) return false;
  if (rule.outName !== '' && netns.deviceNames.get(rule.outName)?.index !== flow.outIndex) return false;
  if (((rule.fwmark ^ flow.mark) & rule.fwmask) !== 0) return false;
  if (rule.l3mdev && flow.vrfTable === 0) return false;
  if (rule.uidRange !== null && (flow.uid < rule.uidRange[0] || flow.uid > rule.uidRange[1])) return false;
  if (rule.srcLength > 0 && (((rule.src as Ipv4) ^ flow.src) & ipv4Mask(rule.srcLength)) !== 0) return false;
  if (rule.dstLength > 0 && (((rule.dst as Ipv4) ^ flow.dst) & ipv4Mask(rule.dstLength)) !== 0) return false;
  if (rule.tos !== 0 && rule.tos !== flow.tos) return false;
  if (rule.ipProtocol !== 0 && rule.ipProtocol !== flow.protocol) return false;
  if (rule.srcPorts !== null && (flow.srcPort < rule.srcPorts[0] || flow.srcPort > rule.srcPorts[1])) return false;
  if (rule.dstPorts !== null && (flow.dstPort < rule.dstPorts[0] || flow.dstPort > rule.dstPorts[1])) return false;
  return true;
}
function isSuppressed(rule: Rule, result: FibResult): boolean {
  if (rule.suppressPrefixLength >= 0 && result.route!.length <= rule.suppressPrefixLength) return true;
  return rule.suppressGroup >= 0 && result.nexthop?.device?.group === rule.suppressGroup;
}

/** EAGAIN: nothing here, go on. Only prefixes longer than `longerThan` count. */
export function lookupInTable(netns: Netns, table: FibTable, flow: Flow, result: FibResult, longerThan: number): Errno | null {
  const { prefixes } = table;
  const count = prefixes.lengthCount;
  for (let i = 0; i < count; i++) {
    const routes = prefixes.probe(i, flow.dst);
    if (routes === undefined) continue;
    if (routes[0]!.length <= longerThan) return 'EAGAIN';
    for (let r = 0; r < routes.length; r++) {
      const route = routes[r]!;
      if (route.tos !== 0 && route.tos !== flow.tos) continue;
      if (route.scope < flow.scope) continue;
      const errno = ROUTE_ERRORS[route.type];
      if (errno !== undefined) {
        result.route = route;
        result.type = route.type;
        result.table = table.id;
        result.nexthop = null;
        return errno;
      }
      const { nexthops } = route;
      for (let n = 0; n < nexthops.length; n++) {
        const nexthop = nexthops[n]!;
        if (nexthop.dead) continue;
        if (nexthop.linkdown && !flow.ignoreLinkState && ignoresLinkdown(netns, nexthop)) continue;
        if (flow.outIndex !== 0 && (nexthop.device === null || nexthop.device.index !== flow.outIndex)) continue;
        result.route = route;
        result.nexthop = nexthop;
        result.nexthopIndex = n;
        result.type = route.type;
        result.table = table.id;
        return null;
      }
    }
  }
  return 'EAGAIN';
}

function ignoresLinkdown(netns: Netns, nexthop: Nexthop): boolean {
  const conf = nexthop.device?.ipv4?.conf;
  return conf !== undefined && (conf.ignore_routes_with_linkdown !== 0 || netns.ipv4All.ignore_routes_with_linkdown !== 0);
}

const typeFlow = new Flow();
const typeResult = new FibResult();
/** inet_addr_type: what the local table says of an address. */
export function addressType(netns: Netns, address: Ipv4): RouteType {
  if (isIpv4Zeronet(address) || address === -1) return 'broadcast';
  if (isIpv4Multicast(address)) return 'multicast';
  const table = netns.tables.get(RouteTable.LOCAL);
  if (table === undefined) return 'broadcast';
  typeFlow.dst = address;
  return lookupInTable(netns, table, typeFlow, typeResult, -1) === null ? typeResult.type : 'unicast';
}
/** inet_dev_addr_type: the same, local only by this device. */
export function addressTypeOn(netns: Netns, address: Ipv4, deviceIndex: number): RouteType {
  const type = addressType(netns, address);
  if (type !== 'local' && type !== 'broadcast') return type;
  if (isIpv4Zeronet(address) || address === -1) return type;
  return typeResult.nexthop?.device?.index === deviceIndex ? type : 'unicast';
}

export const tableName = (id: number): string =>
  id === RouteTable.LOCAL ? 'local' : id === RouteTable.MAIN ? 'main' : id === RouteTable.DEFAULT ? 'default' : String(id);
export const prefixText = (prefix: Ipv4, length: number): string =>
  length === 0 ? 'default' : length === 32 ? formatIpv4(prefix) : `${formatIpv4(prefix)}/${length}`;
