# Addresses: every mistake and option, labels, peers, lifetimes, primaries and secondaries, flush, promote.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
ip link set lo up
ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth1; ip link set eth0 up; ip link set eth1 up
t ip addr add 10.0.0.1/24 dev eth0
t ip addr add 10.0.0.1/24 dev eth0
t ip addr add 10.0.0.1/16 dev eth0
t ip addr add 10.0.0.2/24 brd + dev eth0 label eth0:one
t ip addr add 10.0.0.3/24 brd 10.0.0.200 dev eth0 label bad
t ip addr add 10.0.0.3/24 dev eth0 label eth0:averyverylonglabel
t ip addr add 10.0.0.3/24 dev eth0 scope 99
t ip addr add 10.0.0.4/24 dev eth0 scope bogus
t ip addr add 10.1.0.1 peer 10.1.0.2 dev eth0
t ip addr add 10.2.0.1 peer 10.2.0.2/30 dev eth0
t ip addr add 10.3.0.1/24 dev eth0 valid_lft 100 preferred_lft 50
t ip addr add 10.3.0.2/24 dev eth0 valid_lft 10 preferred_lft 50
t ip addr add 10.3.0.2/24 dev eth0 valid_lft 0
t ip addr change 10.3.0.1/24 dev eth0 valid_lft forever preferred_lft forever
t ip addr replace 10.4.0.1/24 dev eth0 metric 77
t ip addr add 10.5.0.1/24 dev eth0 noprefixroute
t ip addr add 10.6.0.1/24 dev eth0 home
t ip addr add 0.0.0.0/8 dev eth0
t ip addr add 255.255.255.255/32 dev eth0
t ip addr add 127.0.0.5/8 dev eth0
t ip addr add 10.7.0.0/24 dev eth0
t ip addr add 10.7.0.1/33 dev eth0
t ip addr add 10.7.0/24 dev eth0
t ip addr add 10.7.0.1/255.255.0.0 dev eth0
t ip addr add 10.8.0.1/24
t ip addr add dev eth0
t ip addr add 10.8.0.1/24 dev nosuch
t ip addr add 10.8.0.1/24 dev eth0 broadcast
t ip addr add 10.8.0.1/24 dev eth0 proto 5
t ip addr add fe80::1/64 dev eth0
t ip addr add 10.8.0.1/24 eth0
t ip addr show eth0
t ip route show dev eth0
t ip route show table local dev eth0 type broadcast
t ip -j -p addr show dev eth0 label eth0:one
t ip addr del 10.0.0.1/24 dev eth0
t ip addr show dev eth0 to 10.0.0.0/24
sysctl -qw net.ipv4.conf.all.promote_secondaries=1
ip addr add 10.9.0.1/24 dev eth0; ip addr add 10.9.0.2/24 dev eth0; ip addr add 10.9.0.3/24 dev eth0
t ip addr del 10.9.0.1/24 dev eth0
t ip addr show dev eth0 to 10.9.0.0/24
t ip addr del 10.9.0.9/24 dev eth0
t ip addr del 10.9.0.2 dev eth0
t ip addr flush dev eth0 to 10.9.0.0/24
t ip -s addr flush dev eth0 label 'eth0*'
t ip addr flush
t ip addr flush dev nosuch
t ip addr show eth0
t ip addr bogus
t ip addr show dev
t ip addr show nosuch
t ip addr show type bogus
