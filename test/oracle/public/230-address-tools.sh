# A subnet calculator and an address allocator, with its log and its lock.
run() { cat > /root/p.sh; printf '### %s\n' "$1"; shift; bash /root/p.sh "$@" 2>&1; printf '=> %s\n' "$?"; }
run 'subnet calculator' 10.244.3.17/20 192.168.1.130/26 bad/33 10.0.0.0/0 <<'E'
set -u
ip2int() { local IFS=.; read -r a b c d <<< "$1"; printf '%d' "$(( (a<<24) | (b<<16) | (c<<8) | d ))"; }
int2ip() { local n=$1; printf '%d.%d.%d.%d' $((n>>24&255)) $((n>>16&255)) $((n>>8&255)) $((n&255)); }
for arg; do
  [[ $arg =~ ^(([0-9]{1,3}\.){3}[0-9]{1,3})/([0-9]|[12][0-9]|3[0-2])$ ]] || { echo "$0: bad: $arg" >&2; continue; }
  addr=${BASH_REMATCH[1]} len=${BASH_REMATCH[3]}
  mask=$(( len ? (0xffffffff << (32-len)) & 0xffffffff : 0 ))
  net=$(( $(ip2int "$addr") & mask )); bc=$(( net | (~mask & 0xffffffff) ))
  printf '%-18s net %-15s mask %-15s bcast %-15s hosts %d\n' "$arg" "$(int2ip $net)" "$(int2ip $mask)" "$(int2ip $bc)" $(( bc - net - 1 ))
done
E
run 'tables' <<'E'
declare -A pods=([web-1]=10.244.1.2 [web-2]=10.244.2.5 [db-0]=10.244.1.3)
declare -A node
for p in "${!pods[@]}"; do IFS=. read -r _ _ n _ <<< "${pods[$p]}"; node[$n]+="${node[$n]:+,}$p"; done
for n in $(printf '%s\n' "${!node[@]}" | sort -n); do IFS=, read -ra list <<< "${node[$n]}"; mapfile -t list < <(printf '%s\n' "${list[@]}" | sort); echo "node$n: ${#list[@]} pods: ${list[*]}"; done
printf '%s\n' "${pods[@]@K}" | tr ' ' '\n' | sort | head -3
echo "${pods[web-1]@Q} ${#pods[@]} ${pods[nope]-unset} ${!pods[@]}" | tr ' ' '\n' | sort
unset 'pods[db-0]'; [[ -v pods[db-0] ]] && echo there || echo gone
declare -p node | tr ' ' '\n' | sort
E
run 'trap order' <<'E'
set -Eeuo pipefail
log() { printf '%s[%s:%s] %s\n' "${0##*/}" "${BASH_LINENO[0]}" "${FUNCNAME[1]}" "$*"; }
on_err() { local rc=$?; log "rc=$rc cmd=[$BASH_COMMAND] stack=${FUNCNAME[*]:1} lines=${BASH_LINENO[*]}"; return $rc; }
trap on_err ERR
trap 'log "exit $?"' EXIT
inner() { log in; grep -q nothing /etc/hostname; log never; }
outer() { inner "$@"; }
outer a b
E
run 'exec redirections' <<'E'
exec 3>&1 4>&2 >log.txt 2>&1
echo to log; ls /nosuch
exec >&3 2>&4 3>&- 4>&-
echo back; cat log.txt
exec 5<>rw.txt; echo hello >&5; cat rw.txt; read -r x <&5; echo "[$x]"; exec 5>&-
{ echo out; echo err >&2; } 2>&1 >/dev/null | sed 's/^/E:/'
echo x >&5
exec {fd}>named.txt; echo "fd $((fd>=10))"; echo via >&$fd; exec {fd}>&-; cat named.txt
while read -r -u 6 l; do echo "<$l>"; done 6< <(printf 'a\nb\n')
cat <<A - <<B
first
A
second
B
: > empty; [[ -s empty ]] || echo empty
set -C; echo no > empty; echo yes >| empty; cat empty
E
run 'getopts long' -v -f file.conf -- rest one -x <<'E'
verbose=0 file=
usage() { cat >&2 <<U
Usage: ${0##*/} [-v] [-f FILE] ARG...
U
exit "${1:-2}"; }
while getopts vf:h opt; do
  case $opt in v) ((verbose++));; f) file=$OPTARG;; h) usage 0;; *) usage;; esac
done
shift $((OPTIND-1))
echo "verbose=$verbose file=$file args=$#: $*"
set -- -q; OPTIND=1
while getopts vf:h opt; do case $opt in *) echo "opt=$opt arg=${OPTARG-none}";; esac; done
set -- -f; OPTIND=1
while getopts vf:h opt; do echo "opt=$opt arg=${OPTARG-none}"; done
usage
E
run 'coproc' <<'E'
coproc CALC { while read -r a op b; do echo $((a $op b)); done; }
for e in '1 + 2' '7 * 6' '2 ** 10'; do echo "$e" >&"${CALC[1]}"; read -r r <&"${CALC[0]}"; echo "$e = $r"; done
exec {CALC[1]}>&-; wait "$CALC_PID"; echo "done $?"
coproc cat; echo hi >&${COPROC[1]}; read -r x <&${COPROC[0]}; echo "$x"; kill $COPROC_PID; wait $COPROC_PID; echo $?
E
run 'params' one 'two three' '' four <<'E'
echo "$#|$*|$@"; IFS=,; echo "$*"; unset IFS
printf '<%s>' "${@:2:2}"; echo; printf '<%s>' "${@: -1}" "${*:1:1}"; echo
set -- "${@/o/0}"; printf '<%s>' "$@"; echo; echo "${@#t}" "${@^}" "${*@Q}"
x='a  b   c'; echo ${#x} $x "$x" ${x// /_} ${x%% *} "${x##* }"
a=(x y 'z w'); b=("${a[@]}" q); echo "${#b[@]} ${b[@]:1:2} ${b[-1]} ${b[@]/#/-}"; unset 'b[1]'; echo "${!b[@]} ${b[1]-u}"
y=abc; echo ${y:1} ${y: -2} ${y:0:-1} ${y/b/[&]} ${y^^} ${y@U} ${y@A}
path=/opt/cni/bin/bridge.conf; echo "${path##*/} ${path%/*} ${path%.*} ${path/cni/CNI} ${path//\//:}"
v=y; echo ${!v} ${!v:1:1}; declare -n ref=y; ref=new; echo $y
printf -v out '%03d-%s' 7 x; echo $out; printf -v a[1] 'idx'; echo ${a[1]}
echo {a,b}{1..3} {05..10..2} {z..w} x{,y}; echo ~root ~nosuch
printf '%s %q %b\n' 'a b' "it's" 'x\ty'; printf '%(%Y)T\n' 0; printf '%x %o %e %5.2f|%-6s|%+d\n' 255 8 12345.678 3.14159 ab 5
E
