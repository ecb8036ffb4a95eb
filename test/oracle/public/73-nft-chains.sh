# nft: protocols, families, single chains, handles, flush and delete.
i() { iptables "$@"; }
iptables -N DOCKER
i -A INPUT -p tcp -m comment --comment "x" -m tcp --dport 80 -j ACCEPT
i -A INPUT -p tcp -m tcp --dport 80 -m comment --comment "x" -j ACCEPT
i -A INPUT -p tcp -m conntrack --ctstate NEW -m tcp --dport 22 -j ACCEPT
i -A INPUT -p tcp -m multiport --dports 1,2 -m tcp --syn -j ACCEPT
i -A INPUT -d 10.0.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j DOCKER 2>/dev/null
i -A FORWARD -d 10.0.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j DOCKER
i -A FORWARD ! -f -j DROP
i -A INPUT -p tcp --tcp-flags SYN,ACK NONE -j DROP
i -A INPUT -p tcp ! --tcp-flags SYN,ACK NONE -j DROP
i -A INPUT -p tcp ! --dport 5:10 -j DROP
i -A INPUT -m connmark --mark 0x5/0xff -j ACCEPT
i -A INPUT -m statistic --mode nth --every 3 --packet 1 ! --mode nth 2>/dev/null
i -A INPUT -m limit --limit 7/min -j ACCEPT
i -A INPUT -m limit --limit 2/day --limit-burst 7 -j ACCEPT
i -A INPUT -m mark ! --mark 5 -j ACCEPT
i -A INPUT -p icmp --icmp-type 8/0 -j ACCEPT
i -A INPUT -p icmp --icmp-type 11 -j ACCEPT
i -A INPUT -p icmp --icmp-type 12 -j ACCEPT
i -A INPUT -p icmp --icmp-type 13 -j ACCEPT
i -A INPUT -p icmp --icmp-type 5 -j ACCEPT
i -A INPUT -m conntrack --ctorigsrc 10.0.0.0/8 --ctrepldst 1.1.1.1 --ctstate NEW --ctstatus ASSURED -j ACCEPT
i -A INPUT -m conntrack --ctexpire 10:20 --ctstatus NONE -j ACCEPT
i -A INPUT -p sctp -j ACCEPT
i -A INPUT -p 200 -j ACCEPT
i -A INPUT -m addrtype --src-type LOCAL --dst-type LOCAL -j ACCEPT
i -A INPUT -m iprange --src-range 1.1.1.1-1.1.1.2 --dst-range 1.1.1.3-1.1.1.4 -j ACCEPT
i -A INPUT -j LOG --log-tcp-sequence --log-tcp-options
i -A INPUT -j LOG --log-macdecode --log-level info
i -t nat -A POSTROUTING -j MASQUERADE --random
i -t nat -A POSTROUTING -j SNAT --to-source 1.1.1.1 --random --persistent
ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [fd00::1]:80
ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination fd00::1
ip6tables -t nat -A POSTROUTING -s fd00::/64 -j MASQUERADE
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 128 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 135 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 136 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 133 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 134 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 137 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 1/3 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 2 -j ACCEPT
ip6tables -A INPUT -j REJECT --reject-with icmp6-no-route
ip6tables -A INPUT -j REJECT --reject-with icmp6-adm-prohibited
ip6tables -A INPUT -j REJECT --reject-with icmp6-addr-unreachable
ip6tables -A INPUT -p tcp -j REJECT --reject-with tcp-reset
ip6tables -A INPUT -m hl --hl-lt 5 -j DROP
ip6tables -A INPUT -d fe80::1 -j DROP
t nft list ruleset
t nft -a list tables
t nft -a list chains
t nft -y list table nat
t nft -n list table nat
t nft -p list chain ip filter INPUT
ip netns add x
t ip netns exec x nft list ruleset
iptables -D INPUT 1; iptables -A INPUT -j DROP
t nft -a list chain filter INPUT
t nft flush chain ip filter INPUT
t nft list chain ip filter INPUT
t nft flush chain ip filter NOSUCH
t nft flush table ip nosuch
t nft flush tables
t nft delete chain ip filter INPUT
t nft delete chain ip filter DOCKER
t nft list chain ip filter DOCKER
t nft list ruleset inet
t nft list tables ip
t nft list table inet filter
t nft --stateless list table ip filter
t nft --handle list tables
t nft list hooks
