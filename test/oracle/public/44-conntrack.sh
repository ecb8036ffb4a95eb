# The connection tracking table: listing by many conditions, changing, deleting, what cannot be.
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n "$1" link set lo up; }
node home; node gw; node inet
ip -n home link add eth0 type veth peer name lan netns gw
ip -n inet link add eth0 type veth peer name wan netns gw
ip -n home addr add 192.168.1.10/24 dev eth0; ip -n gw addr add 192.168.1.1/24 dev lan
ip -n inet addr add 203.0.113.9/24 dev eth0; ip -n gw addr add 203.0.113.1/24 dev wan
for x in home:eth0 gw:lan gw:wan inet:eth0; do ip -n ${x%:*} link set ${x#*:} up; done
ip -n home route add default via 192.168.1.1
ip -n inet route add default via 203.0.113.1
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ct() { ip netns exec gw conntrack "$@"; }
home() { ip netns exec home "$@"; }
ip netns exec inet socat TCP-LISTEN:80,fork,reuseaddr EXEC:cat &
ip netns exec inet socat UDP-RECVFROM:53,fork EXEC:cat &
sleep 0.3
t ct -L
t ct -C
t ct -S
home ping -c 1 203.0.113.9 >/dev/null
t ct -L
ip netns exec gw iptables -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
home ping -c 1 203.0.113.9 >/dev/null
t ct -L
t ct -L -p icmp
t ct -L -o extended
tt 'echo x | home nc -N -w 1 203.0.113.9 80'
t ct -L -p tcp
t ct -L -p tcp --state TIME_WAIT
t ct -L -p tcp --state ESTABLISHED
t ct -L -p tcp --dport 80
t ct -L -p tcp --sport 80
t ct -L -p tcp --reply-port-src 80
t ct -L --src 192.168.1.99
tt 'echo x | home nc -u -w 1 203.0.113.9 53'
t ct -L -p udp
tt 'echo x | home nc -u -w 1 203.0.113.9 54'
t ct -L -p udp --dport 54
t home nc -zv -w 1 203.0.113.9 81
t ct -L -p tcp --state CLOSE
ip netns exec inet iptables -A INPUT -p tcp --dport 82 -j DROP
t home nc -zv -w 1 203.0.113.9 82
t ct -L -p tcp --state SYN_SENT
t ct -L -u ASSURED
t ct -L -u FOO
t ct -C
t ct -D -p icmp
t ct -D -p tcp --dport 82
t ct -D -p tcp --dport 82
t ct -L -m 1
t ct -G -p udp -s 192.168.1.10 -d 203.0.113.9 --sport 1 --dport 53
t ct -I -p tcp -s 1.2.3.4 -d 5.6.7.8 --sport 1000 --dport 80 --state ESTABLISHED -t 100
t ct -L -p tcp -s 1.2.3.4
t ct -U -p tcp -s 1.2.3.4 -d 5.6.7.8 --sport 1000 --dport 80 -m 7
t ct -L -m 7
t ct -G -p tcp -s 1.2.3.4 -d 5.6.7.8 --sport 1000 --dport 80
t ct -D -p tcp -s 1.2.3.4 -d 5.6.7.8 --sport 1000 --dport 80
t ct -F
t ct -L
t ct -X
t ct -L foo
t ct -L expect
t ct -L -p foo
t ct -L --dport 80
t ct -L -p icmp --dport 80
t ct -D
t ct -V
t ct -L -f ipv6
t ct -L -f ipv4
t ct -L -f foo
t ct -L -n
t ct -L -g
t ct -L -j
t ct -L --mark 5
t ct -L --zone 0
t ct -L -w 5
tt 'ip netns exec gw cat /proc/sys/net/netfilter/nf_conntrack_count'
tt 'ip netns exec gw sysctl net.netfilter.nf_conntrack_tcp_timeout_established net.netfilter.nf_conntrack_udp_timeout net.netfilter.nf_conntrack_udp_timeout_stream net.netfilter.nf_conntrack_icmp_timeout net.netfilter.nf_conntrack_generic_timeout'
