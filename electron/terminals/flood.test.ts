/**
 * Goal: what is left out of a flood cannot be told from the screen. Method: random output, written whole and shortened to two real screens.
 */
import { SerializeAddon } from '@xterm/addon-serialize';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Waiting, shorten } from './flood.ts';

const SIZE = { cols: 20, rows: 4, scrollback: 6 };
const LINES = SIZE.rows + SIZE.scrollback;

async function screenOf(chunks: readonly (Uint8Array | string)[]): Promise<string> {
  const terminal = new xterm.Terminal({ ...SIZE, allowProposedApi: true, logLevel: 'off' });
  const addon = new SerializeAddon();
  terminal.loadAddon(addon);
  for (const chunk of chunks) terminal.write(chunk);
  await new Promise<void>((resolve) => terminal.write('', resolve));
  return `${addon.serialize()} @${terminal.buffer.active.cursorX},${terminal.buffer.active.cursorY}`;
}

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.string({ maxLength: 30, unit: fc.constantFrom('a', 'é', '字', ' ', '\t', '\b', '\x07', '\r') }), fc.constantFrom('\r\n', '\r\n', '\n'))
      .map(([text, end]) => text + end),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\x1b[31m',
      '\x1b[0m',
      '\x1b]0;title\x07',
      '\x1b]0;never ended',
      '\x1b[?1049h',
      '\x1b[?1049l',
      '\x1b[2;3r',
      '\x1b[r',
      '\x1b(0',
      '\x0e',
      '\x0f',
      '\x9b1m',
      '\x1b[3',
      'half a line',
      '\x1b[4h',
      '\x1b[20h',
    ),
  },
);

describe('a flood', () => {
  it('cut down shows the same', async () => {
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.array(
          fc.string({ maxLength: 6 }).map((text) => `${text.replaceAll(/[^ -~]/g, '')}\r\n`),
          { minLength: 0, maxLength: 400, size: 'max' },
        ),
        async (mixed, plain) => {
          const text = [...mixed, ...plain].join('');
          const whole = Buffer.from(text, 'utf8');
          const short = shorten(whole, LINES);
          if (short.length > 1) cuts++;
          expect(await screenOf(short)).toBe(await screenOf([whole]));
        },
      ),
      { numRuns: 80 },
    );
    expect(cuts).toBeGreaterThan(10);
  });
  it('of plain lines takes little room, whatever its length', () => {
    const waiting = new Waiting(() => 2000);
    let put = 0;
    for (let i = 0; i < 3000; i++) {
      const data = Buffer.from(`${i}\r\n`.repeat(1000));
      put += data.length;
      waiting.put(data);
      expect(waiting.size).toBeLessThan(100_000);
    }
    expect(put).toBeGreaterThan(15_000_000);
    expect(waiting.take().reduce((sum, chunk) => sum + chunk.length, 0)).toBeGreaterThan(2000 * 6);
    expect(waiting.size).toBe(0);
  });
  it('of colours waits whole', () => {
    const data = Buffer.from('\x1b[32mgreen\x1b[0m\r\n'.repeat(100));
    expect(Buffer.concat(shorten(data, 10))).toEqual(data);
  });
});
