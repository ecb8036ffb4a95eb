/** Connections that become streams: which protocol a client and we both speak, and what then serves it. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { RestStreams } from '../../shared/lab/index.ts';
import type { RunningKubernetes } from '../labs/provider.ts';
import { FORWARD_PROTOCOL, PortForwarding } from './port-forward.ts';
import { SpdySession, type SpdyStream } from './spdy.ts';
import { expectedStreams, SPDY_STREAM_PROTOCOLS, spdyRemote } from './spdy-streams.ts';
import { joinStreams } from './streams.ts';
import { CHANNEL_PROTOCOLS, webSocketRemote } from './websocket-streams.ts';

const SPDY = 'SPDY/3.1';
/** SPDY within the messages of a WebSocket, for port-forward. Its name has a letter that names of subprotocols may not have. */
const TUNNEL_PROTOCOL = `${SPDY}+${FORWARD_PROTOCOL}`;
const MOST_MESSAGE_BYTES = 4 << 20;

export class Upgrades {
  private readonly sockets = new Set<Duplex>();
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
    handleProtocols: (offered) => [...CHANNEL_PROTOCOLS, FORWARD_PROTOCOL].find((one) => offered.has(one)) ?? false,
  });

  constructor(private readonly kubernetes: RunningKubernetes) {
    this.webSockets.on('headers', (headers, request) => {
      const wanted = request.headers['x-podwalk-tunnel'];
      const at = headers.findIndex((line) => line === `Sec-WebSocket-Protocol: ${FORWARD_PROTOCOL}`);
      if (wanted !== undefined && at >= 0) headers[at] = `Sec-WebSocket-Protocol: ${TUNNEL_PROTOCOL}`;
    });
  }

  /** Why not; undefined when it is served. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, streams: RestStreams): string | undefined {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    const upgrade = (request.headers.upgrade ?? '').toLowerCase();
    if (upgrade === 'websocket') return this.takeWebSocket(request, socket, head, streams);
    if (upgrade === SPDY.toLowerCase()) return this.takeSpdy(request, socket, head, streams);
    return `unable to upgrade: missing upgrade headers in request: ${JSON.stringify(upgrade)}`;
  }
  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private takeWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, streams: RestStreams): string | undefined {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    const wanted = streams.verb === 'portforward' ? [TUNNEL_PROTOCOL] : CHANNEL_PROTOCOLS;
    const chosen = wanted.find((one) => offered.includes(one));
    if (chosen === undefined) return `unable to upgrade: unsupported protocols ${JSON.stringify(offered)}, expected one of ${JSON.stringify(wanted)}`;
    const isTunnel = chosen === TUNNEL_PROTOCOL;
    request.headers['sec-websocket-protocol'] = isTunnel ? FORWARD_PROTOCOL : chosen;
    if (isTunnel) request.headers['x-podwalk-tunnel'] = 'yes';
    else delete request.headers['x-podwalk-tunnel'];
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (streams.verb === 'portforward') this.forward(createWebSocketStream(webSocket), Buffer.alloc(0), streams);
      else this.join(webSocket, streams);
    });
    return undefined;
  }
  private join(webSocket: WebSocket, streams: Exclude<RestStreams, { readonly verb: 'portforward' }>): void {
    const remote = webSocketRemote(webSocket);
    this.kubernetes.join(streams).then(
      (joined) => joinStreams(joined, remote),
      (error: unknown) => remote.finish(failed(error)),
    );
  }

  private takeSpdy(request: IncomingMessage, socket: Duplex, head: Buffer, streams: RestStreams): string | undefined {
    const said = request.headers['x-stream-protocol-version'];
    const offered = [said ?? []].flat().flatMap((one) => one.split(',').map((name) => name.trim()));
    const wanted = streams.verb === 'portforward' ? [FORWARD_PROTOCOL] : SPDY_STREAM_PROTOCOLS;
    const chosen = wanted.find((one) => offered.includes(one));
    if (chosen === undefined)
      return `unable to upgrade: unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(wanted)}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${SPDY}\r\nX-Stream-Protocol-Version: ${chosen}\r\n\r\n`);
    if (streams.verb === 'portforward') this.forward(socket, head, streams);
    else this.joinSpdy(socket, head, streams);
    return undefined;
  }
  private joinSpdy(socket: Duplex, head: Buffer, streams: Exclude<RestStreams, { readonly verb: 'portforward' }>): void {
    const expected = expectedStreams(streams.wants, streams.request.tty);
    const there = new Map<string, SpdyStream>();
    const session = new SpdySession(socket, head, (stream) => {
      there.set(stream.headers.get('streamtype') ?? '', stream);
      if (there.size !== expected.length || !expected.every((name) => there.has(name))) return;
      const remote = spdyRemote(session, there);
      this.kubernetes.join(streams).then(
        (joined) => joinStreams(joined, remote),
        (error: unknown) => remote.finish(failed(error)),
      );
    });
  }

  private forward(socket: Duplex, head: Buffer, { namespace, pod }: RestStreams): void {
    const forwarding: PortForwarding = new PortForwarding(
      () => session,
      (port) => this.kubernetes.forward(namespace, pod, port),
    );
    const session: SpdySession = new SpdySession(socket, head, (stream) => forwarding.take(stream));
    session.onClose(() => forwarding.close());
  }
}

const failed = (error: unknown): unknown => ({
  metadata: {},
  status: 'Failure',
  reason: 'InternalError',
  message: `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
  code: 500,
});
