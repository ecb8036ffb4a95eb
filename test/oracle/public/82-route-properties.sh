# Routes with every metric, tos, table and type; append, prepend, replace, flush; filters of the listing; asking for one.
ip link set lo up
for i in 0 1 2; do ip link add d$i type veth peer name p$i; ip link set p$i up; ip link set d$i up; ip addr add 10.$i.0.1/24 dev d$i; done
t ip route add 172.16.0.0/16 via 10.0.0.254
t ip route add 172.17.0.0/16 via 10.0.0.254 metric 100 mtu 1400 advmss 1300
t ip route add 172.17.0.0/16 via 10.1.0.254 metric 200 mtu lock 1300 window 20000 rtt 30ms rttvar 5ms
t ip route add 172.18.0.0/16 nexthop via 10.0.0.254 weight 3 nexthop via 10.1.0.254 dev d1 weight 1
t ip route add 172.19.0.0/16 nexthop dev d0 nexthop dev d1 weight 256
t ip route add 172.19.0.0/16 nexthop dev d0 nexthop dev d1 weight 10
t ip route add blackhole 172.20.0.0/16
t ip route add unreachable 172.21.0.0/16 metric 9
t ip route add prohibit 172.22.0.0/16 table 100
t ip route add throw 172.23.0.0/16 table 100
t ip route add local 172.24.0.1 dev d0
t ip route add broadcast 172.24.0.255 dev d0
t ip route add 172.25.0.0/16 via 8.8.8.8
t ip route add 172.25.0.0/16 via 8.8.8.8 dev d0
t ip route add 172.25.0.0/16 via 8.8.8.8 dev d0 onlink
t ip route add 172.26.0.0/16 dev d0 src 10.1.0.1
t ip route add 172.27.0.0/16 dev d0 src 9.9.9.9
t ip route add 172.28.0.0/16 dev d0 tos 0x10
t ip route add 172.28.0.0/16 dev d1 tos 0x08 proto 99
t ip route add 172.30.0.0/16 via 10.0.0.1
t ip route add 172.30.0.0/16 via 10.0.0.255
t ip route add 172.16.0.0/16 via 10.0.0.253
t ip route add 172.16.0.1/16 via 10.0.0.253
t ip route append 172.16.0.0/16 via 10.0.0.253
t ip route prepend 172.16.0.0/16 via 10.0.0.252
t ip route show 172.16.0.0/16
t ip route change 172.16.0.0/16 via 10.0.0.251
t ip route replace 172.16.0.0/16 via 10.0.0.250
t ip route show 172.16.0.0/16
t ip route del 172.16.0.0/16 via 10.0.0.253
t ip route del 172.16.0.0/16
t ip route show 172.16.0.0/16
t ip route change 172.99.0.0/16 via 10.0.0.1
t ip route del 172.99.0.0/16
t ip route add default via 10.2.0.254 quickack 1 initcwnd 20 initrwnd 30 hoplimit 33 features ecn
t ip route add default via 10.1.0.254 metric 5 congctl reno
t ip route add default via 10.0.0.254 metric 6 congctl lock cubic rto_min 20ms
ip route > /dev/null 2>&1
ip -d route > /dev/null 2>&1
ip -j route > /dev/null 2>&1
t ip -j -p -d route show 172.17.0.0/16
ip -o route > /dev/null 2>&1
t ip route show match 172.17.5.5
t ip route show exact 172.17.0.0/16
t ip route show type blackhole
t ip route show type unreachable
t ip route show proto kernel
t ip route show dev d1
t ip route show via 10.0.0.254
t ip route show src 10.1.0.1
t ip route show metric 100
t ip route show table 100
t ip route show table local type broadcast
t ip route show table nosuch
t ip route show tos 0x10
t ip route show cache
t ip route show default
t ip route get 172.17.0.5
t ip route get 172.18.0.5 fibmatch
t ip route get 172.20.0.5
t ip route get 172.21.0.5
t ip route get 172.22.0.5
t ip route get 172.24.0.1
t ip route get 172.24.0.255
t ip route get 172.26.0.9
t ip route get 172.28.0.9 tos 0x10
t ip route get 172.28.0.9 tos 0x08
t ip route get 172.28.0.9
t ip route get 10.0.0.255
t ip route get 127.0.0.5
t ip route get 224.0.0.5
t ip route get 255.255.255.255
t ip route get 10.0.0.9 from 10.1.0.1
t ip route get 10.0.0.9 from 9.9.9.9
t ip route get 10.0.0.9 from 10.1.0.9 iif d1
t ip route get 10.0.0.9 oif d2
t ip route get 10.0.0.9 mark 5
t ip route get 10.0.0.9 ipproto tcp sport 10 dport 20
t ip route get 10.0.0.9 dport 20
t ip -j -p route get 172.17.0.5
t ip -d route get 172.17.0.5
t ip route get nosuch
t ip route get 10.0.0.0/24
t ip route flush 172.18.0.0/16
t ip route flush table 100
t ip -s route flush proto 99
t ip route flush
t ip route
t ip route add 1.2.3.4/33 dev d0
t ip route add 1.2.3.4 dev nosuch
t ip route add 1.2.3.4
t ip route add default
t ip route add 1.2.3.4 via 10.0.0.9 dev d1
t ip route add 1.2.3.4 nexthop via 10.0.0.9 weight 0
t ip route add 1.2.3.4 dev d0 table 5000000000
t ip route add 1.2.3.4 dev d0 mtu 99999
t ip route add 1.2.3.4 dev d0 proto nosuch
t ip route add 1.2.3.4 dev d0 scope nosuch
t ip route add 1.2.3.4 dev d0 metric x
t ip route add nat 1.2.3.4 dev d0
t ip route add 1.2.3.4 dev d0 frob
ip link set d2 down
t ip route
t ip route add 5.5.5.0/24 dev d2
