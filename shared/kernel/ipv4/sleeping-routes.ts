/**
 * Routes to many networks that nobody has used yet, as a cluster of thousands of nodes has on each of them: two numbers each, the prefix and its
 * gateway, beside what they have in common. One becomes an object when it is found, all of them when somebody looks at the whole table.
 *
 * Invariant: a route sleeps only while an object of it could say nothing else: one living next hop by a gateway, no options.
 */
import type { Ipv4 } from '../../wire/index.ts';
import { Nexthop, Route, type Device, type FibTable } from '../model.ts';
import type { Reserve } from '../prefix-table.ts';

/** Tables with fewer routes than this have objects only. */
const FEW = 128;
/** How many kinds of routes may sleep in one table. */
const KINDS = 4;
const FIRST_ROOM = 512;

/** Puts a new route, the only one of its prefix, to sleep; false where it has to stay awake. */
export function putToSleep(table: FibTable, route: Route): boolean {
  const { prefixes } = table;
  if (prefixes.size < FEW || !isPlain(route)) return false;
  const reserve = prefixes.reserve ?? (prefixes.reserve = new SleepingRoutes());
  return reserve instanceof SleepingRoutes && prefixes.hasLength(route.length) && reserve.put(route);
}

/** Every route by this device is an object now. */
export function wakeRoutesOf(device: Device): void {
  for (const { prefixes } of device.netns.tables.values()) if (prefixes.reserve instanceof SleepingRoutes && prefixes.reserve.isBy(device)) prefixes.wakeAll();
}

function isPlain({ type, tos, metrics, preferredSource, nexthops, nexthopId, linkdown, prefix }: Route): boolean {
  const [hop] = nexthops;
  if (type !== 'unicast' || tos !== 0 || metrics !== null || preferredSource !== 0 || nexthopId !== 0 || linkdown) return false;
  if (nexthops.length !== 1 || hop === undefined || hop.device === null || hop.gateway === 0 || hop.gateway6 !== null) return false;
  return !hop.dead && !hop.linkdown && hop.weight === 1 && hop.realms === 0 && prefix !== FREE && prefix !== LEFT;
}

class SleepingRoutes implements Reserve<Route[]> {
  private readonly kinds: Kind[] = [];

  put(route: Route): boolean {
    let kind = this.kinds.find((one) => one.isOf(route));
    if (!kind && this.kinds.length < KINDS) this.kinds.push((kind = new Kind(route)));
    kind?.put(route.prefix, route.nexthops[0]!.gateway);
    return kind !== undefined;
  }
  isBy(device: Device): boolean {
    return this.kinds.some((kind) => kind.device === device);
  }
  has(prefix: Ipv4, length: number): boolean {
    return this.kinds.some((kind) => kind.route.length === length && kind.find(prefix) >= 0);
  }
  wake(prefix: Ipv4, length: number): Route[] | undefined {
    for (const kind of this.kinds) {
      const route = kind.route.length === length ? kind.take(prefix) : undefined;
      if (route) return [route];
    }
    return undefined;
  }
  prefixes(): readonly (readonly [Ipv4, number])[] {
    return this.kinds.flatMap((kind) => kind.prefixes().map((prefix) => [prefix, kind.route.length] as const));
  }
}

/** Keys of the hash table that are no prefix of a route that sleeps: a free place, and one that was left. */
const FREE = 0;
const LEFT = 1;

/** Routes that differ in prefix and gateway alone: a hash table with open addressing in two arrays of numbers. */
class Kind {
  private keys = new Int32Array(FIRST_ROOM);
  private gateways = new Int32Array(FIRST_ROOM);
  private used = 0;
  private readonly hop: Nexthop;
  readonly device: Device;

  /** `route`: one of them. */
  constructor(readonly route: Route) {
    this.hop = route.nexthops[0]!;
    this.device = this.hop.device!;
  }
  isOf({ table, length, scope, protocol, priority, nexthops }: Route): boolean {
    const { route, hop } = this;
    if (table !== route.table || length !== route.length || scope !== route.scope || protocol !== route.protocol || priority !== route.priority) return false;
    return nexthops[0]!.device === this.device && nexthops[0]!.onlink === hop.onlink && nexthops[0]!.scope === hop.scope;
  }
  /** Where a prefix is; -1 where it is not. */
  find(prefix: Ipv4): number {
    const mask = this.keys.length - 1;
    for (let i = hash(prefix) & mask; this.keys[i] !== FREE; i = (i + 1) & mask) if (this.keys[i] === prefix) return i;
    return -1;
  }
  put(prefix: Ipv4, gateway: Ipv4): void {
    if (4 * (this.used + 1) > 3 * this.keys.length) this.grow();
    const mask = this.keys.length - 1;
    let i = hash(prefix) & mask;
    while (this.keys[i] !== FREE) i = (i + 1) & mask;
    this.keys[i] = prefix;
    this.gateways[i] = gateway;
    this.used++;
  }
  take(prefix: Ipv4): Route | undefined {
    const i = this.find(prefix);
    if (i < 0) return undefined;
    this.keys[i] = LEFT;
    const { table, length, scope, protocol, priority } = this.route;
    const route = new Route(table, prefix, length, 0, 'unicast', scope, protocol, priority);
    const hop = new Nexthop(this.device, this.gateways[i]!);
    hop.onlink = this.hop.onlink;
    hop.scope = this.hop.scope;
    route.nexthops = [hop];
    this.device.addRoute(route);
    return route;
  }
  prefixes(): Ipv4[] {
    return [...this.keys].filter((key) => key !== FREE && key !== LEFT);
  }
  private grow(): void {
    const { keys, gateways } = this;
    const room = keys.length * 2;
    [this.keys, this.gateways, this.used] = [new Int32Array(room), new Int32Array(room), 0];
    for (let i = 0; i < keys.length; i++) if (keys[i] !== FREE && keys[i] !== LEFT) this.put(keys[i]!, gateways[i]!);
  }
}
/** Fibonacci hashing: networks differ in their middle bits. */
const hash = (prefix: Ipv4): number => Math.imul(prefix, 0x9e3779b1) >>> 15;
