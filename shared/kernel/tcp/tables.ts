/**
 * Who has which port and which connection (net/ipv4/inet_hashtables.c, inet_connection_sock.c).
 * Invariant: an endpoint is in `connections` while packets may find it, in `bound` while its port is taken.
 */
import { IPV6_ANY, isUnspecified, type IpAddress } from '../../wire/index.ts';
import type { Netns } from '../model.ts';
import type { Endpoint, TcpSocket } from './socket.ts';
import { overlaps } from '../sockets/ip-socket.ts';
import { TcpState } from './state.ts';

const NOBODY: readonly Endpoint[] = [];

export class TcpTables {
  private readonly connections = new Map<number, Endpoint[]>();
  readonly listeners = new Map<number, TcpSocket[]>();
  /** All who hold a local port: listeners, connections, those in TIME_WAIT. */
  private readonly bound = new Map<number, Set<Endpoint>>();

  find(localAddress: IpAddress, localPort: number, remoteAddress: IpAddress, remotePort: number): Endpoint | undefined {
    const found = this.connections.get(localPort * 65536 + remotePort);
    if (found === undefined) return undefined;
    for (const each of found) if (each.localAddress === localAddress && each.remoteAddress === remoteAddress) return each;
    return undefined;
  }
  add(endpoint: Endpoint): void {
    const key = endpoint.localPort * 65536 + endpoint.remotePort;
    const others = this.connections.get(key);
    if (others === undefined) this.connections.set(key, [endpoint]);
    else others.push(endpoint);
  }
  remove(endpoint: Endpoint): void {
    const key = endpoint.localPort * 65536 + endpoint.remotePort;
    const rest = this.connections.get(key)?.filter((other) => other !== endpoint) ?? [];
    if (rest.length === 0) this.connections.delete(key);
    else this.connections.set(key, rest);
  }
  /** Every connection, TIME_WAIT and half-open ones included. */
  *all(): Generator<Endpoint, void, void> {
    for (const endpoints of this.connections.values()) yield* endpoints;
  }

  hold(endpoint: Endpoint): void {
    const holders = this.bound.get(endpoint.localPort);
    if (holders === undefined) this.bound.set(endpoint.localPort, new Set([endpoint]));
    else holders.add(endpoint);
  }
  release(endpoint: Endpoint): void {
    const holders = this.bound.get(endpoint.localPort);
    if (holders === undefined || !holders.delete(endpoint)) return;
    if (holders.size === 0) this.bound.delete(endpoint.localPort);
  }
  private holders(port: number): Iterable<Endpoint> {
    return this.bound.get(port) ?? NOBODY;
  }

  /** inet_csk_bind_conflict: whether somebody else's hold on the port forbids this one. */
  clashes(socket: TcpSocket, port: number): boolean {
    for (const other of this.holders(port)) {
      if (other === socket) continue;
      if (socket.boundDevice !== null && other.boundDevice !== null && socket.boundDevice !== other.boundDevice) continue;
      if (!overlaps(socket, other)) continue;
      if (socket.reuseAddress && other.reuseAddress && other.state !== TcpState.LISTEN) continue;
      if (socket.reusePort && other.reusePort) continue;
      return true;
    }
    return false;
  }
  /** A free port for bind(2) with port 0; 0 when there is none. Odd ones first: even ones are left to connect(2). */
  freePort(socket: TcpSocket, netns: Netns): number {
    const { localPortLow: low, localPortHigh: high } = netns.ipv4;
    return this.search(netns, low, high, 1, (port) => this.bound.get(port) === undefined || !this.clashes(socket, port));
  }
  /** A local port from which the connection is unique; 0 when there is none. */
  portToConnect(socket: TcpSocket, netns: Netns): number {
    const { localPortLow: low, localPortHigh: high } = netns.ipv4;
    return this.search(netns, low, high, 0, (port) => {
      for (const other of this.holders(port)) if (other.state === TcpState.LISTEN || !other.isConnected) return false;
      return this.find(socket.localAddress, port, socket.remoteAddress, socket.remotePort) === undefined;
    });
  }
  private search(netns: Netns, low: number, high: number, parity: number, isFree: (port: number) => boolean): number {
    const range = high - low + 1;
    const start = netns.rng.below(range) & ~1;
    for (const half of [parity, 1 - parity]) {
      for (let i = half; i < range; i += 2) {
        const port = low + ((start + i) % range);
        if (isFree(port)) return port;
      }
    }
    return 0;
  }

  /** The listener that fits best: by address, then by device; of several that share a port, one by the connection's hash. */
  listener(address: IpAddress, port: number, device: object | null, hash: number): TcpSocket | undefined {
    let best: TcpSocket[] = [];
    let bestScore = -1;
    for (const listener of this.listeners.get(port) ?? []) {
      const { localAddress, family } = listener;
      if (typeof address === 'number') {
        if (family === 6 && (listener.v6Only || (localAddress !== IPV6_ANY && localAddress !== address && localAddress !== 0))) continue;
        if (family === 4 && localAddress !== 0 && localAddress !== address) continue;
      } else if (family === 4 || (localAddress !== IPV6_ANY && localAddress !== address)) continue;
      if (listener.boundDevice !== null && listener.boundDevice !== device) continue;
      const isNative = (family === 4) === (typeof address === 'number');
      const score = (isUnspecified(localAddress) ? 0 : 4) + (listener.boundDevice !== null ? 2 : 0) + (isNative ? 1 : 0);
      if (score > bestScore) {
        best = [listener];
        bestScore = score;
      } else if (score === bestScore) best.push(listener);
    }
    return best[best.length > 1 ? hash % best.length : 0];
  }
}

/** The TCP of a namespace. */
export function tablesOf(netns: Netns): TcpTables {
  netns.tcp ??= new TcpTables();
  return netns.tcp as TcpTables;
}
