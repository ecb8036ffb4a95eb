nft add table ip t
nft add set ip t a '{ type ipv4_addr; elements = { 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5, 1.1.1.6, 1.1.1.7, 1.1.1.8, 1.1.1.9 }; }'
nft add set ip t b '{ type inet_service; elements = { 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20 }; }'
nft add set ip t d '{ type ipv4_addr . inet_service; elements = { 1.1.1.1 . 1, 1.1.1.2 . 2, 1.1.1.3 . 3, 1.1.1.3 . 4, 1.1.1.5 . 5 }; }'
nft add map ip t e '{ type inet_service : ipv4_addr; elements = { 1 : 1.1.1.1, 2 : 1.1.1.2, 3 : 1.1.1.3, 4 : 1.1.1.4, 5 : 1.1.1.5 }; }'
nft add map ip t e2 '{ type ipv4_addr : verdict; elements = { 1.1.1.1 : drop, 1.1.1.2 : drop, 1.1.1.3 : drop, 1.1.1.4 : drop, 1.1.1.5 : drop }; }'
nft add set ip t f '{ type ifname; elements = { a, b, c, d, e, f }; }'
nft add set ip t g '{ type mark; elements = { 1,2,3,4,5,6,7,8,9 }; }'
nft add set ip t h '{ type ipv4_addr; counter; elements = { 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5 }; }'
nft add set ip t i '{ type ipv4_addr; flags timeout; timeout 1h; elements = { 1.1.1.1, 1.1.1.2, 1.1.1.3 }; }'
nft add set ip t j '{ type ipv4_addr; flags interval; elements = { 1.1.1.0/24, 1.1.2.0/24, 1.1.3.0/24, 1.1.5.0/24, 1.2.0.0/16, 2.0.0.1-2.0.0.9 }; }'
nft add set ip t k '{ type inet_proto; elements = { tcp, udp, icmp, esp, ah }; }'
nft add set ip t l '{ type ether_addr; elements = { 00:00:00:00:00:01, 00:00:00:00:00:02, 00:00:00:00:00:03, 00:00:00:00:00:04, 00:00:00:00:00:05 }; }'
tt "nft -s list ruleset | sed 's/expires [0-9a-z]*/expires X/'"
