# Shell programs as CNI plugins and provisioning scripts have them, without much network.
tt 'declare -A conf; while IFS="=" read -r k v; do [[ $k =~ ^[[:space:]]*(#|$) ]] && continue; conf[${k// /}]=${v# }; done <<< $'"'"'# c\nname = br0\nmtu=1450\n\nsubnet = 10.1.0.0/16'"'"'; for k in $(printf "%s\n" "${!conf[@]}" | sort); do echo "$k:${conf[$k]}"; done'
tt 'parse() { local -n out=$1; local arg; shift; for arg; do case $arg in --*=*) out[${arg%%=*}]=${arg#*=};; --*) out[$arg]=true;; -[a-z]) out[$arg]=1;; *) out[rest]+="$arg ";; esac; done; }; declare -A o; parse o --name=x --force a -v b; declare -p o | tr " " "\n" | sort | tail -5'
tt 'stack=(); push() { stack+=("$1"); }; pop() { [[ ${#stack[@]} -gt 0 ]] || return 1; REPLY=${stack[-1]}; unset "stack[-1]"; }; push a; push "b c"; pop; echo $REPLY; pop; echo $REPLY; pop; echo $?'
tt 'log() { local level=$1; shift; printf "%s [%-5s] %s\n" "$(date +%Y >/dev/null; echo T)" "$level" "$*" >&2; }; log INFO hello world; log ERROR "x  y" 2>&1 | cat'
tt 'f() { local IFS=,; echo "$*"; echo "${@:2}" "${@: -1}" "${#@}"; }; f a b "c d"'
tt 's="eth0:10.0.0.1/24:up"; IFS=: read -r dev addr state <<< "$s"; echo "$dev|$addr|$state|${addr%/*}|${addr#*/}|${s##*:}|${s%%:*}"'
tt 'x=abcabc; echo ${x/b/X} ${x//b/X} ${x/#a/^} ${x/%c/$} ${x^} ${x^^} ${x:1:3} ${x: -2} ${#x} ${x@Q} ${x//[ab]/}'
tt 'a=(5 3 9 1); IFS=$'"'"'\n'"'"' sorted=($(sort -n <<< "${a[*]}")); unset IFS; echo "${sorted[@]} ${a[@]:1:2} ${!a[@]} ${a[@]/#/n}"'
tt 'm=([3]=c [1]=a); m+=(d); echo "${!m[@]} ${m[*]}"; unset "m[3]"; echo "${#m[@]}"; for i in "${!m[@]}"; do echo "$i=${m[i]}"; done'
tt 'case "CNI_ADD" in *_ADD|*_DEL) echo verb;;& CNI*) echo cni;; esac; case x in [[:upper:]]) echo U;; [!0-9]) echo nd;& z) echo fall;; esac'
tt 'shopt -s nullglob; touch a.conf b.conf c.conflist; f=(*.conf *.conflist *.json); echo ${#f[@]} ${f[*]}; shopt -u nullglob; echo *.json; rm *.conf*'
tt 'while getopts "a:bc" o -a 1 -b -z; do echo "$o ${OPTARG-}"; done 2>&1; echo $OPTIND'
tt 'printf "%s %s\n" a b c; printf "%-6s|%6s|%06.2f|%x|%o|%e|%q\n" ab cd 3.14159 255 8 12345 "it'"'"'s"; printf "%b" "a\tb\n"; printf "%(%Y)T\n" 0; printf -v v "%03d" 7; echo $v'
tt 'read -r -d "" text <<X
line1
  line2 \$HOME $((1+1))
X
echo "$text"; cat <<-"Y"
	tabbed $HOME
	Y'
tt 'exec 3>out 4<<<"in data"; echo to3 >&3; read -u 4 w r; exec 3>&- 4<&-; echo "$w/$r $(<out)"; echo x >&3; echo $?'
tt '{ echo a; echo b >&2; } >o 2>e; cat o e; { echo c; echo d >&2; } &> both; cat both; ls nosuch 2>&1 >/dev/null | cut -d: -f1'
tt 'i=0; until (( i >= 3 )); do ((i++)); [[ $i -eq 2 ]] && continue; echo $i; done; for ((a=1,b=5;a<b;a++,b--)); do echo $a-$b; done'
tt 'for i in {1..3}; do for j in a b; do [[ $i == 2 ]] && continue 2; [[ $i$j == 3b ]] && break 2; echo $i$j; done; done'
tt 'echo $((0x1f & 0b101 | 8#17)) $((5/2)) $((-5%3)) $((2**10)) $((1<2?10:20)) $((x=3,x+1)) $((~5)) $((!0)); let "z=4*2"; echo $z; ((z+=2)); echo $z; echo $((10#08))'
tt '[[ abc == a* && "a*" != abc && 10 -gt 9 && b > a ]] && echo yes; [[ "10.0.0.1" =~ ^([0-9]+)\.([0-9]+) ]] && echo "${BASH_REMATCH[@]}"; [[ -z "" && -n x && ! -e nosuch ]] && echo ok'
tt 'trap "echo bye" EXIT; f() { trap "echo ret" RETURN; echo in; }; f; trap - EXIT RETURN; trap -p'
tt 'out=$(exit 3); echo $?; x=$(echo a; echo b); echo "$x" $x; echo `echo nested \`echo deep\``; echo "$(echo "q$(echo "r s")")"'
tt 'set -- a "b c" d; echo $# "$1" "${2}" "$*" "${@:2:1}"; shift 2; echo $1 $#; set --; echo $#'
tt 'f() { return 5; }; f; echo $?; f || echo "or $?"; ! f; echo $?; f && echo no; if f; then :; else echo "else $?"; fi'
tt 'declare -i n=5+3; n+=2; echo $n; declare -r R=1; (R=2) 2>&1; echo $?; declare -l low=ABC; declare -u up=abc; echo $low $up; declare -x EXP=1; bash -c "echo \$EXP"; readonly -p | grep -c " R="'
tt 'mapfile -t arr < <(printf "x\ny z\n\n"); echo ${#arr[@]} "${arr[1]}"; readarray -d , -t p <<< "a,b,c"; echo "${p[2]}"; mapfile -n 1 -s 1 q <<< $'"'"'1\n2\n3'"'"'; echo "${q[0]}"'
tt 'sleep 0.1 & p=$!; kill -0 $p && echo alive; wait $p; echo $?; kill -0 $p 2>/dev/null || echo gone; (exit 4) & wait $!; echo $?; sleep 5 & kill $!; wait $! 2>/dev/null; echo $?'
tt 'eval "x=\$((1+1))"; echo $x; cmd=(printf "<%s>" a "b c"); "${cmd[@]}"; echo; name=x; echo ${!name}; declare "dyn_$name=5"; echo $dyn_x; alias zz=echo; type -t zz if f cd ls nosuch'
tt 'source /dev/stdin <<< "echo sourced \$1" arg; . nosuch.sh; echo $?; bash -c "echo \$0 \$1" zero one; bash -s a b <<< "echo \$# \$2"; echo "echo piped" | bash'
tt 'echo ${UNSET:-def} ${UNSET-d2} ${UNSET:=assigned} $UNSET ${UNSET:+alt} ${#UNSET} "${NOPE[@]}" ${NOPE[*]-none}; (echo ${Q:?is required}); echo $?'
tt 'echo {a,b}{1,2} {01..03} {c..a} {1..10..4} pre{x,{y,z}}post a{} {single}; echo ~ ~root "~"; echo "a  b"  c; echo a\ b '"'"'$x'"'"' $'"'"'t\tq'"'"''
tt 'select x in one two; do echo "picked $x $REPLY"; break; done <<< 2 2>&1; ulimit -n > /dev/null; umask; umask 077; touch priv; stat -c %a priv; umask 022'
