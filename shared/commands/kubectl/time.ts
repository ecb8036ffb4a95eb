/** Calendar time as the API writes it: RFC 3339 in UTC, whole seconds. Days ↔ civil date by the usual 400-year cycle. */

/** `2026-03-01T12:00:07Z` of Unix microseconds. */
export function formatTime(unixUs: number): string {
  const seconds = Math.floor(unixUs / 1_000_000);
  if (seconds === last.seconds) return last.text;
  const day = Math.floor(seconds / 86_400);
  const rest = seconds - day * 86_400;
  const { year, month, date } = civil(day);
  const two = (value: number): string => String(value).padStart(2, '0');
  const parts = [String(year).padStart(4, '0'), '-', two(month), '-', two(date), 'T', two(Math.floor(rest / 3600)), ':', two(Math.floor(rest / 60) % 60)];
  last = { seconds, text: [...parts, ':', two(rest % 60), 'Z'].join('') };
  return last.text;
}
/** Many things happen in the same second. */
let last = { seconds: NaN, text: '' };

/** Unix microseconds of what `formatTime` wrote; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z$/.exec(text);
  if (!match) return undefined;
  const [year, month, date, hours, minutes, seconds] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  return ((daysOf(year, month, date) * 24 + hours) * 60 + minutes) * 60_000_000 + seconds * 1_000_000;
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun, 01 Mar 2026 12:00:07 +0000` of what the API writes, as `describe` shows it. */
export function formatRfc1123(text: string): string {
  const unixUs = parseTime(text);
  if (unixUs === undefined) return '<unknown>';
  const day = Math.floor(unixUs / 86_400_000_000);
  return `${DAYS[((day % 7) + 7) % 7]}, ${text.slice(8, 10)} ${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(0, 4)} ${text.slice(11, 19)} +0000`;
}

function civil(day: number): { readonly year: number; readonly month: number; readonly date: number } {
  const shifted = day + 719_468; // days since 0000-03-01
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}

function daysOf(year: number, month: number, date: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}
