/** veth: a pair of devices, what one sends the other receives, in any namespace (drivers/net/veth.c). */
import { countedLength } from '../../wire/index.ts';
import { Device } from '../model.ts';
import type { Netns, Skb } from '../model.ts';
import { Iff } from '../numbers.ts';
import { setCarrier } from '../linkwatch.ts';
import { classify, countRx, countTx, crossing, drop } from '../transmit.ts';

export class Veth extends Device {
  readonly kind = 'veth';
  peer: Veth | null = null;
  constructor(netns: Netns) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.mtu = 1500;
    this.maxMtu = 65535;
    // One for each processor.
    this.numTxQueues = this.numRxQueues = 2;
  }
  override get link(): Device | null {
    return this.peer;
  }
  override get linkIndex(): number {
    return this.peer?.index ?? 0;
  }
  override get tellsOfDrops(): boolean {
    return true;
  }
  override get speedMbps(): number {
    return 10_000;
  }

  transmit(skb: Skb): void {
    const { peer } = this;
    if (peer === null || (peer.flags & Iff.UP) === 0) {
      this.stats.txDropped++;
      drop(skb, this.netns, peer === null ? 'NO_PEER' : 'NO_CARRIER', peer === null ? this.name : `the other end, ${peer.name}, is down`);
      return;
    }
    // is_skb_forwardable: counted at both ends.
    if (countedLength(skb) > peer.mtu + 18) {
      this.stats.txDropped++;
      peer.stats.rxDropped++;
      drop(skb, this.netns, 'PKT_TOO_BIG', `more than ${peer.name}'s mtu of ${peer.mtu}`);
      return;
    }
    countTx(this, skb);
    countRx(peer, skb);
    if (skb.recorder !== null) crossing(skb, this, peer, 'veth', 0);
    skb.scrub(peer.netns === this.netns ? 'same-netns' : 'other-netns');
    skb.device = peer;
    classify(skb, peer);
    this.netns.simulation.post(skb);
  }

  override discards(skb: Skb): boolean {
    const { peer, netns } = this;
    if (peer === null || !peer.isUp || !this.isUp || peer.rxHandler !== null || this.egress !== null || skb.recorder !== null || skb.vlan >= 0) return false;
    if (this.taps.length > 0 || netns.taps.length > 0 || peer.taps.length > 0 || peer.netns.taps.length > 0) return false;
    if (!netns.stack.ignores(skb, peer)) return false;
    countTx(this, skb);
    countRx(peer, skb);
    return true;
  }

  override open(): null {
    if (this.peer !== null && this.peer.isUp) {
      setCarrier(this, 'on');
      setCarrier(this.peer, 'on');
    }
    return null;
  }
  override stop(): void {
    setCarrier(this, 'off');
    if (this.peer !== null) setCarrier(this.peer, 'off');
  }
  override get dissolves(): boolean {
    return this.peer !== null;
  }
  /** Both ends go together. */
  override unregistering(): readonly Device[] {
    const { peer } = this;
    this.peer = null;
    if (peer === null) return [];
    peer.peer = null;
    return [peer];
  }
}
