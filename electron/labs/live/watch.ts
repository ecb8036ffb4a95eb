/**
 * What goes on in the network of a live node: the node is read anew shortly after `ip monitor` told of a change, and now and then for what that does not
 * tell (rules, settings, counters). One reading at a time; changes that come meanwhile are seen by the next.
 */
import { COLLECT_SCRIPT, readCollected, type Collected } from '../../../shared/lab/index.ts';
import { refuse } from '../../../shared/ipc/index.ts';
import type { Program } from '../provider.ts';
import type { LiveNode } from './node.ts';

/** Changes come in bursts: a burst is read once. */
const SETTLE_MS = 25;
const POLL_MS = 4000;
const RESTART_MS = 2000;
/** Above so many namespaces, the reading is shared between two runs. */
const SHARE_ABOVE = 12;

export class NodeWatch {
  last: Collected | undefined;
  /** Why the last reading failed; what was read before stays. */
  failure: string | undefined;
  private monitor: Program | undefined;
  private settle: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private isStale = false;
  private isStopped = false;

  constructor(
    readonly node: LiveNode,
    private readonly changed: () => void,
  ) {}

  /** Reads it once, then again and again. Rejects when the first reading fails. */
  async start(): Promise<void> {
    await this.read();
    if (!this.last) refuse('not-possible', `${this.node.name}: ${this.failure ?? 'its network cannot be read'}.`, { node: this.node.name });
    this.listen();
    this.pollLater();
  }
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.settle);
    clearTimeout(this.poll);
    this.monitor?.signal('KILL');
  }
  /** As it is now: a reading that begins after this was asked. */
  async refresh(): Promise<void> {
    if (this.reading) await this.reading;
    await (this.reading ?? this.read());
  }

  private read(): Promise<void> {
    this.isStale = false;
    this.reading = this.collect().finally(() => {
      this.reading = undefined;
      if (this.isStale) this.readSoon();
    });
    return this.reading;
  }
  private async collect(): Promise<void> {
    const shards = (this.last?.node.namespaces.length ?? 0) > SHARE_ABOVE ? 2 : 1;
    try {
      const outputs = await Promise.all(
        Array.from({ length: shards }, (_, shard) => this.node.run(['sh', '-s', String(shard), String(shards)], COLLECT_SCRIPT)),
      );
      const collected = readCollected(
        this.node.name,
        outputs.map((output) => output.stdout),
      );
      if (!collected.isWhole) throw new Error(outputs.map((output) => output.stderr.trim()).find((text) => text !== '') ?? 'the reading broke off');
      this.last = collected;
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
    if (!this.isStopped) this.changed();
  }
  private readSoon(): void {
    if (this.reading) this.isStale = true;
    else
      this.settle ??= setTimeout(() => {
        this.settle = undefined;
        if (!this.isStopped && !this.reading) void this.read();
        else this.isStale = true;
      }, SETTLE_MS);
  }
  private pollLater(): void {
    this.poll = setTimeout(() => {
      this.readSoon();
      if (!this.isStopped) this.pollLater();
    }, POLL_MS);
  }
  /** Ends when the node goes; then it is tried again. */
  private listen(): void {
    if (this.isStopped) return;
    const again = (): void => void setTimeout(() => this.listen(), RESTART_MS).unref();
    this.node.spawn(['ip', 'monitor', 'all-nsid', 'link', 'address', 'route', 'rule', 'neigh', 'nsid']).then((monitor) => {
      if (this.isStopped) return monitor.signal('KILL');
      this.monitor = monitor;
      const drain = (): void => {
        let hasNews = false;
        while (monitor.read(1 << 16)) hasNews = true;
        while (monitor.readError(1 << 16));
        if (hasNews) this.readSoon();
      };
      monitor.onReadable(drain);
      monitor.onExit(again);
    }, again);
  }
}
