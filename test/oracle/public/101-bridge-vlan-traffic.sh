# guest
# A bridge that filters VLANs: access ports, a trunk with VLAN devices behind it, the bridge itself in a VLAN; who reaches whom.
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add br0 type bridge vlan_filtering 1
for i in 1 2 3 4; do ip netns add n$i;  ip netns exec n$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip link add p$i type veth peer name eth0 netns n$i; ip -n n$i link set eth0 address 02:00:00:00:00:0$i; ip link set p$i address 02:00:00:00:01:0$i; ip link set p$i master br0; ip link set p$i up; ip -n n$i link set eth0 up; ip -n n$i addr add 10.0.0.$i/24 dev eth0; done
ip link set br0 address 02:00:00:00:02:00
ip link set br0 up
ip addr add 10.0.0.100/24 dev br0
sleep 1
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
t bridge fdb show br br0
bridge vlan add dev p1 vid 10 pvid untagged; bridge vlan add dev p2 vid 10 pvid untagged
bridge vlan del dev p1 vid 1; bridge vlan del dev p2 vid 1
t bridge vlan show
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
t ip netns exec n1 ping -c 1 -W 1 10.0.0.3
t ip netns exec n1 ping -c 1 -W 1 10.0.0.100
t ip netns exec n3 ping -c 1 -W 1 10.0.0.100
t ip netns exec n3 ping -c 1 -W 1 10.0.0.4
t bridge fdb show br br0
t bridge -s vlan show
sleep 2.5
# trunk
bridge vlan add dev p4 vid 10; bridge vlan add dev p4 vid 20
ip -n n4 link add link eth0 name eth0.10 type vlan id 10
ip -n n4 link add link eth0 name eth0.20 type vlan id 20
ip -n n4 addr add 10.0.0.14/24 dev eth0.10
ip -n n4 addr flush dev eth0
ip -n n4 link set eth0.10 up
ip -n n4 link set eth0.20 up
t ip netns exec n1 ping -c 1 -W 1 10.0.0.14
ip netns exec n4 tcpdump -nle -i eth0 -c 4 vlan and icmp > /tmp/cap 2>/dev/null &
sleep 1.5
t ip netns exec n1 ping -c 2 -i 0.3 -W 1 10.0.0.14
wait
tt 'cut -d" " -f2- /tmp/cap'
ip netns exec n4 tcpdump -nle -i eth0.10 -c 2 icmp > /tmp/cap 2>/dev/null &
sleep 1.5
t ip netns exec n1 ping -c 1 -i 0.3 -W 1 10.0.0.14
wait
tt 'cut -d" " -f2- /tmp/cap'
ip netns exec n4 tcpdump -nle -i eth0 -c 2 vlan 10 and icmp > /tmp/cap 2>/dev/null &
sleep 1.5
t ip netns exec n1 ping -c 1 -i 0.3 -W 1 10.0.0.14
wait
tt 'cut -d" " -f2- /tmp/cap'
t bridge fdb show br br0
t bridge fdb show br br0 vlan 10
# vlan device on the bridge
bridge vlan add dev br0 vid 10 self
ip link add link br0 name br0.10 type vlan id 10
ip addr add 10.0.0.110/24 dev br0.10
ip link set br0.10 up
ip addr del 10.0.0.100/24 dev br0
t ip link show br0.10
t ip -d link show br0.10
t ip netns exec n1 ping -c 1 -W 1 10.0.0.110
t ping -c 1 -W 1 10.0.0.1
t ping -c 1 -W 1 10.0.0.3
t bridge vlan show
t bridge fdb show br br0
# pvid removal
bridge vlan add dev p1 vid 10
t bridge vlan show dev p1
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
bridge vlan add dev p1 vid 10 pvid untagged
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
# state
t bridge vlan set dev p1 vid 10 state blocking
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
t bridge vlan set dev p1 vid 10 state forwarding
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
# stats
ip -n n1 neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent; ip -n n2 neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
sleep 1.5
ip link set br0 type bridge vlan_stats_enabled 1
ip netns exec n1 ping -q -c 3 -i 0.2 10.0.0.2 > /dev/null
t bridge -s vlan show
t bridge -s -j vlan show dev p1
t bridge -s -d vlan show dev p1
t bridge fdb flush dev br0 vlan 10
t bridge fdb show br br0
t bridge vlan del dev p1 vid 10
t bridge fdb show br br0
ip link set br0 type bridge vlan_filtering 0
t ip netns exec n1 ping -c 1 -W 1 10.0.0.2
t bridge vlan show
t bridge fdb show br br0
t ip link del br0
t ip link show
t bridge vlan show
