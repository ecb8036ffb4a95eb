/**
 * The node lifecycle controller (pkg/controller/nodelifecycle): a node whose lease is not renewed is unknown, its pods are not ready, and nothing more
 * is placed on it.
 */
import type { Simulation } from '../base/index.ts';
import { formatTime, type Condition, type Lease, type Node, type Pod } from '../commands/index.ts';
import type { EventRecorder } from './events.ts';
import { LEASES, NODE_NAME, NODES, PODS } from './resources.ts';
import type { ObjectStore } from './store.ts';

/** --node-monitor-period, --node-monitor-grace-period. */
const PERIOD_US = 5_000_000;
const GRACE_US = 50_000_000;
const SILENT = 'Kubelet stopped posting node status.';

export class NodeLifecycle {
  /** When each lease was last seen to change: clocks of nodes are not trusted. */
  private readonly seen = new Map<string, { readonly renewTime: string; readonly atUs: number }>();
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly events: EventRecorder,
  ) {
    this.watch();
  }
  private watch(): void {
    this.simulation.housekeeping(PERIOD_US, () => {
      for (const lease of this.store.list(LEASES, 'kube-node-lease') as readonly Lease[]) {
        const { name } = lease.metadata;
        const seen = this.seen.get(name);
        if (seen?.renewTime !== lease.spec.renewTime) this.seen.set(name, { renewTime: lease.spec.renewTime, atUs: this.simulation.nowUs });
        else if (this.simulation.nowUs - seen.atUs > GRACE_US) this.lose(name);
      }
      this.watch();
    });
  }
  private lose(name: string): void {
    const node = this.store.get(NODES, undefined, name) as Node | undefined;
    if (!node || node.status.conditions.some((one) => one.type === 'Ready' && one.status === 'Unknown')) return;
    const now = formatTime(this.simulation.unixUs);
    const conditions = node.status.conditions.map((one): Condition =>
      one.type === 'NetworkUnavailable' ? one : { ...one, status: 'Unknown', lastTransitionTime: now, reason: 'NodeStatusUnknown', message: SILENT },
    );
    const kept = (node.spec.taints ?? []).filter((one) => one.key !== 'node.kubernetes.io/not-ready' && one.key !== 'node.kubernetes.io/unreachable');
    const key = 'node.kubernetes.io/unreachable';
    const taints = [...kept, { key, effect: 'NoSchedule' as const }, { key, effect: 'NoExecute' as const }];
    const lost = this.store.put(NODES, { ...node, spec: { ...node.spec, taints }, status: { ...node.status, conditions } });
    this.events.record({ component: 'node-controller' }, lost, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    for (const pod of this.store.listBy(PODS, NODE_NAME, name) as readonly Pod[]) {
      if (!pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')) continue;
      const told = pod.status.conditions.map((one): Condition => (one.type === 'Ready' ? { ...one, status: 'False', lastTransitionTime: now } : one));
      const marked = this.store.put(PODS, { ...pod, status: { ...pod.status, conditions: told } });
      this.events.record({ component: 'node-controller' }, marked, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
  }
}
