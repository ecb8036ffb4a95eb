# guest
# Filters of traffic control: u32, matchall, flower, fw, at htb, at the ingress and at clsact; mirred to ifb, police, gact; what is refused.
ip netns add b
ip link add v0 numtxqueues 1 numrxqueues 1 type veth peer name v1 netns b
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1;  ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip -n b addr add 10.0.0.2/24 dev v1; ip -n b link set v1 up; ip link set lo up
ping -c1 -q 10.0.0.2 >/dev/null
modprobe -a act_mirred act_gact act_police act_skbedit cls_u32 cls_flower cls_matchall cls_fw ifb 2>/dev/null
t tc qdisc add dev v0 root handle 1: htb default 30
t tc class add dev v0 parent 1: classid 1:1 htb rate 10mbit ceil 10mbit burst 15k
t tc class add dev v0 parent 1:1 classid 1:10 htb rate 5mbit ceil 10mbit burst 15k prio 1
t tc class add dev v0 parent 1:1 classid 1:20 htb rate 3mbit
t tc class add dev v0 parent 1:1 classid 1:30 htb rate 1kbit ceil 6mbit quantum 2000
t tc filter add dev v0 protocol ip parent 1:0 prio 1 u32 match ip dst 10.0.0.2/32 match ip protocol 1 0xff flowid 1:20
t tc filter add dev v0 protocol ip parent 1:0 prio 1 u32 match ip dport 80 0xffff flowid 1:10
t tc filter add dev v0 protocol ip parent 1:0 prio 2 u32 match ip src 10.0.0.0/24 match u16 0x0016 0xffff at 20 classid 1:10
t tc filter show dev v0
t tc -s filter show dev v0
t tc -d filter show dev v0
t tc -j filter show dev v0
t tc filter del dev v0 parent 1: prio 1
t tc filter show dev v0 parent 1:
t tc filter add dev v0 parent 1: protocol all prio 5 matchall classid 1:20
t tc filter show dev v0 parent 1:
t tc filter add dev v0 parent 1: protocol ip prio 6 flower dst_ip 10.0.0.2 ip_proto tcp dst_port 80 classid 1:10
t tc filter add dev v0 parent 1: protocol ip prio 6 flower src_ip 10.0.0.0/24 ip_proto icmp classid 1:10
t tc filter show dev v0 parent 1:
t tc -j filter show dev v0 parent 1:
t tc filter add dev v0 parent 1: protocol ip prio 7 handle 6 fw classid 1:10
t tc filter show dev v0 parent 1: prio 7
t tc class add dev v0 parent 1:1 classid 2:21 htb rate 3mbit
t tc class add dev v0 parent 1:1 htb rate 3mbit
t tc class add dev v0 parent 1:1 classid 1:40 htb rate foo
t tc class add dev v0 parent 1:1 classid 1:40 htb rate 1mbit foo
t tc filter show dev v0
tc qdisc del dev v0 root
ip link add ifb0 type ifb
ip link set ifb0 up
t tc qdisc add dev v0 ingress
t tc qdisc show dev v0
t tc filter add dev v0 parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev ifb0
t tc filter show dev v0 ingress
t tc filter show dev v0 parent ffff:
t tc filter show dev v0
t tc -j filter show dev v0 ingress
t tc qdisc add dev ifb0 root tbf rate 1mbit burst 32kbit latency 25ms
t tc qdisc show dev ifb0
tt 'ping -c3 -i0.1 -q 10.0.0.2 | grep transm | cut -d, -f1-3'
t tc filter show dev v0 ingress
t tc filter del dev v0 ingress prio 1
t tc filter add dev v0 ingress protocol ip prio 1 u32 match ip protocol 1 0xff action drop
tt 'ping -c1 -W1 -q 10.0.0.2 | grep transm | cut -d, -f1-3'
t tc filter del dev v0 ingress
t tc filter show dev v0 ingress
t tc qdisc del dev v0 ingress
t tc qdisc add dev v0 clsact
t tc qdisc show dev v0
t tc filter add dev v0 egress matchall action drop
t tc filter add dev v0 ingress protocol ip flower src_ip 10.0.0.2 action pass
t tc filter show dev v0 egress
t tc filter show dev v0 ingress
t tc filter del dev v0 egress
t tc filter add dev v0 egress prio 3 matchall action mirred egress mirror dev ifb0
t tc filter show dev v0 egress
t tc filter replace dev v0 egress prio 3 matchall action gact pass random determ drop 2
t tc filter show dev v0 egress
t tc filter add dev v0 egress prio 4 protocol ip u32 match ip dport 53 0xffff action pass
t tc filter add dev v0 egress prio 4 protocol ip u32 match ip sport 53 0xffff action ok
t tc filter add dev v0 egress prio 5 protocol ip u32 match ip tos 0x10 0xff action continue
t tc filter add dev v0 egress prio 6 protocol ip u32 match ip dst 10.0.0.9 action reclassify
t tc filter add dev v0 egress prio 7 protocol arp matchall action skbedit mark 5
t tc filter show dev v0 egress
t tc filter show dev v0 egress prio 4
t tc filter add dev v0 egress prio 9 u32
t tc filter add dev v0 egress prio 9 protocol ip u32 match foo
t tc filter add dev v0 egress prio 9 protocol ip u32 match ip foo 1
t tc filter add dev v0 egress prio 9 protocol ip flower foo bar
t tc filter add dev v0 egress prio 9 protocol ip foo
t tc filter add dev v0 egress prio 9 protocol ip matchall action mirred egress redirect dev nope
t tc filter add dev v0 egress prio 9 protocol ip matchall action mirred foo
t tc filter add dev v0 parent 1: protocol ip matchall
t tc filter add dev nope ingress matchall
t tc filter add dev ifb0 ingress matchall
t tc filter del dev v0 egress prio 99
t tc filter add dev v0 egress prio 3 flower
t tc filter show dev nope
