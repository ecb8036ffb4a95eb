# netstat of sockets, interfaces, groups; options and mistakes.
ip link set lo up
socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'sleep 9' &
socat UDP-RECVFROM:53,fork EXEC:cat &
sleep 0.2
(sleep 9) | socat -u - TCP:127.0.0.1:80 &
sleep 0.3
t netstat -S
t netstat -U
t netstat -w
t netstat -A ipx
t netstat -A foo
tt 'netstat -tn | sort'
tt 'netstat -tno | sort'
tt 'netstat -ant | sort'
t netstat -ltu
t netstat -Z
t netstat -ir
t netstat -f
t netstat -2
t netstat -Ax25
t netstat -s -A unix
t netstat -A ddp -r
t netstat -A x25 -r
t netstat -A unix -r
t netstat --numeric-ports -tl
t netstat --numeric-hosts -tl
t netstat -l --unix
t netstat --tcp --listening --num
t netstat -?
tt 'timeout 2.5 netstat -ctln'
tt 'timeout 1.5 netstat -ci'
tt 'netstat -tulpn | sed "s,[0-9]*/\([a-z]*\) *,PID/\1,"'
tt 'netstat -tnp | sed "s,[0-9]*/\([a-z]*\) *,PID/\1," | wc -l'
t netstat -ie
t netstat -ia
tt 'netstat -anut | sort'
t netstat -au
t netstat -ao4n -w
t netstat -lw
