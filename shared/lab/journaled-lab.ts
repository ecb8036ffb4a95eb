/**
 * A lab that can be saved and forked: each thing done to it is written into its journal, then done. What only looks (snapshots, topologies,
 * plans, progress) is not.
 */
import type { Bytes, Simulation } from '../base/index.ts';
import type { ExperimentPlan, ExperimentRun } from '../experiment/index.ts';
import type { LessonFile } from '../lesson/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Topology } from '../topology/index.ts';
import type { Trace } from '../trace/index.ts';
import { createBlankHost, createLab } from './create.ts';
import { Journal, type Input } from './journal.ts';
import { JournaledAttempt, JournaledKubernetes, JournaledPending, JournaledSession } from './journaled-parts.ts';
import type { LabFile } from './lab-file.ts';
import type {
  Attempt,
  Endpoint,
  ExecOptions,
  Lab,
  LabEvent,
  LabOptions,
  LabResult,
  Pending,
  ProbeProtocol,
  ProbeResult,
  Session,
  TerminalSize,
} from './lab.ts';

/** What a lab was made of. */
export type LabOrigin = { readonly kind: 'file'; readonly file: LabFile } | { readonly kind: 'blank'; readonly hostname: string; readonly hasPlugins: boolean };

export class JournaledLab implements Lab {
  readonly id: string;
  readonly simulation: Simulation;
  readonly nodes: readonly string[];
  readonly kubernetes: JournaledKubernetes | undefined;
  readonly journal: Journal;
  /** In the order they were opened; those that are over too. */
  readonly sessions: JournaledSession[] = [];
  readonly pendings: Pick<Pending<unknown>, 'cancel'>[] = [];
  readonly attempts: JournaledAttempt[] = [];
  private readonly lab: Lab;

  constructor(
    readonly origin: LabOrigin,
    readonly options: LabOptions,
  ) {
    const lab = (this.lab = origin.kind === 'file' ? createLab(origin.file, options) : createBlankHost({ ...origin, ...options }));
    this.id = lab.id;
    this.simulation = lab.simulation;
    this.nodes = lab.nodes;
    this.journal = new Journal(() => lab.simulation);
    this.kubernetes = lab.kubernetes && new JournaledKubernetes(lab.kubernetes, this.journal, (session, what) => this.adopt(session, what));
  }

  get revision(): number {
    return this.lab.revision;
  }
  onChange(listener: () => void): () => void {
    return this.lab.onChange(() => this.journal.uncounted(listener));
  }
  onEvent(listener: (event: LabEvent) => void): () => void {
    return this.lab.onEvent((event) => this.journal.uncounted(() => listener(event)));
  }
  endpoints(): readonly Endpoint[] {
    return this.lab.endpoints();
  }
  snapshot(): Snapshot {
    return this.lab.snapshot();
  }
  topology(): Topology {
    return this.lab.topology();
  }
  processes(): readonly string[] {
    return this.lab.processes();
  }

  exec(options: ExecOptions): LabResult<JournaledSession> {
    return this.session(['exec', options], () => this.lab.exec(options), { target: options.target, terminal: options.terminal });
  }
  openShell(target: string, terminal: TerminalSize): LabResult<JournaledSession> {
    return this.session(['shell', target, terminal], () => this.lab.openShell(target, terminal), { target, terminal });
  }
  writeFile(node: string, path: string, content: Bytes, mode: number): LabResult<void> {
    this.journal.add(['file', node, path, content, mode]);
    return this.lab.writeFile(node, path, content, mode);
  }
  readFile(node: string, path: string): LabResult<Bytes> {
    return this.lab.readFile(node, path);
  }

  trace(from: string, to: string, protocol: ProbeProtocol): LabResult<Pending<Trace>> {
    return this.pending(['trace', from, to, protocol], () => this.lab.trace(from, to, protocol));
  }
  probe(pairs?: readonly { readonly from: string; readonly to: string }[]): LabResult<Pending<readonly ProbeResult[]>> {
    return this.pending(['probe', pairs ?? null], () => this.lab.probe(pairs));
  }
  experiments(locale: 'en' | 'zh'): readonly ExperimentPlan[] {
    return this.lab.experiments(locale);
  }
  experimentRuns(locale: 'en' | 'zh'): readonly ExperimentRun[] {
    return this.lab.experimentRuns(locale);
  }
  applyExperiment(id: string, locale: 'en' | 'zh'): LabResult<Pending<ExperimentRun>> {
    return this.pending(['apply', id, locale], () => this.lab.applyExperiment(id, locale));
  }
  undoExperiment(run: string, locale: 'en' | 'zh'): LabResult<Pending<ExperimentRun>> {
    return this.pending(['undo', run, locale], () => this.lab.undoExperiment(run, locale));
  }
  startAttempt(lesson: LessonFile, seed: number, at?: string): LabResult<Attempt> {
    this.journal.add(['attempt', lesson, seed, at ?? null]);
    const started = this.lab.startAttempt(lesson, seed, at);
    if (!started.ok) return started;
    const attempt = new JournaledAttempt(started.value, this.journal, this.attempts.length, lesson.id);
    this.attempts.push(attempt);
    return { ok: true, value: attempt };
  }

  runPending<T>(pending: Pending<T>, limitUs?: number): T | undefined {
    return this.lab.runPending(pending, limitUs);
  }
  close(): void {
    this.lab.close();
  }

  private session(input: Input, open: () => LabResult<Session>, what: { readonly target: string; readonly terminal: TerminalSize | undefined }) {
    this.journal.add(input);
    const opened = open();
    return opened.ok ? { ok: true as const, value: this.adopt(opened.value, what) } : opened;
  }
  private adopt(session: Session, what: { readonly target: string; readonly terminal: TerminalSize | undefined } | undefined): JournaledSession {
    const journaled = new JournaledSession(session, this.journal, this.sessions.length, what);
    this.sessions.push(journaled);
    return journaled;
  }
  private pending<T>(input: Input, begin: () => LabResult<Pending<T>>): LabResult<Pending<T>> {
    this.journal.add(input);
    const begun = begin();
    if (!begun.ok) return begun;
    const journaled = new JournaledPending(begun.value, this.journal, this.pendings.length);
    this.pendings.push(journaled);
    return { ok: true, value: journaled };
  }
}
