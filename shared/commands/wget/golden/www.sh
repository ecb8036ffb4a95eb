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
/short) printf 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot all\n' ;;
/empty) ;;
/garbage) printf 'what?\n' ;;
/slow) sleep 5; say '200 OK' $'late\n' ;;
/stall) printf 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin\n'; sleep 5 ;;
/big) printf 'HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n'; head -c 200000 /dev/zero ;;
esac
