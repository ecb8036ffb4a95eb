/** tun and tap (drivers/net/tun.c): persistent ones, as `ip tuntap add` makes them; no program is attached, so there is no carrier. */
import type { Mac } from '../../wire/index.ts';
import { Device } from '../model.ts';
import type { Netns, Skb } from '../model.ts';
import type { TunOptions } from '../requests.ts';
import { ArpHardware, Iff } from '../numbers.ts';
import { drop } from '../transmit.ts';

export class Tun extends Device {
  readonly kind = 'tun';
  constructor(
    netns: Netns,
    address: Mac,
    readonly mode: 'tun' | 'tap',
    readonly options: TunOptions = {},
  ) {
    super(netns);
    if (mode === 'tap') {
      this.flags = Iff.BROADCAST | Iff.MULTICAST;
      this.address = address;
      this.addressAssignType = 1;
    } else {
      this.flags = Iff.POINTOPOINT | Iff.MULTICAST | Iff.NOARP;
      this.hardwareType = ArpHardware.NONE;
      this.broadcast = 0;
      this.txQueueLength = 500;
    }
    this.carrier = false;
    this.carrierDownCount = 1;
    this.maxMtu = mode === 'tap' ? 65521 : 65535;
  }
  override get speedMbps(): number {
    return 10_000;
  }
  override get defaultQdisc(): string {
    return 'pfifo_fast';
  }
  transmit(skb: Skb): void {
    this.stats.txDropped++;
    drop(skb, this.netns, 'NO_TX_TARGET', 'no program reads from it');
  }
}
