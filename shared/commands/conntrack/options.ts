/**
 * The command line of conntrack(8) 1.4.7: which command, and what connections must be like. Options of a protocol are known once `-p` named it.
 */
import { parseIpv4, parseIpv6, type Ipv4 } from '../../wire/index.ts';
import type { Address, Family, MaskedAddress } from '../../kernel/index.ts';
import { Getopt, type HasArgument, type LongOption } from '../iptables/getopt.ts';
import type { DeclaredOption } from '../declaration.ts';
import { misuse } from './allowed.ts';

/** A mistake on the command line: status 2 and the advice to ask for help. */
export class UsageError extends Error {
  /** What was said before. */
  warnings = '';
}
const bad = (text: string): never => {
  throw new UsageError(text);
};

export type ConntrackCommand = 'list' | 'get' | 'delete' | 'insert' | 'add' | 'update' | 'event' | 'flush' | 'count' | 'statistics' | 'help' | 'version';
export type TableName = 'conntrack' | 'expect' | 'dying' | 'unconfirmed';

export interface Filter {
  family: Family | undefined;
  protocol: number | undefined;
  originalSource?: MaskedAddress;
  originalDestination?: MaskedAddress;
  replySource?: MaskedAddress;
  replyDestination?: MaskedAddress;
  originalSourcePort?: number;
  originalDestinationPort?: number;
  replySourcePort?: number;
  replyDestinationPort?: number;
  icmpType?: number;
  icmpCode?: number;
  icmpId?: number;
  tcpState?: string;
  statuses: string[];
  mark?: { value: number; mask: number };
  /** Translated: `true` for any, else to this address. */
  sourceNat?: Address | true;
  destinationNat?: Address | true;
  anyNat?: Address | true;
  timeoutS?: number;
  zone?: number;
  originalZone?: number;
  replyZone?: number;
  /** Ports that `--src-nat` and `--dst-nat` name. */
  sourceNatPort?: number;
  destinationNatPort?: number;
}
export interface Options {
  command: ConntrackCommand;
  table: TableName;
  filter: Filter;
  output: Set<string>;
  zero: boolean;
  events: Set<string>;
  /** Letters (and names) of the options that were given. */
  given: Set<string>;
  /** Lines for standard error that do not end the program. */
  warnings: string[];
  /** `--mask-src`, `--mask-dst`. */
  masks: { source?: Address; destination?: Address };
}

const COMMANDS: Readonly<Record<string, ConntrackCommand>> = {
  L: 'list',
  G: 'get',
  D: 'delete',
  A: 'add',
  I: 'insert',
  U: 'update',
  E: 'event',
  F: 'flush',
  C: 'count',
  S: 'statistics',
  h: 'help',
  V: 'version',
};
const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, dccp: 33, gre: 47, icmpv6: 58, sctp: 132, udplite: 136 };
const STATUSES = ['ASSURED', 'SEEN_REPLY', 'UNSET', 'FIXED_TIMEOUT', 'EXPECTED', 'OFFLOAD', 'HW_OFFLOAD', 'UNREPLIED', 'SRC_NAT', 'DST_NAT'];
const STATUS_NUMBERS: Readonly<Record<string, number>> = { EXPECTED: 1, SEEN_REPLY: 2, ASSURED: 4, SRC_NAT: 16, DST_NAT: 32, FIXED_TIMEOUT: 1024 };
const OUTPUTS = ['xml', 'extended', 'timestamp', 'id', 'ktimestamp', 'labels', 'userspace', 'save'];
const EVENTS = ['ALL', 'NEW', 'UPDATES', 'DESTROY'];
/** SCTP's, besides. */
const SCTP_STATE_NAMES = ['NONE', 'CLOSED', 'COOKIE_WAIT', 'COOKIE_ECHOED', 'ESTABLISHED', 'SHUTDOWN_SENT', 'SHUTDOWN_RECD', 'SHUTDOWN_ACK_SENT'];
const TCP_STATE_NAMES = ['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'LISTEN'];

const SHORT = new Map<string, HasArgument>();
for (const [, letter = '', colons = ''] of 'L::I::U::D::G::E::F::A::hVs:d:r:q:p:t:u:e:a:z[:]:{:}:m:i:f:o:n::g::c:b:C::Sj::w:l:<:>::(:):'.matchAll(
  /([^:])(:*)/g,
)) {
  SHORT.set(letter, colons === '' ? 'no' : colons === ':' ? 'required' : 'optional');
}
SHORT.set('z', 'no');
const long = (name: string, argument: HasArgument, value: string): LongOption<string> => ({ name, argument, value });
const LONG: readonly LongOption<string>[] = [
  long('dump', 'optional', 'L'),
  long('create', 'optional', 'I'),
  long('add', 'optional', 'A'),
  long('delete', 'optional', 'D'),
  long('update', 'optional', 'U'),
  long('get', 'optional', 'G'),
  long('flush', 'optional', 'F'),
  long('event', 'optional', 'E'),
  long('counter', 'optional', 'C'),
  long('stats', 'no', 'S'),
  long('version', 'no', 'V'),
  long('help', 'no', 'h'),
  long('orig-src', 'required', 's'),
  long('src', 'required', 's'),
  long('orig-dst', 'required', 'd'),
  long('dst', 'required', 'd'),
  long('reply-src', 'required', 'r'),
  long('reply-dst', 'required', 'q'),
  long('protonum', 'required', 'p'),
  long('timeout', 'required', 't'),
  long('status', 'required', 'u'),
  long('zero', 'no', 'z'),
  long('event-mask', 'required', 'e'),
  long('mark', 'required', 'm'),
  long('family', 'required', 'f'),
  long('src-nat', 'optional', 'n'),
  long('dst-nat', 'optional', 'g'),
  long('output', 'required', 'o'),
  long('buffer-size', 'required', 'b'),
  long('any-nat', 'optional', 'j'),
  long('zone', 'required', 'w'),
  long('orig-zone', 'required', '('),
  long('reply-zone', 'required', ')'),
  long('tuple-src', 'required', '['),
  long('tuple-dst', 'required', ']'),
  long('mask-src', 'required', '{'),
  long('mask-dst', 'required', '}'),
  long('secmark', 'required', 'c'),
  long('id', 'required', 'i'),
  long('label', 'required', 'l'),
  long('label-add', 'required', '<'),
  long('label-del', 'optional', '>'),
];
export const CONNTRACK_OPTIONS: readonly DeclaredOption[] = [...SHORT].flatMap(([letter, argument]) => {
  const names = [...(/\w/.test(letter) ? [`-${letter}`] : []), ...LONG.filter(({ value }) => value === letter).map(({ name }) => `--${name}`)];
  return names.length === 0 ? [] : [{ names, value: argument === 'no' ? undefined : 'ARG', isOptional: argument === 'optional', help: COMMANDS[letter] }];
});
const PORT_OPTIONS: readonly LongOption<string>[] = [
  long('orig-port-src', 'required', 'sport'),
  long('sport', 'required', 'sport'),
  long('orig-port-dst', 'required', 'dport'),
  long('dport', 'required', 'dport'),
  long('reply-port-src', 'required', 'rsport'),
  long('reply-port-dst', 'required', 'rdport'),
  long('mask-port-src', 'required', 'ignored'),
  long('mask-port-dst', 'required', 'ignored'),
  long('tuple-port-src', 'required', 'ignored'),
  long('tuple-port-dst', 'required', 'ignored'),
];
const GRE_OPTIONS: readonly LongOption<string>[] = [
  long('orig-key-src', 'required', 'sport'),
  long('srckey', 'required', 'sport'),
  long('orig-key-dst', 'required', 'dport'),
  long('dstkey', 'required', 'dport'),
  long('reply-key-src', 'required', 'rsport'),
  long('reply-key-dst', 'required', 'rdport'),
];
const SCTP_OPTIONS: readonly LongOption<string>[] = [
  ...PORT_OPTIONS,
  long('state', 'required', 'state'),
  long('orig-vtag', 'required', 'ignored'),
  long('reply-vtag', 'required', 'ignored'),
];
const ICMP_OPTIONS: readonly LongOption<string>[] = [
  long('icmp-type', 'required', 'type'),
  long('icmp-code', 'required', 'code'),
  long('icmp-id', 'required', 'id'),
];
const ICMP6_OPTIONS: readonly LongOption<string>[] = [
  long('icmpv6-type', 'required', 'type'),
  long('icmpv6-code', 'required', 'code'),
  long('icmpv6-id', 'required', 'id'),
];

export function parseConntrack(argv: readonly string[]): Options {
  const options: Options = {
    command: 'help',
    table: 'conntrack',
    filter: { family: undefined, protocol: undefined, statuses: [] },
    output: new Set(),
    zero: false,
    events: new Set(),
    given: new Set(),
    warnings: [],
    masks: {},
  };
  const { filter } = options;
  let extra: readonly LongOption<string>[] = [];
  let command: ConntrackCommand | undefined;
  const getopt = new Getopt<string>(
    [...argv],
    SHORT,
    (letter) => letter,
    () => [...LONG, ...extra],
  );
  for (let found = getopt.next(); found; found = getopt.next()) {
    if (found.kind === 'argument') continue;
    if (found.kind === 'missing') bad(`option \`${getopt.last}' requires an argument`);
    if (found.kind !== 'option') return bad(`unknown option \`${getopt.last}'`);
    const { value, argument = '' } = found;
    const chosen = COMMANDS[value];
    if (chosen) {
      if (command !== undefined) bad('Invalid commands combination');
      command = chosen;
      const table = argument !== '' ? argument : getopt.hasOperand ? getopt.takeOperand() : 'conntrack';
      if (!['conntrack', 'expect', 'dying', 'unconfirmed'].includes(table) || (command !== 'list' && table !== 'conntrack' && table !== 'expect'))
        bad(`unknown type \`${table}'`);
      options.table = table as TableName;
      continue;
    }
    options.given.add(value);
    if (value === 'p') extra = optionsOfProtocol(argument, filter);
    else readOption(value, argument, options, getopt);
  }
  options.command = command ?? 'help';
  const { source, destination } = options.masks;
  if (source !== undefined && filter.originalSource) filter.originalSource = { address: filter.originalSource.address, mask: source };
  if (destination !== undefined && filter.originalDestination) filter.originalDestination = { address: filter.originalDestination.address, mask: destination };
  const wrong = misuse(options);
  if (wrong !== undefined) bad(wrong);
  if (command === undefined && options.given.has('p')) bad("Illegal option `--protonum' with this command");
  if (options.zero && ['s', 'd', 'r', 'q', 'p', 'u', 'm', 'n', 'g', 'j', 'f'].some((letter) => options.given.has(letter)))
    bad("Can't use -z with filtering parameters");
  return options;
}

function optionsOfProtocol(text: string, filter: Filter): readonly LongOption<string>[] {
  const protocol = PROTOCOLS[text.toLowerCase()] ?? (/^\d+$/.test(text) ? Number(text) : undefined);
  if (protocol === undefined) return bad(`\`${text}' unsupported protocol`);
  filter.protocol = protocol;
  if (protocol === 1) return ICMP_OPTIONS;
  if (protocol === 58) return ICMP6_OPTIONS;
  if (protocol === 47) return GRE_OPTIONS;
  if (protocol === 132) return SCTP_OPTIONS;
  return protocol === 6 ? [...PORT_OPTIONS, long('state', 'required', 'state')] : PORT_OPTIONS;
}

function readOption(letter: string, argument: string, options: Options, getopt: Getopt<string>): void {
  const { filter } = options;
  switch (letter) {
    case 's':
      filter.originalSource = parseAddress(argument, filter);
      return;
    case 'd':
      filter.originalDestination = parseAddress(argument, filter);
      return;
    case 'r':
      filter.replySource = parseAddress(argument, filter);
      return;
    case 'q':
      filter.replyDestination = parseAddress(argument, filter);
      return;
    case 'n':
    case 'g':
    case 'j': {
      const given = argument !== '' ? argument : getopt.hasOperand ? getopt.takeOperand() : '';
      const [host = '', natPort] = /^[\d.]+:\d+$/.test(given) ? given.split(':') : [given];
      const wanted = given === '' ? true : parseAddress(host, filter).address;
      if (natPort !== undefined && letter !== 'j') filter[letter === 'n' ? 'sourceNatPort' : 'destinationNatPort'] = port(natPort);
      if (letter === 'n') filter.sourceNat = wanted;
      else if (letter === 'g') filter.destinationNat = wanted;
      else filter.anyNat = wanted;
      return;
    }
    case 'f':
      if (argument !== 'ipv4' && argument !== 'ipv6') bad(`\`${argument}' unsupported protocol`);
      filter.family = argument === 'ipv4' ? 'ip' : 'ip6';
      return;
    case 'u':
      for (const name of names(argument, STATUSES)) {
        if (name === 'SRC_NAT' || name === 'DST_NAT') options.warnings.push(`WARNING: ignoring ${name}, use --${name.slice(0, 3).toLowerCase()}-nat instead\n`);
        filter.statuses.push(name);
      }
      // The program keeps both in one variable.
      if (filter.mark !== undefined) filter.mark.value = filter.statuses.reduce((bits, name) => bits | (STATUS_NUMBERS[name] ?? 0), 0) || filter.mark.value;
      return;
    case 'e':
      for (const name of names(argument, EVENTS)) options.events.add(name);
      return;
    case 'o':
      for (const name of names(argument, OUTPUTS)) {
        options.output.add(name);
        if (name === 'labels') options.warnings.push(NO_LABELS);
      }
      return;
    case 'm': {
      const [value = '', mask] = argument.split('/');
      filter.mark = { value: number(value), mask: mask === undefined ? 0xffffffff : number(mask) };
      return;
    }
    case 't':
      filter.timeoutS = number(argument);
      return;
    case '{':
    case '}': {
      const { address: mask } = parseAddress(argument, filter);
      if (letter === '{') options.masks.source = mask;
      else options.masks.destination = mask;
      return;
    }
    case 'w':
      filter.zone = number(argument) & 0xffff;
      return;
    case '(':
      filter.originalZone = number(argument) & 0xffff;
      return;
    case ')':
      filter.replyZone = number(argument) & 0xffff;
      return;
    case 'a':
      options.warnings.push('WARNING: ignoring -a, deprecated option.\n');
      return;
    case 'l':
    case '<':
      throw Object.assign(new UsageError(`unknown label '${argument}'`), { warnings: NO_LABELS });
    case 'z':
      options.zero = true;
      return;
    case 'sport':
      filter.originalSourcePort = port(argument);
      return;
    case 'dport':
      filter.originalDestinationPort = port(argument);
      return;
    case 'rsport':
      filter.replySourcePort = port(argument);
      return;
    case 'rdport':
      filter.replyDestinationPort = port(argument);
      return;
    case 'type':
      filter.icmpType = number(argument);
      return;
    case 'code':
      filter.icmpCode = number(argument);
      return;
    case 'id':
      filter.icmpId = number(argument);
      return;
    case 'state':
      if (!(filter.protocol === 132 ? SCTP_STATE_NAMES : TCP_STATE_NAMES).includes(argument))
        bad(`unknown ${filter.protocol === 132 ? 'SCTP' : 'TCP'} state \`${argument}'`);
      filter.tcpState = argument;
  }
}
/** There is no file that gives labels names. */
const NO_LABELS = 'nfct_labelmap_new: No such file or directory\n';

function names(text: string, known: readonly string[]): string[] {
  return text.split(',').map((word) => known.find((name) => name.toLowerCase() === word.toLowerCase()) ?? bad(`Bad parameter \`${word}'`));
}
const number = (text: string): number => (/^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : 0);
/** htons(atoi(…)). */
const port = (text: string): number => (parseInt(text, /^0x/i.test(text) ? 16 : 10) || 0) & 0xffff;
/** inet_aton(3): the last of fewer numbers than four fills the rest. */
function shortIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  if (parts.length > 3 || parts.some((part) => !/^\d+$/.test(part))) return undefined;
  const last = Number(parts.pop());
  return (parts.reduce((value, part, i) => value + Number(part) * 2 ** (24 - 8 * i), 0) + last) | 0;
}

function parseAddress(text: string, filter: Filter): MaskedAddress {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const address: Address | undefined = parseIpv4(host) ?? parseIpv6(host) ?? shortIpv4(host);
  if (address === undefined) return bad(`Invalid IP address \`${text}'`);
  const family: Family = typeof address === 'number' ? 'ip' : 'ip6';
  if (filter.family !== undefined && filter.family !== family) bad('mismatched address family');
  filter.family = family;
  const width = family === 'ip' ? 32 : 128;
  const length = slash < 0 ? width : Number(text.slice(slash + 1));
  if (!(length >= 0 && length <= width)) bad('Invalid netmask');
  if (typeof address === 'number') {
    const mask: Ipv4 = length === 0 ? 0 : -1 << (32 - length);
    return { address: address & mask, mask };
  }
  const digit = (index: number): number => (0xf0 >> Math.max(0, Math.min(4, length - index * 4))) & 15;
  const mask = Array.from({ length: 32 }, (_, index) => digit(index).toString(16)).join('');
  return { address: Array.from(address, (char, index) => (parseInt(char, 16) & digit(index)).toString(16)).join(''), mask };
}
