// Errors of routing and ICMP's own limit share tokens, which the latter trims once a jiffy. Recorded from Linux 6.18.
import { describe, expect, it } from 'vitest';
import { TestLab } from '../test-lab.ts';

describe('errors of a router without a route', () => {
  const errors = (ratelimit: number): string[] => {
    const lab = new TestLab();
    const [host, router] = [lab.netns('host'), lab.netns('router')];
    lab.wire(host, 'eth0', '10.0.0.2/24', router, 'lan', '10.0.0.1/24');
    lab.forwarding(router);
    router.ipv4.icmp_ratelimit = ratelimit;
    lab.route(host, 'default via 10.0.0.1');
    lab.sleep(1);
    lab.ping(host, '10.0.0.1');
    return Array.from({ length: 7 }, () => lab.ping(host, '192.0.2.1', { waitS: 0.01 }));
  };
  it.each([
    [0, 5],
    [1000, 2],
  ])('with icmp_ratelimit %i: %i at once', (ratelimit, count) => {
    expect(errors(ratelimit)).toEqual(Array.from({ length: 7 }, (_, i) => (i < count ? 'icmp 3/0 from 10.0.0.1' : 'nothing')));
  });
});
