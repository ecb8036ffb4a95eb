# ethtool: what drivers say of veth, bridge, vxlan, ifb, tun, macvlan and lo; requests that they refuse.
ip netns add b
ip link add eth0 type veth peer name eth0 netns b
ip link add br0 type bridge; ip link add vx0 type vxlan id 5 dstport 4789; ip link add if0 type ifb;  ip link set lo up; ip link set br0 up; ip link set eth0 up; ip -n b link set eth0 up; ip tuntap add mode tun name t0; ip tuntap add mode tap name t1; ip link add mv0 link eth0 type macvlan
for d in lo eth0 br0 vx0 if0 t0 t1 mv0 nosuch; do
  for o in "" -k -S -a -g -c -P -d -r -n -x -T -m --show-eee -e; do t ethtool $o $d; done
done
for d in lo eth0 br0 vx0 t0 t1 mv0 nosuch; do t ethtool -i $d; done
for o in -A -C -G -L -K -s -N -X -f -p -t -Q --set-eee --set-priv-flags -W -w --foo -I; do
t ethtool $o
t ethtool $o eth0
t ethtool $o nosuch
done
t ethtool -K eth0 tx off
t ethtool -K eth0 rx off tx on
t ethtool -K eth0 gro on
t ethtool -K eth0 tso off gso off
t ethtool -K eth0 foo off
t ethtool -K eth0 tx
t ethtool -K eth0 tx-checksum-ip-generic off
t ethtool -k eth0
t ethtool -s eth0 speed 100
t ethtool -s eth0 speed 100 duplex full autoneg off
t ethtool -s eth0 foo
t ethtool -L eth0 rx 2
t ethtool -L eth0 rx 1 tx 1
t ethtool -L eth0 combined 2
t ethtool -l eth0
t ethtool -G eth0 rx 100
t ethtool -C eth0 rx-usecs 10
t ethtool -A eth0 rx on
t ethtool -S eth0 foo
t ethtool eth0 foo
t ethtool -i eth0 eth1
t ip netns exec b ethtool -S eth0
t ethtool eth0 -i
t ethtool averyveryverylongname
t ethtool -i averyveryverylongname
t ethtool --driver eth0
t ethtool --statistics eth0
t ethtool --show-offload eth0
t ethtool eth0
tt 'ethtool -h | head -50'
