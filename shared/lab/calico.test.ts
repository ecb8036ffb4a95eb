/**
 * Goal: Calico carries pods over every kind of encapsulation as it does on real nodes, and enforces network policies. Method: the shipped lab, with
 * the encapsulation changed; the state of a node whole; a table of policies, each with who may and may not after it.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../base/index.ts';
import { createLab, parseLabFile, type Lab } from './index.ts';

const FILE = readFileSync(new URL('../../resources/labs/calico-ipip.yaml', import.meta.url), 'utf8');
const bringUp = (change: (text: string) => string = (text) => text): Lab => {
  const { value, problems } = parseLabFile('calico', change(FILE));
  expect(problems).toEqual([]);
  return createLab(value!, { seed: 1, epochMs: 1_700_000_000_000 });
};

function sh(lab: Lab, target: string, line: string): string {
  const session = lab.exec({ target, argv: ['sh', '-c', utf8Encode(`exec 2>&1; ${line}`)] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  const take = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  for (let i = 0; i < 3000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    take();
  }
  take();
  return utf8Decode(output);
}

describe.each<readonly [string, string, string, number]>([
  [
    'ipip',
    '10.100.32.128/26 via 10.0.17.5 dev tunl0 proto bird onlink \n10.100.58.192/26 via 10.0.17.7 dev tunl0 proto bird onlink \nblackhole 10.100.85.192/26 proto bird \n',
    '3: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/ipip 0.0.0.0 brd 0.0.0.0\n    inet 10.100.85.194/32 scope global tunl0\n       valid_lft forever preferred_lft forever\n',
    1480,
  ],
  [
    'vxlan',
    '10.100.32.128/26 via 10.100.32.128 dev vxlan.calico proto 80 onlink \n10.100.58.192/26 via 10.100.58.192 dev vxlan.calico proto 80 onlink \nblackhole 10.100.85.192/26 proto 80 \n',
    // printf k8s-node01 | sha1sum begins with the MAC's last five bytes
    '3: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/ether 66:SHA brd ff:ff:ff:ff:ff:ff\n    inet 10.100.85.194/32 scope global vxlan.calico\n       valid_lft forever preferred_lft forever\n',
    1450,
  ],
  [
    'none',
    '10.100.32.128/26 via 10.0.17.5 dev ens160 proto bird \n10.100.58.192/26 via 10.0.17.7 dev ens160 proto bird \nblackhole 10.100.85.192/26 proto bird \n',
    '',
    1500,
  ],
])('encapsulation %s', (encapsulation, routes, tunnel, mtu) => {
  const lab = bringUp((text) => text.replace('encapsulation: ipip', `encapsulation: ${encapsulation}`));
  const node = (line: string): string => sh(lab, 'k8s-node01', line);

  test('routes, tunnel and the pod', () => {
    expect(node("ip route | grep -e 'proto bird' -e 'proto 80'")).toBe(routes);
    const sha = node('printf k8s-node01 | sha1sum').slice(0, 10).match(/../g)!.join(':');
    expect(
      node('ip -4 addr show tunl0 2> /dev/null || ip addr show vxlan.calico 2> /dev/null')
        .replace(sha, 'SHA')
        .replace(/ {4}inet6[^]*$/, ''),
    ).toBe(encapsulation === 'ipip' ? tunnel.replace(/ {4}link.*\n/, '') : tunnel);
    expect(sh(lab, 'client', 'route -n')).toBe(
      'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n' +
        '0.0.0.0         169.254.1.1     0.0.0.0         UG    0      0        0 eth0\n169.254.1.1     0.0.0.0         255.255.255.255 UH    0      0        0 eth0\n',
    );
    expect(sh(lab, 'client', 'ip link show eth0 | head -1')).toContain(` mtu ${mtu} `);
  });

  test('pods of two nodes reach each other, nodes reach pods of others, pods the world', () => {
    const address = sh(lab, 'k8s-master01', "kubectl get pod web-2 -o jsonpath='{.status.podIP}'");
    expect(sh(lab, 'client', `ping -c 1 -W 1 ${address}`)).toContain(' ttl=62 ');
    expect(sh(lab, 'k8s-node01', `ping -c 1 -W 1 ${address}`)).toContain(' ttl=63 ');
    expect(sh(lab, 'client', 'ping -c 1 -W 1 8.8.8.8')).toContain(' 0% packet loss');
    expect(sh(lab, 'client', 'arp -n')).toMatch(/169\.254\.1\.1 +ether +ee:ee:ee:ee:ee:ee/);
    if (encapsulation === 'vxlan') {
      expect(node('ip neigh show dev vxlan.calico')).toMatch(/^10\.100\.32\.128 lladdr 66:\S+ PERMANENT \n10\.100\.58\.192 lladdr 66:\S+ PERMANENT \n$/);
      expect(node('bridge fdb show dev vxlan.calico')).toMatch(/^66:\S+ dst 10\.0\.17\.[57] self permanent\n66:\S+ dst 10\.0\.17\.[57] self permanent\n$/);
    }
  });
});

describe('network policies', () => {
  const lab = bringUp();
  const master = (line: string): string => sh(lab, 'k8s-master01', line);
  master('kubectl create namespace elsewhere; kubectl label namespace elsewhere team=red');
  for (const [name, place, labels] of [
    ['other', 'default', 'app=other'],
    ['red', 'elsewhere', 'app=client'],
  ] as const)
    master(`kubectl run ${name} -n ${place} --labels=${labels} --image=busybox -- sleep 10000`);
  master('sleep 5');
  const [one, two] = ['web-1', 'web-2'].map((pod) => master(`kubectl get pod ${pod} -o jsonpath='{.status.podIP}'`)) as [string, string];
  const client = master("kubectl get pod client -o jsonpath='{.status.podIP}'");

  /** Who gets a page of web-2, who may ping it, and whether it may ping client. */
  const reach = (): string => {
    const fetches = (pod: string): boolean => sh(lab, pod, `wget -qO- -T 1 ${two} | grep -c '<title>Welcome'`).endsWith('1\n');
    const pings = (pod: string, to: string): boolean => sh(lab, pod, `ping -c 1 -W 1 ${to}`).includes(' 0% packet loss');
    const words = [
      ...[['client'], ['other'], ['red', 'k8s-node01/elsewhere/red', 'k8s-node02/elsewhere/red']].flatMap(([name = '', ...places]) =>
        (places.length === 0 ? [name] : places.filter((place) => lab.endpoints().some((end) => end.id === place))).flatMap((place) =>
          fetches(place) ? [name] : [],
        ),
      ),
      ...(pings('other', two) ? ['ping'] : []),
      ...(pings('client', one) ? ['web-1'] : []),
    ];
    return words.join(' ');
  };
  const EVERYTHING = 'client other red ping web-1';

  test.each<readonly [string, string, string]>([
    ['nothing said, nothing kept', '', EVERYTHING],
    ['a wall', 'podSelector: {}', ''],
    ['an empty rule lets all in', 'podSelector: {}, ingress: [{}]', EVERYTHING],
    ['pods of the same namespace', 'podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]', 'client web-1'],
    ['a port', 'podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]', 'client other red'],
    ['another port', 'podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}, {port: 90, endPort: 99}]}]', ''],
    ['a range of ports', 'podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 70, endPort: 90}]}]', 'client other red'],
    ['a namespace', 'podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]', 'red'],
    [
      'pods of a namespace',
      'podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: In, values: [client]}]}}]}]',
      'client red web-1',
    ],
    ['addresses', `podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: ${client}/32}}]}]`, 'client web-1'],
    [
      'addresses but some',
      `podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.100.0.0/16, except: [${client}/32]}}]}]`,
      'other red ping',
    ],
    [
      'two rules, either is enough',
      'podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}, {ports: [{port: 80}]}]',
      'client other red web-1',
    ],
    ['only who may not send', 'podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]', 'other red ping'],
    [
      'sending to some',
      `podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: ${two}/32}}], ports: [{port: 80}]}]`,
      'client other red ping',
    ],
  ])('%s', (_, spec, expected) => {
    if (spec !== '') {
      const policy = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: one}\nspec: {${spec}}\n`;
      lab.writeFile('k8s-master01', '/root/one.yaml', utf8Encode(policy), 0o644);
      expect(master('kubectl apply -f one.yaml')).toBe('networkpolicy.networking.k8s.io/one created\n');
      master('sleep 1');
    }
    expect(reach()).toBe(expected);
    if (spec === '') return;
    expect(master('kubectl delete networkpolicy one')).toBe('networkpolicy.networking.k8s.io "one" deleted\n');
    master('sleep 1');
    expect(sh(lab, 'k8s-node02', 'iptables-save | grep -c cali-p[io]-_; ipset list -n | grep -c cali40s')).toBe('0\n0\n');
  });

  test.each<readonly [string, string, string]>([
    ['no peer', '{podSelector: {}, ingress: [{from: [{}]}]}', 'spec.ingress[0].from[0]: Required value: must specify a peer'],
    [
      'a bad port',
      '{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}',
      'spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'an exception elsewhere',
      '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24, except: [10.0.1.0/28]}}]}]}',
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.1.0/28": must be a strict subset of `cidr`',
    ],
  ])('%s is refused', (_, spec, error) => {
    lab.writeFile(
      'k8s-master01',
      '/root/bad.yaml',
      utf8Encode(`apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: bad}\nspec: ${spec}\n`),
      0o644,
    );
    expect(master('kubectl apply -f bad.yaml')).toBe(`The NetworkPolicy "bad" is invalid: ${error}\n`);
  });
});

test('an address that is given back is taken again last of all, and a full block is followed by another', () => {
  const lab = bringUp();
  const master = (line: string): string => sh(lab, 'k8s-master01', line);
  const address = (pod: string): string => master(`kubectl get pod ${pod} -o jsonpath='{.status.podIP}'`);
  const routes = (): number => Number(sh(lab, 'k8s-node01', "ip route | grep -c 'dev cali'"));
  const routesBefore = routes();
  master('kubectl run a --image=busybox --overrides=\'{"spec":{"nodeName":"k8s-node01"}}\' -- sleep 1000; sleep 3');
  const taken = Number(/^10\.100\.85\.(\d+)$/.exec(address('a'))?.[1]);
  expect(taken).toBeGreaterThan(194);
  master('kubectl delete pod a --now; sleep 2; kubectl run b --image=busybox --overrides=\'{"spec":{"nodeName":"k8s-node01"}}\' -- sleep 1000; sleep 3');
  expect(address('b')).toBe(`10.100.85.${taken + 1}`);
  expect(routes()).toBe(routesBefore + 1);
});
