/**
 * What Kubernetes says of the nodes of a snapshot, as far as packets ask: which namespace is which pod, who has which addresses, which services
 * lead to whom, which policies hold. Values as `kubectl get -o json` has them.
 *
 * Invariant: plain data; absent where the API was not asked, never a guess.
 */
export interface KubernetesSnapshot {
  readonly nodes: readonly KubernetesNode[];
  readonly pods: readonly KubernetesPod[];
  readonly services: readonly KubernetesService[];
  readonly policies: readonly KubernetesPolicy[];
  /** Of the whole cluster, where known. */
  readonly podCIDR?: string;
  readonly serviceCIDR?: string;
  /** Over which nodes are to reach each other: `eth1`. */
  readonly interface?: string;
  /** Who wires pods, where known; otherwise it is told from what they left on the nodes. */
  readonly network?: { readonly plugin: string; readonly backend?: string };
}

export interface KubernetesNode {
  readonly name: string;
  readonly ready: boolean;
  /** InternalIP. */
  readonly addresses: readonly string[];
  readonly podCIDRs: readonly string[];
  readonly controlPlane: boolean;
}

export interface KubernetesPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** The namespace of its node that is its network; absent where nobody could tell. */
  readonly netnsId?: number;
  readonly addresses: readonly string[];
  readonly hostNetwork: boolean;
  /** As kubectl's STATUS column words it. */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface KubernetesService {
  readonly namespace: string;
  readonly name: string;
  /** `None` of a headless one, '' where it has none. */
  readonly clusterIP: string;
  readonly ports: readonly ServicePortFact[];
  /** Absent: its endpoints are somebody else's business. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly endpoints: readonly { readonly address: string; readonly port: number; readonly protocol: string; readonly ready: boolean }[];
}
export interface ServicePortFact {
  readonly name: string;
  /** `TCP`, `UDP`. */
  readonly protocol: string;
  readonly port: number;
  readonly nodePort?: number;
}

export interface KubernetesPolicy {
  readonly namespace: string;
  readonly name: string;
  /** `matchLabels`; empty: every pod of the namespace. */
  readonly podSelector: Readonly<Record<string, string>>;
  /** `Ingress`, `Egress`. */
  readonly types: readonly string[];
}
