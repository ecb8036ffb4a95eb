# Persistent tun and tap devices.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
t ip tuntap
t ip tuntap add dev tap0 mode tap
t ip tuntap add dev tun0 mode tun
t ip tuntap add dev tap1 mode tap user 0 group 0
t ip tuntap add dev tap2 mode tap multi_queue vnet_hdr
t ip tuntap add dev tun1 mode tun pi one_queue
t ip tuntap add dev tap0 mode tap
t ip tuntap add mode tap
t ip tuntap add dev x
t ip tuntap add dev x mode foo
t ip tuntap add dev x mode tap user nosuch
t ip tuntap add dev toolongnametobeadevice mode tap
t ip tuntap list
t ip tuntap show dev tap0
t ip -j tuntap
t ip -d tuntap
t ip -d link show tap2
t ip -d link show tun0
t ip -d -j link show tap0
t ip link set tap0 up
t ip link set tun0 up
t ip addr add 10.1.0.1/24 dev tap0
t ip addr add 10.2.0.1/24 dev tun0
t ip addr show tap0
t ip addr show tun0
t ip route
t ping -c1 -W1 10.1.0.2
t ping -c1 -W1 10.2.0.2
t ip -s link show tun0
t ip neigh
t ip link set tap0 carrier on
t ip link show tap0
t ip link set tun0 address 02:00:00:00:00:01
t ip link set tap0 address 02:00:00:00:00:01
t ip link set tap0 mtu 65535
t ip link set tap0 mtu 65522
t ip link set tap0 mtu 65521
t ip link set tun0 mtu 67
t cat /sys/class/net/tun0/tun_flags
t cat /sys/class/net/tap0/owner
t cat /sys/class/net/tap1/owner
t cat /sys/class/net/tun0/type
t cat /sys/class/net/tun0/flags
t ls /sys/class/net/tap0
t ip link add br0 type bridge
t ip link set tap0 master br0
t ip link set tun0 master br0
t ip tuntap del dev tap0 mode tun
t ip tuntap del dev tap0 mode tap
t ip tuntap del dev nosuch mode tap
t ip link del tun0
ip -br link > /dev/null 2>&1
t ip tuntap help
