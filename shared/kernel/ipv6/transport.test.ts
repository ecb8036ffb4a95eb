/**
 * TCP and UDP over IPv6: two hosts on a wire (and a router with a narrow one between them) talk; who hears whom, and what errors tell.
 * Expectations were seen on Linux 6.1.
 */
import { describe, expect, it } from 'vitest';
import { formatIp, parseIpv6 } from '../../wire/index.ts';
import type { IpAddress, Ipv6 } from '../../wire/index.ts';
import type { Netns } from '../model.ts';
import { UdpSocket } from '../sockets/udp.ts';
import { TcpSocket } from '../tcp/socket.ts';
import { TcpState } from '../tcp/state.ts';
import { granted, ip, refusal, TestLab } from '../test-lab.ts';
import { addAddress6 } from './addrconf.ts';
import { insertRoute6, lookup6 } from './routes.ts';
import { selectSource6 } from './source.ts';
import { mtuBy } from './way.ts';

const ip6 = (text: string): Ipv6 => parseIpv6(text)!;

class Lab6 extends TestLab {
  node(name: string): Netns {
    const netns = this.netns(name);
    netns.ipv6Default.disable_ipv6 = 0;
    return netns;
  }
  address6(netns: Netns, device: string, text: string): void {
    const [address = '', length = ''] = text.split('/');
    granted(addAddress6(netns, { device: this.device(netns, device).index, local: ip6(address), prefixLength: Number(length), noDad: true }));
  }
  route6(netns: Netns, text: string, gateway: string): void {
    const [prefix = '', length = ''] = text.split('/');
    granted(insertRoute6(netns, { destination: ip6(prefix), length: Number(length), gateway: ip6(gateway), create: true }));
  }
}
function pair(): { readonly lab: Lab6; readonly a: Netns; readonly b: Netns } {
  const lab = new Lab6();
  const [a, b] = [lab.node('a'), lab.node('b')];
  lab.veth(a, 'eth0', b, 'eth0');
  lab.up(a, 'eth0');
  lab.up(b, 'eth0');
  lab.address6(a, 'eth0', 'fd00::a/64');
  lab.address6(b, 'eth0', 'fd00::b/64');
  lab.address(a, 'eth0', '10.0.0.1/24');
  lab.address(b, 'eth0', '10.0.0.2/24');
  lab.sleep(3);
  return { lab, a, b };
}
function connected(lab: Lab6, server: TcpSocket, client: TcpSocket, to: IpAddress): string {
  client.connect(to, 80);
  lab.sleep(1);
  if (client.state !== TcpState.ESTABLISHED) return client.takeError() ?? 'nothing';
  const peer = granted(server.accept());
  client.send('hello');
  lab.sleep(1);
  return `${formatIp(peer.remoteAddress)} says ${granted(peer.receive(100))}`;
}

describe('TCP over IPv6', () => {
  it.each([
    { listens: 'both', v6Only: false, to: ip6('fd00::a'), answer: 'fd00::b says hello' },
    { listens: 'both', v6Only: false, to: ip('10.0.0.1'), answer: '10.0.0.2 says hello' },
    { listens: 'IPv6 only', v6Only: true, to: ip6('fd00::a'), answer: 'fd00::b says hello' },
    { listens: 'IPv6 only', v6Only: true, to: ip('10.0.0.1'), answer: 'ECONNREFUSED' },
  ])('a listener of $listens answers $answer', ({ v6Only, to, answer }) => {
    const { lab, a, b } = pair();
    const server = new TcpSocket(a, 6);
    server.v6Only = v6Only;
    granted(server.bind(server.anyAddress, 80));
    granted(server.listen(5));
    expect(connected(lab, server, new TcpSocket(b, typeof to === 'number' ? 4 : 6), to)).toBe(answer);
  });
  it('a port of both families is taken for each of them', () => {
    const { a } = pair();
    const bind = (family: 4 | 6, v6Only: boolean): string => {
      const socket = new TcpSocket(a, family);
      socket.v6Only = v6Only;
      const bound = socket.bind(socket.anyAddress, 80);
      const result = bound.ok ? socket.listen(1) : bound;
      if (!result.ok) socket.close();
      return refusal(result);
    };
    expect([bind(6, true), bind(4, false), bind(6, false)]).toEqual(['ok', 'ok', 'EADDRINUSE']);
  });
  it('an address of a link needs the link', () => {
    const { b } = pair();
    const client = new TcpSocket(b, 6);
    expect(refusal(client.connect(ip6('fe80::1'), 80))).toBe('EINVAL');
  });
});

describe('UDP over IPv6', () => {
  it('is refused by ICMPv6 where nobody listens', () => {
    const { lab, b } = pair();
    const client = new UdpSocket(b, 6);
    granted(client.connect(ip6('fd00::a'), 53));
    granted(client.send('?'));
    lab.sleep(1);
    expect(client.takeError()).toBe('ECONNREFUSED');
  });
  it('is cut into fragments and joined again', () => {
    const { lab, a, b } = pair();
    const server = new UdpSocket(a, 6);
    granted(server.bind(server.localAddress, 53));
    const client = new UdpSocket(b, 6);
    granted(client.connect(ip6('fd00::a'), 53));
    const text = 'x'.repeat(5000);
    granted(client.send(text));
    lab.sleep(1);
    expect(server.receive()?.packet.payload).toBe(text);
  });
});

it('a narrow way further on is learnt, and kept for that destination', () => {
  const lab = new Lab6();
  const [a, r, b] = [lab.node('a'), lab.node('r'), lab.node('b')];
  r.ipv6All.forwarding = r.ipv6Default.forwarding = 1;
  lab.veth(a, 'eth0', r, 'eth0');
  lab.veth(r, 'eth1', b, 'eth0');
  lab.device(r, 'eth1').mtu = 1300;
  lab.up(a, 'eth0');
  lab.up(r, 'eth0', 'eth1');
  lab.up(b, 'eth0');
  for (const device of ['eth0', 'eth1']) lab.device(r, device).ipv6!.conf.forwarding = 1;
  lab.address6(a, 'eth0', 'fd00:1::a/64');
  lab.address6(r, 'eth0', 'fd00:1::1/64');
  lab.address6(r, 'eth1', 'fd00:2::1/64');
  lab.address6(b, 'eth0', 'fd00:2::b/64');
  lab.route6(a, '::/0', 'fd00:1::1');
  lab.route6(b, '::/0', 'fd00:2::1');
  lab.sleep(3);
  const client = new UdpSocket(a, 6);
  client.pmtuDiscover = 'do';
  client.receiveErrors = true;
  granted(client.connect(ip6('fd00:2::b'), 53));
  granted(client.send('x'.repeat(1400)));
  lab.sleep(1);
  expect(client.receiveError()).toMatchObject({ errno: 'EMSGSIZE', origin: 'icmp6', info: 1300, offender: ip6('fd00:1::1') });
  const mtuTo = (text: string): number => {
    const way = lookup6(a, ip6(text), null);
    return typeof way === 'string' ? 0 : mtuBy(way, ip6(text), a);
  };
  expect([mtuTo('fd00:2::b'), mtuTo('fd00:2::c')]).toEqual([1300, 1500]);
});

it.each([
  { to: 'fd00::99', from: 'fd00::a' },
  { to: '2001:db8::1', from: '2001:db8:1::a' },
  { to: 'ff02::1', from: 'fe80' },
  { to: 'fe80::1', from: 'fe80' },
])('speaks to $to from $from', ({ to, from }) => {
  const { lab, a } = pair();
  lab.address6(a, 'eth0', '2001:db8:1::a/64');
  const source = selectSource6(a, lab.device(a, 'eth0'), ip6(to));
  expect(formatIp(source ?? '').startsWith(from)).toBe(true);
});
