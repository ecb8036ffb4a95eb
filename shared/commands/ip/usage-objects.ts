/** Help texts of `ip`'s lesser objects, as the program prints them. */
const lines = (...rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

export const nexthopUsage = (): string =>
  lines(
    'Usage: ip nexthop { list | flush } [ protocol ID ] SELECTOR',
    '       ip nexthop { add | replace } id ID NH [ protocol ID ]',
    '       ip nexthop { get | del } id ID',
    '       ip nexthop bucket list BUCKET_SELECTOR',
    '       ip nexthop bucket get id ID index INDEX',
    'SELECTOR := [ id ID ] [ dev DEV ] [ vrf NAME ] [ master DEV ]',
    '            [ groups ] [ fdb ]',
    'BUCKET_SELECTOR := SELECTOR | [ nhid ID ]',
    'NH := { blackhole | [ via ADDRESS ] [ dev DEV ] [ onlink ]',
    '        [ encap ENCAPTYPE ENCAPHDR ] |',
    '        group GROUP [ fdb ] [ type TYPE [ TYPE_ARGS ] ] }',
    'GROUP := [ <id[,weight]>/<id[,weight]>/... ]',
    'TYPE := { mpath | resilient }',
    'TYPE_ARGS := [ RESILIENT_ARGS ]',
    'RESILIENT_ARGS := [ buckets BUCKETS ] [ idle_timer IDLE ]',
    '                  [ unbalanced_timer UNBALANCED ]',
    'ENCAPTYPE := [ mpls ]',
    'ENCAPHDR := [ MPLSLABEL ]',
  );
export const vrfUsage = (): string =>
  lines('Usage:\tip vrf show [NAME] ...', '\tip vrf exec [NAME] cmd ...', '\tip vrf identify [PID]', '\tip vrf pids [NAME]');
export const srUsage = (): string =>
  lines(
    'Usage: ip sr { COMMAND | help }',
    '          ip sr hmac show',
    '          ip sr hmac set KEYID ALGO',
    '          ip sr tunsrc show',
    '          ip sr tunsrc set ADDRESS',
    'where  ALGO := { sha1 | sha256 }',
  );
export const ilaUsage = (): string =>
  lines(
    'Usage: ip ila add loc_match LOCATOR_MATCH loc LOCATOR [ dev DEV ] OPTIONS',
    '       ip ila del loc_match LOCATOR_MATCH [ loc LOCATOR ] [ dev DEV ]',
    '       ip ila list',
    'OPTIONS := [ csum-mode { adj-transport | neutral-map |',
    '                         neutral-map-auto | no-action } ]',
    '           [ ident-type { luid | use-format } ]',
  );
export const macsecUsage = (): string =>
  lines(
    'Usage: ip macsec add DEV tx sa { 0..3 } [ OPTS ] key ID KEY',
    '       ip macsec set DEV tx sa { 0..3 } [ OPTS ]',
    '       ip macsec del DEV tx sa { 0..3 }',
    '       ip macsec add DEV rx SCI [ on | off ]',
    '       ip macsec set DEV rx SCI [ on | off ]',
    '       ip macsec del DEV rx SCI',
    '       ip macsec add DEV rx SCI sa { 0..3 } [ OPTS ] key ID KEY',
    '       ip macsec set DEV rx SCI sa { 0..3 } [ OPTS ]',
    '       ip macsec del DEV rx SCI sa { 0..3 }',
    '       ip macsec show',
    '       ip macsec show DEV',
    '       ip macsec offload DEV [ off | phy | mac ]',
    'where  OPTS := [ pn <u32> | xpn <u64> ] [ salt SALT ] [ ssci <u32> ] [ on | off ]',
    '       ID   := 128-bit hex string',
    '       KEY  := 128-bit or 256-bit hex string',
    '       SCI  := { sci <u64> | port { 1..2^16-1 } address <lladdr> }',
    '       SALT := 96-bit hex string',
  );
export const fouUsage = (): string =>
  lines(
    'Usage: ip fou add port PORT { ipproto PROTO  | gue }',
    '\t\t   [ local IFADDR ] [ peer IFADDR ]',
    '\t\t   [ peer_port PORT ] [ dev IFNAME ]',
    '       ip fou del port PORT [ local IFADDR ]',
    '\t\t   [ peer IFADDR ] [ peer_port PORT ]',
    '\t\t   [ dev IFNAME ]',
    '       ip fou show',
    '',
    'Where: PROTO { ipproto-name | 1..255 }',
    '       PORT { 1..65535 }',
    '       IFADDR { addr }',
  );
export const l2tpUsage = (): string =>
  lines(
    'Usage: ip l2tp add tunnel',
    '          remote ADDR local ADDR',
    '          tunnel_id ID peer_tunnel_id ID',
    '          [ encap { ip | udp } ]',
    '          [ udp_sport PORT ] [ udp_dport PORT ]',
    '          [ udp_csum { on | off } ]',
    '          [ udp6_csum_tx { on | off } ]',
    '          [ udp6_csum_rx { on | off } ]',
    'Usage: ip l2tp add session [ name NAME ]',
    '          tunnel_id ID',
    '          session_id ID peer_session_id ID',
    '          [ cookie HEXSTR ] [ peer_cookie HEXSTR ]',
    '          [ seq { none | send | recv | both } ]',
    '          [ l2spec_type L2SPEC ]',
    '       ip l2tp del tunnel tunnel_id ID',
    '       ip l2tp del session tunnel_id ID session_id ID',
    '       ip l2tp show tunnel [ tunnel_id ID ]',
    '       ip l2tp show session [ tunnel_id ID ] [ session_id ID ]',
    '',
    'Where: NAME   := STRING',
    '       ADDR   := { IP_ADDRESS | any }',
    '       PORT   := { 0..65535 }',
    '       ID     := { 1..4294967295 }',
    '       HEXSTR := { 8 or 16 hex digits (4 / 8 bytes) }',
    '       L2SPEC := { none | default }',
  );
export const ioamUsage = (): string =>
  lines(
    'Usage:\tip ioam { COMMAND | help }',
    '\tip ioam namespace show',
    '\tip ioam namespace add ID [ data DATA32 ] [ wide DATA64 ]',
    '\tip ioam namespace del ID',
    '\tip ioam schema show',
    '\tip ioam schema add ID DATA',
    '\tip ioam schema del ID',
    '\tip ioam namespace set ID schema { ID | none }',
  );
export const statsUsage = (): string =>
  lines(
    'Usage: ip stats help',
    '       ip stats show [ dev DEV ] [ group GROUP [ subgroup SUBGROUP [ suite SUITE ] ... ] ... ] ...',
    '       ip stats set dev DEV l3_stats { on | off }',
    'GROUP := { link | xstats | xstats_slave | offload | afstats }',
    'xstats SUBGROUP := { bridge [ suite stp ] [ suite mcast ] | bond [ suite 802.3ad ] }',
    'xstats_slave SUBGROUP := { bridge [ suite stp ] [ suite mcast ] | bond [ suite 802.3ad ] }',
    'offload SUBGROUP := { cpu_hit | hw_stats_info | l3_stats }',
    'afstats SUBGROUP := { mpls }',
  );
export const xfrmUsage = (): string => lines('Usage: ip xfrm XFRM-OBJECT { COMMAND | help }', 'where  XFRM-OBJECT := state | policy | monitor');
export const tokenUsage = (): string => lines('Usage: ip token [ list | set | del | get ] [ TOKEN ] [ dev DEV ]');
export const mptcpUsage = (): string =>
  lines(
    'Usage:\tip mptcp endpoint add ADDRESS [ dev NAME ] [ id ID ]',
    '\t\t\t\t      [ port NR ] [ FLAG-LIST ]',
    '\tip mptcp endpoint delete id ID [ ADDRESS ]',
    '\tip mptcp endpoint change [ id ID ] [ ADDRESS ] [ port NR ] CHANGE-OPT',
    '\tip mptcp endpoint show [ id ID ]',
    '\tip mptcp endpoint flush',
    '\tip mptcp limits set [ subflows NR ] [ add_addr_accepted NR ]',
    '\tip mptcp limits show',
    '\tip mptcp monitor',
    'FLAG-LIST := [ FLAG-LIST ] FLAG',
    'FLAG  := [ signal | subflow | backup | fullmesh ]',
    'CHANGE-OPT := [ backup | nobackup | fullmesh | nofullmesh ]',
  );
export const tcpMetricsUsage = (): string =>
  lines(
    'Usage:\tip tcp_metrics/tcpmetrics { COMMAND | help }',
    '\tip tcp_metrics { show | flush } SELECTOR',
    '\tip tcp_metrics delete [ address ] ADDRESS',
    'SELECTOR := [ [ address ] PREFIX ]',
  );
