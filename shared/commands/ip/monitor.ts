/** `ip monitor`: what changes, as it changes. Authority: ip/ipmonitor.c. */
import { WaitQueue, type Sys } from '../../shell/index.ts';
import type { RtnlEvent } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { Family } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, type Session } from '../iproute2/session.ts';
import { printAddress, shownIpv4, shownIpv6 } from './address-show.ts';
import { linkFilter, type LinkFilter } from './filter.ts';
import { printLink, printPort } from './link-show.ts';
import { printNetconf } from './netconf.ts';
import { neighFilter, printBridgeNeighbour, printNeighbour, shownNeighbour, type NeighFilter } from './neigh.ts';
import { printNexthopObject } from './nexthop-show.ts';
import { printNsid } from './netns.ts';
import { namesOfIds } from './netns-names.ts';
import { shownRoute, shownRoute6 } from './route-model.ts';
import { passesRoute, printRoute, routeFilter, type RouteFilter } from './route-show.ts';
import { printRule } from './rule.ts';
import { printTimestamp } from './timestamp.ts';
import { monitorUsage } from './usage.ts';

const OBJECTS = ['link', 'address', 'route', 'mroute', 'prefix', 'neigh', 'netconf', 'rule', 'nsid', 'nexthop'] as const;
type MonitorObject = (typeof OBJECTS)[number];

interface Filters {
  readonly link: LinkFilter;
  readonly route: RouteFilter;
  readonly neigh: NeighFilter;
}

export function* monitorCommand(session: Session, words: readonly string[]): Sys<number> {
  const { printer, process, netns } = session;
  const wanted = new Set<MonitorObject>();
  const args = new Arguments(words);
  let labels = false;
  let allNsid = false;
  let ifindex = 0;
  for (; !args.isAtEnd; args.advance()) {
    const object = OBJECTS.find((each) => args.begins(each));
    if (args.begins('file')) {
      args.next();
      giveUp(KERNEL_ERROR, 'not modelled: netlink messages in files\n');
    } else if (args.begins('label')) labels = true;
    else if (object) wanted.add(object);
    else if (args.is('stats')) continue;
    else if (args.is('all')) labels = true;
    else if (args.begins('all-nsid')) allNsid = true;
    else if (args.begins('help')) leave(255, monitorUsage());
    else if (args.is('dev')) ifindex = session.indexOf(args.next()) || invalidArgument('Device does not exist\n', args.word);
    else leave(255, `Argument "${args.word}" is unknown, try "ip monitor help".\n`);
  }
  const filters: Filters = { link: linkFilter(true, ifindex), route: routeFilter(ifindex), neigh: neighFilter(ifindex) };
  // names of namespaces are remembered, too
  const idNames = namesOfIds(session);
  session.met = new Map([...netns.devices.values()].map((device) => [device.index, device.name]));
  const events = new WaitQueue();
  let heard = 0;
  const header = (label: string): void => {
    if (session.options.timestamp !== 'none') printTimestamp(session);
    if (allNsid) printer.out('[nsid current]');
    if (labels) printer.out(`[${label}]`);
  };
  // printed when it happens: what it tells of may be different later
  const stop = netns.monitors.add((event) => {
    show(session, event, wanted, filters, header, idNames);
    heard++;
    events.wakeAll();
  });
  try {
    for (;;) {
      const before = heard;
      yield* printer.drain(process);
      yield* process.flush();
      yield* process.waitFor(() => heard > before, events);
    }
  } finally {
    stop();
  }
}

function remember({ met }: Session, { device, change }: Extract<RtnlEvent, { kind: 'link' | 'port' }>): void {
  if (change === 'del') met?.delete(device.index);
  else if (met?.has(device.index) === false) met.set(device.index, device.name);
}

function show(
  session: Session,
  event: RtnlEvent,
  wanted: ReadonlySet<MonitorObject>,
  filters: Filters,
  header: (label: string) => void,
  idNames: Map<number, string>,
): void {
  const { family } = session.options;
  const nowUs = session.process.nowUs;
  const wants = (object: MonitorObject, of: Family = Family.UNSPEC): boolean =>
    (wanted.size === 0 || wanted.has(object)) && (family === Family.UNSPEC || of === Family.UNSPEC || family === of);
  switch (event.kind) {
    case 'link':
      remember(session, event);
      if (!wants('link')) return;
      header('LINK');
      printLink(session, event.device, filters.link, 'address', event.change, event.movedTo, event.event);
      return;
    case 'address':
      if (!wants('address', Family.INET)) return;
      header('ADDR');
      printAddress(session, shownIpv4(event.address, nowUs), filters.link, event.change);
      return;
    case 'address6':
      if (!wants('address', Family.INET6)) return;
      header('ADDR');
      printAddress(session, shownIpv6(event.address, nowUs), filters.link, event.change);
      return;
    case 'route':
    case 'route6': {
      if (!wants('route', event.kind === 'route' ? Family.INET : Family.INET6)) return;
      header('ROUTE');
      const route = event.kind === 'route' ? shownRoute(event.route) : shownRoute6(event.route, nowUs);
      if (passesRoute(session, route, filters.route)) printRoute(session, route, filters.route, event.change === 'del' ? 'del' : 'new');
      return;
    }
    case 'nexthop': {
      const of = event.nexthop.family === 6 ? Family.INET6 : event.nexthop.family === 4 ? Family.INET : Family.UNSPEC;
      if (!wants('nexthop', of)) return;
      header('NEXTHOP');
      printNexthopObject(session, event.nexthop, event.change);
      return;
    }
    case 'rule':
      if (!wants('rule', event.rule.family === 4 ? Family.INET : Family.INET6)) return;
      header('RULE');
      printRule(session, event.rule, event.change);
      return;
    case 'neighbour':
      if (!wants('neigh', event.neighbour.family === 4 ? Family.INET : Family.INET6)) return;
      header('NEIGH');
      printNeighbour(session, shownNeighbour(event.neighbour), filters.neigh, event.change);
      return;
    case 'nsid':
      if (!wants('nsid')) return;
      header('NSID');
      for (const [id, name] of namesOfIds(session)) idNames.set(id, name);
      printNsid(session, event.nsid, idNames.get(event.nsid), event.change);
      return;
    case 'port':
      remember(session, event);
      if (!wants('link')) return;
      header('LINK');
      printPort(session, event.device, filters.link, event.change);
      return;
    case 'fdb':
      if (!wants('neigh', Family.BRIDGE)) return;
      header('NEIGH');
      printBridgeNeighbour(session, event);
      return;
    case 'netconf':
      if (!wants('netconf', event.family === 4 ? Family.INET : Family.INET6)) return;
      header('NETCONF');
      printNetconf(session, event);
      return;
  }
}
