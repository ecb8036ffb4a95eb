/**
 * The cards of a virtual machine: one plugged into a segment that joins machines (a host-only network, a switch), and VirtualBox's NAT card,
 * behind which each machine is alone: 10.0.2.15 for everyone, the gateway at .2, a name server at .3 (VirtualBox manual, 6.3 and 9.8).
 *
 * Invariant: a segment is a switch: it learns where a MAC is, floods what it does not know, and each card drops what is not for it.
 * Invariant: frames of one card never overtake each other, however the delay varies.
 */
import { Arp, ArpOp, completeChecksum, EtherType, formatIpv4, isMulticastMac, parseIpv4, parseMac } from '../../wire/index.ts';
import type { Ipv4, Ipv4Header, Mac } from '../../wire/index.ts';
import { setCarrier } from '../linkwatch.ts';
import { Device, Skb } from '../model.ts';
import type { Netns, Segment } from '../model.ts';
import { Iff } from '../numbers.ts';
import { classify, countRx, countTx, crossing, drop } from '../transmit.ts';
import { answerFromOutside, NEAR_US } from './outside.ts';
import type { Router } from './router.ts';

/** One way over a host-only network between two VMs of a machine, measured on such: half of a 0.4–0.6 ms round trip. */
const WIRE_US = 180;
const WIRE_JITTER_US = 90;

abstract class VmCard extends Device {
  /** `kind`: what it is called where it is no machine's own card, such as a veth that leads to another node. */
  constructor(
    netns: Netns,
    mac: Mac,
    readonly kind: string | null = null,
  ) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = mac;
    this.permanentAddress = mac;
    this.addressAssignType = 0;
    this.qdisc = 'noop';
    this.carrier = false;
    this.maxMtu = 16110;
  }
  override get driver(): string {
    return 'e1000';
  }
  override open(): null {
    if (this.hasCable) setCarrier(this, 'on');
    return null;
  }
  override stop(): void {
    setCarrier(this, 'off');
  }
  abstract get hasCable(): boolean;
  /** Something that no machine of the lab sent: an answer to `cause`, a while from now. */
  hear(answer: Skb, cause: Skb, delayUs: number, direction: 'reply' | 'helper'): void {
    const { recorder } = cause;
    if (recorder !== null) {
      answer.recorder = recorder;
      answer.hop = recorder.enter(cause.hop, this.netns.place, this.name, direction, this.netns.simulation.nowUs + delayUs);
    }
    this.netns.simulation.after(delayUs, () => {
      if (!this.isUp) return;
      countRx(this, answer);
      answer.device = this;
      classify(answer, this);
      this.netns.simulation.post(answer);
    });
  }
}

/** A switch that cards are plugged into. */
export class Switch implements Segment {
  readonly ports: Card[] = [];
  /** The way out of the lab, where the segment has one. */
  router: Router | null = null;
  private readonly table = new Map<Mac, Card>();
  constructor(
    readonly id: number,
    readonly name: string,
    readonly delayUs = WIRE_US,
    readonly jitterUs = WIRE_JITTER_US,
  ) {}
  plug(card: Card): void {
    this.ports.push(card);
  }
  unplug(card: Card): void {
    const at = this.ports.indexOf(card);
    if (at >= 0) this.ports.splice(at, 1);
    for (const [mac, port] of this.table) if (port === card) this.table.delete(mac);
  }
  /** Takes a frame from a card; it arrives at others a moment later. */
  carry(skb: Skb, from: Card): void {
    const { simulation, rng } = from.netns;
    this.table.set(skb.ethSrc, from);
    const { nowUs } = simulation;
    from.lastArrivalUs = Math.max(nowUs + this.delayUs + (this.jitterUs > 0 ? rng.below(this.jitterUs) : 0), from.lastArrivalUs);
    const delayUs = from.lastArrivalUs - nowUs;
    if (this.router !== null && (skb.ethDst === this.router.mac || skb.arp !== null) && this.router.take(skb, from)) return;
    const known = isMulticastMac(skb.ethDst) ? undefined : this.table.get(skb.ethDst);
    if (known !== undefined && known !== from) {
      simulation.after(delayUs, () => known.arrive(skb, from, delayUs));
      return;
    }
    const targets = this.ports.filter((port) => port !== from && port.wants(skb.ethDst));
    if (targets.length === 0) {
      drop(skb, from.netns, 'NO_TX_TARGET', `nobody on ${this.name} has this address`);
      return;
    }
    for (const [i, port] of targets.entries()) {
      const copy = i === targets.length - 1 ? skb : skb.clone();
      simulation.after(delayUs, () => port.arrive(copy, from, delayUs));
    }
  }
}

/** A card on a segment. */
export class Card extends VmCard {
  /** When the last frame it sent arrives. */
  lastArrivalUs = 0;
  constructor(
    netns: Netns,
    mac: Mac,
    readonly segment: Switch,
    kind: string | null = null,
  ) {
    super(netns, mac, kind);
    segment.plug(this);
  }
  get hasCable(): boolean {
    return true;
  }
  /** What the card lets in: its own address, groups, everything while something listens promiscuously. */
  wants(mac: Mac): boolean {
    return (
      this.isUp && (mac === this.address || isMulticastMac(mac) || this.multicastMacs.has(mac) || this.promiscuity > 0 || (this.flags & Iff.PROMISC) !== 0)
    );
  }
  transmit(skb: Skb): void {
    countTx(this, skb);
    completeChecksum(skb);
    this.segment.carry(skb, this);
  }
  arrive(skb: Skb, from: Card, delayUs: number): void {
    if (!this.wants(skb.ethDst)) {
      drop(skb, this.netns, 'OTHERHOST', `${this.name} is ${this.isUp ? 'not the addressee' : 'down'}`);
      return;
    }
    countRx(this, skb);
    if (skb.recorder !== null) crossing(skb, from, this, 'wire', delayUs);
    skb.scrub('other-netns');
    skb.device = this;
    classify(skb, this);
    this.netns.simulation.post(skb);
  }
  override unregistering(): readonly Device[] {
    this.segment.unplug(this);
    return [];
  }
}

const address = (text: string): Ipv4 => parseIpv4(text) ?? 0;
const GATEWAY = address('10.0.2.2');
const NAME_SERVER = address('10.0.2.3');
/** Where VirtualBox's NAT engine says its addresses are. */
const SERVICES: ReadonlyMap<Ipv4, Mac> = new Map([
  [GATEWAY, parseMac('52:54:00:12:35:02') ?? 0],
  [NAME_SERVER, parseMac('52:54:00:12:35:03') ?? 0],
]);

/**
 * VirtualBox's NAT card; with `services`, a card that leads out of what is known, where these answer ARP.
 * What the machine sends with a source that is not its own finds no way back: the NAT asks by ARP who has it, and nobody says.
 */
export class NatCard extends VmCard {
  constructor(
    netns: Netns,
    mac: Mac,
    readonly services: ReadonlyMap<Ipv4, Mac> = SERVICES,
  ) {
    super(netns, mac);
  }
  get hasCable(): boolean {
    return true;
  }
  transmit(skb: Skb): void {
    countTx(this, skb);
    const { arp, ip } = skb;
    if (arp !== null) {
      const mac = this.services.get(arp.targetIp);
      if (arp.op !== ArpOp.REQUEST || mac === undefined) drop(skb, this.netns, 'NO_TX_TARGET', `the NAT of ${this.name} has no ${formatIpv4(arp.targetIp)}`);
      else this.answerArp(skb, arp, mac);
      return;
    }
    if (ip === null) {
      drop(skb, this.netns, 'UNHANDLED_PROTO', 'VirtualBox NAT carries IPv4 only');
      return;
    }
    this.toOutside(skb, ip);
  }
  private answerArp(skb: Skb, arp: Arp, mac: Mac): void {
    const answer = new Skb();
    answer.etherType = EtherType.ARP;
    answer.ethSrc = mac;
    answer.ethDst = skb.ethSrc;
    answer.arp = new Arp(ArpOp.REPLY, mac, arp.targetIp, arp.senderMac, arp.senderIp);
    this.leave(skb, formatIpv4(arp.targetIp));
    this.hear(answer, skb, NEAR_US, 'helper');
  }
  private toOutside(skb: Skb, ip: Ipv4Header): void {
    this.leave(skb, formatIpv4(ip.dst));
    const answer = answerFromOutside(skb, ip, this.netns, { address: GATEWAY, has: (to) => this.services.has(to) });
    if (!answer || !this.netns.localAddresses.has(ip.src)) return;
    answer.skb.ethSrc = SERVICES.get(GATEWAY) ?? 0;
    answer.skb.ethDst = this.address;
    this.hear(answer.skb, skb, answer.delayUs, answer.direction);
  }
  private leave(skb: Skb, to: string): void {
    if (skb.recorder === null) return;
    skb.step({ kind: 'cross', medium: 'nat-nic', from: this.name, to, delayUs: NEAR_US }, this.netns);
    skb.end({ kind: 'left', to });
  }
}
