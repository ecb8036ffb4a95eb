/**
 * The API server: reads and writes objects for clients, with defaults, checks and selectors; logs, exec and attach go to the node of the pod.
 */
import { err, ok, type Result, type Rng, type Simulation } from '../base/index.ts';
import {
  formatTime,
  type ApiReply,
  type ApiRequest,
  type ApiResource,
  type ApiResult,
  type Deployment,
  type ExecRequest,
  type KubeObject,
  type KubernetesApi,
  type ListOptions,
  type LogOptions,
  type LogStream,
  type Namespace,
  type Node,
  type Pod,
  type ReplicaSet,
  type Service,
  type Table,
  type TypeSchema,
  type Watch,
} from '../commands/index.ts';
import type { OpenFile, Process, Sys } from '../shell/index.ts';
import { attachContainer, execInContainer } from './exec.ts';
import type { Kubelet } from './kubelet.ts';
import { checkLabel, checkLabels, randomSuffix, randomUid } from './names.ts';
import { admitPod, decodePod } from './pod-admission.ts';
import type { PodWorker } from './pod-worker.ts';
import { tableOf } from './printer.ts';
import { admitNetworkPolicy, type NetworkPolicy } from './network-policy.ts';
import {
  CLUSTERROLEBINDINGS,
  CLUSTERROLES,
  CONFIGMAPS,
  JOBS,
  NAMESPACES,
  NETWORKPOLICIES,
  NODES,
  PODS,
  REPLICASETS,
  RESOURCES,
  ROLEBINDINGS,
  ROLES,
  SECRETS,
  SERVICEACCOUNTS,
  SERVICES,
} from './resources.ts';
import { WORKLOADS } from './workload-kinds.ts';
import { admitData } from './data-admission.ts';
import { admitService, type Pools } from './service-admission.ts';
import { parseFieldSelector, parseLabelSelector, type Matcher } from './selector.ts';
import { alreadyExists, badRequest, conflict, forbidden, invalidObject, methodNotAllowed, notFound } from './status.ts';
import type { ObjectStore } from './store.ts';

export interface ApiServerOptions {
  readonly version: string;
  /** `192.168.56.10:6443`. */
  readonly server: string;
  /** `10.96.0.0/12`. */
  readonly serviceCIDR: string;
  readonly connect: (p: Process) => Sys<Result<void, string>>;
  /** Of an object that the cluster itself keeps as it is. */
  readonly isKept: (uid: string) => boolean;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  /** The last word before it is stored. */
  readonly finish?: (object: KubeObject) => KubeObject;
}

const DATA: ReadonlySet<ApiResource> = new Set([CONFIGMAPS, SECRETS, SERVICEACCOUNTS, CLUSTERROLES, CLUSTERROLEBINDINGS, ROLES, ROLEBINDINGS]);

export class ApiServer implements KubernetesApi {
  readonly resources = RESOURCES;
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly kubelets: ReadonlyMap<string, Kubelet>,
    private readonly options: ApiServerOptions,
  ) {}
  get version(): string {
    return this.options.version;
  }
  get server(): string {
    return this.options.server;
  }
  /** Who answers requests by their address: the REST layer, which stands on this one. */
  answers: (request: ApiRequest) => ApiReply = () => ({ status: 404, body: '404 page not found\n' });
  types: Readonly<Record<string, TypeSchema>> = {};
  request(request: ApiRequest): ApiReply {
    return this.answers(request);
  }
  connect(p: Process): Sys<Result<void, string>> {
    return this.options.connect(p);
  }

  get(resource: ApiResource, namespace: string | undefined, name: string): ApiResult<KubeObject> {
    const object = this.store.get(resource, namespace, name);
    return object ? ok(object) : notFound(resource, name);
  }
  list(resource: ApiResource, namespace: string | undefined, options: ListOptions): ApiResult<readonly KubeObject[]> {
    const isWanted = this.matcher(resource, options);
    return isWanted.ok ? ok(this.store.list(resource, namespace).filter(isWanted.value)) : isWanted;
  }
  table(resource: ApiResource, objects: readonly KubeObject[]): Table {
    return tableOf(resource, objects, this.simulation.unixUs);
  }
  watch(resource: ApiResource, namespace: string | undefined, options: ListOptions): Watch {
    const isWanted = this.matcher(resource, options);
    return this.store.watch(resource, namespace, isWanted.ok ? isWanted.value : () => false);
  }
  /** Who is selected; the error is the server's. */
  matcher(resource: ApiResource, options: ListOptions): ApiResult<Matcher> {
    const labels = parseLabelSelector(options.labelSelector ?? '');
    if (!labels.ok) return labels;
    const fields = parseFieldSelector(resource, options.fieldSelector ?? '');
    if (!fields.ok) return fields;
    return ok((object) => labels.value(object) && fields.value(object));
  }

  create(resource: ApiResource, namespace: string | undefined, object: unknown, options: WriteOptions = {}): ApiResult<KubeObject> {
    if (!resource.verbs.includes('create')) return methodNotAllowed();
    const now = formatTime(this.simulation.unixUs);
    const made = this.make(resource, namespace ?? 'default', this.named(object), now);
    if (!made.ok) return made;
    const { metadata } = made.value;
    if (this.store.get(resource, metadata.namespace, metadata.name)) return alreadyExists(resource, metadata.name);
    const finished = options.finish?.(made.value) ?? made.value;
    return ok(options.dryRun ? finished : this.store.put(resource, finished));
  }
  /** A name made of `generateName`, where none is given. */
  private named(object: unknown): unknown {
    const metadata = (object as { readonly metadata?: { readonly name?: unknown; readonly generateName?: unknown } } | null)?.metadata;
    if (typeof metadata?.generateName !== 'string' || (metadata.name ?? '') !== '') return object;
    return { ...(object as object), metadata: { ...metadata, name: metadata.generateName + randomSuffix(this.rng, 5) } };
  }
  private make(resource: ApiResource, namespace: string, object: unknown, now: string): ApiResult<KubeObject> {
    if (resource === NAMESPACES) return newNamespace(object, now, this.rng);
    if (!resource.isNamespaced) return admitData(resource, object, undefined, now, this.rng);
    const place = this.store.get(NAMESPACES, undefined, namespace) as Namespace | undefined;
    if (!place) return notFound(NAMESPACES, namespace);
    const given = (object as { readonly metadata?: { readonly namespace?: unknown } } | null)?.metadata?.namespace;
    if (typeof given === 'string' && given !== namespace)
      return badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
    const made =
      resource === PODS
        ? admitPod(object, namespace, now, this.rng)
        : resource === SERVICES
          ? admitService(object, namespace, now, this.pools)
          : resource === NETWORKPOLICIES
            ? admitNetworkPolicy(object, namespace, now, this.rng)
            : (WORKLOADS.get(resource)?.(object, namespace, now, this.rng) ?? admitData(resource, object, namespace, now, this.rng));
    if (!made.ok || place.status.phase !== 'Terminating') return made;
    return forbidden(resource, made.value.metadata.name, `unable to create new content in namespace ${namespace} because it is being terminated`);
  }
  private get pools(): Pools {
    return { cidr: this.options.serviceCIDR, taken: this.store.list(SERVICES) as readonly Service[], rng: this.rng };
  }
  update(resource: ApiResource, namespace: string | undefined, object: unknown, options: WriteOptions = {}): ApiResult<KubeObject> {
    if (!resource.verbs.includes('update')) return methodNotAllowed();
    const name = nameIn(object);
    const present = this.store.get(resource, namespace, name);
    if (!present) return notFound(resource, name);
    const sent = object as KubeObject;
    if (sent.metadata.resourceVersion && sent.metadata.resourceVersion !== present.metadata.resourceVersion) return conflict(resource, name);
    const errors = checkLabels('metadata.labels', sent.metadata.labels ?? {});
    if (errors.length > 0) return invalidObject(present.kind, name, errors);
    const next = this.next(resource, present, sent);
    if (!next.ok) return next;
    const finished = options.finish?.(next.value) ?? next.value;
    if (options.dryRun) return ok(finished);
    return ok(isSame(finished, present) ? present : this.store.put(resource, finished));
  }
  /** What an update makes of what is there: the client's wishes, checked and with defaults; the rest stays. */
  private next(resource: ApiResource, present: KubeObject, sent: KubeObject): ApiResult<KubeObject> {
    const metadata = updatedMeta(present, sent);
    if (resource === NODES) return ok({ ...(present as Node), metadata, spec: (sent as Node).spec } as KubeObject);
    const decoded = resource === PODS ? decodePod(sent) : undefined;
    if (decoded?.ok === false) return decoded;
    if (resource === PODS) return this.updatePod(present as Pod, sent as Pod, metadata);
    if (resource === SERVICES)
      return admitService({ ...sent, metadata }, metadata.namespace ?? 'default', metadata.creationTimestamp, this.pools, present as Service);
    const admit = WORKLOADS.get(resource);
    if (admit) {
      if (this.options.isKept(present.metadata.uid))
        return badRequest('not modelled: a change of what the cluster itself runs; delete its pods, and they come again');
      const made = admit({ ...sent, metadata }, metadata.namespace ?? 'default', metadata.creationTimestamp, this.rng);
      if (!made.ok) return made;
      const { status, spec, metadata: old } = present as Deployment;
      const wanted = resource === JOBS ? ownSelector(present as Deployment, made.value as Deployment) : made.value;
      const generation = (old.generation ?? 1) + (isSame(spec, (wanted as Deployment).spec) ? 0 : 1);
      return ok({ ...wanted, metadata: { ...metadata, generation }, status } as KubeObject);
    }
    if (resource === REPLICASETS)
      return ok({
        ...(present as ReplicaSet),
        metadata,
        spec: { ...(present as ReplicaSet).spec, replicas: (sent as ReplicaSet).spec.replicas },
      } as KubeObject);
    if (resource === NETWORKPOLICIES) {
      const policy = present as NetworkPolicy;
      const made = admitNetworkPolicy(sent, metadata.namespace ?? 'default', metadata.creationTimestamp, this.rng, policy);
      if (!made.ok) return made;
      const generation = (metadata.generation ?? 1) + (isSame(policy.spec, made.value.spec) ? 0 : 1);
      return ok({ ...made.value, metadata: { ...metadata, generation } });
    }
    if (DATA.has(resource)) return admitData(resource, { ...sent, metadata }, metadata.namespace ?? 'default', metadata.creationTimestamp, this.rng, present);
    return ok({ ...present, metadata });
  }
  private updatePod(present: Pod, sent: Pod, metadata: Pod['metadata']): ApiResult<KubeObject> {
    const images = (pod: Pod): readonly string[] => pod.spec.containers.map((one) => one.image);
    const without = (pod: Pod): unknown => ({ ...pod.spec, tolerations: 0, containers: pod.spec.containers.map((one) => ({ ...one, image: '' })) });
    if (!isSame(without(present), without(sent))) {
      const allowed =
        '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
      return invalidObject('Pod', present.metadata.name, [{ field: 'spec', text: `Forbidden: pod updates may not change fields other than ${allowed}` }]);
    }
    if (images(present).some((image, index) => image !== images(sent)[index]))
      return badRequest('changing the image of a running pod is not modelled: delete it and create it again');
    return ok({ ...present, metadata, spec: { ...present.spec, ...(sent.spec.tolerations ? { tolerations: sent.spec.tolerations } : {}) } } as KubeObject);
  }

  delete(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
    options: { readonly gracePeriodSeconds?: number; readonly orphans?: boolean },
  ): ApiResult<KubeObject> {
    if (!resource.verbs.includes('delete')) return methodNotAllowed();
    const object = this.store.get(resource, namespace, name);
    if (!object) return notFound(resource, name);
    if (this.options.isKept(object.metadata.uid)) return badRequest('not modelled: a cluster without what it runs itself');
    if (options.orphans) this.orphan(object);
    if (resource === NAMESPACES) return this.endNamespace(object as Namespace);
    if (resource !== PODS) return ok(this.store.remove(resource, namespace, name)!);
    const pod = object as Pod;
    const seconds = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    const isUnborn = pod.spec.nodeName === undefined || !this.kubelets.has(pod.spec.nodeName);
    const isOver = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
    if (isUnborn || seconds === 0) return ok(this.store.remove(PODS, namespace, name)!);
    const earlier = pod.metadata.deletionGracePeriodSeconds;
    if (pod.metadata.deletionTimestamp !== undefined && earlier !== undefined && earlier <= seconds) return ok(pod);
    const grace = isOver ? 0 : seconds;
    return ok(
      this.store.put(PODS, {
        ...pod,
        metadata: { ...pod.metadata, deletionTimestamp: formatTime(this.simulation.unixUs + grace * 1_000_000), deletionGracePeriodSeconds: grace },
      }),
    );
  }
  /** What it owned stays, as nobody's. */
  private orphan(owner: KubeObject): void {
    for (const resource of [PODS, REPLICASETS]) {
      for (const object of this.store.list(resource, owner.metadata.namespace)) {
        const { ownerReferences = [], ...metadata } = object.metadata;
        const rest = ownerReferences.filter((one) => one.uid !== owner.metadata.uid);
        if (rest.length === ownerReferences.length) continue;
        this.store.put(resource, { ...object, metadata: { ...metadata, ...(rest.length > 0 ? { ownerReferences: rest } : {}) } });
      }
    }
  }
  /** It ends with all that is in it: the namespace controller sees to that. */
  private endNamespace(namespace: Namespace): ApiResult<KubeObject> {
    const { name } = namespace.metadata;
    if (['default', 'kube-system', 'kube-public', 'kube-node-lease'].includes(name)) return forbidden(NAMESPACES, name, 'this namespace may not be deleted');
    if (namespace.metadata.deletionTimestamp !== undefined) return ok(namespace);
    const deletionTimestamp = formatTime(this.simulation.unixUs);
    return ok(
      this.store.put(NAMESPACES, { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp }, status: { phase: 'Terminating' } } as KubeObject),
    );
  }

  // --- what the node of the pod answers ---

  workerOf(namespace: string, name: string): ApiResult<{ readonly pod: Pod; readonly worker: PodWorker }> {
    const pod = this.store.get(PODS, namespace, name) as Pod | undefined;
    if (!pod) return notFound(PODS, name);
    const kubelet = pod.spec.nodeName === undefined ? undefined : this.kubelets.get(pod.spec.nodeName);
    const worker = kubelet?.workers.get(pod.metadata.uid);
    return worker
      ? ok({ pod, worker })
      : badRequest(
          pod.spec.nodeName === undefined
            ? `pod ${name} does not have a host assigned`
            : `container "${pod.spec.containers[0]?.name}" in pod "${name}" is waiting to start: ContainerCreating`,
        );
  }

  logs(namespace: string, name: string, options: LogOptions): ApiResult<LogStream> {
    const found = this.workerOf(namespace, name);
    if (!found.ok) return found;
    const { pod, worker } = found.value;
    const container = options.container ?? pod.spec.containers[0]!.name;
    const log = worker.log(container, options.previous ?? false);
    return log.ok ? ok(log.value.stream(options, this.simulation.unixUs)) : badRequest(log.error);
  }

  *exec(p: Process, namespace: string, name: string, request: ExecRequest): Sys<ApiResult<number>> {
    const found = this.runningIn(namespace, name, request.container);
    if (!found.ok) return found;
    const result = yield* execInContainer(p, found.value, request);
    return result.ok ? ok(result.value) : err({ code: 500, reason: 'InternalError', message: result.error });
  }
  *attach(p: Process, namespace: string, name: string, request: Omit<ExecRequest, 'command'>): Sys<ApiResult<number>> {
    const found = this.runningIn(namespace, name, request.container);
    if (!found.ok) return found;
    return ok(yield* attachContainer(p, found.value, request));
  }
  /** A program in the pod's network, as the container runtime has one for each connection. */
  forward(namespace: string, name: string, port: number, connection: OpenFile): ApiResult<void> {
    const found = this.workerOf(namespace, name);
    if (!found.ok) return found;
    const { sandbox } = found.value.worker;
    const machine = this.kubelets.get(found.value.pod.spec.nodeName ?? '')?.runtime.machine;
    const gone = (): ApiResult<never> => err({ code: 500, reason: 'InternalError', message: `the pod ${name} has no network now` });
    if (!sandbox || !machine) return gone();
    const started = machine.os.spawn(machine.init, ['nc', '-N', '127.0.0.1', String(port)], {
      path: '/usr/bin/nc',
      prepare: (child) => {
        child.setsid();
        child.fds.closeAll();
        child.enter(sandbox.net);
        for (const fd of [0, 1]) child.fds.put(fd, connection);
      },
    });
    return started.ok ? ok(undefined) : gone();
  }
  /** The container that exec and attach join. */
  runningIn(namespace: string, name: string, container: string | undefined) {
    const found = this.workerOf(namespace, name);
    if (!found.ok) return found;
    const { pod, worker } = found.value;
    const wanted = container ?? pod.spec.containers[0]!.name;
    const running = worker.running.get(wanted);
    return running
      ? ok(running)
      : (err({ code: 500, reason: 'InternalError', message: `unable to upgrade connection: container not found ("${wanted}")` }) as ApiResult<never>);
  }
}

function newNamespace(object: unknown, now: string, rng: Rng): ApiResult<Namespace> {
  const sent = object as {
    readonly metadata?: { readonly name?: unknown; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  } | null;
  const metadata = sent?.metadata ?? {};
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const errors = [...checkLabel('metadata.name', name), ...checkLabels('metadata.labels', metadata.labels ?? {})];
  if (errors.length > 0) return invalidObject('Namespace', name, errors);
  const made = makeNamespace(name, now, rng, metadata.labels);
  return ok(metadata.annotations ? { ...made, metadata: { ...made.metadata, annotations: metadata.annotations } } : made);
}
export const makeNamespace = (name: string, now: string, rng: Rng, labels: Readonly<Record<string, string>> = {}): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: randomUid(rng), resourceVersion: '', creationTimestamp: now, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});

/** What a job was given to find its pods by never changes. */
const ownSelector = (present: Deployment, made: Deployment): Deployment => ({
  ...made,
  spec: { ...made.spec, selector: present.spec.selector, template: { ...made.spec.template, metadata: present.spec.template.metadata } },
});

/** `metadata.name` of what a client sent; '' where there is none. */
function nameIn(object: unknown): string {
  const name = (object as { readonly metadata?: { readonly name?: unknown } } | null)?.metadata?.name;
  return typeof name === 'string' ? name : '';
}

/** Of the metadata a client may change these; the rest stays as it was. */
function updatedMeta(present: KubeObject, sent: KubeObject): KubeObject['metadata'] {
  const { labels: _labels, annotations: _annotations, ownerReferences: _owners, finalizers: _finalizers, managedFields: _fields, ...meta } = present.metadata;
  const { labels, annotations, ownerReferences, finalizers, managedFields } = sent.metadata;
  return {
    ...meta,
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
    ...(finalizers ? { finalizers } : {}),
    ...(managedFields ? { managedFields } : {}),
  };
}

/** The same content, in whatever order; a resourceVersion is none. */
const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const canonical = (value: unknown): string =>
  JSON.stringify(value, (name, inner: unknown) =>
    name === 'resourceVersion'
      ? undefined
      : typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
        : inner,
  );
