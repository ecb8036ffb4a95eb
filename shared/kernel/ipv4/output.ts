/**
 * IPv4 on its way out (net/ipv4/ip_output.c): OUTPUT and POSTROUTING hooks, path MTU and fragmentation, the neighbour.
 *
 *     localOutput ─OUTPUT─► output ─POSTROUTING─► finish ─(fragment)─► neighbour ─► device
 *     forward ─────FORWARD─► output
 */
import { completeChecksum, encodeTransportBytes, networkLength } from '../../wire/index.ts';
import type { Ipv4Header } from '../../wire/index.ts';
import { ensureNeighbour, neighbourOutput } from '../neighbour.ts';
import { Skb } from '../model.ts';
import type { Dst, Netns } from '../model.ts';
import { Hook, PacketType } from '../numbers.ts';
import { drop, transmit } from '../transmit.ts';
import { passes } from './hooks.ts';
import { outputRequest, routeOutput } from './route.ts';

/** Sends a packet made here: `ip` filled in, `dst` and `netns` known. False when netfilter did not let it go. */
export function localOutput(skb: Skb, netns: Netns): boolean {
  const out = skb.dst!.device;
  skb.device = out;
  netns.mib.ip.OutRequests++;
  if (netns.hooks[Hook.OUTPUT] !== null && !passes(netns, Hook.OUTPUT, skb, null, out)) return false;
  return output(skb, netns);
}
/** The same for datagrams, whose sender counts what netfilter (EPERM) or the device (ENOBUFS) refused (ip_send_skb). What shut queues lose is no error. */
export function sendDatagram(skb: Skb, netns: Netns): 'EPERM' | 'ENOBUFS' | null {
  const device = skb.dst!.device!;
  const dropped = device.stats.txDropped;
  const passed = localOutput(skb, netns);
  if (passed && (device.stats.txDropped === dropped || !device.tellsOfDrops || device.qdiscWaits)) return null;
  netns.mib.ip.OutDiscards++;
  return passed ? 'ENOBUFS' : 'EPERM';
}

/** dst_output: after FORWARD or OUTPUT. */
export function output(skb: Skb, netns: Netns): boolean {
  const dst = skb.dst!;
  if (dst.kind === 'error' || dst.device === null) {
    drop(skb, netns, 'IP_OUTNOROUTES', dst.errno ?? '');
    return true;
  }
  const inDevice = skb.forwarded ? skb.inDevice : null;
  skb.device = dst.device;
  if (dst.kind === 'broadcast' || dst.kind === 'multicast') {
    loopBack(skb, dst, netns);
    if (skb.ip!.ttl === 0) {
      drop(skb, netns, 'TTL_EXPIRED', 'a multicast with ttl 0 stays on the host');
      return true;
    }
  }
  if (netns.hooks[Hook.POSTROUTING] !== null && !passes(netns, Hook.POSTROUTING, skb, inDevice, dst.device)) return false;
  finish(skb, netns);
  return true;
}

/** ip_mc_output: members of this host hear it too. */
function loopBack(skb: Skb, dst: Dst, netns: Netns): void {
  const out = dst.device!;
  if (out.isLoopback) return;
  if (dst.kind === 'multicast' && skb.socket?.hearsOwnGroups === false) return;
  if (dst.kind === 'multicast' && out.ipv4?.groups.has(skb.ip!.dst) !== true && skb.ip!.dst !== (0xe0000001 | 0)) return;
  const copy = skb.clone();
  copy.recorder = null;
  copy.device = out;
  copy.packetType = PacketType.LOOPBACK;
  if (netns.hooks[Hook.POSTROUTING] !== null && !passes(netns, Hook.POSTROUTING, copy, null, out)) return;
  netns.simulation.post(copy);
}

/** The largest packet for this destination (ip_dst_mtu_maybe_forward). */
export function mtuFor(dst: Dst, netns: Netns, forwarded: boolean): number {
  const device = dst.device!;
  if (!forwarded || netns.ipv4.ip_forward_use_pmtu !== 0 || dst.mtuLocked) {
    if (dst.pathMtu !== 0 && netns.simulation.nowUs < dst.expiresUs) return Math.min(dst.pathMtu, device.mtu);
  }
  if (dst.mtu !== 0) return dst.mtu;
  return Math.min(device.mtu, 65535);
}

function finish(skb: Skb, netns: Netns): void {
  const dst = skb.dst!;
  const mtu = dst.mtu === 0 && dst.pathMtu === 0 ? dst.device!.mtu : mtuFor(dst, netns, skb.forwarded);
  const length = networkLength(skb);
  if (length > mtu && !(skb.socket?.ignoresPathMtu === true && length <= dst.device!.mtu)) fragment(skb, mtu, netns);
  else {
    count(dst, length, netns);
    sendToNeighbour(skb, dst, netns);
  }
}

function count(dst: Dst, length: number, netns: Netns): void {
  const { ip } = netns.mib;
  ip.transmitted(length);
  if (dst.kind === 'multicast') ip.transmittedToGroup(length);
  else if (dst.kind === 'broadcast') ip.transmittedToAll(length);
}

/** ip_finish_output2. */
export function sendToNeighbour(skb: Skb, dst: Dst, netns: Netns): void {
  const device = dst.device!;
  if (device.isLoopback) {
    if (device.ipv4 !== null && device.ipv4.neighbours.size === 0) ensureNeighbour(device, 0, 4);
    skb.ethDst = skb.ethSrc = 0;
    transmit(skb, device);
    return;
  }
  let neighbour = dst.neighbour;
  if (neighbour === null || neighbour.dead) {
    neighbour = ensureNeighbour(device, dst.gateway !== 0 ? dst.gateway : skb.ip!.dst, 4);
    if (neighbour === null) {
      drop(skb, netns, 'NEIGH_CREATEFAIL', device.name);
      return;
    }
    if (dst.gateway !== 0) dst.neighbour = neighbour;
  }
  neighbourOutput(skb, neighbour);
}

function fragment(skb: Skb, mtu: number, netns: Netns): void {
  const ip = skb.ip!;
  const { ip: mib } = netns.mib;
  if (ip.dontFragment && !skb.ignoreDf) {
    mib.FragFails++;
    netns.stack.fragmentationNeeded(skb, mtu);
    drop(skb, netns, 'FRAG_NEEDED_DF', `${networkLength(skb)} bytes, mtu ${mtu}`);
    return;
  }
  const header = 20 + ip.options.length;
  const room = (mtu - header) & ~7;
  if (room < 8) {
    mib.FragFails++;
    drop(skb, netns, 'PKT_TOO_BIG', `mtu ${mtu}`);
    return;
  }
  completeChecksum(skb);
  const bytes = encodeTransportBytes(skb);
  const pieces = Math.ceil(bytes.length / room);
  if (skb.recorder !== null) skb.step({ kind: 'fragment', device: skb.dst!.device!.name, mtu, pieces }, netns);
  const { stats } = skb.dst!.device!;
  const first = ip.fragmentOffset;
  const more = ip.moreFragments;
  for (let offset = 0; offset < bytes.length; offset += room) {
    const piece = fragmentOf(skb, ip, bytes.slice(offset, offset + room), first + offset, more || offset + room < bytes.length);
    count(skb.dst!, networkLength(piece), netns);
    const dropped = stats.txDropped;
    sendToNeighbour(piece, skb.dst!, netns);
    if (stats.txDropped !== dropped) {
      mib.FragFails++;
      return;
    }
    mib.FragCreates++;
  }
  mib.FragOKs++;
}
function fragmentOf(skb: Skb, ip: Ipv4Header, payload: string, offset: number, more: boolean): Skb {
  const piece = new Skb();
  piece.etherType = skb.etherType;
  piece.ip = ip.clone();
  piece.ip.fragmentOffset = offset;
  piece.ip.moreFragments = more;
  piece.ip.totalLength = -1;
  piece.payload = payload;
  piece.device = skb.device;
  piece.inDevice = skb.inDevice;
  piece.dst = skb.dst;
  piece.mark = skb.mark;
  piece.socket = skb.socket;
  piece.physIn = skb.physIn;
  piece.forwarded = skb.forwarded;
  piece.ct = skb.ct;
  piece.ctInfo = skb.ctInfo;
  piece.depth = skb.depth;
  piece.recorder = skb.recorder;
  piece.hop = skb.hop;
  return piece;
}

/**
 * ip_route_me_harder: after netfilter changed addresses, mark or tos of a packet made here (in OUTPUT), it is routed anew. Keeps a foreign
 * source. False: there is no way, the packet should be dropped.
 */
export function routeAgain(skb: Skb, netns: Netns): boolean {
  const ip = skb.ip!;
  const request = outputRequest(ip.dst, ip.src);
  request.tos = ip.tos;
  request.mark = skb.mark;
  request.outIndex = skb.socket?.boundDevice?.index ?? 0;
  request.protocol = ip.protocol;
  request.anySource = true;
  const dst = routeOutput(netns, request, skb);
  if (typeof dst === 'string') return false;
  skb.dst = dst;
  skb.device = dst.device;
  return true;
}

/** Next identification of datagrams made here. */
export function nextIpId(netns: Netns): number {
  netns.ipId = (netns.ipId + 1 + (netns.rng.uint32() & 7)) & 0xffff;
  return netns.ipId;
}
