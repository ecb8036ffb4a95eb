/** Into a tunnel (ip_tunnel_xmit, ipip6_tunnel_xmit): where the outer packet goes, whether the inner one fits, the headers in front of it. */
import { EtherType, formatIpv4, Gre, IpProtocol, Ipv4Header, isIpv4Multicast, networkLength, TRANSPARENT_BRIDGING } from '../../../wire/index.ts';
import type { Ipv4 } from '../../../wire/index.ts';
import { learnMtu, sendIcmpError } from '../../ipv4/icmp.ts';
import { localOutput, mtuFor, nextIpId } from '../../ipv4/output.ts';
import { outputRequest, routeOutput } from '../../ipv4/route.ts';
import { Skb } from '../../model.ts';
import type { Dst } from '../../model.ts';
import { drop } from '../../transmit.ts';
import { MINIMUM_MTU4, MINIMUM_MTU6, TunnelFlag } from './flags.ts';
import type { IpTunnel } from './tunnel.ts';

const DEFAULT_TTL = 64;
/** IPTUNNEL_ERR_TIMEO: so long errors of the way count for senders. */
const ERROR_TIMEOUT_US = 30e6;
const OUTER_HEADER = 20;
const NAMES = { ipip: 'IPIP', sit: 'SIT', gre: 'GRE', gretap: 'GRE', erspan: 'ERSPAN' } as const;

/** The outer packet's protocol number, or null for what the tunnel does not carry. */
function outerProtocol(tunnel: IpTunnel, inner: Skb): number | null {
  const mode = tunnel.options.protocol ?? 0;
  switch (tunnel.kind) {
    case 'ipip':
      return inner.ip !== null && (mode === 0 || mode === IpProtocol.IPIP) ? IpProtocol.IPIP : null;
    case 'sit':
      if (inner.ip !== null) return mode === 0 || mode === IpProtocol.IPIP ? IpProtocol.IPIP : null;
      return inner.ip6 !== null && (mode === 0 || mode === IpProtocol.IPV6) ? IpProtocol.IPV6 : null;
    case 'gre':
    case 'gretap':
      return IpProtocol.GRE;
    case 'erspan':
      return null;
  }
}

/** The other end: the tunnel's own, or for one without the gateway of the route (NBMA), or what a 6to4 address says. */
function farEnd(tunnel: IpTunnel, inner: Skb): Ipv4 {
  if (tunnel.remote !== 0) return tunnel.remote;
  if (inner.ip !== null) return inner.dst?.gateway || inner.ip.dst;
  const to = inner.ip6?.dst ?? '';
  return tunnel.kind === 'sit' && to.startsWith('2002') ? parseInt(to.slice(4, 12), 16) | 0 : 0;
}

function refuse(tunnel: IpTunnel, inner: Skb, reason: 'UNHANDLED_PROTO' | 'IP_OUTNOROUTES' | 'TUNNEL_LOOP' | 'PKT_TOO_BIG', detail: string): void {
  tunnel.stats.txErrors++;
  drop(inner, tunnel.netns, reason, detail);
}

export function sendThrough(tunnel: IpTunnel, inner: Skb): void {
  const { options, home, netns } = tunnel;
  const protocol = options.external === true ? null : outerProtocol(tunnel, inner);
  if (protocol === null) {
    refuse(tunnel, inner, 'UNHANDLED_PROTO', 'this does not go into it');
    return;
  }
  const remote = farEnd(tunnel, inner);
  if (remote === 0) {
    netns.stack.linkFailure(inner, tunnel);
    refuse(tunnel, inner, 'IP_OUTNOROUTES', 'the tunnel has no other end for it');
    return;
  }
  const innerTos = inner.ip?.tos ?? inner.ip6?.trafficClass ?? 0;
  const tos = options.tos === 1 ? innerTos : (options.tos ?? 0);
  const request = outputRequest(remote, tunnel.local);
  request.protocol = protocol;
  request.outIndex = options.link ?? 0;
  request.tos = tos & 0x1e;
  request.mark = options.fwmark ?? 0;
  const outer = new Skb();
  outer.recorder = inner.recorder;
  outer.hop = inner.hop;
  if (inner.recorder !== null) {
    const why = tunnel.remote !== 0 ? 'the remote of the tunnel' : 'the gateway of the route';
    inner.step({ kind: 'encapsulate', device: tunnel.name, protocol: NAMES[tunnel.kind], from: formatIpv4(tunnel.local), to: formatIpv4(remote), why }, netns);
  }
  const way = isIpv4Multicast(remote) && tunnel.kind !== 'gre' && tunnel.kind !== 'gretap' ? 'ENETUNREACH' : routeOutput(home, request, outer);
  if (typeof way === 'string') {
    tunnel.stats.txCarrierErrors++;
    refuse(tunnel, inner, 'IP_OUTNOROUTES', way);
    return;
  }
  if (way.device === tunnel) {
    tunnel.stats.collisions++;
    refuse(tunnel, inner, 'TUNNEL_LOOP', 'the way to the other end leads through the tunnel');
    return;
  }
  const wantsDf = options.pmtudisc !== false;
  if (!fits(tunnel, inner, way, wantsDf)) {
    refuse(tunnel, inner, 'PKT_TOO_BIG', `it does not fit the way to ${formatIpv4(remote)}`);
    return;
  }
  if (tunnel.errorCount > 0) tellOfError(tunnel, inner);
  tunnel.stats.txPackets++;
  tunnel.stats.txBytes += networkLength(inner);
  outer.etherType = EtherType.IPV4;
  const ttl = options.ttl || (inner.ip?.ttl ?? inner.ip6?.hopLimit ?? DEFAULT_TTL);
  outer.ip = new Ipv4Header(way.source, remote, protocol, ttl);
  outer.ip.tos = (tos & ~3) | ((innerTos & 3) === 3 ? 2 : innerTos & 3);
  outer.ip.id = nextIpId(home);
  outer.ip.dontFragment = (wantsDf && !(tunnel.kind === 'sit' && mtuFor(way, home, false) - OUTER_HEADER < MINIMUM_MTU6)) || keepsDf(tunnel, inner);
  if (protocol === IpProtocol.GRE) outer.gre = greHeader(tunnel, inner);
  outer.inner = inner;
  outer.dst = way;
  outer.mark = home === netns ? inner.mark : 0;
  outer.depth = inner.depth;
  inner.recorder = null;
  inner.dst = null;
  inner.ct = null;
  inner.ctInfo = 0;
  localOutput(outer, home);
}
const keepsDf = (tunnel: IpTunnel, inner: Skb): boolean => inner.ip !== null && inner.ip.dontFragment && tunnel.options.ignoreDf !== true;

function greHeader(tunnel: IpTunnel, inner: Skb): Gre {
  const gre = new Gre(tunnel.kind === 'gretap' ? TRANSPARENT_BRIDGING : inner.etherType);
  gre.hasChecksum = tunnel.hasFlag('out', TunnelFlag.CSUM);
  if (tunnel.hasFlag('out', TunnelFlag.KEY)) gre.key = (tunnel.options.okey ?? 0) >>> 0;
  if (tunnel.hasFlag('out', TunnelFlag.SEQ)) gre.seq = tunnel.nextSequence++;
  return gre;
}

/** tnl_update_pmtu: the route of the inner packet learns what fits; its sender is told when it must not be fragmented. */
function fits(tunnel: IpTunnel, inner: Skb, way: Dst, wantsDf: boolean): boolean {
  const { netns } = tunnel;
  const { ip, dst } = inner;
  const df = wantsDf || keepsDf(tunnel, inner);
  let mtu = df ? mtuFor(way, tunnel.home, false) - tunnel.overhead : dst === null ? tunnel.mtu : mtuFor(dst, netns, false);
  if (tunnel.kind === 'sit' && ip === null) mtu = Math.max(mtu, MINIMUM_MTU6);
  if (mtu < MINIMUM_MTU4) mtu = MINIMUM_MTU4;
  const length = networkLength(inner);
  if (ip === null) return length <= mtu || !df;
  if (dst !== null && mtuFor(dst, netns, false) > mtu) learnMtu(inner, ip, mtu, netns);
  if (!ip.dontFragment || length <= mtu) return true;
  sendIcmpError(inner, netns, 3, 4, mtu);
  return false;
}

/** An error that came back for an earlier packet is told to who sends now. */
function tellOfError(tunnel: IpTunnel, inner: Skb): void {
  if (tunnel.netns.simulation.nowUs < tunnel.errorUs + ERROR_TIMEOUT_US) {
    tunnel.errorCount--;
    tunnel.netns.stack.linkFailure(inner, tunnel);
  } else tunnel.errorCount = 0;
}
/** ipip_err, ipgre_err: an ICMP error about a packet of the tunnel. */
export function noteError(tunnel: IpTunnel, type: number, code: number): void {
  // That nobody takes GRE's packets is no error to GRE.
  const isImpossible = code === 5 || (code === 3 && tunnel.kind !== 'ipip' && tunnel.kind !== 'sit');
  const isUnreachable = type === 3 && code !== 4 && !isImpossible;
  const isTimeExceeded = type === 11 && code === 0 && (tunnel.options.ttl ?? 0) !== 0;
  if ((!isUnreachable && !isTimeExceeded) || tunnel.remote === 0) return;
  const now = tunnel.netns.simulation.nowUs;
  tunnel.errorCount = now < tunnel.errorUs + ERROR_TIMEOUT_US ? tunnel.errorCount + 1 : 1;
  tunnel.errorUs = now;
}
