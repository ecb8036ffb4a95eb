# Counters of IPv4 and ICMP at two ends and at the router between them: forwarding, errors, fragments, groups, rules, rp_filter.
ip netns add a; ip netns add b; ip netns add r
ip link add va netns a type veth peer name ra netns r; ip link add vb netns b type veth peer name rb netns r
for n in a b r; do ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip -n a addr add 10.0.1.2/24 dev va; ip -n a link set va up; ip -n r addr add 10.0.1.1/24 dev ra; ip -n r link set ra up
ip -n b addr add 10.0.2.2/24 dev vb; ip -n b link set vb up; ip -n r addr add 10.0.2.1/24 dev rb; ip -n r link set rb up
ip -n a route add default via 10.0.1.1; ip -n b route add default via 10.0.2.1
A="ip netns exec a"; B="ip netns exec b"; R="ip netns exec r"
sleep 0.3
$A ping -c 1 -W 1 10.0.2.2 >/dev/null
t $R nstat -as
$R sysctl -qw net.ipv4.ip_forward=1
$A ping -c 2 -i 0.2 10.0.2.2 >/dev/null
t $R nstat
$A ping -c 1 -t 1 10.0.2.2 >/dev/null
$A ping -c 1 -W 1 10.9.9.9 >/dev/null
t $R nstat
t $A nstat
$A nc -u -w1 10.0.2.2 5555 <<< hi
t $B nstat
t $A nstat
$B nc -u -l -p 5555 >/tmp/o & sleep 0.3
$A nc -u -w1 10.0.2.2 5555 <<< hello
t $B nstat
t $A nstat
kill %1; wait
ip -n r link set rb mtu 1000
$A ping -c 1 -W 1 -s 1300 -M do 10.0.2.2 >/dev/null
$A ping -c 1 -W 1 -s 2000 -M dont 10.0.2.2 >/dev/null
t $A nstat
t $R nstat
t $B nstat
$A ping -b -c 1 -W 1 10.0.1.255 >/dev/null 2>&1
$A ping -c 1 -W 1 224.0.0.1 >/dev/null 2>&1
t $A nstat
t $R nstat
$R iptables -A FORWARD -p icmp -j DROP
$A ping -c 1 -W 1 10.0.2.2 >/dev/null
$R iptables -F
$R iptables -A FORWARD -p icmp -j REJECT
$A ping -c 1 -W 1 10.0.2.2 >/dev/null
$R iptables -F
t $R nstat
$A iptables -A OUTPUT -j DROP
$A ping -c 1 -W 1 10.0.2.2 >/dev/null
$A iptables -F
$B iptables -A INPUT -j DROP
$A ping -c 1 -W 1 10.0.2.2 >/dev/null
$B iptables -F
t $A nstat
t $B nstat
$R sysctl -qw net.ipv4.conf.all.rp_filter=1
ip -n a addr add 10.5.5.5/32 dev va
$A ping -c 1 -W 1 -I 10.5.5.5 10.0.2.2 >/dev/null
t $R nstat
$A ping -c 1 -W 1 127.0.0.1 > /dev/null
ip -n a route del default
$A ping -c 1 10.0.2.2
t $A nc -u -w1 10.0.2.2 99 
t $A nstat
t $A netstat -s
t $R netstat -s
t $B netstat -sw
t $B netstat -su
ip -n r route add blackhole 10.7.0.0/16; ip -n r route add unreachable 10.8.0.0/16;ip -n r route add prohibit 10.6.0.0/16
ip -n a route add default via 10.0.1.1
sleep 1
for d in 10.7.0.1 10.8.0.1 10.6.0.1; do $A ping -c 1 -W 1 $d >/dev/null; done
t $R nstat
t $A nstat
