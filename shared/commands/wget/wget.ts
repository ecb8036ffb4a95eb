/**
 * GNU Wget 1.21.3: fetches pages over HTTP into files, and says what it does. Authority: http.c, retr.c, main.c of Wget; wget(1).
 * Deviation: HTTPS, FTP, recursion, proxies and cookies are not modelled.
 */
import { strerror, type Bytes, type Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formatIp } from '../../wire/index.ts';
import { parseUrl, resolveUrl, urlText, type Head, type Url } from '../http/index.ts';
import { lookupHosts } from '../net/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { connectTo, fileNameOf, isRedirect, portOf, requestText, type Connected } from './fetch.ts';
import { bar, dots, rateText, timeText } from './progress.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

type Id =
  | (
      | 'body'
      | 'connect-timeout'
      | 'content-on-error'
      | 'continue'
      | 'header'
      | 'help'
      | 'ignored'
      | 'ignored-value'
      | 'inet4'
      | 'inet6'
      | 'log'
      | 'max-redirect'
      | 'method'
      | 'no-clobber'
    )
  | (
      | 'no-verbose'
      | 'output'
      | 'post'
      | 'prefix'
      | 'quiet'
      | 'server-response'
      | 'spider'
      | 'timeout'
      | 'tries'
      | 'unmodelled'
      | 'user-agent'
      | 'verbose'
      | 'version'
      | 'wait'
    );
const spec = (id: Id, short: string, long: string, argument: OptionSpec['argument'] = 'none'): OptionSpec<Id> => ({ id, short, long, argument });
const SPECS: readonly OptionSpec<Id>[] = [
  spec('body', '', 'body-data', 'required'),
  spec('connect-timeout', '', 'connect-timeout', 'required'),
  spec('content-on-error', '', 'content-on-error'),
  spec('continue', 'c', 'continue'),
  spec('header', '', 'header', 'required'),
  spec('help', 'h', 'help'),
  spec('ignored', '', 'no-check-certificate'),
  spec('ignored', '', 'no-cache'),
  spec('ignored', '', 'no-proxy'),
  spec('inet4', '4', 'inet4-only'),
  spec('inet6', '6', 'inet6-only'),
  spec('ignored-value', '', 'progress', 'required'),
  spec('log', 'o', 'output-file', 'required'),
  spec('max-redirect', '', 'max-redirect', 'required'),
  spec('method', '', 'method', 'required'),
  spec('no-clobber', '', 'no-clobber'),
  spec('no-verbose', '', 'no-verbose'),
  spec('output', 'O', 'output-document', 'required'),
  spec('post', '', 'post-data', 'required'),
  spec('prefix', 'P', 'directory-prefix', 'required'),
  spec('quiet', 'q', 'quiet'),
  spec('server-response', 'S', 'server-response'),
  spec('spider', '', 'spider'),
  spec('timeout', 'T', 'timeout', 'required'),
  spec('timeout', '', 'read-timeout', 'required'),
  spec('tries', 't', 'tries', 'required'),
  spec('user-agent', 'U', 'user-agent', 'required'),
  spec('verbose', 'v', 'verbose'),
  spec('version', 'V', 'version'),
  spec('wait', 'w', 'wait', 'required'),
  spec('unmodelled', 'r', 'recursive'),
  spec('unmodelled', 'm', 'mirror'),
  spec('unmodelled', 'b', 'background'),
  spec('unmodelled', 'i', 'input-file', 'required'),
  spec('unmodelled', '', 'post-file', 'required'),
];
const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";
const VERSION = 'GNU Wget 1.21.3 built on linux-gnu.\n';
const HELP = `GNU Wget 1.21.3, a non-interactive network retriever.\nUsage: wget [OPTION]... [URL]...\n`;

/** exits.c */
const Exit = { OK: 0, GENERIC: 1, PARSE: 2, FILE: 3, NETWORK: 4, SERVER: 8 } as const;
const DEFAULT_TRIES = 20;
const READ_TIMEOUT_US = 900e6;
const MAX_REDIRECTS = 20;

const wget: Program = function* (p) {
  // Options of two letters are Wget's own.
  const argv = p.argv.map((word) => (word === '-nv' ? '--no-verbose' : word === '-nc' ? '--no-clobber' : word));
  const line = parseOptions<Id>(argv, SPECS);
  if (line.error !== undefined) return (yield* p.error(line.error + USAGE), Exit.PARSE);
  const values = new Map<Id, Bytes[]>();
  for (const { id, argument } of line.options) values.set(id, [...(values.get(id) ?? []), argument ?? '']);
  if (values.has('version')) return (yield* p.print(VERSION), 0);
  if (values.has('help')) return (yield* p.print(HELP), 0);
  if (values.has('unmodelled')) return yield* p.fail('not modelled: one of the options given (-r -m -b -i --post-file)', Exit.PARSE);
  if (line.operands.length === 0) return (yield* p.error(`wget: missing URL\n${USAGE}`), Exit.GENERIC);
  return yield* new Session(p, values).run(line.operands);
};

class Session {
  private readonly level: 'quiet' | 'short' | 'verbose';
  private readonly timeoutUs: number;
  private outputFd: number | undefined;
  /** Every document goes to one file: -O. */
  private readonly output: Bytes | undefined;

  constructor(
    private readonly p: Process,
    private readonly values: ReadonlyMap<Id, readonly Bytes[]>,
  ) {
    this.level = values.has('quiet') ? 'quiet' : values.has('no-verbose') ? 'short' : 'verbose';
    const seconds = Number(this.value('timeout') ?? 0);
    this.timeoutUs = seconds > 0 ? seconds * 1e6 : Infinity;
    this.output = this.value('output');
  }
  private value(id: Id): Bytes | undefined {
    return this.values.get(id)?.at(-1);
  }
  /** With -v, as it is by default. */
  private *say(text: Bytes): Sys {
    if (this.level === 'verbose') yield* this.log(text);
  }
  /** With -nv too. */
  private *tell(text: Bytes): Sys {
    if (this.level !== 'quiet') yield* this.log(text);
  }
  private *log(text: Bytes): Sys {
    const path = this.value('log');
    if (path === undefined) yield* this.p.error(text);
    else this.p.fs.writeFile(path, text, { append: true });
  }

  *run(urls: readonly Bytes[]): Sys<number> {
    const { p } = this;
    if (this.value('log') !== undefined) p.fs.writeFile(this.value('log')!, '');
    if (this.output !== undefined && this.output !== '-') {
      const opened = yield* p.open(this.output, { write: true, create: true, truncate: true });
      if (!opened.ok) return (yield* this.log(`${this.output}: ${strerror(opened.error)}\n`), Exit.GENERIC);
      this.outputFd = opened.value;
    }
    let worst: number = Exit.OK;
    for (const text of urls) {
      const status = yield* this.page(text);
      if (status !== Exit.OK && (worst === Exit.OK || status < worst)) worst = status;
    }
    return worst;
  }

  private *page(text: Bytes): Sys<number> {
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
    if (scheme !== undefined && !['http', 'https', 'ftp'].includes(scheme.toLowerCase())) {
      yield* this.log(`${text}: Unsupported scheme '${scheme}'.\n`);
      return Exit.GENERIC;
    }
    let url = parseUrl(text);
    if (url === undefined) return (yield* this.log(`${text}: Invalid host name.\n`), Exit.GENERIC);
    if (url.scheme !== 'http') return (yield* this.log(`wget: not modelled: ${url.scheme}\n`), Exit.GENERIC);
    const name = this.fileName(url);
    if (this.values.has('no-clobber') && this.output === undefined && this.p.fs.stat(name).ok) {
      yield* this.say(`File '${name}' already there; not retrieving.\n\n`);
      return Exit.OK;
    }
    if (this.values.has('spider')) yield* this.say('Spider mode enabled. Check if remote file exists.\n');
    const limit = Number(this.value('max-redirect') ?? MAX_REDIRECTS);
    for (let redirects = 0; ; redirects++) {
      const next: number | Url = yield* this.tries(url, name);
      if (typeof next === 'number') return next;
      if (redirects >= limit) return (yield* this.tell(`${limit} redirections exceeded.\n`), Exit.SERVER);
      url = next;
    }
  }
  private fileName(url: Url): Bytes {
    const prefix = this.value('prefix');
    return prefix === undefined ? fileNameOf(url) : `${prefix.replace(/\/$/, '')}/${fileNameOf(url)}`;
  }
  /** A name that is free: `page.1`, as often as needed. */
  private freeName(name: Bytes): Bytes {
    let free = name;
    for (let i = 1; this.p.fs.stat(free).ok; i++) free = `${name}.${i}`;
    return free;
  }

  /** As often as -t allows; a status, or where the page has gone. */
  private *tries(url: Url, name: Bytes): Sys<number | Url> {
    const most = Number(this.value('tries') ?? DEFAULT_TRIES) || Infinity;
    for (let i = 1; ; i++) {
      yield* this.say(`--${timeText(this.p.unixUs)}--  ${i > 1 ? `(try:${String(i).padStart(2)})  ` : ''}${urlText(url)}\n`);
      const outcome = yield* this.attempt(url, name);
      if (outcome !== 'again') return outcome;
      if (i >= most) return (yield* this.say('Giving up.\n\n'), Exit.NETWORK);
      yield* this.say('Retrying.\n\n');
      yield* this.p.sleep(Math.min(i, 10) * 1e6);
    }
  }
  private *attempt(url: Url, name: Bytes): Sys<number | Url | 'again'> {
    const { p } = this;
    const { values } = this;
    const found = yield* lookupHosts(p, url.host, values.has('inet4') ? 4 : values.has('inet6') ? 6 : 0);
    const isName = !(found.kind === 'found' && found.isLiteral);
    if (isName) yield* this.say(`Resolving ${url.host} (${url.host})... `);
    if (found.kind === 'failed') {
      yield* this.tell(`failed: ${found.message}.\n`);
      yield* this.tell(`wget: unable to resolve host address '${url.host}'\n`);
      return Exit.NETWORK;
    }
    if (isName) yield* this.say(`${found.hosts.map(({ address }) => formatIp(address)).join(', ')}\n`);
    let connected: Connected | Errno = 'ETIMEDOUT';
    for (const host of found.hosts) {
      const text = typeof host.address === 'number' ? formatIp(host.address) : `[${formatIp(host.address)}]`;
      yield* this.say(`Connecting to ${isName ? `${url.host} (${url.host})|${text.replace(/[[\]]/g, '')}|` : text}:${portOf(url)}... `);
      const connectUs = Number(this.value('connect-timeout') ?? 0) * 1e6;
      connected = yield* connectTo(p, host, portOf(url), connectUs > 0 ? connectUs : this.timeoutUs);
      if (typeof connected !== 'string') break;
      yield* this.tell(`failed: ${strerror(connected)}.\n`);
    }
    if (typeof connected === 'string') return connected === 'ETIMEDOUT' ? 'again' : Exit.NETWORK;
    yield* this.say('connected.\n');
    const outcome = yield* this.exchange(url, name, connected);
    p.close(connected.fd);
    return outcome;
  }

  /** What is still missing of a page that was begun: -c. */
  private missing(name: Bytes): Bytes {
    const begun = this.values.has('continue') ? this.p.fs.stat(name) : undefined;
    return begun?.ok === true && begun.value.size > 0 ? `bytes=${begun.value.size}-` : '';
  }
  private request(url: Url, rest: Bytes): { readonly text: Bytes; readonly method: Bytes } {
    const body = this.value('body') ?? this.value('post');
    const method = this.value('method') ?? (this.values.has('spider') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
    const fields = [
      ['Host', `${url.host.includes(':') ? `[${url.host}]` : url.host}${url.port === undefined || url.port === 80 ? '' : `:${url.port}`}`],
      ['User-Agent', this.value('user-agent') ?? 'Wget/1.21.3'],
      ...(rest === '' ? [] : [['Range', rest] as const]),
      ['Accept', '*/*'],
      ['Accept-Encoding', 'identity'],
      ['Connection', 'Keep-Alive'],
    ] as const;
    return { text: requestText(method, url, fields, this.values.get('header') ?? [], body), method };
  }
  private *exchange(url: Url, name: Bytes, { http }: Connected): Sys<number | Url | 'again'> {
    const { p } = this;
    const { text, method } = this.request(url, this.missing(name));
    yield* this.say('HTTP request sent, awaiting response... ');
    const waitUs = this.timeoutUs === Infinity ? READ_TIMEOUT_US : this.timeoutUs;
    const sent = yield* http.send(text);
    const head = sent === null ? yield* http.head(p.nowUs + waitUs) : ({ kind: 'error', errno: sent } as const);
    if ('kind' in head) {
      if (head.kind === 'foreign') {
        yield* this.say('200 No headers, assuming HTTP/0.9\nLength: unspecified\n');
        return yield* this.save(url, name, { http, head: undefined, method, waitUs });
      }
      const why = head.kind === 'timeout' ? 'Connection timed out' : head.kind === 'error' ? strerror(head.errno) : '';
      yield* this.say(why === '' ? 'No data received.\n' : `Read error (${why}) in headers.\n`);
      return 'again';
    }
    if (this.values.has('server-response')) {
      yield* this.say('\n');
      yield* this.log(head.lines.map((line) => `  ${line}\n`).join(''));
    } else yield* this.say(`${head.status} ${head.reason}\n`);
    if (isRedirect(head)) {
      const location = head.field('location') ?? '';
      const next = resolveUrl(location, url);
      yield* this.say(`Location: ${location} [following]\n`);
      return next ?? Exit.GENERIC;
    }
    if (this.values.has('spider')) {
      yield* this.say(head.status < 400 ? this.lengthLine(head) : '');
      yield* this.say(head.status < 400 ? 'Remote file exists.\n\n' : 'Remote file does not exist -- broken link!!!\n\n');
      return head.status < 400 ? Exit.OK : Exit.SERVER;
    }
    if (head.status >= 400 && this.values.has('content-on-error')) yield* this.save(url, name, { http, head, method, waitUs });
    if (head.status >= 400) {
      if (this.level === 'short') yield* this.log(`${urlText(url)}:\n`);
      yield* this.tell(`${timeText(p.unixUs)} ERROR ${head.status}: ${head.reason}.\n${this.level === 'verbose' ? '\n' : ''}`);
      return Exit.SERVER;
    }
    if (head.status === 204) return Exit.OK;
    yield* this.say(this.lengthLine(head));
    return yield* this.save(url, name, { http, head, method, waitUs });
  }
  private lengthLine(head: Head): Bytes {
    const length = head.field('transfer-encoding') === undefined ? head.field('content-length') : undefined;
    const type = head.field('content-type')?.split(';')[0];
    const human = length === undefined || Number(length) < 1024 ? '' : ` (${humanSize(Number(length))})`;
    return `Length: ${length === undefined ? 'unspecified' : `${length}${human}`}${type === undefined ? '' : ` [${type}]`}\n`;
  }

  /** The body, into its file. */
  private *save(url: Url, name: Bytes, from: { http: Connected['http']; head: Head | undefined; method: string; waitUs: number }): Sys<number | 'again'> {
    const { p } = this;
    const { http, head, waitUs } = from;
    const isStdout = this.output === '-';
    const path = this.output ?? (this.values.has('continue') ? name : this.freeName(name));
    const isQuiet = head !== undefined && head.status >= 400;
    if (!isQuiet) yield* this.say(`Saving to: '${isStdout ? 'STDOUT' : path}'\n`);
    let fd = isStdout ? 1 : this.outputFd;
    if (fd === undefined) {
      if (path.includes('/')) p.fs.mkdir(path.slice(0, path.lastIndexOf('/')));
      const opened = yield* p.open(path, head?.status === 206 ? { write: true, append: true } : { write: true, create: true, truncate: true });
      if (!opened.ok) return (yield* this.log(`${path}: ${strerror(opened.error)}\n\nCannot write to '${path}' (${strerror(opened.error)}).\n`), Exit.FILE);
      fd = opened.value;
    }
    const body = head === undefined ? ({ kind: 'close' } as const) : http.bodyOf(head, from.method);
    const total = body.kind === 'length' ? body.total : undefined;
    const begunUs = p.nowUs;
    let received = 0;
    let why: Bytes | undefined;
    for (;;) {
      const piece = yield* http.next(body, p.nowUs + waitUs);
      if (piece === undefined) break;
      if (piece.kind !== 'piece') {
        why =
          piece.kind === 'timeout'
            ? `Read error at byte ${received}${total === undefined ? '' : `/${total}`} (Connection timed out).`
            : `Connection closed at byte ${received}.`;
        break;
      }
      received += piece.data.length;
      yield* p.write(fd, piece.data);
      yield* p.tick();
    }
    if (fd !== 1 && fd !== this.outputFd) p.close(fd);
    if (isQuiet) return Exit.OK;
    const us = p.nowUs - begunUs;
    const isWatched = p.isTerminal(2) && this.value('log') === undefined;
    yield* this.say(`${isWatched ? bar(isStdout ? '-' : path, received, total, us) : dots(received, total, us)}\n\n`);
    const stamp = timeText(p.unixUs);
    if (why !== undefined) return (yield* this.say(`${stamp} (${rateText(received, us)}) - ${why} `), 'again');
    const sizes = total === undefined ? `[${received}]` : `[${received}/${total}]`;
    yield* this.say(`${stamp} (${rateText(received, us)}) - ${isStdout ? 'written to stdout' : `'${path}' saved`} ${sizes}\n\n`);
    if (this.level === 'short') yield* this.log(`${stamp} URL:${urlText(url)} ${sizes} -> "${path}" [1]\n`);
    return Exit.OK;
  }
}

/** `195K`. */
function humanSize(bytes: number): string {
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < 2) {
    value /= 1024;
    unit++;
  }
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)}${['K', 'M', 'G'][unit] ?? 'G'}`;
}

const DECLARATION: Declaration = { synopsis: '[OPTION]... [URL]...', options: declaredOptions(SPECS) };
export const WGET_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/wget', main: declared(DECLARATION, wget), origin: 'wget 1.21.3' }];
