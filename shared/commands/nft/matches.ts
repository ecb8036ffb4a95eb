/**
 * Conditions of rules as nft 1.0.6 lists what iptables-nft 1.8.9 has put there: some as nft's own expressions, others as extensions of iptables
 * that translate themselves (the `_xlate` functions of its libraries), or are only named.
 */
import type { Asked, Family, IcmpInfo, LimitInfo, MaskedAddress, MatchInfo, PortsInfo, Range, RuleSpec, Selector, TcpInfo } from '../../kernel/index.ts';
import { formatMac, ipv4MaskLength } from '../../wire/index.ts';
import { formatAddress, isAny, savedMask } from '../iptables/index.ts';
import { protocolName } from '../names/protocols.ts';

/** How things are printed. */
export interface ListStyle {
  readonly numericPriority: boolean;
  readonly numericProtocol: boolean;
  readonly numeric: boolean;
  readonly handles: boolean;
  readonly stateless: boolean;
}

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const hex8 = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
const not = (invert: boolean): string => (invert ? '!= ' : '');
const span = ({ min, max }: Range): string => (min === max ? `${min}` : `${min}-${max}`);

function address(family: Family, what: string, { address: base, mask }: MaskedAddress, invert: boolean): string[] {
  if (isAny(mask) && !invert) return [];
  const head = `${family} ${what}`;
  if (typeof mask === 'number' && ipv4MaskLength(mask) === undefined)
    return [`${head} & ${formatAddress(mask)} ${invert ? '!=' : '=='} ${formatAddress(base)}`];
  const length = savedMask(mask);
  return [`${head} ${not(invert)}${formatAddress(base)}${length === '/32' || length === '/128' ? '' : length}`];
}
const device = (what: string, pattern: string, invert: boolean): string[] => (pattern === '' ? [] : [`${what} ${not(invert)}"${pattern.replace(/\+$/, '*')}"`]);

const protocolText = (protocol: number, { numericProtocol }: ListStyle): string =>
  numericProtocol ? `${protocol}` : (protocolName(protocol) ?? `${protocol}`);

function selector(family: Family, asked: Selector, followed: boolean, style: ListStyle): string[] {
  const out = [...device('iifname', asked.inInterface, asked.invertInInterface), ...device('oifname', asked.outInterface, asked.invertOutInterface)];
  // Said by what follows it, if that is of this protocol.
  if (asked.protocol > 0 && !followed) out.push(`meta l4proto ${not(asked.invertProtocol)}${protocolText(asked.protocol, style)}`);
  out.push(...address(family, 'saddr', asked.source, asked.invertSource), ...address(family, 'daddr', asked.destination, asked.invertDestination));
  if (asked.fragment) out.push(`ip frag-off & 8191 ${asked.fragment.invert ? '==' : '!='} 0`);
  return out;
}

const PORT_MAX = 65535;
function ports(protocol: string, side: string, range: Range, invert: boolean): string[] {
  if (range.min === 0 && range.max === PORT_MAX && !invert) return [];
  if (range.min === 0 && range.max > 0) return [`${protocol} ${side} ${invert ? '>' : '<='} ${range.max}`];
  return [`${protocol} ${side} ${not(invert)}${span(range)}`];
}
const bothPorts = (protocol: string, info: PortsInfo): string[] => [
  ...ports(protocol, 'sport', info.source, info.invertSource),
  ...ports(protocol, 'dport', info.destination, info.invertDestination),
];
const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'];
function tcpFlags({ flagMask, flags, invertFlags }: TcpInfo, { numeric }: ListStyle): string[] {
  if (flagMask === 0) return [];
  const names = (bits: number): string =>
    FLAGS.map((name, i) => [1 << i, numeric ? hex(1 << i) : name] as const)
      .filter(([bit]) => (bits & bit) !== 0)
      .map(([, name]) => name)
      .join(',');
  if (flags === 0) return [`tcp flags ${invertFlags ? '' : '! '}${names(flagMask)}`];
  return [`tcp flags ${invertFlags ? '!= ' : ''}${names(flags)} / ${names(flagMask)}`];
}
/** Whether it is nft's own expression and not the extension of iptables. */
const isOwn = (match: MatchInfo): boolean => {
  if (match.kind === 'tcp') return match.option === 0 && (match.flagMask !== 0 || asksPorts(match));
  return match.kind === 'udp' ? asksPorts(match) : match.kind === 'limit' || match.kind === 'mark';
};
/** One that asks nothing is left to the extension. */
const asksPorts = (info: PortsInfo): boolean => bothPorts('', info).length > 0;
function tcp(info: TcpInfo, style: ListStyle): string[] {
  if (isOwn(info)) return [...tcpFlags(info, style), ...bothPorts('tcp', info)];
  if (info.option === 0) return [''];
  return [[...bothPorts('tcp', info), `tcp option ${info.option} ${info.invertOption ? 'missing' : 'exists'}`, ...tcpFlags(info, style)].join(' ')];
}

const UNITS = [
  ['second', 10_000],
  ['minute', 600_000],
  ['hour', 36_000_000],
  ['day', 864_000_000],
] as const;
const DEFAULT_BURST = 5;
function limit({ average, burst }: LimitInfo): string {
  const [unit, length] = UNITS.find(([, each]) => average <= each) ?? UNITS[3];
  return `limit rate ${Math.floor(length / average)}/${unit}${burst === DEFAULT_BURST ? '' : ` burst ${burst} packets`}`;
}

const ICMP_NAMES: Readonly<Record<'icmp' | 'icmp6', Readonly<Record<number, string>>>> = {
  icmp: {
    0: 'echo-reply',
    3: 'destination-unreachable',
    4: 'source-quench',
    5: 'redirect',
    8: 'echo-request',
    9: 'router-advertisement',
    10: 'router-solicitation',
    11: 'time-exceeded',
    12: 'parameter-problem',
    13: 'timestamp-request',
    14: 'timestamp-reply',
    17: 'address-mask-request',
    18: 'address-mask-reply',
  },
  icmp6: {
    1: 'destination-unreachable',
    2: 'packet-too-big',
    3: 'time-exceeded',
    4: 'parameter-problem',
    128: 'echo-request',
    129: 'echo-reply',
    133: 'nd-router-solicit',
    134: 'nd-router-advert',
    135: 'nd-neighbor-solicit',
    136: 'nd-neighbor-advert',
    137: 'nd-redirect',
  },
};
const ANY_ICMP = 255;
const CODE_MAX = 255;
function icmp({ kind, type, code, invert }: IcmpInfo): string {
  if (kind === 'icmp' && type === ANY_ICMP) return 'ip protocol icmp';
  const name = ICMP_NAMES[kind][type];
  if (name === undefined || code.min !== 0 || code.max !== CODE_MAX) return `xt match ${kind}`;
  return `${kind === 'icmp' ? 'icmp' : 'icmpv6'} type ${not(invert)}${name}`;
}

const masked = (mark: number, mask: number, invert: boolean): string =>
  mask >>> 0 === 0xffffffff ? `${not(invert)}${hex(mark)}` : `and ${hex(mask)} ${invert ? '!=' : '=='} ${hex(mark)}`;
function conntrack(info: Extract<MatchInfo, { kind: 'conntrack' }>): string {
  const out: string[] = [];
  const states = info.states?.value ?? [];
  const address = (what: string, asked: Asked<MaskedAddress> | undefined): void => {
    if (asked) out.push(`ct ${what} ${not(asked.invert)}${formatAddress(asked.value.address)}${savedMask(asked.value.mask).replace(/^\/(32|128)$/, '')}`);
  };
  const port = (what: string, asked: Asked<Range> | undefined): void => void (asked && out.push(`ct ${what} ${not(asked.invert)}${span(asked.value)}`));
  const side = info.direction === 'REPLY' ? 'reply' : 'original';
  if (info.direction !== undefined) out.push(`ct direction ${side}`);
  if (info.protocol) out.push(`ct ${side} protocol ${not(info.protocol.invert)}${info.protocol.value}`);
  if (info.states) {
    const shown = (['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'] as const).filter((state) => states.includes(state));
    const mark = info.states.invert ? '! ' : '';
    if (states.includes('SNAT')) out.push(`ct status ${mark}snat`);
    else if (states.includes('DNAT')) out.push(`ct status ${mark}dnat`);
    else out.push(`ct state ${mark}${shown.join(',').toLowerCase()}`);
  }
  if (info.statuses) {
    const names = { EXPECTED: 'expected', SEEN_REPLY: 'seen-reply', ASSURED: 'assured', CONFIRMED: 'confirmed' } as const;
    out.push(`ct status ${not(info.statuses.invert)}${info.statuses.value.map((status) => names[status]).join(',')}`);
  }
  if (info.expiresS) out.push(`ct expiration ${not(info.expiresS.invert)}${span(info.expiresS.value)}`);
  address('original saddr', info.originalSource);
  address('original daddr', info.originalDestination);
  address('reply saddr', info.replySource);
  address('reply daddr', info.replyDestination);
  port('original proto-src', info.originalSourcePort);
  port('original proto-dst', info.originalDestinationPort);
  port('reply proto-src', info.replySourcePort);
  port('reply proto-dst', info.replyDestinationPort);
  return out.join(' ');
}
function multiport({ side, ports: given, invert }: Extract<MatchInfo, { kind: 'multiport' }>, protocol: number): string {
  const name = protocolName(protocol) ?? 'th';
  const all = given.map(span);
  if (side === 'either') return `${name} sport . ${name} dport ${not(invert)}{ ${all.map((one) => `0-65535 . ${one}, ${one} . 0-65535`).join(', ')} }`;
  return `${name} ${side === 'source' ? 'sport' : 'dport'} ${not(invert)}${all.length > 1 ? `{ ${all.join(', ')} }` : all.join('')}`;
}
const COMPARE = { eq: '', ne: '!= ', lt: 'lt ', gt: 'gt ' } as const;

/** Its texts; empty ones count where texts are joined. */
function matchTexts(match: MatchInfo, family: Family, protocol: number, style: ListStyle): string[] {
  switch (match.kind) {
    case 'tcp':
      return tcp(match, style);
    case 'udp':
      return isOwn(match) ? bothPorts('udp', match) : [''];
    case 'limit':
      return [limit(match)];
    case 'mark':
      return [
        match.mask >>> 0 === 0xffffffff
          ? `meta mark ${not(match.invert)}${hex8(match.mark)}`
          : `meta mark & ${hex8(match.mask)} ${match.invert ? '!=' : '=='} ${hex8(match.mark)}`,
      ];
    case 'icmp':
    case 'icmp6':
      return [icmp(match)];
    case 'comment':
      return [''];
    case 'connmark':
      return [`ct mark ${masked(match.mark, match.mask, match.invert)}`];
    case 'multiport':
      return [multiport(match, protocol)];
    case 'conntrack':
      return [conntrack(match)];
    case 'statistic':
      if (match.mode === 'nth') return [`numgen inc mod ${match.every} ${not(match.invert)}${match.packet}`];
      return [`meta random & 2147483647 ${match.invert ? '>=' : '<'} ${match.probability}`];
    case 'addrtype': {
      const isSource = match.source.length > 0;
      const types = (isSource ? match.source : match.destination).map((type) => type.toLowerCase());
      const limited = match.limitInterface === null ? '' : match.limitInterface === 'in' ? ' . iif' : ' . oif';
      const invert = isSource ? match.invertSource : match.invertDestination;
      return [`fib ${isSource ? 'saddr' : 'daddr'}${limited} type ${not(invert)}${types.length > 1 ? `{ ${types.join(', ')} }` : types.join('')}`];
    }
    case 'mac':
      return [`ether saddr ${not(match.invert)}${formatMac(match.source)}`];
    case 'iprange': {
      const range = (what: string, asked: typeof match.source): string[] =>
        asked ? [`${family} ${what} ${not(asked.invert)}${formatAddress(asked.value.min)}-${formatAddress(asked.value.max)}`] : [];
      return [[...range('saddr', match.source), ...range('daddr', match.destination)].join(' ')];
    }
    case 'length':
      return [`meta length ${not(match.invert)}${span(match.length)}`];
    case 'ttl':
      return [`ip ttl ${COMPARE[match.compare]}${match.value}`];
    case 'hl':
      return [`ip6 hoplimit ${COMPARE[match.compare]}${match.value}`];
    case 'dscp':
      return [`${family} dscp ${not(match.invert)}${dscpText(match.dscp)}`];
    case 'pkttype':
      return [`pkttype ${not(match.invert)}${match.type}`];
    case 'owner': {
      const who = (what: string, asked: Asked<Range> | undefined): string[] => (asked ? [`${what} ${not(asked.invert)}${span(asked.value)}`] : []);
      return [[...who('skuid', match.uid), ...who('skgid', match.gid)].join(' ')];
    }
    case 'tcpmss':
      return [`tcp option maxseg size ${not(match.invert)}${span(match.mss)}`];
    default:
      return [`xt match ${match.kind}`];
  }
}
export const dscpText = (dscp: number): string => `0x${dscp.toString(16).padStart(2, '0')}`;

/** Selector and matches. */
export function conditionTexts({ selector: asked, matches }: RuleSpec, family: Family, style: ListStyle): string[] {
  const texts = matches.flatMap((match) => matchTexts(match, family, asked.protocol, style));
  // a mark between them is no obstacle
  const first = matches.find(({ kind }) => kind !== 'mark');
  const says = first !== undefined && isOwn(first) && (first.kind === 'tcp' || first.kind === 'udp');
  return [...selector(family, asked, says, style), ...texts];
}
export const hasExtension = (matches: readonly MatchInfo[]): boolean => !matches.every(isOwn);
