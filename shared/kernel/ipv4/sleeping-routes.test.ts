/**
 * Goal: a table of thousands of routes by gateways answers as one of a few does: lookups, listing, replacing, deleting, a device that goes down.
 * Method: many routes beside a plain record of them; what is asked of the kernel is compared with what the record says.
 */
import { describe, expect, it } from 'vitest';
import { addAddress, addLink, addRoute, deleteRoute, getRoute, Iff, makeHost, makeWorld, routesInOrder, RouteTable, setLink, type Netns } from '../index.ts';

const ROUTES = 3000;
const BASE = 0x0a80_0000;
const GATEWAY = 0x0a00_0000;
const prefixOf = (i: number): number => (BASE + (i << 8)) | 0;
const gatewayOf = (i: number): number => (GATEWAY + 2 + (i % 200)) | 0;

function many(): Netns {
  const netns = makeHost(makeWorld(1, 1_700_000_000_000), 'node-1').initNetns;
  addLink(netns, { name: 'eth0', info: { kind: 'veth', peer: { name: 'peer', netns } } });
  for (const name of ['eth0', 'peer']) setLink(netns, name, { flagsMask: Iff.UP, flags: Iff.UP });
  addAddress(netns, { device: netns.device('eth0')!.index, local: GATEWAY | 1, prefixLength: 24, create: true });
  for (let i = 0; i < ROUTES; i++) {
    const added = addRoute(netns, { destination: prefixOf(i), length: 24, gateway: gatewayOf(i), scope: 0, create: true, exclusive: true });
    if (!added.ok) throw new Error(added.error.errno);
  }
  return netns;
}
const gatewayTo = (netns: Netns, i: number): number | string => {
  const answer = getRoute(netns, { destination: prefixOf(i) | 5 });
  return answer.ok ? answer.value.dst.gateway : answer.error.errno;
};
/** Prefix and gateway of all routes by a gateway, in the order of `ip route`. */
const listed = (netns: Netns): readonly (readonly [number, number])[] =>
  routesInOrder(netns.tables.get(RouteTable.MAIN)!).flatMap((route) => (route.nexthops[0]!.gateway === 0 ? [] : [[route.prefix, route.nexthops[0]!.gateway]]));
const all = Array.from({ length: ROUTES }, (_, i) => [prefixOf(i), gatewayOf(i)] as const);

describe('a table of thousands of routes', () => {
  it('finds each, and lists all of them in order', () => {
    const netns = many();
    for (const i of [0, 1, 127, 128, 129, 1500, ROUTES - 1]) expect(gatewayTo(netns, i)).toBe(gatewayOf(i));
    expect(gatewayTo(netns, ROUTES)).toBe('ENETUNREACH');
    expect(listed(netns)).toEqual(all);
    expect(listed(netns)).toEqual(all);
  });
  it('knows what is there already', () => {
    const netns = many();
    const again = { destination: prefixOf(2000), length: 24, gateway: gatewayOf(1), scope: 0, create: true };
    const said = [addRoute(netns, { ...again, exclusive: true }), addRoute(netns, { ...again, replace: true }), addRoute(netns, { ...again, priority: 7 })];
    expect(said.map((one) => (one.ok ? 'ok' : one.error.errno))).toEqual(['EEXIST', 'ok', 'ok']);
    expect(gatewayTo(netns, 2000)).toBe(gatewayOf(1));
    expect(listed(netns).filter(([prefix]) => prefix === prefixOf(2000))).toHaveLength(2);
  });
  it('deletes what it has, once, and counts it', () => {
    const netns = many();
    const main = netns.tables.get(RouteTable.MAIN)!;
    const gone = { destination: prefixOf(2500), length: 24 };
    expect([deleteRoute(netns, gone), deleteRoute(netns, gone)].map((one) => (one.ok ? 'ok' : one.error.errno))).toEqual(['ok', 'ESRCH']);
    expect([gatewayTo(netns, 2500), main.losses, main.prefixes.has(prefixOf(2500), 24), main.prefixes.has(prefixOf(2501), 24)]).toEqual([
      'ENETUNREACH',
      1,
      false,
      true,
    ]);
    expect(listed(netns)).toEqual(all.filter((_, i) => i !== 2500));
  });
  it('loses all when the device goes down', () => {
    const netns = many();
    setLink(netns, 'eth0', { flagsMask: Iff.UP, flags: 0 });
    expect(listed(netns)).toEqual([]);
    expect(gatewayTo(netns, 2999)).toBe('ENETUNREACH');
  });
});
