/** Goal: Tab offers what can stand at a place. Method: a machine with a few devices and namespaces; lines, and what is offered at their ends. */
import { expect, test } from 'vitest';
import { ok } from '../../base/index.ts';
import { makeWorld } from '../../kernel/index.ts';
import { Machine } from '../../machine/index.ts';
import type { ApiResource, KubernetesApi, KubeObject } from '../kubectl/index.ts';
import { kubectlProgram } from '../kubectl/index.ts';
import { PROGRAMS } from '../index.ts';
import { completeArguments } from './completion.ts';

const resource = (name: string, kind: string, short: string, isNamespaced: boolean): ApiResource => ({
  ...{ name, singular: name.slice(0, -1), shortNames: [short], kind, group: '', version: 'v1', isNamespaced, verbs: [] },
});
const named = (name: string, namespace?: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: '',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { containers: [{ name: 'main' }, { name: 'side' }] },
  }) as never;
const STORED: Readonly<Record<string, readonly KubeObject[]>> = {
  pods: [named('web-1', 'default'), named('web-2', 'default'), named('dns', 'kube-system')],
  nodes: [named('node-1'), named('node-2')],
  namespaces: [named('default'), named('kube-system')],
};
const api = {
  resources: [resource('pods', 'Pod', 'po', true), resource('nodes', 'Node', 'no', false), resource('namespaces', 'Namespace', 'ns', false)],
  list: ({ name, isNamespaced }: ApiResource, namespace?: string) =>
    ok((STORED[name] ?? []).filter(({ metadata }) => !isNamespaced || metadata.namespace === namespace)),
  get: ({ name }: ApiResource, _namespace: string, wanted: string) => ok((STORED[name] ?? []).find(({ metadata }) => metadata.name === wanted)!),
} as unknown as KubernetesApi;

const world = makeWorld(7, 1_700_000_000_000);
const machine = new Machine(world, { hostname: 'node-1', users: [], hosts: [], nameservers: [], seed: 1, programs: [...PROGRAMS, kubectlProgram(api)] });
const script =
  'ip link add br0 type bridge; ip link add veth0 type veth peer name veth1; ip link set veth0 master br0; ip netns add blue; ip netns add green;' +
  'iptables -N MINE; iptables -t nat -N NATTED';
const child = machine.spawn(['bash', '-c', script]);
if (child.ok) world.simulation.runFree(() => child.value.ending === undefined);

const offered = (line: string): string => {
  const words = line.split(' ');
  return (completeArguments({ words, word: words.at(-1)!, process: machine.init }) ?? []).map(({ text }) => text).join(' ');
};
test.each([
  ['ip l', 'l2tp link'],
  ['ip link s', 'set show'],
  ['ip link set v', 'veth0 veth1'],
  ['ip link set dev ', 'br0 lo veth0 veth1'],
  ['ip link set veth0 mas', 'master'],
  ['ip link set veth0 master b', 'br0'],
  ['ip link set veth1 netns ', 'blue green'],
  ['ip link add x type vl', 'vlan'],
  ['ip -n ', 'blue green'],
  ['ip -n blue route add default dev ', 'br0 lo veth0 veth1'],
  ['ip -br a', 'address addrlabel'],
  ['ip -det', '-details'],
  ['ip netns exec g', 'green'],
  ['ip netns del ', 'blue green'],
  ['ip route get 10.0.0.1 oi', 'oif'],
  ['ip route show table ', 'all default local main'],
  ['bridge fdb ', 'add append delete flush get help replace show'],
  ['bridge fdb show br', 'br brport'],
  ['tc qdisc add dev veth0 root net', 'netem'],
  ['tc qdisc add dev veth0 root netem lo', 'loss'],
  ['brctl add', 'addbr addif'],
  ['brctl addif ', 'br0'],
  ['brctl addif br0 ', 'lo veth0 veth1'],
  ['brctl delif br0 ', 'veth0'],
  ['ifconfig v', 'veth0 veth1'],
  ['ethtool -S ve', 'veth0 veth1'],
  ['tcpdump -i b', 'br0'],
  ['ping -I v', 'veth0 veth1'],
  ['ping loc', 'localhost'],
  ['iptables -t n', 'nat'],
  ['iptables -A ', 'FORWARD INPUT MINE OUTPUT'],
  ['iptables -t nat -A N', 'NATTED'],
  ['iptables -A INPUT -j M', 'MARK MASQUERADE MINE'],
  ['iptables -A INPUT -m conntrack --ctst', '--ctstate --ctstatus'],
  ['iptables -A INPUT -m conntrack --ctstate E', 'ESTABLISHED'],
  ['sort --rev', '--reverse'],
  ['nosuch -', ''],
  ['kubectl exe', 'exec'],
  ['kubectl rollout ', 'history pause restart resume status undo'],
  ['kubectl exec ', 'web-1 web-2'],
  ['kubectl exec -n kube-system ', 'dns'],
  ['kubectl -n kube-system logs ', 'dns'],
  ['kubectl logs web-1 -c ', 'main side'],
  ['kubectl get ', 'namespaces nodes pods'],
  ['kubectl get po ', 'web-1 web-2'],
  ['kubectl describe node/', 'node/node-1 node/node-2'],
  ['kubectl get pods -n ', 'default kube-system'],
  ['kubectl get pods --all', '--all-namespaces --allow-missing-template-keys'],
  ['kubectl drain node-1 ', 'node-1 node-2'],
])('%s', (line, expected) => expect(offered(line)).toBe(expected));
