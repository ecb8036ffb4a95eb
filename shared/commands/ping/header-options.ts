/** -R and -T: the options of the IPv4 header that ping asks for, and how it shows what came back (ping.c: ping4_run, pr_options). */
import type { Bytes } from '../../base/index.ts';
import type { Ipv4 } from '../../wire/index.ts';

const NOOP = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const TIME_ONLY = 0;
const PRESPECIFIED = 3;
/** All the room that a header has for options. */
export const OPTION_ROOM = 40;

const word = (value: Ipv4): Bytes => String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
const wordAt = (bytes: Bytes, at: number): number =>
  (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3);
const aligned = (bytes: Bytes): Bytes => bytes.padEnd((bytes.length + 3) & ~3, '\0');

export const recordRoute = (): Bytes => String.fromCharCode(NOOP, RECORD_ROUTE, OPTION_ROOM - 1, 4).padEnd(OPTION_ROOM, '\0');
/** `hosts`: whose times are asked for, where they are named. */
export function timestamps(type: number, hosts: readonly Ipv4[]): Bytes {
  if (type === PRESPECIFIED)
    return aligned(String.fromCharCode(TIMESTAMP, 4 + hosts.length * 8, 5, type) + hosts.map((host) => `${word(host)}\0\0\0\0`).join(''));
  const length = type === TIME_ONLY ? OPTION_ROOM : OPTION_ROOM - 4;
  return aligned(String.fromCharCode(TIMESTAMP, length, 5, type).padEnd(length, '\0'));
}

/** Tells of the options of an answer; remembers the last route, which is not told twice. */
export class OptionText {
  private route = '';
  constructor(private readonly nameOf: (address: Ipv4) => Bytes) {}

  of(options: Bytes): Bytes {
    let text = '';
    for (let at = 0; at < options.length;) {
      const kind = options.charCodeAt(at);
      if (kind === 0) break;
      if (kind === NOOP) {
        at++;
        continue;
      }
      const length = Math.max(2, options.charCodeAt(at + 1));
      const option = options.slice(at, at + length);
      if (kind === RECORD_ROUTE) text += this.routeText(option);
      else if (kind === TIMESTAMP) text += this.timeText(option);
      at += length;
    }
    return text;
  }
  private shown(address: Ipv4): Bytes {
    return `\t${address === 0 ? '0.0.0.0' : this.nameOf(address)}`;
  }
  private routeText(option: Bytes): Bytes {
    const end = Math.min(option.charCodeAt(2), option.length + 1) - 1;
    const recorded = option.slice(3, end);
    if (recorded === '') return '';
    if (recorded === this.route) return '\t(same route)';
    this.route = recorded;
    let text = '\nRR: ';
    for (let at = 0; at < recorded.length; at += 4) text += `${this.shown(wordAt(recorded, at))}\n`;
    return text;
  }
  private timeText(option: Bytes): Bytes {
    const end = Math.min(option.charCodeAt(2), option.length + 1) - 1;
    const flags = option.charCodeAt(3);
    if (end <= 4) return '';
    const isNamed = (flags & 15) !== TIME_ONLY;
    let text = '\nTS: ';
    let last: number | undefined;
    for (let at = 4; at < end; at += isNamed ? 8 : 4) {
      if (isNamed) text += this.shown(wordAt(option, at));
      const time = wordAt(option, isNamed ? at + 4 : at);
      text += last === undefined ? `\t${time} absolute\n` : `\t${time - last}\n`;
      last = time;
    }
    return text + (flags >> 4 > 0 ? `Unrecorded hops: ${flags >> 4}\n` : '');
  }
}
