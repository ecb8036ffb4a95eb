/** What close(2) does (tcp_close, tcp_disconnect, inet_csk_listen_stop). */
import { dropRequest, finish, waitForFin } from './ending.ts';
import { queueFin, sendActiveReset } from './output.ts';
import type { TcpSocket } from './socket.ts';
import { TcpState } from './state.ts';
import { tablesOf } from './tables.ts';

/** What close(2) does to a connection. */
export function closeConnection(socket: TcpSocket): void {
  const { state } = socket;
  socket.readShut = socket.writeShut = true;
  if (state === TcpState.CLOSE || state === TcpState.SYN_SENT) {
    socket.state = TcpState.CLOSE;
    return finish(socket);
  }
  const unread = socket.arrived.length > 0;
  socket.arrived.length = 0;
  // Data that nobody will read: the other side must know that it was lost (RFC 2525 §2.17).
  if (unread || socket.lingerReset) {
    if (unread) socket.netns.mib.tcp.TCPAbortOnClose++;
    else socket.netns.mib.tcp.TCPAbortOnData++;
    if (state !== TcpState.CLOSING && state !== TcpState.LAST_ACK) sendActiveReset(socket);
    return finish(socket);
  }
  if (state === TcpState.ESTABLISHED || state === TcpState.SYN_RECV) {
    socket.state = TcpState.FIN_WAIT1;
    queueFin(socket);
  } else if (state === TcpState.CLOSE_WAIT) {
    socket.state = TcpState.LAST_ACK;
    queueFin(socket);
  } else if (state === TcpState.FIN_WAIT2) waitForFin(socket);
}
/** At once, with a reset where there is a connection. */
export function disconnect(socket: TcpSocket): void {
  const { state } = socket;
  socket.arrived.length = 0;
  const isSynced = state === TcpState.ESTABLISHED || state === TcpState.CLOSE_WAIT || state === TcpState.FIN_WAIT1 || state === TcpState.FIN_WAIT2;
  if (isSynced || state === TcpState.SYN_RECV) sendActiveReset(socket);
  finish(socket);
}

export function closeListener(socket: TcpSocket): void {
  const tables = tablesOf(socket.netns);
  const rest = (tables.listeners.get(socket.localPort) ?? []).filter((other) => other !== socket);
  if (rest.length === 0) tables.listeners.delete(socket.localPort);
  else tables.listeners.set(socket.localPort, rest);
  for (const request of [...socket.requests]) dropRequest(request);
  for (const child of socket.acceptQueue.splice(0)) {
    child.closed = child.isOrphan = true;
    disconnect(child);
  }
  finish(socket);
}
