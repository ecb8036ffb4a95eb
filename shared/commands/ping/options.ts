/** The command line of iputils' ping (s20221126): options once, for parser, errors and help. */
import { err, ok, type Bytes, type Result } from '../../base/index.ts';
import { parseIpv4, parseIpv6 } from '../../wire/index.ts';
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
  /** -I: an address, or else the name of a device. */
  readonly source: Bytes | undefined;
  /** The device, where -I was given with both. */
  readonly device: Bytes | undefined;
  /** -T: the type of timestamps in the option. */
  readonly stamps: number | undefined;
  readonly nodeInfo: Bytes | undefined;
  readonly flowLabel: number | undefined;
  /** Said before anything else. */
  readonly warnings: Bytes;
  readonly pmtu: 'do' | 'dont' | 'want' | 'probe';
  readonly identifier: number | undefined;
  readonly operands: readonly Bytes[];
}

/** `-N help`. */
export const NODE_INFO_HELP = `ping -6 -N <nodeinfo opt>
Help:
  help
Query:
  name
  ipv6
  ipv6-all
  ipv6-compatible
  ipv6-global
  ipv6-linklocal
  ipv6-sitelocal
  ipv4
  ipv4-all
Subject:
  subject-ipv6=addr
  subject-ipv4=addr
  subject-name=name
  subject-fqdn=name
`;

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
  const given: [string, Bytes][] = [];
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
      given.push([letter, value]);
      break;
    }
  }
  return build(flags, values, given, operands);
}

/** Types of the timestamp option (IPOPT_TS_*). */
const STAMP_TYPES: Readonly<Record<string, number>> = { tsonly: 0, tsandaddr: 1, tsprespec: 3 };
const PATTERN_DIGITS = 32;
const isAddress = (text: Bytes): boolean => parseIpv4(text) !== undefined || parseIpv6(text) !== undefined;
function tosOf(text: Bytes | undefined): Result<number, PingUsage> {
  if (text === undefined) return ok(0);
  const isNumber = /^\s*[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text);
  if (!isNumber) return err({ message: `bad TOS value: ${text}`, status: 2, help: false });
  const value = Number(text);
  return value >= 0 && value <= 255 ? ok(value) : err({ message: `the decimal value of TOS bits must be in range 0-255: ${value}`, status: 2, help: false });
}

function build(
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, Bytes>,
  given: readonly (readonly [string, Bytes])[],
  operands: readonly Bytes[],
): Result<PingOptions, PingUsage> {
  const flowLabel = values.has('F') ? integer(values.get('F')!, 0, 0xfffff) : ok(undefined);
  if (!flowLabel.ok) return flowLabel;
  const numbers = { c: 0, s: 56, t: 0, l: 1, m: 0, w: 0, S: 0 };
  const bounds: Record<keyof typeof numbers, readonly [number, number, string?]> = {
    c: [1, Number.MAX_SAFE_INTEGER, MAX_COUNT],
    s: [0, 2147483647],
    t: [0, 255],
    l: [1, 65536],
    m: [0, 4294967295],
    w: [0, 2147483647],
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
  const warnings: string[] = [];
  const seconds = (letter: string): Result<number | undefined, PingUsage> => {
    const text = values.get(letter);
    if (text === undefined) return ok(undefined);
    const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)/.exec(text);
    if (number?.[0] !== text)
      warnings.push(`ping: option argument contains garbage: ${text.slice(number?.[0].length ?? 0)}\nping: this will become fatal error in the future\n`);
    return ok(Math.max(0, Math.round(Number(number?.[0] ?? 0) * 1e6)));
  };
  const interval = seconds('i');
  if (!interval.ok) return interval;
  const linger = seconds('W');
  if (!linger.ok) return linger;
  const pmtu = values.get('M') ?? 'want';
  if (!['do', 'dont', 'want'].includes(pmtu)) return err({ message: `invalid -M argument: ${pmtu}`, status: 2, help: false });
  const pattern = values.get('p') ?? '';
  if (!/^[0-9a-fA-F]*$/.test(pattern)) return err({ message: `patterns must be specified as hex digits: ${pattern}`, status: 2, help: false });
  const tos = tosOf(values.get('Q'));
  if (!tos.ok) return tos;
  if (values.has('t') && numbers.t === 0) return err({ message: 'cannot set unicast time-to-live: Invalid argument', status: 2, help: false });
  const stamps = values.get('T');
  if (flags.has('R') && stamps !== undefined) return err({ message: 'only one of -T or -R may be used', status: 2, help: false });
  if (stamps !== undefined && !(stamps in STAMP_TYPES)) return err({ message: `invalid timestamp type: ${stamps}`, status: 2, help: false });
  if (flags.has('4') && flags.has('6')) return err({ message: 'only one -4 or -6 option may be specified', status: 2, help: false });
  const sources = given.filter(([letter]) => letter === 'I').map(([, value]) => value);
  const address = sources.findLast((text) => isAddress(text));
  const device = sources.findLast((text) => !isAddress(text));
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
    // Nothing and no time are the same.
    lingerUs: linger.value || 10e6,
    preload: numbers.l,
    tos: tos.value,
    mark: numbers.m,
    pattern: (pattern.slice(0, PATTERN_DIGITS).match(/..?/g) ?? []).map((pair) => String.fromCharCode(parseInt(pair, 16))).join(''),
    source: address ?? device,
    device: address === undefined ? undefined : device,
    stamps: stamps === undefined ? undefined : STAMP_TYPES[stamps],
    nodeInfo: values.get('N'),
    flowLabel: flowLabel.value,
    warnings: warnings.join(''),
    pmtu: pmtu as PingOptions['pmtu'],
    identifier: id.value,
    operands,
  });
}
