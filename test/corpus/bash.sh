#### paren newline
echo (
echo b
#### for newline
for
do
#### for semi
for ; do
#### function no body
f()
echo x
#### case esac
case x in
esac esac
#### unexpected fi
fi
#### nested
if true; then
  echo a
#### quote
echo "abc
#### dollar paren
echo $(echo a
#### brace
{ echo a
#### brace2
echo a }
}
#### double semi
echo a ;; echo b
#### amp amp
&& echo
#### pipe end
echo a |
#### heredoc eof
cat <<E
abc
#### redirect
cat <
echo x
#### redirect2
cat < > x
#### while no do
while true; echo a; done
#### in
for x in a b c echo; done
#### else
if true; else fi
#### then
if true; fi
#### bad sub
echo ${a b}
echo after
#### bad sub 2
echo ${a!b}
echo after
#### bad sub 3
echo ${}
echo after
#### cond
[[ a b ]]
echo $?
#### cond2
[[ -f ]]
echo x
#### cond4
[[ ]]
echo x
#### cond5
[[ a && ]]
echo x
#### cond6
[[ ( a ]]
echo x
#### arith
(( 1 + ))
echo $?
(( 1 + 2
echo x
#### arith2
echo $(( 1 + ))
echo after
#### arith3
echo $((1 +* 2)); echo same line
echo $((08)); echo $((1/0))
echo $((a b)) ; echo $(( 3 = 4 ))
echo $((2#3)); echo $((99#1))
echo after
#### array
a=(1 2
echo x
#### eval
eval 'echo (' ; echo $?
eval 'if'; echo $?
eval 'echo "'; echo $?
#### source
echo 'echo (' > f; . ./f; echo $?
echo 'if true' > f; . ./f; echo $?
printf 'echo ok\nfi\n' > f; . ./f; echo $?
#### dash c
bash -c 'echo ('; echo $?
bash -c 'if true; then'; echo $?
bash -c 'echo a; echo )'; echo $?
bash -c $'echo a\necho )'; echo $?
bash -c 'echo "x'; echo $?
bash -c "echo \$(echo"; echo $?
bash -c 'echo `echo'; echo $?
bash -c 'for i in 1 2; do echo $i'; echo $?
bash -c 'echo ${x'; echo $?
bash -c '}' ; bash -c '{ }'; bash -c '( )'; bash -c '()' ; bash -c ';'; bash -c '|'; bash -c '<'
bash -c 'select'; bash -c 'until'; bash -c 'time'; bash -c '!'; bash -c 'coproc'
bash -c 'echo <<'; bash -c 'echo <<<'; bash -c 'echo >&'; bash -c 'echo &>'; bash -c 'echo 2>'
bash -n -c 'echo hi'; echo $?
#### stdin
echo 'echo (' | bash; echo $?
printf 'echo a\nif true; then\necho b\n' | bash; echo $?
printf 'echo a\nfi\necho b\n' | bash; echo $?
printf 'echo "a\n' | bash; echo $?
#### n option
printf 'echo a\nfi\necho b\n' > g; bash -n g; echo $?
printf 'echo a\nif x\n' > g; bash -n g; echo $?
#### function names
f-g() { echo dash; }; f-g
f.g() { echo dot; }; f.g
1f() { echo one; }; 1f
function a+b { echo plus; }; a+b
if() { echo; }
#### function dollar
$x() { echo; }
echo after
#### reserved
then
#### reserved2
do
echo x
#### reserved3
in
esac
#### done paren
(echo a))
#### semicolon newline
;
echo x
#### ampersand
echo a &; echo b
#### ampersand2
echo a && && echo b
#### pipe pipe
echo a | | cat
#### newline brace
{
}
#### empty paren
( )
#### empty then
if true; then
fi
#### bang
! 
echo $?
! ! true; echo $?
#### assignment
a =1
1a=2
a-b=1
echo $?
#### arrays
a=(1 2 "three four" [7]=x); echo "${#a[@]} ${!a[@]} ${a[-1]} ${a[@]:1:2}"; declare -p a
a+=(y z); unset 'a[1]'; declare -p a; echo "${a[*]/#/p}" "${a[@]^^}" "${a[@]@Q}"
a[100]=5; a[-1]=6; a[-200]=1; echo "${a[-200]}"; echo "${a[@]: -2}"; b=("${a[@]}"); declare -p b
IFS=,; echo "${a[*]}"; unset IFS; for i in "${!a[@]}"; do printf '%s=%s;' "$i" "${a[i]}"; done; echo
read -ra w <<< "one two  three"; declare -p w; a=(); echo "${#a[@]} [${a[0]}] [${a[*]}]"; declare -a e; declare -p e; echo ${a[0]-unset} ${a[@]-none}
#### assoc
declare -A m=([one]=1 [two]=2 ["a b"]=3); echo "${#m[@]}"; echo "${m[a b]}" "${m[one]}"; unset 'm[one]'; [[ -v m[two] ]] && echo yes; [[ -v m[zz] ]] || echo no
declare -A n; n[x]=1; n+=([y]=2 [z]=3); for k in $(printf '%s\n' "${!n[@]}" | sort); do echo "$k ${n[$k]}"; done; m[$'new\nline']=q; k='a b'; echo ${m[$k]}; n[x]+=5; echo ${n[x]}; declare -p n | tr ' ' '\n' | sort
declare -A q=(a 1 b 2); echo ${q[a]} ${q[b]}; q=([c]=); echo "${q[c]-unset}" "${#q[c]}"
#### expansions
v=hello.world.txt; echo ${v%.*} ${v%%.*} ${v#*.} ${v##*.} ${v/o/0} ${v//o/0} ${v/#hello/bye} ${v/%txt/md} ${v^} ${v^^} ${v,,} ${v:2:3} ${v: -3} ${v:0:-4} ${#v}
unset u; echo "${u:-def}" "${u-def}" "${u:+set}" "${v:+set}" "${u:=assigned}" "$u"; e=; echo "${e:-x}" "${e-x}" "${e+y}"
x=v; echo "${!x}"; echo "${!v*}" "${!BASH_V@}"; set -- a b c d; echo "${@:2}" "${@:2:2}" "${*: -1}" "${#@}" "$#" "${@:0:1}"; echo ${v@U} ${v@u} ${v@L} ${v@Q} ${v@A} ${v@a}
echo "${u?}" ; (echo "${nope?my message}"); (echo "${nope:?}"); echo ${nope:?x y} ; echo not reached
#### expansions2
v='a  b'; echo $v "$v"; s='*'; echo "$s" '$s' \$s; echo "${v// /_}" "${v/ }"; p='a*'; [[ abc == $p ]] && echo m; [[ abc == "$p" ]] || echo nm
echo {a,b}{1..3} {01..10..3} {z..w} {a..e..2} x{,y}z {1,2 a{b,c{d,e}}f; echo "{a,b}" {a} {} {1..a}; echo ~ ~root ~+ ~nobody/x ~zzz; echo $'a\tb\x41\101' $"loc"
echo "a${v}b${#v}" "${v:$((1+1))}" `echo back \`echo nested\`` $(echo $(echo deep)); echo $((5/2)) $((5%3)) $((2**10)) $((1<<4|1)) $((~5)) $((!0)) $((5>3?1:2)) $((x=5,x+1)) $x $((x++ + ++x)) $((0x1f)) $((017)) $((2#101)) $((36#z))
y=3; ((y+=4)); echo $y; let y*=2 'z = y + 1'; echo $y $z; echo $[1+2]; ((0)); echo $?; ((1)); echo $?; echo $((1 == 1 && 0 || 1)) $((y)) $((undefined)) $(( y > 10 ))
#### subst errors
echo ${v:a}; echo "${v:1:-9}"; echo ok
v=abc; echo "${v:5}" "${v:1:-9}"; echo no
#### declare
declare -i n=5; n+=3; echo $n; n=2*3; echo $n; n=abc; echo $n; declare -u U=abc; echo $U; declare -l L=ABC; echo $L; declare -r R=1; R=2; echo $? $R; declare -x E=exp; env | grep ^E=; declare -p n U L R E; declare -c C=hello; echo $C; export -p | grep ' E='; readonly -p | grep ' R='; unset R; echo $?; typeset -i q; q=3+4; echo $q; declare +i n; n=1+1; echo $n; declare -f nofn; echo $?; declare -p nov; echo $?; local x; echo $?; declare -F; f() { :; }; declare -F; declare -f f; declare -F f; declare -t t=1; declare -p t; declare -ai ia=(1+1 2+2); declare -p ia; declare -z 2>&1; echo $?
#### readonly exit
readonly x=1; x=2; echo after $?
(x=3; echo no); echo $?; f() { local x=4; echo f $?; }; f; echo g; x=5 true; echo $?; export x=9; echo $?; for x in 1; do :; done; echo z
#### functions
f() { echo "$# $1 $@ $FUNCNAME ${FUNCNAME[@]} $LINENO"; return 3; }; f a 'b c'; echo $?; g() { local v=in; h; }; h() { echo "v=$v ${FUNCNAME[*]} ${BASH_LINENO[*]}"; }; v=out; g; echo $v
rec() { (( $1 <= 0 )) && return; echo $1; rec $(($1-1)); }; rec 3; unset -f f; f; echo $?; k() { echo "$0 ${BASH_SOURCE[0]} ${#BASH_SOURCE[@]}"; caller; caller 0; }; k; function w { echo w; }; w; p() ( echo sub; exit 5 ); p; echo $?; q() { echo q; } > /tmp/out; q; cat /tmp/out; return 5; echo $?; f2() { return 300; }; f2; echo $?; f3() { return abc; }; f3; echo $?; f4() { return -1; }; f4; echo $?; type p | head -4
#### local
x=g; f() { local x; echo "[${x-unset}]"; local y=1 z; declare w=2; echo $y $w; local -p; unset x; echo "after ${x-unset}"; }; f; echo "${y-no} ${w-no} $x"; a() { local v=a; b; echo $v; }; b() { v=b; }; a; echo ${v-none}; f() { local -a arr=(1 2); local -A as=([k]=v); local -i i=2+2; local -r ro=1; echo ${arr[1]} ${as[k]} $i; ro=2; echo no; }; f; echo here; f() { local -; set -u; echo $-; }; f; echo ${-//[^u]}end; f() { local x=$x; echo $x; }; f; l() { local bad-name=1; echo $?; }; l
#### traps
trap 'echo EXIT $?' EXIT; trap 'echo ERR $? $LINENO' ERR; false; (exit 3); false || true; if false; then :; fi; ! true; f() { false; }; f; trap - ERR; trap 'echo DEBUG $BASH_COMMAND' DEBUG; echo a; x=1; trap - DEBUG; trap 'echo USR1' USR1; kill -USR1 $$; trap -p; trap -l | head -2; trap '' INT; trap -p INT; trap 'echo term' TERM; (kill -TERM $BASHPID; echo sub survived); echo $?; trap; trap - NOSUCH; echo $?; exit 7
#### trap return
trap 'echo RETURN $FUNCNAME' RETURN; f() { echo in; }; f; set -T; f; g() { f; }; g; set +T; trap - RETURN; h() { trap 'echo h ret' RETURN; :; }; h; f; echo 'echo sourced' > s; trap 'echo R' RETURN; . ./s
#### errtrace
set -E; trap 'echo "err $? in ${FUNCNAME:-main}:$LINENO: $BASH_COMMAND"' ERR
f() { false; echo next; g; }
g() { ls /nonexistent 2>/dev/null; }
f
(false)
x=$(false)
echo "x=$x"
false | true
set -o pipefail
false | true
[[ a == b ]]
(( 0 ))
#### set -e
set -e; false || echo a; if false; then :; fi; while false; do :; done; ! true; f() { false; echo "in f"; }; f || echo "f ok"; f && echo yes; x=$(false) || echo sub; (false; echo not) || true; echo before; local_test() { local x=$(false); echo local ok; }; local_test; { false; } || :; false | true; echo still; y=$(false); echo no
#### set -e2
set -e; trap 'echo exit $?' EXIT; f() { echo f; false; echo no; }; (f); echo no2
#### set -u
set -u; echo "${x-}" "${x:-d}"; echo "$@" "$*" $#; a=(); echo "${a[@]}"; echo ${#a[@]}; (echo $x); echo $?; (echo ${a[0]}); (echo $1); (echo ${!nope}); (echo $((nope+1))); (echo ${nope#x}); echo ${nope^}; echo no
#### pipefail
set -o pipefail; false | true; echo $?; true | (exit 3) | true; echo $? ${PIPESTATUS[@]}; set +o pipefail; (exit 4) | (exit 5); echo $? "${PIPESTATUS[*]}"; ! false | true; echo $?; yes | head -1; echo ${PIPESTATUS[@]}; set -o | head -3; set +o | grep pipe
#### xtrace
set -x; x=1; echo "$x" 'a b' "q'q" $'\n'; [[ $x == 1 && -n $x ]]; (( x + 1 )); for i in 1 2; do :; done; case $x in 1) echo one;; esac; y=$(echo sub); a=(1 2); f() { echo in; }; f arg; cat <<< here; { echo grp; } 2>&1; PS4='+$LINENO: '; echo z; (echo s); : ${z:=9}; if true; then echo t; fi; while [ $x -lt 2 ]; do x=$((x+1)); done; local_var=1 true; echo > /dev/null; set +x
#### case
shopt -s extglob
for x in abc 12 "" -f "a b"; do case $x in [0-9]*) echo num;; a?c) echo abc;;& *b*) echo hasb;& zzz) echo fall;; "") echo empty;; -*) echo opt;; *) echo other;; esac; done; case foobar in @(foo|baz)bar) echo ext;; esac; case x in (x) echo paren;; esac; case $'\n' in *) echo nl; esac; shopt -s nocasematch; case ABC in abc) echo nc;; esac
#### extglob
shopt -s extglob
shopt -s nullglob; touch a.txt b.log c.txt .hid; echo !(*.txt) *.@(txt|log) +([a-z]).txt ?(a).txt *(x).none; v=foobarbar; echo ${v%%+(bar)} ${v//@(o|b)/X} ${v/#+(f|o)/}; shopt -s dotglob; echo *; shopt -u dotglob nullglob; echo nomatch*; shopt -s failglob; echo nomatch*; echo $?; shopt -u failglob; mkdir -p d/e; touch d/e/f.txt; shopt -s globstar; echo **; echo **/*.txt; echo d/**/; GLOBIGNORE='*.log'; echo *; unset GLOBIGNORE; echo [[:alpha:]]* [!a]*.txt [a-b]*
#### redirections
exec 3> f; echo three >&3; exec 3>&-; cat f; echo x >&3; echo $?; echo a > f; echo b >> f; cat < f; echo both &> f; cat f; ls /nope &>> f; cat f; { echo out; echo err >&2; } 2>&1 > f | cat; cat f; exec 4<> f; read l <&4; echo $l; exec 4>&-; cat <<< "here $HOME"; cat <<'E' - <<F
quoted $HOME
E
exp $HOME $(echo sub)
F
cat <<-T
	tabs
	T
echo hi > /nonexistent/x; echo $?; cat < nofile; echo $?; set -C; echo z > f; echo $?; echo z >| f; cat f; set +C; echo > "a b"; ls; n=f; echo var > $n; cat $n; echo q > $u; echo $?; echo r > a*; ls; : > {x,y}; exec {fd}> g; echo fdvar >&$fd; cat g; [ $fd -ge 10 ] && echo ge10; exec {fd}>&-; echo dup 1>&2 2>&1; echo 5>&1; ls -l /proc/self/fd/0 > /dev/null; echo done 2>/dev/full >/dev/full; echo $?
#### procsub
diff <(echo a) <(echo b); cat <(echo one) <(echo two); echo tee | tee >(tr a-z A-Z) > /dev/null; sleep 0.2; while read x; do echo "got $x"; done < <(printf '1\n2\n'); wc -l < <(seq 5); paste <(seq 3) <(seq 4 6); mapfile -t a < <(seq 3); echo ${a[@]}; f() { cat "$1"; }; f <(echo func); [[ -e <(:) ]] && echo exists
#### coproc
coproc CAT { cat; }; echo hello >&${CAT[1]}; read -r x <&${CAT[0]}; echo $x; eval "exec ${CAT[1]}>&-"; wait $CAT_PID; echo $?; coproc tr a-z A-Z; echo abc >&${COPROC[1]}; exec {COPROC[1]}>&-; cat <&${COPROC[0]};
#### getopts
f() { local OPTIND o; while getopts ":ab:c" o "$@"; do case $o in a) echo a;; b) echo "b=$OPTARG";; c) echo c;; \?) echo "bad $OPTARG";; :) echo "need $OPTARG";; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b x -c y; f -bfoo -ac -- -z; f -x -b; while getopts "xy:" o -x -y 1 -z -y; do echo "$o $OPTARG $OPTIND"; done; echo $?
#### printf
printf '%s %d %5.2f|%-5s|%05d|%x %X %o %c %%\n' a 42 3.14159 ab 7 255 255 8 hello; printf '%s\n' a b c; printf '%d\n' 0x10 010 "'A" 1e3 abc; echo $?; printf '%b\n' 'a\tb\n\c'; printf '%q ' 'a b' "it's" '' $'\n' 'a$b'; echo; printf '%*d|%-*d|%.*f\n' 5 1 5 2 2 3.14159; printf -v v '%03d' 7; echo $v; printf '%(%Y)T\n' 0; printf '%s'; printf '\n%d' ; echo; printf '%5s|%-10.3s|\n' abc abcdef; printf '%i %u %e %g %G\n' -5 5 12345.678 0.0001 1e20; printf '\x41\101\u0041\n'; printf '%z\n'; echo $?; printf '%d\n' 9999999999999999999999; printf; echo $?; printf -- '-a\n'; printf '%s %s\n' 1 2 3; printf '%+d % d %#x %#o\n' 5 5 255 8; printf '%a\n' 1; printf '%.3d|%8.3d\n' 5 5; printf '%s\n' "$(printf 'a\0b' | tr '\0' '.')" ; printf -v 'arr[2]' x; echo ${arr[2]}; printf '%-20s:\n' "héé"
#### read
echo "a b c d" | { read x y z; echo "$x|$y|$z"; }; echo "  lead  " | { read x; echo "[$x]"; }; echo "  lead  " | { IFS= read x; echo "[$x]"; }; echo 'a\tb\\c' | { read x; echo "$x"; }; echo 'a\tb\\c' | { read -r x; echo "$x"; }; printf 'a:b::c' | { IFS=: read -a p; declare -p p; echo $?; }; printf 'x\ny\n' | { read -d y q; echo "[$q]"; }; echo abcdef | { read -n 3 x; echo $x; read -N 2 y; echo $y; }; read -t 0.1 x < /dev/null; echo $?; echo | { read; echo "[$REPLY]"; }; read -u 9 x; echo $?; read x <<< "a\
b"; echo $x; read -r a b <<< $'one\ttwo three'; echo "$a|$b"; IFS=, read -r a b c <<< "1,,3,4"; echo "$a|$b|$c"; read -p prompt x <<< y; echo $x; read 1x <<< z; echo $?; read -i x y <<< z; printf 'no newline' | { read v; echo "$? $v"; }; read -t 0; echo $?; (sleep 0.3; echo late) | { read -t 0.1 x; echo "$? [$x]"; }; echo "x y" | while read -r a b; do echo "$b $a"; done
#### mapfile
mapfile a < <(seq 3); declare -p a; mapfile -t -n 2 b < <(seq 5); declare -p b; mapfile -t -s 1 -O 2 c < <(seq 3); declare -p c; mapfile -d : -t d <<< a:b:c; declare -p d; readarray -t -c 2 -C 'echo cb' e < <(seq 4); echo ${#e[@]}; mapfile -t 1bad < /dev/null; echo $?; mapfile < <(echo def); echo ${MAPFILE[0]}
#### select
PS3='pick> '; select x in a b c; do echo "x=$x R=$REPLY"; [[ $x ]] && break; done <<< $'9\n2'; select y in one; do echo $y; break; done < /dev/null; echo $?
#### jobs
sleep 0.2 & p=$!; jobs; wait $p; echo $?; (exit 3) & wait $!; echo $?; wait; echo $?; sleep 5 & kill %1; wait %1; echo $?; wait 99999; echo $?; (sleep 0.1; exit 1) & (sleep 0.3; exit 2) & wait -n; echo $?; wait -n; echo $?; wait -n; echo $?; sleep 1 & disown; jobs; kill $!; sleep 0.1 & sleep 0.2 & jobs -p | wc -l; jobs -r | wc -l; wait -p who -n; echo $?; wait; kill -0 $$; echo $?; kill -l 15 TERM; kill -l | head -1; kill; kill -9; kill abc; echo $?; kill -XYZ 1; kill 999999; echo $?; fg; bg; echo $?; { sleep 0.1; echo grp; } & wait; set -m; sleep 0.1 & fg > /dev/null; jobs; sleep 0.1 & jobs; wait
#### killed messages
bash -c 'kill -9 $$'; echo $?; bash -c 'kill -TERM $$'; echo $?; bash -c 'kill -SEGV $$'; echo $?; (kill -9 $BASHPID); echo $?; bash -c 'kill -INT $$'; echo $?; sleep 5 & kill -9 $!; wait $!; echo $?; bash -c 'kill -USR1 $$' | cat; echo ${PIPESTATUS[0]}; bash -c 'kill -PIPE $$'; echo $?; x=$(kill -9 $BASHPID); echo $?; sleep 3 & kill $!; sleep 0.1; echo after; bash -c 'ulimit -c 0; kill -ABRT $$'; timeout 0.1 sleep 5; echo $?; bash -c 'kill -HUP $$; echo no'; echo $?
#### type command
type echo; type -t echo ls if f nosuch; f() { :; }; type -t f; type f; type -a echo | head -2; type -p ls; type nosuch; echo $?; command -v ls echo if f nosuch; echo $?; command -V if echo f ls nosuch; command echo hi; command -p ls -d /; alias x='echo y'; type x; command -v x; builtin echo b; builtin nosuch; echo $?; which ls; hash ls; hash; hash -r; hash; hash nosuch; echo $?; enable -n echo; type echo; enable echo; hash -t ls; type -P cat; type [ [[ time { ! . :; command; echo $?; exec nosuch; echo no
#### alias
alias; alias a='echo A' b='a '; alias a; a 2>/dev/null; shopt -s expand_aliases
a x
b a
alias nosuch; echo $?
unalias a
a x
alias g='echo "q"'
g
\g 2>&1
unalias -a; alias
unalias zz; echo $?
alias 'bad name=x'; echo $?
#### pushd
cd /; pushd /tmp; pushd /usr; dirs; dirs -v; dirs -p; dirs -l; pushd +1; popd; popd; popd; echo $?; cd -; cd /nosuch; echo $?; cd; pwd; cd /usr/bin/..; pwd; pwd -P; cd -P /bin; pwd; cd ''; echo $?; cd a b; echo $?; OLDPWD=; cd -; CDPATH=/usr; cd bin; pwd; pushd; pushd nosuch; dirs -c; popd +5; unset HOME; cd; echo $?; ln -s /usr/share lnk 2>/dev/null; cd /tmp; ln -s /usr/share l; cd l; pwd; pwd -P; cd ..; pwd; cd -L l; cd -P ..; pwd
#### shopt
shopt | head -5; shopt extglob; echo $?; shopt -s extglob; shopt extglob; shopt -q extglob; echo $?; shopt -u extglob; shopt -p extglob; shopt nosuch; echo $?; shopt -o errexit; shopt -so errexit; echo $-; shopt -uo errexit; set -o | grep errexit; set -o nosuch; echo $?; set -q; echo $?; set -- -a b; echo $@; set - x; echo $@; set +o | head -3; set -abc 2>&1 | head -2; echo $-; set --; echo $#; set a b c; shift 2; echo $@; shift 5; echo $?; shift -1; echo $?; shift x; echo $?
