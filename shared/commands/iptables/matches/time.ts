/** `-m time`: dates, hours, days of the week and the month (libxt_time). */
import type { TimeInfo } from '../../../kernel/index.ts';
import { civilOf, twoDigits } from '../../names/civil.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';

const DAY_S = 86_400;
const LAST_SECOND = DAY_S - 1;
/** 2038-01-19T03:14:07. */
const LAST_DATE = 2 ** 31 - 1;
const ALL_MONTH_DAYS = 0xfffffffe;
const ALL_WEEK_DAYS = 0xfe;
const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function parseDate(text: string): number {
  const bad = (): never => usage(`Invalid date "${text}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`);
  const found = /^(\d+)(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$/.exec(text);
  if (!found) return bad();
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  if (year < 1970 || year > 2038 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return bad();
  const shifted = month <= 2 ? year - 1 : year;
  const days = Math.floor(365.25 * shifted) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (days - 719_468) * DAY_S + hour * 3600 + minute * 60 + second;
}
function parseClock(text: string): number {
  const found = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text);
  const [hour = 99, minute = 0, second = 0] = found?.slice(1).map((part: string | undefined) => Number(part ?? 0)) ?? [];
  if (hour > 23 || minute > 59 || second > 59) {
    return usage(`invalid time "${text}" specified, should be hh:mm[:ss] format and within the boundaries`);
  }
  return hour * 3600 + minute * 60 + second;
}
function parseMonthDays(text: string): number {
  let days = 0;
  for (const item of text.split(',')) {
    const number = /^\s*\+?\d+$/.test(item) ? Number(item) : NaN;
    if (!(number >= 1 && number <= 31)) return usage(`${item} is not a valid day for --monthdays`);
    days |= 1 << number;
  }
  return days >>> 0;
}
function parseWeekDays(text: string): number {
  let days = 0;
  for (const item of text.split(',')) {
    const number = /^\d+$/.test(item) ? Number(item) : 0;
    const day = number !== 0 ? number : WEEK.findIndex((name) => name.slice(0, 2) === item.slice(0, 2)) + 1;
    if (!(day >= 1 && day <= 7)) return usage(`${item} is not a valid day specifier`);
    days |= 1 << day;
  }
  return days;
}

const clock = (second: number): string => [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map(twoDigits).join(':');
function date(second: number, separator: string): string {
  const { year, month, day } = civilOf(second * 1e6);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}${separator}${clock(second % DAY_S)}`;
}
const bitsOf = (bits: number): number[] => Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((bits >>> bit) & 1) === 1);
const weekNames = (bits: number): string =>
  bitsOf(bits & ALL_WEEK_DAYS)
    .map((day) => WEEK[day - 1])
    .join(',');
const ordinal = (day: number): string => `${day}${day % 10 === 1 ? 'st' : day % 10 === 2 ? 'nd' : day % 10 === 3 ? 'rd' : 'th'}`;
const hasClock = (info: TimeInfo): boolean => info.start !== 0 || info.stop !== LAST_SECOND;

export const time = defineMatch<TimeInfo>({
  name: 'time',
  families: BOTH,
  options: [
    { name: 'contiguous', id: 'contiguous', type: 'none' },
    { name: 'datestart', id: 'datestart', type: 'string' },
    { name: 'datestop', id: 'datestop', type: 'string' },
    { name: 'timestart', id: 'timestart', type: 'string' },
    { name: 'timestop', id: 'timestop', type: 'string' },
    { name: 'localtz', id: 'localtz', type: 'none', excludes: ['utc'] },
    { name: 'kerneltz', id: 'kerneltz', type: 'none', excludes: ['utc'] },
    { name: 'utc', id: 'utc', type: 'none', excludes: ['localtz', 'kerneltz'] },
    { name: 'weekdays', id: 'weekdays', type: 'string', invertible: true },
    { name: 'monthdays', id: 'monthdays', type: 'string', invertible: true },
  ],
  init: () => ({
    kind: 'time',
    dateStart: 0,
    dateStop: LAST_DATE,
    start: 0,
    stop: LAST_SECOND,
    monthDays: ALL_MONTH_DAYS,
    weekDays: ALL_WEEK_DAYS,
    localTime: false,
    contiguous: false,
  }),
  parse(info, { id, argument, invert }, context) {
    switch (id) {
      case 'datestart':
        info.dateStart = parseDate(argument);
        return;
      case 'datestop':
        info.dateStop = parseDate(argument);
        return;
      case 'timestart':
        info.start = parseClock(argument);
        return;
      case 'timestop':
        info.stop = parseClock(argument);
        return;
      case 'localtz':
        context.warn(
          'WARNING: --localtz is being replaced by --kerneltz, since "local" is ambiguous. Note the kernel timezone has caveats - see manpage for details.\n',
        );
        info.localTime = true;
        return;
      case 'kerneltz':
        info.localTime = true;
        return;
      case 'contiguous':
        info.contiguous = true;
        return;
      case 'monthdays':
        info.monthDays = parseMonthDays(argument);
        if (invert) info.monthDays = (info.monthDays ^ ALL_MONTH_DAYS) >>> 0;
        return;
      case 'weekdays':
        info.weekDays = parseWeekDays(argument);
        if (invert) info.weekDays ^= ALL_WEEK_DAYS;
    }
  },
  check(info, seen) {
    if (seen.has('contiguous') && info.start < info.stop) usage('time: --contiguous only makes sense when stoptime is smaller than starttime');
  },
  save(info) {
    let text = hasClock(info) ? ` --timestart ${clock(info.start)} --timestop ${clock(info.stop)}` : '';
    if (info.monthDays !== ALL_MONTH_DAYS) text += ` --monthdays ${bitsOf(info.monthDays).join(',')}`;
    if (info.weekDays !== ALL_WEEK_DAYS) text += ` --weekdays ${weekNames(info.weekDays)}`;
    if (info.dateStart !== 0) text += ` --datestart ${date(info.dateStart, 'T')}`;
    text += ` --datestop ${date(info.dateStop, 'T')}`;
    return `${text}${info.localTime ? ' --kerneltz' : ''}${info.contiguous ? ' --contiguous' : ''}`;
  },
  list(info) {
    let text = ' TIME';
    if (hasClock(info)) text += ` from ${clock(info.start)} to ${clock(info.stop)}`;
    if (info.weekDays !== ALL_WEEK_DAYS) text += ` on ${weekNames(info.weekDays)}`;
    if (info.monthDays !== ALL_MONTH_DAYS) text += ` on ${bitsOf(info.monthDays).map(ordinal).join(',')}`;
    if (info.dateStart !== 0) text += ` starting from ${date(info.dateStart, ' ')}`;
    if (info.dateStop !== LAST_DATE) text += ` until date ${date(info.dateStop, ' ')}`;
    return `${text}${info.localTime ? '' : ' UTC'}${info.contiguous ? ' contiguous' : ''}`;
  },
});
