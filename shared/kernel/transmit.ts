/**
 * Handing a frame to a device, and to the ears on it (net/core/dev.c: dev_queue_xmit, dev_queue_xmit_nit).
 * The frame has its link header. From here it belongs to the device.
 */
import { countedLength, isMulticastMac, MAC_BROADCAST } from '../wire/index.ts';
import type { Device, Netns, Skb } from './model.ts';
import type { DropReason } from '../trace/index.ts';
import { Iff, PacketType } from './numbers.ts';
import { describe } from './describe.ts';

/** Virtual time that one device hop of a packet takes: softirq, driver, protocol. */
export const DEVICE_HOP_US = 4;
/** XMIT_RECURSION_LIMIT and the like: a packet that crosses more devices than this runs in a circle. */
const DEPTH_LIMIT = 64;

export function transmit(skb: Skb, device: Device): void {
  skb.device = device;
  if ((device.flags & Iff.UP) === 0) {
    drop(skb, device.netns, 'DEVICE_DOWN', device.name);
    return;
  }
  // Without a carrier its queues are shut (noop_enqueue): nobody hears of the frame.
  if (device.qdiscWaits && !device.carrier) {
    device.stats.txDropped++;
    drop(skb, device.netns, 'QDISC_DROP', `${device.name} has no carrier`);
    return;
  }
  if (skb.depth++ > DEPTH_LIMIT) {
    drop(skb, device.netns, 'TUNNEL_LOOP', device.name);
    return;
  }
  if (skb.recorder !== null) skb.step({ kind: 'transmit', device: device.name, summary: describe(skb) }, device.netns);
  if (device.egress !== null) {
    device.egress.enqueue(skb, device); // heard when it leaves there
    return;
  }
  if (device.taps.length > 0 || device.netns.taps.length > 0) tap(skb, device, PacketType.OUTGOING);
  device.transmit(skb);
}

/** Lets packet sockets hear a frame. */
export function tap(skb: Skb, device: Device, packetType: number): void {
  const type = skb.etherType;
  for (const ear of device.taps) if (ear.protocol === 3 || ear.protocol === type) ear.captured(skb, device, packetType);
  for (const ear of device.netns.taps) if (ear.protocol === 3 || ear.protocol === type) ear.captured(skb, device, packetType);
}

/** The packet ends here. */
export function drop(skb: Skb, netns: Netns, reason: DropReason, detail: string): void {
  if (skb.recorder === null) return;
  skb.step({ kind: 'drop', reason, detail }, netns);
  skb.end({ kind: 'dropped', reason, detail });
}

/** To whom a frame that arrives at `device` is addressed (eth_type_trans). */
export function classify(skb: Skb, device: Device): void {
  const to = skb.ethDst;
  if (to === device.address) skb.packetType = PacketType.HOST;
  else if (!isMulticastMac(to)) skb.packetType = PacketType.OTHERHOST;
  else skb.packetType = to === MAC_BROADCAST ? PacketType.BROADCAST : PacketType.MULTICAST;
}

/** The frame leaves a namespace by one device and comes in at another: what the trace says of it. */
export function crossing(skb: Skb, from: Device, to: Device, medium: 'veth' | 'wire' | 'macvlan', delayUs: number): void {
  const { recorder } = skb;
  if (recorder === null) return;
  const now = from.netns.simulation.nowUs;
  recorder.step(skb.hop, { kind: 'cross', medium, from: from.name, to: to.name, delayUs }, now);
  recorder.end(skb.hop, { kind: 'passed' });
  skb.hop = recorder.enter(skb.hop, to.netns.place, to.name, recorder.direction(skb.hop), now + delayUs);
}

/** Counts a frame that leaves. */
export function countTx(device: Device, skb: Skb): void {
  device.stats.txPackets++;
  device.stats.txBytes += countedLength(skb);
}
/** Counts a frame that arrives. */
export function countRx(device: Device, skb: Skb): void {
  device.stats.rxPackets++;
  device.stats.rxBytes += countedLength(skb);
}
