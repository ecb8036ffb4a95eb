#### for without do
for x in a; echo; done
#### while without do
echo 1
while true; done
#### if without then
if true; fi
#### elif without then
if true; then a; elif b; fi
#### while ends with fi
while true; do a; fi
#### brace closed by paren
{ a; )
#### subshell closed by brace
( a; }
#### case without esac
case x in a) b
#### case two words
case x in a b) c;; esac
#### for then
for x in a b; then
#### function paren
f() ( a 
#### if done
if a; then b; done
#### select
select x in a; done
#### test operands
[[ a == ]]
#### test unary
[[ -f ]]
#### test two words
echo 0; [[ a b ]]
#### function without body
function f
#### pipe pipe
echo before
a | | b
#### or semicolon
a || ; b
#### and and
a && && b
#### stray brace
a; }
#### semicolons
echo x
a ; ; b
#### double semi
;;
#### stray done
echo a
done
#### unterminated double
echo a
echo "b
c
#### unterminated single
echo 'b
#### unterminated backquote
echo `b
#### unterminated parameter
echo ${b
#### unterminated substitution
echo a
echo $(b
c
#### unterminated array
x=(1 2
#### open group
{ echo
#### open subshell
( echo
#### open if
if true; then
echo x
#### trailing and
echo a &&
#### trailing pipe
echo a |
#### redirect without target
echo >
#### redirect to semicolon
echo > ; x
#### empty if
if ; then :; fi
#### empty then
if true; then fi
#### empty group
{ }
#### empty subshell
()
#### function name paren
echo a(b)
#### assign paren
a=b(c)
#### nested substitution error
echo $(
if)
#### error inside substitution on a line
echo one; echo $(fi); echo two
echo three
#### triple and
a &&& b
#### word after group
{ a; } b
#### in function body
f() {
  echo hi
  for x in 1 2; done
}
f
#### eval errors
eval 'echo )'; echo "rc $?"; eval 'if'; echo "rc $?"; eval 'for x'; echo "rc $?"; eval "echo 'a"; echo "rc $?"
#### command string errors
bash -c 'echo a; )'; echo $?; bash -c 'if'; echo $?; bash -c $'echo a\necho b; )\necho c'; echo $?; bash -c 'echo "a'; echo $?
#### sourced error
printf 'echo in\necho )\n' > lib; . ./lib; echo "rc $?"; printf 'if true\n' > lib2; source ./lib2; echo "rc $?"; echo still
#### comment only
# nothing
   # more
#### line continuation
echo a \
  b \
  c; if true \
; then echo t; fi
x=1\
2; echo $x
#### semicolon newline forms
if true
then
  echo a
elif false
then echo b
else
  echo c
fi; for i in 1 2
do echo $i
done
case x in
  x)
    echo x
    ;;
  y) echo y ;;
esac
f ()
{
  echo f
}
f
while read l
do
  echo "<$l>"
done <<EOF
1
EOF
{ echo g
}; ( echo s
)
#### time and negation
! false; echo $?; ! ! true; echo $?; time_() { :; }; TIMEFORMAT=; time true; echo $?; ! { false; }; echo $?
