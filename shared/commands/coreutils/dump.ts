/** od, hexdump and xxd: bytes as text (coreutils 9.1, bsdextrautils 2.38, xxd of vim). */
import type { Bytes, Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { eachInput } from './input.ts';
import { type GnuUsage } from './options.ts';
import { program } from './program.ts';

const OD: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Write an unambiguous representation, octal bytes by default, of FILE to standard output.',
  options: [
    { short: 'A', long: 'address-radix', argument: 'required', help: 'output format for file offsets; RADIX is one of [doxn]' },
    { short: 'j', long: 'skip-bytes', argument: 'required', help: 'skip BYTES input bytes first' },
    { short: 'N', long: 'read-bytes', argument: 'required', help: 'limit dump to BYTES input bytes' },
    { short: 't', long: 'format', argument: 'required', help: 'select output format or formats' },
    { short: 'v', long: 'output-duplicates', help: 'do not use * to mark line suppression' },
    { short: 'w', long: 'width', argument: 'optional', help: 'output BYTES bytes per output line' },
    { short: 'a' },
    { short: 'b' },
    { short: 'c' },
    { short: 'd' },
    { short: 'o' },
    { short: 'x' },
  ],
};
const OLD_FORMATS: Readonly<Record<string, string>> = { a: 'a', b: 'o1', c: 'c', d: 'u2', o: 'o2', x: 'x2' };
const NAMES = 'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp'.split(' ');
const ESCAPES: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };

interface Form {
  readonly size: number;
  readonly width: number;
  /** `z`: the text stands behind. */
  readonly withText: boolean;
  cell(bytes: readonly number[]): string;
}
const little = (bytes: readonly number[]): bigint => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
const DIGITS: Readonly<Record<string, readonly number[]>> = {
  x: [0, 2, 4, 0, 8, 0, 0, 0, 16],
  o: [0, 3, 6, 0, 11, 0, 0, 0, 22],
  u: [0, 3, 5, 0, 10, 0, 0, 0, 20],
  d: [0, 4, 6, 0, 11, 0, 0, 0, 20],
};

function forms(format: Bytes): Form[] | undefined {
  const found: Form[] = [];
  for (const match of format.matchAll(/([acdoux])(\d*|[CSIL])(z?)|(.)/g)) {
    const [, letter, length = '', z, wrong] = match;
    if (wrong !== undefined || letter === undefined) return undefined;
    const withText = z === 'z';
    if (letter === 'a') {
      found.push({
        size: 1,
        width: 3,
        withText,
        cell: ([byte = 0]) => ((byte & 127) === 127 ? 'del' : (NAMES[byte & 127] ?? String.fromCharCode(byte & 127))),
      });
      continue;
    }
    if (letter === 'c') {
      const cell = ([byte = 0]: readonly number[]): string =>
        ESCAPES[byte] ?? (byte < 32 || byte > 126 ? byte.toString(8).padStart(3, '0') : String.fromCharCode(byte));
      found.push({ size: 1, width: 3, withText, cell });
      continue;
    }
    const size = { C: 1, S: 2, I: 4, L: 8, '': 4 }[length] ?? Number(length);
    const width = DIGITS[letter]?.[size];
    if (!width) return undefined;
    const cell = (bytes: readonly number[]): string => {
      const value = little(bytes);
      if (letter === 'x') return value.toString(16).padStart(width, '0');
      if (letter === 'o') return value.toString(8).padStart(width, '0');
      return String(letter === 'd' ? BigInt.asIntN(size * 8, value) : value);
    };
    found.push({ size, width, withText, cell });
  }
  return found;
}

const bytesOf = (text: Bytes): number => {
  const [, digits = '0', unit = ''] = /^(0[xX][\da-fA-F]+|\d+)([bkKMG]?)/.exec(text) ?? [];
  return Number(digits) * ({ b: 512, k: 1024, K: 1024, M: 1 << 20, G: 1 << 30 }[unit] ?? 1);
};

/** All operands as one piece. */
function* gather(p: Process, operands: readonly Bytes[]): Sys<{ readonly data: Bytes; readonly status: number }> {
  let data = '';
  const status = yield* eachInput(p, operands, function* (fd): Sys<Errno | undefined> {
    const all = yield* p.readAll(fd);
    if (!all.ok) return all.error;
    data += all.value;
    return undefined;
  });
  return { data, status };
}

const od = program(OD, function* (p, parsed) {
  const formats: Form[] = [];
  for (const [name, value] of parsed.given) {
    const format = name === 'format' ? value : OLD_FORMATS[name];
    if (format === undefined) continue;
    const made = forms(format);
    if (!made) return yield* p.fail(`invalid character '${/[^acdoux\dCSILz]/.exec(format)?.[0] ?? format}' in type string '${format}'`);
    formats.push(...made);
  }
  if (formats.length === 0) formats.push(...(forms('o2') ?? []));
  const radix = parsed.options.get('address-radix') ?? 'o';
  if (!/^[doxn]$/.test(radix)) return yield* p.fail(`invalid output address radix '${radix}'; it must be one character from [doxn]`);
  const address = (at: number): string =>
    radix === 'n' ? '' : radix === 'd' ? String(at).padStart(7, '0') : radix === 'x' ? at.toString(16).padStart(6, '0') : at.toString(8).padStart(7, '0');
  const { data: all, status } = yield* gather(p, parsed.operands);
  const skip = bytesOf(parsed.options.get('skip-bytes') ?? '0');
  const limit = parsed.options.get('read-bytes');
  const data = all.slice(skip, limit === undefined ? undefined : skip + bytesOf(limit));
  const width = parsed.has('width') ? Number(parsed.options.get('width') === '' ? 32 : parsed.options.get('width')) : 16;
  /** All formats are as wide as the widest. */
  const perByte = Math.max(...formats.map((form) => (form.width + 1) / form.size));
  let before: Bytes | undefined;
  let isStarred = false;
  for (let at = 0; at < data.length; at += width) {
    const row = data.slice(at, at + width);
    if (row === before && row.length === width && !parsed.has('output-duplicates')) {
      if (!isStarred) yield* p.print('*\n');
      isStarred = true;
      continue;
    }
    isStarred = false;
    before = row;
    for (const [i, form] of formats.entries()) {
      let line = '';
      for (let from = 0; from < row.length; from += form.size) {
        const bytes = Array.from({ length: form.size }, (_, k) => row.charCodeAt(from + k) || 0);
        line += form.cell(bytes).padStart(Math.round(perByte * form.size));
      }
      const text = form.withText ? `${' '.repeat(Math.max(0, Math.round(perByte * width) - line.length))}  >${row.replace(/[^ -~]/g, '.')}<` : '';
      yield* p.print(`${i === 0 ? address(skip + at) : ' '.repeat(address(0).length)}${line}${text}\n`);
    }
    yield* p.tick(width);
  }
  if (radix !== 'n') yield* p.print(`${address(skip + data.length)}\n`);
  return status;
});

const HEXDUMP: GnuUsage = {
  usage: '[options] <file>...',
  summary: 'Display file contents in hexadecimal, decimal, octal, or ascii.',
  options: [
    { short: 'C', long: 'canonical', help: 'canonical hex+ASCII display' },
    { short: 'x', long: 'two-bytes-hex', help: 'two-byte hexadecimal display' },
    { short: 'b', long: 'one-byte-octal', help: 'one-byte octal display' },
    { short: 'd', long: 'two-bytes-decimal', help: 'two-byte decimal display' },
    { short: 'n', long: 'length', argument: 'required', help: 'interpret only length bytes of input' },
    { short: 's', long: 'skip', argument: 'required', help: 'skip offset bytes from the beginning' },
    { short: 'v', long: 'no-squeezing', help: 'output identical lines' },
  ],
};
const hexdump = program(HEXDUMP, function* (p, parsed) {
  const { data: all, status } = yield* gather(p, parsed.operands);
  const skip = bytesOf(parsed.options.get('skip') ?? '0');
  const limit = parsed.options.get('length');
  const data = all.slice(skip, limit === undefined ? undefined : skip + bytesOf(limit));
  const isCanonical = parsed.has('canonical') || p.name === 'hd';
  const address = (at: number): string => at.toString(16).padStart(isCanonical ? 8 : 7, '0');
  const cells = (row: Bytes): string => {
    const bytes = Array.from(row, (char) => char.charCodeAt(0));
    if (isCanonical) {
      const hex = (from: number): string => Array.from({ length: 8 }, (_, i) => bytes[from + i]?.toString(16).padStart(2, '0') ?? '  ').join(' ');
      return `  ${hex(0)}  ${hex(8)}  |${row.replace(/[^ -~]/g, '.')}|`;
    }
    if (parsed.has('one-byte-octal'))
      return bytes
        .map((byte) => ` ${byte.toString(8).padStart(3, '0')}`)
        .join('')
        .padEnd(64);
    const words = Array.from({ length: Math.ceil(bytes.length / 2) }, (_, i) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8));
    if (parsed.has('two-bytes-hex'))
      return words
        .map((word) => `    ${word.toString(16).padStart(4, '0')}`)
        .join('')
        .padEnd(64);
    if (parsed.has('two-bytes-decimal'))
      return words
        .map((word) => `   ${String(word).padStart(5, '0')}`)
        .join('')
        .padEnd(64);
    return words
      .map((word) => ` ${word.toString(16).padStart(4, '0')}`)
      .join('')
      .padEnd(40);
  };
  let before: Bytes | undefined;
  let isStarred = false;
  for (let at = 0; at < data.length; at += 16) {
    const row = data.slice(at, at + 16);
    if (row === before && row.length === 16 && !parsed.has('no-squeezing')) {
      if (!isStarred) yield* p.print('*\n');
      isStarred = true;
      continue;
    }
    isStarred = false;
    before = row;
    yield* p.print(`${address(skip + at)}${cells(row)}\n`);
    yield* p.tick(16);
  }
  if (data.length > 0) yield* p.print(`${address(skip + data.length)}\n`);
  return status;
});

const XXD: GnuUsage = {
  usage: '[options] [infile [outfile]]',
  summary: 'Make a hexdump or do the reverse.',
  options: [
    { short: 'p', help: 'output in postscript plain hexdump style' },
    { short: 'r', help: 'reverse operation: convert (or patch) hexdump into binary' },
    { short: 'b', help: 'binary digit dump' },
    { short: 'u', help: 'use upper case hex letters' },
    { short: 'c', argument: 'required', help: 'format <cols> octets per line' },
    { short: 'g', argument: 'required', help: 'number of octets per group in normal output' },
    { short: 'l', argument: 'required', help: 'stop after <len> octets' },
    { short: 's', argument: 'required', help: 'start at <seek> bytes abs. infile offset' },
  ],
  obsolete: (word) => (word === '-ps' || word === '-plain' ? ['-p'] : undefined),
};
const xxd = program(XXD, function* (p, parsed) {
  const { data: all, status } = yield* gather(p, parsed.operands.slice(0, 1));
  if (parsed.has('r')) {
    const hex = parsed.has('p')
      ? all.replace(/[^\da-fA-F]/g, '')
      : all
          .split('\n')
          .map((line) => /^[\da-fA-F]+:\s?((?:[\da-fA-F]{2,}\s?)*)/.exec(line)?.[1]?.replace(/\s/g, '') ?? '')
          .join('');
    yield* p.print((hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''));
    return status;
  }
  const skip = bytesOf(parsed.options.get('s') ?? '0');
  const limit = parsed.options.get('l');
  const data = all.slice(skip, limit === undefined ? undefined : skip + bytesOf(limit));
  const one = (char: string): string => {
    const code = char.charCodeAt(0);
    const text = parsed.has('b') ? code.toString(2).padStart(8, '0') : code.toString(16).padStart(2, '0');
    return parsed.has('u') ? text.toUpperCase() : text;
  };
  const columns = Number(parsed.options.get('c') ?? (parsed.has('p') ? 30 : parsed.has('b') ? 6 : 16));
  const group = Number(parsed.options.get('g') ?? (parsed.has('b') ? 1 : 2)) || columns;
  const digits = parsed.has('b') ? 8 : 2;
  for (let at = 0; at < data.length; at += columns) {
    const row = data.slice(at, at + columns);
    const cells = Array.from(row, one);
    if (parsed.has('p')) yield* p.print(`${cells.join('')}\n`);
    else {
      const text = cells.map((cell, i) => (i > 0 && i % group === 0 ? ` ${cell}` : cell)).join('');
      const width = columns * digits + Math.ceil(columns / group) - 1;
      yield* p.print(`${(skip + at).toString(16).padStart(8, '0')}: ${text.padEnd(width)}  ${row.replace(/[^ -~]/g, '.')}\n`);
    }
    yield* p.tick(columns);
  }
  return status;
});

const at = (name: string, main: Program, origin: string): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin });
export const DUMP_PROGRAMS: readonly InstalledProgram[] = [
  at('od', od, 'coreutils 9.1'),
  at('hexdump', hexdump, 'bsdextrautils 2.38.1'),
  at('hd', hexdump, 'bsdextrautils 2.38.1'),
  at('xxd', xxd, 'xxd 9.0'),
];
