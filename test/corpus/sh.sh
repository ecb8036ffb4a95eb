#### notfound
sh -c 'foo'; echo $?
sh -c 'foo; echo $?'
sh -c '/nosuch/foo'; echo $?
sh -c './x'; echo $?; echo 'echo hi' > x; sh -c './x'; echo $?; sh x; chmod +x x; sh -c ./x
sh -c 'true
foo
bar'
sh nosuch; echo $?
echo foo > s; sh s; sh ./s; sh < s; echo $?
printf '#!/bin/sh\necho $0 $#\nfoo\nexit 3\n' > t; chmod +x t; ./t a b; echo $?
printf '#!/bin/sh\n\nls /nosuch\nset -e\nfalse\necho no\n' > t; ./t; echo $?
sh -c '. ./nosuch'; echo $?
sh -c '. nosuch; echo after'; echo $?
sh -c 'source ./x'; echo $?
sh -c '/'; echo $?
sh -c '/etc/passwd'; echo $?
sh -c 'foo' name; sh -c 'foo' /bin/name
/bin/sh -c foo
#### echo
sh -c 'echo "a\nb"; echo -e "x\ty"; echo -n n; echo; echo "a\\b" "\060" "c\cd"; echo -E x; echo -ne x'
sh -c 'printf "%s\n" "a\nb"; printf "a\tb\n"; printf "%d %x\n" 12 255; printf "%q\n" "a b"; printf "%b|\n" "a\nb"; printf "%5s|%-5s|\n" a b; printf; printf "%d\n" abc'
#### redirect errors
sh -c 'echo x > /nosuch/y; echo $?'; sh -c 'cat < nosuch; echo $?'; sh -c 'exec 3< nosuch; echo no'; echo $?; sh -c 'echo x >&9; echo $?'; sh -c 'echo x > /'; sh -c ': > /nosuch/y; echo no'; echo $?; sh -c 'exec nosuch; echo no'; echo $?; sh -c 'exec /nosuch; echo no'; echo $?; sh -c '{ echo x; } > /nosuch/x; echo $?'
#### xtrace
sh -xc 'a=1; echo $a "b c" > /dev/null; [ $a = 1 ] && echo y; f() { echo in; }; f x; for i in 1 2; do echo $i; done; x=$(echo z); case a in a) echo m;; esac; a=2 b="c d" env | grep ^b; if true; then :; fi; y="a b"; echo "it'"'"'s" "" $y "$y"'
sh -c 'set -ex; false; echo no'; echo $?
sh -uc 'echo $a'; sh -ec 'false'; echo $?; sh -c 'set -e; x=$(false); echo no'; echo $?; sh -c 'set -v; echo a'
PS4='> '; export PS4; sh -xc 'echo a'
#### subshell
sh -c '(foo); echo $?'; sh -c 'x=$(foo); echo $?'; sh -c 'foo | cat; echo $?'; sh -c 'foo & wait'; sh -c 'f() { foo; }; f'; sh -c '
f() {
  foo
}
f
bar'
