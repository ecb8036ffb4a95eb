#### e bang
set -e
f() { false; echo in; }
! f
echo after
! { false; echo in2; }
! (false; echo in3)
echo end
#### E bang
set -E
trap 'echo E $LINENO' ERR
f() { false; echo in; }
! f
! { false; echo in2; }
! (false; echo in3)
! false
! f | cat
! eval false
echo end
#### E pipes
set -E
trap 'echo E $LINENO $BASH_COMMAND $BASH_SUBSHELL' ERR
true | false
echo --
false | true
echo --
{ false; true; } | cat
echo --
f() { false; true; }
f | cat
echo --
true | f
echo --
true | { false; }
echo --
true | (false)
echo --
true | [[ a == b ]]
echo --
f | false
echo --
(false; true) | cat
echo --
eval false | cat
false &
wait
x=$(f)
echo "$x"
cat <(false; echo hi)
cat <(f)
{ false; } &
wait
f &
wait
while false; do :; done | cat
if true; then false; true; fi | cat
#### E eval
set -E
trap 'echo E $LINENO $BASH_COMMAND' ERR
eval false
eval 'true; false'
eval 'false; true'
eval 'f() { false; }; f'
echo false > x; . ./x
echo 'return 3' > x; . ./x
echo '(exit 3)' > x; . ./x
bash -c false
command eval false
f() { return 2; }; f
f() { (exit 2); }; f
f() { eval false; }; f
f() { false; return 0; }; f
f() { false || return 1; }; f
f() { local x=$(false); }; f
f() { local x; x=$(false); }; f
export z=$(false)
z=$(f)
y=a$(false)b
: $(false)
for i in $(false); do :; done
case $(false) in x) ;; esac
[[ $(false) ]]
(( $(echo 0) ))
if false; then :; fi
until true; do :; done
select x in; do :; done
cat nosuch 2>/dev/null
cat < nosuch
> /nosuch/x
{ :; } > /nosuch/x
(:) > /nosuch/x
f > /nosuch/x
while :; do :; done > /nosuch/x
nosuch
echo $((1/0))
echo after
((1/0))
unset x; echo ${x?gone}
echo not
#### ERR set -E
set -E
trap 'echo "ERR $? line $LINENO $BASH_COMMAND ${FUNCNAME-main}"' ERR
f() { false; echo in; }
f
g() { return 3; }
g
(false)
x=$(false; echo sub)
echo "$x"
h() { f; false; }
h
f || echo no
f && echo yes
if f; then :; fi
! f
false | true
true | false
{ false; }
while false; do :; done
for i in 1; do false; done
case x in x) false;; esac
[[ a == b ]]
(( 0 ))
let 0
eval false
. <(echo false)
command false
builtin false
x=$(false)
declare y=$(false)
false &
wait $!
#### ERR no E
trap 'echo "ERR $? line $LINENO $BASH_COMMAND"' ERR
f() { false; echo in; }
f
g() { return 3; }
g
(false)
(false; true)
x=$(false; echo sub)
f() { trap 'echo inner $LINENO' ERR; false; }
f
false
nosuchcmd
$(exit 3)
set +E
time false
coproc false
wait
#### regex paren
[[ a =~ ( ]]
echo $?
#### regex paren2
[[ a =~ (a ]]
echo x
#### regex bad
x='('; [[ a =~ $x ]]; echo $?
[[ a =~ [ ]]; echo $?
[[ a =~ a{ ]]; echo $?
[[ a =~ * ]]; echo $?
x='a**'; [[ a =~ $x ]]; echo $?
[[ aa =~ a{2} ]]; echo $?
x='[[:foo:]]'; [[ a =~ $x ]]; echo $?
x='a\'; [[ a =~ $x ]]; echo $?
[[ ab =~ (a|b)(c|b) ]]; declare -p BASH_REMATCH
[[ a =~ '(' ]]; echo $?
[[ 'a(b' =~ a\(b ]]; echo $?
[[ 'a b' =~ a\ b ]]; echo $?
[[ "a.b" =~ a"."b ]]; echo $?
[[ "axb" =~ a"."b ]]; echo $?
#### regex space
[[ 'a b' =~ a b ]]
echo x
#### heredoc eof
cat <<E
hello
world
#### heredoc eof in function
f() {
cat <<E
hello
}
f
#### heredoc2
cat <<A <<B
a
A
b
#### heredoc eval
eval 'cat <<E
hi'
bash -c 'cat <<E
hi'
printf 'cat <<E\nhi\n' > f; . ./f; bash f; bash < f
#### extglob own line
shopt -u extglob
shopt -s extglob
case foo in !(bar)) echo yes;; esac
ls -d /@(etc|root)
x=aab; echo ${x##+(a)} "${x/@(b)/c}"
[[ foo == @(foo|bar) ]] && echo m
f() { case $1 in +([0-9])) echo num;; *) echo no;; esac; }; f 12; f a1
#### extglob off syntax
shopt -u extglob
case foo in
!(bar)) echo yes;;
esac
#### extglob off syntax 2
echo @(a|b)
echo next
#### extglob same line
shopt -s extglob; echo @(etc|root)
echo next
#### extglob in braces
{
shopt -s extglob
echo @(a|b)
}
#### extglob cond
[[ foo == @(foo|bar) ]] && echo m
[[ foo == !(foo) ]] || echo n
x='@(foo)'; [[ foo == $x ]] && echo var; case foo in $x) echo c;; *) echo nc;; esac
#### extglob function
f() {
  shopt -s extglob
  echo ${1##+(0)}
}
f 0012
shopt -s extglob
echo ${x:-+(a)}
#### disown
sleep 0.3 & disown; jobs; disown; echo $?; disown %3; echo $?; disown -a; disown -h; sleep 0.1 & disown -h %1; jobs; disown -r; jobs; disown -x
#### fg bg noninteractive
fg; echo $?; bg; echo $?; sleep 0.1 & fg; echo $?; bg %1; echo $?; suspend; echo $?
#### fc noninteractive
fc; echo $?; fc -l; echo $?; fc -s; echo $?; fc -x; echo $?; fc -e; echo $?
#### enable
enable -s; enable -n echo; enable -n; type echo; enable echo; type echo; enable nosuch; echo $?; enable -z; echo $?; enable -p | head -3; enable -a | head -5; enable -d echo; echo $?; enable -f nofile x; echo $?; enable | wc -l; enable -n test; enable -a | grep test; enable -ps; enable -ns
#### BASH_ALIASES
shopt -s expand_aliases
alias ll='ls -l' q="it's"
declare -p BASH_ALIASES; echo "${!BASH_ALIASES[@]}" "${BASH_ALIASES[ll]}"; BASH_ALIASES[x]='echo hi'; alias
x
unset 'BASH_ALIASES[x]'; alias; alias nosuch; echo $?; unalias nosuch; echo $?; unalias -a; alias; declare -p BASH_ALIASES; alias -p; alias -x; unalias; echo $?; BASH_ALIASES[a/b]=x; alias 'a b=c'
#### BASH_CMDS
hash; hash ls; hash | sed 's/ *//'; declare -p BASH_CMDS; BASH_CMDS[foo]=/bin/echo; foo hi; hash -t foo ls; hash -d foo; hash -t foo; echo $?; hash -l; hash -r; hash; hash nosuch; echo $?; hash -p /bin/cat mycat; hash -t mycat; type ls mycat; hash -x; unset 'BASH_CMDS[mycat]'; hash; hash -d nosuch; hash -p
#### BASH_ARGC
shopt -s extdebug
f() { echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"; g x y z; }
g() { echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"; declare -F f; caller; caller 0; caller 1; caller 5; echo $?; }
f 1 2
echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"
declare -F g
#### BASH_ARGC plain
echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"
set -- a b
f() { echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"; }; f q
bash -c 'echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"' n a b
bash -c 'f() { echo "${BASH_ARGC[@]} | ${BASH_ARGV[@]}"; }; f 1; echo $BASH_ARGV0 $0' n a b
#### help all
help
#### help d
help -d
#### help s
help -s
#### cond forms
[[ a == b c ]]
echo x
#### cond forms 2
[[ a =~ b c ]]
echo x
#### cond forms 3
[[ -f a b ]]
echo x
#### cond forms 4
[[ a -eq ]]
echo x
#### cond forms 5
[[ a b c ]]
echo x
#### cond forms 6
[[ ! ]]
echo x
#### cond forms 7
[[ a < ]]
echo x
#### cond forms 8
if [[ a == b
then echo x; fi
#### cond forms 9
[[ a == b ] 
echo x
#### cond forms 10
[[ ( a == b ]]
echo x
#### cond forms 11
[[ a =~ ^(b ]] && echo x
echo y
#### cond forms 12
[[a == b]]
echo $?
[[ a == b]]
echo x
#### err lines
set -E
log() { echo "log L=$LINENO B=${BASH_LINENO[*]} F=${FUNCNAME[*]}"; }
on_err() {
  echo "on $LINENO B=${BASH_LINENO[*]}"
  log x
}
trap on_err ERR
inner() {
  :
  false
  echo c
}
inner
false
#### exit frames
trap 'echo "F=${FUNCNAME[*]} L=$LINENO B=${BASH_LINENO[*]} $?"' EXIT
f() {
  g
}
g() {
  exit 3
}
f
#### exit frames e
set -e
trap 'echo "F=${FUNCNAME[*]} L=$LINENO B=${BASH_LINENO[*]} $?"; v=1; h' EXIT
h() { echo "h ${FUNCNAME[*]} $LINENO ${BASH_LINENO[*]}"; local q=1; }
f() {
  local z=9
  g "$@"
}
g() {
  false
}
f a b
#### exit locals
trap 'echo "$# ${z-nz} $*"' EXIT
f() { local z=9; exit 1; }
f a b
#### exit main
trap 'echo "F=${FUNCNAME[*]} L=$LINENO"' EXIT
f() { :; }
f

exit 2
#### exit end
trap 'echo "F=${FUNCNAME[*]} L=$LINENO"' EXIT

echo x
#### usr1 frames
trap 'echo "F=${FUNCNAME[*]} L=$LINENO B=${BASH_LINENO[*]}"' USR1
f() {
  kill -USR1 $$
  :
}
f
#### monitor jobs
set -m; sleep 5 & kill %%; wait; jobs
sleep 5 & kill %%; wait; jobs; echo x
sleep 5 & kill $!; wait $!; echo $?; jobs
sleep 5 & kill -9 $!; wait; jobs
#### nomonitor jobs
sleep 5 & kill %%; wait; jobs
sleep 5 & kill $!; wait $!; echo $?; jobs
sleep 5 & kill -9 $!; wait; jobs
sleep 0 & sleep 0.1; jobs; jobs
#### xtracefd
exec 7>t.txt; BASH_XTRACEFD=7; set -x; echo a; f() { :; }; f; set +x; cat t.txt
BASH_XTRACEFD=abc; BASH_XTRACEFD=99; set -x; echo b; BASH_XTRACEFD=7; echo c; unset BASH_XTRACEFD; echo d; set +x; cat t.txt; echo x >&7
#### xtrace decl
set -x
declare -A m=([k]=v [a b]="c d")
declare -a x=(1 "b c" $'t\tq') y
local_() { local -a l=(1 2) n=3; local p=(a 'b c'); readonly -a r=(x); typeset t=(q w); }
local_
export -a e=(1)
declare -i n=1+1; declare v='a b' w
arr=(); arr+=("$v" 'x'y); arr[1]='p q'; declare -p arr > /dev/null
[[ ! -f /x && ! ( a == b || -z x ) ]]
[[ $v == a* && $v =~ ^a.b$ && x -nt y ]]
[[ $v == "a b" ]]; [[ "$v" != 'a*' ]]; [[ $v ]]; [[ ! $v ]]; [[ -v v ]]
#### nounset
set -u
a=(); echo ${#a[@]} "${a[@]}"; declare -a d; echo ${#d[@]}; declare -A h; echo ${#h[@]}; (echo ${#nope[@]}); (echo ${#nope}); (echo "${nope[@]}"); (echo ${a[0]}); (echo ${!nope}); (echo ${!a[@]} ok); (echo ${nope[*]:0:1}); (echo $1); (echo $@ ok); (echo ${@:1} ok); (echo ${nope:+x} ok); (echo ${nope%x}); (echo $((nope))); (((nope))); ([[ $nope ]]); ([[ -z ${nope-} ]] && echo e); (echo ${h[k]}); (x=$nope; echo no); (echo $!); (for i in $nope; do :; done; echo no)
#### read forms
IFS=: read -r a b c <<< 'x:y:z:w'; echo "$a|$b|$c"; read -ra arr <<< ' one  two '; echo "${#arr[@]}"; read -n3 x <<< abcdef; echo $x; read -d ';' y <<< 'p q;r'; echo "$y"; read -N2 z <<< 'a b'; echo "[$z]"; IFS= read -r l <<< '  sp '; echo "[$l]"; read; echo "$? [$REPLY]"; printf 'a\\b\n' | { read q; echo "$q"; }; printf 'no newline' | { read q; echo "$? $q"; }; read -t 0.1 v < <(sleep 1); echo $?; read -p 'prompt> ' v <<< in; echo "$v"; printf 'a\0b\0' | while IFS= read -r -d '' i; do echo "<$i>"; done; while IFS=$'\t' read -r c1 c2; do echo "$c2-$c1"; done <<< $'1\t2\n3\t4'; read -r one rest < <(echo "first second third"); echo "$rest"; IFS=, read -r a b <<< ',x'; echo "[$a][$b]"; IFS=', ' read -r -a q <<< 'a, b,c ,d'; echo "${q[*]@Q}"; read -u 9 z; echo $?; read -a; read 1a; echo $?
#### mapfile forms
mapfile a < <(seq 3); echo "${#a[@]} ${a[0]@Q}"; mapfile -t -n 2 b <<< $'x\ny\nz'; echo "${b[@]}"; mapfile -t -s 1 -O 5 c <<< $'x\ny'; declare -p c; mapfile -d: -t d <<< 'a:b:c'; declare -p d; cb() { echo "cb $1 [${2%$'\n'}]"; }; mapfile -C cb -c 2 e < <(seq 5); readarray -t f < /dev/null; echo ${#f[@]}; mapfile -t g < nosuch; echo $?; mapfile -x; mapfile -t 1bad <<< x; echo $?; mapfile -u 9 h; echo $?
#### arithmetic
echo $((7/-2)) $((-7%3)) $((2**10)) $((1<<33)) $((~5)) $((!0)) $((5>3?1:2)) $((a=5,a+1)) $((a++ + ++a)) $a $((0x10+010+2#101+16#ff+36#z)) $((1,2)) $((-2**2)) $((2**-1))
echo $((10#08)) $((08)); echo $((1.5)); echo $((x y)); echo $((5/0)); echo $(( )); ((a+=2)); echo $a; let b=a*2 c=b-1; echo $b $c; i=5; while ((i--)); do printf '%d ' $i; done; echo; ((0)); echo $?; echo $((9223372036854775807+1)) $((0xffffffffffffffff)); x='1+2'; echo $((x*2)) $(($x*2)); arr=(1 2 3); echo $((arr[1]+arr[2])) $((${#arr[@]}*2)); declare -i n='3*4'; echo $n; n+=1; echo $n; echo $((a>b&&b>c||1)) $((a&b|c^1)); for ((i=0,j=10;i<j;i+=3,j-=2)); do echo "$i $j"; done; echo $((RANDOM<32768)) $((y?3:4)); ((z=3)) && echo z; ((nosuch)) || echo zero; echo $[1+2] $((010)) $((1==1.0))
#### expansions
s=/usr/local/lib/libfoo.so.1; echo ${s##*/} ${s%%.*} ${s%.*} ${s#*/} ${s/lib/LIB} ${s//lib/LIB} ${s/#\/usr/X} ${s/%1/2} ${s//[aeiou]} ${s:5:5} ${s: -4} ${s:(-4):2} ${#s} ${s^} ${s^^[l]} ${s,,} ${s~~}; u=; echo ${u:-d} ${u-d} ${u:+p} ${u+p} ${nope:-${s:0:4}} ${nope:=set} $nope; echo ${s@Q} ${s@u} ${s@a} "${s@P}"; a=(aa bb cc); echo ${a[@]/a/X} ${a[*]:1} ${a[@]%c} ${#a[1]} ${a[@]^} "${a[*]/%/,}" ${!a[@]}; declare -A h=([x]=1 [y]=2); echo ${h[@]@k}; for k in "${!h[@]}"; do echo $k; done | sort; echo "${a[@]@A}"; echo "${h[@]@K}" | tr ' ' '\n' | sort | head -2; set -- q w e; echo ${@:2} ${*:1:2} ${#@} ${@: -1} ${!#} "${@/%/!}"; IFS=-; echo "$*" "${a[*]}" ${a[*]}; unset IFS; v=s; echo ${!v} ${!s@}; echo "a${nope2}b" "${nope2?err}" ; echo notreached
#### more expansions
x='*'; echo "$x" '$x' \$x; echo $(echo "a  b") "$(echo "a  b")" `echo 'q w'`; echo ${x/\*/star} ${x/'*'/quoted}; p='a.b.c'; echo ${p//./\/} ${p//./$'\n'}; r='&'; echo ${p/b/[&]} ${p/b/[$r]} ${p/b/"[&]"}; IFS=.; set -- $p; echo $# $1; unset IFS; n=3; echo ${p:$n:1} ${p:n-1:2} ${p:${#p}-1}; d=$(printf 'x\n\n'); echo "[$d]"; echo {1..5} {5..1..2} {a..e..2} {01..03} {a,b{1,2}} x{} {x} {1..a} "{1,2}" {,x}; echo ~ ~/x ~+ "~"; [[ abc == a?c ]] && echo m; case abc in a[b-d]c|x) echo c;; esac; echo [[:alpha:]]*; shopt -s nullglob; echo nomatch*; shopt -u nullglob; shopt -s failglob; echo nomatch*; echo still; shopt -u failglob; touch .hid vis; echo *; shopt -s dotglob; echo *; echo "${#x}${x}" ; echo $'\x41\u42\103\cA' | cat -v; echo "a\
b"; echo a#b #c
#### declare forms
declare -r R=1; R=2; declare -x E=1; declare -p E R; declare -u U=abc; echo $U; declare -l L=ABC; echo $L; declare -i I=3+4; I+=2; echo $I; declare -a A; A[3]=x; declare -p A; declare -A M=([a]=1); M+=([b]=2); declare -p M; f() { declare v=1; declare -g G=2; local -n ref=$1; ref=new; declare -p v; }; tgt=old; f tgt; echo ${v-unset} $G $tgt; declare -f f | head -2; declare -F; declare -p nosuch; echo $?; unset R; echo $?; readonly -p | grep -c R; typeset -i t=5; echo $t; declare +i t; t=a; echo $t; declare -n loop=loop; declare -n r2=A; echo ${r2[3]} ${!r2}; unset -n r2; declare -p r2; export -p | grep E=; declare -x; export -n E; declare -p E; declare -t T=1; declare -p T; local z; declare -Z q
#### functions
f() { echo "$FUNCNAME $# ${FUNCNAME[*]} ${BASH_SOURCE[0]} $LINENO"; return 3; }; f a b; echo $?; g() ( cd /tmp; x=1; exit 4 ); x=0; g; echo "$? $x $PWD"; h() { local x=$1; [[ $x -le 0 ]] && return; echo -n "$x "; h $((x-1)); }; h 3; echo; unset -f f; f; declare -f g; type h | head -3; outer() { inner() { echo in; }; inner; }; outer; inner; function k { echo k$1; }; k 1; r() { return; }; false; r; echo $?; q() { echo "${1:?need arg}"; }; (q); echo $?; s() { set -- x y; echo $#; }; s; echo $#; t() { trap 'echo ret' RETURN; echo t; }; t; e() { eval "$1"; }; e 'echo evald'; u() { echo "$@" >&2; } 2>&1; u to err 2>/dev/null; w() { cat; }; echo piped | w; w <<< here; a-b() { echo dash; }; a-b; f2() { f3; }; f3() { caller 0; caller; }; f2
