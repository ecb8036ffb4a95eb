/** What targets that are used seldom do to a packet (xt_TEE.c, nf_dup_ipv4.c, xt_TCPOPTSTRIP.c, xt_HMARK.c, ip6t_NPT.c, ipt_ECN.c, xt_NFQUEUE.c, xt_TPROXY.c). */
import { TcpFlag } from '../../wire/index.ts';
import { localOutput } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { output6 } from '../ipv6/output.ts';
import { lookup6 } from '../ipv6/routes.ts';
import { Hook, Verdict } from '../numbers.ts';
import { CtInfo, type Connection } from './conntrack/connection.ts';
import type { HookContext } from './context.ts';
import { jenkins } from './jenkins.ts';
import type { Address } from './match.ts';
import type { HmarkTarget, NptTarget, SeldomTarget, TeeTarget } from './target-more.ts';

type Action = (context: HookContext) => Verdict | null;
const CONTINUE = null;

export function compileSeldom(target: SeldomTarget): Action {
  switch (target.kind) {
    case 'AUDIT':
    case 'CONNSECMARK':
    case 'SECMARK':
    case 'IDLETIMER':
    case 'LED':
      return () => CONTINUE;
    case 'ECN':
      return (c) => {
        if (c.skb.tcp !== null) c.skb.tcp.flags &= ~(TcpFlag.ECE | TcpFlag.CWR);
        return CONTINUE;
      };
    case 'HMARK':
      return (c) => hashMark(target, c);
    case 'NFQUEUE':
      return () => (target.bypass ? Verdict.ACCEPT : Verdict.DROP);
    case 'TCPOPTSTRIP':
      return (c) => {
        if (c.skb.tcp !== null) c.skb.tcp.options = withoutOptions(c.skb.tcp.options, target.options);
        return CONTINUE;
      };
    case 'TEE':
      return (c) => copyTo(target, c);
    case 'TPROXY':
      return () => Verdict.DROP;
    case 'SNPT':
    case 'DNPT':
      return (c) => translatePrefix(target, c);
  }
}

const NOP = '\x01';
/** Options in place are overwritten, so that what follows stays where it is. */
function withoutOptions(options: string, stripped: readonly number[]): string {
  let out = '';
  for (let i = 0; i < options.length;) {
    const kind = options.charCodeAt(i);
    const length = kind <= 1 ? 1 : options.charCodeAt(i + 1);
    if (kind === 0 || !(length >= 1)) return out + options.slice(i);
    out += kind > 1 && stripped.includes(kind) ? NOP.repeat(length) : options.slice(i, i + length);
    i += length;
  }
  return out;
}

/** A copy goes to the gateway; it is not tracked, and rules of its own way do not copy it again. */
function copyTo({ gateway, device }: TeeTarget, c: HookContext): null {
  const { skb, netns } = c;
  if (skb.ctInfo === CtInfo.UNTRACKED && skb.depth > 0) return CONTINUE;
  const copy = skb.clone();
  copy.recorder = null;
  copy.ct = null;
  copy.ctInfo = CtInfo.UNTRACKED;
  copy.depth = skb.depth + 1;
  const isOnTheWay = c.hook === Hook.PREROUTING || c.hook === Hook.INPUT;
  const out = device === '' ? undefined : [...netns.devices.values()].find((each) => each.name === device);
  if (device !== '' && out === undefined) return CONTINUE;
  if (copy.ip !== null && typeof gateway === 'number') {
    copy.ip.dontFragment = true;
    if (isOnTheWay) copy.ip.ttl--;
    const way = routeOutput(netns, { ...outputRequest(gateway, 0), anySource: true, outIndex: out?.index ?? 0 }, null);
    if (typeof way !== 'string') {
      copy.dst = way;
      localOutput(copy, netns);
    }
  } else if (copy.ip6 !== null && typeof gateway === 'string') {
    if (isOnTheWay) copy.ip6.hopLimit--;
    const way = lookup6(netns, gateway, out ?? null);
    if (typeof way !== 'string') output6(copy, netns, way);
  }
  return CONTINUE;
}

const masked = (address: Address, mask: Address): number => {
  if (typeof address === 'number') return ((address & (mask as number)) >>> 0) | 0;
  let sum = 0;
  for (let i = 0; i < 32; i += 8) sum ^= parseInt(address.slice(i, i + 8), 16) & parseInt((mask as string).slice(i, i + 8), 16);
  return sum;
};
const swapped = (word: number): number => ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
/** hmark_hash: the same for both directions of a flow. */
function hashMark(target: HmarkTarget, c: HookContext): null {
  const { skb } = c;
  if (skb.icmp !== null && !target.conntrack) return CONTINUE;
  const ct = target.conntrack ? (skb.ct as Connection | null) : null;
  if (target.conntrack && ct === null) return CONTINUE;
  const ports = skb.tcp ?? skb.udp;
  const protocol = ct?.original.protocol ?? c.protocol;
  let src = swapped(masked(ct?.original.src ?? c.src, target.sourceMask));
  let dst = swapped(masked(ct?.reply.src ?? c.dst, target.destinationMask));
  let sourcePort = ((ct?.original.srcPort ?? ports?.srcPort ?? 0) & target.sourcePortMask) | target.sourcePortSet;
  let destinationPort = ((ct?.original.dstPort ?? ports?.dstPort ?? 0) & target.destinationPortMask) | target.destinationPortSet;
  if (protocol === 1 || protocol === 58 || c.isFragment) [sourcePort, destinationPort] = [0, 0];
  if (sourcePort > destinationPort) [sourcePort, destinationPort] = [destinationPort, sourcePort];
  if (dst < src) [src, dst] = [dst, src];
  const both = ((sourcePort >>> 8) | ((sourcePort & 255) << 8) | (((destinationPort >>> 8) | ((destinationPort & 255) << 8)) << 16)) >>> 0;
  const hash = (jenkins([src, dst, both], target.random) ^ (protocol & target.protocolMask)) >>> 0;
  skb.mark = (Number((BigInt(hash) * BigInt(target.modulus)) >> 32n) + target.offset) >>> 0;
  return CONTINUE;
}

const wordsOf = (address: string): number[] => Array.from({ length: 8 }, (_, i) => parseInt(address.slice(i * 4, i * 4 + 4), 16));
const onesSum = (words: readonly number[]): number => {
  let sum = 0;
  for (const word of words) sum += word;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
};
/** Another prefix, and one word changed so that no checksum changes (RFC 6296, ip6t_npt_map_pfx). */
function translatePrefix({ kind, source, destination }: NptTarget, c: HookContext): Verdict | null {
  const { ip6 } = c.skb;
  if (ip6 === null || typeof source.address !== 'string' || typeof destination.address !== 'string') return CONTINUE;
  const length = Math.max(source.length, destination.length);
  const words = wordsOf(kind === 'SNPT' ? ip6.src : ip6.dst);
  const from = wordsOf(source.address);
  const to = wordsOf(destination.address);
  words.forEach((word, i) => {
    const bits = Math.max(0, Math.min(16, length - i * 16));
    const mask = (0xffff << (16 - bits)) & 0xffff;
    words[i] = (word & ~mask & 0xffff) | (to[i]! & mask);
  });
  const adjustment = onesSum([onesSum(from.slice(0, Math.ceil(length / 16))), ~onesSum(to.slice(0, Math.ceil(length / 16))) & 0xffff]);
  const at = length <= 48 ? 3 : [4, 5, 6, 7].find((i) => words[i] !== 0xffff);
  if (at === undefined) return Verdict.DROP;
  const sum = onesSum([words[at]!, adjustment]);
  words[at] = sum === 0xffff ? 0 : sum;
  const address = words.map((word) => word.toString(16).padStart(4, '0')).join('');
  if (kind === 'SNPT') ip6.src = address;
  else ip6.dst = address;
  return CONTINUE;
}
