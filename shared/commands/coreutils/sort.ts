/** sort(1) of GNU coreutils 9.1 in the C locale: keys with their own options, stable and last-resort comparison, -c, -u, -o. */
import type { Bytes } from '../../base/index.ts';
import { openInput, closeInput } from './input.ts';
import { type GnuUsage } from './options.ts';
import { program } from './program.ts';

const SORT: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Write sorted concatenation of all FILE(s) to standard output.',
  options: [
    { short: 'b', long: 'ignore-leading-blanks', help: 'ignore leading blanks' },
    { short: 'd', long: 'dictionary-order', help: 'consider only blanks and alphanumeric characters' },
    { short: 'f', long: 'ignore-case', help: 'fold lower case to upper case characters' },
    { short: 'g', long: 'general-numeric-sort', help: 'compare according to general numerical value' },
    { short: 'h', long: 'human-numeric-sort', help: 'compare human readable numbers (e.g., 2K 1G)' },
    { short: 'i', long: 'ignore-nonprinting', help: 'consider only printable characters' },
    { short: 'M', long: 'month-sort', help: "compare (unknown) < 'JAN' < ... < 'DEC'" },
    { short: 'n', long: 'numeric-sort', help: 'compare according to string numerical value' },
    { short: 'R', long: 'random-sort', help: 'shuffle, but group identical keys' },
    { short: 'r', long: 'reverse', help: 'reverse the result of comparisons' },
    { short: 'V', long: 'version-sort', help: 'natural sort of (version) numbers within text' },
    { short: 'c', long: 'check', help: 'check for sorted input; do not sort' },
    { short: 'C', help: 'like -c, but do not report first bad line' },
    { short: 'k', long: 'key', argument: 'required', help: 'sort via a key; KEYDEF gives location and type' },
    { short: 'm', long: 'merge', help: 'merge already sorted files; do not sort' },
    { short: 'o', long: 'output', argument: 'required', help: 'write result to FILE instead of standard output' },
    { short: 's', long: 'stable', help: 'stabilize sort by disabling last-resort comparison' },
    { short: 't', long: 'field-separator', argument: 'required', help: 'use SEP instead of non-blank to blank transition' },
    { short: 'u', long: 'unique', help: 'output only the first of an equal run' },
    { long: 'debug', help: 'annotate the part of the line used to sort', isMissing: true },
    { long: 'sort', argument: 'required', help: 'sort according to WORD: general-numeric -g, human-numeric -h, month -M, numeric -n, random -R, version -V' },
    { long: 'parallel', argument: 'required', help: 'change the number of sorts run concurrently to N' },
    { long: 'files0-from', argument: 'required', help: 'read input from the files specified by NUL-terminated names', isMissing: true },
    { short: 'S', long: 'buffer-size', argument: 'required', help: 'use SIZE for main memory buffer' },
    { short: 'T', long: 'temporary-directory', argument: 'required', help: 'use DIR for temporaries, not $TMPDIR or /tmp' },
    { short: 'z', long: 'zero-terminated', help: 'line delimiter is NUL, not newline' },
  ],
  failure: 2,
};

interface Order {
  readonly flags: string;
}
interface Key extends Order {
  readonly startField: number;
  readonly startChar: number;
  readonly endField: number;
  readonly endChar: number;
  readonly startBlanks: boolean;
  readonly endBlanks: boolean;
}

const KEY = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/;

function parseKey(text: Bytes, global: string): Key | undefined {
  const match = KEY.exec(text);
  if (!match) return undefined;
  const [, field = '1', char, startFlags = '', endField, endChar, endFlags = ''] = match;
  const own = startFlags + endFlags;
  const flags = own === '' ? global : own;
  return {
    startField: Number(field),
    startChar: char === undefined ? 1 : Number(char),
    endField: endField === undefined ? Infinity : Number(endField),
    endChar: endChar === undefined ? 0 : Number(endChar),
    startBlanks: startFlags.includes('b') || (own === '' && global.includes('b')),
    endBlanks: endFlags.includes('b') || (own === '' && global.includes('b')),
    flags,
  };
}

/** Where field `index` (1-based) begins and ends. Without a separator blanks before a field belong to it. */
function fieldBounds(line: Bytes, index: number, separator: string | undefined): readonly [number, number] {
  let at = 0;
  for (let n = 1; ; n++) {
    let end = at;
    if (separator !== undefined) {
      const next = line.indexOf(separator, at);
      end = next < 0 ? line.length : next;
    } else {
      while (end < line.length && (line[end] === ' ' || line[end] === '\t')) end++;
      while (end < line.length && line[end] !== ' ' && line[end] !== '\t') end++;
    }
    if (n === index) return [at, end];
    if (end >= line.length) return [line.length, line.length];
    at = separator === undefined ? end : end + 1;
  }
}
const skipBlanks = (line: Bytes, at: number): number => {
  while (at < line.length && (line[at] === ' ' || line[at] === '\t')) at++;
  return at;
};

function keyText(line: Bytes, key: Key, separator: string | undefined): Bytes {
  let [start] = fieldBounds(line, key.startField, separator);
  if (key.startBlanks) start = skipBlanks(line, start);
  start = Math.min(line.length, start + key.startChar - 1);
  if (key.endField === Infinity) return line.slice(start);
  const [from, to] = fieldBounds(line, key.endField, separator);
  let end = to;
  if (key.endChar > 0) end = Math.min(line.length, (key.endBlanks ? skipBlanks(line, from) : from) + key.endChar);
  return line.slice(start, Math.max(start, end));
}

const numeric = (text: Bytes): number => Number(/^[ \t]*(-?\d*(?:\.\d*)?)/.exec(text)?.[1]?.replace(/^(-?)\.?$/, '$10') ?? '0') || 0;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const human = (text: Bytes): number => {
  const [, number = '0', unit = ''] = /^[ \t]*(-?\d*\.?\d*)([kKMGTPE]?)/.exec(text) ?? [];
  return (Number(number) || 0) * 1024 ** ' KMGTPE'.indexOf(unit === '' ? ' ' : unit.toUpperCase());
};
const bytewise = (a: Bytes, b: Bytes): number => (a < b ? -1 : a > b ? 1 : 0);

/** Debian's version order: digits by value, `~` before everything, letters before other characters. */
function version(a: Bytes, b: Bytes): number {
  const rank = (char: string | undefined): number =>
    char === undefined ? 0 : char === '~' ? -1 : /[a-zA-Z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i] ?? '')) || (j < b.length && !/\d/.test(b[j] ?? ''))) {
      const left = /\d/.test(a[i] ?? '') ? 0 : rank(a[i]);
      const right = /\d/.test(b[j] ?? '') ? 0 : rank(b[j]);
      if (left !== right) return left - right;
      i++;
      j++;
    }
    const x = /^\d*/.exec(a.slice(i))?.[0] ?? '';
    const y = /^\d*/.exec(b.slice(j))?.[0] ?? '';
    if (Number(x) !== Number(y)) return Number(x) - Number(y);
    i += x.length;
    j += y.length;
  }
  return 0;
}

function compareBy(flags: string, a: Bytes, b: Bytes): number {
  if (flags.includes('n')) return numeric(a) - numeric(b);
  if (flags.includes('g')) return (parseFloat(a) || -Infinity) - (parseFloat(b) || -Infinity) || 0;
  if (flags.includes('h')) return human(a) - human(b);
  if (flags.includes('M')) return MONTHS.indexOf(a.trim().slice(0, 3).toUpperCase()) - MONTHS.indexOf(b.trim().slice(0, 3).toUpperCase());
  if (flags.includes('V')) return version(a, b);
  const reduce = (text: Bytes): Bytes => {
    let out = text;
    if (flags.includes('d')) out = out.replace(/[^ \ta-zA-Z0-9]/g, '');
    if (flags.includes('i')) out = out.replace(/[^ -~]/g, '');
    return flags.includes('f') ? out.replace(/[a-z]/g, (char) => char.toUpperCase()) : out;
  };
  return bytewise(reduce(a), reduce(b));
}

/** The least of the heads, the first where they are equal. */
function merge(parts: readonly Bytes[][], compare: (a: Bytes, b: Bytes) => number): Bytes[] {
  const places = parts.map(() => 0);
  const out: Bytes[] = [];
  for (;;) {
    let best = -1;
    parts.forEach((part, i) => {
      if (places[i]! < part.length && (best < 0 || compare(part[places[i]!]!, parts[best]![places[best]!]!) < 0)) best = i;
    });
    if (best < 0) return out;
    out.push(parts[best]![places[best]!]!);
    places[best]!++;
  }
}

export const sort = program(SORT, function* (p, parsed) {
  const letters: Readonly<Record<string, string>> = Object.fromEntries<string>(
    SORT.options.filter((option) => option.short !== undefined && !option.argument).map((option) => [option.long ?? option.short ?? '', option.short ?? '']),
  );
  const kind = parsed.options.get('sort');
  const global = [...parsed.options.keys(), ...(kind === undefined ? [] : [`${kind}-sort`, `${kind}-numeric-sort`])]
    .map((name) => letters[name] ?? '')
    .join('')
    .replace(/[cCmsuz]/g, '');
  let separator = parsed.options.get('field-separator');
  if (separator === '\\0') separator = '\0';
  if (separator === '') return yield* p.fail('empty tab', 2);
  if (separator !== undefined && separator.length > 1) return yield* p.fail(`multi-character tab '${separator.replaceAll('\\', '\\\\')}'`, 2);
  const keys: Key[] = [];
  for (const [name, text] of parsed.given) {
    if (name !== 'key') continue;
    const key = parseKey(text, global);
    if (!key) {
      const stray = /^\d/.test(text)
        ? 'stray character in field spec: invalid field specification'
        : 'invalid number at field start: invalid count at start of';
      return yield* p.fail(`${stray} '${text}'`, 2);
    }
    if (key.startField === 0) return yield* p.fail(`field number is zero: invalid field specification '${text}'`, 2);
    keys.push(key);
  }
  const end = parsed.has('zero-terminated') ? '\0' : '\n';
  let text = '';
  const parts: Bytes[][] = [];
  for (const operand of parsed.operands.length > 0 ? parsed.operands : ['-']) {
    const opened = yield* openInput(p, operand);
    if (opened.kind === 'failed')
      return yield* p.fail(`cannot read: ${operand}: ${opened.errno === 'ENOENT' ? 'No such file or directory' : 'Permission denied'}`, 2);
    const all = yield* p.readAll(opened.fd);
    closeInput(p, opened.fd);
    if (!all.ok) return yield* p.failErrno(`read failed: ${operand}`, all.error, 2);
    text += all.value === '' || all.value.endsWith(end) ? all.value : all.value + end;
    if (parsed.has('merge')) parts.push(all.value.replace(new RegExp(`${end}$`), '').split(end));
  }
  const lines = text.split(end);
  lines.pop();
  const byKeys = (a: Bytes, b: Bytes): number => {
    if (keys.length === 0) {
      const order = compareBy(global, global.includes('b') ? a.replace(/^[ \t]+/, '') : a, global.includes('b') ? b.replace(/^[ \t]+/, '') : b);
      return global.includes('r') ? -order : order;
    }
    for (const key of keys) {
      const order = compareBy(key.flags, keyText(a, key, separator), keyText(b, key, separator));
      if (order !== 0) return key.flags.includes('r') ? -order : order;
    }
    return 0;
  };
  const isStable = parsed.has('stable') || parsed.has('unique');
  const compare = (a: Bytes, b: Bytes): number => {
    const order = byKeys(a, b);
    if (order !== 0 || isStable) return order;
    const last = bytewise(a, b);
    return global.includes('r') ? -last : last;
  };
  if (parsed.has('check') || parsed.has('C')) {
    const bad = lines.findIndex((line, i) => i > 0 && (parsed.has('unique') ? byKeys(lines[i - 1] ?? '', line) >= 0 : compare(lines[i - 1] ?? '', line) > 0));
    if (bad < 0) return 0;
    if (parsed.has('check')) yield* p.error(`${p.name}: ${parsed.operands[0] ?? '-'}:${bad + 1}: disorder: ${lines[bad] ?? ''}\n`);
    return 1;
  }
  yield* p.tick(lines.length);
  // Merged, each keeps its own order.
  if (!parsed.has('merge')) lines.sort(compare);
  else merge(parts, compare).forEach((line, i) => (lines[i] = line));
  const kept = parsed.has('unique') ? lines.filter((line, i) => i === 0 || byKeys(lines[i - 1] ?? '', line) !== 0) : lines;
  const output = kept.map((line) => line + end).join('');
  const target = parsed.options.get('output');
  if (target === undefined) {
    yield* p.print(output);
    return 0;
  }
  const written = p.fs.writeFile(target, output);
  return written.ok ? 0 : yield* p.failErrno(`open failed: ${target}`, written.error, 2);
});
