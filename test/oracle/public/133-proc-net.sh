# Tables of /proc/net that say how a namespace stands: routes as the kernel keeps them, groups, protocols, sockets, connections.
ip link set lo up
ip link add v0 type veth peer name v1
sysctl -qw net.ipv6.conf.v0.disable_ipv6=1 net.ipv6.conf.v1.disable_ipv6=1
ip addr add 10.1.2.3/24 dev v0
ip addr add 10.1.3.3/16 dev v1
ip link set v0 up; ip link set v1 up
ip route add 192.168.0.0/16 via 10.1.2.1
ip route add default via 10.1.2.254
ip route add blackhole 172.16.0.0/12
ip route add unreachable 172.16.5.0/24 metric 7
sleep 1
for f in fib_trie fib_triestat dev_mcast igmp ptype anycast6 mcfilter mcfilter6 rt_cache ip6_mr_cache ip6_mr_vif ip_mr_cache ip_mr_vif xfrm_stat nf_conntrack_expect \
  ip_tables_names ip_tables_matches ip_tables_targets ip6_tables_matches ip6_tables_targets arp_tables_targets stat/synproxy netfilter/nf_log psched icmp icmp6 raw raw6 udplite \
  ip6_flowlabel sockstat6 route; do t cat /proc/net/$f; done
t ls /proc/net
t ls /proc/net/stat
t ls /proc/net/netfilter
t ls /proc/net/dev_snmp6
tt "awk '/32 host/ {print f} {f=\$2}' /proc/net/fib_trie | sort -u"
nc -l 80 & nc -u -l 53 & sleep 0.3
tt 'grep -E "^(sockets|UDP|RAW|FRAG)" /proc/net/sockstat'
tt 'grep -E "^(UDP|TCP|RAW|PACKET) " /proc/net/protocols | cut -c1-25,35-'
ip route add 10.50.0.0/16 dev v0 table 100
t head -3 /proc/net/fib_trie
iptables -A INPUT -p icmp -m recent --name seen --set
iptables -A INPUT -m conntrack --ctstate ESTABLISHED
t ls /proc/net/xt_recent
t cat /proc/net/xt_recent/seen
ping -c 1 10.1.2.3 >/dev/null
tt "sed 's/last_seen.*//' /proc/net/xt_recent/seen"
tt 'echo +9.9.9.9 > /proc/net/xt_recent/seen; echo -10.1.2.3 > /proc/net/xt_recent/seen; sed "s/last_seen.*//" /proc/net/xt_recent/seen'
tt 'echo / > /proc/net/xt_recent/seen; cat /proc/net/xt_recent/seen'
tt 'echo x > /proc/net/xt_recent/seen'
t cat /proc/net/nf_conntrack
tt "stat -c '%a %n' /proc/net/nf_conntrack /proc/net/tcp /proc/net/ip_tables_names"
