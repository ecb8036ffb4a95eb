/**
 * A bridge (net/bridge/br_device.c, br_if.c): ports come and go, its MAC is the lowest of theirs unless chosen, its carrier is whether
 * any port can be used.
 */
import { done } from '../../../base/index.ts';
import { isValidUnicastMac } from '../../../wire/index.ts';
import type { Ipv4, Ipv6, Mac } from '../../../wire/index.ts';
import { isOperUp, tellOf } from '../../device.ts';
import { deviceEvent } from '../../device-events.ts';
import { fail } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import type { Device, DeviceEvent, Netns, Skb } from '../../model.ts';
import { emit } from '../../notify.ts';
import { Iff } from '../../numbers.ts';
import { joinIpv4Group, leaveIpv4Group } from '../../ipv4/groups.ts';
import { joinGroup, leaveGroup } from '../../ipv6/addrconf.ts';
import { addLocalFdb, bridgeMacChanged, flushPort, forgetOwn, portMacChanged, startGc } from './bridge-fdb.ts';
import { bridgeInput, bridgeTransmit } from './bridge-forward.ts';
import { flushMdb } from './bridge-mdb.ts';
import { BridgeBase, BridgePort, PortState } from './bridge-state.ts';
import { flushPortVlans, initPortVlans } from './bridge-vlan.ts';
import { changeBridgeMac, disableBridge, disablePort, enableBridge, enablePort, initPort, tellOfPort } from './bridge-stp.ts';

/** Groups of the snoopers (RFC 4286), joined while snooping. */
const ALL_SNOOPERS: Ipv4 = 0xe000006a | 0;
const ALL_SNOOPERS6: Ipv6 = 'ff02000000000000000000000000006a';
/** br_multicast_join_snoopers. */
function joinSnoopers(bridge: Bridge): void {
  joinIpv4Group(bridge, ALL_SNOOPERS);
  joinGroup(bridge, ALL_SNOOPERS6, 'quietly');
}
function leaveSnoopers(bridge: Bridge): void {
  leaveIpv4Group(bridge, ALL_SNOOPERS);
  leaveGroup(bridge, ALL_SNOOPERS6);
}
const MAX_PORTS = 1023;

export class Bridge extends BridgeBase {
  constructor(netns: Netns, address: Mac) {
    super(netns);
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = this.ownMac = address;
    this.addressAssignType = 1;
    this.maxMtu = 65535;
    this.forwardDelay = this.settings.forwardDelay;
  }
  override get isNetnsLocal(): boolean {
    return true;
  }
  override get speedMbps(): number {
    return this.ports.reduce((most, port) => Math.max(most, port.device.speedMbps), 0);
  }
  transmit(skb: Skb): void {
    bridgeTransmit(this, skb);
  }
  input(port: BridgePort, skb: Skb): boolean {
    return bridgeInput(this, port, skb);
  }

  override open(): null {
    startGc(this);
    // Up as soon as the ports are looked at: enableBridge asks for it.
    this.flags |= Iff.UP;
    enableBridge(this);
    this.flags &= ~Iff.UP;
    if (this.settings.multicastSnooping !== 0) joinSnoopers(this);
    return null;
  }
  override stop(): void {
    disableBridge(this);
    if (this.settings.multicastSnooping !== 0) leaveSnoopers(this);
  }
  override unregistering(): readonly Device[] {
    for (const port of [...this.ports].reverse()) this.removePort(port.device);
    forgetOwn(this);
    this.gcTimer?.cancel();
    return [];
  }
  override checkMtu(): null {
    this.hasChosenMtu = true;
    return null;
  }
  /** Before anything else goes. */
  override get dissolves(): boolean {
    return true;
  }
  /** br_set_mac_address: a user chose it. */
  override addressChanged(): void {
    if (this.idMac === this.address) return;
    bridgeMacChanged(this, this.address);
    changeBridgeMac(this, this.address);
  }

  /** br_add_if. */
  addPort(device: Device): KernelResult {
    if (device.isLoopback || !device.isEthernet || !isValidUnicastMac(device.address)) return fail('EINVAL');
    if (device instanceof BridgeBase) return fail('ELOOP', 'Can not enslave a bridge to a bridge');
    if (device.master !== null) return fail('EBUSY');
    if (device.kind === 'ipvlan') return fail('EINVAL');
    if (device.rxHandler !== null) return fail('EBUSY');
    const number = this.freeNumber();
    if (number === 0) return fail('ENOSPC');
    const port = new BridgePort(this, device, number);
    port.pathCost = pathCostOf(device);
    initPort(port);
    port.state = PortState.DISABLED;
    device.rxHandler = port;
    device.master = this;
    device.allmulti++;
    device.promiscuity++;
    this.ports.push(port);
    this.knowsOffloads = true;
    // Of its new master, and once more for its flags.
    tellOf(device);
    tellOf(device);
    if (this.ports.length === 1) this.featuresChanged();
    addLocalFdb(this, port, device.address, 0);
    initPortVlans(port);
    const changed = this.recalculateMac();
    if (device.isUp && isOperUp(device) && this.isUp) enablePort(port);
    tellOfPort(port);
    if (changed) {
      tellOf(this);
      deviceEvent(this, 'change-address');
    }
    this.adjustMtu();
    return done;
  }
  /** It can what its ports can (netdev_update_features): with the first one, and when there is none any more, that is something else. */
  private featuresChanged(): void {
    emit(this.netns, { kind: 'link', change: 'new', device: this, event: 'FEATURE CHANGE' });
  }
  private freeNumber(): number {
    const taken = new Set(this.ports.map((port) => port.number));
    for (let number = 1; number <= MAX_PORTS; number++) if (!taken.has(number)) return number;
    return 0;
  }

  /** br_del_if. */
  removePort(device: Device): KernelResult {
    const port = this.ports.find((candidate) => candidate.device === device);
    if (port === undefined) return fail('EINVAL');
    if (!device.unregistered) tellOf(device);
    disablePort(port);
    emit(this.netns, { kind: 'port', change: 'del', device });
    flushMdb(this, port, 'all');
    this.ports = this.ports.filter((candidate) => candidate !== port);
    flushPortVlans(port);
    flushPort(this, port, 'all');
    device.rxHandler = null;
    device.master = null;
    device.allmulti--;
    device.promiscuity--;
    if (!device.unregistered) tellOf(device);
    this.adjustMtu();
    if (this.recalculateMac()) {
      tellOf(this);
      deviceEvent(this, 'change-address');
    }
    // the bridge itself does not look when it goes
    if (this.ports.length === 0 && !this.unregistered) this.featuresChanged();
    return done;
  }

  /** br_stp_recalculate_bridge_id: the lowest MAC of the ports; true when it changed. */
  private recalculateMac(): boolean {
    if (this.addressAssignType === 3) return false;
    let lowest = 0;
    for (const { device } of this.ports) if (lowest === 0 || device.address < lowest) lowest = device.address;
    if (this.idMac === lowest) return false;
    bridgeMacChanged(this, lowest);
    this.address = lowest;
    changeBridgeMac(this, lowest);
    return true;
  }
  /** br_mtu_auto_adjust: the smallest of the ports, unless a user set one. */
  private adjustMtu(): void {
    if (this.hasChosenMtu) return;
    const mtu = this.ports.length === 0 ? 1500 : Math.min(...this.ports.map((port) => port.device.mtu));
    if (mtu === this.mtu) return;
    this.mtu = mtu;
    tellOf(this);
    deviceEvent(this, 'change-mtu');
  }

  portEvent(port: BridgePort, event: DeviceEvent): void {
    const { device } = port;
    switch (event) {
      case 'change-mtu':
        this.adjustMtu();
        return;
      case 'change-address':
        portMacChanged(this, port, device.address);
        if (this.recalculateMac()) deviceEvent(this, 'change-address');
        tellOfPort(port);
        return;
      case 'change':
        this.checkCarrier(port);
        return;
      case 'down':
        flushMdb(this, port, 'temporary');
        if (this.isUp) disablePort(port);
        else tellOfPort(port);
        return;
      case 'up':
        if (this.isUp && isOperUp(device)) enablePort(port);
        else tellOfPort(port);
        return;
      case 'unregister':
        this.removePort(device);
        return;
      case 'register':
      case 'going-down':
      case 'change-name':
        return;
    }
  }
  /** br_port_carrier_check. */
  private checkCarrier(port: BridgePort): void {
    const { device } = port;
    const usable = device.isUp && isOperUp(device);
    if (usable && !port.hasChosenCost) port.pathCost = pathCostOf(device);
    if (this.isUp && usable && port.state === PortState.DISABLED) enablePort(port);
    else if (this.isUp && !usable && port.state !== PortState.DISABLED) disablePort(port);
    else tellOfPort(port);
  }
}

/** port_cost: what IEEE 802.1D says about a speed, as ethtool tells it. */
function pathCostOf(device: Device): number {
  const { speedMbps } = device;
  if (speedMbps >= 10_000) return 2;
  if (speedMbps >= 1000) return 4;
  if (speedMbps >= 100) return 19;
  return 100;
}
