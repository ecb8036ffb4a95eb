/** What rules do, as nft 1.0.6 lists it: verdicts, and extensions of iptables that translate themselves or are only named. */
import type { Family, LogTarget, NatRange, RejectType, TargetInfo } from '../../kernel/index.ts';
import { formatAddress } from '../iptables/index.ts';
import { dscpText, hex } from './matches.ts';

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];
const DEFAULT_LEVEL = 4;
function log({ level, prefix, tcpSequence, tcpOptions, ipOptions, uid, macDecode }: LogTarget): string {
  let text = 'log';
  if (prefix !== '') text += ` prefix "${prefix}"`;
  if (level !== DEFAULT_LEVEL) text += ` level ${LEVELS[level] ?? level}`;
  if (tcpSequence && tcpOptions && ipOptions && uid && macDecode) return `${text} flags all`;
  const tcp = [...(tcpSequence ? ['sequence'] : []), ...(tcpOptions ? ['options'] : [])];
  if (tcp.length > 0) text += ` flags tcp ${tcp.join(',')}`;
  if (ipOptions) text += ' flags ip options';
  if (uid) text += ' flags skuid';
  return macDecode ? `${text} flags ether` : text;
}
const REJECTS: Readonly<Partial<Record<RejectType, string>>> = {
  'icmp-proto-unreachable': 'prot-unreachable',
  'icmp6-adm-prohibited': 'admin-prohibited',
};
function reject(type: RejectType): string {
  if (type === 'icmp-port-unreachable' || type === 'icmp6-port-unreachable') return 'reject';
  if (type === 'tcp-reset') return 'reject with tcp reset';
  return `reject with ${type.startsWith('icmp6') ? 'icmpv6' : 'icmp'} type ${REJECTS[type] ?? type.replace(/^icmp6?-/, '')}`;
}
function range({ addresses, ports, random, randomFully, persistent }: NatRange): string {
  let text = '';
  if (addresses) text = formatAddress(addresses.min) + (addresses.min === addresses.max ? '' : `-${formatAddress(addresses.max)}`);
  if (ports) text += `:${ports.min}${ports.min === ports.max ? '' : `-${ports.max}`}`;
  const flags = [...(random ? ['random'] : []), ...(randomFully ? ['fully-random'] : []), ...(persistent ? ['persistent'] : [])];
  return (text === '' ? '' : ` to ${text}`) + (flags.length > 0 ? ` ${flags.join(',')}` : '');
}
const NAT_WORDS = { SNAT: 'snat', DNAT: 'dnat', MASQUERADE: 'masquerade', REDIRECT: 'redirect' } as const;
const ALL_BITS = 0xffffffff;
/** mark = (mark & ~mask) ^ value, in nft's words. */
function marked(what: string, value: number, mask: number): string {
  if (mask >>> 0 === ALL_BITS) return hex(value);
  if (value === 0) return `${what} and ${hex(~mask)}`;
  if (value >>> 0 === mask >>> 0) return `${what} or ${hex(value)}`;
  if (mask === 0) return `${what} xor ${hex(value)}`;
  return `${what} and ${hex(~mask)} xor ${hex(value)}`;
}

/** Whether it is nft's own and not an extension of iptables. */
export const isOwnTarget = ({ kind }: TargetInfo): boolean => kind === 'verdict' || kind === 'jump' || kind === 'goto' || kind === 'NFLOG';

export function targetText(target: TargetInfo, family: Family): string {
  switch (target.kind) {
    case 'verdict':
      return target.verdict.toLowerCase();
    case 'jump':
    case 'goto':
      return `${target.kind} ${target.chain}`;
    case 'REJECT':
      return reject(target.with);
    case 'LOG':
      return log(target);
    case 'NFLOG':
      return `log${target.prefix === '' ? '' : ` prefix "${target.prefix}"`} group ${target.group}${target.size === null ? '' : ` snaplen ${target.size}`}`;
    case 'TRACE':
      return 'meta nftrace set 1';
    case 'MARK':
      return `meta mark set ${marked('mark', target.mark, target.mask)}`;
    case 'CONNMARK': {
      if (target.mode === 'set') return `ct mark set ${marked('ct mark', target.ctMark, target.ctMask)}`;
      const [to, from, mask] = target.mode === 'save' ? ['ct mark', 'mark', target.nfMask] : ['meta mark', 'ct mark', target.ctMask];
      return `${to} set ${from}${mask >>> 0 === ALL_BITS ? '' : ` and ${hex(mask)}`}`;
    }
    case 'SNAT':
    case 'DNAT':
    case 'MASQUERADE':
    case 'REDIRECT':
      // The library of this version knows them of IPv4 only.
      return family === 'ip6' ? `XT target ${target.kind} not found\n` : NAT_WORDS[target.kind] + range(target.range);
    case 'CT':
      return target.notrack ? 'notrack' : 'xt target CT';
    case 'TCPMSS':
      return `tcp option maxseg size set ${target.mss === 'clamp' ? 'rt mtu' : target.mss}`;
    case 'DSCP':
      return `${family} dscp set ${dscpText(target.dscp)}`;
    case 'TOS':
      return `ip6 dscp set ${dscpText(target.value >> 2)}`;
    case 'CLASSIFY':
      return `meta priority set ${target.major.toString(16)}:${target.minor.toString(16)}`;
    default:
      return `xt target ${target.kind}`;
  }
}
