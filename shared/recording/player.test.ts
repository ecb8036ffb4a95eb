/** Goal: the player's states. Method: a script of commands with the clock's milliseconds, and what comes out. */
import { describe, expect, it } from 'vitest';
import { Player, type PlayerOutput, type Tape, type TapeEvent } from './index.ts';

const marker = (seconds: number): TapeEvent => [seconds, 'm', `at ${seconds}`];
const tape: Tape = { header: { podwalk: 1, title: 'T', lab: 'L', startedMs: 0 }, events: [0, 1, 2, 10, 11].map(marker) };
const shown = (output: PlayerOutput): string =>
  output.kind === 'events' ? output.events.map(([seconds]) => seconds).join(' ') : output.kind === 'frame' ? `frame ${output.frame.seconds}` : '-';

function ready(): Player {
  const player = new Player();
  player.load();
  player.loaded(tape);
  player.arrived(0);
  return player;
}

describe('player', () => {
  it('goes from empty over loading to the beginning', () => {
    const player = new Player();
    const states = [player.state.kind];
    player.load();
    states.push(player.state.kind);
    expect(shown(player.loaded(tape))).toBe('frame 0');
    states.push(player.state.kind);
    player.arrived(5);
    states.push(player.state.kind);
    expect(states).toEqual(['empty', 'loading', 'seeking', 'paused']);
  });
  it('plays every event once, then has ended, and plays again from the beginning', () => {
    const player = ready();
    expect(
      [
        player.play(1000),
        player.advance(1500),
        player.advance(2100),
        player.advance(2200),
        player.advance(3100),
        player.advance(11_500),
        player.advance(12_500),
      ].map(shown),
    ).toEqual(['-', '-', '1', '-', '2', '10', '11']);
    expect(player.state).toEqual({ kind: 'ended', seconds: 11 });
    expect(shown(player.advance(99_000))).toBe('-');
    expect(shown(player.play(100_000))).toBe('frame 0');
    player.arrived(100_500);
    expect(shown(player.advance(101_600))).toBe('1');
  });
  it('stands still while it is paused, and while a frame is drawn', () => {
    const player = ready();
    player.play(0);
    expect(shown(player.pause(1200))).toBe('1');
    expect(shown(player.advance(9000))).toBe('-');
    player.play(20_000);
    expect(shown(player.seek(1.9))).toBe('frame 1.9');
    expect(shown(player.advance(30_000))).toBe('-');
    player.arrived(40_000);
    expect(player.state).toEqual({ kind: 'playing', seconds: 1.9 });
    expect(shown(player.advance(40_200))).toBe('2');
  });
  it('changes speed without a jump', () => {
    const player = ready();
    player.play(0);
    expect([player.setSpeed(4, 500), player.advance(600), player.advance(700)].map(shown)).toEqual(['-', '-', '1']);
    player.setSpeed(99, 700);
    expect(player.speed).toBe(8);
  });
  it('seeks within the tape only, from any state, and ends where it ends', () => {
    const player = ready();
    expect([player.seek(-5), player.seek(99)].map(shown)).toEqual(['frame 0', 'frame 11']);
    player.arrived(0);
    expect(player.state).toEqual({ kind: 'paused', seconds: 11 });
    player.play(0);
    player.seek(50);
    player.arrived(1);
    expect(player.state.kind).toBe('ended');
    expect(shown(new Player().seek(1))).toBe('-');
  });
  it('shortens quiet stretches when that is wished', () => {
    const player = ready();
    player.skipsIdle = true;
    player.play(0);
    expect(shown(player.advance(2050))).toBe('1 2');
    expect(shown(player.advance(2100))).toBe('-');
    expect(player.state).toEqual({ kind: 'playing', seconds: 8 });
    expect(shown(player.advance(4150))).toBe('10');
  });
  it('shows a frame instead of catching up after the window was hidden', () => {
    const long: Tape = { ...tape, events: Array.from({ length: 100 }, (_, i) => marker(i)) };
    const player = new Player();
    player.loaded(long);
    player.arrived(0);
    player.play(0);
    expect(shown(player.advance(50_000))).toBe('frame 50');
  });
});
