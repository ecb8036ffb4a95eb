/** The command line of Linux traceroute 2.1: its own option parser, errors and help (libsupp/clif.c). */
import { err, ok, type Bytes, type Result } from '../../base/index.ts';
import type { DeclaredOption } from '../declaration.ts';
import { protocolNumber } from '../names/protocols.ts';

/** Short letter, long name, what the argument is called, help lines. */
const OPTIONS = [
  ['4', '', '', 'Use IPv4'],
  ['6', '', '', 'Use IPv6'],
  ['d', 'debug', '', 'Enable socket level debugging'],
  ['F', 'dont-fragment', '', 'Do not fragment packets'],
  ['f', 'first', 'first_ttl', 'Start from the first_ttl hop (instead from 1)'],
  ['g', 'gateway', 'gate,...', 'Route packets through the specified gateway (maximum 8 for IPv4 and 127 for IPv6)'],
  ['I', 'icmp', '', 'Use ICMP ECHO for tracerouting'],
  ['T', 'tcp', '', 'Use TCP SYN for tracerouting (default port is 80)'],
  ['i', 'interface', 'device', 'Specify a network interface to operate with'],
  ['m', 'max-hops', 'max_ttl', 'Set the max number of hops (max TTL to be reached). Default is 30'],
  ['N', 'sim-queries', 'squeries', 'Set the number of probes to be tried simultaneously (default is 16)'],
  ['n', '', '', 'Do not resolve IP addresses to their domain names'],
  [
    'p',
    'port',
    'port',
    'Set the destination port to use. It is either initial udp port value for "default" method (incremented by each probe, default is 33434), or initial seq for "icmp" (incremented as well, default from 1), or some constant destination port for other methods (with default of 80 for "tcp", 53 for "udp", etc.)',
  ],
  ['t', 'tos', 'tos', 'Set the TOS (IPv4 type of service) or TC (IPv6 traffic class) value for outgoing packets'],
  ['l', 'flowlabel', 'flow_label', 'Use specified flow_label for IPv6 packets'],
  [
    'w',
    'wait',
    'MAX,HERE,NEAR',
    'Wait for a probe no more than HERE (default 3) times longer than a response from the same hop, or no more than NEAR (default 10) times than some next hop, or MAX (default 5.0) seconds (float point values allowed too)',
  ],
  ['q', 'queries', 'nqueries', 'Set the number of probes per each hop. Default is 3'],
  ['r', '', '', 'Bypass the normal routing and send directly to a host on an attached network'],
  ['s', 'source', 'src_addr', 'Use source src_addr for outgoing packets'],
  [
    'z',
    'sendwait',
    'sendwait',
    'Minimal time interval between probes (default 0). If the value is more than 10, then it specifies a number in milliseconds, else it is a number of seconds (float point values allowed too)',
  ],
  ['e', 'extensions', '', 'Show ICMP extensions (if present), including MPLS'],
  ['A', 'as-path-lookups', '', 'Perform AS path lookups in routing registries and print results directly after the corresponding addresses'],
  [
    'M',
    'module',
    'name',
    "Use specified module (either builtin or external) for traceroute operations. Most methods have their shortcuts (`-I' means `-M icmp' etc.)",
  ],
  [
    'O',
    'options',
    'OPTS,...',
    'Use module-specific option OPTS for the traceroute module. Several OPTS allowed, separated by comma. If OPTS is "help", print info about available options',
  ],
  ['', 'sport', 'num', "Use source port num for outgoing packets. Implies `-N 1'"],
  ['', 'fwmark', 'num', 'Set firewall mark for outgoing packets'],
  ['U', 'udp', '', 'Use UDP to particular port for tracerouting (instead of increasing the port per each probe), default port is 53'],
  ['UL', '', '', 'Use UDPLITE for tracerouting (default dest port is 53)'],
  ['D', 'dccp', '', 'Use DCCP Request for tracerouting (default port is 33434)'],
  ['P', 'protocol', 'prot', 'Use raw packet of protocol prot for tracerouting'],
  ['', 'mtu', '', "Discover MTU along the path being traced. Implies `-F -N 1'"],
  ['', 'back', '', 'Guess the number of hops in the backward path and print if it differs'],
  ['V', 'version', '', 'Print version info and exit'],
  ['', 'help', '', 'Read this help and exit'],
] as const;
type Option = (typeof OPTIONS)[number];
/** Options that the model lacks, and what it lacks. */
export const UNMODELLED: Readonly<Record<string, string>> = {
  gateway: 'source routing',
  'as-path-lookups': 'AS path lookups',
  UL: 'UDPLITE',
};
export const TRACEROUTE_OPTIONS: readonly DeclaredOption[] = OPTIONS.map((option) => ({
  ...{ value: option[2] === '' ? undefined : option[2], help: option[3], isMissing: Object.hasOwn(UNMODELLED, keyOf(option)) },
  names: [option[0] === '' ? '' : `-${option[0]}`, option[1] === '' ? '' : `--${option[1]}`].filter((name) => name !== ''),
}));

function keyOf(option: Option): string {
  return option[1] || option[0];
}
const HELP_COLUMN = 30;
const HELP_WIDTH = 49;
/** Words in lines of the help's right column. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > HELP_WIDTH) {
      lines.push(line);
      line = word;
    } else line += (line === '' ? '' : ' ') + word;
  }
  return [...lines, line].join(`\n${' '.repeat(HELP_COLUMN)}`);
}
/** One entry of a help text: what is typed, what it does. */
export function helpLine(typed: string, text: string): string {
  const left = `  ${typed}`;
  return left.length < HELP_COLUMN - 1 ? `${left.padEnd(HELP_COLUMN)}${wrapped(text)}\n` : `${left}\n${' '.repeat(HELP_COLUMN)}${wrapped(text)}\n`;
}
const typedOf = ([short, long, argument]: Option): string =>
  [short && `-${short}${argument && ` ${argument}`}`, long && `--${long}${argument && `=${argument}`}`].filter(Boolean).join('  ');
export const HELP = `Usage:
  traceroute [ -46dFITnreAUDV ] [ -f first_ttl ] [ -g gate,... ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -l flow_label ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ -z sendwait ] [ --fwmark=num ] host [ packetlen ]
Options:
${OPTIONS.map((option) => helpLine(typedOf(option), option[3])).join('')}
Arguments:
+     host          The host to traceroute to
      packetlen     The full packet length (default is the length of an IP
                    header plus 40). Can be ignored or increased to a minimal
                    allowed value
`;

export type Method = 'default' | 'icmp' | 'tcp' | 'udp' | 'raw' | 'dccp' | 'udplite';
const METHODS: readonly string[] = ['default', 'icmp', 'tcp', 'udp', 'raw', 'dccp', 'udplite'];
export interface TracerouteOptions {
  readonly has: (name: string) => boolean;
  readonly method: Method;
  readonly first: number;
  readonly maxHops: number;
  readonly queries: number;
  readonly simultaneous: number;
  readonly port: number | undefined;
  readonly tos: number;
  readonly waitUs: number;
  /** Zero: only `waitUs` counts. */
  readonly here: number;
  readonly near: number;
  readonly source: Bytes | undefined;
  readonly device: Bytes | undefined;
  readonly sendWaitUs: number;
  readonly mark: number;
  /** As it was asked for; undefined: what is usual. */
  readonly length: number | undefined;
  readonly host: Bytes | undefined;
  /** Its place on the command line. */
  readonly hostAt: number;
  /** -O, what is separated by commas. */
  readonly moduleOptions: readonly Bytes[];
  /** -P: a number. */
  readonly protocol: number;
  readonly sourcePort: number | undefined;
  readonly flowLabel: number | undefined;
}

export function parseTraceroute(argv: readonly Bytes[], forced?: Method): Result<TracerouteOptions, string> {
  const values = new Map<string, Bytes>();
  const operands: { readonly text: Bytes; readonly at: number }[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word.startsWith('--') && word.length > 2) {
      const [name = '', attached] = word.slice(2).split(/=(.*)/s);
      const matches = OPTIONS.filter((option) => option[1] !== '' && option[1].startsWith(name));
      const option = matches.find((each) => each[1] === name) ?? (matches.length === 1 ? matches[0] : undefined);
      if (!option) return err(`Bad option \`--${name}' (argc ${i})`);
      const value = option[2] === '' ? '' : (attached ?? argv[++i]);
      if (value === undefined) return err(`Option \`--${name}' (argc ${i - 1}) requires an argument: \`--${option[1]}=${option[2]}'`);
      values.set(keyOf(option), value);
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push({ text: word, at: i });
      continue;
    }
    if (word === '-UL') {
      values.set('UL', '');
      continue;
    }
    for (let j = 1; j < word.length; j++) {
      const option = OPTIONS.find((each) => each[0] === word[j]);
      if (!option) return err(`Bad option \`-${word[j] ?? ''}' (argc ${i})`);
      if (option[2] === '') {
        values.set(keyOf(option), '');
        continue;
      }
      const value = j + 1 < word.length ? word.slice(j + 1) : argv[++i];
      if (value === undefined) return err(`Option \`-${option[0]}' (argc ${i - 1}) requires an argument: \`-${option[0]} ${option[2]}'`);
      values.set(keyOf(option), value);
      break;
    }
  }
  if (operands.length > 2) return err(`Extra arg \`${operands[2]?.text ?? ''}' (position 3, argc ${operands[2]?.at ?? 0})`);
  return build(values, operands, forced);
}

function build(
  values: ReadonlyMap<string, Bytes>,
  operands: readonly { readonly text: Bytes; readonly at: number }[],
  forced: Method | undefined,
): Result<TracerouteOptions, string> {
  const number = (name: string, fallback: number): number => {
    const text = values.get(name);
    return text === undefined ? fallback : Number(text);
  };
  for (const [name, letter] of [
    ['first', 'f'],
    ['max-hops', 'm'],
    ['queries', 'q'],
    ['sim-queries', 'N'],
    ['port', 'p'],
  ] as const) {
    const text = values.get(name);
    if (text !== undefined && !/^(0x[0-9a-f]+|\d+)$/i.test(text)) return err(`Cannot handle \`-${letter}' option with arg \`${text}' (argc 1)`);
  }
  const first = number('first', 1);
  const maxHops = number('max-hops', 30);
  const queries = number('queries', 3);
  if (first < 1 || first > maxHops) return err('first hop out of range');
  if (maxHops > 255) return err('max hops cannot be more than 255');
  if (queries < 1 || queries > 10) return err('no more than 10 probes per hop');
  const waits = values.get('wait')?.split(/[,/]/).map(Number);
  if (waits?.some((value) => Number.isNaN(value) || value < 0)) return err(`bad wait specifications \`${[0, 1, 2].map((i) => waits[i] ?? 0).join(',')}' used`);
  const module = values.get('module');
  if (module !== undefined && !METHODS.includes(module)) return err(`Unknown traceroute module ${module}`);
  const method: Method =
    forced ??
    (module as Method | undefined) ??
    (['icmp', 'tcp', 'udp', 'dccp'] as const).find((each) => values.has(each)) ??
    (values.has('UL') ? 'udplite' : values.has('protocol') ? 'raw' : 'default');
  const given = operands[1];
  if (given !== undefined && !/^\d+$/.test(given.text)) return err(`Cannot handle "packetlen" cmdline arg \`${given.text}' on position 2 (argc ${given.at})`);
  const length = given === undefined ? undefined : Number(given.text);
  if (length !== undefined && length > 65000) return err(`too big packetlen ${length} specified`);
  const protocolText = values.get('protocol') ?? '253';
  const protocol = /^\d+$/.test(protocolText) ? Number(protocolText) : protocolNumber(protocolText);
  if (protocol === undefined) return err(`Cannot handle \`-P' option with arg \`${protocolText}' (argc 1)`);
  const single = values.has('sport') || values.has('mtu') || method === 'raw';
  const sendWait = number('sendwait', 0);
  return ok({
    has: (name) => values.has(name),
    method,
    first,
    maxHops,
    queries,
    simultaneous: single ? 1 : Math.max(1, number('sim-queries', 16)),
    port: values.has('port') ? number('port', 0) & 0xffff : undefined,
    tos: number('tos', 0),
    waitUs: Math.round((waits?.[0] ?? 5) * 1e6),
    here: waits === undefined ? 3 : (waits[1] ?? 0),
    near: waits === undefined ? 10 : (waits[2] ?? 0),
    source: values.get('source'),
    device: values.get('interface'),
    sendWaitUs: Math.round(sendWait * (sendWait > 10 ? 1e3 : 1e6)),
    mark: number('fwmark', 0),
    length,
    host: operands[0]?.text,
    hostAt: operands[0]?.at ?? 0,
    moduleOptions: values.get('options')?.split(/[ ,]/) ?? [],
    protocol,
    sourcePort: values.has('sport') ? number('sport', 0) : undefined,
    flowLabel: values.has('flowlabel') ? number('flowlabel', 0) : undefined,
  });
}
