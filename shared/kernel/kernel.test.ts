// Whole networks, built and disturbed as people do; what must come out was recorded from Linux 6.18 (iproute2, iputils in private namespaces).
import { describe, expect, it } from 'vitest';
import { IcmpUnreachable, formatMac } from '../wire/index.ts';
import { Nud } from './numbers.ts';
import { stateName } from './neighbour.ts';
import { addNeighbour } from './rtnl/neighbours.ts';
import { addRoute, deleteRoute, getRoute } from './rtnl/routes.ts';
import { addLink, deleteLink, setLink } from './rtnl/link.ts';
import { addFdb } from './rtnl/fdb.ts';
import { setPortOptions } from './rtnl/bridge-options.ts';
import { bridgePortOf } from './devices/bridge/bridge-state.ts';
import { fdbInOrder } from './devices/bridge/bridge-fdb.ts';
import type { Bridge } from './devices/bridge/bridge.ts';
import type { Netns } from './model.ts';
import { unnameNetns } from './host.ts';
import { addRule } from './rtnl/rules.ts';
import { granted, ip, mac, refusal, TestLab } from './test-lab.ts';

describe('a pair of namespaces', () => {
  it('shows carrier, state and routes at each step', () => {
    const lab = new TestLab();
    const red = lab.netns('red');
    const blue = lab.netns('blue');
    lab.veth(lab.root, 'veth-red', lab.root, 'veth-blue');
    lab.sleep(0.01);
    granted(setLink(lab.root, 'veth-red', { netns: red }));
    granted(setLink(lab.root, 'veth-blue', { netns: blue }));
    lab.address(red, 'veth-red', '192.168.15.1/24');
    lab.up(red, 'veth-red');
    // The state was found while both ends were in one namespace, and no carrier has changed since.
    expect(lab.links(red)).toEqual(['1 lo UNKNOWN', '3 veth-red LOWERLAYERDOWN']);
    expect(lab.links(blue)).toEqual(['1 lo UNKNOWN', '2 veth-blue DOWN']);
    expect(lab.ping(red, '192.168.15.2')).toBe('nothing');
    lab.address(blue, 'veth-blue', '192.168.15.2/24');
    lab.up(blue, 'veth-blue');
    lab.sleep(2);
    expect(lab.links(red)).toEqual(['1 lo UNKNOWN', '3 veth-red UP']);
    expect(lab.routes(red)).toEqual(['192.168.15.0/24 dev veth-red proto kernel scope link src 192.168.15.1']);
    expect(lab.routes(red, 255)).toEqual([
      'local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1',
      'local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1',
      'broadcast 127.255.255.255 dev lo proto kernel scope link src 127.0.0.1',
      'local 192.168.15.1 dev veth-red proto kernel scope host src 192.168.15.1',
      'broadcast 192.168.15.255 dev veth-red proto kernel scope link src 192.168.15.1',
    ]);
    expect(lab.ping(red, '192.168.15.2')).toBe('reply ttl=64');
    const seen = (netns: Netns, name: string): string[] => [...lab.device(netns, name).ipv4!.neighbours.values()].map((entry) => stateName(entry.state));
    expect(seen(red, 'veth-red')).toEqual(['REACHABLE']);
    expect(seen(blue, 'veth-blue')).toEqual(['DELAY']);
    lab.down(red, 'veth-red');
    expect(lab.routes(red)).toEqual([]);
    lab.sleep(1);
    expect(lab.links(blue)).toEqual(['1 lo UNKNOWN', '2 veth-blue DOWN']);
    granted(deleteLink(blue, 'veth-blue'));
    expect(lab.links(red)).toEqual(['1 lo UNKNOWN']);
  });

  it('dies with its namespace', () => {
    const lab = new TestLab();
    const pod = lab.netns('pod');
    lab.veth(lab.root, 'v0', pod, 'eth0');
    granted(unnameNetns(lab.host, 'pod'));
    lab.sleep(0.5);
    expect(lab.links(lab.root)).toEqual(['1 lo DOWN']);
    expect(lab.host.netnses.size).toBe(1);
  });
});

describe('the ways a ping fails', () => {
  const routers = (): { lab: TestLab; a: Netns; r: Netns; b: Netns } => {
    const lab = new TestLab();
    const [a, r, b] = [lab.netns('a'), lab.netns('r'), lab.netns('b')];
    lab.wire(a, 'eth0', '10.0.1.2/24', r, 'ra', '10.0.1.1/24');
    lab.wire(b, 'eth0', '10.0.2.2/24', r, 'rb', '10.0.2.1/24');
    lab.sleep(1);
    return { lab, a, r, b };
  };
  it('one after the other', () => {
    const { lab, a, r, b } = routers();
    expect(lab.ping(a, '10.0.2.2')).toBe('ENETUNREACH');
    granted(lab.route(a, 'default via 10.0.1.1'));
    expect(lab.ping(a, '10.0.2.2')).toBe('nothing');
    lab.forwarding(r);
    expect(lab.ping(a, '10.0.2.2')).toBe('nothing');
    granted(lab.route(b, 'default via 10.0.2.1'));
    expect(lab.ping(a, '10.0.2.2')).toBe('reply ttl=63');
    expect(lab.ping(a, '10.0.2.2', { ttl: 1 })).toBe('icmp 11/0 from 10.0.1.1');
    expect(lab.ping(a, '10.0.1.77', { waitS: 4 })).toBe('icmp 3/1 from 10.0.1.2');
    expect(lab.ping(a, '10.0.2.77', { waitS: 4 })).toBe('icmp 3/1 from 10.0.1.1');
    expect(lab.ping(a, '255.255.255.255')).toBe('EACCES');
    expect(lab.ping(a, '10.0.1.255')).toBe('EACCES');
    expect(lab.ping(a, '10.0.1.255', { broadcast: true })).toBe('nothing');
    expect(lab.ping(a, '127.0.0.1')).toBe('reply ttl=64');
    expect(lab.ping(a, '10.0.1.2')).toBe('reply ttl=64');
  });
  it('by size: fragments, DF, a learnt path MTU', () => {
    const { lab, a, r, b } = routers();
    granted(lab.route(a, 'default via 10.0.1.1'));
    granted(lab.route(b, 'default via 10.0.2.1'));
    lab.forwarding(r);
    expect(lab.ping(a, '10.0.2.2', { size: 1472, df: true })).toBe('reply ttl=63');
    expect(lab.ping(a, '10.0.2.2', { size: 1473, df: true })).toBe('EMSGSIZE');
    expect(lab.ping(a, '10.0.2.2', { size: 3000 })).toBe('reply ttl=63');
    granted(setLink(r, 'rb', { mtu: 1400 }));
    granted(setLink(b, 'eth0', { mtu: 1400 }));
    expect(lab.ping(a, '10.0.2.2', { size: 1400, df: true })).toBe(`icmp 3/${IcmpUnreachable.FRAG_NEEDED} from 10.0.1.1`);
    const route = granted(getRoute(a, { destination: ip('10.0.2.2') }));
    expect([route.dst.pathMtu, Math.round((route.dst.expiresUs - lab.nowUs) / 1e6)]).toEqual([1400, 600]);
    expect(lab.ping(a, '10.0.2.2', { size: 1400, df: true })).toBe('EMSGSIZE');
    expect(lab.ping(a, '10.0.2.2', { size: 1372, df: true })).toBe('reply ttl=63');
    expect(lab.ping(a, '10.0.2.2', { size: 2000 })).toBe('reply ttl=63');
  });
  it('by source: rp_filter and martians', () => {
    const { lab, a, r, b } = routers();
    granted(lab.route(a, 'default via 10.0.1.1'));
    granted(lab.route(b, 'default via 10.0.2.1'));
    lab.forwarding(r);
    lab.address(a, 'eth0', '172.31.0.1/32');
    granted(addRoute(a, { ...lab.routeRequest(a, 'default via 10.0.1.1 src 172.31.0.1'), create: true, replace: true }));
    lab.device(r, 'ra').ipv4!.conf.rp_filter = 1;
    const { trace, answer } = lab.trace(a, '10.0.2.2');
    expect(answer).toBe('nothing');
    expect(
      trace.hops
        .map((hop) => hop.disposition)
        .filter((end) => end.kind === 'dropped')
        .map((end) => end.reason),
    ).toEqual(['IP_RPFILTER']);
  });
  it('two routing errors come at once, as a real router sends them: each costs a token of the route and one of ICMP', () => {
    const { lab, a, r } = routers();
    granted(lab.route(a, 'default via 10.0.1.1'));
    lab.forwarding(r);
    const answers = Array.from({ length: 8 }, () => lab.ping(a, '10.99.0.1', { waitS: 0.01 }));
    expect(answers.filter((answer) => answer === 'icmp 3/0 from 10.0.1.1')).toHaveLength(2);
    lab.sleep(2.5);
    expect(lab.ping(a, '10.99.0.1')).toBe('icmp 3/0 from 10.0.1.1');
  });
});

describe('routes', () => {
  const host = (): { lab: TestLab; root: Netns } => {
    const lab = new TestLab();
    lab.root.ipv6Default.disable_ipv6 = 1;
    lab.up(lab.root, 'lo');
    lab.veth(lab.root, 'eth0', lab.root, 'sink');
    lab.up(lab.root, 'sink', 'eth0');
    lab.address(lab.root, 'eth0', '10.0.0.5/24');
    lab.sleep(1);
    return { lab, root: lab.root };
  };
  it('are refused with the kernel’s words', () => {
    const { lab, root } = host();
    const answers = [
      '10.5.0.0/16 via 10.0.0.1',
      '10.5.0.0/16 via 10.0.0.1',
      '10.5.0.0/16 via 10.0.0.2',
      '10.8.0.0/16 via 192.168.1.1',
      '10.8.0.0/16 via 192.168.1.1 dev eth0',
      '10.8.0.1/16 via 10.0.0.1',
      '10.8.0.0/16',
      '10.8.0.0/16 via 10.0.0.1 dev lo',
      '10.8.0.0/16 via 10.0.0.1 src 10.0.0.77',
      '10.8.0.0/16 via 10.0.0.5',
      'blackhole 10.9.0.0/16 dev eth0',
      '10.8.1.0/24 via 10.0.0.9 scope 253',
    ].map((text) => refusal(lab.route(root, text)));
    expect(answers).toEqual([
      'ok',
      'EEXIST',
      'EEXIST',
      'ENETUNREACH: Nexthop has invalid gateway',
      'ENETUNREACH: Nexthop has invalid gateway',
      'EINVAL: Invalid prefix for given prefix length',
      'ENODEV',
      'ENETUNREACH: Nexthop has invalid gateway',
      'EINVAL: Invalid prefsrc address',
      'ok',
      'EINVAL: Gateway, device and multipath can not be specified for this route type',
      'ENETUNREACH: Nexthop has invalid gateway',
    ]);
  });
  it('append, change, replace and delete', () => {
    const { lab, root } = host();
    const change = (text: string, how: { create?: boolean; replace?: boolean; append?: boolean }): string =>
      refusal(addRoute(root, { ...lab.routeRequest(root, text), ...how }));
    const remove = (text: string): string => refusal(deleteRoute(root, { ...lab.routeRequest(root, text), scope: 255 }));
    granted(lab.route(root, '10.5.0.0/16 via 10.0.0.1'));
    expect(change('10.5.0.0/16 via 10.0.0.2', { create: true, append: true })).toBe('ok');
    expect(change('10.5.0.0/16 via 10.0.0.3', { replace: true })).toBe('ok');
    expect(change('10.6.0.0/16 via 10.0.0.1', { create: true, replace: true })).toBe('ok');
    expect(change('10.7.0.0/16 via 10.0.0.1', { replace: true })).toBe('ENOENT');
    expect(lab.routes(root)).toEqual([
      '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5',
      '10.5.0.0/16 via 10.0.0.3 dev eth0',
      '10.5.0.0/16 via 10.0.0.2 dev eth0',
      '10.6.0.0/16 via 10.0.0.1 dev eth0',
    ]);
    expect(remove('10.5.0.0/16 via 10.0.0.9')).toBe('ESRCH');
    expect(remove('default')).toBe('ESRCH');
    expect(remove('10.0.0.0/24')).toBe('ok');
    expect(refusal(lab.route(root, '10.9.0.0/16 via 10.0.0.1'))).toBe('ENETUNREACH: Nexthop has invalid gateway');
    expect(refusal(getRoute(root, { destination: ip('10.0.0.1') }))).toBe('ENETUNREACH');
    expect(remove('10.5.0.0/16')).toBe('ok');
    expect(lab.routes(root)).toEqual(['10.5.0.0/16 via 10.0.0.2 dev eth0', '10.6.0.0/16 via 10.0.0.1 dev eth0']);
    lab.down(root, 'eth0');
    expect(refusal(lab.route(root, '10.9.0.0/16 dev eth0'))).toBe('ENETDOWN: Device for nexthop is not up');
    expect(lab.routes(root)).toEqual([]);
    expect(lab.routes(root, 255).filter((line) => line.includes('eth0'))).toEqual(['local 10.0.0.5 dev eth0 proto kernel scope host src 10.0.0.5']);
  });
  it('answer by longest prefix, type, device and rule', () => {
    const { lab, root } = host();
    for (const text of [
      'default via 10.0.0.1',
      'unreachable 192.168.66.0/24',
      'blackhole 192.168.67.0/24',
      'prohibit 192.168.68.0/24',
      'throw 192.168.69.0/24',
    ])
      granted(lab.route(root, text));
    const get = (request: Parameters<typeof getRoute>[1]): string => {
      const answer = getRoute(root, request);
      if (!answer.ok) return answer.error.errno;
      const { dst, device } = answer.value;
      return `${dst.kind} ${device.name} gw ${dst.gateway >>> 0 === 0 ? '-' : 'yes'}`;
    };
    const to = (text: string): { destination: number } => ({ destination: ip(text) });
    expect(get(to('8.8.8.8'))).toBe('output eth0 gw yes');
    expect(get(to('10.0.0.77'))).toBe('output eth0 gw -');
    expect(get(to('10.0.0.5'))).toBe('local lo gw -');
    expect(get(to('10.0.0.255'))).toBe('broadcast eth0 gw -');
    expect(['192.168.66.1', '192.168.67.1', '192.168.68.1', '192.168.69.1'].map((text) => get(to(text)))).toEqual([
      'EHOSTUNREACH',
      'EINVAL',
      'EACCES',
      'ENETUNREACH',
    ]);
    expect(get({ ...to('8.8.8.8'), source: ip('10.3.3.3') })).toBe('ENETUNREACH');
    expect(get(to('224.0.0.1'))).toBe('multicast eth0 gw -');
    expect(get(to('0.0.0.0'))).toBe('local lo gw -');
    lab.forwarding(root);
    const sink = lab.device(root, 'sink').index;
    expect(get({ ...to('8.8.8.8'), source: ip('192.168.1.9'), inDevice: sink })).toBe('forward eth0 gw yes');
    expect(get({ ...to('10.0.0.5'), source: ip('192.168.1.9'), inDevice: sink })).toBe('local lo gw -');
    expect(get({ ...to('8.8.8.8'), source: ip('10.0.0.5'), inDevice: sink })).toBe('EINVAL');
    granted(addRule(root, { family: 4, dst: ip('8.8.0.0'), dstLength: 16, action: 'prohibit', priority: 50, create: true, exclusive: true }));
    expect(get(to('8.8.8.8'))).toBe('EACCES');
  });
});

describe('ARP', () => {
  it('asks three times, then gives up', () => {
    const lab = new TestLab();
    const [a, b] = [lab.netns('a'), lab.netns('b')];
    lab.wire(a, 'eth0', '10.0.0.1/24', b, 'eth0', '10.0.0.2/24');
    expect(lab.ping(a, '10.0.0.3')).toBe('nothing');
    const entry = lab.device(a, 'eth0').ipv4!.neighbours.get(ip('10.0.0.3'))!;
    expect(entry.state).toBe(Nud.INCOMPLETE);
    lab.sleep(2.5);
    expect([entry.state, entry.probes]).toEqual([Nud.FAILED, 6]);
  });
  it('ages: reachable, stale, and back by delay', () => {
    const lab = new TestLab();
    const [a, b] = [lab.netns('a'), lab.netns('b')];
    lab.wire(a, 'eth0', '10.0.0.1/24', b, 'eth0', '10.0.0.2/24');
    lab.ping(a, '10.0.0.2');
    const entry = lab.device(a, 'eth0').ipv4!.neighbours.get(ip('10.0.0.2'))!;
    expect(stateName(entry.state)).toBe('REACHABLE');
    lab.sleep(50);
    expect(stateName(entry.state)).toBe('STALE');
    expect(lab.ping(a, '10.0.0.2')).toBe('reply ttl=64');
    expect(stateName(entry.state)).toBe('DELAY');
    lab.sleep(6);
    expect(stateName(entry.state)).toBe('REACHABLE');
  });
  it('by proxy, as Calico has it', () => {
    const lab = new TestLab();
    const { root } = lab;
    lab.forwarding(root);
    const [pod1, pod2] = [lab.netns('pod1'), lab.netns('pod2')];
    for (const [i, pod] of [pod1, pod2].entries()) {
      lab.veth(root, `cali${i + 1}`, pod, 'eth0');
      granted(setLink(root, `cali${i + 1}`, { address: mac('ee:ee:ee:ee:ee:ee') }));
      lab.address(pod, 'eth0', `192.168.7.${i + 1}/32`);
      lab.up(pod, 'eth0');
      lab.up(root, `cali${i + 1}`);
      lab.device(root, `cali${i + 1}`).ipv4!.parms.proxyDelayMs = 0;
      lab.device(root, `cali${i + 1}`).ipv4!.conf.proxy_arp = 1;
    }
    lab.sleep(1.2);
    expect(refusal(lab.route(pod1, 'default via 169.254.1.1 dev eth0'))).toBe('ENETUNREACH: Nexthop has invalid gateway');
    for (const pod of [pod1, pod2]) {
      granted(lab.route(pod, '169.254.1.1 dev eth0'));
      granted(lab.route(pod, 'default via 169.254.1.1 dev eth0'));
    }
    expect(lab.ping(pod1, '192.168.7.2', { waitS: 4 })).toBe('icmp 3/1 from 192.168.7.1');
    lab.wire(root, 'uplink', '172.18.0.2/24', lab.netns('out'), 'eth0', '172.18.0.1/24');
    granted(lab.route(root, 'default via 172.18.0.1'));
    granted(lab.route(root, '192.168.7.1 dev cali1'));
    granted(lab.route(root, '192.168.7.2 dev cali2'));
    expect(lab.ping(pod1, '192.168.7.2')).toBe('reply ttl=63');
    expect(formatMac(lab.device(pod1, 'eth0').ipv4!.neighbours.get(ip('169.254.1.1'))!.mac)).toBe('ee:ee:ee:ee:ee:ee');
    expect(lab.ping(pod1, '192.168.7.2', { ttl: 1 })).toBe('icmp 11/0 from 172.18.0.2');
  });
});

describe('a bridge', () => {
  const lan = (): { lab: TestLab; hosts: Netns[]; bridge: Bridge } => {
    const lab = new TestLab();
    const bridge = lab.add(lab.root, 'br0', { kind: 'bridge' }) as Bridge;
    granted(setLink(lab.root, 'br0', { address: mac('02:00:00:00:00:ff') }));
    lab.up(lab.root, 'br0');
    const hosts = [1, 2, 3].map((i) => {
      const host = lab.netns(`h${i}`);
      lab.veth(lab.root, `v${i}`, host, 'eth0');
      granted(setLink(host, 'eth0', { address: mac(`02:00:00:00:00:0${i}`) }));
      granted(setLink(lab.root, `v${i}`, { address: mac(`02:00:00:00:01:0${i}`) }));
      lab.address(host, 'eth0', `10.0.0.${i}/24`);
      lab.up(host, 'eth0');
      lab.up(lab.root, `v${i}`);
      lab.master(lab.root, `v${i}`, 'br0');
      return host;
    });
    lab.sleep(1.5);
    return { lab, hosts, bridge };
  };
  const learnt = (bridge: Bridge): string[] =>
    fdbInOrder(bridge)
      .filter((entry) => !entry.isStatic)
      .map((entry) => `${formatMac(entry.mac)} ${entry.port?.device.name ?? ''}`);
  const port = (lab: TestLab, name: string): NonNullable<ReturnType<typeof bridgePortOf>> => bridgePortOf(lab.device(lab.root, name))!;

  it('learns, forwards, forgets', () => {
    const { lab, hosts, bridge } = lan();
    const [h1, h2, h3] = hosts as [Netns, Netns, Netns];
    expect(bridge.operState).toBe('UP');
    expect(lab.ping(h1, '10.0.0.2')).toBe('reply ttl=64');
    expect(learnt(bridge)).toEqual(['02:00:00:00:00:02 v2', '02:00:00:00:00:01 v1']);
    expect(lab.ping(h3, '10.0.0.1')).toBe('reply ttl=64');
    lab.master(lab.root, 'v2', null);
    expect(lab.ping(h1, '10.0.0.2')).toBe('nothing');
    lab.address(lab.root, 'br0', '10.0.0.254/24');
    expect(lab.ping(lab.root, '10.0.0.3')).toBe('reply ttl=64');
    lab.sleep(320);
    expect(learnt(bridge)).toEqual([]);
    expect(refusal(setLink(lab.root, 'v3', { master: lab.device(lab.root, 'v1').index }))).toBe('EOPNOTSUPP');
    expect(refusal(setLink(lab.root, 'br0', { master: bridge.index }))).toBe('ELOOP: Can not enslave a bridge to a bridge');
    expect(refusal(setLink(lab.root, 'lo', { master: bridge.index }))).toBe('EINVAL');
    void h2;
  });
  it('keeps isolated ports apart, and sends back only by hairpin', () => {
    const { lab, hosts } = lan();
    const [h1] = hosts as [Netns];
    granted(setPortOptions(port(lab, 'v1'), { isolated: true }));
    granted(setPortOptions(port(lab, 'v2'), { isolated: true }));
    expect(lab.ping(h1, '10.0.0.2')).toBe('nothing');
    expect(lab.ping(h1, '10.0.0.3')).toBe('reply ttl=64');
  });
  it('does not flood where flooding is off, until a static entry says where', () => {
    const { lab, hosts } = lan();
    const [h1, , h3] = hosts as [Netns, Netns, Netns];
    lab.ping(h1, '10.0.0.3');
    granted(setPortOptions(port(lab, 'v3'), { learning: false, flood: false }));
    const bridge = port(lab, 'v3').bridge as Bridge;
    bridge.fdb.delete(bridge.fdb.get(mac('02:00:00:00:00:03'))!);
    expect(lab.ping(h1, '10.0.0.3')).toBe('nothing');
    granted(
      addFdb(lab.root, {
        device: lab.device(lab.root, 'v3').index,
        mac: mac('02:00:00:00:00:03'),
        master: true,
        state: Nud.NOARP,
        create: true,
        replace: true,
      }),
    );
    expect(lab.ping(h1, '10.0.0.3')).toBe('reply ttl=64');
    granted(setPortOptions(port(lab, 'v3'), { state: 0 }));
    expect(lab.ping(h1, '10.0.0.3')).toBe('nothing');
    void h3;
  });
  it('with spanning tree listens and learns before it forwards, and breaks a loop', () => {
    const lab = new TestLab();
    const { root } = lab;
    for (const name of ['brA', 'brB']) {
      const bridge = lab.add(root, name, { kind: 'bridge', options: { stpState: 1 } });
      expect((bridge as Bridge).settings.stpState).toBe(1);
      lab.up(root, name);
    }
    for (const i of [1, 2]) {
      lab.veth(root, `a${i}`, root, `b${i}`);
      lab.master(root, `a${i}`, 'brA');
      lab.master(root, `b${i}`, 'brB');
      lab.up(root, `a${i}`, `b${i}`);
    }
    lab.sleep(1);
    expect(port(lab, 'a1').state).toBe(1);
    lab.sleep(16);
    expect(port(lab, 'a1').state).toBe(2);
    lab.sleep(20);
    const states = ['a1', 'a2', 'b1', 'b2'].map((name) => port(lab, name).state).sort();
    expect(states).toEqual([3, 3, 3, 4]);
  });
});

describe('VXLAN', () => {
  it('flannel’s way: permanent neighbour and forwarding entry', () => {
    const lab = new TestLab();
    const [h1, h2] = [lab.netns('h1'), lab.netns('h2')];
    lab.wire(h1, 'eth0', '192.168.50.1/24', h2, 'eth0', '192.168.50.2/24');
    for (const [i, netns] of [h1, h2].entries()) {
      const n = i + 1;
      lab.add(netns, 'flannel.1', {
        kind: 'vxlan',
        options: { id: 1, link: lab.device(netns, 'eth0').index, local: ip(`192.168.50.${n}`), port: 8472, learning: false },
      });
      expect(lab.device(netns, 'flannel.1').mtu).toBe(1450);
      granted(setLink(netns, 'flannel.1', { address: mac(`02:00:00:00:0${n}:00`) }));
      lab.up(netns, 'flannel.1');
      lab.address(netns, 'flannel.1', `10.244.${n}.0/32`);
    }
    expect(refusal(lab.route(h1, '10.244.2.0/24 via 10.244.2.0 dev flannel.1'))).toBe('ENETUNREACH: Nexthop has invalid gateway');
    granted(lab.route(h1, '10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink'));
    granted(lab.route(h2, '10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink'));
    expect(lab.ping(h1, '10.244.2.0')).toBe('nothing');
    for (const [netns, other] of [
      [h1, 2],
      [h2, 1],
    ] as const) {
      const device = lab.device(netns, 'flannel.1').index;
      granted(
        addNeighbour(netns, {
          family: 4,
          device,
          address: ip(`10.244.${other}.0`),
          mac: mac(`02:00:00:00:0${other}:00`),
          state: Nud.PERMANENT,
          create: true,
          replace: true,
        }),
      );
      granted(
        addFdb(netns, {
          device,
          mac: mac(`02:00:00:00:0${other}:00`),
          dst: ip(`192.168.50.${other}`),
          self: true,
          state: Nud.PERMANENT | Nud.NOARP,
          create: true,
          append: true,
        }),
      );
    }
    expect(lab.ping(h1, '10.244.2.0')).toBe('reply ttl=64');
    expect(lab.ping(h1, '10.244.2.0', { size: 1422, df: true })).toBe('reply ttl=64');
    expect(lab.ping(h1, '10.244.2.0', { size: 1423, df: true })).toBe('EMSGSIZE');
    expect(lab.ping(h1, '10.244.2.0', { size: 3000 })).toBe('reply ttl=64');
    expect(refusal(setLink(h1, 'flannel.1', { mtu: 1500 }))).toBe('EINVAL');
    granted(deleteLink(h1, 'flannel.1'));
    expect(lab.routes(h1)).toEqual(['192.168.50.0/24 dev eth0 proto kernel scope link src 192.168.50.1']);
  });
});

describe('IPIP', () => {
  it('carries packets between two hosts', () => {
    const lab = new TestLab();
    const [h1, h2] = [lab.netns('h1'), lab.netns('h2')];
    lab.wire(h1, 'eth0', '192.168.50.1/24', h2, 'eth0', '192.168.50.2/24');
    for (const [i, netns] of [h1, h2].entries()) {
      lab.add(netns, 'tun', { kind: 'ipip', options: { local: ip(`192.168.50.${i + 1}`), remote: ip(`192.168.50.${2 - i}`) } });
      lab.up(netns, 'tun');
      lab.address(netns, 'tun', `10.9.0.${i + 1}/24`);
    }
    expect(lab.ping(h1, '10.9.0.2')).toBe('reply ttl=64');
    expect(lab.device(h1, 'tun').mtu).toBe(1480);
  });
  it('brings tunl0 to every namespace, which sends to the gateway of the route, as Calico does', () => {
    const lab = new TestLab();
    const [h1, h2] = [lab.netns('h1'), lab.netns('h2')];
    lab.wire(h1, 'eth0', '192.168.50.1/24', h2, 'eth0', '192.168.50.2/24');
    expect(refusal(addLink(h1, { name: 'tunl0', info: { kind: 'ipip', options: {} } }))).toBe('EEXIST');
    for (const [i, netns] of [h1, h2].entries()) {
      expect([lab.device(netns, 'tunl0').linkIndex, lab.device(netns, 'tunl0').mtu]).toEqual([0, 1480]);
      lab.up(netns, 'tunl0');
      lab.address(netns, 'tunl0', `10.9.${i + 1}.0/32`);
    }
    granted(lab.route(h1, '10.9.2.0/24 via 192.168.50.2 dev tunl0 onlink'));
    granted(lab.route(h2, '10.9.1.0/24 via 192.168.50.1 dev tunl0 onlink'));
    expect(lab.ping(h1, '10.9.2.0')).toBe('reply ttl=64');
    granted(deleteLink(h1, 'tunl0'));
    expect(h1.device('tunl0')).toBeDefined();
  });
});

describe('macvlan', () => {
  const card = (mode: 'bridge' | 'private'): { lab: TestLab; a: Netns; b: Netns; out: Netns } => {
    const lab = new TestLab();
    const [a, b, out] = [lab.netns('a'), lab.netns('b'), lab.netns('out')];
    lab.wire(lab.root, 'eth0', '10.0.0.1/24', out, 'eth0', '10.0.0.9/24');
    for (const [i, netns] of [a, b].entries()) {
      granted(addLink(lab.root, { name: `mv${i}`, link: lab.device(lab.root, 'eth0').index, netns, info: { kind: 'macvlan', options: { mode } } }));
      lab.address(netns, `mv${i}`, `10.0.0.${i + 2}/24`);
      lab.up(netns, `mv${i}`);
    }
    return { lab, a, b, out };
  };
  it('reaches the outside and its siblings, never its own host', () => {
    const { lab, a, out } = card('bridge');
    expect(lab.ping(a, '10.0.0.9')).toBe('reply ttl=64');
    expect(lab.ping(out, '10.0.0.2')).toBe('reply ttl=64');
    expect(lab.ping(a, '10.0.0.3')).toBe('reply ttl=64');
    expect(lab.ping(a, '10.0.0.1')).toBe('nothing');
    expect(lab.ping(lab.root, '10.0.0.2')).toBe('nothing');
  });
  it('in private mode not even its siblings', () => {
    const { lab, a } = card('private');
    expect(lab.ping(a, '10.0.0.9')).toBe('reply ttl=64');
    expect(lab.ping(a, '10.0.0.3')).toBe('nothing');
  });
  it('goes with its card, and not on a bridge port', () => {
    const { lab, a } = card('bridge');
    lab.add(lab.root, 'br0', { kind: 'bridge' });
    expect(refusal(setLink(lab.root, 'eth0', { master: lab.device(lab.root, 'br0').index }))).toBe('EBUSY');
    granted(deleteLink(lab.root, 'eth0'));
    expect(lab.links(a)).toEqual(['1 lo UNKNOWN']);
  });
});
