# How nft words the matches and targets of iptables.
i() { iptables "$@"; }
l() { t nft list ruleset; iptables -F; iptables -X; iptables -t nat -F; iptables -t mangle -F; iptables -t raw -F; }
i -A INPUT ! -i lo -j ACCEPT
i -A INPUT -i eth+ ! -s 1.2.3.4 -j ACCEPT
i -A INPUT -s 10.0.0.0/255.0.255.0 -j ACCEPT
i -A INPUT -p all -j ACCEPT
i -A INPUT ! -p tcp -j ACCEPT
i -A INPUT -p tcp -j ACCEPT
i -A INPUT -p tcp ! --sport 22 -j ACCEPT
i -A INPUT -p tcp --sport 22 --tcp-flags ALL NONE -j ACCEPT
i -A INPUT -p tcp --tcp-flags ALL ALL -j ACCEPT
i -A INPUT -p tcp ! --syn -j ACCEPT
i -A INPUT -p tcp --tcp-option 5 -j ACCEPT
i -A INPUT -p udp --sport 53 --dport 100: -j ACCEPT
i -A INPUT -p udp -m udp --dport 0:10 -j ACCEPT
i -A INPUT -p icmp -j ACCEPT
i -A INPUT -p icmp --icmp-type 3/4 -j ACCEPT
i -A INPUT -p icmp --icmp-type any -j ACCEPT
i -A INPUT -p icmp ! --icmp-type 0 -j ACCEPT
i -A INPUT -p icmp --icmp-type 3 -j ACCEPT
i -A INPUT -p tcp -m multiport --sports 80,443:450 -j ACCEPT
i -A INPUT -p tcp -m multiport ! --dports 80 -j ACCEPT
i -A INPUT -p tcp -m multiport --dports 80 -j ACCEPT
i -A INPUT -p udp -m multiport --ports 80,81 -j ACCEPT
i -A INPUT -m conntrack ! --ctstate INVALID -j ACCEPT
i -A INPUT -m conntrack --ctstate INVALID -j DROP
i -A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
i -A INPUT -m conntrack --ctstate DNAT -j ACCEPT
i -A INPUT -m conntrack --ctstate SNAT,NEW -j ACCEPT
i -A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT
i -A INPUT -m conntrack --ctorigdst 1.2.3.4 --ctorigdstport 80 -j ACCEPT
i -A INPUT -m conntrack --ctproto tcp --ctdir REPLY -j ACCEPT
i -A INPUT -m conntrack --ctstatus ASSURED -j ACCEPT
i -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
l
i -A INPUT -m comment --comment "a" -m mark --mark 1 -j ACCEPT
i -A INPUT -m mark ! --mark 0x5/0xff -j ACCEPT
i -A INPUT -m connmark --mark 0x5 -j ACCEPT
i -A INPUT -m connmark ! --mark 0x5/0xff -j ACCEPT
i -A INPUT -m limit -j ACCEPT
i -A INPUT -m limit --limit 10/sec --limit-burst 20 -j ACCEPT
i -A INPUT -m limit --limit 1/hour -j ACCEPT
i -A INPUT -m limit --limit 100/sec -j ACCEPT
i -A INPUT -m mac ! --mac-source 02:00:00:00:00:01 -j ACCEPT
i -A INPUT -m length --length 100 -j ACCEPT
i -A INPUT -m length ! --length 100:200 -j ACCEPT
i -A INPUT -m ttl --ttl-lt 5 -j ACCEPT
i -A INPUT -m ttl --ttl-gt 5 -j ACCEPT
i -A INPUT -m ttl ! --ttl-eq 5 -j ACCEPT
i -A INPUT -m iprange ! --dst-range 10.0.0.1-10.0.0.5 -j ACCEPT
i -A INPUT -m statistic --mode random --probability 0.33 -j ACCEPT
i -A INPUT -m statistic --mode nth --every 3 --packet 1 -j ACCEPT
i -A INPUT -m statistic --mode random ! --probability 0.33 -j ACCEPT
i -A INPUT -m addrtype ! --dst-type LOCAL -j ACCEPT
i -A INPUT -m addrtype --src-type UNICAST,LOCAL -j ACCEPT
i -A INPUT -m addrtype --dst-type LOCAL --limit-iface-in -j ACCEPT
i -A INPUT -m pkttype --pkt-type broadcast -j ACCEPT
i -A INPUT -m pkttype ! --pkt-type multicast -j ACCEPT
i -A INPUT -m dscp --dscp 10 -j ACCEPT
i -A INPUT -m dscp ! --dscp 10 -j ACCEPT
i -A INPUT -m tos --tos 0x10 -j ACCEPT
i -A INPUT -m tos --tos 0x10/0x3f -j ACCEPT
i -A INPUT -m physdev --physdev-in eth0 -j ACCEPT
i -A FORWARD -m physdev --physdev-is-bridged -j ACCEPT
i -A INPUT -m recent --name x --set -j ACCEPT
i -A INPUT -m recent --name x --rcheck --seconds 60 -j ACCEPT
i -A INPUT -p tcp -m tcpmss --mss 100:200 -j ACCEPT
ipset create myset hash:ip
i -A INPUT -m set --match-set myset src -j ACCEPT
i -A INPUT -j SET --add-set myset src
l
i -A INPUT -j LOG
i -A INPUT -j LOG --log-level debug --log-prefix "p "
i -A INPUT -j LOG --log-level 4 --log-uid --log-tcp-sequence --log-ip-options
i -A INPUT -j NFLOG --nflog-group 3 --nflog-prefix "q"
i -A INPUT -j NFLOG
i -A INPUT -j TRACE
i -N KUBE
i -I KUBE -m comment --comment "kubernetes" -j RETURN
i -A KUBE -m comment --comment "x y" -m conntrack --ctstate NEW -j LOG --log-prefix "a\"b"
i -A KUBE -j MARK --set-mark 1
i -A INPUT -m comment --comment "kubernetes forward" -j KUBE
i -t nat -A POSTROUTING -m comment --comment "k8s" -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
i -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1024-2000
i -t nat -A POSTROUTING -j SNAT --to-source 1.1.1.1-1.1.1.5 --persistent
i -t nat -A POSTROUTING -j SNAT --to-source 1.1.1.1 --random
i -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.1.1.1-1.1.1.5:80-90
i -t nat -A PREROUTING -p tcp -j DNAT --to-destination :80
i -t nat -A PREROUTING -p tcp -j REDIRECT
i -t nat -A PREROUTING -d 10.0.0.0/24 -j NETMAP --to 10.0.1.0/24
i -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j ACCEPT
i -t mangle -A PREROUTING -j MARK --set-xmark 0x1/0xff
i -t mangle -A PREROUTING -j MARK --and-mark 0xff
i -t mangle -A PREROUTING -j MARK --xor-mark 0xff
i -t mangle -A PREROUTING -j MARK --set-mark 0x1/0x3
i -t mangle -A PREROUTING -j CONNMARK --set-mark 7
i -t mangle -A PREROUTING -j CONNMARK --restore-mark
i -t mangle -A PREROUTING -j CONNMARK --save-mark --mask 0xff
i -t mangle -A FORWARD -p tcp --syn -j TCPMSS --set-mss 1400
i -t mangle -A FORWARD -j TTL --ttl-inc 1
i -t mangle -A POSTROUTING -j DSCP --set-dscp-class EF
i -t mangle -A POSTROUTING -j TOS --set-tos 0x10
i -t mangle -A POSTROUTING -j TOS --set-tos 0x10/0x3f
i -t mangle -A POSTROUTING -j CLASSIFY --set-class 1:10
i -t mangle -A POSTROUTING -p udp -j CHECKSUM --checksum-fill
l
i -t nat -N KUBE-SERVICES
t nft list ruleset
iptables -t filter -L -n >/dev/null
iptables -t security -S >/dev/null
t nft list ruleset
t nft list table filter
t nft list table nat
t nft list chain filter INPUT
t nft list chain nat KUBE-SERVICES
t nft list chain nat
t nft list table
t nft list tables ip6
t nft list tables foo
t nft list chains ip
t nft list foo
t nft -c list ruleset
t nft -h
t nft -z
iptables -t nat -X KUBE-SERVICES
t nft delete table ip nat
t nft delete table ip nosuch
t nft list tables
ip link set lo up
iptables -A INPUT -p icmp -j ACCEPT
ping -c 2 -i 0.2 127.0.0.1 >/dev/null
t nft list ruleset
t nft flush table ip filter
t nft list ruleset
t nft flush ruleset
t nft list ruleset
