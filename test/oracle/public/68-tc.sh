# tc: queueing disciplines added, changed, replaced, deleted, shown; packets through a token bucket; every mistake.
ip netns add b
ip link add eth0 type veth peer name eth0 netns b
ip link set eth0 address 02:00:00:00:00:01;  ip -n b link set eth0 address 02:00:00:00:00:02
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1;  ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0; ip link set eth0 up; ip -n b link set eth0 up; ip link set lo up; ip link add br0 type bridge; ip link set br0 up
t tc qdisc
t tc qdisc show
t tc qdisc show dev eth0
t tc qdisc ls dev nosuch
t tc qdisc add dev eth0 root handle 7: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc show dev eth0
t tc -s qdisc show dev eth0
t tc -d qdisc show dev eth0
t ip link show eth0
t ping -c 2 -i 0.2 10.0.0.2
tt 'tc -s qdisc show dev eth0'
t tc -s -d qdisc show dev eth0
t ip -s link show eth0
t tc qdisc add dev eth0 root handle 7: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc replace dev eth0 root handle 7: tbf rate 2mbit burst 5k limit 3000
t tc qdisc change dev eth0 root tbf rate 3mbit burst 5k limit 3000
t tc qdisc show dev eth0
t tc qdisc replace dev eth0 root handle 8: pfifo limit 5
t tc qdisc show dev eth0
t tc qdisc replace dev eth0 root handle 9: bfifo limit 5000
t tc qdisc show dev eth0
t tc qdisc del dev eth0 root
t tc qdisc show dev eth0
t tc qdisc del dev eth0 root
t tc qdisc add dev eth0 ingress
t tc qdisc show dev eth0
t tc -s qdisc show dev eth0
t tc qdisc del dev eth0 ingress
t tc qdisc add dev eth0 clsact
t tc qdisc show dev eth0
t tc qdisc del dev eth0 clsact
t tc qdisc add dev eth0 root foo
t tc qdisc add dev eth0 root tbf
t tc qdisc add dev eth0 root tbf rate 1mbit
t tc qdisc add dev eth0 root tbf rate 1mbit burst 10k
t tc qdisc add dev eth0 root tbf rate x burst 10k latency 10ms
t tc qdisc add dev eth0 root tbf foo
t tc qdisc add root tbf rate 1mbit burst 10k latency 10ms
t tc qdisc add dev nosuch root pfifo
t tc qdisc add dev eth0 pfifo
t tc qdisc add dev eth0 root handle 5 pfifo
t tc qdisc add dev eth0 root handle x: pfifo
t tc qdisc show dev eth0
t tc qdisc add dev eth0 root
t tc qdisc foo
t tc qdisc help
t tc
t tc foo
t tc -V
t tc help
t tc class show
t tc class show dev eth0
t tc filter show
t tc filter show dev eth0
t tc qdisc add dev lo root handle 7: pfifo_fast
t tc qdisc show dev lo
t tc qdisc add dev lo root noqueue
t tc qdisc del dev lo root
t tc qdisc show dev lo
t tc -j qdisc show
t tc -p -j qdisc show dev eth0
t tc qdisc add dev eth0 root tbf help

ip link del br0; tc qdisc del dev eth0 root; ip link del eth0; ip link set lo down
ip link add eth0 type veth peer name eth1; ip link set eth0 up; ip link set eth1 up
t tc qdisc add dev eth0 root handle 1: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc show dev eth0
t tc qdisc change dev eth0 root handle 1: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc change dev eth0 root handle 9: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc replace dev eth0 root handle 9: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc replace dev eth0 root handle 9: tbf rate 2mbit burst 10k latency 10ms
t tc qdisc show dev eth0
t tc qdisc add dev eth0 root handle 10: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc add dev eth0 root handle 9: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc add dev eth0 root handle 9:5 pfifo
t tc qdisc del dev eth0 root handle 8:
t tc qdisc del dev eth0 handle 9: root
t tc qdisc del dev eth0 ingress
t tc qdisc del dev eth0
t tc qdisc change dev eth0 root pfifo
t tc qdisc replace dev eth0 root handle 3: pfifo_fast
tt 'tc qdisc show dev eth0 | sed s/8...:/H:/'
t tc qdisc del dev eth0 root pfifo
t tc qdisc add dev eth0 ingress
t tc qdisc add dev eth0 ingress
t tc qdisc add dev eth0 clsact
t tc qdisc show dev eth0 ingress
t tc qdisc show dev eth0 root
t tc qdisc show root
t tc qdisc show handle ffff:
t tc qdisc show foo
t tc qdisc add dev eth0 root pfifo limit
t tc qdisc add dev eth0 root pfifo limit x
t tc qdisc add dev eth0 root pfifo foo
t tc qdisc add dev eth0 root pfifo help
t tc qdisc add dev eth0 root foo bar
t tc qdisc add dev eth0 root root pfifo
t tc qdisc add dev eth0 dev eth1 root pfifo
t tc qdisc add dev eth0 handle 1: handle 2: root pfifo
t tc qdisc add dev eth0 parent 5: pfifo
t tc qdisc add dev eth0 parent x pfifo
t tc qdisc add dev eth0 parent 1:5 pfifo
t tc qdisc add dev eth0 root netem foo
t tc qdisc add dev eth0 root netem delay
t tc qdisc add dev eth0 root netem delay x
t tc qdisc add dev eth0 root netem loss 200%
t tc qdisc add dev eth0 root netem loss x
t tc qdisc add dev eth0 root netem loss 10% loss 20%
t tc qdisc add dev eth0 root netem reorder 25%
t tc qdisc add dev eth0 root netem rate x
t tc qdisc add dev eth0 root netem delay 100ms 10ms 25% distribution foo
t tc qdisc add dev eth0 root tbf rate 1mbit burst 10k latency 10ms limit 5
t tc qdisc add dev eth0 root handle 1: tbf rate 1gbit burst 1mb latency 50ms
t tc qdisc show dev eth0
t tc qdisc replace dev eth0 root handle 1: tbf rate 512kbit burst 1540 latency 1s
t tc qdisc show dev eth0
t tc qdisc replace dev eth0 root handle 1: tbf rate 1.5mbit burst 32kbit limit 30000 peakrate 3mbit mtu 1600
t tc -d qdisc show dev eth0
t tc -d qdisc show dev eth0
ip link set eth0 down
t tc qdisc show dev eth0
ip link set eth0 up
t tc qdisc show dev eth0
t tc qdisc del dev eth0 root
ip link add v2 type veth peer name v3
t tc qdisc show dev v2
t tc qdisc add dev v2 root handle 1: pfifo limit 3
t tc qdisc show dev v2
t ip link show v2
ip link set v2 up; ip link set v3 up
t ip link show v2
ip tuntap add mode tap name t0; ip link set t0 up
t tc qdisc show dev t0
ip link add i0 type ifb; ip link set i0 up
t tc -s qdisc show dev i0
t tc -o qdisc show dev v2
t tc -n nosuch qdisc
tt 'printf "qdisc add dev v3 root handle 5: pfifo limit 3\nqdisc show dev v3\n# x\nqdisc foo\n" | tc -b -'
tt 'printf "qdisc add dev v3 root handle 5: pfifo limit 3\nqdisc show dev v3\n" | tc -force -batch -'
