/**
 * The scheduler: filters nodes by what a pod asks for, prefers the least loaded, writes `spec.nodeName` (pkg/scheduler, default plugins
 * NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit).
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, type Condition, type Node, type Pod, type Taint, type Toleration } from '../commands/index.ts';
import type { EventRecorder } from './events.ts';
import { allocatable, assumed, hostPorts, NodeLoad, plus, requested, type Amount } from './node-load.ts';
import { NODES, PODS } from './resources.ts';
import type { ObjectStore } from './store.ts';

const DECIDE_US = 4_000;
/** Pods that fit nowhere are looked at again when something changes, and after this long. */
const RETRY_US = 30_000_000;
/** numFeasibleNodesToFind: among many nodes a search ends when it has found enough that fit. */
const FEW_NODES = 100;
const LEAST_PERCENT = 5;
function enough(nodes: number): number {
  if (nodes < FEW_NODES) return nodes;
  const percent = Math.max(LEAST_PERCENT, 50 - Math.trunc(nodes / 125));
  return Math.max(FEW_NODES, Math.trunc((nodes * percent) / 100));
}

const HOSTNAME = 'kubernetes.io/hostname';

export const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some(
    (one) =>
      (one.effect === undefined || one.effect === taint.effect) &&
      (one.key === undefined ? one.operator === 'Exists' : one.key === taint.key) &&
      (one.operator === 'Exists' || (one.value ?? '') === (taint.value ?? '')),
  );

export class Scheduler {
  private readonly queue = new Set<string>();
  /** Pods that fit nowhere as yet. */
  private readonly refused = new Set<string>();
  private isScheduled = false;
  private readonly loads = new Map<string, NodeLoad>();
  /** Undefined when a node has changed. */
  private nodes: readonly Node[] | undefined;
  private byHostname: Map<string, readonly Node[]> | undefined;
  /** Where the next search begins (nextStartNodeIndex). */
  private start = 0;

  constructor(
    private readonly store: ObjectStore,
    private readonly events: EventRecorder,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
  ) {
    store.listen(
      (resource, event, before) => {
        const object = event.object as Pod;
        if (resource === PODS) {
          if (before) this.count(before as Pod, -1);
          if (event.type !== 'DELETED') this.count(object, 1);
        } else this.nodes = this.byHostname = undefined;
        if (resource === PODS && event.type !== 'DELETED' && object.spec.nodeName === undefined) this.enqueue(object);
        else if (resource === NODES || event.type === 'DELETED') this.retryAll();
      },
      PODS,
      NODES,
    );
  }

  /** What a pod asks of its node, while it runs there. */
  private count(pod: Pod, sign: 1 | -1): void {
    const { nodeName } = pod.spec;
    if (nodeName === undefined || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return;
    let load = this.loads.get(nodeName);
    if (!load) this.loads.set(nodeName, (load = new NodeLoad()));
    load.count(pod, sign);
  }

  private enqueue(pod: Pod): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (this.queue.has(key) || isMarked(pod)) return;
    this.queue.add(key);
    this.wake(DECIDE_US);
  }
  private retryAll(): void {
    for (const key of this.refused) this.queue.add(key);
    this.refused.clear();
    if (this.queue.size > 0) this.wake(DECIDE_US);
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

  /** Nodes by the label that names each. */
  private named(nodes: readonly Node[], hostname: string): readonly Node[] {
    if (!this.byHostname) {
      this.byHostname = new Map();
      for (const node of nodes) {
        const name = node.metadata.labels?.[HOSTNAME] ?? '';
        this.byHostname.set(name, [...(this.byHostname.get(name) ?? []), node]);
      }
    }
    return this.byHostname.get(hostname) ?? [];
  }

  private schedule(pod: Pod): void {
    const nodes = (this.nodes ??= this.store.list(NODES) as readonly Node[]);
    const hostname = pod.spec.nodeSelector?.[HOSTNAME];
    if (hostname !== undefined) {
      const fits = this.named(nodes, hostname).filter((node) => misfit(pod, node, this.loads.get(node.metadata.name) ?? NO_LOAD) === undefined);
      // no other could; the search would end where it began
      if (fits.length > 0) {
        this.bind(pod, this.prefer(pod, fits));
        return;
      }
    }
    const reasons = new Map<string, number>();
    const preemption = new Map<string, number>();
    const wanted = enough(nodes.length);
    const fitting: Node[] = [];
    let looked = 0;
    for (; looked < nodes.length && fitting.length < wanted; looked++) {
      const node = nodes[(this.start + looked) % nodes.length]!;
      const why = misfit(pod, node, this.loads.get(node.metadata.name) ?? NO_LOAD);
      if (why === undefined) fitting.push(node);
      else {
        for (const reason of why.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        const helps = why.isFinal ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod';
        preemption.set(helps, (preemption.get(helps) ?? 0) + 1);
      }
    }
    if (nodes.length >= FEW_NODES) this.start = (this.start + looked) % nodes.length;
    if (fitting.length === 0) {
      this.refuse(pod, nodes.length, histogram(reasons), histogram(preemption));
      return;
    }
    this.bind(pod, this.prefer(pod, fitting));
  }
  private bind(pod: Pod, best: Node): void {
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

  private refuse(pod: Pod, total: number, reasons: string, preemption: string): void {
    const message =
      total === 0
        ? 'no nodes available to schedule pods'
        : `0/${total} nodes are available: ${reasons}. preemption: 0/${total} nodes are available: ${preemption}.`;
    const now = formatTime(this.simulation.unixUs);
    const old = pod.status.conditions?.find((one) => one.type === 'PodScheduled');
    this.refused.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
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
  private prefer(pod: Pod, nodes: readonly Node[]): Node {
    const own = assumed(pod);
    const score = (node: Node): number => {
      const whole = allocatable(node);
      const used = plus(this.loads.get(node.metadata.name)?.assumed ?? NO_LOAD.assumed, own);
      const free = (resource: keyof Amount): number => (whole[resource] <= 0 ? 0 : Math.max(0, (whole[resource] - used[resource]) / whole[resource]));
      const taints = node.spec.taints ?? [];
      const prefer = taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations ?? [], taint)).length;
      return Math.round(50 * (free('cpu') + free('memory'))) - 100 * prefer;
    };
    const scores = nodes.map(score);
    const top = scores.reduce((most, one) => Math.max(most, one), -Infinity);
    const equal = nodes.filter((_, i) => scores[i] === top);
    return equal[this.rng.below(equal.length)]!;
  }
}
const NO_LOAD = new NodeLoad();

/** As FitError says how many nodes have each reason. */
const histogram = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');

const isMarked = (pod: Pod): boolean => pod.status.conditions?.some((one) => one.type === 'PodScheduled' && one.status === 'False') ?? false;
/** Why a pod cannot be on a node, in the words of the plugin that says so; `isFinal`: no pod that leaves would change that (UnschedulableAndUnresolvable). */
interface Misfit {
  readonly reasons: readonly string[];
  readonly isFinal: boolean;
}
function misfit(pod: Pod, node: Node, load: NodeLoad): Misfit | undefined {
  const final = (reason: string): Misfit => ({ reasons: [reason], isFinal: true });
  const tolerations = pod.spec.tolerations ?? [];
  const { taints = [], unschedulable } = node.spec;
  if (unschedulable && !tolerates(tolerations, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })) return final('node(s) were unschedulable');
  const hard = taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint));
  if (hard) return final(`node(s) had untolerated taint {${hard.key}: ${hard.value ?? ''}}`);
  const labels = node.metadata.labels ?? {};
  if (Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value))
    return final("node(s) didn't match Pod's node affinity/selector");
  if (load.ports.size > 0 && hostPorts(pod).some((port) => load.ports.has(port)))
    return { reasons: ["node(s) didn't have free ports for the requested pod ports"], isFinal: false };
  const own = requested(pod);
  const whole = allocatable(node);
  const reasons = [
    ...(load.pods + 1 > Number(node.status.allocatable['pods'] ?? '110') ? ['Too many pods'] : []),
    ...(['cpu', 'memory'] as const).filter((one) => own[one] > 0 && load.requested[one] + own[one] > whole[one]).map((one) => `Insufficient ${one}`),
  ];
  return reasons.length > 0 ? { reasons, isFinal: false } : undefined;
}
