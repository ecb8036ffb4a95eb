# TCP counters of both ends: refused, echoed, one way, both ways.
ip netns add a; ip netns add b
ip link add va netns a type veth peer name vb netns b
for n in a b; do ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip -n a addr add 10.0.1.2/24 dev va; ip -n a link set va up; ip -n b addr add 10.0.1.1/24 dev vb; ip -n b link set vb up
export A="ip netns exec a" B="ip netns exec b"
sleep 0.3
$A ping -c1 10.0.1.1 >/dev/null
S() { $A nstat -as 'Tcp*' | grep -v Coalesce > /tmp/a; $B nstat -as 'Tcp*' | grep -v Coalesce > /tmp/b; t cat /tmp/a; t cat /tmp/b; }
t $A nc -w1 10.0.1.1 80
S
$B nc -l 80 >/tmp/o & sleep 0.3
echo hello | $A nc -N 10.0.1.1 80; wait
sleep 0.3
S
tt '$A netstat -st | grep -v Coalesce'
tt '$B netstat -st | grep -v Coalesce'
($B socat -u TCP-LISTEN:81,reuseaddr - > /tmp/o) & sleep 0.3
(sleep 0.3; echo ask; sleep 0.3; echo more; sleep 0.5) | $A socat -u - TCP:10.0.1.1:81; wait
S
