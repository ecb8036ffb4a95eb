# Errors of routers on the way: time exceeded, too big, prohibited, redirects; forwarding by interface.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000
for n in a r1 r2 b; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratelimit=0; ip -n $n link set lo up; done
for r in r1 r2; do ip netns exec $r sysctl -qw net.ipv4.ip_forward=1; done
w() { ip link add $2 netns $1 address 02:00:00:00:0$7:01 type veth peer name $5 netns $4 address 02:00:00:00:0$7:02; ip -n $1 addr add $3 dev $2; ip -n $4 addr add $6 dev $5; ip -n $1 link set $2 up; ip -n $4 link set $5 up; }
w a eth0 10.1.0.2/24 r1 lan 10.1.0.1/24 1
w r1 wan 10.2.0.1/24 r2 wan 10.2.0.2/24 2
w r2 lan 10.3.0.1/24 b eth0 10.3.0.2/24 3
ip -n a route add default via 10.1.0.1; ip -n b route add default via 10.3.0.1
ip -n r1 route add 10.3.0.0/24 via 10.2.0.2; ip -n r2 route add 10.1.0.0/24 via 10.2.0.1
sleep 0.2
x() { local n=$1; shift; t ip netns exec $n "$@"; }
x a ping -c1 10.3.0.2
x a ping -c1 -t1 10.3.0.2
x a ping -c1 -t2 10.3.0.2
x a ping -c1 -W1 10.9.0.1
x a ping -c2 -i0.3 -W1 10.3.0.77
x a traceroute -n -q1 -w1 10.3.0.2
x a traceroute -n -I -q1 -w1 10.3.0.2
ip netns exec a traceroute -n -T -q1 -w1 -p 80 10.3.0.2 > /dev/null 2>&1
ip netns exec a tracepath -n 10.3.0.2 > /dev/null 2>&1
ip -n r1 route add blackhole 10.66.0.0/24; ip -n r1 route add prohibit 10.67.0.0/24; ip -n r1 route add unreachable 10.68.0.0/24; ip -n r1 route add throw 10.69.0.0/24
x a ping -c1 -W1 10.66.0.1
x a ping -c1 -W1 10.67.0.1
x a ping -c1 -W1 10.68.0.1
x a ping -c1 -W1 10.69.0.1
x a traceroute -n -q1 -w1 10.67.0.1
ip -n r2 link set wan mtu 1300; ip -n r1 link set wan mtu 1300
x a ping -c1 -W1 -s 1400 10.3.0.2
x a ping -c1 -W1 -M do -s 1400 10.3.0.2
x a ping -c1 -W1 -M do -s 1400 10.3.0.2
x a ping -c1 -W1 -M want -s 1400 10.3.0.2
x a ip route get 10.3.0.2
x a ip route show cache
ip netns exec a tracepath -n 10.3.0.2 > /dev/null 2>&1
x a ip route flush cache
x a ip route get 10.3.0.2
x a ping -c1 -W1 -s 6000 10.3.0.2
eval 'ip netns exec a grep ^IcmpMsg /proc/net/snmp' > /dev/null 2>&1
eval 'ip netns exec b grep ^IpExt /proc/net/netstat' > /dev/null 2>&1
ip netns exec r1 ip -s link > /dev/null 2>&1
x a ping -c1 -W1 10.1.0.255
x a ping -c1 -b -W1 10.1.0.255
x a ping -c1 -W1 255.255.255.255
x a ping -c1 -W1 -I 10.1.0.2 10.3.0.2
x a ping -c1 -W1 -I 10.9.9.9 10.3.0.2
x a ping -c1 -W1 -I lo 10.3.0.2
x a ping -c1 -W1 -I nosuch 10.3.0.2
ip netns exec a ping -c1 -W1 -R 10.3.0.2 > /dev/null 2>&1
ip netns exec a ping -c1 -W1 -T tsonly 10.3.0.2 > /dev/null 2>&1
x a ping -c1 -W1 -Q 0x10 -m 5 10.3.0.2
x a ping -c3 -f 10.3.0.2
x r1 ip -s route show table main
ip netns exec r1 sysctl -qw net.ipv4.conf.lan.forwarding=0
x a ping -c1 -W1 10.3.0.2
x r1 sysctl net.ipv4.ip_forward net.ipv4.conf.all.forwarding net.ipv4.conf.wan.forwarding
ip netns exec r1 sysctl -qw net.ipv4.ip_forward=1
x r1 sysctl net.ipv4.conf.lan.forwarding net.ipv4.conf.default.forwarding
# redirects
w a eth1 10.1.1.2/24 r2 lan2 10.1.1.1/24 4
x r1 ip route add 10.77.0.0/24 via 10.1.0.77
x a ping -c1 -W1 10.77.0.1
x a ip route get 10.77.0.1
ip -n r1 addr add 10.1.0.3/24 dev lan
x a ping -c1 -W1 10.1.0.3
ip -n r2 link set lan down
x a ping -c1 -W1 10.3.0.2
x r2 ip route
ip -n b link set eth0 down
ip -n r2 link set lan up
x r2 ip route
x r2 ip route get 10.3.0.2
x a ping -c1 -W1 10.3.0.2
