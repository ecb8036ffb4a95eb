/**
 * Standard output as the C library buffers it (setvbuf(3)): whole when it goes to a file or a pipe, by line on a terminal. That decides in
 * which order a program's output and errors meet where both go to one pipe, so it is kept to the byte.
 * Deviation: on a terminal lines leave when the program waits, writes an error or has 4 KiB of them; nobody can tell.
 */
import { ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import type { Sys } from './wait.ts';

/** What it needs of its process. */
interface Writer {
  write(fd: number, data: Bytes): Sys<Result<number, Errno>>;
  isTerminal(fd: number): boolean;
}

/** BUFSIZ of a pipe or file: st_blksize. */
const BUFFER_BYTES = 4096;

export class Stdout {
  private buffer = '';
  private isTerminal: boolean | undefined = undefined;
  /** The first error of a write; the C library remembers it too, for close_stdout(). */
  failure: Errno | undefined = undefined;
  /** What is there is written before each error: error(3), which GNU programs use. */
  leavesBeforeErrors = false;

  constructor(
    private readonly process: Writer,
    private readonly fd = 1,
  ) {}

  /** Adds to the buffer. True when it is full: time to `flush`. */
  put(text: Bytes): boolean {
    this.buffer += text;
    return this.buffer.length >= BUFFER_BYTES;
  }
  /** What is kept until `flush`. */
  get pending(): number {
    return this.buffer.length;
  }
  /** Writes everything out. */
  *flush(): Sys<Result<void, Errno>> {
    if (this.buffer === '') return ok(undefined);
    const data = this.buffer;
    this.buffer = '';
    const written = yield* this.process.write(this.fd, data);
    if (written.ok) return ok(undefined);
    this.failure ??= written.error;
    return written;
  }
  /** Buffered output: leaves in pieces of the buffer's size as the C library's does. */
  *print(text: Bytes): Sys<Result<void, Errno>> {
    this.buffer += text;
    if (this.buffer.length < BUFFER_BYTES) return ok(undefined);
    const whole = this.isLineBuffered() ? this.buffer.length : this.buffer.length - (this.buffer.length % BUFFER_BYTES);
    const data = this.buffer.slice(0, whole);
    this.buffer = this.buffer.slice(whole);
    const written = yield* this.process.write(this.fd, data);
    if (written.ok) return ok(undefined);
    this.failure ??= written.error;
    return written;
  }
  get isEmpty(): boolean {
    return this.buffer === '';
  }
  /** Before the program waits or writes an error: on a terminal what is there leaves. */
  *settle(): Sys {
    if (this.buffer !== '' && this.isLineBuffered()) yield* this.flush();
  }

  /** `setvbuf(stdout, NULL, _IOLBF, 0)`, as ping and tcpdump -l do: from now on lines leave as on a terminal. */
  lineBuffered(): void {
    this.isTerminal = true;
  }
  /** What a fork or exec forgets. */
  discard(): void {
    this.buffer = '';
    this.leavesBeforeErrors = false;
    this.isTerminal = undefined;
  }
  private isLineBuffered(): boolean {
    this.isTerminal ??= this.process.isTerminal(this.fd);
    return this.isTerminal;
  }
}
