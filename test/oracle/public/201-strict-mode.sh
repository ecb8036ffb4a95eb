# A provisioning script in strict mode, failing at different places; what it leaves, and what its traps tell.
run() { cat > /root/p.sh; printf '### %s\n' "$1"; bash /root/p.sh 2>&1; printf '=> %s\n' "$?"; }
run 'unset variable' <<'E'
set -euo pipefail
trap 'echo "exit $?"' EXIT
echo start
ip link add "$BRIDGE" type bridge
echo never
E
run 'failing command in function' <<'E'
set -Eeuo pipefail
trap 'echo "failed: $BASH_COMMAND (line $LINENO, status $?)"' ERR
cleanup() { local status=$?; ip link del br9 2>/dev/null; echo "cleanup $status"; exit $status; }
trap cleanup EXIT
setup() {
  ip link add br9 type bridge
  ip link set br9 up
  ip link set nosuch0 master br9
  echo never
}
setup
E
run 'pipe' <<'E'
set -euo pipefail
count=$(ip -o link | grep -c nosuch | tr -d ' ')
echo "count $count"
E
run 'guarded' <<'E'
set -euo pipefail
if ! ip link show nosuch >/dev/null 2>&1; then echo missing; fi
ip link show nosuch >/dev/null 2>&1 || echo "or $?"
x=$(ip link show nosuch 2>/dev/null || true); echo "x=[$x]"
! false; echo "after bang"
local_test() { local v=$(false); echo "local hides $?"; }; local_test
v=$(false) || echo "assignment $?"
(( 0 )) || echo arith
for i in 1 2; do [[ $i == 2 ]] && echo two; done
echo end
E
run 'subshell' <<'E'
set -e
( set +e; false; echo inner; exit 3 ) || echo "sub $?"
out=$(false; echo continued); echo "$out"
f() { false; echo "in f"; }
f && echo ok
{ false; echo braces; } || echo no
f
echo never
E
run 'nested traps' <<'E'
trap 'echo outer' EXIT
( trap 'echo inner' EXIT; echo body )
bash -c 'trap "echo child" EXIT; exit 2'; echo "st $?"
trap 'echo "usr1"' USR1; kill -USR1 $$; echo done
trap - EXIT
E
run 'required args' <<'E'
set -u
: "${1:?usage: $0 NAME}"
E
run 'default args' <<'E'
set -u
name=${1:-default}; echo "${name^^} ${name:0:3} ${#name} ${name/fault/FAULT} ${2-none}"
arr=(); echo "${arr[@]+set} ${#arr[@]}"
echo "${arr[0]-empty}" "${NOPE:+x}"
echo "$NOPE"
E
run 'getopts' <<'E'
usage() { echo "usage: p.sh [-n name] [-v] file" >&2; exit 64; }
set -- -v -n web -x
while getopts ':n:v' opt; do case $opt in n) name=$OPTARG;; v) verbose=1;; :) echo "need -$OPTARG";; \?) echo "bad -$OPTARG"; usage;; esac; done
E
run 'retry' <<'E'
retry() { local n=$1 i; shift; for ((i=1;i<=n;i++)); do "$@" && return 0; echo "attempt $i failed: $?"; done; return 1; }
ip link set lo up
retry 2 ping -c1 -W1 10.99.0.1 >/dev/null 2>&1; echo "r=$?"
retry 3 test -e /root/nosuch
E
run 'syntax' <<'E'
echo before
if true; then
  echo a
E
run 'syntax2' <<'E'
for i in 1 2; do echo $i; done done
E
run 'lock' <<'E'
exec 9>/root/lock
flock -n 9 && echo locked
( flock -n 9 && echo same ) 
bash -c 'exec 8>/root/lock; flock -n 8 || echo busy'
flock -u 9; bash -c 'exec 8>/root/lock; flock -n 8 && echo free'
E
run 'xtrace' <<'E'
PS4='+ ${LINENO}: '
set -x
a=(1 "2 3"); for i in "${a[@]}"; do echo "$i" > /dev/null; done
[[ -n $a && $a == 1* ]]
ip link show lo > /dev/null
x=$((1+2)) y="q r"
f() { local z=1; return $z; }; f || :
cat <<< "$y" > /dev/null
E
