/**
 * The job controller (pkg/controller/job): pods until enough of them have succeeded, or too many have failed; with a back-off between failures. A job
 * that is over keeps its pods; `ttlSecondsAfterFinished` takes it away.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, parseTime, type Condition, type Job, type Pod } from '../commands/index.ts';
import type { EventRecorder } from './events.ts';
import { randomSuffix } from './names.ts';
import { endPod, owner, rank } from './owned-pods.ts';
import { admitPod } from './pod-admission.ts';
import { JOBS, KEEPER, PODS } from './resources.ts';
import type { ObjectStore } from './store.ts';

const REACT_US = 30_000;
/** DefaultJobPodFailureBackOff, doubled each time. */
const BACKOFF_US = 10_000_000;
const MAX_BACKOFF_US = 600_000_000;
const SOURCE = { component: 'job-controller' };

export class JobController {
  private isSet = false;
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly events: EventRecorder,
  ) {
    store.listen(
      () => {
        if (store.list(JOBS).length > 0) this.reactIn(REACT_US);
      },
      PODS,
      JOBS,
    );
  }
  private reactIn(us: number): void {
    if (us === REACT_US && this.isSet) return;
    if (us === REACT_US) this.isSet = true;
    this.simulation.after(us, () => {
      if (us === REACT_US) this.isSet = false;
      for (const job of this.store.list(JOBS) as readonly Job[]) this.sync(job);
    });
  }
  private get now(): string {
    return formatTime(this.simulation.unixUs);
  }

  private sync(job: Job): void {
    if (job.status.conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')) {
      this.expire(job);
      return;
    }
    const pods = this.store.listBy(PODS, KEEPER, job.metadata.uid) as readonly Pod[];
    const succeeded = pods.filter((pod) => pod.status.phase === 'Succeeded').length;
    const failed = pods.filter((pod) => pod.status.phase === 'Failed').length;
    const active = pods.filter((pod) => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined);
    // restarts of a pod that is OnFailure count as failures too
    const restarts = active.reduce((sum, pod) => sum + (pod.status.containerStatuses ?? []).reduce((all, one) => all + one.restartCount, 0), 0);
    const { spec } = job;
    const startTime = job.status.startTime ?? (spec.suspend ? undefined : this.now);
    const sinceUs = startTime === undefined ? 0 : this.simulation.unixUs - (parseTime(startTime) ?? 0);
    const deadlineUs = (spec.activeDeadlineSeconds ?? Infinity) * 1e6;
    const wanted = spec.completions ?? (succeeded > 0 ? succeeded : spec.parallelism);
    let conditions: readonly Condition[] = job.status.conditions ?? [];
    let isOver = true;
    if (failed > spec.backoffLimit || (failed + restarts > spec.backoffLimit && restarts > 0))
      conditions = this.failedBy('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    else if (sinceUs >= deadlineUs) conditions = this.failedBy('DeadlineExceeded', 'Job was active longer than specified deadline');
    else if (succeeded >= wanted && (spec.completions !== undefined || (succeeded > 0 && active.length === 0))) {
      const reached = { status: 'True' as const, lastProbeTime: this.now, lastTransitionTime: this.now, reason: 'CompletionsReached' };
      const message = 'Reached expected number of succeeded pods';
      conditions = [
        { type: 'SuccessCriteriaMet', ...reached, message },
        { type: 'Complete', ...reached, message },
      ];
    } else isOver = false;
    let running = active.length;
    if (isOver || spec.suspend) {
      for (const pod of active) endPod(this.store, this.simulation, pod);
      running = 0;
    } else running += this.grow(job, { active: active.length, succeeded, failed, pods });
    if (Number.isFinite(deadlineUs) && !isOver) this.reactIn(Math.max(1, deadlineUs - sinceUs));
    this.report(job, {
      ...(running > 0 ? { active: running } : {}),
      ...(isOver && conditions.at(-1)?.type === 'Complete' ? { completionTime: this.now } : {}),
      ...(conditions.length > 0 ? { conditions } : {}),
      ...(failed > 0 ? { failed } : {}),
      ready: active.filter((pod) => !isOver && rank(pod) === 2).length,
      ...(startTime === undefined ? {} : { startTime }),
      ...(succeeded > 0 ? { succeeded } : {}),
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    const last = isOver ? conditions.at(-1) : undefined;
    if (last?.type === 'Complete') this.events.record(SOURCE, job, 'Normal', 'Completed', 'Job completed');
    else if (last) this.events.record(SOURCE, job, 'Warning', last.reason ?? '', last.message ?? '');
    if (isOver && spec.ttlSecondsAfterFinished !== undefined) this.reactIn(spec.ttlSecondsAfterFinished * 1e6 + REACT_US + 1);
  }
  private failedBy(reason: string, message: string): readonly Condition[] {
    const common = { status: 'True' as const, lastProbeTime: this.now, lastTransitionTime: this.now, reason, message };
    return [
      { type: 'FailureTarget', ...common },
      { type: 'Failed', ...common },
    ];
  }
  private expire(job: Job): void {
    const { ttlSecondsAfterFinished: ttl } = job.spec;
    const at = parseTime(job.status.conditions?.at(-1)?.lastTransitionTime ?? '');
    if (ttl !== undefined && at !== undefined && this.simulation.unixUs >= at + ttl * 1e6) this.store.remove(JOBS, job.metadata.namespace, job.metadata.name);
  }
  private report(seen: Job, status: Job['status']): void {
    const job = this.store.get(JOBS, seen.metadata.namespace, seen.metadata.name) as Job | undefined;
    if (job && JSON.stringify(job.status) !== JSON.stringify(status)) this.store.put(JOBS, { ...job, status });
  }

  /** How many were made now. */
  private grow(job: Job, { active, succeeded, failed, pods }: { active: number; succeeded: number; failed: number; pods: readonly Pod[] }): number {
    const { completions, parallelism } = job.spec;
    const open = completions === undefined ? (succeeded > 0 ? 0 : parallelism) : completions - succeeded;
    const missing = Math.min(parallelism, open) - active;
    if (missing <= 0) return 0;
    const ended = pods.flatMap((pod) => (pod.status.phase === 'Failed' ? [endOf(pod)] : []));
    const waitUs = failed === 0 ? 0 : Math.min(MAX_BACKOFF_US, BACKOFF_US * 2 ** (failed - 1));
    const dueUs = Math.max(0, ...ended) + waitUs - this.simulation.unixUs;
    if (dueUs > 0) {
      this.reactIn(dueUs + 1);
      return 0;
    }
    for (let count = 0; count < missing; count++) this.make(job);
    return missing;
  }
  private make(job: Job): void {
    const { name, namespace = 'default', uid } = job.metadata;
    const { metadata, spec } = job.spec.template;
    const sent = { metadata: { ...metadata, name: `${name}-${randomSuffix(this.rng, 5)}`, generateName: `${name}-` }, spec };
    const made = admitPod(sent, namespace, this.now, this.rng);
    if (!made.ok) {
      this.events.record(SOURCE, job, 'Warning', 'FailedCreate', `Error creating: ${made.error.message}`);
      return;
    }
    const pod = this.store.put(PODS, { ...made.value, metadata: { ...made.value.metadata, ownerReferences: [owner('batch/v1', 'Job', name, uid)] } });
    this.events.record(SOURCE, job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }
}

const endOf = (pod: Pod): number => Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ state }) => parseTime(state.terminated?.finishedAt ?? '') ?? 0));
