# VXLAN with a multicast group, its options, its forwarding database, and in a bridge.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
for n in h1 h2 h3; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip link add sw type bridge mcast_snooping 0; ip link set sw address 02:00:00:00:00:aa up
for i in 1 2 3; do ip link add p$i type veth peer name eth0 netns h$i; ip link set p$i address 02:00:00:00:01:0$i master sw up; ip -n h$i link set eth0 address 02:00:00:00:02:0$i up; ip -n h$i addr add 192.168.0.$i/24 dev eth0; done
sleep 1.1
x() { local n=$1; shift; t ip netns exec $n "$@"; }
x h1 ip link add vx0 type vxlan id 42 group 239.1.1.1 dev eth0 dstport 4789
x h2 ip link add vx0 type vxlan id 42 group 239.1.1.1 dev eth0 dstport 4789
x h3 ip link add vx0 type vxlan id 42 group 239.1.1.1 dev eth0 dstport 4789 ttl 5 tos 16 port 10000 20000 ageing 60 maxaddress 100 udpcsum noudp6zerocsumtx
for i in 1 2 3; do ip -n h$i link set vx0 address 02:00:00:00:03:0$i up; ip -n h$i addr add 10.0.0.$i/24 dev vx0; done
x h3 ip -d link show vx0
x h1 ip maddr show dev eth0
x h1 bridge fdb show dev vx0
x h1 ping -c1 -W1 10.0.0.2
x h1 ping -c1 -W1 10.0.0.3
x h1 bridge fdb show dev vx0
x h1 bridge -s fdb show dev vx0
x h1 bridge -d fdb show dev vx0
x h1 ip -s link show vx0
ip netns exec h1 ip neigh > /dev/null 2>&1
x h1 ip link set vx0 down
x h1 bridge fdb show dev vx0
x h1 ip link set vx0 up
x h1 ip link add vx1 type vxlan id 43 dev eth0 local 192.168.0.1 remote 192.168.0.2 dstport 4789
x h1 ip link add vx2 type vxlan id 44 dev eth0 external
x h1 ip link add vx2 type vxlan external dstport 4790
x h1 ip link add vx3 type vxlan id 45 dstport 0 proxy l2miss l3miss rsc
x h1 ip link add vx4 type vxlan id 46 dev eth0 dstport 4789 nolearning df set
x h1 ip link add vx5 type vxlan id 47 group 10.1.1.1 dev eth0
x h1 ip link add vx6 type vxlan id 48 remote 239.1.1.1 dev eth0
x h1 ip link add vx7 type vxlan id 49 remote 1.1.1.1 group 239.1.1.1 dev eth0
x h1 ip link add vx8 type vxlan id 50 group 239.1.1.1
x h1 ip link add vx9 type vxlan id 51 dev nosuch
x h1 ip link add vxa type vxlan id 42 group 239.1.1.1 dev eth0 dstport 4789
x h1 ip link add vxb type vxlan vni 52 dstport 4789 gbp
x h1 ip link add vxc type vxlan id 53 dstport 4789 gpe
x h1 ip link add vxd type vxlan id 54 dstport 4789 local 1.1.1.1 ttl inherit tos inherit
x h1 ip link add vxe type vxlan id 55 dstport 70000
x h1 ip link add vxf type vxlan id foo
x h1 ip -d link show type vxlan
x h1 ip -j -d link show vx0
x h1 ip link set vx0 type vxlan ageing 5
x h1 ip link set vx0 type vxlan id 99
x h1 ip link set vx0 type vxlan nolearning
x h1 ip link set vx0 type vxlan group 239.1.1.2
x h1 ip -d link show vx0
x h1 ip link set vx0 mtu 9000
x h1 ip link set vx0 mtu 1450
x h1 bridge fdb append 00:00:00:00:00:00 dev vx1 dst 192.168.0.3
x h1 bridge fdb append 00:00:00:00:00:00 dev vx1 dst 192.168.0.3
x h1 bridge fdb add 02:00:00:00:03:77 dev vx1 dst 192.168.0.3 vni 100 port 9999 via eth0
x h1 bridge fdb add 02:00:00:00:03:78 dev vx1
x h1 bridge fdb add 02:00:00:00:03:79 dev vx1 dst 192.168.0.9 dynamic
x h1 bridge fdb add 02:00:00:00:03:7a dev vx1 dst 2001:db8::1
x h1 bridge fdb replace 02:00:00:00:03:77 dev vx1 dst 192.168.0.2
x h1 bridge fdb add 02:00:00:00:03:77 dev vx1 dst 192.168.0.2
x h1 bridge fdb show dev vx1
x h1 bridge -j fdb show dev vx1
x h1 bridge fdb get 02:00:00:00:03:77 dev vx1 self
x h1 bridge fdb del 02:00:00:00:03:99 dev vx1
x h1 bridge fdb del 00:00:00:00:00:00 dev vx1 dst 192.168.0.2
x h1 bridge fdb flush dev vx1
x h1 bridge fdb show dev vx1
# vxlan in a bridge
for i in 1 2; do ip -n h$i link add ov type vxlan id 77 dev eth0 local 192.168.0.$i dstport 8472; ip -n h$i link set ov address 02:00:00:00:04:0$i; ip -n h$i link add br0 type bridge; ip -n h$i link set br0 address 02:00:00:00:05:0$i; ip -n h$i link set ov master br0 up; ip -n h$i link set br0 up; ip -n h$i addr add 10.7.0.$i/24 dev br0; done
ip netns exec h1 bridge fdb append 0:0:0:0:0:0 dev ov dst 192.168.0.2; ip netns exec h2 bridge fdb append 0:0:0:0:0:0 dev ov dst 192.168.0.1
x h1 ping -c1 -W1 10.7.0.2
x h1 bridge fdb show br br0
x h1 bridge fdb show dev ov
x h1 ip -d link show ov
x h1 ip link show br0
x h1 ping -c1 -W1 -s 1422 -M do 10.7.0.2
x h1 ping -c1 -W1 -s 1423 -M do 10.7.0.2
ip netns exec h1 ss -lun > /dev/null 2>&1
x h1 ip link del ov
x h1 ip link show br0
