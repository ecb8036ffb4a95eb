# Two ends of a wire that disagree about its MTU: what is lost where, who is told, what is counted.
for n in a b; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip -n a link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns b
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up; ip -n b link set eth0 up
A() { ip netns exec a "$@"; }
ip netns exec b socat -u TCP-LISTEN:9,fork,reuseaddr OPEN:/tmp/got,creat,append &
sleep 0.3
t A ping -c 1 -W 1 10.0.0.2
t ip -n b link set eth0 mtu 600
t A ping -c 1 -s 572 -W 1 10.0.0.2
t A ping -c 1 -s 576 -W 1 10.0.0.2
t A ping -c 1 -s 577 -W 1 10.0.0.2
t A ping -c 2 -i 0.2 -s 1400 -W 1 10.0.0.2
t A ping -c 1 -s 1000 -M do -W 2 10.0.0.2
t ip -n a -s link show eth0
t ip -n b -s link show eth0
t ip netns exec b ping -c 1 -s 1000 -W 1 10.0.0.1
t ip netns exec b ping -c 1 -s 1000 -M do -W 1 10.0.0.1
t A bash -c 'head -c 1000 /dev/zero > /dev/udp/10.0.0.2/7; echo $?'
tt 'head -c 5000 /dev/zero | A nc -N -w 2 10.0.0.2 9; sleep 0.3; wc -c < /tmp/got'
t A ping -c 1 -s 5000 -W 1 10.0.0.2
t ip -n a route add 10.0.0.2 dev eth0 mtu 600
t A ping -c 1 -s 1000 -W 1 10.0.0.2
t A ping -c 1 -s 1000 -M do -W 1 10.0.0.2
t ip -n a route get 10.0.0.2
t ip -n a route del 10.0.0.2
t ip -n b link set eth0 mtu 9000
t A ping -c 1 -s 2000 -M do -W 1 10.0.0.2
t ip netns exec b ping -c 1 -s 2000 -W 1 10.0.0.1
t ip netns exec b ping -c 1 -s 2000 -M do -W 1 10.0.0.1
t ip -n a link set eth0 mtu 9000
t A ping -c 1 -s 8000 -M do -W 1 10.0.0.2
t A iptables -A OUTPUT -p udp --dport 7 -j DROP
t A bash -c 'echo x > /dev/udp/10.0.0.2/7'
t A iptables -A OUTPUT -p icmp -j REJECT
t A ping -c 1 -W 1 10.0.0.2
t A iptables -F
t A iptables -t mangle -A POSTROUTING -p udp -j DROP
t A bash -c 'echo x > /dev/udp/10.0.0.2/7'
t A iptables -t mangle -L POSTROUTING -nv
t ip -n b link set eth0 mtu 68
t A ping -c 1 -s 40 -W 1 10.0.0.2
t A ping -c 1 -s 60 -W 1 10.0.0.2
t ip -n b link set eth0 mtu 67
t ip -n a -br link
