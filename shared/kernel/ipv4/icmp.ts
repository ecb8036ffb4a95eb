/**
 * ICMP (net/ipv4/icmp.c): errors with the right source, quote and rate limits; echo; what errors that come in mean to routes and sockets.
 */
import {
  decodeQuoted,
  encodeNetworkBytes,
  EtherType,
  formatIpv4,
  Icmp,
  IcmpType,
  IcmpUnreachable,
  Ipv4Header,
  IpProtocol,
  isIpv4Multicast,
} from '../../wire/index.ts';
import type { Ipv4, Packet } from '../../wire/index.ts';
import { selectSource } from './addresses.ts';
import { addressType } from './fib.ts';
import { mtuFor, nextIpId, sendDatagram } from './output.ts';
import { recordOptions } from './options.ts';
import { lastLookup, outputRequest, routeOutput } from './route.ts';
import { vrfOf } from '../l3mdev.ts';
import { Skb } from '../model.ts';
import type { Device, Netns } from '../model.ts';
import { attachConnection } from '../netfilter/conntrack/connection.ts';
import { ensureNeighbour, sendEvent } from '../neighbour.ts';
import { NUD_VALID, PacketType, Scope } from '../numbers.ts';
import { describe } from '../describe.ts';
import { drop } from '../transmit.ts';

const ERROR_TYPES = new Set<number>([IcmpType.UNREACHABLE, 4, IcmpType.REDIRECT, IcmpType.TIME_EXCEEDED, IcmpType.PARAMETER_PROBLEM]);
/** XRLIM_BURST_FACTOR. */
const BURST_FACTOR = 6;
const UNREACHABLE_NAMES = ['net unreachable', 'host unreachable', 'protocol unreachable', 'port unreachable', 'fragmentation needed', 'source route failed'];

export function errorName(type: number, code: number): string {
  if (type === IcmpType.UNREACHABLE) return UNREACHABLE_NAMES[code] ?? 'administratively prohibited';
  if (type === IcmpType.TIME_EXCEEDED) return code === 0 ? 'time to live exceeded' : 'fragment reassembly time exceeded';
  return type === IcmpType.REDIRECT ? 'redirect' : `type ${type} code ${code}`;
}

/** icmp_send: tells the sender of `cause` what went wrong. `info`: the MTU, or a gateway. */
export function sendIcmpError(cause: Skb, netns: Netns, type: number, code: number, info: number): void {
  const ip = cause.ip;
  const dst = cause.dst;
  if (ip === null || dst === null || cause.packetType !== PacketType.HOST) return;
  if (dst.kind === 'broadcast' || dst.kind === 'multicast' || ip.dst === -1 || isIpv4Multicast(ip.dst)) return;
  if (ip.fragmentOffset !== 0) return;
  if (ip.protocol === IpProtocol.ICMP) {
    const inner = cause.icmp?.type ?? cause.payload.charCodeAt(0);
    if (ERROR_TYPES.has(inner)) return;
  }
  const limited = cause.inDevice?.isLoopback !== true && isLimitedType(netns, type, code);
  if (limited && !globalAllows(netns)) {
    netns.mib.icmp.OutRateLimitGlobal++;
    return reportError(cause, netns, type, code, ip.src, 'limited');
  }
  const isLocal = dst.kind === 'local';
  let source: Ipv4 = isLocal ? ip.dst : 0;
  if (!isLocal && netns.ipv4.icmp_errors_use_inbound_ifaddr !== 0 && cause.inDevice !== null) source = selectSource(cause.inDevice, ip.src, Scope.LINK);
  const tos = (ip.tos & 0x1e) | 0xc0;
  const request = outputRequest(ip.src, source);
  request.tos = tos;
  request.mark = netns.ipv4.fwmark_reflect !== 0 ? cause.mark : 0;
  request.protocol = IpProtocol.ICMP;
  request.outIndex = vrfIndex(cause);
  const way = routeOutput(netns, request, null);
  if (typeof way === 'string') return;
  if (limited && way.device?.isLoopback !== true && !destinationAllows(netns, ip.src)) {
    netns.mib.icmp.OutRateLimitHost++;
    return reportError(cause, netns, type, code, ip.src, 'limited');
  }
  reportError(cause, netns, type, code, ip.src, 'sent');
  const answer = new Skb();
  answer.etherType = EtherType.IPV4;
  answer.ip = new Ipv4Header(way.source, ip.src, IpProtocol.ICMP, netns.ipv4.ip_default_ttl);
  answer.ip.tos = tos;
  answer.ip.id = nextIpId(netns);
  answer.icmp = new Icmp(type, code, info >>> 16, info & 0xffff);
  const room = Math.min(mtuFor(way, netns, false), 576) - 28;
  answer.payload = encodeNetworkBytes(cause).slice(0, room);
  answer.dst = way;
  answer.mark = request.mark;
  answer.ignoreDf = true;
  attachConnection(answer, cause);
  answerTrace(answer, cause, netns, 'helper');
  netns.mib.icmp.sent(type);
  sendDatagram(answer, netns);
}
function reportError(cause: Skb, netns: Netns, type: number, code: number, to: Ipv4, outcome: 'sent' | 'limited'): void {
  if (cause.recorder === null) return;
  cause.step({ kind: 'icmp-error', type, code, name: errorName(type, code), to: formatIpv4(to), limited: outcome === 'limited' }, netns);
}
/** Answers go out of the VRF that the packet came in by. */
function vrfIndex({ inDevice, dst }: Skb): number {
  const device = inDevice ?? dst?.device ?? null;
  return device !== null && device.netns.hasVrfs ? (vrfOf(device)?.index ?? 0) : 0;
}
/** The trace goes on in what answers. */
export function answerTrace(answer: Skb, cause: Skb, netns: Netns, direction: 'reply' | 'helper'): void {
  const { recorder } = cause;
  if (recorder === null) return;
  const now = netns.simulation.nowUs;
  answer.recorder = recorder;
  if (direction === 'reply') recorder.step(cause.hop, { kind: 'answer', summary: describe(answer) }, now);
  const beside = recorder.direction(cause.hop) === 'request' ? direction : recorder.direction(cause.hop);
  answer.hop = recorder.enter(cause.hop, netns.place, null, beside, now);
  answer.step({ kind: 'send', by: 'kernel', summary: describe(answer) }, netns);
}

function isLimitedType(netns: Netns, type: number, code: number): boolean {
  if (type > 18 || (type === IcmpType.UNREACHABLE && code === IcmpUnreachable.FRAG_NEEDED)) return false;
  return ((1 << type) & netns.ipv4.icmp_ratemask) !== 0;
}
/** icmp_msgs_per_sec and icmp_msgs_burst. */
function globalAllows(netns: Netns): boolean {
  const now = netns.simulation.nowUs;
  const earned = Math.floor(((now - netns.icmpCreditUs) * netns.ipv4.icmp_msgs_per_sec) / 1e6);
  if (earned > 0) {
    netns.icmpCredit = Math.min(netns.ipv4.icmp_msgs_burst, netns.icmpCredit + earned);
    netns.icmpCreditUs = now;
  }
  if (netns.icmpCredit <= 0) return false;
  netns.icmpCredit--;
  return true;
}
function limitOf(netns: Netns, address: Ipv4): { tokens: number; lastUs: number; redirects: number } {
  let limit = netns.icmpLimits.get(address);
  if (limit === undefined) {
    limit = { tokens: 0, lastUs: netns.simulation.nowUs - 60e6, redirects: 0 };
    netns.icmpLimits.set(address, limit);
  }
  return limit;
}
const JIFFY_US = 4000;
/** icmpv4_xrlim_allow: six at once, then one each icmp_ratelimit. */
function destinationAllows(netns: Netns, address: Ipv4): boolean {
  const costUs = netns.ipv4.icmp_ratelimit * 1000;
  const limit = limitOf(netns, address);
  const now = netns.simulation.nowUs;
  // Once a jiffy: an error of routing, counted a moment ago, leaves what it left.
  if (Math.floor(now / JIFFY_US) !== Math.floor(limit.lastUs / JIFFY_US)) {
    limit.tokens = Math.min(limit.tokens + now - limit.lastUs, BURST_FACTOR * costUs);
    limit.lastUs = now;
  }
  if (limit.tokens < costUs) return false;
  limit.tokens -= costUs;
  return true;
}

/** ip_rt_error_cost and ip_rt_error_burst. */
const ROUTE_ERROR_COST_US = 1e6;
const ROUTE_ERROR_BURST_US = 5e6;
/** ip_error: routing errors draw on the same tokens as ICMP's own limit. */
export function routeErrorAllows(netns: Netns, address: Ipv4): boolean {
  const limit = limitOf(netns, address);
  const now = netns.simulation.nowUs;
  limit.tokens = Math.min(limit.tokens + now - limit.lastUs, ROUTE_ERROR_BURST_US);
  limit.lastUs = now;
  if (limit.tokens < ROUTE_ERROR_COST_US) return false;
  limit.tokens -= ROUTE_ERROR_COST_US;
  return true;
}

/** ip_rt_send_redirect: the sender could have used the next hop itself. At most nine, further and further apart. */
export function sendRedirect(skb: Skb, device: Device): void {
  const { netns } = device;
  const ip = skb.ip!;
  const limit = limitOf(netns, ip.src);
  const now = netns.simulation.nowUs;
  if (now > limit.lastUs + 20.48e6) limit.redirects = 0;
  if (limit.redirects >= 9) {
    limit.lastUs = now;
    return;
  }
  if (limit.redirects === 0 || now > limit.lastUs + 20_000 * 2 ** limit.redirects) {
    const gateway = skb.dst!.gateway || ip.dst;
    sendIcmpError(skb, netns, IcmpType.REDIRECT, 1, gateway);
    limit.lastUs = now;
    limit.redirects++;
  }
}

/** icmp_rcv: ICMP for this host, checksum and all. Raw sockets have had their copy. */
export function receiveIcmp(skb: Skb, netns: Netns): void {
  const icmp = skb.icmp;
  const dst = skb.dst!;
  const { icmp: mib } = netns.mib;
  if (icmp === null || icmp.checksum >= 0) {
    mib.InMsgs++;
    mib.InErrors++;
    if (icmp !== null) mib.InCsumErrors++;
    drop(skb, netns, icmp === null ? 'PKT_TOO_SMALL' : 'ICMP_CSUM', '');
    return;
  }
  mib.received(icmp.type);
  if (dst.kind === 'broadcast' || dst.kind === 'multicast') {
    const isEcho = icmp.type === IcmpType.ECHO_REQUEST || icmp.type === 13;
    if (isEcho && netns.ipv4.icmp_echo_ignore_broadcasts !== 0) {
      mib.InErrors++;
      drop(skb, netns, 'INVALID_PROTO', 'icmp_echo_ignore_broadcasts');
      return;
    }
  }
  switch (icmp.type) {
    case IcmpType.ECHO_REQUEST:
      if (netns.ipv4.icmp_echo_ignore_all === 0) reply(skb, netns);
      else drop(skb, netns, 'INVALID_PROTO', 'icmp_echo_ignore_all');
      return;
    case IcmpType.ECHO_REPLY:
      netns.stack.echoReply(skb);
      return;
    case IcmpType.UNREACHABLE:
    case IcmpType.TIME_EXCEEDED:
    case IcmpType.PARAMETER_PROBLEM:
    case IcmpType.REDIRECT:
      receiveError(skb, netns);
      return;
    default:
      if (icmp.type > 18) mib.InErrors++;
      drop(skb, netns, 'UNHANDLED_PROTO', `ICMP type ${icmp.type}`);
  }
}

/** icmp_echo → icmp_reply: from the address that was asked, or the best one after a broadcast. */
function reply(skb: Skb, netns: Netns): void {
  const ip = skb.ip!;
  const icmp = skb.icmp!;
  const asked = skb.dst!;
  const request = outputRequest(ip.src, asked.kind === 'local' ? ip.dst : 0);
  request.tos = ip.tos & 0x1e;
  request.mark = netns.ipv4.fwmark_reflect !== 0 ? skb.mark : 0;
  request.protocol = IpProtocol.ICMP;
  request.outIndex = vrfIndex(skb);
  if (asked.kind !== 'local') request.source = selectSource(skb.inDevice ?? skb.device!, 0, Scope.LINK);
  const answer = new Skb();
  answer.etherType = EtherType.IPV4;
  answer.ip = new Ipv4Header(ip.dst, ip.src, IpProtocol.ICMP, netns.ipv4.ip_default_ttl);
  answer.icmp = new Icmp(IcmpType.ECHO_REPLY, 0, icmp.id, icmp.seq);
  answer.payload = skb.payload;
  if (skb.recorder !== null) {
    skb.step({ kind: 'deliver', to: 'ICMP echo' }, netns);
    skb.end({ kind: 'delivered', to: 'ICMP echo' });
    answerTrace(answer, skb, netns, 'reply');
  }
  const way = routeOutput(netns, request, answer);
  if (typeof way === 'string') {
    drop(answer, netns, 'IP_OUTNOROUTES', way);
    return;
  }
  answer.ip.src = way.source;
  answer.ip.tos = ip.tos;
  // What was recorded goes on being recorded on the way back (ip_options_echo).
  if (ip.options !== '') answer.ip.options = recordOptions(ip.options, { ahead: way.source, back: way.source }, netns) ?? '';
  answer.ip.id = nextIpId(netns);
  answer.dst = way;
  answer.mark = request.mark;
  answer.ignoreDf = true;
  netns.mib.icmp.sent(IcmpType.ECHO_REPLY);
  sendDatagram(answer, netns);
}

/** icmp_unreach and icmp_redirect: routes learn, then the socket that sent the quoted packet is told. */
function receiveError(skb: Skb, netns: Netns): void {
  const icmp = skb.icmp!;
  const quoted = decodeQuoted(skb.payload);
  const ip = quoted.ip;
  if (ip === null) {
    netns.mib.icmp.InErrors++;
    drop(skb, netns, 'PKT_TOO_SMALL', 'the quoted packet is cut short');
    return;
  }
  if (addressType(netns, skb.ip!.dst) === 'broadcast') {
    drop(skb, netns, 'INVALID_PROTO', 'an ICMP error to a broadcast address');
    return;
  }
  if (icmp.type === IcmpType.UNREACHABLE && icmp.code === IcmpUnreachable.FRAG_NEEDED && netns.ipv4.ip_no_pmtu_disc < 2) learnMtu(skb, ip, icmp.seq, netns);
  if (icmp.type === IcmpType.REDIRECT) learnRedirect(skb, quoted, netns);
  if (skb.recorder !== null) {
    skb.step({ kind: 'deliver', to: 'the socket that sent it' }, netns);
    skb.end({ kind: 'delivered', to: `ICMP ${errorName(icmp.type, icmp.code)}` });
  }
  for (const listener of netns.rawListeners) if (listener.protocol === ip.protocol) listener.rawError(skb, quoted);
  netns.protocols.get(ip.protocol)?.error?.(skb, quoted, netns);
  if (ip.protocol === IpProtocol.ICMP) netns.stack.echoError(skb, quoted);
}

/** __ip_rt_update_pmtu: kept on the next hop, for ten minutes. */
export function learnMtu(cause: Skb, ip: Ipv4Header, mtu: number, netns: Netns): void {
  const request = outputRequest(ip.dst, ip.src);
  request.tos = ip.tos;
  request.anySource = true;
  const way = routeOutput(netns, request, null);
  if (typeof way === 'string' || way.device === null || way.route === null) return;
  if (mtuFor(way, netns, false) <= mtu) return;
  const { nexthop } = lastLookup();
  if (nexthop === null) return;
  const minimum = netns.ipv4.routeMinPmtu;
  const learnt = Math.max(mtu, minimum);
  nexthop.exceptions ??= new Map();
  const known = nexthop.exceptions.get(ip.dst);
  const expiresUs = netns.simulation.nowUs + netns.ipv4.routeMtuExpiresS * 1e6;
  nexthop.exceptions.set(ip.dst, { gateway: known?.gateway ?? 0, mtu: learnt, locked: mtu < minimum, expiresUs });
  netns.fibGeneration++;
  if (cause.recorder !== null) cause.step({ kind: 'learn-mtu', destination: formatIpv4(ip.dst), mtu: learnt }, netns);
}

/** __ip_do_redirect: only from the present gateway, to a neighbour, and not on a router. */
function learnRedirect(skb: Skb, quoted: Packet, netns: Netns): void {
  const device = skb.inDevice;
  const ip = quoted.ip!;
  const conf = device?.ipv4?.conf;
  if (device === null || conf === undefined) return;
  const all = netns.ipv4All.accept_redirects !== 0;
  const accepts = conf.forwarding !== 0 ? all && conf.accept_redirects !== 0 : all || conf.accept_redirects !== 0;
  const gateway = (skb.icmp!.id << 16) | skb.icmp!.seq;
  if (!accepts || gateway === skb.ip!.src || isIpv4Multicast(gateway) || gateway === 0 || gateway === -1) return;
  if (addressType(netns, gateway) !== 'unicast') return;
  const request = outputRequest(ip.dst, 0);
  const way = routeOutput(netns, request, null);
  const { nexthop } = lastLookup();
  if (typeof way === 'string' || nexthop === null || way.gateway !== skb.ip!.src || way.device !== device) return;
  const neighbour = ensureNeighbour(device, gateway, 4);
  if (neighbour === null) return;
  // A gateway that is not known yet is asked for first; the next redirect will do.
  if ((neighbour.state & NUD_VALID) === 0) {
    sendEvent(neighbour, null);
    return;
  }
  nexthop.exceptions ??= new Map();
  const known = nexthop.exceptions.get(ip.dst);
  nexthop.exceptions.set(ip.dst, { gateway, mtu: known?.mtu ?? 0, locked: known?.locked ?? false, expiresUs: netns.simulation.nowUs + 300e6 });
  netns.fibGeneration++;
}
