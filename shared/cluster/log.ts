/** What a container printed: kept with times, read by `kubectl logs`. The oldest is dropped when it grows too long, as log rotation does. */
import { ok, type Bytes, type Errno, type Result } from '../base/index.ts';
import { OpenFile, WaitQueue, type Caller, type Readiness } from '../shell/index.ts';
import { formatTime, type LogOptions, type LogStream } from '../commands/index.ts';

/** containerLogMaxSize of the kubelet is 10Mi. */
const LIMIT_BYTES = 10 * 1024 * 1024;

interface Line {
  readonly unixUs: number;
  readonly text: Bytes;
}

export class ContainerLog {
  private lines: Line[] = [];
  private bytes = 0;
  /** How many lines were dropped at the front. */
  private dropped = 0;
  private isClosed = false;
  readonly changed = new WaitQueue();

  /** Text as it comes; a line that is not ended goes on. */
  append(data: Bytes, unixUs: number): void {
    // most writes are a line
    for (const piece of data.indexOf('\n') === data.length - 1 ? [data] : data.split(/(?<=\n)/)) {
      if (piece === '') continue;
      const last = this.lines.at(-1);
      if (last && !last.text.endsWith('\n')) this.lines[this.lines.length - 1] = { unixUs: last.unixUs, text: last.text + piece };
      else this.lines.push({ unixUs, text: piece });
      this.bytes += piece.length;
    }
    while (this.bytes > LIMIT_BYTES && this.lines.length > 1) {
      this.bytes -= this.lines.shift()!.text.length;
      this.dropped++;
    }
    this.changed.wakeAll();
  }
  close(): void {
    this.isClosed = true;
    this.changed.wakeAll();
  }
  get text(): Bytes {
    return this.lines.map((line) => line.text).join('');
  }

  /** From where the options say, then what follows. */
  stream(options: LogOptions, nowUnixUs: number): LogStream {
    const since = options.sinceSeconds === undefined ? -Infinity : nowUnixUs - options.sinceSeconds * 1_000_000;
    const fromTail = options.tailLines === undefined ? 0 : Math.max(0, this.lines.length - options.tailLines);
    const firstSince = this.lines.findIndex((line) => line.unixUs >= since);
    let next = this.dropped + Math.max(fromTail, firstSince < 0 ? this.lines.length : firstSince);
    let offset = 0;
    const isClosed = (): boolean => this.isClosed;
    const read = (): Bytes => {
      let out = '';
      while (out.length < 65536) {
        if (next < this.dropped) [next, offset] = [this.dropped, 0];
        const line = this.lines[next - this.dropped];
        if (!line) break;
        if (line.text.length > offset)
          out +=
            (options.timestamps && offset === 0 ? `${formatTime(line.unixUs).slice(0, -1)}.${String(line.unixUs % 1_000_000).padStart(6, '0')}000Z ` : '') +
            line.text.slice(offset);
        offset = line.text.length;
        if (!line.text.endsWith('\n')) break;
        next++;
        offset = 0;
      }
      return out;
    };
    return {
      read,
      get isOver() {
        return isClosed();
      },
      changed: this.changed,
    };
  }
}

/** A container's standard output or error. */
export class LogFile extends OpenFile {
  constructor(
    private readonly log: ContainerLog,
    private readonly unixUs: () => number,
    /** Those who are attached see it too. */
    private readonly onData: (data: Bytes) => void,
  ) {
    super();
    this.flags = { write: true };
  }
  override write(data: Bytes, _caller: Caller): Result<number, Errno> {
    this.log.append(data, this.unixUs());
    this.onData(data);
    return ok(data.length);
  }
  override poll(): Readiness {
    return { readable: false, writable: true, hangup: false };
  }
  override describe(): Bytes {
    return 'pipe:[0]';
  }
}
