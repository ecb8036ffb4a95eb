/** Opening sockets as programs do: connect(2) that waits, accept(2) that waits, bind(2) with the rights it needs. */
import type { Bytes, Errno, Result } from '../../base/index.ts';
import { err, ok } from '../../base/index.ts';
import { TcpSocket, TcpState, UdpSocket, type Socket } from '../../kernel/index.ts';
import { netnsOf, ownSocket, SocketFile } from '../../machine/index.ts';
import type { OpenFile, Process, Sys } from '../../shell/index.ts';
import type { IpAddress } from '../../wire/index.ts';
import { portOfService } from '../names/services.ts';
import { familyOf, lookupHosts } from './names.ts';
import { watching } from './watching.ts';

const FIRST_FREE_PORT = 1024;

export function tcpSocket(p: Process, family: 4 | 6 = 4): TcpSocket {
  const socket = new TcpSocket(netnsOf(p), family);
  ownSocket(socket, p, p.comm, 3);
  return socket;
}
export function udpSocket(p: Process, family: 4 | 6 = 4): UdpSocket {
  const socket = new UdpSocket(netnsOf(p), family);
  ownSocket(socket, p, p.comm, 3);
  return socket;
}
/** EACCES for the ports of services to who is not root. */
export function bindSocket(p: Process, socket: TcpSocket | UdpSocket, address: IpAddress, port: number): Errno | null {
  if (port > 0 && port < FIRST_FREE_PORT && p.credentials.euid !== 0) return 'EACCES';
  const bound = socket.bind(address, port);
  return bound.ok ? null : bound.error.errno;
}

/** Waits until it is connected. EINPROGRESS: it is not yet after `timeoutUs`; EINTR: a signal came first. */
export function* connectTcp(p: Process, socket: TcpSocket, address: IpAddress, port: number, timeoutUs?: number): Sys<Errno | null> {
  const begun = socket.connect(address, port);
  if (!begun.ok) return begun.error.errno;
  const untilUs = timeoutUs === undefined ? Infinity : p.nowUs + timeoutUs;
  const settled = yield* p.waitFor(() => socket.state !== TcpState.SYN_SENT, watching(socket), timeoutUs);
  if (!settled) return p.nowUs < untilUs ? 'EINTR' : 'EINPROGRESS';
  return socket.takeError();
}

/** The next connection; EINTR when a signal came first. */
export function* acceptTcp(p: Process, listener: TcpSocket): Sys<Result<TcpSocket, Errno>> {
  for (;;) {
    const next = listener.accept();
    if (next.ok) return ok(next.value);
    if (next.error.errno !== 'EAGAIN') return err(next.error.errno);
    if ((yield* p.block(watching(listener))) === 'interrupted') return err('EINTR');
  }
}

/** Waits until a datagram (or an error) is there; false after the time or a signal. */
export const waitReadable = (p: Process, socket: Socket & { readonly readable: boolean }, timeoutUs?: number): Sys<boolean> =>
  p.waitFor(() => socket.readable, watching(socket), timeoutUs);

/** bash's /dev/tcp/HOST/PORT and /dev/udp/HOST/PORT: a connected socket. */
export function* connectPath(p: Process, protocol: 'tcp' | 'udp', host: Bytes, port: Bytes): Sys<Result<OpenFile, Errno | { readonly words: Bytes }>> {
  const number = /^\d+$/.test(port) ? Number(port) : portOfService(port, protocol);
  if (number === undefined || number > 65535) return err({ words: `${port}: Servname not supported for ai_socktype` });
  const found = yield* lookupHosts(p, host);
  if (found.kind === 'failed') return err({ words: `${host}: ${found.message}` });
  const [{ address, scope }] = found.hosts;
  if (protocol === 'udp') {
    const socket = udpSocket(p, familyOf(address));
    socket.boundDevice = scope;
    const connected = socket.connect(address, number);
    if (connected.ok) return ok(new SocketFile(socket));
    socket.close();
    return err(connected.error.errno);
  }
  const socket = tcpSocket(p, familyOf(address));
  socket.boundDevice = scope;
  const errno = yield* connectTcp(p, socket, address, number);
  if (errno === null) return ok(new SocketFile(socket));
  socket.close();
  return err(errno);
}
