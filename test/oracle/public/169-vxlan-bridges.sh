# Two nodes, each a bridge with two pods, joined by a learning VXLAN on the bridge; MTU, flooding, moving pods.
ns() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n "$1" link set lo up; }
ns n1; ns n2
ip link add eth0 netns n1 type veth peer name eth0 netns n2
for i in 1 2; do
  ip -n n$i addr add 172.20.0.$i/16 dev eth0; ip -n n$i link set eth0 up
  ip -n n$i link add br0 type bridge; ip -n n$i link set br0 address 02:00:00:00:b0:0$i up
  ip -n n$i link add vx42 address 02:00:00:00:42:0$i type vxlan id 42 local 172.20.0.$i remote 172.20.0.$((3-i)) dstport 4789 dev eth0
  ip -n n$i link set vx42 master br0 up
  for p in 1 2; do
    ns p$i$p
    ip -n n$i link add v$p type veth peer name eth0 netns p$i$p
    ip -n n$i link set v$p address 02:00:00:0f:0$i:0$p master br0 up
    ip -n p$i$p link set eth0 address 02:00:00:00:0$i:0$p up
    ip -n p$i$p addr add 10.50.0.$i$p/24 dev eth0
  done
done
sleep 2.7
t ip netns exec p11 ping -c 1 -W 1 10.50.0.21
t ip netns exec n1 bridge fdb show br br0
t ip netns exec n1 bridge fdb show dev vx42
t ip netns exec n1 bridge -j -p fdb show dynamic
t ip -n n1 -d link show vx42
t ip -n n1 -d -j link show vx42
t ip -n n1 -br link
t ip netns exec p11 ping -c 1 -s 1472 -M do -W 1 10.50.0.21
t ip -n n1 link show br0
t ip netns exec p11 ping -c 1 -s 1400 -W 1 10.50.0.22
t ip -n p11 link set eth0 mtu 1450
t ip netns exec p11 ping -c 1 -s 1423 -M do -W 1 10.50.0.21
t ip netns exec p11 ping -c 1 -s 1422 -M do -W 1 10.50.0.21
t ip netns exec p11 arping -c 2 -w 3 -I eth0 10.50.0.22
t ip -n n2 link set vx42 down
t ip netns exec p11 ping -c 1 -W 1 10.50.0.21
t ip -n n2 link set vx42 up
sleep 1.2
t ip netns exec p21 ping -c 1 -W 1 10.50.0.11
t ip netns exec n1 bridge fdb append 00:00:00:00:00:00 dev vx42 dst 172.20.0.99
t ip netns exec n1 bridge fdb append 00:00:00:00:00:00 dev vx42 dst 172.20.0.99
t ip netns exec n1 bridge fdb add 02:00:00:00:02:02 dev vx42 dst 172.20.0.2 self static
t ip netns exec n1 bridge fdb add 02:00:00:00:02:02 dev vx42 dst 172.20.0.3 self static
t ip netns exec n1 bridge fdb replace 02:00:00:00:02:02 dev vx42 dst 172.20.0.77 self static
t ip netns exec n1 bridge fdb show dev vx42
t ip -n n1 link set vx42 type vxlan id 43
t ip -n n1 link set vx42 type vxlan ttl 7 ageing 60
t ip -n n1 -d link show vx42
t ip -n n2 link del vx42
t ip -n n2 link add vx42 type vxlan id 42 remote 172.20.0.1 dstport 4790 dev eth0
t ip -n n2 link set vx42 master br0 up
t ip netns exec n2 ss -uln
