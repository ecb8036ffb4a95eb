/** The progress meter of curl (tool_progress.c, lib/progress.c): a head, and one line that is written again. */
import type { Bytes } from '../../base/index.ts';

export const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n';

/** A number in five columns (max5data). */
function five(bytes: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  if (bytes < 100_000) return `${bytes}`.padStart(5);
  let value = bytes / 1024;
  let unit = 1;
  while (value >= 10_000) {
    value /= 1024;
    unit++;
  }
  const shown = value < 100 && unit > 1 ? value.toFixed(1) : `${Math.floor(value)}`;
  return `${shown}${units[unit] ?? 'P'}`.padStart(5);
}
/** Hours, minutes and seconds in eight columns (time2str). */
function clock(seconds: number): string {
  if (seconds <= 0) return '--:--:--';
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${String(Math.floor(seconds / 3600)).padStart(2)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export interface Progress {
  /** What is expected; 0 when nobody knows. */
  readonly total: number;
  readonly received: number;
  readonly uploadTotal: number;
  readonly uploaded: number;
  readonly us: number;
}

export function meterLine({ total, received, uploadTotal, uploaded, us }: Progress): Bytes {
  const speed = (bytes: number): number => (us > 0 ? Math.floor((bytes * 1e6) / us) : 0);
  const percent = (part: number, whole: number): string => String(whole > 0 ? Math.floor((part * 100) / whole) : 0).padStart(3);
  const expected = (total > 0 ? total : received) + uploadTotal;
  const totalPercent = total > 0 || uploadTotal > 0 ? percent(received + uploaded, total + uploadTotal) : percent(received, received);
  const whole = speed(received + uploaded) > 0 && total > 0 ? Math.floor((total + uploadTotal) / speed(received + uploaded)) : 0;
  const spent = Math.floor(us / 1e6);
  const left = whole > 0 ? whole - spent : 0;
  return (
    `\r${totalPercent} ${five(expected)}  ${percent(received, total > 0 ? total : received)} ${five(received)}  ${percent(uploaded, uploadTotal)} ${five(uploaded)}` +
    `  ${five(speed(received)).padStart(5)}  ${five(speed(uploaded))} ${clock(whole)} ${clock(spent)} ${clock(left)} ${five(speed(received + uploaded))}`
  );
}
/** `-#`: a bar over the width of a terminal. */
export const barLine = (fraction: number): Bytes => {
  const width = 72;
  const filled = Math.round(width * fraction);
  return `\r${'#'.repeat(filled)}${' '.repeat(width - filled)} ${(fraction * 100).toFixed(1).padStart(5)}%`;
};
