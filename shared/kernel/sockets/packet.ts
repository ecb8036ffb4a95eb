/**
 * Packet sockets (net/packet/af_packet.c): frames as devices send and receive them, for tcpdump and arping. A filter runs before anything
 * is copied; what does not fit is counted as dropped, as PACKET_STATISTICS tells.
 */
import { done, ok } from '../../base/index.ts';
import type { Packet } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { Skb, Socket } from '../model.ts';
import type { Device, Netns, Tap } from '../model.ts';
import { register } from './ip-socket.ts';
import { transmit } from '../transmit.ts';

/** ETH_P_ALL. */
export const ALL_PROTOCOLS = 3;

/** A frame that was heard: a copy as it was then. */
export interface CapturedFrame {
  readonly packet: Packet;
  readonly deviceIndex: number;
  readonly deviceName: string;
  /** Of PacketType: 4 is our own, outgoing. */
  readonly packetType: number;
  readonly unixUs: number;
}

export class PacketSocket extends Socket implements Tap {
  device: Device | null = null;
  protocol = 0;
  /** What is wanted; null: everything. Must not change or keep the packet. */
  filter: ((packet: Packet, device: Device, packetType: number) => boolean) | null = null;
  /** Frames that may wait. */
  limit = 4096;
  /** Seen by the filter, and lost because nobody read. Cleared by `statistics`. */
  private seen = 0;
  private lost = 0;
  private readonly queue: CapturedFrame[] = [];
  private promiscuousOn: Device | null = null;
  private attached = false;

  constructor(
    netns: Netns,
    /** raw: with link header; dgram: without (the program's business: frames are structured either way). */
    readonly type: 'raw' | 'dgram',
  ) {
    super(netns, 'packet');
    register(netns, this);
  }

  /** Listens to a device (null: all) for an ether type, or ALL_PROTOCOLS; 0 listens to nothing. */
  bind(device: Device | null, protocol: number): KernelResult {
    this.detach();
    this.device = device;
    this.protocol = protocol;
    if (device !== null && device.unregistered) return fail('ENODEV');
    if (protocol === 0) return done;
    if (device === null) this.netns.taps = [...this.netns.taps, this];
    else device.taps = [...device.taps, this];
    this.attached = true;
    return done;
  }
  private detach(): void {
    if (!this.attached) return;
    this.attached = false;
    if (this.device === null) this.netns.taps = this.netns.taps.filter((tap) => tap !== this);
    else this.device.taps = this.device.taps.filter((tap) => tap !== this);
  }
  /** PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC. */
  setPromiscuous(device: Device): void {
    if (this.promiscuousOn !== null) return;
    this.promiscuousOn = device;
    device.promiscuity++;
  }

  captured(skb: Skb, device: Device, packetType: number): void {
    if (this.filter !== null && !this.filter(skb, device, packetType)) return;
    this.seen++;
    if (this.queue.length >= this.limit) {
      this.lost++;
      return;
    }
    const packet = skb.clone();
    packet.recorder = null;
    this.queue.push({ packet, deviceIndex: device.index, deviceName: device.name, packetType, unixUs: this.netns.simulation.unixUs });
    this.watchers.notify();
  }
  receive(): CapturedFrame | undefined {
    return this.queue.shift();
  }
  get readable(): boolean {
    return this.queue.length > 0;
  }
  statistics(): { readonly packets: number; readonly drops: number } {
    const answer = { packets: this.seen, drops: this.lost };
    this.seen = this.lost = 0;
    return answer;
  }

  /** Sends a frame as it is, link header included. */
  sendFrame(packet: Packet, device: Device): KernelResult<number> {
    if (device.unregistered) return fail('ENXIO');
    if (!device.isUp) return fail('ENETDOWN');
    const skb = new Skb();
    skb.copyContent(packet);
    skb.socket = this;
    skb.mark = this.mark;
    transmit(skb, device);
    return ok(0);
  }
  close(): void {
    this.closed = true;
    this.detach();
    if (this.promiscuousOn !== null && !this.promiscuousOn.unregistered) this.promiscuousOn.promiscuity--;
    this.netns.sockets.delete(this);
    this.watchers.notify();
  }
}
