/** Packets of TCP and their way: what sockets, half connections and resets have in common. */
import { EtherType, IpProtocol, Ipv4Header, type Ipv4 } from '../../wire/index.ts';
import { mtuFor } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { Skb, type Dst, type Netns } from '../model.ts';

export interface Ends {
  readonly localAddress: Ipv4;
  readonly remoteAddress: Ipv4;
  readonly localPort: number;
  readonly remotePort: number;
}

/** An IPv4 packet from one end to the other, without its TCP header. */
export function packet(of: Ends, way: Dst, netns: Netns, ttl: number, tos: number): Skb {
  const skb = new Skb();
  skb.etherType = EtherType.IPV4;
  const ip = new Ipv4Header(of.localAddress, of.remoteAddress, IpProtocol.TCP, ttl > 0 ? ttl : (way.route?.metrics?.hoplimit ?? netns.ipv4.ip_default_ttl));
  ip.tos = tos;
  ip.dontFragment = netns.ipv4.ip_no_pmtu_disc === 0 && !way.mtuLocked;
  skb.ip = ip;
  skb.dst = way;
  skb.atUs = netns.simulation.nowUs;
  return skb;
}

/** The clock of timestamps: milliseconds from a point of the connection's own. */
export const timestampNow = (netns: Netns, offset: number): number => (offset + Math.floor(netns.simulation.nowUs / 1000)) >>> 0;

/** ipv4_default_advmss: what a segment may hold on the way out. */
export const advertisedMss = (way: Dst, netns: Netns): number => way.route?.metrics?.advmss ?? Math.min(Math.max(mtuFor(way, netns, false) - 40, 256), 65495);

/** The way back to somebody whose packet came; null when there is none. */
export function routeBack(netns: Netns, of: Ends, out: number, tos: number, mark: number): Dst | null {
  const wanted = outputRequest(of.remoteAddress, of.localAddress);
  wanted.tos = tos & 0x1e;
  wanted.mark = mark;
  wanted.outIndex = out;
  wanted.protocol = IpProtocol.TCP;
  wanted.srcPort = of.localPort;
  wanted.dstPort = of.remotePort;
  wanted.anySource = true;
  const way = routeOutput(netns, wanted, null);
  return typeof way === 'string' ? null : way;
}
