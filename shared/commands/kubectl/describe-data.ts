/** kubectl describe of replica sets, config maps, endpoints and endpoint slices; tabs are aligned by `describe`. */
import { labelLines } from './describe-parts.ts';
import { pairs, template } from './describe-apps.ts';
import { decodeBase64 } from './base64.ts';
import type { DaemonSet, Endpoints, EndpointSlice, ReplicaSet } from './objects-apps.ts';
import type { ConfigMap, KubeObject, Pod, Secret, ServiceAccount } from './objects.ts';
import type { Data } from './yaml-text.ts';

const NONE = '<none>';
const head = ({ metadata }: KubeObject): string => `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\n`;
const marks = ({ metadata }: KubeObject): string => labelLines('Labels', metadata.labels) + labelLines('Annotations', metadata.annotations, ': ');

export function describeReplicaSet(set: ReplicaSet, pods: readonly Pod[]): string {
  const owner = set.metadata.ownerReferences?.find((one) => one.controller);
  const count = (phase: Pod['status']['phase']): number => pods.filter((pod) => pod.status.phase === phase).length;
  return [
    head(set),
    `Selector:\t${pairs(set.spec.selector.matchLabels)}\n`,
    marks(set),
    owner ? `Controlled By:\t${owner.kind}/${owner.name}\n` : '',
    `Replicas:\t${set.status.replicas} current / ${set.spec.replicas} desired\n`,
    `Pods Status:\t${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed\n`,
    template(set.spec.template),
  ].join('');
}

export function describeConfigMap(map: ConfigMap): string {
  const entries = Object.entries(map.data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${head(map)}${marks(map)}\nData\n====\n${entries.map(([key, value]) => `${key}:\n----\n${value}\n\n`).join('')}\nBinaryData\n====\n\n`;
}

export function describeEndpoints(endpoints: Endpoints): string {
  const addresses = (all: readonly { readonly ip: string }[] | undefined): string => (all ?? []).map((one) => one.ip).join(',') || NONE;
  const subsets = (endpoints.subsets ?? []).map((subset) => {
    const ports = (subset.ports ?? []).map((port) => `    ${port.name ?? '<unset>'}\t${port.port}\t${port.protocol}\n`);
    return `  Addresses:\t${addresses(subset.addresses)}\n  NotReadyAddresses:\t${addresses(subset.notReadyAddresses)}\n${ports.length > 0 ? `  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n${ports.join('')}\n` : ''}`;
  });
  return `${head(endpoints)}${marks(endpoints)}Subsets:\n${subsets.join('')}`;
}

export function describeEndpointSlice(slice: EndpointSlice): string {
  const ports = slice.ports.map((port) => `  ${port.name === '' ? '<unset>' : port.name}\t${port.port}\t${port.protocol}\n`);
  const endpoints = slice.endpoints.map((one) =>
    [
      `  - Addresses:\t${one.addresses.join(',')}\n    Conditions:\n      Ready:\t${one.conditions.ready}\n    Hostname:\t<unset>\n`,
      one.targetRef ? `    TargetRef:\t${one.targetRef.kind}/${one.targetRef.name}\n` : '',
      one.nodeName === undefined ? `    NodeName:\t<unset>\n` : `    NodeName:\t${one.nodeName}\n`,
      `    Zone:\t<unset>\n`,
    ].join(''),
  );
  return [
    head(slice),
    marks(slice),
    `AddressType:\t${slice.addressType}\n`,
    ports.length === 0 ? `Ports: <unset>\n` : `Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n${ports.join('')}`,
    endpoints.length === 0 ? `Endpoints: <none>\n` : `Endpoints:\n${endpoints.join('')}`,
  ].join('');
}

export function describeDaemonSet(set: DaemonSet, pods: readonly Pod[]): string {
  const { status, spec } = set;
  const count = (phase: Pod['status']['phase']): number => pods.filter((pod) => pod.status.phase === phase).length;
  const selectors = Object.entries(spec.template.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    `Name:\t${set.metadata.name}\n`,
    `Selector:\t${pairs(spec.selector.matchLabels)}\nNode-Selector:\t${selectors.join(',') || NONE}\n`,
    marks(set),
    `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled}\n`,
    `Current Number of Nodes Scheduled: ${status.currentNumberScheduled}\n`,
    `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled}\n`,
    `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable}\n`,
    `Number of Nodes Misscheduled: ${status.numberMisscheduled}\n`,
    `Pods Status:\t${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed\n`,
    template(spec.template),
  ].join('');
}

export function describeSecret(secret: Secret): string {
  const entries = Object.entries(secret.data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${head(secret)}${marks(secret)}\nType:\t${secret.type ?? 'Opaque'}\n\nData\n====\n${entries
    .map(([key, value]) => `${key}:\t${decodeBase64(value)?.length ?? 0} bytes\n`)
    .join('')}`;
}
export function describeServiceAccount(account: ServiceAccount): string {
  const names = (all: readonly { readonly name?: string }[] | undefined): string => (all ?? []).map((one) => one.name ?? '').join(',') || NONE;
  return `${head(account)}${marks(account)}Image pull secrets:\t${names(account.imagePullSecrets)}\nMountable secrets:\t${names(account.secrets)}\nTokens:\t${NONE}\n`;
}

/** A kind without a description of its own: all its fields (GenericDescriber). */
export function describeAny(object: KubeObject): string {
  const { metadata } = object;
  const { name, namespace, labels, annotations, managedFields: _, ...rest } = metadata;
  const title = `Name:\t${name}\n${namespace === undefined ? '' : `Namespace:\t${namespace}\n`}${labelLines('Labels', labels)}${labelLines('Annotations', annotations)}`;
  return title + fields({ ...object, metadata: rest } as unknown as Data, 0);
}
function fields(data: Data, level: number): string {
  const margin = '  '.repeat(level);
  const record = data as { readonly [key: string]: Data };
  return Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => {
      const value = record[key];
      const title = `${margin}${wordsOf(key)}:`;
      if (Array.isArray(value))
        return `${title}\n${(value as readonly Data[]).map((one) => (typeof one === 'object' && one !== null ? fields(one, level + 1) : `${margin}  ${String(one)}\n`)).join('')}`;
      return typeof value === 'object' && value !== null ? `${title}\n${fields(value, level + 1)}` : `${title}\t${String(value)}\n`;
    })
    .join('');
}
/** `leaseDurationSeconds`: `Lease Duration Seconds`. */
const wordsOf = (key: string): string =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(' ')
    .map((word) => (['api', 'uid', 'url', 'guid', 'osb'].includes(word.toLowerCase()) ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1)))
    .join(' ');
