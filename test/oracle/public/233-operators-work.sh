# A service supervisor, a watcher of links, a rules generator, a report; as operators write them.
run() { cat > /root/p.sh; printf '### %s\n' "$1"; shift; bash /root/p.sh "$@" 2>&1; printf '=> %s\n' "$?"; }
ip link set lo up
run 'supervisor' <<'E'
#!/bin/bash
set -uo pipefail
PIDFILE=/run/svc.pid
start() { [[ -f $PIDFILE ]] && kill -0 "$(<$PIDFILE)" 2>/dev/null && { echo "already running"; return 1; }; nc -lk -p 7000 >/dev/null & echo $! > $PIDFILE; for i in {1..20}; do ss -Hltn 'sport = :7000' | grep -q LISTEN && break; sleep 0.05; done; echo started; }
stop() { [[ -f $PIDFILE ]] || { echo "not running"; return 3; }; kill "$(<$PIDFILE)"; wait "$(<$PIDFILE)" 2>/dev/null; echo "stopped $?"; rm -f $PIDFILE; }
status() { if [[ -f $PIDFILE ]] && kill -0 "$(<$PIDFILE)" 2>/dev/null; then ss -Hltn | awk '{print $1, $4}'; else echo dead; return 3; fi; }
for c in status start start status stop stop status; do echo "-- $c"; "$c"; echo "rc=$?"; done
E
run 'dispatch' add br-x 10.1.1.1/24 <<'E'
cmd_add() { local br=${1:?bridge} cidr=${2:?cidr}; ip link add "$br" type bridge && ip addr add "$cidr" dev "$br" && ip link set "$br" up; ip -br addr show "$br"; }
cmd_del() { ip link del "$1"; }
cmd_help() { declare -F | awk '/cmd_/ {sub(/.*cmd_/,""); print "  " $0}'; }
main() { local c=${1-help}; shift || true; if declare -F "cmd_$c" > /dev/null; then "cmd_$c" "$@"; else echo "unknown: $c" >&2; cmd_help; return 64; fi; }
main "$@"; main nope; main del br-x; main del br-x; main add; echo never
E
run 'rules from a table' <<'E'
while read -r chain proto port src action comment; do
  [[ -z $chain || $chain == \#* ]] && continue
  args=(-A "$chain"); [[ $proto != any ]] && args+=(-p "$proto"); [[ $port != - ]] && args+=(--dport "$port"); [[ $src != any ]] && args+=(-s "$src")
  args+=(-m comment --comment "$comment" -j "${action^^}")
  printf 'iptables'; printf ' %q' "${args[@]}"; echo
  iptables "${args[@]}" || echo "failed: $?"
done <<'T'
# chain proto port src action comment
INPUT tcp 22 10.0.0.0/8 accept ssh from inside

INPUT udp 53 any accept dns
INPUT any - 192.0.2.0/24 drop bad net
INPUT tcp - any reject rest
INPUT icmp 8 any accept wrong
T
iptables -S INPUT; iptables-save -t filter | grep -c '^-A'; iptables -L INPUT -n --line-numbers | tail -n +3 | awk '{print $1, $2, $3}'
E
run 'report' <<'E'
declare -A seen; total=0
while read -r idx name rest; do name=${name%:}; name=${name%@*}; seen[$name]=$idx; ((total++)); done < <(ip -o link | sed 's/: / /')
for n in "${!seen[@]}"; do printf '%-10s %3d\n' "$n" "${seen[$n]%:}"; done | sort -k2n
printf 'total: %d, %.2f%% up\n' $total "$(ip -o link show up | wc -l | awk -v t=$total '{print 100*$1/t}')"
cat > r.md <<M
| if | state | mtu |
|----|-------|-----|
$(ip -j link | jq -r '.[] | "| \(.ifname) | \(.operstate) | \(.mtu) |"')
M
cat r.md; column -t -s'|' r.md | head -1 | sed 's/ *$//'; wc -l < r.md; awk -F'|' 'NR>2 {gsub(/ /,"",$4); s+=$4} END {printf "%d\n", s}' r.md
E
run 'config parser' <<'E'
cat > net.conf <<'C'
; comment
[bridge]
name = cni0
mtu=1450
[ipam]
  subnet= "10.1.0.0/16"
range = 10.1.0.10 - 10.1.0.20
bad line
C
declare -A conf; section=; n=0
while IFS= read -r line || [[ $line ]]; do
  ((n++)); line=${line%%[;#]*}; line="${line#"${line%%[![:space:]]*}"}"; line="${line%"${line##*[![:space:]]}"}"
  case $line in '') ;; \[*\]) section=${line:1:-1};; *=*) k=${line%%=*} v=${line#*=}; k=${k%"${k##*[! ]}"}; v=${v#"${v%%[! ]*}"}; v=${v#\"}; conf[$section.$k]=${v%\"};; *) printf 'line %d: cannot read "%s"\n' $n "$line" >&2;; esac
done < net.conf
for k in $(printf '%s\n' "${!conf[@]}" | sort); do echo "$k=${conf[$k]}"; done
IFS=' -' read -r lo hi <<< "${conf[ipam.range]}"; echo "$lo $hi $(( ${hi##*.} - ${lo##*.} + 1 ))"
E
run 'wait for condition' <<'E'
wait_for() { local t=$1 n=0; shift; until "$@" &>/dev/null; do ((++n > t)) && { echo "timeout after $t: $*"; return 1; }; sleep 0.05; done; echo "ok after some: $*"; }
(sleep 0.2; ip link add late0 type veth peer name late1) & 
wait_for 50 ip link show late0; wait; wait_for 2 ip link show never0; echo $?; ip link del late0
time_it() { local s=$EPOCHREALTIME; "$@"; local e=$EPOCHREALTIME; (( ${e/./} - ${s/./} >= 200000 )) && echo slow || echo fast; }; time_it sleep 0.25; time_it true
TIMEFORMAT='%0R'; time sleep 0.1; { time -p true; } 2>&1 | cut -d' ' -f1
E
run 'parallel' <<'E'
task() { sleep 0.0$((RANDOM%5)); echo "$1:$((10#$1*2))" > out.$1; (( 10#$1 % 3 )); }
fails=0; pids=()
for i in 01 02 03 04 05 06 08 09; do task $i & pids+=($!); done
for p in "${pids[@]}"; do wait $p || ((fails++)); done
cat out.* | sort -n | paste -sd' '; echo "fails $fails"; printf '%s\n' a b c d | xargs -P2 -n1 -I{} sh -c 'echo {}{}' | sort | xargs
seq 6 | xargs -n2 echo pair; echo "a b  c" | xargs -n1; printf 'x y\0z\0' | xargs -0 -n1 echo; echo 1 2 3 | xargs -t -n2 echo 2>&1; xargs -r echo none < /dev/null; echo | xargs echo empty
E
