/** The command line of ss: which tables, which states, what of each socket (main of ss.c). */
import type { Bytes } from '../../base/index.ts';
import { TcpState } from '../../kernel/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { HELP } from './help.ts';

const bit = (state: TcpState): number => 1 << state;
const ALL = 0xffe;
const CONNECTED = ALL & ~(bit(TcpState.LISTEN) | bit(TcpState.CLOSE) | bit(TcpState.TIME_WAIT) | bit(TcpState.SYN_RECV));
const STATE_NAMES: Readonly<Record<string, number>> = {
  established: bit(TcpState.ESTABLISHED), 'syn-sent': bit(TcpState.SYN_SENT), 'syn-recv': bit(TcpState.SYN_RECV), 'syn-rcv': bit(TcpState.SYN_RECV),
  'fin-wait-1': bit(TcpState.FIN_WAIT1), 'fin-wait-2': bit(TcpState.FIN_WAIT2), 'time-wait': bit(TcpState.TIME_WAIT), unconnected: bit(TcpState.CLOSE),
  close: bit(TcpState.CLOSE), closed: bit(TcpState.CLOSE), 'close-wait': bit(TcpState.CLOSE_WAIT), 'last-ack': bit(TcpState.LAST_ACK),
  listening: bit(TcpState.LISTEN), closing: bit(TcpState.CLOSING), all: ALL, connected: ALL & ~(bit(TcpState.CLOSE) | bit(TcpState.LISTEN)),
  synchronized: ALL & ~(bit(TcpState.CLOSE) | bit(TcpState.LISTEN) | bit(TcpState.SYN_SENT)), bucket: bit(TcpState.SYN_RECV) | bit(TcpState.TIME_WAIT),
  big: ALL & ~(bit(TcpState.SYN_RECV) | bit(TcpState.TIME_WAIT)),
}; // prettier-ignore

/** Kinds of sockets that ss knows; the simulated kernel has those of Row. */
const INET = ['raw', 'udp', 'dccp', 'tcp', 'mptcp', 'sctp'];
const PACKET = ['packet_raw', 'packet_dgram'];
const UNIX = ['unix_dgram', 'unix_stream', 'unix_seqpacket'];
const VSOCK = ['vsock_stream', 'vsock_dgram'];
const EVERYTHING = ['netlink', ...PACKET, ...UNIX, ...INET, ...VSOCK, 'tipc', 'xdp'];
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  all: EVERYTHING, inet: INET, tcp: ['tcp'], mptcp: ['mptcp'], udp: ['udp'], raw: ['raw'], dccp: ['dccp'], sctp: ['sctp'], unix: UNIX, unix_dgram: ['unix_dgram'],
  u_dgr: ['unix_dgram'], unix_stream: ['unix_stream'], u_str: ['unix_stream'], unix_seqpacket: ['unix_seqpacket'], u_seq: ['unix_seqpacket'], packet: PACKET,
  packet_raw: ['packet_raw'], p_raw: ['packet_raw'], packet_dgram: ['packet_dgram'], p_dgr: ['packet_dgram'], netlink: ['netlink'], vsock: VSOCK,
  vsock_stream: ['vsock_stream'], vsock_dgram: ['vsock_dgram'], tipc: ['tipc'], xdp: ['xdp'],
}; // prettier-ignore
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  inet: INET,
  inet6: INET,
  link: PACKET,
  unix: UNIX,
  netlink: ['netlink'],
  vsock: VSOCK,
  tipc: ['tipc'],
  xdp: ['xdp'],
};
const DEFAULT_STATES = (kind: string): number => {
  if (kind === 'udp' || kind === 'raw') return bit(TcpState.ESTABLISHED);
  return PACKET.includes(kind) || kind === 'netlink' || kind === 'xdp' ? bit(TcpState.CLOSE) : CONNECTED;
};

export const SPECS: readonly OptionSpec[] = (
  'n numeric,r resolve,a all,l listening,o options,e extended,m memory,p processes,T threads,i info,s summary,4 ipv4,6 ipv6,0 packet,t tcp,M mptcp,S sctp,u udp,' +
  'd dccp,w raw,x unix,K kill,H no-header,O oneline,b bpf,E events,Z context,z contexts,h help,V version,v,N=net,f=family,A=query,D=diag,F=filter'
)
  .split(',')
  .map((text) => {
    const [letter = '', long = ''] = text.split(/[ =]/);
    return { id: letter, short: letter, ...(long !== '' && { long }), argument: text.includes('=') ? ('required' as const) : ('none' as const) };
  })
  .concat([
    { id: 'A', short: '', long: 'socket', argument: 'required' as const },
    ...['tos', 'cgroup', 'tipcinfo', 'inet-sockopt', 'vsock', 'tipc', 'xdp'].map((long) => ({ id: long, short: '', long, argument: 'none' as const })),
  ]);

export interface SsOptions {
  readonly has: (id: string) => boolean;
  readonly kinds: ReadonlySet<string>;
  readonly hasIpv4: boolean;
  readonly hasIpv6: boolean;
  readonly states: number;
  readonly netns: Bytes | undefined;
  /** The rest: a filter. */
  readonly words: readonly Bytes[];
  readonly isSummaryOnly: boolean;
}
export type Parsed =
  { readonly kind: 'go'; readonly options: SsOptions } | { readonly kind: 'end'; readonly fd: 1 | 2; readonly text: Bytes; readonly status: number };

export function parseSs(argv: readonly Bytes[]): Parsed {
  const usage = (message: string): Parsed => ({ kind: 'end', fd: 2, text: message + HELP, status: 255 });
  const parsed = parseOptions(['ss', ...argv.slice(1)], SPECS);
  const flags = new Set<string>();
  const kinds = new Set<string>();
  const families = new Set<string>();
  let states = 0;
  let wanted = 0;
  let netns: Bytes | undefined;
  /** Nothing has said which sockets. */
  const isDefault = (): boolean => kinds.size === 0 && families.size === 0;
  const want = (kind: string): void => {
    kinds.add(kind);
    wanted |= DEFAULT_STATES(kind);
  };
  const family = (name: string): void => {
    families.add(name);
    for (const kind of FAMILIES[name]!) wanted |= DEFAULT_STATES(kind);
  };
  for (const { id, argument = '' } of parsed.options) {
    flags.add(id);
    if (id === 'h') return { kind: 'end', fd: 1, text: HELP, status: 0 };
    if (id === 'V' || id === 'v') return { kind: 'end', fd: 1, text: 'ss utility, iproute2-6.1.0\n', status: 0 };
    if (id === 'Z' || id === 'z') return { kind: 'end', fd: 2, text: 'ss: SELinux is not enabled.\n', status: 1 };
    if (id === 'N') netns = argument;
    else if (id === 'a') states = ALL;
    else if (id === 'l') states = bit(TcpState.LISTEN) | bit(TcpState.CLOSE);
    else if (id === '4' || id === '6') family(id === '4' ? 'inet' : 'inet6');
    else if (id === '0') family('link');
    else if (id === 'x') family('unix');
    else if (id === 'vsock' || id === 'tipc' || id === 'xdp') family(id);
    else if (id === 'f') {
      if (argument === 'help') return { kind: 'end', fd: 1, text: HELP, status: 0 };
      if (!(argument in FAMILIES)) return usage(`ss: "${argument}" is invalid family\n`);
      family(argument);
    } else if (id === 'A') {
      if (isDefault() || !flags.has('query')) {
        kinds.clear();
        states ||= CONNECTED;
        flags.add('query');
      }
      for (const query of argument.split(',')) {
        const found = QUERIES[query];
        if (!found) return usage(`ss: "${query}" is illegal socket table id\n`);
        for (const kind of found) want(kind);
      }
    } else if (LETTER_KINDS[id] !== undefined) want(LETTER_KINDS[id]);
  }
  if (parsed.error !== undefined) return usage(parsed.error);
  const { states: named, rest, wrong } = statesFrom(parsed.operands, states);
  if (wrong !== undefined) return { kind: 'end', fd: 2, text: `ss: wrong state name: ${wrong}\n`, status: 255 };
  states = named;
  const isSummaryOnly = flags.has('s') && isDefault() && rest.length === 0;
  if (isDefault()) {
    states ||= CONNECTED;
    for (const kind of EVERYTHING) kinds.add(kind);
  }
  if (kinds.size === 0) for (const name of families) for (const kind of FAMILIES[name]!) kinds.add(kind);
  const isAnyInet = !families.has('inet') && !families.has('inet6');
  const options: SsOptions = {
    has: (id) => flags.has(id),
    kinds,
    hasIpv4: isAnyInet || families.has('inet'),
    hasIpv6: isAnyInet || families.has('inet6'),
    states: states || wanted,
    netns,
    words: rest,
    isSummaryOnly,
  };
  return { kind: 'go', options };
}
const LETTER_KINDS: Readonly<Record<string, string>> = { t: 'tcp', u: 'udp', w: 'raw', M: 'mptcp', S: 'sctp', d: 'dccp' };

function statesFrom(operands: readonly Bytes[], before: number): { readonly states: number; readonly rest: readonly Bytes[]; readonly wrong?: Bytes } {
  let states = before;
  let hasSeen = false;
  let at = 0;
  for (; at < operands.length; at += 2) {
    const word = operands[at]!;
    if (word !== 'state' && word !== 'exclude' && word !== 'excl') break;
    const name = operands[at + 1] ?? '';
    const mask = STATE_NAMES[name.toLowerCase()];
    if (mask === undefined) return { states, rest: [], wrong: name };
    if (!hasSeen) states = word === 'state' ? 0 : ALL;
    states = word === 'state' ? states | mask : states & ~mask;
    hasSeen = true;
  }
  return { states, rest: operands.slice(at) };
}
