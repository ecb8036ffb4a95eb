/** Reads a descriptor line by line, as the C library's buffered input does. */
import type { Bytes, Errno } from '../../base/index.ts';
import type { Process } from './process.ts';
import type { Sys } from './wait.ts';

export class LineReader {
  private buffer = '';
  private start = 0;
  private isAtEnd = false;
  /** Why it ended, when it was an error. */
  failure: Errno | undefined = undefined;

  constructor(
    private readonly process: Process,
    private readonly fd: number,
  ) {}

  /** The next line without its newline; undefined at the end. `lastWasTerminated` tells whether it had one. */
  *next(): Sys<Bytes | undefined> {
    for (;;) {
      const end = this.buffer.indexOf('\n', this.start);
      if (end >= 0) {
        const line = this.buffer.slice(this.start, end);
        this.start = end + 1;
        this.lastWasTerminated = true;
        return line;
      }
      if (this.isAtEnd) {
        const rest = this.buffer.slice(this.start);
        this.start = this.buffer.length;
        this.lastWasTerminated = false;
        return rest === '' ? undefined : rest;
      }
      const piece = yield* this.process.read(this.fd);
      if (piece.ok && piece.value !== '') {
        this.buffer = this.buffer.slice(this.start) + piece.value;
        this.start = 0;
        continue;
      }
      if (!piece.ok) this.failure = piece.error;
      this.isAtEnd = true;
    }
  }
  lastWasTerminated = true;
}
