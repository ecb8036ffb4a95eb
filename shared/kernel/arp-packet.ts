/** Making and sending ARP packets and neighbour solicitations (arp_create, arp_solicit, ndisc_solicit). */
import {
  Arp,
  ArpOp,
  EtherType,
  Icmp,
  Icmp6Type,
  IpProtocol,
  Ipv6Header,
  ipv6MulticastMac,
  ipv6SolicitedNode,
  isIpv6LinkLocal,
  isIpv6Multicast,
  MAC_BROADCAST,
  macByte,
  networkLength,
} from '../wire/index.ts';
import type { Ipv4, Ipv6, Mac } from '../wire/index.ts';
import { onLink, selectSource } from './ipv4/addresses.ts';
import { addressType } from './ipv4/fib.ts';
import { count6, countIcmp6, countOut6 } from './mib.ts';
import type { Device, Neighbour } from './model.ts';
import { Skb } from './model.ts';
import { Iff, Scope } from './numbers.ts';
import { transmit } from './transmit.ts';

/** The packet on whose behalf something is sent: its trace goes on in it. */
export function inheritTrace(skb: Skb, cause: Skb | null): void {
  if (cause === null || cause.recorder === null || cause.device === null) return;
  skb.recorder = cause.recorder;
  skb.hop = cause.recorder.enter(cause.hop, cause.device.netns.place, null, 'helper', cause.device.netns.simulation.nowUs);
}

export function sendArp(device: Device, op: number, senderIp: Ipv4, targetIp: Ipv4, ethDst: Mac, targetMac: Mac, cause: Skb | null): void {
  if ((device.flags & Iff.NOARP) !== 0) return;
  const skb = new Skb();
  skb.ethDst = ethDst;
  skb.ethSrc = device.address;
  skb.etherType = EtherType.ARP;
  skb.arp = new Arp(op, device.address, senderIp, targetMac, targetIp);
  inheritTrace(skb, cause);
  transmit(skb, device);
}

/** Asks for an IPv4 neighbour: unicast while its old address is being checked, else broadcast. */
export function solicitArp(neighbour: Neighbour, cause: Skb | null): void {
  const { device } = neighbour;
  const target = neighbour.address as Ipv4;
  const { netns, ipv4 } = device;
  if (ipv4 === null) return;
  const announce = Math.max(ipv4.conf.arp_announce, netns.ipv4All.arp_announce);
  const offered = cause?.ip?.src ?? 0;
  let source: Ipv4 = 0;
  if (offered !== 0 && announce < 2 && addressType(netns, offered) === 'local' && (announce === 0 || onLink(ipv4, target, offered))) source = offered;
  if (source === 0) source = selectSource(device, target, Scope.LINK);
  const unicast = neighbour.probes < ipv4.parms.ucast_solicit && neighbour.mac !== 0;
  sendArp(device, ArpOp.REQUEST, source, target, unicast ? neighbour.mac : MAC_BROADCAST, 0, cause);
}

export function macBytes(mac: Mac): string {
  let text = '';
  for (let i = 0; i < 6; i++) text += String.fromCharCode(macByte(mac, i));
  return text;
}
export function ipv6Bytes(address: Ipv6): string {
  let text = '';
  for (let i = 0; i < 32; i += 2) text += String.fromCharCode(parseInt(address.slice(i, i + 2), 16));
  return text;
}

/** Builds an ICMPv6 packet of neighbour discovery, with its link header. */
export function ndPacket(device: Device, type: number, src: Ipv6, dst: Ipv6, ethDst: Mac, flags: number, body: string): Skb {
  const skb = new Skb();
  skb.ethDst = ethDst;
  skb.ethSrc = device.address;
  skb.etherType = EtherType.IPV6;
  skb.ip6 = new Ipv6Header(src, dst, IpProtocol.ICMPV6, 255);
  skb.icmp = new Icmp(type, 0, flags, 0);
  skb.payload = body;
  return skb;
}

/** Neighbour discovery and multicast listening send their own frames, counted as others are (ndisc_send_skb, mld_sendpack). */
export function sendControl6(skb: Skb, device: Device): void {
  const { netns } = device;
  count6(netns, device, 'OutRequests');
  if (skb.icmp !== null) countIcmp6(netns, device, skb.icmp.type, 'sent');
  countOut6(netns, device, networkLength(skb), isIpv6Multicast(skb.ip6!.dst) ? 'group' : 'one');
  transmit(skb, device);
}

/** Asks for an IPv6 neighbour. */
export function solicitNd(neighbour: Neighbour, cause: Skb | null): void {
  const { device } = neighbour;
  const target = neighbour.address as Ipv6;
  const offered = cause?.ip6?.src;
  const mine = device.ipv6?.addresses.filter((ifa) => !ifa.tentative) ?? [];
  const source = mine.find((ifa) => ifa.address === offered) ?? mine.find((ifa) => isIpv6LinkLocal(ifa.address)) ?? mine[0];
  if (source === undefined) return;
  const unicast = neighbour.probes < (device.ipv6?.parms.ucast_solicit ?? 3) && neighbour.mac !== 0;
  const to = unicast ? target : ipv6SolicitedNode(target);
  const body = ipv6Bytes(target) + '\x01\x01' + macBytes(device.address);
  const skb = ndPacket(device, Icmp6Type.NEIGHBOUR_SOLICIT, source.address, to, unicast ? neighbour.mac : ipv6MulticastMac(to), 0, body);
  inheritTrace(skb, cause);
  sendControl6(skb, device);
}
