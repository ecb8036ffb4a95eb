/**
 * A running program seen from outside the lab: its terminal or its pipes, pulled and pushed with back-pressure.
 * Invariant: output that is not read stays in the pipe or terminal, and the program waits.
 */
import type { Bytes } from '../base/index.ts';
import { exitStatusOf, makePipe, parseSignal, type OpenFile, type PipeEnd, type Process, type Pty } from '../shell/index.ts';
import type { Session, TerminalSize } from './lab.ts';

/** Starts a program with these descriptors; undefined when it cannot be started. */
export type Start = (io: { readonly pty: Pty } | { readonly files: readonly [OpenFile, OpenFile, OpenFile] }) => Process | undefined;

abstract class BaseSession implements Session {
  protected readable: (() => void) | undefined;
  protected writable: (() => void) | undefined;
  private readonly exits = new Set<(status: number) => void>();
  protected process: Process | undefined;

  get exitStatus(): number | undefined {
    return this.process?.ending && exitStatusOf(this.process.ending);
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  onWritable(listener: () => void): void {
    this.writable = listener;
  }
  onExit(listener: (status: number) => void): void {
    const { exitStatus } = this;
    if (exitStatus === undefined) this.exits.add(listener);
    else listener(exitStatus);
  }
  /** Told by the lab when the program has ended. */
  ended(): void {
    const { exitStatus } = this;
    if (exitStatus === undefined) return;
    this.readable?.();
    for (const listener of [...this.exits]) listener(exitStatus);
    this.exits.clear();
  }
  get isOver(): boolean {
    return this.exitStatus !== undefined;
  }
  has(process: Process): boolean {
    return this.process === process;
  }
  get isWaitingForInput(): boolean {
    return false;
  }
  abstract read(limit: number): Bytes;
  abstract readError(limit: number): Bytes;
  abstract write(data: Bytes): number;
  abstract closeInput(): void;
  abstract resize(size: TerminalSize): void;
  abstract signal(name: string): void;
  abstract close(): void;
}
export type { BaseSession };

export class PipeSession extends BaseSession {
  private readonly input = makePipe(0);
  private readonly output = makePipe(0);
  private readonly errors = makePipe(0);
  private isInputOpen = true;

  constructor(start: Start) {
    super();
    for (const end of [this.input.writer, this.output.reader, this.errors.reader]) end.references++;
    this.process = start({ files: [this.input.reader, this.output.writer, this.errors.writer] });
    for (const end of [this.output.reader, this.errors.reader]) {
      end.changed.arm(() => {
        if (end.poll().readable) this.readable?.();
      });
    }
    this.input.writer.changed.arm(() => {
      if (this.isInputOpen && this.input.writer.poll().writable) this.writable?.();
    });
  }
  get hasStarted(): boolean {
    return this.process !== undefined;
  }
  override get isWaitingForInput(): boolean {
    const { reader } = this.input;
    return this.isInputOpen && reader.changed.isWaitedFor && !reader.poll().readable;
  }
  read(limit: number): Bytes {
    return take(this.output.reader, limit);
  }
  readError(limit: number): Bytes {
    return take(this.errors.reader, limit);
  }
  write(data: Bytes): number {
    if (!this.isInputOpen || data === '' || !this.process) return data.length;
    const taken = this.input.writer.write(data);
    return taken.ok ? taken.value : taken.error === 'EAGAIN' ? 0 : data.length;
  }
  closeInput(): void {
    if (!this.isInputOpen) return;
    this.isInputOpen = false;
    if (--this.input.writer.references === 0) this.input.writer.released();
  }
  resize(): void {
    // pipes have no size
  }
  signal(name: string): void {
    const signal = parseSignal(name);
    if (signal && this.process && !this.process.ending) this.process.group.raise(signal);
  }
  close(): void {
    this.closeInput();
    this.signal('KILL');
  }
}

function take(end: PipeEnd, limit: number): Bytes {
  const data = end.read(limit);
  return data.ok ? data.value : '';
}

export class TerminalSession extends BaseSession {
  constructor(
    private readonly pty: Pty,
    start: Start,
    size: TerminalSize,
  ) {
    super();
    pty.resize(size);
    pty.watch(() => this.readable?.());
    this.process = start({ pty });
  }
  get hasStarted(): boolean {
    return this.process !== undefined;
  }
  read(limit: number): Bytes {
    return this.pty.take(limit);
  }
  readError(): Bytes {
    return '';
  }
  write(data: Bytes): number {
    this.pty.write(data);
    return data.length;
  }
  closeInput(): void {
    // a terminal has no end of input: ^D is typed
  }
  resize(size: TerminalSize): void {
    this.pty.resize(size);
  }
  signal(name: string): void {
    const signal = parseSignal(name);
    if (signal === 'HUP') this.pty.close();
    else if (signal) this.pty.tty.foreground?.raise(signal);
  }
  close(): void {
    this.pty.close();
  }
}
