/**
 * What raw, ping and UDP sockets share (net/ipv4/datagram.c, ip_output.c): addresses, routing with the socket's options, the receive queue,
 * errors that ICMP brought. Nothing here waits: a program that must, waits for `watchers` and asks again.
 */
import { done, ok } from '../../base/index.ts';
import type { Bytes, Errno } from '../../base/index.ts';
import {
  EtherType,
  Icmp6Type,
  IcmpType,
  Ipv4Header,
  IPV6_ANY,
  Ipv6Header,
  isIpv4Multicast,
  isIpv6LinkLocal,
  isIpv6Multicast,
  isUnspecified,
  mappedIpv4,
  networkLength,
} from '../../wire/index.ts';
import type { IpAddress, Ipv4, Ipv6, Packet } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelError, KernelResult } from '../error.ts';
import { addressType } from '../ipv4/fib.ts';
import { mtuFor, nextIpId, sendDatagram } from '../ipv4/output.ts';
import { recordOptions } from '../ipv4/options.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
import { countIcmp6 } from '../mib.ts';
import { countingOf, flowLabelOf, hopLimitOf, localOutput6 } from '../ipv6/output.ts';
import { isLocalAddress6 } from '../ipv6/routes.ts';
import { mtuOf6, routeTo6, type Way6 } from '../ipv6/way.ts';
import { Skb, Socket } from '../model.ts';
import type { Device, Dst, Netns } from '../model.ts';
import { describe } from '../describe.ts';
import type { DropReason, Recorder } from '../../trace/index.ts';

/** A datagram that was received. `packet` is the socket's own copy: read it as you like. */
export interface Received {
  readonly packet: Skb;
  readonly atUs: number;
  /** Where it came in, if the socket tells. */
  readonly device?: Device | null;
}
/** An entry of the error queue (IP_RECVERR: sock_extended_err). */
export interface SocketError {
  readonly errno: Errno;
  readonly origin: 'local' | 'icmp' | 'icmp6';
  readonly type: number;
  readonly code: number;
  /** The MTU of EMSGSIZE. */
  readonly info: number;
  /** Who sent the ICMP error; 0 for local ones. */
  readonly offender: IpAddress;
  /** Destination and payload of the packet that the error is about. */
  readonly destination: IpAddress;
  readonly destinationPort: number;
  readonly payload: Bytes;
  readonly atUs: number;
  /** Hops left of the message that told of it; -1 for local ones. */
  readonly ttl: number;
  /** Where the message came in. */
  readonly device: Device | null;
}
/** icmp_err_convert: errno and whether it is fatal, by code of destination unreachable. */
export const UNREACHABLE_ERRORS: readonly (readonly [Errno, boolean])[] = [
  ['ENETUNREACH', false],
  ['EHOSTUNREACH', false],
  ['ENOPROTOOPT', true],
  ['ECONNREFUSED', true],
  ['EMSGSIZE', false],
  ['EOPNOTSUPP', false],
  ['ENETUNREACH', true],
  ['EHOSTDOWN', true],
  ['EHOSTUNREACH', true],
  ['ENETUNREACH', true],
  ['EHOSTUNREACH', true],
  ['ENETUNREACH', false],
  ['EHOSTUNREACH', false],
  ['EHOSTUNREACH', true],
  ['EHOSTUNREACH', true],
  ['EHOSTUNREACH', true],
];
/** icmpv6_err_convert, by code of destination unreachable. */
export const UNREACHABLE6_ERRORS: readonly (readonly [Errno, boolean])[] = [
  ['ENETUNREACH', false],
  ['EACCES', true],
  ['EHOSTUNREACH', false],
  ['EHOSTUNREACH', false],
  ['ECONNREFUSED', true],
  ['EACCES', true],
  ['EACCES', true],
];
const RECEIVE_BUFFER_BYTES = 212_992;

export interface SendOptions {
  /** Destination and port; absent on a connected socket. */
  readonly to?: IpAddress;
  readonly port?: number;
  /** IP_PKTINFO, IP_TTL, IP_TOS of this datagram alone. */
  readonly source?: IpAddress;
  readonly device?: Device;
  readonly ttl?: number;
  readonly tos?: number;
  /** A recorder that follows this datagram (and its answer). */
  readonly recorder?: Recorder;
}

export abstract class IpSocket extends Socket {
  abstract readonly protocol: number;
  /** AF_INET or AF_INET6. Numbers are IPv4 addresses: a socket of IPv6 that speaks IPv4 has them too (mapped ones, in its own eyes). */
  readonly family: 4 | 6;
  /** IPV6_V6ONLY. */
  v6Only = false;
  localAddress: IpAddress;
  localPort = 0;
  remoteAddress: IpAddress;
  remotePort = 0;
  connected = false;
  /** IP_MTU_DISCOVER. */
  pmtuDiscover: 'dont' | 'want' | 'do' | 'probe' = 'want';
  /** IP_RECVERR: errors are queued with their cause. */
  receiveErrors = false;
  multicastTtl = 1;
  multicastLoop = true;
  dontRoute = false;
  /** IP_OPTIONS: bytes, a multiple of four. */
  ipOptions: Bytes = '';
  /** Null: made from the flow. */
  flowLabel: number | null = null;
  receiveBuffer = RECEIVE_BUFFER_BYTES;
  drops = 0;
  private readonly queue: Received[] = [];
  private queuedBytes = 0;
  private readonly errors: SocketError[] = [];
  /** SO_ERROR: told once by the next call. */
  pendingError: Errno | null = null;
  private route: Dst | null = null;
  private routeFor: Ipv4 = 0;
  private way6: Way6 | null = null;

  constructor(netns: Netns, kind: Socket['kind'], family: 4 | 6 = 4) {
    super(netns, kind);
    this.family = family;
    this.localAddress = this.remoteAddress = family === 4 ? 0 : IPV6_ANY;
    this.v6Only = netns.ipv6.bindv6only !== 0;
  }

  override get hearsOwnGroups(): boolean {
    return this.multicastLoop;
  }
  override get ignoresPathMtu(): boolean {
    return this.pmtuDiscover === 'probe';
  }
  /** The next datagram, if any. */
  receive(): Received | undefined {
    const next = this.queue.shift();
    if (next !== undefined) this.queuedBytes -= charge(next.packet);
    return next;
  }
  /** The next datagram, left where it is. */
  peek(): Received | undefined {
    return this.queue[0];
  }
  get readable(): boolean {
    return this.queue.length > 0;
  }
  get queuedLength(): number {
    let bytes = 0;
    for (const { packet } of this.queue) bytes += packet.payload.length;
    return bytes;
  }
  /** The next entry of the error queue, if any. */
  receiveError(): SocketError | undefined {
    return this.errors.shift();
  }
  /** SO_ERROR, cleared. */
  takeError(): Errno | null {
    const error = this.pendingError;
    this.pendingError = null;
    return error;
  }

  bindAddress(given: IpAddress): KernelResult {
    const address = this.own(given);
    if (typeof address === 'string') return this.bindAddress6(address);
    const type = address === 0 ? 'local' : addressType(this.netns, address);
    const allowed = address === 0 || type === 'local' || type === 'multicast' || type === 'broadcast' || this.netns.ipv4.ip_nonlocal_bind !== 0;
    if (!allowed) return fail('EADDRNOTAVAIL');
    this.localAddress = address;
    return done;
  }
  /** inet6_bind. */
  private bindAddress6(address: Ipv6): KernelResult {
    if (isIpv6LinkLocal(address) && this.boundDevice === null) return fail('EINVAL');
    const isFree = address === IPV6_ANY || isIpv6Multicast(address) || this.netns.ipv6.ipv6_ip_nonlocal_bind !== 0;
    if (!isFree && !isOwn6(this.netns, address, this.boundDevice)) return fail('EADDRNOTAVAIL');
    this.localAddress = address;
    return done;
  }
  /** Mapped addresses of a socket of IPv6 mean IPv4. */
  private own(address: IpAddress): IpAddress {
    return typeof address === 'string' ? (mappedIpv4(address) ?? address) : address;
  }
  /** Fixes the destination, and the source when it is not bound (ip4_datagram_connect, ip6_datagram_connect). */
  connectAddress(given: IpAddress, port: number): KernelResult {
    const address = this.own(given);
    let source: IpAddress;
    if (typeof address === 'string') {
      if (isIpv6LinkLocal(address) && this.boundDevice === null) return fail('EINVAL');
      const way = this.lookup6(address, this.localAddress, {});
      if (typeof way === 'string') return fail(way);
      source = way.source;
    } else {
      const way = this.lookup(address, typeof this.localAddress === 'number' ? this.localAddress : 0, {});
      if (typeof way === 'string') {
        if (way === 'ENETUNREACH') this.netns.mib.ip.OutNoRoutes++;
        return fail(way);
      }
      if (way.kind === 'broadcast' && !this.broadcast) return fail('EACCES');
      ({ source } = way);
    }
    if (isUnspecified(this.localAddress)) this.localAddress = source;
    this.remoteAddress = address;
    this.remotePort = port;
    this.connected = true;
    this.route = null;
    this.way6 = null;
    return done;
  }

  private lookup6(destination: Ipv6, source: IpAddress, options: SendOptions): Way6 | Errno {
    const flow = {
      mark: this.mark,
      protocol: this.protocol,
      srcPort: this.localPort,
      dstPort: options.port ?? this.remotePort,
      uid: this.owner?.uid ?? 0,
      tos: options.tos ?? this.tos,
      ...(typeof source === 'string' && source !== IPV6_ANY ? { source } : {}),
    };
    return routeTo6(this.netns, destination, typeof source === 'string' && source !== IPV6_ANY ? source : null, options.device ?? this.boundDevice, flow);
  }
  private lookup(destination: Ipv4, source: Ipv4, options: SendOptions): Dst | Errno {
    const request = outputRequest(destination, source);
    request.tos = (options.tos ?? this.tos) & 0x1e;
    request.mark = this.mark;
    request.outIndex = options.device?.index ?? this.boundDevice?.index ?? 0;
    request.protocol = this.protocol;
    request.srcPort = this.localPort;
    request.dstPort = options.port ?? this.remotePort;
    request.uid = this.owner?.uid ?? 0;
    request.scope = this.dontRoute ? 253 : 0;
    if (options.recorder === undefined) return routeOutput(this.netns, request, null);
    const probe = new Skb();
    probe.recorder = options.recorder;
    probe.hop = options.recorder.enter(-1, this.netns.place, null, 'request', this.netns.simulation.nowUs);
    this.tracedHop = probe.hop;
    return routeOutput(this.netns, request, probe);
  }
  private tracedHop = -1;

  /** Routes a datagram and sends it; `fill` sets the transport header, `skb.ip` being there already. */
  protected sendPacket(options: SendOptions, transport: number, payloadLength: number, fill: (skb: Skb) => void): KernelResult<number> {
    const pending = this.takeError();
    if (pending !== null && !(this.receiveErrors && this.kind === 'raw')) return fail(pending);
    const given = options.to ?? (this.connected ? this.remoteAddress : undefined);
    if (given === undefined) return fail('EDESTADDRREQ');
    const destination = this.own(given);
    const from = options.source ?? this.localAddress;
    if (typeof destination === 'string') return this.sendPacket6(destination, from, options, transport, payloadLength, fill);
    const source = typeof from === 'number' ? from : 0;
    let way: Dst | Errno;
    const plain = options.recorder === undefined && options.device === undefined && options.tos === undefined;
    if (
      plain &&
      this.route !== null &&
      this.routeFor === destination &&
      this.route.generation === this.netns.fibGeneration &&
      (source === 0 || source === this.route.source)
    )
      way = this.route;
    else {
      way = this.lookup(destination, source, options);
      if (plain && typeof way !== 'string') {
        this.route = way;
        this.routeFor = destination;
      }
    }
    if (typeof way === 'string') {
      if (way === 'ENETUNREACH' && this.kind === 'udp') this.netns.mib.ip.OutNoRoutes++;
      return this.refused(options, way, 'IP_OUTNOROUTES', 'there is no way to it');
    }
    if (way.kind === 'broadcast' && !this.broadcast)
      return this.refused(options, 'EACCES', 'PROHIBIT_ROUTE', 'the socket may not send broadcasts (SO_BROADCAST)');
    const length = 20 + this.ipOptions.length + transport + payloadLength;
    const mtu = mtuFor(way, this.netns, false);
    if (length > 65535) {
      if (payloadLength + transport <= 65535) this.localError('EMSGSIZE', mtu, destination, options.port ?? this.remotePort);
      return this.refused(options, 'EMSGSIZE', 'PKT_TOO_BIG', `${length} bytes are more than a packet may have`);
    }
    const mayFragment = this.pmtuDiscover === 'dont' || this.pmtuDiscover === 'want';
    const limit = this.pmtuDiscover === 'probe' ? way.device!.mtu : mtu;
    if (!mayFragment && length > limit) {
      this.localError('EMSGSIZE', limit, destination, options.port ?? this.remotePort);
      return this.refused(options, 'EMSGSIZE', 'PKT_TOO_BIG', `${length} bytes do not fit the path's mtu of ${mtu}, and it must not be fragmented`);
    }
    const skb = new Skb();
    const multicast = isIpv4Multicast(destination);
    skb.etherType = EtherType.IPV4;
    skb.ip = new Ipv4Header(
      source !== 0 ? source : way.source,
      destination,
      this.protocol,
      options.ttl ?? (multicast ? this.multicastTtl : this.ttl > 0 ? this.ttl : this.defaultTtl(way)),
    );
    skb.ip.tos = options.tos ?? this.tos;
    if (this.ipOptions !== '') skb.ip.options = recordOptions(this.ipOptions, { ahead: skb.ip.src, back: skb.ip.src }, this.netns) ?? '';
    skb.ip.id = nextIpId(this.netns);
    skb.ip.dontFragment = this.pmtuDiscover === 'do' || this.pmtuDiscover === 'probe' || (this.pmtuDiscover === 'want' && length <= mtu && !way.mtuLocked);
    skb.ignoreDf = mayFragment;
    skb.dst = way;
    skb.socket = this;
    skb.mark = this.mark;
    skb.priority = this.priority;
    skb.atUs = this.netns.simulation.nowUs;
    fill(skb);
    if (options.recorder !== undefined) {
      skb.recorder = options.recorder;
      skb.hop = this.tracedHop;
      skb.step({ kind: 'send', by: this.kind, summary: describe(skb) }, this.netns);
    }
    if (skb.icmp !== null) this.netns.mib.icmp.sent(skb.icmp.type);
    const refused = sendDatagram(skb, this.netns);
    if (refused === null && skb.udp !== null && this.kind === 'udp') this.netns.mib.udp.OutDatagrams++;
    // Only who asked for errors (IP_RECVERR) hears that the device had no room. Who sends raw is told nothing of netfilter.
    if ((refused === 'ENOBUFS' && this.receiveErrors) || (refused === 'EPERM' && this.kind === 'udp')) return fail(refused);
    return ok(payloadLength);
  }
  /** The same over IPv6 (ip6_append_data, ip6_make_skb). */
  private sendPacket6(
    destination: Ipv6,
    source: IpAddress,
    options: SendOptions,
    transport: number,
    payloadLength: number,
    fill: (skb: Skb) => void,
  ): KernelResult<number> {
    const { netns } = this;
    if (this.family === 4) return fail('EAFNOSUPPORT');
    if (options.recorder !== undefined) this.tracedHop = options.recorder.enter(-1, netns.place, null, 'request', netns.simulation.nowUs);
    const plain = options.device === undefined && options.tos === undefined && options.source === undefined;
    let way: Way6 | Errno;
    if (plain && this.way6 !== null && this.way6.destination === destination && this.way6.generation === netns.fibGeneration) way = this.way6;
    else {
      way = this.lookup6(destination, source, options);
      if (plain && typeof way !== 'string') this.way6 = way;
    }
    if (typeof way === 'string') return this.refused(options, way, 'IP_OUTNOROUTES', 'there is no way to it');
    const length = 40 + transport + payloadLength;
    const mtu = mtuOf6(way, netns);
    const mayFragment = this.pmtuDiscover === 'dont' || this.pmtuDiscover === 'want';
    const limit = this.pmtuDiscover === 'probe' ? way.device.mtu : mtu;
    if (length > 65_575 || (!mayFragment && length > limit)) {
      this.localError('EMSGSIZE', limit, destination, options.port ?? this.remotePort);
      return this.refused(options, 'EMSGSIZE', 'PKT_TOO_BIG', `${length} bytes do not fit the path's mtu of ${mtu}, and it must not be fragmented`);
    }
    const skb = new Skb();
    skb.etherType = EtherType.IPV6;
    const own = this.ttl > 0 ? this.ttl : hopLimitOf(way);
    skb.ip6 = new Ipv6Header(way.source, destination, this.protocol, options.ttl ?? (isIpv6Multicast(destination) && this.ttl === 0 ? this.multicastTtl : own));
    skb.ip6.trafficClass = options.tos ?? this.tos;
    skb.ip6.flowLabel = this.flowLabel ?? flowLabelOf(netns, way.source, destination, this.protocol, this.localPort, options.port ?? this.remotePort);
    skb.ignoreDf = mayFragment;
    skb.socket = this;
    skb.mark = this.mark;
    skb.priority = this.priority;
    skb.atUs = netns.simulation.nowUs;
    fill(skb);
    if (options.recorder !== undefined) {
      skb.recorder = options.recorder;
      skb.hop = this.tracedHop;
      skb.step({ kind: 'send', by: this.kind, summary: describe(skb) }, netns);
    }
    if (skb.icmp !== null) countIcmp6(netns, countingOf(netns, way, destination), skb.icmp.type, 'sent');
    if (skb.udp !== null) netns.mib.udp6.OutDatagrams++;
    localOutput6(skb, netns, way);
    return ok(payloadLength);
  }
  /** The kernel does not send it: the caller is told, and the trace. */
  private refused(options: SendOptions, errno: Errno, reason: DropReason, detail: string): { readonly ok: false; readonly error: KernelError } {
    const now = this.netns.simulation.nowUs;
    options.recorder?.step(this.tracedHop, { kind: 'drop', reason, detail }, now);
    options.recorder?.end(this.tracedHop, { kind: 'dropped', reason, detail });
    return fail(errno);
  }
  private defaultTtl(way: Dst): number {
    return way.route?.metrics?.hoplimit ?? this.netns.ipv4.ip_default_ttl;
  }

  /** ip_local_error. */
  private localError(errno: Errno, info: number, destination: IpAddress, destinationPort: number): void {
    if (!this.receiveErrors) return;
    this.errors.push({
      errno,
      origin: 'local',
      type: 0,
      code: 0,
      info,
      offender: 0,
      destination,
      destinationPort,
      payload: '',
      atUs: this.netns.simulation.nowUs,
      ttl: -1,
      device: null,
    });
    this.watchers.notify();
  }

  /** Queues a copy of what arrived; false when the buffer is full. */
  protected enqueue(skb: Skb): boolean {
    const size = charge(skb);
    if (this.queuedBytes + size > this.receiveBuffer && this.queue.length > 0) {
      this.drops++;
      return false;
    }
    this.queuedBytes += size;
    this.queue.push({ packet: skb, atUs: skb.atUs });
    this.watchers.notify();
    return true;
  }

  /** An ICMP error about a packet of this socket (raw_err, udp_err, ping_err). */
  protected icmpError(skb: Skb, quoted: Packet, port: number, payload: Bytes, rule: 'raw' | 'udp'): void {
    const icmp = skb.icmp!;
    let errno: Errno = 'EHOSTUNREACH';
    let hard = false;
    let info = 0;
    if (icmp.type === IcmpType.PARAMETER_PROBLEM) {
      errno = 'EPROTO';
      hard = true;
    } else if (icmp.type === IcmpType.UNREACHABLE) {
      if (icmp.code === 4) {
        errno = 'EMSGSIZE';
        hard = this.pmtuDiscover !== 'dont';
        info = icmp.seq;
      } else [errno, hard] = UNREACHABLE_ERRORS[icmp.code] ?? ['EHOSTUNREACH', false];
    } else if (icmp.type === IcmpType.REDIRECT) return;
    if (!this.receiveErrors && !(this.connected && (hard || rule === 'raw'))) return;
    if (this.receiveErrors) {
      const facts = { type: icmp.type, code: icmp.code, info, offender: skb.ip!.src, destination: quoted.ip!.dst, destinationPort: port };
      this.errors.push({ errno, origin: 'icmp', ...facts, payload, atUs: this.netns.simulation.nowUs, ttl: skb.ip!.ttl, device: skb.inDevice });
    }
    if (this.receiveErrors || hard) this.pendingError = errno;
    this.watchers.notify();
  }

  /** An ICMPv6 error about a packet of this socket (rawv6_err, udpv6_err). */
  protected icmp6Error(skb: Skb, quoted: Packet, port: number, payload: Bytes, rule: 'raw' | 'udp'): void {
    const { type, code, id, seq } = skb.icmp!;
    let errno: Errno = 'EPROTO';
    let hard = true;
    let info = 0;
    if (type === Icmp6Type.UNREACHABLE) [errno, hard] = UNREACHABLE6_ERRORS[code] ?? ['EPROTO', true];
    else if (type === Icmp6Type.TOO_BIG) {
      errno = 'EMSGSIZE';
      hard = rule === 'raw' ? this.pmtuDiscover === 'do' : this.pmtuDiscover !== 'dont';
      info = ((id << 16) | seq) >>> 0;
    } else if (type === Icmp6Type.TIME_EXCEEDED) [errno, hard] = ['EHOSTUNREACH', false];
    else info = ((id << 16) | seq) >>> 0;
    if (!this.receiveErrors && !(this.connected && (hard || rule === 'raw'))) return;
    if (this.receiveErrors) {
      const ip6 = skb.ip6!;
      const facts = { type, code, info, offender: ip6.src, destination: quoted.ip6!.dst, destinationPort: port, ttl: ip6.hopLimit, device: skb.inDevice };
      this.errors.push({ errno, origin: 'icmp6', ...facts, payload, atUs: this.netns.simulation.nowUs });
    }
    if (this.receiveErrors || hard) this.pendingError = errno;
    this.watchers.notify();
  }

  protected accepts(skb: Skb): boolean {
    const { ip, ip6 } = skb;
    if (ip6 !== null) {
      if (this.family === 4 || typeof this.localAddress === 'number') return false;
      if (this.localAddress !== IPV6_ANY && this.localAddress !== ip6.dst && !isIpv6Multicast(ip6.dst)) return false;
      if (this.connected && this.remoteAddress !== ip6.src) return false;
      return this.boundDevice === null || this.boundDevice === arrivedBy6(skb);
    }
    if (ip === null) return false;
    if (this.family === 6 && (this.v6Only || (typeof this.localAddress === 'string' && this.localAddress !== IPV6_ANY))) return false;
    if (!isUnspecified(this.localAddress) && this.localAddress !== ip.dst && !(skb.dst?.kind !== 'local' && this.kind === 'udp')) return false;
    if (this.connected && this.remoteAddress !== ip.src) return false;
    if (this.boundDevice === null) return !(this.kind === 'udp' && skb.inDevice !== null && skb.inDevice.vrfTable !== 0);
    // of a VRF: the VRF and its slave both
    return this.boundDevice === arrivedBy(skb) || this.boundDevice === skb.slave || (this.boundDevice === skb.inDevice && skb.inDevice.vrfTable !== 0);
  }
  close(): void {
    this.closed = true;
    this.netns.sockets.delete(this);
    this.watchers.notify();
  }
}
/** inet_iif: what a host sends to itself arrives by the device that has the address. */
function arrivedBy(skb: Skb): Device | null {
  const { inDevice, dst } = skb;
  if (inDevice === null || (!inDevice.isLoopback && inDevice.vrfTable === 0) || dst === null || dst.kind !== 'local') return inDevice;
  return dst.route?.nexthops[0]?.device ?? inDevice;
}
/** Which device's address it was sent to, when it came over lo. */
export function arrivedBy6({ inDevice, ip6 }: Skb): Device | null {
  if (inDevice?.isLoopback !== true) return inDevice;
  for (const device of inDevice.netns.devices.values()) if (device.ipv6?.addresses.some(({ address }) => address === ip6?.dst) === true) return device;
  return inDevice;
}
/** ipv6_chk_addr, of one device when there is one. */
const isOwn6 = (netns: Netns, address: Ipv6, device: Device | null): boolean =>
  device === null
    ? isLocalAddress6(netns, address)
    : (device.ipv6?.addresses.some((ifa) => ifa.address === address && (!ifa.tentative || ifa.optimistic)) ?? false) ||
      (!isIpv6LinkLocal(address) && isLocalAddress6(netns, address));
/** Whether two bound addresses would both hear a packet (inet_rcv_saddr_equal). */
export function overlaps(a: Bound, b: Bound): boolean {
  const [one, other] = [a.localAddress, b.localAddress];
  if (typeof one === typeof other) return isUnspecified(one) || isUnspecified(other) || one === other;
  const [wide, narrow] = typeof one === 'string' ? [a, b] : [b, a];
  return wide.localAddress === IPV6_ANY && !wide.v6Only && (narrow.family === 4 || typeof narrow.localAddress === 'number');
}
export interface Bound {
  readonly family: 4 | 6;
  readonly localAddress: IpAddress;
  readonly v6Only: boolean;
}
/** Who sent a packet. */
export const senderOf = ({ ip, ip6 }: Packet): IpAddress => (ip !== null ? ip.src : (ip6?.src ?? 0));
const charge = (skb: Skb): number => networkLength(skb) + 576;

export const register = (netns: Netns, socket: Socket): void => void netns.sockets.add(socket);
