/** `-batch FILE`: one command a line, comments after `#`, lines joined by a backslash, words in quotes. Authority: lib/utils.c (do_batch, makeargs). */
import { strerror } from '../../base/index.ts';
import { LineReader, type Sys } from '../../shell/index.ts';
import { Exit, leave } from './exit.ts';
import type { Session } from './session.ts';

const MAX_WORDS = 512;

export function* runBatch(session: Session, file: string, run: (words: readonly string[]) => Sys<number>): Sys<number> {
  const { process, printer, options } = session;
  let fd = 0;
  if (file !== '-') {
    const opened = yield* process.open(file, { read: true });
    if (!opened.ok) leave(1, `Cannot open file "${file}" for reading: ${strerror(opened.error)}\n`);
    fd = opened.value;
  }
  options.batch = true;
  const { family } = options;
  const lines = new LineReader(process, fd);
  let status = 0;
  let number = 0;
  for (let line: string | undefined; (line = yield* lines.next()) !== undefined;) {
    number++;
    line = line.replace(/#.*$/s, '');
    while (line.endsWith('\\')) {
      const more = yield* lines.next();
      if (more === undefined) {
        printer.error('Missing continuation line\n');
        yield* printer.drain(process);
        return status;
      }
      number++;
      line = line.slice(0, -1) + more.replace(/#.*$/s, '');
    }
    const words = splitWords(line);
    if (words.length === 0) continue;
    options.family = family;
    const failed = yield* runLine(session, words, run);
    if (failed) {
      printer.error(`Command failed ${file}:${number}\n`);
      status = 1;
    }
    yield* printer.drain(process);
    if (failed && !options.force) break;
    yield* process.tick();
  }
  return status;
}

function* runLine(session: Session, words: readonly string[], run: (words: readonly string[]) => Sys<number>): Sys<boolean> {
  try {
    return (yield* run(words)) !== 0;
  } catch (error) {
    if (!(error instanceof Exit) || error.reach === 'exit') throw error;
    session.printer.error(error.text);
    return true;
  }
}

function splitWords(line: string): string[] {
  const words: string[] = [];
  for (let at = 0; ;) {
    while (at < line.length && ' \t\r\n'.includes(line[at]!)) at++;
    if (at >= line.length) return words;
    if (words.length >= MAX_WORDS - 1) leave(1, 'Too many arguments to command\n');
    const quote = line[at] === '"' || line[at] === "'" ? line[at]! : undefined;
    if (quote !== undefined) {
      const end = line.indexOf(quote, at + 1);
      if (end < 0) leave(1, 'Unterminated quoted string\n');
      words.push(line.slice(at + 1, end));
      at = end + 1;
    } else {
      const start = at;
      while (at < line.length && !' \t\r\n'.includes(line[at]!)) at++;
      words.push(line.slice(start, at));
    }
  }
}
