/** A named pipe (fifo(7)): opening one side waits for the other, unless it is opened for both. */
import { err, ok, type Errno, type Result } from '../../base/index.ts';
import { WaitQueue } from '../process/wait.ts';
import type { OpenFile, OpenFlags } from './inode.ts';
import { PipeBuffer, PipeEnd } from './pipe.ts';

export class Fifo {
  readonly opening = new WaitQueue();
  private buffer: PipeBuffer | undefined = undefined;
  /** Opens that wait count as there for the other side, once. */
  private readersComing = 0;
  private writersComing = 0;

  constructor(private readonly ino: number) {}

  open(flags: OpenFlags): Result<OpenFile, Errno> {
    const reads = flags.read ?? false;
    const writes = (flags.write ?? false) || (flags.append ?? false);
    const buffer = (this.buffer ??= new PipeBuffer(this.ino));
    if (reads && writes) return ok(this.end(buffer, true, true));
    if (reads) {
      if (buffer.writers > 0 || this.writersComing > 0 || flags.nonblock) return ok(this.end(buffer, true, false));
      this.readersComing = 1;
      this.opening.wakeAll();
      return err('EAGAIN');
    }
    if (buffer.readers > 0 || this.readersComing > 0) return ok(this.end(buffer, false, true));
    if (flags.nonblock) return err('ENXIO');
    this.writersComing = 1;
    this.opening.wakeAll();
    return err('EAGAIN');
  }
  private end(buffer: PipeBuffer, isReader: boolean, isWriter: boolean): PipeEnd {
    if (isReader) this.readersComing = 0;
    if (isWriter) this.writersComing = 0;
    const end = new PipeEnd(buffer, isReader, isWriter, () => {
      if (buffer.readers === 0 && buffer.writers === 0 && this.buffer === buffer) this.buffer = undefined;
    });
    this.opening.wakeAll();
    return end;
  }
}
