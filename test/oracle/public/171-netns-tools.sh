# Namespaces by other means: nsenter, unshare, attach, bind mounts, /proc/PID/ns, /etc/netns, pids, orphans.
t ip netns add red
t ip netns add blue
mkdir -p /etc/netns/red 2>/dev/null
t nsenter --net=/run/netns/red ip -br link
t nsenter --net=/run/netns/nosuch true
tt 'ip netns exec red sleep 20 & sleep 0.2; pid=$(ip netns pids red); nsenter -t $pid -n ip -br link; ip netns identify $pid; kill $pid; wait 2>/dev/null'
tt 'unshare -n ip -br link'
tt 'unshare -n bash -c "ip link set lo up; ip -br addr; ip netns identify \$\$; echo end"'
tt 'unshare -n sleep 20 & sleep 0.2; ip netns attach late $!; ip netns list; ip -n late -br link; kill $!; wait 2>/dev/null; ip netns list; ip -n late -br link'
t ip netns attach bad 999999
t ip link add v0 type veth peer name v1 netns red
t ip link set v0 netns blue
t ip -n red link show v1
t ip -n blue link show v0
t ip netns exec red ip netns list-id
t ip -all netns exec ip -o -br link
t ip netns set red 5
t ip netns set red 6
t ip netns set blue 5
t ip netns list
t ip netns list-id target-nsid 5
t ip netns list-id nsid 5
t ip -n red netns list-id
t ip netns identify
t ip netns identify 1
t ip netns pids nosuch
t ip netns del red blue
t ip netns
t ip netns delete blue
t ip netns add "sp ace"
t ip netns
t ip netns del "sp ace"
t ip netns add a b
t ip netns add .
t ip netns add ..
t ip netns add verylongname_verylongname_verylongname_verylongname
t ip netns del verylongname_verylongname_verylongname_verylongname
t umount /run/netns/late
t rm /run/netns/late
t ip netns list
t ip netns exec red bash -c 'echo $0 $1 $#' x y z
t ip netns help
t ip -netns nosuch addr
t ip -n
t ip netns exec red
