/** Ping sockets (net/ipv4/ping.c): ICMP echo for everyone, where net.ipv4.ping_group_range allows it. The id is the socket's port. */
import { done } from '../../base/index.ts';
import type { Bytes } from '../../base/index.ts';
import { encodeTransportBytes, Icmp, IcmpType, IpProtocol } from '../../wire/index.ts';
import type { Ipv4, Packet } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Netns, Skb } from '../model.ts';
import { drop } from '../transmit.ts';
import { IpSocket, register } from './ip-socket.ts';
import type { SendOptions } from './ip-socket.ts';

export class PingSocket extends IpSocket {
  readonly protocol = IpProtocol.ICMP;
  declare localAddress: Ipv4;
  declare remoteAddress: Ipv4;
  constructor(netns: Netns) {
    super(netns, 'ping');
    register(netns, this);
  }
  /** Port 0: any free id. */
  bind(address: Ipv4, port: number): KernelResult {
    const bound = this.bindAddress(address);
    if (!bound.ok) return bound;
    return this.takeId(port);
  }
  private takeId(wanted: number): KernelResult {
    const taken = new Set<number>();
    for (const socket of this.netns.sockets) if (socket instanceof PingSocket && socket !== this) taken.add(socket.localPort);
    if (wanted !== 0) {
      if (taken.has(wanted)) return fail('EADDRINUSE');
      this.localPort = wanted;
      return done;
    }
    do this.localPort = 1 + this.netns.rng.below(65535);
    while (taken.has(this.localPort));
    return done;
  }
  connect(address: Ipv4): KernelResult {
    if (this.localPort === 0) this.takeId(0);
    return this.connectAddress(address, 0);
  }
  sendEcho(seq: number, data: Bytes, options: SendOptions = {}): KernelResult<number> {
    if (this.localPort === 0) this.takeId(0);
    return this.sendPacket(options, 8, data.length, (skb) => {
      skb.icmp = new Icmp(IcmpType.ECHO_REQUEST, 0, this.localPort, seq);
      skb.payload = data;
    });
  }
  deliver(skb: Skb): boolean {
    return skb.icmp!.id === this.localPort && this.accepts(skb) && this.enqueue(skb);
  }
  fails(skb: Skb, quoted: Packet): void {
    if (quoted.icmp?.id === this.localPort) this.icmpError(skb, quoted, 0, encodeTransportBytes(quoted), 'raw');
  }
}

/** socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) by a process of these groups. */
export function openPing(netns: Netns, groups: readonly number[]): KernelResult<PingSocket> {
  const { pingGroupLow, pingGroupHigh } = netns.ipv4;
  if (!groups.some((group) => group >= pingGroupLow && group <= pingGroupHigh)) return fail('EACCES');
  return { ok: true, value: new PingSocket(netns) };
}

/** An echo reply for this host: the ping socket with its id, else whoever heard it raw. */
export function pingReply(skb: Skb): void {
  const { netns } = skb.inDevice!;
  if (skb.recorder !== null) {
    skb.step({ kind: 'deliver', to: 'the program that pinged' }, netns);
    skb.end({ kind: 'delivered', to: 'ping' });
  }
  for (const socket of netns.sockets) if (socket instanceof PingSocket && socket.deliver(skb)) return;
  if (skb.recorder === null) drop(skb, netns, 'NO_SOCKET', 'nobody pinged');
}
export function pingError(skb: Skb, quoted: Packet): void {
  for (const socket of skb.inDevice!.netns.sockets) if (socket instanceof PingSocket) socket.fails(skb, quoted);
}
