# Two bridges in a loop with STP, then macvlan on a bridge, and what the tools show on the way.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
ip link add b1 type bridge forward_delay 200 hello_time 100
ip link add b2 type bridge forward_delay 200 hello_time 100
ip link set b1 address 02:00:00:00:00:b1
ip link set b2 address 02:00:00:00:00:b2
ip link add x1 address 02:00:00:00:01:01 type veth peer name y1 address 02:00:00:00:02:01
ip link add x2 address 02:00:00:00:01:02 type veth peer name y2 address 02:00:00:00:02:02
t ip link set x1 master b1
t ip link set x2 master b1
ip link set y1 master b2; ip link set y2 master b2
t brctl stp b1 on
t ip link set b2 type bridge stp_state 1 priority 61440
t ip -d link show b2
for d in x1 x2 y1 y2 b1 b2; do ip link set $d up; done
sleep 7
t bridge link
t brctl show
t brctl showstp b2
t cat /sys/class/net/b2/bridge/root_port
t cat /sys/class/net/b1/bridge/root_id
t cat /sys/class/net/b2/bridge/root_path_cost
t cat /sys/class/net/y2/brport/state
t ip link set y1 down
sleep 5
t bridge link
t cat /sys/class/net/b2/bridge/root_port
t bridge -j -p link show dev y2
t ip link set x2 down
sleep 1
t brctl showstp b1
t ip link set b1 type bridge stp_state 0
t ip -d -j link show b1
t ip link set b1 type bridge priority 70000
t ip link set b1 type bridge hello_time 10
t ip link set b1 type bridge forward_delay 1
t ip link set b1 type bridge max_age 100000
t brctl setfd b2 1
t brctl setmaxage b1 3
t ip addr add 10.7.0.1/24 dev b1
for i in 1 2; do ip netns add m$i; ip link add mv$i link b1 address 02:00:00:00:0a:0$i netns m$i type macvlan mode bridge; ip -n m$i link set mv$i name eth0 up; ip -n m$i addr add 10.7.0.1$i/24 dev eth0; done
t ip -n m1 link show
t ip netns exec m1 ping -c 1 -W 1 10.7.0.12
t ip netns exec m1 ping -c 1 -W 1 10.7.0.1
t ip -n m1 -d link show eth0
t bridge fdb show br b1
t ip link del b1
t ip -n m1 link
t ip -br link
