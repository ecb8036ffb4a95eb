# Routes of each kind, next hops, rules with every selector; connections with no time to spare, few local ports.
sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip link set lo up
ip link add d0 address 02:00:00:00:00:01 type veth peer name d1 address 02:00:00:00:00:02; ip addr add 192.0.2.1/24 dev d0; ip link set d0 up; ip link set d1 up
t ip route add blackhole 198.51.100.0/24
t ip route add unreachable 198.51.101.0/24 metric 50
t ip route add prohibit 198.51.102.0/24
t ip route add throw 198.51.103.0/24 table 9
t ip route add 198.51.104.0/24 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3
t ip route add 198.51.105.0/24 via 192.0.2.2 mtu 1400 advmss 1360 initcwnd 20 src 192.0.2.1
t ip route add 198.51.106.0/24 dev d0 scope link proto static metric 7
t ip route add 198.51.107.0/24 via 10.99.0.1 dev d0
t ip route add 198.51.107.0/24 via 10.99.0.1 dev d0 onlink
t ip route
t ip -d route show type unicast
t ip route show table 9
t ip route get 198.51.100.1
t ip route get 198.51.101.1
t ip route get 198.51.102.1
t ip route get 198.51.105.7
t ip route get 198.51.104.1 mark 5
t ip rule add fwmark 0x5/0xff table 9 prio 50
t ip rule add to 198.51.106.0/24 prohibit prio 60
t ip rule add not from 192.0.2.0/24 lookup main suppress_prefixlength 0 prio 70
t ip rule add iif d0 oif d1 table 11 prio 80
t ip rule add uidrange 0-99 table 12 prio 90
t ip rule add ipproto tcp sport 1000-2000 dport 80 table 13 prio 95
t ip rule
t ip -j rule show prio 95
t ip route get 198.51.106.1
t ip rule del prio 60
t ip rule del prio 60
t ip rule add prio 50 fwmark 5/0xff table 9
t ip route replace 198.51.105.0/24 via 192.0.2.9
t ip route change 198.51.105.0/24 via 192.0.2.8 mtu lock 1300
t ip route append 198.51.105.0/24 via 192.0.2.7
t ip route show 198.51.105.0/24
t ip route del 198.51.105.0/24 via 192.0.2.7
t ip route show to match 198.51.105.5
t ip route show to root 198.51.104.0/22
t ip route flush 198.51.104.0/22
t ip route list exact 198.51.106.0/24
t ip route flush proto static
t ip route
t ip route flush table 9
t ip route show table all type local
t ip route add default via 192.0.2.254 dev d1
t ip route add default dev d1 metric 10
t ip route add 0/1 dev d0
t ip route add 1.2.3.4/33 dev d0
t ip route add 10.0.0.1/8 dev d0
t ip -br route
t ip -o route | head -3
t route -n
t netstat -rn
tt 'cat /proc/net/route | head -3'
t ip nexthop add id 5 via 192.0.2.50 dev d0
t ip route add 203.0.113.0/24 nhid 5
t ip nexthop
t ip route show nhid 5
t ip nexthop del id 5
t ip route show 203.0.113.0/24
t ip link set d0 down
t ip route
t ip rule
ip netns add b; ip link add v0 type veth peer name v1 netns b; ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip -n b link set lo up; ip -n b addr add 10.0.0.2/24 dev v1; ip -n b link set v1 up
ip netns exec b sh -c "nc -lk -p 99 >/dev/null & " ; sleep 0.3
tt 'for i in 1 2 3; do nc -v -w0 10.0.0.2 99 </dev/null; echo $?; done'
tt 'for i in 1 2 3; do echo a | nc -N 10.0.0.2 99; echo $?; done'
tt 'nc -v -w0 10.0.0.2 98; echo $?'
sysctl -qw "net.ipv4.ip_local_port_range=40000 40003"
tt 'for i in 1 2 3 4 5 6; do nc -z 10.0.0.2 99; echo $?; done'
tt 'ss -tan | grep -c :4000'
