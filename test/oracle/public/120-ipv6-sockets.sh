# TCP and UDP over IPv6: listeners of one family and of both, scopes, mapped addresses, what clients and listings say.
node() { ip netns add "$1"; ip -n "$1" link set lo up; }
node a; node b
ip -n a link add eth0 type veth peer name eth0 netns b
ip -n a link set eth0 address 02:00:00:00:00:0a; ip -n b link set eth0 address 02:00:00:00:00:0b
ip -n a addr add fd00:1::a/64 dev eth0 nodad; ip -n b addr add fd00:1::b/64 dev eth0 nodad
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up; ip -n b link set eth0 up
sleep 2.5
a() { ip netns exec a "$@"; }; b() { ip netns exec b "$@"; }
a socat TCP6-LISTEN:80,fork,reuseaddr SYSTEM:'echo hello6' &
sleep 0.3
t a ss -tln
t a ss -tlnp
t a ss -4 -tln
t a ss -6 -tln
t a netstat -tln
t a netstat -4 -tln
tt 'a cat /proc/net/tcp6 | cut -c1-100'
a socat TCP-LISTEN:82,fork,reuseaddr SYSTEM:'echo hello4' &
a socat UDP6-RECVFROM:53,fork EXEC:cat &
sleep 0.3
t a ss -tln
t a ss -tuln
t a netstat -tuln
a socat TCP6-LISTEN:81,ipv6only=1,fork,reuseaddr SYSTEM:'echo only6' &
a socat TCP6-LISTEN:84,bind=[::1],fork,reuseaddr SYSTEM:'echo loop' &
a socat TCP-LISTEN:83,pf=ip6,fork,reuseaddr SYSTEM:'env | grep SOCAT_ | grep ADDR | sort' &
a socat TCP6-LISTEN:85,bind=[fe80::ff:fe00:a%eth0],fork,reuseaddr SYSTEM:'echo ll' &
sleep 0.3
tt 'a ss -Htln | sort'
tt 'a netstat -tln | sort'
t a ss -Htln src '[::1]'
t a ss -Htln 'src [::1]:84'
t a ss -Htln sport = :81
t b nc -w 1 fd00:1::a 80
t b nc -w 1 10.0.0.1 80
t b nc -w 1 fd00:1::a 81
t b nc -w 1 10.0.0.1 81
t b nc -w 1 fd00:1::a 82
t b nc -w 1 fd00:1::a 83
t b nc -w 1 10.0.0.1 83
t a nc -w 1 ::1 84
t b nc -w 1 fd00:1::a 84
t b nc -w 1 fe80::ff:fe00:a 80
t b nc -w 1 fe80::ff:fe00:a%eth0 80
t b nc -w 1 fe80::ff:fe00:a%eth0 85
t b nc -w 1 fe80::ff:fe00:a%nosuch 85
t b nc -zv -w 1 fd00:1::a 80
t b nc -zv -w 1 fd00:1::a 79
t b nc -zv -w 1 fd00:1::99 80
t b nc -zv -w 1 fd00:2::1 80
t b nc -zv -w 1 fe80::ff:fe00:a%eth0 80
t b nc -zvn -w 1 fd00:1::a 80
t b nc -6 -zv -w 1 10.0.0.1 80
t b nc -4 -zv -w 1 fd00:1::a 80
t a nc -zv localhost 82
t a nc -zv ::1 82
t a nc -zvu ::1 54
t a nc -zvu ::1 53
tt 'echo ping6 | b nc -u -w 1 fd00:1::a 53'
tt 'echo ping6 | b socat -t 0.5 - UDP6:[fd00:1::a]:53'
t b socat -T1 - TCP6:[fd00:1::a]:80
t b socat -T1 - TCP:[fd00:1::a]:80
t b socat -T1 - TCP6:fd00:1::a:80
t b socat - TCP6:[fd00:1::a]:79
t b socat - TCP6:[fd00:2::a]:80
t b socat - TCP4:[fd00:1::a]:80
t b socat - TCP6:10.0.0.1:80
tt 'b bash -c "exec 3<>/dev/tcp/fd00:1::a/80; cat <&3"'
tt 'b bash -c ": > /dev/tcp/fd00:1::a/79"'
tt "b curl -sS 'http://[fd00:1::a]:79/' 2>&1 | sed 's/after [0-9]* ms/after T ms/'"
tt "b curl -sS 'http://[fd00:2::a]/' 2>&1 | sed 's/after [0-9]* ms/after T ms/'"
tt "b curl -sSv 'http://[fd00:1::a]:79/' 2>&1 | sed 's/after [0-9]* ms/after T ms/'"
t b curl -4 -sS 'http://[fd00:1::a]/'
tt "b curl -sS 'http://[fe80::ff:fe00:a]:79/' 2>&1 | sed 's/after [0-9]* ms/after T ms/'"
tt "b curl -sS 'http://[fe80::ff:fe00:a%25eth0]:79/' 2>&1 | sed 's/after [0-9]* ms/after T ms/'"
t b curl -sS 'http://[::zz]/'
t b curl -gsS 'http://[::zz]/'
t b wget -nv -t 1 -O - 'http://[fd00:1::a]:79/'
a nc -lk -6 9000 >/dev/null &
a nc -lk 9001 >/dev/null &
a nc -lk ::1 9002 >/dev/null &
a nc -luk -6 9003 >/dev/null &
sleep 0.3
tt 'a ss -Htln sport ge 9000 | sort'
t a ss -Huln sport = :9003
t a nc -l -6 80
t a nc -l -4 80
t a nc -l 80
t a nc -l -s ::1 90
t a nc -6 -l 127.0.0.1 90
t a nc -4 -l ::1 90
t a nc -l fd00::1 90
t a nc -l -6 81
t b nc -v -w1 -s fd00:1::b fd00:1::a 82
t b nc -v -w1 -s fd00:1::77 fd00:1::a 82
t b sysctl -w net.ipv6.bindv6only=1
b nc -lk -6 9000 > /dev/null & b nc -lk -4 9000 > /dev/null &
sleep 0.2
tt 'b ss -Htln | sort'
