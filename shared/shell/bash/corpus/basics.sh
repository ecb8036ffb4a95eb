#### arithmetic expansion
echo "$((2**10)) $((7/2)) $((7%3)) $((0xff)) $((1<<4|3)) $((-7/2)) $((-7%3)) $((010)) $((2#101)) $((36#z)) $((64#_))"
echo $((1,2,3)) $((5>3?10:20)) $((!0)) $((~5)) $((3&&0)) $((0||2)) $((1<2)) $((2**63)) $((9223372036854775807+1)) $((2**62*3))
x=5; echo $((x++)) $x $((++x)) $x $((x--)) $((x+=10)) $((x*=2)) $((x<<=1)) $((x%=7)) $x
a=(1 2 3); i=1; echo $((a[i]+a[2])) $((a[0]++)) ${a[0]} $((a[i+1]*2))
y=x; x=7; echo $((y)) $((y*2)) $(( $x + ${x} )) $(( (1+2)*3 )) $((- -3)) $((+3)) $((x = 4, x + 1))
n=1+2; echo $((n*2)) $(($n*2)); echo $((16#ff)) $((08-0)) ; echo next
#### arithmetic errors
echo $((1+)); echo a
echo $((1 2)); echo b
echo $((1/0)); echo c
echo $((a b)); echo d
echo $((2**-1)); echo e
echo $((3#9)); echo f
echo $((1=2)); echo g
echo $(((1+2)); echo h
#### arithmetic errors 2
echo $((08))
echo $((1++))
echo $((99#1))
echo $((1 + * 2))
echo $(( (1 + 2 ))
echo $((x ? 1))
echo $((x ? 1 : ))
echo $((5 5))
echo $((a[))
let "1+"; echo $?
let; echo $?
((1/0)); echo $?
(( )); echo $?
let x=5 y=0; echo $? $x $y
#### arrays
a=(one two three); a+=(four); echo "${#a[@]} ${a[1]} ${a[*]} ${!a[@]} ${a[@]:1:2}"
a[10]=x; echo "${!a[@]}" "${#a[@]}" "${a[-1]}" "${#a[1]}"
unset 'a[1]'; echo "${a[@]}" "${!a[@]}"
b=("${a[@]}"); declare -p b; b=(); echo ${#b[@]}; c=([3]=x [1]=y z); declare -p c
d=(a b c); d[1]+=X; echo ${d[@]}; d+=([5]=q); declare -p d; echo ${d[@]: -1}; echo "${d[@]/#/-}" "${d[@]^^}"
s=scalar; echo ${s[0]} ${s[1]} ${#s[@]}; s[2]=x; declare -p s
for i in "${!d[@]}"; do printf '%s=%s ' "$i" "${d[i]}"; done; echo
e=(*); echo "${#e[@]}"; f=("$@"); echo ${#f[@]}; IFS=,; echo "${a[*]}"; unset IFS; echo "${a[*]}"
#### associative arrays
declare -A m=([b]=2 [a]=1 ["x y"]=3); echo ${m[a]} ${m["x y"]} ${#m[@]}; m[c]=4; k=b; echo ${m[$k]}
echo "${!m[@]}"; echo "${m[@]}"; declare -p m; unset 'm[a]'; echo "${!m[@]}"; m+=([z]=9); echo ${m[z]}
declare -A n; n=(a 1 b 2); declare -p n; [[ -v n[a] ]] && echo set; [[ -v n[q] ]] || echo unset; n[a]+=x; echo ${n[a]}
for i in {1..40}; do n[k$i]=$i; done; echo "${!n[@]}"
#### parameter expansion
ip=10.244.3.17/24; echo "${ip%/*} ${ip#*/} ${ip%%.*} ${ip##*.} ${#ip} ${ip/244/99} ${ip:0:6} ${ip//./-} ${ip/#10/X} ${ip/%24/Y} ${ip//[0-9]} ${ip: -3} ${ip: -5:2} ${ip:3:-3}"
x=hello; echo "${x^^} ${x^} ${y:-none} ${y:=set} $y ${x:+yes} ${z+no} ${z-unset} ${x,,} ${x^^[el]} ${x~} ${x~~}"
v=HeLLo; echo ${v,} ${v,,} ${v,,[L]} ${v@L} ${v@U} ${v@u}; p='a b  c'; echo $p "$p" ${p// /_} "${p@Q}"; echo ${p@A}; q=$'x\ny'; echo "${q@Q}" "${q@E}"
set -- a b c d; echo ${@:2} ${@:2:2} ${*:1:1} ${@: -1} "${@:0:2}" ${#@} ${#*} $#; echo "${@/#/x}" "${*%b}"
n=x; echo ${!n} ${!n^^}; arr=(1 2); r=arr[1]; echo ${!r}; r=arr[@]; echo ${!r}; echo ${!x*} ; abc1=1 abc2=2; echo ${!abc*} "${!abc@}"
e=; echo "[${e:-d}] [${e-d}] [${e:+s}] [${e+s}]" ; unset u; echo "[${u:-a b}]" ${u:-"a b"} "${u:-'q'}" ${u:-$x} ${u:-`echo sub`}
w=/usr/local/bin:/bin; echo ${w//:/ } ${w%:*} ${w##*/} ${w%%/*}; f=file.tar.gz; echo ${f%.*} ${f%%.*} ${f#*.} ${f##*.}
t='*'; echo "$t" '*'; g='a*b'; echo ${g%'*'*} ${g/'*'/X} "${g#a\*}"; rep='[&]'; echo ${x/l/$rep} ${x/l/"$rep"} ${x/l/\&} ${x//l/<&>}
#### parameter errors
(echo "${nope?must be set}"); echo "rc $?"
(echo "${nope:?}"); echo "rc $?"
(echo ${nope?}); echo "rc $?"
(set -u; echo $nope; echo no); echo "rc $?"
(set -u; echo ${a[0]}; echo no); echo "rc $?"
(set -u; echo $1; echo no); echo "rc $?"
(set -u; echo "$@" "${nope-}" ${#@} ; echo ok); echo "rc $?"
echo ${x!y}; echo not reached
echo ${!nope}; echo not reached 2
echo ${x:1:-9}; x=abc; echo ${x:1:-9}; echo no
echo "${1abc}"; echo no
echo done
#### brace expansion
echo {1..3} {a..c} {3..1} {01..10..3} {a,b}{1,2} x{,y}z {a,{b,c}} {1..10..4} {a..e..2} {-1..2} {a} {} a{b "{a,b}" {a,b\,c} pre{1,2}post ${x}{p,q} {$x,b} {1..2}{a..b}
echo {01..03} {1..03} {-05..5..5} {z..x} {1..a} {1..1} {,} {,a} a{,}b \{a,b} {a\,b} {"a,b",c} '{a,b}' {a,b}'{c,d}'
x={a,b}; echo $x; for i in {1..3}; do echo -n $i; done; echo; echo {{a,b},c}{d,{e,f}}
#### word splitting
x='a  b   c'; set -- $x; echo $#; set -- "$x"; echo $#; IFS=:; y=a:b::c:; set -- $y; echo $#; printf '<%s>' "$@"; echo; IFS=' :'; z=' a : b  c:: d '; set -- $z; echo $#; printf '<%s>' "$@"; echo
unset IFS; set -- $x; echo $#; IFS=; set -- $x; echo $#; IFS=$' \t\n'; e=; set -- $e; echo $#; set -- "$e"; echo $#; set -- a$e"$e"; echo $#
set -- ; f() { echo "$#:" "$@"; }; f "$@"; f "$@$e"; f "$@" ""; f x"$@"y; f $@; f $*; f "$*"; f "${a[@]}"; set -- "a b" c; f "$@"; f $@; f "$*"; f x"$@"y; f "$@"z "$@"; f ${@+"$@"}
IFS=,; f "$*" $*; echo "$*"; v=$*; echo "$v"; v=$@; echo "$v"; v="$@"; echo "$v"
#### quoting
echo 'single $x' "double \$x \"q\" \\ \n" $'ansi\t\'q\' \x41 \101 \u0041' "a"'b'c\ d \$x \\ \' "it's"
echo "a
b" a\
b; echo "a\
b"; echo "$(echo "nested "quotes"")" "`echo \"back\"`" `echo \\\\ \$HOME` "$(echo ')')" ; echo a"$x"b''c
echo "!" '!' "a!b"; echo \a "\a" '\a'; echo "${x:-"a  b"}" ${x:-'a  b'} "${x:-a\}b}" ${x:-a\ b}; echo "~" \~ a~ ~nosuchuser
#### case
for w in lo eth0.100 eth0 foo '' 'a b' '*' [x] -n; do case $w in lo) echo loop;; eth*.*) echo vlan;; eth[0-9]) echo eth;; f?o|bar) echo foo;; "a b") echo sp;; '*') echo star;; \[x\]) echo br;; -*) echo dash;; "") echo empty;; *) echo other;; esac; done
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case a in a) echo 1;;& b) echo 2;; a*) echo 3;;& *) echo 4;; esac; case x in (x) echo paren;; esac; case x in y) ;; esac; echo $?
case "a*" in "a*") echo q;; esac; p='a*'; case abc in $p) echo unq;; esac; case abc in "$p") echo no;; *) echo q;; esac
#### loops
for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done; for ((i=0;i<3;i++)); do echo -n $i; done; echo; i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i -eq 2 ] && continue; echo w$i; done
until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i; for i in a b; do for j in 1 2 3; do [ $j = 2 ] && continue 2; [ $i = b ] && break 2; echo $i$j; done; done; echo "end $?"
for i; do echo no; done; set -- p q; for i; do echo $i; done; for i in; do echo never; done; echo $?; for x in "a b" c; do echo "<$x>"; done; while false; do :; done; echo $?; for ((;;)); do break; done; echo ok
for i in 1 2; do echo $i; done | cat; for i in 1 2; do echo $i; done > f; cat f; while read -r l; do echo "[$l]"; done < f; i=5; while ((i-- > 2)); do echo -n $i; done; echo; select=1; echo $select
break; continue 3; echo x; for i in 1 2; do break 5; done; echo y
#### functions
f() { local v=$1; echo "f got $# args: $v"; return 3; }; f a "b c"; echo "rc $?"; g() { echo $FUNCNAME ${FUNCNAME[@]} $LINENO; }; g; h() { g; }; h
function k { echo k; }; k; function l() { echo l; } ; l; x=1; m() { x=2; local y=3; n; echo $y; }; n() { echo "dyn $y"; y=9; }; m; echo $x "[$y]"
r() { [ $1 -le 0 ] && return; echo -n $1; r $(($1-1)); }; r 5; echo; o() (cd /; pwd; exit 4); o; echo $? ; p() { echo out; echo err >&2; } 2>/dev/null; p; q() { echo "$@"; shift; echo $1; set -- z; echo $1; }; q a b; unset -f f; f; echo $?
s() { return; }; false; s; echo $?; t() { return 300; }; t; echo $?; u() { local a=1 b=$a; echo "$a$b"; }; u; type -t u; declare -F u; v() { echo ${BASH_SOURCE[0]} ${BASH_LINENO[0]}; caller; caller 0; }; v; w() { local -a la=(1 2); local -i li=3+4; echo ${la[1]} $li; }; w
readonly -f u; u() { :; }; echo $?; unset -f u; echo $?; a-b() { echo dash; }; a-b; x.y() { echo dot; }; x.y
#### deep recursion
f() { local n=$1; if ((n > 0)); then f $((n-1)); else echo bottom; fi; }; f 200
#### redirections
exec 3>&1; echo to three >&3; exec 3>&-; echo err 1>&2; { echo out; echo bad >&2; } 2>/dev/null; echo a > f; echo b >> f; cat < f; cat < f > g; cat g; echo both &> h; cat h; echo more &>> h; cat h
echo x 2>&1 >/dev/null; ls nosuchfile > o 2>&1; wc -l < o; cat <<< "here $((1+1))"; cat <<< 'a
b'; read a b <<< "1 2"; echo $b; exec 4<f; read l <&4; echo $l; read l <&4; echo $l; exec 4<&-; read l <&4; echo $?; echo hi {fd}> q; exec {fd}>q; echo q1 >&$fd; exec {fd}>&-; cat q
echo 1 >&9; echo $?; cat < nosuch; echo $?; > empty; cat empty; : > f 2> g; set -C; echo x > f; echo $?; echo y >| f; cat f; set +C; echo "a b" > "s p"; cat "s p"; v="s p"; cat $v; cat < $v; echo $?; echo z > $v; echo $?
exec 5<>rw; echo hello >&5; cat rw; exec 5>&-; { echo 1; echo 2 >&2; } > o 2> e; cat e o; (echo sub) > s; cat s; if true; then echo t; fi > i; cat i; echo n 3>&1 >&3; echo 7>x; cat x; echo 1>y 2; cat y
#### redirect to directory and missing
echo x > /; echo $?; echo x > /nosuch/y; echo $?; echo x > ''; echo $?; cat < ''; echo $?; : < /nosuch && echo no; echo $?; nosuchcmd 2>/dev/null; echo $?; nosuchcmd > f 2>&1; cat f
f() { echo in f; }; f > o; cat o; f > /nosuch/x; echo $?; { echo g; } > /nosuch/x; echo $?; for i in 1; do echo; done > /nosuch/x; echo $?; (echo) > /nosuch/x; echo $?; exec 3</nosuch; echo still; exec > /nosuch/z; echo still2
#### here documents
x=val; cat <<EOF
host $x has $((1+1)) $(echo sides) \$x \\ \a `echo bq` "quoted" 'single'
EOF
cat <<"EOF"
$not expanded `x` \$
EOF
cat <<-EOF
	tab stripped
		two
	EOF
cat <<'A' <<B; cat <<C | cat
first
A
second $x
B
third
C
cat << E; echo after
line\
cont
E
f() { cat <<EOT
in func $1
EOT
}; f arg; while read l; do echo "<$l>"; done <<X
1
2
X
cat <<""
until empty

echo end; cat <<EOF
no end
#### pipes
(exit 7) | true; echo "${PIPESTATUS[@]}"; set -o pipefail; (exit 7) | true; echo $?; set +o pipefail; true | false | true; echo "${PIPESTATUS[@]} $?"; ! true; echo $?; ! false | true; echo $?
echo a | { read x; echo "got $x"; }; echo "[$x]"; shopt -s lastpipe; echo b | read x; echo "[$x]"; shopt -u lastpipe; echo hi |& cat; { echo o; echo e >&2; } |& cat; yes | head -2; seq 3 | while read n; do echo n$n; done
echo 1 | cat | cat | cat; x=$(echo a | cat; exit 3); echo $? $x; false | (exit 5); echo $?; time_=1; seq 1 100000 | wc -l; echo x | exit 4; echo $?
#### substitution
x=$(echo a; echo b); echo "$x" $x; x=$(false); echo $?; x=$(exit 3); echo $?; echo $(exit 4) $?; y=`echo old`; echo $y; z=$(printf 'a\n\n\n'); echo "[$z]"; echo $(echo $(echo deep)); echo "$(cat <<E
in here $x
E
)"; n=$(< script.sh wc -l); echo $((n>0)); echo "$(<script.sh)" | head -1 | wc -c >/dev/null; cat <(echo p1) <(echo p2); echo t > >(cat); wait; while read l; do echo "l=$l"; done < <(seq 2); echo <(:) | wc -l; diff_=1
echo $(echo '*') "$(echo '*')"; touch f1; echo $(echo 'f*') "$(echo 'f*')"; local_() { local x=$(false); echo $?; local y; y=$(false); echo $?; }; local_; readonly q=$(false); echo $?; echo `echo \`echo nest\``
#### exit statuses
true; echo $?; false; echo $?; (exit 42); echo $?; nosuch; echo $?; /nosuch; echo $?; /etc; echo $?; /etc/passwd; echo $?; ./script.sh; echo $?; ""; echo $?; bash -c 'exit 9'; echo $?; bash nosuch.sh; echo $?; bash -c; echo $?
f() { return 7; }; f; echo $?; [ 1 = 2 ]; echo $?; [[ a ]]; echo $?; test; echo $?; :; echo $?; if false; then :; fi; echo $?; while false; do :; done; echo $?; case x in y) ;; esac; echo $?; ! true; echo $?; (true; false); echo $?; { false; }; echo $?; x=1; echo $?; x=$(false); echo $?; > f; echo $?; exit 300
#### errexit
(set -e; false; echo unreached); echo "rc $?"; (set -e; false || true; echo ok); (set -e; if false; then :; fi; echo ok2); (set -e; ! true; echo ok3); (set -e; false && true; echo ok4); (set -e; true | false; echo no); echo $?; (set -e; false | true; echo ok5); (set -eo pipefail; false | true; echo no); echo $?
(set -e; f() { false; echo in; }; f; echo no); echo $?; (set -e; f() { false; echo in; }; f || echo handled); (set -e; x=$(false); echo no); echo $?; (set -e; echo $(false); echo ok6); (set -e; local_=$(true) ; (exit 3); echo no); echo $?; (set -e; while false; do :; done; echo ok7); (set -e; { false; echo no; }; echo no2); echo $?; (set -e; ((0)); echo no); echo $?; (set -e; [[ a = b ]]; echo no); echo $?; (set -e; eval 'false'; echo no); echo $?; (set -e; nosuch; echo no); echo $?; (set -e; cd /nosuch; echo no); echo $?; set -e; (false); echo no
#### nounset and xtrace
set -u; (echo $a); echo $?; (echo ${a:-x}); echo "${b[@]}"; (echo ${b[0]}); x=; echo "[$x]"; ( echo $((nope+1)) ); echo $?
set +u; set -x; echo a "b c" $((1+1)); x='1 2'; y=$(echo sub); for i in 1; do :; done; [ -n "$x" ]; [[ $x == 1* ]]; ((1+1)); if true; then echo t; fi; case $x in a) ;; esac; f() { echo "$1"; }; f 'q r'; a=(1 2); (echo s); z= ; echo "" '' "it's"; PS4='>> '; echo ps4; : $'a\tb'; echo > /dev/null; x+=3; export E=1; set +x; echo off
#### verbose
set -v
echo one; echo two
if true; then
  echo three
fi
set +v
echo four
#### syntax errors
echo before
echo $(echo a; eval 'echo )'); eval 'if'; echo "rc $?"; eval 'echo "abc'; echo "rc $?"; eval '(echo x'; echo "rc $?"; eval 'echo a; ) echo b'; echo "rc $?"; eval $'echo l1\necho l2\n)\necho l4'; echo "rc $?"
echo same line; )
echo after
#### syntax error at end
echo one
if true; then
  echo two
#### syntax error in function
f() {
  echo hi
  for x in 1 2; done
}
f
#### unterminated quote
echo one
echo "two
three
#### aliases
alias ll='echo LL' e=echo; ll; shopt -s expand_aliases
ll a b; e x; alias; alias loop='loop2' loop2='loop'; loop; alias sudo='echo sudo '; sudo e hi; unalias ll; ll; alias two='echo 1; echo 2'; two; \e x; 'e' x; alias if_='if true; then echo y; fi'; if_
alias g='grep --x'; type g; type -t g; command -v g; unalias -a; alias
#### traps
(trap "echo cleanup" EXIT; echo work); (trap "echo got err" ERR; false; echo after); trap 'echo int' INT; trap -p; trap - INT; trap -p; trap 'echo exit $?' EXIT; trap -p EXIT; (echo in sub); (trap; trap 'echo sub exit' EXIT); trap 'echo usr1' USR1; kill -USR1 $$; echo after usr1
f() { trap 'echo ret' RETURN; echo f; }; f; trap - RETURN; trap 'echo dbg $BASH_COMMAND' DEBUG; echo d1; x=1; trap - DEBUG; g() { false; echo g; }; trap 'echo ERR $LINENO' ERR; g; false; true && false; false || true; if false; then :; fi; trap - ERR; trap '' TERM; kill $$; echo survived; trap - TERM; exit 5
#### trap exit in nested
trap 'echo bye; exit 9' EXIT
bash -c 'trap "echo inner" EXIT; exit 3'; echo $?
(exit 2)
exit 4
#### signals
bash -c 'kill -TERM $$'; echo $?; bash -c 'kill -INT $$'; echo $?; (bash -c "kill -KILL \$\$"; true) 2>/dev/null; echo $?; sleep 10 & kill $!; wait $!; echo $?; sleep 10 & kill -9 $!; wait $! 2>/dev/null; echo $?; (sleep 10 & kill %1; wait %1); echo $?; trap 'echo term' TERM; kill -TERM $$; echo ok; kill -0 $$; echo $?; kill -l 9 15; kill -l KILL
#### background
sleep 0.1 & wait $!; echo "waited $?"; jobs; (sleep 0.1; exit 3) & wait $!; echo $?; wait; echo $?; { sleep 0.2; echo bg; } & echo fg; wait; false & wait $!; echo $?; wait 99999; echo $?; (exit 1) & (exit 2) & wait; echo $?; x=1; { x=2; } & wait; echo $x; sleep 0.1 & sleep 0.3 & jobs; wait -n; echo $?; wait; echo "$!" | wc -l; cat & wait $!; echo $?
#### read
read -r a b c <<< "one two three four"; echo "$a|$b|$c"; IFS=: read -r x y z <<< "1:2"; echo "$x|$y|$z"; read -a arr <<< "x y z"; echo ${arr[2]} ${#arr[@]}; read <<< "  rep ly  "; echo "[$REPLY]"; read -r l <<< 'a\tb\n'; echo "$l"; read l <<< 'a\tb\
more'; echo "$l"; read -d : p <<< "ab:cd"; echo "$p"; read -n 2 q <<< abcd; echo $q; read -N 4 q <<< $'a\nbcd'; echo "$q"; read -n 10 q <<< abc; echo "$q"; printf 'no newline' | { read v; echo "$? $v"; }; read v < /dev/null; echo "$? [$v]"; IFS=, read -r a b <<< "x,y,z"; echo "$b"; IFS=, read -ra p <<< "a,,b,"; declare -p p; read -r a b <<< "  lead  trail  "; echo "[$a][$b]"; read -t 0.1 x < <(sleep 1); echo $(($?>128)); while IFS= read -r line; do echo "<$line>"; done <<< $'  x\ty  \n\\z'; while read -r k v; do echo "$k=$v"; done < <(printf 'a 1\nb 2 3\n'); read -u 3 t 3<<< "fd3"; echo $t; mapfile -t m < <(printf 'l1\nl2\n'); echo "${#m[@]} ${m[1]}"; mapfile -s 1 -n 1 n <<< $'a\nb\nc'; declare -p n; readarray -d : o <<< "1:2"; declare -p o
read -q; echo $?; read 1x; echo $?; read -u 9 x; echo $?; read -n x y; echo $?
#### printf
printf "%-8s|%5d|%05.1f|%x|%s\n" ab 42 3.14159 255 end; printf "%02x:" 2 66 0 10; echo; printf '%s\n' a b c; printf '%s %s\n' a b c; printf '%d %i %u %o %X %c %%\n' 12 -5 7 8 255 hello; printf '%5s|%-5s|%.2s|%5.1s|\n' ab cd efg hij; printf '%+d % d %05d %-5d| %#x %#o\n' 5 5 -42 7 255 8; printf '%e %E %g %G %f\n' 1234.5 0.00012 0.0001 1e10 2; printf '%b|%q|%q|%q\n' 'a\tb\n\\' 'a b' '' $'x\ny'; printf '\x41\101\t|\\|\n'; printf '%s' x; echo; printf '%d\n' 0x1f 010 "'A" '"B'; printf -v v '%03d-%s' 7 x; echo $v; printf '%*d|%-*d|%.*f\n' 5 42 5 42 2 3.14159; printf '%s\n'; printf 'x%sy\n' ''; printf '%(%Y-%m-%d)T\n' 0; printf '%c%c\n' abc; printf '%.3d %.0d\n' 5 0; printf "%s\n" "$(printf 'a\0b' | wc -c)"; printf '%5.2f|%-8.3f|%08.2f\n' 3.14159 2.5 -1.5; printf '%5b|\n' 'a\n'; printf '%s %d\n' a 1 b 2
printf '%d\n' abc; echo $?; printf '%d\n' 12abc; echo $?; printf '%z\n'; echo $?; printf; echo $?; printf '%d %s\n'; printf '%f\n' x; printf -v 1x a; echo $?; printf '%'; echo $?; printf '%d\n' 99999999999999999999; echo $?; printf -- '-x\n'; printf '%s\n' -- a; printf -x; echo $?; printf '\u00e9\n'; printf '%5s|%c|\n'
#### echo
echo -e "a\tb\\n"; echo -n no newline; echo; echo -en 'x\n'; echo -E 'a\n'; echo -x; echo -- a; echo -ne; echo - a; echo -nE b; echo; echo -e '\x41\0101\e[0m\c not' ; echo; echo "a\nb"; echo -e 'a\\b' "c\d"; echo 'a  b' c   d; echo -e '\u0041'; echo; echo ''
#### test builtin
[ -z "" ]; echo $?; [ -n x ]; echo $?; [ a = a ]; echo $?; [ a != a ]; echo $?; [ 1 -lt 2 ]; echo $?; [ 1 -eq 1 -a 2 -gt 1 ]; echo $?; [ a = b -o c = c ]; echo $?; [ ! a = b ]; echo $?; [ ! -e /nosuch ]; echo $?; [ -d / ]; echo $?; [ -f / ]; echo $?; [ -e script.sh ]; echo $?; [ -s script.sh ]; echo $?; [ -r script.sh -a -w script.sh ]; echo $?; [ -x script.sh ]; echo $?; [ "(" = "(" ]; echo $?; [ \( a = a \) ]; echo $?; [ a ]; echo $?; [ "" ]; echo $?; [ ]; echo $?; [ -n ]; echo $?; [ a \< b ]; echo $?; [ -v HOME ]; echo $?; x=1; [ -v x ]; echo $?; [ script.sh -ef ./script.sh ]; echo $?; [ -t 0 ]; echo $?; [ ! ]; echo $?; [ -o errexit ]; echo $?; [ 5 -ge 5 ] && [ 5 -le 5 ] && [ 5 -ne 6 ]; echo $?; [ -L script.sh ]; echo $?; [ -p /dev/stdin ]; echo $?; [ " 1" -eq 1 ]; echo $?
test 1 -eq x; echo $?; [ a; echo $?; test a b; echo $?; [ a b c ]; echo $?; [ a = b c ]; echo $?; [ 1 -foo 2 ]; echo $?; [ -q x ]; echo $?; [ a -a ]; echo $?; [ -z ]; echo $?; [ '(' a ]; echo $?
#### conditional command
[[ a < b && 10 -gt 9 ]] && echo ok; [[ abc == a* ]] && echo glob; [[ abc == "a*" ]] || echo quoted; [[ -z $u && ! -n $u ]] && echo empty; [[ 192.168.1.77 =~ ^([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$ ]] && echo "${BASH_REMATCH[4]} of ${BASH_REMATCH[0]} ${#BASH_REMATCH[@]}"; r='^a+$'; [[ aaa =~ $r ]] && echo re; [[ aaa =~ "$r" ]] || echo litre; [[ a.b =~ a\.b ]] && echo dot; [[ axb =~ a\.b ]] || echo nodot; [[ x == y || z == z ]] && echo or; [[ ( a == b || c == c ) && d == d ]] && echo grp; [[ ! a == b ]] && echo not; x='a b'; [[ $x == 'a b' ]] && echo nosplit; [[ -f script.sh && -d . ]] && echo files; [[ 5 -eq 2+3 ]] && echo arith; [[ foo =~ (o)(x)? ]] && echo "[${BASH_REMATCH[1]}][${BASH_REMATCH[2]}]"; [[ ab =~ ^[[:alpha:]]{2}$ ]] && echo class; shopt -s nocasematch; [[ ABC == abc ]] && echo nocase; [[ ABC =~ b ]] && echo nocasere; shopt -u nocasematch; [[ "a]b" =~ [^]]b ]]; echo $?; [[ a =~ [ ]]; echo $?; [[ abc == @(abc|def) ]] && echo ext; [[ abd == !(abc|def) ]] && echo neg; [[ aXXb == a+(X)b ]] && echo plus; [[ ab == a*(X)b && ab == a?(X)b ]] && echo star; [[ -v x ]] && echo v; [[ $'a\nb' =~ a.b ]] && echo nl; [[ 1 -eq x ]]; echo $?; [[ a -nt b ]]; echo $?
if [[ a == b ]]; then echo no; elif [[ a != b ]]; then echo elif; else echo no; fi; [[ -n "" ]] || echo empty2; [[ "" ]] || echo empty3; [[ x ]] && echo nonempty; [[ a == a ]]; echo $?
