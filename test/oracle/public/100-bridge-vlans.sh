# guest
# The VLANs of bridges and ports: added, shown in every form, set, deleted; default PVID, protocol, statistics; entries of the forwarding table by VLAN.
ip link add br0 type bridge
for i in 1 2 3; do ip netns add n$i; ip link add p$i type veth peer name eth0 netns n$i; ip -n n$i link set eth0 address 02:00:00:00:00:0$i; ip link set p$i address 02:00:00:00:01:0$i; done
ip link set br0 type bridge vlan_filtering 1
t ip -d link show br0
t bridge vlan
t bridge vlan show
for i in 1 2 3; do ip link set p$i master br0; ip link set p$i up; ip -n n$i link set eth0 up; ip netns exec n$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1; done
sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link set br0 up
t bridge vlan show
t bridge vlan show dev p1
t bridge vlan show dev br0
t bridge vlan show dev lo
t bridge vlan show dev nosuch
t bridge vlan show vid 1
t bridge vlan show vid 2
t bridge -j vlan show
t bridge -j -p vlan show
t bridge -s vlan show
t bridge -d vlan show
t bridge -s -d vlan show
t bridge -c vlan show
t bridge -d -j -p vlan show
t bridge vlan add dev p1 vid 10 pvid untagged
t bridge vlan show dev p1
t bridge vlan add dev p1 vid 20
t bridge vlan add dev p1 vid 30-35
t bridge vlan add dev p1 vid 40-42 untagged
t bridge vlan add dev p1 vid 50-52 pvid
t bridge vlan show dev p1
t bridge -c vlan show dev p1
t bridge -c -j vlan show dev p1
t bridge -c vlan show dev p1 vid 32
t bridge vlan show dev p1 vid 32
t bridge -s vlan show dev p1
t bridge -d vlan show dev p1
t bridge -d -j vlan show dev p1
t bridge vlan del dev p1 vid 31-33
t bridge -c vlan show dev p1
t bridge vlan del dev p1 vid 31
t bridge vlan del dev p1 vid 99
t bridge vlan del dev p1 vid 1
t bridge vlan show dev p1
t bridge vlan add dev p1 vid 10
t bridge vlan show dev p1
t bridge vlan add dev p1 vid 10 pvid
t bridge vlan add dev p1 vid 10 untagged
t bridge vlan show dev p1
t bridge vlan add dev br0 vid 10
t bridge vlan add dev br0 vid 10 self
t bridge vlan add dev br0 vid 11 self pvid untagged
t bridge vlan show dev br0
t bridge vlan del dev br0 vid 11
t bridge vlan del dev br0 vid 11 self
t bridge vlan del dev br0 vid 11 self
t bridge vlan add dev p2 vid 10 self
t bridge vlan add dev p2 vid 10 master
t bridge vlan add dev p2 vid 10 self master
t bridge vlan show
t bridge vlan add dev lo vid 5
t bridge vlan add dev nosuch vid 5
t bridge vlan add dev p1
t bridge vlan add vid 5
t bridge vlan add dev p1 vid 0
t bridge vlan add dev p1 vid 4095
t bridge vlan add dev p1 vid 4096
t bridge vlan add dev p1 vid 4094
t bridge vlan add dev p1 vid x
t bridge vlan add dev p1 vid 9-5
t bridge vlan add dev p1 vid 5-5
t bridge vlan add dev p1 vid 4093-4095
t bridge vlan add dev p1 vid 5 foo
t bridge vlan foo
t bridge vlan set dev p1 vid 10 state blocking
t bridge -d vlan show dev p1
t bridge vlan set dev p1 vid 10 state forwarding
t bridge vlan set dev p1 vid 99 state forwarding
t bridge vlan set dev p1 vid 10 state foo
t bridge vlan set dev p1 vid 10
t bridge vlan set dev p1 vid 10 mcast_router 0
t bridge vlan set dev br0 vid 1 state blocking
t bridge vlan set dev lo vid 1 state blocking
t bridge vlan global
t bridge vlan global show
t bridge -j -p vlan global show dev br0
t bridge vlan global show vid 10
t bridge -d vlan global show
t bridge vlan global set dev br0 vid 10 mcast_snooping 1
t bridge vlan global set dev p1 vid 10 mcast_snooping 1
t bridge vlan tunnelshow
t bridge vlan tunnelshow dev p1
t bridge -j vlan tunnelshow
t bridge fdb show br br0
t bridge fdb show dev p1
t bridge fdb add 02:aa:00:00:00:01 dev p1 master vlan 10
t bridge fdb add 02:aa:00:00:00:02 dev p1 master
t bridge fdb add 02:aa:00:00:00:03 dev p1 master static vlan 99
t bridge fdb add 02:aa:00:00:00:03 dev p1 master static vlan 4095
t bridge fdb add 02:aa:00:00:00:04 dev br0 self vlan 10
t bridge fdb add 02:aa:00:00:00:05 dev br0 self
t bridge fdb show br br0
t bridge fdb show br br0 vlan 10
t bridge fdb show dev p1 vlan 10
t bridge fdb del 02:aa:00:00:00:02 dev p1 master vlan 10
t bridge fdb del 02:aa:00:00:00:02 dev p1 master
t bridge fdb del 02:aa:00:00:00:01 dev p1 master vlan 11
t bridge fdb get 02:aa:00:00:00:01 br br0
t bridge fdb get 02:aa:00:00:00:01 br br0 vlan 10
t bridge fdb get 02:aa:00:00:00:05 dev br0 vlan 10
t bridge -j fdb show br br0
t bridge link
t bridge -d link show dev p1
t ip -d link show p1
t bridge vlan del dev p1 vid 2-4094
t bridge -c vlan show
t ip link set br0 type bridge vlan_default_pvid 5
t bridge vlan show
t bridge fdb show br br0
t ip link set br0 type bridge vlan_default_pvid 0
t bridge vlan show
t ip link set br0 type bridge vlan_default_pvid 4095
t ip link set br0 type bridge vlan_default_pvid 1
t bridge vlan show
t ip link set br0 type bridge vlan_protocol 802.1ad
t ip -d link show br0
t ip link set br0 type bridge vlan_protocol ipv4
t ip link set br0 type bridge vlan_protocol 802.1Q
t ip link set br0 type bridge vlan_stats_enabled 1
t ip link set br0 type bridge vlan_stats_per_port 1
t ip link set br0 type bridge vlan_stats_enabled 2
ip link set p1 nomaster; ip link set p2 nomaster; ip link set p3 nomaster
t ip link set br0 type bridge vlan_stats_per_port 1
t ip -d link show br0
t bridge vlan show
tt 'cd /sys/class/net/br0/bridge; ls | grep vlan; grep . *vlan*'
tt 'echo 0 > /sys/class/net/br0/bridge/vlan_filtering; cat /sys/class/net/br0/bridge/vlan_filtering'
tt 'echo 7 > /sys/class/net/br0/bridge/default_pvid; cat /sys/class/net/br0/bridge/default_pvid'
t ip link set br0 type bridge vlan_filtering 2
t ip link set br0 type bridge vlan_filtering 1
t ip link set br0 type bridge mcast_vlan_snooping 1
t ip -d link show br0
t ip link add br1 type bridge vlan_filtering 1 vlan_default_pvid 0
t bridge vlan show
t ip -d link show br1
t ip -j -p -d link show br1
t ip link add br2 type bridge vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 30 vlan_stats_enabled 1
t ip -d link show br2
t bridge vlan show
