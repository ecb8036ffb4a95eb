/** What a journaled lab hands out: sessions, attempts, what is pending, its cluster's API. Each writes what is done to it into the journal. */
import type { Bytes } from '../base/index.ts';
import type { Definitions, RestAnswer, RestRequest, RestStreams } from '../cluster/index.ts';
import type { Lesson, Missing, Progress, Reply, RevertAction, ShownOutput } from '../lesson/index.ts';
import type { NodeCommand } from '../experiment/index.ts';
import type { Journal } from './journal.ts';
import type { Attempt, Joined, LabKubernetes, LabResult, Pending, Session, TerminalSize } from './lab.ts';

/** Of what a terminal has shown, so much is kept for whoever opens the saved lab. */
const SHOWN_BYTES = 1 << 18;

export class JournaledSession implements Session {
  private readable: () => void = () => undefined;
  private writable: () => void = () => undefined;
  private readonly exits: ((status: number) => void)[] = [];
  private shownText: Bytes = '';

  constructor(
    private readonly session: Session,
    private readonly journal: Journal,
    readonly number: number,
    /** Whose program it is; undefined for a client of the cluster's API. */
    readonly what: { readonly target: string; readonly terminal: TerminalSize | undefined } | undefined,
  ) {
    this.size = what?.terminal;
    session.onReadable(() => journal.callback(() => this.readable()));
    session.onWritable(() => journal.callback(() => this.writable()));
    session.onExit((status) =>
      journal.callback(() => {
        for (const listener of this.exits.splice(0)) listener(status);
      }),
    );
  }
  /** Of its terminal, as it is now. */
  size: TerminalSize | undefined;
  /** The latest that was taken of its output. */
  get shown(): Bytes {
    return this.shownText.slice(-SHOWN_BYTES);
  }

  read(limit: number): Bytes {
    const taken = this.session.read(limit);
    if (taken === '') return taken;
    this.journal.add(['r', this.number, taken.length]);
    if (this.what?.terminal) this.shownText = (this.shownText.length > 2 * SHOWN_BYTES ? this.shown : this.shownText) + taken;
    return taken;
  }
  readError(limit: number): Bytes {
    const taken = this.session.readError(limit);
    if (taken !== '') this.journal.add(['e', this.number, taken.length]);
    return taken;
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  write(data: Bytes): number {
    // Before it is done: what it sets off from within comes after it.
    const at = this.journal.entries.length;
    this.journal.add(['w', this.number, data]);
    const taken = this.session.write(data);
    if (taken < data.length) this.journal.amend(at, taken === 0 ? undefined : ['w', this.number, data.slice(0, taken)]);
    return taken;
  }
  onWritable(listener: () => void): void {
    this.writable = listener;
  }
  get isWaitingForInput(): boolean {
    return this.session.isWaitingForInput;
  }
  closeInput(): void {
    this.journal.add(['eof', this.number]);
    this.session.closeInput();
  }
  resize(size: TerminalSize): void {
    this.journal.add(['resize', this.number, size]);
    this.size = size;
    this.session.resize(size);
  }
  signal(name: string): void {
    this.journal.add(['signal', this.number, name]);
    this.session.signal(name);
  }
  get exitStatus(): number | undefined {
    return this.session.exitStatus;
  }
  onExit(listener: (status: number) => void): void {
    const { exitStatus } = this;
    if (exitStatus === undefined) this.exits.push(listener);
    else listener(exitStatus);
  }
}

export class JournaledPending<T> implements Pending<T> {
  private readonly listeners: ((value: T) => void)[] = [];
  private isTold = false;

  constructor(
    private readonly pending: Pending<T>,
    private readonly journal: Journal,
    private readonly number: number,
  ) {
    pending.onDone((value) =>
      journal.callback(() => {
        this.isTold = true;
        for (const listener of this.listeners.splice(0)) listener(value);
      }),
    );
  }
  get value(): T | undefined {
    return this.pending.value;
  }
  onDone(listener: (value: T) => void): void {
    const { value } = this;
    if (this.isTold && value !== undefined) listener(value);
    else this.listeners.push(listener);
  }
  cancel(): void {
    this.journal.add(['cancel', this.number]);
    this.pending.cancel();
  }
}

export class JournaledAttempt implements Attempt {
  readonly id: string;
  isOver = false;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly attempt: Attempt,
    private readonly journal: Journal,
    private readonly number: number,
    readonly lesson: string,
  ) {
    this.id = attempt.id;
    attempt.onProgress(() =>
      journal.callback(() => {
        for (const listener of this.listeners) listener();
      }),
    );
  }
  text(locale: 'en' | 'zh'): Lesson {
    return this.attempt.text(locale);
  }
  progress(locale: 'en' | 'zh'): Progress {
    return this.attempt.progress(locale);
  }
  onProgress(listener: () => void): void {
    this.listeners.push(listener);
  }
  confirm(step: string, reply: Reply, locale: 'en' | 'zh'): LabResult<Progress> {
    this.journal.add(['confirm', this.number, step, reply]);
    return this.attempt.confirm(step, reply, locale);
  }
  solution(step: string): LabResult<readonly NodeCommand[]> {
    return this.attempt.solution(step);
  }
  shown(step: string): LabResult<readonly ShownOutput[]> {
    return this.attempt.shown(step);
  }
  revert(step: string): LabResult<readonly RevertAction[]> {
    return this.attempt.revert(step);
  }
  rightReply(step: string): LabResult<Reply | undefined> {
    return this.attempt.rightReply(step);
  }
  verdicts(step: string, sinceUs: number): LabResult<readonly Missing[]> {
    return this.attempt.verdicts(step, sinceUs);
  }
  note(event: Parameters<Attempt['note']>[0]): void {
    this.journal.add(['note', this.number, event]);
    this.attempt.note(event);
  }
  stop(): void {
    this.isOver = true;
    this.journal.add(['leave', this.number]);
    this.attempt.stop();
  }
}

/** Requests that only read change nothing. */
const READS = ['GET', 'HEAD', 'OPTIONS'];

export class JournaledKubernetes implements LabKubernetes {
  readonly version: string;
  constructor(
    private readonly kubernetes: LabKubernetes,
    private readonly journal: Journal,
    private readonly adopt: (session: Session, what: undefined) => JournaledSession,
  ) {
    this.version = kubernetes.version;
  }
  rest(definitions: Definitions): { answer(request: RestRequest): RestAnswer } {
    const rest = this.kubernetes.rest(definitions);
    return {
      answer: (request) => {
        if (!READS.includes(request.method)) this.journal.add(['rest', request]);
        return rest.answer(request);
      },
    };
  }
  join(streams: Exclude<RestStreams, { readonly verb: 'portforward' }>): LabResult<Joined> {
    this.journal.add(['join', streams]);
    const joined = this.kubernetes.join(streams);
    if (!joined.ok) return joined;
    const { value } = joined;
    return {
      ok: true,
      value: {
        session: this.adopt(value.session, undefined),
        get failure() {
          return value.failure;
        },
      },
    };
  }
  forward(namespace: string, pod: string, port: number): LabResult<Session> {
    this.journal.add(['forward', namespace, pod, port]);
    const opened = this.kubernetes.forward(namespace, pod, port);
    return opened.ok ? { ok: true, value: this.adopt(opened.value, undefined) } : opened;
  }
}
