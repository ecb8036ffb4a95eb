/** ICMPv6: echo, errors, neighbour discovery (net/ipv6/icmp.c, ndisc.c). */
import { toUint8Array } from '../../base/index.ts';
import {
  decodeQuoted,
  decodeTransport,
  encodeNetworkBytes,
  EtherType,
  Icmp,
  Icmp6Type,
  IPV6_ALL_NODES,
  IPV6_ANY,
  IpProtocol,
  Ipv6Header,
  isIpv6LinkLocal,
  isIpv6Multicast,
} from '../../wire/index.ts';
import type { Ipv6, Mac } from '../../wire/index.ts';
import { ipv6Bytes, macBytes, ndPacket, sendControl6 } from '../arp-packet.ts';
import { answerTrace } from '../ipv4/icmp.ts';
import { Skb } from '../model.ts';
import type { Device, Netns } from '../model.ts';
import { heardFrom, lookupNeighbour, updateNeighbour } from '../neighbour.ts';
import { attachConnection } from '../netfilter/conntrack/connection.ts';
import { Nud, PacketType } from '../numbers.ts';
import { countIcmp6 } from '../mib.ts';
import { drop } from '../transmit.ts';
import { dadFailed } from './addrconf.ts';
import { flowLabelOf, hopLimitOf, localOutput6, send6 } from './output.ts';
import { rawError6 } from '../sockets/raw6.ts';
import { isLocalAddress6 } from './routes.ts';
import { selectSource6 } from './source.ts';
import { learnMtu6, routeTo6, type Way6 } from './way.ts';

/** Flags of a neighbour advertisement, in the upper half of its second word. */
const ROUTER = 0x8000;
const SOLICITED = 0x4000;
const OVERRIDE = 0x2000;

export function receiveIcmp6(skb: Skb, netns: Netns, device: Device): void {
  const icmp = skb.icmp;
  if (icmp === null || icmp.checksum >= 0) {
    netns.mib.icmp6.InErrors++;
    if (icmp !== null) netns.mib.icmp6.InCsumErrors++;
    drop(skb, netns, 'ICMP_CSUM', '');
    return;
  }
  switch (icmp.type) {
    case Icmp6Type.ECHO_REQUEST:
      reply(skb, netns);
      return;
    case Icmp6Type.ECHO_REPLY:
      if (skb.recorder !== null) skb.end({ kind: 'delivered', to: 'ping' });
      return;
    case Icmp6Type.UNREACHABLE:
    case Icmp6Type.TOO_BIG:
    case Icmp6Type.TIME_EXCEEDED:
    case Icmp6Type.PARAMETER_PROBLEM:
      notify(skb, netns, device);
      return;
    case Icmp6Type.NEIGHBOUR_SOLICIT:
      solicited(skb, device);
      return;
    case Icmp6Type.NEIGHBOUR_ADVERT:
      advertised(skb, device);
      return;
    case Icmp6Type.ROUTER_SOLICIT:
      routersWanted(skb, device);
      return;
    default:
      drop(skb, netns, 'UNHANDLED_PROTO', `ICMPv6 type ${icmp.type}`);
  }
}

function reply(skb: Skb, netns: Netns): void {
  const ip6 = skb.ip6!;
  const answer = new Skb();
  answer.icmp = new Icmp(Icmp6Type.ECHO_REPLY, 0, skb.icmp!.id, skb.icmp!.seq);
  answer.payload = skb.payload;
  if (skb.recorder !== null) {
    skb.end({ kind: 'delivered', to: 'ICMPv6 echo' });
    answerTrace(answer, skb, netns, 'reply');
  }
  const errno = send6(
    answer,
    netns,
    isIpv6Multicast(ip6.dst) ? null : ip6.dst,
    ip6.src,
    IpProtocol.ICMPV6,
    skb.inDevice?.isLoopback === true ? null : skb.inDevice,
  );
  if (errno !== null) drop(answer, netns, 'IP_OUTNOROUTES', errno);
}

/** icmpv6_notify: an error about a packet of ours goes to whom sent it. */
function notify(skb: Skb, netns: Netns, device: Device): void {
  const quoted = decodeQuoted(skb.payload);
  if (quoted.ip6 === null) return drop(skb, netns, 'ICMP_CSUM', 'quotes no packet');
  // The first piece of a packet has its transport header.
  if (quoted.ip6.isFragment && quoted.ip6.fragmentOffset === 0) decodeTransport(toUint8Array(quoted.payload), quoted);
  const { type, id, seq } = skb.icmp!;
  if (type === Icmp6Type.TOO_BIG) learnMtu6(netns, quoted.ip6.dst, isIpv6LinkLocal(quoted.ip6.dst) ? device : null, ((id << 16) | seq) >>> 0);
  if (skb.recorder !== null) skb.end({ kind: 'delivered', to: 'the sender of the packet that it quotes' });
  const { nextHeader } = quoted.ip6;
  if (nextHeader === IpProtocol.TCP || nextHeader === IpProtocol.UDP) netns.protocols.get(nextHeader)?.error?.(skb, quoted, netns);
  if (netns.hasSockets) rawError6(skb, quoted, netns);
}

/** Destination unreachable, to the sender. Code 0: no route, 3: address, 4: port. */
export function sendIcmp6Unreachable(cause: Skb, netns: Netns, code: number): void {
  error6(cause, netns, Icmp6Type.UNREACHABLE, code, 0);
}
export function sendIcmp6TimeExceeded(cause: Skb, netns: Netns, code = 0): void {
  error6(cause, netns, Icmp6Type.TIME_EXCEEDED, code, 0);
}
export function sendIcmp6TooBig(cause: Skb, netns: Netns, mtu: number): void {
  error6(cause, netns, Icmp6Type.TOO_BIG, 0, mtu);
}
export function sendIcmp6ParameterProblem(cause: Skb, netns: Netns, code: number, offset: number): void {
  error6(cause, netns, Icmp6Type.PARAMETER_PROBLEM, code, offset);
}
/** icmp6_send. */
function error6(cause: Skb, netns: Netns, type: number, code: number, info: number): void {
  const ip6 = cause.ip6;
  if (ip6 === null || ip6.src === IPV6_ANY || isIpv6Multicast(ip6.src)) return;
  if (isIpv6Multicast(ip6.dst) && type !== Icmp6Type.TOO_BIG) return;
  if (cause.packetType !== PacketType.HOST && !isIpv6Multicast(ip6.dst)) return;
  if (cause.icmp !== null && cause.icmp.type < 128) return;
  const isMine = !isIpv6Multicast(ip6.dst) && isLocalAddress6(netns, ip6.dst);
  // An address of the device that it came in by says most.
  const source = isMine ? ip6.dst : cause.inDevice === null ? null : selectSource6(netns, cause.inDevice, ip6.src);
  const way = routeTo6(netns, ip6.src, source, isIpv6LinkLocal(ip6.src) ? cause.inDevice : null, { protocol: IpProtocol.ICMPV6 });
  if (typeof way === 'string' || (type !== Icmp6Type.TOO_BIG && !allows(netns, way))) return;
  const answer = new Skb();
  answer.etherType = EtherType.IPV6;
  answer.ip6 = new Ipv6Header(way.source, ip6.src, IpProtocol.ICMPV6, hopLimitOf(way));
  answer.ip6.flowLabel = flowLabelOf(netns, way.source, ip6.src, IpProtocol.ICMPV6, 0, 0);
  answer.icmp = new Icmp(type, code, info >>> 16, info & 0xffff);
  countIcmp6(netns, way.device, type, 'sent');
  answer.payload = encodeNetworkBytes(cause).slice(0, QUOTE_BYTES);
  attachConnection(answer, cause);
  answerTrace(answer, cause, netns, 'helper');
  localOutput6(answer, netns, way);
}
/** What fits a packet of the least MTU. */
const QUOTE_BYTES = 1232;
/** XRLIM_BURST_FACTOR. */
const BURST_FACTOR = 6;
/** icmpv6_xrlim_allow: the wider the route, the more often. */
function allows(netns: Netns, way: Way6): boolean {
  if (way.device.isLoopback) return true;
  const costUs = (netns.ipv6.icmp_ratelimit >> (way.route.length < 128 ? (128 - way.route.length) >> 5 : 0)) * 1000;
  const now = netns.simulation.nowUs;
  let limit = netns.icmpLimits.get(way.destination);
  if (limit === undefined) netns.icmpLimits.set(way.destination, (limit = { tokens: 0, lastUs: now - 60e6, redirects: 0 }));
  limit.tokens = Math.min(limit.tokens + now - limit.lastUs, BURST_FACTOR * costUs);
  limit.lastUs = now;
  if (limit.tokens < costUs) return false;
  limit.tokens -= costUs;
  return true;
}

const targetOf = (skb: Skb): Ipv6 => {
  let text = '';
  for (let i = 0; i < 16; i++) text += skb.payload.charCodeAt(i).toString(16).padStart(2, '0');
  return text;
};
/** Source (1) or target (2) link-layer address option. */
function linkAddressOption(skb: Skb, type: number): Mac | null {
  const bytes = skb.payload;
  for (let at = 16; at + 8 <= bytes.length; at += Math.max(1, bytes.charCodeAt(at + 1)) * 8) {
    if (bytes.charCodeAt(at) !== type) continue;
    let mac = 0;
    for (let i = 0; i < 6; i++) mac = mac * 256 + bytes.charCodeAt(at + 2 + i);
    return mac;
  }
  return null;
}

/** ndisc_recv_ns: somebody asks for one of our addresses, or wants to take it. */
function solicited(skb: Skb, device: Device): void {
  const { netns, ipv6 } = device;
  const target = targetOf(skb);
  const ip6 = skb.ip6!;
  const ifa = ipv6?.addresses.find((mine) => mine.address === target);
  const isDad = ip6.src === IPV6_ANY;
  if (ifa === undefined || ipv6 === null) {
    if (isProxied6(device, target)) answerForAnother(skb, device, target);
    else drop(skb, netns, 'ARP_IGNORED', 'not an address of this host');
    return;
  }
  if (ifa.tentative) {
    if (isDad) dadFailed(ifa);
    return;
  }
  if (skb.recorder !== null) skb.end({ kind: 'delivered', to: 'neighbour discovery' });
  // Who asks one host alone has the link address already.
  const isToMany = isIpv6Multicast(ip6.dst);
  const flags = (ipv6.conf.forwarding !== 0 ? ROUTER : 0) | (isToMany ? OVERRIDE : 0) | (isDad ? 0 : SOLICITED);
  const body = ipv6Bytes(target) + (isToMany || ipv6.conf.force_tllao !== 0 ? `\x02\x01${macBytes(device.address)}` : '');
  const mac = linkAddressOption(skb, 1);
  if (!isDad && mac !== null) heardFrom(device, ip6.src, 6, mac);
  const to = isDad ? IPV6_ALL_NODES : ip6.src;
  const ethDst = isDad ? 0x333300000001 : (mac ?? skb.ethSrc);
  const answer = ndPacket(device, Icmp6Type.NEIGHBOUR_ADVERT, target, to, ethDst, flags, body);
  answerTrace(answer, skb, netns, 'helper');
  sendControl6(answer, device);
}

/** `ip -6 neigh add proxy`, where forwarding and proxy_ndp allow it. */
export const isProxied6 = ({ ipv6, netns }: Device, address: Ipv6): boolean =>
  ipv6 !== null &&
  ipv6.conf.forwarding !== 0 &&
  (ipv6.conf.proxy_ndp !== 0 || netns.ipv6All.proxy_ndp !== 0) &&
  netns.proxyNeighbours.some((proxy) => proxy.family === 6 && proxy.address === address && (proxy.device === null || proxy.device.ipv6 === ipv6));
/** Answers for a proxied address; those asked in a group not all at once (pneigh_enqueue). */
function answerForAnother(skb: Skb, device: Device, target: Ipv6): void {
  const { netns, ipv6 } = device;
  const ip6 = skb.ip6!;
  const isDad = ip6.src === IPV6_ANY;
  const isToMany = isIpv6Multicast(ip6.dst);
  const mac = linkAddressOption(skb, 1);
  const answer = (): void => {
    const to = isDad ? IPV6_ALL_NODES : ip6.src;
    const source = selectSource6(netns, device, to);
    if (source === null || device.unregistered || !device.isUp) return;
    if (!isDad && mac !== null) heardFrom(device, ip6.src, 6, mac);
    const body = ipv6Bytes(target) + (isToMany ? `\x02\x01${macBytes(device.address)}` : '');
    const advert = ndPacket(device, Icmp6Type.NEIGHBOUR_ADVERT, source, to, isDad ? 0x333300000001 : (mac ?? skb.ethSrc), isDad ? 0 : SOLICITED, body);
    answerTrace(advert, skb, netns, 'helper');
    sendControl6(advert, device);
  };
  const delayMs = ipv6?.parms.proxyDelayMs ?? 0;
  if (!isToMany || delayMs === 0) answer();
  else netns.simulation.after(netns.rng.below(delayMs * 1000), answer);
}

/** A host that has come up asks for routers: a router learns of it. */
function routersWanted(skb: Skb, device: Device): void {
  if (device.ipv6?.conf.forwarding === 0) return;
  let mac = 0;
  const bytes = skb.payload;
  if (skb.ip6!.src === IPV6_ANY || bytes.length < 8 || bytes.charCodeAt(0) !== 1) return;
  for (let i = 2; i < 8; i++) mac = mac * 256 + bytes.charCodeAt(i);
  heardFrom(device, skb.ip6!.src, 6, mac);
}

/** ndisc_recv_na. */
function advertised(skb: Skb, device: Device): void {
  const target = targetOf(skb);
  const mine = device.ipv6?.addresses.find((ifa) => ifa.address === target);
  if (mine !== undefined) {
    if (mine.tentative) dadFailed(mine);
    return;
  }
  if (skb.recorder !== null) skb.end({ kind: 'delivered', to: 'neighbour discovery' });
  const neighbour = lookupNeighbour(device, target, 6);
  if (neighbour === undefined) return;
  const flags = skb.icmp!.id;
  const override = (flags & OVERRIDE) !== 0;
  const state = (flags & SOLICITED) !== 0 ? Nud.REACHABLE : Nud.STALE;
  updateNeighbour(neighbour, linkAddressOption(skb, 2), state, { override, weakOverride: !override, router: (flags & ROUTER) !== 0 });
}
