/**
 * A program of a simulated lab on the real standard streams, run as fast as it can: its time is virtual, and goes on whenever nothing is left to
 * do at the present. What it prints leaves in the order it was printed, standard error and output together.
 *
 * Invariant: a program that waits for standard input waits for the real one; a program that waits for what can never come ends with a message.
 */
import { writeSync } from 'node:fs';
import type { Lab, Session } from '../../shared/lab/index.ts';
import { Failure } from './usage.ts';

/** Output gathered before it is written out. */
const GATHER_BYTES = 1 << 16;
const READ_BYTES = 1 << 16;
/** Virtual time may run away from a program that sleeps for ever; the event loop still gets its turn (signals, standard input) so often. */
const SLICE_MS = 50;

export async function runFree(lab: Lab, session: Session, input: Input, output: Output): Promise<number> {
  const { simulation } = lab;
  const gather = (): void => {
    for (let text = session.readError(READ_BYTES); text !== ''; text = session.readError(READ_BYTES)) output.put(2, text);
    for (let text = session.read(READ_BYTES); text !== ''; text = session.read(READ_BYTES)) output.put(1, text);
  };
  session.onReadable(gather);
  input.start(session);
  for (;;) {
    await input.turn();
    const startMs = performance.now();
    let steps = 0;
    const goesOn = (): boolean =>
      session.exitStatus === undefined && output.size < GATHER_BYTES && ((++steps & 255) !== 0 || performance.now() - startMs < SLICE_MS);
    const waits = (): boolean => input.isOpen && session.isWaitingForInput;
    const end = waits() ? 'waiting' : simulation.runFree(() => goesOn() && !waits());
    gather();
    output.flush();
    if (output.isBroken) return 141; // 128 + SIGPIPE: nobody reads any more
    if (session.exitStatus !== undefined) return session.exitStatus;
    if (end === 'waiting') await atWallClock(simulation, input, () => goesOn() && waits());
    else if (end === 'held') await new Promise<void>((resolve) => (simulation.onRelease = resolve));
    else if (end === 'idle' && !(await input.more())) {
      throw new Failure('the program waits for something that can never come: no process can run, no timer is set, and standard input has ended');
    }
  }
}

/** As long as the program waits for input that may still come, its time is the real one: its timeouts are what they say. */
async function atWallClock(simulation: Lab['simulation'], input: Input, goesOn: () => boolean): Promise<void> {
  const [startMs, startUs] = [performance.now(), simulation.nowUs];
  while (goesOn()) {
    const end = simulation.runUntil(startUs + (performance.now() - startMs) * 1000, goesOn);
    if (end === 'held' || !goesOn()) return;
    const next = simulation.nextTimerUs;
    if (end === 'reached') await input.within(next === undefined ? SLICE_MS : Math.min(SLICE_MS, Math.max(1, (next - simulation.nowUs) / 1000)));
  }
}

/** Real standard output and error, in the order of the program's writes. */
export class Output {
  size = 0;
  isBroken = false;
  private readonly chunks: { fd: 1 | 2; text: string }[] = [];

  put(fd: 1 | 2, text: string): void {
    this.size += text.length;
    const last = this.chunks.at(-1);
    if (last?.fd === fd) last.text += text;
    else this.chunks.push({ fd, text });
  }
  flush(): void {
    for (const { fd, text } of this.chunks) this.write(fd, Buffer.from(text, 'latin1'));
    this.chunks.length = 0;
    this.size = 0;
  }
  private write(fd: 1 | 2, data: Uint8Array): void {
    for (let at = 0; at < data.length && !this.isBroken;) {
      try {
        at += writeSync(fd, data, at);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EPIPE' || code === 'EBADF') this.isBroken = true;
        else if (code !== 'EAGAIN') throw error;
        else Atomics.wait(SLEEPER, 0, 0, 1); // a pipe that somebody made non-blocking, and that is full
      }
    }
  }
}
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** Real standard input, given to the program as it takes it. */
export class Input {
  private readonly chunks: Buffer[] = [];
  private state: 'open' | 'ended' | 'closed' = 'open';
  private session: Session | undefined;
  private isFeeding = false;
  private heard: () => void = () => undefined;

  constructor(private readonly stream: NodeJS.ReadStream) {}

  start(session: Session): void {
    this.session = session;
    session.onWritable(() => this.feed());
    this.stream.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.stream.pause();
      this.feed();
      this.heard();
    });
    const ended = (): void => {
      if (this.state === 'open') this.state = 'ended';
      this.feed();
      this.heard();
    };
    this.stream.on('end', ended).on('error', ended).on('close', ended);
  }
  /** Lets what has come in come in; what is there before the program starts is there for its first read. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
  /** More may come. */
  get isOpen(): boolean {
    return this.state === 'open';
  }
  /** Until something comes, but no longer than this. */
  async within(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.heard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.heard = () => undefined;
  }
  /** Waits for more. False: there is none. */
  async more(): Promise<boolean> {
    if (this.state === 'closed' || (this.state === 'open' && this.chunks.length > 0)) return false;
    await new Promise<void>((resolve) => {
      this.heard = resolve;
      if (this.state !== 'open') resolve();
    });
    this.heard = () => undefined;
    return true;
  }
  stop(): void {
    this.stream.removeAllListeners();
    this.stream.destroy();
  }

  private feed(): void {
    const { session } = this;
    if (!session || this.isFeeding) return;
    this.isFeeding = true; // `write` may say at once that there is room again
    try {
      this.give(session);
    } finally {
      this.isFeeding = false;
    }
  }
  private give(session: Session): void {
    for (let chunk = this.chunks[0]; chunk; chunk = this.chunks[0]) {
      const taken = session.write(chunk.toString('latin1'));
      if (taken < chunk.length) {
        this.chunks[0] = chunk.subarray(taken);
        return;
      }
      this.chunks.shift();
    }
    if (this.state === 'open') this.stream.resume();
    else if (this.state === 'ended') {
      this.state = 'closed';
      session.closeInput();
    }
  }
}
