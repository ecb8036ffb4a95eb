# guest
ip link set lo up
ip link add v1 type veth peer name v1p; ip link add v2 type veth peer name v2p
ip link set v1 up; ip link set v1p up; ip link set v2 up; ip link set v2p up
ip addr add 10.0.1.1/24 dev v1; ip addr add 10.0.2.1/24 dev v2
ip -6 addr add 2001:db8:1::1/64 dev v1 nodad
sleep 2
t ip nexthop
t ip nexthop show
t ip nexthop add id 1 via 10.0.1.2 dev v1
t ip nexthop add id 2 via 10.0.2.2 dev v2
t ip nexthop add id 3 dev v1
t ip nexthop add id 4 blackhole
t ip nexthop add id 5 via 10.9.9.9 dev v1 onlink
t ip nexthop add id 6 via 2001:db8:1::2 dev v1
t ip nexthop add id 7 via 10.7.7.7 dev v1
t ip nexthop add via 10.0.1.77 dev v1
t ip nexthop add id 1 via 10.0.1.3 dev v1
t ip nexthop add id 8 via 10.0.1.8
t ip nexthop add id 8 dev nosuch
t ip nexthop add id 8
t ip nexthop add id 8 bogus
t ip nexthop add id 9 via 10.0.1.9 dev v1 protocol static
t ip nexthop add id 10 via 10.0.1.10 dev v1 proto 99
t ip nexthop add id 11 via 10.0.1.11 dev v1 fdb
t ip nexthop add id 12 via 10.0.1.12 fdb
t ip nexthop add id 13 via 10.0.1.13 fdb
t ip nexthop add id 20 group 1/2
t ip nexthop add id 21 group 1,2/2,3
t ip nexthop add id 22 group 12/13 fdb
t ip nexthop add id 23 group 12/1
t ip nexthop add id 23 group 1/99
t ip nexthop add id 23 group 20/1
t ip nexthop add id 23 group 4/1
t ip nexthop add id 23 group 4
t ip nexthop add id 24 group 1/2 type resilient buckets 8 idle_timer 60
t ip nexthop add id 25 group 1/2 type mpath
t ip nexthop add id 26 group 1/1
t ip nexthop
t ip -d nexthop
t ip -j -p nexthop
t ip nexthop get id 1
t ip nexthop get id 99
t ip nexthop get
t ip nexthop show id 20
t ip nexthop show dev v1
t ip nexthop show groups
t ip nexthop show fdb
t ip nexthop show proto static
t ip -6 nexthop
t ip -4 nexthop
t ip -s nexthop show
t ip route add 10.10.0.0/16 nhid 1
t ip route add 10.11.0.0/16 nhid 20
t ip route add 10.12.0.0/16 nhid 4
t ip route add 10.13.0.0/16 nhid 99
t ip route add 10.14.0.0/16 nhid 6
t ip route add 10.15.0.0/16 nhid 12
t ip route add 10.16.0.0/16 nhid 3
t ip route add 10.17.0.0/16 nhid 1 via 10.0.1.5
t ip route add 10.17.0.0/16 nhid 1 dev v1
t ip route add 10.18.0.0/16 nhid 24
t ip -6 route add 2001:db8:9::/48 nhid 6
t ip -6 route add 2001:db8:a::/48 nhid 1
t ip route
t ip -d route
t ip -j -p route show 10.11.0.0/16
t ip -6 route
t ip route get 10.10.0.1
t ip route get 10.12.0.1
t ip route get fibmatch 10.11.0.1
t ip route show nhid 1
t ip nexthop replace id 1 via 10.0.2.99 dev v2
t ip nexthop
t ip route
t ip nexthop del id 2
t ip nexthop
t ip route
t ip nexthop del id 1
t ip nexthop
t ip route
t ip nexthop del id 4
t ip route
t ip nexthop del id 99
t ip nexthop replace id 30 via 10.0.1.30 dev v1
t ip nexthop replace id 30 blackhole
t ip nexthop show id 30
t ip route add 10.30.0.0/16 nhid 30
t ip nexthop replace id 30 via 10.0.1.31 dev v1
t ip route
t ip link set v1 down
t ip nexthop
t ip route
t ip link set v1 up
t ip nexthop
t ip nexthop add id 40 via 10.0.2.40 dev v2
t ip route add 10.40.0.0/16 nhid 40
t ip link del v2
t ip nexthop
t ip route
t ip nexthop bucket
t ip nexthop add id 50 dev v1
t ip nexthop flush proto 99
t ip nexthop flush
t ip nexthop
t ip route
t ip nexthop help
t ip nexthop bogus
t ip nexthop del
t ip nexthop add id 0 dev v1
t ip nexthop add id x dev v1
