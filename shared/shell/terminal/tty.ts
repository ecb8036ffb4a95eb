/**
 * A terminal device: a line discipline, an output queue, a window size, and the job control rules of who may read and write
 * (tty_ioctl(4), credentials(7)). The far side, which shows the output and presses the keys, is in pty.ts.
 */
import { done, err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import { OpenFile, type Readiness } from '../files/inode.ts';
import type { Caller } from '../process/caller.ts';
import type { ControllingTerminal, ProcessGroup, Session } from '../process/session.ts';
import { WaitQueue } from '../process/wait.ts';
import { LineDiscipline } from './line-discipline.ts';
import { copyTermios, type TerminalRequest, type WindowSize } from './termios.ts';

/** How much output waits for the far side before writers do. */
const OUTPUT_BYTES = 65536;

export class Tty implements ControllingTerminal {
  readonly line = new LineDiscipline({
    echo: (text) => this.emit(text),
    signal: (signal) => this.foreground?.raise(signal),
    readable: () => this.changed.wakeAll(),
    stopOutput: (stopped) => this.setStopped(stopped),
  });
  /** Woken for readers and writers of the device. */
  readonly changed = new WaitQueue();
  session: Session | undefined = undefined;
  foreground: ProcessGroup | undefined = undefined;
  size: WindowSize = { columns: 80, rows: 24 };
  isHungUp = false;
  private isStopped = false;
  private chunks: Bytes[] = [];
  private queued = 0;

  constructor(
    /** `/dev/pts/3`. */
    readonly name: Bytes,
    readonly rdev: number,
    /** There is output to take, where there was none. */
    private readonly onOutput: () => void,
  ) {}

  // --- the far side ---

  /** Everything that was written since, at most about `max` bytes. Writers go on when there is room again. */
  take(max = OUTPUT_BYTES): Bytes {
    const wasFull = this.queued >= OUTPUT_BYTES;
    const all = this.chunks.length === 1 ? (this.chunks[0] ?? '') : this.chunks.join('');
    const data = all.length <= max ? all : all.slice(0, max);
    this.chunks = data.length === all.length ? [] : [all.slice(max)];
    this.queued = all.length - data.length;
    if (wasFull && this.queued < OUTPUT_BYTES) this.changed.wakeAll();
    return data;
  }
  get hasOutput(): boolean {
    return this.queued > 0;
  }
  resize(size: WindowSize): void {
    if (size.columns === this.size.columns && size.rows === this.size.rows) return;
    this.size = size;
    this.foreground?.raise('WINCH');
  }
  /** The far side is gone: readers see the end, writers fail, the session is told. */
  hangUp(): void {
    if (this.isHungUp) return;
    this.isHungUp = true;
    this.session?.leader?.raise('HUP');
    this.session?.leader?.raise('CONT');
    this.foreground?.raise('HUP');
    this.foreground?.raise('CONT');
    this.changed.wakeAll();
  }
  abandon(): void {
    this.foreground?.raise('HUP');
    this.foreground?.raise('CONT');
    this.session = undefined;
    this.foreground = undefined;
  }

  // --- the device ---

  emit(text: Bytes): void {
    if (text === '' || this.isHungUp) return;
    this.chunks.push(text);
    this.queued += text.length;
    if (this.queued === text.length) this.onOutput();
  }
  read(max: number, caller: Caller): Result<Bytes, Errno> {
    if (this.isHungUp) return ok('');
    if (this.isBackground(caller)) {
      if (caller.isDeafTo('TTIN')) return err('EIO');
      caller.group.raise('TTIN');
      return err('EAGAIN');
    }
    const data = this.line.read(max);
    return data === undefined ? err('EAGAIN') : ok(data);
  }
  write(data: Bytes, caller: Caller): Result<number, Errno> {
    if (this.isHungUp) return err('EIO');
    const { opost, onlcr, tostop } = this.line.termios;
    if (tostop && this.isBackground(caller) && !caller.isDeafTo('TTOU')) {
      caller.group.raise('TTOU');
      return err('EAGAIN');
    }
    if (this.isStopped || this.queued >= OUTPUT_BYTES) return err('EAGAIN');
    const piece = data.length > OUTPUT_BYTES ? data.slice(0, OUTPUT_BYTES) : data;
    this.emit(opost && onlcr && piece.includes('\n') ? piece.replaceAll('\n', '\r\n') : piece);
    return ok(piece.length);
  }
  get readiness(): Readiness {
    return {
      readable: this.isHungUp || this.line.hasInput,
      writable: this.isHungUp || (!this.isStopped && this.queued < OUTPUT_BYTES),
      hangup: this.isHungUp,
    };
  }
  control(request: TerminalRequest, caller: Caller): Result<unknown, Errno> {
    if (this.isHungUp) return err('EIO');
    switch (request.kind) {
      case 'tty.get-attributes':
        return ok(copyTermios(this.line.termios));
      case 'tty.set-attributes':
        if (!this.mayChange(caller)) return err('EAGAIN');
        this.line.setTermios(copyTermios(request.termios), request.flush ?? false);
        return done;
      case 'tty.get-size':
        return ok(this.size);
      case 'tty.set-size':
        this.resize(request.size);
        return done;
      case 'tty.get-foreground':
        return caller.group.session === this.session ? ok(this.foreground) : err('ENOTTY');
      case 'tty.set-foreground':
        if (caller.group.session !== this.session || request.group.session !== this.session) return err('ENOTTY');
        if (!this.mayChange(caller)) return err('EAGAIN');
        this.foreground = request.group;
        return done;
      case 'tty.adopt':
        return this.adopt(caller);
      case 'tty.name':
        return ok(this.name);
      default:
        return err('ENOTTY');
    }
  }
  /** Becomes the controlling terminal of the caller's session. */
  adopt(caller: Caller): Result<void, Errno> {
    const { session } = caller.group;
    if (this.session === session) return done;
    if (session.sid !== caller.pid || this.session || session.terminal) return err('EPERM');
    session.terminal = this;
    this.session = session;
    this.foreground = caller.group;
    return done;
  }
  private isBackground(caller: Caller): boolean {
    return this.session !== undefined && caller.group.session === this.session && caller.group !== this.foreground;
  }
  /** A background process that changes settings is stopped, unless it ignores that. */
  private mayChange(caller: Caller): boolean {
    if (!this.isBackground(caller) || caller.isDeafTo('TTOU')) return true;
    caller.group.raise('TTOU');
    return false;
  }
  private setStopped(stopped: boolean): void {
    this.isStopped = stopped;
    if (!stopped) this.changed.wakeAll();
  }
}

/** The device as opened: what descriptors 0, 1 and 2 of a shell in a terminal are. */
export class OpenTty extends OpenFile {
  override readonly changed: WaitQueue;
  constructor(readonly tty: Tty) {
    super();
    this.changed = tty.changed;
    this.flags = { read: true, write: true };
  }
  override read(max: number, caller: Caller): Result<Bytes, Errno> {
    return this.tty.read(max, caller);
  }
  override write(data: Bytes, caller: Caller): Result<number, Errno> {
    return this.tty.write(data, caller);
  }
  override poll(): Readiness {
    return this.tty.readiness;
  }
  override control(request: TerminalRequest, caller: Caller): Result<unknown, Errno> {
    return this.tty.control(request, caller);
  }
  override describe(): Bytes {
    return this.tty.name;
  }
  override released(): void {}
}
