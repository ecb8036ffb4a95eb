/** Which expressions nft's rules may begin with, and the type of each; words that stand for longer ones (`iif` for `meta iif`). */
const typed = (type: string, ...names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, type]));

export const FIELD_TYPES: Readonly<Record<string, string>> = {
  ...typed('ipv4_addr', 'ip saddr', 'ip daddr'),
  ...typed('ipv6_addr', 'ip6 saddr', 'ip6 daddr'),
  ...typed('inet_proto', 'ip protocol', 'ip6 nexthdr', 'meta l4proto', 'ct protocol'),
  ...typed('u8', 'ip ttl', 'ip6 hoplimit', 'ip version', 'ip hdrlength', 'icmp code', 'icmpv6 code', 'ip ecn'),
  ...typed('dscp', 'ip dscp', 'ip6 dscp'),
  ...typed('u16', 'ip id', 'ip length', 'ip frag-off', 'ip6 length', 'udp length', 'tcp window', 'icmp id', 'icmp sequence', 'icmpv6 id'),
  ...typed('inet_service', 'tcp sport', 'tcp dport', 'udp sport', 'udp dport', 'th sport', 'th dport'),
  ...typed('tcp_flag', 'tcp flags'),
  ...typed('icmp_type', 'icmp type'),
  ...typed('icmpv6_type', 'icmpv6 type'),
  ...typed('ether_addr', 'ether saddr', 'ether daddr'),
  ...typed('ether_type', 'ether type', 'meta protocol'),
  ...typed('mark', 'meta mark', 'ct mark'),
  ...typed('ifname', 'meta iifname', 'meta oifname'),
  ...typed('iface_index', 'meta iif', 'meta oif'),
  ...typed(
    'integer',
    'meta length',
    'meta priority',
    'meta cpu',
    'meta random',
    'meta iifgroup',
    'meta oifgroup',
    'ip6 flowlabel',
    'tcp sequence',
    'tcp ackseq',
  ),
  ...typed('u16', 'ct zone', 'ct original zone', 'ct reply zone'),
  ...typed('integer', 'ct expiration', 'ct packets', 'ct bytes'),
  ...typed('nf_proto', 'meta nfproto'),
  ...typed('pkt_type', 'meta pkttype'),
  ...typed('uid', 'meta skuid'),
  ...typed('gid', 'meta skgid'),
  ...typed('ct_state', 'ct state'),
  ...typed('ct_status', 'ct status'),
  ...typed('ct_dir', 'ct direction'),
  ...typed('ipv4_addr', 'ct original saddr', 'ct original daddr', 'ct reply saddr', 'ct reply daddr'),
  ...typed('inet_service', 'ct original proto-src', 'ct original proto-dst', 'ct reply proto-src', 'ct reply proto-dst'),
  ...typed('fib_addrtype', 'fib saddr type', 'fib daddr type', 'fib saddr . iif type', 'fib daddr . iif type', 'fib daddr . oif type'),
  ...typed('iface_index', 'fib saddr . iif oif'),
};
/** Of meta, those that may stand alone, and are printed so. */
export const BARE_META = ['iif', 'oif', 'iifname', 'oifname', 'iifgroup', 'oifgroup'];
export const LONE_META = [...BARE_META, 'mark', 'pkttype', 'skuid', 'skgid', 'l4proto', 'nfproto', 'priority', 'length', 'cpu'];
export const HEADERS = ['ip', 'ip6', 'tcp', 'udp', 'th', 'icmp', 'icmpv6', 'ether'];
/** As listings print a field. */
export const fieldText = (field: string): string => {
  const [head = '', name = ''] = field.split(' ');
  return head === 'meta' && BARE_META.includes(name) ? name : field;
};
