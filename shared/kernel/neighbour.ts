/**
 * Neighbours: who has which link address, for ARP and ND (net/core/neighbour.c; the state machine is that of RFC 4861, 7.3.2).
 *
 *     NONE ─send─► INCOMPLETE ─answer─► REACHABLE ─time─► STALE ─send─► DELAY ─time─► PROBE ─answer─► REACHABLE
 *                      └─no answer─► FAILED ◄──────────────────────────────────────────┘
 *
 * Absent: garbage collection, which Linux begins at 128 entries (gc_thresh1).
 */
import type { Ipv4, Ipv6, Mac } from '../wire/index.ts';
import { formatIpv4, formatIpv6, formatMac, frameLength, ipv4MulticastMac, ipv6MulticastMac, isIpv6Multicast } from '../wire/index.ts';
import type { Errno } from '../base/index.ts';
import { solicitArp, solicitNd } from './arp-packet.ts';
import { addressType } from './ipv4/fib.ts';
import { Neighbour } from './model.ts';
import type { Device, Netns, Skb } from './model.ts';
import { emit } from './notify.ts';
import { Iff, Nud, NUD_CONNECTED, NUD_IN_TIMER, NUD_VALID } from './numbers.ts';
import type { NeighbourParms } from './conf.ts';
import { drop, transmit } from './transmit.ts';

/** NEIGH_UPDATE_F_*. */
export interface NeighbourUpdate {
  readonly override?: boolean;
  readonly weakOverride?: boolean;
  readonly admin?: boolean;
  readonly router?: boolean | undefined;
}

const parmsOf = (neighbour: Neighbour): NeighbourParms | undefined => (neighbour.family === 4 ? neighbour.device.ipv4 : neighbour.device.ipv6)?.parms;
const tableOf = (device: Device, family: 4 | 6): Map<Ipv4 | Ipv6, Neighbour> | undefined => (family === 4 ? device.ipv4?.neighbours : device.ipv6?.neighbours);
export const stateName = (state: number): 'PERMANENT' | 'NOARP' | 'REACHABLE' | 'STALE' | 'DELAY' | 'PROBE' | 'FAILED' | 'INCOMPLETE' => {
  if (state & Nud.PERMANENT) return 'PERMANENT';
  if (state & Nud.NOARP) return 'NOARP';
  if (state & Nud.REACHABLE) return 'REACHABLE';
  if (state & Nud.STALE) return 'STALE';
  if (state & Nud.DELAY) return 'DELAY';
  if (state & Nud.PROBE) return 'PROBE';
  return state & Nud.FAILED ? 'FAILED' : 'INCOMPLETE';
};
export const neighbourAddressText = (neighbour: Neighbour): string =>
  neighbour.family === 4 ? formatIpv4(neighbour.address as Ipv4) : formatIpv6(neighbour.address as Ipv6);
const protocolName = (neighbour: Neighbour): 'ARP' | 'ND' => (neighbour.family === 4 ? 'ARP' : 'ND');

export function lookupNeighbour(device: Device, address: Ipv4 | Ipv6, family: 4 | 6): Neighbour | undefined {
  return tableOf(device, family)?.get(address);
}

/** __neigh_create with arp_constructor or ndisc_constructor: some need no answer. */
export function ensureNeighbour(device: Device, address: Ipv4 | Ipv6, family: 4 | 6): Neighbour | null {
  const table = tableOf(device, family);
  if (table === undefined) return null;
  // A device without neighbours of its own (a tunnel, lo) has one entry for all (arp_hash on INADDR_ANY).
  const key: Ipv4 | Ipv6 = family === 4 && (device.flags & (Iff.LOOPBACK | Iff.POINTOPOINT)) !== 0 ? 0 : address;
  const known = table.get(key);
  if (known !== undefined) return known;
  const neighbour = new Neighbour(device, key, family);
  neighbour.updatedUs = neighbour.usedUs = device.netns.simulation.nowUs;
  neighbour.confirmedUs = neighbour.updatedUs - (parmsOf(neighbour)?.baseReachableTimeMs ?? 0) * 2000;
  const mac = withoutResolution(device, key, family);
  if (mac !== null) {
    neighbour.mac = mac;
    neighbour.state = Nud.NOARP;
  }
  table.set(key, neighbour);
  return neighbour;
}

/** The link address that needs no question: multicast, broadcast, point-to-point, NOARP; else null. */
function withoutResolution(device: Device, address: Ipv4 | Ipv6, family: 4 | 6): Mac | null {
  if (!device.isEthernet && !device.isLoopback) return 0;
  if (family === 6) {
    if (isIpv6Multicast(address as Ipv6)) return ipv6MulticastMac(address as Ipv6);
  } else {
    const type = addressType(device.netns, address as Ipv4);
    if (type === 'multicast') return ipv4MulticastMac(address as Ipv4);
    if ((device.flags & (Iff.NOARP | Iff.LOOPBACK)) === 0 && (type === 'broadcast' || (device.flags & Iff.POINTOPOINT) !== 0)) return device.broadcast;
  }
  if ((device.flags & (Iff.NOARP | Iff.LOOPBACK)) !== 0) return device.address;
  return (device.flags & Iff.POINTOPOINT) !== 0 ? device.broadcast : null;
}

/** Sends an IP packet to a neighbour: at once, or when it is known (neigh_output, neigh_resolve_output). */
export function neighbourOutput(skb: Skb, neighbour: Neighbour): void {
  const { device } = neighbour;
  if ((neighbour.state & NUD_CONNECTED) !== 0 || sendEvent(neighbour, skb)) {
    if (skb.recorder !== null && device.isEthernet) {
      const facts = { address: neighbourAddressText(neighbour), device: device.name, mac: formatMac(neighbour.mac), state: stateName(neighbour.state) };
      skb.step({ kind: 'neighbour', ...facts }, device.netns);
    }
    neighbour.usedUs = device.netns.simulation.nowUs;
    skb.ethDst = neighbour.mac;
    skb.ethSrc = device.address;
    transmit(skb, device);
  }
}

/** neigh_event_send: true when the packet may go now. Otherwise it waits in the entry's queue. `skb` null: only check it. */
export function sendEvent(neighbour: Neighbour, skb: Skb | null): boolean {
  const { device } = neighbour;
  const { simulation } = device.netns;
  neighbour.usedUs = simulation.nowUs;
  if ((neighbour.state & (NUD_CONNECTED | Nud.DELAY | Nud.PROBE)) !== 0) return true;
  const parms = parmsOf(neighbour);
  if (parms === undefined || neighbour.dead) {
    if (skb !== null) drop(skb, device.netns, 'NEIGH_DEAD', neighbourAddressText(neighbour));
    return false;
  }
  if ((neighbour.state & Nud.STALE) !== 0) {
    setState(neighbour, Nud.DELAY);
    neighbour.updatedUs = simulation.nowUs;
    startTimer(neighbour, parms.delayFirstProbeTimeMs * 1000);
    return true;
  }
  let probeNow = false;
  if ((neighbour.state & Nud.INCOMPLETE) === 0) {
    if (parms.mcast_solicit + parms.app_solicit === 0) {
      setState(neighbour, Nud.FAILED);
      neighbour.updatedUs = simulation.nowUs;
      if (skb !== null) drop(skb, device.netns, 'NEIGH_FAILED', neighbourAddressText(neighbour));
      return false;
    }
    neighbour.probes = parms.ucast_solicit;
    setState(neighbour, Nud.INCOMPLETE);
    neighbour.updatedUs = simulation.nowUs;
    startTimer(neighbour, Math.max(parms.retransTimeMs, 10) * 1000);
    probeNow = true;
  }
  if (skb !== null) enqueue(neighbour, skb, parms);
  if (probeNow) probe(neighbour);
  return false;
}

function enqueue(neighbour: Neighbour, skb: Skb, parms: NeighbourParms): void {
  const { netns } = neighbour.device;
  const size = truesize(skb);
  while (neighbour.queuedBytes + size > parms.unresQlenBytes && neighbour.queue.length > 0) {
    const oldest = neighbour.queue.shift()!;
    neighbour.queuedBytes -= truesize(oldest);
    drop(oldest, netns, 'NEIGH_QUEUEFULL', neighbourAddressText(neighbour));
  }
  skb.device = neighbour.device;
  skb.atUs = netns.simulation.nowUs;
  neighbour.queue.push(skb);
  neighbour.queuedBytes += size;
  if (skb.recorder !== null) {
    skb.step({ kind: 'resolve', protocol: protocolName(neighbour), address: neighbourAddressText(neighbour), device: neighbour.device.name }, netns);
  }
}
/** What Linux accounts for a small packet: 768 bytes, more for a longer one. */
const truesize = (skb: Skb): number => (frameLength(skb) <= 250 ? 768 : frameLength(skb) <= 700 ? 1280 : 2304);

function probe(neighbour: Neighbour): void {
  const cause = neighbour.queue.at(-1) ?? null;
  if (neighbour.family === 4) solicitArp(neighbour, cause);
  else solicitNd(neighbour, cause);
  neighbour.probes++;
}

function setState(neighbour: Neighbour, state: number): void {
  neighbour.state = state;
}
function startTimer(neighbour: Neighbour, delayUs: number): void {
  neighbour.timer?.cancel();
  const { simulation } = neighbour.device.netns;
  const fire = (): void => timerHandler(neighbour);
  // An entry that is only ageing must not keep a run going; one that packets wait for must.
  neighbour.timer = (neighbour.state & (Nud.INCOMPLETE | Nud.PROBE)) !== 0 ? simulation.after(delayUs, fire) : simulation.housekeeping(delayUs, fire);
}

function timerHandler(neighbour: Neighbour): void {
  const parms = parmsOf(neighbour);
  neighbour.timer = null;
  if (neighbour.dead || parms === undefined || (neighbour.state & NUD_IN_TIMER) === 0) return;
  const now = neighbour.device.netns.simulation.nowUs;
  const delayUs = parms.delayFirstProbeTimeMs * 1000;
  const reachableUs = parms.reachableTimeMs * 1000;
  const retransUs = Math.max(parms.retransTimeMs, 10) * 1000;
  let next = now + retransUs;
  let notify = false;
  if ((neighbour.state & Nud.REACHABLE) !== 0) {
    if (now < neighbour.confirmedUs + reachableUs) next = neighbour.confirmedUs + reachableUs;
    else if (now < neighbour.usedUs + delayUs) {
      setState(neighbour, Nud.DELAY);
      neighbour.updatedUs = now;
      next = now + delayUs;
    } else {
      setState(neighbour, Nud.STALE);
      neighbour.updatedUs = now;
      notify = true;
    }
  } else if ((neighbour.state & Nud.DELAY) !== 0) {
    if (now < neighbour.confirmedUs + delayUs) {
      setState(neighbour, Nud.REACHABLE);
      next = neighbour.confirmedUs + reachableUs;
    } else {
      setState(neighbour, Nud.PROBE);
      neighbour.probes = 0;
    }
    neighbour.updatedUs = now;
    notify = true;
  }
  if ((neighbour.state & (Nud.INCOMPLETE | Nud.PROBE)) !== 0 && neighbour.probes >= maxProbes(neighbour, parms)) {
    setState(neighbour, Nud.FAILED);
    invalidate(neighbour);
    emit(neighbour.device.netns, { kind: 'neighbour', change: 'new', neighbour });
    return;
  }
  if ((neighbour.state & NUD_IN_TIMER) !== 0) startTimer(neighbour, Math.max(next - now, 10_000));
  if ((neighbour.state & (Nud.INCOMPLETE | Nud.PROBE)) !== 0) probe(neighbour);
  if (notify) emit(neighbour.device.netns, { kind: 'neighbour', change: 'new', neighbour });
}

function maxProbes(neighbour: Neighbour, parms: NeighbourParms): number {
  return parms.ucast_solicit + parms.app_solicit + ((neighbour.state & Nud.PROBE) !== 0 ? parms.mcast_resolicit : parms.mcast_solicit);
}

/** Nobody answered: those who wait are told (neigh_invalidate). */
function invalidate(neighbour: Neighbour): void {
  const { device } = neighbour;
  neighbour.updatedUs = device.netns.simulation.nowUs;
  const waiting = neighbour.queue;
  neighbour.queue = [];
  neighbour.queuedBytes = 0;
  for (const skb of waiting) {
    if (skb.recorder !== null) {
      const facts = { address: neighbourAddressText(neighbour), device: device.name, probes: neighbour.probes };
      skb.step({ kind: 'unresolved', protocol: protocolName(neighbour), ...facts }, device.netns);
    }
    device.netns.stack.linkFailure(skb, device);
    drop(skb, device.netns, 'NEIGH_FAILED', neighbourAddressText(neighbour));
  }
}

/** neigh_update: news about a neighbour. `mac` null: its state only. */
export function updateNeighbour(neighbour: Neighbour, mac: Mac | null, state: number, how: NeighbourUpdate): Errno | null {
  const { device } = neighbour;
  const { simulation } = device.netns;
  const parms = parmsOf(neighbour);
  const old = neighbour.state;
  const now = simulation.nowUs;
  if (neighbour.dead || parms === undefined) return 'EPERM';
  if (how.admin !== true && (old & (Nud.NOARP | Nud.PERMANENT)) !== 0) return 'EPERM';
  if ((state & NUD_VALID) === 0) {
    neighbour.timer?.cancel();
    neighbour.timer = null;
    setState(neighbour, state);
    if ((old & (Nud.INCOMPLETE | Nud.PROBE)) !== 0 && (state & Nud.FAILED) !== 0) invalidate(neighbour);
    if ((old & NUD_VALID) !== 0 || (state & Nud.FAILED) !== 0) emit(device.netns, { kind: 'neighbour', change: 'new', neighbour });
    return null;
  }
  if (mac === null && (old & NUD_VALID) === 0 && device.isEthernet) return 'EINVAL';
  let address = mac ?? neighbour.mac;
  let next = state;
  if ((state & NUD_CONNECTED) !== 0) neighbour.confirmedUs = now;
  if ((old & NUD_VALID) !== 0) {
    if (address !== neighbour.mac && how.override !== true) {
      if (how.weakOverride !== true || (old & NUD_CONNECTED) === 0) return null;
      address = neighbour.mac;
      next = Nud.STALE;
    } else if (address === neighbour.mac && next === Nud.STALE && how.admin !== true) next = old;
  }
  const changed = next !== old || address !== neighbour.mac;
  if (changed) neighbour.updatedUs = now;
  if (next !== old) {
    neighbour.timer?.cancel();
    neighbour.timer = null;
    if ((next & Nud.PROBE) !== 0) neighbour.probes = 0;
    setState(neighbour, next);
    if ((next & NUD_IN_TIMER) !== 0) startTimer(neighbour, (next & Nud.REACHABLE) !== 0 ? parms.reachableTimeMs * 1000 : 0);
  }
  if (address !== neighbour.mac) {
    neighbour.mac = address;
    if ((next & NUD_CONNECTED) === 0) neighbour.confirmedUs = now - parms.baseReachableTimeMs * 2000;
  }
  if (how.router !== undefined) neighbour.isRouter = how.router;
  if (next !== old && (old & NUD_VALID) === 0) flushQueue(neighbour);
  if (changed) emit(device.netns, { kind: 'neighbour', change: 'new', neighbour });
  return null;
}

/** The answer came: what waited goes on. */
function flushQueue(neighbour: Neighbour): void {
  const waiting = neighbour.queue;
  if (waiting.length === 0) return;
  neighbour.queue = [];
  neighbour.queuedBytes = 0;
  const { netns } = neighbour.device;
  for (const skb of waiting) {
    if (skb.recorder !== null) {
      const facts = { address: neighbourAddressText(neighbour), device: neighbour.device.name, mac: formatMac(neighbour.mac) };
      skb.step({ kind: 'resolved', protocol: protocolName(neighbour), ...facts, waitedUs: netns.simulation.nowUs - skb.atUs }, netns);
    }
    neighbourOutput(skb, neighbour);
  }
}

/** A packet from a neighbour shows its link address (neigh_event_ns). */
export function heardFrom(device: Device, address: Ipv4 | Ipv6, family: 4 | 6, mac: Mac): Neighbour | null {
  const neighbour = ensureNeighbour(device, address, family);
  if (neighbour !== null) updateNeighbour(neighbour, mac, Nud.STALE, { override: true });
  return neighbour;
}

export function removeNeighbour(neighbour: Neighbour): void {
  const table = tableOf(neighbour.device, neighbour.family);
  if (table?.get(neighbour.address) === neighbour) table.delete(neighbour.address);
  neighbour.timer?.cancel();
  neighbour.timer = null;
  neighbour.dead = true;
  const waiting = neighbour.queue;
  neighbour.queue = [];
  for (const skb of waiting) drop(skb, neighbour.device.netns, 'NEIGH_DEAD', neighbourAddressText(neighbour));
  emit(neighbour.device.netns, { kind: 'neighbour', change: 'del', neighbour });
}

/** neigh_flush_dev: the device went down, lost its carrier (`keepPermanent`), or has a new address. */
export function flushNeighbours(device: Device, keepPermanent: 'keep-permanent' | 'all'): void {
  for (const family of [4, 6] as const) {
    const table = tableOf(device, family);
    if (table === undefined) continue;
    for (const neighbour of [...table.values()]) {
      if (keepPermanent === 'keep-permanent' && (neighbour.state & Nud.PERMANENT) !== 0) continue;
      removeNeighbour(neighbour);
    }
  }
}

/** neigh_rand_reach_time. */
export function drawReachableTime(parms: NeighbourParms, netns: Netns): void {
  parms.reachableTimeMs = parms.baseReachableTimeMs / 2 + netns.rng.below(Math.max(1, parms.baseReachableTimeMs));
}
