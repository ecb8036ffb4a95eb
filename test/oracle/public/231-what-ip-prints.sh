# Text as network scripts cut it: awk, sed, jq, read loops over what ip prints.
for n in a b; do ip netns add $n; done
ip link add va type veth peer name vb
ip link set va netns a; ip link set vb netns b
ip -n a addr add 10.9.0.1/24 dev va; ip -n b addr add 10.9.0.2/24 dev vb
ip -n a link set va up; ip -n b link set vb up; ip -n a link set lo up
ip -n a route add 10.20.0.0/16 via 10.9.0.2; ip -n a route add default via 10.9.0.2 metric 50
ip -n b addr add fd00:9::2/64 dev vb nodad
sleep 2.5
tt 'ip -n a -4 -o addr | while read -r idx dev fam addr rest; do echo "$idx $dev $fam ${addr%/*} ${addr#*/}"; done'
tt 'ip -n a route | awk "/^default/ {print \$3, \$NF} !/^default/ {n++} END {print n, NR}"'
tt 'ip -n a -j route | jq -r ".[] | [.dst, (.gateway // \"direct\"), .dev, (.metric|tostring)] | @tsv"'
tt 'ip -n a -j addr | jq -c "map({(.ifname): [.addr_info[] | .local]}) | add"'
tt 'ip -n a -j link | jq -r "map(select(.operstate==\"UP\")) | length, (.[0].flags | sort | join(\",\"))"'
tt 'ip -n b -6 addr show dev vb scope global | sed -n "s/.*inet6 \([^ ]*\).*/\1/p"'
tt 'ip -n a -br link | column -t | sed "s/  */ /g" | cut -d" " -f1,2 | sort'
tt 'ip -n a -s link show va | awk "/RX:/ {getline; print \"rx\", \$2 >= 0} /TX:/ {getline; print \"tx\", NF}"'
tt 'ip netns exec a ping -c3 -i0.2 -q 10.9.0.2 | awk -F"[ ,%]+" "/transmitted/ {print \$1, \$4, \$6}"'
tt 'ip netns exec a ip neigh | awk "{print \$1, \$3, \$NF}"'
tt 'ip netns exec a cat /proc/net/route | awk "NR>1 {printf \"%s %s %s\n\", \$1, \$2, \$8}" | sort'
tt 'ip netns exec a cat /proc/net/dev | sed -n "3,\$s/:.*//p" | tr -d " " | sort'
tt 'for f in address mtu operstate carrier ifindex iflink type; do printf "%s=" $f; ip netns exec a cat /sys/class/net/va/$f 2>&1 | sed "s/..:..:..:..:..:../MAC/"; done'
tt 'ip netns exec b sh -c "for i in 1 2 3; do ping -c1 -W1 10.9.0.\$i >/dev/null 2>&1 && echo \$i up || echo \$i down; done"'
tt 'ip netns exec a sh -c "echo \$0; foo; [[ 1 ]]; echo -e a"'
tt 'printf "%s\n" 10.9.0.10 10.9.0.9 10.9.0.100 10.10.0.1 | sort -t. -k1,1n -k2,2n -k3,3n -k4,4n | xargs'
tt 'ip -n a addr show va | grep -oE "([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]+" ; ip -n a addr | grep -c inet; ip -n a addr | grep -P "^\d+:" | wc -l'
tt 'seq 1 5 | awk "{s+=\$1; a[NR]=\$1} END {for(i=NR;i>0;i--) printf \"%s%s\", a[i], (i>1?\",\":\"\n\"); print s/NR}"'
tt 'echo "a=1;b=2;c=3" | tr ";" "\n" | while IFS== read -r k v; do declare "v_$k=$v"; echo "$k:$((v*2))"; done; echo "${v_a-unset}"'
tt 'diff <(ip -n a -br addr | awk "{print \$1}") <(ip -n b -br addr | awk "{print \$1}")'
tt 'comm -12 <(printf "%s\n" a b c) <(printf "%s\n" b c d) | paste -sd" "; join <(echo "1 x") <(echo "1 y")'
tt 'ip -n a -j -p route get 10.20.1.1 | head -5; ip -n a route get 10.20.1.1 | sed -E "s/.*via ([0-9.]+) dev (\S+).*/\2 \1/;q"'
tt 'jq -n --arg ip 10.9.0.5 --argjson n 3 "{ip:\$ip, oct:(\$ip|split(\".\")|map(tonumber)), next:(\$n+1)}" -c'
tt 'echo "[{\"n\":\"a\",\"ips\":[\"1\",\"2\"]},{\"n\":\"b\",\"ips\":[]}]" | jq -r ".[] | \"\(.n): \(.ips | join(\" \"))\" , (.ips[]? | \"  - \" + .)"'
tt 'echo "{\"a\":[1,2,{\"b\":null}],\"c\":\"x\ty\"}" | jq -S . ; echo "{bad" | jq .; echo $?; echo "[1,2]" | jq ".[] as \$x | \$x*2" ; echo 5 | jq "if . > 3 then \"big\" else \"small\" end"; echo "{}" | jq -e .x; echo $?; echo null | jq -r "@sh \"x \(.)\""'
tt 'awk -v OFS=: "BEGIN{\$3=\"c\"; \$1=\"a\"; print; print length(\"héllo\"), substr(\"hello\",2,3), index(\"hello\",\"l\"), toupper(\"ab\"), sprintf(\"%05.1f|%x|%c\",3.14159,255,65)}"'
tt 'printf "a b\nc d\n" | awk "{print \$2 > \"/root/o.\" NR; close(\"/root/o.\" NR)} END {while ((getline l < \"/root/o.1\") > 0) print \"got\", l; \"echo sub\" | getline x; print x; system(\"echo sys\"); print split(\"a:b:c\", p, \":\"), p[3]; gsub(/b/,\"[&]\",p[2]); print p[2]; print match(\"foobar\",/o+/), RSTART, RLENGTH}"'
tt 'sed -n "/start/,/end/{/start/d;/end/d;p}" <<< $'"'"'x\nstart\n1\n2\nend\ny'"'"'; sed "s/a/b/;ta;s/\$/ no/;b;:a;s/\$/ yes/" <<< $'"'"'cat\ndog'"'"'; sed -e "1i\\top" -e "\$a\\bottom" -e 2d <<< $'"'"'1\n2\n3'"'"'; sed "y/abc/xyz/;s/\(.\)\(.\)/\2\1/g" <<< abcd; sed -E "s/(^|,)([a-z])/\1\U\2/g" <<< a,b,c; sed "N;P;D" <<< $'"'"'1\n2\n3'"'"'; sed --foo; echo $?'
