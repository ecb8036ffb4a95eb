/** One route as iproute2 prints it, and the filter of `ip route list` and `flush`. Authority: ip/iproute.c (print_route, filter_nlmsg). */
import type { RouteMetrics } from '../../kernel/index.ts';
import { Family, familyBits, formatAddress, NO_PREFIX, sameBits, type Prefix } from '../iproute2/prefix.ts';
import type { ColorAttribute } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { printEntry } from './nexthop-show.ts';
import { CacheFlag, RouteFlag, type ShownNexthop, type ShownRoute } from './route-model.ts';
import { isLocked, METRICS } from './route-metrics.ts';

export interface RouteFilter {
  /** 0: all tables. */
  table: number;
  /** 'cached' shows only what lookups made: nothing, since routes are not cached any more. */
  cloned: 'not' | 'cached' | 'either';
  protocol: number | undefined;
  /** `proto all`: any, and it is still printed. */
  scope: number | undefined;
  types: number;
  tos: number | undefined;
  oif: number;
  iif: number;
  mark: number | undefined;
  metric: number | undefined;
  realm: { value: number; mask: number } | undefined;
  preferredSource: Prefix;
  via: Prefix;
  rootDst: Prefix;
  matchDst: Prefix;
  rootSrc: Prefix;
  matchSrc: Prefix;
}
const ANY_MATCH: Prefix = { ...NO_PREFIX, bits: -1 };
export const routeFilter = (oif = 0): RouteFilter => ({
  ...{
    table: 0,
    cloned: 'not',
    protocol: undefined,
    scope: undefined,
    types: 0,
    tos: undefined,
    oif,
    iif: 0,
    mark: undefined,
    metric: undefined,
    realm: undefined,
  },
  ...{ preferredSource: NO_PREFIX, via: NO_PREFIX, rootDst: NO_PREFIX, matchDst: ANY_MATCH, rootSrc: NO_PREFIX, matchSrc: ANY_MATCH },
});

const value = (prefix: Prefix): number | string => (prefix.family === Family.INET6 ? prefix.v6 : prefix.v4);

/** One side of the filter: `root` takes what is within it, `match` what it is within. */
function passesPrefix(route: ShownRoute, address: number | string | undefined, length: number, root: Prefix, match: Prefix): boolean {
  const zero = route.family === Family.INET6 ? '0'.repeat(32) : 0;
  const own = address ?? zero;
  const rootGiven = root.family !== Family.UNSPEC || root.hasLength;
  const matchGiven = match.family !== Family.UNSPEC || match.hasLength;
  if (root.family !== Family.UNSPEC && route.family !== root.family) return false;
  if (rootGiven && root.bits > length) return false;
  if (match.family !== Family.UNSPEC && route.family !== match.family) return false;
  if (matchGiven && match.bits >= 0 && match.bits < length) return false;
  const other = (prefix: Prefix): number | string => (route.family === Family.INET6 && prefix.family !== Family.INET6 ? zero : value(prefix));
  if (rootGiven && !sameBits(route.family, own, other(root), root.bits)) return false;
  return !(matchGiven && match.bits >= 0 && !sameBits(route.family, own, other(match), length));
}

export function passesRoute(session: Session, route: ShownRoute, filter: RouteFilter): boolean {
  const { family: preferred } = session.options;
  if (preferred !== Family.UNSPEC && route.family !== preferred) return false;
  const isCloned = (route.flags & RouteFlag.CLONED) !== 0;
  if ((filter.cloned === 'not' && isCloned) || (filter.cloned === 'cached' && !isCloned)) return false;
  if (filter.table > 0 && filter.table !== route.table) return false;
  if (filter.protocol !== undefined && filter.protocol !== route.protocol) return false;
  if (filter.scope !== undefined && filter.scope !== route.scope) return false;
  if (filter.types !== 0 && (filter.types & (1 << route.type)) === 0) return false;
  if (filter.tos !== undefined && filter.tos !== route.tos) return false;
  const gateway = route.nexthop?.via6 ?? route.nexthop?.gateway;
  if (filter.via.family !== Family.UNSPEC) {
    const viaFamily = route.nexthop?.via6 !== undefined ? Family.INET6 : route.family;
    const zero = viaFamily === Family.INET6 ? '0'.repeat(32) : 0;
    if (viaFamily !== filter.via.family || !sameBits(viaFamily, gateway ?? zero, value(filter.via), filter.via.bits)) return false;
  }
  if (filter.preferredSource.family !== Family.UNSPEC) {
    const zero = route.family === Family.INET6 ? '0'.repeat(32) : 0;
    const { preferredSource: wanted } = filter;
    if (route.family !== wanted.family || !sameBits(route.family, route.preferredSource ?? zero, value(wanted), wanted.bits)) return false;
  }
  if (!passesPrefix(route, route.dst, route.dstLength, filter.rootDst, filter.matchDst)) return false;
  if (!passesPrefix(route, route.src, route.srcLength, filter.rootSrc, filter.matchSrc)) return false;
  if (filter.realm !== undefined && (((route.nexthop?.realms ?? 0) ^ filter.realm.value) & filter.realm.mask) !== 0) return false;
  if (filter.iif !== 0 && (route.inDevice ?? 0) !== filter.iif) return false;
  if (filter.oif !== 0 && (route.nexthop?.device?.index ?? 0) !== filter.oif) return false;
  if (filter.mark !== undefined && route.mark !== filter.mark) return false;
  return filter.metric === undefined || (route.priority ?? 0) === filter.metric;
}

export function printRoute(session: Session, route: ShownRoute, filter: RouteFilter, change: 'new' | 'del' = 'new'): void {
  const { printer, options, names } = session;
  const { family } = route;
  const hostBits = familyBits(family);
  const color: ColorAttribute = family === Family.INET ? 'inet' : 'inet6';
  const detailed = options.details > 0;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  if ((route.type !== 1 || detailed) && (filter.types === 0 || (filter.types & (1 << route.type)) !== 0)) {
    const type = names.routeType(route.type);
    printer.any('type', `${type} `, type);
  }
  const isCloned = (route.flags & RouteFlag.CLONED) !== 0;
  const text = (address: number | string, length: number): string =>
    length === hostBits ? formatAddress(family, address) : `${formatAddress(family, address)}/${length}`;
  const dst = route.dstLength === 0 && !isCloned ? 'default' : text(route.dst, route.dstLength);
  printer.any('dst', `${dst} `, dst, dst === 'default' ? undefined : color);
  if (route.src !== undefined) {
    const src = text(route.src, route.srcLength);
    printer.any('from', `from ${src} `, src, color);
  }
  if (route.nexthopId !== 0) printer.any('nhid', `nhid ${route.nexthopId} `, route.nexthopId);
  if (route.tos !== 0 && filter.tos === undefined) {
    const tos = names.dsField(route.tos);
    printer.any('tos', `tos ${tos} `, tos);
  }
  const { nexthop } = route;
  if (nexthop?.gateway !== undefined && filter.via.bits !== hostBits) printGateway(session, family, nexthop.gateway);
  if (nexthop?.via6 !== undefined) printVia(session, nexthop.via6);
  if (nexthop?.device && filter.oif === 0) printDevice(session, 'dev', session.callOf(nexthop.device));
  if (route.table !== 0 && (route.table !== 254 || detailed) && filter.table === 0) {
    const table = names.table(route.table);
    printer.any('table', `table ${table} `, table);
  }
  if (!isCloned) {
    if ((route.protocol !== 3 || detailed) && filter.protocol === undefined) {
      const protocol = names.protocol(route.protocol);
      printer.any('protocol', `proto ${protocol} `, protocol);
    }
    if ((route.scope !== 0 || detailed) && filter.scope === undefined) {
      const scope = names.scope(route.scope);
      printer.any('scope', `scope ${scope} `, scope);
    }
  }
  if (route.preferredSource !== undefined && filter.preferredSource.bits !== hostBits) {
    const source = formatAddress(family, route.preferredSource);
    printer.text('src ');
    printer.any('prefsrc', `${source} `, source, color);
  }
  if (route.priority !== undefined && filter.metric === undefined) printer.any('metric', `metric ${route.priority} `, route.priority);
  printRouteFlags(session, route.flags);
  if (route.mark !== 0) printer.any('mark', `mark ${route.mark >= 16 ? `0x${route.mark.toString(16)}` : route.mark} `, route.mark);
  printRealms(session, nexthop?.realms ?? 0);
  if (route.uid !== undefined) printer.any('uid', `uid ${route.uid} `, route.uid);
  if (family === Family.INET && isCloned) printCacheFlags(session, route.flags);
  if (route.expires !== 0) printer.any('expires', `expires ${route.expires}sec `, route.expires);
  if (route.metrics !== undefined) printMetrics(session, route.metrics);
  if (route.inDevice !== undefined && filter.iif === 0) printDevice(session, 'iif', session.nameOf(route.inDevice));
  if (route.pref !== undefined) printer.any('pref', `pref ${route.pref}`, route.pref);
  const object = detailed && route.nexthopId !== 0 ? session.netns.nexthops.get(route.nexthopId) : undefined;
  if (object !== undefined) {
    printer.text(`${printer.lineEnd}\tnh_info `);
    printEntry(session, object, 'nh_info');
  }
  if (route.multipath.length > 0) printMultipath(session, route);
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}

function printGateway(session: Session, family: Family, gateway: number | string): void {
  const text = formatAddress(family, gateway);
  session.printer.text('via ');
  session.printer.any('gateway', `${text} `, text, family === Family.INET ? 'inet' : 'inet6');
}
function printVia(session: Session, gateway: string): void {
  const { printer } = session;
  const text = formatAddress(Family.INET6, gateway);
  printer.openObject('via');
  printer.member('family', 'inet6');
  printer.member('host', text);
  printer.closeObject();
  printer.text('via inet6 ');
  printer.text(`${text} `, 'inet6');
}
function printDevice(session: Session, key: 'dev' | 'iif', name: string): void {
  session.printer.text(`${key} `);
  session.printer.any(key, `${name} `, name, 'ifname');
}

/** print_rta_flow. */
function printRealms({ printer, names }: Session, realms: number): void {
  if (realms === 0) return;
  const [from, to] = [realms >>> 16, realms & 0xffff];
  printer.openObject('flow');
  if (from !== 0) printer.member('from', names.realm(from));
  printer.member('to', names.realm(to));
  printer.closeObject();
  printer.text(from === 0 ? `realm ${names.realm(to)} ` : `realms ${names.realm(from)}/${names.realm(to)} `);
}
const FLAG_WORDS: readonly (readonly [number, string])[] = [
  [RouteFlag.DEAD, 'dead'],
  [RouteFlag.ONLINK, 'onlink'],
  [RouteFlag.PERVASIVE, 'pervasive'],
  [RouteFlag.OFFLOAD, 'offload'],
  [RouteFlag.TRAP, 'trap'],
  [RouteFlag.NOTIFY, 'notify'],
  [RouteFlag.LINKDOWN, 'linkdown'],
  [RouteFlag.UNRESOLVED, 'unresolved'],
  [RouteFlag.RT_OFFLOAD, 'rt_offload'],
  [RouteFlag.RT_TRAP, 'rt_trap'],
  [RouteFlag.RT_OFFLOAD_FAILED, 'rt_offload_failed'],
];
export function printRouteFlags(session: Session, flags: number): void {
  const { printer } = session;
  printer.openArray('flags');
  for (const [bit, word] of FLAG_WORDS) if ((flags & bit) !== 0) printer.any(null, `${word} `, word);
  printer.closeArray();
}

const CACHE_WORDS: readonly (readonly [number, string])[] = [
  [CacheFlag.LOCAL, 'local'],
  [0x0200_0000, 'reject'],
  [CacheFlag.MULTICAST, 'mc'],
  [CacheFlag.BROADCAST, 'brd'],
  [CacheFlag.REDIRECTED, 'redirected'],
  [CacheFlag.DOREDIRECT, 'redirect'],
];
function printCacheFlags(session: Session, all: number): void {
  const { printer } = session;
  const words = CACHE_WORDS.filter(([bit]) => (all & bit) !== 0).map(([, word]) => word);
  printer.openArray('cache');
  for (const word of words) printer.member(null, word);
  printer.closeArray();
  printer.text(`${printer.lineEnd}    cache ${words.length > 0 ? `<${words.join(',')}> ` : ''}`);
}

function printMetrics(session: Session, metrics: RouteMetrics): void {
  const { printer } = session;
  const present = METRICS.filter(({ key }) => metrics[key] !== undefined);
  if (present.length === 0 && !metrics.mtuLock) return;
  printer.openArray('metrics');
  printer.openObject();
  for (const { key, word: name } of present) {
    const number = Number(metrics[key]);
    const lock = isLocked(metrics, key) ? 'lock ' : '';
    printer.text(`${name} ${lock}`);
    if (key === 'features') {
      if ((number & 1) !== 0) printer.any('ecn', 'ecn ', null);
      if ((number & ~1) !== 0) printer.hex('features', `0x${number.toString(16)} `, number);
    } else if (key === 'congestion') printer.any('congestion', `${metrics.congestion ?? ''} `, metrics.congestion ?? '');
    else if (key === 'rtt' || key === 'rttvar' || key === 'rtoMin') {
      const ms = key === 'rtt' ? Math.floor(number / 8) : key === 'rttvar' ? Math.floor(number / 4) : number;
      printer.any(name, ms >= 1000 ? `${String(Number((ms / 1000).toPrecision(6)))}s ` : `${ms}ms `, ms);
    } else printer.any(name, `${number} `, number);
  }
  printer.closeObject();
  printer.closeArray();
}

function printMultipath(session: Session, route: ShownRoute): void {
  const { printer } = session;
  printer.openArray('nexthops');
  for (const nexthop of route.multipath) {
    printer.openObject();
    printer.text(`${printer.lineEnd}\tnexthop `);
    printNexthop(session, route, nexthop);
    printer.closeObject();
  }
  printer.closeArray();
}
function printNexthop(session: Session, route: ShownRoute, nexthop: ShownNexthop): void {
  const { printer } = session;
  if (nexthop.gateway !== undefined) printGateway(session, route.family, nexthop.gateway);
  if (nexthop.via6 !== undefined) printVia(session, nexthop.via6);
  printRealms(session, nexthop.realms ?? 0);
  const name = nexthop.device ? session.callOf(nexthop.device) : '*';
  printer.any('dev', `dev ${name} `, name);
  printer.any('weight', `weight ${nexthop.weight} `, nexthop.weight);
  printRouteFlags(session, nexthop.flags);
}
