/**
 * One HTTP/1 connection (RFC 9112): sends a request, reads the head of the answer, then its body piece by piece, however long it was said to be.
 * Invariant: nothing waits longer than it was told to. Deviation: TLS, HTTP/2, compressed bodies are not modelled.
 */
import type { Bytes, Errno } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';

export interface Head {
  /** `HTTP/1.1`. */
  readonly version: Bytes;
  readonly status: number;
  readonly reason: Bytes;
  /** The status line and the fields, without line ends. */
  readonly lines: readonly Bytes[];
  /** Value of a field, its name in lower case. */
  readonly field: (name: string) => Bytes | undefined;
  /** Whether the server keeps the connection for more. */
  readonly keepsAlive: boolean;
}
/** How the end of a body is known. */
export type Body =
  { kind: 'none' } | { kind: 'length'; total: number; left: number } | { kind: 'chunked'; left: number; state: 'size' | 'data' | 'end' } | { kind: 'close' };

/** Why there is no (more) answer. closed: it ended before. empty: not a byte came. foreign: it is no HTTP. */
export type Trouble = { readonly kind: 'timeout' | 'interrupted' | 'closed' | 'empty' | 'foreign' } | { readonly kind: 'error'; readonly errno: Errno };
export interface Piece {
  readonly kind: 'piece';
  readonly data: Bytes;
  /** As it came, with the frames of chunks. */
  readonly rawLength: number;
}

/** Longer heads are not answers. */
const HEAD_LIMIT = 102_400;

export class HttpConnection {
  private pending = '';
  private isOver = false;
  constructor(
    private readonly p: Process,
    private readonly fd: number,
  ) {}

  *send(text: Bytes): Sys<Errno | null> {
    const sent = yield* this.p.write(this.fd, text);
    return sent.ok ? null : sent.error;
  }
  /** Until `untilUs` of the process's clock. */
  *head(untilUs: number): Sys<Head | Trouble> {
    for (;;) {
      const [first = ''] = this.pending.split('\n', 1);
      if (this.pending !== '' && !'HTTP/'.startsWith(first.slice(0, 5)) && !first.startsWith('HTTP/')) return { kind: 'foreign' };
      const end = /\r?\n\r?\n/.exec(this.pending);
      if (end !== null) {
        const text = this.pending.slice(0, end.index);
        this.pending = this.pending.slice(end.index + end[0].length);
        return headOf(text.split(/\r?\n/));
      }
      const trouble = this.pending.length > HEAD_LIMIT ? ({ kind: 'foreign' } as const) : yield* this.fill(untilUs);
      if (trouble !== undefined) return trouble.kind === 'closed' && this.pending === '' ? { kind: 'empty' } : trouble;
    }
  }
  /** What has come of an answer that is no HTTP. */
  takeAll(): Bytes {
    const all = this.pending;
    this.pending = '';
    return all;
  }
  bodyOf(head: Head, method: string): Body {
    if (method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304) return { kind: 'none' };
    if (/\bchunked\b/i.test(head.field('transfer-encoding') ?? '')) return { kind: 'chunked', left: 0, state: 'size' };
    const length = /^\d+$/.exec(head.field('content-length') ?? '');
    return length === null ? { kind: 'close' } : { kind: 'length', total: Number(length[0]), left: Number(length[0]) };
  }
  /** The next piece; undefined after the last. */
  *next(body: Body, untilUs: number): Sys<Piece | Trouble | undefined> {
    if (body.kind === 'none' || (body.kind === 'length' && body.left === 0)) return undefined;
    if (body.kind === 'chunked') return yield* this.nextChunks(body, untilUs);
    if (this.pending === '') {
      const trouble = yield* this.fill(untilUs);
      if (trouble !== undefined) return body.kind === 'close' && trouble.kind === 'closed' ? undefined : trouble;
    }
    const data = body.kind === 'length' ? this.pending.slice(0, body.left) : this.pending;
    this.pending = this.pending.slice(data.length);
    if (body.kind === 'length') body.left -= data.length;
    return { kind: 'piece', data, rawLength: data.length };
  }
  /** As many chunks as are there. */
  private *nextChunks(body: Extract<Body, { kind: 'chunked' }>, untilUs: number): Sys<Piece | Trouble | undefined> {
    let data = '';
    let rawLength = 0;
    while (body.state !== 'end') {
      const line = body.state === 'size' ? /^(?:\r?\n)?([0-9a-fA-F]+)[^\n]*\n/.exec(this.pending) : null;
      if (line !== null) {
        body.left = parseInt(line[1] ?? '0', 16);
        this.take(line[0].length);
        rawLength += line[0].length;
        body.state = body.left === 0 ? 'end' : 'data';
      } else if (body.state === 'data' && this.pending !== '') {
        const part = this.pending.slice(0, body.left);
        this.take(part.length);
        data += part;
        rawLength += part.length;
        body.left -= part.length;
        if (body.left === 0) body.state = 'size';
      } else if (rawLength > 0) return { kind: 'piece', data, rawLength };
      else {
        const trouble = yield* this.fill(untilUs);
        if (trouble !== undefined) return trouble;
      }
    }
    const trailer = /^(?:[^\n]+\n)*?\r?\n/.exec(this.pending)?.[0].length ?? 0;
    this.take(trailer);
    return rawLength === 0 ? undefined : { kind: 'piece', data, rawLength: rawLength + trailer };
  }
  private take(count: number): void {
    this.pending = this.pending.slice(count);
  }
  /** Waits for more bytes; undefined when there are. */
  private *fill(untilUs: number): Sys<Trouble | undefined> {
    if (this.isOver) return { kind: 'closed' };
    const { p, fd } = this;
    const left = untilUs - p.nowUs;
    const ready = left <= 0 ? [] : yield* p.poll([{ fd, events: 'read' }], left === Infinity ? undefined : left);
    if (ready.length === 0) return { kind: p.nowUs >= untilUs ? 'timeout' : 'interrupted' };
    const read = yield* p.read(fd);
    if (!read.ok) return { kind: 'error', errno: read.error };
    if (read.value === '') {
      this.isOver = true;
      return { kind: 'closed' };
    }
    this.pending += read.value;
    return undefined;
  }
}

function headOf(lines: readonly Bytes[]): Head {
  const [, version = '', status = '0', reason = ''] = /^(HTTP\/\S+)\s*(\d*)\s*(.*)$/.exec(lines[0] ?? '') ?? [];
  const fields = new Map(lines.slice(1).map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const connection = (fields.get('connection') ?? '').toLowerCase();
  return {
    version,
    status: Number(status),
    reason,
    lines,
    field: (name) => fields.get(name),
    keepsAlive: version === 'HTTP/1.1' ? connection !== 'close' : connection === 'keep-alive',
  };
}
