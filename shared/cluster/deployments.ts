/**
 * The controllers of deployments and replica sets (pkg/controller/deployment, /replicaset): a replica set for each template, pods for each
 * replica; a new template grows while the old one shrinks, by at most one more and one less than wanted.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, type ApiResource, type Condition, type Deployment, type KubeObject, type Pod, type ReplicaSet } from '../commands/index.ts';
import type { EventRecorder } from './events.ts';
import { randomSuffix, randomUid } from './names.ts';
import { endPod, isActive, isOwned, owner, rank } from './owned-pods.ts';
import { admitPod } from './pod-admission.ts';
import { templateHash } from './template-hash.ts';
import { DEPLOYMENTS, OWNER, PODS, REPLICASETS } from './resources.ts';
import type { ObjectStore } from './store.ts';

const REACT_US = 30_000;
const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';

const controllerOf = ({ metadata }: KubeObject): string | undefined =>
  metadata.ownerReferences?.find((one) => one.kind === 'Deployment' || one.kind === 'ReplicaSet')?.uid;

export class DeploymentController {
  private isSet = false;
  /** What may have no owner any more. */
  private readonly suspects = new Set<string>();
  private strangers: { readonly resource: ApiResource; readonly object: KubeObject }[] = [];
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly events: EventRecorder,
  ) {
    for (const resource of [PODS, REPLICASETS]) store.addIndex(resource, OWNER, controllerOf);
    const resources = [PODS, REPLICASETS, DEPLOYMENTS];
    store.listen(
      (resource, { type, object }, before) => {
        const owner = controllerOf(object);
        if (resource === PODS && owner === undefined && (before === undefined || controllerOf(before) === undefined)) return;
        if (type === 'DELETED' && resource !== PODS) this.suspects.add(object.metadata.uid);
        else if (owner !== undefined && (before === undefined || controllerOf(before) !== owner)) this.strangers.push({ resource, object });
        if (this.isSet) return;
        this.isSet = true;
        simulation.after(REACT_US, () => {
          this.isSet = false;
          for (const deployment of this.store.list(DEPLOYMENTS) as readonly Deployment[]) this.syncDeployment(deployment);
          for (const set of this.store.list(REPLICASETS) as readonly ReplicaSet[]) this.syncSet(set);
          this.collectOrphans();
        });
      },
      ...resources,
    );
  }
  private get now(): string {
    return formatTime(this.simulation.unixUs);
  }

  // --- deployments ---

  private syncDeployment(deployment: Deployment): void {
    const { namespace } = deployment.metadata;
    const own = (this.store.list(REPLICASETS, namespace) as readonly ReplicaSet[]).filter((set) => isOwned(set, deployment));
    const hash = templateHash(deployment.spec.template);
    const last = Math.max(0, ...own.map(revisionOf));
    const known = own.find((set) => set.metadata.labels?.[HASH] === hash);
    const { paused = false } = deployment.spec as { readonly paused?: boolean };
    // while it is paused its new template waits; what there is may still be scaled
    if (paused && !known) {
      const newest = own.find((set) => revisionOf(set) === last);
      if (newest && newest.spec.replicas !== deployment.spec.replicas) this.scale(deployment, newest, deployment.spec.replicas);
      return;
    }
    const current = known ? this.renew(deployment, known, last) : this.makeSet(deployment, hash, last + 1);
    const old = own.filter((set) => set.metadata.uid !== current.metadata.uid);
    this.roll(deployment, current, old);
    this.report(
      deployment,
      [...old, current].map((set) => this.fresh(set)),
    );
  }
  private fresh = (set: ReplicaSet): ReplicaSet => (this.store.get(REPLICASETS, set.metadata.namespace, set.metadata.name) as ReplicaSet | undefined) ?? set;

  /** A template that comes back is the newest revision again. */
  private renew(deployment: Deployment, set: ReplicaSet, last: number): ReplicaSet {
    const revision = revisionOf(set) < last ? last + 1 : revisionOf(set);
    const cause = deployment.metadata.annotations?.[CAUSE];
    const notes = { ...set.metadata.annotations, ...(cause === undefined ? {} : { [CAUSE]: cause }), [REVISION]: String(revision) };
    if (deployment.metadata.annotations?.[REVISION] !== String(revision)) this.note(deployment, revision);
    if (revision === revisionOf(set) && set.metadata.annotations?.[CAUSE] === notes[CAUSE]) return set;
    return this.store.put(REPLICASETS, { ...set, metadata: { ...set.metadata, annotations: notes } });
  }
  private note({ metadata }: Deployment, revision: number): void {
    const deployment = this.store.get(DEPLOYMENTS, metadata.namespace, metadata.name);
    if (!deployment) return;
    const annotations = { ...deployment.metadata.annotations, [REVISION]: String(revision) };
    this.store.put(DEPLOYMENTS, { ...deployment, metadata: { ...deployment.metadata, annotations } });
  }

  private makeSet(deployment: Deployment, hash: string, revision: number): ReplicaSet {
    const { name, namespace, uid } = deployment.metadata;
    const { template } = deployment.spec;
    const labels = { ...template.metadata.labels, [HASH]: hash };
    const made: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace === undefined ? {} : { namespace }),
        uid: randomUid(this.rng),
        resourceVersion: '',
        creationTimestamp: this.now,
        labels,
        annotations: { ...notesOf(deployment), [REVISION]: String(revision) },
        ownerReferences: [owner('apps/v1', 'Deployment', name, uid)],
      },
      spec: {
        replicas: 0,
        selector: { matchLabels: { ...deployment.spec.selector.matchLabels, [HASH]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
      status: { replicas: 0 },
    };
    const stored = this.store.put(REPLICASETS, made);
    this.note(deployment, revision);
    return stored;
  }

  /** maxSurge and maxUnavailable are a quarter, as by default; without old ones it grows at once. */
  private roll(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): void {
    const wanted = deployment.spec.replicas;
    const oldTotal = old.reduce((sum, set) => sum + set.spec.replicas, 0);
    const isRecreate = deployment.spec.strategy.type === 'Recreate';
    const surge = isRecreate ? 0 : Math.ceil(wanted / 4);
    const spare = isRecreate ? wanted : Math.floor(wanted / 4);
    const room = isRecreate && old.some((set) => set.status.replicas > 0) ? 0 : wanted + surge - oldTotal;
    const grown = current.spec.replicas > wanted ? wanted : Math.max(current.spec.replicas, Math.min(wanted, room));
    if (grown !== current.spec.replicas) this.scale(deployment, current, grown);
    const ready = [...old, current].reduce((sum, set) => sum + (set.status.readyReplicas ?? 0), 0);
    let removable = Math.max(0, Math.min(oldTotal, ready - (wanted - spare)));
    for (const set of old) {
      const unready = set.spec.replicas - (set.status.readyReplicas ?? 0);
      const less = Math.min(set.spec.replicas, Math.max(removable, isRecreate ? set.spec.replicas : unready));
      if (less <= 0) continue;
      removable -= less;
      this.scale(deployment, set, set.spec.replicas - less);
    }
  }
  private scale(deployment: Deployment, set: ReplicaSet, replicas: number): void {
    const from = set.spec.replicas;
    this.store.put(REPLICASETS, { ...set, spec: { ...set.spec, replicas } });
    const message = `Scaled ${replicas > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${replicas}`;
    this.events.record({ component: 'deployment-controller' }, deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  private report(seen: Deployment, sets: readonly ReplicaSet[]): void {
    const deployment = this.store.get(DEPLOYMENTS, seen.metadata.namespace, seen.metadata.name) as Deployment | undefined;
    if (!deployment) return;
    const sum = (of: (set: ReplicaSet) => number | undefined): number => sets.reduce((total, set) => total + (of(set) ?? 0), 0);
    const current = sets.at(-1)!;
    const [replicas, ready] = [sum((set) => set.status.replicas), sum((set) => set.status.readyReplicas)];
    const wanted = deployment.spec.replicas;
    const isAvailable = ready >= wanted - Math.floor(wanted / 4);
    const isComplete = current.status.replicas === wanted && replicas === wanted && ready === wanted;
    const conditions: readonly Condition[] = [
      this.condition(
        deployment,
        'Available',
        isAvailable ? 'True' : 'False',
        isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        isAvailable ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
      ),
      this.condition(
        deployment,
        'Progressing',
        'True',
        isComplete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
        `ReplicaSet "${current.metadata.name}" ${isComplete ? 'has successfully progressed.' : 'is progressing.'}`,
      ),
    ];
    const status: Deployment['status'] = {
      ...(ready > 0 ? { availableReplicas: ready } : {}),
      conditions,
      observedGeneration: deployment.metadata.generation ?? 1,
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      ...(replicas > 0 ? { replicas } : {}),
      ...(wanted - ready > 0 ? { unavailableReplicas: wanted - ready } : {}),
      ...(current.status.replicas > 0 ? { updatedReplicas: current.status.replicas } : {}),
    };
    if (JSON.stringify(status) !== JSON.stringify(deployment.status)) this.store.put(DEPLOYMENTS, { ...deployment, status });
  }
  private condition(deployment: Deployment, type: string, status: 'True' | 'False', reason: string, message: string): Condition {
    const old = deployment.status.conditions?.find((one) => one.type === type);
    if (old?.status === status && old.reason === reason && old.message === message) return old;
    return { lastTransitionTime: old?.status === status ? old.lastTransitionTime : this.now, type, status, reason, message };
  }

  // --- replica sets ---

  private podsOf({ metadata }: ReplicaSet): readonly Pod[] {
    return (this.store.listBy(PODS, OWNER, metadata.uid) as readonly Pod[]).filter((pod) => pod.metadata.namespace === metadata.namespace && isActive(pod));
  }
  private syncSet(set: ReplicaSet): void {
    const pods = this.podsOf(set);
    for (let i = pods.length; i < set.spec.replicas; i++) this.makePod(set);
    // the youngest and least ready go first
    const surplus = [...pods].sort((a, b) => rank(a) - rank(b) || (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
    for (const pod of surplus.slice(0, Math.max(0, pods.length - set.spec.replicas))) this.endPod(set, pod);
    const left = this.podsOf(set);
    const ready = left.filter((pod) => rank(pod) === 2).length;
    const status: ReplicaSet['status'] = {
      ...(ready > 0 ? { availableReplicas: ready } : {}),
      ...(left.length > 0 ? { fullyLabeledReplicas: left.length } : {}),
      observedGeneration: 1,
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      replicas: left.length,
    };
    const present = this.fresh(set);
    if (JSON.stringify(present.status) !== JSON.stringify(status)) this.store.put(REPLICASETS, { ...present, status });
  }
  private makePod(set: ReplicaSet): void {
    const { name, namespace = 'default', uid } = set.metadata;
    const { metadata, spec } = set.spec.template;
    const made = admitPod(
      { metadata: { ...metadata, name: `${name}-${randomSuffix(this.rng, 5)}`, generateName: `${name}-` }, spec },
      namespace,
      this.now,
      this.rng,
    );
    if (!made.ok) {
      this.events.record({ component: 'replicaset-controller' }, set, 'Warning', 'FailedCreate', `Error creating: ${made.error.message}`);
      return;
    }
    const pod = this.store.put(PODS, { ...made.value, metadata: { ...made.value.metadata, ownerReferences: [owner('apps/v1', 'ReplicaSet', name, uid)] } });
    this.events.record({ component: 'replicaset-controller' }, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }
  private endPod(set: ReplicaSet, pod: Pod): void {
    this.events.record({ component: 'replicaset-controller' }, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    this.markDeleted(pod);
  }
  private markDeleted(pod: Pod): void {
    endPod(this.store, this.simulation, pod);
  }

  /** The garbage collector: what a deleted deployment or replica set owned goes too. */
  private collectOrphans(): void {
    if (this.suspects.size === 0 && this.strangers.length === 0) return;
    const owners = new Set([...this.store.list(DEPLOYMENTS), ...this.store.list(REPLICASETS)].map((one) => one.metadata.uid));
    const isOrphan = (object: KubeObject): boolean => {
      const owner = controllerOf(object);
      return owner !== undefined && owner !== '' && !owners.has(owner);
    };
    const left = (resource: ApiResource): readonly KubeObject[] => [
      ...[...this.suspects].flatMap((uid) => this.store.listBy(resource, OWNER, uid)),
      ...this.strangers.flatMap((one) =>
        one.resource === resource ? (this.store.get(resource, one.object.metadata.namespace, one.object.metadata.name) ?? []) : [],
      ),
    ];
    const [sets, pods] = [left(REPLICASETS), left(PODS) as readonly Pod[]];
    this.suspects.clear();
    this.strangers = [];
    for (const set of sets) if (isOrphan(set)) this.store.remove(REPLICASETS, set.metadata.namespace, set.metadata.name);
    for (const pod of pods) if (isOrphan(pod) && !isKept(pod)) this.markDeleted(pod);
  }
}

const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[REVISION] ?? 0);
/** What a replica set has of its deployment's annotations. */
function notesOf({ metadata }: Deployment): Readonly<Record<string, string>> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...notes } = metadata.annotations ?? {};
  return notes;
}
/** The replica set of Calico's controllers is no object. */
const isKept = (pod: Pod): boolean => pod.metadata.labels?.['k8s-app'] === 'calico-kube-controllers';
