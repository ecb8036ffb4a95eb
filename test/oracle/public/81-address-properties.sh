# Addresses with labels, scopes, peers, lifetimes and metrics; secondaries and their promotion; flushing; IPv6.
ip link set lo up
ip link add d0 type veth peer name p0; ip link set p0 up; ip link set d0 up
t ip addr add 10.0.0.1/24 dev d0
t ip addr add 10.0.0.2/24 dev d0 label d0:web
t ip addr add 10.0.0.3/24 brd + dev d0
t ip addr add 10.0.0.4/24 brd - dev d0
t ip addr add 10.0.1.1/32 scope link dev d0
t ip addr add 10.0.2.1/24 scope host dev d0 noprefixroute
t ip addr add 10.9.9.1 peer 10.9.9.2 dev d0
t ip addr add 10.9.8.1 peer 10.9.8.2/24 dev d0
t ip addr add 10.3.3.3/24 metric 55 dev d0
t ip addr add 10.4.4.4/24 proto 7 dev d0
t ip addr add 192.168.5.5/24 valid_lft 100 preferred_lft 50 dev d0
t ip addr add 192.168.6.6/24 valid_lft 50 preferred_lft 100 dev d0
t ip addr add 192.168.7.7/24 valid_lft 0 dev d0
t ip addr add 192.168.7.7/24 label foo dev d0
t ip addr add 192.168.7.7/24 broadcast 192.168.7.254 dev d0
t ip -4 addr show d0
t ip -4 -d addr show d0
t ip -j -p -4 addr show d0
t ip -o addr
t ip -br addr
t ip -br -4 addr show up
t ip addr show label 'd0:*'
t ip addr show scope host
t ip addr show scope link
t ip addr show to 10.0.0.0/24
t ip addr show secondary
t ip addr show primary dev d0
t ip addr show permanent
t ip addr show dynamic
t ip addr show deprecated
t ip addr show type veth
t ip addr show master d0
t ip addr show tentative
t ip route show
t ip route show table local
t ip addr del 10.0.0.1/24 dev d0
t ip -4 addr show d0
t sysctl -w net.ipv4.conf.all.promote_secondaries=1
ip addr add 10.7.0.1/24 dev d0; ip addr add 10.7.0.2/24 dev d0; ip addr add 10.7.0.3/24 dev d0
t ip addr del 10.7.0.1/24 dev d0
t ip -4 addr show d0 to 10.7.0.0/16
t ip route show
t ip addr del 10.7.0.9/24 dev d0
t ip addr add 10.7.0.2/24 dev d0
t ip addr replace 10.7.0.2/24 dev d0 valid_lft 30 preferred_lft 20
t ip addr change 10.7.0.2/24 dev d0 valid_lft forever preferred_lft forever
t ip -4 addr show d0 to 10.7.0.2
t ip addr add 300.1.1.1/24 dev d0
t ip addr add 10.1.1.1/33 dev d0
t ip addr add 10.1.1.1/24
t ip addr add dev d0
t ip addr add 10.1.1.1/24 dev nosuch
t ip addr add 224.0.0.1/24 dev d0
t ip addr add 0.0.0.0/24 dev d0
t ip addr add 127.0.0.2/8 dev d0
t ip addr flush dev d0 scope host
t ip addr flush dev d0 to 10.7.0.0/16
t ip -s addr flush dev d0 label 'd0:*'
t ip -s -s -4 addr flush dev d0
t ip -4 addr show d0
t ip addr flush
t ip addr flush dev nosuch
t ip -6 addr add 2001:db8::1/64 dev d0
t ip -6 addr add 2001:db8::2/64 dev d0 nodad
t ip -6 addr add 2001:db8:1::1/64 dev d0 noprefixroute valid_lft 200 preferred_lft 0
t ip -6 addr add fe80::5/64 dev d0
t ip addr add 2001:db8::2/64 dev d0
t ip addr add 2001:db8:5::1/64 peer 2001:db8:6::1/64 dev d0
t ip addr add 2001:db8:7::7/128 home dev d0
t ip addr add ff02::9/64 dev d0
sleep 2.5
t ip -6 addr show d0
t ip -6 -j addr show d0
t ip -6 route show
t ip addr show nosuch
ip addr save dev d0 > /dev/null 2>&1
t ip -6 addr del 2001:db8::9/64 dev d0
t ip -6 addr flush dev d0 scope global
t ip -6 addr show d0
