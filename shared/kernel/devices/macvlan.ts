/**
 * macvlan (drivers/net/macvlan.c): devices with MACs of their own on one card. In mode `bridge` they reach each other directly, in `private`
 * and `vepa` only by way of what is beyond the card; the card's own host they never reach, as a frame for it leaves by the card.
 *
 * Absent: mode `source`, macvtap.
 */
import { done, ok } from '../../base/index.ts';
import { isMulticastMac } from '../../wire/index.ts';
import type { Mac } from '../../wire/index.ts';
import { closeDevice, unregisterDevice } from '../device.ts';
import { fail, notModelled } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { setCarrier } from '../linkwatch.ts';
import { Device } from '../model.ts';
import type { DeviceEvent, Netns, RxHandler, Skb } from '../model.ts';
import { Iff, PacketType } from '../numbers.ts';
import type { MacvlanOptions } from '../requests.ts';
import { classify, countRx, countTx, crossing, transmit } from '../transmit.ts';
import { joinMac, leaveMac } from './multicast-macs.ts';

export type MacvlanMode = 'private' | 'vepa' | 'bridge' | 'passthru';

/** What takes frames from the card: one for all macvlans on it (macvlan_port). */
class MacvlanPort implements RxHandler {
  readonly kind = 'macvlan';
  devices: Macvlan[] = [];
  constructor(readonly lower: Device) {}

  /** macvlan_handle_frame. */
  handleFrame(skb: Skb): boolean {
    if (isMulticastMac(skb.ethDst)) {
      const from = this.find(skb.ethSrc);
      for (const device of this.devices) {
        if (device === from || !device.isUp) continue;
        // From outside: to all. What a bridge-mode sibling sent was handed over on its way out.
        if (from === undefined || from.mode === 'vepa' || (from.mode === 'bridge' && device.mode === 'vepa')) device.arrive(skb.clone(), this.lower);
      }
      return false;
    }
    const device = this.devices.find((candidate) => candidate.mode === 'passthru') ?? this.find(skb.ethDst);
    if (device === undefined) return false;
    device.arrive(skb, this.lower);
    return true;
  }
  find(mac: Mac): Macvlan | undefined {
    return this.devices.find((device) => device.address === mac);
  }
  deviceEvent(event: DeviceEvent): void {
    for (const device of [...this.devices]) device.lowerEvent(event, this.lower);
  }
}

export class Macvlan extends Device {
  readonly kind = 'macvlan';
  private readonly port: MacvlanPort;
  constructor(
    netns: Netns,
    readonly lower: Device,
    readonly mode: MacvlanMode,
    address: Mac,
  ) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = mode === 'passthru' ? lower.address : address;
    this.addressAssignType = 1;
    this.mtu = lower.mtu;
    this.carrier = lower.carrier;
    const handler = lower.rxHandler;
    this.port = handler instanceof MacvlanPort ? handler : new MacvlanPort(lower);
    lower.rxHandler = this.port;
    this.port.devices = [...this.port.devices, this];
  }
  override get link(): Device {
    return this.lower;
  }
  override get speedMbps(): number {
    return this.lower.speedMbps;
  }
  override checkMtu(mtu: number): KernelResult<never> | null {
    return mtu > this.lower.mtu ? fail('EINVAL') : null;
  }
  override open(): 'EBUSY' | null {
    if (this.mode === 'passthru') this.lower.promiscuity++;
    else if (this.lower.address === this.address || this.port.devices.some((other) => other !== this && other.isUp && other.address === this.address))
      return 'EBUSY';
    else joinMac(this.lower, this.address);
    return null;
  }
  override stop(): void {
    if (this.mode === 'passthru') this.lower.promiscuity--;
    else leaveMac(this.lower, this.address);
  }

  /** macvlan_queue_xmit. */
  transmit(skb: Skb): void {
    countTx(this, skb);
    if (this.mode === 'bridge') {
      const siblings = this.port.devices.filter((device) => device !== this && device.mode === 'bridge' && device.isUp);
      if (isMulticastMac(skb.ethDst)) for (const device of siblings) device.arrive(skb.clone(), this);
      else {
        const to = siblings.find((device) => device.address === skb.ethDst);
        if (to !== undefined) {
          to.arrive(skb, this);
          return;
        }
      }
    }
    if (skb.recorder !== null && this.netns !== this.lower.netns) crossing(skb, this, this.lower, 'macvlan', 0);
    if (this.netns !== this.lower.netns) skb.scrub('other-netns');
    transmit(skb, this.lower);
  }
  /** A frame for it, from the card or from a sibling. */
  arrive(skb: Skb, from: Device): void {
    if (!this.isUp) return;
    countRx(this, skb);
    if (skb.recorder !== null && from.netns !== this.netns) crossing(skb, from, this, 'macvlan', 0);
    skb.scrub(from.netns === this.netns ? 'same-netns' : 'other-netns');
    skb.device = this;
    classify(skb, this);
    if (this.mode === 'passthru' && skb.packetType === PacketType.OTHERHOST && (this.flags & Iff.PROMISC) === 0 && skb.ethDst === this.lower.address)
      skb.packetType = PacketType.HOST;
    this.netns.simulation.post(skb);
  }

  override lowerEvent(event: DeviceEvent, lower: Device): void {
    if (event === 'unregister') unregisterDevice(this);
    else if (event === 'down') closeDevice(this);
    else if (event === 'up' || event === 'change') setCarrier(this, lower.carrier ? 'on' : 'off');
    else if (event === 'change-mtu' && this.mtu > lower.mtu) this.mtu = lower.mtu;
  }
  override unregistering(): readonly Device[] {
    this.port.devices = this.port.devices.filter((device) => device !== this);
    if (this.port.devices.length === 0 && this.lower.rxHandler === this.port) this.lower.rxHandler = null;
    return [];
  }
}

/** macvlan_common_newlink. */
export function makeMacvlan(netns: Netns, link: Device | undefined, options: MacvlanOptions, address: Mac): KernelResult<Macvlan> {
  if (link === undefined) return fail('ENODEV');
  const mode = options.mode ?? 'vepa';
  if (mode === 'source') return notModelled('macvlan mode source');
  // On top of another macvlan: beside it, on the same card.
  const lower = link instanceof Macvlan ? link.lower : link;
  const allowed = canCarry(lower, mode);
  return allowed.ok ? ok(new Macvlan(netns, lower, mode, address)) : allowed;
}
function canCarry(lower: Device, mode: MacvlanMode): KernelResult {
  if (!lower.isEthernet || lower.isLoopback) return fail('EINVAL');
  const handler = lower.rxHandler;
  if (handler === null) return done;
  if (!(handler instanceof MacvlanPort)) return fail('EBUSY');
  return mode === 'passthru' || handler.devices.some((device) => device.mode === 'passthru') ? fail('EINVAL') : done;
}
