/** Raw IPv4 sockets (net/ipv4/raw.c): every packet of a protocol, headers and all. What ping and traceroute -I use. */
import { ok, toUint8Array } from '../../base/index.ts';
import type { Bytes } from '../../base/index.ts';
import { decodeNetwork, decodeTransport, encodeTransportBytes, EtherType, Icmp, IpProtocol } from '../../wire/index.ts';
import type { Ipv4, Packet } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { nextIpId, sendDatagram } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { Skb } from '../model.ts';
import type { Netns, RawListener } from '../model.ts';
import { IpSocket, register } from './ip-socket.ts';
import type { SendOptions } from './ip-socket.ts';

export class RawSocket extends IpSocket implements RawListener {
  /** ICMP_FILTER: bit of each type that is *not* wanted. */
  icmpFilter = 0;
  declare localAddress: Ipv4;
  declare remoteAddress: Ipv4;
  constructor(
    netns: Netns,
    readonly protocol: number,
  ) {
    super(netns, 'raw');
    register(netns, this);
    netns.rawListeners.add(this);
  }

  /** Bytes after the IP header. */
  send(payload: Bytes, options: SendOptions = {}): KernelResult<number> {
    return this.sendPacket(options, 0, payload.length, (skb) => decodeTransport(toUint8Array(payload), skb));
  }
  /** An ICMP message, its checksum computed: the same as `send` of its bytes, without making them. */
  sendIcmp(type: number, code: number, id: number, seq: number, data: Bytes, options: SendOptions = {}): KernelResult<number> {
    return this.sendPacket(options, 8, data.length, (skb) => {
      skb.icmp = new Icmp(type, code, id, seq);
      skb.payload = data;
    });
  }
  /** IP_HDRINCL: a whole packet. Source and id of 0 are filled in. */
  sendWhole(bytes: Bytes): KernelResult<number> {
    const skb = new Skb();
    decodeNetwork(toUint8Array(bytes), EtherType.IPV4, skb);
    if (skb.ip === null) return fail('EINVAL');
    const request = outputRequest(skb.ip.dst, skb.ip.src);
    request.anySource = true;
    request.mark = this.mark;
    request.outIndex = this.boundDevice?.index ?? 0;
    request.tos = skb.ip.tos;
    const way = routeOutput(this.netns, request, null);
    if (typeof way === 'string') return fail(way);
    if (way.kind === 'broadcast' && !this.broadcast) return fail('EACCES');
    if (skb.ip.src === 0) skb.ip.src = way.source;
    if (skb.ip.id === 0) skb.ip.id = nextIpId(this.netns);
    skb.ip.checksum = -1;
    skb.dst = way;
    skb.socket = this;
    skb.mark = this.mark;
    if (skb.icmp !== null) this.netns.mib.icmp.sent(skb.icmp.type);
    sendDatagram(skb, this.netns);
    return ok(bytes.length);
  }

  rawDeliver(skb: Skb): boolean {
    if (!this.accepts(skb)) return false;
    if (this.protocol === IpProtocol.ICMP && skb.icmp !== null && skb.icmp.type < 32 && ((this.icmpFilter >>> skb.icmp.type) & 1) === 1) return false;
    const copy = skb.clone();
    copy.recorder = null;
    this.enqueue(copy);
    return true;
  }
  rawError(skb: Skb, quoted: Packet): void {
    const ip = quoted.ip!;
    if (this.localAddress !== 0 && this.localAddress !== ip.src) return;
    if (this.remoteAddress !== 0 && this.remoteAddress !== ip.dst) return;
    if (this.boundDevice !== null && this.boundDevice !== skb.inDevice) return;
    this.icmpError(skb, quoted, 0, encodeTransportBytes(quoted), 'raw');
  }
  override close(): void {
    this.netns.rawListeners.delete(this);
    super.close();
  }
}
