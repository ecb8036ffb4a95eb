# Bash scripts of operators: strict mode, traps, arrays of hosts, process substitution, here-docs, jobs, pipelines over ip and iptables.
sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
cat > /tmp/mk.sh <<'E2'
#!/usr/bin/env bash
set -euo pipefail
declare -a hosts=()
declare -A addr
cleanup() { local rc=$?; for h in "${hosts[@]:-}"; do [ -n "$h" ] && ip netns del "$h"; done; echo "cleanup rc=$rc"; }
trap cleanup EXIT
log() { printf '[%-5s] %s\n' "$1" "${*:2}"; }
i=0
while IFS=, read -r name ip gw; do
  [[ $name == \#* ]] && continue
  hosts+=("$name"); addr[$name]=$ip
  ip netns add "$name"
  ip link add "v-$name" type veth peer name eth0 netns "$name"
  ip -n "$name" addr add "$ip/24" dev eth0
  ip -n "$name" link set eth0 up; ip link set "v-$name" up
  log info "made $name ($((++i)))" "gw=${gw:-none}"
done < <(cat <<LIST
#name,ip,gw
alpha,10.3.0.1,10.3.0.254
beta,10.3.0.2,
gamma,10.3.0.3,10.3.0.254
LIST
)
for h in "${!addr[@]}"; do printf '%s=%s\n' "$h" "${addr[$h]}"; done | sort
log info "${#hosts[@]} hosts: ${hosts[*]^^}"
ip -br link show type veth | awk '{print $1}' | sed 's/@.*//' | sort | paste -sd,
ip netns exec alpha ip -j addr show eth0 | jq -r '.[0].addr_info[] | "\(.local)/\(.prefixlen) \(.scope)"'
if ! out=$(ip -n beta route add 10.0.0.0/8 via 1.2.3.4 2>&1); then log warn "$out"; fi
ip -n gamma route add default via 10.9.9.9
echo unreached
E2
t bash /tmp/mk.sh
sleep 0.3
t ip netns
t bash -x -c 'a=5; for i in 1 2; do ((a+=i)); done; [ $a -gt 7 ] && echo "a is $a"'
tt 'bash -euo pipefail -c "false | true; echo unreached"'
tt 'bash -uc "echo \$nope"'
tt 'bash -c "trap \"echo got TERM; exit 3\" TERM; kill -TERM \$\$; sleep 1"'
tt 'mapfile -t rows < <(ip -o link); echo "${#rows[@]} ${rows[0]%%:*}"'
tt 'while read -r idx name rest; do echo "$idx|$name"; done < <(ip -o link)'
tt 'diff <(ip -o link | cut -d: -f2) <(printf " lo\n eth0\n")'
tt 'f() { local -n ref=$1; ref+=(x); }; arr=(a); f arr; echo "${arr[@]}"'
tt 'printf -v pad "%03d" 7; echo $pad; printf "%s\n" "${pad/#0/o}"'
tt 's="a:b:c"; IFS=: read -ra p <<< "$s"; echo "${p[2]} ${p[-1]} ${#p[@]}"'
tt 'x=10.1.2.3; IFS=. ; set -- $x; unset IFS; echo $(( ($1<<24)+($2<<16)+($3<<8)+$4 ))'
tt 'echo {01..03} {a,b}{1,2} {5..1..2}'
tt 'select_one() { case $1 in (a|b) echo ab ;;& (b) echo b ;; (*) echo other;; esac; }; select_one b'
tt 'cat <<-"A" <<B
	first
A
second
B'
tt 'timeout 1 sleep 5; echo $?; timeout -s KILL 0.2 sleep 5; echo $?; timeout 1 true; echo $?'
tt 'seq 1 6 | xargs -n 2 -P 1 bash -c "echo \$0-\$1"; echo a b | xargs -I{} echo "<{}>"'
tt 'ip -o -4 addr show | awk "{split(\$4,a,\"/\"); print \$2, a[1], a[2]}"'
tt 'for ip in 10.0.{0..1}.{1,254}; do echo -n "$ip "; done; echo'
tt 'set -o noclobber; echo a > /tmp/nc1; echo b > /tmp/nc1; echo c >| /tmp/nc1; cat /tmp/nc1; set +o noclobber'
tt 'exec 4<<< "line from four"; read -u 4 l; echo "$l"; exec 4<&-; read -u 4 l'
tt 'getopts_test() { local OPTIND o; while getopts ":n:v" o; do case $o in n) echo "n=$OPTARG";; v) echo v;; :) echo "need $OPTARG";; \?) echo "bad $OPTARG";; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; getopts_test -v -n 5 -x rest1 rest2; getopts_test -n'
tt 'shopt -s extglob nullglob; v=eth0.100; echo "${v%%.*([0-9])} ${v//[0-9]/N}"; echo /tmp/nothing*; shopt -u extglob nullglob'
tt 'declare -p PWD; declare -i n=5+3; echo $n; readonly R=1; R=2; echo after'
tt 'echo $((16#ff)) $((2#1010)) $((010)) $((08))'
tt '[[ -e /proc/net/dev && ! -e /nope ]] && [ 1 -eq 1 -a 2 -ne 3 ] && echo both; [ a = ] ; echo $?'
tt 'printf "%q %q\n" "a b" "it'"'"'s"; echo "${v@Q} ${HOME@A}"'
tt 'time_it() { "$@" > /dev/null; }; time_it ip link; echo ${PIPESTATUS[0]}; ip link show nosuch 2>&1 | grep -o "does not exist"; echo ${PIPESTATUS[@]}'
