/** ICMPv6 sockets for ping over IPv6: echo requests out, replies and errors in. */
import { done, ok } from '../../base/index.ts';
import type { Bytes } from '../../base/index.ts';
import { Icmp, Icmp6Type, IpProtocol } from '../../wire/index.ts';
import type { Ipv6 } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { Skb, Socket } from '../model.ts';
import type { Device, Netns } from '../model.ts';
import { lookup6, selectSource6 } from '../ipv6/routes.ts';
import { send6 } from '../ipv6/output.ts';
import { register } from './ip-socket.ts';
import type { Received } from './ip-socket.ts';

export class Icmp6Socket extends Socket {
  localAddress: Ipv6 | null = null;
  hopLimit = 64;
  private readonly queue: Received[] = [];
  constructor(netns: Netns) {
    super(netns, 'raw6');
    register(netns, this);
  }
  /** The source that would be used: connect(2) of a probe socket. */
  sourceFor(destination: Ipv6): KernelResult<Ipv6> {
    const way = lookup6(this.netns, destination, this.boundDevice);
    const hasAddresses = [...this.netns.devices.values()].some(({ ipv6 }) => (ipv6?.addresses.length ?? 0) > 0);
    if (typeof way === 'string') return fail(hasAddresses ? way : 'EADDRNOTAVAIL');
    const source = this.localAddress ?? selectSource6(this.netns, way.route.device ?? way.device, destination);
    return source === null ? fail('EADDRNOTAVAIL') : ok(source);
  }
  sendEcho(destination: Ipv6, id: number, seq: number, data: Bytes): KernelResult {
    const skb = new Skb();
    skb.icmp = new Icmp(Icmp6Type.ECHO_REQUEST, 0, id, seq);
    skb.payload = data;
    skb.socket = this;
    const errno = send6(skb, this.netns, this.localAddress, destination, IpProtocol.ICMPV6, this.boundDevice, this.hopLimit);
    return errno === null ? done : fail(errno);
  }
  deliver(skb: Skb): void {
    this.queue.push({ packet: skb.clone(), atUs: skb.atUs, device: this.deviceOf(skb) });
    this.watchers.notify();
  }
  /** What comes over loopback is of the device that has the address. */
  private deviceOf({ inDevice, ip6 }: Skb): Device | null {
    if (inDevice?.isLoopback !== true) return inDevice;
    return [...this.netns.devices.values()].find(({ ipv6 }) => ipv6?.addresses.some(({ address }) => address === ip6?.dst) === true) ?? inDevice;
  }
  receive(): Received | undefined {
    return this.queue.shift();
  }
  get readable(): boolean {
    return this.queue.length > 0;
  }
  close(): void {
    this.closed = true;
    this.netns.sockets.delete(this);
    this.watchers.notify();
  }
}

/** Everything but neighbour discovery is heard by every such socket. */
export function ping6Reply(skb: Skb, netns: Netns): void {
  for (const socket of netns.sockets) if (socket instanceof Icmp6Socket) socket.deliver(skb);
}
