/**
 * The document that writes a CNI plugin in bash, on two kubeadm nodes. What it shows, and is seen here with the lab's own plugin (the document's own
 * runs in test/unit/bash-plugin.test.ts):
 * - `kubectl describe node | grep PodCIDR`: 10.244.0.0/24, 10.244.1.0/24; 10-bash-cni-plugin.conf on each node with its subnet
 * - the bridge by hand: `brctl addbr cni0`, `ip link set cni0 up`, `ip addr add 10.244.0.1/24 dev cni0`, `ip route | grep cni0`
 * - the plugin: result on descriptor 3, log in /var/log/bash-cni-plugin.log, addresses in /tmp/reserved_ips, VERSION, GET, a command it does not know
 * - demo-pod.yaml: busybox1, busybox2, nginx1, nginx2 on both nodes, `kubectl get pod -owide`: addresses drawn from the node's subnet
 * - one pod's containers share its network and speak over localhost; 110 pods a node
 * - pods of a node: ping with ttl=64 until ^C, `wget -qO-` of nginx's page; of two nodes: the routes by 192.168.2.205 and .209, without them
 *   nothing; an address that nobody has: ^C, `command terminated with exit code 130`
 * - FORWARD rules for 10.244.0.0/16; BASH_CNI_MASQUERADE or the one rule of MASQUERADE; ping 8.8.8.8
 * - `brctl show`, `ip netns` with a link for each container
 * `kubeadm init`, `join` and `token create` are not among these.
 */
import { describe, expect, test } from 'vitest';
import type { Lab } from '../../../shared/lab/index.ts';
import { bringUp, claims, type, type Claim } from './scenario.ts';

const [MASTER, WORKER] = ['debian-wmctmfwjmq', 'debian-vdzdtctydv'];
const pod = (name: string, container: string, image: string, node: string, command = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: ${container}\n    image: ${image}\n${command}  nodeSelector:\n    kubernetes.io/hostname: ${node}\n`;
const SLEEP = '    command:\n      - "/bin/ash"\n      - "-c"\n      - "sleep 2000"\n';
const DEMO = [
  pod('busybox1', 'busybox', 'yauritux/busybox-curl', WORKER, SLEEP),
  pod('busybox2', 'busybox', 'yauritux/busybox-curl', MASTER, SLEEP),
  pod('nginx1', 'nginx', 'nginx', WORKER),
  pod('nginx2', 'nginx', 'nginx', MASTER),
].join('---\n');

const ip = (name: string): string => `$(kubectl get pod ${name} -o jsonpath='{.status.podIP}')`;
const PAGE = /^<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!<\/title>\n[^]*<p><em>Thank you for using nginx\.<\/em><\/p>\n<\/body>\n<\/html>\n$/;
const PINGS =
  /^PING (\S+) \(\1\): 56 data bytes\n(64 bytes from \1: seq=\d ttl=\d+ time=[\d.]+ ms\n){5,6}\^C\n--- \1 ping statistics ---\n\d packets transmitted, \d packets received, 0% packet loss\nround-trip min\/avg\/max = [\d.]+\/[\d.]+\/[\d.]+ ms\n$/;

const CLAIMS: readonly Claim[] = [
  [
    'the nodes and their subnets',
    MASTER,
    'kubectl describe node | egrep "^Name|^PodCIDR"',
    `Name:               ${WORKER}\nPodCIDR:                      10.244.1.0/24\nPodCIDRs:                     10.244.1.0/24\nName:               ${MASTER}\nPodCIDR:                      10.244.0.0/24\nPodCIDRs:                     10.244.0.0/24\n`,
  ],
  [
    'the configuration',
    WORKER,
    "jq -r '.cniVersion, .name, .type, .network, .subnet' /etc/cni/net.d/10-bash-cni-plugin.conf",
    '0.3.1\nmy-cni-demo\nbash-cni\n10.244.0.0/16\n10.244.1.0/24\n',
  ],
  ['110 pods a node', MASTER, `kubectl get node ${WORKER} -o jsonpath='{.status.capacity.pods}'`, '110'],
  ['the route to the bridge', MASTER, 'ip route | grep cni0', '10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1 \n'],
  ['and on the other node', WORKER, 'ip route | grep cni0', '10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1 \n'],
  ['four pods', MASTER, 'kubectl apply -f demo-pod.yaml', 'pod/busybox1 created\npod/busybox2 created\npod/nginx1 created\npod/nginx2 created\n'],
  [
    'and where they are',
    MASTER,
    'sleep 8; kubectl get pod -owide',
    new RegExp(`\nbusybox1 +1/1 +Running +0 +\\d+s +10\\.244\\.1\\.\\d+ +${WORKER} .*\n|\nnginx2 +1/1 +Running +0 +\\d+s +10\\.244\\.0\\.\\d+ +${MASTER} .*\n`),
  ],
  ['pods of a node', MASTER, `kubectl exec -it busybox1 -- ping ${ip('nginx1')}^C`, PINGS],
  ['a page from the same node', MASTER, `kubectl exec busybox1 -- wget -qO- ${ip('nginx1')}`, PAGE],
  ['a page from the other node', MASTER, `kubectl exec busybox1 -- wget -qO- ${ip('nginx2')}`, PAGE],
  ['and back', MASTER, `kubectl exec busybox2 -- wget -qO- ${ip('nginx1')}`, PAGE],
  ['an address that nobody has', MASTER, 'kubectl exec -it busybox2 -- wget -qO- 10.244.11.105^C', '^Ccommand terminated with exit code 130\n'],
  ['the world', MASTER, 'kubectl exec -it busybox1 -- ping 8.8.8.8^C', PINGS],
  ['the world from the other node', MASTER, 'kubectl exec -it busybox2 -- ping 8.8.8.8^C', PINGS],
  [
    'without routes there is no other node',
    MASTER,
    `ip route del 10.244.1.0/24; kubectl exec busybox2 -- ping -c 1 -W 1 ${ip('nginx1')} | tail -1; ip route add 10.244.1.0/24 via 192.168.2.205 dev ens33; kubectl exec busybox2 -- ping -c 1 -W 1 ${ip('nginx1')} | grep received`,
    /^command terminated with exit code 1\n1 packets transmitted, 0 packets received, 100% packet loss\n1 packets transmitted, 1 packets received, 0% packet loss\n$/,
  ],
  [
    'masquerading by a chain of its own',
    MASTER,
    'iptables -t nat -D POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 ! -o cni0 -j MASQUERADE; iptables -t nat -N BASH_CNI_MASQUERADE &>/dev/null; iptables -t nat -A BASH_CNI_MASQUERADE -d "10.244.0.0/16" -j RETURN; iptables -t nat -A BASH_CNI_MASQUERADE -d "192.168.2.0/24" -j RETURN; iptables -t nat -A BASH_CNI_MASQUERADE -j MASQUERADE; iptables -t nat -A POSTROUTING -s "10.244.0.0/16" -j BASH_CNI_MASQUERADE; kubectl exec busybox2 -- ping -c 1 8.8.8.8 | grep received',
    '1 packets transmitted, 1 packets received, 0% packet loss\n',
  ],
  [
    'or by one rule',
    MASTER,
    'iptables -t nat -F BASH_CNI_MASQUERADE; kubectl exec busybox2 -- ping -c 1 -W 1 8.8.8.8 | grep received; iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE; kubectl exec busybox2 -- ping -c 1 8.8.8.8 | grep received',
    'command terminated with exit code 1\n1 packets transmitted, 0 packets received, 100% packet loss\n1 packets transmitted, 1 packets received, 0% packet loss\n',
  ],
  ['the bridge and its ports', MASTER, "brctl show cni0 | awk 'NR > 1 { print $NF }' | grep -c '^veth[0-9a-f]\\{6\\}$'", '5\n'],
  ['addresses that are taken', WORKER, 'head -3 /tmp/reserved_ips', '10.244.1.0\n10.244.1.255\n10.244.1.1\n'],
  ['a link for each container', WORKER, "ls -l /var/run/netns | grep -c -- '-> /var/run/netns/cni-'", /^[1-9]\d*\n$/],
  [
    'the log',
    WORKER,
    'grep -c \'CNI command: ADD\' /var/log/bash-cni-plugin.log; grep -m1 -o \'stdin: {"cniVersion":"0.3.1","name":"my-cni-demo","type":"bash-cni"\' /var/log/bash-cni-plugin.log',
    /^[1-9]\d*\nstdin: \{"cniVersion":"0\.3\.1","name":"my-cni-demo","type":"bash-cni"\n$/,
  ],
  ['VERSION', WORKER, 'CNI_COMMAND=VERSION /opt/cni/bin/bash-cni < /dev/null | jq -c .supportedVersions', '["0.3.0","0.3.1","0.4.0"]\n'],
  ['GET and what it does not know', WORKER, 'for c in GET FLY; do CNI_COMMAND=$c /opt/cni/bin/bash-cni < /dev/null; echo $?; done', '1\n1\n'],
  [
    'a pod that goes gives its address back',
    WORKER,
    `a=${ip('nginx1')}; grep -c "^$a\\$" /tmp/reserved_ips; kubectl delete pod nginx1 --now > /dev/null; sleep 3; grep -c "^$a\\$" /tmp/reserved_ips`,
    '1\n0\n',
  ],
  [
    'the bridge by hand',
    WORKER,
    'ip link set cni0 down; brctl addbr cni1; ip link set cni1 up; ip addr add 10.244.9.1/24 dev cni1; ip route | grep cni1',
    /^10\.244\.9\.0\/24 dev cni1 proto kernel scope link src 10\.244\.9\.1 /,
  ],
];

function withDemo(lab: Lab): Lab {
  lab.writeFile(MASTER, '/root/demo-pod.yaml', DEMO, 0o644);
  return lab;
}

describe('a plugin of ours', () => claims(withDemo(bringUp('bash-cni')), CLAIMS));

describe('a pod of two containers', () => {
  const lab = bringUp('bash-cni');
  const two = `apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec:\n  containers:\n  - {name: web, image: nginx}\n  - {name: shell, image: busybox, command: [sleep, '1000']}\n`;
  lab.writeFile(MASTER, '/root/two.yaml', two, 0o644);
  test('shares one network', () => {
    expect(type(lab, MASTER, 'kubectl apply -f two.yaml; sleep 6; kubectl exec two -c shell -- wget -qO- 127.0.0.1')).toMatch(
      /^pod\/two created\n<!DOCTYPE html>/,
    );
    expect(type(lab, MASTER, 'for c in web shell; do kubectl exec two -c $c -- cat /etc/hostname; done | uniq | wc -l')).toBe('1\n');
  });
});
