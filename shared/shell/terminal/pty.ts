/**
 * Pseudo-terminals (pty(7)): what a terminal window, a `kubectl exec -it` or `script` holds. The master presses keys and takes output at its
 * own pace: the slave's queue is bounded, so a program that floods waits instead of filling memory.
 */
import { err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import { makeDevice, OpenFile, type Readiness } from '../files/inode.ts';
import type { Caller } from '../process/caller.ts';
import { OpenTty, Tty } from './tty.ts';
import type { TerminalRequest, WindowSize } from './termios.ts';

export class Pty {
  readonly tty: Tty;
  private isPaused = false;
  private listener: ((data: Bytes) => void) | undefined = undefined;
  private readonly watchers = new Set<() => void>();

  /** `number`: N of /dev/pts/N. `defer` runs a callback soon, after what runs now. */
  constructor(
    readonly number: number,
    private readonly defer: (callback: () => void) => void,
    private readonly onClose: () => void = () => undefined,
  ) {
    this.tty = new Tty(`/dev/pts/${number}`, makeDevice(136, number), () => this.arrived());
  }
  /** The slave side, to be a process's standard input, output and error. */
  open(): OpenTty {
    return new OpenTty(this.tty);
  }
  /** Keys were pressed, or text pasted. */
  write(bytes: Bytes): void {
    if (!this.tty.isHungUp) this.tty.line.input(bytes);
  }
  resize(size: WindowSize): void {
    this.tty.resize(size);
  }
  /** Output in batches of up to 64 KiB, as it comes, until `pause`. */
  onData(listener: (data: Bytes) => void): void {
    this.listener = listener;
    this.schedule();
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
    this.schedule();
  }
  /** Takes output without a listener; '' when there is none. */
  take(max?: number): Bytes {
    return this.tty.take(max);
  }
  /** Called when there is output where there was none. */
  watch(callback: () => void): () => void {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  }
  /** The window is closed. */
  close(): void {
    this.tty.hangUp();
    this.onClose();
  }
  private isScheduled = false;
  private arrived(): void {
    for (const watcher of this.watchers) watcher();
    this.schedule();
  }
  private schedule(): void {
    if (this.isScheduled || !this.listener || this.isPaused || !this.tty.hasOutput) return;
    this.isScheduled = true;
    this.defer(() => {
      this.isScheduled = false;
      if (!this.listener || this.isPaused || !this.tty.hasOutput) return;
      this.listener(this.tty.take());
      this.schedule();
    });
  }
}

/** /dev/ptmx as a program opens it. */
export class OpenPtmx extends OpenFile {
  private readonly unwatch: () => void;
  constructor(readonly pty: Pty) {
    super();
    this.flags = { read: true, write: true };
    this.unwatch = pty.watch(() => this.changed.wakeAll());
  }
  override read(max: number): Result<Bytes, Errno> {
    const data = this.pty.take(max);
    return data !== '' ? ok(data) : this.pty.tty.isHungUp ? err('EIO') : err('EAGAIN');
  }
  override write(data: Bytes): Result<number, Errno> {
    this.pty.write(data);
    return ok(data.length);
  }
  override poll(): Readiness {
    return { readable: this.pty.tty.hasOutput, writable: true, hangup: this.pty.tty.isHungUp };
  }
  override control(request: TerminalRequest, caller: Caller): Result<unknown, Errno> {
    return this.pty.tty.control(request, caller);
  }
  override describe(): Bytes {
    return '/dev/ptmx';
  }
  override released(): void {
    this.unwatch();
    this.pty.close();
  }
}
