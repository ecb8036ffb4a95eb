# guest
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -p ah -m ah --ahspi 5 --ahlen 4 --ahres'
tt 'ip6tables -A X -p ah -m ah ! --ahspi 5:9 ! --ahlen 5'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m dst --dst-len 5'
tt 'ip6tables -A X -m dst ! --dst-len 8 --dst-opts 1:2,3'
tt 'ip6tables -A X -m dst --dst-opts 149:92,12:12,123:12'
tt 'ip6tables -A X -m dst'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m hbh --hbh-len 5'
tt 'ip6tables -A X -m hbh ! --hbh-len 8 --hbh-opts 1:2,3'
tt 'ip6tables -A X -m hbh --hbh-opts 300'
tt 'ip6tables -A X -m hbh'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m eui64'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m frag --fragid 5'
tt 'ip6tables -A X -m frag --fragid 5:9 --fragfirst'
tt 'ip6tables -A X -m frag ! --fragid 5 --fragmore'
tt 'ip6tables -A X -m frag --fraglast --fragres'
tt 'ip6tables -A X -m frag --fragfirst --fraglast'
tt 'ip6tables -A X -m frag --fraglen 8'
tt 'ip6tables -A X -m frag --fragmore --fraglast'
tt 'ip6tables -A X -m frag'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m ipv6header --header frag'
tt 'ip6tables -A X -m ipv6header --header hop,dst --soft'
tt 'ip6tables -A X -m ipv6header ! --header none'
tt 'ip6tables -A X -m ipv6header --header foo'
tt 'ip6tables -A X -m ipv6header --header 128'
tt 'ip6tables -A X -m ipv6header --header ipv6-route,esp,auth,prot'
tt 'ip6tables -A X -m ipv6header'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m rt --rt-type 0'
tt 'ip6tables -A X -m rt --rt-type 0 --rt-len 5 --rt-segsleft 1:3'
tt 'ip6tables -A X -m rt --rt-type 0 --rt-0-res'
tt 'ip6tables -A X -m rt --rt-type 0 --rt-0-addrs 2001:db8::1,2001:db8::2 --rt-0-not-strict'
tt 'ip6tables -A X -m rt ! --rt-type 2'
tt 'ip6tables -A X -m rt --rt-0-res'
tt 'ip6tables -A X -m rt'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m hl --hl-eq 5'
tt 'ip6tables -A X -m hl ! --hl-eq 6'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m policy --dir in --pol ipsec --mode tunnel --tunnel-src fd00::/8'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m ipvs --vaddr fd00::1'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -p icmpv6 -m icmp6 --icmpv6-type 1'
tt 'ip6tables -A X -p icmpv6 -m icmp6 --icmpv6-type echo-request'
tt 'ip6tables -A X -p icmpv6 -m icmp6 --icmpv6-type 1/4'
tt 'ip6tables -A X -p icmpv6 -m icmp6 ! --icmpv6-type 135'
tt 'ip6tables -A X -p icmpv6 -m icmp6 --icmpv6-type foo'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m state --state NEW'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 1'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -t mangle -N X 2>/dev/null
tt 'ip6tables -t mangle -A X -j SNPT --src-pfx fd00::/64 --dst-pfx 2001:db8::/64'
tt 'ip6tables -t mangle -A X -j SNPT --src-pfx fd00::/64'
tt 'ip6tables -t mangle -A X -j SNPT --src-pfx fd00::/64 --dst-pfx 2001:db8::/48'
tt 'ip6tables -t mangle -A X -j SNPT'
tt 'ip6tables -t mangle -S X'
tt 'ip6tables -t mangle -nvL X'
tt 'ip6tables -t mangle -L X'
ip6tables -t mangle -F X
ip6tables -t mangle -N X 2>/dev/null
tt 'ip6tables -t mangle -A X -j DNPT --src-pfx fd00::/64 --dst-pfx 2001:db8::/64'
tt 'ip6tables -t mangle -A X -j DNPT'
tt 'ip6tables -t mangle -S X'
tt 'ip6tables -t mangle -nvL X'
tt 'ip6tables -t mangle -L X'
ip6tables -t mangle -F X
ip6tables -t mangle -N X 2>/dev/null
tt 'ip6tables -t mangle -A X -j HL --hl-set 5'
tt 'ip6tables -t mangle -A X -j HL --hl-dec 1'
tt 'ip6tables -t mangle -A X -j HL'
tt 'ip6tables -t mangle -S X'
tt 'ip6tables -t mangle -nvL X'
tt 'ip6tables -t mangle -L X'
ip6tables -t mangle -F X
ip6tables -t nat -N X 2>/dev/null
tt 'ip6tables -t nat -A X -j NETMAP --to fd00::/64'
tt 'ip6tables -t nat -S X'
tt 'ip6tables -t nat -nvL X'
tt 'ip6tables -t nat -L X'
ip6tables -t nat -F X
ip6tables -t nat -N X 2>/dev/null
tt 'ip6tables -t nat -A X -p tcp -j DNAT --to-destination fd00::1'
tt 'ip6tables -t nat -A X -p tcp -j DNAT --to-destination [fd00::1]:80'
tt 'ip6tables -t nat -A X -p tcp -j DNAT --to-destination fd00::1-fd00::5'
tt 'ip6tables -t nat -A X -p tcp -j DNAT --to-destination [fd00::1-fd00::5]:80-90'
tt 'ip6tables -t nat -S X'
tt 'ip6tables -t nat -nvL X'
tt 'ip6tables -t nat -L X'
ip6tables -t nat -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -j REJECT'
tt 'ip6tables -A X -j REJECT --reject-with icmp6-adm-prohibited'
tt 'ip6tables -A X -j REJECT --reject-with no-route'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -N X 2>/dev/null
tt 'ip6tables -A X -j TEE --gateway fd00::1'
tt 'ip6tables -S X'
tt 'ip6tables -nvL X'
tt 'ip6tables -L X'
ip6tables -F X
ip6tables -t mangle -N X 2>/dev/null
tt 'ip6tables -t mangle -A PREROUTING -p tcp -j TPROXY --on-port 80 --on-ip fd00::1'
tt 'ip6tables -t mangle -S PREROUTING'
tt 'ip6tables -t mangle -nvL PREROUTING'
tt 'ip6tables -t mangle -L PREROUTING'
ip6tables -t mangle -F PREROUTING
ip6tables -t nat -N X 2>/dev/null
tt 'ip6tables -t nat -A X -p tcp -j MASQUERADE --to-ports 10-20'
tt 'ip6tables -t nat -S X'
tt 'ip6tables -t nat -nvL X'
tt 'ip6tables -t nat -L X'
ip6tables -t nat -F X
