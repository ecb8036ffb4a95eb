/**
 * A client that outlives its connection: opens a channel, and when it is lost another one, at growing intervals. What was under way when it
 * was lost ended with `connection-lost` and is not repeated behind the user's back; `onState` tells when to ask again.
 *
 * Invariant: a call made while there is no connection fails at once, except before the first one, which it waits for.
 */
import type { Channel } from './channel.ts';
import { Connection, type Client, type Reading } from './client.ts';
import { connectionLost } from './failure.ts';
import type { AnyContract } from './server.ts';

export type ConnectionState = 'connecting' | 'connected' | 'lost';

export interface ReconnectOptions {
  /** Opens a channel; rejects when that is not possible now. */
  readonly open: () => Promise<Channel>;
  /** Waits so long. */
  readonly delay: (ms: number) => Promise<void>;
  readonly onState?: (state: ConnectionState) => void;
}

export const FIRST_DELAY_MS = 100;
export const LAST_DELAY_MS = 3_000;

export class ReconnectingClient<C extends AnyContract> implements Client<C> {
  private connection: Connection<C> | undefined;
  private isClosed = false;
  private firstTried: () => void = () => undefined;
  /** The first attempt has come to an end, one way or the other. */
  private readonly first = new Promise<void>((resolve) => (this.firstTried = resolve));

  constructor(private readonly options: ReconnectOptions) {
    void this.keepConnected();
  }

  readonly call: Client<C>['call'] = async (procedure, input) => {
    await this.first;
    if (!this.connection) throw connectionLost();
    return this.connection.call(procedure, input);
  };
  readonly open: Client<C>['open'] = (procedure, input) =>
    new DeferredReading(async () => {
      await this.first;
      if (!this.connection) throw connectionLost();
      return this.connection.open(procedure, input);
    });
  /** For good. */
  close(): void {
    this.isClosed = true;
    this.connection?.close();
  }
  /** It may have happened while something was awaited. */
  private hasClosed(): boolean {
    return this.isClosed;
  }

  private async keepConnected(): Promise<void> {
    this.options.onState?.('connecting');
    for (let delayMs = FIRST_DELAY_MS; !this.hasClosed(); delayMs = Math.min(2 * delayMs, LAST_DELAY_MS)) {
      const channel = await this.options.open().catch(() => undefined);
      if (channel) {
        delayMs = FIRST_DELAY_MS;
        await this.useUntilLost(channel);
      }
      this.firstTried();
      if (this.hasClosed()) return;
      this.options.onState?.('lost');
      await this.options.delay(delayMs);
    }
  }
  private async useUntilLost(channel: Channel): Promise<void> {
    const lost = new Promise<void>((resolve) => channel.onClose(resolve));
    const connection = new Connection<C>(channel);
    if (this.isClosed) return connection.close();
    this.connection = connection;
    this.firstTried();
    this.options.onState?.('connected');
    await lost;
    this.connection = undefined;
  }
}

/** A stream whose connection may still be on its way. */
class DeferredReading<T> implements Reading<T> {
  private inner: Promise<Reading<T>> | undefined;
  private isCancelled = false;

  constructor(private readonly begin: () => Promise<Reading<T>>) {}

  async next(): Promise<IteratorResult<T>> {
    if (this.isCancelled) return { value: undefined, done: true };
    this.inner ??= this.begin();
    const reading = await this.inner;
    if (this.wasCancelled()) reading.cancel(); // while it was awaited
    return reading.next();
  }
  private wasCancelled(): boolean {
    return this.isCancelled;
  }
  cancel(): void {
    this.isCancelled = true;
    void this.inner?.then(
      (reading) => reading.cancel(),
      () => undefined, // whoever waits in next() hears of it
    );
  }
  return(): Promise<IteratorResult<T>> {
    this.cancel();
    return Promise.resolve({ value: undefined, done: true });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}
