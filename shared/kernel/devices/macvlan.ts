/**
 * macvlan (drivers/net/macvlan.c): devices with MACs of their own on one card. In mode `bridge` they reach each other directly, in `private`
 * and `vepa` only by way of what is beyond the card; the card's own host they never reach, as a frame for it leaves by the card. In mode
 * `source` a device hears what comes from the MACs on its list, whoever it is for. A macvtap is one whose frames a program would read.
 */
import { done, ok } from '../../base/index.ts';
import { isMulticastMac, MAC_BROADCAST } from '../../wire/index.ts';
import type { Mac } from '../../wire/index.ts';
import { unregisterDevice } from '../device.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { setCarrier } from '../linkwatch.ts';
import { Device } from '../model.ts';
import type { DeviceEvent, Netns, RxHandler, Skb } from '../model.ts';
import { Iff, PacketType } from '../numbers.ts';
import type { MacvlanOptions } from '../requests.ts';
import { classify, countRx, countTx, crossing, drop, transmit } from '../transmit.ts';
import { joinMac, leaveMac } from './multicast-macs.ts';

export type MacvlanMode = NonNullable<MacvlanOptions['mode']>;
/** MACVLAN_DEFAULT_BC_QUEUE_LEN: frames for everybody that wait for the worker. */
const BROADCAST_QUEUE = 1000;
const FLAG_NO_PROMISC = 1;

/** What takes frames from the card: one for all macvlans on it (macvlan_port). */
class MacvlanPort implements RxHandler {
  readonly kind = 'macvlan';
  devices: Macvlan[] = [];
  constructor(readonly lower: Device) {}
  /** The longest queue that any of its devices asks for. */
  get queueLength(): number {
    return this.devices.reduce((most, device) => Math.max(most, device.queueLength), 0);
  }

  /** macvlan_handle_frame. */
  handleFrame(skb: Skb): boolean {
    if (isMulticastMac(skb.ethDst)) {
      const from = this.find(skb.ethSrc);
      this.forwardSource(skb);
      for (const device of this.devices) {
        if (device === from || !device.isUp || device.mode === 'source' || !device.hears(skb.ethDst)) continue;
        // From outside: to all. What a bridge-mode sibling sent was handed over on its way out.
        if (from === undefined || (from.mode === 'vepa' && device.mode !== 'private') || (from.mode === 'bridge' && device.mode === 'vepa'))
          device.arrive(skb.clone(), this.lower);
      }
      return false;
    }
    if (this.forwardSource(skb)) return true;
    const device = this.devices.find((candidate) => candidate.mode === 'passthru') ?? this.find(skb.ethDst);
    if (device === undefined) return false;
    device.arrive(skb, this.lower);
    return true;
  }
  /** macvlan_forward_source: true when the only one that hears this sender wants the frame for itself. */
  private forwardSource(skb: Skb): boolean {
    for (const device of this.devices) {
      if (device.mode !== 'source' || !device.isUp || !device.sources.has(skb.ethSrc)) continue;
      device.arrive(skb.clone(), this.lower);
    }
    return false;
  }
  find(mac: Mac): Macvlan | undefined {
    return this.devices.find((device) => device.address === mac && device.isUp);
  }
  deviceEvent(event: DeviceEvent): void {
    for (const device of [...this.devices]) device.lowerEvent(event, this.lower);
  }
}

export class Macvlan extends Device {
  private readonly port: MacvlanPort;
  mode: MacvlanMode;
  flagBits: number;
  /** `bcqueuelen`. */
  queueLength: number;
  /** Mode source: whom it listens to. */
  readonly sources: Set<Mac>;
  constructor(
    netns: Netns,
    readonly lower: Device,
    readonly kind: 'macvlan' | 'macvtap',
    options: MacvlanOptions,
    address: Mac,
  ) {
    super(netns);
    const mode = options.mode ?? 'vepa';
    this.mode = mode;
    this.flagBits = options.flags ?? 0;
    this.queueLength = options.queueLength ?? BROADCAST_QUEUE;
    this.sources = new Set(options.sources?.macs);
    // TUN_READQ_SIZE.
    if (kind === 'macvtap') this.txQueueLength = 500;
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = mode === 'passthru' ? lower.address : address;
    this.addressAssignType = 1;
    this.mtu = lower.mtu;
    this.maxMtu = lower.maxMtu;
    this.carrier = lower.carrier;
    const handler = lower.rxHandler;
    this.port = handler instanceof MacvlanPort ? handler : new MacvlanPort(lower);
    lower.rxHandler = this.port;
    this.port.devices = [...this.port.devices, this];
  }
  override get link(): Device {
    return this.lower;
  }
  override get speedMbps(): number {
    return this.lower.speedMbps;
  }
  /** `usedbcqueuelen`. */
  get usedQueueLength(): number {
    return this.port.queueLength;
  }
  /** mc_filter: a frame for a group comes in when somebody here has joined it. */
  hears(group: Mac): boolean {
    return group === MAC_BROADCAST || (this.flags & (Iff.PROMISC | Iff.ALLMULTI)) !== 0 || this.multicastMacs.has(group);
  }
  override get defaultQdisc(): string {
    return this.kind === 'macvtap' ? 'pfifo_fast' : 'noqueue';
  }
  private get takesAll(): boolean {
    return this.mode === 'passthru' && (this.flagBits & FLAG_NO_PROMISC) === 0;
  }
  /** macvlan_changelink. */
  change(options: MacvlanOptions): KernelResult {
    if (options.mode !== undefined && options.mode !== this.mode) {
      // In or out of passthru is for the making of it.
      if (options.mode === 'passthru' || this.mode === 'passthru') return fail('EINVAL');
      if (this.mode === 'source') this.sources.clear();
      this.mode = options.mode;
    }
    if (options.flags !== undefined) this.flagBits = options.flags;
    if (options.queueLength !== undefined) this.queueLength = options.queueLength;
    const { sources } = options;
    if (sources !== undefined) {
      if (this.mode !== 'source') return fail('EINVAL');
      if (sources.verb === 'set' || sources.verb === 'flush') this.sources.clear();
      for (const mac of sources.macs) {
        if (sources.verb === 'del') this.sources.delete(mac);
        else this.sources.add(mac);
      }
    }
    return done;
  }
  override checkMtu(mtu: number): KernelResult<never> | null {
    return mtu > this.lower.mtu ? fail('EINVAL') : null;
  }
  override open(): 'EBUSY' | null {
    if (this.takesAll) this.lower.promiscuity++;
    else if (this.lower.address === this.address || this.port.devices.some((other) => other !== this && other.isUp && other.address === this.address))
      return 'EBUSY';
    else joinMac(this.lower, this.address);
    return null;
  }
  override stop(): void {
    if (this.takesAll) this.lower.promiscuity--;
    else leaveMac(this.lower, this.address);
  }

  /** macvlan_queue_xmit. */
  transmit(skb: Skb): void {
    countTx(this, skb);
    if (this.mode === 'bridge') {
      const siblings = this.port.devices.filter((device) => device !== this && device.mode === 'bridge' && device.isUp);
      if (isMulticastMac(skb.ethDst)) {
        for (const device of siblings) if (device.hears(skb.ethDst)) device.arrive(skb.clone(), this);
      } else {
        const to = siblings.find((device) => device.address === skb.ethDst);
        if (to !== undefined) {
          to.arrive(skb, this);
          return;
        }
      }
    }
    if (skb.recorder !== null && this.netns !== this.lower.netns) crossing(skb, this, this.lower, 'macvlan', 0);
    if (this.netns !== this.lower.netns) skb.scrub('other-netns');
    transmit(skb, this.lower);
  }
  /** A frame for it, from the card or from a sibling. */
  arrive(skb: Skb, from: Device): void {
    if (!this.isUp) return;
    if (this.kind === 'macvtap') {
      this.stats.rxDropped++;
      drop(skb, this.netns, 'NO_TX_TARGET', 'no program reads from it');
      return;
    }
    countRx(this, skb);
    if (isMulticastMac(skb.ethDst) && skb.ethDst !== MAC_BROADCAST) this.stats.multicast++;
    if (skb.recorder !== null && from.netns !== this.netns) crossing(skb, from, this, 'macvlan', 0);
    skb.scrub(from.netns === this.netns ? 'same-netns' : 'other-netns');
    skb.device = this;
    classify(skb, this);
    if (this.mode === 'passthru' && skb.packetType === PacketType.OTHERHOST && (this.flags & Iff.PROMISC) === 0 && skb.ethDst === this.lower.address)
      skb.packetType = PacketType.HOST;
    this.netns.simulation.post(skb);
  }

  override lowerEvent(event: DeviceEvent, lower: Device): void {
    if (event === 'unregister') {
      if (lower.unregistered) unregisterDevice(this);
    } else if (event === 'up' || event === 'down' || event === 'change') setCarrier(this, lower.carrier ? 'on' : 'off');
    else if (event === 'change-mtu' && this.mtu > lower.mtu) this.mtu = lower.mtu;
  }
  override unregistering(): readonly Device[] {
    this.port.devices = this.port.devices.filter((device) => device !== this);
    if (this.port.devices.length === 0 && this.lower.rxHandler === this.port) this.lower.rxHandler = null;
    return [];
  }
}

/** macvlan_common_newlink. */
export function makeMacvlan(netns: Netns, link: Device | undefined, kind: 'macvlan' | 'macvtap', options: MacvlanOptions, address: Mac): KernelResult<Macvlan> {
  if (link === undefined) return fail('ENODEV');
  // On top of another macvlan: beside it, on the same card.
  const lower = link instanceof Macvlan ? link.lower : link;
  const allowed = canCarry(lower, options.mode ?? 'vepa');
  return allowed.ok ? ok(new Macvlan(netns, lower, kind, options, address)) : allowed;
}
function canCarry(lower: Device, mode: MacvlanMode): KernelResult {
  if (!lower.isEthernet || lower.isLoopback) return fail('EINVAL');
  const handler = lower.rxHandler;
  if (handler === null) return done;
  if (!(handler instanceof MacvlanPort)) return fail('EBUSY');
  return mode === 'passthru' || handler.devices.some((device) => device.mode === 'passthru') ? fail('EINVAL') : done;
}
