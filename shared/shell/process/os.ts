/**
 * The processes of one machine: making, loading, scheduling, signalling and burying them on a `Simulation`. Programs are registered by name; an
 * executable is a file whose content names its program (`programImage`), so it can be copied, linked and replaced like any other.
 *
 * Invariant: a process runs until it waits; nothing here calls into a process that is running.
 * Invariant: a signal's default action ends a process by returning from its generator, so its `finally` blocks run; they must not wait.
 */
import { assert, done, err, ok, Rng, type Bytes, type Errno, type Result, type Simulation } from '../../base/index.ts';
import { DEVICES, DeviceTable } from '../files/devices.ts';
import { MountNamespace } from '../files/mount-namespace.ts';
import { OpenPtmx, Pty } from '../terminal/pty.ts';
import { OpenTty, Tty } from '../terminal/tty.ts';
import type { FdTable } from './fd-table.ts';
import { loadImage } from './image.ts';
import { PlainNamespace, UtsNamespace } from './namespace.ts';
import {
  Departure,
  type ForkOptions,
  type Host,
  type Image,
  type Limits,
  type Namespaces,
  type Program,
  type ShellCommand,
  type SpawnOptions,
} from './host.ts';
import { PidNamespace } from './pid-namespace.ts';
import { Process } from './process.ts';
import { ProcessGroup } from './session.ts';
import { signalAction, signalNumber, type ChildStatus, type SignalName } from './signals.ts';
import { Task } from './task.ts';
import type { Sys } from './wait.ts';

/** Virtual microseconds that it takes to fork a process. */
const FORK_US = 80;

export const DEFAULT_LIMITS: Limits = { processes: 4096, openFiles: 1024, memoryBytes: 256 * 1024 * 1024 };

export class Os implements Host {
  readonly limits: Limits;
  readonly rng: Rng;
  readonly devices: DeviceTable;
  /** Programs by the name that `programImage` holds. */
  readonly programs = new Map<string, Program>();
  /** Told of a mistake of ours in a program; that process ends as if by SIGABRT, the machine goes on. */
  report: (error: unknown) => void;
  /** Told of every process that has ended, as it was: who wants to know what was run. */
  processEnded: ((process: Process, ending: ChildStatus) => void) | undefined = undefined;
  commandRuns: ((process: Process, command: ShellCommand) => void) | undefined = undefined;
  private readonly tasks = new Map<Process, Task>();
  private readonly ptys = new Map<number, Pty>();
  private nextInode = 4026531841;
  private nextAnonymous = 20000;

  constructor(
    readonly sim: Simulation,
    options: { readonly seed?: number; readonly limits?: Partial<Limits>; readonly report?: (error: unknown) => void } = {},
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.rng = new Rng(options.seed ?? 1);
    this.devices = new DeviceTable(this.rng);
    this.report =
      options.report ??
      ((error) => {
        throw error;
      });
    this.devices.register(DEVICES.tty, (_flags, caller) => {
      const terminal = caller.group.session.terminal;
      return terminal instanceof Tty ? ok(new OpenTty(terminal)) : err('ENXIO');
    });
    this.devices.register(DEVICES.ptmx, () => ok(new OpenPtmx(this.openPty())));
  }
  takeInode(): number {
    return this.nextAnonymous++;
  }
  /** Number of a new namespace's handle: from 4026531841 on, as Linux numbers them. */
  takeNamespaceInode(): number {
    return this.nextInode++;
  }
  /** A set of fresh namespaces with nothing mounted: of a new machine. */
  makeNamespaces(hostname: string, net?: Namespaces['net']): Namespaces {
    const ino = (): number => this.takeNamespaceInode();
    return {
      mnt: new MountNamespace(ino()),
      uts: new UtsNamespace(ino(), hostname),
      ipc: new PlainNamespace('ipc', ino()),
      pid: new PidNamespace(ino(), undefined),
      user: new PlainNamespace('user', ino()),
      net: net ?? new PlainNamespace('net', ino()),
      cgroup: new PlainNamespace('cgroup', ino()),
      time: new PlainNamespace('time', ino()),
    };
  }

  // --- making ---

  /** The first process of a machine or container: it has no parent, its pid is the next of its namespace (1 in a fresh one). */
  boot(
    namespaces: Namespaces,
    body: Program,
    options: { readonly env?: ReadonlyMap<Bytes, Bytes>; readonly comm?: Bytes; readonly prepare?: (process: Process) => void } = {},
  ): Process {
    const process = new Process(this, undefined, { ...namespaces }, undefined, undefined);
    process.env = new Map(options.env);
    process.comm = options.comm ?? 'init';
    process.argv = [process.comm];
    options.prepare?.(process);
    this.start(process, body);
    return process;
  }
  fork(parent: Process, body: Program, options: ForkOptions): Result<Process, Errno> {
    if (this.tasks.size >= this.limits.processes) return err('EAGAIN');
    const namespaces: Namespaces = { ...parent.namespaces, pid: parent.pidForChildren };
    const group = options.group instanceof ProcessGroup ? options.group : parent.group;
    const child = new Process(this, parent, namespaces, group, parent.fds.copy());
    if (options.group === 'new') child.join(new ProcessGroup(child.pid, parent.group.session));
    child.argv = parent.argv;
    child.exe = parent.exe;
    child.comm = parent.comm;
    for (const [signal, disposition] of parent.dispositions) child.on(signal, disposition);
    child.blocked = parent.blocked;
    options.prepare?.(child);
    this.sim.charge(FORK_US);
    this.start(child, body);
    return ok(child);
  }
  spawn(parent: Process, argv: readonly Bytes[], options: SpawnOptions): Result<Process, Errno> {
    const image = this.load(parent, options.path, argv);
    if (!image.ok) return image;
    const child = this.fork(parent, (p) => this.enterImage(p, image.value, options), options);
    if (!child.ok) return child;
    const { fds } = child.value;
    if (options.fds) {
      const kept = new Map<number, number>(options.fds);
      const table = parent.fds;
      fds.closeAll();
      for (const [fd, source] of kept) {
        const file = table.get(source);
        if (file) fds.put(fd, file);
      }
    }
    if (options.cwd !== undefined) {
      const moved = child.value.fs.chdir(options.cwd);
      if (!moved.ok) {
        this.terminate(this.taskOf(child.value), { kind: 'exited', code: 127 });
        this.collect(child.value, false);
        return moved;
      }
    }
    return child;
  }
  private *enterImage(p: Process, image: Image, options: SpawnOptions): Sys<number> {
    if (options.env) p.env = new Map(options.env);
    throw new Departure({ kind: 'exec', image });
  }
  private start(process: Process, body: Program): void {
    const task = new Task(this, process, body);
    this.tasks.set(process, task);
    this.sim.ready(task);
  }
  load(process: Process, path: Bytes | undefined, argv: readonly Bytes[]): Result<Image, Errno> {
    return loadImage(process, this.programs, path, argv);
  }
  private taskOf(process: Process): Task {
    const task = this.tasks.get(process);
    assert(task, 'a process that lives has a task');
    return task;
  }

  // --- ending ---

  finish(task: Task, ending: ChildStatus): void {
    const { process } = task;
    if (process.ending) return;
    task.state = 'gone';
    process.state = 'zombie';
    process.ending = ending;
    process.news = undefined;
    this.processEnded?.(process, ending);
    this.tasks.delete(process);
    process.fds.closeAll();
    const { session } = process.group;
    process.group.members.delete(process);
    if (session.leader === process) {
      session.leader = undefined;
      session.terminal?.abandon();
      session.terminal = undefined;
    }
    const init = process.namespaces.pid.init;
    if (init === process) for (const { process: other } of process.namespaces.pid.list()) if (other !== process) this.signal(other, 'KILL');
    for (const child of process.children) {
      child.parent = init === process ? undefined : init;
      child.parent?.children.add(child);
      if (child.ending) this.tellParent(child);
    }
    process.children.clear();
    for (const namespace of Object.values(process.namespaces) as Namespaces['net'][]) namespace.release();
    this.tellParent(process);
  }
  private tellParent(process: Process): void {
    const { parent } = process;
    if (!parent || parent.ending || parent.disposition('CHLD') === 'ignore') {
      this.bury(process);
      parent?.childChanged.wakeAll();
      return;
    }
    this.signal(parent, 'CHLD');
    parent.childChanged.wakeAll();
  }
  private bury(process: Process): void {
    process.parent?.children.delete(process);
    process.namespaces.pid.dismiss(process);
  }
  collect(child: Process, untraced: boolean): ChildStatus | undefined {
    if (child.ending) {
      this.bury(child);
      return child.ending;
    }
    const { news } = child;
    if (!news || !untraced) return undefined;
    child.news = undefined;
    return news;
  }
  private terminate(task: Task, ending: ChildStatus): void {
    task.state = 'gone';
    task.unwind();
    this.finish(task, ending);
  }
  /** The program threw: out of stack is what a real one dies of by SIGSEGV; anything else is a mistake of ours. */
  failed(task: Task, error: unknown): void {
    task.generator = undefined;
    if (error instanceof RangeError) {
      this.finish(task, { kind: 'killed', signal: 'SEGV' });
      return;
    }
    this.finish(task, { kind: 'killed', signal: 'ABRT' });
    this.report(error);
  }

  // --- signals ---

  signal(target: Process, signal: SignalName): void {
    if (target.ending) return;
    const task = this.taskOf(target);
    if (signal === 'CONT') this.resume(task);
    const disposition = target.disposition(signal);
    if (disposition === 'ignore' && signal !== 'KILL' && signal !== 'STOP') return;
    if (target.blocked.has(signal)) {
      if (!target.pending.includes(signal)) target.pending.push(signal);
      return;
    }
    const action = signalAction(signal);
    if (disposition === 'default') {
      if (action === 'ignore' || action === 'continue') return;
      if (action === 'stop' && signal !== 'STOP' && this.isOrphaned(target.group)) return;
      // The first process of a namespace is not ended by what it has no handler for.
      if (target.namespaces.pid.init === target && target.parent === undefined && signal !== 'KILL') return;
    }
    if (task.state === 'running') {
      target.pending.push(signal);
      return;
    }
    if (disposition !== 'default') {
      target.pending.push(signal);
      if (target.state !== 'stopped') task.wake();
      return;
    }
    if (action === 'stop') this.stop(task, signal);
    else this.terminate(task, { kind: 'killed', signal });
  }
  /** Acts on what is pending before a process goes on; false when it does not. */
  deliver(task: Task): boolean {
    const { process } = task;
    for (let i = 0; i < process.pending.length;) {
      const signal = process.pending[i];
      assert(signal, 'in range');
      if (process.blocked.has(signal) && signal !== 'KILL') {
        i++;
        continue;
      }
      process.pending.splice(i, 1);
      const disposition = process.disposition(signal);
      if (typeof disposition === 'function') {
        const left = departureFrom(() => disposition(signal));
        if (left?.next.kind === 'exit') {
          this.terminate(task, { kind: 'exited', code: left.next.status });
          return false;
        }
        process.interrupt();
      } else if (disposition === 'default' || signal === 'KILL' || signal === 'STOP') {
        const action = signalAction(signal);
        if (action === 'stop') {
          this.stop(task, signal);
          task.state = 'parked';
          return false;
        }
        if (action === 'end' || action === 'core') {
          this.terminate(task, { kind: 'killed', signal });
          return false;
        }
      }
    }
    return true;
  }
  private stop(task: Task, signal: SignalName): void {
    const { process } = task;
    if (process.state === 'stopped') return;
    process.state = 'stopped';
    this.changed(process, { kind: 'stopped', signal });
  }
  private resume(task: Task): void {
    const { process } = task;
    for (let i = process.pending.length - 1; i >= 0; i--) if (signalAction(process.pending[i] ?? 'CONT') === 'stop') process.pending.splice(i, 1);
    if (process.state !== 'stopped') return;
    process.state = task.state === 'waiting' ? 'sleeping' : 'running';
    this.changed(process, { kind: 'continued' });
    // What it waited for is looked at again: a background read that was stopped is tried once more.
    task.wake();
    task.unpark();
  }
  private changed(process: Process, news: ChildStatus): void {
    process.news = news;
    if (!process.parent) return;
    this.signal(process.parent, 'CHLD');
    process.parent.childChanged.wakeAll();
  }
  /** No member has a parent in the same session but another group: nobody could continue it. */
  private isOrphaned(group: ProcessGroup): boolean {
    for (const member of group.members) {
      const parent = (member as Process).parent;
      if (parent && parent.group !== group && parent.group.session === group.session) return false;
    }
    return true;
  }
  kill(sender: Process, pid: number, signal: SignalName | undefined): Result<void, Errno> {
    const visible = sender.namespaces.pid.list();
    const targets =
      pid > 0
        ? [sender.namespaces.pid.lookup(pid)].filter((process) => process !== undefined)
        : visible
            .filter(({ pid: number, process }) =>
              pid === 0 ? process.group === sender.group : pid === -1 ? number > 1 && process !== sender : process.pgid === -pid,
            )
            .map(({ process }) => process);
    if (targets.length === 0) return err('ESRCH');
    const { euid, uid } = sender.credentials;
    const allowed = targets.filter(
      (target) => euid === 0 || euid === target.uid || uid === target.uid || (signal === 'CONT' && target.group.session === sender.group.session),
    );
    if (allowed.length === 0) return err('EPERM');
    if (signal && signalNumber(signal) > 0) for (const target of allowed) this.signal(target, signal);
    return done;
  }

  // --- terminals ---

  /** A new pseudo-terminal; /dev/pts lists it until it is closed. */
  openPty(): Pty {
    let number = 0;
    while (this.ptys.has(number)) number++;
    const pty = new Pty(
      number,
      (callback) => this.sim.ready({ run: callback }),
      () => {
        this.ptys.delete(number);
        this.devices.forget(pty.tty.rdev);
      },
    );
    this.ptys.set(number, pty);
    this.devices.register(pty.tty.rdev, () => ok(new OpenTty(pty.tty)));
    return pty;
  }
  get terminals(): ReadonlyMap<number, Pty> {
    return this.ptys;
  }
  /** How many processes there are. */
  get processCount(): number {
    return this.tasks.size;
  }
  /** A descriptor table for a process whose 0, 1 and 2 are one file: a terminal, usually. */
  static standardFds(process: Process, file: Parameters<FdTable['add']>[0]): void {
    for (const fd of [0, 1, 2]) process.fds.put(fd, file);
  }
}

/** How a handler leaves the program, where it does. */
function departureFrom(handle: () => void): Departure | undefined {
  try {
    handle();
    return undefined;
  } catch (error) {
    if (error instanceof Departure) return error;
    throw error;
  }
}
