/**
 * The leases of a network as flannel's kube subnet manager tells of them: each node's podCIDR with annotations. One watch for all flannelds: what
 * changes of a node that is not its lease is no news, and each reads on where it stopped.
 */
import type { KubeObject, Node } from '../../commands/index.ts';
import { WaitQueue } from '../../shell/index.ts';
import { parseIpv4, parseIpv4Prefix } from '../../wire/index.ts';
import { NODES } from '../resources.ts';
import type { ObjectStore } from '../store.ts';
import type { Lease } from './backend.ts';

export const ANNOTATION = 'flannel.alpha.coreos.com';

/** A node's lease; undefined when it is no more. */
export interface LeaseNews {
  readonly node: string;
  /** As the node writes it. */
  readonly subnet: string;
  readonly lease: Lease | undefined;
}

export class Leases {
  /** In the order in which it happened. */
  readonly news: LeaseNews[] = [];
  readonly changed = new WaitQueue();
  private readonly current = new Map<string, LeaseNews>();

  /** Those of a cluster, for flannelds with this backend. */
  static of(store: ObjectStore, backend: string): Leases {
    const known = byStore.get(store) ?? new Map<string, Leases>();
    byStore.set(store, known);
    const leases = known.get(backend) ?? new Leases(store, backend);
    known.set(backend, leases);
    return leases;
  }
  private constructor(
    store: ObjectStore,
    private readonly backend: string,
  ) {
    for (const node of store.list(NODES)) this.take(node, undefined);
    store.listen((_resource, { type, object }, before) => {
      if (type === 'DELETED') this.forget(object.metadata.name);
      else this.take(object, before);
    }, NODES);
  }
  /** All there are, by the names of the nodes. */
  present(): readonly LeaseNews[] {
    return [...this.current.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
  }
  private take(object: KubeObject, before: KubeObject | undefined): void {
    const node = object as Node;
    if (before && before.metadata.annotations === node.metadata.annotations && (before as Node).spec.podCIDR === node.spec.podCIDR) return;
    const { name } = node.metadata;
    const lease = leaseOf(node, this.backend);
    const subnet = node.spec.podCIDR ?? '';
    const known = this.current.get(name);
    if (known && known.subnet !== subnet) this.forget(name);
    if (!lease || (known?.subnet === subnet && isSame(known.lease, lease))) return;
    const news: LeaseNews = { node: name, subnet, lease };
    this.current.set(name, news);
    this.tell(news);
  }
  private forget(name: string): void {
    const known = this.current.get(name);
    if (!known) return;
    this.current.delete(name);
    this.tell({ ...known, lease: undefined });
  }
  private tell(news: LeaseNews): void {
    this.news.push(news);
    this.changed.wakeAll();
  }
}

const byStore = new WeakMap<ObjectStore, Map<string, Leases>>();

const isSame = (a: Lease | undefined, b: Lease): boolean => a?.publicIp === b.publicIp && JSON.stringify(a.data) === JSON.stringify(b.data);

function leaseOf(node: Node, backend: string): Lease | undefined {
  const { annotations = {} } = node.metadata;
  const subnet = node.spec.podCIDR === undefined ? undefined : parseIpv4Prefix(node.spec.podCIDR);
  const publicIp = parseIpv4(annotations[`${ANNOTATION}/public-ip`] ?? '');
  if (!subnet || publicIp === undefined || annotations[`${ANNOTATION}/backend-type`] !== backend) return undefined;
  try {
    return { subnet, publicIp, data: JSON.parse(annotations[`${ANNOTATION}/backend-data`] ?? 'null') as unknown };
  } catch {
    return undefined;
  }
}
