/** The last moments of a connection, without a packet (tcp_done, tcp_reset, tcp_time_wait). */
import type { Errno } from '../../base/index.ts';
import type { TcpRequest, TcpSocket } from './socket.ts';
import { TcpState } from './state.ts';
import { tablesOf } from './tables.ts';
import { TimeWait } from './time-wait.ts';

/** tcp_done: nothing of it is on the wire any more. */
export function finish(socket: TcpSocket): void {
  const tables = tablesOf(socket.netns);
  const { tcp: mib } = socket.netns.mib;
  if (socket.state === TcpState.SYN_SENT || socket.state === TcpState.SYN_RECV) mib.AttemptFails++;
  else if (socket.state === TcpState.ESTABLISHED || socket.state === TcpState.CLOSE_WAIT) mib.EstabResets++;
  if (socket.isConnected) tables.remove(socket);
  if (!socket.isPortLocked || socket.isOrphan) {
    tables.release(socket);
    socket.isPortBound = false;
  }
  socket.state = TcpState.CLOSE;
  socket.readShut = socket.writeShut = true;
  stopTimers(socket);
  socket.segments.length = 0;
  socket.sent = 0;
  socket.outOfOrder.length = 0;
  if (socket.isOrphan) socket.netns.sockets.delete(socket);
  socket.watchers.notify();
}
function stopTimers(socket: TcpSocket): void {
  socket.retransmitTimer?.cancel();
  socket.ackTimer?.cancel();
  socket.stateTimer?.cancel();
  socket.retransmitTimer = socket.ackTimer = socket.stateTimer = null;
  socket.ackPending = false;
}

/** It ends with an error that the next call tells. */
export function failConnection(socket: TcpSocket, errno: Errno): void {
  socket.pendingError = errno;
  finish(socket);
}

/** tcp_reset: the other side said so. */
export function resetConnection(socket: TcpSocket): void {
  switch (socket.state) {
    case TcpState.SYN_SENT:
      return failConnection(socket, 'ECONNREFUSED');
    case TcpState.CLOSE_WAIT:
      return failConnection(socket, 'EPIPE');
    case TcpState.CLOSE:
      return;
    default:
      failConnection(socket, 'ECONNRESET');
  }
}

/** Both sides have ended it: what is left is to wait for stragglers. */
export function enterTimeWait(socket: TcpSocket): void {
  const { netns } = socket;
  // One that waited for the other side's FIN without an owner counts already.
  if (socket.stateTimer === null) netns.mib.tcp.TW++;
  finish(socket);
  new TimeWait(socket, netns);
}

/** Nobody reads any more: the other side has so long to end it too (tcp_fin_timeout). */
export function waitForFin(socket: TcpSocket): void {
  if (socket.stateTimer === null) socket.netns.mib.tcp.TW++;
  socket.stateTimer?.cancel();
  socket.stateTimer = socket.netns.simulation.housekeeping(socket.netns.ipv4.tcp_fin_timeout * 1e6, () => finish(socket));
}

export function dropRequest(request: TcpRequest): void {
  request.timer?.cancel();
  request.timer = null;
  request.listener.requests.delete(request);
  const { netns } = request.listener;
  tablesOf(netns).remove(request);
}
