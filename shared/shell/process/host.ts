/** What a process may ask of the machine that it runs on, and with what: `Os` answers. */
import type { Bytes, Errno, Result, Rng, Simulation } from '../../base/index.ts';
import type { MountNamespace } from '../files/mount-namespace.ts';
import type { Namespace, UtsNamespace } from './namespace.ts';
import type { PidNamespace } from './pid-namespace.ts';
import type { Process } from './process.ts';
import type { ProcessGroup } from './session.ts';
import type { ChildStatus, SignalName } from './signals.ts';
import type { Sys } from './wait.ts';

/** The main function of a program: its result is the exit status. */
export type Program = (p: Process) => Sys<number>;

/** What a signal does: its default, nothing, or a function that runs when the process next goes on. */
export type Disposition = 'default' | 'ignore' | ((signal: SignalName) => void);

/** Why a wait ended: by what was waited for, or by a signal that has a handler. */
export type Woken = 'woken' | 'interrupted';

export type ProcessState = 'running' | 'sleeping' | 'stopped' | 'zombie';

export interface ChildEvent {
  readonly pid: number;
  readonly status: ChildStatus;
}

/** Which children `wait` means: any, one, or those of a process group. */
export interface WaitOptions {
  readonly pid?: number;
  readonly pgid?: number;
  /** Returns undefined at once when none has anything to report. */
  readonly nohang?: boolean;
  /** Also reports stopped and continued children. */
  readonly untraced?: boolean;
}

/** What a process runs: a program with the name and arguments it was started with. */
export interface Image {
  readonly program: Program;
  readonly argv: readonly Bytes[];
  /** Path of the executable; of the interpreter for a script. */
  readonly exe: Bytes;
  /** Last component of the path that was executed: what /proc/PID/comm shows. */
  readonly comm: Bytes;
}

/** Thrown by `exit` and `exec` to leave the program; `finally` blocks run. Never catch it. */
export class Departure extends Error {
  constructor(readonly next: { readonly kind: 'exit'; readonly status: number } | { readonly kind: 'exec'; readonly image: Image }) {
    super('the program ends here');
  }
}

export interface ForkOptions {
  /** A process group of its own, or that of a group there is; else its parent's. */
  readonly group?: 'new' | ProcessGroup;
  /** Runs before the child first does. */
  readonly prepare?: (child: Process) => void;
}

export interface SpawnOptions extends ForkOptions {
  /** The file to execute; without it argv[0] is looked up in PATH. */
  readonly path?: Bytes;
  readonly env?: ReadonlyMap<Bytes, Bytes>;
  readonly cwd?: Bytes;
  /** The child's descriptors by number, each one of the parent's; the others are closed. Without it the child has copies of all. */
  readonly fds?: ReadonlyMap<number, number>;
}

/** What would otherwise grow without bound, each with the error that reaching it gives. */
export interface Limits {
  /** fork: EAGAIN. */
  readonly processes: number;
  /** open, pipe, socket: EMFILE. */
  readonly openFiles: number;
  /** Bytes a program may hold in one piece: ENOMEM; also the size of a tmpfs: ENOSPC. */
  readonly memoryBytes: number;
}

/** The machine that a process runs on: what `Os` does for it. */
/** As `set -x` shows it: words expanded, quoted where they must be. */
export interface ShellCommand {
  /** Of its script, from 1. */
  readonly line: number;
  readonly text: Bytes;
  /** How many command substitutions it is inside of. */
  readonly depth: number;
}

export interface Host {
  readonly sim: Simulation;
  readonly rng: Rng;
  readonly limits: Limits;
  /** Told of every command that a shell of this machine is about to run; while nobody is, it costs nothing. */
  readonly commandRuns: ((process: Process, command: ShellCommand) => void) | undefined;
  /** Fresh inode number for a pipe, a socket, a namespace. */
  takeInode(): number;
  fork(parent: Process, body: Program, options: ForkOptions): Result<Process, Errno>;
  spawn(parent: Process, argv: readonly Bytes[], options: SpawnOptions): Result<Process, Errno>;
  /** Finds what executing a file would run. */
  load(process: Process, path: Bytes | undefined, argv: readonly Bytes[]): Result<Image, Errno>;
  /** What a child has to tell its parent, once; a zombie is buried. */
  collect(child: Process, untraced: boolean): ChildStatus | undefined;
  signal(target: Process, signal: SignalName): void;
  kill(sender: Process, pid: number, signal: SignalName | undefined): Result<void, Errno>;
}

export interface Namespaces {
  mnt: MountNamespace;
  uts: UtsNamespace;
  pid: PidNamespace;
  net: Namespace;
  user: Namespace;
  ipc: Namespace;
  cgroup: Namespace;
  time: Namespace;
}
