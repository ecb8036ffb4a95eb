# Policy rules with every selector and action, listed, filtered, deleted, and what they do to packets.
ip link set lo up
ip link add d0 type veth peer name p0; ip link set p0 up; ip link set d0 up; ip addr add 10.0.0.1/24 dev d0
t ip rule
t ip rule add from 10.0.0.0/8 table 100
t ip rule add to 20.0.0.0/8 lookup 200 pref 500
t ip rule add fwmark 0x10/0xff table 100 priority 600
t ip rule add fwmark 5 table 7
t ip rule add iif d0 table 100 pref 700
t ip rule add oif nosuch table 100 pref 701
t ip rule add ipproto tcp sport 1000-2000 dport 80 table 100 pref 702
t ip rule add ipproto 47 dport 80-90 table 100 pref 703
t ip rule add not from 10.0.0.0/8 table 100 pref 704
t ip rule add table main suppress_prefixlength 0 pref 705
t ip rule add table main suppress_ifgroup 5 pref 706
t ip rule add goto 1000 pref 707
t ip rule add blackhole from 1.1.1.1 pref 708
t ip rule add unreachable pref 709 to 2.2.2.2
t ip rule add prohibit pref 710 tos 0x10
t ip rule add nop pref 711
t ip rule add pref 1000 table 300 protocol 55
t ip rule add from all l3mdev pref 1001
t ip rule add from 10.0.0.0/8 table 100
t ip rule add goto 5 pref 800
t ip rule add from 300.0.0.0/8 table 1
t ip rule add from 10.0.0.0/8 table nosuch
t ip rule add from 10.0.0.0/8 pref -1
t ip rule add from 10.0.0.0/8 tos 3
t ip rule add frob
t ip rule add dport 90-80 table 1
ip rule > /dev/null 2>&1
t ip rule list table 100
t ip rule list from 10.0.0.0/8
t ip rule list iif d0
t ip rule list pref 702
t ip rule list priority 500
t ip rule list fwmark 5
t ip rule list ipproto tcp
t ip rule list not
ip -d rule > /dev/null 2>&1
ip -j rule > /dev/null 2>&1
t ip -j -p rule list pref 702
t ip rule del pref 702
t ip rule del pref 702
t ip rule del from 10.0.0.0/8
t ip rule del table 100
t ip rule del
ip rule save > /dev/null 2>&1
t ip rule flush protocol 55
t ip rule flush
t ip rule
t ip -6 rule
t ip -6 rule add from 2001:db8::/32 table 66
t ip -6 rule add to 2001:db8::/32 blackhole
t ip -6 rule
t ip -6 rule del from 2001:db8::/32
t ip rule add from 10.0.0.5 table 50
t ip route add default dev d0 table 50
t ip route get 8.8.8.8
t ip addr add 10.0.0.5/24 dev d0
t ip route get 8.8.8.8 from 10.0.0.5
t ip rule add to 9.9.9.9 prohibit
t ip route get 9.9.9.9
t ip rule add to 9.9.9.8 unreachable
t ip route get 9.9.9.8
t ip rule add to 9.9.9.7 blackhole
t ip route get 9.9.9.7
t ping -c1 -W1 9.9.9.9
t ping -c1 -W1 9.9.9.8
t ping -c1 -W1 9.9.9.7
t ip rule del pref 0
t ip rule
t ip route get 10.0.0.5
t ip rule add pref 0 table local
ip rule restore > /dev/null 2>&1
t ip rule help
