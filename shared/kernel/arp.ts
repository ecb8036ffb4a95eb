/** Receiving ARP (net/ipv4/arp.c, arp_process): answering for ourselves and by proxy, learning. */
import { ArpOp, formatIpv4, formatMac, isIpv4Loopback, isIpv4Multicast, MAC_BROADCAST } from '../wire/index.ts';
import type { Arp, Ipv4 } from '../wire/index.ts';
import { sendArp } from './arp-packet.ts';
import { addressMatches } from './ipv4/addresses.ts';
import { addressType, addressTypeOn } from './ipv4/fib.ts';
import { outputRequest, routeInput, routeOutput } from './ipv4/route.ts';
import { ensureNeighbour, heardFrom, lookupNeighbour, updateNeighbour } from './neighbour.ts';
import type { Device, Ipv4Device, Netns, Skb } from './model.ts';
import { Nud, PacketType, Scope, Iff } from './numbers.ts';
import { drop } from './transmit.ts';

export function receiveArp(skb: Skb, device: Device): void {
  const { arp } = skb;
  const { netns, ipv4 } = device;
  if ((device.flags & Iff.NOARP) !== 0 || skb.packetType === PacketType.OTHERHOST || skb.packetType === PacketType.LOOPBACK)
    return ignore(skb, device, 'not for this host');
  if (arp === null || ipv4 === null || (arp.op !== ArpOp.REQUEST && arp.op !== ArpOp.REPLY)) return ignore(skb, device, 'not an ARP that is understood');
  const { senderIp, senderMac, targetIp } = arp;
  const routesLocalnet = ipv4.conf.route_localnet !== 0 || netns.ipv4All.route_localnet !== 0;
  if (isIpv4Multicast(targetIp) || (isIpv4Loopback(targetIp) && !routesLocalnet)) return ignore(skb, device, 'for a multicast or loopback address');
  if (senderIp === targetIp && (ipv4.conf.drop_gratuitous_arp !== 0 || netns.ipv4All.drop_gratuitous_arp !== 0))
    return ignore(skb, device, 'drop_gratuitous_arp');
  if (senderIp === 0) {
    // Duplicate address detection of RFC 2131: answered, nothing is learnt.
    if (arp.op === ArpOp.REQUEST && addressType(netns, targetIp) === 'local' && !ignores(device, ipv4, senderIp, targetIp)) answer(skb, device, 'answer');
    return;
  }
  const refused = arp.op === ArpOp.REQUEST ? routeInput(skb, senderIp, targetIp, 0, device) : null;
  if (arp.op === ArpOp.REQUEST && refused === null && request(skb, device, ipv4)) return;
  learn(skb, device, ipv4);
  if (refused !== null) drop(skb, netns, refused.reason, refused.detail);
  else if (arp.op === ArpOp.REQUEST && skb.recorder !== null) ignore(skb, device, `${formatIpv4(targetIp)} is not an address of this host`);
  else if (skb.recorder !== null) skb.end({ kind: 'delivered', to: `ARP: ${formatIpv4(senderIp)} is at ${formatMac(senderMac)}` });
}

/** A broadcast request of no concern to this host: for another address, from somebody it does not know, and it is no proxy. */
export function ignoresArp(arp: Arp, device: Device, ipv4: Ipv4Device): boolean {
  const { netns } = device;
  if (arp.op !== ArpOp.REQUEST || arp.senderIp === 0 || arp.senderIp === arp.targetIp || ipv4.conf.forwarding !== 0) return false;
  if (ipv4.conf.arp_accept !== 0 || netns.ipv4All.arp_accept !== 0 || netns.hasCustomLocalRoutes) return false;
  return !netns.localAddresses.has(arp.targetIp) && addressType(netns, arp.targetIp) !== 'local' && !ipv4.neighbours.has(arp.senderIp);
}

/** True when the request was dealt with. */
function request(skb: Skb, device: Device, ipv4: Ipv4Device): boolean {
  const { senderIp, senderMac, targetIp } = skb.arp!;
  const { netns } = device;
  const dst = skb.dst!;
  if (dst.kind === 'local') {
    if (ignores(device, ipv4, senderIp, targetIp)) {
      ignore(skb, device, 'arp_ignore');
      return true;
    }
    if ((ipv4.conf.arp_filter !== 0 || netns.ipv4All.arp_filter !== 0) && filters(netns, device, senderIp, targetIp)) {
      ignore(skb, device, 'arp_filter');
      return true;
    }
    if (heardFrom(device, senderIp, 4, senderMac) !== null) answer(skb, device, 'answer');
    return true;
  }
  if (dst.kind !== 'forward' || ipv4.conf.forwarding === 0) return false;
  const proxied = netns.proxyNeighbours.some((entry) => entry.family === 4 && entry.address === targetIp && (entry.device === null || entry.device === device));
  if (!proxies(netns, device, ipv4, skb) && !(dst.device !== device && proxied)) return false;
  heardFrom(device, senderIp, 4, senderMac);
  const delayMs = ipv4.parms.proxyDelayMs;
  if (skb.packetType === PacketType.HOST || delayMs === 0) answer(skb, device, 'proxy');
  else netns.simulation.after(netns.rng.below(delayMs) * 1000, () => void (device.unregistered || answer(skb, device, 'proxy')));
  return true;
}

function answer(skb: Skb, device: Device, decision: 'answer' | 'proxy'): void {
  const { senderIp, senderMac, targetIp } = skb.arp!;
  if (skb.recorder !== null) {
    const why = decision === 'answer' ? 'the address is ours' : 'proxy ARP: the way to it leads elsewhere';
    skb.step({ kind: 'arp', decision, address: formatIpv4(targetIp), mac: formatMac(device.address), why }, device.netns);
    skb.end({ kind: 'delivered', to: 'ARP' });
  }
  sendArp(device, ArpOp.REPLY, targetIp, senderIp, senderMac, senderMac, skb);
}
function ignore(skb: Skb, device: Device, why: string): void {
  if (skb.recorder !== null && skb.arp !== null) {
    skb.step({ kind: 'arp', decision: 'ignore', address: formatIpv4(skb.arp.targetIp), mac: formatMac(device.address), why }, device.netns);
    drop(skb, device.netns, 'ARP_IGNORED', why);
  }
}

/** arp_ignore(): whether the sysctl forbids to answer. */
function ignores(device: Device, ipv4: Ipv4Device, senderIp: Ipv4, targetIp: Ipv4): boolean {
  const { netns } = device;
  const mode = Math.max(ipv4.conf.arp_ignore, netns.ipv4All.arp_ignore);
  if (mode === 0) return false;
  if (mode === 8) return true;
  if (mode > 3) return false;
  const here = mode === 3 ? [...netns.devices.values()].flatMap((other) => other.ipv4?.addresses ?? []) : ipv4.addresses;
  return !here.some((ifa) => {
    if (ifa.local !== targetIp) return false;
    if (mode === 3) return ifa.scope <= Scope.LINK && ifa.scope < Scope.HOST;
    return mode === 1 || senderIp === 0 || addressMatches(ifa, senderIp);
  });
}

/** arp_filter(): an answer would not leave by this device. */
function filters(netns: Netns, device: Device, senderIp: Ipv4, targetIp: Ipv4): boolean {
  const way = routeOutput(netns, outputRequest(senderIp, targetIp), null);
  return typeof way === 'string' || way.device !== device;
}

/** arp_fwd_proxy and arp_fwd_pvlan. */
function proxies(netns: Netns, device: Device, ipv4: Ipv4Device, skb: Skb): boolean {
  const out = skb.dst!.device;
  const orConf = (name: 'proxy_arp' | 'proxy_arp_pvlan'): boolean => ipv4.conf[name] !== 0 || netns.ipv4All[name] !== 0;
  if (out === device) return orConf('proxy_arp_pvlan') && skb.arp!.senderIp !== skb.arp!.targetIp;
  if (!orConf('proxy_arp')) return false;
  const medium = ipv4.conf.medium_id;
  if (medium === 0) return true;
  if (medium === -1) return false;
  const other = out?.ipv4?.conf.medium_id ?? 0;
  return other !== medium && other !== -1;
}

function learn(skb: Skb, device: Device, ipv4: Ipv4Device): void {
  const { op, senderIp, senderMac, targetIp, targetMac } = skb.arp!;
  const { netns } = device;
  const mode = Math.max(ipv4.conf.arp_accept, netns.ipv4All.arp_accept);
  const accepts = mode === 1 || (mode === 2 && ipv4.addresses.some((ifa) => addressMatches(ifa, senderIp)));
  let neighbour = lookupNeighbour(device, senderIp, 4) ?? null;
  let gratuitous = false;
  if (neighbour !== null || accepts) {
    gratuitous = targetIp === senderIp && addressTypeOn(netns, senderIp, device.index) === 'unicast';
    if (gratuitous && op === ArpOp.REPLY) gratuitous = targetMac === 0 || targetMac === senderMac || targetMac === MAC_BROADCAST;
  }
  if (accepts && neighbour === null && (gratuitous || (op === ArpOp.REPLY && addressType(netns, senderIp) === 'unicast'))) {
    neighbour = ensureNeighbour(device, senderIp, 4);
  }
  if (neighbour === null) return;
  const override = gratuitous || netns.simulation.nowUs > neighbour.updatedUs + ipv4.parms.locktimeMs * 1000;
  const state = op === ArpOp.REPLY && skb.packetType === PacketType.HOST ? Nud.REACHABLE : Nud.STALE;
  updateNeighbour(neighbour, senderMac, state, { override });
}
