/** jq's times: seconds since 1970, and "broken down" [year, month from 0, day, hours, minutes, seconds, weekday, day of the year from 0], in UTC. */
import { formatDate } from '../coreutils/index.ts';
import { JqError } from './error.ts';
import { isArray, type Json } from './json.ts';

const DAY = 86_400;

/** Days since 1970 of a date of the Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysOf(year: number, month: number, day: number): number {
  const y = month < 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

export function brokenDown(value: Json): Json {
  if (typeof value !== 'number') throw new JqError('gmtime() requires a number');
  const fields = formatDate('%Y %m %d %H %M %S %w %j', Math.floor(value) * 1e6)
    .split(' ')
    .map(Number);
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0, weekday = 0, ofYear = 0] = fields;
  return [year, month - 1, day, hours, minutes, seconds + (value - Math.floor(value)), weekday, ofYear - 1];
}
export function secondsOf(value: Json): number {
  if (!isArray(value) || value.length < 6)
    throw new JqError('mktime requires array of 6 numbers'.replace(' of 6 numbers', isArray(value) ? ' of 6 numbers' : ' inputs'));
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = value.map(Number);
  return daysOf(year, month, day) * DAY + hours * 3600 + minutes * 60 + Math.floor(seconds);
}
export function writeTime(value: Json, format: Json): string {
  if (typeof value !== 'number' && !isArray(value)) throw new JqError('strftime/1 requires parsed datetime inputs');
  if (typeof format !== 'string') throw new JqError('strftime/1 requires a string format');
  return formatDate(format, (typeof value === 'number' ? Math.floor(value) : secondsOf(value)) * 1e6);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** strptime(3) for %Y %m %d %H %M %S %b %e %T %D %F %Z. */
export function readTime(value: Json, format: Json): Json {
  if (typeof value !== 'string' || typeof format !== 'string') throw new JqError('strptime/1 requires string inputs and arguments');
  const names: string[] = [];
  const whole = format.replace('%T', '%H:%M:%S').replace('%F', '%Y-%m-%d').replace('%D', '%m/%d/%y');
  const source = whole.replace(/%(.)|[\\^$.*+?()[\]{}|]/g, (text, letter: string | undefined) => {
    if (letter === undefined) return `\\${text}`;
    if (letter === '%') return '%';
    names.push(letter);
    return letter === 'Y' ? '(\\d{4})' : /[ab]/i.test(letter) ? '([A-Za-z]+)' : letter === 'Z' ? '([A-Za-z]+)' : letter === 's' ? '(\\d+)' : '\\s*(\\d{1,2})';
  });
  const match = new RegExp(`^${source}$`).exec(value);
  if (!match) throw new JqError(`date "${value}" does not match format "${format}"`);
  const field = (letter: string): string | undefined => match[names.indexOf(letter) + 1];
  const number = (letter: string, fallback: number): number => (names.includes(letter) ? Number(field(letter)) : fallback);
  if (names.includes('s')) return brokenDown(number('s', 0));
  const named = (field(names.includes('B') ? 'B' : 'b') ?? '').slice(0, 3).toLowerCase();
  const month = names.includes('b') || names.includes('B') ? MONTHS.indexOf(named) : number('m', 1) - 1;
  const day = names.includes('e') ? number('e', 1) : number('d', 1);
  return brokenDown(daysOf(number('Y', 1900), month, day) * DAY + number('H', 0) * 3600 + number('M', 0) * 60 + number('S', 0));
}
