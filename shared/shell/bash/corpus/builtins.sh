#### usage errors
read -q; echo $?; cd -z; echo $?; cd a b; echo $?; export -z; echo $?; set -Z; echo $?; set -o nope; echo $?; shopt nope; echo $?; shopt -s nope; echo $?; unset -z; echo $?; declare -z; echo $?; local x; echo $?; type -z; echo $?; hash -z; echo $?; alias -z; echo $?; unalias; echo $?; trap -z; echo $?; wait -z; echo $?; jobs -z; echo $?; umask -z; echo $?; pwd -z; echo $?; dirs -z; echo $?; pushd -z; echo $?; popd -z; echo $?; getopts; echo $?; shift x; echo $?; source; echo $?; command -z; echo $?; enable -z; echo $?; mapfile -z; echo $?; printf -z; echo $?; disown -z; echo $?; kill; echo $?; ulimit -z; echo $?; fc -z; echo $?
#### kill
kill -l; kill -l 9; kill -l TERM; kill -l 137; kill -l 0 34 64; kill abc; echo $?; kill -FOO 1; echo $?; kill 999999; echo $?; kill %9; echo $?; kill -s; echo $?; kill -n 99 1; echo $?; kill -l FOO; echo $?; kill -0 $$; echo $?; kill -s TERM 999999; echo $?
#### job words
jobs %9; echo $?; fg; echo $?; bg; echo $?; wait %9; echo $?; disown %3; echo $?; wait abc; echo $?; suspend; echo $?; disown; echo $?
#### type and command
type nosuch; echo $?; type cd if cat; type -t cd if cat; type -p cat; command -v cd if cat nosuch; echo $?; command -V cd; command -V nosuch; echo $?; f() { :; }; type f; type -t f; command -v f; type -f f; echo $?; type -P cd; echo $?; builtin nosuch; echo $?; builtin echo hi; command echo hi; cat() { echo fake; }; command cat < /dev/null; cat; unset -f cat; command; echo $?; alias zz=yy; shopt -s expand_aliases; type zz; command -v zz
#### hash
hash nosuch; echo $?; hash; cat /dev/null; hash; hash -t cat; hash -r; hash; hash -d cat; echo $?; hash cat; hash -l; hash -p /x/y foo; hash -t foo; foo; echo $?
#### shift
shift 5; echo $?; shift -1; echo $?; set -- a b c d; shift; echo $@; shift 2; echo $@; shift 0; echo $@; shift 1 2; echo $?; shopt -s shift_verbose; shift 9; echo $?
#### loop control errors
break 0; echo $?; for i in 1; do break 0; echo no; done; echo $?; for i in 1 2; do continue 1 2; done; echo $?; for i in 1; do break x; echo no; done; echo not reached
#### return errors
return x; echo $?; f() { return x; echo no; }; f; echo $?; g() { return 1 2; echo more; }; g; echo $?; h() { return -1; }; h; echo $?; (exit x); echo $?; (exit 1 2); echo $?; (exit -1); echo $?; (exit 256); echo $?
#### umask
umask; umask -S; umask 027; umask; umask u=rwx,g=; umask; umask -p; umask 999; echo $?; umask x; echo $?; umask u=q; echo $?; umask 22; umask; umask a+x; umask; umask go-rwx; umask -S
#### trap
trap; trap 'echo x' INT EXIT; trap -p; trap -p INT; trap - EXIT; trap; trap x NOSIG; echo $?; trap 'echo a b' 15; trap -p TERM; trap '' USR1; trap -p USR1; trap "it's" USR2; trap -p USR2; trap 2; trap; trap - TERM USR1 USR2; trap; trap foo; echo $?
#### declare
declare -p nosuch; echo $?; x=1; declare -p x; declare -i y=3+4; declare -p y; y=2*5; echo $y; y+=1; echo $y; declare -r z=1; z=2; echo no; 
declare -p z; declare -a a=(1 2); declare -p a; declare -A m=([x]=1); declare -p m; declare -x e; declare -p e; declare -x e2=v; declare -p e2; declare -F; f() { :; }; declare -F; declare -F f; declare -n r=x; r=5; echo $x; declare -p r; declare -l lo=ABC; echo $lo; lo=XyZ; echo $lo; declare -u up=abc; echo $up; declare +i y; y=1+1; echo $y; declare -ai ia=(1+1 2*3); declare -p ia; unset -n r; declare -p r; echo $?
declare -g gg=1; echo $gg; declare 1a=2; echo $?; declare -A m2; m2[a]=1; declare -p m2; declare -a m2; echo $?; declare -A a; echo $?; declare -i bad=1x; echo $?; declare -p BASH_VERSINFO | head -1; declare -t t=1; declare -p t; declare -rx rx=1; declare -p rx; declare +r rx; echo $?; declare -- dd=5; declare -p dd; q=$'a\nb"c$d`e\\'; declare -p q; declare -a arr; declare -p arr; arr[3]=x; declare -p arr; declare -A as; declare -p as
#### local
f() { local a b=2 c; a=1; echo $a $b ${c-unset}; local -a arr=(x y); echo ${arr[1]}; local -A as=([k]=v); echo ${as[k]}; local -r ro=1; ro=2; echo no; }; f; echo after
g() { local x=in; h; echo $x; }; h() { x=changed; }; x=out; g; echo $x; k() { local x; echo "${x-unset}"; x=1; unset x; echo "${x-unset}"; }; k; echo $x; l() { local -i n=5; n+=1; echo $n; local -n ref=x; ref=viaref; }; l; echo $x; m() { local x=$1; [ $1 -gt 0 ] && m $(($1-1)); echo -n "$x "; }; m 3; echo; n() { local IFS=:; set -- $1; echo $#; }; n a:b:c; o() { local; }; o; p() { local z=1; local; }; p; r() { local x=1 local; echo $?; }; r; s() { local 1x; echo $?; }; s
#### export and readonly
export A=1 B; B=2; env | sort | head -2; export -n A; printenv A; echo $?; printenv B; C=3 printenv C; printenv C; echo $?; export -p | head -3; readonly R=1; R=2; echo not
readonly R2=x; readonly -p | head -3 | tail -1; unset R2; echo $?; export 1x=3; echo $?; readonly 1y; echo $?; export -f nof; echo $?; ff() { echo exported; }; export -f ff; bash -c ff; declare -p A; R2=3 true; echo $?; export R2=4; echo $?; D=x; export D; D=y; bash -c 'echo $D'; E=1 bash -c 'echo $E'; export E; echo "${E-unset}"; bash -c 'echo ${E-unset}'; export ARR=(1 2); bash -c 'echo ${ARR-none}'
#### unset
x=1; unset x; echo ${x-u}; a=(1 2 3); unset 'a[1]'; echo ${a[@]}; unset a; echo ${a[@]-u}; f() { :; }; unset f; f; echo $?; g=1; g() { echo fn; }; unset g; g; unset g; g; echo $?; unset -v nosuch; echo $?; unset -f nosuch; echo $?; readonly ro=1; unset ro; echo $?; unset 1x; echo $?; unset PATH_; declare -A m=([a]=1 [b]=2); unset 'm[a]'; echo ${!m[@]}; unset 'm[@]'; echo ${#m[@]}; unset BASH_VERSINFO; echo $?; unset ''; echo $?
#### set
set -- a b; echo $@; set x y z; echo $@; set --; echo $#; set -- -a -b; echo $@; set -e -u; echo $-; set +eu; echo $-; set -o pipefail; set -o | head -3; set +o | head -2; set -f; echo *; set +f; set - p q; echo $@; set -o noglob; echo $-; set +o noglob; set -vx -- z 2>/dev/null; set +vx; echo $@; shopt -o pipefail; shopt -q -o errexit; echo $?; set -o errexit; echo $SHELLOPTS; set +e; x=5; set | grep '^x=' ; y='a b'; set | grep ^y=
#### shopt
shopt nullglob; echo $?; shopt -s nullglob; shopt nullglob; echo $?; echo *.nosuch end; shopt -p nullglob; shopt -u nullglob; echo *.nosuch; shopt -s failglob; echo *.nosuch; echo "rc $?"
shopt -u failglob; touch .h a.txt B.TXT b.txt; echo *; shopt -s dotglob; echo *; shopt -u dotglob; shopt -s nocaseglob; echo *.txt; shopt -u nocaseglob; shopt -s extglob
echo !(a*) +([a-z]).txt @(a|b).txt; shopt | head -3; shopt -s | head -2; shopt -q extglob; echo $?; shopt -s globstar; mkdir -p d/e; touch d/e/f; echo **; echo d/**; shopt -s -u extglob; echo $?
#### globbing
touch a1 a2 b1 'sp ace' '[x]' .hid; mkdir d; touch d/x d/y; echo *; echo a?; echo [ab]1; echo [!a]*; echo [a-b][1-2]; echo d/*; echo */; echo */x; echo "a*"; echo a\*; echo \[x]; echo .h*; echo nosuch*; echo ./a*; x='a*'; echo $x "$x"; echo {a,b}*; for f in *; do echo "<$f>"; done; echo [[:alpha:]]1; echo [[:digit:]]*; echo *[!1]; echo .*; echo d/; echo d//x; echo ?; echo [x; GLOBIGNORE_=1; echo /etc/passw[d]; set -f; echo *; y=('*' a*); set +f; echo "${y[@]}" ${y[0]}
#### getopts
f() { OPTIND=1; while getopts "ab:c" o; do echo "$o ${OPTARG-none} $OPTIND"; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b val -c x y; f -abval z; f -ac -- -b; f -x; f -b; f; f a -b; g() { OPTIND=1; while getopts ":ab:" o; do echo "$o [$OPTARG]"; done; }; g -x -b; g -a -b v; while getopts a opt -a -q; do echo "$opt"; done; getopts x 1bad -x; echo $?; OPTERR=0; OPTIND=1; getopts a o -z; echo "$o $?"
#### let
let "z = 5 * 3"; echo $z; let z++ z+=2; echo $z $?; let 0; echo $?; let 1; echo $?; let x=3 y=x*2; echo $y; let 'a[2]=7'; echo ${a[2]}; let "1/0"; echo $?; let 'b = (1 + 2'; echo $?; let x<<=2 2>/dev/null; echo $x
#### cd and pwd
mkdir -p real/sub; ln -s real link; here=$PWD; cd link; echo ${PWD#$here}; p=$(pwd -P); echo ${p#$here}; cd ..; echo ${PWD#$here}; cd -P link; echo ${PWD#$here}; cd "$here"; cd -L link/sub; echo ${PWD#$here}; cd ..; echo ${PWD#$here}; cd - > /dev/null; cd nosuch; echo $?; cd "$here"; HOME=$here/real; cd; echo ${PWD#$here}; cd ~; echo ${PWD#$here}; unset HOME; cd; echo $?; OLDPWD=; cd -; echo $?; unset OLDPWD; cd -; echo $?; cd ''; echo $?; CDPATH=$here/real; cd "$here"; cd sub > /dev/null; cd /; cd sub >/dev/null; echo ${PWD#$here}; cd /usr/./bin/../bin; pwd; cd //; pwd; cd /..; pwd; pwd x; echo $?
#### directory stack
cd /; pushd /tmp; pushd /usr; dirs; dirs -v; dirs -p; dirs +1; dirs -0; pushd; pushd +1; popd; popd; popd; echo $?; pushd; echo $?; pushd /nosuch; echo $?; dirs -c; dirs; pushd -n /etc; dirs; popd -n; dirs +5; echo $?; popd +7; echo $?; echo ${DIRSTACK[@]}; HOME=/usr; pushd /usr/bin; dirs -l; echo ~+ ~-
#### eval and source
eval 'echo a; echo b'; eval echo '$((1+1))' '"x y"'; x='echo hi'; eval "$x"; eval; echo $?; eval 'false'; echo $?; printf 'echo "lib $1 $#"\nv=set\nreturn 7\necho no\n' > lib.sh; . ./lib.sh; echo $? $v; source ./lib.sh arg; echo $?; . lib.sh x y; echo $?; . /nosuch; echo $?; . ./nosuch; echo $?; . nosuchlib; echo $?; source /tmp; set -- p q; . ./lib.sh; echo $@; echo 'f() { echo from lib; }' > l2; . ./l2; f; echo 'echo ${BASH_SOURCE[0]} $LINENO ${FUNCNAME[0]}' > l3; . ./l3; eval 'f() { return 3; }; f'; echo $?; eval "x=1
y=2
echo \$LINENO"
#### exec
(exec echo replaced; echo no); (exec -a name bash -c 'echo $0'); (exec nosuch; echo no); echo $?; (exec /nosuch; echo no); echo $?; (exec /etc; echo no); echo $?; exec; echo still; (exec -c env; echo no) | wc -l; exec 3>out; echo x >&3; exec 3>&-; cat out; (exec > f; echo in; echo in2); cat f; exec 2>&1; (exec -l bash -c 'echo $0'); bash -c 'exec nosuch; echo no'; echo $?; (shopt -s execfail; exec nosuch; echo yes)
#### special variables
echo $0 $# $? ${#} $-; f() { echo $FUNCNAME $# ; }; f 1 2; echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]} $BASH_VERSION; echo ${BASH_SOURCE[0]} $LINENO; echo $((SECONDS >= 0)) $((RANDOM >= 0)) $((EPOCHSECONDS > 0)) $((BASHPID == $$)); (echo $((BASHPID != $$)) $BASH_SUBSHELL); echo $BASH_SUBSHELL; true a b c; echo $_; echo "$IFS" | wc -c; echo $PPID | grep -c '[0-9]'; echo $HOSTTYPE $OSTYPE $MACHTYPE; echo $SHLVL; bash -c 'echo $SHLVL'; echo $UID $EUID; echo $OPTIND $OPTERR; echo "$PS4|$PS1|$PS2"; RANDOM=42; echo $RANDOM $RANDOM; bash -c 'echo $0 $1 $#' a b c; bash -c 'echo $0'; echo $BASH_COMMAND; LINENO=100; echo $LINENO; echo ${PIPESTATUS[@]}; echo $SHELLOPTS; echo $BASHOPTS; echo ${FUNCNAME-unset}; echo $TERM; SECONDS=50; echo $((SECONDS >= 50)); echo ${GROUPS[0]}; set -- a; echo $_; : last; echo $_
#### invocation
bash -c 'echo "$0 $@"' zero one two; echo 'echo "script $0 $@"' > s; bash s a b; bash ./s; echo 'echo stdin $1 $-' | bash -s arg; bash -e -c 'false; echo no'; echo $?; bash -ec 'echo e $-'; bash -x -c 'echo traced'; bash -u -c 'echo $x'; echo $?; bash --version | head -1; bash --nosuch 2>&1 | head -1; bash -o pipefail -c 'false | true'; echo $?; bash +B -c 'echo {a,b}'; bash -O extglob -c 'shopt extglob'; bash -n -c 'echo no'; echo $?; bash nosuch; echo $?; bash /; echo $?; chmod 755 s; ./s direct; printf '#!/bin/bash -e\nfalse\necho no\n' > e; chmod 755 e; ./e; echo $?; printf '#!/nosuch/interp\n' > n; chmod 755 n; ./n; echo $?; printf 'echo no shebang $0\n' > ns; chmod 755 ns; ./ns; echo hi > noexec; ./noexec; echo $?; printf '#!/usr/bin/env bash\necho env $BASH_SUBSHELL\n' > v; chmod 755 v; ./v; sh -c 'echo sh $0'; bash -c 'echo a' ; bash -lc 'shopt login_shell' 2>/dev/null; echo 'echo one
read x
this is input
echo "got $x"' | bash; bash <<< 'echo from string; cat'
#### print functions
f() { echo hi; if true; then echo a && b || c; else d > x 2>&1 < y & fi; while read -r x; do echo "$x"; done < file; for ((i=0;i<3;i++)); do :; done; case $1 in a|b) x;; *) y; z;& esac; (cd /; ls) | cat; { a; b; }; [[ -n $x && ( $y == z* || ! -f q ) ]]; ((x++)); local a=(1 "2 3") b=4; for x; do echo; done; select y in a b; do break; done; until false; do x; done; g() { inner; }; ! foo | bar; time baz; a=1 b=2 cmd arg; exec 3>&1 4<&0 5>&- &> all; elif_test; }
type f
g() ( sub; shell )
declare -f g
h() { if a; then b; elif c; then d; else e; fi; a & b; a; b & } 2>err
declare -f h
k() for i in 1; do x; done
declare -f k
l() { echo a |& b; <<<x cat; cat <(ls) >&2; coproc x { y; }; function z { w; }; echo $(a; b) `c`; }
declare -f l
m() {
  # comment
  echo 1

  echo 2
}
declare -f m
n() { cat <<EOF
hello $x
EOF
echo after; }
declare -f n
o() { case $x in esac; if a; then b; fi > out; while a; do b; done & }; declare -f o; declare -f m o
#### jobs listing
sleep 5 & jobs; jobs -r; jobs -s; jobs -p | wc -l; kill %1; wait %1 2>/dev/null; jobs; f() { sleep 3; }; f & { echo a; sleep 3; } & (sleep 3; echo b) | cat & for i in 1 2; do sleep 1; done & while true; do sleep 9; done & if true; then sleep 3; fi & case x in x) sleep 3;; esac & sleep 0.1; jobs; kill $(jobs -p) 2>/dev/null; kill %%; wait; jobs; (exit 3) & sleep 0.1; jobs; sleep 3 & sleep 4 & jobs %1; jobs %-; jobs %sleep; echo $?; jobs %?4; kill %1 %2; wait
#### wait variants
sleep 0.2 & a=$!; sleep 0.1 & b=$!; wait $b; echo $?; wait $a $b; echo $?; (exit 5) & wait %1; echo $?; (sleep 0.1; exit 6) & wait -n; echo $?; wait -n; echo $?; sleep 0.1 & wait -p v -n; [[ $v == $! ]] && echo pid; (exit 4) & p=$!; sleep 0.1; wait $p; echo $?; wait $p; echo $?; { sleep 0.1; exit 9; } & wait; echo $?; for i in 3 1 2; do (sleep 0.$i; echo $i) & done; wait
#### coproc
coproc cat; echo hello >&${COPROC[1]}; read -r l <&${COPROC[0]}; echo "got $l"; exec {COPROC[1]}>&-; wait $COPROC_PID; echo $?; coproc UP { while read x; do echo "${x^^}"; done; }; echo abc >&${UP[1]}; read -r y <&${UP[0]}; echo $y; kill $UP_PID; wait $UP_PID 2>/dev/null; echo $?
#### nested functions and traps in subshells
trap 'echo parent exit' EXIT; (trap 'echo sub exit' EXIT; exit 3); echo $?; f() { (exit 4); }; f; echo $?; x=$(trap 'echo in subst' EXIT; echo body); echo "$x"; (echo no trap); bash -c 'trap "echo bye" EXIT; kill -TERM $$'; echo $?; bash -c 'trap "echo hup; exit 3" HUP; kill -HUP $$; echo no'; echo $?; (set -e; trap 'echo err $?' ERR; false; echo no); echo $?; trap 'echo err2' ERR; f() { false; true; }; f; set -E; f; set +E; false || true; ! true; trap - ERR
#### ifs and read edge
IFS= read -r x <<< "  keep  "; echo "[$x]"; IFS=: read a b c <<< "x::y"; echo "[$a][$b][$c]"; IFS=: read a b <<< "x:y:"; echo "[$a][$b]"; IFS=: read a b <<< "x:y:z:"; echo "[$a][$b]"; read a b <<< "x"; echo "[$a][$b]"; IFS=' :' read a b c <<< " p : q  r "; echo "[$a][$b][$c]"; read -r a <<< "  t  "; echo "[$a]"; IFS=$'\n' read -d '' -a lines < <(printf 'l 1\nl 2\n'); echo "${#lines[@]} ${lines[1]}"; echo 'a\ b c' | { read x y; echo "[$x][$y]"; }; echo 'a\:b:c' | { IFS=: read x y; echo "[$x][$y]"; }; while IFS='=' read -r k v; do echo "$k -> $v"; done <<< $'a=1\nb=2=3'; IFS=, ; set -- a,b c; echo $1 "$*" $*; x=1,2,3; echo $x; for i in $x; do echo -n "<$i>"; done; echo; arr=($x); echo ${#arr[@]}; echo "${arr[*]}"
#### big output
for i in {1..3000}; do echo "line $i of many lines that fill a pipe"; done | wc -c; x=$(seq 1 20000); echo ${#x}; printf '%s\n' {1..10000} | tail -1; yes | head -1000 | wc -l
#### here strings and nested quotes
cat <<< "a 'b' \"c\" \$x $((1+2))"; x="q\"r"; echo "${x/\"/-}" "${x%\"*}" ${x#*\"}; echo "$(echo "a $(echo "b $(echo "c")")")"; echo "${u:-"$(echo "n '${v:-w}'")"}"; echo "${u:-$'tab\there'}" ${u:-$'x\ty'}; echo 'a'"b"$'c'$"d"; cat <<E1
$(cat <<E2
inner
E2
) ${u:-"dq"} ${u:-'sq'} "x" \"y\" `echo "bq"` \`z\`
E1
#### exit in places
f() { exit 3; }; (f; echo no); echo $?; x=$(exit 4; echo no); echo $?; { (exit 5); echo $?; }; echo a | (exit 6); echo $?; if (exit 1); then echo no; else echo else $?; fi; while (exit 2); do :; done; echo $?; bash -c 'exit'; echo $?; bash -c 'false; exit'; echo $?; (trap 'exit 8' EXIT; exit 1); echo $?; for i in 1; do exit 7; done; echo no
#### math command
((x=5)); echo $x $?; ((x==5)) && echo yes; ((x>10)) || echo no; ((x++, y=x*2)); echo $x $y; if ((x % 2 == 0)); then echo even; fi; while ((x > 3)); do ((x--)); done; echo $x; ((a[1]=4)); echo ${a[1]}; (( ! x )); echo $?; ((x = y > 5 ? 1 : 0)); echo $x; for ((i=0, j=10; i<j; i+=3, j-=2)); do echo $i,$j; done; for ((;;)); do break; done; for ((i=3;i--;)); do echo -n $i; done; echo; ((z=x<<2|1)); echo $z; ((1 ? x=7 : (y=8))); echo $x; n="x + 1"; ((m = n * 2)); echo $m; ((x+=1, x*=2)); echo $x; (( "x" == 16 )); echo $?; ((b["k"]=1)) ; echo $?; declare -A h; ((h[key]=5)); echo ${h[key]}; ((h[key]++)); echo ${h[key]}; k=key; ((h[$k]+=10)); echo ${h[key]}
#### select
select x in alpha beta "c d"; do echo "$REPLY:$x"; [ "$x" ] || break; done <<< $'1\n3\n9\n'; PS3='pick> '; select y in a b; do echo $y; break; done <<< 2; select z in; do echo no; done; echo $?; select w in p q; do :; done < /dev/null; echo $?
#### time
TIMEFORMAT='t'; time true; time { echo g; }; time sleep 0.01; ! time false; echo $?; TIMEFORMAT=; time true | false; echo $?
#### namerefs and indirection
declare -n ref=target; target=5; echo $ref; ref=6; echo $target; unset ref; echo ${target-gone}; f() { local -n out=$1; out=result; out2=x; }; f myvar; echo $myvar; arr=(a b c); g() { local -n a=$1; echo ${a[1]} ${#a[@]}; a+=(d); for i in "${!a[@]}"; do echo -n "$i:${a[i]} "; done; echo; }; g arr; echo ${arr[@]}; p=arr[1]; echo ${!p}; p=nosuch; echo "[${!p}]"; p='arr[@]'; echo "${!p}"; v=one; one=two; echo ${!v}; set -- x y; n=2; echo ${!n}; echo ${!#}; declare -n e=arr[0]; echo $e; e=Z; echo ${arr[0]}
#### what is discarded ends with the text that was read
f() { eval 'readonly Q=1; Q=2; echo same line
echo next line $?'; echo "after eval $?"; }
f; echo "top $?"
for i in 1 2; do eval 'echo $((08)); echo no'; echo "loop $i $?"; done
if eval 'echo ${x!}; echo no'; then echo yes; else echo "else $?"; fi
printf 'echo in source\nQ=3; echo no\necho later in source\n' > part; . ./part; echo "rc $?"
trap 'Q=5; echo no' USR1; kill -USR1 $$; echo "after trap $?"
( eval 'Q=9; echo no'; echo still $? ); echo "rc $?"
set -e; eval 'Q=7'; echo unreached
#### lines of traps
trap 'echo at $LINENO' EXIT
trap 'echo usr
echo $LINENO' USR1
kill -USR1 $$
exit 3
