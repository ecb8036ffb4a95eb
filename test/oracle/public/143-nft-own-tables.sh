t nft add table ip t
t nft add table inet u '{ comment "hello" ; }'
t nft add table ip t
t nft create table ip t
t nft add chain ip t in '{ type filter hook input priority 0 ; policy accept ; }'
t nft add chain ip t c
t nft create chain ip t c
t nft add chain inet u fw '{ type filter hook forward priority filter - 5; policy drop; comment "x y"; }'
t nft add chain inet u pre '{ type nat hook prerouting priority dstnat; }'
t nft add chain inet u post '{ type nat hook postrouting priority srcnat; }'
t nft add chain inet u out '{ type route hook output priority mangle; }'
t nft add rule ip t in tcp dport 22 accept
t nft add rule ip t in ip saddr 10.0.0.0/8 tcp dport '{ 80, 443 }' counter accept
t nft add rule ip t in ip saddr '{ 10.0.0.1, 10.0.0.5-10.0.0.9 }' drop
t nft add rule ip t in ct state established,related accept
t nft add rule ip t in ct state invalid drop
t nft add rule ip t in iifname lo accept comment '"loopback"'
t nft add rule ip t in iif lo accept
t nft add rule ip t in icmp type echo-request limit rate 5/second accept
t nft add rule ip t in icmp type '{ echo-reply, destination-unreachable }' accept
t nft add rule ip t in meta l4proto '{ tcp, udp }' th dport 53 accept
t nft add rule ip t in udp dport 1000-2000 log prefix '"hi "' level debug
t nft add rule ip t in jump c
t nft add rule ip t in goto c
t nft add rule ip t c return
t nft add rule ip t c meta mark set 0x1
t nft add rule ip t c meta mark 5 meta mark set mark or 0x10
t nft add rule ip t c ct mark set meta mark
t nft add rule ip t c reject
t nft add rule ip t c reject with icmp type host-unreachable
t nft add rule ip t c ip protocol tcp reject with tcp reset
t nft add rule ip t c tcp flags '&' '(syn|ack)' == syn drop
t nft add rule ip t c tcp flags syn drop
t nft add rule ip t c ip ttl 1 drop
t nft add rule ip t c ip daddr != 1.2.3.4 drop
t nft add rule ip t c limit rate over 10/minute burst 3 packets drop
t nft add rule ip t c limit rate 1 mbytes/second accept
t nft add rule ip t c quota over 100 mbytes drop
t nft add rule ip t c quota 5 kbytes accept
t nft add rule ip t c meta pkttype broadcast drop
t nft add rule ip t c meta length 100-200 drop
t nft add rule ip t c ether saddr 00:11:22:33:44:55 drop
t nft add rule ip t c fib daddr type local accept
t nft add rule ip t c fib saddr . iif oif missing drop
t nft add rule ip t c fib daddr . iif type != '{ local, broadcast }' drop
t nft add rule ip t c numgen inc mod 2 0 accept
t nft add rule ip t c numgen random mod 10 \< 5 accept
t nft add rule ip t c meta skuid 0 accept
t nft add rule ip t c tcp option maxseg size set 1400
t nft add rule ip t c ct status dnat accept
t nft add rule ip t c ct direction original accept
t nft add rule ip t c ct count over 5 drop
t nft add rule ip t c ip dscp ef accept
t nft add rule ip t c ip dscp set af11
t nft add rule ip t c notrack
t nft add rule ip t c oifname '"eth*"' drop
t nft add rule ip t c iifname '{ "eth0", "eth1" }' drop
t nft add rule ip t c ip saddr . tcp dport '{ 1.2.3.4 . 80, 1.2.3.5 . 443 }' accept
t nft add rule ip t c tcp dport vmap '{ 22 : accept, 80 : drop }'
t nft add rule ip t c meta mark set tcp dport map '{ 22 : 1, 80 : 2 }'
t nft add rule inet u pre tcp dport 80 dnat ip to 10.0.0.1:8080
t nft add rule inet u pre dnat ip to 10.0.0.1
t nft add rule inet u pre dnat ip6 to fd00::1
t nft add rule inet u pre 'tcp dport 80 dnat ip6 to [fd00::1]:80'
t nft add rule inet u pre redirect to :8080
t nft add rule inet u pre tcp dport 80 redirect to :8080
t nft add rule inet u post masquerade
t nft add rule inet u post masquerade random,persistent
t nft add rule inet u post tcp dport 80 masquerade to :1000-2000
t nft add rule inet u post snat ip to 1.2.3.4-1.2.3.9
t nft add rule inet u fw ip saddr 1.2.3.4 ip6 saddr ::1 drop
t nft add rule inet u fw ip saddr 1.2.3.4 accept
t nft add rule inet u fw ip6 nexthdr icmpv6 accept
t nft add rule inet u fw icmpv6 type nd-neighbor-solicit accept
t nft add rule inet u fw meta nfproto ipv4 accept
t nft add rule inet u fw meta protocol ip6 accept
t nft add rule inet u fw reject with icmpx type admin-prohibited
t nft add rule inet u fw tcp dport ssh accept
t nft add rule inet u fw udp sport '{ domain, ntp }' accept
t nft list table ip t
t nft -a list table inet u
t nft list ruleset
t nft -n list table inet u
t nft list tables
t nft list chains
t nft list chain ip t c
t nft list chain ip t nosuch
t nft list table ip nosuch
t nft delete rule ip t in handle 4
t nft -a list chain ip t in
t nft insert rule ip t in tcp dport 99 accept
t nft add rule ip t in position 6 tcp dport 98 accept
t nft insert rule ip t in index 1 tcp dport 97 accept
t nft replace rule ip t in handle 6 tcp dport 96 accept
t nft -a list chain ip t in
t nft delete chain ip t c
t nft flush chain ip t in
t nft rename chain ip t c d
t nft delete chain ip t in
t nft flush table ip t
t nft delete table ip t
t nft delete table ip t
t nft list ruleset ip
t nft flush ruleset
t nft list ruleset
