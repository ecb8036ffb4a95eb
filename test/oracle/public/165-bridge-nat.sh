# NAT and filtering of bridged frames: a container host with a local redirect, DNAT between bridge ports, br_netfilter switches.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1 net.ipv4.ip_forward=1
ip link set lo up
ip link add br0 type bridge; ip link set br0 address 02:00:00:00:00:ff up; ip addr add 10.5.0.254/24 dev br0
for i in 1 2 3; do
  ip netns add c$i; ip netns exec c$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip link add p$i type veth peer name eth0 netns c$i; ip link set p$i address 02:00:00:00:01:0$i master br0 up
  ip -n c$i link set eth0 address 02:00:00:00:00:0$i up; ip -n c$i addr add 10.5.0.$i/24 dev eth0; ip -n c$i route add default via 10.5.0.254
  ip netns exec c$i socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:"echo c$i \$SOCAT_PEERADDR" &
done
socat TCP-LISTEN:8080,fork,reuseaddr SYSTEM:'echo host $SOCAT_PEERADDR' &
sleep 1.3
c1() { ip netns exec c1 "$@"; }
t c1 nc -w 1 10.5.0.2 80
t iptables -t nat -A PREROUTING -p tcp -d 10.5.0.2 --dport 80 -j DNAT --to-destination 10.5.0.3:80
t c1 nc -w 1 10.5.0.2 80
t iptables -t nat -A POSTROUTING -s 10.5.0.0/24 -d 10.5.0.3 -j MASQUERADE
t c1 nc -w 1 10.5.0.2 80
t iptables -t nat -L -n -v
t sysctl -w net.bridge.bridge-nf-call-iptables=0
t c1 nc -w 1 10.5.0.2 80
t sysctl -w net.bridge.bridge-nf-call-iptables=1
t iptables -t nat -F
t iptables -t nat -A PREROUTING -i br0 -p tcp --dport 80 -j REDIRECT --to-ports 8080
t c1 nc -w 1 10.5.0.3 80
t iptables -t nat -A PREROUTING -m physdev --physdev-in p2 -p tcp --dport 81 -j DNAT --to 10.5.0.254:8080
t ip netns exec c2 nc -w 1 10.5.0.1 81
t iptables -t nat -L PREROUTING -n -v
t iptables -t nat -F
t iptables -A FORWARD -m physdev --physdev-in p1 --physdev-out p3 -j REJECT
t c1 nc -zv -w 1 10.5.0.3 80
t c1 ping -c 1 -W 1 10.5.0.3
t c1 ping -c 1 -W 1 10.5.0.2
t iptables -A INPUT -m physdev --physdev-in p1 -p icmp -j DROP
t c1 ping -c 1 -W 1 10.5.0.254
t iptables -A OUTPUT -m physdev --physdev-out p1 -j DROP
t iptables -A POSTROUTING -t mangle -m physdev --physdev-out p2 -p icmp -j MARK --set-mark 9
t iptables -t mangle -A FORWARD -i br0 -o br0 -j ACCEPT
t ip netns exec c3 ping -c 1 -W 1 10.5.0.2
t iptables -t mangle -L -n -v
t iptables -L -n -v
t iptables -S
t iptables -D FORWARD -m physdev --physdev-in p1 --physdev-out p3 -j REJECT
t iptables -D FORWARD 1
t iptables -A FORWARD -m physdev ! --physdev-is-bridged -j DROP
t iptables -A FORWARD -m physdev --physdev-is-in --physdev-is-out -j ACCEPT
t iptables -A FORWARD -m physdev --physdev-in averyveryverylongname -j ACCEPT
t iptables -A FORWARD -m physdev --physdev-in p+ -j ACCEPT
t iptables -S FORWARD
t conntrack -C
