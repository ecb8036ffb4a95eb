# Dumps in the form of the kernel's messages: save, restore and showdump of addresses, routes and rules; files that are none.
b() { xxd -p -c 4000 | sed -E 's/^(.{8})(.{16}).{16}/\1 \2 /' | cut -c 1-112; }
ip link set lo up
ip link add v0 type veth peer name v1
ip link set v0 address 02:00:00:00:00:01; ip link set v1 address 02:00:00:00:00:02; ip link set v0 up; ip link set v1 up
sleep 2.5
ip addr add 10.0.0.1/24 dev v0
ip addr add 10.0.0.2/24 dev v0
ip addr add 10.0.1.1 peer 10.0.1.9/32 dev v0 label v0:x
ip addr add 10.1.0.1/24 brd + scope link dev v0 metric 50
ip -6 addr add fd00::1/64 dev v0 nodad
ip route add default via 10.0.0.254
ip route add 192.168.0.0/16 via 10.0.0.3 dev v0 metric 5 mtu 1400 advmss lock 1300 src 10.0.0.2 proto bird tos 0x10
ip route add 192.168.5.0/24 nexthop via 10.0.0.3 dev v0 weight 2 nexthop via 10.0.0.4 dev v0 weight 3
ip route add blackhole 172.16.0.0/12
ip route add unreachable 172.16.0.0/24 table 100
ip route add 10.56.0.0/24 via 1.2.3.4 dev v0 onlink realm 3/4
ip route add 10.57.0.0/24 via inet6 fd00::99 dev v0
ip route add 10.58.0.0/24 dev v0 congctl reno window 1000 rtt lock 100ms initcwnd 10 quickack 1 hoplimit 9 features ecn rto_min 5ms
ip route add 10.59.0.0/24 dev v0 table 5000
ip -6 route add fd01::/64 via fd00::9
ip -6 route add fd02::/64 dev v0 metric 30 mtu 1300
ip -6 route add blackhole fd03::/64
ip -6 route add fd04::/64 nexthop via fd00::9 dev v0 weight 1 nexthop via fd00::a dev v0 weight 5
ip rule add from 10.0.0.0/8 to 1.2.3.0/24 iif v0 oif v1 fwmark 3/0xff tos 0x10 lookup 100 pref 50
ip rule add not from 1.1.1.1 ipproto tcp sport 5-6 dport 80-90 lookup main suppress_prefixlength 0 pref 60
ip rule add goto 32766 pref 70
ip rule add from all blackhole pref 80
ip rule add from all lookup 5 realms 7 suppress_ifgroup 4 pref 90
ip rule add iif gone lookup 3000 pref 95
ip -6 rule add from fd00::/64 lookup 200
tt 'ip -4 addr save dev v0 | b'
tt 'ip addr save dev lo | b'
tt 'ip -4 addr save dev v0 | wc -c'
tt 'ip -4 addr save | ip addr showdump'
tt 'ip -4 addr save | ip -j addr showdump'
tt 'ip -4 addr save | ip -o addr showdump'
tt 'ip -6 addr save dev v0 to fd00::/64 | wc -c'
tt 'ip addr save nope'
tt 'ip route save | b'
tt 'ip route save | wc -c'
for f in "table 100" 'table 5000' 'proto bird' 'dev v0 scope link' '10.56.0.0/24' 'default' 'root 192.168.0.0/16' 'via 10.0.0.3' '10.58.0.0/24'; do tt "ip route save $f | b"; done
tt 'ip route save table all | ip route showdump'
tt 'ip route save table 7'
tt 'ip -6 route save fd04::/64 | b'
tt 'ip -6 route save fd02::/64 | b'
tt 'ip -6 route save root fd00::/8 | ip route showdump'
tt 'ip rule save | b'
tt 'ip rule save | wc -c'
tt 'ip -6 rule save | b'
tt 'ip rule save foo'
tt 'ip rule showdump < /dev/null'
ip route save > r; ip rule save > u; ip -4 addr save > a; ip -6 rule save > u6
tt 'wc -c r u a'
tt 'ip route restore < a'
tt 'ip route restore < /dev/null'
tt 'ip rule restore < r'
tt 'ip addr restore < u'
tt 'echo ab | ip addr showdump'
tt 'head -c 10 r > x; ip route restore < x'
tt 'head -c 100 r > x; ip route showdump < x'
tt 'cat r | ip route restore'
tt 'ip route flush table main; ip route show; ip route restore < r; ip route show'
tt 'ip -4 addr flush dev v0; ip addr restore < a; ip -4 addr show; ip route show'
tt 'ip route restore < r; ip route show'
tt 'ip rule flush; ip rule; ip rule restore < u; ip rule'
tt 'ip rule restore < u; ip rule | wc -l'
tt 'ip -6 rule flush; ip rule restore < u6; ip -6 rule'
tt 'ip route restore < r foo'
tt 'ip link del v0; ip addr restore < a'
tt 'ip route restore < r'
tt 'ip route showdump < r'
tt 'ip addr showdump < a'
tt 'ip route save | wc -c'
