# tracepath, traceroute and ping over IPv6: routers on the way, narrow links, what is learnt of them, marks.
node() { ip netns add "$1"; ip -n "$1" link set lo up; ip netns exec $1 sysctl -qw net.ipv6.icmp.ratelimit=0; }
node a; node r; node b; node s
ip -n a link add eth0 type veth peer name eth0 netns r
ip -n r link add eth1 type veth peer name eth0 netns s
ip -n s link add eth1 type veth peer name eth0 netns b
ip -n a link set eth0 address 02:00:00:00:00:0a; ip -n b link set eth0 address 02:00:00:00:00:0b; ip -n r link set eth0 address 02:00:00:00:00:01; ip -n r link set eth1 address 02:00:00:00:00:02;  ip -n s link set eth0 address 02:00:00:00:00:03; ip -n s link set eth1 address 02:00:00:00:00:04
for n in r s; do ip netns exec $n sysctl -qw net.ipv6.conf.all.forwarding=1; done
ip -n a addr add fd00:1::2/64 dev eth0 nodad; ip -n r addr add fd00:1::1/64 dev eth0 nodad; ip -n r addr add fd00:2::1/64 dev eth1 nodad; ip -n s addr add fd00:2::2/64 dev eth0 nodad
ip -n s addr add fd00:3::1/64 dev eth1 nodad; ip -n b addr add fd00:3::2/64 dev eth0 nodad
for n in "a eth0" "r eth0" "r eth1" "s eth0" "s eth1" "b eth0"; do set -- $n; ip -n $1 link set $2 up; done
ip -n a route add default via fd00:1::1; ip -n b route add default via fd00:3::1; ip -n r route add default via fd00:2::2; ip -n s route add default via fd00:2::1
sleep 3.5
a() { ip netns exec a "$@"; }; r() { ip netns exec r "$@"; }; s() { ip netns exec s "$@"; }; b() { ip netns exec b "$@"; }
t a ping -c1 -W1 fd00:3::2
t a tracepath -n fd00:3::2
t a tracepath fd00:3::2
t a tracepath -6 -b fd00:1::1
t a tracepath -n fd00:1::2
t a tracepath -n ::1
t a tracepath -4 fd00:3::2
t a tracepath -n -l 1000 fd00:3::2
t a tracepath -n -l 40 fd00:3::2
t a tracepath -n fe80::ff:fe00:1%eth0
t a tracepath -n fe80::ff:fe00:1
ip -n r link set eth1 mtu 1400; ip -n s link set eth0 mtu 1400
t a tracepath -n fd00:3::2
t a ip -6 route get fd00:3::2
t a ip -6 route show cache
ip -n s link set eth1 mtu 1300; ip -n b link set eth0 mtu 1300
t a tracepath -n fd00:3::2
t a ip -6 route get fd00:3::2
t a ping -c 1 -W 1 -M do -s 1400 fd00:3::2
t a ping -c 1 -W 1 -M do -s 1252 fd00:3::2
t a ping -c 1 -W 1 -M do -s 1253 fd00:3::2
t a ping -c 1 -W 1 -s 1400 fd00:3::2
t a ping -c 1 -W 1 -s 3000 fd00:3::2
t a ping -c 1 -W 1 -M want -s 3000 fd00:3::2
t a ping -c 1 -W 1 -M dont -s 3000 fd00:3::2
t a ping -c 1 -W 1 -M nosuch fd00:3::2
t a ping -c 1 -W 1 -M do -s 3000 fd00:3::2
t a ping -c 1 -W 1 -M do -s 3000 -q fd00:3::2
t a ip -6 route flush cache
t a ip -6 route get fd00:3::2
t a ping -c 2 -W 1 -i 0.2 -M do -s 1430 fd00:3::2
t a tracepath -n fd00:50::1
t a tracepath -n fd00:51::1
t a traceroute -n fd00:3::2
t a traceroute fd00:3::2
t a traceroute -6 -n fd00:3::2
t a traceroute -n -I fd00:3::2
t a traceroute -n -q 1 -T fd00:3::2
t a traceroute -n -U fd00:3::2
t a traceroute -n -P 47 fd00:3::2
t a traceroute -n -q 1 fd00:50::1
t a traceroute -n -q 1 fd00:51::1
t a traceroute -n -q 1 -F fd00:3::2 1350
t a traceroute -n -q 1 fd00:3::2 1350
t a traceroute -n -q 1 --mtu fd00:3::2
t a traceroute -n -q 1 -s fd00:1::2 fd00:3::2
t a traceroute -n -q 1 -s fd00:1::77 fd00:3::2
t a traceroute -n -q 1 -i eth0 fd00:3::2
t a traceroute -n -q 1 -l 5 fd00:3::2
t a traceroute -n -q 1 -t 16 fd00:3::2
t a traceroute -4 -n fd00:3::2
t a traceroute -n fe80::ff:fe00:1%eth0
t a traceroute -n fe80::ff:fe00:1
t a traceroute -n -q 1 --back fd00:3::2
t a traceroute -n ::1
t a traceroute -n fd00:9::1 -q 1 -m 3 -w 1
ip -n a -6 route del default
t a traceroute -n -q 1 fd00:3::2
t a tracepath -n fd00:3::2
t a ping -c1 fd00:3::2
