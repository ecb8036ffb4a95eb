/** The command line of OpenBSD netcat as Debian patches it (netcat-openbsd 1.219-1). */
import type { Bytes } from '../../base/index.ts';
import { portOfService } from '../names/services.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

export const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`;

/** Letter, what its argument is called, what `nc -h` says. */
const LETTERS: readonly (readonly [string, string, string])[] = [
  ['4', '', 'Use IPv4'],
  ['6', '', 'Use IPv6'],
  ['b', '', 'Allow broadcast'],
  ['C', '', 'Send CRLF as line-ending'],
  ['D', '', 'Enable the debug socket option'],
  ['d', '', 'Detach from stdin'],
  ['F', '', 'Pass socket fd'],
  ['h', '', 'This help text'],
  ['I', 'length', 'TCP receive buffer length'],
  ['i', 'interval', 'Delay interval for lines sent, ports scanned'],
  ['k', '', 'Keep inbound sockets open for multiple connects'],
  ['l', '', 'Listen mode, for inbound connects'],
  ['M', 'ttl', 'Outgoing TTL / Hop Limit'],
  ['m', 'minttl', 'Minimum incoming TTL / Hop Limit'],
  ['N', '', 'Shutdown the network socket after EOF on stdin'],
  ['n', '', 'Suppress name/port resolutions'],
  ['O', 'length', 'TCP send buffer length'],
  ['P', 'proxyuser', 'Username for proxy authentication'],
  ['p', 'port', 'Specify local port for remote connects'],
  ['q', 'secs', 'quit after EOF on stdin and delay of secs'],
  ['r', '', 'Randomize remote ports'],
  ['S', '', 'Enable the TCP MD5 signature option'],
  ['s', 'sourceaddr', 'Local source address'],
  ['T', 'keyword', 'TOS value'],
  ['t', '', 'Answer TELNET negotiation'],
  ['U', '', 'Use UNIX domain socket'],
  ['u', '', 'UDP mode'],
  ['V', 'rtable', 'Specify alternate routing table'],
  ['v', '', 'Verbose'],
  ['W', 'recvlimit', 'Terminate after receiving a number of packets'],
  ['w', 'timeout', 'Timeout for connects and final net reads'],
  ['X', 'proto', 'Proxy protocol: "4", "5" (SOCKS) or "connect"'],
  ['x', 'addr[:port]', 'Specify proxy address and port'],
  ['Z', '', 'DCCP mode'],
  ['z', '', 'Zero-I/O mode [used for scanning]'],
];
export const SPECS: readonly OptionSpec[] = LETTERS.map(([short, value, help]) => ({
  id: short,
  short,
  argument: value === '' ? 'none' : 'required',
  value,
  help,
}));

export const HELP = `OpenBSD netcat (Debian patchlevel 1.219-1)
${USAGE}	Command Summary:
${LETTERS.map(([letter, value, text]) => {
  const option = `-${letter}${value === '' ? '' : ` ${value}`}`;
  return `\t\t${option}${option.length < 8 ? '\t\t' : '\t'}${text}\n`;
}).join('')}	Port numbers can be individual or ranges: lo-hi [inclusive]
`;

export interface NcOptions {
  readonly has: (letter: string) => boolean;
  readonly intervalUs: number;
  /** -1: for ever. */
  readonly quitAfterS: number;
  /** Undefined: for ever. */
  readonly timeoutUs: number | undefined;
  readonly receiveLimit: number;
  readonly ttl: number;
  readonly tos: number;
  readonly sourcePort: Bytes | undefined;
  readonly sourceAddress: Bytes | undefined;
  readonly host: Bytes | undefined;
  readonly ports: readonly Bytes[];
}
export type Parsed =
  { readonly kind: 'go'; readonly options: NcOptions } | { readonly kind: 'end'; readonly fd: 1 | 2; readonly text: Bytes; readonly status: number };

const TOS_WORDS: Readonly<Record<string, number>> = {
  af11: 0x28, af12: 0x30, af13: 0x38, af21: 0x48, af22: 0x50, af23: 0x58, af31: 0x68, af32: 0x70, af33: 0x78, af41: 0x88, af42: 0x90, af43: 0x98,
  critical: 0xa0, cs0: 0, cs1: 0x20, cs2: 0x40, cs3: 0x60, cs4: 0x80, cs5: 0xa0, cs6: 0xc0, cs7: 0xe0, ef: 0xb8, inetcontrol: 0xc0,
  lowdelay: 0x10, netcontrol: 0xe0, reliability: 0x04, throughput: 0x08,
}; // prettier-ignore

/** strtonum(3). */
function number(text: Bytes, min: number, max: number): number | 'invalid' | 'too small' | 'too large' {
  if (!/^\s*[+-]?\d+$/.test(text)) return 'invalid';
  const value = Number(text);
  return value < min ? 'too small' : value > max ? 'too large' : value;
}

export function parseNc(argv: readonly Bytes[]): Parsed {
  const complain = (message: string): Parsed => ({ kind: 'end', fd: 2, text: `nc: ${message}\n`, status: 1 });
  const usage: Parsed = { kind: 'end', fd: 2, text: USAGE, status: 1 };
  const parsed = parseOptions(['nc', ...argv.slice(1)], SPECS);
  const flags = new Map<string, Bytes>();
  for (const { id, argument } of parsed.options) {
    if (id === 'h') return { kind: 'end', fd: 1, text: HELP, status: 0 };
    flags.set(id, argument ?? '');
  }
  if (parsed.error !== undefined) return { kind: 'end', fd: 2, text: `${withDash(parsed.error)}${USAGE}`, status: 1 };
  let bad: string | undefined;
  const numeric = (letter: string, what: string, min: number, max: number): number | undefined => {
    const given = flags.get(letter);
    if (given === undefined) return undefined;
    const value = number(given, min, max);
    if (typeof value === 'number') return value;
    bad ??= `${what} ${value}: ${given}`;
    return undefined;
  };
  const interval = numeric('i', 'interval', 0, 0x7fffffff);
  const ttl = numeric('M', 'ttl', 0, 255);
  numeric('m', 'minttl', 0, 255);
  const quit = numeric('q', 'quit timer', -0x80000000, 0x7fffffff);
  numeric('V', 'rtable', 0, 255);
  const limit = numeric('W', 'receive limit', 1, 0x7fffffff);
  const timeout = numeric('w', 'timeout', 0, 0x7fffffff / 1000);
  let tos = 0;
  const keyword = flags.get('T');
  if (keyword !== undefined) {
    const word = TOS_WORDS[keyword] ?? (/^(0x[0-9a-f]+|\d+)$/i.test(keyword) ? Number(keyword) : -1);
    if (word < 0 || word > 255) bad ??= `illegal tos value ${keyword}`;
    else tos = word;
  }
  if (bad !== undefined) return complain(bad);
  const has = (letter: string): boolean => flags.has(letter) || (letter === 'N' && quit !== undefined && quit >= 0);
  const { operands } = parsed;
  if (has('D')) return complain('Permission denied');
  const isListening = has('l');
  let host: Bytes | undefined;
  let ports: readonly Bytes[];
  const [first, ...rest] = operands;
  if (has('U')) {
    if (first === undefined || rest.length > 0) return usage;
    host = first;
    ports = [];
  } else if (first === undefined && isListening) {
    const port = flags.get('p');
    if (port === undefined) return complain('missing port number');
    ports = [port];
  } else if (rest.length === 0 && isListening && flags.get('p') === undefined) {
    if (has('s')) return usage;
    ports = [first!];
  } else if (first !== undefined && (rest.length > 0 || !isListening)) {
    host = first;
    ports = rest;
  } else return usage;
  if (isListening && has('z')) return complain('cannot use -z and -l');
  if (!isListening && has('k')) return complain('must use -l with -k');
  if (isListening && has('s')) host ??= flags.get('s');
  if (!has('U') && ports.length === 0) return complain('missing port number');
  if (isListening && ports.length > 1) return usage;
  return {
    kind: 'go',
    options: {
      has,
      intervalUs: (interval ?? 0) * 1e6,
      quitAfterS: quit ?? -1,
      timeoutUs: timeout === undefined ? undefined : timeout * 1e6,
      receiveLimit: limit ?? 0,
      ttl: ttl ?? 0,
      tos,
      sourcePort: flags.get('p'),
      sourceAddress: flags.get('s'),
      host,
      ports,
    },
  };
}
/** getopt(3) knows no long options: `--bad` is the letter `-`. */
const withDash = (error: Bytes): Bytes => (error.includes('unrecognized option') ? "nc: invalid option -- '-'\n" : error);

/** build_ports: one operand as port numbers. */
export function portsOf(operand: Bytes, isUdp: boolean): readonly number[] | { readonly message: string } {
  const service = portOfService(operand, isUdp ? 'udp' : 'tcp');
  if (service !== undefined) return [service];
  const port = (text: Bytes): number | { readonly message: string } => {
    const value = number(text, 1, 65535);
    return typeof value === 'number' ? value : { message: `port number ${value}: ${text}` };
  };
  const dash = operand.indexOf('-');
  if (dash < 0) {
    const single = port(operand);
    return typeof single === 'number' ? [single] : single;
  }
  const low = port(operand.slice(0, dash));
  if (typeof low !== 'number') return low;
  const high = port(operand.slice(dash + 1));
  if (typeof high !== 'number') return high;
  const [from, to] = low <= high ? [low, high] : [high, low];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
