/** `ip route add`, `change`, `replace`, `prepend`, `append`, `test` and `delete`. Authority: ip/iproute.c (iproute_modify, parse_nexthops). */
import {
  addRoute,
  addRoute6ByNexthop,
  deleteRoute,
  insertRoute6,
  removeRoute6,
  ROUTE_TYPES,
  RouteProtocol,
  RouteTable,
  Scope,
  type CreateFlags,
  type KernelResult,
  type NexthopRequest,
  type Route6Request,
  type RouteMetrics,
  type RouteRequest,
  type RouteType,
} from '../../kernel/index.ts';

import { abbreviates, type Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseRouteType } from '../iproute2/names.ts';
import { parseRttTime, parseU32, parseU8 } from '../iproute2/numbers.ts';
import { Family, parseFamily, takeAddress, takePrefix, type Prefix } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, type Session } from '../iproute2/session.ts';
import { lockMetric, type MetricKey } from './route-metrics.ts';
import { routeUsage } from './usage.ts';
import { takeVrf } from './vrf.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Draft {
  readonly session: Session;
  readonly args: Arguments;
  family: Family;
  dst: Prefix | undefined;
  tos: number;
  table: number | undefined;
  scope: number | undefined;
  protocol: number | undefined;
  /** RTN_*; undefined while nobody said. */
  type: number | undefined;
  priority: number | undefined;
  preferredSource: Prefix | undefined;
  gateway: Prefix | undefined;
  hasGateway: boolean;
  onlink: boolean;
  device: string | undefined;
  expires: number | undefined;
  preference: 'low' | 'medium' | 'high' | undefined;
  nexthops: Mutable<NexthopRequest>[] | undefined;
  nexthopId: number | undefined;
  realms: number | undefined;
  /** A congestion control that the kernel does not have. */
  unknownCongestion: boolean;
  readonly metrics: RouteMetrics;
  /** What was asked for and cannot be modelled. */
  beyond: string | undefined;
}

interface Keyword {
  readonly word: string;
  /** May be shortened. */
  readonly short?: true;
  readonly read: (draft: Draft) => void;
}

const settle = (draft: Draft, prefix: Prefix): Prefix => {
  if (draft.family === Family.UNSPEC) draft.family = prefix.family;
  return prefix;
};
const invalid = (what: string, word: string): never => invalidArgument(`"${what}" value is invalid\n`, word);

/** A metric that may be locked. */
function metric(draft: Draft, name: string, key: MetricKey, max = 0xffff_ffff): void {
  if (draft.args.next() === 'lock') {
    lockMetric(draft.metrics, key);
    draft.args.next();
  }
  const value = parseU32(draft.args.word);
  if (value === undefined || value > max) invalid(name, draft.args.word);
  Object.assign(draft.metrics, { [key]: value });
}
function timeMetric(draft: Draft, name: string, key: 'rtt' | 'rttvar' | 'rtoMin', factor: number): void {
  const word = draft.args.next();
  if (key === 'rtoMin') lockMetric(draft.metrics, key);
  else if (word === 'lock') {
    lockMetric(draft.metrics, key);
    draft.args.next();
  }
  const time = parseRttTime(draft.args.word) ?? invalid(name, draft.args.word);
  draft.metrics[key] = time.raw && key !== 'rtoMin' ? time.value : time.value * factor;
}
function boolMetric(draft: Draft, name: string, key: 'quickack' | undefined): void {
  const value = parseU32(draft.args.next()) ?? invalid(name, draft.args.word);
  if (value > 1) invalidArgument(`"${name}" value should be 0 or 1\n`, draft.args.word);
  if (key) draft.metrics[key] = value;
}
function readPriority(draft: Draft): void {
  draft.priority = parseU32(draft.args.next()) ?? invalid('metric', draft.args.word);
}
function readTos(draft: Draft): void {
  draft.tos = draft.session.names.parseDsField(draft.args.next()) ?? invalid('tos', draft.args.word);
}
function readDevice(draft: Draft): void {
  draft.device = draft.args.next();
}
function readGateway(draft: Draft): void {
  if (draft.hasGateway) invalidArgument('use nexthop syntax to specify multiple via\n', draft.args.word);
  draft.hasGateway = true;
  let family = parseFamily(draft.args.next());
  if (family === Family.UNSPEC) ({ family } = draft);
  else draft.args.next();
  draft.gateway = settle(draft, takeAddress(draft.args.word, family));
}
const beyond = (what: string) => (draft: Draft) => {
  draft.args.next();
  draft.beyond = what;
};

const ENCAP_TYPES = ['mpls', 'ip', 'ip6', 'ila', 'bpf', 'seg6', 'seg6local', 'rpl', 'ioam6', 'xfrm'];
/** Those that are built in or that any kernel can load. */
const CONGESTION_CONTROLS = [
  'reno',
  'cubic',
  'bbr',
  'dctcp',
  'vegas',
  'westwood',
  'htcp',
  'bic',
  'highspeed',
  'hybla',
  'illinois',
  'lp',
  'nv',
  'scalable',
  'veno',
  'yeah',
  'cdg',
];
/** In the order in which abbreviations are tried. */
const KEYWORDS: readonly Keyword[] = [
  { word: 'src', read: (draft) => void (draft.preferredSource = settle(draft, takeAddress(draft.args.next(), draft.family))) },
  { word: 'as', read: beyond('route NAT (as)') },
  { word: 'via', read: readGateway },
  {
    word: 'from',
    read: (draft) => {
      const prefix = settle(draft, takePrefix(draft.args.next(), draft.family));
      if (prefix.bits > 0) giveUp(KERNEL_ERROR, 'not modelled: routes by source\n');
    },
  },
  { word: 'tos', read: readTos },
  { word: 'dsfield', short: true, read: readTos },
  { word: 'expires', read: (draft) => void (draft.expires = parseU32(draft.args.next()) ?? invalid('expires', draft.args.word)) },
  { word: 'metric', short: true, read: readPriority },
  { word: 'priority', short: true, read: readPriority },
  { word: 'preference', read: readPriority },
  {
    word: 'scope',
    read: (draft) => void (draft.scope = draft.session.names.parseScope(draft.args.next()) ?? invalidArgument('invalid "scope" value\n', draft.args.word)),
  },
  { word: 'mtu', read: (draft) => metric(draft, 'mtu', 'mtu') },
  { word: 'hoplimit', read: (draft) => metric(draft, 'hoplimit', 'hoplimit', 255) },
  { word: 'advmss', read: (draft) => metric(draft, 'mss', 'advmss') },
  { word: 'reordering', short: true, read: (draft) => metric(draft, 'reordering', 'reordering') },
  { word: 'rtt', read: (draft) => timeMetric(draft, 'rtt', 'rtt', 8) },
  { word: 'rto_min', read: (draft) => timeMetric(draft, 'rto_min', 'rtoMin', 1) },
  { word: 'window', short: true, read: (draft) => metric(draft, 'window', 'window') },
  { word: 'cwnd', short: true, read: (draft) => metric(draft, 'cwnd', 'cwnd') },
  { word: 'initcwnd', short: true, read: (draft) => metric(draft, 'initcwnd', 'initcwnd') },
  { word: 'initrwnd', short: true, read: (draft) => metric(draft, 'initrwnd', 'initrwnd') },
  {
    word: 'features',
    short: true,
    read: (draft) => {
      if (draft.args.next() !== 'ecn') invalidArgument('"features" value not valid\n', draft.args.word);
      draft.metrics.features = 1;
    },
  },
  { word: 'quickack', short: true, read: (draft) => boolMetric(draft, 'quickack', 'quickack') },
  {
    word: 'congctl',
    short: true,
    read: (draft) => {
      if (draft.args.next() === 'lock') {
        lockMetric(draft.metrics, 'congestion');
        draft.args.next();
      }
      draft.metrics.congestion = draft.args.word;
      draft.unknownCongestion ||= !CONGESTION_CONTROLS.includes(draft.args.word);
    },
  },
  { word: 'rttvar', short: true, read: (draft) => timeMetric(draft, 'rttvar', 'rttvar', 4) },
  { word: 'ssthresh', short: true, read: (draft) => metric(draft, 'ssthresh', 'ssthresh') },
  {
    word: 'realms',
    short: true,
    read: (draft) => {
      draft.realms = draft.session.names.parseRealms(draft.args.next()) ?? invalid('realm', draft.args.word);
    },
  },
  { word: 'onlink', read: (draft) => void (draft.onlink = true) },
  {
    word: 'nhid',
    read: (draft) => {
      draft.nexthopId = parseU32(draft.args.next()) ?? invalid('id', draft.args.word);
    },
  },
  {
    word: 'protocol',
    short: true,
    read: (draft) => void (draft.protocol = draft.session.names.parseProtocol(draft.args.next()) ?? invalid('protocol', draft.args.word)),
  },
  { word: 'table', short: true, read: (draft) => void (draft.table = draft.session.names.parseTable(draft.args.next()) ?? invalid('table', draft.args.word)) },
  { word: 'vrf', short: true, read: (draft) => void (draft.table = takeVrf(draft.session, draft.args.next(), 'Invalid VRF\n').vrfTable) },
  { word: 'dev', read: readDevice },
  { word: 'oif', read: readDevice },
  {
    word: 'pref',
    short: true,
    read: (draft) => {
      const word = draft.args.next();
      const preference = (['low', 'medium', 'high'] as const).find((each) => each === word);
      if (preference === undefined && parseU8(word) === undefined) invalid('pref', word);
      draft.preference = preference;
    },
  },
  {
    word: 'encap',
    read: (draft) => {
      const type = draft.args.next();
      if (!ENCAP_TYPES.includes(type)) invalid('encap type', type);
      giveUp(KERNEL_ERROR, 'not modelled: lightweight tunnels (encap)\n');
    },
  },
  { word: 'ttl-propagate', read: beyond('MPLS') },
  { word: 'fastopen_no_cookie', short: true, read: (draft) => boolMetric(draft, 'fastopen_no_cookie', undefined) },
];

export function modifyRoute(session: Session, command: 'new' | 'delete', flags: CreateFlags, args: Arguments): number {
  const draft: Draft = {
    ...{ session, args, family: session.options.family, dst: undefined, tos: 0, table: undefined, scope: undefined, protocol: undefined, type: undefined },
    ...{
      priority: undefined,
      preferredSource: undefined,
      gateway: undefined,
      hasGateway: false,
      onlink: false,
      device: undefined,
      expires: undefined,
      preference: undefined,
    },
    ...{ nexthops: undefined, nexthopId: undefined, realms: undefined, unknownCongestion: false, metrics: {}, beyond: undefined },
  };
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('nexthop')) {
      draft.nexthops = [];
      break;
    }
    const keyword = KEYWORDS.find(({ word, short }) => (short ? abbreviates(args.word, word) : args.word === word));
    if (keyword) keyword.read(draft);
    else readDestination(draft);
  }
  if (draft.dst === undefined) leave(255, routeUsage());
  const device = draft.device === undefined ? undefined : session.requireIndex(draft.device);
  if (draft.nexthops) readNexthops(draft, draft.nexthops);
  if (draft.family === Family.UNSPEC) draft.family = Family.INET;
  if (draft.beyond !== undefined) giveUp(KERNEL_ERROR, `not modelled: ${draft.beyond}\n`);
  if (draft.unknownCongestion && command === 'new')
    return session.accept({ ok: false, error: { errno: 'EINVAL', extack: 'Unknown tcp congestion algorithm' } }) ? 0 : KERNEL_ERROR;
  return session.accept(send(draft, command, flags, device)) ? 0 : KERNEL_ERROR;
}

function readDestination(draft: Draft): void {
  const { args } = draft;
  if (args.is('to')) args.next();
  if (!/^\d/.test(args.word)) {
    const type = parseRouteType(args.word);
    if (type !== undefined) {
      args.next();
      draft.type = type;
    }
  }
  if (args.begins('help')) leave(255, routeUsage());
  if (draft.dst) duplicateOrGarbage('to', args.word);
  draft.dst = settle(draft, takePrefix(args.word, draft.family));
}

function readNexthops(draft: Draft, nexthops: Mutable<NexthopRequest>[]): void {
  const { args, session } = draft;
  while (!args.isAtEnd) {
    if (!args.is('nexthop')) leave(255, `Error: "nexthop" or end of line is expected instead of "${args.word}"\n`);
    if (!args.hasNext) leave(255, 'Error: unexpected end of line after "nexthop"\n');
    const nexthop: Mutable<NexthopRequest> = {};
    nexthops.push(nexthop);
    while (args.advance()) {
      if (args.is('via')) {
        let family = parseFamily(args.next());
        if (family === Family.UNSPEC) ({ family } = draft);
        else args.next();
        const gateway = settle(draft, takeAddress(args.word, family));
        if (gateway.family === Family.INET6) nexthop.gateway6 = gateway.v6;
        else nexthop.gateway = gateway.v4;
      } else if (args.is('dev')) {
        const index = session.indexOf(args.next());
        if (index === 0) leave(255, `Cannot find device "${args.word}"\nError: cannot parse nexthop\n`);
        nexthop.device = index;
      } else if (args.is('weight')) {
        const weight = parseU32(args.next());
        if (weight === undefined || weight === 0 || weight > 256) invalidArgument('"weight" is invalid\n', args.word);
        nexthop.weight = weight;
      } else if (args.is('onlink')) nexthop.onlink = true;
      else if (args.begins('realms')) {
        nexthop.realms = session.names.parseRealms(args.next()) ?? invalid('realm', args.word);
      } else if (args.is('encap') || args.is('as')) {
        args.next();
        draft.beyond = 'lightweight tunnels (encap)';
      } else break;
    }
  }
}

const LOCAL_TYPES: readonly number[] = [2, 3, 4, 10];

function defaultScope(draft: Draft, type: number, command: 'new' | 'delete'): number | undefined {
  if (draft.family === Family.INET6) return Scope.UNIVERSE;
  if (type === 2 || type === 10) return Scope.HOST;
  if (type === 3 || type === 4 || type === 5) return Scope.LINK;
  if (type > 1) return command === 'delete' ? Scope.NOWHERE : Scope.UNIVERSE;
  if (command === 'delete') return Scope.NOWHERE;
  return draft.hasGateway || draft.nexthops || draft.nexthopId ? Scope.UNIVERSE : Scope.LINK;
}

function send(draft: Draft, command: 'new' | 'delete', flags: CreateFlags, device: number | undefined): KernelResult<unknown> {
  const { session, dst, gateway } = draft;
  const type = draft.type ?? (command === 'new' ? 1 : 0);
  const table = draft.table ?? (LOCAL_TYPES.includes(type) ? RouteTable.LOCAL : RouteTable.MAIN);
  const scope = draft.scope ?? defaultScope(draft, type, command);
  const protocol = draft.protocol ?? (command === 'new' ? RouteProtocol.BOOT : undefined);
  const shared = {
    ...flags,
    length: dst!.bits,
    table,
    ...(type !== 0 && { type: (ROUTE_TYPES[type] ?? 'unspec') satisfies RouteType }),
    ...(protocol !== undefined && { protocol }),
    ...(draft.priority !== undefined && { priority: draft.priority }),
    ...(Object.keys(draft.metrics).length > 0 && { metrics: draft.metrics }),
    ...(device !== undefined && { device }),
    ...(draft.onlink && { onlink: true }),
  };
  if (draft.family === Family.INET6) {
    const request: Route6Request = {
      ...shared,
      destination: dst!.v6,
      ...(draft.preferredSource && { preferredSource: draft.preferredSource.v6 }),
      ...(gateway && { gateway: gateway.v6 }),
      ...(draft.expires !== undefined && { expires: draft.expires }),
      ...(draft.preference !== undefined && { preference: draft.preference }),
    };
    if (draft.nexthopId !== undefined && command === 'new') return addRoute6ByNexthop(session.netns, { ...request, nexthopId: draft.nexthopId });
    // One route for each way; the second and later ones join the first (ip6_route_multipath_add).
    const ways = (draft.nexthops ?? [{}]).map(({ gateway6, device: via, weight }, i): Route6Request => {
      const joins = i > 0 ? { create: true, append: true, replace: false, exclusive: false } : {};
      return { ...request, ...joins, ...(gateway6 !== undefined && { gateway: gateway6 }), ...(via !== undefined && { device: via }), weight: weight ?? 1 };
    });
    for (const way of ways) {
      const done = command === 'new' ? insertRoute6(session.netns, way) : removeRoute6(session.netns, way);
      if (!done.ok) return done;
    }
    return { ok: true, value: undefined };
  }
  const request: RouteRequest = {
    ...shared,
    destination: dst!.v4,
    tos: draft.tos,
    ...(scope !== undefined && { scope }),
    ...(draft.preferredSource && { preferredSource: draft.preferredSource.v4 }),
    ...(gateway && (gateway.family === Family.INET6 ? { gateway6: gateway.v6 } : { gateway: gateway.v4 })),
    ...(draft.nexthops && { nexthops: draft.nexthops }),
    ...(draft.nexthopId !== undefined && { nexthopId: draft.nexthopId }),
    ...(draft.realms !== undefined && { realms: draft.realms }),
  };
  return command === 'new' ? addRoute(session.netns, request) : deleteRoute(session.netns, request);
}
