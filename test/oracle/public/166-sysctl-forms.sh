# Reading and writing sysctls in every form, files with sysctl -p, inheritance in new namespaces, and interface attributes.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
t sysctl net.ipv4.conf.lo.forwarding net.ipv4.ip_default_ttl
t sysctl -e net.ipv4.nothing net.ipv4.ip_forward
t sysctl -N net.ipv4.ip_forward
t sysctl -b net.ipv4.ip_forward
t sysctl net/ipv4/ip_forward
t sysctl -w net/ipv4/conf/lo/rp_filter=1
t sysctl net.ipv4.ip_forward=1
t sysctl -w net.ipv4.ip_forward
t sysctl -w "net.ipv4.ip_forward = 0"
t sysctl -q -w net.ipv4.ip_forward=1
t sysctl -w net.ipv4.ip_local_port_range="20000 20010"
t sysctl net.ipv4.ip_local_port_range
t cat /proc/sys/net/ipv4/ip_local_port_range
t sysctl -w net.ipv4.ip_local_port_range="5 x"
t sysctl -w net.ipv4.ip_default_ttl=0
t sysctl -w net.ipv4.ip_default_ttl=300
t sysctl -w net.ipv4.ip_default_ttl=33
t sysctl -w net.ipv4.conf.all.rp_filter=-1
t sysctl -w net.ipv4.icmp_echo_ignore_all=2
t sysctl -w net.ipv4.tcp_rmem="1 2 3 4"
t sysctl net.ipv4.tcp_rmem
t sysctl -a --pattern 'ipv4.conf.lo.(arp|proxy)'
tt 'sysctl -a 2>/dev/null | grep -c "^net.ipv4.conf.lo\."'
t sysctl -r 'neigh.default.gc_thresh'
cat > /tmp/99-k8s.conf <<'X'
# kubernetes
net.bridge.bridge-nf-call-iptables = 1
net.ipv4.ip_forward=1
; comment
-net.ipv4.nosuchthing = 5
net.ipv4.conf.default.rp_filter = 2

net.ipv4.other = 1
badline
X
t sysctl -p /tmp/99-k8s.conf
t sysctl -p /tmp/nosuch.conf
ip netns add ns
t ip netns exec ns sysctl net.ipv4.ip_forward net.ipv4.conf.default.rp_filter net.ipv4.ip_default_ttl
t ip netns exec ns sysctl net.ipv6.conf.default.disable_ipv6
ip link add eth0 type veth peer name eth1
t sysctl net.ipv4.conf.eth0.rp_filter
t ls -d /proc/sys/net/ipv4/conf/eth0
tt 'echo 9 | tee /proc/sys/net/ipv4/conf/eth0/log_martians'
tt 'echo 1 > /proc/sys/net/ipv4/conf/nosuch/rp_filter'
tt 'printf 1 > /proc/sys/net/ipv4/conf/eth0/arp_announce; cat /proc/sys/net/ipv4/conf/eth0/arp_announce'
t ip link set eth0 name wan0
t sysctl net.ipv4.conf.wan0.rp_filter net.ipv4.conf.eth0.rp_filter
t ip link add eth0.100 type veth peer name v.1
t sysctl net.ipv4.conf.eth0/100.forwarding
t cat /sys/class/net/wan0/carrier
t ip link set wan0 up
t cat /sys/class/net/wan0/carrier /sys/class/net/wan0/speed /sys/class/net/wan0/duplex
tt 'echo 1300 > /sys/class/net/wan0/mtu; cat /sys/class/net/wan0/mtu'
tt 'echo 70000 > /sys/class/net/wan0/mtu'
tt 'echo "my uplink" > /sys/class/net/wan0/ifalias; cat /sys/class/net/wan0/ifalias'
tt 'echo x > /sys/class/net/wan0/address'
tt 'echo 0x1003 > /sys/class/net/wan0/flags; cat /sys/class/net/wan0/flags'
t cat /sys/class/net/wan0/uevent
t ls /sys/class/net/wan0/statistics
t cat /sys/class/net/wan0/statistics/tx_packets
t ls /sys/class/net/wan0
t readlink /sys/class/net/wan0
t sysctl --bogus
