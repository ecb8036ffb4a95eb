/** Goal: each kind of check says what is missing, in both languages, and is silent when it holds. Method: a world that is plain data. */
import { describe, expect, test } from 'vitest';
import type { LinkFact, NetnsSnapshot, RouteEntry, Snapshot } from '../snapshot/index.ts';
import { evaluate } from './check.ts';

import type { CommandRun, LessonWorld, PodState } from './world.ts';

const link = (name: string, more: Partial<LinkFact> = {}): LinkFact => ({
  ifindex: 2,
  name,
  kind: '',
  flags: ['UP'],
  operstate: 'UP',
  mtu: 1500,
  mac: '02:00:00:00:00:01',
  addresses: [],
  statistics: { rxPackets: 0, rxBytes: 0, rxDropped: 0, txPackets: 0, txBytes: 0, txDropped: 0 },
  ...more,
});
const route = (destination: string, via: string, device: string): RouteEntry => ({
  family: 'inet',
  table: 'main',
  type: 'unicast',
  destination,
  via,
  device,
  protocol: 'boot',
  scope: 'global',
  flags: [],
  text: `${destination} via ${via} dev ${device}`,
});
const netns = (id: number, more: Partial<NetnsSnapshot> = {}): NetnsSnapshot => ({
  id,
  name: '',
  inode: 4026531840 + id,
  links: [],
  routes: [],
  rules: [],
  neighbours: [],
  fdb: [],
  iptables: [],
  conntrack: [],
  sysctls: {},
  sockets: [],
  ...more,
});

const SNAPSHOT: Snapshot = {
  atUs: 0,
  segments: [],
  nodes: [
    {
      name: 'node-1',
      namespaces: [
        netns(0, {
          links: [
            link('cni0', { ifindex: 4, kind: 'bridge', addresses: [{ family: 'inet', local: '10.244.1.1', prefixLength: 24, scope: 'global', flags: [] }] }),
            link('veth1', { ifindex: 5, kind: 'veth', master: 4 }),
            link('veth2', { ifindex: 6, kind: 'veth', flags: [] }),
          ],
          routes: [route('10.244.2.0/24', '192.168.56.12', 'eth1')],
          sysctls: { 'net.ipv4.ip_forward': '1' },
          neighbours: [{ address: '10.244.1.3', device: 'cni0', mac: '02:00:00:00:00:03', state: 'STALE', proxy: false, router: false }],
          iptables: [
            {
              family: 'inet',
              table: 'nat',
              chains: [
                { name: 'POSTROUTING', policy: 'ACCEPT', packets: 0, bytes: 0, rules: [{ text: '-A POSTROUTING -j MASQUERADE', packets: 3, bytes: 252 }] },
              ],
            },
          ],
        }),
        netns(3, { links: [link('eth0')] }),
        netns(4, { name: 'netA', links: [link('veth0A', { flags: [] })] }),
      ],
    },
  ],
};
const pod = (name: string, more: Partial<PodState> = {}): PodState => ({
  name,
  namespace: 'default',
  node: 'node-1',
  status: 'Running',
  ip: '10.244.1.3',
  netns: { node: 'node-1', netnsId: 3 },
  hasCompleted: false,
  ...more,
});
const run = (line: string, more: Partial<CommandRun> = {}): CommandRun => ({ place: 'node-1', line, status: 0, endedUs: 10, ...more });

const world = (
  more: Partial<Record<'pods' | 'commands' | 'traces' | 'experiments' | 'notes', readonly unknown[]>> & {
    readonly log?: string;
    readonly printed?: string;
    readonly sound?: object;
    readonly counted?: number;
    readonly reaches?: boolean;
  } = {},
): LessonWorld =>
  ({
    nowUs: 100,
    snapshot: () => SNAPSHOT,
    pods: () => more.pods ?? [],
    commands: () => more.commands ?? [],
    log: () => more.log ?? '',
    traces: () => more.traces ?? [],
    experiments: () => more.experiments ?? [],
    notes: () => more.notes ?? [],
    reaches: () => more.reaches,
    output: () => more.printed,
    soundness: () => more.sound,
    remember: (_: string, __: number, count: number) => more.counted ?? count,
  }) as unknown as LessonWorld;

const shows = { en: 'three hops', zh: '三跳' };

describe('check', () => {
  test.each<readonly [string, object, LessonWorld, string | undefined]>([
    ['pod: none', { pod: { name: 'httpd', namespace: 'default' } }, world(), 'There is no pod "httpd" yet.'],
    [
      'pod: elsewhere',
      { pod: { name: 'httpd', namespace: 'default', node: 'node-2' } },
      world({ pods: [pod('httpd')] }),
      'Pod "httpd" is on node-1; it should be on node-2. Delete it and create it again.',
    ],
    [
      'pod: not yet',
      { pod: { name: 'httpd', namespace: 'default' } },
      world({ pods: [pod('httpd', { status: 'ContainerCreating' })] }),
      'Pod "httpd" is ContainerCreating; it should be Running.',
    ],
    ['pod: there', { pod: { name: 'httpd', namespace: 'default', node: 'node-1' } }, world({ pods: [pod('httpd')] }), undefined],
    [
      'pod: completed between restarts',
      { pod: { name: 'near', namespace: 'default', status: 'Completed' } },
      world({ pods: [pod('near', { status: 'CrashLoopBackOff', hasCompleted: true })] }),
      undefined,
    ],
    ['no-pod: there', { 'no-pod': { name: 'httpd', namespace: 'default' } }, world({ pods: [pod('httpd')] }), 'Pod "httpd" is still there.'],
    ['no-pod: gone', { 'no-pod': { name: 'httpd', namespace: 'default' } }, world(), undefined],
    ['ran: nothing', { ran: { command: '^ip .*addr', shows: 'ip -br addr', on: 'node-1' } }, world(), 'Run `ip -br addr` on node-1.'],
    [
      'ran: elsewhere',
      { ran: { command: '^brctl show', shows: 'brctl show', on: 'node-2' } },
      world({ commands: [run('brctl show')] }),
      '`brctl show` ran on node-1; run it on node-2.',
    ],
    [
      'ran: failed',
      { ran: { command: '^brctl show', shows: 'brctl show', on: 'node-1' } },
      world({ commands: [run('brctl show', { status: 1 })] }),
      '`brctl show` ended with an error. Look at what it printed and try again.',
    ],
    [
      'ran: yes',
      { ran: { command: '^brctl show', shows: 'brctl show', on: 'node-1' } },
      world({ commands: [run('brctl show', { status: 1 }), run('brctl show')] }),
      undefined,
    ],
    ['route: missing', { route: { on: 'node-1', destination: '10.244.3.0/24' } }, world(), 'node-1 has no route to 10.244.3.0/24.'],
    [
      'route: wrong',
      { route: { on: 'node-1', destination: '10.244.2.0/24', via: '10.0.2.2' } },
      world(),
      'node-1 has the route "10.244.2.0/24 via 192.168.56.12 dev eth1"; wanted is "10.244.2.0/24 via 10.0.2.2".',
    ],
    ['route: there', { route: { on: 'node-1', destination: '10.244.2.0/24', via: '192.168.56.12', device: 'eth1' } }, world(), undefined],
    ['route: no such place', { route: { on: 'node-9', destination: 'default' } }, world(), 'There is no node-9 yet.'],
    ['no-route: there', { 'no-route': { on: 'node-1', destination: '10.244.2.0/24' } }, world(), 'node-1 still has a route to 10.244.2.0/24.'],
    ['link: none', { link: { on: 'node-1', name: 'br0' } }, world(), 'node-1 has no interface "br0".'],
    ['link: other kind', { link: { on: 'node-1', name: 'cni0', kind: 'veth' } }, world(), '"cni0" on node-1 is no veth.'],
    ['link: not plugged in', { link: { on: 'node-1', name: 'veth2', master: 'cni0' } }, world(), '"veth2" is not a port of "cni0".'],
    ['link: down', { link: { on: 'node-1', name: 'veth2', state: 'up' } }, world(), '"veth2" on node-1 is down.'],
    ['link: in a pod', { link: { on: 'pod/httpd', name: 'eth0', state: 'up' } }, world({ pods: [pod('httpd')] }), undefined],
    [
      'address: missing',
      { address: { on: 'node-1', device: 'cni0', address: '10.244.1.2/24' } },
      world(),
      '"cni0" on node-1 does not have the address 10.244.1.2/24.',
    ],
    ['address: there', { address: { on: 'node-1', device: 'cni0', address: '10.244.1.1/24' } }, world(), undefined],
    ['sysctl', { sysctl: { on: 'node-1', key: 'net.ipv4.ip_forward', value: '0' } }, world(), 'net.ipv4.ip_forward on node-1 is 1; it should be 0.'],
    ['rule: missing', { rule: { on: 'node-1', table: 'nat', rule: 'DNAT' } }, world(), 'The nat table of node-1 has no such rule yet.'],
    ['rule: there', { rule: { on: 'node-1', table: 'nat', rule: '-j MASQUERADE$' } }, world(), undefined],
    ['reaches: unknown', { reaches: { from: 'a', to: 'b' } }, world(), 'a does not reach b.'],
    ['reaches: yes', { reaches: { from: 'a', to: 'b' } }, world({ reaches: true }), undefined],
    ['cannot-reach: it does', { 'cannot-reach': { from: 'a', to: 'b' } }, world({ reaches: true }), 'a still reaches b.'],
    ['log: no pod', { log: { pod: 'far', namespace: 'default', matches: '^ 3 ', shows } }, world(), 'The log of "far" does not show three hops yet.'],
    [
      'log: not there',
      { log: { pod: 'far', namespace: 'default', matches: '^ 3 ', shows } },
      world({ pods: [pod('far')], log: ' 1 a\n 2 b\n' }),
      'The log of "far" does not show three hops yet.',
    ],
    ['log: there', { log: { pod: 'far', namespace: 'default', matches: '^ 3 ', shows } }, world({ pods: [pod('far')], log: ' 1 a\n 2 b\n 3 c\n' }), undefined],
    ['traced: none', { traced: { from: 'pod/a', to: 'pod/b' } }, world(), 'Trace a packet from pod/a to pod/b.'],
    [
      'traced: failed',
      { traced: { from: 'pod/a', to: 'pod/b', result: 'arrived' } },
      world({ traces: [{ from: 'node-1/a', to: 'node-2/b', arrived: false }] }),
      'The packet did not arrive.',
    ],
    [
      'traced: yes',
      { traced: { from: 'pod/a', to: 'pod/b', result: 'arrived' } },
      world({ traces: [{ from: 'node-1/a', to: 'node-2/b', arrived: true }] }),
      undefined,
    ],
    ['experiment: not begun', { experiment: { id: 'x', state: 'applied' } }, world(), 'Start the experiment.'],
    [
      'experiment: still in force',
      { experiment: { id: 'x', state: 'undone' } },
      world({ experiments: [{ id: 'x', state: 'applied', changedUs: 5 }] }),
      'Undo the experiment.',
    ],
    ['experiment: undone', { experiment: { id: 'x', state: 'undone' } }, world({ experiments: [{ id: 'x', state: 'undone', changedUs: 5 }] }), undefined],
    ['netns: none', { netns: { on: 'node-1', name: 'netB' } }, world(), 'node-1 has no network namespace "netB".'],
    ['netns: there', { netns: { on: 'node-1', name: 'netA' } }, world(), undefined],
    ['no-netns: there', { 'no-netns': { on: 'node-1', name: 'netA' } }, world(), 'The network namespace "netA" is still there on node-1.'],
    ['no-netns: gone', { 'no-netns': { on: 'node-1', name: 'netB' } }, world(), undefined],
    ['no-link: there', { 'no-link': { on: 'node-1', name: 'veth1' } }, world(), 'node-1 still has the interface "veth1".'],
    ['no-link: gone', { 'no-link': { on: 'node-1', name: 'veth9' } }, world(), undefined],
    ['link: another MTU', { link: { on: 'node-1', name: 'cni0', mtu: 1450 } }, world(), 'The MTU of "cni0" on node-1 is 1500; it should be 1450.'],
    [
      'no-rule: there',
      { 'no-rule': { on: 'node-1', table: 'nat', rule: 'MASQ' } },
      world(),
      'The nat table of node-1 still has the rule `-A POSTROUTING -j MASQUERADE`.',
    ],
    ['no-rule: gone', { 'no-rule': { on: 'node-1', table: 'nat', rule: 'DNAT' } }, world(), undefined],
    ['counted: no rule', { counted: { on: 'node-1', table: 'nat', rule: 'DNAT' } }, world(), 'The nat table of node-1 has no such rule.'],
    [
      'counted: nothing since',
      { counted: { on: 'node-1', table: 'nat', rule: 'MASQ' } },
      world(),
      'The rule on node-1 has counted no packet since this step began.',
    ],
    ['counted: two since', { counted: { on: 'node-1', table: 'nat', rule: 'MASQ' } }, world({ counted: 1 }), undefined],
    [
      'policy: another',
      { policy: { on: 'node-1', table: 'nat', chain: 'POSTROUTING', policy: 'DROP' } },
      world(),
      'The policy of POSTROUTING on node-1 is ACCEPT; it should be DROP.',
    ],
    ['policy: so', { policy: { on: 'node-1', table: 'nat', chain: 'POSTROUTING', policy: 'ACCEPT' } }, world(), undefined],
    ['neighbour: unknown', { neighbour: { on: 'node-1', address: '10.244.1.4' } }, world(), 'node-1 does not know the MAC address of 10.244.1.4.'],
    [
      'neighbour: in another state',
      { neighbour: { on: 'node-1', address: '10.244.1.3', state: 'REACHABLE' } },
      world(),
      'The neighbour 10.244.1.3 on node-1 is STALE; it should be REACHABLE.',
    ],
    ['neighbour: known', { neighbour: { on: 'node-1', address: '10.244.1.3', device: 'cni0' } }, world(), undefined],
    ['prints: not yet known', { prints: { on: 'node-1', command: 'x', matches: '^1$', shows } }, world(), 'three hops'],
    ['prints: something else', { prints: { on: 'node-1', command: 'x', matches: '^1$', shows } }, world({ printed: '2\n' }), 'three hops'],
    ['prints: yes', { prints: { on: 'node-1', command: 'x', matches: '^1$', shows } }, world({ printed: '2\n1\n' }), undefined],
    ['sound: nobody has looked', { sound: {} }, world(), 'The lab is being looked through.'],
    ['sound: pairs fail', { sound: {} }, world({ sound: { failing: 2, asked: 12, isSetWrong: true } }), '2 of 12 pairs do not answer yet.'],
    ['sound: something lurks', { sound: {} }, world({ sound: { failing: 0, asked: 12, isSetWrong: true } }), 'All answer, and something is still set wrong.'],
    ['sound: yes', { sound: {} }, world({ sound: { failing: 0, asked: 12, isSetWrong: false } }), undefined],
    ['tape: no', { 'tape-opened': {} }, world(), 'Open the recording.'],
    ['tape: yes', { 'tape-opened': {} }, world({ notes: ['tape-opened'] }), undefined],
  ])('%s', (_, check, at, expected) => {
    const missing = evaluate(check, at, 0);
    expect(missing?.en).toBe(expected);
    expect(missing?.zh === undefined).toBe(expected === undefined);
    if (missing) expect(missing.zh).toMatch(/[\u4e00-\u9fff]/);
  });
});
