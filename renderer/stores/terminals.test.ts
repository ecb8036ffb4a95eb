// @vitest-environment happy-dom
/** Terminals behind tabs. Goal: bytes are taken as fast as the screen draws and not faster, keys arrive in order, nothing is lost with a tab. */
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test, vi } from 'vitest';
import { FixtureCore, settle } from '../testing/fixture-core.ts';
import { useTerminals } from './terminals.ts';

interface FakeScreen {
  options: { onInput: (text: string) => void; onResize: (columns: number, rows: number) => void };
  written: string;
  pending: (() => void)[];
  resets: number;
  isDisposed: boolean;
}
const screens: FakeScreen[] = [];
vi.mock('../terminal/xterm.ts', () => ({
  Screen: class {
    written = '';
    pending: (() => void)[] = [];
    resets = 0;
    isDisposed = false;
    size = { columns: 91, rows: 17 };
    constructor(readonly options: FakeScreen['options']) {
      screens.push(this);
    }
    write(data: Uint8Array | string): Promise<void> {
      this.written += typeof data === 'string' ? data : new TextDecoder().decode(data);
      return new Promise((resolve) => this.pending.push(resolve));
    }
    reset(): void {
      this.resets++;
      this.written = '';
    }
    dispose(): void {
      this.isDisposed = true;
    }
    focus(): void {}
    setFontSize(): void {}
    refreshTheme(): void {}
  },
}));

let opened = 0;
let core: FixtureCore;
beforeEach(() => {
  screens.length = 0;
  opened = 0;
  setActivePinia(createPinia());
  core = new FixtureCore({
    'terminals.list': () => [],
    'terminals.open': (input) => ({
      terminal: `t${++opened}`,
      lab: 'lab',
      node: input.node,
      ...(input.pod === undefined ? {} : { pod: input.pod }),
      title: input.node,
    }),
    'terminals.openLocal': () => ({ terminal: `t${++opened}`, node: '', title: '' }),
    'terminals.input': () => null,
    'terminals.resize': () => null,
    'terminals.close': () => null,
  });
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
async function draw(screen: FakeScreen): Promise<void> {
  screen.pending.splice(0).forEach((resolve) => resolve());
  await settle();
}

test('the next bytes are taken only when the last were drawn', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'node-1' });
  await settle();
  for (const text of ['a', 'b', 'c']) core.push('terminals.output', bytes(text));
  await settle();
  expect([screens[0]!.written, core.feed('terminals.output').taken]).toEqual(['a', 1]);
  await draw(screens[0]!);
  expect([screens[0]!.written, core.feed('terminals.output').taken]).toEqual(['ab', 2]);
});

test('keys go out in order, joined while a call is under way', async () => {
  let answer = (): void => undefined;
  core.answers['terminals.input'] = () => new Promise((resolve) => (answer = () => resolve(null)));
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'node-1' });
  for (const key of 'ls -l') screens[0]!.options.onInput(key);
  await settle();
  answer();
  await settle();
  expect(core.inputsOf('terminals.input')).toEqual([
    { terminal: 't1', data: 'l' },
    { terminal: 't1', data: 's -l' },
  ]);
});

test('a large paste is sent in pieces that the gate takes', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'node-1' });
  const text = 'x'.repeat(200_000);
  screens[0]!.options.onInput(text);
  await settle();
  await settle();
  const sent = core.inputsOf('terminals.input') as { data: string }[];
  expect(sent.map((one) => one.data.length)).toEqual([65_536, 65_536, 65_536, 3_392]);
  expect(sent.map((one) => one.data).join('')).toBe(text);
});

test('of sizes that come faster than they are taken, the latest arrives last', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'node-1' });
  for (let columns = 80; columns < 90; columns++) screens[0]!.options.onResize(columns, 24);
  await settle();
  expect(core.inputsOf('terminals.resize')).toEqual([
    { terminal: 't1', columns: 80, rows: 24 },
    { terminal: 't1', columns: 89, rows: 24 },
  ]);
});

test('after a lost connection the screen begins anew with what the core sends', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'node-1' });
  await settle();
  core.push('terminals.output', bytes('old'));
  await settle();
  await draw(screens[0]!);
  core.lose();
  await settle();
  expect(screens[0]!.written).toBe('old'); // still readable while it is away
  core.state.value = 'connected';
  await settle();
  core.push('terminals.output', bytes('old and new'));
  await settle();
  expect(screens[0]!.written).toBe('old and new');
});

test('commands of a lesson are typed into the terminal of that node, and into a pod’s never', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'node-1', pod: 'httpd' });
  await terminals.run('node-1', 'ip route\nip addr\n');
  await terminals.run('node-1', 'pwd');
  expect(core.inputsOf('terminals.open')).toEqual([
    { lab: 'lab', node: 'node-1', pod: 'httpd', columns: 100, rows: 16 },
    { lab: 'lab', node: 'node-1', columns: 91, rows: 17 },
  ]);
  expect(core.inputsOf('terminals.input')).toEqual([
    { terminal: 't2', data: 'ip route\rip addr\r' },
    { terminal: 't2', data: 'pwd\r' },
  ]);
  expect(terminals.activeId).toBe('t2');
});

test('closing a tab closes the terminal and shows its neighbour; an ended one is only put away', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  for (const node of ['a', 'b', 'c']) await terminals.open({ node });
  await settle();
  core.push('terminals.output', { exit: 0 });
  await settle();
  await terminals.close('t3');
  await terminals.close('t1');
  expect([terminals.tabs.map((tab) => tab.id), terminals.activeId]).toEqual([['t2'], 't2']);
  expect(core.inputsOf('terminals.close')).toEqual([{ terminal: 't1' }]);
  expect(screens.map((screen) => screen.isDisposed)).toEqual([true, false, true]);
});

test('output in a tab that is not looked at is told until it is', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  const first = await terminals.open({ node: 'a' });
  await settle();
  const feed = core.feed('terminals.output');
  await terminals.open({ node: 'b' });
  feed.waiting.push(bytes('x'));
  feed.wake();
  await settle();
  expect(first?.hasNews).toBe(true);
  terminals.activate('t1');
  expect(first?.hasNews).toBe(false);
});

test('a terminal of this computer belongs to no lab, and has the size of the others', async () => {
  const terminals = useTerminals();
  await terminals.enter('lab');
  await terminals.open({ node: 'a' });
  await terminals.openLocal();
  expect(core.inputsOf('terminals.openLocal')).toEqual([{ columns: 91, rows: 17 }]);
  expect([terminals.active?.info.lab, terminals.tabs.length]).toEqual([undefined, 2]);
});
