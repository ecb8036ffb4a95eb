/**
 * Decimal numbers as the 80-bit floating point numbers that printf(1) and bash's printf make of them: 64 bits of mantissa, rounded to the nearest.
 * What is written with `%f` is their exact value, rounded half to even.
 */
const MANTISSA_BITS = 64;

const bits = (value: bigint): number => value.toString(2).length;

/** `num / den`, rounded to the nearest, halves to even. */
function divide(num: bigint, den: bigint): bigint {
  const quotient = num / den;
  const twice = (num % den) * 2n;
  return twice > den || (twice === den && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** The digits of `%.Nf` of a decimal number without its sign; undefined when the text is no plain decimal number. */
export function fixedDecimal(text: string, digits: number): string | undefined {
  const match = /^(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, whole = '', fraction = '', power = '0'] = match;
  const exponent = Number(power) - fraction.length;
  const digitsGiven = BigInt(whole + fraction);
  if (digitsGiven === 0n) return (0).toFixed(digits);
  const num = exponent >= 0 ? digitsGiven * 10n ** BigInt(exponent) : digitsGiven;
  const den = exponent >= 0 ? 1n : 10n ** BigInt(-exponent);
  let shift = MANTISSA_BITS - (bits(num) - bits(den));
  const scaled = (): bigint => (shift >= 0 ? divide(num << BigInt(shift), den) : divide(num, den << BigInt(-shift)));
  if (bits(scaled()) > MANTISSA_BITS) shift--;
  const mantissa = scaled();
  const wide = mantissa * 10n ** BigInt(digits);
  const units = shift >= 0 ? divide(wide, 1n << BigInt(shift)) : wide << BigInt(-shift);
  const out = units.toString().padStart(digits + 1, '0');
  return digits === 0 ? out : `${out.slice(0, -digits)}.${out.slice(-digits)}`;
}
