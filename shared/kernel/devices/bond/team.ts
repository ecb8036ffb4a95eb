/**
 * Teams (drivers/net/team): a device that others are enslaved to, and which does nothing until a program (teamd) gives it a mode. Without one
 * it has no carrier and carries nothing, as here.
 */
import { done } from '../../../base/index.ts';
import type { Mac } from '../../../wire/index.ts';
import { closeDevice, openDevice, tellOf } from '../../device.ts';
import { fail } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import { Device } from '../../model.ts';
import type { Netns, Skb } from '../../model.ts';
import { Iff } from '../../numbers.ts';
import { drop } from '../../transmit.ts';

const QUEUES = 16;

export class Team extends Device {
  readonly kind = 'team';
  readonly ports: Device[] = [];
  constructor(netns: Netns, address: Mac) {
    super(netns);
    this.address = address;
    this.addressAssignType = 1;
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.numTxQueues = this.numRxQueues = QUEUES;
    this.carrier = false;
    this.operState = 'DOWN';
  }
  override get isNetnsLocal(): boolean {
    return true;
  }
  transmit(skb: Skb): void {
    this.stats.txDropped++;
    drop(skb, this.netns, 'DEVICE_DOWN', `${this.name} has no mode`);
  }
  /** team_port_add. */
  override enslave(device: Device): KernelResult {
    if (device === this) return fail('EINVAL', 'Cannot enslave team device to itself');
    if (device.isLoopback) return fail('EINVAL', "Loopback device can't be added as a team port");
    if (device.isUp) return fail('EBUSY', 'Device is up. Set it down before adding it as a team port');
    device.master = this;
    this.ports.push(device);
    const opened = openDevice(device);
    tellOf(device);
    return opened.ok ? done : opened;
  }
  override release(device: Device): KernelResult {
    this.ports.splice(this.ports.indexOf(device), 1);
    device.master = null;
    closeDevice(device);
    return done;
  }
  override slaveLeaves(device: Device): void {
    if (this.ports.includes(device)) this.release(device);
  }
  override unregistering(): readonly Device[] {
    for (const port of [...this.ports]) this.release(port);
    return [];
  }
}
