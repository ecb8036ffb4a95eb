/** Packets of TCP and their way, over IPv4 and IPv6: what sockets, half connections and resets have in common. */
import {
  EtherType,
  IpProtocol,
  Ipv4Header,
  IPV6_ANY,
  Ipv6Header,
  isIpv6LinkLocal,
  isIpv6Multicast,
  type IpAddress,
  type Ipv4,
  type Ipv6,
} from '../../wire/index.ts';
import type { Errno } from '../../base/index.ts';
import { localOutput, mtuFor } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { flowLabelOf, hopLimitOf, localOutput6 } from '../ipv6/output.ts';
import type { Way6 } from '../ipv6/way.ts';
import { mtuOf6, routeTo6 } from '../ipv6/way.ts';
import { Dst, Skb, type Device, type Netns } from '../model.ts';

export interface Ends {
  readonly localAddress: IpAddress;
  readonly remoteAddress: IpAddress;
  readonly localPort: number;
  readonly remotePort: number;
}
/** Where a connection's packets go. */
export type Way = Dst | Way6;

/** A packet from one end to the other, without its TCP header. */
export function packet(of: Ends, way: Way, netns: Netns, ttl: number, tos: number): Skb {
  const skb = new Skb();
  skb.atUs = netns.simulation.nowUs;
  if (way instanceof Dst) {
    skb.etherType = EtherType.IPV4;
    const hops = ttl > 0 ? ttl : (way.route?.metrics?.hoplimit ?? netns.ipv4.ip_default_ttl);
    const ip = new Ipv4Header(of.localAddress as Ipv4, of.remoteAddress as Ipv4, IpProtocol.TCP, hops);
    ip.tos = tos;
    ip.dontFragment = netns.ipv4.ip_no_pmtu_disc === 0 && !way.mtuLocked;
    skb.ip = ip;
    skb.dst = way;
    return skb;
  }
  skb.etherType = EtherType.IPV6;
  const [from, to] = [of.localAddress as Ipv6, of.remoteAddress as Ipv6];
  skb.ip6 = new Ipv6Header(from, to, IpProtocol.TCP, ttl > 0 ? ttl : hopLimitOf(way));
  skb.ip6.trafficClass = tos;
  skb.ip6.flowLabel = flowLabelOf(netns, from, to, IpProtocol.TCP, of.localPort, of.remotePort);
  skb.ignoreDf = true;
  return skb;
}
export function dispatch(skb: Skb, netns: Netns, way: Way): void {
  if (way instanceof Dst) localOutput(skb, netns);
  else localOutput6(skb, netns, way);
}

/** The clock of timestamps: milliseconds from a point of the connection's own. */
export const timestampNow = (netns: Netns, offset: number): number => (offset + Math.floor(netns.simulation.nowUs / 1000)) >>> 0;

export const mtuOn = (way: Way, netns: Netns): number => (way instanceof Dst ? mtuFor(way, netns, false) : mtuOf6(way, netns));
/** Of the IP and the TCP header, options not counted. */
export const headerBytes = (address: IpAddress): number => (typeof address === 'number' ? 40 : 60);

/** ip6_rt_min_advmss. */
const LEAST_MSS6 = 1220;
/** ipv4_default_advmss, ip6_default_advmss: what a segment may hold on the way out. */
export function advertisedMss(way: Way, netns: Netns): number {
  if (way.route?.metrics?.advmss !== undefined) return way.route.metrics.advmss;
  if (way instanceof Dst) return Math.min(Math.max(mtuFor(way, netns, false) - 40, 256), 65495);
  const mss = Math.max(mtuOf6(way, netns) - 60, LEAST_MSS6);
  return mss > 65_515 ? 65_535 : mss;
}

export interface Wishes {
  /** Index of a device; 0: any. */
  readonly out: Device | null;
  readonly tos: number;
  readonly mark: number;
  readonly uid: number;
}
/** The way to the other end. A local address of none is chosen by routing. */
export function routeTo(netns: Netns, of: Ends, wishes: Wishes, anySource = false): Way | Errno {
  const { localAddress, remoteAddress, localPort, remotePort } = of;
  if (typeof remoteAddress === 'number') {
    const request = outputRequest(remoteAddress, typeof localAddress === 'number' ? localAddress : 0);
    request.tos = wishes.tos & 0x1e;
    request.mark = wishes.mark;
    request.outIndex = wishes.out?.index ?? 0;
    request.protocol = IpProtocol.TCP;
    request.srcPort = localPort;
    request.dstPort = remotePort;
    request.uid = wishes.uid;
    request.anySource = anySource;
    return routeOutput(netns, request, null);
  }
  const source = typeof localAddress === 'string' && localAddress !== IPV6_ANY ? localAddress : null;
  const flow = { mark: wishes.mark, tos: wishes.tos, protocol: IpProtocol.TCP, srcPort: localPort, dstPort: remotePort, uid: wishes.uid };
  return routeTo6(netns, remoteAddress, source, wishes.out, source === null ? flow : { ...flow, source });
}
/** The way back to somebody whose packet came; null when there is none. */
export function routeBack(netns: Netns, of: Ends, out: Device | null, tos: number, mark: number): Way | null {
  const way = routeTo(netns, of, { out, tos, mark, uid: 0 }, true);
  return typeof way === 'string' ? null : way;
}

/** The ends of a packet as who received it sees them. */
export function endsOf({ ip, ip6, tcp }: Skb): Ends {
  const [localAddress, remoteAddress] = ip !== null ? [ip.dst, ip.src] : [ip6!.dst, ip6!.src];
  return { localAddress, remoteAddress, localPort: tcp!.dstPort, remotePort: tcp!.srcPort };
}
/** Sent to this host alone. */
export const isUnicast = (skb: Skb): boolean => (skb.ip6 !== null ? !isIpv6Multicast(skb.ip6.dst) : skb.dst?.kind === 'local');
/** The link that an answer must use: link-local addresses are of one link. */
export const linkOf = (skb: Skb): Device | null => (skb.ip6 !== null && isIpv6LinkLocal(skb.ip6.src) ? skb.inDevice : null);
