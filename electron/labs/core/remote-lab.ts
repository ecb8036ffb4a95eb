/** A lab that is up in another process, as a lab: everything is asked over its socket; how it looks is what was told last. */
import {
  Connection,
  refuse,
  WireFailure,
  type Channel,
  type ExperimentPlan,
  type ExperimentRun,
  type Locale,
  type Topology,
  type Trace,
} from '../../../shared/ipc/index.ts';
import type { Endpoint, ExecOptions, LabEvent, ProbeProtocol, ProbeResult, TerminalSize } from '../../../shared/lab/index.ts';
import type { Capabilities, Program, ProviderKind, RunningAttempt, RunningLab, Snapshot } from '../provider.ts';
import type { LabContract, LabDescribed, LabSeen } from './contract.ts';
import { RemoteProgram } from './remote-program.ts';

export class RemoteLab implements RunningLab {
  readonly id: string;
  readonly title: string;
  readonly provider: ProviderKind;
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities;
  /** The process in which it is up. */
  readonly pid: number;
  readonly kubernetes = undefined;
  readonly opened = undefined;
  private readonly listeners = new Set<() => void>();
  private readonly endListeners = new Set<() => void>();
  private wasTold = false;
  private seenAtMs = performance.now();

  private constructor(
    private readonly connection: Connection<LabContract>,
    described: LabDescribed,
    private seen: LabSeen,
  ) {
    this.id = described.id;
    this.title = described.title;
    this.provider = described.provider;
    this.nodes = described.nodes;
    // the attempt at a lesson stands in the process of its lab
    this.capabilities = { ...described.capabilities, canSave: false, canRunLessons: false };
    this.pid = described.pid;
  }
  static async attach(channel: Channel): Promise<RemoteLab> {
    const connection = new Connection<LabContract>(channel);
    const described = await connection.call('lab.describe', {});
    const views = connection.open('lab.watch', {});
    const first = await views.next();
    if (first.done === true) return refuse('connection-lost', `The lab ${described.id} has just ended.`, { lab: described.id });
    const lab = new RemoteLab(connection, described, first.value);
    void lab.follow(views);
    return lab;
  }

  nowUs(): number {
    return this.seen.nowUs + (this.seen.isPaused ? 0 : (performance.now() - this.seenAtMs) * 1000);
  }
  get revision(): number {
    return this.seen.revision;
  }
  get isPaused(): boolean {
    return this.seen.isPaused;
  }
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  onEvent(_listener: (event: LabEvent) => void): () => void {
    return () => undefined;
  }
  /** It was taken down, or its process ended. */
  onEnd(listener: () => void): void {
    this.endListeners.add(listener);
  }
  topology(): Topology {
    this.wasTold = false;
    return this.seen.topology;
  }
  endpoints(): readonly Endpoint[] {
    return this.seen.endpoints;
  }
  snapshot(): Promise<Snapshot> {
    return this.connection.call('lab.snapshot', {});
  }
  async exec({ argv, ...options }: ExecOptions): Promise<Program> {
    const { program } = await this.connection.call('program.open', { ...options, argv: [...argv] });
    return new RemoteProgram(this.connection, program, options.terminal !== undefined);
  }
  async openShell(target: string, size: TerminalSize): Promise<Program> {
    const { program } = await this.connection.call('program.open', { target, terminal: size });
    return new RemoteProgram(this.connection, program, true);
  }
  setPaused(isPaused: boolean): void {
    if (!this.capabilities.canPause) refuse('not-possible', 'The time of real machines cannot stand still.', { lab: this.id });
    this.seen = { ...this.seen, isPaused };
    this.connection.call('lab.pause', { isPaused }).catch(() => undefined); // the view that comes next tells how it is
  }
  save(): Promise<never> {
    return this.cannot('it is saved from there');
  }
  trace(from: string, to: string, protocol: ProbeProtocol): Promise<Trace> {
    return this.connection.call('lab.trace', { from, to, protocol });
  }
  probe(pairs?: readonly { readonly from: string; readonly to: string }[]): Promise<readonly ProbeResult[]> {
    return this.connection.call('lab.probe', pairs ? { pairs: [...pairs] } : {});
  }
  experiments(locale: Locale): Promise<readonly ExperimentPlan[]> {
    return this.connection.call('lab.experiments', { locale });
  }
  experimentRuns(locale: Locale): Promise<readonly ExperimentRun[]> {
    return this.connection.call('lab.experimentRuns', { locale });
  }
  applyExperiment(id: string, locale: Locale): Promise<ExperimentRun> {
    return this.connection.call('lab.applyExperiment', { id, locale });
  }
  undoExperiment(id: string, locale: Locale): Promise<ExperimentRun> {
    return this.connection.call('lab.undoExperiment', { id, locale });
  }
  keepExperiment(id: string, locale: Locale): Promise<ExperimentRun> {
    return this.connection.call('lab.keepExperiment', { id, locale });
  }
  startAttempt(): Promise<RunningAttempt> {
    return this.cannot('lessons run in a lab of their own, so take that one down first');
  }
  /** Takes it down where it is. */
  async stop(): Promise<void> {
    await this.connection.call('lab.stop', {}).catch((error: unknown) => {
      if (!(error instanceof WireFailure && error.code === 'connection-lost')) throw error;
    });
    this.detach();
  }
  detach(): void {
    this.connection.close();
  }

  private cannot(why: string): Promise<never> {
    const message = `The lab ${this.id} is up in another process (${this.pid}): ${why}.`;
    return Promise.reject(new WireFailure({ code: 'not-possible', message, details: { lab: this.id } }));
  }
  private async follow(views: AsyncIterable<LabSeen>): Promise<void> {
    try {
      for await (const view of views) {
        this.seen = view;
        this.seenAtMs = performance.now();
        if (this.wasTold) continue;
        this.wasTold = true;
        for (const listener of [...this.listeners]) listener();
      }
    } catch {
      // the connection is lost
    }
    for (const listener of [...this.endListeners]) listener();
  }
}
