/** How modes and times read in listings: `-rw-r--r--`, `Nov 21 11:52`. Times are UTC, as on a machine without /etc/localtime. */
const TYPE_LETTERS: Readonly<Record<number, string>> = { 1: 'p', 2: 'c', 4: 'd', 6: 'b', 8: '-', 10: 'l', 12: 's' };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** st_mode as ls -l shows it. */
export function modeText(mode: number): string {
  const bits = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((mode >> bit) & 1 ? ('xwr'[bit % 3] ?? '-') : '-'));
  const special = (at: number, bit: number, letter: string): void => {
    if (mode & bit) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(2, 0o4000, 's');
  special(5, 0o2000, 's');
  special(8, 0o1000, 't');
  return (TYPE_LETTERS[mode >> 12] ?? '?') + bits.join('');
}

export interface Calendar {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearday: number;
}

/** Unix seconds to a date of the proleptic Gregorian calendar, UTC (Howard Hinnant's civil_from_days). */
export function calendarOf(unixS: number): Calendar {
  const days = Math.floor(unixS / 86_400);
  const secondOfDay = Math.floor(unixS - days * 86_400);
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1] ?? 0;
  const day = dayOfYear - Math.floor((153 * mp + 2) / 5) + 1;
  return {
    year,
    month,
    day,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearday: before + day + (isLeap && month > 2 ? 1 : 0),
  };
}
const two = (n: number, fill = '0'): string => String(n).padStart(2, fill);
export const monthName = (month: number): string => MONTHS[month - 1] ?? '';
export const dayName = (weekday: number): string => DAYS[weekday] ?? '';

/** ls's date: the time of day within the last half year, else the year. */
export function shortDate(unixUs: number, nowUs: number): string {
  const c = calendarOf(Math.floor(unixUs / 1e6));
  const isRecent = unixUs <= nowUs + 1e6 && nowUs - unixUs < 15_778_476 * 1e6;
  return `${monthName(c.month)} ${two(c.day, ' ')} ${isRecent ? `${two(c.hour)}:${two(c.minute)}` : ` ${c.year}`}`;
}

/** `13:22`: the time of day, UTC. */
export function shortClock(unixUs: number): string {
  const c = calendarOf(Math.floor(unixUs / 1e6));
  return `${two(c.hour)}:${two(c.minute)}`;
}
