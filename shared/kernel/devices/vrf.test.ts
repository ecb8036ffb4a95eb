// VRFs: what enslaving moves, whose table a packet is looked up in, and two customers with the same addresses on one router.
import { describe, expect, it } from 'vitest';
import { granted, refusal, TestLab } from '../test-lab.ts';
import type { KernelResult } from '../error.ts';
import type { Netns } from '../model.ts';
import { addLink, deleteLink, setLink } from '../rtnl/link.ts';

class Router {
  readonly lab = new TestLab();
  readonly r = this.lab.netns('r');
  readonly customers = new Map<string, Netns>();
  constructor() {
    this.lab.forwarding(this.r);
    for (const [name, table] of [
      ['red', 10],
      ['blue', 20],
    ] as const) {
      granted(addLink(this.r, { name, info: { kind: 'vrf', table } }));
      this.lab.up(this.r, name);
      for (const i of [1, 2]) this.customer(name, i);
    }
    for (const device of this.r.devices.values()) if (device.ipv4 !== null) device.ipv4.conf.forwarding = 1;
  }
  private customer(vrf: string, i: number): void {
    const { lab, r } = this;
    const netns = lab.netns(`${vrf}${i}`);
    lab.wire(r, `${vrf}-${i}`, `10.0.${i}.1/24`, netns, 'eth0', `10.0.${i}.2/24`);
    lab.master(r, `${vrf}-${i}`, vrf);
    lab.route(netns, `default via 10.0.${i}.1`);
    this.customers.set(`${vrf}${i}`, netns);
  }
}

it('moves the routes of what is enslaved to its table, and back', () => {
  const lab = new TestLab();
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  lab.wire(a, 'v', '10.0.1.1/24', b, 'v', '10.0.1.2/24');
  granted(addLink(a, { name: 'red', info: { kind: 'vrf', table: 10 } }));
  const tables = (): number[] => [254, 255, 10].map((id) => lab.routes(a, id).filter((text) => text.includes('10.0.1')).length);
  expect(tables()).toEqual([1, 2, 0]);
  lab.master(a, 'v', 'red');
  expect(tables()).toEqual([0, 0, 3]);
  lab.master(a, 'v', null);
  expect(tables()).toEqual([1, 2, 0]);
});

describe('customers with the same addresses', () => {
  it('reach their own sites, and nobody else', () => {
    const { lab, r, customers } = new Router();
    const from = (name: string): string => lab.ping(customers.get(name)!, '10.0.2.2', { waitS: 0.2 });
    expect([from('red1'), from('blue1')]).toEqual(['reply ttl=63', 'reply ttl=63']);
    lab.down(customers.get('blue2')!, 'eth0');
    expect([from('red1'), from('blue1')]).toEqual(['reply ttl=63', 'nothing']);
    expect(lab.ping(r, '10.0.2.2')).toBe('ENETUNREACH');
    expect(lab.ping(customers.get('red1')!, '10.0.9.9')).toBe('icmp 3/0 from 10.0.1.1');
  });
  it('keep their routes until the VRF goes', () => {
    const { lab, r } = new Router();
    expect(lab.routes(r, 10)).toHaveLength(6);
    granted(deleteLink(r, 'red'));
    expect([lab.routes(r, 10).length, lab.routes(r, 254).length, lab.device(r, 'red-1').master]).toEqual([0, 2, null]);
  });
});

it.each<[string, (lab: TestLab) => KernelResult<unknown>, string]>([
  ['no table', (lab) => addLink(lab.root, { name: 'x', info: { kind: 'vrf' } }), 'EINVAL: VRF table id is missing'],
  ['table 0', (lab) => addLink(lab.root, { name: 'x', info: { kind: 'vrf', table: 0 } }), 'EINVAL: Invalid VRF table id'],
  ['lo', (lab) => setLink(lab.root, 'lo', { master: lab.device(lab.root, 'red').index }), 'EOPNOTSUPP: Can not enslave loopback device to a VRF'],
  ['itself', (lab) => setLink(lab.root, 'red', { master: lab.device(lab.root, 'red').index }), 'EINVAL: Can not enslave an L3 master device to a VRF'],
])('refuses %s', (_what, ask, expected) => {
  const lab = new TestLab();
  granted(addLink(lab.root, { name: 'red', info: { kind: 'vrf', table: 10 } }));
  expect(lab.root.rules.map(({ priority }) => priority)).toEqual([0, 1000, 32766, 32767]);
  expect(refusal(ask(lab))).toBe(expected);
});
