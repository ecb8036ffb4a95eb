/**
 * `save`, `restore` and `showdump` of `ip address`, `ip route` and `ip rule`: what goes to standard output and comes from standard input.
 * Authority: ip/ipaddress.c, ip/iproute.c, ip/iprule.c.
 */
import { strerror, type Bytes } from '../../../base/index.ts';
import { addAddress, addAddress6, addRule, type Device, type KernelResult, type Rule } from '../../../kernel/index.ts';
import type { Ipv4, Ipv6 } from '../../../wire/index.ts';
import type { Sys } from '../../../shell/index.ts';
import { giveUp, leave } from '../../iproute2/exit.ts';
import { Family } from '../../iproute2/prefix.ts';
import { kernelSays, type Session } from '../../iproute2/session.ts';
import { AddressFlag, addressesOf, printAddress, type ShownAddress } from '../address-show.ts';
import { linkFilter } from '../filter.ts';
import type { ShownRoute } from '../route-model.ts';
import { printRoute, routeFilter } from '../route-show.ts';
import { addressBody, readAddressBody } from './address-message.ts';
import { Magic, message, readMessages, readU32, u32 } from './message.ts';
import { readRouteBody, routeBody } from './route-message.ts';
import { addShownRoute, roundOf } from './route-request.ts';
import { readRuleBody, ruleBody } from './rule-message.ts';

type Kind = 'address' | 'route' | 'rule';
const MAGIC: Readonly<Record<Kind, number>> = { address: Magic.ADDRESS, route: Magic.ROUTE, rule: Magic.RULE };
/** RTM_NEW* of each. */
const TYPES: Readonly<Record<Kind, number>> = { address: 20, route: 24, rule: 32 };
/** What the program ends with when something is wrong: some leave with -1, some come back with it. */
const REFUSED: Readonly<Record<Kind, number>> = { address: 255, route: 1, rule: 255 };
const STOPPED: Readonly<Record<Kind, number>> = { address: 255, route: 2, rule: 255 };

/** What stands in front of every dump; nothing goes to a terminal. */
export function beginSave(session: Session, kind: Kind): void {
  if (session.process.isTerminal(1)) giveUp(1, 'Not sending a binary stream to stdout\n');
  session.printer.out(u32(MAGIC[kind]));
  session.printer.flush();
}
function save(session: Session, kind: Kind, bodies: readonly Bytes[], filtered: boolean): number {
  const { process, printer } = session;
  const envelope = { type: TYPES[kind], filtered, sequence: Math.floor(process.unixUs / 1e6) + 1, port: process.pid };
  for (const body of bodies) printer.out(message(envelope, body));
  return 0;
}
export function saveAddresses(session: Session, devices: readonly Device[], family: Family, filtered: boolean): number {
  const { nowUs } = session.process;
  const all = devices.flatMap((device) => addressesOf(device, nowUs));
  // the kernel answers for one family after the other
  const chosen = [Family.INET, Family.INET6].flatMap((each) =>
    family === Family.UNSPEC || family === each ? all.filter((address) => address.family === each) : [],
  );
  return save(
    session,
    'address',
    chosen.map((address) => addressBody(address, nowUs)),
    filtered,
  );
}
export const saveRoutes = (session: Session, routes: readonly ShownRoute[], filtered: boolean): number =>
  save(session, 'route', routes.map(routeBody), filtered);
export const saveRules = (session: Session, rules: readonly Rule[]): number => {
  const bodies = rules.map((rule) => ruleBody(rule, session.netns));
  beginSave(session, 'rule');
  return save(session, 'rule', bodies, false);
};

/** What follows the magic number; `error`: its end was not that of a message. */
function* readDump(session: Session, kind: Kind, verb: 'restore' | 'showdump'): Sys<{ readonly bodies: readonly Bytes[]; readonly error: string | undefined }> {
  const { process } = session;
  if (process.isTerminal(0)) leave(REFUSED[kind], `Can't restore ${kind} dump from a terminal\n`);
  const read = yield* process.readAll(0);
  const file = read.ok ? read.value : '';
  const magic = readU32(file);
  if (magic !== MAGIC[kind]) leave(REFUSED[kind], `Magic mismatch (${file.length >= 4 ? 1 : 0} elems, ${magic.toString(16)} magic)\n`);
  // routes are read three times, which takes a file
  if (kind === 'route' && verb === 'restore' && !process.isSeekable(0)) leave(1, `Failed to restore: ftell: ${strerror('ESPIPE')}\n`);
  return readMessages(file.slice(4));
}

/** Asks for each; what is there already is told and passed over, anything else ends it. */
function* restore<T>(session: Session, kind: Kind, wanted: readonly T[], error: string | undefined, ask: (one: T) => KernelResult<unknown>): Sys<number> {
  const { printer, process } = session;
  for (const one of wanted) {
    const done = ask(one);
    if (done.ok) continue;
    printer.error(kernelSays(done.error));
    if (done.error.errno !== 'EEXIST') return STOPPED[kind];
  }
  if (error !== undefined) printer.error(error);
  yield* printer.drain(process);
  return error === undefined ? 0 : STOPPED[kind];
}

export function* restoreAddresses(session: Session): Sys<number> {
  const { bodies, error } = yield* readDump(session, 'address', 'restore');
  return yield* restore(session, 'address', bodies, error, (body) =>
    addShownAddress(
      session,
      readAddressBody(body, (index) => session.nameOf(index)),
    ),
  );
}
function addShownAddress({ netns }: Session, shown: ShownAddress): KernelResult<unknown> {
  const { device, prefixLength, scope, metric, flags, validS, preferredS, label, broadcast } = shown;
  const shared = {
    ...{ create: true, device: device.index, prefixLength, scope },
    ...(metric !== 0 && { metric }),
    ...((flags & AddressFlag.NOPREFIXROUTE) !== 0 && { noPrefixRoute: true }),
    ...(validS !== undefined && { validS }),
    ...(preferredS !== undefined && { preferredS }),
  };
  if (shown.family === Family.INET6) {
    return addAddress6(netns, {
      ...{ ...shared, local: shown.local as Ipv6 },
      ...(shown.peer !== undefined && { peer: shown.peer as Ipv6 }),
      ...((flags & AddressFlag.NODAD) !== 0 && { noDad: true }),
      ...((flags & AddressFlag.HOMEADDRESS) !== 0 && { home: true }),
      ...((flags & AddressFlag.MANAGETEMPADDR) !== 0 && { manageTemp: true }),
    });
  }
  return addAddress(netns, {
    ...{ ...shared, local: shown.local as Ipv4, peer: (shown.peer ?? shown.local) as Ipv4 },
    ...(broadcast !== undefined && { broadcast }),
    ...(label !== undefined && { label }),
  });
}

export function* restoreRoutes(session: Session): Sys<number> {
  const { bodies, error } = yield* readDump(session, 'route', 'restore');
  const routes = bodies.map((body) => readRouteBody(body, (index) => session.nameOf(index)));
  for (const round of [0, 1, 2]) {
    const wanted = routes.filter((route) => roundOf(route) === round);
    const status = yield* restore(session, 'route', wanted, error, (route) => addShownRoute(session.netns, route));
    if (status !== 0) return status;
  }
  return 0;
}
export function* restoreRules(session: Session): Sys<number> {
  const { bodies, error } = yield* readDump(session, 'rule', 'restore');
  return yield* restore(session, 'rule', bodies, error, (body) => addRule(session.netns, readRuleBody(body)));
}

export function* showAddresses(session: Session): Sys<number> {
  const { printer, options } = session;
  const { bodies, error } = yield* readDump(session, 'address', 'showdump');
  printer.startJson(options.json, options.pretty);
  printer.openObject();
  printer.openArray('addr_info');
  for (const body of bodies) {
    const address = readAddressBody(body, (index) => session.nameOf(index));
    printer.openObject();
    printer.any('index', `if${address.device.index}:`, address.device.index);
    printer.newLine();
    printAddress(session, address, linkFilter(false));
    printer.closeObject();
  }
  printer.closeArray();
  printer.closeObject();
  printer.endJson();
  if (error !== undefined) printer.error(error);
  return error === undefined ? 0 : STOPPED.address;
}
export function* showRoutes(session: Session): Sys<number> {
  const { bodies, error } = yield* readDump(session, 'route', 'showdump');
  for (const body of bodies) {
    printRoute(
      session,
      readRouteBody(body, (index) => session.nameOf(index)),
      routeFilter(),
    );
  }
  if (error !== undefined) session.printer.error(error);
  return error === undefined ? 0 : STOPPED.route;
}
