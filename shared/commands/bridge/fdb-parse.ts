/** Words of `bridge fdb`. */
import type { Mac } from '../../wire/index.ts';
import { giveUp, invalidArgument } from '../iproute2/exit.ts';
import { scanInteger } from '../iproute2/numbers.ts';
import { FAILURE } from './link.ts';

/** sscanf("%hhx:…"): six numbers; what follows is not looked at. */
export function parseMac(word: string): Mac {
  const parts = /^\s*([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)/i.exec(word)?.slice(1);
  if (!parts) return giveUp(FAILURE, `Invalid mac address ${word}\n`);
  return parts.reduce((mac, part) => mac * 256 + (parseInt(part.slice(-2), 16) & 255), 0);
}
export function parseVni(word: string, message: string): number {
  const { value, taken } = scanInteger(word);
  return taken === word.length && value >= 0n && value < 1n << 24n ? Number(value) : invalidArgument(message, word);
}
