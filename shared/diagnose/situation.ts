/**
 * What diagnoses look at: a snapshot, the matrix of its twin, and where packets that did not arrive ended. Only looking up, no judgement.
 */
import type { KubernetesNode, KubernetesPod, LinkFact, NetnsSnapshot, RouteEntry, Snapshot } from '../snapshot/index.ts';
import type { Cell, Matrix, NodeCommand, Place } from '../twin/index.ts';
import { cellKey, podId } from '../twin/index.ts';
import { ipv4InPrefix, parseIpv4, parseIpv4Prefix } from '../wire/index.ts';
import { deathOf, type Death } from './death.ts';

export interface PodSeen {
  readonly pod: KubernetesPod;
  readonly place: string;
  readonly netns: NetnsSnapshot;
}

export class Situation {
  readonly failing: readonly Cell[];
  readonly deaths: readonly Death[];
  /** Those with a network of their own that can be seen. */
  readonly pods: readonly PodSeen[];
  private readonly roots: ReadonlyMap<string, NetnsSnapshot>;

  constructor(
    readonly snapshot: Snapshot,
    readonly matrix: Matrix,
  ) {
    this.failing = matrix.cells.filter(({ outcome }) => outcome === 'failed');
    this.deaths = this.failing.flatMap((cell) => deathOf(cell) ?? []);
    this.roots = new Map(snapshot.nodes.flatMap(({ name, namespaces }) => namespaces.filter(({ id }) => id === 0).map((netns) => [name, netns] as const)));
    this.pods = (snapshot.kubernetes?.pods ?? []).flatMap((pod) => {
      const netns = pod.hostNetwork ? undefined : this.netns(pod.node, pod.netnsId);
      return netns && netns.id !== 0 && pod.status !== 'Terminating' ? [{ pod, place: podId(pod), netns }] : [];
    });
  }

  /** Nodes of the cluster, with their own namespace. */
  get nodes(): readonly { readonly node: KubernetesNode; readonly root: NetnsSnapshot; readonly address: string | undefined }[] {
    return (this.snapshot.kubernetes?.nodes ?? []).flatMap((node) => {
      const root = this.roots.get(node.name);
      return root ? [{ node, root, address: node.addresses[0] }] : [];
    });
  }
  root(node: string): NetnsSnapshot | undefined {
    return this.roots.get(node);
  }
  /** Every machine that was seen, those outside of the cluster too. */
  get machines(): readonly (readonly [string, NetnsSnapshot])[] {
    return [...this.roots];
  }
  netns(node: string, id: number | undefined): NetnsSnapshot | undefined {
    return this.snapshot.nodes.find(({ name }) => name === node)?.namespaces.find((netns) => netns.id === id);
  }
  place(id: string): Place | undefined {
    return this.matrix.places.find((place) => place.id === id);
  }
  /** What a namespace is called: a node, a pod, a name. */
  placeOf(node: string, netnsId: number): string {
    return this.matrix.places.find((place) => place.node === node && place.netnsId === netnsId)?.id ?? node;
  }
  /** The cluster node whose pods have such addresses. */
  ownerOf(address: string): KubernetesNode | undefined {
    return this.snapshot.kubernetes?.nodes.find(({ podCIDRs }) => podCIDRs.some((cidr) => covers(cidr, address)));
  }
  isPodAddress(address: string): boolean {
    const { podCIDR } = this.snapshot.kubernetes ?? {};
    return podCIDR === undefined ? this.pods.some(({ pod }) => pod.addresses.includes(address)) : covers(podCIDR, address);
  }
  /** The interface over which a node is to reach the others: the cluster's, or the one with its address. */
  uplinkOf(node: string): LinkFact | undefined {
    const root = this.root(node);
    const told = this.snapshot.kubernetes?.nodes.find(({ name }) => name === node)?.addresses[0];
    return (
      root?.links.find((link) => told !== undefined && link.addresses.some(({ local }) => local === told)) ??
      root?.links.find(({ name }) => name === this.snapshot.kubernetes?.interface)
    );
  }
  /** The end of a pod's veth pair on its node. */
  hostEnd({ pod, netns }: PodSeen): LinkFact | undefined {
    const root = this.root(pod.node);
    for (const link of netns.links) {
      if (link.kind !== 'veth') continue;
      const other = root?.links.find((one) => one.kind === 'veth' && one.link?.netnsId === netns.id && one.link.ifindex === link.ifindex);
      if (other) return other;
    }
    return undefined;
  }
  cellOk(from: string, to: string, kind: Cell['protocol']['kind']): boolean {
    return this.matrix.cells.some((cell) => cell.from === from && cell.to === to && cell.protocol.kind === kind && cell.outcome === 'ok');
  }
  /** Failing cells that a place has a part in. */
  failingAt(isAt: (place: Place) => boolean): readonly string[] {
    const ids = new Set(this.matrix.places.filter(isAt).map(({ id }) => id));
    return this.failing.filter(({ from, to }) => ids.has(from) || ids.has(to)).map(cellKey);
  }
}

export const isUp = (link: LinkFact): boolean => link.flags.includes('UP');
export const linkNamed = (netns: NetnsSnapshot | undefined, name: string | undefined): LinkFact | undefined => netns?.links.find((link) => link.name === name);
export const inet = (link: LinkFact) => link.addresses.filter(({ family }) => family === 'inet');

/** Whether a prefix such as `10.244.1.0/24` (or `default`) covers an address. */
export function covers(prefix: string, address: string): boolean {
  if (prefix === 'default') return true;
  const [net, one] = [parseIpv4Prefix(prefix), parseIpv4(address)];
  return net !== undefined && one !== undefined && ipv4InPrefix(one, net.address, net.length);
}
export const lengthOf = (prefix: string): number => (prefix === 'default' ? 0 : prefix.includes('/') ? Number(prefix.split('/')[1]) : 32);
/** Whether two prefixes have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parseIpv4Prefix(a), parseIpv4Prefix(b)];
  return first !== undefined && second !== undefined && ipv4InPrefix(first.address, second.address, Math.min(first.length, second.length));
}

/** Unicast routes of the main table, with a way. */
export const mainRoutes = (netns: NetnsSnapshot): readonly RouteEntry[] =>
  netns.routes.filter(({ family, table, type }) => family === 'inet' && table === 'main' && type === 'unicast');
/** What the main table says about an address: the longest prefix. */
export const routeTo = (netns: NetnsSnapshot, address: string): RouteEntry | undefined =>
  [...netns.routes]
    .filter((route) => route.family === 'inet' && route.table === 'main' && covers(route.destination, address))
    .sort((a, b) => lengthOf(b.destination) - lengthOf(a.destination) || (a.metric ?? 0) - (b.metric ?? 0))[0];

/** A command of iproute2 in a namespace of a node, as its user would type it on the node. */
export const ip = (node: string, netns: NetnsSnapshot, words: string): NodeCommand => ({
  node,
  command:
    netns.id === 0
      ? `ip ${words}`
      : netns.name === ''
        ? `nsenter --net=/proc/$(lsns -t net -n -o PID,NS | awk '$2==${netns.inode}{print $1;exit}')/ns/net ip ${words}`
        : `ip -n ${netns.name} ${words}`,
});
export const inNetns = (node: string, netns: NetnsSnapshot, command: string): NodeCommand => ({
  node,
  command: netns.id === 0 ? command : `ip netns exec ${netns.name} ${command}`,
});

/** How pods of different nodes reach each other, told from what is on the nodes. */
export function networkKind(situation: Situation): 'vxlan' | 'ipip' | 'host-gw' | 'routed' {
  const roots = situation.nodes.map(({ root }) => root);
  if (roots.some((root) => root.links.some(({ kind }) => kind === 'vxlan'))) return 'vxlan';
  if (roots.some((root) => root.links.some((link) => link.kind === 'ipip' && isUp(link) && inet(link).length > 0))) return 'ipip';
  const direct = situation.nodes.some(({ root }) =>
    situation.nodes.some(({ node, address }) => node.podCIDRs.some((cidr) => root.routes.some((route) => route.destination === cidr && route.via === address))),
  );
  return direct ? 'host-gw' : 'routed';
}
export const overlayOf = (netns: NetnsSnapshot | undefined): LinkFact | undefined => netns?.links.find(({ kind }) => kind === 'vxlan');
