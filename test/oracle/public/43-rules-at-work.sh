# Matches of rules that count and compare: limits, quotas, statistics, marks, NAT by turns, untracked packets.
# matches that do work
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n "$1" link set lo up; }
node a; node b; node r
ip -n a link add eth0 address 02:00:00:00:00:0a type veth peer name ra netns r
ip -n b link add eth0 address 02:00:00:00:00:0b type veth peer name rb netns r
ip -n a addr add 10.0.1.2/24 dev eth0; ip -n r addr add 10.0.1.1/24 dev ra
ip -n b addr add 10.0.2.2/24 dev eth0; ip -n r addr add 10.0.2.1/24 dev rb
for x in a:eth0 b:eth0 r:ra r:rb; do ip -n ${x%:*} link set ${x#*:} up; done
ip -n a route add default via 10.0.1.1; ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec b socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo b80 $SOCAT_PEERADDR' &
ip netns exec b socat TCP-LISTEN:81,fork,reuseaddr SYSTEM:'echo b81' &
sleep 0.4
r() { ip netns exec r iptables "$@"; }
p() { ip netns exec a ping -c "${1:-1}" -i 0.2 -W 1 10.0.2.2 | tail -2 | head -1 | sed 's/, time.*//'; }
t r -A FORWARD -p icmp -m limit --limit 1/min --limit-burst 2 -j ACCEPT
t r -A FORWARD -p icmp -d 10.0.2.2 -j DROP
t p 4
t r -L FORWARD -nv
t r -F FORWARD
t r -A FORWARD -p icmp -m statistic --mode nth --every 2 --packet 0 -j DROP
t p 4
t r -L FORWARD -nv
t r -F FORWARD
t r -A FORWARD -p icmp -m recent --name pings --update --seconds 60 --hitcount 3 -j DROP
t r -A FORWARD -p icmp -s 10.0.1.2 -m recent --name pings --set
t p 5
t r -L FORWARD -nv
t r -F FORWARD
t r -A FORWARD -m mac --mac-source 02:00:00:00:00:0a -m ttl --ttl-eq 64 -j ACCEPT
t p
t r -L FORWARD -nv
t r -F FORWARD
t r -A FORWARD -m length --length 84 -j ACCEPT
t r -A FORWARD -m length --length 85: -j REJECT
t p
t ip netns exec a ping -c 1 -s 100 -W 1 10.0.2.2
t r -L FORWARD -nv
t r -F FORWARD
t r -t mangle -A PREROUTING -p icmp -j TTL --ttl-set 1
t ip netns exec a ping -c 1 -W 1 10.0.2.2
t r -t mangle -F
t r -t mangle -A PREROUTING -p icmp -j TTL --ttl-inc 10
t ip netns exec a ping -c 1 -W 1 10.0.2.2
t r -t mangle -F
t r -t mangle -A FORWARD -p icmp -j DSCP --set-dscp 10
t r -t mangle -A POSTROUTING -m dscp --dscp 10 -j ACCEPT
t r -t mangle -A POSTROUTING -m tos --tos 0x28 -j ACCEPT
t p
t r -t mangle -L -nv
t r -t mangle -F
t r -A FORWARD -p tcp --dport 80 -j REJECT --reject-with tcp-reset
t ip netns exec a nc -zv -w 1 10.0.2.2 80
t r -F
t r -A FORWARD -p tcp --dport 80 -j REJECT
t ip netns exec a nc -zv -w 1 10.0.2.2 80
t r -F
t r -A FORWARD -p tcp --dport 80 -j REJECT --reject-with icmp-admin-prohibited
t ip netns exec a nc -zv -w 1 10.0.2.2 80
t ip netns exec a ping -c1 -W1 10.0.2.2
t r -F
t r -F
t r -t nat -A PREROUTING -p tcp --dport 8080 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.0.2.2:80
t r -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.2:81
for n in 1 2 3 4; do t ip netns exec a nc -w 1 9.9.9.9 8080; done
t r -t nat -L PREROUTING -nv
t r -t nat -F
t r -t nat -A PREROUTING -d 10.0.9.0/24 -j NETMAP --to 10.0.2.0/24
t ip netns exec a nc -w 1 10.0.9.2 80
t ip netns exec a ping -c 1 -W 1 10.0.9.2
t r -t nat -F
t r -t nat -A POSTROUTING -s 10.0.1.0/24 -j SNAT --to-source 10.0.2.1
t ip netns exec a nc -w 1 10.0.2.2 80
t r -t nat -F
t r -t raw -A PREROUTING -p tcp -j CT --notrack
t r -A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT
t r -A FORWARD -m conntrack --ctstate INVALID -j DROP
t ip netns exec a nc -w 1 10.0.2.2 80
t r -L FORWARD -nv
t r -t raw -F; t r -F
t r -t mangle -A PREROUTING -i ra -j MARK --set-mark 0x10
t r -t mangle -A PREROUTING -j CONNMARK --save-mark
t r -A FORWARD -m mark --mark 0x10 -m connmark --mark 0x10 -j ACCEPT
t p
t r -L FORWARD -nv
t r -F; t r -t mangle -F
t r -A FORWARD -m addrtype --dst-type LOCAL -j DROP
t r -A INPUT -m addrtype --dst-type LOCAL -j ACCEPT
t r -A INPUT -m addrtype --dst-type BROADCAST -j ACCEPT
t ip netns exec a ping -c 1 -W 1 10.0.1.1
t ip netns exec a ping -c 1 -W 1 -b 10.0.1.255
t r -L INPUT -nv
t r -F
t r -A FORWARD -p tcp --syn -m connlimit --connlimit-above 2 -j REJECT
t ip netns exec a nc -w 1 10.0.2.2 80
t r -L FORWARD -nv
t r -F
t r -A FORWARD -p icmp -m hashlimit --hashlimit-above 2/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name h -j DROP
t p 4
t r -L FORWARD -nv
t r -F
t r -A FORWARD -p icmp -m quota --quota 200 -j ACCEPT
t r -A FORWARD -p icmp -j DROP
t p 3
t r -L FORWARD -nv
t r -F
t r -A FORWARD -m string --algo bm --string abc -j DROP
t r -L FORWARD -nv
t r -A FORWARD -m iprange --dst-range 10.0.2.1-10.0.2.3 -m pkttype --pkt-type unicast
t p
t r -L FORWARD -nv
t r -F
t r -A OUTPUT -m owner --uid-owner 0 -j ACCEPT
t ip netns exec r ping -c 1 -W 1 10.0.2.2
t r -L OUTPUT -nv
