# Zones of connection tracking: the same addresses and ports on two sides of one gateway, told apart by zone; for one direction alone; by mark.
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n "$1" link set lo up; }
node gw; node srv; node c1; node c2
for n in 1 2; do
  ip -n c$n link add eth0 type veth peer name c$n netns gw
  ip -n c$n addr add 10.0.0.2/24 dev eth0; ip -n gw addr add 10.0.0.1/24 dev c$n
  ip -n c$n link set eth0 up; ip -n gw link set c$n up
  ip -n c$n route add default via 10.0.0.1
done
ip -n srv link add eth0 type veth peer name srv netns gw
ip -n srv addr add 10.9.0.2/24 dev eth0; ip -n gw addr add 10.9.0.1/24 dev srv
ip -n srv link set eth0 up; ip -n gw link set srv up
ip -n srv route add default via 10.9.0.1
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.c1.rp_filter=0 net.ipv4.conf.c2.rp_filter=0
gw() { ip netns exec gw "$@"; }
ct() { gw conntrack "$@"; }
sorted() { ct "$@" 2>&1 | sed -E "s/^([a-z0-9 ]*[a-z]+ +[0-9]+) [0-9]+ /\1 T /; s/dport=5000/dport=P/; s/dport=[0-9]{4,5}/dport=N/" | sort; }
serve() { ip netns exec srv socat UDP-RECVFROM:53,fork EXEC:cat & ip netns exec srv socat TCP-LISTEN:80,fork,reuseaddr EXEC:cat & ip netns exec srv socat UDP-RECVFROM:54,fork EXEC:cat & }
serve; sleep 0.5
ask() { echo hi | ip netns exec c$1 socat -t 0.2 - UDP:10.9.0.2:$2,sourceport=5000; }
# the gateway answers each by the link that the zone's mark tells
gw iptables -t mangle -A PREROUTING -i c1 -j MARK --set-mark 1
gw iptables -t mangle -A PREROUTING -i c2 -j MARK --set-mark 2
gw iptables -t mangle -A PREROUTING -i srv -j CONNMARK --restore-mark
gw ip rule add fwmark 1 iif srv lookup 101; gw ip rule add fwmark 2 iif srv lookup 102
gw ip route add 10.0.0.0/24 dev c1 table 101; gw ip route add 10.0.0.0/24 dev c2 table 102
gw iptables -t raw -A PREROUTING -i c1 -j CT --zone-orig 1
gw iptables -t raw -A PREROUTING -i c2 -j CT --zone-orig 2
gw iptables -t mangle -A PREROUTING -i c1 -j CONNMARK --save-mark
gw iptables -t mangle -A PREROUTING -i c2 -j CONNMARK --save-mark
gw iptables -t nat -A POSTROUTING -o srv -j MASQUERADE
t gw iptables -t raw -S
t gw iptables -t raw -nvL PREROUTING
t ask 1 53
t ask 2 53
tt 'sorted -L -p udp'
tt 'sorted -L --zone 1'
tt 'sorted -L --orig-zone 1'
tt 'sorted -L --orig-zone 2'
tt 'sorted -L --reply-zone 1'
tt 'sorted -L --zone 0'
tt 'sorted -L -o xml --orig-zone 1 | sed -E "s/<id>[0-9]*/<id>N/;s/<timeout>[0-9]*/<timeout>N/"'
tt 'sorted -L -o save --orig-zone 1 | sed -E "s/-t [0-9]+/-t N/"'
tt 'sorted -L -o extended --orig-zone 1'
tt 'gw cat /proc/net/nf_conntrack | sed -E "s/dport=5000/dport=P/; s/dport=[0-9]{4,5}/dport=N/; s/17 [0-9]+/17 T/"| sort'
t ct -D --orig-zone 2 -p udp --dport 99
tt 'ct -D --orig-zone 1 -p udp'
t ct -C
ct -F 2>/dev/null
# one zone for both directions
gw iptables -t nat -F POSTROUTING
gw iptables -t raw -F PREROUTING
gw iptables -t raw -A PREROUTING -i c1 -j CT --zone 7
gw iptables -t raw -A PREROUTING -i srv -j CT --zone 7
t ask 1 53
tt 'sorted -L'
tt 'sorted -L -w 7'
tt 'sorted -L -w 8'
tt 'sorted -L -o xml -w 7 | sed -E "s/<id>[0-9]*/<id>N/;s/<timeout>[0-9]*/<timeout>N/"'
tt 'sorted -L -o save -w 7 | sed -E "s/-t [0-9]+/-t N/"'
tt 'gw cat /proc/net/nf_conntrack'
t ct -G -p udp -s 10.0.0.2 -d 10.9.0.2 --sport 5000 --dport 53
t ct -G -p udp -s 10.0.0.2 -d 10.9.0.2 --sport 5000 --dport 53 -w 7
t ct -D -p udp -s 10.0.0.2 -w 3
tt 'echo x | ip netns exec c1 socat -t 0.2 - TCP:10.9.0.2:80'
tt 'sorted -L -p tcp'
tt 'ip netns exec c1 ping -c 1 -W 1 10.9.0.2 | tail -n 2 | head -n 1'
tt 'sorted -L -p icmp'
tt 'ct -F; ct -C'
# a reply that comes in another zone is a connection of its own
gw iptables -t raw -F PREROUTING
gw iptables -t raw -A PREROUTING -i c1 -j CT --zone 7
t ask 1 54
tt 'sorted -L -p udp'
ct -F 2>/dev/null
# zone by mark, zone of the reply alone, of what is sent from here
gw iptables -t raw -F PREROUTING
gw iptables -t raw -A PREROUTING -i c1 -j MARK --set-mark 9
gw iptables -t raw -A PREROUTING -i c1 -j CT --zone mark
t gw iptables -t raw -S PREROUTING
tt 'ask 1 53; sorted -L -p udp'
ct -F 2>/dev/null
gw iptables -t raw -F PREROUTING
gw iptables -t raw -A PREROUTING -i c1 -j CT --zone-reply 4
gw iptables -t raw -A PREROUTING -i srv -j CT --zone-reply 4
tt 'ask 1 53; sorted -L -p udp'
tt 'sorted -L --reply-zone 4'
tt 'sorted -L --orig-zone 4'
tt 'gw cat /proc/net/nf_conntrack'
ct -F 2>/dev/null
gw iptables -t raw -F PREROUTING
gw iptables -t raw -A OUTPUT -j CT --zone 3
gw iptables -t raw -A PREROUTING -i srv -j CT --zone 3
tt 'gw ping -c 1 -W 1 10.9.0.2 | tail -n 2 | head -n 1; sorted -L'
# by program
t ct -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 1 --dport 2 -t 60 -w 11
t ct -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 1 --dport 2 -t 60
t ct -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 1 --dport 2 -t 60 -w 11
t ct -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 1 --dport 2 -t 60 --orig-zone 12
t ct -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 1 --dport 2 -t 60 --reply-zone 12
tt 'sorted -L -p udp -s 1.1.1.1'
tt 'ct -U -p udp -s 1.1.1.1 -w 11 -m 5; sorted -L -p udp -s 1.1.1.1'
tt 'ct -D -p udp -s 1.1.1.1 -w 11; sorted -L -p udp -s 1.1.1.1'
t ct -L -w 70000
tt "sorted -L --orig-zone x"
t ct -L -w 3 --orig-zone 3
t gw iptables -t raw -A PREROUTING -j CT --zone 70000
t gw iptables -t raw -A PREROUTING -j CT --zone 1 --zone-orig 2
t gw iptables -A FORWARD -j CT --zone 1
ct -F 2>/dev/null
(ct -E > /tmp/events & sleep 1; ask 1 53 >/dev/null; gw ping -c 1 -W 1 10.9.0.2 >/dev/null; sleep 0.5; ct -F 2>/dev/null; sleep 0.5; kill $(pgrep -x conntrack)) 2>/dev/null
tt "sed -E 's/portid=[0-9]+.*/portid=N/; s/(17|icmp +1) [0-9]+/\1 T/' /tmp/events | sort"
gw iptables -t raw -F; gw iptables -t mangle -F
gw nft add table ip z
gw nft add chain ip z pre '{ type filter hook prerouting priority raw; }'
gw nft add chain ip z post '{ type filter hook forward priority 0; }'
t gw nft add rule ip z pre iif c1 ct zone set 21
t gw nft add rule ip z pre iif srv ct zone set 21
t gw nft add rule ip z pre iif c2 ct original zone set 22
t gw nft add rule ip z post ct zone 21 counter
t gw nft add rule ip z post ct original zone 22 counter
t gw nft add rule ip z post ct reply zone 0 counter
t gw nft list ruleset ip
tt 'ask 1 53; sorted -L'
tt 'gw nft list chain ip z post'
gw nft delete table ip z
gw iptables -t raw -A PREROUTING -i c1 -j CT --ctevents new
gw iptables -A FORWARD -m conntrack --ctstate NEW -j ACCEPT
ct -F 2>/dev/null
(ct -E > /tmp/events & sleep 1; ask 1 53 >/dev/null; sleep 0.5; ct -F 2>/dev/null; sleep 0.5; kill $(pgrep -x conntrack)) 2>/dev/null
tt "sed -E 's/portid=[0-9]+.*/portid=N/; s/(17|icmp +1) [0-9]+/\1 T/' /tmp/events | sort"
