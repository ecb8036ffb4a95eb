/** Lab files: each mistake an author can make is answered with its place and what would be right. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseLabFile } from './lab-file.ts';

const GOOD = readFileSync(new URL('../../resources/labs/flannel-host-gw.yaml', import.meta.url), 'utf8');

/** `expected`: a piece of the text and what is said of the place where it first stands. */
function check(change: (text: string) => string, expected: readonly (readonly [string, string])[]): void {
  const text = change(GOOD);
  const { problems } = parseLabFile('test', text);
  const places = expected.map(([piece, message]) => {
    const before = text.slice(0, text.indexOf(piece)).split('\n');
    return `${before.length}:${before.at(-1)!.length + 1} ${message}`;
  });
  expect(problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`)).toEqual(places);
}

describe('lab file', () => {
  test('the shipped lab is right', () => check((text) => text, []));

  test.each<readonly [string, (text: string) => string, readonly (readonly [string, string])[]]>([
    [
      'not YAML',
      (text) => text.replace('lab: 1', 'lab: [1'),
      [
        [
          'title:',
          'this is not YAML: the indentation does not fit: keys of one map, and items of one list, begin in the same column, and what is in brackets is indented',
        ],
      ],
    ],
    ['a format it does not know', (text) => text.replace('lab: 1', 'lab: 2'), [['2\ntitle', '"lab" must be "1"']]],
    [
      'a word that means nothing',
      (text) => text.replace('  interface: eth1', '  interfase: eth1'),
      [
        ['kubernetes:\n', '"kubernetes.interface" is missing: a text is needed'],
        ['interfase', '"interfase" means nothing here'],
      ],
    ],
    [
      'an unknown network',
      (text) => text.replace('host-only, address: 192.168.56.12/24', 'hostonly, address: 192.168.56.12/24'),
      [['hostonly', 'there is no network "hostonly": "nat", "host-only" are defined']],
    ],
    [
      'an address of another subnet',
      (text) => text.replace('192.168.56.12/24', '192.168.57.12/24'),
      [['192.168.57.12', '192.168.57.12/24 is not in 192.168.56.0/24, the subnet of network "host-only"']],
    ],
    [
      'an address twice',
      (text) => text.replace('192.168.56.11/24', '192.168.56.12/24'),
      [['192.168.56.12/24 }\n\nkub', "192.168.56.12 is taken by node-1's eth1: two machines on one network need two addresses"]],
    ],
    [
      'an address that cannot be',
      (text) => text.replace('192.168.56.12/24', '192.168.56.300/24'),
      [['192.168.56.300', 'an address with its prefix length is needed, such as 192.168.56.11/24']],
    ],
    [
      'the address of the network itself',
      (text) => text.replace('192.168.56.12/24', '192.168.56.0/24'),
      [['192.168.56.0/24 }\n\nkub', '192.168.56.0 is the first address of 192.168.56.0/24, which no machine can have']],
    ],
    [
      'the broadcast address',
      (text) => text.replace('192.168.56.12/24', '192.168.56.255/24'),
      [['192.168.56.255', '192.168.56.255 is the last address of 192.168.56.0/24, which no machine can have']],
    ],
    [
      "the gateway's address",
      (text) => text.replace('10.0.2.15/24', '10.0.2.2/24'),
      [['10.0.2.2/24', '10.0.2.2 is the hypervisor\'s own address in network "nat"']],
    ],
    ['a gateway elsewhere', (text) => text.replace('gateway: 10.0.2.2', 'gateway: 10.0.3.2'), [['10.0.3.2', '10.0.3.2 is not in 10.0.2.0/24']]],
    [
      'a node twice',
      (text) => text.replace('  node-2:', '  node-1:'),
      [
        [
          'node-1:\n    interfaces:\n      eth0: { network: nat, address: 10.0.2.15/24 }\n      eth1: { network: host-only, address: 192.168.56.12',
          'this is not YAML: this key stands here a second time: leave one out',
        ],
      ],
    ],
    [
      'a pod twice',
      (text) => text.replace('name: hello-2', 'name: hello-1'),
      [['hello-1, image: nginx, node: node-2', 'there is another pod "hello-1" in namespace "default"']],
    ],
    [
      'a kind of network it does not know',
      (text) => text.replace('kind: segment', 'kind: vlan'),
      [['vlan', '"networks.host-only.kind" must be one of "segment", "nat"']],
    ],
    [
      'an image that is missing',
      (text) => text.replace('image: nginx, node: node-2', 'node: node-2'),
      [['{ name: hello-2', '"kubernetes.pods.1.image" is missing: a text is needed']],
    ],
    [
      'no prefix length',
      (text) => text.replace('192.168.56.12/24', '192.168.56.12'),
      [['192.168.56.12', 'an address with its prefix length is needed, such as 192.168.56.11/24']],
    ],
    [
      'a pod network with host bits',
      (text) => text.replace('10.244.0.0/16', '10.244.1.0/16'),
      [['10.244.1.0/16', 'this has host bits set: write the first address of the network, such as 10.244.0.0/16']],
    ],
    [
      'a pod network too small',
      (text) => text.replace('10.244.0.0/16', '10.244.0.0/23'),
      [['10.244.0.0/23', '10.244.0.0/23 has room for 2 nodes of a /24 each, and there are 3: a shorter prefix is needed']],
    ],
    [
      'a pod network that overlaps',
      (text) => text.replace('10.244.0.0/16', '192.168.0.0/16'),
      [['192.168.0.0/16', '192.168.0.0/16 overlaps 192.168.56.0/24, network "host-only": pods need addresses of their own']],
    ],
    [
      'a pod on a node that is not there',
      (text) => text.replace('node: node-2 }', 'node: node-3 }'),
      [['node-3', 'there is no node "node-3": one of "controlplane", "node-1", "node-2" is needed']],
    ],
    [
      'a bad name',
      (text) => text.replace('name: hello-2', 'name: Hello_2'),
      [['Hello_2', 'a name is made of lower case letters, digits and "-", at most 63 of them, and begins and ends with a letter or digit']],
    ],
    [
      'a control plane that is not there',
      (text) => text.replace('controlPlane: controlplane', 'controlPlane: master'),
      [['master', 'there is no node "master": one of "controlplane", "node-1", "node-2" is needed']],
    ],
    [
      'an unknown backend',
      (text) => text.replace('backend: host-gw', 'backend: hostgw'),
      [['hostgw', '"kubernetes.network.backend" must be one of "host-gw", "vxlan", "ipip"']],
    ],
    [
      'an unknown plugin',
      (text) => text.replace('plugin: flannel', 'plugin: weave'),
      [['weave', '"kubernetes.network.plugin" must be one of "flannel", "calico", "own"']],
    ],
    [
      "a router's address",
      (text) => text.replace('subnet: 192.168.56.0/24 }', 'subnet: 192.168.56.0/24, gateway: 192.168.56.11 }'),
      [['192.168.56.11/24 }', '192.168.56.11 is the address of the router on network "host-only"']],
    ],
    [
      'a router elsewhere',
      (text) => text.replace('subnet: 192.168.56.0/24 }', 'subnet: 192.168.56.0/24, gateway: 192.168.57.1 }'),
      [['192.168.57.1', '192.168.57.1 is not in 192.168.56.0/24']],
    ],
    [
      'the MAC of many',
      (text) => text.replace('address: 192.168.56.11/24', 'address: 192.168.56.11/24, mac: 01:00:5e:00:00:01'),
      [['01:00', 'the MAC of one card is needed, such as 08:00:27:1a:2b:3c']],
    ],
    [
      'a file without its whole path',
      (text) => text.replace('networks:', 'files: { etc/motd: hello }\n\nnetworks:'),
      [['etc/motd', 'the whole path of a file is needed, such as /etc/motd']],
    ],
    [
      'a node of the cluster that is not there',
      (text) => text.replace('  controlPlane: controlplane', '  nodes: [controlplane, node-1, node-2, node-9]\n  controlPlane: controlplane'),
      [['node-9', 'there is no node "node-9": "controlplane", "node-1", "node-2" are defined']],
    ],
    [
      'a pod on the control plane',
      (text) => text.replace('node: node-2 }', 'node: controlplane }'),
      [['controlplane }', '"controlplane" is the control plane, which takes no pods: "podsOnControlPlane: true" lets it']],
    ],
    [
      'a block of addresses elsewhere',
      (text) =>
        text.replace(
          '{ plugin: flannel, backend: host-gw }',
          '{ plugin: calico, encapsulation: ipip, blocks: { node-1: { block: 10.245.0.0/26, tunnel: 10.245.0.70 } } }',
        ),
      [
        ['10.245.0.0/26', '10.245.0.0/26 is no /26 of 10.244.0.0/16'],
        ['10.245.0.70', '10.245.0.70 is not in 10.245.0.0/26'],
      ],
    ],
    ['nothing', () => '', [['', 'the file must be a map of keys and values']]],
  ])('%s', (_, change, expected) => check(change, expected));
});
