/** What a fault is put into: who is there to suffer from it, told from a snapshot. */
import type { KubernetesNode, LinkFact, NetnsSnapshot, Snapshot } from '../snapshot/index.ts';
import { covers, inet, Situation, type PodSeen } from '../diagnose/index.ts';
import type { NodeCommand } from '../twin/index.ts';

export interface NodeGround {
  readonly node: KubernetesNode;
  readonly name: string;
  readonly root: NetnsSnapshot;
  readonly cidr: string;
  readonly address: string;
  readonly uplink: LinkFact;
  readonly pods: readonly PodSeen[];
}

/** A machine with pods, or with namespaces that are joined to it. */
export interface Station {
  readonly name: string;
  readonly root: NetnsSnapshot;
  /** Towards other machines; absent where it is alone. */
  readonly uplink?: LinkFact;
  readonly insides: readonly NetnsSnapshot[];
  /** Has its pods' addresses. */
  readonly bridge?: LinkFact;
}

export class Ground {
  readonly situation: Situation;
  /** Nodes with pods of their own; those that run a user's pods first. */
  readonly nodes: readonly NodeGround[];

  constructor(readonly snapshot: Snapshot) {
    this.situation = new Situation(snapshot, { places: [], cells: [] });
    const all = this.situation.nodes.flatMap(({ node, root, address }): readonly NodeGround[] => {
      const pods = this.situation.pods.filter(({ pod }) => pod.node === node.name);
      const uplink = this.situation.uplinkOf(node.name);
      const [told] = node.podCIDRs;
      const own = pods.flatMap(({ pod }) => pod.addresses);
      // a plugin with an address pool of its own does not ask Kubernetes
      const cidr = told === undefined || own.length === 0 || own.some((one) => covers(told, one)) ? told : `${own[0]}/32`;
      if (pods.length === 0 || !uplink || cidr === undefined || address === undefined) return [];
      return [{ node, name: node.name, root, cidr, address, uplink, pods: [...pods].sort((a, b) => rank(a) - rank(b)) }];
    });
    this.nodes = all.sort((a, b) => rank(a.pods[0]!) - rank(b.pods[0]!));
  }
  /** Where pods live; without Kubernetes, machines with namespaces. */
  get stations(): readonly Station[] {
    if (this.snapshot.kubernetes)
      return this.nodes.map(({ name, root, uplink, pods }) =>
        station(
          name,
          root,
          uplink,
          pods.map(({ netns }) => netns),
        ),
      );
    return this.situation.machines.flatMap(([name, root]) => {
      const netnses = this.snapshot.nodes.find((node) => node.name === name)?.namespaces.filter(({ id }) => id !== 0) ?? [];
      const uplink = root.links.find((link) => link.kind === '' && link.name !== 'lo' && link.flags.includes('UP') && inet(link).length > 0);
      return netnses.length === 0 ? [] : [station(name, root, uplink, netnses)];
    });
  }
  /** Two pods that speak over a wire between machines. */
  get farPair(): readonly [PodSeen, PodSeen] | undefined {
    const [first, second] = this.workers;
    return first?.pods[0] && second?.pods[0] ? [first.pods[0], second.pods[0]] : undefined;
  }
  get server(): string | undefined {
    return this.snapshot.kubernetes?.nodes.find(({ controlPlane }) => controlPlane)?.name;
  }
  get isFlannel(): boolean {
    return this.snapshot.kubernetes?.pods.some(({ name }) => name.startsWith('kube-flannel')) === true;
  }
  get hasKubeProxy(): boolean {
    return this.snapshot.kubernetes?.pods.some(({ name }) => name.startsWith('kube-proxy')) === true;
  }
  /** Nodes that run users' pods; all, where fewer than two do. */
  get workers(): readonly NodeGround[] {
    const busy = this.nodes.filter(({ pods }) => rank(pods[0]!) === 0);
    return busy.length > 1 ? busy : this.nodes;
  }
  /** Two pods on one node. */
  get siblings(): readonly [PodSeen, PodSeen] | undefined {
    for (const { pods } of this.nodes) if (pods[0] && pods[1]) return [pods[0], pods[1]];
    return undefined;
  }
  /** What repairs routes by itself is stopped meanwhile. */
  without(daemon: 'flanneld' | 'kube-proxy', nodes: readonly string[], commands: readonly NodeCommand[], undo: readonly NodeCommand[]) {
    const isThere = daemon === 'flanneld' ? this.isFlannel : this.hasKubeProxy;
    const signal = (name: string): readonly NodeCommand[] => (isThere ? nodes.map((node) => ({ node, command: `pkill -${name} ${daemon}` })) : []);
    return { commands: [...signal('STOP'), ...commands], undo: [...undo, ...signal('CONT')] };
  }
}

/** The end on the machine of a namespace's cable. */
export const endOf = (root: NetnsSnapshot, inside: NetnsSnapshot): LinkFact | undefined =>
  root.links.find(
    ({ kind, link }) => kind === 'veth' && link?.netnsId === inside.id && inside.links.some((one) => one.kind === 'veth' && one.ifindex === link.ifindex),
  );
function station(name: string, root: NetnsSnapshot, uplink: LinkFact | undefined, insides: readonly NetnsSnapshot[]): Station {
  const masters = insides.map((inside) => endOf(root, inside)?.master);
  const bridge = root.links.find((link) => link.kind === 'bridge' && masters.includes(link.ifindex));
  return { name, root, insides, ...(uplink && { uplink }), ...(bridge && { bridge }) };
}
const rank = ({ pod }: PodSeen): number => (pod.namespace === 'default' ? 0 : 1);
