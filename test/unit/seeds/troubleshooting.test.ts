/**
 * The document on the network model and troubleshooting, with Calico's nodes 10.0.17.x. What it shows, and is seen here:
 * - `ip netns add`, `ip netns exec … bash`; a veth pair between ns1 and ns2, `ip link show`, addresses, ping, `ethtool -S veth0`: peer_ifindex
 * - a bridge br0 with br-veth0; `sysctl -w net.ipv4.ip_forward=1`, `net.bridge.bridge-nf-call-iptables=1` and its ip6 twin
 * - `modprobe vxlan`, `ip link add vxlan0 type vxlan …` to one remote and to a multicast group; `modprobe ipip`, `ip tunnel add … mode ipip`,
 *   routes by hand with proto bird
 * - `ip route`: blackhole …/26 proto bird, `… dev cali… scope link`; `ip addr show` on k8s-node01: ens160 00:50:56:88:f6:f3 10.0.17.6/24, tunl0
 *   10.100.85.194/32 mtu 1480, cali… with ee:ee:ee:ee:ee:ee; `nsenter -t PID -n`, `ip link show`: lo, tunl0 down, eth0 4
 * - `route -n` in a pod: 169.254.1.1; its MAC in a capture: ee:ee:ee:ee:ee:ee
 * - `kubectl get pod … -o jsonpath='{.status.containerStatuses[0].containerID}'`: containerd://…; `tcpdump -i eth0 -w`
 * - `docker run -d --net=container:pause --ipc=container:pause --pid=container:pause --ipc=shareable`: see the scenario of Docker
 * `crictl inspect` is not among these; the process id comes from `ps` here.
 */
import { describe } from 'vitest';
import { bringUp, claims } from './scenario.ts';

const HOST = 'node-1';
const ETHER = 'ee:ee:ee:ee:ee:ee';

describe('namespaces, veths, bridges, tunnels by hand', () =>
  claims(bringUp('blank'), [
    ['a namespace', HOST, 'ip link set lo up; ip netns add my_namespace; ip netns exec my_namespace bash -c "ip link | grep -c lo:"', '1\n'],
    [
      'a veth pair between two',
      HOST,
      'ip netns add ns1; ip netns add ns2; ip link add veth0 type veth peer name veth1; ip link set veth0 netns ns1; ip link set veth1 netns ns2; ip netns exec ns1 ip link show',
      /^1: lo: <LOOPBACK> mtu 65536 .*\n {4}link\/loopback .*\n\d+: veth0@if\d+: <BROADCAST,MULTICAST> mtu 1500 .*\n {4}link\/ether /,
    ],
    [
      'they reach each other',
      HOST,
      'ip netns exec ns1 ip addr add 192.168.1.1/24 dev veth0; ip netns exec ns2 ip addr add 192.168.1.2/24 dev veth1; ip netns exec ns1 ip link set veth0 up; ip netns exec ns2 ip link set veth1 up; ip netns exec ns1 ping -c 1 192.168.1.2 | grep -c "ttl=64"',
      '1\n',
    ],
    ['the other end', HOST, 'ip netns exec ns1 ethtool -S veth0', /^NIC statistics:\n {5}peer_ifindex: \d+\n/],
    [
      'a bridge',
      HOST,
      'ip netns exec ns1 ip link del veth0; ip link add name br0 type bridge; ip link set br0 up; ip link add veth0 type veth peer name br-veth0; ip link set br-veth0 master br0; ip link set br-veth0 up; ip link set veth0 netns ns1; ip netns exec ns1 ip addr add 192.168.1.123/24 dev veth0; ip netns exec ns1 ip link set veth0 up; brctl show br0 | tail -1 | cut -f6',
      'br-veth0\n',
    ],
    ['forwarding', HOST, 'sysctl -w net.ipv4.ip_forward=1', 'net.ipv4.ip_forward = 1\n'],
    [
      'VXLAN to one',
      HOST,
      'ip link add eth0 type dummy; ip addr add 192.168.7.1/24 dev eth0; ip link set eth0 up; ip link add vxlan0 type vxlan id 42 dev eth0 remote 192.168.7.2 dstport 4789; ip -d link show vxlan0 | grep -o "vxlan id 42 remote 192.168.7.2"; ip link del vxlan0',
      'vxlan id 42 remote 192.168.7.2\n',
    ],
    [
      'VXLAN to a group',
      HOST,
      'ip link add vxlan0 type vxlan id 42 group 239.1.1.1 dev eth0 dstport 4789; ip link set vxlan0 up; ip addr add 10.0.0.1/24 dev vxlan0; ip route | grep vxlan0',
      '10.0.0.0/24 dev vxlan0 proto kernel scope link src 10.0.0.1 \n',
    ],
  ]));

describe("Calico's nodes", () => {
  const lab = bringUp('calico-ipip');
  const [MASTER, NODE] = ['k8s-master01', 'k8s-node01'];
  claims(lab, [
    ['modules', NODE, 'modprobe vxlan && modprobe ipip && echo fine', 'fine\n'],
    [
      'routes of a node',
      NODE,
      'ip route | grep -v ens160',
      /^10\.100\.32\.128\/26 via 10\.0\.17\.5 dev tunl0 proto bird onlink \n10\.100\.58\.192\/26 via 10\.0\.17\.7 dev tunl0 proto bird onlink \n10\.100\.85\.192 dev cali[0-9a-f]{11} scope link \nblackhole 10\.100\.85\.192\/26 proto bird \n(10\.100\.85\.\d+ dev cali[0-9a-f]{11} scope link \n)+$/,
    ],
    [
      'the card',
      NODE,
      'ip addr show ens160 | head -3',
      '2: ens160: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n    link/ether 00:50:56:88:f6:f3 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.17.6/24 brd 10.0.17.255 scope global ens160\n',
    ],
    [
      'the tunnel',
      NODE,
      'ip addr show tunl0',
      /^\d+: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000\n {4}link\/ipip 0\.0\.0\.0 brd 0\.0\.0\.0\n {4}inet 10\.100\.85\.194\/32 scope global tunl0\n {7}valid_lft forever preferred_lft forever\n/,
    ],
    [
      "a pod's end in the node",
      NODE,
      "ip addr show | grep -A1 ': cali' | head -2",
      new RegExp(
        `^\\d+: cali[0-9a-f]{11}@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue state UP group default qlen 1000\n {4}link/ether ${ETHER} brd ff:ff:ff:ff:ff:ff link-netn`,
      ),
    ],
    [
      'the container of a pod',
      MASTER,
      "kubectl get pod client -n default -o jsonpath='{.status.containerStatuses[0].containerID}'",
      /^containerd:\/\/[0-9a-f]{64}$/,
    ],
    [
      'its network from the node',
      NODE,
      'nsenter -t $(ps -eo pid,args | awk \'$2 == "sleep" { print $1 }\' | head -1) -n ip link show',
      /^1: lo: .*\n.*\n2: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n {4}link\/ipip 0\.0\.0\.0 brd 0\.0\.0\.0\n4: eth0@if\d+: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 /,
    ],
    [
      'its routes',
      MASTER,
      'kubectl exec client -- route -n',
      'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n0.0.0.0         169.254.1.1     0.0.0.0         UG    0      0        0 eth0\n169.254.1.1     0.0.0.0         255.255.255.255 UH    0      0        0 eth0\n',
    ],
    [
      'frames go to the MAC of all',
      NODE,
      `c=$(ip -o link | grep -o 'cali[0-9a-f]*' | head -1); timeout 6 tcpdump -c 1 -e -n -i $c icmp 2> /dev/null & sleep 1; kubectl exec client -- ping -c 1 $(kubectl get pod web-1 -o jsonpath='{.status.podIP}') > /dev/null; wait`,
      new RegExp(`> ${ETHER}, ethertype IPv4 \\(0x0800\\), length 98: 10\\.100\\.85\\.192 > 10\\.100\\.85\\.193: ICMP echo request`),
    ],
    [
      'a file of packets',
      NODE,
      'p=$(ps -eo pid,args | awk \'$2 == "sleep" { print $1 }\' | head -1); nsenter -t $p -n timeout 3 tcpdump -i eth0 -w /tmp/capture.pcap 2> /dev/null & sleep 1; kubectl exec client -- ping -c 1 8.8.8.8 > /dev/null; sleep 3; tcpdump -n -r /tmp/capture.pcap 2> /dev/null | grep -c "echo request"',
      '1\n',
    ],
    [
      'between nodes packets are in packets',
      NODE,
      "timeout 5 tcpdump -c 1 -n -i ens160 proto 4 2> /dev/null & sleep 1; kubectl exec client -- ping -c 1 $(kubectl get pod web-2 -o jsonpath='{.status.podIP}') > /dev/null; wait",
      /IP 10\.0\.17\.6 > 10\.0\.17\.7: IP 10\.100\.85\.192 > 10\.100\.58\.193: ICMP echo request/,
    ],
    [
      'bridges and iptables',
      MASTER,
      'sysctl net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1',
      'net.bridge.bridge-nf-call-iptables = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\n',
    ],
  ]);
});
