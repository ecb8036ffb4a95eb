/**
 * Next hops with a life of their own (net/ipv4/nexthop.c): single ones and groups, which routes point at by their id. Replacing one changes all
 * its routes; deleting it, or taking its device away, takes them along.
 *
 * Invariant: a route of an object has next hops of its own, made anew from the object whenever that changes.
 * Absent: encapsulations; the buckets of resilient groups (packets are spread as in other groups).
 */
import { done, ok } from '../../base/index.ts';
import { isIpv6LinkLocal } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { applyNexthop, dropRoute, resolveNexthop } from '../ipv4/fib-edit.ts';
import { insertRoute6, lookup6, removeRoutes6 } from '../ipv6/routes.ts';
import type { Device, Netns, NexthopObject, Route } from '../model.ts';
import { emit, touch } from '../notify.ts';
import { Scope } from '../numbers.ts';
import type { NexthopObjectRequest, Route6Request } from '../requests.ts';

export const nexthopsInOrder = (netns: Netns): NexthopObject[] => [...netns.nexthops.values()].sort((a, b) => a.id - b.id);

/** rtm_to_nh_config and nexthop_add. */
export function addNexthop(netns: Netns, request: NexthopObjectRequest): KernelResult {
  if (request.family === 0 && request.group === undefined) return fail('EINVAL', 'Invalid address family');
  const checked = request.group === undefined ? single(netns, request) : group(netns, request, request.group);
  if (!checked.ok) return checked;
  if (request.replace === true && !request.id) return fail('EINVAL', 'Replace requires nexthop id');
  const made: NexthopObject = { ...checked.value, id: request.id ? request.id : unusedId(netns) };
  const present = netns.nexthops.get(made.id);
  if (present === undefined) {
    if (request.create !== true) return fail('ENOENT');
    netns.nexthops.set(made.id, made);
    emit(netns, { kind: 'nexthop', change: 'new', nexthop: made });
    return done;
  }
  if (request.exclusive === true || request.replace !== true) return fail('EEXIST');
  const refused = cannotReplace(netns, present, made);
  if (refused !== null) return fail('EINVAL', refused);
  netns.nexthops.set(made.id, made);
  emit(netns, { kind: 'nexthop', change: 'new', nexthop: made });
  for (const route of routesOf(netns, made.id)) {
    applyNexthop(netns, route);
    emit(netns, { kind: 'route', change: 'replace', route });
  }
  return done;
}

function unusedId(netns: Netns): number {
  do netns.lastNexthopId++;
  while (netns.nexthops.has(netns.lastNexthopId));
  return netns.lastNexthopId;
}

type Draft = Omit<NexthopObject, 'id'>;
function single(netns: Netns, request: NexthopObjectRequest): KernelResult<Draft> {
  const { family, gateway, gateway6 } = request;
  const hasGateway = gateway !== undefined || gateway6 !== undefined;
  const plain = { family, protocol: request.protocol ?? 0, fdb: request.fdb === true, blackhole: false, onlink: request.onlink === true };
  const object: Draft = { ...plain, device: null, gateway: gateway ?? 0, gateway6: gateway6 ?? null, scope: Scope.LINK, members: null, resilient: null };
  if (request.fdb === true) {
    if (request.device !== undefined || request.blackhole === true) return fail('EINVAL', 'Fdb attribute can not be used with encap, oif or blackhole');
    if (request.onlink === true) return fail('EINVAL', 'Unsupported nexthop flags in ancillary header');
    return ok(object);
  }
  if (request.blackhole === true) {
    if (hasGateway || request.device !== undefined) return fail('EINVAL', 'Blackhole attribute can not be used with gateway, oif, encap or fdb');
    if (!netns.loopback.isUp) return fail('ENETDOWN', 'Device for nexthop is not up');
    return ok({ ...object, blackhole: true, scope: Scope.UNIVERSE });
  }
  if (request.device === undefined) return fail('EINVAL', 'Device attribute required for non-blackhole and non-fdb nexthops');
  const device = netns.devices.get(request.device);
  if (device === undefined) return fail('EINVAL', 'Invalid device index');
  if (!device.isUp) return fail('ENETDOWN', 'Nexthop device is not up');
  if (!device.carrier) return fail('ENETDOWN', 'Carrier for nexthop device is down');
  if (!hasGateway && request.onlink === true) return fail('EINVAL', 'ONLINK flag can not be set for nexthop without a gateway');
  if (family === 6) {
    const refused = gateway6 === undefined ? null : unreachable6(netns, gateway6, device, request.onlink === true);
    return refused ?? ok({ ...object, device });
  }
  const resolved = resolveNexthop(netns, {
    device: request.device,
    ...(gateway !== undefined && { gateway }),
    ...(request.onlink === true && { onlink: true }),
  });
  return resolved.ok ? ok({ ...object, device: resolved.value.device, scope: resolved.value.scope }) : resolved;
}
function unreachable6(netns: Netns, gateway: Ipv6, device: Device, onlink: boolean): KernelResult<never> | null {
  if (onlink || isIpv6LinkLocal(gateway)) return null;
  const way = lookup6(netns, gateway, device);
  return typeof way === 'string' || way.route.gateway !== null ? fail('EHOSTUNREACH') : null;
}

function group(netns: Netns, request: NexthopObjectRequest, members: NonNullable<NexthopObjectRequest['group']>): KernelResult<Draft> {
  const others = [request.device, request.gateway, request.gateway6, request.blackhole];
  const isFdb = request.fdb === true;
  if (new Set(members.map(({ id }) => id)).size < members.length) return fail('EINVAL', 'Nexthop id can not be used twice in a group');
  let family = 0;
  for (const { id } of members) {
    const member = netns.nexthops.get(id);
    if (member === undefined) return fail('EINVAL', 'Invalid nexthop id');
    const nested = member.members === null ? null : member.resilient === null ? 'Hash-threshold' : 'Resilient';
    if (nested !== null) return fail('EINVAL', `${nested} group can not be a nexthop within a group`);
    if (member.blackhole && members.length > 1) return fail('EINVAL', 'Blackhole nexthop can not be used in a group with more than 1 path');
    if (isFdb && !member.fdb) return fail('EINVAL', 'FDB nexthop group can only have fdb nexthops');
    if (isFdb && family !== 0 && family !== member.family) return fail('EINVAL', 'FDB nexthop group cannot have mixed family nexthops');
    if (!isFdb && member.fdb) return fail('EINVAL', 'Non FDB nexthop group cannot have fdb nexthops');
    ({ family } = member);
  }
  if (others.some((value) => value !== undefined)) return fail('EINVAL', 'No other attributes can be set in nexthop groups');
  return ok({
    ...{ family: 0, protocol: request.protocol ?? 0, fdb: isFdb, blackhole: false, onlink: false, device: null, gateway: 0, gateway6: null },
    ...{ scope: Scope.UNIVERSE, members: members.map((member) => ({ ...member })), resilient: request.resilient ?? null },
  });
}

/** replace_nexthop. */
function cannotReplace(netns: Netns, old: NexthopObject, made: NexthopObject): string | null {
  if ((old.members === null) !== (made.members === null)) {
    return old.members === null ? 'Can not replace a nexthop with a nexthop group.' : 'Can not replace a nexthop group with a nexthop.';
  }
  if (old.members !== null && (old.resilient === null) !== (made.resilient === null)) return 'Can not replace a nexthop group with one of a different type.';
  const inGroup = [...netns.nexthops.values()].some(({ members }) => members?.some(({ id }) => id === old.id) === true && members.length > 1);
  if (made.blackhole && inGroup) return 'Blackhole nexthop can not be a member of a group with more than one path';
  return null;
}

export function deleteNexthop(netns: Netns, id: number | undefined): KernelResult {
  if (id === undefined) return fail('EINVAL', 'Nexthop id is missing');
  if (id === 0) return fail('EINVAL', 'Invalid nexthop id');
  const object = netns.nexthops.get(id);
  if (object === undefined) return fail('ENOENT');
  remove(netns, object, 'told');
  return done;
}
/** remove_nexthop: its routes go, groups go on without it. What the kernel does by itself it does not tell of. */
function remove(netns: Netns, object: NexthopObject, how: 'told' | 'silently'): void {
  netns.nexthops.delete(object.id);
  if (how === 'told') emit(netns, { kind: 'nexthop', change: 'del', nexthop: object });
  dropRoutes(netns, object.id);
  for (const other of nexthopsInOrder(netns)) {
    if (other.members?.some(({ id }) => id === object.id) !== true) continue;
    const left = { ...other, members: other.members.filter(({ id }) => id !== object.id) };
    if (left.members.length === 0) {
      // A group without members goes; what is told of it is the last that was in it.
      netns.nexthops.delete(other.id);
      if (how === 'told') emit(netns, { kind: 'nexthop', change: 'del', nexthop: other });
      dropRoutes(netns, other.id);
      continue;
    }
    netns.nexthops.set(other.id, left);
    if (how === 'told') emit(netns, { kind: 'nexthop', change: 'new', nexthop: left });
    for (const route of routesOf(netns, other.id)) applyNexthop(netns, route);
    removeRoutes6(netns, (route) => route.nexthopId === other.id && route.device === object.device && route.gateway === object.gateway6);
  }
  touch(netns.host);
}
function dropRoutes(netns: Netns, id: number): void {
  for (const route of routesAt(netns, new Set([id]))) dropRoute(netns, route);
  removeRoutes6(netns, (route) => route.nexthopId === id);
}
/** Routes that point at it, or at a group that it is in. */
function routesOf(netns: Netns, id: number): Route[] {
  const groups = [...netns.nexthops.values()].filter(({ members }) => members?.some((member) => member.id === id) === true);
  return routesAt(netns, new Set([id, ...groups.map((object) => object.id)]));
}
function routesAt(netns: Netns, ids: ReadonlySet<number>): Route[] {
  const found: Route[] = [];
  for (const table of netns.tables.values()) {
    for (const list of table.prefixes.values()) for (const route of list) if (route.nexthopId !== 0 && ids.has(route.nexthopId)) found.push(route);
  }
  return found;
}

/** An IPv6 route by an object: one for each of its ways. */
export function addRoute6ByNexthop(netns: Netns, request: Route6Request): KernelResult {
  if (request.gateway !== undefined || request.device !== undefined) return fail('EINVAL', 'Nexthop specification and nexthop id are mutually exclusive');
  const object = netns.nexthops.get(request.nexthopId ?? 0);
  if (object === undefined) return fail('EINVAL', 'Nexthop id does not exist');
  if (object.fdb) return fail('EINVAL', 'Route cannot point to a fdb nexthop');
  const members = object.members ?? [{ id: object.id, weight: 1 }];
  const ways = members.flatMap(({ id, weight }) => {
    const way = netns.nexthops.get(id);
    return way === undefined ? [] : [{ way, weight }];
  });
  if (ways.some(({ way }) => way.family === 4 && !way.blackhole)) return fail('EINVAL', 'IPv6 routes can not use an IPv4 nexthop');
  let flags: Pick<Route6Request, 'create' | 'append' | 'replace' | 'exclusive'> = {};
  for (const { way, weight } of ways) {
    const added = insertRoute6(netns, {
      ...{ ...request, ...flags, weight },
      ...(way.blackhole && { type: 'blackhole' as const }),
      ...(way.device !== null && { device: way.device.index }),
      ...(way.gateway6 !== null && { gateway: way.gateway6, ...(way.onlink && { onlink: true }) }),
    });
    if (!added.ok) return added;
    flags = { create: true, append: true, replace: false, exclusive: false };
  }
  return done;
}

/** nexthop_flush_dev: the device went down, or away. */
export function flushNexthopsOf(device: Device): void {
  const { netns } = device;
  if (!netns.hasNexthops) return;
  for (const object of nexthopsInOrder(netns)) if (object.device === device) remove(netns, object, 'silently');
}
