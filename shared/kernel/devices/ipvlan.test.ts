/** ipvlan: who reaches whom in each mode and with each flag, and what its card does to it. Authority: drivers/net/ipvlan, Documentation/networking/ipvlan.rst. */
import { describe, expect, it } from 'vitest';
import { Iff, Nud } from '../numbers.ts';
import type { IpvlanOptions } from '../requests.ts';
import { addAddress } from '../ipv4/inetdev.ts';
import { addLink, setLink } from '../rtnl/link.ts';
import { granted, ip, refusal, TestLab } from '../test-lab.ts';

/** A host behind the wire at 10.0.0.2, the card eth0 with 10.0.0.1, and two namespaces with a device each on it. */
function lan(options: IpvlanOptions, subnets: readonly [string, string] = ['10.0.0.11/24', '10.0.0.12/24']) {
  const lab = new TestLab();
  const { root } = lab;
  const host = lab.netns('host');
  lab.wire(root, 'eth0', '10.0.0.1/24', host, 'eth0', '10.0.0.2/24');
  const pods = subnets.map((address, i) => {
    const pod = lab.netns(`pod${i}`);
    granted(addLink(root, { name: `iv${i}`, link: lab.device(root, 'eth0').index, netns: pod, info: { kind: 'ipvlan', options } }));
    lab.up(pod, `iv${i}`);
    lab.address(pod, `iv${i}`, address);
    return pod;
  });
  return { lab, root, host, one: pods[0]!, two: pods[1]! };
}

describe('ipvlan', () => {
  it('in mode l2 reaches its like and the wire, not its own host', () => {
    const { lab, root, host, one } = lan({ mode: 'l2' });
    expect(lab.ping(one, '10.0.0.12')).toBe('reply ttl=64');
    expect(lab.ping(one, '10.0.0.2')).toBe('reply ttl=64');
    expect(lab.ping(host, '10.0.0.12')).toBe('reply ttl=64');
    expect(lab.ping(one, '10.0.0.1')).toBe('nothing');
    expect(lab.ping(root, '10.0.0.11')).toBe('nothing');
  });
  it.each([1, 2])('with flag %i keeps them apart, but not from the wire', (flags) => {
    const { lab, one } = lan({ mode: 'l2', flags });
    expect(lab.ping(one, '10.0.0.12')).toBe('nothing');
    expect(lab.ping(one, '10.0.0.2')).toBe('reply ttl=64');
  });
  it.each(['l3', 'l3s'] as const)('in mode %s is routed by the card, without ARP', (mode) => {
    const { lab, host, one, two } = lan({ mode }, ['10.1.0.1/24', '10.2.0.1/24']);
    for (const [pod, name] of [
      [one, 'iv0'],
      [two, 'iv1'],
    ] as const)
      granted(lab.route(pod, `default dev ${name}`));
    expect(lab.ping(one, '10.2.0.1')).toBe('reply ttl=64');
    expect(lab.ping(one, '10.0.0.2')).toBe('nothing');
    granted(lab.route(host, '10.1.0.0/16 via 10.0.0.1'));
    expect(lab.ping(one, '10.0.0.2')).toBe('reply ttl=64');
    expect(lab.ping(host, '10.1.0.1')).toBe('reply ttl=64');
    expect([...one.device('iv0')!.ipv4!.neighbours.values()].every(({ state }) => state === Nud.NOARP)).toBe(true);
  });
  it('has one mode for all of a card, the address of the card, and no address twice', () => {
    const { lab, root, one, two } = lan({ mode: 'l2' });
    expect(refusal(addAddress(two, { device: lab.device(two, 'iv1').index, local: ip('10.0.0.11'), prefixLength: 24, create: true }))).toBe(
      'EADDRINUSE: Address already assigned to an ipvlan device',
    );
    granted(setLink(two, 'iv1', { info: { kind: 'ipvlan', options: { mode: 'l3' } } }));
    expect(lab.device(one, 'iv0').flags & Iff.NOARP).toBe(Iff.NOARP);
    granted(setLink(root, 'eth0', { address: 0x020000000099, mtu: 1400 }));
    expect([lab.device(one, 'iv0').address, lab.device(one, 'iv0').mtu]).toEqual([0x020000000099, 1400]);
    expect(refusal(setLink(one, 'iv0', { address: 0x020000000098 }))).toBe('EOPNOTSUPP');
    expect(refusal(addLink(root, { name: 'mv', link: lab.device(root, 'eth0').index, info: { kind: 'macvlan', options: {} } }))).toBe('EBUSY');
    lab.down(root, 'eth0');
    lab.sleep(2);
    expect(lab.device(one, 'iv0').carrier).toBe(true);
  });
});
