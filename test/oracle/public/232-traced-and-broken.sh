# What scripts leave behind when they are traced, killed, timed out, or written wrongly.
run() { cat > /root/p.sh; printf '### %s\n' "$1"; shift; bash "$@" /root/p.sh 2>&1; printf '=> %s\n' "$?"; }
run 'xtrace of everything' -x <<'E'
a=(1 "b c" $'t\tx'); declare -A m=([k]=v); m[z w]=1; ((x=3, y=x*2)); let z=y+1
[[ $x -gt 2 && ! -f /nosuch || -n '' ]]; [ "$x" = 3 ]; case $x in [0-9]) : digit;; esac
for i in 1 2; do echo $i; done; for ((j=0;j<2;j++)); do :; done; while ((j-->0)); do :; done
f() { local l=$1 r; return 4; }; f 'arg 1' || echo "rc $?"; v=$(f q; echo "$(echo deep)"); (cd /tmp; pwd); { echo grp; } > /dev/null
echo "it's" 'q"q' $'\x01' '' "*"; unset a; export E=1; readonly R='x y'; x+=1; a[2]=9; set -- p 'q r'; shift; eval 'echo ev'; trap 'echo bye' EXIT; time_=1 true; ! false; select s in x; do break; done <<< 1; printf -v w %s ok; read -r q <<< "in put"; : ${undef:=dflt}; set +x; echo quiet
E
run 'PS4' <<'E'
export PS4='+${BASH_SOURCE##*/}:${LINENO}:${FUNCNAME[0]:-main}: '
set -x
f() { :; local a=1; g; }
g() { echo in g; }
f
x=$(g)
set +x
BASH_XTRACEFD=7; exec 7>trace.txt; set -x; echo traced; set +x; cat trace.txt
E
run 'errors with lines' <<'E'
echo start
nosuch1 arg
f() {
  nosuch2
  cd /nosuch
  return x
}
f
echo "${arr[bad key]}"
echo $((1 +)) 
echo after
declare -A assoc; assoc=1; echo ${assoc[0]}
x=5; x[1]=6; declare -p x
readonly ro=1; ro=2
echo "not reached?"
E
run 'more errors' <<'E'
local x=1
declare -i n=abc; echo $n; n=3+4; echo $n
printf '%d\n' 0x1f 010 'a' "'A" 3.7
printf '%s\n' 
[ 1 -eq x ]; echo $?; [ a b ]; echo $?; [ ]; echo $?; test -z; echo $?
shift 5; echo $?; unset 1x; export 2y=3; read 3z <<< 1; echo $?
. nosuchfile; echo $?; source; echo $?; exec 9<nosuch; echo $?
kill -0 999999; kill -FOO 1; wait 999999; echo $?; trap x NOSIG; cd a b; pushd /nosuch; popd; dirs +5
let; let 1/0; echo $?; echo ${x:?msg here}; echo no
E
run 'return codes' <<'E'
(exit 256); echo $?; (exit -1); echo $?; bash -c 'kill -9 $$'; echo $?; sh -c 'kill -TERM $$'; echo $?
timeout 0.2 sleep 5; echo $?; timeout -s KILL 0.2 sleep 5; echo $?; timeout 1 false; echo $?; timeout 1 nosuch; echo $?
sleep 5 & p=$!; kill $p; wait $p; echo $?; sleep 0.1 & wait %1; echo $?
false | true | (exit 3); echo "${PIPESTATUS[*]} $?"; ! (exit 5); echo $?
yes | head -1; echo "${PIPESTATUS[*]}"; set -o pipefail; yes | head -1 >/dev/null; echo $?; grep x nosuch; echo $?; grep -q z /etc/hostname; echo $?
xargs false <<< a; echo $?; xargs sh -c 'exit 255' <<< a; echo $?; find /nosuch; echo $?; env nosuch; echo $?; nohup nosuch 2>&1; echo $?
E
run 'jobs and signals' <<'E'
trap 'echo got USR1' USR1; trap 'echo got TERM; exit 7' TERM
( sleep 0.2; kill -USR1 $$; sleep 0.2; kill -TERM $$ ) &
while :; do sleep 0.05; done
E
run 'background loop' <<'E'
work() { sleep 0.0$1; echo "done $1"; return $1; }
pids=(); for i in 9 1 5; do work $i & pids+=($!); done
for p in "${pids[@]}"; do wait $p; echo "rc $?"; done
set -m; sleep 0.3 & jobs; fg %1; sleep 5 & kill %%; wait; jobs
E
run 'unbound' -u <<'E'
echo ${a:-x} ${#b[@]}; f() { echo "$1"; }; f
E
run 'heredocs' <<'E'
x=1; cat <<-T
	tab $x $(echo sub) `echo bt` \$x \\ $((x+1)) ${x:+set}
	  two
	T
cat <<'Q' | while read -r l; do echo "[$l]"; done
$x `no` \n
Q
f() { cat; }; f <<< "$(printf 'a\n\n\n')"; cat <<E1; echo after
body
E1
tee a b <<< z > /dev/null; cat a b; wc -c <<< ''; cat << 'E2' > f.txt
"quoted" 'x' $HOME
E2
cat f.txt
E
run 'unclosed' <<'E'
echo ok
if [ 1 ]; then
 echo "abc
fi
E
run 'missing done' <<'E'
for i in 1 2; do
  echo $i
fi
done
E
run 'bad arrays' <<'E'
a=(1 2
echo no
E
