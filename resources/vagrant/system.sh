#!/bin/bash
# system.sh ADDRESS OTHER-ADDRESS=NAME…: what Kubernetes and the lessons expect of a Debian machine.
set -euo pipefail
address=$1
shift

card=$(ip -4 -o addr show to "$address" | awk '{ print $2; exit }')
if [ "$card" != eth1 ]; then
  echo "The address $address should be on eth1, and is on ${card:-no interface at all}. Flannel would use the wrong network: is this box another one?" >&2
  exit 1
fi

# Vagrant gives the machine's own name the address 127.0.1.1; the others must find it.
sed -i '/^127\.0\.1\.1/d; / # podwalk$/d' /etc/hosts
for entry; do echo "${entry%%=*} ${entry#*=} # podwalk" >> /etc/hosts; done

# kubelet does not start while there is swap.
swapoff -a
sed -i '/\sswap\s/s/^#*/#/' /etc/fstab

printf '%s\n' overlay br_netfilter > /etc/modules-load.d/kubernetes.conf
modprobe -a overlay br_netfilter
cat > /etc/sysctl.d/90-kubernetes.conf <<'SYSCTL'
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
SYSCTL
sysctl -q --system

# conntrack, ethtool, iptables and socat for Kubernetes; the rest to look with.
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=120 update
apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends \
  ca-certificates curl conntrack ethtool iptables socat bridge-utils tcpdump traceroute iputils-ping
