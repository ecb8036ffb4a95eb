/** UDP (net/ipv4/udp.c, net/ipv6/udp.c): ports, delivery by best match, port unreachable. */
import { done } from '../../base/index.ts';
import type { Bytes } from '../../base/index.ts';
import {
  formatIp,
  IcmpType,
  IcmpUnreachable,
  IpProtocol,
  IPV6_ANY,
  IPV6_LOOPBACK,
  isIpv6Multicast,
  isUnspecified,
  PARTIAL_CHECKSUM,
  Udp,
} from '../../wire/index.ts';
import type { IpAddress, Packet } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { sendIcmpError } from '../ipv4/icmp.ts';
import { sendIcmp6Unreachable } from '../ipv6/icmp.ts';
import type { Netns, ProtocolHandler, Skb } from '../model.ts';
import { drop } from '../transmit.ts';
import { IpSocket, overlaps, register } from './ip-socket.ts';
import type { Received, SendOptions } from './ip-socket.ts';

/** The code of ICMPv6's destination unreachable. */
const PORT_UNREACHABLE = 4;

/** A tunnel's receiver on a UDP port (udp_tunnel): true when it took the packet. */
export interface UdpTunnel {
  receive(skb: Skb, netns: Netns): boolean;
}

export class UdpProtocol implements ProtocolHandler {
  readonly ports = new Map<number, UdpSocket[]>();
  readonly tunnels = new Map<number, UdpTunnel>();

  receive(skb: Skb, netns: Netns): void {
    const { udp } = skb;
    const mib = skb.ip6 === null ? netns.mib.udp : netns.mib.udp6;
    if (udp === null || udp.checksum > 0) {
      mib.InErrors++;
      if (udp !== null) mib.InCsumErrors++;
      drop(skb, netns, udp === null ? 'PKT_TOO_SMALL' : 'UDP_CSUM', '');
      return;
    }
    const tunnel = this.tunnels.get(udp.dstPort);
    if (tunnel !== undefined && skb.ip !== null && tunnel.receive(skb, netns)) {
      mib.InDatagrams++;
      return;
    }
    const candidates = this.ports.get(udp.dstPort) ?? [];
    if (skb.ip6 !== null ? isIpv6Multicast(skb.ip6.dst) : skb.dst?.kind === 'broadcast' || skb.dst?.kind === 'multicast') {
      let heard = false;
      for (const socket of candidates) if (socket.score(skb) >= 0) heard = socket.take(skb.clone()) || heard;
      if (!heard) mib.IgnoredMulti++;
      finish(skb, netns, heard);
      return;
    }
    let best: UdpSocket | null = null;
    let bestScore = -1;
    for (const socket of candidates) {
      const score = socket.score(skb);
      if (score > bestScore) {
        best = socket;
        bestScore = score;
      }
    }
    if (best !== null) {
      finish(skb, netns, best.take(skb));
      return;
    }
    mib.NoPorts++;
    if (skb.ip6 !== null) sendIcmp6Unreachable(skb, netns, PORT_UNREACHABLE);
    else sendIcmpError(skb, netns, IcmpType.UNREACHABLE, IcmpUnreachable.PORT, 0);
    drop(skb, netns, 'NO_SOCKET', `nobody listens on UDP port ${udp.dstPort} of ${formatIp(skb.ip !== null ? skb.ip.dst : skb.ip6!.dst)}`);
  }

  error(skb: Skb, quoted: Packet, netns: Netns): void {
    const { udp } = quoted;
    if (udp === null) return;
    let isOurs = false;
    for (const socket of this.ports.get(udp.srcPort) ?? []) isOurs = socket.fails(skb, quoted) || isOurs;
    if (!isOurs && !this.tunnels.has(udp.dstPort)) netns.mib[quoted.ip6 === null ? 'icmp' : 'icmp6'].InErrors++;
  }
}
function finish(skb: Skb, netns: Netns, taken: boolean): void {
  if (!taken) drop(skb, netns, 'SOCKET_RCVBUFF', 'the receive buffer is full, or nobody listens');
  else if (skb.recorder !== null) {
    skb.step({ kind: 'deliver', to: `UDP port ${skb.udp!.dstPort}` }, netns);
    skb.end({ kind: 'delivered', to: `UDP port ${skb.udp!.dstPort}` });
  }
}

/** The UDP of a namespace. */
export function udpOf(netns: Netns): UdpProtocol {
  const known = netns.protocols.get(IpProtocol.UDP);
  if (known instanceof UdpProtocol) return known;
  const made = new UdpProtocol();
  netns.protocols.set(IpProtocol.UDP, made);
  return made;
}

export class UdpSocket extends IpSocket {
  readonly protocol = IpProtocol.UDP;
  /** Made by a tunnel: no program has it, and it does not count among the sockets in use. */
  isKernels = false;
  constructor(netns: Netns, family: 4 | 6 = 4) {
    super(netns, 'udp', family);
    register(netns, this);
  }
  /** Port 0: any free one. */
  bind(address: IpAddress, port: number): KernelResult {
    const before = this.localAddress;
    const bound = this.bindAddress(address);
    if (!bound.ok) return bound;
    const taken = this.takePort(port);
    if (!taken.ok) this.localAddress = before;
    return taken;
  }
  private takePort(wanted: number): KernelResult {
    const { ports } = udpOf(this.netns);
    let port = wanted;
    if (port === 0) {
      const { localPortLow, localPortHigh } = this.netns.ipv4;
      const range = localPortHigh - localPortLow + 1;
      const first = this.netns.rng.below(range);
      for (let i = 0; i < range && port === 0; i++) {
        const candidate = localPortLow + ((first + i) % range);
        if (!this.clashes(ports.get(candidate) ?? [])) port = candidate;
      }
      if (port === 0) return fail('EAGAIN');
    } else if (this.clashes(ports.get(port) ?? [])) return fail('EADDRINUSE');
    this.localPort = port;
    ports.set(port, [...(ports.get(port) ?? []), this]);
    return done;
  }
  private clashes(others: readonly UdpSocket[]): boolean {
    return others.some(
      (other) =>
        overlaps(this, other) &&
        (other.boundDevice === null || this.boundDevice === null || other.boundDevice === this.boundDevice) &&
        !(other.reuseAddress && this.reuseAddress) &&
        !(other.reusePort && this.reusePort),
    );
  }
  connect(address: IpAddress, port: number): KernelResult {
    const connected = this.connectAddress(address === 0 ? 0x7f000001 : address === IPV6_ANY ? IPV6_LOOPBACK : address, port);
    if (!connected.ok) return connected;
    return this.localPort === 0 ? this.takePort(0) : done;
  }
  send(payload: Bytes, options: SendOptions = {}): KernelResult<number> {
    if (this.localPort === 0) {
      const taken = this.takePort(0);
      if (!taken.ok) return taken;
    }
    const port = options.port ?? this.remotePort;
    if (port === 0) return fail(this.connected || options.to !== undefined ? 'EINVAL' : 'EDESTADDRREQ');
    return this.sendPacket(options, 8, payload.length, (skb) => {
      skb.udp = new Udp(this.localPort, port);
      skb.udp.checksum = PARTIAL_CHECKSUM;
      skb.payload = payload;
    });
  }
  /** compute_score: how well it fits, or -1. */
  score(skb: Skb): number {
    if (!this.accepts(skb)) return -1;
    if (this.connected && this.remotePort !== skb.udp!.srcPort) return -1;
    const isNative = (this.family === 4) === (skb.ip !== null);
    return (isUnspecified(this.localAddress) ? 0 : 4) + (this.connected ? 8 : 0) + (this.boundDevice !== null ? 4 : 0) + (isNative ? 2 : 1);
  }
  take(skb: Skb): boolean {
    if (this.enqueue(skb)) return true;
    const mib = skb.ip6 === null ? this.netns.mib.udp : this.netns.mib.udp6;
    mib.InErrors++;
    mib.RcvbufErrors++;
    return false;
  }
  /** What was read counts as received. */
  override receive(): Received | undefined {
    const next = super.receive();
    if (next !== undefined) this.netns.mib[next.packet.ip6 === null ? 'udp' : 'udp6'].InDatagrams++;
    return next;
  }
  /** False: the packet was not this one's. */
  fails(skb: Skb, quoted: Packet): boolean {
    const ip = quoted.ip ?? quoted.ip6!;
    if (quoted.ip6 !== null && this.family === 4) return false;
    if (!isUnspecified(this.localAddress) && this.localAddress !== ip.src) return false;
    if (this.connected && (this.remoteAddress !== ip.dst || this.remotePort !== quoted.udp!.dstPort)) return false;
    if (quoted.ip6 !== null) this.icmp6Error(skb, quoted, quoted.udp!.dstPort, quoted.payload, 'udp');
    else this.icmpError(skb, quoted, quoted.udp!.dstPort, quoted.payload, 'udp');
    return true;
  }
  override close(): void {
    const { ports } = udpOf(this.netns);
    const rest = (ports.get(this.localPort) ?? []).filter((other) => other !== this);
    if (rest.length > 0) ports.set(this.localPort, rest);
    else ports.delete(this.localPort);
    super.close();
  }
}
