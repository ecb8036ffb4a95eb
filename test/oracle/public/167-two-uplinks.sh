# A router with two uplinks: policy routing by mark and source, masquerade on each, what the far side sees.
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratelimit=0; ip -n "$1" link set lo up; }
for n in lan gw isp1 isp2 far; do node $n; done
ip -n lan link add eth0 type veth peer name lan0 netns gw
ip -n gw link add wan1 type veth peer name cust netns isp1
ip -n gw link add wan2 type veth peer name cust netns isp2
ip -n isp1 link add core type veth peer name west netns far
ip -n isp2 link add core type veth peer name east netns far
a() { ip -n $1 addr add $3 dev $2; ip -n $1 link set $2 up; }
a lan eth0 10.0.0.2/24; a gw lan0 10.0.0.1/24
a gw wan1 100.64.1.2/30; a isp1 cust 100.64.1.1/30
a gw wan2 100.64.2.2/30; a isp2 cust 100.64.2.1/30
a isp1 core 198.51.100.1/24; a far west 198.51.100.9/24
a isp2 core 203.0.113.1/24; a far east 203.0.113.9/24
ip -n far addr add 192.0.2.80/32 dev lo
for r in gw isp1 isp2; do ip netns exec $r sysctl -qw net.ipv4.ip_forward=1; done
ip -n lan route add default via 10.0.0.1
ip -n isp1 route add 192.0.2.80 via 198.51.100.9; ip -n isp2 route add 192.0.2.80 via 203.0.113.9
ip -n far route add 100.64.1.0/30 via 198.51.100.1; ip -n far route add 100.64.2.0/30 via 203.0.113.1
ip netns exec far socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR asked $SOCAT_SOCKADDR' &
ip netns exec far socat TCP-LISTEN:443,fork,reuseaddr SYSTEM:'echo tls $SOCAT_PEERADDR' &
sleep 0.4
gw() { ip netns exec gw "$@"; }
lan() { ip netns exec lan "$@"; }
t lan ping -c 1 -W 1 192.0.2.80
t ip -n gw route add default via 100.64.1.1
t lan ping -c 1 -W 1 192.0.2.80
t gw iptables -t nat -A POSTROUTING -o wan1 -j MASQUERADE
t gw iptables -t nat -A POSTROUTING -o wan2 -j SNAT --to 100.64.2.2
t lan ping -c 1 -W 1 192.0.2.80
t lan nc -w 1 192.0.2.80 80
t ip -n gw route add default via 100.64.2.1 table 20
t ip -n gw route add 10.0.0.0/24 dev lan0 table 20
t ip -n gw rule add fwmark 2 table 20
t gw iptables -t mangle -A PREROUTING -i lan0 -p tcp --dport 443 -j MARK --set-mark 2
t lan nc -w 1 192.0.2.80 443
t lan nc -w 1 192.0.2.80 80
t lan traceroute -n -q 1 192.0.2.80
t ip -n gw route get 192.0.2.80 mark 2
t ip -n gw route get 192.0.2.80 from 10.0.0.2 iif lan0
t ip -n gw route get 192.0.2.80 from 10.0.0.2 iif lan0 mark 2
t ip -n gw rule add from 10.0.0.0/24 to 192.0.2.80 lookup 20 pref 99
t ip -n gw rule
t lan nc -w 1 192.0.2.80 80
t ip -n gw -j -p rule list table 20
t gw iptables -t nat -L POSTROUTING -n -v
t ip -n isp2 link set core down
t lan ping -c 1 -W 1 192.0.2.80
t ip -n gw rule del pref 99
t lan ping -c 1 -W 1 192.0.2.80
t gw sysctl -w net.ipv4.conf.wan1.rp_filter=1
t ip -n far route replace 100.64.1.0/30 via 203.0.113.1
t lan ping -c 1 -W 1 192.0.2.80
tt 'gw conntrack -L 2>/dev/null | grep -c ESTABLISHED'
t ip -n gw route flush table 20
t ip -n gw route show table 20
t lan nc -w 1 192.0.2.80 443
t ip -n far route
