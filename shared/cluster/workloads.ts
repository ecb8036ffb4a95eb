/**
 * The controllers of daemon sets and stateful sets (pkg/controller/daemon, /statefulset): a pod on each node that may have one; pods with numbers, made
 * one after the other and ended in the opposite order. A template that changes takes one pod at a time.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, type DaemonSet, type KubeObject, type Node, type Pod, type PodTemplate, type StatefulSet, type Toleration } from '../commands/index.ts';
import type { EventRecorder } from './events.ts';
import { randomSuffix } from './names.ts';
import { endPod, isActive, owner, rank } from './owned-pods.ts';
import { admitPod } from './pod-admission.ts';
import { DAEMONSETS, JOBS, KEEPER, NODES, PODS, STATEFULSETS } from './resources.ts';
import { tolerates } from './scheduler.ts';
import type { ObjectStore } from './store.ts';
import { templateHash } from './template-hash.ts';

const REACT_US = 30_000;
const HASH = 'controller-revision-hash';
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
  { effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', operator: 'Exists' },
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((name): Toleration => ({
    effect: 'NoSchedule',
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
  })),
];
/** Whose pods these are here. */
const KEEPERS: ReadonlySet<string> = new Set(['DaemonSet', 'StatefulSet', 'Job']);
const NETWORK_TOLERATION: Toleration = { effect: 'NoSchedule', key: 'node.kubernetes.io/network-unavailable', operator: 'Exists' };

export class WorkloadController {
  private isSet = false;
  /** Identities of what was deleted. */
  private readonly ownerless = new Set<string>();
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly events: EventRecorder,
    /** Daemon sets of the cluster itself, which somebody else keeps. */
    private readonly isKept: (set: DaemonSet) => boolean,
  ) {
    store.addIndex(PODS, KEEPER, ({ metadata }) => metadata.ownerReferences?.find(({ kind }) => KEEPERS.has(kind))?.uid);
    const react = (): void => {
      if (this.isSet) return;
      // where there are none it is not asked again
      if (this.store.list(STATEFULSETS).length === 0 && !(this.store.list(DAEMONSETS) as readonly DaemonSet[]).some((set) => !isKept(set))) return;
      this.reactSoon();
    };
    store.listen(react, PODS, NODES, STATEFULSETS, DAEMONSETS);
    store.listen(
      (_resource, event) => {
        if (event.type !== 'DELETED') return;
        this.ownerless.add(event.object.metadata.uid);
        this.reactSoon();
      },
      STATEFULSETS,
      DAEMONSETS,
      JOBS,
    );
  }
  private reactSoon(): void {
    if (this.isSet) return;
    this.isSet = true;
    this.simulation.after(REACT_US, () => {
      this.isSet = false;
      for (const set of this.store.list(DAEMONSETS) as readonly DaemonSet[]) if (!this.isKept(set)) this.syncDaemons(set);
      for (const set of this.store.list(STATEFULSETS) as readonly StatefulSet[]) this.syncStateful(set);
      this.collect();
    });
  }
  private ownPods(of: KubeObject): readonly Pod[] {
    return this.store.listBy(PODS, KEEPER, of.metadata.uid) as readonly Pod[];
  }

  // --- daemon sets ---

  private syncDaemons(set: DaemonSet): void {
    const hash = templateHash(set.spec.template);
    const nodes = this.store.list(NODES) as readonly Node[];
    const wanted = nodes.filter((node) => mayRun(set, node));
    const own = this.ownPods(set);
    const live = own.filter(isActive);
    for (const node of wanted)
      if (!own.some((pod) => pod.spec.nodeName === node.metadata.name && pod.status.phase !== 'Failed')) this.makeDaemon(set, node, hash);
    const names = new Set(wanted.map((node) => node.metadata.name));
    for (const pod of live) if (!names.has(pod.spec.nodeName ?? '')) this.end(set, pod, 'daemonset-controller');
    const stale = live.filter((pod) => pod.metadata.labels?.[HASH] !== hash);
    const isRolling = (set.spec.updateStrategy as { readonly type?: string }).type !== 'OnDelete';
    const unready = stale.filter((pod) => rank(pod) < 2);
    if (isRolling) for (const pod of unready) this.end(set, pod, 'daemonset-controller');
    // one at a time: the next when all others are ready
    if (isRolling && unready.length === 0 && stale.length > 0 && own.length === wanted.length && own.every((pod) => rank(pod) === 2 && isActive(pod)))
      this.end(set, stale[0]!, 'daemonset-controller');
    this.reportDaemons(set, wanted.length, hash);
  }
  private makeDaemon(set: DaemonSet, node: Node, hash: string): void {
    const { spec } = set.spec.template;
    const { name } = node.metadata;
    const tolerations = [...(spec.tolerations ?? []), ...DAEMON_TOLERATIONS, ...(spec.hostNetwork ? [NETWORK_TOLERATION] : [])];
    const field = { key: 'metadata.name', operator: 'In', values: [name] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [field] }] } } };
    const pod = this.make(set, 'DaemonSet', `${set.metadata.name}-${randomSuffix(this.rng, 5)}`, 'daemonset-controller', {
      spec: { ...spec, affinity, tolerations, nodeName: name },
      labels: { [HASH]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) },
    });
    if (pod) {
      const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${name}`;
      this.events.record({ component: 'default-scheduler' }, pod, 'Normal', 'Scheduled', message);
    }
  }
  private reportDaemons(seen: DaemonSet, desired: number, hash: string): void {
    const set = this.store.get(DAEMONSETS, seen.metadata.namespace, seen.metadata.name) as DaemonSet | undefined;
    if (!set) return;
    const own = this.ownPods(set).filter(isActive);
    const ready = own.filter((pod) => rank(pod) === 2).length;
    const status = {
      currentNumberScheduled: own.length,
      desiredNumberScheduled: desired,
      numberAvailable: ready,
      numberMisscheduled: 0,
      numberReady: ready,
      ...(desired - ready > 0 ? { numberUnavailable: desired - ready } : {}),
      observedGeneration: set.metadata.generation ?? 1,
      updatedNumberScheduled: own.filter((pod) => pod.metadata.labels?.[HASH] === hash).length,
    };
    if (JSON.stringify(status) !== JSON.stringify(set.status)) this.store.put(DAEMONSETS, { ...set, status });
  }

  // --- stateful sets ---

  private syncStateful(set: StatefulSet): void {
    const hash = `${set.metadata.name}-${templateHash(set.spec.template)}`;
    const isOrdered = set.spec.podManagementPolicy === 'OrderedReady';
    const byNumber = new Map(this.ownPods(set).map((pod) => [numberOf(set, pod), pod] as const));
    for (let number = 0; number < set.spec.replicas; number++) {
      const pod = byNumber.get(number);
      if (!pod) this.makeStateful(set, number, hash);
      else if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') this.store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
      // the next waits for it
      if (isOrdered && (!pod || rank(pod) < 2 || !isActive(pod))) break;
    }
    const surplus = [...byNumber].filter(([number]) => number >= set.spec.replicas).sort(([a], [b]) => b - a);
    const settled = [...byNumber].every(([number, pod]) => number >= set.spec.replicas || rank(pod) === 2);
    if (settled || !isOrdered) for (const [, pod] of isOrdered ? surplus.slice(0, 1) : surplus) this.end(set, pod, 'statefulset-controller');
    else if (surplus.length === 0) this.unstick(set, byNumber, hash);
    const stale = [...byNumber].filter(([number, pod]) => number < set.spec.replicas && pod.metadata.labels?.[HASH] !== hash).sort(([a], [b]) => b - a);
    const isWhole = byNumber.size === set.spec.replicas && [...byNumber.values()].every((pod) => rank(pod) === 2 && isActive(pod));
    const [last] = stale;
    if (last && isWhole && set.spec.updateStrategy.type !== 'OnDelete') this.end(set, last[1], 'statefulset-controller');
    this.reportStateful(set, hash);
  }
  /** One of an old template that never became ready is replaced. */
  private unstick(set: StatefulSet, byNumber: ReadonlyMap<number, Pod>, hash: string): void {
    const [stuck] = [...byNumber.values()].filter((pod) => rank(pod) < 2 && pod.metadata.labels?.[HASH] !== hash);
    if (stuck) this.end(set, stuck, 'statefulset-controller');
  }
  private makeStateful(set: StatefulSet, number: number, hash: string): void {
    const name = `${set.metadata.name}-${number}`;
    const { spec } = set.spec.template;
    const subdomain = set.spec.serviceName === '' ? {} : { subdomain: set.spec.serviceName };
    this.make(set, 'StatefulSet', name, 'statefulset-controller', {
      spec: { ...spec, hostname: name, ...subdomain },
      labels: { 'apps.kubernetes.io/pod-index': String(number), [HASH]: hash, 'statefulset.kubernetes.io/pod-name': name },
    });
  }
  private reportStateful(seen: StatefulSet, revision: string): void {
    const set = this.store.get(STATEFULSETS, seen.metadata.namespace, seen.metadata.name) as StatefulSet | undefined;
    if (!set) return;
    const own = this.ownPods(set).filter(isActive);
    const ready = own.filter((pod) => rank(pod) === 2).length;
    const updated = own.filter((pod) => pod.metadata.labels?.[HASH] === revision).length;
    const status = {
      availableReplicas: ready,
      collisionCount: 0,
      ...(updated > 0 ? { currentReplicas: updated } : {}),
      currentRevision: set.status.currentRevision === undefined || updated === set.spec.replicas ? revision : set.status.currentRevision,
      observedGeneration: set.metadata.generation ?? 1,
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      replicas: own.length,
      updateRevision: revision,
      ...(updated > 0 ? { updatedReplicas: updated } : {}),
    };
    if (JSON.stringify(status) !== JSON.stringify(set.status)) this.store.put(STATEFULSETS, { ...set, status });
  }

  // --- pods ---

  private make(
    of: KubeObject & { readonly spec: { readonly template: PodTemplate } },
    kind: 'DaemonSet' | 'StatefulSet',
    name: string,
    component: string,
    what: { readonly spec: object; readonly labels: Readonly<Record<string, string>> },
  ): Pod | undefined {
    const { namespace = 'default', uid } = of.metadata;
    const { metadata } = of.spec.template;
    const labels = { ...metadata.labels, ...what.labels };
    const sent = { metadata: { ...metadata, name, generateName: `${of.metadata.name}-`, labels }, spec: what.spec };
    const made = admitPod(sent, namespace, formatTime(this.simulation.unixUs), this.rng);
    if (!made.ok) {
      this.events.record({ component }, of, 'Warning', 'FailedCreate', `Error creating: ${made.error.message}`);
      return undefined;
    }
    const now = formatTime(this.simulation.unixUs);
    const bound =
      made.value.spec.nodeName === undefined
        ? {}
        : { conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now } as const] };
    const ownerReferences = [owner('apps/v1', kind, of.metadata.name, uid)];
    const pod = this.store.put(PODS, { ...made.value, metadata: { ...made.value.metadata, ownerReferences }, status: { ...made.value.status, ...bound } });
    const words = kind === 'DaemonSet' ? `Created pod: ${name}` : `create Pod ${name} in StatefulSet ${of.metadata.name} successful`;
    this.events.record({ component }, of, 'Normal', 'SuccessfulCreate', words);
    return pod;
  }
  private end(of: KubeObject, pod: Pod, component: string): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    const { name } = pod.metadata;
    const words = component === 'daemonset-controller' ? `Deleted pod: ${name}` : `delete Pod ${name} in StatefulSet ${of.metadata.name} successful`;
    this.events.record({ component }, of, 'Normal', 'SuccessfulDelete', words);
    endPod(this.store, this.simulation, pod);
  }
  /** The garbage collector: what a deleted set or job owned goes too. */
  private collect(): void {
    for (const uid of this.ownerless) for (const pod of this.store.listBy(PODS, KEEPER, uid) as readonly Pod[]) endPod(this.store, this.simulation, pod);
    this.ownerless.clear();
  }
}

const numberOf = (set: StatefulSet, pod: Pod): number => Number(pod.metadata.name.slice(set.metadata.name.length + 1));

interface Term {
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}
/** Whether a node may have a pod of the set: its selector, its affinity, the node's taints. */
function mayRun(set: DaemonSet, node: Node): boolean {
  const { spec } = set.spec.template;
  const { labels = {} } = node.metadata;
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const required = (
    spec as {
      readonly affinity?: {
        readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly Term[] } };
      };
    }
  ).affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms ?? [];
  if (terms.length > 0 && !terms.some(({ matchExpressions = [] }) => matchExpressions.every((one) => fits(labels, one)))) return false;
  const tolerations = [...(spec.tolerations ?? []), ...DAEMON_TOLERATIONS, ...(spec.hostNetwork ? [NETWORK_TOLERATION] : [])];
  return (node.spec.taints ?? []).every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(tolerations, taint));
}
function fits(labels: Readonly<Record<string, string>>, { key, operator, values = [] }: NonNullable<Term['matchExpressions']>[number]): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
