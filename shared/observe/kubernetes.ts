/**
 * Objects of the Kubernetes API as facts of a snapshot: nodes, pods, services with their endpoints, policies. From `kubectl get -A -o json
 * nodes,pods,services,endpointslices,networkpolicies`, or any part of it; which namespace of a node is which pod is not among them.
 */
import type { KubernetesNode, KubernetesPod, KubernetesPolicy, KubernetesService, KubernetesSnapshot, Snapshot } from '../snapshot/index.ts';
import { numberIn, objectIn, objectsIn, textIn, textsIn, type JsonObject } from './json.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const NEVER_A_POD = /\b(?:Succeeded|Failed)\b/;

export function readKubernetes(objects: readonly object[]): KubernetesSnapshot {
  const ofKind = (kind: string): readonly JsonObject[] => objects.map((one) => one as JsonObject).filter((one) => one['kind'] === kind);
  const slices = ofKind('EndpointSlice');
  return {
    nodes: ofKind('Node').map(nodeFact),
    pods: ofKind('Pod').flatMap((pod) => (textIn(objectIn(pod, 'spec'), 'nodeName') === undefined ? [] : [podFact(pod)])),
    services: ofKind('Service').map((service) => serviceFact(service, slices)),
    policies: ofKind('NetworkPolicy').map(policyFact),
  };
}

/** Pods whose namespace nobody told: that of their node which has their address. */
export function joinPods(snapshot: Snapshot): Snapshot {
  const { kubernetes } = snapshot;
  if (!kubernetes) return snapshot;
  const pods = kubernetes.pods.map((pod): KubernetesPod => {
    if (pod.netnsId !== undefined || pod.hostNetwork) return pod;
    const namespaces = snapshot.nodes.find((node) => node.name === pod.node)?.namespaces ?? [];
    const own = namespaces.find(({ id, links }) => id !== 0 && links.some((link) => link.addresses.some(({ local }) => pod.addresses.includes(local))));
    return own ? { ...pod, netnsId: own.id } : pod;
  });
  return { ...snapshot, kubernetes: { ...kubernetes, pods } };
}

const nameOf = (object: JsonObject): { readonly namespace: string; readonly name: string } => {
  const metadata = objectIn(object, 'metadata');
  return { namespace: textIn(metadata, 'namespace') ?? 'default', name: textIn(metadata, 'name') ?? '' };
};
const texts = (object: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

function nodeFact(object: JsonObject): KubernetesNode {
  const [metadata, spec, status] = [objectIn(object, 'metadata'), objectIn(object, 'spec'), objectIn(object, 'status')];
  const one = textIn(spec, 'podCIDR');
  const all = textsIn(spec, 'podCIDRs');
  return {
    name: nameOf(object).name,
    ready: objectsIn(status, 'conditions').some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True'),
    addresses: objectsIn(status, 'addresses').flatMap((address) => (address['type'] === 'InternalIP' ? (textIn(address, 'address') ?? []) : [])),
    podCIDRs: all.length > 0 ? all : one === undefined ? [] : [one],
    controlPlane: Object.keys(objectIn(metadata, 'labels')).some((label) => /^node-role\.kubernetes\.io\/(?:control-plane|master)$/.test(label)),
  };
}

function podFact(object: JsonObject): KubernetesPod {
  const [metadata, spec, status] = [objectIn(object, 'metadata'), objectIn(object, 'spec'), objectIn(object, 'status')];
  const several = objectsIn(status, 'podIPs').flatMap((one) => textIn(one, 'ip') ?? []);
  const single = textIn(status, 'podIP');
  const phase = textIn(status, 'phase') ?? 'Unknown';
  return {
    ...nameOf(object),
    node: textIn(spec, 'nodeName') ?? '',
    // an address of one that has ended is free, and may be another's
    addresses: NEVER_A_POD.test(phase) ? [] : several.length > 0 || single === undefined ? several : [single],
    hostNetwork: spec['hostNetwork'] === true,
    status: metadata['deletionTimestamp'] === undefined ? phase : 'Terminating',
    labels: texts(objectIn(metadata, 'labels')),
  };
}

function serviceFact(object: JsonObject, slices: readonly JsonObject[]): KubernetesService {
  const spec = objectIn(object, 'spec');
  const { namespace, name } = nameOf(object);
  const mine = slices.filter(
    (slice) => nameOf(slice).namespace === namespace && textIn(objectIn(objectIn(slice, 'metadata'), 'labels'), SERVICE_NAME) === name,
  );
  const selector = texts(objectIn(spec, 'selector'));
  return {
    namespace,
    name,
    clusterIP: textIn(spec, 'clusterIP') ?? '',
    ports: objectsIn(spec, 'ports').map((port) => {
      const nodePort = numberIn(port, 'nodePort');
      return {
        name: textIn(port, 'name') ?? '',
        protocol: textIn(port, 'protocol') ?? 'TCP',
        port: numberIn(port, 'port') ?? 0,
        ...(nodePort !== undefined && { nodePort }),
      };
    }),
    ...(Object.keys(selector).length > 0 && { selector }),
    endpoints: mine.flatMap((slice) =>
      objectsIn(slice, 'endpoints').flatMap((endpoint) =>
        textsIn(endpoint, 'addresses').flatMap((address) =>
          objectsIn(slice, 'ports').map((port) => ({
            address,
            port: numberIn(port, 'port') ?? 0,
            protocol: textIn(port, 'protocol') ?? 'TCP',
            ready: objectIn(endpoint, 'conditions')['ready'] !== false,
          })),
        ),
      ),
    ),
  };
}

function policyFact(object: JsonObject): KubernetesPolicy {
  const spec = objectIn(object, 'spec');
  const types = textsIn(spec, 'policyTypes');
  return {
    ...nameOf(object),
    podSelector: texts(objectIn(objectIn(spec, 'podSelector'), 'matchLabels')),
    types: types.length > 0 ? types : ['Ingress', ...(spec['egress'] === undefined ? [] : ['Egress'])],
  };
}
