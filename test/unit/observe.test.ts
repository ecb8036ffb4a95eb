/**
 * Goal: what our own simulated commands print is read back into the facts they were printed from; and no text makes a parser throw.
 * Method: hosts in varied states, each command run there, its facts against the simulator's own snapshot; then every sample and every output,
 * cut and changed at places that fast-check chooses.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createBlankHost, parseOutput, type Lab } from '../../shared/lab/index.ts';

type Namespace = ReturnType<Lab['snapshot']>['nodes'][number]['namespaces'][number];

const BASE = 'ip link set lo up; ip netns add pod; ip -n pod link set lo up; ';
const VETH = `${BASE} ip link add v0 type veth peer name eth0 netns pod; ip addr add 10.1.0.1/24 brd + dev v0; ip link set v0 up; ip -n pod link set eth0 up; ip -n pod addr add 10.1.0.2/24 dev eth0; ip -n pod route add default via 10.1.0.1; `;
const STATES: readonly [name: string, script: string][] = [
  ['blank', ':'],
  [
    'a pair with an address, a peer and a second one',
    `${VETH} ip addr add 10.2.0.1 peer 10.2.0.2/32 dev v0; ip addr add 10.1.0.9/24 dev v0; ip addr add fd00::1/64 dev v0; sleep 3`,
  ],
  [
    'a bridge with ports in several ways',
    `${BASE} ip link add br0 type bridge; ip link set br0 up; ip addr add 10.3.0.1/16 dev br0; for i in 1 2 3; do ip link add p$i type veth peer name q$i; ip link set p$i master br0; ip link set p$i up; ip link set q$i up; done; bridge link set dev p1 hairpin on; bridge link set dev p2 isolated on learning off; ip link set q3 down; bridge fdb add 02:00:00:00:00:09 dev p1 master static; ip link set p1 alias "to a pod"; ip link set br0 type bridge stp_state 1`,
  ],
  [
    'tunnels and VLANs',
    `${VETH} ip link add vx0 type vxlan id 7 local 10.1.0.1 dev v0 dstport 8472 nolearning; ip link set vx0 up mtu 1400; bridge fdb append 02:00:00:00:00:07 dev vx0 dst 10.1.0.2; ip link add vx1 type vxlan id 8 remote 10.1.0.2 dstport 4789; ip link add v0.5 link v0 type vlan id 5; ip link set v0.5 up; ip link add t0 type ipip local 10.1.0.1 remote 10.1.0.2 ttl 64; ip link set t0 up`,
  ],
  [
    'routes of every type',
    `${VETH} ip route add 10.4.0.0/16 via 10.1.0.2; ip route add blackhole 10.5.0.0/26; ip route add unreachable 10.6.0.0/24 metric 7; ip route add prohibit 10.7.0.1; ip route add 10.8.0.0/16 via 10.1.0.2 src 10.1.0.1 metric 50 proto static; ip route add default via 10.1.0.2 table 100; ip route add 10.9.0.0/16 nexthop via 10.1.0.2 weight 2 nexthop via 10.1.0.3 weight 1; ip route add 192.0.2.1 via 172.16.0.1 dev v0 onlink; ip route add 10.10.0.0/16 dev v0 mtu 1400; ip -6 route add fd01::/64 dev v0`,
  ],
  [
    'rules',
    `${VETH} ip rule add from 10.1.0.0/16 lookup 100 pref 100; ip rule add fwmark 0x1/0xff lookup 200; ip rule add iif v0 to 1.2.3.4 blackhole; ip -6 rule add from fd00::/8 lookup 100`,
  ],
  [
    'neighbours',
    `${VETH} ip neigh add 10.1.0.7 lladdr 02:00:00:00:00:07 dev v0 nud permanent; ip neigh add 10.1.0.8 lladdr 02:00:00:00:00:08 dev v0 nud noarp; ping -c 1 -W 1 10.1.0.2; ping -c 1 -W 1 10.1.0.99`,
  ],
  [
    'a firewall that counted',
    `${VETH} iptables -t nat -N KUBE-SERVICES; iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES; iptables -t nat -A POSTROUTING -s 10.1.0.0/16 ! -o v0 -j MASQUERADE; iptables -P FORWARD DROP; iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; iptables -A INPUT -p icmp -j ACCEPT; iptables -A FORWARD -i v0 -p tcp --dport 80 -j REJECT; iptables -t nat -A KUBE-SERVICES -d 10.96.0.1 -p tcp --dport 443 -j DNAT --to-destination 10.1.0.2:6443; ping -c 3 -i 0.2 10.1.0.2; sysctl -w net.ipv4.ip_forward=1`,
  ],
  ['listening', `${VETH} nc -u -l 5353 & nc -u -l 127.0.0.1 5354 & sleep 0.1`],
];

function host(script: string): { readonly run: (command: string) => string; readonly root: () => Namespace; readonly close: () => void } {
  const lab = createBlankHost({ seed: 3, epochMs: Date.UTC(2024, 1, 3) });
  const [target = ''] = lab.nodes;
  const run = (command: string): string => {
    const opened = lab.exec({ target, argv: ['bash', '-c', command], env: { LC_ALL: 'C' } });
    if (!opened.ok) throw new Error(opened.error.message);
    let out = '';
    const gather = (): void => {
      for (let text = opened.value.read(65536); text !== ''; text = opened.value.read(65536)) out += text;
    };
    opened.value.onReadable(gather);
    const limit = lab.simulation.nowUs + 60_000_000;
    lab.simulation.runFree(() => opened.value.exitStatus === undefined && lab.simulation.nowUs < limit);
    gather();
    return out;
  };
  run(`exec > /dev/null; ${script}`);
  return { run, root: () => lab.snapshot().nodes[0]!.namespaces.find(({ name, id }) => name === '' && id === 0)!, close: () => lab.close() };
}

/** Without what is not there. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const pick = (value: object, keys: readonly string[]): object => Object.fromEntries(keys.map((key) => [key, (value as Record<string, unknown>)[key]]));
const LINK = ['ifindex', 'name', 'kind', 'flags', 'operstate', 'mtu', 'master', 'alias', 'addresses', 'bridge', 'port', 'vxlan', 'vlan', 'statistics'];
const ROUTE = ['family', 'table', 'type', 'destination', 'via', 'device', 'protocol', 'scope', 'source', 'metric', 'flags', 'nexthops', 'mtu'];

const outputs: [command: string, text: string][] = [];
const bySomething = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

describe.each(STATES)('%s', (_, script) => {
  const { run, root, close } = host(script);
  afterAll(close);
  const facts = (command: string) => {
    const text = run(command);
    outputs.push([command, text]);
    const { value, problems } = parseOutput(command, text)!;
    expect(problems).toEqual([]);
    return value;
  };
  // M-DOWN is told of the other end
  const links = (command: string) =>
    facts(command).links!.map((link) => plain({ ...pick(link, LINK), flags: link.flags!.filter((flag) => flag !== 'M-DOWN'), peer: link.link?.ifindex }));
  const expectedLinks = () => root().links.map((link) => plain({ ...pick(link, LINK), peer: link.link?.ifindex }));

  it.each(['ip -d -s addr', 'ip -j -d -s addr'])('%s', (command) => expect(links(command)).toEqual(expectedLinks()));
  it.each(['ip -d route show table all', 'ip -j -d route show table all'])('%s', (command) => {
    const routes = facts(command).routes!.map((route) => plain(pick(route, ROUTE)));
    expect([...routes].sort(bySomething)).toEqual(
      root()
        .routes.map((route) => plain(pick(route, ROUTE)))
        .sort(bySomething),
    );
  });
  it.each(['', '-j '])('ip %srule, both families', (json) => {
    expect([...facts(`ip ${json}rule`).rules!, ...facts(`ip -6 ${json}rule`).rules!]).toEqual(root().rules);
  });
  it.each(['ip neigh', 'ip -j neigh'])('%s, which leaves NOARP out', (command) => {
    const shown = root().neighbours.filter(({ state }) => state !== 'NOARP');
    expect([...facts(command).neighbours!].sort(bySomething)).toEqual(shown.sort(bySomething));
  });
  it('iptables-save -c, which has every chain of the kernel, used or not', () => {
    const used = (tables: Namespace['iptables']) =>
      tables
        .filter(({ family }) => family === 'inet')
        .map(({ chains, ...table }) => ({ ...table, chains: chains.filter(({ policy, rules }) => policy !== 'ACCEPT' || rules.length > 0).sort(bySomething) }));
    expect(used(facts('iptables-save -c').iptables!)).toEqual(used(root().iptables));
  });
  it.each(['bridge fdb', 'bridge -j fdb'])('%s', (command) => {
    const known = facts(command).fdb!.filter(({ master, dst }) => master !== undefined || dst !== undefined);
    expect([...known].sort(bySomething)).toEqual([...root().fdb].sort(bySomething));
  });
  it('sysctl -a', () => expect(facts('sysctl -a').sysctls).toMatchObject(root().sysctls));
  it('ss -uanp', () => expect([...facts('ss -uanp').sockets!].sort(bySomething)).toEqual([...root().sockets].sort(bySomething)));
});

describe('no text makes a parser throw', () => {
  const SAMPLES = new URL('../../shared/observe/samples/', import.meta.url);
  const samples = (): [string, string][] => [
    ...outputs,
    // netlink.txt is no program's output
    ...['debian-12-ip.txt', 'debian-12-programs.txt'].flatMap((file) =>
      readFileSync(new URL(file, SAMPLES), 'utf8')
        .split(/^#### /m)
        .slice(1)
        .map((part): [string, string] => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
    ),
  ];
  const isSound = (command: string, text: string): void => {
    const { value, problems } = parseOutput(command, text)!;
    expect(plain(value)).toEqual(value);
    for (const { line, text: what, message } of problems) {
      expect(line >= 1 && line <= text.split('\n').length).toBe(true);
      expect(typeof what === 'string' && message !== '').toBe(true);
    }
  };
  it('samples that are cut, changed and mixed', () => {
    const all = samples();
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(all.length - 1), fc.nat(all.length - 1), place, place, fc.string({ maxLength: 12 }), (one, other, from, to, put) => {
        const [command, text] = all[one]!;
        const [a, b] = [Math.floor(from * text.length), Math.floor(to * text.length)];
        isSound(command, text.slice(0, a));
        isSound(command, text.slice(0, a) + put + text.slice(b));
        isSound(command, all[other]![1].slice(a, a + 3000));
      }),
      { numRuns: 400 },
    );
  });
  it('any text', () => {
    const commands = [...new Set(samples().map(([command]) => command))];
    fc.assert(
      fc.property(fc.constantFrom(...commands), fc.string({ unit: 'grapheme', maxLength: 200 }), (command, text) => isSound(command, text)),
      { numRuns: 500 },
    );
  });
  it('junk is named, line by line', () => {
    for (const [command] of samples()) {
      const { problems } = parseOutput(command, '%%% nothing of any program\n\n%%% more\n')!;
      expect(problems.length, command).toBeGreaterThan(0);
    }
  });
});
