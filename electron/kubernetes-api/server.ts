/**
 * The Kubernetes API of one lab, on loopback: HTTPS with a certificate of its own and a token that only its kubeconfig has. Requests are answered
 * by the lab; here they are read, and answers written, streamed or upgraded.
 *
 * Invariant: without the token nothing is answered but the refusal.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Definitions, RestAnswer, RestRequest } from '../../shared/lab/index.ts';
import type { RunningKubernetes } from '../labs/provider.ts';
import { makeIdentity } from './certificate.ts';
import { encodeOpenApiV2, OPENAPI_V2_TYPE } from './openapi-proto.ts';
import { PROTOBUF_TYPE, protobufToJson, type Messages } from './protobuf.ts';
import { Upgrades } from './upgrades.ts';
import { sendLog, sendWatch } from './sending.ts';

const LOOPBACK = '127.0.0.1';
/** --max-request-bytes of etcd, doubled by the API server. */
const MOST_BODY_BYTES = 3 << 20;

export interface ApiHost {
  readonly port: number;
  readonly token: string;
  /** PEM of who vouches for the certificate. */
  readonly authority: string;
  close(): Promise<void>;
}

export interface ApiHostOptions {
  readonly kubernetes: RunningKubernetes;
  /** The types of the API, as OpenAPI and as protocol buffers have them; each asked for once, when it is first needed. */
  readonly definitions: () => Promise<Definitions>;
  readonly messages: () => Promise<Messages>;
  /** Tried first. */
  readonly port: number;
  readonly onBug: (error: unknown) => void;
}

export async function serveKubernetes({ kubernetes, definitions, messages, port, onBug }: ApiHostOptions): Promise<ApiHost> {
  const token = randomBytes(32).toString('base64url');
  const { authority, certificate, key } = makeIdentity('Podwalk', Date.now());
  const server = createServer({ cert: certificate, key });
  const upgrades = new Upgrades(kubernetes);
  let rest: Promise<ReturnType<RunningKubernetes['rest']>> | undefined;
  const ask = async (request: RestRequest): Promise<RestAnswer> => {
    rest ??= definitions().then((types) => kubernetes.rest(types));
    return (await rest).answer(request);
  };
  const isAllowed = ({ headers }: IncomingMessage): boolean => isSame(headers.authorization ?? '', `Bearer ${token}`);
  server.on('request', (request, response) => {
    const answer = async (): Promise<void> => {
      if (!isAllowed(request)) return send(response, REFUSED);
      const body = await readBody(request);
      if (body === undefined) return send(response, TOO_LARGE);
      const read = isProtobuf(request) ? await readProtobuf(messages, body) : { text: body.toString('utf8') };
      if ('problem' in read) return send(response, statusAnswer(400, 'BadRequest', read.problem));
      respond(response, await ask(requestOf(request, read.text)));
    };
    answer().catch((error: unknown) => {
      onBug(error);
      response.destroy();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const answer = async (): Promise<void> => {
      if (!isAllowed(request)) return refuseUpgrade(socket, REFUSED);
      const found = await ask(requestOf(request, ''));
      if (found.kind !== 'streams') return refuseUpgrade(socket, found);
      const refusal = upgrades.take(request, socket, head, found.streams);
      if (refusal !== undefined) refuseUpgrade(socket, statusAnswer(400, 'BadRequest', refusal));
    };
    answer().catch((error: unknown) => {
      onBug(error);
      socket.destroy();
    });
  });
  const bound = await listen(server, port);
  return {
    port: bound,
    token,
    authority,
    close: () =>
      new Promise((resolve) => {
        upgrades.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function listen(server: Server, port: number): Promise<number> {
  for (const wanted of [port, 0]) {
    const isBound = await new Promise<boolean>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void =>
        wanted !== 0 && ['EADDRINUSE', 'EACCES'].includes(error.code ?? '') ? resolve(false) : reject(error);
      server.once('error', failed);
      server.listen(wanted, LOOPBACK, () => {
        server.off('error', failed);
        resolve(true);
      });
    });
    if (isBound) break;
  }
  return (server.address() as AddressInfo).port;
}

// --- reading ---

/** Undefined: it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  return size > MOST_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

const isProtobuf = ({ headers }: IncomingMessage): boolean => (headers['content-type'] ?? '').startsWith(PROTOBUF_TYPE);
async function readProtobuf(messages: () => Promise<Messages>, body: Buffer): Promise<{ readonly text: string } | { readonly problem: string }> {
  const known = await messages();
  try {
    return { text: protobufToJson(known, body) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function requestOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: string): RestRequest {
  const { pathname, searchParams } = new URL(url, `https://${LOOPBACK}`);
  const query = new Map<string, string[]>();
  for (const [name, value] of searchParams) query.set(name, [...(query.get(name) ?? []), value]);
  return {
    method,
    path: decoded(pathname),
    query,
    accept: headers.accept ?? '',
    contentType: headers['content-type']?.replace(PROTOBUF_TYPE, 'application/json') ?? '',
    userAgent: headers['user-agent'] ?? '',
    body,
  };
}
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// --- writing ---

type TextAnswer = Extract<RestAnswer, { readonly kind: 'text' }>;
const statusAnswer = (code: number, reason: string, message: string): TextAnswer => ({
  kind: 'text',
  status: code,
  contentType: 'application/json',
  body: `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code })}\n`,
});
const REFUSED = statusAnswer(401, 'Unauthorized', 'Unauthorized');
const TOO_LARGE = statusAnswer(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MOST_BODY_BYTES}`);

function respond(response: ServerResponse, answer: RestAnswer): void {
  switch (answer.kind) {
    case 'text':
      return send(response, answer);
    case 'openapi-v2':
      response.writeHead(200, { 'content-type': OPENAPI_V2_TYPE });
      response.end(encodeOpenApiV2(answer.document));
      return;
    case 'watch':
      return sendWatch(response, answer);
    case 'log':
      return sendLog(response, answer);
    case 'streams':
      return send(response, statusAnswer(400, 'BadRequest', 'Upgrade request required'));
  }
}
function send(response: ServerResponse, { status, contentType, body, warnings = [] }: TextAnswer): void {
  const said = warnings.map((warning) => `299 - ${JSON.stringify(warning)}`);
  if (said.length > 0) response.setHeader('warning', said);
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
  response.end(body);
}
function refuseUpgrade(socket: Duplex, answer: RestAnswer): void {
  const { status, contentType, body } = answer.kind === 'text' ? answer : statusAnswer(400, 'BadRequest', 'this request cannot be upgraded');
  const length = Buffer.byteLength(body);
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n${body}`);
}
