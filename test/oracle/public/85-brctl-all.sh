# Every command of brctl, and each of them refused.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
t brctl
t brctl show
t brctl addbr br0
t brctl addbr br0
t brctl addbr a-name-that-is-too-long
ip link set br0 address 02:00:00:00:00:aa
for i in 0 1 2 3; do ip link add v$i type veth peer name w$i; ip link set v$i address 02:00:00:00:01:0$i; ip link set w$i up; ip link set v$i up; done
t brctl addif br0 v0
t brctl addif br0 v0
t brctl addif br0 v1 v2
t brctl addif br0 nosuch
t brctl addif br0 lo
t brctl addif nosuch v3
t brctl addbr br1
t brctl addif br0 br1
t brctl addif br1 v0
t brctl show
t brctl show br0
t brctl show br0 br1
t brctl show nosuch
t brctl stp br0 on
t brctl setbridgeprio br0 100
t brctl sethello br0 3
t brctl setfd br0 4
t brctl setmaxage br0 10
t brctl setageing br0 100
t brctl setpathcost br0 v0 55
t brctl setportprio br0 v0 5
t brctl setportprio br0 v0 500
t brctl setpathcost br0 nosuch 5
t brctl hairpin br0 v0 on
t brctl hairpin br0 v0 off
t brctl hairpin br0 v0 foo
t brctl stp br0 maybe
t brctl stp nosuch on
t brctl sethello br0 100
t brctl setfd br0 1
t brctl setmaxage br0 100
t brctl setageing br0 foo
t brctl setbridgeprio br0
t brctl frob
t brctl -V
t brctl --help
t brctl showmacs br0
t brctl showmacs nosuch
t brctl showstp br0
t brctl showstp br1
t ip -d link show br0
t ip link set br0 up
sleep 0.2
t bridge link
t brctl showstp br0
t brctl delif br0 v1
t brctl delif br0 v1
t brctl delif br0 nosuch
t brctl delbr br0
t ip link set br0 down
t brctl delbr br0
t brctl delbr br0
t brctl delbr v0
t brctl show
