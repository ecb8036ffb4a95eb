/** Numbers as xtables reads them: strtoul(3) with base 0 and limits (xtables_strtoul). */
import { usage } from './exit.ts';
import { portOfService } from '../names/services.ts';

export interface Digits {
  readonly value: number;
  /** What follows the number. */
  readonly rest: string;
}

/** The number at the beginning of a text: decimal, 0x…, or octal with a leading 0. Undefined without digits, or for a negative one. */
export function scanUnsigned(text: string): Digits | undefined {
  const match = /^[ \t\n\v\f\r]*\+?(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  if (!match) return undefined;
  const digits = match[1] ?? '';
  const value = /^0[xX]/.test(digits) ? parseInt(digits.slice(2), 16) : digits.startsWith('0') && digits.length > 1 ? parseInt(digits, 8) : Number(digits);
  return { value, rest: text.slice(match[0].length) };
}
/** As scanUnsigned, undefined when it is out of range. `max` 0: no upper limit. */
export function scanWithin(text: string, min: number, max: number): Digits | undefined {
  const digits = scanUnsigned(text);
  return digits && digits.value >= min && (max === 0 || digits.value <= max) ? digits : undefined;
}
/** A whole text that is a number in range. */
export function parseWithin(text: string, min: number, max: number): number | undefined {
  const digits = scanWithin(text, min, max);
  return digits?.rest === '' ? digits.value : undefined;
}
/** A port by number or by its service's name (xtables_parse_port). */
export function parsePort(text: string, protocol: string | undefined): number {
  return parseWithin(text, 0, 65535) ?? portOfService(text, protocol) ?? usage(`invalid port/service \`${text}' specified`);
}
/** atoi(3). */
export const atoi = (text: string): number => parseInt(/^\s*[+-]?\d+/.exec(text)?.[0] ?? '0', 10);

/** `%x` of an unsigned 32-bit number. */
export const hex = (value: number): string => (value >>> 0).toString(16);
export const hex2 = (value: number): string => hex(value).padStart(2, '0');
