// Next hops with ids: what may be one, what routes by them show, what replacing and deleting does to routes and groups.
import { describe, expect, it } from 'vitest';
import { ip, refusal, TestLab } from '../test-lab.ts';
import type { Netns } from '../model.ts';
import type { NexthopObjectRequest } from '../requests.ts';
import { addNexthop, deleteNexthop, nexthopsInOrder } from './nexthops.ts';
import { addRoute, deleteRoute } from './routes.ts';

class Host {
  readonly lab = new TestLab();
  readonly netns = this.lab.netns('a');
  readonly far = [this.lab.netns('b1'), this.lab.netns('b2')];
  constructor() {
    this.far.forEach((far, i) => this.lab.wire(this.netns, `v${i + 1}`, `10.0.${i + 1}.1/24`, far, 'e', `10.0.${i + 1}.2/24`));
  }
  index(name: string): number {
    return this.lab.device(this.netns, name).index;
  }
  add(request: Partial<NexthopObjectRequest>, how: 'add' | 'replace' = 'add'): string {
    const flags = how === 'add' ? { create: true, exclusive: true } : { create: true, replace: true };
    return refusal(addNexthop(this.netns, { ...flags, family: request.group === undefined ? 4 : 0, ...request }));
  }
  via(id: number, gateway: string, device: string, how: 'add' | 'replace' = 'add'): string {
    return this.add({ id, gateway: ip(gateway), device: this.index(device) }, how);
  }
  group(id: number, ...members: number[]): string {
    return this.add({ id, group: members.map((member) => ({ id: member, weight: 1 })) });
  }
  route(prefix: string, nexthopId: number): string {
    return refusal(addRoute(this.netns, { destination: ip(prefix), length: 16, nexthopId, create: true, exclusive: true }));
  }
  get ways(): string[] {
    const table = this.netns.tables.get(254);
    return [...(table?.prefixes.values() ?? [])]
      .flat()
      .filter((route) => route.nexthopId !== 0)
      .map((route) => `${route.nexthopId} ${route.type} ${route.nexthops.map((hop) => hop.device?.name ?? '-').join('+')}`)
      .sort();
  }
}
const ids = (netns: Netns): number[] => nexthopsInOrder(netns).map(({ id }) => id);

describe('what may be a next hop', () => {
  it.each<[Partial<NexthopObjectRequest>, string]>([
    [{ id: 1, device: 2 }, 'ok'],
    [{ device: 2 }, 'ok'],
    [{ id: 1, blackhole: true }, 'ok'],
    [{ id: 1, fdb: true, gateway: ip('10.0.1.5') }, 'ok'],
    [{ id: 1, family: 0 }, 'EINVAL: Invalid address family'],
    [{ id: 1, gateway: ip('10.0.1.5') }, 'EINVAL: Device attribute required for non-blackhole and non-fdb nexthops'],
    [{ id: 1, gateway: ip('10.9.1.5'), device: 2 }, 'ENETUNREACH: Nexthop has invalid gateway'],
    [{ id: 1, gateway: ip('10.9.1.5'), device: 2, onlink: true }, 'ok'],
    [{ id: 1, device: 2, onlink: true }, 'EINVAL: ONLINK flag can not be set for nexthop without a gateway'],
    [{ id: 1, device: 99 }, 'EINVAL: Invalid device index'],
    [{ id: 1, device: 2, fdb: true }, 'EINVAL: Fdb attribute can not be used with encap, oif or blackhole'],
    [{ id: 1, device: 2, blackhole: true }, 'EINVAL: Blackhole attribute can not be used with gateway, oif, encap or fdb'],
    [{ id: 1, group: [{ id: 9, weight: 1 }] }, 'EINVAL: Invalid nexthop id'],
  ])('%j: %s', (request, expected) => {
    expect(new Host().add(request)).toBe(expected);
  });
  it('says why something is no group', () => {
    const host = new Host();
    host.via(1, '10.0.1.2', 'v1');
    host.via(2, '10.0.2.2', 'v2');
    host.add({ id: 3, blackhole: true });
    host.add({ id: 4, fdb: true, gateway: ip('10.0.1.9') });
    expect([host.group(10, 1, 2), host.group(11, 1, 1), host.group(11, 10), host.group(11, 1, 3), host.group(11, 3), host.group(12, 1, 4)]).toEqual([
      'ok',
      'EINVAL: Nexthop id can not be used twice in a group',
      'EINVAL: Hash-threshold group can not be a nexthop within a group',
      'EINVAL: Blackhole nexthop can not be used in a group with more than 1 path',
      'ok',
      'EINVAL: Non FDB nexthop group cannot have fdb nexthops',
    ]);
  });
});

describe('routes by next hops', () => {
  const made = (): Host => {
    const host = new Host();
    host.via(1, '10.0.1.2', 'v1');
    host.via(2, '10.0.2.2', 'v2');
    host.group(3, 1, 2);
    host.add({ id: 4, blackhole: true });
    for (const id of [1, 3, 4]) host.route(`10.1${id}.0.0`, id);
    return host;
  };
  it('follow what is replaced', () => {
    const host = made();
    expect(host.ways).toEqual(['1 unicast v1', '3 unicast v1+v2', '4 blackhole lo']);
    expect(host.via(1, '10.0.2.9', 'v2', 'replace')).toBe('ok');
    expect(host.via(4, '10.0.1.2', 'v1', 'replace')).toBe('ok');
    expect(host.ways).toEqual(['1 unicast v2', '3 unicast v2+v2', '4 unicast v1']);
  });
  it('carry packets, or refuse them', () => {
    const host = made();
    host.lab.address(host.far[0]!, 'e', '10.11.0.1/16');
    expect(host.lab.ping(host.netns, '10.11.0.1')).toBe('reply ttl=64');
    expect(host.lab.ping(host.netns, '10.14.0.1')).toBe('EINVAL');
  });
  it('go with what is deleted; groups shrink', () => {
    const host = made();
    deleteNexthop(host.netns, 2);
    expect([host.ways, ids(host.netns)]).toEqual([
      ['1 unicast v1', '3 unicast v1', '4 blackhole lo'],
      [1, 3, 4],
    ]);
    deleteNexthop(host.netns, 1);
    expect([host.ways, ids(host.netns)]).toEqual([['4 blackhole lo'], [4]]);
  });
  it('go with their device', () => {
    const host = made();
    host.lab.down(host.netns, 'v1');
    expect([host.ways, ids(host.netns)]).toEqual([
      ['3 unicast v2', '4 blackhole lo'],
      [2, 3, 4],
    ]);
  });
  it('are refused, and deleted, by id', () => {
    const host = made();
    expect([
      host.route('10.20.0.0', 9),
      refusal(addRoute(host.netns, { destination: ip('10.21.0.0'), length: 16, nexthopId: 1, device: 2, create: true })),
    ]).toEqual(['EINVAL: Nexthop id does not exist', 'EINVAL: Nexthop specification and nexthop id are mutually exclusive']);
    const gone = (nexthopId: number): string => refusal(deleteRoute(host.netns, { destination: ip('10.11.0.0'), length: 16, nexthopId }));
    expect([gone(3), gone(1)]).toEqual(['ESRCH', 'ok']);
  });
});
