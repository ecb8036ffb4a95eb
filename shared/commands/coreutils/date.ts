/** date(1) of GNU coreutils 9.1, by the lab's calendar, UTC. */
import type { Bytes } from '../../base/index.ts';
import { parseDate } from './date-words.ts';
import { type GnuUsage } from './options.ts';
import { calendarOf, dayName, monthName } from './stat-text.ts';
import { program } from './program.ts';

const DATE: GnuUsage = {
  usage: '[OPTION]... [+FORMAT]',
  summary: 'Display the current time in the given FORMAT.',
  options: [
    { short: 'd', long: 'date', argument: 'required', help: "display time described by STRING, not 'now'" },
    { short: 'I', long: 'iso-8601', argument: 'optional', help: 'output date/time in ISO 8601 format' },
    { short: 'R', long: 'rfc-email', help: 'output date and time in RFC 5322 format' },
    { long: 'rfc-3339', argument: 'required', help: 'output date/time in RFC 3339 format' },
    { short: 'u', long: 'utc', help: 'print or set Coordinated Universal Time (UTC)' },
  ],
};
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const LONG_MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

export const date = program(DATE, function* (p, parsed) {
  const given = parsed.options.get('date');
  const us = given === undefined ? p.unixUs : parseDate(given, p.unixUs);
  if (us === undefined) return yield* p.fail(`invalid date '${given ?? ''}'`);
  const [operand] = parsed.operands;
  if (operand !== undefined && !operand.startsWith('+')) return yield* p.fail(`invalid date '${operand}'`);
  const iso = parsed.options.get('iso-8601');
  const format =
    operand?.slice(1) ??
    (iso !== undefined
      ? iso === 'seconds'
        ? '%Y-%m-%dT%H:%M:%S+00:00'
        : iso === 'ns'
          ? '%Y-%m-%dT%H:%M:%S,%N+00:00'
          : '%Y-%m-%d'
      : parsed.has('rfc-email')
        ? '%a, %d %b %Y %H:%M:%S +0000'
        : parsed.has('rfc-3339')
          ? '%Y-%m-%d %H:%M:%S+00:00'
          : '%a %b %e %H:%M:%S UTC %Y');
  yield* p.print(`${formatDate(format, us)}\n`);
  return 0;
});

/** strftime(3), as far as it does not depend on the locale. */
export function formatDate(format: Bytes, unixUs: number): Bytes {
  const c = calendarOf(Math.floor(unixUs / 1e6));
  const fraction = Math.floor(((unixUs % 1e6) + 1e6) % 1e6) * 1000;
  const pad = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill);
  const hour12 = c.hour % 12 === 0 ? 12 : c.hour % 12;
  const values: Readonly<Record<string, () => string>> = {
    '%': () => '%',
    a: () => dayName(c.weekday),
    A: () => LONG_DAYS[c.weekday] ?? '',
    b: () => monthName(c.month),
    B: () => LONG_MONTHS[c.month - 1] ?? '',
    h: () => monthName(c.month),
    C: () => pad(Math.floor(c.year / 100), 2),
    d: () => pad(c.day, 2),
    e: () => pad(c.day, 2, ' '),
    D: () => `${pad(c.month, 2)}/${pad(c.day, 2)}/${pad(c.year % 100, 2)}`,
    F: () => `${c.year}-${pad(c.month, 2)}-${pad(c.day, 2)}`,
    H: () => pad(c.hour, 2),
    I: () => pad(hour12, 2),
    j: () => pad(c.yearday, 3),
    k: () => pad(c.hour, 2, ' '),
    l: () => pad(hour12, 2, ' '),
    m: () => pad(c.month, 2),
    M: () => pad(c.minute, 2),
    n: () => '\n',
    N: () => pad(fraction, 9),
    p: () => (c.hour < 12 ? 'AM' : 'PM'),
    r: () => `${pad(hour12, 2)}:${pad(c.minute, 2)}:${pad(c.second, 2)} ${c.hour < 12 ? 'AM' : 'PM'}`,
    R: () => `${pad(c.hour, 2)}:${pad(c.minute, 2)}`,
    s: () => String(Math.floor(unixUs / 1e6)),
    S: () => pad(c.second, 2),
    t: () => '\t',
    T: () => `${pad(c.hour, 2)}:${pad(c.minute, 2)}:${pad(c.second, 2)}`,
    u: () => String(c.weekday === 0 ? 7 : c.weekday),
    w: () => String(c.weekday),
    y: () => pad(c.year % 100, 2),
    Y: () => String(c.year),
    z: () => '+0000',
    Z: () => 'UTC',
    c: () => formatDate('%a %b %e %H:%M:%S %Y', unixUs),
    x: () => formatDate('%m/%d/%y', unixUs),
    X: () => formatDate('%H:%M:%S', unixUs),
  };
  return format.replace(/%([-_0^#]?)(\d*)([a-zA-Z%])/g, (whole, flag: string, width: string, letter: string) => {
    const text = values[letter]?.();
    if (text === undefined) return whole;
    if (letter === 'N' && width !== '') return text.slice(0, Number(width));
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
    if (flag === '_') return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    return flag === '^' ? text.toUpperCase() : text;
  });
}
