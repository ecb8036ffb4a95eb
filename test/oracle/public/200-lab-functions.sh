# A lab built by functions: each namespace with its own subnet, a router between them, and a trap that takes all away.
declare -A SUBNET=([red]=10.1.1 [blue]=10.1.2 [green]=10.1.3)
ORDER=(red blue green)
build() {
  local ns i=0
  ip netns add router
  ip netns exec router sysctl -qw net.ipv4.ip_forward=1
  for ns in "${ORDER[@]}"; do
    ip netns add "$ns"
    ip link add "v-$ns" netns "$ns" type veth peer name "r-$ns" netns router
    ip -n "$ns" addr add "${SUBNET[$ns]}.2/24" dev "v-$ns"
    ip -n router addr add "${SUBNET[$ns]}.1/24" dev "r-$ns"
    ip -n "$ns" link set lo up; ip -n "$ns" link set "v-$ns" up; ip -n router link set "r-$ns" up
    ip -n "$ns" route add default via "${SUBNET[$ns]}.1"
    ((++i))
  done
  echo "built $i"
}
teardown() { local ns; for ns in "${ORDER[@]}" router; do ip netns del "$ns" 2>/dev/null || echo "no $ns"; done; }
t build
tt 'for a in "${ORDER[@]}"; do for b in "${ORDER[@]}"; do [[ $a == "$b" ]] && continue; ip netns exec $a ping -c1 -W1 ${SUBNET[$b]}.2 >/dev/null && echo "$a -> $b ok" || echo "$a -> $b failed"; done; done'
tt 'ip netns list | awk "{print \$1}" | sort | xargs'
tt 'ip -n router -br addr show | grep -v "^lo" | sed "s/@if[0-9]*//" | awk "{print \$1, \$3}" | sort'
tt 'ip -n router -j route | jq -r ".[] | \"\(.dst) \(.dev) \(.prefsrc // \"-\")\"" | sort'
tt 'ip -n red -j addr show dev v-red | jq -c "[.[0].addr_info[] | select(.family==\"inet\") | {local, prefixlen}]"'
tt 'while read -r dst rest; do printf "%-14s %s\n" "$dst" "${rest%% *}"; done < <(ip -n router route)'
tt 'ip netns exec router iptables -A FORWARD -s ${SUBNET[red]}.0/24 -d ${SUBNET[blue]}.0/24 -j REJECT; ip netns exec red ping -c1 -W1 ${SUBNET[blue]}.2 | grep -o "Destination.*"; echo ${PIPESTATUS[0]}'
tt 'ip netns exec router iptables -nvL FORWARD | awk "NR>2 {print \$1, \$3, \$8, \$9}"'
tt 'mapfile -t lines < <(ip -n router -o link | cut -d: -f2 | cut -d@ -f1 | tr -d " "); echo "${#lines[@]}: ${lines[*]}"'
tt 'printf "%s\n" "${!SUBNET[@]}" | sort | while read -r k; do echo "$k=${SUBNET[$k]}"; done'
t teardown
t teardown
tt 'ip netns list | wc -l'
