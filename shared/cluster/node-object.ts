/** A Node as kubeadm and the kubelet register it. */
import type { Rng } from '../base/index.ts';
import type { Condition, Node } from '../commands/index.ts';
import { randomHex, randomUid } from './names.ts';

export interface NodeFacts {
  readonly name: string;
  readonly isControlPlane: boolean;
  readonly isTainted: boolean;
  readonly address: string;
  readonly podCIDR?: string;
  readonly version: string;
  readonly createdAt: string;
  readonly now: string;
  /** Who says that the pod network is there, and how. */
  readonly available: { readonly reason: string; readonly message: string } | undefined;
  readonly rng: Rng;
}

export function makeNode(facts: NodeFacts): Node {
  const { name, isControlPlane, address, podCIDR, version, createdAt, now, rng } = facts;
  const fine = (type: string, reason: string, message: string): Condition => ({
    type,
    status: 'False',
    lastHeartbeatTime: now,
    lastTransitionTime: createdAt,
    reason,
    message,
  });
  const notReady =
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
  const resources = { cpu: '2', 'ephemeral-storage': '64891708Ki', 'hugepages-2Mi': '0', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: randomUid(rng),
      resourceVersion: '',
      creationTimestamp: createdAt,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...(isControlPlane ? { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}),
      },
      annotations: {
        'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///var/run/containerd/containerd.sock',
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: {
      ...(podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] }),
      taints: [
        ...(facts.isTainted ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' as const }] : []),
        { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      ],
    },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      capacity: { ...resources, memory: '2013916Ki' },
      allocatable: { ...resources, 'ephemeral-storage': '59804197990', memory: '1911516Ki' },
      conditions: [
        ...(facts.available ? [fine('NetworkUnavailable', facts.available.reason, facts.available.message)] : []),
        fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        { type: 'Ready', status: 'False', lastHeartbeatTime: now, lastTransitionTime: createdAt, reason: 'KubeletNotReady', message: notReady },
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: randomUid(rng),
        containerRuntimeVersion: 'containerd://1.7.24',
        kernelVersion: '6.1.0-18-amd64',
        kubeProxyVersion: version,
        kubeletVersion: version,
        machineID: randomHex(rng, 32),
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        systemUUID: randomUid(rng),
      },
    },
  };
}
