// Bonds: who may be in one, which slave sends, what happens when a link goes and comes, what is given back on leaving.
import { describe, expect, it } from 'vitest';
import { granted, refusal, TestLab } from '../../test-lab.ts';
import type { Netns } from '../../model.ts';
import { addLink, deleteLink, setLink } from '../../rtnl/link.ts';
import { bondSlaveOf } from './bond.ts';
import type { Bond } from './bond.ts';
import type { BondOptions } from './options.ts';

/** Two wires between a bond and a bridge, with a host behind it. */
class Pair {
  readonly lab = new TestLab();
  readonly a = this.lab.netns('a');
  readonly b = this.lab.netns('b');
  readonly bond: Bond;
  constructor(options: BondOptions) {
    const { lab, a, b } = this;
    this.bond = lab.add(a, 'bond0', { kind: 'bond', options }) as Bond;
    lab.add(b, 'br0', { kind: 'bridge' });
    for (const i of [1, 2]) {
      lab.veth(a, `v${i}`, b, `p${i}`);
      lab.up(b, `p${i}`);
      lab.master(b, `p${i}`, 'br0');
      lab.master(a, `v${i}`, 'bond0');
    }
    lab.up(a, 'bond0');
    lab.up(b, 'br0');
    lab.address(a, 'bond0', '10.0.0.1/24');
    lab.address(b, 'br0', '10.0.0.2/24');
    lab.sleep(1);
  }
  get active(): string {
    return this.bond.slaves.map(({ device, active, link, failures }) => `${device.name} ${active ? 'active' : 'backup'} ${link} ${failures}`).join(', ');
  }
  sent(netns: Netns, name: string): number {
    return this.lab.device(netns, name).stats.txPackets;
  }
}

describe('active-backup', () => {
  it('goes over to the other slave when a link is lost, and stays there', () => {
    const pair = new Pair({ mode: 1, miimon: 100 });
    expect(pair.active).toBe('v1 active up 0, v2 backup up 0');
    expect(pair.lab.ping(pair.a, '10.0.0.2')).toBe('reply ttl=64');
    pair.lab.down(pair.b, 'p1');
    pair.lab.sleep(0.5);
    expect(pair.active).toBe('v1 backup down 1, v2 active up 0');
    expect(pair.lab.ping(pair.a, '10.0.0.2')).toBe('reply ttl=64');
    pair.lab.up(pair.b, 'p1');
    pair.lab.sleep(1.5);
    expect(pair.active).toBe('v1 backup up 1, v2 active up 0');
  });
  it('returns to its primary', () => {
    const pair = new Pair({ mode: 1, miimon: 100 });
    const index = pair.lab.device(pair.a, 'v2').index;
    granted(setLink(pair.a, 'bond0', { info: { kind: 'bond', options: { primary: index } } }));
    expect(pair.active).toBe('v1 backup up 0, v2 active up 0');
    pair.lab.down(pair.b, 'p2');
    pair.lab.sleep(0.5);
    pair.lab.up(pair.b, 'p2');
    pair.lab.sleep(1.5);
    expect(pair.active).toBe('v1 backup up 0, v2 active up 1');
  });
  it('has no carrier when all are lost', () => {
    const pair = new Pair({ mode: 1, miimon: 100 });
    for (const name of ['p1', 'p2']) pair.lab.down(pair.b, name);
    pair.lab.sleep(2);
    expect([pair.bond.carrier, pair.bond.operState, pair.active]).toEqual([false, 'DOWN', 'v1 backup down 1, v2 backup down 1']);
  });
});

it.each<[string, BondOptions, (v1: number, v2: number) => boolean]>([
  ['balance-rr takes turns', { mode: 0 }, (v1, v2) => v1 > 3 && v2 > 3],
  ['balance-xor keeps a pair of addresses on one slave', { mode: 2 }, (v1, v2) => Math.max(v1, v2) > 7 && Math.min(v1, v2) <= 3],
  ['broadcast sends by all', { mode: 3 }, (v1, v2) => v1 > 7 && v1 === v2],
])('%s', (_what, options, holds) => {
  const pair = new Pair(options);
  const before = ['v1', 'v2'].map((name) => pair.sent(pair.a, name));
  for (let i = 0; i < 8; i++) pair.lab.ping(pair.a, '10.0.0.9', { waitS: 0.01 });
  pair.lab.ping(pair.a, '10.0.0.2');
  for (let i = 0; i < 8; i++) pair.lab.ping(pair.a, '10.0.0.2', { waitS: 0.01 });
  const [v1 = 0, v2 = 0] = ['v1', 'v2'].map((name, i) => pair.sent(pair.a, name) - before[i]!);
  expect([v1, v2, holds(v1, v2)]).toEqual([v1, v2, true]);
});

it('gives addresses back to those that leave, and takes a new one when it is empty', () => {
  const pair = new Pair({ mode: 1, miimon: 100 });
  const own = pair.bond.slaves.map(({ ownAddress }) => ownAddress);
  expect(pair.bond.address).toBe(own[0]);
  for (const name of ['v1', 'v2']) pair.lab.master(pair.a, name, null);
  const after = ['v1', 'v2'].map((name) => pair.lab.device(pair.a, name));
  expect(after.map(({ address }) => address)).toEqual(own);
  expect([after.some(({ isUp }) => isUp), pair.bond.address === own[0], bondSlaveOf(after[0]!)]).toEqual([false, false, null]);
});

it('lets its slaves go when it is deleted', () => {
  const pair = new Pair({ mode: 0 });
  granted(deleteLink(pair.a, 'bond0'));
  expect(pair.lab.device(pair.a, 'v1').master).toBe(null);
});

it.each<[string, (lab: TestLab) => string, string]>([
  ['what is up', (lab) => refusal(setLink(lab.root, 'v', { master: lab.device(lab.root, 'b').index })), 'EPERM: Device can not be enslaved while up'],
  ['itself', (lab) => refusal(setLink(lab.root, 'b', { master: lab.device(lab.root, 'b').index })), 'EPERM: Cannot enslave bond to itself.'],
  [
    'two monitors',
    (lab) => refusal(addLink(lab.root, { name: 'c', info: { kind: 'bond', options: { miimon: 1, arpInterval: 1 } } })),
    'EINVAL: ARP monitoring cannot be used with MII monitoring',
  ],
  [
    'another mode while it is up',
    (lab) => {
      lab.up(lab.root, 'b');
      return refusal(setLink(lab.root, 'b', { info: { kind: 'bond', options: { mode: 1 } } }));
    },
    'ENOTEMPTY: unable to set option because the bond device is up',
  ],
])('refuses %s', (_what, ask, expected) => {
  const lab = new TestLab();
  lab.add(lab.root, 'b', { kind: 'bond', options: {} });
  lab.add(lab.root, 'v', { kind: 'dummy' });
  lab.up(lab.root, 'v');
  expect(ask(lab)).toBe(expected);
});
