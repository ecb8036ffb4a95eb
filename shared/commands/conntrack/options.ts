/**
 * The command line of conntrack(8) 1.4.7: which command, and what connections must be like. Options of a protocol are known once `-p` named it.
 */
import { parseIpv4, parseIpv6, type Ipv4 } from '../../wire/index.ts';
import type { Address, Family, MaskedAddress } from '../../kernel/index.ts';
import { Getopt, type HasArgument, type LongOption } from '../iptables/getopt.ts';
import type { DeclaredOption } from '../declaration.ts';
import { portOfService } from '../names/services.ts';

/** A mistake on the command line: status 2 and the advice to ask for help. */
export class UsageError extends Error {}
const bad = (text: string): never => {
  throw new UsageError(text);
};

export type ConntrackCommand = 'list' | 'get' | 'delete' | 'insert' | 'update' | 'event' | 'flush' | 'count' | 'statistics' | 'help' | 'version';
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
}
export interface Options {
  command: ConntrackCommand;
  table: TableName;
  filter: Filter;
  output: Set<string>;
  zero: boolean;
  events: Set<string>;
}

const COMMANDS: Readonly<Record<string, ConntrackCommand>> = {
  L: 'list',
  G: 'get',
  D: 'delete',
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
const OUTPUTS = ['xml', 'extended', 'timestamp', 'id', 'ktimestamp', 'labels', 'userspace', 'save'];
const EVENTS = ['ALL', 'NEW', 'UPDATES', 'DESTROY'];
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
];
export const CONNTRACK_OPTIONS: readonly DeclaredOption[] = [...SHORT].flatMap(([letter, argument]) => {
  const names = [`-${letter}`, ...LONG.filter(({ value }) => value === letter).map(({ name }) => `--${name}`)];
  return names.length === 1 && !/\w/.test(letter)
    ? []
    : [{ names, value: argument === 'no' ? undefined : 'ARG', isOptional: argument === 'optional', help: COMMANDS[letter] }];
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
    if (value === 'p') extra = optionsOfProtocol(argument, filter);
    else readOption(value, argument, options, getopt);
  }
  options.command = command ?? 'help';
  return options;
}

function optionsOfProtocol(text: string, filter: Filter): readonly LongOption<string>[] {
  const protocol = PROTOCOLS[text.toLowerCase()] ?? (/^\d+$/.test(text) ? Number(text) : undefined);
  if (protocol === undefined) return bad(`\`${text}' unsupported protocol`);
  filter.protocol = protocol;
  if (protocol === 1) return ICMP_OPTIONS;
  if (protocol === 58) return ICMP6_OPTIONS;
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
      const wanted = given === '' ? true : parseAddress(given, filter).address;
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
      filter.statuses.push(...names(argument, STATUSES));
      return;
    case 'e':
      for (const name of names(argument, EVENTS)) options.events.add(name);
      return;
    case 'o':
      for (const name of names(argument, OUTPUTS)) options.output.add(name);
      return;
    case 'm': {
      const [value = '', mask] = argument.split('/');
      filter.mark = { value: number(value), mask: mask === undefined ? 0xffffffff : number(mask) };
      return;
    }
    case 't':
      filter.timeoutS = number(argument);
      return;
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
      if (!TCP_STATE_NAMES.includes(argument)) bad(`unknown state \`${argument}'`);
      filter.tcpState = argument;
  }
}
function names(text: string, known: readonly string[]): string[] {
  return text.split(',').map((word) => known.find((name) => name.toLowerCase() === word.toLowerCase()) ?? bad(`Bad parameter \`${word}'`));
}
const number = (text: string): number => (/^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : 0);
const port = (text: string): number => (/^\d+$/.test(text) ? Number(text) : (portOfService(text) ?? bad(`Invalid port/service \`${text}'`)));

function parseAddress(text: string, filter: Filter): MaskedAddress {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const address: Address | undefined = parseIpv4(host) ?? parseIpv6(host);
  if (address === undefined) return bad(`Invalid IP address \`${text}'`);
  const family: Family = typeof address === 'number' ? 'ip' : 'ip6';
  if (filter.family !== undefined && filter.family !== family) bad('Address family mismatch');
  filter.family = family;
  const width = family === 'ip' ? 32 : 128;
  const length = slash < 0 ? width : Number(text.slice(slash + 1));
  if (!(length >= 0 && length <= width)) bad(`Invalid mask \`${text.slice(slash + 1)}'`);
  if (typeof address === 'number') {
    const mask: Ipv4 = length === 0 ? 0 : -1 << (32 - length);
    return { address: address & mask, mask };
  }
  const digit = (index: number): number => (0xf0 >> Math.max(0, Math.min(4, length - index * 4))) & 15;
  const mask = Array.from({ length: 32 }, (_, index) => digit(index).toString(16)).join('');
  return { address: Array.from(address, (char, index) => (parseInt(char, 16) & digit(index)).toString(16)).join(''), mask };
}
