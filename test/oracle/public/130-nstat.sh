# What a namespace has counted, read by nstat: history, patterns, JSON, mistakes.
ip link set lo up
ping -c 2 -i 0.2 127.0.0.1 >/dev/null
t nstat
t nstat
ping -c 1 127.0.0.1 >/dev/null
t nstat -s
t nstat 'IpIn*' 'icmpout*'
t nstat
t nstat -a 'Ip*'
t nstat -az 'Udp*'
t nstat -j
t nstat -aj 'IcmpOut*'
t nstat -ajp 'IcmpOut*'
t nstat -asz UdpNoPorts IpOutRequests
t nstat -n
t nstat
t nstat -r
t nstat -rs
t nstat --bad
t nstat -x
t nstat -V
t nstat -t 0
t nstat -h
t cat /tmp/.nstat.u0
t stat -c '%a %U %s' /tmp/.nstat.u0
t nstat nothing
tt 'nstat -az | wc -l'
