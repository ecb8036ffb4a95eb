# guest
# Bonds: modes, slaves and their links, failover; a team without a mode.
ip link set lo up
t ip link add bond0 type bond
t ip -d link show bond0
t tail -n +2 /proc/net/bonding/bond0
t cat /sys/class/net/bonding_masters
t ip -br link
t ip link add v1 type veth peer name p1
t ip link add v2 type veth peer name v2p
t ip link set p1 up
t ip link set v2p up
t ip link set v1 up
t ip link set v1 master bond0
t ip link set v1 down
t ip link set v1 master bond0
t ip link set v2 master bond0
t ip -br link
t ip link show bond0
t ip link set bond0 up
t ip link show bond0
t ip -d link show v1
t tail -n +2 /proc/net/bonding/bond0
t ip link set bond0 type bond mode active-backup
t ip link add bond1 type bond mode active-backup miimon 100
t ip -d link show bond1
t ip link set v1 master bond1
t ip link set v2 nomaster
t ip link set v2 master bond1
t ip link set bond1 up
t ip addr add 10.0.0.1/24 dev bond1
sleep 1
t ip link show bond1
t ip -d link show v1
t ip -d link show v2
t ip -d -j -p link show v1
t tail -n +2 /proc/net/bonding/bond1
t ip -d link show bond1
t ip link set p1 down
sleep 0.5
t ip -br link
t tail -n +2 /proc/net/bonding/bond1
t ip -d link show v1
t ip -d link show v2
t ip link set p1 up
sleep 0.5
t tail -n +2 /proc/net/bonding/bond1
t ip link set bond1 type bond active_slave v1
t ip -d link show bond1
t ip link set bond1 type bond primary v2
t tail -n +2 /proc/net/bonding/bond1
t ip link set v2 nomaster
t ip addr show v2
t tail -n +2 /proc/net/bonding/bond1
t ip link set p1 down
sleep 0.5
t ip link show bond1
t ip link add bond2 type bond mode balance-xor xmit_hash_policy layer3+4
t ip -d link show bond2
t ip link add bond3 type bond mode 802.3ad
t ip -d link show bond3
t tail -n +2 /proc/net/bonding/bond3
t ip link add bond4 type bond mode balance-rr miimon 50 updelay 100 downdelay 200
t ip -d link show bond4
t ip link add bond5 type bond mode bogus
t ip link add bond5 type bond mode broadcast
t ip link add bond6 type bond mode balance-tlb
t ip link add bond7 type bond mode balance-alb
t ip -d link show bond7
t ip link add bond8 type bond mode active-backup arp_interval 100 arp_ip_target 10.0.0.9
t ip -d link show bond8
t tail -n +2 /proc/net/bonding/bond8
t ip link add bond9 type bond miimon 100 arp_interval 100
t ip -br link
t ip link show type bond
t ip link show type bond_slave
t ip link set lo master bond0
t ip link set bond0 master bond0
t ip link del bond1
t ip -br link show v1
t ip -j -d -p link show bond2
t ip link add bx type bond help
t ip link set v1 type bond_slave queue_id 3
t ip link add team0 type team
t ip -d link show team0
t ip link set v1 down
t ip link set v1 master team0
t ip link show v1
t ip -d link show v1
t ip link set team0 up
t ip link show team0
t ip link del team0
