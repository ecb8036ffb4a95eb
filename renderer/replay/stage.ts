/**
 * What a replay shows: the figure and one screen for each terminal of the tape. It does what the player says: show a whole frame, or apply
 * what happened since. Frames are shown one at a time; of those wanted meanwhile only the latest counts.
 */
import { markRaw, ref, shallowReactive, shallowRef } from 'vue';
import {
  applyDelta,
  Player,
  type Frame,
  type Mark,
  type PlayerOutput,
  type PlayerState,
  type Tape,
  type TapeEvent,
  type TapeTerminal,
} from '../../shared/recording/index.ts';
import type { Locale, Progress, Topology, Trace } from '../../shared/ipc/index.ts';
import type { Screen } from '../terminal/xterm.ts';

export interface StageTerminal {
  readonly id: string;
  readonly title: string;
  readonly screen: Screen;
  exit: number | undefined;
}
export type MakeScreen = (size: { readonly columns: number; readonly rows: number }) => Screen;

const EMPTY: Topology = { boxes: [], lines: [] };
/** How fast a traced packet goes through its stops on a tape. */
const STOP_SECONDS = 0.4;
/** However many stops it has, it is through by then: other things happen on the tape. */
const WALK_SECONDS = 10;
const TRACE_STAYS_SECONDS = 3;

export class Stage {
  readonly topology = shallowRef<Topology>(EMPTY);
  readonly terminals = shallowReactive<StageTerminal[]>([]);
  readonly activeId = ref<string>();
  readonly state = shallowRef<PlayerState>({ kind: 'empty' });
  readonly seconds = ref(0);
  readonly speed = ref(1);
  readonly skipsIdle = ref(false);
  readonly marks = shallowRef<readonly Mark[]>([]);
  /** Before it the tape shows nothing: the lab was still coming up. */
  readonly begin = ref(0);
  /** By experiment. */
  readonly experimentTitles = new Map<string, Readonly<Record<Locale, string>>>();
  readonly duration = ref(0);
  readonly progress = shallowRef<Progress>();
  readonly experiments = shallowRef<Frame['experiments']>([]);
  /** The latest trace, and the figure it was made in. */
  readonly trace = shallowRef<{ readonly trace: Trace; readonly seconds: number; readonly topology: Topology }>();
  /** The reader chose a terminal: the one that prints does not come to the front any more. */
  isPinned = false;
  private readonly player = new Player();
  private isShowing = false;
  private wanted: Frame | undefined;

  constructor(
    private readonly makeScreen: MakeScreen,
    private readonly now: () => number,
  ) {}

  load(tape: Tape, at = 0): void {
    this.player.load();
    this.take(this.player.loaded(tape));
    this.begin.value = tape.events.find(([, code]) => code === 'g')?.[0] ?? 0;
    for (const [, code, data] of tape.events) if (code === 'e') this.experimentTitles.set(data.experiment, data.titles);
    this.marks.value = this.player.timeline?.marks ?? [];
    this.duration.value = this.player.timeline?.durationSeconds ?? 0;
    this.seek(at);
  }
  dispose(): void {
    this.player.eject();
    for (const terminal of this.terminals) terminal.screen.dispose();
    this.terminals.splice(0);
  }

  toggle(): void {
    const { kind } = this.player.state;
    const isGoing = kind === 'playing' || (kind === 'seeking' && this.player.state.then === 'playing');
    this.take(isGoing ? this.player.pause(this.now()) : this.player.play(this.now()));
  }
  pause(): void {
    this.take(this.player.pause(this.now()));
  }
  seek(seconds: number): void {
    this.take(this.player.seek(Math.max(this.begin.value, seconds)));
  }
  setSpeed(speed: number): void {
    this.take(this.player.setSpeed(speed, this.now()));
    this.speed.value = this.player.speed;
  }
  setSkipsIdle(skips: boolean): void {
    this.player.skipsIdle = skips;
    this.skipsIdle.value = skips;
  }
  advance(): void {
    if (this.player.state.kind === 'playing') this.take(this.player.advance(this.now()));
  }
  /** The mark after or before the present moment. */
  seekMark(direction: 1 | -1): void {
    const marks = this.marks.value;
    const mark =
      direction === 1 ? marks.find((one) => one.seconds > this.seconds.value + 0.05) : marks.findLast((one) => one.seconds < this.seconds.value - 0.8);
    this.seek(mark?.seconds ?? (direction === 1 ? this.duration.value : 0));
  }
  /** How far a traced packet has come by now: a place among `count` stops; undefined when it is over. */
  traceStop(count: number): number | undefined {
    const shown = this.trace.value;
    if (!shown || count === 0) return undefined;
    const since = this.seconds.value - shown.seconds;
    const each = Math.min(STOP_SECONDS, WALK_SECONDS / count);
    if (since < 0 || since > count * each + TRACE_STAYS_SECONDS) return undefined;
    return Math.min(count - 1, Math.floor(since / each));
  }

  private take(output: PlayerOutput): void {
    if (output.kind === 'frame') {
      this.wanted = output.frame;
      if (!this.isShowing) void this.showWanted();
    } else if (output.kind === 'events') for (const event of output.events) this.apply(event);
    this.settle();
  }
  private settle(): void {
    const { state } = this.player;
    this.state.value = state;
    if ('seconds' in state) this.seconds.value = state.seconds;
  }
  private async showWanted(): Promise<void> {
    this.isShowing = true;
    while (this.wanted) {
      const frame = this.wanted;
      this.wanted = undefined;
      await this.show(frame);
    }
    this.isShowing = false;
    this.player.arrived(this.now());
    this.settle();
  }
  private async show(frame: Frame): Promise<void> {
    this.topology.value = frame.topology;
    this.progress.value = frame.progress;
    this.experiments.value = frame.experiments;
    const mark = this.player.timeline?.marks.findLast((one) => one.kind === 'trace' && one.seconds <= frame.seconds);
    this.trace.value = frame.trace && mark ? { trace: frame.trace, seconds: mark.seconds, topology: frame.topology } : undefined;
    const open = new Set(frame.terminals.map((terminal) => terminal.terminal));
    for (const terminal of [...this.terminals]) if (!open.has(terminal.id)) this.close(terminal.id);
    await Promise.all(
      frame.terminals.map(async (wanted) => {
        const terminal = this.open(wanted);
        terminal.screen.reset();
        for (const piece of wanted.content) {
          if (typeof piece === 'string') await terminal.screen.write(piece);
          else terminal.screen.resize(piece.columns, piece.rows);
        }
        if (wanted.content.every((piece) => typeof piece === 'string')) terminal.screen.resize(wanted.columns, wanted.rows);
        terminal.exit = wanted.exit;
      }),
    );
  }

  private apply([seconds, code, data]: TapeEvent): void {
    switch (code) {
      case 'open':
        this.open(data);
        break;
      case 'o':
        void this.find(data[0])?.screen.write(data[1]);
        if (!this.isPinned) this.activeId.value = data[0];
        break;
      case 'r':
        this.find(data[0])?.screen.resize(data[1], data[2]);
        break;
      case 'k':
        if (data.skipped !== undefined && data.skipped > 0) {
          const screen = this.find(data.terminal)?.screen;
          screen?.reset();
          void screen?.write(data.content);
        }
        break;
      case 'x': {
        const terminal = this.find(data[0]);
        if (terminal) terminal.exit = data[1];
        break;
      }
      case 'close':
        this.close(data);
        break;
      case 'g':
        this.topology.value = data;
        break;
      case 'd':
        this.topology.value = applyDelta(this.topology.value, data) ?? this.topology.value;
        break;
      case 't':
        this.trace.value = { trace: data, seconds, topology: this.topology.value };
        break;
      case 'e':
        this.experiments.value = [...this.experiments.value.filter((run) => run.run !== data.run), data];
        break;
      case 'p':
        this.progress.value = data;
        break;
      case 'i':
      case 'm':
        break; // what was typed comes back as output; a mark is on the bar
    }
  }
  private find(id: string): StageTerminal | undefined {
    return this.terminals.find((terminal) => terminal.id === id);
  }
  private open(opened: TapeTerminal): StageTerminal {
    const known = this.find(opened.terminal);
    if (known) return known;
    const terminal: StageTerminal = shallowReactive({
      id: opened.terminal,
      title: opened.pod ?? opened.node,
      screen: markRaw(this.makeScreen(opened)),
      exit: undefined,
    });
    this.terminals.push(terminal);
    this.activeId.value ??= terminal.id;
    return terminal;
  }
  private close(id: string): void {
    const index = this.terminals.findIndex((terminal) => terminal.id === id);
    if (index < 0) return;
    this.terminals.splice(index, 1)[0]?.screen.dispose();
    if (this.activeId.value === id) this.activeId.value = this.terminals[0]?.id;
  }
}
