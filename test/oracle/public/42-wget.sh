# GNU wget: files and standard output, what it says at each level, redirects, errors and their statuses.
node() { ip netns add "$1"; ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip -n "$1" link set lo up; }
node srv; node cli
ip -n srv link add eth0 type veth peer name eth0 netns cli
ip -n srv addr add 10.0.0.1/24 dev eth0; ip -n cli addr add 10.0.0.2/24 dev eth0
ip -n srv link set eth0 up; ip -n cli link set eth0 up
cat > /tmp/www <<'WWW'
#!/bin/bash
read -r method path version
while read -r line; [ -n "${line%$'\r'}" ]; do case $line in [Cc]ontent-[Ll]ength:*) n=${line#*: }; n=${n%$'\r'};; esac; head="$head$line"$'\n'; done
[ -n "$n" ] && read -r -N "$n" body
say() { printf 'HTTP/1.1 %s\r\nServer: tiny\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n' "$1" "${#2}" "$3"; [ "$method" = HEAD ] || printf %s "$2"; }
case $path in
/) say '200 OK' $'hello\n' ;;
/echo*) say '200 OK' "$method $path $version
${head//$'\r'/}${body}
" ;;
/moved) say '301 Moved Permanently' $'gone\n' $'Location: /\r\n' ;;
/far) say '302 Found' '' $'Location: http://10.0.0.1/echo\r\n' ;;
/loop) say '302 Found' '' $'Location: /loop\r\n' ;;
/missing) say '404 Not Found' $'no such page\n' ;;
/error) say '500 Internal Server Error' $'oops\n' ;;
/none) say '204 No Content' '' ;;
/chunked) printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n world\n\r\n0\r\n\r\n' ;;
/old) printf 'HTTP/1.0 200 OK\r\n\r\nuntil the end\n' ;;
/empty) ;;
/stall) printf 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin\n'; sleep 5 ;;
esac
WWW
chmod +x /tmp/www
ip netns exec srv socat TCP-LISTEN:80,fork,reuseaddr EXEC:/tmp/www &
ip netns exec srv socat TCP-LISTEN:8080,fork,reuseaddr EXEC:/tmp/www &
sleep 0.4
cd /tmp
w() { ip netns exec cli wget "$@" 2>&1 | sed -e 's/--20..-..-.. ..:..:..--/--DATE--/' -e 's/20..-..-.. ..:..:../DATE/' -e 's/([0-9.]* [KMG]*B\/s)/(RATE)/' -e 's/ in [0-9.]*m*s/ in Ts/; s/=[0-9.]*m*s/=Ts/' -e 's/[0-9. ]*[KMG]=Ts/ RATE=Ts/'; return ${PIPESTATUS[0]}; }
t w -q -O - http://10.0.0.1/
t w -qO- 10.0.0.1
t w -qO- http://10.0.0.1/echo
t w -O - http://10.0.0.1/
t w http://10.0.0.1/
tt 'ls index*; cat index.html; rm index.html'
t w http://10.0.0.1/echo
t w http://10.0.0.1/echo
tt 'ls echo*'
t w -nv http://10.0.0.1/
t w -nv -O out http://10.0.0.1/
t w -q http://10.0.0.1/missing
t w http://10.0.0.1/missing
t w -nv http://10.0.0.1/missing
t w -nv http://10.0.0.1/error
t w --spider http://10.0.0.1/
t w --spider http://10.0.0.1/missing
t w -q --spider http://10.0.0.1/
t w -S -qO- http://10.0.0.1/
t w -S -O- http://10.0.0.1/
t w -O- http://10.0.0.1/moved
t w -qO- http://10.0.0.1/far
t w -qO- http://10.0.0.1/chunked
t w -O- http://10.0.0.1/old
t w -O- -t 1 http://10.0.0.1/empty
t w -t 1 -O- http://10.0.0.1:81/
t w -qO- http://10.0.0.1:81/
t w -nv -O- http://10.0.0.1:81/
t w -t 1 -O- http://10.9.9.9/
t w -qO- --header 'Host: web.example' --header 'X: y' http://10.0.0.1/echo
t w -qO- -U agent http://10.0.0.1/echo
t w -qO- --post-data a=b http://10.0.0.1/echo
t w -qO- --method=PUT --body-data=x http://10.0.0.1/echo
t w -qO- http://10.0.0.1/ http://10.0.0.1/echo
t w -O- foo://10.0.0.1/
t w -O- http://
t w
t w -T
t w -O
t w -P /tmp/dir -nv http://10.0.0.1/
tt 'ls dir'
t w -nc -nv http://10.0.0.1/echo
t w -c -nv http://10.0.0.1/echo
t w -nv --max-redirect=0 http://10.0.0.1/moved
t w -nv --content-on-error -O- http://10.0.0.1/missing
tt 'sed "s/^--.*--  /--DATE--  /; s/[0-9]*-[0-9]*-[0-9]* [0-9:]* (.*) -/DATE (RATE) -/" log'
