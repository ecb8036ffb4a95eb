/**
 * What a running lab offers: plain data in, plain data out. Nothing here waits for real time: what takes time answers with a
 * `Pending` that is fulfilled while somebody drives the simulation (`simulation.runUntil` with real time, or `runPending`).
 *
 * Invariant: everything is single-threaded and synchronous; callbacks come while the simulation is driven and must be short.
 * Deliberately absent: promises, timers, files. The core turns a `Pending` into a promise and paces the simulation.
 */
import type { Bytes, Simulation } from '../base/index.ts';
import type { Definitions, RestAnswer, RestRequest, RestStreams } from '../cluster/index.ts';
import type { ExperimentPlan, ExperimentRecord, ExperimentRun, NodeCommand } from '../experiment/index.ts';
import type { Lesson, LessonFile, Missing, Progress, Reply, RevertAction, ShownOutput } from '../lesson/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Topology } from '../topology/index.ts';
import type { Trace } from '../trace/index.ts';
import type { Pending, ProbeProtocol, ProbeResult } from '../twin/index.ts';

export type { Pending, ProbeProtocol, ProbeResult } from '../twin/index.ts';

/** Why a lab refuses; the codes are those of the contract between core and window. */
export interface LabError {
  readonly code: 'invalid-request' | 'not-found' | 'not-possible' | 'too-many' | 'damaged';
  readonly message: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}
export type LabResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: LabError };

/** Where a packet can start or end, and where a shell can be opened. */
export interface Endpoint {
  /** `node-1`, or `node-1/httpd`; a pod of another namespace than `default` is `node-1/kube-system/coredns-…`; `host/ns1` is an `ip netns`. */
  readonly id: string;
  readonly kind: 'node' | 'pod' | 'netns';
  readonly node: string;
  readonly label: string;
  readonly address?: string;
  /** The topology box it is. */
  readonly box: string;
  /** Pod status or node readiness, as kubectl words it. */
  readonly status: string;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A program running in the lab with its ends of the streams. Output is pulled: what is not read stays in a bounded buffer and the
 * program waits, as on a real pipe or terminal, so a flood costs no memory.
 */
export interface Session {
  /** At most `limit` bytes of output; '' when there is none now. `stderr` is empty for a terminal, where all is one stream. */
  read(limit: number): Bytes;
  readError(limit: number): Bytes;
  /** Called when there is something to read after there was nothing, and when it ends. One listener. */
  onReadable(listener: () => void): void;
  /** How many bytes were taken, the rest is to be given again after `onWritable`. For a terminal these are keys. */
  write(data: Bytes): number;
  onWritable(listener: () => void): void;
  /** It waits for input that has not come: how long it waits is for whoever gives it to say. A terminal's clock is the wall's anyway. */
  readonly isWaitingForInput: boolean;
  /** End of input. A terminal has none: type ^D. */
  closeInput(): void;
  resize(size: TerminalSize): void;
  /** `INT`, `TERM`, `KILL`, `HUP`… to the foreground program (a terminal hangs up with `HUP`). */
  signal(name: string): void;
  /** The exit status, 128 + n for a signal; undefined while it runs. Output may remain to be read. */
  readonly exitStatus: number | undefined;
  onExit(listener: (status: number) => void): void;
}

export interface ExecOptions {
  /** `node-1` or an endpoint's id. */
  readonly target: string;
  readonly argv: readonly [string, ...string[]];
  /** With a terminal of this size; without, three pipes. */
  readonly terminal?: TerminalSize;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Where the lab's machines are real and its cluster is not, such as in namespaces: on the cluster's side of that node. */
  readonly onCluster?: boolean;
  /** On a node: told of every command that it runs as a shell, or a shell that it starts, before that runs. */
  readonly onCommand?: (command: RanCommand) => void;
}

/** A command of a script as `set -x` shows it, decoded. */
export interface RanCommand {
  /** Of its script, from 1. */
  readonly line: number;
  readonly text: string;
  /** How many command substitutions it is inside of. */
  readonly depth: number;
  /** Virtual time. */
  readonly atUs: number;
}

/** The Kubernetes API of a lab with a cluster, for whoever carries it over a network. */
export interface LabKubernetes {
  /** `v1.32.4`. */
  readonly version: string;
  /** Answers requests; `definitions` are the types of the API (resources/kubernetes/openapi.json). */
  rest(definitions: Definitions): { answer(request: RestRequest): RestAnswer };
  /** Joins a pod as an answer of kind `streams` allows. */
  join(streams: Exclude<RestStreams, { readonly verb: 'portforward' }>): LabResult<Joined>;
  /** A connection to a port in the pod's network, as bytes in and out; what could not be reached is on its standard error. */
  forward(namespace: string, pod: string, port: number): LabResult<Session>;
}
/** A command in a container, or its own program; `failure`: a Status once it is over, where it could not be run. */
export interface Joined {
  readonly session: Session;
  readonly failure: Readonly<Record<string, unknown>> | undefined;
}

/** A lesson being done in this lab. */
export interface Attempt {
  readonly id: string;
  text(locale: 'en' | 'zh'): Lesson;
  progress(locale: 'en' | 'zh'): Progress;
  /** Called after a step became done, or what is missing changed; then `progress` has it. */
  onProgress(listener: () => void): void;
  confirm(step: string, reply: Reply, locale: 'en' | 'zh'): LabResult<Progress>;
  /** The commands that "show me" types, variables put in. */
  solution(step: string): LabResult<readonly NodeCommand[]>;
  /** What its text says that commands print, what takes its effect away again, and what each of its checks misses now, for events since a moment: for proving lessons. */
  shown(step: string): LabResult<readonly ShownOutput[]>;
  revert(step: string): LabResult<readonly RevertAction[]>;
  verdicts(step: string, sinceUs: number): LabResult<readonly Missing[]>;
  /** What answers its question; undefined where nothing is asked, or while the lab does not know it. */
  rightReply(step: string): LabResult<Reply | undefined>;
  /** Tells of something done outside the lab's own machines. */
  note(event: { readonly kind: 'tape-opened' } | { readonly kind: 'terminal-opened'; readonly node: string }): void;
  stop(): void;
}

/** Something that happened in the lab and that a tape keeps. */
export type LabEvent =
  | { readonly kind: 'trace'; readonly atUs: number; readonly trace: Trace }
  | { readonly kind: 'experiment'; readonly atUs: number; readonly run: ExperimentRecord }
  | { readonly kind: 'progress'; readonly atUs: number; readonly progress: Progress };

export interface Lab {
  readonly id: string;
  readonly simulation: Simulation;
  readonly nodes: readonly string[];
  /** Grows with every change that `topology` or `endpoints` could show. */
  readonly revision: number;
  /** Called once after a change; then not again until `topology` was asked for. So a burst of changes is one call. */
  onChange(listener: () => void): () => void;
  onEvent(listener: (event: LabEvent) => void): () => void;

  endpoints(): readonly Endpoint[];
  snapshot(): Snapshot;
  topology(): Topology;
  /** Every process of every node, in the order of their numbers: node, number, parent, state, words. */
  processes(): readonly string[];

  /** Undefined: the lab has no cluster. */
  readonly kubernetes: LabKubernetes | undefined;
  exec(options: ExecOptions): LabResult<Session>;
  /** A login shell on a node, or a shell in a pod, in a terminal. */
  openShell(target: string, size: TerminalSize): LabResult<Session>;
  writeFile(node: string, path: string, content: Bytes, mode: number): LabResult<void>;
  readFile(node: string, path: string): LabResult<Bytes>;

  /** Sends one real packet in the lab and follows it and its answer. */
  trace(from: string, to: string, protocol: ProbeProtocol): LabResult<Pending<Trace>>;
  /** One echo request for each pair, all under way at once. Absent: all pairs of running pods. */
  probe(pairs?: readonly { readonly from: string; readonly to: string }[]): LabResult<Pending<readonly ProbeResult[]>>;

  experiments(locale: 'en' | 'zh'): readonly ExperimentPlan[];
  experimentRuns(locale: 'en' | 'zh'): readonly ExperimentRun[];
  applyExperiment(id: string, locale: 'en' | 'zh'): LabResult<Pending<ExperimentRun>>;
  undoExperiment(run: string, locale: 'en' | 'zh'): LabResult<Pending<ExperimentRun>>;

  /** `at`: the steps before it are solved first, with the lab driven faster than real time. */
  startAttempt(lesson: LessonFile, seed: number, at?: string): LabResult<Attempt>;

  /** Drives the simulation, faster than real time, until it is there or `limitUs` of virtual time passed (then undefined). */
  runPending<T>(pending: Pending<T>, limitUs?: number): T | undefined;
  /** Ends every process; the lab is not to be used again. */
  close(): void;
}

export interface LabOptions {
  /** Chance of the lab: MAC addresses, jitter, names. The same seed gives the same lab. */
  readonly seed: number;
  /** What the lab's calendar says at its beginning, Unix milliseconds. */
  readonly epochMs: number;
  /** The types of the Kubernetes API (resources/kubernetes/openapi.json), read when they are first asked for. Without them nothing knows which fields exist. */
  readonly types?: () => Definitions;
}
