// Flags of next hops and of the whole route. Recorded from Linux 6.18.
import { describe, expect, it } from 'vitest';
import { addRoute } from '../rtnl/routes.ts';
import { granted, ip, TestLab } from '../test-lab.ts';
import { routesInOrder } from './fib-edit.ts';

describe('a route with several next hops', () => {
  it('is linkdown as a whole when none had a carrier at its making, until one gets it', () => {
    const lab = new TestLab();
    const [host, other] = [lab.netns('host'), lab.netns('other')];
    for (const i of [1, 2]) {
      lab.veth(host, `e${i}`, other, `e${i}`);
      lab.address(host, `e${i}`, `10.0.${i}.1/24`);
      lab.up(host, `e${i}`);
    }
    const add = (prefix: string): void => {
      const nexthops = [1, 2].map((i) => ({ gateway: ip(`10.0.${i}.9`) }));
      granted(addRoute(host, { destination: ip(prefix), length: 24, nexthops, create: true }));
    };
    const marks = (): boolean[] => routesInOrder(host.tables.get(254)!).flatMap((route) => (route.nexthops.length > 1 ? [route.linkdown] : []));
    add('10.9.1.0');
    expect(marks()).toEqual([true]);
    lab.up(other, 'e1');
    lab.sleep(2);
    expect(marks()).toEqual([false]);
    add('10.9.2.0');
    expect(marks()).toEqual([false, false]);
    lab.down(other, 'e1');
    lab.sleep(2);
    // One next hop after the other: it is the routes of one device that are marked.
    expect(marks()).toEqual([false, false]);
  });
});
