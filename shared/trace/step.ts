/**
 * What can happen to a packet, one closed union. Facts only: sentences are made from them elsewhere, in the user's language.
 * Addresses, prefixes and names are text as Linux's programs print them, so that a trace is plain, serialisable data.
 */

/** SKB_DROP_REASON names of Linux 6.x (net/dropreason-core.h) where one exists; those of our own below the line. */
export type DropReason =
  | 'NO_SOCKET'
  | 'OTHERHOST'
  | 'IP_CSUM'
  | 'IP_INHDR'
  | 'IP_NOPROTO'
  | 'IP_RPFILTER'
  | 'IP_INNOROUTES'
  | 'IP_OUTNOROUTES'
  | 'IP_LOCAL_SOURCE'
  | 'IP_INVALID_SOURCE'
  | 'IP_INVALID_DEST'
  | 'IP_LOCALNET'
  | 'UNICAST_IN_L2_MULTICAST'
  | 'NETFILTER_DROP'
  | 'NEIGH_CREATEFAIL'
  | 'NEIGH_FAILED'
  | 'NEIGH_QUEUEFULL'
  | 'NEIGH_DEAD'
  | 'UNHANDLED_PROTO'
  | 'QDISC_DROP'
  | 'TC_INGRESS'
  | 'TC_EGRESS'
  | 'PKT_TOO_BIG'
  | 'PKT_TOO_SMALL'
  | 'DUP_FRAG'
  | 'FRAG_REASM_TIMEOUT'
  | 'FRAG_TOO_FAR'
  | 'TCP_CSUM'
  | 'UDP_CSUM'
  | 'ICMP_CSUM'
  | 'INVALID_PROTO'
  | 'SOCKET_FILTER'
  | 'SOCKET_RCVBUFF'
  | 'PROTO_MEM'
  | 'DEV_READY'
  | 'DEV_HDR'
  | 'TUNNEL_TXINFO'
  | 'VXLAN_INVALID_HDR'
  | 'VXLAN_VNI_NOT_FOUND'
  | 'VXLAN_INVALID_SMAC'
  | 'VXLAN_ENTRY_EXISTS'
  | 'VXLAN_NO_REMOTE'
  | 'IP_TUNNEL_ECN'
  | 'LOCAL_MAC'
  | 'ARP_PVLAN_DISABLE'
  | 'BRIDGE_INGRESS_STP_STATE'
  | 'BRIDGE_NON_FORWARDING_STATE'
  | 'BRIDGE_NOT_ALLOWED_EGRESS'
  | 'BRIDGE_NO_EGRESS_PORT'
  | 'NO_TX_TARGET'
  // names of our own, for what Linux counts without a reason
  | 'TTL_EXPIRED'
  | 'FORWARDING_DISABLED'
  | 'FRAG_NEEDED_DF'
  | 'NO_CARRIER'
  | 'DEVICE_DOWN'
  | 'BLACKHOLE'
  | 'UNREACHABLE_ROUTE'
  | 'PROHIBIT_ROUTE'
  | 'ARP_IGNORED'
  | 'VLAN_FILTERED'
  | 'NETEM_LOSS'
  | 'TAIL_DROP'
  | 'NO_PEER'
  | 'TUNNEL_LOOP'
  | 'NO_MAPPING'
  | 'NOT_MODELLED';

/** A route as `ip route` names it. */
export interface RouteFact {
  readonly table: string;
  readonly type: string;
  readonly prefix: string;
  readonly via: string | null;
  readonly device: string | null;
  readonly source: string | null;
  readonly metric: number;
  readonly scope: string;
  readonly protocol: string;
}
export interface RuleFact {
  readonly priority: number;
  /** As `ip rule` prints the selector: `from 10.0.0.0/8`, `from all fwmark 0x10`. */
  readonly selector: string;
  /** `lookup main`, `blackhole`, `unreachable`, `prohibit`. */
  readonly action: string;
}
/** The five IPv4 hooks. */
export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

export type Step =
  /** A program or the kernel itself made the packet. */
  | { readonly kind: 'send'; readonly by: string; readonly summary: string }
  /** A frame came in through a device. */
  | { readonly kind: 'receive'; readonly device: string; readonly summary: string }
  /** The frame was handed to a device's driver. */
  | { readonly kind: 'transmit'; readonly device: string; readonly summary: string }
  /** It crossed a veth pair, a wire between machines, or a VM's NAT. */
  | {
      readonly kind: 'cross';
      readonly medium: 'veth' | 'wire' | 'nat-nic' | 'loopback' | 'macvlan';
      readonly from: string;
      readonly to: string;
      readonly delayUs: number;
    }
  /** A routing rule was looked at and matched. */
  | { readonly kind: 'rule'; readonly rule: RuleFact }
  /** A route decided where it goes. `purpose`: deliver here, go on, or the check of the source (rp_filter). */
  | {
      readonly kind: 'route';
      readonly purpose: 'output' | 'input' | 'reverse-path';
      readonly destination: string;
      readonly route: RouteFact;
      readonly nextHop: string | null;
    }
  | { readonly kind: 'no-route'; readonly purpose: 'output' | 'input' | 'reverse-path'; readonly destination: string; readonly tables: readonly string[] }
  /** The kernel chose the source address. */
  | { readonly kind: 'source'; readonly address: string; readonly device: string; readonly why: 'route' | 'scope' | 'bound' }
  /** The next hop's link address was known (or needs none). */
  | {
      readonly kind: 'neighbour';
      readonly address: string;
      readonly device: string;
      readonly mac: string;
      readonly state: 'PERMANENT' | 'NOARP' | 'REACHABLE' | 'STALE' | 'DELAY' | 'PROBE' | 'FAILED' | 'INCOMPLETE';
    }
  /** It was not: the packet waits while ARP (or ND) asks. */
  | { readonly kind: 'resolve'; readonly protocol: 'ARP' | 'ND'; readonly address: string; readonly device: string }
  /** The answer came; the packet goes on. */
  | {
      readonly kind: 'resolved';
      readonly protocol: 'ARP' | 'ND';
      readonly address: string;
      readonly device: string;
      readonly mac: string;
      readonly waitedUs: number;
    }
  /** Nobody answered. */
  | { readonly kind: 'unresolved'; readonly protocol: 'ARP' | 'ND'; readonly address: string; readonly device: string; readonly probes: number }
  /** What a host decided about an ARP request it received. */
  | { readonly kind: 'arp'; readonly decision: 'answer' | 'proxy' | 'ignore'; readonly address: string; readonly mac: string; readonly why: string }
  /** A bridge noted which port a MAC lives behind. */
  | { readonly kind: 'learn'; readonly bridge: string; readonly port: string; readonly mac: string; readonly moved: boolean }
  /** A bridge's forwarding database knew the port (or itself: `port` is the bridge). */
  | { readonly kind: 'fdb'; readonly bridge: string; readonly mac: string; readonly port: string; readonly entry: 'learned' | 'static' | 'permanent' | 'local' }
  /** It did not, or the frame is for all: copies went to these ports. `skipped` names those that may not send it, with the reason. */
  | {
      readonly kind: 'flood';
      readonly bridge: string;
      readonly mac: string;
      readonly why: 'unknown' | 'broadcast' | 'multicast';
      readonly ports: readonly string[];
      readonly skipped: readonly { readonly port: string; readonly why: 'state' | 'isolated' | 'flood-off' | 'vlan' | 'source-port' | 'down' }[];
    }
  /** A netfilter hook was entered. `bridged`: called by the bridge (bridge-nf-call-iptables). */
  | { readonly kind: 'hook'; readonly hook: HookName; readonly bridged: boolean }
  /** A chain was entered, a rule in it matched, or its end was reached. */
  | { readonly kind: 'chain'; readonly table: string; readonly chain: string; readonly policy: string | null }
  | {
      readonly kind: 'iptables';
      readonly table: string;
      readonly chain: string;
      /** 1-based. */
      readonly rule: number;
      /** As iptables-save prints it. */
      readonly text: string;
      readonly target: string;
    }
  | { readonly kind: 'conntrack'; readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED'; readonly flow: string }
  | {
      readonly kind: 'nat';
      readonly manip: 'SNAT' | 'DNAT';
      readonly before: string;
      readonly after: string;
      readonly summary: string;
      readonly why: 'rule' | 'flow' | 'reply';
    }
  /** The kernel forwards: the TTL goes down. */
  | { readonly kind: 'forward'; readonly from: string; readonly to: string; readonly ttl: number; readonly summary: string }
  | { readonly kind: 'fragment'; readonly device: string; readonly mtu: number; readonly pieces: number }
  | { readonly kind: 'reassemble'; readonly pieces: number }
  /** Path MTU or redirect learnt from an ICMP error. */
  | { readonly kind: 'learn-mtu'; readonly destination: string; readonly mtu: number }
  | { readonly kind: 'encapsulate'; readonly device: string; readonly protocol: string; readonly from: string; readonly to: string; readonly why: string }
  | { readonly kind: 'decapsulate'; readonly device: string; readonly protocol: string; readonly from: string }
  /** The kernel or a program answers with another packet, which the trace follows too. */
  | { readonly kind: 'answer'; readonly summary: string }
  /** An ICMP error goes back to the sender. */
  | { readonly kind: 'icmp-error'; readonly type: number; readonly code: number; readonly name: string; readonly to: string; readonly limited: boolean }
  /** A socket or the kernel itself took it. */
  | { readonly kind: 'deliver'; readonly to: string }
  | { readonly kind: 'drop'; readonly reason: DropReason; readonly detail: string }
  | { readonly kind: 'not-modelled'; readonly what: string };

/** How a packet (or one copy of it) ended. */
export type Disposition =
  /** A socket, or the kernel's own protocol, took it. */
  | { readonly kind: 'delivered'; readonly to: string }
  | { readonly kind: 'dropped'; readonly reason: DropReason; readonly detail: string }
  /** It was handed on: following hops tell. */
  | { readonly kind: 'passed' }
  /** It left the lab by a VM's NAT, towards this address. */
  | { readonly kind: 'left'; readonly to: string }
  /** It waits (for ARP, for a timer), or the trace was ended first. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'not-modelled'; readonly what: string };
