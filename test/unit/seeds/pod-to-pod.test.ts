/**
 * The document on following pod-to-pod traffic in three VirtualBox machines with flannel's host-gw. What it shows, and is seen here:
 * - `kubectl run nginx --image=nginx:latest`, `kubectl get pods/nginx`, `kubectl describe pods/nginx`: the image is pulled over eth0
 * - four interfaces on each node: lo, eth0, eth1, cni0; 10.0.2.15/24 on every eth0, 192.168.56.10, .11, .12 on eth1
 * - `traceroute -n 192.168.56.11` and `.12` from the control plane: one hop, 60 byte packets; eth0 leads to no other node
 * - `kubectl run httpd --image=httpd`, `kubectl get pods -o wide`: 10.244.1.3; `kubectl run traceroute … -- traceroute 10.244.1.3` on the same
 *   node, `kubectl logs traceroute`: one hop; with `--overrides` and a nodeSelector on another node: 10.244.2.1, 192.168.56.11, 10.244.1.3
 * - the address is released when the pod goes; routes to the other nodes' pods are in the routing table, and come back when they are lost
 * `journalctl -f -u containerd` is not among these.
 */
import { describe } from 'vitest';
import { bringUp, claims } from './scenario.ts';

const on = (node: string): string => `--overrides='{ "spec": { "nodeSelector": { "kubernetes.io/hostname": "${node}" } } }'`;
const times = '(  [\\d.]+ ms){3}';

describe('pod to pod', () =>
  claims(bringUp('flannel-host-gw'), [
    [
      'the first hop to node 1',
      'controlplane',
      'traceroute -n 192.168.56.11',
      /^traceroute to 192\.168\.56\.11 \(192\.168\.56\.11\), 30 hops max, 60 byte packets\n 1 {2}192\.168\.56\.11( {2}[\d.]+ ms){3}\n$/,
    ],
    ['the first hop to node 2', 'controlplane', 'traceroute -n 192.168.56.12', /\n 1 {2}192\.168\.56\.12( {2}[\d.]+ ms){3}\n$/],
    [
      'the interfaces of node 1',
      'node-1',
      "ip -o -4 addr show | awk '{ print $2, $4 }'",
      'lo 127.0.0.1/8\neth0 10.0.2.15/24\neth1 192.168.56.11/24\ncni0 10.244.1.1/24\n',
    ],
    ['every eth0 has the same address', 'node-2', "ip -o -4 addr show eth0 | awk '{ print $4 }'", '10.0.2.15/24\n'],
    ['NAT leads to the world', 'node-1', 'ping -c 1 -I eth0 8.8.8.8 | grep -c "1 received"', '1\n'],
    ['NAT leads to no other node', 'node-1', 'ping -c 1 -W 1 -I eth0 192.168.56.12 | grep received', /^1 packets transmitted, 0 received/],
    [
      'host-gw is routes',
      'controlplane',
      'ip route | grep 10.244',
      '10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1 \n10.244.1.0/24 via 192.168.56.11 dev eth1 \n10.244.2.0/24 via 192.168.56.12 dev eth1 \n',
    ],
    ['a pod on node 1', 'controlplane', `kubectl run httpd --image=httpd \\\n${on('node-1')}`, 'pod/httpd created\n'],
    ['its address', 'controlplane', 'sleep 5; kubectl get pods -o wide', /\nhttpd +1\/1 +Running +0 +\d+s +10\.244\.1\.3 +node-1 +<none> +<none>\n/],
    [
      'a pod that traces it from node 2',
      'controlplane',
      `kubectl run traceroute --image=busybox \\\n${on('node-2')} \\\n-- traceroute 10.244.1.3`,
      'pod/traceroute created\n',
    ],
    [
      'three hops',
      'controlplane',
      'sleep 5; kubectl logs traceroute',
      new RegExp(
        `^traceroute to 10\\.244\\.1\\.3 \\(10\\.244\\.1\\.3\\), 30 hops max, 46 byte packets\n 1  10\\.244\\.2\\.1 \\(10\\.244\\.2\\.1\\)${times}\n 2  192\\.168\\.56\\.11 \\(192\\.168\\.56\\.11\\)${times}\n 3  10\\.244\\.1\\.3 \\(10\\.244\\.1\\.3\\)${times}\n$`,
      ),
    ],
    [
      'and from the same node',
      'controlplane',
      `kubectl delete pod traceroute --now > /dev/null; kubectl run traceroute --image=busybox ${on('node-1')} -- traceroute 10.244.1.3`,
      'pod/traceroute created\n',
    ],
    ['one hop', 'controlplane', 'sleep 5; kubectl logs traceroute', new RegExp(`^traceroute to .*\n 1  10\\.244\\.1\\.3 \\(10\\.244\\.1\\.3\\)${times}\n$`)],
    ['nginx', 'controlplane', 'kubectl run nginx --image=nginx:latest', 'pod/nginx created\n'],
    ['runs', 'controlplane', 'sleep 5; kubectl get pods/nginx', /^NAME {4}READY {3}STATUS {4}RESTARTS {3}AGE\nnginx {3}1\/1 {5}Running {3}0 {10}\d+s\n$/],
    [
      'its image was pulled',
      'controlplane',
      'kubectl describe pods/nginx',
      /Normal +Pulled +\S+ +kubelet +(Successfully pulled image|Container image) "nginx:latest"/,
    ],
    [
      'an address is given back',
      'node-1',
      'ls /var/lib/cni/networks/cbr0 | grep -c 10.244.1.3; kubectl delete pod httpd --now > /dev/null; sleep 3; ls /var/lib/cni/networks/cbr0 | grep -cx 10.244.1.3',
      '1\n0\n',
    ],
    [
      'flannel looks after its routes',
      'controlplane',
      'ip route del 10.244.1.0/24; sleep 12; ip route show 10.244.1.0/24',
      '10.244.1.0/24 via 192.168.56.11 dev eth1 \n',
    ],
  ]));
