/**
 * What raw, ping and UDP sockets share (net/ipv4/datagram.c, ip_output.c): addresses, routing with the socket's options, the receive queue,
 * errors that ICMP brought. Nothing here waits: a program that must, waits for `watchers` and asks again.
 */
import { done, ok } from '../../base/index.ts';
import type { Bytes, Errno } from '../../base/index.ts';
import { EtherType, IcmpType, Ipv4Header, isIpv4Multicast, networkLength } from '../../wire/index.ts';
import type { Ipv4, Packet } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelError, KernelResult } from '../error.ts';
import { addressType } from '../ipv4/fib.ts';
import { mtuFor, nextIpId, sendDatagram } from '../ipv4/output.ts';
import { outputRequest, routeOutput } from '../ipv4/route.ts';
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
  readonly origin: 'local' | 'icmp';
  readonly type: number;
  readonly code: number;
  /** The MTU of EMSGSIZE. */
  readonly info: number;
  /** Who sent the ICMP error; 0 for local ones. */
  readonly offender: Ipv4;
  /** Destination and payload of the packet that the error is about. */
  readonly destination: Ipv4;
  readonly destinationPort: number;
  readonly payload: Bytes;
  readonly atUs: number;
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
const RECEIVE_BUFFER_BYTES = 212_992;

export interface SendOptions {
  /** Destination and port; absent on a connected socket. */
  readonly to?: Ipv4;
  readonly port?: number;
  /** IP_PKTINFO, IP_TTL, IP_TOS of this datagram alone. */
  readonly source?: Ipv4;
  readonly device?: Device;
  readonly ttl?: number;
  readonly tos?: number;
  /** A recorder that follows this datagram (and its answer). */
  readonly recorder?: Recorder;
}

export abstract class IpSocket extends Socket {
  abstract readonly protocol: number;
  localAddress: Ipv4 = 0;
  localPort = 0;
  remoteAddress: Ipv4 = 0;
  remotePort = 0;
  connected = false;
  /** IP_MTU_DISCOVER. */
  pmtuDiscover: 'dont' | 'want' | 'do' | 'probe' = 'want';
  /** IP_RECVERR: errors are queued with their cause. */
  receiveErrors = false;
  multicastTtl = 1;
  multicastLoop = true;
  dontRoute = false;
  receiveBuffer = RECEIVE_BUFFER_BYTES;
  drops = 0;
  private readonly queue: Received[] = [];
  private queuedBytes = 0;
  private readonly errors: SocketError[] = [];
  /** SO_ERROR: told once by the next call. */
  pendingError: Errno | null = null;
  private route: Dst | null = null;
  private routeFor: Ipv4 = 0;

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

  bindAddress(address: Ipv4): KernelResult {
    const type = address === 0 ? 'local' : addressType(this.netns, address);
    const allowed = address === 0 || type === 'local' || type === 'multicast' || type === 'broadcast' || this.netns.ipv4.ip_nonlocal_bind !== 0;
    if (!allowed) return fail('EADDRNOTAVAIL');
    this.localAddress = address;
    return done;
  }
  /** Fixes the destination, and the source when it is not bound (ip4_datagram_connect). */
  connectAddress(address: Ipv4, port: number): KernelResult {
    const way = this.lookup(address, this.localAddress, {});
    if (typeof way === 'string') {
      if (way === 'ENETUNREACH') this.netns.mib.ip.OutNoRoutes++;
      return fail(way);
    }
    if (way.kind === 'broadcast' && !this.broadcast) return fail('EACCES');
    if (this.localAddress === 0) this.localAddress = way.source;
    this.remoteAddress = address;
    this.remotePort = port;
    this.connected = true;
    this.route = null;
    return done;
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
    const destination = options.to ?? (this.connected ? this.remoteAddress : undefined);
    if (destination === undefined) return fail('EDESTADDRREQ');
    const source = options.source ?? this.localAddress;
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
    const length = 20 + transport + payloadLength;
    const mtu = mtuFor(way, this.netns, false);
    if (length > 65535) {
      if (payloadLength + transport <= 65535) this.localError('EMSGSIZE', mtu, destination, options.port ?? this.remotePort);
      return this.refused(options, 'EMSGSIZE', 'PKT_TOO_BIG', `${length} bytes are more than a packet may have`);
    }
    const mayFragment = this.pmtuDiscover === 'dont' || this.pmtuDiscover === 'want';
    if (!mayFragment && length > (this.pmtuDiscover === 'probe' ? way.device!.mtu : mtu)) {
      this.localError('EMSGSIZE', mtu, destination, options.port ?? this.remotePort);
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
  private localError(errno: Errno, info: number, destination: Ipv4, destinationPort: number): void {
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
      this.errors.push({ errno, origin: 'icmp', ...facts, payload, atUs: this.netns.simulation.nowUs });
    }
    if (this.receiveErrors || hard) this.pendingError = errno;
    this.watchers.notify();
  }

  protected accepts(skb: Skb): boolean {
    const ip = skb.ip!;
    if (this.localAddress !== 0 && this.localAddress !== ip.dst && !(skb.dst?.kind !== 'local' && this.kind === 'udp')) return false;
    if (this.connected && this.remoteAddress !== ip.src) return false;
    if (this.boundDevice === null) return !(this.kind === 'udp' && skb.inDevice !== null && skb.inDevice.vrfTable !== 0);
    return this.boundDevice === skb.inDevice || this.boundDevice === skb.slave || this.boundDevice === arrivedBy(skb);
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
const charge = (skb: Skb): number => networkLength(skb) + 576;

export const register = (netns: Netns, socket: Socket): void => void netns.sockets.add(socket);
