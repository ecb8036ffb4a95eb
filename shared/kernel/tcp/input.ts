/**
 * What arrives for TCP (net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c, tcp_input.c, tcp_minisocks.c): whom a segment belongs to, and what it does there.
 *
 *     receive ─► connection ─► (checks: timestamps, window, reset) ─► acknowledges ─► brings data ─► FIN ─► answers
 *             ─► half a connection ─► makes a socket of it                    ─► listener ─► half a connection
 *             ─► TIME_WAIT                                                    ─► nobody: reset
 */
import type { Bytes, Errno } from '../../base/index.ts';
import { formatIp, Icmp6Type, IcmpType, IcmpUnreachable, IpProtocol, TcpFlag, type IpAddress, type Packet, type Tcp } from '../../wire/index.ts';
import { arrivedBy6, UNREACHABLE6_ERRORS, UNREACHABLE_ERRORS } from '../sockets/ip-socket.ts';
import type { Netns, ProtocolHandler, Skb } from '../model.ts';
import { drop } from '../transmit.ts';
import { acknowledge } from './acknowledge.ts';
import { dropRequest, enterTimeWait, failConnection, finish, resetConnection, waitForFin } from './ending.ts';
import { answerSyn, childOf } from './listening.ts';
import { sendSynAck } from './opening.ts';
import { parseTcpOptions, TcpOptions } from './options.ts';
import { mtuReduced, push, sendAck, sendAckLater, syncMss } from './output.ts';
import { endsOf, isUnicast } from './packet.ts';
import { sendReset, sendTimeWaitAck } from './reset.ts';
import { acceptData, hasMemoryFor, hasRoomFor } from './receiving.ts';
import { advance, distance, isAfter, isBefore } from './sequence.ts';
import { TcpRequest, TcpSocket, type Endpoint } from './socket.ts';
import { MAX_QUICK_ACKS, TcpState } from './state.ts';
import { tablesOf } from './tables.ts';
import { TimeWait } from './time-wait.ts';
import { possibleWindow, receiveWindow } from './windows.ts';

/** Those of the segment that is being looked at. */
const options = new TcpOptions();

/** A segment with what is asked of it often. */
const endOf = (skb: Skb, tcp: Tcp): number =>
  advance(tcp.seq, skb.payload.length + ((tcp.flags & TcpFlag.SYN) !== 0 ? 1 : 0) + ((tcp.flags & TcpFlag.FIN) !== 0 ? 1 : 0));

export class TcpProtocol implements ProtocolHandler {
  receive(skb: Skb, netns: Netns): void {
    const { tcp, ip, ip6 } = skb;
    const { tcp: mib } = netns.mib;
    mib.InSegs++;
    if (tcp === null || tcp.checksum >= 0) {
      mib.InErrs++;
      if (tcp !== null) mib.InCsumErrors++;
      return drop(skb, netns, tcp === null ? 'PKT_TOO_SMALL' : 'TCP_CSUM', '');
    }
    if (!isUnicast(skb)) return drop(skb, netns, 'NO_SOCKET', 'TCP answers no broadcasts');
    const tables = tablesOf(netns);
    const found = ip !== null ? tables.find(ip.dst, tcp.dstPort, ip.src, tcp.srcPort) : tables.find(ip6!.dst, tcp.dstPort, ip6!.src, tcp.srcPort);
    if (found !== undefined && (found.boundDevice === null || found.boundDevice === skb.inDevice || isLooped(skb))) return this.deliver(found, skb, tcp, netns);
    this.begin(skb, tcp, netns);
  }

  private deliver(to: Endpoint, skb: Skb, tcp: Tcp, netns: Netns): void {
    if (to instanceof TcpSocket) {
      told(skb, netns, to);
      receiveSegment(to, skb, tcp);
    } else if (to instanceof TcpRequest) this.forRequest(to, skb, tcp, netns);
    else if (to instanceof TimeWait) this.forTimeWait(to, skb, tcp, netns);
  }
  /** Nobody has this connection: perhaps somebody listens. */
  private begin(skb: Skb, tcp: Tcp, netns: Netns): void {
    const { localAddress, remoteAddress } = endsOf(skb);
    const hash = (Math.imul(numberOf(remoteAddress) ^ tcp.srcPort, 0x9e3779b1) ^ (numberOf(localAddress) + tcp.dstPort)) >>> 0;
    const listener = tablesOf(netns).listener(localAddress, tcp.dstPort, skb.ip6 === null ? skb.inDevice : arrivedBy6(skb), hash);
    if (listener === undefined || (tcp.flags & TcpFlag.ACK) !== 0) {
      if (listener !== undefined && (tcp.flags & TcpFlag.RST) !== 0) return;
      sendReset(skb, netns);
      if (skb.recorder === null || (tcp.flags & TcpFlag.RST) !== 0)
        drop(skb, netns, 'NO_SOCKET', `nobody listens on TCP port ${tcp.dstPort} of ${formatIp(localAddress)}`);
      return;
    }
    if ((tcp.flags & (TcpFlag.RST | TcpFlag.SYN | TcpFlag.FIN)) !== TcpFlag.SYN) return drop(skb, netns, 'NO_SOCKET', 'a listener takes only SYNs');
    told(skb, netns, listener);
    answerSyn(listener, skb, tcp, parseTcpOptions(tcp.options, options));
  }

  /** tcp_check_req. */
  private forRequest(request: TcpRequest, skb: Skb, tcp: Tcp, netns: Netns): void {
    const { flags } = tcp;
    parseTcpOptions(tcp.options, options);
    const end = endOf(skb, tcp);
    if ((flags & (TcpFlag.RST | TcpFlag.SYN | TcpFlag.ACK)) === TcpFlag.SYN && tcp.seq === request.peerSeq) {
      sendSynAck(request, skb.recorder === null ? null : skb);
      return;
    }
    const start = advance(request.peerSeq, 1);
    if (isBefore(end, start) || isAfter(tcp.seq, advance(start, request.options.rcvWnd))) {
      if ((flags & TcpFlag.RST) === 0) sendSynAck(request, null);
      return;
    }
    if ((flags & TcpFlag.RST) !== 0 || (flags & TcpFlag.SYN) !== 0) {
      netns.mib.tcp.AttemptFails++;
      if ((flags & TcpFlag.RST) === 0) netns.mib.tcp.EmbryonicRsts++;
      dropRequest(request);
      if ((flags & TcpFlag.RST) === 0) sendReset(skb, netns);
      return;
    }
    if ((flags & TcpFlag.ACK) === 0) return;
    if (tcp.ack !== advance(request.ownSeq, 1)) return sendReset(skb, netns);
    const { listener } = request;
    // The queue of those that wait to be accepted is full: the other side will send it again.
    if (listener.acceptQueue.length > listener.backlog) {
      netns.mib.tcp.ListenOverflows++;
      netns.mib.tcp.ListenDrops++;
      return drop(skb, netns, 'NO_SOCKET', `the backlog of port ${listener.localPort} is full`);
    }
    netns.mib.tcp.PassiveOpens++;
    const child = childOf(request, netns);
    told(skb, netns, child);
    receiveSegment(child, skb, tcp);
    if (child.state === TcpState.CLOSE) return;
    listener.acceptQueue.push(child);
    listener.watchers.notify();
  }

  /** tcp_timewait_state_process. */
  private forTimeWait(old: TimeWait, skb: Skb, tcp: Tcp, netns: Netns): void {
    parseTcpOptions(tcp.options, options);
    const { flags } = tcp;
    const end = endOf(skb, tcp);
    const isStale = old.timestamps && options.hasTimestamp && isBefore(options.tsValue, old.tsRecent);
    if (!isStale && tcp.seq === old.rcvNxt && (tcp.seq === end || (flags & TcpFlag.RST) !== 0)) {
      if ((flags & TcpFlag.RST) !== 0) return old.end();
      old.restart();
      return;
    }
    const isFresh = isAfter(tcp.seq, old.rcvNxt) || (old.timestamps && options.hasTimestamp && isAfter(options.tsValue, old.tsRecent));
    if ((flags & TcpFlag.SYN) !== 0 && (flags & (TcpFlag.RST | TcpFlag.ACK)) === 0 && !isStale && isFresh) {
      old.end();
      return this.begin(skb, tcp, netns);
    }
    if ((flags & TcpFlag.RST) !== 0) return;
    if (isStale || (flags & TcpFlag.ACK) !== 0) old.restart();
    sendTimeWaitAck(old);
  }

  /** tcp_v4_err: an ICMP error about a segment that was sent from here. */
  error(skb: Skb, quoted: Packet, netns: Netns): void {
    const { ip, ip6, tcp } = quoted;
    if (tcp === null || (ip === null && ip6 === null)) return;
    const { type, code, id, seq } = skb.icmp!;
    const tables = tablesOf(netns);
    const to = ip !== null ? tables.find(ip.src, tcp.srcPort, ip.dst, tcp.dstPort) : tables.find(ip6!.src, tcp.srcPort, ip6!.dst, tcp.dstPort);
    const isTooBig = ip !== null ? type === IcmpType.UNREACHABLE && code === IcmpUnreachable.FRAG_NEEDED : type === Icmp6Type.TOO_BIG;
    const mtu = ip !== null ? seq : ((id << 16) | seq) >>> 0;
    if (to === undefined) netns.mib[ip !== null ? 'icmp' : 'icmp6'].InErrors++;
    if (to === undefined || to instanceof TimeWait || (ip !== null && type === IcmpType.REDIRECT)) return;
    if (to instanceof TcpRequest) {
      if (tcp.seq === to.ownSeq && !isTooBig) dropRequest(to);
      return;
    }
    const socket = to as TcpSocket;
    if (isBefore(tcp.seq, socket.sndUna) || isAfter(tcp.seq, socket.sndNxt)) {
      netns.mib.tcp.OutOfWindowIcmps++;
      return;
    }
    if (isTooBig) {
      if (mtu < socket.pathMtu) mtuReduced(socket);
      return;
    }
    const errno = ip !== null ? errnoOf(type, code) : errnoOf6(type, code);
    if (socket.state === TcpState.SYN_SENT || socket.state === TcpState.SYN_RECV) failConnection(socket, errno);
    else socket.softError = errno;
  }
}

function errnoOf(type: number, code: number): Errno {
  if (type === IcmpType.UNREACHABLE) return UNREACHABLE_ERRORS[code]?.[0] ?? 'EHOSTUNREACH';
  return type === IcmpType.PARAMETER_PROBLEM ? 'EPROTO' : 'EHOSTUNREACH';
}
function errnoOf6(type: number, code: number): Errno {
  if (type === Icmp6Type.UNREACHABLE) return UNREACHABLE6_ERRORS[code]?.[0] ?? 'EPROTO';
  return type === Icmp6Type.TIME_EXCEEDED ? 'EHOSTUNREACH' : 'EPROTO';
}
/** What a host sends to itself comes by lo, whatever device the connection is bound to. */
const isLooped = (skb: Skb): boolean => skb.ip6 !== null && skb.inDevice?.isLoopback === true;
const numberOf = (address: IpAddress): number => (typeof address === 'number' ? address : parseInt(address.slice(24), 16) | 0);

/** The TCP of a namespace answers from the beginning, if only with resets. */
export function registerTcp(netns: Netns): void {
  netns.protocols.set(IpProtocol.TCP, PROTOCOL);
}
const PROTOCOL = new TcpProtocol();

function told(skb: Skb, netns: Netns, socket: TcpSocket): void {
  if (skb.recorder === null) return;
  skb.step({ kind: 'deliver', to: `TCP port ${socket.localPort}` }, netns);
  skb.end({ kind: 'delivered', to: `TCP port ${socket.localPort}` });
}

/** tcp_rcv_state_process, tcp_rcv_established. */
function receiveSegment(socket: TcpSocket, skb: Skb, tcp: Tcp): void {
  socket.segmentsIn++;
  parseTcpOptions(tcp.options, options);
  if (socket.state === TcpState.SYN_SENT) return receiveInSynSent(socket, skb, tcp);
  if (socket.isGone) return;
  const end = endOf(skb, tcp);
  if (!isAcceptable(socket, tcp, end)) return;
  if ((tcp.flags & TcpFlag.ACK) === 0) return;
  const wasOpening = socket.state === TcpState.SYN_RECV;
  const isPredicted = predicts(socket, tcp, skb.payload.length);
  if (wasOpening) {
    if (isBefore(tcp.ack, socket.sndUna) || isAfter(tcp.ack, socket.sndNxt)) return sendReset(skb, socket.netns);
    establish(socket, tcp);
  } else if (isAfter(tcp.ack, socket.sndNxt)) return sendAck(socket);
  if (socket.timestamps && options.hasTimestamp && !isAfter(tcp.seq, socket.rcvWup)) socket.tsRecent = options.tsValue;
  countAck(socket, tcp, end, isPredicted);
  acknowledge(socket, tcp, skb.payload.length, end, options);
  if (wasOpening) predict(socket);
  if (!closesOn(socket)) return;
  const { payload } = skb;
  const fin = (tcp.flags & TcpFlag.FIN) !== 0;
  if (payload.length > 0 || fin) {
    // Nobody is there to read it any more.
    if (socket.isOrphan && payload.length > 0 && isAfter(advance(tcp.seq, payload.length), socket.rcvNxt)) {
      finish(socket);
      socket.netns.mib.tcp.TCPAbortOnData++;
      return sendReset(skb, socket.netns);
    }
    bring(socket, tcp.seq, payload, fin);
  }
  answer(socket);
}

/** tcp_fast_path_check: from here on only what differs is looked at. */
function predict(socket: TcpSocket): void {
  if (socket.outOfOrder.length === 0 && socket.rcvWnd > 0) socket.predictedWindow = socket.sndWnd >>> socket.sndScale;
}
/** Header prediction of tcp_rcv_established. Data is predicted only where the memory for it is at hand. */
function predicts(socket: TcpSocket, tcp: Tcp, length: number): boolean {
  if (socket.state !== TcpState.ESTABLISHED || socket.predictedWindow !== tcp.window || (tcp.flags & ~TcpFlag.PSH) !== TcpFlag.ACK) return false;
  if (tcp.seq !== socket.rcvNxt || isAfter(tcp.ack, socket.sndNxt) || options.sack.length > 0) return false;
  return length === 0 || hasMemoryFor(socket, length);
}
function countAck(socket: TcpSocket, tcp: Tcp, end: number, isPredicted: boolean): void {
  const { tcp: mib } = socket.netns.mib;
  if (isPredicted && end !== tcp.seq) mib.TCPHPHits++;
  if (isPredicted && isAfter(tcp.ack, socket.sndUna)) mib.TCPHPAcks++;
  else if (end === tcp.seq) mib.TCPPureAcks++;
}

/** tcp_validate_incoming: old timestamps, places outside of the window, resets, SYNs where none may be. */
function isAcceptable(socket: TcpSocket, tcp: Tcp, end: number): boolean {
  const { flags } = tcp;
  const isReset = (flags & TcpFlag.RST) !== 0;
  if (socket.timestamps && options.hasTimestamp && isBefore(options.tsValue, socket.tsRecent) && !isReset) {
    socket.netns.mib.tcp.PAWSEstab++;
    duplicateAck(socket);
    return false;
  }
  const right = advance(socket.rcvNxt, receiveWindow(socket));
  if (isBefore(end, socket.rcvWup) || isAfter(tcp.seq, right)) {
    if (!isReset) duplicateAck(socket);
    return false;
  }
  if (isReset) {
    if (tcp.seq === socket.rcvNxt) resetConnection(socket);
    else {
      socket.netns.mib.tcp.TCPChallengeACK++;
      sendAck(socket);
    }
    return false;
  }
  if ((flags & TcpFlag.SYN) !== 0) {
    socket.netns.mib.tcp.TCPChallengeACK++;
    socket.netns.mib.tcp.TCPSYNChallenge++;
    sendAck(socket);
    return false;
  }
  return true;
}
function duplicateAck(socket: TcpSocket): void {
  enterQuickAck(socket, MAX_QUICK_ACKS);
  sendAck(socket);
}

function establish(socket: TcpSocket, tcp: Tcp): void {
  socket.state = TcpState.ESTABLISHED;
  socket.sndUna = tcp.ack;
  socket.sndWnd = tcp.window << socket.sndScale;
  socket.sndWl1 = tcp.seq;
  socket.maxWindow = socket.sndWnd;
  socket.rcvMss = Math.max(Math.min(socket.advertisedMss, socket.mss, socket.rcvWnd >> 1, 536), 88);
}

/** tcp_rcv_synsent_state_process. */
function receiveInSynSent(socket: TcpSocket, skb: Skb, tcp: Tcp): void {
  const { flags } = tcp;
  const { netns } = socket;
  const hasAck = (flags & TcpFlag.ACK) !== 0;
  if (hasAck && tcp.ack !== socket.sndNxt) return sendReset(skb, netns);
  if ((flags & TcpFlag.RST) !== 0) {
    if (hasAck) resetConnection(socket);
    return;
  }
  if ((flags & TcpFlag.SYN) === 0) return;
  socket.rcvNxt = advance(tcp.seq, 1);
  socket.rcvWup = socket.rcvNxt;
  learnOptions(socket);
  // Both sides have opened at once (simultaneous open) is not modelled: Linux would go to SYN_RECV here.
  if (!hasAck) return;
  socket.state = TcpState.ESTABLISHED;
  socket.sndWnd = tcp.window;
  socket.sndWl1 = tcp.seq;
  socket.maxWindow = tcp.window;
  acknowledge(socket, tcp, 0, tcp.seq, options);
  syncMss(socket, socket.pathMtu);
  socket.rcvMss = Math.max(Math.min(socket.advertisedMss, socket.mss, socket.rcvWnd >> 1, 536), 88);
  socket.recorder = null;
  sendAck(socket);
  push(socket);
  socket.watchers.notify();
}
/** What the other side's SYN offers. */
function learnOptions(socket: TcpSocket): void {
  const { tcp_timestamps, tcp_sack, tcp_window_scaling } = socket.netns.ipv4;
  socket.timestamps = options.hasTimestamp && tcp_timestamps !== 0;
  socket.tsRecent = options.hasTimestamp ? options.tsValue : 0;
  socket.sack = options.sackPermitted && tcp_sack !== 0;
  socket.peerMss = options.mss === 0 ? 536 : options.mss;
  if (options.windowScale >= 0 && tcp_window_scaling !== 0) socket.sndScale = options.windowScale;
  else {
    socket.sndScale = socket.rcvScale = 0;
    socket.windowClamp = Math.min(socket.windowClamp, 65535);
  }
  syncMss(socket, socket.pathMtu);
}

/** After an acknowledgement: whether the connection goes on (its own FIN may have been confirmed). */
function closesOn(socket: TcpSocket): boolean {
  if (socket.state === TcpState.CLOSE) return false;
  const finAcked = socket.sndUna === socket.writeSeq;
  switch (socket.state) {
    case TcpState.FIN_WAIT1:
      if (finAcked) {
        socket.state = TcpState.FIN_WAIT2;
        if (socket.isOrphan) waitForFin(socket);
        socket.watchers.notify();
      }
      return true;
    case TcpState.CLOSING:
      if (finAcked) enterTimeWait(socket);
      return !finAcked;
    case TcpState.LAST_ACK:
      if (finAcked) finish(socket);
      return !finAcked;
    default:
      return true;
  }
}

/** tcp_data_queue. */
function bring(socket: TcpSocket, seq: number, payload: Bytes, fin: boolean): void {
  const end = advance(seq, payload.length + (fin ? 1 : 0));
  if (!isAfter(end, socket.rcvNxt)) {
    socket.netns.mib.tcp.DelayedACKLost++;
    duplicateAck(socket);
    return;
  }
  if (!isBefore(seq, advance(socket.rcvNxt, receiveWindow(socket))) && distance(socket.rcvNxt, seq) < 0) {
    duplicateAck(socket);
    return;
  }
  if (!hasRoomFor(socket, payload.length)) {
    socket.netns.mib.tcp.TCPRcvQDrop++;
    sendAck(socket);
    return;
  }
  if (isAfter(seq, socket.rcvNxt)) socket.predictedWindow = -1;
  else if (socket.arrived.length > 0) socket.netns.mib.tcp.TCPRcvCoalesce++;
  const ended = acceptData(socket, seq, payload, fin);
  predict(socket);
  if (ended) receiveFin(socket);
  socket.watchers.notify();
}

/** tcp_fin. */
function receiveFin(socket: TcpSocket): void {
  socket.finReceived = true;
  socket.ackPending = true;
  switch (socket.state) {
    case TcpState.SYN_RECV:
    case TcpState.ESTABLISHED:
      socket.state = TcpState.CLOSE_WAIT;
      socket.pingpong = true;
      break;
    case TcpState.FIN_WAIT1:
      sendAck(socket);
      socket.state = TcpState.CLOSING;
      break;
    case TcpState.FIN_WAIT2:
      sendAck(socket);
      enterTimeWait(socket);
      break;
    default:
  }
}

export function enterQuickAck(socket: TcpSocket, most: number): void {
  const wanted = Math.max(2, Math.floor(socket.rcvWnd / (2 * socket.rcvMss)));
  socket.quickAcks = Math.max(socket.quickAcks, Math.min(wanted, most));
  socket.pingpong = false;
}

/** tcp_data_snd_check, __tcp_ack_snd_check. */
function answer(socket: TcpSocket): void {
  if (socket.isGone) return;
  push(socket);
  if (!socket.ackPending) return;
  const unacked = distance(socket.rcvNxt, socket.rcvWup);
  const isQuick = socket.quickAcks > 0 && !socket.pingpong;
  if ((unacked > socket.rcvMss && possibleWindow(socket) >= socket.rcvWnd) || isQuick || socket.outOfOrder.length > 0) sendAck(socket);
  else sendAckLater(socket);
}
