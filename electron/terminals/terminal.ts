/**
 * One terminal: a program, its screen, and those who watch it. Output flows program → screen, watchers, tape at the pace of the slowest of them:
 * nothing is read from the program while any has too much before it.
 *
 * Invariant: every watcher sees what is on the screen when it attaches, then every byte after it, then the exit status.
 */
import { Source, type TerminalChunk, type TerminalInfo } from '../../shared/ipc/index.ts';
import type { TerminalSize } from '../../shared/lab/index.ts';
import type { Program } from '../labs/provider.ts';
import { Screen } from './screen.ts';

/** Read from the program at once. */
const READ_BYTES = 1 << 16;
/** What may wait before a screen or a watcher. */
const HIGH_WATER_BYTES = 1 << 18;
/** A flood that nobody watches is let through at this much in so long: it shall not keep the machine busy. */
const UNWATCHED_BYTES = 1 << 18;
const UNWATCHED_MS = 50;

/** Hears what a terminal does, for a tape. */
export interface TerminalListener {
  /** Before its first output. */
  opened(terminal: Terminal): void;
  output(terminal: Terminal, data: Uint8Array): void;
  resized(terminal: Terminal): void;
  exited(terminal: Terminal, status: number): void;
  closed(terminal: Terminal): void;
}

interface Watcher {
  readonly source: Source<TerminalChunk>;
  chunks: TerminalChunk[];
  bytes: number;
  /** Its first chunk, the screen, is there. */
  hasScreen: boolean;
}

export class Terminal {
  size: TerminalSize;
  exit: number | undefined;
  private readonly watchers = new Set<Watcher>();
  private readonly input: Uint8Array[] = [];
  private unwatchedBytes = 0;
  private unwatchedTimer: NodeJS.Timeout | undefined;
  private isPumping = false;
  private isFeeding = false;

  private constructor(
    readonly info: TerminalInfo,
    private readonly program: Program,
    private readonly screen: Screen,
    size: TerminalSize,
    private readonly listener: TerminalListener | undefined,
    /** It has ended, and the last who watched it has seen that. */
    private readonly onAbandoned: (terminal: Terminal) => void,
  ) {
    this.size = size;
  }

  static async open(
    info: TerminalInfo,
    start: () => Promise<Program>,
    size: TerminalSize,
    listener?: TerminalListener,
    onAbandoned: (terminal: Terminal) => void = () => undefined,
    /** On its screen already. */
    shown?: Uint8Array,
  ): Promise<Terminal> {
    let pump = (): void => undefined;
    const screen = await Screen.create(size.columns, size.rows, () => pump());
    const program = await start().catch((error: unknown) => {
      screen.dispose();
      throw error;
    });
    const terminal = new Terminal(info, program, screen, size, listener, onAbandoned);
    listener?.opened(terminal);
    if (shown && shown.length > 0) terminal.deliver(shown);
    pump = () => terminal.pump();
    program.onReadable(pump);
    program.onWritable(() => terminal.feed());
    program.onExit(pump);
    pump();
    return terminal;
  }

  /** Keys, as typed or pasted. */
  type(text: string): void {
    if (this.exit !== undefined || text === '') return;
    this.input.push(Buffer.from(text, 'utf8'));
    this.feed();
  }
  /** Bytes typed that the program has not taken yet. */
  get pendingInput(): number {
    return this.input.reduce((sum, data) => sum + data.length, 0);
  }
  resize(size: TerminalSize): void {
    if (size.columns === this.size.columns && size.rows === this.size.rows) return;
    this.size = size;
    this.screen.resize(size.columns, size.rows);
    this.program.resize(size);
    this.listener?.resized(this);
  }
  /** The screen as it is, then everything that comes, then the exit status. */
  watch(): Source<TerminalChunk> {
    const watcher: Watcher = {
      source: new Source<TerminalChunk>(
        () => {
          const chunk = watcher.hasScreen ? watcher.chunks.shift() : undefined;
          if (chunk instanceof Uint8Array) {
            watcher.bytes -= chunk.length;
            this.pump();
          }
          return chunk;
        },
        () => {
          this.watchers.delete(watcher);
          if (this.exit !== undefined && this.watchers.size === 0) this.onAbandoned(this);
          else this.pump();
        },
      ),
      chunks: [],
      bytes: 0,
      hasScreen: false,
    };
    this.watchers.add(watcher);
    this.screen.settled((content) => {
      watcher.hasScreen = true;
      if (content !== '') {
        const screen = Buffer.from(content, 'utf8');
        watcher.chunks.unshift(screen);
        watcher.bytes += screen.length;
      }
      watcher.source.wake();
    });
    if (this.exit !== undefined) this.finish(watcher, this.exit);
    return watcher.source;
  }
  /** What is on the screen, once all output so far is on it. */
  snapshot(use: (content: string) => void, scrollbackLines: number): void {
    this.screen.settled(use, scrollbackLines);
  }
  close(): void {
    if (this.exit === undefined) this.program.signal('HUP');
    for (const watcher of [...this.watchers]) watcher.source.end();
    this.listener?.closed(this);
    this.dispose();
  }
  /** Its program has ended: nothing more will happen. */
  dispose(): void {
    clearTimeout(this.unwatchedTimer);
    this.screen.dispose();
  }

  private feed(): void {
    if (this.isFeeding) return; // `write` may say at once that there is room again
    this.isFeeding = true;
    try {
      for (let data = this.input[0]; data; data = this.input[0]) {
        const taken = this.program.write(data);
        if (taken < data.length) {
          this.input[0] = data.subarray(taken);
          return;
        }
        this.input.shift();
      }
    } finally {
      this.isFeeding = false;
    }
  }
  private hasRoom(): boolean {
    if (this.screen.backlog >= HIGH_WATER_BYTES) return false;
    if (this.watchers.size === 0 && this.unwatchedBytes >= UNWATCHED_BYTES) return false;
    for (const watcher of this.watchers) if (watcher.bytes >= HIGH_WATER_BYTES) return false;
    return true;
  }
  /** Takes what the program has to say, while there is room for it. */
  private pump(): void {
    if (this.isPumping || this.exit !== undefined) return;
    this.isPumping = true;
    try {
      while (this.hasRoom()) {
        const data = this.program.read(READ_BYTES);
        if (data) this.deliver(data);
        else {
          if (this.program.exitStatus !== undefined) this.ended(this.program.exitStatus);
          return;
        }
      }
    } finally {
      this.isPumping = false;
    }
  }
  private deliver(data: Uint8Array): void {
    this.screen.write(data);
    this.listener?.output(this, data);
    if (this.watchers.size === 0) this.countUnwatched(data.length);
    for (const watcher of this.watchers) {
      watcher.chunks.push(data);
      watcher.bytes += data.length;
      watcher.source.wake();
    }
  }
  private countUnwatched(bytes: number): void {
    this.unwatchedBytes += bytes;
    this.unwatchedTimer ??= setTimeout(() => {
      this.unwatchedTimer = undefined;
      this.unwatchedBytes = 0;
      this.pump();
    }, UNWATCHED_MS);
  }
  private ended(status: number): void {
    this.exit = status;
    this.input.length = 0;
    for (const watcher of this.watchers) this.finish(watcher, status);
    this.listener?.exited(this, status);
  }
  private finish(watcher: Watcher, exit: number): void {
    watcher.chunks.push({ exit });
    // Not before its screen is there, or it would end without it.
    this.screen.settled(() => {
      watcher.source.wake();
      watcher.source.end();
    }, 0);
  }
}
