/**
 * What a program may ask of the kernel over rtnetlink, attribute by attribute. An absent field is an absent attribute: the kernel's own
 * default holds. Names are resolved by the caller only where the real program does it (`dev` to an index); where a device is named by
 * index, an unknown one is the kernel's error.
 */
import type { Ipv4, Ipv6, Mac } from '../wire/index.ts';
import type { BondOptions } from './devices/bond/options.ts';
import type { MulticastGroup } from './devices/bridge/bridge-mdb.ts';
import type { VlanGlobals } from './devices/bridge/vlan-group.ts';
import type { Netns, RouteMetrics } from './model.ts';
import type { RouteType } from './numbers.ts';

/** NLM_F_CREATE, EXCL, REPLACE, APPEND of a "new" request. `ip route add` is create+excl, replace is create+replace, change is replace. */
export interface CreateFlags {
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly replace?: boolean;
  readonly append?: boolean;
}

/** Options of a bridge (IFLA_BR_*). Times in hundredths of a second (USER_HZ), as netlink and /sys carry them. */
export interface BridgeOptions {
  forwardDelay?: number;
  helloTime?: number;
  maxAge?: number;
  ageingTime?: number;
  /** 0 off, 1 the kernel's own STP. */
  stpState?: number;
  priority?: number;
  vlanFiltering?: number;
  vlanProtocol?: number;
  vlanDefaultPvid?: number;
  vlanStatsEnabled?: number;
  vlanStatsPerPort?: number;
  groupForwardMask?: number;
  groupAddress?: Mac;
  noLinklocalLearn?: number;
  fdbFlush?: boolean;
  fdbMaxLearned?: number;
  multicastSnooping?: number;
  multicastRouter?: number;
  multicastQueryUseIfaddr?: number;
  multicastQuerier?: number;
  multicastHashElasticity?: number;
  multicastHashMax?: number;
  multicastLastMemberCount?: number;
  multicastStartupQueryCount?: number;
  multicastLastMemberInterval?: number;
  multicastMembershipInterval?: number;
  multicastQuerierInterval?: number;
  multicastQueryInterval?: number;
  multicastQueryResponseInterval?: number;
  multicastStartupQueryInterval?: number;
  multicastStatsEnabled?: number;
  multicastIgmpVersion?: number;
  multicastMldVersion?: number;
  multicastVlanSnooping?: number;
  nfCallIptables?: number;
  nfCallIp6tables?: number;
  nfCallArptables?: number;
}
/** Options of a bridge port (IFLA_BRPORT_*). */
export interface BridgePortOptions {
  /** 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. */
  state?: number;
  cost?: number;
  priority?: number;
  hairpin?: boolean;
  guard?: boolean;
  rootBlock?: boolean;
  fastLeave?: boolean;
  learning?: boolean;
  learningSync?: boolean;
  flood?: boolean;
  multicastFlood?: boolean;
  broadcastFlood?: boolean;
  multicastRouter?: number;
  multicastToUnicast?: boolean;
  proxyArp?: boolean;
  proxyArpWifi?: boolean;
  neighSuppress?: boolean;
  neighVlanSuppress?: boolean;
  vlanTunnel?: boolean;
  isolated?: boolean;
  locked?: boolean;
  mab?: boolean;
  groupForwardMask?: number;
  multicastEhtHostsLimit?: number;
  multicastMaxGroups?: number;
  backupPort?: number;
  backupNexthopId?: number;
  /** `fdb_flush`. */
  flush?: boolean;
}
export interface VxlanOptions {
  id?: number;
  /** IFLA_VXLAN_GROUP: `remote` or `group`. */
  remote?: Ipv4;
  remote6?: Ipv6;
  local?: Ipv4;
  local6?: Ipv6;
  /** IFLA_VXLAN_LINK: index of `dev`. */
  link?: number;
  ttl?: number;
  ttlInherit?: boolean;
  tos?: number;
  df?: number;
  label?: number;
  learning?: boolean;
  /** Seconds. */
  ageing?: number;
  limit?: number;
  port?: number;
  portLow?: number;
  portHigh?: number;
  proxy?: boolean;
  rsc?: boolean;
  l2miss?: boolean;
  l3miss?: boolean;
  udpChecksum?: boolean;
  udp6ZeroChecksumTx?: boolean;
  udp6ZeroChecksumRx?: boolean;
  gbp?: boolean;
  gpe?: boolean;
  external?: boolean;
  vnifilter?: boolean;
  localbypass?: boolean;
}
/** IPv4 tunnels: ipip, gre, gretap, sit. */
export interface TunnelOptions {
  local?: Ipv4;
  remote?: Ipv4;
  /** Index of `dev`. */
  link?: number;
  ttl?: number;
  tos?: number;
  pmtudisc?: boolean;
  ignoreDf?: boolean;
  /** ipip: 4 ipip, 41 ip6ip, 0 any, 137 mpls. */
  protocol?: number;
  ikey?: number;
  okey?: number;
  iflags?: number;
  oflags?: number;
  external?: boolean;
  fwmark?: number;
  /** A UDP encapsulation was asked for: its module is not there. */
  encap?: 'fou' | 'gue';
}
export interface VlanOptions {
  id?: number;
  protocol?: number;
  flags?: number;
  flagsMask?: number;
  /** Priority in the tag to the packet's, and the other way. */
  ingress?: QosMapping[];
  egress?: QosMapping[];
}
export interface QosMapping {
  readonly from: number;
  readonly to: number;
}
export interface MacvlanOptions {
  mode?: 'private' | 'vepa' | 'bridge' | 'passthru' | 'source';
  flags?: number;
  /** `bcqueuelen`. */
  queueLength?: number;
  /** `macaddr …` of mode source. */
  sources?: { verb: 'add' | 'del' | 'set' | 'flush'; macs: Mac[] };
}
/** How `ip tuntap` opened it, and for whom. */
export interface TunOptions {
  packetInfo?: boolean;
  vnetHeader?: boolean;
  multiQueue?: boolean;
  oneQueue?: boolean;
  /** -1: anybody who may. */
  owner?: number;
  group?: number;
}
export interface IpvlanOptions {
  mode?: 'l2' | 'l3' | 'l3s';
  flags?: number;
}

/** IFLA_LINKINFO: the kind and its data. */
export type LinkInfo =
  | { readonly kind: 'veth'; readonly peer?: LinkRequest }
  | { readonly kind: 'bridge'; readonly options?: BridgeOptions }
  | { readonly kind: 'dummy' }
  | { readonly kind: 'ifb' }
  | { readonly kind: 'vxlan'; readonly options: VxlanOptions }
  | { readonly kind: 'ipip' | 'gre' | 'gretap' | 'sit'; readonly options: TunnelOptions }
  | { readonly kind: 'vlan'; readonly options?: VlanOptions }
  | { readonly kind: 'macvlan' | 'macvtap'; readonly options: MacvlanOptions }
  | { readonly kind: 'ipvlan'; readonly options: IpvlanOptions }
  | { readonly kind: 'vrf'; readonly table?: number }
  | { readonly kind: 'bond'; readonly options: BondOptions }
  | { readonly kind: 'team' }
  | { readonly kind: 'tun'; readonly mode: 'tun' | 'tap'; readonly options?: TunOptions }
  /** Any other word that a user typed as a type. */
  | { readonly kind: 'other'; readonly name: string };

/** RTM_NEWLINK, to make a device or to change one. */
export interface LinkRequest {
  /** Index to take (`ip link add … index N`). */
  readonly index?: number;
  /** IFLA_IFNAME: of a new device, or the new name. */
  readonly name?: string;
  readonly info?: LinkInfo;
  /** IFLA_LINK: index of the lower device. */
  readonly link?: number;
  /** IFLA_LINK_NETNSID's namespace. */
  readonly linkNetns?: Netns;
  /** IFLA_NET_NS_*: where it is made or moved to. */
  readonly netns?: Netns;
  /** IFLA_NEW_IFINDEX. */
  readonly newIndex?: number;
  /** IFLA_ADDRESS: a MAC. `addressLength` says how many bytes were given, when not the device's (`ip link set address 02:00`). */
  readonly address?: Mac;
  readonly addressLength?: number;
  /** For IPv4 tunnels the address is an IPv4 one. */
  readonly broadcast?: Mac;
  readonly mtu?: number;
  readonly txQueueLength?: number;
  readonly numTxQueues?: number;
  readonly numRxQueues?: number;
  readonly group?: number;
  readonly alias?: string;
  /** IFLA_MASTER: index, or 0 for none. */
  readonly master?: number;
  /** Bits of Iff to change and their values (ifi_change, ifi_flags). */
  readonly flagsMask?: number;
  readonly flags?: number;
  readonly operState?: number;
  readonly linkMode?: number;
  readonly carrier?: boolean;
  readonly protoDown?: boolean;
  readonly addrGenMode?: number;
  readonly addAltNames?: readonly string[];
  readonly removeAltNames?: readonly string[];
  /** `type bridge_slave …` on a port, and `bridge link set`. */
  readonly port?: BridgePortOptions;
  /** Asked of the bridge (AF_BRIDGE): it tells of its port, and nobody of the device. */
  readonly byBridge?: boolean;
}

/** RTM_NEWADDR, IPv4. */
export interface AddressRequest extends CreateFlags {
  /** Index. */
  readonly device: number;
  readonly local: Ipv4;
  /** -1 in a deletion without one: whatever it is. */
  readonly prefixLength: number;
  readonly peer?: Ipv4;
  readonly broadcast?: Ipv4;
  readonly label?: string;
  readonly scope?: number;
  readonly metric?: number;
  readonly protocol?: number;
  readonly noPrefixRoute?: boolean;
  /** Seconds; absent: forever. */
  readonly validS?: number;
  readonly preferredS?: number;
}
export interface Address6Request extends CreateFlags {
  readonly device: number;
  readonly local: Ipv6;
  readonly prefixLength: number;
  readonly peer?: Ipv6;
  readonly scope?: number;
  readonly metric?: number;
  readonly protocol?: number;
  readonly noPrefixRoute?: boolean;
  readonly noDad?: boolean;
  readonly optimistic?: boolean;
  readonly home?: boolean;
  readonly manageTemp?: boolean;
  readonly validS?: number;
  readonly preferredS?: number;
}

export interface NexthopRequest {
  readonly gateway?: Ipv4;
  readonly gateway6?: Ipv6;
  /** Index; 0 or absent: by the gateway. */
  readonly device?: number;
  readonly weight?: number;
  readonly onlink?: boolean;
  readonly realms?: number;
}
/** RTM_NEWROUTE and RTM_DELROUTE, IPv4. */
export interface RouteRequest extends CreateFlags {
  readonly destination: Ipv4;
  readonly length: number;
  readonly type?: RouteType;
  /** Default main. */
  readonly table?: number;
  readonly tos?: number;
  readonly scope?: number;
  readonly protocol?: number;
  readonly priority?: number;
  readonly preferredSource?: Ipv4;
  readonly metrics?: RouteMetrics;
  readonly gateway?: Ipv4;
  readonly gateway6?: Ipv6;
  readonly device?: number;
  readonly onlink?: boolean;
  /** `nexthop …` given: then no gateway or device above. */
  readonly nexthops?: readonly NexthopRequest[];
  readonly realms?: number;
  /** `nhid N`: the way is that object's. */
  readonly nexthopId?: number;
}
/** RTM_NEWNEXTHOP. */
export interface NexthopObjectRequest extends CreateFlags {
  /** Absent or 0: the next free one. */
  readonly id?: number;
  readonly family: 0 | 4 | 6;
  readonly device?: number;
  readonly gateway?: Ipv4;
  readonly gateway6?: Ipv6;
  readonly onlink?: boolean;
  readonly blackhole?: boolean;
  readonly fdb?: boolean;
  readonly protocol?: number;
  readonly group?: readonly { readonly id: number; readonly weight: number }[];
  readonly resilient?: { readonly buckets: number; readonly idleS: number; readonly unbalancedS: number };
}
export interface Route6Request extends CreateFlags {
  readonly destination: Ipv6;
  readonly length: number;
  readonly type?: RouteType;
  readonly table?: number;
  readonly protocol?: number;
  readonly priority?: number;
  readonly preferredSource?: Ipv6;
  readonly metrics?: RouteMetrics;
  readonly gateway?: Ipv6;
  readonly device?: number;
  readonly onlink?: boolean;
  /** Seconds. */
  readonly expires?: number;
  readonly preference?: 'low' | 'medium' | 'high';
  readonly weight?: number;
  readonly nexthopId?: number;
}
/** RTM_GETROUTE for one destination. */
export interface RouteGetRequest {
  readonly destination: Ipv4;
  readonly source?: Ipv4;
  /** Index of `iif`. */
  readonly inDevice?: number;
  /** Index of `oif`, `dev`. */
  readonly outDevice?: number;
  readonly tos?: number;
  readonly mark?: number;
  readonly uid?: number;
  readonly ipProtocol?: number;
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** Answer with the FIB entry instead. */
  readonly fibMatch?: boolean;
}

/** RTM_NEWRULE and RTM_DELRULE. */
export interface RuleRequest extends CreateFlags {
  readonly family: 4 | 6;
  readonly priority?: number;
  readonly invert?: boolean;
  readonly src?: Ipv4 | Ipv6;
  readonly srcLength?: number;
  readonly dst?: Ipv4 | Ipv6;
  readonly dstLength?: number;
  readonly tos?: number;
  readonly fwmark?: number;
  readonly fwmask?: number;
  readonly inName?: string;
  readonly outName?: string;
  readonly l3mdev?: boolean;
  readonly uidRange?: readonly [number, number];
  readonly ipProtocol?: number;
  readonly srcPorts?: readonly [number, number];
  readonly dstPorts?: readonly [number, number];
  readonly action?: 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';
  readonly table?: number;
  readonly target?: number;
  readonly suppressPrefixLength?: number;
  readonly suppressGroup?: number;
  readonly protocol?: number;
  readonly realms?: number;
}

/** RTM_NEWNEIGH of ARP or ND. */
export interface NeighbourRequest extends CreateFlags {
  readonly family: 4 | 6;
  readonly device?: number;
  readonly address: Ipv4 | Ipv6;
  readonly mac?: Mac;
  /** Bytes that were given for it. */
  readonly macLength?: number;
  /** Bits of Nud; default permanent. */
  readonly state?: number;
  readonly proxy?: boolean;
  readonly router?: boolean;
  readonly externLearn?: boolean;
  readonly use?: boolean;
  readonly managed?: boolean;
  readonly protocol?: number;
}

/** RTM_NEWNEIGH of a bridge or VXLAN (`bridge fdb`). */
export interface FdbRequest extends CreateFlags {
  /** Index of the port, the bridge itself, or the VXLAN device. */
  readonly device: number;
  readonly mac: Mac;
  /** NTF_MASTER: the bridge that the device is a port of; NTF_SELF: the device itself. Default self. */
  readonly master?: boolean;
  readonly self?: boolean;
  /** Bits of Nud: PERMANENT (local), NOARP (static), REACHABLE (dynamic). */
  readonly state: number;
  readonly vlan?: number;
  readonly dst?: Ipv4;
  readonly dst6?: Ipv6;
  readonly port?: number;
  readonly vni?: number;
  readonly via?: number;
  readonly sticky?: boolean;
  readonly use?: boolean;
  readonly externLearn?: boolean;
}

/** AF_SPEC of RTM_SETLINK and RTM_DELLINK (`bridge vlan add`, `delete`): one VLAN or a range. */
export interface BridgeVlanRequest {
  /** Index of a port, or of a bridge (`self`). */
  readonly device: number;
  readonly from: number;
  readonly to: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
  /** `tunnel_info`: not the VLANs, but what tunnels a port maps them to. */
  readonly tunnel?: { readonly from: number; readonly to: number };
  readonly self?: boolean;
  readonly master?: boolean;
}
/** RTM_NEWVLAN (`bridge vlan set`, `bridge vlan global set`). */
export interface BridgeVlanOptionsRequest {
  readonly device: number;
  readonly from: number;
  readonly to: number;
  readonly state?: number;
  readonly multicastRouter?: number;
  readonly global?: Partial<VlanGlobals>;
}

/** RTM_NEWMDB (`bridge mdb`). */
export interface MdbRequest {
  /** Indexes of the bridge, and of the port or once more the bridge. */
  readonly device: number;
  readonly port: number;
  readonly group: MulticastGroup;
  readonly vlan: number;
  readonly permanent: boolean;
}

/** `bridge fdb flush`: what is deleted. */
export interface FdbFlushRequest {
  /** Index of the bridge, the VXLAN device, or with `master` a port. */
  readonly device: number;
  readonly master?: boolean;
  readonly self?: boolean;
  /** Index of a port of the bridge. */
  readonly port?: number;
  readonly vlan?: number;
  /** Bits of Nud that must be as in `state`: those of `stateMask`. */
  readonly state: number;
  readonly stateMask: number;
  readonly flags?: { readonly addedByUser?: boolean; readonly externLearn?: boolean; readonly sticky?: boolean };
}
