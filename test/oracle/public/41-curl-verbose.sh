# curl -v: connections kept and closed, what goes out and comes in, names given by hand.
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
/missing) say '404 Not Found' $'no such page\n' ;;
/error) say '500 Internal Server Error' $'oops\n' ;;
/none) say '204 No Content' '' ;;
/old) printf 'HTTP/1.0 200 OK\r\n\r\nuntil the end\n' ;;
/empty) ;;
/garbage) printf 'what?\n' ;;
/big) printf 'HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n'; head -c 200000 /dev/zero ;;
esac
WWW
chmod +x /tmp/www
ip netns exec srv socat TCP-LISTEN:80,fork,reuseaddr EXEC:/tmp/www &
ip netns exec srv socat TCP-LISTEN:8080,fork,reuseaddr EXEC:/tmp/www &
sleep 0.4
cat > /tmp/keep <<'WWW'
#!/bin/bash
while read -r method path version; do
n=
while read -r line; [ -n "${line%$'\r'}" ]; do case $line in [Cc]ontent-[Ll]ength:*) n=${line#*: }; n=${n%$'\r'};; esac; done
[ -n "$n" ] && read -r -N "$n" body
case $path in
/moved) printf 'HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 5\r\n\r\ngone\n' ;;
*) printf 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n'; [ $method = HEAD ] || echo hello ;;
esac
done
WWW
chmod +x /tmp/keep
ip netns exec srv socat TCP-LISTEN:90,fork,reuseaddr EXEC:/tmp/keep &
sleep 0.4
c() { ip netns exec cli curl "$@"; }
t c -sv http://10.0.0.1:90/
t c -svI http://10.0.0.1:90/
t c -svL http://10.0.0.1/moved
t c -svL http://10.0.0.1/far
t c -sv http://10.0.0.1:90/ http://10.0.0.1/
t c -svf http://10.0.0.1/missing
t c -sSv http://10.0.0.1/empty
t c -sSv http://10.0.0.1/garbage
t c -sSv http://10.0.0.1/none
t c -sSv http://10.0.0.1/old
t c -sSv --resolve web.example:80:10.0.0.1 http://web.example/
t c -sSv -u a:b http://10.0.0.1/
t c -sSv --interface eth0 http://10.0.0.1/
t c -sSv --interface 10.0.0.2 http://10.0.0.1/
t c -sSv --interface 10.0.0.77 http://10.0.0.1/
t c -V -s
t c -sS --data-urlencode 'a=b c&d' http://10.0.0.1/echo
t c -sSi http://10.0.0.1/ http://10.0.0.1/missing
