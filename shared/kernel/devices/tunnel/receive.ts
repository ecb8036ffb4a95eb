/** Out of a tunnel (ip_tunnel_lookup, ip_tunnel_rcv): which device a packet of protocol 4, 41 or 47 belongs to, and what it makes of it. */
import { formatIpv4, IcmpUnreachable, IpProtocol, networkLength, TRANSPARENT_BRIDGING } from '../../../wire/index.ts';
import type { Gre, Ipv4, Packet } from '../../../wire/index.ts';
import { sendIcmpError } from '../../ipv4/icmp.ts';
import { Skb } from '../../model.ts';
import type { Netns, ProtocolHandler } from '../../model.ts';
import { PacketType } from '../../numbers.ts';
import { classify, drop } from '../../transmit.ts';
import { TunnelFlag } from './flags.ts';
import type { IpTunnel } from './tunnel.ts';
import { noteError } from './transmit.ts';

const PROTOCOLS = { ipip: [4], sit: [41, 4], gre: [47], gretap: [47], erspan: [47] } as const;

/** All tunnels of a namespace that are up and take one IP protocol. */
class TunnelProtocol implements ProtocolHandler {
  readonly tunnels: IpTunnel[] = [];
  constructor(private readonly number: number) {}

  receive(skb: Skb, netns: Netns): void {
    const { src, dst } = skb.ip!;
    const tunnel = this.find(src, dst, skb.inDevice?.index ?? 0, skb);
    if (tunnel !== undefined) {
      decapsulate(tunnel, skb);
      return;
    }
    sendIcmpError(skb, netns, 3, IcmpUnreachable.PORT, 0);
    drop(skb, netns, 'IP_NOPROTO', 'no tunnel from there');
  }
  error(skb: Skb, quoted: Packet): void {
    const { src, dst } = quoted.ip!;
    const tunnel = this.find(dst, src, 0, quoted);
    if (tunnel !== undefined) noteError(tunnel, skb.icmp!.type, skb.icmp!.code);
  }
  /** The most particular first: both ends, the remote one, the local one, none; the fallback device takes the rest. */
  private find(remote: Ipv4, local: Ipv4, inIndex: number, packet: Packet): IpTunnel | undefined {
    let best: IpTunnel | undefined;
    let bestRank = -1;
    for (const tunnel of this.tunnels) {
      if (!carries(tunnel, this.number, packet)) continue;
      const rank = rankOf(tunnel, remote, local, inIndex, packet.gre);
      if (rank > bestRank) {
        best = tunnel;
        bestRank = rank;
      }
    }
    return best;
  }
}
function carries(tunnel: IpTunnel, protocol: number, packet: Packet): boolean {
  if (protocol === IpProtocol.GRE) return packet.gre === null || (tunnel.kind === 'gretap') === (packet.gre.protocol === TRANSPARENT_BRIDGING);
  const mode = tunnel.options.protocol ?? 0;
  return mode === 0 || mode === protocol;
}
function rankOf(tunnel: IpTunnel, remote: Ipv4, local: Ipv4, inIndex: number, gre: Gre | null): number {
  if (tunnel.isFallback) return 0;
  if (tunnel.options.external === true) return 1;
  if (tunnel.remote !== 0 && tunnel.remote !== remote && !(tunnel.remote === local && tunnel.kind === 'gre')) return -1;
  if (tunnel.local !== 0 && tunnel.local !== local) return -1;
  if (gre !== null && !keyMatches(tunnel, gre)) return -1;
  const ends = (tunnel.remote !== 0 ? 4 : 0) + (tunnel.local !== 0 ? 2 : 0);
  // Those of IPIP come before sit's, which takes IPv4 as well.
  return 2 + 4 * ends + ((tunnel.options.link ?? 0) === inIndex ? 2 : 0) + (tunnel.kind === 'sit' ? 0 : 1);
}
function keyMatches(tunnel: IpTunnel, gre: Gre): boolean {
  const wants = ((tunnel.options.iflags ?? 0) & TunnelFlag.KEY) !== 0;
  return wants ? gre.key === (tunnel.options.ikey ?? 0) >>> 0 : gre.key < 0;
}

/** The module is there: its protocol is known to the namespace, with or without devices. */
export function tunnelProtocolOf(netns: Netns, protocol: number): { readonly tunnels: IpTunnel[] } {
  let handler = netns.protocols.get(protocol);
  if (!(handler instanceof TunnelProtocol)) netns.protocols.set(protocol, (handler = new TunnelProtocol(protocol)));
  return handler as TunnelProtocol;
}
export const tunnelProtocols = (kind: IpTunnel['kind']): readonly number[] => PROTOCOLS[kind];

export function joinTunnels(tunnel: IpTunnel): void {
  for (const protocol of PROTOCOLS[tunnel.kind]) tunnelProtocolOf(tunnel.home, protocol).tunnels.push(tunnel);
}
export function leaveTunnels(tunnel: IpTunnel): void {
  for (const protocol of PROTOCOLS[tunnel.kind]) {
    const { tunnels } = tunnelProtocolOf(tunnel.home, protocol);
    tunnels.splice(tunnels.indexOf(tunnel), 1);
  }
}

/** ip_tunnel_rcv. */
function decapsulate(tunnel: IpTunnel, outer: Skb): void {
  const { inner, gre } = outer;
  const { netns, stats } = tunnel;
  if (inner === null || (inner.ip === null && inner.ip6 === null && !tunnel.isEthernet)) {
    drop(outer, netns, 'IP_INHDR', 'what it carries cannot be read');
    return;
  }
  if (gre !== null && !accepts(tunnel, gre)) {
    stats.rxErrors++;
    drop(outer, netns, 'TUNNEL_LOOP', 'checksums or sequence numbers are not as the tunnel wants them');
    return;
  }
  const skb = inner instanceof Skb ? inner : new Skb();
  if (skb !== inner) skb.copyContent(inner);
  skb.recorder = outer.recorder;
  skb.hop = outer.hop;
  if (skb.recorder !== null) {
    const protocol = gre !== null ? 'GRE' : tunnel.kind === 'sit' ? 'SIT' : 'IPIP';
    skb.step({ kind: 'decapsulate', device: tunnel.name, protocol, from: formatIpv4(outer.ip!.src) }, netns);
  }
  stats.rxPackets++;
  stats.rxBytes += networkLength(skb) + (tunnel.isEthernet ? 14 : 0);
  const { mark } = outer;
  skb.scrub(tunnel.home === netns ? 'same-netns' : 'other-netns');
  if (tunnel.home === netns) skb.mark = mark;
  skb.device = tunnel;
  if (tunnel.isEthernet) classify(skb, tunnel);
  else skb.packetType = PacketType.HOST;
  netns.simulation.post(skb);
}
function accepts(tunnel: IpTunnel, gre: Gre): boolean {
  const flags = tunnel.options.iflags ?? 0;
  if (gre.hasChecksum !== ((flags & TunnelFlag.CSUM) !== 0) || gre.checksum >= 0) {
    tunnel.stats.rxCrcErrors++;
    return false;
  }
  if ((flags & TunnelFlag.SEQ) === 0) return true;
  if (gre.seq < 0 || (tunnel.expectedSequence !== 0 && ((gre.seq - tunnel.expectedSequence) | 0) < 0)) {
    tunnel.stats.rxFifoErrors++;
    return false;
  }
  tunnel.expectedSequence = (gre.seq + 1) >>> 0;
  return true;
}
