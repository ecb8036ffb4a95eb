/**
 * Numbers as iproute2 reads them from a command line: strtoul(3) with base 0 (or another), all of the word, within a range. `undefined` is what
 * its get_u32() and kin answer with -1. Authority: lib/utils.c.
 */

/** strtol(3): the value and how many characters it took; `taken` 0 when there are no digits. Base 0 takes 0x and leading 0. */
export function scanInteger(text: string, base = 0): { value: bigint; taken: number } {
  const match = /^[ \t\n\v\f\r]*([+-]?)(.*)$/s.exec(text);
  const sign = match?.[1] ?? '';
  const rest = match?.[2] ?? '';
  let at = text.length - rest.length;
  let radix = base;
  const hex = /^0[xX][0-9a-fA-F]/.test(rest);
  if (base === 0) radix = hex ? 16 : rest.startsWith('0') ? 8 : 10;
  if (radix === 16 && hex) at += 2;
  let value = 0n;
  const first = at;
  for (; at < text.length; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit >= radix) break;
    value = value * BigInt(radix) + BigInt(digit);
  }
  if (at === first) return { value: 0n, taken: 0 };
  return { value: sign === '-' ? -value : value, taken: at };
}
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 122) return code - 87;
  if (code >= 65 && code <= 90) return code - 55;
  return 99;
}

function whole(text: string, base: number): bigint | undefined {
  const { value, taken } = scanInteger(text, base);
  return taken > 0 && taken === text.length ? value : undefined;
}
/** strtoul(3) lets a sign through and wraps: such values are beyond every smaller type. */
function unsigned(text: string, max: bigint, base: number): number | undefined {
  const value = whole(text, base);
  if (value === undefined) return undefined;
  const wrapped = value < 0n ? value + (1n << 64n) : value;
  return wrapped <= max ? Number(wrapped) : undefined;
}
export const parseU8 = (text: string, base = 0): number | undefined => unsigned(text, 0xffn, base);
export const parseU16 = (text: string, base = 0): number | undefined => unsigned(text, 0xffffn, base);
export const parseU32 = (text: string, base = 0): number | undefined => unsigned(text, 0xffff_ffffn, base);
/** Above 2^53 digits are lost. */
export const parseU64 = (text: string, base = 0): number | undefined => unsigned(text, 0xffff_ffff_ffff_ffffn, base);
/** get_integer and get_s32: a C int. */
export function parseInt32(text: string, base = 0): number | undefined {
  const value = whole(text, base);
  return value !== undefined && value >= -0x8000_0000n && value <= 0x7fff_ffffn ? Number(value) : undefined;
}
/** atoi(3): what digits there are; 0 for none. */
export const atoi = (text: string): number => Number(BigInt.asIntN(32, scanInteger(text, 10).value));

/** get_time_rtt: milliseconds, rounded up; `raw` when no unit was given. */
export function parseRttTime(text: string): { value: number; raw: boolean } | undefined {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+|0[xX][\da-fA-F]+))(.*)$/s.exec(text);
  if (!match) return undefined;
  const [, digits = '', unit = ''] = match;
  const amount = digits.includes('.') ? Number(digits) : Number(scanInteger(digits).value);
  if (!Number.isFinite(amount) || amount < 0) return undefined;
  const factor = { '': 1, s: 1000, sec: 1000, secs: 1000, ms: 1, msec: 1, msecs: 1 }[unit.toLowerCase()];
  return factor === undefined ? undefined : { value: Math.ceil(amount * factor), raw: unit === '' };
}
