/** The command line of tracepath (iputils s20221126, tracepath.c: main, usage). */
import type { Bytes } from '../../base/index.ts';
import type { DeclaredOption } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

const option = (id: string, value: string, help: string): OptionSpec => ({ id, short: id, argument: value === '' ? 'none' : 'required', value, help });
const SPECS: readonly OptionSpec[] = [
  option('4', '', 'use IPv4'),
  option('6', '', 'use IPv6'),
  option('b', '', 'print both name and ip'),
  option('l', 'length', 'use packet <length>'),
  option('m', 'hops', 'use maximum <hops>'),
  option('n', '', 'no dns name resolution'),
  option('p', 'port', 'use destination <port>'),
  option('V', '', 'print version and exit'),
];
export const TRACEPATH_OPTIONS: readonly DeclaredOption[] = SPECS.map(({ short, value, help }) => ({
  ...{ names: [`-${short}`], value: value === '' ? undefined : value, help: help ?? '' },
}));
const ASKED: readonly OptionSpec[] = [...SPECS, { id: 'h', short: 'h', argument: 'none' }, { id: '?', short: '?', argument: 'none' }];

const rows = SPECS.map(({ short, value, help }) => `  ${`-${short}${value === '' ? '' : ` <${value}>`}`.padEnd(14)} ${help}\n`).join('');
export const USAGE = `\nUsage\n  tracepath [options] <destination>\n\nOptions:\n${rows}  <destination>  dns name or ip address\n\nFor more details see tracepath(8).\n`;
const VERSION = 'tracepath from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n';

export interface TracepathOptions {
  readonly family: 0 | 4 | 6;
  readonly host: Bytes;
  readonly port: number | undefined;
  readonly maxHops: number;
  /** 0: as much as fits. */
  readonly length: number;
  readonly names: 'names' | 'numbers' | 'both';
}
export type Parsed =
  { readonly kind: 'go'; readonly options: TracepathOptions } | { readonly kind: 'end'; readonly fd: 1 | 2; readonly text: Bytes; readonly status: number };

const INT_MAX = 0x7fff_ffff;

export function parseTracepath(argv: readonly Bytes[]): Parsed {
  const parsed = parseOptions(['tracepath', ...argv.slice(1)], ASKED);
  const usage: Parsed = { kind: 'end', fd: 2, text: (parsed.error ?? '') + USAGE, status: 255 };
  const fails = (message: string): Parsed => ({ kind: 'end', fd: 2, text: `tracepath: ${message}\n`, status: 1 });
  const flags = new Set<string>();
  let [port, maxHops, length] = [undefined as number | undefined, 30, 0];
  for (const { id, argument = '' } of parsed.options) {
    if (id === 'h' || id === '?') return usage;
    if (id === 'V') return { kind: 'end', fd: 1, text: VERSION, status: 0 };
    flags.add(id);
    if (id !== 'l' && id !== 'm' && id !== 'p') continue;
    if (!/^\s*[+-]?(0x[0-9a-f]+|\d+)$/i.test(argument)) return fails(`invalid argument: '${argument}'`);
    const value = Number(argument);
    const [least, most] = id === 'l' ? [0, INT_MAX] : id === 'm' ? [0, 255] : [0, 65_535];
    if (value < least || value > most) return fails(`invalid argument: '${argument}': out of range: ${least} <= value <= ${most}`);
    if (id === 'l') length = value;
    else if (id === 'm') maxHops = value;
    else port = value;
  }
  const [operand, ...more] = parsed.operands;
  if (parsed.error !== undefined || operand === undefined || more.length > 0) return usage;
  const slash = operand.indexOf('/');
  if (slash >= 0 && port === undefined) port = Number.parseInt(operand.slice(slash + 1), 10) || 0;
  const host = slash < 0 ? operand : operand.slice(0, slash);
  const family = flags.has('4') ? 4 : flags.has('6') ? 6 : 0;
  const names = flags.has('b') ? 'both' : flags.has('n') ? 'numbers' : 'names';
  return { kind: 'go', options: { family, host, port, maxHops, length, names } };
}
