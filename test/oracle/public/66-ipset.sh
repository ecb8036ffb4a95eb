# ipset: sets of each kind made, filled, tested, listed, saved; rules that use them; every mistake.
t ipset create a hash:ip
tt 'ipset list | sed s/initval.*// | sort'
tt 'ipset list -t | sed s/initval.*//'
t ipset list -n
t ipset create a hash:ip
t ipset -exist create a hash:ip
t ipset create a hash:net
t ipset add a 10.0.0.1
t ipset add a 10.0.0.1
t ipset -exist add a 10.0.0.1
t ipset add a 10.0.0.300
t ipset add a foo
t ipset add a 10.0.0.0/30
tt 'ipset list a | sed s/initval.*// | sort'
t ipset del a 10.0.0.9
t ipset del a 10.0.0.1
t ipset -! del a 10.0.0.1
t ipset test a 10.0.0.2
t ipset test a 10.0.0.9
tt 'ipset save | sed s/initval.*// | sort'
t ipset flush a
tt 'ipset list a | sed s/initval.*// | sort'
t ipset destroy a
t ipset destroy a
tt 'ipset list a | sed s/initval.*// | sort'
t ipset create n hash:net
t ipset add n 10.0.0.0/8
t ipset add n 10.1.0.0/16 nomatch
t ipset test n 10.1.2.3
t ipset test n 10.2.2.3
t ipset add n 0.0.0.0/0
tt 'ipset list n | sed s/initval.*// | sort'
tt 'ipset save n | sed s/initval.*// | sort'
t ipset create p hash:ip,port
t ipset add p 10.0.0.1,80
t ipset add p 10.0.0.1,tcp:81
t ipset add p 10.0.0.1,udp:53
t ipset add p 10.0.0.1,icmp:echo-request
t ipset add p 10.0.0.1
tt 'ipset list p | sed s/initval.*// | sort'
t ipset test p 10.0.0.1,tcp:80
t ipset test p 10.0.0.1,udp:80
t ipset create np hash:net,port
t ipset add np 10.0.0.0/24,tcp:8000-8002
tt 'ipset list np | sed s/initval.*// | sort'
t ipset create ipp hash:ip,port,ip
t ipset add ipp 10.0.0.1,tcp:80,10.0.0.2
tt 'ipset list ipp | sed s/initval.*// | sort'
t ipset create ipn hash:ip,port,net
t ipset add ipn 10.0.0.1,tcp:80,10.0.0.0/24
tt 'ipset list ipn | sed s/initval.*// | sort'
t ipset create ni hash:net,iface
t ipset add ni 10.0.0.0/24,eth0
tt 'ipset list ni | sed s/initval.*// | sort'
t ipset create bi bitmap:ip range 10.0.0.0/24
t ipset add bi 10.0.0.5
t ipset add bi 10.0.1.5
t ipset add bi 10.0.0.7-10.0.0.9
t ipset list bi
t ipset create bp bitmap:port range 80-90
t ipset add bp 80
t ipset add bp 81-83
t ipset add bp 99
t ipset list bp
t ipset create bm bitmap:ip,mac range 10.0.0.0/24
t ipset add bm 10.0.0.5,02:00:00:00:00:01
t ipset add bm 10.0.0.6
t ipset list bm
t ipset create ls list:set
t ipset add ls p
t ipset add ls n
t ipset add ls nosuch
t ipset list ls
t ipset destroy p
t ipset create t hash:ip timeout 100
t ipset add t 10.0.0.1
t ipset add t 10.0.0.2 timeout 0
tt 'ipset list t | sed "s/timeout [1-9][0-9]*$/timeout N/" | sed s/initval.*// | sort'
t ipset create c hash:ip counters comment
t ipset add c 10.0.0.1 packets 5 bytes 100 comment "hello world"
tt 'ipset list c | sed s/initval.*// | sort'
tt 'ipset save c | sed s/initval.*// | sort'
t ipset create v6 hash:ip family inet6
t ipset add v6 fd00::1
t ipset add v6 10.0.0.1
tt 'ipset list v6 | sed s/initval.*// | sort'
t ipset create big hash:ip hashsize 64 maxelem 2
t ipset add big 1.1.1.1
t ipset add big 1.1.1.2
t ipset add big 1.1.1.3
t ipset create sk hash:ip skbinfo
t ipset add sk 1.1.1.1 skbmark 0x11 skbprio 1:10 skbqueue 5
tt 'ipset list sk | sed s/initval.*// | sort'
t ipset rename c cc
t ipset swap cc t
t ipset swap cc v6
t ipset list -n
t ipset foo
t ipset
t ipset create
t ipset create x
t ipset create x foo
t ipset create x hash:ip foo
t ipset add
t ipset add nosuch 1.1.1.1
t ipset test nosuch 1.1.1.1
t ipset flush nosuch
t ipset rename nosuch x
t ipset --version
t ipset version
t ipset -q add nosuch 1.1.1.1
t ipset add a 1.1.1.1 timeout 5
t ipset create averyveryverylongsetnameindeedxxxxxxxxx hash:ip
t iptables -A INPUT -m set --match-set n src -j DROP
t iptables -A INPUT -m set --match-set nosuch src -j DROP
t iptables -A FORWARD -j SET --add-set cc src
t iptables -S
t ipset destroy n
tt 'ipset list n | sed s/initval.*// | sort'
t ipset destroy
t ipset list -n
t ipset flush
tt 'printf "create r hash:ip\nadd r 1.2.3.4\nadd r 1.2.3.5\n" | ipset restore'
tt 'ipset list r | sed s/initval.*// | sort'
tt 'printf "create r hash:ip\n" | ipset restore'
tt 'printf "create r hash:ip\nadd r 1.2.3.4\n" | ipset -! restore'
tt 'printf "add r x.y\n" | ipset restore'
t ipset -L -n
t ipset -N z hash:ip
t ipset -A z 9.9.9.9
t ipset -T z 9.9.9.9
t ipset -D z 9.9.9.9
t ipset -X z
