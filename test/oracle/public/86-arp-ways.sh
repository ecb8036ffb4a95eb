# ARP: ignoring, announcing, proxies, gratuitous ARP, duplicate and moved addresses.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
for n in a b c; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip link add br0 type bridge; ip link set br0 address 02:00:00:00:00:aa up
k=0; for n in a b c; do k=$((k+1)); ip link add p-$n type veth peer name eth0 netns $n; ip link set p-$n address 02:00:00:00:01:0$k master br0 up; ip -n $n link set eth0 address 02:00:00:00:02:0$k up; ip -n $n addr add 10.0.0.$k/24 dev eth0; done
sleep 1.1
x() { local n=$1; shift; t ip netns exec $n "$@"; }
ip -n b addr add 172.16.0.1/32 dev lo
ip -n a route add 172.16.0.1 dev eth0
x a ping -c1 -W1 172.16.0.1
ip -n a neigh flush all
ip netns exec b sysctl -qw net.ipv4.conf.all.arp_ignore=1
x a ping -c1 -W1 172.16.0.1
ip netns exec b sysctl -qw net.ipv4.conf.all.arp_ignore=2
x a ping -c1 -W1 10.0.0.2
ip netns exec b sysctl -qw net.ipv4.conf.all.arp_ignore=8
ip -n a neigh flush all
x a arping -c1 -w1 -I eth0 10.0.0.2
ip netns exec b sysctl -qw net.ipv4.conf.all.arp_ignore=0
x a arping -c1 -w1 -I eth0 10.0.0.2
x a arping -c1 -w1 -I eth0 -s 10.0.0.2 10.0.0.3
x a arping -c1 -w1 -b -I eth0 10.0.0.2
x a arping -c2 -A -I eth0 10.0.0.1
x a arping -c1 -f -q -I eth0 10.0.0.2
x a arping -I nosuch 10.0.0.2
x a arping -c1 -I lo 10.0.0.2
x b ip neigh
x c ip neigh
# arp_accept and gratuitous arp
ip netns exec c sysctl -qw net.ipv4.conf.all.arp_accept=1
ip -n c neigh flush all
x a arping -c1 -U -I eth0 10.0.0.1
x c ip neigh
ip -n c neigh flush all; ip netns exec c sysctl -qw net.ipv4.conf.all.arp_accept=0
x a arping -c1 -U -I eth0 10.0.0.1
x c ip neigh
# arp_notify
ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_notify=1
x c ping -c1 -W1 10.0.0.1
ip -n a link set eth0 address 02:00:00:00:02:99
sleep 0.2
x c ip neigh
# moving an address
ip -n b addr add 10.0.0.50/24 dev eth0
x a ping -c1 -W1 10.0.0.50
ip -n b addr del 10.0.0.50/24 dev eth0; ip -n c addr add 10.0.0.50/24 dev eth0
x a ping -c1 -W1 10.0.0.50
x a ip neigh show 10.0.0.50
x c arping -c1 -U -I eth0 10.0.0.50
x a ip neigh show 10.0.0.50
x a ping -c1 -W1 10.0.0.50
# arp_announce
ip -n a addr add 192.168.7.7/24 dev eth0
ip -n a neigh flush all; ip -n b neigh flush all
x a ping -c1 -W1 -I 192.168.7.7 10.0.0.2
x b ip neigh
ip -n b route add 192.168.7.0/24 dev eth0
x a ping -c1 -W1 -I 192.168.7.7 10.0.0.2
x b ip neigh
# duplicate address
ip -n c addr add 10.0.0.2/24 dev eth0
x a arping -c1 -D -w1 -I eth0 10.0.0.123
# permanent wrong
x a ip neigh replace 10.0.0.2 lladdr 02:00:00:00:09:09 dev eth0 nud permanent
x a ping -c1 -W1 10.0.0.2
x a ip neigh del 10.0.0.2 dev eth0
# noarp
x a ip link set eth0 arp off
x a ip neigh
x a ping -c1 -W1 10.0.0.3
x a ip neigh
x a ip link set eth0 arp on
# proxy
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
x b ip neigh add proxy 10.0.0.60 dev eth0
x a arping -c1 -w2 -I eth0 10.0.0.60
ip -n b link add d0 type veth peer name d1; ip -n b link set d0 up; ip -n b link set d1 up; ip -n b addr add 10.5.0.1/24 dev d0
ip netns exec b sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
x a arping -c1 -w2 -I eth0 10.5.0.9
x a arping -c1 -w1 -I eth0 10.0.0.61
ip netns exec b sysctl -qw net.ipv4.conf.eth0.proxy_arp_pvlan=1
x a arping -c1 -w2 -I eth0 10.0.0.61
x a ip -s neigh show 10.0.0.3
tt 'ip netns exec a cat /proc/net/stat/arp_cache | head -1'
