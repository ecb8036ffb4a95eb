/**
 * Goal: connections are tracked as Linux tracks them: their states, how long each lives, errors that belong to them, a table that is full. Method: on a
 * router between two namespaces traffic is made by programs; `conntrack -L` is read at chosen times of the lab's clock. Timeouts are those of
 * net.netfilter.nf_conntrack_*_timeout*; lines were recorded from conntrack 1.4.7, ports and identifiers replaced.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorld } from '../../kernel/index.ts';
import { Machine } from '../../machine/index.ts';
import { PROGRAMS } from '../index.ts';

const world = makeWorld(7, 1_700_000_000_000);
const machine = new Machine(world, { hostname: 'router', users: [], hosts: [], nameservers: [], seed: 1, programs: PROGRAMS });
const { fs } = machine.init;

function run(line: string): string {
  const out = fs.open('/tmp/out', { write: true, create: true, truncate: true, append: true });
  if (!out.ok) throw new Error(out.error);
  const child = machine.spawn(['bash', '-c', line], { prepare: (p) => void [1, 2].forEach((fd) => p.fds.put(fd, out.value)) });
  if (!child.ok) throw new Error(child.error);
  world.simulation.runFree(() => child.value.ending === undefined);
  const text = fs.readFile('/tmp/out');
  return text.ok ? text.value : '';
}
const wait = (seconds: number): void => void world.simulation.runUntil(world.simulation.nowUs + seconds * 1e6);
/** `conntrack -L` of a protocol without what differs from run to run. */
const flows = (protocol: string): string[] =>
  run(`conntrack -L -p ${protocol} 2> /dev/null`)
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replace(/\bid=\d+\b/g, 'id=N')
        .replace(/\b(sport|dport)=([3-9]\d{4}|\d{4,5})\b/g, '$1=N')
        .replace(/ mark=0 use=1$/, ''),
    );

const names = ['a', 'b'];
run(
  names
    .flatMap((name, i) => [
      `ip netns add ${name}; ip netns exec ${name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
      `ip link add r${name} type veth peer name eth0 netns ${name}; ip addr add 10.0.${i + 1}.1/24 dev r${name}; ip link set r${name} up`,
      `ip -n ${name} addr add 10.0.${i + 1}.2/24 dev eth0; ip -n ${name} link set lo up; ip -n ${name} link set eth0 up; ip -n ${name} route add default via 10.0.${i + 1}.1`,
    ])
    .concat('sysctl -qw net.ipv4.ip_forward=1', 'iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP')
    .join('; '),
);
wait(2);
run('ip netns exec b socat TCP-LISTEN:80,fork,reuseaddr EXEC:cat & ip netns exec b socat UDP-RECVFROM:53,fork EXEC:cat & sleep 0.2');
beforeEach(() => void run('conntrack -F 2> /dev/null'));

describe('lifetimes', () => {
  it('ICMP: half a minute from the last packet, however often', () => {
    run('ip netns exec a ping -c 1 10.0.2.2');
    expect(flows('icmp')).toEqual(['icmp     1 29 src=10.0.1.2 dst=10.0.2.2 type=8 code=0 id=N src=10.0.2.2 dst=10.0.1.2 type=0 code=0 id=N']);
    wait(28);
    expect(flows('icmp')).toHaveLength(1);
    wait(2);
    expect(flows('icmp')).toEqual([]);
  });
  it('UDP: half a minute unanswered', () => {
    run("ip netns exec b iptables -A INPUT -p udp --dport 99 -j DROP; ip netns exec a bash -c 'echo > /dev/udp/10.0.2.2/99'");
    expect(flows('udp')).toEqual(['udp      17 29 src=10.0.1.2 dst=10.0.2.2 sport=N dport=99 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=99 dport=N']);
    wait(30);
    expect(flows('udp')).toEqual([]);
  });
  it('UDP: a stream that both sides have kept up for two seconds lives two minutes', () => {
    run("ip netns exec a bash -c 'exec 3<> /dev/udp/10.0.2.2/53; for i in 1 2 3 4; do echo $i >&3; sleep 1; done'");
    const [line = ''] = flows('udp');
    expect(line).toMatch(/^udp {6}17 11\d src=10\.0\.1\.2 dst=10\.0\.2\.2 sport=N dport=53 .* \[ASSURED\]$/);
    wait(100);
    expect(flows('udp')).toHaveLength(1);
    wait(25);
    expect(flows('udp')).toEqual([]);
  });
  it('TCP: days while it is established, two minutes after both ends', () => {
    run("ip netns exec a bash -c 'exec 3<> /dev/tcp/10.0.2.2/80; echo x >&3; read -r <&3; sleep 1; echo' > /dev/null & sleep 0.5");
    expect(flows('tcp')).toEqual([
      'tcp      6 431999 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=N dport=80 src=10.0.2.2 dst=10.0.1.2 sport=80 dport=N [ASSURED]',
    ]);
    wait(3);
    expect(flows('tcp').map((line) => line.split(' src')[0]?.replace(/\d+ (?=[A-Z])/, ''))).toEqual(['tcp      6 TIME_WAIT']);
    wait(121);
    expect(flows('tcp')).toEqual([]);
  });
  it('TCP: a question without answer two minutes, a refused one is forgotten at once', () => {
    run('ip netns exec b iptables -I INPUT -p tcp --dport 81 -j DROP; ip netns exec a nc -z -w 1 10.0.2.2 81; ip netns exec a nc -z -w 1 10.0.2.2 82');
    expect(flows('tcp')).toEqual(['tcp      6 118 SYN_SENT src=10.0.1.2 dst=10.0.2.2 sport=N dport=81 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=81 dport=N']);
    wait(120);
    expect(flows('tcp')).toEqual([]);
  });
  it('follow the sysctls', () => {
    run('sysctl -qw net.netfilter.nf_conntrack_icmp_timeout=5; ip netns exec a ping -c 1 10.0.2.2; sysctl -qw net.netfilter.nf_conntrack_icmp_timeout=30');
    wait(4);
    expect(flows('icmp')).toHaveLength(1);
    wait(1.5);
    expect(flows('icmp')).toEqual([]);
  });
});

describe('what belongs to a connection', () => {
  const counted = (state: string): number => Number(/\[(\d+):/.exec(run(`iptables-save -c | grep -- '--ctstate ${state} -j ACCEPT'`))?.[1] ?? -1);
  it('an error about it is RELATED, translated back to who asked', () => {
    run('iptables -A FORWARD -m conntrack --ctstate RELATED -j ACCEPT; iptables -t nat -A POSTROUTING -o rb -j MASQUERADE');
    expect(run("ip netns exec a bash -c 'exec 3<> /dev/udp/10.0.2.2/98; echo x >&3; sleep 0.2; read -r -t 1 line <&3; echo done' 2>&1")).toContain(
      'Connection refused',
    );
    expect(counted('RELATED')).toBe(1);
    run('iptables -t nat -F; iptables -D FORWARD -m conntrack --ctstate RELATED -j ACCEPT');
  });
  it('an answer that nobody asked for is INVALID', () => {
    const before = Number(/\[(\d+):/.exec(run('iptables-save -c | grep INVALID'))?.[1]);
    // A reset for a connection that the router has forgotten.
    run(
      "sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0; ip netns exec a bash -c 'exec 3<> /dev/tcp/10.0.2.2/80; sleep 1; echo late >&3; sleep 1' & sleep 0.5; conntrack -F 2> /dev/null; sleep 2",
    );
    expect(Number(/\[(\d+):/.exec(run('iptables-save -c | grep INVALID'))?.[1])).toBeGreaterThan(before);
    run('sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1');
  });
  it('a full table lets no new one in while all in it are assured', () => {
    wait(10);
    run(
      "conntrack -F 2> /dev/null; ip netns exec a bash -c 'exec 3<> /dev/tcp/10.0.2.2/80 4<> /dev/tcp/10.0.2.2/80; echo x >&3; echo x >&4; read -r <&3; read -r <&4; sleep 5' & sleep 0.5",
    );
    run('sysctl -qw net.netfilter.nf_conntrack_max=2');
    expect(run('conntrack -C')).toBe('2\n');
    expect(run('ip netns exec a ping -c 1 -W 1 10.0.2.2')).toContain('100% packet loss');
    expect(run('sysctl -n net.netfilter.nf_conntrack_count')).toBe('2\n');
    run('sysctl -qw net.netfilter.nf_conntrack_max=65536');
    expect(run('ip netns exec a ping -c 1 -W 1 10.0.2.2')).toContain(' 0% packet loss');
  });
  it('a full table makes room where connections are not assured', () => {
    wait(10);
    run('conntrack -F 2> /dev/null; sysctl -qw net.netfilter.nf_conntrack_max=2');
    run("ip netns exec a bash -c 'for i in 1 2 3 4; do echo > /dev/udp/10.0.2.2/53; done'");
    expect(run('ip netns exec a ping -c 1 -W 1 10.0.2.2')).toContain(' 0% packet loss');
    run('sysctl -qw net.netfilter.nf_conntrack_max=65536');
  });
});
