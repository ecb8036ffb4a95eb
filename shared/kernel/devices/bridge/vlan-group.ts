/** The VLANs of a bridge or of one of its ports as data (net_bridge_vlan, net_bridge_vlan_group of net/bridge/br_private.h). */
import { PortState } from './port-state.ts';

/** What passed in a VLAN; ports count into their bridge's unless each has its own (vlan_stats_per_port). */
export class VlanStatistics {
  rxBytes = 0;
  rxPackets = 0;
  txBytes = 0;
  txPackets = 0;
}

export class BridgeVlan {
  /** Leaves without its tag. */
  untagged = false;
  /** Value of PortState. */
  state: number = PortState.FORWARDING;
  multicastRouter = 1;
  /** The tunnel that a port maps it to. */
  tunnelId: number | null = null;
  /** A bridge's: the bridge itself is in the VLAN (BRENTRY); else it only holds what its ports share. */
  isOfBridge = true;
  /** A bridge's: how many ports are in it. */
  users = 0;
  /** A bridge's: `bridge vlan global`. */
  global: VlanGlobals | null = null;
  constructor(
    readonly id: number,
    readonly stats: VlanStatistics,
  ) {}
}

/** Options of a VLAN of the whole bridge. Times in hundredths of a second. */
export class VlanGlobals {
  mcast_snooping = 1;
  mcast_querier = 0;
  mcast_igmp_version = 2;
  mcast_mld_version = 1;
  mcast_last_member_count = 2;
  mcast_last_member_interval = 100;
  mcast_startup_query_count = 2;
  mcast_startup_query_interval = 3124;
  mcast_membership_interval = 26000;
  mcast_querier_interval = 25500;
  mcast_query_interval = 12500;
  mcast_query_response_interval = 1000;
}

export class VlanGroup {
  private readonly byId = new Map<number, BridgeVlan>();
  /** In which untagged frames are; 0: none, they are dropped. */
  pvid = 0;

  find(id: number): BridgeVlan | undefined {
    return this.byId.get(id);
  }
  /** One that frames may use: a bridge's only when it is itself in it (br_vlan_should_use). */
  usable(id: number): BridgeVlan | undefined {
    const vlan = this.byId.get(id);
    return vlan?.isOfBridge === true ? vlan : undefined;
  }
  set(vlan: BridgeVlan): void {
    this.byId.set(vlan.id, vlan);
  }
  remove(id: number): void {
    this.byId.delete(id);
  }
  /** All, by number; those that frames may use. */
  list(): BridgeVlan[] {
    return [...this.byId.values()].sort((a, b) => a.id - b.id);
  }
  used(): BridgeVlan[] {
    return this.list().filter((vlan) => vlan.isOfBridge);
  }
  get hasUsed(): boolean {
    for (const vlan of this.byId.values()) if (vlan.isOfBridge) return true;
    return false;
  }
  /** Untagged frames are in VLAN `id` both ways, as a bridge sets it up (vlan_default_pvid). */
  hasDefault(id: number): boolean {
    return id === this.pvid && this.usable(id)?.untagged === true;
  }
}
