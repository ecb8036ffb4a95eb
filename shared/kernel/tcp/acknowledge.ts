/** What an acknowledgement does (tcp_ack): frees what arrived, opens the window, finds losses, lets more go. */
import { TcpFlag, type Tcp } from '../../wire/index.ts';
import type { TcpOptions } from './options.ts';
import { armRto, push, sampleRtt, sendAgain } from './output.ts';
import { advance, isAfter, isBefore } from './sequence.ts';
import type { TcpSocket } from './socket.ts';
import { SEND_BUFFER_BYTES, TcpState } from './state.ts';

const DUPLICATES = 3;

export function acknowledge(socket: TcpSocket, tcp: Tcp, length: number, end: number, options: TcpOptions): void {
  const { ack } = tcp;
  if (isBefore(ack, socket.sndUna)) return;
  // The window of a SYN is never scaled.
  const isSyn = (tcp.flags & TcpFlag.SYN) !== 0;
  const window = isSyn ? tcp.window : tcp.window * 2 ** socket.sndScale;
  const isUpdate = isAfter(ack, socket.sndUna) || isAfter(tcp.seq, socket.sndWl1) || (tcp.seq === socket.sndWl1 && window > socket.sndWnd);
  const isSame = ack === socket.sndUna && length === 0 && end === tcp.seq && window === socket.sndWnd;
  if (isUpdate) {
    if (window !== socket.sndWnd && socket.state === TcpState.ESTABLISHED) socket.predictedWindow = isSyn || socket.outOfOrder.length > 0 ? -1 : tcp.window;
    socket.sndWl1 = tcp.seq;
    socket.sndWnd = window;
    socket.maxWindow = Math.max(socket.maxWindow, window);
  }
  socket.probes = 0;
  socket.softError = null;
  const before = socket.unackedBytes;
  markSacked(socket, options);
  if (ack === socket.sndUna) {
    if (isSame && socket.sent > 0) duplicate(socket);
    if (socket.sent === 0) wakeProbe(socket);
    return;
  }
  free(socket, ack);
  if (before >= SEND_BUFFER_BYTES || socket.sndUna === socket.writeSeq) socket.watchers.notify();
}

function markSacked(socket: TcpSocket, options: TcpOptions): void {
  const { sack } = options;
  if (!socket.sack || sack.length === 0) return;
  for (let i = 0; i < socket.sent; i++) {
    const segment = socket.segments[i]!;
    if (segment.isSacked) continue;
    for (let block = 0; block + 1 < sack.length; block += 2) {
      if (!isBefore(segment.seq, sack[block]!) && !isAfter(segment.endSeq, sack[block + 1]!)) segment.isSacked = true;
    }
    if (segment.isSacked) socket.netns.mib.tcp.TCPDelivered++;
  }
}

/** Takes out what has arrived. */
function free(socket: TcpSocket, ack: number): void {
  const now = socket.netns.simulation.nowUs;
  let count = 0;
  let handshake = 0;
  let sentUs = -1;
  while (count < socket.sent) {
    const segment = socket.segments[count]!;
    if (isAfter(segment.endSeq, ack)) break;
    if (segment.transmissions === 1) sentUs = segment.sentUs;
    if (!segment.isSacked) socket.netns.mib.tcp.TCPDelivered++;
    socket.bytesAcked += segment.data.length;
    if ((segment.flags & TcpFlag.SYN) !== 0) handshake++;
    count++;
  }
  socket.segments.splice(0, count);
  socket.sent -= count;
  socket.sndUna = ack;
  socket.retransmits = 0;
  socket.tlpSent = false;
  if (sentUs >= 0) sampleRtt(socket, now - sentUs);
  if (socket.backoff > 0) {
    socket.backoff = 0;
    sampleRto(socket);
  }
  if (socket.recoverUntil >= 0) recover(socket, ack);
  else {
    socket.dupAcks = 0;
    grow(socket, count - handshake);
  }
  armRto(socket);
}
function sampleRto(socket: TcpSocket): void {
  if (socket.srttUs > 0) sampleRtt(socket, socket.srttUs);
}

/** Slow start, then one more each round trip. */
function grow(socket: TcpSocket, count: number): void {
  if (socket.cwnd < socket.ssthresh) {
    socket.cwnd += count;
    return;
  }
  socket.cwndCount += count;
  if (socket.cwndCount < socket.cwnd) return;
  socket.cwndCount -= socket.cwnd;
  socket.cwnd++;
}

/** The same once more: something after a gap has arrived. */
function duplicate(socket: TcpSocket): void {
  socket.dupAcks++;
  if (socket.recoverUntil >= 0) {
    markLost(socket);
    push(socket);
    return;
  }
  if (socket.dupAcks < DUPLICATES) return;
  socket.recoverUntil = socket.sndNxt;
  if (socket.sack) socket.netns.mib.tcp.TCPSackRecovery++;
  socket.ssthresh = Math.max(socket.cwnd >> 1, 2);
  socket.cwnd = socket.ssthresh;
  const first = socket.segments.slice(0, socket.sent).find((segment) => !segment.isSacked);
  markLost(socket);
  if (first !== undefined) {
    socket.netns.mib.tcp.TCPFastRetrans++;
    sendAgain(socket, first);
  }
  push(socket);
  armRto(socket);
}
/** A segment after which three others have arrived is lost. */
function markLost(socket: TcpSocket): void {
  let above = 0;
  for (let i = socket.sent - 1; i >= 0; i--) {
    const segment = socket.segments[i]!;
    if (segment.isSacked) above++;
    else if (above >= DUPLICATES && segment.transmissions === 1) segment.isLost = true;
  }
}
function recover(socket: TcpSocket, ack: number): void {
  if (!isBefore(ack, socket.recoverUntil)) {
    socket.recoverUntil = -1;
    socket.dupAcks = 0;
    return;
  }
  if (socket.cwnd < socket.ssthresh) socket.cwnd++;
  const [first] = socket.segments;
  if (first !== undefined && socket.sent > 0 && !first.isSacked && first.transmissions === 1) first.isLost = true;
  push(socket);
}

/** The window has opened again. */
function wakeProbe(socket: TcpSocket): void {
  const [first] = socket.segments;
  if (first === undefined || isAfter(advance(first.seq, Math.min(first.data.length, socket.mss)), advance(socket.sndUna, socket.sndWnd))) return;
  socket.retransmitTimer?.cancel();
  socket.retransmitTimer = null;
}
