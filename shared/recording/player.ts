/**
 * The player of a tape as a state machine without a clock: whoever shows it says what time it is (milliseconds of any steady clock) and does
 * what comes out: show a whole frame, or apply events to the one shown.
 *
 *     empty ─ load ─► loading ─ loaded ─► paused ◄─ pause ── playing ── end of tape ─► ended
 *                                          │  ▲  ─── play ──►   │                        │
 *                                          └──┴── seeking ◄─────┴──────── seek ──────────┘
 *
 * Seeking is a state because showing a frame takes the view a while (terminals draw in their own time): time stands still until `arrived`.
 */
import type { Tape, TapeEvent } from './tape.ts';
import { Timeline, type Frame } from './timeline.ts';

export type PlayerState =
  | { readonly kind: 'empty' } // no tape
  | { readonly kind: 'loading' } // one is on its way
  | { readonly kind: 'paused'; readonly seconds: number }
  | { readonly kind: 'playing'; readonly seconds: number }
  | { readonly kind: 'seeking'; readonly seconds: number; readonly then: 'paused' | 'playing' } // a frame is being shown
  | { readonly kind: 'ended'; readonly seconds: number };

/** What the view is to do. */
export type PlayerOutput =
  | { readonly kind: 'nothing' }
  /** Show this instead of all that is shown, then call `arrived`. */
  | { readonly kind: 'frame'; readonly frame: Frame }
  /** These happened since. */
  | { readonly kind: 'events'; readonly events: readonly TapeEvent[] };

export const SPEEDS = [0.5, 1, 1.5, 2, 4, 8] as const;
/** After so much at once (the window was hidden) a whole frame is quicker than every event. */
const JUMP_SECONDS = 20;
/** Quiet longer than this is shortened to it, when that is wished. */
const IDLE_SECONDS = 2;

const NOTHING: PlayerOutput = { kind: 'nothing' };

export class Player {
  state: PlayerState = { kind: 'empty' };
  timeline: Timeline | undefined;
  speed = 1;
  /** Whether long quiet stretches are shortened. */
  skipsIdle = false;
  /** Events before this place have been shown. */
  private place = 0;
  private lastMs = 0;

  /** A tape is on its way. */
  load(): void {
    this.timeline = undefined;
    this.state = { kind: 'loading' };
  }
  /** It is there: its beginning is shown. */
  loaded(tape: Tape): PlayerOutput {
    this.timeline = new Timeline(tape);
    return this.moveTo(0, 'paused');
  }
  /** No tape any more, or it could not be read. */
  eject(): void {
    this.timeline = undefined;
    this.state = { kind: 'empty' };
  }
  /** From the beginning when it has ended. */
  play(nowMs: number): PlayerOutput {
    this.lastMs = nowMs;
    if (this.state.kind === 'ended') return this.moveTo(0, 'playing');
    if (this.state.kind === 'seeking') this.state = { ...this.state, then: 'playing' };
    else if (this.state.kind === 'paused') this.state = { kind: 'playing', seconds: this.state.seconds };
    return NOTHING;
  }
  pause(nowMs: number): PlayerOutput {
    const output = this.advance(nowMs);
    if (this.state.kind === 'seeking') this.state = { ...this.state, then: 'paused' };
    else if (this.state.kind === 'playing') this.state = { kind: 'paused', seconds: this.state.seconds };
    return output;
  }
  seek(seconds: number): PlayerOutput {
    const { state } = this;
    if (state.kind === 'empty' || state.kind === 'loading') return NOTHING;
    const then = state.kind === 'seeking' ? state.then : state.kind === 'playing' ? 'playing' : 'paused';
    return this.moveTo(seconds, then);
  }
  /** The frame of the last move is on the screen. */
  arrived(nowMs: number): void {
    if (this.state.kind !== 'seeking') return;
    const { seconds, then } = this.state;
    this.lastMs = nowMs;
    const isAtEnd = seconds >= (this.timeline?.durationSeconds ?? 0);
    this.state = then === 'playing' && isAtEnd ? { kind: 'ended', seconds } : { kind: then, seconds };
  }
  setSpeed(speed: number, nowMs: number): PlayerOutput {
    const output = this.advance(nowMs);
    this.speed = Math.min(Math.max(speed, SPEEDS[0]), SPEEDS[SPEEDS.length - 1]!);
    return output;
  }
  /** Time goes on; does something only while playing. */
  advance(nowMs: number): PlayerOutput {
    const { state, timeline } = this;
    const elapsed = Math.max(0, nowMs - this.lastMs) / 1000;
    this.lastMs = Math.max(nowMs, this.lastMs);
    if (state.kind !== 'playing' || !timeline) return NOTHING;
    const { events } = timeline.tape;
    let seconds = state.seconds + elapsed * this.speed;
    const next = events[this.place]?.[0];
    if (this.skipsIdle && next !== undefined && next - seconds > IDLE_SECONDS) seconds = next - IDLE_SECONDS;
    if (seconds - state.seconds > JUMP_SECONDS * Math.max(1, this.speed) && elapsed > JUMP_SECONDS) return this.moveTo(seconds, 'playing');
    const end = timeline.placeAt(seconds);
    const passed = events.slice(this.place, end);
    this.place = end;
    const isAtEnd = seconds >= timeline.durationSeconds;
    this.state = isAtEnd ? { kind: 'ended', seconds: timeline.durationSeconds } : { kind: 'playing', seconds };
    return passed.length > 0 ? { kind: 'events', events: passed } : NOTHING;
  }

  private moveTo(wanted: number, then: 'paused' | 'playing'): PlayerOutput {
    const { timeline } = this;
    if (!timeline) return NOTHING;
    const seconds = Math.min(Math.max(wanted, 0), timeline.durationSeconds);
    this.place = timeline.placeAt(seconds);
    this.state = { kind: 'seeking', seconds, then };
    return { kind: 'frame', frame: timeline.frameAt(seconds) };
  }
}
