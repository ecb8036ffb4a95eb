/**
 * What a TCP socket sends (net/ipv4/tcp_output.c, tcp_timer.c): segments as the window, congestion and Nagle allow, acknowledgements at once or
 * later, retransmission, probes, resets.
 */
import type { Bytes } from '../../base/index.ts';
import { PARTIAL_CHECKSUM, Tcp, TcpFlag } from '../../wire/index.ts';
import { describe } from '../describe.ts';
import { failConnection, finish } from './ending.ts';
import { sackOption, synOptions, timestampOption } from './options.ts';
import { dispatch, headerBytes, mtuOn, packet, routeTo, timestampNow, type Way } from './packet.ts';
import { Segment } from './segment.ts';
import { advance, distance, isAfter } from './sequence.ts';
import type { TcpSocket } from './socket.ts';
import { ATO_MIN_US, DELAYED_ACK_MAX_US, JIFFY_US, RTO_MAX_US, RTO_MIN_US, TcpState } from './state.ts';
import { possibleWindow, receiveWindow, selectWindow } from './windows.ts';

// --- the way out ---

/** The route of a connection; null when there is none now. */
function routeOf(socket: TcpSocket): Way | null {
  const { netns, route } = socket;
  if (route !== null && route.generation === netns.fibGeneration) return route;
  const way = routeTo(netns, socket, { out: socket.boundDevice, tos: socket.tos, mark: socket.mark, uid: socket.owner?.uid ?? 0 });
  if (typeof way === 'string') return null;
  socket.route = way;
  const mtu = mtuOn(way, netns);
  if (mtu !== socket.pathMtu) syncMss(socket, mtu);
  return way;
}
/** tcp_sync_mss. */
export function syncMss(socket: TcpSocket, mtu: number): void {
  socket.pathMtu = mtu;
  let mss = Math.min(Math.max(mtu - headerBytes(socket.remoteAddress), 48), socket.peerMss) - (socket.timestamps ? 12 : 0);
  if (socket.maxWindow > 536 && mss > socket.maxWindow >> 1) mss = Math.max(socket.maxWindow >> 1, 48);
  socket.mss = Math.max(mss, 36);
}
const currentMss = (socket: TcpSocket): number => socket.mss - (socket.outOfOrder.length > 0 && socket.sack ? 4 + 8 * sackBlocks(socket) : 0);
const sackBlocks = (socket: TcpSocket): number => Math.min(socket.outOfOrder.length, socket.timestamps ? 3 : 4);

/** tcp_transmit_skb. False: there is no way to there now. */
function transmit(socket: TcpSocket, flags: number, seq: number, data: Bytes, options: Bytes): boolean {
  const way = routeOf(socket);
  if (way === null) return false;
  const { netns } = socket;
  const skb = packet(socket, way, netns, socket.ttl, socket.tos);
  if (skb.ip !== null) skb.ip.id = socket.ipId = (socket.ipId + 1) & 0xffff;
  const isSyn = (flags & TcpFlag.SYN) !== 0;
  const window = isSyn ? Math.min(socket.rcvWnd, 65535) : selectWindow(socket);
  const hasAck = (flags & TcpFlag.ACK) !== 0;
  skb.tcp = new Tcp(socket.localPort, socket.remotePort, seq, hasAck ? socket.rcvNxt : 0, flags, window, options);
  skb.tcp.checksum = PARTIAL_CHECKSUM;
  skb.payload = data;
  skb.socket = socket;
  skb.mark = socket.mark;
  skb.priority = socket.priority;
  socket.segmentsOut++;
  netns.mib.tcp.OutSegs++;
  if (hasAck) acknowledged(socket);
  if (socket.recorder !== null) {
    skb.recorder = socket.recorder;
    socket.recorder = null;
    skb.hop = skb.recorder.enter(-1, netns.place, null, 'request', netns.simulation.nowUs);
    skb.step({ kind: 'send', by: 'tcp', summary: describe(skb) }, netns);
  }
  dispatch(skb, netns, way);
  return true;
}
function synOptionsOf(socket: TcpSocket): Bytes {
  const { netns } = socket;
  const { tcp_sack, tcp_timestamps, tcp_window_scaling } = netns.ipv4;
  const stamp = tcp_timestamps !== 0 ? ([timestampNow(netns, socket.tsOffset), socket.tsRecent] as const) : null;
  return synOptions(socket.advertisedMss, tcp_sack !== 0, stamp, tcp_window_scaling !== 0 ? socket.rcvScale : -1);
}

/** Options of everything but a SYN. */
function plainOptions(socket: TcpSocket): Bytes {
  let options = socket.timestamps ? timestampOption(timestampNow(socket.netns, socket.tsOffset), socket.tsRecent) : '';
  if (socket.sack && socket.outOfOrder.length > 0) options += sackOption(sackEdges(socket));
  return options;
}
/** Stretches that arrived beyond a gap, the one that changed last first. */
function sackEdges(socket: TcpSocket): number[] {
  const stretches: { left: number; right: number; order: number }[] = [];
  for (const [order, piece] of socket.outOfOrder.entries()) {
    const right = advance(piece.seq, piece.data.length + (piece.fin ? 1 : 0));
    const last = stretches.at(-1);
    if (last !== undefined && last.right === piece.seq) {
      last.right = right;
      last.order = order;
    } else stretches.push({ left: piece.seq, right, order });
  }
  return stretches.slice(0, sackBlocks(socket)).flatMap(({ left, right }) => [left, right]);
}

// --- data ---

/** Sends one segment as it is. */
export function sendSegment(socket: TcpSocket, segment: Segment): boolean {
  const isSyn = (segment.flags & TcpFlag.SYN) !== 0;
  const ack = isSyn && socket.state === TcpState.SYN_SENT ? 0 : TcpFlag.ACK;
  const isAgain = segment.transmissions > 0;
  segment.transmissions++;
  segment.isLost = false;
  segment.sentUs = socket.netns.simulation.nowUs;
  if (isAfter(segment.endSeq, socket.sndNxt)) socket.sndNxt = segment.endSeq;
  socket.bytesSent += segment.data.length;
  if (isAgain) {
    const { tcp: mib } = socket.netns.mib;
    mib.RetransSegs++;
    if (isSyn) mib.TCPSynRetrans++;
    socket.totalRetransmits++;
    socket.bytesRetransmitted += segment.data.length;
  } else if (!isSyn) {
    socket.netns.mib.tcp.TCPOrigDataSent++;
    if (segment.data.length > 0) dataSent(socket, segment);
  }
  return transmit(socket, segment.flags | ack, segment.seq, segment.data, isSyn ? synOptionsOf(socket) : plainOptions(socket));
}
/** tcp_retransmit_skb: what has grown too long for one packet, because options take more room now, goes in pieces. */
export function sendAgain(socket: TcpSocket, segment: Segment): boolean {
  const mss = currentMss(socket);
  if (segment.data.length > mss) split(socket, socket.segments.indexOf(segment), mss);
  return sendSegment(socket, segment);
}
/** tcp_event_data_sent: who answers soon after having heard something need not acknowledge separately. */
function dataSent(socket: TcpSocket, segment: Segment): void {
  if (segment.data.length < socket.mss) socket.sndSml = segment.endSeq;
  if (socket.netns.simulation.nowUs - socket.lastReceivedUs < socket.atoUs) socket.pingpong = true;
}

/** tcp_write_xmit: sends what may go now, lost segments first. */
export function push(socket: TcpSocket): void {
  if (socket.state === TcpState.SYN_SENT || socket.state === TcpState.CLOSE || socket.state === TcpState.SYN_RECV) return;
  const { segments } = socket;
  let flying = socket.inFlight;
  let hasSent = false;
  for (let i = 0; i < socket.sent && flying < socket.cwnd; i++) {
    const segment = segments[i]!;
    if (!segment.isLost || segment.isSacked) continue;
    sendAgain(socket, segment);
    flying++;
    hasSent = true;
  }
  while (socket.sent < segments.length && flying < socket.cwnd) {
    const segment = segments[socket.sent]!;
    const mss = currentMss(socket);
    const end = advance(segment.seq, Math.min(segment.data.length, mss));
    if (isAfter(end, advance(socket.sndUna, socket.sndWnd))) break;
    if (segment.data.length > mss) split(socket, socket.sent, mss);
    if (socket.sent === segments.length - 1 && mustWait(socket, segment, mss)) break;
    socket.sent++;
    flying++;
    hasSent = true;
    if (!sendSegment(socket, segment)) break;
  }
  if (hasSent) armRto(socket);
  else if (socket.sent === 0 && segments.length > 0 && socket.retransmitTimer === null) armProbe(socket);
}
/** Nagle: a short segment waits while another one is not acknowledged. */
function mustWait(socket: TcpSocket, segment: Segment, mss: number): boolean {
  if (socket.noDelay || (segment.flags & TcpFlag.FIN) !== 0 || segment.data.length >= mss) return false;
  return socket.sent > 0 && isAfter(socket.sndSml, socket.sndUna) && !isAfter(socket.sndSml, socket.sndNxt);
}
function split(socket: TcpSocket, at: number, size: number): void {
  const segment = socket.segments[at]!;
  const rest = new Segment(advance(segment.seq, size), segment.data.slice(size), segment.flags);
  rest.transmissions = segment.transmissions;
  rest.sentUs = segment.sentUs;
  rest.isLost = segment.isLost;
  segment.data = segment.data.slice(0, size);
  segment.flags &= ~(TcpFlag.FIN | TcpFlag.PSH);
  socket.segments.splice(at + 1, 0, rest);
  if (at < socket.sent) socket.sent++;
}

/** The end of the stream, behind all that waits. */
export function queueFin(socket: TcpSocket): void {
  const tail = socket.segments.length > socket.sent ? socket.segments.at(-1) : undefined;
  if (tail !== undefined) tail.flags |= TcpFlag.FIN;
  else socket.segments.push(new Segment(socket.writeSeq, '', TcpFlag.FIN));
  socket.writeSeq = advance(socket.writeSeq, 1);
  push(socket);
}

// --- acknowledgements ---

export function sendAck(socket: TcpSocket): void {
  if (socket.state === TcpState.CLOSE) return;
  transmit(socket, TcpFlag.ACK, socket.sndNxt, '', plainOptions(socket));
}
/** An acknowledgement has gone out (tcp_event_ack_sent). */
function acknowledged(socket: TcpSocket): void {
  if (socket.quickAcks > 0) {
    socket.quickAcks--;
    if (socket.quickAcks === 0) socket.atoUs = ATO_MIN_US;
  }
  socket.ackPending = false;
  socket.ackTimer?.cancel();
  socket.ackTimer = null;
}
/** tcp_send_delayed_ack. */
export function sendAckLater(socket: TcpSocket): void {
  socket.ackPending = true;
  let ato = socket.atoUs;
  if (ato > ATO_MIN_US) {
    let most = socket.pingpong ? DELAYED_ACK_MAX_US : 500_000;
    if (socket.srttUs > 0) most = Math.min(most, Math.max(socket.srttUs, ATO_MIN_US));
    ato = Math.min(ato, most);
  }
  const delayUs = Math.max(Math.min(ato, DELAYED_ACK_MAX_US), JIFFY_US);
  const atUs = socket.netns.simulation.nowUs + delayUs;
  if (socket.ackTimer !== null && socket.ackTimer.atUs <= atUs) return;
  socket.ackTimer?.cancel();
  socket.ackTimer = socket.netns.simulation.after(delayUs, () => delayedAck(socket));
}
function delayedAck(socket: TcpSocket): void {
  socket.ackTimer = null;
  if (!socket.ackPending || socket.state === TcpState.CLOSE) return;
  if (socket.pingpong) {
    // It has waited in vain: answers are not that quick after all.
    socket.pingpong = false;
    socket.atoUs = ATO_MIN_US;
  } else socket.atoUs = Math.min(socket.atoUs << 1, socket.rtoUs);
  socket.netns.mib.tcp.DelayedACKs++;
  sendAck(socket);
}
/** The reader has made room: the other side is told when that lets it send much more (tcp_cleanup_rbuf). */
export function sendWindowUpdate(socket: TcpSocket): void {
  if (socket.state === TcpState.CLOSE || socket.readShut) return;
  let wanted = socket.ackPending && distance(socket.rcvNxt, socket.rcvWup) > socket.rcvMss;
  const current = receiveWindow(socket);
  if (!wanted && 2 * current <= socket.windowClamp) {
    const window = possibleWindow(socket);
    wanted = window > 0 && window >= 2 * current;
  }
  if (wanted) sendAck(socket);
}

/** tcp_send_active_reset. */
export function sendActiveReset(socket: TcpSocket): void {
  socket.netns.mib.tcp.OutRsts++;
  transmit(socket, TcpFlag.RST | TcpFlag.ACK, socket.sndNxt, '', plainOptions(socket));
}

// --- timers ---

/**
 * When the kernel's timer wheel would fire (kernel/time/timer.c, HZ=250): never early, and the coarser the longer it waits. A second question of a
 * connection comes 4 to 32 ms after its second is over.
 */
function wheelDelay(nowUs: number, delayUs: number): number {
  const tick = Math.ceil((nowUs + delayUs) / TICK_US);
  let grain = 1;
  for (let span = 63; tick - nowUs / TICK_US >= span && grain < 32_768; span *= 8) grain *= 8;
  return (Math.floor(tick / grain) + 1) * grain * TICK_US - nowUs;
}
const TICK_US = 4000;

function arm(socket: TcpSocket, kind: TcpSocket['timerKind'], delayUs: number): void {
  socket.retransmitTimer?.cancel();
  socket.timerKind = kind;
  socket.retransmitTimer = socket.netns.simulation.after(wheelDelay(socket.netns.simulation.nowUs, delayUs), () => {
    socket.retransmitTimer = null;
    if (kind === 'probe') probe(socket);
    else if (kind === 'tlp') lossProbe(socket);
    else timeout(socket);
  });
}
/** After something was sent or acknowledged: when to send it again. First a probe of the tail, if that is sooner (tcp_schedule_loss_probe). */
export function armRto(socket: TcpSocket): void {
  if (socket.sent === 0) {
    socket.retransmitTimer?.cancel();
    socket.retransmitTimer = null;
    return;
  }
  const isPlain = socket.state !== TcpState.SYN_SENT && socket.sack && socket.backoff === 0 && socket.recoverUntil < 0 && !socket.tlpSent;
  if (!isPlain || socket.srttUs === 0) return arm(socket, 'rto', socket.rtoUs);
  let delayUs = 2 * socket.srttUs;
  delayUs += socket.inFlight === 1 ? RTO_MIN_US : 2 * JIFFY_US;
  arm(socket, 'tlp', Math.min(delayUs, socket.rtoUs));
}
/** The last segment (or a new one) once more: its answer tells what is missing. */
function lossProbe(socket: TcpSocket): void {
  const { segments } = socket;
  if (socket.sent === 0) return;
  socket.netns.mib.tcp.TCPLossProbes++;
  socket.tlpSent = true;
  const fresh = segments[socket.sent];
  if (fresh !== undefined && !isAfter(fresh.endSeq, advance(socket.sndUna, socket.sndWnd))) {
    socket.sent++;
    sendSegment(socket, fresh);
  } else sendAgain(socket, segments[socket.sent - 1]!);
  arm(socket, 'rto', socket.rtoUs);
}

function retriesOf(socket: TcpSocket): number {
  const { ipv4 } = socket.netns;
  if (socket.state === TcpState.SYN_SENT) return ipv4.tcp_syn_retries + SYN_LINEAR_TIMEOUTS;
  return socket.isOrphan ? ORPHAN_RETRIES : ipv4.tcp_retries2;
}
/** tcp_syn_linear_timeouts. */
const SYN_LINEAR_TIMEOUTS = 4;
const ORPHAN_RETRIES = 8;

/** tcp_retransmit_timer. */
function timeout(socket: TcpSocket): void {
  if (socket.sent === 0) return;
  const { tcp: mib } = socket.netns.mib;
  mib.TCPTimeouts++;
  if (socket.retransmits >= retriesOf(socket)) {
    mib.TCPAbortOnTimeout++;
    failConnection(socket, socket.softError ?? 'ETIMEDOUT');
    return;
  }
  mib.TcpTimeoutRehash++;
  if (socket.recoverUntil < 0 || socket.retransmits === 0) socket.ssthresh = Math.max(socket.cwnd >> 1, 2);
  socket.cwnd = 1;
  socket.cwndCount = 0;
  socket.dupAcks = 0;
  socket.recoverUntil = socket.sndNxt;
  for (let i = 0; i < socket.sent; i++) if (!socket.segments[i]!.isSacked) socket.segments[i]!.isLost = true;
  const isSyn = socket.state === TcpState.SYN_SENT;
  const first = socket.segments.find((segment) => !segment.isSacked)!;
  socket.retransmits++;
  socket.timeouts++;
  sendAgain(socket, first);
  if (!isSyn || socket.timeouts > SYN_LINEAR_TIMEOUTS) {
    socket.backoff++;
    socket.rtoUs = Math.min(socket.rtoUs * 2, RTO_MAX_US);
  }
  arm(socket, 'rto', socket.rtoUs);
}

function armProbe(socket: TcpSocket): void {
  arm(socket, 'probe', Math.min(Math.max(socket.rtoUs, RTO_MIN_US) * 2 ** Math.min(socket.probes, 15), RTO_MAX_US));
}
/** The other side's window is shut: asked from time to time whether it has opened (tcp_probe_timer). */
function probe(socket: TcpSocket): void {
  if (socket.segments.length === 0 || socket.sent > 0) return;
  if (socket.probes >= retriesOf(socket)) {
    if (socket.isOrphan) finish(socket);
    else failConnection(socket, socket.softError ?? 'ETIMEDOUT');
    return;
  }
  socket.probes++;
  socket.netns.mib.tcp.TCPWinProbe++;
  transmit(socket, TcpFlag.ACK, (socket.sndUna - 1) >>> 0, '', plainOptions(socket));
  armProbe(socket);
}

/** tcp_rtt_estimator and tcp_set_rto. */
export function sampleRtt(socket: TcpSocket, us: number): void {
  const sample = Math.max(us, 1);
  if (socket.srttUs === 0) {
    socket.srttUs = sample;
    socket.rttvarUs = sample / 2;
  } else {
    const error = Math.abs(sample - socket.srttUs);
    socket.rttvarUs += (error - socket.rttvarUs) / 4;
    socket.srttUs += (sample - socket.srttUs) / 8;
  }
  socket.rtoUs = Math.min(socket.srttUs + Math.max(4 * socket.rttvarUs, RTO_MIN_US), RTO_MAX_US);
}

/** A router said that segments are too big (tcp_v4_mtu_reduced): smaller ones are sent again. */
export function mtuReduced(socket: TcpSocket): void {
  socket.route = null;
  if (routeOf(socket) === null) return;
  for (let i = 0; i < socket.sent; i++) {
    const segment = socket.segments[i]!;
    const mss = currentMss(socket);
    if (segment.data.length > mss) split(socket, i, mss);
    if (!segment.isSacked) segment.isLost = true;
  }
  socket.recoverUntil = socket.sndNxt;
  push(socket);
}
