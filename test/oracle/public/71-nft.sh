# nft lists what iptables has put there.
t nft list ruleset
t nft list tables
t nft --version
t nft -v
t nft
t nft foo
t nft list
t nft list table ip filter
iptables -P FORWARD DROP
t nft list ruleset
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -s 10.0.0.0/24 -j DROP
iptables -A INPUT ! -s 10.0.0.0/24 -d 10.0.0.1 -j REJECT
iptables -A INPUT -p tcp --dport 80 -j ACCEPT
iptables -A INPUT -p tcp --dport 80:90 --sport 1024: -j ACCEPT
iptables -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
iptables -A INPUT -p udp ! --dport 53 -j ACCEPT
iptables -A INPUT -p icmp --icmp-type echo-request -j ACCEPT
iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -m state --state NEW -j ACCEPT
iptables -A INPUT -m comment --comment "hello world" -j ACCEPT
iptables -A INPUT -m limit --limit 5/min --limit-burst 3 -j LOG --log-prefix "x: "
iptables -A INPUT -m mark --mark 0x4000/0x4000 -j RETURN
iptables -A INPUT -p tcp --tcp-flags SYN,ACK SYN -j REJECT --reject-with tcp-reset
iptables -A INPUT -p tcp --syn -j DROP
iptables -A INPUT -p 47 -j ACCEPT
iptables -A INPUT -f -j DROP
iptables -A INPUT -i eth+ -o lo 2>/dev/null
iptables -A INPUT -i eth+ -j ACCEPT
iptables -A OUTPUT ! -o eth0 -j ACCEPT
iptables -N MYCHAIN
iptables -A FORWARD -j MYCHAIN
iptables -A FORWARD -g MYCHAIN
iptables -A MYCHAIN -m addrtype --dst-type LOCAL -j RETURN
iptables -A MYCHAIN -m mac --mac-source 02:00:00:00:00:01 -j DROP
iptables -A MYCHAIN -m length --length 100:200 -j DROP
iptables -A MYCHAIN -m ttl --ttl-eq 1 -j DROP
iptables -A MYCHAIN -m iprange --src-range 10.0.0.1-10.0.0.5 -j DROP
iptables -A MYCHAIN -m statistic --mode random --probability 0.5 -j DROP
iptables -A MYCHAIN -m statistic --mode nth --every 2 --packet 0 -j DROP
iptables -A MYCHAIN
iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE
iptables -t nat -A POSTROUTING -j SNAT --to-source 1.2.3.4
iptables -t nat -A POSTROUTING -p tcp -j SNAT --to-source 1.2.3.4:1000-2000 --random-fully
iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80
iptables -t nat -A PREROUTING -d 1.1.1.1 -j DNAT --to-destination 10.0.0.2
iptables -t nat -A PREROUTING -p tcp --dport 81 -j REDIRECT --to-ports 8081
iptables -t nat -A OUTPUT -j MARK --set-xmark 0x4000/0x4000
iptables -t mangle -A PREROUTING -j MARK --set-mark 5
iptables -t mangle -A PREROUTING -j CONNMARK --save-mark
iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
iptables -t mangle -A POSTROUTING -j TTL --ttl-set 5
iptables -t mangle -A POSTROUTING -j DSCP --set-dscp 0x10
iptables -t raw -A PREROUTING -p udp -j NOTRACK
iptables -t raw -A PREROUTING -p udp -j CT --notrack
ip6tables -A INPUT -s fd00::/64 -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
ip6tables -A INPUT -p tcp --dport 22 -j REJECT
t nft list ruleset
t nft -a list ruleset
t nft -n list ruleset
t nft list tables
t nft list chains
t nft list chain ip filter INPUT
t nft list table ip nat
t nft list table ip nosuch
t nft list chain ip filter nosuch
t nft list table ip6 filter
t nft list ruleset ip6
t nft list counters
t nft list sets
t nft list maps
t nft -s list chain ip filter MYCHAIN
t nft flush ruleset
t nft list ruleset
t iptables -S
