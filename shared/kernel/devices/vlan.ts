/** 802.1Q VLAN devices on top of another one (net/8021q). */
import { Device } from '../model.ts';
import type { DeviceEvent, Netns, Skb } from '../model.ts';
import { Iff, PacketType } from '../numbers.ts';
import { setCarrier } from '../linkwatch.ts';
import { closeDevice, unregisterDevice } from '../device.ts';
import { classify, countRx, countTx, transmit } from '../transmit.ts';

export class Vlan extends Device {
  readonly kind = 'vlan';
  constructor(
    netns: Netns,
    readonly lower: Device,
    readonly id: number,
  ) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = lower.address;
    this.mtu = lower.mtu;
    this.minMtu = 0;
    this.carrier = lower.carrier;
    lower.uppers.push(this);
  }
  override get link(): Device {
    return this.lower;
  }
  transmit(skb: Skb): void {
    countTx(this, skb);
    skb.vlan = this.id;
    transmit(skb, this.lower);
  }
  /** A tagged frame came in at the lower device. */
  receive(skb: Skb): void {
    skb.vlan = -1;
    if (!this.isUp) return;
    countRx(this, skb);
    if (skb.packetType === PacketType.OTHERHOST) classify(skb, this);
    this.netns.stack.passUp(skb, this);
  }
  override lowerEvent(event: DeviceEvent, lower: Device): void {
    if (event === 'unregister') unregisterDevice(this);
    else if (event === 'down') closeDevice(this);
    else if (event === 'change' || event === 'up') setCarrier(this, lower.carrier ? 'on' : 'off');
    else if (event === 'change-mtu' && this.mtu > lower.mtu) this.mtu = lower.mtu;
  }
  override unregistering(): readonly Device[] {
    this.lower.uppers.splice(this.lower.uppers.indexOf(this), 1);
    return [];
  }
}

export function vlanDeviceOf(device: Device, id: number): Vlan | null {
  for (const upper of device.uppers) if (upper instanceof Vlan && upper.id === id) return upper;
  return null;
}
