/**
 * What is on a terminal's screen, kept by the core so that a window can attach to a terminal that is already open (after a reload, a lost
 * connection, a second view), and so that a tape can hold a screen instead of a flood. The only file here that knows xterm.js.
 *
 * Invariant: `settled` answers with exactly what was written before it was called.
 */
import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/headless';
import { Waiting } from './flood.ts';

const SCROLLBACK_LINES = 2000;
/** How long output may wait before the screen takes it in: long enough to be cut down in a flood. */
const TAKE_IN_MS = 40;

export class Screen {
  /** Handed to xterm.js, which takes its time. */
  private writingBytes = 0;
  private readonly waiting: Waiting;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly terminal: Terminal,
    private readonly addon: SerializeAddon,
    /** Bytes were taken in. */
    private readonly onDrain: () => void,
  ) {
    this.waiting = new Waiting(() => SCROLLBACK_LINES + terminal.rows);
  }

  /** Loaded when the first terminal opens: it is no part of what must start fast. */
  static async create(columns: number, rows: number, onDrain: () => void): Promise<Screen> {
    const [headless, serialize] = await Promise.all([import('@xterm/headless'), import('@xterm/addon-serialize')]);
    const terminal = new headless.Terminal({ cols: columns, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true });
    const addon = new serialize.SerializeAddon();
    terminal.loadAddon(addon);
    return new Screen(terminal, addon, onDrain);
  }

  /** Bytes that were written and are not on the screen yet. */
  get backlog(): number {
    return this.writingBytes + this.waiting.size;
  }
  write(data: Uint8Array): void {
    this.waiting.put(data);
    this.timer ??= setTimeout(() => this.takeIn(), TAKE_IN_MS);
  }
  resize(columns: number, rows: number): void {
    this.takeIn();
    // Behind what was written before.
    this.terminal.write('', () => this.terminal.resize(columns, rows));
  }
  /** Once all that was written is on it: its content as text that, written to an empty terminal of this size, makes the same screen. */
  settled(use: (content: string) => void, scrollbackLines = 1000): void {
    this.takeIn();
    this.terminal.write('', () => use(this.addon.serialize({ scrollback: scrollbackLines })));
  }
  dispose(): void {
    clearTimeout(this.timer);
    this.terminal.dispose();
  }

  private takeIn(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const data of this.waiting.take()) {
      this.writingBytes += data.length;
      this.terminal.write(data, () => {
        this.writingBytes -= data.length;
        this.onDrain();
      });
    }
  }
}
