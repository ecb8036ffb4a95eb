#!/bin/bash
# pods.sh PREFIX SUBNET=NEXT-HOP…: the bridge cni0, two pods in namespaces of their own, and routes to the pods of other nodes.
set -euo pipefail
prefix=$1
shift
[ ! -e /run/pods ] || exit 0
echo 1 > /proc/sys/net/ipv4/ip_forward
ip link add cni0 type bridge
ip addr add "$prefix.1/24" dev cni0
ip link set cni0 up
for pod in 2 3; do
  name=pod-$pod
  ip netns add "$name"
  ip link add "veth$pod" type veth peer name eth0 netns "$name"
  ip link set "veth$pod" master cni0 up
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
  ip -n "$name" addr add "$prefix.$pod/24" dev eth0
  ip -n "$name" route add default via "$prefix.1"
done
for route; do ip route add "${route%=*}" via "${route#*=}" dev eth1; done
iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -o eth0 -j MASQUERADE
touch /run/pods
