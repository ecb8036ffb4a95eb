/** The time in front of a message of `ip -t monitor`. Authority: lib/utils.c (print_timestamp). The machine's time zone is UTC. */
import type { Session } from '../iproute2/session.ts';

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Year, month (0..11), day of a count of days since 1970 (Howard Hinnant's civil_from_days). */
export function civilDate(days: number): { year: number; month: number; day: number } {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 2 : mp - 10;
  return { year: yoe + era * 400 + (month <= 1 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

export function printTimestamp(session: Session): void {
  const us = session.process.unixUs;
  const seconds = Math.floor(us / 1e6);
  const fraction = us - seconds * 1e6;
  const days = Math.floor(seconds / 86400);
  const { year, month, day } = civilDate(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (session.options.timestamp === 'short') session.printer.out(`[${year}-${two(month + 1)}-${two(day)}T${clock}.${String(fraction).padStart(6, '0')}] `);
  else session.printer.out(`Timestamp: ${DAYS[days % 7]} ${MONTHS[month]} ${String(day).padStart(2)} ${clock} ${year} ${fraction} usec\n`);
}
