/**
 * Goal: a program that waits for standard input waits in real time, and only then: its timeouts are what they say. Method: a blank host's bash with
 * a stream that is written to late; what it prints is kept.
 */
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createBlankHost } from '../../shared/lab/index.ts';
import { Input, Output, runFree } from './free-run.ts';

class Kept extends Output {
  text = '';
  override put(_fd: 1 | 2, text: string): void {
    this.text += text;
  }
}

/** `late` comes after `afterMs`; the input ends then. */
async function run(script: string, first: string, afterMs: number, late: string): Promise<string> {
  const lab = createBlankHost({ seed: 1, epochMs: 0 });
  const opened = lab.exec({ target: lab.nodes[0] ?? '', argv: script === '' ? ['bash', '-s'] : ['bash', '-c', script], cwd: '/root' });
  if (!opened.ok) throw new Error(opened.error.message);
  const stream = new PassThrough();
  if (first !== '') stream.write(first);
  setTimeout(() => stream.end(late), afterMs);
  const output = new Kept();
  const input = new Input(stream as unknown as NodeJS.ReadStream);
  const status = await runFree(lab, opened.value, input, output);
  input.stop();
  lab.close();
  return `${output.text}=> ${status}`;
}

it.each([
  ['a script whose lines come late', '', 'echo one\n', 30, 'echo two\n', 'one\ntwo\n=> 0'],
  ['read, in time', 'read -t 5 x; echo "$? $x"', '', 30, 'late\n', '0 late\n=> 0'],
  ['read, too late', 'read -t 0.02 x; echo "$? [$x]"', '', 200, 'late\n', '142 []\n=> 0'],
  ['what goes on meanwhile', '(sleep 0.02; echo meanwhile) & read x; echo $x', '', 200, 'late\n', 'meanwhile\nlate\n=> 0'],
  ['nobody waits: time runs free', 'sleep 1000; cat', '', 30, 'x\n', 'x\n=> 0'],
  ['the end', 'cat; echo end', '', 10, '', 'end\n=> 0'],
] as const)('%s', async (_, script, first, afterMs, late, expected) => {
  expect(await run(script, first, afterMs, late)).toBe(expected);
});
