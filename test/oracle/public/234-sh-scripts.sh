# What /bin/sh is on Debian: dash. Scripts with its interpreter line, and commands handed to it.
run() { { printf '#!/bin/sh\n'; cat; } > /root/p.sh; chmod +x /root/p.sh; printf '### %s\n' "$1"; shift; ./p.sh "$@" 2>&1; printf '=> %s\n' "$?"; }
ip netns add a
run 'bashisms' <<'E'
echo "one\ttwo"; echo -e three; nosuch; [[ a = a ]] && echo yes
x=abc; echo "${x%c}" "${x#a}" "${#x}" $((1 + 2)); echo {1..3}
echo $RANDOM $HOSTNAME.; source ./nothing
E
run 'arrays' <<'E'
echo before
a=(1 2)
echo after
E
run 'substring' <<'E'
x=abc; echo first; echo ${x:0:1}; echo not reached
E
run 'here-string' <<'E'
echo first
cat <<< x
E
run 'errors' <<'E'
cd /nosuch; echo "cd $?"; [ a == a ]; echo "test $?"; cat < nosuch; echo "in $?"; echo x > /nosuch/y; echo "out $?"
f() { nosuch2; return 4; }; f; echo "f $?"; eval 'nosuch3'; kill -0 999999; echo "kill $?"
set -u; echo "$undefined"; echo never
E
run 'strict' <<'E'
set -eu
trap 'echo "bye $?"' EXIT
ip link set nosuch0 up
echo never
E
run 'lab' <<'E'
ns=a; ip -n "$ns" link set lo up
for i in 1 2; do ip -n "$ns" addr add "10.0.$i.1/24" dev lo || exit 1; done
ip -n "$ns" -o -4 addr | while read -r _ dev _ addr rest; do printf '%s %s\n' "$dev" "$addr"; done
i=0; while [ "$i" -lt 3 ]; do i=$((i + 1)); [ "$i" -eq 2 ] && continue; echo "$i"; done
case $(ip -n "$ns" route show table local | wc -l) in [0-9]*) echo counted;; esac
set -x; y="a b"; echo "$y" > /dev/null; [ "$y" ]
E
run 'unfinished' <<'E'
echo a
if true; then
echo b
E
run 'stray' <<'E'
echo a
fi
E
run 'local and shift' one two <<'E'
f() { local v="$1"; echo "$v $#"; }; f "$@"; shift; echo "$1 $#"; shift 5; echo never
E
tt 'sh -c "nosuch; echo \$?"; sh -c nosuch name; sh nosuch.sh; echo $?; sh -c "exit 3"; echo $?'
tt 'ip netns exec a sh -c "ip -br addr show lo | wc -l; type ip cd if nosuch"'
tt 'echo "echo \$0 \$#; nosuch" | sh -s a b; echo $?'
tt 'sh -c "trap \"echo got\" TERM; kill \$\$; echo after"; sh -c "sleep 5 & kill \$!; wait \$!" ; echo $?'
tt 'sh -ec "false; echo no"; echo $?; sh -xc "echo a; x=1 true"; sh -uc "echo \$nope"; echo $?; sh -z; echo $?'
tt 'xargs -I{} sh -c "echo {}; nosuch" <<< item; echo $?; find /etc/hosts -exec sh -c "echo \$0" {} \;; timeout 1 sh -c nosuch; echo $?; env -i sh -c "echo \$PATH" | tr : "\n" | wc -l'
tt 'awk "BEGIN { system(\"nosuch\") }"; watch -n1 -x true >/dev/null 2>&1 & sleep 0.1; kill $!; echo done'
