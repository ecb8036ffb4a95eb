/**
 * What goes on in the network of a live node: its last reading, and a word after each change. Now and then it is read as a whole, for what no event tells
 * of (settings, counters, sockets).
 */
import type { Collected } from '../../../shared/lab/index.ts';
import { refuse } from '../../../shared/ipc/index.ts';
import type { LiveNode } from './node.ts';
import { ScriptReader, startKernelReader, type Reader, type Told } from './readers.ts';

const POLL_MS = 4000;
/** A reading that takes long is made less often: at most so much of the time. */
const POLL_SHARE = 25;
const RESTART_MS = 1000;

export class NodeWatch {
  last: Collected | undefined;
  /** Grows with every change but of counters and clocks. */
  revision = 0;
  /** Why the last reading failed; what was read before stays. */
  failure: string | undefined;
  private reader: Reader | undefined;
  private starting: Promise<void> | undefined;
  private poll: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    readonly node: LiveNode,
    private readonly changed: () => void,
  ) {}

  /** Reads it once, then again and again. Rejects when the first reading fails. */
  async start(): Promise<void> {
    await this.begin();
    if (!this.last) refuse('not-possible', `${this.node.name}: ${this.failure ?? 'its network cannot be read'}.`, { node: this.node.name });
    this.pollLater(POLL_MS);
  }
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.poll);
    this.reader?.stop();
  }
  /** As it is now: a reading that begins after this was asked. */
  async refresh(): Promise<void> {
    if (!this.reader) return this.begin();
    await this.reader.refresh().catch((error: unknown) => this.fail(error));
  }

  private begin(): Promise<void> {
    return (this.starting ??= this.open()
      .catch((error: unknown) => this.fail(error))
      .finally(() => (this.starting = undefined)));
  }
  private async open(): Promise<void> {
    const told: Told = (last, revision) => {
      this.last = last;
      this.failure = undefined;
      if (revision !== seen) this.revision++;
      seen = revision;
      if (!this.isStopped) this.changed();
    };
    let seen = 0;
    const gone = (why: string): void => {
      this.reader = undefined;
      this.fail(new Error(why));
      const again = (): void => void setTimeout(() => (this.isStopped || this.reader ? undefined : void this.begin().then(retry)), RESTART_MS).unref();
      const retry = (): void => (this.reader ? undefined : again());
      again();
    };
    this.reader = (await startKernelReader(this.node, told, gone)) ?? (await new ScriptReader(this.node, told, (why) => this.fail(new Error(why))).start());
    if (this.isStopped) this.reader.stop();
  }
  private fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
    if (!this.isStopped) this.changed();
  }
  private pollLater(afterMs: number): void {
    this.poll = setTimeout(() => {
      const began = performance.now();
      void this.refresh().then(() => (this.isStopped ? undefined : this.pollLater(Math.max(POLL_MS, (performance.now() - began) * POLL_SHARE))));
    }, afterMs);
  }
}
