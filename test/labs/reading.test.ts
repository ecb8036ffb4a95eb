/**
 * Goal: however a node is read, the same facts are found; a change is told of the namespace that it is in; a node with as many pods as Kubernetes allows
 * is read over one SSH channel, with what its pods are called.
 * Method: a real node of namespaces with real links, read by the kernel reader and by the script for a plain shell; then a real sshd that lets into it.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipeProgram, finished } from '../../electron/labs/live/pipe-program.ts';
import { ScriptReader, startKernelReader, type Reader } from '../../electron/labs/live/readers.ts';
import type { LiveNode } from '../../electron/labs/live/node.ts';
import type { Collected, Snapshot } from '../../shared/lab/index.ts';

type Netns = Snapshot['nodes'][number]['namespaces'][number];

const PODS = 110;
let holder: ChildProcess;
let door: readonly string[] = [];

const inside = (...argv: string[]): string => execFileSync(door[0]!, [...door.slice(1), ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const batch = (commands: string, ...options: string[]): void =>
  void spawnSync(door[0]!, [...door.slice(1), 'ip', ...options, '-force', '-batch', '-'], { input: commands, stdio: ['pipe', 'ignore', 'ignore'] });

const node: LiveNode = {
  name: 'here',
  status: 'Ready',
  spawn: (argv) => Promise.resolve(new PipeProgram([...door, ...argv])),
  watch: (argv) => Promise.resolve(new PipeProgram([...door, ...argv])),
  openShell: () => Promise.reject(new Error('no')),
  run: (argv, stdin) => finished(new PipeProgram([...door, ...argv]), stdin),
};

beforeAll(async () => {
  const script = 'mount -t tmpfs none /run && mkdir /run/netns && echo ready && exec sleep 1000';
  holder = spawn('unshare', ['-Urnm', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    holder.stdout!.once('data', resolve);
    holder.once('exit', () => reject(new Error('user namespaces are needed')));
  });
  door = ['nsenter', '--preserve-credentials', '-U', '-n', '-m', '-t', String(holder.pid), '--'];
  // some kinds are not in every kernel: what there is, both see
  batch(`link set lo up
link add br0 type bridge stp_state 0 ageing_time 12345
link set br0 up
addr add 10.1.0.1/16 brd + dev br0
link add vx0 type vxlan id 7 local 10.1.0.1 dstport 8472 nolearning
link set vx0 up
link add dum0 type dummy
link add tun9 type ipip local 10.1.0.1 remote 10.1.0.9
route add 10.99.0.0/16 via 10.1.0.77 mtu 1400
route add blackhole 10.98.0.0/16
route add 10.97.0.0/16 via 10.1.0.78 dev br0 metric 7 table 77 proto bird
rule add from 10.5.0.0/16 lookup 77
rule add fwmark 9 lookup 77
neigh add 10.1.0.77 lladdr 02:00:00:00:00:77 dev br0
${Array.from({ length: PODS }, (_, i) => `netns add cni-${i}\nlink add v${i} type veth peer name eth0 netns cni-${i}\nlink set v${i} master br0 up\n`).join('')}`);
  batch(
    `link set lo up
link set eth0 up
addr add 10.1.0.7/16 brd + dev eth0
addr add 10.1.0.8/32 dev eth0 label eth0:1
addr add 10.2.0.1 peer 10.2.0.2 dev eth0
addr add fd00::7/64 dev eth0 nodad
link set eth0 alias outside mtu 1450
route add default via 10.1.0.1
route add 10.98.0.0/16 via 10.1.0.5 onlink dev eth0 metric 50 src 10.1.0.7
route add unreachable 10.96.0.0/16
route add 10.95.0.0/16 dev eth0 table 99 scope link proto static
route add fd01::/48 via fd00::1 metric 30
route add unreachable default table 99
rule add from 10.6.0.0/16 lookup 99 priority 500
rule add from fd05::/32 lookup 99
neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev eth0
neigh add 10.1.0.10 lladdr 02:00:00:00:00:0a dev eth0 nud stale
neigh add fd00::9 lladdr 02:00:00:00:00:09 dev eth0 router
link add sub0 link eth0 type macvlan
link add vlan9 link eth0 type ipvlan
`,
    ...['-n', 'cni-0'],
  );
  inside('nsenter', '--net=/run/netns/cni-0', 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/conf/eth0/proxy_arp; echo 0 >/proc/sys/net/ipv4/ip_forward');
  inside('nsenter', '--net=/run/netns/cni-1', 'iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '81', '-j', 'DROP');
});
afterAll(() => void holder.kill('SIGKILL'));

/** What both readers tell; sockets come and go, and the states of neighbours with them. */
function comparable({ node: { namespaces } }: Collected): unknown {
  return namespaces.map(({ sysctls: _sysctls, ...netns }) => ({
    ...netns,
    conntrack: [],
    sockets: [...netns.sockets].map((one) => JSON.stringify(one)).sort(),
    links: netns.links.map(({ statistics: _statistics, ...link }) => link),
    neighbours: netns.neighbours.filter((one) => one.state === 'PERMANENT' || one.address.startsWith('10.1.0.')),
    routes: [...netns.routes].sort((a, b) => (a.text < b.text ? -1 : 1)),
  }));
}

describe('a node', () => {
  let seen: Collected | undefined;
  let reader: Reader | undefined;
  let revision = 0;
  let wake: () => void = () => undefined;
  const nextWith = async (has: (collected: Collected) => boolean | undefined): Promise<void> => {
    while (!seen || !has(seen)) await new Promise<void>((resolve) => (wake = resolve));
  };
  const netns = (name: string): Netns | undefined => seen!.node.namespaces.find((one) => one.name === name);

  beforeAll(async () => {
    reader = await startKernelReader(
      node,
      (last, count) => {
        seen = last;
        revision = count;
        wake();
      },
      () => undefined,
    );
  });
  afterAll(() => reader?.stop());

  it('is the same to both readers', async () => {
    const server = spawn(door[0]!, [...door.slice(1), 'nsenter', '--net=/run/netns/cni-0', 'perl', '-MIO::Socket', '-e', SERVER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => server.stdout.once('data', resolve));
    let other: Collected | undefined;
    const script = await new ScriptReader(
      node,
      (last) => (other = last),
      () => undefined,
    ).start();
    await reader!.refresh();
    // addresses of IPv6 are on trial for a second
    await nextWith(
      ({ node: { namespaces } }) => !namespaces.some(({ links }) => links.some((link) => link.addresses.some((one) => one.flags.includes('tentative')))),
    );
    await Promise.all([script.refresh(), reader!.refresh()]);
    script.stop();
    server.kill();
    expect(seen!.node.namespaces).toHaveLength(PODS + 1);
    expect(comparable(seen!)).toEqual(comparable(other!));
    expect([...seen!.problems, ...other!.problems]).toEqual([]);
    for (const [i, { sysctls }] of other!.node.namespaces.entries()) expect(seen!.node.namespaces[i]!.sysctls).toMatchObject(sysctls);
    expect(netns('cni-0')!.sysctls['net.ipv4.conf.eth0.proxy_arp']).toBe('1');
    expect(netns('cni-0')!.sockets.map(({ protocol, local, localPort, state }) => [protocol, local, localPort, state])).toEqual(
      expect.arrayContaining([
        ['tcp', '127.0.0.1', 8080, 'LISTEN'],
        ['udp', '0.0.0.0', 5353, 'UNCONN'],
      ]),
    );
    expect(JSON.stringify(netns('cni-1')!.iptables)).toContain('--dport 81');
  });
  it.each<[string, string[], (seen: Collected) => boolean]>([
    [
      'an address in a pod',
      ['ip', '-n', 'cni-5', 'addr', 'add', '10.7.0.5/24', 'dev', 'eth0'],
      () => netns('cni-5')!.links.some((link) => link.addresses.some((one) => one.local === '10.7.0.5')),
    ],
    ['a link of the node', ['ip', 'link', 'set', 'v9', 'alias', 'renamed'], () => netns('')!.links.some((link) => link.alias === 'renamed')],
    ['a namespace that is new', ['ip', 'netns', 'add', 'fresh'], () => netns('fresh') !== undefined],
    [
      'a link in a namespace that nothing joins to the node',
      ['ip', '-n', 'fresh', 'link', 'set', 'lo', 'up'],
      () => netns('fresh')!.links[0]!.flags.includes('UP'),
    ],
    [
      'a rule of the packet filter in a pod',
      ['nsenter', '--net=/run/netns/cni-6', 'iptables', '-P', 'INPUT', 'DROP'],
      () => JSON.stringify(netns('cni-6')!.iptables).includes('DROP'),
    ],
    ['a namespace that is gone', ['ip', 'netns', 'del', 'fresh'], () => netns('fresh') === undefined],
    ['a pod that is gone', ['ip', 'netns', 'del', 'cni-7'], () => netns('cni-7') === undefined && !netns('')!.links.some((link) => link.name === 'v7')],
  ])('%s is told without being asked for', async (_name, command, has) => {
    const before = revision;
    inside(...command);
    await nextWith(has);
    expect(revision).toBeGreaterThan(before);
  });
  it('is not kept by who reads it: a namespace without a name or process is gone', async () => {
    inside('ip', 'netns', 'add', 'alone');
    batch('link add left type veth peer name right netns alone\n', '-n', 'cni-8');
    await nextWith(() => netns('alone')?.links.some((link) => link.name === 'right'));
    inside('ip', 'netns', 'del', 'alone');
    await nextWith(() => !netns('cni-8')!.links.some((link) => link.name === 'left'));
  });
});

const SERVER = `$a = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 8080) or die;
$b = IO::Socket::INET->new(Proto => 'udp', LocalPort => 5353) or die; $| = 1; print "ready\\n"; sleep 1000`;
