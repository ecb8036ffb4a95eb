/** What the server prints of each kind (pkg/printers/internalversion/printers.go): columns and cells, ages included. */
import {
  humanDuration,
  parseTime,
  type ApiResource,
  type ConfigMap,
  type DaemonSet,
  type Deployment,
  type Endpoints,
  type EndpointSlice,
  type Job,
  type KubeEvent,
  type KubeObject,
  type Lease,
  type Namespace,
  type Node,
  type Pod,
  type ReplicaSet,
  type Secret,
  type Service,
  type ServiceAccount,
  type StatefulSet,
  type Table,
} from '../commands/index.ts';
import type { NetworkPolicy, Selector } from './network-policy.ts';

interface Column {
  readonly name: string;
  readonly priority?: 1;
  readonly cell: (object: never, nowUs: number) => string;
}

const NONE = '<none>';

const age = (time: string | undefined, nowUs: number): string => {
  const at = time === undefined ? undefined : parseTime(time);
  return at === undefined ? '<unknown>' : humanDuration(nowUs - at);
};
const AGE: Column = { name: 'Age', cell: (object: KubeObject, nowUs: number) => age(object.metadata.creationTimestamp, nowUs) };
const NAME: Column = { name: 'Name', cell: (object: KubeObject) => object.metadata.name };

const POD_COLUMNS: readonly Column[] = [
  NAME,
  {
    name: 'Ready',
    cell: (pod: Pod) => `${pod.status.containerStatuses?.filter((one) => one.ready && one.state.running).length ?? 0}/${pod.spec.containers.length}`,
  },
  { name: 'Status', cell: (pod: Pod) => podReason(pod) },
  { name: 'Restarts', cell: podRestarts },
  AGE,
  { name: 'IP', priority: 1, cell: (pod: Pod) => pod.status.podIP ?? NONE },
  { name: 'Node', priority: 1, cell: (pod: Pod) => pod.spec.nodeName ?? NONE },
  { name: 'Nominated Node', priority: 1, cell: () => NONE },
  { name: 'Readiness Gates', priority: 1, cell: () => NONE },
];

const address = (node: Node, type: string): string => node.status.addresses.find((one) => one.type === type)?.address ?? NONE;
const info =
  (key: string) =>
  (node: Node): string =>
    node.status.nodeInfo[key] ?? '<unknown>';

const NODE_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Status', cell: nodeStatus },
  { name: 'Roles', cell: (node: Node) => nodeRoles(node).join(',') || NONE },
  AGE,
  { name: 'Version', cell: info('kubeletVersion') },
  { name: 'Internal-IP', priority: 1, cell: (node: Node) => address(node, 'InternalIP') },
  { name: 'External-IP', priority: 1, cell: (node: Node) => address(node, 'ExternalIP') },
  { name: 'OS-Image', priority: 1, cell: info('osImage') },
  { name: 'Kernel-Version', priority: 1, cell: info('kernelVersion') },
  { name: 'Container-Runtime', priority: 1, cell: info('containerRuntimeVersion') },
];

const NAMESPACE_COLUMNS: readonly Column[] = [NAME, { name: 'Status', cell: (namespace: Namespace) => namespace.status.phase }, AGE];

/** `app=web,!old,tier in (a,b)`: a selector as metav1.FormatLabelSelector writes it. */
function formatSelector({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const words = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`;
  });
  const all = [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...words];
  return all.length === 0 ? NONE : all.sort().join(',');
}
const NETWORKPOLICY_COLUMNS: readonly Column[] = [NAME, { name: 'Pod-Selector', cell: ({ spec }: NetworkPolicy) => formatSelector(spec.podSelector) }, AGE];

const CONFIGMAP_COLUMNS: readonly Column[] = [NAME, { name: 'Data', cell: (map: ConfigMap) => String(Object.keys(map.data ?? {}).length) }, AGE];

const EVENT_COLUMNS: readonly Column[] = [
  { name: 'Last Seen', cell: (event: KubeEvent, nowUs: number) => age(event.lastTimestamp, nowUs) },
  { name: 'Type', cell: (event: KubeEvent) => event.type },
  { name: 'Reason', cell: (event: KubeEvent) => event.reason },
  { name: 'Object', cell: (event: KubeEvent) => `${event.involvedObject.kind.toLowerCase()}/${event.involvedObject.name}` },
  { name: 'Subobject', priority: 1, cell: (event: KubeEvent) => event.involvedObject.fieldPath ?? '' },
  { name: 'Source', priority: 1, cell: (event: KubeEvent) => [event.source.component, event.source.host].filter((one) => one !== undefined).join(', ') },
  { name: 'Message', cell: (event: KubeEvent) => event.message.trim() },
  { name: 'First Seen', priority: 1, cell: (event: KubeEvent, nowUs: number) => age(event.firstTimestamp, nowUs) },
  { name: 'Count', priority: 1, cell: (event: KubeEvent) => String(event.count) },
  { name: 'Name', priority: 1, cell: (event: KubeEvent) => event.metadata.name },
];

const selectorText = (labels: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',') || NONE;

const SERVICE_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Type', cell: (service: Service) => service.spec.type },
  { name: 'Cluster-IP', cell: (service: Service) => service.spec.clusterIP },
  { name: 'External-IP', cell: (service: Service) => (service.spec.type === 'LoadBalancer' ? '<pending>' : NONE) },
  {
    name: 'Port(s)',
    cell: (service: Service) =>
      (service.spec.ports ?? []).map((one) => `${one.port}${one.nodePort === undefined ? '' : `:${one.nodePort}`}/${one.protocol}`).join(',') || NONE,
  },
  AGE,
  { name: 'Selector', priority: 1, cell: (service: Service) => selectorText(service.spec.selector) },
];

const few = (all: readonly string[], most: number): string =>
  all.length === 0 ? NONE : all.length > most ? `${all.slice(0, most).join(',')} + ${all.length - most} more...` : all.join(',');

const ENDPOINTS_COLUMNS: readonly Column[] = [
  NAME,
  {
    name: 'Endpoints',
    cell: ({ subsets = [] }: Endpoints) =>
      few(
        subsets.flatMap(({ addresses = [], ports = [] }) => ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`))),
        3,
      ),
  },
  AGE,
];
const SLICE_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'AddressType', cell: (slice: EndpointSlice) => slice.addressType },
  {
    name: 'Ports',
    cell: (slice: EndpointSlice) =>
      slice.ports.length === 0
        ? '<unset>'
        : few(
            slice.ports.map((one) => String(one.port)),
            3,
          ),
  },
  {
    name: 'Endpoints',
    cell: (slice: EndpointSlice) =>
      slice.endpoints.length === 0
        ? '<unset>'
        : few(
            slice.endpoints.flatMap((one) => one.addresses),
            3,
          ),
  },
  AGE,
];

const containers = (of: (one: { readonly name: string; readonly image: string }) => string) => (object: Deployment | ReplicaSet | Job) =>
  object.spec.template.spec.containers.map(of).join(',');
const TEMPLATE_COLUMNS: readonly Column[] = [
  { name: 'Containers', priority: 1, cell: containers((one) => one.name) },
  { name: 'Images', priority: 1, cell: containers((one) => one.image) },
  { name: 'Selector', priority: 1, cell: (object: Deployment | ReplicaSet | Job) => selectorText(object.spec.selector.matchLabels) },
];
const DEPLOYMENT_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Ready', cell: ({ spec, status }: Deployment) => `${status.readyReplicas ?? 0}/${spec.replicas}` },
  { name: 'Up-to-date', cell: ({ status }: Deployment) => String(status.updatedReplicas ?? 0) },
  { name: 'Available', cell: ({ status }: Deployment) => String(status.availableReplicas ?? 0) },
  AGE,
  ...TEMPLATE_COLUMNS,
];
const REPLICASET_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Desired', cell: ({ spec }: ReplicaSet) => String(spec.replicas) },
  { name: 'Current', cell: ({ status }: ReplicaSet) => String(status.replicas) },
  { name: 'Ready', cell: ({ status }: ReplicaSet) => String(status.readyReplicas ?? 0) },
  AGE,
  ...TEMPLATE_COLUMNS,
];

const DAEMONSET_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Desired', cell: ({ status }: DaemonSet) => String(status.desiredNumberScheduled) },
  { name: 'Current', cell: ({ status }: DaemonSet) => String(status.currentNumberScheduled) },
  { name: 'Ready', cell: ({ status }: DaemonSet) => String(status.numberReady) },
  { name: 'Up-to-date', cell: ({ status }: DaemonSet) => String(status.updatedNumberScheduled) },
  { name: 'Available', cell: ({ status }: DaemonSet) => String(status.numberAvailable) },
  { name: 'Node Selector', cell: ({ spec }: DaemonSet) => selectorText(spec.template.spec.nodeSelector) },
  AGE,
  ...TEMPLATE_COLUMNS,
];
const STATEFULSET_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Ready', cell: ({ spec, status }: StatefulSet) => `${status.readyReplicas ?? 0}/${spec.replicas}` },
  AGE,
  ...TEMPLATE_COLUMNS.slice(0, 2),
];
const jobStatus = ({ status, spec, metadata }: Job): string => {
  const has = (type: string): boolean => status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return spec.suspend ? 'Suspended' : has('FailureTarget') ? 'FailureTarget' : has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
};
const JOB_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Status', cell: jobStatus },
  {
    name: 'Completions',
    cell: ({ spec, status }: Job) => `${status.succeeded ?? 0}/${spec.completions ?? (spec.parallelism > 1 ? `1 of ${spec.parallelism}` : '1')}`,
  },
  {
    name: 'Duration',
    cell: ({ status: { startTime, completionTime } }: Job, nowUs: number) =>
      startTime === undefined ? '' : humanDuration((parseTime(completionTime ?? '') ?? nowUs) - parseTime(startTime)!),
  },
  AGE,
  ...TEMPLATE_COLUMNS,
];
const created = ({ metadata }: KubeObject): string => metadata.creationTimestamp;
const roleRef = (object: KubeObject): string => {
  const { roleRef: ref } = object as { readonly roleRef?: { readonly kind?: string; readonly name?: string } };
  return `${ref?.kind ?? ''}/${ref?.name ?? ''}`;
};
const subjectsOf =
  (kind: string) =>
  (object: KubeObject): string => {
    const { subjects = [] } = object as { readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[] };
    return subjects.flatMap((one) => (one.kind === kind ? [one.namespace === undefined ? one.name : `${one.namespace}/${one.name}`] : [])).join(', ');
  };
const BINDING_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Role', cell: roleRef },
  AGE,
  { name: 'Users', priority: 1, cell: subjectsOf('User') },
  { name: 'Groups', priority: 1, cell: subjectsOf('Group') },
  { name: 'ServiceAccounts', priority: 1, cell: subjectsOf('ServiceAccount') },
];
const ROLE_COLUMNS: readonly Column[] = [NAME, { name: 'Created At', cell: created }];
const LEASE_COLUMNS: readonly Column[] = [NAME, { name: 'Holder', cell: (lease: Lease) => lease.spec.holderIdentity }, AGE];

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  pods: POD_COLUMNS,
  nodes: NODE_COLUMNS,
  namespaces: NAMESPACE_COLUMNS,
  configmaps: CONFIGMAP_COLUMNS,
  events: EVENT_COLUMNS,
  services: SERVICE_COLUMNS,
  endpoints: ENDPOINTS_COLUMNS,
  endpointslices: SLICE_COLUMNS,
  deployments: DEPLOYMENT_COLUMNS,
  replicasets: REPLICASET_COLUMNS,
  secrets: [
    NAME,
    { name: 'Type', cell: (secret: Secret) => secret.type ?? 'Opaque' },
    { name: 'Data', cell: (secret: Secret) => String(Object.keys(secret.data ?? {}).length) },
    AGE,
  ],
  serviceaccounts: [NAME, { name: 'Secrets', cell: (account: ServiceAccount) => String(account.secrets?.length ?? 0) }, AGE],
  daemonsets: DAEMONSET_COLUMNS,
  leases: LEASE_COLUMNS,
  networkpolicies: NETWORKPOLICY_COLUMNS,
  statefulsets: STATEFULSET_COLUMNS,
  jobs: JOB_COLUMNS,
  roles: ROLE_COLUMNS,
  clusterroles: ROLE_COLUMNS,
  rolebindings: BINDING_COLUMNS,
  clusterrolebindings: BINDING_COLUMNS,
};

export function tableOf(resource: ApiResource, objects: readonly KubeObject[], nowUs: number): Table {
  const columns = COLUMNS[resource.name] ?? [NAME, AGE];
  return {
    columns: columns.map(({ name, priority }) => ({ name, priority: priority ?? 0 })),
    rows: objects.map((object) => ({ cells: columns.map((column) => column.cell(object as never, nowUs)), object })),
  };
}

/** The STATUS of a pod: its phase, or what its containers say more exactly. */
export function podReason(pod: Pod): string {
  let reason: string = pod.status.reason ?? pod.status.phase;
  let hasRunning = false;
  for (const status of [...(pod.status.containerStatuses ?? [])].reverse()) {
    const { waiting, terminated, running } = status.state;
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated?.reason) reason = terminated.reason;
    else if (terminated) reason = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
    else if (running && status.ready) hasRunning = true;
  }
  if (reason === 'Completed' && hasRunning)
    reason = pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ? 'Running' : 'NotReady';
  if (pod.metadata.deletionTimestamp !== undefined) return pod.status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  return reason;
}

function podRestarts(pod: Pod, nowUs: number): string {
  const statuses = pod.status.containerStatuses ?? [];
  const count = statuses.reduce((sum, one) => sum + one.restartCount, 0);
  const ends = statuses.flatMap((one) => (one.lastState.terminated ? [parseTime(one.lastState.terminated.finishedAt) ?? 0] : []));
  return count === 0 || ends.length === 0 ? String(count) : `${count} (${humanDuration(nowUs - Math.max(...ends))} ago)`;
}

export const nodeRoles = (node: Node): readonly string[] =>
  Object.entries(node.metadata.labels ?? {})
    .flatMap(([key, value]) =>
      key.startsWith('node-role.kubernetes.io/') ? [key.slice('node-role.kubernetes.io/'.length)] : key === 'kubernetes.io/role' ? [value] : [],
    )
    .filter((role) => role !== '')
    .sort();

export function nodeStatus(node: Node): string {
  const ready = node.status.conditions.find((one) => one.type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (node.spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}
