/** The kinds of objects this cluster serves: what `kubectl api-resources` lists. A kind is here when something acts on it. */
import type { ApiResource } from '../commands/index.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const READ = ['get', 'list', 'watch'];

const resource = (
  name: string,
  kind: string,
  shortNames: readonly string[],
  scope: 'namespaced' | 'cluster',
  verbs: readonly string[] = VERBS,
  group = '',
  categories: readonly string[] = [],
): ApiResource => ({
  name,
  singular: kind.toLowerCase(),
  shortNames,
  kind,
  group,
  version: 'v1',
  isNamespaced: scope === 'namespaced',
  verbs,
  ...(categories.length > 0 ? { categories } : {}),
});

export const CONFIGMAPS = resource('configmaps', 'ConfigMap', ['cm'], 'namespaced');
export const DAEMONSETS = resource('daemonsets', 'DaemonSet', ['ds'], 'namespaced', VERBS, 'apps', ['all']);
export const STATEFULSETS = resource('statefulsets', 'StatefulSet', ['sts'], 'namespaced', VERBS, 'apps', ['all']);
export const JOBS = resource('jobs', 'Job', [], 'namespaced', VERBS, 'batch', ['all']);
const RBAC = 'rbac.authorization.k8s.io';
/** Deviation: they are kept as they are, and everybody may do everything; those that a server makes for itself are not there. */
export const CLUSTERROLES = resource('clusterroles', 'ClusterRole', [], 'cluster', VERBS, RBAC);
export const CLUSTERROLEBINDINGS = resource('clusterrolebindings', 'ClusterRoleBinding', [], 'cluster', VERBS, RBAC);
export const ROLES = resource('roles', 'Role', [], 'namespaced', VERBS, RBAC);
export const ROLEBINDINGS = resource('rolebindings', 'RoleBinding', [], 'namespaced', VERBS, RBAC);
export const LEASES = resource('leases', 'Lease', [], 'namespaced', READ, 'coordination.k8s.io');
export const DEPLOYMENTS = resource('deployments', 'Deployment', ['deploy'], 'namespaced', VERBS, 'apps', ['all']);
export const ENDPOINTS = resource('endpoints', 'Endpoints', ['ep'], 'namespaced', READ);
export const ENDPOINTSLICES = resource('endpointslices', 'EndpointSlice', [], 'namespaced', READ, 'discovery.k8s.io');
export const EVENTS = resource('events', 'Event', ['ev'], 'namespaced', READ);
export const NAMESPACES = resource('namespaces', 'Namespace', ['ns'], 'cluster', ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']);
export const NETWORKPOLICIES = resource('networkpolicies', 'NetworkPolicy', ['netpol'], 'namespaced', VERBS, 'networking.k8s.io');
export const NODES = resource('nodes', 'Node', ['no'], 'cluster', ['delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']);
export const PODS = resource('pods', 'Pod', ['po'], 'namespaced', VERBS, '', ['all']);
/** The index of pods by the node that they are bound to. */
export const NODE_NAME = 'spec.nodeName';
/** Index of objects by the uid of their controller. */
export const OWNER = 'metadata.controller';
/** Index of pods by the uid of the daemon set, stateful set or job that has them. */
export const KEEPER = 'metadata.keeper';
export const REPLICASETS = resource(
  'replicasets',
  'ReplicaSet',
  ['rs'],
  'namespaced',
  ['delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  'apps',
  ['all'],
);
export const SECRETS = resource('secrets', 'Secret', [], 'namespaced');
export const SERVICEACCOUNTS = resource('serviceaccounts', 'ServiceAccount', ['sa'], 'namespaced');
export const SERVICES = resource('services', 'Service', ['svc'], 'namespaced', VERBS, '', ['all']);

export const RESOURCES: readonly ApiResource[] = [
  CONFIGMAPS,
  ENDPOINTS,
  EVENTS,
  NAMESPACES,
  NODES,
  PODS,
  SECRETS,
  SERVICEACCOUNTS,
  SERVICES,
  DEPLOYMENTS,
  REPLICASETS,
  DAEMONSETS,
  STATEFULSETS,
  JOBS,
  LEASES,
  ENDPOINTSLICES,
  NETWORKPOLICIES,
  CLUSTERROLES,
  CLUSTERROLEBINDINGS,
  ROLES,
  ROLEBINDINGS,
];
