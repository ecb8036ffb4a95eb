/** A named pipe (fifo(7)): opening one side waits for the other, unless it is opened for both. */
import { err, ok, type Errno, type Result } from '../../base/index.ts';
import { WaitQueue } from '../process/wait.ts';
import type { OpenFile, OpenFlags } from './inode.ts';
import { PipeBuffer, PipeEnd } from './pipe.ts';

export class Fifo {
  readonly opening = new WaitQueue();
  private buffer: PipeBuffer | undefined = undefined;
  /** Somebody waits for the other side: who waits counts as there already, so that the other side does not meet an end of file. */
  private readerWaits = false;
  private writerWaits = false;

  constructor(private readonly ino: number) {}

  open(flags: OpenFlags): Result<OpenFile, Errno> {
    const reads = flags.read ?? false;
    const writes = (flags.write ?? false) || (flags.append ?? false);
    const buffer = (this.buffer ??= new PipeBuffer(this.ino));
    if (reads && writes) return ok(this.end(buffer, true, true));
    if (reads) {
      if (buffer.writers > 0 || flags.nonblock) return ok(this.end(buffer, true, false));
      if (!this.readerWaits) buffer.readers++;
      this.readerWaits = true;
    } else {
      if (buffer.readers > 0) return ok(this.end(buffer, false, true));
      if (flags.nonblock) return err('ENXIO');
      if (!this.writerWaits) buffer.writers++;
      this.writerWaits = true;
    }
    this.opening.wakeAll();
    return err('EAGAIN');
  }
  private end(buffer: PipeBuffer, isReader: boolean, isWriter: boolean): PipeEnd {
    const end = new PipeEnd(buffer, isReader, isWriter, () => {
      if (buffer.readers === 0 && buffer.writers === 0 && this.buffer === buffer) this.buffer = undefined;
    });
    if (isReader && this.readerWaits) {
      this.readerWaits = false;
      buffer.readers--;
    }
    if (isWriter && this.writerWaits) {
      this.writerWaits = false;
      buffer.writers--;
    }
    this.opening.wakeAll();
    return end;
  }
}
