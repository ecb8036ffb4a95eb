# guest
# VRFs: tables of their own, what enslaving moves, and packets of customers with the same addresses.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
t ip link set lo up
t ip vrf show
t ip link add red type vrf table 10
t ip link add blue type vrf table 20
t ip link add bad type vrf
t ip link add bad type vrf table
t ip link add bad type vrf table 0
t ip link add bad type vrf table 10
t ip link show type vrf
t ip -d link show red
t ip -d -j -p link show red
t ip -br link
t ip rule
t ip -6 rule
t ip link set red up
t ip link set blue up
t ip link show red
t ip rule
t ip -6 rule
t ip -d rule
t ip -j rule
t ip vrf show
t ip vrf list
t ip -j vrf show
t ip vrf show red
t ip vrf show nosuch
t ip link add v1 type veth peer name v1p
t ip link add v2 type veth peer name v2p
t ip addr add 10.0.1.1/24 dev v1
t ip link set v1 up
t ip link set v1p up
t ip addr add 10.0.2.1/24 dev v2
t ip link set v2 up
t ip link set v2p up
sleep 1
t ip route
t ip route show table all
t ip -6 route show table all
t ip link set v1 master red
t ip route
t ip route show table all
t ip route show table 10
t ip route show vrf red
t ip -6 route show vrf red
t ip -6 route show table all
t ip -d link show v1
t ip -br link
t ip link show master red
t ip link show vrf red
t ip addr show vrf red
t ip -br addr show vrf red
t ip link show type vrf
t ip addr show v1
t ip neigh show vrf red
t ip route get 10.0.1.9
t ip route get 10.0.1.9 vrf red
t ip route get 10.0.1.9 oif red
t ip route get 10.0.1.1 vrf red
t ip route get 10.0.9.1 vrf red
t ip route add vrf red default via 10.0.1.254
t ip route add 10.5.0.0/16 via 10.0.1.7 table 10
t ip route add 10.6.0.0/16 via 10.0.1.7
t ip route add 10.6.0.0/16 via 10.0.1.7 vrf nosuch
t ip route show vrf red
t ip route get 10.0.9.1 vrf red
t ip route get 10.0.9.1
t ip route add vrf red unreachable default metric 4278198272
t ip route show vrf red
t ip addr add 127.0.0.1/8 dev red
t ip addr show red
t ip route show vrf red table all
t ping -c1 -W1 -I red 10.0.1.1
t ping -c1 -W1 -I v1 10.0.1.1
t ping -c1 -W1 10.0.1.1
t ping -c1 -W1 -I red 127.0.0.1
t ip vrf exec red ping -c1 -W1 10.0.1.1
t ip vrf exec nosuch true
t ip vrf identify
t ip vrf identify self
t ip vrf pids red
t ip vrf help
t ip vrf bogus
t ip addr add 10.0.1.5/24 dev v1
t ip route show vrf red
t ip link set v1 nomaster
t ip route show vrf red
t ip route
t ip route show table all
t ip link set v2 master red
t ip link set v2 master blue
t ip route show vrf blue
t ip link set v2 down
t ip route show vrf blue
t ip link set v2 up
t ip route show vrf blue
t ip link set red master blue
t ip link set lo master red
t ip link set blue down
t ip route show vrf blue
t ip route get 10.0.2.9 vrf blue
t ip link del red
t ip rule
t ip link del blue
t ip rule
t ip link show v2
t ip route show table all
t sysctl net.ipv4.tcp_l3mdev_accept net.ipv4.udp_l3mdev_accept net.ipv4.raw_l3mdev_accept

# two customers with the same addresses on one router
ip netns add r; ip -n r link set lo up
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.default.disable_ipv6=1
for c in red blue; do
  ip -n r link add $c type vrf table $([ $c = red ] && echo 10 || echo 20); ip -n r link set $c up
  for i in 1 2; do
    ip netns add $c$i; ip -n $c$i link set lo up
    ip -n r link add $c-$i type veth peer name eth0 netns $c$i
    ip -n r link set $c-$i master $c; ip -n r link set $c-$i up
    ip -n r addr add 10.0.$i.1/24 dev $c-$i
    ip -n $c$i addr add 10.0.$i.2/24 dev eth0; ip -n $c$i link set eth0 up
    ip -n $c$i route add default via 10.0.$i.1
  done
done
t ip -n r route
t ip -n r route show vrf red
t ip -n r route show vrf blue
t ip netns exec red1 ping -c1 -W1 10.0.2.2
t ip netns exec blue1 ping -c1 -W1 10.0.2.2
t ip -n blue2 link set eth0 down
t ip netns exec red1 ping -c1 -W1 10.0.2.2
t ip netns exec blue1 ping -c1 -W1 10.0.2.2
t ip netns exec red1 ping -c1 -W1 10.0.2.1
t ip netns exec red1 ping -c1 -W1 10.0.9.9
t ip netns exec red1 ping -c1 -W1 -t 1 10.0.2.2
t ip netns exec r ping -c1 -W1 -I red 10.0.2.2
t ip netns exec r ping -c1 -W1 -I red-2 10.0.2.2
t ip netns exec r ping -c1 -W1 10.0.2.2
t ip netns exec r ping -c1 -W1 -I 10.0.1.1 10.0.2.2
t ip -n r route add vrf red 10.0.9.0/24 via 10.0.2.2
t ip -n r route get 10.0.9.9 vrf red
t ip -n r route get 10.0.9.9 from 10.0.1.2 iif red-1
t ip -n r route get 10.0.9.9 from 10.0.1.2 iif blue-1
t ip -n r route show table all
t ip -n r link del red-2
t ip -n r route show vrf red
t ip -n r link show master red
