# Reading captures: details, dumps, filters, what cannot be parsed.
for n in a b; do
  ip netns add $n
  ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n $n link set lo up
done
ip -n a link add eth0 address 02:00:00:00:00:0a type veth peer name eth0 address 02:00:00:00:00:0b netns b
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up; ip -n b link set eth0 up
capture() {
  local count=$1; shift
  ip netns exec b timeout 6 tcpdump -n -l -i eth0 -c "$count" "$@" 2>/dev/null &
  local watcher=$!
  sleep 0.5
  ip netns exec a bash > /dev/null 2>&1
  wait $watcher
}
ip netns exec a ping -c1 -W1 10.0.0.2 >/dev/null
t capture 2 -t -ev icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 2 -t -vv icmp <<< 'ping -c 1 -Q 0x10 -W 1 10.0.0.2'
t capture 2 -# -t icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 2 -t -q icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 2 -t -qe icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 2 -t 'icmp[icmptype] = icmp-echoreply or icmp[0] = 8' <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t 'ip[8] < 10' <<< 'ping -c 1 -W 1 10.0.0.2; ping -c 1 -t 5 -W 1 10.0.0.2'
t capture 1 -t 'greater 500' <<< 'ping -c 1 -W 1 10.0.0.2; ping -c 1 -s 600 -W 1 10.0.0.2'
t capture 1 -t 'less 60 and icmp' <<< 'ping -c 1 -W 1 -s 600 10.0.0.2; ping -c 1 -s 6 -W 1 10.0.0.2'
t capture 1 -t 'len > 500' <<< 'ping -c 1 -W 1 10.0.0.2; ping -c 1 -s 600 -W 1 10.0.0.2'
t capture 1 -t ether src 02:00:00:00:00:0a <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t ether dst 02:00:00:00:00:0a and not arp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t net 10.0.0.0/24 and icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t net 10.0.0.0 mask 255.255.255.0 and icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t net 10 and icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t dst net 10.0.0 and icmp <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t portrange 9000-9999 <<< 'echo hi | nc -u -w 1 10.0.0.2 8000; echo hi | nc -u -w 1 10.0.0.2 9500'
t capture 1 -t src port 5555 <<< 'echo hi | nc -u -p 5555 -w 1 10.0.0.2 8000'
t capture 1 -t 'proto icmp' <<< 'ping -c 1 -W 1 10.0.0.2'
t capture 1 -t 'icmp and (host 10.0.0.9 or host 10.0.0.2)' <<< 'ping -c 1 -W 1 10.0.0.2'
