/**
 * VLAN devices on top of another one (net/8021q): what leaves gets a tag and goes out below, what comes in with that tag comes up here. They
 * come up with the device below, go down with it (unless bound loosely), and have its address until they get one of their own.
 *
 * Absent: GVRP and MVRP frames; without reorder_hdr Linux shows the tag to packet sockets on the device as well.
 */
import { done, ok } from '../../base/index.ts';
import { countedLength, EtherType, frameLength } from '../../wire/index.ts';
import type { Mac } from '../../wire/index.ts';
import { changeFlags, closeDevice, setMtu, unregisterDevice } from '../device.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { fire, setCarrier } from '../linkwatch.ts';
import { Device } from '../model.ts';
import type { DeviceEvent, Netns, Skb } from '../model.ts';
import { Iff, PacketType } from '../numbers.ts';
import type { VlanOptions } from '../requests.ts';
import { classify, transmit } from '../transmit.ts';
import { joinMac, leaveMac } from './multicast-macs.ts';

/** VLAN_FLAG_*. */
export const VlanFlag = { REORDER_HDR: 1, GVRP: 2, LOOSE_BINDING: 4, MVRP: 8, BRIDGE_BINDING: 16 } as const;
/** Where GVRP and MVRP speak: a device with VLANs listens. */
const REGISTRATION_GROUP: Mac = 0x0180c2000021;
const STOLEN = 2;
const DOES_NOT_PASS = Iff.UP | Iff.PROMISC | Iff.ALLMULTI;

export class Vlan extends Device {
  readonly kind = 'vlan';
  flagBits: number = VlanFlag.REORDER_HDR;
  /** By priority in the tag: the packet's. */
  readonly ingressMap: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  /** By the packet's priority: that in the tag. What was once set stays, as 0. */
  readonly egressMap = new Map<number, number>();
  /** The lower device's address as it was when last looked at. */
  private lowerAddress: Mac = 0;
  constructor(
    netns: Netns,
    readonly lower: Device,
    readonly id: number,
    readonly protocol: number,
  ) {
    super(netns);
    this.flags = lower.flags & ~DOES_NOT_PASS;
    this.address = lower.address;
    this.addressAssignType = STOLEN;
    this.mtu = lower.mtu;
    this.minMtu = 0;
    this.carrier = lower.carrier;
    this.dormant = lower.dormant;
    if (!lower.uppers.some((upper) => upper instanceof Vlan)) for (let i = 0; i < 2; i++) joinMac(lower, REGISTRATION_GROUP);
    lower.uppers.push(this);
  }
  override get link(): Device {
    return this.lower;
  }
  override get speedMbps(): number {
    return this.lower.speedMbps;
  }
  private has(flag: number): boolean {
    return (this.flagBits & flag) !== 0;
  }
  /** vlan_changelink. Its number and protocol stay, whatever is asked for. */
  change(options: VlanOptions): void {
    if (options.flagsMask !== undefined) this.flagBits = (this.flagBits & ~options.flagsMask) | ((options.flags ?? 0) & options.flagsMask);
    for (const { from, to } of options.ingress ?? []) this.ingressMap[from & 7] = to;
    for (const { from, to } of options.egress ?? []) this.egressMap.set(from, to & 7);
  }

  /** vlan_dev_hard_start_xmit. A tag that is there already becomes part of the frame. */
  transmit(skb: Skb): void {
    this.stats.txPackets++;
    this.stats.txBytes += frameLength(skb);
    const priority = this.egressMap.size === 0 ? 0 : (this.egressMap.get(skb.priority) ?? 0);
    skb.pushTag(this.protocol, this.id | (priority << 13));
    if (this.netns !== this.lower.netns) skb.scrub('other-netns');
    transmit(skb, this.lower);
  }
  /** vlan_do_receive: a tagged frame came in at the lower device. */
  receive(skb: Skb): void {
    if (!this.isUp) return;
    const priority = this.ingressMap[skb.vlan >> 13]!;
    skb.priority = priority;
    skb.popTag();
    this.stats.rxPackets++;
    // Without the Ethernet header; a second tag is still part of the frame.
    this.stats.rxBytes += countedLength(skb) - 14 + (skb.vlan >= 0 ? 4 : 0);
    if (skb.packetType === PacketType.MULTICAST) this.stats.multicast++;
    if (skb.packetType === PacketType.OTHERHOST) classify(skb, this);
    this.netns.stack.passUp(skb, this);
  }

  override open(): 'ENETDOWN' | null {
    const { lower } = this;
    if (!lower.isUp && !this.has(VlanFlag.LOOSE_BINDING)) return 'ENETDOWN';
    if (this.address !== lower.address && !this.inheritAddress()) joinMac(lower, this.address);
    this.lowerAddress = lower.address;
    if (lower.carrier && !this.has(VlanFlag.BRIDGE_BINDING)) setCarrier(this, 'on');
    return null;
  }
  override stop(): void {
    if (this.address !== this.lower.address) leaveMac(this.lower, this.address);
    if (!this.has(VlanFlag.BRIDGE_BINDING)) setCarrier(this, 'off');
  }
  /** vlan_dev_inherit_address. */
  private inheritAddress(): boolean {
    if (this.addressAssignType !== STOLEN) return false;
    this.address = this.lower.address;
    return true;
  }
  /** vlan_sync_address. */
  private followAddress(): void {
    const { lower, lowerAddress } = this;
    if (!this.isUp || lowerAddress === lower.address) return;
    if (!this.inheritAddress()) {
      if (this.address === lower.address) leaveMac(lower, this.address);
      else if (this.address === lowerAddress) joinMac(lower, this.address);
    }
    this.lowerAddress = lower.address;
  }
  /** vlan_dev_change_mtu. */
  override checkMtu(mtu: number): KernelResult<never> | null {
    return mtu > this.lower.mtu ? fail('ERANGE') : null;
  }
  /** vlan_dev_set_mac_address. */
  override checkMac(mac: Mac): null {
    if (!this.isUp) return null;
    if (mac !== this.lower.address) joinMac(this.lower, mac);
    if (this.address !== this.lower.address) leaveMac(this.lower, this.address);
    return null;
  }

  /** vlan_device_event. */
  override lowerEvent(event: DeviceEvent, lower: Device): void {
    if (event === 'unregister') {
      // One that only moves to another namespace keeps them.
      if (lower.unregistered) unregisterDevice(this);
    } else if (event === 'change') this.followState();
    else if (event === 'change-address') this.followAddress();
    else if (event === 'change-mtu' && this.mtu > lower.mtu) setMtu(this, lower.mtu);
    else if (event === 'down' && this.isUp) {
      if (this.has(VlanFlag.LOOSE_BINDING)) return;
      closeDevice(this);
      this.followState();
    } else if (event === 'up' && !this.isUp) {
      if (!this.has(VlanFlag.LOOSE_BINDING)) changeFlags(this, Iff.UP, Iff.UP);
      this.followState();
    }
  }
  /** vlan_stacked_transfer_operstate. */
  private followState(): void {
    if (this.has(VlanFlag.BRIDGE_BINDING)) return;
    this.dormant = this.lower.dormant;
    setCarrier(this, this.lower.carrier ? 'on' : 'off');
  }
  override unregistering(): readonly Device[] {
    const { uppers } = this.lower;
    uppers.splice(uppers.indexOf(this), 1);
    if (!uppers.some((upper) => upper instanceof Vlan)) for (let i = 0; i < 2; i++) leaveMac(this.lower, REGISTRATION_GROUP);
    return [];
  }
}

export function vlanDeviceOf(device: Device, protocol: number, id: number): Vlan | null {
  for (const upper of device.uppers) if (upper instanceof Vlan && upper.id === id && upper.protocol === protocol) return upper;
  return null;
}

/** vlan_validate. */
function validate({ protocol, id }: VlanOptions): KernelResult {
  if (protocol !== undefined && protocol !== EtherType.VLAN && protocol !== EtherType.PROVIDER_VLAN) return refuse('EPROTONOSUPPORT', 'Invalid VLAN protocol');
  if (id !== undefined && id >= 4095) return refuse('ERANGE', 'Invalid VLAN id');
  return done;
}
const refuse = (errno: Parameters<typeof fail>[0], text: string): KernelResult<never> => fail(errno, `8021q: ${text}`);

/** vlan_newlink. `link` is undefined when none was named, null when there is no such device. */
export function makeVlan(netns: Netns, link: Device | null | undefined, options: VlanOptions | undefined, mtu: number | undefined): KernelResult<Vlan> {
  if (options === undefined) return refuse('EINVAL', 'VLAN properties not specified');
  const valid = validate(options);
  if (!valid.ok) return valid;
  const { id, protocol = EtherType.VLAN } = options;
  if (id === undefined) return refuse('EINVAL', 'VLAN id not specified');
  if (link === undefined) return refuse('EINVAL', 'link not specified');
  if (link === null) return refuse('ENODEV', 'link does not exist');
  if (link.isLoopback || !link.isEthernet) return refuse('EOPNOTSUPP', 'VLANs not supported on device');
  if (vlanDeviceOf(link, protocol, id) !== null) return refuse('EEXIST', 'VLAN device already exists');
  if (mtu !== undefined && mtu > link.mtu) return fail('EINVAL');
  const made = new Vlan(netns, link, id, protocol);
  made.change(options);
  return ok(made);
}
/** RTM_SETLINK with its data. */
export function changeVlan(vlan: Vlan, options: VlanOptions): KernelResult {
  const valid = validate(options);
  if (valid.ok) vlan.change(options);
  return valid;
}
/** After it is registered it takes the state of the one below (netif_stacked_transfer_operstate). */
export function settleVlan(vlan: Vlan): void {
  vlan.netns.host.hasVlans = true;
  setCarrier(vlan, vlan.lower.carrier ? 'on' : 'off');
  fire(vlan);
}
