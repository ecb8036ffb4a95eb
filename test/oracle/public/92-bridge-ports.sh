# Options of bridge ports and every kind of forwarding entry.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip link add br0 type bridge
ip link set br0 address 02:00:00:00:00:aa up
n=0
for h in a b c; do
  n=$((n+1)); ip netns add $h
  ip link add p-$h type veth peer name eth0 netns $h
  ip link set p-$h address 02:00:00:00:01:0$n master br0 up
  ip -n $h link set eth0 address 02:00:00:00:02:0$n up
  ip -n $h addr add 10.0.0.$n/24 dev eth0
done
sleep 1.1
t bridge link
t bridge -d link
t bridge -d -s link show dev p-a
t bridge -j link
t bridge -j -p -d link show dev p-b
t bridge -o link
t bridge link show master br0
t bridge link set dev p-a cost 5 priority 10
t bridge link set dev p-a guard on root_block on fastleave on
t bridge link set dev p-a mcast_flood off bcast_flood off neigh_suppress on
t bridge link set dev p-a learning off flood off
t bridge link set dev p-a proxy_arp on proxy_arp_wifi on vlan_tunnel on mcast_to_unicast on mcast_router 2
t bridge link set dev p-a backup_port p-b
t bridge link set dev p-a locked on
t bridge link set dev p-a mab on
t bridge -d link show dev p-a
t ip -d link show p-a
t bridge link set dev p-a nobackup_port
t bridge link set dev p-a cost 0
t bridge link set dev p-a cost 70000
t bridge link set dev p-a priority 64
t bridge link set dev p-a state 9
t bridge link set dev p-a state listening
t bridge link set dev lo learning off
t bridge link set dev br0 learning off
t bridge link set learning off
t bridge link set dev p-a frob on
t bridge link set dev p-b master
t bridge link set dev p-b self learning off
t bridge link set dev p-b hwmode veb
t bridge fdb
t bridge fdb show br br0
t bridge fdb add 02:11:22:33:44:01 dev p-b master
t bridge fdb add 02:11:22:33:44:02 dev p-b master static
t bridge fdb add 02:11:22:33:44:03 dev p-b master dynamic
t bridge fdb add 02:11:22:33:44:04 dev p-b master local
t bridge fdb add 02:11:22:33:44:05 dev p-b self
t bridge fdb add 02:11:22:33:44:06 dev p-b master static sticky
t bridge fdb add 02:11:22:33:44:07 dev br0 self local
t bridge fdb add 02:11:22:33:44:08 dev p-b master extern_learn
t bridge fdb add 02:11:22:33:44:01 dev p-b master
t bridge fdb add 01:00:5e:00:00:09 dev p-b master
t bridge fdb add zz dev p-b master
t bridge fdb add 02:11:22:33:44:09 dev nosuch master
t bridge fdb add 02:11:22:33:44:09 dev lo master
t bridge fdb add 02:11:22:33:44:09 dev lo
t bridge fdb add 02:11:22:33:44:09
t bridge fdb add 02:11:22:33:44:09 dev p-b dst 1.1.1.1
t bridge fdb show dev p-b
t bridge -s fdb show dev p-b
t bridge -d fdb show dev p-b
t bridge -j -p fdb show dev p-b
t bridge fdb show static
t bridge fdb show state permanent
t bridge fdb show br br0 brport p-b
t bridge fdb get 02:11:22:33:44:01 br br0
t bridge fdb get 02:11:22:33:44:99 br br0
t bridge fdb get 02:11:22:33:44:01 dev p-b master
t bridge fdb replace 02:11:22:33:44:01 dev p-c master static
t bridge fdb append 02:11:22:33:44:01 dev p-c master
t bridge fdb del 02:11:22:33:44:01 dev p-b master
t bridge fdb del 02:11:22:33:44:01 dev p-c master
t bridge fdb flush dev br0 dynamic
t bridge fdb flush dev br0 nopermanent
t bridge fdb show br br0
t ip netns exec b ping -c 1 -W 1 10.0.0.3
t bridge fdb show br br0 dynamic
t ip link set p-b down
t bridge fdb show dev p-b
t bridge link
t ip link set p-b up
bridge link > /dev/null 2>&1
sleep 1
t ip link set p-b nomaster
t bridge link
bridge mdb > /dev/null 2>&1
t bridge mdb add dev br0 port p-c grp 239.1.1.1 permanent
t bridge mdb add dev br0 port p-c grp 239.1.1.2
t bridge mdb add dev br0 port p-c grp 224.0.0.1 permanent
t bridge mdb add dev br0 port p-c grp 10.1.1.1
t bridge mdb add dev br0 port p-c grp ff02::db8 permanent
t bridge mdb add dev br0 port br0 grp 239.1.1.9 permanent
t bridge mdb add dev br0 port p-c grp 01:00:5e:00:00:77 permanent
t bridge mdb add dev br0 port p-b grp 239.1.1.1
t bridge mdb add dev p-c port p-c grp 239.1.1.1
t bridge mdb add dev br0 grp 239.1.1.1
bridge mdb > /dev/null 2>&1
bridge -d mdb > /dev/null 2>&1
bridge -d -j -p mdb > /dev/null 2>&1
t bridge mdb del dev br0 port p-c grp 239.1.1.1
t bridge mdb del dev br0 port p-c grp 239.1.1.1
bridge mdb > /dev/null 2>&1
t bridge monitor foo
t bridge -V
t bridge
t bridge link foo
