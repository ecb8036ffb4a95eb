# hostname and its kin, ip -6 addr, ping's sources, named pipes, stty without a terminal.
ip netns add b; ip link set lo up
ip link add eth0 type veth peer name eth0 netns b
ip addr add 10.0.0.1/24 dev eth0; ip addr add 10.0.1.1/24 dev eth0; ip link set eth0 up; ip -n b link set eth0 up
ip link add br0 type bridge; ip addr add 172.16.0.1/16 dev br0; ip link set br0 up
sleep 2.2
ip -6 addr add fd00::1/64 dev eth0 nodad
t hostname -I
tt 'hostname -I | cat -A'
t hostname -s
t hostname -A
t hostname -y
t hostname -V
t hostname -h
t hostname -x
t hostname --foo
t hostname a b
t hostname newname
t hostname
t hostname -F /nosuch
tt 'echo fromfile > /tmp/n; hostname -F /tmp/n; hostname'
t hostname -b
t hostname 'bad name'
t hostname ''
t domainname
t nisdomainname
t ypdomainname
t ip -6 addr
t ip -6 addr show
t ip -6 addr show dev eth0
t ip -6 addr show scope global
t ip -6 a s up
t ip -4 addr
t ip -6 -br addr
t ip -6 -o addr
t ip -6 link
t ping -c 1 -r 10.0.0.1
t ping -c 1 -r 10.9.0.1
t ping -c 1 -W 1 -I lo 10.0.0.2
t ping -c 1 -W 1 -I lo 10.0.0.1
t ping -c 1 -W 1 0.0.0.0
t ping -c 1 -W 1 0
t ping -c 1 -I eth0 10.0.0.1
t ping -c 1 -I 10.0.0.1 127.0.0.1
t ping -c 1 -I nosuch 127.0.0.1
t ping -c 1 -I 10.0.0.77 127.0.0.1
t ping -c 1 -W 1 -I br0 10.0.0.1
t mkfifo /tmp/f
tt 'stat -c %F /tmp/f'
tt 'echo hello > /tmp/f & cat /tmp/f'
tt 'cat /tmp/f & printf "a\nb\n" > /tmp/f; wait'
t mkfifo /tmp/f
t mkfifo -m 600 /tmp/g
tt 'stat -c "%a %F" /tmp/g'
t mkfifo
t mkfifo --foo
t mkfifo /nosuch/f
tt '[ -p /tmp/f ] && echo fifo'
tt 'exec 3<>/tmp/f; echo x >&3; read -r y <&3; echo $y'
tt 'test -p /tmp/f; echo $?'
tt 'mknod /tmp/p p; ls -l /tmp/p | cut -c1'
tt 'find /tmp -type p | sort'
t stty
t stty size
t stty -a
t stty -echo
t stty raw
