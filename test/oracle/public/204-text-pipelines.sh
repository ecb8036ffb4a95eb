# What people do with the text of ip, ss and /proc in pipelines.
ip link set lo up
for i in 1 2 3; do ip link add veth$i type veth peer name peer$i; ip addr add 10.20.$i.1/24 dev veth$i; ip link set veth$i up; ip link set peer$i up; done
tt 'ip -o -4 addr | awk "{print \$2, \$4}" | column -t'
tt 'ip addr | grep -oP "inet \K[\d.]+" | sort -t. -k3,3n'
tt 'ip addr show veth1 | sed -n "s/.*inet \([^ ]*\).*/\1/p"'
tt 'ip link | grep -c "state UP"'
tt 'ip -o link | awk -F": " "{print \$2}" | cut -d@ -f1 | sort | tr "\n" " "; echo'
tt 'ip route | awk "/veth2/ {print \$1; exit}"'
tt 'cat /proc/net/dev | awk -F"[: ]+" "NR>2 {print \$2}" | sort | xargs'
tt 'awk "NR>1 {print \$1, \$8}" /proc/net/route | sort | head -3'
tt 'grep -r . /sys/class/net/veth1/mtu /sys/class/net/veth1/operstate'
tt 'for f in /sys/class/net/veth*/mtu; do printf "%s=%s " "$(basename "$(dirname "$f")")" "$(<"$f")"; done; echo'
tt 'ip -o link | sed -E "s/^([0-9]+): ([^:@]+).*mtu ([0-9]+).*/\2 \3/" | sort -k2,2n -k1,1 | uniq -c -f1'
tt 'printf "%s\n" 10.20.{1..3}.0/24 | while IFS=./ read -r a b c d p; do printf "%d.%d.%d.%d/%d %08x\n" $a $b $c $d $p $(( (a<<24)|(b<<16)|(c<<8)|d )); done'
tt 'ip2int() { local IFS=.; set -- $1; echo $(( ($1<<24) + ($2<<16) + ($3<<8) + $4 )); }; int2ip() { echo "$(($1>>24&255)).$(($1>>16&255)).$(($1>>8&255)).$(($1&255))"; }; for a in 10.0.0.255 192.168.1.0; do n=$(ip2int $a); echo "$a $n $(int2ip $((n+1)))"; done'
tt 'mask() { local n=$1 m=$((0xffffffff << (32-$1) & 0xffffffff)); printf "/%d %d.%d.%d.%d\n" $n $((m>>24&255)) $((m>>16&255)) $((m>>8&255)) $((m&255)); }; for n in 8 20 24 30 32; do mask $n; done'
tt 'ip -s link show lo | awk "/RX:/ {getline; print \$1+0 >= 0 ? \"rx ok\" : \"bad\"}"'
tt 'paste <(ip -o link | awk "{print \$2}" | sort) <(ip -o link | awk "{print \$2}" | sort | tr a-z A-Z) | head -2'
tt 'ip -o -4 addr | awk "{split(\$4,a,\"/\"); n[a[2]]++} END {for (k in n) print k, n[k]}" | sort -n'
tt 'ip link show | awk "BEGIN{RS=\"\\n[0-9]+: \"} /veth1/ {print \"found\"; exit}"'
tt 'echo "10.20.1.1 10.20.2.1" | tr " " "\n" | nl -w2 -s") "'
tt 'seq 1 10 | sed -n "3,5p;\$p" | paste -sd,'
tt 'comm -12 <(ip -o link | awk -F"[ @:]+" "{print \$2}" | sort) <(printf "lo\nveth2\nzz\n" | sort)'
tt 'join <(ip -o -4 addr | awk "{print \$2,\$4}" | sort) <(printf "veth1 web\nveth3 db\n")'
tt 'ip a | md5sum | cut -c33-'
tt 'diff -u <(printf "a\nb\nc\n") <(printf "a\nx\nc\n") | tail -n +3'
tt 'ip route show | while read -r net _ dev rest; do [[ $net == */* ]] && echo "${net#*/} ${net%%/*} $dev"; done'
tt 'cat > hosts.txt <<X
# comment
10.20.1.1   web  web.local

10.20.2.1	db
X
grep -vE "^(#|$)" hosts.txt | awk "{for (i=2;i<=NF;i++) print \$i \" -> \" \$1}"'
tt 'sed -i.bak -e "/^#/d" -e "s/10\.20/172.16/" hosts.txt; cat hosts.txt; diff hosts.txt hosts.txt.bak | grep -c "^[<>]"'
tt 'tail -n +2 /proc/net/arp | wc -l; head -1 /proc/net/arp | tr -s " "'
tt 'find /sys/class/net -name "veth*" -printf "%f %y\n" | sort'
tt 'xargs -a <(printf "%s\n" veth1 veth2) -I{} sh -c "ip -br link show {} | cut -d\" \" -f1"'
tt 'od -An -tx1 <<< "AB" | tr -d " "; printf "%x\n" 255; printf "%02x:" 2 66 10; echo'
tt 'date -u -d @86400 +%F; date -u -d "2024-02-28 +2 days" +%F; date -u -d "2024-01-31 12:00 UTC" +%s'
tt 'expr 3 + 4; expr length abcdef; expr substr veth12 5 2; expr veth12 : "veth\([0-9]*\)"; expr index abc c'
tt 'basename /sys/class/net/veth1/mtu; dirname /sys/class/net/veth1; realpath /sys/class/net/veth1 | sed "s|.*/||"; readlink -f /proc/self/ns/net | head -c 5; echo'
tt '[ -e /sys/class/net/veth1 ] && echo there; [ -d /sys/class/net/nosuch ] || echo absent'
tt 'timeout 1 tail -f /dev/null; echo $?; timeout -s INT 1 sleep 3; echo $?'
tt 'env -i A=1 bash -c "echo \$A \${PATH:+path}"; env | grep -c "^HOME="'
tt 'cut -d: -f1,3 /etc/passwd | head -1; getent passwd root | cut -d: -f7; id -un'
tt 'yes | head -3 | uniq -c | awk "{print \$1}"; seq 5 | shuf | sort -n | head -1; seq 3 | tac | xargs'
