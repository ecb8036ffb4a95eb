/**
 * A tape that can be asked what was at a moment. Built once in one pass; a question costs the output since a terminal's last keyframe and the
 * deltas since the last whole topology.
 */
import type { ExperimentRecord } from '../experiment/index.ts';
import type { Progress } from '../lesson/index.ts';
import type { Topology } from '../topology/index.ts';
import type { Trace } from '../trace/index.ts';
import { applyDelta } from './delta.ts';
import { durationOf, type Tape, type TapeEvent, type TapeTerminal } from './tape.ts';

/** A terminal at a moment. */
export interface TerminalFrame extends TapeTerminal {
  /** Pieces to write, in order, to an empty terminal. Begins with its size; another stands where it changed. */
  readonly content: readonly (string | { readonly columns: number; readonly rows: number })[];
  /** Its program has ended. */
  readonly exit?: number;
}

/** Everything at a moment. */
export interface Frame {
  readonly seconds: number;
  readonly topology: Topology;
  /** Those that are open, in the order they were opened. */
  readonly terminals: readonly TerminalFrame[];
  /** The latest of each. */
  readonly trace?: Trace;
  readonly progress?: Progress;
  /** In the state they were in. */
  readonly experiments: readonly ExperimentRecord[];
}

/** Where something worth a mark on the bar happened. */
export interface Mark {
  readonly seconds: number;
  readonly kind: 'marker' | 'trace' | 'experiment' | 'step' | 'terminal';
  /** A label, a step's id, an experiment's id, a terminal's title. */
  readonly label: string;
}

interface Track {
  readonly opened: TapeTerminal;
  readonly openedAt: number;
  closedAt: number;
  /** Places of its events in the tape. */
  readonly places: number[];
}

const EMPTY: Topology = { boxes: [], lines: [] };

export class Timeline {
  readonly durationSeconds: number;
  readonly marks: readonly Mark[];
  private readonly tracks: readonly Track[];
  private readonly wholes: readonly number[];

  constructor(readonly tape: Tape) {
    this.durationSeconds = durationOf(tape);
    const open = new Map<string, Track>();
    const tracks: Track[] = [];
    const wholes: number[] = [];
    tape.events.forEach((event, place) => {
      if (event[1] === 'g') wholes.push(place);
      else if (event[1] === 'open') {
        const track = { opened: event[2], openedAt: place, closedAt: tape.events.length, places: [] };
        endTrack(open.get(event[2].terminal), place);
        open.set(event[2].terminal, track);
        tracks.push(track);
      } else if (event[1] === 'close') endTrack(open.get(event[2]), place);
      else {
        const terminal = terminalOf(event);
        if (terminal !== undefined) open.get(terminal)?.places.push(place);
      }
    });
    this.tracks = tracks;
    this.wholes = wholes;
    this.marks = findMarks(tape.events);
  }

  /** How many events happened up to this moment, itself included. */
  placeAt(seconds: number): number {
    const { events } = this.tape;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]![0] <= seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  frameAt(seconds: number): Frame {
    const end = this.placeAt(seconds);
    const { events } = this.tape;
    let trace: Trace | undefined;
    let progress: Progress | undefined;
    const experiments = new Map<string, ExperimentRecord>();
    for (let place = 0; place < end; place++) {
      const event = events[place]!;
      if (event[1] === 't') trace = event[2];
      else if (event[1] === 'p') progress = event[2];
      else if (event[1] === 'e') experiments.set(event[2].run, event[2]);
    }
    return {
      seconds,
      topology: this.topologyBefore(end),
      terminals: this.tracks.filter((track) => track.openedAt < end && track.closedAt >= end).map((track) => this.terminalBefore(track, end)),
      experiments: [...experiments.values()],
      ...(trace && { trace }),
      ...(progress && { progress }),
    };
  }

  private topologyBefore(end: number): Topology {
    const whole = lastBelow(this.wholes, end);
    if (whole === undefined) return EMPTY;
    let topology = EMPTY;
    for (let place = whole; place < end; place++) {
      const event = this.tape.events[place]!;
      if (event[1] === 'g') topology = event[2];
      else if (event[1] === 'd') topology = applyDelta(topology, event[2]) ?? topology;
    }
    return topology;
  }
  private terminalBefore({ opened, places }: Track, end: number): TerminalFrame {
    const { events } = this.tape;
    const last = places.findLastIndex((place) => place < end);
    let first = last;
    while (first > 0 && events[places[first]!]![1] !== 'k') first--;
    let { columns, rows } = opened;
    let exit: number | undefined;
    const content: (string | { readonly columns: number; readonly rows: number })[] = [{ columns, rows }];
    for (let index = Math.max(first, 0); index <= last; index++) {
      const event = events[places[index]!]!;
      if (event[1] === 'o') content.push(event[2][1]);
      else if (event[1] === 'x') exit = event[2][1];
      else if (event[1] === 'r') content.push({ columns: (columns = event[2][1]), rows: (rows = event[2][2]) });
      else if (event[1] === 'k') {
        ({ columns, rows } = event[2]);
        content.splice(0, content.length, { columns, rows }, event[2].content);
      }
    }
    return { ...opened, columns, rows, content, ...(exit !== undefined && { exit }) };
  }
}

function endTrack(track: Track | undefined, place: number): void {
  if (track) track.closedAt = Math.min(track.closedAt, place);
}
function terminalOf(event: TapeEvent): string | undefined {
  const [, code, data] = event;
  if (code === 'k') return data.terminal;
  return code === 'o' || code === 'i' || code === 'r' || code === 'x' ? data[0] : undefined;
}
/** The largest value below `limit` of an ascending list. */
function lastBelow(ascending: readonly number[], limit: number): number | undefined {
  return ascending[ascending.findLastIndex((value) => value < limit)];
}

function findMarks(events: readonly TapeEvent[]): Mark[] {
  const done = new Set<string>();
  return events.flatMap((event): Mark[] => {
    const [seconds, code, data] = event;
    if (code === 'm') return [{ seconds, kind: 'marker', label: data }];
    if (code === 'open') return [{ seconds, kind: 'terminal', label: data.title }];
    if (code === 'e') return [{ seconds, kind: 'experiment', label: data.experiment }];
    if (code === 't') return [{ seconds, kind: 'trace', label: String(data.id) }];
    if (code !== 'p') return [];
    const fresh = Object.entries(data.steps).filter(([step, state]) => state.kind === 'done' && !done.has(`${data.attempt} ${step}`));
    for (const [step] of fresh) done.add(`${data.attempt} ${step}`);
    return fresh.map(([step]) => ({ seconds, kind: 'step', label: step }));
  });
}
