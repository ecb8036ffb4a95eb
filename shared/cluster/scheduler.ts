/**
 * The scheduler: filters nodes by what a pod asks for, prefers the least loaded, writes `spec.nodeName` (pkg/scheduler, default plugins
 * NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit).
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, parseQuantity, type Condition, type Node, type Pod, type Taint, type Toleration } from '../commands/index.ts';
import type { EventRecorder } from './events.ts';
import { NODES, PODS } from './resources.ts';
import type { ObjectStore } from './store.ts';

const DECIDE_US = 4_000;
/** Pods that fit nowhere are looked at again when something changes, and after this long. */
const RETRY_US = 30_000_000;
/** GetNonzeroRequests: what a container without requests counts as. */
const DEFAULT_CPU = 0.1;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some(
    (one) =>
      (one.effect === undefined || one.effect === taint.effect) &&
      (one.key === undefined ? one.operator === 'Exists' : one.key === taint.key) &&
      (one.operator === 'Exists' || (one.value ?? '') === (taint.value ?? '')),
  );

export class Scheduler {
  private readonly queue = new Set<string>();
  private isScheduled = false;

  constructor(
    private readonly store: ObjectStore,
    private readonly events: EventRecorder,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
  ) {
    store.listen((resource, event) => {
      const object = event.object as Pod;
      if (resource === PODS && event.type !== 'DELETED' && object.spec.nodeName === undefined) this.enqueue(object);
      else if (resource === NODES || (resource === PODS && event.type === 'DELETED')) this.retryAll();
    });
  }

  private enqueue(pod: Pod): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (this.queue.has(key) || isMarked(pod)) return;
    this.queue.add(key);
    this.wake(DECIDE_US);
  }
  private retryAll(): void {
    for (const pod of this.pending()) this.queue.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
    if (this.queue.size > 0) this.wake(DECIDE_US);
  }
  private pending(): readonly Pod[] {
    return (this.store.list(PODS) as readonly Pod[]).filter((pod) => pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined);
  }
  private wake(us: number): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.simulation.after(us, () => {
      this.isScheduled = false;
      const keys = [...this.queue];
      this.queue.clear();
      for (const key of keys) {
        const [namespace, name = ''] = key.split('/');
        const pod = this.store.get(PODS, namespace, name) as Pod | undefined;
        if (
          pod &&
          pod.spec.nodeName === undefined &&
          pod.metadata.deletionTimestamp === undefined &&
          (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler'
        )
          this.schedule(pod);
      }
    });
  }

  private schedule(pod: Pod): void {
    const nodes = this.store.list(NODES) as readonly Node[];
    const loads = this.loads();
    const reasons = new Map<string, number>();
    const fitting = nodes.filter((node) => {
      const reason = misfit(pod, node, loads.get(node.metadata.name) ?? []);
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      return reason === undefined;
    });
    if (fitting.length === 0) {
      this.refuse(pod, nodes.length, reasons);
      return;
    }
    const best = this.prefer(pod, fitting, loads);
    const now = formatTime(this.simulation.unixUs);
    const scheduled: Condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
    const bound = this.store.put(PODS, { ...pod, spec: { ...pod.spec, nodeName: best.metadata.name }, status: { ...pod.status, conditions: [scheduled] } });
    this.events.record(
      { component: 'default-scheduler' },
      bound,
      'Normal',
      'Scheduled',
      `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${best.metadata.name}`,
    );
  }

  private refuse(pod: Pod, total: number, reasons: ReadonlyMap<string, number>): void {
    const texts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
    const message =
      total === 0
        ? 'no nodes available to schedule pods'
        : `0/${total} nodes are available: ${texts.join(', ')}. preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.`;
    const now = formatTime(this.simulation.unixUs);
    const old = pod.status.conditions?.find((one) => one.type === 'PodScheduled');
    const marked = this.store.put(PODS, {
      ...pod,
      status: {
        ...pod.status,
        conditions: [
          { type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: old?.lastTransitionTime ?? now, reason: 'Unschedulable', message },
        ],
      },
    });
    this.events.record({ component: 'default-scheduler' }, marked, 'Warning', 'FailedScheduling', message);
    this.simulation.after(RETRY_US, () => this.retryAll());
  }

  /** LeastAllocated, then chance among equals. */
  private prefer(pod: Pod, nodes: readonly Node[], loads: ReadonlyMap<string, readonly Pod[]>): Node {
    const score = (node: Node): number => {
      const pods = [...(loads.get(node.metadata.name) ?? []), pod];
      const free = (resource: string, used: number): number => {
        const whole = parseQuantity(node.status.allocatable[resource] ?? '0') ?? 0;
        return whole <= 0 ? 0 : Math.max(0, (whole - used) / whole);
      };
      const prefer = (node.spec.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations ?? [], taint)).length;
      return Math.round(50 * (free('cpu', sum(pods, 'cpu', DEFAULT_CPU)) + free('memory', sum(pods, 'memory', DEFAULT_MEMORY)))) - 100 * prefer;
    };
    const scored = nodes.map((node) => ({ node, score: score(node) }));
    const top = Math.max(...scored.map((one) => one.score));
    const equal = scored.filter((one) => one.score === top);
    return equal[this.rng.below(equal.length)]!.node;
  }

  private loads(): ReadonlyMap<string, readonly Pod[]> {
    const loads = new Map<string, Pod[]>();
    for (const pod of this.store.list(PODS) as readonly Pod[]) {
      if (pod.spec.nodeName === undefined || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
      const list = loads.get(pod.spec.nodeName);
      if (list) list.push(pod);
      else loads.set(pod.spec.nodeName, [pod]);
    }
    return loads;
  }
}

const isMarked = (pod: Pod): boolean => pod.status.conditions?.some((one) => one.type === 'PodScheduled' && one.status === 'False') ?? false;
const sum = (pods: readonly Pod[], resource: string, otherwise: number): number =>
  pods.reduce(
    (all, pod) =>
      all +
      pod.spec.containers.reduce(
        (part, one) => part + (one.resources?.requests?.[resource] === undefined ? otherwise : (parseQuantity(one.resources.requests[resource]) ?? 0)),
        0,
      ),
    0,
  );

/** Why a pod cannot be on a node, in the words of the plugin that says so. */
function misfit(pod: Pod, node: Node, present: readonly Pod[]): string | undefined {
  const tolerations = pod.spec.tolerations ?? [];
  const { taints = [], unschedulable } = node.spec;
  if (unschedulable && !tolerates(tolerations, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })) return 'node(s) were unschedulable';
  const hard = taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint));
  if (hard) return `node(s) had untolerated taint {${hard.key}: ${hard.value ?? ''}}`;
  const labels = node.metadata.labels ?? {};
  if (Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return "node(s) didn't match Pod's node affinity/selector";
  const ports = (one: Pod): readonly number[] =>
    one.spec.containers.flatMap((container) => container.ports ?? []).flatMap((port) => (port.hostPort === undefined ? [] : [port.hostPort]));
  const wanted = ports(pod);
  if (present.some((one) => ports(one).some((port) => wanted.includes(port)))) return "node(s) didn't have free ports for the requested pod ports";
  const { allocatable } = node.status;
  if (present.length + 1 > Number(allocatable['pods'] ?? '110')) return 'Too many pods';
  for (const resource of ['cpu', 'memory']) {
    if (sum([...present, pod], resource, 0) > (parseQuantity(allocatable[resource] ?? '0') ?? 0) && sum([pod], resource, 0) > 0)
      return `Insufficient ${resource}`;
  }
  return undefined;
}
