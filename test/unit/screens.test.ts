/**
 * Goal: a shell in a terminal shows what bash shows, key by key. Method: the keys of test/screens go into a simulated host's terminal, its output
 * into a terminal emulator, and the screen is compared with what a real bash left on a real terminal's (test/screens/record.mjs).
 */
import { readFileSync } from 'node:fs';
import { Terminal } from '@xterm/headless';
import { expect, it } from 'vitest';
import { createBlankHost } from '../../shared/lab/index.ts';
import { SIZE, casesOf, keysOf, screenOf, withoutPids } from '../screens/cases.mjs';

const read = (name: string): string => readFileSync(new URL(`../screens/${name}`, import.meta.url), 'utf8');
const recorded = new Map(casesOf(read('bash.golden')).map(({ title, lines }) => [title, lines.join('\n')]));
/** As long as the recording waits when nothing more is shown. */
const QUIET_US = 300_000;

async function screen(lines: readonly string[]): Promise<string> {
  const lab = createBlankHost({ seed: 1, epochMs: 0 });
  const opened = lab.exec({ target: lab.nodes[0] ?? '', argv: ['bash', '-il'], cwd: '/root', terminal: SIZE, env: { LC_ALL: 'C.UTF-8' } });
  if (!opened.ok) throw new Error(opened.error.message);
  const session = opened.value;
  const terminal = new Terminal({ cols: SIZE.columns, rows: SIZE.rows, scrollback: 200, allowProposedApi: true });
  const quiet = async (us = QUIET_US): Promise<void> => {
    lab.simulation.runUntil(lab.simulation.nowUs + us);
    const shown = session.read(1 << 20);
    await new Promise<void>((resolve) => terminal.write(Buffer.from(shown, 'latin1'), resolve));
  };
  await quiet();
  for (const line of lines) {
    const { keys, waitMs, size } = keysOf(line);
    if (size) {
      session.resize(size);
      terminal.resize(size.columns, size.rows);
    } else if (keys !== '') session.write(Buffer.from(keys, 'utf8').toString('latin1'));
    await quiet((waitMs ?? 0) * 1000 + QUIET_US);
  }
  lab.close();
  return screenOf(terminal);
}

const cases = casesOf(read('bash.keys'));
it('has a recorded screen for each case', () => expect([...recorded.keys()]).toEqual(cases.map(({ title }) => title)));
for (const { title, lines } of cases) it(title, async () => expect(withoutPids(await screen(lines))).toBe(recorded.get(title)));
