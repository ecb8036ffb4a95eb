/**
 * Goal: the programs work together on a machine, over the kernel, as they do on Linux. Method: two nodes joined by a switch, a pod behind a bridge on
 * each, everything set up by the programs themselves; what ping and traceroute print is compared with what the real ones print, times replaced.
 */
import { beforeAll, expect, test } from 'vitest';
import { Card, makeWorld, registerDevice, Switch } from '../kernel/index.ts';
import { Machine } from '../machine/index.ts';
import { parseMac } from '../wire/index.ts';
import { PROGRAMS } from './index.ts';

const world = makeWorld(7, 1_700_000_000_000);
const wire = new Switch(1, 'lan');
const nodes = [1, 2].map((n) => {
  const machine = new Machine(world, { hostname: `node-${n}`, users: [], hosts: [], nameservers: [], seed: n, programs: PROGRAMS });
  const card = new Card(machine.netns, parseMac(`08:00:27:00:00:0${n}`) ?? 0, wire);
  registerDevice(card, 'eth1');
  return machine;
});

/** Runs a command line (words by blanks) on a node to its end. */
function run(node: number, line: string): string {
  const machine = nodes[node - 1];
  if (!machine) throw new Error(`no node ${node}`);
  const opened = machine.init.fs.open('/tmp/out', { read: true, write: true, create: true, truncate: true, append: true });
  if (!opened.ok) throw new Error(opened.error);
  const child = machine.spawn(line.split(' '), { prepare: (p) => void [1, 2].forEach((fd) => p.fds.put(fd, opened.value)) });
  if (!child.ok) return `spawn: ${child.error}`;
  world.simulation.runFree(() => child.value.ending === undefined);
  const output = machine.init.fs.readFile('/tmp/out');
  const { ending } = child.value;
  return `${(output.ok ? output.value : '')
    .replace(/= [\d./]+ ms/, '= T ms')
    .replace(/\d+\.\d+ ms/g, 'T ms')
    .replace(/time \d+ms/, 'time Tms')}=> ${ending?.kind === 'exited' ? ending.code : JSON.stringify(ending)}\n`;
}

beforeAll(() => {
  for (const n of [1, 2]) {
    const other = 3 - n;
    const lines = [
      'ip link set lo up',
      'ip link set eth1 up',
      `ip addr add 192.168.56.1${n}/24 dev eth1`,
      'ip link add cni0 type bridge',
      'ip link set cni0 up',
      `ip addr add 10.244.${n}.1/24 dev cni0`,
      'ip netns add pod',
      'ip link add veth0 type veth peer name eth0 netns pod',
      'ip link set veth0 master cni0 up',
      `ip -n pod addr add 10.244.${n}.2/24 dev eth0`,
      'ip -n pod link set eth0 up',
      `ip -n pod route add default via 10.244.${n}.1`,
      `ip route add 10.244.${other}.0/24 via 192.168.56.1${other}`,
      'sysctl -qw net.ipv4.ip_forward=1',
    ];
    for (const line of lines) expect(`${line}: ${run(n, line)}`).toBe(`${line}: => 0\n`);
  }
  world.simulation.runUntil(world.simulation.nowUs + 2_000_000);
});

test('a pod reaches a pod on the other node, with two routers on the way', () => {
  expect(run(1, 'ip netns exec pod ping -c 2 -i 0.2 10.244.2.2')).toBe(`PING 10.244.2.2 (10.244.2.2) 56(84) bytes of data.
64 bytes from 10.244.2.2: icmp_seq=1 ttl=62 time=T ms
64 bytes from 10.244.2.2: icmp_seq=2 ttl=62 time=T ms

--- 10.244.2.2 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time Tms
rtt min/avg/max/mdev = T ms
=> 0
`);
});

test('traceroute shows the three hops', () => {
  expect(run(2, 'ip netns exec pod traceroute -n -q 1 10.244.1.2')).toBe(`traceroute to 10.244.1.2 (10.244.1.2), 30 hops max, 60 byte packets
 1  10.244.2.1  T ms
 2  192.168.56.11  T ms
 3  10.244.1.2  T ms
=> 0
`);
});

test('without the route the sender is told', () => {
  run(2, 'ip route del 10.244.1.0/24');
  expect(run(2, 'ip netns exec pod ping -c 1 -W 1 10.244.1.2')).toBe(`PING 10.244.1.2 (10.244.1.2) 56(84) bytes of data.
From 10.244.2.1 icmp_seq=1 Destination Net Unreachable

--- 10.244.1.2 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time Tms

=> 1
`);
  run(2, 'ip route add 10.244.1.0/24 via 192.168.56.11');
});

test('tables show what was made', () => {
  expect(run(1, 'ip route')).toBe(`10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1 
10.244.2.0/24 via 192.168.56.12 dev eth1 
192.168.56.0/24 dev eth1 proto kernel scope link src 192.168.56.11 
=> 0
`);
  expect(run(1, 'cat /sys/class/net/cni0/operstate')).toBe('up\n=> 0\n');
});
