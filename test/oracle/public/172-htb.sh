# htb: its classes with their defaults, who is refused and how, leaves, counters, what a class may not.
ip netns add b
ip link add v0 numtxqueues 1 numrxqueues 1 type veth peer name v1 netns b
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1;  ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip -n b addr add 10.0.0.2/24 dev v1; ip -n b link set v1 up; ip link set lo up
ping -c1 -q 10.0.0.2 >/dev/null
t tc qdisc add dev v0 root handle 1: htb default 30
t tc qdisc show dev v0
t tc class show dev v0
t tc class add dev v0 parent 1: classid 1:1 htb rate 10mbit ceil 10mbit burst 15k
t tc class show dev v0
t tc class add dev v0 parent 1:1 classid 1:10 htb rate 5mbit ceil 10mbit burst 15k prio 1
t tc class add dev v0 parent 1:1 classid 1:20 htb rate 3mbit
t tc class add dev v0 parent 1:1 classid 1:30 htb rate 1mbit ceil 6mbit quantum 2000
t tc class show dev v0
t tc -d class show dev v0
t tc -j class show dev v0
t tc class show dev v0 parent 1:1
t tc class show dev v0 root
t tc class show dev v0 classid 1:20
t tc qdisc add dev v0 parent 1:10 handle 10: pfifo limit 5
t tc qdisc add dev v0 parent 1:20 handle 20: tbf rate 1mbit burst 10k latency 10ms
t tc qdisc add dev v0 parent 1:99 handle 99: pfifo
t tc qdisc add dev v0 parent 1:1 handle 99: pfifo
t tc qdisc show dev v0
t tc -d qdisc show dev v0
t tc class show dev v0
tt 'ping -c3 -i0.01 -q 10.0.0.2 | grep -c " 0% loss"'
t tc -s class show dev v0
t tc -s qdisc show dev v0
tt 'iptables -t mangle -A POSTROUTING -p icmp -j CLASSIFY --set-class 1:10; ping -c2 -i0.01 -q 10.0.0.2 | grep -c " 0% loss"'
t tc -s class show dev v0 classid 1:10
t tc class del dev v0 classid 1:1
t tc class del dev v0 classid 1:30
t tc class change dev v0 classid 1:20 htb rate 4mbit
t tc class change dev v0 parent 1:1 classid 1:20 htb rate 4mbit prio 3
t tc class replace dev v0 parent 1:1 classid 1:22 htb rate 4mbit
t tc class show dev v0
t tc class add dev v0 parent 1:1 classid 1:20 htb rate 3mbit
t tc class add dev v0 parent 2:1 classid 1:21 htb rate 3mbit
t tc class add dev v0 parent 1:1 classid 2:21 htb rate 3mbit
t tc class add dev v0 parent 1:77 classid 1:21 htb rate 3mbit
t tc class add dev v0 parent 1:1 htb rate 3mbit
t tc class add dev v0 parent 1:1 classid 1:40 htb ceil 3mbit
t tc class add dev v0 parent 1:1 classid 1:40 htb rate foo
t tc class add dev v0 parent 1:1 classid 1:40 htb rate 1mbit foo
t tc class add dev v0 parent 1:1 classid 1:40 htb rate 1mbit burst foo
t tc class add dev v0 parent 1:1 classid 1:40 htb rate 1mbit prio 9
t tc class add dev v0 parent 1:1 classid 1:41
t tc class add dev v0 parent 1:1 classid 1:42 tbf rate 1mbit
t tc class add dev v0 parent 1:1 classid 1:42 foo
t tc class add dev v0 classid 1:43 htb rate 1mbit
t tc class add dev v0 parent 1:1 parent 1:2 classid 1:43 htb rate 1mbit
t tc class add dev nope parent 1:1 classid 1:43 htb rate 1mbit
t tc class add parent 1:1 classid 1:43 htb rate 1mbit
t tc class del dev v0 classid 1:99
t tc class del dev v0
t tc class del dev v0 classid 1:43
t tc class show dev v0
t tc class show dev nope
t tc class foo
t tc class show
t tc qdisc change dev v0 root handle 1: htb default 20
t tc qdisc del dev v0 root
t tc class show dev v0
t tc qdisc add dev v0 root htb foo
t tc qdisc add dev v0 root htb default zz
t tc qdisc add dev v0 root htb r2q foo
t tc qdisc add dev v0 root htb help
t tc qdisc add dev v0 root handle 1: htb r2q 5 default 0x12
t tc -d qdisc show dev v0
t tc -s qdisc show dev v0
t tc -j qdisc show dev v0
t tc class add dev v0 parent 1: classid 1:5 htb rate 1gbit
t tc class add dev v0 parent 1: classid 1:6 htb rate 100
t tc class add dev v0 parent 1: classid 1:7 htb rate 100mbit ceil 1gbit burst 100k cburst 200k mtu 9000 overhead 20 prio 5
t tc class add dev v0 parent 1: classid 1:8 htb rate 100mbit ceil 1gbit burst 100kb/8 mpu 64 quantum 1500
t tc -s class show dev v0
t tc -d class show dev v0
t tc qdisc add dev v0 parent 1:5 handle 5: htb default 1
t tc class add dev v0 parent 5: classid 5:1 htb rate 1mbit
t tc class show dev v0
t tc qdisc show dev v0
t tc class add dev v0 parent 1:7 classid 1:70 htb rate 20mbit
t tc class add dev v0 parent 1:70 classid 1:71 htb rate 20mbit
t tc -d class show dev v0
tt 'ip -d link show v0 | head -1'
t tc qdisc add dev lo root handle 1: htb
t tc class show dev lo
t tc qdisc show dev lo
t tc qdisc show dev lo
t tc class show dev lo
