/**
 * A router on a segment: the way out of the lab for all machines there, as a home or an office has one. It answers ARP for its address and
 * pings, and takes what goes elsewhere to the world; replies come back only to addresses of the segment, as it knows no others.
 */
import { Arp, ArpOp, EtherType, formatIpv4, ipv4InPrefix, parseMac } from '../../wire/index.ts';
import type { Ipv4, Ipv4Prefix, Mac } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import { answerFromOutside, NEAR_US } from './outside.ts';
import type { Card } from './card.ts';

/** Of the addresses that routers share (RFC 5798). */
const MAC: Mac = parseMac('00:00:5e:00:01:01') ?? 0;

export class Router {
  readonly mac = MAC;
  constructor(
    readonly address: Ipv4,
    readonly subnet: Ipv4Prefix,
  ) {}
  has(address: Ipv4): boolean {
    return address === this.address;
  }

  /** Takes a frame that is for it, or hears one that is for all. Whether nobody else needs it. */
  take(skb: Skb, from: Card): boolean {
    if (skb.arp !== null) {
      if (skb.arp.op !== ArpOp.REQUEST || skb.arp.targetIp !== this.address) return false;
      this.answerArp(skb, skb.arp, from);
      return true;
    }
    if (skb.ethDst !== this.mac || skb.ip === null) return false;
    this.leave(skb, from, formatIpv4(skb.ip.dst));
    const answer = answerFromOutside(skb, skb.ip, from.netns, this);
    if (!answer || !ipv4InPrefix(skb.ip.src, this.subnet.address, this.subnet.length)) return true;
    this.send(answer.skb, skb, from, answer.delayUs, answer.direction);
    return true;
  }
  private answerArp(skb: Skb, arp: Arp, from: Card): void {
    const answer = new Skb();
    answer.etherType = EtherType.ARP;
    answer.arp = new Arp(ArpOp.REPLY, this.mac, arp.targetIp, arp.senderMac, arp.senderIp);
    this.leave(skb, from, formatIpv4(arp.targetIp));
    this.send(answer, skb, from, NEAR_US, 'helper');
  }
  private leave(skb: Skb, from: Card, to: string): void {
    if (skb.recorder === null) return;
    skb.step({ kind: 'cross', medium: 'wire', from: from.name, to, delayUs: NEAR_US }, from.netns);
    skb.end({ kind: 'left', to });
  }
  private send(answer: Skb, cause: Skb, to: Card, delayUs: number, direction: 'reply' | 'helper'): void {
    answer.ethSrc = this.mac;
    answer.ethDst = cause.ethSrc;
    to.hear(answer, cause, delayUs, direction);
  }
}
