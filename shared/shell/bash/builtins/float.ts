/** Floating point numbers as printf(3) writes them. Deviation: `%e`, `%g` and `%a` of doubles where bash has 80-bit numbers, seen past 15 digits. */
import type { Bytes } from '../../../base/index.ts';
import { fixedDecimal } from './long-double.ts';

const MAX_PRECISION = 100;

/** `source` is what the number was read from: `%f` of it is exact. */
export function formatFloat(value: number, conversion: string, flags: string, precision: number | undefined, source?: string): Bytes {
  const isUpper = conversion === conversion.toUpperCase();
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const magnitude = Math.abs(value);
  if (!Number.isFinite(magnitude)) {
    const name = Number.isNaN(magnitude) ? 'nan' : 'inf';
    return sign + (isUpper ? name.toUpperCase() : name);
  }
  const digits = Math.min(precision ?? 6, MAX_PRECISION);
  const exact = conversion === 'f' && source !== undefined ? fixedDecimal(source.trim().replace(/^[-+]/, ''), digits) : undefined;
  const text = exact ?? body(magnitude, conversion.toLowerCase(), digits, flags.includes('#'), precision);
  return sign + (isUpper ? text.toUpperCase() : text);
}

function body(value: number, conversion: string, digits: number, keepsZeros: boolean, precision: number | undefined): string {
  switch (conversion) {
    case 'f':
      return fixed(value, digits);
    case 'e':
      return exponential(value, digits);
    case 'a':
      return hexadecimal(value, precision);
    default: {
      const significant = digits === 0 ? 1 : digits;
      const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1]);
      const text = exponent < -4 || exponent >= significant ? exponential(value, significant - 1) : fixed(value, significant - 1 - exponent);
      if (keepsZeros || !text.includes('.')) return text;
      const [mantissa = '', power] = text.split('e');
      const trimmed = mantissa.replace(/\.?0+$/, '');
      return power === undefined ? trimmed : `${trimmed}e${power}`;
    }
  }
}

/** toFixed gives up at 1e21. */
const fixed = (value: number, digits: number): string =>
  value < 1e21 ? value.toFixed(digits) : BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');

function exponential(value: number, digits: number): string {
  const [mantissa = '', exponent = '+0'] = value.toExponential(digits).split('e');
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

function hexadecimal(value: number, precision: number | undefined): string {
  if (value === 0) return precision === undefined || precision === 0 ? '0x0p+0' : `0x0.${'0'.repeat(precision)}p+0`;
  let exponent = Math.floor(Math.log2(value));
  let mantissa = value / 2 ** exponent;
  while (mantissa < 1) {
    mantissa *= 2;
    exponent--;
  }
  // glibc writes long doubles with the first hexadecimal digit from 8 to f.
  mantissa *= 8;
  exponent -= 3;
  let text = mantissa.toString(16);
  if (precision !== undefined) text = Number(mantissa.toFixed(Math.min(precision * 4, 50))).toString(16);
  return `0x${text}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
