/** Raw IPv6 sockets (net/ipv6/raw.c): every packet of a protocol, without its IPv6 header. What ping and traceroute -I use. */
import { toUint8Array } from '../../base/index.ts';
import type { Bytes } from '../../base/index.ts';
import { decodeTransport, encodeTransportBytes, Icmp, IpProtocol } from '../../wire/index.ts';
import type { Ipv6, Packet } from '../../wire/index.ts';
import type { KernelResult } from '../error.ts';
import type { Netns, Skb } from '../model.ts';
import { arrivedBy6, IpSocket, register } from './ip-socket.ts';
import type { Received, SendOptions } from './ip-socket.ts';

export class Raw6Socket extends IpSocket {
  declare localAddress: Ipv6;
  declare remoteAddress: Ipv6;
  /** ICMP6_FILTER: null is everything; else the types that are wanted. */
  wantedTypes: ReadonlySet<number> | null = null;
  constructor(
    netns: Netns,
    readonly protocol: number,
  ) {
    super(netns, 'raw6', 6);
    register(netns, this);
  }
  /** Bytes after the IPv6 header; checksums are filled in. */
  send(payload: Bytes, options: SendOptions = {}): KernelResult<number> {
    return this.sendPacket(options, 0, payload.length, (skb) => {
      decodeTransport(toUint8Array(payload), skb);
      if (skb.icmp !== null) skb.icmp.checksum = -1;
    });
  }
  sendIcmp(type: number, code: number, id: number, seq: number, data: Bytes, options: SendOptions = {}): KernelResult<number> {
    return this.sendPacket(options, 8, data.length, (skb) => {
      skb.icmp = new Icmp(type, code, id, seq);
      skb.payload = data;
    });
  }
  /** The next packet, with the device that has the address it was sent to. */
  override receive(): Received | undefined {
    const next = super.receive();
    return next === undefined ? undefined : { ...next, device: arrivedBy6(next.packet) };
  }
  hears(skb: Skb): boolean {
    const { nextHeader } = skb.ip6!;
    if (nextHeader !== this.protocol || !this.accepts(skb)) return false;
    if (nextHeader === IpProtocol.ICMPV6 && skb.icmp !== null && this.wantedTypes !== null && !this.wantedTypes.has(skb.icmp.type)) return false;
    const copy = skb.clone();
    copy.recorder = null;
    this.enqueue(copy);
    return true;
  }
  fails(skb: Skb, quoted: Packet): void {
    const ip6 = quoted.ip6!;
    if (ip6.nextHeader !== this.protocol) return;
    if (this.connected && this.remoteAddress !== ip6.dst) return;
    if (this.boundDevice !== null && this.boundDevice !== skb.inDevice) return;
    this.icmp6Error(skb, quoted, 0, encodeTransportBytes(quoted), 'raw');
  }
}

/** Copies for whoever listens; true when somebody did. */
export function rawDeliver6(skb: Skb, netns: Netns): boolean {
  let heard = false;
  for (const socket of netns.sockets) if (socket instanceof Raw6Socket && socket.hears(skb)) heard = true;
  return heard;
}
export function rawError6(skb: Skb, quoted: Packet, netns: Netns): void {
  for (const socket of netns.sockets) if (socket instanceof Raw6Socket) socket.fails(skb, quoted);
}
