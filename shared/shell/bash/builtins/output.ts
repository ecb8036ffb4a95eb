/** echo and printf. */
import { utf8Encode, type Bytes } from '../../../base/index.ts';
import { decodeEscapes, decodeOne } from '../expand/escapes.ts';
import { backslashQuote, readableQuote } from '../expand/quote.ts';
import type { Builtin, Shell } from '../shell.ts';
import { formatFloat } from './float.ts';
import { strftime } from './strftime.ts';
import { isName, readOptions, usage } from './usage.ts';

const echo: Builtin = (shell, args) => {
  let at = 1;
  let endsLine = true;
  let decodes = shell.options.has('xpg_echo');
  for (; at < args.length && /^-[neE]+$/.test(args[at] ?? ''); at++) {
    for (const letter of args[at]?.slice(1) ?? '') {
      if (letter === 'n') endsLine = false;
      else decodes = letter === 'e';
    }
  }
  const text = at === args.length - 1 ? (args[at] ?? '') : args.slice(at).join(' ');
  if (!decodes) {
    shell.put(endsLine ? `${text}\n` : text);
    return 0;
  }
  const decoded = decodeEscapes(text, 'echo', shell.isUtf8);
  shell.put(decoded.text + (endsLine && !decoded.isEnded ? '\n' : ''));
  return 0;
};

const printf: Builtin = (shell, args) => {
  let rest = args.slice(1);
  let variable: Bytes | undefined;
  if (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const parsed = readOptions(shell, args, 'v:');
    if (typeof parsed === 'number') return parsed;
    variable = parsed.value('v');
    rest = [...parsed.rest];
  }
  const [format] = rest;
  if (format === undefined) return usage(shell);
  if (variable !== undefined && !/^[A-Za-z_]\w*(\[[\s\S]+\])?$/.test(variable)) return shell.fail(`\`${variable}': not a valid identifier`, 2);
  const run = new Format(shell, format, rest.slice(1), variable === undefined);
  const text = run.all();
  if (variable === undefined) shell.put(text);
  else assignTo(shell, variable, text);
  return run.status;
};

export function assignTo(shell: Shell, target: Bytes, value: Bytes): void {
  const open = target.indexOf('[');
  if (open < 0) shell.assign(target, value);
  else shell.runner.assignElement(shell, target.slice(0, open), target.slice(open + 1, -1), value);
}

/** Output of one printf: 64 MiB are enough for a format that is used again and again. */
const OUTPUT_LIMIT = 1 << 26;

class Format {
  status = 0;
  private out = '';
  private isEnded = false;
  private next = 0;
  private used = 0;

  constructor(
    private readonly shell: Shell,
    private readonly format: Bytes,
    private readonly args: readonly Bytes[],
    /** What is there goes out before a complaint. */
    private readonly isPrinted: boolean,
  ) {}

  all(): Bytes {
    do {
      this.used = 0;
      this.once();
    } while (this.next < this.args.length && this.used > 0 && !this.isEnded && this.out.length < OUTPUT_LIMIT);
    return this.out;
  }
  private argument(): Bytes | undefined {
    this.used++;
    return this.args[this.next++];
  }
  private fail(words: Bytes): void {
    if (this.isPrinted) {
      this.shell.put(this.out);
      this.out = '';
    }
    this.shell.fail(words);
    this.status = 1;
  }
  private once(): void {
    const { format } = this;
    for (let i = 0; i < format.length && !this.isEnded;) {
      const char = format.charAt(i);
      if (char === '\\') {
        const found = decodeOne(format, i + 1, 'printf', this.shell.isUtf8);
        this.out += found ? found.text : `\\${format.charAt(i + 1)}`;
        i = found ? found.end : i + 2;
        continue;
      }
      if (char !== '%') {
        const stop = format.slice(i).search(/[\\%]/);
        const end = stop < 0 ? format.length : i + stop;
        this.out += format.slice(i, end);
        i = end;
        continue;
      }
      i = this.directive(i);
      if (i < 0) return;
    }
  }
  /** Where the format goes on; -1 when it is broken off. */
  private directive(start: number): number {
    const match = /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q(?=[diouxX])|j|z|t)?(\([^)]*\)T|[\s\S])?/.exec(this.format.slice(start));
    const [whole = '%', flags = '', widthText, precisionText, conversion = ''] = match ?? [];
    if (conversion === '%' && whole === '%%') {
      this.out += '%';
      return start + 2;
    }
    let left = flags.includes('-');
    let width = widthText === '*' ? this.integer() : Number(widthText ?? 0);
    if (width < 0) {
      left = true;
      width = -width;
    }
    let precision = precisionText === '*' ? this.integer() : precisionText === undefined ? undefined : Number(precisionText || 0);
    if (precision !== undefined && precision < 0) precision = undefined;
    const spec = { flags, left, width: Math.min(width, OUTPUT_LIMIT), precision };
    if (conversion.endsWith('T') && conversion.startsWith('(')) {
      this.pad(this.time(conversion.slice(1, -2)), spec);
      return start + whole.length;
    }
    switch (conversion) {
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        this.number(conversion, spec);
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
      case 'a':
      case 'A': {
        const number = this.float();
        const text = formatFloat(number, conversion, flags, precision, this.lastNumber);
        this.pad(flags.includes('0') && !left && /\d/.test(text) ? zeroPad(text, spec.width) : text, spec);
        break;
      }
      case 'c':
        this.pad((this.argument() ?? '').slice(0, 1) || '\0', spec);
        break;
      case 's':
        this.pad(cut(this.argument() ?? '', precision), spec);
        break;
      case 'b': {
        const decoded = decodeEscapes(this.argument() ?? '', 'percent-b', this.shell.isUtf8);
        this.pad(cut(decoded.text, precision), spec);
        if (decoded.isEnded) this.isEnded = true;
        break;
      }
      case 'q':
        this.pad(backslashQuote(this.argument() ?? '', this.shell.isUtf8), spec);
        break;
      case 'Q':
        this.pad(readableQuote(this.argument() ?? '', this.shell.isUtf8), spec);
        break;
      case 'n': {
        const name = this.argument() ?? '';
        if (isName(name)) this.shell.assign(name, String(this.out.length));
        break;
      }
      case '':
        this.fail(`\`${/%[^%]*$/.exec(this.format)?.[0] ?? ''}': missing format character`);
        this.isEnded = true;
        return -1;
      default:
        this.fail(`\`${conversion}': invalid format character`);
        this.isEnded = true;
        return -1;
    }
    return start + whole.length;
  }
  private pad(text: Bytes, { left, width }: { readonly left: boolean; readonly width: number }): void {
    this.out += left ? text.padEnd(width) : text.padStart(width);
  }
  private integer(): number {
    return Number(this.parseInteger(this.argument()));
  }
  private parseInteger(text: Bytes | undefined): bigint {
    if (text === undefined || text === '') return 0n;
    if (text.startsWith('"') || text.startsWith("'")) return BigInt(this.shell.decode(text.slice(1)).codePointAt(0) ?? 0);
    const match = /^[ \t\n]*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text);
    if (!match) {
      this.fail(`${text}: invalid number`);
      return 0n;
    }
    const [whole, sign, digits = '0'] = match;
    const octal = /^0[0-7]+/.exec(digits)?.[0];
    const isHex = /^0[xX]/.test(digits);
    const valid = isHex || !digits.startsWith('0') || digits === '0' ? digits : (octal ?? '0');
    if (whole.length - digits.length + valid.length < text.trimEnd().length) this.fail(`${text}: invalid ${valid === digits ? 'number' : 'octal number'}`);
    const value = BigInt(isHex ? valid : valid.startsWith('0') && valid.length > 1 ? `0o${valid.slice(1)}` : valid);
    const signed = sign === '-' ? -value : value;
    if (signed > 9223372036854775807n || signed < -9223372036854775808n) {
      this.shell.complain(`printf: warning: ${text}: Numerical result out of range`);
      return signed > 0n ? 9223372036854775807n : -9223372036854775808n;
    }
    return signed;
  }
  private lastNumber = '';
  private float(): number {
    const text = this.argument() ?? '';
    this.lastNumber = text;
    if (text === '') return 0;
    if (text.startsWith('"') || text.startsWith("'")) return this.shell.decode(text.slice(1)).codePointAt(0) ?? 0;
    const match = /^[ \t]*[+-]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)/i.exec(text);
    if (!match || match[0].length < text.length) this.fail(`${text}: invalid number`);
    const found = match?.[0].trim().toLowerCase() ?? '0';
    if (/inf/.test(found)) return found.startsWith('-') ? -Infinity : Infinity;
    return /nan/.test(found) ? NaN : Number(found);
  }
  private number(
    conversion: string,
    spec: { readonly flags: string; readonly left: boolean; readonly width: number; readonly precision: number | undefined },
  ): void {
    const value = this.parseInteger(this.argument());
    const isSigned = conversion === 'd' || conversion === 'i';
    const magnitude = isSigned ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
    let digits = magnitude.toString(conversion === 'o' ? 8 : conversion === 'x' || conversion === 'X' ? 16 : 10);
    if (conversion === 'X') digits = digits.toUpperCase();
    if (spec.precision !== undefined) digits = spec.precision === 0 && magnitude === 0n ? '' : digits.padStart(spec.precision, '0');
    let prefix = isSigned ? (value < 0n ? '-' : spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : '') : '';
    if (spec.flags.includes('#') && magnitude !== 0n) {
      if (conversion === 'o') digits = digits.startsWith('0') ? digits : `0${digits}`;
      if (conversion === 'x' || conversion === 'X') prefix = `0${conversion}`;
    }
    if (spec.flags.includes('0') && !spec.left && spec.precision === undefined) digits = digits.padStart(spec.width - prefix.length, '0');
    this.pad(prefix + digits, spec);
  }
  private time(format: Bytes): Bytes {
    const argument = this.argument();
    const { process, startedUs } = this.shell;
    const seconds =
      argument === undefined || argument === '-1'
        ? process.unixUs / 1e6
        : argument === '-2'
          ? (process.unixUs - process.nowUs + startedUs) / 1e6
          : Number(this.parseInteger(argument));
    return utf8Encode(strftime(format === '' ? '%X' : format, Math.floor(seconds)));
  }
}

const cut = (text: Bytes, precision: number | undefined): Bytes => (precision === undefined ? text : text.slice(0, precision));
const zeroPad = (text: Bytes, width: number): Bytes => {
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
};

export const OUTPUT: readonly (readonly [string, Builtin])[] = [
  ['echo', echo],
  ['printf', printf],
];
