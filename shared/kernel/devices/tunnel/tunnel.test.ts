// Tunnels between two hosts with a router between them; what each kind carries, whose packets it takes, and how the path MTU is learnt.
import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../../../wire/index.ts';
import type { TunnelOptions } from '../../requests.ts';
import { addLink, setLink } from '../../rtnl/link.ts';
import { TestLab } from '../../test-lab.ts';
import { IpTunnel } from './tunnel.ts';

const ip = (text: string): number => parseIpv4(text)!;
type Kind = 'ipip' | 'gre' | 'gretap' | 'sit';

class Site {
  readonly lab = new TestLab();
  readonly a = this.lab.netns('a');
  readonly r = this.lab.netns('r');
  readonly b = this.lab.netns('b');
  constructor() {
    const { lab, a, r, b } = this;
    lab.wire(a, 'e0', '10.0.1.2/24', r, 'e0', '10.0.1.1/24');
    lab.wire(b, 'e0', '10.0.2.2/24', r, 'e1', '10.0.2.1/24');
    lab.forwarding(r);
    lab.route(a, 'default via 10.0.1.1');
    lab.route(b, 'default via 10.0.2.1');
  }
  tunnel(kind: Kind, left: TunnelOptions, right: TunnelOptions): void {
    const ends = [
      [this.a, '1', { local: ip('10.0.1.2'), remote: ip('10.0.2.2'), ...left }],
      [this.b, '2', { local: ip('10.0.2.2'), remote: ip('10.0.1.2'), ...right }],
    ] as const;
    for (const [netns, host, options] of ends) {
      this.lab.add(netns, 't', { kind, options });
      this.lab.up(netns, 't');
      this.lab.address(netns, 't', `172.16.0.${host}/24`);
    }
  }
}

describe.each<[Kind, TunnelOptions, number]>([
  ['ipip', {}, 1480],
  ['sit', {}, 1480],
  ['gre', {}, 1476],
  ['gre', { ikey: 5, okey: 5, iflags: 0x2000, oflags: 0x2000 }, 1472],
  ['gre', { ikey: 5, okey: 5, iflags: 0xb000, oflags: 0xb000 }, 1464],
  ['gretap', {}, 1462],
])('%s with %j', (kind, options, mtu) => {
  it('carries packets, in pieces too, and counts them', () => {
    const site = new Site();
    site.tunnel(kind, options, options);
    const device = site.lab.device(site.a, 't');
    expect([device.mtu, device.defaultQdisc]).toEqual([mtu, kind === 'gretap' ? 'fq_codel' : 'noqueue']);
    expect(site.lab.ping(site.a, '172.16.0.2')).toBe('reply ttl=64');
    expect(site.lab.ping(site.a, '172.16.0.2', { size: 3000 })).toBe('reply ttl=64');
    expect(device.stats.txErrors + device.stats.rxErrors).toBe(0);
  });
});

it('takes only packets with its key, checksum and sequence numbers', () => {
  const cases: readonly (readonly [TunnelOptions, TunnelOptions, string])[] = [
    [{ okey: 6, oflags: 0x2000 }, { ikey: 5, iflags: 0x2000 }, 'none fits'],
    [{}, { ikey: 5, iflags: 0x2000 }, 'none fits'],
    [{ oflags: 0x8000 }, {}, 'crc'],
    [{}, { iflags: 0x1000 }, 'fifo'],
  ];
  for (const [left, right, how] of cases) {
    const site = new Site();
    site.tunnel('gre', left, right);
    site.lab.ping(site.a, '172.16.0.2', { waitS: 0.1 });
    const { rxPackets, rxErrors, rxCrcErrors, rxFifoErrors } = site.lab.device(site.b, 't').stats;
    const expected = how === 'none fits' ? [0, 0, 0, 0] : how === 'crc' ? [0, 1, 1, 0] : [0, 1, 0, 1];
    const seen = [rxPackets, rxErrors, rxCrcErrors, rxFifoErrors].map((count) => Math.min(count, 1));
    expect([how, ...seen]).toEqual([how, ...expected]);
  }
});

it('learns the path MTU of the outer way and tells the sender of the inner packet', () => {
  const site = new Site();
  site.tunnel('ipip', {}, {});
  setLink(site.r, 'e1', { mtu: 1300 });
  setLink(site.b, 'e0', { mtu: 1300 });
  const answers = [1, 2, 3].map(() => site.lab.ping(site.a, '172.16.0.2', { size: 1400, df: true }));
  expect(answers).toEqual(['icmp 3/4 from 10.0.1.1', 'icmp 3/4 from 172.16.0.1', 'EMSGSIZE']);
  expect(site.lab.device(site.a, 't').stats.txErrors).toBe(1);
});

it('brings the fallback devices of its module to every namespace, present and later', () => {
  const lab = new TestLab();
  const before = lab.netns('before');
  addLink(before, { name: 'g', info: { kind: 'gre', options: { remote: ip('10.0.0.1') } } });
  addLink(before, { name: 's', info: { kind: 'sit', options: { remote: ip('10.0.0.1') } } });
  const names = (name: string): string[] => [...lab.netns(name).devices.values()].map((device) => `${device.index} ${device.name} ${device.mtu}`);
  expect(names('later')).toEqual(['1 lo 65536', '2 gre0 1476', '3 gretap0 1462', '4 erspan0 1450', '5 sit0 1480']);
});

it('goes on in its first namespace when it is moved, and dies with it', () => {
  const site = new Site();
  site.tunnel('ipip', {}, {});
  const c = site.lab.netns('c');
  setLink(site.a, 't', { netns: c });
  site.lab.up(c, 't');
  site.lab.address(c, 't', '172.16.0.1/24');
  expect(site.lab.ping(c, '172.16.0.2')).toBe('reply ttl=64');
  const device = site.lab.device(c, 't');
  expect(device instanceof IpTunnel && device.home === site.a && device.linkNetns === site.a).toBe(true);
});

it.each<[TunnelOptions, TunnelOptions, string]>([
  [{ remote: ip('10.0.0.1') }, { remote: ip('10.0.0.2'), ttl: 9 }, 'ok'],
  [{ remote: ip('10.0.0.1') }, {}, 'EINVAL'],
  [{}, { remote: ip('10.0.0.1') }, 'EINVAL'],
  [{ remote: ip('10.0.0.1') }, { remote: ip('10.0.0.9') }, 'EEXIST'],
])('changes %j to %j: %s', (from, to, expected) => {
  const lab = new TestLab();
  addLink(lab.root, { name: 'other', info: { kind: 'gre', options: { remote: ip('10.0.0.9') } } });
  addLink(lab.root, { name: 'g', info: { kind: 'gre', options: from } });
  const changed = setLink(lab.root, 'g', { info: { kind: 'gre', options: to } });
  expect(changed.ok ? 'ok' : changed.error.errno).toBe(expected);
});
