/** Values of awk: numbers, strings, and strings from input that count as numbers when they look like one (POSIX: strnum). */
import type { Bytes } from '../../base/index.ts';

export type Value = number | Bytes | StrNum | undefined;
/** Text from input that looks like a number. */
export class StrNum {
  constructor(
    readonly text: Bytes,
    readonly number: number,
  ) {}
}

const NUMBER = /^[ \t\n\r\f\v]*([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?))/;
const WHOLE = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)[ \t\n\r\f\v]*$/;

/** A field, a line, an ARGV or -v value. */
export const fromInput = (text: Bytes): Value => (WHOLE.test(text) ? new StrNum(text, Number(text)) : text);
export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  if (value instanceof StrNum) return value.number;
  return Number(NUMBER.exec(value)?.[1] ?? 0);
}
/** mawk keeps integers in an int: larger ones are written by CONVFMT or OFMT, and %d stops there. */
const MAX_INT = 0x7fffffff;
export function toText(value: Value, format: Bytes): Bytes {
  if (value === undefined) return '';
  if (value instanceof StrNum) return value.text;
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) && Math.abs(value) <= MAX_INT) return String(value + 0);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return formatC(format, [value]);
}
export const toBoolean = (value: Value): boolean =>
  value instanceof StrNum ? value.number !== 0 : typeof value === 'string' ? value !== '' : value !== undefined && value !== 0;

/** Numbers as numbers, all else as text. */
export function compareValues(a: Value, b: Value, format: Bytes): number {
  const isNumber = (value: Value): boolean => typeof value === 'number' || value === undefined || value instanceof StrNum;
  if (isNumber(a) && isNumber(b)) return toNumber(a) - toNumber(b);
  const [x, y] = [toText(a, format), toText(b, format)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A format with more conversions than arguments: mawk gives up. */
export class TooFewArguments extends Error {
  constructor(readonly format: Bytes) {
    super('not enough arguments');
  }
}
const conversions = (format: Bytes): number =>
  [...format.matchAll(/%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[a-zA-Z%]/g)].reduce(
    (count, [whole, , wide, exact]) => count + (whole.endsWith('%') ? 0 : 1) + (wide === '*' ? 1 : 0) + (exact === '*' ? 1 : 0),
    0,
  );

/** printf(3) for %d %i %o %x %X %u %c %s %e %E %f %F %g %G. */
export function formatC(format: Bytes, args: readonly Value[], convert: (value: Value) => Bytes = (value) => toText(value, '%.6g')): Bytes {
  let used = 0;
  const needed = conversions(format);
  if (args.length < needed) throw new TooFewArguments(format);
  return format.replace(
    /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([diouxXceEfFgGs%])/g,
    (_, flags: string, wide: string | undefined, exact: string | undefined, letter: string) => {
      if (letter === '%') return '%';
      let width = wide === '*' ? Math.trunc(toNumber(args[used++])) : Number(wide ?? 0);
      let left = flags.includes('-');
      if (width < 0) {
        left = true;
        width = -width;
      }
      const precision = exact === undefined ? undefined : exact === '*' ? Math.trunc(toNumber(args[used++])) : Number(exact === '' ? 0 : exact);
      const value = args[used++];
      const body = one(letter, value, precision, flags, convert);
      if (body.length >= width) return body;
      if (left) return body.padEnd(width);
      if (flags.includes('0') && letter !== 's' && letter !== 'c' && !(precision !== undefined && /[dioxXu]/.test(letter))) {
        const sign = /^[-+ ]|^0[xX]/.exec(body)?.[0] ?? '';
        return sign + body.slice(sign.length).padStart(width - sign.length, '0');
      }
      return body.padStart(width);
    },
  );
}
function one(letter: string, value: Value, precision: number | undefined, flags: string, convert: (value: Value) => Bytes): Bytes {
  const signed = (text: string, isNegative: boolean): string =>
    isNegative ? `-${text}` : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
  switch (letter) {
    case 's': {
      const text = convert(value);
      return precision === undefined ? text : text.slice(0, precision);
    }
    case 'c':
      return typeof value === 'number' || value instanceof StrNum ? String.fromCharCode(toNumber(value) & 255) : convert(value).slice(0, 1);
    case 'd':
    case 'i': {
      const number = Math.max(-MAX_INT - 1, Math.min(MAX_INT, Math.trunc(toNumber(value))));
      if (Number.isNaN(number)) return signed(String(MAX_INT + 1), true);
      return signed(
        BigInt(Math.abs(number))
          .toString()
          .padStart(precision ?? 1, '0'),
        number < 0,
      );
    }
    case 'o':
    case 'x':
    case 'X':
    case 'u': {
      const number = BigInt.asUintN(64, BigInt(Math.trunc(toNumber(value)) || 0));
      const text = number.toString(letter === 'o' ? 8 : letter === 'u' ? 10 : 16).padStart(precision ?? 1, '0');
      const marked = flags.includes('#') && number !== 0n ? (letter === 'o' ? `0${text}` : letter === 'u' ? text : `0x${text}`) : text;
      return letter === 'X' ? marked.toUpperCase() : marked;
    }
    default:
      return floating(letter, toNumber(value), precision ?? 6, flags, signed);
  }
}
function floating(letter: string, value: number, precision: number, flags: string, signed: (text: string, isNegative: boolean) => string): Bytes {
  const isNegative = value < 0 || Object.is(value, -0);
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : signed('inf', isNegative);
  const exponential = (digits: number): string => size.toExponential(Math.min(100, digits)).replace(/e([-+])(\d)$/, 'e$10$2');
  let text: string;
  const lower = letter.toLowerCase();
  if (lower === 'f') text = size.toFixed(Math.min(100, precision));
  else if (lower === 'e') text = exponential(precision);
  else {
    const digits = precision === 0 ? 1 : precision;
    const exponent = size === 0 ? 0 : Number(size.toExponential(digits - 1).split('e')[1]);
    text = exponent < -4 || exponent >= digits ? exponential(digits - 1) : size.toFixed(Math.max(0, digits - 1 - exponent));
    if (!flags.includes('#')) text = text.includes('e') ? text.replace(/\.?0+e/, 'e') : text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  }
  return signed(letter === lower ? text : text.toUpperCase(), isNegative);
}
