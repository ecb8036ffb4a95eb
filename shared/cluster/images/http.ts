/** HTTP over the kernel's TCP, as far as the web servers of the images need it: GET and HEAD of files, connections that stay open for a while. */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import { TcpSocket } from '../../kernel/index.ts';
import { netnsOf, ownSocket, SocketFile } from '../../machine/index.ts';
import type { Process, Sys, Wait } from '../../shell/index.ts';
import { formatIp } from '../../wire/index.ts';
import { parseRequest, refusal, type Answer, type Manners, type Request } from './manners.ts';

export interface HttpServer {
  readonly port: number;
  readonly documents: string;
  readonly keepAliveUs: number;
  readonly manners: Manners;
  /** A line of the access log. */
  readonly log: (p: Process, entry: AccessEntry) => string;
}
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  txt: 'text/plain',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
};

export interface AccessEntry {
  readonly from: string;
  readonly request: string;
  readonly status: number;
  readonly bytes: number;
  readonly agent: string;
}

/** Longer heads are refused. */
const HEAD_BYTES = 8190;
const BACKLOG = 511;
/** Serves until `isOver`, looked at whenever a signal or a connection comes; an errno name when the port cannot be had. */
export function* serveHttp(p: Process, server: HttpServer, isOver: () => boolean): Sys<string | undefined> {
  const listener = new TcpSocket(netnsOf(p));
  ownSocket(listener, p, p.comm, 4);
  listener.reuseAddress = true;
  const bound = listener.bind(0, server.port);
  const listening = bound.ok ? listener.listen(BACKLOG) : bound;
  if (!listening.ok) {
    listener.close();
    return listening.error.errno;
  }
  const arrival: Wait = { arm: (wake) => listener.watchers.add(() => wake()) };
  p.on('CHLD', 'ignore');
  try {
    while (!isOver()) {
      const next = listener.accept();
      if (next.ok) {
        const { value } = next;
        ownSocket(value, p, p.comm, 5);
        p.fork((child) => serveConnection(child, server, value), { prepare: (child) => void child.fds.put(5, new SocketFile(value)) });
      } else yield* p.block(arrival);
    }
  } finally {
    listener.close();
  }
  return undefined;
}

function* serveConnection(p: Process, server: HttpServer, socket: TcpSocket): Sys<number> {
  const from = formatIp(socket.remoteAddress);
  let pending = '';
  for (;;) {
    const untilUs = p.nowUs + server.keepAliveUs;
    while (!pending.includes('\r\n\r\n') && pending.length <= HEAD_BYTES) {
      const ready = yield* p.poll([{ fd: 5, events: 'read' }], Math.max(0, untilUs - p.nowUs));
      if (ready.length === 0) return 0;
      const data = yield* p.read(5);
      if (!data.ok || data.value === '') return 0;
      pending += data.value;
    }
    const end = pending.indexOf('\r\n\r\n');
    const head = end < 0 ? pending : pending.slice(0, end);
    pending = end < 0 ? '' : pending.slice(end + 4);
    const isKept = yield* answer(p, server, from, head);
    if (!isKept) return 0;
  }
}

/** One request; true when the connection stays open. */
function* answer(p: Process, server: HttpServer, from: string, head: Bytes): Sys<boolean> {
  const request = head.length > HEAD_BYTES ? undefined : parseRequest(head);
  const found = request === undefined ? refusal(400) : find(p, server, request);
  const isKept = request?.version === 'HTTP/1.1' && request.field('connection')?.toLowerCase() !== 'close' && !CLOSING.includes(found.status);
  const { manners } = server;
  const page = found.content ?? utf8Encode(manners.page(found, request));
  const fields = manners.fields(found, { length: page.length, isKept, unixUs: p.unixUs });
  const isBare = request?.method === 'HEAD';
  const lines = [`HTTP/1.1 ${found.status} ${manners.reason(found.status)}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  const sent = yield* p.write(5, `${lines.join('\r\n')}\r\n\r\n${isBare ? '' : page}`);
  const entry = {
    from,
    request: utf8Decode(head.split('\r\n', 1)[0] ?? ''),
    status: found.status,
    bytes: isBare ? 0 : page.length,
    agent: request?.field('user-agent') ?? '-',
  };
  yield* p.write(1, utf8Encode(server.log(p, entry)));
  return isKept && sent.ok;
}
/** After these the connection ends. */
const CLOSING: readonly number[] = [400, 414, 501, 505];

function find(p: Process, { documents, manners }: HttpServer, request: Request): Answer {
  const refused = manners.refuses(request);
  if (refused !== undefined) return refused;
  const [path = ''] = request.target.split('?', 1);
  if (!path.startsWith('/') || decoded(path).split('/').includes('..')) return refusal(400);
  if (request.method === 'OPTIONS') return { ...refusal(200), content: '', type: 'text/html', allow: true };
  const file = `${documents}${decoded(path)}${path.endsWith('/') ? 'index.html' : ''}`;
  const status = p.fs.stat(file);
  if (status.ok && status.value.kind === 'dir') return { ...refusal(301), location: `http://${request.field('host') ?? ''}${path}/` };
  const content = status.ok ? p.fs.readFile(file) : status;
  if (!content.ok) return refusal(content.error === 'EACCES' ? 403 : 404);
  const dot = file.lastIndexOf('.');
  const type = dot > file.lastIndexOf('/') ? TYPES[file.slice(dot + 1)] : undefined;
  return { ...refusal(200), content: content.value, type, modifiedUs: status.ok ? status.value.mtimeUs : 0 };
}
const decoded = (path: Bytes): Bytes => path.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
