/**
 * The same app for a browser: HTTP for the window's files and a WebSocket for the wire, on loopback only. Who may come in is decided in web/gate.ts.
 *
 * Invariant: nothing is answered to a request for another host, and nothing but the refusal without the token.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { DEFAULT_LIMITS, SESSION_PATH, WIRE_PATH, type Channel } from '../shared/ipc/index.ts';
import { webSocketChannel } from './web/channel.ts';
import { findFile, securityHeaders } from './web/files.ts';
import { Gate } from './web/gate.ts';
import { missingPage, refusedPage, welcomePage } from './web/pages.ts';

export const DEFAULT_PORT = 5178;
/** Ports tried, from the default on, before the system is asked for any. */
const PORTS_TRIED = 20;
const LOOPBACK = '127.0.0.1';

export interface WebHostOptions {
  /** The folder of the built window. */
  readonly renderer: string;
  /** Exactly this port. Without: the default, or a free one after it. */
  readonly port?: number;
  /** A window has come. */
  readonly onChannel: (channel: Channel) => void;
}

export interface WebHost {
  readonly port: number;
  /** With the token. */
  readonly address: string;
  close(): Promise<void>;
}

/** The asked port is taken. */
export class PortBusy extends Error {
  constructor(readonly port: number) {
    super(`port ${port} is in use`);
  }
}

export async function setupWebHost({ renderer, port, onChannel }: WebHostOptions): Promise<WebHost> {
  if (!existsSync(join(renderer, 'index.html'))) throw new Error(`the window is not built (no ${join(renderer, 'index.html')}): run \`npm run build\``);
  const server = createServer();
  const bound = await listen(server, port);
  const gate = new Gate(bound);
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: DEFAULT_LIMITS.messageBytes });
  const headers = securityHeaders(gate.hosts.map((host) => `ws://${host}`).join(' '));

  server.on('request', (request, response) => {
    answer(request, response, gate, renderer, headers).catch(() => response.destroy());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const status = upgradeStatus(request, gate);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      onChannel(webSocketChannel(webSocket));
    });
  });
  return {
    port: bound,
    address: `http://${LOOPBACK}:${bound}/?token=${gate.token}`,
    close: () => {
      for (const client of sockets.clients) client.close(1001);
      server.closeAllConnections();
      return new Promise((resolve) => {
        setTimeout(() => {
          for (const client of sockets.clients) client.terminate();
        }, 300).unref();
        server.close(() => resolve());
      });
    },
  };
}

/** Why a WebSocket is refused. */
function upgradeStatus(request: IncomingMessage, gate: Gate): string | undefined {
  if (!gate.hasOurHost(request)) return '421 Misdirected Request';
  if (pathOf(request) !== WIRE_PATH) return '404 Not Found';
  if (!gate.hasOurOrigin(request)) return '403 Forbidden';
  return gate.hasSession(request) ? undefined : '401 Unauthorized';
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
  renderer: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const write = (status: number, body = '', more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { ...headers, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', ...more });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (!gate.hasOurHost(request)) return write(421);
  if (request.method !== 'GET' && request.method !== 'HEAD') return write(405, '', { Allow: 'GET, HEAD' });
  const path = pathOf(request);
  const token = new URLSearchParams(request.url?.slice(path.length)).get('token');
  if (path === '/' && token !== null && gate.isToken(token)) return write(200, welcomePage, { 'Set-Cookie': gate.cookie });
  const hasSession = gate.hasSession(request);
  if (path === SESSION_PATH) return write(hasSession ? 204 : 401);
  if (!hasSession) return write(403, refusedPage);

  const file = await findFile(renderer, path);
  if (!file) return write(404, missingPage);
  response.writeHead(200, { ...headers, 'Content-Type': file.type, 'Cache-Control': file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-store' });
  if (request.method === 'HEAD') return void response.end();
  createReadStream(file.path)
    .on('error', () => response.destroy())
    .pipe(response);
}

async function listen(server: Server, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await tryPort(server, wanted)) return boundPort(server);
    throw new PortBusy(wanted);
  }
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + PORTS_TRIED; port++) if (await tryPort(server, port)) return port;
  await tryPort(server, 0);
  return boundPort(server);
}

const boundPort = (server: Server): number => (server.address() as AddressInfo).port;

/** False: it is taken. */
function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error.code === 'EACCES' ? new Error(`port ${port} is not allowed for this user: choose one above 1023`) : error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError).once('listening', onListening).listen(port, LOOPBACK);
  });
}
