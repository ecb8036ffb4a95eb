/** One page fetched: connecting, the request, the answer, where it leads on. Authority: lib/connect.c, http.c, transfer.c, strerror.c of curl. */
import { strerror, type Bytes, type Errno } from '../../base/index.ts';
import type { TcpSocket } from '../../kernel/index.ts';
import { netnsOf, SocketFile } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIp, IPV4_LOOPBACK, IPV6_LOOPBACK, parseIpv4, parseIpv6, type IpAddress } from '../../wire/index.ts';
import { base64, HttpConnection, resolveUrl, urlText, type Body, type Head, type Url } from '../http/index.ts';
import { bindSocket, connectTcp, familyOf, lookupHosts, tcpSocket, type HostAddress, type Resolutions } from '../net/index.ts';
import type { CurlOptions } from './options.ts';

/** Codes that curl ends with (libcurl-errors(3)). */
export const Code = {
  PROTOCOL: 1,
  URL: 3,
  RESOLVE: 6,
  CONNECT: 7,
  PARTIAL: 18,
  HTTP: 22,
  WRITE: 23,
  TIMEOUT: 28,
  BIND: 45,
  REDIRECTS: 47,
  EMPTY: 52,
  SEND: 55,
  RECEIVE: 56,
} as const;
const DEFAULT_REDIRECTS = 50;
const CONNECT_TIMEOUT_US = 300e6;

/** Where what comes in goes. */
export interface Sink {
  /** False: it cannot be written. */
  readonly body: (data: Bytes) => Sys<boolean>;
  /** Heads of answers, with their line ends. */
  readonly head: (text: Bytes) => Sys;
  /** `*` lines, `>` and `<` lines, of -v; whole lines. */
  readonly note: (text: Bytes) => Sys;
}
/** A connection that stays for the next page. */
export interface Kept {
  readonly key: string;
  readonly socket: TcpSocket;
  readonly fd: number;
  readonly http: HttpConnection;
  readonly number: number;
}
interface Target {
  readonly hosts: readonly [HostAddress, ...HostAddress[]];
  readonly port: number;
}
/** libcurl knows it without asking. */
const LOCALHOST = (family: 0 | 4 | 6): Extract<Resolutions, { kind: 'found' }> => {
  const v4: HostAddress = { address: IPV4_LOOPBACK, scope: null };
  const v6: HostAddress = { address: IPV6_LOOPBACK, scope: null };
  return { kind: 'found', hosts: family === 4 ? [v4] : family === 6 ? [v6] : [v4, v6], isLiteral: false };
};
const ended = (address: IpAddress, port: number): string => (typeof address === 'number' ? `${formatIp(address)}:${port}` : `[${formatIp(address)}]:${port}`);
/** What lasts for all pages of one command. */
export interface Pool {
  kept: Kept | undefined;
  /** Connections so far. */
  made: number;
  readonly resolved: Set<string>;
}

export class Transfer {
  code = 0;
  message = '';
  status = 0;
  head: Head | undefined;
  method: string;
  received = 0;
  uploaded = 0;
  expected = 0;
  headerBytes = 0;
  requestBytes = 0;
  connects = 0;
  redirects = 0;
  redirectUrl: Bytes | undefined;
  localIp = '';
  localPort = 0;
  remoteIp = '';
  remotePort = 0;
  lookupUs = 0;
  connectUs = 0;
  pretransferUs = 0;
  startUs = 0;
  totalUs = 0;
  fileName: Bytes | undefined;
  private readonly begunUs: number;
  private readonly endUs: number;

  constructor(
    private readonly p: Process,
    private readonly options: CurlOptions,
    private readonly pool: Pool,
    private readonly sink: Sink,
    public url: Url,
    /** As it was asked for. */
    readonly given: Bytes,
    readonly number: number,
    private body: Bytes | undefined,
  ) {
    this.begunUs = p.nowUs;
    this.endUs = p.nowUs + (options.us('max-time') ?? Infinity);
    this.method = options.text('request') ?? (options.has('head') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
  }
  private get elapsedUs(): number {
    return this.p.nowUs - this.begunUs;
  }
  private get ms(): number {
    return Math.floor(this.elapsedUs / 1000);
  }

  *run(): Sys {
    const limit = this.options.count('max-redirs') ?? DEFAULT_REDIRECTS;
    for (;;) {
      const next = yield* this.once();
      if (next === undefined) break;
      if (limit >= 0 && this.redirects >= limit) {
        yield* this.fails(Code.REDIRECTS, `Maximum (${limit}) redirects followed`);
        break;
      }
      this.redirects++;
      this.url = next;
      this.redirectUrl = undefined;
      yield* this.note(`Issue another request to this URL: '${urlText(next)}'`);
    }
    this.totalUs = this.elapsedUs;
  }
  private *note(text: Bytes): Sys {
    if (this.options.has('verbose')) yield* this.sink.note(`* ${text}\n`);
  }
  private *fails(code: number, message: Bytes): Sys<undefined> {
    this.code = code;
    this.message = message;
    yield* this.note(message);
    return undefined;
  }

  /** One request; where it leads on, when it is to be followed. */
  private *once(): Sys<Url | undefined> {
    const connection = yield* this.connection();
    if (connection === undefined) return undefined;
    this.pretransferUs = this.elapsedUs;
    const request = this.request();
    yield* this.showRequest(request);
    this.requestBytes += request.length + (this.body?.length ?? 0);
    const refused = yield* connection.http.send(request + (this.body ?? ''));
    this.uploaded = this.body?.length ?? 0;
    const head = refused === null ? yield* this.answer(connection) : undefined;
    if (refused !== null) yield* this.fails(Code.SEND, `Send failure: ${strerror(refused)}`);
    if (head === undefined) {
      yield* this.drop(connection);
      return undefined;
    }
    const { options } = this;
    this.status = head.status;
    const location = head.status >= 300 && head.status < 400 ? head.field('location') : undefined;
    const next = location === undefined ? undefined : resolveUrl(location, this.url);
    const isFollowed = next !== undefined && options.has('location');
    if (next !== undefined) this.redirectUrl = urlText(next);
    const body = connection.http.bodyOf(head, this.method);
    this.expected = body.kind === 'length' ? body.total : 0;
    if (options.has('fail') && head.status >= 400) {
      yield* this.fails(Code.HTTP, `The requested URL returned error: ${head.status}`);
      yield* this.drop(connection);
      return undefined;
    }
    const isWhole = yield* this.readBody(connection, head, body, isFollowed);
    if (isWhole && head.keepsAlive && body.kind !== 'close') {
      yield* this.note(`Connection #${connection.number} to host ${this.url.host} left intact`);
      this.pool.kept = connection;
    } else yield* this.drop(connection);
    if (isWhole && options.has('fail-with-body') && head.status >= 400) {
      this.code = Code.HTTP;
      this.message = `The requested URL returned error: ${head.status}`;
    }
    if (!isFollowed || !isWhole) return undefined;
    // 301, 302 and 303 turn a POST into a GET, unless a method was asked for.
    if (head.status !== 307 && head.status !== 308 && this.body !== undefined) {
      this.body = undefined;
      this.method = options.text('request') ?? 'GET';
    }
    return next;
  }
  private *drop(connection: Kept): Sys {
    yield* this.note(`Closing connection ${connection.number}`);
    this.p.close(connection.fd);
    this.pool.kept = undefined;
  }

  // --- connecting ---

  private *connection(): Sys<Kept | undefined> {
    const { url, pool, p } = this;
    const port = url.port ?? (url.scheme === 'https' ? 443 : 80);
    const key = `${url.scheme} ${url.host} ${port}`;
    const { kept } = pool;
    if (kept?.key === key && !kept.socket.readable) {
      yield* this.note('Found bundle for host: 0x5635f8676e90 [serially]');
      yield* this.note('Can not multiplex, even if we wanted to');
      yield* this.note(`Re-using existing connection #${kept.number} with host ${url.host}`);
      pool.kept = undefined;
      return kept;
    }
    if (kept !== undefined) p.close(kept.fd);
    pool.kept = undefined;
    const target = yield* this.resolve(port);
    if (target === undefined) return undefined;
    const number = pool.made++;
    this.connects++;
    let socket: TcpSocket | undefined;
    let [host] = target.hosts;
    for (const [i, each] of target.hosts.entries()) {
      host = each;
      socket = tcpSocket(p, familyOf(host.address));
      socket.boundDevice = host.scope;
      yield* this.note(`  Trying ${ended(host.address, target.port)}...`);
      const bound = yield* this.bind(socket, number, port);
      if (bound && (yield* this.connect(socket, host.address, target.port, port, number, i + 1 < target.hosts.length))) break;
      socket.close();
      socket = undefined;
      if (!bound) return undefined;
    }
    if (socket === undefined) return undefined;
    const fd = p.install(new SocketFile(socket));
    if (!fd.ok) return yield* this.fails(Code.CONNECT, strerror(fd.error));
    this.connectUs = this.elapsedUs;
    [this.remoteIp, this.remotePort] = [formatIp(host.address), target.port];
    [this.localIp, this.localPort] = [formatIp(socket.localAddress), socket.localPort];
    yield* this.note(`Connected to ${url.host} (${this.remoteIp}) port ${target.port} (#${number})`);
    if (url.scheme === 'https') {
      socket.close();
      return yield* this.fails(35, 'not modelled: TLS');
    }
    return { key, socket, fd: fd.value, http: new HttpConnection(p, fd.value), number };
  }
  /** --resolve, --connect-to, then as every program. */
  private *resolve(port: number): Sys<Target | undefined> {
    const { url, p, options, pool } = this;
    let { host } = url;
    let to = port;
    for (const rule of options.list('connect-to')) {
      const [, from, fromPort, other, otherPort] = /^([^:]*):([^:]*):([^:]*):([^:]*)$/.exec(rule) ?? [];
      if ((from === '' || from === host) && (fromPort === '' || Number(fromPort) === port)) [host, to] = [other || host, Number(otherPort || port)];
    }
    for (const rule of options.list('resolve')) {
      const [, name, namePort, address = ''] = /^([^:]*):(\d+):(.*)$/.exec(rule) ?? [];
      const plain = address.replace(/^\[(.*)\]$/, '$1');
      const parsed = parseIpv4(plain) ?? parseIpv6(plain);
      if (name !== host || Number(namePort) !== to || parsed === undefined) continue;
      if (!pool.resolved.has(rule)) yield* this.note(`Added ${host}:${to}:${address} to DNS cache`);
      pool.resolved.add(rule);
      yield* this.note(`Hostname ${host} was found in DNS cache`);
      return { hosts: [{ address: parsed, scope: null }], port: to };
    }
    if (pool.resolved.has(`${host}:${to}`)) yield* this.note(`Hostname ${host} was found in DNS cache`);
    const family = options.has('ipv4') ? 4 : options.has('ipv6') ? 6 : 0;
    // What is a number may be of the wrong family: then there is nobody to connect to.
    const number = parseIpv4(host) ?? parseIpv6(host);
    if (number !== undefined && family !== 0 && familyOf(number) !== family) {
      yield* this.note(`Closing connection ${pool.made++}`);
      [this.code, this.message] = [Code.CONNECT, "Couldn't connect to server"];
      return undefined;
    }
    const found = host === 'localhost' ? LOCALHOST(family) : yield* lookupHosts(p, host, family);
    this.lookupUs = this.elapsedUs;
    if (found.kind === 'failed') {
      yield* this.fails(Code.RESOLVE, `Could not resolve host: ${host}`);
      yield* this.note(`Closing connection ${pool.made++}`);
      return undefined;
    }
    pool.resolved.add(`${host}:${to}`);
    const scope = url.zone === undefined ? null : (netnsOf(p).device(url.zone) ?? null);
    const [first, ...others] = found.hosts;
    return { hosts: [scope === null ? first : { ...first, scope }, ...others], port: to };
  }
  /** --interface: a device or an address. */
  private *bind(socket: TcpSocket, number: number, port: number): Sys<boolean> {
    const from = this.options.text('interface');
    if (from === undefined) return true;
    const device = netnsOf(this.p).device(from.replace(/^if!/, ''));
    if (device !== undefined) {
      socket.boundDevice = device;
      return true;
    }
    const plain = from.replace(/^host!/, '');
    const address = parseIpv4(plain) ?? parseIpv6(plain);
    if (address === undefined) {
      yield* this.fails(Code.BIND, `Couldn't bind to '${from}'`);
      yield* this.note(`Closing connection ${number}`);
      return false;
    }
    yield* this.note(`Name '${from}' family ${familyOf(address) === 4 ? 2 : 10} resolved to '${from}' family ${familyOf(address) === 4 ? 2 : 10}`);
    const refused = bindSocket(this.p, socket, address, 0);
    if (refused === null) {
      yield* this.note('Local port: 0');
      return true;
    }
    const why = `bind failed with errno ${refused === 'EADDRNOTAVAIL' ? 99 : 98}: ${strerror(refused)}`;
    yield* this.note(why);
    yield* this.note(`Failed to connect to ${this.url.host} port ${port} after ${this.ms} ms: Failed binding local connection end`);
    yield* this.note(`Closing connection ${number}`);
    [this.code, this.message] = [Code.BIND, why];
    return false;
  }
  private *connect(socket: TcpSocket, to: IpAddress, toPort: number, port: number, number: number, hasMore: boolean): Sys<boolean> {
    const { p, url } = this;
    const limitUs = this.options.us('connect-timeout') ?? CONNECT_TIMEOUT_US;
    const leftUs = this.endUs - p.nowUs;
    const errno = yield* connectTcp(p, socket, to, toPort, Math.min(limitUs, leftUs));
    if (errno === null) return true;
    const address = formatIp(to);
    if (errno === 'EINPROGRESS' && leftUs <= limitUs) yield* this.fails(Code.TIMEOUT, `Connection timed out after ${this.ms} milliseconds`);
    else {
      const why: Readonly<Partial<Record<Errno, Bytes>>> = {
        EINPROGRESS: `${familyOf(to) === 4 ? 'ipv4' : 'ipv6'} connect timeout after ${Math.floor(limitUs / 1000)}ms, move on!`,
        ENETUNREACH: `Immediate connect fail for ${address}: ${strerror(errno)}`,
        EADDRNOTAVAIL: `Immediate connect fail for ${address}: ${strerror(errno)}`,
      };
      yield* this.note(why[errno] ?? `connect to ${address} port ${toPort} failed: ${strerror(errno)}`);
      if (hasMore) return false;
      const [code, what] = errno === 'EINPROGRESS' ? [Code.TIMEOUT, 'Timeout was reached'] : [Code.CONNECT, "Couldn't connect to server"];
      yield* this.fails(code, `Failed to connect to ${url.host} port ${port} after ${this.ms} ms: ${what}`);
    }
    yield* this.note(`Closing connection ${number}`);
    return false;
  }

  // --- asking ---

  private request(): Bytes {
    const { options, url, method } = this;
    const isOld = options.has('http1.0');
    const own: [string, Bytes][] = [];
    const removed = new Set<string>();
    for (const line of options.list('header')) {
      const [, name = '', value] = /^([^:;]*)[:;](.*)$/s.exec(line) ?? [];
      if (name === '') continue;
      removed.add(name.toLowerCase());
      if (value?.trim() !== '') own.push([name, value?.trim() ?? '']);
      else if (line.endsWith(';')) own.push([name, '']);
    }
    const user = options.text('user') ?? url.user;
    const range = options.text('range');
    const host = own.find(([name]) => name.toLowerCase() === 'host');
    const fields: [string, Bytes | undefined][] = [
      ['Host', host?.[1] ?? `${url.host.includes(':') ? `[${url.host}]` : url.host}${url.port === undefined || url.port === 80 ? '' : `:${url.port}`}`],
      ['Authorization', user === undefined ? undefined : `Basic ${base64(user.includes(':') ? user : `${user}:`)}`],
      ['Range', range === undefined ? undefined : `bytes=${range}`],
      ['User-Agent', options.text('user-agent') ?? 'curl/7.88.1'],
      ['Accept', '*/*'],
      ['Accept-Encoding', options.has('compressed') ? 'deflate, gzip, br, zstd' : undefined],
      ['Referer', options.text('referer')],
      ['Cookie', options.text('cookie')],
      ...own.filter(([name]) => name.toLowerCase() !== 'host'),
      ['Content-Length', this.body === undefined ? undefined : `${this.body.length}`],
      ['Content-Type', this.body === undefined ? undefined : 'application/x-www-form-urlencoded'],
    ];
    const isOwn = (entry: [string, Bytes | undefined]): boolean => own.includes(entry as [string, Bytes]) || entry[0] === 'Host';
    const shown = fields.filter((entry) => entry[1] !== undefined && entry[1] !== '' && (isOwn(entry) || !removed.has(entry[0].toLowerCase())));
    return `${method} ${url.path} HTTP/1.${isOld ? 0 : 1}\r\n${shown.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  }
  private *showRequest(request: Bytes): Sys {
    if (!this.options.has('verbose')) return;
    const user = this.options.text('user') ?? this.url.user;
    if (user !== undefined) yield* this.note(`Server auth using Basic with user '${user.split(':')[0] ?? ''}'`);
    yield* this.sink.note(request.replace(/.*\r\n/g, (line) => `> ${line}`));
    if (this.body !== undefined) yield* this.sink.note(`} [${this.body.length} bytes data]\n`);
  }

  // --- the answer ---

  private *answer(connection: Kept): Sys<Head | undefined> {
    for (;;) {
      const head = yield* connection.http.head(this.endUs);
      if ('kind' in head) {
        switch (head.kind) {
          case 'timeout':
            return yield* this.fails(Code.TIMEOUT, `Operation timed out after ${this.ms} milliseconds with 0 bytes received`);
          case 'foreign':
            return yield* this.fails(Code.PROTOCOL, 'Received HTTP/0.9 when not allowed');
          case 'empty':
            return yield* this.fails(Code.EMPTY, 'Empty reply from server');
          case 'error':
            return yield* this.fails(Code.RECEIVE, `Recv failure: ${strerror(head.errno)}`);
          default:
            return yield* this.fails(Code.EMPTY, 'Empty reply from server');
        }
      }
      if (this.startUs === 0) this.startUs = this.elapsedUs;
      const isFailed = this.options.has('fail') && head.status >= 400;
      const text = `${head.lines.join('\r\n')}\r\n\r\n`;
      this.headerBytes += text.length;
      if (this.options.has('verbose')) {
        if (head.version === 'HTTP/1.0') yield* this.note('HTTP 1.0, assume close after body');
        yield* this.sink.note(head.lines.map((line) => `< ${line}\r\n`).join('') + (isFailed ? '' : '< \r\n'));
      }
      if (!isFailed) yield* this.sink.head(text);
      this.head = head;
      if (head.status >= 200 || head.status === 101) return head;
    }
  }
  /** True when all of it came. */
  private *readBody(connection: Kept, head: Head, body: Body, isIgnored: boolean): Sys<boolean> {
    if (isIgnored && !head.keepsAlive) return true;
    if (isIgnored && body.kind === 'length' && body.total > 0) yield* this.note('Ignoring the response-body');
    for (;;) {
      const piece = yield* connection.http.next(body, this.endUs);
      if (piece === undefined) return true;
      if (piece.kind !== 'piece') {
        yield* this.incomplete(piece, body);
        return false;
      }
      if (this.options.has('verbose')) yield* this.sink.note(`{ [${piece.rawLength} bytes data]\n`);
      this.received += piece.data.length;
      if (!isIgnored && !(yield* this.sink.body(piece.data))) {
        yield* this.fails(Code.WRITE, 'Failure writing output to destination');
        return false;
      }
      yield* this.p.tick();
    }
  }
  private *incomplete(trouble: { readonly kind: string; readonly errno?: Errno }, body: Body): Sys {
    const left = body.kind === 'length' ? body.left : 0;
    if (trouble.kind === 'timeout') {
      const of = body.kind === 'length' ? ` out of ${body.total}` : '';
      yield* this.fails(Code.TIMEOUT, `Operation timed out after ${this.ms} milliseconds with ${this.received}${of} bytes received`);
    } else if (trouble.errno !== undefined) yield* this.fails(Code.RECEIVE, `Recv failure: ${strerror(trouble.errno)}`);
    else if (body.kind === 'chunked') yield* this.fails(Code.PARTIAL, 'transfer closed with outstanding read data remaining');
    else yield* this.fails(Code.PARTIAL, `transfer closed with ${left} bytes remaining to read`);
  }
}
