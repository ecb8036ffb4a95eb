/**
 * The document on how containers of one node speak, with the node 10.10.88.170. What it shows, and is seen here:
 * - `lsns`; `ip netns add`, `list`, `delete`, `exec`; a new namespace has lo alone and no routes; `ip link set dev eth0 netns netA`: the card is gone
 *   from the host, and netA reaches nothing
 * - `ip link add veth0A type veth peer name veth0B`, moved to netA and netB, 192.168.100.1 and .2, ping both ways
 * - `docker run -it --name testA busybox sh`: docker0 172.17.0.0/16, an address for each, `brctl show`; `ip netns` does not
 *   show Docker's namespaces, a link to /proc/PID/ns/net does
 * - `kubectl get node --show-labels`, `kubectl label --overwrite node … host=node1`, `kubectl create -f busybox1.yaml` with that nodeSelector,
 *   `kubectl get pod -o wide`: both on 10-10-88-170
 * - `ip a` there: eth0 10.10.88.170 fa:35:b6:5e:ac:00, eth1 172.16.130.164, docker0 without carrier, flannel.1 10.244.2.0/32 mtu 1450, cni0
 *   10.244.2.1/24, a veth for each pod; `brctl show`: cni0 and docker0
 * - the way of a packet: eth0 of the pod, its veth, cni0, the other veth, the other eth0; the ARP request that finds it
 */
import { describe } from 'vitest';
import { bringUp, claims, type Claim } from './scenario.ts';

const [MASTER, ONE, TWO] = ['10-10-88-192', '10-10-88-170', '10-10-88-195'];
const busybox = (n: number): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: busybox${n}\n  labels:\n    app: busybox${n}\nspec:\n  containers:\n  - name: busybox${n}\n    image: busybox\n    command: ['sh', '-c', 'sleep ${n}00000']\n  nodeSelector:\n    host: node1\n`;

describe('namespaces and veths', () =>
  claims(bringUp('docker-and-cni'), [
    ['all namespaces', TWO, 'lsns | head -1; lsns -t net -n | wc -l', /^ +NS TYPE +NPROCS +PID USER +COMMAND\n[2-9]\n$/],
    [
      'a namespace has lo alone',
      TWO,
      'ip netns add netA; ip netns list | grep netA; ip netns exec netA ip a; ip netns exec netA route -n | wc -l',
      /^netA\n1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN group default qlen 1000\n {4}link\/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n2\n$/,
    ],
    [
      'a card goes into it',
      TWO,
      'ping -c 1 172.16.130.164 | grep -c " 0% packet loss"; ip link set dev eth1 netns netA; ip link show eth1; ip netns exec netA ip link | grep -c eth1; ip netns exec netA ping -c 1 172.16.130.164',
      /^1\nDevice "eth1" does not exist\.\n1\nping: connect: Network is unreachable\n$/,
    ],
    [
      'a veth pair',
      TWO,
      'ip netns add netB; ip link add veth0A type veth peer name veth0B; ip -br link | grep -c "veth0[AB]@veth0[AB]"; ip link set veth0A netns netA; ip link set veth0B netns netB; ip a | grep -c veth0',
      '2\n0\n',
    ],
    [
      'both ends up',
      TWO,
      'ip netns exec netA ip link set veth0A up; ip netns exec netA ip addr add 192.168.100.1/24 dev veth0A; ip netns exec netB ip link set veth0B up; ip netns exec netB ip addr add 192.168.100.2/24 dev veth0B; ip netns exec netA ping -c 1 192.168.100.2 | grep -c ttl=64; ip netns exec netB ping -c 1 192.168.100.1 | grep -c ttl=64',
      '1\n1\n',
    ],
    ['gone again', TWO, 'ip netns delete netB; ip netns list | grep -c netB', '0\n'],
  ]));

const AFTER: readonly Claim[] = [
  [
    'labels',
    MASTER,
    'kubectl get node --show-labels',
    /^NAME +STATUS +ROLES +AGE +VERSION +LABELS\n10-10-88-170 +Ready +<none> .*kubernetes\.io\/hostname=10-10-88-170.*\n/,
  ],
  [
    'a label for each worker',
    MASTER,
    'kubectl label --overwrite node 10-10-88-170 host=node1; kubectl label --overwrite node 10-10-88-195 host=node2; kubectl get node -L host | grep -o "node[12]$"',
    /^node\/10-10-88-170 labeled\nnode\/10-10-88-195 labeled\nnode1\nnode2\n$/,
  ],
  ['two pods', MASTER, 'kubectl create -f busybox1.yaml; kubectl create -f busybox2.yaml', 'pod/busybox1 created\npod/busybox2 created\n'],
  [
    'on the node that was meant',
    MASTER,
    "sleep 5; kubectl get pod -o wide | grep busybox | awk '{ print $1, $3, $6, $7 }'",
    'busybox1 Running 10.244.2.4 10-10-88-170\nbusybox2 Running 10.244.2.5 10-10-88-170\n',
  ],
  [
    'the interfaces of the node',
    ONE,
    'ip a',
    /2: eth0: .*\n {4}link\/ether fa:35:b6:5e:ac:00 .*\n {4}inet 10\.10\.88\.170\/24 brd 10\.10\.88\.255 scope global eth0\n[^]*3: eth1: .*\n {4}link\/ether fa:88:2a:44:2b:01 .*\n {4}inet 172\.16\.130\.164\/24 brd 172\.16\.130\.255 scope global eth1\n[^]*4: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN .*\n {4}link\/ether 02:42:43:a1:fc:ad .*\n {4}inet 172\.17\.0\.1\/16 .*scope global docker0\n[^]*5: flannel\.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN .*\n.*\n {4}inet 10\.244\.2\.0\/32 scope global flannel\.1\n[^]*6: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 .*\n.*\n {4}inet 10\.244\.2\.1\/24 .*scope global cni0\n[^]*veth[0-9a-f]{8}@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 /,
  ],
  [
    'its bridges',
    ONE,
    'brctl show',
    /^bridge name\tbridge id\t\tSTP enabled\tinterfaces\ncni0\t\t8000\.[0-9a-f]{12}\tno\t\tveth[0-9a-f]{8}\n(\t{7}veth[0-9a-f]{8}\n){3}docker0\t\t8000\.024243a1fcad\tno\t\t\n$/,
  ],
  [
    'who has it?',
    ONE,
    'timeout 6 tcpdump -c 2 -n -i cni0 arp and host 10.244.2.5 2> /dev/null & sleep 1; kubectl exec busybox1 -- ping -c 1 10.244.2.5 | grep -c ttl=64; wait',
    /ARP, Request who-has 10\.244\.2\.5 tell 10\.244\.2\.4, length 28\n/,
  ],
  [
    'Docker by itself',
    ONE,
    'docker run -d --name testA busybox sleep 10000 > /dev/null 2>&1; docker run -d --name testB busybox sleep 10000 > /dev/null 2>&1; docker exec testA ip -4 -o addr show eth0 | grep -o 172.17.0.2/16; docker exec testB ip -4 -o addr show eth0 | grep -o 172.17.0.3/16',
    '172.17.0.2/16\n172.17.0.3/16\n',
  ],
  ['its bridge has two ports now', ONE, 'brctl show docker0 | grep -c veth; ip link show docker0 | grep -c "state UP"', '2\n1\n'],
  [
    "Docker's namespaces have no names",
    ONE,
    'ip netns list | grep -vc cni-; ln -s /proc/$(docker inspect -f "{{.State.Pid}}" testA)/ns/net /var/run/netns/testA; ip netns exec testA ip -4 -o addr show eth0 | grep -o 172.17.0.2',
    '0\n172.17.0.2\n',
  ],
];
describe('Kubernetes and Docker on one node', () => {
  const lab = bringUp('docker-and-cni');
  for (const n of [1, 2]) lab.writeFile(MASTER, `/root/busybox${n}.yaml`, busybox(n), 0o644);
  claims(lab, AFTER);
});
