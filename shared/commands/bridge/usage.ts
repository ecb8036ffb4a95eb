/** What `bridge help` and each object's `help` print, and a wrong word. Recorded from bridge 6.1. */
const lines = (...each: readonly string[]): string => `${each.join('\n')}\n`;

export const bridgeUsage = (): string =>
  lines(
    'Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }',
    '       bridge [ -force ] -batch filename',
    'where  OBJECT := { link | fdb | mdb | vlan | monitor }',
    '       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |',
    '                    -o[neline] | -t[imestamp] | -n[etns] name |',
    '                    -c[ompressvlans] -color -p[retty] -j[son] }',
  );

const LINK_INDENT = ' '.repeat(31);
export const linkUsage = (): string =>
  lines(
    'Usage: bridge link set dev DEV [ cost COST ] [ priority PRIO ] [ state STATE ]',
    ...['guard', 'hairpin', 'fastleave', 'root_block', 'learning', 'learning_sync', 'flood'].map((word) => `${LINK_INDENT}[ ${word} {on | off} ]`),
    `${LINK_INDENT}[ mcast_router MULTICAST_ROUTER ]`,
    ...['mcast_flood', 'bcast_flood', 'mcast_to_unicast', 'neigh_suppress', 'vlan_tunnel', 'isolated', 'locked'].map(
      (word) => `${LINK_INDENT}[ ${word} {on | off} ]`,
    ),
    `${LINK_INDENT}[ hwmode {vepa | veb} ]`,
    `${LINK_INDENT}[ backup_port DEVICE ] [ nobackup_port ]`,
    `${LINK_INDENT}[ self ] [ master ]`,
    '       bridge link show [dev DEV]',
  );

export const fdbUsage = (): string =>
  lines(
    'Usage: bridge fdb { add | append | del | replace } ADDR dev DEV',
    '              [ self ] [ master ] [ use ] [ router ] [ extern_learn ]',
    '              [ sticky ] [ local | static | dynamic ] [ vlan VID ]',
    '              { [ dst IPADDR ] [ port PORT] [ vni VNI ] | [ nhid NHID ] }',
    '\t       [ via DEV ] [ src_vni VNI ]',
    '       bridge fdb [ show [ br BRDEV ] [ brport DEV ] [ vlan VID ]',
    '              [ state STATE ] [ dynamic ] ]',
    '       bridge fdb get [ to ] LLADDR [ br BRDEV ] { brport | dev } DEV',
    '              [ vlan VID ] [ vni VNI ] [ self ] [ master ] [ dynamic ]',
    '       bridge fdb flush dev DEV [ brport DEV ] [ vlan VID ]',
    '              [ self ] [ master ] [ [no]permanent | [no]static | [no]dynamic ]',
    '              [ [no]added_by_user ] [ [no]extern_learn ] [ [no]sticky ]',
    '              [ [no]offloaded ]',
  );

/** Word and what it takes, of `bridge vlan global set`. */
export const GLOBAL_OPTIONS = [
  ...['mcast_snooping', 'mcast_querier'].map((word) => [word, word.replace('mcast_', 'multicast_').toUpperCase(), 8] as const),
  ...(['mcast_igmp_version', 'mcast_mld_version'] as const).map((word) => [word, word.slice('mcast_'.length).toUpperCase(), 8] as const),
  ['mcast_last_member_count', 'LAST_MEMBER_COUNT', 32],
  ['mcast_last_member_interval', 'LAST_MEMBER_INTERVAL', 64],
  ['mcast_startup_query_count', 'STARTUP_QUERY_COUNT', 32],
  ['mcast_startup_query_interval', 'STARTUP_QUERY_INTERVAL', 64],
  ['mcast_membership_interval', 'MEMBERSHIP_INTERVAL', 64],
  ['mcast_querier_interval', 'QUERIER_INTERVAL', 64],
  ['mcast_query_interval', 'QUERY_INTERVAL', 64],
  ['mcast_query_response_interval', 'QUERY_RESPONSE_INTERVAL', 64],
] as const;
export const vlanUsage = (): string =>
  lines(
    'Usage: bridge vlan { add | del } vid VLAN_ID dev DEV [ tunnel_info id TUNNEL_ID ]',
    `${' '.repeat(53)}[ pvid ] [ untagged ]`,
    `${' '.repeat(53)}[ self ] [ master ]`,
    '       bridge vlan { set } vid VLAN_ID dev DEV [ state STP_STATE ]',
    `${' '.repeat(47)}[ mcast_router MULTICAST_ROUTER ]`,
    '       bridge vlan { show } [ dev DEV ] [ vid VLAN_ID ]',
    '       bridge vlan { tunnelshow } [ dev DEV ] [ vid VLAN_ID ]',
    '       bridge vlan global { set } vid VLAN_ID dev DEV',
    ...GLOBAL_OPTIONS.map(([word, what]) => `${' '.repeat(22)}[ ${word} ${what} ]`),
    '       bridge vlan global { show } [ dev DEV ] [ vid VLAN_ID ]',
  );

export const mdbUsage = (): string =>
  lines(
    'Usage: bridge mdb { add | del } dev DEV port PORT grp GROUP [src SOURCE] [permanent | temp] [vid VID]',
    '       bridge mdb {show} [ dev DEV ] [ vid VID ]',
  );
export const monitorUsage = (): string => 'Usage: bridge monitor [file | link | fdb | mdb | vlan | vni | all]\n';
