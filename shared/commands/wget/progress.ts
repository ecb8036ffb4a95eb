/** How wget tells of time and speed (progress.c, retr.c of Wget 1.21): dots where nobody watches, a bar on a terminal. */
import type { Bytes } from '../../base/index.ts';
import { civilOf, twoDigits } from '../names/civil.ts';

const DOTS_A_ROW = 50;
const DOT_BYTES = 1024;

/** `2026-11-21 15:47:38`. */
export function timeText(unixUs: number): Bytes {
  const { year, month, day, hour, minute, second } = civilOf(unixUs);
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
}
interface Rate {
  readonly value: number;
  readonly unit: string;
}
function rateOf(bytes: number, us: number): Rate {
  let value = us > 0 ? (bytes * 1e6) / us : 0;
  let unit = 0;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return { value, unit: ['B', 'K', 'M', 'G'][unit] ?? 'G' };
}
const digitsOf = (value: number): number => (value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
/** `1.34 MB/s`. */
export function rateText(bytes: number, us: number): Bytes {
  const { value, unit } = rateOf(bytes, us);
  return `${value.toFixed(digitsOf(value))} ${unit === 'B' ? 'B' : `${unit}B`}/s`;
}
/** Seconds, as short as they can be told (print_decimal). */
function decimal(seconds: number): string {
  if (seconds >= 9.95) return seconds.toFixed(0);
  if (seconds >= 0.95) return seconds.toFixed(1);
  if (seconds >= 0.001) return `${Number(seconds.toPrecision(1))}`;
  return seconds >= 0.0005 ? '0.001' : '0';
}

/** A dot a kilobyte, fifty a row, with what is behind it. `total`: what was said to come. */
export function dots(received: number, total: number | undefined, us: number): Bytes {
  const count = Math.floor(received / DOT_BYTES);
  const rows = Math.floor(count / DOTS_A_ROW) + 1;
  let text = '';
  for (let row = 0; row < rows; row++) {
    const here = Math.min(count - row * DOTS_A_ROW, DOTS_A_ROW);
    text += `\n${String(row * DOTS_A_ROW).padStart(6)}K`;
    for (let i = 0; i < DOTS_A_ROW; i++) text += `${i % 10 === 0 ? ' ' : ''}${i < here ? '.' : ' '}`;
    const soFar = row === rows - 1 ? received : (row + 1) * DOTS_A_ROW * DOT_BYTES;
    if (total !== undefined) text += `${String(total === 0 ? 100 : Math.floor((soFar * 100) / total)).padStart(3)}%`;
    const { value, unit } = rateOf(soFar, (us * soFar) / Math.max(1, received));
    text += ` ${value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2).padStart(4)}${unit}`;
    if (row < rows - 1 && total !== undefined) text += ` ${decimal(((us / 1e6) * (total - soFar)) / Math.max(1, soFar))}s`;
  }
  return `${text}=${decimal(us / 1e6)}s`;
}
/** The bar of a terminal of 80 columns, complete. */
export function bar(name: Bytes, received: number, total: number | undefined, us: number): Bytes {
  const size = received >= 1024 * 1024 ? `${(received / 1024 / 1024).toFixed(2)}M` : received >= 1024 ? `${(received / 1024).toFixed(2)}K` : `${received}`;
  const percent = total === undefined ? '    ' : `${String(total === 0 ? 100 : Math.floor((received * 100) / total)).padStart(3)}%`;
  const filled = total === undefined ? `[ <=>${' '.repeat(15)}]` : `[${'='.repeat(18)}>]`;
  const { value, unit } = rateOf(received, us);
  const speed = us < 1000 ? '--.-KB/s' : `${value.toFixed(digitsOf(value)).padStart(4)}${unit}B/s`;
  return `\r${name.slice(0, 19).padEnd(19)} ${percent}${filled} ${size.padStart(7)}  ${speed}    in ${decimal(us / 1e6)}s  `;
}
