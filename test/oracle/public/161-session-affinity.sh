# A NodePort service with session affinity and hairpin, as kube-proxy writes it; from outside, from a pod, from the node.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1 net.ipv4.ip_forward=1
ip link set lo up
ip link add cni0 type bridge
ip link set cni0 address 02:00:00:00:00:ff up
ip addr add 10.85.0.1/16 dev cni0
ip netns add client
ip netns exec client sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link add eth0 type veth peer name eth0 netns client
ip addr add 192.168.5.10/24 dev eth0; ip link set eth0 up
ip -n client addr add 192.168.5.99/24 dev eth0; ip -n client link set eth0 up
for i in 11 12; do
  ip netns add p$i
  ip netns exec p$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip link add v$i type veth peer name eth0 netns p$i
  ip link set v$i master cni0 up
  bridge link set dev v$i hairpin on
  ip -n p$i addr add 10.85.0.$i/16 dev eth0
  ip -n p$i link set eth0 up; ip -n p$i link set lo up
  ip -n p$i route add default via 10.85.0.1
  ip netns exec p$i socat TCP-LISTEN:9376,fork,reuseaddr SYSTEM:"echo p$i from \$SOCAT_PEERADDR" &
done
sleep 1.2
cat > /tmp/rules <<'R'
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-EXT-X - [0:0]
:KUBE-SVC-X - [0:0]
:KUBE-SEP-1 - [0:0]
:KUBE-SEP-2 - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-SERVICES -d 10.97.3.4/32 -p tcp -m comment --comment "ns/svc:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m comment --comment "ns/svc:http" -m tcp --dport 30080 -j KUBE-EXT-X
-A KUBE-EXT-X -m comment --comment "masquerade traffic for ns/svc:http external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-X -j KUBE-SVC-X
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-SVC-X ! -s 10.85.0.0/16 -d 10.97.3.4/32 -p tcp -m comment --comment "ns/svc:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-X -m comment --comment "ns/svc:http -> 10.85.0.11:9376" -m recent --name KUBE-SEP-1 --rcheck --seconds 10800 --reap --rsource -j KUBE-SEP-1
-A KUBE-SVC-X -m comment --comment "ns/svc:http -> 10.85.0.12:9376" -m recent --name KUBE-SEP-2 --rcheck --seconds 10800 --reap --rsource -j KUBE-SEP-2
-A KUBE-SVC-X -m comment --comment "ns/svc:http -> 10.85.0.11:9376" -m statistic --mode nth --every 2 --packet 0 -j KUBE-SEP-1
-A KUBE-SVC-X -m comment --comment "ns/svc:http -> 10.85.0.12:9376" -j KUBE-SEP-2
-A KUBE-SEP-1 -s 10.85.0.11/32 -m comment --comment "ns/svc:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-1 -p tcp -m comment --comment "ns/svc:http" -m recent --name KUBE-SEP-1 --set --rsource -m tcp -j DNAT --to-destination 10.85.0.11:9376
-A KUBE-SEP-2 -s 10.85.0.12/32 -m comment --comment "ns/svc:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-2 -p tcp -m comment --comment "ns/svc:http" -m recent --name KUBE-SEP-2 --set --rsource -m tcp -j DNAT --to-destination 10.85.0.12:9376
COMMIT
R
t iptables-restore --noflush --counters /tmp/rules
t iptables -S
tt 'iptables-save -t nat | grep -v "^#"'
tt 'for i in 1 2 3; do ip netns exec client nc -w 1 192.168.5.10 30080; done'
tt 'for i in 1 2 3; do nc -w 1 10.97.3.4 80; done'
tt 'for i in 1 2 3; do ip netns exec p11 nc -w 1 10.97.3.4 80; done'
tt 'for i in 1 2; do ip netns exec p12 nc -w 1 192.168.5.10 30080; done'
t nc -w 1 127.0.0.1 30080
t nc -zv -w 1 192.168.5.10 30081
t iptables -t nat -L KUBE-NODEPORTS -n
t iptables -L KUBE-FORWARD -n -v
tt "cut -d' ' -f1 /proc/net/xt_recent/KUBE-SEP-1 | sort"
tt 'ls /proc/net/xt_recent'
t iptables -D FORWARD 1
t iptables -S FORWARD
t ip netns exec client nc -zv -w 1 192.168.5.10 30080
t iptables -I FORWARD -j KUBE-FORWARD
t ip netns del p12
sleep 0.3
t ip netns exec p11 nc -zv -w 1 10.97.3.4 80
t ip netns exec client nc -zv -w 5 192.168.5.10 30080
tt 'echo / > /proc/net/xt_recent/KUBE-SEP-2; cat /proc/net/xt_recent/KUBE-SEP-2'
t iptables -t nat -F KUBE-SVC-X
t ip netns exec client nc -zv -w 1 192.168.5.10 30080
t iptables -t nat -X KUBE-SVC-X
t iptables -t nat -Z
t iptables -t nat -L KUBE-SERVICES -v
