/**
 * commands: the programs of a simulated machine, one file or folder each. A program is `(p: Process) => Sys<number>`; it reaches the
 * network of its process by `netnsOf(p)` of machine/. To add one: export an `InstalledProgram` and name it here.
 */
import type { InstalledProgram } from '../machine/index.ts';
import { ARPING_PROGRAMS } from './arping/index.ts';
import { AWK_PROGRAMS } from './awk/index.ts';
import { BASH_PROGRAMS } from './bash/index.ts';
import { BRCTL_PROGRAMS } from './brctl/index.ts';
import { BRIDGE_PROGRAMS } from './bridge/index.ts';
import { CONNTRACK_PROGRAMS } from './conntrack/index.ts';
import { COREUTILS } from './coreutils/index.ts';
import { CURL_PROGRAMS } from './curl/index.ts';
import { ETHTOOL_PROGRAMS } from './ethtool/index.ts';
import { IP_PROGRAMS } from './ip/index.ts';
import { IPSET_PROGRAMS } from './ipset/index.ts';
import { IPTABLES_PROGRAMS } from './iptables/index.ts';
import { JQ_PROGRAMS } from './jq/index.ts';
import { NC_PROGRAMS } from './nc/index.ts';
import { NET_TOOLS } from './net-tools/index.ts';
import { NFT_PROGRAMS } from './nft/index.ts';
import { PING_PROGRAMS } from './ping/index.ts';
import { SOCAT_PROGRAMS } from './socat/index.ts';
import { SS_PROGRAMS } from './ss/index.ts';
import { SYSTEM_PROGRAMS } from './system/index.ts';
import { TAR_PROGRAMS } from './tar/index.ts';
import { TC_PROGRAMS } from './tc/index.ts';
import { TEXT_PROGRAMS } from './text/index.ts';
import { TCPDUMP_PROGRAMS } from './tcpdump/index.ts';
import { TRACEPATH_PROGRAMS } from './tracepath/index.ts';
import { TRACEROUTE_PROGRAMS } from './traceroute/index.ts';
import { WGET_PROGRAMS } from './wget/index.ts';

export { BUSYBOX_NET } from './busybox-net.ts';
export { civilOf, twoDigits } from './names/civil.ts';
export { decodeDns, DnsCode, DnsType, encodeDns, type DnsMessage, type DnsRecord } from './dns/index.ts';
export { makeSets, setFacts } from './ipset/index.ts';
export { restoreRules } from './iptables/index.ts';
export * from './kubectl/index.ts';
export { sha1 } from './system/sha.ts';
export * from './node-tools/index.ts';

/** What every simulated machine has installed. */
export const PROGRAMS: readonly InstalledProgram[] = [
  ...BASH_PROGRAMS,
  ...COREUTILS,
  ...TEXT_PROGRAMS,
  ...AWK_PROGRAMS,
  ...JQ_PROGRAMS,
  ...SYSTEM_PROGRAMS,
  ...IP_PROGRAMS,
  ...BRIDGE_PROGRAMS,
  ...BRCTL_PROGRAMS,
  ...IPTABLES_PROGRAMS,
  ...IPSET_PROGRAMS,
  ...NFT_PROGRAMS,
  ...CONNTRACK_PROGRAMS,
  ...NC_PROGRAMS,
  ...CURL_PROGRAMS,
  ...WGET_PROGRAMS,
  ...SOCAT_PROGRAMS,
  ...SS_PROGRAMS,
  ...NET_TOOLS,
  ...ETHTOOL_PROGRAMS,
  ...PING_PROGRAMS,
  ...TAR_PROGRAMS,
  ...TC_PROGRAMS,
  ...TCPDUMP_PROGRAMS,
  ...TRACEPATH_PROGRAMS,
  ...TRACEROUTE_PROGRAMS,
  ...ARPING_PROGRAMS,
];
