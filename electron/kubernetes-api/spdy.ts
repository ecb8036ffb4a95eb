/**
 * SPDY/3.1 as Kubernetes clients speak it after an upgrade: the client opens streams, both sides write to them (SPDY Protocol, draft 3.1). The
 * clients' own library knows no flow control of streams, so that is the connection's: a stream that is not read stops the reading of all.
 */
import type { Duplex } from 'node:stream';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { HEADER_DICTIONARY } from './spdy-dictionary.ts';

const VERSION = 3;
const FRAME = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const;
const FIN = 0x01;
const HEADER_BYTES = 8;
/** Larger frames than this are no client's. */
const MOST_BYTES = 4 << 20;

export class SpdyStream {
  private isEnded = false;
  private hasReset = false;
  /** What came before somebody listened. */
  private waiting: Buffer[] = [];
  private hasClosed = false;
  private dataListener: ((data: Buffer) => void) | undefined;
  private endListener: (() => void) | undefined;

  constructor(
    private readonly session: SpdySession,
    readonly id: number,
    readonly headers: ReadonlyMap<string, string>,
  ) {}

  onData(listener: (data: Buffer) => void): void {
    this.dataListener = listener;
    for (const data of this.waiting.splice(0)) listener(data);
  }
  /** The client will write no more. */
  onEnd(listener: () => void): void {
    this.endListener = listener;
    if (this.hasClosed) listener();
  }
  /** False: wait for the session's `onDrain`. */
  write(data: Uint8Array): boolean {
    return this.isEnded || data.length === 0 ? true : this.session.data(this.id, data, 0);
  }
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.session.data(this.id, new Uint8Array(), FIN);
  }
  reset(): void {
    if (this.hasReset) return;
    this.hasReset = true;
    this.isEnded = true;
    this.session.reset(this.id);
  }
  received(data: Buffer): void {
    if (this.dataListener) this.dataListener(data);
    else this.waiting.push(data);
  }
  closed(): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    this.endListener?.();
  }
}

export class SpdySession {
  private readonly streams = new Map<number, SpdyStream>();
  private readonly inflate: Inflate = createInflate({ dictionary: HEADER_DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  private readonly deflate: Deflate = createDeflate({ dictionary: HEADER_DICTIONARY });
  private readonly drains = new Set<() => void>();
  private closeListener: (() => void) | undefined;
  private buffer: Buffer = Buffer.alloc(0);
  private isBusy = false;
  private isClosed = false;

  constructor(
    private readonly socket: Duplex,
    head: Buffer,
    private readonly onStream: (stream: SpdyStream) => void,
  ) {
    socket.on('data', (data: Buffer) => this.receive(data));
    socket.on('drain', () => {
      for (const drain of [...this.drains]) drain();
    });
    const closed = (): void => this.ended();
    socket.on('end', closed).on('close', closed).on('error', closed);
    if (head.length > 0) this.receive(head);
  }
  onClose(listener: () => void): void {
    this.closeListener = listener;
    if (this.isClosed) listener();
  }
  onDrain(listener: () => void): void {
    this.drains.add(listener);
  }
  offDrain(listener: () => void): void {
    this.drains.delete(listener);
  }
  pause(): void {
    this.socket.pause();
  }
  resume(): void {
    this.socket.resume();
  }
  close(): void {
    if (!this.isClosed) this.socket.end();
  }
  private ended(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const stream of this.streams.values()) stream.closed();
    this.closeListener?.();
    this.inflate.close();
    this.deflate.close();
    this.socket.destroy();
  }

  // --- reading: one frame after the other, since their headers share a history ---

  private receive(data: Buffer): void {
    this.buffer = this.buffer.length === 0 ? data : Buffer.concat([this.buffer, data]);
    if (!this.isBusy) void this.readFrames();
  }
  private async readFrames(): Promise<void> {
    this.isBusy = true;
    try {
      while (this.buffer.length >= HEADER_BYTES && !this.isClosed) {
        const length = this.buffer.readUInt32BE(4) & 0xff_ffff;
        if (length > MOST_BYTES) return this.ended();
        if (this.buffer.length < HEADER_BYTES + length) return;
        const frame = this.buffer.subarray(0, HEADER_BYTES + length);
        this.buffer = this.buffer.subarray(HEADER_BYTES + length);
        await this.take(frame);
      }
    } catch {
      this.ended(); // what cannot be read ends the connection
    } finally {
      this.isBusy = false;
    }
  }
  private async take(frame: Buffer): Promise<void> {
    const first = frame.readUInt32BE(0);
    const flags = frame[4] ?? 0;
    const payload = frame.subarray(HEADER_BYTES);
    if ((first & 0x8000_0000) === 0) {
      const stream = this.streams.get(first & 0x7fff_ffff);
      if (payload.length > 0) stream?.received(payload);
      if (flags & FIN) stream?.closed();
      return;
    }
    switch (first & 0xffff) {
      case FRAME.synStream: {
        const id = payload.readUInt32BE(0) & 0x7fff_ffff;
        const stream = new SpdyStream(this, id, await this.readHeaders(payload.subarray(10)));
        this.streams.set(id, stream);
        await this.reply(id);
        this.onStream(stream);
        if (flags & FIN) stream.closed();
        return;
      }
      case FRAME.headers:
        await this.readHeaders(payload.subarray(4)); // for the history alone
        return;
      case FRAME.rstStream:
        this.streams.get(payload.readUInt32BE(0) & 0x7fff_ffff)?.closed();
        this.streams.delete(payload.readUInt32BE(0) & 0x7fff_ffff);
        return;
      case FRAME.ping:
        this.control(FRAME.ping, payload);
        return;
      default: // settings, goAway, windowUpdate: nothing depends on them
    }
  }
  private async readHeaders(block: Buffer): Promise<ReadonlyMap<string, string>> {
    const bytes = await through(this.inflate, block);
    const headers = new Map<string, string>();
    let at = 4;
    const read = (): string => {
      const length = bytes.readUInt32BE(at);
      at += 4 + length;
      return bytes.toString('latin1', at - length, at);
    };
    for (let count = bytes.readUInt32BE(0); count > 0; count--) headers.set(read().toLowerCase(), read());
    return headers;
  }

  // --- writing ---

  private async reply(id: number): Promise<void> {
    const none = await through(this.deflate, Buffer.from([0, 0, 0, 0]));
    const head = Buffer.alloc(4);
    head.writeUInt32BE(id);
    this.control(FRAME.synReply, Buffer.concat([head, none]));
  }
  reset(id: number): void {
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(id);
    payload.writeUInt32BE(5, 4); // CANCEL
    this.control(FRAME.rstStream, payload);
  }
  data(id: number, data: Uint8Array, flags: number): boolean {
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt32BE(id);
    head.writeUInt32BE(data.length, 4);
    head[4] = flags;
    return this.send(Buffer.concat([head, data]));
  }
  private control(type: number, payload: Buffer): void {
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt16BE(0x8000 | VERSION);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(payload.length, 4);
    this.send(Buffer.concat([head, payload]));
  }
  private send(frame: Buffer): boolean {
    return this.isClosed || !this.socket.writable ? true : this.socket.write(frame);
  }
}

/** A piece through a stream that keeps its history: all that comes of it. */
function through(stream: Inflate | Deflate, piece: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(piece);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('error', reject);
      resolve((stream.read() as Buffer | null) ?? Buffer.alloc(0));
    });
  });
}
