/**
 * The gate: serves a contract on a channel. Every input passes its schema here, every answer and failure leaves as data, and a stream goes no
 * further ahead of its reader than the window.
 *
 * Invariant: no message, however wrong, makes this throw; what a service throws that is not a `WireFailure` becomes `internal`, is reported
 * once, and the channel lives on.
 */
import type { z } from 'zod';
import type { Call, Stream } from '../contract.ts';
import { byteFrame, readRequest, type Request } from './message.ts';
import { DEFAULT_LIMITS, FRAME_BYTES, WINDOW_BYTES, type Channel, type WireLimits } from './channel.ts';
import { WireFailure, invalidInput, refuse } from './failure.ts';

export type AnyContract = Readonly<Record<string, Call<z.ZodType, unknown> | Stream<z.ZodType, unknown>>>;

/** `output` is only a type: nothing is there at run time. */
export type OutputOf<D> = D extends { readonly output?: infer O } ? Exclude<O, undefined> : never;

/** One function per procedure of the contract. */
export type Services<C extends AnyContract> = {
  readonly [P in keyof C]: C[P] extends { readonly kind: 'call' }
    ? (input: z.output<C[P]['input']>) => OutputOf<C[P]> | Promise<OutputOf<C[P]>>
    : (input: z.output<C[P]['input']>) => AsyncIterable<OutputOf<C[P]>> | Promise<AsyncIterable<OutputOf<C[P]>>>;
};

export interface ServeOptions {
  readonly limits?: Partial<WireLimits>;
  /** A bug of ours, for the log. */
  readonly onBug?: (procedure: string, error: unknown) => void;
  /** Runs something soon, after what is ready now: how long small chunks wait for others to join them. */
  readonly soon?: (run: () => void) => void;
}

type AnyService = (input: unknown) => unknown;

/** When the channel closes, everything that is under way on it ends. */
export function serve<C extends AnyContract>(channel: Channel, contract: C, services: Services<C>, options: ServeOptions = {}): void {
  new Gate(channel, contract, services as unknown as Readonly<Record<string, AnyService>>, options);
}

class Gate {
  private readonly limits: WireLimits;
  private readonly calls = new Set<number>();
  private readonly streams = new Map<number, OutgoingStream>();
  private isOpen = true;

  constructor(
    private readonly channel: Channel,
    private readonly contract: AnyContract,
    private readonly services: Readonly<Record<string, AnyService>>,
    private readonly options: ServeOptions,
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    channel.onMessage((message) => this.receive(message));
    channel.onClose(() => this.close());
  }

  private receive(message: unknown): void {
    if (!this.isOpen) return;
    if (typeof message !== 'string') return; // the window sends no bytes
    if (message.length > this.limits.messageBytes) return this.refuseTooLong(message);
    const request = readRequest(message);
    if (!request) return;
    if (request.kind === 'ask') void this.answer(request);
    else if (request.kind === 'ack') this.streams.get(request.id)?.acknowledge(request.size);
    else this.streams.get(request.id)?.cancel();
  }

  private async answer({ id, procedure, input }: Extract<Request, { kind: 'ask' }>): Promise<void> {
    // A number that is in use twice would mix two answers; whoever waits on it is told, and not left waiting.
    if (this.calls.has(id) || this.streams.has(id)) {
      this.fail(id, procedure, new WireFailure({ code: 'invalid-request', message: `The number ${id} is in use.` }));
      return;
    }
    this.calls.add(id);
    try {
      const definition = Object.hasOwn(this.contract, procedure) ? this.contract[procedure] : undefined;
      const service = Object.hasOwn(this.services, procedure) ? this.services[procedure] : undefined;
      if (!definition || !service)
        return refuse('invalid-request', `There is no procedure ${JSON.stringify(procedure.slice(0, 80))}.`, { procedure: procedure.slice(0, 80) });
      if (this.calls.size > this.limits.calls) return refuse('too-many', `More than ${this.limits.calls} requests wait for an answer.`, { limit: 'calls' });
      const checked = definition.input.safeParse(input);
      if (!checked.success) throw invalidInput(procedure, checked.error);
      if (definition.kind === 'stream') {
        if (this.streams.size >= this.limits.streams) return refuse('too-many', `More than ${this.limits.streams} streams are open.`, { limit: 'streams' });
        return await this.stream(id, definition.isLatest === true, service, checked.data);
      }
      const value = await service(checked.data);
      this.send(JSON.stringify(['r', id, value ?? null]));
    } catch (error) {
      this.fail(id, procedure, error);
    } finally {
      this.calls.delete(id);
    }
  }

  private async stream(id: number, isLatest: boolean, service: AnyService, input: unknown): Promise<void> {
    const outgoing = new OutgoingStream(id, isLatest, (message) => this.send(message), this.options.soon ?? nextMicrotask);
    this.streams.set(id, outgoing);
    this.calls.delete(id); // from here on it counts as a stream
    try {
      const chunks = (await service(input)) as AsyncIterable<unknown>;
      if (await outgoing.pump(chunks)) this.send(JSON.stringify(['r', id, null]));
    } finally {
      this.streams.delete(id);
    }
  }

  private fail(id: number, procedure: string, error: unknown): void {
    if (!(error instanceof WireFailure)) this.options.onBug?.(procedure, error);
    const wireError =
      error instanceof WireFailure
        ? error.error
        : { code: 'internal' as const, message: `${procedure} failed: ${error instanceof Error ? error.message : String(error)}` };
    this.send(JSON.stringify(['x', id, wireError]));
  }

  /** Only the number at its front is looked at. */
  private refuseTooLong(message: string): void {
    const id = Number(/^\["q",(\d{1,10}),/.exec(message.slice(0, 32))?.[1] ?? NaN);
    if (Number.isInteger(id) && !this.streams.has(id)) {
      const { error } = new WireFailure({
        code: 'too-many',
        message: `A request may have at most ${this.limits.messageBytes} characters.`,
        details: { limit: 'messageBytes' },
      });
      this.send(JSON.stringify(['x', id, error]));
    }
  }
  private send(message: string | Uint8Array): void {
    if (this.isOpen) this.channel.send(message);
  }
  private close(): void {
    this.isOpen = false;
    for (const stream of this.streams.values()) stream.cancel();
  }
}

/** One stream on its way out: joins small chunks, and waits when its reader is behind. */
class OutgoingStream {
  private credit = WINDOW_BYTES;
  private pieces: Uint8Array[] = [];
  private pending = 0;
  private isFlushSet = false;
  private isCancelled = false;
  private goOn: (() => void) | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly id: number,
    /** Only the latest chunk is of interest: the next is asked for when the last was taken. */
    private readonly isLatest: boolean,
    private readonly send: (message: string | Uint8Array) => void,
    private readonly soon: (run: () => void) => void,
  ) {}

  /** True at a regular end; false when it was cancelled. */
  async pump(chunks: AsyncIterable<unknown>): Promise<boolean> {
    const iterator = chunks[Symbol.asyncIterator]();
    for (;;) {
      while (!this.isCancelled && !this.mayGoOn()) await new Promise<void>((resolve) => (this.goOn = resolve));
      const result = this.isCancelled ? undefined : await this.nextOrStop(iterator);
      if (!result || this.isCancelled) {
        // Not waited for: a producer that cannot stop must not keep the gate.
        iterator.return?.().then(undefined, () => undefined);
        return false;
      }
      if (result.done === true) {
        this.flush();
        return true;
      }
      this.put(result.value);
    }
  }
  acknowledge(size: number): void {
    this.credit = Math.min(WINDOW_BYTES, this.credit + size);
    this.goOn?.();
  }
  cancel(): void {
    this.isCancelled = true;
    this.pieces = [];
    this.pending = 0;
    this.goOn?.();
    this.stop?.();
  }

  /** Not Promise.race, which would keep something of every chunk until the stream ends. */
  private nextOrStop(iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown> | undefined> {
    return new Promise((resolve, reject) => {
      this.stop = () => resolve(undefined);
      iterator.next().then(resolve, reject);
    });
  }
  private mayGoOn(): boolean {
    return this.isLatest ? this.credit === WINDOW_BYTES : this.credit > 0;
  }
  private put(chunk: unknown): void {
    if (!(chunk instanceof Uint8Array)) {
      this.flush();
      const message = JSON.stringify(['c', this.id, chunk]);
      this.credit -= message.length;
      this.send(message);
      return;
    }
    // A producer may give more at once than a frame holds.
    for (let at = 0; at < chunk.length; at += FRAME_BYTES) {
      const piece = chunk.length <= FRAME_BYTES ? chunk : chunk.subarray(at, at + FRAME_BYTES);
      if (this.pending + piece.length > FRAME_BYTES) this.flush();
      this.pieces.push(piece);
      this.pending += piece.length;
      this.credit -= piece.length;
    }
    if (this.pending >= FRAME_BYTES) this.flush();
    else if (this.pending > 0 && !this.isFlushSet) {
      this.isFlushSet = true;
      this.soon(() => {
        this.isFlushSet = false;
        this.flush();
      });
    }
  }
  private flush(): void {
    if (this.pending === 0) return;
    const frame = byteFrame(this.id, this.pieces, this.pending);
    this.pieces = [];
    this.pending = 0;
    this.send(frame);
  }
}

const nextMicrotask = (run: () => void): void => void Promise.resolve().then(run);
