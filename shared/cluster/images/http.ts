/** HTTP over the kernel's TCP, as far as the web servers of the images need it: GET and HEAD of files, connections that stay open for a while. */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import { TcpSocket } from '../../kernel/index.ts';
import { netnsOf, ownSocket, SocketFile } from '../../machine/index.ts';
import type { Process, Sys, Wait } from '../../shell/index.ts';
import { formatIpv4 } from '../../wire/index.ts';

export interface HttpServer {
  readonly port: number;
  /** `Apache/2.4.62 (Unix)`. */
  readonly name: string;
  readonly documents: string;
  readonly keepAliveUs: number;
  /** The page for a status that is no 200. */
  readonly errorPage: (status: number, reason: string) => string;
  /** A line of the access log. */
  readonly log: (p: Process, entry: AccessEntry) => string;
}
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
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  414: 'URI Too Long',
};
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  txt: 'text/plain',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
};

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
  const from = formatIpv4(socket.remoteAddress);
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
  const [request = '', ...lines] = head.split('\r\n');
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const [method = '', target = '', version = ''] = request.split(' ');
  const found = read(p, server, method, target, version, head.length);
  const page = found.status === 200 ? found.body : utf8Encode(server.errorPage(found.status, REASONS[found.status] ?? ''));
  const isKept = version === 'HTTP/1.1' && headers.get('connection')?.toLowerCase() !== 'close' && found.status !== 400;
  const fields = [
    `HTTP/1.1 ${found.status} ${REASONS[found.status] ?? ''}`,
    `Server: ${server.name}`,
    `Content-Type: ${found.type}`,
    `Content-Length: ${page.length}`,
    `Connection: ${isKept ? 'keep-alive' : 'close'}`,
  ];
  const sent = yield* p.write(5, `${fields.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : page}`);
  yield* p.write(
    1,
    utf8Encode(
      server.log(p, {
        from,
        request: utf8Decode(request),
        status: found.status,
        bytes: method === 'HEAD' ? 0 : page.length,
        agent: headers.get('user-agent') ?? '-',
      }),
    ),
  );
  return isKept && sent.ok;
}

function read(
  p: Process,
  server: HttpServer,
  method: string,
  target: string,
  version: string,
  length: number,
): { readonly status: number; readonly body: Bytes; readonly type: string } {
  const fail = (status: number) => ({ status, body: '', type: 'text/html' });
  if (length > HEAD_BYTES) return fail(414);
  if (!/^HTTP\/1\.[01]$/.test(version) || !target.startsWith('/')) return fail(400);
  if (method !== 'GET' && method !== 'HEAD') return fail(405);
  const path = target.split('?')[0]!;
  if (path.split('/').includes('..')) return fail(400);
  const file = `${server.documents}${path.endsWith('/') ? `${path}index.html` : path}`;
  const content = p.fs.readFile(file);
  if (!content.ok) return fail(content.error === 'EACCES' ? 403 : 404);
  return { status: 200, body: content.value, type: TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream' };
}
