/**
 * How the network of a live node is read. `KernelReader` starts one program there that reads all of it, and again each namespace in which the kernel told
 * of a change (resources/observe/collect.pl, handed over on its standard input: nothing is installed). Where that cannot work, `ScriptReader` runs a script
 * for a plain shell anew after each word of `ip monitor`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COLLECT_SCRIPT, NodeReading, readCollected, type Collected } from '../../../shared/lab/index.ts';
import { findPlaces } from '../../places.ts';
import type { Program } from '../provider.ts';
import type { LiveNode } from './node.ts';

export interface Reader {
  /** Everything as it is now: a reading that begins after this was asked. Rejects with why it failed. */
  refresh(): Promise<void>;
  stop(): void;
}
/** `last`: every change is told; how often `revision` grew says whether more than counters did. */
export type Told = (last: Collected, revision: number) => void;

/** Takes what the program is from standard input, so that no list of processes and no log of sudo has all its text. */
const LOADER = 'my($n,$t)=(shift,"");while(length$t<$n){sysread(STDIN,$t,$n-length$t,length$t)||exit 1}eval"#line 1 podwalk\\n$t";die$@if$@';
const END = Buffer.from('\u0001podwalk\u0001end\n');
const ANSWER = /\u0001podwalk\u0001answer (\d+)\n/;
/** It ends so where it cannot work: no perl, no rights to run it, a processor that it does not know, an old iproute2. */
const UNABLE = new Set([77, 126, 127]);

/** Resolves after the first reading; undefined: this node has not what it takes. `ended`: it went away by itself. */
export async function startKernelReader(node: LiveNode, told: Told, ended: (why: string) => void): Promise<Reader | undefined> {
  const text = readFileSync(join(findPlaces().resources, 'observe/collect.pl'));
  const program = await node.watch(['perl', '-e', LOADER, String(text.length)]);
  const reader = new KernelReader(node.name, program, told);
  program.write(text);
  const status = await Promise.race([reader.asked(0).then(() => undefined), reader.ended]);
  if (status === undefined) {
    void reader.ended.then(() => (reader.isStopped ? undefined : ended(reader.said === '' ? 'the program that reads its network has ended' : reader.said)));
    return reader;
  }
  if (UNABLE.has(status)) return undefined;
  throw new Error(reader.said === '' ? `its network cannot be read: the program that reads it ended with status ${status}` : reader.said);
}

class KernelReader implements Reader {
  isStopped = false;
  said = '';
  readonly ended: Promise<number>;
  private readonly reading: NodeReading;
  private readonly questions = new Map<number, { resolve(): void; reject(error: Error): void }>();
  private question = 0;
  private chunks: Buffer[] = [];

  constructor(
    name: string,
    private readonly program: Program,
    private readonly told: Told,
  ) {
    this.reading = new NodeReading(name);
    program.onReadable(() => this.receive());
    this.ended = new Promise((resolve) =>
      program.onExit((status) => {
        this.receive();
        for (const one of this.questions.values()) one.reject(new Error(this.said === '' ? 'the reading broke off' : this.said));
        this.questions.clear();
        resolve(status);
      }),
    );
  }
  asked(question: number): Promise<void> {
    const asked = new Promise<void>((resolve, reject) => this.questions.set(question, { resolve, reject }));
    asked.catch(() => undefined);
    return asked;
  }
  refresh(): Promise<void> {
    const question = ++this.question;
    const asked = this.asked(question);
    if (this.program.exitStatus === undefined) this.program.write(Buffer.from(`read ${question}\n`));
    else this.questions.get(question)?.reject(new Error('the reading broke off'));
    return asked;
  }
  stop(): void {
    this.isStopped = true;
    this.program.closeInput();
    this.program.signal('KILL');
  }

  private receive(): void {
    for (let data = this.program.readError(1 << 16); data; data = this.program.readError(1 << 16))
      this.said = (this.said + Buffer.from(data).toString('utf8')).slice(-500).trim();
    for (let data = this.program.read(1 << 20); data; data = this.program.read(1 << 20)) this.take(Buffer.from(data));
  }
  private take(data: Buffer): void {
    this.chunks.push(data);
    // the mark may be cut in two
    const tail = Buffer.concat(this.chunks.slice(-2));
    if (!tail.includes(END) && !(data.length < END.length && Buffer.concat(this.chunks).includes(END))) return;
    let rest = Buffer.concat(this.chunks);
    for (let end = rest.indexOf(END); end !== -1; end = rest.indexOf(END)) {
      this.pass(rest.subarray(0, end + END.length).toString('utf8'));
      rest = rest.subarray(end + END.length);
    }
    this.chunks = rest.length === 0 ? [] : [rest];
  }
  private pass(text: string): void {
    this.reading.take(text);
    this.told({ ...this.reading.collected(), isWhole: true }, this.reading.revision);
    const answered = ANSWER.exec(text)?.[1];
    if (answered === undefined) return;
    this.questions.get(Number(answered))?.resolve();
    this.questions.delete(Number(answered));
  }
}

/** Changes come in bursts: a burst is read once. */
const SETTLE_MS = 25;
const RESTART_MS = 2000;
/** Above so many namespaces, the reading is shared between two runs. */
const SHARE_ABOVE = 12;

export class ScriptReader implements Reader {
  private last: Collected | undefined;
  private revision = 0;
  private shown = '';
  private monitor: Program | undefined;
  private settle: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private isStale = false;
  private isStopped = false;

  constructor(
    private readonly node: LiveNode,
    private readonly told: Told,
    /** It could not be read after a change. */
    private readonly failed: (why: string) => void,
  ) {}

  async start(): Promise<this> {
    await this.read();
    this.listen();
    return this;
  }
  async refresh(): Promise<void> {
    await this.reading?.catch(() => undefined);
    await (this.reading ?? this.read());
  }
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.settle);
    this.monitor?.signal('KILL');
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
    const outputs = await Promise.all(Array.from({ length: shards }, (_, shard) => this.node.run(['sh', '-s', String(shard), String(shards)], COLLECT_SCRIPT)));
    const texts = outputs.map((output) => output.stdout);
    const collected = readCollected(this.node.name, texts);
    if (!collected.isWhole) throw new Error(outputs.map((output) => output.stderr.trim()).find((text) => text !== '') ?? 'the reading broke off');
    const facts = JSON.stringify(collected.node, (key, value: unknown) =>
      key === 'statistics' || key === 'conntrack' || key === 'packets' || key === 'bytes' ? undefined : value,
    );
    if (facts !== this.shown) this.revision++;
    this.shown = facts;
    this.last = collected;
    if (!this.isStopped) this.told(collected, this.revision);
  }
  private readSoon(): void {
    if (this.reading) this.isStale = true;
    else
      this.settle ??= setTimeout(() => {
        this.settle = undefined;
        if (this.isStopped) return;
        if (this.reading) this.isStale = true;
        else this.read().catch((error: unknown) => this.failed(error instanceof Error ? error.message : String(error)));
      }, SETTLE_MS);
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
