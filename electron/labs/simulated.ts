/**
 * The simulated provider: labs of resources/labs, and the user's own lab files, in a simulated kernel paced to the wall clock. Needs nothing,
 * is there at once, and its time can stand still.
 */
import type { ExperimentPlan, ExperimentRun, Lesson, Locale, Progress, Reply, Topology, Trace } from '../../shared/ipc/index.ts';
import { WireFailure } from '../../shared/ipc/index.ts';
import { JournaledLab, saveLab, type LabFile } from '../../shared/lab/index.ts';
import type {
  Attempt,
  Definitions,
  Endpoint,
  ExecOptions,
  LabEvent,
  LabKubernetes,
  LabResult,
  OpenedLab,
  Pending,
  ProbeProtocol,
  ProbeResult,
  RestAnswer,
  RestRequest,
  SavedLab,
  Session,
  TerminalSize,
} from '../../shared/lab/index.ts';
import { LAB_SEED } from '../lab-seed.ts';
import { Pace, type WallClock } from './pace.ts';
import type {
  Capabilities,
  JoinedProgram,
  LabDescription,
  LabProvider,
  LessonFile,
  Opened,
  Program,
  RunningAttempt,
  RunningKubernetes,
  RunningLab,
  Snapshot,
} from './provider.ts';

export interface SimulatedOptions {
  /** The version of the program, for what is saved. */
  readonly version: string;
  /** What it is called among the labs that are up, where that is not its file's name. */
  readonly id?: string;
  /** It was opened, with what goes on in it. */
  readonly opened?: OpenedLab;
  readonly clock?: WallClock;
  readonly onBug?: (error: unknown) => void;
}

export class SimulatedLab implements RunningLab {
  readonly id: string;
  readonly provider = 'simulated';
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities = { canPause: true, canSave: true, canTrace: true, canExperiment: true, canRunLessons: true };
  readonly opened: Opened | undefined;
  private readonly pace: Pace;

  constructor(
    private readonly lab: JournaledLab,
    readonly title: string,
    private readonly options: SimulatedOptions,
  ) {
    this.id = options.id ?? lab.id;
    this.nodes = lab.nodes;
    this.pace = new Pace(lab.simulation, options.clock, options.onBug);
    this.opened = options.opened && this.takeOver(options.opened);
  }

  nowUs(): number {
    return this.pace.nowUs();
  }
  get revision(): number {
    return this.lab.revision;
  }
  onChange(listener: () => void): () => void {
    return this.lab.onChange(listener);
  }
  onEvent(listener: (event: LabEvent) => void): () => void {
    return this.lab.onEvent(listener);
  }
  topology(): Topology {
    return this.lab.topology();
  }
  endpoints(): readonly Endpoint[] {
    return this.lab.endpoints();
  }
  snapshot(): Promise<Snapshot> {
    return this.inside(() => this.lab.snapshot());
  }

  exec(options: ExecOptions): Promise<Program> {
    return this.inside(() => new SimulatedProgram(valueOf(this.lab.exec(options)), this.pace));
  }
  openShell(target: string, size: TerminalSize): Promise<Program> {
    return this.inside(() => new SimulatedProgram(valueOf(this.lab.openShell(target, size)), this.pace));
  }

  get kubernetes(): RunningKubernetes | undefined {
    const { kubernetes } = this.lab;
    return kubernetes && new SimulatedKubernetes(kubernetes, this.pace);
  }
  get isPaused(): boolean {
    return this.pace.isPaused;
  }
  setPaused(isPaused: boolean): void {
    this.pace.setPaused(isPaused);
  }

  save(title: string): Promise<SavedLab> {
    return this.inside(() => valueOf(saveLab(this.lab, { title, version: this.options.version, savedMs: Date.now() })));
  }
  private takeOver({ terminals, attempts, ended }: OpenedLab): Opened {
    return {
      terminals: terminals.flatMap((session) =>
        session.what && session.size
          ? [
              {
                target: session.what.target,
                size: session.size,
                shown: Buffer.from(session.shown, 'latin1'),
                program: new SimulatedProgram(session, this.pace),
              },
            ]
          : [],
      ),
      attempts: attempts.map((attempt) => ({ lesson: attempt.lesson, attempt: new SimulatedAttempt(attempt, this.pace, this.id) })),
      ended,
    };
  }

  trace(from: string, to: string, protocol: ProbeProtocol): Promise<Trace> {
    return this.waitFor(() => this.lab.trace(from, to, protocol));
  }
  probe(pairs?: readonly { readonly from: string; readonly to: string }[]): Promise<readonly ProbeResult[]> {
    return this.waitFor(() => this.lab.probe(pairs));
  }
  experiments(locale: Locale): Promise<readonly ExperimentPlan[]> {
    return this.inside(() => this.lab.experiments(locale));
  }
  experimentRuns(locale: Locale): Promise<readonly ExperimentRun[]> {
    return this.inside(() => this.lab.experimentRuns(locale));
  }
  applyExperiment(id: string, locale: Locale): Promise<ExperimentRun> {
    return this.waitFor(() => this.lab.applyExperiment(id, locale));
  }
  undoExperiment(run: string, locale: Locale): Promise<ExperimentRun> {
    return this.waitFor(() => this.lab.undoExperiment(run, locale));
  }
  keepExperiment(): Promise<never> {
    return Promise.reject(new WireFailure({ code: 'not-possible', message: 'A simulated lab takes nothing back by itself.', details: { lab: this.id } }));
  }
  startAttempt(lesson: LessonFile, seed: number, at?: string): Promise<RunningAttempt> {
    const start = (): RunningAttempt => new SimulatedAttempt(valueOf(this.lab.startAttempt(lesson, seed, at)), this.pace, this.id);
    return new Promise((resolve) => resolve(at === undefined ? this.pace.enter(start) : this.pace.leap(start)));
  }
  stop(): Promise<void> {
    this.pace.stop();
    this.lab.close();
    return Promise.resolve();
  }

  private inside<T>(use: () => T): Promise<T> {
    return new Promise((resolve) => resolve(this.pace.enter(use)));
  }
  /** While the lab's time stands still, it goes on for this alone. */
  private waitFor<T>(begin: () => LabResult<Pending<T>>): Promise<T> {
    return new Promise((resolve, reject) => {
      const pending = this.pace.enter(() => valueOf(begin()));
      if (!this.isPaused) return pending.onDone(resolve);
      const value = this.lab.runPending(pending);
      if (value !== undefined) return resolve(value);
      reject(new WireFailure({ code: 'not-possible', message: 'It did not come to an end while the lab is paused: let the lab go on, and try again.' }));
    });
  }
}

class SimulatedProgram implements Program {
  constructor(
    private readonly session: Session,
    private readonly pace: Pace,
  ) {}

  read(limit: number): Uint8Array | undefined {
    return this.taken(this.session.read(limit));
  }
  readError(limit: number): Uint8Array | undefined {
    return this.taken(this.session.readError(limit));
  }
  onReadable(listener: () => void): void {
    this.session.onReadable(listener);
  }
  write(data: Uint8Array): number {
    return this.pace.enter(() => this.session.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')));
  }
  onWritable(listener: () => void): void {
    this.session.onWritable(listener);
  }
  closeInput(): void {
    this.pace.enter(() => this.session.closeInput());
  }
  resize(size: TerminalSize): void {
    this.pace.enter(() => this.session.resize(size));
  }
  signal(name: string): void {
    this.pace.enter(() => this.session.signal(name));
  }
  get exitStatus(): number | undefined {
    return this.session.exitStatus;
  }
  onExit(listener: (status: number) => void): void {
    this.session.onExit(listener);
  }

  private taken(bytes: string): Uint8Array | undefined {
    if (bytes === '') return undefined;
    this.pace.wake(); // there is room again: the program goes on
    return Buffer.from(bytes, 'latin1');
  }
}

class SimulatedKubernetes implements RunningKubernetes {
  constructor(
    private readonly kubernetes: LabKubernetes,
    private readonly pace: Pace,
  ) {}
  rest(definitions: Definitions): { answer(request: RestRequest): RestAnswer } {
    const rest = this.kubernetes.rest(definitions);
    return { answer: (request) => this.pace.enter(() => rest.answer(request)) };
  }
  join(streams: Parameters<LabKubernetes['join']>[0]): Promise<JoinedProgram> {
    return new Promise((resolve) => {
      const joined = this.pace.enter(() => valueOf(this.kubernetes.join(streams)));
      resolve({ program: new SimulatedProgram(joined.session, this.pace), failure: () => joined.failure });
    });
  }
  forward(namespace: string, pod: string, port: number): Promise<Program> {
    return new Promise((resolve) =>
      resolve(
        new SimulatedProgram(
          this.pace.enter(() => valueOf(this.kubernetes.forward(namespace, pod, port))),
          this.pace,
        ),
      ),
    );
  }
}

class SimulatedAttempt implements RunningAttempt {
  readonly id: string;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly attempt: Attempt,
    private readonly pace: Pace,
    private readonly lab: string,
  ) {
    // A lab and its fork have the same attempt, and each goes its own way.
    this.id = attempt.progress('en').lab === lab ? attempt.id : `${attempt.id}@${lab}`;
    attempt.onProgress(() => {
      for (const listener of this.listeners) listener();
    });
  }
  text(locale: Locale): Lesson {
    return this.attempt.text(locale);
  }
  progress(locale: Locale): Progress {
    return this.named(this.attempt.progress(locale));
  }
  private named(progress: Progress): Progress {
    return { ...progress, attempt: this.id, lab: this.lab };
  }
  onProgress(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  confirm(step: string, reply: Reply, locale: Locale): Promise<Progress> {
    return new Promise((resolve) => resolve(this.named(this.pace.enter(() => valueOf(this.attempt.confirm(step, reply, locale))))));
  }
  solution(step: string): Promise<readonly { readonly node: string; readonly command: string }[]> {
    return new Promise((resolve) => resolve(this.pace.enter(() => valueOf(this.attempt.solution(step)))));
  }
  note(event: Parameters<Attempt['note']>[0]): void {
    this.pace.enter(() => this.attempt.note(event));
  }
  stop(): void {
    this.pace.enter(() => this.attempt.stop());
  }
}

function valueOf<T>(result: LabResult<T>): T {
  if (result.ok) return result.value;
  throw new WireFailure(result.error);
}

/** `content`: where lab files come from. */
export function simulatedProvider(
  content: { labs(locale: Locale): Promise<readonly LabDescription[]>; lab(name: string): Promise<LabFile>; types?: () => Definitions },
  version: string,
  onBug: (error: unknown) => void,
): LabProvider {
  return {
    kind: 'simulated',
    list: (locale) => content.labs(locale),
    start: async (name) => {
      const file = await content.lab(name);
      return new SimulatedLab(
        new JournaledLab({ kind: 'file', file }, { seed: LAB_SEED, epochMs: Date.now(), ...(content.types && { types: content.types }) }),
        file.title.en,
        { version, onBug },
      );
    },
  };
}
