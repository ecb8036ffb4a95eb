# guest
# Queueing disciplines: netem changed word by word, fq_codel, sfq, prio with its bands; packets through each.
ip netns add b
ip link add eth0 numtxqueues 1 numrxqueues 1 type veth peer name eth0 netns b
ip link set eth0 address 02:00:00:00:00:01;  ip -n b link set eth0 address 02:00:00:00:00:02
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1;  ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0; ip link set eth0 up; ip -n b link set eth0 up; ip link set lo up
sleep 1
ping -c 1 10.0.0.2 > /dev/null
t tc qdisc add dev eth0 root netem delay 100ms
t tc qdisc show dev eth0
t tc -s qdisc show dev eth0
t tc qdisc change dev eth0 root netem delay 50ms 10ms
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem delay 50ms 10ms 25%
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem delay 50ms 10ms distribution normal
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem loss 30%
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem loss 30% 50%
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem loss random 1.5% limit 50
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem duplicate 100%
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem corrupt 0.1% 5%
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem delay 10ms reorder 25% 50%
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem delay 10ms reorder 25% gap 5
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem rate 1mbit
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem rate 1mbit 20 100 5
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root netem delay 1ms rate 5kbit loss 1% duplicate 2% limit 10
t tc qdisc show dev eth0
t tc -j qdisc show dev eth0
t tc -p -j qdisc show dev eth0
t tc qdisc del dev eth0 root
t tc qdisc add dev eth0 root handle 1: fq_codel
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root fq_codel limit 1000 flows 64 target 10ms interval 50ms quantum 300 noecn ce_threshold 5ms memory_limit 1m
t tc qdisc show dev eth0
t tc -s qdisc show dev eth0
t ping -c 1 10.0.0.2
t tc -s qdisc show dev eth0
t tc class show dev eth0
t tc qdisc del dev eth0 root
t tc qdisc add dev eth0 root handle 1: sfq perturb 10
t tc qdisc show dev eth0
t tc -s -d qdisc show dev eth0
t tc qdisc change dev eth0 root sfq quantum 3000 limit 50
t tc qdisc replace dev eth0 root handle 1: sfq quantum 3000 limit 50 divisor 512
t tc qdisc show dev eth0
t tc qdisc del dev eth0 root
t tc qdisc add dev eth0 root handle 1: prio
t tc qdisc show dev eth0
t tc class show dev eth0
t tc qdisc add dev eth0 parent 1:1 handle 10: pfifo limit 5
t tc qdisc show dev eth0
t tc class show dev eth0
t tc -s qdisc show dev eth0
t ping -c 1 10.0.0.2
t tc -s qdisc show dev eth0
t tc -s class show dev eth0
t tc qdisc change dev eth0 root prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 3
t tc qdisc show dev eth0
t tc qdisc del dev eth0 root
