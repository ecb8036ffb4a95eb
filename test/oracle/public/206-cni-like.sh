# A small CNI-like plugin in bash: reads its network from standard input, allocates an address, wires a namespace, answers as JSON.
mkdir -p bin state
cat > bin/mini <<'P'
#!/bin/bash
set -euo pipefail
exec 2>>/root/mini.log
fail() { jq -cn --argjson code "$1" --arg msg "$2" '{cniVersion:"0.4.0",code:$code,msg:$msg}'; echo "fail $1 $2" >&2; exit 1; }
[[ -n ${CNI_COMMAND:-} ]] || fail 4 "CNI_COMMAND is required"
if [[ $CNI_COMMAND == VERSION ]]; then jq -cn '{cniVersion:"0.4.0",supportedVersions:["0.3.1","0.4.0"]}'; exit; fi
config=$(cat)
name=$(jq -er .name <<< "$config") || fail 7 "no name"
subnet=$(jq -r '.subnet // empty' <<< "$config"); bridge=$(jq -r '.bridge // "cni0"' <<< "$config")
prefix=${subnet%.*}; store=/root/state/$name
case $CNI_COMMAND in
ADD)
  exec 8>"$store.lock"; flock 8
  touch "$store"
  for n in {2..254}; do grep -q "^$prefix.$n " "$store" || break; done
  echo "$prefix.$n $CNI_CONTAINERID" >> "$store"
  flock -u 8
  ip link show "$bridge" &>/dev/null || { ip link add "$bridge" type bridge; ip addr add "$prefix.1/24" dev "$bridge"; ip link set "$bridge" up; }
  host=veth${CNI_CONTAINERID:0:8}
  ip link add "$host" type veth peer name tmp0
  ip link set "$host" master "$bridge" up
  ip link set tmp0 netns "${CNI_NETNS##*/}" name "$CNI_IFNAME"
  ip netns exec "${CNI_NETNS##*/}" bash -s <<X
ip addr add $prefix.$n/24 dev $CNI_IFNAME
ip link set $CNI_IFNAME up; ip link set lo up
ip route add default via $prefix.1
X
  mac=$(ip -n "${CNI_NETNS##*/}" -j link show "$CNI_IFNAME" | jq -r '.[0].address | length')
  jq -n --arg ip "$prefix.$n/24" --arg gw "$prefix.1" --arg i "$CNI_IFNAME" --argjson m "$mac" '{cniVersion:"0.4.0",interfaces:[{name:$i,macLength:$m}],ips:[{version:"4",address:$ip,gateway:$gw,interface:0}]}' ;;
DEL)
  ip -n "${CNI_NETNS##*/}" link del "$CNI_IFNAME" || true
  sed -i "/ $CNI_CONTAINERID\$/d" "$store" ;;
CHECK)
  want=$(awk -v id="$CNI_CONTAINERID" '$2 == id {print $1}' "$store")
  ip -n "${CNI_NETNS##*/}" -o -4 addr show "$CNI_IFNAME" | grep -qw "$want" || fail 11 "address $want missing" ;;
*) fail 4 "unknown CNI_COMMAND $CNI_COMMAND" ;;
esac
P
chmod +x bin/mini
NET='{"cniVersion":"0.4.0","name":"pods","type":"mini","bridge":"cni7","subnet":"10.77.0.0/24"}'
cni() { local cmd=$1 ns=$2; CNI_COMMAND=$cmd CNI_CONTAINERID=${ns}0123456789 CNI_NETNS=/run/netns/$ns CNI_IFNAME=eth0 PATH=$PATH:/root/bin mini <<< "${3-$NET}"; }
ip link set lo up
for n in a b c; do ip netns add pod$n; done
t cni VERSION poda
t cni ADD poda
t cni ADD podb
tt 'cni ADD podc | jq -c .ips[0]'
tt 'cat state/pods'
tt 'for x in a b c; do for y in 2 3 4; do ip netns exec pod$x ping -c1 -W1 10.77.0.$y > /dev/null && echo -n "o" || echo -n "x"; done; echo; done'
t cni CHECK podb
tt 'ip -n podb addr flush dev eth0; cni CHECK podb'
t cni DEL podb
tt 'cat state/pods; ip -br link | grep -c ^vethpod'
t cni DEL podb
t cni ADD nosuch
tt 'cni ADD podb "{}"'
tt 'cni FOO podb'
tt 'echo "$NET" | env -u CNI_COMMAND bin/mini'
tt 'cni ADD podb | jq -r ".ips[].address"; cut -d" " -f1 state/pods | sort'
tt 'bridge -j link | jq -r ".[].ifname" | wc -l; bridge -j link show | jq -r ".[] | .master" | sort -u'
tt 'sed "s/vethpod[a-z]*[0-9]*/VETH/; s/^[A-Z]*: //" mini.log'
tt 'grep -c . mini.log; tail -1 mini.log'
tt 'parallel_add() { local n; for n in d e f g; do ip netns add pod$n; done; for n in d e f g; do cni ADD pod$n > out.$n & done; wait; jq -r ".ips[0].address" out.? | sort; }; parallel_add'
tt 'awk "{print \$1}" state/pods | sort | uniq -d | wc -l'
