# ping over IPv4: every option, what the header's options record on the way, groups and broadcasts, what is refused.
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n "$1" link set lo up; }
node a; node r; node b
ip -n a link add eth0 type veth peer name eth0 netns r
ip -n r link add eth1 type veth peer name eth0 netns b
ip -n a addr add 10.0.1.2/24 dev eth0 brd +; ip -n r addr add 10.0.1.1/24 dev eth0 brd +; ip -n r addr add 10.0.2.1/24 dev eth1 brd +; ip -n b addr add 10.0.2.2/24 dev eth0 brd +
for n in "a eth0" "r eth0" "r eth1" "b eth0"; do set -- $n; ip -n $1 link set $2 up; done
ip -n a route add default via 10.0.1.1; ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
a() { ip netns exec a "$@"; }; r() { ip netns exec r "$@"; }; b() { ip netns exec b "$@"; }
t a ping -c1 -W1 -R 10.0.2.2
t a ping -c2 -i0.2 -W1 -R 10.0.2.2
t a ping -n -c1 -W1 -R 10.0.2.2
t a ping -c1 -W1 -R 10.0.1.1
t a ping -c1 -W1 -R 127.0.0.1
tt 'a ping -c1 -W1 -T tsonly 10.0.2.2 | sed -E "s/[0-9]+ absolute/N absolute/; s/\t[0-9]+$/\tN/"'
tt 'a ping -c1 -W1 -T tsandaddr 10.0.2.2 | sed -E "s/[0-9]+ absolute/N absolute/; s/\t[0-9]+$/\tN/"'
tt 'a ping -c1 -W1 -T tsprespec 10.0.1.1 10.0.2.2 | sed -E "s/[0-9]+ absolute/N absolute/; s/\t[0-9]+$/\tN/"'
t a ping -c1 -W1 -T bogus 10.0.2.2
t a ping -c1 -W1 -R -T tsonly 10.0.2.2
t a ping -c1 -W1 10.0.1.1 10.0.2.2
t a ping -n -c1 -W1 10.0.2.2 10.0.1.2
t a ping -c1 -W1 -b 10.0.1.255
t a ping -c1 -W1 10.0.1.255
r sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
t a ping -c1 -W1 -b 10.0.1.255
t a ping -c2 -i 0.2 -W1 -b 255.255.255.255
t a ping -c1 -W1 -b -q 10.0.1.255
a sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
t a ping -c2 -i 0.2 -W1 -b 10.0.1.255
t a ping -c1 -W1 224.0.0.1
t a ping -c1 -W1 -I eth0 224.0.0.1
t a ping -c2 -i 0.2 -W1 -L 224.0.0.1
t a ping -c1 -W1 -t 1 224.0.0.1
t a ping -c1 -W1 -I eth0 -t 5 224.0.0.251
t a ping -A -c 3 -q 10.0.2.2
t a ping -A -c 3 10.0.2.2
t a ping -a -c 1 10.0.2.2
tt 'a ping -B -c 1 10.0.2.2'
t a ping -f -c 5 10.0.2.2
t a ping -F 5 -c 1 10.0.2.2
t a ping -l 3 -c 3 10.0.2.2
t a ping -l 70000 -c 3 10.0.2.2
t a ping -l 0 -c 3 10.0.2.2
t a ping -m 5 -c 1 10.0.2.2
t a ping -m x -c 1 10.0.2.2
t a ping -M do -s 1472 -c 1 10.0.2.2
t a ping -M do -s 1473 -W 1 -c 1 10.0.2.2
t a ping -M want -s 3000 -c 1 10.0.2.2
t a ping -M dont -s 3000 -c 1 10.0.2.2
t a ping -M nosuch -c 1 10.0.2.2
t a ping -O -c 2 -i 0.2 -W 1 10.0.2.99
t a ping -p ff00 -c 1 10.0.2.2
t a ping -p zz -c 1 10.0.2.2
t a ping -p 123456789012345678901234567890123456 -c 1 10.0.2.2
t a ping -Q 0x10 -c 1 10.0.2.2
t a ping -Q 300 -c 1 10.0.2.2
t a ping -Q cs1 -c 1 10.0.2.2
t a ping -Q ef -c 1 10.0.2.2
t a ping -s 0 -c 1 10.0.2.2
t a ping -s 8 -c 1 10.0.2.2
t a ping -s 16 -c 1 10.0.2.2
t a ping -s 65507 -c 1 10.0.2.2
t a ping -s 65508 -W 1 -c 1 10.0.2.2
t a ping -s 70000 -W 1 -c 1 10.0.2.2
t a ping -s -1 -c 1 10.0.2.2
t a ping -s abc -c 1 10.0.2.2
t a ping -S 100000 -c 1 10.0.2.2
t a ping -S 0 -c 1 10.0.2.2
t a ping -t 1 -c 1 10.0.2.2
t a ping -t 0 -c 1 10.0.2.2
t a ping -t 256 -c 1 10.0.2.2
tt 'a ping -U -c 1 10.0.2.2'
t a ping -v -c 1 10.0.2.2
t a ping -V
t a ping -W 0.5 -c 1 10.0.2.99
t a ping -W x -c 1 10.0.2.2
t a ping -w 1 -c 3 -i 0.4 10.0.2.2
t a ping -w 0 -c 1 10.0.2.2

t a ping -w x 10.0.2.2
t a ping -i 0 -c 2 10.0.2.2
t a ping -i -1 -c 2 10.0.2.2
t a ping -i 0.001 -c 2 10.0.2.2
t a ping -i x -c 2 10.0.2.2
t a ping -c 0 10.0.2.2
t a ping -c -1 10.0.2.2
t a ping -c x 10.0.2.2
t a ping -e 5 -c 1 10.0.2.2
t a ping -e 70000 -c 1 10.0.2.2
t a ping -I 10.0.1.2 -c 1 10.0.2.2
t a ping -I 10.0.1.99 -c 1 10.0.2.2
t a ping -I eth0 -c 1 10.0.2.2
t a ping -I nosuch -c 1 10.0.2.2

t a ping -I eth0 -I 10.0.1.2 -c 1 10.0.2.2
t a ping -r -c 1 -W 1 10.0.2.2
t a ping -r -c 1 10.0.1.1
t a ping -d -c 1 10.0.2.2
t a ping -D -c 1 -q 10.0.2.2
t a ping -4 -c 1 10.0.2.2
t a ping -6 -c 1 10.0.2.2
t a ping -46 -c 1 10.0.2.2
t a ping -z 10.0.2.2
t a ping

t a ping -N help 10.0.2.2
t a ping -C -c 1 10.0.2.2
t a ping -H -c 1 10.0.2.2
t a ping -qc1 10.0.2.2
t a ping -c1 0
t a ping -c1 10.2.2
t a ping -c1 256.1.1.1
