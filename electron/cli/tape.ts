/** `podwalk play` and `podwalk convert`: tapes and asciicasts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatAsciicast, formatEvent, formatHeader, Timeline, type Tape, type TapeEvent, type TapeProblem } from '../../shared/recording/index.ts';
import { readable } from '../recording/tapes.ts';
import { whyNot } from './why-not.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

export async function play({ options, operands }: Arguments): Promise<number> {
  const speed = options['speed'] === undefined ? 1 : Number(options['speed']);
  if (!(speed > 0 && speed <= 1000)) throw new UsageError(`--speed is a number such as 2, not ${JSON.stringify(options['speed'])}`);
  const tape = loadTape(operands[0]!);
  const terminal = terminalOf(tape, options['terminal']);
  let last = 0;
  for (const event of tape.events) {
    const text = outputOf(event, terminal);
    if (text === undefined) continue;
    await sleep(((event[0] - last) * 1000) / speed);
    last = event[0];
    process.stdout.write(text);
  }
  return 0;
}

export function convert({ options, operands }: Arguments): Promise<number> {
  const to = options['to'] ?? 'v3';
  if (to !== 'v2' && to !== 'v3' && to !== 'tape') throw new UsageError(`--to is v2, v3 or tape, not ${JSON.stringify(to)}`);
  const tape = loadTape(operands[0]!);
  const content =
    to === 'tape'
      ? formatHeader(tape.header) + tape.events.map(formatEvent).join('')
      : formatAsciicast(tape, terminalOf(tape, options['terminal']), to === 'v2' ? 2 : 3)!;
  if (typeof options['output'] === 'string') write(options['output'], content);
  else process.stdout.write(content);
  return Promise.resolve(0);
}

export function loadTape(path: string): Tape {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${whyNot(error)}`);
  }
  const { tape, problems } = readable(text, basename(path));
  for (const { line, message } of problems satisfies readonly TapeProblem[]) process.stderr.write(`podwalk: ${path}: line ${line}: ${message}\n`);
  return tape;
}

function write(path: string, content: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${whyNot(error)}`);
  }
}

function terminalOf(tape: Tape, wanted: string | boolean | undefined): string {
  const terminals = [...new Set(tape.events.flatMap((event) => (event[1] === 'open' ? [event[2].terminal] : [])))];
  const [first] = terminals;
  if (first === undefined) throw new Failure('there is no terminal on this tape');
  if (wanted === undefined) return first;
  if (typeof wanted !== 'string' || !terminals.includes(wanted)) {
    const known = new Timeline(tape).tape.events.flatMap((event) => (event[1] === 'open' ? [`${event[2].terminal} (${event[2].title})`] : []));
    throw new UsageError(`there is no terminal ${String(wanted)} on this tape; there are: ${known.join(', ')}`);
  }
  return wanted;
}

function outputOf(event: TapeEvent, terminal: string): string | undefined {
  if (event[1] === 'o') return event[2][0] === terminal ? event[2][1] : undefined;
  return event[1] === 'k' && event[2].terminal === terminal && event[2].skipped !== undefined ? `\x1bc${event[2].content}` : undefined;
}
