/**
 * Goal: what a namespace counts is what Linux counts, at the places where it counts. Method: two ends and a router between them; after each
 * disturbance the counters that moved are compared with those that nstat showed for the same on Linux 6.18.
 */
import { describe, expect, it } from 'vitest';
import type { Netns } from './model.ts';
import { TestLab } from './test-lab.ts';

/** `InReceives 2`: what is not zero of IPv4, ICMP and its types, UDP. */
function counted({ mib }: Netns): string[] {
  const of = (title: string, counters: object): string[] =>
    Object.entries(counters).flatMap(([name, value]) => (typeof value === 'number' && value !== 0 ? [`${title}${name} ${value}`] : []));
  const types = [...mib.icmp.inTypes.inOrder().map(([type, n]) => `in${type} ${n}`), ...mib.icmp.outTypes.inOrder().map(([type, n]) => `out${type} ${n}`)];
  return [...of('Ip', mib.ip), ...of('Icmp', mib.icmp), ...types, ...of('Udp', mib.udp)];
}

function routed(): { lab: TestLab; left: Netns; router: Netns; right: Netns } {
  const lab = new TestLab();
  const [left, router, right] = [lab.netns('left'), lab.netns('router'), lab.netns('right')];
  lab.wire(left, 'eth0', '10.0.1.2/24', router, 'r0', '10.0.1.1/24');
  lab.wire(right, 'eth0', '10.0.2.2/24', router, 'r1', '10.0.2.1/24');
  lab.route(left, 'default via 10.0.1.1');
  lab.route(right, 'default via 10.0.2.1');
  lab.sleep(1);
  return { lab, left, router, right };
}

describe('counters', () => {
  it('of a host that is asked to forward and does not', () => {
    const { lab, left, router } = routed();
    lab.ping(left, '10.0.2.2');
    expect(counted(left)).toEqual(['IpOutRequests 1', 'IpOutOctets 84', 'IpOutTransmits 1', 'IcmpOutMsgs 1', 'out8 1']);
    expect(counted(router)).toEqual(['IpInReceives 1', 'IpInAddrErrors 1', 'IpInOctets 84', 'IpInNoECTPkts 1']);
  });

  it('of a router and the ends of a ping', () => {
    const { lab, left, router, right } = routed();
    lab.forwarding(router);
    lab.ping(left, '10.0.2.2');
    expect(counted(router)).toEqual(['IpInReceives 2', 'IpOutForwDatagrams 2', 'IpInOctets 168', 'IpOutOctets 168', 'IpInNoECTPkts 2', 'IpOutTransmits 2']);
    const ip = ['IpInReceives 1', 'IpInDelivers 1', 'IpOutRequests 1', 'IpInOctets 84', 'IpOutOctets 84', 'IpInNoECTPkts 1', 'IpOutTransmits 1'];
    expect(counted(left)).toEqual([...ip, 'IcmpInMsgs 1', 'IcmpOutMsgs 1', 'in0 1', 'out8 1']);
    expect(counted(right)).toEqual([...ip, 'IcmpInMsgs 1', 'IcmpOutMsgs 1', 'in8 1', 'out0 1']);
  });

  it('of a router that knows no way, or a packet whose time is up', () => {
    const { lab, left, router } = routed();
    lab.forwarding(router);
    lab.ping(left, '10.9.9.9');
    lab.ping(left, '10.0.2.2', { ttl: 1 });
    expect(counted(router)).toEqual([
      'IpInReceives 2',
      'IpInHdrErrors 1',
      'IpInNoRoutes 1',
      'IpOutRequests 2',
      'IpInOctets 168',
      'IpOutOctets 224',
      'IpInNoECTPkts 2',
      'IpOutTransmits 2',
      'IcmpOutMsgs 2',
      'out3 1',
      'out11 1',
    ]);
  });
});
