/** What a fault is put into: who is there to suffer from it, told from a snapshot. */
import type { KubernetesNode, LinkFact, NetnsSnapshot, Snapshot } from '../snapshot/index.ts';
import { Situation, type PodSeen } from '../diagnose/index.ts';
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

export class Ground {
  readonly situation: Situation;
  /** Nodes with pods of their own; those that run a user's pods first. */
  readonly nodes: readonly NodeGround[];

  constructor(readonly snapshot: Snapshot) {
    this.situation = new Situation(snapshot, { places: [], cells: [] });
    const all = this.situation.nodes.flatMap(({ node, root, address }): readonly NodeGround[] => {
      const pods = this.situation.pods.filter(({ pod }) => pod.node === node.name);
      const uplink = this.situation.uplinkOf(node.name);
      const [cidr] = node.podCIDRs;
      if (pods.length === 0 || !uplink || cidr === undefined || address === undefined) return [];
      return [{ node, name: node.name, root, cidr, address, uplink, pods: [...pods].sort((a, b) => rank(a) - rank(b)) }];
    });
    this.nodes = all.sort((a, b) => rank(a.pods[0]!) - rank(b.pods[0]!));
  }
  get isFlannel(): boolean {
    return this.snapshot.kubernetes?.pods.some(({ name }) => name.startsWith('kube-flannel')) === true;
  }
  get hasKubeProxy(): boolean {
    return this.snapshot.kubernetes?.pods.some(({ name }) => name.startsWith('kube-proxy')) === true;
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
const rank = ({ pod }: PodSeen): number => (pod.namespace === 'default' ? 0 : 1);
