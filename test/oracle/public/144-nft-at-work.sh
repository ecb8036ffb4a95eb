ip link set lo up
ip netns add a; ip netns add b
ip link add va type veth peer name e0 netns a; ip link add vb type veth peer name e0 netns b
ip addr add 10.0.1.1/24 dev va; ip addr add 10.0.2.1/24 dev vb; ip link set va up; ip link set vb up
ip -n a addr add 10.0.1.2/24 dev e0; ip -n a link set e0 up; ip -n a route add default via 10.0.1.1
ip -n b addr add 10.0.2.2/24 dev e0; ip -n b link set e0 up; ip -n b route add default via 10.0.2.1
sysctl -qw net.ipv4.ip_forward=1
ip netns exec a ping -qc1 10.0.2.2 >/dev/null
tt 'nft -f - <<X
table inet f {
	set bad {
		type ipv4_addr
		flags interval
		elements = { 10.9.0.0/16, 192.168.1.5 }
	}
	map go {
		type ipv4_addr : verdict
		elements = { 10.0.1.2 : jump special }
	}
	counter hits {
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related counter accept
		ct state invalid counter drop
		ip saddr @bad counter drop
		ip saddr vmap @go
		counter
	}
	chain special {
		icmp type echo-request counter accept
		tcp dport { 80, 8080 } ct state new counter accept
		udp dport 53 counter reject with icmpx admin-prohibited
		meta l4proto tcp counter reject with tcp reset
		counter name hits return
	}
}
X'
tt "nft -s list table inet f"
t ip netns exec a ping -c1 -W1 10.0.2.2
t ip netns exec b ping -c1 -W1 10.0.1.2
ip netns exec b nc -lk -p 80 >/dev/null & 
sleep 0.2
t ip netns exec a nc -zv -w1 10.0.2.2 80
t ip netns exec a nc -zv -w1 10.0.2.2 81

tt "nft -s list table inet f"
t nft add table ip n
t nft add chain ip n pre '{ type nat hook prerouting priority dstnat; }'
t nft add chain ip n post '{ type nat hook postrouting priority srcnat; }'
t nft add rule ip n pre iifname va tcp dport 8080 counter dnat to 10.0.2.2:80
t nft add rule ip n post oifname vb counter masquerade
t ip netns exec a nc -zv -w1 10.0.1.1 8080
t ip netns exec a ping -c1 -W1 10.0.2.2
t nft list table ip n
tt 'conntrack -L 2>/dev/null | grep -c "dport=8080.*src=10.0.2.2"'
t nft add chain inet f out '{ type filter hook output priority -10; }'
t nft add rule inet f out ip daddr 10.0.1.2 meta mark set 0x5 counter
t nft add rule inet f out meta mark 0x5 ip protocol icmp limit rate over 1/minute burst 2 packets counter drop
t ping -c4 -i0.2 -W1 10.0.1.2
t nft list chain inet f out
iptables -A OUTPUT -d 10.0.2.2 -j ACCEPT
t ping -c1 10.0.2.2
t nft add rule inet f out ip daddr 10.0.2.2 drop
t ping -c1 -W1 10.0.2.2
tt "nft -s list ruleset"
t nft delete table inet f
t ping -c1 -W1 10.0.2.2
t nft flush ruleset
t iptables -S
tt "nft -s list ruleset"
kill %1
