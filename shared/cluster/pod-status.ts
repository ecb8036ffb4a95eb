/** A pod's status as the kubelet reports it, from what its containers are doing (pkg/kubelet, generateAPIPodStatus). */
import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../commands/index.ts';
import { formatReference, parseReference, type Image } from './image.ts';

/** What the kubelet knows of one container. */
export interface ContainerRecord {
  readonly spec: Container;
  /** Present state: waiting, running or terminated. */
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  image: Image | undefined;
  containerId: string | undefined;
  /** How long the next back-off is; 0 before the first failure. */
  backoffUs: number;
  /** When it is to be started again. */
  startAtUs: number;
}

export const newRecord = (spec: Container): ContainerRecord => ({
  spec,
  state: { waiting: { reason: 'ContainerCreating' } },
  lastState: {},
  restartCount: 0,
  image: undefined,
  containerId: undefined,
  backoffUs: 0,
  startAtUs: 0,
});

/** A container whose program could not be started. */
export const neverStarted = (id: string, message: string, now: string): ContainerState => ({
  terminated: { exitCode: 128, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z', finishedAt: now, containerID: `containerd://${id}` },
});

export interface StatusFacts {
  readonly pod: Pod;
  readonly records: readonly ContainerRecord[];
  readonly hostIp: string;
  readonly podIp: string | undefined;
  /** Pod network is ready. */
  readonly hasSandbox: boolean;
  readonly startTime: string;
  readonly now: string;
}

export function podStatus(facts: StatusFacts): PodStatus {
  const { pod, records, hostIp, podIp, startTime } = facts;
  const phase = phaseOf(pod, records);
  const statuses = records.map(containerStatus);
  const unready = statuses.filter((one) => !one.ready).map((one) => one.name);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const because = isOver
    ? { reason: 'PodCompleted' }
    : unready.length > 0
      ? { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
      : undefined;
  const condition = (type: string, isTrue: boolean, detail: { readonly reason: string; readonly message?: string } | undefined): Condition => {
    const old = pod.status.conditions?.find((one) => one.type === type);
    const status = isTrue ? 'True' : 'False';
    return { type, status, lastProbeTime: null, lastTransitionTime: old?.status === status ? old.lastTransitionTime : facts.now, ...(isTrue ? {} : detail) };
  };
  return {
    phase,
    conditions: [
      condition('PodReadyToStartContainers', facts.hasSandbox && !isOver, undefined),
      { ...condition('Initialized', true, undefined), ...(isOver ? { reason: 'PodCompleted' } : {}) },
      condition('Ready', unready.length === 0, because),
      condition('ContainersReady', unready.length === 0, because),
      condition('PodScheduled', true, undefined),
    ],
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime,
    containerStatuses: statuses,
    qosClass: pod.status.qosClass ?? 'BestEffort',
  };
}

function phaseOf(pod: Pod, records: readonly ContainerRecord[]): PodStatus['phase'] {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const waitsFirst = records.some((one) => one.state.waiting && !one.lastState.terminated);
  if (waitsFirst) return 'Pending';
  const isFinal = (one: ContainerRecord): boolean =>
    one.state.terminated !== undefined && policy !== 'Always' && (policy === 'Never' || one.state.terminated.exitCode === 0);
  if (!records.every(isFinal)) return 'Running';
  return records.every((one) => one.state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
}

function containerStatus(record: ContainerRecord): ContainerStatus {
  const { spec, state, lastState, restartCount, image, containerId } = record;
  const reference = parseReference(spec.image);
  return {
    name: spec.name,
    state,
    lastState,
    ready: state.running !== undefined,
    started: state.running !== undefined,
    restartCount,
    image: image && reference ? formatReference(reference) : spec.image,
    imageID: image ? `${image.repository}@sha256:${image.digest}` : '',
    ...(containerId === undefined ? {} : { containerID: `containerd://${containerId}` }),
  };
}
