# What sysctls of a namespace take, refuse and round; who follows conf/all and conf/default.
ip netns add n
ip -n n link set lo up
ip -n n link add v0 type veth peer name v1
for k in ip_default_ttl icmp_msgs_per_sec tcp_timestamps tcp_keepalive_time ip_early_demux icmp_ratemask tcp_retries2; do
 for v in -1 3 256 70000 abc ''; do tt "ip netns exec n sysctl -w net.ipv4.$k=$v; ip netns exec n cat /proc/sys/net/ipv4/$k"; done
done
for k in rp_filter forwarding arp_accept; do
 for v in -1 0 1 2 3 9 x; do tt "ip netns exec n sysctl -w net.ipv4.conf.v0.$k=$v; ip netns exec n cat /proc/sys/net/ipv4/conf/v0/$k"; done
done
for k in forwarding hop_limit accept_dad; do
 for v in -1 2 3 1279 1400 9999 x; do tt "ip netns exec n sysctl -w net.ipv6.conf.v0.$k=$v; ip netns exec n cat /proc/sys/net/ipv6/conf/v0/$k"; done
done
for k in base_reachable_time_ms unres_qlen delay_first_probe_time; do
 for v in 0 1 100 65536 x; do tt "ip netns exec n sysctl -w net.ipv4.neigh.v0.$k=$v; ip netns exec n cat /proc/sys/net/ipv4/neigh/v0/$k"; done
done
for k in nf_conntrack_tcp_timeout_established nf_conntrack_checksum nf_conntrack_events nf_conntrack_count; do
 for v in -1 2 256 5000000000; do tt "ip netns exec n sysctl -w net.netfilter.$k=$v; ip netns exec n cat /proc/sys/net/netfilter/$k"; done
done
for v in "1 2 3" "4096 131072" "1 2 3 4" "x" "" "0 0 0" "10 5 1"; do tt "ip netns exec n sysctl -w net.ipv4.tcp_rmem='$v'; ip netns exec n cat /proc/sys/net/ipv4/tcp_rmem"; done
for v in "1024 65535" "100 50" "0 100" "1 70000" "5000" "x y" "" "40000 40010 5"; do tt "ip netns exec n sysctl -w net.ipv4.ip_local_port_range='$v'; ip netns exec n cat /proc/sys/net/ipv4/ip_local_port_range"; done
for v in "80,443" "1-5,7" "x" "70000" "" "9000-9100"; do tt "ip netns exec n sysctl -w net.ipv4.ip_local_reserved_ports='$v'; ip netns exec n cat /proc/sys/net/ipv4/ip_local_reserved_ports"; done
for v in reno vegas ""; do tt "ip netns exec n sysctl -w net.ipv4.tcp_congestion_control='$v'; ip netns exec n cat /proc/sys/net/ipv4/tcp_congestion_control"; done
for k in somaxconn optmem_max; do
 for v in -1 2 256 5000000000; do tt "ip netns exec n sysctl -w net.core.$k=$v; ip netns exec n cat /proc/sys/net/core/$k"; done
done
for k in bridge-nf-call-iptables; do for v in -1 0 1 2 x; do tt "ip netns exec n sysctl -w net.bridge.$k=$v; ip netns exec n cat /proc/sys/net/bridge/$k"; done; done
for k in max_dgram_qlen; do for v in -1 0 1 100 x; do tt "ip netns exec n sysctl -w net.unix.$k=$v; ip netns exec n cat /proc/sys/net/unix/$k"; done; done
for k in route.min_adv_mss ipfrag_high_thresh; do for v in -1 0 10 1000 99999999 x; do tt "ip netns exec n sysctl -w net.ipv4.$k=$v; ip netns exec n cat /proc/sys/net/ipv4/${k/.//}"; done; done
t ip netns exec n sysctl -w net.ipv4.route.flush=1
t ip netns exec n cat /proc/sys/net/ipv4/route/flush
t ip netns exec n sysctl net.ipv4.route.flush
t ip netns exec n sysctl net.ipv4.tcp_available_congestion_control
t ip netns exec n sysctl -w net.ipv4.tcp_available_congestion_control=x
for k in icmp.ratelimit route.gc_thresh; do for v in -1 0 1 2 3 1000 x; do tt "ip netns exec n sysctl -w net.ipv6.$k=$v; ip netns exec n cat /proc/sys/net/ipv6/${k/.//}"; done; done
for k in rp_filter proxy_arp; do tt "ip netns exec n sysctl -w net.ipv4.conf.all.$k=1; ip netns exec n sysctl net.ipv4.conf.default.$k net.ipv4.conf.lo.$k net.ipv4.conf.v0.$k"; tt "ip netns exec n sysctl -w net.ipv4.conf.default.$k=0; ip netns exec n sysctl net.ipv4.conf.default.$k net.ipv4.conf.lo.$k net.ipv4.conf.v0.$k"; done
for k in forwarding mtu; do tt "ip netns exec n sysctl -w net.ipv6.conf.all.$k=1; ip netns exec n sysctl net.ipv6.conf.default.$k net.ipv6.conf.lo.$k net.ipv6.conf.v0.$k";  tt "ip netns exec n sysctl -w net.ipv6.conf.default.$k=0; ip netns exec n sysctl net.ipv6.conf.default.$k net.ipv6.conf.lo.$k net.ipv6.conf.v0.$k"; done
ip -n n link add v2 type veth peer name v3
tt "ip netns exec n sysctl -a 2>/dev/null | grep -E 'conf.v2.(forward|rp_f|accept_red|send|disable_ipv6|mtu|hop)'"
