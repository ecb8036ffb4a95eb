# curl against a small server: what is asked, what is printed, redirects, errors and their statuses.
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
esac
WWW
chmod +x /tmp/www
ip netns exec srv socat TCP-LISTEN:80,fork,reuseaddr EXEC:/tmp/www &
ip netns exec srv socat TCP-LISTEN:8080,fork,reuseaddr EXEC:/tmp/www &
sleep 0.4
c() { ip netns exec cli curl "$@"; }
t c -s 10.0.0.1
t c -s http://10.0.0.1/
t c -s http://10.0.0.1:8080/echo
t c -sS http://10.0.0.1/echo?a=b
t c -s -i http://10.0.0.1/
t c -s -I http://10.0.0.1/
t c -s -o /tmp/out http://10.0.0.1/
t cat /tmp/out
tt 'cd /tmp; c -s -O http://10.0.0.1/echo; cat echo'
t c -s -O http://10.0.0.1/
t c -s -w '%{http_code}\n' http://10.0.0.1/
t c -s -o /dev/null -w '%{http_code} %{size_download} %{remote_ip}:%{remote_port} %{num_connects} %{content_type} %{url_effective} %{method} %{scheme} %{http_version} %{exitcode}\n' http://10.0.0.1/
t c -s -o /dev/null -w 'code=%{response_code}\tlocal=%{local_ip}\n%%{x} %{nosuch} %{errormsg} %{redirect_url} %{num_redirects} %{size_header} %{size_request}\n' http://10.0.0.1/moved
t c -s http://10.0.0.1/missing
t c -sf http://10.0.0.1/missing
t c -sSf http://10.0.0.1/missing
t c -s --fail-with-body http://10.0.0.1/missing
t c -s http://10.0.0.1/moved
t c -sL http://10.0.0.1/moved
t c -sLi http://10.0.0.1/moved
t c -sL http://10.0.0.1/far
t c -sSL --max-redirs 3 http://10.0.0.1/loop
t c -sv http://10.0.0.1/
t c -v -o /dev/null -s http://10.0.0.1/missing
t c -sv -I http://10.0.0.1/
t c -s http://10.0.0.1/none
t c -s http://10.0.0.1/chunked
t c -s http://10.0.0.1/old
t c -sS http://10.0.0.1/empty
t c -s -X DELETE http://10.0.0.1/echo
t c -s -d a=b -d c=d http://10.0.0.1/echo
t c -s --data-raw '@x' http://10.0.0.1/echo
t c -s -G -d a=b http://10.0.0.1/echo
t c -s -H 'Host: web.example' -H 'X-Y: z' -H 'Accept:' http://10.0.0.1/echo
t c -s -A agent/1 -e http://ref/ http://10.0.0.1/echo
t c -s -u user:pass http://10.0.0.1/echo
t c -s -b k=v http://10.0.0.1/echo
t c -s --http1.0 http://10.0.0.1/echo
t c -s --compressed http://10.0.0.1/echo
t c -s -r 0-3 http://10.0.0.1/echo
tt 'echo body > /tmp/body; c -s -d @/tmp/body http://10.0.0.1/echo; c -s --data-binary @/tmp/body http://10.0.0.1/echo'
t c -s http://10.0.0.1/ http://10.0.0.1/missing
t c -s -o /tmp/a -o /tmp/b http://10.0.0.1/ http://10.0.0.1/missing
t c -s http://10.0.0.1:81/
tt 'c -sS http://10.0.0.1:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
tt 'c -sSv http://10.0.0.1:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
tt 'c -sS http://10.9.9.9/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
tt 'c -sSv http://10.9.9.9/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
tt 'c -sS http://localhost/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
t c -sS --interface 10.0.0.2 http://10.0.0.1/
t c -sS --interface eth0 http://10.0.0.1/
t c -sS --interface nosuch http://10.0.0.1/
t c -sS --resolve web.example:80:10.0.0.1 http://web.example/echo
t c -sS --connect-to web.example:80:10.0.0.1:8080 http://web.example/echo
t c -sS -4 http://10.0.0.1/
t c -sS foo://10.0.0.1/
t c -sS http://
t c -sS 'http://10.0.0.1:99999/'
t c -sS 'http://bad host/'
t c
t c --nosuch
t c -o
t c -m foo http://10.0.0.1/
t c --connect-timeout http://10.0.0.1/
tt 'c -sS --retry 1 --retry-delay 1 http://10.0.0.1:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
tt 'c -sS --retry 1 --retry-connrefused --retry-delay 1 http://10.0.0.1:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"'
tt 'c -s "http://10.0.0.1/echo?[1-3]"'
tt 'c -s "http://10.0.0.1/echo/{a,b}"'
tt 'c -s -g "http://10.0.0.1/echo?{x}"'
t c -s --url http://10.0.0.1/
t c -s http://10.0.0.1/../a/./b/../echo
t c -s --path-as-is http://10.0.0.1/echo/../x
t c -sk --no-progress-meter http://10.0.0.1/
t c --no-progress-meter http://10.0.0.1/
t c -D - -s http://10.0.0.1/
t c -sv -d x=1 http://10.0.0.1/echo
t c -sS -j --get http://10.0.0.1/
