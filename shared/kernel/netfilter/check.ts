/**
 * What the kernel refuses when a rule is put into a chain: extensions that belong elsewhere or need a protocol (the `table`, `hooks`, `proto` and
 * `checkentry` members of struct xt_match and xt_target). A user chain has no hooks until something jumps to it.
 */
import type { Errno } from '../../base/index.ts';
import { IPV6_ANY } from '../../wire/index.ts';
import { Hook } from '../numbers.ts';
import type { Address, Family, MatchInfo, Selector } from './match.ts';
import type { Chain, RuleSpec, TableName } from './ruleset.ts';
import { isExtensionTarget, type ExtensionTarget } from './target.ts';

const at = (...hooks: readonly Hook[]): number => hooks.reduce<number>((mask, hook) => mask | (1 << hook), 0);
const { PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING } = Hook;
const TCP = 6;
/** XT_CONNLABEL_MAXBIT. */
const LABEL_MAX = 127;

/** The first thing that is wrong, or null. */
export function checkRule(spec: RuleSpec, family: Family, table: TableName, chain: Chain): Errno | null {
  const hooks = chain.base === null ? 0 : 1 << chain.base.hook;
  const { selector } = spec;
  if ((selector.invertSource && isEmptyMask(selector.source.mask)) || (selector.invertDestination && isEmptyMask(selector.destination.mask))) return 'EINVAL';
  for (const match of spec.matches) {
    if (match.kind === 'string' && !['bm', 'kmp', 'fsm'].includes(match.algorithm)) return 'ENOENT';
    if (match.kind === 'string' && match.from > match.to) return 'EINVAL';
    if (match.kind === 'recent' && match.seconds > 0 && (match.operation === 'set' || match.operation === 'remove')) return 'EINVAL';
    if (match.kind === 'connlabel' && match.bit > LABEL_MAX) return 'ERANGE';
    if (match.kind === 'nfacct') return 'ENOENT';
    if (match.kind === 'rateest') return match.name === '' ? 'EINVAL' : 'ENOENT';
  }
  for (const match of spec.matches) if (!matchFits(match, spec.selector, family, table, hooks)) return 'EINVAL';
  const { target } = spec;
  if (target === null || !isExtensionTarget(target)) return null;
  if ((target.kind === 'CT' && target.helper !== '') || target.kind === 'SECMARK') return 'ENOENT';
  if (target.kind === 'CT' && target.timeout !== '') return isProtocol(spec.selector, 0) ? 'EINVAL' : 'ENOENT';
  return targetFits(target, spec, table, hooks) ? null : 'EINVAL';
}

const PROTOCOLS = { ah: 51, esp: 50, ipcomp: 108, sctp: 132, dccp: 33, mh: 135 } as const;
const isEmptyMask = (mask: Address): boolean => mask === 0 || mask === IPV6_ANY;
const isProtocol = (selector: Selector, number: number): boolean => selector.protocol === number && !selector.invertProtocol;

function matchFits(match: MatchInfo, selector: Selector, family: Family, table: TableName, hooks: number): boolean {
  switch (match.kind) {
    case 'tcp':
    case 'tcpmss':
      return isProtocol(selector, TCP);
    case 'udp':
      return isProtocol(selector, 17);
    case 'icmp':
      return isProtocol(selector, 1);
    case 'icmp6':
      return isProtocol(selector, 58);
    case 'multiport':
      return !selector.invertProtocol && [6, 17, 136, 132, 33].includes(selector.protocol);
    case 'ah':
    case 'esp':
    case 'ipcomp':
    case 'sctp':
    case 'dccp':
    case 'mh':
      return isProtocol(selector, PROTOCOLS[match.kind]);
    case 'osf':
      return isProtocol(selector, TCP) && (hooks & at(OUTPUT, POSTROUTING)) === 0;
    case 'ecn':
      return (match.ece === null && match.cwr === null) || isProtocol(selector, TCP);
    case 'socket':
      return (hooks & ~at(PREROUTING, INPUT)) === 0;
    case 'eui64':
      return (hooks & ~at(PREROUTING, INPUT, FORWARD)) === 0;
    case 'policy':
      return match.direction === 'in' ? (hooks & at(OUTPUT, POSTROUTING)) === 0 : (hooks & at(PREROUTING, INPUT)) === 0;
    case 'devgroup':
      if (match.source !== null && (hooks & ~at(PREROUTING, INPUT, FORWARD)) !== 0) return false;
      return match.destination === null || (hooks & ~at(FORWARD, OUTPUT, POSTROUTING)) === 0;
    case 'realm':
      return (hooks & ~at(INPUT, FORWARD, OUTPUT, POSTROUTING)) === 0;
    case 'cgroup':
      return (match.classId === null) !== (match.path === null) && (match.path === null || match.path.value === '/');
    case 'physdev':
      return !(match.out !== undefined || match.isOut !== undefined) || (hooks & at(OUTPUT)) === 0;
    case 'mac':
      return (hooks & at(OUTPUT, POSTROUTING)) === 0;
    case 'rpfilter':
      return (hooks & ~at(PREROUTING)) === 0 && (table === 'raw' || table === 'mangle');
    case 'owner':
      return (hooks & at(PREROUTING, INPUT, FORWARD)) === 0;
    case 'addrtype':
      if (match.limitInterface === 'in' && (hooks & at(OUTPUT, POSTROUTING)) !== 0) return false;
      if (match.limitInterface === 'out' && (hooks & at(PREROUTING, INPUT)) !== 0) return false;
      return family === 'ip' || ![...match.source, ...match.destination].includes('BLACKHOLE');
    default:
      return true;
  }
}

function targetFits(target: ExtensionTarget, spec: RuleSpec, table: TableName, hooks: number): boolean {
  const within = (name: TableName, allowed: number): boolean => table === name && (hooks & ~allowed) === 0;
  switch (target.kind) {
    case 'REJECT':
      if (target.with === 'tcp-reset' && !isProtocol(spec.selector, TCP)) return false;
      return within('filter', at(INPUT, FORWARD, OUTPUT));
    case 'SNAT':
      return within('nat', at(POSTROUTING, INPUT));
    case 'DNAT':
    case 'REDIRECT':
      return within('nat', at(PREROUTING, OUTPUT));
    case 'MASQUERADE':
      return within('nat', at(POSTROUTING));
    case 'NETMAP':
      return within('nat', at(PREROUTING, OUTPUT, POSTROUTING, INPUT));
    case 'CT':
      return table === 'raw';
    case 'TTL':
    case 'HL':
    case 'DSCP':
    case 'TOS':
    case 'CHECKSUM':
      return table === 'mangle';
    case 'ECN':
      return table === 'mangle' && isProtocol(spec.selector, TCP);
    case 'HMARK':
    case 'SNPT':
    case 'DNPT':
      return table === 'mangle';
    case 'TCPOPTSTRIP':
      return table === 'mangle' && isProtocol(spec.selector, TCP);
    case 'TPROXY':
      return within('mangle', at(PREROUTING)) && (isProtocol(spec.selector, TCP) || isProtocol(spec.selector, 17));
    case 'CONNSECMARK':
      return table === 'mangle' || table === 'security';
    case 'IDLETIMER':
      return target.timeoutS > 0;
    case 'CLASSIFY':
      return (hooks & ~at(OUTPUT, FORWARD, POSTROUTING)) === 0;
    case 'TCPMSS':
      if (!isProtocol(spec.selector, TCP)) return false;
      return target.mss !== 'clamp' || (hooks & ~at(FORWARD, OUTPUT, POSTROUTING)) === 0;
    case 'MARK':
    case 'CONNMARK':
    case 'LOG':
    case 'NFLOG':
      return true;
    case 'SET':
      if (target.map === null) return true;
      if (table !== 'mangle') return false;
      return !target.mapped.some((what) => what !== 'mark') || (hooks & ~at(FORWARD, OUTPUT, POSTROUTING)) === 0;
    case 'TRACE':
    case 'AUDIT':
    case 'SECMARK':
    case 'LED':
    case 'NFQUEUE':
    case 'TEE':
      return true;
  }
}
