/**
 * VRFs (drivers/net/vrf.c): a device that stands for a routing table. What is enslaved to it has its addresses and routes there; packets that
 * come in by a slave are routed as if they came in by the VRF. The first one in a namespace brings the rule that finds the tables.
 *
 * Absent: packets to others do not pass the VRF device on their way out (Linux shows them to taps there).
 */
import { done } from '../../base/index.ts';
import type { Mac } from '../../wire/index.ts';
import { networkLength } from '../../wire/index.ts';
import { closeDevice, openDevice, tellOf } from '../device.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { disableIp } from '../ipv4/inetdev.ts';
import { flushRouteCache } from '../ipv4/fib-edit.ts';
import { Device } from '../model.ts';
import type { Netns, Skb } from '../model.ts';
import { Iff, PacketType, RouteProtocol } from '../numbers.ts';
import { addRule } from '../rtnl/rules.ts';

/** IP6_MAX_MTU, IPV6_MIN_MTU. */
const MAXIMUM_MTU = 65575;
const MINIMUM_MTU = 1280;

class Vrf extends Device {
  readonly kind = 'vrf';
  readonly slaves: Device[] = [];
  constructor(netns: Netns, address: Mac, table: number) {
    super(netns);
    this.vrfTable = table;
    this.address = address;
    this.addressAssignType = 1;
    this.flags = Iff.NOARP | Iff.MASTER;
    this.mtu = this.maxMtu = MAXIMUM_MTU;
    this.minMtu = MINIMUM_MTU;
    this.operState = 'UP';
  }
  override get isNetnsLocal(): boolean {
    return true;
  }
  /** What is for the VRF itself comes in again by it (vrf_local_xmit). */
  transmit(skb: Skb): void {
    this.count(skb);
    this.stats.txPackets++;
    this.stats.txBytes += networkLength(skb);
    skb.packetType = PacketType.HOST;
    skb.device = this;
    this.netns.simulation.post(skb);
  }
  /** vrf_rx_stats. */
  count(skb: Skb): void {
    this.stats.rxPackets++;
    this.stats.rxBytes += networkLength(skb);
  }
  /** vrf_add_slave. */
  override enslave(device: Device): KernelResult {
    if (device.vrfTable !== 0) return fail('EINVAL', 'Can not enslave an L3 master device to a VRF');
    if (device.isLoopback) return fail('EOPNOTSUPP', 'Can not enslave loopback device to a VRF');
    device.master = this;
    this.slaves.push(device);
    this.moved(device);
    return done;
  }
  override release(device: Device): KernelResult {
    this.slaves.splice(this.slaves.indexOf(device), 1);
    device.master = null;
    this.moved(device);
    return done;
  }
  override slaveLeaves(device: Device): void {
    if (this.slaves.includes(device)) this.release(device);
  }
  override unregistering(): readonly Device[] {
    for (const slave of [...this.slaves]) this.release(slave);
    return [];
  }
  /** Its routes are of another table now: the device is taken down and up again (cycle_netdev). */
  private moved(device: Device): void {
    tellOf(device);
    disableIp(device, 'down', 'force');
    flushRouteCache(device.netns);
    if (!device.isUp || device.unregistered) return;
    closeDevice(device);
    openDevice(device);
  }
}

/** vrf_newlink. */
export function makeVrf(netns: Netns, address: Mac, table: number | undefined): KernelResult<Device> {
  if (table === undefined) return fail('EINVAL', 'VRF table id is missing');
  if (table === 0) return fail('EINVAL', 'Invalid VRF table id');
  return { ok: true, value: new Vrf(netns, address, table) };
}
/** vrf_add_fib_rules: the first VRF of a namespace brings them, and they stay. */
export function vrfMade(netns: Netns): void {
  if (netns.hasVrfs) return;
  netns.hasVrfs = true;
  for (const family of [4, 6] as const) addRule(netns, { family, priority: 1000, l3mdev: true, protocol: RouteProtocol.KERNEL, create: true, exclusive: true });
}
