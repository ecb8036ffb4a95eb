/** strftime(3) in the C locale and UTC, the time zone of every simulated machine. */
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

export interface Moment {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0 to 365. */
  readonly yearday: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** The calendar in UTC (Howard Hinnant's civil_from_days). */
export function momentOf(unixSeconds: number): Moment {
  const days = Math.floor(unixSeconds / 86400);
  const rest = unixSeconds - days * 86400;
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = (mp + 2) % 12;
  const year = yoe + era * 400 + (month <= 1 ? 1 : 0);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month] ?? 0;
  return {
    year,
    month,
    day,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearday: before + day - 1 + (isLeap && month > 1 ? 1 : 0),
    hours: Math.floor(rest / 3600),
    minutes: Math.floor((rest % 3600) / 60),
    seconds: rest % 60,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

function isoWeek(moment: Moment): { readonly year: number; readonly week: number } {
  const weekday = (moment.weekday + 6) % 7;
  const week = Math.floor((moment.yearday - weekday + 10) / 7);
  const weeksIn = (year: number): number => {
    const p = (y: number): number => (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)) % 7;
    return p(year) === 4 || p(year - 1) === 3 ? 53 : 52;
  };
  if (week < 1) return { year: moment.year - 1, week: weeksIn(moment.year - 1) };
  return week > weeksIn(moment.year) ? { year: moment.year + 1, week: 1 } : { year: moment.year, week };
}

/** `nanoseconds` is what `%N` shows. */
export function strftime(format: string, unixSeconds: number, nanoseconds = 0): string {
  const moment = momentOf(unixSeconds);
  return format.replace(/%([-_0^#]*)(\d*)[EO]?([A-Za-z%:+])/g, (whole, flags: string, width: string, letter: string) => {
    const text = field(letter, moment, unixSeconds, nanoseconds);
    return text === undefined ? whole : adjust(text, flags, width, letter);
  });
}

function adjust(text: string, flags: string, width: string, letter: string): string {
  let out = text;
  if (flags.includes('-') && /^[0 ]*\d/.test(out) && letter !== 'N') out = out.replace(/^[0 ]+(?=\d)/, '');
  if (flags.includes('_')) out = out.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
  if (flags.includes('0')) out = out.replace(/^ +/, (spaces) => '0'.repeat(spaces.length));
  if (flags.includes('^')) out = out.toUpperCase();
  if (letter === 'N' && width !== '') return out.slice(0, Number(width));
  return width === '' ? out : out.padStart(Number(width), /^\d/.test(out) && !flags.includes('_') ? '0' : ' ');
}

function field(letter: string, moment: Moment, unixSeconds: number, nanoseconds: number): string | undefined {
  const { year, month, day, weekday, yearday, hours, minutes, seconds } = moment;
  const monthName = MONTHS[month] ?? '';
  const dayName = DAYS[weekday] ?? '';
  const twelve = two(hours % 12 === 0 ? 12 : hours % 12);
  const time = `${two(hours)}:${two(minutes)}:${two(seconds)}`;
  switch (letter) {
    case 'a':
      return dayName.slice(0, 3);
    case 'A':
      return dayName;
    case 'b':
    case 'h':
      return monthName.slice(0, 3);
    case 'B':
      return monthName;
    case 'c':
      return `${dayName.slice(0, 3)} ${monthName.slice(0, 3)} ${String(day).padStart(2)} ${time} ${year}`;
    case 'C':
      return two(Math.floor(year / 100));
    case 'd':
      return two(day);
    case 'D':
    case 'x':
      return `${two(month + 1)}/${two(day)}/${two(year % 100)}`;
    case 'e':
      return String(day).padStart(2);
    case 'F':
      return `${year}-${two(month + 1)}-${two(day)}`;
    case 'g':
      return two(isoWeek(moment).year % 100);
    case 'G':
      return String(isoWeek(moment).year);
    case 'H':
      return two(hours);
    case 'I':
      return twelve;
    case 'j':
      return String(yearday + 1).padStart(3, '0');
    case 'k':
      return String(hours).padStart(2);
    case 'l':
      return String(hours % 12 === 0 ? 12 : hours % 12).padStart(2);
    case 'm':
      return two(month + 1);
    case 'M':
      return two(minutes);
    case 'n':
      return '\n';
    case 'N':
      return String(nanoseconds).padStart(9, '0');
    case 'p':
      return hours < 12 ? 'AM' : 'PM';
    case 'P':
      return hours < 12 ? 'am' : 'pm';
    case 'r':
      return `${twelve}:${two(minutes)}:${two(seconds)} ${hours < 12 ? 'AM' : 'PM'}`;
    case 'R':
      return `${two(hours)}:${two(minutes)}`;
    case 's':
      return String(unixSeconds);
    case 'S':
      return two(seconds);
    case 't':
      return '\t';
    case 'T':
    case 'X':
      return time;
    case 'u':
      return String(weekday === 0 ? 7 : weekday);
    case 'U':
      return two(Math.floor((yearday + 7 - weekday) / 7));
    case 'V':
      return two(isoWeek(moment).week);
    case 'w':
      return String(weekday);
    case 'W':
      return two(Math.floor((yearday + 7 - ((weekday + 6) % 7)) / 7));
    case 'y':
      return two(year % 100);
    case 'Y':
      return String(year);
    case 'z':
      return '+0000';
    case 'Z':
      return 'UTC';
    case '%':
      return '%';
    default:
      return undefined;
  }
}
