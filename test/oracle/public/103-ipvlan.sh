# guest
# ipvlan in every mode and with each flag: packets between its devices, to the wire, to the host; what its card does to it. macvlan on cards that go down and leave.
ip netns add h
ip link add eth0 type veth peer name eth0 netns h
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip netns exec h sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link set eth0 address 02:00:00:00:00:01; ip -n h link set eth0 address 02:00:00:00:00:02
ip link set eth0 up; ip -n h link set eth0 up; ip addr add 10.0.0.1/24 dev eth0; ip -n h addr add 10.0.0.2/24 dev eth0
for i in 1 2 3; do ip netns add c$i; ip netns exec c$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; done
sleep 1
t ip link add iv1 link eth0 type ipvlan mode l2
t ip link show iv1
t ip -d link show iv1
t ip -j -p -d link show iv1
t ip -d link show eth0
t ip link add iv2 link eth0 type ipvlan mode l3
t ip -d link show iv1
t ip link del iv2
t ip link add link eth0 type ipvlan
t ip -br link
t ip -d link show ipvlan0
t ip -d link show iv1
t ip link set iv1 type ipvlan mode l3s
t ip -d link show ipvlan0
t ip link set iv1 type ipvlan mode l2 vepa
t ip -d link show ipvlan0
t ip link set iv1 type ipvlan mode l2 private
t ip -d link show iv1
t ip link set iv1 type ipvlan bridge
t ip -d link show iv1
t ip link set iv1 type ipvlan mode l2
t ip link del ipvlan0
t ip link add iv2 type ipvlan mode l2
t ip link add iv2 link nosuch type ipvlan
t ip link add iv2 link eth0 type ipvlan mode foo
t ip link add iv2 link eth0 type ipvlan foo
t ip link add iv2 link eth0 type ipvlan mode l2 bridge private
t ip link add iv2 link iv1 type ipvlan mode l2
t ip -d link show iv2
t ip link add mv1 link eth0 type macvlan
t ip link add iv3 link eth0 address 02:00:00:00:00:33 type ipvlan mode l2
t ip link add iv4 link eth0 mtu 1400 type ipvlan mode l2
t ip link add iv5 link eth0 mtu 1600 type ipvlan mode l2
t ip -br link
t ip link set iv1 address 02:00:00:00:00:44
t ip link set iv1 mtu 1600
t ip link set iv1 mtu 1300
for i in iv3 iv4 iv5; do ip link del $i; done 2>/dev/null
ip link set iv1 netns c1; ip link set iv2 netns c2
t ip -n c1 -d link show iv1
ip -n c1 link set iv1 up; ip -n c2 link set iv2 up
ip -n c1 addr add 10.0.0.11/24 dev iv1; ip -n c2 addr add 10.0.0.12/24 dev iv2
t ip -n c2 addr add 10.0.0.11/24 dev iv2
t ip -n c1 addr show iv1
t ip -n c1 route
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
t ip netns exec c1 ping -c 1 -W 1 10.0.0.12
t ip netns exec c1 ping -c 1 -W 1 10.0.0.1
t ping -c 1 -W 1 10.0.0.11
t ip netns exec h ping -c 1 -W 1 10.0.0.12
t ip -n c1 -s link show iv1
t ip -s link show eth0
ip -n c1 link set iv1 type ipvlan mode l2 private
t ip netns exec c1 ping -c 1 -W 1 10.0.0.12
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
ip -n c1 link set iv1 type ipvlan mode l2 vepa
t ip netns exec c1 ping -c 1 -W 1 10.0.0.12
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
ip -n c1 link set iv1 type ipvlan mode l2 bridge
t ip netns exec c1 ping -c 1 -W 1 10.0.0.12
# l3
ip -n c1 link set iv1 type ipvlan mode l3
t ip -n c1 link show iv1
t ip -n c1 -d link show iv1
ip -n c1 addr flush dev iv1; ip -n c2 addr flush dev iv2
ip -n c1 addr add 10.1.0.1/24 dev iv1; ip -n c2 addr add 10.2.0.1/24 dev iv2
ip -n c1 route add default dev iv1; ip -n c2 route add default dev iv2
t ip -n c1 route
t ip netns exec c1 ping -c 1 -W 1 10.2.0.1
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
ip -n h route add 10.1.0.0/16 via 10.0.0.1
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
t ip netns exec h ping -c 1 -W 1 10.1.0.1
t ip netns exec c1 ping -c 1 -W 1 10.0.0.1
t ip netns exec c1 traceroute -n -q 1 -w 1 -m 3 10.0.0.2
# l3s
ip -n c1 link set iv1 type ipvlan mode l3s
t ip netns exec c1 ping -c 1 -W 1 10.2.0.1
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
t ip netns exec h ping -c 1 -W 1 10.1.0.1
iptables -A INPUT -p icmp; iptables -A FORWARD -p icmp; iptables -A OUTPUT -p icmp; iptables -t nat -A POSTROUTING -s 10.1.0.0/16 -o eth0 -j MASQUERADE
t ip netns exec c1 ping -c 1 -W 1 10.0.0.2
t iptables -vnL
t ip link del eth0
t ip -n c1 link
t ip -n c2 link
# down and carrier
ip link add e0 type veth peer name e1; ip link add i1 link e0 type ipvlan; ip link set i1 up
t ip link
ip link set e0 up; ip link set i1 up
t ip link
ip link set e1 up; sleep 1.2
t ip link
ip link set e0 down
t ip link
ip link set e0 up; sleep 0.2
t ip link
ip link set e0 address 02:00:00:00:00:77
t ip -br link
ip link set e0 mtu 1400
t ip -br -d link
ip link set i1 netns c1
ip netns del c1
sleep 0.5
t ip link
t ip link add mv link e0 type macvlan mode bridge
t ip link set mv netns c2
t ip -n c2 link
ip -n c2 link set mv up
ip link set e0 down
t ip -n c2 link
ip link set e0 up; sleep 0.2
t ip -n c2 link
t ip link del e1
t ip -n c2 link
t ip link help ipvlan
ip link add du type dummy; ip link set du up
t ip link add iv link du type ipvlan
t ip link add br0 type bridge
t ip link set du master br0
t ip link set iv master br0
ip link del iv
t ip link add mv link du type macvlan
t ip link set du master br0
t ip link set mv master br0
t ip -d link show mv
t ip link add iv link mv type ipvlan
t ip link add iw link du.5 type ipvlan
