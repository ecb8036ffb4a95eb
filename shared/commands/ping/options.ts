/** The command line of iputils' ping (s20221126): options once, for parser, errors and help. */
import { err, ok, type Bytes, type Result } from '../../base/index.ts';
import type { DeclaredOption } from '../declaration.ts';

/** Letter, what its argument is called ('' for none), and its line of help. */
const OPTIONS = [
  ['a', '', 'use audible ping'],
  ['A', '', 'use adaptive ping'],
  ['B', '', 'sticky source address'],
  ['c', 'count', 'stop after <count> replies'],
  ['C', '', 'call connect() syscall on socket creation'],
  ['D', '', 'print timestamps'],
  ['d', '', 'use SO_DEBUG socket option'],
  [
    'e',
    'identifier',
    'define identifier for ping session, default is random for\n                     SOCK_RAW and kernel defined for SOCK_DGRAM\n                     Imply using SOCK_RAW (for IPv4 only for identifier 0)',
  ],
  ['f', '', 'flood ping'],
  ['h', '', 'print help and exit'],
  ['I', 'interface', 'either interface name or address'],
  ['i', 'interval', 'seconds between sending each packet'],
  ['L', '', 'suppress loopback of multicast packets'],
  ['l', 'preload', 'send <preload> number of packages while waiting replies'],
  ['m', 'mark', 'tag the packets going out'],
  ['M', 'pmtud opt', 'define mtu discovery, can be one of <do|dont|want>'],
  ['n', '', 'no dns name resolution'],
  ['O', '', 'report outstanding replies'],
  ['p', 'pattern', 'contents of padding byte'],
  ['q', '', 'quiet output'],
  ['Q', 'tclass', 'use quality of service <tclass> bits'],
  ['s', 'size', 'use <size> as number of data bytes to be sent'],
  ['S', 'size', 'use <size> as SO_SNDBUF socket option value'],
  ['t', 'ttl', 'define time to live'],
  ['U', '', 'print user-to-user latency'],
  ['v', '', 'verbose output'],
  ['V', '', 'print version and exit'],
  ['w', 'deadline', 'reply wait <deadline> in seconds'],
  ['W', 'timeout', 'time to wait for response'],
] as const;
const IPV4_OPTIONS = [
  ['4', '', 'use IPv4'],
  ['b', '', 'allow pinging broadcast'],
  ['R', '', 'record route'],
  ['T', 'timestamp', 'define timestamp, can be one of <tsonly|tsandaddr|tsprespec>'],
] as const;
const IPV6_OPTIONS = [
  ['6', '', 'use IPv6'],
  ['F', 'flowlabel', 'define flow label, default is random'],
  ['N', 'nodeinfo opt', 'use icmp6 node info query, try <help> as argument'],
] as const;

/** Taken without being told of. */
const QUIET_OPTIONS = [['r', '', 'send to a host on an attached network, without routing']] as const;

type Row = readonly [string, string, string];
export const PING_OPTIONS: readonly DeclaredOption[] = [...OPTIONS, ...QUIET_OPTIONS, ...IPV4_OPTIONS, ...IPV6_OPTIONS].map(([letter, value, help]: Row) => ({
  ...{ names: [`-${letter}`], value: value === '' ? undefined : value, help: help.replace(/\s+/g, ' ') },
}));
const row = ([letter, argument, text]: Row): string => `  ${`-${letter}${argument === '' ? '' : ` <${argument}>`}`.padEnd(18)} ${text}\n`;
export const HELP = [
  '\nUsage\n  ping [options] <destination>\n\nOptions:\n  <destination>      dns name or ip address\n',
  ...OPTIONS.map(row),
  '\nIPv4 options:\n',
  ...IPV4_OPTIONS.map(row),
  '\nIPv6 options:\n',
  ...IPV6_OPTIONS.map(row),
  '\nFor more details see ping(8).\n',
].join('');

export interface PingOptions {
  readonly flags: ReadonlySet<string>;
  readonly count: number;
  readonly intervalUs: number | undefined;
  readonly size: number;
  readonly ttl: number;
  readonly deadlineUs: number;
  readonly lingerUs: number;
  readonly preload: number;
  readonly tos: number;
  readonly mark: number;
  readonly pattern: Bytes;
  readonly source: Bytes | undefined;
  readonly pmtu: 'do' | 'dont' | 'want' | 'probe';
  readonly identifier: number | undefined;
  readonly operands: readonly Bytes[];
}

/** What the command line asks for; `usage` prints the help after the message, with status 2. */
export type PingUsage = { readonly message: string; readonly status: number; readonly help: boolean };

const MAX_COUNT = '9223372036854775807';
const integer = (text: Bytes, low: number, high: number, highText = String(high)): Result<number, PingUsage> => {
  const value = /^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value)) return err({ message: `invalid argument: '${text}'`, status: 1, help: false });
  if (value < low || value > high) return err({ message: `invalid argument: '${text}': out of range: ${low} <= value <= ${highText}`, status: 1, help: false });
  return ok(value);
};

export function parsePing(argv: readonly Bytes[]): Result<PingOptions, PingUsage> {
  const takes = new Map<string, boolean>(
    [...OPTIONS, ...QUIET_OPTIONS, ...IPV4_OPTIONS, ...IPV6_OPTIONS].map(([letter, argument]) => [letter, argument !== '']),
  );
  const flags = new Set<string>();
  const values = new Map<string, Bytes>();
  const operands: Bytes[] = [];
  const rest = argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] ?? '';
      const hasArgument = takes.get(letter);
      if (hasArgument === undefined) return err({ message: `invalid option -- '${letter}'`, status: 2, help: true });
      flags.add(letter);
      if (!hasArgument) continue;
      const value = i + 1 < word.length ? word.slice(i + 1) : rest.shift();
      if (value === undefined) return err({ message: `option requires an argument -- '${letter}'`, status: 2, help: true });
      values.set(letter, value);
      break;
    }
  }
  return build(flags, values, operands);
}

function build(flags: ReadonlySet<string>, values: ReadonlyMap<string, Bytes>, operands: readonly Bytes[]): Result<PingOptions, PingUsage> {
  const numbers = { c: 0, s: 56, t: 0, l: 1, m: 0, w: 0, Q: 0, S: 0 };
  const bounds: Record<keyof typeof numbers, readonly [number, number, string?]> = {
    c: [1, Number.MAX_SAFE_INTEGER, MAX_COUNT],
    s: [0, 65507 + 20],
    t: [0, 255],
    l: [1, 65536],
    m: [0, 4294967295],
    w: [0, 2147483647],
    Q: [0, 255],
    S: [1, 2147483647],
  };
  for (const key of Object.keys(numbers) as (keyof typeof numbers)[]) {
    const text = values.get(key);
    if (text === undefined) continue;
    const [low, high, highText] = bounds[key];
    const value = integer(text, low, high, highText);
    if (!value.ok) return value;
    numbers[key] = value.value;
  }
  const seconds = (letter: string): Result<number | undefined, PingUsage> => {
    const text = values.get(letter);
    if (text === undefined) return ok(undefined);
    return /^\d*\.?\d+$|^\d+\.$/.test(text)
      ? ok(Math.round(Number(text) * 1e6))
      : err({ message: letter === 'i' ? 'bad timing interval: ' + text : `bad linger time: ${text}`, status: 1, help: false });
  };
  const interval = seconds('i');
  if (!interval.ok) return interval;
  const linger = seconds('W');
  if (!linger.ok) return linger;
  const pmtu = values.get('M') ?? 'want';
  if (!['do', 'dont', 'want', 'probe'].includes(pmtu)) return err({ message: `invalid -M argument: ${pmtu}`, status: 1, help: false });
  const pattern = values.get('p') ?? '';
  if (!/^([0-9a-fA-F]{1,32})?$/.test(pattern)) return err({ message: 'patterns must be specified as hex digits', status: 2, help: false });
  const identifier = values.get('e');
  const id = identifier === undefined ? ok(undefined) : integer(identifier, 0, 65535);
  if (!id.ok) return id;
  return ok({
    flags,
    count: numbers.c,
    intervalUs: interval.value,
    size: numbers.s,
    ttl: numbers.t,
    deadlineUs: numbers.w * 1e6,
    lingerUs: linger.value ?? 10e6,
    preload: numbers.l,
    tos: numbers.Q,
    mark: numbers.m,
    pattern: (pattern.match(/../g) ?? []).map((pair) => String.fromCharCode(parseInt(pair, 16))).join(''),
    source: values.get('I'),
    pmtu: pmtu as PingOptions['pmtu'],
    identifier: id.value,
    operands,
  });
}
