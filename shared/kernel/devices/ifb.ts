/**
 * Intermediate functional block (drivers/net/ifb.c): packets that `mirred` redirects to it pass its discipline and go back to where they were
 * taken off, as if nothing had been. What else is sent to it is dropped.
 */
import type { Mac } from '../../wire/index.ts';
import type { Device, Netns, Skb } from '../model.ts';
import { countRx, countTx, drop } from '../transmit.ts';
import { Dummy } from './dummy.ts';

export class Ifb extends Dummy {
  /** Where packets that are on it were taken off. */
  readonly redirected = new WeakMap<Skb, { readonly device: Device; readonly at: 'ingress' | 'egress' }>();
  constructor(netns: Netns, address: Mac) {
    super(netns, address, 'ifb');
  }
  override transmit(skb: Skb): void {
    countRx(this, skb);
    const from = this.redirected.get(skb);
    if (from === undefined) {
      this.stats.rxDropped++;
      drop(skb, this.netns, 'NO_TX_TARGET', `${this.name} takes only what is redirected to it`);
      return;
    }
    countTx(this, skb);
    this.redirected.delete(skb);
    const { device } = from;
    skb.device = device;
    if (from.at === 'ingress') device.netns.stack.deliver(skb, device);
    else device.transmit(skb);
  }
}
