#!/usr/bin/env bash
# The same network on this machine's own kernel, without root: two nodes with a bridge, a pod on each, a wire between the nodes, connection tracking on.
# usage: unshare --user --map-root-user --net --mount real-pods.sh COUNT — prints what `ping -f -q` says.
set -euo pipefail
mount -t tmpfs none /run
mkdir -p /run/netns
for node in 1 2; do
  ip netns add "node-$node"
  ip netns add "pod-$node"
done
ip link add wire-1 netns node-1 type veth peer name wire-2 netns node-2
for node in 1 2; do
  in_node=(ip netns exec "node-$node")
  ip -n "node-$node" link add cni0 type bridge
  ip -n "node-$node" link add veth0 type veth peer name eth0 netns "pod-$node"
  ip -n "node-$node" link set veth0 master cni0
  ip -n "node-$node" addr add "10.244.$node.1/24" dev cni0
  ip -n "node-$node" addr add "192.168.56.1$node/24" dev "wire-$node"
  for device in lo cni0 veth0 "wire-$node"; do ip -n "node-$node" link set "$device" up; done
  "${in_node[@]}" sysctl -qw net.ipv4.ip_forward=1
  "${in_node[@]}" iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,NEW -j ACCEPT
  ip -n "pod-$node" addr add "10.244.$node.2/24" dev eth0
  for device in lo eth0; do ip -n "pod-$node" link set "$device" up; done
  ip -n "pod-$node" route add default via "10.244.$node.1"
done
ip -n node-1 route add 10.244.2.0/24 via 192.168.56.12
ip -n node-2 route add 10.244.1.0/24 via 192.168.56.11
ip netns exec pod-1 ping -c 3 -i 0.2 -q 10.244.2.2 >&2
exec ip netns exec pod-1 ping -f -q -c "$1" 10.244.2.2
