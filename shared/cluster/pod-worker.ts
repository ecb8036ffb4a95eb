/**
 * The life of one pod on its node, as kubelet and containerd lead it: sandbox with its network first, then images and containers, restarts with
 * growing pauses, and a polite end. It runs as the pod's shim, a process of the node.
 */
import type { Result } from '../base/index.ts';
import { formatTime, type Container, type CriContainer, type Pod } from '../commands/index.ts';
import { anyOf, exitStatusOf, signalNumber, WaitQueue, type Process, type Sys } from '../shell/index.ts';
import { endContainers, RunningContainer, type Sandbox } from './container.ts';
import type { EventSource } from './events.ts';
import { parseReference, pullFailure, type Image } from './image.ts';
import { ContainerLog } from './log.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { containerRuns, goDuration, logOf, PodJournal, pullUs } from './pod-journal.ts';
import { neverStarted, newRecord, podStatus, type ContainerRecord } from './pod-status.ts';
import { PODS } from './resources.ts';
import { makeSandbox, removeSandbox } from './sandbox.ts';
import { environmentOf, mountProblem } from './pod-sources.ts';
import { mountVolumes, type EmptyDirs } from './volumes.ts';

/** Back-off of restarts and pulls: 10 s, doubled up to 5 min (MaxContainerBackOff). */
const BACKOFF_US = 10_000_000;
const MAX_BACKOFF_US = 300_000_000;
/** How long after an end the kubelet looks at the pod again (PLEG). */
const RELIST_US = 1_000_000;
const CREATE_US = 45_000;
const START_US = 25_000;
const SANDBOX_RETRY_US = 12_000_000;
const CONFIG_RETRY_US = 3_000_000;

export class PodWorker {
  readonly poked = new WaitQueue();
  readonly running = new Map<string, RunningContainer>();
  /** Logs by container: of this run and the one before. */
  readonly logs = new Map<string, { now: ContainerLog; before: ContainerLog | undefined }>();
  sandbox: Sandbox | undefined;
  private readonly records: ContainerRecord[];
  private readonly startTime: string;
  private readonly source: EventSource;
  private readonly emptyDirs: EmptyDirs = new Map();
  private readonly journal: PodJournal;
  private lastPublished: Pod['status'] | undefined = undefined;
  /** The object is gone from the API: end at once. */
  isForgotten = false;

  constructor(
    readonly runtime: NodeRuntime,
    private readonly first: Pod,
  ) {
    this.records = first.spec.containers.map(newRecord);
    this.journal = new PodJournal(runtime, first);
    this.startTime = formatTime(runtime.simulation.unixUs);
    this.source = { component: 'kubelet', host: runtime.nodeName };
    for (const record of this.records) this.logs.set(record.spec.name, { now: new ContainerLog(), before: undefined });
  }
  get pod(): Pod | undefined {
    const { namespace, name, uid } = this.first.metadata;
    const pod = this.runtime.store.get(PODS, namespace, name);
    return pod?.metadata.uid === uid ? (pod as Pod) : undefined;
  }
  /** The object as last seen, also after it is gone. */
  get about(): Pod {
    return this.pod ?? this.first;
  }
  private isDoomed(): boolean {
    if (this.isForgotten || this.pod === undefined) return true;
    // who would end it is not there to do so
    return this.pod.metadata.deletionTimestamp !== undefined && this.runtime.isServiceUp('kubelet.service');
  }

  *run(p: Process): Sys<number> {
    this.publish();
    yield* this.ensureSandbox(p);
    yield* this.runInitContainers(p);
    while (!this.isDoomed()) {
      while (yield* p.wait({ nohang: true }));
      if (this.sandbox?.pause?.ending && this.isServed()) yield* this.renewSandbox(p, this.sandbox);
      for (const record of this.records) {
        this.noticeEnd(record);
        if (!this.running.has(record.spec.name) && this.isDue(record) && !this.isDoomed()) yield* this.start(p, record);
      }
      if (this.isOver && this.sandbox && this.running.size === 0) {
        yield* removeSandbox(p, this.sandbox);
        this.sandbox = undefined;
      }
      this.publish();
      // one may have ended while another was being started
      if ([...this.running.values()].some((running) => running.ending)) continue;
      const next = Math.min(...this.records.filter((record) => !this.running.has(record.spec.name) && record.startAtUs > 0).map((record) => record.startAtUs));
      yield* this.rest(p, Number.isFinite(next) ? Math.max(0, next - p.nowUs) : undefined);
    }
    yield* this.end(p);
    return 0;
  }

  private *ensureSandbox(p: Process): Sys {
    for (let attempt = 0; !this.sandbox && !this.isDoomed(); attempt++) {
      this.journal.containerd('info', `RunPodSandbox for ${this.journal.shown()}`);
      const made = yield* makeSandbox(p, this.runtime, this.about);
      if (made.ok) {
        this.sandbox = made.value;
        this.journal.containerd('info', `RunPodSandbox for ${this.journal.shown()} returns sandbox id "${made.value.id}"`);
      } else {
        const { code, message, cause, tearDown } = made.error;
        this.warn('FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = ${code} desc = ${message}`);
        this.journal.sandboxFailed(`rpc error: code = ${code} desc = ${message}`, cause);
        yield* tearDown(p);
        yield* this.rest(p, SANDBOX_RETRY_US);
      }
    }
    this.publish();
  }
  /** Nobody holds its network any more: everything in it is ended, and it is made anew. */
  private *renewSandbox(p: Process, old: Sandbox): Sys {
    yield* p.sleep(RELIST_US);
    this.normal('SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    yield* this.endContainers(p, this.about.spec.terminationGracePeriodSeconds ?? 30);
    yield* removeSandbox(p, old);
    this.sandbox = undefined;
    yield* this.ensureSandbox(p);
  }

  /** Its kubelet began anew: it tells of everything again. */
  refresh(): void {
    this.lastPublished = undefined;
    this.poked.wakeAll();
  }
  /** Until something changes, or the time is up. */
  private *rest(p: Process, us: number | undefined): Sys {
    if (this.isDoomed()) return; // it was told while something else took its time
    yield* p.block(anyOf([p.childChanged, this.poked, ...(us === undefined ? [] : [p.timer(us)])]));
  }

  private *runInitContainers(p: Process): Sys {
    for (const spec of this.about.spec.initContainers ?? []) {
      const record = newRecord(spec);
      this.logs.set(spec.name, { now: new ContainerLog(), before: undefined });
      while (!this.isDoomed() && this.sandbox) {
        if (!this.running.has(spec.name) && p.nowUs >= record.startAtUs) yield* this.start(p, record);
        while (yield* p.wait({ nohang: true }));
        this.noticeEnd(record);
        if (record.state.terminated?.exitCode === 0) break;
        yield* this.rest(p, this.running.has(spec.name) ? undefined : Math.max(1, record.startAtUs - p.nowUs));
      }
    }
  }

  // --- containers ---

  private isDue(record: ContainerRecord): boolean {
    if (!this.sandbox || this.runtime.simulation.nowUs < record.startAtUs) return false;
    if (!this.isServed()) return false;
    if (!record.state.terminated) return record.state.waiting !== undefined;
    return this.restarts(record);
  }
  private isServed = (): boolean => ['kubelet.service', 'containerd.service'].every((unit) => this.runtime.isServiceUp(unit));
  private restarts(record: ContainerRecord): boolean {
    const policy = this.about.spec.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && record.state.terminated?.exitCode !== 0);
  }
  private get isOver(): boolean {
    return this.records.every((record) => record.state.terminated && !this.restarts(record));
  }

  private *start(p: Process, record: ContainerRecord): Sys {
    const { spec } = record;
    // a container that ended a moment ago and more often than once waits first
    if (record.state.terminated && record.backoffUs > 0 && !this.hasWaited(record)) return;
    if (!this.sandbox) return;
    const facts = { store: this.runtime.store, pod: this.about, nodeName: this.runtime.nodeName, hostIp: this.runtime.hostIp, podIp: this.sandbox.ip };
    const unmounted = mountProblem(facts, spec);
    const image = unmounted === undefined ? yield* this.pull(p, record) : undefined;
    const env = environmentOf(facts, spec);
    if (unmounted !== undefined || (image && !env.ok)) this.lacks(record, env.ok ? '' : env.error, unmounted);
    if (!image || !env.ok || this.isDoomed()) return;
    record.image = image;
    yield* p.sleep(CREATE_US);
    const logs = this.logs.get(spec.name)!;
    if (record.state.terminated || record.lastState.terminated) this.logs.set(spec.name, { now: new ContainerLog(), before: logs.now });
    const id = this.runtime.newId();
    const running = RunningContainer.start({
      machine: this.runtime.machine,
      shim: p,
      sandbox: this.sandbox,
      image,
      spec,
      pod: this.about,
      id,
      log: this.logs.get(spec.name)!.now,
      resolvConf: this.runtime.resolvConf(this.about),
      clusterEnv: this.runtime.clusterEnv(this.about),
      env: env.value,
      mountVolumes: (child) => mountVolumes(child, this.runtime.machine, facts, spec, this.emptyDirs),
    });
    this.journal.starting(this.sandbox.id, spec.name, record.restartCount, id);
    this.normal('Created', `Created container: ${spec.name}`, this.fieldOf(spec));
    yield* p.sleep(START_US);
    if (record.state.terminated) {
      record.lastState = { terminated: record.state.terminated };
      record.restartCount++;
    } else if (record.lastState.terminated) record.restartCount++;
    record.containerId = id;
    if (running.startError !== undefined) {
      this.failedToStart(record, running);
      return;
    }
    this.running.set(spec.name, running);
    record.state = { running: { startedAt: formatTime(this.runtime.simulation.unixUs) } };
    record.startAtUs = 0;
    this.journal.containerd('info', `StartContainer for "${id}" returns successfully`);
    this.normal('Started', `Started container ${spec.name}`, this.fieldOf(spec));
    this.publish();
  }

  /** In the back-off after an end: says so, once. */
  private hasWaited(record: ContainerRecord): boolean {
    const finished = this.runtime.simulation.nowUs;
    if (record.state.waiting) return true;
    const { spec } = record;
    const pod = this.about.metadata;
    const message = `back-off ${goDuration(record.backoffUs)} restarting failed container=${spec.name} pod=${pod.name}_${pod.namespace}(${pod.uid})`;
    record.lastState = { terminated: record.state.terminated! };
    record.state = { waiting: { reason: 'CrashLoopBackOff', message } };
    record.startAtUs = finished + record.backoffUs - RELIST_US;
    this.warn('BackOff', `Back-off restarting failed container ${spec.name} in pod ${pod.name}_${pod.namespace}(${pod.uid})`, this.fieldOf(spec));
    return false;
  }

  /** It refers to what is not there: tried again until it is. */
  private lacks(record: ContainerRecord, variable: string, mount: string | undefined): void {
    record.startAtUs = this.runtime.simulation.nowUs + CONFIG_RETRY_US;
    if (mount !== undefined) this.warn('FailedMount', mount);
    else {
      record.state = { waiting: { reason: 'CreateContainerConfigError', message: variable } };
      this.warn('Failed', `Error: ${variable}`, this.fieldOf(record.spec));
    }
    this.publish();
  }
  private failedToStart(record: ContainerRecord, running: RunningContainer): void {
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${running.startError}`;
    running.closed();
    record.state = neverStarted(running.id, message, formatTime(this.runtime.simulation.unixUs));
    this.warn('Failed', `Error: ${message}`, this.fieldOf(record.spec));
    this.scheduleRestart(record);
    this.publish();
  }

  private noticeEnd(record: ContainerRecord): void {
    const running = this.running.get(record.spec.name);
    if (!running?.ending) return;
    this.running.delete(record.spec.name);
    running.closed();
    const { ending } = running;
    const code = exitStatusOf(ending);
    record.state = {
      terminated: {
        exitCode: code,
        ...(ending.kind === 'killed' && ending.signal !== 'KILL' ? { signal: signalNumber(ending.signal) } : {}),
        reason: code === 0 ? 'Completed' : 'Error',
        startedAt: formatTime(running.startedUnixUs),
        finishedAt: formatTime(this.runtime.simulation.unixUs),
        containerID: `containerd://${running.id}`,
      },
    };
    this.scheduleRestart(record);
  }
  private scheduleRestart(record: ContainerRecord): void {
    if (!this.restarts(record)) return;
    record.startAtUs = this.runtime.simulation.nowUs + RELIST_US;
    // the first time it is started again at once
    record.backoffUs = record.backoffUs === 0 ? (record.restartCount === 0 ? 0 : BACKOFF_US) : Math.min(MAX_BACKOFF_US, record.backoffUs * 2);
  }

  // --- images ---

  private *pull(p: Process, record: ContainerRecord): Sys<Image | undefined> {
    const { spec } = record;
    const reference = parseReference(spec.image);
    const fail = (reason: string, message: string): undefined => {
      record.state = { waiting: { reason, message } };
      this.warn('Failed', `Failed to apply default image tag "${spec.image}": couldn't parse image name "${spec.image}": invalid reference format`);
      this.publish();
      return undefined;
    };
    if (!reference)
      return fail('InvalidImageName', `Failed to apply default image tag "${spec.image}": couldn't parse image name "${spec.image}": invalid reference format`);
    const { images } = this.runtime;
    const present = images.present(reference);
    const policy = spec.imagePullPolicy ?? 'IfNotPresent';
    const field = this.fieldOf(spec);
    if (present && policy !== 'Always') {
      this.normal('Pulled', `Container image "${spec.image}" already present on machine`, field);
      return present;
    }
    if (policy === 'Never') {
      record.state = { waiting: { reason: 'ErrImageNeverPull', message: `Container image "${spec.image}" is not present with pull policy of Never` } };
      this.warn('ErrImageNeverPull', `Container image "${spec.image}" is not present with pull policy of Never`, field);
      record.startAtUs = p.nowUs + BACKOFF_US;
      this.publish();
      return undefined;
    }
    return yield* this.pullNow(p, record, reference, present !== undefined);
  }

  private *pullNow(p: Process, record: ContainerRecord, reference: NonNullable<ReturnType<typeof parseReference>>, isPresent: boolean): Sys<Image | undefined> {
    const { spec } = record;
    const field = this.fieldOf(spec);
    if (record.state.waiting?.reason === 'ErrImagePull') {
      record.state = {
        waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${spec.image}": ErrImagePull: ${record.state.waiting.message ?? ''}` },
      };
      this.normal('BackOff', `Back-off pulling image "${spec.image}"`, field);
      this.warn('Failed', 'Error: ImagePullBackOff', field);
      record.startAtUs = p.nowUs + record.backoffUs - RELIST_US;
      this.publish();
      return undefined;
    }
    this.normal('Pulling', `Pulling image "${spec.image}"`, field);
    this.journal.containerd('info', `PullImage "${spec.image}"`);
    const [startedUs, pulled] = [p.nowUs, this.runtime.images.pull(reference)];
    yield* p.sleep(pulled.kind === 'pulled' && !isPresent ? pullUs(pulled.image) : 180_000);
    const reach = this.runtime.canReachRegistry();
    if (pulled.kind === 'pulled' && reach.ok) {
      this.runtime.images.keep(reference, pulled.image);
      this.journal.containerd('info', `PullImage "${spec.image}" returns image reference "sha256:${pulled.image.digest}"`);
      const took = goDuration(Math.round((p.nowUs - startedUs) / 1000) * 1000);
      this.normal(
        'Pulled',
        `Successfully pulled image "${spec.image}" in ${took} (${took} including waiting). Image size: ${pulled.image.sizeBytes} bytes.`,
        field,
      );
      return pulled.image;
    }
    const message = pullFailure(reference, pulled, reach.ok ? '' : reach.error);
    this.journal.containerd('error', `PullImage "${spec.image}" failed`, message);
    this.warn('Failed', `Failed to pull image "${spec.image}": ${message}`, field);
    this.warn('Failed', 'Error: ErrImagePull', field);
    record.state = { waiting: { reason: 'ErrImagePull', message } };
    record.backoffUs = record.backoffUs === 0 ? BACKOFF_US : Math.min(MAX_BACKOFF_US, record.backoffUs * 2);
    record.startAtUs = p.nowUs + RELIST_US;
    this.publish();
    return undefined;
  }

  // --- the end ---

  private *end(p: Process): Sys {
    yield* this.endContainers(p, this.isForgotten || !this.pod ? 0 : (this.pod.metadata.deletionGracePeriodSeconds ?? 30));
    this.publish();
    if (this.sandbox) {
      yield* removeSandbox(p, this.sandbox);
      this.journal.removed(this.sandbox.id);
    }
    this.sandbox = undefined;
    if (this.pod) this.runtime.store.remove(PODS, this.pod.metadata.namespace, this.pod.metadata.name);
  }
  private *endContainers(p: Process, grace: number): Sys {
    for (const name of this.running.keys()) this.normal('Killing', `Stopping container ${name}`, `spec.containers{${name}}`);
    yield* endContainers(p, [...this.running.values()], grace, this.poked, () => this.isForgotten || !this.pod);
    for (const record of this.records) this.noticeEnd(record);
  }

  // --- reporting ---

  /** What the runtime has of its containers. */
  runs(): readonly Omit<CriContainer, 'sandbox'>[] {
    return containerRuns(this.records, this.running, this.runtime.machine.namespaces.pid);
  }

  /** Writes the status when it has changed. */
  private publish(): void {
    const { pod, runtime } = this;
    if (!pod) return;
    const podIp = this.sandbox?.ip ?? pod.status.podIP;
    const status = podStatus({
      pod,
      records: this.records,
      hostIp: runtime.hostIp,
      podIp,
      hasSandbox: this.sandbox !== undefined,
      startTime: this.startTime,
      now: formatTime(runtime.simulation.unixUs),
    });
    if (this.lastPublished && JSON.stringify(status) === JSON.stringify(this.lastPublished)) return;
    this.lastPublished = status;
    runtime.store.put(PODS, { ...pod, status });
  }
  private fieldOf(spec: Container): string {
    return `spec.${this.about.spec.initContainers?.includes(spec) ? 'initContainers' : 'containers'}{${spec.name}}`;
  }
  private normal(reason: string, message: string, field?: string): void {
    this.runtime.events.record(this.source, this.about, 'Normal', reason, message, field);
  }
  private warn(reason: string, message: string, field?: string): void {
    this.runtime.events.record(this.source, this.about, 'Warning', reason, message, field);
  }

  /** The log that `kubectl logs` asks for, or why there is none. */
  log(container: string, previous: boolean): Result<ContainerLog, string> {
    return logOf(this.first.metadata.name, container, this.logs.get(container), this.records, previous);
  }
}
