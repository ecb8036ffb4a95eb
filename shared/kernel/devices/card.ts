/**
 * The cards of a virtual machine: one plugged into a segment that joins machines (a host-only network, a switch), and VirtualBox's NAT card,
 * behind which each machine is alone: 10.0.2.15 for everyone, the gateway at .2, a name server at .3 (VirtualBox manual, 6.3 and 9.8).
 *
 * Invariant: a segment is a switch: it learns where a MAC is, floods what it does not know, and each card drops what is not for it.
 * Invariant: frames of one card never overtake each other, however the delay varies.
 * Deviation: the world behind NAT answers echo requests only; all else that leaves the lab is not followed.
 */
import {
  Arp,
  ArpOp,
  completeChecksum,
  encodeNetworkBytes,
  EtherType,
  formatIpv4,
  Icmp,
  IcmpType,
  Ipv4Header,
  IpProtocol,
  isMulticastMac,
  parseIpv4,
  parseMac,
} from '../../wire/index.ts';
import type { Ipv4, Mac } from '../../wire/index.ts';
import { describe } from '../describe.ts';
import { setCarrier } from '../linkwatch.ts';
import { Device, Skb } from '../model.ts';
import type { Netns, Segment } from '../model.ts';
import { Iff } from '../numbers.ts';
import { classify, countRx, countTx, crossing, drop } from '../transmit.ts';

/** One way over a host-only network between two VMs of a machine, measured on such: half of a 0.4–0.6 ms round trip. */
const WIRE_US = 180;
const WIRE_JITTER_US = 90;
const NAT_US = 350;
const INTERNET_US = 6_000;

abstract class VmCard extends Device {
  readonly kind = null;
  constructor(netns: Netns, mac: Mac) {
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
}

/** A switch that cards are plugged into. */
export class Switch implements Segment {
  readonly ports: Card[] = [];
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
  ) {
    super(netns, mac);
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

/** RFC 1918, and link-local. */
const isPrivate = (to: Ipv4): boolean => to >>> 24 === 10 || to >>> 20 === 0xac1 || to >>> 16 === 0xc0a8 || to >>> 16 === 0xa9fe;

/** VirtualBox's NAT card. */
export class NatCard extends VmCard {
  get hasCable(): boolean {
    return true;
  }
  transmit(skb: Skb): void {
    countTx(this, skb);
    const { arp, ip } = skb;
    if (arp !== null) {
      const mac = SERVICES.get(arp.targetIp);
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
    this.deliver(answer, skb, NAT_US, 'helper');
  }
  private toOutside(skb: Skb, ip: Ipv4Header): void {
    const isEcho = ip.protocol === IpProtocol.ICMP && skb.icmp?.type === IcmpType.ECHO_REQUEST;
    const isNear = SERVICES.has(ip.dst);
    this.leave(skb, formatIpv4(ip.dst));
    if (!isNear && ip.ttl <= 1) {
      this.error(skb, IcmpType.TIME_EXCEEDED, 0);
      return;
    }
    if (!isNear && isPrivate(ip.dst)) return; // the internet has no way there, and nobody says so
    if (!isEcho || skb.icmp === null) {
      if (skb.recorder !== null) skb.step({ kind: 'not-modelled', what: `answers from outside the lab to ${describe(skb)}` }, this.netns);
      return;
    }
    const answer = this.packetFrom(ip.dst, ip.src, isNear ? 64 : 54);
    answer.icmp = new Icmp(IcmpType.ECHO_REPLY, 0, skb.icmp.id, skb.icmp.seq);
    answer.payload = skb.payload;
    this.deliver(answer, skb, isNear ? NAT_US : INTERNET_US + this.netns.rng.below(INTERNET_US), 'reply');
  }
  private error(skb: Skb, type: number, code: number): void {
    const { ip } = skb;
    if (ip === null) return;
    const answer = this.packetFrom(GATEWAY, ip.src, 64);
    answer.icmp = new Icmp(type, code, 0, 0);
    answer.payload = encodeNetworkBytes(skb).slice(0, 28);
    this.deliver(answer, skb, NAT_US, 'helper');
  }
  private packetFrom(src: Ipv4, dst: Ipv4, ttl: number): Skb {
    const answer = new Skb();
    answer.etherType = EtherType.IPV4;
    answer.ethSrc = SERVICES.get(GATEWAY) ?? 0;
    answer.ethDst = this.address;
    answer.ip = new Ipv4Header(src, dst, IpProtocol.ICMP, ttl);
    answer.ip.id = this.netns.rng.below(65536);
    return answer;
  }
  private leave(skb: Skb, to: string): void {
    if (skb.recorder === null) return;
    skb.step({ kind: 'cross', medium: 'nat-nic', from: this.name, to, delayUs: NAT_US }, this.netns);
    skb.end({ kind: 'left', to });
  }
  private deliver(answer: Skb, cause: Skb, delayUs: number, direction: 'reply' | 'helper'): void {
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
