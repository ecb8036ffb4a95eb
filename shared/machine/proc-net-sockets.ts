/**
 * /proc/net/tcp, udp, raw, packet, unix and their IPv6 kin: the sockets of the reader's network namespace in the kernel's own columns
 * (net/ipv4/tcp_ipv4.c: tcp4_seq_show, udp.c, raw.c, net/packet/af_packet.c). Addresses of objects are zero, as kptr_restrict shows them.
 */
import type { Bytes } from '../base/index.ts';
import {
  PacketSocket,
  Raw6Socket,
  RawSocket,
  TcpRequest,
  TcpSocket,
  tcpTablesOf,
  TcpState,
  TimeWait,
  UdpSocket,
  type Netns,
  type Socket,
} from '../kernel/index.ts';
import type { DynamicNode } from '../shell/index.ts';
import { ipv6Mapped, type IpAddress, type Ipv4 } from '../wire/index.ts';
import { hexAddress, table } from './proc-net-format.ts';

const hex = (value: number, width: number): string => (value >>> 0).toString(16).toUpperCase().padStart(width, '0');
/** Four numbers of the little-endian machine. */
const hexAddress6 = (address: IpAddress): string =>
  (typeof address === 'number' ? (address === 0 ? '0'.repeat(32) : ipv6Mapped(address)) : address).replace(/(..)(..)(..)(..)/g, '$4$3$2$1').toUpperCase();
const POINTER = '0'.repeat(16);

/** What all tables of sockets have in a row: where from and to, queues, the timer that runs (kind, hundredths of a second, tries), who owns it. */
interface Row {
  readonly slot: string;
  /** AF_INET6: addresses are written whole. */
  readonly family: 4 | 6;
  readonly local: readonly [address: IpAddress, port: number];
  readonly remote: readonly [address: IpAddress, port: number];
  readonly state: number;
  readonly queues: readonly [sent: number, received: number];
  readonly timer: readonly [kind: number, left: number, tries: number];
  readonly probes: number;
  readonly socket: Socket | undefined;
  readonly tail: string;
}
function line({ slot, family, local, remote, state, queues, timer, probes, socket, tail }: Row): string {
  const end = ([address, port]: readonly [IpAddress, number]): string => `${family === 6 ? hexAddress6(address) : hexAddress(address as Ipv4)}:${hex(port, 4)}`;
  const uid = String(socket?.owner?.uid ?? 0).padStart(5);
  const numbers = `${hex(queues[0], 8)}:${hex(queues[1], 8)} ${hex(timer[0], 2)}:${hex(timer[1], 8)} ${hex(timer[2], 8)}`;
  return `${slot}: ${end(local)} ${end(remote)} ${hex(state, 2)} ${numbers} ${uid} ${String(probes).padStart(8)} ${socket?.inode ?? 0} ${tail}`;
}
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const HEAD6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const DATAGRAM_TAIL = ' ref pointer drops';
const TCP_WIDTH = 149;
const UDP_WIDTH = 127;
const centiseconds = (us: number): number => Math.max(0, Math.round(us / 10_000));

function tcpSocketLine(socket: TcpSocket, slot: string): string {
  const isListening = socket.state === TcpState.LISTEN;
  const timer = socket.retransmitTimer;
  const left = timer === null ? 0 : centiseconds(timer.atUs - socket.netns.simulation.nowUs);
  const isProbe = socket.timerKind === 'probe';
  const received = isListening ? socket.acceptQueue.length : socket.readableBytes + (socket.finReceived && !socket.finRead ? 1 : 0);
  return line({
    slot,
    family: socket.family,
    local: [socket.localAddress, socket.localPort],
    remote: [socket.remoteAddress, socket.remotePort],
    state: socket.state,
    queues: [isListening ? 0 : socket.unackedBytes, received],
    timer: timer === null ? [0, 0, 0] : [isProbe ? 4 : 1, left, isProbe ? 0 : socket.retransmits],
    probes: isProbe ? socket.probes : 0,
    socket,
    tail: `1 ${POINTER} ${isListening ? '100 0 0 10 0' : '20 4 30 10 -1'}`,
  });
}
function halfLine(endpoint: TcpRequest | TimeWait, slot: string): string {
  const isOver = endpoint instanceof TimeWait;
  return line({
    slot,
    family: endpoint.family,
    local: [endpoint.localAddress, endpoint.localPort],
    remote: [endpoint.remoteAddress, endpoint.remotePort],
    state: endpoint.state,
    queues: [0, 0],
    timer: isOver ? [3, centiseconds(endpoint.leftUs), 0] : [1, 100, endpoint.retransmits],
    probes: 0,
    socket: undefined,
    tail: `${isOver ? 3 : 1} ${POINTER}`,
  });
}
/** Listeners first, the newest ahead; then connections. */
const tcp =
  (family: 4 | 6) =>
  (netns: Netns): Bytes => {
    const listeners: TcpSocket[] = [];
    const others: (TcpSocket | TcpRequest | TimeWait)[] = [];
    for (const socket of netns.sockets) {
      if (!(socket instanceof TcpSocket) || socket.family !== family) continue;
      if (socket.state === TcpState.LISTEN) listeners.unshift(socket);
      else if (socket.isConnected && socket.state !== TcpState.CLOSE) others.push(socket);
    }
    for (const endpoint of tcpTablesOf(netns).all())
      if ((endpoint instanceof TcpRequest || endpoint instanceof TimeWait) && endpoint.family === family) others.push(endpoint);
    const rows = [...listeners, ...others].map((each, i) => {
      const slot = String(i).padStart(4);
      return each instanceof TcpSocket ? tcpSocketLine(each, slot) : halfLine(each, slot);
    });
    if (family === 6) return [HEAD6, ...rows].map((row) => `${row}\n`).join('');
    return [HEAD, ...rows].map((row) => `${row.padEnd(TCP_WIDTH)}\n`).join('');
  };

interface Datagrams {
  readonly family: 4 | 6;
  readonly localAddress: IpAddress;
  readonly remoteAddress: IpAddress;
  readonly queuedLength: number;
}
const datagramLine = (socket: Socket & Datagrams, slot: string, ports: readonly [number, number], state: number): string =>
  line({
    slot,
    family: socket.family,
    local: [socket.localAddress, ports[0]],
    remote: [socket.remoteAddress, ports[1]],
    state,
    queues: [0, socket.queuedLength],
    timer: [0, 0, 0],
    probes: 0,
    socket,
    tail: `2 ${POINTER} 0`,
  });
/** By port, as the hash table has them. */
const udp =
  (family: 4 | 6) =>
  (netns: Netns): Bytes => {
    const sockets = [...netns.sockets].filter((socket) => socket instanceof UdpSocket).filter((socket) => socket.localPort !== 0 && socket.family === family);
    const rows = sockets
      .sort((a, b) => a.localPort - b.localPort)
      .map((socket) =>
        datagramLine(
          socket,
          String(socket.localPort).padStart(5),
          [socket.localPort, socket.remotePort],
          socket.connected ? TcpState.ESTABLISHED : TcpState.CLOSE,
        ),
      );
    if (family === 6) return [`${HEAD6}${DATAGRAM_TAIL}`, ...rows].map((row) => `${row}\n`).join('');
    return [` ${HEAD}${DATAGRAM_TAIL}`, ...rows].map((row) => `${row.padEnd(UDP_WIDTH)}\n`).join('');
  };
function raw6(netns: Netns): Bytes {
  const sockets = [...netns.sockets].filter((socket) => socket instanceof Raw6Socket).sort((a, b) => a.protocol - b.protocol);
  const rows = sockets.map((socket) => datagramLine(socket, String(socket.protocol).padStart(5), [socket.protocol, 0], TcpState.CLOSE));
  return [`${HEAD6}${DATAGRAM_TAIL}`, ...rows].map((row) => `${row}\n`).join('');
}
function raw(netns: Netns): Bytes {
  const sockets = [...netns.sockets].filter((socket) => socket instanceof RawSocket).sort((a, b) => a.protocol - b.protocol);
  const rows = sockets.map((socket) => datagramLine(socket, String(socket.protocol).padStart(4), [socket.protocol, 0], TcpState.CLOSE));
  return [`${HEAD}${DATAGRAM_TAIL}`, ...rows].map((row) => `${row}\n`).join('');
}
function packet(netns: Netns): Bytes {
  const rows = [...netns.sockets]
    .filter((socket) => socket instanceof PacketSocket)
    .map((socket) => {
      const type = socket.type === 'raw' ? 3 : 2;
      const numbers = `${hex(socket.protocol, 4).toLowerCase()}  ${String(socket.device?.index ?? 0).padEnd(5)} 1 ${'0'.padEnd(6)} ${'0'.padEnd(6)} ${String(socket.inode).padEnd(6)}`;
      return `${POINTER} 3      ${String(type).padEnd(4)} ${numbers}\n`;
    });
  return `sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n${rows.join('')}`;
}

/** Deviation: no sockets of the UNIX family: their table is empty. */
export const PROC_NET_SOCKETS: Readonly<Record<string, DynamicNode>> = {
  packet: table(packet),
  raw: table(raw),
  raw6: table(raw6),
  tcp: table(tcp(4)),
  tcp6: table(tcp(6)),
  udp: table(udp(4)),
  udp6: table(udp(6)),
  udplite: table(() => `${` ${HEAD}${DATAGRAM_TAIL}`.padEnd(UDP_WIDTH)}\n`),
  udplite6: table(() => `${HEAD6}${DATAGRAM_TAIL}\n`),
  unix: table(() => 'Num       RefCount Protocol Flags    Type St Inode Path\n'),
};
