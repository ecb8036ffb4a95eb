/**
 * A bridge and its ports as data (net/bridge/br_private.h). Times are virtual microseconds; options that users see keep netlink's
 * hundredths of a second. The behaviour is in the neighbouring files, joined by bridge.ts.
 */
import type { Timer } from '../../../base/index.ts';
import type { Mac } from '../../../wire/index.ts';
import { Device } from '../../model.ts';
import type { DeviceEvent, RxHandler, Skb } from '../../model.ts';
import type { MdbEntry } from './bridge-mdb.ts';
import { FdbTable } from './fdb-table.ts';
import { PortState } from './port-state.ts';
import type { VlanGroup } from './vlan-group.ts';

export { PORT_STATE_NAMES, PortState } from './port-state.ts';

/** One hundredth of a second (USER_HZ) in microseconds. */
export const CENTISECOND_US = 10_000;

/** A bridge id: priority in the upper 16 bits, MAC below. */
export interface BridgeId {
  readonly priority: number;
  readonly mac: Mac;
}
export const sameBridgeId = (a: BridgeId, b: BridgeId): boolean => a.priority === b.priority && a.mac === b.mac;
export const compareBridgeIds = (a: BridgeId, b: BridgeId): number => a.priority - b.priority || a.mac - b.mac;

/** An entry of the forwarding database (net_bridge_fdb_entry). */
export class FdbEntry {
  /** An address of the bridge or a port itself: frames for it go up. */
  isLocal = false;
  /** Never ages. */
  isStatic = false;
  addedByUser = false;
  externLearn = false;
  sticky = false;
  updatedUs = 0;
  usedUs = 0;
  constructor(
    readonly mac: Mac,
    readonly vlan: number,
    /** Null: the bridge itself. */
    public port: BridgePort | null,
  ) {}
}

export class BridgePort implements RxHandler {
  readonly kind = 'bridge';
  state: number = PortState.DISABLED;
  /** Upper six bits of the port id. */
  priority = 32;
  pathCost = 100;
  hasChosenCost = false;
  hairpin = false;
  guard = false;
  rootBlock = false;
  fastLeave = false;
  learning = true;
  flood = true;
  multicastFlood = true;
  broadcastFlood = true;
  multicastRouter = 1;
  multicastToUnicast = false;
  proxyArp = false;
  proxyArpWifi = false;
  neighSuppress = false;
  vlanTunnel = false;
  isolated = false;
  locked = false;
  mab = false;
  /** Null until the host uses VLANs of bridges. */
  vlans: VlanGroup | null = null;
  groupForwardMask = 0;
  multicastEhtHostsLimit = 512;
  backupPort: Device | null = null;
  // Spanning tree.
  portId = 0;
  designatedRoot: BridgeId = { priority: 0, mac: 0 };
  designatedBridge: BridgeId = { priority: 0, mac: 0 };
  designatedCost = 0;
  designatedPort = 0;
  topologyChangeAck = false;
  configPending = false;
  forwardDelayTimer: Timer | null = null;
  messageAgeTimer: Timer | null = null;
  holdTimer: Timer | null = null;

  constructor(
    readonly bridge: BridgeBase,
    readonly device: Device,
    readonly number: number,
  ) {}
  handleFrame(skb: Skb): boolean {
    return this.bridge.input(this, skb);
  }
  deviceEvent(event: DeviceEvent): void {
    this.bridge.portEvent(this, event);
  }
}

/** Options of a bridge with netlink's names and units; what is not behaviour here is kept and shown. */
export class BridgeSettings {
  forwardDelay = 1500;
  helloTime = 200;
  maxAge = 2000;
  ageingTime = 30000;
  stpState = 0;
  vlanFiltering = 0;
  vlanProtocol = 0x8100;
  vlanDefaultPvid = 1;
  vlanStatsEnabled = 0;
  vlanStatsPerPort = 0;
  groupForwardMask = 0;
  groupAddress: Mac = 0x0180c2000000;
  /** A user chose it. */
  hasChosenGroupAddress = false;
  noLinklocalLearn = 0;
  multicastSnooping = 1;
  multicastRouter = 1;
  multicastQueryUseIfaddr = 0;
  multicastQuerier = 0;
  multicastHashElasticity = 16;
  multicastHashMax = 4096;
  multicastLastMemberCount = 2;
  multicastStartupQueryCount = 2;
  multicastLastMemberInterval = 100;
  multicastMembershipInterval = 26000;
  multicastQuerierInterval = 25500;
  multicastQueryInterval = 12500;
  multicastQueryResponseInterval = 1000;
  multicastStartupQueryInterval = 3124;
  multicastStatsEnabled = 0;
  multicastIgmpVersion = 2;
  multicastMldVersion = 1;
  multicastVlanSnooping = 0;
  nfCallIptables = 0;
  nfCallIp6tables = 0;
  nfCallArptables = 0;
  fdbMaxLearned = 0;
}

export abstract class BridgeBase extends Device {
  readonly kind = 'bridge';
  /** In order of number; Linux's own list has the newest first. */
  ports: BridgePort[] = [];
  readonly fdb = new FdbTable();
  /** Null until the host uses VLANs of bridges. */
  vlans: VlanGroup | null = null;
  /** Multicast groups behind its ports, in order of joining. */
  mdb: MdbEntry[] = [];
  readonly settings = new BridgeSettings();
  bridgePriority = 0x8000;
  /** The MAC of its id: zero until it has a port or was given one. */
  idMac: Mac = 0;
  /** The address that its local entries are for. */
  ownMac: Mac = 0;
  hasChosenMtu = false;
  /** It had a port once, and so looked at what its ports can do (br_set_gso_limits). */
  knowsOffloads = false;
  designatedRoot: BridgeId = { priority: 0x8000, mac: 0 };
  rootPathCost = 0;
  rootPort = 0;
  topologyChange = false;
  /** What is in force, in hundredths: while the tree changes what was learnt is soon forgotten. */
  ageingTime = 30000;
  topologyChangeDetected = false;
  /** What is in force: the root's times, in hundredths. */
  maxAge = 2000;
  helloTime = 200;
  forwardDelay = 1500;
  helloTimer: Timer | null = null;
  tcnTimer: Timer | null = null;
  topologyChangeTimer: Timer | null = null;
  gcTimer: Timer | null = null;

  /** A frame came in by a port; true when the bridge has it. */
  abstract input(port: BridgePort, skb: Skb): boolean;
  abstract portEvent(port: BridgePort, event: DeviceEvent): void;
  get id(): BridgeId {
    return { priority: this.bridgePriority, mac: this.idMac };
  }
  get isRoot(): boolean {
    return this.bridgePriority === this.designatedRoot.priority && this.idMac === this.designatedRoot.mac;
  }
}

/** The port that a device is, if it is one. */
export const bridgePortOf = (device: Device): BridgePort | null => (device.rxHandler instanceof BridgePort ? device.rxHandler : null);
