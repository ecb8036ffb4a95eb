/** A process of this machine with three pipes, as a `Program`. Output waits in the pipes until it is read. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { readFileSync, readdirSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Program } from '../provider.ts';

/** Output of a child that a process left behind is waited for so long. */
const LINGER_MS = 150;

export interface PipeOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Signals go to what this process started, and not to itself: it only enters a namespace. */
  readonly isDoor?: boolean;
}

export class PipeProgram implements Program {
  exitStatus: number | undefined;
  private readonly child: ChildProcess;
  private isFull = false;
  private readable: () => void = () => undefined;
  private writable: () => void = () => undefined;
  private readonly exitListeners: ((status: number) => void)[] = [];

  constructor(
    argv: readonly string[],
    private readonly options: PipeOptions = {},
  ) {
    const [file = '', ...args] = argv;
    this.child = spawn(file, args, { detached: true, ...(options.env && { env: options.env }) });
    const { stdin, stdout, stderr } = this.child;
    for (const stream of [stdout, stderr]) stream?.on('readable', () => this.readable());
    stdin?.on('drain', () => {
      this.isFull = false;
      this.writable();
    });
    stdin?.on('error', () => undefined); // it reads no more
    this.child.on('error', (error: NodeJS.ErrnoException) => this.end(error.code === 'ENOENT' ? 127 : 126));
    this.child.on('exit', (code, signal) => {
      const status = signal === null ? (code ?? 0) : 128 + constants.signals[signal];
      const timer = setTimeout(() => this.end(status), LINGER_MS);
      this.child.on('close', () => {
        clearTimeout(timer);
        this.end(status);
      });
    });
    options.signal?.addEventListener('abort', () => this.signal('KILL'), { once: true });
  }
  get pid(): number | undefined {
    return this.child.pid;
  }

  read(limit: number): Uint8Array | undefined {
    return take(this.child.stdout, limit);
  }
  readError(limit: number): Uint8Array | undefined {
    return take(this.child.stderr, limit);
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  write(data: Uint8Array): number {
    const { stdin } = this.child;
    if (this.isFull) return 0;
    if (stdin?.writable === true) this.isFull = !stdin.write(data);
    return data.length;
  }
  onWritable(listener: () => void): void {
    this.writable = listener;
  }
  closeInput(): void {
    this.child.stdin?.end();
  }
  resize(): void {
    // it has no terminal
  }
  signal(name: string): void {
    const { pid } = this.child;
    if (pid === undefined || this.exitStatus !== undefined) return;
    const targets = this.options.isDoor === true ? childrenOf(pid) : [];
    for (const target of targets.length > 0 ? targets : [-pid]) signalProcess(target, name);
  }
  onExit(listener: (status: number) => void): void {
    if (this.exitStatus === undefined) this.exitListeners.push(listener);
    else listener(this.exitStatus);
  }

  private end(status: number): void {
    if (this.exitStatus !== undefined) return;
    this.exitStatus = status;
    this.readable();
    for (const listener of this.exitListeners) listener(status);
  }
}

function take(stream: Readable | null, limit: number): Uint8Array | undefined {
  if (!stream || stream.readableLength === 0) {
    stream?.read(0);
    return undefined;
  }
  return (stream.read(Math.min(limit, stream.readableLength)) as Buffer | null) ?? undefined;
}

export function signalProcess(pid: number, name: string): void {
  try {
    process.kill(pid, `SIG${name}` as NodeJS.Signals);
  } catch {
    // it has just ended
  }
}

/** What a process started, the nearest that is no door itself. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '));
    const pids = children.filter((child) => child !== '').map(Number);
    return pids.flatMap((child) => {
      const inner = readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'nsenter' ? childrenOf(child) : [];
      return inner.length > 0 ? inner : [child];
    });
  } catch {
    return [];
  }
}

/** Everything a program prints, once it has ended. */
export function finished(program: Program, stdin = ''): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const [out, err]: [Uint8Array[], Uint8Array[]] = [[], []];
    const take = (): void => {
      for (let data = program.read(1 << 20); data; data = program.read(1 << 20)) out.push(data);
      for (let data = program.readError(1 << 20); data; data = program.readError(1 << 20)) err.push(data);
    };
    let rest: Uint8Array | undefined = Buffer.from(stdin, 'utf8');
    let isGiving = false;
    const give = (): void => {
      if (isGiving || !rest) return; // `write` may say at once that there is room again
      isGiving = true;
      for (let taken = 1; taken > 0 && rest.length > 0; rest = rest.subarray(taken)) taken = program.write(rest);
      isGiving = false;
      if (rest.length > 0) return;
      rest = undefined;
      program.closeInput();
    };
    program.onReadable(take);
    program.onWritable(give);
    program.onExit((status) => {
      take();
      resolve({ status, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') });
    });
    give();
    take();
  });
}
