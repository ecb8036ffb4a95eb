# ping over IPv6: targets, scopes, sources, errors, what rules do to it.
node() { ip netns add "$1"; ip -n "$1" link set lo up; }
node a; node b; node r
ip -n a link add eth0 type veth peer name eth0 netns r
ip -n b link add eth0 type veth peer name eth1 netns r
ip -n a link set eth0 address 02:00:00:00:00:0a; ip -n b link set eth0 address 02:00:00:00:00:0b; ip -n r link set eth0 address 02:00:00:00:00:01; ip -n r link set eth1 address 02:00:00:00:00:02
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n a addr add fd00:1::2/64 dev eth0 nodad; ip -n r addr add fd00:1::1/64 dev eth0 nodad
ip -n b addr add fd00:2::2/64 dev eth0 nodad; ip -n r addr add fd00:2::1/64 dev eth1 nodad
for n in "a eth0" "b eth0" "r eth0" "r eth1"; do set -- $n; ip -n $1 link set $2 up; done
sleep 2.5
a() { ip netns exec a "$@"; }; r() { ip netns exec r "$@"; }; b() { ip netns exec b "$@"; }
t ping -c 1 ::1
ip link set lo up
t ping -c 1 ::1
t ping -6 -c 1 ::1
t ping6 -c 1 ::1
t ping -6 -c 1 127.0.0.1
t ping -4 -c 1 ::1
t ping -c 1 fd00::9
t a ping -c 2 -i 0.2 fd00:1::1
t a ping -c 1 -W 1 fd00:2::2
ip -n a -6 route add default via fd00:1::1; 
t a ping -c 1 -W 1 fd00:2::2
ip -n b -6 route add default via fd00:2::1
t a ping -c 1 -W 1 fd00:2::2
t a ping -c 1 -W 1 -s 10 fd00:2::2
t a ping -c 1 -W 1 -s 1400 fd00:2::2
t a ping -c 1 -W 1 -q fd00:2::2
t a ping -c 1 -W 1 -n fd00:2::2
t a ping -c 1 -W 1 -t 1 fd00:2::2
t a ping -c 1 -W 1 fd00:3::2
t a ping -c 1 -W 1 fe80::ff:fe00:1
t a ping -c 1 -W 1 fe80::ff:fe00:1%eth0
t a ping -c 1 -W 1 -I eth0 fe80::ff:fe00:1
t a ping -c 1 -W 1 fe80::ff:fe00:1%nosuch
t a ping -c 1 -W 1 -I eth0 fd00:1::1
t a ping -c 1 -W 1 -I fd00:1::2 fd00:1::1
t a ping -c 1 -W 1 -I fd00:1::77 fd00:1::1
t a ping -c 1 -W 1 -I nosuch fd00:1::1
t a ping -c 1 -W 1 -I 10.0.0.1 fd00:1::1
t a ping -c 1 -W 1 ff02::1%eth0
t a ping -c 1 -W 1 ff02::1
t a ping -c 1 -W 1 -I eth0 ff02::1
t a ping -c 1 -W 1 ::
t a ping -c 1 -W 1 fd00:zz::
t a ping -f -c 100 -q fd00:1::1
t a ping -c 2 -i 0.2 -O fd00:1::1
t a ping -c 1 -D -q fd00:1::1
t a ping -b -c 1 fd00:1::1
t a ping -c 1 -W 1 -p ff fd00:1::1
t a ping -c 1 -v fd00:1::1
ip -n r -6 route add unreachable fd00:5::/64; ip -n r -6 route add prohibit fd00:6::/64; ip -n r -6 route add blackhole fd00:7::/64
t a ping -c 1 -W 1 fd00:5::1
t a ping -c 1 -W 1 fd00:6::1
t a ping -c 1 -W 1 fd00:7::1
t r ping -c 1 -W 1 fd00:5::1
t r ping -c 1 -W 1 fd00:6::1
t r ping -c 1 -W 1 fd00:7::1
r ip6tables -A FORWARD -j REJECT
t a ping -c 1 -W 1 fd00:2::2
r ip6tables -R FORWARD 1 -j DROP
t a ping -c 1 -W 1 fd00:2::2
t ping -c 1 -v 127.0.0.1
t ping -c 1 -v -n 127.0.0.1
t ping -4 -c 1 -v 127.0.0.1
t ping -6 -c 1 -v ::1
t ping -c 1 -v ::1
t ping -c 1 -v nosuchname
t ping -vvvc 1 localhost
