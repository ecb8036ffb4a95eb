# guest
# VLAN devices: 802.1Q and 802.1ad, maps and flags, one on another, following the device below and leaving with it, in other namespaces; dummy devices under them.
ip netns add b
ip link add eth0 type veth peer name eth0 netns b
ip link set eth0 address 02:00:00:00:00:01; ip -n b link set eth0 address 02:00:00:00:00:02
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
t ip link add link eth0 name eth0.5 type vlan id 5
t ip link show eth0.5
t ip -d link show eth0.5
t ip -d -j -p link show eth0.5
t ip link add link eth0 name eth0.6 type vlan id 6 protocol 802.1ad
t ip -d link show eth0.6
t ip link add link eth0 name v7 type vlan id 7 reorder_hdr off gvrp on mvrp on loose_binding on bridge_binding on
t ip -d link show v7
t ip link add link eth0 name v8 type vlan id 8 ingress-qos-map 1:2 3:4 egress-qos-map 2:5 0:1
t ip -d link show v8
t ip -d -j -p link show v8
t ip link set v8 type vlan egress-qos-map 2:0 7:7
t ip -d link show v8
t ip link set v8 type vlan ingress-qos-map 1:0
t ip link set v8 type vlan reorder_hdr off
t ip link set v8 type vlan loose_binding on
t ip -d link show v8
t ip link set v8 type vlan id 9
t ip link set v8 type vlan protocol 802.1ad
t ip -d link show v8
t ip link add link eth0 type vlan id 9
t ip link add link eth0 type vlan id 10
t ip -br link
t ip link add link eth0 name x type vlan id 5
t ip link add link eth0 name x type vlan id 5 protocol 802.1ad
t ip link add link eth0 name x2 type vlan id 5 protocol 802.1ad
t ip link add link eth0 name x3 type vlan id 4095
t ip link add link eth0 name x3 type vlan id 4096
t ip link add link eth0 name x3 type vlan id 0
t ip link add link eth0 name x4 type vlan id 4094
t ip link add link eth0 name x5 type vlan
t ip link add name x5 type vlan id 5
t ip link add link nosuch name x5 type vlan id 5
t ip link add link lo name x5 type vlan id 5
t ip link add link eth0 name x5 type vlan id 55 protocol ipv4
t ip link add link eth0 name x5 type vlan id 55 protocol foo
t ip link add link eth0 name x5 type vlan id 55 reorder_hdr foo
t ip link add link eth0 name x5 type vlan id 55 foo
t ip link add link eth0 name x5 type vlan id 55 ingress-qos-map
t ip link add link eth0 name x5 type vlan id 55 ingress-qos-map 1
t ip link add link eth0 name x5 type vlan id 55 ingress-qos-map 9:1
t ip link add link eth0 name x5 type vlan id 55 egress-qos-map 1:9
t ip link add link eth0 name x5 mtu 1600 type vlan id 55
t ip link add link eth0 name x6 mtu 1400 type vlan id 56
t ip link add link eth0 name x7 address 02:00:00:00:00:77 type vlan id 57
t ip link set x6 mtu 1501
t ip link set eth0 mtu 1450
t ip -br link
t ip link show
t ip link set eth0 mtu 1500
t ip link show eth0.5
tt 'cat /proc/net/vlan/config'
tt 'cat /proc/net/vlan/eth0.5'
tt 'cat /proc/net/vlan/v8'
tt 'ls /proc/net/vlan'
for i in x4 x6 x7 x2 x v7 eth0.9 eth0.10 vlan0 vlan1; do ip link del $i; done 2>/dev/null
t ip link set eth0.5 up
t ip link set eth0 up
sleep 1.2
t ip link set eth0.5 up
t ip link show
t ip -n b link set eth0 up
t ip link show
t ip -n b link add link eth0 name eth0.5 type vlan id 5
ip -n b link set eth0.5 up; ip link set eth0.5 up; ip link set eth0.6 up; ip link set v8 up
sleep 1.2
ip addr add 10.5.0.1/24 dev eth0.5; ip -n b addr add 10.5.0.2/24 dev eth0.5
t ip link show
t ping -c 2 -i 0.2 10.5.0.2
t ip -s link show eth0.5
t ip -n b -s link show eth0.5
tt 'cat /proc/net/vlan/eth0.5'
t ip neigh
t ip link set eth0 down
sleep 1.2
t ip link show
t ip link set eth0 up
sleep 1.2
t ip link show
t ip addr show dev eth0.5
t ip -n b link set eth0 down
sleep 1.2
t ip link show
t ip -n b link set eth0 up
sleep 1.2
t ip link show
t ip link set eth0 address 02:00:00:00:00:11
t ip -br link
t ip link set eth0.5 address 02:00:00:00:00:55
t ip link set eth0 address 02:00:00:00:00:12
t ip -br link
t ip -d link show eth0
t ip link add link eth0.5 name q7 type vlan id 7
t ip -d link show q7
ip link set q7 up
t ip -n b link add link eth0.5 name q7 type vlan id 7
ip -n b link set q7 up
ip addr add 10.7.0.1/24 dev q7; ip -n b addr add 10.7.0.2/24 dev q7
t ping -c 1 10.7.0.2
(tcpdump -nle -i eth0 -c 2 icmp or vlan > /tmp/cap 2>/dev/null) & sleep 1.5
t ping -c 1 10.7.0.2
wait
tt 'cut -d" " -f2- /tmp/cap'
ip netns add c
t ip link set eth0.5 netns c
t ip link
t ip -n c link
t ip -n c -d link show eth0.5
ip -n c link set eth0.5 up; ip -n c addr add 10.5.0.1/24 dev eth0.5
t ip netns exec c ping -c 1 10.5.0.2
t ip link del eth0
t ip link
t ip -n c link
t ip -n b link
ip netns add d; ip link add e0 type veth peer name e1; ip link add link e0 name e0.3 type vlan id 3; ip link set e0.3 netns d
ip netns del d
sleep 0.5
t ip link
t ip link show e0.3
ip netns add d; ip link add link e0 name e0.3 type vlan id 3; ip link set e0 netns d
t ip link
t ip -d -n d link
t ip -n d link add link e0 name e0.4 netns 1 type vlan id 4
t ip netns exec d ip link add link e0 name e0.5 link-netns d type vlan id 5
t ip link add link e0 name e0.6 link-netns d type vlan id 6
t ip link
ip netns del d
sleep 0.5
t ip link
t ip link add dum0 type dummy
t ip link set dum0 up
t ip link show dum0
t ip addr add 10.9.0.1/24 dev dum0
t ip route
t ping -c 1 10.9.0.1
t ping -c 1 -W 1 10.9.0.2
t ip -s link show dum0
t ip link add link dum0 name dum0.2 type vlan id 2
t ip link set dum0.2 up
t ip link show
t ip link set dum0 mtu 9000
t ip link set dum0 mtu 0
t ip link set dum0 mtu 70000
t ip link set dum0 carrier off
sleep 1.2
t ip link show
t ip link set dum0 carrier on
t ip link set dum0 txqueuelen 5
t ip link set dum0 address 02:00:00:00:00:99
t ip link show dum0
t ip link add dummy1 numtxqueues 3 type dummy
t ip link add type dummy
t ip -br link
t ip link add type ifb
t ip link help vlan
