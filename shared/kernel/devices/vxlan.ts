/**
 * VXLAN (drivers/net/vxlan): Ethernet in UDP. A forwarding database says at which host a MAC is; without an entry frames go to the remote
 * or group it was made with (the entry of the zero MAC). flannel's way (nolearning, entries by hand) and learning both.
 */
import { done, ok } from '../../base/index.ts';
import {
  decodeVxlan,
  EtherType,
  formatIpv4,
  frameLength,
  IpProtocol,
  Ipv4Header,
  isIpv4Multicast,
  isMulticastMac,
  isValidUnicastMac,
  Udp,
} from '../../wire/index.ts';
import type { Ipv4, Mac } from '../../wire/index.ts';
import { closeDevice, unregisterDevice } from '../device.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { joinIpv4Group, leaveIpv4Group } from '../ipv4/groups.ts';
import { localOutput, nextIpId } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { Device, Skb } from '../model.ts';
import type { DeviceEvent, Netns } from '../model.ts';
import { emit, touch } from '../notify.ts';
import { Iff, Nud } from '../numbers.ts';
import type { FdbRequest, VxlanOptions } from '../requests.ts';
import { udpOf, UdpSocket } from '../sockets/udp.ts';
import type { UdpTunnel } from '../sockets/udp.ts';
import { classify, drop } from '../transmit.ts';

export const VXLAN_DEFAULT_PORT = 8472;
/** Outer IPv4 and UDP headers, VXLAN header, inner Ethernet header. */
const HEADROOM = 50;

export interface VxlanRemote {
  readonly ip: Ipv4;
  readonly port: number;
  readonly vni: number;
  readonly deviceIndex: number;
}
export class VxlanFdbEntry {
  remotes: VxlanRemote[] = [];
  updatedUs = 0;
  usedUs = 0;
  constructor(
    readonly mac: Mac,
    /** Nud.PERMANENT, Nud.REACHABLE. */
    public state: number,
    /** NTF_SELF is understood; learnt by the kernel or by a control plane. */
    public externLearn: boolean,
  ) {}
}

/** All VXLAN devices on one UDP port of a namespace, and the kernel's socket there (vxlan_sock): it is listed, and keeps others off the port. */
class VxlanPort implements UdpTunnel {
  readonly devices: Vxlan[] = [];
  constructor(readonly socket: UdpSocket) {}
  receive(skb: Skb, netns: Netns): boolean {
    const carried = skb.inner !== null && skb.vni >= 0 ? { vni: skb.vni, frame: skb.inner } : decodeVxlan(skb.payload, new Skb());
    if (carried === undefined) {
      drop(skb, netns, 'VXLAN_INVALID_HDR', '');
      return true;
    }
    const device = this.devices.find((candidate) => candidate.options.external === true || candidate.vni === carried.vni);
    if (device === undefined) drop(skb, netns, 'VXLAN_VNI_NOT_FOUND', `no device here has VNI ${carried.vni}`);
    else device.decapsulate(skb, carried.frame instanceof Skb ? carried.frame : copyOf(carried.frame));
    return true;
  }
}
function copyOf(frame: { clone(): unknown } & Parameters<Skb['copyContent']>[0]): Skb {
  const copy = new Skb();
  copy.copyContent(frame);
  return copy;
}

export class Vxlan extends Device {
  readonly kind = 'vxlan';
  readonly fdb = new Map<Mac, VxlanFdbEntry>();
  options: VxlanOptions;
  readonly vni: number;
  readonly port: number;
  local: Ipv4;
  /** Where it was made: its datagrams travel there. */
  readonly underlay: Netns;
  learning: boolean;
  ageingS: number;
  readonly lowerDevice: Device | null;

  constructor(netns: Netns, underlay: Netns, options: VxlanOptions, address: Mac) {
    super(netns);
    this.options = options;
    this.underlay = underlay;
    this.vni = options.id ?? 0;
    this.port = options.port ?? VXLAN_DEFAULT_PORT;
    this.local = options.local ?? 0;
    this.learning = options.learning !== false;
    this.ageingS = options.ageing ?? 300;
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
    this.address = address;
    this.addressAssignType = 1;
    this.lowerDevice = options.link === undefined ? null : (underlay.devices.get(options.link) ?? null);
    if (this.lowerDevice !== null) {
      this.mtu = this.lowerDevice.mtu - HEADROOM;
      this.lowerDevice.uppers.push(this);
    }
    if (options.remote !== undefined && options.remote !== 0) this.setDefaultRemote(options.remote);
  }
  private setDefaultRemote(ip: Ipv4): void {
    const entry = new VxlanFdbEntry(0, Nud.PERMANENT | Nud.REACHABLE, false);
    entry.remotes.push({ ip, port: this.port, vni: this.vni, deviceIndex: this.options.link ?? 0 });
    this.fdb.set(0, entry);
  }
  /** The multicast group it was made with; 0: none. */
  private get floodGroup(): Ipv4 {
    const { remote } = this.options;
    return remote !== undefined && isIpv4Multicast(remote) ? remote : 0;
  }
  /** vxlan_get_link_net: where its datagrams travel. */
  override get linkNetns(): Netns | null {
    return this.underlay === this.netns ? null : this.underlay;
  }
  get lower(): Device | null {
    return this.lowerDevice;
  }
  /** vxlan_get_link_ksettings: that of the device below. */
  override get speedMbps(): number {
    return this.lowerDevice?.speedMbps ?? 0;
  }
  override checkMtu(mtu: number): KernelResult<never> | null {
    return this.lowerDevice !== null && mtu > this.lowerDevice.mtu - HEADROOM ? fail('EINVAL') : null;
  }
  override open(): 'EADDRINUSE' | null {
    const { tunnels } = udpOf(this.underlay);
    const known = tunnels.get(this.port);
    if (known instanceof VxlanPort) known.devices.push(this);
    else {
      const socket = new UdpSocket(this.underlay);
      socket.isKernels = true;
      if (!socket.bind(0, this.port).ok) {
        socket.close();
        return 'EADDRINUSE';
      }
      const port = new VxlanPort(socket);
      port.devices.push(this);
      tunnels.set(this.port, port);
    }
    if (this.floodGroup !== 0 && this.lowerDevice !== null) joinIpv4Group(this.lowerDevice, this.floodGroup);
    return null;
  }
  override stop(): void {
    if (this.floodGroup !== 0 && this.lowerDevice !== null) leaveIpv4Group(this.lowerDevice, this.floodGroup);
    const udp = udpOf(this.underlay);
    const port = udp.tunnels.get(this.port);
    if (!(port instanceof VxlanPort)) return;
    port.devices.splice(port.devices.indexOf(this), 1);
    if (port.devices.length === 0) {
      udp.tunnels.delete(this.port);
      port.socket.close();
    }
    for (const [mac, entry] of this.fdb) if ((entry.state & (Nud.PERMANENT | Nud.NOARP)) === 0) this.fdb.delete(mac);
  }
  override lowerEvent(event: DeviceEvent): void {
    if (event === 'unregister') unregisterDevice(this);
    else if (event === 'change-mtu') return;
  }
  override unregistering(): readonly Device[] {
    if (this.isUp) closeDevice(this);
    if (this.lowerDevice !== null) this.lowerDevice.uppers.splice(this.lowerDevice.uppers.indexOf(this), 1);
    return [];
  }

  /** vxlan_changelink: what may be changed; the rest is fixed when it is made. */
  change(options: VxlanOptions): KernelResult {
    if (options.id !== undefined && options.id !== this.vni) return fail('EOPNOTSUPP', 'Cannot change VNI');
    if (options.port !== undefined && options.port !== this.port) return fail('EOPNOTSUPP', 'Cannot change port');
    if (options.link !== undefined && options.link !== (this.options.link ?? 0))
      return { ok: false, error: { errno: 'EOPNOTSUPP', notModelled: 'moving a VXLAN to another device' } };
    if (options.local !== undefined && isIpv4Multicast(options.local)) return fail('EINVAL', 'Local address must be unicast');
    if (options.remote !== undefined && isIpv4Multicast(options.remote) && this.lowerDevice === null)
      return fail('EINVAL', 'Local interface required for multicast remote destination');
    const before = this.options.remote ?? 0;
    this.options = { ...this.options, ...options };
    this.local = this.options.local ?? 0;
    this.learning = this.options.learning !== false;
    this.ageingS = this.options.ageing ?? this.ageingS;
    if (options.remote !== undefined && options.remote !== before) {
      this.fdb.delete(0);
      if (options.remote !== 0) this.setDefaultRemote(options.remote);
    }
    touch(this.netns.host);
    return done;
  }

  /** vxlan_xmit. */
  transmit(skb: Skb): void {
    if (this.options.external === true) {
      // Nothing here gives a packet the tunnel data that it would go by.
      this.stats.txDropped++;
      drop(skb, this.netns, 'VXLAN_NO_REMOTE', `${this.name} goes by what a route says of the tunnel, and none says it`);
      return;
    }
    const entry = isMulticastMac(skb.ethDst) ? this.fdb.get(0) : (this.findLive(skb.ethDst) ?? this.fdb.get(0));
    if (entry === undefined || entry.remotes.length === 0) {
      this.stats.txDropped++;
      drop(skb, this.netns, 'VXLAN_NO_REMOTE', `no entry says at which host it is, and ${this.name} has no remote`);
      return;
    }
    entry.usedUs = this.netns.simulation.nowUs;
    const { remotes } = entry;
    for (let i = 0; i < remotes.length; i++) this.encapsulate(i === remotes.length - 1 ? skb : skb.clone(), remotes[i]!);
  }
  private findLive(mac: Mac): VxlanFdbEntry | undefined {
    const entry = this.fdb.get(mac);
    if (entry === undefined || (entry.state & (Nud.PERMANENT | Nud.NOARP)) !== 0 || this.ageingS === 0) return entry;
    if (entry.usedUs + this.ageingS * 1e6 > this.netns.simulation.nowUs) return entry;
    this.fdb.delete(mac);
    return undefined;
  }

  /** vxlan_xmit_one. */
  private encapsulate(inner: Skb, remote: VxlanRemote): void {
    const netns = this.underlay;
    const request = outputRequest(remote.ip, this.local);
    request.protocol = IpProtocol.UDP;
    request.outIndex = remote.deviceIndex !== 0 ? remote.deviceIndex : isIpv4Multicast(remote.ip) ? (this.options.link ?? 0) : 0;
    request.mark = inner.mark;
    const srcPort = this.sourcePort(inner);
    request.srcPort = srcPort;
    request.dstPort = remote.port;
    const outer = new Skb();
    outer.recorder = inner.recorder;
    outer.hop = inner.hop;
    if (inner.recorder !== null) {
      const facts = { device: this.name, from: formatIpv4(this.local), to: formatIpv4(remote.ip) };
      inner.step({ kind: 'encapsulate', protocol: `VXLAN ${remote.vni}`, ...facts, why: `the forwarding database of ${this.name}` }, this.netns);
    }
    const way = routeOutput(netns, request, outer);
    if (typeof way === 'string' || way.device === this) {
      this.stats.txErrors++;
      drop(
        inner,
        this.netns,
        typeof way === 'string' ? 'IP_OUTNOROUTES' : 'TUNNEL_LOOP',
        typeof way === 'string' ? way : 'the way to the remote leads through the tunnel',
      );
      return;
    }
    // iptunnel_xmit counts from the inner network header on.
    this.stats.txPackets++;
    this.stats.txBytes += frameLength(inner) - 14;
    const multicast = isIpv4Multicast(remote.ip);
    outer.etherType = EtherType.IPV4;
    outer.ip = new Ipv4Header(
      way.source,
      remote.ip,
      IpProtocol.UDP,
      this.options.ttl !== undefined && this.options.ttl > 0 ? this.options.ttl : multicast ? 1 : netns.ipv4.ip_default_ttl,
    );
    outer.ip.id = nextIpId(netns);
    outer.ip.dontFragment = this.options.df === 1;
    outer.ip.tos = inner.ip !== null ? inner.ip.tos & 3 : 0;
    outer.udp = new Udp(srcPort, remote.port);
    if (this.options.udpChecksum === false) outer.udp.checksum = 0;
    outer.inner = inner;
    outer.vni = remote.vni;
    outer.dst = way;
    outer.mark = inner.mark;
    outer.depth = inner.depth;
    inner.recorder = null;
    inner.dst = null;
    inner.ct = null;
    inner.ctInfo = 0;
    localOutput(outer, netns);
  }
  /** udp_flow_src_port: the same flow, the same port. */
  private sourcePort(inner: Skb): number {
    const { localPortLow, localPortHigh } = this.underlay.ipv4;
    const low = this.options.portLow !== undefined && this.options.portLow !== 0 ? this.options.portLow : localPortLow;
    const high = this.options.portHigh !== undefined && this.options.portHigh !== 0 ? this.options.portHigh : localPortHigh;
    const ports = inner.udp ?? inner.tcp;
    let hash =
      inner.ip !== null ? Math.imul(inner.ip.src ^ Math.imul(inner.ip.dst, 31), 0x9e3779b1) : Math.imul(inner.ethSrc | 0, 0x9e3779b1) ^ (inner.ethDst | 0);
    if (ports !== null) hash = Math.imul(hash ^ ((ports.srcPort << 16) | ports.dstPort), 0x85ebca6b);
    return low + (((hash ^ (hash >>> 15)) >>> 0) % Math.max(1, high - low));
  }

  /** vxlan_rcv. */
  decapsulate(outer: Skb, frame: Skb): void {
    if (frame.ethSrc === this.address || !isValidUnicastMac(frame.ethSrc)) {
      drop(outer, this.netns, 'LOCAL_MAC', 'it was sent by this device itself');
      return;
    }
    if (this.learning) this.learn(frame.ethSrc, outer.ip!.src);
    frame.recorder = outer.recorder;
    frame.hop = outer.hop;
    frame.depth = outer.depth;
    if (frame.recorder !== null) {
      frame.step({ kind: 'decapsulate', device: this.name, protocol: `VXLAN ${this.vni}`, from: formatIpv4(outer.ip!.src) }, this.netns);
    }
    if (!this.isUp) {
      drop(frame, this.netns, 'DEV_READY', this.name);
      return;
    }
    this.stats.rxPackets++;
    this.stats.rxBytes += frameLength(frame) - 14;
    frame.scrub(this.underlay === this.netns ? 'same-netns' : 'other-netns');
    frame.mark = 0;
    frame.device = this;
    classify(frame, this);
    this.netns.simulation.post(frame);
  }
  private learn(mac: Mac, ip: Ipv4): void {
    const now = this.netns.simulation.nowUs;
    const known = this.fdb.get(mac);
    if (known !== undefined) {
      if (known.remotes[0]?.ip === ip) known.usedUs = now;
      else if ((known.state & (Nud.PERMANENT | Nud.NOARP)) === 0 && !known.externLearn) {
        known.remotes = [{ ip, port: this.port, vni: this.vni, deviceIndex: 0 }];
        known.updatedUs = now;
        this.changed(known, 'new');
      }
      return;
    }
    const entry = new VxlanFdbEntry(mac, Nud.REACHABLE, false);
    entry.remotes.push({ ip, port: this.port, vni: this.vni, deviceIndex: 0 });
    entry.usedUs = entry.updatedUs = now;
    this.fdb.set(mac, entry);
    this.changed(entry, 'new');
  }
  private changed(entry: VxlanFdbEntry, change: 'new' | 'del', remote: VxlanRemote | undefined = entry.remotes.at(-1)): void {
    emit(this.netns, { kind: 'fdb', change, device: this, mac: entry.mac, vlan: 0, entry, remote: remote?.ip ?? 0 });
  }

  /** vxlan_fdb_add. */
  addFdb(request: FdbRequest): KernelResult {
    if ((request.state & (Nud.PERMANENT | Nud.REACHABLE)) === 0) return fail('EINVAL');
    if (request.dst6 !== undefined) return fail('EAFNOSUPPORT');
    if (request.dst === undefined) return fail('EINVAL');
    const remote: VxlanRemote = { ip: request.dst, port: request.port ?? this.port, vni: request.vni ?? this.vni, deviceIndex: request.via ?? 0 };
    const now = this.netns.simulation.nowUs;
    let entry = this.fdb.get(request.mac);
    if (entry !== undefined) {
      if (request.exclusive === true) return fail('EEXIST');
      const many = isMulticastMac(request.mac) || request.mac === 0;
      entry.state = request.state;
      if (request.replace === true) {
        if (many) return fail('EOPNOTSUPP', 'Cannot replace non-unicast fdb entry');
        entry.remotes = [remote];
      } else if (request.append === true && many && !entry.remotes.some((other) => sameRemote(other, remote))) entry.remotes.push(remote);
      entry.updatedUs = entry.usedUs = now;
    } else {
      if (request.create !== true) return fail('ENOENT', 'FDB entry not found');
      if (request.replace === true && isMulticastMac(request.mac)) return fail('EOPNOTSUPP', 'Cannot replace non-unicast fdb entry');
      entry = new VxlanFdbEntry(request.mac, request.state, request.externLearn === true);
      entry.remotes.push(remote);
      entry.updatedUs = entry.usedUs = now;
      this.fdb.set(request.mac, entry);
    }
    this.changed(entry, 'new');
    return done;
  }
  /** vxlan_flush: where everything else goes as well. */
  flushFdb(fits: (entry: VxlanFdbEntry) => boolean): void {
    for (const entry of [...this.fdb.values()]) {
      if (!fits(entry)) continue;
      this.fdb.delete(entry.mac);
      for (const remote of entry.remotes) this.changed(entry, 'del', remote);
    }
  }
  deleteFdb(request: FdbRequest): KernelResult {
    const entry = this.fdb.get(request.mac);
    if (entry === undefined) return fail('ENOENT');
    if (request.dst !== undefined && request.dst !== 0) {
      const remote: VxlanRemote = { ip: request.dst, port: request.port ?? this.port, vni: request.vni ?? this.vni, deviceIndex: request.via ?? 0 };
      const rest = entry.remotes.filter((other) => !sameRemote(other, remote));
      if (rest.length === entry.remotes.length) return done;
      entry.remotes = rest;
      this.changed(entry, 'del', remote);
    } else {
      for (const remote of entry.remotes) this.changed(entry, 'del', remote);
      entry.remotes = [];
    }
    if (entry.remotes.length === 0) this.fdb.delete(request.mac);
    return done;
  }
}
const sameRemote = (a: VxlanRemote, b: VxlanRemote): boolean => a.ip === b.ip && a.port === b.port && a.vni === b.vni && a.deviceIndex === b.deviceIndex;

/** vxlan_config_validate. */
export function makeVxlan(netns: Netns, underlay: Netns, options: VxlanOptions, address: Mac): KernelResult<Vxlan> {
  const { id } = options;
  if (options.remote6 !== undefined || options.local6 !== undefined) return { ok: false, error: { errno: 'EOPNOTSUPP', notModelled: 'VXLAN over IPv6' } };
  if (options.gpe === true && options.external !== true) return fail('EINVAL', 'VXLAN GPE does not support this combination of attributes');
  if (options.external !== true && id === undefined) return fail('ERANGE', 'Specified VXLAN VNI is out of range');
  const vni = id ?? 0;
  if (vni < 0 || vni >= 1 << 24) return fail('ERANGE', 'Specified VXLAN VNI is out of range');
  const lower = options.link === undefined || options.link === 0 ? null : underlay.devices.get(options.link);
  if (lower === undefined) return fail('ENODEV', 'Invalid local interface, device not found');
  if (lower === null && options.remote !== undefined && isIpv4Multicast(options.remote))
    return fail('EINVAL', 'Local interface required for multicast remote destination');
  if (options.local !== undefined && isIpv4Multicast(options.local)) return fail('EINVAL', 'Local address must be unicast');
  const port = options.port ?? VXLAN_DEFAULT_PORT;
  for (const other of underlay.host.netnses) {
    for (const device of other.devices.values()) {
      if (device instanceof Vxlan && device.underlay === underlay && device.vni === vni && device.port === port)
        return fail('EEXIST', 'A VXLAN device with the specified VNI already exists');
    }
  }
  return ok(new Vxlan(netns, underlay, options, address));
}
