/**
 * The world beyond the lab, as whatever leads there answers for it: VirtualBox's NAT behind a card, or the router of a segment.
 *
 * Deviation: it answers echo requests only; all else that leaves the lab is not followed.
 */
import { encodeNetworkBytes, EtherType, Icmp, IcmpType, Ipv4Header, IpProtocol } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { describe } from '../describe.ts';
import { Skb } from '../model.ts';
import type { Netns } from '../model.ts';

/** From the card to what stands next to it. */
export const NEAR_US = 350;
const INTERNET_US = 6_000;
/** A reply from the internet comes with what is left of 64. */
const FAR_TTL = 54;

/** What comes back, without its Ethernet addresses. */
interface Answer {
  readonly skb: Skb;
  readonly delayUs: number;
  readonly direction: 'reply' | 'helper';
}
/** Who stands between the lab and the world. */
interface Door {
  readonly address: Ipv4;
  /** Its own addresses. */
  has(address: Ipv4): boolean;
}

/** RFC 1918, and link-local. */
const isPrivate = (to: Ipv4): boolean => to >>> 24 === 10 || to >>> 20 === 0xac1 || to >>> 16 === 0xc0a8 || to >>> 16 === 0xa9fe;

export function answerFromOutside(skb: Skb, ip: Ipv4Header, netns: Netns, door: Door): Answer | undefined {
  const isNear = door.has(ip.dst);
  const packet = (src: Ipv4, icmp: Icmp, payload: Skb['payload'], ttl: number): Skb => {
    const answer = new Skb();
    answer.etherType = EtherType.IPV4;
    answer.ip = new Ipv4Header(src, ip.src, IpProtocol.ICMP, ttl);
    answer.ip.id = netns.rng.below(65536);
    answer.icmp = icmp;
    answer.payload = payload;
    return answer;
  };
  if (!isNear && ip.ttl <= 1) {
    const quoted = encodeNetworkBytes(skb).slice(0, 28);
    return { skb: packet(door.address, new Icmp(IcmpType.TIME_EXCEEDED, 0, 0, 0), quoted, 64), delayUs: NEAR_US, direction: 'helper' };
  }
  if (!isNear && isPrivate(ip.dst)) return undefined; // the internet has no way there, and nobody says so
  if (ip.protocol !== IpProtocol.ICMP || skb.icmp?.type !== IcmpType.ECHO_REQUEST) {
    if (skb.recorder !== null) skb.step({ kind: 'not-modelled', what: `answers from outside the lab to ${describe(skb)}` }, netns);
    return undefined;
  }
  const reply = packet(ip.dst, new Icmp(IcmpType.ECHO_REPLY, 0, skb.icmp.id, skb.icmp.seq), skb.payload, isNear ? 64 : FAR_TTL);
  return { skb: reply, delayUs: isNear ? NEAR_US : INTERNET_US + netns.rng.below(INTERNET_US), direction: 'reply' };
}
