# route and netstat -r: tables shown in their forms, routes added and deleted, with every mistake.
sysctl -qw net.ipv6.conf.default.disable_ipv6=0
ip netns add b
ip link add eth0 type veth peer name eth0 netns b
ip link set eth0 address 02:00:00:00:00:01; ip -n b link set eth0 address 02:00:00:00:00:02
ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up; ip link set lo up
ip -n b addr add 10.0.0.2/24 dev eth0; ip -n b link set eth0 up
ip -6 addr add fd00::1/64 dev eth0 nodad; sleep 2.2
t route -C
t route -V
t route -h
t route -h -4
t route add
t route foo
t route add -net 1.2.3.0
t route add -net 1.2.3.0/24
t route add default
t route add -host 1.2.3.4 netmask 255.255.255.0 dev eth0
t route add -net 1.2.3.4 netmask 255.255.255.0 dev eth0
t route add -net 1.2.3.4 netmask 255.0.255.0 dev eth0
t route add -net 1.2.3.0 netmask 255.255.255.0 dev nosuch
t route add -net 1.2.3.0 netmask 255.255.255.0 gw 10.0.0.2 metric 5 mss 1400 window 2000 irtt 300
t route
t route -e
t route -ee
t route -een
t route add -net 1.2.3.0/24 gw 10.0.0.2 metric 5
t route del default
t route del -net 1.2.3.0
t route del -net 1.2.3.0/24 metric 6
t route del -net 1.2.3.0/24 gw 10.0.0.3
t route del -net 1.2.3.0/24 gw 10.0.0.2
t route add 1.2.3.4 gw nosuchhost
t route add 1.2.3.4 gw 10.0.0.2 
t route add 1.2.3.4 10.0.0.2 
t route -n
t route flush
t route -6 add fd09::/64 gw fd00::2
t route -6 add fd09::/64 gw fd00::2
t route -6 add fd0a::/64 dev nosuch
t route -6 del fd09::/64
t route -6 del fd09::/64
t route -A foo
t route -x
tt 'route -6n | grep -v "^f[fe]"' 
t route add -net 10.50.0.0/16 dev eth0
t route add -net 10.51.0.0/16 eth0
t route add default gw 10.0.0.2 metric 100
t route add default gw 10.0.0.3
t route add default gw 10.0.0.1
t route add default eth0
t route -n
t netstat -rn
t netstat -rne
t netstat -rnee
t route del default gw 10.0.0.3
t route del default metric 100
t route del default
t route del default
t route -n
t ip route
t route del -net 10.50.0.0 netmask 255.255.0.0
t route del -net 10.51.0.0/16 dev lo
t route del -net 10.51.0.0/16 dev eth0
t route add -host 10.52.0.1 gw 10.0.0.2 reject
t route add -net 10.53.0.0/16 reject
t route del -net 10.53.0.0/16
t route del -net 10.53.0.0/16 reject
t route add -host 10.54.0.0/16 dev eth0
t route add 10.55.0.0 dev eth0
t route add -net 10.56.0.0 netmask 255.255.0.0 dev eth0 mss 20
t route add -net 10.56.0.0 netmask 255.255.0.0 dev eth0 window 5
t route add -net 10.56.0.0 netmask 255.255.0.0 dev eth0 metric x
t route add -net 10.56.0.0 netmask 255.255.0.0 dev
t route add -net 10.56.0.0/33 dev eth0
t route add -net 10.56.0.0/x dev eth0
t route add -net 10.0.1.0/24 gw default
t ip route
