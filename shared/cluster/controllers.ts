/**
 * What keeps the cluster's own pods there: a pod of a daemon set for each node, a number of replicas, static pods of the control plane.
 * A pod that goes is made again under a new name.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, type Node, type Pod, type PodSpec } from '../commands/index.ts';
import { randomSuffix, randomUid } from './names.ts';
import { admitPod } from './pod-admission.ts';
import { NODES, PODS } from './resources.ts';
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
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly templates: readonly Template[],
  ) {
    for (const template of templates) this.owners.set(template, randomUid(rng));
    store.listen((resource, event) => {
      if (event.type !== 'DELETED' && resource !== NODES) return;
      if (resource === PODS && templates.some((template) => isOf(template, event.object as Pod))) this.simulation.after(REACT_US, () => this.sync());
      else if (resource === NODES && event.type === 'ADDED') this.simulation.after(REACT_US, () => this.sync());
    });
  }

  sync(): void {
    const nodes = (this.store.list(NODES) as readonly Node[]).map((node) => node.metadata.name);
    const pods = this.store.list(PODS) as readonly Pod[];
    for (const template of this.templates) {
      const own = pods.filter((pod) => isOf(template, pod) && pod.metadata.deletionTimestamp === undefined);
      if (template.kind === 'replica-set') for (let i = own.length; i < (template.replicas ?? 1); i++) this.make(template, undefined);
      else for (const node of template.nodes ?? nodes) if (!own.some((pod) => pod.spec.nodeName === node)) this.make(template, node);
    }
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

const isOf = (template: Template, pod: Pod): boolean =>
  pod.metadata.namespace === template.namespace &&
  pod.metadata.name.startsWith(`${template.name}-`) &&
  Object.entries(template.labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
