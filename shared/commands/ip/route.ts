/** `ip route`: listing, flushing, asking; what changes routes is in route-modify.ts. Authority: ip/iproute.c (do_iproute). */
import {
  deleteRoute,
  flushRouteExceptions,
  getRoute,
  lookup6,
  removeRoute6,
  tablesInOrder,
  type CreateFlags,
  type Route,
  type Route6,
  type RouteGetRequest,
} from '../../kernel/index.ts';
import type { Sys } from '../../shell/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseRouteType } from '../iproute2/names.ts';
import { parseU16, parseU32, parseU8 } from '../iproute2/numbers.ts';
import { Family, parseFamily, takeAddress, takePrefix, type Prefix } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { protocolNumber } from '../names/protocols.ts';
import { beginSave, restoreRoutes, saveRoutes, showRoutes } from './dump/transfer.ts';
import { dumpCache6, shownAnswer, shownAnswer6 } from './route-answer.ts';
import { dumpCache, dumpTable, dumpTable6, hasTable6, shownRoute6, tableIds6, type ShownRoute } from './route-model.ts';
import { modifyRoute } from './route-modify.ts';
import { passesRoute, printRoute, routeFilter, type RouteFilter } from './route-show.ts';
import { routeUsage } from './usage.ts';
import { takeVrf } from './vrf.ts';

const MAIN = 254;
/** RTN_LOCAL, RTN_BROADCAST. */
const LOCAL = 2;
const BROADCAST = 3;

/** Verbs that make or change a route, with the flags of their request. */
const CHANGES: readonly { readonly word: string; readonly exact?: true; readonly flags: CreateFlags }[] = [
  { word: 'add', flags: { create: true, exclusive: true } },
  { word: 'change', flags: { replace: true } },
  { word: 'chg', exact: true, flags: { replace: true } },
  { word: 'replace', flags: { create: true, replace: true } },
  { word: 'prepend', flags: { create: true } },
  { word: 'append', flags: { create: true, append: true } },
  { word: 'test', flags: { exclusive: true } },
];

export function routeCommand(session: Session, words: readonly string[]): number | Sys<number> {
  const args = new Arguments(words);
  if (args.isAtEnd) return list(session, new Arguments([]), 'list');
  const rest = new Arguments(words.slice(1));
  const change = CHANGES.find(({ word, exact }) => (exact ? args.is(word) : args.begins(word)));
  if (change) return modifyRoute(session, 'new', change.flags, rest);
  if (args.begins('delete')) return modifyRoute(session, 'delete', {}, rest);
  if (args.begins('list', 'show', 'lst')) return list(session, rest, 'list');
  if (args.begins('get')) return get(session, rest);
  if (args.begins('flush')) return list(session, rest, 'flush');
  if (args.begins('save')) return save(session, rest);
  if (args.begins('restore')) return restoreRoutes(session);
  if (args.begins('showdump')) return showRoutes(session);
  if (args.begins('help')) leave(255, routeUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip route help".\n`);
}

function readFilter(session: Session, args: Arguments): RouteFilter {
  const { names, options } = session;
  const { family } = options;
  const filter = routeFilter();
  filter.table = MAIN;
  let inDevice: string | undefined;
  let outDevice: string | undefined;
  /** `root P`, `match P`, `exact P`, `P`. */
  const prefixes = (which: 'Dst' | 'Src'): void => {
    const set = (key: 'root' | 'match' | 'both'): void => {
      const prefix: Prefix = takePrefix(args.word, family);
      if (key !== 'match') filter[`root${which}`] = prefix;
      if (key !== 'root') filter[`match${which}`] = prefix;
    };
    if (args.begins('root')) {
      args.next();
      set('root');
    } else if (args.begins('match')) {
      args.next();
      set('match');
    } else {
      if (args.begins('exact')) args.next();
      set('both');
    }
  };
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('table')) {
      const word = args.next();
      const table = names.parseTable(word);
      if (table !== undefined) filter.table = table;
      else if (word === 'all') filter.table = 0;
      else if (word === 'cache') filter.cloned = 'cached';
      else if (word === 'help') leave(255, routeUsage());
      else invalidArgument('table id value is invalid\n', word);
    } else if (args.begins('vrf')) {
      filter.table = takeVrf(session, args.next(), 'Invalid VRF\n').vrfTable;
      // Local and broadcast routes of the VRF are left out.
      filter.types = ~((1 << LOCAL) | (1 << BROADCAST));
    } else if (args.begins('cached', 'cloned')) filter.cloned = 'cached';
    else if (args.is('tos') || args.begins('dsfield')) filter.tos = names.parseDsField(args.next()) ?? invalidArgument('TOS value is invalid\n', args.word);
    else if (args.begins('protocol')) {
      const word = args.next();
      filter.protocol = names.parseProtocol(word);
      if (filter.protocol === undefined && word !== 'all') invalidArgument('invalid "protocol"\n', word);
    } else if (args.begins('scope')) {
      const word = args.next();
      filter.scope = names.parseScope(word);
      if (filter.scope === undefined && word !== 'all') invalidArgument('invalid "scope"\n', word);
    } else if (args.begins('type')) filter.types = 1 << (parseRouteType(args.next()) ?? invalidArgument('node type value is invalid\n', args.word));
    else if (args.is('dev') || args.is('oif')) outDevice = args.next();
    else if (args.is('iif')) inDevice = args.next();
    else if (args.is('mark')) filter.mark = parseU32(args.next()) ?? invalidArgument('invalid mark value', args.word);
    else if (args.begins('metric', 'priority') || args.is('preference'))
      filter.metric = parseU32(args.next()) ?? invalidArgument('"metric" value is invalid\n', args.word);
    else if (args.is('via')) {
      let viaFamily = parseFamily(args.next());
      if (viaFamily === Family.UNSPEC) viaFamily = family;
      else args.next();
      filter.via = takePrefix(args.word, viaFamily);
    } else if (args.is('src')) filter.preferredSource = takePrefix(args.next(), family);
    else if (args.begins('realms')) {
      const word = args.next();
      const value = names.parseRealms(word) ?? invalidArgument('invalid realms\n', word);
      filter.realm = { value, mask: -1 };
    } else if (args.begins('from')) {
      args.next();
      prefixes('Src');
    } else {
      if (args.begins('to')) args.next();
      prefixes('Dst');
    }
  }
  if (inDevice !== undefined) filter.iif = session.requireIndex(inDevice);
  if (outDevice !== undefined) filter.oif = session.requireIndex(outDevice);
  return filter;
}

/** Everything the kernel sends for a dump; undefined when it says that there is no such table. */
function dump(session: Session, filter: RouteFilter): ShownRoute[] | { readonly missing: 'ipv4' | 'ipv6' } {
  const { netns, process, options } = session;
  const family = options.family === Family.UNSPEC && filter.table !== 0 ? Family.INET : options.family;
  const routes: ShownRoute[] = [];
  if (family === Family.INET || family === Family.UNSPEC) {
    if (filter.table !== 0 && !netns.tables.has(filter.table)) return { missing: 'ipv4' };
    for (const id of filter.table === 0 ? tablesInOrder(netns).map((table) => table.id) : [filter.table]) routes.push(...dumpTable(netns, id));
  }
  if (family === Family.INET6 || family === Family.UNSPEC) {
    if (filter.table !== 0 && !hasTable6(netns, filter.table)) return { missing: 'ipv6' };
    for (const id of filter.table === 0 ? tableIds6(netns) : [filter.table]) routes.push(...dumpTable6(netns, id, process.nowUs));
  }
  if (filter.cloned !== 'cached') return routes;
  return [
    ...(family === Family.INET6 ? [] : dumpCache(netns, filter.table, process.nowUs)),
    ...(family === Family.INET ? [] : dumpCache6(session, filter.table)),
  ];
}
const missingTable = (family: string): string => `Error: ${family}: FIB table does not exist.\n`;

function list(session: Session, args: Arguments, action: 'list' | 'flush'): number {
  const { printer, options } = session;
  if (action === 'flush' && args.isAtEnd) giveUp(USAGE_ERROR, '"ip route flush" requires arguments.\n');
  const filter = readFilter(session, args);
  if (action === 'flush') return flush(session, filter);
  printer.startJson(options.json, options.pretty);
  const routes = dump(session, filter);
  if ('missing' in routes) {
    // the main table of a namespace that never had a route is empty, not missing
    if (filter.table !== MAIN) giveUp(KERNEL_ERROR, `${missingTable(routes.missing)}Dump terminated\n`);
  } else for (const route of routes) if (passesRoute(session, route, filter)) printRoute(session, route, filter);
  printer.endJson();
  return 0;
}

function save(session: Session, args: Arguments): number {
  beginSave(session, 'route');
  const filter = readFilter(session, args);
  const routes = dump(session, filter);
  if ('missing' in routes) return filter.table === MAIN ? 0 : giveUp(KERNEL_ERROR, `${missingTable(routes.missing)}Dump terminated\n`);
  return saveRoutes(
    session,
    routes.filter((route) => passesRoute(session, route, filter)),
    filter.table !== 0 || filter.protocol !== undefined || filter.oif !== 0,
  );
}

function flush(session: Session, filter: RouteFilter): number {
  const { printer, options } = session;
  if (filter.cloned === 'cached') {
    if (options.family !== Family.INET6 && options.stats > 0) printer.out('*** IPv4 routing cache is flushed.\n');
    if (options.family !== Family.INET6) flushRouteExceptions(session.netns);
    if (options.family === Family.INET6) for (const route of session.netns.routes6) route.exceptions = null;
    if (options.family === Family.INET) return 0;
  }
  for (let round = 0; ; round++) {
    const routes = dump(session, filter);
    // A table that has been emptied is still there.
    if ('missing' in routes && round === 0) return giveUp(KERNEL_ERROR, `${missingTable(routes.missing)}Flush terminated\n`);
    const chosen = ('missing' in routes ? [] : routes).filter((route) => passesRoute(session, route, filter));
    if (options.stats > 1) for (const route of chosen) printRoute(session, route, filter);
    if (chosen.length === 0) {
      if (options.stats > 0) printer.out(round === 0 ? 'Nothing to flush.\n' : `*** Flush is complete after ${round} round${round > 1 ? 's' : ''} ***\n`);
      return 0;
    }
    for (const route of chosen) {
      const refused = remove(session, route);
      if (refused !== undefined) giveUp(KERNEL_ERROR, `Failed to send flush request: ${refused}\n`);
    }
    if (options.stats > 0) printer.out(`\n*** Round ${round + 1}, deleting ${chosen.length} entries ***\n`);
  }
}

/** Deletes exactly this route, as its own message would; says why not. */
function remove(session: Session, shown: ShownRoute): string | undefined {
  const { netns } = session;
  const done = shown.family === Family.INET6 ? removeRoute6(netns, requestOf6(shown)) : deleteRoute(netns, requestOf(shown.origin as Route));
  return done.ok ? undefined : done.error.errno === 'ESRCH' ? 'No such process' : done.error.errno;
}
function requestOf(route: Route): Parameters<typeof deleteRoute>[1] {
  const single = route.nexthops.length === 1 ? route.nexthops[0] : undefined;
  return {
    ...{ destination: route.prefix, length: route.length, table: route.table, tos: route.tos, type: route.type, scope: route.scope, protocol: route.protocol },
    ...(route.priority !== 0 && { priority: route.priority }),
    ...(route.preferredSource !== 0 && { preferredSource: route.preferredSource }),
    ...(single && single.gateway !== 0 && { gateway: single.gateway }),
    ...(single?.gateway6 && { gateway6: single.gateway6 }),
    ...(single?.device && { device: single.device.index }),
    ...(route.nexthops.length > 1 && {
      nexthops: route.nexthops.map((nexthop) => ({
        gateway: nexthop.gateway,
        weight: nexthop.weight,
        ...(nexthop.device && { device: nexthop.device.index }),
      })),
    }),
  };
}
function requestOf6(shown: ShownRoute): Parameters<typeof removeRoute6>[1] {
  const route = shown.origin as Route6;
  return {
    ...{ destination: route.prefix, length: route.length, table: route.table, type: route.type, protocol: route.protocol, priority: route.priority },
    ...(route.gateway !== null && shown.multipath.length === 0 && { gateway: route.gateway }),
    ...(route.device && shown.multipath.length === 0 && { device: route.device.index }),
  };
}

function get(session: Session, args: Arguments): number {
  const { names, options, printer } = session;
  const request: { -readonly [K in keyof RouteGetRequest]: RouteGetRequest[K] } = { destination: 0 };
  let { family } = options;
  let to: Prefix | undefined;
  let from: Prefix | undefined;
  let inDevice: string | undefined;
  let outDevice: string | undefined;
  const settle = (prefix: Prefix): Prefix => {
    if (family === Family.UNSPEC) ({ family } = prefix);
    return prefix;
  };
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('tos') || args.begins('dsfield')) request.tos = names.parseDsField(args.next()) ?? invalidArgument('TOS value is invalid\n', args.word);
    else if (args.begins('from')) {
      args.next();
      if (args.begins('help')) leave(255, routeUsage());
      from = settle(takePrefix(args.word, family));
    } else if (args.begins('iif')) inDevice = args.next();
    else if (args.begins('mark')) request.mark = parseU32(args.next()) ?? invalidArgument('invalid mark value', args.word);
    else if (args.begins('oif') || args.is('dev')) outDevice = args.next();
    else if (args.begins('notify', 'connected')) continue;
    else if (args.begins('vrf')) outDevice = takeVrf(session, args.next(), 'Invalid VRF\n').name;
    else if (args.begins('uid')) request.uid = parseU32(args.next()) ?? invalidArgument('invalid UID\n', args.word);
    else if (args.begins('fibmatch')) request.fibMatch = true;
    else if (args.is('as')) {
      if (args.next() === 'to') args.next();
      settle(takeAddress(args.word, family));
    } else if (args.begins('sport')) request.srcPort = parseU16(args.next()) ?? invalidArgument('invalid sport\n', args.word);
    else if (args.begins('dport')) request.dstPort = parseU16(args.next()) ?? invalidArgument('invalid dport\n', args.word);
    else if (args.begins('ipproto')) {
      const word = args.next();
      request.ipProtocol = parseU8(word, 10) ?? protocolNumber(word) ?? invalidArgument('Invalid "ipproto" value\n', word);
    } else {
      if (args.is('to')) args.next();
      if (args.begins('help')) leave(255, routeUsage());
      to = settle(takePrefix(args.word, family));
      const most = family === Family.INET6 ? 128 : 32;
      if (family !== Family.UNSPEC && to.bits !== most) {
        printer.error(`Warning: /${to.bits} as prefix is invalid, only /${most} (or none) is supported.\n`);
      }
    }
  }
  if (!to) return giveUp(USAGE_ERROR, 'need at least a destination address\n');
  if (inDevice !== undefined) request.inDevice = session.requireIndex(inDevice);
  if (outDevice !== undefined) request.outDevice = session.requireIndex(outDevice);
  const filter = routeFilter();
  filter.cloned = 'either';
  if (family === Family.INET6) {
    const outgoing = request.outDevice === undefined ? null : (session.netns.devices.get(request.outDevice) ?? null);
    const inDevice = request.inDevice === undefined ? null : (session.netns.devices.get(request.inDevice) ?? null);
    const flow = { ...(from && from.bytes > 0 && { source: from.v6 }), mark: request.mark ?? 0, inDevice };
    const found = lookup6(session.netns, to.v6, outgoing, flow);
    if (typeof found === 'string') return session.accept({ ok: false, error: { errno: found } }) ? 0 : KERNEL_ERROR;
    printer.startJson(options.json, options.pretty);
    const shown = request.fibMatch ? shownRoute6(found.route, session.process.nowUs) : shownAnswer6(session, found, to.v6, from?.v6, inDevice);
    printRoute(session, shown, filter);
  } else {
    request.destination = to.v4;
    if (from && from.bytes > 0) request.source = from.v4;
    const answer = getRoute(session.netns, { ...request, uid: request.uid ?? session.process.uid });
    if (!session.accept(answer)) return KERNEL_ERROR;
    printer.startJson(options.json, options.pretty);
    printRoute(session, shownAnswer(session, answer.value, request), filter);
  }
  printer.endJson();
  return 0;
}
