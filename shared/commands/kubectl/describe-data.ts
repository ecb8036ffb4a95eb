/** kubectl describe of replica sets, config maps, endpoints and endpoint slices; tabs are aligned by `describe`. */
import { labelLines } from './describe-parts.ts';
import { pairs, template } from './describe-apps.ts';
import type { Endpoints, EndpointSlice, ReplicaSet } from './objects-apps.ts';
import type { ConfigMap, KubeObject, Pod } from './objects.ts';

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
