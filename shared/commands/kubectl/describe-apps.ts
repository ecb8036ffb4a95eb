/** kubectl describe of services and deployments (describeService, describeDeployment); tabs are aligned by `describe`. */
import { labelLines, tolerationLines } from './describe-parts.ts';
import type { Deployment, EndpointSlice, ReplicaSet, Service } from './objects-apps.ts';
import type { Container } from './objects.ts';
import { formatRfc1123 } from './time.ts';

const NONE = '<none>';
export const pairs = (labels: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',') || NONE;

export function describeService(service: Service, slices: readonly EndpointSlice[]): string {
  const { metadata, spec } = service;
  const ports = (spec.ports ?? []).map((port) => {
    const name = port.name === undefined || port.name === '' ? '<unset>' : port.name;
    return [
      `Port:\t${name}\t${port.port}/${port.protocol}\n`,
      `TargetPort:\t${port.targetPort}/${port.protocol}\n`,
      port.nodePort === undefined ? '' : `NodePort:\t${name}\t${port.nodePort}/${port.protocol}\n`,
      `Endpoints:\t${endpointText(slices, port.name ?? '')}\n`,
    ].join('');
  });
  return [
    `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\n`,
    labelLines('Labels', metadata.labels),
    labelLines('Annotations', metadata.annotations, ': '),
    `Selector:\t${pairs(spec.selector)}\nType:\t${spec.type}\nIP Family Policy:\tSingleStack\nIP Families:\tIPv4\n`,
    `IP:\t${spec.clusterIP}\nIPs:\t${spec.clusterIPs.join(',')}\n`,
    ...ports,
    `Session Affinity:\t${spec.sessionAffinity}\n`,
    spec.externalTrafficPolicy === undefined ? '' : `External Traffic Policy:\t${spec.externalTrafficPolicy}\n`,
    `Internal Traffic Policy:\t${spec.internalTrafficPolicy}\n`,
  ].join('');
}

/** At most three, then how many more. */
function endpointText(slices: readonly EndpointSlice[], portName: string): string {
  const all = slices.flatMap(({ endpoints, ports }) =>
    ports
      .filter((port) => portName === '' || port.name === portName)
      .flatMap(({ port }) => endpoints.filter((one) => one.conditions.ready).flatMap(({ addresses }) => addresses.map((ip) => `${ip}:${port}`))),
  );
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : '';
  return all.length === 0 ? '' : all.slice(0, 3).join(',') + more;
}

export function describeDeployment(deployment: Deployment, sets: readonly ReplicaSet[]): string {
  const { metadata, spec, status } = deployment;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0, conditions = [] } = status;
  const rolling = spec.strategy.rollingUpdate;
  const created = (set: ReplicaSet): string => `${set.metadata.name} (${set.status.replicas}/${set.spec.replicas} replicas created)`;
  const newest = sets.findLast(
    (set) => set.metadata.annotations?.['deployment.kubernetes.io/revision'] === metadata.annotations?.['deployment.kubernetes.io/revision'],
  );
  const old = sets.filter((set) => set !== newest);
  const rows = conditions.map((one) => `  ${one.type} \t${one.status}\t${one.reason ?? ''}\n`).join('');
  return [
    `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nCreationTimestamp:\t${formatRfc1123(metadata.creationTimestamp)}\n`,
    labelLines('Labels', metadata.labels),
    labelLines('Annotations', metadata.annotations, ': '),
    `Selector:\t${pairs(spec.selector.matchLabels)}\n`,
    `Replicas:\t${spec.replicas} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable\n`,
    `StrategyType:\t${spec.strategy.type}\nMinReadySeconds:\t0\n`,
    rolling ? `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge\n` : '',
    template(spec.template),
    conditions.length === 0 ? '' : `Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n${rows}`,
    `OldReplicaSets:\t${old.map(created).join(', ') || NONE}\nNewReplicaSet:\t${newest ? created(newest) : NONE}\n`,
  ].join('');
}

export function template({ metadata, spec }: Deployment['spec']['template']): string {
  const selectors = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  const inner = [
    labelLines('Labels', metadata.labels),
    metadata.annotations ? labelLines('Annotations', metadata.annotations, ': ') : '',
    spec.serviceAccountName === undefined ? '' : `Service Account:\t${spec.serviceAccountName}\n`,
    `Containers:\n${spec.containers.map(container).join('')}`,
    `Volumes:\t${NONE}\n`,
    spec.priorityClassName === undefined ? '' : `Priority Class Name:\t${spec.priorityClassName}\n`,
    `Node-Selectors:\t${selectors.join(',') || NONE}\n`,
    tolerationLines(spec.tolerations),
  ].join('');
  return `Pod Template:\n${inner.replace(/^(?!$|\t)/gm, '  ')}`;
}

function container(one: Container): string {
  const ports = one.ports ?? [];
  const list = (title: string, texts: readonly string[]): string =>
    texts.length > 1 ? `  ${title}s:\t${texts.join(', ')}\n` : `  ${title}:\t${texts[0] ?? NONE}\n`;
  const block = (title: string, words: readonly string[] | undefined): string => (words ? `  ${title}:\n${words.map((word) => `    ${word}\n`).join('')}` : '');
  const variables = one.env ?? [];
  const mounts = [...(one.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  return [
    ` ${one.name}:\n  Image:\t${one.image}\n`,
    list(
      'Port',
      ports.map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`),
    ),
    list(
      'Host Port',
      ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}`),
    ),
    block('Command', one.command),
    block('Args', one.args),
    variables.length === 0 ? `  Environment:\t${NONE}\n` : `  Environment:\n${variables.map((each) => `    ${each.name}:\t${each.value ?? ''}\n`).join('')}`,
    mounts.length === 0
      ? `  Mounts:\t${NONE}\n`
      : `  Mounts:\n${mounts.map((each) => `    ${each.mountPath} from ${each.name} (${each.readOnly ? 'ro' : 'rw'})\n`).join('')}`,
  ].join('');
}
