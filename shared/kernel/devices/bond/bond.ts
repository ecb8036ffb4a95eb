/**
 * Bonds (drivers/net/bonding/bond_main.c): several devices as one. Modes balance-rr, active-backup, balance-xor and broadcast.
 *
 *     frame out ─► chooses a slave ─► slave        frame in at a slave ─► the bond (not from a backup)
 *
 * A slave's link counts as up until `miimon` milliseconds after its carrier is gone; without miimon nobody looks.
 * Absent: LACP, TLB and ALB (a bond of such a mode takes no slaves), the ARP monitor.
 */
import { done } from '../../../base/index.ts';
import type { Timer } from '../../../base/index.ts';
import type { Mac } from '../../../wire/index.ts';
import { ArpOp, frameLength, MAC_BROADCAST, macByte } from '../../../wire/index.ts';
import { sendArp } from '../../arp-packet.ts';
import { changeMac, closeDevice, openDevice, randomMac, setMtu, tellOf } from '../../device.ts';
import { fail, notModelled } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import { setCarrier } from '../../linkwatch.ts';
import { Device } from '../../model.ts';
import type { DeviceEvent, Netns, RxHandler, Skb } from '../../model.ts';
import { Iff, PacketType } from '../../numbers.ts';
import { classify, drop, transmit } from '../../transmit.ts';
import { BOND_DEFAULTS, BOND_MODES, DEFAULT_MIIMON_MS, needsMiimon } from './options.ts';
import type { BondOptions, BondSettings } from './options.ts';

const QUEUES = 16;
const ACTIVE_BACKUP = 1;
const BALANCE_XOR = 2;
const BROADCAST = 3;

export type SlaveLink = 'up' | 'going-down' | 'down' | 'going-back';

/** A device in a bond; the rx handler on it. */
export class BondSlave implements RxHandler {
  readonly kind = 'bond';
  link: SlaveLink = 'up';
  active = false;
  failures = 0;
  queueId = 0;
  timer: Timer | null = null;
  constructor(
    readonly bond: Bond,
    readonly device: Device,
    /** The address that it gets back when it leaves. */
    readonly ownAddress: Mac,
  ) {}
  deviceEvent(event: DeviceEvent): void {
    if (event === 'change' || event === 'up' || event === 'down') this.bond.linkChanged(this);
  }
  /** bond_handle_frame: what a backup hears is for nobody. */
  handleFrame(skb: Skb): boolean {
    const { bond } = this;
    bond.stats.rxPackets++;
    bond.stats.rxBytes += frameLength(skb);
    if (!bond.isUp) return false;
    if (bond.settings.mode === ACTIVE_BACKUP && !this.active && bond.settings.allSlavesActive === 0) {
      drop(skb, bond.netns, 'UNHANDLED_PROTO', `${this.device.name} is a backup of ${bond.name}`);
      return true;
    }
    if (skb.packetType === PacketType.OTHERHOST) classify(skb, bond);
    bond.netns.stack.passUp(skb, bond);
    return true;
  }
}

export class Bond extends Device {
  readonly kind = 'bond';
  readonly settings: BondSettings = { ...BOND_DEFAULTS };
  readonly slaves: BondSlave[] = [];
  private turn = 0;
  constructor(netns: Netns, address: Mac) {
    super(netns);
    this.address = address;
    this.addressAssignType = 1;
    this.flags = Iff.BROADCAST | Iff.MULTICAST | Iff.MASTER;
    this.numTxQueues = this.numRxQueues = QUEUES;
    this.carrier = false;
    this.operState = 'DOWN';
  }
  override get isNetnsLocal(): boolean {
    return true;
  }
  /** The slave that sends in active-backup. */
  get activeSlave(): BondSlave | null {
    return this.settings.mode === ACTIVE_BACKUP ? (this.slaves.find(({ active }) => active) ?? null) : null;
  }

  // --- slaves ---

  /** bond_enslave. */
  override enslave(device: Device): KernelResult {
    const { settings, slaves } = this;
    if ((device.flags & Iff.MASTER) !== 0 && !(device instanceof Bond)) return fail('EPERM', 'Device type (master device) cannot be enslaved');
    if (device.rxHandler !== null) return fail('EBUSY', 'Device is in use and cannot be enslaved');
    if (device === this) return fail('EPERM', 'Cannot enslave bond to itself.');
    if (device.isUp) return fail('EPERM', 'Device can not be enslaved while up');
    if (!device.isEthernet) return notModelled('bonds of devices other than Ethernet');
    if (settings.mode > BROADCAST) return notModelled(`slaves of bonds of mode ${BOND_MODES[settings.mode] ?? ''}`);
    const slave = new BondSlave(this, device, device.address);
    if (slaves.length === 0 && this.addressAssignType === 1) this.takeAddress(device.address);
    if (device.mtu !== this.mtu) setMtu(device, this.mtu);
    if (settings.failOverMac === 0 || settings.mode !== ACTIVE_BACKUP) changeMac(device, this.address);
    device.flags |= Iff.SLAVE;
    device.master = this;
    const opened = openDevice(device);
    if (!opened.ok) return opened;
    device.rxHandler = slave;
    slaves.push(slave);
    if (settings.miimon > 0 && !device.carrier) slave.link = 'down';
    this.select();
    this.updateCarrier();
    tellOf(device);
    return done;
  }
  private takeAddress(address: Mac): void {
    this.addressAssignType = 2;
    changeMac(this, address);
  }
  override release(device: Device): KernelResult {
    this.letGo(device, 'stays');
    return done;
  }
  override slaveLeaves(device: Device): void {
    this.letGo(device, 'leaves');
  }
  /** __bond_release_one. */
  private letGo(device: Device, what: 'stays' | 'leaves'): void {
    const slave = this.slaves.find((other) => other.device === device);
    if (slave === undefined) return;
    slave.timer?.cancel();
    this.slaves.splice(this.slaves.indexOf(slave), 1);
    device.rxHandler = null;
    device.master = null;
    if (this.settings.primary === device.index) this.settings.primary = 0;
    slave.active = false;
    this.select();
    if (this.slaves.length === 0) {
      this.takeAddress(randomMac(this.netns));
      this.addressAssignType = 1;
    }
    this.updateCarrier();
    closeDevice(device);
    device.flags &= ~Iff.SLAVE;
    changeMac(device, slave.ownAddress);
    if (what === 'stays') tellOf(device);
  }
  override unregistering(): readonly Device[] {
    for (const { device } of [...this.slaves]) this.letGo(device, 'stays');
    return [];
  }
  override addressChanged(): void {
    if (this.settings.failOverMac === 0) for (const { device } of this.slaves) changeMac(device, this.address);
  }
  override checkMtu(mtu: number): null {
    for (const { device } of this.slaves) setMtu(device, mtu);
    return null;
  }

  // --- links ---

  /** bond_mii_monitor looks in its time. */
  linkChanged(slave: BondSlave): void {
    const { miimon, updelay, downdelay } = this.settings;
    if (miimon === 0) return;
    const { simulation } = this.netns;
    const later = (ms: number, run: () => void): void => {
      slave.timer?.cancel();
      slave.timer = simulation.housekeeping(ms * 1000, run);
    };
    later(miimon, () => {
      const up = slave.device.carrier && slave.device.isUp;
      const counts = slave.link === 'up' || slave.link === 'going-down';
      if (up === (slave.link === 'up')) return;
      if (up && !counts) {
        slave.link = 'going-back';
        later(updelay, () => this.commit(slave, 'up'));
      } else if (!up && counts) {
        slave.failures++;
        slave.link = 'going-down';
        later(downdelay, () => this.commit(slave, 'down'));
      } else slave.link = up ? 'up' : 'down';
    });
  }
  private commit(slave: BondSlave, link: 'up' | 'down'): void {
    slave.timer = null;
    slave.link = link;
    this.select();
    this.updateCarrier();
  }
  /** bond_select_active_slave; in other modes every slave whose link is up is active. */
  private select(): void {
    const { settings, slaves } = this;
    if (settings.mode !== ACTIVE_BACKUP) {
      for (const slave of slaves) slave.active = slave.link === 'up';
      return;
    }
    const present = slaves.find(({ active }) => active) ?? null;
    const best = this.best(present);
    if (best === present) return;
    for (const slave of slaves) slave.active = slave === best;
    if (best !== null && present !== null) this.announce();
  }
  private best(present: BondSlave | null): BondSlave | null {
    const isUp = (slave: BondSlave | undefined): slave is BondSlave => slave?.link === 'up';
    const primary = this.slaves.find(({ device }) => device.index === this.settings.primary);
    const holds = isUp(present ?? undefined);
    if (isUp(primary) && (!holds || this.settings.primaryReselect === 0)) return primary;
    return holds ? present : (this.slaves.find(isUp) ?? null);
  }
  /** NETDEV_NOTIFY_PEERS: switches learn where the address is now. */
  private announce(): void {
    if (this.settings.peerNotifications === 0 || !this.isUp) return;
    for (const { local } of this.ipv4?.addresses ?? []) sendArp(this, ArpOp.REQUEST, local, local, MAC_BROADCAST, 0, null);
  }
  /** bond_set_carrier. */
  private updateCarrier(): void {
    const up = this.slaves.filter(({ link }) => link === 'up' || link === 'going-down').length;
    setCarrier(this, up > 0 && up >= this.settings.minLinks ? 'on' : 'off');
  }

  // --- frames ---

  transmit(skb: Skb): void {
    const { settings } = this;
    const usable = this.slaves.filter(({ active, device }) => active && device.isUp);
    if (usable.length === 0) {
      this.stats.txDropped++;
      drop(skb, this.netns, 'DEVICE_DOWN', `${this.name} has no slave to send by`);
      return;
    }
    this.stats.txPackets++;
    this.stats.txBytes += frameLength(skb);
    if (settings.mode === BROADCAST) {
      for (const { device } of usable.slice(1)) transmit(skb.clone(), device);
      transmit(skb, usable[0]!.device);
      return;
    }
    const place = settings.mode === ACTIVE_BACKUP ? 0 : settings.mode === BALANCE_XOR ? hashOf(skb, settings.xmitHashPolicy) : this.nextTurn();
    transmit(skb, usable[place % usable.length]!.device);
  }
  private nextTurn(): number {
    const { packetsPerSlave } = this.settings;
    return packetsPerSlave === 0 ? this.netns.rng.uint32() : Math.floor(this.turn++ / packetsPerSlave);
  }

  // --- options ---

  /** bond_changelink: option by option; what came before one that is refused stays. */
  configure(options: BondOptions): KernelResult {
    const { settings } = this;
    const { mode, activeSlave, primary, ...plain } = options;
    if (mode !== undefined && mode !== settings.mode) {
      if (this.slaves.length > 0) return fail('ENOTEMPTY', 'unable to set option because the bond device has slaves');
      if (this.isUp) return fail('ENOTEMPTY', 'unable to set option because the bond device is up');
      settings.mode = mode;
      if (needsMiimon(mode) && settings.miimon === 0) settings.miimon = DEFAULT_MIIMON_MS;
    }
    if (options.miimon !== undefined && options.miimon > 0 && options.arpInterval !== undefined && options.arpInterval > 0)
      return fail('EINVAL', 'ARP monitoring cannot be used with MII monitoring');
    const miimon = options.miimon ?? settings.miimon;
    for (const delay of [options.updelay, options.downdelay]) if (delay !== undefined && delay > 0 && miimon === 0) return fail('EPERM');
    Object.assign(settings, plain);
    if (options.miimon !== undefined && options.miimon > 0) settings.arpInterval = 0;
    if (options.arpInterval !== undefined && options.arpInterval > 0) settings.miimon = 0;
    // Delays are whole numbers of looks.
    if (settings.miimon > 0) for (const key of ['updelay', 'downdelay'] as const) settings[key] -= settings[key] % settings.miimon;
    if (primary !== undefined) {
      if (settings.mode !== ACTIVE_BACKUP && settings.mode < 5) return fail('EACCES', 'option not supported in this mode');
      settings.primary = primary;
    }
    if (activeSlave !== undefined) {
      const refused = this.choose(activeSlave);
      if (refused !== null) return refused;
    }
    this.select();
    return done;
  }
  /** bond_option_active_slave_set. */
  private choose(index: number): KernelResult<never> | null {
    if (this.settings.mode !== ACTIVE_BACKUP && this.settings.mode < 5) return fail('EACCES', 'option not supported in this mode');
    if (index === 0) {
      for (const slave of this.slaves) slave.active = false;
      return null;
    }
    const chosen = this.slaves.find(({ device }) => device.index === index);
    if (chosen === undefined) return fail('EINVAL');
    if (chosen.link !== 'up' || !chosen.device.isUp) return fail('EINVAL');
    if (chosen.active) return null;
    for (const slave of this.slaves) slave.active = slave === chosen;
    this.announce();
    return null;
  }
}

/** bond_xmit_hash: layer2 takes MAC addresses, the others IP addresses and ports too. */
function hashOf(skb: Skb, policy: number): number {
  const layer2 = macByte(skb.ethDst, 5) ^ macByte(skb.ethSrc, 5) ^ skb.etherType;
  if (policy === 0 || skb.ip === null) return layer2;
  const ports = skb.udp ?? skb.tcp;
  let hash = policy === 1 ? (ports === null ? 0 : (ports.srcPort << 16) | ports.dstPort) : layer2;
  hash ^= skb.ip.dst ^ skb.ip.src;
  hash ^= hash >>> 16;
  hash ^= hash >>> 8;
  return hash >>> (policy === 1 ? 1 : 0);
}
/** What `ip -d link` and /proc/net/bonding tell of a device in a bond. */
export const bondSlaveOf = (device: Device): BondSlave | null => (device.rxHandler instanceof BondSlave ? device.rxHandler : null);
