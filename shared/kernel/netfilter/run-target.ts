/**
 * Targets as what they do to a packet: the kernel's half of each extension (xt_*.c, ipt_REJECT.c, nf_reject_ipv4.c). Null is CONTINUE: the next
 * rule is looked at.
 */
import type { Icmp } from '../../wire/index.ts';
import {
  Icmp6Type,
  IcmpType,
  IcmpUnreachable,
  Ipv4Header,
  Tcp,
  TcpFlag,
  EtherType,
  IpProtocol,
  PARTIAL_CHECKSUM,
  formatMac,
  networkLength,
} from '../../wire/index.ts';
import { answerTrace, sendIcmpError } from '../ipv4/icmp.ts';
import { localOutput, mtuFor } from '../ipv4/output.ts';
import { isLocalAddress, selectSource } from '../ipv4/addresses.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { Dst, Skb } from '../model.ts';
import { Hook, PacketType, Scope, Verdict } from '../numbers.ts';
import { attachConnection, CtInfo, type Connection } from './conntrack/connection.ts';
import { manipOf, setUpNat } from './conntrack/nat.ts';
import { templateOf } from './conntrack/zone.ts';
import type { HookContext } from './context.ts';
import { compileSeldom } from './run-seldom.ts';
import { mssOf, withMss } from './test-match.ts';
import type { ConnmarkTarget, CtTarget, ExtensionTarget, LogTarget, NatRange, NatTarget, RejectType, TcpmssTarget } from './target.ts';

export type Action = (context: HookContext) => Verdict | null;
const CONTINUE = null;

export function compileTarget(target: ExtensionTarget): Action {
  switch (target.kind) {
    case 'REJECT':
      return (c) => reject(target.with, c);
    case 'LOG':
      return (c) => log(target, c);
    case 'MARK': {
      const { mark, mask } = target;
      return (c) => {
        c.skb.mark = ((c.skb.mark & ~mask) ^ mark) >>> 0;
        return CONTINUE;
      };
    }
    case 'CONNMARK':
      return (c) => connmark(target, c);
    case 'SNAT':
    case 'DNAT':
    case 'MASQUERADE':
    case 'REDIRECT':
    case 'NETMAP':
      return (c) => nat(target, c);
    case 'CT':
      return compileCt(target);
    case 'TCPMSS':
      return (c) => clampMss(target, c);
    case 'TTL':
    case 'HL':
      return (c) => {
        const header = c.skb.ip;
        const change = (old: number): number =>
          Math.max(0, Math.min(255, target.mode === 'set' ? target.value : target.mode === 'inc' ? old + target.value : old - target.value));
        if (header !== null) header.ttl = change(header.ttl);
        else if (c.skb.ip6 !== null) c.skb.ip6.hopLimit = change(c.skb.ip6.hopLimit);
        return CONTINUE;
      };
    case 'DSCP':
      return (c) => changeTos(c, (tos) => (tos & 3) | (target.dscp << 2));
    case 'TOS':
      return (c) => changeTos(c, (tos) => (tos & ~target.mask) ^ target.value);
    case 'CLASSIFY':
      return (c) => {
        c.skb.priority = ((target.major << 16) | target.minor) >>> 0;
        return CONTINUE;
      };
    case 'SET':
      return (c) => {
        c.netfilter.sets.change(target, c);
        return CONTINUE;
      };
    case 'CHECKSUM':
    case 'TRACE':
    case 'NFLOG':
      // Checksums are always right here, and nobody listens to NFLOG or nftrace.
      return () => CONTINUE;
    default:
      return compileSeldom(target);
  }
}

function changeTos(c: HookContext, change: (tos: number) => number): null {
  if (c.skb.ip !== null) c.skb.ip.tos = change(c.skb.ip.tos);
  else if (c.skb.ip6 !== null) c.skb.ip6.trafficClass = change(c.skb.ip6.trafficClass);
  return CONTINUE;
}

const UNREACHABLE_CODES: Readonly<Partial<Record<RejectType, number>>> = {
  'icmp-net-unreachable': IcmpUnreachable.NET,
  'icmp-host-unreachable': IcmpUnreachable.HOST,
  'icmp-proto-unreachable': IcmpUnreachable.PROTOCOL,
  'icmp-port-unreachable': IcmpUnreachable.PORT,
  'icmp-net-prohibited': IcmpUnreachable.NET_PROHIBITED,
  'icmp-host-prohibited': IcmpUnreachable.HOST_PROHIBITED,
  'icmp-admin-prohibited': IcmpUnreachable.ADMIN_PROHIBITED,
};
const UNREACHABLE6_CODES: Readonly<Partial<Record<RejectType, number>>> = {
  'icmp6-no-route': 0,
  'icmp6-adm-prohibited': 1,
  'icmp6-addr-unreachable': 3,
  'icmp6-port-unreachable': 4,
  'icmp6-policy-fail': 5,
  'icmp6-reject-route': 6,
};

function reject(type: RejectType, c: HookContext): Verdict {
  const { skb, netns } = c;
  if (type === 'tcp-reset') sendReset(skb, c);
  else if (skb.ip !== null) {
    const dst = skb.dst;
    // A bridged packet has no route; the bridge lends one (br_netfilter's fake rtable).
    if (dst === null) skb.dst = new Dst('forward', 'unicast', c.outDevice ?? c.inDevice, 0, null, netns.fibGeneration);
    sendIcmpError(skb, netns, IcmpType.UNREACHABLE, UNREACHABLE_CODES[type] ?? IcmpUnreachable.PORT, 0);
    skb.dst = dst;
  } else if (skb.ip6 !== null) c.netfilter.sendUnreachable6(skb, netns, UNREACHABLE6_CODES[type] ?? Icmp6Type.PARAMETER_PROBLEM);
  return Verdict.DROP;
}

/** nf_send_reset: as if the destination itself had refused. */
function sendReset(cause: Skb, c: HookContext): void {
  const { netns } = c;
  const { ip, tcp } = cause;
  if (ip === null || tcp === null || ip.fragmentOffset !== 0 || (tcp.flags & TcpFlag.RST) !== 0) return;
  if (cause.packetType !== PacketType.HOST && c.hook !== Hook.OUTPUT) return;
  const answer = new Skb();
  answer.etherType = EtherType.IPV4;
  answer.ip = new Ipv4Header(ip.dst, ip.src, IpProtocol.TCP, netns.ipv4.ip_default_ttl);
  answer.ip.dontFragment = true;
  answer.ip.id = 0;
  const length = cause.payload.length + ((tcp.flags & (TcpFlag.SYN | TcpFlag.FIN)) !== 0 ? 1 : 0);
  const isAck = (tcp.flags & TcpFlag.ACK) !== 0;
  answer.tcp = new Tcp(
    tcp.dstPort,
    tcp.srcPort,
    isAck ? tcp.ack : 0,
    isAck ? 0 : (tcp.seq + length) >>> 0,
    isAck ? TcpFlag.RST : TcpFlag.RST | TcpFlag.ACK,
    0,
    '',
  );
  answer.tcp.checksum = PARTIAL_CHECKSUM;
  answer.mark = netns.ipv4.fwmark_reflect !== 0 ? cause.mark : 0;
  const request = outputRequest(ip.src, isLocalAddress(netns, ip.dst) ? ip.dst : 0);
  request.mark = answer.mark;
  request.protocol = IpProtocol.TCP;
  request.anySource = true;
  const way = routeOutput(netns, request, null);
  if (typeof way === 'string') return;
  answer.dst = way;
  attachConnection(answer, cause);
  answerTrace(answer, cause, netns, 'helper');
  localOutput(answer, netns);
}

function connmark(target: ConnmarkTarget, c: HookContext): null {
  const ct = c.skb.ct as Connection | null;
  if (ct === null) return CONTINUE;
  const shift = (value: number): number => (target.shift >= 0 ? value << target.shift : value >>> -target.shift) >>> 0;
  const { ctMark, ctMask, nfMask } = target;
  const before = ct.mark;
  if (target.mode === 'set') ct.mark = shift(((ct.mark & ~ctMask) ^ ctMark) >>> 0);
  else if (target.mode === 'save') ct.mark = ((ct.mark & ~ctMask) ^ shift((c.skb.mark & nfMask) >>> 0)) >>> 0;
  else c.skb.mark = ((c.skb.mark & ~nfMask) ^ shift((ct.mark & ctMask) >>> 0)) >>> 0;
  if (ct.mark !== before && ct.isConfirmed) c.netfilter.conntrack.updated(ct);
  return CONTINUE;
}

/** Decides the translation of a new connection (xt_nat.c, nf_nat_masquerade.c, nf_nat_redirect.c). */
function nat(target: NatTarget, c: HookContext): Verdict {
  const ct = c.skb.ct as Connection | null;
  if (ct === null) return Verdict.ACCEPT;
  const range = rangeFor(target, c, ct);
  if (range === null) return Verdict.DROP;
  return setUpNat(ct, range, manipOf(c.hook), c.netfilter.conntrack, c.netns.rng) ? Verdict.ACCEPT : Verdict.DROP;
}
function rangeFor(target: NatTarget, c: HookContext, ct: Connection): NatRange | null {
  const { range } = target;
  switch (target.kind) {
    case 'MASQUERADE': {
      const out = c.outDevice;
      if (out === null) return null;
      const address = c.skb.ip !== null ? selectSource(out, c.skb.dst?.gateway || c.skb.ip.dst, Scope.UNIVERSE) : c.netfilter.source6(out);
      if (address === 0 || address === null) return null;
      ct.masqueradeIndex = out.index;
      return { ...range, addresses: { min: address, max: address } };
    }
    case 'REDIRECT': {
      const address = c.skb.ip !== null ? (c.hook === Hook.OUTPUT ? 0x7f000001 : firstAddress(c)) : c.netfilter.redirect6(c);
      return address === 0 || address === null ? null : { ...range, addresses: { min: address, max: address } };
    }
    case 'NETMAP': {
      const old = manipOf(c.hook) === 'SNAT' ? c.src : c.dst;
      const { min, max } = range.addresses!;
      if (typeof min !== 'number') return range;
      const host = min ^ (max as number);
      const address = (min & ~host) | ((old as number) & host);
      return { ...range, addresses: { min: address, max: address } };
    }
    default:
      return range;
  }
}
function firstAddress(c: HookContext): number {
  return c.inDevice?.ipv4?.addresses.find((each) => !each.secondary)?.local ?? 0;
}

function compileCt(target: CtTarget): (c: HookContext) => null {
  const template = templateOf(target);
  return ({ skb }) => {
    if (skb.ct !== null || skb.ctTemplate !== null || skb.ctInfo === CtInfo.UNTRACKED) return CONTINUE;
    if (target.notrack) skb.ctInfo = CtInfo.UNTRACKED;
    else skb.ctTemplate = template;
    return CONTINUE;
  };
}

function clampMss(target: TcpmssTarget, c: HookContext): null {
  const { tcp, dst } = c.skb;
  if (tcp === null || (tcp.flags & TcpFlag.SYN) === 0) return CONTINUE;
  const overhead = c.skb.ip6 !== null ? 60 : 40;
  let mss: number;
  if (target.mss === 'clamp') {
    if (dst === null || dst.device === null) return CONTINUE;
    let mtu = mtuFor(dst, c.netns, false);
    if (c.skb.ip !== null) {
      const back = routeOutput(c.netns, { ...outputRequest(c.skb.ip.src), anySource: true }, null);
      if (typeof back !== 'string' && back.device !== null) mtu = Math.min(mtu, mtuFor(back, c.netns, false));
    }
    mss = mtu - overhead;
  } else mss = target.mss;
  const old = mssOf(tcp.options);
  if (old === undefined) {
    // Without the option the other side assumes 536 (1220 for IPv6): never more than that is set.
    if (c.skb.payload === '') tcp.options = withMss(tcp.options, Math.min(mss, c.skb.ip6 !== null ? 1220 : 536));
  } else if (old > mss) tcp.options = withMss(tcp.options, mss);
  return CONTINUE;
}

/** A line of the kernel's log (nf_log_syslog.c). */
function log(target: LogTarget, c: HookContext): null {
  const { skb } = c;
  const { ip, tcp, udp, icmp } = skb;
  let text = `${target.prefix}IN=${c.inName} OUT=${c.outName}`;
  if (skb.physIn !== null) text += ` PHYSIN=${skb.physIn.name}`;
  if (skb.physOut !== null) text += ` PHYSOUT=${skb.physOut.name}`;
  if (c.inDevice !== null && c.outDevice === null) text += ` MAC=${c.inDevice.isEthernet ? `${formatMac(skb.ethDst)}:${formatMac(skb.ethSrc)}:08:00` : ''}`;
  if (ip !== null) {
    const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');
    text += ` SRC=${c.netfilter.text(c.src)} DST=${c.netfilter.text(c.dst)} LEN=${networkLength(skb)} TOS=0x${hex(ip.tos & 0x1e)} PREC=0x${hex(ip.tos & 0xe0)} TTL=${ip.ttl} ID=${ip.id}`;
    if (ip.dontFragment) text += ' DF';
    if (ip.moreFragments) text += ' MF';
  } else
    text += ` SRC=${c.netfilter.text(c.src)} DST=${c.netfilter.text(c.dst)} LEN=${networkLength(skb)} TC=${skb.ip6?.trafficClass ?? 0} HOPLIMIT=${skb.ip6?.hopLimit ?? 0} FLOWLBL=${skb.ip6?.flowLabel ?? 0}`;
  if (tcp !== null) {
    text += ` PROTO=TCP SPT=${tcp.srcPort} DPT=${tcp.dstPort}`;
    if (target.tcpSequence) text += ` SEQ=${tcp.seq} ACK=${tcp.ack}`;
    text += ` WINDOW=${tcp.window} RES=0x00${flagNames(tcp.flags)} URGP=${tcp.urgent}`;
  } else if (udp !== null) text += ` PROTO=UDP SPT=${udp.srcPort} DPT=${udp.dstPort} LEN=${8 + skb.payload.length}`;
  else if (icmp !== null) text += icmpText(icmp, ip !== null);
  else text += ` PROTO=${c.protocol}`;
  if (skb.mark !== 0) text += ` MARK=0x${skb.mark.toString(16)}`;
  c.netfilter.log(target.level, `${text} `);
  return CONTINUE;
}
function flagNames(flags: number): string {
  let text = '';
  for (const name of ['CWR', 'ECE', 'URG', 'ACK', 'PSH', 'RST', 'SYN', 'FIN'] as const) if ((flags & TcpFlag[name]) !== 0) text += ` ${name}`;
  return text;
}
function icmpText(icmp: Icmp, isV4: boolean): string {
  const isEcho = isV4 ? icmp.type === 8 || icmp.type === 0 : icmp.type === 128 || icmp.type === 129;
  return ` PROTO=${isV4 ? 'ICMP' : 'ICMPv6'} TYPE=${icmp.type} CODE=${icmp.code}${isEcho ? ` ID=${icmp.id} SEQ=${icmp.seq}` : ''}`;
}
