/**
 * What one program's output tells: a part of a snapshot. Fields have the snapshot's names and words; what the program did not print is absent,
 * never a default, so that a reader can tell "zero" from "not said". Only what `ip route` and its like leave out because it is their default
 * (table main, protocol boot, scope global, type unicast) is filled in; counters of rules that were listed without are 0.
 *
 * Invariant: plain data, in the order in which it was printed.
 */
import type { AddressFact, FdbEntry, LinkFact, NeighbourEntry, RouteEntry, RuleEntry, SetFact, SocketFact, TableFact, VlanFact } from '../snapshot/index.ts';

export interface Facts {
  readonly links?: readonly LinkFacts[];
  readonly routes?: readonly RouteFacts[];
  readonly rules?: readonly RuleEntry[];
  readonly neighbours?: readonly NeighbourEntry[];
  readonly fdb?: readonly FdbFacts[];
  readonly vlans?: readonly VlanFact[];
  readonly namespaces?: readonly NamespaceFacts[];
  readonly iptables?: readonly TableFact[];
  readonly sets?: readonly SetFact[];
  /** One line each, as `conntrack -L` prints them; `connections` has the same read. */
  readonly conntrack?: readonly string[];
  readonly connections?: readonly ConnectionFact[];
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly sockets?: readonly SocketFact[];
  /** Of one card, by the driver's own names. */
  readonly counters?: Readonly<Record<string, number>>;
  readonly pods?: readonly PodFacts[];
  readonly nodes?: readonly KubernetesNodeFacts[];
}

export interface LinkFacts extends Partial<Omit<LinkFact, 'name' | 'link' | 'statistics' | 'bridge' | 'port'>> {
  readonly name: string;
  /** Where the bridge is not among the links of the same output. */
  readonly masterName?: string;
  /** What `@` points to. `netnsid` is this namespace's own number for the other one, `netns` its `ip netns` name: not the node's ids. */
  readonly link?: { readonly ifindex?: number; readonly name?: string; readonly netnsid?: number; readonly netns?: string };
  /** `id` is `8000.0a580af40201`: priority and address. */
  readonly bridge?: Partial<NonNullable<LinkFact['bridge']>> & { readonly id?: string };
  readonly port?: Partial<NonNullable<LinkFact['port']>>;
  readonly altnames?: readonly string[];
  readonly qdisc?: string;
  readonly group?: string;
  readonly queueLength?: number;
  readonly statistics?: Partial<LinkFact['statistics']>;
}

export interface RouteFacts extends Omit<RouteEntry, 'protocol' | 'scope'> {
  /** Not told by `route -n`, nor is the scope. */
  readonly protocol?: string;
  readonly scope?: string;
  /** What is put around the packet, as printed: `ip id 3 src 0.0.0.0 dst 10.9.1.3 ttl 0 tos 0`. */
  readonly encapsulation?: string;
}

export interface FdbFacts extends FdbEntry {
  /** `brctl showmacs` has this instead of the device, which is ''. */
  readonly portNumber?: number;
  /** Seconds since a frame came from it, where ages are shown. */
  readonly ageS?: number;
}

export interface NamespaceFacts {
  readonly name?: string;
  /** The number by which the observing namespace knows it. */
  readonly netnsid?: number;
  readonly inode?: number;
  /** `net`, `mnt`, `pid` …; network namespaces where absent. */
  readonly type?: string;
  readonly processes?: number;
  readonly pid?: number;
  readonly user?: string;
  readonly command?: string;
  /** Where it is bind-mounted. */
  readonly path?: string;
}

export interface TupleFact {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly packets?: number;
  readonly bytes?: number;
}
export interface ConnectionFact {
  readonly family?: 'inet' | 'inet6';
  readonly protocol: string;
  readonly timeoutS?: number;
  /** `ESTABLISHED`, `TIME_WAIT` …; protocols without states have none. */
  readonly state?: string;
  readonly original: TupleFact;
  readonly reply?: TupleFact;
  /** `ASSURED`, `UNREPLIED`, `OFFLOAD`. */
  readonly flags: readonly string[];
  readonly mark?: number;
  readonly zone?: number;
}

export interface PodFacts {
  readonly namespace?: string;
  readonly name: string;
  readonly phase: string;
  readonly node?: string;
  readonly addresses: readonly string[];
  readonly hostNetwork?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface KubernetesNodeFacts {
  readonly name: string;
  /** `Ready`, `NotReady`, `Ready,SchedulingDisabled`. */
  readonly status: string;
  readonly addresses: readonly string[];
  readonly podCIDRs?: readonly string[];
  readonly version?: string;
}

/** A fact while it is being read. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
export type AddressDraft = Draft<AddressFact> & { flags: string[] };
