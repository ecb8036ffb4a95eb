/** Goal: keys become lines, echo and signals as on a Linux terminal. Method: keys in, what is shown and what is read out. */
import { describe, expect, it } from 'vitest';
import { programImage } from '../process/image.ts';
import { Sandbox } from '../testing/sandbox.ts';
import { LineDiscipline } from './line-discipline.ts';
import { rawTermios, saneTermios, type Termios } from './termios.ts';

function type(keys: string, termios: Termios = saneTermios()): { shown: string; read: (string | undefined)[]; signals: string[] } {
  let shown = '';
  const signals: string[] = [];
  const line = new LineDiscipline({
    echo: (text) => (shown += text),
    signal: (name) => signals.push(name),
    readable: () => undefined,
    stopOutput: () => undefined,
  });
  line.setTermios(termios, false);
  line.input(keys);
  const read: (string | undefined)[] = [];
  for (let i = 0; i < 8 && line.hasInput; i++) read.push(line.read(1000));
  return { shown, read, signals };
}

describe('the line discipline', () => {
  const CASES: readonly (readonly [string, string, string, readonly string[], readonly string[]])[] = [
    ['a line', 'ab\r', 'ab\r\n', ['ab\n'], []],
    ['erase', 'abc\x7fd\r', 'abc\b \bd\r\n', ['abd\n'], []],
    ['erase at the beginning', '\x7fx\r', 'x\r\n', ['x\n'], []],
    ['erase of a wide character', 'a\xe4\xb8\xad\x7f\r', 'a\xe4\xb8\xad\b \b\r\n', ['a\n'], []],
    ['kill', 'abc\x15d\r', 'abc\b \b\b \b\b \bd\r\n', ['d\n'], []],
    ['word erase', 'one two\x17x\r', 'one two\b \b\b \b\b \bx\r\n', ['one x\n'], []],
    ['end of file', '\x04', '', [''], []],
    ['end of file in a line', 'ab\x04cd\r', 'abcd\r\n', ['ab', 'cd\n'], []],
    ['literal next', '\x16\x03\r', '^\b^C\r\n', ['\x03\n'], []],
    ['a control character', 'a\x01\r', 'a^A\r\n', ['a\x01\n'], []],
    ['interrupt', 'abc\x03', 'abc^C', [], ['INT']],
    ['quit and suspend', '\x1c\x1a', '^\\^Z', [], ['QUIT', 'TSTP']],
  ];
  for (const [name, keys, shown, read, signals] of CASES) it(name, () => expect(type(keys)).toEqual({ shown, read, signals }));
  it('raw passes all', () => expect(type('a\r\x03\x04', rawTermios(saneTermios()))).toEqual({ shown: '', read: ['a\r\x03\x04'], signals: [] }));
  it('keeps what was typed ahead when it becomes raw', () => {
    const line = new LineDiscipline({ echo: () => undefined, signal: () => undefined, readable: () => undefined, stopOutput: () => undefined });
    line.input('done\rhalf');
    line.setTermios(rawTermios(saneTermios()), false);
    expect(line.read(100)).toBe('done\nhalf');
  });
});

describe('a terminal', () => {
  it('makes a program that floods wait for whoever shows it', () => {
    const box = new Sandbox();
    const { pty, process } = box.terminal(['yes']);
    box.settle(1);
    const waiting = pty.take(1 << 30).length;
    expect(waiting).toBeGreaterThan(60_000);
    expect(waiting).toBeLessThan(200_000);
    pty.write('\x03');
    box.settle(1);
    expect(process.ending).toEqual({ kind: 'killed', signal: 'INT' });
  });
  it('pauses and resumes', () => {
    const box = new Sandbox();
    const { pty } = box.terminal(['seq', '1', '3']);
    let shown = '';
    pty.pause();
    pty.onData((data) => (shown += data));
    box.settle(1);
    expect(shown).toBe('');
    pty.resume();
    box.settle(1);
    expect(shown).toBe('1\r\n2\r\n3\r\n');
  });
  it('tells of its new size, and of its end', () => {
    const box = new Sandbox();
    const heard: string[] = [];
    box.os.programs.set('watcher', function* (p) {
      p.on('WINCH', (signal) => heard.push(signal));
      for (;;) yield* p.sleep(1e6);
    });
    box.init.fs.writeFile('/usr/bin/watcher', programImage('watcher'), { mode: 0o755 });
    const { pty, process } = box.terminal(['watcher']);
    box.settle(1);
    pty.resize({ columns: 100, rows: 30 });
    box.settle(1);
    pty.resize({ columns: 100, rows: 30 });
    pty.close();
    box.settle(1);
    expect([heard, process.ending]).toEqual([['WINCH'], { kind: 'killed', signal: 'HUP' }]);
  });
});
