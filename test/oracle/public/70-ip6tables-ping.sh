# ip6tables rules act on what ping sends through a router.
node() { ip netns add "$1"; ip -n "$1" link set lo up; }
node a; node b; node r
ip -n a link add eth0 type veth peer name eth0 netns r
ip -n b link add eth0 type veth peer name eth1 netns r
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n a addr add fd00:1::2/64 dev eth0 nodad; ip -n r addr add fd00:1::1/64 dev eth0 nodad
ip -n b addr add fd00:2::2/64 dev eth0 nodad; ip -n r addr add fd00:2::1/64 dev eth1 nodad
for n in "a eth0" "b eth0" "r eth0" "r eth1"; do set -- $n; ip -n $1 link set $2 up; done
ip -n a -6 route add default via fd00:1::1; ip -n b -6 route add default via fd00:2::1
sleep 2.5
a() { ip netns exec a "$@"; }; r() { ip netns exec r "$@"; }; b() { ip netns exec b "$@"; }
t a ping -c 1 -W 1 fd00:2::2
t r ip6tables -A FORWARD -s fd00:1::/64 -p ipv6-icmp --icmpv6-type echo-request -j DROP
t a ping -c 1 -W 1 fd00:2::2
t a ping -c 1 -W 1 fd00:1::1
t r ip6tables -L FORWARD -v -n
t r ip6tables -F FORWARD
t r ip6tables -A FORWARD -d fd00:2::2 -j REJECT
t a ping -c 1 -W 1 fd00:2::2
t r ip6tables -R FORWARD 1 -d fd00:2::2 -j REJECT --reject-with icmp6-adm-prohibited
t a ping -c 1 -W 1 fd00:2::2
t r ip6tables -P FORWARD DROP
t r ip6tables -F
t a ping -c 1 -W 1 fd00:2::2
t r ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
t r ip6tables -A FORWARD -i eth0 -j ACCEPT
t a ping -c 1 -W 1 fd00:2::2
t b ping -c 1 -W 1 fd00:1::2
t b ip6tables -A INPUT -p ipv6-icmp --icmpv6-type echo-request -j DROP
t a ping -c 1 -W 1 fd00:2::2
t a ip6tables -A OUTPUT -d fd00:2::2 -j DROP
t a ping -c 1 -W 1 fd00:2::2
t r ip6tables -t nat -A POSTROUTING -o eth1 -j MASQUERADE
