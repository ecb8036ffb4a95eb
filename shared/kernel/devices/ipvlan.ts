/**
 * ipvlan (drivers/net/ipvlan): devices that share the MAC of one card and are told apart by their IP addresses. In mode `l2` each has ARP of its
 * own; in `l3` what leaves is routed by the card's namespace, without ARP and groups; in `l3s` it passes that namespace's netfilter as well.
 * Mode and flag are the card's: the latest word is for all.
 *
 * Deviation: where the flag `private` forbids a packet between two of them, the sender gets no ENOBUFS. In l3 and l3s IPv6 is not routed.
 */
import { done, ok } from '../../base/index.ts';
import { countedLength, isMulticastMac, MAC_BROADCAST } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { changeFlags, changeMac, unregisterDevice } from '../device.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { passes } from '../ipv4/hooks.ts';
import { continueInput } from '../ipv4/input.ts';
import { localOutput } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { setCarrier } from '../linkwatch.ts';
import { Device } from '../model.ts';
import type { DeviceEvent, Netns, RxHandler, Skb } from '../model.ts';
import { Hook, Iff, PacketType } from '../numbers.ts';
import type { IpvlanOptions } from '../requests.ts';
import { classify, crossing, drop, transmit } from '../transmit.ts';

type IpvlanMode = NonNullable<IpvlanOptions['mode']>;
/** IPVLAN_F_*. */
const Flag = { PRIVATE: 1, VEPA: 2 } as const;

/** ipvl_port: one for all on a card. */
class IpvlanPort implements RxHandler {
  readonly kind = 'ipvlan';
  mode: IpvlanMode = 'l3';
  flags = 0;
  devices: Ipvlan[] = [];
  /** dev_id_start: ids are given in turn. */
  nextId = 1;
  constructor(readonly lower: Device) {}

  /** ipvlan_addr_lookup: whose the destination of a packet is, or what an ARP asks for. */
  owner(skb: Skb): Ipvlan | undefined {
    const { ip, ip6, arp } = skb;
    if (ip !== null) return this.having(ip.dst);
    if (arp !== null) return this.having(arp.targetIp);
    return ip6 === null ? undefined : this.devices.find((device) => device.isUp && device.ipv6?.addresses.some(({ address }) => address === ip6.dst) === true);
  }
  having(address: Ipv4): Ipvlan | undefined {
    return this.devices.find((device) => device.isUp && device.ipv4?.addresses.some(({ local }) => local === address) === true);
  }
  private sentByOne(skb: Skb): boolean {
    const source = skb.ip !== null ? skb.ip.src : skb.arp !== null ? skb.arp.senderIp : 0;
    return source !== 0 && this.having(source) !== undefined;
  }

  /** ipvlan_handle_frame. */
  handleFrame(skb: Skb): boolean {
    if (this.mode === 'l3s') return false;
    if (this.mode === 'l2' && isMulticastMac(skb.ethDst)) {
      if (!this.sentByOne(skb)) this.spread(skb, null);
      return false;
    }
    const to = this.owner(skb);
    if (to === undefined) return false;
    to.count(skb, 0);
    if (skb.recorder !== null && to.netns !== this.lower.netns) crossing(skb, this.lower, to, 'macvlan', 0);
    skb.scrub(to.netns === this.lower.netns ? 'same-netns' : 'other-netns');
    to.netns.stack.passUp(skb, to);
    return true;
  }
  /** ipvlan_l3_rcv and ipvlan_nf_input, of mode l3s: after the card's own PREROUTING. */
  takesPacket(skb: Skb): boolean {
    if (this.mode !== 'l3s') return false;
    const to = this.owner(skb);
    if (to === undefined) return false;
    const { netns } = this.lower;
    if (netns.hooks[Hook.INPUT] !== null && !passes(netns, Hook.INPUT, skb, this.lower, null)) return true;
    to.count(skb, 0);
    if (skb.recorder !== null && to.netns !== netns) crossing(skb, this.lower, to, 'macvlan', 0);
    skb.scrub(to.netns === netns ? 'same-netns' : 'other-netns');
    skb.device = skb.inDevice = to;
    continueInput(skb, to);
    return true;
  }
  /** ipvlan_process_multicast. */
  spread(skb: Skb, from: Ipvlan | null): void {
    for (const device of this.devices) {
      if (device === from || !device.isUp || !device.hears(skb.ethDst)) continue;
      device.stats.multicast++;
      device.receiveCopy(skb.clone(), from ?? this.lower, 0);
    }
  }

  /** ipvlan_set_port_mode. */
  setMode(mode: IpvlanMode): void {
    if (mode === this.mode) return;
    for (const device of this.devices) changeFlags(device, mode === 'l2' ? 0 : Iff.NOARP, Iff.NOARP);
    this.mode = mode;
  }
  /** ipvlan_device_event: a card that goes down leaves them as they are. */
  deviceEvent(event: DeviceEvent): void {
    const { lower } = this;
    for (const device of [...this.devices]) {
      if (event === 'up' || event === 'change') setCarrier(device, lower.carrier ? 'on' : 'off');
      else if (event === 'change-mtu') device.mtu = lower.mtu;
      else if (event === 'change-address') changeMac(device, lower.address);
      else if (event === 'unregister' && lower.unregistered) unregisterDevice(device);
    }
  }
}

export class Ipvlan extends Device {
  readonly kind = 'ipvlan';
  readonly port: IpvlanPort;
  private readonly id: number;
  constructor(
    netns: Netns,
    readonly lower: Device,
  ) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = lower.address;
    this.mtu = lower.mtu;
    this.maxMtu = 65535;
    this.carrier = lower.carrier;
    const { rxHandler } = lower;
    this.port = rxHandler instanceof IpvlanPort ? rxHandler : new IpvlanPort(lower);
    lower.rxHandler = this.port;
    this.id = this.port.nextId++;
  }
  override get devId(): number {
    return this.id;
  }
  override get link(): Device {
    return this.lower;
  }
  override get speedMbps(): number {
    return this.lower.speedMbps;
  }
  override get hasFixedAddress(): boolean {
    return true;
  }
  get mode(): IpvlanMode {
    return this.port.mode;
  }
  get flag(): 'bridge' | 'private' | 'vepa' {
    return this.port.flags === Flag.PRIVATE ? 'private' : this.port.flags === Flag.VEPA ? 'vepa' : 'bridge';
  }
  hears(group: number): boolean {
    return group === MAC_BROADCAST || this.multicastMacs.has(group);
  }
  /** ipvlan_addr4_validator_event: an address has one owner on a card. */
  override checkAddress(address: Ipv4): KernelResult<never> | null {
    const taken = this.port.devices.some((other) => other.ipv4?.addresses.some(({ local }) => local === address) === true);
    return taken ? fail('EADDRINUSE', 'Address already assigned to an ipvlan device') : null;
  }
  /** ipvlan_open. */
  override open(): null {
    if (this.port.mode === 'l2') this.flags &= ~Iff.NOARP;
    else this.flags |= Iff.NOARP;
    return null;
  }
  change(options: IpvlanOptions): KernelResult {
    if (options.flags !== undefined) {
      if (options.flags > Flag.VEPA) return fail('EINVAL');
      this.port.flags = options.flags;
    }
    if (options.mode !== undefined) this.port.setMode(options.mode);
    return done;
  }
  /** What came in; `extra` is the Ethernet header once more, as Linux counts between two of them. */
  count(skb: Skb, extra: number): void {
    this.stats.rxPackets++;
    this.stats.rxBytes += countedLength(skb) + extra;
  }
  /** dev_forward_skb. */
  receiveCopy(skb: Skb, from: Device, extra: number): void {
    this.count(skb, extra);
    if (skb.recorder !== null && from.netns !== this.netns) crossing(skb, from, this, 'macvlan', 0);
    skb.scrub(from.netns === this.netns ? 'same-netns' : 'other-netns');
    skb.device = this;
    classify(skb, this);
    this.netns.simulation.post(skb);
  }

  /** ipvlan_start_xmit. */
  transmit(skb: Skb): void {
    const length = countedLength(skb);
    const sent = this.port.mode === 'l2' ? this.sendFrame(skb) : this.sendPacket(skb);
    if (sent) {
      this.stats.txPackets++;
      this.stats.txBytes += length;
    } else this.stats.txDropped++;
  }
  /** ipvlan_xmit_mode_l2. */
  private sendFrame(skb: Skb): boolean {
    const { port, lower } = this;
    if ((port.flags & Flag.VEPA) === 0 && skb.ethDst === skb.ethSrc) {
      const to = port.owner(skb);
      if (to !== undefined) return this.handOver(skb, to);
      // For the card's own host, which does not have it either: what it sends has another way in.
      skb.scrub(this.netns === lower.netns ? 'same-netns' : 'other-netns');
      skb.device = lower;
      classify(skb, lower);
      lower.netns.simulation.post(skb);
      return true;
    }
    if (isMulticastMac(skb.ethDst)) port.spread(skb, this);
    this.cross(skb);
    transmit(skb, lower);
    return true;
  }
  private handOver(skb: Skb, to: Ipvlan): boolean {
    if ((this.port.flags & Flag.PRIVATE) !== 0) {
      drop(skb, this.netns, 'NO_TX_TARGET', 'ipvlan devices of this card are kept apart (private)');
      return false;
    }
    to.receiveCopy(skb, this, 14);
    return true;
  }
  private cross(skb: Skb): void {
    if (this.netns === this.lower.netns) return;
    if (skb.recorder !== null) crossing(skb, this, this.lower, 'macvlan', 0);
    skb.scrub('other-netns');
  }
  /** ipvlan_xmit_mode_l3, ipvlan_process_outbound: routed where the card is, by the card. */
  private sendPacket(skb: Skb): boolean {
    const { port, lower } = this;
    if ((port.flags & Flag.VEPA) === 0) {
      const to = port.owner(skb);
      if (to !== undefined) {
        skb.ethDst = to.address;
        return this.handOver(skb, to);
      }
    }
    this.cross(skb);
    const { ip } = skb;
    if (ip === null || isMulticastMac(skb.ethDst)) {
      drop(skb, lower.netns, 'UNHANDLED_PROTO', 'ipvlan routes IPv4 to one host only');
      return false;
    }
    const request = outputRequest(ip.dst, ip.src);
    request.outIndex = lower.index;
    request.tos = ip.tos;
    request.mark = skb.mark;
    request.anySource = true;
    const dst = routeOutput(lower.netns, request, skb);
    if (typeof dst === 'string' || (dst.kind !== 'output' && dst.kind !== 'local')) {
      drop(skb, lower.netns, 'IP_OUTNOROUTES', `no way by ${lower.name}`);
      return false;
    }
    skb.dst = dst;
    skb.packetType = PacketType.HOST;
    localOutput(skb, lower.netns);
    return true;
  }
  override unregistering(): readonly Device[] {
    const { port, lower } = this;
    port.devices = port.devices.filter((device) => device !== this);
    if (port.devices.length === 0 && lower.rxHandler === port) lower.rxHandler = null;
    return [];
  }
}

/** ipvlan_link_new, up to the registration. */
export function makeIpvlan(netns: Netns, link: Device | undefined, options: IpvlanOptions, mtu: number | undefined): KernelResult<Ipvlan> {
  if (link === undefined) return fail('ENODEV');
  const lower = link instanceof Ipvlan ? link.lower : link;
  if (!lower.isEthernet || lower.isLoopback) return fail('EINVAL');
  if (lower.rxHandler !== null && lower.rxHandler.kind !== 'ipvlan') return fail('EBUSY');
  if ((options.flags ?? 0) > Flag.VEPA) return fail('EINVAL');
  const made = new Ipvlan(netns, lower);
  if (mtu !== undefined) made.mtu = mtu;
  return ok(made);
}
/** After the registration: without a word about the mode it is l3, for all of them. */
export function settleIpvlan(device: Ipvlan, options: IpvlanOptions): void {
  const { port, lower } = device;
  if (options.flags !== undefined) port.flags = options.flags;
  port.setMode(options.mode ?? 'l3');
  port.devices = [...port.devices, device];
  setCarrier(device, lower.carrier ? 'on' : 'off');
}
