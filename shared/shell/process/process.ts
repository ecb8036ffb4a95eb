/**
 * One process: who it is, what it has open, and its system calls. A program is a generator function over it (`Program`); each call that may
 * wait is a generator called with `yield*`. How processes are started, scheduled and ended is in os.ts.
 *
 * Invariant: only the process's own generator calls the methods that wait.
 */
import { err, ok, strerror, type Bytes, type Errno, type Result } from '../../base/index.ts';
import { FileView } from '../files/file-view.ts';
import type { OpenFile, OpenFlags } from '../files/inode.ts';
import { makePipe } from '../files/pipe.ts';
import type { Caller, Credentials } from './caller.ts';
import { FdTable } from './fd-table.ts';
import {
  Departure,
  type Program,
  type Disposition,
  type Woken,
  type ProcessState,
  type ChildEvent,
  type WaitOptions,
  type ForkOptions,
  type SpawnOptions,
  type Host,
  type Namespaces,
} from './host.ts';
import { PidNamespace } from './pid-namespace.ts';
import { type Namespace, type NamespaceKind } from './namespace.ts';
import { ProcessGroup, Session } from './session.ts';
import type { ChildStatus, SignalName } from './signals.ts';
import { Stdout } from './stdio.ts';
import { NEXT_TURN, WaitQueue, anyOf, type Disarm, type Sys, type Wait } from './wait.ts';

/** Virtual time that one unit of a program's own work takes, and how much of it passes before others get a turn. */
const TICK_US = 1;
const TICKS_A_TURN = 2000;

export class Process implements Caller {
  argv: readonly Bytes[] = [];
  /** Path of the executable, as /proc/PID/exe shows it. */
  exe: Bytes = '';
  /** At most 15 bytes, as /proc/PID/comm shows it. */
  comm: Bytes = '';
  env: Map<Bytes, Bytes>;
  umask: number;
  credentials: Credentials;
  readonly fds: FdTable;
  /** Files by path, as this process sees them. */
  readonly fs: FileView;
  readonly namespaces: Namespaces;
  /** Where its children will be numbered, after unshare(CLONE_NEWPID). */
  pidForChildren: PidNamespace;
  /** Its number in its own pid namespace. */
  readonly pid: number;
  group: ProcessGroup;
  readonly stdout: Stdout = new Stdout(this);
  readonly startedUs: number;
  /** Virtual processor time that it was charged for. */
  cpuUs = 0;
  state: ProcessState = 'running';
  /** How it ended, once it is a zombie. */
  ending: ChildStatus | undefined = undefined;
  private childSet: Set<Process> | undefined = undefined;
  /** Woken when a child ends, stops or goes on. */
  readonly childChanged = new WaitQueue();
  /** A stop or continuation that `wait` has not told the parent yet. */
  news: ChildStatus | undefined = undefined;
  private handlers: Map<SignalName, Disposition> | undefined = undefined;
  /** Never changed in place: a child has its parent's. */
  blocked: ReadonlySet<SignalName> = NOTHING_BLOCKED;
  /** Raised and not yet acted upon. */
  readonly pending: SignalName[] = [];
  private ticks = 0;
  private interruptions = 0;

  /** Only `Os` makes processes. */
  constructor(
    readonly os: Host,
    public parent: Process | undefined,
    namespaces: Namespaces,
    group: ProcessGroup | undefined,
    fds: FdTable | undefined,
  ) {
    this.namespaces = namespaces;
    this.pidForChildren = namespaces.pid;
    for (const namespace of Object.values(namespaces) as Namespace[]) namespace.acquire();
    this.fds = fds ?? new FdTable(os.limits.openFiles);
    this.pid = namespaces.pid.enroll(this);
    this.group = group ?? this.leadSession();
    this.group.members.add(this);
    parent?.children.add(this);
    this.env = new Map(parent?.env);
    this.umask = parent?.umask ?? 0o022;
    this.credentials = parent ? { ...parent.credentials } : { uid: 0, gid: 0, euid: 0, egid: 0, groups: [0] };
    this.fs = new FileView(this, () => this.namespaces.mnt, parent?.fs);
    this.startedUs = os.sim.nowUs;
  }

  get children(): Set<Process> {
    return (this.childSet ??= new Set());
  }
  get dispositions(): ReadonlyMap<SignalName, Disposition> {
    return this.handlers ?? NO_HANDLERS;
  }
  get ppid(): number {
    return (this.parent && this.namespaces.pid.pidOf(this.parent)) ?? 0;
  }
  get uid(): number {
    return this.credentials.uid;
  }
  get pgid(): number {
    return this.group.pgid;
  }
  get sid(): number {
    return this.group.session.sid;
  }
  get nowUs(): number {
    return this.os.sim.nowUs;
  }
  get unixUs(): number {
    return this.os.sim.unixUs;
  }
  namespace(kind: NamespaceKind): Namespace {
    return this.namespaces[kind];
  }
  /** Moves to another namespace, as setns(2) and unshare(2) do; for `pid` it is the children who move. */
  enter(namespace: Namespace): void {
    if (namespace instanceof PidNamespace) {
      this.pidForChildren = namespace;
      return;
    }
    namespace.acquire();
    this.namespaces[namespace.kind].release();
    Object.assign(this.namespaces, { [namespace.kind]: namespace });
  }
  getenv(name: Bytes): Bytes | undefined {
    return this.env.get(name);
  }
  /** What programs call themselves in messages: argv[0] without its path. */
  get name(): Bytes {
    const zero = this.argv[0] ?? '';
    return zero.slice(zero.lastIndexOf('/') + 1);
  }

  // --- waiting ---

  /** Waits. A handled signal ends it early with `interrupted`. */
  *block(wait: Wait): Sys<Woken> {
    if (!this.stdout.isEmpty) yield* this.stdout.settle();
    const before = this.interruptions;
    yield wait;
    return this.interruptions === before ? 'woken' : 'interrupted';
  }
  *sleep(us: number): Sys<Woken> {
    yield* this.stdout.settle();
    const before = this.interruptions;
    const untilUs = this.nowUs + us;
    while (this.nowUs < untilUs && this.interruptions === before) yield this.timer(untilUs - this.nowUs);
    return this.interruptions === before ? 'woken' : 'interrupted';
  }
  /** Until `condition` holds, looked at whenever `wait` wakes; false when `timeoutUs` passed first or a signal came. */
  *waitFor(condition: () => boolean, wait: Wait, timeoutUs?: number): Sys<boolean> {
    const untilUs = timeoutUs === undefined ? Infinity : this.nowUs + timeoutUs;
    while (!condition()) {
      if (this.nowUs >= untilUs) return false;
      const either = untilUs === Infinity ? wait : anyOf([wait, this.timer(untilUs - this.nowUs)]);
      if ((yield* this.block(either)) === 'interrupted') return condition();
    }
    return true;
  }
  /** A wait that ends after `us`. */
  timer(us: number): Wait {
    return {
      arm: (wake): Disarm => {
        const timer = this.os.sim.after(us, wake);
        return () => timer.cancel();
      },
    };
  }
  /** A program's own work: charges virtual time and lets others run when its turn is over. Call it in every loop that does not wait. */
  *tick(units = 1): Sys {
    if (this.spend(units)) yield NEXT_TURN;
  }
  /** As `tick`, for inner loops: true when it is time to `yield NEXT_TURN`. */
  spend(units = 1): boolean {
    this.os.sim.charge(units * TICK_US);
    this.cpuUs += units * TICK_US;
    this.ticks += units;
    if (this.ticks < TICKS_A_TURN && this.pending.length === 0) return false;
    this.ticks = 0;
    return true;
  }
  /** Told by the scheduler: a handler has run. */
  interrupt(): void {
    this.interruptions++;
  }

  // --- descriptors ---

  /** Up to `max` bytes; '' at the end of the file. EINTR when a handled signal came first. */
  *read(fd: number, max = 65536): Sys<Result<Bytes, Errno>> {
    const file = this.fds.get(fd);
    if (!file) return err('EBADF');
    for (;;) {
      const result = file.read(max, this);
      if (result.ok || result.error !== 'EAGAIN' || file.nonblock) return result;
      if ((yield* this.block(file.changed)) === 'interrupted') return err('EINTR');
    }
  }
  /** Writes all of it, waiting as often as needed. A broken pipe also raises SIGPIPE. */
  *write(fd: number, data: Bytes): Sys<Result<number, Errno>> {
    const file = this.fds.get(fd);
    if (!file) return err('EBADF');
    for (let at = 0; at < data.length;) {
      const result = file.write(at === 0 ? data : data.slice(at), this);
      if (result.ok) {
        at += result.value;
        continue;
      }
      if (result.error === 'EPIPE') {
        this.os.signal(this, 'PIPE');
        yield NEXT_TURN;
      }
      if (result.error !== 'EAGAIN' || file.nonblock) return at > 0 && result.error !== 'EPIPE' ? ok(at) : result;
      if ((yield* this.block(file.changed)) === 'interrupted') return at > 0 ? ok(at) : err('EINTR');
    }
    return ok(data.length);
  }
  /** Everything until the end. */
  *readAll(fd: number): Sys<Result<Bytes, Errno>> {
    let all = '';
    for (;;) {
      const piece = yield* this.read(fd);
      if (!piece.ok) return piece;
      if (piece.value === '') return ok(all);
      all += piece.value;
      if (all.length > this.os.limits.memoryBytes) return err('ENOMEM');
    }
  }
  *open(path: Bytes, flags: OpenFlags, mode = 0o666): Sys<Result<number, Errno>> {
    for (;;) {
      const file = this.fs.open(path, flags, mode);
      if (file.ok) return this.fds.add(file.value, flags.cloexec);
      const queue = this.fs.blockedOn;
      if (file.error !== 'EAGAIN' || !queue || flags.nonblock) return file;
      if ((yield* this.block(queue)) === 'interrupted') return err('EINTR');
    }
  }
  close(fd: number): Result<void, Errno> {
    return this.fds.close(fd);
  }
  /** Two descriptors: what is written to `write` is read from `read`. */
  pipe(): Result<{ read: number; write: number }, Errno> {
    const ends = makePipe(this.os.takeInode());
    const read = this.fds.add(ends.reader);
    if (!read.ok) return read;
    const write = this.fds.add(ends.writer);
    if (!write.ok) {
      this.fds.close(read.value);
      return write;
    }
    return ok({ read: read.value, write: write.value });
  }
  /** Makes a descriptor of something that was not opened by path: a socket, a terminal. */
  install(file: OpenFile, cloexec = false): Result<number, Errno> {
    return this.fds.add(file, cloexec);
  }
  /** Whether reading can begin anew: a file can, a pipe cannot. */
  isSeekable(fd: number): boolean {
    return this.fds.get(fd)?.seek(0, 'current').ok ?? false;
  }
  isTerminal(fd: number): boolean {
    return this.fds.get(fd)?.control({ kind: 'tty.get-attributes' }, this).ok ?? false;
  }
  /** poll(2): waits until one of them is ready; the ready ones, none after the timeout or a signal. */
  *poll(wanted: readonly { readonly fd: number; readonly events: 'read' | 'write' }[], timeoutUs?: number): Sys<readonly number[]> {
    const ready = (): number[] =>
      wanted.flatMap(({ fd, events }) => {
        const state = this.fds.get(fd)?.poll();
        return !state || state.hangup || (events === 'read' ? state.readable : state.writable) ? [fd] : [];
      });
    const queues = wanted.flatMap(({ fd }) => this.fds.get(fd)?.changed ?? []);
    let found: readonly number[] = [];
    yield* this.waitFor(() => (found = ready()).length > 0, anyOf(queues), timeoutUs);
    return found;
  }

  // --- what programs print ---

  /** To standard output, buffered as the C library does; what is left leaves when the program ends. */
  *print(text: Bytes): Sys<Result<void, Errno>> {
    return yield* this.stdout.print(text);
  }
  *flush(): Sys<Result<void, Errno>> {
    return yield* this.stdout.flush();
  }
  /** To standard error, at once. */
  *error(text: Bytes): Sys {
    if (this.stdout.leavesBeforeErrors) yield* this.stdout.flush();
    else yield* this.stdout.settle();
    yield* this.write(2, text);
  }
  /** `NAME: MESSAGE` on standard error; returns the exit status, for `return yield* p.fail('…')`. */
  *fail(message: Bytes, status = 1): Sys<number> {
    yield* this.error(`${this.name}: ${message}\n`);
    return status;
  }
  /** `NAME: WHAT: strerror`, as perror(3). */
  *failErrno(what: Bytes, errno: Errno, status = 1): Sys<number> {
    return yield* this.fail(`${what}: ${strerror(errno)}`, status);
  }

  // --- processes ---

  /** Runs a program in a child: fork and exec in one. ENOENT, EACCES, ENOEXEC as execve(2). */
  spawn(argv: readonly Bytes[], options: SpawnOptions = {}): Result<Process, Errno> {
    return this.os.spawn(this, argv, options);
  }
  /** A child that runs `body` with copies of what this one has. EAGAIN when the machine has too many processes. */
  fork(body: Program, options: ForkOptions = {}): Result<Process, Errno> {
    return this.os.fork(this, body, options);
  }
  /** Becomes another program. Returns only on failure. */
  exec(argv: readonly Bytes[], options: { readonly path?: Bytes; readonly env?: Map<Bytes, Bytes> } = {}): Errno {
    const image = this.os.load(this, options.path, argv);
    if (!image.ok) return image.error;
    if (options.env) this.env = new Map(options.env);
    throw new Departure({ kind: 'exec', image: image.value });
  }
  exit(status: number): never {
    throw new Departure({ kind: 'exit', status: status & 255 });
  }
  /** Waits for a child; undefined when there is none (ECHILD), with `nohang` when none has news, or when a signal came. */
  *wait(options: WaitOptions = {}): Sys<ChildEvent | undefined> {
    for (;;) {
      let candidates = 0;
      for (const child of this.children) {
        const pid = this.namespaces.pid.pidOf(child);
        if (pid === undefined || (options.pid !== undefined && options.pid !== pid) || (options.pgid !== undefined && options.pgid !== child.pgid)) continue;
        candidates++;
        const status = this.os.collect(child, options.untraced ?? false);
        if (status) return { pid, status };
      }
      if (candidates === 0 || options.nohang) return undefined;
      if ((yield* this.block(this.childChanged)) === 'interrupted') return undefined;
    }
  }
  /** Waits for one child to its end, however often signals interrupt; its `$?`. */
  *waitExit(child: Process): Sys<ChildStatus> {
    while (!child.ending) yield* this.block(this.childChanged);
    return this.os.collect(child, false) ?? child.ending;
  }

  /** What the first process does for ever: buries the orphans it adopted. */
  *reap(): Sys<never> {
    for (;;) {
      while (yield* this.wait({ nohang: true }));
      yield* this.block(this.childChanged);
    }
  }

  // --- signals ---

  on(signal: SignalName, disposition: Disposition): void {
    if (signal === 'KILL' || signal === 'STOP') return;
    if (disposition === 'default') this.handlers?.delete(signal);
    else (this.handlers ??= new Map()).set(signal, disposition);
  }
  disposition(signal: SignalName): Disposition {
    return this.dispositions.get(signal) ?? 'default';
  }
  /** kill(2): a process, 0 for one's own group, -1 for all, -N for a group. `signal` undefined only asks. */
  kill(pid: number, signal: SignalName | undefined): Result<void, Errno> {
    return this.os.kill(this, pid, signal);
  }
  raise(signal: SignalName): void {
    this.os.signal(this, signal);
  }
  isDeafTo(signal: SignalName): boolean {
    return this.dispositions.get(signal) === 'ignore' || this.blocked.has(signal);
  }
  /** Moves to another process group of its session. */
  join(group: ProcessGroup): void {
    this.group.members.delete(this);
    this.group = group;
    group.members.add(this);
  }
  /** setpgid(0, 0): a process group of its own in its session. */
  leadGroup(): void {
    if (this.pgid !== this.pid) this.join(new ProcessGroup(this.pid, this.group.session));
  }
  /** setsid(2): a session of its own, without a terminal. */
  setsid(): Result<number, Errno> {
    if (this.group.pgid === this.pid) return err('EPERM');
    this.join(this.leadSession());
    return ok(this.pid);
  }
  private leadSession(): ProcessGroup {
    const session = new Session(this.pid);
    session.leader = this;
    return new ProcessGroup(this.pid, session);
  }
}

/** What most processes have none of. */
const NO_HANDLERS: ReadonlyMap<SignalName, Disposition> = new Map();
const NOTHING_BLOCKED: ReadonlySet<SignalName> = new Set();
