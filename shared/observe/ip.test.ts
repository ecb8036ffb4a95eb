/**
 * Goal: what `ip` prints is read, whole, whichever of its forms it is printed in. Method: lines of real hosts with the facts written by hand; and
 * outputs of one real host (samples/debian-12-ip.txt, iproute2 6.1), where text and JSON must tell the same.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseOutput, type Facts } from './index.ts';

/** A section of a sample, by its command. */
function sample(command: string): string {
  const text = readFileSync(new URL('samples/debian-12-ip.txt', import.meta.url), 'utf8');
  const found = text.split(/^#### /m).find((part) => part.startsWith(`${command}\n`));
  if (found === undefined) throw new Error(`no sample of ${command}`);
  return found.slice(command.length + 1);
}
const read = (command: string, text: string) => parseOutput(command, text)!;
const lines = (...all: string[]): string => `${all.join('\n')}\n`;

const LO = {
  ifindex: 1,
  name: 'lo',
  flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
  mtu: 65536,
  qdisc: 'noqueue',
  operstate: 'UNKNOWN',
  mac: '00:00:00:00:00:00',
};
const inet = (local: string, prefixLength: number, more: object = {}) => ({ family: 'inet', local, prefixLength, scope: 'global', flags: [], ...more });
const inet6 = (local: string, prefixLength: number, more: object = {}) => ({ family: 'inet6', local, prefixLength, scope: 'link', flags: [], ...more });

describe('interfaces', () => {
  const cases: [name: string, command: string, text: string, facts: object][] = [
    [
      'a node with calico in ipip mode',
      'ip addr show',
      lines(
        '[root@k8s-node01 ~]# ip addr show',
        '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000',
        '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
        '    inet 127.0.0.1/8 scope host lo',
        '       valid_lft forever preferred_lft forever',
        '    inet6 ::1/128 scope host ',
        '       valid_lft forever preferred_lft forever',
        '2: ens160: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000',
        '    link/ether 00:50:56:88:f6:f3 brd ff:ff:ff:ff:ff:ff',
        '    inet 10.0.17.6/24 brd 10.0.17.255 scope global noprefixroute dynamic ens160',
        '       valid_lft 86007sec preferred_lft 86007sec',
        '    inet6 fe80::e586:7bc2:9f70:3350/64 scope link noprefixroute ',
        '       valid_lft forever preferred_lft forever',
        '4: calia983649d74b@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default qlen 1000',
        '    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff link-netnsid 0',
        '    inet6 fe80::ecee:eeff:feee:eeee/64 scope link ',
        '       valid_lft forever preferred_lft forever',
        '5: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000',
        '    link/ipip 0.0.0.0 brd 0.0.0.0',
        '    inet 10.100.85.194/32 scope global tunl0',
        '       valid_lft forever preferred_lft forever',
        '[root@k8s-node01 ~]# ',
      ),
      {
        links: [
          {
            ...LO,
            group: 'default',
            queueLength: 1000,
            addresses: [inet('127.0.0.1', 8, { scope: 'host', label: 'lo' }), inet6('::1', 128, { scope: 'host' })],
          },
          {
            ifindex: 2,
            name: 'ens160',
            flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
            mtu: 1500,
            qdisc: 'mq',
            operstate: 'UP',
            group: 'default',
            queueLength: 1000,
            mac: '00:50:56:88:f6:f3',
            addresses: [
              inet('10.0.17.6', 24, { broadcast: '10.0.17.255', flags: ['noprefixroute', 'dynamic'], label: 'ens160' }),
              inet6('fe80::e586:7bc2:9f70:3350', 64, { flags: ['noprefixroute'] }),
            ],
          },
          {
            ifindex: 4,
            name: 'calia983649d74b',
            link: { ifindex: 3, netnsid: 0 },
            flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
            mtu: 1450,
            qdisc: 'noqueue',
            operstate: 'UP',
            group: 'default',
            queueLength: 1000,
            mac: 'ee:ee:ee:ee:ee:ee',
            addresses: [inet6('fe80::ecee:eeff:feee:eeee', 64)],
          },
          {
            ifindex: 5,
            name: 'tunl0',
            flags: ['NOARP', 'UP', 'LOWER_UP'],
            mtu: 1480,
            qdisc: 'noqueue',
            operstate: 'UNKNOWN',
            group: 'default',
            queueLength: 1000,
            mac: '0.0.0.0',
            addresses: [inet('10.100.85.194', 32, { label: 'tunl0' })],
          },
        ],
      },
    ],
    [
      'a pod, links only, a tunnel that is down',
      'nsenter -t 31885 -n ip link show',
      lines(
        '2: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1000',
        '    link/ipip 0.0.0.0 brd 0.0.0.0',
        '4: eth0@if13: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue state UP mode DEFAULT group default qlen 1000',
        '    link/ether 72:13:7d:48:a5:d6 brd ff:ff:ff:ff:ff:ff link-netnsid 0',
      ),
      {
        links: [
          { ifindex: 2, name: 'tunl0', flags: ['NOARP'], mtu: 1480, qdisc: 'noop', operstate: 'DOWN', group: 'default', queueLength: 1000, mac: '0.0.0.0' },
          {
            ifindex: 4,
            name: 'eth0',
            link: { ifindex: 13, netnsid: 0 },
            flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
            mtu: 1480,
            qdisc: 'noqueue',
            operstate: 'UP',
            group: 'default',
            queueLength: 1000,
            mac: '72:13:7d:48:a5:d6',
          },
        ],
      },
    ],
    [
      'an Ubuntu host: metric, proto, a second address, counters of iproute2 4.x',
      'ip -s a',
      lines(
        '2: enp0s3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000',
        '    link/ether 08:00:27:2d:8d:b2 brd ff:ff:ff:ff:ff:ff',
        '    inet 10.0.2.15/24 metric 100 brd 10.0.2.255 scope global dynamic enp0s3',
        '       valid_lft 85973sec preferred_lft 85973sec',
        '    inet 10.0.2.16/24 scope global secondary enp0s3:1',
        '    inet6 fd00::15/64 scope global temporary dynamic ',
        '       valid_lft 86310sec preferred_lft 14310sec',
        '    inet6 fe80::a00:27ff:fe2d:8db2/64 scope link proto kernel_ll ',
        '       valid_lft forever preferred_lft forever',
        '    RX: bytes  packets  errors  dropped overrun mcast   ',
        '    1500       12       0       3       0       0       ',
        '    TX: bytes  packets  errors  dropped carrier collsns ',
        '    900        8        0       1       0       0       ',
      ),
      {
        links: [
          {
            ifindex: 2,
            name: 'enp0s3',
            flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
            mtu: 1500,
            qdisc: 'fq_codel',
            operstate: 'UP',
            group: 'default',
            queueLength: 1000,
            mac: '08:00:27:2d:8d:b2',
            addresses: [
              inet('10.0.2.15', 24, { broadcast: '10.0.2.255', flags: ['dynamic'], label: 'enp0s3' }),
              inet('10.0.2.16', 24, { flags: ['secondary'], label: 'enp0s3:1' }),
              inet6('fd00::15', 64, { scope: 'global', flags: ['temporary', 'dynamic'] }),
              inet6('fe80::a00:27ff:fe2d:8db2', 64),
            ],
            statistics: { rxBytes: 1500, rxPackets: 12, rxDropped: 3, txBytes: 900, txPackets: 8, txDropped: 1 },
          },
        ],
      },
    ],
  ];
  it.each(cases)('%s', (_, command, text, facts) => expect(read(command, text)).toEqual({ value: facts, problems: [] }));

  it('are found where the line breaks were lost', () => {
    const text =
      '[root@10-10-88-170 ~]# ip a1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00' +
      '    inet 127.0.0.1/8 scope host lo       valid_lft forever preferred_lft forever    inet6 ::1/128 scope host       valid_lft forever preferred_lft forever' +
      '4: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN    link/ether 02:42:43:a1:fc:ad brd ff:ff:ff:ff:ff:ff' +
      '    inet 172.17.0.1/16 scope global docker0       valid_lft forever preferred_lft forever' +
      '5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN    link/ether 0e:c4:2c:84:a5:ea brd ff:ff:ff:ff:ff:ff' +
      '    inet 10.244.2.0/32 scope global flannel.1       valid_lft forever preferred_lft forever' +
      '6: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP qlen 1000    link/ether 0a:58:0a:f4:02:01 brd ff:ff:ff:ff:ff:ff' +
      '9: veth2a69de99@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP' +
      '    link/ether 86:70:76:4f:de:2b brd ff:ff:ff:ff:ff:ff link-netnsid 210: vethc8ca82e9@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP' +
      '    link/ether 76:ad:89:ae:21:68 brd ff:ff:ff:ff:ff:ff link-netnsid 3    inet6 fe80::74ad:89ff:feae:2168/64 scope link       valid_lft forever preferred_lft forever' +
      '[root@10-10-88-170 ~]#';
    const { value, problems } = read('ip a', text);
    expect(problems).toEqual([]);
    expect(
      value.links!.map(({ ifindex, name, master, link, mac, addresses }) => [ifindex, name, mac, master, link, addresses!.map((one) => one.local)]),
    ).toEqual([
      [1, 'lo', '00:00:00:00:00:00', undefined, undefined, ['127.0.0.1', '::1']],
      [4, 'docker0', '02:42:43:a1:fc:ad', undefined, undefined, ['172.17.0.1']],
      [5, 'flannel.1', '0e:c4:2c:84:a5:ea', undefined, undefined, ['10.244.2.0']],
      [6, 'cni0', '0a:58:0a:f4:02:01', undefined, undefined, []],
      [9, 'veth2a69de99', '86:70:76:4f:de:2b', 6, { ifindex: 3, netnsid: 2 }, []],
      [10, 'vethc8ca82e9', '76:ad:89:ae:21:68', 6, { ifindex: 3, netnsid: 3 }, ['fe80::74ad:89ff:feae:2168']],
    ]);
  });

  it('have the details of their kind', () => {
    const { links } = read('ip -d -s addr', sample('ip -d -s addr')).value;
    const of = (name: string) => links!.find((link) => link.name === name)!;
    expect([of('lo').kind, of('veth1').kind, of('mv0').kind, of('tap0').kind]).toEqual(['', 'veth', 'macvlan', 'tun']);
    expect(of('cni0').bridge).toEqual({ stp: false, vlanFiltering: false, ageingTimeS: 300 });
    expect(of('veth1').port).toEqual({ state: 'forwarding', hairpin: false, isolated: false, learning: true, flood: true });
    expect(of('flannel.1').vxlan).toEqual({ vni: 1, local: '10.9.1.1', device: 'vb', port: 8472, learning: false });
    expect(of('vx2').vxlan).toEqual({ vni: 7, group: '239.1.1.1', device: 'vb', port: 4789, learning: true });
    expect(of('va')).toMatchObject({ alias: 'a b c', altnames: ['longer-name-of-va'], link: { ifindex: of('vb').ifindex } });
    expect(of('va').addresses![0]).toEqual({ family: 'inet', local: '10.9.0.1', prefixLength: 32, peer: '10.9.0.2', scope: 'global', label: 'va', flags: [] });
  });
});

describe('forms of the same', () => {
  const withoutNetns = ({ links, ...rest }: Facts): Facts => ({
    ...rest,
    ...(links && {
      links: links.map((link) => {
        if (!link.link) return link;
        const { netns, netnsid, ...peer } = link.link; // text has a name where JSON has a number
        return { ...link, link: { ...peer, hasNetns: netns !== undefined || netnsid !== undefined } };
      }),
    }),
  });
  const withoutText = ({ routes, ...rest }: Facts): Facts => ({ ...rest, ...(routes && { routes: routes.map((route) => ({ ...route, text: '' })) }) });
  const plain = (command: string): Facts => {
    const { value, problems } = read(command, sample(command));
    expect(problems).toEqual([]);
    return withoutText(withoutNetns(value));
  };
  const pairs: [string, string][] = [
    ['ip -d -s addr', 'ip -j -d -s addr'],
    ['ip -d link', 'ip -o -d link'],
    ['ip addr', 'ip -j addr'],
    ['ip link', 'ip -j link'],
    ['ip link', 'ip -o link'],
    ['ip route', 'ip -d route'],
    ['ip route', 'ip -o route'],
    ['ip route', 'ip -N route'],
    ['ip -6 route', 'ip -j -6 route'],
    ['ip rule', 'ip -j rule'],
    ['ip rule', 'ip -d rule'],
    ['ip -6 rule', 'ip -j -6 rule'],
    ['ip neigh', 'ip -j neigh'],
    ['ip neigh', 'ip -s neigh'],
    ['ip neigh show proxy', 'ip -j neigh show proxy'],
    ['ip netns list', 'ip -j netns list'],
    ['ip route get 10.244.2.9', 'ip -j route get 10.244.2.9'],
  ];
  it.each(pairs)('%s and %s', (one, other) => expect(plain(one)).toEqual(plain(other)));

  it('ip -j route, whose JSON overwrites the destination of a route that encapsulates', () => {
    for (const [text, json] of [
      ['ip route', 'ip -j route'],
      ['ip -d route', 'ip -d -j route'],
      ['ip route show table all', 'ip -j route show table all'],
    ] as const) {
      const { value, problems } = read(json, sample(json));
      expect(problems.map(({ message }) => message)).toEqual(['its destination is overwritten by that of its encapsulation']);
      expect(withoutText(value).routes).toEqual(plain(text).routes!.filter((route) => route.encapsulation === undefined));
    }
  });
  it('ip -br addr and ip -br link', () => {
    const brief = (facts: Facts) => facts.links!.map(({ name, operstate, link }) => ({ name, operstate, link }));
    const [addr, briefAddr, briefLink] = [plain('ip addr'), plain('ip -br addr'), plain('ip -br link')];
    expect(brief(briefAddr).map(({ name, operstate }) => [name, operstate])).toEqual(brief(addr).map(({ name, operstate }) => [name, operstate]));
    const locals = (facts: Facts) =>
      facts.links!.map(({ addresses }) => addresses!.map(({ local, prefixLength, peer, scope }) => ({ local, prefixLength, peer, scope })));
    expect(locals(briefAddr)).toEqual(locals(addr));
    expect(briefLink.links!.map(({ mac, flags }) => ({ mac, flags }))).toEqual(addr.links!.map(({ mac, flags }) => ({ mac, flags })));
  });
});

const route = (text: string, more: object) => ({
  family: 'inet',
  table: 'main',
  type: 'unicast',
  protocol: 'boot',
  scope: 'global',
  flags: [],
  text,
  ...more,
});

describe('routes, rules, neighbours, namespaces', () => {
  const cases: [command: string, text: string, facts: object][] = [
    [
      'ip route',
      '$ ip route | grep cni0\n10.244.0.0/24 dev cni0  proto kernel  scope link  src 10.244.0.1\n10.244/16 dev cni0\n',
      {
        routes: [
          route('10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1', {
            destination: '10.244.0.0/24',
            device: 'cni0',
            protocol: 'kernel',
            scope: 'link',
            source: '10.244.0.1',
          }),
          route('10.244/16 dev cni0', { destination: '10.244/16', device: 'cni0' }),
        ],
      },
    ],
    [
      'sudo ip r show table 100',
      'default via 10.9.1.254 dev vb \nblackhole 10.1.0.0/26 proto bird \n10.2.0.0/24 via 10.2.0.0 dev flannel.1 onlink linkdown\n',
      {
        routes: [
          route('default via 10.9.1.254 dev vb', { destination: 'default', table: '100', via: '10.9.1.254', device: 'vb' }),
          route('blackhole 10.1.0.0/26 proto bird', { destination: '10.1.0.0/26', table: '100', type: 'blackhole', protocol: 'bird' }),
          route('10.2.0.0/24 via 10.2.0.0 dev flannel.1 onlink linkdown', {
            destination: '10.2.0.0/24',
            table: '100',
            via: '10.2.0.0',
            device: 'flannel.1',
            flags: ['onlink', 'linkdown'],
          }),
        ],
      },
    ],
    [
      'ip -6 route',
      'default metric 1024 pref medium\n\tnexthop via fd00:1::2 dev d0 weight 1 \n\tnexthop via fd00:1::3 dev d0 weight 2 dead linkdown\n',
      {
        routes: [
          route('default metric 1024 pref medium nexthop via fd00:1::2 dev d0 weight 1 nexthop via fd00:1::3 dev d0 weight 2 dead linkdown', {
            family: 'inet6',
            destination: 'default',
            metric: 1024,
            nexthops: [
              { via: 'fd00:1::2', device: 'd0', weight: 1, flags: [] },
              { via: 'fd00:1::3', device: 'd0', weight: 2, flags: ['dead', 'linkdown'] },
            ],
          }),
        ],
      },
    ],
    [
      'ip -N rule list',
      '0:\tfrom all lookup 255 \n32765:\tfrom fd00::/8 lookup 100 \n',
      {
        rules: [
          { family: 'inet', priority: 0, text: 'from all lookup local' },
          { family: 'inet6', priority: 32765, text: 'from fd00::/8 lookup 100' },
        ],
      },
    ],
    [
      'ip -s neighbour',
      '10.9.1.8 dev vb lladdr 02:00:00:00:00:08 router ref 1 used 6/6/6probes 0 STALE\n10.9.1.9 dev vb INCOMPLETE\n',
      {
        neighbours: [
          { address: '10.9.1.8', device: 'vb', mac: '02:00:00:00:00:08', state: 'STALE', proxy: false, router: true },
          { address: '10.9.1.9', device: 'vb', state: 'INCOMPLETE', proxy: false, router: false },
        ],
      },
    ],
    ['ip netns', 'cni-7b3e\npod1 (id: 4)\n', { namespaces: [{ name: 'cni-7b3e' }, { name: 'pod1', netnsid: 4 }] }],
    ['ip netns list-id', 'nsid 0 \nnsid 3 (iproute2 netns name: pod1)\n', { namespaces: [{ netnsid: 0 }, { name: 'pod1', netnsid: 3 }] }],
  ];
  it.each(cases)('%s', (command, text, facts) => expect(read(command, text)).toEqual({ value: facts, problems: [] }));
});

describe('what cannot be read is named, and the rest is read', () => {
  const cases: [command: string, text: string, problems: [line: number, message: string][], names: unknown][] = [
    [
      'ip addr',
      '    inet 10.0.0.1/8 scope global x\n1: lo: <UP> mtu many\n    inet 10.0/8 scope host lo\n    frobnicate\n2: eth0: <UP> mtu 1500\n3: cut: <UP,\n',
      [
        [1, 'belongs to no interface'],
        [2, 'mtu is no number: "many"'],
        [3, 'no address'],
        [4, 'unknown here'],
        [6, 'not an interface'],
      ],
      ['lo', 'eth0'],
    ],
    [
      'ip -j link',
      '[{"ifindex":1,"ifname":"lo"},{"ifindex":2},{"ifindex":3,"ifname":"eth0"},{"ifin',
      [
        [1, 'JSON that ends too early'],
        [1, 'no interface: ifname is missing'],
      ],
      ['lo', 'eth0'],
    ],
    ['ip -br link', 'lo UNKNOWN 00:00:00:00:00:00 <UP>\nCannot find device "x"\n', [[2, 'the second word is no state of an interface']], ['lo']],
  ];
  it.each(cases)('%s: %j', (command, text, problems, names) => {
    const { value, problems: found } = read(command, text);
    expect(found.map(({ line, message }) => [line, message])).toEqual(problems);
    expect(value.links!.map(({ name }) => name)).toEqual(names);
  });
  it('routes, rules', () => {
    expect(read('ip route', 'default via 10.0.0.1 dev eth0 frobnicate onlink\nnonsense\n\tnexthop via 10.0.0.1 dev x weight 1\n').problems).toEqual([
      { line: 1, text: 'default via 10.0.0.1 dev eth0 frobnicate onlink', message: 'unknown here: frobnicate' },
      { line: 2, text: 'nonsense', message: 'no destination of a route: "nonsense"' },
      { line: 3, text: '\tnexthop via 10.0.0.1 dev x weight 1', message: 'a next hop of no route' },
    ]);
    expect(read('ip rule', '0: nothing\n').problems).toEqual([{ line: 1, text: '0: nothing', message: 'no rule' }]);
  });
});
