/**
 * Goal: what happens in a lab is on its tape, soon, bounded and without what was typed; tapes are listed, kept, exchanged.
 * Method: real files; terminals over a program of the test's own.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Timeline, type TapeEvent } from '../../shared/recording/index.ts';
import { silentLog } from '../log.ts';
import type { Program } from '../labs/provider.ts';
import { Terminal } from '../terminals/terminal.ts';
import type { Recorder } from './recorder.ts';
import { Tapes } from './tapes.ts';

let folder = '';
let tapes: Tapes;
let now = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podwalk-tapes-'));
  tapes = new Tapes(folder, silentLog);
  now = 0;
});
afterEach(async () => {
  await tapes.close();
  rmSync(folder, { recursive: true });
});
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Driven {
  readonly say: (text: string) => void;
  readonly end: (status: number) => void;
  readonly terminal: Terminal;
}
async function openTerminal(recorder: Recorder): Promise<Driven> {
  let output = '';
  let readable = (): void => undefined;
  let exitStatus: number | undefined;
  const program: Program = {
    read: (limit) => {
      const text = output.slice(0, limit);
      output = output.slice(limit);
      return text === '' ? undefined : Buffer.from(text, 'latin1');
    },
    readError: () => undefined,
    onReadable: (listener) => void (readable = listener),
    write: (data) => data.length,
    onWritable: () => undefined,
    closeInput: () => undefined,
    resize: () => undefined,
    signal: () => undefined,
    get exitStatus() {
      return exitStatus;
    },
    onExit: () => undefined,
  };
  const terminal = await Terminal.open(
    { terminal: 't1', lab: 'lab', node: 'node-1', title: 'node-1' },
    () => Promise.resolve(program),
    { columns: 40, rows: 5 },
    recorder,
  );
  return {
    terminal,
    say: (text) => {
      output += Buffer.from(text, 'utf8').toString('latin1');
      readable();
    },
    end: (status) => {
      exitStatus = status;
      readable();
    },
  };
}
const record = (): Promise<Recorder> => tapes.record('flannel', 'Flannel', () => now);
const eventsOf = async (tape: string): Promise<readonly TapeEvent[]> => (await tapes.load(tape)).tape.events;

describe('a recorder', () => {
  it('keeps what terminals show, as text, on the lab’s clock', async () => {
    const recorder = await record();
    const { terminal, say, end } = await openTerminal(recorder);
    now = 1;
    say('caf');
    say('\u00e9');
    terminal.type('secret');
    await wait(80);
    now = 2.5;
    terminal.resize({ columns: 50, rows: 6 });
    end(3);
    await wait(20);
    terminal.close();
    expect(await eventsOf(recorder.tape)).toEqual([
      [0, 'open', { terminal: 't1', title: 'node-1', node: 'node-1', columns: 40, rows: 5 }],
      [1, 'o', ['t1', 'café']],
      [2.5, 'r', ['t1', 50, 6]],
      [2.5, 'x', ['t1', 3]],
      [2.5, 'close', 't1'],
    ]);
  });
  it('keeps the screen of a flood instead of the flood', async () => {
    const recorder = await record();
    const { say } = await openTerminal(recorder);
    for (let i = 0; i < 200; i++) say('flood\r\n'.repeat(1000));
    await wait(900);
    say('calm');
    await wait(100);
    const events = await eventsOf(recorder.tape);
    const frames = events.flatMap((event) => (event[1] === 'k' ? [event[2]] : []));
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.reduce((sum, frame) => sum + (frame.skipped ?? 0), 0)).toBe(1_400_000);
    expect(events.at(-1)).toEqual([0, 'o', ['t1', 'calm']]);
    expect((await tapes.info(recorder.tape)).bytes).toBeLessThan(20_000);
    const [shown] = new Timeline((await tapes.load(recorder.tape)).tape).frameAt(0).terminals;
    expect(JSON.stringify(shown?.content)).toContain('flood');
    expect(shown?.content.at(-1)).toBe('calm');
  });
  it('is in the file soon, whole lines only, without being asked', async () => {
    const recorder = await record();
    const { say } = await openTerminal(recorder);
    say('hello');
    await wait(450);
    expect(readFileSync(join(folder, `${recorder.tape}.tape`), 'utf8')).toMatch(/"hello"\]\]\n$/);
  });
  it('leaves no tape behind on which nothing happened', async () => {
    const recorder = await record();
    recorder.topology({ boxes: [], lines: [] });
    await tapes.end(recorder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('tapes', () => {
  const tape = '{"podwalk":1,"title":"T","lab":"L","startedMs":1000}\n[1,"m","a"]\n[2.5,"m","b"]\n';
  const info = { tape: 'T', title: 'T', lab: 'L', startedMs: 1000, durationSeconds: 2.5, events: 2, bytes: tape.length, isLive: false };

  it('are listed, the live one too, and cannot be changed while they are written', async () => {
    writeFileSync(join(folder, 'T.tape'), tape);
    writeFileSync(join(folder, 'no tape.txt'), '');
    const recorder = await record();
    now = 7;
    const list = await tapes.list();
    expect(list.map(({ tape: name, isLive, durationSeconds }) => [name === recorder.tape ? 'live' : name, isLive, durationSeconds])).toEqual([
      ['live', true, 7],
      ['T', false, 2.5],
    ]);
    expect(list[1]).toEqual(info);
    await expect(tapes.rename(recorder.tape, 'x')).rejects.toMatchObject({ code: 'not-possible' });
    await expect(tapes.remove(recorder.tape)).rejects.toMatchObject({ code: 'not-possible' });
  });
  it('are renamed and removed', async () => {
    writeFileSync(join(folder, 'T.tape'), tape);
    expect(await tapes.rename('T', 'Another title')).toMatchObject({ title: 'Another title', events: 2 });
    expect(readFileSync(join(folder, 'T.tape'), 'utf8')).toBe(tape.replace('"T"', '"Another title"'));
    await tapes.remove('T');
    expect(readdirSync(folder)).toEqual([]);
  });
  const refused: [string, string][] = [
    ['../etc/passwd', 'not-found'],
    ['..', 'not-found'],
    ['.hidden', 'not-found'],
    ['nothing', 'not-found'],
  ];
  it.each(refused)('named %s are not there', async (name, code) => {
    await expect(tapes.info(name)).rejects.toMatchObject({ code });
    await expect(tapes.read(name).next()).rejects.toMatchObject({ code });
  });
  const imports: [what: string, name: string, content: string, expected: object][] = [
    ['a tape', 'My tape.tape', tape, { tape: 'My-tape', title: 'T', events: 2, problems: [] }],
    [
      'a tape that was cut off',
      'cut.tape',
      tape.slice(0, -4),
      {
        tape: 'cut',
        events: 1,
        problems: [
          { line: 3, message: 'the tape was cut off in this line' },
          { line: 3, message: '1 damaged line was left out; 1 events up to 1.0 s were kept' },
        ],
      },
    ],
    ['an asciicast', '../../x.cast', '{"version":2,"width":80,"height":24,"title":"C"}\n[1,"o","hi"]\n', { tape: 'x', title: 'C', events: 2, problems: [] }],
  ];
  it.each(imports)('takes in %s', async (_, name, content, expected) => {
    expect(await tapes.import(name, Buffer.from(content))).toMatchObject(expected);
    expect(readdirSync(folder).length).toBe(1);
  });
  const refusals: [string, string, string][] = [
    ['a picture', '\x89PNG', 'x.png cannot be read: line 1: this is not a tape: its first line is no JSON object.'],
    ['a tape of the future', '{"podwalk":9}\n', 'x.png cannot be read: line 1: this tape has version 9 of the format; this Podwalk reads version 1.'],
    ['a cast without a size', '{"version":2}\n', 'x.png cannot be read: line 1: the first line says no size of the terminal ("width" and "height").'],
  ];
  it.each(refusals)('refuses %s and says why', async (_, content, message) => {
    await expect(tapes.import('x.png', Buffer.from(content))).rejects.toMatchObject({ code: 'damaged', message });
    expect(readdirSync(folder)).toEqual([]);
  });
  it('of the same name are kept apart', async () => {
    await tapes.import('a', Buffer.from(tape));
    expect((await tapes.import('a', Buffer.from(tape))).tape).toBe('a-2');
  });
});
