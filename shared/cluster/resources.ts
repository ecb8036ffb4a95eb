/** The kinds of objects this cluster serves: what `kubectl api-resources` lists. A kind is here when something acts on it. */
import type { ApiResource } from '../commands/index.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'update', 'watch'];

const resource = (name: string, kind: string, shortNames: readonly string[], scope: 'namespaced' | 'cluster', verbs = VERBS, group = ''): ApiResource => ({
  name,
  singular: kind.toLowerCase(),
  shortNames,
  kind,
  group,
  version: 'v1',
  isNamespaced: scope === 'namespaced',
  verbs,
});

export const CONFIGMAPS = resource('configmaps', 'ConfigMap', ['cm'], 'namespaced');
export const DEPLOYMENTS = resource('deployments', 'Deployment', ['deploy'], 'namespaced', VERBS, 'apps');
export const ENDPOINTS = resource('endpoints', 'Endpoints', ['ep'], 'namespaced', ['get', 'list', 'watch']);
export const ENDPOINTSLICES = resource('endpointslices', 'EndpointSlice', [], 'namespaced', ['get', 'list', 'watch'], 'discovery.k8s.io');
export const EVENTS = resource('events', 'Event', ['ev'], 'namespaced', ['get', 'list', 'watch']);
export const NAMESPACES = resource('namespaces', 'Namespace', ['ns'], 'cluster', ['create', 'get', 'list', 'watch']);
export const NODES = resource('nodes', 'Node', ['no'], 'cluster', ['get', 'list', 'update', 'watch']);
export const PODS = resource('pods', 'Pod', ['po'], 'namespaced');
export const REPLICASETS = resource('replicasets', 'ReplicaSet', ['rs'], 'namespaced', ['delete', 'get', 'list', 'update', 'watch'], 'apps');
export const SERVICES = resource('services', 'Service', ['svc'], 'namespaced');

export const RESOURCES: readonly ApiResource[] = [CONFIGMAPS, ENDPOINTS, EVENTS, NAMESPACES, NODES, PODS, SERVICES, DEPLOYMENTS, REPLICASETS, ENDPOINTSLICES];
