# tracepath and traceroute over IPv4: methods, sizes, marks, options and what they say about wrong ones.
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n "$1" link set lo up; }
node a; node r; node b; node s
ip -n a link add eth0 type veth peer name eth0 netns r
ip -n r link add eth1 type veth peer name eth0 netns s
ip -n s link add eth1 type veth peer name eth0 netns b
ip -n a addr add 10.0.1.2/24 dev eth0; ip -n r addr add 10.0.1.1/24 dev eth0; ip -n r addr add 10.0.2.1/24 dev eth1; ip -n s addr add 10.0.2.2/24 dev eth0
ip -n s addr add 10.0.3.1/24 dev eth1; ip -n b addr add 10.0.3.2/24 dev eth0
for n in "a eth0" "r eth0" "r eth1" "s eth0" "s eth1" "b eth0"; do set -- $n; ip -n $1 link set $2 up; done
ip -n a route add default via 10.0.1.1; ip -n b route add default via 10.0.3.1; ip -n r route add default via 10.0.2.2; ip -n s route add default via 10.0.2.1
for n in r s; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
for n in a r s b; do ip netns exec $n sysctl -qw net.ipv4.icmp_ratelimit=0; done
a() { ip netns exec a "$@"; }; r() { ip netns exec r "$@"; }; s() { ip netns exec s "$@"; }; b() { ip netns exec b "$@"; }
t a tracepath -n 10.0.3.2
t a tracepath 10.0.3.2
t a tracepath -b 10.0.1.1
t a tracepath -n -m 2 10.0.3.2
t a tracepath -n -p 5000 10.0.3.2
t a tracepath -n -l 1000 10.0.3.2
t a tracepath -n 10.0.1.1
t a tracepath -n 10.0.1.2
t a tracepath -n 127.0.0.1
t a tracepath -n 10.0.3.2/5000
t a tracepath
t a tracepath -V
t a tracepath -h
t a tracepath -z 10.0.3.2
t a tracepath -m 0 10.0.3.2
t a tracepath -m abc 10.0.3.2
t a tracepath -l 4 10.0.3.2
t a tracepath -p 0 10.0.3.2
t a tracepath -6 10.0.3.2
t a tracepath -4 10.0.1.1
ip -n r link set eth1 mtu 1400; ip -n s link set eth0 mtu 1400
t a tracepath -n 10.0.3.2
t a ip route get 10.0.3.2
t a tracepath -n 10.0.3.2
a ip route flush cache
ip -n s link set eth1 mtu 1300; ip -n b link set eth0 mtu 1300
t a tracepath -n 10.0.3.2
t a ip route get 10.0.3.2
t a tracepath -n 10.99.0.1 -m 5
ip -n a route del default
t a tracepath -n 10.0.3.2
ip -n a route add default via 10.0.1.1
t a traceroute -n -q 2 10.0.3.2
t a traceroute 10.0.3.2
t a traceroute -n -I 10.0.3.2
t a traceroute -n -q 1 -T 10.0.3.2
t a traceroute -n -q 1 -T -p 81 10.0.3.2
t a traceroute -n -U 10.0.3.2
t a traceroute -n -D 10.0.3.2
t a traceroute -n -P 47 10.0.3.2
t a traceroute -n -q 1 10.0.3.2
t a traceroute -n -q 1 -m 2 10.0.3.2
t a traceroute -n -q 1 -f 2 10.0.3.2
t a traceroute -n -q 1 -N 1 10.0.3.2
t a traceroute -n -q 1 -F 10.0.3.2 1450
t a traceroute -n -q 1 --mtu 10.0.3.2
t a traceroute -n -q 1 --back 10.0.3.2
t a traceroute -n -q 1 --sport=4444 10.0.3.2
t a traceroute -n -q 1 --fwmark=5 10.0.3.2
t a traceroute -n -q 1 -p 40000 10.0.3.2
t a traceroute -n -q 1 -r 10.0.3.2
t a traceroute -n -q 1 -r 10.0.1.1
t a traceroute -n -q 0 10.0.3.2
t a traceroute -n -q 11 10.0.3.2
t a traceroute -n -m 256 10.0.3.2
t a traceroute -n -f 0 10.0.3.2
t a traceroute -n -f 40 10.0.3.2
t a traceroute -n -N 0 10.0.3.2
t a traceroute -n -w -1 10.0.3.2
t a traceroute -n -p 70000 10.0.3.2
t a traceroute -n 10.0.3.2 70000
t a traceroute -n 10.0.3.2 abc
t a traceroute -n 10.0.3.2 60 extra
t a traceroute -M nosuch 10.0.3.2
t a traceroute -n -M icmp -q 1 10.0.3.2
t a traceroute -n -M tcp -q 1 10.0.3.2
t a traceroute -n -M raw -q 1 10.0.3.2
t a traceroute -n -M dccp -q 1 10.0.3.2
t a traceroute -n -O help 10.0.3.2
t a traceroute -n -T -O help 10.0.3.2
t a traceroute -n -T -O info -q 1 10.0.3.2
t a traceroute -n -T -O syn,ack -q 1 10.0.3.2
t a traceroute -n -T -O fin -q 1 10.0.3.2
t a traceroute -n -T -O mss=500 -q 1 10.0.3.2
t a traceroute -V
t a traceroute
t a traceroute -Q 10.0.3.2
t a traceroute -6 10.0.3.2
t a traceroute 10.0.3.300
b iptables -A INPUT -p udp -j REJECT --reject-with icmp-host-prohibited
t a traceroute -n -q 1 10.0.3.2
b iptables -R INPUT 1 -p udp -j REJECT --reject-with icmp-proto-unreachable
t a traceroute -n -q 1 10.0.3.2
b iptables -R INPUT 1 -p udp -j REJECT --reject-with icmp-net-prohibited
t a traceroute -n -q 1 10.0.3.2
t a tracepath -n 10.0.3.2
b nc -lk -p 80 > /dev/null &
sleep 0.3
t a traceroute -n -T -q 1 10.0.3.2
t a traceroute -n -T -O info -q 1 10.0.3.2
