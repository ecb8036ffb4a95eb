# macvlan and macvtap in every mode.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
for h in m1 m2 m3 out; do ip netns add $h; ip -n $h link set lo up; done
ip link add eth0 type veth peer name o netns out
ip link set eth0 address 02:00:00:00:00:01 up; ip addr add 10.0.0.1/24 dev eth0
ip -n out link set o address 02:00:00:00:00:02 up; ip -n out addr add 10.0.0.2/24 dev o
t ip link add mv1 link eth0 type macvlan mode bridge
t ip link add mv2 link eth0 netns m2 type macvlan mode bridge
t ip link add mv3 link eth0 address 02:00:00:00:00:33 type macvlan mode private
t ip link add mv4 link eth0 type macvlan mode vepa
t ip link add mv5 link eth0 type macvlan
t ip link add mv6 link eth0 type macvlan mode passthru
t ip link add mv7 link eth0 type macvlan mode source
t ip link add mv8 link eth0 type macvlan mode frob
t ip link add mv9 type macvlan mode bridge
t ip link add mv9 link nosuch type macvlan
t ip link add mvlo link lo type macvlan
t ip link add mt0 link eth0 type macvtap mode bridge
t ip -d link show type macvlan
t ip -d link show mt0
t ip -j -p -d link show mv1
t ls -d /sys/class/net/mt0/macvtap
ip link set mv1 netns m1; ip link set mv3 netns m3
t ip link show
t ip -n m1 link show
t ip -n m2 link show
t ip netns list-id
i=1; for h in m1 m2 m3; do i=$((i+1)); ip -n $h link set mv${h#m} address 02:00:00:00:01:0$i up; ip -n $h addr add 10.0.0.1$i/24 dev mv${h#m}; done
t ip netns exec m1 ping -c1 -W1 10.0.0.13
t ip netns exec m1 ping -c1 -W1 10.0.0.14
t ip netns exec m1 ping -c1 -W1 10.0.0.1
t ip netns exec m1 ping -c1 -W1 10.0.0.2
t ip netns exec m3 ping -c1 -W1 10.0.0.2
ip -n m1 neigh > /dev/null 2>&1
t ip link set eth0 down
t ip -n m1 link show mv1
t ip link set eth0 up
t ip -n m1 link show mv1
t ip link set eth0 mtu 1400
t ip -n m1 link show mv1
t ip -n m1 link set mv1 mtu 1500
t ip link set mv4 type macvlan mode bridge
t ip link set mv4 type macvlan mode passthru
t ip link set mv4 type macvlan flag nopromisc
t ip link set mv4 type macvlan bcqueuelen 500
t ip -d link show mv4
t ip link add br0 type bridge
t ip link set eth0 master br0
t ip link set mv4 master br0
t ip link set mv5 up
t ip -br link
t ip link add x link mv4 type macvlan
t ip link show x
t ip link del eth0
t ip -br link
t ip -n m1 -br link
t ip link help macvlan
t ip link add link eth0 type macvlan help
