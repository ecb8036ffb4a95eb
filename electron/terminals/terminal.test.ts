/**
 * Goal: a terminal shows every watcher the same, waits for the slowest, and can be attached to again.
 * Method: a program of the test's own that has as much to say as is asked of it, and real headless screens.
 */
import { describe, expect, it } from 'vitest';
import type { TerminalChunk } from '../../shared/ipc/index.ts';
import type { TerminalSize } from '../../shared/lab/index.ts';
import type { Program } from '../labs/provider.ts';
import { Terminal, type TerminalListener } from './terminal.ts';

const SIZE = { columns: 40, rows: 5 };

class TestProgram implements Program {
  exitStatus: number | undefined;
  taken = 0;
  readonly received: string[] = [];
  readonly events: string[] = [];
  accepts = Infinity;
  private readable: () => void = () => undefined;
  private writable: () => void = () => undefined;

  constructor(private output: string) {}
  read(limit: number): Uint8Array | undefined {
    const text = this.output.slice(0, limit);
    this.output = this.output.slice(limit);
    this.taken += text.length;
    return text === '' ? undefined : Buffer.from(text, 'latin1');
  }
  readError(): undefined {
    return undefined;
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  onWritable(listener: () => void): void {
    this.writable = listener;
  }
  onExit(): void {
    this.events.push('onExit');
  }
  write(data: Uint8Array): number {
    const taken = Math.min(data.length, this.accepts);
    this.accepts -= taken;
    if (taken > 0) this.received.push(Buffer.from(data.subarray(0, taken)).toString('utf8'));
    return taken;
  }
  closeInput(): void {
    this.events.push('closeInput');
  }
  resize({ columns, rows }: TerminalSize): void {
    this.events.push(`resize ${columns}x${rows}`);
  }
  signal(name: string): void {
    this.events.push(name);
  }
  say(text: string): void {
    this.output += text;
    this.readable();
  }
  end(status: number): void {
    this.exitStatus = status;
    this.readable();
  }
  drain(): void {
    this.accepts = Infinity;
    this.writable();
  }
}

async function setup(output = '', listener?: TerminalListener) {
  const program = new TestProgram(output);
  const terminal = await Terminal.open({ terminal: 't1', lab: 'lab', node: 'node-1', title: 'node-1' }, () => Promise.resolve(program), SIZE, listener);
  return { program, terminal };
}
/** All that a watcher sees until its stream ends. */
async function read(source: AsyncIterable<TerminalChunk>): Promise<string> {
  let text = '';
  for await (const chunk of source) text += chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : `<exit ${chunk.exit}>`;
  return text;
}

describe('a terminal', () => {
  it('shows what there is, what comes, and how it ended', async () => {
    const { program, terminal } = await setup('hello ');
    const seen = read(terminal.watch());
    await new Promise((resolve) => setTimeout(resolve, 20));
    program.say('world');
    program.end(3);
    expect(await seen).toBe('hello world<exit 3>');
  });
  it('shows its screen to one who comes later, as a terminal would draw it', async () => {
    const { program, terminal } = await setup('one\r\ntwo\r\nthree\x1b[2D!');
    program.end(0);
    expect(await read(terminal.watch())).toBe('one\r\ntwo\r\nthr!e\x1b[1D<exit 0>');
    expect(await read(terminal.watch())).toBe('one\r\ntwo\r\nthr!e\x1b[1D<exit 0>');
  });
  it('sends a watcher nothing twice and leaves nothing out, whenever it comes', async () => {
    const { program, terminal } = await setup();
    const seen: Promise<string>[] = [];
    for (let i = 0; i < 5; i++) {
      program.say(`${i}`);
      seen.push(read(terminal.watch()));
    }
    program.end(0);
    expect(await Promise.all(seen)).toEqual(Array.from({ length: 5 }, () => '01234<exit 0>'));
  });
  it('lets a program that floods wait for a watcher that does not read', async () => {
    const line = 'y\r\n'.repeat(1000);
    const { program, terminal } = await setup();
    const reading = terminal.watch();
    program.say(line.repeat(1000));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stoodAt = program.taken;
    expect(stoodAt).toBeLessThan(600_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(program.taken).toBe(stoodAt);
    for (let taken = 0; taken < 1_000_000;) taken += ((await reading.next()).value as Uint8Array).length;
    expect(program.taken).toBeGreaterThan(1_000_000);
    expect(program.taken).toBeLessThan(1_400_000);
  });
  it('lets a flood that nobody watches through, slowly', async () => {
    const { program } = await setup();
    program.say('y\r\n'.repeat(1_000_000));
    expect(program.taken).toBeLessThan(400_000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(program.taken).toBe(3_000_000);
  });
  it('keeps what is typed until the program reads it', async () => {
    const { program, terminal } = await setup();
    program.accepts = 3;
    terminal.type('échappé');
    terminal.type('!');
    expect([program.received.join(''), terminal.pendingInput]).toEqual(['éc', 7]);
    program.drain();
    expect([program.received.join(''), terminal.pendingInput]).toEqual(['échappé!', 0]);
  });
  it('passes a new size on, once', async () => {
    const { program, terminal } = await setup();
    terminal.resize(SIZE);
    terminal.resize({ columns: 80, rows: 24 });
    expect(program.events).toEqual(['onExit', 'resize 80x24']);
  });
  it('hangs up when it is closed, and its watchers end', async () => {
    const { program, terminal } = await setup('bye');
    const source = terminal.watch();
    expect(Buffer.from((await source.next()).value as Uint8Array).toString()).toBe('bye');
    const end = source.next();
    terminal.close();
    expect(await end).toEqual({ value: undefined, done: true });
    expect(program.events).toEqual(['onExit', 'HUP']);
  });
});
