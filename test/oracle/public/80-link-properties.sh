# Everything that can be set of a device, and how it is shown: ifb devices, alternative names, groups, limits, modes.
ip link set lo up
ip link add d0 type ifb
t ip link set d0 alias 'uplink to rack'
t ip link set d0 group 10
t ip link set d0 txqueuelen 500
t ip link set d0 promisc on
t ip link set d0 allmulticast on
t ip link set d0 arp off
t ip link set d0 multicast off
t ip link show d0
t ip -d link show d0
t ip -d -j -p link show d0
t ip -s link show d0
t ip -s -s link show d0
t ip -j -s -s link show d0
t ip link set d0 mtu 67
t ip link set d0 mtu 70000
t ip link set d0 address 02:00:00:00:00:0a
t ip link set d0 address 01:00:00:00:00:0a
t ip link set d0 address 02:00
t ip link set d0 address zz
t ip link set d0 broadcast ff:ff:ff:00:00:00
t ip link set d0 up
t ip link set d0 carrier off
t ip -br link
t ip link set d0 carrier on
t ip link set d0 name lo
t ip link set d0 name averyveryverylongname
t ip link set d0 name eth9
t ip link set eth9 down name eth10
t ip link property add dev eth10 altname enp3s0 altname a-really-long-alternative-name
t ip link show a-really-long-alternative-name
t ip link property del dev eth10 altname nothere
t ip link set enp3s0 mtu 1400
t ip -o link
t ip link show group 10
t ip link show type ifb
t ip link show up
t ip link show nosuch
t ip link set nosuch up
t ip link del nosuch
t ip link add lo type ifb
t ip link add type ifb
t ip link add x/y type ifb
t ip link add d5 type nosuchtype
t ip link add d5 index 77 type ifb
t ip link add d6 index 77 type ifb
t ip link add d6 mtu 9000 txqueuelen 33 numtxqueues 4 numrxqueues 2 type ifb
t ip -d link show d6
t ip link set dev d6 group nosuch
t ip link del group 10
t ip -br link
t ip link set d6 nomaster
t ip link set d6 master lo
t ip link set d6 master nosuch
t ip link set d6 netns nosuch
t ip link set lo netns 1
t ip link set lo name xx
t ip link del lo
t ip link set d6 addrgenmode none
t ip -d link show d6
t ip link set d6 protodown on
t ip link set d6 mode dormant
t ip link set d6 state dormant
t ip link set d6 up
t ip link show d6
t ip -4 link
t ip -6 link
t ip -s -s -j -p link show lo
t ip -human -s link show lo
t ip -V
ip -n > /dev/null 2>&1
t ip -z
t ip link frobnicate
t ip link set
t ip link add
