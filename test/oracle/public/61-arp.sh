# arp: entries shown, set, published, deleted; files of them; wrong requests.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 type veth peer name eth0 netns b
ip link set eth0 address 02:00:00:00:00:01; ip -n b link set eth0 address 02:00:00:00:00:02
ip addr add 10.0.0.1/24 brd + dev eth0; ip link set eth0 up; ip link set lo up
ip -n b addr add 10.0.0.2/24 dev eth0; ip -n b link set eth0 up; ip -n b link set lo up
ip link add br0 type bridge; ip link add d0 type bridge; ip link add d10 type bridge; ip link add d2 type bridge; ip link add vx0 type vxlan id 5 dstport 4789 ; 
sleep 1.2
ping -c 1 10.0.0.2 >/dev/null
t arp
t arp -a
t arp -an
t arp -e
t arp -v
t arp -n -i eth0
t arp -n -i eth9
t arp 10.0.0.2
t arp 10.0.0.77
t arp -a 10.0.0.77
t arp -s 10.0.0.50 02:00:00:00:00:50 temp
t arp -s 10.0.0.51 02:00:00:00:00:51 pub
t arp -s 10.0.0.52
t arp -s 10.0.0.52 zz
t arp -s 10.0.0.52 02:00:00:00:00:52 dev eth0
t arp -i eth0 -s 10.0.0.53 02:00:00:00:00:53
t arp -s 10.77.0.52 02:00:00:00:00:52
t arp -Ds 10.0.0.60 eth0 pub
t arp -Ds 10.0.0.61 eth77 pub
tt 'arp -n | sort'
tt 'arp -an | sort'
tt 'ip neigh | sort'
tt 'ip neigh show proxy'
t arp -d 10.0.0.60 pub
t arp -d 10.0.0.51 
t arp -d 10.77.0.52
t arp -d nosuch
t arp -d
t arp -H foo -a
t arp -H loop -a
t arp -A foo
t arp -A inet6
t arp -x
t arp -h
t arp --bogus
tt 'printf "10.0.0.80 02:00:00:00:00:80\n# x\n02:00:00:00:00:81 10.0.0.81\nbad\n" > /tmp/e; arp -f /tmp/e; arp -n | grep -c :8'
t arp -f /nosuch
t ping -c 1 -W 0.2 10.0.0.99
t arp -n 10.0.0.99
