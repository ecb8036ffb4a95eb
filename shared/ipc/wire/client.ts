/**
 * The asking side: calls a procedure, or opens a stream and reads it. What a reader has taken is acknowledged when it comes back for more, so
 * the producer never runs further ahead than the window, and a reader that works slowly (a terminal that draws) slows the producer.
 *
 * Invariant: every call is answered and every stream ends: by the other side, by `cancel`, or with `connection-lost`.
 */
import type { z } from 'zod';
import type { Call, Stream } from '../contract.ts';
import { WINDOW_BYTES, type Channel } from './channel.ts';
import { asFailure, connectionLost, type WireFailure } from './failure.ts';
import { readReply } from './message.ts';
import type { AnyContract, OutputOf } from './server.ts';

type InputOf<D> = D extends Call<infer I, unknown> | Stream<infer I, unknown> ? (I extends z.ZodType ? z.input<I> : never) : never;
export type CallsOf<C extends AnyContract> = { [P in keyof C]: C[P]['kind'] extends 'call' ? P : never }[keyof C] & string;
export type StreamsOf<C extends AnyContract> = { [P in keyof C]: C[P]['kind'] extends 'stream' ? P : never }[keyof C] & string;

/** A stream that is being read. Leaving a `for await` early cancels it. */
export interface Reading<T> extends AsyncIterableIterator<T> {
  /** Wants no more; the loop that reads it ends. */
  cancel(): void;
}

export interface Client<C extends AnyContract> {
  /** Rejects with a `WireFailure`. */
  call<P extends CallsOf<C>>(procedure: P, input: InputOf<C[P]>): Promise<OutputOf<C[P]>>;
  /** Nothing is asked before the first chunk is wanted. Reading it throws a `WireFailure`. */
  open<P extends StreamsOf<C>>(procedure: P, input: InputOf<C[P]>): Reading<OutputOf<C[P]>>;
}

export class Connection<C extends AnyContract> implements Client<C> {
  private nextId = 1;
  private isOpen = true;
  private readonly calls = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  private readonly streams = new Map<number, IncomingStream>();

  constructor(private readonly channel: Channel) {
    channel.onMessage((message) => this.receive(message));
    channel.onClose(() => this.lose());
  }

  call<P extends CallsOf<C>>(procedure: P, input: InputOf<C[P]>): Promise<OutputOf<C[P]>> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(connectionLost());
      const id = this.nextId++;
      this.calls.set(id, { resolve: resolve, reject });
      this.channel.send(JSON.stringify(['q', id, procedure, input]));
    });
  }
  open<P extends StreamsOf<C>>(procedure: P, input: InputOf<C[P]>): Reading<OutputOf<C[P]>> {
    return new IncomingStream((stream) => this.begin(stream, procedure, input)) as Reading<unknown> as Reading<OutputOf<C[P]>>;
  }
  close(): void {
    this.channel.close();
    this.lose();
  }

  private begin(stream: IncomingStream, procedure: string, input: unknown): StreamControl | undefined {
    if (!this.isOpen) return undefined;
    const id = this.nextId++;
    this.streams.set(id, stream);
    this.channel.send(JSON.stringify(['q', id, procedure, input]));
    return {
      acknowledge: (size) => this.channel.send(JSON.stringify(['ack', id, size])),
      end: () => {
        if (this.streams.delete(id)) this.channel.send(JSON.stringify(['end', id]));
      },
    };
  }
  private receive(message: unknown): void {
    const reply = readReply(message);
    if (!reply || !this.isOpen) return;
    const { id } = reply;
    const stream = this.streams.get(id);
    if (reply.kind === 'chunk') return stream?.push(reply.value, reply.size);
    const call = this.calls.get(id);
    this.calls.delete(id);
    this.streams.delete(id);
    if (reply.kind === 'answer') {
      call?.resolve(reply.value);
      stream?.finish(undefined);
    } else {
      const failure = asFailure(reply.error);
      call?.reject(failure);
      stream?.finish(failure);
    }
  }
  private lose(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const call of this.calls.values()) call.reject(connectionLost());
    for (const stream of this.streams.values()) stream.finish(connectionLost());
    this.calls.clear();
    this.streams.clear();
  }
}

interface StreamControl {
  acknowledge(size: number): void;
  end(): void;
}

/** Bytes that wait are handed over joined: a screen takes its time for each piece, however small. */
const JOIN_BYTES = 1 << 17;
/** Bytes are acknowledged in quarters of the window; a chunk of data at once, since the producer may wait for it to send the latest. */
const ACKNOWLEDGE_BYTES = WINDOW_BYTES / 4;

class IncomingStream implements Reading<unknown> {
  private readonly chunks: { readonly value: unknown; readonly size: number }[] = [];
  private head = 0;
  private taken = 0;
  private isDataTaken = false;
  private state: 'new' | 'open' | 'finished' = 'new';
  private failure: WireFailure | undefined;
  private control: StreamControl | undefined;
  private waiting: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void } | undefined;

  constructor(private readonly begin: (stream: IncomingStream) => StreamControl | undefined) {}

  push(value: unknown, size: number): void {
    if (this.state !== 'open') return;
    this.chunks.push({ value, size });
    this.deliver();
  }
  finish(failure: WireFailure | undefined): void {
    if (this.state === 'finished') return;
    this.state = 'finished';
    this.failure = failure;
    this.deliver();
  }
  cancel(): void {
    if (this.state !== 'finished') this.control?.end();
    this.state = 'finished';
    this.failure = undefined;
    this.chunks.length = 0;
    this.head = 0;
    this.deliver();
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.state === 'new') {
      this.state = 'open';
      this.control = this.begin(this);
      if (!this.control) this.finish(connectionLost());
    }
    this.acknowledge();
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.deliver();
    });
  }
  return(): Promise<IteratorResult<unknown>> {
    this.cancel();
    return Promise.resolve({ value: undefined, done: true });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }

  private acknowledge(): void {
    if (this.state !== 'open' || this.taken === 0 || !(this.isDataTaken || this.taken >= ACKNOWLEDGE_BYTES)) return;
    this.control?.acknowledge(this.taken);
    this.taken = 0;
    this.isDataTaken = false;
  }
  /** The next chunk there is; bytes with those that follow. */
  private shift(): { readonly value: unknown; readonly size: number } {
    const first = this.chunks[this.head++]!;
    const pieces: Uint8Array[] = [];
    let size = first.size;
    if (first.value instanceof Uint8Array) {
      pieces.push(first.value);
      for (let next = this.chunks[this.head]; next?.value instanceof Uint8Array && size + next.size <= JOIN_BYTES; next = this.chunks[++this.head]) {
        pieces.push(next.value);
        size += next.size;
      }
    }
    if (this.head === this.chunks.length) {
      this.chunks.length = 0;
      this.head = 0;
    }
    return pieces.length > 1 ? { value: join(pieces, size), size } : first;
  }
  private deliver(): void {
    const { waiting } = this;
    if (!waiting) return;
    if (this.head < this.chunks.length) {
      const { value, size } = this.shift();
      this.taken += size;
      this.isDataTaken ||= !(value instanceof Uint8Array);
      this.waiting = undefined;
      waiting.resolve({ value, done: false });
    } else if (this.state === 'finished') {
      this.waiting = undefined;
      const { failure } = this;
      this.failure = undefined;
      if (failure) waiting.reject(failure);
      else waiting.resolve({ value: undefined, done: true });
    }
  }
}

function join(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
