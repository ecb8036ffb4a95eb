/** The jobs of a shell: its background pipelines, and under job control the stopped ones (bash(1), JOB CONTROL). */
import type { Bytes } from '../../base/index.ts';
import type { Process } from '../process/process.ts';
import type { ProcessGroup } from '../process/session.ts';
import { exitStatusOf, signalWords, type ChildStatus } from '../process/signals.ts';
import type { Termios } from '../terminal/termios.ts';

export interface Member {
  readonly process: Process;
  readonly pid: number;
  status: ChildStatus | undefined;
}

export class Job {
  /** The user was told of its present state. */
  isNotified = false;
  isDisowned = false;
  noHangup = false;
  /** Settings of the terminal when it was stopped. */
  termios: Termios | undefined = undefined;
  private text: Bytes | undefined = undefined;

  constructor(
    readonly id: number,
    readonly members: readonly Member[],
    /** The command as bash writes it; asked for only when somebody wants to read it. */
    private readonly describe: () => Bytes,
    readonly group: ProcessGroup | undefined,
    public isForeground: boolean,
  ) {}

  get command(): Bytes {
    return (this.text ??= this.describe());
  }
  get state(): 'running' | 'stopped' | 'done' {
    if (this.members.every((member) => member.status && isOver(member.status))) return 'done';
    return this.members.some((member) => member.status?.kind === 'stopped') && this.members.every((member) => member.status) ? 'stopped' : 'running';
  }
  /** Of its last process. */
  get status(): ChildStatus | undefined {
    return this.members.at(-1)?.status;
  }
  get exitStatus(): number {
    const { status } = this;
    return status ? exitStatusOf(status) : 0;
  }
  /** `Running`, `Done`, `Exit 3`, `Stopped`, `Killed`. */
  get words(): Bytes {
    const { state, status } = this;
    if (state === 'running') return 'Running';
    if (state === 'stopped') {
      const stopped = this.members.find((member) => member.status?.kind === 'stopped')?.status;
      return stopped?.kind === 'stopped' ? signalWords(stopped.signal) : 'Stopped';
    }
    if (status?.kind === 'killed') return signalWords(status.signal);
    return status?.kind === 'exited' && status.code !== 0 ? `Exit ${status.code}` : 'Done';
  }
}

const isOver = (status: ChildStatus): boolean => status.kind === 'exited' || status.kind === 'killed';

/** Finished processes whose status `wait PID` can still ask for: CHILD_MAX. */
const REMEMBERED = 4096;

export class Jobs {
  list: Job[] = [];
  /** Most recently made, stopped or continued last. */
  private order: Job[] = [];
  private readonly remembered = new Map<number, number>();

  /** A subshell shows its parent's jobs until it has its own; it cannot wait for them. */
  inheritFrom(parent: Jobs): void {
    this.inherited = parent.shown;
    this.inheritedOrder = parent.list.length > 0 ? parent.order.filter((job) => !job.isForeground) : parent.inheritedOrder;
  }
  private inheritedOrder: readonly Job[] = [];
  private inherited: readonly Job[] = [];
  get shown(): readonly Job[] {
    return this.list.length > 0 ? this.list : this.inherited;
  }

  add(members: readonly Member[], command: () => Bytes, group: ProcessGroup | undefined, isForeground: boolean): Job {
    const id = Math.max(0, ...this.list.map((job) => job.id)) + 1;
    const job = new Job(id, members, command, group, isForeground);
    this.list.push(job);
    this.order.push(job);
    return job;
  }
  remove(job: Job): void {
    for (const member of job.members) {
      if (!member.status || !isOver(member.status)) continue;
      this.remembered.set(member.pid, exitStatusOf(member.status));
      const [oldest] = this.remembered.keys();
      if (this.remembered.size > REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    }
    this.list = this.list.filter((other) => other !== job);
    this.order = this.order.filter((other) => other !== job);
  }
  /** It was stopped or put into the background: it is the current job now. */
  touch(job: Job): void {
    this.order = [...this.order.filter((other) => other !== job), job];
  }
  private get ranked(): Job[] {
    const order = this.list.length > 0 ? this.order : this.inheritedOrder;
    return [...order.filter((job) => job.state !== 'stopped'), ...order.filter((job) => job.state === 'stopped')];
  }
  get current(): Job | undefined {
    return this.ranked.at(-1);
  }
  get previous(): Job | undefined {
    return this.ranked.at(-2);
  }
  mark(job: Job): '+' | '-' | ' ' {
    return job === this.current ? '+' : job === this.previous ? '-' : ' ';
  }
  ofPid(pid: number): Job | undefined {
    return this.list.find((job) => job.members.some((member) => member.pid === pid));
  }
  /** A process substitution: no job, but `wait PID` knows it. */
  keep(member: Member): void {
    this.substitutions.push(member);
    if (this.substitutions.length > REMEMBERED) this.substitutions.shift();
  }
  private substitutions: Member[] = [];
  substitutionOf(pid: number): Member | undefined {
    return this.substitutions.find((member) => member.pid === pid);
  }
  /** Exit status of a process that is over, if it is still known. */
  recall(pid: number): number | undefined {
    return this.remembered.get(pid);
  }
  forget(pid: number): void {
    this.remembered.delete(pid);
  }
  /** `%1`, `%+`, `%-`, `%name`, `%?text`; 'ambiguous' when several match. */
  find(spec: Bytes): Job | 'ambiguous' | undefined {
    const text = spec.startsWith('%') ? spec.slice(1) : spec;
    if (text === '' || text === '+' || text === '%') return this.current;
    if (text === '-') return this.previous ?? this.current;
    if (/^\d+$/.test(text)) return this.shown.find((job) => job.id === Number(text));
    const found = this.shown.filter((job) => (text.startsWith('?') ? job.command.includes(text.slice(1)) : job.command.startsWith(text)));
    return found.length > 1 ? 'ambiguous' : found[0];
  }
  /** Looks what became of the processes. Nothing waits. */
  refresh(): void {
    for (const member of this.substitutions) {
      if (member.status) continue;
      member.status = member.process.os.collect(member.process, false);
    }
    for (const job of this.list) {
      for (const member of job.members) {
        if (member.status && isOver(member.status)) continue;
        const news = member.process.os.collect(member.process, true);
        if (!news) continue;
        member.status = news.kind === 'continued' ? undefined : news;
        job.isNotified = false;
      }
    }
  }
}

/** `[1]+  Running                 sleep 5 &`. */
export function describeJob(job: Job, mark: string, style: 'plain' | 'long'): Bytes {
  const tail = job.state === 'running' ? ' &' : '';
  const pid = style === 'long' ? `${String(job.members[0]?.pid ?? 0).padStart(5)} ` : ' ';
  return `[${job.id}]${mark} ${pid}${job.words.padEnd(23)} ${job.command}${tail}\n`;
}
