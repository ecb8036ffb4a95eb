/**
 * What keeps the cluster's own pods there: a pod of a daemon set for each node, a number of replicas, static pods of the control plane.
 * A pod that goes is made again under a new name.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, type DaemonSet, type Node, type Pod, type PodSpec, type WatchEvent } from '../commands/index.ts';
import { randomSuffix, randomUid } from './names.ts';
import { admitPod } from './pod-admission.ts';
import { DAEMONSETS, NODE_NAME, NODES, PODS } from './resources.ts';
import type { ObjectStore } from './store.ts';

export interface Template {
  readonly namespace: string;
  /** `kube-flannel-ds`, or for static pods `etcd`. */
  readonly name: string;
  readonly kind: 'daemon-set' | 'replica-set' | 'static';
  /** Of a replica set. */
  readonly replicas?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** Nodes of static pods; daemon sets are on all. */
  readonly nodes?: readonly string[];
}

const REACT_US = 60_000;

export class Keeper {
  private readonly owners = new Map<Template, string>();
  private readonly stopListening: () => void;
  private isOver = false;
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly templates: readonly Template[],
  ) {
    for (const template of templates) this.owners.set(template, template.kind === 'daemon-set' ? this.declare(template) : randomUid(rng));
    for (const object of store.list(PODS)) this.count({ type: 'ADDED', object }, undefined);
    this.stopListening = store.listen((resource, event, before) => {
      if (resource === PODS) this.count(event, before as Pod | undefined);
      if (resource === NODES && event.type === 'DELETED') this.simulation.after(REACT_US, () => this.collect(event.object.metadata.name));
      if (event.type !== 'DELETED' && resource !== NODES) return;
      if (resource === PODS && templates.some((template) => isOf(template, event.object as Pod))) this.simulation.after(REACT_US, () => this.sync());
      else if (resource === NODES && event.type === 'ADDED') this.simulation.after(REACT_US, () => this.sync());
    });
  }

  /** Whether it declared the object of that identity. */
  declared(uid: string): boolean {
    for (const own of this.owners.values()) if (own === uid) return true;
    return false;
  }
  /** Its cluster is no more. */
  stop(): void {
    this.stopListening();
    this.isOver = true;
  }
  sync(): void {
    if (this.isOver) return;
    const nodes = (this.store.list(NODES) as readonly Node[]).map((node) => node.metadata.name);
    for (const template of this.templates) {
      const own = [...this.ownOf(template).values()].filter((pod) => pod.metadata.deletionTimestamp === undefined);
      const taken = new Set(own.map((pod) => pod.spec.nodeName));
      if (template.kind === 'replica-set') for (let i = own.length; i < (template.replicas ?? 1); i++) this.make(template, undefined);
      else for (const node of template.nodes ?? nodes) if (!taken.has(node)) this.make(template, node);
    }
  }

  /** Pods of a node that is no more (pod garbage collector). */
  private collect(node: string): void {
    for (const pod of this.store.listBy(PODS, NODE_NAME, node)) this.store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
    this.reportSoon();
  }

  /** The object that says what is wanted; its identity. */
  private declare({ namespace, name, labels, spec }: Template): string {
    const uid = randomUid(this.rng);
    const status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberAvailable: 0, numberMisscheduled: 0, numberReady: 0 };
    this.store.put(DAEMONSETS, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace, uid, resourceVersion: '', creationTimestamp: formatTime(this.simulation.unixUs), generation: 1, labels },
      spec: {
        revisionHistoryLimit: 10,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
        updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' },
      },
      status: { ...status, observedGeneration: 1, updatedNumberScheduled: 0 },
    });
    return uid;
  }
  /** The pods of each template, by name. */
  private readonly own = new Map<Template, Map<string, Pod>>();
  private readonly ready = new Map<Template, number>();
  private ownOf(template: Template): Map<string, Pod> {
    let own = this.own.get(template);
    if (!own) this.own.set(template, (own = new Map<string, Pod>()));
    return own;
  }
  private count({ type, object }: WatchEvent, before: Pod | undefined): void {
    const pod = object as Pod;
    const template = this.templates.find((one) => isOf(one, pod) || (before && isOf(one, before)));
    if (!template) return;
    const own = this.ownOf(template);
    const known = own.get(pod.metadata.name);
    const isThere = type !== 'DELETED' && isOf(template, pod);
    if (isThere) own.set(pod.metadata.name, pod);
    else own.delete(pod.metadata.name);
    const change = Number(isThere && isReady(pod)) - Number(known !== undefined && isReady(known));
    this.ready.set(template, (this.ready.get(template) ?? 0) + change);
    this.reportSoon();
  }
  private isReporting = false;
  private reportSoon(): void {
    if (this.isReporting) return;
    this.isReporting = true;
    this.simulation.after(REACT_US, () => {
      this.isReporting = false;
      const nodes = this.store.list(NODES).length;
      for (const template of this.templates) if (template.kind === 'daemon-set') this.report(template, template.nodes?.length ?? nodes);
    });
  }
  private report(template: Template, wanted: number): void {
    const set = this.store.get(DAEMONSETS, template.namespace, template.name) as DaemonSet | undefined;
    if (!set) return;
    const present = this.ownOf(template).size;
    const ready = this.ready.get(template) ?? 0;
    const status: DaemonSet['status'] = {
      currentNumberScheduled: present,
      desiredNumberScheduled: wanted,
      numberAvailable: ready,
      numberMisscheduled: 0,
      numberReady: ready,
      observedGeneration: 1,
      updatedNumberScheduled: present,
    };
    if (JSON.stringify(status) !== JSON.stringify(set.status)) this.store.put(DAEMONSETS, { ...set, status });
  }

  private make(template: Template, node: string | undefined): void {
    const { namespace, name, labels, spec, kind } = template;
    const suffix = kind === 'static' ? node! : randomSuffix(this.rng, 5);
    const now = formatTime(this.simulation.unixUs);
    const sent = { metadata: { name: `${name}-${suffix}`, labels }, spec: { ...spec, ...(node === undefined ? {} : { nodeName: node }) } };
    const pod = admitPod(sent, namespace, now, this.rng);
    if (!pod.ok) throw new Error(`the template of ${name} is refused: ${pod.error.message}`);
    const owner =
      kind === 'static'
        ? { apiVersion: 'v1', kind: 'Node', name: node!, uid: this.store.get(NODES, undefined, node!)?.metadata.uid ?? '', controller: true }
        : {
            apiVersion: 'apps/v1',
            kind: kind === 'daemon-set' ? 'DaemonSet' : 'ReplicaSet',
            name,
            uid: this.owners.get(template)!,
            controller: true,
            blockOwnerDeletion: true,
          };
    const scheduled =
      node === undefined ? {} : { conditions: [{ type: 'PodScheduled', status: 'True' as const, lastProbeTime: null, lastTransitionTime: now }] };
    this.store.put(PODS, { ...pod.value, metadata: { ...pod.value.metadata, ownerReferences: [owner] }, status: { ...pod.value.status, ...scheduled } });
  }
}

const isReady = (pod: Pod): boolean => pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
const isOf = (template: Template, pod: Pod): boolean =>
  pod.metadata.namespace === template.namespace &&
  pod.metadata.name.startsWith(`${template.name}-`) &&
  Object.entries(template.labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
