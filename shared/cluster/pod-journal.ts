/** What containerd and kubelet write down of a pod, and how the runtime counts the runs of its containers. */
import { err, ok, type Result } from '../base/index.ts';
import { parseTime, type CriContainer, type Pod } from '../commands/index.ts';
import type { PidNamespace } from '../shell/index.ts';
import type { RunningContainer } from './container.ts';
import type { Image } from './image.ts';
import type { ContainerLog } from './log.ts';
import { klogLine } from './images/make.ts';
import { logrus } from './node-services.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { ContainerRecord } from './pod-status.ts';

export class PodJournal {
  constructor(
    private readonly runtime: NodeRuntime,
    private readonly pod: Pod,
  ) {}
  /** As containerd's log names the pod. */
  shown(): string {
    const { name, uid, namespace } = this.pod.metadata;
    return `&PodSandboxMetadata{Name:${name},Uid:${uid},Namespace:${namespace},Attempt:0,}`;
  }
  containerd(level: 'info' | 'error', message: string, error?: string): void {
    const { journal, simulation } = this.runtime;
    journal.write('containerd.service', 'containerd', this.runtime.pidOf('containerd.service'), logrus(simulation.unixUs, level, message, error));
  }
  starting(sandbox: string, name: string, attempt: number, id: string): void {
    const container = `&ContainerMetadata{Name:${name},Attempt:${attempt},}`;
    this.containerd('info', `CreateContainer within sandbox "${sandbox}" for container ${container}`);
    this.containerd('info', `CreateContainer within sandbox "${sandbox}" for ${container} returns container id "${id}"`);
    this.containerd('info', `StartContainer for "${id}"`);
  }
  removed(sandbox: string): void {
    this.containerd('info', `StopPodSandbox for "${sandbox}"`);
    this.containerd('info', `TearDown network for sandbox "${sandbox}" successfully`);
    this.containerd('info', `RemovePodSandbox "${sandbox}" returns successfully`);
  }
  /** Both write of a sandbox that could not be made. */
  sandboxFailed(why: string, cause: string): void {
    const { name, namespace, uid } = this.pod.metadata;
    const { journal, simulation } = this.runtime;
    this.containerd('error', `RunPodSandbox for ${this.shown()} failed, error`, cause);
    const pid = this.runtime.pidOf('kubelet.service');
    const line = (where: string, text: string): void => journal.write('kubelet.service', 'kubelet', pid, klogLine(simulation.unixUs, pid, where, text, 'E'));
    line('log.go:32', `"RunPodSandbox from runtime service failed" err=${JSON.stringify(why)}`);
    line('kuberuntime_sandbox.go:72', `"Failed to create sandbox for pod" err=${JSON.stringify(why)} pod="${namespace}/${name}"`);
    line('kuberuntime_manager.go:1170', `"CreatePodSandbox for pod failed" err=${JSON.stringify(why)} pod="${namespace}/${name}"`);
    const place = `${name}_${namespace}(${uid})`;
    const wrapped = `failed to "CreatePodSandbox" for "${place}" with CreatePodSandboxError: ${JSON.stringify(`Failed to create sandbox for pod "${place}": ${why}`)}`;
    line('pod_workers.go:1301', `"Error syncing pod, skipping" err=${JSON.stringify(wrapped)} pod="${namespace}/${name}" podUID="${uid}"`);
  }
}

/** Those that run, and the last run of those that do not. */
export function containerRuns(
  records: readonly ContainerRecord[],
  running: ReadonlyMap<string, RunningContainer>,
  pids: PidNamespace,
): readonly Omit<CriContainer, 'sandbox'>[] {
  return records.flatMap((record) => {
    const now = running.get(record.spec.name);
    const ended = record.state.terminated ?? record.lastState.terminated;
    const common = { name: record.spec.name, image: record.spec.image, imageId: record.image?.digest ?? '' };
    const runs = now
      ? [
          {
            ...{ ...common, id: now.id, state: 'Running' as const, attempt: record.restartCount, pid: pids.pidOf(now.process) ?? 0 },
            ...{ createdUnixUs: now.startedUnixUs, finishedUnixUs: undefined, exitCode: undefined },
          },
        ]
      : [];
    if (!ended?.containerID) return runs;
    const attempt = now ? record.restartCount - 1 : record.restartCount;
    const [createdUnixUs = 0, finishedUnixUs] = [parseTime(ended.startedAt), parseTime(ended.finishedAt)];
    const id = ended.containerID.replace('containerd://', '');
    return [...runs, { ...common, id, state: 'Exited' as const, attempt, pid: 0, createdUnixUs, finishedUnixUs, exitCode: ended.exitCode }];
  });
}

/** Unpacking and a quick line: half a second, and more for what is large. */
export const pullUs = (image: Image): number => 420_000 + Math.min(700_000, Math.round(image.sizeBytes / 160));

/** Go's time.Duration: `10s`, `1m20s`, `1.153s`, `180ms`. */
export function goDuration(us: number): string {
  if (us < 1_000_000) return `${us / 1000}ms`;
  const seconds = us / 1_000_000;
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** A container's log of this run or the one before, or why there is none. */
export function logOf(
  pod: string,
  container: string,
  logs: { readonly now: ContainerLog; readonly before: ContainerLog | undefined } | undefined,
  records: readonly ContainerRecord[],
  previous: boolean,
): Result<ContainerLog, string> {
  const record = records.find((one) => one.spec.name === container);
  if (!logs) return err(`container ${container} is not valid for pod ${pod}`);
  if (previous) return logs.before ? ok(logs.before) : err(`previous terminated container "${container}" in pod "${pod}" not found`);
  if (record?.state.waiting && record.containerId === undefined) {
    const { reason, message } = record.state.waiting;
    const isPull = reason === 'ErrImagePull' || reason === 'ImagePullBackOff' || reason === 'InvalidImageName';
    return err(`container "${container}" in pod "${pod}" is waiting to start: ${isPull ? imageReason(reason, message) : (reason ?? '')}`);
  }
  return ok(logs.now);
}
const imageReason = (reason: string, message: string | undefined): string =>
  reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason === 'ErrImagePull' ? "image can't be pulled" : (message ?? reason);
