/** `conntrack --help`. Deviation: in our own words. */
export const HELP = `Command line interface for the connection tracking system. Version 1.4.7
Usage: conntrack [commands] [options]

Commands: -L list, -G get, -D delete, -I insert, -U update, -E watch events, -F flush, -C count, -S statistics
          each with a table: conntrack, expect, dying, unconfirmed

Which connections: -f family, -p protocol, -s -d original addresses, -r -q reply addresses, -n -g -j translated ones, -u status, -m mark
                   with -p tcp or udp: --sport --dport --reply-port-src --reply-port-dst, --state; with -p icmp: --icmp-type --icmp-code --icmp-id
What to set: -t timeout, -m mark, -u status
Output: -o xml,extended,timestamp,id; -e ALL,NEW,UPDATES,DESTROY; -z zero counters
`;
