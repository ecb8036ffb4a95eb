/** Data on its way to the reader: in order, out of order, and what it tells about the other side (tcp_data_queue, tcp_event_data_recv, tcp_grow_window). */
import type { Bytes } from '../../base/index.ts';
import { advance, distance, isAfter, isBefore } from './sequence.ts';
import type { Arrived, TcpSocket } from './socket.ts';
import { ATO_MIN_US, MAX_QUICK_ACKS, MIN_MSS } from './state.ts';
import { windowFrom } from './windows.ts';

/** What a packet with so much data costs of memory (skb->truesize): its buffer, a power of two, and the sk_buff itself. */
function chargeOf(length: number): number {
  let size = 512;
  while (size < length + 320) size *= 2;
  return size + 256;
}

export const hasRoomFor = (socket: TcpSocket, length: number): boolean => socket.receiveCharge + chargeOf(length) <= 2 * socket.receiveBuffer;

/** The page that was taken last has room for it (sk_forward_alloc). */
export const hasMemoryFor = (socket: TcpSocket, length: number): boolean => (PAGE_BYTES - (socket.receiveCharge % PAGE_BYTES)) % PAGE_BYTES >= chargeOf(length);
const PAGE_BYTES = 4096;

/** Queues data. True when the other side's end has been reached. */
export function acceptData(socket: TcpSocket, seq: number, payload: Bytes, fin: boolean): boolean {
  const piece: Arrived = { seq, data: payload, fin, charge: payload.length > 0 ? chargeOf(payload.length) : 0 };
  if (isAfter(seq, socket.rcvNxt)) {
    socket.ackPending = true;
    keepForLater(socket, piece);
    return false;
  }
  if (payload.length > 0) heard(socket, payload.length, piece.charge);
  let ended = queue(socket, piece);
  while (!ended) {
    const [next] = socket.outOfOrder;
    if (next === undefined || isAfter(next.seq, socket.rcvNxt)) break;
    socket.outOfOrder.shift();
    socket.receiveCharge -= next.charge;
    ended = queue(socket, next);
  }
  return ended;
}
/** Puts the part of a piece that is new behind what was there. */
function queue(socket: TcpSocket, piece: Arrived): boolean {
  const skip = Math.max(0, distance(socket.rcvNxt, piece.seq));
  if (skip < piece.data.length) {
    const data = skip === 0 ? piece.data : piece.data.slice(skip);
    socket.arrived.push({ ...piece, seq: socket.rcvNxt, data });
    socket.receiveCharge += piece.charge;
    socket.bytesReceived += data.length;
    socket.rcvNxt = advance(socket.rcvNxt, data.length);
  }
  const end = advance(piece.seq, piece.data.length);
  if (!piece.fin || isAfter(end, socket.rcvNxt)) return false;
  socket.rcvNxt = advance(end, 1);
  return true;
}
function keepForLater(socket: TcpSocket, piece: Arrived): void {
  const at = socket.outOfOrder.findIndex((other) => !isBefore(other.seq, piece.seq));
  const known = socket.outOfOrder[at];
  if (known !== undefined && known.seq === piece.seq && known.data.length >= piece.data.length) return;
  socket.receiveCharge += piece.charge;
  if (at < 0) socket.outOfOrder.push(piece);
  else socket.outOfOrder.splice(at, 0, piece);
}

/** tcp_event_data_recv: how soon to acknowledge, how big the other side's segments are, how much more it may send. */
function heard(socket: TcpSocket, length: number, charge: number): void {
  const now = socket.netns.simulation.nowUs;
  socket.ackPending = true;
  if (length >= socket.rcvMss) {
    if (length !== socket.rcvMss) socket.scalingRatio = Math.max(1, Math.min(255, Math.floor((length * 256) / charge)));
    socket.rcvMss = Math.min(length, socket.advertisedMss);
  } else if (length < MIN_MSS) {
    // Short ones tell nothing of its segment size.
  }
  if (socket.atoUs === 0) {
    quicken(socket);
    socket.atoUs = ATO_MIN_US;
  } else {
    const gap = now - socket.lastReceivedUs;
    if (gap <= ATO_MIN_US / 2) socket.atoUs = socket.atoUs / 2 + ATO_MIN_US / 2;
    else if (gap < socket.atoUs) socket.atoUs = Math.min(socket.atoUs / 2 + gap, socket.rtoUs);
    else if (gap > socket.rtoUs) quicken(socket);
  }
  socket.lastReceivedUs = now;
  if (length >= 128) growWindow(socket, length, charge);
}
/** tcp_incr_quickack. */
function quicken(socket: TcpSocket): void {
  const wanted = Math.max(2, Math.floor(socket.rcvWnd / (2 * socket.rcvMss)));
  socket.quickAcks = Math.max(socket.quickAcks, Math.min(wanted, MAX_QUICK_ACKS));
}
/** tcp_grow_window. */
function growWindow(socket: TcpSocket, length: number, charge: number): void {
  const space = windowFrom(socket, socket.receiveBuffer - socket.receiveCharge);
  const room = Math.min(socket.windowClamp, space) - socket.rcvSsthresh;
  if (room <= 0) return;
  const increase = windowFrom(socket, charge) <= length ? 2 * socket.advertisedMss : length >= socket.rcvMss ? 2 * socket.rcvMss : 0;
  if (increase === 0) return;
  socket.rcvSsthresh += Math.min(room, Math.max(increase, 2 * length));
  socket.quickAcks |= 1;
}
