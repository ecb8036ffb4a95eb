/** numfmt(1) of GNU coreutils 9.1: numbers to and from the letters of a human. */
import type { Bytes } from '../../base/index.ts';
import { LineReader, type Sys } from '../../shell/index.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { program, quoted } from './program.ts';

const SCALES = ['none', 'auto', 'si', 'iec', 'iec-i'] as const;
type ScaleName = (typeof SCALES)[number];
const NUMFMT: GnuUsage = {
  usage: '[OPTION]... [NUMBER]...',
  summary: 'Reformat NUMBER(s), or the numbers from standard input if none are specified.',
  options: [
    { long: 'debug', help: 'print warnings about invalid input', isMissing: true },
    { short: 'd', long: 'delimiter', argument: 'required', help: 'use X instead of whitespace for field delimiter' },
    { long: 'field', argument: 'required', help: 'replace the numbers in these input fields (default=1)' },
    { long: 'format', argument: 'required', help: 'use printf style floating-point FORMAT' },
    { long: 'from', argument: 'required', help: 'auto-scale input numbers to UNITs; default is none' },
    { long: 'from-unit', argument: 'required', help: 'specify the input unit size (instead of the default 1)' },
    { long: 'grouping', help: 'use locale-defined grouping of digits' },
    { long: 'header', argument: 'optional', help: 'print (without converting) the first N header lines; N defaults to 1 if not specified' },
    { long: 'invalid', argument: 'required', help: 'failure mode for invalid numbers: abort (default), fail, warn, ignore' },
    { long: 'padding', argument: 'required', help: 'pad the output to N characters' },
    { long: 'round', argument: 'required', help: 'use METHOD for rounding when scaling: up, down, from-zero (default), towards-zero, nearest' },
    { long: 'suffix', argument: 'required', help: 'add SUFFIX to output numbers, and accept optional SUFFIX in input numbers' },
    { long: 'to', argument: 'required', help: 'auto-scale output numbers to UNITs' },
    { long: 'to-unit', argument: 'required', help: 'the output unit size (instead of the default 1)' },
    { short: 'z', long: 'zero-terminated', help: 'line delimiter is NUL, not newline', isMissing: true },
  ],
  rewrite: (words) => {
    const at = words.findIndex((word) => /^-\d/.test(word));
    return at < 0 || words.slice(0, at).includes('--') ? words : [...words.slice(0, at), '--', ...words.slice(at)];
  },
};
const LETTERS = 'KMGTPEZY';

class BadNumber extends Error {}

function parse(text: Bytes, from: ScaleName, suffix: Bytes): number {
  const bare = suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  const [, digits, letter = '', i = '', rest = ''] = /^\s*(-?\d*\.?\d+|-?\d+\.)([KMGTPEZY]?)(i?)(.*)$/s.exec(bare) ?? [];
  if (digits === undefined) throw new BadNumber(`invalid number: ${quoted(text)}`);
  if (rest !== '') throw new BadNumber(letter === '' ? `invalid suffix in input: ${quoted(text)}` : `invalid suffix in input ${quoted(text)}: ${quoted(rest)}`);
  if (letter === '') return Number(digits);
  if (from === 'none') throw new BadNumber(`rejecting suffix in input: ${quoted(text)} (consider using --from)`);
  if (from === 'iec-i' && i === '') throw new BadNumber(`missing 'i' suffix in input: ${quoted(text)} (e.g Ki/Mi/Gi)`);
  const base = from === 'si' || (from === 'auto' && i === '') ? 1000 : 1024;
  return Number(digits) * base ** (LETTERS.indexOf(letter) + 1);
}
const ROUNDS: Readonly<Record<string, (value: number) => number>> = {
  up: Math.ceil,
  down: Math.floor,
  'from-zero': (value) => (value < 0 ? Math.floor(value) : Math.ceil(value)),
  'towards-zero': Math.trunc,
  nearest: (value) => Math.sign(value) * Math.round(Math.abs(value)),
};

function show(value: number, to: ScaleName, parsed: Parsed): string {
  const round = ROUNDS[parsed.options.get('round') ?? 'from-zero'] ?? Math.ceil;
  const [, before = '', flags = '', width = '', precisionText, after = ''] =
    /^([^%]*)%([-'0]*)(\d*)(?:\.(\d+))?f(.*)$/s.exec(parsed.options.get('format') ?? '%f') ?? [];
  const precision = precisionText === undefined ? undefined : Number(precisionText);
  const rounded = (number: number, digits: number): string => (round(Number((number * 10 ** digits).toPrecision(15))) / 10 ** digits).toFixed(digits);
  let text: string;
  if (to === 'none')
    text =
      precision === undefined
        ? Number.isInteger(value)
          ? String(value)
          : rounded(value, String(value).split('.')[1]?.length ?? 0)
        : rounded(value, precision);
  else {
    const base = to === 'si' ? 1000 : 1024;
    let [scaled, power] = [value, 0];
    while (Math.abs(scaled) >= base && power < LETTERS.length) [scaled, power] = [scaled / base, power + 1];
    const digits = precision ?? (power > 0 && Math.abs(Number(rounded(scaled, 1))) < 10 ? 1 : 0);
    let number = Number(rounded(scaled, digits));
    if (Math.abs(number) >= base) [number, power] = [number / base, power + 1];
    const shownDigits = precision ?? (power > 0 && Math.abs(number) < 10 ? 1 : 0);
    text = number.toFixed(shownDigits) + (power === 0 ? '' : LETTERS[power - 1]! + (to === 'iec-i' ? 'i' : ''));
  }
  text += parsed.options.get('suffix') ?? '';
  const wide = Number(width || 0);
  const filled = flags.includes('0') ? text.padStart(wide, '0') : flags.includes('-') ? text.padEnd(wide) : text.padStart(wide);
  return before + filled + after;
}

export const numfmt = program(NUMFMT, function* (p, parsed, usage) {
  const scales: ScaleName[] = [];
  for (const name of ['from', 'to'] as const) {
    const given = parsed.options.get(name) ?? 'none';
    const known = SCALES.filter((each) => name === 'from' || each !== 'auto');
    if (!(known as readonly string[]).includes(given))
      return yield* p.fail(
        `invalid argument ${quoted(given)} for '--${name}'\nValid arguments are:\n${known.map((each) => `  - '${each}'\n`).join('')}Try '${p.name} --help' for more information.`,
      );
    scales.push(given as ScaleName);
  }
  const [from = 'none', to = 'none'] = scales;
  const padding = parsed.options.get('padding');
  if (padding !== undefined && !/^-?[1-9]\d*$/.test(padding)) return yield* p.fail(`invalid padding value ${quoted(padding)}`);
  const format = parsed.options.get('format');
  if (format !== undefined && !/^(?:[^%]|%%)*%[-'0]*\d*(?:\.\d+)?f(?:[^%]|%%)*$/.test(format))
    return yield* p.fail(`invalid format ${quoted(format)}, directive must be %[0]['][-][N][.][N]f`);
  const delimiter = parsed.options.get('delimiter');
  if (delimiter !== undefined && delimiter.length > 1) return yield* usageError(p, 'the delimiter must be a single character', usage);
  const wanted = (parsed.options.get('field') ?? '1').split(',').map((range) => /^(\d*)(-?)(\d*)$/.exec(range));
  const isWanted = (n: number): boolean =>
    wanted.some((range) => range !== null && n >= Number(range[1] || 1) && n <= (range[2] === '' ? Number(range[1]) : Number(range[3] || Infinity)));
  const sizes = ['from-unit', 'to-unit'].map((name) => parsed.options.get(name) ?? '1');
  const wrong = sizes.find((size) => !/^0*[1-9]\d*(?:[KMGTPEZY]i?)?$/.test(size));
  if (wrong !== undefined) return yield* p.fail(`invalid unit size: ${quoted(wrong)}`);
  const units = sizes.map((size) => parse(size, 'auto', ''));
  const mode = parsed.options.get('invalid') ?? 'abort';
  let status = 0;
  const convertLine = (line: Bytes): { readonly text: Bytes; readonly problem: string | undefined } => {
    let problem: string | undefined;
    const parts = delimiter === undefined ? (line.match(/\s*\S+|\s+$/g) ?? [line]) : line.split(delimiter);
    const out = parts.map((part, i) => {
      if (!isWanted(i + 1)) return part;
      try {
        const text = show((parse(part.trim(), from, parsed.options.get('suffix') ?? '') * units[0]!) / units[1]!, to, parsed);
        const wide = padding === undefined ? 0 : Math.abs(Number(padding));
        const padded = padding?.startsWith('-') ? text.padEnd(wide) : text.padStart(wide);
        const lead = delimiter === undefined && padding === undefined ? (/^\s*/.exec(part)?.[0] ?? '') : delimiter === undefined && i > 0 ? ' ' : '';
        return lead.length > 1 ? text.padStart(part.length) : lead + padded;
      } catch (mistake) {
        if (!(mistake instanceof BadNumber)) throw mistake;
        problem ??= mistake.message;
        return part;
      }
    });
    return { text: out.join(delimiter ?? ''), problem };
  };
  const convert = function* (line: Bytes): Sys<boolean> {
    const { text, problem } = convertLine(line);
    if (problem !== undefined && mode !== 'ignore') {
      yield* p.fail(problem);
      if (mode === 'abort') return false;
      if (mode === 'fail') status = 2;
    }
    yield* p.print(`${text}\n`);
    return true;
  };
  if (parsed.operands.length > 0) {
    for (const word of parsed.operands) if (!(yield* convert(word))) return 2;
    return status;
  }
  const lines = new LineReader(p, 0);
  let header = parsed.has('header') ? Number(parsed.options.get('header') || 1) : 0;
  for (let line; (line = yield* lines.next()) !== undefined;) {
    if (header-- > 0) yield* p.print(`${line}\n`);
    else if (!(yield* convert(line))) return 2;
  }
  return status;
});
