/** `kubectl describe pod`, up to its events. */
import { labelLines, since, tolerationLines } from './describe-parts.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from './objects.ts';
import { formatRfc1123 } from './time.ts';

const NONE = '<none>';
const line = (indent: number, text: string): string => `${'  '.repeat(indent)}${text}\n`;

export function describePod(pod: Pod, nowUs: number): string {
  const { metadata, spec, status } = pod;
  const isEnding = metadata.deletionTimestamp !== undefined && status.phase !== 'Failed' && status.phase !== 'Succeeded';
  const owner = metadata.ownerReferences?.find((one) => one.controller);
  return [
    `Name:\t${metadata.name}\n`,
    `Namespace:\t${metadata.namespace}\n`,
    `Priority:\t${spec.priority ?? 0}\n`,
    spec.priorityClassName === undefined ? '' : `Priority Class Name:\t${spec.priorityClassName}\n`,
    spec.serviceAccountName === undefined ? '' : `Service Account:\t${spec.serviceAccountName}\n`,
    `Node:\t${spec.nodeName === undefined ? NONE : `${spec.nodeName}/${status.hostIP ?? ''}`}\n`,
    status.startTime === undefined ? '' : `Start Time:\t${formatRfc1123(status.startTime)}\n`,
    labelLines('Labels', metadata.labels),
    labelLines('Annotations', metadata.annotations, ': '),
    isEnding
      ? `Status:\tTerminating (lasts ${since(metadata.deletionTimestamp, nowUs)})\nTermination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s\n`
      : `Status:\t${status.phase}\n`,
    status.reason === undefined ? '' : `Reason:\t${status.reason}\n`,
    status.message === undefined ? '' : `Message:\t${status.message}\n`,
    `IP:\t${status.podIP ?? ''}\n`,
    status.podIPs && status.podIPs.length > 0 ? `IPs:\n${status.podIPs.map(({ ip }) => line(1, `IP:\t${ip}`)).join('')}` : `IPs:\t${NONE}\n`,
    owner ? `Controlled By:\t${owner.kind}/${owner.name}\n` : '',
    spec.initContainers ? `Init Containers:\n${spec.initContainers.map((one) => describeContainer(one, undefined)).join('')}` : '',
    `Containers:\n${spec.containers
      .map((one) =>
        describeContainer(
          one,
          status.containerStatuses?.find((state) => state.name === one.name),
        ),
      )
      .join('')}`,
    status.conditions && status.conditions.length > 0
      ? `Conditions:\n  Type\tStatus\n${status.conditions.map((one) => line(1, `${one.type} \t${one.status} `)).join('')}`
      : '',
    describeVolumes(pod),
    `QoS Class:\t${status.qosClass ?? 'BestEffort'}\n`,
    labelLines('Node-Selectors', spec.nodeSelector),
    tolerationLines(spec.tolerations),
  ].join('');
}

function describeContainer(container: Container, status: ContainerStatus | undefined): string {
  const ports = container.ports ?? [];
  const list = (one: string, values: readonly string[]): string =>
    line(2, values.length > 1 ? `${one}s:\t${values.join(', ')}` : `${one}:\t${values[0] ?? NONE}`);
  const block = (title: string, values: readonly string[] | undefined): string =>
    values && values.length > 0
      ? line(2, `${title}:`) +
        values
          .flatMap((value) => value.split('\n'))
          .map((value) => line(3, value))
          .join('')
      : '';
  const resources = (title: string, values: Readonly<Record<string, string>> | undefined): string =>
    values && Object.keys(values).length > 0
      ? line(2, `${title}:`) +
        Object.keys(values)
          .sort()
          .map((key) => line(3, `${key}:\t${values[key]}`))
          .join('')
      : '';
  const environment = container.env ?? [];
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  return [
    line(1, `${container.name}:`),
    status ? line(2, `Container ID:\t${status.containerID ?? ''}`) : '',
    line(2, `Image:\t${container.image}`),
    status ? line(2, `Image ID:\t${status.imageID}`) : '',
    list(
      'Port',
      ports.map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`),
    ),
    list(
      'Host Port',
      ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}`),
    ),
    block('Command', container.command),
    block('Args', container.args),
    status ? describeState('State', status.state) + (status.lastState.terminated ? describeState('Last State', status.lastState) : '') : '',
    status ? line(2, `Ready:\t${status.ready ? 'True' : 'False'}`) + line(2, `Restart Count:\t${status.restartCount}`) : '',
    resources('Limits', container.resources?.limits),
    resources('Requests', container.resources?.requests),
    line(2, `Environment:${environment.length === 0 ? `\t${NONE}` : ''}`),
    environment.map((one) => line(3, `${one.name}:\t${one.value ?? ''}`)).join(''),
    line(2, `Mounts:${mounts.length === 0 ? `\t${NONE}` : ''}`),
    mounts.map((mount) => line(3, `${mount.mountPath} from ${mount.name} (${mount.readOnly ? 'ro' : 'rw'})`)).join(''),
  ].join('');
}

function describeState(title: string, state: ContainerState): string {
  const { waiting, running, terminated } = state;
  if (running) return line(2, `${title}:\tRunning`) + line(3, `Started:\t${formatRfc1123(running.startedAt)}`);
  if (terminated) {
    return [
      line(2, `${title}:\tTerminated`),
      terminated.reason ? line(3, `Reason:\t${terminated.reason}`) : '',
      terminated.message ? line(3, `Message:\t${terminated.message}`) : '',
      line(3, `Exit Code:\t${terminated.exitCode}`),
      terminated.signal ? line(3, `Signal:\t${terminated.signal}`) : '',
      line(3, `Started:\t${formatRfc1123(terminated.startedAt)}`),
      line(3, `Finished:\t${formatRfc1123(terminated.finishedAt)}`),
    ].join('');
  }
  return line(2, `${title}:\tWaiting`) + (waiting?.reason ? line(3, `Reason:\t${waiting.reason}`) : '');
}

function describeVolumes(pod: Pod): string {
  const volumes = pod.spec.volumes ?? [];
  if (volumes.length === 0) return `Volumes:\t${NONE}\n`;
  const texts = volumes.map((volume) => {
    const head = line(1, `${volume.name}:`);
    if ('projected' in volume) {
      const sources = (volume['projected'] as { readonly sources?: readonly Record<string, Record<string, string | number>>[] }).sources ?? [];
      return head + line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)') + sources.map(projectedSource).join('');
    }
    if ('hostPath' in volume) {
      const source = volume['hostPath'] as { readonly path?: string; readonly type?: string };
      return (
        head +
        line(2, 'Type:\tHostPath (bare host directory volume)') +
        line(2, `Path:\t${source.path ?? ''}`) +
        line(2, `HostPathType:\t${source.type ?? NONE}`)
      );
    }
    if ('emptyDir' in volume) {
      const source = volume['emptyDir'] as { readonly medium?: string; readonly sizeLimit?: string };
      return (
        head +
        line(2, "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)") +
        line(2, `Medium:\t${source.medium ?? ''}`) +
        line(2, `SizeLimit:\t${source.sizeLimit ?? '<unset>'}`)
      );
    }
    return head + line(1, '<unknown>');
  });
  return `Volumes:\n${texts.join('')}`;
}

function projectedSource(source: Record<string, Record<string, string | number>>): string {
  if (source['downwardAPI']) return line(2, 'DownwardAPI:\ttrue');
  if (source['configMap']) return line(2, `ConfigMapName:\t${source['configMap']['name']}`) + line(2, `ConfigMapOptional:\t<nil>`);
  if (source['serviceAccountToken']) return line(2, `TokenExpirationSeconds:\t${source['serviceAccountToken']['expirationSeconds']}`);
  return '';
}
