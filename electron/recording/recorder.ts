/**
 * Records a lab that is up on a tape, as it happens: lines are appended in the order things happened and are on the disk soon after, so a crash
 * loses at most the last moments. A flood is not recorded byte by byte: nobody can read it, so the screen that it left stands for it.
 *
 * Invariant: what is typed is never recorded (it may be a password); what a terminal echoes is on its screen anyway.
 * Invariant: trouble with the disk ends the tape with a note in the log; it never disturbs the lab.
 */
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LabEvent } from '../../shared/lab/index.ts';
import { TapeWriter, type TapeHeader, type TapeInfo } from '../../shared/recording/index.ts';
import type { Topology } from '../../shared/ipc/index.ts';
import type { Log } from '../log.ts';
import type { Terminal, TerminalListener } from '../terminals/terminal.ts';

/** Output of a terminal is gathered for so long before it becomes a line. */
const GATHER_MS = 40;
/** More than this while gathering is a flood … */
const FLOOD_BYTES = 1 << 15;
/** … and is then looked at only so often. */
const FLOOD_GATHER_MS = 400;
/** Output after which a keyframe makes seeking quick. */
const KEYFRAME_BYTES = 1 << 18;
const KEYFRAME_SCROLLBACK_LINES = 500;
const FLOOD_SCROLLBACK_LINES = 0;
/** Lines reach the disk after so long. */
const WRITE_MS = 200;
/** A tape that grows beyond this ends, and says so. */
const MAX_TAPE_BYTES = 256 << 20;

interface Track {
  readonly decoder: InstanceType<typeof TextDecoder>;
  gathered: Uint8Array[];
  gatheredBytes: number;
  /** When its first piece came, on the lab's clock. */
  gatheredAt: number;
  sinceKeyframe: number;
  timer: NodeJS.Timeout | undefined;
  isFlooding: boolean;
  /** A keyframe is on its way: text stays here until it is on the tape, so that it stands behind it. */
  isKeyframing: boolean;
}

export interface RecorderOptions {
  readonly path: string;
  readonly tape: string;
  readonly header: TapeHeader;
  /** The lab's clock, seconds since it came up. */
  readonly now: () => number;
  readonly log: Log;
}

export class Recorder implements TerminalListener {
  private readonly writer: TapeWriter;
  private readonly tracks = new Map<Terminal, Track>();
  private lines: string[] = [];
  private file: FileHandle | undefined;
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private state: 'recording' | 'full' | 'ended' = 'recording';
  private bytes = 0;
  private events = 0;
  /** Something that somebody might want to see again. */
  private isWorthKeeping = false;

  private constructor(private readonly options: RecorderOptions) {
    this.writer = new TapeWriter(options.header);
  }
  static async start(options: RecorderOptions): Promise<Recorder> {
    await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
    const recorder = new Recorder(options);
    recorder.file = await open(options.path, 'wx', 0o600);
    recorder.append(recorder.writer.begin());
    return recorder;
  }

  get tape(): string {
    return this.options.tape;
  }
  get info(): TapeInfo {
    const { title, lab, startedMs } = this.options.header;
    const { tape } = this.options;
    return { tape, title, lab, startedMs, durationSeconds: this.options.now(), events: this.events, bytes: this.bytes, isLive: this.state !== 'ended' };
  }

  topology(topology: Topology): void {
    this.event(this.writer.topologyLine(this.options.now(), topology));
  }
  labEvent(event: LabEvent): void {
    const seconds = event.atUs / 1e6;
    if (event.kind === 'trace') this.event(this.writer.line(seconds, 't', event.trace));
    else if (event.kind === 'experiment') this.event(this.writer.line(seconds, 'e', event.run));
    else this.event(this.writer.line(seconds, 'p', event.progress));
    if (event.kind !== 'progress') this.isWorthKeeping = true;
  }
  marker(label: string): void {
    this.event(this.writer.line(this.options.now(), 'm', label));
  }
  opened(terminal: Terminal): void {
    const { terminal: id, title, node, pod } = terminal.info;
    this.tracks.set(terminal, {
      decoder: new TextDecoder(),
      gathered: [],
      gatheredBytes: 0,
      gatheredAt: 0,
      sinceKeyframe: 0,
      timer: undefined,
      isFlooding: false,
      isKeyframing: false,
    });
    this.event(this.writer.line(this.options.now(), 'open', { terminal: id, title, node, ...(pod !== undefined && { pod }), ...terminal.size }));
  }
  output(terminal: Terminal, data: Uint8Array): void {
    const track = this.tracks.get(terminal);
    if (!track || this.state !== 'recording') return;
    this.isWorthKeeping = true;
    if (track.gatheredBytes === 0) track.gatheredAt = this.options.now();
    track.gatheredBytes += data.length;
    if (track.gatheredBytes > FLOOD_BYTES) track.isFlooding = true;
    if (track.isFlooding) track.gathered = [];
    else track.gathered.push(data);
    track.timer ??= setTimeout(() => this.settle(terminal, track), track.isFlooding ? FLOOD_GATHER_MS : GATHER_MS);
  }
  resized(terminal: Terminal): void {
    const track = this.tracks.get(terminal);
    if (!track) return;
    this.flushText(terminal, track);
    this.event(this.writer.line(this.options.now(), 'r', [terminal.info.terminal, terminal.size.columns, terminal.size.rows]));
  }
  exited(terminal: Terminal, status: number): void {
    const track = this.tracks.get(terminal);
    if (!track) return;
    if (track.isFlooding) this.keyframe(terminal, track);
    terminal.snapshot(() => {
      // Behind a keyframe that may be on its way.
      this.flushText(terminal, track);
      this.event(this.writer.line(this.options.now(), 'x', [terminal.info.terminal, status]));
    }, 0);
  }
  closed(terminal: Terminal): void {
    const track = this.tracks.get(terminal);
    if (!track) return;
    this.flushText(terminal, track);
    clearTimeout(track.timer);
    this.tracks.delete(terminal);
    this.event(this.writer.line(this.options.now(), 'close', terminal.info.terminal));
  }
  /** Everything so far is in the file. */
  async flushed(): Promise<void> {
    for (const [terminal, track] of this.tracks) this.flushText(terminal, track);
    await this.write();
  }
  /** The tape is complete; one on which nothing happened is removed. */
  async end(): Promise<void> {
    if (this.state === 'ended') return;
    for (const [terminal, track] of this.tracks) {
      clearTimeout(track.timer);
      this.flushText(terminal, track);
    }
    if (this.state === 'recording') this.marker('end');
    this.state = 'ended';
    this.tracks.clear();
    await this.write();
    clearTimeout(this.timer);
    await this.file?.sync().catch(() => undefined);
    await this.file?.close().catch(() => undefined);
    this.file = undefined;
    if (!this.isWorthKeeping) await rm(this.options.path, { force: true });
  }

  /** After the time of gathering: the text, or after a flood the screen. */
  private settle(terminal: Terminal, track: Track): void {
    track.timer = undefined;
    if (track.isKeyframing) {
      track.timer = setTimeout(() => this.settle(terminal, track), GATHER_MS);
      return;
    }
    if (track.isFlooding) return this.keyframe(terminal, track);
    this.flushText(terminal, track);
    if (track.sinceKeyframe > KEYFRAME_BYTES) this.keyframe(terminal, track);
  }
  private flushText(terminal: Terminal, track: Track): void {
    if (track.isFlooding || track.isKeyframing || track.gatheredBytes === 0) return;
    const text = track.gathered.map((data) => track.decoder.decode(data, { stream: true })).join('');
    track.sinceKeyframe += track.gatheredBytes;
    track.gathered = [];
    track.gatheredBytes = 0;
    if (text !== '') this.event(this.writer.line(track.gatheredAt, 'o', [terminal.info.terminal, text]));
  }
  private keyframe(terminal: Terminal, track: Track): void {
    const skipped = track.isFlooding ? track.gatheredBytes : 0;
    const scrollback = skipped > 0 ? FLOOD_SCROLLBACK_LINES : KEYFRAME_SCROLLBACK_LINES;
    track.isKeyframing = true;
    track.sinceKeyframe = 0;
    track.gathered = [];
    track.gatheredBytes = 0;
    track.isFlooding = false;
    track.decoder.decode(); // what was cut in the middle of a character was skipped with the rest
    terminal.snapshot((content) => {
      track.isKeyframing = false;
      if (!this.tracks.has(terminal)) return;
      const { columns, rows } = terminal.size;
      this.event(this.writer.line(this.options.now(), 'k', { terminal: terminal.info.terminal, columns, rows, content, ...(skipped > 0 && { skipped }) }));
    }, scrollback);
  }

  private event(line: string): void {
    if (line === '' || this.state !== 'recording') return;
    this.events++;
    this.append(line);
    if (this.bytes < MAX_TAPE_BYTES) return;
    this.append(this.writer.line(this.options.now(), 'm', 'the tape is full'));
    this.state = 'full';
    this.options.log.warn(`tape ${this.tape} is full at ${MAX_TAPE_BYTES} bytes; nothing more is recorded on it`);
  }
  private append(line: string): void {
    this.bytes += Buffer.byteLength(line);
    this.lines.push(line);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.write();
    }, WRITE_MS);
    this.timer.unref();
  }
  /** Appends what has gathered, one write after the other. */
  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const { file } = this;
      if (this.lines.length === 0 || !file) return;
      const text = this.lines.join('');
      this.lines = [];
      try {
        await file.appendFile(text);
        await file.datasync();
      } catch (error) {
        this.options.log.error(error, `tape ${this.tape} cannot be written any more`);
        this.state = 'full';
      }
    });
    return this.writing;
  }
}
