/** nl, fold, expand, unexpand, comm, join, shuf, split and column: what is done to lines now and then (coreutils 9.1, bsdextrautils 2.38.1). */
import type { Bytes, Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { LineReader, type Process, type Program, type Sys } from '../../shell/index.ts';
import { closeInput, eachInput, openInput } from './input.ts';
import { usageError, type GnuUsage } from './options.ts';
import { program } from './program.ts';

const linesOf = (text: Bytes): Bytes[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};
/** A program that looks at one line after the other. */
const eachLine = (p: Process, operands: readonly Bytes[], body: (line: Bytes, ending: Bytes) => Bytes): Sys<number> =>
  eachInput(p, operands, function* (fd): Sys<Errno | undefined> {
    const lines = new LineReader(p, fd);
    for (let line; (line = yield* lines.next()) !== undefined;) yield* p.print(body(line, lines.lastWasTerminated ? '\n' : ''));
    return lines.failure;
  });

const NL: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Write each FILE to standard output, with line numbers added.',
  options: [
    { short: 'b', long: 'body-numbering', argument: 'required', help: 'use STYLE for numbering body lines' },
    { short: 'i', long: 'line-increment', argument: 'required', help: 'line number increment at each line' },
    { short: 'n', long: 'number-format', argument: 'required', help: 'insert line numbers according to FORMAT' },
    { short: 's', long: 'number-separator', argument: 'required', help: 'add STRING after (possible) line number' },
    { short: 'v', long: 'starting-line-number', argument: 'required', help: 'first line number for each section' },
    { short: 'w', long: 'number-width', argument: 'required', help: 'use NUMBER columns for line numbers' },
  ],
};
const nl = program(NL, function* (p, parsed) {
  const style = parsed.options.get('body-numbering') ?? 't';
  if (!/^[atn]$/.test(style)) return yield* usageError(p, `invalid body numbering style: '${style}'`, NL);
  const width = Number(parsed.options.get('number-width') ?? 6);
  const format = parsed.options.get('number-format') ?? 'rn';
  const separator = parsed.options.get('number-separator') ?? '\t';
  const step = Number(parsed.options.get('line-increment') ?? 1);
  let number = Number(parsed.options.get('starting-line-number') ?? 1);
  return yield* eachLine(p, parsed.operands, (line) => {
    if (style === 'n' || (style === 't' && line === '')) return `${' '.repeat(width + separator.length)}${line}\n`;
    const text = format === 'ln' ? String(number).padEnd(width) : String(number).padStart(width, format === 'rz' ? '0' : ' ');
    number += step;
    return `${text}${separator}${line}\n`;
  });
});

const FOLD: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Wrap input lines in each FILE, writing to standard output.',
  options: [
    { short: 'b', long: 'bytes', help: 'count bytes rather than columns' },
    { short: 's', long: 'spaces', help: 'break at spaces' },
    { short: 'w', long: 'width', argument: 'required', help: 'use WIDTH columns instead of 80' },
  ],
  obsolete: (word) => (/^-\d+$/.test(word) ? ['-w', word.slice(1)] : undefined),
};
const fold = program(FOLD, function* (p, parsed) {
  const width = Number(parsed.options.get('width') ?? 80);
  if (!(width > 0)) return yield* p.fail(`invalid number of columns: '${parsed.options.get('width') ?? ''}'`);
  return yield* eachLine(p, parsed.operands, (line, ending) => {
    let out = '';
    let rest = line;
    while (rest.length > width) {
      const space = parsed.has('spaces') ? rest.slice(0, width).lastIndexOf(' ') + 1 : 0;
      const end = space > 0 ? space : width;
      out += `${rest.slice(0, end)}\n`;
      rest = rest.slice(end);
    }
    return out + rest + ending;
  });
});

const TABS: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Convert tabs in each FILE to spaces, or blanks to tabs.',
  options: [
    { short: 'i', long: 'initial', help: 'do not convert tabs after non blanks' },
    { short: 'a', long: 'all', help: 'convert all blanks, instead of just initial blanks' },
    { long: 'first-only', help: 'convert only leading sequences of blanks' },
    { short: 't', long: 'tabs', argument: 'required', help: 'have tabs N characters apart, not 8' },
  ],
};
function expandLine(line: Bytes, width: number, isInitial: boolean): Bytes {
  let out = '';
  for (const char of line) {
    if (char !== '\t' || (isInitial && /[^ ]/.test(out))) out += char;
    else out += ' '.repeat(width - (out.length % width));
  }
  return out;
}
const expand = program(TABS, function* (p, parsed) {
  const width = Number(parsed.options.get('tabs') ?? 8);
  return yield* eachLine(p, parsed.operands, (line, ending) => expandLine(line, width, parsed.has('initial')) + ending);
});
const unexpand = program(TABS, function* (p, parsed) {
  const width = Number(parsed.options.get('tabs') ?? 8);
  const isAll = (parsed.has('all') || parsed.has('tabs')) && !parsed.has('first-only');
  return yield* eachLine(p, parsed.operands, (line, ending) => {
    const text = expandLine(line, width, false);
    const lead = isAll ? text.length : (/^ */.exec(text)?.[0].length ?? 0);
    let out = '';
    let at = 0;
    for (; at + width <= lead; at += width) {
      const cell = text.slice(at, at + width);
      out += / {2,}$/.test(cell) || (at === 0 && cell.trim() === '') ? `${cell.trimEnd()}\t` : cell;
    }
    return out + text.slice(at) + ending;
  });
});

const COMM: GnuUsage = {
  usage: '[OPTION]... FILE1 FILE2',
  summary: 'Compare sorted files FILE1 and FILE2 line by line.',
  options: [
    { short: '1', help: 'suppress column 1 (lines unique to FILE1)' },
    { short: '2', help: 'suppress column 2 (lines unique to FILE2)' },
    { short: '3', help: 'suppress column 3 (lines that appear in both files)' },
    { long: 'output-delimiter', argument: 'required', help: 'separate columns with STR' },
    { long: 'nocheck-order' },
    { long: 'check-order' },
    { long: 'total', help: 'output a summary' },
  ],
};
/** All lines of two operands, or the status of what could not be read. */
function* twoFiles(p: Process, operands: readonly Bytes[], usage: GnuUsage): Sys<readonly [Bytes[], Bytes[]] | number> {
  const [, second, extra] = operands;
  if (operands.length === 0) return yield* usageError(p, 'missing operand', usage);
  if (second === undefined) return yield* usageError(p, `missing operand after '${operands[0] ?? ''}'`, usage);
  if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, usage);
  const sides: Bytes[][] = [];
  for (const name of operands) {
    const opened = yield* openInput(p, name);
    if (opened.kind === 'failed') return yield* p.failErrno(name, opened.errno);
    const all = yield* p.readAll(opened.fd);
    closeInput(p, opened.fd);
    if (!all.ok) return yield* p.failErrno(name, all.error);
    sides.push(linesOf(all.value));
  }
  return [sides[0] ?? [], sides[1] ?? []];
}
const comm = program(COMM, function* (p, parsed) {
  const sides = yield* twoFiles(p, parsed.operands, COMM);
  if (typeof sides === 'number') return sides;
  const [a, b] = sides;
  const delimiter = parsed.options.get('output-delimiter') ?? '\t';
  const counts = [0, 0, 0];
  const put = function* (column: 1 | 2 | 3, line: Bytes): Sys {
    counts[column - 1]!++;
    if (parsed.has(String(column))) return;
    const before = [1, 2].filter((each) => each < column && !parsed.has(String(each))).length;
    yield* p.print(`${delimiter.repeat(before)}${line}\n`);
  };
  let [i, j] = [0, 0];
  const warned = [false, false];
  const checkOrder = function* (lines: readonly Bytes[], at: number, file: 0 | 1): Sys {
    const [before, now] = [lines[at - 1], lines[at]];
    if (warned[file] || parsed.has('nocheck-order') || before === undefined || now === undefined || before <= now) return;
    warned[file] = true;
    yield* p.flush();
    yield* p.fail(`file ${file + 1} is not in sorted order`);
  };
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (right === undefined || (left !== undefined && left < right)) {
      yield* put(1, left ?? '');
      i++;
      yield* checkOrder(a, i, 0);
    } else if (left === undefined || right < left) {
      yield* put(2, right);
      j++;
      yield* checkOrder(b, j, 1);
    } else {
      yield* put(3, left);
      i++;
      j++;
      yield* checkOrder(a, i, 0);
      yield* checkOrder(b, j, 1);
    }
  }
  if (parsed.has('total')) yield* p.print(`${counts.join(delimiter)}${delimiter}total\n`);
  if (!warned.includes(true)) return 0;
  yield* p.flush();
  return yield* p.fail('input is not in sorted order');
});

const JOIN: GnuUsage = {
  usage: '[OPTION]... FILE1 FILE2',
  summary: 'For each pair of input lines with identical join fields, write a line to standard output.',
  options: [
    { short: 'a', argument: 'required', help: 'also print unpairable lines from file FILENUM' },
    { short: 'v', argument: 'required', help: 'like -a FILENUM, but suppress joined output lines' },
    { short: 'e', argument: 'required', help: 'replace missing input fields with EMPTY' },
    { short: 'i', long: 'ignore-case', help: 'ignore differences in case when comparing fields' },
    { short: 'j', argument: 'required', help: "equivalent to '-1 FIELD -2 FIELD'" },
    { short: 'o', argument: 'required', help: 'obey FORMAT while constructing output line' },
    { short: 't', argument: 'required', help: 'use CHAR as input and output field separator' },
    { short: '1', argument: 'required', help: 'join on this FIELD of file 1' },
    { short: '2', argument: 'required', help: 'join on this FIELD of file 2' },
  ],
};
const join = program(JOIN, function* (p, parsed) {
  const sides = yield* twoFiles(p, parsed.operands, JOIN);
  if (typeof sides === 'number') return sides;
  const separator = parsed.options.get('t');
  const glue = separator ?? ' ';
  const split = (line: Bytes): Bytes[] => (separator === undefined ? line.trim().split(/[ \t]+/) : line.split(separator));
  const rows = sides.map((lines) => lines.map(split));
  const keys = [1, 2].map((side) => Number(parsed.options.get(String(side)) ?? parsed.options.get('j') ?? 1) - 1);
  const keyOf = (row: readonly Bytes[] | undefined, side: 0 | 1): Bytes => {
    const key = row?.[keys[side] ?? 0] ?? '';
    return parsed.has('ignore-case') ? key.toLowerCase() : key;
  };
  const empty = parsed.options.get('e') ?? '';
  const format = parsed.options.get('o')?.split(/[ ,]+/);
  const write = (left: readonly Bytes[] | undefined, right: readonly Bytes[] | undefined): Bytes => {
    const key = left?.[keys[0] ?? 0] ?? right?.[keys[1] ?? 0] ?? '';
    if (format) {
      const cells = format.map((item) => {
        if (item === '0') return key;
        const [side, field] = item.split('.');
        return (side === '1' ? left : right)?.[Number(field) - 1] || empty;
      });
      return `${cells.join(glue)}\n`;
    }
    const others = (row: readonly Bytes[] | undefined, side: 0 | 1): Bytes[] => row?.filter((_, i) => i !== keys[side]) ?? [];
    return `${[key, ...others(left, 0), ...others(right, 1)].join(glue)}\n`;
  };
  const shows = (side: '1' | '2'): boolean => parsed.given.some(([name, value]) => (name === 'a' || name === 'v') && value === side);
  const [a = [], b = []] = rows;
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    const order = left === undefined ? 1 : right === undefined ? -1 : keyOf(left, 0) < keyOf(right, 1) ? -1 : keyOf(left, 0) > keyOf(right, 1) ? 1 : 0;
    if (order !== 0) {
      if (order < 0 ? shows('1') : shows('2')) yield* p.print(order < 0 ? write(left, undefined) : write(undefined, right));
      if (order < 0) i++;
      else j++;
      continue;
    }
    let end = j;
    while (end < b.length && keyOf(b[end], 1) === keyOf(left, 0)) end++;
    const key = keyOf(left, 0);
    for (; i < a.length && keyOf(a[i], 0) === key; i++) for (let other = j; other < end; other++) if (!parsed.has('v')) yield* p.print(write(a[i], b[other]));
    j = end;
  }
  return 0;
});

const SHUF: GnuUsage = {
  usage: '[OPTION]... [FILE]',
  summary: 'Write a random permutation of the input lines to standard output.',
  options: [
    { short: 'e', long: 'echo', help: 'treat each ARG as an input line' },
    { short: 'i', long: 'input-range', argument: 'required', help: 'treat each number LO through HI as an input line' },
    { short: 'n', long: 'head-count', argument: 'required', help: 'output at most COUNT lines' },
    { short: 'r', long: 'repeat', help: 'output lines can be repeated' },
  ],
};
const MAX_RANGE = 1 << 20;
const shuf = program(SHUF, function* (p, parsed) {
  let lines: Bytes[] = [];
  const range = parsed.options.get('input-range');
  if (range !== undefined) {
    const [, low, high] = /^(\d+)-(\d+)$/.exec(range) ?? [];
    if (low === undefined || Number(high) < Number(low) - 1 || Number(high) - Number(low) > MAX_RANGE) return yield* p.fail(`invalid input range: '${range}'`);
    lines = Array.from({ length: Number(high) - Number(low) + 1 }, (_, i) => String(Number(low) + i));
  } else if (parsed.has('echo')) lines = [...parsed.operands];
  else {
    const status = yield* eachInput(p, parsed.operands, function* (fd): Sys<Errno | undefined> {
      const all = yield* p.readAll(fd);
      if (!all.ok) return all.error;
      lines.push(...linesOf(all.value));
      return undefined;
    });
    if (status !== 0) return status;
  }
  const { rng } = p.os;
  const count = Number(parsed.options.get('head-count') ?? lines.length);
  if (parsed.has('repeat')) {
    for (let i = 0; i < Math.min(count, MAX_RANGE) && lines.length > 0; i++) yield* p.print(`${lines[rng.uint32() % lines.length] ?? ''}\n`);
    return 0;
  }
  for (let i = lines.length - 1; i > 0; i--) {
    const j = rng.uint32() % (i + 1);
    [lines[i], lines[j]] = [lines[j] ?? '', lines[i] ?? ''];
  }
  yield* p.print(
    lines
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return 0;
});

const at = (name: string, main: Program, origin = 'coreutils 9.1'): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin });
export const LINE_PROGRAMS: readonly InstalledProgram[] = [
  at('nl', nl),
  at('fold', fold),
  at('expand', expand),
  at('unexpand', unexpand),
  at('comm', comm),
  at('join', join),
  at('shuf', shuf),
];
