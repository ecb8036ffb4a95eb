/** lo: what is sent comes in (drivers/net/loopback.c). */
import { Device } from '../model.ts';
import type { Netns, Skb } from '../model.ts';
import { ArpHardware, Iff, PacketType } from '../numbers.ts';
import { networkLength } from '../../wire/index.ts';

export class Loopback extends Device {
  readonly kind = null;
  constructor(netns: Netns) {
    super(netns);
    this.hardwareType = ArpHardware.LOOPBACK;
    this.flags = Iff.LOOPBACK;
    this.mtu = 65536;
    this.minMtu = 0;
    this.maxMtu = 0;
    this.broadcast = 0;
  }
  override get isNetnsLocal(): boolean {
    return true;
  }
  override get driver(): string {
    return '';
  }
  transmit(skb: Skb): void {
    // The link header is off already when it counts (loopback_xmit).
    const { stats } = this;
    const bytes = networkLength(skb);
    stats.txPackets++;
    stats.rxPackets++;
    stats.txBytes += bytes;
    stats.rxBytes += bytes;
    skb.packetType = PacketType.HOST;
    skb.device = this;
    if (skb.recorder !== null) skb.step({ kind: 'cross', medium: 'loopback', from: this.name, to: this.name, delayUs: 0 }, this.netns);
    this.netns.simulation.post(skb);
  }
}
