/**
 * Goal: deployments, services and name service work as a cluster's do: objects, endpoints, the very rules, and real connections through them.
 * Method: a lab, commands as a user types them, whole outputs; addresses that the server chose are read back from it.
 */
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../base/index.ts';
import { createLab, parseLabFile, type Lab } from './index.ts';

const FILE = parseLabFile('flannel-host-gw', readFileSync(new URL('../../resources/labs/flannel-host-gw.yaml', import.meta.url), 'utf8')).value!;
let lab: Lab;
beforeEach(() => {
  lab = createLab(FILE, { seed: 3, epochMs: 1_700_000_000_000 });
});

const wait = (seconds: number): void => void lab.simulation.runUntil(lab.simulation.nowUs + seconds * 1_000_000);

/** What a command line prints on a node, errors too. */
function sh(line: string, target = 'controlplane'): string {
  const session = lab.exec({ target, argv: ['sh', '-c', utf8Encode(`exec 2>&1; ${line}`)] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  for (let i = 0; i < 2000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  }
  for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  return utf8Decode(output);
}
const jsonpath = (what: string, path: string): string => sh(`kubectl get ${what} -o jsonpath='{${path}}'`);

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.0.80, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`;
function deployWeb(): void {
  lab.writeFile('controlplane', '/root/web.yaml', utf8Encode(WEB), 0o644);
  expect(sh('kubectl apply -f web.yaml')).toBe('deployment.apps/web created\nservice/web created\n');
  wait(4);
}

test('a deployment keeps its replicas, and takes them along when it goes', () => {
  deployWeb();
  expect(sh('kubectl get deploy')).toBe('NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    2/2     2            2           4s\n');
  const [first = ''] = jsonpath('pods -l app=web', '.items[*].metadata.name').split(' ');
  expect(first).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(sh(`kubectl delete pod ${first} --now`)).toBe(`pod "${first}" deleted\n`);
  wait(3);
  const names = jsonpath('pods -l app=web', '.items[*].metadata.name').split(' ');
  expect(names.length).toBe(2);
  expect(names).not.toContain(first);
  expect(sh('kubectl delete deploy web')).toBe('deployment.apps "web" deleted\n');
  wait(3);
  expect(sh('kubectl get pods,rs -l app=web')).toBe('No resources found in default namespace.\n');
});

test('kube-proxy writes the chains of a service port, and takes them out again', () => {
  deployWeb();
  const endpoints = jsonpath('endpoints web', '.subsets[0].addresses[*].ip').split(' ');
  expect(endpoints.length).toBe(2);
  const rules = sh("iptables-save -t nat | grep -F '\"default/web' | sed 's/KUBE-SEP-[A-Z2-7]*/KUBE-SEP/'", 'node-2').split('\n');
  const one = (ip: string): string[] => [
    `-A KUBE-SEP -s ${ip}/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ`,
    `-A KUBE-SEP -p tcp -m comment --comment "default/web" -m tcp -j DNAT --to-destination ${ip}:80`,
  ];
  expect(rules.sort()).toEqual(
    [
      '',
      ...endpoints.flatMap(one),
      '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G',
      '-A KUBE-SERVICES -d 10.96.0.80/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G',
      '-A KUBE-SVC-LOLE4ISW44XBNF3G ! -s 10.244.0.0/16 -d 10.96.0.80/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ',
      `-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> ${endpoints[0]}:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP`,
      `-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> ${endpoints[1]}:80" -j KUBE-SEP`,
    ].sort(),
  );
  sh('kubectl delete svc web');
  wait(3);
  expect(sh('iptables-save | grep -e LOLE4ISW44XBNF3G -e default/web', 'node-2')).toBe('');
});

test('connections reach the pods by the address of the service and by a port of every node; without pods they are refused', () => {
  deployWeb();
  const get = (address: string, port: number): string => `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${address} ${port} | head -1`;
  expect(sh(get('10.96.0.80', 80), 'node-1')).toBe('HTTP/1.1 200 OK\r\n');
  expect(sh(get('192.168.56.12', 30080), 'node-1')).toBe('HTTP/1.1 200 OK\r\n');
  expect(sh('conntrack -L 2>/dev/null | grep -c dst=10.96.0.80', 'node-1')).toBe('1\n');
  sh('kubectl delete deploy web');
  wait(3);
  expect(sh('nc -zv -w 1 10.96.0.80 80', 'node-1')).toBe('nc: connect to 10.96.0.80 port 80 (tcp) failed: Connection refused\n');
});

test.each<readonly [string, string, string]>([
  [
    'an address outside of the range',
    '{clusterIP: 10.1.0.1, ports: [{port: 80}]}',
    'The Service "x" is invalid: spec.clusterIPs: Invalid value: ["10.1.0.1"]: failed to allocate IP 10.1.0.1: the provided IP (10.1.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12\n',
  ],
  [
    'an address that is taken',
    '{clusterIP: 10.96.0.10, ports: [{port: 80}]}',
    'The Service "x" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated\n',
  ],
  [
    'a node port out of range',
    '{type: NodePort, ports: [{port: 80, nodePort: 80}]}',
    'The Service "x" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767\n',
  ],
  [
    'two ports without names',
    '{ports: [{port: 80}, {port: 81}]}',
    'The Service "x" is invalid: \n* spec.ports[0].name: Required value\n* spec.ports[1].name: Required value\n',
  ],
  ['no ports', '{selector: {a: b}}', 'The Service "x" is invalid: spec.ports: Required value\n'],
  [
    'an unknown type',
    '{type: Nodeport, ports: [{port: 80}]}',
    'The Service "x" is invalid: spec.type: Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"\n',
  ],
])('a service with %s is refused', (_, spec, error) => {
  lab.writeFile('controlplane', '/root/x.yaml', utf8Encode(`apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: ${spec}\n`), 0o644);
  expect(sh('kubectl create -f x.yaml')).toBe(error);
});
