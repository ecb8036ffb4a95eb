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
const jsonpath = (what: string, path: string): string => sh(`kubectl get ${what} -o jsonpath='${path.startsWith('{') ? path : `{${path}}`}'`);

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
  const endpoints = jsonpath('endpointslices -l kubernetes.io/service-name=web', '{.items[0].endpoints[*].addresses[0]}').split(' ').sort();
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

test('a deployment is made, exposed, scaled and rolled out by flags', () => {
  const steps: readonly (readonly [string, string])[] = [
    ['kubectl create deployment web --image=nginx --replicas=2 --port=80', 'deployment.apps/web created\n'],
    [
      'kubectl rollout status deployment/web',
      'Waiting for deployment spec update to be observed...\nWaiting for deployment "web" rollout to finish: 0 of 2 updated replicas are available...\ndeployment "web" successfully rolled out\n',
    ],
    ['kubectl expose deployment web --type=NodePort --name=front', 'service/front exposed\n'],
    ['kubectl scale deploy/web --replicas=3', 'deployment.apps/web scaled\n'],
    ['kubectl wait --for=condition=available deploy/web', 'deployment.apps/web condition met\n'],
    ['kubectl set image deployment/web nginx=nginx:1.25', 'deployment.apps/web image updated\n'],
    ['kubectl rollout status deployment/web | tail -1', 'deployment "web" successfully rolled out\n'],
    ["kubectl get pods -l app=web -o jsonpath='{.items[*].spec.containers[0].image}'", 'nginx:1.25 nginx:1.25 nginx:1.25'],
    ['kubectl annotate deploy web note=x', 'deployment.apps/web annotated\n'],
    ['kubectl scale deploy/none --replicas=1', 'error: no objects passed to scale deployments.apps "none" not found\n'],
    ['kubectl scale deploy/web', 'error: required flag(s) "replicas" not set\n'],
    ['kubectl create deployment x', 'error: required flag(s) "image" not set\n'],
    ['kubectl expose pod hello-1', "error: couldn't find port via --port flag or introspection\n"],
    [
      'kubectl delete deploy,svc web front 2>&1 | sort',
      'Error from server (NotFound): deployments.apps "front" not found\nError from server (NotFound): services "web" not found\ndeployment.apps "web" deleted\nservice "front" deleted\n',
    ],
  ];
  for (const [line, expected] of steps) expect(`$ ${line}\n${sh(line)}`).toBe(`$ ${line}\n${expected}`);
});

test('a service is described with where it leads', () => {
  deployWeb();
  const endpoints = jsonpath('endpointslices -l kubernetes.io/service-name=web', '{.items[0].endpoints[*].addresses[0]}').split(' ');
  expect(sh('kubectl describe svc web')).toBe(`Name:                     web
Namespace:                default
Labels:                   <none>
Annotations:              <none>
Selector:                 app=web
Type:                     NodePort
IP Family Policy:         SingleStack
IP Families:              IPv4
IP:                       10.96.0.80
IPs:                      10.96.0.80
Port:                     <unset>  80/TCP
TargetPort:               80/TCP
NodePort:                 <unset>  30080/TCP
Endpoints:                ${endpoints.map((ip) => `${ip}:80`).join(',')}
Session Affinity:         None
External Traffic Policy:  Cluster
Internal Traffic Policy:  Cluster
Events:                   <none>
`);
});

test('a node is drained: what has a controller moves, the rest asks for leave', () => {
  const daemons = jsonpath('pods -A --field-selector spec.nodeName=node-2', '{range .items[*]}{.metadata.namespace}/{.metadata.name} {end}')
    .split(' ')
    .filter((name) => name.startsWith('kube-'))
    .join(', ');
  const [noDaemons, noSingle] = [
    `cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${daemons}`,
    'cannot delete cannot delete Pods that declare no controller (use --force to override): default/hello-2',
  ];
  expect(sh('kubectl drain node-2')).toBe(
    `node/node-2 cordoned\nerror: unable to drain node "node-2" due to error: [${noSingle}, ${noDaemons}], continuing command...\nThere are pending nodes to be drained:\n node-2\n${noSingle}\n${noDaemons}\n`,
  );
  expect(sh('kubectl drain node-2 --ignore-daemonsets --force --grace-period=1')).toBe(
    `node/node-2 already cordoned\nWarning: ignoring DaemonSet-managed Pods: ${daemons}; deleting Pods that declare no controller: default/hello-2\nevicting pod default/hello-2\npod/hello-2 evicted\nnode/node-2 drained\n`,
  );
  expect(sh('kubectl get node node-2 --no-headers')).toMatch(/^node-2 +Ready,SchedulingDisabled +<none> /);
});

test('a pod that is over before it can be joined still shows what it printed', () => {
  expect(sh('kubectl run p --image=busybox -i --rm --restart=Never -- echo hi')).toMatch(/\nhi\npod "p" deleted\n$/);
});

test('names of services are found by the name server, through its service', () => {
  deployWeb();
  sh('kubectl run shell --image=busybox -- sleep 1000');
  sh('kubectl wait --for=condition=Ready pod/shell');
  const inPod = (line: string): string => sh(line, 'pod/shell');
  expect(inPod('nslookup web.default.svc.cluster.local')).toBe(
    'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tweb.default.svc.cluster.local\nAddress: 10.96.0.80\n\n\n',
  );
  expect(inPod('nslookup 10.96.0.80')).toBe(
    'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n80.0.96.10.in-addr.arpa\tname = web.default.svc.cluster.local\n\n',
  );
  expect(inPod('nslookup no.default.svc.cluster.local; echo $?')).toMatch(/\*\* server can't find no\.default\.svc\.cluster\.local: NXDOMAIN\n\n1\n$/);
  expect(inPod('wget -q -O - http://web | head -1')).toBe('<!DOCTYPE html>\n');
  expect(inPod('wget -q -O - http://nowhere')).toBe("wget: bad address 'nowhere'\n");
  expect(inPod('ping -c 1 web.default.svc.cluster.local | head -1')).toBe('PING web.default.svc.cluster.local (10.96.0.80): 56 data bytes\n');
});
test('a headless service stands for the addresses of its pods', () => {
  deployWeb();
  sh('kubectl expose deploy web --name=all --cluster-ip=None --port=80');
  sh('kubectl run shell --image=busybox -- sleep 1000');
  sh('kubectl wait --for=condition=Ready pod/shell');
  const found = sh('nslookup -type=a all.default.svc.cluster.local', 'pod/shell').match(/^Address: (.*)$/gm) ?? [];
  const wanted = jsonpath('endpoints all', '.subsets[0].addresses[*].ip').split(' ');
  expect(found.map((line) => line.slice(9)).sort()).toEqual([...wanted].sort());
});
