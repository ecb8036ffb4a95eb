/**
 * The illustrated guide, parts one and two: two nodes with cbr0, first with a route table between them, then with flannel's overlay. Seen here:
 * - every pod has an address of its own; pause holds its network, so that a container that is made anew keeps the address
 * - a root namespace with eth0, a namespace for each pod with eth0, vethxxx in the node, the bridge cbr0; `ip a`, `ifconfig`, `brctl show`
 * - pod1 to pod2 over cbr0: an ARP request, an answer, the frame to the other veth; nothing leaves the node
 * - pod1 to pod4: by cbr0 and eth0 of the first node, the route table, eth0 and cbr0 of the second; source and destination unchanged; `route -n` has
 *   the route to cbr0; ip_forward is on
 * - the overlay: a device of flannel (called flannel0 there, flannel.1 on Linux), UDP port 8472, outer addresses those of the nodes, inner those of the
 *   pods; flanneld's mapping of pods to nodes as neighbours, forwarding entries and routes; no route of the network between knows pods
 */
import { describe } from 'vitest';
import { bringUp, claims, type Claim } from './scenario.ts';

const SHARED: readonly Claim[] = [
  [
    'bridges',
    'node1',
    'brctl show',
    /^bridge name\tbridge id\t\tSTP enabled\tinterfaces\ncbr0\t\t8000\.[0-9a-f]{12}\tno\t\tveth[0-9a-f]{8}\n(\t{7}veth[0-9a-f]{8}\n){3}$/,
  ],
  ['interfaces', 'node1', 'ifconfig -a | grep -c "^veth"; ifconfig cbr0 | grep -o "inet 10.244.0.1"', '4\ninet 10.244.0.1\n'],
  ['the route to cbr0', 'node2', 'route -n | grep cbr0', '10.244.1.0      0.0.0.0         255.255.255.0   U     0      0        0 cbr0\n'],
  ['forwarding', 'node2', 'cat /proc/sys/net/ipv4/ip_forward', '1\n'],
  [
    'within a node',
    'node1',
    'timeout 6 tcpdump -c 4 -n -i cbr0 arp or icmp 2> /dev/null & sleep 1; kubectl run a --image=busybox --overrides=\'{"spec":{"nodeName":"node1"}}\' -- ping -c 1 10.244.0.5 > /dev/null; wait',
    /ARP, Request who-has 10\.244\.0\.5 tell 10\.244\.0\.6/,
  ],
  [
    'a container that is made anew keeps the address',
    'node1',
    "kubectl get pod pod1 -o jsonpath='{.status.podIP}'; pkill -o nginx; sleep 20; kubectl get pod pod1 -o jsonpath=' {.status.podIP}'",
    /^(10\.244\.0\.\d+) \1$/,
  ],
];

describe('a route table', () =>
  claims(bringUp('route-table'), [
    ...SHARED,
    ['the route table', 'router', 'ip route | grep 10.244', '10.244.0.0/24 via 10.100.0.2 dev eth0 \n10.244.1.0/24 via 10.100.1.2 dev eth1 \n'],
    [
      'the way',
      'node1',
      'kubectl run b --image=busybox --overrides=\'{"spec":{"nodeName":"node1"}}\' -- traceroute -n 10.244.1.3; sleep 6; kubectl logs b | awk \'{ print $2 }\' | tail -4',
      'pod/b created\n10.244.0.1\n10.100.0.1\n10.100.1.2\n10.244.1.3\n',
    ],
    [
      'nothing is packed',
      'node2',
      '(sleep 1; kubectl run c --image=busybox --overrides=\'{"spec":{"nodeName":"node1"}}\' -- ping -c 1 10.244.1.3 > /dev/null) & timeout 8 tcpdump -c 1 -n -i eth0 icmp 2> /dev/null',
      /IP 10\.244\.0\.\d+ > 10\.244\.1\.3: ICMP echo request/,
    ],
  ]));

describe('an overlay', () =>
  claims(bringUp('flannel-vxlan'), [
    ...SHARED,
    [
      "flannel's device",
      'node1',
      'ip -d link show flannel.1 | grep -o "vxlan id 1 local 10.100.0.2 dev eth0 .*dstport 8472 nolearning"',
      /^vxlan id 1 local 10\.100\.0\.2 dev eth0 .*dstport 8472 nolearning\n$/,
    ],
    [
      'who is where',
      'node1',
      'ip neigh show dev flannel.1; bridge fdb show dev flannel.1; ip route show dev flannel.1',
      /^10\.244\.1\.0 lladdr (\S+) PERMANENT \n\1 dst 10\.100\.0\.3 self permanent\n10\.244\.1\.0\/24 via 10\.244\.1\.0 onlink \n$/,
    ],
    [
      'the lease',
      'node2',
      'cat /run/flannel/subnet.env',
      'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n',
    ],
    [
      'frames in UDP',
      'node2',
      '(sleep 1; kubectl run c --image=busybox --overrides=\'{"spec":{"nodeName":"node1"}}\' -- ping -c 1 10.244.1.3 > /dev/null) & timeout 8 tcpdump -c 1 -n -i eth0 udp port 8472 2> /dev/null',
      /IP 10\.100\.0\.2\.\d+ > 10\.100\.0\.3\.8472: OTV, flags \[I\] \(0x08\), overlay 0, instance 1\nIP 10\.244\.0\.\d+ > 10\.244\.1\.3: ICMP echo request/,
    ],
    [
      'two hops, as the overlay is one',
      'node1',
      'kubectl run b --image=busybox --overrides=\'{"spec":{"nodeName":"node1"}}\' -- traceroute -n 10.244.1.3; sleep 6; kubectl logs b | awk \'{ print $2 }\' | tail -3',
      'pod/b created\n10.244.0.1\n10.244.1.0\n10.244.1.3\n',
    ],
  ]));
