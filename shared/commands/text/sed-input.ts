/** What sed reads: lines of several files as one stream, with a look ahead for `$`; with `-z` records that NUL ends. */
import { strerror, type Bytes } from '../../base/index.ts';
import { LineReader, type Process, type Sys } from '../../shell/index.ts';
import { closeInput, openInput } from '../coreutils/index.ts';

export class Input {
  number = 0;
  isTerminated = true;
  failed = false;
  private ahead: Bytes | undefined;
  private aheadTerminated = true;
  private hasAhead = false;
  private reader: LineReader | undefined;
  private fd = -1;
  /** Records that were read as one piece: `-z`. */
  private records: Bytes[] | undefined;
  constructor(
    private readonly p: Process,
    private readonly files: Bytes[],
    private readonly isNull = false,
  ) {}
  *next(): Sys<Bytes | undefined> {
    const line = this.hasAhead ? this.ahead : yield* this.pull();
    this.isTerminated = this.hasAhead ? this.aheadTerminated : this.wasTerminated;
    this.hasAhead = false;
    if (line !== undefined) this.number++;
    return line;
  }
  *isLast(): Sys<boolean> {
    if (!this.hasAhead) {
      this.ahead = yield* this.pull();
      this.aheadTerminated = this.wasTerminated;
      this.hasAhead = true;
    }
    return this.ahead === undefined;
  }
  private *record(): Sys<Bytes | undefined> {
    if (!this.records) {
      const all = yield* this.p.readAll(this.fd);
      this.records = (all.ok ? all.value : '').split('\0');
      this.lastTerminated = this.records.at(-1) === '';
      if (this.lastTerminated) this.records.pop();
    }
    return this.records.shift();
  }
  private lastTerminated = true;
  private get wasTerminated(): boolean {
    if (this.isNull) return this.lastTerminated || (this.records?.length ?? 0) > 0;
    return this.reader?.lastWasTerminated ?? true;
  }
  private *pull(): Sys<Bytes | undefined> {
    for (;;) {
      if (this.reader) {
        const line = this.isNull ? yield* this.record() : yield* this.reader.next();
        if (line !== undefined) return line;
        closeInput(this.p, this.fd);
        this.reader = undefined;
      }
      const name = this.files.shift();
      if (name === undefined) return undefined;
      const opened = yield* openInput(this.p, name);
      if (opened.kind === 'failed') {
        this.failed = true;
        yield* this.p.error(`${this.p.name}: can't read ${name}: ${strerror(opened.errno)}\n`);
        continue;
      }
      if (this.p.fds.get(opened.fd)?.inode?.kind === 'dir') {
        this.failed = true;
        yield* this.p.error(
          `${this.p.name}: couldn't edit ${name}: not a regular file\n`
            .replace("couldn't edit", 'read error on')
            .replace('not a regular file', 'Is a directory'),
        );
        closeInput(this.p, opened.fd);
        continue;
      }
      this.fd = opened.fd;
      this.records = undefined;
      this.reader = new LineReader(this.p, opened.fd);
    }
  }
}
