# ipset: networks, ranges, lists; packets that rules look up in sets, and that rules put into them.
t ipset create h hash:ip netmask 24
t ipset add h 10.1.2.3
tt 'ipset list h -s | sed s/initval.*//'
t ipset create s1 hash:ip
tt 'for i in 9 3 7 1; do ipset add s1 10.0.0.$i; done; ipset list -s s1 | tail -5'
tt 'ipset save -s s1 | tail -4'
t ipset list -t s1 -n
t ipset list s1 foo
t ipset save foo
t ipset del s1
t ipset test s1
t ipset add s1 10.0.0.20-10.0.0.22
tt 'ipset list -s s1 | tail -7'
t ipset add s1 10.0.0.32/30 timeout 5
t ipset add s1 10.0.0.32/30 comment x
t ipset add s1 10.0.0.32/30 nomatch
t ipset add s1 10.0.0.32/33
t ipset create i1 hash:ip,port,net
t ipset test i1 10.0.0.1,tcp:80,10.0.0.1
t ipset create l list:set
t ipset add l s1 before h
t ipset add l h
t ipset add l i1 before h
t ipset test l h
t ipset list l
t ipset del l s1
t ipset del l h
t ipset add p 1
t ipset create q bitmap:port range 1-10
t ipset add q tcp:5
t ipset add q http
t ipset test q 5
t ipset test q 6
t ipset flush q
t ipset list q
t ipset swap q nosuch
t ipset rename q h
t ipset rename q q2
t ipset list -n
t ipset x 5
t ipset destroy a b
t ipset flush a b
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip -n "$1" link set lo up; }
node a; node b
ip -n a link add eth0 type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0; ip -n b addr add 10.0.0.3/24 dev eth0
ip -n a link set eth0 up; ip -n b link set eth0 up
a() { ip netns exec a "$@"; }; b() { ip netns exec b "$@"; }
a ipset create blocked hash:ip counters
a ipset create seen hash:ip timeout 300
a ipset create nets hash:net
a ipset create services hash:ip,port
a ipset create ports bitmap:port range 1-1024
a ipset create all list:set
a ipset add blocked 10.0.0.3
a ipset add all blocked
t a iptables -A INPUT -m set --match-set blocked src -j DROP
t a iptables -A INPUT -p icmp -j SET --add-set seen src
t a iptables -A INPUT -p tcp -m set --match-set services dst,dst -j REJECT --reject-with tcp-reset
t a iptables -A INPUT -p udp -m set --match-set ports dst -j REJECT
t a iptables -A OUTPUT -m set ! --match-set nets dst -j ACCEPT
t b ping -c 1 -W 1 10.0.0.1
t b ping -c 1 -W 1 -I 10.0.0.3 10.0.0.1
tt "ip netns exec a ipset list blocked | sed 's/initval.*//'"
tt "ip netns exec a ipset list seen | sed 's/initval.*//; s/timeout 2[0-9][0-9]/timeout N/'"
t a ipset add services 10.0.0.1,tcp:80
t a ipset add ports 53
t b nc -zv -w 1 10.0.0.1 80
t b nc -zv -w 1 10.0.0.1 81
tt "echo x | ip netns exec b nc -u -w 1 10.0.0.1 53; echo \$?"
t a iptables -L -v -n
t a iptables -S
t a ipset flush blocked
t b ping -c 1 -W 1 -I 10.0.0.3 10.0.0.1
tt "ip netns exec a ipset list seen | grep -c timeout"
t a ipset destroy blocked
t a iptables -D INPUT 1
t a ipset destroy blocked
t a ipset del all blocked
t a ipset destroy blocked
t a ipset list -n
t b ipset list -n
tt "ip netns exec a ipset save | sed 's/initval.*//; s/timeout 2[0-9][0-9]/timeout N/' > /tmp/s; ip netns exec b ipset restore < /tmp/s; ip netns exec b ipset list -n"
