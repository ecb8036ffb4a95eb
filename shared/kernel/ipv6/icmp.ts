/** ICMPv6: echo, errors, neighbour discovery (net/ipv6/icmp.c, ndisc.c). */
import { encodeFrame, Icmp, Icmp6Type, IPV6_ALL_NODES, IPV6_ANY, IpProtocol, isIpv6Multicast } from '../../wire/index.ts';
import { fromUint8Array } from '../../base/index.ts';
import type { Ipv6, Mac } from '../../wire/index.ts';
import { ipv6Bytes, macBytes, ndPacket, sendControl6 } from '../arp-packet.ts';
import { answerTrace } from '../ipv4/icmp.ts';
import { Skb } from '../model.ts';
import type { Device, Netns } from '../model.ts';
import { heardFrom, lookupNeighbour, updateNeighbour } from '../neighbour.ts';
import { Nud } from '../numbers.ts';
import { drop } from '../transmit.ts';
import { dadFailed } from './addrconf.ts';
import { send6 } from './output.ts';
import { ping6Reply } from '../sockets/raw6.ts';

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
      ping6Reply(skb, netns);
      return;
    case Icmp6Type.UNREACHABLE:
    case Icmp6Type.TOO_BIG:
    case Icmp6Type.TIME_EXCEEDED:
    case Icmp6Type.PARAMETER_PROBLEM:
      ping6Reply(skb, netns);
      return;
    case Icmp6Type.NEIGHBOUR_SOLICIT:
      solicited(skb, device);
      return;
    case Icmp6Type.NEIGHBOUR_ADVERT:
      advertised(skb, device);
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

/** Destination unreachable, to the sender. Code 0: no route, 3: address, 4: port. */
export function sendIcmp6Unreachable(cause: Skb, netns: Netns, code: number): void {
  error6(cause, netns, Icmp6Type.UNREACHABLE, code, 0);
}
export function sendIcmp6TimeExceeded(cause: Skb, netns: Netns): void {
  error6(cause, netns, Icmp6Type.TIME_EXCEEDED, 0, 0);
}
function error6(cause: Skb, netns: Netns, type: number, code: number, info: number): void {
  const ip6 = cause.ip6;
  if (ip6 === null || ip6.src === IPV6_ANY || isIpv6Multicast(ip6.src) || isIpv6Multicast(ip6.dst)) return;
  if (cause.icmp !== null && cause.icmp.type < 128) return;
  const answer = new Skb();
  answer.icmp = new Icmp(type, code, info >>> 16, info & 0xffff);
  answer.payload = fromUint8Array(encodeFrame(cause).subarray(14, 14 + 1232));
  answerTrace(answer, cause, netns, 'helper');
  send6(answer, netns, null, ip6.src, IpProtocol.ICMPV6, null);
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
    drop(skb, netns, 'ARP_IGNORED', 'not an address of this host');
    return;
  }
  if (ifa.tentative) {
    if (isDad) dadFailed(ifa);
    return;
  }
  if (skb.recorder !== null) skb.end({ kind: 'delivered', to: 'neighbour discovery' });
  const flags = (ipv6.conf.forwarding !== 0 ? ROUTER : 0) | OVERRIDE | (isDad ? 0 : SOLICITED);
  const body = ipv6Bytes(target) + '\x02\x01' + macBytes(device.address);
  const mac = linkAddressOption(skb, 1);
  if (!isDad && mac !== null) heardFrom(device, ip6.src, 6, mac);
  const to = isDad ? IPV6_ALL_NODES : ip6.src;
  const ethDst = isDad ? 0x333300000001 : (mac ?? skb.ethSrc);
  const answer = ndPacket(device, Icmp6Type.NEIGHBOUR_ADVERT, target, to, ethDst, flags, body);
  answerTrace(answer, skb, netns, 'helper');
  sendControl6(answer, device);
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
