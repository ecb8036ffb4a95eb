/** Where packets can start and end in a snapshot: nodes, pods, named namespaces; services and what is outside as mere addresses. */
import type { KubernetesPod, NetnsSnapshot, Snapshot } from '../snapshot/index.ts';

export interface Place {
  /** `node-1`, `node-1/web`, `node-1/kube-system/coredns-x`, `node-1/NAME` of an `ip netns`. */
  readonly id: string;
  readonly kind: 'node' | 'pod' | 'netns';
  readonly node: string;
  readonly netnsId: number;
  /** Absent: it has none now. */
  readonly address?: string;
  /** Whatever Kubernetes says it should have. */
  readonly expected?: string;
}

export const podId = ({ node, namespace, name }: Pick<KubernetesPod, 'node' | 'namespace' | 'name'>): string =>
  `${node}/${namespace === 'default' ? '' : `${namespace}/`}${name}`;

const firstAddress = (netns: NetnsSnapshot | undefined, only?: string): string | undefined =>
  netns?.links
    .filter((link) => (only === undefined || link.name === only) && !link.flags.includes('LOOPBACK'))
    .flatMap((link) => link.addresses)
    .find(({ family, scope }) => family === 'inet' && scope !== 'host' && scope !== 'link')?.local;

export function placesOf(snapshot: Snapshot): readonly Place[] {
  const { kubernetes } = snapshot;
  const places: Place[] = [];
  for (const node of snapshot.nodes) {
    const own = node.namespaces.find(({ id }) => id === 0);
    const told = kubernetes?.nodes.find(({ name }) => name === node.name)?.addresses[0];
    const address = firstAddress(own, kubernetes?.interface) ?? told ?? firstAddress(own);
    places.push({
      id: node.name,
      kind: 'node',
      node: node.name,
      netnsId: 0,
      ...(address !== undefined && { address }),
      ...(told !== undefined && { expected: told }),
    });
  }
  const ofPods = new Set<string>();
  for (const pod of kubernetes?.pods ?? []) {
    if (pod.hostNetwork || pod.netnsId === undefined || pod.status === 'Terminating') continue;
    const netns = snapshot.nodes.find(({ name }) => name === pod.node)?.namespaces.find(({ id }) => id === pod.netnsId);
    if (!netns) continue;
    ofPods.add(`${pod.node} ${pod.netnsId}`);
    const address = firstAddress(netns) ?? pod.addresses[0];
    const [expected] = pod.addresses;
    places.push({
      ...{ id: podId(pod), kind: 'pod' as const, node: pod.node, netnsId: pod.netnsId },
      ...(address !== undefined && { address }),
      ...(expected !== undefined && { expected }),
    });
  }
  for (const node of snapshot.nodes)
    for (const netns of node.namespaces) {
      if (netns.id === 0 || ofPods.has(`${node.name} ${netns.id}`)) continue;
      const address = firstAddress(netns);
      if (address === undefined || (kubernetes && netns.name === '')) continue;
      const name = netns.name === '' ? `net:[${netns.inode}]` : netns.name;
      places.push({ id: `${node.name}/${name}`, kind: kubernetes ? 'netns' : 'pod', node: node.name, netnsId: netns.id, address });
    }
  return places;
}

/** As a user writes it: an id, a pod's or namespace's bare name, `pod/NAME`. */
export function findPlace(places: readonly Place[], wanted: string): Place | undefined {
  const bare = wanted.replace(/^pod\//, '');
  return places.find(({ id }) => id === wanted) ?? places.find(({ id, kind }) => kind !== 'node' && id.slice(id.indexOf('/') + 1) === bare);
}
