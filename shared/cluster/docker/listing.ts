/** Lists as Docker's client writes them: columns, times in words, sizes. */
import { humanDuration } from '../../commands/index.ts';
import type { DockerEngine } from './engine.ts';

export const ago = (engine: DockerEngine, unixUs: number): string => words(engine.nowUnixUs - unixUs);
/** go-units' HumanDuration. */
function words(us: number): string {
  const seconds = Math.floor(us / 1e6);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return 'About an hour';
  return hours < 48 ? `${hours} hours` : humanDuration(us);
}

/** Columns with three spaces between them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows
    .map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat(widths[column]! - [...cell].length))).join('   ')}\n`)
    .join('');
}

export const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toPrecision(3)}kB` : `${bytes < 1e8 ? (bytes / 1e6).toPrecision(3) : Math.round(bytes / 1e6)}MB`;
