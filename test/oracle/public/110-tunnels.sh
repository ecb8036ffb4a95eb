# guest
t ip link set lo up
t ip tunnel show
t ip netns add before
t ip -n before link
t modprobe ipip
t ip -br link
t ip -d link show tunl0
t ip tunnel show
t ip -d tunnel show
t ip -n before -br link
t ip netns add after
t ip -n after -br link
t ip -n after tunnel show
t sysctl net.core.fb_tunnels_only_for_init_net
t ip link del tunl0
t ip link show tunl0
t ip addr add 10.1.1.1/24 dev lo
t ip tunnel add t1 mode ipip remote 10.1.1.2 local 10.1.1.1
t ip tunnel add t2 mode ipip remote 10.1.1.3 local 10.1.1.1 ttl 64 tos inherit
t ip tunnel add t3 mode ipip remote 10.1.1.3 local 10.1.1.1
t ip tunnel add t4 mode ipip remote 10.1.1.4 local 10.1.1.1 ttl 64 nopmtudisc
t ip tunnel add t5 mode ipip remote 10.1.1.5 nopmtudisc
t ip tunnel add t6 mode ipip remote 10.1.1.6 dev lo
t ip tunnel add t6 mode ipip remote 10.1.1.7
t ip -d link show t1
t ip -d link show t2
t ip -d link show t6
t ip tunnel show
t ip tunnel show t2
t ip -s tunnel show t2
t ip tunnel change t2 ttl 32
t ip tunnel show t2
t ip tunnel change t2 remote 10.1.1.33
t ip tunnel show t2
t ip tunnel change t2 mode gre
t ip tunnel del t2
t ip tunnel del t2
t ip tunnel del nosuch
t ip tunnel add mode ipip remote 1.2.3.4
t ip tunnel add t9 mode ipip remote 10.1.1.9 key 5
t ip tunnel add t9 mode ipip remote 10.1.1.9 csum
t ip tunnel add t9 mode bogus
t ip tunnel add t9 mode ipip bogus
t ip tunnel add t9 mode ipip remote
t ip tunnel add t9 mode ipip dev nosuch
t ip tunnel add t9 mode ipip remote 10.1.1.9 tos 0x10
t ip tunnel add t10 mode ipip remote 10.1.1.10 tos bogus
t ip tunnel show t9
t ip tunnel prl
t ip tunnel prl dev t1
t ip tunnel 6rd dev t1
t ip tunnel help
t ip tunnel foo
t ip -br link
t modprobe ip_gre
t ip -br link
t ip -d link show gre0
t ip -d link show gretap0
t ip -d link show erspan0
t ip tunnel show
t ip tunnel add g1 mode gre remote 10.1.1.2 local 10.1.1.1 ttl 255
t ip tunnel add g2 mode gre remote 10.1.1.2 local 10.1.1.1 key 42
t ip tunnel add g3 mode gre remote 10.1.1.2 local 10.1.1.1 ikey 1 okey 2 csum seq
t ip tunnel add g4 mode gre remote 10.1.1.2 local 10.1.1.1 key 1.2.3.4 icsum oseq
t ip tunnel add g5 mode gre remote 10.1.1.2 local 10.1.1.1
t ip tunnel show
t ip -d link show g1
t ip -d link show g2
t ip -d link show g3
t ip -d link show g4
t ip -d -j -p link show g3
t ip link add g6 type gre remote 10.1.1.6 local 10.1.1.1 key 7
t ip link add g7 type gre remote 10.1.1.6 local 10.1.1.1 external
t ip link add g8 type gretap remote 10.1.1.6 local 10.1.1.1 key 7
t ip link add g9 type gretap external
t ip link add g10 type gre remote 10.1.1.6 local 10.1.1.1 key 10 ttl 3 tos 0x20 dev lo
t ip link add g11 type gre local 10.1.1.1 remote 10.1.1.6 encap fou encap-sport auto encap-dport 5555 key 11
t ip link add g12 type gre remote 224.1.1.1 local 10.1.1.1
t ip link add g13 type gre remote 10.1.1.6 key 13 iseq nopmtudisc
t ip link add g14 type gre remote 10.1.1.6 key 14 ttl 5 nopmtudisc
t ip -d link
t ip -s tunnel show
t ip tunnel del g1
t ip link del g2
t ip link set g3 up
t ip addr show g3
t ip link set g8 up
t ip addr show g8
t ip link change g6 type gre key 77
t ip -d link show g6
t ip link set g6 type gre ttl 9 remote 10.1.1.66
t ip -d link show g6
t ip -d link show gre0
t ip addr add 172.16.0.1 peer 172.16.0.2 dev g3
t ip addr show g3
t ip route
t ip route get 172.16.0.2
