/** IP in IP (net/ipv4/ipip.c): tunnels between two hosts, and the catch-all `tunl0` that Calico uses. */
import { EtherType, formatIpv4, IpProtocol, Ipv4Header, isIpv4Multicast, networkLength } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { localOutput, nextIpId } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { Device, Skb } from '../model.ts';
import type { Netns, ProtocolHandler } from '../model.ts';
import { ArpHardware, Iff, PacketType } from '../numbers.ts';
import type { TunnelOptions } from '../requests.ts';
import { drop } from '../transmit.ts';
import { sendIcmpError } from '../ipv4/icmp.ts';

const OVERHEAD = 20;

/** Takes protocol 4 for all IPIP devices of a namespace. */
class IpipProtocol implements ProtocolHandler {
  readonly devices: Ipip[] = [];
  receive(skb: Skb, netns: Netns): void {
    const { src, dst } = skb.ip!;
    const device = this.devices.find((tunnel) => tunnel.matches(src, dst));
    if (device === undefined) {
      sendIcmpError(skb, netns, 3, 2, 0);
      drop(skb, netns, 'IP_NOPROTO', 'no tunnel from there');
    } else device.decapsulate(skb);
  }
}

export class Ipip extends Device {
  readonly kind = 'ipip';
  readonly local: Ipv4;
  readonly remote: Ipv4;
  constructor(
    netns: Netns,
    readonly options: TunnelOptions,
    /** The module's own `tunl0`, which takes what no other tunnel wants. */
    readonly isFallback = false,
  ) {
    super(netns);
    this.local = options.local ?? 0;
    this.remote = options.remote ?? 0;
    this.hardwareType = ArpHardware.TUNNEL;
    this.flags = Iff.NOARP | (this.remote !== 0 ? Iff.POINTOPOINT : 0);
    this.address = this.local >>> 0;
    this.broadcast = this.remote >>> 0;
    this.minMtu = 68;
    this.maxMtu = 65535 - OVERHEAD;
    const lower = options.link === undefined ? null : (netns.devices.get(options.link) ?? null);
    this.lower = lower;
    this.mtu = (lower?.mtu ?? 1500) - OVERHEAD;
  }
  readonly lower: Device | null;
  override get link(): Device | null {
    return this.lower;
  }
  override get linkIndex(): number {
    return this.lower?.index ?? 0;
  }
  override get isNetnsLocal(): boolean {
    return this.isFallback;
  }
  private get protocol(): IpipProtocol {
    let handler = this.netns.protocols.get(IpProtocol.IPIP);
    if (!(handler instanceof IpipProtocol)) this.netns.protocols.set(IpProtocol.IPIP, (handler = new IpipProtocol()));
    return handler as IpipProtocol;
  }
  override open(): null {
    this.protocol.devices.push(this);
    // The most particular first: local and remote, remote, local, any.
    this.protocol.devices.sort((a, b) => b.rank - a.rank);
    return null;
  }
  override stop(): void {
    const { devices } = this.protocol;
    devices.splice(devices.indexOf(this), 1);
  }
  private get rank(): number {
    return (this.remote !== 0 ? 2 : 0) + (this.local !== 0 ? 1 : 0);
  }
  matches(src: Ipv4, dst: Ipv4): boolean {
    return (this.remote === 0 || this.remote === src) && (this.local === 0 || this.local === dst);
  }

  /** ip_tunnel_xmit. Without a remote the route's gateway is the other end. */
  transmit(inner: Skb): void {
    if (inner.ip === null) {
      this.stats.txErrors++;
      drop(inner, this.netns, 'UNHANDLED_PROTO', 'only IPv4 goes into it');
      return;
    }
    const remote = this.remote !== 0 ? this.remote : inner.dst?.gateway || inner.ip.dst;
    const request = outputRequest(remote, this.local);
    request.protocol = IpProtocol.IPIP;
    request.outIndex = this.lower?.index ?? 0;
    const outer = new Skb();
    outer.recorder = inner.recorder;
    outer.hop = inner.hop;
    if (inner.recorder !== null) {
      const why = this.remote !== 0 ? 'the remote of the tunnel' : 'the gateway of the route';
      inner.step({ kind: 'encapsulate', device: this.name, protocol: 'IPIP', from: formatIpv4(this.local), to: formatIpv4(remote), why }, this.netns);
    }
    const way = isIpv4Multicast(remote) ? 'ENETUNREACH' : routeOutput(this.netns, request, outer);
    if (typeof way === 'string' || way.device === this) {
      this.stats.txErrors++;
      drop(
        inner,
        this.netns,
        typeof way === 'string' ? 'IP_OUTNOROUTES' : 'TUNNEL_LOOP',
        typeof way === 'string' ? way : 'the way to the other end leads through the tunnel',
      );
      return;
    }
    this.stats.txPackets++;
    this.stats.txBytes += networkLength(inner);
    outer.etherType = EtherType.IPV4;
    const ttl = this.options.ttl !== undefined && this.options.ttl > 0 ? this.options.ttl : inner.ip.ttl;
    outer.ip = new Ipv4Header(way.source, remote, IpProtocol.IPIP, ttl);
    outer.ip.tos = inner.ip.tos & 3;
    outer.ip.id = nextIpId(this.netns);
    outer.ip.dontFragment = this.options.pmtudisc !== false;
    outer.inner = inner;
    outer.dst = way;
    outer.mark = inner.mark;
    outer.depth = inner.depth;
    inner.recorder = null;
    inner.dst = null;
    inner.ct = null;
    inner.ctInfo = 0;
    localOutput(outer, this.netns);
  }

  decapsulate(outer: Skb): void {
    const { inner } = outer;
    if (inner === null || inner.ip === null) {
      drop(outer, this.netns, 'IP_INHDR', '');
      return;
    }
    const skb = inner instanceof Skb ? inner : new Skb();
    if (skb !== inner) skb.copyContent(inner);
    skb.etherType = EtherType.IPV4;
    skb.recorder = outer.recorder;
    skb.hop = outer.hop;
    if (skb.recorder !== null) skb.step({ kind: 'decapsulate', device: this.name, protocol: 'IPIP', from: formatIpv4(outer.ip!.src) }, this.netns);
    this.stats.rxPackets++;
    this.stats.rxBytes += networkLength(skb);
    skb.scrub('same-netns');
    skb.device = this;
    skb.packetType = PacketType.HOST;
    this.netns.simulation.post(skb);
  }
}
