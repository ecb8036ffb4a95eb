/** seq, paste, tac and rev: numbers and lines put in another order or beside each other (GNU coreutils 9.1, bsdextrautils 2.38.1). */
import { strerror, type Bytes, type Errno } from '../../base/index.ts';
import { formatFloat, LineReader, type Program, type Sys } from '../../shell/index.ts';
import { eachInput, openInput } from './input.ts';
import { usageError, type GnuUsage } from './options.ts';
import { program } from './program.ts';

const SEQ: GnuUsage = {
  usage: '[OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  or:  seq [OPTION]... FIRST INCREMENT LAST',
  summary: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  options: [
    { short: 'f', long: 'format', argument: 'required', help: 'use printf style floating-point FORMAT' },
    { short: 's', long: 'separator', argument: 'required', help: 'use STRING to separate numbers (default: \\n)' },
    { short: 'w', long: 'equal-width', help: 'equalize width by padding with leading zeroes' },
  ],
  stopAtOperand: true,
  // negative numbers are operands
  rewrite(words) {
    const at = words.findIndex((word) => /^-(\d|\.\d)/.test(word));
    return at < 0 || words.slice(0, at).includes('--') ? words : [...words.slice(0, at), '--', ...words.slice(at)];
  },
};
export const seq = program(SEQ, function* (p, parsed) {
  const words = parsed.operands.filter((word) => word !== '--');
  if (words.length === 0) return yield* usageError(p, 'missing operand', SEQ);
  if (words.length > 3) return yield* usageError(p, `extra operand '${words[3] ?? ''}'`, SEQ);
  const bad = words.find((word) => word.trim() === '' || Number.isNaN(Number(word)));
  if (bad !== undefined) return yield* usageError(p, `invalid floating point argument: '${bad}'`, SEQ);
  const first = words.length > 1 ? Number(words[0]) : 1;
  const step = words.length > 2 ? Number(words[1]) : 1;
  const last = Number(words.at(-1));
  if (step === 0) return yield* usageError(p, `invalid Zero increment value: '${words[1] ?? ''}'`, SEQ);
  const decimals = Math.max(0, ...words.slice(0, Math.max(1, words.length - 1)).map((word) => word.split('.')[1]?.length ?? 0));
  const separator = parsed.options.get('separator') ?? '\n';
  const width = parsed.has('equal-width') ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0;
  const show = (value: number): string => {
    const text = value.toFixed(decimals);
    return width === 0 ? text : text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
  };
  const format = parsed.options.get('format');
  const [, before = '', flags = '', fieldWidth = '0', precision, conversion = '', after = ''] =
    /^((?:[^%]|%%)*)%([-+ #0']*)(\d*)(?:\.(\d*))?(.)((?:[^%]|%%)*)$/s.exec(format ?? '%g') ?? [];
  if (format !== undefined) {
    if (!/%/.test(format.replaceAll('%%', ''))) return yield* p.fail(`format '${format}' has no % directive`);
    if (!/^[aefgAEFG]$/.test(conversion)) {
      const wrong = /%[-+ #0']*\d*(?:\.\d*)?(.)?/s.exec(format.replaceAll('%%', ''))?.[1];
      if (conversion === '' && wrong !== undefined && /^[aefgAEFG]$/.test(wrong)) return yield* p.fail(`format '${format}' has too many % directives`);
      return yield* p.fail(wrong === undefined ? `format '${format}' ends in %` : `format '${format}' has unknown %${wrong} directive`);
    }
    if (parsed.has('equal-width')) return yield* usageError(p, 'format string may not be specified when printing equal width strings', SEQ);
  }
  const formatted = (value: number): string => {
    const text = formatFloat(value, conversion, flags, precision === undefined ? undefined : Number(precision));
    const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
    const wide = Number(fieldWidth);
    const padded = flags.includes('-')
      ? text.padEnd(wide)
      : flags.includes('0')
        ? sign + text.slice(sign.length).padStart(wide - sign.length, '0')
        : text.padStart(wide);
    return before.replaceAll('%%', '%') + padded + after.replaceAll('%%', '%');
  };
  const count = Math.floor((last - first) / step + 1e-10);
  for (let i = 0; i <= count;) {
    let piece = '';
    const until = Math.min(count, i + 255);
    for (; i <= until; i++) piece += (i === 0 ? '' : separator) + (format === undefined ? show(first + i * step) : formatted(first + i * step));
    const printed = yield* p.print(piece);
    if (!printed.ok) return 1;
    yield* p.tick(20);
  }
  if (count >= 0) yield* p.print('\n');
  return 0;
});

const PASTE: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Write lines consisting of the sequentially corresponding lines from each FILE, separated by TABs.',
  options: [
    { short: 'd', long: 'delimiters', argument: 'required', help: 'reuse characters from LIST instead of TABs' },
    { short: 's', long: 'serial', help: 'paste one file at a time instead of in parallel' },
  ],
};
export const paste = program(PASTE, function* (p, parsed) {
  const delimiters = [...(parsed.options.get('delimiters') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0')].map((c) =>
    c === '\0' ? '' : c,
  );
  const readers: LineReader[] = [];
  const shared = new LineReader(p, 0);
  for (const operand of parsed.operands.length > 0 ? parsed.operands : ['-']) {
    const opened = yield* openInput(p, operand);
    if (opened.kind === 'failed') return yield* p.failErrno(operand, opened.errno);
    readers.push(opened.fd === 0 ? shared : new LineReader(p, opened.fd));
  }
  const glue = (cells: readonly Bytes[]): Bytes =>
    cells.map((cell, i) => cell + (i < cells.length - 1 ? (delimiters[i % delimiters.length] ?? '') : '')).join('');
  if (parsed.has('serial')) {
    for (const reader of readers) {
      const cells: Bytes[] = [];
      for (let line; (line = yield* reader.next()) !== undefined;) cells.push(line);
      yield* p.print(`${glue(cells)}\n`);
    }
    return 0;
  }
  for (;;) {
    const row: (Bytes | undefined)[] = [];
    for (const reader of readers) row.push(yield* reader.next());
    if (row.every((cell) => cell === undefined)) return 0;
    yield* p.print(`${glue(row.map((cell) => cell ?? ''))}\n`);
  }
});

const TAC: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Write each FILE to standard output, last line first.',
  options: [
    { short: 'b', long: 'before', help: 'attach the separator before instead of after', isMissing: true },
    { short: 'r', long: 'regex', help: 'interpret the separator as a regular expression', isMissing: true },
    { short: 's', long: 'separator', argument: 'required', help: 'use STRING as the separator instead of newline', isMissing: true },
  ],
};
const REV: GnuUsage = { usage: '[options] [file ...]', summary: 'Reverse lines characterwise.', options: [], version: 'util-linux 2.38.1)' };
type Wording = (name: Bytes, errno: Errno) => Bytes;
const lineProgram = (usage: GnuUsage, change: (lines: Bytes[]) => Bytes[], wording: Wording): Program =>
  program(usage, function* (p, parsed) {
    const body = function* (fd: number): Sys<Errno | undefined> {
      const all = yield* p.readAll(fd);
      if (!all.ok) return all.error;
      if (all.value === '') return undefined;
      yield* p.print(change(all.value.match(/[^\n]*\n|[^\n]+$/g) ?? []).join(''));
      return undefined;
    };
    return yield* eachInput(p, parsed.operands, body, wording);
  });
export const tac = lineProgram(
  TAC,
  (lines) => lines.reverse(),
  (name, errno) => (errno === 'EISDIR' ? `${name}: read error: ${strerror(errno)}` : `failed to open '${name}' for reading: ${strerror(errno)}`),
);
export const rev = lineProgram(
  REV,
  (lines) => lines.map((line) => (line.endsWith('\n') ? `${[...line.slice(0, -1)].reverse().join('')}\n` : [...line].reverse().join(''))),
  (name, errno) => (errno === 'EISDIR' ? `${name}: 0: ${strerror(errno)}` : `cannot open ${name}: ${strerror(errno)}`),
);
