/**
 * A TCP socket (struct tcp_sock): its addresses, both directions' sequence numbers, what waits to be sent, acknowledged or read. Nothing here
 * waits: calls answer EAGAIN and `watchers` tells when to ask again. What packets do to it is in input.ts, what it sends in output.ts.
 *
 *     const server = new TcpSocket(netns);                       const client = new TcpSocket(other);
 *     server.bind(0, 80); server.listen(5);                      client.connect(address, 80);      // EINPROGRESS: wait for `connected`
 *     const peer = server.accept();                              client.send('GET /');             // how many bytes it took
 *     peer.value.receive(65536);                                 client.shutdownSend(); client.receive(65536) → '' at the end; client.close();
 *
 * Absent: urgent data, fast open, SYN cookies, ECN, segmentation offload, receive buffer tuning.
 */
import { done, ok } from '../../base/index.ts';
import type { Bytes, Errno, Timer } from '../../base/index.ts';
import type { IpAddress } from '../../wire/index.ts';
import { IPV6_ANY, IPV6_LOOPBACK, isIpv6LinkLocal, isIpv6Multicast, isUnspecified, mappedIpv4, TcpFlag } from '../../wire/index.ts';
import type { Recorder } from '../../trace/index.ts';
import { fail, type KernelResult } from '../error.ts';
import { addressType } from '../ipv4/fib.ts';
import { isLocalAddress6 } from '../ipv6/routes.ts';
import { Socket, type Device, type Netns } from '../model.ts';
import { closeConnection, closeListener, disconnect } from './closing.ts';
import { openConnection } from './opening.ts';
import { push, queueFin, sendWindowUpdate } from './output.ts';
import type { Way } from './packet.ts';
import { Segment } from './segment.ts';
import { advance, distance } from './sequence.ts';
import { FIRST_WINDOW_PACKETS, RTO_FIRST_US, SEND_BUFFER_BYTES, TcpState } from './state.ts';
import { tablesOf } from './tables.ts';

/** Whoever holds a port or a connection: a socket, half a connection, or one that is over. */
export interface Endpoint {
  readonly kind: 'tcp' | 'request' | 'time-wait';
  readonly state: TcpState;
  /** AF_INET or AF_INET6; addresses that are numbers are IPv4 all the same (mapped ones, to a socket of IPv6). */
  readonly family: 4 | 6;
  readonly v6Only: boolean;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
  readonly boundDevice: Device | null;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  /** Has a remote side: its port may serve others too. */
  readonly isConnected: boolean;
}

/** A piece that arrived and waits: for the reader, or for what is missing before it. */
export interface Arrived {
  readonly seq: number;
  readonly data: Bytes;
  readonly fin: boolean;
  /** What it costs of the receive buffer. */
  readonly charge: number;
}

export class TcpSocket extends Socket implements Endpoint {
  declare readonly kind: 'tcp';
  state: TcpState = TcpState.CLOSE;
  /** IPV6_V6ONLY. */
  v6Only = false;
  localAddress: IpAddress;
  localPort = 0;
  /** The address was chosen by bind(2), not by routing. */
  isAddressBound = false;
  isPortBound = false;
  /** By bind(2): it keeps the port until it is closed. */
  isPortLocked = false;
  remoteAddress: IpAddress;
  remotePort = 0;
  noDelay = false;
  /** SO_LINGER with a time of 0: close resets. */
  lingerReset = false;
  pendingError: Errno | null = null;
  /** What ICMP said of an established connection: told only if it times out. */
  softError: Errno | null = null;
  readShut = false;
  writeShut = false;
  /** No process has it any more. */
  isOrphan = false;

  // A listener's.
  backlog = 0;
  readonly acceptQueue: TcpSocket[] = [];
  readonly requests = new Set<TcpRequest>();

  // Sending.
  firstSendSeq = 0;
  sndUna = 0;
  sndNxt = 0;
  /** Where the next byte written goes. */
  writeSeq = 0;
  sndWnd = 0;
  sndWl1 = 0;
  sndScale = 0;
  maxWindow = 0;
  /** End of the last short segment (Minshall's variant of Nagle). */
  sndSml = 0;
  readonly segments: Segment[] = [];
  /** How many of them were sent. */
  sent = 0;
  peerMss = 536;
  /** Bytes of data in a segment, options taken off. */
  mss = 536;
  pathMtu = 0;
  cwnd = FIRST_WINDOW_PACKETS;
  ssthresh = 0x7fffffff;
  cwndCount = 0;
  dupAcks = 0;
  /** In recovery until this is acknowledged; -1: not. */
  recoverUntil = -1;
  rtoUs = RTO_FIRST_US;
  /** 0: no sample yet. */
  srttUs = 0;
  rttvarUs = 0;
  backoff = 0;
  retransmits = 0;
  timeouts = 0;
  probes = 0;
  isProbing = false;
  retransmitTimer: Timer | null = null;
  timerKind: 'rto' | 'tlp' | 'probe' = 'rto';
  tlpSent = false;

  // Receiving.
  rcvNxt = 0;
  rcvWup = 0;
  rcvWnd = 0;
  rcvScale = 0;
  rcvSsthresh = 0;
  windowClamp = 0;
  rcvMss = 536;
  advertisedMss = 1460;
  /** 256ths of the buffer that are window (scaling_ratio). */
  scalingRatio = 128;
  receiveBuffer = 131_072;
  receiveCharge = 0;
  readonly arrived: Arrived[] = [];
  readonly outOfOrder: Arrived[] = [];
  finReceived = false;
  /** The reader has seen the end. */
  finRead = false;
  ackTimer: Timer | null = null;
  ackPending = false;
  atoUs = 0;
  quickAcks = 0;
  pingpong = false;
  lastReceivedUs = 0;
  /** What the next segment looks like if nothing special happens: its window field; -1 while everything is looked at (pred_flags). */
  predictedWindow = -1;

  // Options.
  timestamps = false;
  sack = false;
  tsOffset = 0;
  tsRecent = 0;

  stateTimer: Timer | null = null;
  ipId = 0;
  route: Way | null = null;
  /** Follows the handshake's first packet. */
  recorder: Recorder | null = null;
  hop = -1;
  // Counters of `ss -i`.
  segmentsIn = 0;
  segmentsOut = 0;
  bytesSent = 0;
  bytesAcked = 0;
  bytesReceived = 0;
  bytesRetransmitted = 0;
  totalRetransmits = 0;

  constructor(
    netns: Netns,
    readonly family: 4 | 6 = 4,
  ) {
    super(netns, 'tcp');
    this.localAddress = this.remoteAddress = this.anyAddress;
    this.v6Only = netns.ipv6.bindv6only !== 0;
    netns.sockets.add(this);
  }
  /** INADDR_ANY of its family. */
  get anyAddress(): IpAddress {
    return this.family === 4 ? 0 : IPV6_ANY;
  }

  get isConnected(): boolean {
    return this.remotePort !== 0;
  }
  get isEstablished(): boolean {
    return this.state === TcpState.ESTABLISHED || this.state === TcpState.CLOSE_WAIT;
  }
  /** Not connected, or no longer. */
  get isGone(): boolean {
    return this.state === TcpState.CLOSE;
  }
  get inFlight(): number {
    let count = 0;
    for (let i = 0; i < this.sent; i++) {
      const segment = this.segments[i]!;
      if (!segment.isSacked && !segment.isLost) count++;
    }
    return count;
  }
  /** Bytes that wait to be read: Recv-Q. */
  get readableBytes(): number {
    let bytes = 0;
    for (const piece of this.arrived) bytes += piece.data.length;
    return bytes;
  }
  /** Bytes written and not acknowledged: Send-Q. */
  get unackedBytes(): number {
    return Math.max(0, distance(this.writeSeq, this.sndUna));
  }
  /** A read would not wait: data, the end, an error, or a connection to accept. */
  get readable(): boolean {
    if (this.state === TcpState.LISTEN) return this.acceptQueue.length > 0;
    return this.arrived.length > 0 || this.readShut || this.finReceived || this.pendingError !== null || this.isOver;
  }
  /** A write would not wait. */
  get writable(): boolean {
    if (this.state === TcpState.SYN_SENT || this.state === TcpState.SYN_RECV) return false;
    return this.unackedBytes < SEND_BUFFER_BYTES || this.writeShut || this.pendingError !== null;
  }
  get hangup(): boolean {
    return this.isOver || (this.readShut && this.writeShut);
  }
  private get isOver(): boolean {
    return this.state === TcpState.CLOSE && this.isConnected;
  }

  /** SO_ERROR: told once. */
  takeError(): Errno | null {
    const error = this.pendingError;
    this.pendingError = null;
    return error;
  }

  /** Port 0: any free one. */
  bind(given: IpAddress, port: number): KernelResult {
    if (this.isPortBound || this.state !== TcpState.CLOSE) return fail('EINVAL');
    const address = typeof given === 'string' ? (mappedIpv4(given) ?? given) : given;
    const refused = this.refuses(address);
    if (refused !== null) return fail(refused);
    this.localAddress = address;
    const taken = this.takePort(port);
    if (!taken.ok) {
      this.localAddress = this.anyAddress;
      return taken;
    }
    this.isAddressBound = !isUnspecified(address);
    this.isPortLocked = port !== 0;
    return done;
  }
  /** Why it cannot have an address of its own. */
  private refuses(address: IpAddress): Errno | null {
    const { netns } = this;
    if (isUnspecified(address)) return null;
    if (typeof address === 'number') {
      if (netns.ipv4.ip_nonlocal_bind !== 0) return null;
      const type = addressType(netns, address);
      return type === 'local' || type === 'multicast' || type === 'broadcast' ? null : 'EADDRNOTAVAIL';
    }
    if (this.family === 4) return 'EAFNOSUPPORT';
    if (isIpv6LinkLocal(address) && this.boundDevice === null) return 'EINVAL';
    return isIpv6Multicast(address) || netns.ipv6.ipv6_ip_nonlocal_bind !== 0 || isLocalAddress6(netns, address) ? null : 'EADDRNOTAVAIL';
  }
  private takePort(wanted: number): KernelResult {
    const tables = tablesOf(this.netns);
    const port = wanted === 0 ? tables.freePort(this, this.netns) : wanted;
    if (port === 0 || (wanted !== 0 && tables.clashes(this, port))) return fail('EADDRINUSE');
    this.localPort = port;
    this.isPortBound = true;
    tables.hold(this);
    return done;
  }

  listen(backlog: number): KernelResult {
    if (this.state !== TcpState.CLOSE && this.state !== TcpState.LISTEN) return fail('EINVAL');
    this.backlog = Math.min(backlog < 0 ? 0xffff_ffff : backlog, this.netns.core.somaxconn);
    if (this.state === TcpState.LISTEN) return done;
    if (!this.isPortBound) {
      const taken = this.takePort(0);
      if (!taken.ok) return taken;
    }
    const tables = tablesOf(this.netns);
    // Another one may have begun to listen since both were bound with SO_REUSEADDR.
    if (tables.clashes(this, this.localPort)) return fail('EADDRINUSE');
    this.state = TcpState.LISTEN;
    tables.listeners.set(this.localPort, [...(tables.listeners.get(this.localPort) ?? []), this]);
    return done;
  }
  /** The next established connection. */
  accept(): KernelResult<TcpSocket> {
    if (this.state !== TcpState.LISTEN) return fail('EINVAL');
    const child = this.acceptQueue.shift();
    return child === undefined ? fail('EAGAIN') : ok(child);
  }

  /** Sends a SYN. EINPROGRESS: whether it worked is told by `watchers`, then `state` and `takeError`. */
  connect(given: IpAddress, port: number, recorder: Recorder | null = null): KernelResult {
    switch (this.state) {
      case TcpState.CLOSE:
        break;
      case TcpState.SYN_SENT:
        return fail('EALREADY');
      case TcpState.LISTEN:
        return fail('EINVAL');
      default:
        return fail('EISCONN');
    }
    this.recorder = recorder;
    const address = typeof given === 'string' ? (mappedIpv4(given) ?? given) : given;
    return openConnection(this, address === 0 ? LOOPBACK : address === IPV6_ANY ? IPV6_LOOPBACK : address, port);
  }
  /** Gives back address and port that connect chose, after it has failed. */
  forgetPeer(): void {
    const tables = tablesOf(this.netns);
    if (!this.isPortBound) {
      tables.release(this);
      this.localPort = 0;
    }
    if (!this.isAddressBound) this.localAddress = this.anyAddress;
    this.remotePort = 0;
    this.remoteAddress = this.anyAddress;
  }

  /** How many bytes it took. EPIPE after the other side or this one has ended it. */
  send(data: Bytes): KernelResult<number> {
    if (this.pendingError !== null) return fail(this.takeError()!);
    if (this.writeShut) return fail('EPIPE');
    if (this.state === TcpState.SYN_SENT || this.state === TcpState.SYN_RECV) return fail('EAGAIN');
    if (!this.isEstablished) return fail(this.isConnected ? 'EPIPE' : 'ENOTCONN');
    const room = SEND_BUFFER_BYTES - this.unackedBytes;
    if (room <= 0) return fail('EAGAIN');
    const taken = data.length <= room ? data : data.slice(0, room);
    this.append(taken);
    push(this);
    return ok(taken.length);
  }
  private append(data: Bytes): void {
    let rest = data;
    const tail = this.segments.length > this.sent ? this.segments.at(-1)! : null;
    if (tail !== null && tail.data.length < this.mss) {
      const fits = rest.slice(0, this.mss - tail.data.length);
      tail.data += fits;
      rest = rest.slice(fits.length);
      this.writeSeq = advance(this.writeSeq, fits.length);
    }
    for (let at = 0; at < rest.length; at += this.mss) {
      const piece = rest.slice(at, at + this.mss);
      this.segments.push(new Segment(this.writeSeq, piece, 0));
      this.writeSeq = advance(this.writeSeq, piece.length);
    }
    const last = this.segments.at(-1);
    if (last !== undefined) last.flags |= TcpFlag.PSH;
  }

  /** Up to `max` bytes; '' at the end of the stream. */
  receive(max: number): KernelResult<Bytes> {
    if (this.state === TcpState.LISTEN) return fail('ENOTCONN');
    if (this.arrived.length > 0) return ok(this.take(max));
    if (this.finReceived) {
      this.finRead = true;
      return ok('');
    }
    if (this.pendingError !== null) return fail(this.takeError()!);
    if (this.readShut) return ok('');
    if (this.state === TcpState.CLOSE) return this.isConnected ? ok('') : fail('ENOTCONN');
    return fail('EAGAIN');
  }
  private take(max: number): Bytes {
    let data = '';
    while (data.length < max) {
      const [first] = this.arrived;
      if (first === undefined) break;
      const room = max - data.length;
      if (first.data.length <= room) {
        data += first.data;
        this.receiveCharge -= first.charge;
        this.arrived.shift();
      } else {
        data += first.data.slice(0, room);
        this.arrived[0] = { ...first, seq: advance(first.seq, room), data: first.data.slice(room) };
      }
    }
    sendWindowUpdate(this);
    return data;
  }

  /** shutdown(2) with SHUT_WR: the other side will read the end. */
  shutdownSend(): KernelResult {
    if (this.state === TcpState.LISTEN || this.state === TcpState.CLOSE) return fail('ENOTCONN');
    if (this.writeShut) return done;
    this.writeShut = true;
    if (this.state === TcpState.ESTABLISHED) this.state = TcpState.FIN_WAIT1;
    else if (this.state === TcpState.CLOSE_WAIT) this.state = TcpState.LAST_ACK;
    else return done;
    queueFin(this);
    this.watchers.notify();
    return done;
  }
  shutdownReceive(): KernelResult {
    if (!this.isConnected) return fail('ENOTCONN');
    this.readShut = true;
    this.watchers.notify();
    return done;
  }
  /** Ends it with a reset, at once. */
  abort(): void {
    disconnect(this);
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.isOrphan = true;
    if (this.state === TcpState.LISTEN) closeListener(this);
    else closeConnection(this);
    this.watchers.notify();
  }
}
const LOOPBACK = 0x7f000001;

/** Half a connection: a SYN was answered, the answer to that is awaited (struct request_sock). */
export class TcpRequest implements Endpoint {
  readonly kind = 'request';
  readonly state = TcpState.SYN_RECV;
  readonly isConnected = true;
  retransmits = 0;
  timer: Timer | null = null;
  route: Way | null = null;
  constructor(
    readonly listener: TcpSocket,
    readonly localAddress: IpAddress,
    readonly localPort: number,
    readonly remoteAddress: IpAddress,
    readonly remotePort: number,
    readonly peerSeq: number,
    readonly ownSeq: number,
    readonly options: RequestOptions,
    readonly boundDevice: Device | null,
  ) {}
  get family(): 4 | 6 {
    return this.listener.family;
  }
  get v6Only(): boolean {
    return this.listener.v6Only;
  }
  get reuseAddress(): boolean {
    return this.listener.reuseAddress;
  }
  get reusePort(): boolean {
    return this.listener.reusePort;
  }
}
export interface RequestOptions {
  peerMss: number;
  advertisedMss: number;
  /** -1: none. */
  sndScale: number;
  rcvScale: number;
  rcvWnd: number;
  windowClamp: number;
  sack: boolean;
  timestamps: boolean;
  tsRecent: number;
  tsOffset: number;
  peerWindow: number;
  mark: number;
}
