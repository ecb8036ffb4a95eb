/** `kubectl describe node`, up to its events. */
import { labelLines, since, taintLines } from './describe-parts.ts';
import type { Lease, Node, Pod } from './objects.ts';
import { formatQuantity, parseQuantity } from './quantity.ts';
import { formatRfc1123 } from './time.ts';

const INFO: readonly (readonly [string, string])[] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
  ['Kube-Proxy Version', 'kubeProxyVersion'],
];

export function describeNode(node: Node, pods: readonly Pod[], lease: Lease | undefined, nowUs: number): string {
  const { metadata, spec, status } = node;
  const roles = Object.keys(metadata.labels ?? {})
    .filter((key) => key.startsWith('node-role.kubernetes.io/'))
    .map((key) => key.slice('node-role.kubernetes.io/'.length))
    .sort();
  const resources = (values: Readonly<Record<string, string>>): string =>
    Object.keys(values)
      .sort()
      .map((key) => `  ${key}:\t${values[key]}\n`)
      .join('');
  const conditions = status.conditions.map(
    (one) =>
      `  ${one.type} \t${one.status} \t${formatRfc1123(one.lastHeartbeatTime ?? '')} \t${formatRfc1123(one.lastTransitionTime)} \t${one.reason ?? ''} \t${one.message ?? ''}\n`,
  );
  return [
    `Name:\t${metadata.name}\n`,
    `Roles:\t${roles.join(',') || '<none>'}\n`,
    labelLines('Labels', metadata.labels),
    labelLines('Annotations', metadata.annotations, ': '),
    `CreationTimestamp:\t${formatRfc1123(metadata.creationTimestamp)}\n`,
    taintLines(spec.taints),
    `Unschedulable:\t${spec.unschedulable ?? false}\n`,
    lease ? `Lease:\n  HolderIdentity:\t${lease.spec.holderIdentity}\n  AcquireTime:\t<unset>\n  RenewTime:\t${formatRfc1123(lease.spec.renewTime)}\n` : '',
    `Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------\n${conditions.join('')}`,
    `Addresses:\n${status.addresses.map((one) => `  ${one.type}:\t${one.address}\n`).join('')}`,
    `Capacity:\n${resources(status.capacity)}Allocatable:\n${resources(status.allocatable)}`,
    `System Info:\n${INFO.map(([title, key]) => `  ${title}:\t${status.nodeInfo[key] ?? ''}\n`).join('')}`,
    spec.podCIDR === undefined ? '' : `PodCIDR:\t${spec.podCIDR}\n`,
    spec.podCIDRs === undefined ? '' : `PodCIDRs:\t${spec.podCIDRs.join(',')}\n`,
    podLines(node, pods, nowUs),
  ].join('');
}

type Need = 'requests' | 'limits';
const sum = (pods: readonly Pod[], need: Need, resource: string): number =>
  pods.reduce(
    (all, pod) => all + pod.spec.containers.reduce((one, container) => one + (parseQuantity(container.resources?.[need]?.[resource] ?? '0') ?? 0), 0),
    0,
  );

function podLines(node: Node, pods: readonly Pod[], nowUs: number): string {
  const share = (some: readonly Pod[], need: Need, resource: string): string => {
    const value = sum(some, need, resource);
    const whole = parseQuantity(node.status.allocatable[resource] ?? '0') ?? 0;
    return `${formatQuantity(value, resource)} (${whole === 0 ? 0 : Math.floor((value / whole) * 100)}%)`;
  };
  const rows = pods.map(
    (pod) =>
      `  ${pod.metadata.namespace}\t${pod.metadata.name}\t\t${share([pod], 'requests', 'cpu')}\t${share([pod], 'limits', 'cpu')}\t${share([pod], 'requests', 'memory')}\t${share([pod], 'limits', 'memory')}\t${since(pod.metadata.creationTimestamp, nowUs)}\n`,
  );
  const totals = [
    'cpu',
    'memory',
    'ephemeral-storage',
    ...Object.keys(node.status.allocatable)
      .filter((one) => one.startsWith('hugepages-'))
      .sort(),
  ].map((resource) => `  ${resource}\t${share(pods, 'requests', resource)}\t${share(pods, 'limits', resource)}\n`);
  return [
    `Non-terminated Pods:\t(${pods.length} in total)\n`,
    '  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n',
    '  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n',
    ...rows,
    'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n',
    '  Resource\tRequests\tLimits\n  --------\t--------\t------\n',
    ...totals,
  ].join('');
}
