/**
 * Who makes a lab real, and what a lab that is up can be asked, whatever it is made of: a simulated kernel, namespaces, virtual machines, hosts.
 * Everything that may take time is a promise; a refusal is a `WireFailure`.
 *
 * Invariant: what a provider cannot do it says in `capabilities`, and refuses with `not-possible` and the reason.
 */
import type {
  Capabilities,
  ExperimentPlan,
  ExperimentRun,
  LabInfo,
  Lesson,
  Locale,
  Progress,
  ProviderKind,
  Question,
  Reply,
  Topology,
  Trace,
} from '../../shared/ipc/index.ts';
import type {
  Definitions,
  Endpoint,
  ExecOptions,
  Lab,
  LabEvent,
  ProbeProtocol,
  ProbeResult,
  RestAnswer,
  RestRequest,
  RestStreams,
  SavedLab,
  TerminalSize,
} from '../../shared/lab/index.ts';

export type { Capabilities, ProviderKind, Question };

export type Snapshot = ReturnType<Lab['snapshot']>;
export type LessonFile = Parameters<Lab['startAttempt']>[0];

/** A lab that could be brought up. */
export interface LabDescription {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly nodes: readonly string[];
  /** Its file cannot be used: where and why. */
  readonly problem?: string;
  /** It is another lab as it stood. */
  readonly saved?: NonNullable<LabInfo['saved']>;
}

export interface LabProvider {
  readonly kind: ProviderKind;
  list(locale: Locale): Promise<readonly LabDescription[]>;
  /** What stands in its way on this machine, and what would help; undefined: nothing. */
  problem?(): Promise<string | undefined>;
  /** Brings it up, usable when this resolves. */
  start(lab: string, options?: StartOptions): Promise<RunningLab>;
}

export interface StartOptions {
  /** Gives up: what was made so far is taken down. */
  readonly signal?: AbortSignal;
  /** Asks the user; undefined: nobody answers. Without, questions are answered by nobody. */
  readonly ask?: Ask;
}

export type Ask = (question: Question) => Promise<string | undefined>;

export interface RunningLab {
  readonly id: string;
  readonly title: string;
  readonly provider: ProviderKind;
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities;
  /** Its clock, microseconds since it came up. */
  nowUs(): number;

  /** Grows with every change that `topology` or `endpoints` could show. */
  readonly revision: number;
  /** Called once after a change, then not again until `topology` was asked for. Returns how to stop. */
  onChange(listener: () => void): () => void;
  onEvent(listener: (event: LabEvent) => void): () => void;
  topology(): Topology;
  endpoints(): readonly Endpoint[];
  snapshot(): Promise<Snapshot>;

  /** A command on a node or in a pod. */
  exec(options: ExecOptions): Promise<Program>;
  /** A login shell in a terminal. */
  openShell(target: string, size: TerminalSize): Promise<Program>;

  /** The API of its cluster; undefined: it has none, or one that needs no help to be reached. */
  readonly kubernetes: RunningKubernetes | undefined;
  setPaused(isPaused: boolean): void;
  readonly isPaused: boolean;

  /** As it stands, to be opened again. It goes on. */
  save(title: string): Promise<SavedLab>;
  /** What goes on in a lab that was opened: taken over once, by whoever shows it. */
  readonly opened: Opened | undefined;

  trace(from: string, to: string, protocol: ProbeProtocol): Promise<Trace>;
  probe(pairs?: readonly { readonly from: string; readonly to: string }[]): Promise<readonly ProbeResult[]>;

  experiments(locale: Locale): Promise<readonly ExperimentPlan[]>;
  experimentRuns(locale: Locale): Promise<readonly ExperimentRun[]>;
  applyExperiment(id: string, locale: Locale): Promise<ExperimentRun>;
  undoExperiment(run: string, locale: Locale): Promise<ExperimentRun>;
  /** Of machines that really are there: until then their nodes take it back when they are no longer reached. */
  keepExperiment(run: string, locale: Locale): Promise<ExperimentRun>;

  /** `at`: the steps before it are done first. */
  startAttempt(lesson: LessonFile, seed: number, at?: string): Promise<RunningAttempt>;

  /** Takes it down, without a trace left. */
  stop(): Promise<void>;
}

/** Terminals and lessons of a lab as it was saved, and what could not be saved, in words. */
export interface Opened {
  readonly terminals: readonly { readonly target: string; readonly size: TerminalSize; readonly shown: Uint8Array; readonly program: Program }[];
  readonly attempts: readonly { readonly lesson: string; readonly attempt: RunningAttempt }[];
  readonly ended: readonly string[];
}

/** The Kubernetes API of a lab, for whoever serves it. */
export interface RunningKubernetes {
  rest(definitions: Definitions): { answer(request: RestRequest): RestAnswer };
  join(streams: Exclude<RestStreams, { readonly verb: 'portforward' }>): Promise<JoinedProgram>;
  /** A connection to a port in a pod's network. */
  forward(namespace: string, pod: string, port: number): Promise<Program>;
}
export interface JoinedProgram {
  readonly program: Program;
  /** A Status, where it could not be run; known when it has ended. */
  failure(): unknown;
}

/** A lesson being done. */
export interface RunningAttempt {
  readonly id: string;
  text(locale: Locale): Lesson;
  progress(locale: Locale): Progress;
  /** Returns how to stop. */
  onProgress(listener: () => void): () => void;
  confirm(step: string, reply: Reply, locale: Locale): Promise<Progress>;
  solution(step: string): Promise<readonly { readonly node: string; readonly command: string }[]>;
  note(event: { readonly kind: 'tape-opened' } | { readonly kind: 'terminal-opened'; readonly node: string }): void;
  stop(): void;
}

/**
 * A program that runs, and its ends of the streams. Output is pulled: what is not read keeps the program waiting, as on a real pipe or
 * terminal, so a flood costs no memory.
 */
export interface Program {
  /** At most about `limit` bytes of output; undefined when there is none now. */
  read(limit: number): Uint8Array | undefined;
  /** Standard error, where it is apart: not for a terminal. */
  readError(limit: number): Uint8Array | undefined;
  /** Called when there is something to read after there was nothing, and when it ends. One listener. */
  onReadable(listener: () => void): void;
  /** How many bytes were taken; the rest is to be given again after `onWritable`. For a terminal these are keys. */
  write(data: Uint8Array): number;
  onWritable(listener: () => void): void;
  /** End of input. A terminal has none: type ^D. */
  closeInput(): void;
  resize(size: TerminalSize): void;
  /** `INT`, `TERM`, `KILL`, `HUP` …, to the program in the foreground. */
  signal(name: string): void;
  /** 128 + n for a signal; undefined while it runs. Output may remain to be read. */
  readonly exitStatus: number | undefined;
  /** Called once, at once when it has ended. */
  onExit(listener: (status: number) => void): void;
}
