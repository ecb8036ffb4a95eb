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
