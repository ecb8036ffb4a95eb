/**
 * Goal: a shell of this machine is a real one that waits for its reader; where node-pty could not be built, it is said what to do.
 * Method: node-pty itself with /bin/sh where it is there, and in any case a module in its place that cannot be loaded.
 */
import { afterEach, expect, test, vi } from 'vitest';
import type { Program } from '../labs/provider.ts';

const isBuilt = await import('node-pty').then(
  () => true,
  () => false,
);
const SIZE = { columns: 77, rows: 11 };

afterEach(() => {
  vi.doUnmock('node-pty');
  vi.resetModules();
  vi.unstubAllEnvs();
});

/** Reads until the text is there, or the program has ended. */
async function readUntil(program: Program, wanted: RegExp): Promise<string> {
  let text = '';
  for (;;) {
    for (let chunk = program.read(1 << 16); chunk; chunk = program.read(1 << 16)) text += Buffer.from(chunk).toString('latin1');
    if (wanted.test(text) || program.exitStatus !== undefined) return text;
    await new Promise<void>((resolve) => program.onReadable(resolve));
  }
}
async function shell(): Promise<Program> {
  vi.stubEnv('SHELL', '/bin/sh');
  vi.stubEnv('PS1', '$ ');
  const { openLocalShell } = await import('./pty.ts');
  return openLocalShell(SIZE);
}

test('what can be opened is what node-pty can', async () => {
  const { localTerminal } = await import('./pty.ts');
  expect((await localTerminal()).kind).toBe(isBuilt ? 'available' : 'missing');
});

test('without node-pty: what to install, as data and as a refusal', async () => {
  vi.doMock('node-pty', () => {
    throw new Error('cannot find module');
  });
  const { localTerminal, openLocalShell } = await import('./pty.ts');
  const info = await localTerminal();
  expect(info).toEqual({ kind: 'missing', compiler: expect.stringMatching(/\S/) as unknown });
  await expect(openLocalShell(SIZE)).rejects.toMatchObject({ code: 'not-possible', message: expect.stringMatching(/Install a compiler .*npm ci/) as unknown });
});

test.runIf(isBuilt && process.platform !== 'win32')('a shell: its size, a new size, a signal, its status', async () => {
  const program = await shell();
  program.write(Buffer.from('stty size\n'));
  expect(await readUntil(program, /11 77/)).toMatch(/11 77/);
  program.resize({ columns: 120, rows: 40 });
  program.write(Buffer.from('stty size\n'));
  expect(await readUntil(program, /40 120/)).toMatch(/40 120/);
  program.write(Buffer.from(`sh -c 'trap "echo cau""ght; exit 3" INT; echo rea""dy; while :; do sleep 0.05; done'; echo status-$?\n`));
  await readUntil(program, /ready/);
  program.write(Buffer.from('\x03'));
  expect(await readUntil(program, /status-\d/)).toMatch(/caught\r\nstatus-3/);
  const ended = new Promise((resolve) => program.onExit(resolve));
  program.write(Buffer.from('exit 7\n'));
  expect(await ended).toBe(7);
});

test.runIf(isBuilt && process.platform !== 'win32')('a flood that nobody reads stops at the limit, and goes on when it is read', async () => {
  const program = await shell();
  program.write(Buffer.from('i=0; while [ $i -lt 40000 ]; do echo "line $i of a flood"; i=$((i+1)); done; echo en""ded; exit 0\n'));
  let quiet = 0;
  let size = 0;
  const heldBytes = (): number => (program as unknown as { bytes: number }).bytes;
  while (quiet < 20) {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
    quiet = heldBytes() === size ? quiet + 1 : 0;
    size = heldBytes();
  }
  expect(size).toBeLessThan(1 << 18);
  const text = await readUntil(program, /ended/);
  expect(text.match(/line \d+ of a flood\r/g)).toHaveLength(40_000);
});
