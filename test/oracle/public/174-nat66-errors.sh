# Errors about translated IPv6 packets, realms of routes in a rule, patterns of ping.
ip netns add r; ip netns add h
ip link add a0 address 02:00:00:00:00:01 type veth peer name r0 address 02:00:00:00:00:02 netns r
ip link add h0 address 02:00:00:00:00:03 netns h type veth peer name r1 address 02:00:00:00:00:04 netns r
ip link set lo up; ip -n h link set lo up; ip -n r link set lo up; ip link set a0 up
ip -n r link set r0 up; ip -n r link set r1 up; ip -n h link set h0 up
ip addr add fd00:1::1/64 dev a0 nodad; ip -n r addr add fd00:1::2/64 dev r0 nodad; ip -n r addr add fd00:2::2/64 dev r1 nodad; ip -n h addr add fd00:2::1/64 dev h0 nodad
ip addr add 10.1.0.1/24 dev a0; ip -n r addr add 10.1.0.2/24 dev r0
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip -6 route add default via fd00:1::2
sleep 2
ip netns exec r ip6tables -t nat -A POSTROUTING -o r1 -j MASQUERADE
ping -6 -c1 -q -W1 fd00:2::1 > /dev/null
tt 'ping -6 -c1 -W1 fd00:2::1 | grep -c "64 bytes from fd00:2::1"'
tt 'ping -6 -c1 -W1 -t1 fd00:2::1 | grep From'
tt 'ping -6 -c1 -W4 fd00:2::77 | grep From'
tt 'traceroute -6 -n -q1 -w1 fd00:2::1 | sed "s/  [0-9.]* ms/ MS/"'
tt 'traceroute -6 -n -I -q1 -w1 fd00:2::1 | sed "s/  [0-9.]* ms/ MS/"'
t nc -6 -w1 -z fd00:2::1 81
tt 'nc -6 -u -w1 fd00:2::1 82 <<< x; echo $?'
tt 'ip netns exec h sh -c "timeout 3 tcpdump -l -n -i h0 -c1 -t icmp6[icmp6type]==1 2>/dev/null" | sed "s/udp port [0-9]* unreachable/udp port P unreachable/" & sleep 1; nc -6 -u -w1 fd00:2::1 83 <<< x; wait'
t ip6tables -t nat -S
ip route add 10.7.0.0/24 via 10.1.0.2 realm 7; ip route add 10.8.0.0/24 via 10.1.0.2 realm 3/8
t ip route
iptables -A OUTPUT -m realm --realm 7 -j DROP; iptables -A OUTPUT -m realm --realm 8/0xff -j REJECT --reject-with icmp-net-prohibited; iptables -A OUTPUT -p icmp -m realm ! --realm 0 -j LOG
t iptables -S OUTPUT
tt 'ping -c1 -W1 -q 10.7.0.1 | grep transmitted'
tt 'ping -c1 -W1 -q 10.8.0.1 2>&1 | grep -E "From|errors"'
ping -c1 -W1 -q 10.1.0.1 > /dev/null
t iptables -nvL OUTPUT
for s in 4 8 10 12; do tt "timeout 3 tcpdump -l -ni lo -c1 -xx icmp[icmptype]==8 2>/dev/null | tail -n +2 | cut -c11- | tr -d ' \n' | cut -c85- & sleep 0.5; ping -c1 -q -p a1b2 -s $s 127.0.0.1 >/dev/null; wait; echo"; done
