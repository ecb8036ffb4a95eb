/**
 * The objects of the simulated kernel and how they hang together. They point at each other in circles (a device is in a namespace, which has
 * devices), so their shapes stand in one file; what is done with them stands in the files of its subject.
 *
 *     World ─┬─ Host (a machine) ─┬─ Netns ─┬─ Device ── Ipv4Device (addresses, neighbours), Ipv6Device, rx handler (bridge port, macvlan…)
 *            └─ Segment (a wire)  │         ├─ FibTable ── Route ── Nexthop ── Device        Rule
 *                                 └─ …      ├─ Socket                                        HookHandler (netfilter)
 *     Skb: a packet on its way through all this.
 *
 * Invariant: fields are read by everybody, changed only by the functions of their subject, so that notifications and caches hold.
 * Invariant: nothing here knows a command, a file or a user.
 */
import type { Rng, Simulation, Timer, Work, Errno } from '../base/index.ts';
import { Packet } from '../wire/index.ts';
import type { Ipv4, Ipv6, Mac } from '../wire/index.ts';
import type { Disposition, Place, Recorder, Step } from '../trace/index.ts';
import { BridgeNfSettings, CoreSettings, Ipv4Settings, Ipv6Settings, NeighbourParms } from './conf.ts';
import type { Ipv4Conf, Ipv6Conf } from './conf.ts';
import { Iff } from './numbers.ts';
import type { Hook, OperState, RouteType, Verdict } from './numbers.ts';
import type { KernelResult } from './error.ts';
import { IcmpMib, IpMib, Mib } from './mib.ts';
import type { InputCache } from './ipv4/input-cache.ts';
import { PrefixTable } from './prefix-table.ts';
import { Watchers } from './watch.ts';

/** A tracked connection: netfilter's own object; the rest of the kernel only carries it. */
export interface ConntrackRef {
  readonly id: number;
}
/** What rules have asked of the connection that a packet will belong to, before it is looked for (a template of nf_conn). */
export interface ConntrackTemplate {
  readonly zone: (mark: number) => number;
}

/** A packet inside the kernel: content plus what Linux keeps in its sk_buff. */
export class Skb extends Packet implements Work {
  /** The device it is on now: where it came in, later where it goes out. */
  device: Device | null = null;
  /** The device it came in by (skb_iif), null when made here. Survives the bridge. */
  inDevice: Device | null = null;
  /** Value of PacketType, set when received. */
  packetType = 0;
  mark = 0;
  priority = 0;
  /** The connection it belongs to; `ctInfo` is netfilter's (direction and state). */
  ct: ConntrackRef | null = null;
  ctInfo = 0;
  ctTemplate: ConntrackTemplate | null = null;
  /** Where routing sends it. */
  dst: Dst | null = null;
  /** The socket that sent it. */
  socket: Socket | null = null;
  /** What it came in by when that is enslaved to the VRF `inDevice` (the sdif of sockets). */
  slave: Device | null = null;
  /** Bridge ports it came in and goes out by, while br_netfilter looks at it. */
  physIn: Device | null = null;
  physOut: Device | null = null;
  /** Passed through the bridge's netfilter hooks already. */
  bridgeState: { skipped: boolean } | null = null;
  /** May be fragmented here though DF is set (the socket did not ask for path MTU discovery). */
  ignoreDf = false;
  /** On its way through (IPSKB_FORWARDED). */
  forwarded = false;
  /** Virtual time of reception or sending, for timestamps. */
  atUs = 0;
  /** Devices crossed since it was made: a guard against loops within one namespace (dev_xmit_recursion) and of tunnels. */
  depth = 0;
  recorder: Recorder | null = null;
  /** Present hop in the recorder. */
  hop = -1;

  /** Backlog: it arrives at `device`. */
  run(): void {
    const device = this.device!;
    device.netns.stack.receive(this, device);
  }
  /** A copy with the same metadata; steps of both go to the same hop until they part. */
  override clone(): Skb {
    const copy = new Skb();
    copy.copyContent(this);
    copy.device = this.device;
    copy.inDevice = this.inDevice;
    copy.slave = this.slave;
    copy.packetType = this.packetType;
    copy.mark = this.mark;
    copy.priority = this.priority;
    copy.ct = this.ct;
    copy.ctInfo = this.ctInfo;
    copy.ctTemplate = this.ctTemplate;
    copy.dst = this.dst;
    copy.socket = this.socket;
    copy.physIn = this.physIn;
    copy.physOut = this.physOut;
    copy.bridgeState = this.bridgeState;
    copy.ignoreDf = this.ignoreDf;
    copy.forwarded = this.forwarded;
    copy.atUs = this.atUs;
    copy.depth = this.depth;
    copy.recorder = this.recorder;
    copy.hop = this.hop;
    return copy;
  }
  /** Before it comes in at another device: what belongs to this one is forgotten (__dev_forward_skb, skb_scrub_packet). */
  scrub(to: 'same-netns' | 'other-netns'): void {
    this.inDevice = null;
    this.slave = null;
    this.dst = null;
    this.socket = null;
    this.ct = null;
    this.ctInfo = 0;
    this.ctTemplate = null;
    if (to === 'other-netns') this.mark = 0;
    this.priority = 0;
    this.depth = 0;
    this.physIn = null;
    this.physOut = null;
    this.bridgeState = null;
    this.ignoreDf = false;
    this.forwarded = false;
  }
  /** Writes a step when somebody listens. Build the step only inside `if (skb.recorder !== null)`. */
  step(step: Step, netns: Netns): void {
    this.recorder?.step(this.hop, step, netns.simulation.nowUs);
  }
  end(disposition: Disposition): void {
    this.recorder?.end(this.hop, disposition);
  }
}

/** The protocols of a namespace, as devices and neighbours call them. One object serves all; set when the namespace is made. */
export interface Stack {
  /** A frame has arrived at a device (netif_receive_skb): taps, VLAN, rx handler, then ARP, IPv4, IPv6. */
  receive(skb: Skb, device: Device): void;
  /** The same frame once more, by a device on top of the one it came in by: a bridge, a VLAN, a tunnel. */
  passUp(skb: Skb, device: Device): void;
  /** The rest of its way, for one that was redirected on it and has come back (ifb). */
  deliver(skb: Skb, device: Device): void;
  /** Whether a broadcast or multicast frame would be received by `device` to no effect at all (nobody listens, nothing is learnt). */
  ignores(skb: Skb, device: Device): boolean;
  /** Nobody answered for the packet's next hop (dst_link_failure): its sender is told. */
  linkFailure(skb: Skb, device: Device): void;
  /** It is too big for the way out and must not be fragmented: its sender is told. */
  fragmentationNeeded(skb: Skb, mtu: number): void;
  reassemblyTimeout(skb: Skb): void;
  /** A rule rejects an IPv6 packet: its sender is told with this code of destination unreachable. */
  unreachable6(skb: Skb, netns: Netns, code: number): void;
  /** An IPv6 packet does not fit the way out: its sender is told the MTU. */
  tooBig6(skb: Skb, netns: Netns, mtu: number): void;
  /** An echo reply, or an error about an echo request: ping sockets get it. */
  echoReply(skb: Skb): void;
  echoError(skb: Skb, quoted: Packet): void;
}
/** What takes frames from a device before the protocols: a bridge port, a macvlan's lower device, a bond. */
export interface RxHandler {
  /** Something happened to the device it listens on. */
  deviceEvent(event: DeviceEvent): void;
  readonly kind: 'bridge' | 'macvlan' | 'ipvlan' | 'bond';
  /** True when the frame was taken; false to go on with the protocols. */
  handleFrame(skb: Skb): boolean;
  /** The same for an IPv4 packet that has passed PREROUTING. */
  takesPacket?(skb: Skb): boolean;
}

export class DeviceStatistics {
  rxPackets = 0;
  rxBytes = 0;
  rxErrors = 0;
  rxDropped = 0;
  rxMissed = 0;
  rxCrcErrors = 0;
  rxFifoErrors = 0;
  multicast = 0;
  txPackets = 0;
  txBytes = 0;
  txErrors = 0;
  txDropped = 0;
  txCarrierErrors = 0;
  collisions = 0;
}

/** An IPv4 address of a device (in_ifaddr). */
export interface Ipv4Address {
  readonly device: Device;
  readonly local: Ipv4;
  /** The other end (`peer`); equals `local` on ordinary networks. */
  readonly address: Ipv4;
  readonly prefixLength: number;
  /** 0: none. */
  broadcast: Ipv4;
  label: string;
  scope: number;
  secondary: boolean;
  /** Virtual time at which it stops being valid or preferred; null: forever. */
  validUntilUs: number | null;
  preferredUntilUs: number | null;
  noPrefixRoute: boolean;
  /** `ip addr add … metric N`; 0: default. */
  metric: number;
  /** `proto`: 0 unspecified. */
  protocol: number;
}

/** A device's IPv4 side (in_device). */
export class Ipv4Device {
  /** In the order in which `ip addr` lists them: primaries by scope, then secondaries. */
  readonly addresses: Ipv4Address[] = [];
  /** It has had an address: what is written to conf/default changes it no more (ipv4_devconf_setall). */
  settled = false;
  private known: Map<Ipv4, Neighbour> | null = null;
  private joined: Map<Ipv4, number> | null = null;
  /** What of its groups is still to be told to routers. */
  reports: { stop(): void } | null = null;
  /** Where its packets went last. */
  ways: InputCache | null = null;
  constructor(
    readonly conf: Ipv4Conf,
    readonly parms: NeighbourParms,
  ) {}
  /** Made, as other tables that most devices do without, when somebody asks. */
  get neighbours(): Map<Ipv4, Neighbour> {
    return (this.known ??= new Map());
  }
  /** Joined multicast groups with their user counts. */
  get groups(): Map<Ipv4, number> {
    return (this.joined ??= new Map());
  }
  get hasGroups(): boolean {
    return this.joined !== null && this.joined.size > 0;
  }
}

/** An IPv6 address of a device (inet6_ifaddr). */
export interface Ipv6Address {
  readonly device: Device;
  readonly address: Ipv6;
  readonly prefixLength: number;
  readonly peer: Ipv6 | null;
  readonly scope: number;
  /** Duplicate address detection is not finished. */
  tentative: boolean;
  dadFailed: boolean;
  optimistic: boolean;
  noDad: boolean;
  permanent: boolean;
  /** `home` (mobile IPv6). */
  home: boolean;
  /** A template for temporary addresses (`mngtmpaddr`). */
  manageTemp: boolean;
  validUntilUs: number | null;
  preferredUntilUs: number | null;
  noPrefixRoute: boolean;
  metric: number;
  protocol: number;
  dadTimer: Timer | null;
}
export class Ipv6Device {
  /** Sorted by scope as `ip addr` lists them: global before link. */
  readonly addresses: Ipv6Address[] = [];
  private known: Map<Ipv6, Neighbour> | null = null;
  readonly groups = new Map<Ipv6, number>();
  /** Groups that the device stopped listening to when it went down, and will listen to again (MAF_LOADED is off). */
  groupsUnloaded: Set<Ipv6> | null = null;
  /** The link has been usable (IF_READY). */
  ready = false;
  reportTimer: Timer | null = null;
  private counted: { readonly ip: IpMib; readonly icmp: IcmpMib } | null = null;
  constructor(
    readonly conf: Ipv6Conf,
    readonly parms: NeighbourParms,
  ) {}
  get neighbours(): Map<Ipv6, Neighbour> {
    return (this.known ??= new Map());
  }
  /** What it counts for itself (/proc/net/dev_snmp6). */
  get mib(): IpMib {
    return (this.counted ??= { ip: new IpMib(), icmp: new IcmpMib() }).ip;
  }
  get icmpMib(): IcmpMib {
    return (this.counted ??= { ip: new IpMib(), icmp: new IcmpMib() }).icmp;
  }
}

/** A neighbour entry, ARP's or ND's. `state` is a value of Nud. */
export class Neighbour {
  state = 0;
  mac: Mac = 0;
  isRouter = false;
  /** `extern_learn`, `managed`: flags a user gave. */
  externLearn = false;
  managed = false;
  /** RTPROT_*, 0 when learnt. */
  protocol = 0;
  probes = 0;
  /** Virtual times of the last use, confirmation and change of state. */
  usedUs = 0;
  confirmedUs = 0;
  updatedUs = 0;
  timer: Timer | null = null;
  /** Packets that wait for it. */
  queue: Skb[] = [];
  queuedBytes = 0;
  /** Taken out of the table: whoever kept a pointer looks it up again. */
  dead = false;
  constructor(
    readonly device: Device,
    /** Ipv4 for family 4, Ipv6 for 6. */
    readonly address: Ipv4 | Ipv6,
    readonly family: 4 | 6,
  ) {}
}
/** `ip neigh add proxy`. */
export interface ProxyNeighbour {
  readonly family: 4 | 6;
  readonly address: Ipv4 | Ipv6;
  readonly device: Device | null;
}

/** What happens to a device (NETDEV_*): 'change' is carrier or flags. */
export type DeviceEvent = 'register' | 'up' | 'going-down' | 'down' | 'change' | 'change-address' | 'change-mtu' | 'change-name' | 'unregister';

const NO_ROUTES: ReadonlySet<Route> = new Set();

/** How a bridge, a VM or a tunnel looks from `ip -d`: each kind adds its fields in its own class. */
export abstract class Device {
  index = 0;
  name = '';
  altNames: string[] = [];
  netns: Netns;
  /** `ip link … type KIND` and IFLA_INFO_KIND; null for lo and a machine's own cards. */
  abstract readonly kind: string | null;
  /** ArpHardware. */
  hardwareType = 1;
  address: Mac = 0;
  broadcast: Mac = 0xffff_ffff_ffff;
  /** Of a card: its burnt-in address, else null. */
  permanentAddress: Mac | null = null;
  /** 0 permanent, 1 random, 2 stolen, 3 set (/sys addr_assign_type). */
  addressAssignType = 0;
  /** Bits of Iff that are set for good or by a user; UP too. What `ip` shows also has RUNNING, LOWER_UP: see `shownFlags`. */
  flags = 0;
  /** How many want promiscuous mode (a bridge, tcpdump, the user), and all multicast. */
  promiscuity = 0;
  allmulti = 0;
  mtu = 1500;
  minMtu = 68;
  maxMtu = 65535;
  txQueueLength = 1000;
  group = 0;
  alias = '';
  qdisc = 'noop';
  /** Its queues wait to be activated (qdisc_tx_changing). */
  qdiscWaits = true;
  numTxQueues = 1;
  numRxQueues = 1;
  /** netif_carrier_ok, and how often it changed. */
  carrier = true;
  carrierUpCount = 0;
  carrierDownCount = 0;
  dormant = false;
  operState: OperState = 'UNKNOWN';
  /** 0 default, 1 dormant. */
  linkMode = 0;
  protoDown = false;
  /** Carrier changed and linkwatch has not looked yet. */
  linkwatchPending = false;
  /** The bridge (or VRF…) it is enslaved to. */
  master: Device | null = null;
  /** Of a VRF: its routing table. Else 0. */
  vrfTable = 0;
  rxHandler: RxHandler | null = null;
  /** VLANs, macvlans and tunnels on top of it. */
  readonly uppers: Device[] = [];
  readonly stats = new DeviceStatistics();
  /** Null where IPv4 or IPv6 cannot be (an MTU too small). */
  ipv4: Ipv4Device | null = null;
  ipv6: Ipv6Device | null = null;
  /** Packet sockets bound to it. */
  taps: Tap[] = [];
  private groupMacs: Map<Mac, number> | null = null;
  /** Routes with a next hop by it. */
  private routesBy: Set<Route> | null = null;
  /** What `tc` put on its way out, instead of `qdisc`'s plain hand-over. */
  egress: EgressQueue | null = null;
  /** Where filters on what arrives would be. */
  ingress: IngressHook | null = null;
  unregistered = false;

  constructor(netns: Netns) {
    this.netns = netns;
  }

  /** Link-layer groups it listens to, with their user counts. */
  get multicastMacs(): Map<Mac, number> {
    return (this.groupMacs ??= new Map());
  }
  get routes(): ReadonlySet<Route> {
    return this.routesBy ?? NO_ROUTES;
  }
  addRoute(route: Route): void {
    (this.routesBy ??= new Set()).add(route);
  }
  removeRoute(route: Route): void {
    this.routesBy?.delete(route);
  }
  /** The driver sends (ndo_start_xmit). The frame has its link header. It is the driver's from here. */
  abstract transmit(skb: Skb): void;
  /** Has link headers and needs neighbours: Ethernet. Tunnels have not. */
  get isEthernet(): boolean {
    return this.hardwareType === 1;
  }
  get isUp(): boolean {
    return (this.flags & Iff.UP) !== 0;
  }
  get isLoopback(): boolean {
    return (this.flags & Iff.LOOPBACK) !== 0;
  }
  /** The device that `@name` and iflink point to: a veth's peer, a VLAN's lower device; null for itself. */
  get link(): Device | null {
    return null;
  }
  /** iflink as a number: its own index, the link's, or 0 for a tunnel without one. */
  get linkIndex(): number {
    return this.link?.index ?? this.index;
  }
  /** The namespace of `link`, when it is not this device's own. */
  get linkNetns(): Netns | null {
    const link = this.link;
    return link !== null && link.netns !== this.netns ? link.netns : null;
  }
  /** Its driver returns NET_XMIT_DROP for what it could not hand over: the sender may hear of it. */
  get tellsOfDrops(): boolean {
    return false;
  }
  /** Driver name as `ethtool -i` tells it. */
  get driver(): string {
    return this.kind ?? '';
  }
  /**
   * Asked by a bridge before it copies a group frame for this port: true when the frame was counted and is forgotten, because who is at
   * the other end would only throw it away. With hundreds of pods on a bridge this is most of what groups cost.
   */
  discards(_skb: Skb): boolean {
    return false;
  }
  /** Brings the device up (ndo_open); an error keeps it down. */
  open(): Errno | null {
    return null;
  }
  stop(): void {}
  /** Something happened to a device that this one stands on (it is among its `uppers`). */
  lowerEvent(_event: DeviceEvent, _lower: Device): void {}
  /** What it joins is parted before it is closed (rtnl_link_ops.dellink): a pair, a bridge and its ports. */
  get dissolves(): boolean {
    return false;
  }
  /** Being removed from its namespace for good: drop references, take the peer along. Returns devices that must go too. */
  unregistering(): readonly Device[] {
    return [];
  }
  /** Cannot leave its namespace (NETIF_F_NETNS_LOCAL): lo, bridges, tunnels' fallback devices. */
  get isNetnsLocal(): boolean {
    return false;
  }
  /** Its driver has no way to set the address. */
  get hasFixedAddress(): boolean {
    return false;
  }
  /** dev_id: tells devices apart that share a card's MAC, also in their link-local addresses; 0: it shares none. */
  get devId(): number {
    return 0;
  }
  /** As ethtool reports it; 0: unknown. A bridge makes its path cost from it. */
  get speedMbps(): number {
    return 0;
  }
  /** The queueing discipline that it gets when it first comes up. */
  get defaultQdisc(): string {
    return 'noqueue';
  }
  /** The driver's own say about a new MTU or MAC (ndo_change_mtu, ndo_set_mac_address); null is yes. */
  checkMtu(_mtu: number): KernelResult<never> | null {
    return null;
  }
  checkMac(_mac: Mac): KernelResult<never> | null {
    return null;
  }
  addressChanged(): void {}
  /** An IPv4 address is being added to it; null is yes. */
  checkAddress(_address: Ipv4): KernelResult<never> | null {
    return null;
  }
  /** `ip link set X master` this, and `nomaster`. Bridges have ports instead. */
  enslave(_device: Device): KernelResult {
    return { ok: false, error: { errno: 'EOPNOTSUPP' } };
  }
  release(_device: Device): KernelResult {
    return { ok: false, error: { errno: 'EOPNOTSUPP' } };
  }
  /** A slave is on its way out of its namespace. */
  slaveLeaves(_device: Device): void {}
}

/** A packet socket's ear on frames (linux/af_packet): called with a frame that it must not change or keep without cloning. */
export interface Tap {
  /** Null: every device of the namespace. */
  readonly device: Device | null;
  /** 0x0003 (ETH_P_ALL) or an ether type. */
  readonly protocol: number;
  captured(skb: Skb, device: Device, packetType: number): void;
  deviceGone?(): void;
}
/** A queueing discipline that holds or drops packets (tc). */
/** Filters on what comes in at a device. */
export interface IngressHook {
  readonly name: 'ingress' | 'clsact';
  /** False: the packet is not carried on. */
  pass(skb: Skb, device: Device): boolean;
}
export interface EgressQueue {
  enqueue(skb: Skb, device: Device): void;
  /** As `ip link` names it. */
  readonly name: string;
  reset(): void;
}

export interface RouteMetrics {
  mtu?: number;
  mtuLock?: boolean;
  window?: number;
  rtt?: number;
  rttvar?: number;
  ssthresh?: number;
  cwnd?: number;
  advmss?: number;
  reordering?: number;
  hoplimit?: number;
  initcwnd?: number;
  features?: number;
  rtoMin?: number;
  initrwnd?: number;
  quickack?: number;
  congestion?: string;
  congestionLock?: boolean;
  /** Others that are locked: bits by their numbers (RTAX_*). */
  locks?: number;
}
export class Nexthop {
  /** `realms FROM/TO`: FROM in the upper half (nh_tclassid). */
  realms = 0;
  weight = 1;
  onlink = false;
  /** RTNH_F_DEAD: its device went down; RTNH_F_LINKDOWN: it lost its carrier. */
  dead = false;
  linkdown = false;
  /** Scope of the gateway seen from here: link when directly connected. */
  scope = 0;
  /** `via inet6 …`. */
  gateway6: Ipv6 | null = null;
  /** Path MTUs and redirects learnt for destinations behind it. */
  exceptions: Map<Ipv4, RouteException> | null = null;
  /** Results of lookups are kept here until routing changes: forwarding, and output. */
  forwardDst: Dst | null = null;
  outputDst: Dst | null = null;
  constructor(
    public device: Device | null,
    /** 0: directly connected. */
    readonly gateway: Ipv4,
  ) {}
}
export interface RouteException {
  gateway: Ipv4;
  mtu: number;
  locked: boolean;
  expiresUs: number;
}
/** A next hop with a life of its own (`ip nexthop`): one way, or a group of such. */
export interface NexthopObject {
  readonly id: number;
  /** 0 for groups. */
  readonly family: 0 | 4 | 6;
  readonly protocol: number;
  readonly device: Device | null;
  /** 0 and null: none. */
  readonly gateway: Ipv4;
  readonly gateway6: Ipv6 | null;
  readonly onlink: boolean;
  readonly scope: number;
  readonly blackhole: boolean;
  readonly fdb: boolean;
  readonly members: readonly { readonly id: number; readonly weight: number }[] | null;
  readonly resilient: { readonly buckets: number; readonly idleS: number; readonly unbalancedS: number } | null;
}
/** A route of a FIB table (fib_info and fib_alias in one). */
export class Route {
  metrics: RouteMetrics | null = null;
  preferredSource: Ipv4 = 0;
  nexthops: Nexthop[] = [];
  /** RTNH_F_LINKDOWN of the whole (fib_flags): no next hop had a carrier when it was made, or lost it at one stroke. */
  linkdown = false;
  /** Where `nexthops` come from; 0: they are the route's own. */
  nexthopId = 0;
  constructor(
    readonly table: number,
    readonly prefix: Ipv4,
    readonly length: number,
    readonly tos: number,
    /** Of a route by an object it follows that: blackhole, or unicast. */
    public type: RouteType,
    readonly scope: number,
    readonly protocol: number,
    /** `metric`. */
    readonly priority: number,
  ) {}
}
export class FibTable {
  /** Routes of one prefix, ordered by tos (descending) and metric. */
  readonly prefixes = new PrefixTable<Route[]>();
  /** How many routes were taken out as yet. */
  losses = 0;
  constructor(readonly id: number) {}
}
/** A policy rule, of either family (`ip rule`). */
export interface Rule {
  readonly family: 4 | 6;
  readonly priority: number;
  readonly invert: boolean;
  readonly src: Ipv4 | Ipv6;
  readonly srcLength: number;
  readonly dst: Ipv4 | Ipv6;
  readonly dstLength: number;
  readonly tos: number;
  readonly fwmark: number;
  readonly fwmask: number;
  readonly inName: string;
  readonly outName: string;
  readonly l3mdev: boolean;
  readonly uidRange: readonly [number, number] | null;
  readonly ipProtocol: number;
  readonly srcPorts: readonly [number, number] | null;
  readonly dstPorts: readonly [number, number] | null;
  readonly action: 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';
  readonly table: number;
  /** Priority that `goto` jumps to. */
  readonly target: number;
  readonly suppressPrefixLength: number;
  readonly suppressGroup: number;
  readonly protocol: number;
  /** As of next hops; 0: none. */
  readonly realms?: number;
}

/** Where a packet goes (rtable): made by a route lookup, kept on nexthops. */
export class Dst {
  /** The neighbour of `gateway`, kept; looked up again when dead. */
  neighbour: Neighbour | null = null;
  /** The route's `mtu`; 0: the device's. */
  mtu = 0;
  mtuLocked = false;
  /** Learnt path MTU (0: none), which runs out at `expiresUs`. */
  pathMtu = 0;
  expiresUs = 0;
  /** Source address that output lookups chose. */
  source: Ipv4 = 0;
  errno: Errno | null = null;
  /** Redirects may be sent. */
  redirect = false;
  /** The gateway was learnt from a redirect (RTCF_REDIRECTED). */
  redirected = false;
  constructor(
    /** local: to us. broadcast and multicast: to us as well (and out, on output). error: see `errno`, `type`. */
    readonly kind: 'local' | 'forward' | 'output' | 'broadcast' | 'multicast' | 'error',
    readonly type: RouteType,
    readonly device: Device | null,
    /** 0: the destination itself is the neighbour. */
    readonly gateway: Ipv4,
    readonly route: Route | null,
    /** Equal to the namespace's `fibGeneration` while it holds. */
    readonly generation: number,
  ) {}
}

/** An IPv6 route; small tables, kept in order. */
export class Route6 {
  expiresUs: number | null = null;
  linkdown = false;
  dead = false;
  onlink = false;
  preferredSource: Ipv6 | null = null;
  metrics: RouteMetrics | null = null;
  /** Of routers (RFC 4191). */
  preference: 'low' | 'medium' | 'high' = 'medium';
  weight = 1;
  /** The object that `device` and `gateway` come from; 0: they are its own. */
  nexthopId = 0;
  /** Path MTUs and redirects learnt for destinations by it. */
  exceptions: Map<Ipv6, Route6Exception> | null = null;
  constructor(
    readonly table: number,
    readonly prefix: Ipv6,
    readonly length: number,
    readonly type: RouteType,
    readonly device: Device | null,
    readonly gateway: Ipv6 | null,
    readonly priority: number,
    readonly protocol: number,
  ) {}
}

export interface Route6Exception {
  /** 0: none. */
  readonly mtu: number;
  readonly gateway: Ipv6 | null;
  readonly expiresUs: number;
}

/** Netfilter on one IPv4 hook: a table, connection tracking, NAT… Handlers run in order of priority. */
export interface HookHandler {
  readonly priority: number;
  /** `inDevice`/`outDevice` are null where the hook has none. STOLEN: the handler keeps the packet. */
  run(skb: Skb, hook: Hook, netns: Netns, inDevice: Device | null, outDevice: Device | null): Verdict;
}
/** A transport protocol above IPv4 (and IPv6). */
export interface ProtocolHandler {
  /** A packet for this host, whole, after the INPUT hook. */
  receive(skb: Skb, netns: Netns): void;
  /** An ICMP error quotes a packet of ours. `info`: the MTU of "fragmentation needed". */
  error?(skb: Skb, quoted: Packet, netns: Netns): void;
}

/** A raw socket as the receive path sees it. */
export interface RawListener {
  /** IP protocol it wants; 255 (IPPROTO_RAW) none. */
  readonly protocol: number;
  /** A packet for this host: it takes a copy if it is for it. True when it was. */
  rawDeliver(skb: Skb): boolean;
  /** An ICMP error quotes a packet that it may have sent. */
  rawError(skb: Skb, quoted: Packet): void;
}
/** Pieces of one datagram that wait for the rest. */
export interface FragmentQueue {
  readonly pieces: Skb[];
  readonly timer: Timer;
}

/** What every socket has; the protocols add theirs. */
export abstract class Socket {
  readonly inode: number;
  mark = 0;
  tos = 0;
  ttl = 0;
  priority = 0;
  /** SO_BINDTODEVICE, IP_UNICAST_IF of datagrams. */
  boundDevice: Device | null = null;
  broadcast = false;
  reuseAddress = false;
  reusePort = false;
  /** Who owns it, for `ss -p`: set by whoever opened it. */
  owner: { readonly pid: number; readonly command: string; readonly fd: number; readonly uid: number } | null = null;
  /** Notified when there is something to read, an error, room to write, or a new state. */
  readonly watchers = new Watchers();
  closed = false;
  constructor(
    readonly netns: Netns,
    readonly kind: 'packet' | 'raw' | 'raw6' | 'ping' | 'ping6' | 'udp' | 'udp6' | 'tcp' | 'tcp6' | 'unix' | 'netlink',
  ) {
    this.inode = netns.host.nextInode++;
  }
  /** What it sends to groups comes back to this host (IP_MULTICAST_LOOP). */
  get hearsOwnGroups(): boolean {
    return true;
  }
  /** The path's MTU does not count for it, only the device's (IP_PMTUDISC_PROBE). */
  get ignoresPathMtu(): boolean {
    return false;
  }
  abstract close(): void;
}

/** What changed, as rtnetlink multicasts it: the objects as they are (were, for 'del'). */
export type RtnlEvent =
  /** `movedTo`: it is gone to another namespace (IFLA_NEW_NETNSID, IFLA_NEW_IFINDEX). */
  | {
      readonly kind: 'link';
      readonly change: 'new' | 'del';
      readonly device: Device;
      readonly movedTo?: { readonly netns: Netns; readonly index: number };
      readonly event?: 'FEATURE CHANGE';
    }
  /** A bridge tells of its port (br_ifinfo_notify). */
  | { readonly kind: 'port'; readonly change: 'new' | 'del'; readonly device: Device }
  | { readonly kind: 'address'; readonly change: 'new' | 'del'; readonly address: Ipv4Address }
  | { readonly kind: 'address6'; readonly change: 'new' | 'del'; readonly address: Ipv6Address }
  | { readonly kind: 'route'; readonly change: 'new' | 'del' | 'replace'; readonly route: Route }
  | { readonly kind: 'route6'; readonly change: 'new' | 'del'; readonly route: Route6 }
  | { readonly kind: 'nexthop'; readonly change: 'new' | 'del'; readonly nexthop: NexthopObject }
  | { readonly kind: 'rule'; readonly change: 'new' | 'del'; readonly rule: Rule }
  | { readonly kind: 'neighbour'; readonly change: 'new' | 'del'; readonly neighbour: Neighbour }
  | {
      readonly kind: 'fdb';
      readonly change: 'new' | 'del';
      readonly device: Device;
      readonly mac: Mac;
      readonly vlan: number;
      readonly entry?: object;
      readonly remote?: Ipv4;
    }
  /** `field`: only that setting has changed. */
  | {
      readonly kind: 'netconf';
      readonly change: 'new' | 'del';
      readonly device: Device | 'all' | 'default';
      readonly family: 4 | 6;
      readonly field?: 'forwarding' | 'rp_filter' | 'mc_forwarding' | 'proxy_arp' | 'ignore_routes_with_linkdown';
    }
  | { readonly kind: 'nsid'; readonly change: 'new' | 'del'; readonly nsid: number };

/** An entry of the policy table of RFC 6724 (`ip addrlabel`). */
export interface AddressLabel {
  readonly prefix: Ipv6;
  readonly length: number;
  readonly label: number;
  /** Index; 0: any. */
  readonly device: number;
}
const label = (digits: string, length: number, number: number): AddressLabel => ({ prefix: digits.padEnd(32, '0'), length, label: number, device: 0 });
/** ip6addrlbl_init_table, longest first. */
const DEFAULT_LABELS: readonly AddressLabel[] = [
  label('00000000000000000000000000000001', 128, 0),
  label('', 96, 3),
  label('00000000000000000000ffff', 96, 4),
  label('2001', 32, 6),
  label('2001001', 28, 7),
  label('3ffe', 16, 12),
  label('2002', 16, 2),
  label('fec', 10, 11),
  label('fc', 7, 5),
  label('', 0, 1),
];

/** A network namespace. */
export class Netns {
  /** Its inode, as /proc/PID/ns/net shows it: `net:[4026531840]`. */
  readonly inode: number;
  /** Devices by index, in order of index; and by name and alternative name. */
  readonly devices = new Map<number, Device>();
  readonly deviceNames = new Map<string, Device>();
  nextIndex = 1;
  /** Ids this namespace has for others (`ip netns list-id`, link-netnsid). */
  readonly peerIds = new Map<Netns, number>();
  /** Set right after construction. */
  loopback!: Device;
  stack!: Stack;

  readonly ipv4All: Ipv4Conf;
  readonly ipv4Default: Ipv4Conf;
  readonly ipv6All: Ipv6Conf;
  readonly ipv6Default: Ipv6Conf;
  readonly ipv4 = new Ipv4Settings();
  readonly ipv6 = new Ipv6Settings();
  readonly core = new CoreSettings();
  readonly bridgeNf = new BridgeNfSettings();
  readonly mib = new Mib();
  /** net.ipv4.neigh.default, and IPv6's. */
  readonly arpDefault = new NeighbourParms();
  readonly ndDefault = new NeighbourParms();
  readonly proxyNeighbours: ProxyNeighbour[] = [];
  private labels: AddressLabel[] | null = null;

  readonly tables = new Map<number, FibTable>();
  /** In order of priority. */
  rules: Rule[] = [];
  rules6: Rule[] = [];
  /** Rules are the three default ones: local and main are asked directly. */
  hasCustomRules = false;
  /** There is a VRF, or was. */
  hasVrfs = false;
  /** A user has put routes into the local table: sources are checked against it, not against addresses. */
  hasCustomLocalRoutes = false;
  readonly routes6: Route6[] = [];
  private nexthopObjects: Map<number, NexthopObject> | null = null;
  /** The last id that was given to one without. */
  lastNexthopId = 0;
  /** Raised by every change of routes, rules, addresses: what was looked up before is looked up again. */
  fibGeneration = 0;
  /** All addresses of this namespace, for "is it mine" and to find the device of a source. */
  readonly localAddresses = new Map<Ipv4, Ipv4Address[]>();

  /** Handlers of the five IPv4 hooks; null where nothing is registered. */
  readonly hooks: (HookHandler[] | null)[] = [null, null, null, null, null];
  readonly hooks6: (HookHandler[] | null)[] = [null, null, null, null, null];
  /** Netfilter's state, made when first needed. */
  netfilter: object | null = null;
  /** By IP protocol number. */
  private transports: Map<number, ProtocolHandler> | null = null;
  /** TCP's state, made when first needed. */
  tcp: object | null = null;

  /** Packet sockets that hear every device. */
  taps: Tap[] = [];
  private openSockets: Set<Socket> | null = null;
  private rawSockets: Set<RawListener> | null = null;
  private fragmentQueues: Map<string, FragmentQueue> | null = null;
  /** Counters that rate limits and ids need. */
  ipId = 0;
  private icmpCredits: Map<Ipv4 | Ipv6, { tokens: number; lastUs: number; redirects: number }> | null = null;
  /** Global limit of ICMP errors (icmp_msgs_per_sec): credit and when it was last filled. */
  icmpCredit = 50;
  icmpCreditUs = 0;
  /** rtnetlink listeners (`ip monitor`). */
  readonly monitors = new Watchers<RtnlEvent>();
  /** Named by these (`/run/netns/NAME`), and held by so many processes and files. Destroyed when both are none. */
  readonly names = new Set<string>();
  holds = 0;
  destroyed = false;

  constructor(
    readonly host: Host,
    /** 0 for the host's own; then 1, 2, … Never used again. */
    readonly id: number,
    template: { ipv4: Ipv4Conf; ipv4Default: Ipv4Conf; ipv6: Ipv6Conf; ipv6Default: Ipv6Conf },
  ) {
    this.inode = host.nextNetnsInode(id);
    this.ipv4All = template.ipv4;
    this.ipv4Default = template.ipv4Default;
    this.ipv6All = template.ipv6;
    this.ipv6Default = template.ipv6Default;
    this.ndDefault.proxyDelayMs = 800;
    this.ndDefault.locktimeMs = 0;
  }
  /** Made, as it is rarely looked at, when somebody asks. */
  get addressLabels(): AddressLabel[] {
    return (this.labels ??= [...DEFAULT_LABELS]);
  }
  get hasNexthops(): boolean {
    return this.nexthopObjects !== null && this.nexthopObjects.size > 0;
  }
  /** `ip nexthop`, by id. */
  get nexthops(): Map<number, NexthopObject> {
    return (this.nexthopObjects ??= new Map());
  }
  get sockets(): Set<Socket> {
    return (this.openSockets ??= new Set());
  }
  get hasSockets(): boolean {
    return this.openSockets !== null;
  }
  get rawListeners(): Set<RawListener> {
    return (this.rawSockets ??= new Set());
  }
  get protocols(): Map<number, ProtocolHandler> {
    return (this.transports ??= new Map());
  }
  get fragments(): Map<string, FragmentQueue> {
    return (this.fragmentQueues ??= new Map());
  }
  /** Credit for ICMP errors, by whom they go to (inet_peer). */
  get icmpLimits(): Map<Ipv4 | Ipv6, { tokens: number; lastUs: number; redirects: number }> {
    return (this.icmpCredits ??= new Map());
  }
  get simulation(): Simulation {
    return this.host.world.simulation;
  }
  get rng(): Rng {
    return this.host.world.rng;
  }
  /** `ip netns` name, or '' for the host's own and for nameless ones. */
  get name(): string {
    for (const name of this.names) return name;
    return '';
  }
  get place(): Place {
    return { node: this.host.name, netns: this.name, netnsId: this.id, netnsInode: this.inode };
  }
  device(name: string): Device | undefined {
    return this.deviceNames.get(name);
  }
}

export type TunnelModule = 'ipip' | 'sit' | 'ip_gre';

/** A machine. */
export class Host {
  readonly netnses = new Set<Netns>();
  /** `ip netns` names. The files under /run/netns are made from these. */
  readonly namedNetns = new Map<string, Netns>();
  nextInode = 20_000;
  nextNetnsId = 0;
  /** Raised by every change that a snapshot would show. */
  version = 0;
  /** Told after a burst of changes, once. */
  readonly changed = new Watchers();
  changePosted = false;
  /** 8021q is loaded: somebody made a VLAN device. */
  hasVlans = false;
  /** VLANs of bridges have been used. */
  bridgeVlans = false;
  /** br_netfilter is loaded. */
  bridgeNetfilter = true;
  /** Modules of tunnels that are, in the order in which they came: every namespace has their fallback devices (`tunl0`…). */
  readonly tunnelModules: TunnelModule[] = [];
  /** Who is root here may load modules; in a user namespace they come only with the devices that need them. */
  mayLoadModules = true;
  /** Carrier changes that linkwatch has not handled, and when it may handle those that are not urgent. */
  linkwatchList: Device[] = [];
  linkwatchNextUs = 0;
  linkwatchUrgent = false;
  linkwatchTimer: Timer | null = null;
  /** Set right after construction. */
  initNetns!: Netns;
  constructor(
    readonly world: World,
    /** Stable within the world. */
    readonly id: number,
    public name: string,
  ) {}
  nextNetnsInode(id: number): number {
    return id === 0 ? 4026531840 : 4026532000 + this.id * 10_000 + id * 73;
  }
}

/** Something that joins the cards of several machines: a switch or a host-only network. */
export interface Segment {
  readonly id: number;
  readonly name: string;
  readonly ports: readonly Device[];
}

export class World {
  readonly hosts: Host[] = [];
  readonly segments: Segment[] = [];
  nextHostId = 0;
  nextSegmentId = 0;
  nextTraceId = 1;
  constructor(
    readonly simulation: Simulation,
    readonly rng: Rng,
  ) {}
}
