# What a runtime asks of a plugin at /tmp/plugin, and what it leaves behind.
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.default.disable_ipv6=1
ip link set lo up
conf='{"cniVersion":"0.3.1","name":"mynet","type":"bash-cni","network":"10.244.0.0/16","subnet":"10.244.0.0/24","hostnetwork":"192.168.56.0/24"}'
mkdir -p /run/holders
hold() { ip netns add "$1"; }
cni() { CNI_COMMAND=$1 CNI_CONTAINERID=$2 CNI_NETNS=/var/run/netns/$3 CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin /tmp/plugin <<< "$conf"; }
show() { printf '### %s\n' "$*"; "$@" 2>&1; printf '=> %s\n' "$?"; }
hold ns-one
hold ns-two
show cni VERSION
show cni ADD container1 ns-one
show cni ADD container2 ns-two
sleep 2.2
show ip -br addr show cni0
show ip link show type veth
show ip -n ns-one addr show eth0
show ip -n ns-one route
show ip -n ns-two link
show ip netns
show bash -c 'ls -l /var/run/netns | sed "s/.* //"'
show bash -c 'cat /tmp/*reserved_ips /tmp/*.leases 2>/dev/null'
show ip netns exec ns-one ping -c 1 -W 1 10.244.0.1
show cni DEL container1 ns-one
show bash -c 'cat /tmp/*reserved_ips /tmp/*.leases 2>/dev/null'
show ip netns
show cni GET container1 ns-one
show cni FLY container1 ns-one
show cni DEL container9 ns-nine
show bridge link
show bash -c 'cat /var/log/bash-*.log'
