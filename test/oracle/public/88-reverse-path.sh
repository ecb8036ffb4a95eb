# Reverse path filter, martians, local nets, multipath and dead links.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
for n in a r b; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
w() { ip link add $2 netns $1 address 02:00:00:00:0$7:01 type veth peer name $5 netns $4 address 02:00:00:00:0$7:02; ip -n $1 addr add $3 dev $2; ip -n $4 addr add $6 dev $5; ip -n $1 link set $2 up; ip -n $4 link set $5 up; }
w a eth0 10.1.0.2/24 r e1 10.1.0.1/24 1
w a eth1 10.2.0.2/24 r e2 10.2.0.1/24 2
w r e3 10.3.0.1/24 b eth0 10.3.0.2/24 3
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n b route add default via 10.3.0.1
x() { local n=$1; shift; t ip netns exec $n "$@"; }
ip -n a route add 10.3.0.0/24 via 10.1.0.1
x a ping -c1 -W1 10.3.0.2
x a ping -c1 -W1 -I 10.2.0.2 10.3.0.2
ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=1
x a ping -c1 -W1 -I 10.2.0.2 10.3.0.2
ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=2
x a ping -c1 -W1 -I 10.2.0.2 10.3.0.2
eval 'ip netns exec r grep TcpExt /proc/net/netstat | tr " " "\n" | grep -n IPReversePathFilter' > /dev/null 2>&1
x r ip route get 10.3.0.2 from 10.2.0.2 iif e1
ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=1
x r ip route get 10.3.0.2 from 10.2.0.2 iif e1
ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.e1.rp_filter=1
x r ip route get 10.3.0.2 from 10.2.0.2 iif e1
x r ip route get 10.3.0.2 from 99.0.0.1 iif e1
x r ip route get 10.3.0.2 from 127.0.0.1 iif e1
x r ip route get 10.3.0.2 from 224.0.0.1 iif e1
x r ip route get 10.3.0.2 from 0.0.0.0 iif e1
x r ip route get 127.0.0.1 from 10.1.0.2 iif e1
x r ip route get 0.0.0.0 from 10.1.0.2 iif e1
x r ip route get 10.1.0.1 from 10.1.0.2 iif e1
x r ip route get 10.1.0.255 from 10.1.0.2 iif e1
x r ip route get 10.3.0.255 from 10.1.0.2 iif e1
x r ip route get 10.2.0.1 from 10.1.0.2 iif e1
x r ip route get 10.1.0.7 from 10.1.0.2 iif e1
x r ip route get 10.3.0.2 from 10.1.0.2 iif nosuch
x r ip route get 10.3.0.2 from 10.3.0.1 iif e1
x r ip route get 8.8.8.8 from 10.1.0.2 iif e1
x r ip route get 10.3.0.2 iif e1
x r ip route get 10.3.0.2 from 10.1.0.2 iif lo
x r ip route get 224.0.0.9 from 10.1.0.2 iif e1
x r ip route get 255.255.255.255 from 10.1.0.2 iif e1
ip netns exec r sysctl -qw net.ipv4.conf.e1.rp_filter=0
# route_localnet
ip -n a route add 127.9.0.0/16 via 10.1.0.1
x a ping -c1 -W1 127.9.0.1
x a ip route get 127.9.0.1
ip netns exec r sysctl -qw net.ipv4.conf.all.route_localnet=1
x r ip route get 127.0.0.1 from 10.1.0.2 iif e1
# accept local: two interfaces of one ns in one wire
ip -n a addr add 10.1.0.77/24 dev eth1
ip netns exec r ip link add br9 type bridge; ip netns exec r ip link set br9 up
ip netns exec r ip addr flush dev e1; ip netns exec r ip addr flush dev e2
ip netns exec r ip link set e1 master br9; ip netns exec r ip link set e2 master br9
ip netns exec r ip addr add 10.1.0.1/24 dev br9
sleep 0.5
x r ping -c1 -W1 10.1.0.77
ip netns exec a sysctl -qw net.ipv4.conf.all.arp_filter=1
ip -n r neigh flush all
x r ping -c1 -W1 10.1.0.77
x a ping -c1 -W1 -I eth0 10.1.0.77
x a ip route get 10.1.0.77 oif eth0
x a ip route
x a ip route show table local
# multipath
x a ip route add 10.50.0.0/16 nexthop via 10.1.0.1 dev eth0 nexthop via 10.2.0.1 dev eth1
tt 'for i in 1 2 3 4 5 6 7 8; do ip -n a route get 10.50.0.$i | head -1; done | grep -c "dev eth"'
x a sysctl -w net.ipv4.fib_multipath_hash_policy=1
ip -n a link set eth1 down
x a ip route show 10.50.0.0/16
x a ip route get 10.50.0.1
ip -n a link set eth1 up
x a ip route show 10.50.0.0/16
ip -n r link set e2 down
x a ip route show 10.50.0.0/16
ip netns exec a sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1
x a ip route get 10.50.0.1
# metric priorities
x a ip route add 10.60.0.0/16 via 10.1.0.1 metric 10
x a ip route add 10.60.0.0/16 via 10.1.0.9 metric 5
x a ip route get 10.60.0.1
x a ip route del 10.60.0.0/16
x a ip route get 10.60.0.1
x a ip route del 10.60.0.0/16 metric 10
x a ip route get 10.60.0.1
ip -n a link set eth0 down
ip netns exec a ip route > /dev/null 2>&1
ip -n a link set eth0 up
ip netns exec a ip route > /dev/null 2>&1
ip -n a link set eth1 name lan7
x a ip route
x a ip addr show lan7
