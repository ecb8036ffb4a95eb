/** The sockets of a namespace as ss sees them (inet_diag): one row for each, whatever kind it is. */
import type { Bytes } from '../../base/index.ts';
import {
  PacketSocket,
  Raw6Socket,
  RawSocket,
  tcpTablesOf,
  TcpRequest,
  TcpSocket,
  TcpState,
  TimeWait,
  UdpSocket,
  type Device,
  type Netns,
  type Socket,
} from '../../kernel/index.ts';
import { SocketFile } from '../../machine/index.ts';
import type { Process } from '../../shell/index.ts';
import type { IpAddress } from '../../wire/index.ts';

export type Database = 'tcp' | 'udp' | 'raw' | 'p_raw' | 'p_dgr';

export interface Row {
  readonly database: Database;
  readonly state: TcpState;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly family: 4 | 6;
  readonly v6Only: boolean;
  readonly local: IpAddress;
  readonly localPort: number;
  readonly remote: IpAddress;
  readonly remotePort: number;
  readonly device: Device | null;
  readonly mark: number;
  readonly tos: number;
  /** Undefined where no socket is behind it: half a connection, one that is over. */
  readonly socket: Socket | undefined;
  readonly timer: { readonly name: string; readonly leftMs: number; readonly count: number } | undefined;
}

const rowOfTcp = (socket: TcpSocket): Row => {
  const isListening = socket.state === TcpState.LISTEN;
  return {
    database: 'tcp',
    state: socket.state,
    receiveQueue: isListening ? socket.acceptQueue.length : socket.readableBytes + (socket.finReceived && !socket.finRead ? 1 : 0),
    sendQueue: isListening ? socket.backlog : socket.unackedBytes,
    family: socket.family,
    v6Only: socket.v6Only,
    local: socket.localAddress,
    localPort: socket.localPort,
    remote: socket.remoteAddress,
    remotePort: socket.remotePort,
    device: socket.boundDevice,
    mark: socket.mark,
    tos: socket.tos,
    socket,
    timer: timerOf(socket),
  };
};
function timerOf(socket: TcpSocket): Row['timer'] {
  const timer = socket.retransmitTimer;
  if (timer === null) return undefined;
  const leftMs = Math.max(0, Math.round((timer.atUs - socket.netns.simulation.nowUs) / 1000));
  return socket.timerKind === 'probe' ? { name: 'persist', leftMs, count: socket.probes } : { name: 'on', leftMs, count: socket.retransmits };
}
function rowOfEndpoint(endpoint: TcpRequest | TimeWait): Row {
  const isOver = endpoint instanceof TimeWait;
  return {
    database: 'tcp',
    state: endpoint.state,
    receiveQueue: 0,
    sendQueue: 0,
    family: endpoint.family,
    v6Only: endpoint.v6Only,
    local: endpoint.localAddress,
    localPort: endpoint.localPort,
    remote: endpoint.remoteAddress,
    remotePort: endpoint.remotePort,
    device: endpoint.boundDevice,
    mark: 0,
    tos: 0,
    socket: undefined,
    timer: isOver ? { name: 'timewait', leftMs: Math.round(endpoint.leftUs / 1000), count: 0 } : { name: 'on', leftMs: 1000, count: endpoint.retransmits },
  };
}
const rowOfUdp = (socket: UdpSocket): Row => ({
  database: 'udp',
  state: socket.connected ? TcpState.ESTABLISHED : TcpState.CLOSE,
  receiveQueue: socket.queuedLength,
  sendQueue: 0,
  family: socket.family,
  v6Only: socket.v6Only,
  local: socket.localAddress,
  localPort: socket.localPort,
  remote: socket.remoteAddress,
  remotePort: socket.remotePort,
  device: socket.boundDevice,
  mark: socket.mark,
  tos: socket.tos,
  socket,
  timer: undefined,
});
const rowOfRaw = (socket: RawSocket | Raw6Socket): Row => ({
  ...rowOfUdp(socket as unknown as UdpSocket),
  database: 'raw',
  localPort: socket.protocol,
  remotePort: 0,
});
const rowOfPacket = (socket: PacketSocket): Row => ({
  database: socket.type === 'raw' ? 'p_raw' : 'p_dgr',
  state: TcpState.CLOSE,
  receiveQueue: 0,
  sendQueue: 0,
  family: 4,
  v6Only: false,
  local: 0,
  localPort: socket.protocol,
  remote: 0,
  remotePort: 0,
  device: socket.device,
  mark: 0,
  tos: 0,
  socket,
  timer: undefined,
});

/** Listeners first, the newest ahead; then connections. */
export function tcpRows(netns: Netns): readonly Row[] {
  const listeners: Row[] = [];
  const connections: Row[] = [];
  for (const socket of netns.sockets) {
    if (!(socket instanceof TcpSocket)) continue;
    if (socket.state === TcpState.LISTEN) listeners.unshift(rowOfTcp(socket));
    else if (socket.isConnected && socket.state !== TcpState.CLOSE) connections.push(rowOfTcp(socket));
  }
  for (const endpoint of tcpTablesOf(netns).all())
    if (endpoint instanceof TcpRequest || endpoint instanceof TimeWait) connections.push(rowOfEndpoint(endpoint));
  return [...listeners, ...connections];
}
/** By port, as the hash table has them. */
export const udpRows = (netns: Netns): readonly Row[] =>
  [...netns.sockets]
    .filter((socket) => socket instanceof UdpSocket)
    .filter((socket) => socket.localPort !== 0)
    .sort((a, b) => a.localPort - b.localPort)
    .map(rowOfUdp);
export const rawRows = (netns: Netns): readonly Row[] =>
  [...netns.sockets].filter((socket) => socket instanceof RawSocket || socket instanceof Raw6Socket).map(rowOfRaw);
export const packetRows = (netns: Netns): readonly Row[] => [...netns.sockets].filter((socket) => socket instanceof PacketSocket).map(rowOfPacket);

/** `users:(("nc",pid=66,fd=3))`: whoever has a descriptor of a socket, the latest first. */
export function usersOf(p: Process): Map<Socket, Bytes> {
  const users = new Map<Socket, Bytes[]>();
  for (const { pid, process } of p.namespaces.pid.list()) {
    for (const fd of process.fds.numbers()) {
      const file = process.fds.get(fd);
      if (!(file instanceof SocketFile)) continue;
      const known = users.get(file.socket);
      const text = `("${process.comm}",pid=${pid},fd=${fd})`;
      if (known) known.unshift(text);
      else users.set(file.socket, [text]);
    }
  }
  return new Map([...users].map(([socket, texts]) => [socket, ` users:(${texts.join(',')})`]));
}
