/**
 * What is on a terminal's screen, kept by the core so that a window can attach to a terminal that is already open (after a reload, a lost
 * connection, a second view), and so that a tape can hold a screen instead of a flood. The only file here that knows xterm.js.
 *
 * Invariant: `settled` answers with exactly what was written before it was called.
 */
import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/headless';

const SCROLLBACK_LINES = 2000;

export class Screen {
  private backlogBytes = 0;

  private constructor(
    private readonly terminal: Terminal,
    private readonly addon: SerializeAddon,
    /** Bytes were taken in. */
    private readonly onDrain: () => void,
  ) {}

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
    return this.backlogBytes;
  }
  write(data: Uint8Array): void {
    this.backlogBytes += data.length;
    this.terminal.write(data, () => {
      this.backlogBytes -= data.length;
      this.onDrain();
    });
  }
  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }
  /** Once all that was written is on it: its content as text that, written to an empty terminal of this size, makes the same screen. */
  settled(use: (content: string) => void, scrollbackLines = 1000): void {
    this.terminal.write('', () => use(this.addon.serialize({ scrollback: scrollbackLines })));
  }
  dispose(): void {
    this.terminal.dispose();
  }
}
