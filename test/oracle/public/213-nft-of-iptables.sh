# How nft tells the rules that iptables made: where the protocol stands, what a comment or a mark between changes, and matches that ask nothing.
for r in '-p tcp -s 1.1.1.1 -j ACCEPT' '-p tcp -d 1.1.1.1 -m comment --comment x -j ACCEPT' '-p tcp -d 1.1.1.1 --dport 80 -j ACCEPT' '-p tcp -d 1.1.1.1 -m comment --comment x -m tcp --dport 80 -j ACCEPT' '-p tcp -m comment --comment x --dport 80 -j ACCEPT' '-p udp -m comment --comment x -j ACCEPT' '-p udp -m comment --comment x -j DROP' '-s 1.1.1.1 -p udp -m conntrack --ctstate NEW --dport 5 -j DROP' '-p udp -m conntrack --ctstate NEW -m udp --dport 5 -j DROP' '-i eth0 -p tcp -m multiport --dports 1,2 -j DROP' '-i eth0 -p tcp -s 1.1.1.1 -m multiport --dports 1,2 -j DROP' '-p tcp -m mark --mark 1 -m tcp --dport 5 -j DROP' '-p tcp -m recent --name a --set -m tcp -j ACCEPT' '-p tcp -m tcp -j ACCEPT' '-p tcp -m comment --comment x -m tcp -j ACCEPT' '-p tcp -s 1.1.1.1 -m comment --comment x -m tcp -j ACCEPT' '-p icmp -s 1.1.1.1 --icmp-type 8 -j ACCEPT' '-p icmp -m comment --comment x -m icmp --icmp-type 8 -j ACCEPT' '-p icmp -m icmp -j ACCEPT' '-p tcp -m limit --limit 5/s -j ACCEPT' '-p tcp -d 1.1.1.1 -m limit --limit 5/s -m tcp --sport 5 -j ACCEPT' '-p tcp -d 1.1.1.1 -m tcp --tcp-flags SYN,ACK SYN -j ACCEPT' '-p tcp -d 1.1.1.1 -m comment --comment x -m tcp --tcp-flags SYN,ACK SYN --dport 5 -j ACCEPT' '! -p tcp -d 1.1.1.1 -j ACCEPT' '-p 47 -d 1.1.1.1 -m comment --comment y -j ACCEPT' '-o eth1 ! -s 1.1.1.0/24 -p udp -m statistic --mode random --probability 0.5 -j ACCEPT' '-p tcp -m comment --comment x -m mark ! --mark 5 -m conntrack --ctstate NEW -m tcp --dport 7 -j ACCEPT' '-p tcp -m addrtype --dst-type LOCAL -m tcp --dport 7 -j ACCEPT' '-p tcp -d 2.2.2.2 -m set --match-set nope src -j ACCEPT' '-p tcp -m statistic --mode nth --every 3 --packet 0 -m tcp --dport 7 -j RETURN' '-p tcp -d 1.1.1.1 -f -j ACCEPT' '-d 1.1.1.1 -p tcp -m ttl --ttl-lt 5 -j ACCEPT' '-m comment --comment x -d 1.1.1.1 -j LOG' '-m physdev --physdev-in v0 -p tcp -d 1.1.1.1 -j ACCEPT'; do
 iptables -F INPUT; tt "iptables -A INPUT $r; nft list chain ip filter INPUT | sed -n '3,\$p'"
done
iptables -F
iptables -N A; iptables -N B; iptables -N C; iptables -A INPUT -j A; iptables -A INPUT -j C
t iptables -E A Z
t iptables -S
t nft list table ip filter
t iptables -E Z B
t iptables -E Z Z
t iptables -E nope X
