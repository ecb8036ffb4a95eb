/**
 * The app's end of a helper of a namespaces lab (resources/namespaces/lab.pl has the other, and the form of messages): commands run there without a
 * shell, many at once, each answered with all it printed.
 */
import type { Duplex } from 'node:stream';
import type { Output } from '../live/node.ts';

export class Agent {
  readonly ready: Promise<Output>;
  private nextId = 1;
  private buffer: Buffer = Buffer.alloc(0);
  private isClosed = false;
  private readonly waiting = new Map<string, { resolve(output: Output): void; reject(error: Error): void }>();

  constructor(
    private readonly channel: Duplex,
    /** For errors: `node-1`, `the hub`. */
    private readonly name: string,
  ) {
    this.ready = new Promise((resolve, reject) => this.waiting.set('ready', { resolve, reject }));
    this.ready.catch(() => undefined); // whoever waits for it is told
    channel.on('data', (data: Buffer) => this.receive(data));
    channel.on('close', () => this.close());
    channel.on('error', () => this.close());
  }

  run(argv: readonly string[], stdin = '', env: Readonly<Record<string, string>> = {}): Promise<Output> {
    const pairs = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    return this.request('run', pairs.join('\0'), stdin, ...argv);
  }
  /** One of the helper's own verbs; rejects when it fails. */
  async do(verb: string, ...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.request(verb, ...args);
    if (status !== 0) throw new Error(`${this.name}: ${stderr.trim()}`);
    return stdout;
  }
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.channel.destroy();
    for (const one of this.waiting.values()) one.reject(new Error(`${this.name} has ended`));
    this.waiting.clear();
  }

  private request(...fields: readonly string[]): Promise<Output> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new Error(`${this.name} has ended`));
      const id = String(this.nextId++);
      this.waiting.set(id, { resolve, reject });
      this.channel.write(message([id, ...fields]));
    });
  }
  private receive(data: Buffer): void {
    this.buffer = this.buffer.length === 0 ? data : Buffer.concat([this.buffer, data]);
    while (this.buffer.length >= 4) {
      const end = 4 + this.buffer.readUInt32BE(0);
      if (this.buffer.length < end) return;
      const [id = '', status = '', stdout = '', stderr = ''] = fieldsOf(this.buffer.subarray(4, end));
      this.buffer = this.buffer.subarray(end);
      this.waiting.get(id)?.resolve({ status: Number(status), stdout, stderr });
      this.waiting.delete(id);
    }
  }
}

function message(fields: readonly string[]): Buffer {
  const parts = fields.flatMap((field) => {
    const bytes = Buffer.from(field, 'utf8');
    return [size(bytes.length), bytes];
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([size(body.length), body]);
}
function size(bytes: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(bytes);
  return buffer;
}
function fieldsOf(body: Buffer): readonly string[] {
  const fields: string[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const end = at + 4 + body.readUInt32BE(at);
    fields.push(body.toString('utf8', at + 4, end));
    at = end;
  }
  return fields;
}
