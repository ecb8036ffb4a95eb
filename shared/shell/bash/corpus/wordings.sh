#### 1 a=( ( )
a=( ( )
#### 2 echo $[1+
echo $[1+
#### 3 echo $[1+2] '$[' "$[3]"
echo $[1+2] '$[' "$[3]"
#### 4 [[ a ==
[[ a ==
#### 5 [[ a == ]]; echo $?
[[ a == ]]; echo $?
#### 6 set -n; echo x
set -n; echo x
#### 7 declare -n s=s
declare -n s=s
#### 8 kill -nosuch 1
kill -nosuch 1
#### 9 printf '%z'
printf '%z'
#### 10 echo "${x@}" ; echo ${x@Z}
echo "${x@}" ; echo ${x@Z}
#### 11 x=1; echo ${x@Z}; echo no
x=1; echo ${x@Z}; echo no
#### 12 set -e; x=$(false) || echo ok; if ! fals
set -e; x=$(false) || echo ok; if ! false; then echo n; fi; while false; do :; done; f() { false; echo unreached; }; f && echo y; echo z; [ -z x ] && echo q; echo w; { false; } || true; false && true; echo v; f; echo end
#### 13 set -e; trap 'echo ERR $?' ERR; f() { fa
set -e; trap 'echo ERR $?' ERR; f() { false; }; f || true; (false); echo never
#### 14 trap 'echo R' RETURN; f() { echo in; }; 
trap 'echo R' RETURN; f() { echo in; }; f; set -T; f; . /dev/null
#### 15 set -u; echo ${#nosuch}; echo ${nosuch-d
set -u; echo ${#nosuch}; echo ${nosuch-d}; a=(); echo "${a[@]}"; echo $1; echo after
#### 16 set -o pipefail; true | false | true; ec
set -o pipefail; true | false | true; echo $?; ! true | false; echo $?; exit 3 | true; echo ${PIPESTATUS[@]}
#### 17 echo $((1<<3)) $((7&3)) $((~1)) $((1?2:3
echo $((1<<3)) $((7&3)) $((~1)) $((1?2:3)) $((a=5,a*2)) $((0x1f)) $((2#101)) $((010)) $((36#z)) $((3**3)) $((-7/2)) $((-7%3)) $((!0)) $((1==1&&0||1))
#### 18 echo $((1+)) ; echo no
echo $((1+)) ; echo no
#### 19 echo $((2#3)); echo $((1/0)); echo $((99
echo $((2#3)); echo $((1/0)); echo $((99999999999999999999)); echo $((x=)); echo $((1 2)); echo $((a[)); echo $((08))
#### 20 a[1/0]=1; echo $?; ((a[b]=3)); echo ${a[
a[1/0]=1; echo $?; ((a[b]=3)); echo ${a[0]}; echo $((a[-1])); let "x = 1 +"; let x=1/0; echo $?
#### 21 read -p prompt x <<<v; echo $x; read <<<
read -p prompt x <<<v; echo $x; read <<<'  a b  '; echo "[$REPLY]"; read a <<<'  x  '; echo "[$a]"; IFS=, read p q r <<<'1,2,3,4'; echo $r; read -a; echo $?; read -u 9; echo $?; read -n x; read -t -1 y; echo $?; read -d '' z <<<abc; echo $? $z
#### 22 mapfile -d : -t m <<<'a:b:c'; declare -p
mapfile -d : -t m <<<'a:b:c'; declare -p m; mapfile -O 2 -t n <<<x; declare -p n; mapfile -C 'echo cb' -c 1 k <<<$'a\nb'; mapfile 1x; mapfile -u 9 j; echo $?
#### 23 declare -A m=([x]=1 [y]=2); for k in "${
declare -A m=([x]=1 [y]=2); for k in "${!m[@]}"; do echo $k; done | sort; unset m[x]; declare -p m; m+=([z]=3); echo ${#m[@]}; echo ${m[nosuch]-none}; [[ -v m[y] ]]; echo $?; declare -A m2; m2=(a 1 b 2); declare -p m2; echo "${m2[@]@K}"
#### 24 v=abcdef; echo ${v:2} ${v: -2} ${v:1:3} 
v=abcdef; echo ${v:2} ${v: -2} ${v:1:3} ${v:1:-1} ${v/b/X} ${v//[ace]/_} ${v/#a/Z} ${v/%f/Z} ${v^} ${v^^[a-c]} ${v#*c} ${v##*c} ${v%d*} ${#v}; echo ${v:10} ${v:2:-9}
#### 25 set -- a b c; echo $# $@ "$*" ${@:2} ${@
set -- a b c; echo $# $@ "$*" ${@:2} ${@:1:1} ${*:2:1} ${!#} ${#@}; shift 2; echo $1; shift 9; echo $?; set -- -x; echo $1
#### 26 exec 5>/tmp/q; echo hi >&5; exec 5>&-; c
exec 5>/tmp/q; echo hi >&5; exec 5>&-; cat /tmp/q; echo x >&5; echo $?; cat <&7; echo $?; exec 6<&9; echo $?; echo a >&abc; echo b > ; echo c
#### 27 cat <<-E
cat <<-E
#### 28 cat <<'Q'; cat <<"R"
cat <<'Q'; cat <<"R"
#### 29 x="a'b"; echo "${x@Q}" "${x@E}"; y=$'t\t
x="a'b"; echo "${x@Q}" "${x@E}"; y=$'t\tn'; echo ${y@Q}; printf '%q ' "" a\ b '$x' $'\e' "ü" '~' '#a' 'a#' '{a,b}'; echo
#### 30 exec {fd}>/tmp/fdx; echo $((fd>=10)); ec
exec {fd}>/tmp/fdx; echo $((fd>=10)); echo hi >&$fd; exec {fd}>&-; cat /tmp/fdx
#### 31 echo a | while read x; do echo "got $x";
echo a | while read x; do echo "got $x"; done; echo "[$x]"; shopt -s lastpipe; echo b | read x; echo "[$x]"
#### 32 f() { local -; set -x; echo in; }; f; ec
f() { local -; set -x; echo in; }; f; echo out; g() { local x=1; h; echo $x; }; h() { x=2; }; g; local y; f2() { local a a=1; local -r b=2; b=3; echo no; }; f2; echo $?
#### 33 [ ]; echo $?; [ '' ]; echo $?; [ a b ]; 
[ ]; echo $?; [ '' ]; echo $?; [ a b ]; echo $?; [ ! ]; echo $?; [ -f ]; echo $?; [ a -a ]; [ '(' a ')' ]; echo $?; [ a -o b -a '' ]; echo $?; [ 1 -lt 2x ]; echo $?; [ -t x ]; test 1 -eq 1 -a; echo $?; [ -z a -q b ]
#### 34 (( 1 +
(( 1 +
#### 35 case x in
case x in
#### 36 if true
if true
#### 37 while true; do
while true; do
#### 38 echo "abc
echo "abc
#### 39 cat <<E
cat <<E
#### 40 for i in
for i in
#### 41 { echo a
{ echo a
#### 42 f() {
f() {
#### 43 $(echo
$(echo
#### 44 echo ${a
echo ${a
#### 45 declare -p nosuch
declare -p nosuch
#### 46 x=5; declare -p x; declare -i y=3; decla
x=5; declare -p x; declare -i y=3; declare -p y; declare -r z=1; declare -p z; declare -a A=(1 "2 3"); declare -p A; declare -A M=([a]=1 [b c]="d e"); declare -p M
#### 47 trap 'echo hi' INT EXIT; trap -p; trap -
trap 'echo hi' INT EXIT; trap -p; trap -p INT; trap - EXIT
#### 48 read -t 0.1 x </dev/null; echo $?; read 
read -t 0.1 x </dev/null; echo $?; read -n 2 y <<<abcd; echo $y; read -d : z <<<a:b; echo $z; read -a arr <<<'1 2 3'; echo ${arr[2]}; read -r a b <<<'x y z'; echo "$a|$b"
#### 49 mapfile -t L < <(printf 'a\nb\nc\n'); ec
mapfile -t L < <(printf 'a\nb\nc\n'); echo ${#L[@]} ${L[1]}; mapfile -n 1 -s 1 K <<<$'p\nq\nr'; declare -p K
#### 50 printf -v v '%05d' 42; echo $v; printf '
printf -v v '%05d' 42; echo $v; printf '%q\n' 'a b' "it's" $'x\ny' ''; printf '%(%Y)T\n' 0; printf '%d\n' abc; printf '%s %s\n' a b c; printf '%b\n' 'a\tb'; printf '%x %o %e\n' 255 8 1.5
#### 51 set -e; false || true; echo a; f() { fal
set -e; false || true; echo a; f() { false; echo in; }; if f; then echo yes; fi; ! true; echo b; (false; echo c) || echo d; x=$(false); echo never
#### 52 set -e; false | true; echo a; set -o pip
set -e; false | true; echo a; set -o pipefail; false | true; echo never
#### 53 shopt -s lastpipe; echo a | read x; echo
shopt -s lastpipe; echo a | read x; echo "[$x]"
#### 54 echo $((1/0)); echo after
echo $((1/0)); echo after
#### 55 echo $((1+)); echo after
echo $((1+)); echo after
#### 56 echo $((08)); echo after
echo $((08)); echo after
#### 57 echo $((2**-1)); let 'x=5+'; echo $?
echo $((2**-1)); let 'x=5+'; echo $?
#### 58 echo $((a b)); x='1+'; echo $((x)); echo
echo $((a b)); x='1+'; echo $((x)); echo $((5 5)); echo $((1 ? 2)); echo $((x[))
#### 59 v="a b'c"; echo ${v@Q} ${v@U} ${v@u} ${v
v="a b'c"; echo ${v@Q} ${v@U} ${v@u} ${v@L} ${v@A} ${v@E} ${v@P} ${v@a}; declare -a q=(1 2); echo ${q[@]@A} ${q[@]@Q} ${q@a} ${q[@]@K} ${q[@]@k}
#### 60 declare -n r=target; target=5; echo $r; 
declare -n r=target; target=5; echo $r; r=6; echo $target; declare -p r; echo ${!r}; unset -n r; declare -n s=s
#### 61 cat <(echo a) <(echo b); echo x > >(cat)
cat <(echo a) <(echo b); echo x > >(cat); sleep 0.1
#### 62 cat < /nosuch; echo $?; > /nosuch/x; ech
cat < /nosuch; echo $?; > /nosuch/x; echo $?; echo x >&9; exec 9</nosuch; echo $?
#### 63 set -u; echo $nosuch; echo after
set -u; echo $nosuch; echo after
#### 64 set -u; echo ${a[0]} ; echo after
set -u; echo ${a[0]} ; echo after
#### 65 readonly R=1; R=2; echo $?; unset R; ech
readonly R=1; R=2; echo $?; unset R; echo $?
#### 66 local x; echo $?
local x; echo $?
#### 67 return; echo $?
return; echo $?
#### 68 break; continue; echo $?
break; continue; echo $?
#### 69 shift 5; echo $?
shift 5; echo $?
#### 70 . /nosuch; echo $?; source; echo $?
. /nosuch; echo $?; source; echo $?
#### 71 eval 'echo ('; echo $?
eval 'echo ('; echo $?
#### 72 [ a = ]; echo $?; [ a b c d ]; echo $?; 
[ a = ]; echo $?; [ a b c d ]; echo $?; [ 1 -eq a ]; echo $?; [ ; test a -a; echo $?
#### 73 echo ${x:?}; echo ${y:?msg}; echo after
echo ${x:?}; echo ${y:?msg}; echo after
#### 74 echo ${x!}; echo ${!x}; echo ${#}; echo 
echo ${x!}; echo ${!x}; echo ${#}; echo ${x:1:-5}
#### 75 echo ${x/a}; echo ${1abc}
echo ${x/a}; echo ${1abc}
#### 76 alias ll='ls -l'; alias; alias nosuch; u
alias ll='ls -l'; alias; alias nosuch; unalias nosuch
#### 77 export 1x=2; declare 1x; unset 1x; read 
export 1x=2; declare 1x; unset 1x; read 1x <<<a
#### 78 exit abc
exit abc
#### 79 exit 1 2
exit 1 2
#### 80 exec nosuch
exec nosuch
#### 81 nosuch; echo $?; ./nosuch; /etc/passwd; 
nosuch; echo $?; ./nosuch; /etc/passwd; echo $?; /; echo $?
#### 82 set -o nosuch; set -Z; shopt nosuch; sho
set -o nosuch; set -Z; shopt nosuch; shopt -s nosuch; echo $?
#### 83 let; let 1 0; echo $?; ((0)); echo $?; (
let; let 1 0; echo $?; ((0)); echo $?; ((1)); echo $?
#### 84 for ((i=0;i<2;i++)) do echo $i; done; fo
for ((i=0;i<2;i++)) do echo $i; done; for ((;;)); do break; done; for ((1+;;)); do :; done
#### 85 select x in a b; do echo $x; break; done
select x in a b; do echo $x; break; done <<<1
#### 86 set -x; for i in 1 2; do echo $i; done; 
set -x; for i in 1 2; do echo $i; done; case a in a) :;; esac; [[ a == b ]]; ((1+1)); x=1 y=2; f() { local z=3; }; f; echo "a b" 'c'; cat <<<x >/dev/null; { :; } 2>/dev/null; (echo sub)
#### 87 PS4='+$LINENO: '; set -x; echo a
PS4='+$LINENO: '; set -x; echo a
#### 88 suspend; logout
suspend; logout
#### 89 printf; printf '%'; printf '%z'; printf 
printf; printf '%'; printf '%z'; printf '%s'; echo; printf '%d %d\n' 1x 0x1F; printf '%c\n' abc; printf '%-5s|%5s|\n' a b; printf '%.2f\n' 1.005; printf '%i\n' "'a"
#### 90 echo -e 'a\x41\u00e9\0101\c'; echo x; ec
echo -e 'a\x41\u00e9\0101\c'; echo x; echo -n; echo -E 'a\n'
#### 91 (exit 3); echo $?; ! (exit 3); echo $?; 
(exit 3); echo $?; ! (exit 3); echo $?; true && false; echo $? ${PIPESTATUS[*]}; false | true | false; echo ${PIPESTATUS[*]}
#### 92 x=(1 2 3); echo ${x[-1]} ${x[@]:1} ${#x[
x=(1 2 3); echo ${x[-1]} ${x[@]:1} ${#x[@]} ${!x[@]}; x[5]=a; unset 'x[0]'; declare -p x; x+=(z); echo ${x[*]}; x[-9]=1; echo ${x[-9]}
#### 93 declare -A m; m[a]=1; m[]=2; m=(x y); de
declare -A m; m[a]=1; m[]=2; m=(x y); declare -p m; declare -a m
#### 94 declare -i n=5+5; echo $n; n=abc; echo $
declare -i n=5+5; echo $n; n=abc; echo $n; declare -l low=ABC; echo $low; declare -u up=abc; echo $up; declare -r n; n=1
#### 95 echo {1..5} {a..e..2} {01..3} {5..1} a{b
echo {1..5} {a..e..2} {01..3} {5..1} a{b,c}d {x} {,} {1..2..0}
#### 96 unset x; echo ${x-a} ${x:=b} $x ${x+c} $
unset x; echo ${x-a} ${x:=b} $x ${x+c} ${x:+d}; echo ${x%b} ${x#b} ${x^} ${x^^} ${x,} ${x~}
#### 97 IFS=:; a='1:2:3'; set -- $a; echo $# $*;
IFS=:; a='1:2:3'; set -- $a; echo $# $*; echo "$*"; unset IFS; echo $@
#### 98 function f { return 300; }; f; echo $?; 
function f { return 300; }; f; echo $?; f() { return -1; }; f; echo $?; f() { return abc; }; f; echo $?
