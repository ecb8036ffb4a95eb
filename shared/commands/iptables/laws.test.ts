/**
 * Goal: a ruleset does what its text says, and translation is undone on the way back. Method: random rulesets are loaded by iptables-restore into a
 * router between two namespaces; datagrams are sent through it, and what arrived and what was counted is compared with a model that walks the rules
 * as text; saving and restoring gives the same text again.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeWorld, UdpSocket, type Netns } from '../../kernel/index.ts';
import { Machine } from '../../machine/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
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
const settle = (us = 20_000): void => void world.simulation.runUntil(world.simulation.nowUs + us);
const ip = (text: string): number => parseIpv4(text) ?? 0;

const setUp = ['a', 'b'].flatMap((name, i) => [
  `ip netns add ${name}`,
  `ip netns exec ${name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1`,
  `ip link add r${name} type veth peer name eth0 netns ${name}`,
  `ip addr add 10.0.${i + 1}.1/24 dev r${name}`,
  `ip link set r${name} up`,
  `ip -n ${name} addr add 10.0.${i + 1}.2/24 dev eth0`,
  `ip -n ${name} addr add 10.0.${i + 1}.3/24 dev eth0`,
  `ip -n ${name} link set lo up`,
  `ip -n ${name} link set eth0 up`,
  `ip -n ${name} route add default via 10.0.${i + 1}.1`,
]);
run(`${setUp.join('; ')}; sysctl -qw net.ipv4.ip_forward=1`);
settle(2_000_000);
function netnsOfPod(name: string): Netns {
  for (const netns of machine.host.netnses) if (netns.names.has(name)) return netns;
  throw new Error(`no namespace ${name}`);
}
const [a, b] = [netnsOfPod('a'), netnsOfPod('b')];
// Both ways are known before anything is dropped.
run('ip netns exec a ping -c 1 10.0.2.2; ip netns exec a ping -c 1 10.0.2.3; ip netns exec a ping -c 1 -I 10.0.1.3 10.0.2.2');

// --- rules against a model ---

interface Rule {
  readonly source: string | undefined;
  readonly target: string | undefined;
  readonly ports: readonly [number, number] | undefined;
  readonly mark: number | undefined;
  readonly negated: boolean;
  /** A verdict, `-j CHAIN`, `-g CHAIN`, a mark, or nothing. */
  readonly does: string;
}
const CHAINS = ['FORWARD', 'A', 'B', 'C'];
const rule = (chain: number): fc.Arbitrary<Rule> => {
  // Chains lead to later ones alone: a loop would be refused.
  const below = CHAINS.slice(chain + 1);
  const verdicts = ['ACCEPT', 'DROP', 'RETURN', '', 'mark 1', 'mark 2'];
  return fc.record({
    source: fc.constantFrom(undefined, '10.0.1.2/32', '10.0.1.3/32', '10.0.1.0/24', '10.9.0.0/16'),
    target: fc.constantFrom(undefined, '10.0.2.2/32', '10.0.2.3/32', '10.0.2.2/31'),
    ports: fc.constantFrom(undefined, [1000, 1000] as const, [1000, 1001] as const, [1002, 2000] as const),
    mark: fc.constantFrom(undefined, undefined, 1, 2),
    negated: fc.boolean(),
    does: fc.constantFrom(...verdicts, ...below.flatMap((name) => [`-j ${name}`, `-j ${name}`, `-g ${name}`])),
  });
};
const rulesets = fc.record({
  policy: fc.constantFrom('ACCEPT', 'DROP'),
  chains: fc.tuple(...CHAINS.map((_, i) => fc.array(rule(i), { maxLength: 5 }))),
});
function text({ source, target, ports, mark, negated, does }: Rule): string {
  const words = [
    source === undefined ? '' : `${negated ? '! ' : ''}-s ${source}`,
    target === undefined ? '' : `-d ${target}`,
    ports === undefined ? '' : `-p udp -m udp --dport ${ports[0] === ports[1] ? ports[0] : ports.join(':')}`,
    mark === undefined ? '' : `-m mark --mark 0x${mark}`,
    does.startsWith('mark ') ? `-j MARK --set-xmark 0x${does.slice(5)}/0xffffffff` : does === '' || does.startsWith('-') ? does : `-j ${does}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}
interface Datagram {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}
const within = (address: string, prefix: string): boolean => {
  const [network = '', length = '32'] = prefix.split('/');
  return Math.floor((ip(address) >>> 0) / 2 ** (32 - Number(length))) === Math.floor((ip(network) >>> 0) / 2 ** (32 - Number(length)));
};
/** What becomes of a datagram, and how often each rule met it. */
function model(ruleset: { policy: string; chains: readonly (readonly Rule[])[] }, { from, to, port }: Datagram, counts: Map<string, number>): string {
  let mark = 0;
  const walk = (chain: number): string | undefined => {
    for (const [i, each] of ruleset.chains[chain]!.entries()) {
      if (each.source !== undefined && within(from, each.source) === each.negated) continue;
      if (each.target !== undefined && !within(to, each.target)) continue;
      if (each.ports !== undefined && (port < each.ports[0] || port > each.ports[1])) continue;
      if (each.mark !== undefined && mark !== each.mark) continue;
      counts.set(`${CHAINS[chain]} ${i}`, (counts.get(`${CHAINS[chain]} ${i}`) ?? 0) + 1);
      if (each.does === 'ACCEPT' || each.does === 'DROP') return each.does;
      if (each.does === 'RETURN') return undefined;
      if (each.does.startsWith('mark ')) mark = Number(each.does.slice(5));
      if (!each.does.startsWith('-')) continue;
      const verdict = walk(CHAINS.indexOf(each.does.slice(3)));
      // `-g` comes back to where the chain was called from, not to the next rule.
      if (verdict !== undefined || each.does.startsWith('-g')) return verdict;
    }
    return undefined;
  };
  return walk(0) ?? ruleset.policy;
}
const datagrams = fc.array(
  fc.record({ from: fc.constantFrom('10.0.1.2', '10.0.1.3'), to: fc.constantFrom('10.0.2.2', '10.0.2.3'), port: fc.constantFrom(999, 1000, 1001, 1500) }),
  { minLength: 1, maxLength: 8 },
);

it('a packet meets the rules that a walk over their text meets, and has its verdict', () =>
  fc.assert(
    fc.property(rulesets, datagrams, (ruleset, sent) => {
      const lines = ['*filter', `:FORWARD ${ruleset.policy} [0:0]`, ...CHAINS.slice(1).map((name) => `:${name} - [0:0]`)];
      ruleset.chains.forEach((rules, i) => rules.forEach((each) => lines.push(`-A ${CHAINS[i]} ${text(each)}`)));
      fs.writeFile('/tmp/rules', `${lines.join('\n')}\nCOMMIT\n`);
      expect(run('iptables-restore < /tmp/rules')).toBe('');
      const receivers = [999, 1000, 1001, 1500].map((port) => {
        const socket = new UdpSocket(b);
        socket.bind(0, port);
        return socket;
      });
      const counts = new Map<string, number>();
      const [expected, arrived]: [string[], string[]] = [[], []];
      for (const datagram of sent) {
        const socket = new UdpSocket(a);
        socket.bind(ip(datagram.from), 0);
        socket.send('x', { to: ip(datagram.to), port: datagram.port });
        settle();
        socket.close();
        expected.push(model(ruleset, datagram, counts) === 'ACCEPT' ? `${datagram.to}:${datagram.port}` : 'nothing');
        const got = receivers.map((receiver) => receiver.receive()?.packet).find((packet) => packet !== undefined);
        arrived.push(got === undefined ? 'nothing' : `${formatIpv4(got.ip!.dst)}:${got.udp!.dstPort}`);
      }
      receivers.forEach((socket) => socket.close());
      expect(arrived).toEqual(expected);
      const counted: Record<string, number> = {};
      const places = new Map<string, number>();
      for (const [, packets, chain] of run('iptables-save -c -t filter').matchAll(/^\[(\d+):\d+\] -A (\w+)/gm)) {
        const place = places.get(chain!) ?? 0;
        places.set(chain!, place + 1);
        if (packets !== '0') counted[`${chain} ${place}`] = Number(packets);
      }
      expect(counted).toEqual(Object.fromEntries(counts));
    }),
    { numRuns: 60 },
  ));

// --- save and restore ---

const fragments = [
  '-s 10.0.0.0/8',
  '! -d 192.168.1.1/32',
  '-i eth0',
  '! -o veth+',
  '-p tcp -m tcp --dport 80:90 --tcp-flags SYN,ACK SYN',
  '-p udp -m udp ! --sport 53',
  '-p icmp -m icmp --icmp-type 8',
  '-p tcp -m multiport --dports 80,443,8000:8010',
  '-m conntrack --ctstate RELATED,ESTABLISHED',
  '-m conntrack ! --ctstate INVALID',
  '-m comment --comment "kubernetes service portals"',
  '-m mark --mark 0x4000/0x4000',
  '-m statistic --mode random --probability 0.50000000000',
  '-m statistic --mode nth --every 3 --packet 0',
  '-m addrtype --dst-type LOCAL',
  '-m limit --limit 5/min --limit-burst 3',
  '-m recent --rcheck --seconds 60 --name x --mask 255.255.255.255 --rsource',
  '-m physdev --physdev-is-bridged',
  '-m iprange --src-range 10.0.0.1-10.0.0.9',
  '-m length --length 100:200',
  '-m ttl --ttl-lt 5',
  '-m tos --tos 0x10/0x3f',
  '-m pkttype --pkt-type multicast',
  '-m connmark --mark 0x5/0x7',
  '-m mac --mac-source 02:00:00:00:00:01',
  '-f',
];
const actions = [
  '-j ACCEPT',
  '-j DROP',
  '-j RETURN',
  '-j USER',
  '-g USER',
  '-j REJECT --reject-with icmp-port-unreachable',
  '-j LOG --log-prefix "seen: " --log-level 7',
  '-j NFLOG --nflog-prefix x --nflog-group 5',
  '-j MARK --set-xmark 0x1/0xff',
  '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
  '',
];
it('saving what was restored gives the same text, and restoring that again', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.uniqueArray(fc.constantFrom(...fragments), { maxLength: 3 }), fc.constantFrom(...actions)), { maxLength: 8 }), (rules) => {
      const lines = rules.map(([matches, action]) => `-A FORWARD ${[...matches, action].filter((word) => word !== '').join(' ')}`.trimEnd());
      // Two protocols, or an address twice, are no rule.
      const wanted = lines.filter((line) => (line.match(/ -p /g) ?? []).length < 2 && line !== '-A FORWARD');
      fs.writeFile('/tmp/rules', `*filter\n:FORWARD ACCEPT [0:0]\n:USER - [0:0]\n${wanted.map((line) => `${line}\n`).join('')}COMMIT\n`);
      const saved = run('iptables-restore < /tmp/rules && iptables-save -t filter | grep -v "^#" | tee /tmp/saved');
      const again = run('iptables-restore < /tmp/saved && iptables-save -t filter | grep -v "^#"');
      expect(again).toBe(saved);
      expect(saved.match(/^-A/gm) ?? []).toHaveLength(wanted.length);
    }),
    { numRuns: 60 },
  ));

// --- translation ---

const nat = fc.record({
  source: fc.constantFrom(
    '',
    '-j MASQUERADE',
    '-j SNAT --to-source 10.0.2.1',
    '-p udp -j SNAT --to-source 10.0.2.1:5000-5003',
    '-p udp -j MASQUERADE --to-ports 6000-6001',
  ),
  destination: fc.constantFrom(
    '',
    '-j DNAT --to-destination 10.0.2.2',
    '-p udp -j DNAT --to-destination 10.0.2.3:7000',
    '-p udp -j DNAT --to-destination :7000',
  ),
});
it('NAT there and back is the identity: answers come from where the question went', () =>
  fc.assert(
    fc.property(
      nat,
      fc.constantFrom('10.0.2.2', '10.0.2.3', '10.0.2.9'),
      fc.uniqueArray(fc.integer({ min: 3000, max: 3100 }), { minLength: 1, maxLength: 4 }),
      (rules, to, ports) => {
        const lines = [
          ...(rules.source === '' ? [] : [`-A POSTROUTING -o rb ${rules.source}`]),
          ...(rules.destination === '' ? [] : [`-A PREROUTING -i ra ${rules.destination}`]),
        ];
        fs.writeFile('/tmp/rules', `*nat\n${lines.map((line) => `${line}\n`).join('')}COMMIT\n*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n`);
        expect(run('iptables-restore < /tmp/rules; conntrack -F 2> /dev/null')).toBe('');
        const servers = [53, 7000].map((port) => {
          const socket = new UdpSocket(b);
          socket.bind(0, port);
          return socket;
        });
        const clients = ports.map((port) => {
          const socket = new UdpSocket(a);
          socket.bind(ip('10.0.1.2'), port);
          socket.send(`question ${port}`, { to: ip(to), port: 53 });
          return socket;
        });
        settle(200_000);
        const seen = new Set<string>();
        for (const server of servers) {
          for (let got = server.receive(); got !== undefined; got = server.receive()) {
            const { ip: header, udp, payload } = got.packet;
            // No two connections look alike from there.
            seen.add(`${header!.src}:${udp!.srcPort}`);
            server.send(payload.replace('question', 'answer'), { to: header!.src, port: udp!.srcPort, source: header!.dst });
          }
        }
        settle(200_000);
        const reached = rules.destination.includes('10.0.2.') || to !== '10.0.2.9';
        expect(seen.size).toBe(reached ? Math.min(ports.length, rules.source.includes('6000') ? 2 : rules.source.includes('5000') ? 4 : 4) : 0);
        const answers = clients.map((client) => client.receive()?.packet).map((got) => got && [formatIpv4(got.ip!.src), got.udp!.srcPort, got.payload]);
        const answered = answers.filter((answer) => answer !== undefined);
        expect(answered).toHaveLength(seen.size);
        answers.forEach((answer, i) => {
          if (answer) expect(answer).toEqual([to, 53, `answer ${ports[i]}`]);
        });
        [...clients, ...servers].forEach((socket) => socket.close());
      },
    ),
    { numRuns: 60 },
  ));
