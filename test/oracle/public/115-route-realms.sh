# guest
# Realms of routes and rules, congestion controls, and what objects of ip say that hold nothing.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip link set lo up
ip link add v1 type veth peer name v1p; ip link add v2 type veth peer name v2p
ip link set v1 up; ip link set v1p up; ip link set v2 up; ip link set v2p up
ip addr add 10.0.1.1/24 dev v1; ip addr add 10.0.2.1/24 dev v2
sleep 1
t ip route add 10.20.0.0/16 via 10.0.1.2 realm 5
t ip route add 10.21.0.0/16 via 10.0.1.2 realms 5/6
t ip route add 10.23.0.0/16 via 10.0.1.2 congctl cubic
t ip route add 10.26.0.0/16 via 10.0.1.2 congctl nosuch
t ip route add 10.30.0.0/16 nexthop via 10.0.1.2 weight 2 realm 3 nexthop via 10.0.2.2
t ip route add 10.34.0.0/16 encap bogus via 10.0.1.2
t ip route add 10.40.0.0/16 via 10.0.1.2 realm bogus
t ip route
t ip -d route show 10.20.0.0/16
t ip -j -p route show 10.21.0.0/16
t ip -j -p route show 10.20.0.0/16
t ip -j -p route show 10.30.0.0/16
t ip route get 10.20.0.1
t ip route get 10.21.0.1
t ip route get 10.23.0.1
t ip route show realm 5
t ip route show realm 7
t ip route del 10.20.0.0/16
t ip rule add from 10.0.0.0/8 realms 3/4 table 100
t ip rule add from all table 100 realms 7
t ip rule
t ip -j rule
t ip stats show dev lo group link
t ip stats show dev lo group offload
t ip stats show dev lo
t ip stats help
t ip stats bogus
t ip tcp_metrics
t ip tcp_metrics show
t ip tcpmetrics flush
t ip tcp_metrics delete 10.0.0.1
t ip tcp_metrics get 10.0.0.1
t ip mroute
t ip mrule
t ip -6 mrule
t ip sr tunsrc show
t ip sr tunsrc set fc00::1
t ip sr hmac show
t ip sr help
t ip ila list
t ip ila help
t ip macsec show
t ip macsec help
t ip fou show
t ip fou add port 5555 ipproto 47
t ip fou help
t ip l2tp show tunnel
t ip l2tp show session
t ip l2tp help
t ip ioam namespace show
t ip ioam schema show
t ip ioam help
t ip mptcp endpoint
t ip mptcp limits
t ip mptcp help
t ip xfrm state
t ip xfrm state count
t ip -s xfrm state count
t ip xfrm policy count
t ip xfrm help
t ip xfrm bogus
t ip token help
