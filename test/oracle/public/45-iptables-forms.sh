# iptables in many forms: every way to write, list, save and restore a rule.
ip link set lo up
i() { iptables "$@"; }
t i -N KUBE-SERVICES
t i -A INPUT -s 10.0.0.0/8 -d 192.168.1.1 -i eth0 -p tcp -m tcp --dport 80:90 --tcp-flags SYN,ACK SYN -j ACCEPT
t i -A INPUT ! -s 10.0.0.0/8 ! -i eth+ -j DROP
t i -A INPUT -p icmp --icmp-type echo-request -m limit --limit 5/min --limit-burst 3 -j RETURN
t i -A INPUT -p udp -m multiport --dports 53,67:68 -m comment --comment "a b" -j KUBE-SERVICES
t i -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
t i -A INPUT -m state --state NEW -j REJECT
t i -A INPUT -j REJECT --reject-with icmp-host-prohibited
t i -A INPUT -p tcp -j REJECT --reject-with tcp-reset
t i -A INPUT -j LOG --log-prefix "foo: " --log-level debug --log-tcp-options --log-ip-options --log-uid
t i -A INPUT -j NFLOG --nflog-group 5 --nflog-prefix bar
t i -A INPUT -m mark --mark 0x4000/0x4000 -j MARK --set-mark 5
t i -t mangle -A PREROUTING -j MARK --set-xmark 0x1/0xff
t i -t mangle -A PREROUTING -j MARK --or-mark 4
t i -t mangle -A PREROUTING -j MARK --and-mark 4
t i -t mangle -A PREROUTING -j MARK --xor-mark 4
t i -t mangle -A PREROUTING -j CONNMARK --set-mark 5
t i -t mangle -A PREROUTING -j CONNMARK --restore-mark
t i -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
t i -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400
t i -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE --random-fully
t i -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1000-2000
t i -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1-10.0.0.5:8080 --persistent
t i -t nat -A PREROUTING -p tcp --dport 81 -j REDIRECT --to-ports 8080
t i -t nat -A POSTROUTING -j SNAT --to-source 1.1.1.1-1.1.1.4 --random
t i -t nat -A PREROUTING -d 10.0.0.0/24 -j NETMAP --to 10.1.0.0/24
t i -t raw -A PREROUTING -p udp --dport 53 -j CT --notrack
t i -t raw -A PREROUTING -j NOTRACK
t i -A FORWARD -m statistic --mode random --probability 0.33332999982 -j ACCEPT
t i -A FORWARD -m statistic --mode nth --every 3 --packet 0 -j ACCEPT
t i -A FORWARD -m addrtype --dst-type LOCAL --src-type UNICAST -j ACCEPT
t i -A FORWARD -m addrtype ! --dst-type LOCAL --limit-iface-in -j ACCEPT
t i -A FORWARD -m physdev --physdev-is-bridged --physdev-in veth0 -j ACCEPT
t i -A FORWARD -m recent --name x --rcheck --seconds 60 --hitcount 3 --reap -j ACCEPT
t i -A FORWARD -m recent --name x --set --rdest -j ACCEPT
t i -A FORWARD -m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT
t i -A FORWARD -m mac --mac-source 02:00:00:00:00:01 -j ACCEPT
t i -A FORWARD -m length --length 100:200 -j ACCEPT
t i -A FORWARD -m ttl --ttl-lt 5 -j ACCEPT
t i -A FORWARD -m tos --tos Minimize-Delay -j ACCEPT
t i -A FORWARD -m dscp --dscp-class EF -j ACCEPT
t i -A FORWARD -m pkttype --pkt-type multicast -j ACCEPT
t i -A FORWARD -m conntrack --ctorigdst 10.0.0.1 --ctproto tcp --ctorigdstport 80 --ctdir ORIGINAL --ctstatus DNAT -j ACCEPT
t i -A FORWARD -m connmark --mark 5/7 -j ACCEPT
t i -A FORWARD -f -j DROP
t i -A FORWARD -p 47 -j ACCEPT
t i -A FORWARD -p esp -j ACCEPT
t i -A FORWARD -p all -j ACCEPT
t i -A FORWARD -p tcp ! --syn -g KUBE-SERVICES
t i -A FORWARD -p tcp --tcp-option 7 -j ACCEPT
t i -A FORWARD -p icmp --icmp-type 3/1 -j ACCEPT
t i -A FORWARD -p icmp ! --icmp-type any -j ACCEPT
t i -P FORWARD DROP
t i -I INPUT 3 -j KUBE-SERVICES
t i -R INPUT 1 -s 1.2.3.4 -j DROP
t i -D INPUT 2
t i -D INPUT -j REJECT --reject-with icmp-host-prohibited
t i -C INPUT -j KUBE-SERVICES
t i -C INPUT -j ACCEPT
t i -S
t i -S INPUT
t i -S INPUT 2
t i -L
t i -L -n
t i -L -nv
t i -L -nvx --line-numbers
t i -L INPUT -n
t i -L INPUT 2 -n
t i -t nat -L -n -v
t i -t mangle -L -nv
t i -t mangle -L
t i -t raw -L -nv
t i -t nat -S
t i -v -A OUTPUT -d 1.1.1.1 -j ACCEPT
t i -v -D OUTPUT -d 1.1.1.1 -j ACCEPT
t i -Z INPUT
t i -Z INPUT 1
t i -L -Z KUBE-SERVICES
t i -E KUBE-SERVICES FOO
t i -X FOO
t i -F
t i -X FOO
t i -X
tt 'iptables-save | grep -v "^#"'
tt 'iptables-save -t nat | grep -v "^#"'
tt 'iptables-save -c | grep -v "^#"'
t iptables-save -t foo
tt 'printf "*filter\n:INPUT ACCEPT [1:2]\n:X - [0:0]\n[5:6] -A INPUT -j X\n-A X -j DROP\nCOMMIT\n" | iptables-restore -c; iptables -S -v; iptables-save -c -t filter | grep -v "^#"'
tt 'printf "*filter\n:Y - [0:0]\n-A INPUT -j Y\nCOMMIT\n" | iptables-restore -n; iptables -S'
tt 'printf "*filter\n:Y - [0:0]\n-A INPUT -j NOSUCH\nCOMMIT\n" | iptables-restore; iptables -S'
tt 'printf "*filter\n-A INPUT -j ACCEPT\n" | iptables-restore; iptables -S'
tt 'printf "*foo\nCOMMIT\n" | iptables-restore'
tt 'printf "garbage\n" | iptables-restore'
tt 'printf "*filter\nCOMMIT\n" | iptables-restore -t; iptables -S'
tt 'printf "*filter\nCOMMIT\n" | iptables-restore -v; iptables -S'
t ip6tables -A INPUT -s fd00::/64 -p tcp --dport 80 -j ACCEPT
t ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request -j ACCEPT
t ip6tables -A INPUT -p ipv6-icmp --icmpv6-type 135 -j REJECT --reject-with icmp6-adm-prohibited
t ip6tables -A INPUT -m hl --hl-eq 255 -j ACCEPT
t ip6tables -t nat -A POSTROUTING -s fd00::/64 -j MASQUERADE
t ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [fd00::5]:8080
t ip6tables -L -n -v
t ip6tables -L
t ip6tables -t nat -L -n
t ip6tables -S
tt 'ip6tables-save | grep -v "^#"'
t iptables -L -n foo
t iptables -L FOO
t iptables -A FOO -j ACCEPT
t iptables -A INPUT -j FOO
t iptables -t foo -L
t iptables --version
t iptables -V
t iptables -A INPUT -p tcp --dport foo -j ACCEPT
t iptables -A INPUT -p tcp --dport http -j ACCEPT
t iptables -A INPUT -s foo -j ACCEPT
t iptables -A INPUT -s 1.2.3.4,5.6.7.8 -j ACCEPT
t iptables -S INPUT
t iptables -w -L INPUT -n
t iptables -w 5 -S INPUT
