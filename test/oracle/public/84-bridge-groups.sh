# Multicast groups of a bridge entered by hand.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip link add br0 type bridge; ip link set br0 address 02:00:00:00:00:aa
ip link add br1 type bridge
for i in 1 2 3; do ip link add p$i type veth peer name q$i; ip link set p$i address 02:00:00:00:01:0$i; done
ip link set p1 master br0; ip link set p3 master br1
t bridge mdb add dev br0 port p1 grp 239.1.1.1 permanent
ip link set br0 up; ip link set p1 up
t bridge mdb add dev br0 port p1 grp 239.1.1.1
ip link set q1 up
sleep 0.2
t bridge mdb add dev br0 port p1 grp 239.1.1.1
t bridge mdb add dev br0 port p1 grp 239.1.1.1 permanent
t bridge mdb replace dev br0 port p1 grp 239.1.1.1 permanent
t bridge mdb add dev br0 port p3 grp 239.1.1.1 permanent
t bridge mdb add dev br0 port br0 grp 239.1.1.1
t bridge mdb add dev br0 port br0 grp 239.1.1.1
t bridge mdb add dev br0 port p1 grp 239.1.1.2 vid 5 permanent
t bridge mdb add dev br0 port p1 grp 239.1.1.2 src 10.0.0.1 permanent
t bridge mdb add dev br0 port p1 grp 239.1.1.2 vid 5000 permanent
t bridge mdb add dev br0 port p1 grp ff02::1 permanent
t bridge mdb add dev br0 port p1 grp ff05::1 permanent
t bridge mdb add dev br0 port p1 grp 2001::1 permanent
t bridge mdb add dev br0 port p1 grp 02:00:00:00:00:01 permanent
t bridge mdb add dev br0 port p1 grp 01:00:5e:00:00:77
t bridge mdb add dev br0 port p1 grp 01:00:5e:00:00:77 permanent
t bridge mdb add dev br0 port p1 grp foo permanent
t bridge mdb add dev nosuch port p1 grp 239.1.1.1
t bridge mdb add dev br0 port nosuch grp 239.1.1.1
t bridge mdb add dev br0 port p1
t bridge mdb add dev br0 port p1 grp 239.1.1.1 frob
t bridge mdb
t bridge mdb show
t bridge mdb show dev br0
t bridge mdb show dev br1
t bridge mdb show dev nosuch
t bridge mdb show dev p1
t bridge mdb show vid 5
t bridge -d mdb
t bridge -j mdb
t bridge -p -j mdb show dev br0
t bridge -o mdb
t bridge -c mdb
t bridge mdb del dev br0 port br0 grp 239.1.1.1
t bridge mdb del dev br0 port p1 grp 239.1.1.99
t bridge mdb
t bridge link set dev p1 mcast_router 2
t bridge mdb
t bridge -d mdb
t bridge -j mdb
t ip link set br0 type bridge mcast_snooping 0
t bridge mdb
t bridge mdb add dev br0 port p1 grp 239.1.1.5 permanent
t ip link set br0 type bridge mcast_snooping 1
t bridge mdb
t ip link set p1 down
t bridge mdb
t ip link set p1 nomaster
t bridge mdb
t bridge mdb help
t bridge mdb frob
