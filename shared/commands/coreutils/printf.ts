/** printf(1) and pwd(1) of GNU coreutils 9.1 as programs. The shell has its own printf, with other words for mistakes and with %q as bash quotes. */
import { utf8Decode, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { decodeEscapes, decodeOne, formatFloat, type Process, type Program, type Sys } from '../../shell/index.ts';
import { declared } from '../declaration.ts';
import { program } from './program.ts';

/** `%q`: as gnulib quotes for a shell, with `$'…'` for what it would not show. */
function shellEscape(text: Bytes): Bytes {
  if (text === '') return "''";
  const isOdd = (char: string): boolean => char < ' ' || char > '~';
  if (![...text].some(isOdd)) {
    if (!/[\s!"#$&'()*;<=>?[\\^`{|}~]/.test(text)) return text;
    return text.includes("'") && !/["$`\\!]/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
  }
  const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\v': '\\v' };
  let out = "'";
  let isEscaping = false;
  for (const char of text) {
    if (isOdd(char)) {
      if (!isEscaping) out += "'$'";
      out += NAMED[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
      isEscaping = true;
      continue;
    }
    if (isEscaping) out += "''";
    isEscaping = false;
    out += char === "'" ? "'\\''" : char;
  }
  return `${out}'`;
}

class Format {
  private at = 0;
  private used = 0;
  status = 0;
  isEnded = false;

  constructor(
    private readonly p: Process,
    private readonly format: Bytes,
    private readonly words: readonly Bytes[],
  ) {}

  *all(): Sys {
    do {
      this.used = 0;
      yield* this.once();
      yield* this.p.tick();
    } while (this.at < this.words.length && this.used > 0 && !this.isEnded);
    if (this.at < this.words.length && this.used === 0 && !this.isEnded)
      yield* this.warn(`warning: ignoring excess arguments, starting with '${this.words[this.at]!}'`);
  }
  private next(): Bytes | undefined {
    this.used++;
    return this.words[this.at++];
  }
  /** error(3) writes what is there first. */
  private *warn(words: Bytes): Sys<number> {
    yield* this.p.flush();
    return yield* this.p.fail(words);
  }
  private *complain(words: Bytes): Sys {
    this.status = yield* this.warn(words);
  }
  private *once(): Sys {
    const { format } = this;
    for (let i = 0; i < format.length && !this.isEnded;) {
      const char = format[i]!;
      if (char === '\\') {
        if (format[i + 1] === 'c') return void (this.isEnded = true);
        const found = decodeOne(format, i + 1, 'printf', false);
        yield* this.p.print(found ? found.text : `\\${format[i + 1] ?? ''}`);
        i = found?.end ?? i + 2;
      } else if (char === '%') {
        const [whole = '%', flags = '', width, precision, , conversion] =
          /^%([-+ #0'I]*)(\*|\d+)?(?:\.(\*|\d*))?([hlLjtz]*)([a-zA-Z%])?/.exec(format.slice(i)) ?? [];
        if (whole === '%%') yield* this.p.print('%');
        else if (conversion === undefined || !'diouxXfFeEgGaAcsbq'.includes(conversion)) {
          yield* this.complain(`${format.slice(i, i + whole.length + (conversion === undefined ? 1 : 0))}: invalid conversion specification`);
          this.isEnded = true;
          this.status = 1;
          return;
        } else yield* this.convert(conversion, flags, width, precision);
        i += whole.length;
      } else {
        const stop = format.slice(i).search(/[\\%]/);
        const end = stop < 0 ? format.length : i + stop;
        yield* this.p.print(format.slice(i, end));
        i = end;
      }
    }
  }
  private *convert(conversion: string, flags: string, widthText: string | undefined, precisionText: string | undefined): Sys {
    let isLeft = flags.includes('-');
    let width = widthText === '*' ? Number(yield* this.integer(this.next() ?? '')) : Number(widthText ?? 0);
    if (width < 0) [isLeft, width] = [true, -width];
    const precision = precisionText === '*' ? Number(yield* this.integer(this.next() ?? '')) : precisionText === undefined ? undefined : Number(precisionText);
    const text = yield* this.text(conversion, flags, isLeft ? 0 : Math.min(width, 1 << 20), precision !== undefined && precision < 0 ? undefined : precision);
    const room = Math.min(width, 1 << 20);
    yield* this.p.print(isLeft ? text.padEnd(room) : text.padStart(room));
  }
  private *text(conversion: string, flags: string, zeros: number, precision: number | undefined): Sys<Bytes> {
    const word = this.next() ?? '';
    switch (conversion) {
      case 's':
        return precision === undefined ? word : word.slice(0, precision);
      case 'c':
        return word.slice(0, 1);
      case 'q':
        return shellEscape(word);
      case 'b': {
        const { text, isEnded } = decodeEscapes(word, 'percent-b', false);
        this.isEnded ||= isEnded;
        return precision === undefined ? text : text.slice(0, precision);
      }
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X': {
        const value = yield* this.integer(word);
        const isSigned = conversion === 'd' || conversion === 'i';
        const magnitude = isSigned ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
        let digits = magnitude.toString(conversion === 'o' ? 8 : /x/i.test(conversion) ? 16 : 10).padStart(precision ?? 1, '0');
        if (conversion === 'X') digits = digits.toUpperCase();
        let sign = isSigned ? (value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : '';
        if (flags.includes('#') && magnitude !== 0n) sign = conversion === 'o' ? '0' : /x/i.test(conversion) ? `0${conversion}` : sign;
        return sign + (flags.includes('0') && precision === undefined ? digits.padStart(zeros - sign.length, '0') : digits);
      }
      default: {
        const text = formatFloat(yield* this.float(word), conversion, flags, precision, word);
        const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
        return flags.includes('0') && /\d/.test(text) ? sign + text.slice(sign.length).padStart(zeros - sign.length, '0') : text;
      }
    }
  }
  private *integer(word: Bytes): Sys<bigint> {
    if (/^["']./s.test(word)) return BigInt(utf8Decode(word.slice(1)).codePointAt(0) ?? 0);
    if (word === '') return 0n;
    const [whole, sign, digits] = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(word) ?? [];
    if (whole === undefined || digits === undefined) return (yield* this.complain(`'${word}': expected a numeric value`), 0n);
    const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const value = sign === '-' ? -magnitude : magnitude;
    if (value > 9223372036854775807n || value < -9223372036854775808n) {
      yield* this.complain(`'${word}': Numerical result out of range`);
      return value > 0n ? 9223372036854775807n : -9223372036854775808n;
    }
    if (whole.length < word.length) yield* this.complain(`'${word}': value not completely converted`);
    return value;
  }
  private *float(word: Bytes): Sys<number> {
    if (/^["']./s.test(word)) return utf8Decode(word.slice(1)).codePointAt(0) ?? 0;
    if (word === '') return 0;
    const [whole, text] = /^\s*([-+]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i.exec(word) ?? [];
    if (whole === undefined || text === undefined) return (yield* this.complain(`'${word}': expected a numeric value`), 0);
    if (whole.length < word.length) yield* this.complain(`'${word}': value not completely converted`);
    if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
    return Number(text);
  }
}

const PRINTF = {
  synopsis: 'FORMAT [ARGUMENT]...',
  summary: 'Print ARGUMENT(s) according to FORMAT.',
  options: [{ names: ['--version'] }],
  missing: ['--help'],
};
const printf: Program = declared(PRINTF, function* (p) {
  let words = p.argv.slice(1);
  if (words.length === 1 && words[0] === '--version') return (yield* p.print('printf (GNU coreutils) 9.1\n'), 0);
  if (words[0] === '--') words = words.slice(1);
  const [format, ...rest] = words;
  if (format === undefined) return yield* p.fail(`missing operand\nTry '${p.name} --help' for more information.`);
  const run = new Format(p, format, rest);
  yield* run.all();
  return run.status;
});

const pwd = program(
  {
    usage: '[OPTION]...',
    summary: 'Print the full filename of the current working directory.',
    options: [
      { short: 'L', long: 'logical', help: 'use PWD from environment, even if it contains symlinks' },
      { short: 'P', long: 'physical', help: 'avoid all symlinks' },
    ],
  },
  function* (p, parsed) {
    if (parsed.operands.length > 0) yield* p.fail('ignoring non-option arguments');
    const here = p.fs.cwd.path(p.fs.root);
    const named = parsed.given.at(-1)?.[0] === 'logical' ? p.getenv('PWD') : undefined;
    const isSame = (path: Bytes): boolean => {
      const [a, b] = [p.fs.stat(path), p.fs.stat('.')];
      return path.startsWith('/') && !/\/\.\.?(\/|$)/.test(path) && a.ok && b.ok && a.value === b.value;
    };
    yield* p.print(`${named !== undefined && isSame(named) ? named : here}\n`);
    return 0;
  },
);

export const PRINTING_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/bin/printf', main: printf, origin: 'coreutils 9.1' },
  { path: '/usr/bin/pwd', main: pwd, origin: 'coreutils 9.1' },
];
