// @vitest-environment happy-dom
/** A tape on the stage. Goal: whatever way a moment is reached, by playing or by seeking, the same is shown. */
import { expect, test } from 'vitest';
import { parseTape, TapeWriter, type Tape } from '../../shared/recording/index.ts';
import type { Box, Topology } from '../../shared/ipc/index.ts';
import type { Screen } from '../terminal/xterm.ts';
import { settle } from '../testing/fixture-core.ts';
import { Stage } from './stage.ts';

const box = (id: string): Box => ({ id, kind: 'node', label: id, state: 'up', labelAt: 'top', x: 0, y: 0, width: 10, height: 10, facts: [] });
const figure = (...ids: string[]): Topology => ({ boxes: ids.map(box), lines: [] });

function tape(): Tape {
  const writer = new TapeWriter({ podwalk: 1, title: 'x', lab: 'l', startedMs: 0 });
  const text =
    writer.begin() +
    writer.topologyLine(0, figure('a')) +
    writer.line(1, 'open', { terminal: 't1', title: 'a', node: 'a', columns: 80, rows: 24 }) +
    writer.line(2, 'o', ['t1', 'one ']) +
    writer.topologyLine(3, figure('a', 'b')) +
    writer.line(4, 'o', ['t1', 'two ']) +
    writer.line(5, 'open', { terminal: 't2', title: 'b', node: 'b', columns: 60, rows: 10 }) +
    writer.line(6, 'o', ['t2', 'other']) +
    writer.line(7, 'r', ['t1', 100, 30]) +
    writer.line(8, 'x', ['t1', 3]) +
    writer.line(9, 'close', 't2') +
    writer.line(10, 'm', 'end');
  return parseTape(text).value!;
}

class FakeScreen {
  static frames = 0;
  text = '';
  size: { columns: number; rows: number };
  constructor(size: { columns: number; rows: number }) {
    this.size = { columns: size.columns, rows: size.rows };
  }
  async write(data: string): Promise<void> {
    this.text += data;
    await Promise.resolve();
  }
  reset(): void {
    this.text = '';
    FakeScreen.frames++;
  }
  resize(columns: number, rows: number): void {
    this.size = { columns, rows };
  }
  dispose(): void {}
}

function newStage(): { readonly stage: Stage; readonly at: (ms: number) => void; readonly shown: () => unknown } {
  let now = 0;
  const stage = new Stage(
    (size) => new FakeScreen(size) as unknown as Screen,
    () => now,
  );
  return {
    stage,
    at: (ms) => {
      now = ms;
      stage.advance();
    },
    shown: () => ({
      boxes: stage.topology.value.boxes.map((one) => one.id),
      terminals: stage.terminals.map((one) => {
        const screen = one.screen as unknown as FakeScreen;
        return [one.id, screen.text, screen.size.columns, one.exit];
      }),
    }),
  };
}

test.each([0.5, 2.5, 3.5, 4.5, 6.5, 7.5, 8.5, 9.5])('at %s s, played and sought show the same', async (seconds) => {
  const played = newStage();
  played.stage.load(tape());
  await settle();
  played.stage.toggle();
  for (let ms = 0; ms <= seconds * 1000; ms += 50) played.at(ms);
  await settle();
  const sought = newStage();
  sought.stage.load(tape());
  await settle();
  sought.stage.seek(9.9);
  await settle();
  sought.stage.seek(seconds);
  await settle();
  expect(sought.shown()).toEqual(played.shown());
  expect(played.stage.seconds.value).toBeCloseTo(seconds, 1);
});

test('while a frame is being shown, only the latest of those wanted is shown next', async () => {
  const { stage, shown } = newStage();
  stage.load(tape());
  await settle();
  FakeScreen.frames = 0;
  for (let seconds = 2; seconds < 9; seconds += 0.1) stage.seek(seconds);
  await settle();
  expect(FakeScreen.frames).toBeLessThan(6);
  expect(shown()).toEqual({
    boxes: ['a', 'b'],
    terminals: [
      ['t1', 'one two ', 100, 3],
      ['t2', 'other', 60, undefined],
    ],
  });
});

test('at its end it stops, and play begins anew', async () => {
  const { stage, at } = newStage();
  stage.load(tape());
  await settle();
  stage.toggle();
  at(60_000);
  await settle();
  at(60_050);
  expect(stage.state.value).toEqual({ kind: 'ended', seconds: 10 });
  stage.toggle();
  await settle();
  expect(stage.state.value.kind).toBe('playing');
  expect(stage.seconds.value).toBe(0);
});

test('marks are gone to in both directions', async () => {
  const { stage } = newStage();
  stage.load(tape());
  await settle();
  const visited: number[] = [];
  for (let i = 0; i < 3; i++) {
    stage.seekMark(1);
    await settle();
    visited.push(stage.seconds.value);
  }
  stage.seekMark(-1);
  await settle();
  visited.push(stage.seconds.value);
  expect(visited).toEqual([1, 5, 10, 5]);
});

test('what the tape does not show yet is not gone back to', async () => {
  const writer = new TapeWriter({ podwalk: 1, title: 'x', lab: 'l', startedMs: 0 });
  const late = parseTape(writer.begin() + writer.topologyLine(1.5, figure('a')) + writer.line(4, 'm', 'end')).value!;
  const { stage, shown } = newStage();
  stage.load(late);
  await settle();
  expect([stage.seconds.value, shown()]).toEqual([1.5, { boxes: ['a'], terminals: [] }]);
  stage.seek(0);
  await settle();
  expect([stage.seconds.value, shown()]).toEqual([1.5, { boxes: ['a'], terminals: [] }]);
});
