# ifconfig: every option of it on devices, addresses, aliases; what it says when it is asked wrongly.
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
tt 'ifconfig -a | grep -v packets'
t ifconfig -a -s
t ifconfig -s eth0
t ifconfig -z
t ifconfig -V
t ifconfig -h
t ifconfig --help
t ifconfig --foo
t ifconfig eth0 foo
t ifconfig eth0 10.0.0.300
t ifconfig eth0 netmask
t ifconfig eth0 netmask 255.255.0.0
t ip addr show dev eth0
t ifconfig eth0 broadcast 10.0.255.254
t ifconfig eth0 broadcast
t ifconfig eth0 mtu
t ifconfig eth0 mtu 20
t ifconfig eth0 mtu 70000
t ifconfig eth0 mtu abc
t ifconfig eth0 -arp
t ifconfig eth0
t ifconfig eth0 arp
t ifconfig eth0 promisc
t ifconfig eth0 -promisc
t ifconfig eth0 allmulti
t ifconfig eth0 -allmulti
t ifconfig eth0 -multicast
t ifconfig eth0 multicast
t ifconfig eth0 hw ether 02:00:00:00:00:zz
t ifconfig eth0 hw ether 03:00:00:00:00:01
t ifconfig eth0 hw foo 02:00:00:00:00:05
t ifconfig eth0 hw ether
t ifconfig eth0 add 10.0.0.7
t ifconfig eth0 add 10.0.0.7/24
t ip addr show dev eth0
t ifconfig eth0 del 10.0.0.7
t ifconfig eth0:5 10.5.0.1 netmask 255.255.255.0
t ifconfig eth0:5
t ifconfig eth0:6
t ifconfig eth0:5 down
t ip addr show dev eth0
t ifconfig eth0:9 down
t ifconfig eth0 10.0.9.1
t ip addr show dev eth0
t ifconfig eth0 172.16.5.1/12 up
t ifconfig eth0 0.0.0.0
t ip addr show dev eth0
t ifconfig eth0 0
t ifconfig eth0 10.0.0.1/24
t ifconfig d0 192.168.7.1 pointopoint 192.168.7.2
t ip addr show dev d0
t ifconfig d0
t ifconfig d0 down
t ifconfig d0 name dd0
t ifconfig d2 224.0.0.1
t ifconfig d2 inet 10.8.0.1 netmask 255.255.255.0 broadcast 10.8.0.255 up
t ifconfig d2
t ifconfig d2 inet6 add fd00::1/64
t ifconfig d2 up down up
t ifconfig d2 metric 5
t ifconfig d2 tunnel ::1.2.3.4
t ifconfig averyverylongname0 up
t ifconfig averyverylongname0
