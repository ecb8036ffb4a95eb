/**
 * What `date -d` understands (gnulib's parse_datetime): dates, times, zones, days of the week and relative words in any order, as UTC.
 * Deviation: zones by name other than UTC, GMT and Z are unknown.
 */
import type { Bytes } from '../../base/index.ts';
import { calendarOf } from './stat-text.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LONG_DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const ORDINALS = ['last', 'this', 'next', 'first', '', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth'];
/** In seconds; months and years are counted by the calendar. */
const UNITS: Readonly<Record<string, number>> = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86_400, week: 604_800, fortnight: 1_209_600 };

/** Days since 1970-01-01; months and days may lie outside of their ranges. */
export function daysOf(year: number, month: number, day: number): number {
  const months = year * 12 + month - 1;
  const [realYear, realMonth] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  const y = realMonth <= 2 ? realYear - 1 : realYear;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (realMonth > 2 ? realMonth - 3 : realMonth + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}
const fullYear = (text: string): number => (text.length > 2 ? Number(text) : Number(text) < 69 ? 2000 + Number(text) : 1900 + Number(text));
const indexIn = (short: readonly string[], long: readonly string[], word: string): number => (long.includes(word) ? long.indexOf(word) : short.indexOf(word));

class Reading {
  date: readonly [number, number, number] | undefined = undefined;
  time: number | undefined = undefined;
  zoneS = 0;
  weekday: { readonly day: number; readonly weeks: number } | undefined = undefined;
  seconds = 0;
  months = 0;
  isRelative = false;

  /** What is left once one item is read; undefined when there is none. */
  item(text: string, year: number): string | undefined {
    const rest = (match: RegExpExecArray): string => text.slice(match[0].length).trimStart();
    let match: RegExpExecArray | null;
    if ((match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d)|(?!\d))/.exec(text) ?? /^(\d{4})\/(\d{1,2})\/(\d{1,2})(?!\d)/.exec(text)))
      return this.on(match[1]!, match[2]!, match[3]!, rest(match));
    if ((match = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?(?!\d)/.exec(text))) return this.on(match[3] ?? String(year), match[1]!, match[2]!, rest(match));
    if ((match = /^(\d{4})(\d\d)(\d\d)(?=$|[\st])t?/.exec(text))) return this.on(match[1]!, match[2]!, match[3]!, rest(match));
    if ((match = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(am|pm)?(?![\d:])/.exec(text) ?? /^(\d{1,2})()()()\s*(am|pm)\b/.exec(text))) {
      const [, hours = '', minutes = '', seconds = '', fraction = '', half] = match;
      let hour = Number(hours);
      if (half !== undefined) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
      if (this.time !== undefined || hour > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
      this.time = hour * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction || '0'}`);
      const after = rest(match);
      const zone = /^([-+])(\d\d):?(\d\d)?(?!\d)/.exec(after);
      if (!zone) return after;
      this.zoneS = (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3] ?? 0) * 60);
      return after.slice(zone[0].length).trimStart();
    }
    if ((match = /^(\d{1,2})[\s-]*([a-z]{3,9})\.?(?:[\s,-]*(\d{4})(?!\s*:|\d))?/.exec(text))) {
      const month = indexIn(MONTHS, LONG_MONTHS, match[2]!);
      if (month >= 0) return this.on(match[3] ?? String(year), String(month + 1), match[1]!, rest(match));
    }
    if ((match = /^([a-z]{3,9})\.?\s+(\d{1,2})(?![\d:])(?:\s*,?\s*(\d{4})(?![\d:]))?/.exec(text))) {
      const month = indexIn(MONTHS, LONG_MONTHS, match[1]!);
      if (month >= 0) return this.on(match[3] ?? String(year), String(month + 1), match[2]!, rest(match));
    }
    if (
      (match = /^([-+]?)\s*(\d+)\s*([a-z]+?)s?(?:\s+(ago))?(?![a-z])/.exec(text)) &&
      this.shift((match[1] === '-' ? -1 : 1) * Number(match[2]) * (match[4] ? -1 : 1), match[3]!)
    )
      return rest(match);
    if ((match = /^([a-z]+)(?:\s+([a-z]+?)s?(?:\s+(ago))?(?![a-z]))?/.exec(text))) {
      const [, word = '', unit = ''] = match;
      const ordinal = ORDINALS.indexOf(word) - 1;
      const day = indexIn(DAYS, LONG_DAYS, unit === '' ? '' : LONG_DAYS.includes(`${unit}s`) ? `${unit}s` : unit);
      if (ordinal >= -1 && ORDINALS.includes(word)) {
        if (day >= 0) return this.at({ day, weeks: ordinal }, rest(match));
        return this.shift(ordinal * (match[3] ? -1 : 1), unit) ? rest(match) : undefined;
      }
      if (this.shift(match[2] === 'ago' ? -1 : 1, word.replace(/s$/, ''))) return text.slice(match[2] === 'ago' ? match[0].length : word.length).trimStart();
      return this.word(word, text.slice(word.length).replace(/^[\s,.]+/, ''));
    }
    return undefined;
  }
  private on(year: string, month: string, day: string, rest: string): string | undefined {
    const [m, d] = [Number(month), Number(day)];
    if (this.date || m < 1 || m > 12 || d < 1 || d > daysOf(fullYear(year), m + 1, 1) - daysOf(fullYear(year), m, 1)) return undefined;
    this.date = [fullYear(year), m, d];
    return rest;
  }
  private at(weekday: { readonly day: number; readonly weeks: number }, rest: string): string {
    this.weekday = weekday;
    return rest;
  }
  private shift(count: number, unit: string): boolean {
    const seconds = UNITS[unit];
    if (seconds !== undefined) this.seconds += count * seconds;
    else if (unit === 'month') this.months += count;
    else if (unit === 'year') this.months += 12 * count;
    else return false;
    this.isRelative = true;
    return true;
  }
  private word(word: string, rest: string): string | undefined {
    const day = indexIn(DAYS, LONG_DAYS, word);
    if (day >= 0) return this.at({ day, weeks: 0 }, rest);
    switch (word) {
      case 'now':
      case 'today':
        this.isRelative = true;
        return rest;
      case 'tomorrow':
      case 'yesterday':
        this.isRelative = true;
        this.seconds += word === 'tomorrow' ? 86_400 : -86_400;
        return rest;
      case 'noon':
      case 'midnight':
        this.time = word === 'noon' ? 43_200 : 0;
        return rest;
      case 'utc':
      case 'gmt':
      case 'z':
        return rest;
      default:
        return undefined;
    }
  }
}

/** Unix microseconds; undefined for what is no date. */
export function parseDate(text: Bytes, nowUs: number): number | undefined {
  let rest = text.trim().toLowerCase();
  const at = /^@([-+]?\d+(?:[.,]\d+)?)$/.exec(rest);
  if (at) return Math.floor(Number(at[1]!.replace(',', '.')) * 1e6);
  const now = calendarOf(Math.floor(nowUs / 1e6));
  const reading = new Reading();
  while (rest !== '') {
    const left = reading.item(rest, now.year);
    if (left === undefined) return undefined;
    rest = left;
  }
  const { date, time, weekday, isRelative } = reading;
  const [year, month, day] = date ?? [now.year, now.month, now.day];
  const keepsTime = time === undefined && isRelative && !date && !weekday;
  const timeUs = time !== undefined ? time * 1e6 : keepsTime ? nowUs - Math.floor(nowUs / 86_400e6) * 86_400e6 : 0;
  let days = daysOf(year, month + reading.months, day);
  if (weekday && !date) {
    const ahead = (weekday.day - ((((days + 4) % 7) + 7) % 7) + 7) % 7;
    days += ahead + 7 * (weekday.weeks - (weekday.weeks > 0 && ahead > 0 ? 1 : 0));
  }
  return Math.round(days * 86_400e6 + timeUs + (reading.seconds - reading.zoneS) * 1e6);
}
