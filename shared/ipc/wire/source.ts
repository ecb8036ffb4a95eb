/**
 * A stream's producing end for what comes by itself (a terminal's output, a lab's changes): `take` is asked for the next chunk only when the
 * reader can have one, so a slow reader costs no memory and always gets the latest.
 *
 * Invariant: `take` is never called after `onStop`, and `onStop` is called exactly once.
 */
export class Source<T> implements AsyncIterableIterator<T> {
  private waiting: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void } | undefined;
  private state: 'open' | 'ending' | 'stopped' = 'open';
  private failure: unknown;
  private isTaking = false;

  constructor(
    /** The next chunk, if there is one now. */
    private readonly take: () => T | undefined,
    private readonly onStop: () => void = () => undefined,
  ) {}

  /** There may be a chunk now. */
  wake(): void {
    if (!this.waiting || this.isTaking) return;
    this.isTaking = true; // `take` may make room for more, which wakes again
    let chunk: T | undefined;
    try {
      chunk = this.state === 'stopped' ? undefined : this.take();
    } finally {
      this.isTaking = false;
    }
    if (chunk !== undefined) this.settle({ value: chunk, done: false });
    else if (this.state !== 'open') this.finish();
  }
  /** What `take` still has is read, then the stream ends; with a failure, if one is given. */
  end(failure?: unknown): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    this.failure = failure;
    this.wake();
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.wake();
    });
  }
  return(): Promise<IteratorResult<T>> {
    this.failure = undefined;
    this.stop();
    this.settle({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }

  private finish(): void {
    this.stop();
    const { failure, waiting } = this;
    if (failure === undefined) return this.settle({ value: undefined, done: true });
    this.failure = undefined;
    this.waiting = undefined;
    waiting?.reject(failure);
  }
  private settle(result: IteratorResult<T>): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(result);
  }
  private stop(): void {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    this.onStop();
  }
}
