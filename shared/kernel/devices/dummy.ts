/** dummy: takes frames and forgets them. */
import type { Mac } from '../../wire/index.ts';
import { Device } from '../model.ts';
import type { Netns, Skb } from '../model.ts';
import { Iff } from '../numbers.ts';
import { countTx } from '../transmit.ts';

export class Dummy extends Device {
  constructor(
    netns: Netns,
    address: Mac,
    readonly kind: 'dummy' | 'ifb',
  ) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.NOARP;
    this.address = address;
    this.addressAssignType = 1;
    this.minMtu = 0;
    this.maxMtu = 0;
    if (kind === 'ifb') this.txQueueLength = 32;
  }
  override get defaultQdisc(): string {
    if (this.kind === 'dummy') return 'noqueue';
    return this.numTxQueues > 1 ? 'mq' : 'pfifo_fast';
  }
  /** ifb has no way to set it. */
  override get hasFixedAddress(): boolean {
    return this.kind === 'ifb';
  }
  transmit(skb: Skb): void {
    countTx(this, skb);
    if (skb.recorder !== null) skb.end({ kind: 'delivered', to: `${this.name}, which forgets everything` });
  }
}
