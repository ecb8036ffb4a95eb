# What a bridge hears of frames between two of its ports: with tcpdump (promiscuous), without promiscuous mode, promiscuous by hand.
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add br0 type bridge mcast_snooping 0
for i in 1 2; do ip netns add n$i; ip netns exec n$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; ip link add p$i type veth peer name eth0 netns n$i; ip -n n$i link set eth0 address 02:00:00:00:00:0$i; ip link set p$i address 02:00:00:00:01:0$i; ip link set p$i master br0; ip link set p$i up; ip -n n$i link set eth0 up; ip -n n$i addr add 10.0.0.$i/24 dev eth0; done
ip -n n1 neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n n2 neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
ip link set br0 up
sleep 1
ip netns exec n1 ping -c 1 -W 1 10.0.0.2 > /dev/null
listen() {
  timeout 2.5 tcpdump -nel "$@" > /tmp/cap 2> /tmp/said &
  sleep 1
  ip -d link show br0 | grep -o 'promiscuity [0-9]*' > /tmp/mode
  ip netns exec n1 ping -c 2 -i 0.3 -W 1 10.0.0.2 > /dev/null
  wait
  cat /tmp/mode
  cut -d' ' -f2- /tmp/cap
  grep packet /tmp/said
}
received() { ip -s link show br0 | sed -n '4p'; }
t received
t listen -i br0 icmp
t received
t listen -p -i br0 icmp
t received
ip link set br0 promisc on
t listen -p -i br0 icmp
t received
ip link set br0 promisc off
t listen -i any -Q in icmp
