# Devices that travel: moved, renamed, deleted with their namespace, ids and peers on the way.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
for n in east west north; do ip netns add $n; ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1; done
t ip link add left type veth peer name right
t ip link set left netns east name eth0
t ip link set right netns west name eth0 address 02:00:00:00:00:02 mtu 1400 up
t ip -n east link
t ip netns list-id
t ip -n east netns list-id
t ip -n east link set eth0 address 02:00:00:00:00:01 up
t ip -n east addr add 10.0.0.1/24 dev eth0
t ip -n west addr add 10.0.0.2 peer 10.0.0.1 dev eth0
t ip netns exec west ping -c 1 -W 1 10.0.0.1
t ip -n west route
t ip -n west link set eth0 netns north
t ip -n west link
t ip -n north addr
t ip -n north link set eth0 up
t ip -n north -br addr
t ip -n east neigh
t ip -n north link set eth0 name uplink
t ip -n north link set eth0 name uplink2
t ip -n north link set uplink down
t ip -n north link set uplink name wan0
t ip -n north link set wan0 netns /proc/1/ns/net
t ip link show wan0
t ip link set wan0 netns east
t ip -n east link
t ip -n east link add br0 type bridge
t ip -n east link set wan0 master br0
t ip -n east link set wan0 netns west
t ip -n east -br link
t ip -n west -br link
t ip -n east link set br0 netns west
t ip netns del east
sleep 0.4
t ip -n west link
t ip netns list
t ip link add v0 netns west type veth peer name v0 netns north
t ip -n west link show v0
t ip link add mv0 link lo type macvlan
t ip link add vx0 type vxlan id 5 dstport 4789 local 10.0.0.1
t ip link set vx0 netns north
t ip -n north -d link show vx0
t ip link add nsx netns nosuch type veth
t ip -all netns delete
t ip netns
sleep 0.4
t ip -br link
