/**
 * Goal: what each program prints is read, whole. Method: outputs of one real host (samples/debian-12-programs.txt), of which several programs tell the
 * same; and short outputs of other hosts and versions with the facts written by hand.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseOutput, type Facts } from './index.ts';

/** Of a sample, a section by its command. */
function facts(command: string): Facts {
  const text = readFileSync(new URL('samples/debian-12-programs.txt', import.meta.url), 'utf8');
  const found = text.split(/^#### /m).find((part) => part.startsWith(`${command}\n`));
  if (found === undefined) throw new Error(`no sample of ${command}`);
  const { value, problems } = parseOutput(command, found.slice(command.length + 1))!;
  expect(problems).toEqual([]);
  return value;
}
const read = (command: string, text: string) => parseOutput(command, text)!;

describe('programs that tell the same', () => {
  const withoutAges = ({ fdb }: Facts) => fdb!.map(({ ageS: _, ...entry }) => entry);
  it('bridge fdb and bridge -j fdb', () => {
    expect(facts('bridge fdb')).toEqual(facts('bridge -j fdb'));
    expect(withoutAges(facts('bridge -s fdb'))).toEqual(withoutAges(facts('bridge fdb')));
  });
  it('bridge -d link and bridge -j -d link', () => {
    expect(facts('bridge -d link')).toEqual(facts('bridge -j -d -s link'));
    expect(facts('bridge -d link').links![0]).toMatchObject({
      name: 'veth1',
      masterName: 'cni0',
      port: { state: 'forwarding', hairpin: false, learning: true, flood: true, isolated: false },
    });
  });
  it('brctl show and bridge link', () => {
    const ports = ({ links }: Facts) => links!.filter((link) => link.masterName === 'cni0').map(({ name }) => name);
    expect(ports(facts('brctl show'))).toEqual(ports(facts('bridge link')));
  });
  it('brctl showmacs and bridge fdb', () => {
    const macs = ({ fdb }: Facts) =>
      fdb!
        .filter(({ master }) => master === 'cni0')
        .map(({ mac, state }) => `${mac} ${state}`)
        .sort();
    expect(macs(facts('brctl showmacs cni0'))).toEqual(macs(facts('bridge fdb')));
  });
  it('iptables-save, -S, and -L of every table', () => {
    const table = ({ iptables }: Facts, name: string) =>
      iptables!
        .find((one) => one.table === name)!
        .chains.map(({ rules, ...chain }) => ({ ...chain, packets: 0, bytes: 0, rules: rules.map(({ text }) => text) }));
    const saved = facts('iptables-save');
    expect(table(facts('iptables-save -c'), 'nat')).toEqual(table(saved, 'nat'));
    expect(table(facts('iptables -S'), 'filter')).toEqual(table(saved, 'filter'));
    expect(table(facts('iptables -t nat -S -v'), 'nat')).toEqual(table(saved, 'nat'));
    // -L does not print -m tcp for a match on a port, nor the quotes of a comment that needs none
    expect(table(facts('iptables -t nat -L -n -v'), 'nat')).toEqual(table(saved, 'nat'));
    expect(table(facts('ip6tables -nvL'), 'filter')).toEqual(table(facts('ip6tables-save'), 'filter'));
  });
  it('ss and netstat', () => {
    const listening = ({ sockets }: Facts) =>
      sockets!
        .map(({ protocol, state, local, localPort, owner }) => [protocol, state, local.replace('*', '::'), localPort, owner])
        .sort((a, b) => Number(a[3]) - Number(b[3]));
    expect(listening(facts('ss -tulpn'))).toEqual(listening(facts('netstat -tulpn')));
  });
  it('ipset save and ipset list', () => {
    const sets = (one: Facts) => one.sets!.map((set) => ({ ...set, members: set.members.map((member) => member.replace(/timeout \d+/, 'timeout')).sort() }));
    expect(sets(facts('ipset save'))).toEqual(sets(facts('ipset list')));
  });
  it('route, netstat -rn; arp -n, arp -an; conntrack -L, -o extended; lsns, lsns -J', () => {
    const targets = ({ routes }: Facts) => routes!.map(({ destination, via, device, type }) => ({ destination, via, device, type }));
    expect(targets(facts('route -n'))).toEqual(targets(facts('netstat -rn')));
    expect(facts('route -ne')).toEqual(facts('netstat -rn'));
    expect(facts('arp -n')).toEqual(facts('arp -an'));
    const withoutTime = ({ connections }: Facts) => connections!.map(({ timeoutS: _, family: __, ...connection }) => connection);
    expect(withoutTime(facts('conntrack -L'))).toEqual(withoutTime(facts('conntrack -L -o extended')));
    expect(facts('lsns')).toEqual(facts('lsns -J'));
  });
});

describe('a sample', () => {
  it('of ifconfig', () => {
    const { links } = facts('ifconfig -a');
    expect(links!.map(({ name }) => name)).toEqual(['cni0', 'd0', 'd1', 'flannel.1', 'ifb0', 'lo', 'mv0', 'tap0', 'va', 'vb', 'veth1', 'veth2', 'vx2']);
    expect(links!.find(({ name }) => name === 'cni0')).toMatchObject({
      flags: ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST'],
      mtu: 1500,
      queueLength: 1000,
      addresses: [
        { family: 'inet', local: '10.244.1.1', prefixLength: 24, broadcast: '10.244.1.255', scope: 'global', flags: [] },
        { family: 'inet6', prefixLength: 64, scope: 'link' },
      ],
    });
  });
  it('of ethtool -S names the peer of a veth', () => {
    expect(facts('ethtool -S va')).toMatchObject({
      links: [{ name: 'va', kind: 'veth', link: { ifindex: 5 } }],
      counters: { peer_ifindex: 5, rx_queue_0_drops: 0 },
    });
  });
  it('of brctl showstp', () => {
    expect(facts('brctl showstp cni0').links!.map(({ name, masterName, port, bridge }) => [name, masterName, port?.state, bridge?.ageingTimeS])).toEqual([
      ['cni0', undefined, undefined, 300],
      ['veth1', 'cni0', 'forwarding', undefined],
      ['veth2', 'cni0', 'forwarding', undefined],
    ]);
  });
  it('of sockets: those of IP, among others', () => {
    expect(facts('ss -an').sockets!.map(({ protocol, state }) => `${protocol} ${state}`)).toEqual([
      'udp UNCONN',
      'udp UNCONN',
      'tcp LISTEN',
      'tcp ESTAB',
      'tcp ESTAB',
      'tcp LISTEN',
    ]);
    expect(facts('ss -tin').sockets).toHaveLength(2);
  });
});

describe('other hosts', () => {
  const cases: [command: string, text: string, value: object, problems?: [number, string][]][] = [
    [
      'route -n',
      'Destination     Gateway         Genmask         Flags   Metric  Ref  Use  Iface \n0.0.0.0         169.254.1.1     0.0.0.0         UG      0       0    0    eth0 \n169.254.1.1     0.0.0.0         255.255.255.255 UH      0       0    0    eth0\n',
      {
        routes: [
          {
            family: 'inet',
            table: 'main',
            type: 'unicast',
            destination: 'default',
            via: '169.254.1.1',
            device: 'eth0',
            flags: [],
            text: 'default via 169.254.1.1 dev eth0',
          },
          { family: 'inet', table: 'main', type: 'unicast', destination: '169.254.1.1', device: 'eth0', flags: [], text: '169.254.1.1 dev eth0' },
        ],
      },
    ],
    [
      'ethtool -S veth0',
      'NIC statistics:\n     peer_ifindex: 3\n',
      { counters: { peer_ifindex: 3 }, links: [{ name: 'veth0', kind: 'veth', link: { ifindex: 3 } }] },
    ],
    [
      'brctl show',
      '[root@10-10-88-170 ~]# brctl showbridge name bridge id STP enabled interfacescni0 8000.0a580af40201 no veth2a69de99 veth686e1634 vethef16d6b0docker0 8000.024243a1fcad no[root@10-10-88-170 ~]#\n',
      {
        links: [
          { name: 'cni0', kind: 'bridge', bridge: { id: '8000.0a580af40201', stp: false } },
          { name: 'veth2a69de99', masterName: 'cni0' },
          { name: 'veth686e1634', masterName: 'cni0' },
          { name: 'vethef16d6b0', masterName: 'cni0' },
          { name: 'docker0', kind: 'bridge', bridge: { id: '8000.024243a1fcad', stp: false } },
        ],
      },
    ],
    [
      'bridge vlan show',
      'port\tvlan ids\nveth1\t 1 PVID Egress Untagged\n\t 10-12\n\neth9\tNone\n',
      {
        vlans: [
          { device: 'veth1', id: 1, flags: ['PVID', 'Egress Untagged'] },
          { device: 'veth1', id: 10, lastId: 12, flags: [] },
        ],
      },
    ],
    [
      'bridge -j vlan',
      '[{"ifname":"veth1","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":10,"vlanEnd":12}]}]',
      {
        vlans: [
          { device: 'veth1', id: 1, flags: ['PVID', 'Egress Untagged'] },
          { device: 'veth1', id: 10, lastId: 12, flags: [] },
        ],
      },
    ],
    [
      'sysctl -a',
      "net.bridge.bridge-nf-call-iptables = 1\nnet.ipv4.conf.eth0/100.rp_filter = 2\nnet/ipv4/conf/eth0.100/rp_filter = 2\nkernel.domainname = \nsysctl: permission denied on key 'x'\n",
      { sysctls: { 'net.bridge.bridge-nf-call-iptables': '1', 'net.ipv4.conf.eth0/100.rp_filter': '2', 'kernel.domainname': '' } },
      [[5, 'no setting']],
    ],
    [
      'ifconfig',
      'eth0      Link encap:Ethernet  HWaddr 0A:58:0A:F4:01:03  \n          inet addr:10.244.1.3  Bcast:10.244.1.255  Mask:255.255.255.0\n          inet6 addr: fe80::858:aff:fef4:103/64 Scope:Link\n          UP BROADCAST RUNNING MULTICAST  MTU:1450  Metric:1\n          RX packets:12 errors:0 dropped:1 overruns:0 frame:0\n          TX packets:5 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:0 \n          RX bytes:900 (900.0 B)  TX bytes:350 (350.0 B)\n',
      {
        links: [
          {
            name: 'eth0',
            mac: '0a:58:0a:f4:01:03',
            flags: ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST'],
            mtu: 1450,
            addresses: [
              { family: 'inet', local: '10.244.1.3', prefixLength: 24, broadcast: '10.244.1.255', scope: 'global', flags: [] },
              { family: 'inet6', local: 'fe80::858:aff:fef4:103', prefixLength: 64, scope: 'link', flags: [] },
            ],
            statistics: { rxPackets: 12, rxDropped: 1, rxBytes: 900, txPackets: 5, txDropped: 0, txBytes: 350 },
          },
        ],
      },
    ],
    [
      'conntrack -L',
      'udp      17 25 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=53 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=53 dport=5 mark=0 zone=2 use=1\nconntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n',
      {
        conntrack: ['udp      17 25 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=53 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=53 dport=5 mark=0 zone=2 use=1'],
        connections: [
          {
            protocol: 'udp',
            timeoutS: 25,
            flags: ['UNREPLIED'],
            mark: 0,
            zone: 2,
            original: { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 5, destinationPort: 53 },
            reply: { source: '10.0.0.2', destination: '10.0.0.1', sourcePort: 53, destinationPort: 5 },
          },
        ],
      },
    ],
    [
      'kubectl get pods -A -o wide',
      'NAMESPACE     NAME       READY   STATUS    RESTARTS      AGE   IP           NODE     NOMINATED NODE   READINESS GATES\ndefault       httpd      1/1     Running   1 (5m ago)    2d    10.244.1.3   node-1   <none>           <none>\nkube-system   pending    0/1     Pending   0             1s    <none>       <none>   <none>           <none>\n',
      {
        pods: [
          { namespace: 'default', name: 'httpd', phase: 'Running', node: 'node-1', addresses: ['10.244.1.3'] },
          { namespace: 'kube-system', name: 'pending', phase: 'Pending', addresses: [] },
        ],
      },
    ],
    [
      'kubectl get nodes -o json',
      '{"kind":"List","items":[{"kind":"Node","metadata":{"name":"node-1"},"spec":{"podCIDR":"10.244.1.0/24","unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"192.168.56.11"},{"type":"Hostname","address":"node-1"}],"nodeInfo":{"kubeletVersion":"v1.28.0"}}}]}',
      { nodes: [{ name: 'node-1', status: 'Ready,SchedulingDisabled', addresses: ['192.168.56.11'], podCIDRs: ['10.244.1.0/24'], version: 'v1.28.0' }] },
    ],
    [
      'iptables-save',
      '*nat\n:POSTROUTING ACCEPT [1:60]\n-A POSTROUTING -j MASQUERADE\n-A NOWHERE -j ACCEPT\n',
      {
        iptables: [
          {
            family: 'inet',
            table: 'nat',
            chains: [
              { name: 'POSTROUTING', policy: 'ACCEPT', packets: 1, bytes: 60, rules: [{ text: '-A POSTROUTING -j MASQUERADE', packets: 0, bytes: 0 }] },
              { name: 'NOWHERE', policy: null, packets: 0, bytes: 0, rules: [{ text: '-A NOWHERE -j ACCEPT', packets: 0, bytes: 0 }] },
            ],
          },
        ],
      },
      [
        [4, 'chain NOWHERE is not declared'],
        [4, 'table nat has no COMMIT: the text ends too early'],
      ],
    ],
    [
      'iptables -vL FORWARD',
      'Chain FORWARD (policy DROP 12K packets, 3M bytes)\n pkts bytes target     prot opt in     out     source               destination\n  12K   1M ACCEPT     tcp  --  any    !cni0   anywhere             10.0.0.1             LOG flags 0\n',
      {
        iptables: [
          {
            family: 'inet',
            table: 'filter',
            chains: [
              {
                name: 'FORWARD',
                policy: 'DROP',
                packets: 12000,
                bytes: 3000000,
                rules: [{ text: '-A FORWARD -d 10.0.0.1/32 ! -o cni0 -p tcp LOG flags 0 -j ACCEPT', packets: 12000, bytes: 1000000 }],
              },
            ],
          },
        ],
      },
      [[3, 'no words of iptables-save are known for: LOG flags 0']],
    ],
  ];
  it.each(cases)('%s', (command, text, value, problems = []) => {
    const found = read(command, text);
    expect(found.value).toEqual(value);
    expect(found.problems.map(({ line, message }) => [line, message])).toEqual(problems);
  });
});

describe('command lines', () => {
  const cases: [command: string, facts: string | undefined][] = [
    ['ip a', 'links'],
    ['sudo ip -4 r', 'routes'],
    ['/sbin/ip ru', 'rules'],
    ['ip n', 'neighbours'],
    ['ip net', 'namespaces'],
    ['ip netns exec pod1 ip route', 'routes'],
    ['ip -n pod1 neigh', 'neighbours'],
    ['kubectl exec -n kube-system pod -- ip link', 'links'],
    ['nsenter -t 4 -n iptables-save', 'iptables'],
    ['docker exec -it web ss -tln', 'sockets'],
    ['ssh -p 22 root@node bridge fdb show', 'fdb'],
    ["LC_ALL=C timeout 5 conntrack -L | grep 'dport=80'", 'connections'],
    ['ip6tables -nvL', 'iptables'],
    ['iptables -A INPUT -j DROP', undefined],
    ['ip xfrm state', undefined],
    ['conntrack -L -o xml', undefined],
    ['frobnicate', undefined],
    ['', undefined],
  ];
  it.each(cases)('%j', (command, kind) => {
    const found = parseOutput(command, '');
    expect(found && Object.keys(found.value).at(-1)).toBe(found?.value.iptables ? 'iptables' : kind);
    expect(found === undefined).toBe(kind === undefined);
  });
});
