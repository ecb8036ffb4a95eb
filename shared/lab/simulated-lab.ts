/**
 * A lab in the simulated kernel: machines, their cluster, programs, probes, experiments and lessons behind the `Lab` interface.
 */
import { utf8Decode, utf8Encode, type Bytes, type Simulation } from '../base/index.ts';
import type { Cluster, DockerEngine, PodInfo } from '../cluster/index.ts';
import type { ExperimentPlan, ExperimentRun } from '../experiment/index.ts';
import type { Netns, World } from '../kernel/index.ts';
import type { LessonFile } from '../lesson/index.ts';
import { NetNamespace, type Machine } from '../machine/index.ts';
import type { Process } from '../shell/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { graphOf, TopologyLayout, type Topology } from '../topology/index.ts';
import { requestOutcome, type Trace } from '../trace/index.ts';
import { sendProbes, sendTraced, snapshotOf, type ProbePair } from '../twin/index.ts';
import { Attempts } from './attempts.ts';
import { CommandHistory } from './command-history.ts';
import { ExperimentBench } from './experiment-bench.ts';
import type {
  Attempt,
  Endpoint,
  ExecOptions,
  Lab,
  LabEvent,
  LabResult,
  Pending,
  ProbeProtocol,
  ProbeResult,
  RanCommand,
  Session,
  TerminalSize,
} from './lab.ts';
import { ClusterAccess } from './kubernetes.ts';
import { kubernetesFacts, reservedOn } from './kubernetes-facts.ts';
import { LabLessonWorld } from './lesson-world.ts';
import { give, Places, refuse, type Target } from './places.ts';
import { PipeSession, TerminalSession, type BaseSession, type Start } from './session.ts';
import { skipTo } from './step-solver.ts';

const RUN_LIMIT_US = 60_000_000;

export class SimulatedLab implements Lab {
  readonly simulation: Simulation;
  readonly nodes: readonly string[];
  revision = 1;
  private wasTold = false;
  private readonly changeListeners = new Set<() => void>();
  private readonly eventListeners = new Set<(event: LabEvent) => void>();
  private readonly layout = new TopologyLayout();
  private readonly sessions = new Set<BaseSession>();
  /** Processes whose commands somebody wants to know. */
  private readonly watched = new Map<Process, (command: RanCommand) => void>();
  readonly history: CommandHistory;
  private readonly bench: ExperimentBench;
  private readonly lessonWorld: LabLessonWorld;
  private readonly attempts: Attempts;
  readonly kubernetes: ClusterAccess | undefined;
  private readonly places: Places;

  constructor(
    readonly id: string,
    readonly world: World,
    readonly machines: ReadonlyMap<string, Machine>,
    readonly cluster: Cluster | undefined,
    /** Over which nodes reach each other. */
    readonly interface_: string,
    private readonly dockers: readonly DockerEngine[] = [],
  ) {
    this.simulation = world.simulation;
    this.nodes = [...machines.keys()];
    this.places = new Places(machines, cluster, interface_, dockers);
    this.history = new CommandHistory((netns) => this.places.nameOf(netns));
    for (const machine of machines.values()) {
      machine.host.changed.add(() => this.changed());
      machine.os.processEnded = (process, ending) => {
        if (this.history.note(process, ending, this.simulation.nowUs)) this.attempts.lookSoon();
        this.sessionEnded(process);
      };
    }
    cluster?.onChange(() => this.changed());
    this.kubernetes = cluster && new ClusterAccess(cluster, machines, (session) => this.sessions.add(session));
    this.bench = new ExperimentBench(this, (event) => this.tell(event));
    this.lessonWorld = new LabLessonWorld(this, this.bench);
    this.attempts = new Attempts(this.lessonWorld, this.simulation, id, (progress) => this.tell({ kind: 'progress', atUs: this.simulation.nowUs, progress }));
  }

  // --- changes ---

  private changed(): void {
    this.revision++;
    this.attempts.lookSoon();
    if (this.wasTold) return;
    this.wasTold = true;
    for (const listener of [...this.changeListeners]) listener();
  }
  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => void this.changeListeners.delete(listener);
  }
  onEvent(listener: (event: LabEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => void this.eventListeners.delete(listener);
  }
  tell(event: LabEvent): void {
    if (event.kind === 'experiment') this.attempts.lookSoon();
    for (const listener of [...this.eventListeners]) listener(event);
  }

  // --- what is there ---

  snapshot(): Snapshot {
    const snapshot = snapshotOf(this.world);
    if (!this.cluster) return snapshot;
    const nodes = snapshot.nodes.map((node) => ({ ...node, ...reservedOn(this.machines.get(node.name)) }));
    return { ...snapshot, nodes, kubernetes: kubernetesFacts(this.cluster, this) };
  }
  topology(): Topology {
    this.wasTold = false;
    const names = new Map<string, string>();
    for (const info of this.places.ownPods()) {
      const netns = this.netnsOfPod(info);
      if (netns) names.set(`${netns.host.name}/${netns.id}`, info.pod.metadata.name);
    }
    for (const { name, netns } of this.dockers.flatMap((engine) => engine.namespaces())) names.set(`${netns.host.name}/${netns.id}`, name);
    return this.layout.update(graphOf(this.snapshot(), names));
  }
  processes(): readonly string[] {
    return [...this.machines].flatMap(([node, { init }]) =>
      init.namespaces.pid.list().map(({ pid, process }) => `${node} ${pid} ${process.ppid} ${process.state} ${process.argv.join(' ')}`),
    );
  }
  netnsOfPod(info: PodInfo): Netns | undefined {
    return this.places.netnsOfPod(info);
  }
  endpoints(): readonly Endpoint[] {
    return this.places.endpoints();
  }
  find(target: string): LabResult<Target> {
    return this.places.find(target);
  }

  // --- programs ---

  exec(options: ExecOptions): LabResult<Session> {
    const target = this.find(options.target);
    if (!target.ok) return target;
    return this.open(target.value, options, 'learner');
  }
  openShell(name: string, size: TerminalSize): LabResult<Session> {
    const target = this.find(name);
    if (!target.ok) return target;
    if (target.value.kind !== 'pod') return this.open(target.value, { target: name, argv: ['-bash'], terminal: size, cwd: '/root' }, 'learner');
    const session = this.open(target.value, { target: name, argv: ['sh'], terminal: size }, 'learner');
    return session;
  }
  /** `who`: what the lab itself runs is not the learner's doing. */
  open(target: Target, options: ExecOptions, who: 'learner' | 'lab'): LabResult<Session> {
    const { terminal } = options;
    let why = '';
    const start: Start = (io) => {
      const started =
        target.kind === 'pod' ? this.startInPod(target, options, io, (text) => (why = text)) : this.startOnNode(target, options, io, (text) => (why = text));
      if (started && who === 'learner') this.history.follow(started);
      return started;
    };
    const session = terminal ? new TerminalSession(target.machine.os.openPty(), start, terminal) : new PipeSession(start);
    if (!session.hasStarted) return refuse('not-possible', why, { target: options.target });
    this.sessions.add(session);
    return give(session);
  }
  private startOnNode(target: Target, options: ExecOptions, io: Parameters<Start>[0], failed: (why: string) => void): Process | undefined {
    const { machine, netns } = target;
    const isLogin = options.argv[0] === '-bash';
    const path = isLogin ? { path: '/bin/bash' } : {};
    const env = new Map(
      [...LOGIN_ENVIRONMENT, ...(options.terminal ? ([['TERM', 'xterm-256color']] as const) : []), ...Object.entries(options.env ?? {})].map(
        ([key, value]) => [utf8Encode(key), utf8Encode(value)] as const,
      ),
    );
    const started = machine.os.spawn(machine.init, options.argv.map(utf8Encode), {
      ...path,
      env,
      cwd: options.cwd ?? '/root',
      prepare: (child) => {
        child.setsid();
        child.fds.closeAll();
        if (target.kind === 'netns') child.enter(NetNamespace.of(netns));
        if ('pty' in io) {
          const tty = io.pty.open();
          for (const fd of [0, 1, 2]) child.fds.put(fd, tty);
          tty.control({ kind: 'tty.adopt' }, child);
        } else for (const [fd, file] of io.files.entries()) child.fds.put(fd, file);
      },
    });
    if (!started.ok)
      failed(
        started.error === 'ENOENT'
          ? `${options.argv[0]}: there is no such program on ${target.node}.`
          : `${options.argv[0]} cannot be started: ${started.error}.`,
      );
    else if (options.onCommand) this.watch(machine, started.value, options.onCommand);
    return started.ok ? started.value : undefined;
  }
  private startInPod(
    target: Extract<Target, { kind: 'pod' }>,
    options: ExecOptions,
    io: Parameters<Start>[0],
    failed: (why: string) => void,
  ): Process | undefined {
    const worker = this.cluster?.workerOf(target.info.pod);
    const container = worker && [...worker.running.values()][0];
    const { name } = target.info.pod.metadata;
    if (!container) {
      failed(`No container of ${name} is running: it is ${target.info.status}.`);
      return undefined;
    }
    return container.exec(options.argv.map(utf8Encode), io, (why) => {
      const text = `${options.argv[0]}: ${why.replace(/^exec: "[^"]*": /, '')}\n`;
      if ('pty' in io) io.pty.tty.emit(text.replaceAll('\n', '\r\n'));
      else io.files[2].write(text, container.process);
    });
  }
  private watch({ os }: Machine, root: Process, tell: (command: RanCommand) => void): void {
    this.watched.set(root, tell);
    os.commandRuns = (process, { line, text, depth }) => {
      for (let one: Process | undefined = process; one; one = one.parent)
        this.watched.get(one)?.({ line, text: utf8Decode(text), depth, atUs: this.simulation.nowUs });
    };
  }
  private sessionEnded(process: Process): void {
    if (this.watched.delete(process) && this.watched.size === 0) for (const { os } of this.machines.values()) os.commandRuns = undefined;
    for (const session of [...this.sessions]) {
      if (!session.has(process)) continue;
      this.sessions.delete(session);
      // once it has really ended and its descriptors are closed
      this.simulation.ready({ run: () => session.ended() });
    }
  }

  writeFile(node: string, path: string, content: Bytes, mode: number): LabResult<void> {
    const machine = this.machines.get(node);
    if (!machine) return refuse('not-found', `There is no node ${node}.`);
    const { fs } = machine.init;
    fs.mkdirs(path.slice(0, path.lastIndexOf('/')) || '/', 0o755);
    const written = fs.writeFile(path, content, { mode });
    if (!written.ok) return refuse('not-possible', `${path} cannot be written on ${node}: ${written.error}.`);
    fs.chmod(path, mode);
    return give(undefined);
  }
  readFile(node: string, path: string): LabResult<Bytes> {
    const machine = this.machines.get(node);
    if (!machine) return refuse('not-found', `There is no node ${node}.`);
    const text = machine.init.fs.readFile(path);
    return text.ok ? give(text.value) : refuse('not-found', `${path} cannot be read on ${node}: ${text.error}.`);
  }

  // --- packets ---

  trace(from: string, to: string, protocol: ProbeProtocol): LabResult<Pending<Trace>> {
    const source = this.find(from);
    if (!source.ok) return source;
    const address = this.places.addressFor(to);
    if (!address.ok) return address;
    const pending = sendTraced(this.world, source.value.netns, address.value, protocol);
    pending.onDone((trace) => {
      this.lessonWorld.noteTrace(from, to, requestOutcome(trace).kind === 'delivered');
      this.tell({ kind: 'trace', atUs: this.simulation.nowUs, trace });
      this.attempts.lookSoon();
    });
    return give(pending);
  }
  /** An endpoint's address, or an address itself. */
  addressFor(to: string): LabResult<number> {
    return this.places.addressFor(to);
  }
  probe(pairs?: readonly { readonly from: string; readonly to: string }[]): LabResult<Pending<readonly ProbeResult[]>> {
    const wanted = pairs ?? this.allPairs();
    const ready: ProbePair[] = [];
    for (const { from, to } of wanted) {
      const source = this.find(from);
      if (!source.ok) return source;
      const address = this.places.addressFor(to);
      if (!address.ok) return address;
      ready.push({ from, to, netns: source.value.netns, address: address.value });
    }
    return give(sendProbes(this.world, ready));
  }
  private allPairs(): readonly { readonly from: string; readonly to: string }[] {
    const pods = this.endpoints().filter((endpoint) => endpoint.kind !== 'node' && endpoint.status !== 'Terminating');
    return pods.flatMap((from) => pods.filter((to) => to !== from).map((to) => ({ from: from.id, to: to.id })));
  }

  // --- experiments and lessons ---

  experiments(locale: 'en' | 'zh'): readonly ExperimentPlan[] {
    return this.bench.plans(locale);
  }
  experimentRuns(locale: 'en' | 'zh'): readonly ExperimentRun[] {
    return this.bench.runs(locale);
  }
  applyExperiment(id: string, locale: 'en' | 'zh'): LabResult<Pending<ExperimentRun>> {
    return this.bench.apply(id, locale);
  }
  undoExperiment(run: string, locale: 'en' | 'zh'): LabResult<Pending<ExperimentRun>> {
    return this.bench.undo(run, locale);
  }

  startAttempt(lesson: LessonFile, seed: number, at?: string): LabResult<Attempt> {
    if (lesson.definition.lab !== this.id)
      return refuse('not-possible', `The lesson ${lesson.id} runs in the lab ${lesson.definition.lab}, not in ${this.id}.`);
    const attempt = this.attempts.start(lesson, `${lesson.id}-${this.world.nextTraceId++}`, seed);
    const failed = at === undefined ? undefined : skipTo(this, lesson, attempt, at);
    return failed === undefined ? give(attempt) : refuse('not-possible', failed);
  }
  /** What was asked for by a check has become known. */
  looked(): void {
    this.attempts.lookSoon();
  }

  // --- driving ---

  runPending<T>(pending: Pending<T>, limitUs = RUN_LIMIT_US): T | undefined {
    const untilUs = this.simulation.nowUs + limitUs;
    while (pending.value === undefined && this.simulation.nowUs < untilUs) {
      if (this.simulation.runUntil(Math.min(untilUs, this.simulation.nowUs + 10_000), () => pending.value === undefined) === 'held') break;
    }
    return pending.value;
  }
  close(): void {
    this.attempts.close();
    for (const session of [...this.sessions]) session.close();
    this.sessions.clear();
  }
}

const LOGIN_ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['HOME', '/root'],
  ['USER', 'root'],
  ['LOGNAME', 'root'],
  ['SHELL', '/bin/bash'],
  ['LANG', 'C.UTF-8'],
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
];
