/**
 * Every network fact of a lab at one moment, as plain, readonly, serialisable data. Whatever a lab is made of (the simulated kernel, namespaces
 * of this machine, hosts over SSH), it is read into this form; topology, checks, diagnosis and twins are made from it.
 *
 * Invariant: values are as Linux's programs print them (addresses as text, flags and states in `ip`'s words, routes in `ip route`'s), so that
 * what was parsed and what was simulated compare equal.
 * Invariant: names and indexes are unique within their namespace; `id` of a namespace within its node.
 */

import type { KubernetesSnapshot } from './kubernetes.ts';

export interface Snapshot {
  /** Virtual or real microseconds since the lab began. */
  readonly atUs: number;
  readonly nodes: readonly NodeSnapshot[];
  /** What joins cards of several nodes. */
  readonly segments: readonly SegmentSnapshot[];
  /** What Kubernetes says of these nodes; absent where there is no cluster, or nobody asked it. */
  readonly kubernetes?: KubernetesSnapshot;
}

export interface SegmentSnapshot {
  readonly id: number;
  readonly name: string;
  readonly ports: readonly { readonly node: string; readonly netnsId: number; readonly ifindex: number }[];
  /** What leads out of what was seen: a router with this address and network. */
  readonly router?: { readonly address: string; readonly prefixLength: number };
}

export interface NodeSnapshot {
  readonly name: string;
  readonly namespaces: readonly NetnsSnapshot[];
  /** Pod addresses that `host-local` keeps reserved (/var/lib/cni/networks), where that was read. */
  readonly reserved?: readonly string[];
  /** What could not be read there, such as `iptables-save`: unknown, not absent. */
  readonly unread?: readonly string[];
}

export interface NetnsSnapshot {
  /** 0 is the node's own. */
  readonly id: number;
  /** `ip netns` name; '' for the node's own and for nameless ones. */
  readonly name: string;
  /** The number of `net:[4026531840]`. */
  readonly inode: number;
  readonly links: readonly LinkFact[];
  /** Of all tables: `table` says which. */
  readonly routes: readonly RouteEntry[];
  readonly rules: readonly RuleEntry[];
  readonly neighbours: readonly NeighbourEntry[];
  readonly fdb: readonly FdbEntry[];
  /** By table name, as iptables-save orders them; absent where no table is loaded. */
  readonly iptables: readonly TableFact[];
  /** IP sets; absent where nobody read them. */
  readonly sets?: readonly SetFact[];
  /** VLANs of bridges and their ports; absent where no bridge filters them. */
  readonly vlans?: readonly VlanFact[];
  /** Tracked connections, one line each as `conntrack -L` prints them. */
  readonly conntrack: readonly string[];
  /** Those that differ between hosts and matter to packets: by the names that `sysctl` gives them (`net.ipv4.conf.eth1/10.rp_filter`). */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly sockets: readonly SocketFact[];
}

export interface AddressFact {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixLength: number;
  /** The other end, where it is not `local`. */
  readonly peer?: string;
  readonly broadcast?: string;
  readonly scope: string;
  readonly label?: string;
  /** `secondary`, `tentative`, `dadfailed`, `dynamic`, `noprefixroute` … */
  readonly flags: readonly string[];
}

export interface LinkFact {
  readonly ifindex: number;
  readonly name: string;
  /** `veth`, `bridge`, `vxlan`, `ipip` …; '' for lo and a machine's own cards. */
  readonly kind: string;
  /** As between `<` and `>`: `UP`, `LOWER_UP`, `NO-CARRIER` … */
  readonly flags: readonly string[];
  /** `UP`, `DOWN`, `UNKNOWN`, `LOWERLAYERDOWN` … */
  readonly operstate: string;
  readonly mtu: number;
  readonly mac: string;
  /** Index of the bridge it is a port of. */
  readonly master?: number;
  /** What `@` points to: index, and the namespace of this node it is in (or undefined: unknown here). */
  readonly link?: { readonly ifindex: number; readonly netnsId?: number };
  readonly alias?: string;
  readonly addresses: readonly AddressFact[];
  readonly bridge?: { readonly stp: boolean; readonly vlanFiltering: boolean; readonly ageingTimeS: number };
  readonly port?: { readonly state: string; readonly hairpin: boolean; readonly isolated: boolean; readonly learning: boolean; readonly flood: boolean };
  readonly vxlan?: {
    readonly vni: number;
    readonly local?: string;
    readonly remote?: string;
    readonly group?: string;
    readonly port: number;
    readonly learning: boolean;
    readonly device?: string;
  };
  readonly tunnel?: { readonly local?: string; readonly remote?: string; readonly ttl: number };
  readonly vlan?: { readonly id: number; readonly device: string };
  /** `bridge`, `private` … of a macvlan; `l2`, `l3`, `l3s` of an ipvlan. */
  readonly mode?: string;
  /** Of a VRF: its routing table. */
  readonly vrfTable?: number;
  /** Offloads that are switched off, as `ethtool -k` names them: `tx-checksum-ip-generic`. */
  readonly offloadsOff?: readonly string[];
  /** A virtual machine's card: where it is plugged in. */
  readonly card?: { readonly kind: 'nat' } | { readonly kind: 'segment'; readonly segment: number };
  readonly statistics: {
    readonly rxPackets: number;
    readonly rxBytes: number;
    readonly rxDropped: number;
    readonly txPackets: number;
    readonly txBytes: number;
    readonly txDropped: number;
  };
}

export interface RouteEntry {
  readonly family: 'inet' | 'inet6';
  /** `main`, `local`, `default`, or a number. */
  readonly table: string;
  /** `unicast`, `local`, `broadcast`, `blackhole` … */
  readonly type: string;
  /** `default`, `10.244.1.0/24`, `192.0.2.7`. */
  readonly destination: string;
  readonly via?: string;
  readonly device?: string;
  readonly protocol: string;
  readonly scope: string;
  readonly source?: string;
  readonly metric?: number;
  /** `onlink`, `linkdown`, `dead`. */
  readonly flags: readonly string[];
  readonly nexthops?: readonly { readonly via?: string; readonly device: string; readonly weight: number; readonly flags: readonly string[] }[];
  readonly mtu?: number;
  /** The line as `ip route` prints it. */
  readonly text: string;
}

export interface RuleEntry {
  readonly family: 'inet' | 'inet6';
  readonly priority: number;
  /** After the priority, as `ip rule` prints it: `from all lookup main`. */
  readonly text: string;
}

export interface NeighbourEntry {
  readonly address: string;
  readonly device: string;
  readonly mac?: string;
  readonly state: string;
  readonly proxy: boolean;
  readonly router: boolean;
}

export interface FdbEntry {
  readonly mac: string;
  readonly device: string;
  readonly master?: string;
  readonly vlan?: number;
  readonly dst?: string;
  /** `permanent`, `static`, or '' for learnt. */
  readonly state: string;
  readonly flags: readonly string[];
}

export interface RuleFact {
  /** As iptables-save prints it, from `-A CHAIN` on. */
  readonly text: string;
  readonly packets: number;
  readonly bytes: number;
}
export interface ChainFact {
  readonly name: string;
  /** null for a user's own chain. */
  readonly policy: string | null;
  readonly packets: number;
  readonly bytes: number;
  readonly rules: readonly RuleFact[];
}
export interface TableFact {
  readonly family: 'inet' | 'inet6';
  readonly table: string;
  readonly chains: readonly ChainFact[];
}

export interface SocketFact {
  readonly protocol: 'tcp' | 'udp' | 'raw' | 'packet';
  /** `LISTEN`, `ESTAB`, `UNCONN` … */
  readonly state: string;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly owner?: string;
}

/** `create NAME TYPE HEADER`, as `ipset save` prints it. */
export interface SetFact {
  readonly name: string;
  readonly type: string;
  /** `family inet hashsize 1024 …`. */
  readonly header: string;
  /** With options of the entry: `10.0.0.1 timeout 30`. */
  readonly members: readonly string[];
}

export interface VlanFact {
  readonly device: string;
  readonly id: number;
  /** Of a range, the last. */
  readonly lastId?: number;
  /** `PVID`, `Egress Untagged`. */
  readonly flags: readonly string[];
}
