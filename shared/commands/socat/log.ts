/** What socat says of itself: `2026/11/21 13:46:28 socat[73] E connect(…): Connection refused`. */
import type { Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { civilOf, twoDigits } from '../names/civil.ts';
import type { SocatOptions } from './options.ts';

export type Level = 'E' | 'W' | 'N' | 'I';
const FROM_VERBOSITY: Readonly<Record<Level, number>> = { E: 0, W: 1, N: 2, I: 3 };

/** Local time is UTC here. */
export function stamp(unixUs: number): string {
  const { year, month, day, hour, minute, second } = civilOf(unixUs);
  return `${year}/${twoDigits(month)}/${twoDigits(day)} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
}

/** The program cannot go on: its message is told, then it ends with 1. */
export class Fatal extends Error {}

export class Log {
  constructor(private readonly options: SocatOptions) {}
  *say(p: Process, level: Level, message: Bytes): Sys {
    if (this.options.verbosity < FROM_VERBOSITY[level]) return;
    const micro = this.options.microseconds ? `.${`${Math.floor(p.unixUs % 1e6)}`.padStart(6, '0')}` : '';
    yield* p.error(`${stamp(p.unixUs)}${micro} ${this.options.name}[${p.pid}] ${level} ${message}\n`);
  }
}
