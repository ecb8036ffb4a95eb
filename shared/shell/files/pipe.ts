/** Pipes (pipe(7)): 64 KiB between a writer and a reader; FIFOs are the same with a name. */
import { err, ok, type Bytes, type Errno, type Result } from '../../base/index.ts';
import { Inode, OpenFile, type FileSystem, type Readiness } from './inode.ts';

export const PIPE_BYTES = 65536;
/** PIPE_BUF: what is written in one piece or not at all. */
const ATOMIC_BYTES = 4096;

const PIPEFS: FileSystem = { type: 'pipefs', device: 14 };

/** What fstat(2) shows of a pipe. */
class PipeInode extends Inode {
  constructor(ino: number) {
    super(PIPEFS, ino, 'fifo', 0o600, 0);
  }
}

/** What lies between the two ends. */
export class PipeBuffer {
  private chunks: Bytes[] = [];
  private length = 0;
  readonly ends = new Set<PipeEnd>();
  readers = 0;
  writers = 0;

  constructor(readonly ino: number) {}

  take(max: number): Bytes {
    const first = this.chunks[0];
    if (first === undefined) return '';
    let data: Bytes;
    if (this.length <= max) {
      data = this.chunks.length === 1 ? first : this.chunks.join('');
      this.chunks = [];
    } else {
      const all = this.chunks.join('');
      data = all.slice(0, max);
      this.chunks = [all.slice(max)];
    }
    this.length -= data.length;
    this.changed();
    return data;
  }
  /** How many bytes fit: all, a part of what is longer than PIPE_BUF, or none. */
  put(data: Bytes): number {
    const space = PIPE_BYTES - this.length;
    const taken = data.length <= space ? data.length : data.length <= ATOMIC_BYTES ? 0 : space;
    if (taken === 0) return 0;
    this.chunks.push(taken === data.length ? data : data.slice(0, taken));
    this.length += taken;
    this.changed();
    return taken;
  }
  get isEmpty(): boolean {
    return this.length === 0;
  }
  /** Bytes in it: FIONREAD. */
  get size(): number {
    return this.length;
  }
  get hasSpace(): boolean {
    return PIPE_BYTES - this.length >= ATOMIC_BYTES;
  }
  changed(): void {
    for (const end of this.ends) end.changed.wakeAll();
  }
}

export class PipeEnd extends OpenFile {
  constructor(
    private readonly buffer: PipeBuffer,
    private readonly isReader: boolean,
    private readonly isWriter: boolean,
    private readonly onRelease: () => void = () => undefined,
  ) {
    super();
    this.flags = { read: isReader, write: isWriter };
    buffer.ends.add(this);
    if (isReader) buffer.readers++;
    if (isWriter) buffer.writers++;
  }

  override read(max: number): Result<Bytes, Errno> {
    if (!this.isReader) return err('EBADF');
    if (!this.buffer.isEmpty) return ok(this.buffer.take(max));
    return this.buffer.writers === 0 ? ok('') : err('EAGAIN');
  }
  override write(data: Bytes): Result<number, Errno> {
    if (!this.isWriter) return err('EBADF');
    if (this.buffer.readers === 0) return err('EPIPE');
    if (data === '') return ok(0);
    const taken = this.buffer.put(data);
    return taken > 0 ? ok(taken) : err('EAGAIN');
  }
  override poll(): Readiness {
    const { buffer } = this;
    return {
      readable: this.isReader && (!buffer.isEmpty || buffer.writers === 0),
      writable: this.isWriter && (buffer.hasSpace || buffer.readers === 0),
      hangup: this.isReader ? buffer.writers === 0 : buffer.readers === 0,
    };
  }
  override get inode(): Inode {
    return (this.shown ??= new PipeInode(this.buffer.ino));
  }
  private shown: Inode | undefined = undefined;
  override describe(): Bytes {
    return `pipe:[${this.buffer.ino}]`;
  }
  override released(): void {
    this.buffer.ends.delete(this);
    if (this.isReader) this.buffer.readers--;
    if (this.isWriter) this.buffer.writers--;
    this.buffer.changed();
    this.onRelease();
  }
}

export function makePipe(ino: number): { readonly reader: PipeEnd; readonly writer: PipeEnd } {
  const buffer = new PipeBuffer(ino);
  return { reader: new PipeEnd(buffer, true, false), writer: new PipeEnd(buffer, false, true) };
}
