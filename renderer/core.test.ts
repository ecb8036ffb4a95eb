/** Streams that outlive their connection. Goal: a lost connection is reopened once it is back, and nobody reads after they stopped. */
import { expect, test } from 'vitest';
import { WireFailure } from '../shared/ipc/index.ts';
import { follow } from './core.ts';
import { FixtureCore, settle } from './testing/fixture-core.ts';

const input = () => ({ terminal: 't1' });

test('a stream is opened again after the connection came back', async () => {
  const core = new FixtureCore();
  const seen: unknown[] = [];
  let openings = 0;
  const controller = new AbortController();
  const done = follow(
    'terminals.output',
    input,
    (chunk) => void seen.push(chunk),
    controller.signal,
    () => openings++,
  );
  await settle();
  core.push('terminals.output', { exit: 1 });
  await settle();
  core.lose();
  await settle();
  expect([seen, openings]).toEqual([[{ exit: 1 }], 1]);
  core.state.value = 'connected';
  await settle();
  core.push('terminals.output', { exit: 2 });
  await settle();
  expect([seen, openings]).toEqual([[{ exit: 1 }, { exit: 2 }], 2]);
  controller.abort();
  await done;
});

test('the next chunk is taken only when the last was dealt with', async () => {
  const core = new FixtureCore();
  const controller = new AbortController();
  let finish = (): void => undefined;
  void follow('terminals.output', input, () => new Promise<void>((resolve) => (finish = resolve)), controller.signal);
  await settle();
  for (let i = 0; i < 5; i++) core.push('terminals.output', { exit: i });
  await settle();
  expect(core.feed('terminals.output').taken).toBe(1);
  finish();
  await settle();
  expect(core.feed('terminals.output').taken).toBe(2);
  controller.abort();
  finish();
});

test('another refusal than a lost connection is told, not tried again', async () => {
  const core = new FixtureCore();
  const done = follow('terminals.output', input, () => undefined, new AbortController().signal);
  await settle();
  const feed = core.feed('terminals.output');
  feed.failure = new WireFailure({ code: 'not-found', message: 'no such terminal' });
  feed.wake();
  await expect(done).rejects.toThrow('no such terminal');
  expect(core.feeds.length).toBe(1);
});

test('aborting while the connection is away ends it', async () => {
  const core = new FixtureCore();
  core.state.value = 'lost';
  const controller = new AbortController();
  const done = follow('terminals.output', input, () => undefined, controller.signal);
  controller.abort();
  await done;
  expect(core.feeds).toEqual([]);
});
